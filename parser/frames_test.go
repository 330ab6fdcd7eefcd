package parser

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestSyslogFrames(t *testing.T) {
	const year = "time=1970-"
	for _, tt := range []struct{ name, line, want string }{
		{"5424", `<11>1 2026-04-02T13:10:00.5+02:00 shop01 app 811 ID7 [a@1 x="1"] ready`, "time=2026-04-02T13:10:00.500000+02:00 host=shop01 program=app level=error pid=811 kind=syslog.other message=<ready>"},
		{"5424, escapes and brackets in values", `<11>1 2026-04-02T13:10:00Z h app - - [a x="\"]\\"][b y="]"] it's [x]`, "time=2026-04-02T13:10:00Z host=h program=app level=error kind=syslog.other message=<it's [x]>"},
		{"5424, an escape at the end of a value that has no end", `<11>1 2026-04-02T13:10:00Z h app - - [a x="\"] m`, `time=2026-04-02T13:10:00Z host=h program=app level=error kind=syslog.other message=<[a x="\"] m>`},
		{"5424, nothing known", "<30>1 - - - - - -", "level=info kind=syslog.other message=<>"},
		{"5424, no structured data", "<30>1 2026-04-02T13:10:00Z h app - -  ready", "time=2026-04-02T13:10:00Z host=h program=app level=info kind=syslog.other message=<ready>"},
		{"5424, byte order mark", "<30>1 2026-04-02T13:10:00Z h app - - - \xef\xbb\xbfready", "time=2026-04-02T13:10:00Z host=h program=app level=info kind=syslog.other message=<ready>"},
		{"5424, the kernel's text", "<4>1 2026-04-02T13:10:00Z h kernel - - - [  12.345678] nf_conntrack: table full, dropping packet", "time=2026-04-02T13:10:00Z host=h program=kernel level=warn kind=kernel.conntrack message=<nf_conntrack: table full, dropping packet>"},
		{"5424, no such day", "<30>1 2026-13-02T13:10:00Z h app - - - ready", "level=info kind=syslog.other message=<1 2026-13-02T13:10:00Z h app - - - ready>"},

		{"a day that is not padded", "Apr 4 03:39:57 h app[7]: x", year + "04-04T03:39:57 host=h program=app pid=7 kind=syslog.other message=<x>"},
		{"a year behind the day", "Jul  6 2026 20:33:28 h app: x", "time=2026-07-06T20:33:28 host=h program=app kind=syslog.other message=<x>"},
		{"a year behind the time", "<190>Apr 15 21:28:13 2026 router app: x", "time=2026-04-15T21:28:13 host=router program=app level=info kind=syslog.other message=<x>"},
		{"a year before the month", "2026 Nov 13 13:40:01 h app: x", "time=2026-11-13T13:40:01 host=h program=app kind=syslog.other message=<x>"},
		{"Cisco", "<187>45: *Mar  1 18:46:11.123 UTC: %SYS-5-CONFIG_I: x", "time=1970-03-01T18:46:11.123000Z program=%SYS-5-CONFIG_I level=error kind=syslog.other message=<x>"},
		{"French", "aoû 19 11:08:37 h app: x", year + "08-19T11:08:37 host=h program=app kind=syslog.other message=<x>"},
		{"Japanese", " 8月 19 11:08:37 h app: x", "kind=unknown message=< 8月 19 11:08:37 h app: x>"},
		{"BSD -v", "Apr  2 17:51:27 <4.3> h sshd[55624]: error: x", year + "04-02T17:51:27 host=h program=sshd level=error pid=55624 kind=syslog.other message=<error: x>"},
		{"BSD -vv", "Apr  2 17:51:27 <auth.info> h sshd[55624]: x", year + "04-02T17:51:27 host=h program=sshd level=info pid=55624 kind=syslog.other message=<x>"},
		{"macOS", "Mar 11 19:26:45 h socketfilterfw[1985] <Info>: x", year + "03-11T19:26:45 host=h program=socketfilterfw level=info pid=1985 kind=syslog.other message=<x>"},
		{"ChromeOS", "2026-10-25T12:37:25.5-07:00 ERR kernel: [  316.578806] x", "time=2026-10-25T12:37:25.500000-07:00 program=kernel level=error kind=syslog.other message=<x>"},
		{"AIX", "<38>Sep 22 10:11:56 Message forwarded from db7: app[679960]: x", year + "09-22T10:11:56 host=db7 program=app level=info pid=679960 kind=syslog.other message=<x>"},
		{"no host, repeated", "Apr  4 03:39:57 --- last message repeated 1 time ---", year + "04-04T03:39:57 kind=log.repeated message=<--- last message repeated 1 time --->"},
		{"a tag with a version", "Jun 14 15:16:01 h syslogd 1.4.1: restart.", year + "06-14T15:16:01 host=h program=syslogd 1.4.1 kind=syslog.other message=<restart.>"},
		{"login's tag", "Jun 14 15:16:01 h -- root[2421]: ROOT LOGIN ON tty2", year + "06-14T15:16:01 host=h program=-- root pid=2421 kind=syslog.other message=<ROOT LOGIN ON tty2>"},
		{"a platform's tag", "Oct 30 17:26:11 h app[web.4]: x", year + "10-30T17:26:11 host=h program=app kind=syslog.other message=<x>"},
		{"busybox", "Oct 30 17:26:11 h daemon.err app[7]: x", year + "10-30T17:26:11 host=h program=app level=error pid=7 kind=syslog.other message=<x>"},
		{"octets counted", "42 <30>1 2026-04-02T13:10:00Z h app 7 - - x", "time=2026-04-02T13:10:00Z host=h program=app level=info pid=7 kind=syslog.other message=<x>"},
		{"words that are no tag", "Oct 30 17:26:11 h Some words 1: x", year + "10-30T17:26:11 host=h kind=syslog.other message=<Some words 1: x>"},

		{"epoch", "1800000000 h [30533610.306528] x y", "time=2027-01-15T08:00:00Z host=h program=kernel kind=syslog.other message=<x y>"},
		{"squid's log is another", "1800000000.250    411 192.0.2.1 TCP_MISS/200 0 GET http://www.example.org/ -", "kind=unknown message=<1800000000.250    411 192.0.2.1 TCP_MISS/200 0 GET http://www.example.org/ ->"},
		{"dmesg has no time", "[12345.678901] TCP: too many orphaned sockets", "program=kernel kind=kernel.sockets message=<TCP: too many orphaned sockets>"},
		{"short-monotonic", "[12345.678901] h app[7]: x", "host=h program=app pid=7 kind=syslog.other message=<x>"},
		{"short-full", "Thu 2026-11-19 03:12:44 UTC h app[7]: x", "time=2026-11-19T03:12:44Z host=h program=app pid=7 kind=syslog.other message=<x>"},
		{"CGI::Carp writes dmesg's stamp", "[Thu Nov 19 03:12:44 2026] form.cgi: a invoked oom-killer: gfp_mask=0x1", "time=2026-11-19T03:12:44 kind=stderr.script message=<form.cgi: a invoked oom-killer: gfp_mask=0x1>"},
		{"dmesg in ISO's form", "2026-03-14T07:39:24,123456+01:00 usb 1-1: USB disconnect, device number 2", "time=2026-03-14T07:39:24.123456+01:00 program=kernel kind=syslog.other message=<usb 1-1: USB disconnect, device number 2>"},
		{"a comma in syslog's stamp", "2026-03-14T07:39:24,123456+01:00 h app[7]: x", "time=2026-03-14T07:39:24.123456+01:00 host=h program=app pid=7 kind=syslog.other message=<x>"},

		{"Apache behind a platform's router", "Oct 30 17:26:11 h app[web.4]: [Wed Oct 30 17:26:03 2013] [error] [client 192.0.2.5] File does not exist: /a", "time=2013-10-30T17:26:03 host=h program=app level=error client=192.0.2.5 kind=file.missing message=<File does not exist: /a>"},
		{"Apache behind docker's syslog driver", "Jun  8 11:54:08 h 3f1c0d5b1a4b[811]: [Tue Jun 08 11:54:08.929301 2021] [mpm_prefork:error] [pid 1] AH00161: server reached MaxRequestWorkers setting", "time=2021-06-08T11:54:08.929301 host=h program=3f1c0d5b1a4b level=error module=mpm_prefork pid=1 code=AH00161 kind=workers.exhausted message=<server reached MaxRequestWorkers setting>"},
		{"a stamp is no frame", "Jun  8 11:54:08 h app[811]: [Tue Jun 08 11:54:08 2021] ready", year + "06-08T11:54:08 host=h program=app pid=811 kind=syslog.other message=<[Tue Jun 08 11:54:08 2021] ready>"},
		{"Apache under a tag of one's own", "Jun  8 11:54:08 h apache_error [Tue Jun 08 11:54:08.929301 2021] [php7:emerg] [pid 1374899] [client 192.0.2.77:41888] rest", "time=2021-06-08T11:54:08.929301 host=h program=apache_error level=emerg module=php7 pid=1374899 client=192.0.2.77 port=41888 kind=php.log message=<rest>"},
		{"Apache's file read by rsyslog", "Jun  8 11:54:08 h httpd-ssl: [Tue Jun 08 11:54:08.929301 2021] [core:error] [pid 7] [client 192.0.2.77:41888] AH00126: Invalid URI in request GET /../ HTTP/1.1", "time=2021-06-08T11:54:08.929301 host=h program=httpd-ssl level=error module=core pid=7 client=192.0.2.77 port=41888 code=AH00126 kind=path.invalid message=<Invalid URI in request GET /../ HTTP/1.1>"},
		{"Apache's start in the journal", "Mar 14 07:39:24 h apachectl[811]: (98)Address already in use: AH00072: make_sock: could not bind to address [::]:80", year + "03-14T07:39:24 host=h program=apachectl level=crit pid=811 code=AH00072 errno=98 kind=server.bind message=<make_sock: could not bind to address [::]:80>"},
		{"what Apache never says without a frame", "Mar 14 07:39:24 h httpd[811]: AH00161: server reached MaxRequestWorkers setting", year + "03-14T07:39:24 host=h program=httpd level=error pid=811 code=AH00161 kind=apache.other message=<server reached MaxRequestWorkers setting>"},
		{"Apache's frame in a script's words", "Jun  8 11:54:08 h php[7]: [Tue Jun 08 11:54:08.929301 2021] [core:error] [pid 7] [client 192.0.2.77:41888] AH00126: x", year + "06-08T11:54:08 host=h program=php pid=7 kind=syslog.other message=<[Tue Jun 08 11:54:08.929301 2021] [core:error] [pid 7] [client 192.0.2.77:41888] AH00126: x>"},
		{"CUPS", "W [08/Jun/2013:11:28:58 -0700] x", "time=2013-06-08T11:28:58-07:00 level=warn kind=cups.other message=<x>"},

		{"repeated, sshd", sshLine + "message repeated 5 times: [ Failed password for root from 192.0.2.7 port 42393 ssh2]", year + "03-14T07:39:24 host=vps512 program=sshd pid=811 client=192.0.2.7 port=42393 repeated=5 kind=ssh.failed message=<Failed password for root from 192.0.2.7 port 42393 ssh2>"},
		{"repeated, Apache", "Mar 14 07:39:24 h apache2[7]: message repeated 2 times: [ [php:error] [pid 811] [client 192.0.2.1:5000] PHP Notice:  x in /a.php on line 3]", year + "03-14T07:39:24 host=h program=apache2 level=error module=php pid=811 client=192.0.2.1 port=5000 repeated=2 kind=php.notice message=<PHP Notice:  x in /a.php on line 3>"},
		{"repeated, WP fail2ban", "Mar 14 07:39:24 h wordpress(a)[7]: message repeated 2 times: [ Authentication failure for anna from 192.0.2.4]", year + "03-14T07:39:24 host=h program=wordpress(a) pid=7 client=192.0.2.4 repeated=2 kind=wp.auth_failed message=<Authentication failure for anna from 192.0.2.4>"},
		{"repeated, the kernel", "Mar 14 07:39:24 h kernel: message repeated 2 times: [ [  970.699396] nf_conntrack: table full, dropping packet]", year + "03-14T07:39:24 host=h program=kernel repeated=2 kind=kernel.conntrack message=<nf_conntrack: table full, dropping packet>"},
		{"repeated too often to be true", "Mar 14 07:39:24 h app[7]: message repeated 99999999999 times: [ x]", year + "03-14T07:39:24 host=h program=app pid=7 kind=log.repeated message=<message repeated 99999999999 times: [ x]>"},

		{"nginx", nginxLine + `[error] 123#124: *45 open() "/srv/a" failed (2: No such file or directory)` + nginxRestLine, "time=2026-03-14T07:39:28 level=error pid=123 tid=124 client=192.0.2.4 remote=true kind=proxy.missing message=<open() \"/srv/a\" failed (2: No such file or directory)" + nginxRestLine + ">"},
		{"nginx in syslog", "Mar 14 07:39:28 h nginx: " + nginxLine + "[error] 123#124: *45 access forbidden by rule" + nginxRestLine, "time=2026-03-14T07:39:28 host=h program=nginx level=error pid=123 tid=124 client=192.0.2.4 remote=true kind=proxy.denied message=<access forbidden by rule" + nginxRestLine + ">"},
		{"nginx in syslog with a zone", "2026-03-14T06:39:28.5+00:00 h nginx[9]: " + nginxLine + "[notice] 123#123: signal process started", "time=2026-03-14T06:39:28.500000Z host=h program=nginx level=notice pid=123 tid=123 kind=syslog.other message=<signal process started>"},
		{"a path that names a client for nginx", nginxLine + `[error] 123#123: *45 open() "/srv/x, client: 198.51.100.9, server: a" failed (2: No such file or directory)` + nginxRestLine, "time=2026-03-14T07:39:28 level=error pid=123 tid=123 kind=proxy.missing message=<open() \"/srv/x, client: 198.51.100.9, server: a\" failed (2: No such file or directory)" + nginxRestLine + ">"},
		{"somebody quotes a kill", "they said Killed process 7 (mysqld) total-vm:1kB", "kind=unknown message=<they said Killed process 7 (mysqld) total-vm:1kB>"},

		{"journal", `{"__REALTIME_TIMESTAMP":"1800000000250000","_HOSTNAME":"h","SYSLOG_IDENTIFIER":"app","_PID":"7","PRIORITY":"3","MESSAGE":"a \"b\"\né \ud83d\ude00"}`, "time=2027-01-15T08:00:00.250000Z host=h program=app level=error pid=7 kind=syslog.other message=<a \"b\"\né 😀>"},
		{"journal, bytes", `{"MESSAGE":[ 97, 98 ],"__REALTIME_TIMESTAMP":"1800000000250000","_COMM":"app"}`, "time=2027-01-15T08:00:00.250000Z program=app kind=syslog.other message=<ab>"},
		{"journal, who is not the kernel", `{"MESSAGE":"Killed process 7 (mysqld) total-vm:1kB","__REALTIME_TIMESTAMP":"1800000000250000","SYSLOG_IDENTIFIER":"kernel","_TRANSPORT":"syslog"}`, "time=2027-01-15T08:00:00.250000Z kind=syslog.other message=<Killed process 7 (mysqld) total-vm:1kB>"},
		{"other JSON", `{"level":"info"}`, `kind=unknown message=<{"level":"info"}>`},
	} {
		if got := said(read(tt.line)); got != tt.want {
			t.Errorf("%s: %q\n got %s\nwant %s", tt.name, tt.line, got, tt.want)
		}
	}
}

func TestWrappers(t *testing.T) {
	const inner = "[Tue Nov 10 10:06:16.500000 2026] [core:error] [pid 96] [client 192.0.2.12:62822] AH00128: File does not exist: /srv/a\"b"
	const want = "time=2026-11-10T10:06:16.500000 %slevel=error module=core pid=96 client=192.0.2.12 port=62822 code=AH00128 kind=file.missing message=<File does not exist: /srv/a\"b>"
	for _, tt := range []struct{ name, line, said string }{
		{"docker's json-file", `{"log":"` + strings.ReplaceAll(inner, `"`, `\"`) + `\n","stream":"stderr","time":"2026-11-10T10:06:17.123456789Z"}`, ""},
		{"docker logs -t", "2026-11-10T10:06:17.123456789Z " + inner, ""},
		{"podman logs -t", "2026-11-10T10:06:17+01:00 " + inner, ""},
		{"CRI", "2026-11-10T10:06:17.123456789Z stderr F " + inner, ""},
		{"compose", "web-1  | " + inner, "host=web-1 "},
		{"compose in colour", "\x1b[2K\x1b[36mweb-1  | \x1b[0m" + inner, "host=web-1 "},
		{"compose, then docker's stamp", "web-1  | 2026-11-10T10:06:17.123456789Z " + inner, "host=web-1 "},
		{"vagrant", "    default: " + inner, ""},
		{"quoted", "> > " + inner, ""},
		{"Markdown", "    " + inner, ""},
		{"grep", "error.log:" + inner, ""},
		{"grep -n", "/var/log/apache2/error.log.1:411:" + inner, ""},
	} {
		if got := said(read(tt.line)); got != fmt.Sprintf(want, tt.said) {
			t.Errorf("%s: %q\n got %s\nwant %s", tt.name, tt.line, got, fmt.Sprintf(want, tt.said))
		}
		if !Starts([]byte(tt.line)) {
			t.Errorf("%s: this begins a record: %q", tt.name, tt.line)
		}
	}
	for _, tt := range []struct{ line, want string }{
		{"2026-11-10T10:06:17.123456789Z stdout F * Debug mode: on", "time=2026-11-10T10:06:17.123456Z kind=container.other message=<* Debug mode: on>"},
		{"2026-11-10T10:06:17.123456789Z stdout F [error] [client 192.0.2.1] x", "time=2026-11-10T10:06:17.123456Z level=error client=192.0.2.1 kind=apache.other message=<x>"},
		{"\x1b[31mred\x1b[0m and \x1b plain", "kind=unknown message=<red and \x1b plain>"},
		{"    [user] => 3", "kind=unknown message=<    [user] => 3>"},
		{"| a-1  | b |", "kind=unknown message=<| a-1  | b |>"},
	} {
		if got := said(read(tt.line)); got != tt.want {
			t.Errorf("%q\n got %s\nwant %s", tt.line, got, tt.want)
		}
	}
}

// severalLines are records that run over several lines, with what stands around them.
var severalLines = []struct {
	text  string
	lines []int64 // of each event
	last  string
}{
	{"2026-11-10T10:06:17.1Z stderr P [Tue Nov 10 10:06:16.5 2026] [core:error]\n2026-11-10T10:06:17.1Z stderr P  [pid 9\n2026-11-10T10:06:17.1Z stderr F 6] x\n2026-11-10T10:06:18.1Z stderr F [Tue Nov 10 10:06:17.5 2026] [core:error] [pid 1] y\n", []int64{3, 1},
		"time=2026-11-10T10:06:17.500000 level=error module=core pid=1 kind=apache.other message=<y>"},
	{"{\"log\":\"[Tue Nov 10 10:06:16.5 2026] [core:error]\",\"stream\":\"stderr\",\"time\":\"2026-11-10T10:06:17Z\"}\n{\"log\":\" [pid 9] x\\n\",\"stream\":\"stderr\",\"time\":\"2026-11-10T10:06:17Z\"}\n", []int64{2},
		"time=2026-11-10T10:06:16.500000 level=error module=core pid=9 kind=apache.other message=<x>"},
	{"Nov 18 01:15:20 h app[7]: one\n\ttwo\r\n\tthree\nNov 18 01:15:21 h app[7]: x\n\ty", []int64{3, 2}, "time=1970-11-18T01:15:21 host=h program=app pid=7 kind=syslog.other message=<x\n\ty>"},
	{"__CURSOR=s=1\n__REALTIME_TIMESTAMP=1800000000000000\n_PID=7\nSYSLOG_IDENTIFIER=app\nMESSAGE\n\x05\x00\x00\x00\x00\x00\x00\x00a\nb=c\nPRIORITY=3\n\n__CURSOR=s=2\n__REALTIME_TIMESTAMP=1800000001000000\nMESSAGE=y\n_TRANSPORT=kernel", []int64{8, 1, 4},
		"time=2027-01-15T08:00:01Z program=kernel kind=syslog.other message=<y>"},
}

func TestRecordsOfSeveralLines(t *testing.T) {
	for _, tt := range severalLines {
		s := NewScanner(Options{})
		scan(t, s, []byte(tt.text))
		s.Reset([]byte(tt.text), 1, 0)
		var lines []int64
		last := ""
		for s.Next() {
			lines = append(lines, s.Event().Lines)
			last = said(s.Event())
		}
		if !slices.Equal(lines, tt.lines) || last != tt.last {
			t.Errorf("%q\nwas read as %v\n got %s\nwant %s", tt.text, lines, last, tt.last)
		}
	}
}

// A log that is cut before a line which starts a record reads as the whole one.
func TestCutsChangeNothing(t *testing.T) {
	text := ""
	for _, tt := range severalLines {
		text += tt.text + "\n"
	}
	for _, r := range records {
		text += r.text + "\n"
	}
	for _, w := range Wrappers {
		text += strings.Join(w.Samples, "\n") + "\n"
	}
	for _, f := range Formats {
		text += strings.Join(f.Samples, "\n") + "\n"
	}
	read := func(text string) (events []string) {
		s := NewScanner(Options{})
		for s.Reset([]byte(text), 1, 0); s.Next(); {
			e := s.Event()
			if e.Stamp.Has(StampInherited) {
				e.Time, e.Stamp, e.UTCOffset = 0, 0, 0
			}
			events = append(events, fmt.Sprintf("%s %q", said(e), e.Raw))
		}
		return events
	}
	whole := read(text)
	for at := 0; at < len(text); {
		end := at + strings.IndexByte(text[at:], '\n') + 1
		if Starts([]byte(strings.TrimRight(text[at:end], "\r\n"))) {
			if parts := append(read(text[:at]), read(text[at:])...); !slices.Equal(parts, whole) {
				t.Fatalf("cut before %q, the log reads otherwise", text[at:end])
			}
		}
		at = end
	}
}

// A line in very many pieces is put together once.
func TestPiecesAreCopiedOnce(t *testing.T) {
	piece := strings.Repeat("x", 200)
	text := strings.Repeat("2026-11-10T10:06:17.1Z stderr P "+piece+"\n", longestRecord-1) + "2026-11-10T10:06:17.1Z stderr F end\n"
	s := NewScanner(Options{})
	s.Reset([]byte(text), 1, 0)
	if s.Next(); s.Event().Lines != longestRecord || len(s.Event().Message) != 200*(longestRecord-1)+3 {
		t.Errorf("%d lines, %d bytes of message", s.Event().Lines, len(s.Event().Message))
	}
	if len(s.copy) > len(text) {
		t.Errorf("%d bytes were copied of %d", len(s.copy), len(text))
	}
}

func TestDetailsOfTheMachine(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{kernelLine + "oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/a,task_memcg=/a/b.scope,task=x, y,pid=7,uid=1",
			`{"constraint":"MEMCG","group":"/a/b.scope","task":"x, y","task_pid":7}`},
		{kernelLine + "Task in /docker/0123 killed as a result of limit of /docker", `{"group":"/docker/0123","limit":"/docker"}`},
		{`Mar 14 07:39:24 vps512 earlyoom[300]: sending SIGTERM to process 3225 uid 102 "a": b": badness 868, VmRSS 2 MiB`, `{"victim":"a\": b","victim_pid":3225,"rss_bytes":2097152}`},
		{oomdLine + "Killed /system.slice/mariadb.service due to memory pressure for /system.slice being 61.30% > 60.00% for > 20s with reclaim activity",
			`{"victim":"/system.slice/mariadb.service","victim_pid":0,"cgroup":true}`},
		{kernelLine + "[UFW BLOCK] IN=eth0 OUT= MAC=52:54 SRC=192.0.2.14 DST=203.0.113.40 LEN=40 PROTO=TCP SPT=32800 DPT=23", `{"rule":"UFW BLOCK","src":"192.0.2.14","dst":"203.0.113.40","proto":"TCP","dpt":23}`},
		{sshLine + "message repeated 5 times: [ Failed password for root from 192.0.2.14 port 42393 ssh2]", `{"user":"root","repeated":5}`},
		{systemdLine + "start request repeated too quickly for mariadb.service", `{"unit":"mariadb.service"}`},
		{systemdLine + "mariadb.service: main process exited, code=killed, status=9/KILL", `{"unit":"mariadb.service","result":"code=killed, status=9/KILL"}`},
		{systemdLine + "Failed to start mariadb.service - MariaDB.", `{"unit":"mariadb.service"}`},
	} {
		got, err := json.Marshal(read(tt.line).Detail())
		if want := strings.ReplaceAll(tt.want, `\\"`, `\"`); err != nil || string(got) != want {
			t.Errorf("%s\n got %s (%v)\nwant %s", tt.line, got, err, want)
		}
	}
}

func TestSSHClients(t *testing.T) {
	for _, tt := range []struct{ said, kind, client, user string }{
		{"Failed password for root from 192.0.2.7 port 56502 ssh2", "ssh.failed", "192.0.2.7", "root"},
		{"Failed password for invalid user a b from 2001:db8::7 port 56502 ssh2 [preauth]", "ssh.failed", "2001:db8::7", "a b"},
		{"Failed none for invalid user  from 192.0.2.7 port 5 ssh2", "ssh.failed", "192.0.2.7", ""},
		{"Failed password for root from ::ffff:192.0.2.7", "ssh.failed", "192.0.2.7", "root"},
		{"Failed password for root from unknown", "ssh.failed", "", "root"},
		{"error: PAM: Authentication failure for illegal user x from 192.0.2.7 via 192.0.2.9", "ssh.failed", "192.0.2.7", "x"},
		{"[ID 800047 auth.info] Failed keyboard-interactive for root from 192.0.2.7 port 42742 ssh2", "ssh.failed", "192.0.2.7", "root"},
		{"User root from 192.0.2.7 not allowed because listed in DenyUsers", "ssh.failed", "192.0.2.7", ""},
		{"refused connect from example.org (192.0.2.7)", "ssh.failed", "192.0.2.7", ""},
		{"Disconnecting invalid user x 192.0.2.7 port 49941: Too many authentication failures [preauth]", "ssh.failed", "192.0.2.7", ""},
		{"error: maximum authentication attempts exceeded for root from 192.0.2.7 port 49940 ssh2 [preauth]", "ssh.failed", "192.0.2.7", "root"},
		{"Connection closed by invalid user 198.51.100.1 192.0.2.7 port 46038 [preauth]", "ssh.closed", "192.0.2.7", ""},
		{"Connection reset by 192.0.2.7 port 51280", "ssh.closed", "192.0.2.7", ""},
		{"Bad protocol version identification 'x' from 198.51.100.1' from 192.0.2.7 port 31778", "ssh.closed", "192.0.2.7", ""},
		{"Accepted publickey for deploy from 192.0.2.7 port 42096 ssh2: RSA SHA256:x from 198.51.100.1", "ssh.accepted", "192.0.2.7", "deploy"},

		// A user's name that looks like the end of the line.
		{"Failed password for invalid user x from 198.51.100.1 port 1 ssh2 from 192.0.2.7 port 56502 ssh2", "ssh.failed", "192.0.2.7", "x from 198.51.100.1 port 1 ssh2"},
		{"Failed password for invalid user x from 198.51.100.1 port 1 ssh2: from 192.0.2.7 port 56502 ssh2", "ssh.failed", "", "x"},
		{"Failed publickey for invalid user x from 198.51.100.1 port 1 ssh2: RSA y from 192.0.2.7 port 56502 ssh2: RSA SHA256:x", "ssh.failed", "", "x from 198.51.100.1 port 1 ssh2: RSA y"},
		{"Invalid user x from 198.51.100.1 from 192.0.2.7 port 53502", "ssh.invalid_user", "192.0.2.7", "x from 198.51.100.1"},
		{"Invalid user x from 198.51.100.1 port 7 from 192.0.2.7", "ssh.invalid_user", "192.0.2.7", "x from 198.51.100.1 port 7"},
	} {
		e := read(sshLine + tt.said)
		client := ""
		if e.Client.IsValid() {
			client = e.Client.String()
		}
		if e.Kind.Name != tt.kind || client != tt.client || string(e.Subject()) != tt.user {
			t.Errorf("%q is %s of <%s> as <%s>, want %s of <%s> as <%s>", tt.said, e.Kind.Name, client, e.Subject(), tt.kind, tt.client, tt.user)
		}
	}
}

func TestReadingLogsOfTheMachineAllocatesNothing(t *testing.T) {
	text := strings.Repeat(sshLine+"Failed password for root from 2001:db8::7 port 56502 ssh2\n"+
		"<30>1 2026-04-02T13:10:00Z shop01 app 811 - - ready\n[12345.678901] ready\n"+
		"web-1  | "+kernelLine+"x\n2026-11-10T10:06:17.1Z stderr P a\n2026-11-10T10:06:17.1Z stderr F b\n", 9)
	s := NewScanner(Options{})
	if n := testing.AllocsPerRun(5, func() {
		for s.Reset([]byte(text), 1, 0); s.Next(); {
		}
	}); n > 1 { // the text itself
		t.Errorf("reading allocates %.0f times", n)
	}
}
