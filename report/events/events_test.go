package events

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/logsleuth/logsleuth/parser"
)

var update = flag.Bool("update", false, "write docs/records.md anew")

// nasty is what an attacker would like a reader to obey.
const nasty = "\x1b[2J\u202e\u009b31m\xff\x00,\"' =HYPERLINK(1);=1+1\t@SUM(1)"

// samples are the records of every sample line of every kind, then of hostile ones.
func samples(t testing.TB) (records []parser.Record) {
	t.Helper()
	var text []string
	for _, k := range parser.Kinds {
		text = append(text, k.Samples...)
	}
	text = append(text,
		"[Sun Nov 01 10:00:00.000000 2026] [core:error] [pid 7:tid 8] [client 198.51.100.9:4000] AH00128: File does not exist: /srv/"+nasty,
		`192.0.2.7 - - [14/Mar/2026:07:39:24 +0100] "GET /=1?x=`+nasty+` HTTP/1.1" 404 5 "`+nasty+`" "=cmd|' /C calc'!A0"`,
		"=cmd|' /C calc'!A0"+nasty, "+1", "-1", "@x")
	for _, line := range text {
		s := parser.NewScanner(parser.Options{})
		s.Reset([]byte(line+"\n"), 1, 0)
		for s.Next() {
			r := s.Event().Record("=log")
			r.Original = parser.Text(s.Event().Raw)
			records = append(records, r)
		}
	}
	return records
}

// written writes records in batches of n.
func written(t testing.TB, format string, records []parser.Record, n int) []byte {
	t.Helper()
	f, err := Lookup(format)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := f.New(&out)
	for some := range slices.Chunk(records, n) {
		b := w.Batch()
		for i := range some {
			if err := b.Add(&some[i]); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestTheCutBetweenBatchesDoesNotShow(t *testing.T) {
	some := samples(t)
	var many []parser.Record // more than one row group
	for len(many) <= groupRows {
		many = append(many, some...)
	}
	for _, f := range Formats {
		records := some
		if f.Binary {
			records = many
		}
		if !bytes.Equal(written(t, f.Name, records, 10), written(t, f.Name, records, 777)) {
			t.Errorf("%s: the bytes depend on how the records arrive", f.Name)
		}
	}
}

func TestHostileTextIsHarmless(t *testing.T) {
	for _, f := range Formats {
		if f.Binary {
			continue
		}
		text := strings.ReplaceAll(string(written(t, f.Name, samples(t), 100)), "\r\n", "\n")
		if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf) }); i >= 0 {
			t.Errorf("%s: a harmful rune at byte %d: %q", f.Name, i, text[i:i+20])
		}
	}
}

func TestCSVIsATableWithoutFormulas(t *testing.T) {
	records := samples(t)
	text := written(t, "csv", records, 100)
	r := csv.NewReader(bytes.NewReader(text))
	rows, err := r.ReadAll() // of one length, or it fails
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(records)+1 || len(rows)*2 != bytes.Count(text, []byte("\r\n"))*2 {
		t.Errorf("%d rows for %d records, and %d lines", len(rows), len(records), bytes.Count(text, []byte("\r\n")))
	}
	semicolons := csv.NewReader(bytes.NewReader(text)) // as a spreadsheet reads it that expects them
	semicolons.Comma, semicolons.LazyQuotes, semicolons.FieldsPerRecord = ';', true, -1
	cut, err := semicolons.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range append(rows, cut...) {
		for _, cell := range row {
			if cell = strings.TrimSpace(cell); cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("a formula: %q", cell)
			}
		}
	}
}

// ecsField is what the schema says of a name.
type ecsField struct {
	typ     string
	list    bool
	allowed map[string][]string // and of a category the types that go with it
}

func readECS(t *testing.T) map[string]ecsField {
	file, err := os.Open("testdata/ecs-9.4.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	fields := map[string]ecsField{}
	for s := bufio.NewScanner(file); s.Scan(); {
		words := strings.Fields(s.Text())
		if words[0] == "#" {
			continue
		}
		f := ecsField{typ: words[1], allowed: map[string][]string{}}
		for _, w := range words[2:] {
			if w == "array" {
				f.list = true
				continue
			}
			value, types, _ := strings.Cut(w, "=")
			f.allowed[value] = strings.Split(types, ",")
		}
		fields[words[0]] = f
	}
	return fields
}

func TestECSNamesAreInTheSchema(t *testing.T) {
	if !strings.HasPrefix(ecsVersion, "9.4.") {
		t.Fatalf("the schema in testdata is 9.4, not %s", ecsVersion)
	}
	schema := readECS(t)
	names := ecsNames()
	for name, typ := range names {
		if strings.HasPrefix(name, "logsleuth.") {
			continue
		}
		f, ok := schema[name]
		if !ok {
			t.Errorf("the schema has no field %s", name)
			continue
		}
		if list := typ.Kind() == reflect.Slice; list != f.list {
			t.Errorf("%s is a list: %v, want %v", name, list, f.list)
		}
		number := f.typ == "long"
		if is := typ.Kind() == reflect.Int64; is != number {
			t.Errorf("%s is written as %v, want %s", name, typ, f.typ)
		}
	}
	for _, c := range Columns {
		if _, ok := names[c.ECS]; !ok {
			t.Errorf("the column %s is said to be %s in ECS, which is not written", c.Name, c.ECS)
		}
	}
}

func TestECSValuesAreAllowed(t *testing.T) {
	schema := readECS(t)
	seen := 0
	for line := range bytes.Lines(written(t, "ecs", samples(t), 100)) {
		var doc map[string]any
		if err := json.Unmarshal(line, &doc); err != nil {
			t.Fatal(err)
		}
		event := doc["event"].(map[string]any)
		for _, name := range []string{"kind", "outcome"} {
			if v, ok := event[name].(string); ok && schema["event."+name].allowed[v] == nil {
				t.Errorf("event.%s is %s", name, v)
			}
		}
		var types []string // that go with any of the categories
		for _, c := range list(event["category"]) {
			fits := schema["event.category"].allowed[c.(string)]
			if fits == nil {
				t.Errorf("event.category is %s", c)
			}
			types = append(types, fits...)
		}
		for _, typ := range list(event["type"]) {
			seen++
			if !slices.Contains(types, typ.(string)) {
				t.Errorf("%s: event.type %s does not go with %v", event["action"], typ, event["category"])
			}
		}
		for _, who := range []string{"client", "source", "destination"} {
			if a, ok := doc[who].(map[string]any); ok && a["ip"] != nil {
				if _, err := netip.ParseAddr(a["ip"].(string)); err != nil {
					t.Errorf("%s.ip: %v", who, err)
				}
			}
		}
	}
	if seen == 0 {
		t.Error("no event has a type")
	}
}

func TestECSTakesNoPseudonymForAnAddress(t *testing.T) {
	if a := address("ip4-1a2b3c-4d"); a.IP != "" || a.Address != "ip4-1a2b3c-4d" {
		t.Errorf("a pseudonym is written as %+v; Elasticsearch would refuse it", a)
	}
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

// What another program reads is what ndjson says.
func TestParquetIsReadByAnotherProgram(t *testing.T) {
	if _, err := os.Stat("testdata/parquet/node_modules"); err != nil {
		t.Skip("hyparquet is not installed: check.sh does that")
	}
	records := samples(t)
	file := filepath.Join(t.TempDir(), "events.parquet")
	if err := os.WriteFile(file, written(t, "parquet", records, 100), 0o666); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("node", "testdata/parquet/read.mjs", file).Output()
	if err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			t.Fatalf("node: %s", exit.Stderr)
		}
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(rows) != len(records)+1 {
		t.Fatalf("%d rows, want %d", len(rows)-1, len(records))
	}
	var columns [][2]string
	if err := json.Unmarshal([]byte(rows[0]), &columns); err != nil {
		t.Fatal(err)
	}
	for i, c := range Columns {
		if columns[i][0] != c.Name {
			t.Errorf("column %d is %s, want %s", i, columns[i], c.Name)
		}
	}
	for i, r := range records {
		var got, want map[string]any
		text, err := parser.AppendRecord(nil, &r)
		if err == nil {
			err = errors.Join(json.Unmarshal([]byte(rows[i+1]), &got), json.Unmarshal(text, &want))
		}
		if err != nil {
			t.Fatal(err)
		}
		at, _ := got["time"].(string)
		if wall, _ := want["time"].(string); strings.TrimSuffix(at, "Z") != wallTo(wall) {
			t.Errorf("time is %q, want %q", at, wall)
		}
		for _, name := range []string{"time", offsetColumn} {
			delete(got, name)
			delete(want, name)
		}
		for _, name := range []string{"time_inherited", "year_inferred", "remote"} {
			if got[name] == false {
				delete(got, name)
			}
		}
		if message, ok := want["message"]; ok && message == "" {
			delete(want, "message")
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s\nis read as %v\nwant %v", r.Kind, got, want)
		}
	}
}

// wallTo is a time of a record as JavaScript writes that of its clock: to the millisecond.
func wallTo(s string) string {
	if s == "" {
		return ""
	}
	clock, fraction, _ := strings.Cut(s[len("2006-01-02T"):], ".")
	return s[:len("2006-01-02T")] + clock[:8] + "." + (fraction + "000")[:3]
}

const pageHead = `# Records

This page is made from the list of columns in package events (` + "`events.Columns`" + `) and from the samples of the kinds.
Write it anew with ` + "`go test ./report/events -run TestRecordsPage -update`" + `.

` + "`logsleuth events`" + ` writes one record for every line of the logs, in the order of the logs, the same for any number of ` + "`--workers`" + `:

| format | what |
| --- | --- |
`

const pageMiddle = `
The names below are stable; new ones are only added. A field that is not known is left out of JSON, empty in CSV and null in Parquet.

- **csv** is RFC 4180 in UTF-8, with a head. Every record is one line: control characters are written as escapes (` + "`\\n`, `\\x1b`" + `). A quote (` + "`'`" + `) stands
  before = + - @ at the beginning of a text and behind a semicolon, so that no spreadsheet takes what a visitor sent for a formula.
- **ecs** is version ` + ecsVersion + ` of the Elastic Common Schema. What the schema has no name for stands under ` + "`logsleuth`" + `; map ` + "`logsleuth.detail`" + ` as
  ` + "`flattened`" + `, for its fields differ by kind. Besides the fields below there are event.kind, category, type, outcome, severity (0 to 4, that of the kind),
  dataset, module and original; of requests http.request.method, http.response, http.version, url and user_agent; user.name, file.path, rule.id and
  error.type and message where the line tells them. A line before the first time has no @timestamp.
- **parquet** is compressed with Zstandard, in row groups of at most 65,536 rows. Names of places are dictionaries.

With ` + "`--anonymize`" + ` all of them have pseudonyms; those of addresses stand in ECS in client.address only.

| field | type | in ECS | meaning |
| --- | --- | --- | --- |
`

// recordsPage is docs/records.md.
func recordsPage(t *testing.T) []byte {
	var b bytes.Buffer
	b.WriteString(pageHead)
	for _, f := range Formats {
		fmt.Fprintf(&b, "| %s | %s |\n", f.Name, f.Doc)
	}
	b.WriteString(pageMiddle)
	for _, c := range Columns {
		typ := "integer"
		switch {
		case c.Name == "time":
			typ = "time"
		case c.Name == "detail":
			typ = "object"
		case c.text != nil:
			typ = "text"
		case c.flag != nil:
			typ = "boolean"
		}
		fmt.Fprintf(&b, "| `%s` | %s | `%s` | %s |\n", c.Name, typ, c.ECS, c.Doc)
	}
	fmt.Fprintf(&b, "| `%s` | integer | | In Parquet only: how many seconds the clock of the log was east of UTC, where the log or `--tz` says. |\n", offsetColumn)
	b.WriteString("\n## detail\n\nThe parts of the message. Fields that a line does not have are left out.\n\n| kinds | fields |\n| --- | --- |\n")
	kinds := map[string][]string{} // by their fields
	var order []string
	for _, k := range parser.Kinds {
		for _, line := range k.Samples {
			s := parser.NewScanner(parser.Options{})
			s.Reset([]byte(line+"\n"), 1, 0)
			if !s.Next() || s.Event().Kind != k || s.Event().Detail() == nil {
				continue
			}
			fields := strings.Join(jsonFields(reflect.TypeOf(s.Event().Detail())), ", ")
			if kinds[fields] == nil {
				order = append(order, fields)
			}
			if !slices.Contains(kinds[fields], k.Name) {
				kinds[fields] = append(kinds[fields], k.Name)
			}
		}
	}
	for _, fields := range order {
		fmt.Fprintf(&b, "| %s | %s |\n", strings.Join(kinds[fields], ", "), fields)
	}
	return b.Bytes()
}

// jsonFields are the names that a struct has in JSON, each with its type.
func jsonFields(t reflect.Type) (fields []string) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-":
		case f.Anonymous && name == "":
			fields = append(fields, jsonFields(f.Type)...)
		default:
			typ := map[reflect.Kind]string{reflect.String: "", reflect.Bool: " (boolean)", reflect.Slice: " (list)"}
			said, ok := typ[f.Type.Kind()]
			if !ok {
				said = " (number)"
			}
			fields = append(fields, "`"+name+"`"+said)
		}
	}
	return fields
}

func TestRecordsPage(t *testing.T) {
	const name = "../../docs/records.md"
	page := recordsPage(t)
	if *update {
		if err := os.WriteFile(name, page, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, page) {
		t.Errorf("%s is stale (%v): run go test ./report/events -run TestRecordsPage -update", name, err)
	}
	var names []string // of a record in JSON
	for i := range reflect.TypeFor[parser.Record]().NumField() {
		if name, _, _ := strings.Cut(reflect.TypeFor[parser.Record]().Field(i).Tag.Get("json"), ","); name != "-" {
			names = append(names, name)
		}
	}
	for i, c := range Columns {
		if i >= len(names) || names[i] != c.Name || len(names) != len(Columns) {
			t.Fatalf("the columns differ from the fields of a record: %s", names)
		}
	}
}
