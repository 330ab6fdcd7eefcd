package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/logsleuth/logsleuth/analyze"
)

const (
	maxDetails = 10 // clients told in full; more than ten culprits are a crowd, and the JSON report has them all
	maxInputs  = 20 // logs listed one by one
	maxShort   = 5  // of lists that only illustrate
	maxPlaces  = 4  // places named for one claim
)

// writeText writes for a person at a terminal: the answer first, what it rests on below.
// Only headings and commands stand at the left edge, so quoted text cannot pass for either.
func writeText(w io.Writer, r *analyze.Result, o Options) error {
	t := text{page: newPage(o), r: eachText(r, plain), top: o.Top}
	for i, a := range r.Advice {
		t.r.Advice[i].Commands, t.r.Advice[i].Undo = a.Commands, a.Undo // made plain line by line
	}
	t.names = shortNames(t.r.Inputs)
	if len(t.r.Why) > 0 { // who asks about one client has seen the rest, or will
		t.why()
		t.inputs()
		return t.send(w)
	}
	t.verdict()
	t.timeline()
	t.incidents()
	t.clients()
	t.allowed()
	t.plugins()
	t.memory()
	t.advice()
	t.blind()
	t.inputs()
	return t.send(w)
}

func (t *text) send(w io.Writer) error {
	if t.err != nil {
		return fmt.Errorf("writing text: %w", t.err)
	}
	if t.ascii {
		_, err := onlyASCII.WriteString(w, t.String())
		return err
	}
	_, err := w.Write(t.Bytes())
	return err
}

type text struct {
	*page
	r     *analyze.Result // every string in it is plain, but commands
	names map[string]string
	top   int

	explained bool // what the marks of evidence mean
}

// causes say in plain words what happened.
var causes = map[analyze.Cause]string{
	analyze.CauseFlood:        "one client, or a few, kept the web server's workers busy",
	analyze.CauseSlow:         "somebody held connections open with requests that never end",
	analyze.CauseDistributed:  "many clients flooded the web server together",
	analyze.CauseCompromise:   "somebody may be running programs on this server",
	analyze.CauseScan:         "somebody searched this server for weak spots",
	analyze.CauseGuessing:     "somebody tried passwords",
	analyze.CauseDatabase:     "the database failed by itself",
	analyze.CauseMemory:       "the machine ran out of memory",
	analyze.CauseCapacity:     "all web server workers were busy, and no client stands out",
	analyze.CausePlugin:       "one plugin or theme failed for everybody",
	analyze.CauseBackend:      "the program behind the web server is down or full",
	analyze.CauseDisk:         "the disk is full or failing",
	analyze.CauseConfig:       "the web server's configuration keeps it from serving",
	analyze.CauseCrash:        "the web server's workers died by themselves",
	analyze.CauseReboot:       "the machine started anew",
	analyze.CauseMaintenance:  "a planned restart",
	analyze.CauseQuiet:        "nothing happened that needs you",
	analyze.CauseUndetermined: "these logs do not show what happened, or why",
}

// headline is the verdict in one line.
func (t *text) headline() {
	v := t.r.Verdict
	style := t.style.doubt.Bold(true)
	switch {
	case v.Attack:
		style = t.style.bad
	case v.Cause == analyze.CauseQuiet || v.Cause == analyze.CauseMaintenance:
		style = t.style.good
	}
	title, means := t.title()
	t.para(0, span{style, title + ": " + means})
}

// title is the cause in a word, and what that means.
func (t *text) title() (title, means string) {
	v := t.r.Verdict
	title = strings.ToUpper(string(v.Cause))
	if v.Confidence < likely && v.Cause != analyze.CauseUndetermined {
		title = "PERHAPS " + title
	}
	return title, inWords(t.r)
}

// inWords says the verdict in plain words, "" for a cause that is not known here. Whose
// flood came from behind a proxy is not told: neither who it was nor how many.
func inWords(r *analyze.Result) string {
	floods := func(in analyze.Incident) bool { return in.Cause == analyze.CauseFlood }
	named := func(in analyze.Incident) bool { return floods(in) && len(in.Clients) > 0 }
	if r.Verdict.Cause == analyze.CauseFlood && slices.ContainsFunc(r.Incidents, floods) && !slices.ContainsFunc(r.Incidents, named) {
		return "somebody behind a proxy kept the web server's workers busy"
	}
	return causes[r.Verdict.Cause]
}

// intent says whether it was on purpose.
func (t *text) intent() string {
	v := t.r.Verdict
	switch {
	case v.Attack && v.Confidence < likely:
		return "It may be an attack; read what speaks against it."
	case v.Attack && !v.Cause.Attack():
		return "That was no attack, but another incident here was."
	case v.Attack:
		return "It looks like an attack."
	case v.Cause == analyze.CauseUndetermined:
		return "These logs do not show whether it was an attack."
	case v.Cause == analyze.CauseQuiet:
		return "No sign of an attack."
	}
	return "It does not look like an attack."
}

func (t *text) verdict() {
	t.headline()
	v := t.r.Verdict
	t.para(2, span{t.style.text, "How sure: "}, span{t.style.strong, sure(v.Confidence)}, span{t.style.text, ". " + t.intent()})
	if v.Summary != "" {
		t.line("")
		t.para(2, span{t.style.text, v.Summary})
	}
	if len(v.Doubts) > 0 {
		t.line("")
		t.line("  " + paint(t.style.doubt, "But:"))
		t.list(t.style.text, v.Doubts)
	}
	if len(t.r.Advice) > 0 && v.Cause != analyze.CauseQuiet {
		t.line("")
		t.para(2, span{t.style.strong, "Do first: "}, span{t.style.text, t.r.Advice[0].Text}, span{t.style.dim, " (how: see WHAT TO DO NOW, below)"})
	}
}

func (t *text) list(style lipgloss.Style, items []string) {
	for _, s := range items {
		t.flow("  - ", 4, span{style, s})
	}
}

// roles mark who made a moment: in words below the table.
var roles = []struct{ role, mark, doc string }{
	{"deed", ">", "done by a client"},
	{"harm", "!", "an error that a visitor met"},
	{"state", "*", "the server itself"},
	{"noise", ".", "everyday noise"},
}

func (t *text) timeline() {
	if len(t.r.Moments) == 0 {
		return
	}
	t.heading("WHAT HAPPENED, IN ORDER")
	if before := t.Len(); t.r.Verdict.Cause != analyze.CauseQuiet {
		if t.chart("", t.r.Timeline, t.r.Incidents); t.Len() > before {
			t.line("")
		}
	}
	var rows [][]string
	var styles []lipgloss.Style
	met := map[string]bool{}
	day := ""
	for _, m := range t.r.Moments {
		at := readStamp(m.Time)
		if at.day() != day {
			day = at.day()
			zone := ""
			if at.zone != "" {
				zone = "(times at UTC " + strings.Replace(at.zone, "Z", "+00:00", 1) + ")"
			}
			rows = append(rows, []string{at.date, "", zone, "", ""})
			styles = append(styles, t.style.strong)
		}
		mark, style := "", t.style.text
		for _, role := range roles {
			if role.role == m.Role {
				mark = role.mark
				met[m.Role] = true
			}
		}
		switch m.Role {
		case "deed":
			style = t.style.bad.UnsetBold()
		case "harm":
			style = t.style.doubt
		}
		what := m.Text
		if what == "" {
			what = m.Kind
		}
		if m.Until != "" && m.Until != m.Time {
			until := readStamp(m.Until)
			if until.clock != at.clock || until.date != at.date {
				what += " (until " + until.after(at) + ")"
			}
		}
		count := ""
		if m.Count > 1 {
			count = number(m.Count) + "x"
		}
		rows = append(rows, []string{at.clock, mark, what, count, t.places(m.Line)})
		styles = append(styles, style)
	}
	t.table([]column{{title: "Time"}, {}, {title: "What", min: 24, wrap: true}, {title: "Count", right: true}, {title: "Where", min: 14}}, rows,
		func(row, col int) lipgloss.Style {
			switch {
			case rows[row][4] == "" && col == 0: // a day
				return t.style.strong
			case col == 0 || col == 4:
				return t.style.dim
			case col == 3:
				return t.style.text
			}
			return styles[row]
		})
	var legend []string
	for _, role := range roles {
		if met[role.role] {
			legend = append(legend, role.mark+" "+role.doc)
		}
	}
	if len(legend) > 0 {
		t.line("")
		t.para(2, span{t.style.dim, strings.Join(legend, "; ")})
	}
}

func (t *text) incidents() {
	for _, in := range t.r.Incidents {
		if len(in.Phases) == 0 && len(in.Evidence) == 0 && len(t.r.Incidents) == 1 {
			continue
		}
		t.heading(fmt.Sprintf("INCIDENT %d: %s, %s", in.ID, in.Cause, sure(in.Confidence)))
		t.para(2, span{t.style.dim, between(in.Start, in.End) + lasted(in.Start, in.End)})
		if in.Summary != t.r.Verdict.Summary {
			t.para(2, span{t.style.text, in.Summary})
		}
		t.chart("\n", in.Timeline, t.r.Incidents)
		var rows [][]string
		for _, ph := range in.Phases {
			what := ph.Text
			if what == "" {
				what = counted(ph.Events, t.r.Titles)
			}
			rows = append(rows, []string{ph.Name, readStamp(ph.Start).clock, readStamp(ph.End).after(readStamp(ph.Start)), what, t.places(ph.Lines[:min(len(ph.Lines), 1)]...)})
		}
		if len(rows) > 0 {
			t.line("")
			t.table([]column{{title: "Phase"}, {title: "From"}, {title: "To"}, {title: "What", min: 26, wrap: true}, {title: "Where", min: 14, keep: 1}}, rows,
				func(_, col int) lipgloss.Style {
					switch col {
					case 0:
						return t.style.strong
					case 3:
						return t.style.text
					}
					return t.style.dim
				})
		}
		if len(in.Evidence) > 0 {
			t.line("")
			t.evidence(in.Evidence)
		}
	}
}

// evidence lists what speaks for, then what speaks against.
func (t *text) evidence(all []analyze.Evidence) {
	for _, side := range []struct {
		title string
		mine  func(float64) bool
		style lipgloss.Style
	}{
		{"What speaks for it", func(w float64) bool { return w >= 0 }, t.style.text},
		{"What speaks against it", func(w float64) bool { return w < 0 }, t.style.doubt},
	} {
		title := side.title
		for _, e := range all {
			if !side.mine(e.Weight) {
				continue
			}
			if title != "" {
				if !t.explained {
					title += " (+ a little, ++ clearly, +++ strongly)"
					t.explained = true
				}
				t.line("  " + title + ":")
				title = ""
			}
			spans := []span{{t.style.text, e.Text}}
			if at := t.places(e.Lines...); at != "" {
				spans = append(spans, span{t.style.dim, " [" + at + "]"})
			}
			t.flow(paint(side.style, fmt.Sprintf("  %4s  ", marks(e.Weight))), 8, spans...)
		}
	}
}

func (t *text) clients() {
	var listed, named []analyze.Client
	shown := map[analyze.Standing]int{}
	for _, c := range t.r.Clients {
		limit := maxDetails
		if c.Standing == analyze.Victim || c.Standing == analyze.Bystander {
			limit = t.top
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
	others := t.others(shown, len(named) > 0)
	if len(listed) == 0 && len(others) == 0 {
		return
	}
	t.heading("WHO")
	if len(listed) > 0 {
		t.clientTable(listed)
		t.line("")
		t.para(2, span{t.style.dim, "In 10 s: the most connections that the log shows of it within ten seconds. There may have been more, and they need not have been open at the same time."})
	}
	if len(listed) > 0 && len(others) > 0 {
		t.line("")
	}
	for _, s := range others {
		t.para(2, span{t.style.text, s})
	}
	for _, c := range named {
		t.client(c)
	}
}

func (t *text) clientTable(clients []analyze.Client) {
	var rows [][]string
	for _, c := range clients {
		var events int64
		for _, n := range c.Events {
			events += n
		}
		rows = append(rows, []string{c.IP, string(c.Standing), percent(c.Confidence), number(events), number(int64(c.Connections)),
			c.Country, network(c), between(c.First, c.Last)})
	}
	t.table([]column{
		{title: "Address"}, {title: "Verdict"}, {title: "Sure", right: true}, {title: "Events", right: true},
		{title: "In 10 s", right: true, keep: 4}, {title: "From", keep: 3}, {title: "Network", min: 12, keep: 2}, {title: "Seen", keep: 1},
	}, rows, func(row, col int) lipgloss.Style {
		switch {
		case col > 1:
			return t.style.text
		case clients[row].Standing == analyze.Attacker:
			return t.style.bad
		case clients[row].Standing == analyze.Suspect:
			return t.style.doubt
		}
		return t.style.text
	})
}

// others says in sentences who is not listed.
func (t *text) others(shown map[analyze.Standing]int, named bool) (said []string) {
	rest := func(s analyze.Standing) int64 { return t.r.Totals.Standings[string(s)] - int64(shown[s]) }
	if n := rest(analyze.Victim); n > 0 {
		other := ""
		if named || shown[analyze.Victim] > 0 {
			other = " other"
		}
		if n == 1 {
			said = append(said, "1"+other+" client met errors; it does not stand out.")
		} else {
			said = append(said, number(n)+other+" clients met errors; none of them stands out.")
		}
	}
	if n := rest(analyze.Bystander); n > 0 {
		said = append(said, plural(n, "client was", "clients were")+" there, and nothing about them stands out.")
	}
	for _, s := range []analyze.Standing{analyze.Attacker, analyze.Suspect, analyze.Proxy, analyze.Crawler, analyze.Own} {
		if n := rest(s); n > 0 {
			said = append(said, fmt.Sprintf("%s more %s not listed here; the JSON report has all.", number(n), s))
		}
	}
	if t.r.Totals.Folded > 0 {
		said = append(said, plural(t.r.Totals.Folded, "client was", "clients were")+" not kept apart, for lack of room.")
	}
	return said
}

func (t *text) client(c analyze.Client) {
	style := t.style.doubt.Bold(true)
	if c.Standing == analyze.Attacker {
		style = t.style.bad
	}
	t.line("")
	t.para(2, span{style, c.IP}, span{t.style.text, ": "}, span{style, string(c.Standing)}, span{t.style.text, ", " + sure(c.Confidence)})
	place := strings.Trim(c.Country+", "+network(c), ", ")
	if place == "" {
		place = "network not known"
	}
	t.para(2, span{t.style.dim, place + "; " + between(c.First, c.Last)})
	t.para(2, span{t.style.dim, t.load(c)})
	t.evidence(c.Evidence)
	if len(c.Techniques) > 0 {
		t.para(2, span{t.style.dim, "Known as (MITRE ATT&CK): " + strings.Join(c.Techniques, ", ")})
	}
	if c.Settle != "" {
		t.para(2, span{t.style.strong, "To be surer: "}, span{t.style.text, c.Settle})
	}
}

// load is what a client's lines were, and how many connections it held.
func (t *text) load(c analyze.Client) string {
	load := counted(c.Events, t.r.Titles)
	if c.Connections > 0 {
		load += fmt.Sprintf("; at least %s", plural(int64(c.Connections), "connection", "connections"))
		if c.Workers > 0 {
			load += " and " + plural(int64(c.Workers), "worker", "workers")
		}
		load += " within ten seconds"
	}
	return load
}

func network(c analyze.Client) string {
	switch {
	case c.ASN == 0:
		return c.Org
	case c.Org == "":
		return fmt.Sprintf("AS%d", c.ASN)
	}
	return fmt.Sprintf("%s (AS%d)", c.Org, c.ASN)
}

// strengths say how the name of a plugin is known.
var strengths = map[string]string{
	"include": "its file was loaded",
	"path":    "its file is named",
	"class":   "its class is named",
	"hook":    "its hook is named",
	"table":   "its database table is named",
}

// allowed tells who was met of those whom the user vouches for.
func (t *text) allowed() {
	if len(t.r.Allowed) == 0 {
		return
	}
	t.heading("WHOM YOU VOUCH FOR")
	for _, a := range t.r.Allowed {
		if len(a.Met) == 0 {
			t.para(2, span{t.style.strong, a.Range}, span{t.style.text, ": nobody of it is in these logs."})
		}
		for _, m := range a.Met {
			said := ", " + plural(m.Lines, "line", "lines") + ": nothing speaks against it."
			if m.Would == analyze.Attacker || m.Would == analyze.Suspect {
				said = fmt.Sprintf(", %s: would have been called %s, for it %s.", plural(m.Lines, "line", "lines"), m.Would, m.Reason)
			}
			t.para(2, span{t.style.strong, m.IP}, span{t.style.text, " (" + a.Range + ")" + said})
		}
	}
}

func (t *text) plugins() {
	if len(t.r.Plugins) == 0 {
		return
	}
	t.heading("WHICH CODE WAS RUNNING")
	var rows [][]string
	for _, p := range t.r.Plugins {
		var events int64
		for _, n := range p.Events {
			events += n
		}
		known, ok := strengths[p.Strength]
		if !ok {
			known = p.Strength
		}
		rows = append(rows, []string{p.Name, p.Type, number(events), number(int64(p.Clients)), known, t.places(p.Lines...)})
	}
	t.table([]column{{title: "Name", min: 16}, {title: "Type"}, {title: "Events", right: true}, {title: "Clients", right: true},
		{title: "Known because", keep: 2}, {title: "Where", min: 14, keep: 1}}, rows,
		func(_, col int) lipgloss.Style {
			switch col {
			case 0:
				return t.style.strong
			case 4, 5:
				return t.style.dim
			}
			return t.style.text
		})
	var top analyze.Chain
	for _, p := range t.r.Plugins {
		for _, c := range p.Chains {
			if c.Events > top.Events {
				top = c
			}
		}
	}
	if len(top.Chain) > 0 {
		title := "The most frequent way to a failing call (" + plural(top.Events, "time", "times")
		if top.Entry != "" {
			title += ", from: " + top.Entry
		}
		t.line("")
		t.para(2, span{t.style.text, title + "):"})
		t.para(4, span{t.style.dim, strings.Join(top.Chain, " > ")})
	}
	if t.r.Verdict.Cause != analyze.CausePlugin {
		t.line("")
		t.para(2, span{t.style.text, "Code that ran when something failed need not be its cause."})
	}
}

func (t *text) memory() {
	m := t.r.Memory
	if m == nil {
		return
	}
	t.heading("MEMORY")
	if m.Text != "" {
		t.para(2, span{t.style.text, m.Text})
		t.line("")
	}
	all := "All memory"
	if m.LimitedBy == "cgroup" {
		all = "All memory of the container"
	}
	var rows [][]string
	row := func(what, value string, known bool) {
		if known {
			rows = append(rows, []string{what, value})
		}
	}
	row(all, size(m.TotalBytes), m.TotalBytes > 0)
	row("All but the web server", size(m.OtherBytes), m.OtherBytes > 0)
	row("One web server worker", size(m.WorkerRSSBytes), m.WorkerRSSBytes > 0)
	row("Workers at the worst moment", number(m.WorkersSeen), m.WorkersSeen > 0)
	row("Workers that fit (MaxRequestWorkers)", number(m.SuggestedWorkers), m.SuggestedWorkers > 0)
	t.pairs(rows)
	if len(m.Programs) > 0 {
		rows = nil
		for _, p := range m.Programs[:min(len(m.Programs), maxShort)] {
			rows = append(rows, []string{p.Name, number(p.Processes), size(p.RSSBytes)})
		}
		t.line("")
		t.table([]column{{title: "Program", min: 12}, {title: "Processes", right: true}, {title: "Memory", right: true}}, rows,
			func(int, int) lipgloss.Style { return t.style.text })
	}
	if len(m.Kills) > 0 {
		t.line("")
		t.para(2, span{t.style.text, "Processes that the kernel ended to free memory:"})
		for _, k := range m.Kills[:min(len(m.Kills), maxShort)] {
			what := fmt.Sprintf("%s %s %s (pid %d, %s)", readStamp(k.Time).day(), readStamp(k.Time).clock, k.Victim, k.PID, size(k.RSSBytes))
			if k.Triggered != "" {
				what += ", when " + k.Triggered + " asked for more"
			}
			t.flow("  - ", 4, span{t.style.text, strings.TrimSpace(what)}, span{t.style.dim, " [" + t.places(k.Line) + "]"})
		}
		if more := len(m.Kills) - maxShort; more > 0 {
			t.line(fmt.Sprintf("  - and %d more", more))
		}
	}
}

// pairs writes what and value under each other, the values right-aligned.
func (t *text) pairs(rows [][]string) {
	var left, right int
	for _, r := range rows {
		left, right = max(left, columns(r[0])), max(right, columns(r[1]))
	}
	for _, r := range rows {
		fill := strings.Repeat(" ", left-columns(r[0])+right-columns(r[1])+2)
		t.line("  " + r[0] + fill + paint(t.style.strong, r[1]))
	}
}

// tools come in this order; what is not named here comes after, by name.
var tools = []string{"nftables", "iptables", "ufw", "fail2ban", "apache", "htaccess"}

func (t *text) advice() {
	if len(t.r.Advice) == 0 {
		return
	}
	t.heading("WHAT TO DO NOW")
	t.para(2, span{t.style.dim, "In this order. logsleuth changes nothing: read a command before you copy it."})
	for i, a := range t.r.Advice {
		n := fmt.Sprintf("  %d. ", i+1)
		t.line("")
		t.flow(paint(t.style.strong, n), len(n), span{t.style.strong, a.Text})
		if a.SideEffects != "" {
			t.para(len(n), span{t.style.doubt, "Side effects: "}, span{t.style.text, a.SideEffects})
		}
		if len(a.Commands) > 1 {
			t.para(len(n), span{t.style.text, "Choose one; each does the same."})
		}
		for _, tool := range inOrder(a.Commands) {
			title := "with " + tool + ":"
			if len(a.Commands) == 1 {
				title = ""
			}
			t.commands(title, a.Commands[tool])
			if undo, ok := a.Undo[tool]; ok {
				t.commands("to undo it:", undo)
			}
		}
		for _, tool := range inOrder(a.Undo) {
			if _, ok := a.Commands[tool]; !ok {
				t.commands("to undo it with "+tool+":", a.Undo[tool])
			}
		}
	}
}

// commands stand at the left edge and unbroken, so that they can be copied, here documents too.
func (t *text) commands(title, commands string) {
	t.line("")
	t.para(5, span{t.style.dim, plain(title)})
	for _, c := range plainLines(commands) {
		t.line(paint(t.style.command, c))
	}
}

func inOrder(m map[string]string) []string {
	keys := slices.Sorted(maps.Keys(m))
	place := func(tool string) int {
		if i := slices.Index(tools, tool); i >= 0 {
			return i
		}
		return len(tools)
	}
	slices.SortStableFunc(keys, func(a, b string) int { return place(a) - place(b) })
	return keys
}

func (t *text) blind() {
	if len(t.r.Blind) == 0 {
		return
	}
	t.heading("WHAT THESE LOGS COULD NOT SHOW")
	t.list(t.style.text, t.r.Blind)
}

func (t *text) inputs() {
	t.heading("HOW IT WAS READ")
	for n, in := range t.r.Inputs {
		if n >= maxInputs && in.Error == "" {
			continue
		}
		t.flow("  ", 4, span{t.style.strong, in.Path}, span{t.style.dim, " " + in.Format})
		if in.Error != "" {
			t.para(4, span{t.style.bad, "NOT READ, or not to its end: "}, span{t.style.text, in.Error})
		}
		switch {
		case in.Lines == 0 && in.Error == "":
			t.para(4, span{t.style.dim, "empty"})
		case in.Lines > 0:
			read := fmt.Sprintf("%s, %s, ", plural(in.Lines, "line", "lines"), plural(in.Events, "event", "events"))
			t.para(4, span{t.style.dim, read + number(in.Unparsed) + " not understood; " + between(in.First, in.Last)})
		}
		if len(in.SHA256) >= 16 {
			t.para(4, span{t.style.dim, "sha256 " + in.SHA256[:16] + "..."})
		}
		for _, s := range in.Samples[:min(len(in.Samples), maxShort)] {
			at := "not understood: " + t.places(s.Line) + ": "
			t.para(4, span{t.style.dim, at + short(s.Text, 2*t.width-len(at))})
		}
	}
	if more := len(t.r.Inputs) - maxInputs; more > 0 {
		t.para(2, span{t.style.text, fmt.Sprintf("and %d more; the JSON report names each with its sha256.", more)})
	}
	if len(t.r.Notes) > 0 {
		t.line("")
		t.list(t.style.text, t.r.Notes)
	}
	t.line("")
	by := strings.TrimSpace(t.r.Tool.Name + " " + t.r.Tool.Version)
	if len(t.r.Tool.Options) > 0 {
		by += " " + strings.Join(t.r.Tool.Options, " ")
	}
	geo := "no geo data"
	if len(t.r.Tool.Geo) > 0 {
		geo = "geo data: " + strings.Join(t.r.Tool.Geo, ", ")
	}
	t.para(2, span{t.style.dim, by + "; " + geo})
}
