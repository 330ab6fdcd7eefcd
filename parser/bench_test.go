package parser

import (
	"os"
	"testing"
	"time"
)

// flood is a log of a connection flood against a small WordPress server.
func flood(tb testing.TB, name string) []byte {
	tb.Helper()
	text, err := os.ReadFile("../testdata/cases/flood/" + name)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

func BenchmarkScanFlood(b *testing.B) {
	b.Run("error.log", func(b *testing.B) { benchScan(b, flood(b, "error.log"), Options{}) })
	b.Run("syslog", func(b *testing.B) { benchScan(b, flood(b, "syslog"), Options{}) })
}

// With --tz each time is put on another clock.
func BenchmarkScanZone(b *testing.B) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		b.Skip(err)
	}
	benchScan(b, flood(b, "error.log"), Options{Zone: zone})
}

func BenchmarkScan(b *testing.B) { benchScan(b, flood(b, "error.log"), Options{}) }

func benchScan(b *testing.B, text []byte, o Options) {
	s := NewScanner(o)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		s.Reset(text, 1, 0)
		for s.Next() {
		}
	}
}

// The steps of reading a line, one after the other.
func BenchmarkSteps(b *testing.B) {
	for _, name := range []string{"error.log", "syslog"} {
		text := flood(b, name)
		b.Run(name+"/lines", func(b *testing.B) {
			s := NewScanner(Options{})
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				s.Reset(text, 1, 0)
				for s.cut() {
				}
			}
		})
		b.Run(name+"/frame", func(b *testing.B) {
			s := NewScanner(Options{})
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				s.Reset(text, 1, 0)
				for s.cut() {
					s.frame(&s.event)
				}
			}
		})
		b.Run(name+"/classify", func(b *testing.B) {
			var events []Event
			s := NewScanner(Options{})
			for s.Reset(text, 1, 0); s.Next(); {
				events = append(events, *s.Event())
			}
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				for i := range events {
					e := &events[i]
					e.text, e.db = e.Message, classUnread
					classify(e)
				}
			}
		})
	}
}

func TestScanningAllocatesNothing(t *testing.T) {
	for _, name := range []string{"error.log", "syslog"} {
		text := flood(t, name)
		s := NewScanner(Options{})
		if n := testing.AllocsPerRun(5, func() {
			for s.Reset(text, 1, 0); s.Next(); {
			}
		}); n > 0 {
			t.Errorf("reading %s allocates %.0f times", name, n)
		}
	}
}
