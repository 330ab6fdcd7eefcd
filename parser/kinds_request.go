package parser

import "bytes"

// What httpd says of one request: refusals, missing files, passwords. Codes and
// templates are those of httpd 2.2 and 2.4's modules; 2.2 wrote no codes.

const apacheLine = "[Sat Jun 20 03:30:01.100000 2026] "

// The errno of a name that is too long: Linux's, and that of the BSDs and macOS.
const (
	nameTooLong    = 36
	nameTooLongBSD = 63
)

var (
	fileMissing = &Kind{
		Name: "file.missing", Role: Deed, Severity: 0, Family: HTTPD, Codes: []uint16{128, 130, 652, 1233}, Prefix: []string{"File does not exist: "},
		Title: "a file was asked for that is not there",
		Doc:   "A client asked for a file that is not there. One is a dead link; many different ones are a search. Hidden at the default LogLevel since 2.4.",
		Samples: []string{
			apacheLine + "[core:info] [pid 7:tid 7] [client 192.0.2.5:4000] AH00128: File does not exist: /srv/www/.env",
			"[Mon Dec 26 16:22:08 2016] [error] [client 192.0.2.1] File does not exist: /var/www/favicon.ico",
			apacheLine + "[core:info] [pid 7:tid 7] (36)File name too long: [client 192.0.2.5:4000] AH00128: File does not exist: /srv/www/[client 198.51.100.1:1] AH00045: child process 1 still did not exit",
		},
		Misses: []string{
			apacheLine + "[core:error] [pid 7:tid 7] [client 192.0.2.5:4000] AH00135: Invalid method in request File does not exist: /",
		},
		subject: afterColon, detail: detailTarget,
	}
	scriptMissing = &Kind{
		Name: "script.missing", Role: Deed, Severity: 1, Family: HTTPD, Codes: []uint16{1071, 1215, 1264, 2811},
		Title:  "a program was asked for that is not there",
		Prefix: []string{"script '", "script not found or unable to stat", "attempt to invoke directory '", "Primary script unknown"},
		Doc:    "A client asked for a program that is not there: the trace of a scan that shows at the default LogLevel.",
		Samples: []string{
			apacheLine + "[php:error] [pid 7:tid 7] [client 192.0.2.5:4000] script '/var/www/html/shell.php' not found or unable to stat",
			apacheLine + "[php:error] [pid 7:tid 7] [client 192.0.2.5:4000] attempt to invoke directory '/var/www/html/wp-includes' as script",
			apacheLine + "[cgi:error] [pid 7:tid 7] [client 192.0.2.5:4000] AH02811: stderr from /usr/lib/cgi-bin/x: script not found or unable to stat",
			apacheLine + "[cgi:error] [pid 7:tid 7] [client 192.0.2.5:4000] AH02811: script not found or unable to stat: /usr/lib/cgi-bin/x",
			apacheLine + `[proxy_fcgi:error] [pid 7:tid 7] [client 192.0.2.5:4000] AH01071: Got error 'Primary script unknown\n'`,
		},
		Misses: []string{
			apacheLine + "[php:notice] [pid 7:tid 7] [client 192.0.2.5:4000] the script '/a.php' not found",
			apacheLine + "[proxy_fcgi:error] [pid 7:tid 7] [client 192.0.2.5:4000] AH01071: Got error 'PHP message: hello'",
		},
		match: func(e *Event) bool {
			switch e.Code {
			case 1071, 1215:
				return bytes.HasPrefix(e.text, []byte("Primary script unknown")) || bytes.Contains(e.text, []byte("script not found or unable to stat"))
			}
			return true
		},
		subject: scriptOf, detail: detailTarget,
	}
	pathInvalid = &Kind{
		Name: "path.invalid", Role: Deed, Severity: 2, Family: HTTPD, Codes: []uint16{126, 127, 10244, 26, 36},
		Title:  "a path was asked for that no link has",
		Prefix: []string{"Invalid URI in request ", "invalid URI path "},
		Doc:    "A path that no link has: out of the document root, or too strange to map to a file. An attempt, not a success.",
		Samples: []string{
			apacheLine + "[core:error] [pid 7:tid 7] [client 192.0.2.5:4000] AH10244: invalid URI path (/cgi-bin/.%2e/.%2e/bin/sh)",
			apacheLine + "[core:error] [pid 7:tid 7] [client 192.0.2.5:4000] AH00126: Invalid URI in request GET /../../etc/passwd HTTP/1.1",
			apacheLine + "[core:error] [pid 7:tid 7] (36)File name too long: [client 192.0.2.5:4000] AH00036: access to /a failed (filesystem path '/srv/www/a')",
		},
		Misses: []string{
			apacheLine + "[core:error] [pid 7:tid 7] (5)Input/output error: [client 192.0.2.5:4000] AH00036: access to /a failed (filesystem path '/srv/www/a')",
		},
		match:   func(e *Event) bool { return e.Code != 36 || e.Errno == nameTooLong || e.Errno == nameTooLongBSD },
		subject: afterBlank, detail: detailTarget,
	}
	rewriteRefused = &Kind{
		Name: "rewrite.refused", Role: Harm, Severity: 1, Family: HTTPD, Codes: []uint16{10408, 10409, 10410, 10411, 10412, 10414, 10415, 10417, 10419, 10420, 10508},
		Prefix: []string{"AH: Unsafe URL with "}, // a release that has no number for it
		Title:  "a rewritten address was refused",
		Doc: "A RewriteRule or a proxy's map put a decoded blank, a control character or %3f from the request into an address, and Apache refuses such ones since 2.4.56 and 2.4.62. " +
			"An ordinary link with a blank does it where the rule lacks its flag B; so does an attempt to split requests.",
		Samples: []string{
			apacheLine + "[rewrite:error] [pid 7:tid 7] [client 192.0.2.5:4000] AH10411: Rewritten query string contains control characters or spaces",
			apacheLine + "[rewrite:error] [pid 7:tid 7] [client 192.0.2.5:4000] AH10508: Unsafe URL with %3f URL rewritten without UnsafeAllow3F",
			apacheLine + "[proxy_fcgi:error] [pid 7:tid 7] [client 192.0.2.5:4000] AH10414: To be forwarded path contains control characters or spaces",
			apacheLine + "[rewrite:error] [pid 7:tid 7] [client 192.0.2.5:4000] AH: Unsafe URL with %3f URL rewritten without UnsafeAllow3F",
		},
		Misses: []string{apacheLine + "[php:notice] [pid 7:tid 7] [client 192.0.2.5:4000] AH: Unsafe URL with %3f URL rewritten without UnsafeAllow3F"},
		match:  func(e *Event) bool { return e.Code != 0 || string(e.Module) == "rewrite" },
	}
	accessDenied = &Kind{
		Name: "access.denied", Role: Deed, Severity: 1, Family: HTTPD, Codes: []uint16{1630, 1797}, Prefix: []string{"client denied by server configuration: "},
		Title:   "a path was asked for that is forbidden",
		Doc:     "The configuration forbids this path to this client: already blocked.",
		Samples: []string{apacheLine + "[authz_core:error] [pid 7:tid 7] [client 192.0.2.5:4000] AH01630: client denied by server configuration: /var/www/html/.git/config"},
		subject: afterColon, detail: detailTarget,
	}
	authFailed = &Kind{
		Name: "auth.failed", Role: Deed, Severity: 1, Family: HTTPD, Codes: []uint16{1617, 1791, 1792, 1794}, Prefix: []string{"user ", "Digest: user "},
		Title: "a wrong password was tried",
		Doc:   "A wrong password for a user that exists. A person mistypes it a few times; a program goes on.",
		Samples: []string{
			apacheLine + `[auth_basic:error] [pid 7:tid 7] [client 192.0.2.5:4000] AH01617: user anna: authentication failure for "/intern/": Password Mismatch`,
			`[Mon Dec 26 16:22:08 2016] [error] [client 192.0.2.1] user anna: authentication failure for "/intern/": Password Mismatch`,
			apacheLine + `[auth_digest:error] [pid 7:tid 7] [client 192.0.2.5:4000] AH01794: user anna: password mismatch: /intern/`,
		},
		Misses: []string{
			"[Mon Dec 26 16:22:08 2016] [error] [client 192.0.2.1] File does not exist: /srv/user anna: authentication failure for ",
		},
		match: func(e *Event) bool {
			return e.Code != 0 || bytes.Contains(e.text, []byte(": authentication failure for ")) || bytes.Contains(e.text, []byte(": password mismatch: "))
		},
		subject: userOf, detail: detailUser,
	}
	authUnknownUser = &Kind{
		Name: "auth.unknown_user", Role: Deed, Severity: 1, Family: HTTPD, Codes: []uint16{1618, 1790}, Prefix: []string{"user ", "Digest: user "},
		Title: "a user was tried that does not exist",
		Doc:   "A password for a user that does not exist: names are being guessed, or somebody mistyped theirs.",
		Samples: []string{
			apacheLine + "[auth_basic:error] [pid 7:tid 7] [client 192.0.2.5:4000] AH01618: user admin not found: /intern/",
			apacheLine + "[auth_basic:error] [pid 7:tid 7] [remote 192.0.2.111:35924] AH01618: user whatever not found: /admin",
			"[Mon Dec 26 16:22:08 2016] [error] [client 192.0.2.1] user admin not found: /intern/",
		},
		match: func(e *Event) bool {
			return e.Code != 0 || bytes.Contains(e.text, []byte(" not found: "))
		},
		subject: userOf, detail: detailUser,
	}
	indexDenied = &Kind{
		Name: "index.denied", Role: Deed, Severity: 0, Family: HTTPD, Codes: []uint16{1276}, Prefix: []string{"Directory index forbidden by "},
		Title:   "a folder was asked for that has no index",
		Doc:     "A client asked for a folder without an index page. Common among scanners, and among people who shorten an address.",
		Samples: []string{apacheLine + "[autoindex:error] [pid 7:tid 7] [client 192.0.2.5:4000] AH01276: Cannot serve directory /srv/www/wp-includes/: No matching DirectoryIndex (index.php,index.html) found, and server-generated directory index forbidden by Options directive"},
		subject: afterDirectory, detail: detailTarget,
	}
	methodInvalid = &Kind{
		Name: "method.invalid", Role: Deed, Severity: 0, Family: HTTPD, Codes: []uint16{131, 134, 135, 564, 566, 569}, Prefix: []string{"Invalid method in request "},
		Title:   "a request was not HTTP",
		Doc:     "Not HTTP: TLS on the plain port, binary rubbish, an old exploit. The noise of the internet.",
		Samples: []string{apacheLine + `[core:error] [pid 7:tid 7] [client 192.0.2.5:4000] AH00135: Invalid method in request \x16\x03\x01`},
	}
	requestLimit = &Kind{
		Name: "request.limit", Role: Deed, Severity: 1, Family: HTTPD, Codes: []uint16{560, 561, 562, 563, 565, 1587, 1588, 1591, 1594, 2647, 2648, 2649, 2650, 2805}, Prefix: []string{"request failed: "},
		Title:   "a request was longer than allowed",
		Doc:     "A request line, header or body over the server's limit. Hidden at the default LogLevel.",
		Samples: []string{apacheLine + "[core:info] [pid 7:tid 7] [client 192.0.2.5:4000] AH00565: request failed: URI too long (longer than 8190)"},
	}
	requestTimeout = &Kind{
		Name: "request.timeout", Role: Deed, Severity: 2, Family: HTTPD, Codes: []uint16{1382},
		Title:   "a request was not finished in time",
		Doc:     "A client did not finish its request in time (mod_reqtimeout). Many at once from one client is a slow-request attack. Hidden at the default LogLevel.",
		Samples: []string{apacheLine + "[reqtimeout:info] [pid 7:tid 7] [client 192.0.2.5:4000] AH01382: Request header read timeout"},
	}
	wafBlocked = &Kind{
		Name: "waf.blocked", Role: Deed, Severity: 2, Family: HTTPD, Prefix: []string{"ModSecurity: Access denied"},
		Title:   "ModSecurity refused a request",
		Doc:     "ModSecurity refused a request.",
		Samples: []string{apacheLine + `[:error] [pid 7:tid 7] [client 192.0.2.2:47762] [client 192.0.2.2] ModSecurity: Access denied with code 403 (phase 2). Pattern match "x" [uri "/a"]`},
		subject: quoted(`[uri "`), detail: detailRule,
	}
	wafWarning = &Kind{
		Name: "waf.warning", Role: Deed, Severity: 1, Family: HTTPD, Prefix: []string{"ModSecurity: Warning.", "ModSecurity:  [file "},
		Title:   "ModSecurity noticed a request",
		Doc:     "ModSecurity noticed a request and let it pass.",
		Samples: []string{apacheLine + `[:error] [pid 7:tid 7] [client 192.0.2.2:47762] [client 192.0.2.2] ModSecurity: Warning. Pattern match "x" [uri "/a"]`},
		subject: quoted(`[uri "`), detail: detailRule,
	}
	doorClosed = &Kind{
		Name: "waf.rate", Role: Deed, Severity: 2, Family: anyProgram, Prefix: []string{"Blacklisting address "},
		Title:   "mod_evasive blocked an address",
		Doc:     "mod_evasive blocked an address for asking too fast.",
		Samples: []string{"Mar 14 07:39:24 vps512 mod_evasive[411]: Blacklisting address 192.0.2.9: possible DoS attack."},
	}

	backendDown = &Kind{
		Name: "backend.down", Role: Harm, Severity: 3, Family: HTTPD, Codes: []uint16{2454, 957, 1079, 1114, 959, 940, 934, 1167, 1170, 939, 941, 952, 958, 960, 2452, 2453, 10101}, Prefix: proxyDown,
		Title: "the program behind Apache did not take the connection",
		Doc:   "The program behind the web server (PHP-FPM, another server) did not take the connection. The errno tells: 2 or 111 it is down, 11 its queue is full, 13 permissions.",
		Samples: []string{
			apacheLine + "[proxy:error] [pid 7:tid 7] (11)Resource temporarily unavailable: AH02454: FCGI: attempt to connect to Unix domain socket /run/php/php8.2-fpm.sock (*:80) failed",
			apacheLine + "[proxy_fcgi:error] [pid 7:tid 7] [client 192.0.2.5:4000] AH01079: failed to make connection to backend: httpd-UDS",
			"[Mon Dec 26 16:22:08 2016] [error] (111)Connection refused: proxy: HTTP: attempt to connect to 192.0.2.9:8080 (app) failed",
		},
	}
	backendTimeout = &Kind{
		Name: "backend.timeout", Role: Harm, Severity: 2, Family: HTTPD, Codes: []uint16{1075, 1102}, Prefix: proxyBroken,
		Title:   "the program behind Apache did not answer in time",
		Doc:     "The program behind the web server did not answer in time; a worker was held as long.",
		Samples: []string{apacheLine + "[proxy_fcgi:error] [pid 7:tid 7] (70007)The timeout specified has expired: [client 192.0.2.5:4000] AH01075: Error dispatching request to : (polling)"},
		Misses:  []string{apacheLine + "[proxy_fcgi:error] [pid 7:tid 7] (70008)Partial results are valid but processing is incomplete: [client 192.0.2.5:4000] AH01075: Error dispatching request to : (reading input brigade)"},
		match:   func(e *Event) bool { return e.Errno == 70007 || e.Errno == 110 },
	}
	backendBroken = &Kind{
		Name: "backend.broken", Role: Harm, Severity: 1, Family: HTTPD, Codes: []uint16{1067, 1068, 1069, 1070, 1072, 1075, 1097, 1102, 1110, 898}, Prefix: proxyBroken,
		Title:   "the connection to the program behind Apache broke",
		Doc:     "The connection to the program behind the web server broke, or the visitor went away while it was in use.",
		Samples: []string{apacheLine + "[proxy_fcgi:error] [pid 7:tid 7] [client 192.0.2.5:4000] AH01067: Failed to read FastCGI header"},
	}
	backendStderr = &Kind{
		Name: "backend.stderr", Role: Noise, Family: HTTPD, Codes: []uint16{1071, 1215},
		Title:   "the program behind Apache wrote to its standard error",
		Doc:     "A program behind the web server wrote to its standard error.",
		Samples: []string{apacheLine + "[proxy_fcgi:error] [pid 7:tid 7] [client 192.0.2.5:4000] AH01071: Got error 'PHP message: mail could not be sent'"},
	}
)

// A Target is what a request was for.
type Target struct {
	Path string `json:"path"`
}

func detailTarget(e *Event) any { return Target{Path: Text(e.Subject())} }

// A User is whom a password was tried for, and where.
type User struct {
	User string `json:"user"`
	Path string `json:"path,omitempty"`
}

func detailUser(e *Event) any {
	d := User{User: Text(userOf(e))}
	if i := lastIndex(e.text, " not found: "); i >= 0 {
		d.Path = Text(e.text[i+len(" not found: "):])
	} else if i := lastIndex(e.text, `: authentication failure for "`); i >= 0 {
		path, _, _ := bytes.Cut(e.text[i+len(`: authentication failure for "`):], []byte(`"`))
		d.Path = Text(path)
	}
	return d
}

// userOf reads the name in "user NAME: …" and "user NAME not found: …". The
// name is the visitor's and may hold anything; the last of the server's own
// words behind it ends it.
func userOf(e *Event) []byte {
	name, ok := bytes.CutPrefix(bytes.TrimPrefix(e.text, []byte("Digest: ")), []byte("user "))
	if !ok {
		return nil
	}
	for _, end := range []string{": authentication failure for ", " not found: ", ": password mismatch: ", " in realm "} {
		if i := lastIndex(name, end); i >= 0 {
			return bytes.Trim(name[:i], "'")
		}
	}
	return nil
}

func afterColon(e *Event) []byte {
	_, path, _ := bytes.Cut(e.text, []byte(": "))
	return path
}

// afterBlank is what stands behind the fixed words of the invalid paths' templates.
func afterBlank(e *Event) []byte {
	switch e.Code {
	case 26: // found %2f (encoded '/') in URI path (/a%2fb), returning 404
		if _, rest, ok := bytes.Cut(e.text, []byte(" in URI path (")); ok {
			if i := bytes.LastIndexByte(rest, ')'); i >= 0 {
				return rest[:i]
			}
		}
	case 36:
		path, _ := bytes.CutPrefix(e.text, []byte("access to "))
		if i := lastIndex(path, " failed (filesystem path '"); i >= 0 {
			return path[:i]
		}
		return path
	case 127:
		path, _ := bytes.CutPrefix(e.text, []byte("Cannot map "))
		return askedFor(bytes.TrimSuffix(path, []byte(" to file")))
	case 10244:
		if _, path, ok := bytes.Cut(e.text, []byte("(")); ok {
			return bytes.TrimSuffix(path, []byte(")"))
		}
	}
	if request, ok := bytes.CutPrefix(e.text, []byte("Invalid URI in request ")); ok {
		return askedFor(request)
	}
	return e.text
}

// askedFor is the target in what AH00126 and AH00127 quote: "GET /a HTTP/1.1", and since
// 2.4.43 "'/a' 'GET /a HTTP/1.1'".
func askedFor(request []byte) []byte {
	if len(request) > 2 && request[0] == '\'' {
		if i := bytes.Index(request, []byte("' '")); i > 0 {
			return request[1:i]
		}
		return bytes.Trim(request, "'")
	}
	if i := bytes.IndexByte(request, ' '); i > 0 && upper(request[:i]) {
		request = request[i+1:]
	}
	if i := lastIndex(request, " HTTP/"); i > 0 {
		request = request[:i]
	}
	return request
}

func afterDirectory(e *Event) []byte {
	path, ok := bytes.CutPrefix(e.text, []byte("Cannot serve directory "))
	if !ok {
		return afterColon(e)
	}
	path, _, _ = bytes.Cut(path, []byte(": "))
	return path
}

// scriptOf finds the path in the wordings of "script not found": mod_php quotes
// it, mod_cgi put it behind the words up to 2.4.59 and before them since.
func scriptOf(e *Event) []byte {
	if _, path, ok := bytes.Cut(e.text, []byte(" '")); ok {
		if i := bytes.LastIndexByte(path, '\''); i >= 0 {
			return path[:i]
		}
	}
	if path, ok := bytes.CutPrefix(e.Message, []byte("stderr from ")); ok {
		path, _, _ = bytes.Cut(path, []byte(": "))
		return path
	}
	if _, path, ok := bytes.Cut(e.text, []byte("unable to stat: ")); ok {
		return path
	}
	return nil
}

// quoted finds the text between an opening that ends in a quote and the next quote.
func quoted(open string) func(*Event) []byte {
	return func(e *Event) []byte {
		_, rest, ok := bytes.Cut(e.text, []byte(open))
		if !ok {
			return nil
		}
		text, _, _ := bytes.Cut(rest, []byte(`"`))
		return text
	}
}
