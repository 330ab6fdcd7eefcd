package report

import (
	"strings"
	"testing"

	"github.com/logsleuth/logsleuth/analyze"
)

func TestChartsFitAndSayWhereTheIncidentIs(t *testing.T) {
	for _, width := range []int{60, 80, 120} {
		text := written(t, "text", flood(), Options{Width: width})
		var marks, harm string
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "    incident ") {
				marks = line
			}
			if strings.HasPrefix(line, "  ! harm") {
				harm = line
			}
		}
		peak := columns(harm[:strings.Index(harm, "█")])
		if peak >= len(marks) || marks[peak] != '1' {
			t.Errorf("%d columns: the peak is not in the incident:\n%s%s", width, harm, marks)
		}
	}
}

func TestASCIIHasOnlyASCII(t *testing.T) {
	text := written(t, "text", flood(), Options{ASCII: true})
	if !ascii(strings.ReplaceAll(text, "\n", "")) {
		t.Errorf("a locale without UTF-8 gets other letters:\n%s", text)
	}
	if !strings.Contains(text, "! harm") || !strings.Contains(text, "@") {
		t.Errorf("there is no chart:\n%s", text)
	}
}

// A saved report may say anything: it makes no chart, and takes no memory.
func TestOddTimelinesMakeNoChart(t *testing.T) {
	count := map[string]int64{"db.gone": 1}
	for name, tl := range map[string]analyze.TimelineReport{
		"no times":    {BucketSeconds: 60, Buckets: []analyze.Bucket{{Start: "x", Events: count}, {Start: "y", Events: count}}},
		"backwards":   {BucketSeconds: 60, Buckets: []analyze.Bucket{{Start: "2016-11-08T23:30:00"}, {Start: "2016-11-08T23:00:00"}, {Start: "2016-11-08T23:50:00"}}},
		"no length":   {Buckets: []analyze.Bucket{{Start: "2016-11-08T23:30:00", Events: count}, {Start: "2016-11-08T23:50:00"}}},
		"two buckets": {BucketSeconds: 60, Buckets: []analyze.Bucket{{Start: "2016-11-08T23:30:00", Events: count}, {Start: "2016-11-08T23:31:00", Events: count}}},
		"no roles":    {BucketSeconds: 60, Buckets: []analyze.Bucket{{Start: "2016-11-08T23:30:00", Events: map[string]int64{"new.kind": 1}}, {Start: "2016-11-08T23:50:00"}}},
		"below zero":  {BucketSeconds: 60, Buckets: []analyze.Bucket{{Start: "2016-11-08T23:30:00", Events: map[string]int64{"db.gone": -5}}, {Start: "2016-11-08T23:50:00"}}},
	} {
		r := flood()
		r.Timeline = tl
		if text := written(t, "text", r, Options{}); strings.Contains(text, "Events in each") {
			t.Errorf("%s: a chart was drawn:\n%s", name, text)
		}
	}
	r := flood() // centuries of seconds
	r.Timeline = analyze.TimelineReport{BucketSeconds: 1, Buckets: []analyze.Bucket{{Start: "1800-01-01T00:00:00", Events: count}, {Start: "2050-01-01T00:00:00", Events: count}}}
	written(t, "text", r, Options{})
}
