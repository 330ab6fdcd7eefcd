package analyze

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

const (
	// partPages is how many pages without what they embed show a program: a single
	// page says nothing about who asked.
	partPages = 5
	// patience is how often nobody loads a page anew that fails; a failing page
	// embeds nothing, so of those a program is known by their number.
	patience = 40
	// manyPrograms is how many such clients make a flood.
	manyPrograms = 20
	// fewPrograms is enough where the workers ran out. Together they ask for manyAsked
	// pages at least.
	fewPrograms = 5
	manyAsked   = 300
	// theirShare is what they ask for together, of all that was asked at the time.
	theirShare = 0.5
	// programsWeight makes each of them a suspect: it did little itself.
	programsWeight = 3.8
	// hammersWeight is for one of them that did not do little, faster than anybody who
	// waits for news or a ticket presses reload for long, which is reloadPace, or though it
	// got nothing but errors.
	hammersWeight = 4.6
	reloadPace    = 2 * second
	// hogPages is the least that one of a few is accused of, and hogShare its part
	// of all that was asked at the time.
	hogPages = 100
	hogShare = 0.1
	// hogPace is the least of its requests for each stretch of time: who is slower than
	// that holds no worker that anybody would miss.
	hogPace = 2 * second
	// hammerPace is the same for one of several that take the workers together: a server
	// that has none free answers each of them late. Screens that show a page anew, and
	// people who press reload, are slower.
	hammerPace = 3 * second
	// usualHammers is how many such another time as long has from which they are nothing
	// new: an import from changing addresses, a service that fills a cache.
	usualHammers = 1.0
	// hogWeight makes a suspect, and hogSaturated an attacker where the workers ran
	// out or memory did, unless it says what it is.
	hogWeight    = 3.8
	hogSaturated = 1.0
)

var ruleDistributed = Rule{
	ID:    "distributed",
	Title: "Clients that behave like programs come when the server fails",
	Finds: "Floods that are spread over many addresses, and steady ones of a few: clients that call themselves browsers, tools or sites that verify a pingback, ask for pages only, never for what pages embed, name no page they came from, and are not there at other times. After the workers ran out once, which Apache does not say again before its next start, also in each later rush of requests.",
	Blind: "Floods by programs that load pages as browsers do, and spread ones by programs that say what they are or that ask for fewer than five pages each. People who press reload, whose browsers keep what pages embed, look alike. Without an access log a crowd and a spread flood look alike.",
	Uses:  []string{"access.request", "workers.exhausted"},
	About: AboutClients,
	Judge: func(c *Case) (found []Finding) {
		if !c.namesReferers() || !c.servesAssets() {
			return c.passedByAll("no access log names the pages that requests came from and shows what pages embed, so it lacks what tells programs from browsers")
		}
		if len(c.Troubles) == 0 {
			return c.passedByAll(noTrouble)
		}
		for i, t := range c.Troubles {
			if i > 0 && t.Start-lead <= c.Troubles[i-1].Until+quiet {
				continue // looked at with the one before
			}
			p := c.programsIn(c.around(i))
			found = append(found, c.programs(t, p)...)
			for _, cc := range c.asked {
				if !slices.ContainsFunc(found, func(f Finding) bool { return f.Client == cc.Addr && f.Trouble == t }) {
					found = append(found, c.passed(cc, "%s like programs and came only in the trouble of %s, with %d of %d requests of those who came then; %d of them that call themselves browsers or tools are needed, with %.0f%% of the requests, and far more than at other times, or one with %d pages and %.0f%% (it asked for %d)",
						behave(len(p.part)), clock(t.Start), p.asked, p.all, manyPrograms, 100*theirShare, hogPages, 100*hogShare, cc.Web.pages())...)
				}
			}
		}
		for _, r := range c.rushes() {
			for _, f := range c.programs(nil, c.programsIn(r.first-minute, r.last+minute)) {
				if !slices.ContainsFunc(found, func(o Finding) bool { return o.Client == f.Client && !o.Passed }) { // a rush may be a trouble too
					found = append(found, f)
				}
			}
		}
		return found
	},
}

// programs accuses those who behave as programs in a trouble, or in a rush where
// there is none: together where they are many, each for itself where they are few.
func (c *Case) programs(t *Trouble, p programs) (found []Finding) {
	crowd := p.posing()
	full := t != nil && t.Saturated != 0
	many := poissonTail(len(crowd.part), p.mean) <= oddsOfChance
	enough := crowd.asked >= manyAsked && (len(crowd.part) >= manyPrograms || len(crowd.part) >= fewPrograms && full)
	if !enough || float64(crowd.asked) < theirShare*float64(p.all) || !many && (crowd.hammers() < fewPrograms || crowd.hammering >= usualHammers) {
		return c.hogs(t, p)
	}
	first, last := p.to, p.from
	for _, cc := range crowd.part {
		first, last = min(first, cc.Web.First), max(last, cc.Web.Last)
	}
	for _, cc := range crowd.part {
		weight := programsWeight
		if many && cc.Web.pages() >= patience && (cc.Web.pace() < reloadPace || cc.Web.Served == 0) && t != nil {
			weight = hammersWeight
		}
		found = append(found, Finding{Client: cc.Addr, Deed: CauseDistributed, Trouble: t, Evidence: Evidence{
			Weight: weight - math.Max(cc.Score, 0), Lines: c.places(cc.firstPlaces()),
			Text: fmt.Sprintf("is one of %d clients that call themselves browsers, tools or sites that verify a pingback, asked for pages and nothing that they embed, named no page they came from, and came only between %s and %s: %d of %d requests of those who came then", len(crowd.part), clock(first), clock(last), crowd.asked, p.all),
		}})
	}
	return found
}

const (
	// rushPages is how many pages a minute make a rush at least, and rushTimes how
	// many times the log's mean.
	rushPages = 60
	rushTimes = 8
)

// rushes are stretches of far more requests than usual, by access logs, after the
// workers ran out once: until its next start Apache does not say so again.
func (c *Case) rushes() (list []span) {
	var latched []span
	for _, t := range c.Troubles {
		if t.of(workersExhausted, scoreboardFull) == 0 { // PHP-FPM says it each time
			continue
		}
		l := span{t.Until + quiet, c.Last}
		for _, e := range c.Journal.Of(serverStart) {
			if e.Time > t.Saturated {
				l.last = min(l.last, e.Time)
			}
		}
		if l.first < l.last {
			latched = append(latched, l)
		}
	}
	if len(latched) == 0 {
		return nil
	}
	minutes, all := make(map[int64]int64), int64(0)
	for _, cc := range c.onWeb() {
		if cc.guard.standing != "" || cc.Web.Pages.Width > minute {
			continue
		}
		for _, s := range cc.Web.Pages.Slots {
			minutes[s.First/minute] += s.Count
			all += s.Count
		}
	}
	least := max(rushPages, rushTimes*all*minute/max(c.Last-c.First, minute))
	for _, m := range slices.Sorted(maps.Keys(minutes)) {
		at := span{m * minute, (m+1)*minute - 1}
		if minutes[m] < least || !slices.ContainsFunc(latched, func(l span) bool { return at.first >= l.first && at.first <= l.last }) {
			continue
		}
		if n := len(list); n > 0 && at.first <= list[n-1].last+quiet {
			list[n-1].last = at.last
			continue
		}
		list = append(list, at)
	}
	return list
}

// programs are the clients of a trouble that behave as programs do.
type programs struct {
	from, to   int64
	part       []*ClientCase
	asked, all int64   // requests of theirs, and of all who were there only then
	mean       float64 // how many of them another such time has
	hammering  float64 // how many of those that hammer another such time has
}

// around is the time of a trouble and of those that follow close upon it: the server
// says only once that its workers ran out.
func (c *Case) around(i int) (from, to int64) {
	from, to = c.Troubles[i].Start-lead, c.Troubles[i].Until+quiet
	for _, t := range c.Troubles[i+1:] {
		if t.Start-lead > to {
			break
		}
		to = t.Until + quiet
	}
	return from, to
}

// programsIn finds them among those who were there only between two times.
func (c *Case) programsIn(from, to int64) (p programs) {
	p.from, p.to, p.mean = from, to, 1
	elsewhere, hammering := 0, 0
	for _, cc := range c.onWeb() {
		w := cc.Web
		inside := w.First >= p.from && w.Last <= p.to
		if inside {
			p.all += w.Requests
		}
		switch {
		case !w.program() || cc.guard.standing != "":
		case !inside:
			elsewhere++
			if cc.hammers() {
				hammering++
			}
		case !stands(cc):
			p.part = append(p.part, cc)
			p.asked += w.Requests
		}
	}
	if rest := float64(c.Last-c.First) - float64(p.to-p.from); rest > 0 {
		p.mean += float64(elsewhere) * float64(p.to-p.from) / rest
		p.hammering = float64(hammering) * float64(p.to-p.from) / rest
	}
	return p
}

// thinly says, where the workers ran out and nobody stands out, how much of what was
// asked came from clients that show nothing of a browser and asked for little each: a
// flood that is spread so thinly cannot be told from the apps and previews of a crowd.
func (c *Case) thinly(t *Trouble) string {
	if !c.namesReferers() || !c.servesAssets() {
		return ""
	}
	p := programs{from: t.Start - lead, to: t.Until + quiet}
	n := 0
	for _, cc := range c.onWeb() {
		w := cc.Web
		if w.First < p.from || w.Last > p.to || cc.guard.standing != "" {
			continue
		}
		p.all += w.Requests
		if w.Embedded == 0 && w.Referred == 0 && w.calls(poses) && w.pages() > w.Data {
			n++
			p.asked += w.Requests
		}
	}
	if n < manyPrograms || float64(p.asked) < theirShare*float64(p.all) {
		return ""
	}
	return fmt.Sprintf("of the %d requests of those who came only then, %d are of %d clients that call themselves browsers or tools, named no page they came from and fetched nothing that pages embed, most of which asked for little: a flood that is spread thinly looks so, and so do mail scanners that open the links of a newsletter, readers whose browsers keep what pages embed, and the previews and apps that a crowd brings", p.all, p.asked, n)
}

// hammers counts those of which each asked for so much, so fast, that chance does not
// bring a few of them together.
func (p *programs) hammers() (n int) {
	for _, cc := range p.part {
		if cc.hammers() {
			n++
		}
	}
	return n
}

func (cc *ClientCase) hammers() bool {
	return cc.Web.pages()-cc.Web.Data >= patience && cc.Web.pace() <= hammerPace
}

// posing are those that call themselves browsers, which fetch what pages embed, or
// tools. An app that loads data, a reader of feeds, a service behave as programs too,
// and say what they are.
func (p *programs) posing() (q programs) {
	q = *p
	q.part, q.asked = nil, 0
	slow := 0
	for _, cc := range p.part {
		if cc.Web.calls(poses) {
			q.part = append(q.part, cc)
			q.asked += cc.Web.Requests
			if cc.Web.pace() >= unhurried {
				slow++
			}
		}
	}
	if 2*slow > len(q.part) { // a page anew twice a minute is what readers of news do
		q.part, q.asked = nil, 0
	}
	return q
}

// toolAgents begin the user agents of libraries and tools, in lower case, where
// nobody took the trouble to say whose program it is.
var toolAgents = []string{"mozilla/", "-", "python", "go-http-client", "curl/", "wget/", "libwww-perl", "java/", "ruby", "php/", "axios/", "node-fetch", "node/", "apachebench/", "scrapy", "aiohttp", "httpx"}

// pingback is what WordPress calls itself when it verifies that a page links to
// another, which it does once: whoever has many sites do so over and over makes them
// flood a third one.
const pingback = "verifying pingback"

func poses(agent string) bool {
	agent = strings.ToLower(agent)
	return strings.Contains(agent, pingback) || slices.ContainsFunc(toolAgents, func(t string) bool { return strings.HasPrefix(agent, t) })
}

// wordPress tells whether a user agent is WordPress's own.
func wordPress(agent string) bool { return strings.HasPrefix(agent, "WordPress/") }

// browser tells whether a user agent is a browser's, or none.
func browser(agent string) bool { return strings.HasPrefix(agent, "Mozilla/") || agent == "-" }

// browserProducts are the products that browsers name in a user agent, in lower case.
// Source: MDN, User-Agent header, and the browsers' own documentation.
var browserProducts = []string{"mozilla", "applewebkit", "gecko", "firefox", "chrome", "chromium", "headlesschrome", "crios", "fxios", "version", "mobile", "safari", "edge", "edg", "edga", "edgios", "opr", "opera", "presto", "samsungbrowser", "vivaldi", "yabrowser", "ucbrowser", "duckduckgo", "ddg", "seamonkey"}

// unnamed tells whether a user agent is a browser's and nothing else, one of a library or
// a tool, or none: an app, a device, a service adds its name, and so does Windows Live
// Writer, which is none. Whoever forges one takes a browser's.
func unnamed(agent string) bool {
	lower := strings.ToLower(agent)
	if !strings.HasPrefix(lower, "mozilla/") {
		return poses(agent)
	}
	depth, plain := 0, strings.Builder{}
	for _, r := range lower { // what stands in brackets is the system, or who a compatible program is
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case depth <= 0:
			plain.WriteRune(r)
		}
	}
	if strings.Contains(lower, "compatible;") && !strings.Contains(lower, "msie ") || strings.Contains(lower, "live writer") || strings.Contains(lower, "http://") || strings.Contains(lower, "https://") {
		return false
	}
	return !slices.ContainsFunc(strings.Fields(plain.String()), func(word string) bool {
		name, _, versioned := strings.Cut(word, "/")
		return versioned && !slices.Contains(browserProducts, name)
	})
}

// calls tells whether a client calls itself so, at least once, or says nothing.
func (w *WebFacts) calls(so func(agent string) bool) bool {
	return len(w.Agents) == 0 || slices.ContainsFunc(w.Agents, func(a Example) bool { return so(a.Text) })
}

// hogs are those of a few programs that each had a large part in what was asked.
func (c *Case) hogs(t *Trouble, p programs) (found []Finding) {
	first, last := c.webSpan()
	for _, cc := range p.part {
		w := cc.Web
		if t == nil && !w.calls(poses) || w.First < first+minute && w.Last > last-minute { // it may be there always
			continue
		}
		n := w.pages() - w.Data
		if n < hogPages || float64(n) < hogShare*float64(p.all) || cc.Web.pace() > hogPace {
			continue
		}
		weight := hogWeight
		if t != nil && w.calls(browser) && (t.Saturated != 0 || t.of(oomKill) > 0) {
			weight += hogSaturated
		}
		found = append(found, Finding{Client: cc.Addr, Deed: CauseFlood, Trouble: t, Evidence: Evidence{
			Weight: weight - math.Max(cc.Score, 0), Lines: c.places(cc.firstPlaces()),
			Text: fmt.Sprintf("asked for %d pages and nothing that they embed, named no page it came from, and was there only from %s to %s: %.0f%% of all requests of those who came then", n, clock(cc.Web.First), clock(cc.Web.Last), 100*float64(n)/float64(p.all)),
		}})
	}
	return found
}

func behave(n int) string {
	if n == 1 {
		return "1 client behaves"
	}
	return plural(n, "client") + " behave"
}

// pages is how many requests were for anything but what pages embed; none where
// there is no access log.
func (w *WebFacts) pages() int64 {
	if w == nil {
		return 0
	}
	return w.Requests - w.Embedded - w.Unsent.Count
}

// pace is the time between two requests on average.
func (w *WebFacts) pace() int64 { return (w.Last - w.First) / max(w.Requests-1, 1) }

// program tells whether a client got pages as no browser does.
func (w *WebFacts) program() bool {
	return (w.Served-w.Got >= partPages || w.pages()-w.Data >= patience) && w.Embedded == 0 && w.Referred == 0
}

// webSpan is the time that the access logs cover.
func (c *Case) webSpan() (first, last int64) {
	for _, cc := range c.onWeb() {
		if first == 0 || cc.Web.First < first {
			first = cc.Web.First
		}
		last = max(last, cc.Web.Last)
	}
	return first, last
}

// namesReferers tells whether the access logs have a column for the page that a
// request came from: where all lack it, it says nothing that one does.
func (c *Case) namesReferers() bool {
	for _, cc := range c.Everybody {
		if cc.Web != nil && cc.Web.Referred > 0 {
			return true
		}
	}
	return false
}
