package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/logsleuth/logsleuth/analyze"
)

// maxRates is how many kinds of events a page lists; the JSON has all.
const maxRates = 15

// WriteComparison writes for a person what differs between two reports.
func WriteComparison(w io.Writer, c *analyze.Comparison, o Options) error {
	c = harmlessComparison(c, plain)
	p := newPage(o)
	senses := []struct {
		sense analyze.Sense
		title string
		style lipgloss.Style
	}{
		{analyze.Worse, "WORSE", p.style.bad},
		{analyze.Better, "BETTER", p.style.good},
		{analyze.Neither, "ALSO CHANGED", p.style.heading},
	}
	count := map[analyze.Sense]int{}
	for _, ch := range c.Changes {
		count[ch.Sense]++
	}
	switch {
	case !c.Any():
		p.para(0, span{p.style.good, "NOTHING CHANGED"})
	case len(c.Changes) == 0:
		p.para(0, span{p.style.good, "NOTHING OF WEIGHT CHANGED: only how many events there are of some kinds"})
	default:
		style, title := p.style.heading, "CHANGED"
		for _, s := range senses[:2] {
			if count[s.sense] > 0 {
				style, title = s.style, s.title
				break
			}
		}
		p.para(0, span{style, fmt.Sprintf("%s: %d worse, %d better, %d otherwise changed", title,
			count[analyze.Worse], count[analyze.Better], count[analyze.Neither])})
	}
	for _, side := range []struct {
		name string
		analyze.Compared
	}{{"old", c.Old}, {"new", c.New}} {
		p.flow("  "+side.name+"  ", 7, span{p.style.strong, side.Path}, span{p.style.dim,
			fmt.Sprintf(": %s; %s read by logsleuth %s", side.Cause, plural(side.Lines, "line", "lines"), side.Version)})
	}
	if c.Old.Version != c.New.Version {
		p.para(7, span{p.style.doubt, "Different versions of logsleuth wrote them: what differs may come from that."})
	}
	for _, ch := range c.Changes {
		if ch.Area == "input" && ch.What != "changed" {
			p.para(7, span{p.style.doubt, "They are not of the same logs: what differs may come from that."})
			break
		}
	}
	for _, s := range senses {
		if count[s.sense] == 0 {
			continue
		}
		p.WriteString("\n" + paint(s.style, s.title) + "\n\n")
		for _, ch := range c.Changes {
			if ch.Sense != s.sense {
				continue
			}
			name := ch.Area
			if ch.Area == "incident" {
				at := readStamp(ch.Name)
				name += " of " + strings.TrimSpace(at.date+" "+at.clock)
			} else if ch.Name != "" {
				name += " " + ch.Name
			}
			if ch.What != "changed" {
				name += ", " + ch.What
			}
			p.flow("  - ", 4, span{p.style.strong, name}, span{p.style.text, ": " + ch.Text})
		}
	}
	p.rates(c.Events)
	if p.err != nil {
		return fmt.Errorf("writing text: %w", p.err)
	}
	_, err := w.Write(p.Bytes())
	return err
}

func (p *page) rates(list []analyze.Rate) {
	if len(list) == 0 {
		return
	}
	p.heading("EVENTS BY KIND")
	var rows [][]string
	for _, r := range list[:min(len(list), maxRates)] {
		mark := ""
		switch {
		case r.Sense == analyze.Worse:
			mark = "worse"
		case r.Sense == analyze.Better:
			mark = "better"
		case r.Standout:
			mark = "*"
		}
		rows = append(rows, []string{r.Kind, r.Title, number(r.Old), number(r.New), rate(r.OldRate), rate(r.NewRate), mark})
	}
	p.table([]column{{title: "Kind"}, {title: "What", min: 12, keep: 1}, {title: "Old", right: true}, {title: "New", right: true},
		{title: "Old/1000", right: true}, {title: "New/1000", right: true}, {}}, rows,
		func(row, col int) lipgloss.Style {
			switch {
			case col == 1:
				return p.style.dim
			case col == 6 && rows[row][6] == "worse":
				return p.style.bad
			case col == 6 && rows[row][6] == "better":
				return p.style.good
			}
			return p.style.text
		})
	p.line("")
	if more := len(list) - maxRates; more > 0 {
		p.para(2, span{p.style.text, fmt.Sprintf("and %d more kinds; --format json has all.", more)})
	}
	p.para(2, span{p.style.dim, "/1000: in a thousand lines read. Marked is what differs by more than chance; * is neither worse nor better."})
}

// rate has as many digits as tell something.
func rate(r float64) string {
	s := strconv.FormatFloat(r, 'f', 2, 64)
	if r >= 10 {
		s = strconv.FormatFloat(r, 'f', 0, 64)
	}
	return s
}

// WriteComparisonJSON writes it as one object.
func WriteComparisonJSON(w io.Writer, c *analyze.Comparison) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(harmlessComparison(c, func(s string) string { return strings.ToValidUTF8(s, "\uFFFD") })); err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	_, err := w.Write(harmlessJSON(b.Bytes()))
	return err
}

// harmlessComparison is a copy in which every string went through f.
func harmlessComparison(c *analyze.Comparison, f func(string) string) *analyze.Comparison {
	made := new(analyze.Comparison)
	copyText(reflect.ValueOf(made).Elem(), reflect.ValueOf(c).Elem(), f)
	return made
}
