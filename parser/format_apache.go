package parser

import "bytes"

// Both forms are described with ErrorLogFormat in httpd's core documentation;
// the order of the fields is that of do_errorlog_default in server/log.c.

var apache24 = &Format{
	Name: "apache-2.4", begins: "[", httpd: true,
	Doc: "Apache 2.4's error log: [time] [module:level] [pid N:tid N] file.c(N): (errno)text: [client A:P] AHn: message, referer: URL",
	Samples: []string{
		"[Thu May 04 23:56:00.072306 2017] [mpm_prefork:error] [pid 2142] AH00161: server reached MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting",
		"[Mon Aug 31 06:29:47.406518 2026] [core:info] [pid 24968:tid 140169861986176] core.c(4752): (36)File name too long: [client 2001:db8::5:8080] AH00036: access to /a failed (filesystem path '/srv/a')",
		"[Mon Aug 31 06:29:47.406518 2026] [:error] [pid 24968] [client 192.0.2.7:0] PHP Notice:  x in /srv/a.php on line 1",
	},
	frame: func(s *Scanner, e *Event, line []byte) bool { return s.apache(e, line, true) },
	more:  apacheMore, joins: apacheJoins, splice: apacheSplice,
}

var apache22 = &Format{
	Name: "apache-2.2", begins: "[", httpd: true,
	Doc: "Apache 2.2's error log and older: [time] [level] [client A] message, referer: URL",
	Samples: []string{
		"[Mon Dec 26 16:22:08 2016] [error] [client 192.0.2.1] File does not exist: /var/www/favicon.ico",
		"[Mon Dec  6 16:22:08 2016] [notice] Apache/2.2.22 (Unix) configured -- resuming normal operations",
	},
	frame: func(s *Scanner, e *Event, line []byte) bool { return s.apache(e, line, false) },
	more:  apacheMore, joins: apacheJoins, splice: apacheSplice,
}

// apache reads a line of httpd's error log; v24 says which of the two forms it must have.
func (s *Scanner) apache(e *Event, line []byte, v24 bool) bool {
	t, rest, ok := s.apacheStamp(line)
	if !ok {
		return false
	}
	if rest, ok = s.apacheRest(e, rest); !ok {
		return false
	}
	// 2.2 wrote no pid, no module and no fraction of a second.
	if is24 := e.PID != 0 || e.Module != nil || t%second != 0; is24 != v24 {
		return false
	}
	e.Time, e.Stamp = t, StampTime
	s.apacheMessage(e, rest, v24)
	return true
}

// apacheStamp reads "[Thu May 04 23:55:46.108241 2017] " and returns what follows.
func (s *Scanner) apacheStamp(line []byte) (t int64, rest []byte, ok bool) {
	if len(line) < 26 || line[0] != '[' {
		return 0, nil, false
	}
	// The common line: a fixed width, and mostly the second of the line before.
	const width = len("[Thu May 04 23:55:46.108241 2017]")
	if len(line) > width && line[width-1] == ']' && line[20] == '.' && line[27] == ' ' {
		if t, ok := s.httpd.get(line[1:20], line[28:32]); ok {
			if micro, rest := fraction(line[21:27]); len(rest) == 0 {
				return t + micro, line[width:], true
			}
		}
	}
	i := bytes.IndexByte(line[:min(len(line), 64)], ']')
	if i < 0 {
		return 0, nil, false
	}
	if t, ok = ctime(line[1:i]); !ok {
		return 0, nil, false
	}
	if i == width-1 && line[20] == '.' && line[27] == ' ' {
		s.httpd.put(line[1:20], line[28:32], t-t%second)
	}
	return t, line[i+1:], true
}

// apacheRest reads the groups behind the stamp: level or module:level, pid and tid.
// ok is false where there is no level, which no line of httpd lacks.
func (s *Scanner) apacheRest(e *Event, b []byte) (rest []byte, ok bool) {
	b = trimBlanks(b)
	group, b, ok := bracket(b)
	if !ok {
		return nil, false
	}
	name := group
	if i := bytes.LastIndexByte(group, ':'); i >= 0 {
		e.Module, name = group[:i:i], group[i+1:]
	}
	if e.Level = levelOf(name); e.Level == LevelNone {
		e.Module = nil
		return nil, false
	}
	if group, rest, ok := bracket(b); ok && bytes.HasPrefix(group, []byte("pid ")) {
		n, tail, ok := digits(group[4:])
		if bytes.IndexByte(tail, '[') >= 0 { // its end is lost, see apacheCustom
			return nil, false
		}
		if ok {
			e.PID, b = n, rest
			if tail, found := bytes.CutPrefix(tail, []byte(":tid ")); found {
				e.TID, _, _ = digits(tail)
			}
		}
	}
	return b, true
}

// bracket reads "[group] " at the start of b.
func bracket(b []byte) (group, rest []byte, ok bool) {
	if len(b) == 0 || b[0] != '[' {
		return nil, b, false
	}
	i := bytes.IndexByte(b, ']')
	if i < 0 {
		return nil, b, false
	}
	rest = b[i+1:]
	if len(rest) > 0 && rest[0] == ' ' {
		rest = rest[1:]
	}
	return b[1:i:i], rest, true
}

// apacheMessage reads what stands behind the groups. The order is fixed:
// file.c(N), errno, client, code, message, referer. Only a client at its place
// counts: everything further on may have been written by a visitor.
func (s *Scanner) apacheMessage(e *Event, b []byte, v24 bool) {
	b = cutHost(e, b)
	b = cutSource(b)
	b = cutErrno(e, b)
	b = s.cutClient(e, b, v24)
	if len(b) > 6 && string(b[:6]) == "[host " && string(e.Module) == "lsapi" {
		if host, rest, ok := bracket(b); ok {
			e.Vhost, b = host[len("host "):], rest
		}
	}
	if !v24 {
		b = cutErrno(e, b) // 2.2 and older wrote it here
	} else if len(b) > 0 && b[0] == '(' && e.Errno == 0 && !othersWords(e.Module) { // and formats with %E behind the client
		if rest := cutErrno(e, b); codeAt(rest) {
			b = rest
		} else {
			e.Errno = 0
		}
	}
	// PHP's own lines have no code: what looks like one is a script's or a visitor's text.
	if len(b) >= 9 && b[0] == 'A' && b[1] == 'H' && b[7] == ':' && b[8] == ' ' && !bytes.HasPrefix(e.Module, []byte("php")) {
		if n, rest, ok := digits(b[2:7]); ok && len(rest) == 0 && n < 1<<16 {
			e.Code, b = uint16(n), b[9:]
		}
	}
	b = cutVhost(e, b)
	e.Message, e.Referer = cutReferer(b)
	if !e.asked && (e.Module != nil || len(b) > 0 && (b[0] == 'm' || b[0] == 'p')) {
		s.moduleClient(e)
	}
}

// cutHost reads "[www.example.org] " before the client: what a format with "[%v]"
// there writes; also the name of a pod.
func cutHost(e *Event, b []byte) []byte {
	if len(b) < 4 || b[0] != '[' || b[1] == 'c' && bytes.HasPrefix(b, []byte("[client ")) { // the common line
		return b
	}
	host, rest, ok := bracket(b)
	if !ok || !isHost(host) && !isMachine(host) || !bytes.HasPrefix(rest, []byte("[client ")) && !bytes.HasPrefix(rest, []byte("[remote ")) {
		return b
	}
	if e.Vhost = host; !isHost(host) {
		e.Host, e.Vhost = host, nil
	}
	return rest
}

// isMachine tells whether a word can be the name of a machine or pod: letters,
// digits and hyphens, with one of each.
func isMachine(b []byte) bool {
	hyphens, figures := 0, 0
	for _, c := range b {
		switch {
		case c-'0' <= 9:
			figures++
		case c == '-':
			hyphens++
		case c < 'a' || c > 'z':
			return false
		}
	}
	return hyphens > 0 && figures > 0 && len(b) < 254
}

// cutVhost takes ", www.example.org" from the end of a line, with a blank before
// the comma: what a format with ",%v" at its end writes.
func cutVhost(e *Event, b []byte) []byte {
	i, dots := len(b), 0
	for ; i > 0 && b[i-1] != ' ' && b[i-1] != ','; i-- {
		switch c := b[i-1]; {
		case 'a' <= c|0x20 && c|0x20 <= 'z', c-'0' <= 9, c == '-':
		case c == '.':
			dots++
		default:
			return b
		}
	}
	head := bytes.TrimSuffix(b[:i], []byte(" "))
	if host := b[i:]; dots > 0 && len(host) > 3 && host[0] != '.' && bytes.HasSuffix(head, []byte(" ,")) {
		e.Vhost = host
		return head[: len(head)-2 : len(head)-2]
	}
	return b
}

// cutSource drops "core.c(4752): ", which httpd writes at debug and below.
func cutSource(b []byte) []byte {
	const longest = 48
	if len(b) == 0 || b[0] == '[' || b[0] == '(' { // the common line has none
		return b
	}
	head := b[:min(len(b), longest)]
	i := bytes.Index(head, []byte("): "))
	if i < 0 {
		return b
	}
	open := bytes.IndexByte(head[:i], '(')
	if open < 3 || !bytes.HasSuffix(head[:open], []byte(".c")) && !bytes.HasSuffix(head[:open], []byte(".h")) || bytes.IndexByte(head[:open], ' ') >= 0 {
		return b
	}
	if _, rest, ok := digits(head[open+1 : i]); !ok || len(rest) > 0 {
		return b
	}
	return b[i+3:]
}

// cutErrno reads "(104)Connection reset by peer: ", also Windows' "(OS 109)…" and
// "(EAI 2)…", which has no errno.
func cutErrno(e *Event, b []byte) []byte {
	if len(b) < 5 || b[0] != '(' {
		return b
	}
	n := bytes.TrimPrefix(b[1:], []byte("OS "))
	if rest, ok := bytes.CutPrefix(n, []byte("EAI ")); ok { // getaddrinfo's, whose numbers are not the system's
		if _, rest, ok := digits(rest); ok && len(rest) > 0 && rest[0] == ')' {
			if i := bytes.Index(rest, []byte(": ")); i >= 0 {
				return rest[i+2:]
			}
		}
		return b
	}
	minus := len(n) > 0 && n[0] == '-'
	if minus {
		n = n[1:]
	}
	errno, rest, ok := digits(n)
	if !ok || errno > 1<<31-1 || len(rest) == 0 || rest[0] != ')' {
		return b
	}
	i := bytes.Index(rest, []byte(": "))
	if i < 0 {
		return b
	}
	e.Errno = int32(errno)
	if minus {
		e.Errno = -e.Errno
	}
	return rest[i+2:]
}

// cutClient reads "[client A:P] " or "[remote A:P] ".
func (s *Scanner) cutClient(e *Event, b []byte, v24 bool) []byte {
	const word = len("[client ")
	if len(b) < word+3 || b[0] != '[' {
		return b
	}
	remote := string(b[:word]) == "[remote "
	if !remote && string(b[:word]) != "[client " {
		return b
	}
	end := bytes.IndexByte(b, ']')
	if b[word] == '[' && end > 0 { // [client [v6]:port]
		if i := bytes.IndexByte(b[end+1:], ']'); i >= 0 && i < 8 {
			end += 1 + i
		}
	}
	closed := end >= 0
	if !closed {
		end = len(b)
	}
	addr, port := s.addrs.hostport(b[word:end], v24)
	e.asked = true
	if !addr.IsValid() { // its bracket may be lost: then it ends at a blank
		if i := bytes.IndexByte(b[word:end], ' '); i > 0 {
			if addr, port = s.addrs.hostport(b[word:word+i], v24); addr.IsValid() && !(closed && word+i+1 == end) {
				end = word + i
			}
		}
		if !closed && !addr.IsValid() {
			return b
		}
	}
	switch {
	case remote && bytes.HasPrefix(e.Module, []byte("proxy")):
		e.Backend = addr
	default:
		e.Client, e.ClientPort, e.Remote = addr, port, remote
	}
	b = bytes.TrimPrefix(b[min(end+1, len(b)):], []byte(" "))
	// ModSecurity writes the client a second time, without its port.
	if bytes.HasPrefix(b, []byte("[client ")) {
		if i := bytes.IndexByte(b, ']'); i > 0 && bytes.HasPrefix(b[i+1:], []byte(" ModSecurity: ")) {
			b = b[i+2:]
		}
	}
	return b
}

const refererWord = ", referer: "

// A custom format may leave out the colon; then only an address is a referer.
const refererBare = ", referer http"

// cutReferer takes the visitor's Referer from the end of a message. It may
// itself hold the separator, so the last one counts.
func cutReferer(b []byte) (message, referer []byte) {
	// Commas and "re" are everywhere in a chain of calls, "fe" is not.
	const rare = len(", re")
	const word = len(", referer")
	full, bare := -1, -1
	for from := rare; from <= len(b); {
		i := bytes.Index(b[from:], []byte(refererWord[rare:word]))
		if i < 0 {
			break
		}
		i += from - rare
		from = i + word
		if string(b[i:i+rare]) != refererWord[:rare] {
			continue
		}
		switch rest := b[i:]; {
		case bytes.HasPrefix(rest, []byte(refererWord)):
			full = i
		case bytes.HasPrefix(rest, []byte(refererBare)):
			bare = i
		}
	}
	switch {
	case full >= 0:
		return b[:full:full], b[full+len(refererWord):]
	case bare >= 0:
		return b[:bare:bare], b[bare+word+1:]
	}
	return b, nil
}
