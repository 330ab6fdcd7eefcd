package analyze

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/logsleuth/logsleuth/parser"
)

// A logFile is a log as a test reads it.
type logFile struct {
	name string
	text []byte
}

// fewer is how often a test does something: the race detector makes all ten times slower.
func fewer(n int) int {
	if raceEnabled {
		return max(1, n/6)
	}
	return n
}

// cases are the names of the logs in testdata/cases.
var cases = []string{"story", "flood", "db-crash-no-attack", "quiet-day", "scanner", "bruteforce"}

// caseLogs reads the logs of a case in the order in which they were written.
func caseLogs(tb testing.TB, name string) (logs []logFile) {
	tb.Helper()
	for _, file := range []string{"error.log.1", "error.log", "syslog"} {
		text, err := os.ReadFile(filepath.Join("../testdata/cases", name, file))
		if err == nil {
			logs = append(logs, logFile{file, text})
		} else if !os.IsNotExist(err) {
			tb.Fatal(err)
		}
	}
	if len(logs) == 0 {
		tb.Fatalf("case %s has no logs", name)
	}
	return logs
}

// options are the parser's for some logs: the year is where their own dates put it.
func options(logs []logFile) (o parser.Options) {
	var latest time.Time
	for _, l := range logs {
		if g := parser.GlanceAt(l.text[:min(len(l.text), 64<<10)]); g.Latest.After(latest) {
			latest = g.Latest
		}
	}
	if !latest.IsZero() {
		o.Years = parser.YearsNear(latest)
	}
	return o
}

// A part is a stretch of whole records of one log.
type part struct {
	input        int
	text         []byte
	line, offset int64
}

// observe enters a part into facts. What it read from is scribbled over afterwards.
func (p part) observe(f *Facts, o parser.Options) {
	text := bytes.Clone(p.text)
	s := parser.NewScanner(o)
	s.Reset(text, p.line, p.offset)
	for s.Next() {
		f.Observe(p.input, s.Event())
	}
	for i := range text {
		text[i] = '~'
	}
}

// whole gathers the facts of some logs at once.
func whole(logs []logFile) *Facts {
	f, o := new(Facts), options(logs)
	for i, l := range logs {
		part{i, l.text, 1, 0}.observe(f, o)
	}
	return f
}

// judge concludes over some logs.
func judge(logs []logFile) *Result { return Judge(whole(logs), judgeOptions(logs)) }

func judgeOptions(logs []logFile) (o Options) {
	o.Top = 10
	o.Services = testServices
	for _, l := range logs {
		o.Inputs = append(o.Inputs, Input{Path: l.name})
	}
	return o
}

// conclusion is the result over facts as bytes.
func conclusion(tb testing.TB, f *Facts, o Options) string {
	tb.Helper()
	b, err := json.MarshalIndent(Judge(f, o), "", " ")
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

// dump writes all that facts hold in an order that does not depend on how they came.
func dump(f *Facts) string {
	var b strings.Builder
	tallies := func(ts Tallies) {
		for _, t := range ts.sorted() {
			fmt.Fprintf(&b, "  %s %d %d..%d %v\n", parser.Kinds[t.Kind].Name, t.Count, t.First, t.Last, t.Places)
		}
	}
	for i := range f.Coverage.Inputs {
		in := &f.Coverage.Inputs[i]
		if in.Events == 0 {
			continue
		}
		format := in.Format()
		fmt.Fprintf(&b, "input %d %s events %d unparsed %d cut %d undated %d %d..%d stamp %d offset %d\n",
			f.Coverage.First+i, format, in.Events, in.Unparsed, in.Cut, in.Undated, in.First, in.Last, in.Stamp, in.UTCOffset)
		fmt.Fprintln(&b, "  samples", in.Samples)
		for _, p := range slices.SortedFunc(maps.Keys(in.Texts), Place.compare) {
			fmt.Fprintf(&b, "  %v %q\n", p, in.Texts[p])
		}
		fmt.Fprintln(&b, "  formats", in.Formats, "levels", in.Levels)
		fmt.Fprintln(&b, "  beats", in.Beats.Width, in.Beats.List)
		tallies(in.Kinds)
	}
	for _, k := range parser.Kinds {
		if slots := f.Timeline.Of(k); len(slots) > 0 {
			fmt.Fprintf(&b, "timeline %s width %d\n", k.Name, f.Timeline.Series[k.ID()].Width)
			for _, s := range slots {
				fmt.Fprintf(&b, "  %+v\n", s)
			}
		}
		if entries := f.Journal.Of(k); len(entries) > 0 {
			fmt.Fprintf(&b, "journal %s\n", k.Name)
			for _, e := range entries {
				fmt.Fprintf(&b, "  %+v\n", e)
			}
		}
	}
	for _, c := range f.Clients.Sorted() {
		fmt.Fprintf(&b, "client %s events %d referred %d remote %d portzero %d secrets %d hidden %d width %d\n", c.Addr, c.Events, c.Referred, c.Remote, c.PortZero, c.Secrets, c.Hidden, c.Width)
		tallies(c.Kinds)
		fmt.Fprintf(&b, "  targets %x probes %x users %x examples %+q\n", c.Targets.Hashes, c.Probes.Hashes, c.Users.Hashes, fmt.Sprint(c.Examples))
		for s, touches := range c.stretches() {
			fmt.Fprintf(&b, "  %+v %+v\n", *s, touches)
		}
	}
	for _, c := range f.Clients.Sorted() {
		if w := c.Web; w != nil {
			fmt.Fprintf(&b, "web %s %+q\n", c.Addr, fmt.Sprint(w.Requests, w.Status, w.First, w.Last, w.Embedded, w.Referred, w.Served, w.Secrets, w.Hidden, w.Itself, w.Agents, w.Paths))
			fmt.Fprintln(&b, " ", w.Missing, w.Probes, w.Misses, w.Crafted, w.Crafts, w.Linked, w.Answers, w.Data, w.Got, w.Programs, w.Logins, w.Accepted, w.XMLRPC, w.Unsent, w.Planted, w.Failed, w.Pages.Width, w.Excused.Width)
			for _, s := range slices.SortedFunc(slices.Values(slices.Concat(w.Pages.Slots, w.Excused.Slots)), func(a, b Slot) int { return cmp.Or(cmp.Compare(a.First, b.First), a.FirstPlace.compare(b.FirstPlace)) }) {
				fmt.Fprintf(&b, "  %+v\n", s)
			}
		}
	}
	fmt.Fprintln(&b, "folded clients", f.Clients.Folded)
	tallies(f.Clients.Others)
	fmt.Fprintln(&b, "workers", max(f.Workers.Width, visitWidth), max(f.Workers.Among, 1))
	for _, w := range slices.SortedFunc(slices.Values(f.Workers.List), func(a, b Worker) int {
		return cmp.Or(cmp.Compare(a.PID, b.PID), cmp.Compare(a.At, b.At))
	}) {
		line := strconv.AppendInt(append(strconv.AppendInt([]byte("  "), w.PID, 10), ' '), w.At, 10) // there may be many
		for _, v := range w.Visits {
			if v.Time != 0 {
				line = strconv.AppendInt(append(line, ' '), v.Time, 10)
				line = strconv.AppendInt(append(line, ' '), int64(v.Place.Input), 10)
				line = strconv.AppendInt(append(line, ':'), v.Place.Line, 10)
				line = v.Client.Addr().AppendTo(append(line, ' '))
			}
		}
		b.Write(append(line, '\n'))
	}
	for _, o := range f.Components.Sorted() {
		fmt.Fprintf(&b, "origin %q %v %v\n", o.Code, o.Clients, o.Fatal)
		tallies(o.Kinds)
	}
	fmt.Fprintln(&b, "folded origins", f.Components.Folded)
	fmt.Fprintln(&b, "memory", f.Memory.Machine, f.Memory.Limit)
	for _, at := range slices.Sorted(maps.Keys(f.Memory.Tables)) {
		fmt.Fprintln(&b, "  table", at, f.Memory.Tables[at].Programs)
	}
	return b.String()
}

// same fails where two texts differ, and shows the first line that does.
func same(tb testing.TB, what, got, want string) {
	tb.Helper()
	if got == want {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			tb.Fatalf("%s: line %d differs:\n got %.600s\nwant %.600s", what, i+1, g[i], w[i])
		}
	}
	tb.Fatalf("%s: %d lines, want %d", what, len(g), len(w))
}

func TestNamesExist(t *testing.T) {
	for name, kinds := range map[string][]*parser.Kind{
		"database": {dbGone, dbLost, dbRefused, dbLimit, dbStart, dbStop, dbCrash, dbRecover, dbInjection, dbMemory},
		"workers":  {workersExhausted, scoreboardFull, forkFailed, childSIGTERM, childSIGKILL, childStuck, childSegfault, childExit},
		"server":   {serverStart, serverStop, serverGraceful, serverRestart, serverUnclean, serverProxied, serverName, serverBind, hostAddress},
		"php":      {phpFatal, phpMemory, phpTimeout, backendDown, backendTimeout},
		"kernel":   {oomKill, oomInvoked, oomTask, oomTotal, kernelSegfault, kernelBoot, unitFailed},
		"blind":    {workersNear, tlsFailed, logLost},
		"deeds":    {fileMissing, scriptMissing, indexDenied, pathInvalid, accessDenied, authFailed, authUnknownUser, requestTimeout},
	} {
		for i, k := range kinds {
			if k == nil {
				t.Errorf("%s: kind %d is not in the catalogue", name, i)
			}
		}
	}
}
