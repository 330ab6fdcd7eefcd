package analyze

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/logsleuth/logsleuth/parser"
)

// crowdOf enters n clients, each with so many connections in each of 40 minutes,
// and one that opens 300 connections within five seconds.
func crowdOf(n, connections int) *Facts {
	f := new(Facts)
	line := int64(0)
	observe := func(part *Facts, a netip.Addr, at int64, port int) {
		line++
		e := eventOf(dbGone, at, "", int32(port), int64(100+port%60))
		e.Client, e.Line = a, line
		part.Observe(0, e)
	}
	for m := range int64(40) {
		part := new(Facts)
		for i := range n {
			a := netip.AddrFrom4([4]byte{198, 18, byte(i >> 8), byte(i)})
			for c := range connections {
				observe(part, a, day.UnixMicro()+m*minute+int64(c)*3*second, 2000+int(m)*100+c)
			}
		}
		if m == 20 {
			for c := range 300 {
				observe(part, netip.MustParseAddr("192.0.2.1"), day.UnixMicro()+m*minute+int64(c)*second/60, 40000+c)
			}
		}
		f.Merge(part)
	}
	return f
}

// Past maxClientBytes those who matter least are known by their busiest times
// only; who matters is known exactly, and so is who was judged by those times.
func TestClientsAreThinned(t *testing.T) {
	const crowd, connections = 2000, 9
	f := crowdOf(crowd, connections)
	sum := 0
	for _, c := range f.Clients.List {
		sum += c.bytes()
		l := loadOf(c, 0, 1<<62)
		switch want := connections; {
		case c.Addr == netip.MustParseAddr("192.0.2.1"):
			if l.Ports != 300 || c.Events != 300 {
				t.Errorf("the flood has %d connections at once and %d lines, want 300", l.Ports, c.Events)
			}
		case c.Events != int64(40*want):
			t.Fatalf("%s has %d lines, want %d", c.Addr, c.Events, 40*want)
		case l.Ports < 4 || l.Ports > want: // within ten seconds
			t.Fatalf("%s has %d connections at once", c.Addr, l.Ports)
		}
	}
	if len(f.Clients.List) != crowd+1 || f.Clients.Thin == 0 || sum > maxClientBytes*5/4 {
		t.Errorf("%d clients of %d bytes, %d thinned; want %d of at most %d bytes", len(f.Clients.List), sum, f.Clients.Thin, crowd+1, maxClientBytes)
	}
	r := Judge(f, judgeOptions([]logFile{{name: "error.log"}}))
	if blind := strings.Join(r.Blind, "\n"); !strings.Contains(blind, "only the busiest times were kept") {
		t.Errorf("the report does not say what was left out: %s", blind)
	}
	same(t, "the same chunks", dump(crowdOf(crowd, connections)), dump(f))
}

// Who has requests in an access log only, and many, is nobody to be folded.
func TestBusyVisitorsAreNotFolded(t *testing.T) {
	f := new(Facts)
	part := new(Facts)
	var b strings.Builder
	for i := range maxClients + 2*newClients {
		for _, a := range []string{"192.0.2.9", fmt.Sprintf("2001:db8::%x", i)} {
			fmt.Fprintf(&b, "%s - - [14/Mar/2026:07:00:00 +0000] \"GET / HTTP/1.1\" 200 5 \"-\" \"-\"\n", a)
		}
	}
	s := parser.NewScanner(parser.Options{})
	for s.Reset([]byte(b.String()), 1, 0); s.Next(); {
		part.Observe(0, s.Event())
	}
	f.Merge(part)
	if n := len(f.Clients.List); n > maxClients+newClients || f.Clients.Folded == 0 {
		t.Errorf("%d clients are kept, %d folded", n, f.Clients.Folded)
	}
	if c := f.Clients.byAddr[addressOf(netip.MustParseAddr("192.0.2.9"))]; c == nil || c.Web.Requests != maxClients+2*newClients {
		t.Errorf("the busy visitor is not known: %+v", c)
	}
	if f.Clients.Most > 2 {
		t.Errorf("a client of %d lines was folded", f.Clients.Most)
	}
}

// The slots of all kinds together are bounded, in any order.
func TestTimelineIsBounded(t *testing.T) {
	var kinds []*parser.Kind
	for _, k := range parser.Kinds {
		if k != parser.Unknown && k != parser.AccessRequest && len(kinds) < 80 {
			kinds = append(kinds, k)
		}
	}
	observe := func(from, step int) *Facts {
		f := new(Facts)
		for n := range maxSlots {
			for i := range kinds {
				e := eventOf(kinds[(from+step*i)%len(kinds)], day.UnixMicro()+int64(n)*second, "", -1, 7)
				f.Timeline.observe(Place{0, int64(n)}, e)
			}
		}
		return f
	}
	f := observe(0, 1)
	all := 0
	for _, k := range kinds {
		all += len(f.Timeline.Of(k))
	}
	if all > maxAllSlots || all < maxAllSlots/4 {
		t.Errorf("%d slots are kept, want at most %d", all, maxAllSlots)
	}
	want := dump(f)
	same(t, "in another order", dump(observe(7, 3)), want)
	parts := new(Facts)
	half := new(Facts)
	for n := range maxSlots {
		for i, k := range kinds {
			to := parts
			if (n+i)%3 == 0 {
				to = half
			}
			to.Timeline.observe(Place{0, int64(n)}, eventOf(k, day.UnixMicro()+int64(n)*second, "", -1, 7))
		}
	}
	parts.Merge(half)
	same(t, "merged", dump(parts), want)
}

// A table of more processes than any machine has keeps those that hold most.
func TestTaskTableIsBounded(t *testing.T) {
	var m Memory
	for i := range int64(5 * maxRows) {
		m.row(1, []byte(fmt.Sprintf("p%d", i%9000)), i, Held{RSS: i})
	}
	rows := 0
	for _, pids := range m.Tables[1].Programs {
		rows += len(pids)
	}
	if last := int64(5*maxRows - 1); rows > 2*maxRows || m.Tables[1].Programs[fmt.Sprintf("p%d", last%9000)][last].RSS != last {
		t.Errorf("%d rows are kept, at most %d, and the largest is among them", rows, 2*maxRows)
	}
}

// A chunk of the last of ten thousand logs costs no more than one of the first.
func TestCoverageOfManyLogs(t *testing.T) {
	f, part := new(Facts), new(Facts)
	e := eventOf(dbStart, day.UnixMicro(), "", -1, 7)
	e.Raw = []byte("x")
	for i := range 10000 {
		part.Reset()
		part.Observe(i, e)
		if len(part.Coverage.Inputs) != 1 {
			t.Fatalf("a chunk of log %d has the facts of %d logs", i, len(part.Coverage.Inputs))
		}
		f.Merge(part)
	}
	if n := len(f.Coverage.Inputs); n != 10000 || f.Coverage.First != 0 || f.Coverage.Inputs[9999].Events != 1 || f.Coverage.Inputs[0].Events != 1 {
		t.Errorf("the facts of %d logs, from %d on", n, f.Coverage.First)
	}
}

// What a server does every night at the same minute is no clock that is a day off.
func TestNightlyRestartsAreNoClockShift(t *testing.T) {
	f := new(Facts)
	for night := range int64(2) {
		at := day.Unix() + night*86400
		log := fmt.Sprintf("[%s] [mpm_prefork:notice] [pid 7:tid 7] AH00169: caught SIGTERM, shutting down\n"+
			"[%s] [mpm_prefork:notice] [pid 9:tid 9] AH00163: Apache/2.4.57 (Debian) configured -- resuming normal operations\n", stamp(at, 0), stamp(at+1, 0))
		part{int(night), []byte(log), 1, 0}.observe(f, parser.Options{})
	}
	if shifts := f.ClockShifts(); len(shifts) > 0 {
		t.Errorf("two nights of one server are taken for clocks that differ: %+v", shifts)
	}
}

// Logs of different weeks share what the server does at fixed times; logs of one hour
// whose clocks are of two zones share all of it.
func TestClocksOfOtherWeeks(t *testing.T) {
	restarts := func(hours []int64, from, days, ahead int64) *Facts {
		f := new(Facts)
		var errors, syslog strings.Builder
		for night := range days {
			for _, h := range hours {
				at := day.Unix() + night*86400 + h*300 + h%7
				fmt.Fprintf(&errors, "[%s] [mpm_prefork:notice] [pid 7:tid 7] AH00169: caught SIGTERM, shutting down\n"+
					"[%s] [mpm_prefork:notice] [pid 9:tid 9] AH00163: Apache/2.4.57 (Debian) configured -- resuming normal operations\n", stamp(at, 0), stamp(at+1, 0))
				at += from + ahead
				iso := func(at int64) string { return time.Unix(at, 0).UTC().Format("2006-01-02T15:04:05.000000+00:00") }
				fmt.Fprintf(&syslog, "%s web systemd[1]: Stopping apache2.service - The Apache HTTP Server...\n"+
					"%s web systemd[1]: Stopped apache2.service - The Apache HTTP Server.\n"+
					"%s web systemd[1]: Started apache2.service - The Apache HTTP Server.\n", iso(at), iso(at), iso(at+1))
			}
		}
		part{0, []byte(errors.String()), 1, 0}.observe(f, parser.Options{})
		part{1, []byte(syslog.String()), 1, 0}.observe(f, parser.Options{})
		return f
	}
	if shifts := restarts([]int64{0, 77, 144, 216}, 14*86400, 14, 0).ClockShifts(); len(shifts) > 0 {
		t.Errorf("logs of different weeks are taken for clocks that differ: %+v", shifts)
	}
	shifts := restarts([]int64{0, 2, 3, 7}, 0, 1, 7200).ClockShifts()
	if len(shifts) != 1 || shifts[0].Input != 1 || shifts[0].Shift != -2*hour {
		t.Errorf("two hours between the clocks of one hour's logs: %+v", shifts)
	}
}

// A worker's ledger keeps the room of earlier chunks, and which worker gets which
// chunk is chance: it must not decide whom a large log's report knows in full.
func TestRoomCountsForNothing(t *testing.T) {
	facts := func(room int) *ClientFacts {
		c := &ClientFacts{Addr: netip.MustParseAddr("192.0.2.1"), Events: 1, Width: slotWidth, Web: newWeb()}
		c.Slots, c.Touches = make([]ClientSlot, 0, room), make([]Touch, 0, room)
		c.Targets.Hashes, c.Web.Pages.Slots = make([]uint64, 0, room), make([]Slot, 0, room)
		c.touch(c.slot(second), Touch{second, second, 1, 1})
		c.Targets.add(1)
		c.Web.Pages.add(Slot{Count: 1, First: second, Last: second})
		return c
	}
	if a, b := facts(0).bytes(), facts(64).bytes(); a != b {
		t.Errorf("the same client takes %d bytes, or %d with more room", a, b)
	}
}

// All that is kept of a client in lists gets thinner with it.
func TestThinWeb(t *testing.T) {
	c := &ClientFacts{Events: 1, Web: newWeb()}
	for _, d := range []*Distinct{&c.Web.deeds().Missing, &c.Web.Probes, &c.Web.Crafted} {
		for i := range 2 * thinDistinct {
			d.add(uint64(i))
		}
	}
	before := c.bytes()
	c.thin()
	if freed, want := before-c.bytes(), 3*8*thinDistinct; freed < want {
		t.Errorf("thinning a client freed %d bytes, want at least %d", freed, want)
	}
}
