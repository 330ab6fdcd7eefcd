package cmd

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
	"time"
	"unicode"
)

// words are a text's letters and digits: how it is filled does not count.
func words(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
}

// The manual pages are read by groff without a warning, and say all that --help says.
func TestManPages(t *testing.T) {
	pages := ManPages(time.Date(2026, 3, 14, 0, 0, 0, 0, time.UTC), version)
	if len(pages) < 9 {
		t.Fatalf("there are %d pages", len(pages))
	}
	if _, err := exec.LookPath("groff"); err != nil {
		t.Skip(err)
	}
	for name, page := range pages {
		c := exec.Command("groff", "-man", "-Tutf8", "-Kutf8", "-ww", "-rHY=0", "-rLL=100n", "-P-cbou")
		c.Stdin = bytes.NewReader(page)
		var out, errs bytes.Buffer
		c.Stdout, c.Stderr = &out, &errs
		if err := c.Run(); err != nil || errs.Len() > 0 {
			t.Errorf("groff on %s: %v\n%s", name, err, errs.String())
		}
		text := words(out.String())
		_, command, _ := strings.Cut(strings.TrimSuffix(name, ".1"), "-")
		args := strings.Fields(command)
		help := string(mustRun(t, append(args, "--help")...))
		help, _, _ = strings.Cut(help, "Usage:")
		for sentence := range strings.SplitSeq(help, "\n\n") {
			sentence = words(strings.TrimPrefix(sentence, "Exit status: "))
			if !strings.Contains(text, sentence) {
				t.Errorf("%s lacks what --help says: %q", name, sentence)
			}
		}
		for _, s := range settings {
			if f := rootFlag(args, s.flag); f && !strings.Contains(text, words("LOGSLEUTH_"+strings.ReplaceAll(strings.ToUpper(s.flag), "-", "_"))) &&
				!strings.Contains(text, words(s.variable(args[0]))) {
				t.Errorf("%s lacks the variable of %s", name, s.flag)
			}
		}
	}
}

// rootFlag tells whether a command has a setting.
func rootFlag(args []string, flag string) bool {
	for _, c := range configured(rootCommand(streams{})) {
		if len(args) > 0 && c.Name() == args[0] {
			return c.Flags().Lookup(flag) != nil
		}
	}
	return false
}

func TestRoffIsHarmless(t *testing.T) {
	for text, want := range map[string]string{
		".so /etc/passwd": `\&.so /etc/passwd`,
		`'\" t`:           `\&'\e" t`,
		"a --flag":        `a \-\-flag`,
	} {
		if got := prose(text); got != want {
			t.Errorf("prose(%q) is %q, want %q", text, got, want)
		}
	}
	if got, want := exact(`.b 'c-d' "e" ~^`+"`"), `\&.b \(aqc\-d\(aq \(dqe\(dq \(ti\(ha\(ga`; got != want {
		t.Errorf("exact is %s, want %s", got, want)
	}
}
