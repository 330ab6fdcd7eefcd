package analyze

import (
	"cmp"
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

// A Visit is a client that a worker served. The zero Visit is none.
type Visit struct {
	Time   int64
	Place  Place
	Client Address
}

// A VisitKey is a worker in a stretch of time. A pid comes back after a restart,
// so the stretch belongs to it.
type VisitKey struct {
	PID, At int64
}

// A Worker is whom a worker served in a stretch of time, the latest first.
type Worker struct {
	VisitKey
	Visits [keepVisits]Visit
}

// Workers know whom each worker process served last.
type Workers struct {
	Width int64
	Among int64    // only processes whose pid this divides are kept
	List  []Worker // in no order

	byKey map[VisitKey]int32 // places in List
	near  [nearWorkers]int32 // places in List and 1, of those met lately: each in its one place
}

func (w *Workers) observe(p Place, e *parser.Event) {
	w.of(e.PID, e.Time).enter(Visit{e.Time, p, addressOf(e.Client)})
}

// of finds or makes a worker at a time; nil where it is none of those that are kept.
func (w *Workers) of(pid, at int64) *Worker {
	if w.Width == 0 {
		w.Width, w.Among = visitWidth, 1
	}
	if w.Among > 1 && pid%w.Among != 0 {
		return nil
	}
	key := VisitKey{pid, at / w.Width}
	near := &w.near[uint64(pid)*0x9e3779b97f4a7c15>>56]
	if i := *near - 1; i >= 0 && w.List[i].VisitKey == key {
		return &w.List[i]
	}
	w.index()
	i, known := w.byKey[key]
	if !known {
		if len(w.List) >= maxVisits {
			if w.Width < longestVisit || w.Among >= 1<<62 {
				w.widen(2*w.Width, w.Among)
			} else {
				w.widen(w.Width, 2*w.Among)
			}
			return w.of(pid, at)
		}
		i = int32(len(w.List))
		w.List = append(w.List, Worker{VisitKey: key})
		w.byKey[key] = i
	}
	*near = i + 1
	return &w.List[i]
}

// index makes the map, also of workers that were read back from where they were saved.
func (w *Workers) index() {
	if len(w.byKey) == len(w.List) && w.byKey != nil {
		return
	}
	w.byKey = make(map[VisitKey]int32)
	for i := range w.List {
		w.byKey[w.List[i].VisitKey] = int32(i)
	}
}

// enter puts a visit among the worker's latest ones.
func (w *Worker) enter(v Visit) {
	if w == nil {
		return
	}
	vs := &w.Visits
	if last := &vs[keepVisits-1]; last.Time != 0 && v.compare(last) >= 0 {
		return
	}
	for i := range vs {
		if vs[i].Time == 0 || v.compare(&vs[i]) < 0 {
			copy(vs[i+1:], vs[i:])
			vs[i] = v
			return
		}
		if v == vs[i] {
			return
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

// widen makes the stretches longer or the processes fewer, in their place.
func (w *Workers) widen(width, among int64) {
	all := w.List
	w.Width, w.Among, w.List = width, among, w.List[:0]
	clear(w.byKey)
	clear(w.near[:])
	for i := range all { // each goes to a place before its own, or to that
		worker := all[i]
		w.add(&worker)
	}
}

// add enters what is known of a worker elsewhere. Its stretch is no longer than w's,
// so that all of it lies within one of w's.
func (w *Workers) add(from *Worker) {
	to := w.of(from.PID, from.Visits[0].Time)
	switch {
	case to == nil:
	case to.Visits[0].Time == 0:
		to.Visits = from.Visits
	default:
		for _, v := range from.Visits {
			if v.Time != 0 {
				to.enter(v)
			}
		}
	}
}

func (w *Workers) merge(other *Workers) {
	if len(other.List) == 0 {
		return
	}
	w.Width, w.Among = max(w.Width, visitWidth), max(w.Among, 1)
	if w.Width < other.Width || w.Among < other.Among {
		w.widen(max(w.Width, other.Width), max(w.Among, other.Among))
	}
	for i := range other.List {
		w.add(&other.List[i])
	}
}

func (w *Workers) reset() {
	clear(w.byKey)
	*w = Workers{Width: visitWidth, Among: 1, List: w.List[:0], byKey: w.byKey}
}

// LastServed is the client that a worker served last before a time and not
// before since, when the server last started.
func (w *Workers) LastServed(pid, since, before int64) (Visit, bool) {
	if w.Width == 0 {
		return Visit{}, false
	}
	w.index()
	for at := before / w.Width; at >= since/w.Width; at-- {
		if i, known := w.byKey[VisitKey{pid, at}]; known {
			vs := &w.List[i].Visits
			i := slices.IndexFunc(vs[:], func(v Visit) bool { return v.Time != 0 && v.Time <= before && v.Time >= since })
			if i >= 0 {
				return vs[i], true
			}
		}
		const farthest = 256 // stretches, over three days: nobody waits that long for a worker
		if before/w.Width-at > farthest {
			break
		}
	}
	return Visit{}, false
}
