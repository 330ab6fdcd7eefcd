package parser

import (
	"bytes"
	"net/netip"
)

// The error logs of nginx (src/core/ngx_log.c) and lighttpd (src/log.c), as far
// as they carry what PHP says.

var nginxLog = &Format{
	Name: "nginx", begins: "0123456789", family: Nginx, other: NginxOther,
	Doc: "nginx's error log: 2023/09/23 09:58:54 [level] pid#tid: *connection message, client: A, server: name, …",
	Samples: []string{
		`2023/09/23 09:58:54 [error] 298#298: *1093 open() "/srv/www/favicon.ico" failed (2: No such file or directory), client: 192.0.2.4, server: _, request: "GET /favicon.ico HTTP/1.1", host: "www.example.org"`,
		`2023/09/23 09:58:54 [notice] 1#1: signal 15 (SIGTERM) received from 7, exiting`,
	},
	frame: (*Scanner).nginxLine,
	more:  func(e *Event) bool { return nginxOpen(e.Message) },
	joins: func(s *Scanner, e *Event, line []byte) bool {
		return nginxOpen(s.nginxRecord(e)) && runsOn(s, line)
	},
	splice: func(s *Scanner, e *Event) {
		s.spliceLines(e, nil)
		s.nginxVisitor(e)
	},
}

func (s *Scanner) nginxLine(e *Event, line []byte) bool {
	if len(line) < 24 || line[4] != '/' || line[10] != ' ' || line[19] != ' ' || line[20] != '[' {
		return false
	}
	t, ok := isoSecond(line)
	if !ok {
		return false
	}
	name, rest, ok := bracket(line[20:])
	if !ok {
		return false
	}
	level := levelOf(name)
	if level == LevelNone {
		return false
	}
	if pid, after, ok := digits(rest); ok && len(after) > 0 && after[0] == '#' {
		if tid, after, ok := digits(after[1:]); ok && bytes.HasPrefix(after, []byte(": ")) {
			e.PID, e.TID, rest = pid, tid, after[2:]
		}
	}
	if len(rest) > 0 && rest[0] == '*' { // the connection
		if _, after, ok := digits(rest[1:]); ok && len(after) > 0 && after[0] == ' ' {
			rest = after[1:]
		}
	}
	if !e.Stamp.Has(StampZone) { // syslog's may have one
		e.Time, e.Stamp = t, StampTime
	}
	e.Level, e.Message = level, cutModSecurity(rest)
	s.nginxVisitor(e)
	return true
}

// nginxVisitor reads whom nginx served. nginx does not escape what visitors send,
// newlines included, so that a whole line may be forged: its clients are no
// better than those of [remote …].
func (s *Scanner) nginxVisitor(e *Event) {
	e.Client = s.nginxClient(e.Message)
	e.Remote = e.Client.IsValid()
}

var lighttpdLog = &Format{
	Name: "lighttpd", begins: "0123456789", other: NginxOther,
	Doc: "lighttpd's error log: 2023-09-23 09:58:54: (mod_fastcgi.c.2676) message",
	Samples: []string{
		"2023-09-23 09:58:54: (mod_fastcgi.c.2676) FastCGI-stderr: PHP Warning:  x in /srv/a.php on line 1",
		"2023-09-23 09:58:54: (server.c.1558) server started (lighttpd/1.4.59)",
	},
	frame: func(s *Scanner, e *Event, line []byte) bool {
		if len(line) < 25 || line[4] != '-' || line[10] != ' ' || string(line[19:22]) != ": (" {
			return false
		}
		t, ok := isoSecond(line)
		if !ok {
			return false
		}
		_, message, ok := bytes.Cut(line[22:], []byte(") "))
		if !ok {
			return false
		}
		e.Time, e.Stamp, e.Message = t, StampTime, message
		e.Client = s.attacker(message)
		return true
	},
}

const sentInStderr = `FastCGI sent in stderr: "`

// nginxRecord is the event's text so far.
func (s *Scanner) nginxRecord(e *Event) []byte {
	if i := bytes.Index(e.Raw, []byte(sentInStderr)); i >= 0 {
		return e.Raw[i:]
	}
	return nil
}

// nginxOpen tells whether a text quotes a program's standard error whose end is still to come.
func nginxOpen(b []byte) bool {
	return bytes.HasPrefix(b, []byte(sentInStderr)) && !bytes.Contains(b, []byte(`" while `))
}

// nginxSaid is what PHP said.
func nginxSaid(b []byte) []byte {
	said, ok := bytes.CutPrefix(b, []byte(sentInStderr))
	if !ok {
		return nil
	}
	if i := lastIndex(said, `" while `); i >= 0 {
		said = said[:i]
	}
	return said
}

// nginxClient reads the client that nginx names behind its message. Before it
// stands what PHP says, behind it the request and the referer, which nginx does
// not escape: where two clients are named, none is believed. nginx cuts a record
// at 2048 bytes, and its client first of all.
func (s *Scanner) nginxClient(b []byte) (client netip.Addr) {
	const (
		word    = ", client: "
		nearCut = 1900
	)
	if len(b) > nearCut {
		return client
	}
	for {
		i := bytes.Index(b, []byte(word))
		if i < 0 {
			return client
		}
		b = b[i+len(word):]
		name, _, ok := bytes.Cut(b[:min(len(b), 64)], []byte(", server: "))
		if !ok {
			continue
		}
		a := s.addrs.parse(name)
		if client.IsValid() && a != client {
			return netip.Addr{}
		}
		client = a
	}
}

// NginxOther is a line of nginx or lighttpd that has no kind of its own.
var NginxOther = &Kind{
	Name: "proxy.other", Role: Noise,
	Title:   "another line of nginx or lighttpd",
	Doc:     "A line of nginx or lighttpd; it has no kind of its own.",
	Samples: []string{"2023/09/23 09:58:54 [notice] 1#1: signal 15 (SIGTERM) received from 7, exiting"},
}
