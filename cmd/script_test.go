package cmd

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/ulikunitz/xz"
)

var update = flag.Bool("update", false, "write the expectations in testdata/scripts anew")

func TestMain(m *testing.M) {
	testscript.Main(undisturbed{m}, map[string]func(){
		"logsleuth": func() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// undisturbed tests heed no settings of whoever runs them.
type undisturbed struct{ *testing.M }

func (u undisturbed) Run() int {
	for name := range variables(rootCommand(streams{})) {
		os.Unsetenv(name)
	}
	os.Setenv(configVariable, os.DevNull)
	return u.M.Run()
}

// TestScripts runs what users type, and looks at what they see. Besides the
// commands of testscript there are those of scriptCommands; $CASES and $GEO are
// folders of the project, $VERSION is the program's.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "../testdata/scripts",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                scriptCommands,
		Condition: func(name string) (bool, error) {
			if name == "root" {
				return os.Getuid() == 0, nil
			}
			return false, fmt.Errorf("no condition is called %s", name)
		},
		Setup: func(env *testscript.Env) error {
			env.Setenv("GORACE", "atexit_sleep_ms=0") // or each program waits a second before it ends
			env.Setenv("VERSION", version)
			env.Setenv(configVariable, os.DevNull)
			for name, folder := range map[string]string{"CASES": "../testdata/cases", "GEO": "../geo/testdata"} {
				path, err := filepath.Abs(folder)
				if err != nil {
					return err
				}
				env.Setenv(name, path)
			}
			return nil
		},
	})
}

type scriptCommand = func(ts *testscript.TestScript, neg bool, args []string)

var scriptCommands = map[string]scriptCommand{
	// status N PROGRAM ARG… runs a program that must end with this exit status.
	"status": func(ts *testscript.TestScript, neg bool, args []string) {
		need(ts, !neg && len(args) >= 2, "status N program arg…")
		err := ts.Exec(args[1], args[2:]...)
		status := 0
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			status = exit.ExitCode()
		} else {
			ts.Check(err)
		}
		if want := number(ts, args[0]); status != want {
			ts.Fatalf("%s: exit %d, want %d", strings.Join(args[1:], " "), status, want)
		}
	},

	// json FILE PLACE REGEXP compares the value at a place of a JSON object with
	// a regular expression, which has to match all of it. A place is
	// clients/ip=192.0.2.1/country, inputs/0/lines or, for how many there are,
	// clients/count. With ! there must not be such a value.
	"json": func(ts *testscript.TestScript, neg bool, args []string) {
		need(ts, len(args) == 3, "[!] json file place regexp")
		var v any
		ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &v))
		compare(ts, neg, args[0], v, args[1], args[2])
	},

	// ndjson is json for a file of one object a line, whose places begin with
	// the number of the line, from 0.
	"ndjson": func(ts *testscript.TestScript, neg bool, args []string) {
		need(ts, len(args) == 3, "[!] ndjson file place regexp")
		list := []any{}
		for line := range strings.Lines(ts.ReadFile(args[0])) {
			var v map[string]any
			ts.Check(json.Unmarshal([]byte(line), &v))
			list = append(list, v)
		}
		compare(ts, neg, args[0], list, args[1], args[2])
	},

	// pack gzip|xz|zstd FROM… TO packs each file as a whole and joins them.
	"pack": func(ts *testscript.TestScript, neg bool, args []string) {
		need(ts, !neg && len(args) >= 3, "pack gzip|xz|zstd from… to")
		var out bytes.Buffer
		for _, from := range args[1 : len(args)-1] {
			var w io.WriteCloser
			var err error
			switch args[0] {
			case "gzip":
				w = gzip.NewWriter(&out)
			case "xz":
				w, err = xz.NewWriter(&out)
			case "zstd":
				w, err = zstd.NewWriter(&out)
			default:
				ts.Fatalf("pack: no packing is called %s", args[0])
			}
			ts.Check(err)
			_, err = io.WriteString(w, ts.ReadFile(from))
			ts.Check(err)
			ts.Check(w.Close())
		}
		ts.Check(os.WriteFile(ts.MkAbs(args[len(args)-1]), out.Bytes(), 0o644))
	},

	// unbase64 FROM TO decodes what the standard library cannot pack.
	"unbase64": func(ts *testscript.TestScript, neg bool, args []string) {
		need(ts, !neg && len(args) == 2, "unbase64 from to")
		b, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(ts.ReadFile(args[0]), "\n", ""))
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), b, 0o644))
	},

	// append FILE TEXT [N] appends text with Go's escapes to a file, N times.
	"append": func(ts *testscript.TestScript, neg bool, args []string) {
		need(ts, !neg && (len(args) == 2 || len(args) == 3), "append file text [n]")
		text, err := strconv.Unquote(`"` + strings.ReplaceAll(args[1], `"`, `\"`) + `"`)
		ts.Check(err)
		if len(args) == 3 {
			text = strings.Repeat(text, number(ts, args[2]))
		}
		f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		ts.Check(err)
		_, err = f.WriteString(text)
		ts.Check(errors.Join(err, f.Close()))
	},

	// shorten FILE BYTES cuts bytes off the end of a file.
	"shorten": func(ts *testscript.TestScript, neg bool, args []string) {
		need(ts, !neg && len(args) == 2, "shorten file bytes")
		ts.Check(os.Truncate(ts.MkAbs(args[0]), int64(len(ts.ReadFile(args[0]))-number(ts, args[1]))))
	},

	// written FILE… DAY says when files were last written to.
	"written": func(ts *testscript.TestScript, neg bool, args []string) {
		need(ts, !neg && len(args) >= 2, "written file… day")
		day, err := time.Parse(time.DateOnly, args[len(args)-1])
		ts.Check(err)
		for _, name := range args[:len(args)-1] {
			ts.Check(os.Chtimes(ts.MkAbs(name), day, day))
		}
	},

	// lines FILE N counts lines.
	"lines": func(ts *testscript.TestScript, neg bool, args []string) {
		need(ts, !neg && len(args) == 2, "lines file n")
		if n, want := strings.Count(ts.ReadFile(args[0]), "\n"), number(ts, args[1]); n != want {
			ts.Fatalf("%s: %d lines, want %d", args[0], n, want)
		}
	},

	// xml FILE reads a file as XML.
	"xml": func(ts *testscript.TestScript, neg bool, args []string) {
		need(ts, !neg && len(args) == 1, "xml file")
		for d := xml.NewDecoder(strings.NewReader(ts.ReadFile(args[0]))); ; {
			if _, err := d.Token(); err == io.EOF {
				return
			} else if err != nil {
				ts.Fatalf("%s: %v", args[0], err)
			}
		}
	},

	// harmless FILE… looks for bytes that a terminal would obey.
	"harmless": func(ts *testscript.TestScript, neg bool, args []string) {
		need(ts, !neg && len(args) > 0, "harmless file…")
		for _, name := range args {
			text := ts.ReadFile(name)
			for i, r := range text {
				if r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 || r == '\u202e' {
					ts.Fatalf("%s: %q at byte %d, in %q", name, r, i, text[max(0, i-40):min(len(text), i+40)])
				}
			}
		}
	},
}

func need(ts *testscript.TestScript, ok bool, usage string) {
	if !ok {
		ts.Fatalf("usage: %s", usage)
	}
}

func number(ts *testscript.TestScript, text string) int {
	n, err := strconv.Atoi(text)
	ts.Check(err)
	return n
}

func compare(ts *testscript.TestScript, neg bool, file string, v any, place, pattern string) {
	re, err := regexp.Compile(`(?s)\A(?:` + pattern + `)\z`)
	ts.Check(err)
	got, err := at(v, place)
	switch matches := err == nil && re.MatchString(got); {
	case neg && matches:
		ts.Fatalf("%s: %s is %s", file, place, got)
	case !neg && err != nil:
		ts.Fatalf("%s: %s: %v", file, place, err)
	case !neg && !matches:
		ts.Fatalf("%s: %s is %s, want %s", file, place, got, pattern)
	}
}

// at is the value at a place: a text as it is, anything else as JSON.
func at(v any, place string) (string, error) {
	for step := range strings.SplitSeq(place, "/") {
		next, err := enter(v, step)
		if err != nil {
			return "", err
		}
		v = next
	}
	if text, ok := v.(string); ok {
		return text, nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return strings.TrimSpace(b.String()), err
}

func enter(v any, step string) (any, error) {
	switch v := v.(type) {
	case map[string]any:
		if next, ok := v[step]; ok {
			return next, nil
		}
		if step == "count" {
			return float64(len(v)), nil
		}
		return nil, fmt.Errorf("there is no %s", step)
	case []any:
		if step == "count" {
			return float64(len(v)), nil
		}
		if key, want, ok := strings.Cut(step, "="); ok {
			for _, next := range v {
				if m, ok := next.(map[string]any); ok && m[key] == want {
					return next, nil
				}
			}
			return nil, fmt.Errorf("there is none with %s", step)
		}
		i, err := strconv.Atoi(step)
		if err != nil || i < 0 || i >= len(v) {
			return nil, fmt.Errorf("of %d there is no %s", len(v), step)
		}
		return v[i], nil
	}
	return nil, fmt.Errorf("nothing is below it, so no %s", step)
}
