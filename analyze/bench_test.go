package analyze

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"

	"github.com/logsleuth/logsleuth/parser"
)

// floodText is the flood's logs in one, each as often as makes about size bytes.
func floodText(tb testing.TB, size int) []byte {
	var one []byte
	for _, l := range caseLogs(tb, "flood") {
		one = append(one, l.text...)
	}
	return bytes.Repeat(one, max(1, size/len(one)))
}

// gather enters text into facts and gives its number of lines.
func gather(f *Facts, s *parser.Scanner, text []byte) (lines int) {
	for s.Reset(text, 1, 0); s.Next(); lines++ {
		f.Observe(0, s.Event())
	}
	return lines
}

// BenchmarkTally is one worker's day: frame, stamp, classify and enter lines, in
// chunks, into facts used before.
func BenchmarkTally(b *testing.B) {
	text := floodText(b, 64<<20)
	s, f := parser.NewScanner(options(caseLogs(b, "flood"))), new(Facts)
	lines := gather(f, s, text)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for b.Loop() {
		f.Reset()
		gather(f, s, text)
	}
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.Mallocs-before.Mallocs)/float64(b.N)/float64(lines), "allocs/line")
}

// BenchmarkObserve is the ledgers' share of it.
func BenchmarkObserve(b *testing.B) {
	text := floodText(b, 1)
	s, f := parser.NewScanner(options(caseLogs(b, "flood"))), new(Facts)
	var events []parser.Event
	for s.Reset(text, 1, 0); s.Next(); {
		events = append(events, *s.Event())
	}
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		for i := range events {
			f.Observe(0, &events[i])
		}
	}
}

// BenchmarkMerge adds a chunk's facts to those of the chunks before.
func BenchmarkMerge(b *testing.B) {
	for _, name := range cases {
		b.Run(name, func(b *testing.B) {
			logs := caseLogs(b, name)
			f := new(Facts)
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer() // what a part holds becomes the whole's
				part := whole(logs)
				b.StartTimer()
				f.Merge(part)
			}
		})
	}
}

func BenchmarkJudge(b *testing.B) {
	for _, name := range cases {
		b.Run(name, func(b *testing.B) {
			logs := caseLogs(b, name)
			f, o := whole(logs), judgeOptions(logs)
			b.ReportAllocs()
			for b.Loop() {
				Judge(f, o)
			}
		})
	}
}

// A worker's steady state allocates nothing: facts that were emptied have room,
// so a chunk of ten times the lines costs no more than one.
func TestTallyAllocates(t *testing.T) {
	s, f := parser.NewScanner(options(caseLogs(t, "flood"))), new(Facts)
	allocs := func(text []byte) float64 {
		return testing.AllocsPerRun(3, func() { f.Reset(); gather(f, s, text) })
	}
	one, ten := floodText(t, 1), floodText(t, 10*len(floodText(t, 1)))
	few, many := allocs(one), allocs(ten)
	if lines := bytes.Count(ten, []byte("\n")); many > few+10 || many > float64(lines)/50 {
		t.Errorf("%.0f allocations for %d lines, %.0f for a tenth", many, lines, few)
	}
}

// Ten times the log, the same memory.
func TestTallyIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 200 MB")
	}
	const chunk = 4 << 20
	text := floodText(t, chunk)
	s, f := parser.NewScanner(options(caseLogs(t, "flood"))), new(Facts)
	part := new(Facts)
	heap := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	line := int64(1)
	read := func(bytes int) {
		for n := 0; n < bytes; n += len(text) {
			part.Reset()
			for s.Reset(text, line, int64(n)); s.Next(); line++ {
				part.Observe(0, s.Event())
			}
			f.Merge(part)
		}
	}
	small, large := 50<<20, 200<<20
	if raceEnabled {
		small, large = small/5, large/5
	}
	read(small)
	before := heap()
	read(large - small)
	if grown := heap() - before; grown > 2<<20 {
		t.Errorf("the heap grew by %d kB between %d and %d MB", grown>>10, small>>20, large>>20)
	}
	runtime.KeepAlive(f)
	runtime.KeepAlive(part)
}

// A crowd in an access log: judging must grow with it, not with its square.
func BenchmarkJudgeCrowd(b *testing.B) {
	for _, n := range []int{2000, 20000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := new(script)
			for i := range n {
				s.request(float64(i), fmt.Sprintf("20.%d.%d.%d", i>>16, i>>8&255, i&255), "GET", "/", 200, "Mozilla/5.0")
			}
			logs := s.logs()
			f := whole(logs)
			for b.Loop() {
				Judge(f, judgeOptions(logs))
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/client")
		})
	}
}

// Every line has a new client, process and origin: what a hostile log costs.
func BenchmarkHostile(b *testing.B) {
	const lines = 4000
	var chunks [64][]byte
	for n := range chunks {
		var text bytes.Buffer
		for i := range lines {
			x := n*lines + i
			fmt.Fprintf(&text, "[%s] [php:error] [pid %d:tid 1] [client 2001:db8:%x:%x::1:%d] PHP Fatal error:  Uncaught Error: x in /srv/wp-content/plugins/p%d/p.php on line 3\n", stamp(day.Unix()+int64(x/500), 0), x, x>>16, x&0xffff, 1024+i, x)
		}
		chunks[n] = text.Bytes()
	}
	s, f, part := parser.NewScanner(parser.Options{}), new(Facts), new(Facts)
	b.SetBytes(int64(len(chunks[0])))
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		part.Reset()
		gather(part, s, chunks[n%len(chunks)])
		f.Merge(part)
	}
}
