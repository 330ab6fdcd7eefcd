package analyze

import (
	"cmp"
	"encoding/binary"
	"net/netip"
	"slices"

	"github.com/logsleuth/logsleuth/parser"
)

const (
	second = int64(1e6) // times are microseconds on the log's wall clock
	minute = 60 * second
	hour   = 60 * minute
)

// A Place is where an event stands: the number of its log in the run, and its line.
type Place struct {
	Input int32
	Line  int64
}

func (p Place) compare(q Place) int {
	if p.Input != q.Input { // plain, for it is asked several times a line
		return cmp.Compare(p.Input, q.Input)
	}
	return cmp.Compare(p.Line, q.Line)
}

// An Address is that of a client in a form without pointers: lists of it are nothing
// that the garbage collector has to look at, and quick to search.
type Address struct{ High, Low uint64 }

func addressOf(a netip.Addr) Address {
	b := a.As16()
	return Address{binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])}
}

// Addr is the address as it was; the parser makes mapped ones IPv4.
func (a Address) Addr() netip.Addr {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], a.High)
	binary.BigEndian.PutUint64(b[8:], a.Low)
	return netip.AddrFrom16(b).Unmap()
}

func (a Address) compare(b Address) int {
	if a.High != b.High {
		return cmp.Compare(a.High, b.High)
	}
	return cmp.Compare(a.Low, b.Low)
}

// fewPlaces is how many lines are kept as examples of one thing.
const fewPlaces = 3

// Places are the first few lines that show one thing, in log order.
type Places []Place

// add keeps the first few; it allocates once.
func (ps *Places) add(p Place) {
	s := *ps
	if len(s) == fewPlaces && s[fewPlaces-1].compare(p) <= 0 {
		return
	}
	i, found := slices.BinarySearchFunc(s, p, Place.compare)
	if found {
		return
	}
	if len(s) == fewPlaces {
		s = s[:fewPlaces-1]
	}
	if cap(s) == 0 {
		s = make(Places, 0, fewPlaces)
	}
	*ps = slices.Insert(s, i, p)
}

func (ps *Places) merge(qs Places) {
	for _, q := range qs {
		ps.add(q)
	}
}

// A KindTally counts the events of one kind.
type KindTally struct {
	Kind        uint16
	Count       int64
	First, Last int64 // times
	Places      Places
}

// Tallies count events by kind: few kinds each, so a list.
type Tallies []KindTally

// of finds or makes the tally of a kind. A list that was cut to nothing keeps
// the room of its old entries.
func (ts *Tallies) of(kind int) *KindTally {
	for i := range *ts {
		if t := &(*ts)[i]; t.Kind == uint16(kind) {
			if before := &(*ts)[max(i-1, 0)]; t.Count > before.Count { // so the usual ones are found soon
				*t, *before = *before, *t
				return before
			}
			return t
		}
	}
	if n := len(*ts); n < cap(*ts) {
		*ts = (*ts)[:n+1]
		t := &(*ts)[n]
		*t = KindTally{Kind: uint16(kind), Places: t.Places[:0]}
		return t
	}
	*ts = append(*ts, KindTally{Kind: uint16(kind)})
	return &(*ts)[len(*ts)-1]
}

func (ts *Tallies) add(kind int, times, t int64, timed bool, p Place) {
	k := ts.of(kind)
	k.Count += times
	if timed {
		k.span(t, t)
	}
	k.Places.add(p)
}

func (k *KindTally) span(first, last int64) {
	if k.First == 0 || first < k.First {
		k.First = first
	}
	k.Last = max(k.Last, last)
}

func (ts *Tallies) merge(us Tallies) {
	for _, u := range us {
		t := ts.of(int(u.Kind))
		t.Count += u.Count
		if u.First != 0 {
			t.span(u.First, u.Last)
		}
		t.Places.merge(u.Places)
	}
}

// Count is how many events there are of a kind.
func (ts Tallies) Count(k *parser.Kind) int64 {
	for i := range ts {
		if int(ts[i].Kind) == k.ID() {
			return ts[i].Count
		}
	}
	return 0
}

// Of is the tally of a kind by its name; the zero tally where there is none.
func (ts Tallies) Of(name string) KindTally {
	k := parser.KindByName(name)
	for i := range ts {
		if int(ts[i].Kind) == k.ID() {
			return ts[i]
		}
	}
	return KindTally{}
}

// sorted gives a copy in the order of the catalogue, which is the same however they came.
func (ts Tallies) sorted() Tallies {
	s := slices.Clone(ts)
	slices.SortFunc(s, func(a, b KindTally) int { return cmp.Compare(a.Kind, b.Kind) })
	return s
}

// Facts are all that is kept of a log: the ledgers.
type Facts struct {
	Coverage   Coverage
	Timeline   Timeline
	Journal    Journal
	Clients    Clients
	Workers    Workers
	Components Components
	Memory     Memory
}

// usualMemory is what all bounds together are made for.
const usualMemory = 256 << 20

// Within lowers the bounds of what is kept, for a program that may use so much
// memory in all. They are lowered before the first event.
func (f *Facts) Within(memory int64) {
	f.Clients.share = int((usualMemory + memory - 1) / memory)
}

// Observe enters an event into the ledgers. input is the number of its log.
func (f *Facts) Observe(input int, e *parser.Event) {
	p := Place{int32(input), e.Line}
	f.Coverage.observe(p, e)
	switch e.Kind {
	case parser.Unknown:
		return
	case parser.AccessRequest: // most requests are none of the errors that the other ledgers count
		f.Clients.request(p, e)
		return
	case parser.AccessFailed:
		f.Clients.request(p, e)
		if timed(e) {
			f.Timeline.observe(p, e)
		}
		return
	}
	timed := timed(e)
	if timed {
		f.Timeline.observe(p, e)
	}
	if e.Kind.Role == parser.State && timed || e.Kind == serverName || e.Kind == hostAddress { // its own address counts also where no time is known
		f.Journal.observe(p, e)
	}
	if e.Client.IsValid() && !elsewhere(e.Kind) {
		f.Clients.observe(p, e)
		if timed && e.PID != 0 {
			f.Workers.observe(p, e)
		}
	}
	f.Components.observe(p, e)
	f.Memory.observe(e)
}

// timed tells whether an event's time is known. A clock before 1970 was never set,
// and ledgers take 0 for no time.
// A time that a line has from the one before it depends on where the log was cut.
func timed(e *parser.Event) bool {
	return e.Stamp.Has(parser.StampTime) && !e.Stamp.Has(parser.StampInherited) && e.Time > 0
}

// Merge adds the facts of another part of the same logs. What they hold becomes
// f's: g must be Reset before it is used for more.
func (f *Facts) Merge(g *Facts) {
	f.Coverage.merge(&g.Coverage)
	f.Timeline.merge(&g.Timeline)
	f.Journal.merge(&g.Journal)
	f.Clients.merge(&g.Clients)
	f.Workers.merge(&g.Workers)
	f.Components.merge(&g.Components)
	f.Memory.merge(&g.Memory)
}

// Reset empties the facts and keeps their room, for a worker's next part of a log.
func (f *Facts) Reset() {
	f.Coverage.reset()
	f.Timeline.reset()
	f.Journal.reset()
	f.Clients.reset()
	f.Workers.reset()
	f.Components.reset()
	f.Memory.reset()
}

// letGo drops the room that is kept for more of a log: judging needs some itself.
func (f *Facts) letGo() {
	f.Clients.spare, f.Clients.scale, f.Components.spare = nil, nil, nil
}
