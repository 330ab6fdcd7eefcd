package parser

import (
	"bytes"
	"slices"
	"strings"
	"sync"
)

// A Format is one way in which programs frame their lines.
type Format struct {
	Name    string
	Doc     string
	Samples []string

	Yearless bool // its stamps have no year

	httpd   bool // its lines are those of the web server
	undated bool // its lines have no stamp: no chunk of a log may begin with one

	errorLog *errorLog // of a format of the user's own

	begins string // the bytes that its lines can begin with; "": any
	frame  func(*Scanner, *Event, []byte) bool
	joins  func(*Scanner, *Event, []byte) bool // whether the line that follows belongs to the event; nil: never

	continued string                 // the two bytes that a line that follows must begin with to be asked about; "": any
	more      func(*Event) bool      // whether any line can belong to it; nil: joins tells
	splice    func(*Scanner, *Event) // makes the message of several lines; nil: it is their text

	family Family // whose words its lines hold, where no program is named
	other  *Kind  // of lines that have no kind of their own
	last   bool   // it takes what no other format does, and is never tried before them
	whole  bool   // its program cuts no lines, see Cut
}

// A Wrapper is what a container's runtime or a tool puts around the lines of another program.
type Wrapper struct {
	Name    string
	Doc     string
	Samples []string

	begins string // as in Format
	// unwrap gives the line inside. It may set the event's time, host and program,
	// which stand where the line inside does not say its own.
	unwrap func(*Scanner, *Event, []byte) (inner []byte, ok bool)
}

// Wrappers are tried from top to bottom.
var Wrappers = []*Wrapper{
	dockerJSON,
	criLine,
	stampedLine,
	countedLine,
	clockLine,
	namedLine,
	colouredLine,
	indentedLine,
}

// wrappersByFirstByte is made once.
var wrappersByFirstByte = sync.OnceValue(func() *[256][]*Wrapper {
	table := new([256][]*Wrapper)
	for _, w := range Wrappers {
		for c := range table {
			if w.begins == "" || strings.IndexByte(w.begins, byte(c)) >= 0 {
				table[c] = append(table[c], w)
			}
		}
	}
	return table
})

// Formats are tried from top to bottom, the one that a file was found to have first.
var Formats = []*Format{
	apache24,
	apache22,
	phpLog, phpFPM, phpShown, phpBare, nginxLog, lighttpdLog, liteSpeedLog, mysqlLog, mysqlCrash, fail2banLog,
	apacheCustom,
	apacheBare,
	apacheStartup,
	apacheStamped,
	apacheJSON,
	wooLog,
	syslogRFC3339,
	syslogTraditional,
	access,
	accessFPM,
	accessISO,
	syslog5424,
	supervisorLog,
	logread,
	syslogDated,
	syslogLoose,
	syslogISO,
	epochLine,
	carpLine,
	dmesg,
	dmesgClock,
	journalJSON,
	journalExport,
	toolMark,
	journalNote,
	cupsLog,
	kernelBare,
	syslogPriority,
	containerText,
}

// byFirstByte orders the formats that a line can have by the byte that it begins
// with: the first one before the others, then as in Formats. The order does not
// depend on the lines before, so that any part of a log reads the same.
func byFirstByte(own []*Format, first *Format) *[256][]*Format {
	if own == nil && first == nil {
		return usualFormats()
	}
	return makeByFirstByte(own, first)
}

// usualFormats is made once: each look at the beginning of a log asks for it.
var usualFormats = sync.OnceValue(func() *[256][]*Format { return makeByFirstByte(nil, nil) })

func makeByFirstByte(own []*Format, first *Format) *[256][]*Format {
	table := new([256][]*Format)
	add := func(f *Format) {
		for c := range table {
			if f.begins == "" || strings.IndexByte(f.begins, byte(c)) >= 0 {
				table[c] = append(table[c], f)
			}
		}
	}
	for _, f := range own {
		add(f)
	}
	if first != nil && !first.last && !slices.Contains(own, first) {
		add(first)
	}
	for _, f := range Formats {
		if f != first || f.last {
			add(f)
		}
	}
	return table
}

// Starts tells whether a line begins a record of its own; what does not belongs
// to the line before. It is cheap and may be wrong in doubt.
func Starts(line []byte) bool {
	if len(line) < 15 {
		return false
	}
	switch c := line[0]; {
	case c == '[':
		return bytes.IndexByte(line, ']') > 0 && !bareGroup(line) && !continues(line) && !syslogContinues(line)
	case c == 0, c == byteOrderMark[0]:
		rest := cutMark(line)
		return len(rest) < len(line) && Starts(rest)
	case c == '<':
		return !syslogContinues(line)
	case c-'0' <= 9:
		if _, _, _, inner, ok := criRecord(line); ok {
			return framed(inner) && !goesOn(inner) // a piece of a line does not begin with a frame
		}
		if n := runtimeStamp(line); n > 0 {
			return !goesOn(line[n+1:])
		}
		return !syslogContinues(line)
	case line[3] == ' ' && (monthOf(line) > 0 || monthOf(line[4:]) > 0): // 4: a weekday stands before it
		return !syslogContinues(line)
	}
	if stamp, _ := accessPlace(line); stamp >= 0 {
		return true
	}
	return startsInside(line)
}
