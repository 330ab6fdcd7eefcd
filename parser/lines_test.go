package parser

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// said writes what was read from a line, fields that are empty left out.
func said(e *Event) string {
	var b strings.Builder
	add := func(name string, value any) {
		if s := fmt.Sprint(value); s != "" && s != "0" && s != "false" && s != "invalid IP" {
			fmt.Fprintf(&b, "%s=%s ", name, s)
		}
	}
	add("time", FormatTime(e.Time, e.Stamp, e.UTCOffset))
	add("host", string(e.Host))
	add("program", string(e.Program))
	add("level", e.Level)
	add("module", string(e.Module))
	add("pid", e.PID)
	add("tid", e.TID)
	add("client", e.Client)
	if e.ClientPort >= 0 {
		fmt.Fprintf(&b, "port=%d ", e.ClientPort)
	}
	add("remote", e.Remote)
	add("repeated", e.Repeated)
	add("backend", e.Backend)
	if e.Code != 0 {
		add("code", CodeName(e.Code))
	}
	add("errno", e.Errno)
	add("kind", e.Kind.Name)
	if e.Referer != nil {
		fmt.Fprintf(&b, "referer=<%s> ", e.Referer)
	}
	fmt.Fprintf(&b, "message=<%s>", e.Message)
	return b.String()
}

// at begins the tests' lines of Apache 2.4; they are read as utc.
const (
	at  = "[Fri May 05 10:00:00.250000 2017] "
	utc = "time=2017-05-05T10:00:00.250000 "
)

func TestApacheLines(t *testing.T) {
	for _, tt := range []struct{ name, line, want string }{
		{"prefork, no thread", at + "[authz_core:error] [pid 31858] [client 192.0.2.95:38870] AH01630: client denied by server configuration: /srv/www/",
			utc + "level=error module=authz_core pid=31858 client=192.0.2.95 port=38870 code=AH01630 kind=access.denied message=<client denied by server configuration: /srv/www/>"},
		{"threaded, the thread's address", at + "[mpm_event:notice] [pid 24968:tid 140169861986176] AH00489: Apache/2.4.16 (Ubuntu) configured -- resuming normal operations",
			utc + "level=notice module=mpm_event pid=24968 tid=140169861986176 code=AH00489 kind=server.start message=<Apache/2.4.16 (Ubuntu) configured -- resuming normal operations>"},
		{"file and line", at + "[core:info] [pid 31608] core.c(4752): [client 192.0.2.206:59415] AH00128: File does not exist: /srv/www/index.php",
			utc + "level=info module=core pid=31608 client=192.0.2.206 port=59415 code=AH00128 kind=file.missing message=<File does not exist: /srv/www/index.php>"},
		{"file and line, errno, client", at + "[core:info] [pid 7:tid 9] core.c(4752): (36)File name too long: [client 192.0.2.5:8080] AH00036: access to /a failed (filesystem path '/srv/a')",
			utc + "level=info module=core pid=7 tid=9 client=192.0.2.5 port=8080 code=AH00036 errno=36 kind=path.invalid message=<access to /a failed (filesystem path '/srv/a')>"},
		{"trace level", at + "[rewrite:trace3] [pid 7:tid 9] mod_rewrite.c(470): [client 192.0.2.192:38350] 192.0.2.192 - - [www/sid#55a3] pass through /",
			utc + "level=trace3 module=rewrite pid=7 tid=9 client=192.0.2.192 port=38350 kind=apache.other message=<192.0.2.192 - - [www/sid#55a3] pass through />"},
		{"a file that is no source", at + "[php:notice] [pid 7] [client 192.0.2.1:1] upload.css(12): too big",
			utc + "level=notice module=php pid=7 client=192.0.2.1 port=1 kind=php.log message=<upload.css(12): too big>"},

		{"errno, then client", at + "[proxy_fcgi:error] [pid 7:tid 9] (70008)Partial results are valid but processing is incomplete: [client 192.0.2.166:59307] AH01075: Error dispatching request to : (reading input brigade), referer: http://www.example.org/",
			utc + "level=error module=proxy_fcgi pid=7 tid=9 client=192.0.2.166 port=59307 code=AH01075 errno=70008 kind=backend.broken referer=<http://www.example.org/> message=<Error dispatching request to : (reading input brigade)>"},
		{"errno without client", at + "[proxy:error] [pid 23964] (113)No route to host: AH00957: HTTP: attempt to connect to 192.0.2.244:9000 (app.example.org) failed",
			utc + "level=error module=proxy pid=23964 code=AH00957 errno=113 kind=backend.down message=<HTTP: attempt to connect to 192.0.2.244:9000 (app.example.org) failed>"},
		{"errno with brackets in its text", at + "[core:error] [pid 7] (20014)Internal error (specific information not available): [client 192.0.2.4:32] AH00036: access to /a failed",
			utc + "level=error module=core pid=7 client=192.0.2.4 port=32 code=AH00036 errno=20014 kind=file.denied message=<access to /a failed>"},
		{"negative errno", at + "[proxy_http:error] [pid 7] (-102)Unknown error -102: [client 192.0.2.4:32840] AH01095: prefetch request body failed",
			utc + "level=error module=proxy_http pid=7 client=192.0.2.4 port=32840 code=AH01095 errno=-102 kind=request.aborted message=<prefetch request body failed>"},
		{"Windows' errno", at + "[mpm_winnt:error] [pid 7:tid 9] (OS 109)The pipe has been ended.  : AH00363: child: Unable to read socket data",
			utc + "level=error module=mpm_winnt pid=7 tid=9 code=AH00363 errno=109 kind=apache.other message=<child: Unable to read socket data>"},
		{"an errno said by a script is the script's words", at + "[php:notice] [pid 7] [client 192.0.2.4:3] (5)th try: gave up",
			utc + "level=notice module=php pid=7 client=192.0.2.4 port=3 kind=php.log message=<(5)th try: gave up>"},

		{"an HTTP/2 visitor", at + "[auth_basic:error] [pid 7:tid 9] [remote 192.0.2.111:35924] AH01618: user whatever not found: /admin",
			utc + "level=error module=auth_basic pid=7 tid=9 client=192.0.2.111 port=35924 remote=true code=AH01618 kind=auth.unknown_user message=<user whatever not found: /admin>"},
		{"a proxy's other side", at + "[proxy_http:error] [pid 7:tid 9] (104)Connection reset by peer: [remote 192.0.2.111:80] AH01102: error reading status line from remote server app:80",
			utc + "level=error module=proxy_http pid=7 tid=9 backend=192.0.2.111 code=AH01102 errno=104 kind=backend.broken message=<error reading status line from remote server app:80>"},
		{"a proxy's visitor", at + "[proxy:error] [pid 7:tid 9] [client 192.0.2.111:81] AH00898: Error reading from remote server returned by /a",
			utc + "level=error module=proxy pid=7 tid=9 client=192.0.2.111 port=81 code=AH00898 kind=backend.broken message=<Error reading from remote server returned by /a>"},

		{"IPv6, bare port", at + "[core:error] [pid 7] [client ::1:50545] AH00126: Invalid URI in request GET /../ HTTP/1.1",
			utc + "level=error module=core pid=7 client=::1 port=50545 code=AH00126 kind=path.invalid message=<Invalid URI in request GET /../ HTTP/1.1>"},
		{"IPv6, a port of four digits", at + "[core:error] [pid 7] [client 2001:db8::5:8080] AH00126: Invalid URI in request GET /../ HTTP/1.1",
			utc + "level=error module=core pid=7 client=2001:db8::5 port=8080 code=AH00126 kind=path.invalid message=<Invalid URI in request GET /../ HTTP/1.1>"},
		{"IPv6, nine groups", at + "[core:error] [pid 7] [client 2001:db8:1:2:3:4:5:6:0] AH00126: Invalid URI in request GET /../ HTTP/1.1",
			utc + "level=error module=core pid=7 client=2001:db8:1:2:3:4:5:6 port=0 code=AH00126 kind=path.invalid message=<Invalid URI in request GET /../ HTTP/1.1>"},
		{"IPv6 in brackets", at + "[authz_host:error] [pid 7] [client [2001:db8::80da]:51548] AH01637: x",
			utc + "level=error module=authz_host pid=7 client=2001:db8::80da port=51548 code=AH01637 kind=auth.denied message=<x>"},
		{"IPv6 without port under 2.4", at + "[:error] [pid 7] [client 2001:db8::80da:af6b:8b2c] x",
			utc + "level=error pid=7 client=2001:db8::80da:af6b:8b2c kind=apache.other message=<x>"},
		{"IPv4 inside IPv6", at + "[core:error] [pid 7] [client ::ffff:192.0.2.7:4000] AH00126: x",
			utc + "level=error module=core pid=7 client=192.0.2.7 port=4000 code=AH00126 kind=path.invalid message=<x>"},
		{"port 0, an address from a header", at + "[php:notice] [pid 7] [client 192.0.2.7:0] PHP Notice:  x in /srv/a.php on line 1",
			utc + "level=notice module=php pid=7 client=192.0.2.7 port=0 kind=php.notice message=<PHP Notice:  x in /srv/a.php on line 1>"},
		{"a blank before the port", at + "[core:error] [pid 7] [client 192.0.2.7 :42114] AH00126: x",
			utc + "level=error module=core pid=7 client=192.0.2.7 port=42114 code=AH00126 kind=path.invalid message=<x>"},
		{"an address that somebody blackened", at + "[core:error] [pid 7] [client xxx:33754] AH00126: x",
			utc + "level=error module=core pid=7 code=AH00126 kind=path.invalid message=<x>"},
		{"ModSecurity names the client twice", at + `[:error] [pid 7:tid 9] [client 192.0.2.2:47762] [client 192.0.2.2] ModSecurity: Access denied with code 403 (phase 2). Pattern match "x" [uri "/a"]`,
			utc + `level=error pid=7 tid=9 client=192.0.2.2 port=47762 kind=waf.blocked message=<ModSecurity: Access denied with code 403 (phase 2). Pattern match "x" [uri "/a"]>`},
		{"ModSecurity over HTTP/2", at + `[security2:error] [pid 7:tid 9] [remote 192.0.2.2:0] [client 192.0.2.2] ModSecurity: Warning. Pattern match "x" [uri "/a"]`,
			utc + `level=error module=security2 pid=7 tid=9 client=192.0.2.2 port=0 remote=true kind=waf.warning message=<ModSecurity: Warning. Pattern match "x" [uri "/a"]>`},

		{"CloudLinux' mod_lsapi", at + "[lsapi:warn] [pid 7:tid 9] [client 192.0.2.5:4000] [host www.example.org] Backend fatal error: PHP Fatal error:  Allowed memory size of 1 bytes exhausted (tried to allocate 2 bytes) in /a.php on line 3",
			utc + "level=warn module=lsapi pid=7 tid=9 client=192.0.2.5 port=4000 kind=php.memory message=<Backend fatal error: PHP Fatal error:  Allowed memory size of 1 bytes exhausted (tried to allocate 2 bytes) in /a.php on line 3>"},
		{"no module", at + "[:error] [pid 7] [client 192.0.2.9:51507] PHP Notice:  A non well formed numeric value encountered in /srv/a.php on line 123",
			utc + "level=error pid=7 client=192.0.2.9 port=51507 kind=php.notice message=<PHP Notice:  A non well formed numeric value encountered in /srv/a.php on line 123>"},
		{"a level alone", at + "[warn] [pid 1237] mod_fcgid: read data timeout in 45 seconds",
			utc + "level=warn pid=1237 kind=fcgid.timeout message=<mod_fcgid: read data timeout in 45 seconds>"},
		{"no message", at + "[core:error] [pid 7] AH00126: ",
			utc + "level=error module=core pid=7 code=AH00126 kind=path.invalid message=<>"},
		{"a number too large for a code", at + "[core:error] [pid 7] AH65697: x", // 65697 is 161 and 1<<16
			utc + "level=error module=core pid=7 kind=apache.other message=<AH65697: x>"},

		{"referer", at + "[php:warn] [pid 7] [client 192.0.2.5:4000] PHP Warning:  x in /srv/a.php on line 1, referer: https://www.example.org/?a=b",
			utc + "level=warn module=php pid=7 client=192.0.2.5 port=4000 kind=php.warning referer=<https://www.example.org/?a=b> message=<PHP Warning:  x in /srv/a.php on line 1>"},
		{"a referer in a referer", at + "[core:info] [pid 7] [client 192.0.2.5:4000] AH00128: File does not exist: /srv/a, referer: x, referer: y",
			utc + "level=info module=core pid=7 client=192.0.2.5 port=4000 code=AH00128 kind=file.missing referer=<y> message=<File does not exist: /srv/a, referer: x>"},
		{"an empty referer", at + "[core:info] [pid 7] [client 192.0.2.5:4000] AH00128: File does not exist: /srv/a, referer: ",
			utc + "level=info module=core pid=7 client=192.0.2.5 port=4000 code=AH00128 kind=file.missing referer=<> message=<File does not exist: /srv/a>"},
		{"Apache's escapes stay", at + `[core:error] [pid 7] [client 192.0.2.5:4000] AH00135: Invalid method in request \x16\x03\x01\n\t\\"`,
			utc + `level=error module=core pid=7 client=192.0.2.5 port=4000 code=AH00135 kind=method.invalid message=<Invalid method in request \x16\x03\x01\n\t\\">`},

		{"2.2", "[Mon Dec 26 16:22:08 2016] [error] [client 192.0.2.1] File does not exist: /srv/favicon.ico, referer: http://www.example.org/",
			"time=2016-12-26T16:22:08 level=error client=192.0.2.1 kind=file.missing referer=<http://www.example.org/> message=<File does not exist: /srv/favicon.ico>"},
		{"2.2 over IPv6", "[Mon Dec 26 16:22:08 2016] [error] [client 2001:db8::80da:6b:8080] user anna not found: /",
			"time=2016-12-26T16:22:08 level=error client=2001:db8::80da:6b:8080 kind=auth.unknown_user message=<user anna not found: />"},
		{"2.2 without client", "[Sun Dec  7 16:02:00 2016] [notice] Apache/1.3.29 (Unix) configured -- resuming normal operations",
			"time=2016-12-07T16:02:00 level=notice kind=server.start message=<Apache/1.3.29 (Unix) configured -- resuming normal operations>"},
		{"1.3, the errno behind the client", "[Sun Dec  7 16:02:00 2016] [info] [client 192.0.2.10] (104)Connection reset by peer: client stopped connection before send body completed",
			"time=2016-12-07T16:02:00 level=info client=192.0.2.10 errno=104 kind=request.aborted message=<client stopped connection before send body completed>"},
		{"a day of one digit", "[Sun Aug 5 16:26:02 2001] [error] [client 192.0.2.5] request failed: error reading the headers",
			"time=2001-08-05T16:26:02 level=error client=192.0.2.5 kind=request.limit message=<request failed: error reading the headers>"},
		{"2.2 with pid", "[Wed Oct 11 14:32:52 2000] [error] [pid 1000] [client 192.0.2.5] client denied by server configuration: /srv/x",
			"time=2000-10-11T14:32:52 level=error pid=1000 client=192.0.2.5 kind=access.denied message=<client denied by server configuration: /srv/x>"},
		{"a fraction of four digits", "[Fri Mar 15 10:12:48.1234 2024] [php:notice] [pid 83429] [client 192.0.2.9:23006] x",
			"time=2024-03-15T10:12:48.123400 level=notice module=php pid=83429 client=192.0.2.9 port=23006 kind=php.log message=<x>"},
		{"a fraction of nine digits", "[Fri Mar 15 10:12:48.123456789 2024] [core:notice] [pid 8] x",
			"time=2024-03-15T10:12:48.123456 level=notice module=core pid=8 kind=apache.other message=<x>"},
		{"a leap second", "[Sat Dec 31 23:59:60.000001 2016] [core:notice] [pid 8] x",
			"time=2017-01-01T00:00:00.000001 level=notice module=core pid=8 kind=apache.other message=<x>"},

		{"a stamp without level", "[Di Aug 12 03:54:03 2025] php-fpm invoked oom-killer: gfp_mask=0x201da, order=0", "time=2025-08-12T03:54:03 program=kernel kind=oom.invoked message=<php-fpm invoked oom-killer: gfp_mask=0x201da, order=0>"},
		{"a month that is none", "[Fri Foo 05 10:00:00.250000 2017] [core:notice] [pid 8] x", "kind=unknown message=<[Fri Foo 05 10:00:00.250000 2017] [core:notice] [pid 8] x>"},
		{"no frame", "AH00558: apache2: Could not reliably determine the server's name", "level=alert code=AH00558 kind=server.name message=<apache2: Could not reliably determine the server's name>"},
		{"empty", "", "kind=unknown message=<>"},

		{"byte order mark", "\xef\xbb\xbf[Mon Dec 26 16:22:08 2016] [error] [client 192.0.2.1] File does not exist: /a",
			"time=2016-12-26T16:22:08 level=error client=192.0.2.1 kind=file.missing message=<File does not exist: /a>"},
		{"a line that a power loss tore, then the next", at + "[core:error] [pid 7] [client 192.0.2.9:1] AH0" + strings.Repeat("\x00", 99) + "[Mon Dec 26 16:22:08 2016] [error] [client 192.0.2.1] File does not exist: /a",
			"time=2016-12-26T16:22:08 level=error client=192.0.2.1 kind=file.missing message=<File does not exist: /a>"},
		{"one NUL is no hole", "[Mon Dec 26 16:22:08 2016] [error] [client 192.0.2.1] File does not exist: /a\x00[Mon Dec 26 16:22:08 2016] [error] [client 192.0.2.2] x",
			"time=2016-12-26T16:22:08 level=error client=192.0.2.1 kind=file.missing message=<File does not exist: /a\x00[Mon Dec 26 16:22:08 2016] [error] [client 192.0.2.2] x>"},
		{"a frame in a message is a visitor's", at + "[core:error] [pid 7] [client 192.0.2.9:1] AH00126: Invalid URI in request GET /" + at + "[core:error] [pid 8] [client 192.0.2.1:1] AH00126: x",
			utc + "level=error module=core pid=7 client=192.0.2.9 port=1 code=AH00126 kind=path.invalid message=<Invalid URI in request GET /" + at + "[core:error] [pid 8] [client 192.0.2.1:1] AH00126: x>"},
		{"a frame behind what a child wrote without a newline", "sh: 1: sendmail: not found" + at + "[core:error] [pid 8] [client 192.0.2.1:1] AH00126: x",
			"kind=stderr.shell message=<sh: 1: sendmail: not found" + at + "[core:error] [pid 8] [client 192.0.2.1:1] AH00126: x>"},
		{"NULs before it", "\x00\x00\x00[Mon Dec 26 16:22:08 2016] [error] [client 192.0.2.1] File does not exist: /a",
			"time=2016-12-26T16:22:08 level=error client=192.0.2.1 kind=file.missing message=<File does not exist: /a>"},
		{"CR LF", "[Mon Dec 26 16:22:08 2016] [error] [client 192.0.2.1] File does not exist: /a\r",
			"time=2016-12-26T16:22:08 level=error client=192.0.2.1 kind=file.missing message=<File does not exist: /a>"},
		{"not UTF-8", "[Mon Dec 26 16:22:08 2016] [error] [client 192.0.2.1] File does not exist: /\xf1",
			"time=2016-12-26T16:22:08 level=error client=192.0.2.1 kind=file.missing message=<File does not exist: /\xf1>"},
	} {
		if got := said(read(tt.line)); got != tt.want {
			t.Errorf("%s: %q\n got %s\nwant %s", tt.name, tt.line, got, tt.want)
		}
	}
}

func TestLevels(t *testing.T) {
	for _, name := range strings.Fields(levelNames) {
		e := read(at + "[core:" + name + "] [pid 7] x")
		if e.Level.String() != name || e.Format != apache24 {
			t.Errorf("level %s was read as %q", name, e.Level)
		}
	}
	for _, name := range []string{"trace0", "trace9", "trace", "fatal", ""} {
		if e := read(at + "[core:" + name + "] [pid 7] x"); e.Format != nil {
			t.Errorf("%q was taken for the level %s", name, e.Level)
		}
	}
}

// What a visitor writes may look like a frame, and must never become one.
func TestForgedWordsNeverWin(t *testing.T) {
	const forged = "[client 198.51.100.1:1] AH00045: child process 1 still did not exit, sending a SIGTERM"
	for _, tt := range []struct{ name, line, kind string }{
		{"path", at + "[core:info] [pid 7] [client 192.0.2.5:4000] AH00128: File does not exist: /srv/" + forged, "file.missing"},
		{"path with errno", at + "[core:info] [pid 7] (36)File name too long: [client 192.0.2.5:4000] AH00036: access to /: " + forged + " failed", "path.invalid"},
		{"path, 2.2", "[Mon Dec 26 16:22:08 2016] [error] [client 192.0.2.5] File does not exist: /srv/" + forged, "file.missing"},
		{"referer", at + "[core:info] [pid 7] [client 192.0.2.5:4000] AH00128: File does not exist: /srv/a, referer: " + forged, "file.missing"},
		{"user", at + `[auth_basic:error] [pid 7] [client 192.0.2.5:4000] AH01617: user ` + forged + `: authentication failure for "/": Password Mismatch`, "auth.failed"},
		{"unknown user", at + `[auth_basic:error] [pid 7] [client 192.0.2.5:4000] AH01618: user ` + forged + ` not found: /`, "auth.unknown_user"},
		{"script", at + "[php:error] [pid 7] [client 192.0.2.5:4000] script '/srv/" + forged + "' not found or unable to stat", "script.missing"},
		{"error_log", at + "[php:notice] [pid 7] [client 192.0.2.5:4000] " + forged, "php.log"},
		{"error_log, the code alone", at + "[php:notice] [pid 7] [client 192.0.2.5:4000] AH00045: child process 1 still did not exit, sending a SIGTERM", "php.log"},
		{"error_log, the words alone", at + "[:error] [pid 7] [client 192.0.2.5:4000] child process 1 still did not exit, sending a SIGTERM", "apache.other"},
		{"error_log, no workers", "[Mon Dec 26 16:22:08 2016] [error] [client 192.0.2.5] server reached MaxClients setting, consider raising the MaxClients setting", "apache.other"},
		{"error_log with an address that was blackened", at + "[:error] [pid 7] [client xxx] child process 1 still did not exit, sending a SIGTERM", "apache.other"},
		{"query", at + "[php:notice] [pid 7] [client 192.0.2.5:4000] WordPress database error Table 'x' doesn't exist for query SELECT '" + forged + "' made by x", "db.error"},
		{"file and line", at + "[php:notice] [pid 7] [client 192.0.2.5:4000] core.c(1): " + forged, "php.log"},
		{"ModSecurity", at + `[:error] [pid 7] [client 192.0.2.5:4000] [client 192.0.2.5] ModSecurity: Warning. Pattern match [uri "/` + forged + `"]`, "waf.warning"},
		{"program", "Feb 15 16:54:53 srv php[99]: " + forged, "syslog.other"},
		{"no program", "Feb 15 16:54:53 srv child process 1 still did not exit, sending a SIGTERM", "syslog.other"},
	} {
		e := read(tt.line)
		if c := e.Client.String(); c == "198.51.100.1" || e.Format.Name[:6] == "apache" && c != "192.0.2.5" && !strings.Contains(tt.line, "xxx") {
			t.Errorf("%s: the client is %s:\n%s", tt.name, c, tt.line)
		}
		if e.Code == 45 || e.Kind.Name != tt.kind {
			t.Errorf("%s: kind %s, code %d, want kind %s:\n%s", tt.name, e.Kind.Name, e.Code, tt.kind, tt.line)
		}
	}
}

func TestSyslogLines(t *testing.T) {
	const trad = "time=1970-03-14T07:39:24 host=vps512 "
	for _, tt := range []struct{ name, line, want string }{
		{"traditional", "Mar 14 07:39:24 vps512 sshd[411]: Connection closed", trad + "program=sshd pid=411 kind=syslog.other message=<Connection closed>"},
		{"a padded day", "Mar  4 07:39:24 vps512 sshd[411]: x", "time=1970-03-04T07:39:24 host=vps512 program=sshd pid=411 kind=syslog.other message=<x>"},
		{"a fraction", "Mar 14 07:39:24.123 vps512 sshd[411]: x", "time=1970-03-14T07:39:24.123000 host=vps512 program=sshd pid=411 kind=syslog.other message=<x>"},
		{"no pid", "Mar 14 07:39:24 vps512 sudo: x", trad + "program=sudo kind=syslog.other message=<x>"},
		{"no host", "Mar 14 07:39:24 su: 'su root' failed", "time=1970-03-14T07:39:24 program=su kind=syslog.other message=<'su root' failed>"},
		{"no host but a pid", "Mar 14 07:39:24 su[4]: 'su root' failed", "time=1970-03-14T07:39:24 program=su pid=4 kind=syslog.other message=<'su root' failed>"},
		{"priority", "<30>Mar 14 07:39:24 vps512 systemd[1]: Started cron.service - cron.", trad + "program=systemd level=info pid=1 kind=unit.start message=<Started cron.service - cron.>"},
		{"priority and nothing", "<30>nothing", "level=info kind=syslog.other message=<nothing>"},
		{"RFC 3339", "2026-04-02T13:10:00.510448+02:00 shop01 systemd[1]: Stopped x.service - X.",
			"time=2026-04-02T13:10:00.510448+02:00 host=shop01 program=systemd pid=1 kind=unit.stop message=<Stopped x.service - X.>"},
		{"RFC 3339, Z", "2026-04-02T13:10:00.5Z shop01 sshd[1]: x", "time=2026-04-02T13:10:00.500000Z host=shop01 program=sshd pid=1 kind=syslog.other message=<x>"},
		{"RFC 3339, no fraction", "<14>2026-04-02T13:10:00-0330 shop01 sshd[1]: x", "time=2026-04-02T13:10:00-03:30 host=shop01 program=sshd level=info pid=1 kind=syslog.other message=<x>"},
		{"RFC 3339, no zone", "2026-04-02T13:10:00 shop01 sshd[1]: x", "time=2026-04-02T13:10:00 host=shop01 program=sshd pid=1 kind=syslog.other message=<x>"},
		{"kernel", "Mar 14 07:39:24 vps512 kernel: [ 2781.797343] nf_conntrack: nf_conntrack: table full, dropping packet",
			trad + "program=kernel kind=kernel.conntrack message=<nf_conntrack: nf_conntrack: table full, dropping packet>"},
		{"kernel, just started", "Mar 14 07:39:24 vps512 kernel: [    0.000000] Linux version 6.1.0", trad + "program=kernel kind=kernel.boot message=<Linux version 6.1.0>"},
		{"kernel without uptime", "Mar 14 07:39:24 vps512 kernel: Linux version 6.1.0", trad + "program=kernel kind=kernel.boot message=<Linux version 6.1.0>"},
		{"MariaDB's own stamp", "Mar 14 07:39:24 vps512 mariadbd[4711]: 2026-03-14  7:39:24 0 [Note] InnoDB: Using io_uring",
			trad + "program=mariadbd level=notice pid=4711 kind=db.note message=<InnoDB: Using io_uring>"},
		{"MySQL 8's own stamp", "Mar 14 07:39:24 vps512 mysqld[4711]: 2026-03-14T07:39:24.123456Z 0 [System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections. Version: '8.0.36'",
			trad + "program=mysqld level=notice pid=4711 kind=db.start message=</usr/sbin/mysqld: ready for connections. Version: '8.0.36'>"},
		{"Apache without stamp", "Mar 14 07:39:24 vps512 apache2[18154]: [:error] [pid 18155:tid 140] [client 192.0.2.3:48154] AH01630: client denied by server configuration: /srv",
			trad + "program=apache2 level=error pid=18155 tid=140 client=192.0.2.3 port=48154 code=AH01630 kind=access.denied message=<client denied by server configuration: /srv>"},
		{"Apache 2.2 without stamp", "Mar 14 07:39:24 vps512 httpd[22034]: [error] [client 192.0.2.1] user anna not found: /basic/file",
			trad + "program=httpd level=error pid=22034 client=192.0.2.1 kind=auth.unknown_user message=<user anna not found: /basic/file>"},
		{"Apache with stamp", "<131>Mar 14 07:39:24 vps512 apache2: [Fri May 05 10:00:00.250000 2017] [php7:error] [pid 137] [client 192.0.2.60:41888] PHP Fatal error:  x in /srv/a.php on line 3",
			utc + "host=vps512 program=apache2 level=error module=php7 pid=137 client=192.0.2.60 port=41888 kind=php.fatal message=<PHP Fatal error:  x in /srv/a.php on line 3>"},
		{"repeated", "Mar 14 07:39:24 vps512 last message repeated 4 times", trad + "kind=log.repeated message=<last message repeated 4 times>"},
		{"CR LF", "Mar 14 07:39:24 vps512 sudo: x\r", trad + "program=sudo kind=syslog.other message=<x>"},
		{"a day that is none", "Mar 44 07:39:24 vps512 sudo: x", "kind=unknown message=<Mar 44 07:39:24 vps512 sudo: x>"},
	} {
		if got := said(read(tt.line)); got != tt.want {
			t.Errorf("%s: %q\n got %s\nwant %s", tt.name, tt.line, got, tt.want)
		}
	}
}

func date(s string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestYears(t *testing.T) {
	for _, tt := range []struct {
		name  string
		years Years
		stamp string
		want  string
	}{
		{"nobody knows", Years{}, "Mar 14 07:39:24", "1970-03-14T07:39:24"},
		{"before its end", YearsUntil(date("2026-03-14 12:00")), "Mar 14 07:39:24", "2026-03-14T07:39:24"},
		{"the clock was a little ahead", YearsUntil(date("2026-03-14 12:00")), "Mar 15 07:00:00", "2026-03-15T07:00:00"},
		{"a year ago", YearsUntil(date("2026-03-14 12:00")), "Mar 16 07:00:00", "2025-03-16T07:00:00"},
		{"December before January", YearsUntil(date("2026-01-03 12:00")), "Dec 31 23:59:59", "2025-12-31T23:59:59"},
		{"January after December", YearsUntil(date("2026-01-03 12:00")), "Jan  1 00:00:00", "2026-01-01T00:00:00"},
		{"half a year before", YearsNear(date("2026-01-10 00:00")), "Jul 10 00:00:00", "2025-07-10T00:00:00"},
		{"half a year after", YearsNear(date("2026-01-10 00:00")), "Jul  9 23:59:59", "2026-07-09T23:59:59"},
		{"a leap day", YearsUntil(date("2028-03-14 12:00")), "Feb 29 12:00:00", "2028-02-29T12:00:00"},
		{"a leap day, last year's window", YearsUntil(date("2029-01-14 12:00")), "Feb 29 12:00:00", "2028-02-29T12:00:00"},
	} {
		s := NewScanner(Options{Years: tt.years})
		s.Reset([]byte(tt.stamp+" vps512 sudo: x\n"), 1, 0)
		s.Next()
		e := s.Event()
		if got := FormatTime(e.Time, e.Stamp, e.UTCOffset); got != tt.want || !e.Stamp.Has(StampNoYear) {
			t.Errorf("%s: %s is %s, want %s", tt.name, tt.stamp, got, tt.want)
		}
	}
}

func TestGlanceAtDates(t *testing.T) {
	g := GlanceAt([]byte("Dec 31 23:59:59 vps512 sudo: x\n" +
		"Dec 31 23:59:59 vps512 mariadbd[4711]: 2025-12-31  6:05:00 0 [Note] InnoDB: x\n" +
		"Jan  1 00:00:00 vps512 sudo: 2031-01-01 00:00:00 is what a program says\n"))
	if want := date("2025-12-31 06:05"); !g.Latest.Equal(want) || !g.Earliest.Equal(want) {
		t.Errorf("the dates are %s to %s, want %s", g.Earliest, g.Latest, want)
	}
	if last, ok := g.LastYearless(YearsUntil(date("2026-01-01 12:00"))); !ok || !last.Equal(date("2026-01-01 00:00")) {
		t.Errorf("the last stamp without a year is of %s", last)
	}
	if g.LeapDay {
		t.Error("a leap day was found where there is none")
	}
	g = GlanceAt([]byte("Feb 29 23:59:59 vps512 sudo: x\n"))
	if !g.Latest.IsZero() {
		t.Error("a date was found where there is none")
	}
	if !g.LeapDay {
		t.Error("a leap day was not found")
	}
}

func mustZone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Skip(err)
	}
	return z
}

func TestZone(t *testing.T) {
	for _, tt := range []struct{ zone, stamp, want string }{
		{"Europe/Berlin", "[Sun Mar 29 01:59:59.000000 2026]", "2026-03-29T01:59:59+01:00"}, // no zone: it is the user's
		{"Europe/Berlin", "[Sun Mar 29 03:00:00.000000 2026]", "2026-03-29T03:00:00+02:00"},
		{"Europe/Berlin", "[Sun Oct 25 01:59:59.000000 2026]", "2026-10-25T01:59:59+02:00"},
		{"Europe/Berlin", "[Sun Oct 25 03:00:00.000000 2026]", "2026-10-25T03:00:00+01:00"},
		{"Europe/Berlin", "2026-03-29T00:59:59Z", "2026-03-29T01:59:59+01:00"}, // a zone: converted
		{"Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29T03:00:00+02:00"},
		{"Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T02:30:00+02:00"}, // the hour that comes twice
		{"Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00+01:00"},
		{"America/St_Johns", "2026-07-01T12:00:00+02:00", "2026-07-01T07:30:00-02:30"},
		{"Australia/Lord_Howe", "2026-10-03T15:29:59Z", "2026-10-04T01:59:59+10:30"}, // changes at half past
		{"Australia/Lord_Howe", "2026-10-03T15:30:00Z", "2026-10-04T02:30:00+11:00"},
	} {
		rest := " [core:notice] [pid 7] x"
		if tt.stamp[0] != '[' {
			rest = " vps512 sudo: x"
		}
		s := NewScanner(Options{Zone: mustZone(t, tt.zone)})
		before := strings.Replace(tt.stamp, ":59:59", ":58:58", 1) // to be remembered
		s.Reset([]byte(before+rest+"\n"+tt.stamp+rest+"\n"), 1, 0)
		s.Next()
		s.Next()
		e := s.Event()
		if got := FormatTime(e.Time, e.Stamp, e.UTCOffset); got != tt.want {
			t.Errorf("%s: %s is %s, want %s", tt.zone, tt.stamp, got, tt.want)
		}
	}
}

// One scanner keeps what it remembers of a zone right over both changes of the clock.
func TestZoneRemembers(t *testing.T) {
	lord := mustZone(t, "Australia/Lord_Howe")
	s := NewScanner(Options{Zone: lord})
	for at := time.Date(2026, 10, 3, 12, 0, 0, 0, time.UTC); at.Before(time.Date(2026, 10, 3, 18, 0, 0, 0, time.UTC)); at = at.Add(7 * time.Minute) {
		s.Reset([]byte(at.Format(time.RFC3339)+" vps512 sudo: x\n"), 1, 0)
		s.Next()
		e := s.Event()
		if got, want := FormatTime(e.Time, e.Stamp, e.UTCOffset), at.In(lord).Format(time.RFC3339); got != want {
			t.Fatalf("%s is %s, want %s", at, got, want)
		}
	}
}

func TestInheritedStamps(t *testing.T) {
	s := NewScanner(Options{})
	s.Reset([]byte("before the first\n"+
		"2026-04-02T13:10:00+02:00 shop01 sudo: x\n"+
		"  and on\n\n"+
		"Mar 14 07:39:24 vps512 sudo: x\n"+
		"and on\n"), 1, 0)
	var got []string
	for s.Next() {
		e := s.Event()
		got = append(got, fmt.Sprintf("%s %t %t", FormatTime(e.Time, e.Stamp, e.UTCOffset), e.Stamp.Has(StampInherited), e.Stamp.Has(StampNoYear)))
	}
	want := []string{" false false", "2026-04-02T13:10:00+02:00 false false", "2026-04-02T13:10:00+02:00 true false", "2026-04-02T13:10:00+02:00 true false",
		"1970-03-14T07:39:24 false true", "1970-03-14T07:39:24 true true"}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("line %d: time %s, want %s", i+1, got[i], want[i])
		}
	}
}

func TestPlaces(t *testing.T) {
	s := NewScanner(Options{})
	s.Reset([]byte("a\r\n\n\x00b\nlast"), 11, 1000)
	var got []string
	for s.Next() {
		e := s.Event()
		got = append(got, fmt.Sprintf("%d@%d+%d %q", e.Line, e.Offset, e.Size, e.Raw))
	}
	if want := `11@1000+3 "a" 12@1003+1 "" 13@1004+3 "\x00b" 14@1007+4 "last"`; strings.Join(got, " ") != want {
		t.Errorf("read %s\nwant %s", strings.Join(got, " "), want)
	}
}

func TestGlanceAtFormat(t *testing.T) {
	for _, f := range Formats {
		text := "rubbish\n" + strings.Repeat(f.Samples[0]+"\n", 3) + Formats[0].Samples[0] + "\n"
		if got := GlanceAt([]byte(text)).Format; got != f {
			t.Errorf("%s was not found in its samples", f.Name)
		}
		for _, line := range f.Samples {
			if f != kernelBare && Starts([]byte(line)) == f.undated {
				t.Errorf("%s: this begins a record: %s", f.Name, line)
			}
		}
	}
	if GlanceAt([]byte("rubbish\n")).Format != nil {
		t.Error("rubbish has a format")
	}
	for _, line := range []string{"", "Stack trace:", "#0 {main}", "  thrown in /srv/x.php on line 3", "\t\tFROM wp_posts"} {
		if Starts([]byte(line)) {
			t.Errorf("this begins no record: %s", line)
		}
	}
}
