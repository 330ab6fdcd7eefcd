package parser

import "bytes"

// What OpenSSH's sshd writes of those who knock (auth.c, auth2.c, packet.c), and
// PAM and TCP wrappers in its name. A visitor chooses the user's name, which may
// hold blanks and whole sentences of sshd; the address is sshd's own and stands
// behind it. So lines are read from their end, and where a line can be read in
// two ways it has no client.

const sshLine = "Mar 14 07:39:24 vps512 sshd[811]: "

var (
	sshFailed = &Kind{
		Name: "ssh.failed", Role: Deed, Severity: 1,
		Title: "a client failed to log in by SSH",
		Doc:   "A client tried to log in by SSH and was refused. Every machine on the internet sees this all day.",
		Prefix: []string{
			"Failed ", "error: PAM: ", "error: Failed ", "error: maximum authentication attempts exceeded for ", "maximum authentication attempts exceeded for ",
			"ROOT LOGIN REFUSED FROM ", "User ", "refused connect from ", "pam_unix(sshd:auth): authentication failure; ", "pam_sss(sshd:auth): authentication failure; ",
			"Disconnecting: Too many authentication failures", "Disconnecting ", "Received disconnect from ", "error: Received disconnect from ",
			"[ID ", "authentication failure; ", "PAM ", "Bad password attempt for '", "Login attempt for nonexistent user ",
		},
		Samples: []string{
			sshLine + "Failed password for invalid user admin from 192.0.2.14 port 50273 ssh2",
			sshLine + "Failed publickey for git from 192.0.2.14 port 57904 ssh2: RSA SHA256:abcdef",
			sshLine + "message repeated 5 times: [ Failed password for root from 192.0.2.14 port 42393 ssh2]",
			sshLine + "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.14  user=root",
			sshLine + "error: Received disconnect from 192.0.2.14 port 1684:14: No supported authentication methods available [preauth]",
			sshLine + "PAM 4 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.14  user=root",
			"Mar 14 07:39:24 vps512 dropbear[811]: Bad password attempt for 'root' from 192.0.2.14:50412",
			"Mar 14 07:39:24 vps512 dropbear[811]: Login attempt for nonexistent user from 192.0.2.14:50412",
		},
		Misses: []string{
			"Mar 14 07:39:24 vps512 app[811]: Failed password for root from 192.0.2.14 port 50273 ssh2",
			sshLine + "Received disconnect from 192.0.2.14 port 58846:11: Bye Bye [preauth]",
			sshLine + "User child is on pid 3225",
		},
		match: func(e *Event) bool {
			if string(e.Program) == "dropbear" {
				return e.dropbearClient('B') || e.dropbearClient('L')
			}
			return matchSSHFailed(e)
		},
		subject: sshUser, detail: detailSSH,
	}
	sshInvalidUser = &Kind{
		Name: "ssh.invalid_user", Role: Deed, Severity: 1,
		Title:   "a client asked by SSH for a user who does not exist",
		Doc:     "A client tried to log in by SSH as somebody who does not exist here: it works through a list of names.",
		Prefix:  []string{"Invalid user ", "Illegal user ", "input_userauth_request: invalid user "},
		Samples: []string{sshLine + "Invalid user pascal from 192.0.2.14 port 53502"},
		Misses:  []string{"Mar 14 07:39:24 vps512 app[811]: Invalid user pascal from 192.0.2.14 port 53502"},
		match: func(e *Event) bool {
			if !isSSHD(e) {
				return false
			}
			text := sshSaid(e.text)
			if i := lastIndex(text, " from "); i >= 0 {
				e.sshLast(text[i:])
			}
			return true
		},
		subject: sshUser, detail: detailSSH,
	}
	sshAccepted = &Kind{
		Name: "ssh.accepted", Role: Deed, Severity: 0,
		Title:  "somebody logged in by SSH",
		Doc:    "Somebody logged in by SSH. Behind many failures of the same address this is worth a look.",
		Prefix: []string{"Accepted ", "Password auth succeeded for '", "Pubkey auth succeeded for '"},
		Samples: []string{
			sshLine + "Accepted publickey for deploy from 192.0.2.14 port 42096 ssh2: ED25519 SHA256:abcdef",
			"Mar 14 07:39:24 vps512 dropbear[811]: Password auth succeeded for 'root' from 192.0.2.14:43602",
		},
		Misses: []string{
			"Mar 14 07:39:24 vps512 app[811]: Accepted publickey for deploy from 192.0.2.14 port 42096 ssh2",
			sshLine + "Password auth succeeded for 'root' from 192.0.2.14:43602",
		},
		match: func(e *Event) bool {
			if string(e.Program) == "dropbear" {
				return e.dropbearClient('P')
			}
			if !isSSHD(e) || e.text[0] != 'A' {
				return false
			}
			e.sshClient(e.text)
			return true
		},
		subject: sshUser, detail: detailSSH,
	}
	sshClosed = &Kind{
		Name: "ssh.closed", Role: Noise,
		Title: "an SSH connection began or ended",
		Doc:   "A connection to sshd began, ended or broke before anybody logged in: scanners and monitors leave these.",
		Prefix: []string{
			"Connection closed by ", "Connection reset by ", "Connection from ", "Received disconnect from ", "Disconnected from ", "Disconnecting ", "Did not receive identification string from ",
			"Bad protocol version identification ", "banner exchange: Connection from ", "ssh_dispatch_run_fatal: Connection from ",
			"Unable to negotiate with ", "fatal: Unable to negotiate with ", "Protocol major versions differ for ", "fatal: Timeout before authentication for ",
			"Timeout before authentication for ", "error: kex_exchange_identification: ", "kex_exchange_identification: ", "Unable to negotiate a key exchange method", "drop connection #",
		},
		Samples: []string{
			sshLine + "Connection closed by authenticating user root 192.0.2.14 port 46038 [preauth]",
			sshLine + "Received disconnect from 192.0.2.14 port 58846:11: Bye Bye [preauth]",
			sshLine + "Disconnecting invalid user anna 192.0.2.14 port 38987: Change of username or service not allowed: (anna,ssh-connection) -> (bob,ssh-connection) [preauth]",
			sshLine + "drop connection #10 from [192.0.2.14]:50412 on [198.51.100.1]:22 past MaxStartups",
		},
		match: matchSSHClosed, detail: detailSSH,
	}
)

func isSSHD(e *Event) bool {
	switch string(e.Program) {
	case "sshd", "sshd-session", "sshd-auth":
		return true
	}
	return false
}

// setClient makes an address that a program named the event's client; false
// where it is none.
func (e *Event) setClient(b []byte, port int32) bool {
	addr := e.addrs.parse(b)
	if !addr.IsValid() {
		return false
	}
	e.Client, e.ClientPort = addr, port
	return true
}

// sshSaid is sshd's text without what stands around it: Solaris' message number, and how far the connection had come.
func sshSaid(text []byte) []byte {
	if bytes.HasPrefix(text, []byte("[ID ")) {
		if _, rest, ok := bracket(text); ok {
			text = rest
		}
	}
	text = bytes.TrimSuffix(text, []byte(" [preauth]"))
	return bytes.TrimPrefix(text, []byte("error: "))
}

// sshClient reads the client of a line that ends in "from ADDRESS port N ssh2",
// with a key behind it or not. It leaves the client alone where there is doubt.
func (e *Event) sshClient(text []byte) bool {
	const from, portWord = " from ", " port "
	text = sshSaid(text)
	var addr, tail []byte
	port, found := int64(-1), 0
	for at := 0; ; {
		i := bytes.Index(text[at:], []byte(from))
		if i < 0 {
			break
		}
		at += i + len(from)
		a := text[at:]
		n := bytes.IndexByte(a, ' ')
		if n < 0 || !bytes.HasPrefix(a[n:], []byte(portWord)) || !e.addrs.parse(a[:n]).IsValid() {
			continue
		}
		p, rest, ok := digits(a[n+len(portWord):])
		if !ok || p > 65535 || len(rest) > 0 && !bytes.HasPrefix(rest, []byte(" ssh")) {
			continue
		}
		if found++; found > 1 && bytes.HasPrefix(tail, []byte(" ssh2: ")) { // a name that ends as the line does, or a key's comment
			return false
		}
		addr, port, tail = a[:n], p, rest
	}
	switch {
	case found == 0:
		i := lastIndex(text, from)
		if i < 0 {
			return false
		}
		addr, port = text[i+len(from):], -1
	case found > 1 && len(tail) > 0 && string(tail) != " ssh2":
		return false
	}
	return e.setClient(addr, int32(port))
}

// sshBehind reads the address behind a word at the start of a line, as in
// "Connection from ADDRESS port N …": nothing that a visitor wrote stands before it.
func (e *Event) sshBehind(text []byte) bool {
	i := 0
	for i < len(text) && text[i] != ' ' && text[i] != ',' {
		i++
	}
	addr := bytes.TrimSuffix(text[:i], []byte(":"))
	port := int64(-1)
	if rest, ok := bytes.CutPrefix(text[i:], []byte(" port ")); ok {
		if n, _, ok := digits(rest); ok && n < 65536 {
			port = n
		}
	}
	return e.setClient(addr, int32(port))
}

// sshLast reads the address at the end of a line whose user's name stands before
// it: "authenticating user NAME ADDRESS port N".
func (e *Event) sshLast(text []byte) bool {
	port := int64(-1)
	if i := lastIndex(text, " port "); i > 0 {
		if n, rest, ok := digits(text[i+len(" port "):]); ok && len(rest) == 0 && n < 65536 {
			text, port = text[:i], n
		}
	}
	return e.setClient(text[bytes.LastIndexByte(text, ' ')+1:], int32(port))
}

// dropbearClient reads what Dropbear writes (svr-auth.c, svr-authpasswd.c) of a
// login, in words that begin with this letter, the address and its port last.
func (e *Event) dropbearClient(first byte) bool {
	if e.text[0] != first {
		return false
	}
	i := lastIndex(e.text, " from ")
	if i < 0 {
		return false
	}
	if addr, port := e.addrs.hostport(e.text[i+len(" from "):], true); addr.IsValid() && port >= 0 {
		e.Client, e.ClientPort = addr, port
	}
	return true
}

// sshOnly reads "invalid user NAME ADDRESS port N: reason", whose reason may name
// users again: the client is the only address with a port in the line.
func (e *Event) sshOnly(text []byte) bool {
	const portWord = " port "
	var addr []byte
	port, found := int64(-1), 0
	for at := 0; ; {
		i := bytes.Index(text[at:], []byte(portWord))
		if i < 0 {
			break
		}
		a := text[bytes.LastIndexByte(text[:at+i], ' ')+1 : at+i]
		at += i + len(portWord)
		if n, _, ok := digits(text[at:]); ok && n < 65536 && e.addrs.parse(a).IsValid() {
			addr, port = a, n
			found++
		}
	}
	return found == 1 && e.setClient(addr, int32(port))
}

func matchSSHFailed(e *Event) bool {
	if !isSSHD(e) {
		return false
	}
	text := sshSaid(e.text)
	switch {
	case bytes.HasPrefix(text, []byte("Failed ")):
		if !bytes.Contains(text, []byte(" for ")) {
			return false
		}
		e.sshClient(text)
	case bytes.HasPrefix(text, []byte("PAM: ")):
		i := lastIndex(text, " from ")
		if i < 0 {
			return false
		}
		addr, _, _ := bytes.Cut(text[i+len(" from "):], []byte(" via "))
		e.setClient(addr, -1)
	case bytes.HasPrefix(text, []byte("maximum authentication attempts exceeded for ")):
		e.sshClient(text)
	case bytes.HasPrefix(text, []byte("ROOT LOGIN REFUSED FROM ")):
		e.sshBehind(text[len("ROOT LOGIN REFUSED FROM "):])
	case bytes.HasPrefix(text, []byte("User ")):
		i := lastIndex(text, " not allowed because ")
		if i < 0 {
			return false
		}
		if from := lastIndex(text[:i], " from "); from > 0 {
			e.setClient(text[from+len(" from "):i], -1)
		}
	case bytes.HasPrefix(text, []byte("refused connect from ")): // TCP wrappers: name (address)
		if open := bytes.LastIndexByte(text, '('); open > 0 && text[len(text)-1] == ')' {
			e.setClient(text[open+1:len(text)-1], -1)
		} else {
			e.sshBehind(text[len("refused connect from "):])
		}
	case bytes.Contains(text[:min(len(text), 64)], []byte("authentication failure")): // PAM's, "PAM 2 more authentication failures; …" too
		if _, rest, ok := bytes.Cut(text, []byte(" rhost=")); ok {
			addr, _, _ := bytes.Cut(rest, []byte(" "))
			e.setClient(addr, -1)
		}
	case bytes.HasPrefix(text, []byte("Disconnecting")):
		i := lastIndex(text, ": Too many authentication failures")
		if i < 0 {
			return false
		}
		if i > len("Disconnecting") {
			e.sshLast(text[:i])
		}
	case bytes.HasPrefix(text, []byte("Received disconnect from ")):
		if !bytes.HasPrefix(e.text, []byte("error: ")) && !bytes.HasSuffix(text, []byte("Auth fail")) {
			return false
		}
		e.sshDisconnect(text)
	default:
		return false
	}
	return true
}

// sshDisconnect reads "Received disconnect from ADDRESS port N:11: …" and the
// older "from ADDRESS: 11: …".
func (e *Event) sshDisconnect(text []byte) bool {
	return e.sshBehind(text[len("Received disconnect from "):])
}

func matchSSHClosed(e *Event) bool {
	if !isSSHD(e) {
		return false
	}
	text := bytes.TrimPrefix(sshSaid(e.text), []byte("fatal: "))
	switch {
	case bytes.HasPrefix(text, []byte("Received disconnect from ")):
		e.sshDisconnect(text)
	case bytes.HasPrefix(text, []byte("Bad protocol version identification ")):
		if i := lastIndex(text, " from "); i > 0 {
			e.sshBehind(text[i+len(" from "):])
		}
	case bytes.HasPrefix(text, []byte("drop connection #")): // sshd itself wrote all of it
		if _, rest, ok := bytes.Cut(text, []byte(" from ")); ok {
			peer, _, _ := bytes.Cut(rest, []byte(" "))
			e.Client, e.ClientPort = e.addrs.hostport(peer, true)
		}
	case bytes.HasPrefix(text, []byte("Timeout before authentication for ")):
		text = bytes.TrimPrefix(text[len("Timeout before authentication for "):], []byte("connection from "))
		e.sshBehind(text)
	default:
		for _, head := range []string{
			"Connection closed by ", "Connection reset by ", "Disconnected from ", "Disconnecting ", "Connection from ", "Did not receive identification string from ",
			"banner exchange: Connection from ", "ssh_dispatch_run_fatal: Connection from ", "Unable to negotiate with ", "Protocol major versions differ for ",
		} {
			rest, ok := bytes.CutPrefix(text, []byte(head))
			if !ok {
				continue
			}
			if head == "Disconnecting " && bytes.Contains(rest, []byte(" port ")) {
				e.sshOnly(rest)
			} else if bytes.HasPrefix(rest, []byte("authenticating user ")) || bytes.HasPrefix(rest, []byte("invalid user ")) || bytes.HasPrefix(rest, []byte("user ")) {
				e.sshLast(rest)
			} else {
				e.sshBehind(rest)
			}
			break
		}
	}
	return true
}

// sshUser is the name that the client gave: behind "for" and "user", before the last "from".
func sshUser(e *Event) []byte {
	text := sshSaid(e.text)
	if i := lastIndex(text, " ssh2: "); i >= 0 { // a key
		text = text[:i]
	}
	if i := lastIndex(text, " from "); i >= 0 {
		text = text[:i]
	}
	for _, head := range []string{"Invalid user ", "Illegal user ", "input_userauth_request: invalid user "} {
		if user, ok := bytes.CutPrefix(text, []byte(head)); ok {
			return user
		}
	}
	if _, rest, ok := bytes.Cut(text, []byte("  user=")); ok { // PAM's, behind rhost
		return rest
	}
	_, user, ok := bytes.Cut(text, []byte(" for "))
	if !ok {
		return nil
	}
	if string(e.Program) == "dropbear" { // 'root', 'root' with ssh-ed25519 key SHA256:…
		user, _, _ = bytes.Cut(user, []byte("' with "))
		return bytes.Trim(user, "'")
	}
	user = bytes.TrimPrefix(user, []byte("invalid user "))
	return bytes.TrimPrefix(user, []byte("illegal user "))
}

// A Login is who a client said to be.
type Login struct {
	User     string `json:"user,omitempty"`
	Repeated int64  `json:"repeated,omitempty"` // how often syslog left the line out
}

func detailSSH(e *Event) any {
	return Login{User: Text(e.Subject()), Repeated: e.Repeated}
}
