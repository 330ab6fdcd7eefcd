package analyze

import (
	"bytes"

	"github.com/logsleuth/logsleuth/parser"
)

// A WebFacts is what access logs say of one client.
type WebFacts struct {
	Requests    int64
	Status      [6]int64 // by its first digit; 0: none
	First, Last int64    // times

	Embedded int64 // requests for what pages embed, that were answered with it
	Referred int64 // requests that name the page they came from
	Served   int64 // pages that were there: status 2xx
	Data     int64 // of all pages, what programs read: answers of APIs, feeds
	Got      int64 // of Served, what programs read

	Itself  int64  // requests of the kind that a server sends to itself
	Pages   Series // requests for anything but what pages embed, over time
	Excused Series // what excuses pages from bringing nothing that they embed: requests for that, and pages that failed
	Agents  []Example

	*WebDeeds // never nil; noDeeds for most clients: see deeds
}

// WebDeeds are what access logs say of a client that most clients do nothing of.
type WebDeeds struct {
	Missing  Distinct  // paths that were not there or not allowed, but for what pages embed or link to; numbers in them count as one
	Probes   Distinct  // of those, what no page links to
	Secrets  int64     // requests for what only a search for secrets asks for
	Hidden   int64     // requests for what neither an old link nor a program of the owner's asks for
	Misses   WebTally  // requests for Missing
	Crafted  Distinct  // queries that only tools for attacks write, and requests for the names of users
	Crafts   WebTally  // requests with Crafted
	Linked   int64     // of these, those that name the page they came from
	Logins   WebTally  // POSTs to wp-login.php that WordPress did not let in
	Accepted WebTally  // those that it did
	XMLRPC   WebTally  // POSTs to xmlrpc.php
	Answers  Distinct  // the sizes of the answers to these
	Unsent   WebTally  // requests that were never finished: status 408
	Planted  WebTally  // programs that ran out of a folder for uploads
	Failed   WebTally  // requests that were answered with an error of the server
	Programs []Example // the first of Planted
	Paths    []Example // the first of Missing
}

// noDeeds is shared and stays empty.
var noDeeds WebDeeds

// deeds are the client's own, to be written to.
func (w *WebFacts) deeds() *WebDeeds {
	if w.WebDeeds == &noDeeds {
		w.WebDeeds = new(WebDeeds)
	}
	return w.WebDeeds
}

// newWeb makes the facts of a client that access logs name. Its pages are counted
// by loadWindow, coarser where it stays for long.
func newWeb() *WebFacts {
	return &WebFacts{Pages: Series{Width: loadWindow}, Excused: Series{Width: loadWindow}, WebDeeds: &noDeeds}
}

// visit finds or makes what access logs say of the client, in the room of what
// they said before.
func (c *ClientFacts) visit() *WebFacts {
	if c.Web == nil {
		c.Web, c.web = c.web, nil
		if c.Web == nil {
			c.Web = newWeb()
		} else {
			c.Web.empty()
		}
	}
	return c.Web
}

func (w *WebFacts) empty() {
	w.Pages.reset(loadWindow)
	w.Excused.reset(loadWindow)
	if w.WebDeeds != &noDeeds {
		w.WebDeeds.empty()
	}
	*w = WebFacts{Pages: w.Pages, Excused: w.Excused, Agents: w.Agents[:0], WebDeeds: w.WebDeeds}
}

func (d *WebDeeds) empty() {
	room := func(t WebTally) WebTally { return WebTally{Places: t.Places[:0]} }
	*d = WebDeeds{
		Missing: Distinct{d.Missing.Hashes[:0]}, Probes: Distinct{d.Probes.Hashes[:0]}, Crafted: Distinct{d.Crafted.Hashes[:0]}, Answers: Distinct{d.Answers.Hashes[:0]},
		Misses: room(d.Misses), Crafts: room(d.Crafts), Logins: room(d.Logins), Accepted: room(d.Accepted), XMLRPC: room(d.XMLRPC),
		Unsent: room(d.Unsent), Planted: room(d.Planted), Failed: room(d.Failed), Programs: d.Programs[:0], Paths: d.Paths[:0],
	}
}

// A WebTally counts requests of one sort.
type WebTally struct {
	Count       int64
	First, Last int64
	Places      Places
}

func (t *WebTally) add(at int64, p Place) {
	if t.Count == 0 || at < t.First {
		t.First = at
	}
	if t.Count == 0 || at > t.Last {
		t.Last = at
	}
	t.Count++
	t.Places.add(p)
}

func (t *WebTally) merge(o *WebTally) {
	if o.Count == 0 {
		return
	}
	if t.Count == 0 || o.First < t.First {
		t.First = o.First
	}
	if t.Count == 0 || o.Last > t.Last {
		t.Last = o.Last
	}
	t.Count += o.Count
	t.Places.merge(o.Places)
}

// pace is the time between two of them on average.
func (t *WebTally) pace() int64 { return (t.Last - t.First) / max(t.Count-1, 1) }

// request enters a line of an access log.
func (cs *Clients) request(p Place, e *parser.Event) {
	a, ok := parser.ReadAccess(e)
	if !ok || !e.Client.IsValid() || !timed(e) {
		return
	}
	c := cs.get(e.Client)
	w := c.visit()
	w.Requests++
	class := a.Status / 100
	if class > 5 {
		class = 0
	}
	w.Status[class]++
	if w.Requests == 1 || e.Time < w.First {
		w.First = e.Time
	}
	if w.Requests == 1 || e.Time > w.Last {
		w.Last = e.Time
	}
	if len(a.UserAgent) > 0 {
		const longest = 200 // an app adds its name at the end of a browser's
		w.Agents = addText(w.Agents, p, a.UserAgent, longest)
	}
	if len(a.Referer) > 1 { // else it is the dash for none
		w.Referred++
	}
	path, query, _ := bytes.Cut(a.Target, []byte("?"))
	linked := class == 4 && len(a.Referer) > 1 && !unlinked(path)
	switch {
	case a.Status == 408:
		w.deeds().Unsent.add(e.Time, p)
	case a.Status == 400: // broken off, or no HTTP: no page was made
	case linked: // what a page names and is not there is the page's fault, and no page itself
	case embedded(path):
		if class == 2 || a.Status == 304 {
			w.Embedded++
			w.Excused.add(Slot{Count: 1, First: e.Time, Last: e.Time, FirstPlace: p, LastPlace: p})
		}
	default:
		one := Slot{Count: 1, First: e.Time, Last: e.Time, FirstPlace: p, LastPlace: p}
		w.Pages.add(one)
		if e.Kind == parser.AccessFailed {
			w.Excused.add(one)
		}
		data := forPrograms(path, query)
		if data {
			w.Data++
		}
		if class == 2 {
			w.Served++
			if data {
				w.Got++
			}
			if planted(path) {
				d := w.deeds()
				d.Planted.add(e.Time, p)
				d.Programs = addExample(d.Programs, p, path)
			}
		}
	}
	if class == 4 && a.Status != 401 && a.Status != 408 && len(path) > 0 && !embedded(path) && !linked && string(a.Method) != "PROPFIND" { // a mounted folder (WebDAV) is looked through for hidden files
		h, d := hashNumbered(path), w.deeds()
		d.Missing.add(h)
		d.Misses.add(e.Time, p)
		d.Paths = addExample(d.Paths, p, path)
		if unlinked(path) {
			d.Probes.add(h)
		}
		if secret(path) {
			d.Secrets++
		}
		if hiddenFile(path) || alien(path) {
			d.Hidden++
		}
	}
	if len(query) >= shortestCrafted && !embedded(path) && crafted(query, a.Status) {
		d := w.deeds()
		d.Crafted.add(hash(query))
		d.Crafts.add(e.Time, p)
		if len(a.Referer) > 1 {
			d.Linked++
		}
	}
	if e.Kind == parser.AccessFailed {
		w.deeds().Failed.add(e.Time, p)
	}
	if toItself(&a, path) {
		w.Itself++
	}
	if string(a.Method) != "POST" {
		return
	}
	switch {
	case bytes.HasSuffix(path, []byte("/wp-login.php")) && class == 3: // WordPress sends on whom it lets in
		w.deeds().Accepted.add(e.Time, p)
	case bytes.HasSuffix(path, []byte("/wp-login.php")):
		w.deeds().Logins.add(e.Time, p)
	case bytes.HasSuffix(path, []byte("/xmlrpc.php")):
		d := w.deeds()
		d.XMLRPC.add(e.Time, p)
		d.Answers.add(uint64(a.Bytes))
	}
}

func (c *ClientFacts) mergeWeb(from *WebFacts) {
	if from == nil {
		return
	}
	w := c.visit()
	if w.Requests == 0 || from.First < w.First {
		w.First = from.First
	}
	if w.Requests == 0 || from.Last > w.Last {
		w.Last = from.Last
	}
	w.Requests += from.Requests
	w.Embedded += from.Embedded
	w.Referred += from.Referred
	w.Served += from.Served
	w.Data += from.Data
	w.Got += from.Got
	for i, n := range from.Status {
		w.Status[i] += n
	}
	w.Itself += from.Itself
	w.Pages.merge(&from.Pages)
	w.Excused.merge(&from.Excused)
	w.Agents = mergeExamples(w.Agents, from.Agents)
	if from.WebDeeds != &noDeeds {
		w.deeds().merge(from.WebDeeds)
	}
}

func (d *WebDeeds) merge(from *WebDeeds) {
	d.Linked += from.Linked
	d.Missing.merge(from.Missing)
	d.Probes.merge(from.Probes)
	d.Secrets += from.Secrets
	d.Hidden += from.Hidden
	d.Misses.merge(&from.Misses)
	d.Crafted.merge(from.Crafted)
	d.Answers.merge(from.Answers)
	d.Crafts.merge(&from.Crafts)
	d.Logins.merge(&from.Logins)
	d.Accepted.merge(&from.Accepted)
	d.XMLRPC.merge(&from.XMLRPC)
	d.Unsent.merge(&from.Unsent)
	d.Planted.merge(&from.Planted)
	d.Failed.merge(&from.Failed)
	d.Programs = mergeExamples(d.Programs, from.Programs)
	d.Paths = mergeExamples(d.Paths, from.Paths)
}

// shortestCrafted is the length of author=1.
const shortestCrafted = 8

// attackWords stand in the queries of tools for attacks, and hardly in those of
// people: calls and comparisons of SQL injection, paths out of the site, scripts.
var attackWords = [][]byte{
	[]byte("union select"), []byte("union all select"), []byte("information_schema"), []byte("sleep("), []byte("benchmark("),
	[]byte("extractvalue("), []byte("updatexml("), []byte("waitfor delay"), []byte(" or 1=1"), []byte("'='"), []byte("concat(0x"),
	[]byte("/etc/passwd"), []byte("../../"), []byte("<script"), []byte("${jndi:"), []byte("php://"),
}

// crafted tells whether a query is of the kind that only tools for attacks write, or
// asks WordPress for the name of a user by number, which it answers by sending on to
// the author's page or with 404.
func crafted(query []byte, status int) bool {
	if rest, ok := bytes.CutPrefix(query, []byte("author=")); ok {
		for _, b := range rest {
			if b < '0' || b > '9' {
				return false
			}
		}
		return len(rest) > 0 && (status == 301 || status == 302 || status == 404)
	}
	var room [512]byte
	text := room[:0]
	for i := 0; i < len(query) && len(text) < len(room); i++ {
		b := query[i]
		switch {
		case b == '+':
			b = ' '
		case b == '%' && i+2 < len(query):
			if n, ok := hexByte(query[i+1], query[i+2]); ok {
				b, i = n, i+2
			}
		}
		if b >= 'A' && b <= 'Z' {
			b += 'a' - 'A'
		}
		text = append(text, b)
	}
	for _, w := range attackWords {
		if bytes.Contains(text, w) {
			return true
		}
	}
	return false
}

func hexByte(high, low byte) (byte, bool) {
	h, l := bytes.IndexByte(hexDigits, high|0x20), bytes.IndexByte(hexDigits, low|0x20)
	return byte(h<<4 | l), h >= 0 && l >= 0
}

var hexDigits = []byte("0123456789abcdef")

// forPrograms tells whether a page is of the kind that programs read and no browser
// shows: an API of WordPress, WooCommerce or a theme, a feed.
func forPrograms(path, query []byte) bool {
	return bytes.Contains(path, []byte("/wp-json/")) || bytes.HasSuffix(path, []byte("/admin-ajax.php")) || bytes.HasSuffix(path, []byte("/xmlrpc.php")) ||
		bytes.HasSuffix(bytes.TrimSuffix(path, []byte("/")), []byte("/feed")) || bytes.HasPrefix(query, []byte("feed=")) ||
		bytes.Contains(query, []byte("rest_route=")) || bytes.Contains(query, []byte("wc-api="))
}

// planted tells whether a path is a program in WordPress's folder for uploads,
// where none belongs. An empty index.php stands there to hide the folder's list.
func planted(path []byte) bool {
	i := bytes.Index(path, []byte("/wp-content/uploads/"))
	if i < 0 || bytes.HasSuffix(path, []byte("/index.php")) {
		return false
	}
	switch string(extension(path)) {
	case "php", "php5", "php7", "phtml", "phar":
		return true
	}
	return false
}
