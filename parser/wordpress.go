package parser

import (
	"bytes"
	"strings"
)

const (
	forQuery = " for query "
	madeBy   = " made by "
	// httpd cuts a line of its log at MAX_STRING_LEN without a mark, rsyslog at about the same.
	longestLine = 8191
	nearCut     = longestLine - 16
)

// Cut tells whether the line may have been cut, by httpd or by syslog: its end is
// missing then.
func (e *Event) Cut() bool {
	switch {
	case len(e.Raw) < nearCut || e.Format != nil && e.Format.whole:
		return false
	case e.Lines <= 1:
		return true
	}
	for line := range bytes.Lines(e.Raw) {
		if len(line) >= nearCut {
			return true
		}
	}
	return false
}

// A DBError is WordPress's record of a failed query.
type DBError struct {
	Error     string   `json:"error"`
	Class     string   `json:"query_class,omitempty"` // SELECT, INSERT, …
	Table     string   `json:"table,omitempty"`
	Query     string   `json:"query,omitempty"`
	Chain     []string `json:"chain,omitempty"` // of calls, outermost first
	Entry     string   `json:"entry,omitempty"` // how the request came in
	Truncated bool     `json:"truncated,omitempty"`
	Owner
}

// splitDB splits "ERROR for query SQL made by CHAIN". The query holds what
// visitors typed, also these very words, so the first "for query" and the last
// "made by" with a chain behind it count. In a line that was cut, what looks
// like a chain may be the query's own text.
func splitDB(said []byte, cut bool, known *chains) (err, query, chain []byte) {
	i := indexWords(said, forQuery)
	if i < 0 {
		return said, nil, nil
	}
	err, query = said[:i], said[i+len(forQuery):]
	if cut {
		return err, query, nil
	}
	first, j := -1, -1
	for from := 0; ; {
		next := indexWords(query[from:], madeBy)
		if next < 0 {
			break
		}
		j = from + next
		if first < 0 {
			first = j
		}
		from = j + len(madeBy)
	}
	if j < 0 || !known.is(query[j+len(madeBy):]) {
		return err, query, nil
	}
	// A referer may hold ", referer: " and a chain of its own. Two chains with
	// that between them leave it open which is WordPress's: none is believed.
	if bytes.Contains(query[first:j], []byte(refererWord)) {
		return err, query, nil
	}
	return err, query[:j], query[j+len(madeBy):]
}

// indexWords finds words between blanks. Text is full of blanks, so it is not
// they that are looked for first.
func indexWords(b []byte, words string) int {
	for from := 1; from <= len(b); {
		i := bytes.Index(b[from:], []byte(words[1:]))
		if i < 0 {
			return -1
		}
		if b[from+i-1] == ' ' {
			return from + i - 1
		}
		from += i + 1
	}
	return -1
}

// chains remembers which texts are chains: a site has few, and each is long. The
// nil chains remember nothing.
type chains struct{ m map[string]bool }

const maxChains = 1024

func (c *chains) is(b []byte) bool {
	if c == nil {
		return isChain(b)
	}
	ok, known := c.m[string(b)]
	if !known {
		ok = isChain(b)
		if c.m == nil {
			c.m = make(map[string]bool)
		} else if len(c.m) >= maxChains {
			clear(c.m)
		}
		c.m[string(b)] = ok
	}
	return ok
}

// isChain tells whether a text can be WordPress's list of calls: names, "->",
// "::" and arguments in brackets, never SQL.
func isChain(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	c := b[0]
	if c|0x20 < 'a' || c|0x20 > 'z' {
		if c != '_' && c != '{' && c != '\\' {
			return false
		}
	}
	for {
		// What stands outside the brackets are names and ", ".
		name, argument, more := bytes.Cut(b, []byte("("))
		for i, c := range name {
			switch c {
			case ' ':
				if i == 0 || name[i-1] != ',' {
					return false
				}
			case '=', '%', '\'', '"', '`':
				return false
			}
		}
		if !more {
			return true
		}
		i := closing(argument)
		if i < 0 {
			return false
		}
		b = argument[i+1:]
	}
}

// closing finds the bracket that ends an argument; a quoted one may hold brackets
// itself. Blogs make the quotes curly.
func closing(argument []byte) int {
	for _, q := range []struct{ open, end string }{{"'", "')"}, {"‘", "’)"}, {"’", "’)"}} {
		if bytes.HasPrefix(argument, []byte(q.open)) {
			i := bytes.Index(argument, []byte(q.end))
			if i < 0 {
				return -1
			}
			return i + len(q.end) - 1
		}
	}
	return bytes.IndexByte(argument, ')')
}

func detailDB(e *Event) any {
	err, query, chain, ok := failedQuery(e)
	if !ok {
		return detailPHP(e)
	}
	d := DBError{Error: Text(err), Query: Text(query), Truncated: e.Cut()}
	d.Class, d.Table = classOfQuery(query)
	if chain != nil {
		d.Chain = SplitChain(Text(chain))
		d.Entry = EntryOf(d.Chain)
		d.Owner = OwnerOf(Text(chain))
	}
	return d
}

// classOfQuery gives a query's verb and its first table.
func classOfQuery(query []byte) (class, table string) {
	// WordPress indents its SQL; httpd writes that as \n\t.
	q := strings.NewReplacer(`\n`, " ", `\t`, " ", `\r`, " ").Replace(Text(query[:min(len(query), 2048)]))
	words := strings.Fields(q)
	if len(words) == 0 {
		return "", ""
	}
	class = strings.ToUpper(words[0])
	for _, r := range class {
		if r < 'A' || r > 'Z' {
			return "", ""
		}
	}
	for i, w := range words[:len(words)-1] {
		switch strings.ToUpper(w) {
		case "FROM", "INTO", "UPDATE", "TABLE":
			return class, strings.Trim(words[i+1], "`'\"();,‘’")
		}
	}
	return class, ""
}

// SplitChain splits a chain of calls at its commas, not at those inside quotes or brackets.
func SplitChain(chain string) []string {
	var calls []string
	start := 0
	for i := 0; i < len(chain); i++ {
		switch chain[i] {
		case '(':
			if end := closing([]byte(chain[i+1:])); end >= 0 {
				i += 1 + end
			}
		case ',':
			if strings.HasPrefix(chain[i:], ", ") {
				calls = append(calls, chain[start:i])
				start = i + 2
			}
		}
	}
	return append(calls, chain[start:])
}

// EntryOf tells from a chain how the request came in: "front end", "login",
// "xml-rpc", "cron", "ajax", "rest" or "admin"; "" where it does not show.
func EntryOf(chain []string) string {
	entry := ""
	for _, call := range chain {
		switch {
		case strings.Contains(call, "wp_xmlrpc_server"), strings.Contains(call, "xmlrpc.php"):
			return "xml-rpc"
		case strings.Contains(call, "wp-login.php"), call == "wp_signon", call == "wp_authenticate":
			return "login"
		case strings.Contains(call, "wp-cron.php"), call == "wp_cron", call == "_wp_cron":
			return "cron"
		case strings.Contains(call, "admin-ajax.php"), strings.Contains(call, "'wp_ajax_"):
			return "ajax"
		case strings.HasPrefix(call, "rest_api_loaded"), strings.HasPrefix(call, "WP_REST_Server"):
			return "rest"
		case strings.Contains(call, "wp-admin/"):
			entry = "admin"
		case strings.Contains(call, "wp-blog-header.php") && entry == "":
			entry = "front end"
		}
	}
	return entry
}

// An Owner is the plugin or theme that a piece of code belongs to, and how that is known.
type Owner struct {
	Plugin   string `json:"plugin,omitempty"`
	Type     string `json:"plugin_type,omitempty"`          // plugin, mu-plugin, theme or core
	Strength string `json:"attribution_strength,omitempty"` // path: a file of its own failed; include: its file was being loaded, or had been when it called
}

var ownerDirs = []struct{ dir, typ string }{
	{"/plugins/", "plugin"},
	{"/mu-plugins/", "mu-plugin"},
	{"/themes/", "theme"},
}

// OwnerOf finds whose code a chain of calls or a path shows. The last plugin or
// theme in it is the one at work; those before it only loaded it. The zero Owner
// means that nothing shows.
func OwnerOf(code string) Owner {
	last := -1
	for _, d := range ownerDirs {
		last = max(last, strings.LastIndex(code, d.dir))
	}
	var o Owner
	at := len(code)
	if last >= 0 {
		// A plugin may have folders called so itself: the first in a path counts.
		begin := strings.LastIndexAny(code[:last], "'‘’\"( ") + 1
		path := code[begin:]
		for _, d := range ownerDirs {
			i := strings.Index(path, d.dir)
			if i < 0 || i >= at {
				continue
			}
			name := path[i+len(d.dir):]
			if end := strings.IndexAny(name, "/'’\\ ,"); end >= 0 {
				name = name[:end]
			}
			at, o = i, Owner{Plugin: strings.TrimSuffix(name, ".php"), Type: d.typ}
		}
	}
	chain := strings.Contains(code, ", ") || strings.Contains(code, "(")
	switch {
	case o.Plugin == "" && !chain && (strings.Contains(code, "/wp-includes/") || strings.Contains(code, "/wp-admin/")):
		return Owner{Plugin: "wordpress", Type: "core", Strength: "path"}
	case o.Plugin == "":
		return Owner{}
	case chain:
		o.Strength = "include"
	default:
		o.Strength = "path"
	}
	return o
}
