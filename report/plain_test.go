package report

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func Example_plain() {
	fmt.Println(plain("GET /\x1b[2J\u202egnp.exe café 日本語 cafe\u0301"))
	fmt.Println(plain("one line\nforged: \xff\x00\u009b31m"))
	// Output:
	// GET /\x1b[2J\u202egnp.exe café 日本語 café
	// one line\nforged: \xff\x00\u009b31m
}

// harmful tells of runes that a terminal obeys, hides or reorders by.
func harmful(r rune) bool {
	return r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
}

func FuzzPlain(f *testing.F) {
	f.Add(nasty)
	f.Add("plain")
	f.Add("é\u0301\u202e")
	f.Fuzz(func(t *testing.T, s string) {
		p := plain(s)
		if !utf8.ValidString(p) {
			t.Errorf("plain(%q) = %q is not UTF-8", s, p)
		}
		if i := strings.IndexFunc(p, func(r rune) bool { return harmful(r) || r == '\n' }); i >= 0 {
			t.Errorf("plain(%q) = %q has a harmful rune at %d", s, p, i)
		}
		if plain(p) != p {
			t.Errorf("plain(%q) = %q changes when made plain again, to %q", s, p, plain(p))
		}
		lines := wrapped(p, 7)
		if strings.ReplaceAll(strings.Join(lines, ""), " ", "") != strings.ReplaceAll(p, " ", "") {
			t.Errorf("%q wrapped is %q", p, lines)
		}
		for _, line := range append(lines, short(p, 7)) {
			if columns(line) > 7 {
				t.Errorf("%q, from %q, is %d columns wide, want 7", line, p, columns(line))
			}
		}
	})
}

func FuzzText(f *testing.F) {
	f.Add(nasty, uint8(60))
	f.Add("a b", uint8(0))
	f.Fuzz(func(t *testing.T, s string, width uint8) {
		r := eachText(flood(), func(string) string { return s })
		text := written(t, "text", r, Options{Width: int(width), Top: 3})
		if i := strings.IndexFunc(text, harmful); i >= 0 {
			t.Errorf("%q in a result makes a harmful report: %q", s, text[i:min(i+20, len(text))])
		}
	})
}

func TestHostileTextIsHarmless(t *testing.T) {
	for _, format := range Formats {
		text := strings.ReplaceAll(written(t, format.Name, hostile(), Options{}), "\r\n", "\n") // of CSV
		if i := strings.IndexFunc(text, harmful); i >= 0 {
			t.Errorf("%s: a harmful rune at byte %d: %q", format.Name, i, text[i:min(i+20, len(text))])
		}
	}
}
