package parser

import "bytes"

// Access logs beside httpd's own formats: the access.format that PHP-FPM comes
// with (fpm_conf.c), and formats of httpd whose stamp is an ISO 8601 one.

var accessFPM = &Format{
	Name: "access-fpm", begins: "0123456789abcdef:-",
	Doc: `PHP-FPM's access log: client - user stamp "method script" status`,
	Samples: []string{
		`192.0.2.5 -  28/May/2018:10:31:15 +0000 "GET /index.php" 200`,
		`2001:db8::5 - anna 28/May/2018:10:31:15 +0000 "POST /wp-login.php?x=1" 500`,
	},
	frame: func(s *Scanner, e *Event, line []byte) bool {
		quote := bytes.IndexByte(line, '"')
		const width = len(`28/May/2018:10:31:15 +0000 `)
		if quote < width || line[quote-1] != ' ' {
			return false
		}
		t, rest, ok := accessSecond(line[quote-width : quote])
		if !ok {
			return false
		}
		offset, zoned, tail := zone(trimBlanks(rest))
		if !zoned || len(tail) != 1 {
			return false
		}
		client, rest := word(line[:quote-width])
		if !bytes.HasPrefix(rest, []byte("- ")) {
			return false
		}
		s.accessRest(e, t, line[quote:])
		e.Client, e.UTCOffset = s.addrs.parse(client), offset
		e.Stamp |= StampZone
		return e.Client.IsValid() || string(client) == "-"
	},
}

var accessISO = &Format{
	Name: "access-iso", begins: "0123456789abcdef:",
	Doc: `access logs with an ISO stamp: client identity user [2026-03-14 07:39:24] "request" status bytes …`,
	Samples: []string{
		`192.0.2.5 - - [2026-03-14 07:39:24.123456] "GET / HTTP/1.1" 200 512 "-" "curl/7.88.1"`,
		`192.0.2.5 - - [2026-03-14T07:39:24+01:00] "GET / HTTP/1.1" 200 512`,
	},
	frame: func(s *Scanner, e *Event, line []byte) bool {
		quote := bytes.IndexByte(line, '"')
		if quote < len("::1 - - [2026-03-14 07:39:24] ") || line[quote-1] != ' ' || line[quote-2] != ']' || line[quote-3] == '\\' {
			return false
		}
		open := bytes.LastIndexByte(line[:quote], '[')
		if open < 1 || line[open-1] != ' ' {
			return false
		}
		t, offset, zoned, tail, ok := iso(line[open+1 : quote-2])
		if !ok || len(tail) > 0 {
			return false
		}
		client, rest := word(line[:open])
		addr := s.addrs.parse(client)
		if !addr.IsValid() || bytes.Count(rest, []byte(" ")) < 2 { // identity and user
			return false
		}
		s.accessRest(e, t, line[quote:])
		if e.Client = addr; zoned {
			e.UTCOffset = offset
			e.Stamp |= StampZone
		}
		return true
	},
}

// accessRest reads the request and what stands behind it.
func (s *Scanner) accessRest(e *Event, t int64, request []byte) {
	e.Time, e.Stamp = t, StampTime
	e.asked, e.access = true, true
	e.Message = request
	if a, ok := ReadAccess(e); ok {
		e.Referer, e.failed = a.Referer, failed(a.Status)
	}
}
