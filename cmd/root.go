// Package cmd is the command line: flags in, exit status out.
package cmd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/logsleuth/logsleuth/geo"
)

// Exit statuses.
const (
	exitDone   = 0 // all was done
	exitFailOn = 1 // what --fail-on names was found
	exitFailed = 2 // not all that was asked was done
)

// errFailOn is no failure: it carries an exit status, and is not told.
var errFailOn = errors.New("--fail-on was met")

// streams are where a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// release is set when one is built: -ldflags '-X github.com/logsleuth/logsleuth/cmd.release=1.2.3'.
var release string

// NextVersion is the version that is worked on.
const NextVersion = "0.1.0-dev"

// version is that of the release, or of what go install fetched.
var version = cmp.Or(release, installed(), NextVersion)

// installed is the version that go install was asked for, "" where the program was
// built from a checkout.
func installed() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || !released.MatchString(info.Main.Version) {
		return ""
	}
	return info.Main.Version[1:]
}

// released are versions that have a name, not v0.0.0-20260314070000-0123456789ab.
var released = regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+(-[a-z]+[.0-9]*)?$`)

// Main runs the command line and returns the exit status.
func Main(args []string, in io.Reader, out, errs io.Writer) int {
	collectAt(startQuickly)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	root := rootCommand(streams{in, out, errs})
	root.SetArgs(args)
	switch err := root.ExecuteContext(ctx); {
	case err == nil:
		return exitDone
	case errors.Is(err, errFailOn):
		tell(errs, err)
		return exitFailOn
	case errors.Is(err, syscall.EPIPE): // the reader has seen enough
		return exitDone
	case errors.Is(err, context.Canceled):
		tell(errs, errors.New("interrupted before all was read"))
		return exitFailed
	default:
		tell(errs, err)
		return exitFailed
	}
}

// failures are several errors, each of which is told on a line of its own.
type failures []error

func (f failures) Error() string   { return errors.Join(f...).Error() }
func (f failures) Unwrap() []error { return f }

// orNil is the error of having failed, if anything did.
func (f failures) orNil() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

func tell(w io.Writer, err error) {
	if list, ok := errors.AsType[failures](err); ok {
		for _, err := range list {
			tell(w, err)
		}
		return
	}
	if err != errFailOn {
		fmt.Fprintln(w, "logsleuth:", oneLine(err.Error()))
	}
}

// oneLine makes text harmless for a terminal: the name of a file may hold anything.
func oneLine(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strconv.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
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
		Version: version,
		Args:    noSuchCommand,
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },

		PersistentPreRunE: configure,

		SilenceUsage:               true,
		SilenceErrors:              true,
		SuggestionsMinimumDistance: 2,
	}
	root.SetFlagErrorFunc(flagError)
	root.SetIn(std.in)
	root.SetOut(std.out)
	root.SetErr(std.err)
	root.SetVersionTemplate("logsleuth {{.Version}}\n" + geo.Attribution())
	root.PersistentFlags().String(configFlag, "", "read the settings from this `file` alone, not from /etc and your own; /dev/null for none")
	root.AddCommand(
		analyzeCommand(std),
		eventsCommand(std),
		explainCommand(std),
		respondCommand(std),
		checkCommand(std),
		diffCommand(std),
		renderCommand(std),
		schemaCommand(std),
		configCommand(std),
	)
	completeFlags(root)
	return root
}

// noSuchCommand says what to type instead.
func noSuchCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := "logsleuth --help lists them"
	if info, err := os.Stat(args[0]); err == nil && info.IsDir() {
		hint = "to read the logs in this folder: logsleuth analyze " + args[0]
	} else if err == nil {
		hint = "to read this file: logsleuth analyze " + args[0]
	} else if like := root.SuggestionsFor(args[0]); len(like) > 0 {
		hint = "did you mean " + strings.Join(like, " or ") + "?"
	} else if strings.ContainsAny(args[0], "./") {
		hint = "to read logs: logsleuth analyze FILE, and there is no file of that name here"
	}
	return fmt.Errorf("no command is called %q; %s", args[0], hint)
}

func flagError(c *cobra.Command, err error) error {
	if bad, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		takes := "a number"
		if bad.GetFlag().Value.Type() == "bool" {
			takes = "true or false"
		}
		return fmt.Errorf("--%s takes %s, not %q", bad.GetFlag().Name, takes, bad.GetValue())
	}
	return fmt.Errorf("%w; %s --help lists the flags", err, c.CommandPath())
}
