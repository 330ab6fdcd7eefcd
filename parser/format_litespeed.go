package parser

import "bytes"

// The error log of LiteSpeed and OpenLiteSpeed, which many hosts run in Apache's
// place, and which writes what PHP says on its standard error (the log of
// httpd_config's errorlog, with LSAPI's streams in it).

var liteSpeedLog = &Format{
	Name: "litespeed", begins: "12", family: HTTPD, other: NginxOther,
	Doc: "LiteSpeed's error log: 2023-10-27 16:42:30.852704 [LEVEL] [pid] [thread] [client:port-N#virtual host] [STDERR] message",
	Samples: []string{
		"2026-03-14 07:39:24.764015 [NOTICE] [1644055] [T0] [192.0.2.7:52932-3#APVH_www.example.org:443] [STDERR] PHP Warning:  x in /srv/a.php on line 12",
		"2026-03-14 07:39:24.852971 [ALERT] [1452] [T0] LiteSpeed/6.1.2 Enterprise starts successfully!",
		"2026-03-14 07:39:24.120 [NOTICE] [198.51.100.4:41234#shop] [STDERR] PHP Notice:  x in /srv/a.php on line 1",
		"2026-03-14 07:39:24 [ERROR] [STDERR] PHP Fatal error:  x in /srv/a.php on line 1",
	},
	frame: (*Scanner).liteSpeedLine,
	more:  func(e *Event) bool { return bytes.HasPrefix(e.Message, []byte("PHP ")) },
	joins: func(_ *Scanner, _ *Event, line []byte) bool { return traceLine(line) },
	splice: func(s *Scanner, e *Event) {
		s.spliceLines(e, nil)
	},
}

func (s *Scanner) liteSpeedLine(e *Event, line []byte) bool {
	if len(line) < 28 || line[4] != '-' || line[10] != ' ' {
		return false
	}
	t, ok := isoSecond(line)
	if !ok {
		return false
	}
	b := line[19:]
	if b[0] == '.' {
		var micro int64
		micro, b = fraction(b[1:])
		t += micro
	}
	if len(b) < 3 || b[0] != ' ' {
		return false
	}
	name, b, ok := bracket(b[1:])
	if !ok || !upper(name) {
		return false
	}
	level := liteSpeedLevel(name)
	if level == LevelNone {
		return false
	}
	var pid int64
	sure := false // other programs write such a stamp and level too
	for {
		group, rest, ok := bracket(b)
		if !ok {
			break
		}
		if n, tail, ok := digits(group); ok && len(tail) == 0 && pid == 0 {
			pid, b = n, rest
			continue
		}
		if n, tail, ok := digits(bytes.TrimPrefix(group, []byte("T"))); ok && len(tail) == 0 && group[0] == 'T' && pid != 0 {
			e.TID, sure, b = n, true, rest
			continue
		}
		if i := bytes.IndexByte(group, '#'); i > 0 && !e.asked {
			if !s.liteSpeedClient(e, group[:i]) {
				break
			}
			e.asked, sure, b = true, true, rest
			e.Vhost = bytes.TrimPrefix(group[i+1:], []byte("APVH_"))
			if i := bytes.LastIndexByte(e.Vhost, ':'); i > 0 {
				e.Vhost = e.Vhost[:i:i]
			}
			continue
		}
		if string(group) == "STDERR" { // a script's words
			e.asked, sure, b = true, true, rest
		}
		break
	}
	if !sure {
		e.TID, e.asked = 0, false
		return false
	}
	e.Time, e.Stamp, e.Level, e.PID = t, StampTime, level, pid
	b = bytes.TrimPrefix(b, []byte("[Module:mod_security] "))
	e.Message = bytes.TrimSuffix(cutModSecurity(b), []byte(`\n`))
	return true
}

// liteSpeedLevel knows LiteSpeed's names of levels.
func liteSpeedLevel(name []byte) Level {
	if string(name) == "FATAL" {
		return LevelCrit
	}
	return levelOfWord(name)
}

// liteSpeedClient reads "ADDRESS:PORT", perhaps with the number of the request on
// its connection (-3), the protocol (:HTTP2-5) or QUIC's connection (-Q:A1B2-1)
// behind it. Behind ">" stands the client that a proxy named in a header: it is
// believed where the proxy is one of the server's own network, as elsewhere.
func (s *Scanner) liteSpeedClient(e *Event, b []byte) bool {
	peer, named, proxied := bytes.Cut(b, []byte(">"))
	addr, port := s.addrs.hostport(cutLiteSpeed(peer), true)
	if !addr.IsValid() {
		return false
	}
	if proxied && (addr.IsPrivate() || addr.IsLoopback()) {
		if a := s.addrs.parse(cutLiteSpeed(named)); a.IsValid() {
			addr, port = a, -1
		}
	}
	// What PHP says stands in this log with the newlines that visitors sent: a whole
	// line may be forged, as in nginx' log.
	e.Client, e.ClientPort, e.Remote = addr, port, true
	return true
}

// cutLiteSpeed drops what stands behind an address and its port.
func cutLiteSpeed(b []byte) []byte {
	if i := bytes.IndexByte(b, '-'); i > 0 {
		b = b[:i]
	}
	if i := bytes.Index(b, []byte(":HTTP")); i > 0 {
		b = b[:i]
	}
	return b
}

// cutModSecurity drops the client that ModSecurity writes before its own words.
func cutModSecurity(b []byte) []byte {
	if !bytes.HasPrefix(b, []byte("[client ")) {
		return b
	}
	if i := bytes.IndexByte(b, ']'); i > 0 && bytes.HasPrefix(b[i+1:], []byte(" ModSecurity: ")) {
		return b[i+2:]
	}
	return b
}
