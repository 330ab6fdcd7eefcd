package parser

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"unicode/utf8"
)

// What journalctl prints with -o json and -o export (systemd's Journal Export
// Formats and JSON format), and the marks that it and tail put between lines.

var journalJSON = &Format{
	Name: "journal-json", begins: "{",
	Doc: `journalctl -o json: {"__REALTIME_TIMESTAMP":"…","SYSLOG_IDENTIFIER":"…","_PID":"…","MESSAGE":"…"}`,
	Samples: []string{
		`{ "__CURSOR" : "s=1", "__REALTIME_TIMESTAMP" : "1800000000250000", "_HOSTNAME" : "vps512", "PRIORITY" : "3", "SYSLOG_IDENTIFIER" : "kernel", "_TRANSPORT" : "kernel", "MESSAGE" : "nf_conntrack: table full, dropping packet" }`,
		`{"MESSAGE":[70,97,105,108,101,100],"_PID":"811","__REALTIME_TIMESTAMP":"1800000000250000","SYSLOG_IDENTIFIER":"sshd"}`,
	},
	frame: func(s *Scanner, e *Event, line []byte) bool {
		if !bytes.Contains(line, []byte(`"__REALTIME_TIMESTAMP"`)) {
			return false
		}
		var j journalEntry
		for b := line; ; {
			name, value, rest, ok := jsonField(b)
			if !ok {
				break
			}
			if string(name) == "MESSAGE" {
				j.message, j.escaped = value, true
			} else {
				j.set(name, unquote(value))
			}
			b = rest
		}
		if j.escaped {
			j.message = s.plain(j.message)
		}
		return s.journal(e, &j)
	},
}

var journalExport = &Format{
	Name: "journal-export", begins: "_",
	Doc: "journalctl -o export: blocks of FIELD=value lines with a blank line between them",
	Samples: []string{
		"__CURSOR=s=1;i=2",
	},
	frame: func(s *Scanner, e *Event, line []byte) bool {
		if !bytes.HasPrefix(line, []byte("__CURSOR=")) || len(line) != len(e.Raw) {
			return false
		}
		s.copied = true // the block is taken here, nothing more joins it
		end := len(e.Raw)
		for e.Lines < longestRecord && len(s.text) > 0 {
			next, size := firstLine(s.text)
			if len(next) == 0 || Starts(next) {
				break
			}
			end = len(s.record) - len(s.text) + len(next)
			s.take(e, size)
		}
		e.Raw = s.record[:end]
		var j journalEntry
		for b := e.Raw; len(b) > 0; {
			field, size := firstLine(b)
			name, value, ok := bytes.Cut(field, []byte("="))
			b = b[size:]
			if !ok { // binary: the name alone, eight bytes of length, the value
				if len(b) < 8 {
					break
				}
				n := binary.LittleEndian.Uint64(b)
				b = b[8:]
				if n > uint64(len(b)) {
					n = uint64(len(b))
				}
				name, value, b = field, b[:n:n], b[n:]
				b = bytes.TrimPrefix(b, []byte("\n"))
			}
			if string(name) == "MESSAGE" {
				j.message = value
			} else {
				j.set(name, value)
			}
		}
		return s.journal(e, &j) || true
	},
}

// A journalEntry is what we keep of the fields of an entry.
type journalEntry struct {
	time, level, pid       int64
	host, program, comm    []byte
	message                []byte
	kernel, escaped, dated bool
}

func (j *journalEntry) set(name, value []byte) {
	switch string(name) {
	case "__REALTIME_TIMESTAMP":
		j.time, _, j.dated = digits(value)
	case "_HOSTNAME":
		j.host = value
	case "SYSLOG_IDENTIFIER":
		j.program = value
	case "_COMM":
		j.comm = value
	case "_PID":
		j.pid, _, _ = digits(value)
	case "SYSLOG_PID":
		if j.pid == 0 {
			j.pid, _, _ = digits(value)
		}
	case "PRIORITY":
		if n, _, ok := digits(value); ok && n < 8 {
			j.level = n + 1
		}
	case "_TRANSPORT":
		j.kernel = string(value) == "kernel"
	}
}

// journal makes an entry an event. The journal's clock is UTC.
func (s *Scanner) journal(e *Event, j *journalEntry) bool {
	if !j.dated {
		return false
	}
	e.Time, e.Stamp, e.UTCOffset = j.time, StampTime|StampZone, 0
	e.Host, e.PID = j.host, j.pid
	if j.level > 0 {
		e.Level = LevelEmerg + Level(j.level-1)
	}
	if e.Program = j.program; e.Program == nil {
		e.Program = j.comm
	}
	if j.kernel {
		e.Program = kernelName
	} else if string(e.Program) == "kernel" { // anybody may call himself so
		e.Program = nil
	}
	s.programSaid(e, j.message)
	return true
}

// jsonField reads the next field of an object of one level, from its brace or
// from the comma before it: a name without its quotes and a value as it stands.
func jsonField(b []byte) (name, value, rest []byte, ok bool) {
	b = bytes.TrimLeft(b, " \t")
	if len(b) == 0 || b[0] != '{' && b[0] != ',' {
		return nil, nil, nil, false
	}
	b = bytes.TrimLeft(b[1:], " \t")
	n := jsonValue(b)
	if n < 2 || b[0] != '"' {
		return nil, nil, nil, false
	}
	name, b = b[1:n-1], bytes.TrimLeft(b[n:], " \t")
	if len(b) == 0 || b[0] != ':' {
		return nil, nil, nil, false
	}
	b = bytes.TrimLeft(b[1:], " \t")
	if n = jsonValue(b); n == 0 {
		return nil, nil, nil, false
	}
	return name, b[:n:n], b[n:], true
}

// jsonValue is the length of the value that b begins with, 0 where it has no end.
func jsonValue(b []byte) int {
	if len(b) == 0 {
		return 0
	}
	depth, quoted := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			if quoted = !quoted; !quoted && depth == 0 {
				return i + 1
			}
		case quoted:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth < 0 {
				return i
			} else if depth == 0 {
				return i + 1
			}
		case c == ',' && depth == 0:
			return i
		}
	}
	return 0
}

// unquote takes off a string's quotes; names and numbers are never escaped.
func unquote(b []byte) []byte {
	if len(b) > 1 && b[0] == '"' {
		return b[1 : len(b)-1]
	}
	return b
}

// plain is a JSON string, or an array of bytes as the journal writes what is
// not UTF-8, without quotes and escapes. It uses the scanner's copy where it must.
func (s *Scanner) plain(value []byte) []byte {
	if len(value) > 0 && value[0] == '[' {
		start := len(s.copy)
		for b := value[1:]; len(b) > 0; {
			n, rest, ok := digits(bytes.TrimLeft(b, " ,"))
			if !ok || n > 255 {
				break
			}
			s.copy, b = append(s.copy, byte(n)), rest
		}
		s.copied = true
		return s.copy[start:len(s.copy):len(s.copy)]
	}
	if string(value) == "null" { // longer than journalctl prints
		return nil
	}
	text := unquote(value)
	if bytes.IndexByte(text, '\\') < 0 {
		return text
	}
	start := len(s.copy)
	s.copy = appendUnescaped(s.copy, text)
	s.copied = true
	return s.copy[start:len(s.copy):len(s.copy)]
}

func appendUnescaped(out, text []byte) []byte {
	for len(text) > 0 {
		i := bytes.IndexByte(text, '\\')
		if i < 0 || i+1 == len(text) {
			return append(out, text...)
		}
		out = append(out, text[:i]...)
		c := text[i+1]
		text = text[i+2:]
		switch c {
		case 'n':
			out = append(out, '\n')
		case 't':
			out = append(out, '\t')
		case 'r':
			out = append(out, '\r')
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'u':
			r, rest := hexRune(text)
			text = rest
			if 0xd800 <= r && r < 0xdc00 && len(text) > 1 && text[0] == '\\' && text[1] == 'u' {
				if low, rest := hexRune(text[2:]); 0xdc00 <= low && low < 0xe000 {
					r, text = (r-0xd800)<<10+(low-0xdc00)+0x10000, rest
				}
			}
			out = utf8.AppendRune(out, r)
		default:
			out = append(out, c)
		}
	}
	return out
}

// hexRune reads four hexadecimal digits.
func hexRune(b []byte) (r rune, rest []byte) {
	if len(b) < 4 {
		return utf8.RuneError, nil
	}
	n, err := strconv.ParseUint(string(b[:4]), 16, 32)
	if err != nil {
		return utf8.RuneError, b[4:]
	}
	return rune(n), b[4:]
}

var toolMark = &Format{
	Name: "mark", begins: "-=",
	Doc: "marks between the lines of a log: tail's ==> file <==, journalctl's -- Boot … --",
	Samples: []string{
		"==> /var/log/syslog <==",
		"-- Boot 5e3f1c0d5b1a4b8e9f6d7c8b9a0e1f2d --",
		"-- Journal begins at Thu 2026-03-12 00:00:01 CET, ends at Sat 2026-03-14 07:39:24 CET. --",
		"-- No entries --",
	},
	frame: func(s *Scanner, e *Event, line []byte) bool {
		tail := bytes.HasPrefix(line, []byte("==> ")) && bytes.HasSuffix(line, []byte(" <=="))
		journal := false
		if rest, ok := bytes.CutPrefix(line, []byte("-- ")); ok && bytes.HasSuffix(line, []byte(" --")) {
			for _, said := range []string{"Boot ", "Reboot --", "Logs begin at ", "Journal begins at ", "No entries --", "Logs end at "} {
				journal = journal || bytes.HasPrefix(rest, []byte(said))
			}
		}
		if !tail && !journal {
			return false
		}
		e.Message = line
		return true
	},
}

var journalNote = &Format{
	Name: "journal-note", begins: "-\xe2", undated: true,
	Doc:     "what journalctl -x says behind a line of the journal, from its catalogue of messages",
	Samples: []string{"-- Subject: Unit process exited", "░░ Subject: A start job for unit mariadb.service has failed"},
	frame: func(_ *Scanner, e *Event, line []byte) bool {
		mark := noteMark(line)
		if mark == nil || !bytes.HasPrefix(line[len(mark):], []byte(" Subject: ")) {
			return false
		}
		e.Message = line
		return true
	},
	joins: func(_ *Scanner, e *Event, line []byte) bool {
		mark := noteMark(line)
		return mark != nil && bytes.HasPrefix(e.Raw, mark) && !Starts(line)
	},
	splice: func(s *Scanner, e *Event) { s.spliceLines(e, nil) },
}

// noteMark is what journalctl puts before each line of such a text, also alone:
// since systemd 246 in a terminal of UTF-8 it is a shade.
func noteMark(line []byte) []byte {
	for _, mark := range []string{"--", "░░"} {
		if bytes.HasPrefix(line, []byte(mark)) && (len(line) == len(mark) || line[len(mark)] == ' ') {
			return line[:len(mark):len(mark)]
		}
	}
	return nil
}
