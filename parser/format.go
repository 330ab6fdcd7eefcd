package parser

import (
	"bytes"
	"strings"
)

// A Format is one way in which programs frame their lines.
type Format struct {
	Name    string
	Doc     string
	Samples []string

	Yearless bool // its stamps have no year

	begins string // the bytes that its lines can begin with; "": any
	frame  func(*Scanner, *Event, []byte) bool
}

// Formats are tried from top to bottom, the one that a file was found to have first.
var Formats = []*Format{
	apache24,
	apache22,
	syslogRFC3339,
	syslogTraditional,
}

// byFirstByte orders the formats that a line can have by the byte that it begins
// with: the first one before the others, then as in Formats. The order does not
// depend on the lines before, so that any part of a log reads the same.
func byFirstByte(first *Format) (table [256][]*Format) {
	add := func(f *Format) {
		for c := range table {
			if f.begins == "" || strings.IndexByte(f.begins, byte(c)) >= 0 {
				table[c] = append(table[c], f)
			}
		}
	}
	if first != nil {
		add(first)
	}
	for _, f := range Formats {
		if f != first {
			add(f)
		}
	}
	return table
}

// Sniff finds the format of most lines of a log's beginning, nil where nothing fits.
func Sniff(head []byte) *Format {
	s := NewScanner(Options{})
	s.Reset(head, 1, 0)
	counts := make(map[*Format]int)
	var best *Format
	for s.Next() {
		if f := s.Event().Format; f != nil {
			counts[f]++
			if best == nil || counts[f] > counts[best] {
				best = f
			}
		}
	}
	return best
}

// Starts tells whether a line begins a record of its own; what does not belongs
// to the line before. It is cheap and may be wrong in doubt.
func Starts(line []byte) bool {
	if len(line) < 15 {
		return false
	}
	switch c := line[0]; {
	case c == '[':
		return bytes.IndexByte(line, ']') > 0
	case c == '<', c-'0' <= 9:
		return true
	default:
		return monthOf(line) > 0 && line[3] == ' '
	}
}
