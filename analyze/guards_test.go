package analyze

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// testServices are a few of those that package geo knows.
func testServices(a netip.Addr) (Service, bool) {
	for _, s := range []Service{
		{Operator: "Cloudflare", Purpose: "cdn", Header: "CF-Connecting-IP", Published: true, Source: "https://www.cloudflare.com/ips/", Date: "2026-02-11",
			Ranges: []netip.Prefix{netip.MustParsePrefix("162.158.0.0/15"), netip.MustParsePrefix("2606:4700::/32")}},
		{Operator: "Googlebot", Purpose: "crawler", Published: true, Source: "https://developers.google.com/", Date: "2026-11-24",
			Ranges: []netip.Prefix{netip.MustParsePrefix("66.249.64.0/19")}},
		{Operator: "UptimeRobot", Purpose: "monitor", Published: true, Source: "https://uptimerobot.com/", Date: "2026-11-24",
			Ranges: []netip.Prefix{netip.MustParsePrefix("69.162.124.0/24")}},
	} {
		if _, ok := within(s.Ranges, a); ok {
			return s, true
		}
	}
	return Service{}, false
}

const (
	cloudflare = "162.158.90.1"
	googlebot  = "66.249.66.1"
	monitor    = "69.162.124.9"
	agentGoogl = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
)

// standingOf is what a result says of an address.
func standingOf(r *Result, addr string) Standing {
	for _, c := range r.Clients {
		if c.IP == addr {
			return c.Standing
		}
	}
	return ""
}

// namedIn are the networks that measures of some ids name, of all without one.
func namedIn(r *Result, ids ...string) string {
	var b strings.Builder
	for _, a := range r.Advice {
		if len(ids) == 0 || slices.Contains(ids, a.ID) {
			for _, t := range a.Targets {
				fmt.Fprintln(&b, t.Network, t.Clients)
			}
		}
	}
	return b.String()
}

// Whatever a guarded address does, it is not accused and not in a block.
func TestGuardedAddressesAreNeverAccused(t *testing.T) {
	for addr, want := range map[string]Standing{
		"10.1.2.3": Proxy, "172.31.0.9": Proxy, "100.64.3.4": Proxy, "100.127.255.254": Proxy, "169.254.0.9": Proxy, "198.18.0.1": Proxy,
		"0.0.0.9": Proxy, "240.0.0.1": Proxy, "[fe80::1]": Proxy, "[fd00::7]": Proxy, "[64:ff9b::102:304]": Proxy, "[fec0::1]": Proxy,
		"[::ffff:192.168.1.1]": Proxy, "127.0.0.1": Own, "127.8.8.8": Own, "[::1]": Own,
		cloudflare: Proxy, "[2606:4700::1]": Proxy, googlebot: Crawler, monitor: Crawler,
		"100.63.255.255": Attacker, "100.128.0.0": Attacker, "66.249.96.1": Attacker, who: Attacker, // beside the ranges
	} {
		s := new(script)
		standIn(addr)(s)
		r := judge(s.logs())
		bare := strings.TrimPrefix(strings.Trim(addr, "[]"), "::ffff:")
		if got := standingOf(r, bare); got != want {
			t.Errorf("%s is called %q, want %q", addr, got, want)
		}
		if blocked := strings.Contains(namedIn(r, "block"), bare); blocked != (want == Attacker) {
			t.Errorf("%s (%s) is in a block: %t", addr, want, blocked)
		}
	}
}

// A flood out of a CDN's range is told, and is nothing to ban.
func TestAFloodFromACDNIsTold(t *testing.T) {
	s := new(script)
	s.hum(0, 3600)
	s.outage(1800, 20)
	attack(s, 1800, cloudflare, 60)
	r := judge(s.logs())
	if len(accusedIn(r)) > 0 || r.Verdict.Attack {
		t.Errorf("accused: %v, attack %t", accusedIn(r), r.Verdict.Attack)
	}
	if !strings.Contains(r.Verdict.Summary, cloudflare+" (Cloudflare) opened at least 60 connections") {
		t.Errorf("the flood is not told: %s", r.Verdict.Summary)
	}
	if strings.Contains(namedIn(r), cloudflare) {
		t.Errorf("a command names it: %s", namedIn(r))
	}
}

// When the log shows a CDN in place of the visitors, that is said first.
func TestALogThatShowsTheProxy(t *testing.T) {
	s := new(script)
	for i := range 600 {
		s.request(float64(i)*3, fmt.Sprintf("162.158.90.%d", 1+i%40), "GET", fmt.Sprintf("/page%d/", i%30), 200, "Mozilla/5.0")
	}
	r := judge(s.logs())
	if want := "100% of the lines name Cloudflare in place of the visitors"; !strings.HasPrefix(r.Verdict.Summary, want) {
		t.Errorf("it begins %q, want %q", r.Verdict.Summary, want)
	}
	if len(r.Advice) == 0 || r.Advice[0].ID != "remoteip" {
		t.Fatalf("the first advice is not mod_remoteip: %+v", r.Advice)
	}
	for _, line := range []string{"RemoteIPHeader CF-Connecting-IP\n", "RemoteIPTrustedProxy 162.158.0.0/15\n", "RemoteIPTrustedProxy 2606:4700::/32\n"} {
		if !strings.Contains(r.Advice[0].Commands["apache"], line) {
			t.Errorf("no line %q in %s", line, r.Advice[0].Commands["apache"])
		}
	}
	checkResult(t, r, s.logs())
}

// People in a company's own network are no proxies, many as their addresses are.
func TestPeopleInAPrivateNetworkAreNoProxy(t *testing.T) {
	s := new(script)
	for i := range 600 {
		s.request(float64(i)*3, fmt.Sprintf("10.0.0.%d", 1+i%40), "GET", "/", 200, "Mozilla/5.0")
	}
	if r := judge(s.logs()); strings.Contains(r.Verdict.Summary, "in place of the visitors") {
		t.Error(r.Verdict.Summary)
	}
}

// A crawler that asks too fast is told and not accused; whoever only says that it
// is one is accused like anybody.
func TestCrawlersByRangeNotByName(t *testing.T) {
	flood := func(addr string) *Result {
		s := new(script)
		s.hum(0, 3600)
		for i := range 40 {
			s.request(60*float64(i), fmt.Sprintf("203.0.113.%d", 1+i), "GET", "/", 200, "Mozilla/5.0")
		}
		for i := range 3000 {
			s.request(1800+float64(i)*0.02, addr, "GET", fmt.Sprintf("/page%d/", i), 200, agentGoogl)
		}
		s.exhausted(1840)
		return judge(s.logs())
	}
	real, forged := flood(googlebot), flood(who)
	if got := standingOf(real, googlebot); got != Crawler || real.Verdict.Attack {
		t.Errorf("the crawler is called %q, attack %t", got, real.Verdict.Attack)
	}
	if !strings.Contains(real.Verdict.Summary, googlebot+" (the crawler Googlebot) asked for") {
		t.Errorf("its load is not told: %s", real.Verdict.Summary)
	}
	if !slices.ContainsFunc(real.Advice, func(a Advice) bool { return a.ID == "crawl-rate" }) {
		t.Errorf("no advice on how fast it crawls: %+v", real.Advice)
	}
	if got := standingOf(forged, who); got != Attacker && got != Suspect {
		t.Errorf("whoever says it is Googlebot is called %q", got)
	}
	if said := evidenceOn(forged, who)["crawler"]; !strings.Contains(said, "anybody can say") {
		t.Errorf("its claim is not told: %q", said)
	}

	scan := func(addr, name string, n int) Standing {
		s := new(script)
		s.hum(0, 3600)
		for i := range n {
			s.request(1800+float64(i), addr, "GET", fmt.Sprintf(name, lettered(i)), 404, agentGoogl)
		}
		return standingOf(judge(s.logs()), addr)
	}
	for _, name := range []string{"/old%s.sql", "/x%s.php"} {
		if got := scan(googlebot, name, 60); got != Crawler {
			t.Errorf("Googlebot that asks for %s is called %q", name, got)
		}
		if got := scan(who, name, 60); got != Attacker && got != Suspect {
			t.Errorf("a forged Googlebot that asks for %s is called %q", name, got)
		}
	}
}

// WordPress calls its own cron now and then; a flood of such calls is a flood.
func TestTheServersOwnRequests(t *testing.T) {
	const agent = "WordPress/6.7; https://www.example.org"
	calls := func(n int, gap float64, more ...string) *Result {
		s := new(script)
		s.hum(0, 3600)
		for i := range 60 {
			s.request(30*float64(i), fmt.Sprintf("203.0.113.%d", 1+i), "GET", "/", 200, "Mozilla/5.0")
		}
		for i := range n {
			s.request(100+gap*float64(i), who, "POST", fmt.Sprintf("/wp-cron.php?doing_wp_cron=%d.5", i), 200, agent)
		}
		for _, path := range more {
			s.request(200, who, "GET", path, 404, agent)
		}
		return judge(s.logs())
	}
	if got := standingOf(calls(50, 60), who); got != Own {
		t.Errorf("the server's own cron is called %q", got)
	}
	if got := standingOf(calls(50, 60, "/.env"), who); got == Own {
		t.Error("a client that also asks for /.env is called the server itself")
	}
	if got := standingOf(calls(3000, 0.02), who); got != Attacker && got != Suspect {
		t.Errorf("a flood of calls of wp-cron.php is called %q", got)
	}

	s := new(script)
	s.hum(0, 3600)
	for i := range 40 {
		s.request(100+20*float64(i), "203.0.113.200", "OPTIONS", "*", 200, "Apache/2.4.62 (Debian) (internal dummy connection)")
	}
	if got := standingOf(judge(s.logs()), "203.0.113.200"); got != Own {
		t.Errorf("Apache's dummy connections are called %q", got)
	}
}

// Where a proxy on the same machine is what the log names in place of its visitors, it is
// no server that asks itself.
func TestAProxyOnTheServer(t *testing.T) {
	visitors := func(s *script) {
		for i := range 80 {
			agent := fmt.Sprintf("Mozilla/5.0 (X11; Linux x86_64; rv:1%02d.0) Gecko/20100101", i%30)
			s.request(40*float64(i), "127.0.0.1", "GET", "/", 200, agent)
			s.requestFrom(40*float64(i)+1, "127.0.0.1", "GET", "/a.css", 200, agent, "https://www.example.org/")
		}
	}
	s := new(script)
	visitors(s)
	r := judge(s.logs())
	if got := standingOf(r, "127.0.0.1"); got != Proxy || !strings.Contains(r.Verdict.Summary, "in place of the visitors") {
		t.Errorf("called %q: %s", got, r.Verdict.Summary)
	}
	s = new(script)
	browsers(s, 0, 3600, 60)
	visitors(s)
	if got := standingOf(judge(s.logs()), "127.0.0.1"); got != Own {
		t.Errorf("among visitors of their own addresses it is called %q", got)
	}
}

// What a server asks of itself, by many tools or with its own page as the one it came
// from, is no proxy's.
func TestTheServersOwnTools(t *testing.T) {
	s := new(script)
	for i := range 120 {
		agent := []string{"monit/5.33", "curl/8.5.0", "Go-http-client/1.1", "check_http/v2.3", "WordPress/6.4; https://www.example.org", "Mozilla/5.0 (iPhone) Warmer/2.0"}[i%6]
		s.request(40*float64(i), "127.0.0.1", "GET", "/", 200, agent)
	}
	r := judge(s.logs())
	if got := standingOf(r, "127.0.0.1"); got != Own {
		t.Errorf("called %q: %s", got, r.Verdict.Summary)
	}
	s = new(script)
	for i := range 120 {
		s.client(40*float64(i), "php:error", 200, "127.0.0.1", 40000+i, "PHP Fatal error:  Uncaught Error: x in /var/www/html/wp-content/plugins/mail/m.php on line 9, referer: https://www.example.org/wp-cron.php?doing_wp_cron=1")
	}
	r = judge(s.logs())
	if got := standingOf(r, "127.0.0.1"); got != Own {
		t.Errorf("by error.log it is called %q: %s", got, r.Verdict.Summary)
	}
}

// Behind an address that stands for many the readers of a site that moved follow old
// links, and a few bots come by: that is no scan. Where somebody looks for hidden files
// in a hurry, it is.
func TestOldLinksBehindAProxy(t *testing.T) {
	for old, hidden := range map[int]int{1200: 6, 0: 120} {
		s := new(script)
		for i := range old {
			s.noScript(12*float64(i), "10.0.0.5", 40000+i, fmt.Sprintf("/%c%c.php", 'a'+i%20, 'a'+i%6))
		}
		for i := range hidden {
			s.noScript(600+14000*float64(i)/float64(hidden*max(1, hidden-old)), "10.0.0.5", 41000+i, fmt.Sprintf("/.%c%c", 'a'+i%20, 'a'+i%6))
		}
		for i := range 300 {
			s.gone(48*float64(i), "10.0.0.5", 42000+i, 200+i%8, ownPage)
		}
		if r := judge(s.logs()); r.Verdict.Attack != (hidden > 100) {
			t.Errorf("%d hidden files: %s", hidden, r.Verdict.Summary)
		}
	}
}

func TestUnnamed(t *testing.T) {
	for agent, want := range map[string]bool{
		"-":                      true,
		"curl/8.5.0":             true,
		"python-requests/2.31.0": true,
		"Mozilla/5.0":            true,
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36 Edg/124.0.0.0": true,
		"Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0":                                                        true,
		"Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)":                                                               true,
		"Mozilla/4.0 (compatible; MSIE 9.11; Windows NT 6.2; Windows Live Writer 1.0)":                                                  false,
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 wp-iphone/24.7":  false,
		"Mozilla/5.0 (compatible; SiteKeeper/4.4; +http://sitekeeper.example)":                                                          false,
		"FileTransport PolycomVVX-VVX_411-UA/5.9.5":                                                                                     false,
		"ClubApp/3.0 (Android 14)": false,
	} {
		if got := unnamed(agent); got != want {
			t.Errorf("%s: %t", agent, got)
		}
	}
}

// The address that the server's own log names as its own is never accused, and a
// visitor's text does not make one.
func TestTheServersOwnAddress(t *testing.T) {
	const complaint = "AH00558: apache2: Could not reliably determine the server's fully qualified domain name, using %s. Set the 'ServerName' directive globally to suppress this message"
	for what, write := range map[string]func(*script){
		"AH00558 in error.log": func(s *script) { s.apache(1, "core:alert", 90, complaint, who) },
		"AH00072 in error.log": func(s *script) {
			s.apache(1, "core:crit", 90, "(98)Address already in use: AH00072: make_sock: could not bind to address %s:80", who)
		},
		"AH00558 in syslog": func(s *script) { s.syslog(1, "apachectl[300]", complaint, who) },
		"DHCP":              func(s *script) { s.syslog(1, "dhclient[300]", "bound to %s -- renewal in 1800 seconds.", who) },
		"networkd": func(s *script) {
			s.syslog(1, "systemd-networkd[300]", "eth0: DHCPv4 address %s/24 via 198.51.100.1", who)
		},
		"ntpd": func(s *script) { s.syslog(1, "ntpd[300]", "Listen normally on 3 eth0 %s:123", who) },
		"avahi": func(s *script) {
			s.syslog(1, "avahi-daemon[300]", "Registering new address record for %s on eth0.IPv4.", who)
		},
	} {
		s := new(script)
		standIn(who)(s)
		write(s)
		if got := standingOf(judge(s.logs()), who); got != Own {
			t.Errorf("%s: called %q, want own", what, got)
		}
	}
	s := new(script)
	standIn(who)(s)
	s.missing(1900, who, 40000, "/"+fmt.Sprintf(complaint, who), "")
	s.syslog(1900, "app[300]", "bound to %s -- renewal in 1800 seconds.", who)
	s.request(1900, who, "GET", "/"+fmt.Sprintf(complaint, who), 404, fmt.Sprintf(complaint, who))
	if got := standingOf(judge(s.logs()), who); got != Attacker {
		t.Errorf("by a forged line: called %q", got)
	}
}

func TestAllowedAndTrusted(t *testing.T) {
	s := new(script)
	s.hum(0, 3600)
	s.outage(1800, 40)
	attack(s, 1800, who, 60)
	attack(s, 1801, other, 60)
	logs := s.logs()
	o := judgeOptions(logs)
	o.Allow = []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("2001:db8::/32")}
	r := Judge(whole(logs), o)
	if got := accusedIn(r); len(got) != 1 || got[other] != Attacker {
		t.Errorf("accused: %v, want only %s", got, other)
	}
	if strings.Contains(namedIn(r), who) {
		t.Errorf("a command names the allowed address: %s", namedIn(r))
	}
	if len(r.Allowed) != 2 || len(r.Allowed[0].Met) != 1 || r.Allowed[0].Met[0].Would != Attacker || r.Allowed[0].Met[0].Reason == "" || len(r.Allowed[1].Met) != 0 {
		t.Errorf("allowed: %+v", r.Allowed)
	}
	for _, a := range r.Advice {
		if a.ID == "limit" && !slices.Contains(a.Exempt, "198.51.100.0/24") {
			t.Errorf("the limit hits who is allowed: %v", a.Exempt)
		}
	}
	checkResult(t, r, logs)

	o = judgeOptions(logs)
	o.TrustedProxies = o.TrustedProxies[:0]
	o.TrustedProxies = append(o.TrustedProxies, netip.MustParsePrefix(other+"/32"))
	r = Judge(whole(logs), o)
	if got := standingOf(r, other); got != Proxy {
		t.Errorf("a trusted proxy is called %q", got)
	}
	if got := accusedIn(r); len(got) != 1 || got[who] != Attacker {
		t.Errorf("beside a trusted proxy accused: %v", got)
	}
}

// An address that only a header names can be anybody's.
func TestAddressesFromAForgedHeader(t *testing.T) {
	s := new(script)
	s.hum(0, 3600)
	s.outage(1800, 20)
	for i := range 60 {
		s.gone(1800+0.1*float64(i), who, 0, 200+i, "")
	}
	s.exhausted(1820)
	if got := standingOf(judge(s.logs()), who); got != Suspect {
		t.Errorf("it is called %q, want suspect", got)
	}
}

// Whoever forges referers and user agents, but asks for pages only, is accused as
// before; and whoever forges all that people do, while workers hang on it, stays
// a suspect.
func TestForgedPeople(t *testing.T) {
	s := new(script)
	s.hum(0, 3600)
	s.outage(1800, 20)
	attack(s, 1800, who, 60)
	for i := range 600 {
		s.request(1800+float64(i)*0.1, who, "GET", "/", 200, fmt.Sprintf("Mozilla/5.0 (rv:%d)", i%40))
	}
	if got := standingOf(judge(s.logs()), who); got != Attacker {
		t.Errorf("with forged user agents it is called %q", got)
	}
	browse(s, 1790, who, 200)
	if got := standingOf(judge(s.logs()), who); got != Suspect {
		t.Errorf("with all forged it is called %q", got)
	}
}

// The first field may be a header that anybody can send.
func TestAForgedForwardedAddress(t *testing.T) {
	scan := func(forwarded, peer string) *Result {
		s := new(script)
		s.hum(0, 3600)
		for i := range 60 {
			s.request(1800+float64(i), forwarded+" "+peer, "GET", fmt.Sprintf("/old%s.sql", lettered(i)), 404, "curl/8.0")
		}
		return judge(s.logs())
	}
	if r := scan(googlebot, who); standingOf(r, who) != Attacker {
		t.Errorf("whoever forges Googlebot's address into a header is called %q: %v", standingOf(r, who), accusedIn(r))
	}
	if r := scan(other, who); accusedIn(r)[other] != "" {
		t.Errorf("somebody is accused for a forged header: %v", accusedIn(r))
	}
	if r := scan(who, "10.0.0.2"); standingOf(r, who) != Attacker { // a proxy of one's own passed it on
		t.Errorf("behind a proxy of one's own: %v", accusedIn(r))
	}
	if r := scan(who, cloudflare); standingOf(r, cloudflare) != Proxy || len(accusedIn(r)) > 0 {
		t.Errorf("behind a delivery service: %v", accusedIn(r))
	}
}

// A flood through many addresses of one delivery service, a little through each, is
// one through the service.
func TestAFloodThroughADeliveryService(t *testing.T) {
	edge := func(i int) string { return fmt.Sprintf("162.158.90.%d", 1+i%30) }
	for _, test := range []struct {
		name   string
		assets bool // of the pages in the trouble
		cause  Cause
	}{{"a flood", false, CauseFlood}, {"a crowd", true, CauseCapacity}} {
		s := new(script)
		for i := range 1800 {
			s.requestFrom(2*float64(i), edge(i), "GET", fmt.Sprintf("/page-%d/", i), 200, "Mozilla/5.0", "https://www.example.org/")
			s.requestFrom(2*float64(i), edge(i+7), "GET", "/a.css", 200, "Mozilla/5.0", "https://www.example.org/")
		}
		for i := range 900 {
			s.request(1800+0.1*float64(i), edge(i), "GET", fmt.Sprintf("/?s=%d", i), 200, "Mozilla/5.0")
			if test.assets {
				s.requestFrom(1800+0.1*float64(i), edge(i+7), "GET", "/a.css", 200, "Mozilla/5.0", "https://www.example.org/")
			}
		}
		s.exhausted(1805)
		r := judge(s.logs())
		if r.Verdict.Cause != test.cause || r.Verdict.Attack == test.assets || len(accusedIn(r)) > 0 {
			t.Errorf("%s: %s, attack %t, %v: %s", test.name, r.Verdict.Cause, r.Verdict.Attack, accusedIn(r), r.Verdict.Summary)
		}
		if !test.assets && !strings.Contains(r.Verdict.Summary, "all 30 addresses of Cloudflare together") {
			t.Errorf("%s: %s", test.name, r.Verdict.Summary)
		}
	}
}
