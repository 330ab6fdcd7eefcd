package cmd

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/logsleuth/logsleuth/analyze"
	"github.com/logsleuth/logsleuth/report"
)

func renderCommand(std streams) *cobra.Command {
	var screen screenFlags
	var name, output string
	var top int
	c := &cobra.Command{
		Use:   "render REPORT.json",
		Short: "Write a saved report in another format",
		Long: `Write a report that was saved with logsleuth analyze --format json in another
format, without reading the logs again. - is standard input.

A report holds as many of the clients who did nothing as analyze --top listed.`,
		Example: `  logsleuth render report.json
  logsleuth render report.json --format markdown > issue.md
  ssh host logsleuth analyze --format json /var/log/apache2/ | logsleuth render -`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || args[0] == "" {
				return errors.New("name one saved report, or - for standard input; for example: report.json")
			}
			return nil
		},
		ValidArgsFunction: completeReports(1),
		RunE: func(c *cobra.Command, args []string) error {
			format, err := report.Lookup(name)
			if err != nil {
				return err
			}
			if err := checkTop(top); err != nil {
				return err
			}
			if err := screen.check(); err != nil {
				return err
			}
			result, err := readReport(args[0], std.in)
			if err != nil {
				return err
			}
			file, err := createOutput(output, "report", args)
			if err != nil {
				return err
			}
			o := report.Options{}
			if c.Flags().Changed("top") {
				o.Top = top
			}
			if err := screen.write(std.out, file, format, result, o); err != nil {
				return fmt.Errorf("writing the report: %w", err)
			}
			return nil
		},
	}
	c.Flags().StringVar(&name, "format", "text", "how to write the report: "+formatNames())
	c.Flags().StringVarP(&output, "output", "o", "", "write the report to this `file`")
	c.Flags().IntVar(&top, "top", 0, "how many of the clients who did nothing to list one by one, in text and markdown")
	screen.add(c)
	choose(c, "format", reportFormats()...)
	return c
}

// write sends a report to a file, or where there is none to out. o.Top is the caller's.
func (f *screenFlags) write(out io.Writer, file *os.File, format report.Format, r *analyze.Result, o report.Options) error {
	if file == nil && format.Name != "text" {
		return format.Write(out, r, o)
	}
	if file == nil {
		return f.show(out, func(w io.Writer, fit report.Options) error {
			fit.Top = o.Top
			return format.Write(w, r, fit)
		})
	}
	o.Color = f.color == "always"
	o.Dark = true
	err := truncate(file)
	if err == nil {
		err = format.Write(file, r, o)
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}
