package analyze

import (
	"fmt"
	"math"
)

const (
	// idleConnections is how many connections browsers open ahead and leave unused,
	// which the server ends with 408; manyUnsent is the least that anybody is accused of.
	idleConnections = 8
	manyUnsent      = 30
)

var ruleSlow = Rule{
	ID:    "slow",
	Title: "A client begins many requests and does not finish them",
	Finds: "Connections held open by requests that are never finished, such as Slowloris: status 408 in access.log, AH01382 in error.log.",
	Blind: "Without access.log nothing of it shows at the default LogLevel. Requests that are sent slowly but to their end.",
	Uses:  []string{"access.request", "request.timeout", "workers.exhausted"},
	About: AboutClients,
	Judge: func(c *Case) (found []Finding) {
		n := math.Log(float64(len(c.Everybody)))
		var all int64 // of all, so that nobody is compared with everybody
		for _, cc := range c.Everybody {
			all += cc.unfinished().Count
		}
		for _, cc := range c.Everybody {
			u := cc.unfinished()
			average := float64(all-u.Count) / math.Max(float64(len(c.Everybody)-1), 1)
			tail := poissonTail(int(u.Count), math.Max(average, idleConnections)) + n
			if u.Count < manyUnsent || u.pace() > unhurried || tail > rareLoad {
				found = append(found, c.passed(cc, "began %s that it never finished, %d are needed, at most %s apart, and far more than the others (%.1f on average)",
					plural(u.Count, "request"), manyUnsent, lasting(unhurried), average)...)
				continue
			}
			found = append(found, Finding{Client: cc.Addr, Deed: CauseSlow, Trouble: c.troubleAt(u.First), Through: cc.guard.standing == Proxy, Evidence: Evidence{
				Weight: math.Min(5, 2+0.1*-tail), Lines: c.places(u.Places),
				Text: fmt.Sprintf("began %s that it never finished, each of which held a worker until the time limit; the others %.1f on average", plural(u.Count, "request"), average),
			}})
		}
		return found
	},
}

// unfinished are a client's requests that ended at a time limit: by access.log,
// else by error.log, where the same ones stand.
func (cf *ClientFacts) unfinished() WebTally {
	if cf.Web != nil && cf.Web.Unsent.Count > 0 {
		return cf.Web.Unsent
	}
	t := cf.Kinds.Of(requestTimeout.Name)
	return WebTally{Count: t.Count, First: t.First, Last: t.Last, Places: t.Places}
}
