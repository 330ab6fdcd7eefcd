package parser

import "bytes"

// Other programs' words inside the lines of those that only pass them on, and
// records that were cut into several lines.
//
// A record of PHP that goes through a web server is cut in three ways: PHP-FPM's
// standard error arrives in pieces of at most 8192 bytes (mod_proxy_fcgi, AH01071)
// or 1024 (PHP-FPM's own log), a CGI program's arrives line by line (mod_cgi,
// AH01215; mod_fcgid), and Xdebug writes each step of its trace as a message.
// Which lines may be such a piece is told by their own text alone, so that any
// part of a log reads the same; whether they are one is told by the line before.

const phpMessage = "PHP message: "

// familyOf tells whose words a program of syslog writes that is not in the list of find.
func familyOf(program []byte) Family {
	if len(program) < 2 {
		return anyProgram
	}
	switch program[0] {
	case 'a', 'h':
		if isApache(program) {
			return HTTPD
		}
	case 'p':
		switch {
		case string(program) == "phpMyAdmin":
			return Guard
		case isFPM(program):
			return FPM
		case bytes.HasPrefix(program, []byte("php")):
			return PHP
		}
	case 'w':
		if isWordPress(program) {
			return Guard
		}
	case 'f':
		if bytes.HasPrefix(program, []byte("fail2ban")) {
			return Guard
		}
	}
	return anyProgram
}

// isApache knows the tags that administrators give to httpd's log when they pipe
// it to logger, or have rsyslog read the file: apache_error, httpd-ssl.
func isApache(program []byte) bool {
	return bytes.HasPrefix(program, []byte("apache")) || bytes.HasPrefix(program, []byte("httpd"))
}

// isFPM knows the names that distributions give PHP-FPM: php-fpm, php-fpm8.2, php8.2-fpm.
func isFPM(program []byte) bool {
	return bytes.HasPrefix(program, []byte("php")) && bytes.Contains(program, []byte("-fpm"))
}

// carried finds another program's words inside those of the program that wrote
// the line; nil where the words are its own.
func carried(e *Event, family Family) []byte {
	switch {
	case family == HTTPD:
		return unwrap(e)
	case family == FPM:
		_, said, ok := fpmSaid(e.Message)
		if !ok && len(e.Program) > 0 && ownRecord(e.Message) {
			return e.Message // PHP's, with error_log = syslog
		}
		return said
	case e.Format == phpBare && e.Message[0] == 'N': // NOTICE: PHP message: …
		return e.Message
	case family == Nginx:
		if e.PID == 0 && bytes.HasPrefix(e.Message, []byte("PHP ")) {
			return e.Message
		}
		return nginxSaid(e.Message)
	case e.Format == lighttpdLog, string(e.Program) == "lighttpd":
		_, said, _ := bytes.Cut(e.Message, []byte("FastCGI-stderr: "))
		return said
	}
	return nil
}

// gravest finds the kind of words that hold several messages of PHP. The event
// is what the gravest of them says, the first of those that are equally grave:
// one request died of one thing, and the warnings before it only led there.
func (x *index) gravest(e *Event, words []byte) *Kind {
	var (
		best *Kind
		text []byte
		db   dbClass
	)
	for rest := words; rest != nil; {
		e.text, rest = nextMessage(rest)
		e.db = classUnread
		if k := x.byText(e, PHP); k != nil && (best == nil || k.Severity > best.Severity) {
			best, text, db = k, e.text, e.db
		}
	}
	if best == nil {
		text, _ = nextMessage(words)
	}
	e.text, e.db = text, db
	return best
}

// nextMessage cuts the first of several messages from PHP-FPM's standard error.
// What separates them depends on PHP's version: a newline before 7.3, nothing
// up to 8.2.1, "; " since. rest is nil behind the last.
func nextMessage(b []byte) (text, rest []byte) {
	b = bytes.TrimPrefix(b, []byte("NOTICE: ")) // a child's own log
	b = bytes.TrimPrefix(b, []byte(phpMessage))
	for from := 0; ; {
		i := bytes.Index(b[from:], []byte(phpMessage))
		if i < 0 {
			return b, nil
		}
		text = trimSeparator(b[:from+i])
		if !queryRunsOn(text) {
			return text, b[from+i:]
		}
		from += i + len(phpMessage) // a visitor typed these words into a query
	}
}

func trimSeparator(b []byte) []byte {
	for _, s := range []string{"; ", `\n`, "\n", " "} {
		b = bytes.TrimSuffix(b, []byte(s))
	}
	return b
}

// queryRunsOn tells whether a text ends inside a failed query, where anything
// may stand that a visitor typed.
func queryRunsOn(text []byte) bool {
	if !bytes.HasPrefix(text, []byte(wpPrefix)) || indexWords(text, forQuery) < 0 {
		return false
	}
	i := lastIndex(text, madeBy)
	return i < 0 || !isChain(text[i+len(madeBy):])
}

// traceLine tells whether a line of PHP's belongs to the message before it.
func traceLine(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	switch b[0] {
	case '#':
		_, rest, ok := digits(b[1:])
		return ok && len(rest) > 0 && rest[0] == ' '
	case 'S':
		return bytes.HasPrefix(b, []byte("Stack trace:"))
	case ' ':
		return bytes.HasPrefix(b, []byte("  thrown in "))
	case 'P':
		return xdebugLine(b)
	}
	return false
}

// beforeTrace is a message of PHP without its stack trace, which repeats what
// visitors typed. The newline before the trace is a real one, httpd's \n or a
// blank, as where the text was copied to; the last words of a whole trace say the
// place once more.
func beforeTrace(text []byte) []byte {
	if !bytes.HasPrefix(text, []byte("PHP ")) {
		return text
	}
	i := bytes.Index(text, []byte("Stack trace:"))
	if i < 0 {
		return text
	}
	head := bytes.TrimSuffix(text[:i], []byte("PHP "))
	for _, s := range []string{" ", "\n", `\n`} {
		if rest, ok := bytes.CutSuffix(head, []byte(s)); ok {
			return rest
		}
	}
	return text
}

// uncaughtPlace reads " in FILE:N" at the end of an exception's message.
func uncaughtPlace(text []byte) (file []byte, line int64) {
	i := bytes.LastIndexByte(text, ':')
	if i < 0 {
		return nil, 0
	}
	line, rest, ok := digits(text[i+1:])
	if !ok || len(rest) > 0 {
		return nil, 0
	}
	if file = lastIn(text[:i]); file == nil {
		return nil, 0
	}
	return file, line
}

// xdebugLine tells whether a message of PHP is a step of Xdebug's trace:
// "PHP Stack trace:", "PHP   1. {main}() /srv/index.php:0".
func xdebugLine(b []byte) bool {
	rest, ok := bytes.CutPrefix(b, []byte("PHP "))
	if !ok {
		return false
	}
	if bytes.HasPrefix(rest, []byte("Stack trace:")) {
		return true
	}
	if len(rest) == 0 || rest[0] != ' ' {
		return false
	}
	_, rest, ok = digits(trimBlanks(rest))
	return ok && bytes.HasPrefix(rest, []byte(". "))
}

// continues tells from the text of a line alone whether it may belong to the
// record before, although it has a frame. It begins with a bracket.
func continues(line []byte) bool {
	if bytes.HasPrefix(line, []byte("[0x")) { // PHP-FPM's slow log
		return true
	}
	if _, text, ok := dayMonBracket(line); ok {
		return xdebugLine(text) || fpmContinues(text)
	}
	return apacheContinues(apacheWords(line))
}

// apacheWords is what stands behind the brackets of a line of httpd's.
func apacheWords(b []byte) []byte {
	const most = 5
	for range most {
		_, rest, ok := bracket(b)
		if !ok {
			break
		}
		b = rest
	}
	return b
}

const gotError = "AH01071: Got error '"

// apacheContinues tells whether the words of a line of httpd's may be the rest
// of another program's record that the line before began.
func apacheContinues(words []byte) bool {
	if said, ok := bytes.CutPrefix(words, []byte(gotError)); ok {
		return !ownRecord(said)
	}
	return traceLine(cutCGI(words))
}

// ownRecord tells whether what PHP-FPM's standard error says begins a message.
func ownRecord(said []byte) bool {
	for _, begin := range []string{phpMessage, "PHP ", "NOTICE: ", "Primary script unknown", "Unable to open primary script", "Access to the script ", "the log buffer is full", "File not found", wpPrefix} {
		if bytes.HasPrefix(said, []byte(begin)) {
			return true
		}
	}
	return false
}

// cutCGI drops what mod_cgi and mod_fcgid put before a line of a program's standard error.
func cutCGI(words []byte) []byte {
	if rest, ok := bytes.CutPrefix(words, []byte("AH01215: ")); ok {
		words = rest
		if bytes.HasPrefix(words, []byte("stderr from ")) { // since 2.4.60
			if _, said, ok := bytes.Cut(words, []byte(": ")); ok {
				words = said
			}
		}
	}
	return bytes.TrimPrefix(words, []byte("mod_fcgid: stderr: "))
}

// cutScript drops ": /srv/cgi-bin/form.cgi", the script's path, which mod_cgi
// wrote behind each line of its standard error before 2.4.60.
func cutScript(words []byte) []byte {
	if i := lastIndex(words, ": "); i > 0 {
		if path := words[i+2:]; len(path) > 0 && path[0] == '/' || len(path) > 2 && path[1] == ':' && path[2] == '/' {
			return words[:i]
		}
	}
	return words
}

// apacheMore tells whether lines may follow that belong to a line of httpd's:
// after a message of PHP, whichever way it came.
func apacheMore(e *Event) bool {
	switch e.Code {
	case 0:
		return len(e.Message) > 4 && (e.Message[0] == 'P' || e.Message[0] == 'm') && (string(e.Message[:4]) == "PHP " || bytes.HasPrefix(e.Message, []byte("mod_fcgid: stderr: ")))
	case 1071:
		return !bytes.HasPrefix(e.Message, []byte("Got error 'Primary script unknown"))
	case 1215:
		return true
	}
	return false
}

// apacheJoins: the pieces of one record come in one breath, from one thread, and
// for one client, so their frames are the same but for the stamp.
func apacheJoins(s *Scanner, e *Event, line []byte) bool {
	if len(line) == 0 || line[0] != '[' {
		return false
	}
	// The common line is of another process or client: what stands between stamp and message differs.
	const stamp = len("[Thu May 04 23:55:46.108241 2017]")
	start := cap(s.record) - cap(e.Message)
	if e.Referer != nil {
		start = cap(s.record) - cap(e.Referer) - len(refererWord) - len(e.Message)
	}
	if !s.inside && e.Lines == 1 && stamp < start && start <= len(s.record) && s.record[stamp-1] == ']' && (start > len(line) || !bytes.Equal(line[stamp:start], s.record[stamp:start])) {
		return false
	}
	words := apacheWords(line)
	if !apacheContinues(words) || Starts(line) {
		return false
	}
	t, rest, ok := s.apacheStamp(line)
	if !ok || t < e.Time || t-e.Time > second {
		return false
	}
	_, own, ok := s.apacheStamp(s.inner)
	if !ok {
		return false
	}
	own, rest = trimBlanks(own), trimBlanks(rest)
	frame := rest[:len(rest)-len(words)]
	return len(own)-len(apacheWords(own)) == len(frame) && bytes.HasPrefix(own, frame)
}

// apacheSplice puts the pieces of a record together again.
func apacheSplice(s *Scanner, e *Event) {
	path := e.Code == 1215 && !bytes.HasPrefix(e.Message, []byte("stderr from "))
	s.spliced = append(s.spliced[:0], e.Message...)
	if path {
		s.spliced = cutScript(s.spliced)
	}
	_, size := firstLine(e.Raw)
	for rest := e.Raw[size:]; len(rest) > 0; rest = rest[size:] {
		var line []byte
		line, size = firstLine(rest)
		words, _ := cutReferer(apacheWords(s.innerLine(e, line)))
		if said, ok := bytes.CutPrefix(words, []byte(gotError)); ok {
			s.spliced = append(bytes.TrimSuffix(s.spliced, []byte("'")), said...)
			continue
		}
		if words = cutCGI(words); path {
			words = cutScript(words)
		}
		s.spliced = append(append(s.spliced, '\n'), words...)
	}
	e.Message = s.spliced
}
