package parser

import (
	"strconv"
	"strings"
	"testing"
)

// Frames that ErrorLogFormat, other servers and tools give to lines that Apache's
// administrators read together.
func TestMoreFrames(t *testing.T) {
	const json = `{"time":"6sec_frac", "function" : "[core:notice]","process" : "[pid1234]" ,"message" : `
	for _, tt := range []struct{ name, line, want string }{
		{"an object whose stamp is none", json + `"AH00094: Command line: 'httpd'"}`, "level=notice module=core pid=1234 code=AH00094 kind=server.command message=<Command line: 'httpd'>"},
		{"quotes in an object's message", json + `"he said "a", "b""}`, `level=notice module=core pid=1234 kind=apache.other message=<he said "a", "b">`},
		{"a field behind an object's message", json + `"a "b"", "referer":"-" }`, `level=notice module=core pid=1234 kind=apache.other message=<a "b">`},
		{"an object that was cut", json + `"a "b" c`, `level=notice module=core pid=1234 kind=apache.other message=<a "b" c>`},
		{"an object with a thread and an error", `{"time":"Sat Mar 14 07:39:24 2026", "function":"[core:error]", "process":"[pid 7:tid 9]", "message":"(13)Permission denied: AH00132: file permissions deny server access: /srv/a"}`, "time=2026-03-14T07:39:24 level=error module=core pid=7 tid=9 code=AH00132 errno=13 kind=file.denied message=<file permissions deny server access: /srv/a>"},
		{"an object of another program", `{"time":"2026-03-14T07:39:24Z","level":"error","message":"x"}`, `kind=unknown message=<{"time":"2026-03-14T07:39:24Z","level":"error","message":"x"}>`},
		{"ModSecurity in an object", `{"time":"2026-03-14 07:39:24","function":"[security2:error]","process":"[pid 7]","message":"[client 192.0.2.5] ModSecurity: Access denied with code 403 (phase 2). x"}`, "time=2026-03-14T07:39:24 level=error module=security2 pid=7 client=192.0.2.5 kind=waf.blocked message=<ModSecurity: Access denied with code 403 (phase 2). x>"},

		{"nobody asked, no id", "[2026-03-14 07:39:24.123456] [mpm_event:notice] - - AH00489: Apache/2.4.62 (Debian) configured -- resuming normal operations", "time=2026-03-14T07:39:24.123456 level=notice module=mpm_event code=AH00489 kind=server.start message=<Apache/2.4.62 (Debian) configured -- resuming normal operations>"},
		{"ModSecurity repeats the client", "[2026-03-14 07:39:24.123456] [-:error] 192.0.2.5:4000 YvJNhsCoAEQAAAMzKn4AAAAA [client 192.0.2.5] ModSecurity: Warning. x", "time=2026-03-14T07:39:24.123456 level=error module=- client=192.0.2.5 port=4000 kind=waf.warning message=<ModSecurity: Warning. x>"},
		{"a blank behind the client, a zone's name", "[2026/03/14 07:39:24 CET] [core:error] [pid 7] [client 192.0.2.5:4000 ] AH00126: Invalid URI in request GET /", "time=2026-03-14T07:39:24 level=error module=core pid=7 client=192.0.2.5 port=4000 code=AH00126 kind=path.invalid message=<Invalid URI in request GET />"},

		{"LiteSpeed behind a proxy of its own", "2026-03-14 07:39:24.764015 [NOTICE] [9] [T0] [127.0.0.1:4000>2001:db8::fd#APVH_shop.example.org:443] [STDERR] PHP Notice:  x in /a.php on line 1\\n", "time=2026-03-14T07:39:24.764015 level=notice pid=9 client=2001:db8::fd remote=true kind=php.notice message=<PHP Notice:  x in /a.php on line 1>"},
		{"LiteSpeed behind somebody else's", "2026-03-14 07:39:24.764015 [NOTICE] [9] [T0] [203.0.113.9:4000>192.0.2.5#a] [STDERR] x", "time=2026-03-14T07:39:24.764015 level=notice pid=9 client=203.0.113.9 port=4000 remote=true kind=proxy.other message=<x>"},
		{"LiteSpeed, QUIC", "2026-03-14 07:39:24.764015 [INFO] [9] [T2] [192.0.2.5:4000-Q:A1B2C3-7#a] x", "time=2026-03-14T07:39:24.764015 level=info pid=9 tid=2 client=192.0.2.5 port=4000 remote=true kind=proxy.other message=<x>"},
		{"LiteSpeed's ModSecurity", `2026-03-14 07:39:24.764015 [INFO] [9] [T0] [192.0.2.5:4000:HTTP2-5#a] [Module:mod_security] [client 192.0.2.5] ModSecurity: Access denied with code 403 (phase 2). x`, "time=2026-03-14T07:39:24.764015 level=info pid=9 client=192.0.2.5 port=4000 remote=true kind=waf.blocked message=<ModSecurity: Access denied with code 403 (phase 2). x>"},
		{"another program with such a stamp", "2026-03-14 07:39:24.764 [INFO] [main] starting", "kind=unknown message=<2026-03-14 07:39:24.764 [INFO] [main] starting>"},

		{"supervisord is not Python", "2026-03-14 07:39:24,229 INFO ready", "kind=unknown message=<2026-03-14 07:39:24,229 INFO ready>"},
		{"logread", "Sat Mar 14 07:39:24 2026 daemon.err php-fpm[7]: [WARNING] [pool www] server reached max_children setting (5), consider raising it", "time=2026-03-14T07:39:24 program=php-fpm level=warn pid=7 kind=fpm.exhausted message=<[pool www] server reached max_children setting (5), consider raising it>"},
		{"no facility", "Sat Mar 14 07:39:24 2026 I said: x", "kind=unknown message=<Sat Mar 14 07:39:24 2026 I said: x>"},
		{"Docker Desktop", "2026-03-14 07:39:24 web-1  | AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using 192.0.2.1. Set the 'ServerName' directive globally to suppress this message", "time=2026-03-14T07:39:24 host=web-1 level=alert code=AH00558 kind=server.name message=<httpd: Could not reliably determine the server's fully qualified domain name, using 192.0.2.1. Set the 'ServerName' directive globally to suppress this message>"},
		{"one blank for two", "260314 7:39:24 [ERROR] Aborting", "time=2026-03-14T07:39:24 level=error kind=db.failed message=<Aborting>"},
		{"MySQL 5.0 ended", "080324 00:04:01  mysqld ended", "time=2008-03-24T00:04:01 kind=db.ended message=<mysqld ended>"},
		{"no memory, on the second line", "080324 00:04:01  InnoDB: Error: cannot allocate 268451840 bytes of", "time=2008-03-24T00:04:01 kind=db.memory message=<InnoDB: Error: cannot allocate 268451840 bytes of>"},
		{"a name with one blank", "shop | [Sat Mar 14 07:39:24.123456 2026] [core:crit] [pid 22] (EAI 2)Name or service not known: AH00077: alloc_listener: failed to set up sockaddr for www.example.org", "time=2026-03-14T07:39:24.123456 host=shop level=crit module=core pid=22 code=AH00077 kind=server.bind message=<alloc_listener: failed to set up sockaddr for www.example.org>"},
		{"a table is no container", "a | b", "kind=unknown message=<a | b>"},
		{"no method", "[Sat Mar 14 07:39:24.123456 2026] [core:crit] [pid 22] AH00136: Server MUST relinquish startup privileges before accepting connections.", "time=2026-03-14T07:39:24.123456 level=crit module=core pid=22 code=AH00136 kind=server.critical message=<Server MUST relinquish startup privileges before accepting connections.>"},
		{"Linux 2.6", "Mar 14 07:39:24 h kernel: Out of Memory: Kill process 1810 (a.pl) score 50338 and children.", "time=1970-03-14T07:39:24 host=h program=kernel kind=oom.select message=<Out of Memory: Kill process 1810 (a.pl) score 50338 and children.>"},
		{"no brackets, a pod", "Sat Mar 14 07:39:24.123456 2026 [security2:error] [pid 7:tid 9] [web-85df5d9954-bzvbs] [client 192.0.2.5] ModSecurity: Warning. x", "time=2026-03-14T07:39:24.123456 host=web-85df5d9954-bzvbs level=error module=security2 pid=7 tid=9 client=192.0.2.5 kind=waf.warning message=<ModSecurity: Warning. x>"},
		{"words in brackets are no pod", "[Sat Mar 14 07:39:24.123456 2026] [core:error] [pid 7] [abc] [client 192.0.2.5] x", "time=2026-03-14T07:39:24.123456 level=error module=core pid=7 kind=apache.other message=<[abc] [client 192.0.2.5] x>"},
		{"a severity before the tag", "Mar 14 07:39:24 web notice httpd[10459]: AH00094: Command line: 'httpd'", "time=1970-03-14T07:39:24 host=web program=httpd level=notice pid=10459 code=AH00094 kind=server.command message=<Command line: 'httpd'>"},
		{"no tag behind a severity", "Mar 14 07:39:24 web error in line 3: x", "time=1970-03-14T07:39:24 host=web kind=syslog.other message=<error in line 3: x>"},
		{"the kernel on systemd", "[12345.678901] systemd[1]: segfault at 20 ip 00007f9c sp 00007ffc error 4 in libc.so[7f9c+1]", "program=kernel kind=kernel.segfault message=<systemd[1]: segfault at 20 ip 00007f9c sp 00007ffc error 4 in libc.so[7f9c+1]>"},
		{"journalctl without the host", "[638074.604583] kernel: [   1405]   997  1405     4022      681       47      634         0    73728      179          -900 a", "program=kernel kind=oom.task message=<[   1405]   997  1405     4022      681       47      634         0    73728      179          -900 a>"},
		{"nobody", ` 0000 [01/May/2000:00:00:00 "`, `time=2000-05-01T00:00:00 kind=access.request message=<">`},
		{"an error number behind the client", "[2026-03-14 07:39:24.123456] [core:error] [pid 7:tid 9] [client 192.0.2.5:4000] (13)Permission denied: AH00132: file permissions deny server access: /srv/a", "time=2026-03-14T07:39:24.123456 level=error module=core pid=7 tid=9 client=192.0.2.5 port=4000 code=AH00132 errno=13 kind=file.denied message=<file permissions deny server access: /srv/a>"},
		{"a script's text with a number and a code", "[Sat Mar 14 07:39:24.123456 2026] [php:notice] [pid 7] [client 192.0.2.5:4000] (13)a: AH00132: x", "time=2026-03-14T07:39:24.123456 level=notice module=php pid=7 client=192.0.2.5 port=4000 kind=php.log message=<(13)a: AH00132: x>"},
		{"a message that begins with a bracket", "[Sat Mar 14 07:39:24.123456 2026] [core:error] [pid 7] [client 192.0.2.5:4000] (13)a: x", "time=2026-03-14T07:39:24.123456 level=error module=core pid=7 client=192.0.2.5 port=4000 kind=apache.other message=<(13)a: x>"},
		{"whom a proxy of 2.2 served", "[Mon Dec 26 16:22:08 2016] [error] proxy: pass request body failed to 127.0.0.1:8083 (127.0.0.1) from 192.0.2.5 (a) from 198.51.100.1 ()", "time=2016-12-26T16:22:08 level=error client=192.0.2.5 kind=backend.broken message=<proxy: pass request body failed to 127.0.0.1:8083 (127.0.0.1) from 192.0.2.5 (a) from 198.51.100.1 ()>"},
		{"old kernels say Pid", "[  153.403941] Pid: 1691, comm: apache2 Tainted: GF            3.8.0-29-generic #42-Ubuntu", "program=kernel kind=kernel.report message=<Pid: 1691, comm: apache2 Tainted: GF            3.8.0-29-generic #42-Ubuntu>"},
		{"nobody's access to PHP-FPM", `- -  28/May/2018:10:31:15 +0000 "GET /status" 200`, `time=2018-05-28T10:31:15Z kind=access.request message=<"GET /status" 200>`},
	} {
		if got := said(read(tt.line)); got != tt.want {
			t.Errorf("%s: %q\n got %s\nwant %s", tt.name, tt.line, got, tt.want)
		}
	}
}

func TestMoreRecords(t *testing.T) {
	const trace = "\nStack trace:\n#0 {main}\n  thrown in /srv/a.php on line 3"
	for _, tt := range []struct{ name, text, want string }{
		{"WooCommerce", "2026-03-14T06:39:24+00:00 CRITICAL Uncaught Error: x in /srv/a.php:3" + trace + "\n2026-03-14T06:39:25+00:00 INFO x\n", "1+4 php.fatal <Uncaught Error: x in /srv/a.php:3" + trace + ">|5+1 syslog.other <x>"},
		{"LiteSpeed", "2026-03-14 07:39:24.1 [NOTICE] [9] [T0] [STDERR] PHP Fatal error:  Uncaught Error: x in /srv/a.php:3" + trace + "\n2026-03-14 07:39:25.1 [NOTICE] [9] [T0] x\n", "1+4 php.fatal <PHP Fatal error:  Uncaught Error: x in /srv/a.php:3" + trace + ">|5+1 proxy.other <x>"},
		{"InnoDB without memory", "140126 22:31:29 InnoDB: Initializing buffer pool, size = 128.0M\nInnoDB: mmap(137363456 bytes) failed; errno 12\n140126 22:31:29 InnoDB: x\n", "1+2 db.memory <InnoDB: Initializing buffer pool, size = 128.0M\nInnoDB: mmap(137363456 bytes) failed; errno 12>|3+1 db.note <InnoDB: x>"},
	} {
		if got := strings.Join(events(tt.text), "|"); got != tt.want {
			t.Errorf("%s:\n got %q\nwant %q", tt.name, got, tt.want)
		}
	}
}

// Linux before 2.6.24 ended the line with a full stop.
func TestVictimsOfOldKernels(t *testing.T) {
	for text, want := range map[string]string{
		"Out of Memory: Killed process 4368 (a.pl).":                                       "a.pl",
		"Out of memory: Killed process 4368 (a).b).":                                       "a).b",
		"Killed process 4368, UID 498, (mysqld) total-vm:78kB, anon-rss:2kB, file-rss:7kB": "mysqld",
	} {
		if e := read(kernelLine + text); e.Kind != oomKill || string(e.Subject()) != want || e.SubjectPID() != 4368 {
			t.Errorf("%q is %s of %q, want a kill of %q", text, e.Kind.Name, e.Subject(), want)
		}
	}
}

func TestFieldsOfAccessLines(t *testing.T) {
	for _, tt := range []struct{ name, line, want string }{
		{"no size", `192.0.2.5 - - [04/May/2017:23:55:46 +0200] "GET / HTTP/1.1" 200 "https://a/" "b"`, "192.0.2.5 200 0 https://a/ b"},
		{"an empty name", `192.0.2.5 - "" [04/May/2017:23:55:46 +0200] "GET / HTTP/1.1" 401 381 "-" "b"`, "192.0.2.5 401 381  b"},
		{"a name in quotes with a quote", `192.0.2.5 - "a\" [04/May/2017:23:55:46 +0200] b" [05/May/2017:23:55:46 +0200] "GET / HTTP/1.1" 401 381`, "192.0.2.5 401 381  "},
		{"a list", `unknown, 198.51.100.7, 10.0.0.9 10.0.0.2 - - [04/May/2017:23:55:46 +0200] "GET / HTTP/1.1" 200 5`, "198.51.100.7 200 5  "},
		{"a list of the server's own network", `10.0.0.7, 10.0.0.9 - - [04/May/2017:23:55:46 +0200] "GET / HTTP/1.1" 200 5`, "10.0.0.7 200 5  "},
		{"a container's tag", `[httpd:access] www.example.org:8080 192.0.2.5 - - [04/May/2017:23:55:46 +0200] "GET / HTTP/1.1" 200 5`, "192.0.2.5 200 5  "},
	} {
		e := read(tt.line)
		a, ok := ReadAccess(e)
		if got := strings.Join([]string{e.Client.String(), strconv.Itoa(a.Status), strconv.FormatInt(a.Bytes, 10), string(a.Referer), string(a.UserAgent)}, " "); !ok || got != tt.want {
			t.Errorf("%s: %q\n got %s\nwant %s", tt.name, tt.line, got, tt.want)
		}
	}
}

// A client before the message of a script is a script's word in another format.
func TestBareClientsOfScripts(t *testing.T) {
	for _, module := range []string{"php", "php7", "cgi", "proxy_fcgi", "-"} {
		for _, said := range []string{"198.51.100.1:1 - AH00126: Invalid URI in request GET /", "198.51.100.1:1 YvJNhsCoAEQAAAMzKn4AAAAA x", "198.51.100.1:1 - [client 198.51.100.9] ModSecurity: Warning. x"} {
			if e := read("[2026-03-14 07:39:24.123456] [" + module + ":error] " + said); e.Client.IsValid() {
				t.Errorf("%s says %q: the client is %s", module, said, e.Client)
			}
		}
	}
}

// A name may hold sshd's own sentences: where two addresses stand with a port, neither is believed.
func TestSSHDisconnecting(t *testing.T) {
	for line, want := range map[string]string{
		"Disconnecting invalid user anna 192.0.2.14 port 7: Change of username or service not allowed: (anna,ssh-connection) -> (b,ssh-connection) [preauth]":                     "192.0.2.14",
		"Disconnecting invalid user x 198.51.100.1 port 5: 192.0.2.14 port 7: Change of username or service not allowed: (x,ssh-connection) -> (b,ssh-connection) [preauth]":      "invalid IP",
		"Disconnecting invalid user anna 192.0.2.14 port 7: Change of username or service not allowed: (anna,ssh-connection) -> (198.51.100.1 port 5,ssh-connection) [preauth]":   "192.0.2.14",
		"Disconnecting invalid user anna 192.0.2.14 port 7: Change of username or service not allowed: (anna,ssh-connection) -> (a 198.51.100.1 port 5,ssh-connection) [preauth]": "invalid IP",
		"Disconnecting authenticating user x 198.51.100.1 port 5: Too many authentication failures 192.0.2.14 port 7: Too many authentication failures [preauth]":                 "192.0.2.14",
	} {
		if got := read(sshLine + line).Client.String(); got != want {
			t.Errorf("the client of %q is %s, want %s", line, got, want)
		}
	}
}
