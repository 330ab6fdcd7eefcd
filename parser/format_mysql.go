package parser

import "bytes"

// The error log of MySQL and MariaDB as a file (sql/log.cc), in the stamps of
// their ages.

var mysqlLog = &Format{
	Name: "mysql", begins: "0123456789", family: Database, whole: true,
	Doc: "MySQL's and MariaDB's error log: their stamp, thread, [Level], and a crash's report over several lines",
	Samples: []string{
		"130324  0:04:00 [Warning] Access denied for user 'root'@'192.0.2.35' (using password: NO)",
		"130324 00:04:01 mysqld_safe Starting mysqld daemon with databases from /var/lib/mysql",
		"080324 00:04:01  mysqld started",
		"2026-03-14 6:05:00 273 [Note] InnoDB: Using io_uring", // from a page that shows one blank for two
		"2026-03-14  6:05:00 0 [Note] InnoDB: Using io_uring",
		"2016-02-24 15:26:18 0x7fcb2eb43740  InnoDB: Assertion failure in thread 140510638651200 in file ut0ut.cc line 921",
		"2016-02-24 15:26:18 134534345524800 INNODB MONITOR OUTPUT",
		"2016-02-24T15:26:18.237955Z 6 [Note] InnoDB: page_cleaner: 1000ms intended loop took 5210ms",
		"2026-03-14T06:05:00.634875Z mysqld_safe Starting mysqld daemon with databases from /var/lib/mysql",
		"2026-03-14T06:05:00Z UTC - mysqld got signal 11 ;",
		"2026-03-14T06:05:00.634875Z 113 [System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections.",
	},
	frame: func(s *Scanner, e *Event, line []byte) bool {
		t, offset, zoned, rest, ok := mysqlStamp(line)
		if !ok {
			return false
		}
		level, message := mysqlWords(rest)
		if message == nil {
			return false
		}
		e.Time, e.Stamp, e.Level, e.Message = t, StampTime, level, message
		if zoned {
			e.Stamp |= StampZone
			e.UTCOffset = offset
		}
		return true
	},
	joins:  func(s *Scanner, _ *Event, line []byte) bool { return runsOn(s, line) },
	splice: func(s *Scanner, e *Event) { s.spliceLines(e, nil) },
}

var mysqlCrash = &Format{
	Name: "mysql-crash", begins: "012", family: Database, whole: true,
	Doc:     "the report of MySQL's crash, which has a clock without a date: 07:39:24 UTC - mysqld got signal 11 ;",
	Samples: []string{"07:39:24 UTC - mysqld got signal 11 ;"},
	frame: func(_ *Scanner, e *Event, line []byte) bool {
		if len(line) < 14 || line[2] != ':' || !bytes.HasPrefix(line[8:], []byte(" UTC - ")) || !bytes.Contains(line, []byte(" got signal ")) {
			return false
		}
		e.Message = line[len("07:39:24 UTC - "):]
		return true
	},
	joins:  func(s *Scanner, _ *Event, line []byte) bool { return runsOn(s, line) },
	splice: func(s *Scanner, e *Event) { s.spliceLines(e, nil) },
}

// mysqlStamp reads "130324  0:04:00", "2026-03-14  6:05:00" and
// "2016-02-24T15:26:18.237955Z".
func mysqlStamp(line []byte) (t int64, offset int32, zoned bool, rest []byte, ok bool) {
	if len(line) < 22 {
		return
	}
	if line[6] == ' ' && line[8] == ':' || line[4] == '-' && line[10] == ' ' && line[12] == ':' { // a page left out the second blank before a single digit
		return mysqlNarrow(line)
	}
	if line[6] == ' ' {
		year, after, okDate := digits(line[:6])
		month, mday := two(line[2:]), two(line[4:])
		h, m, sec, okClock := clock(line[7:])
		if !okDate || len(after) > 0 || month < 1 || month > 12 || mday < 1 || mday > 31 || !okClock {
			return
		}
		return wall(2000+int(year/10000), month, mday, h, m, sec), 0, false, line[15:], true
	}
	if line[4] != '-' {
		return
	}
	return iso(line)
}

// mysqlNarrow reads "130324 0:04:00" and "2026-03-14 6:05:00".
func mysqlNarrow(line []byte) (t int64, offset int32, zoned bool, rest []byte, ok bool) {
	i := bytes.IndexByte(line, ' ')
	var wide [32]byte
	n := copy(wide[:], line[:i+1])
	wide[n] = '0'
	n += 1 + copy(wide[n+1:], line[i+1:i+8])
	if n < 22 { // of the short form
		n += copy(wide[n:], "         ")
	}
	if t, offset, zoned, _, ok = mysqlStamp(wide[:max(n, 22)]); !ok || zoned || line[i+2] != ':' {
		return 0, 0, false, nil, false
	}
	return t, offset, zoned, line[i+8:], true
}

// mysqlWords reads what stands behind a stamp: thread, [Level] and, since MySQL
// 8, [MY-NNNNNN] [Subsystem]. message is nil where the line is not a database's.
func mysqlWords(b []byte) (level Level, message []byte) {
	if len(b) == 0 || b[0] != ' ' {
		return LevelNone, nil
	}
	b = trimBlanks(b)
	if _, rest, ok := digits(b); ok && len(rest) > 0 && rest[0] == ' ' { // the thread
		b = trimBlanks(rest)
	} else if rest := cutHexThread(b); rest != nil {
		if len(rest) == 0 { // within the report of InnoDB's monitor
			return LevelNone, b
		}
		b = rest
	}
	for _, begin := range []string{"InnoDB: ", "mysqld_safe ", "mariadbd-safe ", "UTC - mysqld got signal ", "INNODB MONITOR OUTPUT"} {
		if bytes.HasPrefix(b, []byte(begin)) {
			if b[0] == 'm' {
				b = b[len(begin):]
			}
			return LevelNone, b
		}
	}
	switch string(b) { // of MySQL 5.0's mysqld_safe
	case "mysqld started", "mysqld ended", "mysqld restarted":
		return LevelNone, b
	}
	name, rest, ok := bracket(b)
	if !ok {
		return LevelNone, nil
	}
	switch string(name) {
	case "Note", "System":
		level = LevelNotice
	case "Warning":
		level = LevelWarn
	case "ERROR", "Error":
		level = LevelError
	default:
		return LevelNone, nil
	}
	for len(rest) > 1 && rest[0] == '[' && rest[1]-'A' < 26 {
		_, after, ok := bracket(rest)
		if !ok {
			break
		}
		rest = bytes.TrimPrefix(after, []byte(": ")) // [Entrypoint]: of containers
	}
	return level, rest[:len(rest):len(rest)]
}

// cutHexThread drops the thread as InnoDB itself writes it, "0x7fcb2eb43740 " or
// "7f57003cb700 "; nil where there is none.
func cutHexThread(b []byte) (rest []byte) {
	const shortest, longest = 4, 16
	named := bytes.HasPrefix(b, []byte("0x"))
	i := 0
	if named {
		i = 2
	}
	start := i
	for i < len(b) && (b[i]-'0' <= 9 || 'a' <= b[i] && b[i] <= 'f') {
		i++
	}
	if n := i - start; n < shortest || n > longest || i == len(b) && !named || i < len(b) && b[i] != ' ' {
		return nil
	}
	rest = trimBlanks(b[i:])
	if !named && !bytes.HasPrefix(rest, []byte("InnoDB: ")) { // a word
		return nil
	}
	return rest[:len(rest):len(rest)]
}

// databaseFollows tells whether behind an RFC 3339 stamp stand the thread and
// level of a database's own log, which would pass for a host and a program.
func databaseFollows(b []byte) bool {
	if len(b) == 0 || b[0]-'0' > 9 && b[0] != '[' {
		return bytes.HasPrefix(b, []byte("mysqld_safe ")) || bytes.HasPrefix(b, []byte("mariadbd-safe ")) || bytes.HasPrefix(b, []byte("UTC - mysqld got signal "))
	}
	_, rest, _ := digits(b)
	rest = trimBlanks(rest)
	name, _, ok := bracket(rest)
	if !ok {
		return false
	}
	switch string(name) {
	case "Note", "System", "Warning", "ERROR":
		return true
	}
	return false
}
