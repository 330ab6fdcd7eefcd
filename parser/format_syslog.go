package parser

import "bytes"

// The two stamps of rsyslog's file templates, RSYSLOG_TraditionalFileFormat
// (RFC 3164's, with neither year nor zone) and RSYSLOG_FileFormat (RFC 3339).

var syslogTraditional = &Format{
	Name: "syslog", Yearless: true, begins: "<JFMASOND",
	Doc: "syslog with the traditional stamp: Mmm dd hh:mm:ss host program[pid]: message",
	Samples: []string{
		"Mar 14 07:39:24 vps512 kernel: [ 2781.797343] apache2 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0",
		"<30>Mar  4 07:39:24 vps512 systemd[1]: Started mariadb.service - MariaDB 10.11.19 database server.",
	},
	frame: func(s *Scanner, e *Event, line []byte) bool {
		level, line := cutPriority(line)
		if len(line) < 16 || line[3] != ' ' {
			return false
		}
		t, ok := s.syslog.get(line[:15], nil)
		if !ok {
			month, mday := monthOf(line), two(line[4:])
			h, m, sec, okClock := clock(line[7:])
			if month == 0 || mday < 1 || mday > 31 || line[6] != ' ' || !okClock {
				return false
			}
			t = s.years.place(month, mday, h, m, sec)
			s.syslog.put(line[:15], nil, t)
		}
		rest := line[15:]
		if len(rest) > 1 && rest[0] == '.' {
			var micro int64
			micro, rest = fraction(rest[1:])
			t += micro
		}
		if len(rest) == 0 || rest[0] != ' ' {
			return false
		}
		if len(rest) > 6 && rest[5] == ' ' && rest[1]-'0' <= 9 {
			if year, _ := yearBefore(rest[1:]); year != 0 { // no host, see syslogDated
				return false
			}
		}
		if len(rest) > 1 && 'A' <= rest[1] && rest[1] <= 'Z' && len(cutZoneBeforeYear(rest)) < len(rest) {
			return false
		}
		e.Time, e.Stamp, e.Level = t, StampTime|StampNoYear, level
		s.syslogHost(e, rest[1:])
		return true
	},
	joins: syslogJoins, splice: syslogSplice, continued: "\t ",
}

var syslogRFC3339 = &Format{
	Name: "syslog-rfc3339", begins: "<0123456789",
	Doc: "syslog with an RFC 3339 stamp: 2026-04-02T13:10:00.510448+00:00 host program[pid]: message",
	Samples: []string{
		"2026-04-02T13:50:08.784959+00:00 shop01 kernel: [1137808.142302] borg invoked oom-killer: gfp_mask=0x140dca(GFP_HIGHUSER_MOVABLE), order=0, oom_score_adj=0",
		"2026-04-02T13:50:08,784959+00:00 Out of memory: Killed process 411 (mysqld) total-vm:1460016kB, anon-rss:1414008kB, file-rss:4kB", // dmesg --time-format=iso
	},
	frame: func(s *Scanner, e *Event, line []byte) bool {
		level, line := cutPriority(line)
		if len(line) < 20 || line[10] != 'T' {
			return false
		}
		t, ok := s.rfc3339.get(line[:19], nil)
		if !ok {
			if t, ok = isoSecond(line); !ok {
				return false
			}
			s.rfc3339.put(line[:19], nil, t)
		}
		micro, offset, zoned, rest := isoTail(line[19:])
		if len(rest) == 0 || rest[0] != ' ' || databaseFollows(trimBlanks(rest)) {
			return false
		}
		e.Time, e.Stamp, e.Level = t+micro, StampTime, level
		if zoned {
			e.Stamp |= StampZone
			e.UTCOffset = offset
		}
		if line[19] == ',' && level == LevelNone && dmesgISO(e, rest[1:]) {
			return true
		}
		s.syslogHost(e, rest[1:])
		if e.Program == nil && level == LevelNone {
			s.fields5424(e)
		}
		return true
	},
	joins: syslogJoins, splice: syslogSplice, continued: "\t ",
}

// dmesgISO reads what dmesg --time-format=iso prints behind its stamp, whose
// comma syslog's stamps do not have: there is no host and no program, and no
// process wrote it.
func dmesgISO(e *Event, b []byte) bool {
	if _, rest := word(b); rest != nil {
		if _, pid, _ := tag(rest); pid != 0 {
			return false
		}
	}
	e.Program, e.Message = kernelName, b
	return true
}

// cutPriority reads "<30>", whose lowest three bits are the severity (RFC 3164).
func cutPriority(b []byte) (level Level, rest []byte) {
	if len(b) < 3 || b[0] != '<' {
		return LevelNone, b
	}
	n, rest, ok := digits(b[1:])
	if !ok || n > 191 || len(rest) == 0 || rest[0] != '>' {
		return LevelNone, b
	}
	return LevelEmerg + Level(n&7), rest[1:]
}

// syslogHost reads "host program[pid]: message" and what the program itself framed.
func (s *Scanner) syslogHost(e *Event, b []byte) {
	b = trimBlanks(b)
	if len(b) > 0 && b[0] == '<' {
		b = cutFacility(e, b)
	}
	if i := bytes.IndexByte(b, ' '); i > 0 && b[i-1] != ':' && b[i-1] != ']' && b[0] != '-' {
		if c := b[0]; 'A' <= c && c <= 'Z' {
			b = s.oddHost(e, b, i)
		} else {
			e.Host, b = b[:i:i], b[i+1:]
		}
	}
	if bytes.HasPrefix(b, []byte("last message repeated ")) {
		e.Message = b
		return
	}
	program, pid, rest := tag(trimBlanks(b))
	if program == nil {
		if after := cutSeverity(e, rest); len(after) < len(rest) {
			program, pid, rest = tag(after)
		}
	}
	e.Program, e.PID = program, pid
	if len(rest) > 0 && rest[0] == '<' { // macOS: name[pid] <Info>: text
		if i := bytes.Index(rest, []byte(">: ")); i > 0 && i < 12 && levelOfWord(rest[1:i]) != LevelNone {
			e.Level, rest = levelOfWord(rest[1:i]), rest[i+3:]
		}
	}
	s.programSaid(e, rest)
}

// programSaid takes a program's words out of syslog's frame, and what the
// program itself framed.
func (s *Scanner) programSaid(e *Event, rest []byte) {
	if len(rest) > 0 && (rest[0] == 'm' || rest[0] == ' ') {
		e.Repeated, rest = cutRepeated(rest)
	}
	e.Message = rest
	switch string(e.Program) {
	case "kernel":
		e.Message = cutUptime(rest)
	case "mariadbd", "mysqld", "mysqld_safe", "mariadbd-safe":
		e.Message = cutServerStamp(e, rest)
	case "apache2", "httpd", "apache":
		s.apacheInSyslog(e, rest)
	case "nginx":
		if !s.nginxLine(e, rest) {
			s.accessInSyslog(e, rest)
		}
	default:
		s.guard(e)
	}
}

// cutRepeated takes a text out of "message repeated 5 times: [ text]", which
// rsyslog writes in place of five lines (runtime/ratelimit.c).
func cutRepeated(b []byte) (times int64, text []byte) {
	const most = 1 << 20
	rest, ok := bytes.CutPrefix(trimBlanks(b), []byte("message repeated "))
	if !ok {
		return 0, b
	}
	n, rest, ok := digits(rest)
	if !ok || n < 1 || n > most {
		return 0, b
	}
	if text, ok = bytes.CutPrefix(rest, []byte(" times: [")); !ok || len(text) < 2 || text[len(text)-1] != ']' {
		return 0, b
	}
	return n, bytes.TrimPrefix(text[:len(text)-1:len(text)-1], []byte(" "))
}

// tag reads "program[pid]: ", with the pid or the colon missing or not.
func tag(b []byte) (program []byte, pid int64, rest []byte) {
	const longest = 64
	i, end := 0, min(len(b), longest)
	for i < end && b[i] != ':' && b[i] != '[' && b[i] != ' ' {
		i++
	}
	if i == 0 || i == end || b[i] == ' ' {
		return oddTag(b)
	}
	program, rest = b[:i:i], b[i:]
	if rest[0] == '[' {
		if n, after, ok := digits(rest[1:]); ok && len(after) > 0 && after[0] == ']' {
			pid, rest = n, after[1:]
		} else if end := bytes.Index(rest[:min(len(rest), longest)], []byte("]: ")); end > 0 && bytes.IndexByte(rest[:end], ' ') < 0 { // a platform's name[web.4]
			rest = rest[end+1:]
		} else {
			return nil, 0, b
		}
	}
	rest = bytes.TrimPrefix(rest, []byte(":"))
	return program, pid, bytes.TrimPrefix(rest, []byte(" "))
}

// cutUptime drops the kernel's "[ 2781.797343] ", the seconds since it started.
func cutUptime(b []byte) []byte {
	if len(b) < 10 || b[0] != '[' {
		return b
	}
	i := bytes.IndexByte(b[:min(len(b), 32)], ']')
	if i < 0 {
		return b
	}
	_, rest, ok := digits(trimBlanks(b[1:i]))
	if !ok || len(rest) < 2 || rest[0] != '.' {
		return b
	}
	return bytes.TrimPrefix(b[i+1:], []byte(" "))
}

// cutServerStamp reads the stamp and level that MariaDB and MySQL put before
// their own text also when syslog has stamped it: "2026-03-14  6:05:00 0 [Note] ".
func cutServerStamp(e *Event, b []byte) []byte {
	if len(b) > 22 && b[6] == ' ' { // MySQL 5.5
		if _, _, _, rest, ok := mysqlStamp(b); ok {
			if level, words := mysqlWords(rest); words != nil {
				e.Level = level
				return words
			}
		}
	}
	if len(b) < 22 || b[4] != '-' {
		return b
	}
	if _, ok := isoSecond(b); ok { // a thread in hexadecimal, see mysqlWords
		if words := cutHexThread(trimBlanks(b[19:])); len(words) > 0 {
			return words
		}
	}
	i := bytes.IndexByte(b[:min(len(b), 64)], '[')
	if i < 19 {
		return b
	}
	name, rest, ok := bracket(b[i:])
	if !ok {
		return b
	}
	switch string(name) {
	case "Note", "System":
		e.Level = LevelNotice
	case "Warning":
		e.Level = LevelWarn
	case "ERROR":
		e.Level = LevelError
	default:
		return b
	}
	for len(rest) > 0 && rest[0] == '[' { // MySQL 8: [MY-010116] [Server]
		_, after, ok := bracket(rest)
		if !ok {
			break
		}
		rest = after
	}
	return rest
}

// apacheInSyslog reads a line of httpd that came through syslog: without its
// stamp (ErrorLog syslog), with it where a forwarder left it in place, or what it
// says before its log is open, which systemd passes on.
func (s *Scanner) apacheInSyslog(e *Event, b []byte) {
	if len(b) == 0 {
		return
	}
	if b[0] != '[' {
		if b[0] != '(' && s.accessInSyslog(e, b) {
			return
		}
		if level := e.Level; (b[0] == 'A' || b[0] == '(') && s.apacheStartup(e, b) && level != LevelNone {
			e.Level = level
		}
		return
	}
	if t, rest, ok := s.apacheStamp(b); ok {
		e.Time, e.Stamp, b = t, StampTime, trimBlanks(rest)
	}
	pid := e.PID
	rest, ok := s.apacheRest(e, b)
	if !ok {
		return
	}
	if e.PID == 0 {
		e.PID = pid
	}
	s.apacheMessage(e, rest, e.Module != nil || e.TID != 0)
}

// accessInSyslog reads a line of an access log that a web server, or logger for
// it, sent to syslog.
func (s *Scanner) accessInSyslog(e *Event, b []byte) bool {
	const shortest = len(`1.2.3.4 - - [04/May/2017:23:55:46 +0200] "" 200 -`)
	return len(b) >= shortest && s.accessLine(e, b)
}

// apacheUnderTag reads a line of httpd that syslog has under another name, as
// docker's syslog and journald drivers and the routers of platforms write it:
// with the container's tag. Only the whole frame with its stamp is believed.
func (s *Scanner) apacheUnderTag(e *Event, b []byte) {
	if e.Program == nil {
		return
	}
	t, rest, ok := s.apacheStamp(b)
	if !ok {
		return
	}
	level, pid := e.Level, e.PID
	e.PID = 0
	if rest, ok = s.apacheRest(e, rest); !ok {
		e.Level, e.PID = level, pid
		return
	}
	v24 := e.PID != 0 || e.Module != nil || t%second != 0
	if e.PID == 0 {
		e.PID = pid
	}
	e.Time, e.Stamp, e.web = t, StampTime, true
	s.apacheMessage(e, rest, v24)
}
