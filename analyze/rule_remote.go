package analyze

import "fmt"

const (
	// manyUnanswered is more than one slow page and its reloads: each held a worker,
	// but only together do they fill a small server.
	manyUnanswered = 10
	// longestAnswer is how long PHP waits before it says that nobody answered
	// (default_socket_timeout), so as long after the trouble the lines still come.
	longestAnswer = minute
)

var phpRemote = kindsNamed("php.remote")[0]

var ruleCauseRemote = Rule{
	ID:    "cause-remote",
	Title: "Pages waited for another server",
	Finds: "Workers that were held because an API, a mail server or a feed that pages ask did not answer: far more such lines when the workers ran out than at other times, over several clients, and nobody stands out.",
	Blind: "Calls that WordPress makes itself (WP_Http) and calls that answer late leave no line. A network that is down for everything leaves the same lines, so it says nothing where the database is gone too.",
	Uses:  []string{"php.remote", "workers.exhausted", "scoreboard.full"},
	About: AboutCauses,
	Judge: func(c *Case) (found []Finding) {
		for _, t := range c.Troubles {
			if t.Saturated == 0 || len(t.Named) > 0 || t.of(databaseHarm...) > 0 {
				continue
			}
			from, to := t.Start-lead, t.End+longestAnswer
			n := c.Timeline.Count(phpRemote, from, to)
			met := 0
			for _, cc := range t.Who {
				if k := cc.Kinds.Of(phpRemote.Name); k.Count > 0 && k.First <= to && k.Last >= from {
					met++
				}
			}
			if n < manyUnanswered || met < crowd {
				continue
			}
			mean := 1.0 // without a rest to compare with, one such line is ordinary
			if outside := float64(c.Last - c.First - (to - from)); outside > 0 {
				mean = (float64(c.Kinds.Count(phpRemote)-n) + 0.5) * float64(to-from) / outside
			}
			if poissonTail(int(n), mean) > oddsOfChance {
				continue
			}
			var lines []string
			for _, s := range c.Timeline.Within(phpRemote, from, to) {
				if len(lines) < fewPlaces {
					lines = append(lines, c.place(s.FirstPlace))
				}
			}
			found = append(found, causeEvidence(t, CauseCapacity, 1,
				fmt.Sprintf("%d times a page of one of %s asked another server and got no answer; a worker is held as long as it waits", n, plural(met, "client")), lines))
		}
		return found
	},
}
