package report

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/logsleuth/logsleuth/analyze"
)

// maxMarks is more accents than a letter of any script carries; beyond it they only smear over the lines around.
const maxMarks = 4

// plain makes text harmless for a terminal and keeps it readable: letters of
// every script stay, and what a terminal would obey, hide or reorder is written
// as an escape.
func plain(s string) string {
	if ascii(s) {
		return s
	}
	var b strings.Builder
	marks := maxMarks // at the start there is no letter that could carry one
	for i, r := range s {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(s[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, s[i])
			marks = maxMarks
		case unicode.IsMark(r) && marks < maxMarks && !invisible(r):
			b.WriteRune(r)
			marks++
		case visible(r):
			b.WriteRune(r)
			if marks = maxMarks; unicode.IsLetter(r) {
				marks = 0
			}
		default:
			b.WriteString(escaped(r))
			marks = maxMarks
		}
	}
	return b.String()
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// visible tells whether a rune stands by itself and is as wide as it looks.
func visible(r rune) bool {
	return unicode.IsPrint(r) && !unicode.IsMark(r) && !invisible(r) &&
		(r < 0x1F1E6 || r > 0x1F1FF) && // halves of flags
		(r < 0x1F3FB || r > 0x1F3FF) // skin tones
}

// invisible tells of letters and marks that have no ink.
func invisible(r rune) bool {
	return unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) ||
		r == 0x17B4 || r == 0x17B5 || r == 0x2800 // Khmer inherent vowels, blank Braille
}

func escaped(r rune) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r < utf8.RuneSelf:
		return fmt.Sprintf(`\x%02x`, r)
	case r < 0x10000:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

// plainLines is plain for text of several lines that must stay lines, as commands must.
func plainLines(s string) []string {
	s = strings.ReplaceAll(strings.TrimRight(s, "\n"), "\t", "    ")
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = plain(line)
	}
	return lines
}

// eachText is a copy of r in which every string, key of a map too, went through f
// and no slice or map is nil. Nobody who writes from the copy can forget f.
func eachText(r *analyze.Result, f func(string) string) *analyze.Result {
	made := reflect.New(reflect.TypeFor[analyze.Result]())
	copyText(made.Elem(), reflect.ValueOf(r).Elem(), f)
	return made.Interface().(*analyze.Result)
}

func copyText(to, from reflect.Value, f func(string) string) {
	switch from.Kind() {
	case reflect.String:
		to.SetString(f(from.String()))
	case reflect.Struct:
		for i := range from.NumField() {
			copyText(to.Field(i), from.Field(i), f)
		}
	case reflect.Pointer:
		if !from.IsNil() {
			to.Set(reflect.New(from.Type().Elem()))
			copyText(to.Elem(), from.Elem(), f)
		}
	case reflect.Slice:
		to.Set(reflect.MakeSlice(from.Type(), from.Len(), from.Len()))
		for i := range from.Len() {
			copyText(to.Index(i), from.Index(i), f)
		}
	case reflect.Map:
		to.Set(reflect.MakeMapWithSize(from.Type(), from.Len()))
		keys := from.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, k := range keys { // in order: f may make two keys one
			key, value := reflect.New(k.Type()).Elem(), reflect.New(from.Type().Elem()).Elem()
			copyText(key, k, f)
			copyText(value, from.MapIndex(k), f)
			to.SetMapIndex(key, value)
		}
	default:
		to.Set(from)
	}
}

// Plain is text from a log made harmless for a terminal, on one line, for those who print it themselves.
func Plain(s string) string { return plain(s) }
