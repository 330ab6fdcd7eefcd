package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/logsleuth/logsleuth/analyze"
)

// What is written as JSON can be read again, and nothing differs.
func TestReadReports(t *testing.T) {
	for _, r := range results {
		text := written(t, "json", r.result, Options{})
		got, err := Read(strings.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", r.name, err)
			continue
		}
		if again := written(t, "json", got, Options{}); again != text {
			t.Errorf("%s: read and written again it is\n%s", r.name, again)
		}
		if c := analyze.Compare(got, got); c.Any() {
			t.Errorf("%s differs from itself: %+v", r.name, c.Changes)
		}
	}
}

func TestReadMistakes(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"", "it is empty"},
		{" \n", "it is empty"},
		{"FLOOD: one client", "it is no JSON: line 1: invalid character 'F'"},
		{"{\n\"schema\": \"logsleuth.report/v1\",\n\"tool\": }", "it is no JSON: line 3: "},
		{`{"schema": "logsleuth.report/v1"} {}`, "it is no JSON: line 1: "},
		{"[]", "it is no report of logsleuth, but a JSON array"},
		{"null", "it is no report of logsleuth: it has no schema"},
		{"{}", "it is no report of logsleuth: it has no schema"},
		{`{"schema": 1}`, "it is no report of logsleuth: it has no schema"},
		{`{"schema": "logsleuth.events/v1"}`, `it is no report of logsleuth: its schema is "logsleuth.events/v1"`},
		{`{"schema": "logsleuth.report/vx"}`, `it is no report of logsleuth: its schema is`},
		{`{"schema": "logsleuth.report/v2"}`, "its schema is logsleuth.report/v2, newer than this logsleuth"},
		{`{"schema": "logsleuth.report/v0"}`, "its schema is logsleuth.report/v0; this logsleuth reads logsleuth.report/v1"},
		{`{"schema": "logsleuth.report/v1"}`, "it is no whole report: it has no verdict"},
		{`{"schema": "logsleuth.report/v1", "verdict": {"cause": 3}}`, "it is no report of logsleuth: verdict.cause is a JSON number"},
		{`{"schema": "logsleuth.report/v1", "clients": {}}`, "it is no report of logsleuth: clients is a JSON object"},
	} {
		_, err := Read(strings.NewReader(test.text))
		if err == nil || !strings.HasPrefix(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s:\n%v\nwant %s", test.text, err, test.want)
		}
	}
}

// An attacker wrote a part of each report: none of it moves a terminal, and no line is too wide.
func TestComparisonIsHarmless(t *testing.T) {
	hostile := "\x1b[2J\u202egnp\xff\r\nWORSE " + strings.Repeat("wide", 40)
	one, two := flood(), flood()
	two.Clients[0].IP = hostile
	two.Inputs[0].Path = hostile
	two.Inputs[0].Error = hostile
	two.Tool.Version = hostile
	two.Verdict.Cause = analyze.Cause(hostile)
	two.Plugins = append(two.Plugins, analyze.Plugin{Name: hostile})
	two.Incidents[0].Start = hostile
	two.Incidents[0].Cause = analyze.Cause(hostile)
	two.Advice = append(two.Advice, analyze.Advice{ID: hostile, Text: hostile})
	two.Events = map[string]int64{hostile: 7}
	two.Titles = map[string]string{hostile: hostile}
	c := analyze.Compare(one, two)
	c.New.Path = hostile
	var text, machine bytes.Buffer
	if err := WriteComparison(&text, c, Options{}); err != nil {
		t.Fatal(err)
	}
	if err := WriteComparisonJSON(&machine, c); err != nil {
		t.Fatal(err)
	}
	for _, out := range []string{text.String(), machine.String()} {
		for i, r := range out {
			if r < ' ' && r != '\n' || r == 0x7f || r == '\u202e' || r == '\ufffd' && out[i] != 0xef {
				t.Fatalf("%q at byte %d of\n%s", r, i, out)
			}
		}
	}
	for line := range strings.Lines(text.String()) {
		if columns(strings.TrimRight(line, "\n")) > 80 {
			t.Errorf("wider than 80: %s", line)
		}
		if strings.HasPrefix(line, "WORSE ") {
			t.Errorf("it passes for a heading: %s", line)
		}
	}
	var back analyze.Comparison
	if err := json.Unmarshal(machine.Bytes(), &back); err != nil || len(back.Changes) != len(c.Changes) {
		t.Errorf("%v: %d changes, want %d", err, len(back.Changes), len(c.Changes))
	}
}

func TestWrap(t *testing.T) {
	long := "attackers: want 192.0.2.1, which is not in the report, and more words than fit"
	for _, test := range []struct {
		text  string
		width int
		want  string
	}{
		{long, 0, "      " + long},
		{long, 50, "      attackers: want 192.0.2.1, which is not in\n      the report, and more words than fit"},
		{"  + a line of a diff that stays whole whatever is said", 30, "        + a line of a diff that stays whole whatever is said"},
		{"short", 1, "      short"},
	} {
		if got := strings.Join(Wrap(test.text, 6, test.width), "\n"); got != test.want {
			t.Errorf("%d columns:\n%s\nwant\n%s", test.width, got, test.want)
		}
	}
}
