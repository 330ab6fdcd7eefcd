package check

import (
	"bytes"
	"encoding/xml"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/logsleuth/logsleuth/analyze"
)

var options = []string{"tz", "since"}

func read(t *testing.T, text string) *Case {
	t.Helper()
	c := new(Case)
	if err := c.read([]byte(text), options); err != nil {
		t.Fatalf("%s\n%v", text, err)
	}
	return c
}

func result() *analyze.Result {
	return &analyze.Result{
		Verdict: analyze.Verdict{Cause: analyze.CauseFlood, Attack: true, Confidence: 0.57},
		Clients: []analyze.Client{
			{IP: "192.0.2.1", Standing: analyze.Attacker, Confidence: 0.9},
			{IP: "2001:db8::1", Standing: analyze.Suspect, Confidence: 0.6},
			{IP: "198.51.100.7", Standing: analyze.Victim, Confidence: 0.9},
		},
		Incidents: []analyze.Incident{{ID: 1}, {ID: 2}},
		Events:    map[string]int64{"db.gone": 4},
		Plugins:   []analyze.Plugin{{Name: "jetpack"}, {Name: "stats"}},
		Advice:    []analyze.Advice{{ID: "block"}, {ID: "limit"}},
		Inputs:    []analyze.Input{{Path: "error.log", Events: 200, Unparsed: 1}, {Path: "empty.log"}},
	}
}

// Every key that states something holds where it is true and fails where it is not.
func TestClaims(t *testing.T) {
	met := map[string]bool{}
	for _, test := range []struct{ text, want string }{
		{"cause: flood", ""},
		{"cause: [quiet, flood]", ""},
		{"cause: [quiet, scan]", "want quiet or scan, got flood"},
		{"attack: true", ""},
		{"attack: false", "want false, got true"},
		{"confidence: 0.57", ""},
		{"confidence: '>= 0.57'", ""},
		{"confidence: {min: 0.5, max: 0.6}", ""},
		{"confidence: '> 0.57'", "want > 0.57, got 0.57"},
		{"confidence: '< 0.57'", "want < 0.57, got 0.57"},
		{"confidence: {max: 0.5}", "want <= 0.5, got 0.57"},
		{"attackers: 192.0.2.1", ""},
		{"attackers: ['::ffff:192.0.2.1']", ""},
		{"attackers: []", "want none, got 192.0.2.1, which is an attacker, confidence 0.9"},
		{"attackers: [192.0.2.1, 198.51.100.7, 192.0.2.9]", "want 198.51.100.7, which is a victim, confidence 0.9\n" +
			"want 192.0.2.9, which is not in the report"},
		{"suspects: ['2001:DB8:0::1']", ""},
		{"suspects: 192.0.2.1", "want 192.0.2.1, which is an attacker, confidence 0.9\n" +
			"want none but 192.0.2.1, got 2001:db8::1, which is a suspect, confidence 0.6"},
		{"named: ['2001:db8::1', 192.0.2.1]", ""},
		{"named: [192.0.2.1, others]", ""},
		{"named: [192.0.2.1]", "want none but 192.0.2.1, got 2001:db8::1, which is a suspect, confidence 0.6"},
		{"nobody: false", ""},
		{"nobody: true", "want nobody named, got 192.0.2.1, an attacker, confidence 0.9\nwant nobody named, got 2001:db8::1, a suspect, confidence 0.6"},
		{"not_named: [198.51.100.0/24, 203.0.113.1]", ""},
		{"not_named: 192.0.2.0/24", "want 192.0.2.1 not named, got attacker, confidence 0.9"},
		{"not_named: ['2001:db8::1']", "want 2001:db8::1 not named, got suspect, confidence 0.6"},
		{"incidents: 2", ""},
		{"incidents: 1 to 2", ""},
		{"incidents: 0", "want 0, got 2"},
		{"events: {db.gone: 4, oom.kill: 0}", ""},
		{"events: {db.gone: '<= 3', oom.kill: '>= 1'}", "want <= 3, got 4\nwant >= 1, got 0"},
		{"plugins: [stats, jetpack]", ""},
		{"plugins: [stats, others]", ""},
		{"plugins: [stats, akismet]", "want akismet, which is not in the report\nwant none but stats, akismet, got jetpack"},
		{"advice: [limit, block]", ""},
		{"advice: block", "want none but block, got limit"},
		{"no_advice: workers", ""},
		{"no_advice: [block, workers]", "want no block, got it"},
		{"min_parsed: 99.5", ""},
		{"min_parsed: 99.6", "want >= 99.6, got 99.5 of error.log, 1 of whose 200 events were not understood"},
	} {
		c := read(t, test.text)
		var got []string
		for _, d := range c.Judge(result()) {
			got = append(got, d.Text)
		}
		if strings.Join(got, "\n") != test.want {
			t.Errorf("%s:\n%s\nwant\n%s", test.text, strings.Join(got, "\n"), test.want)
		}
		key, _, _ := strings.Cut(test.text, ":")
		met[key] = met[key] || test.want != ""
	}
	for _, k := range Keys {
		if c := read(t, k.Sample); len(c.claims) > 0 && !met[k.Name] {
			t.Errorf("no test has %s fail", k.Name)
		}
	}
}

func TestMistakes(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"cause: flood\n\natack: true", `case.yaml:3: no key is called "atack"; there are description, logs, options, `},
		{"cause: fludd", `case.yaml:1: cause: no cause is called "fludd"; there are flood, `},
		{"cause:\n  - flood\n  - fludd", `case.yaml:3: cause: no cause`},
		{"cause: []", "case.yaml:1: cause takes one cause"},
		{"cause: flood\ncause: scan", "case.yaml:2: cause stands here twice; first in line 1"},
		{"attackers:", "case.yaml:1: attackers has no value; it takes addresses"},
		{"attackers: [nobody]", `case.yaml:1: attackers: "nobody" is no address`},
		{"attackers: {min: 1}", "case.yaml:1: attackers takes addresses, not keys of its own"},
		{"attackers: [others]", "case.yaml:1: attackers states nothing"},
		{"attack: yes", `case.yaml:1: attack takes true or false, not "yes"`},
		{"not_named: []", "case.yaml:1: not_named names nobody"},
		{"not_named: [all]", `case.yaml:1: not_named: "all" is no address and no network`},
		{"confidence: high", `case.yaml:1: confidence takes a number, a bound`},
		{"confidence: .nan", `case.yaml:1: confidence takes a number, a bound`},
		{"confidence: {least: 1}", `case.yaml:1: confidence has no key "least"; there are min, max`},
		{"confidence: {min: 0.9, max: 0.1}", "case.yaml:1: confidence: min is above max"},
		{"incidents: 3 to 1", "case.yaml:1: incidents: 3 is above 1"},
		{"incidents: [1]", "case.yaml:1: incidents takes a number, a bound"},
		{"events:\n  db.gone: 1\n  db.gonne: 1", `case.yaml:3: no kind of event is called "db.gonne"`},
		{"advice: [blok]", `case.yaml:1: advice: no advice is called "blok"; there are remoteip, block, `},
		{"no_advice: []", "case.yaml:1: no_advice takes ids of advice"},
		{"min_parsed: 101", "case.yaml:1: min_parsed takes a number from 0 to 100"},
		{"golden: ../report.json", "case.yaml:1: golden takes names"},
		{"golden: /tmp/report.json", "case.yaml:1: golden takes names"},
		{"golden: error.log", "case.yaml:1: golden takes names"},
		{"logs: []", "case.yaml:1: logs names none"},
		{"logs: '-'", "case.yaml:1: logs takes names"},
		{"options:\n  colour: red", `case.yaml:2: no option is called "colour"; there are tz, since`},
		{"options: tz", `case.yaml:1: options takes options of analyze`},
		{"written: yesterday", "case.yaml:1: written takes a day such as 2026-03-14"},
		{"attackers: [1.2.3.4", "case.yaml: line 1: "},
		{"\tcause: flood", "case.yaml: "},
		{"just words", "case.yaml:1: there are no keys"},
		{"- cause: flood", "case.yaml:1: there are no keys"},
		{"cause: flood\n---\ncause: scan", "case.yaml: it holds more than one document"},
		{"<<: {cause: flood}", `case.yaml:1: no key is called "<<"`},
		{"? [a]\n: b", "case.yaml:1: a key is a word"},
	} {
		err := new(Case).read([]byte(test.text), options)
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s:\n%v\nwant %s", test.text, err, test.want)
		} else if strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: several lines: %v", test.text, err)
		}
	}
	for _, nothing := range []string{"", "# only a comment\n", "---\n", "{}"} {
		if c := read(t, nothing); c.States() {
			t.Errorf("%q states something", nothing)
		}
	}
}

// An alias stands for what it names, and to name itself ends nothing.
func TestAliases(t *testing.T) {
	c := read(t, "attackers: &who [192.0.2.1]\nnot_named: *who")
	if got := c.Judge(result()); len(got) != 1 || got[0].Key != "not_named" {
		t.Errorf("%v", got)
	}
	if err := new(Case).read([]byte("attackers: &a [*a]"), options); err == nil {
		t.Error("a list that holds itself was read")
	}
}

func TestOptions(t *testing.T) {
	c := read(t, "logs: error.log\noptions:\n  tz: UTC\n  since: [2026-03-14 07:00, 2026-03-15]\nwritten: 2026-03-16")
	want := []Option{{"tz", "UTC", 3}, {"since", "2026-03-14 07:00", 4}, {"since", "2026-03-15", 4}}
	if !slices.Equal(c.Options, want) || !slices.Equal(c.Logs, []string{"error.log"}) || c.Written.Day() != 16 {
		t.Errorf("%+v", c)
	}
}

// No release and no data about addresses changes a golden.
func TestGoldens(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, FileName), []byte("golden: [report.json, report.txt]"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Read(folder, options)
	if err != nil {
		t.Fatal(err)
	}
	r := result()
	if got, err := c.Compare(r); err != nil || len(got) != 2 {
		t.Errorf("without goldens: %v, %v", got, err)
	}
	if wrote, err := c.Update(r); err != nil || !slices.Equal(wrote, c.Goldens) {
		t.Errorf("wrote %v, %v", wrote, err)
	}
	r.Tool = analyze.Tool{Version: "9.9", Geo: []string{"a moon map"}}
	r.Clients[0].Country, r.Clients[0].ASN, r.Clients[0].Org = "KR", 64500, "Example"
	if got, err := c.Compare(r); err != nil || len(got) != 0 {
		t.Errorf("another release: %v, %v", got, err)
	}
	if wrote, err := c.Update(r); err != nil || len(wrote) > 0 {
		t.Errorf("another release: wrote %v, %v", wrote, err)
	}
	if r.Tool.Version != "9.9" || r.Clients[0].Country != "KR" {
		t.Error("the Result itself was masked")
	}
	r.Verdict.Summary = "It was the cat."
	got, err := c.Compare(r)
	if err != nil || len(got) != 2 || !slices.ContainsFunc(got[0].Diff, func(s string) bool { return strings.HasPrefix(s, "+") && strings.Contains(s, "the cat") }) {
		t.Errorf("another summary: %v, %v", got, err)
	}
}

// A golden that leads out of the case's folder is neither read nor written.
func TestGoldenElsewhere(t *testing.T) {
	folder, elsewhere := t.TempDir(), filepath.Join(t.TempDir(), "precious.json")
	if err := os.WriteFile(elsewhere, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(elsewhere, filepath.Join(folder, "report.json")); err != nil {
		t.Skip(err)
	}
	c := read(t, "golden: report.json")
	c.Folder = folder
	if wrote, err := c.Update(result()); err == nil {
		t.Errorf("wrote %v", wrote)
	}
	if text, _ := os.ReadFile(elsewhere); string(text) != "precious" {
		t.Errorf("it is now %s", text)
	}
}

// Whatever stands in a log, JUnit's XML can be read.
func TestJUnit(t *testing.T) {
	hostile := "]]><evil a='\"'>&\x00\x1b[2J\xff\ufffe\r\n\U0001F600"
	var b bytes.Buffer
	err := WriteJUnit(&b, []Outcome{
		{Suite: "a", Name: "fine", Took: 1500e6},
		{Suite: "b", Name: hostile, Failures: []string{hostile, "more"}},
		{Suite: "a", Name: "broken", Err: hostile},
		{Suite: "a", Name: "none", Skipped: "no case.yaml"},
	})
	if err != nil {
		t.Fatal(err)
	}
	var got junitSuites
	d := xml.NewDecoder(&b)
	if err := d.Decode(&got); err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	if got.Tests != 4 || got.Failures != 1 || got.Errors != 1 || got.Skipped != 1 || got.Time != "1.500" || len(got.Suites) != 2 {
		t.Errorf("%+v", got)
	}
	if a := got.Suites[0]; a.Name != "a" || a.Tests != 3 || len(a.Cases) != 3 || a.Cases[0].Failure != nil || a.Cases[1].Error == nil || a.Cases[2].Skipped == nil {
		t.Errorf("%+v", a)
	}
	if f := got.Suites[1].Cases[0].Failure; f == nil || !strings.Contains(f.Text, "<evil a='\"'>&") || !strings.HasSuffix(f.Message, "(and 1 more)") {
		t.Errorf("%+v", f)
	}
}

// Every advice that analyze gives may be named in a case.
func TestAdviceIDs(t *testing.T) {
	names, err := filepath.Glob("../analyze/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			if typ, ok := lit.Type.(*ast.Ident); !ok || typ.Name != "Advice" {
				return true
			}
			for _, field := range lit.Elts {
				kv, ok := field.(*ast.KeyValueExpr)
				if !ok || kv.Key.(*ast.Ident).Name != "ID" {
					continue
				}
				id, err := strconv.Unquote(kv.Value.(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				ids = append(ids, id)
			}
			return true
		})
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if want := slices.Sorted(slices.Values(analyze.AdviceIDs)); len(ids) == 0 || !slices.Equal(ids, want) {
		t.Errorf("analyze gives %v, and AdviceIDs are %v", ids, want)
	}
}
