package parser

import "bytes"

// What else stands in httpd's error logs: stamps that ErrorLogFormat or a panel
// changed, frames that lost a part, and text that was written before there was a
// frame. The shapes are described in httpd's documentation of ErrorLogFormat and
// in server/log.c; lost parts are what hosting panels and log viewers make of them.

var apacheCustom = &Format{
	Name: "apache-custom", begins: "[SMTWF", httpd: true,
	Doc: "Apache's error log with another stamp ([2021-06-04 15:40:27.138633 +0200], [04/Jun/2021:15:40:27 +0200]), a field for the virtual host, or brackets that somebody lost",
	Samples: []string{
		"[2021-06-04 15:40:27.138633] [core:error] [pid 2142] [client 192.0.2.5:4000] AH00126: Invalid URI in request GET /../ HTTP/1.1",
		"[2025-07-22 15:45:51.323610 +0200] [core:notice] [pid 2142:tid 2142] AH00094: Command line: '/usr/sbin/apache2'",
		"[2026-03-14 07:39:24.123456] [core:error] 192.0.2.7:41234 YvJNhsCoAEQAAAMzKn4AAAAA AH00037: Symbolic link not allowed or link target not accessible: /srv/www/x",
		"[2026/03/14 07:39:24 CET] [core:error] [pid 2142] [client 192.0.2.5:4000] AH00126: Invalid URI in request GET /../ HTTP/1.1",
		"[01/Mar/2021:12:00:19 +0000] [proxy:error] [pid 23964] (113)No route to host: AH00957: HTTP: attempt to connect to 192.0.2.1:9000 (app.example.org) failed",
		"[Thu May 04 23:56:00.072306 2017] [www.example.org] [core:error] [pid 7] [client 192.0.2.5:4000] AH00126: Invalid URI in request GET /../ HTTP/1.1",
		"Thu May 04 23:56:00.072306 2017 [core:error] [pid 7:tid 9] [web-85df5d9954-bzvbs] [client 192.0.2.5] AH00126: Invalid URI in request GET /../ HTTP/1.1",
		"Sun Aug 5 16:23:04 2001] [error] [client 192.0.2.5] File does not exist: /srv/www/x",
		"[Sun Jun 30 12:59:37 2019] [notice pid:13021 mpm_unix.c(436): AH00052: child pid 13022 exit signal Aborted (6)",
	},
	frame: (*Scanner).apacheCustom,
}

var apacheBare = &Format{
	Name: "apache-bare", begins: "[", httpd: true, undated: true,
	Doc: "Apache's error log without its stamp: [module:level] [pid N] [client A:P] AHn: message",
	Samples: []string{
		"[mpm_prefork:error] [pid 1] AH00161: server reached MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting",
		"[error] [client 192.0.2.5] Directory index forbidden by rule: /home/",
		"[proxy_fcgi:error [pid 2963511:tid 2963631 [client 192.0.2.207:0 AH01071: Got error 'Primary script unknown'",
	},
	frame: (*Scanner).apacheBare,
}

var apacheStartup = &Format{
	Name: "apache-startup", begins: "A(", httpd: true, undated: true,
	Doc: "what Apache says before its error log is open: AHn: message",
	Samples: []string{
		"AH00558: apache2: Could not reliably determine the server's fully qualified domain name, using 192.0.2.1. Set the 'ServerName' directive globally to suppress this message",
		"(98)Address already in use: AH00072: make_sock: could not bind to address [::]:80",
		"AH00526: Syntax error on line 63 of /etc/apache2/sites-enabled/shop.conf:",
	},
	frame: (*Scanner).apacheStartup,
	joins: func(_ *Scanner, e *Event, line []byte) bool { // the reason of a syntax error
		return e.Code == 526 && e.Lines == 1 && len(line) > 0 && line[0] != '[' && line[0] != '(' && !codeAt(line) && !bytes.HasPrefix(line, []byte("PHP ")) && !Starts(line)
	},
}

var carpLine = &Format{
	Name: "cgi-carp", begins: "[", other: stderrScript,
	Doc: "what Perl's CGI::Carp writes to a web server's error log: [time] script: message",
	Samples: []string{
		"[Sat Mar 14 07:39:28 2026] form.cgi: Use of uninitialized value $x in print at /srv/cgi-bin/form.cgi line 3.",
	},
	frame: func(_ *Scanner, e *Event, line []byte) bool {
		const longest = 64
		i := bytes.IndexByte(line[:min(len(line), longest)], ']')
		if i < 0 {
			return false
		}
		t, ok := ctime(line[1:i])
		if !ok || i+2 >= len(line) || line[i+1] != ' ' || !scriptSays(line[i+2:]) {
			return false
		}
		e.Time, e.Stamp, e.Message = t, StampTime, line[i+2:]
		return true
	},
}

// scriptEnds are the ends of the names that CGI programs have.
var scriptEnds = []string{".cgi: ", ".pl: ", ".fcgi: ", ".php: ", ".py: "}

// scriptSays tells whether a text begins with a script's name and a colon.
func scriptSays(text []byte) bool {
	const longest = 64
	i := bytes.IndexByte(text[:min(len(text), longest)], ' ')
	if i < 0 {
		return false
	}
	for _, end := range scriptEnds {
		if bytes.HasSuffix(text[:i+1], []byte(end)) {
			return true
		}
	}
	return false
}

// apacheCustom reads a line with a stamp that is not httpd's default, or whose
// frame does not follow its order.
func (s *Scanner) apacheCustom(e *Event, line []byte) bool {
	b, whole := bytes.CutPrefix(line, []byte("["))
	t, offset, zoned, rest, ok := bracketStamp(b)
	if !ok {
		return false
	}
	// Behind such a stamp a format may have no level; others write httpd's own too.
	custom := whole && b[0]-'0' <= 9
	if !s.oddRest(e, rest) && !custom {
		return false
	}
	if e.Level == LevelNone && logIDs(e, &rest) {
		e.asked, e.context = true, true
	}
	if custom && e.Module != nil && !e.Client.IsValid() && e.Code == 0 {
		if message, ok := s.bareClient(e, e.Message); ok {
			e.Message = message
		}
	}
	e.Time, e.Stamp = t, StampTime
	if zoned {
		e.Stamp |= StampZone
		e.UTCOffset = offset
	}
	return true
}

// bracketStamp reads the stamp in "[stamp] " behind its bracket: httpd's own, that
// of %{cu}t and %{cuz}t, or that of an access log.
func bracketStamp(b []byte) (t int64, offset int32, zoned bool, rest []byte, ok bool) {
	const longest = 64
	const bare = len("Thu May 04 23:56:00.072306 2017 ")
	if len(b) > bare+1 && b[bare-1] == ' ' && b[bare] == '[' && b[19] == '.' { // no brackets at all
		t, ok = ctime(b[:bare-1])
		return t, 0, false, b[bare:], ok
	}
	i := bytes.IndexByte(b[:min(len(b), longest)], ']')
	if i < 19 || i+1 < len(b) && b[i+1] != ' ' && b[i+1] != '[' {
		return 0, 0, false, nil, false
	}
	stamp, rest := b[:i], trimBlanks(b[i+1:])
	switch {
	case stamp[2] == '/':
		var tail []byte
		if t, tail, ok = accessSecond(stamp); ok {
			if len(tail) > 1 && tail[0] == '.' {
				var micro int64
				micro, tail = fraction(tail[1:])
				t += micro
			}
			offset, zoned, tail = zone(trimBlanks(tail))
			ok = len(tail) == 0
		}
	case stamp[4] == '-' || stamp[4] == '/':
		if t, ok = isoSecond(stamp); ok {
			tail := stamp[19:]
			if len(tail) > 1 && (tail[0] == '.' || tail[0] == ',') {
				var micro int64
				micro, tail = fraction(tail[1:])
				t += micro
			}
			if offset, zoned, tail = zone(trimBlanks(tail)); len(tail) > 2 && len(tail) < 6 && upper(tail) { // a zone's name
				zoned, tail = string(tail) == "UTC" || string(tail) == "GMT", nil
			}
			ok = len(tail) == 0
		}
	default:
		if i := len(stamp) - len(" +0200"); i > 0 && stamp[i] == ' ' { // of %{uz}t
			var tail []byte
			if offset, zoned, tail = zone(stamp[i+1:]); zoned && len(tail) == 0 {
				stamp = stamp[:i]
			} else {
				offset, zoned = 0, false
			}
		}
		t, ok = ctime(stamp)
	}
	return t, offset, zoned, rest, ok
}

// accessSecond reads "01/Mar/2021:12:00:19", the stamp of an access log, and
// returns what follows.
func accessSecond(b []byte) (t int64, rest []byte, ok bool) {
	if len(b) < 20 || b[2] != '/' || b[6] != '/' || b[11] != ':' {
		return 0, b, false
	}
	mday, month := two(b), monthOf(b[3:])
	year, _, okYear := digits(b[7:11])
	h, m, sec, okClock := clock(b[12:])
	if mday < 1 || mday > 31 || month == 0 || !okYear || year < 1970 || !okClock {
		return 0, b, false
	}
	return wall(int(year), month, mday, h, m, sec), b[20:], true
}

// apacheBare reads a line whose stamp was taken off.
func (s *Scanner) apacheBare(e *Event, line []byte) bool {
	return bareGroup(line) && s.oddRest(e, line)
}

// bareGroup tells whether a line begins with "[level" or "[module:level".
func bareGroup(line []byte) bool {
	if len(line) < 6 || line[0] != '[' {
		return false
	}
	_, level, _ := levelGroup(line)
	return level != LevelNone
}

// levelGroup reads "[level" or "[module:level" and returns what follows the word.
func levelGroup(b []byte) (module []byte, level Level, rest []byte) {
	const longest = 48
	end := 1
	for end < min(len(b), longest) && b[end] != ']' && b[end] != ' ' && b[end] != '[' {
		end++
	}
	name := b[1:end:end]
	if i := bytes.LastIndexByte(name, ':'); i >= 0 {
		module, name = name[:i:i], name[i+1:]
	}
	if level = levelOf(name); level == LevelNone {
		return nil, LevelNone, b
	}
	return module, level, b[end:]
}

// oddRest reads the groups behind a stamp, or without one, as far as they are
// there: a bracket may be missing at the end of each, and the name of a virtual
// host may stand before the level. What cannot be read is the message.
func (s *Scanner) oddRest(e *Event, b []byte) bool {
	if len(b) > 0 && b[0] == '[' {
		if host, rest, ok := bracket(b); ok && isHost(host) && len(rest) > 0 && rest[0] == '[' && levelOf(host) == LevelNone {
			if _, level, _ := levelGroup(rest); level != LevelNone {
				e.Vhost, b = host, rest
			}
		}
	}
	if len(b) == 0 || b[0] != '[' {
		e.Message = b
		return false
	}
	module, level, rest := levelGroup(b)
	if level == LevelNone {
		e.Message = b
		return false
	}
	e.Module, e.Level = module, level
	v24 := module != nil
	if after, ok := bytes.CutPrefix(rest, []byte(" pid:")); ok { // [notice pid:13021 file.c(1): …
		if n, tail, ok := digits(after); ok {
			e.PID, rest, v24 = n, tail, true
		}
	}
	rest = trimBlanks(bytes.TrimPrefix(rest, []byte("]")))
	if after, ok := bytes.CutPrefix(rest, []byte("[pid ")); ok {
		if n, tail, ok := digits(after); ok {
			e.PID, v24 = n, true
			if after, ok := bytes.CutPrefix(tail, []byte(":tid")); ok {
				tail = trimBlanks(after)
				e.TID, tail, _ = digits(tail)
			}
			rest = trimBlanks(bytes.TrimPrefix(tail, []byte("]")))
		}
	}
	ids := logIDs(e, &rest)
	s.apacheMessage(e, rest, v24)
	if ids && !e.asked {
		e.asked = maybeAsked(e)
	}
	return true
}

// logIDs takes "[R:id] [C:id] " from a text, the ids of a request and a connection
// as the documentation of ErrorLogFormat has them.
func logIDs(e *Event, b *[]byte) (found bool) {
	for len(*b) > 4 && (*b)[0] == '[' && ((*b)[1] == 'R' || (*b)[1] == 'C') && (*b)[2] == ':' {
		group, rest, ok := bracket(*b)
		if !ok {
			break
		}
		if e.LogID == nil {
			e.LogID = group[2:]
		}
		*b, found = rest, true
	}
	return found
}

// isHost tells whether a word can be the name of a virtual host, perhaps with its port.
func isHost(b []byte) bool {
	const longest = 255
	dots := 0
	for _, c := range b {
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z', c-'0' <= 9, c == '-', c == '_', c == ':':
		case c == '.':
			dots++
		default:
			return false
		}
	}
	return len(b) <= longest && (dots > 0 || string(b) == "localhost")
}

// codeAt tells whether a text begins with "AHn: ".
func codeAt(b []byte) bool {
	if len(b) < 9 || b[0] != 'A' || b[1] != 'H' || b[7] != ':' || b[8] != ' ' {
		return false
	}
	_, rest, ok := digits(b[2:7])
	return ok && len(rest) == 0
}

// apacheStartup reads a message without a frame, which must have a code.
func (s *Scanner) apacheStartup(e *Event, line []byte) bool {
	if line[0] == '(' {
		if line = cutErrno(e, line); line[0] == '(' || !codeAt(line) {
			e.Errno = 0
			return false
		}
	}
	if !codeAt(line) {
		return false
	}
	n, _, _ := digits(line[2:7])
	if n == 0 || n >= 1<<16 {
		e.Errno = 0
		return false
	}
	e.Code, e.Message = uint16(n), line[9:]
	c, _ := CodeInfo(e.Code)
	e.Level = c.Level
	e.asked = !c.Startup // what httpd never writes without a frame, somebody else wrote
	return true
}
