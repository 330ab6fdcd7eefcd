package parser

import (
	"bytes"
	"net/netip"
)

// The formats common, combined and vhost_combined of Apache's mod_log_config and
// nginx's combined, which have the same shape. Both write a quote inside a quoted
// field as \" or \x22.

var access = &Format{
	Name: "access",
	Doc:  `access logs: [vhost:port] client identity user [time] "request" status bytes "referer" "user agent"`,
	Samples: []string{
		`192.0.2.5 - - [04/May/2017:23:55:46 +0200] "GET /wp-login.php HTTP/1.1" 200 2411 "https://www.example.org/" "Mozilla/5.0 (X11; Linux x86_64)"`,
		`2001:db8::5 - anna [04/May/2017:23:55:46 +0200] "GET /intern/ HTTP/1.1" 401 -`,
		`203.0.113.7 10.0.0.2 - - [04/May/2017:23:55:46 +0200] "GET / HTTP/1.1" 200 512`, // the first is X-Forwarded-For
		`192.0.2.5 - - [04/May/2017:23:55:46.108241 +0200] "GET / HTTP/1.1" 200 512`,
		`203.0.113.7, 10.0.0.9 10.0.0.2 - - [04/May/2017:23:55:46 +0200] "GET / HTTP/1.1" 200 512`, // a list of them, and the peer
		`192.0.2.5 - "" [04/May/2017:23:55:46 +0200] "GET /intern/ HTTP/1.1" 401 381`,              // an empty name
		`[httpd:access] www.example.org:8080 192.0.2.5 - - [04/May/2017:23:55:46 +0200] "GET / HTTP/1.1" 200 512`,
		`www.example.org:443 192.0.2.5 - - [04/May/2017:23:55:46 +0200] "POST /xmlrpc.php HTTP/1.1" 403 199 "-" "curl/7.88.1"`,
	},
	frame: (*Scanner).accessLine,
}

// accessLine reads the fields up to the request; the rest is the message.
func (s *Scanner) accessLine(e *Event, line []byte) bool {
	stamp, quote := accessPlace(line)
	if stamp < 0 {
		return false
	}
	key := line[stamp : stamp+20]
	t, ok := s.access.get(key, nil)
	if !ok {
		if t, _, ok = accessSecond(key); !ok {
			return false
		}
		s.access.put(key, nil, t)
	}
	first, rest := word(line[:stamp-1])
	if len(first) > 0 && first[0] == '[' && bytes.HasSuffix(first, []byte(":access]")) { // [httpd:access], what container images put before it
		first, rest = word(rest)
	}
	e.Client = s.addrs.parse(first)
	if len(first) > 0 && first[len(first)-1] == ',' {
		e.Client = s.forwarded(line[:stamp-1])
	} else if second, _ := word(rest); len(second) > 1 { // else it is the hyphen of the identity
		switch a := s.addrs.parse(second); {
		case !a.IsValid():
		case !e.Client.IsValid():
			e.Client = a
			if i := bytes.LastIndexByte(first, ':'); i >= 0 && first[0] != '/' { // a path is a file's name
				e.Vhost = first[:i:i]
			} else if len(first) > 0 && first[0] != '/' && first[0] != '-' {
				e.Vhost = first
			}
		case !a.IsPrivate() && !a.IsLoopback():
			// The first is a header's, X-Forwarded-For, which anybody can send; only
			// where a proxy of one's own passed it on it can be believed.
			e.Client = a
		}
	}
	tail := line[stamp+20:]
	if len(tail) > 0 && tail[0] == '.' { // of %{usec_frac}t
		var micro int64
		micro, tail = fraction(tail[1:])
		t += micro
	}
	e.Time, e.Stamp = t, StampTime
	if offset, zoned, _ := zone(trimBlanks(tail)); zoned {
		e.Stamp |= StampZone
		e.UTCOffset = offset
	}
	e.asked, e.access = true, true
	e.Message = line[quote:]
	if a, ok := ReadAccess(e); ok {
		e.Referer, e.failed = a.Referer, failed(a.Status)
	}
	return true
}

// failed tells whether a status says that the server failed. 501 and 505 are about
// what the client sent (RFC 9110).
func failed(status int) bool { return status >= 500 && status != 501 && status != 505 }

// accessPlace finds the stamp and the quote that opens the request; -1 where the
// line is not of an access log. The user name before the stamp is the visitor's,
// and holds no quote that is not escaped: the last stamp before the quote counts.
func accessPlace(line []byte) (stamp, quote int) {
	const longest = 2048 // of all before the request
	head := line[:min(len(line), longest)]
	quote = bytes.IndexByte(head, '"')
	for quote > 0 && head[quote-1] == '\\' {
		i := bytes.IndexByte(head[quote+1:], '"')
		if i < 0 {
			return -1, -1
		}
		quote += 1 + i
	}
	if quote < 28 {
		return behindUser(head, quote)
	}
	for end := quote; ; {
		i := bytes.LastIndexByte(head[:end], '[')
		if i < 6 {
			return -1, -1
		}
		if _, rest, ok := accessSecond(head[i+1 : quote]); ok && head[i-1] == ' ' && len(rest) > 0 && (rest[0] == ' ' || rest[0] == ']' || rest[0] == '.') {
			return i + 1, quote
		}
		end = i
	}
}

// forwarded reads a list of addresses, X-Forwarded-For with the peer behind it or
// not. Each proxy adds the one that asked it at the end, and anybody can begin the
// list: the last that is not of one's own network is the one to believe.
func (s *Scanner) forwarded(b []byte) (client netip.Addr) {
	for {
		var first []byte
		first, b = word(b)
		a := s.addrs.parse(bytes.TrimSuffix(first, []byte(",")))
		switch {
		case !a.IsValid():
			if len(first) > 0 && first[len(first)-1] == ',' { // "unknown", which proxies write too
				continue
			}
			return client
		case !client.IsValid() || !a.IsPrivate() && !a.IsLoopback():
			client = a
		}
	}
}

// behindUser finds the stamp and the request's quote behind a user's name in
// quotes: httpd writes "" for an empty one, other servers quote all.
func behindUser(head []byte, quote int) (int, int) {
	const least = len(`1.2.3.4 - "`)
	if quote < least-1 || head[quote-1] != ' ' {
		return -1, -1
	}
	_, rest := quotedField(head[quote:])
	const width = len("04/May/2017:23:55:46")
	if !bytes.HasPrefix(rest, []byte(" [")) || len(rest) < width+4 {
		return -1, -1
	}
	stamp := len(head) - len(rest) + 2
	i := bytes.IndexByte(rest, '"')
	if _, _, ok := accessSecond(head[stamp:]); !ok || i < 0 {
		return -1, -1
	}
	return stamp, len(head) - len(rest) + i
}

// word is the first word of a text and what follows its blank.
func word(b []byte) (first, rest []byte) {
	i := bytes.IndexByte(b, ' ')
	if i < 0 {
		return b, nil
	}
	return b[:i:i], b[i+1:]
}

// Access is a request as the server logged it. Its slices are borrowed, as those
// of an [Event]; a field that is not there is nil or 0.
type Access struct {
	Vhost     []byte
	Method    []byte // nil where the request was no HTTP
	Target    []byte
	Protocol  []byte
	Status    int
	Bytes     int64
	Referer   []byte
	UserAgent []byte
}

// ReadAccess reads a line of an access log; false where the event is none.
func ReadAccess(e *Event) (a Access, ok bool) {
	if !e.access {
		return a, false
	}
	a.Vhost = e.Vhost
	request, rest := quotedField(e.Message)
	a.Method, a.Target, a.Protocol = requestLine(request)
	status, rest := word(trimBlanks(rest))
	if n, tail, ok := digits(status); ok && len(tail) == 0 && n < 1000 {
		a.Status = int(n)
	}
	if len(rest) > 0 && rest[0] != '"' { // a format may leave out the size
		var size []byte
		size, rest = word(rest)
		if n, tail, ok := digits(size); ok && len(tail) == 0 {
			a.Bytes = n
		}
	}
	if len(rest) > 0 && rest[0] == '"' {
		a.Referer, rest = quotedField(rest)
		if rest = trimBlanks(rest); len(rest) > 0 && rest[0] == '"' {
			a.UserAgent, _ = quotedField(rest)
		}
	}
	return a, true
}

// quotedField reads a field in quotes; a lone hyphen is an empty one. Where the
// line was cut, the field ends with it.
func quotedField(b []byte) (field, rest []byte) {
	b = bytes.TrimPrefix(b, []byte(`"`))
	for from := 0; ; {
		i := bytes.IndexByte(b[from:], '"')
		if i < 0 {
			return b, nil
		}
		i += from
		slashes := 0
		for slashes < i && b[i-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			field, rest = b[:i:i], b[i+1:]
			break
		}
		from = i + 1
	}
	if len(field) == 0 || string(field) == "-" {
		field = nil
	}
	return field, rest
}

// requestLine takes a request line apart; what is no HTTP is a target without a method.
func requestLine(b []byte) (method, target, protocol []byte) {
	i := bytes.IndexByte(b, ' ')
	if i <= 0 {
		return nil, b, nil
	}
	for _, c := range b[:i] {
		if c < 'A' || c > 'Z' && c != '_' && c != '-' && (c < 'a' || c > 'z') {
			return nil, b, nil
		}
	}
	method, target = b[:i:i], b[i+1:]
	if i = bytes.LastIndexByte(target, ' '); i >= 0 && bytes.HasPrefix(target[i+1:], []byte("HTTP/")) {
		target, protocol = target[:i:i], target[i+1:]
	}
	return method, target, protocol
}

// AccessRequest is a line of an access log.
var AccessRequest = &Kind{
	Name: "access.request", Role: Noise,
	Title:   "a request in the access log",
	Doc:     "A line of an access log: one request and its answer. It is context: the error log tells what went wrong, and access.failed what the server could not answer.",
	Samples: []string{access.Samples[0], access.Samples[1], access.Samples[2], "Feb 15 16:54:53 srv nginx: " + access.Samples[0], "Feb 15 16:54:53 srv apache-access[99]: " + access.Samples[4]},
	Misses:  []string{"Feb 15 16:54:53 srv app[99]: " + access.Samples[0]},
	subject: accessTarget,
	detail:  accessDetail,
}

// AccessFailed is a request that was answered with an error of the server.
var AccessFailed = &Kind{
	Name: "access.failed", Role: Harm, Severity: 2,
	Title: "a request was answered with an error of the server",
	Doc: "A line of an access log with a status from 500 on, except 501 and 505, which are about what the client sent. It shows failures that error.log is silent about: " +
		"a WordPress that finds no database at all answers with 500 and writes nothing.",
	Samples: []string{
		`192.0.2.5 - - [04/May/2017:23:55:46 +0200] "GET / HTTP/1.1" 500 2765 "-" "Mozilla/5.0 (X11; Linux x86_64)"`,
		`192.0.2.5 - - [04/May/2017:23:55:46 +0200] "GET /shop/ HTTP/1.1" 503 299`,
	},
	Misses: []string{
		access.Samples[0],
		`192.0.2.5 - - [04/May/2017:23:55:46 +0200] "FOO / HTTP/1.1" 501 512`,
	},
	subject: accessTarget,
	detail:  accessDetail,
}

func accessTarget(e *Event) []byte {
	a, _ := ReadAccess(e)
	return a.Target
}

func accessDetail(e *Event) any {
	a, _ := ReadAccess(e)
	return AccessDetail{Text(a.Method), Text(a.Target), Text(a.Protocol), a.Status, a.Bytes, Text(a.Referer), Text(a.UserAgent), Text(a.Vhost)}
}

// An AccessDetail is a request and its answer.
type AccessDetail struct {
	Method    string `json:"method,omitempty"`
	Target    string `json:"target"`
	Protocol  string `json:"protocol,omitempty"`
	Status    int    `json:"status"`
	Bytes     int64  `json:"bytes"`
	Referer   string `json:"referer,omitempty"`
	UserAgent string `json:"user_agent,omitempty"`
	Vhost     string `json:"vhost,omitempty"`
}
