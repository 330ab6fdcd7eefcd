package geo

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestService(t *testing.T) {
	db := open(t, Options{})
	for _, c := range []struct {
		addr, operator, purpose string
		published               bool
	}{
		{"162.158.90.1", "Cloudflare", CDN, true},
		{"::ffff:162.158.90.1", "Cloudflare", CDN, true},
		{"2606:4700::6810:1", "Cloudflare", CDN, true},
		{"151.101.1.6", "Fastly", CDN, false},
		{"35.191.4.2", "Google Cloud load balancer", CDN, true},
		{"192.124.249.1", "Sucuri", CDN, false},
		{"66.249.66.1", "Googlebot", Crawler, true},
		{"66.249.63.255", "", "", false}, // one before its range
		{"66.249.96.0", "", "", false},   // one behind it
		{"157.55.39.8", "bingbot", Crawler, true},
		{"157.55.40.8", "", "", false}, // rented out like all of Azure
		{"69.63.176.9", "Meta (facebookexternalhit)", Crawler, false},
		{"8.8.8.8", "", "", false}, // Google's, and no crawler
		{"64.79.85.205", "", "", false},
		{"10.0.0.1", "", "", false},
		{"::1", "", "", false},
	} {
		s, published, ok := db.Service(netip.MustParseAddr(c.addr))
		if s.Operator != c.operator || s.Purpose != c.purpose || published != c.published || ok != (c.operator != "") {
			t.Errorf("Service(%s) = %q, %q, published %t, ok %t; want %q, %q, %t", c.addr, s.Operator, s.Purpose, published, ok, c.operator, c.purpose, c.published)
		}
	}
	if _, _, ok := db.Service(netip.Addr{}); ok {
		t.Error("no address belongs to a service")
	}
}

// Whose range is narrower knows more.
func TestTheNarrowestRangeCounts(t *testing.T) {
	list, err := ReadServices([]byte("service wide | cdn | -\nsource x | 2026-01-01\nnet 8.0.0.0/9\nservice narrow | crawler | -\nsource x | 2026-01-01\nnet 8.8.8.0/24\n"))
	if err != nil {
		t.Fatal(err)
	}
	d := newDirectory(list)
	for addr, want := range map[string]int{"8.8.8.8": 1, "8.8.9.8": 0} {
		if i, ok := d.at(netip.MustParseAddr(addr)); !ok || i != want {
			t.Errorf("%s is of service %d (%t), want %d", addr, i, ok, want)
		}
	}
}

func TestServiceData(t *testing.T) {
	list, err := ReadServices(serviceData)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(WriteServices(list), serviceData) {
		t.Error("written again it is not the same; run make ranges, or order it as that does")
	}
	for _, s := range list {
		if _, err := time.Parse(time.DateOnly, s.Date); err != nil && len(s.Ranges)+len(s.Numbers) > 0 {
			t.Errorf("%s: no day beside its source: %v", s.Operator, err)
		}
		if !strings.HasPrefix(s.Source, "https://") || s.Purpose == CDN && s.Header == "" {
			t.Errorf("%s: no source, or no header: %+v", s.Operator, s)
		}
		for _, p := range s.Ranges {
			if !routed(p.Addr()) || p.Bits() < 9 {
				t.Errorf("%s: %s is no range of a service", s.Operator, p)
			}
		}
	}
}

func TestBadServiceData(t *testing.T) {
	for _, text := range []string{
		"net 192.0.2.0/24", "service x | spy | -", "service | cdn | -", "service x | cdn",
		"service x | cdn | -\nnet 192.0.2.1/24", "service x | cdn | -\nnet 192.0.2.0", "service x | cdn | -\nas one", "service x | cdn | -\nwhat",
	} {
		if list, err := ReadServices([]byte(text)); err == nil {
			t.Errorf("%q reads as %+v", text, list)
		}
	}
}

func BenchmarkService(b *testing.B) {
	db := open(b, Options{})
	db.Service(addrs[0])
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		db.Service(addrs[i%len(addrs)])
		i++
	}
}
