package report

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/logsleuth/logsleuth/analyze"
)

var update = flag.Bool("update", false, "write testdata/*.txt anew")

func written(t testing.TB, format string, r *analyze.Result, o Options) string {
	t.Helper()
	f, err := Lookup(format)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b, r, o); err != nil {
		t.Fatalf("writing %s: %v", format, err)
	}
	return b.String()
}

func TestTextLooksAsBefore(t *testing.T) {
	golden := func(name, got string) {
		t.Helper()
		file := filepath.Join("testdata", name+".txt")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("the report differs from %s; go test ./report -update writes it anew\n%s", file, got)
		}
	}
	for _, r := range results {
		for _, width := range []int{80, 120} {
			golden(fmt.Sprintf("%s-%d", r.name, width), written(t, "text", r.result, Options{Width: width}))
		}
	}
	golden("flood-80-dark", written(t, "text", flood(), Options{Color: true, Dark: true}))
}

// commands are never broken: they are copied.
func isCommand(line string, r *analyze.Result) bool {
	for _, a := range r.Advice {
		for _, c := range []map[string]string{a.Commands, a.Undo} {
			for _, s := range c {
				for _, l := range plainLines(s) {
					if l == line {
						return true
					}
				}
			}
		}
	}
	return false
}

func TestTextFitsAnyWidth(t *testing.T) {
	for _, r := range results {
		for _, width := range []int{60, 61, 62, 63, 64, 65, 67, 70, 72, 75, 79, 80, 90, 100, 120, 160, 250} {
			text := written(t, "text", r.result, Options{Width: width})
			for line := range strings.Lines(text) {
				line = strings.TrimSuffix(line, "\n")
				if n := columns(line); n > width && !isCommand(line, r.result) {
					t.Errorf("%s, %d columns: a line is %d wide: %s", r.name, width, n, line)
				}
			}
		}
	}
}

func TestCommandsStandUnbrokenAtTheEdge(t *testing.T) {
	text := written(t, "text", flood(), Options{Width: 60})
	for _, want := range []string{
		"\nsudo nft 'add chain inet logsleuth input { type filter hook input priority -10; policy accept; }'\n",
		"\n<IfModule mpm_prefork_module>\n    MaxRequestWorkers 12\n</IfModule>\nEOF\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("this cannot be copied from the report: %s", want)
		}
	}
}

func TestColourSaysNothingThatWordsDoNot(t *testing.T) {
	for _, r := range results {
		want := written(t, "text", r.result, Options{})
		if strings.Contains(want, "\x1b") {
			t.Errorf("%s: an escape without colour", r.name)
		}
		for _, dark := range []bool{false, true} {
			got := written(t, "text", r.result, Options{Color: true, Dark: dark})
			if !strings.Contains(got, "\x1b[") {
				t.Errorf("%s: no colour", r.name)
			}
			if uncoloured(got) != want {
				t.Errorf("%s: the coloured report says something else than the plain one", r.name)
			}
		}
	}
}

// uncoloured takes away colours, and nothing else.
func uncoloured(s string) string {
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(s, "\x1b[")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		_, s, _ = strings.Cut(after, "m")
	}
}

func TestNobodyIsNamedWhenTheDatabaseFailed(t *testing.T) {
	text := written(t, "text", database(), Options{})
	if strings.Contains(text, "192.0.2.14") {
		t.Errorf("a victim stands in the report:\n%s", text)
	}
	if !strings.Contains(text, "60 clients met errors; none of them stands out.") {
		t.Errorf("the victims are not counted:\n%s", text)
	}
	if text := written(t, "text", database(), Options{Top: 5}); !strings.Contains(text, "192.0.2.14") || !strings.Contains(text, "59 other clients") {
		t.Errorf("with Top 5 the victim is not listed:\n%s", text)
	}
}

func TestQuietIsShort(t *testing.T) {
	text := written(t, "text", quiet(), Options{})
	if n := strings.Count(text, "\n"); n > 24 {
		t.Errorf("a quiet day takes %d lines, more than a screen:\n%s", n, text)
	}
	if first, _, _ := strings.Cut(text, "\n"); first != "QUIET: nothing happened that needs you" {
		t.Errorf("the first line of a quiet day: %s", first)
	}
}

func TestAnEmptyResultCanBeWritten(t *testing.T) {
	for _, f := range Formats {
		written(t, f.Name, &analyze.Result{}, Options{})
	}
}

func TestNoGapWhereNoChartIs(t *testing.T) {
	short := analyze.TimelineReport{BucketSeconds: 1, Buckets: []analyze.Bucket{{Start: "2026-03-14T07:00:00"}}}
	in := analyze.Incident{Cause: analyze.CauseDatabase, Start: "2026-03-14T07:00:00", End: "2026-03-14T07:00:00", Timeline: short,
		Phases: []analyze.Phase{{Name: "collapse", Start: "2026-03-14T07:00:00", End: "2026-03-14T07:00:00", Text: "It fell."}}}
	if got := written(t, "text", &analyze.Result{Incidents: []analyze.Incident{in, in}}, Options{}); strings.Contains(strings.TrimSpace(got[:strings.Index(got, "HOW IT WAS READ")]), "\n\n\n") {
		t.Errorf("two empty lines:\n%s", got)
	}
}

func TestLogsOfOneNameAreToldApart(t *testing.T) {
	names := shortNames([]analyze.Input{{Path: "/srv/a/error.log"}, {Path: "/srv/b/error.log"}, {Path: "/var/log/syslog"}, {Path: "error.log"}})
	for path, want := range map[string]string{
		"/srv/a/error.log": "a/error.log",
		"/srv/b/error.log": "b/error.log",
		"/var/log/syslog":  "syslog",
		"error.log":        "error.log",
	} {
		if names[path] != want {
			t.Errorf("%s is called %s, want %s", path, names[path], want)
		}
	}
}

func TestWeightsAsMarks(t *testing.T) {
	for weight, want := range map[float64]string{3: "+++", 1: "++", 0.4: "+", 0: "0", -0.4: "-", -1: "--", -9: "---"} {
		if got := marks(weight); got != want {
			t.Errorf("a weight of %v is shown as %s, want %s", weight, got, want)
		}
	}
}

func TestConfidenceInWords(t *testing.T) {
	for confidence, want := range map[float64]string{1: "very likely (99%)", 0.9: "very likely (90%)", 0.75: "likely (75%)", 0.5: "more likely than not (50%)", 0.2: "uncertain (20%)", 0: "uncertain (0%)"} {
		if got := sure(confidence); got != want {
			t.Errorf("%v is %q, want %q", confidence, got, want)
		}
	}
}

func TestLookup(t *testing.T) {
	_, err := Lookup("yaml")
	if want := `no format is called "yaml"; try text, html, json, markdown, csv, csv-timeline or csv-events`; err == nil || err.Error() != want {
		t.Errorf("Lookup(yaml): %v, want %s", err, want)
	}
}

// Every cause has words; a new one in analyze needs them here.
func TestEveryCauseHasWords(t *testing.T) {
	for _, c := range constants(t, "Cause") {
		if causes[analyze.Cause(c)] == "" {
			t.Errorf("the report has no words for the cause %s", c)
		}
	}
}

// A flood from behind a proxy is nobody's by name: not one client's, nor a few's.
func TestFloodOfNobody(t *testing.T) {
	r := &analyze.Result{Verdict: analyze.Verdict{Cause: analyze.CauseFlood}}
	for _, test := range []struct {
		clients []string
		want    string
	}{
		{[]string{"192.0.2.1"}, causes[analyze.CauseFlood]},
		{nil, "somebody behind a proxy kept the web server's workers busy"},
	} {
		r.Incidents = []analyze.Incident{{Cause: analyze.CauseFlood, Clients: test.clients}}
		if got := inWords(r); got != test.want {
			t.Errorf("flood of %v: %q, want %q", test.clients, got, test.want)
		}
	}
}
