package simulate

import (
	"container/heap"
	"math"
	"math/rand/v2"
	"time"
)

const day = 24 * time.Hour

// A sim is one run: the clock, the machine, those who use it, and what is known of them.
type sim struct {
	rng      *rand.Rand
	began    time.Time     // of the clock's zero, in the server's zone
	now      time.Duration // since began
	end      time.Duration
	limit    int64 // of bytes, or 0
	strength float64
	coming   events
	order    uint64

	site    site
	web     *server
	db      *database
	machine machine
	out     *writers
	people  *people

	clients  []*client
	used     map[string]bool // addresses
	episodes []Episode
	outages  []Span
	restarts []Restart
	harm     int // lines that say that something went wrong with the server
}

// An event is something to come.
type event struct {
	at    time.Duration
	order uint64 // events of one time happen in the order they were planned
	do    func()
}

type events []event

func (q events) Len() int { return len(q) }
func (q events) Less(i, j int) bool {
	return q[i].at < q[j].at || q[i].at == q[j].at && q[i].order < q[j].order
}
func (q events) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *events) Push(x any)   { *q = append(*q, x.(event)) }
func (q *events) Pop() any {
	old := *q
	last := old[len(old)-1]
	old[len(old)-1] = event{}
	*q = old[:len(old)-1]
	return last
}

func (s *sim) at(when time.Duration, do func()) {
	s.order++
	heap.Push(&s.coming, event{max(when, s.now), s.order, do})
}

func (s *sim) after(d time.Duration, do func()) { s.at(s.now+d, do) }

// every calls do again and again; gap says how long until the next time.
func (s *sim) every(gap func() time.Duration, do func()) {
	var next func()
	next = func() {
		do()
		s.after(gap(), next)
	}
	s.after(gap(), next)
}

func (s *sim) time() time.Time { return s.began.Add(s.now) }

// play lets everything happen until the end.
func (s *sim) play(c Scenario) {
	s.web.start()
	s.people.arrive()
	s.background()
	s.at(s.episodeStart(), func() { c.play(s) })
	if s.limit > 0 {
		s.every(func() time.Duration { return day }, func() { c.play(s) })
	}
	for len(s.coming) > 0 {
		e := heap.Pop(&s.coming).(event)
		if e.at > s.end || s.limit > 0 && s.out.written >= s.limit {
			break
		}
		s.now = e.at
		e.do()
	}
	s.now = min(s.now, s.end)
}

// episodeStart is when the scenario's own trouble begins: some time into the
// log, so that there is an ordinary time to compare it with.
func (s *sim) episodeStart() time.Duration {
	if s.limit > 0 {
		return s.between(time.Hour, 20*time.Hour)
	}
	return time.Duration(float64(s.end) * (0.25 + 0.4*s.rng.Float64()))
}

func (s *sim) chance(p float64) bool { return s.rng.Float64() < p }

func (s *sim) between(low, high time.Duration) time.Duration {
	if high <= low {
		return low
	}
	return low + time.Duration(s.rng.Int64N(int64(high-low)))
}

// from is a whole number from low to high, both possible.
func (s *sim) from(low, high int) int {
	if high <= low {
		return low
	}
	return low + s.rng.IntN(high-low+1)
}

// scaled goes from low at the least strength to high at the greatest, in equal
// steps of proportion: between 5 and 500, the middle is 50.
func (s *sim) scaled(low, high float64) float64 {
	return low * math.Pow(high/low, s.strength)
}

// gap is the time to the next of events that come independently of each other.
func (s *sim) gap(mean time.Duration) time.Duration {
	return time.Duration(s.rng.ExpFloat64() * float64(mean))
}

// human is a time that people take: mostly near the median, sometimes much longer.
func (s *sim) human(median time.Duration, spread float64) time.Duration {
	return time.Duration(float64(median) * math.Exp(s.rng.NormFloat64()*spread))
}

func pick[T any](s *sim, of []T) T { return of[s.rng.IntN(len(of))] }
