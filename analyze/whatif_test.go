package analyze

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

func TestRefuse(t *testing.T) {
	at := func(list ...int64) (spans []span) {
		for _, s := range list {
			spans = append(spans, span{s * second, s * second})
		}
		return spans
	}
	for _, test := range []struct {
		list    []span
		limit   int
		refused int
		first   int64
	}{
		{nil, 4, 0, 0},
		{at(0, 1, 2, 3), 4, 0, 0},
		{at(0, 1, 2, 3, 4), 4, 1, 4},
		{at(0, 1, 2, 3, 4, 5, 6), 4, 3, 4}, // what was refused holds no place
		{at(0, 1, 2, 3, 14), 4, 0, 0},      // all are over by then
		{at(0, 1, 2, 3, 11), 4, 0, 0},      // one is over by then
		{at(0, 1, 2, 3, 10), 4, 1, 10},     // none is, to the second
		{[]span{{0, 60 * second}, {30 * second, 30 * second}}, 1, 1, 30},
	} {
		refused, first := refuse(test.list, test.limit)
		if refused != test.refused || first != test.first*second {
			t.Errorf("%v, limit %d: %d refused from %d, want %d from %d", test.list, test.limit, refused, first/second, test.refused, test.first)
		}
	}
}

// A replay on a script: 60 connections within 6 seconds, and others with two.
func TestTryOut(t *testing.T) {
	s := new(script)
	s.hum(0, 3600)
	s.outage(1800, 20)
	attack(s, 1800, who, 60)
	logs := s.logs()
	w := TryOut(whole(logs), new(Hits), judgeOptions(logs))
	if w.Named.Clients != 1 || w.Named.Connections < 60 || w.Others.Clients == 0 || w.Others.Connections == 0 || !w.Error || w.Access {
		t.Errorf("seen: %+v", w)
	}
	if w.Advised != leastLimit {
		t.Errorf("advised is %d, want %d", w.Advised, leastLimit)
	}
	last := w.Named.Connections
	for _, l := range w.Limits {
		if want := max(w.Named.Connections-l.Limit, 0); l.Named.Connections > want || l.Named.Connections < want-2 && l.Limit < 60 || l.Named.Connections > last {
			t.Errorf("limit %d refuses %d of %d connections", l.Limit, l.Named.Connections, w.Named.Connections)
		}
		if (l.First == "") != (l.Named.Connections+l.Others.Connections == 0) {
			t.Errorf("limit %d: first %q and %d refused", l.Limit, l.First, l.Named.Connections)
		}
		if l.First != "" && l.Client != who {
			t.Errorf("limit %d acts on %s first", l.Limit, l.Client)
		}
		last = l.Named.Connections
	}
	if got := w.Limits[len(w.Limits)-1]; got.Limit != 64 || got.FewestPeople != 12 || got.MostPeople != 16 {
		t.Errorf("the last is %+v", got)
	}
}

func TestTryJail(t *testing.T) {
	c := &Case{Facts: new(Facts), byAddr: make(map[netip.Addr]*ClientCase)}
	for _, a := range []string{who, other, "192.0.2.78"} {
		addr := netip.MustParseAddr(a)
		c.Everybody = append(c.Everybody, &ClientCase{ClientFacts: &ClientFacts{Addr: addr}, Standing: Bystander})
	}
	hits := new(Hits)
	hit := func(a string, at int64) { hits.List = append(hits.List, Hit{"j", netip.MustParseAddr(a), at * second}) }
	for i := range int64(10) {
		hit(who, 1000-10*i) // the later ones first, as other files may bring them
		hit(other, 10000*i) // never five within a minute
		hits.List = append(hits.List, Hit{"other jail", netip.MustParseAddr("192.0.2.78"), i * second})
	}
	got := c.tryJail(Jail{"j", 5, 60}, hits)
	if len(got.Bans) != 1 || got.Spared != 1 || got.Bans[0].Client != who || got.Bans[0].Before != 5 || got.Bans[0].After != 5 || !strings.HasSuffix(got.Bans[0].Time, "T00:15:50") {
		t.Errorf("%+v", got)
	}
}

func TestHitsAreBounded(t *testing.T) {
	a, b := &Hits{List: make([]Hit, maxHits-1)}, &Hits{List: make([]Hit, 3), Lost: 4}
	a.Merge(b)
	if len(a.List) != maxHits || a.Lost != 6 {
		t.Errorf("%d kept, %d lost", len(a.List), a.Lost)
	}
}

// Several named addresses of one IPv6 /64 are one target, unless somebody else is there.
func TestTargets(t *testing.T) {
	for _, test := range []struct {
		named, others []string
		want          []string
	}{
		{[]string{"198.51.100.9", "198.51.100.10"}, nil, []string{"198.51.100.9/32", "198.51.100.10/32"}},
		{[]string{"2001:db8::1"}, nil, []string{"2001:db8::1/128"}},
		{[]string{"2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"}, nil, []string{"2001:db8::/64", "2001:db8:0:1::1/128"}},
		{[]string{"2001:db8::1", "2001:db8::2"}, []string{"2001:db8::3"}, []string{"2001:db8::1/128", "2001:db8::2/128"}},
	} {
		c := &Case{Facts: new(Facts), byAddr: make(map[netip.Addr]*ClientCase)}
		var who []netip.Addr
		for i, text := range slices.Concat(test.named, test.others) {
			a := netip.MustParseAddr(text)
			cc := &ClientCase{ClientFacts: &ClientFacts{Addr: a}}
			c.Everybody, c.byAddr[a] = append(c.Everybody, cc), cc
			if i < len(test.named) {
				who = append(who, a)
			}
		}
		var got []string
		for _, x := range c.targets(who) {
			got = append(got, x.Network)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%v beside %v: %v, want %v", test.named, test.others, got, test.want)
		}
	}
}

// What can have been is never less than what was: pages of one visitor within ten
// seconds, however they fall on the stretches that are kept.
func TestMostPages(t *testing.T) {
	for _, test := range []struct {
		at       []int64 // seconds
		embedded int64
		want     int64
	}{
		{[]int64{1, 2, 3}, 0, 3},
		{[]int64{8, 9, 11, 12}, 0, 4},
		{[]int64{1, 19}, 0, 1}, // more than ten seconds apart
		{[]int64{1, 2, 3}, 7, 15},
	} {
		w := newWeb()
		w.Embedded = test.embedded
		for _, s := range test.at {
			w.Pages.add(Slot{Count: 1, First: s * second, Last: s * second})
		}
		if got := mostConnections(w); got != test.want {
			t.Errorf("%s: %d, want %d", fmt.Sprint(test.at), got, test.want)
		}
	}
}
