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
	// blockFor is how long a block lasts where the tool has an expiry: an address
	// changes hands.
	blockFor = "1d"
)

// AdviceIDs are the ids of all advice there is, in the order in which it is given.
var AdviceIDs = []string{"remoteip", "block", "crawl-rate", "look", "inspect", "passwords", "limit", "reqtimeout", "restart", "workers", "protect-database", "plugin"}

// advise orders the measures that the findings ask for. Nothing is carried out.
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
	flood, slow, planted, letIn, databaseKilled := false, false, false, false, false
	for _, cc := range c.Everybody {
		if cc.Standing != Attacker && cc.Standing != Suspect {
			continue
		}
		planted = planted || cc.deed == CauseCompromise
		letIn = letIn || cc.deed == CauseGuessing && cc.Web != nil && cc.Web.Accepted.Count > 0 && cc.Web.Accepted.Last > cc.Web.Logins.First
	}
	var plugin string
	for _, in := range incidents {
		flood = flood || in.Cause.load()
		slow = slow || in.Cause == CauseSlow
		if in.trouble != nil {
			for _, k := range c.Journal.Of(oomKill) {
				databaseKilled = databaseKilled || isDatabase(k.Subject) && k.Time >= in.start-lead && k.Time <= in.end
			}
		}
		if in.Cause == CausePlugin && plugin == "" {
			worst, _ := c.worstPlugin(in.trouble)
			plugin = worst.Name
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
			Commands:    map[string]string{"shell": c.grepFor(suspects)},
		})
	}
	if planted {
		add(Advice{
			ID:          "inspect",
			Text:        "Look for programs among the uploads before you change anything else, and keep a copy of what you find. If one is no plugin's, the site is to be rebuilt from a backup of before, with new passwords and keys.",
			Commands:    map[string]string{"shell": `sudo find /var/www -path '*/wp-content/uploads/*' -name '*.ph*' ! -name index.php -exec ls -l --time-style=full-iso {} +`},
			SideEffects: "None.",
		})
	}
	if letIn {
		add(Advice{
			ID:          "passwords",
			Text:        "Somebody who tried passwords was let in. Unless that was you, end all sessions and give every account that may write a new password.",
			Commands:    map[string]string{"wp-cli": "wp user list --role=administrator\nwp config shuffle-salts"},
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
			Commands:    map[string]string{"apache": "sudo tee /etc/apache2/conf-available/logsleuth-reqtimeout.conf >/dev/null <<'EOF'\n<IfModule mod_reqtimeout.c>\n    RequestReadTimeout header=10-20,MinRate=500 body=10,MinRate=500\n</IfModule>\nEOF\nsudo a2enmod reqtimeout && sudo a2enconf logsleuth-reqtimeout && sudo apachectl configtest && sudo systemctl reload apache2"},
			Undo:        map[string]string{"apache": "sudo a2disconf logsleuth-reqtimeout && sudo systemctl reload apache2"},
			SideEffects: "Uploads over very slow lines may break off.",
		})
	}
	if flood && !fewer { // else the change of MaxRequestWorkers restarts it
		add(Advice{
			ID:          "restart",
			Text:        "Then restart Apache, not before: as long as the connections come, new workers fill up at once.",
			Commands:    map[string]string{"shell": "sudo systemctl restart apache2"},
			SideEffects: "Requests under way are cut off.",
		})
	}
	if m := r.Memory; fewer {
		add(Advice{
			ID: "workers",
			Text: fmt.Sprintf("Then set MaxRequestWorkers to %d, about what this memory carries (%d workers were running when it ran out), and restart Apache. Not before: as long as the connections come, new workers fill up at once.",
				m.SuggestedWorkers, m.WorkersSeen),
			Commands: map[string]string{"apache": fmt.Sprintf(
				"sudo tee /etc/apache2/conf-available/logsleuth-workers.conf >/dev/null <<'EOF'\n<IfModule mpm_prefork_module>\n    MaxRequestWorkers %d\n</IfModule>\nEOF\nsudo a2enconf logsleuth-workers && sudo apachectl configtest && sudo systemctl restart apache2", m.SuggestedWorkers)},
			Undo:        map[string]string{"apache": "sudo a2disconf logsleuth-workers && sudo systemctl restart apache2"},
			SideEffects: "A real crowd waits instead of the server falling over. More memory is the better repair.",
		})
	}
	if databaseKilled {
		unit := c.databaseUnit()
		dropIn := "/etc/systemd/system/" + unit + ".service.d"
		add(Advice{
			ID:          "protect-database",
			Text:        "Keep the kernel from choosing the database when memory runs out, and limit what took the memory.",
			Commands:    map[string]string{"shell": fmt.Sprintf("sudo mkdir -p %[1]s && sudo tee %[1]s/logsleuth.conf >/dev/null <<'EOF'\n[Service]\nOOMScoreAdjust=-600\nEOF\nsudo systemctl daemon-reload && sudo systemctl restart %[2]s", dropIn, unit)},
			Undo:        map[string]string{"shell": fmt.Sprintf("sudo rm -f %s/logsleuth.conf && sudo systemctl daemon-reload && sudo systemctl restart %s", dropIn, unit)},
			SideEffects: "Something else is killed next time, most likely a worker of Apache, which hurts one visitor instead of all.",
		})
	}
	if plugin != "" {
		add(Advice{
			ID:          "plugin",
			Text:        fmt.Sprintf("Update the plugin %s, or switch it off until its author has mended it.", printable(plugin)),
			Commands:    map[string]string{"wp-cli": "wp plugin update " + slug(plugin)},
			SideEffects: "What the plugin does is missing while it is off.",
		})
	}
	return list
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
		Text:        fmt.Sprintf("Block %s.", addrs(who)),
		SideEffects: "Whoever else sits behind the same address is locked out too. Addresses change hands: let the block expire.",
		Commands:    make(map[string]string),
		Undo:        make(map[string]string),
	}
	a.Commands["apache"], a.Undo["apache"] = apacheDeny(who)
	if c.behindProxy() {
		a.Text += " Do it at the proxy or load balancer in front: the log shows that one is there, so a packet filter on this host sees only its address."
		return a
	}
	var v4, v6, iptables, uniptables, ufw, unufw []string
	for _, ip := range who {
		family, tool := &v4, "iptables"
		if ip.Is6() {
			family, tool = &v6, "ip6tables"
		}
		*family = append(*family, ip.String()+" timeout "+blockFor)
		iptables = append(iptables, fmt.Sprintf("sudo %[1]s -C INPUT -s %[2]s -j DROP 2>/dev/null || sudo %[1]s -I INPUT -s %[2]s -j DROP", tool, ip))
		uniptables = append(uniptables, fmt.Sprintf("sudo %s -D INPUT -s %s -j DROP", tool, ip))
		ufw = append(ufw, fmt.Sprintf("sudo ufw insert 1 deny from %s", ip))
		unufw = append(unufw, fmt.Sprintf("sudo ufw delete deny from %s", ip))
	}
	a.Commands["nftables"] = nftBlock(v4, v6)
	a.Undo["nftables"] = "sudo nft delete table inet logsleuth_block"
	a.Commands["iptables"], a.Undo["iptables"] = strings.Join(iptables, "\n"), strings.Join(uniptables, "\n")
	a.Commands["ufw"], a.Undo["ufw"] = strings.Join(ufw, "\n"), strings.Join(unufw, "\n")
	return a
}

// nftBlock writes a table of its own, so that running it twice is the same as
// once and undoing it touches nobody else's rules.
func nftBlock(v4, v6 []string) string {
	var b strings.Builder
	b.WriteString("sudo nft -f - <<'EOF'\ntable inet logsleuth_block\ndelete table inet logsleuth_block\ntable inet logsleuth_block {\n")
	rules := ""
	for _, f := range []struct {
		name, typ, match string
		addrs            []string
	}{{"v4", "ipv4_addr", "ip", v4}, {"v6", "ipv6_addr", "ip6", v6}} {
		if len(f.addrs) == 0 {
			continue
		}
		fmt.Fprintf(&b, "  set %s { type %s; flags timeout; elements = { %s } }\n", f.name, f.typ, strings.Join(f.addrs, ", "))
		rules += fmt.Sprintf("    %s saddr @%s drop\n", f.match, f.name)
	}
	fmt.Fprintf(&b, "  chain input {\n    type filter hook input priority -10; policy accept;\n%s  }\n}\nEOF", rules)
	return b.String()
}

// apacheDeny adds to what the configuration already asks for: without AuthMerging
// this section would replace it, and open what is protected.
func apacheDeny(who []netip.Addr) (do, undo string) {
	var b strings.Builder
	b.WriteString("sudo tee /etc/apache2/conf-available/logsleuth-block.conf >/dev/null <<'EOF'\n<Location \"/\">\n  AuthMerging And\n  <RequireAll>\n    Require all granted\n")
	for _, ip := range who {
		fmt.Fprintf(&b, "    Require not ip %s\n", ip)
	}
	b.WriteString("  </RequireAll>\n</Location>\nEOF\nsudo a2enconf logsleuth-block && sudo apachectl configtest && sudo systemctl reload apache2")
	return b.String(), "sudo a2disconf logsleuth-block && sudo systemctl reload apache2"
}

// limit bounds the connections of any one address, with room for the busiest of
// the others.
func (c *Case) limit() Advice {
	busiest := 0
	for _, cc := range c.Everybody {
		if cc.Standing != Attacker && cc.Standing != Suspect {
			busiest = max(busiest, cc.Load.held())
		}
	}
	n := max(leastLimit, 2*busiest)
	a := Advice{
		ID:          "limit",
		Text:        fmt.Sprintf("Limit every address to %d connections at once, so that the next one cannot do the same.", n),
		SideEffects: fmt.Sprintf("At %d connections a visit only about %d people fit behind one address, such as an office.", visitConnections, n/visitConnections),
	}
	if busiest > 0 {
		a.SideEffects += fmt.Sprintf(" Of the other clients here none opened more than %d within %d seconds that show.", busiest, loadWindow/second)
	}
	if _, _, proxied := c.proxied(); proxied || c.behindProxy() {
		a.Text += " A proxy stands in front, so that is its work: a packet filter on this host would count the proxy as one address."
		return a
	}
	v4, v6 := c.exempt()
	a.Commands = map[string]string{
		"iptables": connlimit("-C", "-I", n),
		"nftables": fmt.Sprintf("sudo nft -f - <<'EOF'\ntable inet logsleuth_limit\ndelete table inet logsleuth_limit\ntable inet logsleuth_limit {\n  set busy4 { type ipv4_addr; flags dynamic; size 65535; }\n  set busy6 { type ipv6_addr; flags dynamic; size 65535; }\n  chain input {\n    type filter hook input priority -5; policy accept;\n%[2]s    tcp dport { 80, 443 } ct state new add @busy4 { ip saddr ct count over %[1]d } drop\n    tcp dport { 80, 443 } ct state new add @busy6 { ip6 saddr ct count over %[1]d } drop\n  }\n}\nEOF", n, nftExempt(v4, v6)),
	}
	a.Undo = map[string]string{
		"iptables": connlimit("", "-D", n),
		"nftables": "sudo nft delete table inet logsleuth_limit",
	}
	if len(v4)+len(v6) > 0 {
		delete(a.Commands, "iptables") // one rule cannot leave several ranges out
		delete(a.Undo, "iptables")
		a.Text += " Proxies, crawlers and the addresses that you allow are left out."
	}
	return a
}

// connlimit writes the same rule for both families: with check, only where it is not there yet.
func connlimit(check, do string, n int) string {
	var lines []string
	for _, tool := range []struct{ name, mask string }{{"iptables", "32"}, {"ip6tables", "64"}} {
		rule := fmt.Sprintf("INPUT -p tcp -m multiport --dports 80,443 --syn -m connlimit --connlimit-above %d --connlimit-mask %s -j DROP", n, tool.mask)
		line := fmt.Sprintf("sudo %s %s %s", tool.name, do, rule)
		if check != "" {
			line = fmt.Sprintf("sudo %s %s %s 2>/dev/null || %s", tool.name, check, rule, line)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
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

// grepFor finds the requests of addresses in an access log.
func (c *Case) grepFor(who []netip.Addr) string {
	var words []string
	for _, a := range who {
		words = append(words, fmt.Sprintf("-e '%s '", a))
	}
	return "sudo grep -h -F " + strings.Join(words, " ") + " /var/log/apache2/access.log* | tail -n 200"
}

// slug keeps of a plugin's name what may stand in a command. WordPress's own
// slugs hold nothing else.
func slug(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.' {
			return r
		}
		return -1
	}, strings.TrimLeft(name, "-."))
}

// printable shortens a name from a log for a sentence.
func printable(name string) string {
	const longest = 60
	if len(name) > longest {
		return slug(name[:longest])
	}
	return slug(name)
}
