package cmd

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

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
	anonymizeFlags
	screenFlags
	format, output string
	since, until   string
	failOn         string
	top            int
	minParsed      float64
	geo            geo.Options
	why            []string
	allow, proxies []string
}

func analyzeCommand(std streams) *cobra.Command { return new(analyzeFlags).command(std) }

func (f *analyzeFlags) command(std streams) *cobra.Command {
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
  logsleuth analyze --fail-on attack error.log || echo 'look at it'
  logsleuth analyze --why 192.0.2.7 error.log access.log`,
		Args: needFiles,
		RunE: func(c *cobra.Command, args []string) error {
			return f.run(c.Context(), c.Flags(), args, std)
		},
	}
	fs := c.Flags()
	f.logFlags.add(fs)
	f.anonymizeFlags.add(fs)
	f.screenFlags.add(c)
	fs.StringVar(&f.format, "format", "text", "how to write the report: "+formatNames())
	fs.StringVarP(&f.output, "output", "o", "", "write the report to this `file`")
	fs.StringVar(&f.since, "since", "", "leave out what is before this time (2026-03-14, '2026-03-14 07:00', or 2h for two hours ago)")
	fs.StringVar(&f.until, "until", "", "leave out what is after this time")
	fs.StringVar(&f.failOn, "fail-on", "none", "exit with 1 when there is this: attack, incident or none")
	fs.Float64Var(&f.minParsed, "min-parsed", 0, "exit with 1 when of any log less than this share of its lines was understood, in percent")
	fs.IntVar(&f.top, "top", 10, "how many of the other clients to list; text lists none unless asked")
	fs.StringArrayVar(&f.why, "why", nil, "say all that speaks for and against this `client`: an address or a network such as 192.0.2.0/24; give it once for each")
	fs.StringVar(&f.geo.Country, "geoip-db", "", "a country database of your own (GeoLite2, GeoIP2 or DB-IP, .mmdb)")
	fs.StringVar(&f.geo.ASN, "asn-db", "", "a database of networks of your own (.mmdb)")
	fs.StringArrayVar(&f.allow, "allow", nil, "accuse and block nobody in these `ranges` (CIDR, with commas between, or @FILE with one a line; again for more)")
	fs.StringArrayVar(&f.proxies, "trusted-proxy", nil, "the addresses in these `ranges` are proxies that stand for others (as --allow)")
	choose(c, "format", reportFormats()...)
	choose(c, "fail-on", "attack", "incident", "none")
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
	if err := f.screenFlags.check(); err != nil {
		return err
	}
	if err := checkTop(f.top); err != nil {
		return err
	}
	if !(f.minParsed >= 0 && f.minParsed <= 100) {
		return fmt.Errorf("--min-parsed takes a share from 0 to 100, in percent, not %g", f.minParsed)
	}
	zone, err := f.zone()
	if err != nil {
		return err
	}
	window, err := f.window(zone)
	if err != nil {
		return err
	}
	why, err := parseWhy(f.why)
	if err != nil {
		return err
	}
	m, err := f.mask()
	if err != nil {
		return err
	}
	o, err := f.ranges()
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
	var logs []string
	for _, in := range r.inputs {
		logs = append(logs, in.Name)
	}
	file, err := createOutput(f.output, "report", logs)
	if err != nil {
		return err
	}

	facts, err := gather(ctx, r, window)
	interrupted := errors.Is(err, context.Canceled) // then what was read is reported; a second Ctrl-C ends the program
	if err != nil && !interrupted {
		return err
	}
	unknown := strangers(facts, why, f.since != "" || f.until != "")
	if len(unknown) > 0 && len(unknown) == len(why) {
		return append(r.unread(), unknown...).orNil()
	}
	if !r.small() {
		collectAt(whileJudging)
	}
	o.Geo, o.Services, o.Why, o.Cut = locator{db}, locator{db}.Service, why, interrupted
	judged := make(chan *analyze.Result, 1)
	go func() {
		result := f.judge(facts, r, flags, o, describe(db))
		if format.Quotes && len(why) == 0 {
			if o.Why = accused(result); len(o.Why) > 0 {
				result = f.judge(facts, r, flags, o, describe(db))
			}
		}
		judged <- result
	}()
	var result *analyze.Result
	select {
	case result = <-judged:
	case <-r.abandon(ctx, interrupted):
		return ctx.Err()
	}
	if !interrupted { // else there is no time to read again
		if err := r.quote(ctx, result.Why); err != nil {
			return err
		}
	}
	shown := result
	if m != nil {
		shown = m.Result(result)
	}
	var list report.Options
	if flags.Changed("top") { // text lists no victims and bystanders one by one, unless asked
		list.Top = f.top
	}
	if err := f.screenFlags.write(std.out, file, format, shown, list); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	if interrupted {
		return err
	}
	problems := append(r.unread(), unknown...)
	if err := f.notUnderstood(result.Inputs, args); err != nil {
		problems = append(problems, err)
	}
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

func checkTop(n int) error {
	if n < 0 {
		return fmt.Errorf("--top takes a number of clients, not %d", n)
	}
	return nil
}

// ranges are whom the user knows, as options of the judgement.
func (f *analyzeFlags) ranges() (o analyze.Options, err error) {
	if o.Allow, err = readRanges("allow", f.folder, f.allow); err != nil {
		return o, err
	}
	o.TrustedProxies, err = readRanges("trusted-proxy", f.folder, f.proxies)
	return o, err
}

// gather is the one way from logs to facts, for every verb that judges them.
func gather(ctx context.Context, r *run, window [2]int64) (*analyze.Facts, error) {
	facts, err := tally(ctx, r, window)
	if err != nil || !r.align(facts.ClockShifts()) {
		return facts, err
	}
	return tally(ctx, r, window)
}

// judge is the one way from facts to a Result. o has what is not the flags' to say.
func (f *analyzeFlags) judge(facts *analyze.Facts, r *run, flags *pflag.FlagSet, o analyze.Options, geoData []string) *analyze.Result {
	o.Inputs = r.report()
	o.Zone, o.Notes = r.parse.Zone, r.said()
	o.Top, o.Window = f.top, f.since != "" || f.until != ""
	o.Tool = analyze.Tool{Name: "logsleuth", Version: version, Options: optionsUsed(flags), Geo: geoData}
	result := analyze.Judge(facts, o)
	report.Carry(result)
	return result
}

// tally reads the logs into facts. Each worker gathers a chunk at a time; the
// chunks' facts are merged in log order, so that the result is the same for any
// number of workers.
func tally(ctx context.Context, r *run, window [2]int64) (*analyze.Facts, error) {
	parts := make(chan *analyze.Facts, r.workers+2) // to be used again; a sync.Pool would drop them when garbage is collected
	facts := new(analyze.Facts)
	if r.memory != 0 {
		facts.Within(r.memory)
	}
	err := each(ctx, r,
		func() *analyze.Facts {
			select {
			case part := <-parts:
				part.Reset()
				return part
			default:
				return new(analyze.Facts)
			}
		},
		func(part *analyze.Facts, p *source.Part, s *parser.Scanner) *analyze.Facts {
			for s.Next() {
				if e := s.Event(); !e.Stamp.Has(parser.StampTime) || e.Time >= window[0] && e.Time <= window[1] {
					part.Observe(p.Input, e)
				}
			}
			return part
		},
		func(part *analyze.Facts) error {
			facts.Merge(part)
			select {
			case parts <- part:
			default: // more than enough
			}
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
	return list
}

// said is how the logs were read, and which were not.
func (r *run) said() []string {
	notes := slices.Clone(r.notes)
	for _, err := range r.problems {
		notes = append(notes, "Not read: "+err.Error()+".")
	}
	return notes
}

// locator looks places up for the report.
type locator struct{ db *geo.DB }

func (l locator) Locate(a netip.Addr) (country string, asn uint32, org string) {
	p := l.db.Lookup(a)
	return p.Country, p.ASN, p.Org
}

// Service looks up whose service an address belongs to.
func (l locator) Service(a netip.Addr) (analyze.Service, bool) {
	s, published, ok := l.db.Service(a)
	return analyze.Service{
		Operator: s.Operator, Purpose: s.Purpose, Header: s.Header, Source: s.Source, Date: s.Date, Published: published, Ranges: s.Ranges,
	}, ok
}

func describe(db *geo.DB) []string {
	var list []string
	for _, s := range db.Sources() {
		name, _, _ := strings.Cut(s.Name, ", in the schema") // a formality of the embedded files
		list = append(list, fmt.Sprintf("%s by %s, %s", s.Gives, name, s.Built))
	}
	oldest, latest := geo.ServicesBuilt()
	return append(list, fmt.Sprintf("ranges of proxies and crawlers by their operators, %s to %s", oldest, latest))
}

// optionsUsed are the flags that the user set and that change what is reported.
func optionsUsed(fs *pflag.FlagSet) []string {
	list := []string{}
	fs.Visit(func(f *pflag.Flag) {
		switch f.Name {
		case "workers", "nice", "output", "format", "fail-on", "min-parsed", "stdin-name", "anonymize-key", "color", "no-pager", configFlag:
			return
		}
		list = append(list, "--"+f.Name+"="+f.Value.String())
	})
	return list
}
