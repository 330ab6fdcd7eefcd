package parser

import (
	"os"
	"testing"
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
