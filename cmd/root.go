// Package cmd is the command line: flags in, exit status out.
package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/logsleuth/logsleuth/geo"
)

// Exit statuses.
const (
	exitDone   = 0 // all was done
	exitFailOn = 1 // what --fail-on names was found
	exitFailed = 2 // not all that was asked was done
)

var (
	errFailOn  = errors.New("--fail-on was met")
	errPartial = errors.New("not all logs were read")
)

// streams are where a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// version is set when a release is built.
var version = "0.1.0-dev"

// Main runs the command line and returns the exit status.
func Main(args []string, in io.Reader, out, errs io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := rootCommand(streams{in, out, errs})
	root.SetArgs(args)
	switch err := root.ExecuteContext(ctx); {
	case err == nil:
		return exitDone
	case errors.Is(err, errFailOn):
		return exitFailOn
	case errors.Is(err, syscall.EPIPE): // the reader has seen enough
		return exitDone
	default:
		for line := range strings.SplitSeq(err.Error(), "\n") {
			fmt.Fprintln(errs, "logsleuth:", line)
		}
		return exitFailed
	}
}

func rootCommand(std streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "logsleuth",
		Short: "Says what happened to a fallen web server, from its logs",
		Long: `logsleuth reads an Apache or WordPress server's error.log and syslog and says what
happened, in what order, who did it and who merely suffered it, how sure one can
be, which plugin's code was running, what to do now, and whom that would hit.`,
		Example: `  logsleuth analyze /var/log/apache2/error.log /var/log/syslog
  ssh host 'cat /var/log/apache2/error.log*' | logsleuth analyze -`,
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetIn(std.in)
	root.SetOut(std.out)
	root.SetErr(std.err)
	root.SetVersionTemplate("logsleuth {{.Version}}\n" + geo.Attribution() + "\n")
	root.AddCommand(
		analyzeCommand(std),
		eventsCommand(std),
	)
	return root
}

// notAll is the error of logs that could not be read, a line each.
func notAll(problems []error) error {
	if len(problems) == 0 {
		return nil
	}
	return errors.Join(append(problems, errPartial)...)
}
