package mask

import (
	"testing"

	"github.com/logsleuth/logsleuth/parser"
)

func BenchmarkEvent(b *testing.B) {
	m := testMask()
	line := []byte(`192.0.2.7 - - [14/Mar/2026:07:39:24 +0000] "GET /shop/item-17.html?x=1 HTTP/1.1" 200 36148 "https://www.bees.example/" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"` + "\n")
	s := parser.NewScanner(parser.Options{})
	for b.Loop() {
		s.Reset(line, 1, 0)
		s.Next()
		m.Event(s.Event().Record("access.log"))
	}
}
