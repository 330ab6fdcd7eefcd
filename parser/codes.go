package parser

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

// A Code is what httpd's sources say of one AH code. Codes keep their meaning over
// the releases; the wording of their messages does not.
type Code struct {
	Module  string // without "mod_"
	Level   Level  // LevelNone where it is computed at run time
	Scope   Scope
	Startup bool // written without any frame while the server starts
}

// A Scope tells what a message of httpd is about, and with it whether its frame names a client.
type Scope uint8

// The scopes.
const (
	ScopeUnknown    Scope = iota
	ScopeServer           // no client
	ScopeConnection       // a client, as a rule
	ScopeRequest          // a client
)

// String names the scope.
func (s Scope) String() string { return [...]string{"", "server", "connection", "request"}[s] }

//go:embed codes.txt
var codesText string

// codes is the table, read when it is first asked for.
var codes = sync.OnceValue(func() map[uint16]Code {
	table := make(map[uint16]Code)
	for line := range strings.Lines(codesText) {
		f := strings.Fields(line)
		if len(f) != 4 || f[0] == "#" {
			continue
		}
		n, err := strconv.ParseUint(f[0], 10, 16)
		if err != nil {
			continue
		}
		level, startup := strings.CutSuffix(f[2], "*")
		c := Code{Module: f[1], Level: levelOf([]byte(level)), Startup: startup}
		switch f[3] {
		case "server":
			c.Scope = ScopeServer
		case "connection":
			c.Scope = ScopeConnection
		case "request":
			c.Scope = ScopeRequest
		}
		table[uint16(n)] = c
	}
	return table
})

// CodeInfo tells what is known of AHn; false where the code is not in the table,
// which holds those of the modules of a web server with PHP, proxies and TLS.
func CodeInfo(n uint16) (Code, bool) {
	c, ok := codes()[n]
	return c, ok
}
