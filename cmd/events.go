package cmd

import (
	"bufio"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/logsleuth/logsleuth/mask"
	"github.com/logsleuth/logsleuth/parser"
	"github.com/logsleuth/logsleuth/source"
)

func eventsCommand(std streams) *cobra.Command {
	var logs logFlags
	var hide anonymizeFlags
	var format string
	var unparsed bool
	c := &cobra.Command{
		Use:   "events FILE…",
		Short: "Print every line of the logs as a typed event, one JSON object a line",
		Long: `Print every line of the logs as a typed event, one JSON object a line (NDJSON).

A line that is not understood comes too, with kind "unknown". What the kinds
mean stands in docs/events.md.`,
		Example: `  logsleuth events error.log syslog
  zcat error.log.*.gz | logsleuth events -
  logsleuth events --unparsed error.log
  logsleuth events error.log | jq -r 'select(.role == "deed") | .client' | sort | uniq -c`,
		Args: needFiles,
		RunE: func(c *cobra.Command, args []string) error {
			if format != "ndjson" {
				return fmt.Errorf("no format of events is called %q; there is ndjson", format)
			}
			m, err := hide.mask()
			if err != nil {
				return err
			}
			r, err := logs.open(c.Context(), args, std)
			if err != nil {
				return err
			}
			out := bufio.NewWriter(std.out)
			err = each(c.Context(), r, func() struct{} { return struct{}{} },
				func(_ struct{}, chunk *source.Chunk, s *parser.Scanner) eventLines {
					return writeEvents(r.inputs[chunk.Input].Name, s, unparsed, m)
				},
				func(_ *source.Chunk, lines eventLines) error {
					if lines.err != nil {
						return lines.err
					}
					if _, err := out.Write(lines.text); err != nil {
						return fmt.Errorf("writing the events: %w", err)
					}
					return nil
				})
			if flushed := out.Flush(); err == nil && flushed != nil {
				err = fmt.Errorf("writing the events: %w", flushed)
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
	c.Flags().StringVar(&format, "format", "ndjson", "how to write them: ndjson")
	return c
}

type eventLines struct {
	text []byte
	err  error
}

func writeEvents(name string, s *parser.Scanner, unparsed bool, m *mask.Mask) (lines eventLines) {
	for s.Next() {
		if e := s.Event(); unparsed && (e.Kind != parser.Unknown || len(e.Raw) == 0) {
			continue
		}
		record := s.Event().Record(name)
		if m != nil {
			record = m.Event(record)
		}
		if lines.text, lines.err = parser.AppendRecord(lines.text, record); lines.err != nil {
			return lines
		}
	}
	return lines
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
