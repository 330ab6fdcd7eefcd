package report

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/logsleuth/logsleuth/analyze"
)

// alive is what a forge or a chat makes more of than text, whatever is escaped
// around it: links, also bare names of hosts, mail addresses, mentions, numbers of
// issues, commits, emoji. The name of a file looks like that of a host.
var alive = regexp.MustCompile(`(?i)[@#\\]|://|www\.|\pL[\pL\d-]*\.\pL{2}|\d\.[a-z]{2}|\bGH-\d|\b[0-9a-f]{7,}\b|:[a-z_+-][a-z0-9_+-]*:|:(100|1234|8ball):`)

// inert makes text that GitHub's Markdown shows as it is: a word that something
// would be made of becomes code, in which nothing is looked for; of other words the
// punctuation is escaped.
func inert(s string) string {
	words := strings.Split(strings.TrimLeft(plain(s), " "), " ") // four spaces would be code
	for i, w := range words {
		if alive.MatchString(w) {
			words[i] = code(w)
		} else {
			words[i] = escape(w, i == 0)
		}
	}
	return strings.Join(words, " ")
}

const around = `.,;:()[]'"!?` // of a word in a sentence

// code is a word as code. A bar would end the cell of a table even there, so it
// stands outside.
func code(word string) string {
	inner := strings.Trim(word, around)
	before, after, _ := strings.Cut(word, inner)
	parts := strings.Split(inner, "|")
	for i, p := range parts {
		if p == "" {
			continue
		}
		fence := "`"
		for strings.Contains(p, fence) {
			fence += "`"
		}
		space := ""
		if len(fence) > 1 {
			space = " "
		}
		parts[i] = fence + space + p + space + fence
	}
	return escape(before, false) + strings.Join(parts, `\|`) + escape(after, false)
}

func escape(word string, first bool) string {
	var b strings.Builder
	for i, r := range word {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case strings.ContainsRune("\\`*_~[]|$", r),
			first && i == 0 && strings.ContainsRune("-+=", r),                                                                 // a list, a line under a heading
			first && strings.ContainsRune(".)", r) && i > 0 && i == len(word)-1 && strings.Trim(word[:i], "0123456789") == "": // a numbered list
			b.WriteString(`\` + string(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// fenced is text as a block of code, in a fence that is longer than any in it.
func fenced(indent, language, s string) string {
	lines := plainLines(s)
	fence := "```"
	for strings.Contains(strings.Join(lines, "\n"), fence) {
		fence += "`"
	}
	text := fence + language + "\n" + strings.Join(lines, "\n") + "\n" + fence
	return indent + strings.ReplaceAll(text, "\n", "\n"+indent) + "\n"
}

const (
	markMoments  = 20 // an issue is no log
	markEvidence = 4
)

// writeMarkdown writes the verdict and what it rests on, short enough to be pasted.
func writeMarkdown(w io.Writer, r *analyze.Result, o Options) error {
	m := markdown{text: text{page: newPage(o), r: eachText(r, plain), top: o.Top}}
	for i, a := range r.Advice {
		m.r.Advice[i].Commands, m.r.Advice[i].Undo = a.Commands, a.Undo // made plain line by line
	}
	m.names = shortNames(m.r.Inputs)
	m.answer()
	m.order()
	m.who()
	m.code()
	m.measures()
	m.rest()
	_, err := io.WriteString(w, m.out.String())
	return err
}

// A markdown is a report being written: all text of the Result goes through its
// methods, which make it inert.
type markdown struct {
	text // for its words
	out  strings.Builder
}

func (m *markdown) heading(s string) { fmt.Fprintf(&m.out, "\n### %s\n\n", inert(s)) }

// say writes a paragraph; strong stands before it.
func (m *markdown) say(strong, s string) {
	if strong != "" {
		strong = "**" + inert(strong) + "** "
	}
	fmt.Fprintf(&m.out, "\n%s%s\n", strong, inert(s))
}

func (m *markdown) item(s string) { fmt.Fprintf(&m.out, "- %s\n", inert(s)) }

func (m *markdown) row(cells ...string) {
	for _, c := range cells {
		m.out.WriteString(strings.TrimRight("| "+inert(c), " ") + " ")
	}
	m.out.WriteString("|\n")
}

// table begins a table; numbers are the columns that are aligned to the right.
func (m *markdown) table(titles []string, numbers string) {
	m.row(titles...)
	for _, t := range titles {
		if strings.Contains(numbers, t) {
			m.out.WriteString("| ---: ")
		} else {
			m.out.WriteString("| --- ")
		}
	}
	m.out.WriteString("|\n")
}

func (m *markdown) answer() {
	v := m.r.Verdict
	title, means := m.title()
	fmt.Fprintf(&m.out, "## %s: %s\n", inert(title), inert(means))
	m.say("How sure: "+sure(v.Confidence)+".", m.intent())
	if v.Summary != "" {
		m.say("", v.Summary)
	}
	if len(v.Doubts) > 0 {
		m.out.WriteString("\n**But:**\n\n")
		for _, d := range v.Doubts {
			m.item(d)
		}
	}
}

func (m *markdown) order() {
	if len(m.r.Moments) == 0 {
		return
	}
	m.heading("What happened, in order")
	m.table([]string{"Time", "What", "Count", "Where"}, "Count")
	last := stamp{}
	for _, e := range m.r.Moments[:min(len(m.r.Moments), markMoments)] {
		at := readStamp(e.Time)
		when := at.clock
		if at.day() != last.day() {
			when = strings.TrimSpace(at.date + " " + at.clock + " " + at.zone)
		}
		last = at
		what := e.Text
		if what == "" {
			what = e.Kind
		}
		m.row(when, what, number(e.Count), m.places(e.Line))
	}
	if more := len(m.r.Moments) - markMoments; more > 0 {
		m.say("", plural(int64(more), "step", "steps")+" more: the other formats have them.")
	}
}

func (m *markdown) who() {
	shown := map[analyze.Standing]int{}
	var listed, named []analyze.Client
	for _, c := range m.r.Clients {
		limit := maxDetails
		if c.Standing == analyze.Victim || c.Standing == analyze.Bystander {
			limit = m.top
		}
		if shown[c.Standing] >= limit {
			continue
		}
		shown[c.Standing]++
		listed = append(listed, c)
		if c.Standing == analyze.Attacker || c.Standing == analyze.Suspect {
			named = append(named, c)
		}
	}
	others := m.others(shown, len(named) > 0)
	if len(listed) == 0 && len(others) == 0 {
		return
	}
	m.heading("Who")
	if len(listed) > 0 {
		m.table([]string{"Address", "Verdict", "Sure", "Events", "In 10 s", "From", "Network", "Seen"}, "Sure Events In 10 s")
		for _, c := range listed {
			var events int64
			for _, n := range c.Events {
				events += n
			}
			m.row(c.IP, string(c.Standing), percent(c.Confidence), number(events), number(int64(c.Connections)), c.Country, network(c), between(c.First, c.Last))
		}
	}
	for _, s := range others {
		m.say("", s)
	}
	for _, c := range named {
		m.say(c.IP+":", string(c.Standing)+", "+sure(c.Confidence))
		m.out.WriteString("\n")
		for i, e := range c.Evidence {
			if i == markEvidence && e.Weight >= 0 {
				continue // what speaks against it is always told
			}
			side := "for it"
			if e.Weight < 0 {
				side = "against it"
			}
			said := side + " (" + marks(e.Weight) + "): " + e.Text
			if at := m.places(e.Lines...); at != "" {
				said += " [" + at + "]"
			}
			m.item(said)
		}
	}
}

func (m *markdown) code() {
	if len(m.r.Plugins) == 0 {
		return
	}
	m.heading("Which code was running")
	m.table([]string{"Name", "Type", "Events", "Clients", "Where"}, "Events Clients")
	for _, p := range m.r.Plugins[:min(len(m.r.Plugins), maxDetails)] {
		var events int64
		for _, n := range p.Events {
			events += n
		}
		m.row(p.Name, p.Type, number(events), number(int64(p.Clients)), m.places(p.Lines...))
	}
	if m.r.Verdict.Cause != analyze.CausePlugin {
		m.say("", "Code that ran when something failed need not be its cause.")
	}
}

func (m *markdown) measures() {
	if len(m.r.Advice) == 0 {
		return
	}
	m.heading("What to do now")
	for i, a := range m.r.Advice {
		number := fmt.Sprintf("%d. ", i+1)
		indent := strings.Repeat(" ", len(number))
		fmt.Fprintf(&m.out, "%s**%s**\n", number, inert(a.Text))
		if a.SideEffects != "" {
			fmt.Fprintf(&m.out, "\n%sSide effects: %s\n", indent, inert(a.SideEffects))
		}
		commands := func(title string, of map[string]string) {
			for _, tool := range inOrder(of) {
				fmt.Fprintf(&m.out, "\n%s%s %s:\n\n%s", indent, title, inert(tool), fenced(indent, "sh", of[tool]))
			}
		}
		commands("With", a.Commands)
		commands("To undo it with", a.Undo)
		m.out.WriteString("\n")
	}
}

func (m *markdown) rest() {
	if len(m.r.Blind) > 0 {
		m.heading("What these logs could not show")
		for _, s := range m.r.Blind {
			m.item(s)
		}
	}
	if len(m.r.Inputs) > 0 {
		m.heading("How it was read")
	}
	for i, in := range m.r.Inputs {
		if i >= maxInputs && in.Error == "" {
			continue
		}
		said := in.Path + ": " + plural(in.Lines, "line", "lines") + ", " + number(in.Unparsed) + " not understood; " + between(in.First, in.Last)
		if in.SHA256 != "" {
			said += "; sha256 " + in.SHA256
		}
		if in.Error != "" {
			said += "; NOT READ, or not to its end: " + in.Error
		}
		m.item(said)
	}
	for _, n := range m.r.Notes {
		m.item(n)
	}
	if by := strings.TrimSpace(m.r.Tool.Name + " " + m.r.Tool.Version + " " + strings.Join(m.r.Tool.Options, " ")); by != "" {
		m.say("", "By "+by+".")
	}
}
