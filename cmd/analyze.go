package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/muesli/termenv"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/logsleuth/logsleuth/analyze"
	"github.com/logsleuth/logsleuth/geo"
	"github.com/logsleuth/logsleuth/parser"
	"github.com/logsleuth/logsleuth/report"
	"github.com/logsleuth/logsleuth/source"
)

// analyzeFlags are what the user decides about a report.
type analyzeFlags struct {
	logFlags
	format, output string
	since, until   string
	failOn         string
	top            int
	minParsed      float64
	geo            geo.Options
}

func analyzeCommand(std streams) *cobra.Command {
	var f analyzeFlags
	c := &cobra.Command{
		Use:   "analyze FILE…",
		Short: "Say what happened, who did it, how sure that is, and what to do",
		Long: `Read logs as one story and say what happened, in what order, who did it and who
merely suffered it, how sure that is, which code was running, and what to do.

A FILE is a log, a folder of logs, a pattern, or - for standard input. Packed
logs (gzip, bzip2, xz, zstd) are known by their content; rotated ones are read in
the order in which they were written. Give all logs of the same time together:
error.log, syslog, and those of each virtual host.

Exit status: 0 all was done, 1 --fail-on was met, 2 not all could be read.`,
		Example: `  logsleuth analyze /var/log/apache2/error.log /var/log/syslog
  logsleuth analyze /var/log/apache2/ /var/log/syslog* --since '2026-03-14 07:00'
  ssh host 'cat /var/log/apache2/error.log*' | logsleuth analyze -
  logsleuth analyze --format json -o report.json error.log syslog
  logsleuth analyze --fail-on attack error.log || echo 'look at it'`,
		Args: needFiles,
		RunE: func(c *cobra.Command, args []string) error {
			return f.run(c.Context(), c.Flags(), args, std)
		},
	}
	fs := c.Flags()
	f.add(fs)
	fs.StringVar(&f.format, "format", "text", "how to write the report: "+formatNames())
	fs.StringVarP(&f.output, "output", "o", "", "write the report to this `file`")
	fs.StringVar(&f.since, "since", "", "leave out what is before this time (2026-03-14, '2026-03-14 07:00', or 2h for two hours ago)")
	fs.StringVar(&f.until, "until", "", "leave out what is after this time")
	fs.StringVar(&f.failOn, "fail-on", "none", "exit with 1 when there is this: attack, incident or none")
	fs.Float64Var(&f.minParsed, "min-parsed", 0, "exit with 1 when of any log less than this share of its lines was understood, in percent")
	fs.IntVar(&f.top, "top", 10, "how many of the other clients to list; text lists none unless asked")
	fs.StringVar(&f.geo.Country, "geoip-db", "", "a country database of your own (GeoLite2, GeoIP2 or DB-IP, .mmdb)")
	fs.StringVar(&f.geo.ASN, "asn-db", "", "a database of networks of your own (.mmdb)")
	c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(strings.Split(formatNames(), ", "), cobra.ShellCompDirectiveNoFileComp))
	c.RegisterFlagCompletionFunc("fail-on", cobra.FixedCompletions([]string{"attack", "incident", "none"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

func formatNames() string {
	var names []string
	for _, f := range report.Formats {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

func (f *analyzeFlags) run(ctx context.Context, flags *pflag.FlagSet, args []string, std streams) error {
	format, err := report.Lookup(f.format)
	if err != nil {
		return err
	}
	if !slices.Contains([]string{"attack", "incident", "none"}, f.failOn) {
		return fmt.Errorf("--fail-on takes attack, incident or none, not %q", f.failOn)
	}
	if f.top < 0 {
		return fmt.Errorf("--top takes a number of clients, not %d", f.top)
	}
	zone, err := f.zone()
	if err != nil {
		return err
	}
	window, err := f.window(zone)
	if err != nil {
		return err
	}
	db, err := geo.Open(f.geo)
	if err != nil {
		return err
	}
	defer db.Close()
	r, err := f.open(ctx, args, std)
	if err != nil {
		return err
	}
	file, err := f.create(r.inputs)
	if err != nil {
		return err
	}

	facts, err := tally(ctx, r, window)
	if err == nil && r.align(facts.ClockShifts()) {
		facts, err = tally(ctx, r, window)
	}
	interrupted := errors.Is(err, context.Canceled) // then what was read is reported; a second Ctrl-C ends the program
	if err != nil && !interrupted {
		return err
	}
	options := analyze.Options{
		Inputs: r.report(), Zone: r.parse.Zone, Top: f.top, Notes: r.notes, Cut: interrupted, Window: f.since != "" || f.until != "", Geo: locator{db},
		Tool: analyze.Tool{Name: "logsleuth", Version: version, Options: optionsUsed(flags), Geo: describe(db)},
	}
	judged := make(chan *analyze.Result, 1)
	go func() { judged <- analyze.Judge(facts, options) }()
	var result *analyze.Result
	select {
	case result = <-judged:
	case <-r.abandon(ctx, interrupted):
		return ctx.Err()
	}
	if err := f.write(file, format, result, flags.Changed("top"), std); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	if interrupted {
		return err
	}
	problems := r.unread()
	if err := db.Err(); err != nil {
		problems = append(problems, err)
	}
	switch {
	case f.failOn == "attack" && result.Verdict.Attack, f.failOn == "incident" && len(result.Incidents) > 0:
		problems = append(problems, errFailOn)
	}
	for _, in := range result.Inputs {
		if parsed := 100 * float64(in.Events-in.Unparsed) / float64(max(in.Events, 1)); in.Events > 0 && parsed < f.minParsed {
			fmt.Fprintf(std.err, "logsleuth: %s: %.1f%% of %d lines were understood, less than --min-parsed %g; logsleuth events --unparsed shows the others\n", in.Path, parsed, in.Events, f.minParsed)
			problems = append(problems, errFailOn)
		}
	}
	return problems.orNil()
}

// tally reads the logs into facts. Each worker gathers a chunk at a time; the
// chunks' facts are merged in log order, so that the result is the same for any
// number of workers.
func tally(ctx context.Context, r *run, window [2]int64) (*analyze.Facts, error) {
	pool := sync.Pool{New: func() any { return new(analyze.Facts) }}
	facts := new(analyze.Facts)
	if r.memory != 0 {
		facts.Within(r.memory)
	}
	err := each(ctx, r, func() struct{} { return struct{}{} },
		func(_ struct{}, c *source.Chunk, s *parser.Scanner) *analyze.Facts {
			part := pool.Get().(*analyze.Facts)
			part.Reset()
			for s.Next() {
				if e := s.Event(); !e.Stamp.Has(parser.StampTime) || e.Time >= window[0] && e.Time <= window[1] {
					part.Observe(c.Input, e)
				}
			}
			return part
		},
		func(_ *source.Chunk, part *analyze.Facts) error {
			facts.Merge(part)
			pool.Put(part)
			return nil
		})
	return facts, err
}

// window is the times between which events count.
func (f *analyzeFlags) window(zone *time.Location) ([2]int64, error) {
	w := [2]int64{-1 << 62, 1 << 62}
	for i, text := range []string{f.since, f.until} {
		if text == "" {
			continue
		}
		t, err := parseTime(text, zone, time.Now())
		if err != nil {
			return w, fmt.Errorf("--%s: %w", []string{"since", "until"}[i], err)
		}
		w[i] = t
	}
	if w[0] > w[1] {
		return w, errors.New("--since is after --until, so nothing would be left; swap them")
	}
	return w, nil
}

// parseTime reads a time of the user's as microseconds on the logs' clock.
func parseTime(text string, zone *time.Location, now time.Time) (int64, error) {
	if zone == nil {
		zone = time.Local
	}
	if d, err := time.ParseDuration(text); err == nil {
		return parser.Wall(now.Add(-d).In(zone)), nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return parser.Wall(t.In(zone)), nil
	}
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02"} {
		if t, err := time.Parse(layout, text); err == nil {
			return parser.Wall(t), nil
		}
	}
	return 0, fmt.Errorf("%q is no time; write 2026-03-14, '2026-03-14 07:00' or a length such as 2h", text)
}

// report is what is known of the logs besides their lines.
func (r *run) report() []analyze.Input {
	list := make([]analyze.Input, len(r.inputs))
	for i, in := range r.inputs { // those that an interrupt kept from being read
		list[i] = analyze.Input{Path: in.Name, Error: "not read to its end"}
	}
	for i, s := range r.reader.Summaries() {
		list[i] = analyze.Input{Path: s.Name, SHA256: s.SHA256, Bytes: s.Bytes, Lines: s.Lines}
		switch {
		case errors.Is(s.Err, context.Canceled):
			list[i].Error = "not read to its end"
		case s.Err != nil:
			list[i].Error = s.Err.Error()
		}
	}
	for _, err := range r.problems {
		r.notes = append(r.notes, "Not read: "+err.Error()+".")
	}
	return list
}

// locator looks places up for the report.
type locator struct{ db *geo.DB }

func (l locator) Locate(a netip.Addr) (country string, asn uint32, org string) {
	p := l.db.Lookup(a)
	return p.Country, p.ASN, p.Org
}

func describe(db *geo.DB) []string {
	var list []string
	for _, s := range db.Sources() {
		name, _, _ := strings.Cut(s.Name, ", in the schema") // a formality of the embedded files
		list = append(list, fmt.Sprintf("%s by %s, %s", s.Gives, name, s.Built))
	}
	return list
}

// optionsUsed are the flags that the user set and that change what is reported.
func optionsUsed(fs *pflag.FlagSet) []string {
	list := []string{}
	fs.Visit(func(f *pflag.Flag) {
		switch f.Name {
		case "workers", "nice", "output", "format", "fail-on", "min-parsed", "stdin-name":
			return
		}
		list = append(list, "--"+f.Name+"="+f.Value.String())
	})
	return list
}

// create opens the file that the report goes to, nil for standard output: before
// the logs are read, lest hours be lost on it. What stands in it stays until the
// report is written.
func (f *analyzeFlags) create(inputs []*source.Input) (*os.File, error) {
	if f.output == "" || f.output == "-" {
		return nil, nil
	}
	if out, err := os.Stat(f.output); err == nil {
		for _, in := range inputs {
			if info, err := os.Stat(in.Name); err == nil && os.SameFile(out, info) {
				return nil, fmt.Errorf("the report would overwrite %s, which is a log to read; give --output another name", in.Name)
			}
		}
	}
	file, err := os.OpenFile(f.output, os.O_WRONLY|os.O_CREATE, 0o666)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("writing the report: %w; make its folder first", err)
	case err != nil:
		return nil, fmt.Errorf("writing the report: %w; give --output another name", err)
	}
	return file, nil
}

// write sends the report to where it belongs. A page of text lists no victims
// and bystanders one by one, unless the user asked for them.
func (f *analyzeFlags) write(file *os.File, format report.Format, result *analyze.Result, list bool, std streams) error {
	var o report.Options
	if file == nil {
		o = screen(std.out)
	}
	if list {
		o.Top = f.top
	}
	if file == nil {
		return format.Write(std.out, result, o)
	}
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
		if err := file.Truncate(0); err != nil {
			return err
		}
	}
	err := format.Write(file, result, o)
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}

// screen fits the report to the terminal that it goes to, if it does.
func screen(out io.Writer) report.Options {
	file, ok := out.(*os.File)
	if !ok || !term.IsTerminal(file.Fd()) {
		return report.Options{}
	}
	var o report.Options
	if w, _, err := term.GetSize(file.Fd()); err == nil {
		o.Width = w
	}
	terminal := termenv.NewOutput(file)
	o.Color = os.Getenv("NO_COLOR") == "" && terminal.Profile != termenv.Ascii
	if o.Color {
		o.Dark = terminal.HasDarkBackground()
	}
	return o
}
