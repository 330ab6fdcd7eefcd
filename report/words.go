package report

import (
	"fmt"
	"maps"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/logsleuth/logsleuth/analyze"
)

// likely is the confidence from which the report no longer says "perhaps".
const likely = 0.75

// sure is a confidence from 0 to 1 in words.
func sure(confidence float64) string {
	word := "uncertain"
	switch {
	case confidence >= 0.9:
		word = "very likely"
	case confidence >= likely:
		word = "likely"
	case confidence >= 0.5:
		word = "more likely than not"
	}
	return word + " (" + percent(confidence) + ")"
}

// percent never says 100: a log proves nothing beyond doubt.
func percent(confidence float64) string {
	return strconv.Itoa(int(min(math.Floor(confidence*100+0.5), 99))) + "%"
}

// marks show a weight. It is in natural log-odds: three marks mean that it
// changes the odds tenfold, two mean more than double.
func marks(weight float64) string {
	mark := "+"
	if weight < 0 {
		mark = "-"
	}
	switch w := math.Abs(weight); {
	case w >= 2.3:
		return strings.Repeat(mark, 3)
	case w >= 0.7:
		return strings.Repeat(mark, 2)
	case w > 0:
		return mark
	}
	return "0"
}

// counted are events by kind in words, the most frequent first. titles say what
// a kind is; without one its name has to do.
func counted(events map[string]int64, titles map[string]string) string {
	kinds := slices.Sorted(maps.Keys(events))
	slices.SortStableFunc(kinds, func(a, b string) int { return int(events[b] - events[a]) })
	var all int64
	var parts []string
	for _, k := range kinds {
		all += events[k]
		if len(parts) < maxShort {
			title := titles[k]
			if title == "" {
				title = k
			}
			if len(kinds) > 1 {
				title += " (" + number(events[k]) + ")"
			}
			parts = append(parts, title)
		}
	}
	if len(kinds) > maxShort {
		parts = append(parts, "and others")
	}
	s := plural(all, "event", "events")
	if len(parts) > 0 {
		s += ": " + strings.Join(parts, "; ")
	}
	return s
}

// A stamp is a time as the log has it, taken apart without moving it to another zone.
type stamp struct{ date, clock, zone string }

func readStamp(s string) stamp {
	date, rest, ok := strings.Cut(s, "T")
	if !ok {
		return stamp{clock: s}
	}
	clock, zone := rest, ""
	if i := strings.IndexAny(rest, "Z+-"); i >= 0 {
		clock, zone = rest[:i], rest[i:]
	}
	clock, _, _ = strings.Cut(clock, ".")
	return stamp{date, clock, zone}
}

// day is the date, with the zone where one is known.
func (s stamp) day() string {
	return strings.TrimSpace(s.date + " " + s.zone)
}

// after is s for a reader who has just read earlier: the date only where it would be missed.
func (s stamp) after(earlier stamp) string {
	a, errA := parseStamp(earlier.date + "T" + earlier.clock)
	b, errB := parseStamp(s.date + "T" + s.clock)
	if s.date == earlier.date || errA == nil && errB == nil && b.After(a) && b.Sub(a) < 12*time.Hour {
		return s.clock
	}
	return s.date + " " + s.clock
}

func between(first, last string) string {
	a, b := readStamp(first), readStamp(last)
	s := strings.TrimSpace(a.date + " " + a.clock)
	if s == "" {
		return "no time"
	}
	if b.clock != "" && (a.clock != b.clock || a.date != b.date) {
		s += " to " + b.after(a)
	}
	return s
}

func lasted(first, last string) string {
	a, errA := parseStamp(first)
	b, errB := parseStamp(last)
	if errA != nil || errB != nil || b.Sub(a) < time.Second {
		return ""
	}
	d := b.Sub(a).Round(time.Second)
	if d >= time.Hour {
		d = d.Round(time.Minute)
	}
	s := strings.NewReplacer("h0m", "h", "m0s", "m").Replace(d.String())
	return " (" + strings.TrimSpace(strings.NewReplacer("h", " h ", "m", " min ", "s", " s").Replace(s)) + ")"
}

func parseStamp(s string) (time.Time, error) {
	if readStamp(s).zone == "" {
		return time.Parse("2006-01-02T15:04:05", s)
	}
	return time.Parse(time.RFC3339, s)
}

// shortNames gives every log the shortest end of its path that no other log has.
func shortNames(inputs []analyze.Input) map[string]string {
	names := make(map[string]string, len(inputs))
	shared := make(map[string]int) // how many logs have an end
	for _, in := range inputs {
		if _, known := names[in.Path]; known {
			continue
		}
		names[in.Path] = in.Path
		shared[in.Path]++
		for i, c := range in.Path {
			if c == '/' {
				shared[in.Path[i+1:]]++
			}
		}
	}
	for p := range names {
		name := path.Base(p)
		for shared[name] > 1 && len(name) < len(p) {
			cut := strings.LastIndex(p[:len(p)-len(name)-1], "/")
			name = p[cut+1:]
		}
		names[p] = name
	}
	return names
}

// places names lines, several of one log after each other: error.log:3, 4, 9.
func (t *text) places(lines ...string) string {
	var said, last string
	for i, place := range lines {
		if i == maxPlaces {
			return said + fmt.Sprintf(" and %d more", len(lines)-i)
		}
		colon := strings.LastIndex(place, ":")
		if colon < 0 {
			said, last = join(said, place), ""
			continue
		}
		name, line := place[:colon], place[colon+1:]
		if short, ok := t.names[name]; ok {
			name = short
		}
		if name == last {
			said = join(said, line)
		} else {
			said = join(said, name+":"+line)
		}
		last = name
	}
	return said
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + ", " + b
}

func plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

// number groups digits: 12,345.
func number(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func size(bytes int64) string {
	const mb = 1 << 20
	switch {
	case bytes >= 10<<30:
		return fmt.Sprintf("%.0f GB", float64(bytes)/(1<<30))
	case bytes >= 1<<30:
		return fmt.Sprintf("%.1f GB", float64(bytes)/(1<<30))
	case bytes >= 10*mb:
		return fmt.Sprintf("%d MB", bytes/mb)
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/mb)
}
