package analyze

import (
	"bytes"
	"cmp"
	"net/netip"
	"slices"

	"github.com/logsleuth/logsleuth/parser"
)

// A Jail is one deed that fail2ban can watch for. Which lines are meant is known
// by the name, here and to the filter of that name.
type Jail struct {
	Name        string `json:"name"`
	MaxRetry    int    `json:"max_retry"`    // how often it takes
	FindSeconds int64  `json:"find_seconds"` // within this time
}

// The jails that there are.
const (
	JailScan  = "logsleuth-scan"   // programs that are not there, paths that no link has
	JailAuth  = "logsleuth-auth"   // HTTP passwords
	JailLogin = "logsleuth-login"  // wp-login.php, by access.log
	JailProbe = "logsleuth-probe"  // what no page links to and is not there, by access.log
	JailXML   = "logsleuth-xmlrpc" // calls of xmlrpc.php, by access.log
	JailSlow  = "logsleuth-slow"   // requests that were never finished, by access.log
)

const (
	// A jail acts sooner than a rule accuses, for its ban ends by itself; yet not on
	// what a person does: twice as many wrong passwords as one who mistypes, and the
	// probes that the rule for scans takes.
	jailFailures = 2*mistypes + 2
	jailSeconds  = 600
	// Access logs do not say whether probes were different things, so it takes as
	// many as accuse anybody who looked for no secrets.
	jailProbes = 2 * manyProbes
	// Browsers open connections in advance and leave some unused, which Apache logs
	// as 408 too: more than an office of them does.
	jailUnsent = 100
)

// Jails are all there are, with their numbers.
var Jails = []Jail{
	{JailScan, manyProbes, jailSeconds},
	{JailAuth, jailFailures, jailSeconds},
	{JailLogin, jailFailures, jailSeconds},
	{JailProbe, jailProbes, jailSeconds},
	{JailXML, manyXMLRPC, jailSeconds},
	{JailSlow, jailUnsent, jailSeconds},
}

// jailOf tells which jail an event is for, "" for none.
func jailOf(e *parser.Event) string {
	switch e.Kind {
	case nil:
		return ""
	case scriptMissing, pathInvalid:
		return JailScan
	case authFailed, authUnknownUser:
		return JailAuth
	}
	a, ok := parser.ReadAccess(e)
	if !ok {
		return ""
	}
	path, _, _ := bytes.Cut(a.Target, []byte("?"))
	post := string(a.Method) == "POST"
	switch {
	case a.Status == 408:
		return JailSlow
	case post && bytes.HasSuffix(path, []byte("/xmlrpc.php")):
		return JailXML
	case post && bytes.HasSuffix(path, []byte("/wp-login.php")) && a.Status == 200:
		return JailLogin
	case (a.Status == 403 || a.Status == 404 || a.Status == 410) && (hidden(path) || program(path) && len(a.Referer) == 0):
		return JailProbe
	}
	return ""
}

// Probed are the endings of what only a search for secrets asks for, and Programs
// those of programs and archives that no page embeds. The filters know the same.
var (
	Probed   = []string{"sql", "bak", "old", "orig", "save", "swp", "env", "ini", "conf", "cfg", "yml", "yaml", "key", "pem", "php~"}
	Programs = []string{"php", "php5", "php7", "phtml", "asp", "aspx", "jsp", "cgi", "pl", "sh", "exe", "gz", "tgz", "tar", "zip", "rar", "7z", "bz2"}
)

// hidden tells of a path in access.log that only a search for secrets asks for.
func hidden(path []byte) bool {
	for rest := path; ; {
		_, after, found := bytes.Cut(rest, []byte("/."))
		if !found {
			return ends(path, Probed)
		}
		if !bytes.HasPrefix(after, []byte("well-known/")) {
			return true
		}
		rest = after
	}
}

func program(path []byte) bool { return ends(path, Programs) }

func ends(path []byte, list []string) bool {
	dot := bytes.LastIndexByte(path, '.')
	return dot >= 0 && slices.Contains(list, string(path[dot+1:]))
}

// jails are those for the deeds of the accused.
func (c *Case) jails() []Jail {
	did := make(map[string]bool)
	for _, cc := range c.Everybody {
		if !cc.named() {
			continue
		}
		did[JailScan] = did[JailScan] || cc.count(scriptMissing, pathInvalid) >= manyProbes
		did[JailAuth] = did[JailAuth] || cc.count(authFailed, authUnknownUser) >= jailFailures
		if w := cc.Web; w != nil {
			did[JailLogin] = did[JailLogin] || w.Logins.Count >= jailFailures
			did[JailProbe] = did[JailProbe] || int(w.Secrets) >= jailProbes || w.Probes.Len() >= jailProbes
			did[JailXML] = did[JailXML] || w.XMLRPC.Count >= manyXMLRPC
			did[JailSlow] = did[JailSlow] || w.Unsent.Count >= jailUnsent
		}
	}
	var list []Jail
	for _, j := range Jails {
		if did[j.Name] {
			list = append(list, j)
		}
	}
	return list
}

// maxHits bounds the deeds kept to replay a jail, about 60 MB of them.
const maxHits = 1 << 21

// Hits are the lines that fail2ban's jails would count, for a replay.
type Hits struct {
	List []Hit
	Lost int64 // for lack of room
}

// A Hit is one of them.
type Hit struct {
	Jail   string
	Client netip.Addr
	Time   int64
}

// Observe takes an event. Only the client that the frame names counts, as in the filters.
func (h *Hits) Observe(e *parser.Event) {
	if !e.Client.IsValid() || e.Remote || !timed(e) {
		return
	}
	jail := jailOf(e)
	if jail == "" {
		return
	}
	if len(h.List) >= maxHits {
		h.Lost++
		return
	}
	h.List = append(h.List, Hit{jail, e.Client, e.Time})
}

// Merge adds what another has seen.
func (h *Hits) Merge(o *Hits) {
	room := min(maxHits-len(h.List), len(o.List))
	h.List = append(h.List, o.List[:room]...)
	h.Lost += o.Lost + int64(len(o.List)-room)
}

// A JailTrial is what a jail would have done.
type JailTrial struct {
	Jail
	Bans   []Ban
	Spared int // clients with such lines, but too few of them
}

// A Ban is when a client would have been shut out.
type Ban struct {
	Client        string
	Standing      Standing
	Time          string
	Before, After int  // its lines until then, and those that it would have been kept from
	Exempt        bool // the jails leave it out, so it is not shut out after all
}

// tryJail replays one jail. A client is banned once: fail2ban's ban outlasts most logs.
func (c *Case) tryJail(j Jail, hits *Hits) JailTrial {
	trial := JailTrial{Jail: j}
	by := make(map[netip.Addr][]int64)
	for _, h := range hits.List {
		if h.Jail == j.Name {
			by[h.Client] = append(by[h.Client], h.Time)
		}
	}
	type ban struct {
		Ban
		at int64
	}
	var bans []ban
	exempt := c.exempted()
	for _, cc := range c.Everybody {
		list := by[cc.Addr]
		if len(list) == 0 {
			continue
		}
		slices.Sort(list)
		at := -1
		for i := j.MaxRetry - 1; i < len(list) && at < 0; i++ {
			if list[i]-list[i-j.MaxRetry+1] <= j.FindSeconds*second {
				at = i
			}
		}
		if at < 0 {
			trial.Spared++
			continue
		}
		_, spared := within(exempt, cc.Addr)
		bans = append(bans, ban{Ban{cc.Addr.String(), cc.Standing, c.time(list[at]), at + 1, len(list) - at - 1, spared}, list[at]})
	}
	slices.SortStableFunc(bans, func(a, b ban) int { return cmp.Compare(a.at, b.at) })
	for _, b := range bans {
		trial.Bans = append(trial.Bans, b.Ban)
	}
	return trial
}
