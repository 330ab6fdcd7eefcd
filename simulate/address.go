package simulate

import (
	"fmt"
	"time"
)

// A role is what a client is in truth.
type role uint8

const (
	innocent role = iota
	attacker
	neutral // too small to count, or not to be told from either
)

// A client is one address and what came from it.
type client struct {
	ip        string
	role      role
	kind      string // visitor, office, proxy, crawler, feed reader, monitor, own, scanner …
	technique string
	port      int
	step      int // between its ports; 0: any port, as behind a NAT

	requests, connections int
	first, last           time.Time
	status                map[int]int
	traces                map[string]int // log → lines that name it
	deeds                 int            // lines of error.log that its own acts wrote
	mistyped              bool
}

func (c *client) nextPort(s *sim) int {
	c.connections++
	if c.step == 0 {
		return s.from(1024, 65535)
	}
	c.port += c.step
	if c.port > 60999 {
		c.port = 32768 + c.port%2
	}
	return c.port
}

// newClient is somebody whom the server has not met.
func (s *sim) newClient(kind string, r role) *client { return s.clientAt(s.address(), kind, r) }

func (s *sim) clientAt(ip, kind string, r role) *client {
	c := &client{ip: ip, kind: kind, role: r, port: s.from(32768, 60999), step: s.from(1, 2) * 2,
		status: map[int]int{}, traces: map[string]int{}}
	s.clients = append(s.clients, c)
	s.used[ip] = true
	return c
}

// address draws a public address, of any country, that was not drawn before.
func (s *sim) address() string {
	for {
		ip := s.address4()
		if s.chance(0.12) {
			// A home's network of its provider, and an interface that hides the card.
			ip = fmt.Sprintf("%x:%x:%x:%x:%x:%x:%x:%x", 0x2001+s.rng.IntN(4)*0x400, 0x400+s.rng.IntN(0x700),
				1+s.rng.IntN(0xfffe), 1+s.rng.IntN(0xfffe), 0x1000+s.rng.IntN(0xe000), 0x1000+s.rng.IntN(0xe000),
				0x1000+s.rng.IntN(0xe000), 0x1000+s.rng.IntN(0xe000))
		}
		if !s.used[ip] {
			return ip
		}
	}
}

// access are networks that registries gave to providers, mostly for homes and offices.
var access = [...]byte{2, 5, 24, 31, 37, 41, 46, 58, 62, 68, 71, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91,
	92, 93, 94, 95, 98, 99, 105, 109, 110, 112, 114, 117, 121, 125, 176, 177, 178, 179, 181, 186, 187, 188, 189, 190,
	193, 194, 195, 196, 200, 201, 210, 212, 213, 217, 218, 220, 221}

func (s *sim) address4() string {
	return fmt.Sprintf("%d.%d.%d.%d", access[s.rng.IntN(len(access))], s.rng.IntN(256), s.rng.IntN(256), s.from(1, 254))
}

// hosting are networks in which servers are let, from where most noise comes.
var hosting = [...]string{"45.%d", "185.%d", "193.%d", "80.%d", "91.%d", "194.%d", "5.%d", "95.%d", "51.%d"}

func (s *sim) hosted() string {
	for {
		ip := fmt.Sprintf(pick(s, hosting[:]), s.rng.IntN(256)) + fmt.Sprintf(".%d.%d", s.rng.IntN(256), s.from(1, 254))
		if !s.used[ip] {
			return ip
		}
	}
}

// aggressor comes from a let server, a hijacked home, or both.
func (s *sim) aggressor(kind, technique string) *client {
	ip := s.hosted()
	if s.chance(0.3) {
		ip = s.address()
	}
	c := s.clientAt(ip, kind, attacker)
	c.technique = technique
	return c
}
