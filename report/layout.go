package report

import (
	"bytes"
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/pkg/twwidth"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// A page is text being laid out: it knows how wide it is and what its colours mean.
type page struct {
	bytes.Buffer
	width int
	style styles
	ascii bool  // no signs of our own but those of ASCII
	err   error // the first that a table met
}

// styles carry meaning, never alone: the words say the same.
type styles struct {
	text    lipgloss.Style
	heading lipgloss.Style
	strong  lipgloss.Style
	dim     lipgloss.Style // places, and what one reads last
	bad     lipgloss.Style // attackers, attacks
	doubt   lipgloss.Style // suspects, harm, what is not sure
	good    lipgloss.Style // nothing happened
	command lipgloss.Style // to be copied
}

func newPage(o Options) *page {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(termenv.Ascii)
	if o.Color {
		r.SetColorProfile(termenv.ANSI256)
	}
	r.SetHasDarkBackground(o.Dark)
	color := func(light, dark string) lipgloss.Style {
		return r.NewStyle().Foreground(lipgloss.AdaptiveColor{Light: light, Dark: dark})
	}
	if o.Width == 0 {
		o.Width = 80
	}
	return &page{width: max(o.Width, 60), ascii: o.ASCII, style: styles{
		text:    r.NewStyle(),
		heading: color("24", "80").Bold(true),
		strong:  r.NewStyle().Bold(true),
		dim:     color("241", "247"),
		bad:     color("160", "210").Bold(true),
		doubt:   color("130", "221"),
		good:    color("28", "114").Bold(true),
		command: color("54", "183"),
	}}
}

// paint colours one line or less. A plain style leaves the text as it is.
func paint(style lipgloss.Style, s string) string {
	if s == "" {
		return ""
	}
	return style.Render(s)
}

// columns is how wide s stands in a terminal: one measure for running text and
// tables, the same in every locale. lipgloss.Width knows an older Unicode.
func columns(s string) int {
	return twwidth.WidthWithOptions(s, twwidth.Options{})
}

// A span is a piece of running text in one style.
type span struct {
	style lipgloss.Style
	text  string
}

func (p *page) heading(s string) {
	p.WriteString("\n" + paint(p.style.heading, s) + "\n\n")
}

func (p *page) line(s string) {
	p.WriteString(strings.TrimRight(s, " ") + "\n")
}

// para writes running text, every line of it indented.
func (p *page) para(indent int, spans ...span) {
	p.flow(strings.Repeat(" ", indent), indent, spans...)
}

// flow writes running text after first; further lines are indented as much as first is wide.
func (p *page) flow(first string, indent int, spans ...span) {
	line, run, used, glued := first, "", indent, false // run is what the line still lacks of one style
	for _, s := range spans {
		paintRun := func() {
			line += paint(s.style, run)
			run = ""
		}
		newLine := func() {
			paintRun()
			p.line(line)
			line, used = strings.Repeat(" ", indent), indent
		}
		for word := range strings.SplitSeq(s.text, " ") {
			space := ""
			if !glued && used > indent {
				space = " "
			}
			glued = false
			if used+len(space)+columns(word) > p.width && used > indent {
				newLine()
				space = ""
			}
			for rest := ""; word != ""; word = rest {
				word, rest = cut(word, p.width-used-len(space))
				if run == "" {
					line, run = line+space, word // no colour for the space before
				} else {
					run += space + word
				}
				used += len(space) + columns(word)
				if space = ""; rest != "" {
					newLine()
				}
			}
		}
		paintRun()
		glued = !strings.HasSuffix(s.text, " ") // without a space between them spans stay together
	}
	if used > indent {
		p.line(line)
	}
}

// cut splits s where it is width columns wide, after at least one letter; an accent stays with its letter.
func cut(s string, width int) (fits, rest string) {
	if columns(s) <= width {
		return s, ""
	}
	end := 0
	for i, r := range s {
		next := i + len(string(r))
		if end > 0 && columns(s[:next]) > width {
			break
		}
		end = next
	}
	return s[:end], s[end:]
}

// short ends in an ellipsis what is too wide.
func short(s string, width int) string {
	if columns(s) <= width {
		return s
	}
	fits, _ := cut(s, width-1)
	return fits + "…"
}

// wrapped are the lines of s, broken between words where that is possible.
func wrapped(s string, width int) []string {
	q := page{width: width}
	q.para(0, span{text: s})
	return strings.Split(strings.TrimSuffix(q.String(), "\n"), "\n")
}

// Wrap breaks harmless text into indented lines no wider than width, 0 for one
// line. Text that is indented already, as quoted lines are, stays as it is.
func Wrap(s string, indent, width int) []string {
	if width == 0 || strings.HasPrefix(s, " ") {
		return []string{strings.Repeat(" ", indent) + s}
	}
	q := page{width: max(width, indent+20)}
	q.flow(strings.Repeat(" ", indent), indent, span{text: s})
	return strings.Split(strings.TrimSuffix(q.String(), "\n"), "\n")
}

// A column of a table says what may happen to it where room is short.
type column struct {
	title string
	right bool // numbers
	min   int  // it may be shortened to this; 0: never
	wrap  bool // instead of being shortened it takes more lines
	keep  int  // columns go in this order, the lowest first; 0: never
}

const (
	margin = 2 // left of a table
	gap    = 2 // between its columns
)

// table writes rows under cols, within the page's width: it shortens what may be
// shortened, then leaves out what may be left out. Columns without any text are left out anyway.
func (p *page) table(cols []column, rows [][]string, style func(row, col int) lipgloss.Style) {
	widths, order := p.fit(cols, rows)
	config := tablewriter.Config{
		Header: tw.CellConfig{Formatting: tw.CellFormatting{AutoFormat: tw.Off, AutoWrap: tw.WrapNone}},
		Row:    tw.CellConfig{Formatting: tw.CellFormatting{AutoWrap: tw.WrapNone}},
	}
	var header []string
	for n, c := range order {
		align, right := tw.AlignLeft, strings.Repeat(" ", gap)
		if cols[c].right {
			align = tw.AlignRight
		}
		if n == len(order)-1 {
			right = ""
		}
		padding := tw.Padding{Right: right, Overwrite: true}
		for _, part := range []*tw.CellConfig{&config.Header, &config.Row} {
			part.Alignment.PerColumn = append(part.Alignment.PerColumn, align)
			part.Padding.PerColumn = append(part.Padding.PerColumn, padding)
		}
		header = append(header, paint(p.style.dim, short(cols[c].title, widths[c])))
	}
	var drawn bytes.Buffer
	t := tablewriter.NewTable(&drawn,
		tablewriter.WithConfig(config),
		tablewriter.WithTrimSpace(tw.Off),
		tablewriter.WithEastAsian(tw.Off), // as columns measures, whatever the locale
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders: tw.BorderNone,
			Symbols: tw.NewSymbols(tw.StyleLight),
			Settings: tw.Settings{
				Separators: tw.Separators{BetweenColumns: tw.Off, BetweenRows: tw.Off},
				Lines:      tw.Lines{ShowHeaderLine: tw.On},
			},
		})))
	t.Header(header)
	for n, row := range rows {
		var cells []string
		for _, c := range order {
			lines := []string{short(strings.TrimSpace(row[c]), widths[c])}
			if cols[c].wrap {
				lines = wrapped(row[c], widths[c])
			}
			for i := range lines {
				lines[i] = paint(style(n, c), lines[i])
			}
			cells = append(cells, strings.Join(lines, "\n"))
		}
		p.err = cmp.Or(p.err, t.Append(cells))
	}
	p.err = cmp.Or(p.err, t.Render())
	// tablewriter ends each cell's padding with a reset that nothing needs; no cell of ours ends in a space.
	for line := range strings.Lines(strings.ReplaceAll(drawn.String(), " \x1b[0m", " ")) {
		line = strings.TrimRight(line, "\n")
		if strings.Trim(line, "─") == "" {
			line = paint(p.style.dim, line)
		}
		p.line(strings.Repeat(" ", margin) + line)
	}
}

// fit finds how wide each column is and which are shown.
func (p *page) fit(cols []column, rows [][]string) (widths, order []int) {
	natural := make([]int, len(cols))
	for c := range cols {
		for _, row := range rows {
			natural[c] = max(natural[c], columns(row[c]))
		}
		if natural[c] > 0 {
			natural[c] = max(natural[c], columns(cols[c].title))
			order = append(order, c)
		}
	}
	for {
		widths = append([]int(nil), natural...)
		over := margin - gap - p.width
		for _, c := range order {
			over += widths[c] + gap
		}
		for _, c := range order {
			if room := widths[c] - cols[c].min; over > 0 && cols[c].min > 0 && room > 0 {
				widths[c] -= min(over, room)
				over -= min(over, room)
			}
		}
		drop := -1
		for n, c := range order {
			if cols[c].keep > 0 && (drop < 0 || cols[c].keep < cols[order[drop]].keep) {
				drop = n
			}
		}
		if over <= 0 {
			return widths, order
		}
		if drop < 0 { // an address of 39 columns and a name of 40: something must give
			for ; over > 0; over-- {
				widest := slices.MaxFunc(order, func(a, b int) int { return widths[a] - widths[b] })
				widths[widest]--
			}
			return widths, order
		}
		order = append(order[:drop:drop], order[drop+1:]...)
	}
}
