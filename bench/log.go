package main

import (
	"bufio"
	"bytes"
	"cmp"
	"container/heap"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// A shape is a line of a case with gaps for what differs from day to day.
type shape struct {
	at     time.Duration // after the first line of its case
	pieces [][]byte      // between the gaps
	gaps   []gap
}

// A gap is filled with a time, a process or an address.
type gap struct {
	layout string // of a time; "" else
	number int    // of a process, when addr is not set
	addr   []byte // of a client
}

// A day is the lines of one case in order of time: what errors, chains, probes
// and syslog's lines there were, and how they followed each other.
type day []shape

var gaps = regexp.MustCompile(`^\[\w{3} \w{3} \d\d [\d:.]+ \d{4}\]|^\w{3} [ \d]\d \d\d:\d\d:\d\d |^\d{4}-\d\d-\d\dT[\d:.]+\+00:00 |\[pid \d+(?::tid \d+)?\]|client \d+\.\d+\.\d+\.\d+:\d+`)

const (
	apacheTime = "[Mon Jan 02 15:04:05.000000 2006]"
	syslogTime = "Jan _2 15:04:05 "
	isoTime    = "2006-01-02T15:04:05.000000+00:00 "
)

// readDays reads the cases that are logs of whole days.
func readDays(folder string) (days []day, err error) {
	folders, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		return nil, err
	}
	for _, folder := range folders {
		var d day
		var first time.Time
		for _, name := range []string{"error.log.1", "error.log", "syslog"} {
			text, err := os.ReadFile(filepath.Join(folder, name))
			if os.IsNotExist(err) {
				continue
			} else if err != nil {
				return nil, err
			}
			last := first
			for line := range bytes.Lines(text) {
				s, t := readShape(line, first)
				if t.IsZero() { // a line without a time goes with the one before
					t = last
				}
				if first.IsZero() {
					first = t
				}
				s.at, last = max(t.Sub(first), 0), t
				d = append(d, s)
			}
		}
		slices.SortStableFunc(d, func(a, b shape) int { return cmp.Compare(a.at, b.at) })
		days = append(days, d)
	}
	if len(days) == 0 {
		return nil, fmt.Errorf("%s holds no cases", folder)
	}
	return days, nil
}

func readShape(line []byte, first time.Time) (s shape, at time.Time) {
	from := 0
	for _, m := range gaps.FindAllIndex(line, -1) {
		text := line[m[0]:m[1]]
		var g gap
		switch {
		case bytes.HasPrefix(text, []byte("[pid ")):
			g.number, _ = strconv.Atoi(string(regexp.MustCompile(`\d+`).Find(text)))
		case bytes.HasPrefix(text, []byte("client ")):
			g.addr = text[len("client "):bytes.LastIndexByte(text, ':')]
		default:
			for _, layout := range []string{apacheTime, syslogTime, isoTime} {
				if t, err := time.Parse(layout, string(text)); err == nil {
					g.layout, at = layout, t
					if layout == syslogTime {
						at = at.AddDate(first.Year(), 0, 0)
					}
				}
			}
			if g.layout == "" {
				continue
			}
		}
		s.pieces = append(s.pieces, line[from:m[0]])
		s.gaps = append(s.gaps, g)
		from = m[1]
	}
	s.pieces = append(s.pieces, line[from:])
	return s, at
}

// A site goes through days, one after the other.
type site struct {
	day      day
	next     int // line of the day
	start    time.Time
	visitors uint32
	pids     int
}

func (s *site) at() time.Time { return s.start.Add(s.day[s.next].at) }

// sites are a heap: the one whose line is next comes first.
type sites []*site

func (s sites) Len() int           { return len(s) }
func (s sites) Less(i, j int) bool { return s[i].at().Before(s[j].at()) }
func (s sites) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s *sites) Push(x any)        { *s = append(*s, x.(*site)) }
func (s *sites) Pop() any          { panic("no site ends") }

// sitesOf is how many sites write to a log of some weeks: the larger it is, the more.
func sitesOf(size int64) int64 { return 1 + size/(20<<20) }

// writeLog writes a log of about size bytes to which so many sites write at once, each
// with visitors, ports and processes of its own. A seed gives the same log.
func writeLog(w io.Writer, days []day, size, number int64, seed uint64) error {
	rnd := rand.New(rand.NewPCG(seed, 1))
	out := bufio.NewWriterSize(w, 1<<20)
	var all sites
	for range number {
		s := &site{start: time.Date(2026, 1, 5, rnd.IntN(24), rnd.IntN(60), 0, 0, time.UTC)}
		s.another(days, rnd)
		all = append(all, s)
	}
	heap.Init(&all)
	var line []byte
	for written := int64(0); written < size; written += int64(len(line)) {
		s := all[0]
		line = s.write(line[:0], rnd)
		if _, err := out.Write(line); err != nil {
			return err
		}
		if s.next++; s.next == len(s.day) {
			s.next--
			s.start = s.at().Add(time.Duration(1+rnd.IntN(60)) * time.Minute)
			s.another(days, rnd)
		}
		heap.Fix(&all, 0)
	}
	return out.Flush()
}

func (s *site) another(days []day, rnd *rand.Rand) {
	s.day, s.next, s.visitors, s.pids = quietest(days), 0, rnd.Uint32(), rnd.IntN(1<<15)
	if rnd.IntN(badDays) == 0 {
		s.day = days[rnd.IntN(len(days))]
	}
}

// badDays: one in so many is any of the cases, the others are like the quietest.
const badDays = 4

// quietest is the case with the fewest lines an hour.
func quietest(days []day) day {
	rate := func(d day) float64 { return float64(len(d)) / (d[len(d)-1].at.Hours() + 1) }
	return slices.MinFunc(days, func(a, b day) int { return cmp.Compare(rate(a), rate(b)) })
}

func (s *site) write(line []byte, rnd *rand.Rand) []byte {
	at, shape := s.at(), &s.day[s.next]
	for i, g := range shape.gaps {
		line = append(line, shape.pieces[i]...)
		switch {
		case g.layout != "":
			line = at.AppendFormat(line, g.layout)
		case g.addr != nil:
			line = appendAddr(append(line, "client "...), g.addr, s.visitors)
			line = strconv.AppendInt(append(line, ':'), int64(1024+rnd.IntN(60000)), 10)
		default:
			n := int64(g.number + s.pids)
			line = strconv.AppendInt(append(line, "[pid "...), n, 10)
			line = strconv.AppendInt(append(line, ":tid "...), n, 10)
			line = append(line, ']')
		}
	}
	return append(line, shape.pieces[len(shape.gaps)]...)
}

// appendAddr writes the address that a visitor of a case has on this day: one of
// some thousand who come again, of whom a few come often.
func appendAddr(line, addr []byte, day uint32) []byte {
	h := uint32(2166136261) // FNV-1a
	for _, c := range addr {
		h = (h ^ uint32(c)) * 16777619
	}
	h = (h ^ day%64) * 16777619
	line = append(line, "203."...)
	line = strconv.AppendInt(line, int64(h>>8&15), 10)
	line = append(line, '.')
	line = strconv.AppendInt(line, int64(h>>16&255), 10)
	line = append(line, '.')
	return strconv.AppendInt(line, int64(1+h>>24%254), 10)
}

// writeHostile writes lines of which each has a new client, process, path and chain.
func (b *bench) writeHostile(w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<20)
	start := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	for i := range b.hostile {
		at := start.Add(time.Duration(i) * 2 * time.Millisecond).Format(apacheTime)
		client := fmt.Sprintf("2001:db8:%x:%x::%x:%d", i>>16, i&0xffff, i, 1024+i%60000)
		frame := fmt.Sprintf("%s [php:notice] [pid %d:tid %d] [client %s]", at, 1+i, 1+i, client)
		if i%2 == 0 {
			fmt.Fprintf(out, "%s WordPress database error MySQL server has gone away for query SELECT option_value FROM wp_options WHERE option_name = 'o%d' LIMIT 1 made by require('wp-blog-header.php'), include_once('/plugins/p%d/p.php'), f%d\n", frame, i, i, i)
		} else {
			fmt.Fprintf(out, "%s AH00128: File does not exist: /srv/www/site/%x/%d.php, referer: https://r%d.example/\n", frame, i, i, i)
		}
	}
	return out.Flush()
}

// writeLong writes lines that are longer than a small server's memory would like.
func writeLong(w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<20)
	block := bytes.Repeat([]byte("A"), mega)
	for range 3 {
		fmt.Fprint(out, "[Mon Jan 05 00:00:00.000000 2026] [php:notice] [pid 7:tid 7] [client 192.0.2.1:4000] PHP Warning:  ")
		for range 100 {
			if _, err := out.Write(block); err != nil {
				return err
			}
		}
		fmt.Fprintln(out)
	}
	return out.Flush()
}
