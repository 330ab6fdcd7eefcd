package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/logsleuth/logsleuth/analyze"
)

// why writes the whole reasoning on the clients that were asked about, below the
// verdict on the logs in one line.
func (t *text) why() {
	t.headline()
	for _, w := range t.r.Why {
		t.whyClient(w)
	}
}

func (t *text) whyClient(w analyze.Why) {
	c := w.Client
	t.heading("WHY " + c.IP + ": " + string(c.Standing) + ", " + sure(c.Confidence))
	place := strings.Trim(c.Country+", "+network(c), ", ")
	if place == "" {
		place = "network not known"
	}
	t.para(2, span{t.style.dim, place + "; " + between(c.First, c.Last)})

	t.part("What was measured")
	wide := 0
	for _, m := range w.Measured {
		wide = max(wide, columns(m.What))
	}
	for _, m := range w.Measured {
		first := "    " + m.What + strings.Repeat(" ", wide-columns(m.What)+2)
		t.flow(first, wide+6, t.said(m.Text, m.Lines)...)
	}
	t.whyKinds(w.Kinds)
	t.sum(w)

	if len(w.Silent) > 0 {
		t.part("Rules that looked and have nothing to say")
		for _, s := range w.Silent {
			t.flow("    ", 6, span{t.style.strong, s.Rule}, span{t.style.text, ": " + s.Text})
		}
	}
	if w.Settle != "" {
		t.part("To be surer")
		t.para(4, span{t.style.text, w.Settle})
	}
	t.quotes(w.Quotes)
}

func (t *text) part(title string) {
	t.line("")
	t.line("  " + paint(t.style.strong, title+":"))
}

// said is a sentence with its places.
func (t *text) said(s string, lines []string) []span {
	spans := []span{{t.style.text, s}}
	if at := t.places(lines...); at != "" {
		spans = append(spans, span{t.style.dim, " [" + at + "]"})
	}
	return spans
}

func (t *text) whyKinds(kinds []analyze.WhyKind) {
	if len(kinds) == 0 {
		return
	}
	t.line("")
	var rows [][]string
	for _, k := range kinds {
		title := t.r.Titles[k.Kind]
		if title == "" {
			title = k.Kind
		}
		from := readStamp(k.First)
		rows = append(rows, []string{k.Role, title, number(k.Count), from.clock, readStamp(k.Last).after(from), t.places(k.Lines[:min(len(k.Lines), 1)]...)})
	}
	t.table([]column{{title: "Role"}, {title: "What", min: 20, wrap: true}, {title: "Count", right: true}, {title: "From", keep: 2}, {title: "To", keep: 1}, {title: "Where", min: 14}}, rows,
		func(_, col int) lipgloss.Style {
			if col > 2 {
				return t.style.dim
			}
			return t.style.text
		})
}

// sum writes the evidence as what it is: a sum of log-odds.
func (t *text) sum(w analyze.Why) {
	t.part("The sum, in log-odds that it does harm on purpose")
	item := func(weight float64, style lipgloss.Style, spans ...span) {
		t.flow(paint(style, fmt.Sprintf("    %+6.2f  ", weight)), 12, spans...)
	}
	item(w.Prior, t.style.text, span{t.style.text, fmt.Sprintf("before any evidence: one client in %.0f does", 1+math.Exp(-w.Prior))})
	for _, e := range w.Client.Evidence {
		style := t.style.text
		if e.Weight < 0 {
			style = t.style.doubt
		}
		item(e.Weight, style, append([]span{{t.style.strong, e.Rule}, {t.style.text, " (" + odds(e.Weight) + "): "}}, t.said(e.Text, e.Lines)...)...)
	}
	if len(w.Client.Evidence) == 0 {
		t.para(12, span{t.style.text, "No rule has anything for or against it."})
	}
	t.line("    ------")
	text := percent(w.Odds) + " that it does harm on purpose"
	if w.Sum > w.Score {
		text = fmt.Sprintf("counted as %+.2f: %s", w.Score, text)
	}
	item(w.Sum, t.style.strong, span{t.style.text, text})
	t.para(4, span{t.style.text, "It is called "}, span{t.style.strong, string(w.Client.Standing)}, span{t.style.text, " because " + w.Because + "."})
}

// odds say what a weight does to the odds.
func odds(weight float64) string {
	by := math.Exp(math.Abs(weight))
	n := fmt.Sprintf("%.1f", by)
	if by >= 9.95 {
		n = number(int64(by + 0.5))
	}
	if weight < 0 {
		return "divides the odds by " + n
	}
	return "odds times " + n
}

// quotes shows lines of the logs as they stand there, each at most a few lines long.
func (t *text) quotes(list []analyze.Quote) {
	if len(list) == 0 {
		return
	}
	const rows = 6
	t.part("Lines that this rests on")
	mute := 0
	for _, q := range list {
		if q.Text == "" {
			mute++
			continue
		}
		t.para(4, span{t.style.dim, t.places(q.Line)})
		t.para(6, span{t.style.text, short(q.Text, rows*(t.width-6))})
	}
	if mute > 0 {
		places := make([]string, 0, mute)
		for _, q := range list {
			if q.Text == "" {
				places = append(places, q.Line)
			}
		}
		var all []string
		for len(places) > 0 {
			n := min(len(places), maxPlaces)
			all = append(all, t.places(places[:n]...))
			places = places[n:]
		}
		t.para(4, span{t.style.text, strings.Join(all, ", ")}, span{t.style.dim, " (what was piped cannot be read again; give files to see their lines)"})
	}
}
