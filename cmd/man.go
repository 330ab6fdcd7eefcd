package cmd

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// ManPages are the manual pages by the names of their files: logsleuth.1, and one
// for each command. They are written here and not by cobra/doc, which takes the
// texts for Markdown, leaves out what belongs under ENVIRONMENT and FILES, and
// needs two more modules, one of them without a release since 2020.
func ManPages(day time.Time, version string) map[string][]byte {
	root := rootCommand(streams{})
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	pages := map[string][]byte{}
	for _, c := range append(root.Commands(), root) {
		if c.IsAvailableCommand() || c == root {
			pages[pageName(c)+".1"] = manPage(c, day, version)
		}
	}
	return pages
}

// pageName is what the manual calls a command: logsleuth-analyze.
func pageName(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// Completion is the script that has a shell complete command lines.
func Completion(shell string) ([]byte, error) {
	root := rootCommand(streams{})
	var b bytes.Buffer
	var err error
	switch shell {
	case "bash":
		err = root.GenBashCompletionV2(&b, true)
	case "zsh":
		err = root.GenZshCompletion(&b)
	case "fish":
		err = root.GenFishCompletion(&b, true)
	default:
		err = fmt.Errorf("there is no completion for %s", shell)
	}
	return b.Bytes(), err
}

func manPage(c *cobra.Command, day time.Time, version string) []byte {
	c.InitDefaultHelpFlag()
	c.InitDefaultVersionFlag()
	var m roff
	fmt.Fprintf(&m, ".TH %s 1 %s %q %q\n", strings.ToUpper(exact(pageName(c))), day.UTC().Format(time.DateOnly), "logsleuth "+version, "logsleuth")
	m.section("NAME", exact(pageName(c))+` \- `+prose(strings.ToLower(c.Short[:1])+c.Short[1:]))
	_, arguments, _ := strings.Cut(c.Use, " ")
	use := ".B " + exact(c.CommandPath())
	switch {
	case !c.HasParent():
		arguments = "COMMAND [FLAG…] [ARGUMENT…]"
	case c.Flags().HasAvailableFlags():
		arguments = "[FLAG…] " + arguments
	}
	m.section("SYNOPSIS", use, exact(arguments))

	about, exit := c.Long, ""
	if i := strings.Index(about, "Exit status: "); i >= 0 {
		about, exit = about[:i], about[i+len("Exit status: "):]
	}
	m.section("DESCRIPTION")
	m.paragraphs(about)
	if !c.HasParent() {
		m.section("COMMANDS")
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() {
				m.item(".BR "+exact(pageName(sub))+" (1)", sub.Short)
			}
		}
	}
	m.section("OPTIONS")
	c.LocalFlags().VisitAll(m.flag)
	c.InheritedFlags().VisitAll(m.flag)
	if exit != "" {
		m.section("EXIT STATUS")
		m.paragraphs(exit)
	}
	m.environment(c)
	if c.Example != "" {
		m.section("EXAMPLES", ".nf")
		for line := range strings.Lines(c.Example + "\n") {
			m.line(exact(strings.TrimRight(line, "\n")))
		}
		m.line(".fi")
	}
	m.section("SEE ALSO")
	root := c.Root()
	var others []string
	for _, other := range append([]*cobra.Command{root}, root.Commands()...) {
		if other != c && (other == root || other.IsAvailableCommand()) {
			others = append(others, other.CommandPath())
		}
	}
	for i, name := range others {
		comma := ","
		if i == len(others)-1 {
			comma = ""
		}
		m.line(".BR " + exact(strings.ReplaceAll(name, " ", "-")) + " (1)" + comma)
	}
	return m.Bytes()
}

// roff is a manual page that is written.
type roff struct{ bytes.Buffer }

// line writes one line of roff.
func (m *roff) line(s string) { m.WriteString(s + "\n") }

func (m *roff) section(title string, lines ...string) {
	m.line(".SH " + title)
	for _, s := range lines {
		m.line(s)
	}
}

// paragraphs writes a text; empty lines part its paragraphs.
func (m *roff) paragraphs(text string) {
	for i, p := range strings.Split(strings.TrimSpace(text), "\n\n") {
		if i > 0 {
			m.line(".PP")
		}
		for line := range strings.Lines(p) {
			m.line(prose(strings.TrimSpace(line)))
		}
	}
}

func (m *roff) item(head, text string) {
	m.line(".TP")
	m.line(head)
	m.line(prose(text))
}

func (m *roff) flag(f *pflag.Flag) {
	if f.Hidden {
		return
	}
	takes, usage := pflag.UnquoteUsage(f)
	takes = strings.TrimSuffix(takes, "Array")
	head := `\fB\-\-` + exact(f.Name) + `\fR`
	if f.Shorthand != "" {
		head = `\fB\-` + f.Shorthand + `\fR, ` + head
	}
	if takes != "" {
		head += ` \fI` + takes + `\fR`
	}
	if ordinary := f.DefValue; ordinary != "" && ordinary != "0" && ordinary != "false" && ordinary != "[]" && !strings.Contains(usage, "default") {
		usage += " (default " + ordinary + ")"
	}
	m.item(head, usage)
}

// environment tells of the variables and files that a command heeds.
func (m *roff) environment(c *cobra.Command) {
	list := settingsOf(c)
	if c.HasParent() {
		if len(list) == 0 {
			return
		}
		m.section("ENVIRONMENT", prose("Each of these sets the flag of its name; the flag is stronger. "+
			"With the command's name before it, as in "+list[0].variable(c.Name())+", a variable is for this command alone."))
		for _, s := range list {
			name := s.variable("")
			if !s.shared {
				name = s.variable(c.Name())
			}
			m.item(".B "+exact(name), "as --"+s.flag)
		}
		m.line(".PP")
		m.line("A file can set them too:")
		m.line(".BR logsleuth\\-config (1)")
		m.line("tells how.")
		return
	}
	m.section("ENVIRONMENT")
	for _, v := range [][2]string{
		{configVariable, "a file of settings that is read in place of those below"},
		{"LOGSLEUTH_…", "a setting; the page of each command lists its own"},
		{"NO_COLOR", "no colour in text; CLICOLOR_FORCE: colour also in a pipe. Settings and --color are stronger"},
		{"PAGER", "what shows a text that is longer than the screen (less -RFX)"},
		{"GOMEMLIMIT", "about how much memory to use, where --max-memory does not say"},
	} {
		m.item(".B "+exact(v[0]), v[1])
	}
	m.section("FILES")
	m.item(".I /etc/logsleuth/config.yaml", "settings for all users")
	m.item(`.I \(ti/.config/logsleuth/config.yaml`, "your own, which are stronger")
	m.item(`.I \(ti/.config/logsleuth/anonymize.key`, "the key of pseudonyms, made when --anonymize is used for the first time")
}

var flagInText = regexp.MustCompile(`--[a-z-]+`)

// prose is text as roff reads it back: nothing in it is a command.
func prose(s string) string {
	s = strings.ReplaceAll(s, `\`, `\e`)
	s = flagInText.ReplaceAllStringFunc(s, exact) // it shall be copied as it is
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}

// exact is prose whose every sign counts: names and command lines.
func exact(s string) string {
	s = strings.ReplaceAll(s, `\`, `\e`)
	for sign, name := range map[string]string{"-": `\-`, "'": `\(aq`, "`": `\(ga`, "~": `\(ti`, "^": `\(ha`, `"`: `\(dq`} {
		s = strings.ReplaceAll(s, sign, name)
	}
	if strings.HasPrefix(s, ".") {
		s = `\&` + s
	}
	return s
}
