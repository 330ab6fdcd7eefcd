package parser

import "bytes"

// fail2ban's own log (fail2ban/server/utils.py, actions.py, filter.py), as a file and through syslog.

var fail2banLog = &Format{
	Name: "fail2ban", begins: "0123456789", family: Guard, other: banNote,
	Doc: "fail2ban's own log: 2006-02-13 15:52:30,388 fail2ban.actions [pid]: LEVEL [jail] message",
	Samples: []string{
		"2006-02-13 15:52:30,388 fail2ban.actions        [4242]: NOTICE  [wordpress] Ban 192.0.2.4",
		"2006-02-13 15:52:30,388 fail2ban.filter: INFO [wordpress] Found 192.0.2.4 - 2006-02-13 15:52:30",
	},
	frame: func(s *Scanner, e *Event, line []byte) bool {
		if len(line) < 32 || line[10] != ' ' || line[19] != ',' {
			return false
		}
		t, offset, zoned, rest, ok := iso(line)
		if !ok || !bytes.HasPrefix(rest, []byte(" fail2ban")) {
			return false
		}
		e.Time, e.Stamp, e.Message = t, StampTime, rest[1:]
		if zoned {
			e.Stamp |= StampZone
			e.UTCOffset = offset
		}
		s.fail2ban(e)
		return true
	},
}

// fail2ban reads "fail2ban.actions [pid]: LEVEL   [jail] message", of which
// syslog may have taken the first part.
func (s *Scanner) fail2ban(e *Event) {
	b := e.Message
	if _, _, _, rest, ok := iso(b); ok { // a stamp of its own behind that of syslog
		b = trimBlanks(rest)
	}
	if bytes.HasPrefix(b, []byte("fail2ban.")) {
		i := bytes.IndexByte(b, ':')
		if i < 0 {
			return
		}
		if open := bytes.IndexByte(b[:i], '['); open >= 0 && e.PID == 0 {
			e.PID, _, _ = digits(b[open+1 : i])
		}
		b = trimBlanks(b[i+1:])
	}
	word, rest, _ := bytes.Cut(b, []byte(" "))
	level := LevelNone
	switch string(word) {
	case "DEBUG":
		level = LevelDebug
	case "INFO":
		level = LevelInfo
	case "NOTICE":
		level = LevelNotice
	case "WARNING":
		level = LevelWarn
	case "ERROR":
		level = LevelError
	case "CRITICAL":
		level = LevelCrit
	}
	if level != LevelNone {
		e.Level, b = level, trimBlanks(rest)
	}
	e.Message = b
	// What it found is the deed of the address that it names; what it then did to
	// that address is its own.
	if _, said := jailOf(b); bytes.HasPrefix(said, []byte("Found ")) {
		addr, _, _ := bytes.Cut(said[len("Found "):], []byte(" "))
		e.Client = s.addrs.parse(addr)
	}
}

// jailOf reads "[jail] message".
func jailOf(b []byte) (jail, said []byte) {
	jail, said, ok := bracket(b)
	if !ok {
		return nil, b
	}
	return jail, said
}
