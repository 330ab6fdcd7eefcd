package analyze

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	who   = "198.51.100.9" // of whom a test speaks
	other = "192.0.2.77"
)

// accusedIn are the attackers and suspects of a result.
func accusedIn(r *Result) map[string]Standing {
	m := make(map[string]Standing)
	for _, c := range r.Clients {
		if c.Standing == Attacker || c.Standing == Suspect {
			m[c.IP] = c.Standing
		}
	}
	return m
}

// evidenceOn are the rules that speak on a client, with what they say.
func evidenceOn(r *Result, addr string) map[string]string {
	m := make(map[string]string)
	for _, c := range r.Clients {
		if c.IP == addr {
			for _, e := range c.Evidence {
				m[e.Rule] += fmt.Sprintf("%+.2f %s; ", e.Weight, e.Text)
			}
		}
	}
	return m
}

// holds opens n connections of one client on as many workers within some seconds.
func holds(s *script, at float64, addr string, n int, within float64, from string) {
	for i := range n {
		s.gone(at+within*float64(i)/float64(n), addr, 40000+i, 200+i, from)
	}
}

// attack is a flood as it shows: connections, saturation, stuck workers.
func attack(s *script, at float64, addr string, n int) {
	holds(s, at, addr, n, 8, "")
	s.exhausted(at + 20)
	for i := range min(n, 8) {
		s.stuck(at+120, 200+i)
	}
	s.serverUp(at + 125)
}

var ruleTests = []struct {
	name    string
	write   func(s *script)
	accused map[string]Standing // exactly these
	cause   Cause               // of the verdict, "" for any
	finds   string              // a rule that speaks on who, or on a cause
	lacks   string              // one that does not
	known   string              // what is wrong for now
}{
	// load
	{"flood among visitors", func(s *script) {
		s.hum(0, 3600)
		s.outage(1800, 20)
		attack(s, 1800, who, 60)
	}, map[string]Standing{who: Attacker}, CauseFlood, "load", "alone", ""},
	{"flood from IPv6", func(s *script) {
		s.hum(0, 3600)
		s.outage(1800, 20)
		attack(s, 1800, "[2001:db8::9]", 60)
	}, map[string]Standing{"2001:db8::9": Attacker}, CauseFlood, "", "", ""},
	{"a flood by somebody who comes for it", func(s *script) {
		s.hum(0, 3600)
		browsers(s, 0, 3600, 60)
		s.outage(1800, 20)
		attack(s, 1800, who, 60)
	}, map[string]Standing{who: Attacker}, CauseFlood, "load", "regular", ""},
	{"a flood by somebody who is always there", func(s *script) {
		s.hum(0, 3600)
		browsers(s, 0, 3600, 60)
		browsers(s, 1800, 1860, 20)
		for i := range 1700 {
			s.requestFrom(2*float64(i), who, "GET", "/status/", 200, "Mozilla/5.0", "https://example.org/")
		}
		s.outage(1800, 20)
		attack(s, 1800, who, 60)
	}, map[string]Standing{who: Attacker}, CauseFlood, "regular", "", ""},
	{"two floods", func(s *script) {
		s.hum(0, 3600)
		s.outage(1800, 40)
		attack(s, 1800, who, 60)
		attack(s, 1801, other, 60)
	}, map[string]Standing{who: Attacker, other: Attacker}, CauseFlood, "load", "", ""},
	{"40 connections at once", func(s *script) {
		s.hum(0, 3600)
		s.outage(1800, 20)
		attack(s, 1800, who, 40)
	}, map[string]Standing{who: Attacker}, CauseFlood, "load", "", ""},
	{"100 connections at once and the server goes on", func(s *script) {
		s.hum(0, 3600)
		s.outage(1800, 20)
		holds(s, 1800, who, 100, 8, "")
	}, map[string]Standing{who: Attacker}, CauseFlood, "load", "", ""},
	{"11 connections at once", func(s *script) {
		s.hum(0, 3600)
		s.outage(1800, 20)
		attack(s, 1800, who, 11)
	}, nil, "", "", "load", ""},
	{"the same load by everybody", func(s *script) {
		s.hum(0, 3600)
		for i := range 20 {
			addr := fmt.Sprintf("203.0.113.%d", 1+i)
			for j := range 14 {
				s.gone(1800+float64(j)*0.6, addr, 40000+j, 200+(i*14+j)%150, "")
			}
		}
		s.exhausted(1815)
	}, nil, "", "", "load", ""},
	{"300 errors on one connection", func(s *script) {
		s.hum(0, 3600)
		s.outage(1800, 20)
		for i := range 300 {
			s.gone(1800+float64(i)*0.2, who, 40000, 200, "")
		}
	}, nil, CauseDatabase, "only-harmed", "load", ""},

	// alone
	{"alone before saturation", func(s *script) {
		for i := range 5 {
			s.gone(float64(i)*2, who, 40000+i, 200+i, "")
		}
		s.exhausted(14)
	}, map[string]Standing{who: Suspect}, CauseFlood, "alone", "load", ""},
	{"alone on one connection before saturation", func(s *script) {
		for i := range 9 {
			s.gone(float64(i)*2, who, 40000, 200, "")
		}
		s.exhausted(14)
	}, nil, "", "", "alone", ""},
	{"alone, long before saturation", func(s *script) {
		for i := range 5 {
			s.gone(float64(i)*2, who, 40000+i, 200+i, "")
		}
		s.exhausted(290)
	}, nil, "", "", "alone", ""},
	{"alone, the database killed for memory", func(s *script) {
		s.oomKill(-2, 4711, "mariadbd")
		for i := range 5 {
			s.gone(float64(i)*2, who, 40000+i, 200+i, "")
		}
		s.exhausted(14)
	}, nil, CauseMemory, "", "", ""},
	{"alone without saturation", func(s *script) {
		for i := range 30 {
			s.gone(float64(i)*0.3, who, 40000+i, 200+i, "")
		}
	}, nil, "", "", "alone", ""},

	// stuck
	{"pids of before a restart", func(s *script) {
		s.hum(0, 3600)
		s.outage(1800, 20)
		holds(s, 1700, who, 8, 8, "")
		s.serverUp(1790)
		s.exhausted(1830)
		for i := range 8 {
			s.stuck(1900, 200+i)
		}
	}, nil, "", "", "stuck", ""},
	{"pids of this start", func(s *script) {
		s.hum(0, 3600)
		s.serverUp(1690)
		s.outage(1800, 20)
		holds(s, 1700, who, 8, 8, "")
		s.exhausted(1830)
		for i := range 8 {
			s.stuck(1900, 200+i)
		}
	}, nil, "", "stuck", "load", ""},

	// scan
	{"30 probes", func(s *script) {
		s.hum(0, 3600)
		for i := range 30 {
			s.noScript(1800+float64(i)*2, who, 40000+i, fmt.Sprintf("/wp-content/x%s.php", lettered(i)))
		}
	}, map[string]Standing{who: Attacker}, CauseScan, "scan", "", ""},
	{"hidden files and backups", func(s *script) {
		s.hum(0, 3600)
		for i, p := range []string{"/.env", "/.git/config", "/backup.sql", "/db.sql.gz", "/site.zip", "/wp-config.php.bak", "/.aws/credentials", "/config.yml", "/old.tar.gz", "/.ssh/id_rsa"} {
			s.missing(1800+float64(i), who, 40000+i, p, "")
		}
	}, map[string]Standing{who: Suspect}, CauseScan, "scan", "", ""},
	{"five dead links", func(s *script) {
		s.hum(0, 3600)
		for i := range 5 {
			s.missing(1800+float64(i)*20, who, 40000+i, fmt.Sprintf("/photo%d.jpg", i), "")
		}
	}, nil, CauseQuiet, "", "scan", ""},
	{"one missing program, a thousand times", func(s *script) {
		s.hum(0, 3600)
		for i := range 1000 {
			s.noScript(1800+float64(i), who, 40000+i%300, "/cron/old.php")
		}
	}, nil, CauseQuiet, "", "scan", ""},

	// guessing
	{"60 failures with many names", func(s *script) {
		s.hum(0, 3600)
		for i := range 60 {
			s.noUser(1800+float64(i), who, 40000+i, fmt.Sprintf("user%d", i))
		}
	}, map[string]Standing{who: Attacker}, CauseGuessing, "guessing", "", ""},
	{"16 failures with many names", func(s *script) {
		s.hum(0, 3600)
		for i := range 16 {
			s.noUser(1800+float64(i), who, 40000+i, fmt.Sprintf("user%d", i))
		}
	}, map[string]Standing{who: Suspect}, CauseGuessing, "guessing", "", ""},
	{"five mistakes with a password", func(s *script) {
		s.hum(0, 3600)
		for i := range 5 {
			s.badPassword(1800+float64(i)*8, who, 40000+i, "anna")
		}
	}, nil, CauseQuiet, "", "guessing", ""},
	{"14 mistakes with a password", func(s *script) {
		s.hum(0, 3600)
		for i := range 14 {
			s.badPassword(1800+float64(i)*8, who, 40000+i, "anna")
		}
	}, nil, CauseQuiet, "", "guessing", ""},

	{"tries for one name as fast as a program can", func(s *script) {
		s.hum(0, 3600)
		for i := range 60 {
			s.badPassword(1800+float64(i), who, 40000+i, "admin")
		}
	}, map[string]Standing{who: Attacker}, CauseGuessing, "guessing", "", ""},
	{"a calendar that asks with an old password every ten seconds", func(s *script) {
		s.hum(0, 3600)
		for i := range 300 {
			s.badPassword(10*float64(i), who, 40000+i, "anna")
		}
	}, map[string]Standing{who: Suspect}, CauseGuessing, "guessing", "", ""},
	{"one password a minute at wp-login.php, and nothing else", func(s *script) {
		s.hum(0, 21600)
		for i := range 300 {
			s.request(60*float64(i), who, "POST", "/wp-login.php", 200, "Mozilla/5.0")
		}
	}, map[string]Standing{who: Suspect}, CauseGuessing, "web-guessing", "", ""},
	{"an office that mistypes forty passwords in a day", func(s *script) {
		s.hum(0, 36000)
		for i := range 40 {
			for j := range 5 {
				s.requestFrom(900*float64(i)+float64(j), who, "GET", "/", 200, "Mozilla/5.0", "https://example.org/")
			}
			s.request(900*float64(i)+9, who, "POST", "/wp-login.php", 200, "Mozilla/5.0")
		}
	}, nil, CauseQuiet, "", "", ""},

	// injection
	{"injected SQL", func(s *script) {
		s.hum(0, 3600)
		for i := range 6 {
			s.client(1800+float64(i), "php:notice", 200, who, 40000+i, "WordPress database error You have an error in your SQL syntax; check the manual for query SELECT * FROM wp_posts WHERE id=1' UNION SELECT user_pass FROM wp_users-- made by x")
		}
	}, map[string]Standing{who: Attacker}, CauseScan, "injection", "", ""},
	{"a plugin's own bad SQL", func(s *script) {
		s.hum(0, 3600)
		for i := range 6 {
			s.client(1800+float64(i), "php:notice", 200, who, 40000+i, "WordPress database error You have an error in your SQL syntax; check the manual for query SELECT * FROM wp_posts WHERE id IN () made by x")
		}
	}, nil, CauseQuiet, "", "injection", ""},

	// stand-in
	{"private address", standIn("10.1.2.3"), nil, "", "", "", ""},
	{"loopback", standIn("127.0.0.1"), nil, "", "", "", ""},
	{"IPv6 loopback", standIn("[::1]"), nil, "", "", "", ""},
	{"carrier-grade NAT", standIn("100.64.3.4"), nil, "", "", "", ""},
	{"link-local", standIn("[fe80::1]"), nil, "", "", "", ""},
	{"unique local", standIn("[fd00::7]"), nil, "", "", "", ""},
	{"mapped private address", standIn("[::ffff:192.168.1.1]"), nil, "", "", "", ""},
	{"a content delivery service", standIn(cloudflare), nil, "", "", "", ""},
	{"a crawler in its published ranges", standIn(googlebot), nil, "", "", "", ""},
	{"a watcher of uptime", standIn(monitor), nil, "", "", "", ""},
	{"a school of 60 in a database outage", func(s *script) {
		s.hum(0, 3600)
		s.outage(1800, 40)
		office(s, 1800, who, 60, "")
		browse(s, 1780, who, 60)
	}, nil, CauseDatabase, "browsers", "", ""},
	{"named only as remote", func(s *script) {
		s.hum(0, 3600)
		s.outage(1800, 20)
		for i := range 60 {
			s.apache(1800+float64(i)*0.1, "php:notice", 200+i, "[remote %s:%d] WordPress database error MySQL server has gone away for query SELECT 1 made by x", who, 40000+i)
			s.apache(1900+float64(i), "php:error", 200+i, "[remote %s:%d] script '/srv/x%s.php' not found or unable to stat", who, 40000+i, lettered(i))
		}
		s.exhausted(1815)
	}, nil, "", "", "", "two accusations outweigh that it is only [remote]"},
	{"a local scan by the owner's own monitoring", func(s *script) {
		s.hum(0, 3600)
		for i := range 60 {
			s.noScript(1800+float64(i), "127.0.0.1", 40000+i, fmt.Sprintf("/x%s.php", lettered(i)))
			s.noUser(1800+float64(i), "192.168.0.9", 40000+i, "x")
		}
	}, nil, "", "", "", ""},

	// forged text
	{"forged clients in paths", func(s *script) {
		s.hum(0, 3600)
		for i := range 60 {
			s.noScript(1800+float64(i), who, 40000+i, fmt.Sprintf("/x%s.php\\n[Sun Nov 08 10:30:00.000000 2026] [php:error] [pid 7] [client %s:%d] script '/y%s.php' not found or unable to stat", lettered(i), other, 50000+i, lettered(i)))
			s.missing(1800+float64(i), who, 40000+i, "/a", fmt.Sprintf(", referer: [client %s:5] AH00161: server reached MaxRequestWorkers", other))
			s.noUser(1900+float64(i), who, 40000+i, fmt.Sprintf("[client %s:7] AH01618: user x not found: /", other))
		}
	}, map[string]Standing{who: Attacker}, "", "", "", ""},

	// causes
	{"database outage for all", func(s *script) {
		s.hum(0, 3600)
		s.outage(1800, 40)
	}, nil, CauseDatabase, "", "", ""},
	{"database outage and its crash", func(s *script) {
		s.hum(0, 3600)
		s.syslog(1799, "mariadbd[411]", "261108 10:29:59 [ERROR] mysqld got signal 11 ;")
		s.outage(1800, 40)
		s.databaseUp(1870)
	}, nil, CauseDatabase, "", "", ""},
	{"database outage that used up the workers", func(s *script) {
		s.hum(0, 3600)
		s.outage(1800, 40)
		s.exhausted(1830)
	}, nil, CauseDatabase, "", "", ""},
	{"planned stop of the database", func(s *script) {
		s.hum(0, 3600)
		s.databaseStop(1799)
		s.outage(1800, 12)
		s.databaseUp(1840)
	}, nil, CauseMaintenance, "", "", "a planned stop counts twice as the database's fault"},
	{"graceful restart", func(s *script) {
		s.hum(0, 3600)
		s.apache(1800, "mpm_prefork:notice", 90, "AH00171: Graceful restart requested, doing restart")
		s.serverUp(1801)
	}, nil, CauseQuiet, "", "", ""},
	{"restart", func(s *script) {
		s.hum(0, 3600)
		s.serverStop(1800)
		s.serverUp(1802)
	}, nil, CauseQuiet, "", "", ""},
	{"saturation and nothing else", func(s *script) {
		s.exhausted(1800)
	}, nil, CauseUndetermined, "", "", ""},
	{"saturation with few clients", func(s *script) {
		s.gone(1790, who, 40000, 200, "")
		s.gone(1791, other, 40001, 201, "")
		s.exhausted(1800)
	}, nil, "", "", "alone", ""},
	{"saturation with a crowd", func(s *script) {
		s.hum(0, 3600)
		s.exhausted(1800)
	}, nil, CauseCapacity, "", "", ""},
	{"memory ran out for workers", func(s *script) {
		s.hum(0, 3600)
		for i := range 5 {
			s.oomKill(1800+float64(i), 300+i, "apache2")
		}
	}, nil, CauseMemory, "", "", ""},
	{"memory ran out for a program of somebody's", func(s *script) {
		s.hum(0, 3600)
		s.oomKill(1800, 5100, "convert")
	}, nil, CauseMemory, "", "", ""},
	{"memory ran out, and the lines of the kills are missing", func(s *script) {
		s.hum(0, 3600)
		for i := range 3 {
			s.syslog(1800+float64(i), "kernel", "[ 2781.797343] apache2 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0")
		}
	}, nil, CauseMemory, "", "", ""},
	{"memory ran out, and only systemd's lines are there", func(s *script) {
		s.hum(0, 3600)
		s.syslog(1800, "systemd[1]", "mariadb.service: A process of this unit has been killed by the OOM killer.")
		s.syslog(1800.5, "systemd[1]", "mariadb.service: Main process exited, code=killed, status=9/KILL")
		s.syslog(1800.6, "systemd[1]", "mariadb.service: Failed with result 'oom-kill'.")
	}, nil, CauseMemory, "", "", ""},
	{"crashing workers", func(s *script) {
		s.hum(0, 3600)
		for i := range 20 {
			s.segfault(1800+float64(i)*2, 300+i)
		}
	}, nil, CauseCrash, "", "", ""},
	{"one crashed worker", func(s *script) {
		s.hum(0, 3600)
		s.segfault(1800, 300)
	}, nil, CauseQuiet, "", "", ""},
	{"a plugin's fatal errors for everybody", func(s *script) {
		s.hum(0, 3600)
		for i := range 60 {
			s.client(1800+float64(i), "php:error", 200, fmt.Sprintf("203.0.113.%d", 1+i%30), 40000+i, "PHP Fatal error:  Uncaught Error: Call to undefined function f() in /var/www/html/wp-content/plugins/gallery/g.php on line 9")
		}
	}, nil, CausePlugin, "", "", ""},
	{"PHP-FPM is down", func(s *script) {
		s.hum(0, 3600)
		for i := range 60 {
			s.apache(1800+float64(i), "proxy:error", 200, "(111)Connection refused: AH02454: FCGI: attempt to connect to Unix domain socket /run/php/php8.2-fpm.sock (*:80) failed")
		}
	}, nil, CauseBackend, "", "", ""},
	{"a theme that calls a dozen programs which are gone", func(s *script) {
		s.hum(0, 3600)
		for i := range 12 {
			s.noScript(1800+5*float64(i), who, 42000+i, fmt.Sprintf("/wp-content/themes/a/ajax%s.php", lettered(i)))
		}
	}, nil, CauseQuiet, "", "scan", ""},
	{"a scan in access.log", func(s *script) {
		s.hum(0, 3600)
		for i := range 60 {
			s.request(1800+float64(i), who, "GET", fmt.Sprintf("/old%s.sql", lettered(i)), 404, "curl/8.0")
		}
	}, map[string]Standing{who: Attacker}, CauseScan, "web-scan", "", ""},
	{"dead links in access.log", func(s *script) {
		s.hum(0, 3600)
		for i := range 6 {
			s.request(1800+float64(i), who, "GET", fmt.Sprintf("/post-%d/", i), 404, "Mozilla/5.0")
		}
	}, nil, CauseQuiet, "", "web-scan", ""},
	{"a search engine with old addresses", func(s *script) {
		s.hum(0, 36000)
		for i := range 60 {
			s.request(600*float64(i), who, "GET", fmt.Sprintf("/post-%d/", i), 404, "Mozilla/5.0 (compatible; Examplebot/2.1)")
		}
	}, nil, CauseQuiet, "", "", ""},
	{"a theme that lacks forty pictures", func(s *script) {
		for v := range 30 {
			for i := range 40 {
				s.request(60*float64(v)+float64(i)*0.05, fmt.Sprintf("203.0.113.%d", 1+v), "GET", fmt.Sprintf("/wp-content/themes/a/%d.png", i), 404, "Mozilla/5.0")
			}
		}
	}, nil, CauseQuiet, "", "", ""},
	{"pages that ask for forty things without an ending that are gone", func(s *script) {
		s.hum(0, 3600)
		for v := range 30 {
			addr := fmt.Sprintf("203.0.113.%d", 1+v)
			for i := range 40 {
				at, path := 60*float64(v)+float64(i)*0.05, "/api/part-"+lettered(i)
				s.requestFrom(at, addr, "GET", path, 404, "Mozilla/5.0", "https://www.example.org/")
				s.requestFrom(at, addr, "GET", fmt.Sprintf("/img.php?n=%d", i), 404, "Mozilla/5.0", "https://www.example.org/")
				s.missing(at, addr, 40000+i, path, ownPage)
			}
		}
	}, nil, CauseQuiet, "", "", ""},
	{"a scan for backups that forges a referer", func(s *script) {
		s.hum(0, 3600)
		for i := range 60 {
			s.requestFrom(1800+float64(i), who, "GET", fmt.Sprintf("/old%s.sql", lettered(i)), 404, "curl/8.0", "https://www.example.org/")
		}
	}, map[string]Standing{who: Attacker}, CauseScan, "web-scan", "", ""},
	{"phones that open an app of the site's own", func(s *script) {
		s.hum(0, 3600)
		browsers(s, 0, 3600, 60)
		for v := range 60 {
			for i := range 8 {
				s.request(1800+float64(v)*0.5+2*float64(i), fmt.Sprintf("93.184.%d.7", v), "GET", fmt.Sprintf("/wp-json/wp/v2/posts?page=%d", i), 200, "ShopApp/2.1 (Android 14)")
			}
		}
		s.exhausted(1815)
	}, nil, CauseCapacity, "", "distributed", ""},
	{"pages that fail without a line in error.log", func(s *script) {
		s.hum(0, 3600)
		browsers(s, 0, 3600, 60)
		for i := range 40 {
			s.request(1800+float64(i), fmt.Sprintf("203.0.113.%d", 1+i), "GET", "/", 500, "Mozilla/5.0")
		}
	}, nil, CauseUndetermined, "", "", ""},
	{"errors that one client only gets", func(s *script) {
		s.hum(0, 3600)
		browsers(s, 0, 3600, 60)
		for i := range 40 {
			s.request(1800+float64(i), who, "GET", "/report/", 500, "Mozilla/5.0")
		}
	}, nil, CauseQuiet, "", "", ""},
	{"a flood that goes on after the workers ran out", func(s *script) {
		s.hum(0, 3600)
		s.exhausted(1801)
		for i := range 60 {
			s.client(1840+float64(i)*0.1, "php:warn", 300+i, who, 40000+i, "PHP Warning:  Undefined array key \"subject\" in /var/www/html/wp-content/plugins/forms/forms.php on line 14")
		}
	}, map[string]Standing{who: Attacker}, CauseFlood, "load", "", ""},
	{"SQL in queries, all answered with 200", func(s *script) {
		s.hum(0, 3600)
		for i := range 40 {
			s.request(1800+2*float64(i), who, "GET", fmt.Sprintf("/?p=%d%%20UNION%%20SELECT%%201,2,%d", i, i), 200, "Mozilla/5.0")
		}
	}, map[string]Standing{who: Attacker}, CauseScan, "crafted", "", ""},
	{"a reader who searches a site about SQL", func(s *script) {
		s.hum(0, 3600)
		browsers(s, 0, 3600, 60)
		for i, words := range []string{"union+select", "sleep(1)", "information_schema", "select+union", "waitfor+delay"} {
			s.request(1800+30*float64(i), who, "GET", "/?s="+words, 200, "Mozilla/5.0")
			s.requestFrom(1800+30*float64(i), who, "GET", "/page?author=7&order=a", 200, "Mozilla/5.0", "https://www.example.org/")
		}
	}, nil, CauseQuiet, "", "crafted", ""},
	{"users asked for by number, then a few passwords", func(s *script) {
		s.hum(0, 3600)
		browsers(s, 0, 3600, 60)
		for i := range 12 {
			s.request(1000+float64(i), who, "GET", fmt.Sprintf("/?author=%d", 1+i), 301, "Mozilla/5.0")
		}
		for i := range 24 {
			s.request(1100+32*float64(i), who, "GET", "/wp-login.php", 200, "Mozilla/5.0")
			s.request(1100+32*float64(i), who, "POST", "/wp-login.php", 200, "Mozilla/5.0")
		}
	}, map[string]Standing{who: Attacker}, CauseGuessing, "crafted", "", ""},
	{"a monitor of one's own that gets nothing but errors", func(s *script) {
		browsers(s, 0, 7200, 60)
		for i := range 300 {
			at := 1800 + 15*float64(i)
			s.request(at, who, "GET", "/report/", 500, "Mozilla/5.0 (compatible; check/1)")
			s.client(at, "php:error", 200, who, 40000+i, "PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate 4096 bytes) in /var/www/html/wp-content/plugins/report/r.php on line 9")
		}
	}, nil, CausePlugin, "", "distributed", ""},
	{"a flood long after the workers ran out once", func(s *script) {
		s.hum(0, 7200)
		browsers(s, 0, 7200, 60)
		s.exhausted(1806)
		for i := range 400 {
			s.request(5400+0.3*float64(i), who, "GET", fmt.Sprintf("/?s=%d", i), 200, "Mozilla/5.0")
		}
	}, map[string]Standing{who: Suspect}, CauseFlood, "distributed", "", ""},
	{"a flood of small programs in a trouble long after the workers ran out once", func(s *script) {
		s.hum(0, 20000)
		browsers(s, 0, 20000, 60)
		s.exhausted(1000)
		for i := range 40 {
			s.gone(10000+float64(i), spread(i), 40000+i, 200, "")
		}
		for v := range 25 {
			for i := range 20 {
				s.request(10000+float64(v)+4*float64(i), fmt.Sprintf("198.51.100.%d", v), "GET", fmt.Sprintf("/?s=%d", i), 200, "Mozilla/5.0")
			}
		}
	}, suspects(25, "198.51.100.%d"), CauseDistributed, "distributed", "", ""},
	{"programs long after PHP-FPM ran out of children once, which it would say again", func(s *script) {
		s.hum(0, 7200)
		browsers(s, 0, 7200, 60)
		s.syslog(1806, "php-fpm8.2[700]", "[pool www] server reached pm.max_children setting (5), consider raising it")
		for i := range 400 {
			s.request(5400+0.3*float64(i), who, "GET", fmt.Sprintf("/?s=%d", i), 200, "Mozilla/5.0")
		}
	}, nil, CauseCapacity, "", "distributed", ""},
	{"readers in numbers long after the workers ran out once", func(s *script) {
		s.hum(0, 7200)
		browsers(s, 0, 7200, 60)
		s.exhausted(1806)
		for v := range 90 {
			for i := range 3 {
				at := 5400 + float64(v) + 9*float64(i)
				s.request(at, fmt.Sprintf("93.184.%d.7", v), "GET", fmt.Sprintf("/news-%d/", i), 200, "Mozilla/5.0")
				s.requestFrom(at+1, fmt.Sprintf("93.184.%d.7", v), "GET", "/a.css", 200, "Mozilla/5.0", "https://www.example.org/news/")
			}
		}
	}, nil, CauseCapacity, "", "distributed", ""},
	{"a dozen programs that flood together", func(s *script) {
		s.hum(0, 3600)
		browsers(s, 0, 3600, 60)
		for v := range 12 {
			for i := range 45 {
				s.request(1800+1.3*float64(i), fmt.Sprintf("93.184.%d.7", v), "GET", fmt.Sprintf("/?s=%d", i), 200, "Mozilla/5.0")
			}
		}
		s.exhausted(1806)
	}, attackers(12, "93.184.%d.7"), CauseDistributed, "", "", ""},
	{"one password each from sixty addresses that name no page", func(s *script) {
		s.hum(0, 36000)
		browsers(s, 0, 36000, 60)
		for i := range 60 {
			s.request(60*float64(i), fmt.Sprintf("93.184.%d.7", i), "GET", "/wp-login.php", 200, "Mozilla/5.0")
			s.request(60*float64(i), fmt.Sprintf("93.184.%d.7", i), "POST", "/wp-login.php", 200, "Mozilla/5.0")
		}
	}, suspects(60, "93.184.%d.7"), CauseGuessing, "", "", ""},
	{"guessing at wp-login.php", func(s *script) {
		s.hum(0, 3600)
		for i := range 60 {
			s.request(1800+4*float64(i), who, "POST", "/wp-login.php", 200, "Mozilla/5.0")
		}
		s.request(2100, who, "POST", "/wp-login.php", 302, "Mozilla/5.0")
	}, map[string]Standing{who: Attacker}, CauseGuessing, "web-guessing", "", ""},
	{"guessing spread over many addresses", func(s *script) {
		s.hum(0, 3600)
		for i := range 100 {
			s.request(1800+8*float64(i), fmt.Sprintf("198.51.%d.9", 100+i%10), "POST", "/wp-login.php", 200, "Mozilla/5.0")
		}
	}, everyone(Suspect, "198.51.%d.9", 100, 10), CauseGuessing, "campaign", "network", ""},
	{"guessing spread over a neighbourhood", func(s *script) {
		s.hum(0, 3600)
		for i := range 100 {
			s.request(1800+8*float64(i), fmt.Sprintf("198.51.100.%d", 1+i%10), "POST", "/wp-login.php", 200, "Mozilla/5.0")
		}
	}, everyone(Attacker, "198.51.100.%d", 1, 10), CauseGuessing, "network", "", ""},
	{"a scan spread over a neighbourhood", func(s *script) {
		s.hum(0, 3600)
		for i := range 60 {
			s.noScript(1800+4*float64(i), fmt.Sprintf("198.51.100.%d", 1+i%10), 40000+i, fmt.Sprintf("/var/www/html/old%s/.env.php", lettered(i)))
		}
	}, everyone(Attacker, "198.51.100.%d", 1, 10), CauseScan, "network", "scan", ""},
	{"neighbours who each ask for one old program", func(s *script) {
		s.hum(0, 3600)
		for i := range 40 {
			s.noScript(1800+4*float64(i), fmt.Sprintf("198.51.100.%d", 1+i%20), 40000+i, fmt.Sprintf("/var/www/html/old%s.php", lettered(i)))
		}
	}, nil, CauseQuiet, "", "network", ""},
	{"a flood that changes its address within an IPv6 network", func(s *script) {
		s.hum(0, 3600)
		s.outage(1800, 20)
		for i := range 60 {
			s.gone(1800+0.1*float64(i), fmt.Sprintf("[2001:db8:5::%x]", 0x100+i%12), 40000+i, 200+i, "")
		}
		s.exhausted(1820)
	}, everyone(Attacker, "2001:db8:5::%x", 0x100, 12), CauseFlood, "", "", ""},
	{"visitors of one IPv6 network", func(s *script) {
		s.hum(0, 3600)
		s.outage(1800, 20)
		for i := range 12 {
			s.gone(1800+5*float64(i), fmt.Sprintf("[2001:db8:5::%x]", 0x100+i), 40000+i, 200+i, "")
		}
		s.exhausted(1820)
	}, nil, "", "", "network", ""},
	{"guessing of names spread over many addresses", func(s *script) {
		s.hum(0, 3600)
		for i := range 96 {
			s.noUser(1800+8*float64(i), fmt.Sprintf("198.51.%d.9", 100+i%8), 40000+i, fmt.Sprintf("user%d", i))
		}
	}, everyone(Suspect, "198.51.%d.9", 100, 8), CauseGuessing, "campaign", "", ""},
	{"guessing spread over very many addresses", func(s *script) {
		s.hum(0, 3600)
		browsers(s, 0, 3600, 10)
		for i := range 120 {
			s.request(600+20*float64(i), spread(i%40), "POST", "/wp-login.php", 200, "Mozilla/5.0")
		}
	}, spreadOver(40), CauseGuessing, "campaign", "", ""},
	{"many readers who forgot their passwords", func(s *script) {
		s.hum(0, 3600)
		browsers(s, 0, 3600, 10)
		for i := range 120 {
			s.requestFrom(600+20*float64(i), spread(i%40), "POST", "/wp-login.php", 200, "Mozilla/5.0", "https://example.org/wp-login.php")
		}
	}, nil, CauseQuiet, "", "campaign", ""},
	{"many authors who forgot their passwords", func(s *script) {
		s.hum(0, 3600)
		for i := range 20 {
			addr := fmt.Sprintf("198.51.100.%d", 1+i)
			for j := range 6 {
				at := 1800 + 7*float64(i) + 20*float64(j)
				s.request(at, addr, "GET", "/wp-login.php", 200, "Mozilla/5.0")
				for k := range 4 {
					s.request(at+1, addr, "GET", fmt.Sprintf("/wp-admin/css/%d.css", k), 200, "Mozilla/5.0")
				}
				s.request(at+10, addr, "POST", "/wp-login.php", 200, "Mozilla/5.0")
			}
		}
	}, nil, CauseQuiet, "", "campaign", ""},
	{"an author who mistypes and gets in", func(s *script) {
		s.hum(0, 3600)
		for i := range 6 {
			s.request(1800+9*float64(i), who, "POST", "/wp-login.php", 200, "Mozilla/5.0")
		}
		s.request(1900, who, "POST", "/wp-login.php", 302, "Mozilla/5.0")
	}, nil, CauseQuiet, "", "web-guessing", ""},
	{"guessing at xmlrpc.php", func(s *script) {
		s.hum(0, 3600)
		for i := range 200 {
			s.request(1800+3*float64(i), who, "POST", "/xmlrpc.php", 200, "-")
		}
	}, map[string]Standing{who: Attacker}, CauseGuessing, "web-guessing", "", ""},
	{"patient guessing at xmlrpc.php by what calls itself a browser", func(s *script) {
		s.hum(0, 20000)
		for i := range 140 {
			s.request(300+120*float64(i), who, "POST", "/xmlrpc.php", 200, "Mozilla/5.0 (X11; Linux x86_64; rv:62.0) Gecko/20100101 Firefox/62.0")
		}
	}, map[string]Standing{who: Suspect}, CauseGuessing, "web-guessing", "", ""},
	{"a scan that many addresses share, in access.log", func(s *script) {
		s.hum(0, 7200)
		for i := range 90 {
			s.request(3000+3*float64(i), scanner(i%15), "GET", onList(i/15, i%15), 404, "Mozilla/5.0")
		}
	}, scannersOf(15, Suspect), CauseScan, "scanners", "", ""},
	{"a scan that many addresses share, in error.log", func(s *script) {
		s.hum(0, 7200)
		for i := range 90 {
			s.noScript(3000+3*float64(i), scanner(i%15), 40000+i, fmt.Sprintf("/%s%s.php", []string{"old", "new", "x", "up", "wp", "db"}[i/15], string(rune('a'+i%15))))
		}
		for i := range 15 {
			s.missing(3300+3*float64(i), scanner(i), 41000+i, fmt.Sprintf("/site%c.bak", 'a'+i), "")
		}
	}, scannersOf(15, Suspect), CauseScan, "scanners", "", ""},
	{"readers with bookmarks to the programs of an old site", func(s *script) {
		s.hum(0, 7200)
		for i := range 90 {
			s.request(3000+3*float64(i), scanner(i%15), "GET", fmt.Sprintf("/%s%c.php", []string{"old", "new", "x", "up", "wp", "db"}[i/15], 'a'+i%15), 404, "Mozilla/5.0")
		}
	}, nil, CauseQuiet, "", "scanners", ""},
	{"readers with bookmarks beside a scan that many addresses share", func(s *script) {
		s.hum(0, 7200)
		for i := range 90 {
			s.request(3000+3*float64(i), scanner(i%15), "GET", onList(i/15, i%15), 404, "Mozilla/5.0")
			s.request(3000+3*float64(i), fmt.Sprintf("203.2.%d.9", i%15), "GET", fmt.Sprintf("/%s%c.php", []string{"team", "news", "shop", "tour", "club", "maps"}[i/15], 'a'+i%15), 404, "Mozilla/5.0")
		}
	}, scannersOf(15, Suspect), CauseScan, "scanners", "", ""},
	{"programs where only WordPress's own stand, which many addresses look for", func(s *script) {
		s.hum(0, 7200)
		for i := range 90 {
			s.request(3000+3*float64(i), scanner(i%15), "GET", fmt.Sprintf("/%s/%c%c.php", []string{"wp-includes", "wp-content", ".well-known", "images", "css", "js"}[i/15], 'a'+i%15, 'a'+i/15), 404, "Mozilla/5.0")
		}
	}, scannersOf(15, Suspect), CauseScan, "scanners", "", ""},
	{"telephones that fetch settings which may be missing", func(s *script) {
		s.hum(0, 7200)
		for i := range 90 {
			s.request(3000+3*float64(i), scanner(i%15), "GET", fmt.Sprintf("/prov/%c-%s.cfg", 'a'+i%15, []string{"phone", "web", "site", "local", "user", "old.bak"}[i/15]), 404, "FileTransport PolycomVVX-VVX_411-UA/5.9.5")
		}
	}, nil, CauseQuiet, "", "scanners", ""},
	{"gateways that fetch settings which are gone", func(s *script) {
		s.hum(0, 7200)
		for i := range 90 {
			s.request(3000+3*float64(i), scanner(i%15), "GET", fmt.Sprintf("/%c/%s", 'a'+i%15, []string{"a.cfg", "b.ini", "c.yml", "d.conf", "e.pem", "f.key"}[i/15]), 404, "curl/8.5.0")
		}
	}, nil, CauseQuiet, "", "scanners", ""},
	{"readers of one network who follow old links", func(s *script) {
		s.hum(0, 7200)
		for i := range 90 {
			s.request(3000+3*float64(i), fmt.Sprintf("198.51.100.%d", 1+i%15), "GET", fmt.Sprintf("/%s%c.php", []string{"old", "new", "x", "up", "wp", "db"}[i/15], 'a'+i%15), 404, "Mozilla/5.0")
		}
	}, nil, CauseQuiet, "", "network", ""},
	{"a device that fetches the same few settings over and over", func(s *script) {
		s.hum(0, 7200)
		for i := range 90 {
			s.request(1800+3*float64(i), who, "GET", []string{"/prov/a.cfg", "/prov/b.cfg", "/prov/c.ini"}[i%3], 404, "-")
		}
	}, nil, CauseQuiet, "", "web-scan", ""},
	{"a device that may not have the same few settings, in error.log", func(s *script) {
		s.hum(0, 7200)
		for i := range 90 {
			s.client(1800+3*float64(i), "authz_core:error", 200, who, 40000+i, "AH01630: client denied by server configuration: /var/www/html%s", []string{"/prov/a.cfg", "/prov/b.cfg", "/prov/c.ini"}[i%3])
		}
	}, nil, CauseQuiet, "", "scan", ""},
	{"the same few hidden files over and over, in error.log", func(s *script) {
		s.hum(0, 7200)
		for i := range 90 {
			s.client(1800+3*float64(i), "authz_core:error", 200, who, 40000+i, "AH01630: client denied by server configuration: /var/www/html%s", []string{"/.env", "/.git/config", "/a.bak"}[i%3])
		}
	}, map[string]Standing{who: Attacker}, CauseScan, "scan", "", ""},
	{"a mounted folder that a system looks through for its hidden files", func(s *script) {
		s.hum(0, 7200)
		for i := range 40 {
			s.request(1800+float64(i), who, "PROPFIND", fmt.Sprintf("/dav/%c%c/", 'a'+i%8, 'a'+i/8), 207, "WebDAVFS/3.0.0")
			s.request(1800.5+float64(i), who, "PROPFIND", fmt.Sprintf("/dav/._%c%c", 'a'+i%8, 'a'+i/8), 404, "WebDAVFS/3.0.0")
		}
	}, nil, CauseQuiet, "", "web-scan", ""},
	{"WordPress's own app with an old password", func(s *script) {
		s.hum(0, 20000)
		for i := range 140 {
			s.request(300+120*float64(i), who, "POST", "/xmlrpc.php", 200, "Mozilla/5.0 (Linux; Android 14; SM-A546B; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/124.0.0.0 Mobile Safari/537.36 wp-android/24.5")
		}
	}, nil, CauseQuiet, "", "web-guessing", ""},
	{"WordPress's own apps with old passwords", func(s *script) {
		s.hum(0, 20000)
		for i := range 900 {
			s.request(300+20*float64(i), scanner(i%30), "POST", "/xmlrpc.php", 200, "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 wp-iphone/24.7")
		}
	}, nil, CauseQuiet, "", "campaign", ""},
	{"forms sent hours after a campaign, and by an app meanwhile", func(s *script) {
		s.hum(0, 20000)
		for i := range 70 {
			s.requestFrom(1800+20*float64(i), scanner(i%7), "POST", "/wp-login.php", 200, "Mozilla/5.0", "https://www.example.org/wp-login.php")
		}
		for i := range 3 {
			s.requestFrom(15000+20*float64(i), "203.0.113.70", "POST", "/wp-login.php", 200, "Mozilla/5.0", "https://www.example.org/wp-login.php")
			s.request(1900+20*float64(i), "203.0.113.71", "POST", "/wp-login.php", 200, "ClubApp/3.0 (Android 14)")
		}
		for i := range 2 { // the form stood open
			s.requestFrom(1900+20*float64(i), "203.0.113.72", "POST", "/wp-login.php", 200, "Mozilla/5.0", "https://www.example.org/wp-login.php")
		}
	}, scannersOf(7, Suspect), CauseGuessing, "campaign", "", ""},
	{"a class that mistypes, most of which gets in", func(s *script) {
		s.hum(0, 7200)
		for i := range 60 {
			at, addr := 1800+5*float64(i), scanner(i)
			s.requestFrom(at, addr, "GET", "/wp-login.php", 200, "Mozilla/5.0", "https://www.example.org/")
			s.requestFrom(at+1, addr, "GET", "/wp-admin/css/login.css", 200, "Mozilla/5.0", "https://www.example.org/wp-login.php")
			for k := range 6 {
				s.requestFrom(at+15*float64(1+k), addr, "POST", "/wp-login.php", 200, "Mozilla/5.0", "https://www.example.org/wp-login.php")
			}
			if i%4 != 0 {
				s.requestFrom(at+120, addr, "POST", "/wp-login.php", 302, "Mozilla/5.0", "https://www.example.org/wp-login.php")
			}
		}
	}, nil, CauseQuiet, "", "campaign", ""},
	{"a class whose logins take the workers", func(s *script) {
		browsers(s, 0, 3600, 60)
		for i := range 60 {
			for k := range 7 {
				s.requestFrom(1800+0.5*float64(i)+15*float64(k), scanner(i), "POST", "/wp-login.php", 200, "Mozilla/5.0", "https://www.example.org/wp-login.php")
			}
		}
		s.exhausted(1850)
	}, scannersOf(60, Suspect), CauseCapacity, "campaign", "deed-load", ""},
	{"an import from other addresses each time, while a crowd takes the workers", func(s *script) {
		browsers(s, 0, 36000, 200)
		for i := range 10 {
			for k := range 360 {
				s.request(1800+3600*float64(i)+0.3*float64(k), fmt.Sprintf("203.5.%d.%d", 10*i+k%6, 9), "GET", fmt.Sprintf("/?p=%d", k), 200, "python-requests/2.31.0")
			}
		}
		s.exhausted(1810)
	}, nil, CauseCapacity, "", "distributed", ""},
	{"readers of a mail with many links, whose browsers keep what pages embed", func(s *script) {
		browsers(s, 0, 3600, 60)
		for i := range 25 * 6 {
			s.request(1800+0.5*float64(i), fmt.Sprintf("203.0.%d.9", 1+i%25), "GET", fmt.Sprintf("/?p=%d", i/25), 200, "Mozilla/5.0")
		}
		for i := range 90 * 3 {
			s.request(1800+0.3*float64(i), fmt.Sprintf("203.1.%d.9", 1+i%90), "GET", fmt.Sprintf("/?p=%d", i/90), 200, "Mozilla/5.0")
		}
		s.exhausted(1810)
	}, nil, CauseCapacity, "", "distributed", ""},
	{"people who wait for a ticket and press reload", func(s *script) {
		browsers(s, 0, 3600, 60)
		for i := range 40 * 50 {
			s.request(1800+0.1*float64(i), fmt.Sprintf("198.51.%d.9", 100+i%40), "GET", "/tickets/", 200, "Mozilla/5.0")
		}
		s.exhausted(1810)
	}, spreadOver(40), CauseDistributed, "distributed", "", ""},
	{"a picture on each page that Apache may not read", func(s *script) {
		browsers(s, 0, 7200, 120)
		for i := range 60 {
			at, addr := 600+60*float64(i), scanner(i)
			s.requestFrom(at, addr, "GET", "/", 200, "Mozilla/5.0", "https://search.example/")
			s.requestFrom(at+1, addr, "GET", "/logo.png", 403, "Mozilla/5.0", "https://www.example.org/")
			s.client(at+1, "core:error", 200, addr, 40000+i, "(13)Permission denied: AH00035: access to /logo.png denied (filesystem path '/var/www/html/logo.png') because search permissions are missing on a component of the path")
		}
	}, nil, CauseQuiet, "", "cause-config", ""},
	{"readers of one network who come to old links from a page", func(s *script) {
		s.hum(0, 7200)
		for i := range 90 {
			s.requestFrom(3000+3*float64(i), fmt.Sprintf("2001:db8:1:2::%x", 1+i%15), "GET", fmt.Sprintf("/%s%c.php", []string{"old", "new", "x", "up", "wp", "db"}[i/15], 'a'+i%15), 404, "Mozilla/5.0", "https://www.example.org/tasks/")
		}
	}, nil, CauseQuiet, "", "", ""},
	{"an office that comes to old links from a page, in error.log", func(s *script) {
		s.hum(0, 7200)
		for i := range 90 {
			s.client(3000+3*float64(i), "php:error", 200, who, 40000+i, "script '/var/www/html/%s%c.php' not found or unable to stat%s", []string{"old", "new", "x", "up", "wp", "db"}[i/15], 'a'+i%15, ownPage)
		}
	}, nil, CauseQuiet, "", "", ""},
	{"a partner's program that was not told that the interface is closed", func(s *script) {
		s.hum(0, 7200)
		for i := range 1000 {
			s.request(1000+float64(i), who, "GET", fmt.Sprintf("/api/%c.php", 'a'+i%20), 403, "python-requests/2.31.0")
			s.client(1000+float64(i), "authz_core:error", 200, who, 40000+i%9000, "AH01630: client denied by server configuration: /var/www/html/api/%c.php", 'a'+i%20)
		}
	}, nil, CauseQuiet, "", "", ""},
	{"forms that an app sends while all are told to come back later", func(s *script) {
		browsers(s, 0, 3600, 60)
		for i := range 60 {
			for k := range 3 {
				s.request(1800+0.5*float64(i)+15*float64(k), scanner(i), "POST", "/wp-login.php", 503, "okhttp/4.9.0")
			}
		}
	}, nil, CauseUndetermined, "", "campaign", ""},
	{"screens that show a page anew while an event takes the workers", func(s *script) {
		browsers(s, 0, 3600, 60)
		for i := range 8 * 150 {
			s.request(1800+0.5*float64(i), scanner(i%8), "GET", "/program/", 200, "Mozilla/5.0")
		}
		s.exhausted(1810)
	}, nil, CauseCapacity, "", "distributed", ""},
	{"a crawler that follows old links from many addresses, in error.log", func(s *script) {
		s.hum(0, 7200)
		for i := range 90 {
			s.noScript(3000+3*float64(i), scanner(i%15), 40000+i, fmt.Sprintf("/%s%s.php", []string{"old", "new", "x", "up", "wp", "db"}[i/15], string(rune('a'+i%15))))
		}
	}, nil, CauseQuiet, "", "scanners", ""},
	{"a crawler that follows old links from many addresses, in access.log", func(s *script) {
		s.hum(0, 7200)
		for i := range 90 {
			s.request(3000+3*float64(i), scanner(i%15), "GET", fmt.Sprintf("/%s%s.php", []string{"old", "new", "x", "up", "wp", "db"}[i/15], string(rune('a'+i%15))), 404, "Mozilla/5.0 (compatible; LinkWatchBot/1.3; +https://linkwatch.example/bot)")
		}
	}, nil, CauseQuiet, "", "", ""},
	{"bots that ask for one or two things each", func(s *script) {
		s.hum(0, 7200)
		for i := range 90 {
			s.request(3000+3*float64(i), scanner(i%45), "GET", onList(i/45, i%45), 404, "Mozilla/5.0")
		}
	}, nil, CauseQuiet, "", "scanners", ""},
	{"bots that each ask for a few things, hours apart", func(s *script) {
		s.hum(0, 86400)
		for i := range 90 {
			s.request(3000+4000*float64(i%15)+float64(i), scanner(i%15), "GET", onList(i/15, i%15), 404, "Mozilla/5.0")
		}
	}, nil, CauseQuiet, "", "scanners", ""},
	{"a theme whose programs are gone, in error.log", func(s *script) {
		s.hum(0, 7200)
		for i := range 120 {
			s.noScript(3000+3*float64(i), scanner(i/6), 40000+i, fmt.Sprintf("/wp-content/themes/old/%s.php", string(rune('a'+i%6))))
		}
	}, nil, CauseQuiet, "", "scanners", ""},
	{"files that Apache may not read, for everybody", func(s *script) {
		s.hum(0, 2900)
		s.hum(3700, 7200)
		for i := range 120 {
			s.apache(3000+5*float64(i), "core:crit", 200, "(13)Permission denied: [client %s:%d] AH00529: /var/www/html/.htaccess pcfg_openfile: unable to check htaccess file, ensure it is readable and that '/var/www/html/' is executable", scanner(i%12), 40000+i)
		}
	}, nil, CauseConfig, "cause-config", "", ""},
	{"a folder that Apache may not read, which one client asks for", func(s *script) {
		s.hum(0, 7200)
		for i := range 120 {
			s.client(3000+5*float64(i), "core:error", 200, who, 40000+i, "AH00035: access to /shop denied (filesystem path '/srv/www/shop') because search permissions are missing on a component of the path")
		}
	}, nil, CauseQuiet, "", "cause-config", ""},
	{"a rewrite rule that leads back to itself", func(s *script) {
		s.hum(0, 2900)
		s.hum(3700, 7200)
		for i := range 60 {
			s.client(3000+5*float64(i), "core:error", 200, scanner(i%12), 40000+i, "AH00124: Request exceeded the limit of 10 internal redirects due to probable configuration error. Use 'LimitInternalRecursion' to increase the limit if necessary. Use 'LogLevel debug' to get a backtrace.")
		}
	}, nil, CauseConfig, "cause-config", "", ""},
	{"guessing so fast that the workers run out", func(s *script) {
		browsers(s, 0, 3600, 60)
		for i := range 600 {
			s.request(1800+0.1*float64(i), scanner(i%4), "POST", "/wp-login.php", 200, "Mozilla/5.0")
		}
		s.exhausted(1810)
	}, scannersOf(4, Attacker), CauseFlood, "deed-load", "", ""},
	{"guessing while a crowd takes the workers", func(s *script) {
		browsers(s, 0, 3600, 60)
		browsers(s, 1790, 1850, 100)
		for i := range 60 {
			s.request(1790+float64(i), who, "POST", "/wp-login.php", 200, "Mozilla/5.0")
		}
		s.exhausted(1810)
	}, map[string]Standing{who: Attacker}, CauseCapacity, "web-guessing", "deed-load", ""},
	{"readers who reload a page of news that names no page before it", func(s *script) {
		browsers(s, 0, 3600, 60)
		for i := range 600 {
			s.request(1700+0.67*float64(i), fmt.Sprintf("203.0.%d.9", 10+i%60), "GET", "/ticker/", 200, "Mozilla/5.0")
		}
		s.exhausted(1800)
	}, nil, CauseCapacity, "", "distributed", ""},
	{"few clients that hammer a server without a free worker", func(s *script) {
		browsers(s, 0, 3600, 60)
		for i := range 360 {
			s.request(1800+0.3*float64(i), scanner(i%6), "GET", fmt.Sprintf("/?s=%d", i), 200, "Mozilla/5.0")
		}
		s.exhausted(1810)
	}, scannersOf(6, Suspect), CauseDistributed, "distributed", "", ""},
	{"sites that are made to verify pingbacks", func(s *script) {
		browsers(s, 0, 3600, 60)
		for i := range 400 {
			s.request(1800+0.15*float64(i), scanner(i%40), "GET", fmt.Sprintf("/?%d=%d", i, i), 200, "WordPress/6.4.3; http://blog.example; verifying pingback from 192.0.2.66")
		}
		s.exhausted(1810)
	}, scannersOf(40, Suspect), CauseDistributed, "distributed", "", ""},
	{"the same few secrets over and over", func(s *script) {
		s.hum(0, 7200)
		for i := range 90 {
			s.request(1800+3*float64(i), who, "GET", []string{"/.env", "/backup.sql", "/.git/config"}[i%3], 404, "Mozilla/5.0")
		}
	}, map[string]Standing{who: Attacker}, CauseScan, "web-scan", "", ""},
	{"an owner's own check that some secrets are not there", func(s *script) {
		s.hum(0, 36000)
		for i := range 90 {
			s.request(300*float64(i), who, "GET", []string{"/.env", "/backup.sql", "/.git/config"}[i%3], 404, "check_http")
		}
	}, nil, CauseQuiet, "", "web-scan", ""},
	{"a campaign takes in those who send the form and never ask for it", func(s *script) {
		s.hum(0, 7200)
		for i := range 60 {
			s.requestFrom(1800+20*float64(i), scanner(1+i%6), "POST", "/wp-login.php", 200, "Mozilla/5.0", "https://www.example.org/wp-login.php")
		}
		for i := range 3 {
			s.requestFrom(1900+200*float64(i), who, "POST", "/wp-login.php", 200, "Mozilla/5.0", "https://www.example.org/wp-login.php")
		}
		s.request(2000, "203.0.113.70", "GET", "/wp-login.php", 200, "Mozilla/5.0") // who mistypes meanwhile
		for i := range 3 {
			s.requestFrom(2010+20*float64(i), "203.0.113.70", "POST", "/wp-login.php", 200, "Mozilla/5.0", "https://www.example.org/wp-login.php")
		}
	}, scannersOf(7, Suspect), CauseGuessing, "campaign", "", ""},
	{"an app that uses xmlrpc.php", func(s *script) {
		s.hum(0, 36000)
		for i := range 200 {
			s.request(120*float64(i), who, "POST", "/xmlrpc.php", 200, "app")
		}
	}, nil, CauseQuiet, "", "web-guessing", ""},
	{"a flood that only access.log shows", func(s *script) {
		s.hum(0, 3600)
		for i := range 40 {
			s.request(60*float64(i), fmt.Sprintf("203.0.113.%d", 1+i), "GET", "/", 200, "Mozilla/5.0")
		}
		for i := range 600 {
			s.request(1800+0.05*float64(i), who, "GET", "/?s=a", 200, "Mozilla/5.0")
		}
	}, map[string]Standing{who: Suspect}, CauseFlood, "web-flood", "", ""},
	{"the same with the workers used up", func(s *script) {
		s.hum(0, 3600)
		for i := range 40 {
			s.request(60*float64(i), fmt.Sprintf("203.0.113.%d", 1+i), "GET", "/", 200, "Mozilla/5.0")
		}
		for i := range 600 {
			s.request(1800+0.05*float64(i), who, "GET", "/?s=a", 200, "Mozilla/5.0")
		}
		s.exhausted(1820)
	}, map[string]Standing{who: Attacker}, CauseFlood, "web-flood", "", ""},
	{"requests that are never finished", func(s *script) {
		s.hum(0, 3600)
		for i := range 40 {
			s.request(60*float64(i), fmt.Sprintf("203.0.113.%d", 1+i), "GET", "/", 200, "Mozilla/5.0")
			s.request(60*float64(i)+20, fmt.Sprintf("203.0.113.%d", 1+i), "-", "-", 408, "-")
		}
		for i := range 120 {
			s.request(1800+0.5*float64(i), who, "-", "-", 408, "-")
		}
		s.exhausted(1840)
	}, map[string]Standing{who: Attacker}, CauseSlow, "slow", "web-flood", ""},
	{"requests that are never finished, by error.log", func(s *script) {
		s.hum(0, 3600)
		for i := range 120 {
			s.client(1800+0.5*float64(i), "reqtimeout:info", 200+i%80, who, 40000+i, "AH01382: Request header read timeout")
		}
		s.exhausted(1840)
	}, map[string]Standing{who: Attacker}, CauseSlow, "slow", "", ""},

	// distributed
	{"a flood spread over many addresses", func(s *script) {
		s.hum(0, 3600)
		browsers(s, 0, 3600, 30)
		for i := range 400 {
			s.request(1800+0.2*float64(i), spread(i%50), "GET", fmt.Sprintf("/?s=%d", i), 200, "Mozilla/5.0")
		}
		s.exhausted(1850)
	}, spreadOver(50), CauseDistributed, "distributed", "", ""},
	{"a spread flood that gets nothing but errors", func(s *script) {
		s.hum(0, 3600)
		browsers(s, 0, 3600, 30)
		s.exhausted(1805)
		for i := range 3000 {
			s.request(1800+0.1*float64(i), spread(i%50), "GET", "/", 500, "Mozilla/5.0")
		}
	}, everyone(Attacker, "198.51.%d.9", 100, 50), CauseDistributed, "distributed", "", ""},
	{"a crowd that gets nothing but errors", func(s *script) {
		s.hum(0, 3600)
		browsers(s, 0, 3600, 30)
		s.exhausted(1805)
		for i := range 1000 {
			s.request(1800+0.3*float64(i), spread(i%100), "GET", "/", 500, "Mozilla/5.0")
		}
	}, nil, CauseCapacity, "", "distributed", ""},
	{"a steady flood by three", func(s *script) {
		s.hum(0, 3600)
		browsers(s, 0, 3600, 30)
		for i := range 1500 {
			s.request(1800+0.2*float64(i), spread(i%3), "GET", "/", 200, "Mozilla/5.0")
		}
		s.exhausted(1850)
	}, everyone(Attacker, "198.51.%d.9", 100, 3), CauseFlood, "distributed", "", ""},
	{"a watcher that came lately", func(s *script) {
		s.hum(0, 3600)
		browsers(s, 0, 3600, 30)
		for i := range 60 {
			s.request(1700+10*float64(i), who, "GET", "/", 200, "up/1.0")
		}
		s.exhausted(1850)
	}, nil, CauseCapacity, "", "distributed", ""},
	{"a crowd", func(s *script) {
		s.hum(0, 3600)
		browsers(s, 0, 3600, 30)
		browsers(s, 1800, 1880, 200)
		s.exhausted(1850)
	}, nil, CauseCapacity, "", "distributed", ""},
	{"programs that are always there", func(s *script) {
		s.hum(0, 3600)
		browsers(s, 0, 3600, 10)
		for i := range 400 {
			s.request(9*float64(i), spread(i%50), "GET", "/feed/", 200, "FeedReader/1.0")
		}
		s.exhausted(1850)
	}, nil, CauseCapacity, "", "distributed", ""},

	// compromise
	{"a program among the uploads", func(s *script) {
		s.hum(0, 3600)
		for i := range 8 {
			s.request(1800+20*float64(i), who, "POST", "/wp-content/uploads/2026/03/x.php", 200, "curl/8.5.0")
		}
	}, map[string]Standing{who: Attacker}, CauseCompromise, "compromise", "", ""},
	{"a program among the uploads that fails", func(s *script) {
		s.hum(0, 3600)
		s.client(1800, "php:warn", 200, who, 40000, "PHP Warning:  Undefined array key \"c\" in /srv/wp-content/uploads/2026/03/x.php on line 1")
	}, map[string]Standing{who: Suspect}, CauseCompromise, "compromise", "", ""},
	{"programs looked for among the uploads", func(s *script) {
		s.hum(0, 3600)
		s.request(1800, who, "GET", "/wp-content/uploads/x.php", 404, "curl/8.5.0")
		s.request(1801, who, "GET", "/wp-content/uploads/index.php", 200, "curl/8.5.0")
	}, nil, CauseQuiet, "", "compromise", ""},

	// reboot
	{"the power fails", func(s *script) {
		s.hum(0, 3600)
		s.syslog(1800, "kernel", "[    0.000000] Linux version 6.1.0-21-amd64 (debian-kernel@lists.debian.org)")
		s.serverUp(1815)
		for i := range 12 {
			s.gone(1816+0.2*float64(i), spread(i), 40000+i, 200+i, "")
		}
		s.databaseUp(1820)
	}, nil, CauseReboot, "", "", ""},
	{"an office that reads a lot", func(s *script) {
		s.hum(0, 3600)
		for i := range 600 {
			s.request(0.7*float64(i), who, "GET", fmt.Sprintf("/page%d/", i%50), 200, "Mozilla/5.0")
		}
		s.exhausted(1820)
	}, nil, "", "", "web-flood", ""},
	{"a full disk", func(s *script) {
		s.hum(0, 3600)
		for i := range 30 {
			s.client(1800+float64(i), "php:notice", 200, fmt.Sprintf("203.0.113.%d", 1+i), 40000+i, "WordPress database error Got error 28 from storage engine for query SELECT 1 made by require('wp-blog-header.php')")
		}
	}, nil, CauseDisk, "", "", ""},
	{"a .htaccess that breaks its site", func(s *script) {
		s.hum(0, 3600)
		for i := range 40 {
			s.client(1800+float64(i), "core:alert", 200, fmt.Sprintf("203.0.113.%d", 1+i), 40000+i, "/var/www/html/.htaccess: Invalid command 'RewiteEngine', perhaps misspelled or defined by a module not included in the server configuration")
		}
	}, nil, CauseConfig, "", "", ""},

	// cause-remote
	{"pages that wait for another server", func(s *script) {
		s.hum(0, 3600)
		waiting(s, 1800, 40, 20)
		s.exhausted(1850)
	}, nil, CauseCapacity, "cause-remote", "", ""},
	{"pages that wait for another server all day", func(s *script) {
		s.hum(0, 3600)
		waiting(s, 0, 3600, 20)
		s.exhausted(1850)
	}, nil, CauseCapacity, "", "cause-remote", ""},
	{"a few pages that wait for another server", func(s *script) {
		s.hum(0, 3600)
		waiting(s, 1800, 9, 9)
		s.exhausted(1850)
	}, nil, CauseCapacity, "", "cause-remote", ""},
	{"one visitor whose pages wait for another server", func(s *script) {
		s.hum(0, 3600)
		waiting(s, 1800, 40, 1)
		s.exhausted(1850)
	}, nil, CauseCapacity, "", "cause-remote", ""},
	{"a flood while pages wait for another server", func(s *script) {
		s.hum(0, 3600)
		waiting(s, 1800, 40, 20)
		browsers(s, 0, 3600, 30)
		for i := range 3000 {
			s.request(1800+0.02*float64(i), who, "GET", fmt.Sprintf("/?s=%d", i), 200, "x")
		}
		s.exhausted(1815)
	}, map[string]Standing{who: Attacker}, CauseFlood, "web-flood", "cause-remote", ""},
	{"a network that is down, to the database too", func(s *script) {
		s.hum(0, 3600)
		waiting(s, 1800, 40, 20)
		s.outage(1800, 30)
		s.exhausted(1850)
	}, nil, CauseDatabase, "", "cause-remote", ""},
	{"pages that wait while workers crash and are enough", func(s *script) {
		s.hum(0, 3600)
		waiting(s, 1800, 40, 20)
		for i := range 20 {
			s.segfault(1800+float64(i)*2, 300+i)
		}
	}, nil, CauseCrash, "", "cause-remote", ""},

	{"visitors and nothing else", func(s *script) { s.hum(0, 36000) }, nil, CauseQuiet, "", "", ""},
}

// suspects are n addresses that stand accused, but not surely; attackers surely.
func suspects(n int, form string) map[string]Standing  { return all(n, form, Suspect) }
func attackers(n int, form string) map[string]Standing { return all(n, form, Attacker) }

func all(n int, form string, called Standing) map[string]Standing {
	m := make(map[string]Standing)
	for i := range n {
		m[fmt.Sprintf(form, i)] = called
	}
	return m
}

// What somebody behind a proxy did is told, and nobody is named for it.
func TestFromBehindAProxy(t *testing.T) {
	const proxy, page = "10.0.0.5", "https://www.example.org/"
	people := func(s *script) {
		s.hum(0, 3600)
		for i := range 900 {
			s.requestFrom(4*float64(i), proxy, "GET", fmt.Sprintf("/page-%d/", i), 200, "Mozilla/5.0", page)
			s.requestFrom(4*float64(i), proxy, "GET", "/a.css", 200, "Mozilla/5.0", page)
		}
	}
	day := func(s *script) {
		s.hum(3600, 86400)
		for i := 900; i < 21600; i++ {
			s.requestFrom(4*float64(i), proxy, "GET", fmt.Sprintf("/page-%d/", i), 200, "Mozilla/5.0", page)
			s.requestFrom(4*float64(i), proxy, "GET", "/a.css", 200, "Mozilla/5.0", page)
		}
	}
	for _, test := range []struct {
		name   string
		write  func(s *script)
		cause  Cause
		attack bool
	}{
		{"a flood in the log of a day", func(s *script) {
			day(s)
			for i := range 900 {
				s.request(40000+0.1*float64(i), proxy, "GET", fmt.Sprintf("/?s=%d", i), 200, "Mozilla/5.0")
			}
			s.exhausted(40005)
		}, CauseFlood, true},
		{"the crowd of a page whose scripts the proxy keeps", func(s *script) {
			for i := range 20000 {
				s.request(0.18*float64(i), proxy, "GET", "/api/items", 200, "App/2.1")
			}
			for i := range 900 {
				s.request(1800+0.02*float64(i), proxy, "GET", "/api/items", 200, "App/2.1")
			}
			s.exhausted(1805)
		}, CauseCapacity, false},
		{"a crowd in the log of a day", func(s *script) {
			day(s)
			for i := range 900 {
				s.request(40000+0.1*float64(i), proxy, "GET", "/news/", 200, "Mozilla/5.0")
				s.requestFrom(40000+0.1*float64(i), proxy, "GET", "/a.css", 200, "Mozilla/5.0", page)
			}
			s.exhausted(40005)
		}, CauseCapacity, false},
		{"a flood", func(s *script) {
			for i := range 900 {
				s.request(1800+0.1*float64(i), proxy, "GET", fmt.Sprintf("/?s=%d", i), 200, "Mozilla/5.0")
			}
			s.exhausted(1805)
		}, CauseFlood, true},
		{"requests that are never finished", func(s *script) {
			for i := range 200 {
				s.request(1800+0.1*float64(i), proxy, "GET", "/", 408, "-")
			}
			s.exhausted(1805)
		}, CauseSlow, true},
		{"a crowd", func(s *script) {
			for i := range 900 {
				s.request(1800+0.1*float64(i), proxy, "GET", "/news/", 200, "Mozilla/5.0")
				s.requestFrom(1800+0.1*float64(i), proxy, "GET", "/a.css", 200, "Mozilla/5.0", page)
			}
			s.exhausted(1805)
		}, CauseCapacity, false},
	} {
		s := new(script)
		people(s)
		test.write(s)
		r := judge(s.logs())
		if r.Verdict.Cause != test.cause || r.Verdict.Attack != test.attack || strings.Contains(r.Verdict.Summary, "somebody behind "+proxy) != test.attack {
			t.Errorf("%s: %s, attack %t: %s", test.name, r.Verdict.Cause, r.Verdict.Attack, r.Verdict.Summary)
		}
		for _, c := range r.Clients {
			if c.Standing == Attacker || c.Standing == Suspect {
				t.Errorf("%s: %s is called %s", test.name, c.IP, c.Standing)
			}
		}
		for _, a := range r.Advice {
			if len(a.Targets) > 0 {
				t.Errorf("%s: the advice %s names %v", test.name, a.ID, a.Targets)
			}
		}
	}
}

// What somebody behind a proxy did is told beside a cause of its own, and the doubts
// of a deed are not those of a load.
func TestBesideAProxy(t *testing.T) {
	const proxy, page = "10.0.0.5", "https://www.example.org/"
	people := func(s *script) {
		s.hum(0, 3600)
		for i := range 900 {
			s.requestFrom(4*float64(i), proxy, "GET", fmt.Sprintf("/page-%d/", i), 200, "Mozilla/5.0", page)
			s.requestFrom(4*float64(i), proxy, "GET", "/a.css", 200, "Mozilla/5.0", page)
		}
	}
	const whoItWas, app = "cannot be told who did it", "such as an app's"
	for _, test := range []struct {
		name          string
		write         func(s *script)
		cause         Cause
		says          string
		who, isNoApps bool // of the doubts
	}{
		{"memory that ran out while somebody floods", func(s *script) {
			for i := range 900 {
				s.request(1800+0.1*float64(i), proxy, "GET", fmt.Sprintf("/?s=%d", i), 200, "Mozilla/5.0")
			}
			s.exhausted(1805)
			s.oomKill(1806, 77, "mariadbd")
			s.oomKill(1807, 78, "mariadbd")
			s.outage(1808, 40)
		}, CauseFlood, "somebody behind " + proxy, true, false},
		{"a full disk while somebody floods", func(s *script) {
			for i := range 900 {
				s.request(1800+0.1*float64(i), proxy, "GET", fmt.Sprintf("/?s=%d", i), 200, "Mozilla/5.0")
			}
			s.exhausted(1805)
			s.syslog(1801, "mariadbd[411]", "2026-11-01 10:30:01 7 [ERROR] mariadbd: Disk is full writing './wp/wp_posts.MYD' (Errcode: 28 %q). Waiting for someone to free space...", "No space left on device")
		}, CauseDisk, "But " + proxy + " (a proxy) asked for", false, true},
		{"passwords", func(s *script) {
			for i := range 60 {
				s.request(1900+float64(i), proxy, "POST", "/wp-login.php", 200, "x")
			}
		}, CauseGuessing, "somebody behind " + proxy, true, true},
		{"a flood", func(s *script) {
			for i := range 900 {
				s.request(1800+0.1*float64(i), proxy, "GET", fmt.Sprintf("/?s=%d", i), 200, "Mozilla/5.0")
			}
			s.exhausted(1805)
		}, CauseFlood, "somebody behind " + proxy, true, false},
	} {
		s := new(script)
		people(s)
		test.write(s)
		v := judge(s.logs()).Verdict
		doubts := strings.Join(v.Doubts, " ")
		if v.Cause != test.cause || !strings.Contains(v.Summary, test.says) || v.Confidence > most {
			t.Errorf("%s: %s, %v: %s", test.name, v.Cause, v.Confidence, v.Summary)
		}
		if strings.Contains(doubts, whoItWas) != test.who || strings.Contains(doubts, app) == test.isNoApps {
			t.Errorf("%s: the doubts are %s", test.name, doubts)
		}
	}
}

// A flood of many hours is kept by longer stretches than ten seconds, and has its
// own times all the same.
func TestFloodOfHours(t *testing.T) {
	s := new(script)
	s.hum(0, 1_000_000)
	browsers(s, 0, 1_000_000, 60)
	s.exhausted(1000)
	for i := range 30_000 {
		s.request(500_000+float64(i), who, "GET", fmt.Sprintf("/?s=%d", i), 200, "Mozilla/5.0")
	}
	r := judge(s.logs())
	if r.Verdict.Cause != CauseFlood {
		t.Fatalf("%s: %s", r.Verdict.Cause, r.Verdict.Summary)
	}
	at := func(seconds int64) string {
		return time.UnixMicro(day.UnixMicro() + seconds*1e6).UTC().Format("2006-01-02T15:04:05")
	}
	for _, in := range r.Incidents {
		if in.Cause == CauseFlood && (in.Start != at(500_000) || in.End != at(529_999)) {
			t.Errorf("the flood is from %s to %s, not from %s to %s", in.Start, in.End, at(500_000), at(529_999))
		}
	}
}

// Clocks agree where short visits stand in both logs at the same time; those who are
// there all day tell nothing.
func TestClocksAgree(t *testing.T) {
	for _, test := range []struct {
		name  string
		apart float64 // seconds
		visit float64
		agree bool
	}{
		{"short visits", 0, 60, true},
		{"short visits, two hours apart", 7200, 60, false},
		{"all day, two hours apart", 7200, 80000, false},
	} {
		s := new(script)
		for v := range 20 {
			addr := fmt.Sprintf("93.184.%d.7", v)
			at := 100 * float64(v)
			s.request(at+test.apart, addr, "GET", "/", 200, "Mozilla/5.0")
			s.request(at+test.apart+test.visit, addr, "GET", "/", 200, "Mozilla/5.0")
			s.client(at+test.visit/2, "php:warn", 100, addr, 40000+v, "PHP Warning:  x in /var/www/html/a.php on line 1")
		}
		logs := s.logs()
		if got := newCase(whole(logs), judgeOptions(logs)).clocksAgree(); got != test.agree {
			t.Errorf("%s: they agree: %t, want %t", test.name, got, test.agree)
		}
	}
}

// Who was served errors before and after the time of a trouble met none of its.
func TestErrorsAtOtherTimes(t *testing.T) {
	s := new(script)
	s.hum(0, 86400)
	browsers(s, 0, 86400, 60)
	for m := range 3 {
		for _, at := range []float64{100, 80000} {
			s.request(at+float64(m), fmt.Sprintf("93.1.1.%d", m), "GET", "/health", 503, "mon")
		}
	}
	for i := range 40 {
		s.request(40000+float64(i), "93.9.9.9", "GET", "/report/", 500, "curl")
	}
	if r := judge(s.logs()); len(r.Incidents) > 0 {
		t.Errorf("one client's errors are an outage: %s", r.Verdict.Summary)
	}
}

// standIn does from an address all that makes an attacker of others.
func standIn(addr string) func(s *script) {
	return func(s *script) {
		s.hum(0, 3600)
		s.outage(1800, 20)
		attack(s, 1800, addr, 60)
		for i := range 60 {
			s.noScript(1850+float64(i), addr, 42000+i, fmt.Sprintf("/x%s.php", lettered(i)))
			s.noUser(1850+float64(i), addr, 42000+i, fmt.Sprintf("u%d", i))
		}
	}
}

// everyone gives n addresses that follow each other one standing.
func everyone(is Standing, format string, from, n int) map[string]Standing {
	m := make(map[string]Standing)
	for i := range n {
		m[fmt.Sprintf(format, from+i)] = is
	}
	return m
}

// spread is the i-th of many addresses that are no neighbours; the first is who.
func spread(i int) string { return fmt.Sprintf("198.51.%d.9", 100+i) }

func spreadOver(n int) map[string]Standing { return everyone(Suspect, "198.51.%d.9", 100, n) }

// browsers visit: each a page that the Web names, what the page embeds, and pages
// that it links to.
func browsers(s *script, from, to float64, n int) {
	for i := range n {
		addr, at := fmt.Sprintf("203.0.%d.%d", 1+i/100, 1+i%100), from+(to-from)*float64(i)/float64(n)
		s.requestFrom(at, addr, "GET", "/", 200, "Mozilla/5.0", "-")
		for j := range 4 {
			s.requestFrom(at+1, addr, "GET", fmt.Sprintf("/style%d.css", j), 200, "Mozilla/5.0", "https://example.org/")
		}
		for j := range 6 {
			s.requestFrom(at+4*float64(j), addr, "GET", fmt.Sprintf("/page%d/", j), 200, "Mozilla/5.0", "https://example.org/")
		}
	}
}

// A flood from many addresses of one network is told by what they did together.
func TestAFloodOfANetworkIsToldAsOne(t *testing.T) {
	s := new(script)
	s.hum(0, 3600)
	s.outage(1800, 20)
	for i := range 120 {
		s.gone(1800+float64(i)*0.1, fmt.Sprintf("[2001:db8:7:7::%x]", 1+i), 40000+i, 200+i%100, "")
	}
	s.exhausted(1815)
	v := judge(s.logs()).Verdict
	if v.Cause != CauseFlood || strings.Contains(v.Summary, "1 connection ") || !strings.Contains(v.Summary, "120 addresses of 2001:db8:7:7::/64") {
		t.Errorf("%s: %s", v.Cause, v.Summary)
	}
}

// A network in place of its addresses is not mixed up with who has its first one
// and took no part.
func TestANetworkIsNoAddress(t *testing.T) {
	s := new(script)
	s.hum(0, 3600)
	s.gone(900, "198.51.100.0", 40000, 200, "")
	for i := range 100 {
		s.request(1800+8*float64(i), fmt.Sprintf("198.51.100.%d", 1+i%10), "POST", "/wp-login.php", 200, "Mozilla/5.0")
	}
	logs := s.logs()
	c := newCase(whole(logs), judgeOptions(logs))
	networks := c.networks()
	for prefix := range networks {
		n := 0
		for _, cc := range c.together(networks).Everybody {
			if cc.Addr == prefix.Addr() {
				n++
				if cc.Web == nil || cc.Web.Logins.Count != 100 {
					t.Errorf("%s stands for itself: %+v", prefix, cc.ClientFacts)
				}
			}
		}
		if n != 1 {
			t.Errorf("%s is %d clients", prefix, n)
		}
	}
	if len(networks) != 1 {
		t.Errorf("networks %v", networks)
	}
}

// scanner is the address of one of several, the first of which is who; they are of
// different networks.
func scanner(i int) string {
	if i == 0 {
		return who
	}
	return fmt.Sprintf("203.1.%d.%d", i, 1+i)
}

// onList is what stands on a scan's list: in a round of six one is a hidden file and one
// a copy that an editor left.
func onList(round, i int) string {
	return fmt.Sprintf([]string{"/old%c.php", "/.git%c", "/x%c.php", "/config%c.php.bak", "/up%c.zip", "/db%c.php"}[round], 'a'+i)
}

func scannersOf(n int, as Standing) map[string]Standing {
	m := make(map[string]Standing)
	for i := range n {
		m[scanner(i)] = as
	}
	return m
}

func TestRules(t *testing.T) {
	for _, test := range ruleTests {
		t.Run(test.name, func(t *testing.T) {
			s := new(script)
			test.write(s)
			r := judge(s.logs())
			if got := accusedIn(r); !maps.Equal(got, test.accused) {
				if test.known != "" {
					t.Skip("known: " + test.known)
				}
				t.Errorf("accused: %v, want %v", got, test.accused)
			}
			if test.cause != "" && r.Verdict.Cause != test.cause {
				if test.known != "" {
					t.Skip("known: " + test.known)
				}
				t.Errorf("cause %s (%s), want %s", r.Verdict.Cause, r.Verdict.Summary, test.cause)
			}
			if want := len(test.accused) > 0; r.Verdict.Attack != want {
				t.Errorf("attack: %t, want %t (%s)", r.Verdict.Attack, want, r.Verdict.Summary)
			}
			evidence := evidenceOn(r, who)
			for _, in := range r.Incidents { // rules on causes speak on nobody
				for _, e := range in.Evidence {
					if i := slices.IndexFunc(Rules, func(r Rule) bool { return r.ID == e.Rule }); Rules[i].About == AboutCauses {
						evidence[e.Rule] += fmt.Sprintf("%+.2f %s; ", e.Weight, e.Text)
					}
				}
			}
			if test.finds != "" && evidence[test.finds] == "" {
				t.Errorf("rule %s is silent on %s: %v", test.finds, who, evidence)
			}
			if test.lacks != "" && evidence[test.lacks] != "" {
				t.Errorf("rule %s speaks on %s: %s", test.lacks, who, evidence[test.lacks])
			}
			if t.Failed() {
				t.Logf("evidence on %s: %v", who, evidence)
			}
			checkResult(t, r, s.logs())
		})
	}
}

// Every rule is met by some test above, and every cause.
func TestRulesAreTested(t *testing.T) {
	met := make(map[string]bool)
	for _, test := range ruleTests {
		s := new(script)
		test.write(s)
		o := judgeOptions(s.logs())
		o.Allow = []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")}
		r := Judge(whole(s.logs()), o)
		for _, c := range r.Clients {
			for _, e := range c.Evidence {
				met[e.Rule] = true
			}
		}
		for _, in := range r.Incidents {
			for _, e := range in.Evidence {
				met[e.Rule] = true
			}
		}
	}
	for _, rule := range Rules {
		if !met[rule.ID] && rule.ID != "people" && rule.ID != "behind" { // see TestFromBehindAProxy
			t.Errorf("no test makes rule %s speak", rule.ID)
		}
	}
}

// Honest visitors in odd company. Accusing one of them is worse than missing an
// attacker.
var innocents = []struct {
	name  string
	known string // why it is accused for now
	write func(s *script)
}{
	{"office of 30 behind one address in a database outage, with referers", "", func(s *script) {
		s.hum(0, 3600)
		s.outage(1800, 40)
		office(s, 1800, who, 30, ownPage)
	}},
	{"office of 30 in a database outage, no referers", "", func(s *script) {
		s.hum(0, 3600)
		s.outage(1800, 40)
		office(s, 1800, who, 30, "")
	}},
	{"office of 30 in an outage that used up the workers", "", func(s *script) {
		s.hum(0, 3600)
		s.outage(1800, 40)
		office(s, 1800, who, 30, ownPage)
		s.exhausted(1830)
	}},
	{"office of 12 in an outage, database killed for memory, workers used up and stuck", "", func(s *script) {
		s.hum(0, 3600)
		s.oomKill(1799, 4711, "mariadbd")
		s.outage(1800, 40)
		office(s, 1800, who, 12, "")
		s.exhausted(1830)
		for i := range 20 {
			s.stuck(1900, 100+i)
		}
		s.serverUp(1910)
	}},
	{"office of 12 in an unexplained outage, workers used up and stuck", "", func(s *script) {
		s.hum(0, 3600)
		s.outage(1800, 40)
		office(s, 1800, who, 12, "")
		s.exhausted(1830)
		for i := range 20 {
			s.stuck(1900, 100+i)
		}
		s.serverUp(1910)
	}},
	{"crawler with 60 dead links", "", func(s *script) {
		s.hum(0, 86400)
		for i := range 60 {
			s.missing(600+float64(i)*700, "66.249.66.1", 40000+i*13, fmt.Sprintf("/20%02d/%02d/old-post-%d/", i%20, 1+i%12, i), "")
		}
	}},
	{"crawler with 60 dead links to old programs", "", func(s *script) {
		s.hum(0, 86400)
		for i := range 60 {
			s.noScript(600+float64(i)*700, "66.249.66.1", 40000+i*13, fmt.Sprintf("/forum/viewtopic%d.php", i))
		}
	}},
	{"crawler with 10 dead links to documents and archives", "", func(s *script) {
		s.hum(0, 86400)
		for i := range 10 {
			s.missing(600+float64(i)*700, "66.249.66.1", 40000+i*13, fmt.Sprintf("/downloads/manual-%d.zip", i), "")
		}
	}},
	{"monitoring polls each second in an outage", "", func(s *script) {
		s.hum(0, 3600)
		s.outage(1800, 40)
		for i := range 600 {
			s.gone(1800+float64(i), who, 20000+i*7%40000, 100+i%40, "")
		}
	}},
	{"monitoring polls twice a second in an outage with saturation", "", func(s *script) {
		s.hum(0, 3600)
		s.outage(1800, 40)
		for i := range 1200 {
			s.gone(1800+float64(i)/2, who, 20000+i*7%40000, 100+i%40, "")
		}
		s.exhausted(1850)
	}},
	{"monitoring each 30 seconds behind mod_remoteip, all day, in a long outage", "", func(s *script) {
		s.hum(0, 86400)
		for i := range 2800 {
			s.gone(300+float64(i)*30, who, 0, 100+i*7%40, "")
		}
		for i := range 800 {
			s.gone(300+float64(i)*105, fmt.Sprintf("203.0.113.%d", 1+i%60), 0, 100+i%40, "")
		}
	}},
	{"the same on one reused source port", "", func(s *script) {
		s.hum(0, 86400)
		for i := range 2800 {
			s.gone(300+float64(i)*30, who, 40000, 100+i*7%40, "")
		}
		for i := range 800 {
			s.gone(300+float64(i)*105, fmt.Sprintf("203.0.113.%d", 1+i%60), 30000+i, 100+i%40, "")
		}
	}},
	{"theme with 40 missing images, one visitor, referers", "", func(s *script) {
		s.hum(0, 3600)
		for i := range 40 {
			s.missing(1800+float64(i)*0.1, who, 40000+i%6, fmt.Sprintf("/wp-content/themes/t/img/%d.png", i), ownPage)
		}
	}},
	{"theme with 40 missing images, 30 visitors, referers", "", func(s *script) {
		s.hum(0, 3600)
		for v := range 30 {
			for i := range 40 {
				s.missing(600+float64(v)*60+float64(i)*0.1, fmt.Sprintf("203.0.113.%d", 1+v), 40000+i%6, fmt.Sprintf("/wp-content/themes/t/img/%d.png", i), ownPage)
			}
		}
	}},
	{"theme with 40 missing images, 30 visitors, referers suppressed", "", func(s *script) {
		s.hum(0, 3600)
		for v := range 30 {
			for i := range 40 {
				s.missing(600+float64(v)*60+float64(i)*0.1, fmt.Sprintf("203.0.113.%d", 1+v), 40000+i%6, fmt.Sprintf("/wp-content/themes/t/img/%d.png", i), "")
			}
		}
	}},
	{"theme with 40 missing images, one visitor in a quiet log, referers suppressed", "", func(s *script) {
		s.hum(0, 3600)
		for i := range 40 {
			s.missing(1800+float64(i)*0.1, who, 40000+i%6, fmt.Sprintf("/wp-content/themes/t/img/%d.png", i), "")
		}
	}},
	{"gallery of many missing images, one visitor over an hour, own pages as referers", "", func(s *script) {
		s.hum(0, 7200)
		for i := range 400 {
			s.missing(600+float64(i)*9, who, 40000+i%60, fmt.Sprintf("/wp-content/uploads/2019/%d.jpg", i), fmt.Sprintf(", referer: https://www.example.org/gallery/%d/", i/20))
		}
	}},
	{"uptime checker of 20 addresses asks for a missing health.php", "", func(s *script) {
		s.hum(0, 86400)
		for i := range 5000 {
			s.noScript(10+float64(i)*17, fmt.Sprintf("203.0.113.%d", 100+i%20), 20000+i%40000, "/health.php")
		}
	}},
	{"browser that retries in an outage", "", func(s *script) {
		s.hum(0, 3600)
		s.outage(1800, 40)
		for i := range 40 {
			s.gone(1800+float64(i)*3, who, 40000+i, 100+i%30, ownPage)
			s.gone(1800+float64(i)*3+0.2, who, 40000+i, 100+i%30, ownPage)
		}
	}},
	{"impatient person presses reload once a second", "", func(s *script) {
		s.hum(0, 3600)
		s.outage(1800, 40)
		for i := range 30 {
			s.gone(1800+float64(i), who, 40000+i, 100+i%30, ownPage)
		}
		s.exhausted(1825)
	}},
	{"page with 14 calls to admin-ajax, one visitor in the editor", "", func(s *script) {
		s.hum(0, 3600)
		s.outage(1800, 20)
		for i := range 14 {
			s.gone(1800+float64(i)*0.1, who, 40000+i%6, 200+i%6, ", referer: https://www.example.org/wp-admin/post.php")
		}
	}},
	{"page with 14 calls, keep-alive off", "", func(s *script) {
		s.hum(0, 3600)
		s.outage(1800, 20)
		for i := range 14 {
			s.gone(1800+float64(i)*0.1, who, 40000+i, 200+i, ", referer: https://www.example.org/wp-admin/post.php")
		}
	}},
	{"person alone with a page of 6 connections, then saturation by what the log does not show", "", func(s *script) {
		for i := range 4 {
			s.gone(float64(i)*0.2, who, 40000+i, 200+i, ownPage)
		}
		s.exhausted(40)
	}},
	{"alone, the database's own crash in syslog", "", func(s *script) {
		s.syslog(-2, "mariadbd[411]", "261108  9:59:58 [ERROR] mysqld got signal 11 ;")
		for i := range 6 {
			s.gone(float64(i)*2, who, 40000+i, 200+i, "")
		}
		s.exhausted(14)
	}},
	{"a forgotten password in a mail program that tries every minute", "", func(s *script) {
		s.hum(0, 86400)
		for i := range 200 {
			s.badPassword(60+float64(i)*60, who, 40000+i, "anna")
		}
	}},
	{"family of five at a calendar with the old password, every 15 minutes", "", func(s *script) {
		s.hum(0, 86400)
		for i := range 400 {
			s.badPassword(60+float64(i)*180, fmt.Sprintf("198.51.100.%d", 1+i%5), 40000+i, "anna")
		}
	}},
	{"owner behind a forbidden path: 40 denied images of a closed folder", "", func(s *script) {
		s.hum(0, 3600)
		for i := range 40 {
			s.client(1800+float64(i)*0.1, "authz_core:error", 200, who, 40000+i%6, "AH01630: client denied by server configuration: /var/www/html/private/img/%d.png%s", i, ownPage)
		}
	}},
	{"crashing workers that served one busy reader", "", func(s *script) {
		s.hum(0, 3600)
		for i := range 30 {
			s.client(1800+float64(i)*10, "php:error", 200+i, who, 40000+i, "PHP Fatal error:  Uncaught Error: x in /var/www/html/wp-content/plugins/gallery/g.php on line 9%s", ownPage)
			s.segfault(1801+float64(i)*10, 200+i)
		}
	}},
	{"fatal errors of one reader behind a proxy network, 40 images made by PHP", "", func(s *script) {
		s.hum(0, 3600)
		for i := range 40 {
			s.client(1800+float64(i)*0.1, "php:error", 200+i%30, who, 0, "PHP Fatal error:  Allowed memory size of 67108864 bytes exhausted (tried to allocate 20480 bytes) in /var/www/html/wp-content/plugins/gallery/g.php on line 44%s", ownPage)
		}
	}},
	{"security researcher's one injection by a quote in a search", "", func(s *script) {
		s.hum(0, 3600)
		s.client(1800, "php:notice", 200, who, 40000, "WordPress database error You have an error in your SQL syntax; check the manual for query SELECT * FROM wp_posts WHERE post_title LIKE '%%d'or select%%' made by x")
	}},
	{"crawler with 60 dead links to old programs, one a second", "", func(s *script) {
		s.hum(0, 86400)
		for i := range 60 {
			s.noScript(600+float64(i), "66.249.66.1", 40000+i*13, fmt.Sprintf("/forum/viewtopic%d.php", i))
		}
	}},
	{"school of 150 behind one address in a database outage", "more connections than an office has, and an error log alone shows no pages and no browsers that would speak for people", func(s *script) {
		s.hum(0, 3600)
		s.outage(1800, 40)
		office(s, 1800, who, 150, "")
	}},
	{"school of 150 behind one address in a database outage, with its access log", "", func(s *script) {
		s.hum(0, 3600)
		s.outage(1800, 40)
		office(s, 1800, who, 150, "")
		browse(s, 1700, who, 150)
	}},
	{"random crowd in an outage with saturation", "", func(s *script) {
		rnd := rand.New(rand.NewPCG(5, 5))
		s.hum(0, 3600)
		for i := range 800 { // busy and less busy readers, as visits are spread in life
			c := int(60 * rnd.Float64() * rnd.Float64() * rnd.Float64())
			s.gone(1800+rnd.Float64()*300, fmt.Sprintf("203.0.113.%d", 1+c), 20000+i*11, 100+rnd.IntN(60), "")
		}
		s.exhausted(1900)
		for i := range 40 {
			s.stuck(2200, 100+i)
		}
		s.serverUp(2210)
	}},
}

// office is so many people behind one address who open the site, each with two
// connections, and reload.
func office(s *script, at float64, addr string, people int, from string) {
	rnd := rand.New(rand.NewPCG(uint64(people), 4))
	for i := range people {
		for reload := range 3 {
			t := at + 90*rnd.Float64()
			for range 2 {
				s.gone(t+rnd.Float64(), addr, 20000+i*40+reload*2, 100+rnd.IntN(60), from)
			}
		}
	}
}

// browse is what so many browsers behind one address ask for, a page and what it
// embeds each.
func browse(s *script, at float64, addr string, people int) {
	for i := range people {
		agent := fmt.Sprintf("Mozilla/5.0 (X11; Linux x86_64; rv:1%02d.0) Gecko/20100101", i%30)
		s.request(at+float64(i), addr, "GET", fmt.Sprintf("/lesson-%d/", i%20), 200, agent)
		for j := range 6 {
			s.request(at+float64(i)+0.2, addr, "GET", fmt.Sprintf("/wp-content/themes/a/%d.css", j), 200, agent)
		}
	}
}

func TestInnocents(t *testing.T) {
	for _, test := range innocents {
		t.Run(test.name, func(t *testing.T) {
			s := new(script)
			test.write(s)
			logs := s.logs()
			r := judge(logs)
			accused := accusedIn(r)
			if test.known != "" && len(accused) > 0 {
				t.Skipf("known: %s (%v)", test.known, accused)
			}
			for i, addr := range slices.Sorted(maps.Keys(accused)) {
				if i > 0 {
					t.Errorf("and %d others", len(accused)-1)
					break
				}
				t.Errorf("%s is called %s:", addr, accused[addr])
				evidence := evidenceOn(r, addr)
				for _, rule := range slices.Sorted(maps.Keys(evidence)) {
					t.Errorf("    %s: %s", rule, evidence[rule])
				}
			}
			if r.Verdict.Attack {
				t.Errorf("an attack is reported: %s", r.Verdict.Summary)
			}
			checkResult(t, r, logs)
		})
	}
}

// Whoever is innocent stays so when the same log also holds a real attack.
func TestInnocentsBesideAnAttack(t *testing.T) {
	const attacker = "192.0.2.200"
	for _, test := range innocents {
		if strings.Contains(test.name, "alone") { // then it no longer is
			continue
		}
		t.Run(test.name, func(t *testing.T) {
			s := new(script)
			test.write(s)
			attack(s, 1800, attacker, 150)
			accused := accusedIn(judge(s.logs()))
			if accused[attacker] != Attacker {
				t.Errorf("the attacker is called %q", accused[attacker])
			}
			for addr, standing := range accused {
				if addr == attacker {
					continue
				}
				if test.known != "" {
					t.Skipf("known: %s (%s is called %s)", test.known, addr, standing)
				}
				t.Errorf("%s is called %s", addr, standing)
			}
		})
	}
}
