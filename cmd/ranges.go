package cmd

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// readRanges reads the ranges of a flag: CIDRs or single addresses with commas
// between, or @FILE with one a line and remarks behind #. FILE is looked for from
// the folder, "" for the current one.
func readRanges(flag, folder string, values []string) (ranges []netip.Prefix, err error) {
	for _, value := range values {
		before := len(ranges)
		where, text := "", value
		if name, ok := strings.CutPrefix(value, "@"); ok {
			if !filepath.IsAbs(name) {
				name = filepath.Join(folder, name)
			}
			data, err := os.ReadFile(name)
			if err != nil {
				return nil, fmt.Errorf("--%s: reading the ranges: %w", flag, err)
			}
			where, text = " in "+name, withoutRemarks(string(data))
		}
		for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(", \t\r\n", r) }) {
			p, err := netip.ParsePrefix(word)
			if a, failed := netip.ParseAddr(word); failed == nil && a.Zone() == "" {
				a = a.Unmap()
				p, err = netip.PrefixFrom(a, a.BitLen()), nil
			}
			if err != nil {
				return nil, fmt.Errorf("--%s: %q%s is no range of addresses; write 203.0.113.0/24, 2001:db8::/32 or a single address", flag, word, where)
			}
			if a := p.Addr(); a.Is4In6() && p.Bits() >= 96 { // logs name such an address as IPv4
				p = netip.PrefixFrom(a.Unmap(), p.Bits()-96)
			}
			ranges = append(ranges, p.Masked())
		}
		if len(ranges) == before {
			return nil, fmt.Errorf("--%s: there is no range%s; write 203.0.113.0/24, 2001:db8::/32 or a single address", flag, where)
		}
	}
	slices.SortFunc(ranges, func(a, b netip.Prefix) int {
		if c := a.Addr().Compare(b.Addr()); c != 0 {
			return c
		}
		return a.Bits() - b.Bits()
	})
	return slices.Compact(ranges), nil
}

func withoutRemarks(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
