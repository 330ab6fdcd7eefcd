package report

import (
	"cmp"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/logsleuth/logsleuth/analyze"
)

// Cell is text made harmless for a spreadsheet and for a terminal: it stays on one
// line, and what would be a formula begins with a quote. So does what follows a
// semicolon, at which some spreadsheets cut whatever stands between quotes.
func Cell(s string) string {
	s = plain(s)
	if !strings.ContainsAny(s, "=+-@") && ascii(s) {
		return s
	}
	var b strings.Builder
	begins := true
	for _, r := range s {
		if begins && strings.ContainsRune("=+-@＝＋－＠", r) {
			b.WriteByte('\'')
		}
		if r != ' ' {
			begins = r == ';'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// AppendCSV appends cells as a row of CSV (RFC 4180). They are taken to be harmless.
func AppendCSV(b []byte, cells []string) []byte {
	for i, c := range cells {
		if i > 0 {
			b = append(b, ',')
		}
		if !strings.ContainsAny(c, ",\";' ") {
			b = append(b, c...)
			continue
		}
		b = append(b, '"')
		b = append(b, strings.ReplaceAll(c, `"`, `""`)...)
		b = append(b, '"')
	}
	return append(b, "\r\n"...)
}

// A table is what a CSV format writes: texts of the Result are cells already.
type csvTable [][]string

func (t csvTable) send(w io.Writer) error {
	var b []byte
	for _, row := range t {
		b = AppendCSV(b, row)
	}
	_, err := w.Write(b)
	return err
}

// writeClientsCSV writes the clients, one a row.
func writeClientsCSV(w io.Writer, r *analyze.Result, _ Options) error {
	r = eachText(r, Cell)
	t := csvTable{{"address", "verdict", "confidence", "country", "asn", "network", "first", "last", "events",
		"peak_connections", "peak_workers", "requests", "failed_logins", "most_frequent", "for_it", "against_it", "lines"}}
	for _, c := range r.Clients {
		var events int64
		most := slices.SortedFunc(maps.Keys(c.Events), func(a, b string) int {
			return cmp.Or(cmp.Compare(c.Events[b], c.Events[a]), strings.Compare(a, b))
		})
		for _, n := range c.Events {
			events += n
		}
		requests, logins := "", ""
		if c.Requests != nil {
			requests, logins = strconv.FormatInt(c.Requests.Count, 10), strconv.FormatInt(c.Requests.Logins, 10)
		}
		asn := ""
		if c.ASN != 0 {
			asn = strconv.FormatUint(uint64(c.ASN), 10)
		}
		var speaks [2][]string
		for _, e := range c.Evidence {
			side := 0
			if e.Weight < 0 {
				side = 1
			}
			speaks[side] = append(speaks[side], e.Text)
		}
		t = append(t, []string{c.IP, string(c.Standing), strconv.FormatFloat(c.Confidence, 'f', 2, 64), c.Country, asn, c.Org, c.First, c.Last,
			strconv.FormatInt(events, 10), strconv.Itoa(c.Connections), strconv.Itoa(c.Workers), requests, logins,
			strings.Join(most[:min(len(most), 1)], ""), strings.Join(speaks[0], " | "), strings.Join(speaks[1], " | "), strings.Join(c.Lines, " ")})
	}
	return t.send(w)
}

// writeTimelineCSV writes how many events of each kind there were in each stretch
// of time, one number a row, which is what a pivot table wants.
func writeTimelineCSV(w io.Writer, r *analyze.Result, _ Options) error {
	r = eachText(r, Cell)
	t := csvTable{{"start", "seconds", "kind", "role", "count"}}
	for _, b := range r.Timeline.Buckets {
		for _, kind := range slices.Sorted(maps.Keys(b.Events)) {
			t = append(t, []string{b.Start, strconv.FormatInt(r.Timeline.BucketSeconds, 10), kind, r.Roles[kind], strconv.FormatInt(b.Events[kind], 10)})
		}
	}
	return t.send(w)
}

// writeKindsCSV writes the kinds of events, the most frequent first.
func writeKindsCSV(w io.Writer, r *analyze.Result, _ Options) error {
	r = eachText(r, Cell)
	kinds := slices.SortedFunc(maps.Keys(r.Events), func(a, b string) int {
		return cmp.Or(cmp.Compare(r.Events[b], r.Events[a]), strings.Compare(a, b))
	})
	t := csvTable{{"kind", "role", "count", "what"}}
	for _, k := range kinds {
		t = append(t, []string{k, r.Roles[k], strconv.FormatInt(r.Events[k], 10), r.Titles[k]})
	}
	return t.send(w)
}
