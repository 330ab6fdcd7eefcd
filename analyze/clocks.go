package analyze

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/logsleuth/logsleuth/parser"
)

const (
	// zoneStep is what the clocks of two logs can be apart because of their zones.
	zoneStep = 15 * minute
	// farthestZones are apart by this much: UTC-12 and UTC+14.
	farthestZones = 26 * hour
	// jointSlack is how far apart two programs may log the same event.
	jointSlack = 5 * second
	// enoughJoint is how many events must agree on a distance before it is believed.
	enoughJoint = 2
)

// A ClockShift is how far a log's clock is behind that of the first log that it
// shares events with: to be added to its times.
type ClockShift struct {
	Input  int
	Shift  int64 // microseconds, a multiple of a quarter of an hour
	Events int   // that agree on it
}

// joint tells under which name two logs may both know an event: a stop or start
// of the web server or of the database, a crash of one process.
func joint(k *parser.Kind, e Entry) string {
	unit := func(verb string) string {
		switch {
		case isDatabase(e.Subject):
			return "database " + verb
		case servesWeb(e.Subject):
			return "server " + verb
		}
		return ""
	}
	switch k {
	case serverStart:
		return "server start"
	case serverStop:
		return "server stop"
	case dbStart:
		return "database start"
	case dbStop:
		return "database stop"
	case unitStart:
		return unit("start")
	case unitStop:
		return unit("stop")
	case oomKill:
		if isDatabase(e.Subject) {
			return "database kill"
		}
	case unitFailed:
		if isDatabase(e.Subject) {
			return "database kill"
		}
	}
	return ""
}

// ClockShifts finds logs whose clocks are a constant distance apart, mostly
// because they are of different zones, from events that stand in both. It says
// nothing where the clocks agree or where there is too little to tell.
func (f *Facts) ClockShifts() []ClockShift {
	times := make(map[int]map[string][]int64) // by log and event
	for _, k := range []*parser.Kind{serverStart, serverStop, dbStart, dbStop, unitStart, unitStop, oomKill, unitFailed} {
		for _, e := range f.Journal.Of(k) {
			name := joint(k, e)
			if name == "" {
				continue
			}
			of := times[int(e.Place.Input)]
			if of == nil {
				of = make(map[string][]int64)
				times[int(e.Place.Input)] = of
			}
			of[name] = append(of[name], e.Time)
		}
	}
	inputs := slices.Sorted(maps.Keys(times))
	var shifts []ClockShift
	for n, in := range inputs {
		for _, ref := range inputs[:n] {
			if f.Coverage.of(in).Format() == f.Coverage.of(ref).Format() {
				continue // the same program's, rotated or of another site: what looks shifted is what it does every night
			}
			if slices.ContainsFunc(shifts, func(s ClockShift) bool { return s.Input == ref || s.Input == in }) {
				continue
			}
			others := math.Log(float64(len(inputs) * len(inputs)))
			if shift, events, chance := distance(times[ref], times[in]); shift != 0 && chance+others < rareDeed && sameTime(f.Coverage.of(ref), f.Coverage.of(in), shift) {
				shifts = append(shifts, ClockShift{Input: in, Shift: shift, Events: events})
			}
		}
	}
	return shifts
}

// sameTime tells whether two logs are for the most part of the same time once the
// second is shifted: those of different weeks share what a server does every night.
func sameTime(a, b *InputFacts, shift int64) bool {
	shared := min(a.Last, b.Last+shift) - max(a.First, b.First+shift)
	return 2*shared >= min(a.Last-a.First, b.Last-b.First)
}

// distance finds the shift that brings most of b's events onto a's, and the natural
// logarithm of the chance that as many agree on one by accident: restarts of many
// sites fall onto each other's quarters of an hour now and then.
func distance(a, b map[string][]int64) (shift int64, events int, chance float64) {
	pairs := 0
	votes := make(map[int64]int)
	for name, bs := range b {
		for _, tb := range bs {
			seen := make(map[int64]bool) // an event votes once for a distance
			for _, ta := range a[name] {
				d := ta - tb
				if max(d, -d) <= farthestZones {
					pairs++
				}
				step := (d + zoneStep/2) / zoneStep
				if d < 0 {
					step = (d - zoneStep/2) / zoneStep
				}
				rest := d - step*zoneStep
				if max(d, -d) <= farthestZones && max(rest, -rest) <= jointSlack && !seen[step] {
					seen[step] = true
					votes[step]++
				}
			}
		}
	}
	best := slices.SortedFunc(maps.Keys(votes), func(x, y int64) int {
		return cmp.Or(cmp.Compare(votes[y], votes[x]), cmp.Compare(max(x, -x), max(y, -y)), cmp.Compare(x, y))
	})
	if len(best) == 0 || best[0] == 0 || votes[best[0]] < enoughJoint || votes[best[0]] <= votes[0] {
		return 0, 0, 0
	}
	const steps = 2*farthestZones/zoneStep + 1
	mean := float64(pairs) * float64(2*jointSlack) / float64(2*farthestZones)
	return best[0] * zoneStep, votes[best[0]], poissonTail(votes[best[0]], mean) + math.Log(float64(steps))
}
