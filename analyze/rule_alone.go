package analyze

import "fmt"

const (
	// aloneConnections is how many connections on as many workers within ten seconds
	// make a client that is alone in the log worth looking at: a page takes one
	// connection for its program, and reloading it three times in ten seconds is
	// already impatient.
	aloneConnections = 4
	// The two weights together lift the prior just over even: a suspect, never more.
	aloneWeight    = 2.2
	followedWeight = 1.6
	// A database that failed by itself takes the suspicion away again.
	ownReasonWeight = -1.8
)

var ruleAlone = Rule{
	ID:    "alone",
	Title: "The only client in the log, with several connections at once, before the server ran out of workers",
	Finds: "The one address to look at in a short piece of a log.",
	Blind: "Without other clients nothing tells what is ordinary, so it never says more than suspect.",
	Uses:  []string{"db.", "php.", "workers.exhausted"},
	About: AboutClients,
	Judge: judgeAlone,
}

func judgeAlone(c *Case) (found []Finding) {
	if len(c.Everybody) == 0 || len(c.Everybody) >= comparable {
		return c.passedByAll("%d clients stand in these logs; it looks only where they are fewer than %d", len(c.Everybody), comparable)
	}
	if len(c.Troubles) == 0 {
		return c.passedByAll(noTrouble)
	}
	for _, t := range c.Troubles {
		found = append(found, c.passedByAbsent(t, t.Who)...)
		for _, cc := range t.Who {
			l := loadOf(cc.ClientFacts, t.Start-lead, t.Until)
			if min(l.Ports, l.PIDs) < aloneConnections || t.Saturated == 0 {
				ranOut := "ran"
				if t.Saturated == 0 {
					ranOut = "did not run"
				}
				found = append(found, c.passed(cc, "held %s on %s at once, %d of each are needed; the server %s out of workers, which is needed too", plural(l.Ports, "connection"), plural(l.PIDs, "worker"), aloneConnections, ranOut)...)
				continue
			}
			_, last := lastIn(cc, t.Start-lead, t.Saturated)
			if last == 0 || t.Saturated-last > soon {
				found = append(found, c.passed(cc, "is in no line of the %s before the server ran out of workers at %s", lasting(soon), clock(t.Saturated))...)
				continue
			}
			at := t.saturatedAt()
			nobody := "nobody else stands in this log"
			if len(c.Everybody) > 1 {
				nobody = "hardly anybody else stands in this log"
			}
			found = append(found,
				Finding{Client: cc.Addr, Deed: CauseFlood, Trouble: t,
					Settle: fmt.Sprintf("access.log of %s to %s: how many requests did it send, and who else was there?", clock(t.Start-lead), clock(t.End)),
					Evidence: Evidence{Weight: aloneWeight, Lines: c.firstLines(cc, t),
						Text: fmt.Sprintf("opened at least %d connections on %d workers within %d seconds; %s", l.Ports, l.PIDs, loadWindow/second, nobody)}},
				Finding{Client: cc.Addr, Trouble: t, Evidence: Evidence{Weight: followedWeight, Lines: []string{c.place(at)},
					Text: fmt.Sprintf("the server ran out of workers %s after the last of them", lasting(t.Saturated-last))}},
			)
			if why, lines := c.databaseDied(t); why != "" {
				found = append(found, Finding{Client: cc.Addr, Trouble: t, Evidence: Evidence{Weight: ownReasonWeight, Lines: lines,
					Text: "the database failed for a reason of its own (" + why + "), which alone can use up all workers"}})
			}
		}
	}
	return found
}

// lastIn is when a client was first and last met between two times.
func lastIn(cc *ClientCase, from, to int64) (first, last int64) {
	for _, t := range cc.Touches {
		if t.First >= from && t.First <= to {
			if first == 0 || t.First < first {
				first = t.First
			}
			last = max(last, min(t.Last, to))
		}
	}
	return first, last
}
