package parser

import "bytes"

// Logs of the tools around a web server: supervisord, which runs it in many
// containers, OpenWrt's and BusyBox' logread, and WooCommerce's own log.

var supervisorLog = &Format{
	Name: "supervisor", begins: "12",
	Doc: "supervisord's log: 2026-03-14 07:39:24,123 LEVEL message (supervisor/loggers.py)",
	Samples: []string{
		"2026-03-14 07:39:24,229 INFO exited: apache2 (exit status 1; not expected)",
		"2026-03-14 07:39:24,595 CRIT Set uid to user 0",
	},
	frame: func(_ *Scanner, e *Event, line []byte) bool {
		const width = len("2026-03-14 07:39:24,229 ")
		if len(line) < width+5 || line[10] != ' ' || line[19] != ',' || line[width-1] != ' ' {
			return false
		}
		name, words := word(line[width:])
		level, own := supervisorLevel(name)
		if level == LevelNone || !own && !supervisorSays(words) {
			return false
		}
		t, ok := isoSecond(line)
		if !ok {
			return false
		}
		micro, _ := fraction(line[20:])
		e.Time, e.Stamp, e.Level = t+micro, StampTime, level
		e.Program, e.Message = supervisorName, words
		return true
	},
}

var supervisorName = []byte("supervisord")

// supervisorLevel reads a level; own tells whether no other program spells it so.
func supervisorLevel(name []byte) (level Level, own bool) {
	switch string(name) {
	case "CRIT":
		return LevelCrit, true
	case "ERRO":
		return LevelError, true
	case "WARN":
		return LevelWarn, false
	case "INFO":
		return LevelInfo, false
	case "DEBG", "TRAC", "BLAT":
		return LevelDebug, true
	}
	return LevelNone, false
}

// supervisorSays tells whether words are supervisord's: Python's programs share its stamp.
func supervisorSays(words []byte) bool {
	for _, begin := range []string{
		"exited: ", "spawned: '", "success: ", "stopped: ", "gave up: ", "spawnerr: ", "waiting for ", "killing '", "reaped unknown pid ", "received SIG",
		"supervisord started with pid ", "RPC interface '", "Included extra file ", "Set uid to user ", "daemonizing the supervisord process", "Server 'unix_http_server'",
	} {
		if bytes.HasPrefix(words, []byte(begin)) {
			return true
		}
	}
	return false
}

var logread = &Format{
	Name: "logread", begins: "SMTWF",
	Doc: "what logread of OpenWrt and BusyBox prints: Sat Mar 14 07:39:24 2026 facility.severity program[pid]: message",
	Samples: []string{
		"Sat Mar 14 07:39:24 2026 authpriv.warn dropbear[2187]: Exit before auth: Timeout before auth",
		"Sat Mar 14 07:39:24 2026 kern.err kernel: [12345.678901] Out of memory: Killed process 1234 (php-cgi) total-vm:12kB, anon-rss:10kB, file-rss:0kB, shmem-rss:0kB",
	},
	frame: func(s *Scanner, e *Event, line []byte) bool {
		const width = len("Sat Mar 14 07:39:24 2026")
		if len(line) < width+8 || line[3] != ' ' || line[width] != ' ' || !weekday(line) {
			return false
		}
		t, ok := ctime(line[:width])
		if !ok {
			return false
		}
		name, rest := word(line[width+1:])
		_, severity, ok := bytes.Cut(name, []byte("."))
		level := levelOf(severity)
		if !ok || level == LevelNone {
			return false
		}
		program, pid, rest := tag(rest)
		if program == nil {
			return false
		}
		e.Time, e.Stamp, e.Level = t, StampTime, level
		e.Program, e.PID = program, pid
		s.programSaid(e, rest)
		return true
	},
}

var wooLog = &Format{
	Name: "woocommerce", begins: "12", family: PHP, other: phpOther, whole: true,
	Doc: "what WooCommerce's log in wp-content/uploads/wc-logs says of PHP's errors: 2026-03-14T06:39:24+00:00 CRITICAL Uncaught …, with its trace",
	Samples: []string{
		"2026-03-14T06:39:24+00:00 CRITICAL Uncaught Error: Call to a member function get() on null in /srv/www/wp-content/plugins/shop/a.php:339",
		"2026-03-14T06:39:24+00:00 CRITICAL Allowed memory size of 268435456 bytes exhausted (tried to allocate 20480 bytes) in /srv/www/wp-content/plugins/shop/a.php on line 12",
	},
	frame: func(_ *Scanner, e *Event, line []byte) bool {
		const width = len("2026-03-14T06:39:24+00:00")
		if len(line) < width+12 || line[10] != 'T' || line[19] != '+' && line[19] != '-' || line[width] != ' ' {
			return false
		}
		name, text := word(line[width+1:])
		level := levelOfWord(name)
		if level == LevelNone || !upper(name) || !phpEnded(text) {
			return false
		}
		t, offset, zoned, rest, ok := iso(line[:width])
		if !ok || !zoned || len(rest) > 0 {
			return false
		}
		e.Time, e.Stamp, e.UTCOffset, e.Level, e.Message = t, StampTime|StampZone, offset, level, text
		return true
	},
	joins:  func(_ *Scanner, _ *Event, line []byte) bool { return traceLine(line) },
	splice: func(s *Scanner, e *Event) { s.spliceLines(e, nil) },
}

// phpEnded tells whether a text is what PHP says when a script cannot go on.
func phpEnded(text []byte) bool {
	for _, begin := range []string{"Uncaught ", "Allowed memory size of ", "Maximum execution time of ", "Call to undefined ", "syntax error, unexpected "} {
		if bytes.HasPrefix(text, []byte(begin)) {
			return true
		}
	}
	return false
}
