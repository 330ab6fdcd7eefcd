// Command build makes the two databases that package geo embeds.
//
// It reads the open data of the ip-location-db project, writes it in the schema
// of GeoLite2, reads back what it wrote and compares that with what it read.
// The same data gives the same bytes. Run it through build.sh beside this file.
package main

import (
	"bytes"
	"encoding/csv"
	"flag"
	"fmt"
	"log"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
	"github.com/oschwald/maxminddb-golang/v2"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("geo/build: ")
	country := flag.String("country", "", "iptoasn-country.mmdb `file`")
	asn := flag.String("asn", "", "asn-ipv4.csv and asn-ipv6.csv `files`, with a comma between")
	date := flag.String("date", "", "`day` of the data, YYYY-MM-DD")
	out := flag.String("out", "", "`folder` for the databases")
	fixtures := flag.String("fixtures", "", "write the databases of the tests to this `folder`, and nothing else")
	flag.Parse()

	var err error
	if *fixtures != "" {
		err = writeFixtures(*fixtures)
	} else {
		err = build(*country, strings.Split(*asn, ","), *date, *out)
	}
	if err != nil {
		log.Fatal(err)
	}
}

func build(country string, asn []string, date, out string) error {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return err
	}
	places, err := readCountries(country)
	if err != nil {
		return fmt.Errorf("reading %s: %w", country, err)
	}
	err = write(filepath.Join(out, "country.mmdb"), mmdbwriter.Options{
		BuildEpoch:   day.Unix(),
		DatabaseType: "GeoLite2-Country",
		Description:  map[string]string{"en": "IPtoASN countries by ip-location-db, in the schema of GeoLite2-Country; not made by MaxMind"},
	}, places)
	if err != nil {
		return fmt.Errorf("countries: %w", err)
	}

	networks, err := readNetworks(asn)
	if err != nil {
		return err
	}
	err = write(filepath.Join(out, "asn.mmdb"), mmdbwriter.Options{
		BuildEpoch:   day.Unix(),
		DatabaseType: "GeoLite2-ASN",
		Description:  map[string]string{"en": "RouteViews, NRO and DB-IP networks by ip-location-db, in the schema of GeoLite2-ASN; not made by MaxMind"},
	}, networks)
	if err != nil {
		return fmt.Errorf("networks: %w", err)
	}
	return nil
}

// A value is a record of either database.
type value struct {
	country string
	asn     uint32
	org     string
}

// record is the value as geoip2 reads it. No names of countries, no continents: nobody asks.
func (v value) record() mmdbtype.Map {
	if v.country != "" {
		return mmdbtype.Map{"country": mmdbtype.Map{"iso_code": mmdbtype.String(v.country)}}
	}
	return mmdbtype.Map{
		"autonomous_system_number":       mmdbtype.Uint32(v.asn),
		"autonomous_system_organization": mmdbtype.String(v.org),
	}
}

// A span is all addresses from the first to the last, both included.
type span struct {
	first, last netip.Addr
	value       value
}

func (s span) String() string { return fmt.Sprintf("%v-%v %v", s.first, s.last, s.value) }

// joined sorts spans and makes one of neighbours that say the same. Where a span reaches into
// the next one, the next one holds, as it does for who searches the sorted list; that is a
// fault of the data, and is said.
func joined(spans []span) ([]span, error) {
	slices.SortFunc(spans, func(a, b span) int { return a.first.Compare(b.first) })
	var all []span
	for _, s := range spans {
		if s.last.Compare(s.first) < 0 || s.last.Is4() != s.first.Is4() {
			return nil, fmt.Errorf("%v to %v is no range", s.first, s.last)
		}
		if len(all) == 0 || all[len(all)-1].last.Is4() != s.first.Is4() {
			all = append(all, s)
			continue
		}
		before := &all[len(all)-1]
		if before.last.Compare(s.first) >= 0 {
			if before.first == s.first || before.last.Compare(s.last) > 0 {
				return nil, fmt.Errorf("%v is listed twice, in %v and %v", s.first, *before, s)
			}
			log.Printf("%v reaches into %v: cut before %v", *before, s, s.first)
			before.last = s.first.Prev()
		}
		if before.last.Next() == s.first && before.value == s.value {
			before.last = s.last
			continue
		}
		all = append(all, s)
	}
	return all, nil
}

// readCountries reads a database whose records are {country_code: "NL"}.
func readCountries(name string) ([]span, error) {
	r, err := maxminddb.Open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var spans []span
	for network := range r.Networks() {
		var code string
		if err := network.DecodePath(&code, "country_code"); err != nil {
			return nil, err
		}
		switch {
		case code == "AP": // "Asia or Pacific": a region, no country
			continue
		case len(code) != 2 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "":
			return nil, fmt.Errorf("%v: %q is no country code", network.Prefix(), code)
		}
		spans = append(spans, spanOf(network.Prefix(), value{country: code}))
	}
	return joined(spans)
}

// readNetworks reads lines of first address, last address, AS number, organisation.
func readNetworks(names []string) ([]span, error) {
	var spans []span
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		lines, err := csv.NewReader(f).ReadAll()
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		for _, line := range lines {
			s, err := spanOfLine(line)
			if err != nil {
				return nil, fmt.Errorf("reading %s: %q: %w", name, line, err)
			}
			spans = append(spans, s)
		}
	}
	return joined(spans)
}

func spanOfLine(line []string) (s span, err error) {
	if len(line) != 4 {
		return s, fmt.Errorf("%d fields, want 4", len(line))
	}
	if s.first, err = netip.ParseAddr(line[0]); err != nil {
		return s, err
	}
	if s.last, err = netip.ParseAddr(line[1]); err != nil {
		return s, err
	}
	number, err := strconv.ParseUint(line[2], 10, 32)
	s.value = value{asn: uint32(number), org: strings.Join(strings.Fields(line[3]), " ")} // "&" came as more spaces
	return s, err
}

func spanOf(p netip.Prefix, v value) span {
	last := p.Addr().AsSlice()
	for bit := p.Bits(); bit < len(last)*8; bit++ {
		last[bit/8] |= 0x80 >> (bit % 8)
	}
	end, _ := netip.AddrFromSlice(last)
	return span{p.Addr(), end, v}
}

// write makes a database of the spans, checks it, and packs it into a file.
func write(name string, o mmdbwriter.Options, spans []span) error {
	// Package geo looks an IPv4 address up as such, and the data itself says what
	// 6to4 and Teredo are, so aliases would only make the database differ from it.
	o.DisableIPv4Aliasing = true
	// What the data says of reserved networks is kept, so that it can be compared.
	o.IncludeReservedNetworks = true
	o.RecordSize = 24
	tree, err := mmdbwriter.New(o)
	if err != nil {
		return err
	}
	for _, s := range spans {
		err := tree.InsertRange(net.IP(s.first.AsSlice()), net.IP(s.last.AsSlice()), s.value.record())
		if err != nil {
			return fmt.Errorf("adding %v to %v: %w", s.first, s.last, err)
		}
	}
	var plain bytes.Buffer
	if _, err := tree.WriteTo(&plain); err != nil {
		return err
	}
	if err := check(plain.Bytes(), spans); err != nil {
		return err
	}
	fmt.Printf("%s: %d ranges, %d bytes\n", filepath.Base(name), len(spans), plain.Len())
	return os.WriteFile(name, plain.Bytes(), 0o644)
}
