package analyze

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/logsleuth/logsleuth/parser"
)

const (
	// maxOrigins bounds the chains and files kept apart: past twice as many, those
	// with the fewest events are folded.
	maxOrigins = 2048
	// maxOriginBytes bounds what is kept about all of them together. Past it those
	// with the fewest events keep a few clients and the latest times only.
	maxOriginBytes = 8 << 20
	thinOrigin     = 8
	// maxOriginClients bounds the clients counted for one of them.
	maxOriginClients = 512
	// longestOrigin is what is kept of one text.
	longestOrigin = 4096
	// originWidth is the time at which fatal errors of one origin are told apart, and
	// maxFatal how many such stretches are kept, the latest.
	originWidth = 64 * second
	maxFatal    = 1024
)

// An Origin is code that events came from: a chain of calls, or a file.
type Origin struct {
	Code    string
	Kinds   Tallies
	Clients []OriginClient // the lowest maxOriginClients addresses, sorted
	Fatal   []Stretch      // events that ended a script, in order of time

	gen int
}

// An OriginClient is a client that met an origin.
type OriginClient struct {
	Client Address
	Events int64
}

// A Stretch counts events in one stretch of originWidth, by its number from 1970.
type Stretch struct {
	At, Count int64
}

// Components are the origins of all events that show one.
type Components struct {
	List   []*Origin // in no order
	Folded int64     // events of origins no longer kept apart

	byCode map[string]*Origin
	gen    int
	spare  []*Origin // of no code, with their room
	taken  []string  // origins that a merge made another ledger's
	grown  int64     // events since the room was last looked after
}

func (cs *Components) observe(p Place, e *parser.Event) {
	code := e.Origin()
	if len(code) == 0 {
		return
	}
	o := cs.get(code[:min(len(code), longestOrigin)])
	o.Kinds.add(e.Kind.ID(), e.Times(), e.Time, timed(e), p)
	if e.Client.IsValid() {
		o.met(addressOf(e.Client), 1)
	}
	if timed(e) && (e.Kind == phpFatal || e.Kind == phpMemory || e.Kind == phpTimeout) {
		o.fatal(e.Time/originWidth, 1)
	}
	cs.bound(1)
}

func (o *Origin) fatal(at, n int64) {
	i, found := slices.BinarySearchFunc(o.Fatal, at, func(s Stretch, at int64) int { return cmp.Compare(s.At, at) })
	if found {
		o.Fatal[i].Count += n
		return
	}
	if len(o.Fatal) == maxFatal {
		if i == 0 {
			return
		}
		copy(o.Fatal, o.Fatal[1:i])
		o.Fatal[i-1] = Stretch{at, n}
		return
	}
	o.Fatal = slices.Insert(o.Fatal, i, Stretch{at, n})
}

// fatalIn counts fatal errors between two times, to a stretch more or less.
func (o *Origin) fatalIn(from, to int64) (n int64) {
	for _, s := range o.Fatal {
		if s.At >= from/originWidth && s.At <= to/originWidth {
			n += s.Count
		}
	}
	return n
}

func (o *Origin) find(a Address) (i int, found bool) {
	return slices.BinarySearchFunc(o.Clients, a, func(c OriginClient, a Address) int { return c.Client.compare(a) })
}

// of is how many of its events one client met.
func (o *Origin) of(a netip.Addr) int64 {
	if i, found := o.find(addressOf(a)); found {
		return o.Clients[i].Events
	}
	return 0
}

// hit tells whether a client met the origin.
func (o *Origin) hit(a netip.Addr) bool {
	_, found := o.find(addressOf(a))
	return found
}

func (o *Origin) met(a Address, n int64) {
	i, found := o.find(a)
	switch {
	case found:
		o.Clients[i].Events += n
		return
	case i == maxOriginClients:
		return
	case len(o.Clients) == maxOriginClients:
		o.Clients = o.Clients[:maxOriginClients-1]
	}
	o.Clients = slices.Insert(o.Clients, i, OriginClient{a, n})
}

func (cs *Components) get(code []byte) *Origin {
	if len(cs.byCode) < len(cs.List) { // read back from where it was saved
		cs.byCode = make(map[string]*Origin, len(cs.List))
		for _, o := range cs.List {
			o.gen = cs.gen
			cs.byCode[o.Code] = o
		}
	}
	o := cs.byCode[string(code)]
	switch {
	case o == nil:
		if cs.byCode == nil {
			cs.byCode = make(map[string]*Origin)
		}
		o = cs.blank()
		o.Code, o.gen = string(code), cs.gen
		cs.byCode[o.Code] = o
		cs.List = append(cs.List, o)
	case o.gen != cs.gen:
		*o = Origin{Code: o.Code, Kinds: o.Kinds[:0], Clients: o.Clients[:0], Fatal: o.Fatal[:0], gen: cs.gen}
		cs.List = append(cs.List, o)
	}
	return o
}

// blank is an origin of no code yet, with the room of one that is gone.
func (cs *Components) blank() *Origin {
	n := len(cs.spare)
	if n == 0 {
		return new(Origin)
	}
	o := cs.spare[n-1]
	cs.spare = cs.spare[:n-1]
	*o = Origin{Kinds: o.Kinds[:0], Clients: o.Clients[:0], Fatal: o.Fatal[:0]}
	return o
}

// discard keeps the room of an origin that is gone, unless that is large.
func (cs *Components) discard(o *Origin) {
	if len(cs.spare) < maxOrigins && cap(o.Clients) <= 8 && cap(o.Fatal) <= 8 {
		o.Code = ""
		cs.spare = append(cs.spare, o)
	}
}

func (cs *Components) merge(other *Components) {
	events := int64(0)
	for _, from := range other.List {
		events += from.events()
		if o := cs.byCode[from.Code]; (o == nil || o.gen != cs.gen) && len(cs.byCode) >= len(cs.List) {
			from.gen = cs.gen
			if cs.byCode == nil {
				cs.byCode = make(map[string]*Origin)
			}
			cs.byCode[from.Code] = from
			cs.List = append(cs.List, from)
			other.taken = append(other.taken, from.Code)
			if n := len(cs.spare); n > 0 {
				other.spare = append(other.spare, cs.spare[n-1])
				cs.spare = cs.spare[:n-1]
			}
			continue
		}
		o := cs.get([]byte(from.Code))
		o.Kinds.merge(from.Kinds)
		for _, c := range from.Clients {
			o.met(c.Client, c.Events)
		}
		for _, s := range from.Fatal {
			o.fatal(s.At, s.Count)
		}
	}
	cs.Folded += other.Folded
	cs.bound(events)
}

func (o *Origin) events() (n int64) {
	for _, t := range o.Kinds {
		n += t.Count
	}
	return n
}

// bound is told how many events were added, and makes room where there is none.
func (cs *Components) bound(events int64) {
	if cs.grown += events; cs.grown >= lookAfter {
		cs.grown = 0
		cs.thin()
	}
	if len(cs.List) > 2*maxOrigins {
		cs.fold()
	}
}

func (cs *Components) fold() {
	cs.List = cs.Sorted()
	for _, o := range cs.List[maxOrigins:] {
		cs.Folded += o.events()
		delete(cs.byCode, o.Code)
		cs.discard(o)
	}
	clear(cs.List[maxOrigins:])
	cs.List = cs.List[:maxOrigins]
}

// thin keeps what is known about all origins within maxOriginBytes.
func (cs *Components) thin() {
	bytes := func(o *Origin) int { return len(o.Code) + 24*cap(o.Clients) + 16*cap(o.Fatal) }
	sum := 0
	for _, o := range cs.List {
		sum += bytes(o)
	}
	if sum <= maxOriginBytes {
		return
	}
	for _, o := range slices.Backward(cs.Sorted()) {
		if sum <= maxOriginBytes*3/4 {
			return
		}
		sum -= bytes(o)
		o.Clients = slices.Clone(o.Clients[:min(len(o.Clients), thinOrigin)])
		o.Fatal = slices.Clone(o.Fatal[max(len(o.Fatal)-thinOrigin, 0):])
		sum += bytes(o)
	}
}

func (cs *Components) reset() {
	cs.gen++
	for _, code := range cs.taken {
		delete(cs.byCode, code)
	}
	clear(cs.taken)
	if len(cs.byCode) > maxOrigins { // most of them will not come again
		for _, o := range cs.byCode {
			cs.discard(o)
		}
		clear(cs.byCode)
	}
	*cs = Components{List: cs.List[:0], byCode: cs.byCode, gen: cs.gen, spare: cs.spare, taken: cs.taken[:0]}
}

// Sorted gives the origins with the most events first.
func (cs *Components) Sorted() []*Origin {
	type counted struct {
		*Origin
		n int64
	}
	order := make([]counted, len(cs.List))
	for i, o := range cs.List {
		order[i] = counted{o, o.events()}
	}
	slices.SortFunc(order, func(a, b counted) int {
		if a.n != b.n {
			return cmp.Compare(b.n, a.n)
		}
		return cmp.Compare(a.Code, b.Code)
	})
	list := make([]*Origin, len(order))
	for i := range order {
		list[i] = order[i].Origin
	}
	return list
}
