package analyze

import (
	"cmp"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strings"

	"github.com/logsleuth/logsleuth/parser"
)

// A Why is the whole reasoning on one client, also on one that was cleared.
type Why struct {
	Client   Client    `json:"client"`
	Measured []Measure `json:"measured"`
	Kinds    []WhyKind `json:"kinds"`
	Prior    float64   `json:"prior"` // log-odds before any evidence
	Sum      float64   `json:"sum"`   // with the weight of all evidence
	Score    float64   `json:"score"` // as far as it counts
	Odds     float64   `json:"probability"`
	Because  string    `json:"because"` // why that score gives that standing
	Silent   []Silence `json:"silent_rules"`
	Settle   string    `json:"settle"` // what would settle the doubt
	Quotes   []Quote   `json:"quotes"`
}

// A Measure is one thing that was measured of a client, in a sentence.
type Measure struct {
	What  string   `json:"what"`
	Text  string   `json:"text"`
	Lines []string `json:"lines"`
}

// A WhyKind counts a client's events of one kind.
type WhyKind struct {
	Kind  string   `json:"kind"`
	Role  string   `json:"role"`
	Count int64    `json:"count"`
	First string   `json:"first"`
	Last  string   `json:"last"`
	Lines []string `json:"lines"`
}

// A Silence is a rule that looked at a client and has nothing to say, with what
// it measured beside what it needs.
type Silence struct {
	Rule  string `json:"rule"`
	Title string `json:"title"`
	Text  string `json:"text"`
}

// A Quote is a line of a log as it stands there. Facts keep places, not texts, so
// Judge leaves Text to whoever can read the log again: a pipe cannot be.
type Quote struct {
	Line string `json:"line"` // place
	Text string `json:"text,omitempty"`
}

const (
	// maxWhy is how many clients of one network are explained.
	maxWhy = 20
	// maxQuotes is how many lines are quoted of one client.
	maxQuotes = 12
	// fewSilences is how often one rule says why it is silent: once for each trouble.
	fewSilences = 3
	// fewNeighbours is how many of them are named.
	fewNeighbours = 5
)

// noTrouble is why a rule about load is silent on a quiet log.
const noTrouble = "the server was in no trouble, so nobody's load is compared"

// ask marks the clients whose reasoning is asked for: the busiest of a network.
func (c *Case) ask() {
	for _, p := range c.Why {
		var in []*ClientCase
		for _, cc := range c.Everybody {
			if p.Contains(cc.Addr) {
				in = append(in, cc)
			}
		}
		slices.SortStableFunc(in, func(a, b *ClientCase) int { return cmp.Compare(b.weight(), a.weight()) })
		if more := len(in) - maxWhy; more > 0 {
			c.Notes = append(slices.Clip(c.Notes), fmt.Sprintf("Of the %d clients in %s the %d with the most deeds and lines are explained.", len(in), p, maxWhy))
			in = in[:maxWhy]
		}
		for _, cc := range in {
			if !cc.asked {
				cc.asked = true
				c.asked = append(c.asked, cc)
			}
		}
	}
}

// passed is how a rule says why it has nothing against or for a client: at the
// place where it tests its threshold, so that the two cannot differ. Nothing is
// written for clients that nobody asks about.
func (c *Case) passed(cc *ClientCase, format string, args ...any) []Finding {
	if !cc.asked {
		return nil
	}
	return []Finding{{Client: cc.Addr, Passed: true, Evidence: Evidence{Text: fmt.Sprintf(format, args...)}}}
}

// passedByAll says the same of all clients.
func (c *Case) passedByAll(format string, args ...any) (found []Finding) {
	for _, cc := range c.asked {
		found = append(found, c.passed(cc, format, args...)...)
	}
	return found
}

// passedByAbsent says of clients which are not among those of a trouble that they were not there.
func (c *Case) passedByAbsent(t *Trouble, who []*ClientCase) (found []Finding) {
	for _, cc := range c.asked {
		if !slices.Contains(who, cc) {
			found = append(found, c.passed(cc, "no error log names it from %s to %s, around the trouble of %s", clock(t.Start-lead), clock(t.End), clock(t.Start))...)
		}
	}
	return found
}

// passedOffWeb says of clients that access logs do not name that they do not.
func (c *Case) passedOffWeb() (found []Finding) {
	for _, cc := range c.asked {
		if cc.Web == nil {
			found = append(found, c.passed(cc, "no access log names it")...)
		}
	}
	return found
}

// pass notes why a rule is silent.
func (cc *ClientCase) pass(rule Rule, text string) {
	n := 0
	for _, s := range cc.passed {
		if s.Rule == rule.ID {
			n++
		}
	}
	if n < fewSilences {
		cc.passed = append(cc.passed, Silence{Rule: rule.ID, Title: rule.Title, Text: text})
	}
}

// tooLikely says how often chance gives what was measured to one of the clients,
// beside how rare that has to be; both are natural logarithms.
func tooLikely(tail, rare float64) string {
	often := "in nearly every log"
	if n := roughly(math.Exp(-tail)); n >= 2 {
		often = fmt.Sprintf("in one log of %.0f", n)
	}
	return fmt.Sprintf("chance gives that to one of the clients %s, and only from one of %.0f on it says something", often, roughly(math.Exp(-rare)))
}

// roughly keeps one digit, or two of small numbers.
func roughly(n float64) float64 {
	if n < 20 {
		return math.Round(n)
	}
	unit := math.Pow(10, math.Floor(math.Log10(n)))
	return math.Round(n/unit) * unit
}

// why tells the reasoning on those who are asked about, in the order asked.
func (c *Case) why() (list []Why) {
	for _, cc := range c.asked {
		w := Why{
			Client: c.client(cc), Measured: c.measured(cc), Prior: prior, Sum: prior,
			Score: round2(cc.Score), Odds: round2(sigmoid(cc.Score)), Because: cc.because, Silent: []Silence{}, Settle: c.settle(cc),
		}
		for _, e := range cc.Evidence {
			w.Sum += e.Weight
		}
		w.Sum = round2(w.Sum)
		for _, s := range cc.passed {
			if !slices.ContainsFunc(cc.Evidence, func(e Evidence) bool { return e.Rule == s.Rule }) {
				w.Silent = append(w.Silent, s)
			}
		}
		if w.Sum > w.Score {
			w.Because += fmt.Sprintf("; more than %.0f%% is never said of a client, for a log shows only a part", 100*most)
		}
		for _, t := range cc.Kinds.sorted() {
			k := parser.Kinds[t.Kind]
			w.Kinds = append(w.Kinds, WhyKind{Kind: k.Name, Role: k.Role.String(), Count: t.Count, First: c.time(t.First), Last: c.time(t.Last), Lines: c.places(t.Places)})
		}
		w.quote()
		list = append(list, w)
	}
	return list
}

// quote lists the lines that are worth reading: those of the evidence, then the
// first of each kind.
func (w *Why) quote() {
	add := func(lines []string) {
		for _, l := range lines {
			if len(w.Quotes) < maxQuotes && !slices.ContainsFunc(w.Quotes, func(q Quote) bool { return q.Line == l }) {
				w.Quotes = append(w.Quotes, Quote{Line: l})
			}
		}
	}
	for _, e := range w.Client.Evidence {
		add(e.Lines)
	}
	for _, k := range w.Kinds {
		add(k.Lines[:min(len(k.Lines), 1)])
	}
	add(w.Client.Lines)
}

// settle says what would settle the doubt about a client.
func (c *Case) settle(cc *ClientCase) string {
	first, last := cc.seen()
	span := fmt.Sprintf("%s to %s", clock(first), clock(last))
	switch {
	case cc.Standing == Own || cc.Standing == Proxy:
		return "The visitors behind it: mod_remoteip lets Apache log them from now on; for " + span + " only the log of what stands in front knows them."
	case cc.Standing == Attacker || cc.Standing == Suspect:
		return c.client(cc).Settle
	case cc.Web != nil:
		return "Its requests of " + span + " are in access.log: whether they went on at the same pace while the server was well, and what they got with status 200."
	}
	return "access.log of " + span + ": it shows the requests that met no error, how many there were and for what."
}

// measured is all that is known of a client, a sentence each.
func (c *Case) measured(cc *ClientCase) (list []Measure) {
	add := func(what string, lines []string, format string, args ...any) {
		list = append(list, Measure{What: what, Text: fmt.Sprintf(format, args...), Lines: lines})
	}
	first, last := cc.seen()
	lines := fmt.Sprintf("%s of error logs", plural(cc.Events, "line"))
	if cc.Web != nil {
		lines += fmt.Sprintf(" and %s of access logs", plural(cc.Web.Requests, "line"))
	}
	if first != 0 {
		lines += fmt.Sprintf(" in %s", lasting(last-first))
	}
	if n, width := cc.rush(); n > 1 {
		lines += fmt.Sprintf("; at most %d within %s", n, lasting(width))
	}
	add("lines", c.places(cc.firstPlaces()), "%s", lines)
	if cc.Remote > 0 || cc.PortZero > 0 {
		add("frame", nil, "%d lines name it as [remote], %d without a port, so from a header that a proxy set", cc.Remote, cc.PortZero)
	}
	if l := cc.Load(); l.Touches > 0 {
		text := fmt.Sprintf("at least %s and %s within %s", plural(l.Ports, "connection"), plural(l.PIDs, "worker"), lasting(loadWindow))
		if l.At != 0 {
			text += " (at " + clock(l.At+loadWindow) + ")"
		}
		add("at once", nil, "%s; %d different ones in all", text, l.Touches)
	}
	for _, t := range c.Troubles {
		c.measureTrouble(cc, t, add)
	}
	if n := cc.Targets.Len(); n > 0 {
		add("asked for", nil, "%s in vain, %d of a kind that no page links to; %s for secrets", atLeast(n, "different thing"), cc.Probes.Len(), plural(cc.Secrets, "request"))
	}
	if n := cc.Users.Len(); n > 0 {
		add("tried", nil, "%s", atLeast(n, "different user name"))
	}
	if names := texts(cc.Examples); names != "" {
		add("such as", nil, "%s", names)
	}
	add("came from", nil, "%d of its %s of error logs name a page that the request came from", cc.Referred, plural(cc.Events, "line"))
	if cc.Web != nil {
		c.measureWeb(cc.Web, add)
	}
	if origins := c.originsOf(cc.Addr); len(origins) > 0 {
		for _, o := range origins {
			add("code", nil, "%s: %s", times(int(o.of(cc.Addr))), strings.Join(parser.SplitChain(o.Code), " > "))
		}
	}
	if text := c.neighbours(cc); text != "" {
		add("near it", nil, "%s", text)
	}
	return list
}

// measureTrouble sets what a client did in a trouble beside what it did else.
func (c *Case) measureTrouble(cc *ClientCase, t *Trouble, add func(string, []string, string, ...any)) {
	deeds, harms, rest := cc.within(t.Start, t.End)
	allDeeds, allHarms, allRest := cc.within(math.MinInt64, math.MaxInt64)
	what := "trouble"
	from := fmt.Sprintf("from %s to %s: ", clock(t.Start), clock(t.End))
	if deeds+harms+rest == 0 {
		add(what, nil, "%sno line of an error log names it", from)
		return
	}
	text := fmt.Sprintf("%s%d deeds, %d errors served and %d other lines of it, and %d, %d and %d before and after", from, deeds, harms, rest, allDeeds-deeds, allHarms-harms, allRest-rest)
	if t.Harm > 0 {
		text += fmt.Sprintf("; %.0f%% of all %d errors", 100*math.Min(1, float64(harms)/float64(t.Harm)), t.Harm)
	}
	l := loadOf(cc.ClientFacts, t.Start-lead, t.Until)
	text += fmt.Sprintf("; at most %s and %s at once", plural(l.Ports, "connection"), plural(l.PIDs, "worker"))
	served, joined, ended := c.joinWorkers(t)
	if s := served[cc.Addr]; ended > 0 {
		text += fmt.Sprintf("; the last client of %d of %s that ended badly (%d of them could be joined to a client)", s.n, plural(ended, "worker"), joined)
		add(what, c.places(s.lines), "%s", text)
		return
	}
	add(what, c.firstLines(cc, t), "%s", text)
}

func (c *Case) measureWeb(w *WebFacts, add func(string, []string, string, ...any)) {
	var parts []string
	status := w.report().Status
	for _, class := range []string{"2xx", "3xx", "4xx", "5xx", "1xx", "other"} {
		if n := status[class]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d with %s", n, class))
		}
	}
	add("requests", nil, "%s: %s; from %s to %s", plural(w.Requests, "request"), strings.Join(parts, ", "), clock(w.First), clock(w.Last))
	add("browsing", nil, "%d requests named a page that they came from, %d were for what pages embed", w.Referred, w.Embedded)
	if best := busiest(w); best.Count > 0 {
		add("pages", []string{c.place(best.FirstPlace)}, "at most %s within %s, from %s on", plural(best.Count, "page"), lasting(loadWindow), clock(best.First))
	}
	for _, t := range []struct {
		what, doc string
		tally     WebTally
	}{
		{"missing", fmt.Sprintf("requests for %s that were not there or not allowed, %d of a kind that no page links to, such as %s", atLeast(w.Missing.Len(), "thing"), w.Probes.Len(), texts(w.Paths)), w.Misses},
		{"crafted", fmt.Sprintf("requests whose queries only tools for attacks write, or that ask for the names of users, %s", atLeast(w.Crafted.Len(), "different one")), w.Crafts},
		{"logins", "passwords that wp-login.php did not let in", w.Logins},
		{"let in", "passwords that it did", w.Accepted},
		{"xmlrpc", "calls of xmlrpc.php", w.XMLRPC},
		{"unsent", "requests that were begun and never finished (408)", w.Unsent},
		{"failed", "requests that were answered with an error of the server", w.Failed},
		{"planted", "requests that ran a program out of the folder for uploads", w.Planted},
	} {
		if t.tally.Count > 0 {
			add(t.what, c.places(t.tally.Places), "%d %s; one in %s", t.tally.Count, t.doc, lasting(t.tally.pace()))
		}
	}
	if agents := texts(w.Agents); agents != "" {
		add("says it is", nil, "%s", agents)
	}
}

// rush is the most lines of a client in one of the stretches of time that are
// kept apart of it, and how long these are.
func (cf *ClientFacts) rush() (n, width int64) {
	for i := range cf.Slots {
		s := &cf.Slots[i]
		n = max(n, s.Deeds+s.Harms+s.Rest)
	}
	return n, cf.Width
}

func texts(list []Example) string {
	var names []string
	for _, x := range list {
		names = append(names, x.Text)
	}
	return strings.Join(names, ", ")
}

// originsOf are the ways through the code that ran most for a client when something failed.
func (c *Case) originsOf(a netip.Addr) (list []*Origin) {
	for _, o := range c.Components.List {
		if o.of(a) > 0 {
			list = append(list, o)
		}
	}
	slices.SortFunc(list, func(x, y *Origin) int {
		return cmp.Or(cmp.Compare(y.of(a), x.of(a)), cmp.Compare(x.Code, y.Code))
	})
	return list[:min(len(list), fewPlaces)]
}

// nearby is the network that addresses close to one belong to, mostly those of
// one customer: 256 of IPv4, a /64 of IPv6.
func nearby(a netip.Addr) netip.Prefix {
	bits := subscriber
	if a.Is4() {
		bits = neighbourhood
	}
	p, _ := a.WithZone("").Prefix(bits)
	return p
}

// neighbours names other clients of the same network: one person may have a
// whole /64 of IPv6.
func (c *Case) neighbours(cc *ClientCase) string {
	var names []string
	n := 0
	net := nearby(cc.Addr)
	for _, other := range c.Everybody {
		if other == cc || !net.Contains(other.Addr) {
			continue
		}
		if n++; n <= fewNeighbours {
			names = append(names, fmt.Sprintf("%s (%s)", other.Addr, other.Standing))
		}
	}
	if n == 0 {
		return ""
	}
	if n > fewNeighbours {
		names = append(names, fmt.Sprintf("%d more", n-fewNeighbours))
	}
	return fmt.Sprintf("%s of %s: %s", plural(n, "other client"), net, listed(names))
}

// Find counts the clients in a network. Where there are none, near is the client
// of the same /24 or /64 that is nearest to it, invalid where there is none either.
func (f *Facts) Find(p netip.Prefix) (n int, near netip.Addr) {
	for _, cf := range f.Clients.Sorted() {
		if p.Contains(cf.Addr) {
			n++
			continue
		}
		if nearby(p.Addr()).Contains(cf.Addr) && (!near.IsValid() || apart(cf.Addr, p.Addr()) < apart(near, p.Addr())) {
			near = cf.Addr
		}
	}
	return n, near
}

// apart is how far two addresses of the same /64 or /24 are from each other.
func apart(a, b netip.Addr) uint64 {
	x, y := low(a), low(b)
	return max(x, y) - min(x, y)
}

func low(a netip.Addr) (n uint64) {
	b := a.As16()
	for _, octet := range b[8:] {
		n = n<<8 | uint64(octet)
	}
	return n
}
