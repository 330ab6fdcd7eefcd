package report

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/logsleuth/logsleuth/analyze"
)

// A Response is what the user decides about the measures to print.
type Response struct {
	NeverBlock []netip.Prefix
	Undo       bool
	Fresh      bool            // the report was just made of logs: commands that only analyze can make may be kept
	WhatIf     *analyze.WhatIf // what the measures would have done; text only
}

// A Tool is one way to carry measures out. Its script is printed, never run. In
// all of them a line that begins with # is ignored.
type Tool struct {
	Name, Doc string
	shell     bool                                    // the script is for a shell
	use, undo string                                  // how to use what is printed
	pieces    map[string]func(*plan) (do, undo piece) // by the id of the advice
	whole     func(*plan) string                      // in place of the pieces, for what is no script
	back      string                                  // in place of their ways back
}

// A piece is what one measure asks of one tool.
type piece string

// Tools are all there are, besides text.
var Tools = []Tool{nftables, iptables, ufw, fail2ban, apache, htaccess, crowdsec, abuseMail}

// ToolNames are what --as takes.
func ToolNames() []string {
	names := []string{"text"}
	for _, t := range Tools {
		names = append(names, t.Name)
	}
	return names
}

// KnownTool tells whether --as takes a name.
func KnownTool(name string) error {
	names := ToolNames()
	if slices.Contains(names, name) {
		return nil
	}
	last := len(names) - 1
	return fmt.Errorf("no tool is called %q; try %s or %s", name, strings.Join(names[:last], ", "), names[last])
}

// Respond writes the measures of a report as one tool needs them. Nothing in the
// report is trusted, be it fresh or read from a file: addresses are parsed, names
// are looked up or cut to what is harmless, and commands are made anew.
func Respond(w io.Writer, r *analyze.Result, tool string, p Response, o Options) error {
	if tool == "text" {
		return respondText(w, r, p, o)
	}
	if err := KnownTool(tool); err != nil {
		return err
	}
	i := slices.IndexFunc(Tools, func(t Tool) bool { return t.Name == tool })
	_, err := io.WriteString(w, Tools[i].script(newPlan(r, p), p.Undo))
	return err
}

// script is what a tool needs for all measures that it has a part in.
func (t *Tool) script(p *plan, undo bool) string {
	switch {
	case undo && t.back != "":
		return t.back
	case t.whole != nil:
		return t.whole(p)
	}
	var parts []string
	for _, id := range p.order {
		write := t.pieces[id]
		if write == nil {
			continue
		}
		do, back := write(p)
		if undo {
			do = back
		}
		if do != "" {
			parts = append(parts, strings.TrimRight(string(do), "\n"))
		}
	}
	use := t.use
	if undo {
		slices.Reverse(parts)
		use = t.undo
	}
	if len(parts) == 0 {
		use = "Nothing here is for " + t.Name + ": " + p.whyNothing()
	}
	var b strings.Builder
	if t.shell {
		b.WriteString("#!/bin/sh\n")
	}
	for _, text := range append([]string{"logsleuth: measures for " + t.Name + ". Read them before you use them.", use}, p.notes(t.Name)...) {
		b.WriteString(commented(text))
	}
	for _, part := range parts {
		b.WriteString("\n" + part + "\n")
	}
	return b.String()
}

// Carry gives each advice its commands. Advice that no tool knows keeps what it has.
func Carry(r *analyze.Result) {
	p := newPlan(r, Response{})
	for i := range r.Advice {
		a := &r.Advice[i]
		do, undo := p.commands(a.ID)
		if len(do) == 0 && len(a.Commands) > 0 {
			continue
		}
		a.Commands, a.Undo = do, undo
	}
}

// commands are those of one measure, to be copied into a shell.
func (p *plan) commands(id string) (do, undo map[string]string) {
	do, undo = make(map[string]string), make(map[string]string)
	for _, t := range []struct {
		Tool
		wrap, unwrap string
	}{
		{nftables, nftShell, nftShell}, {iptables, rootShell, rootShell}, {ufw, rootShell, rootShell},
		{apache, apacheShell(id), rootShell}, {edge, edgeShell, "%s"}, {host, "%s", "%s"},
	} {
		write := t.pieces[id]
		if write == nil || t.Name == apache.Name && id == "limit" { // modules that are seldom there
			continue
		}
		d, u := write(p)
		if d == "" {
			continue
		}
		name := t.Name
		if slices.Contains([]string{"passwords", "plugin", "theme"}, id) {
			name = "wp-cli"
		}
		do[name] = fmt.Sprintf(t.wrap, strings.TrimRight(string(d), "\n"))
		if u != "" {
			undo[name] = fmt.Sprintf(t.unwrap, strings.TrimRight(string(u), "\n"))
		}
	}
	return do, undo
}

// Commands that give a script to what runs it. The end marks stand in no script.
const (
	nftShell  = "sudo nft -f - <<'LOGSLEUTH'\n%s\nLOGSLEUTH"
	rootShell = "sudo sh <<'LOGSLEUTH'\n%s\nLOGSLEUTH"
	edgeShell = "sudo tee /etc/nginx/conf.d/logsleuth-block.conf >/dev/null <<'LOGSLEUTH'\n%s\nLOGSLEUTH\nsudo nginx -t && sudo systemctl reload nginx"
)

func apacheShell(id string) string {
	how := "reload"
	if id == "workers" {
		how = "restart"
	}
	mod := ""
	if id == "reqtimeout" {
		mod = "sudo a2enmod reqtimeout && "
	}
	return "sudo tee /etc/apache2/conf-available/logsleuth-" + id + ".conf >/dev/null <<'LOGSLEUTH'\n%s\nLOGSLEUTH\n" +
		mod + "sudo a2enconf logsleuth-" + id + " && sudo apachectl configtest && sudo systemctl " + how + " apache2"
}

// A plan is what scripts are made from: the report's measures with everything in
// them checked. Nothing else of a report comes into a script.
type plan struct {
	order   []string // ids of the advice
	block   []target
	look    []target
	exempt  []netip.Prefix
	leftOut []string // who is not blocked and why, in our own words
	limit   int64
	rate    int64
	workers int64
	unit    map[string]string // the database's service, by the advice that asks for it
	slug    map[string]string // the plugin or theme, by the advice on it
	jails   []analyze.Jail
	proxied bool
	crowded bool              // most lines name addresses that stand for others
	spared  []*analyze.Client // those with many connections, or standing for others, who are not named
	result  *analyze.Result
	unsure  bool // it is not known where the user is logged in from
}

// A target is whom a measure names.
type target struct {
	net   netip.Prefix
	lines []string // places, harmless
	who   []*analyze.Client
}

// String is the address alone, or a network with its bits.
func (t target) String() string { return short4(t.net) }

func short4(p netip.Prefix) string {
	if p.IsSingleIP() {
		return p.Addr().String()
	}
	return p.String()
}

const (
	// most bounds what is asked of Apache and of a database, whatever a report says.
	most = 1_000_000
	// maxTargets bounds the addresses that one script names: a list of thousands is no measure.
	maxTargets = 1000
)

func newPlan(r *analyze.Result, o Response) *plan {
	p := &plan{result: r, unit: make(map[string]string), slug: make(map[string]string)}
	p.exempt = append(p.exempt, o.NeverBlock...)
	p.unsure = len(o.NeverBlock) == 0
	clients := make(map[netip.Addr]*analyze.Client)
	var all, standIn, least int64
	for i := range r.Clients {
		c := &r.Clients[i]
		a, ok := address(c.IP)
		if !ok {
			continue
		}
		clients[a] = c
		var events int64
		for _, n := range c.Events {
			events += max(n, 0)
		}
		all += events
		if c.Standing == analyze.Victim || c.Standing == analyze.Bystander {
			least = events
		}
		switch c.Standing {
		case analyze.Proxy, analyze.Crawler, analyze.Own:
			p.exempt = append(p.exempt, netip.PrefixFrom(a, a.BitLen()))
			if c.Standing == analyze.Proxy {
				standIn += events
			}
		}
	}
	// Of those who are not listed the report tells only the number; none is busier
	// than the last that is.
	p.crowded = standIn > 0 && 2*standIn > all+max(r.Totals.Clients-int64(len(r.Clients)), 0)*max(least, 1)
	for _, a := range r.Advice {
		if slices.Contains(p.order, a.ID) {
			continue
		}
		p.proxied = p.proxied || a.Proxied
		switch a.ID {
		case "block":
			p.block = p.targets(a.Targets, clients, analyze.Attacker)
		case "look":
			p.look = p.targets(a.Targets, clients, analyze.Suspect)
		case "limit":
			p.limit, p.rate = between1(a.Number, most), between1(a.Rate, most)
			p.leaveOut(a.Exempt)
		case "workers":
			p.workers = between1(a.Number, most)
		case "protect-database", "packets", "connections", "database":
			if slices.Contains([]string{"mysql", "mysqld", "mariadb"}, a.Subject) {
				p.unit[a.ID] = a.Subject
			}
		case "plugin", "theme":
			if slugOnly.MatchString(a.Subject) {
				p.slug[a.ID] = a.Subject
			}
		case "jail":
			p.leaveOut(a.Exempt)
			for _, asked := range a.Jails {
				for _, j := range analyze.Jails { // the numbers are ours, whatever the report says
					if j.Name == asked.Name && !slices.Contains(p.jails, j) {
						p.jails = append(p.jails, j)
					}
				}
			}
		}
		p.order = append(p.order, a.ID)
	}
	p.exempt = disjoint(p.exempt)
	p.block = p.spare(p.block)
	for i := range r.Clients {
		c := &r.Clients[i]
		if _, ok := address(c.IP); !ok || c.Standing == analyze.Attacker || c.Standing == analyze.Suspect || slices.ContainsFunc(p.spared, func(s *analyze.Client) bool { return s.IP == c.IP }) {
			continue
		}
		if c.Connections >= noteworthy || c.Workers >= noteworthy || c.Standing == analyze.Proxy {
			p.spared = append(p.spared, c)
		}
	}
	slices.SortStableFunc(p.spared, func(a, b *analyze.Client) int { return cmp.Compare(b.Connections, a.Connections) })
	p.spared = p.spared[:min(len(p.spared), maxShort)]
	return p
}

// leaveOut exempts networks that the report names.
func (p *plan) leaveOut(list []string) {
	for _, text := range list {
		if n, err := netip.ParsePrefix(text); err == nil && !wide(n) && len(p.exempt) < maxTargets {
			p.exempt = append(p.exempt, n.Masked())
		}
	}
}

// noteworthy is how many connections at once make a reader ask why an address is
// not blocked: more than one browser opens.
const noteworthy = 7

// whySpared says why an address is not named.
func whySpared(c *analyze.Client) string {
	switch c.Standing {
	case analyze.Proxy:
		return "it is a proxy or gateway, which stands for its visitors"
	case analyze.Own:
		return "it is this server"
	case analyze.Crawler:
		return "it is a search engine's"
	}
	return "nothing that it did accuses it; many people may sit behind one address"
}

var slugOnly = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,79}$`)

// between1 is n where it can be meant, else 0: there is no such measure then.
func between1(n, most int64) int64 {
	if n < 1 || n > most {
		return 0
	}
	return n
}

// address reads an address as a report writes it: without a zone, and IPv4 as IPv4.
func address(text string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(text)
	if err != nil || a.Zone() != "" {
		return netip.Addr{}, false
	}
	return a.Unmap(), true
}

// targets are those that may be named: one address, or an IPv6 /64, of clients
// that the same report takes for what the measure is about.
func (p *plan) targets(list []analyze.Target, clients map[netip.Addr]*analyze.Client, standing analyze.Standing) []target {
	var out []target
	seen := make(map[netip.Prefix]bool)
	names := shortNames(p.result.Inputs)
	for _, from := range list {
		n, err := netip.ParsePrefix(from.Network)
		if err != nil || n != n.Masked() || !n.IsSingleIP() && (n.Addr().Is4() || n.Bits() != 64) || n.Addr().Is4In6() || seen[n] || len(out) == maxTargets {
			continue
		}
		t, others := target{net: n}, 0
		for a, c := range clients {
			switch {
			case !n.Contains(a):
			case c.Standing == standing:
				t.who = append(t.who, c)
			default:
				others++
			}
		}
		if len(t.who) == 0 || others > 0 || !n.IsSingleIP() && len(t.who) < 2 {
			continue
		}
		slices.SortFunc(t.who, func(a, b *analyze.Client) int { return strings.Compare(a.IP, b.IP) })
		for _, text := range from.Lines {
			if colon := strings.LastIndexByte(text, ':'); colon > 0 && names[text[:colon]] != "" {
				text = names[text[:colon]] + text[colon:]
			}
			if s, ok := harmlessPlace(text); ok && len(t.lines) < maxPlaces {
				t.lines = append(t.lines, s)
			}
		}
		seen[n] = true
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b target) int { return a.net.Addr().Compare(b.net.Addr()) })
	return out
}

// spare takes out who must not be blocked, and remembers why.
func (p *plan) spare(list []target) []target {
	return slices.DeleteFunc(list, func(t target) bool {
		why := ""
		a := t.net.Addr()
		switch {
		case a.IsPrivate(), a.IsLoopback(), a.IsLinkLocalUnicast(), a.IsMulticast(), a.IsUnspecified(), shared.Contains(a):
			why = "it is no address of the Internet and stands for others"
		case slices.ContainsFunc(p.exempt, t.net.Overlaps):
			why = "it is a proxy, a crawler, this server, where you are logged in from, or one that you said never to block"
		default:
			return false
		}
		p.leftOut = append(p.leftOut, t.String()+" is left out: "+why+".")
		return true
	})
}

// shared is RFC 6598's range, behind which a provider puts many customers.
var shared = netip.MustParsePrefix("100.64.0.0/10")

// wide tells of a network that is nobody's alone: a report that exempts it would
// undo the measure. No proxy or crawler publishes a wider range than these.
func wide(n netip.Prefix) bool {
	if n.Addr().Is4() {
		return n.Bits() < 10 && !n.Addr().IsPrivate()
	}
	return n.Bits() < 24 && !n.Addr().IsPrivate()
}

// disjoint sorts networks and leaves out those that lie in others: packet filters
// take no overlapping ones.
func disjoint(list []netip.Prefix) []netip.Prefix {
	slices.SortFunc(list, func(a, b netip.Prefix) int {
		return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
	})
	var out []netip.Prefix
	for _, n := range list {
		if len(out) == 0 || !out[len(out)-1].Overlaps(n) {
			out = append(out, n)
		}
	}
	return out
}

// family are the networks of one family.
func family(list []netip.Prefix, v6 bool) (out []netip.Prefix) {
	for _, n := range list {
		if n.Addr().Is6() == v6 {
			out = append(out, n)
		}
	}
	return out
}

// harmlessPlace makes FILE:LINE fit for a comment of any tool: only letters,
// digits and a few signs that none of them reads.
func harmlessPlace(s string) (string, bool) {
	colon := strings.LastIndexByte(s, ':')
	if colon < 1 || !digits.MatchString(s[colon+1:]) {
		return "", false
	}
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._/-", r) {
			return r
		}
		return '_'
	}, s[:colon])
	const longest = 40
	if len(name) > longest {
		name = "..." + name[len(name)-longest:]
	}
	return name + s[colon:], true
}

var digits = regexp.MustCompile(`^[1-9][0-9]{0,11}$`)

// reason is the evidence for a comment: who it is taken for, how surely, and where it stands.
func (t target) reason() string {
	sure := 0.0
	standing := analyze.Attacker
	for _, c := range t.who {
		sure = max(sure, c.Confidence)
		standing = c.Standing
	}
	if math.IsNaN(sure) {
		sure = 0
	}
	text := string(standing) + " " + percent(min(max(sure, 0), 1))
	if n := len(t.who); n > 1 {
		text += fmt.Sprintf(", %d addresses", n)
	}
	if len(t.lines) > 0 {
		text += ", " + strings.Join(t.lines, " ")
	}
	return text
}

// brief is a reason of at most so many bytes, with as many places as fit.
func (t target) brief(longest int) string {
	for n := len(t.lines); ; n-- {
		s := target{net: t.net, lines: t.lines[:n], who: t.who}.reason()
		if len(s) <= longest || n == 0 {
			return s[:min(len(s), longest)]
		}
	}
}

// whyNothing says why no measure is for a tool.
func (p *plan) whyNothing() string {
	switch {
	case p.crowded:
		return "the addresses in these logs are proxies that stand for all visitors, so blocking or limiting one would shut everybody out. First set up mod_remoteip (logsleuth respond --as text), so that the logs name the visitors."
	case len(p.leftOut) > 0:
		return "all who could have been named are left out."
	case p.proxied && (len(p.block) > 0 || p.limit > 0):
		return "a packet filter on this host sees the proxy in front, not the visitors."
	case len(p.look) > 0:
		return "the evidence makes nobody more than a suspect, and suspects are not blocked."
	case len(p.order) == 0:
		return "the report has no measures."
	}
	return "nobody stands accused, or none of the measures is this tool's."
}

// notes are what holds for a script as a whole.
func (p *plan) notes(tool string) []string {
	notes := slices.Clone(p.leftOut)
	if p.unsure && len(p.block) > 0 {
		notes = append(notes, lockedOut)
	}
	packet := slices.Contains([]string{"nftables", "iptables", "ufw", "fail2ban", "crowdsec"}, tool)
	if p.proxied && packet {
		notes = append(notes, behindProxy)
	}
	for _, c := range p.spared {
		if a, ok := address(c.IP); ok {
			notes = append(notes, a.String()+" is not named: "+whySpared(c)+".")
		}
	}
	return notes
}

const lockedOut = "Where you are logged in from is not known here: see that none of the addresses is yours, or give it with --never-block."

const behindProxy = "The log shows that a proxy or load balancer stands in front: this host's packet filter sees only its address, so it cannot work here. Block and limit at the edge (the proxy, the load balancer, the delivery service), or in Apache with mod_remoteip, whose addresses the log shows: logsleuth respond --as apache."

// commented writes text as comments, in lines of a bearable length.
func commented(text string) string {
	const mark = "#"
	var b strings.Builder
	for para := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(para, "    ") { // a command, to be copied
			b.WriteString(mark + para + "\n")
			continue
		}
		line := mark
		for word := range strings.FieldsSeq(para) {
			if len(line)+1+len(word) > 100 && line != mark {
				b.WriteString(line + "\n")
				line = mark
			}
			line += " " + word
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}
