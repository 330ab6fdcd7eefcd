package analyze

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/logsleuth/logsleuth/parser"
)

const (
	// visitWidth is the finest time at which workers' visits are told apart.
	visitWidth = 1024 * second
	// longestVisit is how long stretches become when there are too many visits.
	longestVisit = visitWidth << 8
	// maxVisits bounds them; past it stretches become twice as long, and past
	// longestVisit every other process is left out.
	maxVisits = 1 << 15
	// nearWorkers is how many workers are found without asking the map.
	nearWorkers = 256
	// keepVisits is how many of a worker's latest visits are kept in a stretch.
	keepVisits = 4
)

// A Visit is a client that a worker served.
type Visit struct {
	Time  int64
	Place Place
	Addr  netip.Addr
}

// A VisitKey is a worker in a stretch of time. A pid comes back after a restart,
// so the stretch belongs to it.
type VisitKey struct {
	PID, At int64
}

// Workers know whom each worker process served last.
type Workers struct {
	Width  int64
	Among  int64                           // only processes whose pid this divides are kept
	Visits map[VisitKey]*[keepVisits]Visit // latest first

	spare []*[keepVisits]Visit
	near  [nearWorkers]struct { // those met lately, each in its one place
		key    VisitKey
		visits *[keepVisits]Visit
	}
}

func (w *Workers) observe(p Place, e *parser.Event) {
	w.add(e.PID, Visit{e.Time, p, e.Client})
}

func (w *Workers) add(pid int64, v Visit) {
	if w.Visits == nil {
		w.Visits = make(map[VisitKey]*[keepVisits]Visit)
		w.Width, w.Among = max(w.Width, visitWidth), max(w.Among, 1)
	}
	if w.Among > 1 && pid%w.Among != 0 {
		return
	}
	key := VisitKey{pid, v.Time / w.Width}
	near := &w.near[uint64(pid)*0x9e3779b97f4a7c15>>56]
	if near.visits != nil && near.key == key {
		enter(near.visits, v)
		return
	}
	vs := w.Visits[key]
	if vs == nil {
		vs = w.blank()
		vs[0] = v
		w.Visits[key] = vs
		w.bound()
		return
	}
	near.key, near.visits = key, vs
	enter(vs, v)
}

// enter puts a visit among a worker's latest ones.
func enter(vs *[keepVisits]Visit, v Visit) {
	if last := &vs[keepVisits-1]; last.Addr.IsValid() && v.compare(last) >= 0 {
		return
	}
	for i := range vs {
		if !vs[i].Addr.IsValid() || v.compare(&vs[i]) < 0 {
			copy(vs[i+1:], vs[i:])
			vs[i] = v
			return
		}
		if v == vs[i] {
			return
		}
	}
}

// blank is a worker's visits without any, in the room of others that are gone.
func (w *Workers) blank() *[keepVisits]Visit {
	n := len(w.spare)
	if n == 0 {
		return new([keepVisits]Visit)
	}
	vs := w.spare[n-1]
	w.spare = w.spare[:n-1]
	*vs = [keepVisits]Visit{}
	return vs
}

func (w *Workers) bound() {
	for len(w.Visits) > maxVisits {
		if w.Width < longestVisit || w.Among >= 1<<62 {
			w.widen(2*w.Width, w.Among)
		} else {
			w.widen(w.Width, 2*w.Among)
		}
	}
}

// compare puts the latest first.
func (v *Visit) compare(o *Visit) int {
	if v.Time != o.Time { // plain, for it is asked several times a line
		return cmp.Compare(o.Time, v.Time)
	}
	return o.Place.compare(v.Place)
}

func (w *Workers) widen(width, among int64) {
	old := w.Visits
	w.Width, w.Among, w.Visits = width, among, make(map[VisitKey]*[keepVisits]Visit, len(old)/2)
	clear(w.near[:])
	w.take(old)
}

// discard keeps the room of visits that are gone, as much as a chunk takes.
func (w *Workers) discard(vs *[keepVisits]Visit) {
	if len(w.spare) < maxVisits/8 {
		w.spare = append(w.spare, vs)
	}
}

// take makes visits these workers', which are given up elsewhere. Their stretches
// are no longer than w's, so that all of one lie within one of w's.
func (w *Workers) take(visits map[VisitKey]*[keepVisits]Visit) {
	for from, vs := range visits {
		if from.PID%w.Among != 0 {
			w.discard(vs)
			continue
		}
		key := VisitKey{from.PID, vs[0].Time / w.Width}
		have := w.Visits[key]
		if have == nil {
			w.Visits[key] = vs
			w.bound()
			continue
		}
		for _, v := range vs {
			if v.Addr.IsValid() {
				enter(have, v)
			}
		}
		w.discard(vs)
	}
}

func (w *Workers) merge(other *Workers) {
	if len(other.Visits) == 0 {
		return
	}
	if w.Visits == nil {
		w.Visits = make(map[VisitKey]*[keepVisits]Visit)
		w.Width, w.Among = max(w.Width, visitWidth), max(w.Among, 1)
	}
	if w.Width < other.Width || w.Among < other.Among {
		w.widen(max(w.Width, other.Width), max(w.Among, other.Among))
	}
	w.take(other.Visits)
	clear(other.Visits)
	clear(other.near[:])
	w.spare, other.spare = other.spare, w.spare // the room goes back to where it is needed
}

func (w *Workers) reset() {
	for _, vs := range w.Visits {
		w.discard(vs)
	}
	clear(w.Visits)
	clear(w.near[:])
	w.Width, w.Among = visitWidth, 1
}

// LastServed is the client that a worker served last before a time and not
// before since, when the server last started.
func (w *Workers) LastServed(pid, since, before int64) (Visit, bool) {
	if w.Width == 0 {
		return Visit{}, false
	}
	for at := before / w.Width; at >= since/w.Width; at-- {
		vs := w.Visits[VisitKey{pid, at}]
		if vs == nil {
			vs = new([keepVisits]Visit)
		}
		i := slices.IndexFunc(vs[:], func(v Visit) bool { return v.Addr.IsValid() && v.Time <= before && v.Time >= since })
		if i >= 0 {
			return vs[i], true
		}
		const farthest = 256 // stretches, over three days: nobody waits that long for a worker
		if before/w.Width-at > farthest {
			break
		}
	}
	return Visit{}, false
}
