package report

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/logsleuth/logsleuth/analyze"
)

//go:embed html
var htmlFiles embed.FS

const (
	htmlRows = 50 // clients in the table of a reader without JavaScript; with it he turns pages of as many
	htmlBars = 8  // countries and networks with a bar of their own
	htmlCode = 20 // ways through a plugin's code
)

// htmlTemplate is parsed when it is first needed: most runs write text.
var htmlTemplate = template.New("page.html").Funcs(template.FuncMap{
	"sure": sure, "percent": percent, "marks": marks, "odds": odds, "number": func(n any) string { return number(whole(n)) },
	"plural":  func(n any, one, many string) string { return plural(whole(n), one, many) },
	"size":    size,
	"between": between, "lasted": lasted, "network": network, "inOrder": inOrder,
	"join": strings.Join,
})

func whole(n any) int64 {
	switch n := n.(type) {
	case int:
		return int64(n)
	case int64:
		return n
	}
	panic(fmt.Sprintf("%T is no whole number", n))
}

// writeHTML writes one file that needs nothing else: a browser shows it without a
// network, and without JavaScript too. A strict Content-Security-Policy stands in it,
// by which only the scripts and styles below run, and nothing is fetched or sent.
// Whatever the log says is text: html/template writes it, and the script puts it on
// the page as text only.
func writeHTML(w io.Writer, r *analyze.Result, _ Options) error {
	h, err := newHTMLPage(r)
	if err != nil {
		return fmt.Errorf("writing HTML: %w", err)
	}
	page, err := htmlTemplate.Clone()
	if err == nil {
		page, err = page.ParseFS(htmlFiles, "html/page.html")
	}
	if err != nil {
		return fmt.Errorf("writing HTML: %w", err)
	}
	var b bytes.Buffer
	if err := page.Execute(&b, h); err != nil {
		return fmt.Errorf("writing HTML: %w", err)
	}
	_, err = w.Write(b.Bytes())
	return err
}

// An htmlPage is what the template reads. Every string of the Result in it is plain.
type htmlPage struct {
	text
	R *analyze.Result

	Policy   string // Content-Security-Policy
	Styles   []template.CSS
	Scripts  []template.JS
	Drawing  template.JS // JSON of the timeline
	Everyone template.JS // JSON of the clients

	Clients []htmlClient
}

func newHTMLPage(r *analyze.Result) (*htmlPage, error) {
	h := &htmlPage{text: text{r: eachText(r, plain)}}
	for i, a := range r.Advice { // their lines stay lines
		h.r.Advice[i].Commands, h.r.Advice[i].Undo = plainCommands(a.Commands), plainCommands(a.Undo)
	}
	h.R = h.r
	h.names = shortNames(h.r.Inputs)

	policy := []string{"default-src 'none'", "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'"}
	allowed := func(what string, names ...string) (texts []string, err error) {
		source := what
		for _, name := range names {
			b, err := htmlFiles.ReadFile("html/" + name)
			if err != nil {
				return nil, err
			}
			texts = append(texts, string(b))
			sum := sha256.Sum256(b)
			source += " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
		}
		policy = append(policy, source)
		return texts, nil
	}
	styles, err := allowed("style-src", "uPlot.min.css", "page.css")
	if err != nil {
		return nil, err
	}
	scripts, err := allowed("script-src", "uPlot.iife.min.js", "page.js")
	if err != nil {
		return nil, err
	}
	for i := range styles {
		h.Styles = append(h.Styles, template.CSS(styles[i]))
		h.Scripts = append(h.Scripts, template.JS(scripts[i]))
	}
	h.Policy = strings.Join(policy, "; ")

	for _, c := range h.r.Clients {
		h.Clients = append(h.Clients, h.tableClient(c))
	}
	if h.Everyone, err = inertJSON(h.Clients); err == nil {
		h.Drawing, err = inertJSON(h.drawing())
	}
	return h, err
}

func plainCommands(m map[string]string) map[string]string {
	made := make(map[string]string, len(m))
	for tool, commands := range m {
		made[plain(tool)] = strings.Join(plainLines(commands), "\n")
	}
	return made
}

// inertJSON is JSON for the inside of a script element: with every <, > and &
// as an escape nothing in it can end the element or begin a comment.
func inertJSON(v any) (template.JS, error) {
	b, err := json.Marshal(v)
	return template.JS(b), err
}

// An htmlClient is a row of the table and what opens below it; names are short,
// for there may be many.
type htmlClient struct {
	IP          string         `json:"ip"`
	Standing    string         `json:"v"`
	Sure        int            `json:"s"`
	Country     string         `json:"c,omitempty"`
	Network     string         `json:"n,omitempty"`
	Events      int64          `json:"e"`
	Connections int            `json:"o"`
	First       string         `json:"f"`
	Seen        string         `json:"t"`
	Counted     string         `json:"k,omitempty"`
	Requests    []string       `json:"r,omitempty"`
	Evidence    []htmlEvidence `json:"ev,omitempty"`
	Techniques  []string       `json:"m,omitempty"`
	Plugins     []string       `json:"p,omitempty"`
	Settle      string         `json:"x,omitempty"`
	Where       string         `json:"l,omitempty"`
}

type htmlEvidence struct {
	Mark  string `json:"w"`
	Rule  string `json:"r"`
	Text  string `json:"t"`
	Where string `json:"l,omitempty"`
}

func (h *htmlPage) tableClient(c analyze.Client) htmlClient {
	row := htmlClient{
		IP: c.IP, Standing: string(c.Standing), Sure: int(math.Min(math.Floor(c.Confidence*100+0.5), 99)), Country: c.Country, Network: network(c),
		Events: total(c.Events), Connections: c.Connections, First: c.First, Seen: between(c.First, c.Last),
		Counted: h.load(c), Requests: requests(c.Requests), Techniques: c.Techniques, Plugins: c.Plugins, Settle: c.Settle, Where: h.places(c.Lines...),
	}
	for _, e := range c.Evidence {
		row.Evidence = append(row.Evidence, htmlEvidence{marks(e.Weight), e.Rule, e.Text, h.places(e.Lines...)})
	}
	return row
}

// requests says what access logs say of a client.
func requests(r *analyze.Requests) (said []string) {
	if r == nil {
		return nil
	}
	var classes []string
	for _, class := range slices.Sorted(maps.Keys(r.Status)) {
		classes = append(classes, class+": "+number(r.Status[class]))
	}
	count := plural(r.Count, "request", "requests") + " in access logs"
	if len(classes) > 0 {
		count += " (" + strings.Join(classes, ", ") + ")"
	}
	said = append(said, count)
	if r.Missing > 0 {
		asked := plural(int64(r.Missing), "address", "different addresses") + " answered with 4xx"
		if len(r.Paths) > 0 {
			asked += ", such as " + strings.Join(r.Paths, ", ")
		}
		said = append(said, asked)
	}
	if r.Logins > 0 {
		said = append(said, plural(r.Logins, "failed login", "failed logins"))
	}
	if r.XMLRPC > 0 {
		said = append(said, plural(r.XMLRPC, "call", "calls")+" of xmlrpc.php")
	}
	if len(r.Agents) > 0 {
		said = append(said, "calls itself "+strings.Join(r.Agents, "; "))
	}
	return said
}

func total(events map[string]int64) (n int64) {
	for _, m := range events {
		n += m
	}
	return n
}

// Named are the clients that are told in full.
func (h *htmlPage) Named() []htmlClient {
	var named []htmlClient
	shown := map[string]int{}
	for _, c := range h.Clients {
		if c.Standing != string(analyze.Attacker) && c.Standing != string(analyze.Suspect) {
			continue
		}
		if shown[c.Standing]++; shown[c.Standing] <= maxDetails {
			named = append(named, c)
		}
	}
	return named
}

// Rows are the clients in the table of a reader without JavaScript.
func (h *htmlPage) Rows() []htmlClient { return h.Clients[:min(len(h.Clients), htmlRows)] }

// For and Against are the two sides of the evidence.
func (c htmlClient) For() []htmlEvidence     { return side(c.Evidence, false) }
func (c htmlClient) Against() []htmlEvidence { return side(c.Evidence, true) }

func side(all []htmlEvidence, against bool) (mine []htmlEvidence) {
	for _, e := range all {
		if strings.HasPrefix(e.Mark, "-") == against {
			mine = append(mine, e)
		}
	}
	return mine
}

// Weighed is evidence of an incident in the shape of a client's.
func (h *htmlPage) Weighed(all []analyze.Evidence) htmlClient {
	return h.tableClient(analyze.Client{Evidence: all})
}

// Unlisted says in sentences who is in the totals and not in the table.
func (h *htmlPage) Unlisted() []string {
	listed := map[analyze.Standing]int{}
	for _, c := range h.r.Clients {
		listed[c.Standing]++
	}
	return h.others(listed, len(h.Named()) > 0)
}

// An htmlBar is a country or a network and how much came from it.
type htmlBar struct {
	Name    string
	Country bool // Name is the code of one
	Clients int
	Events  int64
	Named   int     // attackers and suspects among them
	Width   float64 // percent of the widest
}

// Countries have bars, those with the most events first.
func (h *htmlPage) Countries() []htmlBar {
	return h.bars(func(c htmlClient) string { return c.Country }, true)
}

// Networks have bars in the same order.
func (h *htmlPage) Networks() []htmlBar {
	return h.bars(func(c htmlClient) string { return c.Network }, false)
}

func (h *htmlPage) bars(name func(htmlClient) string, country bool) (bars []htmlBar) {
	at := map[string]*htmlBar{}
	for _, c := range h.Clients {
		n := name(c)
		if at[n] == nil {
			at[n] = &htmlBar{Name: n, Country: country && n != ""}
		}
		b := at[n]
		b.Clients++
		b.Events += c.Events
		if c.Standing == string(analyze.Attacker) || c.Standing == string(analyze.Suspect) {
			b.Named++
		}
	}
	if len(at) == 1 && at[""] != nil {
		return nil
	}
	for _, n := range slices.Sorted(maps.Keys(at)) {
		bars = append(bars, *at[n])
	}
	slices.SortStableFunc(bars, func(a, b htmlBar) int {
		return cmp.Or(cmp.Compare(b.Events, a.Events), cmp.Compare(b.Clients, a.Clients))
	})
	if len(bars) > htmlBars {
		rest := htmlBar{Name: fmt.Sprintf("%s others", number(int64(len(bars)-htmlBars)))}
		for _, b := range bars[htmlBars:] {
			rest.Clients += b.Clients
			rest.Events += b.Events
			rest.Named += b.Named
		}
		bars = append(bars[:htmlBars:htmlBars], rest)
	}
	var most int64 = 1
	for _, b := range bars {
		most = max(most, b.Events)
	}
	for i := range bars {
		if bars[i].Name == "" {
			bars[i].Name = "not known"
		}
		bars[i].Width = max(round1(100*float64(bars[i].Events)/float64(most)), 1)
	}
	return bars
}

func round1(f float64) float64 { return math.Round(f*10) / 10 }

// Tone is what the verdict means for the reader: it chooses a colour and a sign.
func (h *htmlPage) Tone() string {
	switch v := h.r.Verdict; {
	case v.Attack && v.Confidence >= likely:
		return "bad"
	case v.Cause == analyze.CauseQuiet || v.Cause == analyze.CauseMaintenance:
		return "good"
	}
	return "doubt"
}

// Sign stands beside words, for those who do not see the colour.
func (h *htmlPage) Sign() string {
	return map[string]string{"bad": "▲", "good": "✓", "doubt": "◆"}[h.Tone()]
}

// Title is the cause in a word.
func (h *htmlPage) Title() string { title, _ := h.title(); return title }

func (h *htmlPage) Means() string { return inWords(h.r) }

func (h *htmlPage) Intent() string { return h.intent() }

func (h *htmlPage) Where(lines ...string) string   { return h.places(lines...) }
func (h *htmlPage) Wheres(lines []string) string   { return h.places(lines...) }
func (h *htmlPage) Total(m map[string]int64) int64 { return total(m) }

func (h *htmlPage) Counted(m map[string]int64) string { return counted(m, h.r.Titles) }

// signs stand for standings beside their names.
var signs = map[string]string{"attacker": "▲", "suspect": "◆", "victim": "○", "bystander": "·", "proxy": "⇄", "crawler": "⌕", "own": "⌂"}

func (h *htmlPage) StandingSign(s string) string { return signs[s] }

// Standings are those in the table, for its filter.
func (h *htmlPage) Standings() (list []string) {
	for _, c := range h.Clients {
		if !slices.Contains(list, c.Standing) {
			list = append(list, c.Standing)
		}
	}
	slices.Sort(list)
	return list
}

// An htmlMoment is a row of the order of events.
type htmlMoment struct {
	Day, Clock, Role, Sign, Said, What, Count, Where string
}

// roleSigns tell moments of the server, of clients and of visitors apart by shape.
var roleSigns = map[string]string{"deed": "▲", "harm": "◆", "state": "■", "noise": "·"}

// Moments are the order of events.
func (h *htmlPage) Moments() (rows []htmlMoment) {
	day := ""
	for _, m := range h.r.Moments {
		at := readStamp(m.Time)
		row := htmlMoment{Clock: at.clock, Role: m.Role, Sign: roleSigns[m.Role], What: m.Text, Where: h.places(m.Line)}
		if at.day() != day {
			day = at.day()
			row.Day = day
		}
		for _, role := range roles {
			if role.role == m.Role {
				row.Said = role.doc
			}
		}
		if row.What == "" {
			row.What = m.Kind
		}
		if until := readStamp(m.Until); m.Until != "" && (until.clock != at.clock || until.date != at.date) {
			row.What += " (until " + until.after(at) + ")"
		}
		if m.Count > 1 {
			row.Count = number(m.Count) + "×"
		}
		rows = append(rows, row)
	}
	return rows
}

func (h *htmlPage) Known(strength string) string {
	return cmp.Or(strengths[strength], strength)
}

// Chains are the ways through a plugin's code, the most frequent first.
func (h *htmlPage) Chains(p analyze.Plugin) []analyze.Chain {
	return p.Chains[:min(len(p.Chains), htmlCode)]
}

// Clock is the time of a stamp after another.
func (h *htmlPage) Clock(s, earlier string) string {
	if earlier == "" {
		return readStamp(s).clock
	}
	return readStamp(s).after(readStamp(earlier))
}

func (h *htmlPage) Day(s string) string { return readStamp(s).day() }

// Repeat is the command that makes this report again, for a shell.
func (h *htmlPage) Repeat() string {
	words := []string{cmp.Or(h.r.Tool.Name, "logsleuth"), "analyze", "--format=html"}
	words = append(words, h.r.Tool.Options...)
	for _, in := range h.r.Inputs {
		words = append(words, in.Path)
	}
	for i, w := range words {
		if strings.Trim(w, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./_-") != "" || w == "" {
			words[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(words, " ")
}

// Block is a text to be copied; the script gives it a button.
func (h *htmlPage) Block(label, text string) (template.HTML, error) {
	var b strings.Builder
	err := htmlBlock.Execute(&b, map[string]string{"Label": label, "Text": text})
	return template.HTML(b.String()), err
}

var htmlBlock = template.Must(template.New("block").Parse(`<div class="copy"><pre tabindex="0" role="group" aria-label="{{.Label}}"><code>{{.Text}}</code></pre></div>`))

// Called is what a kind of event is in plain words.
func (h *htmlPage) Called(kind string) string { return cmp.Or(h.r.Titles[kind], kind) }

// Embedded tells whether the data about addresses is that of the program.
func (h *htmlPage) Embedded() bool {
	return slices.ContainsFunc(h.r.Tool.Geo, func(g string) bool { return strings.Contains(g, "ip-location-db") })
}

// Licence is that of the library which draws.
func (h *htmlPage) Licence() (string, error) {
	b, err := htmlFiles.ReadFile("html/uPlot.LICENSE")
	return string(b), err
}

// An htmlSource is one whose data is named with a link, as its licence asks.
type htmlSource struct{ Mark, Text, URL string }

var htmlSources = []htmlSource{
	{"DB-IP", "IP Geolocation by DB-IP", "https://db-ip.com"},
	{"RouteViews", "Route Views", "https://www.routeviews.org"},
	{"NRO", "Number Resource Organization", "https://www.nro.net"},
	{"IPtoASN", "IPtoASN", "https://iptoasn.com"},
	{"ip-location-db", "ip-location-db", "https://github.com/sapics/ip-location-db"},
	{"MaxMind", "MaxMind", "https://www.maxmind.com"},
	{"GeoLite2", "GeoLite2 by MaxMind", "https://www.maxmind.com"},
}

// Sources are those of the geo data in this report.
func (h *htmlPage) Sources() (used []htmlSource) {
	for _, s := range htmlSources {
		if slices.ContainsFunc(h.r.Tool.Geo, func(g string) bool { return strings.Contains(g, s.Mark) }) {
			used = append(used, s)
		}
	}
	return used
}

// An htmlMemory is how the memory was taken, in percent of what is drawn.
type htmlMemory struct {
	Other, Workers float64
	Room           float64 // where all memory ends
	WorkersBytes   int64
}

// MemoryBar is nil where the logs do not show enough to draw.
func (h *htmlPage) MemoryBar() *htmlMemory {
	m := h.r.Memory
	if m == nil || m.TotalBytes <= 0 || m.WorkerRSSBytes <= 0 || m.WorkersSeen <= 0 {
		return nil
	}
	workers := m.WorkersSeen * m.WorkerRSSBytes
	all := float64(max(m.TotalBytes, m.OtherBytes+workers)) / 100
	return &htmlMemory{round1(float64(m.OtherBytes) / all), round1(float64(workers) / all), round1(float64(m.TotalBytes) / all), workers}
}
