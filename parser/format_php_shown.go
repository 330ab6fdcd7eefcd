package parser

import "bytes"

// What PHP shows where display_errors is on (main/main.c, php_error_cb): the
// label without "PHP " before it. Cron jobs, commands and containers have it in
// their output.

var phpShown = &Format{
	Name: "php-shown", begins: "FPWNDR", family: PHP, other: phpOther, whole: true, undated: true,
	Doc: "what PHP shows on its standard output, as display_errors makes it; its message is read as its log has it, with PHP before the label",
	Samples: []string{
		"Deprecated: mail_headers(): Implicitly marking parameter $headers as nullable is deprecated, the explicit nullable type must be used instead in /srv/www/mail.php on line 259",
		"Fatal error: Uncaught Error: Class \"Redis\" not found in /srv/www/cache.php:12",
	},
	frame: func(s *Scanner, e *Event, line []byte) bool {
		if !shownRecord(line) {
			return false
		}
		start := len(s.copy)
		s.copy = append(append(s.copy, "PHP "...), line...)
		e.Message = s.copy[start:len(s.copy):len(s.copy)]
		e.Level = phpLevel(e.Message)
		return true
	},
	joins:  func(_ *Scanner, _ *Event, line []byte) bool { return traceLine(line) },
	splice: func(s *Scanner, e *Event) { s.spliceLines(e, nil) },
}

// shownRecord tells whether a line is such a message: a label, and the place that PHP
// writes behind each. Other programs warn too.
func shownRecord(line []byte) bool {
	if len(line) < len("Notice: x in a on line 1") {
		return false
	}
	switch line[0] {
	case 'F', 'P', 'W', 'N', 'D', 'R':
	default:
		return false
	}
	for _, label := range []string{"Fatal error: ", "Parse error: ", "Warning: ", "Notice: ", "Deprecated: ", "Recoverable fatal error: "} {
		text, ok := bytes.CutPrefix(line, []byte(label))
		if !ok {
			continue
		}
		if label == "Fatal error: " && bytes.HasPrefix(text, []byte("Uncaught ")) {
			return placeAtEnd(text, ":")
		}
		return placeAtEnd(text, " on line ")
	}
	return false
}

// placeAtEnd tells whether a text ends with " in FILE", these words and a number.
func placeAtEnd(text []byte, before string) bool {
	i := len(text)
	for i > 0 && text[i-1]-'0' <= 9 {
		i--
	}
	file, ok := bytes.CutSuffix(text[:i], []byte(before))
	return i < len(text) && ok && bytes.Contains(file, []byte(" in "))
}
