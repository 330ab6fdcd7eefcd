package cmd

import (
	"bufio"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/logsleuth/logsleuth/analyze"
	"github.com/logsleuth/logsleuth/parser"
	"github.com/logsleuth/logsleuth/report"
)

func explainCommand(std streams) *cobra.Command {
	var format string
	var hide anonymizeFlags
	var screen screenFlags
	c := &cobra.Command{
		Use:   "explain CODE|KIND|LINE…",
		Short: "Say what a line of a log, a kind of event or a code of Apache means",
		Long: `Say what a line of a log means: how it was read, field by field, why it appears,
what it does not prove, what to look at next, and which rules would use it.

Instead of a line there may be a code of Apache (AH00161), a kind of event
(db.gone), or - for lines from standard input.`,
		Example: `  logsleuth explain AH00161
  logsleuth explain db.gone
  logsleuth explain "$(tail -n 1 /var/log/apache2/error.log)"
  grep segfault /var/log/syslog | logsleuth explain -`,
		RunE: func(c *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return fmt.Errorf("no format of explanations is called %q; try text or json", format)
			}
			if err := screen.check(); err != nil {
				return err
			}
			m, err := hide.mask()
			if err != nil {
				return err
			}
			write := func(asked string) error {
				x, err := analyze.Explain(asked, parser.Options{Years: parser.YearsUntil(time.Now())})
				if err != nil {
					return err
				}
				if m != nil {
					x = m.Explanation(x)
				}
				if format == "json" {
					return report.WriteExplanationJSON(std.out, x)
				}
				return report.WriteExplanation(std.out, x, screen.options(std.out))
			}
			if len(args) == 0 {
				return write("")
			}
			if len(args) > 1 { // a line without quotes
				return write(strings.Join(args, " "))
			}
			if args[0] != "-" {
				return write(args[0])
			}
			lines := bufio.NewScanner(std.in)
			lines.Buffer(nil, 1<<24)
			for lines.Scan() {
				if strings.TrimSpace(lines.Text()) == "" {
					continue
				}
				if err := write(lines.Text()); err != nil {
					return err
				}
			}
			return lines.Err()
		},
		ValidArgsFunction: completeMeaning,
	}
	c.Flags().StringVar(&format, "format", "text", "how to write it: text, json")
	choose(c, "format", "text", "json")
	hide.add(c.Flags())
	screen.add(c)
	return c
}
