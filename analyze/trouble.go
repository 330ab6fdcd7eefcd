package analyze

import (
	"cmp"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/logsleuth/logsleuth/parser"
)

const (
	// quiet closes a trouble: a server that logs no distress for so long has either
	// recovered or is a new story.
	quiet = 10 * minute
	// lead is how long before the first distress its cause is looked for.
	lead = 5 * minute
	// enoughHarm is the least burst of harm that makes a trouble by itself, where
	// nothing grave happened to the server.
	enoughHarm = 10
	// enoughTelling is the same for lines that tell their cause by themselves.
	enoughTelling = 3
	// enoughCrashes is the same for workers that crash.
	enoughCrashes = 5
	// oddsOfChance is the natural logarithm of one in a million: a burst that the
	// log's own baseline gives less often is no chance.
	oddsOfChance = -13.8
)

// A Trouble is a stretch of time in which the server was in distress: the raw
// form of an incident.
type Trouble struct {
	Start, End int64
	Until      int64 // until when load is looked for: see meet
	Harm       int64
	Grave      bool // something happened to the server, not only to visitors
	Count      map[*parser.Kind]int64
	Firsts     map[*parser.Kind]Slot // first events of each kind in it, joined
	Saturated  int64                 // when the workers first ran out; 0: not seen
	Who        []*ClientCase         // clients with events in it or shortly before
	Named      []*ClientCase         // of those, who stands accused of its load
	Through    *ClientCase           // a proxy from behind which somebody did; nil: none

	reach int64    // until when it, or one before it, is near: see nearTrouble
	held  []int32  // by each of Who, worked out when first asked for: see heldBy
	alone *Trouble // the same one of a case that differs in few of its clients; nil: none
}

// weighLoads works out the loads in all troubles, with all cores: of a busy log that is
// a third of judging it.
func (c *Case) weighLoads() {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(c.Troubles)) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(c.Troubles) {
					return
				}
				c.Troubles[i].heldBy()
			}
		})
	}
	wg.Wait()
}

// heldBy is how many connections each of the trouble's clients held at once, in their
// order: no more than that, for bad years have a thousand troubles with thousands of
// clients each. Those who are the same in the case that this one was made from held the
// same there.
func (t *Trouble) heldBy() []int32 {
	if t.held != nil {
		return t.held
	}
	t.held = make([]int32, len(t.Who))
	var had []*ClientCase
	if t.alone != nil && t.alone.held != nil && t.alone.Until == t.Until {
		had = t.alone.Who
	}
	n := 0 // both lists are in order of address
	for i, cc := range t.Who {
		for n < len(had) && had[n].Addr.Less(cc.Addr) {
			n++
		}
		if n < len(had) && had[n].ClientFacts == cc.ClientFacts {
			t.held[i] = t.alone.held[n]
			continue
		}
		t.held[i] = int32(t.load(cc).held())
	}
	return t.held
}

// load is what a client held at once in the trouble.
func (t *Trouble) load(cc *ClientCase) Load { return loadOf(cc.ClientFacts, t.Start-lead, t.Until) }

// grave kinds are each a trouble by itself.
func grave(k *parser.Kind) bool {
	if strings.HasPrefix(k.Name, "ban.") || k.Name == "oom.near" {
		return false
	}
	return k.Role == parser.State && k.Severity >= 3 && k != childSIGKILL && k != serverUnclean || k == kernelBoot || k == hostBoot
}

// distress tells which kinds belong to a trouble.
func distress(k *parser.Kind) bool {
	return (k.Role == parser.State || k.Role == parser.Harm) && k.Severity >= 2
}

// servesWeb tells whether a unit of systemd has to do with a web site.
func servesWeb(unit string) bool {
	for _, word := range []string{"apache", "httpd", "mysql", "mariadb", "php", "nginx", "MySQL", "MariaDB", "Apache", "PHP"} {
		if strings.Contains(unit, word) {
			return true
		}
	}
	return false
}

// isDatabase tells whether a program or a unit is a database server.
func isDatabase(name string) bool {
	for _, word := range []string{"mysql", "mariadb", "MySQL", "MariaDB"} {
		if strings.HasPrefix(name, word) {
			return true
		}
	}
	return false
}

// isWebServer tells whether a process is a web server's or PHP's worker.
func isWebServer(name string) bool {
	return name == "apache2" || name == "httpd" || name == "apache" || strings.HasPrefix(name, "php-fpm") || strings.HasPrefix(name, "php-cgi")
}

// saturation tells which kinds say that nobody was free to serve.
func saturation(k *parser.Kind) bool {
	return k == workersExhausted || k == scoreboardFull || k == fpmExhausted
}

// saturatedAt is the first line that says so.
func (t *Trouble) saturatedAt() Place {
	var first Slot
	for _, k := range []*parser.Kind{workersExhausted, scoreboardFull, fpmExhausted} {
		if s, ok := t.Firsts[k]; ok && (first.Count == 0 || s.First < first.First) {
			first = s
		}
	}
	return first.FirstPlace
}

type point struct {
	kind *parser.Kind
	slot Slot
}

// findTroubles cuts the troubles out of the log: clusters of distress, closed
// by quiet, that stand above the log's own baseline.
func findTroubles(c *Case) []*Trouble {
	var points []point
	for _, k := range parser.Kinds {
		if !distress(k) {
			continue
		}
		if strings.HasPrefix(k.Name, "unit.") { // other services fail without anybody caring
			for _, e := range c.Journal.Of(k) {
				if servesWeb(e.Subject) {
					points = append(points, point{k, Slot{Count: 1, First: e.Time, Last: e.Time, FirstPlace: e.Place, LastPlace: e.Place}})
				}
			}
			continue
		}
		for _, s := range c.Timeline.Of(k) {
			points = append(points, point{k, s})
		}
	}
	clusters := clustered(points)
	var harm, crashes int64
	for _, t := range clusters {
		harm += t.Harm
		crashes += t.Count[childSegfault] + t.Count[childExit]
	}

	failed := c.Kinds.Count(accessFailed) // the same failures may stand in error.log
	var troubles []*Trouble
	for _, t := range clusters {
		died := t.Count[childSegfault] + t.Count[childExit]
		if t.Grave || t.of(diskTrouble...)+t.of(configTrouble...) >= enoughTelling || c.burst(t, died, crashes, enoughCrashes) ||
			c.burst(t, t.Harm-t.Count[accessFailed], harm-failed, enoughHarm) || c.burst(t, t.Count[accessFailed], failed, enoughHarm) && c.failedFor(t) >= crowd {
			troubles = append(troubles, t)
		}
	}
	troubles = c.unreadable(troubles)
	for i, t := range troubles {
		t.Until = t.End
		if t.Saturated != 0 { // which Apache says once, however long it lasts
			t.Until = max(t.End, t.Saturated+quiet)
			if i+1 < len(troubles) {
				t.Until = max(t.End, min(t.Until, troubles[i+1].Start-1))
			}
		}
		t.reach = t.Until + quiet
		if i > 0 {
			t.reach = max(t.reach, troubles[i-1].reach)
		}
	}
	c.meet(troubles)
	return troubles
}

// clustered cuts events into stretches, closed by quiet.
func clustered(points []point) (clusters []*Trouble) {
	slices.SortStableFunc(points, func(a, b point) int {
		return cmp.Or(cmp.Compare(a.slot.First, b.slot.First), cmp.Compare(a.kind.ID(), b.kind.ID()))
	})
	for _, p := range points {
		n := len(clusters)
		if n == 0 || p.slot.First > clusters[n-1].End+quiet {
			clusters = append(clusters, &Trouble{
				Start: p.slot.First, End: p.slot.Last, Count: make(map[*parser.Kind]int64), Firsts: make(map[*parser.Kind]Slot),
			})
			n++
		}
		clusters[n-1].add(p)
	}
	return clusters
}

// unreadable adds the stretches in which Apache could not read the site's files for
// nearly everybody. A file or a folder that it may not read is no trouble otherwise.
func (c *Case) unreadable(troubles []*Trouble) []*Trouble {
	var points []point
	all := int64(0)
	for _, s := range c.Timeline.Of(fileDenied) {
		points = append(points, point{fileDenied, s})
		all += s.Count
	}
	for _, t := range clustered(points) {
		if !c.burst(t, t.Harm, all, enoughHarm) || !c.metByMost(t, fileDenied) {
			continue
		}
		i := slices.IndexFunc(troubles, func(o *Trouble) bool { return t.Start <= o.End+quiet && o.Start <= t.End+quiet })
		if i < 0 {
			troubles = append(troubles, t)
			continue
		}
		o := troubles[i]
		o.Start, o.End, o.Harm = min(o.Start, t.Start), max(o.End, t.End), o.Harm+t.Harm
		o.Count[fileDenied], o.Firsts[fileDenied] = t.Count[fileDenied], t.Firsts[fileDenied]
	}
	slices.SortStableFunc(troubles, func(a, b *Trouble) int { return cmp.Compare(a.Start, b.Start) })
	return troubles
}

// metByMost tells whether at least half of those who were there in a trouble met
// something, and a few at least: an address that stands for many is many. Whom an access
// log shows to have got more pages than it met of that did not meet it.
func (c *Case) metByMost(t *Trouble, k *parser.Kind) bool {
	met, there := 0, 0
	inside := func(first, last int64) bool { return first <= t.End && last >= t.Start }
	for _, cc := range c.Everybody {
		n := 1
		if cc.guard.standing == Proxy {
			n = crowd
		}
		tally := cc.Kinds.Of(k.Name)
		switch {
		case tally.Count > 0 && inside(tally.First, tally.Last):
			there += n
			if cc.Web == nil || n > 1 || tally.Count > cc.Web.Served { // else it is a picture on a page that was served
				met += n
			}
		case slices.ContainsFunc(cc.Slots, func(s ClientSlot) bool { return inside(s.First, s.Last) }),
			cc.Web != nil && slices.ContainsFunc(cc.Web.Pages.Slots, func(s Slot) bool { return inside(s.First, s.Last) }):
			there += n
		}
	}
	return met >= crowd && 2*met >= there
}

// present counts the clients that were there in each trouble, or shortly before, by
// error logs or access logs, in one pass over them.
func (c *Case) present() []int {
	n := make([]int, len(c.Troubles))
	for i, t := range c.Troubles {
		n[i] = len(t.Who)
	}
	counted := make([]*ClientCase, len(c.Troubles))
	for _, cc := range c.onWeb() {
		for _, s := range cc.Web.Pages.Slots {
			i, _ := slices.BinarySearchFunc(c.Troubles, s.First, func(t *Trouble, first int64) int { return cmp.Compare(t.Until, first) })
			for ; i < len(n) && c.Troubles[i].Start-lead <= s.Last; i++ {
				if counted[i] == cc {
					continue
				}
				counted[i] = cc
				if _, met := slices.BinarySearchFunc(c.Troubles[i].Who, cc.Addr, func(o *ClientCase, a netip.Addr) int { return o.Addr.Compare(a) }); !met {
					n[i]++
				}
			}
		}
	}
	return n
}

// failedFor counts the clients that access logs show errors of the server of, in a
// stretch that overlaps the trouble's.
func (c *Case) failedFor(t *Trouble) (n int) {
	for _, cc := range c.Everybody {
		if cc.gotErrors(t) {
			n++
		}
	}
	return n
}

// gotErrors tells whether an access log shows that the client was served errors in a
// trouble, as far as their first and last one tell.
func (cf *ClientFacts) gotErrors(t *Trouble) bool {
	if cf.Web == nil || cf.Web.Failed.Count == 0 {
		return false
	}
	f := &cf.Web.Failed
	return f.First >= t.Start && f.First <= t.End || f.Last >= t.Start && f.Last <= t.End
}

func (t *Trouble) add(p point) {
	t.End = max(t.End, p.slot.Last)
	t.Count[p.kind] += p.slot.Count
	if first, ok := t.Firsts[p.kind]; ok {
		first.join(p.slot)
		t.Firsts[p.kind] = first
	} else {
		t.Firsts[p.kind] = p.slot
	}
	if p.kind.Role == parser.Harm {
		t.Harm += p.slot.Count
	}
	if grave(p.kind) {
		t.Grave = true
	}
	if saturation(p.kind) && (t.Saturated == 0 || p.slot.First < t.Saturated) {
		t.Saturated = p.slot.First
	}
}

// burst tells whether n events in a trouble, of all in the log, are more than
// the rest of the log makes likely.
func (c *Case) burst(t *Trouble, n, all, least int64) bool {
	if n < least {
		return false
	}
	inside := float64(t.End-t.Start) + float64(minute)
	outside := float64(c.Last-c.First) - inside
	mean := 1.0 // without a rest to compare with, one such event is ordinary
	if outside > 0 {
		mean = (float64(all-n) + 0.5) * inside / outside
	}
	return poissonTail(int(n), mean) < oddsOfChance
}

// meet finds the clients of troubles, which are in order of time: in one pass over
// the clients, for a bad month has many of both.
func (c *Case) meet(troubles []*Trouble) {
	for _, cc := range c.Everybody {
		for i := range cc.Slots {
			s := &cc.Slots[i]
			n, _ := slices.BinarySearchFunc(troubles, s.First, func(t *Trouble, first int64) int { return cmp.Compare(t.Until, first) })
			for ; n < len(troubles) && troubles[n].Start-lead <= s.Last; n++ {
				if t := troubles[n]; len(t.Who) == 0 || t.Who[len(t.Who)-1] != cc {
					t.Who = append(t.Who, cc)
				}
			}
		}
	}
}

// of counts events of some kinds in the trouble.
func (t *Trouble) of(kinds ...*parser.Kind) (n int64) {
	for _, k := range kinds {
		n += t.Count[k]
	}
	return n
}
