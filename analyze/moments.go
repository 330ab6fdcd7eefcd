package analyze

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/logsleuth/logsleuth/parser"
)

const (
	// together is the gap that still makes events of one kind one step of the story.
	together = 30 * second
	// maxMoments is how many steps a person can follow.
	maxMoments = 24
)

// A step is a moment in the making.
type step struct {
	first, last int64
	place       Place
	kind        *parser.Kind // nil: a client's doing
	count       int64
	subjects    []string
	pids        map[int64]bool
	text        string // of a client's doing
}

// told tells which kinds are steps of a story; the others only repeat them.
func told(k *parser.Kind) bool {
	switch {
	case k.Role == parser.Harm:
		return k.Severity >= 2
	case k.Role != parser.State:
		return false
	case k == oomInvoked, k == dbRecover:
		return false // the kill and the start tell it
	}
	return !strings.HasPrefix(k.Name, "unit.") || k == unitFailed
}

// moments are the causal order over all logs: what happened in each incident,
// and the starts and stops outside.
func (c *Case) moments(incidents []*incident) []Moment {
	var steps []*step
	for _, k := range parser.Kinds {
		if told(k) || k == fileDenied && slices.ContainsFunc(c.Troubles, func(t *Trouble) bool { return t.of(k) > 0 }) {
			steps = append(steps, c.steps(k, incidents)...)
		}
	}
	for _, in := range incidents {
		for i, cc := range in.who {
			if i == 3 || in.through { // the others behind it were there before
				break
			}
			steps = append(steps, c.arrival(cc, in))
		}
	}
	if len(steps) > maxMoments { // the least severe and the rarest go first
		slices.SortStableFunc(steps, func(a, b *step) int {
			return cmp.Or(cmp.Compare(b.importance(), a.importance()), cmp.Compare(a.first, b.first))
		})
		steps = steps[:maxMoments]
	}
	slices.SortStableFunc(steps, func(a, b *step) int {
		return cmp.Or(cmp.Compare(a.first, b.first), a.place.compare(b.place))
	})
	moments := make([]Moment, 0, len(steps))
	for _, s := range steps {
		moments = append(moments, c.moment(s))
	}
	return moments
}

func (s *step) importance() int {
	if s.kind == nil {
		return 10
	}
	return int(s.kind.Severity)
}

// steps groups the events of a kind, those outside incidents only if they are
// the server's own coming and going.
func (c *Case) steps(k *parser.Kind, incidents []*incident) (steps []*step) {
	inside := func(t int64) bool {
		for _, in := range incidents {
			if in.trouble != nil && t >= in.start-minute && t <= in.end+quiet {
				return true
			}
		}
		return false
	}
	life := k.Role == parser.State && (strings.HasPrefix(k.Name, "server.") || k == kernelBoot)
	join := func(n step) {
		if !inside(n.first) && !life {
			return
		}
		if m := len(steps); m > 0 && n.first <= steps[m-1].last+together {
			s := steps[m-1]
			s.last = max(s.last, n.last)
			s.count += n.count
			for _, sub := range n.subjects {
				if !slices.Contains(s.subjects, sub) {
					s.subjects = append(s.subjects, sub)
				}
			}
			for pid := range n.pids {
				s.pids[pid] = true
			}
			return
		}
		steps = append(steps, &n)
	}
	if k.Role == parser.State {
		for _, e := range c.Journal.Of(k) {
			if k == unitFailed && !servesWeb(e.Subject) {
				continue
			}
			n := step{first: e.Time, last: e.Time, place: e.Place, kind: k, count: 1, pids: map[int64]bool{e.PID: true}}
			if e.Subject != "" {
				n.subjects = []string{e.Subject}
			}
			join(n)
		}
		return steps
	}
	for _, s := range c.Facts.Timeline.Of(k) {
		join(step{first: s.First, last: s.Last, place: s.FirstPlace, kind: k, count: s.Count, pids: make(map[int64]bool)})
	}
	return steps
}

// arrival is the first line of a named client in an incident.
func (c *Case) arrival(cc *ClientCase, in *incident) *step {
	from := in.start
	if in.trouble != nil {
		from -= lead
	}
	first, last := lastIn(cc, from, in.end)
	s := &step{first: first, last: last, count: 1}
	if slots := cc.slotsIn(from, in.end); len(slots) > 0 {
		s.place = slots[0].FirstPlace
	}
	if ps := cc.firstPlaces(); s.place == (Place{}) && len(ps) > 0 {
		s.place = ps[0]
	}
	if w := cc.Web; w != nil && (first == 0 || w.First < first) && w.Last >= from && len(w.Pages.Slots) > 0 {
		if begin := w.Pages.Slots[0]; begin.First >= from {
			s.first, s.last, s.place, first = begin.First, min(w.Last, max(in.end, last)), begin.FirstPlace, begin.First
		}
	}
	if first == 0 {
		s.first, s.last = in.start, in.end
	}
	deeds, harms, rest := cc.within(s.first, s.last)
	s.count = deeds + harms + rest
	if w := cc.Web; w != nil && s.count == 0 {
		s.count = w.Requests
	}
	s.text = fmt.Sprintf("%s appears (%s)", cc.Addr, cc.Standing)
	return s
}

func (c *Case) moment(s *step) Moment {
	m := Moment{Time: c.time(s.first), Count: s.count, Line: c.place(s.place)}
	if s.last > s.first {
		m.Until = c.time(s.last)
	}
	if s.kind == nil {
		m.Kind, m.Role, m.Text = "client", parser.Deed.String(), s.text
		return m
	}
	m.Kind, m.Role, m.Text = s.kind.Name, s.kind.Role.String(), upperFirst(s.kind.Title)
	switch {
	case s.kind == oomKill && len(s.subjects) > 0:
		m.Text = "Memory ran out and the kernel killed " + listed(s.subjects[:min(len(s.subjects), 3)])
	case s.kind == unitFailed && len(s.subjects) > 0:
		m.Text = "A service failed: " + listed(s.subjects[:min(len(s.subjects), 3)])
	case s.kind == kernelSegfault && len(s.subjects) > 0:
		m.Text = "The kernel reports a crash of " + listed(s.subjects[:min(len(s.subjects), 3)])
	case (s.kind == childSIGTERM || s.kind == childSIGKILL) && len(s.pids) > 1:
		m.Text = fmt.Sprintf("%d workers did not end and were sent %s", len(s.pids), strings.ToUpper(strings.TrimPrefix(s.kind.Name, "child.")))
	}
	return m
}

// Phases of an incident, by the kinds that show them.
var phaseKinds = []struct {
	name  string
	holds func(*parser.Kind) bool
}{
	{"saturation", func(k *parser.Kind) bool {
		return strings.HasPrefix(k.Name, "workers.") || k == scoreboardFull || k == forkFailed || k.Name == "kernel.synflood" || k.Name == "kernel.conntrack"
	}},
	{"collapse", func(k *parser.Kind) bool {
		return k.Role == parser.Harm && k.Severity >= 2 || k == oomKill || k == dbCrash || k == unitFailed || k == dbMemory || k.Name == "kernel.disk"
	}},
	{"intervention", func(k *parser.Kind) bool {
		return k == serverStop || k == serverRestart || k == childSIGTERM || k == childSIGKILL || k == childStuck || k == dbStop
	}},
}

// phases cuts an incident into its parts.
func (c *Case) phases(in *incident) []Phase {
	phases := []Phase{}
	if in.trouble == nil {
		n := make(map[string]int64)
		var ps Places
		for _, cc := range in.who {
			for _, t := range cc.Kinds {
				if k := parser.Kinds[t.Kind]; k.Role == parser.Deed {
					n[k.Name] += t.Count
					ps.merge(t.Places)
				}
			}
		}
		return append(phases, Phase{Name: "campaign", Start: c.time(in.start), End: c.time(in.end), Events: n, Lines: c.places(ps), Text: "The client's own requests."})
	}
	var rest []phaseFacts
	for _, p := range phaseKinds {
		holds := p.holds
		if p.name == "collapse" && in.trouble.of(fileDenied) > 0 {
			holds = func(k *parser.Kind) bool { return p.holds(k) || k == fileDenied }
		}
		if f := c.phase(holds, in.start, in.end+minute); f.total > 0 {
			f.name = p.name
			rest = append(rest, f)
		}
	}
	before := in.end
	last := in.start
	for _, f := range rest {
		before = min(before, f.first)
		if f.name != "intervention" {
			last = max(last, f.last)
		}
	}
	if len(rest) > 0 && before > in.start {
		f := c.phase(visitors, in.start, before-1)
		f.name, f.first, f.last = "onset", in.start, before
		if !in.through {
			f.names = addresses(in.who)
		}
		if f.total > 0 || f.names != "" {
			rest = append([]phaseFacts{f}, rest...)
		}
	}
	up := c.phase(func(k *parser.Kind) bool { return k == serverStart || k == dbStart }, last, in.end+quiet)
	if up.total > 0 {
		up.name = "recovery"
		rest = append(rest, up)
	}
	slices.SortStableFunc(rest, func(a, b phaseFacts) int { return cmp.Compare(a.first, b.first) })
	for _, f := range rest {
		phases = append(phases, Phase{
			Name: f.name, Start: c.time(f.first), End: c.time(f.last), Events: f.events, Lines: c.linesOf(f), Text: f.text(),
		})
	}
	return phases
}

// visitors are the kinds of lines that a request leaves.
func visitors(k *parser.Kind) bool {
	return k.Role == parser.Deed || k.Role == parser.Harm || k.Role == parser.Noise && k.Family == parser.PHP
}

func addresses(who []*ClientCase) string {
	var list []netip.Addr
	for _, cc := range who {
		list = append(list, cc.Addr)
	}
	return addrs(list)
}

type phaseFacts struct {
	name        string
	names       string // of the clients whose onset it is
	first, last int64
	total       int64
	events      map[string]int64
	kinds       []*parser.Kind
	earliest    []Slot // the first of each kind
}

// phase counts the events of some kinds between two times.
func (c *Case) phase(holds func(*parser.Kind) bool, from, to int64) phaseFacts {
	f := phaseFacts{events: make(map[string]int64)}
	for _, k := range parser.Kinds {
		if !holds(k) {
			continue
		}
		for _, s := range c.Facts.Timeline.Within(k, from, to) {
			if f.total == 0 || s.First < f.first {
				f.first = s.First
			}
			f.last = max(f.last, s.Last)
			f.total += s.Count
			if f.events[k.Name] == 0 {
				f.kinds = append(f.kinds, k)
				f.earliest = append(f.earliest, s)
			}
			f.events[k.Name] += s.Count
		}
	}
	slices.SortStableFunc(f.earliest, func(a, b Slot) int { return cmp.Compare(a.First, b.First) })
	return f
}

// linesOf gives the first few of a phase's events, in order of time.
func (c *Case) linesOf(f phaseFacts) []string {
	lines := []string{}
	for _, s := range f.earliest[:min(len(f.earliest), fewPlaces)] {
		lines = append(lines, c.place(s.FirstPlace))
	}
	return lines
}

// text says a phase in one sentence: its most frequent kinds.
func (f phaseFacts) text() string {
	slices.SortStableFunc(f.kinds, func(a, b *parser.Kind) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(f.events[b.Name], f.events[a.Name]))
	})
	var parts []string
	for i, k := range f.kinds {
		if i == 3 {
			break
		}
		if n := f.events[k.Name]; n > 1 {
			parts = append(parts, fmt.Sprintf("%s (%d times)", k.Title, n))
		} else {
			parts = append(parts, k.Title)
		}
	}
	if f.names != "" {
		parts = append([]string{"the first lines of " + f.names}, parts...)
	}
	return upperFirst(strings.Join(parts, "; ")) + "."
}
