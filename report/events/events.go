// Package events writes the records of a log's lines for their readers, one after
// the other and in the order of the log.
package events

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/logsleuth/logsleuth/parser"
)

// A Format is one way to write records.
type Format struct {
	Name     string
	Doc      string
	Original bool // it writes the lines themselves too
	Binary   bool // nothing for a terminal
	New      func(w io.Writer) Writer
}

// Formats are all formats, the default first.
var Formats = []Format{
	{Name: "ndjson", Doc: "one JSON object a line", New: textWriter("", appendNDJSON)},
	{Name: "csv", Doc: "a table for a spreadsheet", New: textWriter(csvHead(), appendCSV)},
	{Name: "ecs", Doc: "one JSON object a line with the names of the Elastic Common Schema", Original: true, New: textWriter("", appendECS)},
	{Name: "parquet", Doc: "a table for DuckDB, Spark or pandas", Binary: true, New: newParquetWriter},
}

// Names are those of all formats.
func Names() (names []string) {
	for _, f := range Formats {
		names = append(names, f.Name)
	}
	return names
}

// Lookup finds a format by its name.
func Lookup(name string) (Format, error) {
	for _, f := range Formats {
		if f.Name == name {
			return f, nil
		}
	}
	names := Names()
	last := len(names) - 1
	return Format{}, fmt.Errorf("no format of events is called %q; try %s or %s", name, strings.Join(names[:last], ", "), names[last])
}

// A Writer writes batches in the order in which it is given them, whatever the
// cut between them: the same records give the same bytes.
type Writer interface {
	// Batch makes an empty batch. Many may be filled at a time, each by one goroutine.
	Batch() Batch
	Write(Batch) error
	// Close writes what stands at the end. It does not close what is written to.
	Close() error
}

// A Batch holds records until it is their turn.
type Batch interface {
	Add(*parser.Record) error
}

// textWriter makes the writers of a format in which every record is text by itself.
func textWriter(head string, add func([]byte, *parser.Record) ([]byte, error)) func(io.Writer) Writer {
	return func(w io.Writer) Writer {
		t := &lines{w: bufio.NewWriter(w), add: add}
		t.w.WriteString(head) // an error comes again
		return t
	}
}

type lines struct {
	w   *bufio.Writer
	add func([]byte, *parser.Record) ([]byte, error)
}

type lineBatch struct {
	text []byte
	add  func([]byte, *parser.Record) ([]byte, error)
}

func (l *lines) Batch() Batch { return &lineBatch{add: l.add} }

func (b *lineBatch) Add(r *parser.Record) (err error) {
	b.text, err = b.add(b.text, r)
	return err
}

func (l *lines) Write(b Batch) error {
	_, err := l.w.Write(b.(*lineBatch).text)
	return err
}

func (l *lines) Close() error { return l.w.Flush() }

func appendNDJSON(b []byte, r *parser.Record) ([]byte, error) { return parser.AppendRecord(b, r) }
