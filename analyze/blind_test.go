package analyze

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// written is the logs of a script.
func written(write func(s *script)) []logFile {
	s := new(script)
	write(s)
	return s.logs()
}

// steady is a system that logs every minute.
func steady(s *script, from, to float64) {
	for at := from; at < to; at += 60 {
		s.syslog(at, "CRON[7]", "(root) CMD (true)")
	}
}

// trouble is a database outage in the middle of an hour.
func trouble(s *script) {
	s.hum(0, 3600)
	s.outage(1800, 40)
}

// behind is a day of visitors who are all one address.
func behind(addr string) func(s *script) {
	return func(s *script) {
		for i := range 40 {
			s.gone(float64(i)*60, addr, 0, 100+i%8, "")
		}
	}
}

func text(name, text string) logFile { return logFile{name, []byte(text)} }

var blindTests = []struct {
	name  string
	shows string // in a sentence of the first, in none of the second
	blind []logFile
	sees  []logFile
}{
	{"no syslog", "No log of the system or the kernel is among these", written(trouble), written(func(s *script) { trouble(s); steady(s, 0, 3600) })},
	{"no access log", "No access.log is among these", written(trouble), written(func(s *script) { trouble(s); s.request(9, who, "GET", "/", 200, "-") })},
	{"no error log", "No error.log of the web server is among these", written(func(s *script) { steady(s, 0, 3600) }), written(trouble)},
	{"the database silent", "The database's own words are not among these", written(trouble),
		written(func(s *script) { trouble(s); s.databaseUp(1900) })},
	{"no database trouble", "The database's own words", written(trouble), written(func(s *script) { s.hum(0, 3600) })},
	{"syslog ends before the trouble", "syslog goes from 10:00:00 to 10:09:00 and does not reach the trouble of 10:30:00 to 10:30:51, so it cannot show whether memory ran out",
		written(func(s *script) { trouble(s); steady(s, 0, 600) }), written(func(s *script) { trouble(s); steady(s, 0, 3600) })},
	{"access.log ends in the middle", "access.log goes from 10:00:00 to 10:31:00 and ends in the middle of the trouble",
		written(func(s *script) {
			long(s)
			for i := range 32 {
				s.request(float64(i)*60, other, "GET", "/", 200, "-")
			}
		}),
		written(func(s *script) {
			long(s)
			for i := range 80 {
				s.request(float64(i)*60, other, "GET", "/", 200, "-")
			}
		})},
	{"logs of different days", "error.log (2026-11-08 10:00:00 to 2026-11-08 10:59:49) and syslog (2026-11-09 13:46:40 to 2026-11-09 14:45:40) have no time in common",
		written(func(s *script) { s.hum(0, 3600); steady(s, 100000, 103600) }), written(func(s *script) { s.hum(0, 3600); steady(s, 1800, 7200) })},
	{"the logs end in the trouble", "These logs end 1 second after the last sign of trouble",
		written(func(s *script) {
			s.outage(1800, 40)
			s.client(1853, "php:warn", 7, who, 5, "PHP Warning:  x in /a.php on line 1")
		}), written(trouble)},
	{"the server came back at the end", "These logs end", written(func(s *script) { s.outage(1800, 40) }),
		written(func(s *script) { s.outage(1800, 40); s.exhausted(1840); s.serverUp(1860) })},
	{"syslog silent in the trouble", "is silent from 10:15:00 to 10:50:00, and never else for more than 60 seconds, while the server was in trouble",
		written(func(s *script) { trouble(s); steady(s, 0, 901); steady(s, 3000, 7200) }),
		written(func(s *script) { trouble(s); steady(s, 0, 7200) })},
	{"a quiet night of a small site", "is silent from", written(func(s *script) { steady(s, 0, 3600); steady(s, 7200, 14400) }),
		written(func(s *script) {
			rnd := rand.New(rand.NewPCG(1, 2))
			for at := 0.0; at < 30*86400; at += 9000 * rnd.ExpFloat64() {
				s.request(at, who, "GET", "/", 200, "-")
			}
		})},
	{"an error log of a healthy server", "is silent from", written(func(s *script) { steady(s, 0, 3600); steady(s, 7200, 14400) }),
		written(func(s *script) { s.hum(0, 3600); s.hum(20000, 40000) })},
	{"a delivery service's private network", "name an address of a proxy or a private network, which stands in front", written(behind("10.0.0.7")), written(behind("192.0.2.7"))},
	{"a virtual host without the main log", "No line of the web server itself is among these", written(trouble), written(func(s *script) { trouble(s); s.serverUp(1) })},
	{"the main log without virtual hosts", "no line names a client, so whose requests held them", written(func(s *script) { s.exhausted(5); s.serverUp(60) }),
		written(func(s *script) { trouble(s); s.exhausted(1830) })},
	{"suppressed lines", "left out at least 454 lines because too many came (3 times, first at syslog:1)",
		written(func(s *script) {
			s.syslog(1, "systemd-journald[200]", "Suppressed 411 messages from apache2.service")
			s.syslog(2, "kernel", "[ 1.0] net_ratelimit: 12 callbacks suppressed")
			s.syslog(3, "rsyslogd-2177", "imuxsock lost 31 messages from pid 12105 due to rate-limiting")
		}), written(func(s *script) { steady(s, 0, 3600) })},
	{"suppressed lines that nobody counted", "left out an unknown number of lines",
		written(func(s *script) {
			s.syslog(1, "rsyslogd-2177", "imuxsock begins to drop messages from pid 12105 due to rate-limiting")
		}),
		written(func(s *script) {
			s.syslog(1, "systemd-journald[200]", "Suppressed 411 messages from apache2.service")
		})},
	{"full workers, told once", "the last time here at 10:30:30, so whether they did again until the start at 10:40:00 does not show",
		written(func(s *script) { trouble(s); s.exhausted(1830); s.serverUp(2400) }), written(trouble)},
	{"full workers to the end", "until the end of these logs", written(func(s *script) { trouble(s); s.exhausted(1830) }),
		written(func(s *script) { trouble(s); s.exhausted(1830); s.serverUp(2400) })},
	{"WordPress's silence", "WordPress tries a lost database again in silence", written(trouble), written(func(s *script) { s.hum(0, 3600) })},
	{"LogLevel", "LogLevel hides ordinary missing files, requests that were too slow (mod_reqtimeout) and failed TLS handshakes", written(trouble),
		written(func(s *script) { trouble(s); s.missing(1, who, 5, "/a.txt", "") })},
	{"LogLevel of Apache 2.2", "LogLevel hides", written(trouble),
		[]logFile{text("error.log", "[Sun Nov 08 10:00:00 2026] [error] [client 192.0.2.7] client denied by server configuration: /srv/www/x\n")}},
	{"refused logins", "WordPress writes no failed login to error.log", written(trouble), written(func(s *script) { trouble(s); s.request(9, who, "GET", "/", 200, "-") })},
	{"cut lines", "1 line was cut off after about 8,190 bytes",
		written(func(s *script) {
			s.client(1, "php:notice", 7, who, 5, "WordPress database error MySQL server has gone away for query SELECT %s", strings.Repeat("x", 8100))
		}), written(trouble)},
	{"debug.log", "name no client", []logFile{text("debug.log", "[08-Nov-2026 10:00:00 UTC] PHP Warning:  x in /srv/www/a.php on line 1\n")}, written(trouble)},
	{"lines that nobody understands", "1 of 2 lines are in no known format, so what they say is not in this report: logsleuth events --unparsed error.log shows",
		[]logFile{text("error.log", "[Sun Nov 08 10:00:00.000000 2026] [core:warn] [pid 7] AH00098: pid file x overwritten\nUsage: mysqldump\n")}, written(trouble)},
	{"a year that was inferred", "The stamps of syslog name no year", []logFile{text("syslog", "Nov  8 10:00:00 host CRON[7]: (root) CMD (true)\n")}, written(func(s *script) { steady(s, 0, 60) })},
}

// long is a trouble of half an hour.
func long(s *script) {
	s.hum(0, 4000)
	for i := range 900 {
		s.gone(1500+2*float64(i), fmt.Sprintf("203.0.113.%d", 1+i%60), 30000+i, 100+i%30, "")
	}
}

func TestBlind(t *testing.T) {
	for _, test := range blindTests {
		t.Run(test.name, func(t *testing.T) {
			tells := func(logs []logFile) bool {
				return slices.ContainsFunc(judge(logs).Blind, func(s string) bool { return strings.Contains(s, test.shows) })
			}
			if !tells(test.blind) {
				t.Errorf("nothing says %q:\n%s", test.shows, strings.Join(judge(test.blind).Blind, "\n"))
			}
			if tells(test.sees) {
				t.Errorf("it is said where it does not apply: %q", test.shows)
			}
			for _, s := range judge(test.blind).Blind {
				if !strings.HasSuffix(s, ".") || !strings.Contains(s, ": ") || strings.Contains(s, "%!") {
					t.Errorf("not one sentence that ends with what would help: %q", s)
				}
			}
		})
	}
}

// Clients that were folded cannot be named.
func TestBlindToFolded(t *testing.T) {
	f := whole(written(trouble))
	f.Clients.Folded = 7
	r := Judge(f, Options{})
	if !slices.ContainsFunc(r.Blind, func(s string) bool { return strings.HasPrefix(s, "7 clients with few lines") }) {
		t.Errorf("%q", r.Blind)
	}
}

// A rhythm is the same however the log was cut, and bounded.
func TestBeats(t *testing.T) {
	rnd := rand.New(rand.NewPCG(2, 2))
	var whole, a, b Beats
	for i := range 5000 {
		at := day.UnixMicro() + int64(i)*7*second + rnd.Int64N(30*second)
		if i > 3000 {
			at += 9 * hour
		}
		whole.add(at, at)
		if i%3 == 0 {
			a.add(at, at)
		} else {
			b.add(at, at)
		}
	}
	a.merge(&b)
	if a.Width != whole.Width || !slices.Equal(a.List, whole.List) || len(a.List) > maxBeats {
		t.Errorf("merged: %d of %d, whole: %d of %d", len(a.List), a.Width, len(whole.List), whole.Width)
	}
	odd, longest := whole.gaps()
	if len(odd) != 1 || odd[0].last-odd[0].first < 8*hour || longest > minute {
		t.Errorf("silences %v, and else at most %d", odd, longest)
	}
}
