package parser

import "bytes"

// What senders of syslog leave out or put in beside the two RFCs.

var syslogPriority = &Format{
	Name: "syslog-priority", begins: "<",
	Doc: "syslog with a priority and no stamp: <PRI>message, of appliances and of the kernel's buffer",
	Samples: []string{
		"<38>anna logged in to the appliance",
		"<191>94103: 51w2d: DHCPD: assigned IP address 192.0.2.94",
		"<4>Out of memory: Killed process 411 (mysqld) total-vm:1460016kB, anon-rss:1414008kB, file-rss:4kB",
	},
	// Who sent it is not said: a line of a visitor's text may look the same, so that no
	// word of it is taken for a program.
	frame: func(_ *Scanner, e *Event, line []byte) bool {
		level, b := cutPriority(line)
		b = trimBlanks(cutSequence(b))
		if level == LevelNone || len(b) == 0 || bytes.IndexByte(b, '<') >= 0 { // no markup
			return false
		}
		e.Level, e.Message = level, b
		if kernelWords(b) {
			e.Program = kernelName
		}
		return true
	},
}

// cutSequence drops what a Cisco puts before its stamp or its words: the number
// of the message, the time since it started, a lonely colon.
func cutSequence(b []byte) []byte {
	if _, rest, ok := digits(b); ok && bytes.HasPrefix(rest, []byte(": ")) {
		b = rest[2:]
	}
	b = bytes.TrimPrefix(b, []byte(": "))
	if i := bytes.Index(b[:min(len(b), 16)], []byte(": ")); i > 1 && upFor(b[:i]) {
		b = b[i+2:]
	}
	return b
}

// upFor reads "51w2d", "1y3w" or "3d04h", the time since a device started.
func upFor(b []byte) bool {
	units := 0
	for len(b) > 0 {
		_, rest, ok := digits(b)
		if !ok || len(rest) == 0 || bytes.IndexByte([]byte("ywdh"), rest[0]) < 0 {
			return false
		}
		b = rest[1:]
		units++
	}
	return units == 2
}

// cutZoneBeforeYear drops the zone of " CST 1987 ", as date(1) orders them.
func cutZoneBeforeYear(b []byte) []byte {
	i := 1
	for i < len(b) && i < 6 && 'A' <= b[i] && b[i] <= 'Z' {
		i++
	}
	if i < 4 || b[0] != ' ' || len(b) < i+6 || b[i] != ' ' {
		return b
	}
	if year, _ := yearBefore(b[i+1:]); year == 0 {
		return b
	}
	return b[i:]
}

// fields5424 takes "program pid msgid [data] message" apart, which RFC 5424's order
// leaves behind the host where a template has no "<PRI>1 " before the stamp. Only
// fields that are not there, "-", tell it from a sentence.
func (s *Scanner) fields5424(e *Event) {
	program, rest := word(e.Message)
	pid, rest := word(rest)
	id, rest := word(rest)
	n, tail, isPID := digits(pid)
	isPID = isPID && len(tail) == 0
	if len(program) == 0 || len(id) == 0 || len(rest) == 0 || !isPID && string(pid) != "-" || isPID && string(id) != "-" {
		return
	}
	message := cutStructured(rest)
	if len(message) == len(rest) {
		return
	}
	if string(program) != "-" {
		e.Program = program
	}
	if isPID {
		e.PID = n
	}
	s.programSaid(e, bytes.TrimPrefix(message, []byte("\xef\xbb\xbf")))
}

// kernelHost reads "shop01 kernel: " or "kernel: " before words of the kernel; nil
// where neither is there.
func kernelHost(line []byte) (host, words []byte) {
	const longest = 64
	if rest, ok := bytes.CutPrefix(line, []byte("kernel: ")); ok {
		return nil, cutUptime(rest)
	}
	host, rest := word(line[:min(len(line), longest)])
	if len(host) == 0 || !bytes.HasPrefix(rest, []byte("kernel: ")) {
		return nil, nil
	}
	for _, c := range host {
		if !nameByte(c) {
			return nil, nil
		}
	}
	return host[:len(host):len(host)], cutUptime(line[len(host)+len(" kernel: "):])
}

// segfaultLine knows "a.out[14521]: segfault at 0 ip 00000000004011 sp 00007ffca7 error 4".
func segfaultLine(b []byte) bool {
	i := bytes.Index(b[:min(len(b), 40)], []byte("]: segfault at "))
	if i < 0 {
		return false
	}
	_, pid, _ := tag(b)
	after := b[i:]
	return pid != 0 && bytes.Contains(after, []byte(" ip ")) && bytes.Contains(after, []byte(" sp ")) && bytes.Contains(after, []byte(" error "))
}
