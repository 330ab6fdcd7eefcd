package cmd

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/logsleuth/logsleuth/analyze"
	"github.com/logsleuth/logsleuth/geo"
	"github.com/logsleuth/logsleuth/parser"
	"github.com/logsleuth/logsleuth/report"
	"github.com/logsleuth/logsleuth/source"
)

// respondFlags are what the user decides about the measures.
type respondFlags struct {
	analyzeFlags
	as         string
	undo       bool
	whatIf     bool
	neverBlock []string
}

func respondCommand(std streams) *cobra.Command {
	var f respondFlags
	c := &cobra.Command{
		Use:   "respond FILE…",
		Short: "Print what to do, as one tool needs it, with its effect and its undo",
		Long: `Print the measures that logs ask for, the most urgent first: for a person, or as a
script for one tool. Nothing is run: read it, then run it yourself.

A FILE is a log as for analyze, or the one JSON report that analyze wrote.
Proxies, crawlers, this server's own addresses and those of --never-block are
never named; nor is the address that you are logged in from over SSH.

--what-if replays connection limits and fail2ban's jails over the same logs: when
each would have acted first, and whom it would have hit.`,
		Example: `  logsleuth respond --what-if /var/log/apache2/error.log /var/log/syslog
  logsleuth respond --as nftables report.json > block.nft && nft -c -f block.nft
  logsleuth respond --as iptables --undo report.json
  logsleuth respond --as fail2ban --never-block 192.0.2.0/24 /var/log/apache2/`,
		Args: needFiles,
		RunE: func(c *cobra.Command, args []string) error {
			return f.run(c.Context(), c.Flags(), args, std)
		},
	}
	fs := c.Flags()
	f.logFlags.add(fs)
	f.screenFlags.add(c)
	f.top = 10
	fs.StringVar(&f.as, "as", "text", "for which tool: "+strings.Join(report.ToolNames(), ", "))
	fs.BoolVar(&f.undo, "undo", false, "print how to take the measures back")
	fs.BoolVar(&f.whatIf, "what-if", false, "replay the measures over the same logs (text only)")
	fs.StringArrayVar(&f.neverBlock, "never-block", nil, "an address or `network` that no measure may name, besides that of your SSH session; give it once for each")
	fs.StringVar(&f.since, "since", "", "leave out what is before this time (2026-03-14, '2026-03-14 07:00', or 2h for two hours ago)")
	fs.StringVar(&f.until, "until", "", "leave out what is after this time")
	fs.StringVar(&f.geo.Country, "geoip-db", "", "a country database of your own (GeoLite2, GeoIP2 or DB-IP, .mmdb)")
	fs.StringVar(&f.geo.ASN, "asn-db", "", "a database of networks of your own (.mmdb)")
	fs.StringArrayVar(&f.allow, "allow", nil, "accuse and block nobody in these `ranges` (CIDR, with commas between, or @FILE with one a line; again for more)")
	fs.StringArrayVar(&f.proxies, "trusted-proxy", nil, "the addresses in these `ranges` are proxies that stand for others (as --allow)")
	choose(c, "as", report.ToolNames()...)
	return c
}

func (f *respondFlags) run(ctx context.Context, flags *pflag.FlagSet, args []string, std streams) error {
	if err := errors.Join(report.KnownTool(f.as), f.screenFlags.check()); err != nil {
		return err // before the logs are read, lest hours be lost on it
	}
	if f.whatIf && !typed(flags, "as") {
		f.as = "text"
	}
	if f.whatIf && (f.as != "text" || f.undo) {
		return errors.New("--what-if is for people to read; leave --as and --undo away")
	}
	never, err := neverBlock(f.neverBlock, os.Getenv)
	if err != nil {
		return err
	}
	o := report.Response{NeverBlock: never, Undo: f.undo}
	saved, err := f.savedReport(args, &std)
	if err != nil {
		return err
	}
	if saved != nil {
		if f.whatIf {
			return fmt.Errorf("--what-if needs the logs themselves: %s is a report; name the logs that it was made of", args[0])
		}
		if slices.ContainsFunc([]string{"since", "until", "tz", "allow", "trusted-proxy"}, func(name string) bool { return typed(flags, name) }) {
			return fmt.Errorf("%s is a report, of which --since, --until, --tz, --allow and --trusted-proxy can change nothing; name the logs instead", args[0])
		}
		return f.print(std.out, saved, o)
	}
	result, whatIf, problems, err := f.fromLogs(ctx, flags, args, std)
	if err != nil {
		return err
	}
	o.WhatIf, o.Fresh = whatIf, true
	if err := f.print(std.out, result, o); err != nil {
		return err
	}
	return problems.orNil()
}

// print writes the measures: for a person, or a script as it is.
func (f *respondFlags) print(out io.Writer, r *analyze.Result, o report.Response) error {
	write := func(w io.Writer, look report.Options) error { return report.Respond(w, r, f.as, o, look) }
	err := error(nil)
	if f.as == "text" {
		err = f.show(out, write)
	} else {
		err = write(out, report.Options{})
	}
	if err != nil {
		return fmt.Errorf("writing the measures: %w", err)
	}
	return nil
}

// fromLogs judges logs as analyze does and, if asked, replays measures over them.
func (f *respondFlags) fromLogs(ctx context.Context, flags *pflag.FlagSet, args []string, std streams) (*analyze.Result, *analyze.WhatIf, failures, error) {
	zone, err := f.zone()
	if err != nil {
		return nil, nil, nil, err
	}
	window, err := f.window(zone)
	if err != nil {
		return nil, nil, nil, err
	}
	ranges, err := f.ranges()
	if err != nil {
		return nil, nil, nil, err
	}
	db, err := geo.Open(f.geo)
	if err != nil {
		return nil, nil, nil, err
	}
	defer db.Close()
	r, err := f.open(ctx, args, std)
	if err != nil {
		return nil, nil, nil, err
	}
	if f.whatIf && streamed(r) {
		return nil, nil, nil, errors.New("--what-if reads the logs more than once, which standard input and pipes do not allow; give it files")
	}
	facts, err := gather(ctx, r, window)
	if err != nil {
		return nil, nil, nil, err
	}
	ranges.Geo, ranges.Services = locator{db}, locator{db}.Service
	result := f.judge(facts, r, flags, ranges, describe(db))
	problems := r.unread()
	if err := f.notUnderstood(result.Inputs, args); err != nil && len(problems) == 0 {
		return nil, nil, nil, err
	}
	var whatIf *analyze.WhatIf
	if f.whatIf {
		hits, err := jailed(ctx, r, window)
		if err != nil {
			return nil, nil, nil, err
		}
		ranges.Zone = r.parse.Zone
		whatIf = analyze.TryOut(facts, hits, ranges)
	}
	if err := db.Err(); err != nil {
		problems = append(problems, err)
	}
	return result, whatIf, problems, nil
}

// notUnderstood is the error of having understood nothing in logs that are not
// empty. Of a part of the time nothing may be known.
func (f *analyzeFlags) notUnderstood(inputs []analyze.Input, args []string) error {
	strange := int64(0)
	for _, in := range inputs {
		if in.Events > in.Unparsed {
			return nil
		}
		strange += in.Unparsed
	}
	if strange == 0 || f.since != "" || f.until != "" {
		return nil
	}
	return fmt.Errorf("nothing in %s was understood: it is neither a log that logsleuth knows nor a report that it wrote; give it error.log, access.log and syslog", strings.Join(args, ", "))
}

// streamed tells whether any of the logs can be read only once.
func streamed(r *run) bool {
	for _, in := range r.inputs {
		if info, err := os.Stat(in.Name); err != nil || !info.Mode().IsRegular() {
			return true
		}
	}
	return false
}

// jailed gathers the lines that fail2ban's jails would count.
func jailed(ctx context.Context, r *run, window [2]int64) (*analyze.Hits, error) {
	all := new(analyze.Hits)
	err := each(ctx, r,
		func() *analyze.Hits { return new(analyze.Hits) },
		func(part *analyze.Hits, _ *source.Part, s *parser.Scanner) *analyze.Hits {
			for s.Next() {
				if e := s.Event(); !e.Stamp.Has(parser.StampTime) || e.Time >= window[0] && e.Time <= window[1] {
					part.Observe(e)
				}
			}
			return part
		},
		func(part *analyze.Hits) error {
			all.Merge(part)
			return nil
		})
	return all, err
}

// reportHead is how a report of ours begins. Inside a log's own text a quote
// would stand behind a backslash.
var reportHead = regexp.MustCompile(`^\s*\{\s*"schema"\s*:\s*"logsleuth\.`)

// savedReport reads the report that is named in place of logs, nil where logs are
// named. Standard input keeps what was looked at.
func (f *respondFlags) savedReport(args []string, std *streams) (*analyze.Result, error) {
	const head = 256
	for _, name := range args {
		var in io.Reader
		if name == "-" {
			if file, ok := std.in.(*os.File); len(args) > 1 || ok && term.IsTerminal(file.Fd()) {
				continue
			}
			buffered := bufio.NewReaderSize(std.in, 1<<16)
			std.in = buffered
			begin, _ := buffered.Peek(head)
			if !reportHead.Match(begin) {
				return nil, nil
			}
			in = buffered
		} else {
			file, err := os.Open(name)
			if err != nil {
				continue // source says why
			}
			defer file.Close()
			if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
				continue
			}
			begin := make([]byte, head)
			n, _ := io.ReadFull(file, begin)
			if !reportHead.Match(begin[:n]) {
				continue
			}
			if _, err := file.Seek(0, io.SeekStart); err != nil {
				return nil, err
			}
			in = file
		}
		if len(args) > 1 {
			return nil, fmt.Errorf("%s is a report; name it alone, or only logs", name)
		}
		r, err := report.Read(in)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		return r, nil
	}
	return nil, nil
}

// neverBlock are the networks that no measure may name: those that the user
// gives, and where the user sits.
func neverBlock(given []string, getenv func(string) string) ([]netip.Prefix, error) {
	var list []netip.Prefix
	for _, text := range given {
		for part := range strings.SplitSeq(text, ",") {
			n, err := parseNetwork(strings.TrimSpace(part))
			if err != nil {
				return nil, fmt.Errorf("--never-block takes an address or a network such as 192.0.2.0/24, not %q", part)
			}
			list = append(list, n)
		}
	}
	if a, ok := sshClient(getenv); ok {
		list = append(list, netip.PrefixFrom(a, a.BitLen()))
	}
	return list, nil
}

// sshClient is where the user is logged in from. sudo and doas clear the environment, so
// it is looked up in that of the processes above too, where the system shows it.
func sshClient(getenv func(string) string) (netip.Addr, bool) {
	const variables, generations = "SSH_CONNECTION SSH_CLIENT", 32
	for _, name := range strings.Fields(variables) {
		address, _, _ := strings.Cut(getenv(name), " ")
		if a, err := netip.ParseAddr(address); err == nil {
			return a.WithZone("").Unmap(), true
		}
	}
	if getenv("SUDO_UID") == "" && getenv("DOAS_USER") == "" {
		return netip.Addr{}, false
	}
	pid := os.Getppid()
	for range generations {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
		if err != nil {
			break
		}
		for entry := range strings.SplitSeq(string(text), "\x00") {
			name, value, _ := strings.Cut(entry, "=")
			address, _, _ := strings.Cut(value, " ")
			if a, err := netip.ParseAddr(address); err == nil && slices.Contains(strings.Fields(variables), name) {
				return a.WithZone("").Unmap(), true
			}
		}
		if pid = parent(pid); pid <= 1 {
			break
		}
	}
	return netip.Addr{}, false
}

// parent is the process that started another, 0 where the system does not show it.
func parent(pid int) int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// After the name, which may hold anything, come the state and the parent.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(fields) < 2 {
		return 0
	}
	n, _ := strconv.Atoi(fields[1])
	return n
}

func parseNetwork(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		a = a.WithZone("").Unmap()
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	n, err := netip.ParsePrefix(text)
	if err != nil {
		return n, err
	}
	if a := n.Addr(); a.Is4In6() && n.Bits() >= 96 {
		n = netip.PrefixFrom(a.Unmap(), n.Bits()-96)
	}
	return n.Masked(), nil
}
