package parser

import (
	"net/netip"
	"strings"
)

// An Event is one record of a log, mostly one line, as far as it was understood.
//
// Slices are borrowed from the text given to [Scanner.Reset]: they are valid
// until the next call of Next. To keep one, make it a string with [Text].
type Event struct {
	Line   int64  // 1-based number of the line in its log
	Offset int64  // of the line's first byte in its log
	Size   int64  // bytes, with the end of the line
	Lines  int64  // how many lines it has: 1, or more where a trace or a query runs on
	Raw    []byte // the line or lines, without the last one's end

	Format *Format // how it was framed, nil where nobody knows
	Kind   *Kind   // never nil; [Unknown] where nobody knows

	Time      int64 // microseconds since 1970 on the wall clock of the log; see Stamp
	Stamp     Stamp // what is known about Time
	UTCOffset int32 // seconds east of UTC, with StampZone

	Host    []byte // of a syslog line
	Program []byte // of a syslog line, its tag
	Module  []byte // of an Apache line, without "mod_"
	Vhost   []byte // the virtual host, where an Apache line names one
	LogID   []byte // of the request or connection, where an Apache line has one (%L)
	Level   Level
	PID     int64 // 0: not said
	TID     int64 // 0: not said

	Client     netip.Addr // who asked, from the frame only; see Remote
	ClientPort int32      // -1: not said; 0: an address from a header, set by mod_remoteip
	Remote     bool       // Client came as [remote …], an HTTP/2 visitor, or from nginx, which escapes nothing: too weak to accuse on alone
	Backend    netip.Addr // the other side of a proxy's connection, never a visitor

	Repeated int64 // how many events the line stands for where syslog says so, 0: itself

	Code    uint16 // the number n of AHn, 0 where there is none
	Errno   int32  // of the operating system or of APR, 0 where there is none
	Message []byte // what the program said, without frame, code, errno and referer
	Referer []byte // as the visitor sent it; anything may stand here

	text []byte // Message without the envelope of a module that passes on another program's words
	db   dbClass
	task Task // of an oom.task

	chains *chains // the scanner's
	addrs  *addrCache

	asked   bool // the frame names a client or a backend, readable or not
	access  bool // a line of an access log
	failed  bool // of which the answer was an error of the server
	context bool // a line that httpd writes once for a connection or request
	web     bool // httpd framed it, whatever program syslog names
}

// A Stamp tells what is known about an event's time.
type Stamp uint8

// What may be known about a time.
const (
	StampTime      Stamp = 1 << iota // there is one
	StampZone                        // with its distance to UTC
	StampNoYear                      // the year was not in the line, see Years
	StampInherited                   // it is that of the line before
)

// Has tells whether all of t is known.
func (s Stamp) Has(t Stamp) bool { return s&t == t }

// A Level is the severity that the program gave its line.
type Level uint8

// The levels of httpd, which begin with those of syslog.
const (
	LevelNone Level = iota
	LevelEmerg
	LevelAlert
	LevelCrit
	LevelError
	LevelWarn
	LevelNotice
	LevelInfo
	LevelDebug
	LevelTrace1
	LevelTrace8 = LevelTrace1 + 7
)

const levelNames = "emerg alert crit error warn notice info debug trace1 trace2 trace3 trace4 trace5 trace6 trace7 trace8"

// String gives the name that httpd writes, "" for LevelNone.
func (l Level) String() string {
	if l == LevelNone || l > LevelTrace8 {
		return ""
	}
	return strings.Fields(levelNames)[l-1]
}

// levelOf reads a level's name; LevelNone where it is none.
func levelOf(b []byte) Level {
	switch string(b) {
	case "error", "err":
		return LevelError
	case "warn", "warning":
		return LevelWarn
	case "notice":
		return LevelNotice
	case "info":
		return LevelInfo
	case "crit":
		return LevelCrit
	case "alert":
		return LevelAlert
	case "emerg":
		return LevelEmerg
	case "debug":
		return LevelDebug
	}
	if len(b) == 6 && string(b[:5]) == "trace" && '1' <= b[5] && b[5] <= '8' {
		return LevelTrace1 + Level(b[5]-'1')
	}
	return LevelNone
}

// Text makes a string to keep of borrowed bytes: valid UTF-8, with U+FFFD for what was not.
func Text(b []byte) string { return strings.ToValidUTF8(string(b), "\uFFFD") }

// clear makes the event ready for the next line.
func (e *Event) clear() { *e = Event{ClientPort: -1, chains: e.chains, addrs: e.addrs} }

// Times is how many events the line stands for: more than one where syslog
// folded lines that were alike.
func (e *Event) Times() int64 { return max(e.Repeated, 1) }

// CodeName writes n as httpd does: AH00161.
func CodeName(n uint16) string {
	b := [7]byte{'A', 'H', '0', '0', '0', '0', '0'}
	for i := 6; n > 0; i-- {
		b[i] = '0' + byte(n%10)
		n /= 10
	}
	return string(b[:])
}
