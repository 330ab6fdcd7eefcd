package analyze

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/logsleuth/logsleuth/parser"
)

// cut parts logs at n places before records.
func cut(logs []logFile, n int, rnd *rand.Rand) (parts []part) {
	for i, l := range logs {
		var starts []part // with where the record begins
		line, offset := int64(1), int64(0)
		for text := range bytes.Lines(l.text) {
			if offset > 0 && parser.Starts(text) {
				starts = append(starts, part{line: line, offset: offset})
			}
			line, offset = line+1, offset+int64(len(text))
		}
		at := map[int64]int64{0: 1}
		for range min(n, len(starts)) {
			s := starts[rnd.IntN(len(starts))]
			at[s.offset] = s.line
		}
		offsets := make([]int64, 0, len(at)+1)
		for o := range at {
			offsets = append(offsets, o)
		}
		offsets = append(offsets, int64(len(l.text)))
		slices.Sort(offsets)
		for j, o := range offsets[:len(offsets)-1] {
			parts = append(parts, part{i, l.text[o:offsets[j+1]], at[o], o})
		}
	}
	return parts
}

// grouped merges facts in a random order and grouping.
func grouped(facts []*Facts, rnd *rand.Rand) *Facts {
	rnd.Shuffle(len(facts), func(i, j int) { facts[i], facts[j] = facts[j], facts[i] })
	for len(facts) > 1 {
		i := rnd.IntN(len(facts) - 1)
		facts[i].Merge(facts[i+1])
		facts = append(facts[:i+1], facts[i+2:]...)
	}
	return facts[0]
}

// throughGob saves facts and loads them.
func throughGob(tb testing.TB, f *Facts) *Facts {
	tb.Helper()
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(f); err != nil {
		tb.Fatal(err)
	}
	g := new(Facts)
	if err := gob.NewDecoder(&b).Decode(g); err != nil {
		tb.Fatal(err)
	}
	return g
}

// lawfulLogs are logs that stay within every budget that folds.
func lawfulLogs(tb testing.TB) map[string][]logFile {
	all := make(map[string][]logFile)
	for _, name := range cases {
		all[name] = caseLogs(tb, name)
	}
	for seed := range uint64(4) {
		spread := []int64{60, 3600, 40 * 86400, 3 * 365 * 86400}[seed]
		all[fmt.Sprintf("random-%d", seed)] = randomLogs(seed, fewer(2400), spread)
	}
	all["crowd"] = crowdLogs()
	all["web"] = webLogs()
	return all
}

// randomLogs are logs of all kinds of lines in no good order, over a number of seconds.
func randomLogs(seed uint64, n int, spread int64) []logFile {
	rnd := rand.New(rand.NewPCG(seed, 1))
	var errors, sys, access bytes.Buffer
	clients := make([]string, 40)
	for i := range clients {
		clients[i] = fmt.Sprintf("198.51.100.%d", i)
		if i%5 == 0 {
			clients[i] = fmt.Sprintf("2001:db8::%x", i)
		}
	}
	paths := []string{"/srv/www/.env", "/srv/www/a/b.php", "/srv/www/\xff\xfe", "/srv/www/" + strings.Repeat("é", 80), "/srv/www/caf\u00e9?x=1", "/x"}
	frames := make(map[*parser.Kind]string)
	for _, k := range parser.Kinds {
		if k.Role != parser.State {
			continue
		}
		for _, s := range k.Samples {
			frames[k] = s
		}
	}
	start := day.Unix()
	for range n {
		t := start + rnd.Int64N(spread)
		client := clients[rnd.IntN(1+rnd.IntN(len(clients)))]
		pid := 1000 + rnd.IntN(60)
		port := 30000 + rnd.IntN(400)
		if rnd.IntN(20) == 0 {
			port = 0
		}
		frame := func(module string) string {
			return fmt.Sprintf("[%s] [%s] [pid %d:tid %d] [client %s:%d] ", stamp(t, rnd.Int64N(3)*250_000), module, pid, pid, client, port)
		}
		requests := []string{
			`"GET / HTTP/1.1" 200 5 "https://www.example.org/" "Mozilla/5.0"`, `"GET /a.css HTTP/1.1" 200 5 "https://www.example.org/" "Mozilla/5.0"`,
			`"GET /b.png HTTP/1.1" 304 - "-" "Mozilla/5.0"`, `"GET /.env HTTP/1.1" 404 5 "-" "curl/8.5.0"`, `"-" 408 - "-" "-"`,
			`"POST /wp-login.php HTTP/1.1" 200 5 "-" "x"`, `"POST /wp-login.php HTTP/1.1" 302 5 "-" "x"`, `"POST /xmlrpc.php HTTP/1.1" 200 5 "-" "x"`,
			`"POST /wp-content/uploads/x.php HTTP/1.1" 200 5 "-" "x"`, `"POST /wp-cron.php?doing_wp_cron=1 HTTP/1.1" 200 - "-" "WordPress/6.1; https://www.example.org"`,
		}
		fmt.Fprintf(&access, "%s - - [%s] %s\n", client, time.Unix(t, 0).UTC().Format("02/Jan/2006:15:04:05 +0000"), requests[rnd.IntN(len(requests))])
		switch rnd.IntN(12) {
		case 0:
			fmt.Fprintf(&errors, "%sAH00128: File does not exist: %s%d\n", frame("core:info"), paths[rnd.IntN(len(paths))], rnd.IntN(2))
		case 1:
			fmt.Fprintf(&errors, "%sAH00128: File does not exist: %s\n", frame("core:info"), paths[rnd.IntN(len(paths))])
		case 2:
			fmt.Fprintf(&errors, "%sAH01618: user u%d not found: /private/\n", frame("auth_basic:error"), rnd.IntN(9))
		case 3, 4, 5:
			fmt.Fprintf(&errors, "%sWordPress database error MySQL server has gone away for query SELECT %d made by require('wp-blog-header.php'), include_once('/plugins/p%d/p.php'), get_option\n",
				frame("php:notice"), rnd.IntN(3), rnd.IntN(20))
		case 6:
			fmt.Fprintf(&errors, "%sPHP Fatal error:  Uncaught Error: x in /srv/wp-content/plugins/q%d/q.php on line 3, referer: http://www.example.org/\n", frame("php:error"), rnd.IntN(5))
		case 7:
			fmt.Fprintf(&errors, "what nobody knows %d \xff\n", rnd.IntN(50))
		case 8:
			fmt.Fprintf(&errors, "[%s] [core:warn] [pid 900:tid 900] AH00045: child process %d still did not exit, sending a SIGTERM\n", stamp(t, 0), pid)
		case 9:
			fmt.Fprintf(&sys, "%s host kernel: [ 1.0] Out of memory: Killed process %d (apache2) total-vm:1kB, anon-rss:%dkB, file-rss:0kB, shmem-rss:0kB, UID:1\n", iso(t), pid, rnd.IntN(90000))
		case 10:
			fmt.Fprintf(&sys, "%s host kernel: [ 1.0] [   %d]    33  %d    48734    %d     9001     3240       106   278528        0             0 apache2\n", iso(t), pid, pid, rnd.IntN(90000))
		case 11:
			fmt.Fprintf(&sys, "%s host systemd[1]: unit%d.service: Failed with result 'signal'.\n", iso(t), rnd.IntN(5))
		}
	}
	return []logFile{{"error.log", errors.Bytes()}, {"syslog", sys.Bytes()}, {"access.log", access.Bytes()}}
}

// crowdLogs go past the bounds of what is kept about one client and one origin:
// connections in one slot, targets, clients of one chain.
func crowdLogs() []logFile {
	rnd := rand.New(rand.NewPCG(7, 7))
	var b bytes.Buffer
	for i := range 1500 {
		t := day.Unix() + int64(i/800)
		frame := fmt.Sprintf("[%s] [php:notice] [pid %d:tid 1]", stamp(t, int64(i)), 1000+rnd.IntN(300))
		fmt.Fprintf(&b, "%s [client 198.51.100.7:%d] AH00128: File does not exist: /srv/www/%d.php\n", frame, 1024+rnd.IntN(60000), rnd.IntN(1<<30))
		fmt.Fprintf(&b, "%s [client 198.18.%d.%d:%d] WordPress database error MySQL server has gone away for query SELECT 1 made by require('wp-blog-header.php'), include_once('/plugins/p/p.php'), get_option\n",
			frame, rnd.IntN(8), rnd.IntN(256), 1024+rnd.IntN(60000))
	}
	return []logFile{{"error.log", b.Bytes()}}
}

// webLogs are access logs of all that is kept about requests, from few addresses
// of a network of each family and from browsers.
func webLogs() []logFile {
	rnd := rand.New(rand.NewPCG(11, 7))
	s := new(script)
	s.hum(0, 3600)
	browsers(s, 0, 3600, 30)
	asked := []struct {
		method, path string
		status       int
	}{
		{"GET", "/", 200}, {"GET", "/a.png", 200}, {"GET", "/b.css", 304}, {"GET", "/gone-%s/", 404}, {"GET", "/x%s.php", 404}, {"GET", "/%s.sql", 403},
		{"POST", "/wp-login.php", 200}, {"POST", "/wp-login.php", 302}, {"POST", "/xmlrpc.php", 200}, {"POST", "/wp-content/uploads/x.php", 200}, {"GET", "/", 408},
	}
	for range 1500 {
		a := asked[rnd.IntN(len(asked))]
		from := []string{"-", "https://example.org/"}[rnd.IntN(2)]
		addr := fmt.Sprintf([]string{"198.51.100.%d", "2001:db8::%x", "2001:db8:0:%x::1"}[rnd.IntN(3)], 1+rnd.IntN(9))
		path := a.path
		if strings.Contains(path, "%s") {
			path = fmt.Sprintf(path, lettered(rnd.IntN(90)))
		}
		s.requestFrom(3600*rnd.Float64(), addr, a.method, path, a.status, fmt.Sprintf("Mozilla/%d.0", rnd.IntN(9)), from)
	}
	return s.logs()
}

// The laws: facts of parts merge into those of the whole, for any cut, order and
// grouping; nothing is added to nothing; what was used before leaves no trace;
// saved and loaded is the same; and nothing borrowed is kept.
func TestLaws(t *testing.T) {
	for name, logs := range lawfulLogs(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, jo := options(logs), judgeOptions(logs)
			f := whole(logs)
			want, wantResult := dump(f), conclusion(t, f, jo)
			check := func(what string, f *Facts) {
				t.Helper()
				same(t, what, dump(f), want)
				same(t, what+": result", conclusion(t, f, jo), wantResult)
			}
			check("judged twice", f)

			rnd := rand.New(rand.NewPCG(3, 9))
			used := make([]*Facts, 0, 128)
			for round := range 2 + fewer(4) {
				parts := cut(logs, 1<<round, rnd)
				facts := make([]*Facts, len(parts))
				for i, p := range parts {
					if len(used) > i && round%2 == 1 { // what the last round left, with its room
						facts[i] = used[i]
						facts[i].Reset()
					} else {
						facts[i] = new(Facts)
					}
					p.observe(facts[i], o)
				}
				saved := make([]*Facts, len(facts))
				for i := range facts {
					saved[i] = throughGob(t, facts[i])
				}
				keep := append([]*Facts(nil), facts...)
				check(fmt.Sprintf("%d parts", len(parts)), grouped(facts, rnd))
				check(fmt.Sprintf("%d parts, saved", len(parts)), grouped(saved, rnd))
				used = append(used[:0], keep...)
			}

			zero := new(Facts)
			zero.Merge(whole(logs))
			check("0+a", zero)
			zero.Merge(new(Facts))
			check("a+0", zero)
			check("saved and loaded", throughGob(t, f))
			check("saved after it was judged", throughGob(t, whole(logs)))

			again := throughGob(t, f)
			again.Reset()
			for i, l := range logs {
				part{i, l.text, 1, 0}.observe(again, o)
			}
			check("used, saved, emptied, used again", again)
		})
	}
}

// Facts of half a log that were saved go on where they were.
func TestObserveOnLoaded(t *testing.T) {
	for _, logs := range [][]logFile{caseLogs(t, "flood"), randomLogs(5, 2000, 86400)} {
		o := options(logs)
		f := new(Facts)
		for _, p := range cut(logs, 3, rand.New(rand.NewPCG(1, 1))) {
			p.observe(f, o)
			f = throughGob(t, f)
		}
		same(t, "observed on loaded facts", dump(f), dump(whole(logs)))
	}
}

// Those ledgers whose keys JSON can write are the same after it.
func TestJSON(t *testing.T) {
	logs := caseLogs(t, "flood")
	f := whole(logs)
	g := throughGob(t, f)
	for name, pair := range map[string][2]any{
		"timeline":   {&f.Timeline, &g.Timeline},
		"journal":    {&f.Journal, &g.Journal},
		"clients":    {&f.Clients, &g.Clients},
		"components": {&f.Components, &g.Components},
		"memory":     {&f.Memory, &g.Memory},
	} {
		b, err := json.Marshal(pair[0])
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		switch into := pair[1].(type) {
		case *Timeline:
			*into = Timeline{}
		case *Journal:
			*into = Journal{}
		case *Clients:
			*into = Clients{}
		case *Components:
			*into = Components{}
		case *Memory:
			*into = Memory{}
		}
		if err := json.Unmarshal(b, pair[1]); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	same(t, "through JSON", dump(g), dump(f))
	same(t, "through JSON, judged", conclusion(t, g, judgeOptions(logs)), conclusion(t, f, judgeOptions(logs)))
}

// An event as a ledger takes it, without a line.
func eventOf(k *parser.Kind, t int64, client string, port int32, pid int64) *parser.Event {
	e := &parser.Event{Kind: k, Time: t, Stamp: parser.StampTime, PID: pid, ClientPort: port}
	if client != "" {
		e.Client = netip.MustParseAddr(client)
	}
	return e
}

// Each ledger past its bounds: order must still not show, and it must stay bounded.
func TestLawsPastBounds(t *testing.T) {
	type entry struct {
		p Place
		e *parser.Event
	}
	second := func(n int) int64 { return day.UnixMicro() + int64(n)*second }
	for _, test := range []struct {
		name   string
		events func(rnd *rand.Rand) []entry
		check  func(t *testing.T, f *Facts)
	}{{
		name: "timeline", // more slots than maxSlots, then over years
		events: func(rnd *rand.Rand) (list []entry) {
			for i := range 9000 {
				n := i * 3
				if i > 8000 {
					n = rnd.IntN(1 << 28)
				}
				list = append(list, entry{Place{0, int64(i)}, eventOf(dbStart, second(n), "", -1, 7)})
			}
			return list
		},
		check: func(t *testing.T, f *Facts) {
			if n := len(f.Timeline.Series[dbStart.ID()].Slots); n > maxSlots || n < maxSlots/4 {
				t.Errorf("%d slots, at most %d", n, maxSlots)
			}
			if n := len(f.Journal.Of(dbStart)); n != 2*keepEntries {
				t.Errorf("%d entries in the journal, want %d", n, 2*keepEntries)
			}
		},
	}, {
		name: "client slots", // one client over days
		events: func(rnd *rand.Rand) (list []entry) {
			for i := range 4000 {
				list = append(list, entry{Place{0, int64(i)}, eventOf(dbGone, second(i*i/16), "192.0.2.1", int32(rnd.IntN(60000)), int64(1+rnd.IntN(40)))})
			}
			return list
		},
		check: func(t *testing.T, f *Facts) {
			c := f.Clients.List[0]
			if len(c.Slots) > maxClientSlots || c.Width == slotWidth {
				t.Errorf("%d slots of %d", len(c.Slots), c.Width)
			}
		},
	}, {
		name: "touches", // more connections in a slot than maxTouches
		events: func(rnd *rand.Rand) (list []entry) {
			for i := range 3000 {
				list = append(list, entry{Place{0, int64(i)}, eventOf(dbGone, second(i%8), "192.0.2.1", int32(rnd.IntN(60000)), int64(1+rnd.IntN(40)))})
			}
			return list
		},
		check: func(t *testing.T, f *Facts) {
			for _, s := range f.Clients.List[0].Slots {
				if s.Touches != maxTouches {
					t.Errorf("%d touches, want %d", s.Touches, maxTouches)
				}
			}
		},
	}, {
		name: "workers in time", // more stretches than maxVisits
		events: func(rnd *rand.Rand) (list []entry) {
			for i := range maxVisits + 2000 {
				list = append(list, entry{Place{0, int64(i)}, eventOf(dbGone, second(i*700), "192.0.2.1", 9, int64(1+i%3))})
			}
			return list
		},
		check: func(t *testing.T, f *Facts) {
			if n := len(f.Workers.List); n > maxVisits || n < maxVisits/4 || f.Workers.Width == visitWidth {
				t.Errorf("%d visits of width %d, at most %d", n, f.Workers.Width, maxVisits)
			}
		},
	}, {
		name: "workers", // more processes than maxVisits: no stretch is long enough
		events: func(rnd *rand.Rand) (list []entry) {
			for i := range maxVisits + 2000 {
				list = append(list, entry{Place{0, int64(i)}, eventOf(dbGone, second(i), "192.0.2.1", 9, int64(1+i))})
			}
			return list
		},
		check: func(t *testing.T, f *Facts) {
			if n := len(f.Workers.List); n > maxVisits || n < maxVisits/4 {
				t.Errorf("%d visits, at most %d", n, maxVisits)
			}
		},
	}, {
		name: "the edge of time", // 1970, and before it
		events: func(rnd *rand.Rand) (list []entry) {
			for i := range 400 {
				list = append(list, entry{Place{0, int64(i)}, eventOf(dbGone, int64(rnd.IntN(5)-2)*2*1e6, "192.0.2.1", 9, 7)})
				list = append(list, entry{Place{0, int64(i)}, eventOf(dbStart, int64(rnd.IntN(5)-2)*3600*1e6, "", -1, 7)})
			}
			return list
		},
	}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			rnd := rand.New(rand.NewPCG(11, 11))
			list := test.events(rnd)
			observe := func(list []entry) *Facts {
				f := new(Facts)
				for _, x := range list {
					x.e.Line = x.p.Line
					f.Observe(int(x.p.Input), x.e)
				}
				return f
			}
			inOrder := observe(list)
			want := dump(inOrder)
			if test.check != nil {
				test.check(t, inOrder)
			}
			for round := range fewer(3) {
				if round > 0 {
					rnd.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
				}
				same(t, "in another order", dump(observe(list)), want)
				var facts []*Facts
				for from := 0; from < len(list); {
					to := min(len(list), from+1+rnd.IntN(len(list)/2))
					facts = append(facts, observe(list[from:to]))
					from = to
				}
				same(t, fmt.Sprintf("%d parts", len(facts)), dump(grouped(facts, rnd)), want)
			}
		})
	}
}

// Past maxClients the least are folded: memory stays bounded, heavy clients stay
// exact, every event is counted once, and the same chunks give the same facts.
func TestClientsFold(t *testing.T) {
	const crowd, heavy, chunks = 70000, 50, 7
	addr := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{198, 18 + byte(i>>16), byte(i >> 8), byte(i)}) }
	gather := func() *Facts {
		f := new(Facts)
		line := int64(0)
		for c := range chunks {
			chunk := new(Facts)
			e := eventOf(dbGone, 0, "", 9, 7)
			for i := c * crowd / chunks; i < (c+1)*crowd/chunks; i++ {
				for _, a := range []netip.Addr{addr(i), netip.AddrFrom4([4]byte{192, 0, 2, byte(i % heavy)})} {
					line++
					e.Client, e.Line, e.Time = a, line, day.UnixMicro()+line
					chunk.Clients.observe(Place{0, line}, e)
				}
			}
			f.Merge(chunk)
			if n := len(f.Clients.List); n > 2*maxClients+1 || len(f.Clients.byAddr) != n {
				t.Fatalf("%d clients are kept, %d are found by address", n, len(f.Clients.byAddr))
			}
		}
		return f
	}
	f := gather()
	if got := int64(len(f.Clients.List)) + f.Clients.Folded; got != crowd+heavy {
		t.Errorf("%d clients kept and %d folded, want %d together", len(f.Clients.List), f.Clients.Folded, crowd+heavy)
	}
	events := f.Clients.Others.Count(dbGone)
	for _, c := range f.Clients.List {
		events += c.Events
		if c.Addr.As4()[0] == 192 && c.Events != crowd/heavy {
			t.Errorf("%s has %d events, want %d", c.Addr, c.Events, crowd/heavy)
		}
	}
	if events != 2*crowd {
		t.Errorf("%d events kept, want %d", events, 2*crowd)
	}
	if f.Clients.Others.Count(dbGone) != f.Clients.Folded {
		t.Errorf("%d clients of one event were folded, with %d events", f.Clients.Folded, f.Clients.Others.Count(dbGone))
	}
	same(t, "folded twice", dump(gather()), dump(f))
	f.Clients.reset()
	if len(f.Clients.List) != 0 || len(f.Clients.byAddr) > 2*maxClients || f.Clients.Folded != 0 {
		t.Error("a reset leaves clients behind")
	}
}

func TestComponentsFold(t *testing.T) {
	const origins, chunks = 9000, 9
	gather := func() *Facts {
		f := new(Facts)
		s := parser.NewScanner(parser.Options{})
		for c := range chunks {
			var b bytes.Buffer
			for i := c * origins / chunks; i < (c+1)*origins/chunks; i++ {
				for _, n := range []int{i + 10, i % 10} {
					fmt.Fprintf(&b, "[%s] [php:error] [pid 7:tid 7] [client 198.51.100.7:4000] PHP Fatal error:  Uncaught Error: x in /srv/wp-content/plugins/p%d/p.php on line 3\n", stamp(day.Unix(), int64(i)), n)
				}
			}
			chunk := new(Facts)
			s.Reset(b.Bytes(), int64(c)*2*origins+1, 0)
			for s.Next() {
				chunk.Observe(0, s.Event())
			}
			f.Merge(chunk)
			if n := len(f.Components.List); n > 2*maxOrigins+1 || len(f.Components.byCode) != n {
				t.Fatalf("%d origins are kept, %d are found by code", n, len(f.Components.byCode))
			}
		}
		return f
	}
	f := gather()
	events := f.Components.Folded
	heavy := 0
	for _, o := range f.Components.List {
		events += o.events()
		if o.events() == origins/10 {
			heavy++
		}
	}
	if events != 2*origins || heavy != 10 {
		t.Errorf("%d events and %d heavy origins, want %d and 10", events, heavy, 2*origins)
	}
	same(t, "folded twice", dump(gather()), dump(f))

	// Within one chunk too it stays bounded.
	one := new(Facts)
	s := parser.NewScanner(parser.Options{})
	var b bytes.Buffer
	for i := range 4 * maxOrigins {
		fmt.Fprintf(&b, "[%s] [php:error] [pid 7:tid 7] [client 198.51.100.7:4000] PHP Fatal error:  Uncaught Error: x in /srv/wp-content/plugins/p%d/p.php on line 3\n", stamp(day.Unix(), int64(i)), i)
	}
	for s.Reset(b.Bytes(), 1, 0); s.Next(); {
		one.Observe(0, s.Event())
	}
	if n := len(one.Components.List); n > 2*maxOrigins+1 {
		t.Errorf("%d origins of one chunk are kept", n)
	}
}

// Memory reports past maxTables leave the earliest.
func TestMemoryBounds(t *testing.T) {
	var lines []string
	for i := range 3 * maxTables {
		for p := range 2 {
			lines = append(lines, fmt.Sprintf("%s host kernel: [ 1.0] [   %d]    33  %d    48734    %d     9001     3240       106   278528        0             0 apache2\n", iso(day.Unix()+int64(i)), 7+p, 7+p, 100+i))
		}
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	read := func() *Facts { return whole([]logFile{{"syslog", []byte(strings.Join(lines, ""))}}) }
	f := read()
	if len(f.Memory.Tables) != maxTables || f.Memory.Tables[day.Unix()] == nil {
		t.Errorf("%d tables, want the first %d", len(f.Memory.Tables), maxTables)
	}
	memory := func(f *Facts) string {
		d := dump(f)
		return d[strings.LastIndex(d, "\nmemory"):]
	}
	want := memory(f)
	for range 3 {
		rnd.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		same(t, "in another order", memory(read()), want)
	}
}

func FuzzMerge(f *testing.F) {
	for _, name := range cases {
		for _, l := range caseLogs(f, name) {
			f.Add(l.text[:min(len(l.text), 3000)], uint64(1))
		}
	}
	f.Add(randomLogs(1, 20, 100)[0].text, uint64(2))
	f.Fuzz(func(t *testing.T, text []byte, seed uint64) {
		logs := []logFile{{"error.log", text}}
		o := parser.Options{}
		rnd := rand.New(rand.NewPCG(seed, seed))
		all := new(Facts)
		part{0, text, 1, 0}.observe(all, o)
		var facts []*Facts
		for _, p := range cut(logs, 4, rnd) {
			g := new(Facts)
			p.observe(g, o)
			facts = append(facts, g)
		}
		merged := grouped(facts, rnd)
		same(t, "merged", dump(merged), dump(all))
		same(t, "judged", conclusion(t, merged, judgeOptions(logs)), conclusion(t, all, judgeOptions(logs)))
		same(t, "saved", dump(throughGob(t, merged)), dump(all))
	})
}
