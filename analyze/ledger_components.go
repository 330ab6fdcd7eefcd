package analyze

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"

	"github.com/logsleuth/logsleuth/parser"
)

const (
	// maxOrigins bounds the chains and files kept apart.
	maxOrigins = 2048
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
	Clients map[netip.Addr]int64 // the lowest maxOriginClients addresses
	Fatal   map[int64]int64      // events that ended a script, by stretches of originWidth

	gen     int
	highest netip.Addr // of a full Clients; invalid: to be found
}

// Components are the origins of all events that show one.
type Components struct {
	List   []*Origin // in no order
	Folded int64     // events of origins no longer kept apart

	byCode map[string]*Origin
	gen    int
}

func (cs *Components) observe(p Place, e *parser.Event) {
	code := e.Origin()
	if len(code) == 0 {
		return
	}
	o := cs.get(code[:min(len(code), longestOrigin)])
	o.Kinds.add(e.Kind.ID(), e.Times(), e.Time, timed(e), p)
	if e.Client.IsValid() {
		o.met(e.Client, 1)
	}
	if timed(e) && (e.Kind == phpFatal || e.Kind == phpMemory || e.Kind == phpTimeout) {
		o.fatal(e.Time/originWidth, 1)
	}
	if len(cs.List) > 2*maxOrigins {
		cs.fold()
	}
}

func (o *Origin) fatal(at, n int64) {
	if o.Fatal == nil {
		o.Fatal = make(map[int64]int64)
	}
	o.Fatal[at] += n
	if len(o.Fatal) > maxFatal {
		delete(o.Fatal, slices.Min(slices.Collect(maps.Keys(o.Fatal))))
	}
}

// fatalIn counts fatal errors between two times, to a stretch more or less.
func (o *Origin) fatalIn(from, to int64) (n int64) {
	for at, count := range o.Fatal {
		if at >= from/originWidth && at <= to/originWidth {
			n += count
		}
	}
	return n
}

func (o *Origin) met(a netip.Addr, n int64) {
	if o.Clients == nil {
		o.Clients = make(map[netip.Addr]int64)
	}
	if len(o.Clients) >= maxOriginClients {
		if _, ok := o.Clients[a]; !ok {
			if !o.highest.IsValid() {
				o.highest = slices.MaxFunc(slices.Collect(maps.Keys(o.Clients)), netip.Addr.Compare)
			}
			if a.Compare(o.highest) > 0 {
				return
			}
			delete(o.Clients, o.highest)
			o.highest = netip.Addr{}
		}
	}
	o.Clients[a] += n
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
		o = &Origin{Code: string(code), gen: cs.gen}
		cs.byCode[o.Code] = o
		cs.List = append(cs.List, o)
	case o.gen != cs.gen:
		clear(o.Clients)
		clear(o.Fatal)
		*o = Origin{Code: o.Code, Kinds: o.Kinds[:0], Clients: o.Clients, Fatal: o.Fatal, gen: cs.gen}
		cs.List = append(cs.List, o)
	}
	return o
}

func (cs *Components) merge(other *Components) {
	for _, from := range other.List {
		o := cs.get([]byte(from.Code))
		o.Kinds.merge(from.Kinds)
		for a, n := range from.Clients {
			o.met(a, n)
		}
		for at, n := range from.Fatal {
			o.fatal(at, n)
		}
	}
	cs.Folded += other.Folded
	if len(cs.List) > 2*maxOrigins {
		cs.fold()
	}
}

func (o *Origin) events() (n int64) {
	for _, t := range o.Kinds {
		n += t.Count
	}
	return n
}

func (cs *Components) fold() {
	cs.List = cs.Sorted()
	for _, o := range cs.List[maxOrigins:] {
		cs.Folded += o.events()
		delete(cs.byCode, o.Code)
	}
	clear(cs.List[maxOrigins:])
	cs.List = cs.List[:maxOrigins]
}

func (cs *Components) reset() {
	cs.gen++
	if len(cs.byCode) > maxOrigins {
		cs.byCode = nil
	}
	*cs = Components{List: cs.List[:0], byCode: cs.byCode, gen: cs.gen}
}

// Sorted gives the origins with the most events first.
func (cs *Components) Sorted() []*Origin {
	list := slices.Clone(cs.List)
	slices.SortFunc(list, func(a, b *Origin) int {
		return cmp.Or(cmp.Compare(b.events(), a.events()), cmp.Compare(a.Code, b.Code))
	})
	return list
}
