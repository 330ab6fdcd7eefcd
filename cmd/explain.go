package cmd

import (
	"bufio"
	"errors"
	"fmt"
	"slices"
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
			o := parser.Options{Years: parser.YearsUntil(time.Now())}
			show := func(x analyze.Explanation) error {
				if m != nil {
					x = m.Explanation(x)
				}
				if format == "json" {
					return report.WriteExplanationJSON(std.out, x)
				}
				return report.WriteExplanation(std.out, x, screen.options(std.out))
			}
			if len(args) != 1 || args[0] != "-" {
				asked := args
				if slices.ContainsFunc(args, func(a string) bool { return !analyze.IsName(a) }) {
					asked = []string{strings.Join(args, " ")} // a line without quotes
				} else if len(args) == 0 {
					asked = []string{""}
				}
				for _, a := range asked {
					x, err := analyze.Explain(a, o)
					if err != nil {
						return err
					}
					if err := show(x); err != nil {
						return err
					}
				}
				return nil
			}
			nothing := true
			lines := bufio.NewScanner(std.in)
			lines.Buffer(nil, 1<<24)
			for lines.Scan() {
				if strings.TrimSpace(lines.Text()) == "" {
					continue
				}
				nothing = false
				if err := show(analyze.ExplainLine(lines.Text(), o)); err != nil {
					return err
				}
			}
			if err := lines.Err(); err != nil {
				return fmt.Errorf("reading standard input: %w", err)
			}
			if nothing {
				return errors.New("no line came from standard input; pipe the lines of a log into logsleuth explain -")
			}
			return nil
		},
		ValidArgsFunction: completeMeaning,
	}
	c.Flags().StringVar(&format, "format", "text", "how to write it: text, json")
	choose(c, "format", "text", "json")
	hide.add(c.Flags())
	screen.add(c)
	return c
}
