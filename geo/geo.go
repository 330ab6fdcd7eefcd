// Package geo knows the country and the network of an address, without asking anybody.
//
// It carries data of its own and reads
// the databases of MaxMind and DB-IP in their place when somebody has them.
package geo

import (
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"github.com/oschwald/geoip2-golang/v2"
)

// A Place is what is known of an address. Zero fields are not known.
type Place struct {
	Country string // ISO 3166-1 alpha-2
	ASN     uint32 // the autonomous system that announces the address
	Org     string // who runs it
}

// Options name the user's own .mmdb files. Without a name the data embedded here is used.
type Options struct {
	Country string // GeoLite2 or GeoIP2 Country, City or Enterprise, or one of DB-IP
	ASN     string // GeoLite2 ASN, GeoIP2 ISP or Enterprise, or one of DB-IP
}

// A Source says where answers come from.
type Source struct {
	Gives   string // "country" or "network"
	Name    string // what the database says it is
	File    string // the user's file, "" for embedded data
	Type    string // the schema, such as "GeoLite2-Country"
	Built   string // the day of the data, YYYY-MM-DD
	Licence string // licence and attribution, "" for a user's file
}

// A DB answers look-ups. It is safe for concurrent use, but not while it is being closed.
type DB struct {
	country, asn database

	mu  sync.Mutex
	err error
}

// A database is a user's file or embedded data.
type database struct {
	open    func() (*geoip2.Reader, error) // opens at the first call
	file    string
	licence string
}

// Open reads the files that the options name. Embedded data waits for the first look-up.
func Open(o Options) (*DB, error) {
	db := &DB{
		country: database{open: sync.OnceValues(openCountry), licence: countryLicence},
		asn:     database{open: sync.OnceValues(openASN), licence: asnLicence},
	}
	if o.Country != "" {
		r, err := openFile(o.Country, "country", "GeoLite2-Country", hasCountries)
		if err != nil {
			return nil, err
		}
		db.country = opened(o.Country, r)
	}
	if o.ASN != "" {
		r, err := openFile(o.ASN, "ASN", "GeoLite2-ASN", hasNetworks)
		if err != nil {
			db.Close()
			return nil, err
		}
		db.asn = opened(o.ASN, r)
	}
	return db, nil
}

func opened(file string, r *geoip2.Reader) database {
	return database{open: func() (*geoip2.Reader, error) { return r, nil }, file: file}
}

// openFile opens a user's file and tries whether it has what is asked of it.
func openFile(name, what, example string, has func(*geoip2.Reader) error) (*geoip2.Reader, error) {
	r, err := geoip2.Open(name)
	if err == nil {
		err = has(r)
	}
	if err == nil {
		return r, nil
	}
	if r != nil { // also beside the error about an unknown type
		r.Close()
	}
	return nil, fmt.Errorf("reading the %s database %s: %w; give an unpacked .mmdb file such as %s, or none to use the embedded data",
		what, name, err, example)
}

func hasCountries(r *geoip2.Reader) error {
	_, err := country(r, netip.IPv4Unspecified())
	return wrongType(r, "countries", err)
}

func hasNetworks(r *geoip2.Reader) error {
	_, _, err := network(r, netip.IPv4Unspecified())
	return wrongType(r, "AS numbers", err)
}

func wrongType(r *geoip2.Reader, lacks string, err error) error {
	if _, ok := errors.AsType[geoip2.InvalidMethodError](err); ok {
		return fmt.Errorf("a %s database has no %s", r.Metadata().DatabaseType, lacks)
	}
	return err
}

// Lookup says what is known of an address: nothing, if it is private or otherwise not of the
// Internet. A fault of a database gives what the other one knows, and is kept for Err.
func (db *DB) Lookup(addr netip.Addr) Place {
	addr = addr.Unmap().WithZone("")
	if !routed(addr) {
		return Place{}
	}
	var p Place
	if r := db.reader(&db.country, addr); r != nil {
		code, err := country(r, addr)
		db.note(&db.country, err)
		p.Country = code
	}
	if r := db.reader(&db.asn, addr); r != nil {
		number, org, err := network(r, addr)
		db.note(&db.asn, err)
		p.ASN, p.Org = uint32(number), org
	}
	return p
}

// sharedSpace is what providers use between themselves and their customers (RFC 6598).
var sharedSpace = netip.MustParsePrefix("100.64.0.0/10")

func routed(addr netip.Addr) bool {
	return addr.IsGlobalUnicast() && !addr.IsPrivate() && !sharedSpace.Contains(addr)
}

// reader is nil if the database cannot answer.
func (db *DB) reader(d *database, addr netip.Addr) *geoip2.Reader {
	r, err := d.open()
	if err != nil {
		db.note(d, err)
		return nil
	}
	if addr.Is6() && r.Metadata().IPVersion == 4 {
		return nil
	}
	return r
}

func country(r *geoip2.Reader, addr netip.Addr) (string, error) {
	c, err := r.Country(addr)
	if err != nil {
		return "", err
	}
	return c.Country.ISOCode, nil
}

func network(r *geoip2.Reader, addr netip.Addr) (number uint, org string, err error) {
	n, err := r.ASN(addr)
	if err == nil {
		return n.AutonomousSystemNumber, n.AutonomousSystemOrganization, nil
	}
	if _, ok := errors.AsType[geoip2.InvalidMethodError](err); !ok {
		return 0, "", err
	}
	e, err := r.Enterprise(addr) // has AS numbers too, but geoip2 does not count it among them
	if err != nil {
		return 0, "", err
	}
	return e.Traits.AutonomousSystemNumber, e.Traits.AutonomousSystemOrganization, nil
}

// note keeps the first error.
func (db *DB) note(d *database, err error) {
	if err == nil {
		return
	}
	name := d.file
	if name == "" {
		name = "embedded data"
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.err == nil {
		db.err = fmt.Errorf("looking up an address in %s: %w", name, err)
	}
}

// Err is the first fault that look-ups met, or nil.
func (db *DB) Err() error {
	db.mu.Lock()
	defer db.mu.Unlock()
	return db.err
}

// Sources describes the databases: that of the country, then that of the network.
func (db *DB) Sources() []Source {
	return []Source{db.source(&db.country, "country"), db.source(&db.asn, "network")}
}

func (db *DB) source(d *database, gives string) Source {
	s := Source{Gives: gives, File: d.file, Licence: d.licence}
	r, err := d.open()
	if err != nil {
		db.note(d, err)
		return s
	}
	m := r.Metadata()
	s.Name = m.Description["en"]
	s.Type = m.DatabaseType
	s.Built = m.BuildTime().UTC().Format(time.DateOnly)
	return s
}

// Close lets go of the user's files.
func (db *DB) Close() error {
	var errs []error
	for _, d := range []*database{&db.country, &db.asn} {
		if d.file == "" { // memory, and to open it only to close it would be dear
			continue
		}
		r, _ := d.open()
		errs = append(errs, r.Close())
	}
	return errors.Join(errs...)
}
