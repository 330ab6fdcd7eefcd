package mask

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
	"sync"
)

// A Mask makes pseudonyms. Many goroutines may use it at a time.
type Mask struct {
	key []byte

	mu   sync.Mutex
	made map[string]string // pseudonyms that were asked for before
	read map[wordKey]string
}

// A wordKey is a word as it was met, on which alone depends what is written for it.
type wordKey struct {
	word, what string
	manner     manner
	strict     bool
}

// maxMade bounds what is remembered: a hostile log empties it, nothing more.
const maxMade = 1 << 16

// longWord is longer than words that come again.
const longWord = 256

// New makes a Mask of a key.
func New(key []byte) *Mask {
	return &Mask{key: key, made: make(map[string]string), read: make(map[wordKey]string)}
}

// sum is the keyed hash that all pseudonyms are cut from.
func (m *Mask) sum(purpose string, b ...byte) []byte {
	h := hmac.New(sha256.New, m.key)
	h.Write([]byte(purpose + "\x00"))
	h.Write(b)
	return h.Sum(nil)
}

// remember gives what was made of s before, and makes it where there is nothing yet.
func (m *Mask) remember(s string, make func() string) string {
	if len(s) > longWord {
		return make()
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.made[s]
	if !ok {
		t = make()
		if len(m.made) >= maxMade {
			clear(m.made)
		}
		m.made[strings.Clone(s)] = t
	}
	return t
}

// word gives what was written for a word before, and works it out where it is new:
// logs are made of few words.
func (m *Mask) word(k wordKey, write func() string) string {
	m.mu.Lock()
	s, ok := m.read[k]
	m.mu.Unlock()
	if ok {
		return s
	}
	s = write()
	k.word = strings.Clone(k.word)
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.read) >= maxMade {
		clear(m.read)
	}
	m.read[k] = s
	return s
}

// name is the pseudonym of a name, which begins with what it is a name of. The
// digits depend on the name alone: a user and a folder of the same name show
// that they are.
func (m *Mask) name(what, name string) string {
	name = strings.ToLower(name)
	return what + "-" + m.remember(name, func() string { return hex.EncodeToString(m.sum("name", []byte(name)...)[:4]) })
}

// addr is the pseudonym of an address: ip4-NETWORK-HOST, where clients of one /24,
// or of one /64 as ip6-NETWORK-HOST, have the network in common. It does not look
// like an address, lest somebody block whoever has that one. Addresses that every
// machine has stay.
func (m *Mask) addr(a netip.Addr) string {
	a = a.WithZone("").Unmap()
	if a.IsLoopback() || a.IsUnspecified() {
		return a.String()
	}
	return m.remember("\x00"+a.String(), func() string {
		b := a.AsSlice()
		if a.Is4() {
			net := uint32(b[0])<<16 | uint32(b[1])<<8 | uint32(b[2])
			return fmt.Sprintf("ip4-%06x-%02x", m.shuffle("net4", net, 12), m.shuffle("host4"+string(b[:3]), uint32(b[3]), 4))
		}
		return fmt.Sprintf("ip6-%x-%x", m.sum("net6", b[:8]...)[:6], m.sum("host6", b...)[:4])
	})
}

// shuffle is a keyed permutation of the numbers of 2*half bits, a Feistel network:
// no two addresses of IPv4 have the same pseudonym, however short it is.
func (m *Mask) shuffle(purpose string, n uint32, half uint) uint32 {
	const rounds = 10
	low := uint32(1)<<half - 1
	left, right := n>>half, n&low
	for round := range byte(rounds) {
		f := binary.BigEndian.Uint32(m.sum(purpose, round, byte(right>>8), byte(right)))
		left, right = right, left^f&low
	}
	return left<<half | right
}
