package analyze

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

func yesterday() *Result {
	return &Result{
		Tool:    Tool{Version: "1.0"},
		Inputs:  []Input{{Path: "old/error.log", Lines: 1000, Events: 1000}},
		Verdict: Verdict{Cause: CauseDatabase, Confidence: 0.8},
		Clients: []Client{
			{IP: "192.0.2.1", Standing: Attacker, Confidence: 0.9},
			{IP: "192.0.2.2", Standing: Suspect, Confidence: 0.6},
			{IP: "192.0.2.3", Standing: Victim, Confidence: 0.9},
		},
		Incidents: []Incident{{ID: 1, Start: "2026-03-14T07:00:00", End: "2026-03-14T08:00:00.5", Cause: CauseDatabase, Confidence: 0.8}},
		Plugins:   []Plugin{{Name: "stats", Events: map[string]int64{"db.gone": 20}}},
		Events:    map[string]int64{"db.gone": 20, "cron.run": 10},
		Memory:    &MemoryReport{SuggestedWorkers: 40, Kills: make([]OOMKill, 2)},
		Advice:    []Advice{{ID: "look", Text: "Look at it. Then do."}},
	}
}

func TestCompare(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*Result)
		want   string
	}{
		{"the same", func(r *Result) {}, ""},
		{"the same log elsewhere", func(r *Result) { r.Inputs[0].Path = "new/error.log" }, ""},
		{"quiet now", func(r *Result) { r.Verdict.Cause = CauseQuiet }, "better verdict changed: database, 80% → quiet, 80%"},
		{"an attack now", func(r *Result) { r.Verdict = Verdict{Cause: CauseFlood, Attack: true, Confidence: 0.9} },
			"worse verdict changed: database, 80% → flood, 90%, an attack"},
		{"another cause", func(r *Result) { r.Verdict.Cause = CauseMemory }, "neither verdict changed: database, 80% → memory, 80%"},
		{"a tenth surer", func(r *Result) { r.Verdict.Confidence = 0.9 }, "neither verdict changed: database, 80% → database, 90%"},
		{"a little surer", func(r *Result) { r.Verdict.Confidence = 0.89 }, ""},
		{"an attacker more", func(r *Result) {
			r.Clients = append(r.Clients, Client{IP: "192.0.2.9", Standing: Attacker, Confidence: 0.9})
		}, "worse client 192.0.2.9 new: attacker, 90%"},
		{"a victim accused", func(r *Result) { r.Clients[2] = Client{IP: "192.0.2.3", Standing: Suspect, Confidence: 0.5} },
			"worse client 192.0.2.3 new: victim, 90% → suspect, 50%"},
		{"a victim less", func(r *Result) { r.Clients = r.Clients[:2] }, ""},
		{"an attacker less", func(r *Result) { r.Clients = r.Clients[1:] }, "better client 192.0.2.1 gone: attacker, 90% → not named"},
		{"an attacker cleared", func(r *Result) { r.Clients[0].Standing = Proxy }, "better client 192.0.2.1 gone: attacker, 90% → proxy, 90%"},
		{"a suspect more", func(r *Result) { r.Clients[1].Standing = Attacker }, "worse client 192.0.2.2 changed: suspect, 60% → attacker, 60%"},
		{"a tenth less sure", func(r *Result) { r.Clients[1].Confidence = 0.5 }, "better client 192.0.2.2 changed: suspect, 60% → suspect, 50%"},
		{"another time", func(r *Result) {
			r.Incidents[0].Start, r.Incidents[0].End = "2026-03-14T08:00:01", "2026-03-14T09:00:00"
		}, "worse incident 2026-03-14T08:00:01 new: database, 80%\nbetter incident 2026-03-14T07:00:00 gone: database, 80%"},
		{"the same, longer", func(r *Result) { r.Incidents[0].End = "2026-03-15T08:00:00" }, ""},
		{"the same, in a zone", func(r *Result) {
			r.Incidents[0].Start, r.Incidents[0].End = "2026-03-14T07:00:00+09:00", "2026-03-14T07:10:00+09:00"
		}, ""},
		{"of another cause", func(r *Result) { r.Incidents[0].Cause = CauseFlood }, "worse incident 2026-03-14T07:00:00 changed: database, 80% → flood, 80%"},
		{"a plugin more", func(r *Result) {
			r.Plugins = append(r.Plugins, Plugin{Name: "seo", Events: map[string]int64{"php.fatal": 1}})
		}, "worse plugin seo new: failures: 1"},
		{"a plugin less", func(r *Result) { r.Plugins = nil }, "better plugin stats gone: it had failures: 20"},
		{"a plugin worse", func(r *Result) { r.Plugins[0].Events = map[string]int64{"db.gone": 90} }, "worse plugin stats changed: failures: 20 → 90"},
		{"a plugin a little worse", func(r *Result) { r.Plugins[0].Events = map[string]int64{"db.gone": 25} }, "neither plugin stats changed: failures: 20 → 25"},
		{"more events", func(r *Result) { r.Events = map[string]int64{"db.gone": 90, "cron.run": 10} },
			"worse events db.gone changed: 20 → 90; per 1000 lines 20 → 90"},
		{"more noise", func(r *Result) { r.Events = map[string]int64{"db.gone": 20, "cron.run": 500} }, ""},
		{"more of all", func(r *Result) {
			r.Inputs[0].Lines, r.Inputs[0].Events = 10000, 10000
			r.Events = map[string]int64{"db.gone": 200, "cron.run": 100}
		}, ""},
		{"more in a log that grew more", func(r *Result) {
			r.Inputs[0].Lines, r.Inputs[0].Events = 10000, 10000
			r.Events = map[string]int64{"db.gone": 30, "cron.run": 100}
		}, ""},
		{"memory enough", func(r *Result) { r.Memory = nil }, "better memory gone: it no longer runs out"},
		{"other memory", func(r *Result) { r.Memory = &MemoryReport{SuggestedWorkers: 30, Kills: make([]OOMKill, 3)} },
			"worse memory kills changed: processes ended by the kernel: 2 → 3\nneither memory workers changed: advised MaxRequestWorkers: 40 → 30"},
		{"other advice", func(r *Result) { r.Advice = []Advice{{ID: "block", Text: "Block 192.0.2.1. Now."}} },
			"neither advice block new: Block 192.0.2.1\nneither advice look gone: Look at it"},
		{"not read", func(r *Result) { r.Inputs[0].Error = "it is cut off" }, "worse input old/error.log changed: not read, or not to its end: it is cut off"},
		{"less understood", func(r *Result) { r.Inputs[0].Unparsed = 10 }, "worse input old/error.log changed: understood: 100.0% → 99.0%"},
		{"one line less understood", func(r *Result) { r.Inputs[0].Unparsed = 1 }, ""},
		{"other logs", func(r *Result) { r.Inputs = []Input{{Path: "syslog", Lines: 1000}} },
			"neither input syslog new: 1000 lines\nneither input old/error.log gone: not among the logs"},
		{"two of a name", func(r *Result) {
			r.Inputs = []Input{{Path: "a/error.log", Lines: 500}, {Path: "b/error.log", Lines: 500}}
		}, "neither input a/error.log new: 500 lines\nneither input b/error.log new: 500 lines\nneither input old/error.log gone: not among the logs"},
		{"nothing", func(r *Result) { *r = Result{Verdict: Verdict{Cause: CauseQuiet}} }, "better verdict changed: database, 80% → quiet, 0%\n" +
			"better client 192.0.2.1 gone: attacker, 90% → not named\nbetter client 192.0.2.2 gone: suspect, 60% → not named\n" +
			"better incident 2026-03-14T07:00:00 gone: database, 80%\nbetter plugin stats gone: it had failures: 20\n" +
			"better memory gone: it no longer runs out\nneither advice look gone: Look at it\nneither input old/error.log gone: not among the logs"},
	} {
		r := yesterday()
		test.change(r)
		c := Compare(yesterday(), r)
		if got := said(c); got != test.want {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, got, test.want)
		}
		if c.Worse() != strings.Contains(test.want, "worse ") {
			t.Errorf("%s: worse is %t", test.name, c.Worse())
		}
		// Backwards, what was worse is better.
		back := Compare(r, yesterday())
		for _, ch := range c.Changes {
			mirror := map[Sense]Sense{Worse: Better, Better: Worse, Neither: Neither}[ch.Sense]
			if !slices.ContainsFunc(back.Changes, func(b Change) bool { return b.Area == ch.Area && b.Sense == mirror }) {
				t.Errorf("%s: %v has no mirror in %v", test.name, ch, back.Changes)
			}
		}
		if len(c.Changes) != len(back.Changes) || len(c.Events) != len(back.Events) {
			t.Errorf("%s: %d changes, backwards %d", test.name, len(c.Changes), len(back.Changes))
		}
	}
}

func said(c *Comparison) string {
	var lines []string
	for _, ch := range c.Changes {
		name := strings.TrimSpace(ch.Area + " " + ch.Name)
		lines = append(lines, fmt.Sprintf("%s %s %s: %s", ch.Sense, name, ch.What, ch.Text))
	}
	return strings.Join(lines, "\n")
}

func TestStandsOut(t *testing.T) {
	for _, test := range []struct {
		a, aLines, b, bLines int64
		want                 bool
	}{
		{0, 1000, 0, 1000, false},
		{0, 1000, 9, 1000, false}, // heads nine times: 1 in 512
		{0, 1000, 10, 1000, true},
		{1, 12, 1, 2000, false},
		{10, 1000, 14, 1000, false},
		{3000, 100000, 4400, 100000, false}, // sure, and less than half as much again
		{3000, 100000, 4600, 100000, true},
		{600, 1000, 600, 100000, true},
		{5, 0, 5, 1000, false},
		{-5, 10, 5, 1000, false},
		{1, 1, math.MaxInt64 / 2, 1, true}, // soon
	} {
		for range 2 {
			if got := standsOut(test.a, test.aLines, test.b, test.bLines); got != test.want {
				t.Errorf("%d of %d and %d of %d: %t", test.a, test.aLines, test.b, test.bLines, got)
			}
			test.a, test.aLines, test.b, test.bLines = test.b, test.bLines, test.a, test.aLines
		}
	}
}

// Whatever a file holds that calls itself a report, comparing it ends.
func TestCompareNonsense(t *testing.T) {
	odd := &Result{
		Inputs:    []Input{{Path: "", Lines: -3, Events: -1, Unparsed: 5}, {Path: ""}},
		Incidents: []Incident{{Start: "noon"}, {Start: "", End: "2026"}},
		Events:    map[string]int64{"db.gone": math.MinInt64, "no.such": math.MaxInt64},
		Clients:   []Client{{IP: "x", Standing: "king"}, {IP: "x", Standing: Attacker, Confidence: 1e300}},
	}
	for _, pair := range [][2]*Result{{odd, yesterday()}, {yesterday(), odd}, {odd, odd}, {new(Result), odd}} {
		Compare(pair[0], pair[1])
	}
	if c := Compare(odd, odd); c.Any() {
		t.Errorf("it differs from itself: %s", said(c))
	}
}
