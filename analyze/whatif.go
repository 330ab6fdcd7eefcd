package analyze

import (
	"cmp"
	"math"
	"slices"
)

// TrialLimits are the limits of connections that a replay tries.
var TrialLimits = []int{4, 8, 16, 32, 64}

// A WhatIf is what measures would have done to the same logs.
type WhatIf struct {
	Named, Others Crowd // whom the logs show
	Limits        []LimitTrial
	Jails         []JailTrial
	Lost          int64 // lines that no jail was tried on, for lack of room
	Advised       int64 // the limit that the report advises; 0: none
	Error, Access bool  // kinds of logs that tell: connections, requests
	Proxied       bool  // the connections of these clients end at a proxy
	Coarse        int64 // seconds over which requests were counted, where more than the window
}

// A Crowd are clients and their connections.
type Crowd struct{ Clients, Connections int }

// A LimitTrial is what one limit of connections would have done.
type LimitTrial struct {
	Limit         int
	First         string // when it would have refused a connection first; "": never
	Client        string // whose
	Named, Others Crowd  // who would have been refused, and how many connections
	// AtMost is how many of the others can have met the limit, by access.log.
	AtMost int
	// FewestPeople and MostPeople fit behind one address.
	FewestPeople, MostPeople int
}

// leanVisit is what a visit opens at least, as owners have measured.
const leanVisit = 4

// TryOut replays measures over the facts of the same logs. An error log names a
// connection only when it meets an error, so what it shows is a lower bound.
func TryOut(f *Facts, hits *Hits, o Options) *WhatIf {
	c := newCase(f, o)
	c.judgeClients()
	w := &WhatIf{Lost: hits.Lost, Access: c.Coverage.access(), Proxied: c.inFront()}
	flood := false
	type sequence struct {
		cc   *ClientCase
		held []span
	}
	var all []sequence
	exempt := c.exempted()
	for _, cc := range c.Everybody {
		held := connections(cc.ClientFacts)
		w.Error = w.Error || len(held) > 0
		if _, spared := within(exempt, cc.Addr); spared { // no limit meets them
			continue
		}
		crowd := &w.Others
		switch cc.Standing {
		case Attacker, Suspect:
			crowd = &w.Named
			flood = flood || len(cc.loadIn) > 0 || cc.deed.load()
		}
		crowd.Clients++
		crowd.Connections += len(held)
		all = append(all, sequence{cc, held})
	}
	if flood {
		w.Advised = c.limit().Number
	}
	limits := slices.Clone(TrialLimits)
	if n := int(w.Advised); n > 0 && !slices.Contains(limits, n) {
		limits = append(limits, n)
		slices.Sort(limits)
	}
	for _, limit := range limits {
		trial := LimitTrial{Limit: limit, FewestPeople: limit / visitConnections, MostPeople: limit / leanVisit}
		first := int64(0)
		for _, s := range all {
			named := s.cc.Standing == Attacker || s.cc.Standing == Suspect
			if refused, at := refuse(s.held, limit); refused > 0 {
				crowd := &trial.Others
				if named {
					crowd = &trial.Named
				}
				crowd.Clients++
				crowd.Connections += refused
				if trial.Client == "" || at < first {
					first, trial.Client = at, s.cc.Addr.String()
				}
			}
			if web := s.cc.Web; web != nil && !named && mostConnections(web) > int64(limit) {
				trial.AtMost++
			}
		}
		if trial.Client != "" {
			trial.First = c.time(first)
		}
		w.Limits = append(w.Limits, trial)
	}
	for _, s := range all {
		if s.cc.Web != nil && s.cc.Web.Pages.Width > loadWindow {
			w.Coarse = max(w.Coarse, s.cc.Web.Pages.Width/second)
		}
	}
	for _, j := range Jails {
		if trial := c.tryJail(j, hits); len(trial.Bans) > 0 || trial.Spared > 0 {
			w.Jails = append(w.Jails, trial)
		}
	}
	return w
}

// mostTouches is at least the most connections that a client can have had within a
// time: those of the stretches that such a time can meet.
func (cf *ClientFacts) mostTouches(within int64) (most int) {
	from, n := 0, 0
	for i := range cf.Slots {
		n += int(cf.Slots[i].Touches)
		for cf.Slots[from].Last+within < cf.Slots[i].First {
			n -= int(cf.Slots[from].Touches)
			from++
		}
		most = max(most, n)
	}
	return most
}

// connections are the client's, each from its first line to its last, in order
// of time. Where the ports are not known the workers stand for them.
func connections(cf *ClientFacts) []span {
	ported := slices.ContainsFunc(cf.Touches, func(t Touch) bool { return t.Port != 0 })
	var lines []keyed
	for _, t := range cf.Touches {
		key := int64(t.Port)
		if !ported {
			key = int64(t.PID)
		}
		if key != 0 {
			lines = appendHeld(lines, key, t, math.MinInt64, math.MaxInt64)
		}
	}
	slices.SortFunc(lines, func(a, b keyed) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.first, b.first), cmp.Compare(a.last, b.last))
	})
	var list []span
	for i, l := range lines {
		if i > 0 && lines[i-1].key == l.key && l.first-list[len(list)-1].last <= longestHold {
			last := &list[len(list)-1]
			last.last = max(last.last, l.last)
			continue
		}
		list = append(list, l.span)
	}
	slices.SortFunc(list, func(a, b span) int { return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.last, b.last)) })
	return list
}

// refuse counts the connections of one address that a limit would have refused.
// A connection counts as open for loadWindow after its last line, as it does
// where the report counts the most at once. One that was refused holds nothing.
func refuse(list []span, limit int) (refused int, first int64) {
	var open []int64 // when those let in end
	for _, s := range list {
		open = slices.DeleteFunc(open, func(end int64) bool { return end < s.first })
		if len(open) >= limit {
			if refused == 0 {
				first = s.first
			}
			refused++
			continue
		}
		open = append(open, s.last+loadWindow)
	}
	return refused, first
}

// mostWithin is the most connections that began within a time.
func mostWithin(list []span, within int64) (most int) {
	from := 0
	for i, s := range list {
		for s.first-list[from].first > within {
			from++
		}
		most = max(most, i-from+1)
	}
	return most
}

// mostPages is at least the most pages that were asked for within a loadWindow:
// a stretch and the one after it hold every such window, unless they lie apart.
func mostPages(w *WebFacts) (most int64) {
	next := make(map[int64]*Slot, len(w.Pages.Slots))
	for i := range w.Pages.Slots {
		next[w.Pages.Slots[i].At] = &w.Pages.Slots[i]
	}
	for at, s := range next {
		n := s.Count
		if after := next[at+1]; after != nil && after.First-s.Last <= loadWindow {
			n += after.Count
		}
		most = max(most, n)
	}
	return most
}

// mostConnections is no less than what a client can have opened within a
// loadWindow: each of its pages another person's, who opened as many as a visit does.
func mostConnections(w *WebFacts) int64 {
	if w.Embedded > 0 {
		return visitConnections * mostPages(w)
	}
	return mostPages(w)
}
