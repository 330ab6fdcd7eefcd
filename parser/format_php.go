package parser

import (
	"bytes"
	"time"
)

// PHP's own logs: the file that error_log names (main/main.c, php_log_err) and
// WordPress's wp-content/debug.log, what PHP writes without a stamp to its
// standard error, and PHP-FPM's log (sapi/fpm/fpm/zlog.c) and slow log.

var phpLog = &Format{
	Name: "php", begins: "[", family: PHP, other: phpOther, whole: true,
	Doc: "PHP's error_log and WordPress's debug.log: [04-May-2017 23:55:46 Zone] message, with traces and queries over several lines",
	Samples: []string{
		"[04-May-2017 23:55:46 UTC] PHP Warning:  Undefined array key \"a\" in /srv/a.php on line 12",
		"[04-May-2017 23:55:46 Europe/Berlin] gallery: no image",
		"[04-May-2017 23:55:46 +02:00] PHP Deprecated:  x in /srv/a.php on line 1",
	},
	frame: func(s *Scanner, e *Event, line []byte) bool {
		inside, rest, ok := dayMonBracket(line)
		if !ok {
			return false
		}
		stamp, zone := inside[:dayMonWidth], inside[dayMonWidth:]
		if len(zone) > 0 && zone[0] == '.' {
			return false // PHP-FPM's, at its level debug
		}
		if len(zone) == 0 && (len(rest) > 0 && rest[0] == ' ' || bytes.HasPrefix(rest, []byte("[pool ")) || fpmLevel(rest) != LevelNone) {
			return false
		}
		t, ok := s.dayMonth(stamp)
		if !ok {
			return false
		}
		e.Time, e.Stamp = t, StampTime
		if offset, ok := s.zones.offset(t, trimBlanks(zone)); ok {
			e.UTCOffset = offset
			e.Stamp |= StampZone
		}
		e.Level, e.Message = phpLevel(rest), rest
		return true
	},
	joins: func(s *Scanner, _ *Event, line []byte) bool {
		if inside, text, ok := dayMonBracket(line); ok {
			return len(inside) > dayMonWidth && xdebugLine(text) && !Starts(line)
		}
		return runsOn(s, line)
	},
	splice: func(s *Scanner, e *Event) {
		s.spliceLines(e, func(line []byte) []byte {
			if _, rest, ok := dayMonBracket(line); ok {
				return rest
			}
			return line
		})
	},
}

var phpBare = &Format{
	Name: "php-bare", begins: "PN", family: PHP, other: phpOther, whole: true, undated: true,
	Doc: "what PHP writes to its standard error, without a stamp: PHP Warning:  message in FILE on line N",
	Samples: []string{
		"PHP Warning:  Module \"curl\" is already loaded in Unknown on line 0",
		"NOTICE: PHP message: PHP Notice:  x in /srv/a.php on line 1",
	},
	frame: func(_ *Scanner, e *Event, line []byte) bool {
		if !bareRecord(line) {
			return false
		}
		e.Message = line
		e.Level = phpLevel(cutPHPMessage(line))
		return true
	},
	joins:  func(_ *Scanner, _ *Event, line []byte) bool { return traceLine(line) },
	splice: func(s *Scanner, e *Event) { s.spliceLines(e, nil) },
}

var phpFPM = &Format{
	Name: "php-fpm", begins: "[", family: FPM, other: fpmOther,
	Doc: "PHP-FPM's log and slow log: [20-Jun-2026 10:23:51] LEVEL: message",
	Samples: []string{
		"[20-Jun-2026 10:23:51] WARNING: [pool www] server reached pm.max_children setting (5), consider raising it",
		"[20-Jun-2026 10:23:51.250000] DEBUG: pid 1234, fpm_event_loop(), line 413: 5 events",
		"[20-Jun-2026 10:23:51]  [pool www] pid 4242",
	},
	frame: func(s *Scanner, e *Event, line []byte) bool {
		inside, rest, ok := dayMonBracket(line)
		if !ok {
			return false
		}
		stamp, tail := inside[:dayMonWidth], inside[dayMonWidth:]
		var micro int64
		if len(tail) > 1 && tail[0] == '.' {
			micro, tail = fraction(tail[1:])
		}
		if len(tail) > 0 {
			return false
		}
		level := fpmLevel(rest)
		words := trimBlanks(rest)
		switch {
		case level != LevelNone:
			_, words, _ = bytes.Cut(rest, []byte(": "))
			words = cutFPMPlace(e, words)
		case !bytes.HasPrefix(words, []byte("[pool ")):
			return false
		}
		t, ok := s.dayMonth(stamp)
		if !ok {
			e.PID = 0
			return false
		}
		e.Time, e.Stamp, e.Level, e.Message = t+micro, StampTime, level, words
		return true
	},
	joins: func(s *Scanner, e *Event, line []byte) bool {
		if e.Level == LevelNone { // a block of the slow log
			return runsOn(s, line) || bytes.HasPrefix(line, []byte("[0x")) && !Starts(line)
		}
		inside, rest, ok := dayMonBracket(line)
		if !ok || !fpmContinues(rest) || Starts(line) {
			return false
		}
		t, ok := s.dayMonth(inside[:dayMonWidth])
		if !ok || t < e.Time-e.Time%second || t-e.Time > second {
			return false
		}
		_, words, _ := bytes.Cut(rest, []byte(": "))
		who, _, ok := fpmSaid(e.Message)
		next, said, okNext := fpmSaid(words)
		return ok && okNext && bytes.Equal(who, next) && (traceLine(said) || fpmCut(s.lastLine(e)))
	},
	splice: func(s *Scanner, e *Event) {
		if e.Level == LevelNone {
			s.spliceLines(e, nil)
			return
		}
		spliceFPM(s, e)
	},
}

// dayMonWidth is that of "04-May-2017 23:55:46".
const dayMonWidth = 20

// dayMonBracket reads "[04-May-2017 23:55:46 Zone] " at the start of a line.
func dayMonBracket(line []byte) (inside, rest []byte, ok bool) {
	const longest = 64 // with the longest name of a zone
	if len(line) < dayMonWidth+2 || line[0] != '[' || line[3] != '-' || line[7] != '-' || line[12] != ' ' {
		return nil, nil, false
	}
	i := bytes.IndexByte(line[:min(len(line), longest)], ']')
	if i <= dayMonWidth {
		return nil, nil, false
	}
	return line[1:i:i], bytes.TrimPrefix(line[i+1:], []byte(" ")), true
}

// dayMonth reads "04-May-2017 23:55:46".
func (s *Scanner) dayMonth(b []byte) (t int64, ok bool) {
	if t, ok = s.dayMon.get(b, nil); ok {
		return t, true
	}
	mday, month := two(b), monthOf(b[3:])
	year, rest, okYear := digits(b[7:11])
	h, m, sec, okClock := clock(b[12:])
	if mday < 1 || mday > 31 || month == 0 || !okYear || len(rest) > 0 || year < 1970 || !okClock {
		return 0, false
	}
	t = wall(int(year), month, mday, h, m, sec)
	s.dayMon.put(b, nil, t)
	return t, true
}

// A zoneCache remembers the zones that PHP's stamps name, and the last offset.
type zoneCache struct {
	m    map[string]*time.Location // nil for a name that is none
	name []byte
	last offsetCache // of name, by the wall clock
	ok   bool
}

const maxZones = 128

// offset is how far a zone is from UTC at a time of its wall clock.
func (c *zoneCache) offset(t int64, name []byte) (seconds int32, ok bool) {
	switch {
	case len(name) == 0:
		return 0, false
	case string(name) == "UTC":
		return 0, true
	case name[0] == '+' || name[0] == '-':
		offset, ok, rest := zone(name)
		return offset, ok && len(rest) == 0
	}
	if bytes.Equal(c.name, name) && c.last.has(t) {
		return int32(c.last.offset / second), c.ok
	}
	place, known := c.m[string(name)]
	if !known {
		if place, _ = time.LoadLocation(string(name)); string(name) == "Local" {
			place = nil // of this machine, not of the log's
		}
		if c.m == nil || len(c.m) >= maxZones {
			c.m = make(map[string]*time.Location)
		}
		c.m[string(name)] = place
	}
	c.name, c.ok = append(c.name[:0], name...), place != nil
	c.last.put(t, 0)
	if place != nil {
		u := time.UnixMicro(t).UTC()
		_, off := time.Date(u.Year(), u.Month(), u.Day(), u.Hour(), u.Minute(), u.Second(), 0, place).Zone()
		c.last.put(t, int64(off)*second)
	}
	return int32(c.last.offset / second), c.ok
}

// phpLabels are the words before the colon in what PHP says.
var phpLabels = []struct {
	label string
	level Level
}{
	{"PHP Fatal error:", LevelError},
	{"PHP Parse error:", LevelError},
	{"PHP Recoverable fatal error:", LevelError},
	{"PHP Catchable fatal error:", LevelError},
	{"PHP Core error:", LevelError},
	{"PHP Compile error:", LevelError},
	{"PHP Unknown error:", LevelError},
	{"PHP Warning:", LevelWarn},
	{"PHP Core warning:", LevelWarn},
	{"PHP Compile warning:", LevelWarn},
	{"PHP Startup:", LevelWarn},
	{"PHP Notice:", LevelNotice},
	{"PHP Deprecated:", LevelInfo},
	{"PHP Strict Standards:", LevelInfo},
}

// phpLevel is the level that PHP gives its own messages when it passes them on
// (main/main.c, php_error_cb); LevelNone for what scripts write, except for the
// queries that WordPress calls errors.
func phpLevel(text []byte) Level {
	if len(text) == 0 || text[0] != 'P' && text[0] != 'W' {
		return LevelNone
	}
	for _, l := range phpLabels {
		if bytes.HasPrefix(text, []byte(l.label)) {
			return l.level
		}
	}
	if bytes.HasPrefix(text, []byte(wpPrefix)) {
		return LevelError
	}
	return LevelNone
}

func cutPHPMessage(b []byte) []byte {
	return bytes.TrimPrefix(bytes.TrimPrefix(b, []byte("NOTICE: ")), []byte(phpMessage))
}

// bareRecord tells whether a line without stamp is a message of PHP's own.
func bareRecord(line []byte) bool {
	if shownRecord(line) {
		return true
	}
	if len(line) == 0 || line[0] != 'P' && line[0] != 'N' {
		return false
	}
	if rest, ok := bytes.CutPrefix(line, []byte("NOTICE: ")); ok {
		return bytes.HasPrefix(rest, []byte(phpMessage))
	}
	return bytes.HasPrefix(line, []byte("PHP ")) && phpLevel(line) != LevelNone
}

// runsOn tells whether a line belongs to the record before it in a file where
// each record has a stamp. Empty lines do when more of the record comes after.
func runsOn(s *Scanner, line []byte) bool {
	switch {
	case Starts(line), bareRecord(line), len(line) > 0 && line[0] == '[' && continues(line):
		return false
	case len(line) > 0:
		return true
	}
	_, size := firstLine(s.text)
	next, _ := firstLine(s.text[size:])
	return len(next) > 0 && runsOn(s, next)
}

// lastLine is the last line of what was joined so far.
func (s *Scanner) lastLine(e *Event) []byte {
	i := bytes.LastIndexByte(e.Raw, '\n')
	return s.innerLine(e, e.Raw[i+1:])
}

// spliceLines makes the event's message of its lines, each as cut leaves it.
func (s *Scanner) spliceLines(e *Event, cut func([]byte) []byte) {
	s.spliced = append(s.spliced[:0], e.Message...)
	_, size := firstLine(e.Raw)
	for rest := e.Raw[size:]; len(rest) > 0; rest = rest[size:] {
		var line []byte
		line, size = firstLine(rest)
		line = s.innerLine(e, line)
		if cut != nil {
			line = cut(line)
		}
		s.spliced = append(s.spliced, '\n')
		s.spliced = append(s.spliced, line...)
	}
	e.Message = s.spliced
}

// fpmLevel reads "WARNING: "; LevelNone where it is none of PHP-FPM's.
func fpmLevel(b []byte) Level {
	word, _, ok := bytes.Cut(b[:min(len(b), 16)], []byte(": "))
	if !ok {
		return LevelNone
	}
	return fpmLevelOf(word)
}

// cutFPMPlace drops "pid 1234, fpm_children_bury(), line 256: ", which PHP-FPM
// writes at its level debug; the process is the event's.
func cutFPMPlace(e *Event, words []byte) []byte {
	const longest = 96
	if !bytes.HasPrefix(words, []byte("pid ")) {
		return words
	}
	pid, rest, ok := digits(words[len("pid "):])
	i := bytes.Index(rest[:min(len(rest), longest)], []byte("(), line "))
	if !ok || i < 3 || !bytes.HasPrefix(rest, []byte(", ")) || bytes.IndexByte(rest[2:i], ' ') >= 0 {
		return words
	}
	_, rest, ok = digits(rest[i+len("(), line "):])
	if !ok || !bytes.HasPrefix(rest, []byte(": ")) {
		return words
	}
	e.PID = pid
	return rest[2:]
}

func fpmLevelOf(word []byte) Level {
	switch string(word) {
	case "DEBUG":
		return LevelDebug
	case "NOTICE":
		return LevelNotice
	case "WARNING":
		return LevelWarn
	case "ERROR":
		return LevelError
	case "ALERT":
		return LevelAlert
	}
	return LevelNone
}

// fpmSaid reads `[pool www] child 4242 said into stderr: "…"`: which child, and
// its words; also "PHP message: …", which is a child's own. said is nil where the words are FPM's.
func fpmSaid(b []byte) (who, said []byte, ok bool) {
	if bytes.HasPrefix(b, []byte(phpMessage)) {
		return nil, b, true
	}
	if !bytes.HasPrefix(b, []byte("[pool ")) {
		return nil, nil, false
	}
	i := bytes.Index(b, []byte(" said into "))
	if i < 0 {
		return nil, nil, false
	}
	rest, found := bytes.CutPrefix(b[i+len(" said into "):], []byte("stderr: \""))
	if !found {
		if rest, found = bytes.CutPrefix(b[i+len(" said into "):], []byte("stdout: \"")); !found {
			return nil, nil, false
		}
	}
	rest = bytes.TrimSuffix(rest, []byte(", pipe is closed"))
	return b[:i], bytes.TrimSuffix(rest, []byte(`"`)), true
}

// fpmContinues tells whether what stands behind the stamp of PHP-FPM's log may be
// the rest of what a child said in the line before.
func fpmContinues(text []byte) bool {
	if fpmLevel(text) == LevelNone {
		return false
	}
	_, words, _ := bytes.Cut(text, []byte(": "))
	who, said, ok := fpmSaid(words)
	return ok && who != nil && !ownRecord(said)
}

// fpmCut tells whether a line is so long that PHP-FPM has cut what a child said:
// its buffer has 1024 bytes, the stamp and the quotes included in newer versions.
func fpmCut(line []byte) bool {
	const full = 1000
	return len(line) >= full
}

// spliceFPM puts together what a child said in several pieces.
func spliceFPM(s *Scanner, e *Event) {
	s.spliced = append(s.spliced[:0], e.Message...)
	_, size := firstLine(e.Raw)
	cut := fpmCut(s.inner)
	for rest := e.Raw[size:]; len(rest) > 0; rest = rest[size:] {
		var line []byte
		line, size = firstLine(rest)
		line = s.innerLine(e, line)
		_, text, _ := dayMonBracket(line)
		_, words, _ := bytes.Cut(text, []byte(": "))
		_, said, _ := fpmSaid(words)
		s.spliced = bytes.TrimSuffix(s.spliced, []byte(`"`))
		if !cut || traceLine(said) {
			s.spliced = append(s.spliced, '\n')
		}
		s.spliced = append(append(s.spliced, said...), '"')
		cut = fpmCut(line)
	}
	e.Message = s.spliced
}
