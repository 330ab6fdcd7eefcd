package cmd

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/logsleuth/logsleuth/mask"
	"github.com/logsleuth/logsleuth/parser"
	"github.com/logsleuth/logsleuth/report/events"
	"github.com/logsleuth/logsleuth/source"
)

func eventsCommand(std streams) *cobra.Command {
	var logs logFlags
	var hide anonymizeFlags
	var name, output string
	var unparsed bool
	c := &cobra.Command{
		Use:   "events FILE…",
		Short: "Print every line of the logs as a typed event, for other programs",
		Long: `Print every line of the logs as a typed event, in the order of the logs: as one
JSON object a line (NDJSON), with the names of the Elastic Common Schema (ecs),
as a table for spreadsheets (csv), or as a table for DuckDB and the like (parquet).

A line that is not understood comes too, with kind "unknown". What the kinds
mean stands in docs/events.md, what the fields mean in docs/records.md.`,
		Example: `  logsleuth events error.log syslog
  zcat error.log.*.gz | logsleuth events -
  logsleuth events --unparsed error.log
  logsleuth events error.log | jq -r 'select(.role == "deed") | .client' | sort | uniq -c
  logsleuth events --format parquet -o events.parquet /var/log/apache2/`,
		Args: needFiles,
		RunE: func(c *cobra.Command, args []string) error {
			format, err := events.Lookup(name)
			if err != nil {
				return err
			}
			if format.Binary && (output == "" || output == "-") && terminal(std.out) != nil {
				return fmt.Errorf("%s is nothing for a terminal; give --output a name", format.Name)
			}
			m, err := hide.mask()
			if err != nil {
				return err
			}
			r, err := logs.open(c.Context(), args, std)
			if err != nil {
				return err
			}
			var read []string
			for _, in := range r.inputs {
				read = append(read, in.Name)
			}
			file, err := createOutput(output, "list of events", read)
			if err != nil {
				return err
			}
			var out io.Writer = std.out
			if file != nil {
				out = file
				if err := truncate(file); err != nil {
					return fmt.Errorf("writing the events: %w", err)
				}
			}
			w := format.New(out)
			err = each(c.Context(), r,
				func() filled { return filled{batch: w.Batch()} },
				func(f filled, p *source.Part, s *parser.Scanner) filled {
					if f.err == nil {
						f.err = fill(f.batch, format, r.inputs[p.Input].Name, s, unparsed, m)
					}
					return f
				},
				func(f filled) error {
					if f.err != nil {
						return f.err
					}
					if err := w.Write(f.batch); err != nil {
						return fmt.Errorf("writing the events: %w", err)
					}
					return nil
				})
			var closed error
			if err == nil || !format.Binary { // what ends before its time must not look whole
				closed = w.Close()
			}
			if file != nil {
				closed = errors.Join(closed, file.Close())
			}
			if err == nil && closed != nil {
				err = fmt.Errorf("writing the events: %w", closed)
			}
			if err != nil {
				return err
			}
			return r.unread().orNil()
		},
	}
	logs.add(c.Flags())
	hide.add(c.Flags())
	c.Flags().BoolVar(&unparsed, "unparsed", false, "print only the lines that are in no known format")
	c.Flags().StringVar(&name, "format", "ndjson", "how to write them: "+strings.Join(events.Names(), ", "))
	c.Flags().StringVarP(&output, "output", "o", "", "write them to this `file`")
	choose(c, "format", eventFormats()...)
	return c
}

// filled is the batch of one chunk.
type filled struct {
	batch events.Batch
	err   error
}

func fill(b events.Batch, format events.Format, name string, s *parser.Scanner, unparsed bool, m *mask.Mask) error {
	for s.Next() {
		e := s.Event()
		if unparsed && (e.Kind != parser.Unknown || len(e.Raw) == 0) {
			continue
		}
		record := e.Record(name)
		if format.Original {
			record.Original = parser.Text(e.Raw)
		}
		if m != nil {
			record = m.Event(record).(parser.Record)
		}
		if err := b.Add(&record); err != nil {
			return err
		}
	}
	return nil
}

// needFiles asks for at least one name, in words that help.
func needFiles(_ *cobra.Command, args []string) error {
	switch {
	case slices.Contains(args, ""):
		return errors.New("the name of a log is empty; check the variable that it comes from")
	case len(args) == 0:
		return errors.New("name the logs to read, or - for standard input; for example: /var/log/apache2/error.log /var/log/syslog")
	}
	return nil
}
