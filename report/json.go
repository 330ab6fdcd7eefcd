package report

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/logsleuth/logsleuth/analyze"
)

//go:embed schema.json
var schema []byte

// Schema is the JSON Schema (draft 2020-12) of the JSON report.
func Schema() []byte {
	return slices.Clone(schema)
}

// writeJSON writes the Result as it is: the same Result gives the same bytes.
func writeJSON(w io.Writer, r *analyze.Result, _ Options) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(eachText(r, func(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }))
	if err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	_, err = w.Write(harmlessJSON(b.Bytes()))
	return err
}

// harmlessJSON writes as \u escapes what a terminal would obey; to a program it is the same text.
// Outside strings JSON has only ASCII, so all that is found stands in strings.
func harmlessJSON(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for _, r := range string(b) {
		switch {
		case r == '\n' || r < utf8.RuneSelf && r != 0x7f || unicode.IsPrint(r):
			out = utf8.AppendRune(out, r)
		case r > 0xFFFF:
			r -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xD800+r>>10, 0xDC00+r&0x3FF)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}
