package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"

	"github.com/logsleuth/logsleuth/analyze"
	"github.com/logsleuth/logsleuth/parser"
	"github.com/logsleuth/logsleuth/source"
)

// parseWhy reads the clients that --why names: addresses, networks, or addresses
// with the port that stands behind them in a log.
func parseWhy(names []string) (list []netip.Prefix, err error) {
	for _, name := range names {
		if p, err := netip.ParsePrefix(name); err == nil {
			list = append(list, p.Masked())
			continue
		}
		a, err := netip.ParseAddr(name)
		if ap, portErr := netip.ParseAddrPort(name); err != nil && portErr == nil {
			a, err = ap.Addr(), nil
		}
		if err != nil {
			return nil, fmt.Errorf("--why takes an address or a network such as 192.0.2.0/24, not %q", name)
		}
		a = a.Unmap().WithZone("")
		list = append(list, netip.PrefixFrom(a, a.BitLen()))
	}
	return list, nil
}

// maxAccused is how many clients a report quotes the lines of without being asked.
const maxAccused = 5

// accused are the clients that a reader will ask about first.
func accused(r *analyze.Result) (list []netip.Prefix) {
	for _, c := range r.Clients {
		if c.Standing != analyze.Attacker && c.Standing != analyze.Suspect || len(list) == maxAccused {
			continue
		}
		if a, err := netip.ParseAddr(c.IP); err == nil {
			list = append(list, netip.PrefixFrom(a, a.BitLen()))
		}
	}
	return list
}

// strangers tells which of the clients that are asked about no log names.
func strangers(f *analyze.Facts, asked []netip.Prefix, window bool) (list failures) {
	for _, p := range asked {
		n, near := f.Find(p)
		if n > 0 {
			continue
		}
		name := p.String()
		if p.IsSingleIP() {
			name = p.Addr().String()
		}
		text := "--why " + name + ": no line about the web site names it as a client"
		if window {
			text += " between --since and --until"
		}
		if near.IsValid() {
			text += "; the nearest that one does is " + near.String()
		}
		if folded := f.Clients.Folded; folded > 0 {
			text += fmt.Sprintf("; or it is one of %d clients with few lines that were counted together", folded)
		}
		list = append(list, errors.New(text))
	}
	return list
}

// quote reads the quoted lines again. Facts of many clients would be far larger
// with the text of their lines than it costs to read a few files twice; a pipe
// cannot be read twice, so there the places have to do.
func (r *run) quote(ctx context.Context, list []analyze.Why) error {
	wanted := make([]map[int64][]*analyze.Quote, len(r.inputs)) // by log and line
	for i := range list {
		for j := range list[i].Quotes {
			q := &list[i].Quotes[j]
			colon := strings.LastIndexByte(q.Line, ':')
			line, err := strconv.ParseInt(q.Line[colon+1:], 10, 64)
			if err != nil {
				continue
			}
			for n, in := range r.inputs {
				if in.Name != q.Line[:colon] || in.ModTime.IsZero() {
					continue
				}
				if wanted[n] == nil {
					wanted[n] = make(map[int64][]*analyze.Quote)
				}
				wanted[n][line] = append(wanted[n][line], q)
				break
			}
		}
	}
	for n, lines := range wanted {
		if len(lines) == 0 {
			continue
		}
		if err := r.quoteFrom(ctx, r.inputs[n], lines); err != nil {
			return err
		}
	}
	return nil
}

// longestQuote is what is quoted of one line: Apache's own are no longer.
const longestQuote = 8192

// quoteFrom reads one log as far as its last wanted line.
func (r *run) quoteFrom(ctx context.Context, in *source.Input, wanted map[int64][]*analyze.Quote) error {
	reader := source.NewReader(ctx, []*source.Input{in}, r.options)
	defer reader.Close()
	for found := 0; found < len(wanted); {
		c, err := reader.Next()
		if err == io.EOF { // what could not be read again is told by its place alone
			return nil
		}
		if err != nil {
			return err
		}
		for _, p := range c.Parts {
			line := p.Line
			for rest := p.Data; len(rest) > 0; line++ {
				text, after, _ := bytes.Cut(rest, []byte("\n"))
				for _, q := range wanted[line] {
					q.Text = parser.Text(bytes.TrimSuffix(text[:min(len(text), longestQuote)], []byte("\r")))
				}
				if wanted[line] != nil {
					found++
				}
				rest = after
			}
		}
		c.Release()
	}
	return nil
}
