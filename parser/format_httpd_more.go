package parser

import "bytes"

// Error logs of httpd in formats that many use who set ErrorLogFormat: objects of
// JSON for collectors, and stamps with the bare message behind. Such a format
// does not escape the quotes in a message: what stands behind it is nobody's word,
// and the fields before it are httpd's.

var apacheJSON = &Format{
	Name: "apache-json", begins: "{", httpd: true,
	Doc: `Apache's error log as objects of JSON: {"time":…, "function":"[module:level]", "process":"[pid N]", "message":…}`,
	Samples: []string{
		`{"time":"2026-03-14T07:39:24.123Z", "function" : "[core:error]" , "process" : "[pid 1234:tid 5678]" ,"message" : "AH00037: Symbolic link not allowed or link target not accessible: /srv/www/x"}`,
		`{"time":"2026-03-14 07:39:24.123456","module":"authz_core","client":"192.0.2.7:41234","log_level":"error","pid":"1234","tid":"5678","message":"AH01630: client denied by server configuration: /srv/www/.env","logid":{"request":"-"}}`,
		`{ "time":"Sat Mar 14 07:39:24 2026", "function":"[php:notice]", "pid":"1234", "message":"PHP Notice:  x "y" in /srv/a.php on line 1", "vhost":"www.example.org", "referer":"-" }`,
	},
	frame: (*Scanner).apacheObject,
}

func (s *Scanner) apacheObject(e *Event, line []byte) bool {
	o, ok := readApacheObject(line)
	if !ok {
		return false
	}
	e.Module, e.Level, e.PID, e.TID = o.module, o.level, o.pid, o.tid
	if t, offset, zoned, ok := objectTime(o.time); ok {
		e.Time, e.Stamp = t, StampTime
		if zoned {
			e.Stamp, e.UTCOffset = StampTime|StampZone, offset
		}
	}
	message := cutErrno(e, cutSource(o.message))
	if string(e.Module) == "security2" { // its own words, which begin with the client
		message = s.cutClient(e, message, true)
		message = cutModSecurity(message)
	}
	cutCode(e, &message)
	e.Message = message
	switch {
	case o.client != nil:
		e.Client, e.ClientPort = s.addrs.hostport(o.client, true)
		e.asked = true
	case !o.named && !e.asked:
		e.asked = maybeAsked(e)
	}
	return true
}

// cutCode takes "AHn: " from the start of a message. PHP's own lines have no code:
// what looks like one is a script's or a visitor's text.
func cutCode(e *Event, b *[]byte) {
	if !codeAt(*b) || bytes.HasPrefix(e.Module, []byte("php")) {
		return
	}
	if n, _, _ := digits((*b)[2:7]); n < 1<<16 {
		e.Code, *b = uint16(n), (*b)[9:]
	}
}

// An apacheObjectLine is what such an object says of a line.
type apacheObjectLine struct {
	time, module, client, message []byte

	level    Level
	pid, tid int64
	named    bool // there is a field for the client
}

// readApacheObject reads an object; false where it is not httpd's, which must
// name a module, a level and a process before the message.
func readApacheObject(line []byte) (o apacheObjectLine, ok bool) {
	b, process := line, false
	for {
		name, value, rest, found := jsonField(b)
		if !found || len(value) < 2 || value[0] != '"' {
			return o, false
		}
		text := unquote(value)
		if string(text) == "-" {
			text = nil
		}
		switch string(name) {
		case "time", "timestamp", "@timestamp":
			o.time = text
		case "function":
			if len(text) > 2 && text[0] == '[' {
				text = text[1 : len(text)-1]
			}
			if i := bytes.LastIndexByte(text, ':'); i >= 0 {
				o.module, text = text[:i:i], text[i+1:]
			}
			o.level = levelOf(text)
		case "module":
			o.module = text
			if text == nil {
				o.module = []byte{}
			}
		case "level", "log_level", "loglevel", "severity":
			o.level = levelOf(text)
		case "process", "pid":
			process = true
			text = bytes.TrimPrefix(bytes.TrimPrefix(text, []byte("[")), []byte("pid"))
			var after []byte
			o.pid, after, _ = digits(trimBlanks(text))
			if tid, found := bytes.CutPrefix(after, []byte(":tid ")); found {
				o.tid, _, _ = digits(tid)
			}
		case "tid":
			o.tid, _, _ = digits(text)
		case "client", "remote_addr", "remoteIP":
			o.client, o.named = text, true
		case "message":
			o.message = openValue(b[len(b)-len(rest)-len(value):])
			return o, o.module != nil && o.level != LevelNone && process
		}
		b = rest
	}
}

// apacheObjectAt tells whether a line is such an object, with its time.
func apacheObjectAt(line []byte) bool {
	o, ok := readApacheObject(line)
	if ok {
		_, _, _, ok = objectTime(o.time)
	}
	return ok
}

// openValue is the text of the value at the start of b, whose quotes are not
// escaped: it ends at the first quote behind which the rest of an object stands.
func openValue(b []byte) []byte {
	const most = 16
	b = b[1:]
	for i, tries := 0, 0; i < len(b) && tries < most; i++ {
		if b[i] != '"' {
			continue
		}
		tail := bytes.TrimLeft(b[i+1:], " \t")
		if len(tail) == 0 || tail[0] != ',' && tail[0] != '}' {
			continue
		}
		tries++
		for len(tail) > 0 && tail[0] == ',' {
			_, _, rest, ok := jsonField(tail)
			if !ok {
				break
			}
			tail = bytes.TrimLeft(rest, " \t")
		}
		if len(tail) == 1 && tail[0] == '}' {
			return b[:i:i]
		}
	}
	return bytes.TrimSuffix(bytes.TrimRight(b, "} \t"), []byte(`"`))
}

// objectTime reads a stamp in one of the forms that ErrorLogFormat can give it.
func objectTime(b []byte) (t int64, offset int32, zoned, ok bool) {
	b = bytes.TrimSuffix(bytes.TrimPrefix(b, []byte("[")), []byte("]"))
	if len(b) < 19 {
		return 0, 0, false, false
	}
	if b[4] == '-' && b[10] == 'T' {
		t, offset, zoned, rest, ok := iso(b)
		return t, offset, zoned, ok && len(rest) == 0
	}
	const longest = 40
	var stamp [longest + 1]byte
	n := copy(stamp[:longest], b)
	stamp[n] = ']'
	t, offset, zoned, _, ok = bracketStamp(stamp[:n+1])
	return t, offset, zoned, ok
}

var apacheStamped = &Format{
	Name: "apache-stamped", begins: "12SMTWF", httpd: true,
	Doc: "Apache's error log with the message alone behind its stamp, as in the formats \"%{cu}t %M\" and \"%t %M\"",
	Samples: []string{
		"2026-03-14 07:39:24.123456 AH00489: Apache/2.4.62 (Debian) configured -- resuming normal operations",
		"2026-03-14 07:39:24.123456 (98)Address already in use: AH00072: make_sock: could not bind to address [::]:80",
		"Thu May 04 23:56:00 2017 AH00094: Command line: 'apache2'",
	},
	frame: func(s *Scanner, e *Event, line []byte) bool {
		const width, narrow = len("2026-03-14 07:39:24.123456 "), len("Thu May 04 23:56:00 2017 ")
		if len(line) < width+9 {
			return false
		}
		var t int64
		var ok bool
		rest := line[width:]
		switch {
		case line[10] == ' ' && line[19] == '.' && line[width-1] == ' ':
			if t, ok = isoSecond(line); ok {
				micro, _ := fraction(line[20:])
				t += micro
			}
		case line[3] == ' ' && line[narrow-1] == ' ':
			t, ok = ctime(line[:narrow-1])
			rest = line[narrow:]
		}
		if !ok || rest[0] != 'A' && rest[0] != '(' || !s.apacheStartup(e, rest) {
			return false
		}
		e.Time, e.Stamp, e.asked = t, StampTime, maybeAsked(e)
		return true
	},
}

// bareClient reads what "%-a %-L" writes before a message: the client with its
// port and the id of the request, a hyphen where there is none. The client is
// believed where httpd's or ModSecurity's own words follow: in another format
// these could be the first words of what a script says.
func (s *Scanner) bareClient(e *Event, b []byte) (rest []byte, ok bool) {
	first, rest := word(b)
	id, rest := word(rest)
	if string(id) != "-" && !logID(id) {
		return b, false
	}
	if string(first) == "-" {
		cutCode(e, &rest)
		return rest, true
	}
	addr, port := s.addrs.hostport(first, true)
	if !addr.IsValid() || port < 0 {
		return b, false
	}
	e.asked = true
	own := codeAt(rest) && !othersWords(e.Module)
	if again := cutModSecurity(rest); len(again) < len(rest) {
		name, _, _ := bytes.Cut(rest[len("[client "):], []byte("]"))
		own, rest = s.addrs.parse(name) == addr && (string(e.Module) == "-" || string(e.Module) == "security2"), again
	}
	if own {
		e.Client, e.ClientPort = addr, port
	}
	cutCode(e, &rest)
	return rest, true
}

// othersWords tells whether a module passes on what scripts say, as it is.
func othersWords(module []byte) bool {
	switch string(module) {
	case "", "-", "cgi", "cgid", "fcgid", "proxy_fcgi", "proxy_scgi", "proxy_uwsgi", "lsapi", "perl", "wsgi", "lua", "suphp":
		return true
	}
	return bytes.HasPrefix(module, []byte("php"))
}

// logID tells whether a word can be the id of a request or connection: of base64's letters.
func logID(b []byte) bool {
	if len(b) < 8 || len(b) > 40 {
		return false
	}
	for _, c := range b {
		if c-'0' > 9 && (c|0x20 < 'a' || c|0x20 > 'z') && c != '+' && c != '/' && c != '@' && c != '-' && c != '_' {
			return false
		}
	}
	return true
}
