package analyze

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/logsleuth/logsleuth/parser"
)

// inputs completes what is known of each log with what was read of it.
func (c *Case) inputs() []Input {
	list := slices.Clone(c.Options.Inputs)
	for i := range list {
		if i >= len(c.Coverage.Inputs) {
			break
		}
		in := &c.Coverage.Inputs[i]
		list[i].Format = in.Format()
		list[i].Events = in.Events
		list[i].Unparsed = in.Unparsed
		list[i].First, list[i].Last = c.time(in.First), c.time(in.Last)
		for _, p := range in.Samples {
			list[i].Samples = append(list[i].Samples, Sample{Line: c.place(p), Text: in.Texts[p]})
		}
	}
	return list
}

// clients lists everybody with a verdict other than victim and bystander, then
// the busiest of those up to Top; the totals count all.
func (c *Case) clients() ([]Client, Totals) {
	totals := Totals{Standings: make(map[string]int64), Clients: int64(len(c.Everybody)) + c.Facts.Clients.Folded, Folded: c.Facts.Clients.Folded}
	for _, t := range c.Kinds {
		totals.Events += t.Count
	}
	order := slices.Clone(c.Everybody)
	slices.SortStableFunc(order, func(a, b *ClientCase) int {
		return cmp.Or(cmp.Compare(standingRank[a.Standing], standingRank[b.Standing]), c.byStanding(a, b))
	})
	list := []Client{}
	rest := 0
	for _, cc := range order {
		totals.Standings[string(cc.Standing)]++
		if cc.Standing == Victim || cc.Standing == Bystander {
			if rest++; rest > c.Top {
				continue
			}
		}
		list = append(list, c.client(cc))
	}
	return list, totals
}

var standingRank = map[Standing]int{Attacker: 0, Suspect: 1, Proxy: 2, Own: 3, Crawler: 4, Victim: 5, Bystander: 5}

// byStanding puts the surer accusation first, and the busier of the rest.
func (c *Case) byStanding(a, b *ClientCase) int {
	if a.Standing == Attacker || a.Standing == Suspect {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(b.Events, a.Events))
	}
	return cmp.Compare(b.Events, a.Events)
}

// likelyCrowd is the confidence that an address is a proxy or an office for how it
// behaves alone.
const likelyCrowd = 0.7

func (c *Case) client(cc *ClientCase) Client {
	first, last := cc.seen()
	p := sigmoid(cc.Score)
	if !cc.named() {
		p = min(1-p, most)
		if cc.Standing == Proxy && cc.guard.standing == "" {
			p = likelyCrowd
		}
		if cc.would != "" { // somebody who knows has said so
			p = most
		}
	}
	r := Client{
		IP: cc.Addr.String(), Standing: cc.Standing, Confidence: round2(p),
		First: c.time(first), Last: c.time(last), Events: counts(cc.Kinds),
		Connections: cc.Load().Ports, Workers: cc.Load().PIDs,
		Techniques: []string{}, Evidence: cc.Evidence, Plugins: c.pluginsOf(cc.Addr),
		Lines: c.places(cc.firstPlaces()),
	}
	if w := cc.Web; w != nil {
		r.Requests = w.report()
	}
	if c.Geo != nil {
		r.Country, r.ASN, r.Org = c.Geo.Locate(cc.Addr)
	}
	if cc.Standing == Attacker || cc.Standing == Suspect {
		r.Techniques = techniques(cc)
		r.Settle = cc.settle
		switch {
		case r.Settle != "":
		case cc.Web != nil:
			r.Settle = "Look in access.log at what it got with status 200, and whether anybody logged in as one of your users from elsewhere."
		default:
			r.Settle = fmt.Sprintf("access.log of %s to %s: what else did it ask for, and did it get it?", clock(first), clock(last))
		}
	}
	slices.SortStableFunc(r.Evidence, func(a, b Evidence) int { return cmp.Compare(b.Weight, a.Weight) })
	return r
}

func (w *WebFacts) report() *Requests {
	r := &Requests{
		Count: w.Requests, Status: make(map[string]int64), Missing: w.Missing.Len(),
		Agents: []string{}, Paths: []string{}, Logins: w.Logins.Count, XMLRPC: w.XMLRPC.Count,
	}
	for class, n := range w.Status {
		if n > 0 {
			r.Status[[...]string{"other", "1xx", "2xx", "3xx", "4xx", "5xx"}[class]] += n
		}
	}
	for _, x := range w.Agents {
		r.Agents = append(r.Agents, x.Text)
	}
	for _, x := range w.Paths {
		r.Paths = append(r.Paths, x.Text)
	}
	return r
}

// techniques are those of MITRE ATT&CK that a client's deeds show.
func techniques(cc *ClientCase) []string {
	var list []string
	if len(cc.loadIn) > 0 {
		list = append(list, "T1499.002") // Endpoint Denial of Service: Service Exhaustion Flood
	}
	if cc.Probes.Len() >= manyProbes || cc.Targets.Len() >= manyMissing || cc.Web != nil && (cc.Web.Probes.Len() >= manyProbes || cc.Web.Missing.Len() >= manyMissing) {
		list = append(list, "T1595.003") // Active Scanning: Wordlist Scanning
	}
	if cc.count(pathInvalid, dbInjection) > 0 {
		list = append(list, "T1190") // Exploit Public-Facing Application
	}
	if cc.count(guesses...) >= manyFailures || cc.Web != nil && cc.Web.Logins.Count+cc.Web.XMLRPC.Count >= manyFailures {
		list = append(list, "T1110.001") // Brute Force: Password Guessing
	}
	if cc.deed == CauseCompromise {
		list = append(list, "T1505.003") // Server Software Component: Web Shell
	}
	return append([]string{}, list...)
}

// buckets is about how many a timeline has.
const buckets = 120

// bucketWidths are the lengths that people think in.
var bucketWidths = []int64{1, 5, 10, 30, 60, 300, 600, 1800, 3600, 6 * 3600, 24 * 3600, 7 * 24 * 3600, 30 * 24 * 3600}

// timeline counts the events of all logs.
func (c *Case) timeline() TimelineReport {
	return c.countOver(c.First, c.Last)
}

// margin is which part of its own length is shown before and after an incident: a quarter.
const margin = 4

// closeUp counts the events of an incident in shorter stretches than the timeline
// of all logs: a trouble of a minute in a log of a day would be one bar in that.
func (c *Case) closeUp(in *incident) TimelineReport {
	around := max((in.end-in.start)/margin, 10*second)
	r := c.countOver(max(in.start-around, c.First), min(in.end+around, c.Last))
	if r.BucketSeconds >= c.timelineWidth(c.First, c.Last) {
		return TimelineReport{Buckets: []Bucket{}}
	}
	return r
}

// timelineWidth is how many seconds a bucket takes in a timeline from first to last.
func (c *Case) timelineWidth(first, last int64) int64 {
	width := bucketWidths[len(bucketWidths)-1]
	for _, w := range bucketWidths {
		if (last-first)/(w*second) < buckets {
			width = w
			break
		}
	}
	for i := range c.Facts.Timeline.Series { // never finer than what was kept
		if s := &c.Facts.Timeline.Series[i]; len(s.Slots) > 0 {
			width = max(width, s.Width/second)
		}
	}
	return width
}

func (c *Case) countOver(first, last int64) TimelineReport {
	width := c.timelineWidth(first, last)
	r := TimelineReport{BucketSeconds: width, Buckets: []Bucket{}}
	at := make(map[int64]Bucket)
	for _, k := range parser.Kinds {
		for _, s := range c.Facts.Timeline.Within(k, first, last) {
			n := s.First / (width * second)
			b, met := at[n]
			if !met {
				b = Bucket{Start: c.time(n * width * second), Events: make(map[string]int64), Lines: make(map[string]string)}
				at[n] = b
			}
			if b.Events[k.Name] == 0 {
				b.Lines[k.Name] = c.place(s.FirstPlace)
			}
			b.Events[k.Name] += s.Count
		}
	}
	for _, n := range slices.Sorted(maps.Keys(at)) {
		r.Buckets = append(r.Buckets, at[n])
	}
	return r
}

// fewRows is how many programs and kills a report lists.
const fewRows = 10

// memory is the arithmetic of the largest out-of-memory report; nil without one.
func (c *Case) memory() *MemoryReport {
	m := &c.Facts.Memory
	kills := c.Journal.Of(oomKill)
	programs, _ := m.largest(c.First, c.Last)
	if len(kills) == 0 && len(programs) == 0 {
		return nil
	}
	r := &MemoryReport{LimitedBy: "machine", TotalBytes: m.Machine, Programs: programs[:min(len(programs), fewRows)]}
	if m.Limit > 0 && (m.Machine == 0 || m.Limit < m.Machine) {
		r.LimitedBy, r.TotalBytes = "cgroup", m.Limit
	}
	triggers := c.Journal.Of(oomInvoked)
	for i, k := range kills {
		if i == fewRows {
			break
		}
		kill := OOMKill{Time: c.time(k.Time), Victim: k.Subject, PID: k.PID, RSSBytes: k.Value, Line: c.place(k.Place)}
		for _, t := range triggers {
			if t.Time <= k.Time && t.Time >= k.Time-minute {
				kill.Triggered = t.Subject
			}
		}
		r.Kills = append(r.Kills, kill)
	}
	web := int64(0)
	for _, p := range programs {
		if isWebServer(p.Name) {
			web += p.RSSBytes
			r.WorkersSeen += p.Processes
		} else {
			r.OtherBytes += p.RSSBytes
		}
	}
	if r.WorkersSeen == 0 || r.TotalBytes == 0 {
		r.Text = fmt.Sprintf("The kernel killed a process %s because memory ran out.", times(len(kills)))
		return r
	}
	// Workers share pages, and each is said to hold all that it shares. Memory was
	// full at that moment, so together they held what the others left.
	shared := ""
	if left := r.TotalBytes - r.OtherBytes; web > left && left > 0 {
		web, shared = left, ", counting once what they share"
	}
	r.WorkerRSSBytes = web / r.WorkersSeen
	if float64(web) < mostOf*float64(web+r.OtherBytes) {
		r.Text = fmt.Sprintf("When memory ran out, %s of the web server held %s of %s; %s held most, with %s, so fewer workers would not have helped.",
			plural(r.WorkersSeen, "worker"), megabytes(web), megabytes(r.TotalBytes), programs[0].Name, megabytes(programs[0].RSSBytes))
		return r
	}
	if r.WorkerRSSBytes > 0 { // a tenth stays free for caches and for peaks
		r.SuggestedWorkers = max((r.TotalBytes*9/10-r.OtherBytes)/r.WorkerRSSBytes, 1)
	}
	r.Text = fmt.Sprintf("When memory ran out, %s of about %s each%s, and %s of other programs filled %s; with a tenth to spare %s fit.",
		plural(r.WorkersSeen, "worker"), megabytes(r.WorkerRSSBytes), shared, megabytes(r.OtherBytes), megabytes(r.TotalBytes), plural(r.SuggestedWorkers, "worker"))
	return r
}

// notes say how the logs were read.
func (c *Case) notes() []string {
	notes := append([]string{}, c.Options.Notes...)
	zoned, local := false, false
	undated := int64(0)
	for i := range c.Coverage.Inputs {
		in := &c.Coverage.Inputs[i]
		if in.Stamp.Has(parser.StampZone) {
			zoned = true
		} else if in.Stamp != 0 {
			local = true
		}
		undated += in.Undated
	}
	switch {
	case c.Zone != nil:
		notes = append(notes, "Times without a zone were taken to be of "+c.Zone.String()+"; all times are given in it.")
	case zoned && local:
		notes = append(notes, "Some stamps name a zone and some do not: all were taken as the same clock on the server's wall. --tz sets the zone.")
	case local:
		notes = append(notes, "The logs name no time zone: times are the server's own.")
	}
	if undated > 0 {
		notes = append(notes, fmt.Sprintf("%s no stamp and took the time of the line before, where there was one.", had(undated, "line")))
	}
	return notes
}

func had(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun + " had"
	}
	return plural(n, noun) + " had"
}
