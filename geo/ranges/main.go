// Command ranges fetches the published ranges of services anew, from the
// operators themselves, into geo/data/services.txt. Run it by: make ranges
//
// It says of each list whether it came from its publisher or was kept as it is.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/logsleuth/logsleuth/geo"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("geo/ranges: ")
	file := flag.String("file", "geo/data/services.txt", "the `file` of the services")
	flag.Parse()
	client := &http.Client{Timeout: 30 * time.Second}
	if err := refresh(*file, client, time.Now().UTC().Format(time.DateOnly), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// refresh writes the file anew. A list that cannot be had stays as it is.
func refresh(file string, client *http.Client, today string, out io.Writer) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	list, err := geo.ReadServices(data)
	if err != nil {
		return fmt.Errorf("reading %s: %w", file, err)
	}
	fetched := 0
	for i := range list {
		s := &list[i]
		if len(s.Lists) == 0 {
			fmt.Fprintf(out, "%s: kept %s: its operator publishes no list that a program can read\n", s.Operator, asOf(s))
			continue
		}
		ranges, err := fetch(client, s.Lists)
		if err != nil {
			fmt.Fprintf(out, "%s: kept %s: %v\n", s.Operator, asOf(s), err)
			continue
		}
		s.Ranges, s.Date = ranges, today
		fetched++
		fmt.Fprintf(out, "%s: %d ranges from its publisher\n", s.Operator, len(ranges))
	}
	fmt.Fprintf(out, "%d of %d services from their publishers\n", fetched, len(list))
	if fetched == 0 {
		return errors.New("no list could be fetched; nothing was changed")
	}
	data = geo.WriteServices(list)
	if _, err := geo.ReadServices(data); err != nil { // never leave behind what the program cannot read
		return err
	}
	return os.WriteFile(file, data, 0o644)
}

func asOf(s *geo.Service) string {
	switch {
	case len(s.Ranges) > 0:
		return fmt.Sprintf("%d ranges of %s", len(s.Ranges), s.Date)
	case len(s.Numbers) > 0:
		return "its network's number"
	}
	return "nothing"
}

// fetch reads all lists of a service: one that is missing would leave half of it.
func fetch(client *http.Client, urls []string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, url := range urls {
		answer, err := client.Get(url)
		if err != nil {
			return nil, err
		}
		const longest = 8 << 20
		data, err := io.ReadAll(io.LimitReader(answer.Body, longest))
		answer.Body.Close()
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", url, err)
		}
		if answer.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("%s answers %s", url, answer.Status)
		}
		ranges, err := rangesIn(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", url, err)
		}
		all = append(all, ranges...)
	}
	slices.SortFunc(all, func(a, b netip.Prefix) int {
		if c := a.Addr().Compare(b.Addr()); c != 0 {
			return c
		}
		return a.Bits() - b.Bits()
	})
	return slices.Compact(all), nil
}

const (
	// Nobody runs a service on more than this: such a range is a mistake in a
	// list, or somebody's attempt to be spared.
	widest4, widest6 = 9, 24
	mostRanges       = 10000
)

// rangesIn finds every address and range in a list, of whatever shape: one a
// line, or anywhere in JSON. Anything else in it is left out, but for ranges that
// cannot be right.
func rangesIn(data []byte) (ranges []netip.Prefix, err error) {
	var words []string
	var object any
	if json.Unmarshal(data, &object) == nil {
		words = stringsIn(object, nil)
	} else if bytes.Contains(data, []byte("<html")) {
		return nil, errors.New("a page, not a list")
	} else {
		words = strings.FieldsFunc(string(data), func(r rune) bool { return strings.ContainsRune(" \t\r\n,;", r) })
	}
	for _, w := range words {
		p, err := netip.ParsePrefix(w)
		if a, failed := netip.ParseAddr(w); failed == nil {
			p, err = netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()), nil
		}
		if err != nil {
			continue
		}
		p = p.Masked()
		a := p.Addr()
		if !a.IsGlobalUnicast() || a.IsPrivate() || a.Zone() != "" || p.Bits() < widest4 || a.Is6() && p.Bits() < widest6 {
			return nil, fmt.Errorf("names %s, which no service has", p)
		}
		ranges = append(ranges, p)
	}
	if len(ranges) == 0 {
		return nil, errors.New("no ranges in it")
	}
	if len(ranges) > mostRanges {
		return nil, fmt.Errorf("%d ranges, more than any service has", len(ranges))
	}
	return ranges, nil
}

func stringsIn(v any, list []string) []string {
	switch v := v.(type) {
	case string:
		list = append(list, v)
	case []any:
		for _, x := range v {
			list = stringsIn(x, list)
		}
	case map[string]any:
		for _, x := range v {
			list = stringsIn(x, list)
		}
	}
	return list
}
