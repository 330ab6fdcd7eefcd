package parser

import "bytes"

// What watches over passwords and requests: WP fail2ban, fail2ban, Suhosin,
// mod_evasive, mod_qos, ModSecurity, phpMyAdmin, Drupal.

const (
	wpLine  = "Mar 14 07:39:24 vps512 wordpress(www.example.org)[411]: "
	banLine = "2026-03-14 07:39:24,388 "
	qosLine = apacheLine + "[qos:error] [pid 7:tid 7] "
)

// wpEvents are the beginnings of what WP fail2ban writes; a user's name follows
// some of them.
var wpEvents = []struct {
	begins string
	user   bool
}{
	{"Authentication failure for ", true},
	{"Authentication attempt for unknown user ", true},
	{"XML-RPC authentication failure for ", true},
	{"XML-RPC authentication attempt for unknown user ", true},
	{"XML-RPC multicall authentication failure", false},
	{"XML-RPC request blocked", false},
	{"REST authentication failure for ", true},
	{"REST authentication attempt for unknown user ", true},
	{"Empty username", false},
	{"Blocked user enumeration attempt", false},
	{"Blocked authentication attempt for ", true},
	{"Blocked username authentication attempt for ", true},
	{"Blocked access from country ", false},
	{"Untrusted X-Forwarded-For header", false},
	{"Immediately block connections", false},
	{"Pingback requested", false},
	{"Pingback error ", false},
	{"Comment ", false},
	{"Spam comment ", false},
	{"Akismet discarded spam comment", false},
	{"Password reset requested for ", true},
	{"Accepted password for ", true},
}

// isWPEvent tells whether words are those of WP fail2ban.
func isWPEvent(b []byte) bool {
	for _, w := range wpEvents {
		if bytes.HasPrefix(b, []byte(w.begins)) {
			return true
		}
	}
	return false
}

// wpKind makes the match and the anchors of one of WP fail2ban's kinds.
func wpKind(k Kind, begins ...string) *Kind {
	k.Family, k.Prefix = Guard, begins
	k.match = func(e *Event) bool { return isWordPress(e.Program) && lastIndex(e.text, " from ") >= 0 }
	k.subject, k.detail = wpUser, detailWPUser
	return &k
}

var (
	wpAuthFailed = wpKind(Kind{
		Name: "wp.auth_failed", Role: Deed, Severity: 1,
		Title: "a wrong password was tried on WordPress",
		Doc:   "A wrong password for a user of WordPress that exists (WP fail2ban).",
		Samples: []string{
			wpLine + "Authentication failure for anna from 192.0.2.4",
			wpLine + "REST authentication failure for anna from 2001:db8::5",
			"Mar 14 07:39:24 vps512 wp(www.example.org)[411]: Authentication failure for x from 198.51.100.9 from 192.0.2.4",
		},
		Misses: []string{"Mar 14 07:39:24 vps512 shop[411]: Authentication failure for anna from 192.0.2.4"},
	}, "Authentication failure for ", "REST authentication failure for ")
	wpUnknownUser = wpKind(Kind{
		Name: "wp.unknown_user", Role: Deed, Severity: 1,
		Title:   "a user was tried that WordPress does not have",
		Doc:     "A password for a user that WordPress does not have: names are being guessed (WP fail2ban).",
		Samples: []string{wpLine + "Authentication attempt for unknown user admin from 192.0.2.4"},
	}, "Authentication attempt for unknown user ", "REST authentication attempt for unknown user ", "Empty username")
	wpXMLRPC = wpKind(Kind{
		Name: "wp.xmlrpc", Role: Deed, Severity: 2,
		Title:   "passwords were tried through xmlrpc.php",
		Doc:     "Passwords tried through xmlrpc.php, perhaps hundreds in one request (WP fail2ban). People do not log in there.",
		Samples: []string{wpLine + "XML-RPC multicall authentication failure from 192.0.2.4", wpLine + "XML-RPC authentication failure for anna from 192.0.2.4"},
	}, "XML-RPC authentication failure for ", "XML-RPC authentication attempt for unknown user ", "XML-RPC multicall authentication failure", "XML-RPC request blocked")
	wpBlocked = wpKind(Kind{
		Name: "wp.blocked", Role: Deed, Severity: 1,
		Title:   "WordPress refused a visitor at once",
		Doc:     "WP fail2ban refused a visitor before its password was looked at: a blocked user name, country or header.",
		Samples: []string{wpLine + "Blocked authentication attempt for admin from 192.0.2.4"},
	}, "Blocked authentication attempt for ", "Blocked username authentication attempt for ", "Blocked access from country ", "Untrusted X-Forwarded-For header", "Immediately block connections")
	wpEnumeration = wpKind(Kind{
		Name: "wp.enumeration", Role: Deed, Severity: 1,
		Title:   "the names of WordPress' users were asked for",
		Doc:     "A client asked for the names of WordPress' users one after the other and was refused (WP fail2ban).",
		Samples: []string{wpLine + "Blocked user enumeration attempt from 192.0.2.4"},
	}, "Blocked user enumeration attempt")
	wpPingback = wpKind(Kind{
		Name: "wp.pingback", Role: Deed, Severity: 1,
		Title:   "a pingback was asked for",
		Doc:     "A client asked WordPress to look at another site, which can be used to attack that site (WP fail2ban).",
		Samples: []string{wpLine + "Pingback requested from 192.0.2.4"},
	}, "Pingback requested", "Pingback error ")
	wpSpam = wpKind(Kind{
		Name: "wp.spam", Role: Deed, Severity: 0,
		Title:   "a comment was left or tried",
		Doc:     "A comment that was spam, or that was tried where none is possible (WP fail2ban).",
		Samples: []string{wpLine + "Spam comment 4711 from 192.0.2.4", wpLine + "Comment attempt on closed post 12 from 192.0.2.4"},
	}, "Comment ", "Spam comment ", "Akismet discarded spam comment")
	wpReset = wpKind(Kind{
		Name: "wp.reset", Role: Deed, Severity: 0,
		Title:   "a new password was asked for",
		Doc:     "Somebody asked for a link to set a new password (WP fail2ban).",
		Samples: []string{wpLine + "Password reset requested for anna from 192.0.2.4"},
	}, "Password reset requested for ")
	wpLogin = wpKind(Kind{
		Name: "wp.login", Role: Deed, Severity: 0,
		Title:   "somebody logged in to WordPress",
		Doc:     "Somebody logged in with the right password (WP fail2ban). After many wrong ones from the same address it was guessed.",
		Samples: []string{wpLine + "Accepted password for anna from 192.0.2.4"},
	}, "Accepted password for ")

	pmaAuthFailed = &Kind{
		Name: "pma.auth_failed", Role: Deed, Severity: 1, Family: Guard, Prefix: []string{"user denied: "},
		Title:   "a wrong password was tried on phpMyAdmin",
		Doc:     "A wrong password or a refused user on phpMyAdmin: the key to all databases.",
		Samples: []string{"Mar 14 07:39:24 vps512 phpMyAdmin[411]: user denied: root (mysql-denied) from 192.0.2.4"},
		Misses:  []string{"Mar 14 07:39:24 vps512 phpMyAdmin[411]: user authenticated: root from 192.0.2.4"},
		subject: pmaUser, detail: func(e *Event) any { return User{User: Text(pmaUser(e))} },
	}
	drupalAuthFailed = &Kind{
		Name: "drupal.auth_failed", Role: Deed, Severity: 1, Prefix: []string{"http"},
		Title: "a wrong password was tried on Drupal",
		Doc:   "A wrong password or an unknown user on Drupal, from its syslog module.",
		Samples: []string{
			"Mar 14 07:39:24 vps512 shop: https://www.example.org|1430068525|user|192.0.2.4|https://www.example.org/user/login|https://www.example.org/user|0||Login attempt failed for anna.",
		},
		Misses: []string{
			"Mar 14 07:39:24 vps512 shop: https://www.example.org|1430068525|user|192.0.2.4|https://www.example.org/?a=|0||Login attempt failed for x|https://www.example.org/|0||Session opened for anna.",
			"Mar 14 07:39:24 vps512 shop: https://www.example.org|1430068525|php|192.0.2.4|https://www.example.org/|https://www.example.org/|0||Login attempt failed for anna.",
		},
		match:   func(e *Event) bool { ip, _ := drupalFailure(e.text); return ip != nil },
		subject: func(e *Event) []byte { _, user := drupalFailure(e.text); return user },
		detail:  func(e *Event) any { return User{User: Text(e.Subject())} },
	}
	suhosinAlert = &Kind{
		Name: "suhosin.alert", Role: Deed, Severity: 2, Prefix: []string{"ALERT - "},
		Title: "Suhosin refused a request's variables",
		Doc:   "PHP's extension Suhosin dropped a variable or refused a request that no form of the site sends.",
		Samples: []string{
			"Mar 14 07:39:24 vps512 suhosin[411]: ALERT - configured GET variable value length limit exceeded - dropped variable 'a' (attacker '192.0.2.4', file '/srv/index.php')",
			"Mar 14 07:39:24 vps512 lighttpd[411]: (mod_fastcgi.c.2676) FastCGI-stderr: ALERT - configured request variable name length limit exceeded - dropped variable 'a' (attacker '192.0.2.4', file '/srv/index.php', line 12)",
			"[Mon Dec 26 16:22:08 2016] [error] [client 192.0.2.1] ALERT - tried to register forbidden variable 'GLOBALS' through GET variables (attacker '192.0.2.1', file '/srv/index.php')",
		},
		match: func(e *Event) bool { return bytes.Contains(e.text, []byte("(attacker '")) },
	}

	banFound = &Kind{
		Name: "ban.found", Role: Deed, Severity: 1, Family: Guard, Prefix: []string{"["},
		Title:   "fail2ban counted an address' failure",
		Doc:     "fail2ban found a line that one of its jails looks for. The line itself is in the log that it reads.",
		Samples: []string{banLine + "fail2ban.filter         [411]: INFO    [wordpress] Found 192.0.2.4 - 2026-03-14 07:39:24"},
		match:   banSays("Found "), subject: banAddress, detail: detailBan,
	}
	banBan = &Kind{
		Name: "ban.ban", Role: State, Severity: 1, Family: Guard, Prefix: []string{"["},
		Title: "fail2ban banned an address",
		Doc:   "fail2ban banned an address: from here on it is kept out, if the ban works.",
		Samples: []string{
			banLine + "fail2ban.actions        [411]: NOTICE  [wordpress] Ban 192.0.2.4",
			"Mar 14 07:39:24 vps512 fail2ban.actions[411]: NOTICE [wordpress] Ban 192.0.2.4",
			"Mar 14 07:39:24 vps512 fail2ban-server[411]: fail2ban.actions        [411]: NOTICE  [wordpress] Ban 192.0.2.4",
		},
		Misses: []string{banLine + "fail2ban.actions        [411]: NOTICE  [wordpress] Unban 192.0.2.4"},
		match:  banSays("Ban "), subject: banAddress, detail: detailBan,
	}
	banRestored = &Kind{
		Name: "ban.restored", Role: Noise, Family: Guard, Prefix: []string{"["},
		Title:   "fail2ban banned an address again after a restart",
		Doc:     "fail2ban banned an address again after it was restarted.",
		Samples: []string{banLine + "fail2ban.actions        [411]: NOTICE  [wordpress] Restore Ban 192.0.2.4"},
		match:   banSays("Restore Ban "), subject: banAddress, detail: detailBan,
	}
	banUnban = &Kind{
		Name: "ban.unban", Role: Noise, Family: Guard, Prefix: []string{"["},
		Title:   "fail2ban's ban of an address ended",
		Doc:     "fail2ban's ban of an address ended: it may come back.",
		Samples: []string{banLine + "fail2ban.actions        [411]: NOTICE  [wordpress] Unban 192.0.2.4"},
		match:   banSays("Unban "), subject: banAddress, detail: detailBan,
	}
	banAlready = &Kind{
		Name: "ban.already", Role: State, Severity: 2, Family: Guard, Prefix: []string{"["},
		Title:   "a banned address came through all the same",
		Doc:     "An address that fail2ban had banned went on. As a warning, a minute after the ban and later: the ban does not work, perhaps because a proxy or CDN stands in front.",
		Samples: []string{banLine + "fail2ban.actions        [411]: WARNING [wordpress] 192.0.2.4 already banned"},
		match: func(e *Event) bool {
			_, said := jailOf(e.text)
			return bytes.HasSuffix(said, []byte(" already banned"))
		},
		subject: banAddress, detail: detailBan,
	}
	banFailed = &Kind{
		Name: "ban.failed", Role: State, Severity: 3, Family: Guard, Prefix: []string{"Failed to execute ban jail "},
		Title:   "fail2ban could not ban an address",
		Doc:     "The firewall refused what fail2ban told it: the address is not kept out.",
		Samples: []string{banLine + "fail2ban.actions        [411]: ERROR   Failed to execute ban jail 'wordpress' action 'nftables' info 'x': Error banning 192.0.2.4"},
	}
	banNote = &Kind{
		Name: "ban.note", Role: Noise,
		Title:   "other words of fail2ban",
		Doc:     "Other words of fail2ban: its start, its jails, the logs that it reads.",
		Samples: []string{banLine + "fail2ban.server         [411]: INFO    Starting Fail2ban v1.0.2"},
	}
)

// wpUser is the user in what WP fail2ban says: behind its words, before the last " from ".
func wpUser(e *Event) []byte {
	for _, w := range wpEvents {
		name, ok := bytes.CutPrefix(e.text, []byte(w.begins))
		if !ok {
			continue
		}
		i := lastIndex(name, " from ")
		if !w.user || i < 0 {
			return nil
		}
		return name[:i]
	}
	return nil
}

func detailWPUser(e *Event) any {
	name := e.Subject()
	if name == nil {
		return nil
	}
	return User{User: Text(name)}
}

// pmaUser reads "user denied: NAME (reason) from ADDRESS".
func pmaUser(e *Event) []byte {
	name := bytes.TrimPrefix(e.text, []byte("user denied: "))
	i := lastIndex(name, " from ")
	if i < 0 {
		return name
	}
	name = name[:i]
	if i := lastIndex(name, " ("); i >= 0 {
		name = name[:i]
	}
	return name
}

func banSays(words string) func(*Event) bool {
	return func(e *Event) bool {
		_, said := jailOf(e.text)
		if !bytes.HasPrefix(said, []byte(words)) {
			return false
		}
		e.setClient(banAddress(e), -1)
		return true
	}
}

// banAddress is whom a line of fail2ban's is about.
func banAddress(e *Event) []byte {
	_, said := jailOf(e.text)
	for _, verb := range []string{"Found ", "Ban ", "Restore Ban ", "Unban "} {
		if rest, ok := bytes.CutPrefix(said, []byte(verb)); ok {
			said = rest
			break
		}
	}
	addr, _, _ := bytes.Cut(said, []byte(" "))
	return addr
}

// A Ban is what fail2ban did, to whom and in which jail.
type Ban struct {
	Jail    string `json:"jail"`
	Address string `json:"address"`
}

func detailBan(e *Event) any {
	jail, _ := jailOf(e.text)
	return Ban{Jail: Text(jail), Address: Text(banAddress(e))}
}
