package cmd

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/logsleuth/logsleuth/analyze"
)

// TestCorpora reads other people's logs: every file in the folder that
// LOGSLEUTH_CORPORA names. Each line becomes one event, and the events know
// where they are.
func TestCorpora(t *testing.T) {
	files := 0
	err := filepath.WalkDir(folderIn(t, "LOGSLEUTH_CORPORA"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			files++
			t.Run(filepath.Base(filepath.Dir(path))+"/"+d.Name(), func(t *testing.T) { everyLine(t, path) })
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if files == 0 {
		t.Fatal("there is no file in the folder that LOGSLEUTH_CORPORA names")
	}
}

// folderIn is the folder that an environment variable names. Without one there
// is nothing to test.
func folderIn(t *testing.T, variable string) string {
	folder := os.Getenv(variable)
	if folder == "" {
		t.Skip(variable + " names no folder")
	}
	return folder
}

func everyLine(t *testing.T, path string) {
	log, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out := mustRun(t, "events", path)
	lines := bytes.SplitAfter(log, []byte("\n"))
	if len(lines[len(lines)-1]) == 0 {
		lines = lines[:len(lines)-1]
	}
	var offset, n int64 // of the next line
	for event := range bytes.Lines(out) {
		var e struct {
			Line, Offset int64
			End          int64 `json:"line_end"` // where it has several lines
		}
		if err := json.Unmarshal(event, &e); err != nil {
			t.Fatalf("an event is no JSON: %v\n%s", err, event)
		}
		if e.Line != n+1 || e.Offset != offset || max(e.End, e.Line) > int64(len(lines)) {
			t.Fatalf("an event is said to be lines %d to %d at %d, want %d at %d", e.Line, e.End, e.Offset, n+1, offset)
		}
		for ; n < max(e.End, e.Line); n++ {
			offset += int64(len(lines[n]))
		}
	}
	if n != int64(len(lines)) || offset != int64(len(log)) {
		t.Errorf("events for %d of %d lines, up to byte %d of %d", n, len(lines), offset, len(log))
	}
}

// mustRun runs a command line that has to do all that was asked.
func mustRun(t *testing.T, args ...string) []byte {
	t.Helper()
	var out, errs bytes.Buffer
	if status := Main(args, strings.NewReader(""), &out, &errs); status != exitDone {
		t.Fatalf("logsleuth %s: exit %d, want %d\n%s", strings.Join(args, " "), status, exitDone, errs.String())
	}
	return out.Bytes()
}

// TestLab reads the logs of incidents of which it is known who did it: every
// folder with a truth.json in the one that LOGSLEUTH_LAB names. Nobody innocent
// may be accused, whichever of the logs there are.
func TestLab(t *testing.T) {
	truths, err := filepath.Glob(filepath.Join(folderIn(t, "LOGSLEUTH_LAB"), "*", "truth.json"))
	if err != nil || len(truths) == 0 {
		t.Fatalf("no truth.json in the folder that LOGSLEUTH_LAB names: %v", err)
	}
	for _, path := range truths {
		folder := filepath.Dir(path)
		errorLogs, syslogs := match(t, folder, "error.log*"), match(t, folder, "syslog*")
		for name, logs := range map[string][]string{
			"error.log": errorLogs, "syslog": syslogs, "both": append(append([]string{}, errorLogs...), syslogs...),
			"all": slices.Concat(errorLogs, match(t, folder, "access.log*"), syslogs),
		} {
			if len(logs) > 0 {
				t.Run(filepath.Base(folder)+"/"+name, func(t *testing.T) { nobodyInnocent(t, path, logs) })
			}
		}
	}
}

func match(t *testing.T, folder, pattern string) []string {
	names, err := filepath.Glob(filepath.Join(folder, pattern))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func nobodyInnocent(t *testing.T, path string, logs []string) {
	var truth struct {
		Attack    bool
		Attackers []struct{ IP string }
		Innocent  []struct{ IP string }
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &truth); err != nil {
		t.Fatal(err)
	}
	var result analyze.Result
	if err := json.Unmarshal(mustRun(t, append([]string{"analyze", "--format", "json"}, logs...)...), &result); err != nil {
		t.Fatal(err)
	}
	accused := map[string]analyze.Standing{}
	for _, c := range result.Clients {
		if c.Standing == analyze.Attacker || c.Standing == analyze.Suspect {
			accused[c.IP] = c.Standing
		}
	}
	for _, c := range truth.Innocent {
		if accused[c.IP] != "" {
			t.Errorf("%s is innocent and is called %s", c.IP, accused[c.IP])
		}
	}
	if !truth.Attack && result.Verdict.Attack {
		t.Errorf("nobody attacked, and the verdict is %s", result.Verdict.Cause)
	}
}
