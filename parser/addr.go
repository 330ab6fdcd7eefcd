package parser

import (
	"bytes"
	"hash/maphash"
	"net/netip"
)

// addrCache keeps addresses whose reading would allocate, each in the one place
// where its text belongs: a hostile log puts others there, nothing more.
type addrCache struct {
	seed    maphash.Seed
	entries []addrEntry
}

type addrEntry struct {
	text [longestAddr]byte
	n    int
	addr netip.Addr
}

const (
	maxAddrs    = 1024
	longestAddr = 47 // ::ffff:255.255.255.255 in full; one with a zone may be longer
)

// parse reads an IPv4 or IPv6 address without port; invalid where it is none.
func (c *addrCache) parse(b []byte) netip.Addr {
	if a, ok := ipv4(b); ok {
		return a
	}
	if len(b) > 64 || bytes.IndexByte(b, ':') < 0 {
		return netip.Addr{}
	}
	if len(b) > longestAddr {
		return parseAddr(b)
	}
	if c.entries == nil {
		c.seed, c.entries = maphash.MakeSeed(), make([]addrEntry, maxAddrs)
	}
	e := &c.entries[maphash.Bytes(c.seed, b)%maxAddrs]
	if string(e.text[:e.n]) != string(b) {
		e.n = copy(e.text[:], b)
		e.addr = parseAddr(b)
	}
	return e.addr
}

func parseAddr(b []byte) netip.Addr {
	a, err := netip.ParseAddr(string(b))
	if err != nil {
		return netip.Addr{}
	}
	return a.WithZone("").Unmap()
}

// ipv4 reads a dotted quad.
func ipv4(b []byte) (netip.Addr, bool) {
	if len(b) < 7 || len(b) > 15 {
		return netip.Addr{}, false
	}
	var a [4]byte
	part, n, width := 0, 0, 0
	for i := 0; ; i++ {
		if i == len(b) || b[i] == '.' {
			if width == 0 || n > 255 {
				return netip.Addr{}, false
			}
			a[part] = byte(n)
			if part++; i == len(b) {
				break
			}
			if part > 3 {
				return netip.Addr{}, false
			}
			n, width = 0, 0
			continue
		}
		d := b[i] - '0'
		if d > 9 || width == 3 {
			return netip.Addr{}, false
		}
		n, width = n*10+int(d), width+1
	}
	return netip.AddrFrom4(a), part == 4
}

// hostport reads what stands behind "client " in a frame: an address and, with a
// bare colon, a port. httpd 2.4 always writes the port, so the last group of an
// IPv6 address in its frame is one; 2.2 never does (withPort false).
func (c *addrCache) hostport(b []byte, withPort bool) (netip.Addr, int32) {
	if len(b) > 2 && b[0] == '[' { // some modules write [v6]:port
		if i := bytes.IndexByte(b, ']'); i > 0 {
			port := int32(-1)
			if n, rest, ok := digits(bytes.TrimPrefix(b[i+1:], []byte(":"))); ok && len(rest) == 0 && n < 65536 {
				port = int32(n)
			}
			return c.parse(b[1:i]), port
		}
	}
	i := bytes.LastIndexByte(b, ':')
	if i < 0 {
		return c.parse(b), -1
	}
	v6 := bytes.IndexByte(b[:i], ':') >= 0
	if v6 && !withPort {
		if a := c.parse(b); a.IsValid() {
			return a, -1
		}
	}
	if n, rest, ok := digits(b[i+1:]); ok && len(rest) == 0 && n < 65536 {
		if a := c.parse(bytes.TrimRight(b[:i], " ")); a.IsValid() {
			return a, int32(n)
		}
	}
	return c.parse(b), -1
}
