package cmd

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/logsleuth/logsleuth/analyze"
	"github.com/logsleuth/logsleuth/report"
)

func diffCommand(std streams) *cobra.Command {
	var format, failOn string
	var screen screenFlags
	c := &cobra.Command{
		Use:   "diff OLD.json NEW.json",
		Short: "Say what is new, gone, worse or better between two saved reports",
		Long: `Say what is new, gone, worse or better between two reports that were saved with
logsleuth analyze --format json: of yesterday and today, or of one log before and
after an update of logsleuth. One of them may be - for standard input.

Counts of events are compared by how many there are in a thousand lines, and are
called worse or better only where the difference is more than chance.

Exit status: 0 all was done, 1 --fail-on was met, 2 a report could not be read.`,
		Example: `  logsleuth diff yesterday.json today.json
  logsleuth analyze --format json /var/log/apache2/ | logsleuth diff last-week.json -
  logsleuth diff --fail-on worse before.json after.json || echo 'look at it'`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 || slices.Contains(args, "") {
				return errors.New("name two reports, the older first; for example: yesterday.json today.json")
			}
			if args[0] == "-" && args[1] == "-" {
				return errors.New("only one of the two reports can come from standard input")
			}
			return nil
		},
		ValidArgsFunction: completeReports(2),
		RunE: func(c *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return fmt.Errorf("no format of differences is called %q; try text or json", format)
			}
			if err := screen.check(); err != nil {
				return err
			}
			if !slices.Contains([]string{"worse", "any", "none"}, failOn) {
				return fmt.Errorf("--fail-on takes worse, any or none, not %q", failOn)
			}
			var results [2]*analyze.Result
			var problems failures
			for i, name := range args {
				var err error
				if results[i], err = readReport(name, std.in); err != nil {
					problems = append(problems, err)
				}
			}
			if len(problems) > 0 {
				return problems
			}
			diff := analyze.Compare(results[0], results[1])
			diff.Old.Path, diff.New.Path = args[0], args[1]
			var err error
			if format == "json" {
				err = report.WriteComparisonJSON(std.out, diff)
			} else {
				err = screen.show(std.out, func(w io.Writer, o report.Options) error { return report.WriteComparison(w, diff, o) })
			}
			switch {
			case err != nil:
				return fmt.Errorf("writing the differences: %w", err)
			case failOn == "worse" && diff.Worse(), failOn == "any" && diff.Any():
				return errFailOn
			}
			return nil
		},
	}
	c.Flags().StringVar(&format, "format", "text", "how to write it: text, json")
	c.Flags().StringVar(&failOn, "fail-on", "none", "exit with 1 when there is this: worse, any (difference) or none")
	screen.add(c)
	choose(c, "format", "text", "json")
	choose(c, "fail-on", "worse", "any", "none")
	return c
}

func readReport(name string, stdin io.Reader) (*analyze.Result, error) {
	in := stdin
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			if path, ok := errors.AsType[*fs.PathError](err); ok {
				err = path.Err
			}
			return nil, fmt.Errorf("reading the report %s: %w", name, err)
		}
		defer file.Close()
		in = file
	}
	r, err := report.Read(in)
	if err != nil {
		return nil, fmt.Errorf("reading the report %s: %w", name, err)
	}
	return r, nil
}
