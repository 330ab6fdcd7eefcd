package parser

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestAccessLines(t *testing.T) {
	const stamp = `[04/May/2017:23:55:46 +0200] `
	for _, tt := range []struct{ name, line, client, detail string }{
		{"combined", `192.0.2.5 - - ` + stamp + `"GET /a?b=c HTTP/1.1" 200 2411 "https://www.example.org/" "Mozilla/5.0 (X11)"`, "192.0.2.5",
			`{"method":"GET","target":"/a?b=c","protocol":"HTTP/1.1","status":200,"bytes":2411,"referer":"https://www.example.org/","user_agent":"Mozilla/5.0 (X11)"}`},
		{"common, no bytes", `192.0.2.5 - anna ` + stamp + `"HEAD / HTTP/1.0" 304 -`, "192.0.2.5", `{"method":"HEAD","target":"/","protocol":"HTTP/1.0","status":304,"bytes":0}`},
		{"IPv6", `2001:db8::5 - - ` + stamp + `"GET / HTTP/2.0" 200 1 "-" "-"`, "2001:db8::5", `{"method":"GET","target":"/","protocol":"HTTP/2.0","status":200,"bytes":1}`},
		{"virtual host", `shop.example.org:443 192.0.2.5 - - ` + stamp + `"GET / HTTP/1.1" 200 1 "-" "x"`, "192.0.2.5",
			`{"method":"GET","target":"/","protocol":"HTTP/1.1","status":200,"bytes":1,"user_agent":"x","vhost":"shop.example.org"}`},
		{"a name for a client", `pc.example.org - - ` + stamp + `"GET / HTTP/1.1" 200 1`, "invalid IP", `{"method":"GET","target":"/","protocol":"HTTP/1.1","status":200,"bytes":1}`},
		{"quotes", `192.0.2.5 - - ` + stamp + `"GET /\"x\" HTTP/1.1" 200 1 "a\\" "Evil \"500 9\" [x]"`, "192.0.2.5",
			`{"method":"GET","target":"/\\\"x\\\"","protocol":"HTTP/1.1","status":200,"bytes":1,"referer":"a\\\\","user_agent":"Evil \\\"500 9\\\" [x]"}`},
		{"no request", `192.0.2.5 - - ` + stamp + `"-" 408 -`, "192.0.2.5", `{"target":"","status":408,"bytes":0}`},
		{"no HTTP", `192.0.2.5 - - ` + stamp + `"\x16\x03\x01 a" 400 226 "-" "-"`, "192.0.2.5", `{"target":"\\x16\\x03\\x01 a","status":400,"bytes":226}`},
		{"a user with blanks and a stamp", `192.0.2.5 - a b [01/Jan/2000:00:00:00 +0000] \"x ` + stamp + `"GET / HTTP/1.1" 200 1`, "192.0.2.5", `{"method":"GET","target":"/","protocol":"HTTP/1.1","status":200,"bytes":1}`},
		{"no zone, a field more", `192.0.2.5 - - - [04/May/2017:23:55:46 ] www.example.org "GET / HTTP/1.1" 200 814 "-" "x" + 293`, "192.0.2.5", `{"method":"GET","target":"/","protocol":"HTTP/1.1","status":200,"bytes":814,"user_agent":"x"}`},
		{"microseconds", `192.0.2.5 - - [04/May/2017:23:55:46.108241 +0200] "GET / HTTP/1.1" 200 1`, "192.0.2.5", `{"method":"GET","target":"/","protocol":"HTTP/1.1","status":200,"bytes":1}`},
		{"a list of addresses", `198.51.100.9, 192.0.2.5 - - ` + stamp + `"GET / HTTP/1.1" 200 1`, "192.0.2.5", `{"method":"GET","target":"/","protocol":"HTTP/1.1","status":200,"bytes":1}`},
		{"through syslog", `Feb 15 16:54:53 srv httpd[9]: shop.example.org:443 192.0.2.5 - - ` + stamp + `"GET / HTTP/1.1" 200 1`, "192.0.2.5", `{"method":"GET","target":"/","protocol":"HTTP/1.1","status":200,"bytes":1,"vhost":"shop.example.org"}`},
		{"cut", `192.0.2.5 - - ` + stamp + `"GET /` + strings.Repeat("a", 9), "192.0.2.5", `{"method":"GET","target":"/aaaaaaaaa","status":0,"bytes":0}`},
		{"words of others", `192.0.2.5 - - ` + stamp + `"GET /callbacks HTTP/1.1" 200 1 "-" "net: 4 callbacks suppressed"`, "192.0.2.5",
			`{"method":"GET","target":"/callbacks","protocol":"HTTP/1.1","status":200,"bytes":1,"user_agent":"net: 4 callbacks suppressed"}`},
	} {
		e := read(tt.line)
		detail, _ := json.Marshal(e.Detail())
		if e.Kind != AccessRequest || e.Client.String() != tt.client || string(detail) != tt.detail || !strings.HasPrefix(FormatTime(e.Time, e.Stamp, e.UTCOffset), "2017-05-04T23:55:46") {
			t.Errorf("%s: %s\n got %s, %s, %s, %s\nwant %s, %s", tt.name, tt.line, e.Kind.Name, e.Client, FormatTime(e.Time, e.Stamp, e.UTCOffset), detail, tt.client, tt.detail)
		}
		if !Starts([]byte(tt.line)) {
			t.Errorf("%s begins no record", tt.name)
		}
	}
	for _, line := range []string{
		`192.0.2.5 said [04/May/2017:23:55:46 +0200]`,
		`E [08/Jun/2013:11:28:58 -0700] Unknown directive BrowseOrder on line 22 of "/etc/cups/cupsd.conf".`,
		`192.0.2.5 - - [04/Foo/2017:23:55:46 +0200] "GET / HTTP/1.1" 200 1`,
	} {
		if e := read(line); e.Kind == AccessRequest {
			t.Errorf("this is no line of an access log: %s", line)
		}
	}
	if _, ok := ReadAccess(read(apache24.Samples[0])); ok {
		t.Error("a line of the error log was read as a request")
	}
}

func TestAccessAllocatesNothing(t *testing.T) {
	text := []byte(strings.Repeat(strings.Join(access.Samples, "\n")+"\n", 20))
	s := NewScanner(Options{})
	if n := testing.AllocsPerRun(5, func() {
		for s.Reset(text, 1, 0); s.Next(); {
			ReadAccess(s.Event())
		}
	}); n > 0 {
		t.Errorf("reading an access log allocates %.0f times", n)
	}
}
