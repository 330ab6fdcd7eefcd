package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
)

// A fixture is a small database such as a user might give. Each knows the
// addresses that are set aside for documentation.
type fixture struct {
	file, kind string
	version    int
	v4, v6     mmdbtype.Map
}

var fixtures = []fixture{
	{"country.mmdb", "GeoLite2-Country", 6, inCountry("NL"), inCountry("JP")},
	{"city.mmdb", "GeoIP2-City", 6, inCity("NL", "Utrecht"), inCity("JP", "Nara")},
	{"dbip-country.mmdb", "DBIP-Country-Lite", 6, inCountry("NL"), inCountry("JP")},
	{"asn.mmdb", "GeoLite2-ASN", 6, inNetwork(64496, "Example Hosting"), inNetwork(64497, "Example Telecom")},
	{"isp.mmdb", "GeoIP2-ISP", 6, inNetwork(64496, "Example Hosting"), inNetwork(64497, "Example Telecom")},
	{"dbip-asn4.mmdb", "DBIP-ASN-Lite (compat=GeoLite2-ASN)", 4, inNetwork(64496, "Example Hosting"), nil},
	{"enterprise.mmdb", "DBIP-ISP (compat=Enterprise)", 6,
		mmdbtype.Map{"country": inCountry("NL")["country"], "traits": inNetwork(64496, "Example Hosting")},
		mmdbtype.Map{"country": inCountry("JP")["country"], "traits": inNetwork(64497, "Example Telecom")}},
	{"domain.mmdb", "GeoIP2-Domain", 6, mmdbtype.Map{"domain": mmdbtype.String("example.net")}, nil},
	{"unknown.mmdb", "Example-Weather", 6, mmdbtype.Map{"sky": mmdbtype.String("blue")}, nil},
	{"damaged.mmdb", "GeoLite2-Country", 6, mmdbtype.Map{"country": mmdbtype.String("NL")}, nil}, // no map below country
}

func inCountry(code string) mmdbtype.Map {
	return mmdbtype.Map{"country": mmdbtype.Map{"iso_code": mmdbtype.String(code)}}
}

func inCity(code, name string) mmdbtype.Map {
	m := inCountry(code)
	m["city"] = mmdbtype.Map{"names": mmdbtype.Map{"en": mmdbtype.String(name)}}
	return m
}

func inNetwork(number uint32, org string) mmdbtype.Map { return value{asn: number, org: org}.record() }

func writeFixtures(folder string) error {
	for _, f := range fixtures {
		if err := writeFixture(filepath.Join(folder, f.file), f); err != nil {
			return fmt.Errorf("writing %s: %w", f.file, err)
		}
	}
	return nil
}

func writeFixture(name string, f fixture) error {
	tree, err := mmdbwriter.New(mmdbwriter.Options{
		BuildEpoch:              time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC).Unix(),
		DatabaseType:            f.kind,
		Description:             map[string]string{"en": "invented data for the tests of logsleuth"},
		DisableIPv4Aliasing:     true,
		IncludeReservedNetworks: true,
		IPVersion:               f.version,
		RecordSize:              24,
	})
	if err != nil {
		return err
	}
	for _, network := range []string{"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"} {
		ip, n, err := net.ParseCIDR(network)
		if err != nil {
			return err
		}
		record := f.v4
		if ip.To4() == nil {
			record = f.v6
		}
		if record == nil {
			continue
		}
		if err := tree.Insert(n, record); err != nil {
			return err
		}
	}
	out, err := os.Create(name)
	if err != nil {
		return err
	}
	if _, err := tree.WriteTo(out); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}
