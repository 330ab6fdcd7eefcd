// Package simulate plays a small web server with its visitors and writes the
// logs that it would have written, together with what really happened. It is
// for development: tests measure with it how far a stated confidence can be
// trusted, and make logs of situations that nobody has recorded. The program
// itself does not use it, and it knows nothing of the rules that judge logs: it
// is built from how servers and people behave.
//
// There is one clock and a queue of things to come. Clients open connections,
// workers take them, requests need processor time, memory and the database.
// Lines follow from that state: a page logs a database error when the database
// went away under it, the parent says that the workers ran out when they did.
// No scenario prints lines; it lets something happen at a certain time.
//
// What it leaves out: the network, TLS and HTTP/2, more than one site, the
// processor's scheduler (a request takes longer the more of them run), and
// everything that an attacker would do to forge lines.
package simulate

import (
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"slices"
	"time"
)

// Options say what to play. The zero value of each leaves it to the seed.
type Options struct {
	Scenario string        // a name of Scenarios; empty: any
	Seed     uint64        // the same seed and options give the same bytes
	Strength float64       // above 0 (barely there) to 1 (massive)
	Visitors int           // visits in an hour at noon
	Duration time.Duration // time that the logs cover
	Bytes    int64         // write about so much instead: what happens is repeated every day
	Logs     Logs          // which logs are written besides error.log
}

// Logs are the logs that a run writes besides error.log.
type Logs uint8

// ErrorOnly is needed to say that no other log is wanted, as zero leaves it to the seed.
const (
	ErrorOnly Logs = 1 << iota
	Access
	Syslog
)

// Run plays and writes. open is called once for each log, before its first line.
func Run(o Options, open func(name string) (io.Writer, error)) (*Truth, error) {
	if o.Scenario == "" {
		o.Scenario = Scenarios[rand.New(rand.NewPCG(o.Seed, 0)).IntN(len(Scenarios))].Name
	}
	// One seed is not the same machine for every scenario.
	name := fnv.New64a()
	name.Write([]byte(o.Scenario))
	s := &sim{rng: rand.New(rand.NewPCG(o.Seed, name.Sum64()))}
	i := slices.IndexFunc(Scenarios, func(c Scenario) bool { return c.Name == o.Scenario })
	if i < 0 {
		return nil, fmt.Errorf("no scenario is called %q", o.Scenario)
	}
	s.strength = o.Strength
	if s.strength <= 0 {
		s.strength = s.rng.Float64()
	}
	s.strength = min(s.strength, 1)
	s.end = o.Duration
	if s.end <= 0 {
		s.end = s.between(2*time.Hour, 5*time.Hour)
	}
	s.limit = o.Bytes
	if s.limit > 0 {
		s.end = 100 * 365 * day
	}
	s.settle(o, Scenarios[i])
	s.out = &writers{sim: s, open: open, kept: map[string]*log{}}
	if o.Logs&Access != 0 || o.Logs == 0 && s.rng.IntN(2) == 0 {
		s.out.access = true
	}
	if o.Logs&Syslog != 0 || o.Logs == 0 && s.rng.IntN(3) > 0 {
		s.out.syslog = true
	}
	s.play(Scenarios[i])
	if err := s.out.close(); err != nil {
		return nil, err
	}
	t := s.truth(Scenarios[i])
	t.Seed = o.Seed
	return t, nil
}
