package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"github.com/logsleuth/logsleuth/analyze"
)

// The heights of a chart's columns, from nothing to the most.
const (
	blocks      = " ▁▂▃▄▅▆▇█"
	asciiBlocks = " .:-=+*#@"
)

// onlyASCII are the signs of this package's own that are not ASCII, and what is
// as wide and stands for them.
var onlyASCII = strings.NewReplacer("─", "-", "…", "~", "→", ">")

// chart draws, behind what comes before it, how many events there were over time,
// deeds, harm and state each by their own measure, and below which time belongs to
// which incident. Of too short a time it draws nothing.
func (t *text) chart(before string, tl analyze.TimelineReport, incidents []analyze.Incident) {
	c, ok := t.newChart(tl)
	if !ok {
		return
	}
	t.WriteString(before)
	each := strings.TrimPrefix(duration(c.step), "1 ")
	t.para(2, span{t.style.dim, "Events in each " + each + ", " + between(tl.Buckets[0].Start, c.at(c.columns).Format(c.layout)) + ":"})
	drawn := []rune(blocks)
	if t.ascii {
		drawn = []rune(asciiBlocks)
	}
	for _, role := range roles {
		counts, most := c.counts[role.role], int64(0)
		if most = slices.Max(append(counts, 0)); most == 0 || role.role == "noise" {
			continue
		}
		var line strings.Builder
		for _, n := range counts {
			level := int64(0)
			if n > 0 {
				level = 1 + (n-1)*int64(len(drawn)-2)/max(most-1, 1)
			}
			line.WriteRune(drawn[level])
		}
		style := map[string]lipgloss.Style{"deed": t.style.bad.UnsetBold(), "harm": t.style.doubt}[role.role]
		t.line(fmt.Sprintf("  %s %-8s ", role.mark, role.role) + paint(style, line.String()) + paint(t.style.dim, " at most "+number(most)))
	}
	marks := []rune(strings.Repeat(" ", c.columns))
	for _, in := range incidents {
		from, err1 := parseStamp(in.Start)
		to, err2 := parseStamp(in.End)
		if err1 != nil || err2 != nil {
			continue
		}
		for i := range marks {
			if c.at(i).Before(to.Add(time.Microsecond)) && c.at(i+1).After(from) {
				marks[i] = []rune(strconv.Itoa(in.ID))[0]
			}
		}
	}
	if under := strings.TrimRight(string(marks), " "); under != "" {
		t.line("    incident " + paint(t.style.strong, under))
	}
}

// A chart is a timeline in as many columns as there is room for.
type chart struct {
	first   time.Time
	layout  string
	step    time.Duration // of a column
	columns int
	counts  map[string][]int64 // by role
}

const (
	chartLabels = 30 // columns before and behind a chart
	chartLeast  = 4  // fewer buckets than this say nothing
)

// newChart sums up the buckets; false where they make no chart, as those of a
// report that somebody changed may not.
func (t *text) newChart(tl analyze.TimelineReport) (c chart, ok bool) {
	if tl.BucketSeconds <= 0 || len(tl.Buckets) == 0 {
		return c, false
	}
	first, err1 := parseStamp(tl.Buckets[0].Start)
	last, err2 := parseStamp(tl.Buckets[len(tl.Buckets)-1].Start)
	seconds := int64(last.Sub(first) / time.Second)
	if err1 != nil || err2 != nil || seconds < 0 || seconds/tl.BucketSeconds+1 < chartLeast {
		return c, false
	}
	n, room := seconds/tl.BucketSeconds+1, int64(t.width-chartLabels)
	merged := (n + room - 1) / room
	c = chart{first: first, layout: time.RFC3339, step: time.Duration(merged*tl.BucketSeconds) * time.Second,
		columns: int((n + merged - 1) / merged), counts: make(map[string][]int64)}
	if readStamp(tl.Buckets[0].Start).zone == "" {
		c.layout = "2006-01-02T15:04:05"
	}
	for _, role := range roles {
		c.counts[role.role] = make([]int64, c.columns)
	}
	some := false
	for _, b := range tl.Buckets {
		at, err := parseStamp(b.Start)
		column := int(at.Sub(first) / c.step)
		if err != nil || at.Before(first) || column >= c.columns {
			return c, false
		}
		for kind, n := range b.Events {
			if counts := c.counts[t.r.Roles[kind]]; counts != nil {
				counts[column] += max(n, 0)
				some = some || n > 0 && t.r.Roles[kind] != "noise"
			}
		}
	}
	return c, some
}

// at is when a column begins.
func (c chart) at(column int) time.Time { return c.first.Add(time.Duration(column) * c.step) }

// duration is a length of time in words.
func duration(d time.Duration) string {
	switch {
	case d >= 48*time.Hour && d%(24*time.Hour) == 0:
		return plural(int64(d/(24*time.Hour)), "day", "days")
	case d >= time.Hour && d%time.Hour == 0:
		return plural(int64(d/time.Hour), "hour", "hours")
	case d >= time.Minute && d%time.Minute == 0:
		return plural(int64(d/time.Minute), "minute", "minutes")
	}
	return plural(int64(d/time.Second), "second", "seconds")
}
