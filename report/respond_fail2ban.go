package report

import (
	"fmt"
	"strings"

	"github.com/logsleuth/logsleuth/analyze"
)

// fail2ban gets filters and jails of its own. A filter begins at the start of the
// line and names the client of the frame; what a visitor can write (path, referer,
// user name) stands behind all that it asks for, so it can neither bring another
// address in nor make a line of another kind look like this one.
var fail2ban = Tool{
	Name: "fail2ban", Doc: "a shell script that writes filters and jails",
	shell: true,
	use: "To use: sh FILE, as root, as often as you like; bans end by themselves, and fail2ban remembers them over a reboot. F2B=DIR writes elsewhere than /etc/fail2ban.\n" +
		"With iptables-persistent too: save without fail2ban's chains, which it makes anew at each start and which would stand twice:\n" +
		"    iptables-save | grep -v f2b- > /etc/iptables/rules.v4; ip6tables-save | grep -v f2b- > /etc/iptables/rules.v6",
	undo: "To use: sh FILE, as root. Bans of these jails end with them.",
	pieces: map[string]func(*plan) (do, undo piece){
		"block": func(p *plan) (piece, piece) {
			undo := removeJail(namedJail)
			if p.proxied || len(p.block) == 0 {
				return "", undo
			}
			var b strings.Builder
			b.WriteString("# The addresses that the report names, for a day. Its filter finds nothing: it only holds them.\n")
			writeFilter(&b, namedJail, "failregex = ^(?!)<ADDR>\n")
			fmt.Fprintf(&b, "cat > \"$F2B/jail.d/%[1]s.local\" <<'EOF'\n[%[1]s]\nenabled = true\nfilter = %[1]s\nbackend = polling\nlogpath = %%(apache_error_log)s\nport = http,https\nusedns = no\nbantime = 86400\nignoreip = %[2]s\nEOF\n", namedJail, p.ignored())
			b.WriteString(reloadFail2ban)
			for _, t := range p.block {
				fmt.Fprintf(&b, "# %s\n%sfail2ban-client set %s banip %s\n", t.brief(200), ifLive, namedJail, t)
			}
			return piece(b.String()), undo
		},
		"jail": func(p *plan) (piece, piece) {
			var do, undo strings.Builder
			for _, j := range p.jails {
				f := filters[j.Name]
				enabled := "true"
				if p.proxied {
					enabled = "false" // said above
				}
				fmt.Fprintf(&do, "# %s: %d within %d minutes, then out for an hour.\n", f.doc, j.MaxRetry, j.FindSeconds/60)
				writeFilter(&do, j.Name, f.text)
				fmt.Fprintf(&do, "cat > \"$F2B/jail.d/%[1]s.local\" <<'EOF'\n[%[1]s]\nenabled = %[2]s\nfilter = %[1]s\nbackend = auto\nlogpath = %%(%[3]s)s\nport = http,https\nusedns = no\nmaxretry = %[4]d\nfindtime = %[5]d\nbantime = 3600\nignoreip = %[6]s\nEOF\n",
					j.Name, enabled, f.log, j.MaxRetry, j.FindSeconds, p.ignored())
				undo.WriteString(string(removeJail(j.Name)))
			}
			if do.Len() > 0 {
				do.WriteString(reloadFail2ban)
			}
			return piece(do.String()), piece(undo.String())
		},
	},
}

// namedJail holds the addresses that a report names.
const namedJail = "logsleuth-named"

// ifLive keeps the commands to the running server from files written elsewhere.
const ifLive = "[ \"$F2B\" != /etc/fail2ban ] || "

const reloadFail2ban = ifLive + "{ fail2ban-client -t && fail2ban-client reload; } || exit 1\n"

func writeFilter(b *strings.Builder, name, text string) {
	fmt.Fprintf(b, "F2B=${F2B:-/etc/fail2ban}\ncat > \"$F2B/filter.d/%s.conf\" <<'EOF'\n[Definition]\n%sEOF\n", name, text)
}

func removeJail(name string) piece {
	return piece(fmt.Sprintf("F2B=${F2B:-/etc/fail2ban}\n%[1]sfail2ban-client stop %[2]s >/dev/null 2>&1 || :\nrm -f \"$F2B/jail.d/%[2]s.local\" \"$F2B/filter.d/%[2]s.conf\"\n", "[ \"$F2B\" != /etc/fail2ban ] || ", name))
}

// ignored are whom no jail may ban.
func (p *plan) ignored() string {
	list := []string{"127.0.0.0/8", "::1"}
	for _, n := range p.exempt {
		list = append(list, short4(n))
	}
	return strings.Join(list, " ")
}

// A filter is how fail2ban knows the lines of one of analyze's jails.
type filter struct{ doc, log, text string }

// errorFrame is the start of a line of Apache 2.2 or 2.4 without its stamp, which
// fail2ban takes out. An IPv6 address must have its port: else the port's digits
// could be taken for the end of the address.
const errorFrame = `_client = ^\[\]\s\[[\w-]*:?\w+\]\s(?:\[pid \d+(?::tid \d+)?\]\s)?(?:\(\d+\)[^\[\]]{1,100}:\s)?\[client (?:<IP4>(?::\d{1,5})?|<IP6>:\d{1,5})\]\s
`

const errorDate = "datepattern = {^LN-BEG}\n"

var filters = map[string]filter{
	analyze.JailScan: {"Programs that are not there and paths that no link has", "apache_error_log", errorFrame + `failregex = %(_client)s(?:AH(?:00026|00126|00127|01264|02811|10244):\s)
            (?=\[\]\s[^(]{1,80}\((?:36|63)\))%(_client)sAH00036:\s
            %(_client)s(?:AH(?:01071|01215):\s)(?:Got error ')?Primary script unknown
            %(_client)s(?:AH(?:01071|01215):\s).*script not found or unable to stat
            %(_client)s(?:script '|script not found or unable to stat|attempt to invoke directory '|Primary script unknown|Invalid URI in request |invalid URI path )
` + errorDate},
	analyze.JailAuth: {"Wrong passwords and unknown users of HTTP authentication", "apache_error_log", errorFrame + `failregex = %(_client)sAH(?:01617|01618|01790|01791|01792|01794):\s
            %(_client)s(?:Digest: )?user .*(?:: authentication failure for | not found: |: password mismatch: )
` + errorDate},
	analyze.JailLogin: {"Passwords that wp-login.php refused, by access.log", "apache_access_log",
		accessed(`"POST [^" ?]*/wp-login\.php(?:\?[^" ]*)? HTTP/[0-9.]+" 200\s`)},
	analyze.JailProbe: {"Hidden files, backups, and programs that no page links to and that are not there, by access.log", "apache_access_log",
		accessed(`"[A-Z]+ (?:[^" ?]*/\.(?!well-known/)[^" ?]*|[^" ?]*\.(?:`+strings.Join(analyze.Probed, "|")+`))(?:\?[^" ]*)? HTTP/[0-9.]+" (?:403|404|410)\s`,
			`"[A-Z]+ [^" ?]*\.(?:`+strings.Join(analyze.Programs, "|")+`)(?:\?[^" ]*)? HTTP/[0-9.]+" (?:403|404|410)\s\S+(?:$|\s"-?")`)},
	analyze.JailXML: {"Calls of xmlrpc.php, by access.log", "apache_access_log",
		accessed(`"POST [^" ?]*/xmlrpc\.php(?:\?[^" ]*)? HTTP/[0-9.]+" \d`)},
	analyze.JailSlow: {"Requests that were never finished, by access.log", "apache_access_log",
		accessed(`"(?:[^"\\]|\\.)*" 408\s`)},
}

// accessed finds lines of an access log, combined or with the virtual host before
// it, of which each pattern is what follows the time. A host and its port cannot
// be an IPv6 address, so that no address stands behind one.
func accessed(patterns ...string) string {
	const client = `_client = ^(?:[\w.-]+:\d{1,5}\s)?<ADDR>\s\S+\s[^"\[]*\[\]\s
`
	return client + "failregex = %(_client)s" + strings.Join(patterns, "\n            %(_client)s") + "\ndatepattern = ^[^\\[]*\\[({DATE})\n"
}
