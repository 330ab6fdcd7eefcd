package geo

import (
	"bufio"
	"bytes"
	_ "embed"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// The purposes of services.
const (
	CDN     = "cdn"     // stands in front of other people's sites
	Crawler = "crawler" // reads sites for a search engine, an archive, a model
	Monitor = "monitor" // watches whether a site is up
)

// A Service is an operator whose addresses stand for other people, or are
// nobody's enemy.
type Service struct {
	Operator string
	Purpose  string
	Header   string // in which a CDN names the visitor
	Source   string // what the operator says of its addresses
	Date     string // the day of the data, YYYY-MM-DD; "" where there is none yet
	Lists    []string
	Numbers  []uint32       // networks that are the operator's alone
	Ranges   []netip.Prefix // sorted

	head []string // remarks before it, and lines as they were, for writing it again
}

//go:embed data/services.txt
var serviceData []byte

// services are the embedded ones, ready to be looked up.
var services = sync.OnceValues(func() (*directory, error) {
	list, err := ReadServices(serviceData)
	return newDirectory(list), err
})

// A directory finds the service of an address.
type directory struct {
	list    []Service
	ranges  map[netip.Prefix]int
	lengths [2][]int // of prefixes of each family, the longest first
	numbers map[uint32]int
}

func newDirectory(list []Service) *directory {
	d := &directory{list: list, ranges: make(map[netip.Prefix]int), numbers: make(map[uint32]int)}
	for i, s := range list {
		for _, p := range s.Ranges {
			if _, taken := d.ranges[p]; taken { // the first that names it
				continue
			}
			d.ranges[p] = i
			lengths := &d.lengths[family(p.Addr())]
			if !slices.Contains(*lengths, p.Bits()) {
				*lengths = append(*lengths, p.Bits())
			}
		}
		for _, n := range s.Numbers {
			if _, taken := d.numbers[n]; !taken {
				d.numbers[n] = i
			}
		}
	}
	for i := range d.lengths {
		slices.SortFunc(d.lengths[i], func(a, b int) int { return b - a })
	}
	return d
}

func family(a netip.Addr) int {
	if a.Is4() {
		return 0
	}
	return 1
}

func (d *directory) at(a netip.Addr) (int, bool) {
	for _, bits := range d.lengths[family(a)] {
		if p, err := a.Prefix(bits); err == nil {
			if i, ok := d.ranges[p]; ok {
				return i, true
			}
		}
	}
	return 0, false
}

// Service says whose service an address belongs to, and whether by a range that is
// known or only by its network.
func (db *DB) Service(addr netip.Addr) (s Service, published, ok bool) {
	addr = addr.Unmap().WithZone("")
	d, err := services()
	if err != nil || !routed(addr) {
		return s, false, false
	}
	if i, ok := d.at(addr); ok {
		return d.list[i], true, true
	}
	if i, ok := d.numbers[db.Lookup(addr).ASN]; ok {
		return d.list[i], false, true
	}
	return s, false, false
}

// ServicesBuilt is the day of the oldest and of the latest ranges of services.
func ServicesBuilt() (oldest, latest string) {
	d, _ := services()
	for _, s := range d.list {
		if len(s.Ranges) == 0 {
			continue
		}
		if oldest == "" || s.Date < oldest {
			oldest = s.Date
		}
		latest = max(latest, s.Date)
	}
	return oldest, latest
}

// ReadServices reads data/services.txt; the file itself says how it is written.
func ReadServices(data []byte) (list []Service, err error) {
	var s *Service
	var remarks []string
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		word, rest, _ := strings.Cut(line, " ")
		if line == "" || word[0] == '#' {
			remarks = append(remarks, line)
			continue
		}
		if word == "service" {
			list = append(list, Service{head: remarks})
			remarks = nil
			s = &list[len(list)-1]
		}
		if s == nil {
			return nil, fmt.Errorf("line %d: %q stands before any service", n, line)
		}
		if err := s.read(word, rest); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	for i := range list {
		slices.SortFunc(list[i].Ranges, comparePrefixes)
	}
	return list, lines.Err()
}

func comparePrefixes(a, b netip.Prefix) int {
	if c := a.Addr().Compare(b.Addr()); c != 0 {
		return c
	}
	return a.Bits() - b.Bits()
}

func (s *Service) read(word, rest string) error {
	parts := strings.Split(rest, "|")
	for i := range parts {
		if parts[i] = strings.TrimSpace(parts[i]); parts[i] == "-" {
			parts[i] = ""
		}
	}
	switch {
	case word == "service" && len(parts) == 3:
		s.Operator, s.Purpose, s.Header = parts[0], parts[1], parts[2]
		if s.Operator == "" || !slices.Contains([]string{CDN, Crawler, Monitor}, s.Purpose) {
			return fmt.Errorf("no operator, or %q is no purpose", s.Purpose)
		}
	case word == "source" && len(parts) == 2:
		s.Source, s.Date = parts[0], parts[1]
	case word == "list":
		s.Lists = append(s.Lists, rest)
	case word == "as":
		for _, f := range strings.Fields(rest) {
			n, err := strconv.ParseUint(f, 10, 32)
			if err != nil {
				return err
			}
			s.Numbers = append(s.Numbers, uint32(n))
		}
	case word == "net":
		for _, f := range strings.Fields(rest) {
			p, err := netip.ParsePrefix(f)
			if err != nil {
				return err
			}
			if p != p.Masked() {
				return fmt.Errorf("%s has bits after its length", p)
			}
			s.Ranges = append(s.Ranges, p)
		}
	default:
		return fmt.Errorf("not understood: %q", word+" "+rest)
	}
	return nil
}

// WriteServices writes what ReadServices reads.
func WriteServices(list []Service) []byte {
	var b bytes.Buffer
	dash := func(s string) string {
		if s == "" {
			return "-"
		}
		return s
	}
	for _, s := range list {
		for _, remark := range s.head {
			fmt.Fprintln(&b, remark)
		}
		fmt.Fprintf(&b, "service %s | %s | %s\n", s.Operator, s.Purpose, dash(s.Header))
		fmt.Fprintf(&b, "source %s | %s\n", s.Source, dash(s.Date))
		for _, l := range s.Lists {
			fmt.Fprintln(&b, "list", l)
		}
		if len(s.Numbers) > 0 {
			b.WriteString("as")
			for _, n := range s.Numbers {
				fmt.Fprintf(&b, " %d", n)
			}
			b.WriteByte('\n')
		}
		const aLine = 5
		for ranges := range slices.Chunk(s.Ranges, aLine) {
			b.WriteString("net")
			for _, p := range ranges {
				fmt.Fprintf(&b, " %s", p)
			}
			b.WriteByte('\n')
		}
	}
	return b.Bytes()
}
