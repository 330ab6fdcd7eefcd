package analyze

import (
	"cmp"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"time"

	"github.com/logsleuth/logsleuth/parser"
)

// A Locator says where an address is: in which country and whose network.
type Locator interface {
	Locate(netip.Addr) (country string, asn uint32, org string)
}

// Options are what the user decides about a report.
type Options struct {
	Inputs []Input        // what is known of the logs beforehand, in the order of their numbers
	Tool   Tool           // for the report
	Cut    bool           // reading was interrupted
	Window bool           // --since or --until leave out a part of the logs
	Zone   *time.Location // the clock that times are on; nil: each log's own
	Top    int            // victims and bystanders listed one by one
	Notes  []string       // how the logs were read
	Geo    Locator        // nil: places are not looked up
	Why    []netip.Prefix // clients whose whole reasoning is asked for

	Services       func(netip.Addr) (Service, bool) // nil: nothing is known of them
	Allow          []netip.Prefix                   // never accused, never in a command
	TrustedProxies []netip.Prefix                   // stand for others
}

// A Case is the facts with what several rules need, worked out once.
type Case struct {
	*Facts
	Options

	First, Last int64
	Kinds       Tallies
	Troubles    []*Trouble
	Everybody   []*ClientCase // by address
	byAddr      map[netip.Addr]*ClientCase
	parts       []*component         // see plugins; nil: not yet found
	asked       []*ClientCase        // see Options.Why
	before      []Rule               // those that have been weighed
	own         map[netip.Addr]Place // this server's addresses, by its own log
	web         []*ClientCase        // see onWeb; nil: not yet found
	visits      *visits              // see crowded; nil: not yet counted
}

// A ClientCase is a client with what rules found about it.
type ClientCase struct {
	*ClientFacts

	load     *Load // see Load
	Evidence []Evidence
	Standing Standing
	Score    float64            // log-odds that it does harm on purpose
	deed     Cause              // what it is accused of
	acts     map[Cause]Evidence // the strongest of each that it is accused of
	loadIn   map[*Trouble]bool
	settle   string
	standIn  bool     // it may stand for others, so it is never called attacker
	crowd    bool     // by its behaviour it is many people
	hides    bool     // one of those behind it would have been called an attacker
	proof    Evidence // of through
	through  bool     // somebody behind it did what a crowd does not
	asked    bool
	passed   []Silence // where it is asked for: rules that found nothing
	because  string    // why its score gives its standing
	guard    guard
	allowed  netip.Prefix // the range that the user vouches for
	would    Standing     // what it would have been called without the two
}

// A Load is how many connections and workers a client held at once.
type Load struct {
	Ports, PIDs int   // most within loadWindow
	At          int64 // when
	Touches     int   // different connections in all
}

// loadWindow is the time within which connections count as held at once. A
// worker that retries a lost database is held for five seconds, a page takes
// one or two; ten seconds hold the two.
const loadWindow = 10 * second

func newCase(f *Facts, o Options) *Case {
	f.letGo()
	c := &Case{Facts: f, Options: o, Kinds: f.Coverage.Kinds(), byAddr: make(map[netip.Addr]*ClientCase)}
	timed := false
	c.First, c.Last, timed = f.Timeline.Span()
	for i := range f.Coverage.Inputs { // requests stand in no timeline
		if in := &f.Coverage.Inputs[i]; in.Stamp != 0 {
			if !timed || in.First < c.First {
				c.First = in.First
			}
			c.Last, timed = max(c.Last, in.Last), true
		}
	}
	for _, cf := range f.Clients.Sorted() {
		cc := &ClientCase{ClientFacts: cf, Standing: Bystander}
		c.Everybody = append(c.Everybody, cc)
		c.byAddr[cf.Addr] = cc
	}
	c.own = c.ownAddresses()
	for _, cc := range c.Everybody {
		cc.guard = c.guardOf(cc)
		cc.allowed, _ = within(o.Allow, cc.Addr)
	}
	c.crowd()
	c.Troubles = findTroubles(c)
	c.ask()
	return c
}

// Load is what the client held over the whole log, worked out when it is first
// asked for: of most clients nobody does.
func (cc *ClientCase) Load() Load {
	if cc.load == nil {
		l := loadOf(cc.ClientFacts, math.MinInt64/2, math.MaxInt64/2)
		cc.load = &l
	}
	return *cc.load
}

// loadOf finds the most connections that a client held at once between two times.
// It is asked for each client of each trouble, and most of them have a few
// connections: for those its lists stay on the stack.
func loadOf(cf *ClientFacts, from, to int64) (l Load) {
	touches := make([]Touch, 0, 24)
	slots := 0
	for s, all := range cf.stretches() {
		if s.First > to {
			break
		}
		if s.Last < from {
			continue
		}
		n := len(touches)
		for _, t := range all {
			if t.Last >= from && t.First <= to {
				touches = append(touches, t)
			}
		}
		if len(touches) > n {
			slots++
		}
	}
	if len(touches) == 0 {
		return l
	}
	if slots > 1 { // those of one slot are in this order
		slices.SortFunc(touches, func(a, b Touch) int { return cmp.Compare(a.key(), b.key()) })
	}
	spans := make([]keyed, 0, 24)
	for i, t := range touches {
		if i == 0 || t.key() != touches[i-1].key() {
			l.Touches++
		}
		if t.Port != 0 {
			spans = appendHeld(spans, int64(t.Port), t, from, to)
		}
	}
	l.Ports, l.At = peak(spans)
	spans = spans[:0]
	for _, t := range touches {
		if t.PID != 0 {
			spans = appendHeld(spans, int64(t.PID), t, from, to)
		}
	}
	var at int64
	if l.PIDs, at = peak(spans); l.At == 0 {
		l.At = at
	}
	return l
}

type span struct{ first, last int64 }

func (s span) meets(from, to int64) bool { return s.first <= to && s.last >= from }

// A keyed span is when something was at work: a port, a worker.
type keyed struct {
	key int64
	span
}

// appendHeld adds what of a connection lies between two times.
func appendHeld(list []keyed, key int64, t Touch, from, to int64) []keyed {
	first, second, two := held(t)
	if first.meets(from, to) {
		list = append(list, keyed{key, span{max(first.first, from), min(first.last, to)}})
	}
	if two && second.meets(from, to) {
		list = append(list, keyed{key, span{max(second.first, from), min(second.last, to)}})
	}
	return list
}

// longestHold is how long one connection is believed to be held between two of
// its lines. A pid or a port that is met again later is another one's.
const longestHold = 30 * second

// held is when a connection was at work, as far as its first and last line tell:
// one time, or two.
func held(t Touch) (first, second span, two bool) {
	if t.Last-t.First <= longestHold {
		return span{t.First, t.Last}, span{}, false
	}
	return span{t.First, t.First}, span{t.Last, t.Last}, true
}

// peak is the most keys that were at work within one loadWindow, and when that
// began. A key counts in every window that its spans touch. It sorts the list.
func peak(list []keyed) (most int, at int64) {
	slices.SortFunc(list, func(a, b keyed) int {
		if a.key != b.key {
			return cmp.Compare(a.key, b.key)
		}
		return cmp.Compare(a.first, b.first)
	})
	opened, closed := make([]int64, 0, 24), make([]int64, 0, 24) // when keys begin to count, and no longer do
	for i := 0; i < len(list); {
		key, from, to := list[i].key, list[i].first-loadWindow, list[i].last
		for i++; i < len(list) && list[i].key == key && list[i].first-loadWindow <= to; i++ {
			to = max(to, list[i].last)
		}
		opened, closed = append(opened, from), append(closed, to+1)
	}
	slices.Sort(opened)
	slices.Sort(closed)
	gone := 0
	for i, t := range opened {
		for closed[gone] <= t {
			gone++
		}
		if n := i + 1 - gone; n > most {
			most, at = n, t
		}
	}
	return most, at
}

// within counts a client's events in a stretch of time by role.
func (cf *ClientFacts) within(from, to int64) (deeds, harms, rest int64) {
	for i := range cf.Slots {
		if s := &cf.Slots[i]; s.Last >= from && s.First <= to {
			deeds, harms, rest = deeds+s.Deeds, harms+s.Harms, rest+s.Rest
		}
	}
	return deeds, harms, rest
}

// seen is when a client was first and last met.
func (cf *ClientFacts) seen() (first, last int64) {
	for i := range cf.Slots {
		s := &cf.Slots[i]
		if first == 0 || s.First < first {
			first = s.First
		}
		last = max(last, s.Last)
	}
	if w := cf.Web; w != nil {
		if first == 0 || w.First < first {
			first = w.First
		}
		last = max(last, w.Last)
	}
	return first, last
}

// count sums a client's events of some kinds.
func (cf *ClientFacts) count(kinds ...*parser.Kind) (n int64) {
	for _, k := range kinds {
		n += cf.Kinds.Count(k)
	}
	return n
}

// lines gives the first few places of a client's events of some kinds.
func (c *Case) lines(ts Tallies, kinds ...*parser.Kind) []string {
	var ps Places
	for _, k := range kinds {
		for i := range ts {
			if int(ts[i].Kind) == k.ID() {
				ps.merge(ts[i].Places)
			}
		}
	}
	return c.places(ps)
}

func (c *Case) places(ps Places) []string {
	lines := make([]string, 0, len(ps))
	for _, p := range ps {
		lines = append(lines, c.place(p))
	}
	return lines
}

// place writes a place as NAME:LINE.
func (c *Case) place(p Place) string {
	if int(p.Input) < len(c.Inputs) {
		return fmt.Sprintf("%s:%d", c.Inputs[p.Input].Path, p.Line)
	}
	return fmt.Sprintf("%d:%d", p.Input, p.Line)
}

// time writes a time as RFC 3339, with an offset where the clock's zone is known.
func (c *Case) time(t int64) string {
	if t == 0 {
		return ""
	}
	if c.Zone == nil {
		return parser.FormatTime(t, parser.StampTime, 0)
	}
	u := time.UnixMicro(t).UTC()
	_, offset := time.Date(u.Year(), u.Month(), u.Day(), u.Hour(), u.Minute(), u.Second(), 0, c.Zone).Zone()
	return parser.FormatTime(t, parser.StampTime|parser.StampZone, int32(offset))
}

// clock writes the hour, minute and second of a time for a sentence.
func clock(t int64) string { return time.UnixMicro(t).UTC().Format("15:04:05") }

// when is the time of day, with the day where the logs cover more than one.
func (c *Case) when(t int64) string {
	if c.Last-c.First > 24*hour {
		return time.UnixMicro(t).UTC().Format("2006-01-02 15:04:05")
	}
	return clock(t)
}

// until ends a span that when began: the day stands there once.
func (c *Case) until(first, last int64) string {
	const day = 24 * hour
	if first/day == last/day {
		return clock(last)
	}
	return c.when(last)
}

// onAverage writes how often something came, by the time between two.
func onAverage(gap int64) string {
	if gap < second {
		return "several a second"
	}
	return "one in " + lasting(gap) + " on average"
}

// lasting writes a length of time for a sentence.
func lasting(d int64) string {
	switch {
	case d < 2*minute:
		return plural((d+second/2)/second, "second")
	case d < 3*hour:
		return plural((d+minute/2)/minute, "minute")
	case d < 72*hour:
		return plural((d+hour/2)/hour, "hour")
	}
	return plural((d+12*hour)/(24*hour), "day")
}

// plural writes a number with its noun.
func plural[N int | int64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
