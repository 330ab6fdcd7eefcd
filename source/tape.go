package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"sync/atomic"
)

// A tape reads the bytes of an input as they are found, and has them hashed by a goroutine of its own. A block belongs
// to one side at a time: it is filled, read from, hashed, and filled again.
type tape struct {
	ctx    context.Context
	raw    io.Reader
	block  []byte
	rest   []byte // of block, what was not read yet
	size   int64
	total  atomic.Int64 // of all inputs
	err    error
	free   chan []byte
	toHash chan []byte // a nil block asks for the sum
	sums   chan string
}

// Blocks stay in the processor's cache until they are hashed; 128 KiB to 1 MiB made no difference.
const (
	blockSize = 256 << 10
	blocks    = 8
)

// open starts the goroutine.
func (t *tape) open(ctx context.Context) {
	t.ctx = ctx
	t.free = make(chan []byte, blocks)
	t.toHash = make(chan []byte, blocks+1)
	t.sums = make(chan string, 1)
	for range blocks {
		t.free <- nil // made when it is needed
	}
	go hash(t.toHash, t.free, t.sums)
}

func hash(blocks <-chan []byte, free chan<- []byte, sums chan<- string) {
	h := sha256.New()
	for block := range blocks {
		if block == nil {
			sums <- hex.EncodeToString(h.Sum(nil))
			h.Reset()
			continue
		}
		h.Write(block)
		free <- block[:blockSize]
	}
}

// stop ends the goroutine and lets go of the blocks.
func (t *tape) stop() {
	close(t.toHash)
	t.free = nil
}

// start begins with another input.
func (t *tape) start(raw io.Reader) {
	t.raw, t.size, t.err = raw, 0, nil
}

func (t *tape) Read(p []byte) (int, error) {
	for len(t.rest) == 0 && t.err == nil {
		t.advance()
	}
	if len(t.rest) == 0 {
		return 0, t.err
	}
	n := copy(p, t.rest)
	t.rest = t.rest[n:]
	return n, nil
}

// advance has the last block hashed and fills the next.
func (t *tape) advance() {
	if t.block != nil {
		t.toHash <- t.block
		t.block, t.rest = nil, nil
	}
	if t.err = t.ctx.Err(); t.err != nil {
		return
	}
	block := <-t.free
	if block == nil {
		block = make([]byte, blockSize)
	}
	n := 0
	for empty := 0; n == 0 && t.err == nil; empty++ {
		if empty == 100 {
			t.err = io.ErrNoProgress
			break
		}
		n, t.err = t.raw.Read(block)
	}
	t.block, t.rest = block[:n], block[:n]
	t.size += int64(n)
	t.total.Add(int64(n))
}

// finish reads what unpacking left, and tells the size and the sum of the whole. There is no sum when the input could
// not be read to its end.
func (t *tape) finish() (size int64, sum string, err error) {
	for t.err == nil {
		t.advance()
	}
	if t.block != nil {
		t.toHash <- t.block
		t.block, t.rest = nil, nil
	}
	t.toHash <- nil
	sum = <-t.sums
	if t.err != io.EOF {
		return t.size, "", t.err
	}
	return t.size, sum, nil
}
