package parser

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// An ErrorLogFormat of the user's own, as httpd's core documentation describes it.
// Its text is a list of items, each literal text or a directive; a blank that is
// not escaped, and "% ", begin a field. Where a directive gives nothing, its field
// vanishes with all its literal text and the blank before it; the message alone
// stays (server/log.c, do_errorlog_format).

// errorLog is a compiled format: steps of a matcher.
type errorLog struct {
	steps   []elStep
	starts  [][]byte // what can follow the message
	always  bool     // the message may also be the end
	last    bool     // the message is the last item
	client  bool     // there is a field for the client
	message int      // the step of the message, -1 without one
	most    int      // fields that a line can have
	context bool     // a line for a connection or request, not for a message
	doubt   bool     // what visitors wrote stands before other fields: a line may be read in two ways
}

type elStep struct {
	op     elOp
	text   []byte // of a literal
	name   byte   // of a directive
	arg    string
	hyphen bool // a hyphen stands for nothing
	skip   int  // of an optional field: the step behind it
	time   []elTime
}

type elOp uint8

const (
	elLiteral  elOp = iota
	elStrict        // a directive whose text has a known shape
	elFree          // a directive whose text is the visitor's
	elMessage       // %M
	elOptional      // the steps up to skip are there, or not
)

// CompileErrorLogFormat makes a format of the argument of httpd's ErrorLogFormat.
// With "connection" or "request" as its first word it is the format of the lines
// that httpd writes once for each of those.
func CompileErrorLogFormat(format string) (*Format, error) {
	text := strings.TrimSpace(format)
	if rest, ok := strings.CutPrefix(text, "ErrorLogFormat "); ok {
		text = strings.TrimSpace(rest)
	}
	c := &errorLog{}
	for _, scope := range []string{"connection", "request"} {
		if rest, ok := strings.CutPrefix(text, scope+" "); ok {
			text, c.context = strings.TrimSpace(rest), true
			break
		}
	}
	if n := len(text); n >= 2 && (text[0] == '"' || text[0] == '\'') && text[n-1] == text[0] {
		text = strings.ReplaceAll(text[1:n-1], `\`+text[:1], text[:1])
	}
	text = strings.ReplaceAll(text, `\\`, `\`) // as httpd reads its configuration

	fields, err := elFields(text, c.context)
	if err != nil {
		return nil, err
	}
	message := -1
	for _, f := range fields {
		message = c.field(f, message)
	}
	if message < 0 && !c.context {
		return nil, errors.New("the error log format has no %M, the message")
	}
	c.finish(message)

	begins := ""
	if len(c.steps) > 0 && c.steps[0].op == elLiteral {
		begins = string(c.steps[0].text[:1])
	}
	return &Format{
		Name: "error-log-format", Doc: "the error log of Apache in a format of the user's own: " + format,
		begins: begins, httpd: true, errorLog: c, Yearless: c.yearless(),
		frame: func(s *Scanner, e *Event, line []byte) bool { return c.read(s, e, line) },
	}, nil
}

// elFields splits a format into its fields, each a list of steps.
func elFields(text string, context bool) (fields [][]elStep, err error) {
	fields = [][]elStep{nil}
	for len(text) > 0 {
		split := false
		for strings.HasPrefix(text, "% ") {
			split, text = true, text[2:]
		}
		if text == "" {
			break
		}
		var step elStep
		switch {
		case strings.HasPrefix(text, "%%"):
			step, text = elStep{text: []byte("%")}, text[2:]
		case text[0] == '%':
			if step, text, err = elDirective(text[1:], context); err != nil {
				return nil, err
			}
		default:
			split = split || text[0] == ' '
			step, text = elText(text)
		}
		if split {
			fields = append(fields, nil)
		}
		f := &fields[len(fields)-1]
		*f = append(*f, step)
	}
	return fields, nil
}

// elText reads literal text up to the next directive or the next blank that is not escaped.
func elText(s string) (elStep, string) {
	var b []byte
	atStart := true
	i := 0
	for ; i < len(s) && s[i] != '%' && (s[i] != ' ' || atStart); i++ {
		c := s[i]
		if c == '\\' && i+1 < len(s) {
			i++
			switch c = s[i]; c {
			case 'n':
				c = '\n'
			case 'r':
				c = '\r'
			case 't':
				c = '\t'
			}
			atStart = false
		} else if c != ' ' {
			atStart = false
		}
		b = append(b, c)
	}
	return elStep{text: b}, s[i:]
}

// elDirective reads what stands behind a percent sign.
func elDirective(s string, context bool) (step elStep, rest string, err error) {
	whole := s
	conditional, required := false, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '{':
			end := strings.IndexByte(s[i:], '}')
			if end < 0 {
				return step, "", fmt.Errorf("the error log format has no } behind %%%s", whole)
			}
			step.arg = s[i+1 : i+end]
			i += end
		case c == '-':
			step.hyphen = true
		case c == '+':
			required = true
			if !context {
				return step, "", errors.New("the error log format has a + at a directive; httpd takes it in the formats of connections and requests only")
			}
		case c-'0' <= 9:
			conditional = true
		default:
			step.name = c
			switch c {
			case 'M':
				if context {
					return step, "", errors.New("the error log format of a connection or request cannot have %M")
				}
				step.op = elMessage
			case 'e', 'i', 'n', 'V', 'E': // E: the system's words
				step.op = elFree
			case 't':
				step.op = elStrict
				if strings.ContainsRune(step.arg, '%') {
					if step.time, err = elTimes(step.arg); err != nil {
						return step, "", err
					}
				}
			case 'a', 'A', 'F', 'k', 'l', 'L', 'm', 'P', 'T', 'v':
				step.op = elStrict
			default:
				return step, "", fmt.Errorf("httpd's ErrorLogFormat has no directive %%%s", whole[:i+1])
			}
			if step.op != elMessage {
				always := c == 't' || c == 'P' || c == 'l' && !context || c == 'v' && !context
				if (conditional || !always && !step.hyphen) && !required {
					step.skip = 1 // may be nothing
				}
			}
			return step, s[i+1:], nil
		}
	}
	return step, "", fmt.Errorf("the error log format ends within the directive %%%s", whole)
}

// field adds a field's steps; it tells where the message is.
func (c *errorLog) field(f []elStep, message int) int {
	at := -1
	for i := range f {
		if f[i].op == elMessage {
			at = i
			break
		}
	}
	if at < 0 {
		c.group(f)
		return message
	}
	// What stands before and behind the message in its field vanishes, the message does not.
	c.group(f[:at])
	c.steps = append(c.steps, f[at])
	message = len(c.steps) - 1
	c.group(f[at+1:])
	return message
}

// group adds steps that stand or vanish together.
func (c *errorLog) group(f []elStep) {
	optional := false
	for i := range f {
		optional = optional || f[i].skip > 0
		f[i].skip = 0
	}
	if optional {
		c.steps = append(c.steps, elStep{op: elOptional, skip: len(c.steps) + 1 + len(f)})
	}
	c.steps = append(c.steps, f...)
}

// finish looks at the whole.
func (c *errorLog) finish(message int) {
	c.message = message
	free := false
	for k, s := range c.steps {
		if s.op == elStrict || s.op == elFree && (s.name == 'E' || k > message) {
			c.most++
		}
		switch {
		case s.op == elFree:
			free = free || s.name != 'E'
		case s.op == elStrict && s.name != 'F' && s.name != 'k' && s.name != 'A':
			c.doubt = c.doubt || free
		}
		c.client = c.client || s.name == 'a'
	}
	if message < 0 {
		return
	}
	// Behind the message: a strict field in front of what visitors wrote is in doubt too.
	strict := false
	for _, s := range c.steps[message+1:] {
		strict = strict || s.op == elStrict
		c.doubt = c.doubt || strict && s.op == elFree && s.name != 'E'
	}
	k := message + 1
	for k < len(c.steps) && c.steps[k].op == elOptional {
		c.starts = append(c.starts, c.steps[k+1].text)
		k = c.steps[k].skip
	}
	c.always = k == len(c.steps)
	c.last = message == len(c.steps)-1
	if !c.always {
		c.starts = append(c.starts, c.steps[k].text)
	}
}

func (c *errorLog) yearless() bool {
	for _, s := range c.steps {
		if s.time == nil {
			continue
		}
		for _, t := range s.time {
			if t.conv == 'Y' || t.conv == 'y' || t.conv == 's' {
				return false
			}
		}
		return true
	}
	return false
}

// elMatch is what one reading of a line found, by step.
type elMatch struct {
	found [][]byte
	first [][]byte // the best so far
	bad   []bool   // fields in which readings differ
	score int
	tries int
	done  bool // there is a reading
	odd   bool // there are too many readings to try
}

// maxTries bounds the readings that are tried of one line.
const maxTries = 512

// match reads a line in all ways, or until all fields were found where the format leaves no doubt.
func (c *errorLog) match(m *elMatch, line []byte, cut bool) bool {
	if len(m.found) < len(c.steps) {
		m.found, m.first, m.bad = make([][]byte, len(c.steps)), make([][]byte, len(c.steps)), make([]bool, len(c.steps))
	}
	clear(m.found)
	clear(m.first)
	clear(m.bad)
	m.score, m.tries, m.done, m.odd = 0, 0, false, false
	c.step(m, 0, line, cut)
	return m.done
}

// step reads the rest of a line from a step on; true ends the search.
func (c *errorLog) step(m *elMatch, k int, b []byte, cut bool) bool {
	if m.tries++; m.tries > maxTries {
		m.odd = true
		return true
	}
	if k == len(c.steps) {
		return len(b) == 0 && c.accept(m)
	}
	s := &c.steps[k]
	switch s.op {
	case elLiteral:
		rest, ok := bytes.CutPrefix(b, s.text)
		return ok && c.step(m, k+1, rest, cut)
	case elOptional:
		if c.step(m, k+1, b, cut) {
			return true
		}
		clear(m.found[k:s.skip])
		return c.step(m, s.skip, b, cut)
	case elStrict:
		for n := s.length(b); n > 0; n-- {
			m.found[k] = b[:n:n]
			if c.step(m, k+1, b[n:], cut) {
				return true
			}
			m.found[k] = nil
			if s.name != 'L' && s.name != 'v' { // these may hold what comes next in the format
				break
			}
		}
		return s.hyphen && len(b) > 0 && b[0] == '-' && c.step(m, k+1, b[1:], cut)
	case elFree:
		if s.name == 'E' && !errnoAt(b) {
			return s.hyphen && len(b) > 0 && b[0] == '-' && c.step(m, k+1, b[1:], cut)
		}
		if k+1 == len(c.steps) {
			if len(b) == 0 {
				return false
			}
			m.found[k] = b
			return c.accept(m)
		}
		var next []byte
		if c.steps[k+1].op == elLiteral {
			next = c.steps[k+1].text
		}
		for end := 1; end <= len(b); end++ {
			i := bytes.Index(b[end:], next)
			if i < 0 {
				break
			}
			end += i
			m.found[k] = b[:end:end]
			if c.step(m, k+1, b[end:], cut) {
				return true
			}
		}
		m.found[k] = nil
		return false
	default:
		return c.messageStep(m, k, b, cut)
	}
}

// messageStep reads the message: as far as what follows allows.
func (c *errorLog) messageStep(m *elMatch, k int, b []byte, cut bool) bool {
	if c.last || cut {
		m.found[k] = b
		return c.accept(m)
	}
	for end := len(b); end >= 0; end-- {
		for _, start := range c.starts {
			if len(b)-end >= len(start) && (len(start) == 0 || b[end] == start[0]) && bytes.HasPrefix(b[end:], start) {
				m.found[k] = b[:end]
				if c.step(m, k+1, b[end:], cut) {
					return true
				}
				break
			}
		}
	}
	if c.always {
		m.found[k] = b
		clear(m.found[k+1:])
		return c.accept(m)
	}
	m.found[k] = nil
	return false
}

// accept keeps the reading that finds the most fields; of those, the first. Where
// visitors wrote what stands before a field, it notes in which fields two readings
// differ: a field that can be read in two ways was not read.
func (c *errorLog) accept(m *elMatch) bool {
	score := 0
	for k := range c.steps {
		switch op := c.steps[k].op; {
		case m.found[k] == nil:
		case op == elStrict || op == elFree && c.steps[k].name == 'E' || op == elFree && k > c.message:
			score++
		}
		if c.doubt && m.done && c.steps[k].op == elStrict && m.first[k] != nil && m.found[k] != nil && !bytes.Equal(m.first[k], m.found[k]) {
			m.bad[k] = true
		}
	}
	if !m.done || score > m.score {
		m.done, m.score = true, score
		copy(m.first, m.found)
	}
	return !c.doubt && score == c.most
}

// length is how many bytes of a strict directive's text begin b.
func (s *elStep) length(b []byte) int {
	switch s.name {
	case 't':
		_, n := s.timeAt(nil, b)
		return n
	case 'P', 'k', 'T':
		_, rest, ok := digits(b)
		if !ok {
			return 0
		}
		return len(b) - len(rest)
	case 'l':
		n := run(b, 8, func(c byte) bool { return 'a' <= c && c <= 'z' || c-'0' <= 9 })
		if levelOf(b[:n]) == LevelNone {
			return 0
		}
		return n
	case 'm':
		return run(b, 64, func(c byte) bool {
			return 'a' <= c|0x20 && c|0x20 <= 'z' || c-'0' <= 9 || c == '_' || c == '.' || c == '-'
		})
	case 'L':
		return run(b, 64, func(c byte) bool {
			return 'a' <= c|0x20 && c|0x20 <= 'z' || c-'0' <= 9 || c == '+' || c == '/' || c == '@' || c == '_' || c == '-' || c == '='
		})
	case 'v':
		return run(b, 255, func(c byte) bool { return c > ' ' && c != ']' && c != '[' && c != '"' && c != ',' })
	case 'a', 'A':
		n := run(b, 64, func(c byte) bool {
			return c-'0' <= 9 || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F' || c == ':' || c == '.'
		})
		i := bytes.LastIndexByte(b[:n], ':')
		if i < 2 || i+1 == n {
			return 0
		}
		return n
	case 'F':
		n := run(b, 128, func(c byte) bool { return c > ' ' && c != '(' })
		if n == 0 || n == len(b) || b[n] != '(' {
			return 0
		}
		_, rest, ok := digits(b[n+1:])
		if !ok || len(rest) == 0 || rest[0] != ')' {
			return 0
		}
		return len(b) - len(rest) + 1
	}
	return 0
}

// errnoAt tells whether an errno begins a text: "(104)", "(OS 109)", "(EAI 2)".
func errnoAt(b []byte) bool {
	if len(b) < 3 || b[0] != '(' {
		return false
	}
	b = bytes.TrimPrefix(bytes.TrimPrefix(b[1:], []byte("OS ")), []byte("EAI "))
	_, rest, ok := digits(bytes.TrimPrefix(b, []byte("-")))
	return ok && len(rest) > 0 && rest[0] == ')'
}

// run is how many of the first bytes, up to longest, are of a kind.
func run(b []byte, longest int, of func(byte) bool) int {
	n := 0
	for n < len(b) && n < longest && of(b[n]) {
		n++
	}
	return n
}
