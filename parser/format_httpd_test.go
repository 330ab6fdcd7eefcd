package parser

import (
	"strings"
	"testing"
)

func TestOddApacheLines(t *testing.T) {
	const words = "message=<Invalid URI in request GET /../ HTTP/1.1>"
	const client = "client=192.0.2.5 port=4000 code=AH00126 kind=path.invalid " + words
	const rest = "[client 192.0.2.5:4000] AH00126: Invalid URI in request GET /../ HTTP/1.1"
	for _, tt := range []struct{ name, line, want string }{
		{"compact stamp", "[2021-06-04 15:40:27.138633] [core:error] [pid 7] " + rest, "time=2021-06-04T15:40:27.138633 level=error module=core pid=7 " + client},
		{"compact stamp with zone", "[2021-06-04 15:40:27.138633 +0200] [core:error] [pid 7] " + rest, "time=2021-06-04T15:40:27.138633+02:00 level=error module=core pid=7 " + client},
		{"slashes", "[2021/06/04 15:40:27] [core:error] [pid 7] " + rest, "time=2021-06-04T15:40:27 level=error module=core pid=7 " + client},
		{"access log's stamp", "[04/Jun/2021:15:40:27 -0330] [core:error] [pid 7:tid 9] " + rest, "time=2021-06-04T15:40:27-03:30 level=error module=core pid=7 tid=9 " + client},
		{"custom stamp, no level", "[2021/06/03 09:30:50] - - - -", "time=2021-06-03T09:30:50 kind=apache.other message=<- - - ->"},
		{"httpd's stamp with a zone", "[Fri Jun 04 15:40:27.138633 2021 +0200] [core:error] [pid 7] [client 192.0.2.5:4000] AH00126: Invalid URI in request GET /../ HTTP/1.1", "time=2021-06-04T15:40:27.138633+02:00 level=error module=core pid=7 " + client},
		{"ids", "[2021-06-04 15:40:27.138633] [core:error] [R:abc] [C:def] AH00126: Invalid URI in request GET /../ HTTP/1.1", "time=2021-06-04T15:40:27.138633 level=error module=core code=AH00126 kind=path.invalid " + words},
		{"stamp stripped", "[core:error] [pid 7] " + rest, "level=error module=core pid=7 " + client},
		{"stamp stripped, 2.2", "[error] [client 192.0.2.5] Directory index forbidden by rule: /home/", "level=error client=192.0.2.5 kind=index.denied message=<Directory index forbidden by rule: /home/>"},
		{"first bracket lost", "Sun Aug 5 16:23:04 2001] [error] [client 192.0.2.5] File does not exist: /a", "time=2001-08-05T16:23:04 level=error client=192.0.2.5 kind=file.missing message=<File does not exist: /a>"},
		{"pid inside the level", "[Sun Jun 30 12:59:37 2019] [notice pid:13021 mpm_unix.c(436): AH00052: child pid 13022 exit signal Aborted (6)",
			"time=2019-06-30T12:59:37 level=notice pid=13021 code=AH00052 kind=child.exit message=<child pid 13022 exit signal Aborted (6)>"},
		{"brackets lost", "[proxy_fcgi:error [pid 2963511:tid 2963631 [client 192.0.2.207:0 AH01067: Failed to read FastCGI header", "level=error module=proxy_fcgi pid=2963511 tid=2963631 client=192.0.2.207 port=0 code=AH01067 kind=backend.broken message=<Failed to read FastCGI header>"},
		{"thread lost", at + "[core:error] [pid 7:tid " + rest, utc + "level=error module=core pid=7 " + client},
		{"the client's bracket lost", at + "[core:error] [pid 7] [client 192.0.2.5:4000 AH00126: Invalid URI in request GET /../ HTTP/1.1", utc + "level=error module=core pid=7 " + client},
		{"virtual host before the level", at + "[www.example.org] [core:error] [pid 7] " + rest, utc + "level=error module=core pid=7 " + client},
		{"virtual host behind the message", at + "[core:error] [pid 7] " + rest + " , www.example.org", utc + "level=error module=core pid=7 " + client},
		{"virtual host behind the message, no blank", at + "[core:error] [pid 7] " + rest + " ,www.example.org", utc + "level=error module=core pid=7 " + client},
		{"a comma of the message's own", at + "[core:notice] [pid 7] started at a, b.example.org", utc + "level=notice module=core pid=7 kind=apache.other message=<started at a, b.example.org>"},
		{"referer without colon", at + "[core:error] [pid 7] " + rest + ", referer https://www.example.org/", utc + "level=error module=core pid=7 client=192.0.2.5 port=4000 code=AH00126 kind=path.invalid referer=<https://www.example.org/> " + words},
		{"errno of Windows, not UTF-8", at + "[mpm_winnt:error] [pid 7:tid 9] (OS 995)\xcf\xf0\xe5\xf0\xe2\xe0\xed\xee.  : AH00362: x", utc + "level=error module=mpm_winnt pid=7 tid=9 code=AH00362 errno=995 kind=child.note message=<x>"},
		{"a blackened client of several words", at + "[core:error] [pid 7] [client my own address] AH00126: x", utc + "level=error module=core pid=7 code=AH00126 kind=path.invalid message=<x>"},
		{"before the log is open", "(98)Address already in use: AH00072: make_sock: could not bind to address [::]:80", "level=crit code=AH00072 errno=98 kind=server.bind message=<make_sock: could not bind to address [::]:80>"},
		{"no ports", "no listening sockets available, shutting down", "kind=server.bind_text message=<no listening sockets available, shutting down>"},
		{"a code that always has a frame", "AH00161: server reached MaxRequestWorkers setting", "level=error code=AH00161 kind=apache.other message=<server reached MaxRequestWorkers setting>"},
		{"somebody else's bracket", "[x] [client 198.51.100.1] y", "kind=unknown message=<[x] [client 198.51.100.1] y>"},
		{"somebody else's brackets", "(98) not ours AH00072: x", "kind=unknown message=<(98) not ours AH00072: x>"},
	} {
		if got := said(read(tt.line)); got != tt.want {
			t.Errorf("%s: %q\n got %s\nwant %s", tt.name, tt.line, got, tt.want)
		}
	}
	if e := read(at + "[www.example.org] [core:error] [pid 7] " + rest); string(e.Vhost) != "www.example.org" {
		t.Errorf("the virtual host is %q", e.Vhost)
	}
}

func TestSyntaxErrorHasItsReason(t *testing.T) {
	s := NewScanner(Options{})
	s.Reset([]byte(at+"[core:notice] [pid 7] AH00094: Command line: '/usr/sbin/apache2'\n"+
		"AH00526: Syntax error on line 63 of /etc/apache2/a.conf:\nInvalid command 'Foo', perhaps misspelled\nAH00015: Unable to open logs\nsh: 1: sendmail: not found\n"), 1, 0)
	var got []string
	for s.Next() {
		e := s.Event()
		if !e.Stamp.Has(StampTime) {
			t.Errorf("%q has no time", e.Raw)
		}
		got = append(got, e.Kind.Name+" "+string(e.Subject())+" "+string(e.Message))
	}
	want := []string{"server.command  Command line: '/usr/sbin/apache2'",
		"server.config /etc/apache2/a.conf Syntax error on line 63 of /etc/apache2/a.conf:\nInvalid command 'Foo', perhaps misspelled",
		"server.config  Unable to open logs", "stderr.shell sendmail sh: 1: sendmail: not found"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("read %q, want %q", got, want)
	}
}

// A line without a stamp has that of the line before, so no part of a log may begin with it.
func TestUndatedLinesStartNothing(t *testing.T) {
	for _, f := range Formats {
		if !f.undated {
			continue
		}
		for _, line := range f.Samples {
			if Starts([]byte(line)) {
				t.Errorf("%s: this has no time of its own: %s", f.Name, line)
			}
		}
	}
}

// mod_proxy's words before 2.4, which have no codes.
func TestOldProxyWords(t *testing.T) {
	const old = "[Mon Dec 26 16:22:08 2016] [error] "
	for line, want := range map[string]string{
		old + "ap_proxy_connect_backend disabling worker for (app)":                                                                  "backend.down",
		old + "[client 192.0.2.5] (70007)The timeout specified has expired: proxy: error reading status line from remote server app": "backend.timeout",
		old + "[client 192.0.2.5] (104)Connection reset by peer: proxy: error reading status line from remote server app":            "backend.broken",
		old + "[client 192.0.2.5] proxy: Error reading from remote server returned by /a":                                            "backend.broken",
		old + "[client 192.0.2.5] File does not exist: /proxy: HTTP: disabled connection for":                                        "file.missing",
	} {
		if e := read(line); e.Kind.Name != want {
			t.Errorf("%s is %s, want %s", line, e.Kind.Name, want)
		}
	}
}
