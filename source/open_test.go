package source

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

func pack(t testing.TB, text []byte, open func(io.Writer) (io.WriteCloser, error)) []byte {
	t.Helper()
	var packed bytes.Buffer
	w, err := open(&packed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

func packGzip(t testing.TB, text []byte) []byte {
	return pack(t, text, func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil })
}

func packZstd(t testing.TB, text []byte) []byte {
	return pack(t, text, func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1)) })
}

func packXz(t testing.TB, text []byte) []byte {
	return pack(t, text, func(w io.Writer) (io.WriteCloser, error) { return xz.NewWriter(w) })
}

// bzip2Text is what bzip2Packed holds; the standard library only unpacks.
const (
	bzip2Text   = "first line\nsecond line\n"
	bzip2Packed = "QlpoOTFBWSZTWYsT4YQAAATRgAAQQAAPJZwAIAAhoTIxlCAaAJEqMZVoywSC/VfxdyRThQkIsT4YQA=="
)

func packedBzip2(t testing.TB) []byte {
	packed, err := base64.StdEncoding.DecodeString(bzip2Packed)
	if err != nil {
		t.Fatal(err)
	}
	return packed
}

func textOf(pieces []piece) string {
	var text strings.Builder
	for _, p := range pieces {
		text.WriteString(p.Data)
	}
	return text.String()
}

func hexSum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// The content tells how a log is packed, never its name, and all its parts are read.
func TestPackings(t *testing.T) {
	text := generated(300 << 10)
	part := text[:100<<10]
	noise := make([]byte, 200<<10)
	rand.NewChaCha8([32]byte{}).Read(noise)
	two := func(pack func(testing.TB, []byte) []byte) []byte {
		return append(append(pack(t, part), pack(t, nil)...), pack(t, text[len(part):])...)
	}
	skipped := []byte("\x50\x2a\x4d\x18\x04\x00\x00\x00skip")
	tests := []struct {
		name, packing string
		packed        []byte
		text          string
	}{
		{"gzip", "gzip", packGzip(t, text), string(text)},
		{"gzip of noise", "gzip", packGzip(t, noise), string(noise)},
		{"gzip of nothing", "gzip", packGzip(t, nil), ""},
		{"gzip members", "gzip", two(packGzip), string(text)},
		{"gzip and NULs", "gzip", append(two(packGzip), make([]byte, 700_000)...), string(text)},
		{"bzip2", "bzip2", packedBzip2(t), bzip2Text},
		{"bzip2 twice", "bzip2", append(packedBzip2(t), packedBzip2(t)...), bzip2Text + bzip2Text},
		{"xz", "xz", packXz(t, text), string(text)},
		{"xz of nothing", "xz", packXz(t, nil), ""},
		{"xz streams", "xz", two(packXz), string(text)},
		{"zstd", "zstd", packZstd(t, text), string(text)},
		{"zstd frames", "zstd", two(packZstd), string(text)},
		{"zstd after a skipped frame", "zstd", append(skipped, packZstd(t, text)...), string(text)},
		{"plain", "", text, string(text)},
		{"almost bzip2", "", []byte("BZh91 is how a line of a log may begin\n"), "BZh91 is how a line of a log may begin\n"},
		{"almost gzip", "", []byte("\x1f\x8b"), "\x1f\x8b"},
		{"one byte", "", []byte("x"), "x"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, o := range []Options{{}, {ChunkSize: 1 << 10, MaxLine: 1 << 20}} {
				for _, inputs := range [][]*Input{file(t, "wrong.name", test.packed), pipe(bytes.NewReader(test.packed))} {
					want := test.text[:min(len(test.text), headSize)]
					if head, err := inputs[0].Head(); string(head) != want || err != nil {
						t.Errorf("head: %d bytes, %v; want %d", len(head), err, len(want))
					}
					pieces, sums := readAll(t, inputs, o)
					if textOf(pieces) != test.text {
						t.Errorf("%d bytes of text, want %d", len(textOf(pieces)), len(test.text))
					}
					s := sums[0]
					if s.Compression != test.packing || s.Err != nil || s.Bytes != int64(len(test.packed)) ||
						s.SHA256 != hexSum(test.packed) || s.Text != int64(len(test.text)) {
						t.Errorf("summary %+v", s)
					}
				}
			}
		})
	}
}

// Of a damaged log all is read that can be, the sum is over the whole file, and the summary says what is missing.
func TestDamaged(t *testing.T) {
	noise := make([]byte, 80<<10)
	rand.NewChaCha8([32]byte{}).Read(noise)
	text := []byte(hex.Dump(noise)) // packed in many blocks: xz loses the one that is cut, up to 2 MiB of text
	half := func(packed []byte) []byte { return packed[:len(packed)/2] }
	gz, xzip, zst := slices.Clip(packGzip(t, text)), slices.Clip(packXz(t, text)), slices.Clip(packZstd(t, text))
	bzip2Half := append(packedBzip2(t), half(packedBzip2(t))...)
	spoiled := slices.Clone(gz)
	spoiled[len(spoiled)-6] ^= 1 // in the checksum
	garbage := bytes.Repeat([]byte("garbage "), 100_000)
	hungry := slices.Clone(xzip)
	hungry[12+2+2] = 40 // a dictionary of 4 GiB
	binary.LittleEndian.PutUint32(hungry[12+8:], crc32.ChecksumIEEE(hungry[12:12+8]))
	tests := []struct {
		name    string
		packed  []byte
		minimum int // of text
		message string
	}{
		{"gzip cut off", half(gz), 100 << 10, "the gzip data are cut off after"},
		{"zstd cut off", half(zst), 100 << 10, "the zstd data are cut off after"},
		{"xz cut off", half(xzip), 100 << 10, "the xz data are cut off after"},
		{"bzip2 cut off", bzip2Half, len(bzip2Text), "the bzip2 data are cut off after 23 bytes"},
		{"gzip cut off in its head", gz[:5], 0, "the gzip data are cut off after 0 bytes"},
		{"gzip cut off in its second head", append(gz, 0x1f, 0x8b, 8), len(text), "the gzip data are cut off"},
		{"xz cut off in its head", xzip[:8], 0, "the xz data are cut off after 0 bytes"},
		{"zstd cut off in its head", zst[:4], 0, "the zstd data are cut off after 0 bytes"},
		{"gzip with a wrong sum", spoiled, len(text), "invalid checksum"},
		{"gzip and garbage", append(gz, garbage...), len(text), "after the gzip data come other bytes"},
		{"bzip2 and garbage", append(packedBzip2(t), garbage...), len(bzip2Text), "bad magic"},
		{"xz and garbage", append(xzip, garbage...), len(text), "xz: "},
		{"zstd and garbage", append(zst, garbage...), len(text), "magic number mismatch"},
		{"xz asking for memory", hungry, 0, "dictionary of 4096 MiB"},
		{"UTF-16", []byte("\xff\xfe[\x00S\x00"), 0, "this is UTF-16 text, as PowerShell writes it; turn it into UTF-8"},
		{"zip", append([]byte("PK\x03\x04"), garbage...), 0, "this is a zip archive; unpack it"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inputs := file(t, "error.log", test.packed)
			head, err := inputs[0].Head()
			if (len(head) > 0) == (err != nil) {
				t.Errorf("head: %d bytes and %v", len(head), err)
			}
			pieces, sums := readAll(t, inputs, Options{ChunkSize: 64 << 10})
			got, s := textOf(pieces), sums[0]
			whole := string(text)
			if strings.HasPrefix(test.name, "bzip2") {
				whole = bzip2Text
			}
			if !strings.HasPrefix(whole, got) || len(got) < test.minimum || s.Text != int64(len(got)) {
				t.Errorf("%d bytes of text, the summary says %d, want %d or more", len(got), s.Text, test.minimum)
			}
			if s.Err == nil || !strings.Contains(s.Err.Error(), test.message) {
				t.Errorf("error %q, want %q", s.Err, test.message)
			}
			if s.Bytes != int64(len(test.packed)) || s.SHA256 != hexSum(test.packed) {
				t.Errorf("not all of the file was hashed: %+v", s)
			}
		})
	}
}

// What unpacking makes of hostile bytes must not end the program.
func FuzzUnpack(f *testing.F) {
	text := generated(2 << 10)
	for _, packed := range [][]byte{packGzip(f, text), packZstd(f, text), packXz(f, text), packedBzip2(f)} {
		f.Add(packed)
		f.Add(packed[:len(packed)/2])
	}
	f.Fuzz(func(t *testing.T, packed []byte) {
		_, sums := readAll(t, pipe(bytes.NewReader(packed)), Options{ChunkSize: 1 << 10, MaxLine: 1 << 10})
		if sums[0].SHA256 != hexSum(packed) {
			t.Errorf("not all was hashed: %+v", sums[0])
		}
	})
}

func TestHeadOfAPipe(t *testing.T) {
	text := generated(200 << 10)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	go func() {
		w.Write(packGzip(t, text))
		w.Close()
	}()
	inputs, problems := Find([]string{"-", "-"}, Options{Stdin: r, StdinName: "stdin"})
	if len(inputs) != 1 || len(problems) > 0 || inputs[0].Name != "stdin" {
		t.Fatalf("find: %v, %v", inputs, problems)
	}
	for range 2 {
		if head, err := inputs[0].Head(); !bytes.Equal(head, text[:headSize]) || err != nil {
			t.Errorf("head: %d bytes, %v", len(head), err)
		}
	}
	pieces, sums := readAll(t, inputs, Options{})
	if textOf(pieces) != string(text) || sums[0].SHA256 != hexSum(packGzip(t, text)) || !sums[0].ModTime.IsZero() {
		t.Errorf("after the head: %d bytes of %d, %+v", len(textOf(pieces)), len(text), sums[0])
	}
}

// Data that unpack to nothing must not keep Head busy.
func TestHeadOfNothing(t *testing.T) {
	empty := packGzip(t, nil)
	inputs := pipe(io.MultiReader(bytes.NewReader(bytes.Repeat(empty, headEffort/len(empty))), endlessly(empty)))
	if head, err := inputs[0].Head(); len(head) > 0 || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("head: %d bytes, %v", len(head), err)
	}
}

type endlessly []byte

func (e endlessly) Read(p []byte) (int, error) { return copy(p, e), nil }

// The end of a log is told without reading it, where that can be.
func TestTail(t *testing.T) {
	long := bytes.Repeat([]byte("a line of a log\n"), headSize/8)
	for _, tt := range []struct {
		name string
		text []byte
		want []byte
	}{
		{"short", []byte("one\ntwo"), []byte("one\ntwo")},
		{"empty", nil, nil},
		{"long", long, long[:headSize-16]},
		{"packed", packGzip(t, long), nil},
	} {
		name := filepath.Join(t.TempDir(), "error.log")
		if err := os.WriteFile(name, tt.text, 0o600); err != nil {
			t.Fatal(err)
		}
		inputs, _ := Find([]string{name}, Options{})
		if got := inputs[0].Tail(); !bytes.Equal(got, tt.want) {
			t.Errorf("%s: the tail has %d bytes, want %d", tt.name, len(got), len(tt.want))
		}
	}
	if got := pipe(bytes.NewReader(long))[0].Tail(); got != nil {
		t.Errorf("a pipe: the tail has %d bytes", len(got))
	}
}
