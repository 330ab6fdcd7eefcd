package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"

	"github.com/oschwald/geoip2-golang/v2"
	"github.com/oschwald/maxminddb-golang/v2"
)

// samples is how many addresses of each kind are looked up as package geo will.
const samples = 200_000

// check compares a database with the spans it was made from:
// all that it holds, address for address, and then what geoip2 answers.
func check(plain []byte, spans []span) error {
	r, err := maxminddb.OpenBytes(plain)
	if err != nil {
		return err
	}
	if err := r.Verify(); err != nil {
		return err
	}
	var got []span
	for network := range r.Networks() {
		var v value
		err := errors.Join(
			network.DecodePath(&v.country, "country", "iso_code"),
			network.DecodePath(&v.asn, "autonomous_system_number"),
			network.DecodePath(&v.org, "autonomous_system_organization"))
		if err != nil {
			return err
		}
		got = append(got, spanOf(network.Prefix(), v))
	}
	got, err = joined(got)
	if err != nil {
		return err
	}
	for i := range min(len(got), len(spans)) {
		if got[i] != spans[i] {
			return fmt.Errorf("the database says %v, the data %v", got[i], spans[i])
		}
	}
	if len(got) != len(spans) {
		return fmt.Errorf("the database has %d ranges, the data %d", len(got), len(spans))
	}
	return checkSamples(plain, spans)
}

// checkSamples looks up the ends of random spans, their neighbours, and random addresses.
func checkSamples(plain []byte, spans []span) error {
	r, err := geoip2.OpenBytes(plain)
	if err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(1, 2)) // the same each time: a failure stays a failure
	for range samples {
		s := spans[random.IntN(len(spans))]
		anywhere := make([]byte, s.first.BitLen()/8)
		for i := range anywhere {
			anywhere[i] = byte(random.Uint32())
		}
		addr, _ := netip.AddrFromSlice(anywhere)
		for _, a := range []netip.Addr{s.first, s.last, s.first.Prev(), s.last.Next(), addr} {
			if !a.IsValid() {
				continue
			}
			got, err := answer(r, a)
			if err != nil {
				return err
			}
			if want := valueAt(spans, a); got != want {
				return fmt.Errorf("%v: the database says %v, the data %v", a, got, want)
			}
		}
	}
	return nil
}

func answer(r *geoip2.Reader, a netip.Addr) (value, error) {
	if r.Metadata().DatabaseType == "GeoLite2-ASN" {
		n, err := r.ASN(a)
		return value{asn: uint32(n.AutonomousSystemNumber), org: n.AutonomousSystemOrganization}, err
	}
	c, err := r.Country(a)
	return value{country: c.Country.ISOCode}, err
}

func valueAt(spans []span, a netip.Addr) value {
	i, found := slices.BinarySearchFunc(spans, a, func(s span, a netip.Addr) int { return s.first.Compare(a) })
	if !found {
		i--
	}
	if i < 0 || spans[i].last.Compare(a) < 0 || spans[i].last.Is4() != a.Is4() {
		return value{}
	}
	return spans[i].value
}
