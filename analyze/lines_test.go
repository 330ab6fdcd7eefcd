package analyze

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// day is when the invented logs begin.
var day = time.Date(2026, time.November, 8, 10, 0, 0, 0, time.UTC)

// stamp is a time as Apache writes it.
func stamp(sec, micro int64) string {
	return time.Unix(sec, micro*1000).UTC().Format("Mon Jan 02 15:04:05.000000 2006")
}

// iso is a time as rsyslog writes it.
func iso(sec int64) string { return time.Unix(sec, 0).UTC().Format("2006-01-02T15:04:05") }

// A script writes invented logs line by line, in any order.
type script struct {
	errors, sys, access []scriptLine
}

type scriptLine struct {
	at   float64
	text string
}

// apache writes a line of the web server, at seconds after day.
func (s *script) apache(at float64, module string, pid int, text string, args ...any) {
	us := day.UnixMicro() + int64(at*1e6)
	s.errors = append(s.errors, scriptLine{at, fmt.Sprintf("[%s] [%s] [pid %d:tid %d] %s", stamp(us/1e6, us%1e6), module, pid, pid, fmt.Sprintf(text, args...))})
}

// client writes a line that names a client.
func (s *script) client(at float64, module string, pid int, addr string, port int, text string, args ...any) {
	s.apache(at, module, pid, "[client %s:%d] %s", addr, port, fmt.Sprintf(text, args...))
}

// syslog writes a line of the system.
func (s *script) syslog(at float64, program, text string, args ...any) {
	us := day.UnixMicro() + int64(at*1e6)
	s.sys = append(s.sys, scriptLine{at, fmt.Sprintf("%s.%06d host %s: %s", iso(us/1e6), us%1e6, program, fmt.Sprintf(text, args...))})
}

// request writes a line of the access log.
func (s *script) request(at float64, addr, method, path string, status int, agent string) {
	s.requestFrom(at, addr, method, path, status, agent, "-")
}

func (s *script) requestFrom(at float64, addr, method, path string, status int, agent, from string) {
	us := day.UnixMicro() + int64(at*1e6)
	when := time.Unix(us/1e6, 0).UTC().Format("02/Jan/2006:15:04:05 +0000")
	s.access = append(s.access, scriptLine{at, fmt.Sprintf("%s - - [%s] %q %d 512 %q %q", addr, when, method+" "+path+" HTTP/1.1", status, from, agent)})
}

const ownPage = ", referer: https://www.example.org/"

// gone is a request that found the database gone. from is its referer, if any.
func (s *script) gone(at float64, addr string, port, pid int, from string) {
	s.client(at, "php:notice", pid, addr, port, "WordPress database error MySQL server has gone away for query SELECT 1 made by require('wp-blog-header.php'), include_once('/plugins/forms/forms.php'), get_option%s", from)
}

func (s *script) missing(at float64, addr string, port int, path, from string) {
	s.client(at, "core:info", 100+port%8, addr, port, "AH00128: File does not exist: /var/www/html%s%s", path, from)
}

func (s *script) noScript(at float64, addr string, port int, path string) {
	s.client(at, "php:error", 100+port%8, addr, port, "script '/var/www/html%s' not found or unable to stat", path)
}

func (s *script) badPassword(at float64, addr string, port int, user string) {
	s.client(at, "auth_basic:error", 100+port%8, addr, port, `AH01617: user %s: authentication failure for "/private/": Password Mismatch`, user)
}

func (s *script) noUser(at float64, addr string, port int, user string) {
	s.client(at, "auth_basic:error", 100+port%8, addr, port, `AH01618: user %s not found: /private/`, user)
}

func (s *script) exhausted(at float64) {
	s.apache(at, "mpm_prefork:error", 90, "AH00161: server reached MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting")
}

func (s *script) serverUp(at float64) {
	s.apache(at, "mpm_prefork:notice", 90, "AH00163: Apache/2.4.62 (Debian) configured -- resuming normal operations")
}

func (s *script) serverStop(at float64) {
	s.apache(at, "mpm_prefork:notice", 90, "AH00169: caught SIGTERM, shutting down")
}

func (s *script) stuck(at float64, pid int) {
	s.apache(at, "core:warn", 90, "AH00045: child process %d still did not exit, sending a SIGTERM", pid)
}

func (s *script) segfault(at float64, pid int) {
	s.apache(at, "core:notice", 90, "AH00051: child pid %d exit signal Segmentation fault (11), possible coredump in /etc/apache2", pid)
}

func (s *script) oomKill(at float64, pid int, program string) {
	s.syslog(at, "kernel", "[ 2781.797343] Out of memory: Killed process %d (%s) total-vm:214704kB, anon-rss:107232kB, file-rss:24428kB, shmem-rss:0kB, UID:102 pgtables:588kB oom_score_adj:0", pid, program)
}

func (s *script) databaseUp(at float64) {
	s.syslog(at, "mariadbd[411]", "%s 0 [Note] /usr/sbin/mariadbd: ready for connections.", day.Format("2006-01-02 15:04:05"))
}

func (s *script) databaseStop(at float64) {
	s.syslog(at, "mariadbd[411]", "%s 0 [Note] /usr/sbin/mariadbd (initiated by: unknown): Normal shutdown", day.Format("2006-01-02 15:04:05"))
}

// hum is what any log holds: now and then a small remark, of many visitors.
func (s *script) hum(from, to float64) {
	for i := 0; from < to; i++ {
		s.client(from, "php:warn", 100+i%8, fmt.Sprintf("203.0.113.%d", 1+i%60), 20000+i, "PHP Warning:  Undefined array key \"subject\" in /var/www/html/wp-content/plugins/forms/forms.php on line 14%s", ownPage)
		from += 37
	}
}

// outage is a database gone for so many visitors, each with two lines.
func (s *script) outage(from float64, visitors int) {
	for i := range visitors {
		at := from + float64(i)*1.3
		addr := fmt.Sprintf("203.0.113.%d", 1+i)
		s.gone(at, addr, 30000+i, 100+i%30, "")
		s.gone(at+1.1, addr, 30000+i, 100+i%30, ownPage)
	}
}

// waiting is so many pages, two seconds apart, for which another server did not
// answer, asked for by so many visitors in turn.
func waiting(s *script, at float64, pages, visitors int) {
	for i := range pages {
		s.client(at+2*float64(i), "php:warn", 100+i%30, fmt.Sprintf("203.0.113.%d", 1+i%visitors), 41000+i, "PHP Warning:  file_get_contents(https://api.example.org/v1): Failed to open stream: Connection timed out in /var/www/html/wp-content/plugins/feed/feed.php on line 9")
	}
}

// logs are the lines in order of time.
func (s *script) logs() (logs []logFile) {
	for _, l := range []struct {
		name  string
		lines []scriptLine
	}{{"error.log", s.errors}, {"access.log", s.access}, {"syslog", s.sys}} {
		if len(l.lines) == 0 {
			continue
		}
		slices.SortStableFunc(l.lines, func(a, b scriptLine) int {
			switch {
			case a.at < b.at:
				return -1
			case a.at > b.at:
				return 1
			}
			return 0
		})
		var b strings.Builder
		for _, line := range l.lines {
			b.WriteString(line.text)
			b.WriteByte('\n')
		}
		logs = append(logs, logFile{l.name, []byte(b.String())})
	}
	return logs
}

// lettered is a number as letters: numbers in paths are taken for the same.
func lettered(i int) string {
	s := ""
	for ; i >= 0; i = i/26 - 1 {
		s = string(rune('a'+i%26)) + s
	}
	return s
}
