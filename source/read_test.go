package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// A piece is what a test remembers of a chunk.
type piece struct {
	Input, Seq                int
	Data                      string
	Offset, Size, Line, Lines int64
	Last                      bool
}

func readAll(t testing.TB, inputs []*Input, o Options) ([]piece, []Summary) {
	t.Helper()
	r := NewReader(t.Context(), inputs, o)
	defer r.Close()
	var pieces []piece
	for {
		c, err := r.Next()
		if err == io.EOF {
			return pieces, r.Summaries()
		}
		if err != nil {
			t.Fatalf("next chunk: %v", err)
		}
		for _, p := range c.Parts {
			pieces = append(pieces, piece{p.Input, c.Seq, string(p.Data), p.Offset, p.Size, p.Line, p.Lines, p.Last})
		}
		c.Release()
	}
}

func pipe(r io.Reader) []*Input { return []*Input{{Name: "-", stream: r}} }

func file(t testing.TB, name string, data []byte) []*Input {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	inputs, problems := Find([]string{path}, Options{})
	if len(problems) > 0 || len(inputs) != 1 {
		t.Fatalf("find %s: %d inputs, problems %v", name, len(inputs), problems)
	}
	return inputs
}

// isStart is the test's idea of a record: a line that is not indented.
func isStart(line []byte) bool { return len(line) > 0 && line[0] != ' ' && line[0] != '\t' }

// naive is what the chunks of a text should be, found the slow way.
func naive(text []byte, o Options) []piece {
	var pieces []piece
	var offset, line int64 = 0, 1
	for len(text) > 0 {
		p := piece{Seq: len(pieces), Offset: offset, Line: line}
		look := o.ChunkSize
		for look < o.MaxLine && look < len(text) && bytes.IndexByte(text[:look], '\n') < 0 {
			look = min(2*look, o.MaxLine)
		}
		switch {
		case len(text) <= look:
			p.Data, p.Size = string(text), int64(len(text))
		case bytes.IndexByte(text[:look], '\n') < 0:
			p.Data, p.Size = string(text[:look]), int64(len(text))
			if i := bytes.IndexByte(text, '\n'); i >= 0 {
				p.Size = int64(i) + 1
			}
		default:
			var cuts []int // after whole lines
			for i, c := range text[:look] {
				if c == '\n' {
					cuts = append(cuts, i+1)
				}
			}
			cut := cuts[len(cuts)-1]
			for i := 0; o.Starts != nil && i+1 < len(cuts); i++ {
				if o.Starts(text[cuts[i] : cuts[i+1]-1]) {
					cut = cuts[i]
				}
			}
			p.Data, p.Size = string(text[:cut]), int64(cut)
		}
		p.Lines = int64(strings.Count(p.Data, "\n"))
		if !strings.HasSuffix(p.Data, "\n") {
			p.Lines++
		}
		text = text[p.Size:]
		p.Last = len(text) == 0
		offset += p.Size
		line += p.Lines
		pieces = append(pieces, p)
	}
	return pieces
}

// checkLaws checks what holds for the chunks of any text.
func checkLaws(t *testing.T, text []byte, pieces []piece, o Options) {
	t.Helper()
	var offset, line int64 = 0, 1
	for i, p := range pieces {
		if p.Seq != i || p.Offset != offset || p.Line != line {
			t.Fatalf("chunk %d: seq %d, offset %d, line %d; want offset %d, line %d", i, p.Seq, p.Offset, p.Line, offset, line)
		}
		if !bytes.HasPrefix(text[offset:], []byte(p.Data)) || p.Size < int64(len(p.Data)) || len(p.Data) == 0 {
			t.Fatalf("chunk %d is not the text at its offset", i)
		}
		if p.Size > int64(len(p.Data)) && (len(p.Data) != o.MaxLine || bytes.IndexByte(text[offset:offset+p.Size-1], '\n') >= 0) {
			t.Fatalf("chunk %d: a line of %d bytes was shortened to %d, the limit is %d", i, p.Size, len(p.Data), o.MaxLine)
		}
		offset += p.Size
		line += int64(bytes.Count(text[p.Offset:offset], newline))
		if !p.Last && text[offset-1] != '\n' {
			t.Fatalf("chunk %d does not end with a line", i)
		}
		if p.Last != (i == len(pieces)-1) {
			t.Fatalf("chunk %d of %d: last is %v", i, len(pieces), p.Last)
		}
		if i == 0 || o.Starts == nil || o.Starts([]byte(strings.SplitN(p.Data, "\n", 2)[0])) {
			continue
		}
		before := strings.Split(strings.TrimSuffix(pieces[i-1].Data, "\n"), "\n")
		for _, l := range before[1:] {
			if o.Starts([]byte(l)) {
				t.Fatalf("chunk %d begins with %.40q, though %.40q begins a record before it", i, p.Data, l)
			}
		}
	}
	if offset != int64(len(text)) {
		t.Fatalf("the chunks stand for %d bytes of %d", offset, len(text))
	}
}

// randomText has lines of all lengths, continuation lines, NULs, bytes that are no UTF-8, and CR LF.
func randomText(rnd *rand.Rand, size int) []byte {
	var text []byte
	for len(text) < size {
		if rnd.IntN(3) == 0 {
			text = append(text, ' ')
		}
		length := rnd.IntN(12)
		if rnd.IntN(8) == 0 {
			length = rnd.IntN(150)
		}
		for range length {
			text = append(text, "abc \x00\xff\r{"[rnd.IntN(8)])
		}
		text = append(text, '\n')
	}
	return text[:size]
}

func TestChunkLaws(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for round := range 100 {
		text := randomText(rnd, rnd.IntN(1500))
		for _, size := range []int{1, 2, 16, 17, 64, 100, 500, len(text), len(text) + 1, 4096} {
			for _, starts := range []func([]byte) bool{nil, isStart} {
				o := Options{ChunkSize: max(size, 1), MaxLine: max(size, 1) * (1 + rnd.IntN(4)), Buffers: 1 + rnd.IntN(3), Starts: starts}
				pieces, _ := readAll(t, pipe(bytes.NewReader(text)), o)
				if want := naive(text, o); !reflect.DeepEqual(pieces, want) {
					t.Fatalf("round %d, %d bytes in chunks of %d, lines up to %d:\ngot  %+v\nwant %+v", round, len(text), o.ChunkSize, o.MaxLine, pieces, want)
				}
				checkLaws(t, text, pieces, o)
			}
		}
	}
}

// Where a text is cut does not depend on what it is read from.
func TestSameChunksFromEverySource(t *testing.T) {
	text := randomText(rand.New(rand.NewPCG(3, 4)), 20_000)
	o := Options{ChunkSize: 256, MaxLine: 300, Starts: isStart}
	want, _ := readAll(t, file(t, "error.log", text), o)
	checkLaws(t, text, want, o)
	sources := []struct {
		name string
		open func(io.Reader) io.Reader
	}{
		{"whole", func(r io.Reader) io.Reader { return r }},
		{"byte by byte", iotest.OneByteReader},
		{"half", iotest.HalfReader},
		{"end with data", iotest.DataErrReader},
	}
	for _, source := range sources {
		for _, head := range []bool{false, true} {
			inputs := pipe(source.open(bytes.NewReader(text)))
			if head {
				if got, err := inputs[0].Head(); err != nil || !bytes.Equal(got, text) {
					t.Errorf("%s: head is %d bytes, %v", source.name, len(got), err)
				}
			}
			got, sums := readAll(t, inputs, o)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s (head %v): other chunks than from a file", source.name, head)
			}
			if sums[0].SHA256 != hexSum(text) || sums[0].Bytes != int64(len(text)) {
				t.Errorf("%s (head %v): summary %+v", source.name, head, sums[0])
			}
		}
	}
}

func FuzzChunks(f *testing.F) {
	f.Add([]byte("one\n two\nthree"), uint8(4), uint8(9))
	f.Add([]byte("\r\n\x00\n\n\n"), uint8(1), uint8(1))
	f.Add([]byte(strings.Repeat("long", 40)+"\nshort\n"), uint8(8), uint8(20))
	f.Add([]byte("\x1f\x8b\x08garbage"), uint8(8), uint8(20))
	f.Fuzz(func(t *testing.T, text []byte, size, line uint8) {
		o := Options{ChunkSize: max(1, int(size)), MaxLine: max(1, int(size), int(line)), Starts: isStart}
		inputs := pipe(iotest.HalfReader(bytes.NewReader(text)))
		pieces, sums := readAll(t, inputs, o)
		if sums[0].Bytes != int64(len(text)) {
			t.Fatalf("%d bytes were read of %d", sums[0].Bytes, len(text))
		}
		if sums[0].Compression != "" || sums[0].Err != nil {
			return // then the text is another
		}
		checkLaws(t, text, pieces, o)
		if want := naive(text, o); !reflect.DeepEqual(pieces, want) {
			t.Fatalf("got  %+v\nwant %+v", pieces, want)
		}
	})
}

func TestLongLines(t *testing.T) {
	long := strings.Repeat("x", 10<<20)
	text := []byte("before\n" + long + "\nafter\n")
	pieces, sums := readAll(t, file(t, "error.log", text), Options{})
	checkLaws(t, text, pieces, Options{})
	if sums[0].Lines != 3 || len(pieces) != 2 {
		t.Errorf("10 MiB line: %d lines in %d chunks, want 3 in 2", sums[0].Lines, len(pieces))
	}

	o := Options{MaxLine: 5 << 20}
	pieces, sums = readAll(t, file(t, "error.log", text), o)
	if sums[0].Lines != 3 || sums[0].Text != int64(len(text)) || len(pieces) != 3 {
		t.Fatalf("line over the limit: %d lines, %d bytes in %d chunks", sums[0].Lines, sums[0].Text, len(pieces))
	}
	want := piece{Seq: 1, Data: long[:5<<20], Offset: 7, Size: 10<<20 + 1, Line: 2, Lines: 1}
	if pieces[1] != want {
		t.Errorf("line over the limit: %d bytes at %d for %d, line %d", len(pieces[1].Data), pieces[1].Offset, pieces[1].Size, pieces[1].Line)
	}
	if got := pieces[2]; got.Data != "after\n" || got.Line != 3 || got.Offset != 10<<20+8 || !got.Last {
		t.Errorf("after the line over the limit: %+v", got)
	}
}

func TestSeveralInputs(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a.log": "1\n2\n", "empty.log": "", "b.log": "3\n4"})
	var inputs []*Input
	for _, name := range []string{"a.log", "empty.log", "gone.log", "b.log"} {
		path := filepath.Join(dir, name)
		info, _ := os.Stat(filepath.Join(dir, "a.log"))
		inputs = append(inputs, &Input{Name: name, path: path, info: info})
	}
	pieces, sums := readAll(t, inputs, Options{})
	want := []piece{
		{0, 0, "1\n2\n", 0, 4, 1, 2, true},
		{3, 0, "3\n4", 0, 3, 1, 2, true},
	}
	if !reflect.DeepEqual(pieces, want) {
		t.Errorf("got %+v, want %+v", pieces, want)
	}
	const emptySum = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	if s := sums[1]; s.Err != nil || s.Lines != 0 || s.Bytes != 0 || s.SHA256 != emptySum {
		t.Errorf("empty file: %+v", s)
	}
	if s := sums[2]; !errors.Is(s.Err, os.ErrNotExist) || s.Err.Error() != "reading gone.log: no such file or directory" || s.SHA256 != "" {
		t.Errorf("vanished file: %+v", s)
	}
}

func TestReadError(t *testing.T) {
	broken := errors.New("the disk is on fire")
	for _, head := range []bool{false, true} {
		inputs := pipe(io.MultiReader(strings.NewReader("one\ntwo\nthr"), iotest.ErrReader(broken)))
		if head {
			if got, err := inputs[0].Head(); string(got) != "one\ntwo\nthr" || err != nil {
				t.Errorf("head of what can be read: %q, %v", got, err)
			}
		}
		pieces, sums := readAll(t, inputs, Options{ChunkSize: 4})
		if len(pieces) != 3 || pieces[2].Data != "thr" || !pieces[2].Last {
			t.Errorf("what could be read: %+v", pieces)
		}
		s := sums[0]
		if !errors.Is(s.Err, broken) || s.Err.Error() != "reading -: after 11 bytes: the disk is on fire" || s.SHA256 != "" {
			t.Errorf("summary: %+v", s)
		}
	}
	inputs := pipe(iotest.ErrReader(broken))
	if _, err := inputs[0].Head(); !errors.Is(err, broken) {
		t.Errorf("head of what cannot be read: %v", err)
	}
}

// Small logs share chunks, and are cut as if they did not.
func TestSmallLogsShareChunks(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	files := make(map[string]string)
	var texts []string
	for i := range 200 {
		var b strings.Builder
		for range rnd.IntN(12) {
			fmt.Fprintf(&b, "%*s\n", 1+rnd.IntN(30), "x")
		}
		texts = append(texts, strings.Repeat("a long line\n", rnd.IntN(2)*rnd.IntN(40))+b.String()+strings.Repeat("no end", rnd.IntN(2)))
		files[fmt.Sprintf("site%03d.log", i)] = texts[i]
	}
	dir := t.TempDir()
	write(t, dir, files)
	inputs, problems := Find([]string{dir}, Options{})
	if len(problems) > 0 || len(inputs) != len(texts) {
		t.Fatalf("%d logs, problems %v", len(inputs), problems)
	}
	o := Options{ChunkSize: 128, MaxLine: 128, Starts: isStart}
	pieces, sums := readAll(t, inputs, o)
	chunks, size := pieces[len(pieces)-1].Seq+1, 0
	for i, text := range texts {
		size += len(text)
		var got []piece
		for _, p := range pieces {
			if p.Input == i {
				p.Input, p.Seq = 0, len(got)
				got = append(got, p)
			}
		}
		if want := naive([]byte(text), o); !reflect.DeepEqual(got, want) {
			t.Fatalf("log %d: %+v, want %+v", i, got, want)
		}
		if sums[i].Text != int64(len(text)) || sums[i].Err != nil {
			t.Errorf("log %d: %+v", i, sums[i])
		}
	}
	if most := 4*size/o.ChunkSize + 1; chunks > most {
		t.Errorf("%d chunks for %d bytes, want %d at most", chunks, size, most)
	}
}

func TestStandardInputOnlyOnce(t *testing.T) {
	inputs := pipe(strings.NewReader("one\n"))
	readAll(t, inputs, Options{})
	if _, sums := readAll(t, inputs, Options{}); sums[0].Err == nil {
		t.Error("standard input was read a second time without a word")
	}
}

func TestReleasedTwice(t *testing.T) {
	r := NewReader(t.Context(), pipe(strings.NewReader("one\n")), Options{})
	defer r.Close()
	c, err := r.Next()
	if err != nil {
		t.Fatal(err)
	}
	c.Release()
	defer func() {
		if recover() == nil {
			t.Error("nobody noticed")
		}
	}()
	c.Release()
}

func TestBuffersAreBounded(t *testing.T) {
	r := NewReader(t.Context(), pipe(strings.NewReader(strings.Repeat("0123456\n", 1000))), Options{ChunkSize: 16, Buffers: 3})
	defer r.Close()
	buffers := map[*byte]bool{}
	var held []*Chunk
	for {
		c, err := r.Next()
		if err == io.EOF {
			break
		}
		buffers[&c.buf[0]] = true
		if held = append(held, c); len(held) == 2 {
			held[0].Release()
			held = held[1:]
		}
	}
	if len(buffers) > 3 {
		t.Errorf("%d buffers for 3", len(buffers))
	}
}

// leaked waits until there are no more goroutines than before.
func leaked(t *testing.T, before int) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
		}
	}
}

func TestCancel(t *testing.T) {
	text := bytes.Repeat([]byte("a line of the log\n"), 100_000)
	files := file(t, "error.log", text)
	packed := file(t, "error.log.zst", packZstd(t, text))
	waiting, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	defer waiting.Close()
	writer.Write([]byte("a line\nand then noth"))
	before := runtime.NumGoroutine()
	for name, inputs := range map[string][]*Input{
		"file":        append(files, files...),
		"zstd":        packed,
		"endless":     pipe(endless{}),
		"waiting":     pipe(waiting),
		"endlessLine": pipe(endlessLine{}),
	} {
		for _, chunks := range []int{0, 1} {
			if name != "file" && name != "zstd" && name != "endless" && chunks > 0 {
				continue
			}
			inputs[0].used = false
			ctx, cancel := context.WithCancel(context.Background())
			r := NewReader(ctx, inputs, Options{ChunkSize: 1 << 10})
			for range chunks {
				if _, err := r.Next(); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
			}
			time.AfterFunc(5*time.Millisecond, cancel)
			for err = error(nil); err == nil; {
				_, err = r.Next() // and never released
			}
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%s: next after cancel: %v", name, err)
			}
			leaked(t, before)
		}
	}
}

// endless is a log without end, endlessLine one without even a line.
type (
	endless     struct{}
	endlessLine struct{}
)

func (endless) Read(p []byte) (int, error) { return copy(p, "again and again\n"), nil }

func (endlessLine) Read(p []byte) (int, error) { return copy(p, "and on "), nil }

// generated is a log of about size bytes.
func generated(size int) []byte {
	var text bytes.Buffer
	for i := 0; text.Len() < size; i++ {
		fmt.Fprintf(&text, "[Sun Nov 01 10:%02d:%02d.%06d 2026] [proxy_fcgi:error] [pid %d:tid %d] [client 203.0.113.%d:%d] AH01071: Got error 'PHP message: PHP Warning:  Undefined variable $x%d in /srv/www/index.php on line %d'\n",
			i/60%60, i%60, i%1_000_000, 1000+i%40, 100000+i%7, i%256, 1024+i%50000, i%31, i%977)
	}
	return text.Bytes()
}

func benchmarkRead(b *testing.B, name string, data []byte, size int, o Options) {
	inputs := file(b, name, data)
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		r := NewReader(b.Context(), inputs, o)
		for {
			c, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			c.Release()
		}
		if s := r.Summaries(); s[0].Err != nil || s[0].Text != int64(size) {
			b.Fatalf("%+v", s[0])
		}
		r.Close()
	}
}

func BenchmarkRead(b *testing.B) {
	startsRecord := func(line []byte) bool { return len(line) > 0 && line[0] == '[' }
	for _, mb := range []int{64, 256} {
		text := generated(mb << 20)
		b.Run(fmt.Sprintf("plain/%dMB", mb), func(b *testing.B) {
			benchmarkRead(b, "error.log", text, len(text), Options{Starts: startsRecord})
		})
	}
	text := generated(64 << 20)
	b.Run("gzip", func(b *testing.B) { benchmarkRead(b, "error.log", packGzip(b, text), len(text), Options{}) })
	b.Run("zstd", func(b *testing.B) { benchmarkRead(b, "error.log", packZstd(b, text), len(text), Options{}) })
	small := text[:8<<20]
	b.Run("xz", func(b *testing.B) { benchmarkRead(b, "error.log", packXz(b, small), len(small), Options{}) })
}

// However many logs there are, few files are open at a time.
func TestDescriptors(t *testing.T) {
	open := func() int {
		list, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip("needs /proc: ", err)
		}
		return len(list)
	}
	dir := t.TempDir()
	files := make(map[string]string)
	for i := range 300 {
		files[fmt.Sprintf("site%d.log", i)] = "a line\n"
	}
	write(t, dir, files)
	before := open()
	inputs, problems := Find([]string{dir}, Options{})
	if len(problems) > 0 || len(inputs) != 300 {
		t.Fatalf("%d logs, problems %v", len(inputs), problems)
	}
	for _, in := range inputs {
		if _, err := in.Head(); err != nil {
			t.Fatal(err)
		}
	}
	if n := open() - before; n > 0 {
		t.Errorf("%d files stay open after their beginnings were read", n)
	}
	r := NewReader(t.Context(), inputs, Options{})
	defer r.Close()
	read := 0
	for {
		c, err := r.Next()
		if err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		read += len(c.Parts)
		if n := open() - before; n > 4 {
			t.Fatalf("%d files are open at a time", n)
		}
		c.Release()
	}
	if input, bytes := r.Progress(); read != 300 || input != 299 || bytes != 300*7 {
		t.Errorf("%d parts, at log %d after %d bytes; want 300, 299 and 2100", read, input, bytes)
	}
}
