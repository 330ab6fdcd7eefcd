// Package source reads logs: it finds the files that names stand for, unpacks them, and hands out their text in chunks
// of whole lines that know their place, in log order.
package source

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// Options say how logs are read. The zero value will do.
type Options struct {
	Stdin     io.Reader // what the name "-" stands for
	StdinName string    // its name in reports, "-" by default
	ChunkSize int       // of text, 4 MiB by default
	MaxLine   int       // what of one line is kept, 16 MiB by default, and ChunkSize at least
	Buffers   int       // how many chunks there are at a time, 6 by default

	// Starts tells whether a record begins with this line. Chunks are then cut before such a line, so that the lines
	// that follow it stay with it. Without it they are cut before any line.
	Starts func(line []byte) bool
}

// A Chunk is what is read at a time: a part of a log, or the whole of several small ones.
type Chunk struct {
	Seq   int // 0, 1, 2, … over all inputs
	Parts []Part

	buf  []byte
	used int // of buf
	home chan *Chunk
}

// A Part is whole lines of one log. Where it is cut depends on the bytes of the log alone.
type Part struct {
	Input  int    // which of the inputs
	Data   []byte // borrowed until Release; ends with a newline, except where the log does not or a line was shortened
	Offset int64  // of Data in the unpacked text
	Size   int64  // of the text it stands for: len(Data), and more for a line over MaxLine, which stands alone
	Line   int64  // the number of its first line, from 1
	Lines  int64  // how many it has
	Last   bool   // nothing of this input follows
}

// Release gives the chunk back to be filled again. Until then it counts against Options.Buffers.
func (c *Chunk) Release() {
	if c.Parts == nil {
		panic("source: chunk released twice")
	}
	c.Parts, c.used = nil, 0
	c.home <- c
}

// A Summary is what was found out about an input by reading it.
type Summary struct {
	Name        string
	Bytes       int64  // of the file as found, packed or not
	SHA256      string // of the same bytes, in hex; "" when they could not be read to the end
	Text        int64  // bytes of text
	Lines       int64
	Compression string    // gzip, bzip2, xz, zstd, or "" for plain text
	ModTime     time.Time // zero for standard input and pipes
	Err         error     // why not all was read; what was read counts all the same
}

// A Reader reads inputs one after the other, ahead of those who ask for chunks. It holds Options.Buffers chunks, of
// ChunkSize each or as much more as a line takes, and allocates no more than that for text of any length.
type Reader struct {
	ctx    context.Context
	stop   context.CancelFunc
	inputs []*Input
	o      Options
	free   chan *Chunk
	out    chan *Chunk
	tape   tape
	raw    *bufio.Reader
	seq    int
	open   *Chunk // with whole logs, and room for more; nil: none
	carry  []byte // memory for what a cut leaves over

	mu        sync.Mutex
	summaries []Summary
	at        atomic.Int64 // the input that is read
}

// NewReader begins to read. It stops when all is read, when ctx is cancelled, or at Close.
//
// A read from standard input that blocks can be interrupted only if it is a pipe which Go can poll; Next returns at
// once in any case.
func NewReader(ctx context.Context, inputs []*Input, o Options) *Reader {
	o.ChunkSize = cmp.Or(o.ChunkSize, 4<<20)
	o.MaxLine = max(cmp.Or(o.MaxLine, 16<<20), o.ChunkSize)
	o.Buffers = cmp.Or(o.Buffers, 6)
	ctx, stop := context.WithCancel(ctx)
	r := &Reader{
		ctx: ctx, stop: stop, inputs: inputs, o: o,
		free: make(chan *Chunk, o.Buffers),
		out:  make(chan *Chunk, o.Buffers),
	}
	r.tape.open(ctx)
	r.raw = bufio.NewReaderSize(&r.tape, 64<<10)
	for range o.Buffers {
		r.free <- &Chunk{home: r.free}
	}
	go r.run()
	return r
}

// Next is the next chunk, io.EOF after the last, or the error of a cancelled context. A log that cannot be read does
// not end the reading; its Summary says so. Several goroutines may call Next; Chunk.Seq tells the order.
func (r *Reader) Next() (*Chunk, error) {
	if err := r.ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case c, ok := <-r.out:
		if ok {
			return c, nil
		}
		return nil, io.EOF
	case <-r.ctx.Done():
		return nil, r.ctx.Err()
	}
}

// Summaries are those of the inputs that were read so far: of all of them, in order, once Next has returned io.EOF.
func (r *Reader) Summaries() []Summary {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Summary(nil), r.summaries...)
}

// Progress tells which input is read, and how many bytes of all of them were, packed or not.
func (r *Reader) Progress() (input int, bytes int64) {
	return int(r.at.Load()), r.tape.total.Load()
}

// Close stops the reading and lets go of the chunks that were given back. Those that were handed out stay valid.
func (r *Reader) Close() {
	r.stop()
	for {
		select {
		case c := <-r.free:
			c.buf = nil
		default:
			return
		}
	}
}

func (r *Reader) run() {
	defer r.tape.stop()
	for i, in := range r.inputs {
		r.at.Store(int64(i))
		if !in.regular() { // it may keep us waiting
			r.send()
		}
		s := r.readInput(i, in)
		r.mu.Lock()
		r.summaries = append(r.summaries, s)
		r.mu.Unlock()
		if r.ctx.Err() != nil {
			return // and leave out open: Next must not take this for the end
		}
	}
	r.send()
	r.carry, r.raw = nil, nil // who keeps the reader for its summaries keeps no room
	close(r.out)
}

func (r *Reader) readInput(i int, in *Input) Summary {
	s := Summary{Name: in.Name, ModTime: in.ModTime}
	raw, from, err := in.open()
	if err != nil {
		s.Err = fmt.Errorf("reading %s: %w", in.Name, advise(err))
		return s
	}
	defer in.close(from)
	defer context.AfterFunc(r.ctx, func() { interrupt(from) })()

	r.tape.start(raw)
	r.raw.Reset(&r.tape)
	text, err := unpack(r.raw)
	if err == nil {
		s.Compression = text.packing
		err = r.cut(i, text, &s)
		text.Close()
	}
	if err != nil {
		s.Err = fmt.Errorf("reading %s: %w", in.Name, explain(err, s))
	}
	var tapeErr error
	s.Bytes, s.SHA256, tapeErr = r.tape.finish()
	if s.Err == nil && tapeErr != nil {
		s.Err = fmt.Errorf("reading %s: %w", in.Name, explain(tapeErr, s))
	}
	return s
}

// interrupt ends a read that waits, where that is possible.
func interrupt(from io.Reader) {
	if f, ok := from.(interface{ SetReadDeadline(time.Time) error }); ok {
		f.SetReadDeadline(time.Unix(1, 0))
	}
}

// explain says where reading ended, and what to do about it.
func explain(err error, s Summary) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("the %s data are cut off after %d bytes of text; copy the file again to see the rest: %w", s.Compression, s.Text, err)
	case s.Text > 0 && s.Compression != "":
		return fmt.Errorf("%w; the %d bytes of text before that were read", bare(err), s.Text)
	case s.Text > 0:
		return fmt.Errorf("after %d bytes: %w", s.Text, bare(err))
	}
	return bare(err)
}

// cut delivers a text in chunks; a chunk that the end of the text leaves room in stays open for the logs that follow.
// It looks at ChunkSize bytes at a time and cuts after the last whole line, or before the last record, among them; what
// is left over is looked at again. Only a line longer than that makes it look further.
func (r *Reader) cut(input int, from io.Reader, s *Summary) error {
	t := text{ctx: r.ctx, from: from}
	rest := r.carry[:0] // of what was read, what no chunk had yet
	if c := r.open; c != nil {
		n := t.fill(c.buf[:r.o.ChunkSize+1], c.used)
		if n <= r.o.ChunkSize { // all of it fits
			if r.ctx.Err() == nil && n > c.used {
				c.add(n, int64(n-c.used), input, true, s)
			}
			return t.end()
		}
		r.carry = append(rest, c.buf[c.used:n]...)
		rest = r.carry
		r.send()
	}
	for {
		c, err := r.take()
		if err != nil {
			return err
		}
		n, end := r.look(c, &t, rest)
		if n == 0 {
			r.free <- c
			return t.end()
		}
		tooLong := end == 0
		if tooLong {
			end = r.o.MaxLine
		}
		if n < len(rest) {
			rest = rest[end:]
		} else {
			r.carry = append(r.carry[:0], c.buf[end:n]...)
			rest = r.carry
		}
		size := int64(end)
		if tooLong {
			r.carry = append(r.carry[:0], rest...)
			var skipped int64
			skipped, r.carry = t.skipLine(r.carry)
			size += skipped
			rest = r.carry
		}
		if err := r.ctx.Err(); err != nil {
			return err // and not with half a chunk
		}
		last := len(rest) == 0 && t.err != nil
		c.add(end, size, input, last, s)
		r.open = c
		if !last || end > r.o.ChunkSize/2 {
			r.send()
		}
		if last {
			return t.end()
		}
	}
}

// add makes what was read up to end a part of a log, which stands for size bytes.
func (c *Chunk) add(end int, size int64, input int, last bool, s *Summary) {
	p := Part{Input: input, Data: c.buf[c.used:end:end], Offset: s.Text, Size: size, Line: s.Lines + 1, Last: last}
	p.Lines = int64(bytes.Count(p.Data, newline))
	if c.buf[end-1] != '\n' {
		p.Lines++
	}
	s.Text += p.Size
	s.Lines += p.Lines
	c.Parts, c.used = append(c.Parts, p), end
}

// send hands out the chunk that is open.
func (r *Reader) send() {
	if c := r.open; c != nil {
		c.Seq = r.seq
		r.seq++
		r.open = nil
		r.out <- c // never waits: out has room for all chunks there are
	}
}

var newline = []byte{'\n'}

// look fills a chunk from rest and the text, and finds where it ends: n bytes are filled, the text ends there if they
// are no more than are looked at, and end is 0 when a line is longer than MaxLine.
func (r *Reader) look(c *Chunk, t *text, rest []byte) (n, end int) {
	for size := r.o.ChunkSize; ; size = min(2*size, r.o.MaxLine) {
		// One byte more than is looked at tells whether anything follows.
		c.grow(size+1, n)
		if n < len(rest) {
			n = copy(c.buf[:size+1], rest)
		}
		n = t.fill(c.buf[:size+1], n)
		if n <= size {
			return n, n
		}
		end = lastCut(c.buf[:size], r.o.Starts)
		if end > 0 || size == r.o.MaxLine {
			return n, end
		}
	}
}

// take waits for a free chunk.
func (r *Reader) take() (*Chunk, error) {
	select {
	case c := <-r.free:
		return c, nil
	case <-r.ctx.Done():
		return nil, r.ctx.Err()
	}
}

// grow makes room for size bytes and keeps the first n.
func (c *Chunk) grow(size, n int) {
	if len(c.buf) < size {
		buf := make([]byte, size)
		copy(buf, c.buf[:n])
		c.buf = buf
	}
}

// lastCut is where to cut buf: before the last line that starts a record, if that is not the first, else after the last
// line. It is 0 where there is no whole line. The unfinished line at the end is not asked about.
func lastCut(buf []byte, starts func([]byte) bool) int {
	afterLast := bytes.LastIndexByte(buf, '\n') + 1
	if afterLast == 0 || starts == nil {
		return afterLast
	}
	for end := afterLast; ; {
		begin := bytes.LastIndexByte(buf[:end-1], '\n') + 1
		switch {
		case begin == 0:
			return afterLast
		case starts(buf[begin : end-1]):
			return begin
		}
		end = begin
	}
}

// A text fills buffers from a reader and remembers how it ended.
type text struct {
	ctx  context.Context
	from io.Reader
	err  error
}

// fillStep is how much is read between two looks at the context; xz takes some 10 ms for it.
const fillStep = 1 << 20

// fill reads until buf, of which n bytes are filled, is full or the text ends. It returns how much is filled.
func (t *text) fill(buf []byte, n int) int {
	for n < len(buf) && t.err == nil {
		if t.err = t.ctx.Err(); t.err != nil {
			break
		}
		var k int
		k, t.err = t.from.Read(buf[n:min(len(buf), n+fillStep)])
		n += k
	}
	return n
}

// skipLine passes over the rest of a line, which begins with what is in buf, and returns its size and what follows it
// in the same memory: at least one byte, unless the text ends.
func (t *text) skipLine(buf []byte) (size int64, rest []byte) {
	for {
		i := bytes.IndexByte(buf, '\n')
		if i >= 0 {
			size += int64(i) + 1
			buf = buf[:copy(buf, buf[i+1:])]
			break
		}
		size += int64(len(buf))
		if t.err != nil {
			return size, buf[:0]
		}
		if cap(buf) < 64<<10 {
			buf = make([]byte, 64<<10)
		}
		buf = buf[:t.fill(buf[:cap(buf)], 0)]
	}
	if len(buf) == 0 {
		buf = append(buf, 0)
		buf = buf[:t.fill(buf, 0)]
	}
	return size, buf
}

// end is the error with which a text ended, nil if it was complete.
func (t *text) end() error {
	if t.err == io.EOF {
		return nil
	}
	return t.err
}
