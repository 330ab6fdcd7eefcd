//go:build linux

package cmd

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/logsleuth/logsleuth/analyze"
	"github.com/logsleuth/logsleuth/parser"
)

// These tests give what respond prints to the tools that it is for. They need
// those tools, and most of them need root: check.sh installs what is missing.

// needTools skips a test that cannot be run here, and says what it lacks.
func needTools(t *testing.T, root bool, tools ...string) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts other programs")
	}
	if root && os.Geteuid() != 0 {
		t.Skip("needs root")
	}
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("needs %s (./check.sh installs it)", tool)
		}
	}
}

// logsleuth runs the program and returns what it prints.
func logsleuth(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if status := Main(args, strings.NewReader(""), &out, &errs); status != exitDone {
		t.Fatalf("logsleuth %s: exit %d: %s", strings.Join(args, " "), status, &errs)
	}
	return out.String()
}

// tool runs another program and returns what it says.
func tool(t *testing.T, stdin string, name string, args ...string) string {
	t.Helper()
	out, err := tryTool(stdin, name, args...)
	if err != nil {
		t.Fatalf("%s %s: %v\n%s\n%s", name, strings.Join(args, " "), err, out, stdin)
	}
	return out
}

func tryTool(stdin string, name string, args ...string) (string, error) {
	c := exec.Command(name, args...)
	c.Stdin = strings.NewReader(stdin)
	out, err := c.CombinedOutput()
	return string(out), err
}

const (
	blocked  = "198.51.100.9" // floods
	blocked6 = "2001:db8:1:2::/64"
	other4   = "203.0.113.50" // asks for a page now and then
	other6   = "2001:db8:7::50"
	server4  = "192.0.2.1"
	server6  = "2001:db8:f::1"
)

// floodLog is a flood of one IPv4 address and of two of one IPv6 /64, among visitors.
func floodLog(t *testing.T) string {
	t.Helper()
	type line struct {
		at   float64
		text string
	}
	var lines []line
	write := func(at float64, text string) { lines = append(lines, line{at, text}) }
	gone := func(at float64, client string, port, pid int) {
		write(at, fmt.Sprintf("[:error] [pid %d] [client %s:%d] WordPress database error MySQL server has gone away for query SELECT 1 made by require('wp-blog-header.php'), get_option", pid, client, port))
	}
	for i := range 200 {
		gone(float64(i)*18, fmt.Sprintf("203.0.113.%d", 50+i%20), 20000+i, 100+i%50)
	}
	for i := range 60 {
		gone(1800+float64(i)*0.1, blocked, 40000+i, 200+i)
		gone(1801+float64(i)*0.1, "2001:db8:1:2::9", 40000+i, 300+i)
		gone(1802+float64(i)*0.1, "2001:db8:1:2::a", 41000+i, 400+i)
	}
	write(1820, "[mpm_prefork:error] [pid 1] AH00161: server reached MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting")
	slices.SortStableFunc(lines, func(a, b line) int { return int(1e6 * (a.at - b.at)) })
	var b strings.Builder
	for _, l := range lines {
		at := time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC).Add(time.Duration(l.at * float64(time.Second)))
		fmt.Fprintf(&b, "[%s] %s\n", at.Format("Mon Jan 02 15:04:05.000000 2006"), l.text)
	}
	name := filepath.Join(t.TempDir(), "error.log")
	if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// ownNetwork moves this goroutine into a network of its own, with only a loopback
// interface that all addresses of the test are on. The thread ends with the test.
func ownNetwork(t *testing.T) {
	t.Helper()
	runtime.LockOSThread()
	if err := syscall.Unshare(syscall.CLONE_NEWNET); err != nil {
		t.Skipf("needs a network namespace: %v", err)
	}
	tool(t, "", "ip", "link", "set", "lo", "up")
	for _, a := range []string{blocked, other4, server4, "203.0.113.51"} {
		tool(t, "", "ip", "address", "add", a+"/32", "dev", "lo")
	}
	for _, a := range []string{"2001:db8:1:2::77", other6, server6} {
		tool(t, "", "ip", "address", "add", a+"/128", "dev", "lo", "nodad")
	}
}

// reaches tells whether a connection from one address to another comes about.
func reaches(t *testing.T, from, to string) net.Conn {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: 400 * time.Millisecond}
	c, err := d.Dial("tcp", net.JoinHostPort(to, "80"))
	if err != nil {
		return nil
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// webServers listen on port 80 of the test's network. Nobody has to accept.
func webServers(t *testing.T) {
	t.Helper()
	for _, a := range []string{server4, server6} {
		l, err := net.Listen("tcp", net.JoinHostPort(a, "80"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
	}
}

// blocks checks who gets through while the measures are in force.
func blocks(t *testing.T, who string) {
	t.Helper()
	for _, test := range []struct {
		from, to string
		through  bool
	}{
		{blocked, server4, false}, {"2001:db8:1:2::77", server6, false}, {other4, server4, true}, {other6, server6, true},
	} {
		if got := reaches(t, test.from, test.to) != nil; got != test.through {
			t.Errorf("%s: %s gets through: %t, want %t", who, test.from, got, test.through)
		}
	}
	open := 0
	for range 20 {
		if reaches(t, "203.0.113.51", server4) == nil {
			break
		}
		open++
	}
	if open != 16 {
		t.Errorf("%s: one address gets %d connections, want 16", who, open)
	}
}

func TestRespondNftables(t *testing.T) {
	needTools(t, true, "nft", "ip")
	log := floodLog(t)
	do, undo := logsleuth(t, "respond", "--as", "nftables", log), logsleuth(t, "respond", "--as", "nftables", "--undo", log)
	for _, want := range []string{blocked + " timeout 1d", blocked6 + " timeout 1d", log[strings.LastIndex(log, "/")+1:] + ":", "ct count over 16 "} {
		if !strings.Contains(do, want) {
			t.Errorf("no %q in\n%s", want, do)
		}
	}
	ownNetwork(t)
	webServers(t)
	tool(t, do, "nft", "-c", "-f", "-")
	if out := tool(t, "", "nft", "list", "ruleset"); out != "" {
		t.Fatalf("checking left rules: %s", out)
	}
	passing := regexp.MustCompile(` expires \w+|packets \d+ bytes \d+`)
	tool(t, do, "nft", "-f", "-")
	once := passing.ReplaceAllString(tool(t, "", "nft", "list", "ruleset"), "")
	tool(t, do, "nft", "-f", "-")
	if twice := passing.ReplaceAllString(tool(t, "", "nft", "list", "ruleset"), ""); twice != once || !strings.Contains(once, blocked) {
		t.Errorf("used twice it is\n%s\nand once\n%s", twice, once)
	}
	blocks(t, "nftables")
	tool(t, undo, "nft", "-c", "-f", "-")
	tool(t, undo, "nft", "-f", "-")
	if out := tool(t, "", "nft", "list", "ruleset"); out != "" {
		t.Errorf("undone, there is still %s", out)
	}
	tool(t, undo, "nft", "-f", "-")
	if reaches(t, blocked, server4) == nil {
		t.Error("undone, it still blocks")
	}
}

func TestRespondIptables(t *testing.T) {
	needTools(t, true, "iptables-restore", "ip6tables-restore", "iptables-save", "ip")
	log := floodLog(t)
	do, undo := logsleuth(t, "respond", "--as", "iptables", log), logsleuth(t, "respond", "--as", "iptables", "--undo", log)
	ownNetwork(t)
	webServers(t)
	stop := regexp.MustCompile(`--datestop \S+`)
	rules := func() string {
		return stop.ReplaceAllString(tool(t, "", "iptables", "-S")+tool(t, "", "ip6tables", "-S"), "--datestop ...")
	}
	before := rules()
	tool(t, do, "sh", "-s", "--", "--test")
	if got := rules(); got != before {
		t.Fatalf("checking left rules: %s", got)
	}
	tool(t, do, "sh")
	once := rules()
	tool(t, do, "sh")
	if twice := rules(); twice != once || !strings.Contains(once, "-s "+blocked+"/32") || !strings.Contains(once, "-s "+blocked6) {
		t.Errorf("used twice it is\n%s\nand once\n%s", twice, once)
	}
	blocks(t, "iptables")

	// Saved as the script says, fail2ban's chains are left out and ours can be read back.
	tool(t, "", "sh", "-c", "iptables -N f2b-sshd && iptables -A f2b-sshd -s 203.0.113.77 -j REJECT && iptables -A f2b-sshd -j RETURN && iptables -I INPUT -p tcp --dport 22 -j f2b-sshd")
	save := regexp.MustCompile(`(?m)^#\s+(iptables-save \| grep -v f2b-) >`).FindStringSubmatch(do)
	if save == nil {
		t.Fatalf("it does not say how to save:\n%s", do)
	}
	saved := tool(t, "", "sh", "-c", save[1])
	if strings.Contains(saved, "f2b-") || !strings.Contains(saved, blocked) {
		t.Errorf("saved: %s", saved)
	}
	tool(t, saved, "iptables-restore", "--test")
	tool(t, "", "sh", "-c", "iptables -D INPUT -p tcp --dport 22 -j f2b-sshd && iptables -F f2b-sshd && iptables -X f2b-sshd")

	tool(t, undo, "sh")
	if got := rules(); got != before {
		t.Errorf("undone, there is still %s", got)
	}
	tool(t, undo, "sh")
	if reaches(t, blocked, server4) == nil {
		t.Error("undone, it still blocks")
	}

	// Made two days ago, the blocks are over.
	tool(t, "date() { for last; do :; done; command date -u -d \"@$(( $(command date +%s) - 172800 ))\" \"$last\"; }\n"+do, "sh")
	if listed := tool(t, "", "iptables", "-S"); !strings.Contains(listed, "-s "+blocked+"/32 -m time --datestop ") {
		t.Errorf("a block knows no end: %s", listed)
	}
	if reaches(t, blocked, server4) == nil {
		t.Error("a block outlasts its day")
	}
	tool(t, undo, "sh")
}

func TestRespondUfw(t *testing.T) {
	needTools(t, true, "ufw")
	log := floodLog(t)
	ownNetwork(t) // ufw looks at the rules of its network
	for _, args := range [][]string{{"respond", "--as", "ufw", log}, {"respond", "--as", "ufw", "--undo", log}} {
		out := tool(t, logsleuth(t, args...), "sh", "-s", "--", "--dry-run")
		if len(args) == 4 && (!strings.Contains(out, "-s "+blocked+" -j DROP") || !strings.Contains(out, "-s "+blocked6+" -j DROP")) {
			t.Errorf("ufw would do %s", out)
		}
		if strings.Contains(out, "ERROR") || strings.Contains(out, "WARN: ") {
			t.Errorf("ufw says %s", out)
		}
	}
}

// fail2banFolder is fail2ban's own configuration with what the script adds.
func fail2banFolder(t *testing.T, script string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "fail2ban")
	tool(t, "", "cp", "-r", "/etc/fail2ban", dir)
	os.Remove(filepath.Join(dir, "jail.d", "defaults-debian.conf")) // sshd, whose log need not be here
	c := exec.Command("sh")
	c.Env = append(os.Environ(), "F2B="+dir)
	c.Stdin = strings.NewReader(script)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s\n%s", err, out, script)
	}
	return dir
}

// found are the addresses that a filter finds in a log, with how often.
func found(t *testing.T, log, filter string) map[string]int {
	t.Helper()
	count := make(map[string]int)
	for ip := range strings.Lines(tool(t, "", "fail2ban-regex", "-o", "ip", log, filter)) {
		count[strings.TrimSpace(ip)]++
	}
	return count
}

func TestRespondFail2ban(t *testing.T) {
	needTools(t, false, "fail2ban-client", "fail2ban-regex")
	for _, test := range []struct{ name, jail, attacker string }{
		{"scanner", analyze.JailScan, "185.191.204.77"},
		{"bruteforce", analyze.JailAuth, "91.240.118.172"},
	} {
		log := filepath.Join("..", "testdata", "cases", test.name, "error.log")
		dir := fail2banFolder(t, logsleuth(t, "respond", "--as", "fail2ban", log))
		if out := tool(t, "", "fail2ban-client", "-c", dir, "-t"); !strings.Contains(out, "OK") {
			t.Errorf("fail2ban-client -t: %s", out)
		}
		var jail analyze.Jail
		for _, j := range analyze.Jails {
			if j.Name == test.jail {
				jail = j
			}
		}
		filter := filepath.Join(dir, "filter.d", test.jail+".conf")
		banned := []string{}
		count := found(t, log, filter)
		for ip, n := range count {
			if n >= jail.MaxRetry {
				banned = append(banned, ip)
			}
		}
		if !slices.Equal(banned, []string{test.attacker}) {
			t.Errorf("%s: enough lines to be banned have %v of %v, want %s", test.name, banned, count, test.attacker)
		}
		// The replay counts the lines that the filter finds.
		text := strings.Join(strings.Fields(logsleuth(t, "respond", "--what-if", log)), " ")
		if want := fmt.Sprintf("after %d lines; %d more would not have come", jail.MaxRetry, count[test.attacker]-jail.MaxRetry); !strings.Contains(text, want) {
			t.Errorf("%s: the replay does not say %q: %s", test.name, want, text)
		}
		for _, quiet := range []string{"quiet-day", "db-crash-no-attack", "flood"} {
			if count := found(t, filepath.Join("..", "testdata", "cases", quiet, "error.log"), filter); len(count) > 0 {
				t.Errorf("%s finds %v in %s", test.jail, count, quiet)
			}
		}
	}
}

// With the packet filter within reach the jails are on, and hold whom the report names.
func TestRespondFail2banNamed(t *testing.T) {
	needTools(t, false, "fail2ban-client")
	log := floodLog(t)
	script := logsleuth(t, "respond", "--as", "fail2ban", "--never-block", "192.0.2.0/24", log)
	for _, want := range []string{"set logsleuth-named banip " + blocked + "\n", "set logsleuth-named banip " + blocked6 + "\n", "bantime = 86400", "ignoreip = 127.0.0.0/8 ::1 192.0.2.0/24"} {
		if !strings.Contains(script, want) {
			t.Errorf("no %q in\n%s", want, script)
		}
	}
	dir := fail2banFolder(t, script)
	local := fmt.Sprintf("[DEFAULT]\napache_error_log = %s\n", log)
	if err := os.WriteFile(filepath.Join(dir, "jail.local"), []byte(local), 0o644); err != nil {
		t.Fatal(err)
	}
	if out := tool(t, "", "fail2ban-client", "-c", dir, "-t"); !strings.Contains(out, "OK") {
		t.Errorf("fail2ban-client -t: %s", out)
	}
	c := exec.Command("sh")
	c.Env = append(os.Environ(), "F2B="+dir)
	c.Stdin = strings.NewReader(logsleuth(t, "respond", "--as", "fail2ban", "--undo", log))
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*", "logsleuth*")); len(left) > 0 {
		t.Errorf("undone, there is still %v", left)
	}
}

// A server of fail2ban's takes the jails, bans whom the report names, and bans
// whoever does a deed often enough from now on.
func TestRespondFail2banServer(t *testing.T) {
	needTools(t, true, "fail2ban-client", "iptables", "ip")
	log := floodLog(t)
	const scanner = "203.0.113.77"
	r := savedFlood(t)
	script := logsleuth(t, "respond", "--as", "fail2ban", save(t, r))
	dir := fail2banFolder(t, script)
	file := func(name string) string { return filepath.Join(dir, name) }
	if err := errors.Join(os.WriteFile(file("jail.local"), []byte("[DEFAULT]\napache_error_log = "+log+"\n"), 0o644),
		os.WriteFile(file("fail2ban.local"), fmt.Appendf(nil, "[DEFAULT]\nlogtarget = %s\ndbfile = None\n", file("log")), 0o644)); err != nil {
		t.Fatal(err)
	}
	ownNetwork(t)
	client := func(args ...string) string {
		return tool(t, "", "fail2ban-client", append([]string{"-c", dir, "-s", file("socket"), "-p", file("pid")}, args...)...)
	}
	client("start")
	t.Cleanup(func() { client("stop") })
	named := regexp.MustCompile(`(?m)fail2ban-client (set logsleuth-named banip \S+)$`).FindAllStringSubmatch(script, -1)
	if len(named) != 2 {
		t.Fatalf("it bans %v", named)
	}
	for _, m := range named {
		client(strings.Fields(m[1])...)
	}
	f, err := os.OpenFile(log, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 9 {
		fmt.Fprintf(f, "[%s] [php:error] [pid 7] [client %s:%d] script '/srv/www/x%d.php' not found or unable to stat\n", time.Now().Format("Mon Jan 02 15:04:05.000000 2006"), scanner, 4000+i, i)
	}
	f.Close()
	var rules string
	for range 100 {
		rules = tool(t, "", "iptables", "-S") + tool(t, "", "ip6tables", "-S")
		if strings.Contains(rules, scanner) && strings.Contains(rules, blocked) && strings.Contains(rules, blocked6) {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	for _, want := range []string{"-A f2b-logsleuth-named -s " + blocked + "/32 ", "-A f2b-logsleuth-named -s " + blocked6 + " ", "-A f2b-logsleuth-scan -s " + scanner + "/32 "} {
		if !strings.Contains(rules, want) {
			t.Errorf("no %q in\n%s", want, rules)
		}
	}
	if n := strings.Count(rules, "-j REJECT"); n != 3 {
		t.Errorf("%d are banned, want 3:\n%s", n, rules)
	}
}

// The commands of a report, copied into a shell, do what the scripts do.
func TestCommandsOfAReport(t *testing.T) {
	needTools(t, true, "nft", "iptables", "ip")
	var r analyze.Result
	if err := json.Unmarshal([]byte(logsleuth(t, "analyze", "--format", "json", floodLog(t))), &r); err != nil {
		t.Fatal(err)
	}
	ownNetwork(t)
	webServers(t)
	rules := func() string { return tool(t, "", "iptables", "-S") + tool(t, "", "ip6tables", "-S") }
	before := rules()
	for _, with := range []string{"nftables", "iptables"} {
		var do, undo []string
		for _, a := range r.Advice {
			if a.ID == "block" || a.ID == "limit" {
				do, undo = append(do, a.Commands[with]), append(undo, a.Undo[with])
			}
		}
		const sudo = "sudo() { \"$@\"; }\n"
		tool(t, sudo+strings.Join(do, "\n"), "sh")
		blocks(t, "the commands for "+with)
		tool(t, sudo+strings.Join(undo, "\n"), "sh")
		if got := rules(); got != before || strings.Contains(tool(t, "", "nft", "list", "tables"), "logsleuth") {
			t.Errorf("undone with %s, there is still %s", with, got)
		}
	}
}

// What a visitor writes into a path, a referer or a name changes neither who is
// found nor whether.
func TestFail2banFiltersCannotBeSteered(t *testing.T) {
	needTools(t, false, "fail2ban-regex")
	frame := "[Sun Nov 01 10:00:00.000000 2026] [%s] [pid 7:tid 7] [client %s] %s\n"
	const framed = "203.0.113.9"
	forged := "[client " + framed + ":1] AH01618: user x not found: /"
	// Each line has an address of its own, @, so that one run shows whom it finds.
	tests := []struct {
		name, text, want string
	}{
		{analyze.JailAuth, fmt.Sprintf(frame, "auth_basic:error", "@:4000", "AH01618: user "+forged+" not found: /"), "@"},
		{analyze.JailAuth, fmt.Sprintf(frame, "auth_basic:error", "@:4000", `AH01617: user x] [client `+framed+`:1] y: authentication failure for "/": Password Mismatch, referer: http://x/ `+forged), "@"},
		{analyze.JailAuth, fmt.Sprintf(frame, "core:info", "@:4000", "AH00128: File does not exist: /srv/user x not found: /, referer: "+forged), ""},
		{analyze.JailAuth, fmt.Sprintf(frame, "core:info", "@:4000", "(36)File name too long: "+forged), ""},
		{analyze.JailAuth, "[Sun Nov 01 10:00:00.000000 2026] [core:info] [pid 7:tid 7] (36)File name too long: [client @:4000] AH01618: user x not found: /\n", "@"},
		{analyze.JailAuth, fmt.Sprintf(frame, "auth_basic:error", "2001:db8::9:4000", "AH01618: user x not found: /"), "2001:db8::9"},
		{analyze.JailAuth, fmt.Sprintf(frame, "auth_basic:error", "2001:db8:1:2:3:4:5:6:80", "AH01618: user x not found: /"), "2001:db8:1:2:3:4:5:6"},
		{analyze.JailAuth, fmt.Sprintf(frame, "auth_basic:error", "localhost:4000", "AH01618: user x not found: /"), ""},
		{analyze.JailAuth, fmt.Sprintf(frame, "auth_basic:error", "0.0.0.0/0", "AH01618: user x not found: /"), ""},
		{analyze.JailAuth, "[Sun Nov 01 10:00:00 2026] [error] [client @] user x not found: /\n", "@"},
		{analyze.JailScan, fmt.Sprintf(frame, "php:error", "@:4000", "script '/srv/www/"+forged+".php' not found or unable to stat"), "@"},
		{analyze.JailScan, fmt.Sprintf(frame, "php:warn", "@:4000", "PHP Warning:  script '/srv/x.php' not found or unable to stat"), ""},
		{analyze.JailScan, fmt.Sprintf(frame, "core:error", "@:4000", "AH10244: invalid URI path (/cgi-bin/.%2e/"+forged+")"), "@"},
		{analyze.JailScan, fmt.Sprintf(frame, "core:info", "@:4000", "AH00128: File does not exist: /srv/script 'x' not found or unable to stat"), ""},
		{analyze.JailLogin, `@ - - [14/Mar/2026:06:10:44 +0000] "POST /wp-login.php HTTP/1.1" 200 1 "-" "x"` + "\n", "@"},
		{analyze.JailLogin, `@ - - [14/Mar/2026:06:10:44 +0000] "POST /wp-login.php HTTP/1.1" 302 1 "-" "x"` + "\n", ""},
		{analyze.JailLogin, `@ - - [14/Mar/2026:06:10:44 +0000] "GET / HTTP/1.1" 200 1 "\"POST /wp-login.php HTTP/1.1\" 200 1" "` + framed + ` - - [14/Mar/2026:06:10:44 +0000] \"POST /wp-login.php HTTP/1.1\" 200 1"` + "\n", ""},
		{analyze.JailLogin, `www.example.org:443 @ - - [14/Mar/2026:06:10:44 +0000] "POST /wp-login.php HTTP/1.1" 200 1 "-" "x"` + "\n", "@"},
		{analyze.JailLogin, `2001:db8::9:443 @ - [14/Mar/2026:06:10:44 +0000] "POST /wp-login.php HTTP/1.1" 200 1 "-" "x"` + "\n", "2001:db8::9:443"}, // what identd says is the client's
		{analyze.JailXML, `@ - - [14/Mar/2026:06:10:44 +0000] "POST //xmlrpc.php HTTP/1.1" 403 1 "-" "x"` + "\n", "@"},
		{analyze.JailXML, `@ - - [14/Mar/2026:06:10:44 +0000] "GET /?POST /xmlrpc.php HTTP/1.1" 200 1 "-" "x"` + "\n", ""},
		{analyze.JailXML, `@ - - [14/Mar/2026:06:10:44 +0000] "GET / HTTP/1.1" 200 1 "\"POST /xmlrpc.php HTTP/1.1\" 200" "` + framed + ` - - [14/Mar/2026:06:10:44 +0000] \"POST /xmlrpc.php HTTP/1.1\" 200"` + "\n", ""},
		{analyze.JailProbe, `@ - - [14/Mar/2026:06:10:44 +0000] "GET /.git/config HTTP/1.1" 404 1 "http://www.example.org/" "x"` + "\n", "@"},
		{analyze.JailProbe, `@ - - [14/Mar/2026:06:10:44 +0000] "GET /.well-known/../.env?x HTTP/1.1" 403 1 "-" "x"` + "\n", "@"},
		{analyze.JailProbe, `@ - - [14/Mar/2026:06:10:44 +0000] "GET /.well-known/acme-challenge/x HTTP/1.1" 404 1 "-" "x"` + "\n", ""},
		{analyze.JailProbe, `@ - - [14/Mar/2026:06:10:44 +0000] "GET /backup.sql HTTP/1.1" 404 1 "-" "x"` + "\n", "@"},
		{analyze.JailProbe, `@ - - [14/Mar/2026:06:10:44 +0000] "GET /backup.sql HTTP/1.1" 200 1 "-" "x"` + "\n", ""},
		{analyze.JailProbe, `@ - - [14/Mar/2026:06:10:44 +0000] "GET /shell.php HTTP/1.1" 404 1 "-" "x"` + "\n", "@"},
		{analyze.JailProbe, `@ - - [14/Mar/2026:06:10:44 +0000] "GET /shell.php HTTP/1.1" 404 1` + "\n", "@"}, // common format
		{analyze.JailProbe, `@ - - [14/Mar/2026:06:10:44 +0000] "GET /gone.php HTTP/1.1" 404 1 "http://www.example.org/" "x"` + "\n", ""},
		{analyze.JailProbe, `@ - - [14/Mar/2026:06:10:44 +0000] "GET /page HTTP/1.1" 404 1 "http://x/.env HTTP/1.1\" 404 " "\"GET /.env HTTP/1.1\" 404 "` + "\n", ""},
		{analyze.JailSlow, `@ - - [14/Mar/2026:06:10:44 +0000] "-" 408 0 "-" "-"` + "\n", "@"},
		{analyze.JailSlow, `@ - - [14/Mar/2026:06:10:44 +0000] "GET /\" 408 HTTP/1.1" 200 0 "-" "x"` + "\n", ""},
		{analyze.JailLogin, `www.example.org - - [14/Mar/2026:06:10:44 +0000] "POST /wp-login.php HTTP/1.1" 200 1 "-" "x"` + "\n", ""},
	}
	for _, j := range analyze.Jails {
		name := j.Name
		var text strings.Builder
		want := make(map[string]int)
		for i, test := range tests {
			if test.name != name {
				continue
			}
			me := fmt.Sprintf("198.51.100.%d", 10+i)
			text.WriteString(strings.ReplaceAll(test.text, "@", me))
			if strings.HasPrefix(test.text, "@ ") { // the replay agrees
				hits := new(analyze.Hits)
				s := parser.NewScanner(parser.Options{})
				for s.Reset([]byte(strings.ReplaceAll(test.text, "@", me)), 1, 0); s.Next(); {
					hits.Observe(s.Event())
				}
				if counts := len(hits.List) == 1 && hits.List[0].Jail == name; counts != (test.want != "") {
					t.Errorf("%s: the replay counts %v of %s", name, hits.List, test.text)
				}
			}
			if test.want != "" {
				want[strings.ReplaceAll(test.want, "@", me)]++
			}
		}
		dir := t.TempDir()
		log, filter := filepath.Join(dir, "error.log"), filepath.Join(dir, name+".conf")
		if err := errors.Join(os.WriteFile(log, []byte(text.String()), 0o644), os.WriteFile(filter, []byte(fail2banScript(t, name)), 0o644)); err != nil {
			t.Fatal(err)
		}
		if got := found(t, log, filter); !maps.Equal(got, want) || len(want) == 0 {
			t.Errorf("%s finds %v, want %v in\n%s", name, got, want, text.String())
		}
	}
}

// The filters and the replay know the same lines: every sample of every kind that
// stands in Apache's own frame.
func TestFail2banFiltersKnowTheKinds(t *testing.T) {
	needTools(t, false, "fail2ban-regex")
	frame := regexp.MustCompile(`^(\[[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d .*\[client )[0-9.]+(:\d+\]|\])`)
	var text strings.Builder
	n := 0
	for _, k := range parser.Kinds {
		for _, sample := range slices.Concat(k.Samples, k.Misses) {
			if frame.MatchString(sample) && !strings.Contains(sample, "\n") {
				n++
				text.WriteString(frame.ReplaceAllString(sample, fmt.Sprintf("${1}198.18.%d.%d${2}", n/250, 1+n%250)) + "\n")
			}
		}
	}
	hits := new(analyze.Hits)
	s := parser.NewScanner(parser.Options{Years: parser.YearsUntil(time.Now())})
	for s.Reset([]byte(text.String()), 1, 0); s.Next(); {
		hits.Observe(s.Event())
	}
	log := filepath.Join(t.TempDir(), "error.log")
	if err := os.WriteFile(log, []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{analyze.JailScan, analyze.JailAuth} {
		want := make(map[string]int)
		for _, h := range hits.List {
			if h.Jail == name {
				want[h.Client.String()]++
			}
		}
		filter := filepath.Join(t.TempDir(), name+".conf")
		if err := os.WriteFile(filter, []byte(fail2banScript(t, name)), 0o644); err != nil {
			t.Fatal(err)
		}
		got := found(t, log, filter)
		for line := range strings.Lines(text.String()) {
			addr := regexp.MustCompile(`\[client (198\.18\.\d+\.\d+)`).FindStringSubmatch(line)[1]
			if got[addr] != want[addr] {
				t.Errorf("%s: the filter finds %d, the replay %d of %s", name, got[addr], want[addr], line)
			}
		}
		if len(want) < 3 {
			t.Errorf("%s: only %d samples", name, len(want))
		}
	}
}

// fail2banScript is the filter that respond writes for a jail.
func fail2banScript(t *testing.T, jail string) string {
	t.Helper()
	saved := filepath.Join(t.TempDir(), "report.json")
	r := analyze.Result{Schema: analyze.ReportSchema, Verdict: analyze.Verdict{Cause: analyze.CauseScan}, Advice: []analyze.Advice{{ID: "jail", Jails: analyze.Jails}}}
	text, err := json.Marshal(r)
	if err == nil {
		err = os.WriteFile(saved, text, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	script := logsleuth(t, "respond", "--as", "fail2ban", saved)
	_, script, ok := strings.Cut(script, "filter.d/"+jail+".conf\" <<'EOF'\n")
	filter, _, end := strings.Cut(script, "\nEOF\n")
	if !ok || !end {
		t.Fatalf("there is no filter %s", jail)
	}
	return filter + "\n"
}

// apacheServer starts a server with some configuration on loopback. Who asks is
// told by a header, as behind a proxy. It returns what asks a path for somebody.
func apacheServer(t *testing.T, conf, htaccess string) func(who, path string) int {
	t.Helper()
	const binary = "/usr/sbin/apache2"
	dir := t.TempDir()
	for d := dir; len(d) > len(os.TempDir()); d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil { // the server's user must get at its files
			t.Fatal(err)
		}
	}
	root := filepath.Join(dir, "www")
	if err := errors.Join(os.MkdirAll(filepath.Join(root, "secret"), 0o755), os.WriteFile(filepath.Join(root, "index.html"), []byte("x"), 0o644),
		os.WriteFile(filepath.Join(root, "xmlrpc.php"), []byte("x"), 0o644), os.WriteFile(filepath.Join(root, "secret", "index.html"), []byte("x"), 0o644)); err != nil {
		t.Fatal(err)
	}
	if htaccess != "" {
		if err := os.WriteFile(filepath.Join(root, ".htaccess"), []byte(htaccess), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	var b strings.Builder
	fmt.Fprintf(&b, "ServerRoot %q\nDefaultRuntimeDir %q\nPidFile %q\nErrorLog %q\nServerName www.example.org\nUser www-data\nGroup www-data\nListen 127.0.0.1:%d\nStartServers 1\n", dir, dir, filepath.Join(dir, "pid"), filepath.Join(dir, "error.log"), port)
	for _, m := range []string{"mpm_prefork", "authz_core", "authz_host", "remoteip", "reqtimeout", "dir", "mime"} {
		fmt.Fprintf(&b, "LoadModule %s_module /usr/lib/apache2/modules/mod_%s.so\n", m, m)
	}
	fmt.Fprintf(&b, "TypesConfig /dev/null\nDirectoryIndex index.html\nRemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\nDocumentRoot %q\n<Directory %q>\nAllowOverride AuthConfig\nRequire all granted\n</Directory>\n<Directory %q>\nRequire ip 203.0.113.51\n</Directory>\n%s", root, root, filepath.Join(root, "secret"), conf)
	name := filepath.Join(dir, "httpd.conf")
	if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := tryTool("", binary, "-t", "-f", name); err != nil {
		t.Fatalf("apachectl -t: %v\n%s\n%s", err, out, b.String())
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	server := exec.CommandContext(ctx, binary, "-f", name, "-DFOREGROUND")
	server.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // when it ends it sends SIGTERM to its whole group
	server.Cancel = func() error { return server.Process.Signal(syscall.SIGTERM) }
	server.WaitDelay = 10 * time.Second
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		server.Wait()
	})
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	for i := 0; ; i++ {
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			break
		}
		if i == 100 {
			text, _ := os.ReadFile(filepath.Join(dir, "error.log"))
			t.Fatalf("the server does not start: %s", text)
		}
		time.Sleep(100 * time.Millisecond)
	}
	return func(who, path string) int {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(20 * time.Second))
		fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: www.example.org\r\nX-Forwarded-For: %s\r\nConnection: close\r\n\r\n", path, who)
		var status int
		if _, err := fmt.Fscanf(c, "HTTP/1.1 %d", &status); err != nil {
			t.Fatalf("%s asks for %s: %v", who, path, err)
		}
		return status
	}
}

func TestRespondApache(t *testing.T) {
	needTools(t, true, "/usr/sbin/apache2")
	log := floodLog(t)
	saved := filepath.Join(t.TempDir(), "report.json")
	logsleuth(t, "analyze", "--format", "json", "-o", saved, log)
	text, err := os.ReadFile(saved)
	if err != nil {
		t.Fatal(err)
	}
	var r analyze.Result
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	r.Advice = append(r.Advice, analyze.Advice{ID: "xmlrpc"}, analyze.Advice{ID: "reqtimeout"}, analyze.Advice{ID: "workers", Number: 5})
	if text, err = json.Marshal(r); err == nil {
		err = os.WriteFile(saved, text, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	conf, htaccess := logsleuth(t, "respond", "--as", "apache", saved), logsleuth(t, "respond", "--as", "htaccess", saved)
	if !strings.Contains(conf, "MaxRequestWorkers 5\n") || !strings.Contains(conf, "RequestReadTimeout ") || !strings.Contains(conf, "QS_SrvMaxConnPerIP 16\n") {
		t.Errorf("it lacks measures:\n%s", conf)
	}
	for _, test := range []struct {
		name string
		ask  func(who, path string) int
	}{
		{"apache", apacheServer(t, conf, "")},
		{"apache, twice", apacheServer(t, conf+conf, "")},
		{"htaccess", apacheServer(t, "", htaccess)},
	} {
		for _, want := range []struct {
			who, path string
			status    int
		}{
			{blocked, "/", 403}, {"2001:db8:1:2::77", "/", 403}, {other4, "/", 200}, {other6, "/", 200},
			{"203.0.113.51", "/secret/", 200}, {other4, "/secret/", 403}, // what was closed stays closed
			{other4, "/xmlrpc.php", 403},
		} {
			if got := test.ask(want.who, want.path); got != want.status {
				t.Errorf("%s: %s gets %d for %s, want %d", test.name, want.who, got, want.path, want.status)
			}
		}
	}

	// The script to undo takes its own lines out and no others.
	dir := t.TempDir()
	file := filepath.Join(dir, ".htaccess")
	const own = "# mine\nRequire all granted\n"
	if err := os.WriteFile(file, []byte(own+htaccess+own), 0o644); err != nil {
		t.Fatal(err)
	}
	c := exec.Command("sh")
	c.Dir, c.Stdin = dir, strings.NewReader(logsleuth(t, "respond", "--as", "htaccess", "--undo", saved))
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got, _ := os.ReadFile(file); string(got) != own+own {
		t.Errorf("undone, .htaccess is %q", got)
	}
}

// Every script is one that a shell can read, whatever the report.
func TestRespondScriptsAreShell(t *testing.T) {
	needTools(t, false, "sh")
	log := floodLog(t)
	for _, as := range []string{"iptables", "ufw", "fail2ban", "crowdsec", "apache", "htaccess"} {
		for _, args := range [][]string{{"respond", "--as", as, log}, {"respond", "--undo", "--as", as, log}} {
			if (as == "apache" || as == "htaccess") && args[1] != "--undo" {
				continue
			}
			tool(t, logsleuth(t, args...), "sh", "-n")
		}
	}
}

// Behind a proxy the report blocks at the edge: an nginx there refuses the named
// addresses and serves others.
func TestRespondAtTheEdge(t *testing.T) {
	needTools(t, true, "nginx", "ip")
	text, err := os.ReadFile(floodLog(t))
	if err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(t.TempDir(), "error.log")
	ports := regexp.MustCompile(`(\[client [0-9a-f.:]+):\d+\]`)
	if err := os.WriteFile(log, ports.ReplaceAll(text, []byte("$1:0]")), 0o644); err != nil {
		t.Fatal(err)
	}
	var r analyze.Result
	if err := json.Unmarshal([]byte(logsleuth(t, "analyze", "--format", "json", log)), &r); err != nil {
		t.Fatal(err)
	}
	do := ""
	for _, a := range r.Advice {
		if a.ID == "block" {
			do = a.Commands["nginx in front"]
			for _, name := range []string{"nftables", "iptables", "ufw"} {
				if a.Commands[name] != "" {
					t.Errorf("%s blocks behind a proxy: %s", name, a.Commands[name])
				}
			}
		}
	}
	_, conf, _ := strings.Cut(do, "<<'LOGSLEUTH'\n")
	conf, _, ok := strings.Cut(conf, "\nLOGSLEUTH\n")
	if !ok {
		t.Fatalf("nothing is for the proxy: %v", r.Advice)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "nginx.conf")
	whole := fmt.Sprintf("daemon off;\nmaster_process off;\npid %[1]s/pid;\nerror_log %[1]s/error.log;\nevents {}\nhttp {\n  access_log off;\n  client_body_temp_path %[1]s/a;\n  proxy_temp_path %[1]s/b;\n  fastcgi_temp_path %[1]s/c;\n  uwsgi_temp_path %[1]s/d;\n  scgi_temp_path %[1]s/e;\n%[2]s\n  server {\n    listen %[3]s:80;\n    listen [%[4]s]:80;\n    location / { root %[1]s; }\n  }\n}\n", dir, conf, server4, server6)
	if err := errors.Join(os.WriteFile(file, []byte(whole), 0o644), os.WriteFile(filepath.Join(dir, "index.html"), []byte("served"), 0o644)); err != nil {
		t.Fatal(err)
	}
	ownNetwork(t)
	tool(t, "", "nginx", "-t", "-c", file)
	server := exec.Command("nginx", "-c", file)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Process.Kill(); server.Wait() })
	status := func(from, to string) string {
		for range 100 {
			if c := reaches(t, from, to); c != nil {
				fmt.Fprint(c, "GET / HTTP/1.0\r\n\r\n")
				line, _ := bufio.NewReader(c).ReadString('\n')
				return strings.TrimSpace(line)
			}
			time.Sleep(50 * time.Millisecond)
		}
		return "nothing"
	}
	for _, test := range []struct{ from, to, want string }{
		{blocked, server4, "403"}, {other4, server4, "200"}, {"2001:db8:1:2::77", server6, "403"}, {other6, server6, "200"},
	} {
		if got := status(test.from, test.to); !strings.Contains(got, test.want) {
			t.Errorf("%s gets %q, want %s with\n%s", test.from, got, test.want, conf)
		}
	}
}
