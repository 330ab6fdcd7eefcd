package report

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// blockFor is how long a block lasts where the tool has an expiry: an address
// changes hands.
const blockFor = "1d"

// nftables gets tables of its own, so that using them twice is the same as once
// and undoing them touches nobody else's rules.
var nftables = Tool{
	Name: "nftables", Doc: "a file for nft -f, for IPv4 and IPv6",
	use: "To check: nft -c -f FILE. To use: nft -f FILE, as often as you like. The blocks end by themselves after a day.\n" +
		"To make it last over a reboot: keep it as /etc/logsleuth.nft, put the line  include \"/etc/logsleuth.nft\"  at the end of /etc/nftables.conf, and systemctl enable nftables; the day of the blocks then begins anew. Block first, then restart Apache: else its workers fill up again at once.",
	undo: "To use: nft -f FILE. Take the include out of /etc/nftables.conf if you put it there.",
	pieces: map[string]func(*plan) (do, undo piece){
		"block": func(p *plan) (piece, piece) {
			if p.proxied || len(p.block) == 0 {
				return "", undoTable("logsleuth_block")
			}
			var sets, rules strings.Builder
			for _, f := range []struct {
				name, typ, match string
				v6               bool
			}{{"named4", "ipv4_addr", "ip", false}, {"named6", "ipv6_addr", "ip6", true}} {
				var elements []string
				for _, t := range p.block {
					if t.net.Addr().Is6() == f.v6 {
						elements = append(elements, fmt.Sprintf("      %s timeout %s comment \"%s\"", t, blockFor, t.brief(120)))
					}
				}
				if len(elements) > 0 {
					fmt.Fprintf(&sets, "  set %s {\n    type %s\n    flags interval, timeout\n    elements = {\n%s\n    }\n  }\n", f.name, f.typ, strings.Join(elements, ",\n"))
					fmt.Fprintf(&rules, "    %s saddr @%s counter drop\n", f.match, f.name)
				}
			}
			return nftTable("logsleuth_block", -10, sets.String(), rules.String()), undoTable("logsleuth_block")
		},
		"limit": func(p *plan) (piece, piece) {
			if p.proxied || p.limit == 0 {
				return "", undoTable("logsleuth_limit")
			}
			var sets, rules strings.Builder
			for _, f := range []struct {
				n, typ, match, mask string
				v6                  bool
			}{{"4", "ipv4_addr", "ip saddr", "", false}, {"6", "ipv6_addr", "ip6 saddr", " and ffff:ffff:ffff:ffff::", true}} {
				fmt.Fprintf(&sets, "  set busy%s {\n    type %s\n    size 65535\n    flags dynamic\n  }\n", f.n, f.typ)
				if p.rate > 0 {
					fmt.Fprintf(&sets, "  set fast%s {\n    type %s\n    size 65535\n    flags dynamic, timeout\n    timeout 2m\n  }\n", f.n, f.typ)
				}
				if list := family(p.exempt, f.v6); len(list) > 0 {
					fmt.Fprintf(&rules, "    %s { %s } accept\n", f.match, joined(list))
				}
				fmt.Fprintf(&rules, "    tcp dport { 80, 443 } ct state new add @busy%s { %s%s ct count over %d } counter drop\n", f.n, f.match, f.mask, p.limit)
				if p.rate > 0 {
					fmt.Fprintf(&rules, "    tcp dport { 80, 443 } ct state new update @fast%s { %s%s limit rate over %d/minute burst %d packets } counter drop\n", f.n, f.match, f.mask, p.rate, p.rate)
				}
			}
			return nftTable("logsleuth_limit", -5, sets.String(), rules.String()), undoTable("logsleuth_limit")
		},
	},
}

func nftTable(name string, priority int, sets, rules string) piece {
	return piece(fmt.Sprintf("%stable inet %s {\n%s  chain input {\n    type filter hook input priority %d; policy accept;\n%s  }\n}\n", undoTable(name), name, sets, priority, rules))
}

// undoTable makes a table before it deletes it, so that it need not be there.
func undoTable(name string) piece {
	return piece(fmt.Sprintf("table inet %[1]s\ndelete table inet %[1]s\n", name))
}

func joined(list []netip.Prefix) string {
	var all []string
	for _, n := range list {
		all = append(all, short4(n))
	}
	return strings.Join(all, ", ")
}

// iptables gets chains of its own, one for each measure. iptables-restore empties
// a chain that it declares, so that using it twice is the same as once.
var iptables = Tool{
	Name: "iptables", Doc: "a shell script, for IPv4 and IPv6",
	shell: true,
	use: "To check: sh FILE --test. To use: sh FILE, as root, as often as you like. Block first, then restart Apache: else its workers fill up again at once.\n" +
		"The blocks end by themselves after a day, by the clock (-m time); the rules stay until they are undone (logsleuth respond --as iptables --undo).\n" +
		"To make it last over a reboot with iptables-persistent, save without fail2ban's chains, which fail2ban makes anew at each start and which would stand twice:\n" +
		"    iptables-save | grep -v f2b- > /etc/iptables/rules.v4; ip6tables-save | grep -v f2b- > /etc/iptables/rules.v6",
	undo: "To use: sh FILE, as root. Save anew if you use iptables-persistent.",
	pieces: map[string]func(*plan) (do, undo piece){
		"block": func(p *plan) (piece, piece) {
			if p.proxied || len(p.block) == 0 {
				return "", dropChain("LOGSLEUTH_BLOCK")
			}
			var v4, v6 []string
			for _, t := range p.block {
				rule := fmt.Sprintf("-A LOGSLEUTH_BLOCK -s %s -m time --datestop %s -m comment --comment \"%s\" -j DROP", t.net, tomorrow, t.brief(200))
				if t.net.Addr().Is6() {
					v6 = append(v6, rule)
				} else {
					v4 = append(v4, rule)
				}
			}
			return chain("LOGSLEUTH_BLOCK", v4, v6), dropChain("LOGSLEUTH_BLOCK")
		},
		"limit": func(p *plan) (piece, piece) {
			if p.proxied || p.limit == 0 {
				return "", dropChain("LOGSLEUTH_LIMIT")
			}
			var rules [2][]string
			for i, mask := range []int{32, 64} {
				for _, n := range family(p.exempt, i == 1) {
					rules[i] = append(rules[i], fmt.Sprintf("-A LOGSLEUTH_LIMIT -s %s -j RETURN", n))
				}
				web := "-A LOGSLEUTH_LIMIT -p tcp -m multiport --dports 80,443 -m tcp --syn"
				rules[i] = append(rules[i], fmt.Sprintf("%s -m connlimit --connlimit-above %d --connlimit-mask %d --connlimit-saddr -j DROP", web, p.limit, mask))
				if p.rate > 0 && p.rate <= maxHashlimit {
					rules[i] = append(rules[i], fmt.Sprintf("%s -m hashlimit --hashlimit-name logsleuth --hashlimit-mode srcip --hashlimit-srcmask %d --hashlimit-above %d/minute --hashlimit-burst %[3]d -j DROP", web, mask, p.rate))
				}
			}
			return chain("LOGSLEUTH_LIMIT", rules[0], rules[1]), dropChain("LOGSLEUTH_LIMIT")
		},
	},
}

// maxHashlimit is the largest burst that iptables takes.
const maxHashlimit = 10000

// tomorrow stands for the time at which a rule ends, a day after the script is
// run. Nothing that a report brings into a script holds its sign.
const tomorrow = "@TOMORROW"

func chain(name string, v4, v6 []string) piece {
	var b strings.Builder
	ends := slices.ContainsFunc(slices.Concat(v4, v6), func(rule string) bool { return strings.Contains(rule, tomorrow) })
	if ends {
		b.WriteString("tomorrow=$(date -u -d \"@$(( $(date +%s) + 86400 ))\" +%Y-%m-%dT%H:%M:%S) || exit 1\n")
	}
	for _, f := range []struct {
		tool  string
		rules []string
	}{{"iptables", v4}, {"ip6tables", v6}} {
		if len(f.rules) == 0 {
			continue
		}
		restore := f.tool + "-restore --noflush \"$@\""
		if ends {
			restore = "sed \"s/" + tomorrow + "/$tomorrow/\" <<'EOF' | " + restore
		} else {
			restore += " <<'EOF'"
		}
		fmt.Fprintf(&b, "%[1]s || exit 1\n*filter\n:%[2]s - [0:0]\n%[3]s\nCOMMIT\nEOF\n[ \"${1-}\" = --test ] || %[4]s -C INPUT -j %[2]s 2>/dev/null || %[4]s -I INPUT 1 -j %[2]s\n",
			restore, name, strings.Join(f.rules, "\n"), f.tool)
	}
	return piece(b.String())
}

// dropChain is harmless where there is no such chain.
func dropChain(name string) piece {
	var b strings.Builder
	for _, tool := range []string{"iptables", "ip6tables"} {
		fmt.Fprintf(&b, "while %[1]s -D INPUT -j %[2]s 2>/dev/null; do :; done\n%[1]s -F %[2]s 2>/dev/null; %[1]s -X %[2]s 2>/dev/null || :\n", tool, name)
	}
	return piece(b.String())
}

var ufw = Tool{
	Name: "ufw", Doc: "a shell script of ufw rules",
	shell: true,
	use: "To check: sh FILE --dry-run. To use: sh FILE, as root, as often as you like; ufw keeps the rules over a reboot. Block first, then restart Apache: else its workers fill up again at once.\n" +
		"ufw knows no expiry: undo the blocks after a day (logsleuth respond --as ufw --undo). It has no limit of connections either, and its own 'limit' counts six in thirty seconds, too few for a web site: use logsleuth respond --as iptables for that.",
	undo: "To use: sh FILE, as root.",
	pieces: map[string]func(*plan) (do, undo piece){
		"block": func(p *plan) (piece, piece) {
			var do, undo strings.Builder
			for _, t := range p.block {
				if !p.proxied {
					fmt.Fprintf(&do, "ufw \"$@\" prepend deny from %s comment '%s'\n", t, t.brief(200))
				}
				fmt.Fprintf(&undo, "ufw \"$@\" delete deny from %s\n", t)
			}
			return piece(do.String()), piece(undo.String())
		},
	},
}

// crowdsec's decisions are deleted before they are made: else they would stand twice.
var crowdsec = Tool{
	Name: "crowdsec", Doc: "a shell script of cscli decisions",
	shell: true,
	use:   "To use: sh FILE, as root, as often as you like. The decisions end by themselves after a day. It takes a bouncer to carry them out: behind a proxy one at the edge or in Apache, not in the packet filter.",
	undo:  "To use: sh FILE, as root.",
	pieces: map[string]func(*plan) (do, undo piece){
		"block": func(p *plan) (piece, piece) {
			var do, undo strings.Builder
			for _, t := range p.block {
				scope := "--ip"
				if !t.net.IsSingleIP() {
					scope = "--range"
				}
				fmt.Fprintf(&do, "cscli decisions delete %[1]s %[2]s >/dev/null 2>&1 || :\ncscli decisions add %[1]s %[2]s --type ban --duration 24h --reason 'logsleuth: %[3]s'\n", scope, t, t.brief(200))
				fmt.Fprintf(&undo, "cscli decisions delete %s %s\n", scope, t)
			}
			return piece(do.String()), piece(undo.String())
		},
	},
}
