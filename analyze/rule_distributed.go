package analyze

import (
	"fmt"
	"slices"
)

const (
	// partPages is the least that one client of a spread flood asks for: a single
	// page says nothing about who asked.
	partPages = 5
	// manyPrograms is how many such clients make a flood.
	manyPrograms = 20
	// theirShare is what they ask for together, of all that was asked at the time.
	theirShare = 0.5
	// programsWeight makes each of them a suspect: it did little itself.
	programsWeight = 3.8
)

var ruleDistributed = Rule{
	ID:    "distributed",
	Title: "Many clients that behave like programs come together when the server fails",
	Finds: "Floods that are spread over many addresses: clients that ask for pages only, never for what pages embed, name no page they came from, and are not there at other times.",
	Blind: "Floods by programs that load pages as browsers do. Without an access log a crowd and a spread flood look alike.",
	Uses:  []string{"access.request", "workers.exhausted"},
	About: AboutClients,
	Judge: func(c *Case) (found []Finding) {
		if !c.namesReferers() {
			return c.passedByAll("no access log names the pages that requests came from, so it lacks what tells programs from browsers")
		}
		if len(c.Troubles) == 0 {
			return c.passedByAll(noTrouble)
		}
		for _, t := range c.Troubles {
			from, to := t.Start-lead, t.End+quiet // the server says only once that its workers ran out
			var part []*ClientCase
			asked, all, elsewhere := int64(0), int64(0), 0
			for _, cc := range c.onWeb() {
				w := cc.Web
				inside := w.First >= from && w.Last <= to
				if inside {
					all += w.Requests
				}
				switch {
				case !w.program():
				case !inside:
					elsewhere++
				case !accused(cc):
					part = append(part, cc)
					asked += w.Requests
				}
			}
			rest := float64(c.Last-c.First) - float64(to-from)
			mean := 1.0
			if rest > 0 {
				mean += float64(elsewhere) * float64(to-from) / rest
			}
			if len(part) < manyPrograms || float64(asked) < theirShare*float64(all) || poissonTail(len(part), mean) > oddsOfChance {
				found = append(found, c.passedByAll("%s behave like programs and came only in the trouble of %s, with %d of %d requests of those who came then; %d of them are needed, with %.0f%% of the requests, and far more than at other times",
					plural(len(part), "client"), clock(t.Start), asked, all, manyPrograms, 100*theirShare)...)
				continue
			}
			for _, cc := range c.asked {
				if !slices.Contains(part, cc) {
					found = append(found, c.passed(cc, "is none of the %d that behave like programs and came only in the trouble of %s", len(part), clock(t.Start))...)
				}
			}
			for _, cc := range part {
				found = append(found, Finding{Client: cc.Addr, Deed: CauseDistributed, Trouble: t, Evidence: Evidence{
					Weight: programsWeight, Lines: c.places(cc.firstPlaces()),
					Text: fmt.Sprintf("is one of %d clients that asked for pages and nothing that they embed, named no page they came from, and were there only from %s to %s: %d of %d requests of those who came then", len(part), clock(from), clock(to), asked, all),
				}})
			}
		}
		return found
	},
}

// program tells whether a client got pages as no browser does.
func (w *WebFacts) program() bool {
	return w.Served >= partPages && w.Embedded == 0 && w.Referred == 0
}

// namesReferers tells whether the access logs have a column for the page that a
// request came from: where all lack it, it says nothing that one does.
func (c *Case) namesReferers() bool {
	for _, cc := range c.Everybody {
		if cc.Web != nil && cc.Web.Referred > 0 {
			return true
		}
	}
	return false
}
