// Package report writes an analyze.Result for its readers. A format decides
// nothing: findings arrive sorted and numbers arrive computed.
package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/logsleuth/logsleuth/analyze"
)

// A Format is one way to write a Result.
type Format struct {
	Name  string
	Doc   string
	Write func(w io.Writer, r *analyze.Result, o Options) error

	Quotes bool // it has room for the whole reasoning on the accused, with the lines, also where nobody asked
}

// Formats are all formats, the default first.
var Formats = []Format{
	{Name: "text", Doc: "for a person at a terminal", Write: writeText},
	{Name: "html", Doc: "one page for a browser, with charts, that needs no network", Write: writeHTML, Quotes: true},
	{Name: "json", Doc: "one object, for programs", Write: writeJSON},
	{Name: "markdown", Doc: "for an issue or a chat", Write: writeMarkdown},
	{Name: "csv", Doc: "the clients as a table for a spreadsheet", Write: writeClientsCSV},
	{Name: "csv-timeline", Doc: "events over time as a table", Write: writeTimelineCSV},
	{Name: "csv-events", Doc: "how many events of each kind as a table", Write: writeKindsCSV},
}

// Options are what a reader may choose. They change the look of a report, never what it says.
type Options struct {
	Width int  // columns of text; 0 is 80, and below 60 is 60
	Color bool // text with colours
	Dark  bool // the colours are for a dark background
	ASCII bool // no other letters than those of ASCII in lines and charts
	Top   int  // victims and bystanders to list one by one; all others are only counted
}

// Lookup finds a format by its name.
func Lookup(name string) (Format, error) {
	var names []string
	for _, f := range Formats {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	last := len(names) - 1
	return Format{}, fmt.Errorf("no format is called %q; try %s or %s", name, strings.Join(names[:last], ", "), names[last])
}
