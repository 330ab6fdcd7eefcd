package source

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// write makes files; a name that ends in a slash is a folder, and a text "-> x" a link to x.
func write(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		if target, ok := strings.CutPrefix(text, "-> "); ok {
			err = os.Symlink(target, path)
		} else if strings.HasSuffix(name, "/") {
			err = os.MkdirAll(path, 0o755)
		} else {
			err = os.WriteFile(path, []byte(text), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestFind(t *testing.T) {
	const line = "a line\n"
	rotated := map[string]string{
		"error.log": line, "error.log.1": line, "error.log.2.gz": line, "error.log.10.gz": line, "error.log.9.gz": line,
		"access.log": line, "access.log-20260101.gz": line, "access.log-20251231.xz": line,
	}
	tests := []struct {
		name     string
		files    map[string]string
		args     string
		want     string
		problems []string
	}{
		{"as named", rotated, "error.log access.log", "error.log access.log", nil},
		{"only what is named", rotated, "error.log.1 error.log", "error.log.1 error.log", nil},
		{"oldest first", rotated, "error.log error.log.1 error.log.10.gz error.log.2.gz error.log.9.gz",
			"error.log.10.gz error.log.9.gz error.log.2.gz error.log.1 error.log", nil},
		{"families as first named", rotated, "error.log access.log error.log.1", "error.log.1 error.log access.log", nil},
		{"folder", rotated, ".", "access.log-20251231.xz access.log-20260101.gz access.log " +
			"error.log.10.gz error.log.9.gz error.log.2.gz error.log.1 error.log", nil},
		{"pattern", rotated, "error.log.*", "error.log.10.gz error.log.9.gz error.log.2.gz error.log.1", nil},
		{"dates", map[string]string{"s": line, "s-20260102": line, "s-2026010110": line, "s.1767225600": line, "s-2026-01-03.gz": line, "s-2026-01-03_12:00": line},
			".", "s.1767225600 s-2026010110 s-20260102 s-2026-01-03.gz s-2026-01-03_12:00 s", nil},
		{"ending kept", map[string]string{"error.log": line, "error.1.log": line, "error-20260101.log": line, "error.2.log.gz": line},
			".", "error.2.log.gz error.1.log error-20260101.log error.log", nil},
		{"old", map[string]string{"e.log": line, "e.log.old": line}, ".", "e.log.old e.log", nil},
		{"numbers in names", map[string]string{"php8.2-fpm.log": line, "php7.4-fpm.log": line, "php8.2-fpm.log.1": line},
			".", "php7.4-fpm.log php8.2-fpm.log.1 php8.2-fpm.log", nil},
		{"the same folder", map[string]string{"d/error.log": line, "d/error.log.1": line, "e/error.log.2": line},
			"d/error.log e/error.log.2 ./d/../d/error.log.1", "./d/../d/error.log.1 d/error.log e/error.log.2", nil},
		{"twice", map[string]string{"error.log": line, "link": "-> error.log"}, "error.log ./error.log link . error*", "error.log", nil},
		{"what a folder stands for", map[string]string{
			"error.log": line, ".hidden.log": line, "below/error.log": line, "empty.log": "", "latin1.err": "caf\xe9\n",
			"wtmp":    strings.Repeat("\x07\x00\x00\x00\x9b\x02\x00\x00tty1\x00\x00\x00\x00\x00\x00\x00\x00", 40),
			"journal": "LPKSHHRH\x00\x00\x00", "old.zip": "PK\x03\x04...", "hole.log": strings.Repeat("\x00", 9000) + line,
			"nothing.log": strings.Repeat("\x00", 9000), "lastlog": strings.Repeat("\x00", 9000), "dangling": "-> nowhere",
			"packed": string(packGzip(t, []byte(line))), "picture.gz": string(packGzip(t, []byte("\x00\x01\x02\x03"))),
			"spoiled.log.1.gz": "\x1f\x8b\x08", "linked.log": "-> below/error.log", "colour.log": "\x1b[31mred\x1b[0m\n",
			"utf16.log": "\xff\xfea\x00\n\x00",
		}, ".", "colour.log empty.log error.log hole.log latin1.err linked.log nothing.log packed spoiled.log.1.gz utf16.log", nil},
		{"pattern and hidden files", map[string]string{".a.log": line, "b.log": line}, "*.log .*.log", "b.log .a.log", nil},
		{"a name with a star", map[string]string{"a*.log": line, "ab.log": line}, "a*.log", "a*.log", nil},
		{"binary, but named", map[string]string{"wtmp": "\x00\x01\x02"}, "wtmp", "wtmp", nil},
		{"the others are read", map[string]string{"error.log": line, "dangling": "-> nowhere", "d/": "", "e/f/": ""},
			"gone.log nowhere/x dangling error.log err d e no*.log [ -", "error.log", []string{
				"reading gone.log: no such file or directory; check the name",
				"reading nowhere/x: no such file or directory; nor is its folder; check the name",
				"reading dangling: no such file or directory; it is a link to nowhere; check where it should lead",
				"reading err: no such file or directory; there is error.log",
				"reading d: no log files in this folder; name the file or the folder where they are",
				"reading e: no log files directly in this folder; name a folder below it, such as e/f",
				"reading no*.log: file does not exist; no file matches this pattern",
				"reading [: syntax error in pattern; check its brackets",
				"reading -: there is no standard input; name a file instead",
			}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			write(t, ".", test.files)
			inputs, problems := Find(strings.Fields(test.args), Options{})
			var got []string
			for _, in := range inputs {
				got = append(got, in.Name)
			}
			if want := strings.Fields(test.want); !slices.Equal(got, want) {
				t.Errorf("find %s:\ngot  %v\nwant %v", test.args, got, want)
			}
			var messages []string
			for _, p := range problems {
				messages = append(messages, p.Error())
			}
			if !slices.Equal(messages, test.problems) {
				t.Errorf("find %s: problems\n%s\nwant\n%s", test.args, strings.Join(messages, "\n"), strings.Join(test.problems, "\n"))
			}
		})
	}
}

func TestFindTellsSizeAndTime(t *testing.T) {
	in := file(t, "error.log", []byte("a line\n"))[0]
	if in.Bytes != 7 || in.ModTime.IsZero() {
		t.Errorf("%+v", in)
	}
	if _, problems := Find([]string{"gone.log"}, Options{}); len(problems) != 1 || !errors.Is(problems[0], fs.ErrNotExist) {
		t.Errorf("problems of a file that is not there: %v", problems)
	}
}

func TestForbidden(t *testing.T) {
	if os.Getuid() == 0 {
		t.Log("root may read everything; only the words are tested")
	}
	err := advise(&fs.PathError{Op: "open", Path: "error.log", Err: fs.ErrPermission})
	if err.Error() != "permission denied; run this with sudo, or as a member of the group that may read it" || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("advice: %v", err)
	}
}
