package parser

import "bytes"

// Frames of syslog beside the two that rsyslog writes: RFC 5424, stamps that
// name their year, stamps of BSD, Cisco and other languages.

var syslog5424 = &Format{
	Name: "syslog-5424", begins: "<123456789",
	Doc: "syslog by RFC 5424: <PRI>1 stamp host program pid msgid [structured data] message",
	Samples: []string{
		`<30>1 2026-04-02T13:10:00.510448+02:00 shop01 systemd 1 - - Started mariadb.service - MariaDB.`,
		`<11>1 2026-04-02T13:10:00Z shop01 httpd 811 ID7 [origin ip="192.0.2.1" note="a \"]\" b"][meta seq="7"] AH00094: Command line: 'httpd'`,
		`<30>1 - - - - - -`,
		`1 2026-04-02T13:10:00Z shop01 httpd 811 - - ready`,
	},
	frame: (*Scanner).rfc5424,
}

func (s *Scanner) rfc5424(e *Event, line []byte) bool {
	level, b := cutPriority(line)
	version, b, ok := digits(b)
	if !ok || version < 1 && level == LevelNone || version > 999 || len(b) == 0 || b[0] != ' ' { // some senders count from 0
		return false
	}
	b = b[1:]
	var stamp Stamp
	var t int64
	var offset int32
	if rest, isNil := cutNil(b); isNil && level != LevelNone {
		b = rest
	} else {
		var zoned bool
		if len(b) < 11 || b[10] != 'T' {
			return false
		}
		t, offset, zoned, rest, ok = iso(b)
		if !ok || len(rest) == 0 || rest[0] != ' ' {
			return false
		}
		b, stamp = rest[1:], StampTime
		if zoned {
			stamp |= StampZone
		}
	}
	var field [4][]byte // host, program, pid, message id
	for i := range field {
		word := b
		if n := bytes.IndexByte(b, ' '); n >= 0 {
			word, b = b[:n:n], b[n+1:]
		} else {
			b = nil
		}
		if len(word) == 0 {
			return false
		}
		if string(word) != "-" {
			field[i] = word
		}
	}
	e.Time, e.Stamp, e.UTCOffset, e.Level = t, stamp, offset, level
	e.Host, e.Program = field[0], field[1]
	if pid, rest, ok := digits(field[2]); ok && len(rest) == 0 {
		e.PID = pid
	}
	s.programSaid(e, bytes.TrimPrefix(cutStructured(b), []byte("\xef\xbb\xbf")))
	return true
}

// cutNil reads RFC 5424's "-", which stands for a field that is not there.
func cutNil(b []byte) (rest []byte, ok bool) {
	switch {
	case len(b) == 1 && b[0] == '-':
		return nil, true
	case len(b) > 1 && b[0] == '-' && b[1] == ' ':
		return b[2:], true
	}
	return b, false
}

// cutStructured drops structured data, whose quoted values may hold brackets
// and, after a backslash, quotes. Some senders leave it out: then b is the message.
func cutStructured(b []byte) []byte {
	if rest, ok := cutNil(b); ok {
		return rest
	}
	for len(b) > 0 && b[0] == '[' {
		quoted, i := false, 1
		for ; i < len(b) && (quoted || b[i] != ']'); i++ {
			switch {
			case quoted && b[i] == '\\':
				i++
			case b[i] == '"':
				quoted = !quoted
			}
		}
		if i >= len(b) { // cut off, or no structured data at all
			return b
		}
		b = b[i+1:]
	}
	return bytes.TrimPrefix(b, []byte(" "))
}

var syslogLoose = &Format{
	Name: "syslog-loose", Yearless: true,
	Doc: "syslog with a stamp that is not padded, in brackets, in another language or behind a Cisco's sequence number",
	Samples: []string{
		"Apr 4 03:39:57 vps512 apache2[811]: ready",
		"[Jun 21 16:55:03] vps512 kernel: [  970.699396] usb 1-1: USB disconnect, device number 2",
		"aoû 19 11:08:37 vps512 systemd[1]: Started cron.service.",
		"Mär 19 11:08:37 vps512 systemd[1]: Started cron.service.",
		"<187>45: *Mar  1 18:46:11.123 UTC: %SYS-5-CONFIG_I: Configured from console",
		"Nov 18 01:15:43: --- last message repeated 5 times ---",
	},
	frame:     func(s *Scanner, e *Event, line []byte) bool { return s.looseSyslog(e, line, false) },
	joins:     syslogJoins,
	splice:    syslogSplice,
	continued: "\t ",
}

var syslogDated = &Format{
	Name: "syslog-dated",
	Doc:  "syslog with a traditional stamp that names its year",
	Samples: []string{
		"2026 Nov 13 13:40:01 vps512 sshd[17]: Server listening on 0.0.0.0 port 22.",
		"<190>Apr 15 21:28:13 2026 router app: ready",
		"<166>Jul  6 2026 20:33:28: %ASA-6-302013: Built inbound TCP connection",
	},
	frame:     func(s *Scanner, e *Event, line []byte) bool { return s.looseSyslog(e, line, true) },
	joins:     syslogJoins,
	splice:    syslogSplice,
	continued: "\t ",
}

// looseSyslog reads the stamps that other programs than rsyslog write; dated
// says whether the year must stand in them.
func (s *Scanner) looseSyslog(e *Event, line []byte, dated bool) bool {
	level, b := cutPriority(line)
	if level != LevelNone {
		b = trimBlanks(cutSequence(b))
	}
	bracketed := len(b) > 0 && b[0] == '['
	if bracketed || level != LevelNone && len(b) > 0 && (b[0] == '*' || b[0] == '.') { // a Cisco whose clock is not set
		b = b[1:]
	}
	year, b := yearBefore(b)
	month, b := monthName(b)
	if month == 0 || len(b) == 0 || b[0] != ' ' {
		return false
	}
	mday, b, ok := digits(trimBlanks(b))
	b = bytes.TrimPrefix(b, []byte("."))
	if !ok || mday < 1 || mday > 31 || len(b) == 0 || b[0] != ' ' {
		return false
	}
	b = trimBlanks(b)
	if year == 0 {
		year, b = yearBefore(b)
	}
	hour, min, sec, ok := clock(b)
	if !ok {
		return false
	}
	b = b[8:]
	var micro int64
	if len(b) > 1 && (b[0] == '.' || b[0] == ',') && b[1]-'0' <= 9 {
		micro, b = fraction(b[1:])
	}
	b = cutZoneBeforeYear(b)
	if year == 0 && len(b) > 5 && b[0] == ' ' && (b[5] == ' ' || b[5] == ':') {
		if n, rest, ok := digits(b[1:5]); ok && len(rest) == 0 && 1970 <= n && n < 2100 {
			year, b = int(n), b[5:]
		}
	}
	b, utc := zoneWord(b)
	if bracketed {
		if len(b) == 0 || b[0] != ']' {
			return false
		}
		b = b[1:]
	} else {
		b = bytes.TrimPrefix(b, []byte(":"))
	}
	if len(b) == 0 && level != LevelNone { // nothing but a stamp was sent
		b = []byte(" ")
	}
	if (year != 0) != dated || len(b) == 0 || b[0] != ' ' {
		return false
	}
	e.Stamp, e.Level = StampTime, level
	if dated {
		e.Time = wall(year, month, int(mday), hour, min, sec) + micro
	} else {
		e.Time = s.years.place(month, int(mday), hour, min, sec) + micro
		e.Stamp |= StampNoYear
	}
	if utc {
		e.Stamp |= StampZone
	}
	s.syslogHost(e, b[1:])
	return true
}

// yearBefore reads "2026 " at the start of b; 0 where it is not there.
func yearBefore(b []byte) (year int, rest []byte) {
	if len(b) > 5 && b[4] == ' ' {
		if n, tail, ok := digits(b[:4]); ok && len(tail) == 0 && 1970 <= n && n < 2100 {
			return int(n), trimBlanks(b[5:])
		}
	}
	return 0, b
}

// zoneWord drops " CET" before a colon or a bracket. Only UTC and GMT mean one thing everywhere.
func zoneWord(b []byte) (rest []byte, utc bool) {
	i := 1
	for i < len(b) && i < 6 && 'A' <= b[i] && b[i] <= 'Z' {
		i++
	}
	if i < 4 || b[0] != ' ' || i == len(b) || b[i] != ':' && b[i] != ']' {
		return b, false
	}
	name := string(b[1:i])
	return b[i:], name == "UTC" || name == "GMT"
}

// monthsAbroad are the short names of months as strftime writes them in other
// languages, where they are not the English ones. A name means one month only.
var monthsAbroad = []struct {
	month int
	names []string
}{
	{1, []string{"janv", "ene", "gen", "sty", "led", "янв", "oca", "јан", "січ", "ян", "ιαν"}},
	{2, []string{"févr", "fév", "fev", "lut", "úno", "фев", "şub", "феб", "лют", "febr", "φεβ"}},
	{3, []string{"mär", "mrz", "mars", "mrt", "bře", "мар", "maa", "бер", "márc", "març", "μαρ"}},
	{4, []string{"avril", "avr", "abr", "kwi", "dub", "апр", "nis", "кві", "ápr", "απρ"}},
	{5, []string{"mai", "mag", "maj", "mei", "kvě", "май", "мая", "toukokuuta", "мај", "тра", "máj", "maig", "μαΐ"}},
	{6, []string{"juin", "giu", "cze", "čer", "июн", "haz", "јун", "чер", "юни", "jún", "iun", "juny", "ιουν"}},
	{7, []string{"juil", "lug", "lip", "čec", "июл", "tem", "јул", "лип", "юли", "júl", "iul", "juliol", "ιουλ"}},
	{8, []string{"août", "aoû", "ago", "sie", "srp", "авг", "ağu", "сер", "αυγ"}},
	{9, []string{"sept", "set", "wrz", "zář", "сен", "eyl", "сеп", "вер", "szept", "σεπ"}},
	{10, []string{"okt", "ott", "out", "paź", "říj", "окт", "eki", "жов", "οκτ"}},
	{11, []string{"lis", "ноя", "kas", "нов", "лис", "ное", "noi", "νοε"}},
	{12, []string{"déc", "dez", "dic", "des", "gru", "pro", "дек", "ara", "дец", "гру", "δεκ"}},
}

// monthName reads a month's short name in any language that is known, with a
// point behind it or not; 0 where it is none.
func monthName(b []byte) (month int, rest []byte) {
	i := bytes.IndexByte(b[:min(len(b), 24)], ' ')
	if i < 2 {
		return 0, b
	}
	name, rest := bytes.TrimSuffix(b[:i], []byte(".")), b[i:]
	if len(name) == 3 {
		if m := monthOf(name); m > 0 {
			return m, rest
		}
	}
	if digit, tail, ok := digits(name); ok && string(tail) == "月" && 1 <= digit && digit <= 12 {
		return int(digit), rest
	}
	for _, m := range monthsAbroad {
		for _, abroad := range m.names {
			if len(abroad) == len(name) && bytes.EqualFold(name, []byte(abroad)) {
				return m.month, rest
			}
		}
	}
	for m, english := range [...]string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"} {
		if string(name) == english { // other languages write months without a capital
			return m + 1, rest
		}
	}
	return 0, b
}

var syslogISO = &Format{
	Name: "syslog-iso", begins: "<0123456789MTWFS",
	Doc: "syslog with a date, a blank and the time, as fail2ban and journalctl -o short-full write it",
	Samples: []string{
		"<7>2026-10-29 02:00:00.156+01:00 vps512 app[7]: ready",
		"<7>2026-10-29T02:00:00.156+01:00",
		"2026-06-21 14:55:10 UTC vps512 sudo[13709]: ready",
		"Thu 2026-11-19 03:12:44 CET vps512 sshd[811]: Server listening on 0.0.0.0 port 22.",
		"2026-02-13 15:52:30,388 backup[1138]: done",
	},
	frame:     (*Scanner).isoSyslog,
	joins:     syslogJoins,
	splice:    syslogSplice,
	continued: "\t ",
}

func (s *Scanner) isoSyslog(e *Event, line []byte) bool {
	level, b := cutPriority(line)
	if len(b) > 4 && b[3] == ' ' && weekday(b) {
		b = b[4:]
	}
	t, offset, zoned, rest, ok := iso(b)
	if !ok || level == LevelNone && b[10] != ' ' {
		return false
	}
	stamp := StampTime
	if zoned {
		stamp |= StampZone
	}
	if len(rest) == 0 && level != LevelNone {
		e.Time, e.Stamp, e.UTCOffset, e.Level = t, stamp, offset, level
		return true
	}
	if len(rest) < 2 || rest[0] != ' ' {
		return false
	}
	rest = trimBlanks(rest)
	if i := bytes.IndexByte(rest, ' '); 3 <= i && i <= 5 && !zoned && upper(rest[:i]) && levelOfWord(rest[:i]) == LevelNone { // a zone's name
		if name := string(rest[:i]); name == "UTC" || name == "GMT" {
			stamp |= StampZone
		}
		rest = rest[i+1:]
	}
	if bytes.HasPrefix(rest, []byte("fail2ban.")) {
		e.Time, e.Stamp, e.UTCOffset, e.Level = t, stamp, offset, level
		i := bytes.IndexAny(rest, ": [")
		if i < 0 {
			i = len(rest)
		}
		e.Program, rest = rest[:i:i], trimBlanks(rest[i:])
		if pid, after, ok := bracket(rest); ok {
			e.PID, _, _ = digits(pid)
			rest = after
		}
		e.Message = trimBlanks(bytes.TrimPrefix(rest, []byte(":")))
		return true
	}
	if level == LevelNone { // many programs begin their lines so: only a host and a tag make it syslog
		b := rest
		if i := bytes.IndexByte(b, ' '); i > 0 && b[i-1] != ':' && b[i-1] != ']' {
			b = b[i+1:]
		}
		program, pid, after := tag(b)
		if program == nil || pid == 0 && (len(after) == 0 || after[0] == '[') {
			return false
		}
	}
	e.Time, e.Stamp, e.UTCOffset, e.Level = t, stamp, offset, level
	s.syslogHost(e, rest)
	return true
}

func weekday(b []byte) bool {
	switch string(b[:3]) {
	case "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun":
		return true
	}
	return false
}

func upper(b []byte) bool {
	for _, c := range b {
		if c < 'A' || c > 'Z' {
			return false
		}
	}
	return true
}

// levelOfWord reads a severity as ChromeOS, macOS and others spell it.
func levelOfWord(b []byte) Level {
	switch string(b) {
	case "INFO", "Info":
		return LevelInfo
	case "DEBUG", "Debug":
		return LevelDebug
	case "NOTICE", "Notice":
		return LevelNotice
	case "WARNING", "Warning", "WARN":
		return LevelWarn
	case "ERR", "Error", "ERROR":
		return LevelError
	case "CRIT", "Critical", "CRITICAL":
		return LevelCrit
	case "ALERT", "Alert":
		return LevelAlert
	case "EMERG", "Emergency":
		return LevelEmerg
	}
	return LevelNone
}

// cutFacility reads what BSD's syslogd -v and -vv put behind the stamp: <4.3> or <auth.info>.
func cutFacility(e *Event, b []byte) []byte {
	i := bytes.IndexByte(b[:min(len(b), 24)], '>')
	if i < 0 || i+1 >= len(b) || b[i+1] != ' ' {
		return b
	}
	_, severity, ok := bytes.Cut(b[1:i], []byte("."))
	if !ok {
		return b
	}
	if n, rest, isNumber := digits(severity); isNumber && len(rest) == 0 && n < 8 {
		e.Level = LevelEmerg + Level(n)
	} else if level := levelOf(severity); level != LevelNone {
		e.Level = level
	} else {
		return b
	}
	return trimBlanks(b[i+2:])
}

// cutSeverity reads "daemon.info ", which busybox' syslogd puts before the tag, or
// "info ", which a template of rsyslog's puts before a tag with a pid.
func cutSeverity(e *Event, b []byte) []byte {
	i := bytes.IndexByte(b[:min(len(b), 20)], ' ')
	if i < 0 {
		return b
	}
	facility, severity, ok := bytes.Cut(b[:i], []byte("."))
	if !ok {
		if level := levelOf(b[:i]); level != LevelNone {
			if _, pid, _ := tag(b[i+1:]); pid != 0 {
				e.Level = level
				return b[i+1:]
			}
		}
		return b
	}
	switch string(facility) {
	case "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
		"local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7":
		if level := levelOf(severity); level != LevelNone {
			e.Level = level
			return b[i+1:]
		}
	}
	return b
}

// oddHost reads a host that begins with a capital, or what stands in its place:
// a severity (ChromeOS), "Message forwarded from host: " (AIX). Its first word
// ends before b[i].
func (s *Scanner) oddHost(e *Event, b []byte, i int) []byte {
	if after, ok := bytes.CutPrefix(b, []byte("Message forwarded from ")); ok {
		if end := bytes.Index(after, []byte(": ")); end > 0 {
			e.Host = after[:end:end]
			return after[end+2:]
		}
	}
	switch level := levelOfWord(b[:i]); {
	case level != LevelNone:
		e.Level = level
	case bytes.ContainsAny(b[:i], "()=,\"'"): // no name holds these: a word of the message
		return b
	default:
		e.Host = b[:i:i]
	}
	return b[i+1:]
}

// oddTag reads the tags that hold a blank: "syslogd 1.4.1: ", "-- root[2421]: "
// and, without a colon, a program before a whole line of httpd.
func oddTag(b []byte) (program []byte, pid int64, rest []byte) {
	if rest, ok := bytes.CutPrefix(b, []byte("-- ")); ok { // login's
		if name, pid, after := tag(rest); name != nil && pid != 0 {
			return b[: 3+len(name) : 3+len(name)], pid, after
		}
		return nil, 0, b
	}
	i := bytes.IndexByte(b, ' ')
	if i < 1 || i > 32 {
		return nil, 0, b
	}
	if bytes.HasPrefix(b[i:], []byte(" [")) && len(b) > i+6 && b[i+5] == ' ' && weekday(b[i+2:]) {
		return b[:i:i], 0, b[i+1:]
	}
	end := i + 1
	for end < len(b) && (b[end]-'0' <= 9 || b[end] == '.') {
		end++
	}
	if end > i+1 && end+1 < len(b) && b[end] == ':' && b[end+1] == ' ' && bytes.IndexByte(b[i:end], '.') > 0 {
		return b[:end:end], 0, b[end+2:]
	}
	return nil, 0, b
}
