package parser

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// forgeries are what a visitor may type where a log repeats it: nobody else
// becomes the client for it, and the server did nothing.
var forgeries = []string{
	"[client 198.51.100.1:1] ",
	"] [client 198.51.100.1:1] AH00045: child process 1 still did not exit, sending a SIGTERM",
	at + "[core:error] [pid 1] [client 198.51.100.1:1] AH00126: Invalid URI in request GET /",
	at + "[mpm_prefork:error] [pid 1] AH00161: server reached MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting",
	", referer: " + at + "[client 198.51.100.1:1] x",
	"Mar 14 07:39:24 h sshd[1]: Failed password for root from 198.51.100.1 port 1 ssh2",
	"message repeated 999 times: [ Failed password for root from 198.51.100.1 port 1 ssh2]",
	" from 198.51.100.1",
	", client: 198.51.100.1, server: a, request: \"x",
	" made by require('wp-blog-header.php'), wp, [client 198.51.100.1]",
	"(attacker '198.51.100.1', file '/a')",
	"Blacklisting address 198.51.100.1: possible DoS attack.",
	", c=198.51.100.1",
	"2026-11-10T10:06:17.1Z stderr F [core:error] [client 198.51.100.1] x",
	`\n","stream":"stderr","time":"2026-11-10T10:06:17Z"}`,
	"web-1  | [error] [client 198.51.100.1] x",
	"#012Mar 14 07:39:24 h sshd[1]: Failed password for root from 198.51.100.1 port 1 ssh2",
	"\x1b[2K[error] [client 198.51.100.1] x",
	"198.51.100.1:1 - AH00126: Invalid URI in request GET /",
	"198.51.100.1:1 YvJNhsCoAEQAAAMzKn4AAAAA [client 198.51.100.1] ModSecurity: Access denied",
	`","client":"198.51.100.1:1","x":"`,
	"2026-03-14 07:39:24.764015 [NOTICE] [7] [T0] [198.51.100.1:1-3#a] [STDERR] x",
	"LiteSpeed/6.1.2 Enterprise starts successfully!",
	" [04/May/2017:23:55:46 +0200] \"GET / HTTP/1.1\" 200",
	" 28/May/2018:10:31:15 +0000 \"GET /index.php\" 200",
	"<34>1 2026-04-02T13:10:00Z h sshd 1 - - Failed password for root from 198.51.100.1 port 1 ssh2",
}

// Where visitors' words stand: ~ is what they type.
var typedInto = []struct{ name, line, client string }{
	{"a path", at + "[core:error] [pid 7] [client 192.0.2.5:4000] AH00126: Invalid URI in request GET /~ HTTP/1.1", "192.0.2.5"},
	{"a path without a client", at + "[rewrite:error] [pid 7] AH00670: ~", ""},
	{"a referer", at + "[php:notice] [pid 7] [client 192.0.2.5:4000] PHP Notice:  x in /a.php on line 1, referer: ~", "192.0.2.5"},
	{"an HTTP/2 visitor's path", at + "[core:error] [pid 7] [remote 192.0.2.5:4000] AH00126: Invalid URI in request GET /~ HTTP/1.1", "192.0.2.5"},
	{"a user", at + "[auth_basic:error] [pid 7] [client 192.0.2.5:4000] AH01618: user ~ not found: /", "192.0.2.5"},
	{"2.2", "[Mon Dec 26 16:22:08 2016] [error] [client 192.0.2.5] File does not exist: /srv/~", "192.0.2.5"},
	{"a script's message", at + "[php:notice] [pid 7] [client 192.0.2.5:4000] ~", "192.0.2.5"},
	{"a query", at + "[php:notice] [pid 7] [client 192.0.2.5:4000] WordPress database error Unknown column 'a' for query SELECT '~' made by require('wp-blog-header.php'), wp", "192.0.2.5"},
	{"through PHP-FPM", at + "[proxy_fcgi:error] [pid 7] [client 192.0.2.5:4000] AH01071: Got error 'PHP message: ~'", "192.0.2.5"},
	{"ModSecurity", at + `[:error] [pid 7] [client 192.0.2.5:4000] [client 192.0.2.5] ModSecurity: Warning. Pattern match "~" [uri "/~"]`, "192.0.2.5"},
	{"Apache in syslog", "Mar 14 07:39:24 h apache2[7]: [core:error] [pid 7] [client 192.0.2.5:4000] AH00126: Invalid URI in request GET /~ HTTP/1.1", "192.0.2.5"},
	{"folded in syslog", "Mar 14 07:39:24 h apache2[7]: message repeated 2 times: [ [core:error] [pid 7] [client 192.0.2.5:4000] AH00126: Invalid URI in request GET /~ HTTP/1.1]", "192.0.2.5"},
	{"PHP in syslog", "Mar 14 07:39:24 h php[7]: PHP Warning:  ~ in /a.php on line 1", ""},
	{"a script in syslog", "Mar 14 07:39:24 h php[7]: a ~", ""},
	{"debug.log", phpAt + "PHP Warning:  ~ in /a.php on line 1", ""},
	{"PHP-FPM's log", fpmLine + `WARNING: [pool www] child 4242, script '/a.php' (request: "GET /~") executing too slow (5.250000 sec), logging`, ""},
	{"PHP-FPM's children", fpmSays + `~"`, ""},
	{"WP fail2ban", "Mar 14 07:39:24 h wordpress(a)[7]: Authentication failure for ~ from 192.0.2.5", "192.0.2.5"},
	{"sshd", "Mar 14 07:39:24 h sshd[7]: Invalid user ~ from 192.0.2.5 port 4000", "192.0.2.5"},
	{"in a container", "2026-11-10T10:06:17.1Z stderr F " + at + "[core:error] [pid 7] [client 192.0.2.5:4000] AH00126: Invalid URI in request GET /~ HTTP/1.1", "192.0.2.5"},
	{"under compose", "web-1  | " + at + "[core:error] [pid 7] [client 192.0.2.5:4000] AH00126: Invalid URI in request GET /~ HTTP/1.1", "192.0.2.5"},
	{"an object", `{"time":"2026-03-14 07:39:24.123456", "function":"[php:notice]", "process":"[pid 7]", "message":"~"}`, ""},
	{"an object with a client", `{"time":"2026-03-14 07:39:24.123456","module":"php","client":"192.0.2.5:4000","log_level":"notice","pid":"7","message":"~","referer":"~"}`, "192.0.2.5"},
	{"a stamp and a client", "[2026-03-14 07:39:24.123456] [core:error] 192.0.2.5:4000 YvJNhsCoAEQAAAMzKn4AAAAA AH00126: Invalid URI in request GET /~ HTTP/1.1", "192.0.2.5"},
	{"a stamp and the message", "2026-03-14 07:39:24.123456 AH00126: Invalid URI in request GET /~ HTTP/1.1", ""},
	{"LiteSpeed", "2026-03-14 07:39:24.764015 [NOTICE] [7] [T0] [192.0.2.5:4000-3#APVH_a] [STDERR] ~", "192.0.2.5"},
	{"LiteSpeed, nobody", "2026-03-14 07:39:24.764015 [NOTICE] [7] [T0] [STDERR] ~", ""},
	{"WooCommerce", "2026-03-14T06:39:24+00:00 CRITICAL Uncaught Exception: ~ in /srv/a.php:1", ""},
	{"nginx' ModSecurity", nginxLine + `[error] 1#1: *1 [client 192.0.2.5] ModSecurity: Access denied with code 403 (phase 2). Matched "~" [uri "/~"], client: 192.0.2.5, server: _, request: "GET /~ HTTP/1.1", host: "~"`, "192.0.2.5"},
	{"a forwarded list", `203.0.113.7, 192.0.2.5 10.0.0.2 - - [04/May/2017:23:55:46 +0200] "GET /~ HTTP/1.1" 200 2411 "~" "~"`, "192.0.2.5"},
	{"an access log with an ISO stamp", `192.0.2.5 - - [2026-03-14 07:39:24] "GET /~ HTTP/1.1" 200 2411 "~" "~"`, "192.0.2.5"},
	{"an access log with a name in quotes", `192.0.2.5 - "~" [04/May/2017:23:55:46 +0200] "GET /~ HTTP/1.1" 200 2411 "~" "~"`, "192.0.2.5"},
	{"PHP-FPM's access log", `192.0.2.5 -  28/May/2018:10:31:15 +0000 "GET /index.php?~" 200`, "192.0.2.5"},
	{"sshd, cut off", "Mar 14 07:39:24 h sshd[7]: drop connection #10 from [192.0.2.5]:4000 on [203.0.113.1]:22 past MaxStartups", "192.0.2.5"},
	{"an access log", `192.0.2.5 - ~ [04/May/2017:23:55:46 +0200] "GET /~ HTTP/1.1" 200 2411 "~" "~"`, "192.0.2.5"},
	{"nginx", nginxLine + `[error] 1#1: *1 open() "/srv/~" failed (2: No such file or directory), client: 192.0.2.5, server: _, request: "GET /~ HTTP/1.1", host: "~"`, "192.0.2.5"},
}

func TestVisitorsNameNobodyElse(t *testing.T) {
	for _, q := range typedInto {
		for _, forged := range forgeries {
			typed := forged
			if strings.Contains(q.line, `"~"`) { // a quote is escaped where one would end the field
				typed = strings.ReplaceAll(typed, `"`, `\"`)
			}
			line := strings.ReplaceAll(q.line, "~", typed)
			for _, text := range []string{line, docker(line)} {
				e := read(strings.TrimSuffix(text, "\n"))
				if client := e.Client; client.IsValid() && client.String() != q.client || !client.IsValid() && q.client != "" && !strings.HasPrefix(q.name, "nginx") && q.name != "an access log" {
					t.Errorf("%s: the client of %q is %s, want %q", q.name, text, client, q.client)
				}
				if e.Backend.IsValid() || e.Repeated > 2 || e.Kind.Role == State && e.Kind.Family == HTTPD {
					t.Errorf("%s: %q was taken for %s of backend %v, %d times", q.name, text, e.Kind.Name, e.Backend, e.Repeated)
				}
			}
		}
	}
}

// docker's json-file escapes what it carries.
func TestDockerEscapes(t *testing.T) {
	line := at + `[php:notice] [pid 7] [client 192.0.2.5:4000] a "b" \\n`
	inner, _ := json.Marshal(line + "\n")
	if e := read(`{"log":` + string(inner) + `,"stream":"stderr"}`); !bytes.HasSuffix([]byte(line), e.Message) || e.Client.String() != "192.0.2.5" {
		t.Errorf("%q was read as %q of %s", line, e.Message, e.Client)
	}
}
