package geo

import (
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func open(t testing.TB, o Options) *DB {
	t.Helper()
	db, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Err(); err != nil {
			t.Errorf("after the look-ups: %v", err)
		}
		if err := db.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	return db
}

func TestEmbedded(t *testing.T) {
	db := open(t, Options{})
	for _, c := range []struct {
		addr    string
		country string
		asn     uint32
		org     string // part of it
	}{
		{"64.79.85.205", "US", 10297, "eNET"},
		{"8.8.8.8", "US", 15169, "Google"},
		{"::ffff:8.8.8.8", "US", 15169, "Google"},
		{"1.1.1.1", "US", 13335, "Cloudflare"},
		{"2001:4860:4860::8888", "US", 15169, "Google"},
		{"2606:4700:4700::1111", "US", 13335, "Cloudflare"},
		{"193.0.6.139", "NL", 3333, "RIPE"}, // the RIPE NCC
		{"215.0.0.1", "US", 721, "DoD"},     // listed twice in the data
	} {
		got := db.Lookup(netip.MustParseAddr(c.addr))
		if got.Country != c.country || got.ASN != c.asn || !strings.Contains(got.Org, c.org) {
			t.Errorf("Lookup(%s) = %+v, want %s, AS%d, %s", c.addr, got, c.country, c.asn, c.org)
		}
	}
}

func TestNotOfTheInternet(t *testing.T) {
	embedded := open(t, Options{})
	for _, addr := range []string{
		"0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "169.254.169.254", "172.16.0.1",
		"192.0.2.1", "192.168.1.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::ffff:10.0.0.1", "fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1", "2001:db8::1",
	} {
		if got := embedded.Lookup(netip.MustParseAddr(addr)); got != (Place{}) {
			t.Errorf("Lookup(%s) = %+v, want nothing", addr, got)
		}
	}
	if got := embedded.Lookup(netip.Addr{}); got != (Place{}) {
		t.Errorf("Lookup of no address = %+v, want nothing", got)
	}
}

func TestUsersFiles(t *testing.T) {
	v4 := Place{"NL", 64496, "Example Hosting"}
	v6 := Place{"JP", 64497, "Example Telecom"}
	for _, c := range []struct {
		country, asn string
		v6           Place
	}{
		{"country.mmdb", "asn.mmdb", v6},
		{"city.mmdb", "isp.mmdb", v6},
		{"enterprise.mmdb", "enterprise.mmdb", v6},
		{"dbip-country.mmdb", "dbip-asn4.mmdb", Place{Country: "JP"}}, // knows no IPv6
	} {
		db := open(t, Options{Country: "testdata/" + c.country, ASN: "testdata/" + c.asn})
		for addr, want := range map[string]Place{
			"192.0.2.7":   v4,
			"2001:db8::7": c.v6,
			"8.8.8.8":     {}, // their files, not ours
		} {
			if got := db.Lookup(netip.MustParseAddr(addr)); got != want {
				t.Errorf("%s and %s: Lookup(%s) = %+v, want %+v", c.country, c.asn, addr, got, want)
			}
		}
	}
}

func TestOneFileOfTheUser(t *testing.T) {
	google := netip.MustParseAddr("8.8.8.8")
	if got := open(t, Options{Country: "testdata/country.mmdb"}).Lookup(google); got.Country != "" || got.ASN != 15169 {
		t.Errorf("own countries, embedded networks: %+v", got)
	}
	if got := open(t, Options{ASN: "testdata/asn.mmdb"}).Lookup(google); got.Country != "US" || got.ASN != 0 {
		t.Errorf("embedded countries, own networks: %+v", got)
	}
}

func TestBadFiles(t *testing.T) {
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{Country: "testdata/none.mmdb"}, "no such file"},
		{Options{ASN: "testdata/none.mmdb"}, "no such file"},
		{Options{Country: "testdata"}, "directory"},
		{Options{Country: "geo.go"}, "invalid MaxMind DB file"},
		{Options{Country: "testdata/asn.mmdb"}, "a GeoLite2-ASN database has no countries"},
		{Options{Country: "testdata/isp.mmdb"}, "a GeoIP2-ISP database has no countries"},
		{Options{Country: "testdata/country.mmdb", ASN: "testdata/country.mmdb"}, "a GeoLite2-Country database has no AS numbers"},
		{Options{ASN: "testdata/domain.mmdb"}, "a GeoIP2-Domain database has no AS numbers"},
		{Options{Country: "testdata/unknown.mmdb"}, `"Example-Weather"`},
	} {
		_, err := Open(c.o)
		if err == nil {
			t.Errorf("Open(%+v) succeeds, want an error with %q", c.o, c.want)
			continue
		}
		t.Log(err)
		for _, want := range []string{c.want, c.o.Country + c.o.ASN, "give an unpacked .mmdb file"} {
			if c.o.Country != "" && c.o.ASN != "" && want == c.o.Country+c.o.ASN {
				want = c.o.ASN
			}
			if !strings.Contains(err.Error(), want) {
				t.Errorf("Open(%+v): %v, want %q in it", c.o, err, want)
			}
		}
		if strings.Contains(err.Error(), "\n") {
			t.Errorf("Open(%+v): more than a line: %v", c.o, err)
		}
	}
}

// A file can be fine where it is opened and damaged where it is read.
func TestDamagedRecords(t *testing.T) {
	db, err := Open(Options{Country: "testdata/damaged.mmdb", ASN: "testdata/asn.mmdb"})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Err(); err != nil {
		t.Errorf("before any look-up: %v", err)
	}
	got := db.Lookup(netip.MustParseAddr("192.0.2.7"))
	if want := (Place{ASN: 64496, Org: "Example Hosting"}); got != want {
		t.Errorf("Lookup = %+v, want %+v", got, want)
	}
	if err := db.Err(); err == nil || !strings.Contains(err.Error(), "testdata/damaged.mmdb") {
		t.Errorf("Err() = %v, want one that names the file", err)
	}
}

func TestSources(t *testing.T) {
	got := open(t, Options{Country: "testdata/city.mmdb"}).Sources()
	own := Source{Gives: "country", Name: "invented data for the tests of logsleuth", File: "testdata/city.mmdb", Type: "GeoIP2-City", Built: "2026-01-02"}
	if len(got) != 2 || got[0] != own {
		t.Fatalf("Sources() = %+v, want first %+v", got, own)
	}
	embedded := got[1]
	if embedded.Gives != "network" || embedded.File != "" || embedded.Type != "GeoLite2-ASN" ||
		!strings.Contains(embedded.Name, "not made by MaxMind") || !strings.Contains(Attribution(), embedded.Licence) || embedded.Licence == "" {
		t.Errorf("embedded networks: %+v", embedded)
	}
	if _, err := time.Parse(time.DateOnly, embedded.Built); err != nil {
		t.Error(err)
	}
}

func TestConcurrentLookups(t *testing.T) {
	db := open(t, Options{})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for _, a := range slices.Repeat(addrs, 100) {
				if got := db.Lookup(a); got.ASN == 0 || got.Country == "" {
					t.Errorf("Lookup(%v) = %+v", a, got)
				}
			}
			db.Sources()
			db.Err()
		})
	}
	all.Wait()
}

var addrs = []netip.Addr{
	netip.MustParseAddr("64.79.85.205"),
	netip.MustParseAddr("8.8.8.8"),
	netip.MustParseAddr("1.1.1.1"),
	netip.MustParseAddr("193.0.6.139"),
	netip.MustParseAddr("2001:4860:4860::8888"),
}

// What the first look-up costs: unpacking, opening, looking up.
func BenchmarkOpen(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		db, err := Open(Options{})
		if err != nil {
			b.Fatal(err)
		}
		if db.Lookup(addrs[0]).ASN != 10297 {
			b.Fatal(db.Err())
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	db := open(b, Options{})
	db.Lookup(addrs[0])
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		db.Lookup(addrs[i%len(addrs)])
		i++
	}
}
