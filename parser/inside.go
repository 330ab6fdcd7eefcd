package parser

import "bytes"

// Records of several lines, each of which stands behind what somebody else put
// before it: a container's runtime, docker compose, or syslog. A line belongs to
// the one before it when the same container or process wrote both and its own
// text says that it goes on: a step of a trace, the next line of a query.

// joinInside adds the lines that follow and belong to the event.
func (s *Scanner) joinInside(e *Event) {
	if e.Lines > 1 || !s.runsOnInside(e) {
		return
	}
	who, _, ok := s.peel(e.Raw)
	if s.inside && !ok {
		return
	}
	for e.Lines < longestRecord && len(s.text) > 0 {
		line, size := firstLine(s.text)
		next, inner, ok := s.peel(line)
		if s.php {
			inner, ok = s.sameProcess(e, line)
		} else if !bytes.Equal(who, next) {
			break
		}
		if !ok || !goesOn(inner) || !s.belongs(e, inner) {
			break
		}
		end := len(s.record) - len(s.text) + len(line)
		s.take(e, size)
		e.Raw = s.record[:end]
	}
	if e.Lines > 1 {
		e.Format.splice(s, e)
		e.text = e.Message
	}
}

// runsOnInside tells whether more lines of the event's record may follow it.
func (s *Scanner) runsOnInside(e *Event) bool {
	switch e.Format {
	case apache24, apache22, nginxLog:
		return e.Format.more(e)
	case phpFPM:
		return e.Level != LevelNone
	case phpLog, phpBare, phpShown:
		return true
	}
	return s.php && (bytes.HasPrefix(e.Message, []byte("PHP ")) || queryRunsOn(e.Message))
}

// goesOn tells from a line's own text, without what stands before it, whether it
// can be a part of the record that an earlier line began. What can be one is no
// place to cut a log, see Starts.
func goesOn(inner []byte) bool {
	if len(inner) == 0 {
		return false
	}
	switch inner[0] {
	case '[':
		return continues(inner)
	case '\t':
		return true
	case ' ':
		return len(inner) > 1 && inner[1] == ' ' && cutIndent(inner) == nil
	}
	return traceLine(inner) || bytes.HasPrefix(inner, []byte("#011"))
}

// belongs tells whether a line that goes on belongs to this event.
func (s *Scanner) belongs(e *Event, inner []byte) bool {
	switch e.Format {
	case apache24, apache22:
		return apacheJoins(s, e, inner)
	case phpFPM:
		return phpFPM.joins(s, e, inner)
	case nginxLog:
		return nginxOpen(s.nginxRecord(e))
	}
	switch inner[0] {
	case '[':
		return e.Format == phpLog && phpLog.joins(s, e, inner)
	case 'S', 'P':
		return true
	case '#':
		if inner[1] != '0' || traceLine(inner) {
			return true
		}
	case ' ':
		if traceLine(inner) {
			return true
		}
	}
	return queryRunsOn(cutPHPMessage(e.Message))
}

// peel takes off what a container's runtime and docker compose put before a line,
// and tells which stream of which container it is; false where there is nothing
// to take off, or where the line is a piece of a longer one.
func (s *Scanner) peel(line []byte) (who, inner []byte, ok bool) {
	line = cutCodes(line)
	if name, rest, compose := cutName(line); compose {
		who, line, ok = name, cutCodes(rest), true
	}
	if len(line) == 0 {
		return who, line, ok
	}
	switch c := line[0]; {
	case c == '{':
		if piece, stream, _, found := dockerRecord(line); found {
			return stream, bytes.TrimRight(s.plain(piece), "\r\n"), bytes.HasSuffix(piece, []byte(`\n"`))
		}
	case c-'0' <= 9:
		if _, stream, partial, text, found := criRecord(line); found {
			return stream, text, !partial
		}
		if n := runtimeStamp(line); n > 0 {
			return who, line[n+1:], true
		}
	}
	return who, line, ok
}

// composeGoesOn is goesOn for what stands behind docker compose's name, where the
// runtime's stamp may stand first.
func composeGoesOn(inner []byte) bool {
	inner = cutCodes(inner)
	if n := runtimeStamp(inner); n > 0 {
		inner = inner[n+1:]
	}
	return goesOn(inner)
}

// sameProcess gives the words of the next line of syslog, if the process that
// wrote the event wrote it too.
func (s *Scanner) sameProcess(e *Event, line []byte) (words []byte, ok bool) {
	if !syslogContinues(line) { // else a log could be cut before it
		return nil, false
	}
	s.next = Event{ClientPort: -1, chains: e.chains, addrs: e.addrs}
	next := &s.next
	if !e.Format.frame(s, next, line) || e.PID == 0 || next.PID != e.PID || !bytes.Equal(next.Program, e.Program) || !bytes.Equal(next.Host, e.Host) {
		return nil, false
	}
	return next.Message, true
}

// innerLine is a line of the event without what others put before it.
func (s *Scanner) innerLine(e *Event, line []byte) []byte {
	switch {
	case s.inside:
		_, line, _ = s.peel(line)
	case s.php:
		if words, ok := s.sameProcess(e, line); ok {
			return words
		}
	}
	return line
}

// syslogContinues is goesOn for a line of syslog: only of PHP's own words, which
// it sends line by line since 7.3 (main/php_syslog.c).
func syslogContinues(line []byte) bool {
	const longest = 192 // of stamp, host and program
	i := bytes.Index(line[:min(len(line), longest)], []byte("]: "))
	if i < 0 {
		return false
	}
	head := line[:i]
	program := head[bytes.LastIndexByte(head, ' ')+1:]
	return bytes.HasPrefix(program, []byte("php")) && goesOn(line[i+len("]: "):])
}

// syslogJoins takes the lines that macOS begins with a tab, and those that
// journalctl sets in so far that they stand below the words of the first.
func syslogJoins(_ *Scanner, _ *Event, line []byte) bool {
	return line[0] == '\t' || setIn(line) && cutIndent(line) == nil
}

// setIn tells whether a line begins with as many blanks as a stamp has bytes.
func setIn(line []byte) bool {
	const least = len("Mar 14 07:39:24 ")
	return len(line) > least && len(bytes.TrimLeft(line[:least], " ")) == 0
}

func syslogSplice(s *Scanner, e *Event) {
	width := -1 // of what journalctl sets in
	s.spliceLines(e, func(line []byte) []byte {
		if !setIn(line) {
			return line
		}
		text := trimBlanks(line)
		if width < 0 {
			width = len(line) - len(text)
		}
		return line[min(width, len(line)-len(text)):]
	})
}
