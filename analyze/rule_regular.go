package analyze

import (
	"cmp"
	"fmt"
	"slices"
)

const (
	// regularWeight speaks for a client that is there as much at other times.
	regularWeight = -1.0
	// enoughSeen is how many lines it takes to compare.
	enoughSeen = 20
	// mostlyInside is the share of the others' lines from which the comparison says
	// nothing: the logs then show hardly anything but the trouble.
	mostlyInside = 0.8
)

// The reverse is no evidence: the lines of one visit belong together, so whoever
// comes once is there in the trouble only, or not at all.
var ruleRegular = Rule{
	ID:    "regular",
	Title: "A client whose load stands out is there as much at other times",
	Finds: "Regulars: of their lines no larger share falls into the trouble than of the others'.",
	Blind: "Logs that hold little but the trouble. Somebody who floods all day.",
	Uses:  []string{"access.request", "db.", "php."},
	About: AboutClients,
	Judge: func(c *Case) (found []Finding) {
		for _, cc := range c.asked {
			if len(cc.loadIn) == 0 {
				found = append(found, c.passed(cc, "no rule accuses it of a load, so there is nothing to clear it of")...)
			}
		}
		var inside []int64 // lines of all clients, by trouble
		all := int64(0)
		for i, t := range c.Troubles {
			var of []*ClientCase
			for _, cc := range c.Everybody {
				if cc.loadIn[t] {
					of = append(of, cc)
				}
			}
			if len(of) == 0 {
				continue
			}
			if inside == nil {
				inside, all = c.linesInTroubles()
			}
			for _, cc := range of {
				in, n := cc.linesWithin(t.Start-lead, t.Until+minute)
				if n < enoughSeen || all-n < enoughSeen {
					found = append(found, c.passed(cc, "%d lines name it and %d the others, %d of each are needed", n, all-n, enoughSeen)...)
					continue
				}
				if share := float64(inside[i]-in) / float64(all-n); share < mostlyInside && float64(in) <= share*float64(n) {
					found = append(found, Finding{Client: cc.Addr, Evidence: Evidence{Weight: regularWeight, Lines: c.firstLines(cc, t),
						Text: fmt.Sprintf("is there as much at other times: %d of its %d lines fall into the trouble, as %.0f%% of the others' do", in, n, 100*share)}})
				} else {
					found = append(found, c.passed(cc, "%d of its %d lines fall into the trouble of %s, and %.0f%% of the others'; no larger share of its own is needed, and less than %.0f%% of theirs", in, n, clock(t.Start), 100*share, 100*mostlyInside)...)
				}
			}
		}
		return found
	},
}

// linesInTroubles is linesWithin of all clients together around each trouble, in one
// pass over them: a bad month has many of both.
func (c *Case) linesInTroubles() (inside []int64, all int64) {
	inside = make([]int64, len(c.Troubles))
	add := func(first, last, n int64) {
		i, _ := slices.BinarySearchFunc(c.Troubles, first, func(t *Trouble, first int64) int { return cmp.Compare(t.Until+minute, first) })
		for ; i < len(inside) && c.Troubles[i].Start-lead <= last; i++ {
			inside[i] += n
		}
	}
	for _, cc := range c.Everybody {
		all += cc.Events
		for i := range cc.Slots {
			s := &cc.Slots[i]
			add(s.First, s.Last, s.Deeds+s.Harms+s.Rest)
		}
		if cc.Web != nil {
			for _, s := range cc.Web.Pages.Slots {
				all += s.Count
				add(s.First, s.First, s.Count)
			}
		}
	}
	return inside, all
}

// linesWithin counts the lines of error logs and the pages of access logs that
// name a client, between two times and in all.
func (cf *ClientFacts) linesWithin(from, to int64) (inside, all int64) {
	d, h, r := cf.within(from, to)
	inside, all = d+h+r, cf.Events
	if cf.Web != nil {
		for _, s := range cf.Web.Pages.Slots {
			all += s.Count
			if s.First >= from && s.First <= to {
				inside += s.Count
			}
		}
	}
	return inside, all
}
