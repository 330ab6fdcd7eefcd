package cmd

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/charmbracelet/x/term"
	"github.com/muesli/termenv"
	"github.com/spf13/cobra"

	"github.com/logsleuth/logsleuth/report"
)

// screenFlags are those of every verb that writes text for a person.
type screenFlags struct {
	color   string
	noPager bool
}

var colorChoices = []string{"auto", "always", "never"}

func (f *screenFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.color, "color", "auto", "colour in text: auto (at a terminal, unless NO_COLOR is set), always or never")
	c.Flags().BoolVar(&f.noPager, "no-pager", false, "do not open text that is longer than the screen in $PAGER")
	choose(c, "color", colorChoices...)
}

func (f *screenFlags) check() error {
	if !slices.Contains(colorChoices, f.color) {
		return fmt.Errorf("--color takes auto, always or never, not %q", f.color)
	}
	return nil
}

// terminal is the file behind out if that is a terminal, nil if not.
func terminal(out io.Writer) *os.File {
	if file, ok := out.(*os.File); ok && term.IsTerminal(file.Fd()) {
		return file
	}
	return nil
}

// options fit text to what it goes to: a terminal, a pipe or a file.
func (f *screenFlags) options(out io.Writer) (o report.Options) {
	screen := terminal(out)
	var t *termenv.Output
	if screen != nil {
		if w, _, err := term.GetSize(screen.Fd()); err == nil {
			o.Width = w
		}
		o.ASCII = !utf8Locale()
		t = termenv.NewOutput(screen)
	}
	switch f.color {
	case "always":
		o.Color = true
	case "auto":
		_, isFile := out.(*os.File)
		switch {
		case os.Getenv("NO_COLOR") != "", os.Getenv("CLICOLOR") == "0":
		case screen != nil:
			o.Color = t.Profile != termenv.Ascii
		}
		if force := os.Getenv("CLICOLOR_FORCE"); force != "" && force != "0" && os.Getenv("NO_COLOR") == "" && isFile {
			o.Color = true
		}
	}
	if o.Color {
		o.Dark = screen == nil || t.HasDarkBackground() // of most screens, where it cannot be asked
	}
	return o
}

// utf8Locale tells whether the terminal is said to show more than ASCII.
func utf8Locale() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := strings.ToLower(os.Getenv(name)); locale != "" {
			return strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8")
		}
	}
	return runtime.GOOS == "windows" || runtime.GOOS == "darwin" // which do without these variables
}

// show writes text for a person: through a pager where it goes to a terminal and
// is longer than that.
func (f *screenFlags) show(out io.Writer, write func(io.Writer, report.Options) error) error {
	o := f.options(out)
	screen := terminal(out)
	if screen == nil || f.noPager {
		return write(out, o)
	}
	var text bytes.Buffer
	if err := write(&text, o); err != nil {
		return err
	}
	if _, height, err := term.GetSize(screen.Fd()); err == nil && bytes.Count(text.Bytes(), []byte("\n")) >= height {
		if pager := pager(); pager != nil {
			return page(pager, text.Bytes(), screen)
		}
	}
	_, err := out.Write(text.Bytes())
	return err
}

// pager is the user's, else less where there is one; nil for none.
func pager() *exec.Cmd {
	command, chosen := os.LookupEnv("PAGER")
	if !chosen {
		command = "less -RFX"
	}
	words := strings.Fields(command)
	if len(words) == 0 || os.Getenv("TERM") == "dumb" {
		return nil
	}
	if _, err := exec.LookPath(words[0]); err != nil {
		return nil
	}
	c := exec.Command(words[0], words[1:]...)
	if _, set := os.LookupEnv("LESS"); !set && strings.TrimSuffix(filepath.Base(words[0]), ".exe") == "less" {
		c.Env = append(os.Environ(), "LESS=RFX")
	}
	return c
}

// page shows text in a pager and waits for it to end. What becomes of the pager
// changes nothing in what the program found, so it does not change its exit status.
func page(pager *exec.Cmd, text []byte, screen *os.File) error {
	// Ctrl-C is for the pager: without it, the terminal would stay as the pager left it.
	ignored := make(chan os.Signal, 1)
	signal.Notify(ignored, os.Interrupt)
	defer signal.Stop(ignored)
	pager.Stdin, pager.Stdout, pager.Stderr = bytes.NewReader(text), screen, os.Stderr
	if err := pager.Start(); err != nil {
		_, err := screen.Write(text)
		return err
	}
	pager.Wait() // it may end before it has read all
	return nil
}
