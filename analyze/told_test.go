package analyze

import (
	"fmt"
	"strings"
	"testing"
)

// What stands beside the verdict is told: what an owner would ask next.
func TestToldBeside(t *testing.T) {
	for _, test := range []struct {
		name  string
		write func(s *script)
		cause Cause
		says  string // in the summary and the doubts, "" where lacks is all
		lacks string
	}{
		{"a plugin that failed before the flood", func(s *script) {
			s.hum(0, 3600)
			for i := range 60 {
				s.client(1000+10*float64(i), "php:error", 200+i%8, scanner(1+i%12), 40000+i, "PHP Fatal error:  Uncaught Error: x in /var/www/html/wp-content/plugins/gallery/g.php on line 9")
			}
			flooding(s, 1800, 1500, who)
		}, CauseFlood, "the plugin gallery had been failing since", ""},
		{"a plugin that fails only in the flood", func(s *script) {
			s.hum(0, 3600)
			for i := range 60 {
				s.client(1810+0.5*float64(i), "php:error", 200+i%8, scanner(1+i%12), 40000+i, "PHP Fatal error:  Maximum execution time of 30 seconds exceeded in /var/www/html/wp-content/plugins/gallery/g.php on line 9")
			}
			flooding(s, 1800, 1500, who)
		}, CauseFlood, "", "had been failing"},
		{"scheduled work that piles up", func(s *script) {
			browsers(s, 0, 3600, 60)
			for i := range 40 {
				s.request(1800+0.5*float64(i), "192.0.2.1", "POST", "/wp-cron.php?doing_wp_cron=1", 200, "WordPress/6.1.9; https://www.example.org")
			}
			s.exhausted(1810)
		}, CauseCapacity, "wp-cron.php) 40 times then", ""},
		{"a crowd", func(s *script) {
			browsers(s, 0, 3600, 60)
			browsers(s, 1790, 1850, 100)
			s.exhausted(1830)
		}, CauseCapacity, "pages a minute then, where about 8 are usual", ""},
		{"no crowd", func(s *script) {
			browsers(s, 0, 3600, 60)
			s.exhausted(1830)
		}, CauseCapacity, "", "a minute then"},
		{"a server of files that does not answer", func(s *script) {
			s.hum(0, 3600)
			s.syslog(1800, "kernel", "[ 2781.797343] nfs: server 10.0.0.9 not responding, still trying")
			s.exhausted(1815)
			s.syslog(1835, "kernel", "[ 2816.797343] nfs: server 10.0.0.9 OK")
		}, CauseDisk, "programs waited for the disk or for a server of files: all workers were busy", ""},
		{"a rush that the server held", func(s *script) {
			browsers(s, 0, 3600, 60)
			for i := range 600 {
				s.request(1800+0.1*float64(i), scanner(i%6), "GET", fmt.Sprintf("/?s=%d", i), 200, "Mozilla/5.0")
			}
		}, CauseQuiet, "600 of 655 requests of those who came only then are of 6 clients", ""},
		{"Apache's own connections", func(s *script) {
			browsers(s, 0, 3600, 60)
			for i := range 40 {
				s.request(1800+0.5*float64(i), "127.0.0.1", "OPTIONS", "*", 200, "Apache/2.4.71 (Debian) (internal dummy connection)")
			}
			s.exhausted(1810)
		}, CauseCapacity, "", "wp-cron"},
		{"a flood that is spread thinly", func(s *script) {
			browsers(s, 0, 3600, 60)
			for i := range 400 {
				s.request(1800+0.1*float64(i), fmt.Sprintf("203.0.%d.9", 1+i%200), "GET", fmt.Sprintf("/?s=%d", i), 200, "Mozilla/5.0")
			}
			s.exhausted(1810)
		}, CauseCapacity, "a flood that is spread thinly looks so", ""},
		{"a spread load while memory runs out", func(s *script) {
			browsers(s, 0, 3600, 60)
			for i := range 400 {
				s.request(1800+0.1*float64(i), fmt.Sprintf("203.0.%d.9", 1+i%200), "GET", fmt.Sprintf("/?s=%d", i), 200, "Mozilla/5.0")
			}
			s.exhausted(1810)
			s.oomKill(1811, 411, "mariadbd")
		}, CauseMemory, "a flood that is spread thinly looks so", ""},
		{"previews of a link", func(s *script) {
			browsers(s, 0, 3600, 60)
			for i := range 400 {
				s.request(1800+0.1*float64(i), fmt.Sprintf("203.0.%d.9", 1+i%200), "GET", "/page/", 200, "http.rb/5.1 (Mastodon/4.2; +https://social.example/)")
			}
			s.exhausted(1810)
		}, CauseCapacity, "", "thinly"},
		{"a database that is updated", func(s *script) {
			s.hum(0, 3600)
			s.syslog(1795, "systemd[1]", "Starting apt-daily-upgrade.service - Daily apt upgrade and clean activities...")
			s.databaseStop(1800)
			s.databaseUp(1820)
		}, CauseQuiet, "was stopped on purpose at 10:30:00 and was up again at 10:30:20, while the system was updating its packages", ""},
		{"a database that was stopped at the end", func(s *script) {
			s.hum(0, 3600)
			s.databaseStop(3590)
		}, CauseQuiet, "", "stopped on purpose"},
		{"TLS handshakes that fail by hundreds", func(s *script) {
			s.hum(0, 3600)
			for i := range 900 {
				s.client(1800+0.05*float64(i), "ssl:info", 200+i%9, who, 20000+i, "AH02008: SSL library error 1 in handshake (server www.example.org:443)")
			}
		}, CauseQuiet, "900 TLS handshakes", ""},
		{"TLS handshakes of an old monitor", func(s *script) {
			s.hum(0, 36000)
			for i := range 900 {
				s.client(20*float64(i), "ssl:info", 200+i%9, who, 20000+i, "AH02008: SSL library error 1 in handshake (server www.example.org:443)")
			}
		}, CauseQuiet, "", "TLS handshakes"},
	} {
		s := new(script)
		test.write(s)
		r := judge(s.logs())
		text := r.Verdict.Summary + " " + strings.Join(r.Verdict.Doubts, " ")
		if r.Verdict.Cause != test.cause || !strings.Contains(text, test.says) || test.lacks != "" && strings.Contains(text, test.lacks) {
			t.Errorf("%s: %s: %s", test.name, r.Verdict.Cause, text)
		}
		checkResult(t, r, s.logs())
	}
}

// flooding is one client that floods for a minute, by an access log, until the workers
// run out.
func flooding(s *script, at float64, n int, addr string) {
	browsers(s, 0, 3600, 60)
	for i := range n {
		s.request(at+60*float64(i)/float64(n), addr, "GET", fmt.Sprintf("/?s=%d", i), 200, "Mozilla/5.0")
	}
	s.exhausted(at + 10)
}
