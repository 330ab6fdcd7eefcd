package analyze

import (
	"cmp"
	"slices"

	"github.com/logsleuth/logsleuth/parser"
)

// maxSlots bounds what is kept of one kind over time. Past it slots become
// twice as wide: the width is then the least that suffices, whatever the order
// in which the log was read.
const (
	maxSlots = 2048
	// maxAllSlots bounds those of all kinds together. Past it maxSlots is halved, as
	// often as needed, which does not depend on the order either.
	maxAllSlots = 64 * maxSlots
)

// A Slot counts events in one stretch of time.
type Slot struct {
	At          int64 // number of the stretch, from 1970
	Count       int64
	First, Last int64 // times of events
	FirstPlace  Place
	LastPlace   Place
}

// A Series counts the events of one kind over time.
type Series struct {
	Width int64  // microseconds a slot
	Slots []Slot // in order of time
	Most  int    // slots that it may have; 0: maxSlots

	last int // the slot of the event before
}

// Timeline is a series for each kind, by its number in the catalogue.
type Timeline struct {
	Series []Series
	Halved int // how often maxSlots was

	slots int // of all series at most; 0: to be counted
}

func (tl *Timeline) series(kind int) *Series {
	for len(tl.Series) <= kind {
		tl.Series = append(tl.Series, Series{Width: second, Most: maxSlots >> tl.Halved})
	}
	return &tl.Series[kind]
}

// bound is told how many slots may have been added, and makes them fewer where there
// are too many of all kinds together.
func (tl *Timeline) bound(added int) {
	if tl.slots += added; tl.slots > added && tl.slots <= maxAllSlots {
		return
	}
	for {
		tl.slots = 0
		for i := range tl.Series {
			tl.slots += len(tl.Series[i].Slots)
		}
		if tl.slots <= maxAllSlots {
			return
		}
		tl.halve(tl.Halved + 1)
	}
}

func (tl *Timeline) halve(times int) {
	tl.Halved = times
	for i := range tl.Series {
		tl.Series[i].Most = maxSlots >> times
		tl.Series[i].bound()
	}
}

func (tl *Timeline) observe(p Place, e *parser.Event) {
	s := tl.series(e.Kind.ID())
	n := len(s.Slots)
	s.add(Slot{Count: e.Times(), First: e.Time, Last: e.Time, FirstPlace: p, LastPlace: p})
	if len(s.Slots) > n {
		tl.bound(1)
	}
}

// add enters a slot's events, wherever its own number puts them: First decides.
// Logs are in order of time, so it is mostly the slot of the event before or a new
// one at the end.
func (s *Series) add(n Slot) {
	at := n.First / s.Width
	if s.last < len(s.Slots) && s.Slots[s.last].At == at {
		s.Slots[s.last].join(n)
		return
	}
	n.At = at
	if k := len(s.Slots); k == 0 || s.Slots[k-1].At < at {
		s.last = k
		s.Slots = append(s.Slots, n)
		s.bound()
		return
	}
	i, found := slices.BinarySearchFunc(s.Slots, at, func(x Slot, at int64) int { return cmp.Compare(x.At, at) })
	s.last = i
	if found {
		s.Slots[i].join(n)
		return
	}
	s.Slots = slices.Insert(s.Slots, i, n)
	s.bound()
}

func (s *Series) bound() {
	for len(s.Slots) > cmp.Or(s.Most, maxSlots) {
		s.widen(2 * s.Width)
	}
}

func (a *Slot) join(b Slot) {
	a.Count += b.Count
	if c := cmp.Compare(b.First, a.First); c < 0 || c == 0 && b.FirstPlace.compare(a.FirstPlace) < 0 {
		a.First, a.FirstPlace = b.First, b.FirstPlace
	}
	if c := cmp.Compare(b.Last, a.Last); c > 0 || c == 0 && b.LastPlace.compare(a.LastPlace) > 0 {
		a.Last, a.LastPlace = b.Last, b.LastPlace
	}
}

func (s *Series) widen(width int64) {
	s.Width, s.last = width, 0
	kept := s.Slots[:0]
	for _, x := range s.Slots {
		x.At = x.First / width
		if n := len(kept); n > 0 && kept[n-1].At == x.At {
			kept[n-1].join(x)
			continue
		}
		kept = append(kept, x)
	}
	s.Slots = kept
}

func (tl *Timeline) merge(other *Timeline) {
	if other.Halved > tl.Halved {
		tl.halve(other.Halved)
	}
	added := 0
	for kind := range other.Series {
		from := &other.Series[kind]
		if len(from.Slots) == 0 {
			continue
		}
		tl.series(kind).merge(from)
		added += len(from.Slots)
	}
	tl.bound(added)
}

func (s *Series) merge(from *Series) {
	if s.Width < from.Width {
		s.widen(from.Width)
	}
	for _, slot := range from.Slots {
		s.add(slot)
	}
}

func (tl *Timeline) reset() {
	for i := range tl.Series {
		tl.Series[i].reset(second)
	}
	tl.Halved, tl.slots = 0, 0
	if tl.room() > maxAllSlots/4 { // each chunk of a hostile log may be all of another kind
		tl.Series = nil
	}
}

func (tl *Timeline) room() (n int) {
	for i := range tl.Series {
		n += cap(tl.Series[i].Slots)
	}
	return n
}

// reset empties the series and keeps its room.
func (s *Series) reset(width int64) {
	*s = Series{Width: width, Slots: s.Slots[:0]}
}

// thin leaves the n busiest slots.
func (s *Series) thin(n int) {
	if len(s.Slots) > n {
		slices.SortFunc(s.Slots, func(a, b Slot) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.At, b.At)) })
		s.Slots = clipped(s.Slots[:n])
		slices.SortFunc(s.Slots, func(a, b Slot) int { return cmp.Compare(a.At, b.At) })
	}
	s.last = 0
}

// Of gives a kind's slots in order of time, to be read only.
func (tl *Timeline) Of(kind *parser.Kind) []Slot {
	if kind.ID() >= len(tl.Series) {
		return nil
	}
	return slices.Clip(tl.Series[kind.ID()].Slots)
}

// Within gives those of a kind's slots that began between two times.
func (tl *Timeline) Within(kind *parser.Kind, from, to int64) []Slot {
	return slotsWithin(tl.Of(kind), from, to)
}

// slotsWithin gives those of slots in order of time that began between two times.
func slotsWithin(slots []Slot, from, to int64) []Slot {
	first := func(s Slot, t int64) int { return cmp.Compare(s.First, t) }
	i, _ := slices.BinarySearchFunc(slots, from, first)
	j, _ := slices.BinarySearchFunc(slots, to+1, first)
	return slots[i:max(i, j)]
}

// Count is how many events of a kind lie in a stretch of time, slots at its
// edges counted whole where they began in it.
func (tl *Timeline) Count(kind *parser.Kind, from, to int64) (n int64) {
	if kind.ID() >= len(tl.Series) {
		return 0
	}
	for _, s := range tl.Within(kind, from, to) {
		n += s.Count
	}
	return n
}

// Span is the time from the first event to the last; ok is false without any.
func (tl *Timeline) Span() (first, last int64, ok bool) {
	for i := range tl.Series {
		for _, s := range tl.Series[i].Slots {
			if !ok || s.First < first {
				first = s.First
			}
			last, ok = max(last, s.Last), true
		}
	}
	return first, last, ok
}
