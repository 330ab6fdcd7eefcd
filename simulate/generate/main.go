// Generate writes the logs of a simulated server, with what really happened, into a folder.
//
//	go run ./simulate/generate -scenario office -seed 7 -o DIR
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/logsleuth/logsleuth/simulate"
)

func main() {
	if err := run(os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(2)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("generate", flag.ContinueOnError)
	var o simulate.Options
	flags.StringVar(&o.Scenario, "scenario", "", "what happens; empty: any, by the seed")
	flags.Uint64Var(&o.Seed, "seed", 1, "the same seed and options give the same logs")
	flags.Float64Var(&o.Strength, "strength", 0, "from barely there (0.01) to massive (1); 0: by the seed")
	flags.IntVar(&o.Visitors, "visitors", 0, "visits in an hour at noon; 0: by the seed")
	flags.DurationVar(&o.Duration, "duration", 0, "time that the logs cover; 0: by the seed")
	size := flags.String("bytes", "", "write about so much, such as 700MB, and let the same happen every day")
	logs := flags.String("logs", "", "logs besides error.log, as in access,syslog, or none; empty: by the seed")
	dir := flags.String("o", "", "folder to write to")
	flags.Usage = func() {
		fmt.Fprintln(flags.Output(), "Writes the logs of a simulated server, and truth.json, into a folder.")
		flags.PrintDefaults()
		fmt.Fprintln(flags.Output(), "\nScenarios:")
		for _, c := range simulate.Scenarios {
			fmt.Fprintf(flags.Output(), "  %-20s %s\n", c.Name, c.Doc)
		}
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *dir == "" {
		return errors.New("say with -o in which folder to write")
	}
	var err error
	if o.Bytes, err = bytes(*size); err != nil {
		return err
	}
	for _, l := range strings.FieldsFunc(*logs, func(r rune) bool { return r == ',' }) {
		which, known := map[string]simulate.Logs{"access": simulate.Access, "syslog": simulate.Syslog, "none": simulate.ErrorOnly, "error": simulate.ErrorOnly}[l]
		if !known {
			return fmt.Errorf("no log is called %q; there are access and syslog, or none", l)
		}
		o.Logs |= which
	}
	if err := os.MkdirAll(*dir, 0o777); err != nil {
		return err
	}
	var files []*os.File
	truth, err := simulate.Run(o, func(name string) (io.Writer, error) {
		f, err := os.Create(filepath.Join(*dir, name))
		files = append(files, f)
		return f, err
	})
	for _, f := range files {
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(truth, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(*dir, "truth.json"), append(text, '\n'), 0o666)
}

// bytes reads a size such as 700MB.
func bytes(size string) (int64, error) {
	if size == "" {
		return 0, nil
	}
	number, unit := size, int64(1)
	for _, u := range []struct {
		name string
		size int64
	}{{"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}} {
		if n, ok := strings.CutSuffix(size, u.name); ok {
			number, unit = n, u.size
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("%q is no size; try 700MB", size)
	}
	return n * unit, nil
}
