package parser

import (
	"bytes"
	"fmt"
)

// An elTime is a step of a stamp in strftime's notation.
type elTime struct {
	text []byte // literal
	conv byte
}

// elStamp is what a stamp says.
type elStamp struct {
	time   int64
	offset int32
	zoned  bool
	noYear bool
}

// elTimes reads the argument of %{…}t in strftime's notation.
func elTimes(arg string) (list []elTime, err error) {
	for i := 0; i < len(arg); i++ {
		if arg[i] != '%' || i+1 == len(arg) {
			list = append(list, elTime{text: []byte{arg[i]}})
			continue
		}
		i++
		expand := ""
		switch c := arg[i]; c {
		case 'T':
			expand = "%H:%M:%S"
		case 'R':
			expand = "%H:%M"
		case 'F':
			expand = "%Y-%m-%d"
		case 'D', 'x':
			expand = "%m/%d/%y"
		case 'X':
			expand = "%H:%M:%S"
		case 'c':
			expand = "%a %b %e %H:%M:%S %Y"
		case 'n', 't', '%':
			list = append(list, elTime{text: []byte{map[byte]byte{'n': '\n', 't': '\t', '%': '%'}[c]}})
			continue
		case 'Y', 'y', 'm', 'd', 'e', 'H', 'M', 'S', 'b', 'B', 'h', 'a', 'A', 'z', 'Z', 's', 'j', 'I', 'p', 'k', 'l', 'u', 'w', 'U', 'W', 'V', 'G', 'C', 'g':
			list = append(list, elTime{conv: c})
			continue
		default:
			return nil, fmt.Errorf("the error log format has a time with %%%c, which strftime does not know or this program does not", c)
		}
		more, err := elTimes(expand)
		if err != nil {
			return nil, err
		}
		list = append(list, more...)
	}
	return list, nil
}

// timeAt reads the text of a %t at the start of b; n is 0 where there is none.
func (step *elStep) timeAt(s *Scanner, b []byte) (st elStamp, n int) {
	if step.time != nil {
		return step.strftimeAt(s, b)
	}
	if bytes.IndexByte([]byte(step.arg), 'c') >= 0 {
		t, ok := isoSecond(b)
		if !ok {
			return st, 0
		}
		rest := b[19:]
		if len(rest) > 1 && rest[0] == '.' {
			var micro int64
			micro, rest = fraction(rest[1:])
			t += micro
		}
		st.time = t
		if bytes.IndexByte([]byte(step.arg), 'z') >= 0 {
			rest = rest[step.zoneAt(&st, rest):]
		}
		return st, len(b) - len(rest)
	}
	// Www Mmm dd hh:mm:ss[.ffffff] yyyy
	const shortest = len("Thu May 04 23:55:46 2017")
	if len(b) < shortest {
		return st, 0
	}
	n = shortest
	if b[19] == '.' {
		for i := 19; n < len(b) && i < len(b) && (b[i] == '.' || b[i]-'0' <= 9); i++ {
			n++
		}
	}
	t, ok := ctime(b[:n])
	if !ok {
		return st, 0
	}
	st.time = t
	if bytes.IndexByte([]byte(step.arg), 'z') >= 0 {
		n += step.zoneAt(&st, b[n:])
	}
	return st, n
}

// zoneAt reads " +0100" at the start of b; it tells its length.
func (step *elStep) zoneAt(st *elStamp, b []byte) int {
	if len(b) < 2 || b[0] != ' ' {
		return 0
	}
	offset, ok, rest := zone(b[1:])
	if !ok {
		return 0
	}
	st.offset, st.zoned = offset, true
	return len(b) - len(rest)
}

// strftimeAt reads a stamp in strftime's notation.
func (step *elStep) strftimeAt(s *Scanner, b []byte) (st elStamp, n int) {
	all := b
	year, month, mday, hour, min, sec := -1, 1, 1, 0, 0, 0
	epoch, pm, twelve := int64(-1), false, false
	number := func(longest int) int {
		i, v := 0, 0
		for i < len(b) && i < longest && (b[i]-'0' <= 9 || i == 0 && b[i] == ' ' && len(b) > 1) {
			if b[i] != ' ' {
				v = v*10 + int(b[i]-'0')
			}
			i++
		}
		if i == 0 {
			return -1
		}
		b = b[i:]
		return v
	}
	for _, t := range step.time {
		v := 0
		switch t.conv {
		case 0:
			rest, ok := bytes.CutPrefix(b, t.text)
			if !ok {
				return st, 0
			}
			b = rest
		case 'Y', 'G':
			if v = number(4); t.conv == 'Y' {
				year = v
			}
		case 'y', 'g', 'C':
			if v = number(2); t.conv == 'y' && v >= 0 {
				year = 2000 + v
			}
		case 'm':
			v = number(2)
			month = v
		case 'd', 'e':
			v = number(2)
			mday = v
		case 'H', 'k':
			v = number(2)
			hour = v
		case 'I', 'l':
			v = number(2)
			hour, twelve = v, true
		case 'M':
			v = number(2)
			min = v
		case 'S':
			v = number(2)
			sec = v
		case 'j':
			v = number(3)
		case 'u', 'w':
			v = number(1)
		case 'U', 'W', 'V':
			v = number(2)
		case 's':
			var ok bool
			if epoch, b, ok = digits(b); !ok {
				return st, 0
			}
		case 'b', 'h', 'B':
			if month = monthOf(b); month == 0 {
				return st, 0
			}
			b = b[run(b, 9, isLetter):]
		case 'a', 'A', 'Z', 'p':
			k := run(b, 9, isLetter)
			if k == 0 {
				return st, 0
			}
			pm = pm || t.conv == 'p' && (b[0] == 'P' || b[0] == 'p')
			b = b[k:]
		case 'z':
			var ok bool
			if st.offset, ok, b = zone(b); !ok {
				return st, 0
			}
			st.zoned = true
		}
		if v < 0 {
			return st, 0
		}
	}
	if twelve {
		hour %= 12
		if pm {
			hour += 12
		}
	}
	switch {
	case epoch >= 0:
		st.time = epoch*second + int64(st.offset)*second
		st.zoned = true
	case month < 1 || month > 12 || mday < 1 || mday > 31 || hour > 23 || min > 59 || sec > 60:
		return st, 0
	case year >= 0:
		st.time = wall(year, month, mday, hour, min, sec)
	default:
		st.noYear = true
		if s != nil {
			st.time = s.years.place(month, mday, hour, min, sec)
		}
	}
	return st, len(all) - len(b)
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// read reads a line; false where it is not of the format.
func (c *errorLog) read(s *Scanner, e *Event, line []byte) bool {
	m := &s.errorLog
	if !c.match(m, line, false) && (c.context || c.last || !c.match(m, line, true)) { // a line that was cut lacks what stands behind the message
		return false
	}
	peer := []byte(nil)
	for k := range c.steps {
		text := m.first[k]
		if text == nil {
			continue
		}
		step := &c.steps[k]
		if m.bad[k] || m.odd && c.doubt && step.op == elStrict && c.behindFree(k) {
			continue
		}
		switch step.name {
		case 't':
			if st, n := step.timeAt(s, text); n > 0 {
				e.Time, e.Stamp = st.time, StampTime
				if st.zoned {
					e.Stamp |= StampZone
					e.UTCOffset = st.offset
				}
				if st.noYear {
					e.Stamp |= StampNoYear
				}
			}
		case 'a':
			if step.arg == "c" {
				peer = text
			} else {
				e.Client, e.ClientPort = s.addrs.hostport(text, true)
			}
		case 'l':
			e.Level = levelOf(text)
		case 'm':
			e.Module = text
		case 'P':
			e.PID, _, _ = digits(text)
		case 'T':
			e.TID, _, _ = digits(text)
		case 'E':
			errno, _, _ := digits(bytes.TrimLeft(text, "(OSEAI -"))
			e.Errno = int32(min(errno, 1<<31-1))
			if bytes.HasPrefix(text, []byte("(-")) {
				e.Errno = -e.Errno
			}
		case 'L':
			if e.LogID == nil || step.arg == "" {
				e.LogID = text
			}
		case 'v':
			e.Vhost = text
		case 'V':
			if e.Vhost == nil {
				e.Vhost = text
			}
		case 'i':
			if string(text) != "-" && isReferer(step.arg) {
				e.Referer = text
			}
		case 'M':
			e.Message = text
		}
	}
	if !e.Client.IsValid() && peer != nil { // without it, the peer is who asked
		e.Client, e.ClientPort = s.addrs.hostport(peer, true)
	}
	if c.context {
		e.context, e.asked, e.Message = true, true, line
		return true
	}
	e.asked = e.Client.IsValid() || c.client && m.odd
	// Such a format does not tell visitors from the servers behind a proxy.
	if bytes.HasPrefix(e.Module, []byte("proxy")) && string(e.Module) != "proxy_fcgi" {
		e.Remote = e.Client.IsValid()
	}
	c.code(e)
	return true
}

// code takes the code from the message. Where the format names no client, a line
// that the table does not know as the server's own may hold a visitor's words.
func (c *errorLog) code(e *Event) {
	b := e.Message
	if codeAt(b) && !bytes.HasPrefix(e.Module, []byte("php")) {
		if n, _, _ := digits(b[2:7]); n < 1<<16 {
			e.Code, e.Message = uint16(n), b[9:]
		}
	}
	if !c.client {
		e.asked = maybeAsked(e)
	}
}

// maybeAsked tells whether a line of a format without a field for the client may
// hold a visitor's words: all may that the table does not know as the server's own.
func maybeAsked(e *Event) bool {
	info, ok := CodeInfo(e.Code)
	return !ok || info.Scope != ScopeServer || info.Level != LevelNone && e.Level != LevelNone && info.Level != e.Level
}

// behindFree tells whether what a visitor wrote stands before a step.
func (c *errorLog) behindFree(k int) bool {
	for _, s := range c.steps[:k] {
		if s.op == elFree && s.name != 'E' || s.op == elMessage {
			return true
		}
	}
	return false
}

func isReferer(name string) bool {
	return len(name) == len("referer") && bytes.EqualFold([]byte(name), []byte("referer"))
}

// LogContext is a line that httpd writes once for a connection or a request.
var LogContext = &Kind{
	Name: "log.context", Role: Noise,
	Title:   "what Apache notes once of a connection or request",
	Doc:     "A line of ErrorLogFormat's connection or request form: what was known of the connection or request that messages with the same id speak of. Known by the form of the documentation's example, or by --error-log-format.",
	Samples: []string{"[2017-05-04 23:55:46.108241] [R:WxYz0123456] UA:'Mozilla/5.0 (X11; Linux x86_64)'"},
}

// Starts tells whether a line is of a format that [CompileErrorLogFormat] made, and
// thus begins a record; see the function Starts.
func (f *Format) Starts(line []byte) bool {
	return f.errorLog != nil && f.errorLog.match(new(elMatch), line, false)
}
