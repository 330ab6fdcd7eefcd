package analyze

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/logsleuth/logsleuth/parser"
)

const (
	// crowdConnections is what two people behind one address open at once, six
	// each. Nobody is accused of load for less.
	crowdConnections = 12
	// officeConnections is what an office or a school behind one address opens at
	// once, when everybody there reloads a broken page: the mean of the null
	// hypothesis, so that only more than that stands out.
	officeConnections = 12
	// comparable is how many clients it takes to tell what is ordinary.
	comparable = 3
	// rareLoad is the natural logarithm of one in a hundred, after correction for
	// the number of clients looked at.
	rareLoad = -4.6
)

var ruleLoad = Rule{
	ID:    "load",
	Title: "A client holds more connections at once than the others in the same trouble",
	Finds: "One or few clients that hold most workers: distinct source ports within ten seconds, tested against the other clients with an exact Poisson tail, corrected for how many clients were looked at.",
	Blind: "Connections that met no error are not in an error log, so every count is a lower bound. A large office behind one address looks the same.",
	Uses:  []string{"db.", "php.", "backend.", "workers.exhausted", "scoreboard.full"},
	About: AboutClients,
	Judge: judgeLoad,
}

func judgeLoad(c *Case) (found []Finding) {
	if len(c.Troubles) == 0 {
		return c.passedByAll(noTrouble)
	}
	c.weighLoads()
	for _, t := range c.Troubles {
		who := t.Who
		if len(who) < comparable {
			who = c.Everybody
		}
		if len(who) < comparable { // see ruleAlone
			found = append(found, c.passedByAll("there %s to compare, %d clients are needed", were(len(who), "client"), comparable)...)
			continue
		}
		found = append(found, c.passedByAbsent(t, who)...)
		if len(who) > len(t.Who) { // who is not in the trouble held nothing in it
			for _, cc := range c.asked {
				if !slices.Contains(t.Who, cc) {
					found = append(found, c.heldTooFew(cc, t, 0)...)
				}
			}
		}
		all := t.heldBy()
		total := 0
		for _, held := range all {
			total += int(held)
		}
		for i, cc := range t.Who {
			held := int(all[i])
			if held < crowdConnections {
				found = append(found, c.heldTooFew(cc, t, held)...)
				continue
			}
			others := float64(total-held) / float64(len(who)-1)
			mean := math.Max(others, officeConnections)
			tail := poissonTail(held, mean) + math.Log(float64(len(who)))
			if tail > rareLoad {
				found = append(found, c.passed(cc, "held %d connections at once in the trouble of %s, where up to %.0f are ordinary: %s", held, clock(t.Start), mean, tooLikely(tail, rareLoad))...)
				continue
			}
			f := Finding{Client: cc.Addr, Deed: CauseFlood, Trouble: t}
			f.Evidence = Evidence{
				Weight: math.Min(5, 1.5+0.1*-tail),
				Text: fmt.Sprintf("opened at least %d connections within %d seconds (at %s), where the other %s opened %.1f at most on average",
					held, loadWindow/second, clock(t.load(cc).At+loadWindow), plural(len(who)-1, "client"), others),
				Lines: c.firstLines(cc, t),
			}
			found = append(found, f)
			found = append(found, c.beforeSaturation(cc, t)...)
		}
	}
	return found
}

func (c *Case) heldTooFew(cc *ClientCase, t *Trouble, held int) []Finding {
	if !cc.asked {
		return nil
	}
	return c.passed(cc, "held %s at once in the trouble of %s, %d are needed before it says anything", plural(held, "connection"), clock(t.Start), crowdConnections)
}

// held is the better of the two counts: a proxy in front hides the ports, a
// threaded server the pids.
func (l Load) held() int { return max(l.Ports, l.PIDs) }

// firstLines are the first lines that name a client in a trouble or in the time
// before it, in order of time.
func (c *Case) firstLines(cc *ClientCase, t *Trouble) []string {
	lines := []string{}
	slots := cc.slotsIn(t.Start-lead, t.Until)
	for _, s := range slots[:min(len(slots), fewPlaces)] {
		lines = append(lines, c.place(s.FirstPlace))
	}
	return lines
}

// slotsIn are a client's stretches that began between two times, in order of time.
func (cf *ClientFacts) slotsIn(from, to int64) (slots []*ClientSlot) {
	for i := range cf.Slots {
		if s := &cf.Slots[i]; s.First >= from && s.First <= to {
			slots = append(slots, s)
		}
	}
	slices.SortFunc(slots, func(a, b *ClientSlot) int {
		return cmp.Or(cmp.Compare(a.First, b.First), a.FirstPlace.compare(b.FirstPlace))
	})
	return slots
}

// linesIn are the first lines of some kinds in a trouble, in order of time.
func (c *Case) linesIn(t *Trouble, kinds ...*parser.Kind) []string {
	var slots []Slot
	for _, k := range kinds {
		slots = append(slots, c.Facts.Timeline.Within(k, t.Start, t.End)...)
	}
	slices.SortFunc(slots, func(a, b Slot) int {
		return cmp.Or(cmp.Compare(a.First, b.First), a.FirstPlace.compare(b.FirstPlace))
	})
	lines := []string{}
	for _, s := range slots[:min(len(slots), fewPlaces)] {
		lines = append(lines, c.place(s.FirstPlace))
	}
	return lines
}

// firstPlaces are the first lines of a client's harm and deeds, else of anything.
func (cf *ClientFacts) firstPlaces() (ps Places) {
	var noise Places
	for i := range cf.Kinds {
		if parser.Kinds[cf.Kinds[i].Kind].Role != parser.Noise {
			ps.merge(cf.Kinds[i].Places)
		} else {
			noise.merge(cf.Kinds[i].Places)
		}
	}
	if len(ps) == 0 {
		ps = noise
	}
	if w := cf.Web; w != nil && len(ps) == 0 {
		ps.merge(w.Misses.Places)
		ps.merge(w.Logins.Places)
		ps.merge(w.XMLRPC.Places)
		ps.merge(w.Unsent.Places)
		if best := busiest(w); len(ps) == 0 && best.Count > 0 {
			ps.add(best.FirstPlace)
		}
	}
	return ps
}

// soon is how long after a client's connections the server's running out of
// workers still looks like their consequence.
const soon = 2 * minute

// beforeSaturation compares when a client's load was first seen with when the
// workers ran out. An error log sees a connection only when it meets an error,
// so being seen later proves nothing.
func (c *Case) beforeSaturation(cc *ClientCase, t *Trouble) []Finding {
	if t.Saturated == 0 {
		return nil
	}
	first := int64(0)
	for i := range cc.Slots {
		if s := &cc.Slots[i]; s.First >= t.Start-lead && s.First <= t.End && (first == 0 || s.First < first) {
			first = s.First
		}
	}
	gap := t.Saturated - first
	if first == 0 || gap < 0 || gap > soon+lead {
		return nil
	}
	return []Finding{{Client: cc.Addr, Trouble: t, Evidence: Evidence{
		Weight: 1,
		Text:   fmt.Sprintf("was there %s before the server ran out of workers at %s", lasting(gap), clock(t.Saturated)),
		Lines:  []string{c.place(t.saturatedAt())},
	}}}
}
