package analyze

import (
	"fmt"
	"math"
	"net/netip"
)

const (
	// enoughStuck is the least number of joined workers that says anything.
	enoughStuck = 3
	// mostStuck is the share of them that makes a client stand out.
	mostStuck = 0.5
	// stuckWeight is the most that it says: workers get stuck in their last request,
	// but a client with many requests is more often the last by chance.
	stuckWeight = 1.5
)

var ruleStuck = Rule{
	ID:    "stuck",
	Title: "Workers that had to be killed or crashed had served this client last",
	Finds: "Who kept the workers busy, by joining the pid in AH00045, AH00046, AH00051, AH00052, the kernel's crashes and kills with the client that the same pid served last, never across a restart.",
	Blind: "A worker whose last request met no error is not joined.",
	Uses:  []string{"child.", "kernel.segfault", "oom.kill", "server.start"},
	About: AboutClients,
	Judge: judgeStuck,
}

func judgeStuck(c *Case) (found []Finding) {
	if len(c.Everybody) < comparable {
		return c.passedByAll("there %s, and %d clients are needed to tell whom workers served by chance", were(len(c.Everybody), "client"), comparable)
	}
	if len(c.Troubles) == 0 {
		return c.passedByAll(noTrouble)
	}
	for _, t := range c.Troubles {
		found = append(found, c.passedByAbsent(t, t.Who)...)
		served, joined, ended := c.joinWorkers(t)
		for _, cc := range t.Who {
			s := served[cc.Addr]
			if s.n < enoughStuck || float64(s.n) < mostStuck*float64(joined) {
				if !cc.asked {
					continue
				}
				found = append(found, c.passed(cc, "in the trouble of %s %s ended badly, %d of them could be joined to a client, and %d had served this one last; %d are needed, and %.0f%% of the joined ones",
					clock(t.Start), plural(ended, "worker"), joined, s.n, enoughStuck, 100*mostStuck)...)
				continue
			}
			tail := binomialTail(s.n, joined, 1/float64(max(len(t.Who), 2)))
			found = append(found, Finding{Client: cc.Addr, Trouble: t, Evidence: Evidence{
				Weight: math.Min(stuckWeight, 0.3*-tail),
				Text:   fmt.Sprintf("%d of the %s that had to be killed or crashed, and that could be joined to a client, had served it last (%d ended so in all)", s.n, plural(joined, "worker"), ended),
				Lines:  c.places(s.lines),
			}})
		}
	}
	return found
}

type lastServed struct {
	n     int
	lines Places
}

// joinWorkers finds, for each worker that ended badly in a trouble, the client
// that it had served last since the server started.
func (c *Case) joinWorkers(t *Trouble) (served map[netip.Addr]lastServed, joined, ended int) {
	served = make(map[netip.Addr]lastServed)
	seen := make(map[[2]int64]bool)
	for _, kind := range workerEnds {
		for _, e := range c.Journal.within(kind, t.Start, t.End) {
			if e.PID == 0 || kind == oomKill && !isWebServer(e.Subject) {
				continue
			}
			since := c.startBefore(e.Time)
			if seen[[2]int64{e.PID, since}] { // the same one, told again
				continue
			}
			seen[[2]int64{e.PID, since}] = true
			ended++
			if v, ok := c.Workers.LastServed(e.PID, since, e.Time); ok {
				joined++
				s := served[v.Client.Addr()]
				s.n++
				s.lines.add(e.Place)
				served[v.Client.Addr()] = s
			}
		}
	}
	return served, joined, ended
}

// startBefore is when the web server last started before a time: a pid from
// before is another process.
func (c *Case) startBefore(t int64) int64 {
	if starts := c.Journal.within(serverStart, c.First, t); len(starts) > 0 {
		return starts[len(starts)-1].Time
	}
	return c.First
}
