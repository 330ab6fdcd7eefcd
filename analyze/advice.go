package analyze

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/logsleuth/logsleuth/parser"
)

const (
	// leastLimit is a limit of connections that lets through three or four people
	// behind one address, at four to five connections a visit.
	leastLimit = 16
	// visitConnections is what one visit opens, as owners have measured.
	visitConnections = 5
	// leastRate is a limit of new connections a minute that lets through a dozen
	// visits.
	leastRate = 60
	// cronShare is the share of failing calls by WordPress's own scheduler from which
	// it is worth taking off the visitors' requests, and fewCronEvents the least of them.
	cronShare     = 0.25
	fewCronEvents = 5
	// enoughTooLong is how many queries are refused for their length before it is
	// worth a restart of the database: a stray one is some plugin's slip.
	enoughTooLong = 10
)

// AdviceIDs are the ids of all advice there is, in the order in which it is given.
var AdviceIDs = []string{"remoteip", "block", "crawl-rate", "look", "inspect", "passwords", "limit", "reqtimeout", "restart", "workers", "protect-database",
	"swap", "packets", "connections", "database", "backend", "disk", "config", "crash", "capacity", "jail", "xmlrpc", "wp-cron", "plugin", "theme", "component"}

// advise orders the measures that the findings ask for: whom they are about and
// with which numbers. The commands are made of that where a report is written.
func (c *Case) advise(incidents []*incident, r *Result) []Advice {
	list := []Advice{}
	add := func(a Advice) {
		a.Urgency = len(list) + 1
		if a.Commands == nil {
			a.Commands = map[string]string{}
		}
		if a.Undo == nil {
			a.Undo = map[string]string{}
		}
		list = append(list, a)
	}

	var attackers, suspects []netip.Addr
	for _, cc := range c.Everybody {
		switch cc.Standing {
		case Attacker:
			attackers = append(attackers, cc.Addr)
		case Suspect:
			suspects = append(suspects, cc.Addr)
		}
	}
	flood, slow, planted, letIn, databaseKilled, over := false, false, false, false, false, true
	for _, cc := range c.Everybody {
		if !cc.named() {
			continue
		}
		planted = planted || cc.deed == CauseCompromise
		if _, guessed := cc.acts[CauseGuessing]; guessed && cc.letIn() {
			letIn = true
		}
	}
	var broken Plugin
	for _, in := range incidents {
		flood = flood || in.Cause.load() && !in.through
		slow = slow || in.Cause == CauseSlow
		over = over && (!in.Cause.load() || in.gone()+quiet < c.Last)
		if in.trouble != nil {
			for _, k := range c.Journal.Of(oomKill) {
				databaseKilled = databaseKilled || isDatabase(k.Subject) && k.Time >= in.start-lead && k.Time <= in.end
			}
		}
		if in.Cause == CausePlugin && broken.Name == "" {
			broken, _ = c.worstPlugin(in.trouble)
		}
		if p, _, ok := c.failedBefore(in); ok && broken.Name == "" {
			broken = p
		}
	}

	if a, ok := c.remoteIP(); ok {
		add(a)
	}
	if len(attackers) > 0 {
		add(c.block(attackers))
	}
	if a, ok := c.crawlRate(); ok {
		add(a)
	}
	if len(suspects) > 0 {
		add(Advice{
			ID:          "look",
			Text:        fmt.Sprintf("Look at what %s asked for in access.log before you block anybody: the evidence here is not enough.", addrs(suspects)),
			SideEffects: "None.",
			Targets:     c.targets(suspects),
		})
	}
	if planted {
		add(Advice{
			ID:          "inspect",
			Text:        "Look for programs among the uploads before you change anything else, and keep a copy of what you find. If one is no plugin's, the site is to be rebuilt from a backup of before, with new passwords and keys.",
			SideEffects: "None.",
		})
	}
	if letIn {
		add(Advice{
			ID:          "passwords",
			Text:        "Somebody who tried passwords was let in. Unless that was you, end all sessions and give every account that may write a new password.",
			SideEffects: "Everybody has to log in again.",
		})
	}
	fewer := r.Memory != nil && r.Memory.SuggestedWorkers > 0 && r.Memory.SuggestedWorkers < r.Memory.WorkersSeen
	if flood {
		add(c.limit())
	}
	if slow {
		add(Advice{
			ID:          "reqtimeout",
			Text:        "Give a request ten seconds for its header, and longer only while it comes in: who sends nothing loses the connection.",
			SideEffects: "Uploads over very slow lines may break off.",
		})
	}
	if flood && !fewer { // else the change of MaxRequestWorkers restarts it
		add(Advice{
			ID:          "restart",
			Text:        restartText(over),
			SideEffects: "Requests under way are cut off.",
		})
	}
	if m := r.Memory; fewer {
		add(Advice{
			ID:          "workers",
			Text:        workersText(m, flood || len(attackers) > 0),
			Number:      m.SuggestedWorkers,
			SideEffects: "A real crowd waits instead of the server falling over. More memory is the better repair.",
		})
	}
	if databaseKilled {
		add(Advice{
			ID:          "protect-database",
			Text:        "Keep the kernel from choosing the database when memory runs out, and limit what took the memory.",
			Subject:     c.databaseUnit(),
			SideEffects: "Something else is killed next time, most likely a worker of Apache, which hurts one visitor instead of all.",
		})
	}
	if m := r.Memory; m != nil && len(m.Kills) > 0 && m.LimitedBy == "machine" {
		add(Advice{
			ID:          "swap",
			Text:        "See whether the machine has swap, and give it a little where it has none: a peak is then slow instead of deadly. It is no room for more workers.",
			SideEffects: "It takes 1 GB of the disk. A server that works out of swap all the time is slow for everybody.",
		})
	}
	if n := c.Kinds.Count(dbTooBig); n >= enoughTooLong {
		add(Advice{
			ID:          "packets",
			Text:        fmt.Sprintf("Let the database take longer queries (max_allowed_packet): it refused one for its length %s.", times(int(n))),
			Subject:     c.databaseUnit(),
			SideEffects: "The database restarts. A connection that sends such a query takes that much memory.",
		})
	}
	if n := c.Kinds.Count(dbLimit); n > 0 {
		add(Advice{
			ID:          "connections",
			Text:        fmt.Sprintf("Give the database as many connections as Apache has workers, and a few more (max_connections), and let it close idle ones sooner (wait_timeout): %s found all taken.", plural(n, "request")),
			Subject:     c.databaseUnit(),
			SideEffects: "The database restarts, and each connection may take some megabytes: count them with the workers'.",
		})
	}
	for _, x := range causeAdvice {
		if !slices.ContainsFunc(incidents, func(in *incident) bool { return in.Cause == x.cause }) ||
			x.cause == CauseDatabase && databaseKilled || x.cause == CauseCapacity && fewer {
			continue
		}
		a := x.advice
		if a.SideEffects = "The commands only look."; x.cause == CauseDatabase {
			a.Subject = c.databaseUnit()
		}
		add(a)
	}
	if jails := c.jails(); len(jails) > 0 {
		add(Advice{
			ID:          "jail",
			Text:        "Let fail2ban shut out whoever does the same next time: logsleuth respond --as fail2ban prints the filters and jails.",
			SideEffects: jailPrice(jails),
			Jails:       jails,
			Exempt:      networks(c.exempted()),
			Proxied:     c.inFront(),
		})
	}
	if n := c.xmlrpcCalls(); n > 0 {
		add(Advice{
			ID:          "xmlrpc",
			Text:        fmt.Sprintf("Close xmlrpc.php unless you use it: those named here called it %s.", times(int(n))),
			SideEffects: "Jetpack, the WordPress app and pingbacks need it.",
		})
	}
	if cron, all := c.cronCalls(); cron >= fewCronEvents && float64(cron) >= cronShare*float64(all) {
		add(Advice{
			ID:          "wp-cron",
			Text:        fmt.Sprintf("Run WordPress's scheduled work by the system's clock instead of at visits: %d of %d failing calls came from WordPress's own scheduler.", cron, all),
			SideEffects: "Posts planned for a minute appear up to five minutes later.",
		})
	}
	switch name := broken.Name; {
	case name == "":
	case broken.Type == "plugin":
		add(Advice{
			ID:          "plugin",
			Text:        fmt.Sprintf("Update the plugin %s, or switch it off until its author has mended it.", printable(name)),
			Subject:     onlySlug(name),
			SideEffects: "What the plugin does is missing while it is off.",
		})
	case broken.Type == "theme":
		add(Advice{
			ID:          "theme",
			Text:        fmt.Sprintf("Update the theme %s, or mend it where it is your own: an update overwrites what was changed in it.", printable(name)),
			Subject:     onlySlug(name),
			SideEffects: "Another theme in its place makes the site look different.",
		})
	default: // no command updates one of mu-plugins
		add(Advice{
			ID:          "component",
			Text:        fmt.Sprintf("Mend or remove the %s %s.", broken.Type, printable(name)),
			SideEffects: "What it does is missing while it is away.",
		})
	}
	return list
}

// gone is when those whose load an incident was were last seen: what else failed may
// go on after that.
func (in *incident) gone() (last int64) {
	for _, cc := range in.who {
		_, at := cc.seen()
		last = max(last, at)
	}
	return last
}

// causeAdvice is where to look for the reason behind a cause, of which these logs
// show only the effect.
var causeAdvice = []struct {
	cause  Cause
	advice Advice
}{
	{CauseDatabase, Advice{ID: "database", Text: "Read in the database's own log why it failed, before you restart it: a restart hides the reason."}},
	{CauseBackend, Advice{ID: "backend", Text: "Read in PHP-FPM's own log why it did not answer. Where it says that pm.max_children was reached, find the slow pages first, then allow more if the memory holds them."}},
	{CauseDisk, Advice{ID: "disk", Text: "See whether the disk is full, slow or failing. Where it is full, make room and see what filled it: logs that nobody rotates, backups, sessions, uploads."}},
	{CauseConfig, Advice{ID: "config", Text: "Take back the last change: test the configuration, which does not read .htaccess files, look for one of these that was changed lately, and for files that the web server's user may not read."}},
	{CauseCrash, Advice{ID: "crash", Text: "Find the program or extension that crashes, by what the kernel and Apache say, and update it or take back its last change: a worker's crash is its fault, not a visitor's."}},
	{CauseCapacity, Advice{ID: "capacity", Text: "See what the workers wait for, and how much memory one takes, before you raise MaxRequestWorkers: more than fit into the memory make it worse. A page cache needs fewer."}},
}

// restartText says when to restart: a load that is over needs none, unless workers
// still hang.
func restartText(over bool) string {
	if over {
		return "Restart Apache only if it still hangs: the load was over when these logs ended."
	}
	return "Then restart Apache, not before: as long as the connections come, new workers fill up at once."
}

// workersText says how many workers fit, and when to set that.
func workersText(m *MemoryReport, besieged bool) string {
	text := fmt.Sprintf("et MaxRequestWorkers to %d, about what this memory carries (%d workers were running when it ran out), and restart Apache.", m.SuggestedWorkers, m.WorkersSeen)
	if besieged {
		return "Then s" + text + " Not before: as long as the connections come, new workers fill up at once."
	}
	return "S" + text
}

// xmlrpcCalls counts the calls of xmlrpc.php by those who stand accused.
func (c *Case) xmlrpcCalls() (n int64) {
	for _, cc := range c.Everybody {
		if !cc.named() {
			continue
		}
		n += cc.count(wpXMLRPC)
		if cc.Web != nil && cc.Web.XMLRPC.Count >= onlyXMLRPC {
			n += cc.Web.XMLRPC.Count
		}
	}
	return n
}

// cronCalls counts the failing calls that wp-cron.php began, and all that say
// where they began.
func (c *Case) cronCalls() (cron, all int64) {
	for _, o := range c.Components.Sorted() {
		switch parser.EntryOf(parser.SplitChain(o.Code)) {
		case "":
		case "cron":
			cron += o.events()
			fallthrough
		default:
			all += o.events()
		}
	}
	return cron, all
}

// databaseUnit is what systemd calls the database server here.
func (c *Case) databaseUnit() string {
	for _, kind := range []*parser.Kind{unitFailed, unitStart} {
		for _, e := range c.Journal.Of(kind) {
			for _, name := range []string{"mysql", "mysqld", "mariadb"} {
				if e.Subject == name+".service" {
					return name
				}
			}
		}
	}
	for _, e := range c.Journal.Of(oomKill) {
		if e.Subject == "mysqld" {
			return "mysql"
		}
	}
	return "mariadb"
}

// block shuts named addresses out.
func (c *Case) block(who []netip.Addr) Advice {
	slices.SortFunc(who, netip.Addr.Compare)
	a := Advice{
		ID:          "block",
		Text:        fmt.Sprintf("Block %s.", targetNames(c.targets(who))),
		SideEffects: "Whoever else sits behind the same address is locked out too. Addresses change hands: let the block expire.",
		Targets:     c.targets(who),
		Proxied:     c.inFront(),
	}
	if a.Proxied {
		a.Text += " Do it at the proxy or load balancer in front: the log shows that one is there, so a packet filter on this host sees only its address."
	}
	return a
}

// targets are the networks to name: the addresses themselves, and where several
// of them lie in one IPv6 /64, which one customer has, that. A /64 in which the
// log knows anybody else is named by its addresses.
func (c *Case) targets(who []netip.Addr) []Target {
	who = slices.Clone(who)
	slices.SortFunc(who, netip.Addr.Compare)
	named := make(map[netip.Prefix]int)
	for _, a := range who {
		named[network(a)]++
	}
	known := make(map[netip.Prefix]int)
	for _, cc := range c.Everybody {
		known[network(cc.Addr)]++
	}
	var list []Target
	at := make(map[netip.Prefix]int)
	for _, a := range who {
		p := network(a)
		if named[p] < 2 || known[p] > named[p] {
			p = netip.PrefixFrom(a, a.BitLen())
		}
		i, ok := at[p]
		if !ok {
			i = len(list)
			at[p] = i
			list = append(list, Target{Network: p.String(), Clients: []string{}, Lines: []string{}})
		}
		t := &list[i]
		t.Clients = append(t.Clients, a.String())
		if cc := c.byAddr[a]; cc != nil {
			t.Lines = append(t.Lines, c.places(cc.firstPlaces())...)
		}
		t.Lines = t.Lines[:min(len(t.Lines), fewPlaces)]
	}
	return list
}

// network is the part of an address that one customer has.
func network(a netip.Addr) netip.Prefix {
	bits := a.BitLen()
	if a.Is6() {
		bits = subscriber
	}
	p, _ := a.Prefix(bits)
	return p
}

// limit bounds the connections of any one address, with room for the busiest of
// the others.
func (c *Case) limit() Advice {
	busiest, fastest := 0, 0
	for _, cc := range c.Everybody {
		if cc.mostTouches(loadWindow) <= busiest && 2*cc.mostTouches(minute) <= fastest { // most visitors: a connection is at most two
			continue
		}
		if !cc.named() {
			busiest = max(busiest, cc.Load().held())
			fastest = max(fastest, mostWithin(connections(cc.ClientFacts), minute))
		}
	}
	n, rate := max(leastLimit, 2*busiest), max(leastRate, 2*fastest)
	a := Advice{
		ID:          "limit",
		Text:        fmt.Sprintf("Limit every address to %d connections at once and %d new ones a minute, so that the next one cannot do the same.", n, rate),
		SideEffects: fmt.Sprintf("At %d connections a visit only about %d people fit behind one address, such as an office, and %d visits a minute.", visitConnections, n/visitConnections, rate/visitConnections),
		Number:      int64(n),
		Rate:        int64(rate),
		Exempt:      networks(c.exempted()),
		Proxied:     c.inFront(),
	}
	if busiest > 0 {
		a.SideEffects += fmt.Sprintf(" Of the other clients here none opened more than %d within %d seconds that show.", busiest, loadWindow/second)
	}
	if a.Proxied {
		a.Text += " A proxy stands in front, so that is its work: a packet filter on this host would count the proxy as one address."
	}
	if len(a.Exempt) > 0 {
		a.Text += " Proxies, crawlers, offices that access.log shows and the addresses that you allow are left out."
	}
	return a
}

// exempted are the networks that no limit may meet: addresses that stand for many
// or for this server, their operators' ranges, and those that the user vouches for.
func (c *Case) exempted() []netip.Prefix {
	list := c.exempt()
	for _, cc := range c.Everybody {
		office := !cc.named() && cc.browsers() // its people are many
		if cc.Standing == Proxy || cc.Standing == Crawler || cc.Standing == Own || office {
			list = append(list, netip.PrefixFrom(cc.Addr.WithZone(""), cc.Addr.BitLen()))
		}
	}
	return list
}

func networks(list []netip.Prefix) (out []string) {
	for _, n := range list {
		out = append(out, n.String())
	}
	return out
}

// jailPrice says whom else the jails may shut out.
func jailPrice(jails []Jail) string {
	price := "Whoever else does the same as often within ten minutes is shut out for an hour too:"
	for _, x := range []struct{ jails, who string }{
		{JailAuth + JailLogin, " who mistypes a password ten times"},
		{JailScan + JailProbe, " a visitor whose theme calls programs that are gone"},
		{JailXML, " Jetpack and the app, where somebody uses them a lot"},
		{JailSlow, " a large office whose browsers open connections in advance"},
	} {
		if slices.ContainsFunc(jails, func(j Jail) bool { return strings.Contains(x.jails, j.Name) }) {
			price += x.who + ","
		}
	}
	return strings.TrimSuffix(price, ",") + "."
}

// inFront tells whether a proxy stands in front, so that a packet filter on this
// host sees it in place of the clients.
func (c *Case) inFront() bool {
	_, _, proxied := c.proxied()
	return proxied || c.behindProxy()
}

// behindProxy tells whether the addresses in the log came from a header, which
// only a proxy in front sends.
func (c *Case) behindProxy() bool {
	if c.Kinds.Count(serverProxied) > 0 {
		return true
	}
	zero, all := int64(0), int64(0)
	for _, cc := range c.Everybody {
		zero += cc.PortZero
		all += cc.Events
	}
	return all > 0 && 2*zero > all
}

// targetNames writes a few targets for a sentence.
func targetNames(targets []Target) string {
	const few = 5
	var list []string
	for _, t := range targets[:min(len(targets), few)] {
		name := t.Network
		if p, err := netip.ParsePrefix(name); err == nil && p.IsSingleIP() {
			name = p.Addr().String()
		}
		list = append(list, name)
	}
	if n := len(targets) - few; n > 0 {
		list = append(list, plural(n, "other"))
	}
	return listed(list)
}

// addrs writes a few addresses for a sentence. They are parsed addresses, never
// text from a log.
func addrs(who []netip.Addr) string {
	const few = 5
	var list []string
	for _, a := range who[:min(len(who), few)] {
		list = append(list, a.String())
	}
	if n := len(who) - few; n > 0 {
		list = append(list, plural(n, "other"))
	}
	return listed(list)
}

// slug keeps of a plugin's name what may stand in a command. WordPress's own
// slugs hold nothing else.
func slug(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.' {
			return r
		}
		return '_'
	}, strings.TrimLeft(name, "-."))
}

// onlySlug is a name that may stand in a command as it is, else nothing: a command
// on what is left of another name would change another plugin.
func onlySlug(name string) string {
	if slug(name) != name {
		return ""
	}
	return name
}

// printable shortens a name from a log for a sentence.
func printable(name string) string {
	const longest = 60
	if len(name) > longest {
		return slug(name[:longest])
	}
	return slug(name)
}
