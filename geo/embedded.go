package geo

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/klauspost/compress/zstd"
	"github.com/oschwald/geoip2-golang/v2"
)

// The data is made by build/build.sh.

//go:embed data/country.mmdb.packed
var packedCountry []byte

//go:embed data/asn.mmdb.packed
var packedASN []byte

const (
	countryLicence = "IPtoASN (https://iptoasn.com), PDDL 1.0"
	asnLicence     = "IP Geolocation by DB-IP (https://db-ip.com); Route Views (https://www.routeviews.org); " +
		"Number Resource Organization (https://www.nro.net); merged by ip-location-db, modified; CC BY 4.0"
)

// Attribution is what the licences of the embedded data ask to be said, a line for each database.
func Attribution() string {
	return "Countries: " + countryLicence + "\nNetworks: " + asnLicence + "\n"
}

func openCountry() (*geoip2.Reader, error) { return openPacked(packedCountry) }
func openASN() (*geoip2.Reader, error)     { return openPacked(packedASN) }

func openPacked(packed []byte) (*geoip2.Reader, error) {
	plain, err := unpack(packed)
	if err != nil {
		return nil, fmt.Errorf("unpacking: %w", err)
	}
	return geoip2.OpenBytes(plain)
}

// nodeSize is that of a node of the search tree: two records of 24 bits.
const nodeSize = 6

// unpack makes an .mmdb file of what build has packed: the number of nodes in four bytes, then,
// in zstd, the file with one change. A record that leads to another node holds the distance to
// it in place of its number. Distances repeat where numbers do not: that halves the packed size,
// and takes less time than it saves.
func unpack(packed []byte) ([]byte, error) {
	if len(packed) < 4 {
		return nil, errors.New("too short")
	}
	nodes := binary.BigEndian.Uint32(packed)
	r, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	plain, err := r.DecodeAll(packed[4:], nil)
	if err != nil {
		return nil, err
	}
	if uint64(len(plain)) < nodeSize*uint64(nodes) {
		return nil, errors.New("the search tree is cut off")
	}
	for node := range nodes {
		records := plain[nodeSize*node:][:nodeSize]
		four, two := binary.BigEndian.Uint32(records), uint32(binary.BigEndian.Uint16(records[4:]))
		left := far(four>>8, node, nodes)
		right := far(four&0xff<<16|two, node, nodes)
		binary.BigEndian.PutUint32(records, left<<8|right>>16)
		binary.BigEndian.PutUint16(records[4:], uint16(right))
	}
	return plain, nil
}

// far turns a distance from a node into the number of the node there. From the number of
// nodes on a record is no distance: it leads to data, or nowhere. Which comes next cannot
// be foretold, so an if here makes the unpacking of the tree take twice as long.
func far(record, node, nodes uint32) uint32 {
	isDistance := uint32(int32(record-nodes) >> 31) // all bits or none
	return record + node&isDistance
}
