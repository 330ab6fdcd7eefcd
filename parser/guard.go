package parser

import (
	"bytes"
	"net/netip"
)

// Programs that name in their own words whom they caught. The address is taken
// only from the place where the program writes it, never from what a visitor typed.

// guard reads what the programs of this file put into syslog.
func (s *Scanner) guard(e *Event) {
	p, b := e.Program, e.Message
	if len(p) == 0 || len(b) == 0 {
		return
	}
	switch p[0] {
	case 'a', 'h':
		if isApache(p) {
			s.apacheInSyslog(e, b)
			return
		}
	case 'f':
		if bytes.HasPrefix(p, []byte("fail2ban")) {
			s.fail2ban(e)
			return
		}
	case 'l':
		if string(p) == "lighttpd" {
			e.Client = s.attacker(b)
			return
		}
	case 'm':
		if string(p) == "mod_evasive" {
			e.Client = s.blacklisted(b)
			return
		}
	case 'p':
		switch {
		case string(p) == "phpMyAdmin":
			if bytes.HasPrefix(b, []byte("user denied: ")) {
				e.Client = s.fromAtEnd(b)
			}
			return
		case isFPM(p):
			s.php = s.php || e == &s.event
			s.fpmInSyslog(e)
			return
		case bytes.HasPrefix(p, []byte("php")):
			s.php = s.php || e == &s.event
			if e.Level == LevelNone {
				e.Level = phpLevel(b)
			}
			return
		}
	case 's':
		if string(p) == "suhosin" {
			e.Client = s.attacker(b)
			return
		}
	case 'w':
		if isWordPress(p) {
			if isWPEvent(b) {
				e.Client = s.fromAtEnd(b)
			}
			return
		}
	}
	if b[0] == '[' {
		s.apacheUnderTag(e, b)
		return
	}
	if bytes.HasPrefix(b, []byte("http")) {
		if ip, _ := drupalFailure(b); ip != nil {
			e.Client = s.addrs.parse(ip)
		}
	}
}

// isWordPress knows the tags of WP fail2ban: wordpress(host), and wp(host) if short tags are on.
func isWordPress(program []byte) bool {
	name, _, _ := bytes.Cut(program, []byte("("))
	return string(name) == "wordpress" || string(name) == "wp"
}

// fpmInSyslog reads the level that PHP-FPM writes before its words in syslog,
// and the stamp in a journal that keeps its standard error.
func (s *Scanner) fpmInSyslog(e *Event) {
	b := e.Message
	if inside, rest, ok := dayMonBracket(b); ok && len(inside) == dayMonWidth {
		b = rest
	}
	if word, rest, ok := bracket(b); ok && fpmLevelOf(word) != LevelNone {
		e.Level, e.Message = fpmLevelOf(word), rest
		return
	}
	if level := fpmLevel(b); level != LevelNone {
		e.Level = level
		_, e.Message, _ = bytes.Cut(b, []byte(": "))
	} else if e.Level == LevelNone {
		e.Level = phpLevel(b)
	}
}

// fromAtEnd reads " from ADDRESS", the last words of a line: user names stand before them.
func (s *Scanner) fromAtEnd(b []byte) netip.Addr {
	i := lastIndex(b, " from ")
	if i < 0 {
		return netip.Addr{}
	}
	return s.addrs.parse(b[i+len(" from "):])
}

// attacker reads what Suhosin writes at the end of its alerts (log.c,
// suhosin_log): "(attacker '192.0.2.4', file '/srv/index.php')", also with
// ", line 3". The name of a variable, which a visitor chose, stands before.
func (s *Scanner) attacker(b []byte) netip.Addr {
	const word = "(attacker '"
	if !bytes.Contains(b, []byte("ALERT")) || len(b) == 0 || b[len(b)-1] != ')' {
		return netip.Addr{}
	}
	i := lastIndex(b, word)
	if i < 0 {
		return netip.Addr{}
	}
	addr, rest, ok := bytes.Cut(b[i+len(word):], []byte("'"))
	if !ok || !bytes.HasPrefix(rest, []byte(", file '")) {
		return netip.Addr{}
	}
	return s.addrs.parse(addr)
}

// blacklisted reads mod_evasive's "Blacklisting address ADDRESS: possible …".
func (s *Scanner) blacklisted(b []byte) netip.Addr {
	rest, ok := bytes.CutPrefix(b, []byte("Blacklisting address "))
	if !ok {
		return netip.Addr{}
	}
	i := bytes.Index(rest, []byte(": "))
	if i < 0 {
		return netip.Addr{}
	}
	return s.addrs.parse(rest[:i])
}

// moduleClient gives a line of httpd that names no client in its frame the one
// that mod_qos, mod_evasive and 2.2's mod_proxy name at a place of their own.
func (s *Scanner) moduleClient(e *Event) {
	switch {
	case bytes.HasPrefix(e.Module, []byte("evasive")):
		e.Client = s.blacklisted(e.Message)
	case bytes.HasPrefix(e.Message, []byte("mod_qos(")) && (string(e.Module) == "qos" || e.Module == nil):
		e.Client = s.addrs.parse(qosClient(e.Message))
	case bytes.HasPrefix(e.Message, []byte("proxy: pass request body failed to ")) && (string(e.Module) == "proxy" || e.Module == nil):
		e.Client = s.addrs.parse(servedClient(e.Message))
	}
}

// servedClient reads "… failed to BACKEND (name) from ADDRESS (", where mod_proxy
// of 2.2 names whom it served: the name behind it is the visitor's own.
func servedClient(b []byte) []byte {
	_, rest, ok := bytes.Cut(b, []byte(") from "))
	if !ok {
		return nil
	}
	addr, _, _ := bytes.Cut(rest, []byte(" ("))
	return addr
}

// qosClient reads ", c=ADDRESS" at the end of mod_qos' words, only ", id=…" comes behind it.
func qosClient(b []byte) []byte {
	i := lastIndex(b, ", c=")
	if i < 0 {
		return nil
	}
	addr, rest, _ := bytes.Cut(b[i+len(", c="):], []byte(", "))
	if len(rest) > 0 && (!bytes.HasPrefix(rest, []byte("id=")) || bytes.IndexByte(rest, ' ') >= 0) {
		return nil
	}
	return addr
}

// drupalFailure reads the fields of Drupal's syslog module, base_url|timestamp|
// type|ip|request_uri|referer|uid|link|message. The first four are Drupal's own;
// request and referer may hold bars, so that the message is what comes after the last.
func drupalFailure(b []byte) (ip, user []byte) {
	var field [4][]byte
	rest := b
	for i := range field {
		var ok bool
		if field[i], rest, ok = bytes.Cut(rest, []byte("|")); !ok {
			return nil, nil
		}
	}
	if _, after, ok := digits(field[1]); !ok || len(after) > 0 || string(field[2]) != "user" {
		return nil, nil
	}
	message := rest[bytes.LastIndexByte(rest, '|')+1:]
	for _, begin := range []string{"Login attempt failed for ", "Login attempt failed from "} {
		if name, ok := bytes.CutPrefix(message, []byte(begin)); ok {
			return field[3], bytes.TrimSuffix(name, []byte("."))
		}
	}
	return nil, nil
}
