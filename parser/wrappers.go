package parser

import "bytes"

// What containers' runtimes and tools put before the lines of other programs.
// The line inside is read as if it stood alone.

var (
	dockerJSON = &Wrapper{
		Name: "docker-json", begins: "{",
		Doc:     `docker's json-file: {"log":"…\n","stream":"stderr","time":"…"}. Long lines come in pieces, all but the last without \n`,
		Samples: []string{`{"log":"[Mon Jun 19 20:53:21.550799 2026] [mpm_prefork:error] [pid 48] AH00161: server reached MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting\n","stream":"stderr","time":"2026-06-19T20:53:21.550957282Z"}`, `{"stream": "stderr", "log": "AH00016: Configuration Failed\\n", "time": "2026-06-19T20:53:21.550957282Z"}`},
		unwrap: func(s *Scanner, e *Event, line []byte) ([]byte, bool) {
			piece, stream, stamp, ok := dockerRecord(line)
			if !ok {
				return nil, false
			}
			s.runtimeStamp(e, stamp)
			s.inside = true
			whole := bytes.HasSuffix(piece, []byte(`\n"`))
			inner, start := s.plain(piece), -1
			for !whole && len(line) == len(s.firstRaw(e)) && e.Lines < longestRecord && len(s.text) > 0 {
				next, size := firstLine(s.text)
				more, from, _, ok := dockerRecord(next)
				if !ok || !bytes.Equal(from, stream) || framed(unquote(more)) {
					break
				}
				whole = bytes.HasSuffix(more, []byte(`\n"`))
				if start < 0 {
					start = s.begin(inner)
				}
				s.copy = appendUnescaped(s.copy, unquote(more))
				s.extend(e, len(next), size)
			}
			if start >= 0 {
				inner = s.copy[start:len(s.copy):len(s.copy)]
			}
			return bytes.TrimRight(inner, "\r\n"), true
		},
	}
	criLine = &Wrapper{
		Name: "cri", begins: "0123456789",
		Doc:     "containerd's and CRI-O's lines: 2026-06-19T20:53:21.550957282Z stderr F text. P in place of F: the line goes on in the next",
		Samples: []string{`2026-06-19T20:53:21.550957282Z stderr F [Mon Jun 19 20:53:21.550799 2026] [mpm_prefork:error] [pid 48] AH00161: server reached MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting`},
		unwrap: func(s *Scanner, e *Event, line []byte) ([]byte, bool) {
			stamp, stream, partial, inner, ok := criRecord(line)
			if !ok {
				return nil, false
			}
			s.runtimeStamp(e, stamp)
			s.inside = true
			start := -1
			for partial && len(line) == len(s.firstRaw(e)) && e.Lines < longestRecord && len(s.text) > 0 {
				next, size := firstLine(s.text)
				_, from, goesOn, more, ok := criRecord(next)
				if !ok || !bytes.Equal(from, stream) || framed(more) {
					break
				}
				partial = goesOn
				if start < 0 {
					start = s.begin(inner)
				}
				s.copy = append(s.copy, more...)
				s.extend(e, len(next), size)
			}
			if start >= 0 {
				inner = s.copy[start:len(s.copy):len(s.copy)]
			}
			return inner, true
		},
	}
	stampedLine = &Wrapper{
		Name: "stamped", begins: "0123456789",
		Doc:     "the stamp that docker logs -t and kubectl logs --timestamps put before each line",
		Samples: []string{"2026-06-19T20:53:21.550957282Z [Mon Jun 19 20:53:21.550799 2026] [mpm_prefork:error] [pid 48] AH00161: server reached MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting"},
		unwrap: func(s *Scanner, e *Event, line []byte) ([]byte, bool) {
			n := runtimeStamp(line)
			if n == 0 {
				return nil, false
			}
			s.runtimeStamp(e, line[:n])
			s.inside = true
			return line[n+1:], true
		},
	}
	countedLine = &Wrapper{
		Name: "octets", begins: "123456789",
		Doc:     "the length that RFC 6587 puts before each message of a stream: 83 <30>1 …",
		Samples: []string{"82 <30>1 2026-04-02T13:10:00Z shop01 systemd 1 - - Started mariadb.service - MariaDB."},
		unwrap: func(s *Scanner, e *Event, line []byte) ([]byte, bool) {
			n, rest, ok := digits(line)
			if !ok || n > 1<<20 || len(rest) < 4 || rest[0] != ' ' {
				return nil, false
			}
			if level, _ := cutPriority(rest[1:]); level == LevelNone {
				return nil, false
			}
			return rest[1:], true
		},
	}
	clockLine = &Wrapper{
		Name: "clock", begins: "012",
		Doc: "the time of a viewer's own before each line: Docker Desktop's before the container's name, a platform's before a line with a stamp",
		Samples: []string{
			"2026-06-27 10:56:59 shop-web-1  | [Sat Jun 27 08:56:59.851916 2026] [core:error] [pid 96] [client 192.0.2.12:62822] AH00128: File does not exist: /srv/a",
			"02:49:02 [Sat Jun 27 02:49:01.835468 2026] [mpm_prefork:error] [pid 25362] (12)Cannot allocate memory: AH00159: fork: Unable to fork new process",
		},
		unwrap: func(s *Scanner, e *Event, line []byte) ([]byte, bool) {
			if len(line) > 24 && line[2] == ':' && line[8] == ' ' && line[9] == '[' {
				_, _, _, ok := clock(line)
				return line[9:], ok && framed(line[9:])
			}
			if len(line) < 24 || line[10] != ' ' || line[19] != ' ' || line[4] != '-' {
				return nil, false
			}
			if _, inner, compose := cutName(line[20:]); !compose || inner == nil {
				return nil, false
			}
			t, ok := isoSecond(line)
			if ok {
				e.Time, e.Stamp = t, StampTime
			}
			return line[20:], ok
		},
	}
	namedLine = &Wrapper{
		Name: "named", begins: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz./_",
		Doc: "names before each line: docker compose's container, the file's of grep",
		Samples: []string{
			"wordpress-1  | [Tue Nov 10 10:06:16.094570 2026] [core:error] [pid 96] [client 192.0.2.12:62822] AH00128: File does not exist: /srv/a",
			"shop | [Tue Nov 10 10:06:16.094570 2026] [core:error] [pid 96] [client 192.0.2.12:62822] AH00128: File does not exist: /srv/a",
			"/var/log/apache2/error.log:12:[Tue Nov 10 10:06:16.094570 2026] [core:error] [pid 96] [client 192.0.2.12:62822] AH00128: File does not exist: /srv/a",
		},
		unwrap: func(s *Scanner, e *Event, line []byte) ([]byte, bool) {
			name, inner, compose := cutName(line)
			if inner == nil {
				return nil, false
			}
			if compose {
				e.Host, s.inside = name, true
			}
			return inner, true
		},
	}
	colouredLine = &Wrapper{
		Name: "coloured", begins: "\x1b",
		Doc:     "a terminal's codes for colours and erasing, which docker compose writes also to files",
		Samples: []string{"\x1b[33mweb-1  | \x1b[0m[Tue Nov 10 10:06:16.094570 2026] [core:error] [pid 96] [client 192.0.2.12:62822] AH00128: File does not exist: /srv/a"},
		unwrap: func(s *Scanner, e *Event, line []byte) ([]byte, bool) {
			inner := cutCodes(line)
			if len(inner) == len(line) {
				return nil, false
			}
			if bytes.IndexByte(inner, 0x1b) < 0 {
				return inner, true
			}
			start := len(s.copy)
			for len(inner) > 0 {
				i := bytes.IndexByte(inner, 0x1b)
				if i < 0 {
					i = len(inner)
				}
				s.copy = append(s.copy, inner[:i]...)
				if inner = cutCodes(inner[i:]); len(inner) > 0 && inner[0] == 0x1b { // an escape that begins no code
					s.copy, inner = append(s.copy, 0x1b), inner[1:]
				}
			}
			s.copied = true
			return s.copy[start:len(s.copy):len(s.copy)], true
		},
	}
	indentedLine = &Wrapper{
		Name: "indented", begins: " >",
		Doc: "what people and tools put before quoted lines: blanks, >, | behind them and vagrant's default:",
		Samples: []string{
			"    default: [Fri Mar 26 16:56:35.728225 2026] [core:notice] [pid 728:tid 140507322004608] AH00052: child pid 731 exit signal Aborted (6)",
			"> [Fri Mar 26 16:56:35.728225 2026] [core:notice] [pid 728:tid 140507322004608] AH00052: child pid 731 exit signal Aborted (6)",
			"    Mar 14 07:39:24 vps512 systemd[1]: Started cron.service.",
		},
		unwrap: func(s *Scanner, e *Event, line []byte) ([]byte, bool) {
			inner := cutIndent(line)
			return inner, inner != nil
		},
	}
)

var containerText = &Format{
	Name: "container", last: true,
	Doc:     "a line of a container in no format that is known",
	Samples: []string{"web-1  |  * Debug mode: on"},
	frame: func(s *Scanner, e *Event, line []byte) bool {
		e.Message = line
		return s.inside
	},
}

// plainSyslog tells of most lines of syslog that no wrapper is around them: by
// the shape of the stamp, and by microseconds that no container's stream follows.
func plainSyslog(line []byte) bool {
	if len(line) < 36 {
		return false
	}
	if line[3] == ' ' {
		return line[6] == ' ' && line[9] == ':'
	}
	if line[10] != 'T' || line[19] != '.' {
		return false
	}
	end := 32 // behind +00:00
	switch line[26] {
	case 'Z':
		end = 27
	case '+', '-':
	default:
		return false
	}
	return line[end] == ' ' && string(line[end+1:end+4]) != "std"
}

// firstRaw is the event's first line as it stands in the log.
func (s *Scanner) firstRaw(e *Event) []byte {
	line, _ := firstLine(s.record)
	return line
}

// extend makes the next line, of this length without its end, a part of the event.
func (s *Scanner) extend(e *Event, length, size int) {
	end := len(s.record) - len(s.text) + length
	s.take(e, size)
	e.Raw = s.record[:end]
}

// begin puts the first piece of a line at the end of the scanner's copy, where
// the others follow, and tells where it starts.
func (s *Scanner) begin(piece []byte) (start int) {
	start = len(s.copy)
	s.copy = append(s.copy, piece...)
	s.copied = true
	return start
}

// runtimeStamp gives the event the time at which a container's runtime saw the line.
func (s *Scanner) runtimeStamp(e *Event, stamp []byte) {
	t, offset, zoned, rest, ok := iso(stamp)
	if !ok || len(rest) > 0 {
		return
	}
	e.Time, e.Stamp = t, StampTime
	if zoned {
		e.Stamp, e.UTCOffset = StampTime|StampZone, offset
	}
}

// runtimeStamp is the length of a stamp with its zone and with nanoseconds, which
// no syslog writes, or before a line that begins with a bracket; 0 where it is none.
func runtimeStamp(line []byte) int {
	if len(line) < 24 || line[10] != 'T' {
		return 0
	}
	fraction := 0
	for line[19] == '.' && 20+fraction < len(line) && line[20+fraction]-'0' <= 9 {
		fraction++
	}
	nanoseconds := fraction > 6
	if !nanoseconds && fraction > 0 { // a syslog's
		return 0
	}
	_, _, zoned, rest, ok := iso(line)
	if !ok || !zoned || len(rest) < 2 || rest[0] != ' ' || !nanoseconds && rest[1] != '[' {
		return 0
	}
	return len(line) - len(rest)
}

// criRecord reads "stamp stream F text".
func criRecord(line []byte) (stamp, stream []byte, partial bool, text []byte, ok bool) {
	const head = len("2026-06-19T20:53:21Z stdout F")
	if len(line) < head || line[10] != 'T' {
		return nil, nil, false, nil, false
	}
	i := bytes.IndexByte(line[:min(len(line), 40)], ' ')
	if i < 20 || len(line) < i+9 || string(line[i:i+4]) != " std" || line[i+7] != ' ' || line[i+8] != 'F' && line[i+8] != 'P' {
		return nil, nil, false, nil, false
	}
	if text = line[i+9:]; len(text) > 0 && text[0] != ' ' && text[0] != ':' { // tags may follow: F:…
		return nil, nil, false, nil, false
	}
	if _, after, found := bytes.Cut(text, []byte(" ")); found {
		text = after
	} else {
		text = text[len(text):]
	}
	return line[:i], line[i+1 : i+7], line[i+8] == 'P', text, true
}

// dockerRecord reads a line of docker's json-file; log keeps its quotes and escapes.
func dockerRecord(line []byte) (log, stream, stamp []byte, ok bool) {
	if !bytes.HasPrefix(line, []byte(`{"log":"`)) && !bytes.Contains(line, []byte(`"stream":"std`)) && !bytes.Contains(line, []byte(`"stream": "std`)) {
		return nil, nil, nil, false
	}
	for b := line; ; {
		name, value, rest, found := jsonField(b)
		if !found {
			return log, stream, stamp, log != nil
		}
		switch b = rest; string(name) {
		case "log":
			if value[0] == '"' {
				log = value
			}
		case "stream":
			stream = unquote(value)
		case "time":
			stamp = unquote(value)
		}
	}
}

// cutName reads docker compose's "wordpress-1  | " and grep's "error.log:12:"; the
// latter only before a line that has a frame.
func cutName(line []byte) (name, inner []byte, compose bool) {
	const longest = 96
	end := min(len(line), longest)
	i := 0
	for i < end && nameByte(line[i]) {
		i++
	}
	if i == 0 || i == end {
		return nil, nil, false
	}
	name = line[:i:i]
	if line[i] == ':' {
		rest := line[i+1:]
		if n := bytes.IndexByte(rest[:min(len(rest), 12)], ':'); n > 0 {
			if _, tail, ok := digits(rest[:n]); ok && len(tail) == 0 {
				rest = rest[n+1:]
			}
		}
		if framed(rest) {
			return name, rest, false
		}
		return nil, nil, false
	}
	blanks := i
	for i < end && line[i] == ' ' {
		i++
	}
	last := name[len(name)-1]
	numbered := last-'0' <= 9 && bytes.LastIndexAny(name, "-_") > 0
	if i == end || line[i] != '|' || i == blanks || i+1 < len(line) && line[i+1] != ' ' {
		return nil, nil, false
	}
	inner = bytes.TrimPrefix(line[i+1:], []byte(" "))
	if !numbered && i-blanks < 2 && !framed(inner) { // the longest of the names has one blank
		return nil, nil, false
	}
	return name, inner, true
}

func nameByte(c byte) bool {
	return c-'0' <= 9 || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '-' || c == '_' || c == '.' || c == '/'
}

// cutCodes drops a terminal's codes (ECMA-48 CSI sequences) at the start of b.
func cutCodes(b []byte) []byte {
	for len(b) > 2 && b[0] == 0x1b && b[1] == '[' {
		i := 2
		for i < len(b) && (b[i] < '@' || b[i] > '~') {
			i++
		}
		if i == len(b) {
			return b
		}
		b = b[i+1:]
	}
	return b
}

// cutIndent drops what quotes a line that has a frame; nil where nothing does.
func cutIndent(line []byte) []byte {
	b := line
	for len(b) > 0 && (b[0] == ' ' || b[0] == '>' || b[0] == '|' && len(b) < len(line)) {
		b = b[1:]
	}
	if len(b) == len(line) || len(b) == 0 {
		return nil
	}
	if framed(b) {
		return b
	}
	i := 0
	for i < min(len(b), 48) && nameByte(b[i]) {
		i++
	}
	if i > 0 && bytes.HasPrefix(b[i:], []byte(": ")) && framed(b[i+2:]) { // vagrant's machine
		return b[i+2:]
	}
	return nil
}

// framed tells whether a line begins with the stamp of a common format: stricter
// than Starts, for lines that stand behind something else.
func framed(b []byte) bool {
	if len(b) < 16 {
		return false
	}
	switch c := b[0]; {
	case c == '<':
		level, rest := cutPriority(b)
		return level != LevelNone && framed(rest)
	case c == '[':
		day := b[1:]
		return weekday(day) && day[3] == ' ' && monthOf(day[4:]) > 0 || // Apache, dmesg -T
			day[2] == '-' && day[6] == '-' && monthOf(day[3:]) > 0 || // PHP
			len(cutUptime(b)) != len(b)
	case c-'0' <= 9:
		_, ok := isoSecond(b)
		return ok
	}
	if monthOf(b) == 0 || b[3] != ' ' {
		return false
	}
	_, _, _, ok := clock(b[7:])
	return ok
}

// startsInside is Starts for lines that begin neither with a bracket nor with an English stamp.
func startsInside(line []byte) bool {
	switch c := line[0]; {
	case c == '\t':
		return false
	case c == 0x1b:
		inner := cutCodes(line)
		return len(inner) < len(line) && (framed(inner) || len(inner) > 0 && inner[0] != 0x1b && startsInside(inner))
	case c == ' ' || c == '>':
		return cutIndent(line) != nil
	case c == '_':
		return bytes.HasPrefix(line, []byte("__CURSOR="))
	case c == '=':
		return bytes.HasPrefix(line, []byte("==> "))
	case c == '-':
		return bytes.HasPrefix(line, []byte("-- ")) && bytes.HasSuffix(line, []byte(" --"))
	case c == '{':
		log, _, _, ok := dockerRecord(line)
		return ok && framed(unquote(log)) && !goesOn(unquote(log)) || !ok && (bytes.Contains(line, []byte(`"__REALTIME_TIMESTAMP"`)) || apacheObjectAt(line))
	}
	if _, inner, compose := cutName(line); inner != nil {
		return !compose || !composeGoesOn(inner)
	}
	if cupsHead(line) {
		return true
	}
	if weekday(line) && line[3] == ' ' {
		_, ok := isoSecond(line[4:])
		return ok && !syslogContinues(line)
	}
	if month, rest := monthName(line); month > 0 {
		mday, rest, ok := digits(trimBlanks(rest))
		return ok && mday < 32 && len(rest) > 9 && rest[0] == ' ' && rest[3] == ':' && !syslogContinues(line)
	}
	return bytes.HasPrefix(line, []byte("kern  :")) // bare text of the kernel may as well be a part of a query
}
