package analyze

import (
	"bytes"
	"cmp"
	"iter"
	"math"
	"net/netip"
	"slices"
	"unicode/utf8"

	"github.com/logsleuth/logsleuth/parser"
)

const (
	// maxClients bounds the clients kept apart: of maxClients and newClients more,
	// the least are folded. A client with more than one in maxClients of the lines
	// between two folds is never among them, so whoever matters is counted exactly.
	maxClients = 20000
	newClients = 8192
	// maxClientBytes bounds what is kept about all of them together; it is looked
	// after whenever lookAfter lines have been added. Past it the clients that matter
	// least keep their busiest times only, and are folded where that is not enough.
	maxClientBytes = 20 << 20
	lookAfter      = 1 << 16
	// knownClients is how many clients a ledger that is used again knows again.
	knownClients = 1024
	// nearClients is how many clients are found without asking the map.
	nearClients = 256
	// slotWidth is the finest time kept about one client.
	slotWidth = 4 * second
	// maxClientSlots bounds them; past it they become twice as wide.
	maxClientSlots = 64
	// maxTouches bounds the connections kept in one slot.
	maxTouches = 512
	// maxDistinct bounds what is counted as distinct targets or users.
	maxDistinct = 1024
)

// A Touch is a connection seen at work: a client's port and the worker that served
// it. No system numbers its processes with more than 32 bits.
type Touch struct {
	First, Last int64 // times
	PID         uint32
	Port        uint16
}

// key puts connections in order: by port, then by pid.
func (t *Touch) key() uint64 { return uint64(t.Port)<<32 | uint64(t.PID) }

func (t *Touch) join(o *Touch) { t.First, t.Last = min(t.First, o.First), max(t.Last, o.Last) }

// A ClientSlot is what one client did in one stretch of time.
type ClientSlot struct {
	At                 int64
	Deeds, Harms, Rest int64
	First, Last        int64
	FirstPlace         Place // of First
	Touches            int32 // how many of the client's connections are of this stretch
}

// Distinct counts different texts by their hashes, exactly up to maxDistinct.
type Distinct struct {
	Hashes []uint64 // sorted, the lowest maxDistinct
}

// A ClientFacts is what is kept of one address.
type ClientFacts struct {
	Addr     netip.Addr
	Kinds    Tallies
	Width    int64
	Slots    []ClientSlot // in order of time
	Touches  []Touch      // those of one slot behind those of another; in a slot by port and pid, maxTouches at most
	Targets  Distinct     // paths that it asked for in vain, but for what pages embed or link to
	Probes   Distinct     // of those, what no page links to
	Secrets  int64        // events about what only a search for secrets asks for
	Hidden   int64        // events about what neither an old link nor a program of the owner's asks for
	Users    Distinct     // names that it tried
	Examples []Example    // first targets and users, in log order
	Referred int64        // events whose request named a page it came from
	Remote   int64        // events that named it only as [remote …]
	PortZero int64        // events whose port is 0: the address comes from a header
	Events   int64        // lines of error logs that name it
	Web      *WebFacts    // what access logs say; nil: nothing

	key  Address
	gen  int
	last int       // the slot of the event before
	lean int64     // how many lines it had when it was thinned
	web  *WebFacts // room for Web
}

// An Example is a target or a user name as it stood in the log.
type Example struct {
	Place Place
	Text  string
}

// Clients are all clients, by address.
type Clients struct {
	List   []*ClientFacts // in no order
	Folded int64          // clients no longer kept apart; one that comes again counts again
	Most   int64          // lines that one of them had
	Others Tallies        // their events
	Thin   int64          // clients of which only the busiest times are known

	byAddr map[Address]*ClientFacts
	gen    int
	near   [nearClients]*ClientFacts // those met lately, each in its one place
	spare  []*ClientFacts            // of nobody, with their room
	taken  []Address                 // clients that a merge made another ledger's
	scale  []weighed                 // room to weigh them in
	share  int                       // of the bounds, one in so many; 0: all
	grown  int64                     // lines since the room was last looked after
}

// get finds or makes the client. After a reset an old entry is made new when it
// is met again, so that a worker does not allocate for the clients it knows.
func (cs *Clients) get(addr netip.Addr) *ClientFacts {
	key := addressOf(addr)
	near := &cs.near[((key.High^key.Low)*0x9e3779b97f4a7c15)>>56]
	if c := *near; c != nil && c.key == key && c.gen == cs.gen {
		return c
	}
	if len(cs.byAddr) < len(cs.List) { // read back from where it was saved
		cs.byAddr = make(map[Address]*ClientFacts, len(cs.List))
		for _, c := range cs.List {
			cs.own(c)
		}
	}
	c := cs.byAddr[key]
	switch {
	case c == nil:
		c = cs.blank()
		c.Addr, c.Width = addr, slotWidth
		cs.own(c)
		cs.List = append(cs.List, c)
	case c.gen != cs.gen:
		c.empty()
		c.gen = cs.gen
		cs.List = append(cs.List, c)
	}
	*near = c
	return c
}

// own makes a client one of these.
func (cs *Clients) own(c *ClientFacts) {
	if cs.byAddr == nil {
		cs.byAddr = make(map[Address]*ClientFacts)
	}
	c.key, c.gen = addressOf(c.Addr), cs.gen
	cs.byAddr[c.key] = c
}

// blank is a client of no address yet, with the room of one that is gone.
func (cs *Clients) blank() *ClientFacts {
	n := len(cs.spare)
	if n == 0 {
		return new(ClientFacts)
	}
	c := cs.spare[n-1]
	cs.spare = cs.spare[:n-1]
	c.empty()
	return c
}

// discard keeps the room of a client that is gone, unless that is large.
func (cs *Clients) discard(c *ClientFacts) {
	if len(cs.spare) < newClients/4 && cap(c.Slots) <= 4 && cap(c.Touches) <= 16 && cap(c.Kinds) <= 4 && cap(c.Targets.Hashes) <= 16 && c.Web == nil && c.web == nil {
		cs.spare = append(cs.spare, c)
	}
}

func (c *ClientFacts) empty() {
	if c.Web != nil {
		c.web = c.Web
	}
	*c = ClientFacts{
		web: c.web, key: c.key,
		Addr: c.Addr, Width: slotWidth, Kinds: c.Kinds[:0], Slots: c.Slots[:0], Touches: c.Touches[:0],
		Targets: Distinct{c.Targets.Hashes[:0]}, Probes: Distinct{c.Probes.Hashes[:0]}, Users: Distinct{c.Users.Hashes[:0]}, Examples: c.Examples[:0],
	}
}

func (cs *Clients) observe(p Place, e *parser.Event) {
	c := cs.get(e.Client)
	timed := timed(e)
	c.Events++
	c.Kinds.add(e.Kind.ID(), e.Times(), e.Time, timed, p)
	if len(e.Referer) > 0 {
		c.Referred++
	}
	if e.Remote {
		c.Remote++
	}
	if e.ClientPort == 0 {
		c.PortZero++
	}
	if timed {
		i := c.slot(e.Time)
		s := &c.Slots[i]
		switch e.Kind.Role {
		case parser.Deed:
			s.Deeds += e.Times()
		case parser.Harm:
			s.Harms += e.Times()
		default:
			s.Rest += e.Times()
		}
		s.span(e.Time, e.Time, p)
		c.touch(i, Touch{e.Time, e.Time, uint32(e.PID), uint16(max(e.ClientPort, 0))})
	}
	if e.Kind.Role == parser.Deed {
		subject := e.Subject()
		if len(subject) > 0 {
			c.subject(e.Kind, subject, len(e.Referer) > 0, p)
		}
	}
	cs.bound(1)
}

func (c *ClientFacts) subject(k *parser.Kind, text []byte, linked bool, p Place) {
	set := &c.Targets
	if isGuess(k) {
		set = &c.Users
	} else if !isSearch(k) {
		return
	} else if i := bytes.IndexByte(text, '?'); i > 0 {
		text = text[:i]
	}
	if set == &c.Targets && k != pathInvalid && (embedded(text) || linked && k == fileMissing && !unlinked(text)) {
		return
	}
	h := hash(text)
	if set == &c.Targets {
		h = hashNumbered(text)
	}
	set.add(h)
	if set == &c.Targets && (k == pathInvalid || secret(text)) {
		c.Secrets++
	}
	if set == &c.Targets && (k == pathInvalid || hiddenFile(text) || alien(text)) {
		c.Hidden++
	}
	if set == &c.Targets && (k != fileMissing && k != indexDenied || unlinked(text)) {
		c.Probes.add(h)
	}
	c.Examples = addExample(c.Examples, p, text)
}

// embedded tells whether a path is of the kind that pages fetch by themselves: a
// theme that lacks forty images makes every visitor ask for forty.
func embedded(path []byte) bool {
	name := path[bytes.LastIndexByte(path, '/')+1:]
	dot := bytes.LastIndexByte(name, '.')
	if dot <= 0 || bytes.Contains(path, []byte("/.")) {
		return false
	}
	switch string(name[dot+1:]) {
	case "png", "jpg", "jpeg", "gif", "webp", "avif", "svg", "ico", "css", "js", "map", "woff", "woff2", "ttf", "eot", "mp3", "mp4", "webm",
		"PNG", "JPG", "JPEG", "GIF":
		return true
	}
	return false
}

// unlinked tells whether a path is of the kind that no page links to: secrets,
// programs, archives.
func unlinked(path []byte) bool {
	switch string(extension(path)) {
	case "php", "php5", "php7", "phtml", "asp", "aspx", "jsp", "cgi", "pl", "sh", "exe", "log", "gz", "tgz", "tar", "zip", "rar", "7z", "bz2", "inc":
		return true
	}
	return secret(path)
}

// secret tells whether a path is of the kind that only a search for secrets asks
// for: hidden files, backups, dumps, settings. A crawler with old links never does.
func secret(path []byte) bool {
	switch string(extension(path)) {
	case "sql", "env", "ini", "conf", "cfg", "yml", "yaml", "key", "pem":
		return true
	}
	return hiddenFile(path)
}

// hiddenFile tells whether a secret is a hidden file or a copy that an editor left: settings
// and dumps are fetched by devices, pages and backups of the owner's, too.
func hiddenFile(path []byte) bool {
	switch string(extension(path)) {
	case "bak", "old", "orig", "save", "swp", "php~":
		return true
	}
	// The end of a path is the client's, its beginning the server's.
	end := path[bytes.LastIndexByte(path[:max(bytes.LastIndexByte(path, '/'), 0)], '/')+1:]
	dot := bytes.HasPrefix(end, []byte(".")) || bytes.Contains(end, []byte("/."))
	return dot && !bytes.HasPrefix(end, []byte(".well-known/"))
}

// alien tells whether a path is a program in a folder where only WordPress's own stand,
// which no page links to, or none at all: whoever asks for others looks for what
// somebody planted there.
func alien(path []byte) bool {
	slash := bytes.LastIndexByte(path, '/')
	if slash < 0 || string(extension(path)) != "php" {
		return false
	}
	switch string(path[bytes.LastIndexByte(path[:slash], '/')+1 : slash]) {
	case "wp-includes", "wp-content", ".well-known":
		return true
	}
	return false
}

// extension is what follows the last point of a path's last name.
func extension(path []byte) []byte {
	name := path[bytes.LastIndexByte(path, '/')+1:]
	dot := bytes.LastIndexByte(name, '.')
	const longest = 5
	if dot < 0 || len(name)-dot > longest+1 {
		return nil
	}
	return name[dot+1:]
}

// fewExamples is how many targets and names a report shows.
const fewExamples = 5

func mergeExamples(list, from []Example) []Example {
	for _, x := range from {
		list = addText(list, x.Place, []byte(x.Text), len(x.Text))
	}
	return list
}

// addExample keeps the first few different texts, in log order.
func addExample(list []Example, p Place, text []byte) []Example { return addText(list, p, text, 120) }

// addText does so for texts that are cut behind some bytes.
func addText(list []Example, p Place, text []byte, longest int) []Example {
	if n := len(list); n == fewExamples && list[n-1].Place.compare(p) <= 0 {
		return list
	}
	text = text[:min(len(text), longest)]
	if !utf8.Valid(text) { // as it will be kept, so that it is known again
		text = []byte(parser.Text(text))
	}
	known := slices.IndexFunc(list, func(x Example) bool { return x.Text == string(text) })
	switch {
	case known < 0:
		list = append(list, Example{p, parser.Text(text)})
	case p.compare(list[known].Place) >= 0:
		return list
	default:
		list[known].Place = p
	}
	slices.SortFunc(list, func(a, b Example) int { return a.Place.compare(b.Place) })
	return list[:min(len(list), fewExamples)]
}

// slot finds or makes the stretch of time that t lies in: mostly that of the line
// before or a new one at the end, for logs are in order of time.
func (c *ClientFacts) slot(t int64) (i int) {
	at := t / c.Width
	n := len(c.Slots)
	if c.last < n && c.Slots[c.last].At == at {
		return c.last
	}
	i = n
	if n > 0 && c.Slots[n-1].At >= at {
		for i > 0 && c.Slots[i-1].At >= at {
			i--
		}
		if c.Slots[i].At == at {
			c.last = i
			return i
		}
	}
	if n >= maxClientSlots {
		c.widen(2 * c.Width)
		return c.slot(t)
	}
	c.last = i
	c.Slots = append(c.Slots, ClientSlot{At: at})
	if i < n {
		copy(c.Slots[i+1:], c.Slots[i:n])
		c.Slots[i] = ClientSlot{At: at}
	}
	return i
}

// stretches are the client's slots, each with its connections.
func (c *ClientFacts) stretches() iter.Seq2[*ClientSlot, []Touch] {
	return func(yield func(*ClientSlot, []Touch) bool) {
		from := 0
		for i := range c.Slots {
			s := &c.Slots[i]
			to := from + int(s.Touches)
			if !yield(s, c.Touches[from:to:to]) {
				return
			}
			from = to
		}
	}
}

// widen makes the slots wider, in their place.
func (c *ClientFacts) widen(width int64) {
	n, kept, from := 0, 0, 0 // slots and connections that are ready, connections that were looked at
	for i := 0; i < len(c.Slots); n++ {
		s, first := c.Slots[i], i
		s.At = s.At * c.Width / width
		to := from + int(s.Touches)
		for i++; i < len(c.Slots) && c.Slots[i].At*c.Width/width == s.At; i++ {
			to += int(c.Slots[i].Touches)
			s.join(&c.Slots[i])
		}
		list := c.Touches[from:to]
		if i > first+1 {
			list = joined(list)
		}
		s.Touches = int32(len(list))
		c.Slots[n] = s
		kept += copy(c.Touches[kept:], list)
		from = to
	}
	c.Width, c.Slots, c.Touches, c.last = width, c.Slots[:n], c.Touches[:kept], 0
}

// joined are the connections of several slots as those of one, in the same place.
func joined(list []Touch) []Touch {
	slices.SortFunc(list, func(a, b Touch) int { return cmp.Compare(a.key(), b.key()) })
	kept := list[:0]
	for _, t := range list {
		if n := len(kept); n > 0 && kept[n-1].key() == t.key() {
			kept[n-1].join(&t)
			continue
		}
		kept = append(kept, t)
	}
	return kept[:min(len(kept), maxTouches)]
}

func (s *ClientSlot) span(first, last int64, p Place) {
	if s.First == 0 || first < s.First || first == s.First && p.compare(s.FirstPlace) < 0 {
		s.First, s.FirstPlace = first, p
	}
	s.Last = max(s.Last, last)
}

// join adds what another slot counted, but for its connections.
func (s *ClientSlot) join(o *ClientSlot) {
	s.Deeds += o.Deeds
	s.Harms += o.Harms
	s.Rest += o.Rest
	s.span(o.First, o.Last, o.FirstPlace)
}

// touch enters a connection into a slot. The first maxTouches by port and pid are
// told apart, whichever came first.
func (c *ClientFacts) touch(slot int, t Touch) {
	from := len(c.Touches)
	for i := len(c.Slots) - 1; i >= slot; i-- { // mostly it is the last slot
		from -= int(c.Slots[i].Touches)
	}
	s := &c.Slots[slot]
	list := c.Touches[from : from+int(s.Touches)]
	key := t.key()
	i, end := 0, len(list)
	for i < end { // by hand: it is done for every line of a client
		if m := int(uint(i+end) >> 1); list[m].key() < key {
			i = m + 1
		} else {
			end = m
		}
	}
	switch {
	case i < len(list) && list[i].key() == key:
		list[i].join(&t)
	case len(list) < maxTouches:
		c.Touches = slices.Insert(c.Touches, from+i, t)
		s.Touches++
	case i < len(list):
		copy(list[i+1:], list[i:])
		list[i] = t
	}
}

func (d *Distinct) add(h uint64) {
	i, found := slices.BinarySearch(d.Hashes, h)
	if found || i == maxDistinct {
		return
	}
	if len(d.Hashes) == maxDistinct {
		d.Hashes = d.Hashes[:maxDistinct-1]
	}
	d.Hashes = slices.Insert(d.Hashes, i, h)
}

func (d *Distinct) merge(o Distinct) {
	for _, h := range o.Hashes {
		d.add(h)
	}
}

// Len is how many different texts there were, maxDistinct at most.
func (d *Distinct) Len() int { return len(d.Hashes) }

// hash is FNV-1a with 64 bits: the same on every machine, so that facts can be saved.
func hash(b []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range b {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}

// hashNumbered is hash with each number in a path taken for the same: a list of
// articles, of pictures or of days is one thing that is gone, not a hundred.
func hashNumbered(b []byte) uint64 {
	h := uint64(14695981039346656037)
	digit := false
	for _, c := range b {
		if c >= '0' && c <= '9' {
			if digit {
				continue
			}
			digit, c = true, '0'
		} else {
			digit = false
		}
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}

func (cs *Clients) merge(other *Clients) {
	lines := int64(0)
	for _, from := range other.List {
		lines += from.lines()
		key := addressOf(from.Addr)
		if c := cs.byAddr[key]; c != nil && c.gen == cs.gen || len(cs.byAddr) < len(cs.List) {
			cs.get(from.Addr).merge(from)
			continue
		}
		cs.own(from) // all of it, for most clients of a hostile log are new
		cs.List = append(cs.List, from)
		other.taken = append(other.taken, key)
		if n := len(cs.spare); n > 0 {
			other.spare = append(other.spare, cs.spare[n-1])
			cs.spare = cs.spare[:n-1]
		}
	}
	cs.Folded += other.Folded
	cs.Most = max(cs.Most, other.Most)
	cs.Thin = max(cs.Thin, other.Thin)
	cs.Others.merge(other.Others)
	cs.bound(lines)
}

// merge adds what was kept of the same client elsewhere, or of another that is to
// be taken for the same.
func (c *ClientFacts) merge(from *ClientFacts) {
	c.Events += from.Events
	c.Referred += from.Referred
	c.Remote += from.Remote
	c.PortZero += from.PortZero
	c.Secrets += from.Secrets
	c.Hidden += from.Hidden
	c.Kinds.merge(from.Kinds)
	for c.Width < from.Width {
		c.widen(2 * c.Width)
	}
	for o, touches := range from.stretches() {
		i := c.slot(o.At * from.Width)
		s := &c.Slots[i]
		s.join(o)
		if s.Touches == 0 && i == len(c.Slots)-1 {
			c.Touches = append(c.Touches, touches...)
			s.Touches = int32(len(touches))
			continue
		}
		for _, t := range touches {
			c.touch(i, t)
		}
	}
	c.Targets.merge(from.Targets)
	c.Probes.merge(from.Probes)
	c.Users.merge(from.Users)
	c.Examples = mergeExamples(c.Examples, from.Examples)
	c.mergeWeb(from.Web)
}

// weight tells which clients matter when there are too many to keep: deeds
// first, then how often they are met.
func (c *ClientFacts) weight() int64 {
	w := c.Events
	for _, t := range c.Kinds {
		if parser.Kinds[t.Kind].Role == parser.Deed {
			w += 4 * t.Count
		}
	}
	if c.Web != nil {
		w += c.Web.Requests + 4*(c.Web.Misses.Count+c.Web.Logins.Count+c.Web.XMLRPC.Count)
	}
	return w
}

// lines is how many lines name the client.
func (c *ClientFacts) lines() int64 {
	if c.Web != nil {
		return c.Events + c.Web.Requests
	}
	return c.Events
}

// bound is told how many lines were added, and makes room where there is none.
func (cs *Clients) bound(lines int64) {
	cs.grown += lines
	most := maxClients / max(cs.share, 1)
	if len(cs.List) <= most+newClients && cs.grown < lookAfter {
		return
	}
	if cs.grown >= lookAfter {
		cs.grown = 0
		cs.thin()
	}
	if len(cs.List) > most+newClients {
		list := cs.weighed()
		heaviest(list, most)
		cs.fold(list, most)
	}
}

// A weighed client is one with its place among the others: looked up once, for
// sorting asks often.
type weighed struct {
	*ClientFacts
	weight int64
	addr   netip.Addr
}

func (cs *Clients) weighed() []weighed {
	list := cs.scale[:0]
	for _, c := range cs.List {
		list = append(list, weighed{c, c.weight(), c.Addr})
	}
	cs.scale = list
	return list
}

// before puts the clients that matter most first.
func (a weighed) before(b weighed) bool {
	if a.weight != b.weight {
		return a.weight > b.weight
	}
	return a.addr.Less(b.addr)
}

// heaviest puts the n clients that matter most before the others: half a sort, and
// so in a time that grows with their number.
func heaviest(list []weighed, n int) {
	for from, to := 0, len(list)-1; from < to; {
		pivot := list[from+(to-from)/2]
		i, j := from, to
		for i <= j {
			for list[i].before(pivot) {
				i++
			}
			for pivot.before(list[j]) {
				j--
			}
			if i <= j {
				list[i], list[j] = list[j], list[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case n <= j:
			to = j
		case n >= i:
			from = i
		default:
			return
		}
	}
}

// fold puts all but the first n of the clients together.
func (cs *Clients) fold(list []weighed, n int) {
	for _, c := range list[n:] {
		cs.Folded++
		cs.Most = max(cs.Most, c.lines())
		cs.Others.merge(c.Kinds)
		delete(cs.byAddr, c.key)
		cs.discard(c.ClientFacts)
	}
	for i := range list[:n] {
		cs.List[i] = list[i].ClientFacts
	}
	clear(cs.List[n:])
	clear(list)
	cs.List = cs.List[:n]
	cs.near = [nearClients]*ClientFacts{}
}

// thin keeps what is known about all clients within maxClientBytes.
func (cs *Clients) thin() {
	sum := 0
	for _, c := range cs.List {
		sum += c.bytes()
	}
	room := maxClientBytes / max(cs.share, 1)
	if sum <= room {
		return
	}
	list := cs.weighed()
	slices.SortFunc(list, func(a, b weighed) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), a.addr.Compare(b.addr))
	})
	cs.Thin = 0
	for i := len(list) - 1; i >= 0 && sum > room/2; i-- {
		before := list[i].bytes()
		list[i].thin()
		sum -= before - list[i].bytes()
		cs.Thin++
	}
	n := len(list)
	for ; n > 1 && sum > room/4*3; n-- {
		sum -= list[n-1].bytes()
	}
	cs.Thin = min(cs.Thin, int64(n))
	cs.fold(list, n)
}

// bytes is about the memory that a client takes, by what is in its lists: how much room
// these have besides depends on which worker met it first, and no report may.
func (c *ClientFacts) bytes() int {
	const fixed, web, slot, touch, page = 700, 400, 72, 24, 64
	n := fixed + slot*len(c.Slots) + touch*len(c.Touches) + 8*(len(c.Targets.Hashes)+len(c.Probes.Hashes)+len(c.Users.Hashes))
	if w := c.Web; w != nil {
		n += web + page*(len(w.Pages.Slots)+len(w.Excused.Slots))
		if w.WebDeeds != &noDeeds {
			n += fixed + 8*(len(w.Missing.Hashes)+len(w.Probes.Hashes)+len(w.Crafted.Hashes)+len(w.Answers.Hashes))
		}
	}
	return n
}

// What is left of a client that is thinned.
const (
	thinSlots    = 4
	thinDistinct = 64
	thinPages    = 8
)

// thin leaves of a client its busiest times, by which it is judged, and of what
// it asked for enough to tell many from few.
func (c *ClientFacts) thin() {
	if c.lean == c.lines() { // it was not met since
		return
	}
	c.lean = c.lines()
	if len(c.Slots) > thinSlots {
		c.widen(c.widthFor(thinSlots))
	}
	c.Slots = clipped(c.Slots)
	kept := 0
	for s, touches := range c.stretches() {
		touches = busiestTouches(touches)
		s.Touches = int32(copy(c.Touches[kept:], touches)) // behind those that are still to come
		kept += len(touches)
	}
	c.Touches = clipped(c.Touches[:kept])
	for _, d := range []*Distinct{&c.Targets, &c.Probes, &c.Users} {
		d.thin()
	}
	if w := c.Web; w != nil {
		if w.WebDeeds != &noDeeds {
			w.Missing.thin()
			w.Probes.thin()
			w.Crafted.thin()
		}
		w.Pages.thin(thinPages)
		w.Excused.thin(thinPages)
	}
}

// widthFor is how wide slots have to be for there to be n of them at most.
func (c *ClientFacts) widthFor(n int) int64 {
	for width := 2 * c.Width; ; width *= 2 {
		different := 0
		for i := range c.Slots {
			if i == 0 || c.Slots[i].At*c.Width/width != c.Slots[i-1].At*c.Width/width {
				different++
			}
		}
		if different <= n {
			return width
		}
	}
}

func (d *Distinct) thin() { d.Hashes = slices.Clone(d.Hashes[:min(len(d.Hashes), thinDistinct)]) }

// busiestTouches are those connections of a list that were at work together, as
// many as ever were within loadWindow, in the list's place.
func busiestTouches(list []Touch) []Touch {
	if len(list) < 2 {
		return list
	}
	spans := make([]keyed, 0, 24)
	for i, t := range list {
		spans = appendHeld(spans, int64(i), t, math.MinInt64, math.MaxInt64)
	}
	_, at := peak(spans)
	return slices.DeleteFunc(list, func(t Touch) bool {
		first, second, two := held(t)
		return !first.meets(at, at+loadWindow) && !(two && second.meets(at, at+loadWindow))
	})
}

// clipped is a list in no more room than it takes.
func clipped[T any](list []T) []T {
	if len(list) == cap(list) {
		return list
	}
	return append(make([]T, 0, len(list)), list...)
}

func (cs *Clients) reset() {
	cs.gen++
	for _, a := range cs.taken {
		delete(cs.byAddr, a)
	}
	if len(cs.byAddr) > knownClients { // most of them will not come again
		for _, c := range cs.byAddr {
			cs.discard(c)
		}
		clear(cs.byAddr)
	}
	*cs = Clients{List: cs.List[:0], byAddr: cs.byAddr, gen: cs.gen, spare: cs.spare, taken: cs.taken[:0], scale: cs.scale, share: cs.share}
}

// Sorted gives the clients by address.
func (cs *Clients) Sorted() []*ClientFacts {
	list := slices.Clone(cs.List)
	slices.SortFunc(list, func(a, b *ClientFacts) int { return a.Addr.Compare(b.Addr) })
	return list
}
