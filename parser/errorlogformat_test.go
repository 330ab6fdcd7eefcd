package parser

import (
	"strings"
	"testing"
)

func TestErrorLogFormatErrors(t *testing.T) {
	for format, want := range map[string]string{
		"[%t] %Z %M":        "httpd's ErrorLogFormat has no directive %Z",
		"[%t] %{abc M":      "the error log format has no } behind %{abc M",
		"[%t] %M %-":        "the error log format ends within the directive %-",
		"[%t] [%l]":         "the error log format has no %M, the message",
		"[%t] %+{A}i %M":    "the error log format has a + at a directive; httpd takes it in the formats of connections and requests only",
		"[%{%Y-%Q}t] %M":    "the error log format has a time with %Q, which strftime does not know or this program does not",
		"request [%t] [%M]": "the error log format of a connection or request cannot have %M",
	} {
		if _, err := CompileErrorLogFormat(format); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", format, err, want)
		}
	}
}

func TestErrorLogFormats(t *testing.T) {
	const when = "time=2017-05-05T10:00:00.250000 "
	for _, tt := range []struct{ name, format, line, want string }{
		{"fields that vanish", `[%{u}t] [%-m:%l] [pid %P:tid %T] %7F: %E: [client\ %a] %M% ,\ referer\ %{Referer}i`,
			at + "[core:notice] [pid 7:tid 9] AH00094: Command line: '/usr/sbin/apache2'",
			when + "level=notice module=core pid=7 tid=9 code=AH00094 kind=server.command message=<Command line: '/usr/sbin/apache2'>"},
		{"all fields", `[%{u}t] [%-m:%l] [pid %P:tid %T] %7F: %E: [client\ %a] %M% ,\ referer\ %{Referer}i`,
			at + "[core:debug] [pid 7:tid 9] core.c(12): (2)No such file or directory: [client 2001:db8::5:8080] AH00128: File does not exist: /a, referer http://www.example.org/",
			when + "level=debug module=core pid=7 tid=9 client=2001:db8::5 port=8080 code=AH00128 errno=2 kind=file.missing referer=<http://www.example.org/> message=<File does not exist: /a>"},
		{"a message that looks like the fields behind it", `[%{u}t] [%l] %M [client\ %a] [pid %P]`,
			at + "[error] x [client 198.51.100.1:1] [pid 1] [client 192.0.2.5:2] [pid 3]",
			when + "level=error pid=3 client=192.0.2.5 port=2 kind=apache.other message=<x [client 198.51.100.1:1] [pid 1]>"},
		{"a line that was cut", `[%{u}t] [%l] %M [pid %P]`, at + "[error] x [pi",
			when + "level=error kind=apache.other message=<x [pi>"},
		{"a header that looks like the fields behind it", `[%{u}t] [%{X-Forwarded-For}i] [client\ %a] %M`,
			at + "[x] [client 198.51.100.1:1] y] [client 192.0.2.5:2] AH00126: z",
			when + "code=AH00000"},
		{"no client in the format", `[%{u}t] [%l] %M`, at + "[error] AH00161: server reached MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting",
			when + "level=error code=AH00161 kind=workers.exhausted message=<server reached MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting>"},
		{"no client in the format, a script's words", `[%{u}t] [%l] %M`, at + "[notice] server reached MaxClients setting, consider raising the MaxClients setting",
			when + "level=notice kind=apache.other message=<server reached MaxClients setting, consider raising the MaxClients setting>"},
		{"no year", `%{%b %d %T}t %M`, "May 05 10:00:00 hello", "time=1970-05-05T10:00:00 kind=apache.other message=<hello>"},
		{"a request's own line", `request [%{u}t] [R:%L] UA:'%+{User-Agent}i'`, at + "[R:abc] UA:'callbacks suppressed'", when + "kind=log.context message=<" + at + "[R:abc] UA:'callbacks suppressed'>"},
	} {
		f, err := CompileErrorLogFormat(tt.format)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		s := NewScanner(Options{ErrorLog: []*Format{f}})
		s.Reset([]byte(tt.line+"\n"), 1, 0)
		s.Next()
		e := s.Event()
		if strings.HasSuffix(tt.want, "AH00000") { // two readings
			if e.Client.IsValid() || e.Format != f {
				t.Errorf("%s: the client is %s", tt.name, e.Client)
			}
			continue
		}
		if got := said(e); got != tt.want || e.Format != f {
			t.Errorf("%s: %s\n got %s\nwant %s", tt.name, tt.line, got, tt.want)
		}
		if !f.Starts([]byte(tt.line)) && tt.name != "a line that was cut" {
			t.Errorf("%s: begins no record", tt.name)
		}
	}
}

// The user's format may allocate when it is made, not for each line.
func TestErrorLogFormatAllocatesNothing(t *testing.T) {
	f, err := CompileErrorLogFormat(`[%{u}t] [%-m:%l] [pid %P:tid %T] %7F: %E: [client\ %a] %M% ,\ referer\ %{Referer}i`)
	if err != nil {
		t.Fatal(err)
	}
	text := []byte(strings.Repeat(at+"[core:info] [pid 7:tid 9] [client 192.0.2.5:8080] AH00128: File does not exist: /a, referer http://www.example.org/\n", 20))
	s := NewScanner(Options{ErrorLog: []*Format{f}})
	if n := testing.AllocsPerRun(5, func() {
		for s.Reset(text, 1, 0); s.Next(); {
		}
	}); n > 0 {
		t.Errorf("reading allocates %.0f times", n)
	}
}

// Any format and any line: the reading ends, and what stands behind the client never becomes it.
func FuzzErrorLogFormat(f *testing.F) {
	for _, format := range []string{`[%t] [%l] [%a] %M% ,\ referer\ %{Referer}i`, `%t|%l|%-m|%-a|%M`, `%{A}i %{B}i [%a] %M %{C}i`, `%M [%a] %v`, `%{%s}t %M`} {
		f.Add(format, "[Thu May 04 23:55:46 2017] [error] [192.0.2.5:1] x [198.51.100.1:2], referer y")
	}
	own, err := CompileErrorLogFormat(`[%t] [%l] [%a] %M% ,\ referer\ %{Referer}i`)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, format, line string) {
		if c, err := CompileErrorLogFormat(format); err == nil {
			scan(t, NewScanner(Options{ErrorLog: []*Format{c}}), []byte(line))
		}
		line, _, _ = strings.Cut(line, "\n")
		s := NewScanner(Options{ErrorLog: []*Format{own}})
		s.Reset([]byte("[Thu May 04 23:55:46 2017] [error] [192.0.2.5:1] x"+line), 1, 0)
		s.Next()
		if e := s.Event(); e.Client.String() != "192.0.2.5" || e.Format != own {
			t.Fatalf("the client of %q is %s", e.Raw, e.Client)
		}
	})
}
