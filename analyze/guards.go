package analyze

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/logsleuth/logsleuth/parser"
)

// A Service is an operator whose addresses stand for other people, or are
// nobody's enemy.
type Service struct {
	Operator  string
	Purpose   string // cdn, crawler or monitor
	Header    string // in which a CDN names the visitor
	Source    string // what the operator says of its addresses
	Date      string // the day of the data
	Published bool   // the address is in a range that the operator names; else only in its network
	Ranges    []netip.Prefix
}

const purposeCDN = "cdn"

// name is the service for a sentence.
func (s *Service) name() string {
	switch s.Purpose {
	case "crawler":
		return "the crawler " + s.Operator
	case "monitor":
		return "the watcher of uptime " + s.Operator
	}
	return s.Operator
}

// A guard is why an address is not accused, whatever it does: it is the server's
// own, stands for other people, or is nobody's enemy.
type guard struct {
	standing Standing // "": there is none
	text     string
	service  *Service // nil: it is none's
}

// guardWeight outweighs all evidence: whom a guard names, the log cannot accuse.
const guardWeight = -8.0

// guardOf is who an address is by itself, before its behaviour is looked at.
func (c *Case) guardOf(cc *ClientCase) guard {
	a := cc.Addr
	if place, ok := c.own[a]; ok {
		return guard{standing: Own, text: "is an address of this server, as its own log says at " + c.place(place)}
	}
	if a.IsLoopback() && c.Kinds.Count(serverProxied) > 0 {
		return guard{standing: Proxy, text: "is a proxy that runs on this server, for the web server says that one is in front (AH03492)"}
	}
	if a.IsLoopback() {
		return guard{standing: Own, text: "is this server itself, or a proxy that runs on it"}
	}
	if p, ok := within(c.TrustedProxies, a); ok {
		return guard{standing: Proxy, text: fmt.Sprintf("is a proxy, as --trusted-proxy %s says: behind it are visitors whom the log does not name", p)}
	}
	if what := notOfInternet(a); what != "" {
		return guard{standing: Proxy, text: "is not an address of the Internet (" + what + "): it is this server, or a proxy or gateway that stands for its visitors"}
	}
	if c.Services != nil {
		if s, ok := c.Services(a); ok {
			return serviceGuard(s)
		}
	}
	if text := cc.asksItself(); text != "" {
		return guard{standing: Own, text: text}
	}
	return guard{}
}

// crowd finds the one address that owns nearly everything and behaves as many
// browsers do: a proxy that the log takes for its visitors, or an office.
func (c *Case) crowd() {
	all, total := int64(0), int64(0)
	for _, cc := range c.Everybody {
		total += cc.lines()
		if cc.guard.standing == "" {
			all += cc.lines()
		}
	}
	for _, cc := range c.Everybody { // a server asks itself now and then, and is no browser
		if n := cc.lines(); cc.Addr.IsLoopback() && cc.guard.standing == Own && n >= enoughLines && float64(n) >= nearlyAll*float64(total) && cc.looksLikeMany() && cc.visited() {
			cc.guard = guard{standing: Proxy, text: fmt.Sprintf("is a proxy that runs on this server: %d%% of all clients' lines name it, as many visitors leave them", 100*n/total)}
		}
	}
	for _, cc := range c.Everybody {
		if n := cc.lines(); cc.guard.standing == "" && n >= enoughLines && float64(n) >= nearlyAll*float64(all) && cc.browsers() && cc.Web.Last-cc.Web.First >= mixedFor {
			cc.guard = guard{standing: Proxy, text: fmt.Sprintf("has %d%% of all clients' lines and fetches what pages embed under several user agents: it is many people behind one address, a proxy that the log takes for its visitors or an office", 100*n/all)}
		}
	}
}

// visited tells whether visitors are among those behind an address: one calls itself a
// browser, or, in an error log, some came from a page and some from none. What a server
// calls on itself has one habit.
func (cf *ClientFacts) visited() bool {
	if w := cf.Web; w != nil {
		return slices.ContainsFunc(w.Agents, func(a Example) bool { return a.Text != "-" && browser(a.Text) && unnamed(a.Text) })
	}
	return cf.Referred < cf.Events
}

// browsers tells whether a client's requests are those of several browsers: many,
// under several user agents, a good part of them for what pages embed.
func (cf *ClientFacts) browsers() bool {
	w := cf.Web
	return w != nil && w.Requests >= enoughLines && len(w.Agents) >= someBrowsers && float64(w.Embedded) >= mostEmbedded*float64(w.Requests)
}

func serviceGuard(s Service) guard {
	where := "is in the network of " + s.name()
	if s.Published {
		where = fmt.Sprintf("is in the ranges that %s publishes (%s, of %s)", s.Operator, s.Source, s.Date)
	}
	if s.Purpose == purposeCDN {
		return guard{Proxy, where + ", whose servers stand in front of other people's web sites: behind it are visitors whom the log does not name (mod_remoteip would)", &s}
	}
	return guard{Crawler, where + ": it is " + s.name() + ", and blocking it would hurt the site", &s}
}

// within finds the first range that an address is in.
func within(ranges []netip.Prefix, a netip.Addr) (netip.Prefix, bool) {
	i := slices.IndexFunc(ranges, func(p netip.Prefix) bool { return p.Contains(a.WithZone("")) })
	if i < 0 {
		return netip.Prefix{}, false
	}
	return ranges[i], true
}

// reserved are ranges that netip has no word for and that no visitor comes from.
// The ranges for documentation are none of them: whoever writes about a log puts
// them in place of visitors.
var reserved = []struct {
	prefix netip.Prefix
	what   string
}{
	{netip.MustParsePrefix("100.64.0.0/10"), "carrier-grade NAT, RFC 6598"}, // a provider puts many customers behind it
	{netip.MustParsePrefix("0.0.0.0/8"), "this network, RFC 791"},
	{netip.MustParsePrefix("192.0.0.0/24"), "IETF protocols, RFC 6890"},
	{netip.MustParsePrefix("198.18.0.0/15"), "benchmarks, RFC 2544"},
	{netip.MustParsePrefix("240.0.0.0/4"), "reserved, RFC 1112"},
	{netip.MustParsePrefix("64:ff9b::/96"), "NAT64, RFC 6052"}, // a translator stands for its users
	{netip.MustParsePrefix("64:ff9b:1::/48"), "NAT64, RFC 8215"},
	{netip.MustParsePrefix("100::/64"), "discarded, RFC 6666"},
	{netip.MustParsePrefix("fec0::/10"), "site-local, RFC 3879"},
}

// notOfInternet says what an address is that stands for others by its nature.
func notOfInternet(a netip.Addr) string {
	switch {
	case a.IsPrivate():
		return "private"
	case a.IsLoopback():
		return "loopback"
	case a.IsLinkLocalUnicast():
		return "link-local"
	case a.IsUnspecified():
		return "unspecified"
	case a.IsMulticast():
		return "multicast"
	}
	for _, r := range reserved {
		if r.prefix.Contains(a.WithZone("")) {
			return r.what
		}
	}
	return ""
}

// ownAddresses are those that the logs name as this machine's: the one that the
// web server takes for its name, those it was to listen on, and those that the
// machine was given.
func (c *Case) ownAddresses() map[netip.Addr]Place {
	own := make(map[netip.Addr]Place)
	for _, kind := range []*parser.Kind{serverName, serverBind, hostAddress} {
		for _, e := range c.Journal.Of(kind) {
			a, err := netip.ParseAddr(e.Subject)
			if ap, failed := netip.ParseAddrPort(e.Subject); failed == nil {
				a, err = ap.Addr(), nil
			}
			if err != nil || a.IsUnspecified() {
				continue
			}
			a = a.Unmap()
			if known, ok := own[a]; !ok || e.Place.compare(known) < 0 {
				own[a] = e.Place
			}
		}
	}
	return own
}

// asksItself tells that all of a client's requests are of the kind that a server
// sends to itself: WordPress's call of its own cron, Apache's dummy connections.
// Anybody can send these, so no more of them are believed than a server sends.
func (cf *ClientFacts) asksItself() string {
	w := cf.Web
	if w == nil || w.Requests == 0 || w.Itself != w.Requests || !w.unhurried() {
		return ""
	}
	for i := range cf.Slots {
		if cf.Slots[i].Deeds > 0 {
			return ""
		}
	}
	return fmt.Sprintf("sends nothing but what a server sends to itself (%s): WordPress's own cron, or Apache's dummy connections", plural(w.Requests, "request"))
}

// unhurried tells that requests came no faster than a server needs to ask itself
// for anything.
func (w *WebFacts) unhurried() bool {
	if w.Pages.Width == loadWindow {
		return busiest(w).Count <= officePages
	}
	return (w.Last-w.First)/w.Requests >= second
}

// toItself tells whether a request is one that servers send to themselves.
func toItself(a *parser.Access, path []byte) bool {
	switch string(a.Method) {
	case "POST":
		return bytes.HasSuffix(path, []byte("/wp-cron.php")) && bytes.Contains(a.Target, []byte("?doing_wp_cron")) && bytes.HasPrefix(a.UserAgent, []byte("WordPress/"))
	case "OPTIONS":
		return string(a.Target) == "*" && bytes.HasSuffix(a.UserAgent, []byte("(internal dummy connection)"))
	}
	return false
}

// spare keeps an accusation from an address that is guarded or allowed, and keeps
// in mind what would have been said of it.
func (c *Case) spare(cc *ClientCase, said Standing, because string) (Standing, string) {
	if cc.guard.standing != "" {
		score := cc.Score - guardWeight
		switch {
		case !accused(cc):
		case sigmoid(score) >= attackerFrom:
			cc.would = Attacker
		case sigmoid(score) >= suspectFrom:
			cc.would = Suspect
		}
		return cc.guard.standing, "it " + cc.guard.text + "; such an address is never accused, whatever the sum"
	}
	if !cc.allowed.IsValid() || said != Attacker && said != Suspect {
		return said, because
	}
	cc.would = said
	return Bystander, fmt.Sprintf("--allow %s vouches for it, so it is never accused, whatever the sum", cc.allowed)
}

// spared are those of whom something would have been said, the worst first.
func (c *Case) spared() (list []*ClientCase) {
	for _, cc := range c.Everybody {
		if cc.would != "" {
			list = append(list, cc)
		}
	}
	slices.SortStableFunc(list, func(a, b *ClientCase) int {
		switch {
		case a.Score-a.guarded() > b.Score-b.guarded():
			return -1
		case a.Score-a.guarded() < b.Score-b.guarded():
			return 1
		}
		return 0
	})
	return list
}

// guarded is what a guard took from a client's score.
func (cc *ClientCase) guarded() float64 {
	if cc.guard.standing != "" {
		return guardWeight
	}
	return 0
}

// told names a spared client with the worst that speaks against it.
func (c *Case) told(cc *ClientCase) string {
	who := cc.Addr.String()
	switch g := cc.guard; {
	case g.service != nil:
		who += " (" + g.service.name() + ")"
	case g.standing == Own:
		who += " (this server itself)"
	case g.standing == Proxy:
		who += " (a proxy)"
	case cc.allowed.IsValid():
		who += fmt.Sprintf(" (allowed: %s)", cc.allowed)
	}
	worst := Evidence{}
	for _, e := range cc.Evidence {
		if e.Weight > worst.Weight {
			worst = e
		}
	}
	return who + " " + worst.Text
}

// besides tells of load in an incident's trouble by those who are not accused of it.
func (c *Case) besides(in *incident) string {
	var list []string
	for _, cc := range c.spared() {
		if cc.loadIn[in.trouble] && !slices.Contains(in.who, cc) {
			list = append(list, c.told(cc))
		}
	}
	const few = 2
	if n := len(list) - few; n > 0 {
		list = append(list[:few], plural(n, "other")+" did alike")
	}
	if len(list) == 0 {
		return ""
	}
	return " But " + listed(list) + ". That is no reason to block it: others are behind it, or it is known or vouched for."
}

// frontLines counts the lines of proxies, and those of everybody.
func (c *Case) frontLines() (front, all int64, who []*ClientCase) {
	const private = 3 // more addresses of a private network than this are its people
	var inside []*ClientCase
	for _, cc := range c.Everybody {
		n := cc.lines()
		all += n
		switch {
		case cc.Standing != Proxy:
		case cc.guard.service == nil && notOfInternet(cc.Addr) != "":
			inside = append(inside, cc)
		default:
			front += n
			who = append(who, cc)
		}
	}
	if len(inside) <= private {
		for _, cc := range inside {
			front += cc.lines()
			who = append(who, cc)
		}
	}
	return front, all, who
}

// proxied tells whether the log shows proxies in place of nearly all visitors.
func (c *Case) proxied() (who []*ClientCase, share int64, ok bool) {
	front, all, who := c.frontLines()
	if all < enoughLines || float64(front) < nearlyAll*float64(all) && float64(len(who)) < nearlyAll*float64(len(c.Everybody)) {
		return nil, 0, false
	}
	slices.SortStableFunc(who, func(a, b *ClientCase) int { return int(min(max(b.lines()-a.lines(), -1), 1)) })
	return who, 100 * front / all, len(who) > 0
}

// operators names whose proxies these are.
func operators(who []*ClientCase) string {
	var names []string
	for _, cc := range who {
		name := "a proxy at " + cc.Addr.String()
		if cc.guard.standing == "" {
			name = cc.Addr.String() + ", which may be a proxy or an office,"
		}
		if s := cc.guard.service; s != nil {
			name = s.Operator
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	const few = 3
	if n := len(names) - few; n > 0 {
		names = append(names[:few], plural(n, "other"))
	}
	return listed(names)
}

// caution adds to a verdict what has to be known before it is believed.
func (c *Case) caution(v *Verdict, incidents []*incident) {
	told := make(map[*ClientCase]bool)
	for _, in := range incidents {
		if in.through {
			told[in.who[0]] = true
		}
		if in.trouble != nil {
			for _, cc := range c.spared() {
				told[cc] = told[cc] || cc.loadIn[in.trouble]
			}
		}
	}
	const few = 3
	n := 0
	for _, cc := range c.spared() {
		if told[cc] || cc.allowed.IsValid() { // listed by itself
			continue
		}
		if n++; n <= few {
			v.Doubts = append(v.Doubts, "Not accused, and not to be blocked: "+c.told(cc)+".")
		}
	}
	if who, share, ok := c.proxied(); ok {
		v.Summary = fmt.Sprintf("%d%% of the lines name %s in place of the visitors, so nobody behind can be told apart. ", share, operators(who)) + v.Summary
	}
}

// An Allowed is a range that the user vouches for, with those met in it.
type Allowed struct {
	Range string       `json:"range"`
	Met   []AllowedMet `json:"met"`
}

// An AllowedMet is an address of such a range, with what would have been said of it.
type AllowedMet struct {
	IP     string   `json:"ip"`
	Lines  int64    `json:"lines"`            // that name it
	Would  Standing `json:"would"`            // what it would have been called
	Reason string   `json:"reason,omitempty"` // the worst that speaks against it
}

// allowedMet lists what was met of each range that the user vouches for.
func (c *Case) allowedMet() []Allowed {
	list := make([]Allowed, 0, len(c.Allow))
	for _, p := range c.Allow {
		a := Allowed{Range: p.String(), Met: []AllowedMet{}}
		for _, cc := range c.Everybody {
			if cc.allowed != p {
				continue
			}
			m := AllowedMet{IP: cc.Addr.String(), Lines: cc.lines(), Would: cc.Standing}
			if cc.would != "" {
				m.Would = cc.would
				_, m.Reason, _ = strings.Cut(c.told(cc), ") ")
			}
			a.Met = append(a.Met, m)
		}
		slices.SortStableFunc(a.Met, func(x, y AllowedMet) int { return standingRank[x.Would] - standingRank[y.Would] })
		a.Met = a.Met[:min(len(a.Met), max(c.Top, 10))]
		list = append(list, a)
	}
	return list
}
