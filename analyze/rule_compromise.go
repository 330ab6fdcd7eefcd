package analyze

import "fmt"

const (
	// plantedWeight makes a suspect of whoever ran a program out of the folder for
	// uploads: nothing belongs there, but a careless plugin may put it there.
	plantedWeight = 3.6
	// plantedMore is added where it was run again and again.
	plantedMore = 1.0
	oftenRun    = 5
)

var ruleCompromise = Rule{
	ID:    "compromise",
	Title: "A client runs a program out of the folder for uploads",
	Finds: "Programs that somebody put where only pictures belong, by access.log (answered with 2xx) or by the error that they met.",
	Blind: "Programs that were planted elsewhere, and those that make no error where there is no access log.",
	Uses:  []string{"access.request", "php.uploads"},
	About: AboutClients,
	Judge: func(c *Case) (found []Finding) {
		for _, cc := range c.Everybody {
			n := cc.count(phpUploads)
			ps := cc.Kinds.Of(phpUploads.Name).Places
			if cc.Web != nil && cc.Web.Planted.Count > n {
				n, ps = cc.Web.Planted.Count, cc.Web.Planted.Places
			}
			if n == 0 {
				found = append(found, c.passed(cc, "ran no program out of the folder for uploads")...)
				continue
			}
			weight, which := plantedWeight, ""
			if cc.Web != nil && len(cc.Web.Programs) > 0 {
				which = ": " + cc.Web.Programs[0].Text
			}
			if n >= oftenRun {
				weight += plantedMore
			}
			found = append(found, Finding{Client: cc.Addr, Deed: CauseCompromise,
				Settle: "Look at the program itself: a web shell is short, old plugins name their author. Its date tells when it came, and access.log of that minute who brought it.",
				Evidence: Evidence{Weight: weight, Lines: c.places(ps),
					Text: fmt.Sprintf("ran a program out of the folder for uploads %s, where none belongs%s", times(int(n)), which)},
			})
		}
		return found
	},
}
