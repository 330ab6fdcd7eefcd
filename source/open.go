package source

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
)

// An Input is one log to read.
type Input struct {
	Name    string    // as shown in reports: what the user would type
	Bytes   int64     // of the file when it was found; 0 where only reading tells
	ModTime time.Time // when the file was last written to; zero for standard input and pipes

	path string      // "" for standard input
	info fs.FileInfo // nil for standard input

	// What is no regular file can be read only once. What Head read of it is kept and read again.
	stream    io.Reader
	kept      []byte
	keptErr   error // how the stream ended, when Head met its end
	head      []byte
	headErr   error
	headKnown bool
	used      bool
}

// headSize is how much of a log Head shows; enough to tell its format.
const headSize = 64 << 10

// headEffort bounds what Head reads, for data that unpack to nothing.
const headEffort = 4 << 20

// maxWindow bounds the memory for unpacking. It is what zstd allows without being asked, and twice what xz -9 needs.
const maxWindow = 128 << 20

// Head is the beginning of a log's text, up to 64 KiB, unpacked. It consumes nothing: the Reader will see these bytes
// as well. The error says why there is no text; an empty log has neither. Call Head before NewReader; on a pipe it
// waits until there are 64 KiB or the pipe ends.
func (in *Input) Head() ([]byte, error) {
	if in.headKnown {
		return in.head, in.headErr
	}
	raw, err := in.openForHead()
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", in.Name, advise(err))
	}
	defer raw.Close()
	head, err := readHead(raw, headSize)
	if err != nil {
		err = fmt.Errorf("reading %s: %w", in.Name, bare(err))
	}
	if len(head) > 0 {
		err = nil // the Reader will meet it again
	}
	if !in.regular() {
		in.head, in.headErr, in.headKnown = head, err, true
	}
	return head, err
}

// readHead unpacks up to size bytes.
func readHead(raw io.Reader, size int) ([]byte, error) {
	text, err := unpack(bufio.NewReader(io.LimitReader(raw, headEffort)))
	if err != nil {
		return nil, err
	}
	defer text.Close()
	head := make([]byte, size)
	n, err := io.ReadFull(text, head)
	if n > 0 || err == io.EOF {
		err = nil
	}
	return head[:n], err
}

// Tail is the end of a log's text, up to 64 KiB, from the start of a line. It is nil where only reading the whole log
// would tell, as of a pipe and of what is packed, and where it cannot be read.
func (in *Input) Tail() []byte {
	if !in.regular() {
		return nil
	}
	f, err := os.Open(in.path)
	if err != nil {
		return nil
	}
	defer f.Close()
	text, err := unpack(bufio.NewReader(io.NewSectionReader(f, 0, headSize)))
	if err != nil {
		return nil
	}
	defer text.Close()
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil || text.packing != "" {
		return nil
	}
	from := max(0, end-headSize)
	tail := make([]byte, end-from)
	n, _ := f.ReadAt(tail, from)
	tail = tail[:n]
	if from > 0 {
		tail = tail[bytes.IndexByte(tail, '\n')+1:]
	}
	return tail
}

func (in *Input) regular() bool { return in.info != nil && in.info.Mode().IsRegular() }

func (in *Input) openForHead() (io.ReadCloser, error) {
	if in.regular() {
		return os.Open(in.path)
	}
	if err := in.openStream(); err != nil {
		return nil, err
	}
	return io.NopCloser(keeper{in}), nil
}

func (in *Input) openStream() (err error) {
	if in.used {
		return errors.New("it can be read only once; save it to a file first")
	}
	if in.stream == nil {
		in.stream, err = os.Open(in.path)
	}
	return err
}

// open gives the bytes of the log as they are found, from the first, and below it what they are read from.
func (in *Input) open() (raw, from io.Reader, err error) {
	if in.regular() {
		f, err := os.Open(in.path)
		return f, f, err
	}
	if err := in.openStream(); err != nil {
		return nil, nil, err
	}
	in.used = true
	raw = in.stream
	if in.keptErr != nil {
		raw = ended{in.keptErr}
	}
	raw = io.MultiReader(bytes.NewReader(in.kept), raw)
	in.kept = nil
	return raw, in.stream, nil
}

// close closes what open opened; standard input is not ours to close.
func (in *Input) close(from io.Reader) {
	if f, ok := from.(io.Closer); ok && in.path != "" {
		f.Close()
	}
}

// A keeper reads from a stream and keeps what it read.
type keeper struct{ in *Input }

func (k keeper) Read(p []byte) (int, error) {
	if k.in.keptErr != nil {
		return 0, k.in.keptErr
	}
	n, err := k.in.stream.Read(p)
	k.in.kept = append(k.in.kept, p[:n]...)
	k.in.keptErr = err
	return n, err
}

// ended is a stream after its end.
type ended struct{ err error }

func (e ended) Read([]byte) (int, error) { return 0, e.err }

// packings are the ways in which a log may be compressed, each told by its first bytes. Those which cannot be opened
// here say what to do instead.
var packings = []struct {
	name   string
	magic  string
	open   func(*bufio.Reader) (io.Reader, error)
	advice string
}{
	{name: "gzip", magic: "\x1f\x8b\x08", open: openGzip},
	{name: "bzip2", magic: "BZh", open: openBzip2},
	{name: "xz", magic: "\xfd7zXZ\x00", open: openXz},
	{name: "zstd", magic: "\x28\xb5\x2f\xfd", open: openZstd},
	{name: "zstd", magic: "\x50\x2a\x4d\x18", open: openZstd}, // pzstd begins with a frame that is skipped
	{magic: "\xff\xfe", open: openUTF16},
	{magic: "\xfe\xff", open: openUTF16},
	{magic: "PK\x03\x04", advice: "this is a zip archive; unpack it and name the logs in it"},
	{magic: "7z\xbc\xaf\x27\x1c", advice: "this is a 7z archive; unpack it and name the logs in it"},
	{magic: "\x1f\x9d", advice: "this was packed by compress; unpack it with gzip -d"},
	{magic: "\x04\x22\x4d\x18", advice: "this was packed by lz4; unpack it with lz4 -d"},
	{magic: "LPKSHHRH", advice: "this is a systemd journal; pipe the output of journalctl --file into logsleuth"},
}

// An unpacked is the text of a log, whatever way it is packed.
type unpacked struct {
	io.Reader
	packing string // "" for plain text
}

// unpack finds out from its first bytes how a log is packed.
func unpack(raw *bufio.Reader) (*unpacked, error) {
	const longest = 10
	head, err := raw.Peek(longest)
	if err != nil && err != io.EOF {
		return &unpacked{Reader: raw}, nil // as plain text, whose reading meets the same error
	}
	for _, p := range packings {
		if !bytes.HasPrefix(head, []byte(p.magic)) {
			continue
		}
		if p.name == "bzip2" && !isBzip2(head) {
			continue // a line of text may begin with BZh
		}
		if p.open == nil {
			return nil, foreign(p.advice)
		}
		text, err := p.open(raw)
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			text = ended{err}
		}
		return &unpacked{text, p.name}, nil
	}
	return &unpacked{Reader: raw}, nil
}

// A foreign is the error of a file that is no log but a known kind of something else; it says what to do with it.
type foreign string

func (f foreign) Error() string { return string(f) }

// isBzip2 looks for the magic number of a block, or of the end of an empty file, behind BZh9.
func isBzip2(head []byte) bool {
	const block, end = "\x31\x41\x59\x26\x53\x59", "\x17\x72\x45\x38\x50\x90"
	return len(head) >= 10 && (string(head[4:10]) == block || string(head[4:10]) == end)
}

// Close frees what unpacking took.
func (u *unpacked) Close() {
	if z, ok := u.Reader.(*zstd.Decoder); ok {
		z.Close()
	}
}

// openUTF16 refuses what PowerShell's > and some editors write. It is an error and nothing foreign, so that a log in a
// folder is not passed over without a word.
func openUTF16(*bufio.Reader) (io.Reader, error) {
	return nil, errors.New("this is UTF-16 text, as PowerShell writes it; turn it into UTF-8 with iconv -f UTF-16 -t UTF-8")
}

func openBzip2(raw *bufio.Reader) (io.Reader, error) { return bzip2.NewReader(raw), nil }

func openZstd(raw *bufio.Reader) (io.Reader, error) {
	return zstd.NewReader(raw, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
}

func openXz(raw *bufio.Reader) (io.Reader, error) {
	if dictionary := xzDictionary(raw); dictionary > maxWindow {
		return nil, fmt.Errorf("its xz dictionary of %d MiB is more than %d MiB; unpack it with xz -d", dictionary>>20, maxWindow>>20)
	}
	return xz.ReaderConfig{DictCap: lzma.MinDictCap}.NewReader(raw)
}

// xzDictionary is the size of the dictionary that the first block of an xz file asks for, 0 when it cannot be told. It
// is taken from the file as it stands, so a made-up one would take 4 GiB of memory.
func xzDictionary(raw *bufio.Reader) int64 {
	const streamHeader = 12
	head, _ := raw.Peek(streamHeader + 64)
	if len(head) < streamHeader+2 {
		return 0
	}
	block := head[streamHeader:]
	flags, rest := block[1], block[2:]
	for _, size := range []byte{0x40, 0x80} { // the packed and the unpacked size, when they are given
		for more := flags&size != 0; more && len(rest) > 0; rest = rest[1:] {
			more = rest[0]&0x80 != 0
		}
	}
	const lzma2 = 0x21
	if len(rest) < 3 || rest[0] != lzma2 || rest[1] != 1 || rest[2] > 40 {
		return 0
	}
	return int64(2|rest[2]&1) << (rest[2]/2 + 11)
}

func openGzip(raw *bufio.Reader) (io.Reader, error) {
	z, err := gzip.NewReader(raw)
	if err != nil {
		return nil, err
	}
	z.Multistream(false)
	return &gzipMembers{z, raw}, nil
}

// gzipMembers reads all members of a gzip file, and unlike the library lets the NULs pass with which tapes and some
// copies fill up the last block.
type gzipMembers struct {
	member *gzip.Reader
	raw    *bufio.Reader
}

var errAfterGzip = errors.New("after the gzip data come other bytes, which were left out")

func (g *gzipMembers) Read(p []byte) (int, error) {
	n, err := g.member.Read(p)
	if err != io.EOF {
		return n, err
	}
	for {
		head, err := g.raw.Peek(2)
		switch {
		case len(head) == 0:
			return n, err
		case string(head) == "\x1f\x8b":
			err := g.member.Reset(g.raw)
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			g.member.Multistream(false)
			return n, err
		case head[0] != 0:
			return n, errAfterGzip
		}
		g.raw.Discard(1)
	}
}
