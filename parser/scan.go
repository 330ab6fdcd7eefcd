package parser

import (
	"bytes"
	"time"
)

// Options say what the lines do not.
type Options struct {
	Years Years          // where stamps without a year belong
	Zone  *time.Location // of stamps without a zone, and the clock that all times are put on; nil: each line's own
	Shift time.Duration  // to be added to the log's times: its clock is that much behind
	First *Format        // tried before the others, see Glance; nil: none

	ErrorLog []*Format // the user's own, tried before all, see CompileErrorLogFormat
}

// A Scanner reads events from text, line by line. It allocates nothing in the
// steady state and is not safe for concurrent use; make one for each goroutine.
type Scanner struct {
	event Event
	text  []byte // what is still to read

	record []byte // the text from the first line of the event
	copied bool   // the line inside a wrapper is in the copy
	holes  bool   // there may be runs of NULs in the text
	inside bool   // the line came out of a container
	php    bool   // syslog names PHP as the line's author
	inner  []byte // the event's first line without what containers put before it
	next   Event  // the line that follows, as far as join has to know it
	copy   []byte // of what a wrapper had escaped or cut in pieces

	line   int64
	offset int64
	last   lineTime // of the line before

	formats  *[256][]*Format // by the first byte of a line
	wrappers *[256][]*Wrapper
	years    window
	shift    int64 // microseconds
	zone     *time.Location
	toUTC    offsetCache
	toZone   offsetCache

	httpd   stampCache // the last second of an Apache stamp
	syslog  stampCache
	rfc3339 stampCache
	access  stampCache
	addrs   addrCache

	errorLog elMatch // of the line at hand
	dayMon   stampCache
	zones    zoneCache
	spliced  []byte // the message of a record whose lines have frames of their own
}

type lineTime struct {
	time   int64
	stamp  Stamp
	offset int32
}

// NewScanner makes a Scanner; call Reset before Next.
func NewScanner(o Options) *Scanner {
	s := &Scanner{years: newWindow(o.Years), zone: o.Zone, shift: o.Shift.Microseconds()}
	s.event.chains, s.event.addrs = new(chains), &s.addrs
	s.formats = byFirstByte(o.ErrorLog, o.First)
	s.wrappers = wrappersByFirstByte()
	return s
}

// Reset gives the scanner whole lines to read, of which the first is number
// line and stands at offset. The text is borrowed until the last event was used.
func (s *Scanner) Reset(text []byte, line, offset int64) {
	s.text, s.line, s.offset = text, line, offset
	s.holes = hasHole(text)
	s.last = lineTime{}
}

// Event is the line that Next read. It is overwritten by the next call of Next.
func (s *Scanner) Event() *Event { return &s.event }

// Next reads a line; false at the end of the text.
func (s *Scanner) Next() bool {
	if !s.cut() {
		return false
	}
	e := &s.event
	s.frame(e)
	s.join(e)
	s.stamp(e)
	classify(e)
	return true
}

// cut takes the next line from the text.
func (s *Scanner) cut() bool {
	if len(s.text) == 0 {
		return false
	}
	e := &s.event
	e.clear()
	s.record, s.copied, s.inside, s.php, s.copy = s.text, false, false, false, s.copy[:0]
	var size int
	e.Raw, size = firstLine(s.text)
	e.Line, e.Offset = s.line, s.offset
	s.take(e, size)
	return true
}

// firstLine is the first line of a text without its end, and its size with it.
func firstLine(text []byte) (line []byte, size int) {
	line, size = text, len(text)
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		line, size = text[:i], i+1
	}
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	return line, size
}

// take makes the next line of the text, of this size, a part of the event.
func (s *Scanner) take(e *Event, size int) {
	s.text = s.text[size:]
	s.line++
	s.offset += int64(size)
	e.Size += int64(size)
	e.Lines++
}

// longestRecord is how many lines one event can have: a stack trace has dozens.
const longestRecord = 2000

// join adds the lines that follow and belong to the event: a stack trace, the
// rest of a query. Its message then runs to the end of the last of them.
func (s *Scanner) join(e *Event) {
	if e.Format == nil || e.Format.joins == nil {
		return
	}
	if s.inside || s.php {
		if s.joinInside(e); e.Lines > 1 || s.inside {
			return
		}
	}
	if s.copied || e.Format.more != nil && !e.Format.more(e) {
		return
	}
	first := e.Format.continued
	for e.Lines < longestRecord && len(s.text) > 0 {
		if c := s.text[0]; first != "" && c != first[0] && c != first[1] { // most lines, so no call
			break
		}
		line, size := firstLine(s.text)
		if !e.Format.joins(s, e, line) {
			break
		}
		end := len(s.record) - len(s.text) + len(line)
		s.take(e, size)
		if e.Format.splice != nil {
			e.Raw = s.record[:end]
			continue
		}
		// Slices of one text that were not cut short share its end, which tells where they start.
		start := cap(s.record) - cap(e.Message)
		e.Raw, e.Message = s.record[:end], s.record[start:end]
		e.text = e.Message
	}
	if e.Lines > 1 && e.Format.splice != nil {
		e.Format.splice(s, e)
		e.text = e.Message
	}
}

// frame reads what the line's format says of it.
func (s *Scanner) frame(e *Event) {
	line := cutMark(e.Raw)
	if s.holes {
		line = behindHole(line)
	}
	line = s.unwrap(e, line)
	s.inner = line
	if len(line) > 0 {
		for _, f := range s.formats[line[0]] {
			if f.frame(s, e, line) {
				e.Format = f
				break
			}
		}
	}
	if e.Format == nil {
		e.Message = line
	}
	e.text = e.Message
}

const byteOrderMark = "\xef\xbb\xbf"

// cutMark drops what no program wrote before a line: the NULs that a file system
// puts there after a power loss, the byte order mark of an editor.
func cutMark(line []byte) []byte {
	if len(line) > 0 {
		switch line[0] {
		case 0:
			return bytes.TrimLeft(line, "\x00")
		case byteOrderMark[0]:
			return bytes.TrimPrefix(line, []byte(byteOrderMark))
		}
	}
	return line
}

// hole is the least run of NULs that is one: a file system leaves the rest of a block.
const hole = 64

// hasHole tells whether there may be a hole in a text. Looking at each byte would
// cost a twentieth of all reading.
func hasHole(text []byte) bool {
	for i := 0; i < len(text); i += hole {
		if text[i] == 0 {
			return true
		}
	}
	return false
}

// behindHole is the last line of those that a power loss tore and glued together:
// the text behind a run of NULs, if it has a frame. No program logs such a run,
// and what visitors send is escaped.
func behindHole(line []byte) []byte {
	i := bytes.LastIndexByte(line, 0)
	if i < hole || !framed(line[i+1:]) || len(bytes.TrimRight(line[:i+1], "\x00")) > i+1-hole {
		return line
	}
	return line[i+1:]
}

// unwrap takes off what containers and tools put before a line, one around the other.
func (s *Scanner) unwrap(e *Event, line []byte) []byte {
	if plainSyslog(line) {
		return line
	}
	const deepest = 3
	for range deepest {
		if len(line) == 0 {
			break
		}
		inner, found := line, false
		for _, w := range s.wrappers[line[0]] {
			if inner, found = w.unwrap(s, e, line); found {
				break
			}
		}
		if !found {
			break
		}
		line = inner
	}
	return line
}

// stamp puts the event's time on the clock that was asked for; a line without
// one has that of the line before.
func (s *Scanner) stamp(e *Event) {
	if e.Stamp.Has(StampTime) {
		e.Time += s.shift
		if s.zone != nil {
			s.rezone(e)
		}
		s.last = lineTime{e.Time, e.Stamp | StampInherited, e.UTCOffset}
	} else {
		e.Time, e.Stamp, e.UTCOffset = s.last.time, s.last.stamp, s.last.offset
	}
}

// rezone puts the event's time on the wall clock of the zone that the user named.
func (s *Scanner) rezone(e *Event) {
	utc := e.Time
	if e.Stamp.Has(StampZone) {
		utc -= int64(e.UTCOffset) * second
	} else {
		if !s.toUTC.has(utc) {
			t := time.UnixMicro(utc).UTC()
			local := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), s.zone)
			s.toUTC.put(utc, local.UnixMicro()-utc)
		}
		utc += s.toUTC.offset
	}
	if !s.toZone.has(utc) {
		_, off := time.UnixMicro(utc).In(s.zone).Zone()
		s.toZone.put(utc, int64(off)*second)
	}
	e.Time = utc + s.toZone.offset
	e.UTCOffset = int32(s.toZone.offset / second)
	e.Stamp |= StampZone
}

// offsetCache remembers what a quarter of an hour is away from another clock:
// clocks change on one, not everywhere on the hour.
type offsetCache struct{ start, end, offset int64 }

func (c *offsetCache) has(t int64) bool { return c.start <= t && t < c.end }

func (c *offsetCache) put(t, offset int64) {
	const quarter = 900 * second
	c.start, c.offset = t-t%quarter, offset
	c.end = c.start + quarter
}

// stampCache remembers the last second, which neighbours share, by the two
// pieces of text that say it.
type stampCache struct {
	key  [32]byte
	n    int
	time int64
}

func (c *stampCache) get(a, b []byte) (int64, bool) {
	hit := c.n == len(a)+len(b) && string(c.key[:len(a)]) == string(a) && string(c.key[len(a):c.n]) == string(b)
	return c.time, hit
}

func (c *stampCache) put(a, b []byte, t int64) {
	c.n = copy(c.key[:], a)
	c.n += copy(c.key[c.n:], b)
	c.time = t
}
