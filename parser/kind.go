package parser

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// A Role is what a line says about the client in it.
type Role uint8

// The roles. The mistake of every one-liner is to count all lines alike.
const (
	Noise Role = iota // says nothing about an incident
	Deed              // the client's own act: without it the line would not exist
	Harm              // the server failed while serving this client; proves nothing about it
	State             // about the server
)

// String names the role as reports do.
func (r Role) String() string { return [...]string{"noise", "deed", "harm", "state"}[r] }

// A Family is the program whose words a line holds.
type Family uint8

// The families of messages.
const (
	anyProgram Family = iota
	HTTPD             // Apache's own words
	PHP               // PHP's and WordPress's words, also inside Apache's lines
	Kernel
	Systemd
	Database // mysqld, mariadbd
	FPM      // PHP-FPM's own words
	Guard    // what watches over passwords: WP fail2ban, fail2ban, phpMyAdmin
	Nginx    // nginx's own words
	families = iota
)

// A Kind is a type of event: how it is known, and what it means.
//
// A line is of the first kind in Kinds that takes it: by its AH code, by how its
// text begins, or by what it contains; then, where there is one, match decides.
type Kind struct {
	Name     string // dotted and stable
	Role     Role
	Severity uint8  // 0 information, 1 low, 2 medium, 3 high, 4 the service is down
	Title    string // one event of it, as the end of "10 times: "
	Doc      string

	Family   Family
	Codes    []uint16 // of AHn
	Prefix   []string // the text begins with one of these
	Contains []string // the text holds one of these

	Samples []string // whole lines that are of this kind
	Misses  []string // whole lines that look like it and are not

	match   func(*Event) bool
	subject func(*Event) []byte // what it is about, borrowed: a path, a user, a program
	pid     func(*Event) int64  // the process that it is about, where the line names one
	origin  func(*Event) []byte // the code that it came from, borrowed: a chain of calls or a file
	detail  func(*Event) any    // the parts, for those who ask
	next    string              // what to look at next, where nextSteps has nothing that fits

	id int
}

// ID is the kind's place in Kinds.
func (k *Kind) ID() int { return k.id }

// Subject is what the event is about: the path, user, unit or program that its
// text names. It is borrowed, and nil where there is none.
func (e *Event) Subject() []byte {
	if e.Kind.subject == nil {
		return nil
	}
	return e.Kind.subject(e)
}

// SubjectPID is the process that the text names, 0 where it names none.
func (e *Event) SubjectPID() int64 {
	if e.Kind.pid == nil {
		return 0
	}
	return e.Kind.pid(e)
}

// Origin is the code that the event came from: WordPress's chain of calls, or
// the file that PHP names. It is borrowed, and nil where neither is known.
func (e *Event) Origin() []byte {
	if e.Kind.origin == nil {
		return nil
	}
	return e.Kind.origin(e)
}

// Detail gives the parts of the event's text as a struct with JSON names, nil
// where its kind has none.
func (e *Event) Detail() any {
	if e.Kind.detail == nil {
		return nil
	}
	return e.Kind.detail(e)
}

// Words is the message without the envelope of a module that only passes it on.
func (e *Event) Words() []byte { return e.text }

// An index finds the kinds that may fit a line, so that a line costs the same
// with 20 kinds and with 200.
type index struct {
	codes    map[uint16][]*Kind
	prefix   [families][256][]anchor
	contains [families][]anchor
	rest     [families][]*Kind // known by match alone, tried last
	byName   map[string]*Kind
}

type anchor struct {
	text []byte
	kind *Kind

	head, mask uint64 // the first bytes of text, and which of eight they are
}

// headOf are the first eight bytes of a text, fewer where it has fewer.
func headOf(text []byte) (head uint64) {
	if len(text) >= 8 {
		return binary.LittleEndian.Uint64(text)
	}
	for i, c := range text {
		head |= uint64(c) << (8 * i)
	}
	return head
}

func newAnchor(text string, k *Kind) anchor {
	mask := ^uint64(0)
	if n := len(text); n < 8 {
		mask >>= 8 * (8 - n)
	}
	return anchor{[]byte(text), k, headOf([]byte(text)), mask}
}

var catalogue = newIndex(Kinds)

func newIndex(kinds []*Kind) *index {
	x := &index{codes: make(map[uint16][]*Kind), byName: make(map[string]*Kind)}
	for i, k := range kinds {
		k.id = i
		x.byName[k.Name] = k
		for _, c := range k.Codes {
			x.codes[c] = append(x.codes[c], k)
		}
		for _, p := range k.Prefix {
			x.prefix[k.Family][p[0]] = append(x.prefix[k.Family][p[0]], newAnchor(p, k))
		}
		for _, c := range k.Contains {
			x.contains[k.Family] = append(x.contains[k.Family], newAnchor(c, k))
		}
		if k.match != nil && k.Codes == nil && k.Prefix == nil && k.Contains == nil {
			x.rest[k.Family] = append(x.rest[k.Family], k)
		}
	}
	return x
}

// KindByName finds a kind; nil where none is called so.
func KindByName(name string) *Kind { return catalogue.byName[name] }

// classify finds the event's kind.
func classify(e *Event) {
	switch { // visitors wrote most of these: nothing is looked for in them
	case e.failed:
		e.Kind = AccessFailed
		return
	case e.access:
		e.Kind = AccessRequest
		return
	case e.context:
		e.Kind = LogContext
		return
	}
	if e.Kind = catalogue.find(e); e.Kind != nil {
		return
	}
	switch {
	case e.Format == nil:
		e.Kind = Unknown
	case e.Format.other != nil:
		e.Kind = e.Format.other
	case e.Format.httpd || e.Module != nil || e.Code != 0:
		e.Kind = ApacheOther
	default:
		e.Kind = SyslogOther
	}
}

// takes tells whether the kind takes an event that its code or anchor found. What
// httpd says of itself names no client; where one is named, a script or a visitor
// wrote the same words.
func (k *Kind) takes(e *Event) bool {
	if e.asked && k.Role == State && k.Family == HTTPD {
		return false
	}
	return k.match == nil || k.match(e)
}

func (x *index) find(e *Event) *Kind {
	var family Family
	switch string(e.Program) {
	case "":
		if e.Format != nil && e.Format.httpd {
			family = HTTPD
		} else if e.Format != nil {
			family = e.Format.family
		}
	case "kernel":
		family = Kernel
	case "systemd":
		family = Systemd
	case "mariadbd", "mysqld", "mysqld_safe", "mariadbd-safe":
		family = Database
	case "apache2", "httpd", "apache":
		family = HTTPD
	case "nginx":
		family = Nginx
	default:
		if family = familyOf(e.Program); e.web {
			family = HTTPD
		}
	}
	if inner := carried(e, family); inner != nil {
		if k := x.gravest(e, inner); k != nil {
			return k
		}
		if family == FPM {
			e.text = e.Message
		}
	}
	if family == HTTPD {
		if e.Code != 0 {
			for _, k := range x.codes[e.Code] {
				if k.takes(e) {
					return k
				}
			}
			if serverCritical.match(e) {
				return serverCritical
			}
			return nil
		}
		if k := x.byText(e, PHP); k != nil {
			return k
		}
	}
	if family != anyProgram {
		if k := x.byText(e, family); k != nil {
			return k
		}
	}
	if family == Nginx && bytes.HasPrefix(e.text, []byte("ModSecurity: ")) { // its module is the same on both servers
		return x.byText(e, HTTPD)
	}
	return x.byText(e, anyProgram)
}

func (x *index) byText(e *Event, f Family) *Kind {
	if len(e.text) == 0 {
		return nil
	}
	head, list := headOf(e.text), x.prefix[f][e.text[0]]
	for i := range list { // dozens begin with the same letter: one comparison leaves few
		if a := &list[i]; (head^a.head)&a.mask == 0 && bytes.HasPrefix(e.text, a.text) && a.kind.takes(e) {
			return a.kind
		}
	}
	if f == PHP && e.text[0] != 'W' && namesWordPress(e.text) > 0 { // in another language
		for _, a := range x.prefix[f]['W'] {
			if string(a.text) == wordPress && a.kind.takes(e) {
				return a.kind
			}
		}
	}
	for _, a := range x.contains[f] {
		if bytes.Contains(e.text, a.text) && a.kind.takes(e) {
			return a.kind
		}
	}
	for _, k := range x.rest[f] {
		if k.match(e) {
			return k
		}
	}
	return nil
}

// unwrap finds another program's words inside a module's: PHP-FPM's standard
// error comes through mod_proxy_fcgi (AH01071), a CGI program's through mod_cgi
// (AH01215) and mod_fcgid. nil where the words are the module's own.
func unwrap(e *Event) []byte {
	switch {
	case e.Code == 1071:
		text, ok := bytes.CutPrefix(e.Message, []byte("Got error '"))
		if !ok {
			return nil
		}
		text = bytes.TrimSuffix(text, []byte("'"))
		text = bytes.TrimSuffix(text, []byte(`\n`)) // as in "Primary script unknown\n"
		return bytes.TrimPrefix(text, []byte("PHP message: "))
	case e.Code == 1215:
		if text, ok := bytes.CutPrefix(e.Message, []byte("stderr from ")); ok { // since 2.4.60
			_, text, _ = bytes.Cut(text, []byte(": "))
			return text
		}
		if e.Lines > 1 || e.Cut() { // apacheSplice did it
			return e.Message
		}
		return cutScript(e.Message)
	case e.Code == 0:
		text, ok := bytes.CutPrefix(e.Message, []byte("mod_fcgid: stderr: "))
		if !ok && string(e.Module) == "lsapi" {
			text, ok = bytes.CutPrefix(e.Message, []byte("Backend fatal error: ")) // CloudLinux' mod_lsapi
		}
		if !ok {
			return nil
		}
		return bytes.TrimPrefix(text, []byte("PHP message: "))
	}
	return nil
}

// A Record is an event to be written: the names of its fields are stable.
type Record struct {
	Source     string `json:"source"`
	Line       int64  `json:"line"`
	LineEnd    int64  `json:"line_end,omitempty"`
	Offset     int64  `json:"offset"`
	Time       string `json:"time,omitempty"`
	Inherited  bool   `json:"time_inherited,omitempty"`
	YearGuess  bool   `json:"year_inferred,omitempty"`
	Host       string `json:"host,omitempty"`
	Program    string `json:"program,omitempty"`
	Level      string `json:"level,omitempty"`
	Module     string `json:"module,omitempty"`
	Vhost      string `json:"vhost,omitempty"`
	LogID      string `json:"log_id,omitempty"`
	PID        int64  `json:"pid,omitempty"`
	TID        int64  `json:"tid,omitempty"`
	Client     string `json:"client,omitempty"`
	ClientPort *int32 `json:"client_port,omitempty"`
	Remote     bool   `json:"remote,omitempty"`
	Backend    string `json:"backend,omitempty"`
	Repeated   int64  `json:"repeated,omitempty"`
	Code       string `json:"code,omitempty"`
	Errno      int32  `json:"errno,omitempty"`
	Kind       string `json:"kind"`
	Role       string `json:"role"`
	Message    string `json:"message"`
	Referer    string `json:"referer,omitempty"`
	Detail     any    `json:"detail,omitempty"`

	// For formats that want more than one line of JSON has.
	Format   string `json:"-"` // how the line was framed
	Clock    Clock  `json:"-"`
	Original string `json:"-"` // the line or lines themselves, where asked for
}

// A Clock is the time of a Record as a number.
type Clock struct {
	Micros int64 // since 1970 on the wall clock of the log
	Offset int32 // seconds east of UTC
	Stamp  Stamp // what is known of them
}

// AppendJSON appends the event as one line of JSON. source names its log.
func (e *Event) AppendJSON(b []byte, source string) ([]byte, error) {
	return AppendRecord(b, e.Record(source))
}

// Record is the event to be written, without its Original. source names its log.
func (e *Event) Record(source string) Record {
	j := Record{
		Source: Text([]byte(source)), Line: e.Line, Offset: e.Offset, Time: FormatTime(e.Time, e.Stamp, e.UTCOffset),
		Inherited: e.Stamp.Has(StampInherited), YearGuess: e.Stamp.Has(StampNoYear),
		Host: Text(e.Host), Program: Text(e.Program), Level: e.Level.String(), Module: Text(e.Module), Vhost: Text(e.Vhost), LogID: Text(e.LogID), PID: e.PID, TID: e.TID,
		Remote: e.Remote, Repeated: e.Repeated, Errno: e.Errno, Kind: e.Kind.Name, Role: e.Kind.Role.String(),
		Message: Text(e.Message), Referer: Text(e.Referer), Detail: e.Detail(),
		Clock: Clock{e.Time, e.UTCOffset, e.Stamp},
	}
	if e.Format != nil {
		j.Format = e.Format.Name
	}
	if e.Lines > 1 {
		j.LineEnd = e.Line + e.Lines - 1
	}
	if e.Client.IsValid() {
		j.Client = e.Client.String()
		if port := e.ClientPort; port >= 0 {
			j.ClientPort = &port
		}
	}
	if e.Backend.IsValid() {
		j.Backend = e.Backend.String()
	}
	if e.Code != 0 {
		j.Code = CodeName(e.Code)
	}
	return j
}

// AppendRecord appends a record as one line of JSON.
func AppendRecord(b []byte, record any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(record); err != nil {
		return b, err
	}
	return appendHarmless(b, out.Bytes()), nil
}

// appendHarmless writes as \u escapes what a terminal would obey and what would
// turn a line around; to a program that reads JSON it is the same text.
func appendHarmless(b, text []byte) []byte {
	for _, r := range string(text) {
		switch {
		case r == '\n', r < utf8.RuneSelf && r != 0x7f, unicode.IsPrint(r):
			b = utf8.AppendRune(b, r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			b = fmt.Appendf(b, `\u%04x\u%04x`, high, low)
		default:
			b = fmt.Appendf(b, `\u%04x`, r)
		}
	}
	return b
}
