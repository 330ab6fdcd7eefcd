package parser

import "bytes"

// Modules of httpd that refuse requests: ModSecurity 2 (apache2/apache2_util.c,
// msr_log), mod_qos, mod_evasive.

var (
	wafSlow = &Kind{
		Name: "waf.slow", Role: Deed, Severity: 3, Family: HTTPD, Prefix: []string{"ModSecurity: Access denied with code 400. Too many threads "},
		Title:   "ModSecurity refused one of too many connections",
		Doc:     "One address held more connections open, reading or writing, than ModSecurity allows.",
		Samples: []string{apacheLine + "[:error] [pid 7:tid 7] [client 192.0.2.2:47762] ModSecurity: Access denied with code 400. Too many threads [31] of 30 allowed in READ state from 192.0.2.2 - Possible DoS Consumption Attack [Rejected]"},
	}
	wafBroken = &Kind{
		Name: "waf.broken", Role: Harm, Severity: 1, Family: HTTPD, Prefix: []string{"ModSecurity: Audit log: ", "ModSecurity: Rule ", "Couldn't open logfile "},
		Title: "a protection could not do all of its work",
		Doc:   "ModSecurity could not write its audit log or finish a rule, or mod_evasive could not write its list: what it would have said is missing.",
		Samples: []string{
			apacheLine + `[:error] [pid 7:tid 7] [client 192.0.2.2] ModSecurity: Audit log: Failed writing (requested 83 bytes, written 24): No space left on device [hostname "www.example.org"] [uri "/a"] [unique_id "VNk"]`,
			apacheLine + `[:error] [pid 7:tid 7] [client 192.0.2.2] ModSecurity: Rule 7f2c [id "950901"][file "/etc/modsecurity/x.conf"][line "12"] - Execution error - PCRE limits exceeded (-8): (null). [hostname "www.example.org"] [uri "/a"] [unique_id "VNk"]`,
			apacheLine + "[evasive24:error] [pid 7:tid 7] [client 192.0.2.2:4000] Couldn't open logfile /var/log/mod_evasive/dos-192.0.2.2: Permission denied",
		},
	}
	wafStart = &Kind{
		Name: "waf.start", Role: Noise, Family: HTTPD, Prefix: []string{"ModSecurity for Apache/", "ModSecurity: Loaded ", "ModSecurity: APR compiled", "ModSecurity: PCRE compiled", "ModSecurity: LUA compiled", "ModSecurity: YAJL compiled", "ModSecurity: LIBXML compiled", "ModSecurity: StatusEngine call"},
		Title:   "ModSecurity started",
		Doc:     "ModSecurity started and tells its versions.",
		Samples: []string{apacheLine + "[:notice] [pid 7:tid 7] ModSecurity for Apache/2.9.7 (http://www.modsecurity.org/) configured."},
	}
	wafRefused = &Kind{
		Name: "waf.refused", Role: Deed, Severity: 2, Family: HTTPD, Prefix: []string{"client denied by server configuration: ", "[host "},
		Title: "mod_evasive refused a request",
		Doc:   "mod_evasive refused a request of an address that asks too fast. Galleries and shared addresses do so too.",
		Samples: []string{
			apacheLine + "[evasive20:error] [pid 7:tid 7] [client 192.0.2.5:4000] client denied by server configuration: /srv/www/wp-login.php",
			apacheLine + `[evasive24:notice] [pid 7:tid 7] [client 192.0.2.5:4000] [host www.example.org] [resource "/wp-login.php"] [reason "page"] client denied by server configuration`,
		},
		Misses:  []string{apacheLine + "[access_compat:error] [pid 7:tid 7] [client 192.0.2.5:4000] client denied by server configuration: /srv/www/wp-login.php"},
		match:   func(e *Event) bool { return bytes.HasPrefix(e.Module, []byte("evasive")) },
		subject: evasivePath, detail: detailTarget,
	}
	qosLimit = &Kind{
		Name: "qos.limit", Role: Deed, Severity: 2, Family: HTTPD, Prefix: []string{"mod_qos("},
		Title: "mod_qos refused one client",
		Doc:   "mod_qos refused a client for what it did itself: too many connections, too slow, a request that a filter forbids.",
		Samples: []string{
			qosLine + "mod_qos(031): access denied, QS_SrvMaxConnPerIP rule: max=10, concurrent connections=11, c=192.0.2.4",
			qosLine + "[client 192.0.2.4:4000] mod_qos(045): access denied, invalid request line: can't parse uri, c=192.0.2.4, id=VNk",
		},
		Misses: []string{qosLine + "mod_qos(010): access denied, QS_LocRequestLimit* rule: /shop(5), concurrent requests=6, c=192.0.2.4, id=VNk"},
		match: qosIs(func(n int64) bool {
			return n == 31 || n == 32 || n == 34 || n >= 40 && n < 70 && n != 69 || n == 101
		}),
		detail: detailQOS,
	}
	qosFull = &Kind{
		Name: "qos.full", Role: Harm, Severity: 3, Family: HTTPD, Prefix: []string{"mod_qos("},
		Title: "mod_qos refused a request, because all together were too many",
		Doc:   "mod_qos refused a request because all visitors together were over a limit of the server or of a place in it; this one only came last.",
		Samples: []string{
			qosLine + "[client 192.0.2.4:4000] mod_qos(010): access denied, QS_LocRequestLimit* rule: /shop(5), concurrent requests=6, c=192.0.2.4, id=VNk",
			qosLine + "mod_qos(030): access denied, QS_SrvMaxConn rule: max=256, concurrent connections=257, c=192.0.2.4",
		},
		match: qosIs(func(n int64) bool { return n >= 10 && n < 20 || n == 30 || n == 35 }), detail: detailQOS,
	}
	qosNote = &Kind{
		Name: "qos.note", Role: Noise, Family: HTTPD, Prefix: []string{"mod_qos("},
		Title:   "other words of mod_qos",
		Doc:     "Other words of mod_qos: its settings and its counts. Number 007 tells the limit of connections.",
		Samples: []string{qosLine + "mod_qos(007): calculated MaxClients/MaxRequestWorkers (max connections): 256, applied limit: 256 (QS_SrvMaxConnClose 70%)"},
		detail:  detailQOS,
	}
)

// A Rule is what ModSecurity found in a request.
type Rule struct {
	Path     string `json:"path"`
	ID       string `json:"rule_id,omitempty"`
	Message  string `json:"rule_message,omitempty"`
	UniqueID string `json:"unique_id,omitempty"` // the same in all lines about one request
}

// detailRule reads the fields behind ModSecurity's words. What was found stands
// before them and is the visitor's; quotes in a field are escaped.
func detailRule(e *Event) any {
	d := Rule{Path: Text(e.Subject())}
	b := e.text
	if i := lastIndex(b, `[unique_id "`); i >= 0 {
		id, _, _ := bytes.Cut(b[i+len(`[unique_id "`):], []byte(`"`))
		d.UniqueID = Text(id)
	}
	if i := bytes.Index(b, []byte(`[file "`)); i >= 0 {
		d.ID, d.Message = Text(quotedIn(b[i:], `[id "`)), Text(quotedIn(b[i:], `[msg "`))
	}
	return d
}

// quotedIn reads a field such as [msg "…"], in which a backslash escapes.
func quotedIn(b []byte, open string) []byte {
	_, b, ok := bytes.Cut(b, []byte(open))
	if !ok {
		return nil
	}
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return b[:i]
		}
	}
	return b
}

// evasivePath is the file or the resource that mod_evasive refused.
func evasivePath(e *Event) []byte {
	if e.text[0] == '[' {
		return quotedIn(e.text, `[resource "`)
	}
	return afterColon(e)
}

// A Limit is what mod_qos counted.
type Limit struct {
	Number  int64 `json:"number"` // of mod_qos' message
	Max     int64 `json:"max,omitempty"`
	Found   int64 `json:"found,omitempty"`
	LogOnly bool  `json:"log_only,omitempty"` // not enforced
}

func qosNumber(e *Event) int64 {
	n, _, _ := digits(bytes.TrimPrefix(e.text, []byte("mod_qos(")))
	return n
}

func qosIs(is func(int64) bool) func(*Event) bool {
	return func(e *Event) bool { return is(qosNumber(e)) && bytes.Contains(e.text, []byte("access denied")) }
}

func detailQOS(e *Event) any {
	d := Limit{Number: qosNumber(e), LogOnly: bytes.Contains(e.text, []byte("(log only)"))}
	number := func(field string) (n int64) {
		if _, rest, ok := bytes.Cut(e.text, []byte(field)); ok {
			n, _, _ = digits(rest)
		}
		return n
	}
	if d.Max = number("max="); d.Max == 0 {
		d.Max = number("applied limit: ")
	}
	if d.Found = number("concurrent connections="); d.Found == 0 {
		d.Found = number("concurrent requests=")
	}
	return d
}
