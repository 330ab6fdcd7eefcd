//go:build linux

package cmd

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/logsleuth/logsleuth/report"
)

// hostile are texts that want to become a command, a rule, a setting, the end of
// a comment, or what a terminal obeys. Each would make a file called PWNED.
var hostile = []string{
	"`touch PWNED`", "$(touch PWNED)", "'; touch PWNED; '", "\"; touch PWNED; \"", "x\ntouch PWNED\n", "\r\ntouch PWNED\r\n",
	"x\nEOF\ntouch PWNED\n", "x\nLOGSLEUTH\ntouch PWNED\n", "x\\\ntouch PWNED", "\" }; }; flush ruleset; #", "x\n</Location>\nRequire all granted\n", "# END logsleuth\nRequire all granted",
	"x\n.\nBcc: everybody@example.org\n\n", "\x1b[2J\x1b]0;PWNED\x07", "\u202egnp.PWNED", "[client 203.0.113.77:1] AH01618: user x not found: /", "0.0.0.0/0", "::/0", "localhost", "example.org",
	"%(apache_error_log)s", "<HOST>", "-j ACCEPT", "--dry-run", strings.Repeat("PWNED ", 2000), "error.log`touch PWNED`:3", "error.log\ntouch PWNED:4", "error.log\" drop; #:5", "error.log'; touch PWNED;':6", "error.log\\:7",
}

// comments are what a script says beside what it does: only harmless letters may
// stand in them.
var comments = regexp.MustCompile(`(?m)^\s*#(?: [ -~]*)?$|(?:comment|--comment) "[A-Za-z0-9 ._/,:%-]*"|(?:comment|--reason) '[A-Za-z0-9 ._/,:%-]*'`)

// skeleton is a script without its comments.
func skeleton(script string) string {
	return strings.TrimSpace(regexp.MustCompile(`\n+`).ReplaceAllString(comments.ReplaceAllString(script, ""), "\n"))
}

// harmless checks that a script holds nothing but ASCII in lines, and runs it with
// tools that do nothing: none of the hostile texts may have been run.
func harmless(t *testing.T, as, script string) {
	t.Helper()
	for i, r := range script {
		if r != '\n' && (r < ' ' || r > '~') {
			t.Fatalf("%s: %q at byte %d", as, r, i)
		}
	}
	if !strings.HasPrefix(script, "#!/bin/sh") {
		return
	}
	dir := t.TempDir()
	stubs := ""
	for _, name := range []string{"iptables", "ip6tables", "ufw", "cscli", "fail2ban-client", "a2disconf", "apachectl", "systemctl"} {
		stubs += name + "() { return 1; }\n"
	}
	for _, name := range []string{"iptables-restore", "ip6tables-restore"} { // dash takes no function of such a name
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\ncat >/dev/null\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	f2b := filepath.Join(dir, "f2b")
	os.MkdirAll(filepath.Join(f2b, "filter.d"), 0o755)
	os.MkdirAll(filepath.Join(f2b, "jail.d"), 0o755)
	c := exec.Command("sh")
	c.Dir, c.Env, c.Stdin = dir, []string{"PATH=" + dir + ":/usr/bin:/bin", "F2B=" + f2b}, strings.NewReader(strings.ReplaceAll(stubs, "-client()", "_client()")+strings.ReplaceAll(script, "fail2ban-client", "fail2ban_client"))
	out, err := c.CombinedOutput()
	if _, ran := os.Stat(filepath.Join(dir, "PWNED")); ran == nil {
		t.Errorf("%s: a text of the log was run: %s", as, script)
	}
	if strings.Contains(string(out), "not found") || strings.Contains(string(out), "Syntax") {
		t.Errorf("%s: %v: %s", as, err, out)
	}
}

// savedFlood is the report of a flood as programs read it.
func savedFlood(t *testing.T) map[string]any {
	t.Helper()
	var r map[string]any
	if err := json.Unmarshal([]byte(logsleuth(t, "analyze", "--format", "json", floodLog(t))), &r); err != nil {
		t.Fatal(err)
	}
	advice := r["advice"].([]any)
	for id, more := range map[string]map[string]any{
		"plugin": {"subject": "contact-form-mini"}, "protect-database": {"subject": "mariadb"}, "packets": {"subject": "mysql"}, "connections": {"subject": "mysql"},
		"jail": {"jails": []any{map[string]any{"name": "logsleuth-scan", "max_retry": 8, "find_seconds": 600}}}, "xmlrpc": {}, "swap": {},
	} {
		a := map[string]any{"id": id, "urgency": 99, "text": id, "commands": map[string]any{}, "undo": map[string]any{}, "side_effects": ""}
		maps.Copy(a, more)
		advice = append(advice, a)
	}
	slices.SortStableFunc(advice, func(a, b any) int {
		return strings.Compare(a.(map[string]any)["id"].(string), b.(map[string]any)["id"].(string))
	})
	r["advice"] = advice
	return r
}

// tampered is a copy of a report in which f had its way with every text.
func tampered(v any, key string, f func(key, text string) string) any {
	switch v := v.(type) {
	case map[string]any:
		m := make(map[string]any)
		for k, x := range v {
			m[k] = tampered(x, k, f)
		}
		return m
	case []any:
		var list []any
		for _, x := range v {
			list = append(list, tampered(x, key, f))
		}
		return list
	case string:
		return f(key, v)
	}
	return v
}

func save(t *testing.T, r any) string {
	t.Helper()
	rest, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	// The schema stands first in our reports; a map forgets that.
	text := `{"schema":"logsleuth.report/v1",` + string(rest[1:])
	name := filepath.Join(t.TempDir(), "report.json")
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// decides are the keys of texts that decide something: they are tampered with apart.
var decides = []string{"schema", "id", "verdict", "cause", "ip", "network", "clients", "exempt", "name", "subject", "limited_by"}

func TestRespondToATamperedReport(t *testing.T) {
	r := savedFlood(t)
	good := save(t, r)
	scripts, undos := make(map[string]string), make(map[string]string)
	for _, as := range report.ToolNames() {
		scripts[as], undos[as] = logsleuth(t, "respond", "--as", as, good), logsleuth(t, "respond", "--undo", "--as", as, good)
		if as != "text" {
			harmless(t, as, scripts[as])
		}
	}
	// Places come three to a target, so in ten rounds each text was one of them.
	const places = 3
	for h := 0; h*places < len(hostile)+places; h++ {
		met := make(map[string]int)
		bad := save(t, tampered(r, "", func(key, text string) string {
			if slices.Contains(decides, key) {
				return text
			}
			met[key]++
			return hostile[(met[key]+h*places)%len(hostile)]
		}))
		for _, as := range report.ToolNames() {
			if undo := logsleuth(t, "respond", "--undo", "--as", as, bad); as != "text" && undo != undos[as] {
				t.Errorf("%s --undo of round %d is\n%s\nand without it\n%s", as, h, undo, undos[as])
			}
			got := logsleuth(t, "respond", "--as", as, bad)
			switch as {
			case "text":
				if i := strings.IndexFunc(got, func(r rune) bool { return r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 || r == '\u202e' }); i >= 0 {
					t.Errorf("text of round %d obeys at %q", h, got[i:min(len(got), i+20)])
				}
				if regexp.MustCompile(`(?m)^(?:touch|Require all granted)`).MatchString(got) {
					t.Errorf("text of round %d has a line of its own:\n%s", h, got)
				}
			case "abuse-mail":
				harmless(t, as, got)
				if strings.Contains(got, "\nBcc:") || strings.Count(got, "Subject:") > strings.Count(scripts[as], "Subject:") {
					t.Errorf("a letter of round %d has another head:\n%s", h, got)
				}
			default:
				harmless(t, as, got)
				if want := scripts[as]; skeleton(got) != skeleton(want) {
					t.Errorf("%s of round %d does\n%s\nand without it\n%s", as, h, skeleton(got), skeleton(want))
				}
			}
		}
	}
}

// Texts that decide name nobody whom the report does not accuse, nor a network.
func TestRespondNamesOnlyAddresses(t *testing.T) {
	r := savedFlood(t)
	wrong := append(slices.Clone(hostile[:6]), "0.0.0.0/0", "::/0", "localhost", "example.org", "-j ACCEPT", "%(apache_error_log)s", "198.51.100.0/24", "198.51.100.9/24", "198.51.100.9", "2001:db8::/32", "2001:db8:1:2::/63", "::ffff:198.51.100.9/128", "::ffff:0:0/96", "fe80::1%eth0", "127.0.0.1/32", "10.0.0.5/32", "203.0.113.50/32", "0.0.0.0/32", "::/128")
	for _, h := range wrong {
		for _, keys := range [][]string{{"network"}, {"ip"}, {"ip", "network", "clients"}, {"exempt"}, {"subject", "name"}} {
			bad := save(t, tampered(r, "", func(key, text string) string {
				if slices.Contains(keys, key) {
					return h
				}
				return text
			}))
			for _, as := range []string{"nftables", "iptables", "ufw", "fail2ban", "apache"} {
				got := logsleuth(t, "respond", "--as", as, bad)
				if len(keys) > 1 {
					harmless(t, as, got)
				}
				for _, a := range addressesIn(skeleton(got)) {
					if !slices.Contains([]string{blocked, blocked + "/32", blocked6, "127.0.0.0/8", "::1", "ffff:ffff:ffff:ffff::"}, a) && (keys[0] != "exempt" || strings.HasSuffix(a, "/0")) {
						t.Errorf("%v tampered with as %q: %s names %s", keys, h, as, a)
					}
				}
			}
		}
	}
}

// addressesIn are the addresses and networks in a script.
func addressesIn(script string) (list []string) {
	for _, word := range regexp.MustCompile(`[0-9A-Fa-f:.]+(?:/\d+)?`).FindAllString(script, -1) {
		word = strings.Trim(word, ".")
		if a, err := netip.ParseAddr(word); err == nil && word != "::" {
			list = append(list, a.String())
		} else if n, err := netip.ParsePrefix(word); err == nil {
			list = append(list, n.String())
		}
	}
	return list
}

// Numbers out of any measure make no rule.
func TestRespondToTamperedNumbers(t *testing.T) {
	r := savedFlood(t)
	for _, n := range []float64{-1, 0, 1 << 40} {
		for _, a := range r["advice"].([]any) {
			a.(map[string]any)["number"], a.(map[string]any)["rate"] = n, n
		}
		bad := save(t, r)
		for _, as := range []string{"nftables", "iptables", "apache"} {
			if got := skeleton(logsleuth(t, "respond", "--as", as, bad)); strings.Contains(got, fmt.Sprintf("%.0f", n)+"\n") || strings.Contains(got, "ct count") || strings.Contains(got, "connlimit") || strings.Contains(got, "MaxRequestWorkers ") {
				t.Errorf("%s takes %v:\n%s", as, n, got)
			}
		}
	}
}

// A log whose lines, and whose own name, are hostile makes the scripts of a tame one.
func TestRespondToAHostileLog(t *testing.T) {
	tame := floodLog(t)
	text, err := os.ReadFile(tame)
	if err != nil {
		t.Fatal(err)
	}
	saved := filepath.Join(t.TempDir(), "report.json")
	logsleuth(t, "analyze", "--format", "json", "-o", saved, tame)
	scripts := make(map[string]string)
	for _, as := range []string{"nftables", "iptables", "ufw", "fail2ban", "apache", "htaccess", "crowdsec"} {
		scripts[as] = logsleuth(t, "respond", "--as", as, saved)
	}
	var b strings.Builder
	for n, line := range strings.SplitAfter(string(text), "\n") {
		b.WriteString(line)
		// As Apache writes it: without its line ends.
		flat := strings.NewReplacer("\n", `\n`, "\r", `\r`).Replace(hostile[n%len(hostile)])
		fmt.Fprintf(&b, "[Sun Nov 01 10:29:00.000000 2026] [core:error] [pid 7] [client 203.0.113.50:4000] AH00135: Invalid method in request %s\n", flat)
		fmt.Fprintf(&b, "[Sun Nov 01 10:29:00.000000 2026] [core:error] [pid 7] [client %s] AH00135: Invalid method in request x\n", flat)
	}
	for _, h := range []string{"`touch PWNED`", "$(touch PWNED)", "\"'; touch PWNED; #", "\ntouch PWNED\nEOF\nLOGSLEUTH\n", "\x1b[2J\u202e\\"} {
		name := filepath.Join(t.TempDir(), "error"+h+".log")
		if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		logsleuth(t, "analyze", "--format", "json", "-o", saved, name)
		for as, want := range scripts {
			got := logsleuth(t, "respond", "--as", as, saved)
			harmless(t, as, got)
			if skeleton(got) != skeleton(want) {
				t.Errorf("%s of %q does\n%s\nand of a tame log\n%s", as, name, skeleton(got), skeleton(want))
			}
		}
	}
}
