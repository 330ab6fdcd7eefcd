package analyze

import (
	"fmt"
	"slices"
)

const (
	// deedLoadWeight is for a client that is an attacker already: it says that its deeds
	// were the load, too. A suspect it would make one, though many who cannot log in to a
	// new site take its workers as well.
	deedLoadWeight = 1.0
	// ownPart is the least part of an equal share in the load that makes a client one of
	// those whose load it was.
	ownPart = 0.25
)

var ruleDeedLoad = Rule{
	ID:    "deed-load",
	Title: "What clients are accused of is what took the workers",
	Finds: "Guessing and scans that are so fast that the server runs out of workers: of all that was asked in that time attackers asked for the most.",
	Blind: "Without an access log, how much anybody asked for. What suspects did.",
	Uses:  []string{"access.request", "workers.exhausted"},
	About: AboutClients,
	Judge: func(c *Case) (found []Finding) {
		var attackers []*ClientCase
		for _, cc := range c.onWeb() {
			if accused(cc) && cc.Score+prior >= logit(attackerFrom) && !cc.deed.load() && cc.guard.standing == "" {
				attackers = append(attackers, cc)
			}
		}
		for _, t := range c.Troubles {
			if t.Saturated == 0 {
				continue
			}
			var part []*ClientCase
			asked, all := int64(0), int64(0)
			for _, cc := range attackers {
				if n := cc.Web.asked(t.Start-minute, t.Until); n > 0 {
					part = append(part, cc)
					asked += n
				}
			}
			if asked < manyAsked { // most troubles, and there may be a thousand
				continue
			}
			for _, cc := range c.onWeb() {
				all += cc.Web.asked(t.Start-minute, t.Until)
			}
			if float64(asked) < theirShare*float64(all) {
				continue
			}
			for _, cc := range part {
				n := cc.Web.asked(t.Start-minute, t.Until)
				if float64(n) < ownPart*float64(asked)/float64(len(part)) {
					continue
				}
				found = append(found, Finding{Client: cc.Addr, Deed: CauseFlood, Trouble: t, Evidence: Evidence{
					Weight: deedLoadWeight, Lines: c.places(cc.firstPlaces()),
					Text: fmt.Sprintf("asked for %d of the %d pages of that time, while the server ran out of workers at %s%s", n, all, clock(t.Saturated), withOthers(len(part), asked)),
				}})
			}
		}
		for _, cc := range c.asked {
			if !slices.ContainsFunc(found, func(f Finding) bool { return f.Client == cc.Addr }) {
				found = append(found, c.passed(cc, "it is no attacker by a deed that comes with most of the pages of a time in which the workers ran out")...)
			}
		}
		return found
	},
}

func withOthers(n int, asked int64) string {
	if n < 2 {
		return ""
	}
	return fmt.Sprintf("; the %d that did alike asked for %d", n, asked)
}

// asked counts the pages that a client asked for between two times; none where its
// stretches are too long to tell.
func (w *WebFacts) asked(from, to int64) (n int64) {
	if w.Pages.Width > minute {
		return 0
	}
	for _, s := range slotsWithin(w.Pages.Slots, from, to) {
		n += s.Count
	}
	return n
}
