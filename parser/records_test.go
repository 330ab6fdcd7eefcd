package parser

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// events reads a text and tells of each event its lines, its kind and its words.
func events(text string) []string {
	s := NewScanner(Options{})
	s.Reset([]byte(text), 1, 0)
	var got []string
	for s.Next() {
		e := s.Event()
		got = append(got, fmt.Sprintf("%d+%d %s <%s>", e.Line, e.Lines, e.Kind.Name, e.Words()))
	}
	return got
}

const (
	phpAt   = "[04-May-2017 23:55:46 UTC] "
	fcgi    = "[proxy_fcgi:error] [pid 7:tid 9] [client 192.0.2.5:4000] AH01071: Got error '"
	fpmSays = fpmLine + `WARNING: [pool www] child 4242 said into stderr: "`
	phpTag  = "Mar 14 07:39:24 vps512 php[811]: "
	cri     = "2026-11-10T10:06:17.1Z stderr F "
	xdebug  = "[:error] [pid 2211] [client 192.0.2.1:47250] "
)

// docker is a line of docker's json-file.
func docker(text string) string {
	inner, _ := json.Marshal(text + "\n")
	return `{"log":` + string(inner) + `,"stream":"stderr","time":"2026-06-19T20:53:21.550957282Z"}` + "\n"
}

var records = []struct {
	name, text string
	want       []string
}{
	{"a trace in PHP's log", phpAt + "PHP Fatal error:  Uncaught Error: x in /a.php:3\nStack trace:\n#0 /b.php(1): f()\n#1 {main}\n  thrown in /a.php on line 3\n" + phpAt + "on\n",
		[]string{"1+5 php.fatal <PHP Fatal error:  Uncaught Error: x in /a.php:3\nStack trace:\n#0 /b.php(1): f()\n#1 {main}\n  thrown in /a.php on line 3>", "6+1 php.log <on>"}},
	{"a trace of Windows", phpAt + "PHP Fatal error:  Uncaught Error: x in /a.php:3\r\nStack trace:\r\n#0 {main}\r\n",
		[]string{"1+3 php.fatal <PHP Fatal error:  Uncaught Error: x in /a.php:3\nStack trace:\n#0 {main}>"}},
	{"Xdebug stamps each step", phpAt + "PHP Warning:  x in /a.php on line 3\n" + phpAt + "PHP Stack trace:\n" + phpAt + "PHP   1. {main}() /a.php:0\n" + phpAt + "PHP Warning:  y in /a.php on line 4\n",
		[]string{"1+3 php.warning <PHP Warning:  x in /a.php on line 3\nPHP Stack trace:\nPHP   1. {main}() /a.php:0>", "4+1 php.warning <PHP Warning:  y in /a.php on line 4>"}},
	{"a query over several lines", phpAt + "WordPress database error Deadlock found for query SELECT *\n\t\tFROM wp_posts\n\nWHERE a = 1 made by " + front + "\n" + phpAt + "on\n",
		[]string{"1+4 db.locked <WordPress database error Deadlock found for query SELECT *\n\t\tFROM wp_posts\n\nWHERE a = 1 made by " + front + ">", "5+1 php.log <on>"}},
	{"an empty line at the end is not part of it", phpAt + "a\n\n" + phpAt + "b\n", []string{"1+1 php.log <a>", "2+1 unknown <>", "3+1 php.log <b>"}},
	{"another program's line ends it", phpAt + "a\nmore\n" + at + "[core:notice] [pid 7] x\n192.0.2.1 - - [04/May/2017:23:55:46 +0000] \"GET / HTTP/1.1\" 200 1\n",
		[]string{"1+2 php.log <a\nmore>", "3+1 apache.other <x>", "4+1 access.request <\"GET / HTTP/1.1\" 200 1>"}},
	{"without a stamp", "PHP Fatal error:  Uncaught Error: x in /a.php:3\nStack trace:\n#0 {main}\n  thrown in /a.php on line 3\nbye\n",
		[]string{"1+4 php.fatal <PHP Fatal error:  Uncaught Error: x in /a.php:3\nStack trace:\n#0 {main}\n  thrown in /a.php on line 3>", "5+1 unknown <bye>"}},

	{"Xdebug under Apache", at + xdebug + "PHP Warning:  x in /a.php on line 3, referer: http://www.example.org/\n" + at + xdebug + "PHP Stack trace:, referer: http://www.example.org/\n" + at + xdebug + "PHP   1. {main}() /a.php:0, referer: http://www.example.org/\n",
		[]string{"1+3 php.warning <PHP Warning:  x in /a.php on line 3\nPHP Stack trace:\nPHP   1. {main}() /a.php:0>"}},
	{"Xdebug's steps of two visitors", at + xdebug + "PHP Warning:  x in /a.php on line 3\n" + at + strings.Replace(xdebug, "47250", "47251", 1) + "PHP Stack trace:\n",
		[]string{"1+1 php.warning <PHP Warning:  x in /a.php on line 3>", "2+1 apache.other <PHP Stack trace:>"}},
	{"cut inside a trace", at + fcgi + `PHP message: PHP Fatal error:  Uncaught Error: x in /a.php:3\nStack trace:\n#0 /b` + "'\n" + at + fcgi + `.php(1): f()\n#1 {main}\n  thrown in /a.php on line 3'` + "\n",
		[]string{`1+2 php.fatal <PHP Fatal error:  Uncaught Error: x in /a.php:3\nStack trace:\n#0 /b.php(1): f()\n#1 {main}\n  thrown in /a.php on line 3>`}},
	{"cut inside the words PHP message", at + fcgi + "PHP message: PHP Warning:  x in /a.php on line 3; PHP mes', referer: http://a/\n" + at + fcgi + "sage: PHP Fatal error:  Allowed memory size of 1 bytes exhausted (tried to allocate 2 bytes) in /a.php on line 4', referer: http://a/\n",
		[]string{"1+2 php.memory <PHP Fatal error:  Allowed memory size of 1 bytes exhausted (tried to allocate 2 bytes) in /a.php on line 4>"}},
	{"two records of one visitor", at + fcgi + "PHP message: a'\n" + at + fcgi + "PHP message: b'\n", []string{"1+1 backend.stderr <a>", "2+1 backend.stderr <b>"}},
	{"a second later", at + fcgi + "PHP message: a'\n" + strings.Replace(at, "10:00:00", "10:00:02", 1) + fcgi + "b'\n", []string{"1+1 backend.stderr <a>", "2+1 backend.stderr <b>"}},
	{"another thread", at + fcgi + "PHP message: a'\n" + at + strings.Replace(fcgi, "tid 9", "tid 10", 1) + "b'\n", []string{"1+1 backend.stderr <a>", "2+1 backend.stderr <b>"}},
	{"line by line through CGI", at + xdebug + "AH01215: PHP Fatal error:  Uncaught Error: x in /a.php:3: /cgi/php\n" + at + xdebug + "AH01215: Stack trace:: /cgi/php\n" + at + xdebug + "AH01215: #0 {main}: /cgi/php\n" + at + xdebug + "AH01215: bye: /cgi/php\n",
		[]string{"1+3 php.fatal <PHP Fatal error:  Uncaught Error: x in /a.php:3\nStack trace:\n#0 {main}>", "4+1 backend.stderr <bye>"}},
	{"line by line through CGI since 2.4.60", at + xdebug + "AH01215: stderr from /cgi/php: PHP Fatal error:  Uncaught Error: x in /a.php:3\n" + at + xdebug + "AH01215: stderr from /cgi/php: Stack trace:\n" + at + xdebug + "AH01215: stderr from /cgi/php: #0 {main}\n",
		[]string{"1+3 php.fatal <PHP Fatal error:  Uncaught Error: x in /a.php:3\nStack trace:\n#0 {main}>"}},

	{"what a child of PHP-FPM said, line by line", fpmSays + "NOTICE: PHP message: PHP Fatal error:  Uncaught Error: x in /a.php:3\"\n" + fpmSays + "Stack trace:\"\n" + fpmSays + "#0 {main}\"\n" + fpmSays + "  thrown in /a.php on line 3\", pipe is closed\n" + fpmLine + "NOTICE: [pool www] child 4245 started\n",
		[]string{"1+4 php.fatal <PHP Fatal error:  Uncaught Error: x in /a.php:3\nStack trace:\n#0 {main}\n  thrown in /a.php on line 3>", "5+1 fpm.child <[pool www] child 4245 started>"}},
	{"what a child of PHP-FPM said, cut at its buffer", fpmSays + "NOTICE: PHP message: " + strings.Repeat("x", 1000) + "\"\n" + fpmSays + "yz\"\n" + fpmSays + "other\"\n",
		[]string{"1+2 fpm.stderr <[pool www] child 4242 said into stderr: \"NOTICE: PHP message: " + strings.Repeat("x", 1000) + "yz\">", "3+1 fpm.stderr <[pool www] child 4242 said into stderr: \"other\">"}},
	{"a block of the slow log", "\n" + fpmLine + " [pool www] pid 4242\nscript_filename = /srv/a.php\n[0x00007f2c1a2b3c40] sleep() /srv/b.php:185\n\n" + fpmLine + " [pool www] pid 4243\nscript_filename = /srv/a.php\n[0x00007f2c1a2b3c40] sleep() /srv/b.php:185\n",
		[]string{"1+1 unknown <>", "2+3 fpm.trace <[pool www] pid 4242\nscript_filename = /srv/a.php\n[0x00007f2c1a2b3c40] sleep() /srv/b.php:185>", "5+1 unknown <>", "6+3 fpm.trace <[pool www] pid 4243\nscript_filename = /srv/a.php\n[0x00007f2c1a2b3c40] sleep() /srv/b.php:185>"}},

	{"a trace through nginx", `2023/09/23 09:58:54 [error] 298#298: *1093 FastCGI sent in stderr: "PHP message: PHP Fatal error:  Uncaught Error: x in /a.php:3` + "\nStack trace:\n#0 {main}\n" + `  thrown in /a.php on line 3" while reading response header from upstream, client: 192.0.2.4, server: _, request: "GET / HTTP/1.1"` + "\nbye\n",
		[]string{"1+4 php.fatal <PHP Fatal error:  Uncaught Error: x in /a.php:3\nStack trace:\n#0 {main}\n  thrown in /a.php on line 3>", "5+1 unknown <bye>"}},
	{"a trace in a container of PHP-FPM", cri + "NOTICE: PHP message: PHP Fatal error:  Uncaught Error: x in /a.php:3\n" + cri + "Stack trace:\n" + cri + "#0 {main}\n" + cri + "  thrown in /a.php on line 3\n" + cri + "on\n",
		[]string{"1+4 php.fatal <PHP Fatal error:  Uncaught Error: x in /a.php:3\nStack trace:\n#0 {main}\n  thrown in /a.php on line 3>", "5+1 container.other <on>"}},
	{"the other stream of a container", cri + "NOTICE: PHP message: PHP Fatal error:  Uncaught Error: x in /a.php:3\n" + strings.Replace(cri, "stderr", "stdout", 1) + "Stack trace:\n",
		[]string{"1+1 php.fatal <PHP Fatal error:  Uncaught Error: x in /a.php:3>", "2+1 container.other <Stack trace:>"}},
	{"a trace in docker's json-file", docker("[04-May-2017 23:55:46 UTC] PHP Fatal error:  Uncaught Error: \"x\" in /a.php:3") + docker("Stack trace:") + docker("#0 {main}") + docker("on"),
		[]string{"1+3 php.fatal <PHP Fatal error:  Uncaught Error: \"x\" in /a.php:3\nStack trace:\n#0 {main}>", "4+1 container.other <on>"}},
	{"a trace under docker compose", "php-1  | " + phpAt + "PHP Fatal error:  Uncaught Error: x in /a.php:3\nphp-1  | Stack trace:\nphp-2  | #0 {main}\n",
		[]string{"1+2 php.fatal <PHP Fatal error:  Uncaught Error: x in /a.php:3\nStack trace:>", "3+1 container.other <#0 {main}>"}},
	{"docker logs -t, in colours of compose", "\x1b[36mphp-1  | \x1b[0m2026-11-10T10:06:17.123456789Z NOTICE: PHP message: PHP Warning:  x in /a.php on line 3\n\x1b[36mphp-1  | \x1b[0m2026-11-10T10:06:17.123456789Z PHP Stack trace:\n",
		[]string{"1+2 php.warning <PHP Warning:  x in /a.php on line 3\nPHP Stack trace:>"}},
	{"pieces of mod_proxy_fcgi in a container", cri + at + fcgi + `PHP message: PHP Fatal error:  Uncaught Error: x in /a.php:3\nStack trace:\n#0 /b` + "'\n" + cri + at + fcgi + `.php(1): f()'` + "\n",
		[]string{`1+2 php.fatal <PHP Fatal error:  Uncaught Error: x in /a.php:3\nStack trace:\n#0 /b.php(1): f()>`}},
	{"what a child of PHP-FPM said, in a container", cri + fpmSays + "PHP Fatal error:  Uncaught Error: x in /a.php:3\"\n" + cri + fpmSays + "Stack trace:\"\n",
		[]string{"1+2 php.fatal <PHP Fatal error:  Uncaught Error: x in /a.php:3\nStack trace:>"}},
	{"PHP sends a trace to syslog line by line", phpTag + "PHP Fatal error:  Uncaught Error: x in /a.php:3\n" + phpTag + "Stack trace:\n" + phpTag + "#0 {main}\n" + phpTag + "  thrown in /a.php on line 3\n" + strings.Replace(phpTag, "811", "812", 1) + "#0 {main}\n",
		[]string{"1+4 php.fatal <PHP Fatal error:  Uncaught Error: x in /a.php:3\nStack trace:\n#0 {main}\n  thrown in /a.php on line 3>", "5+1 syslog.other <#0 {main}>"}},
	{"and a query", phpTag + "WordPress database error Deadlock found for query SELECT *\n" + phpTag + "#011FROM wp_posts made by " + front + "\n" + phpTag + "on\n",
		[]string{"1+2 db.locked <WordPress database error Deadlock found for query SELECT *\n#011FROM wp_posts made by " + front + ">", "3+1 syslog.other <on>"}},
	{"journalctl sets further lines in", phpTag + "PHP Fatal error:  Uncaught Error: x in /a.php:3\n                          Stack trace:\n                            thrown in /a.php on line 3\n    Mar 14 07:39:24 vps512 php[811]: on\n",
		[]string{"1+3 php.fatal <PHP Fatal error:  Uncaught Error: x in /a.php:3\nStack trace:\n  thrown in /a.php on line 3>", "4+1 syslog.other <on>"}},
	{"a database's crash", "260314  7:39:24 [ERROR] mysqld got signal 11 ;\nThis could be because you hit a bug.\n\nThread pointer: 0x7f\nstack_bottom = 0x0\n260314  7:39:25 mysqld_safe mysqld restarted\n",
		[]string{"1+5 db.crash <mysqld got signal 11 ;\nThis could be because you hit a bug.\n\nThread pointer: 0x7f\nstack_bottom = 0x0>", "6+1 db.note <mysqld restarted>"}},
}

func TestRecords(t *testing.T) {
	for _, tt := range records {
		if got := events(tt.text); !slices.Equal(got, tt.want) {
			t.Errorf("%s:\n%s\n got %q\nwant %q", tt.name, tt.text, got, tt.want)
		}
	}
}

// Logs are cut into chunks before lines that start a record, and read in
// parallel: wherever that is, the events are the same.
func TestCutsBetweenRecordsChangeNothing(t *testing.T) {
	var all []string
	for _, tt := range records {
		all = append(all, tt.text)
	}
	for _, text := range append(all, strings.Join(all, "")) {
		whole := events(text)
		lines := strings.SplitAfter(text, "\n")
		for i := 1; i < len(lines); i++ {
			if !Starts([]byte(strings.TrimRight(lines[i], "\r\n"))) {
				continue
			}
			s := NewScanner(Options{})
			var got []string
			for _, part := range []struct {
				text string
				line int64
			}{{strings.Join(lines[:i], ""), 1}, {strings.Join(lines[i:], ""), int64(i) + 1}} {
				s.Reset([]byte(part.text), part.line, 0)
				for s.Next() {
					e := s.Event()
					got = append(got, fmt.Sprintf("%d+%d %s <%s>", e.Line, e.Lines, e.Kind.Name, e.Words()))
				}
			}
			if !slices.Equal(got, whole) {
				t.Fatalf("cut before line %d, %q:\n got %q\nwant %q", i+1, lines[i], got, whole)
			}
		}
	}
}

// Of several messages in one record the gravest tells the kind.
func TestSeveralMessages(t *testing.T) {
	const (
		warning = "PHP message: PHP Warning:  x in /a.php on line 3"
		fatal   = "PHP message: PHP Fatal error:  Uncaught Error: y in /b.php on line 4"
	)
	for said, want := range map[string]string{
		warning + "; " + fatal:                "php.fatal /b.php",
		warning + fatal:                       "php.fatal /b.php",
		warning + `\n` + fatal + `\n`:         "php.fatal /b.php",
		fatal + "; " + warning:                "php.fatal /b.php",
		warning + "; " + warning:              "php.warning /a.php",
		"PHP message: a plugin's; " + warning: "php.warning /a.php",
		"PHP message: " + wpPrefix + "x for query SELECT '" + fatal + "' made by " + front: "db.error " + front,
		"PHP message: " + wpPrefix + "x for query SELECT 1 made by " + front + fatal:       "php.fatal /b.php",
	} {
		e := read(at + fcgi + said + "'")
		if got := e.Kind.Name + " " + string(e.Origin()); got != want {
			t.Errorf("%s\nis %s, want %s", said, got, want)
		}
	}
}

func TestPHPTimes(t *testing.T) {
	for stamp, want := range map[string]string{
		"[04-May-2017 23:55:46 UTC]":           "2017-05-04T23:55:46Z",
		"[04-May-2017 23:55:46 +02:00]":        "2017-05-04T23:55:46+02:00",
		"[04-May-2017 23:55:46 Nowhere/Atoll]": "2017-05-04T23:55:46",
		"[04-May-2017 23:55:46 Local]":         "2017-05-04T23:55:46",
		"[04-May-2017 23:55:46 ../../etc]":     "2017-05-04T23:55:46",
		"[04-May-2017 23:55:46]":               "2017-05-04T23:55:46",
	} {
		e := read(stamp + " x")
		if got := FormatTime(e.Time, e.Stamp, e.UTCOffset); got != want || e.Format != phpLog {
			t.Errorf("%s is %s, want %s", stamp, got, want)
		}
	}
	mustZone(t, "Europe/Berlin")
	s := NewScanner(Options{})
	for range 2 { // looked up, remembered
		for stamp, want := range map[string]string{
			"[04-May-2017 23:55:46 Europe/Berlin]":    "2017-05-04T23:55:46+02:00",
			"[04-Jan-2017 23:55:46 Europe/Berlin]":    "2017-01-04T23:55:46+01:00",
			"[04-Jan-2017 23:55:46 America/New_York]": "2017-01-04T23:55:46-05:00",
		} {
			s.Reset([]byte(stamp+" x\n"), 1, 0)
			s.Next()
			e := s.Event()
			if got := FormatTime(e.Time, e.Stamp, e.UTCOffset); got != want {
				t.Errorf("%s is %s, want %s", stamp, got, want)
			}
		}
	}
}

// A translated WordPress is known by the shape of its records.
func TestTranslatedWordPress(t *testing.T) {
	const hooks = "activate_plugin, do_action('activate_gallery/gallery.php'), WP_Hook->do_action"
	for _, tt := range []struct{ name, said, kind, err, query, origin string }{
		{"German", "WordPress-Datenbank-Fehler Duplicate column name 'a' für ALTER TABLE `wp_g` ADD `a` TEXT von " + hooks, "db.error", "Duplicate column name 'a' für", "ALTER TABLE `wp_g` ADD `a` TEXT von", hooks},
		{"escaped by httpd", `WordPress \xe3\x83\x87\xe3\x83\xbc\xe3\x82\xbf : Unknown column 'x' in 'where clause' for query SELECT a FROM b made by ` + hooks, "db.error", "Unknown column 'x' in 'where clause'", "SELECT a FROM b", hooks},
		{"without blanks", "WordPress数据库错误Table 'wp.x' doesn't exist,查询 SELECT 1", "db.error", "Table 'wp.x' doesn't exist,查询", "SELECT 1", ""},
		{"without blanks, escaped", `WordPress\xe9\x94\x99\xe8\xaf\xafTable 'wp.x' doesn't exist SELECT 1`, "db.error", "Table 'wp.x' doesn't exist", "SELECT 1", ""},
		{"gone", `Erreur`, "php.log", "", "", ""},
		{"French", `Erreur de la base de donn\xc3\xa9es WordPress MySQL server has gone away pour la requ\xc3\xaate SELECT 1 faite par ` + hooks, "db.gone", `MySQL server has gone away pour la requ\xc3\xaate`, "SELECT 1 faite par", hooks},
		{"Spanish", "Error de la base de datos de WordPress Lost connection to server during query para la consulta SELECT 1 realizada por " + hooks, "db.lost", "Lost connection to server during query para la consulta", "SELECT 1 realizada por", hooks},
		{"Russian", `\xd0\x9e\xd1\x88\xd0\xb8\xd0\xb1\xd0\xba\xd0\xb0 WordPress Too many connections \xd0\xb2 SELECT 1 \xd0\xb2\xd1\x8b\xd0\xbf: ` + hooks, "db.limit", `Too many connections \xd0\xb2`, `SELECT 1 \xd0\xb2\xd1\x8b\xd0\xbf:`, hooks},
		{"Chinese, the query first", `WordPress\xe6\x95\xb0\xe6\x8d\xaeSHOW FULL COLUMNS FROM wp_a WHERE b='Too many connections'\xe6\x97\xb6Disk full (/tmp/#sql_5.MAI); waiting for someone to free some space\xe9\x94\x99\xef\xbc\x8c` + hooks + `\xe6\x9f\xa5\xe8\xaf\xa2`, "db.full", "Disk full (/tmp/#sql_5.MAI); waiting for someone to free some space", "SHOW FULL COLUMNS FROM wp_a WHERE b='Too many connections'", hooks},
		{"Chinese, raw", "WordPress数据库查询SELECT 1时发生MySQL server has gone away错误，这是由" + hooks + "查询的。", "db.gone", "MySQL server has gone away", "SELECT 1", hooks},
		{"no caller, and WordPress is not the first word", "We told WordPress Unknown column SELECT 1", "php.log", "", "", ""},
		{"French, no caller", `WordPress : erreur de base de donn\xc3\xa9es MySQL server has gone away pour la requ\xc3\xaate SELECT 1`, "db.gone", `MySQL server has gone away pour la requ\xc3\xaate`, "SELECT 1", ""},
		{"for the screen", "WordPress database error: [Table 'x' doesn't exist] SELECT 1", "php.log", "", "", ""},
		{"a plugin speaks of WordPress", "WordPress told us: User anna has logged in", "php.log", "", "", ""},
	} {
		e := read("[Sun Nov 08 10:00:00.000001 2026] [php:notice] [pid 7:tid 7] [client 192.0.2.5:4] " + tt.said)
		d, _ := e.Detail().(DBError)
		if e.Kind.Name != tt.kind || d.Error != tt.err || d.Query != tt.query || string(e.Origin()) != tt.origin {
			t.Errorf("%s: %s, error <%s> query <%s> by <%s>", tt.name, e.Kind.Name, d.Error, d.Query, e.Origin())
		}
	}
}

// Where the program names the client itself, what a visitor typed must not become one.
func TestNamedClients(t *testing.T) {
	const syslog = "Mar 14 07:39:24 vps512 "
	nginx := `2023/09/23 09:58:54 [error] 298#298: *1093 FastCGI sent in stderr: "PHP message: `
	for _, tt := range []struct{ name, line, want string }{
		{"WP fail2ban", wpLine + "Authentication failure for x from 198.51.100.9 from 192.0.2.4", "192.0.2.4"},
		{"WP fail2ban, not at its end", wpLine + "Authentication failure for x from 198.51.100.9 again", ""},
		{"WP fail2ban, not its words", wpLine + "Hello from 198.51.100.9", ""},
		{"another program", syslog + "shop[4]: Authentication failure for x from 198.51.100.9", ""},
		{"Suhosin", syslog + "suhosin[4]: ALERT - dropped variable '(attacker '198.51.100.9', file 'x')' (attacker '192.0.2.4', file '/srv/a.php')", "192.0.2.4"},
		{"Suhosin, cut", syslog + "suhosin[4]: ALERT - dropped variable '(attacker '198.51.100.9', file 'x", ""},
		{"phpMyAdmin", syslog + "phpMyAdmin[4]: user denied: x from 198.51.100.9 (mysql-denied) from 192.0.2.4", "192.0.2.4"},
		{"Drupal", syslog + "shop: https://a|1|user|192.0.2.4|https://a/?x|1|user|198.51.100.9|https://a|0||Login attempt failed for x.", "192.0.2.4"},
		{"fail2ban found", banLine + "fail2ban.filter [4]: INFO [sshd] Found 192.0.2.4 - 2026-03-14 07:39:24", "192.0.2.4"},
		{"fail2ban bans", banLine + "fail2ban.actions [4]: NOTICE [sshd] Ban 192.0.2.4", "192.0.2.4"},
		{"mod_evasive", syslog + "mod_evasive[4]: Blacklisting address 192.0.2.4: possible DoS attack.", "192.0.2.4"},
		{"mod_qos", qosLine + "mod_qos(041): access denied, QS_Permit rule (x, c=198.51.100.9, id=y), c=192.0.2.4, id=VNk", "192.0.2.4"},
		{"mod_qos, the frame counts", qosLine + "[client 192.0.2.5:4] mod_qos(031): access denied, c=198.51.100.9", "192.0.2.5"},
		{"mod_qos, somebody else's words", apacheLine + "[core:error] [pid 7] mod_qos(031): access denied, c=198.51.100.9", ""},
		{"nginx", nginx + `a" while reading upstream, client: 192.0.2.4, server: _, request: "GET / HTTP/1.1"`, "192.0.2.4"},
		{"nginx, forged by the message", nginx + `a, client: 198.51.100.9, server: x" while reading upstream, client: 192.0.2.4, server: _, request: "GET / HTTP/1.1"`, ""},
		{"nginx, forged by the referer", nginx + `a" while reading upstream, client: 192.0.2.4, server: _, request: "GET / HTTP/1.1", referrer: ", client: 198.51.100.9, server: x"`, ""},
		{"nginx, cut", nginx + `, client: 198.51.100.9, server: x` + strings.Repeat("x", 1980), ""},
		{"a database", mysqlLine + "[Warning] Access denied for user 'x'@'192.0.2.4' (using password: YES)", "192.0.2.4"},
	} {
		e := read(tt.line)
		got := ""
		if e.Client.IsValid() {
			got = e.Client.String()
		}
		if got != tt.want {
			t.Errorf("%s: client %q, want %q: %s", tt.name, got, tt.want, tt.line)
		}
	}
}

func TestGuardDetails(t *testing.T) {
	for _, tt := range []struct{ line, kind, detail string }{
		{wpLine + "XML-RPC authentication attempt for unknown user a from b from 192.0.2.4", "wp.xmlrpc", `{"user":"a from b"}`},
		{wpLine + "Comment attempt on closed post 12 from 192.0.2.4", "wp.spam", "null"},
		{banLine + "fail2ban.actions [4]: WARNING [sshd] 192.0.2.4 already banned", "ban.already", `{"jail":"sshd","address":"192.0.2.4"}`},
		{mysqlLine + "[Warning] Access denied for user 'x'@'198.51.100.9'@'192.0.2.4' (using password: YES)", "db.denied", `{"user":"x'@'198.51.100.9","host":"192.0.2.4"}`},
		{qosLine + "mod_qos(031): access denied, QS_SrvMaxConnPerIP rule: max=10, concurrent connections=11, c=192.0.2.4", "qos.limit", `{"number":31,"max":10,"found":11}`},
		{fpmLine + "WARNING: [pool www] server reached pm.max_children setting (5), consider raising it", "fpm.exhausted", `{"pool":"www","limit":5}`},
		{fpmLine + `WARNING: [pool www] child 4242, script '/srv/wp-content/plugins/feed/f.php' (request: "GET /a' (request: "x") executing too slow (9.0 sec)") executing too slow (5.250000 sec), logging`, "fpm.slow",
			`{"pool":"www","script":"/srv/wp-content/plugins/feed/f.php","request":"GET /a' (request: \"x\") executing too slow (9.0 sec)","seconds":5.25,"plugin":"feed","plugin_type":"plugin","attribution_strength":"path"}`},
		{apacheLine + `[:error] [pid 7] [client 192.0.2.2:1] [client 192.0.2.2] ModSecurity: Warning. Pattern match "x" at ARGS:a. [file "/etc/x.conf"] [line "47"] [id "960015"] [rev "1"] [msg "It said \"no\""] [hostname "www.example.org"] [uri "/a"] [unique_id "VNk"]`, "waf.warning",
			`{"path":"/a","rule_id":"960015","rule_message":"It said \\\"no\\\"","unique_id":"VNk"}`},
		{story + `PHP Fatal error:  Uncaught Error: x in /srv/a.php:60 Stack trace: #0 /b.php(107): f('in /evil.php on line 3') #1`, "php.fatal",
			`{"type":"Fatal error","text":"Uncaught Error: x in /srv/a.php:60 Stack trace: #0 /b.php(107): f('in /evil.php on line 3') #1","file":"/srv/a.php","line":60}`},
	} {
		e := read(tt.line)
		got, err := json.Marshal(e.Detail())
		if err != nil || e.Kind.Name != tt.kind || string(got) != tt.detail {
			t.Errorf("%s\n got %s %s, %v\nwant %s %s", tt.line, e.Kind.Name, got, err, tt.kind, tt.detail)
		}
	}
}

// These logs too are read without allocating, once their zones and chains are known.
func TestRecordsAllocateNothing(t *testing.T) {
	var text strings.Builder
	for range 20 {
		for _, tt := range records {
			text.WriteString(tt.text)
		}
	}
	b := []byte(text.String())
	s := NewScanner(Options{})
	if n := testing.AllocsPerRun(5, func() {
		for s.Reset(b, 1, 0); s.Next(); {
		}
	}); n > 0 {
		t.Errorf("reading records of several lines allocates %.0f times", n)
	}
}

func BenchmarkScanPHP(b *testing.B) {
	var text strings.Builder
	when := time.Date(2017, 5, 4, 23, 55, 46, 0, time.UTC)
	for i := range 2000 {
		fmt.Fprintf(&text, "[%s UTC] PHP Warning:  Undefined array key \"a\" in /srv/wp-content/plugins/x/x.php on line %d\n", when.Add(time.Duration(i/10)*time.Second).Format("02-Jan-2006 15:04:05"), i)
		if i%20 == 0 {
			text.WriteString("Stack trace:\n#0 /srv/wp-settings.php(12): f()\n#1 {main}\n  thrown in /srv/x.php on line 3\n")
		}
	}
	benchScan(b, []byte(text.String()), Options{})
}
