package parser

import (
	"regexp"
	"testing"
)

// read classifies one line as a log of that line alone.
func read(line string) *Event {
	s := NewScanner(Options{})
	s.Reset([]byte(line+"\n"), 1, 0)
	s.Next()
	return s.Event()
}

func TestKindsKnowTheirSamples(t *testing.T) {
	for _, k := range Kinds {
		if len(k.Samples) == 0 {
			t.Errorf("kind %s has no sample", k.Name)
		}
		for _, line := range k.Samples {
			if e := read(line); e.Kind != k {
				t.Errorf("%s took the sample of %s:\n%s", e.Kind.Name, k.Name, line)
			}
		}
		for _, line := range k.Misses {
			if e := read(line); e.Kind == k {
				t.Errorf("%s took a line that only looks like it:\n%s", k.Name, line)
			}
		}
	}
}

func TestKindsAreDocumented(t *testing.T) {
	name := regexp.MustCompile(`^[a-z]+(\.[a-z_]+)?$`)
	seen := make(map[string]bool)
	for _, k := range Kinds {
		if !name.MatchString(k.Name) || seen[k.Name] {
			t.Errorf("kind %q is badly named or listed twice", k.Name)
		}
		seen[k.Name] = true
		if k.Doc == "" {
			t.Errorf("kind %s has no documentation", k.Name)
		}
	}
	// Names that reports and other people's programs rely on.
	for _, name := range []string{
		"db.gone", "db.lost", "db.refused", "workers.exhausted", "child.sigterm", "child.sigkill", "child.segfault", "child.exit",
		"server.start", "server.stop", "server.graceful", "oom.kill", "oom.invoked", "kernel.segfault", "unit.failed", "db.start",
		"db.stop", "db.crash", "php.fatal", "php.warning", "php.notice", "php.memory", "php.timeout", "file.missing", "script.missing",
		"path.invalid", "access.denied", "auth.failed", "auth.unknown_user",
	} {
		if !seen[name] {
			t.Errorf("no kind is called %s any more", name)
		}
	}
}

func TestFormatsKnowTheirSamples(t *testing.T) {
	for _, f := range Formats {
		if len(f.Samples) == 0 {
			t.Errorf("format %s has no sample", f.Name)
		}
		for _, line := range f.Samples {
			if e := read(line); e.Format != f {
				t.Errorf("format %s did not take its sample %q", f.Name, line)
			}
		}
	}
}
