package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/logsleuth/logsleuth/analyze"
)

// A drawing is what the script needs for the chart.
type drawing struct {
	Timeline  analyze.TimelineReport `json:"timeline"`
	Incidents []drawnIncident        `json:"incidents"`
	Moments   []analyze.Moment       `json:"moments"`
	Titles    map[string]string      `json:"kinds"`
	Roles     map[string]string      `json:"roles"`
	Names     map[string]string      `json:"names"` // of logs, short, by their paths
}

type drawnIncident struct {
	ID       int                    `json:"id"`
	Start    string                 `json:"start"`
	End      string                 `json:"end"`
	Cause    analyze.Cause          `json:"cause"`
	Phases   []analyze.Phase        `json:"phases"`
	Timeline analyze.TimelineReport `json:"timeline"`
}

func (h *htmlPage) drawing() drawing {
	d := drawing{Timeline: h.r.Timeline, Incidents: []drawnIncident{}, Moments: h.r.Moments, Titles: h.r.Titles, Roles: h.r.Roles, Names: h.names}
	for _, in := range h.r.Incidents {
		d.Incidents = append(d.Incidents, drawnIncident{in.ID, in.Start, in.End, in.Cause, in.Phases, in.Timeline})
	}
	return d
}

// A picture is a chart in SVG, for print and for readers without JavaScript.
type picture struct {
	Title  string
	Height float64
	Bars   []box
	Bands  []band
	Ticks  []tick
	Most   string // events in the highest bar
	Step   string // how long a bar is
	Base   float64
}

type box struct {
	X, Y, W, H float64
	Role       string
}

type band struct {
	X, Y, W float64
	Name    string
	NameX   float64
	Anchor  string
}

type tick struct {
	X    float64
	Text string
}

// What the picture is drawn on: its width is that of the page, by the browser.
const (
	pictureWidth = 960.0
	pictureBars  = 150.0 // height of the highest bar
	bandHeight   = 20.0
)

// Pictures are drawn of each incident, and of all logs where those show no more.
func (h *htmlPage) Pictures() (list []picture) {
	var all []stretch
	for _, in := range h.r.Incidents {
		var phases []stretch
		for _, p := range in.Phases {
			phases = append(phases, stretch{p.Name, p.Start, p.End})
		}
		if len(in.Timeline.Buckets) == 0 && len(h.r.Incidents) == 1 { // it is all that the logs have
			all = phases
			break
		}
		if len(in.Timeline.Buckets) > 0 && len(list) < maxShort {
			if p, ok := h.draw(in.Timeline, phases); ok {
				p.Title = fmt.Sprintf("Incident %d: %s, %s", in.ID, in.Cause, between(in.Start, in.End))
				list = append(list, p)
			}
		}
		all = append(all, stretch{fmt.Sprintf("%d %s", in.ID, in.Cause), in.Start, in.End})
	}
	if p, ok := h.draw(h.r.Timeline, all[:min(len(all), maxDetails)]); ok {
		p.Title = "All logs"
		list = append(list, p)
	}
	return list
}

// A stretch is a phase or an incident, with the stamps of its ends.
type stretch struct{ name, start, end string }

// layers are the roles from the axis upwards: what accuses is measured from the line.
var layers = []string{"deed", "harm", "state", "noise"}

func (h *htmlPage) draw(tl analyze.TimelineReport, bands []stretch) (p picture, ok bool) {
	if len(tl.Buckets) == 0 {
		return p, false
	}
	first, err := parseStamp(tl.Buckets[0].Start)
	last, err2 := parseStamp(tl.Buckets[len(tl.Buckets)-1].Start)
	step := time.Duration(max(tl.BucketSeconds, 1)) * time.Second
	if err != nil || err2 != nil || last.Before(first) {
		return p, false
	}
	last = last.Add(step)
	x := func(t time.Time) float64 {
		return round1(pictureWidth * min(max(t.Sub(first).Seconds()/last.Sub(first).Seconds(), 0), 1))
	}
	for _, b := range bands {
		from, err := parseStamp(b.start)
		to, err2 := parseStamp(b.end)
		if err != nil || err2 != nil {
			continue
		}
		d := band{X: x(from), Y: bandHeight * float64(len(p.Bands)), Name: b.name}
		d.W = max(round1(x(to)-d.X), 3)
		d.NameX, d.Anchor = d.X+d.W+6, "start"
		if d.NameX > pictureWidth*0.8 {
			d.NameX, d.Anchor = d.X-6, "end"
		}
		p.Bands = append(p.Bands, d)
	}
	top := bandHeight*float64(len(p.Bands)) + 8
	p.Base = top + pictureBars
	p.Height = p.Base + 24

	var most int64 = 1
	counts := make([]map[string]int64, len(tl.Buckets))
	noise := h.onlyNoise(tl)
	for i, b := range tl.Buckets {
		counts[i] = map[string]int64{}
		var sum int64
		for kind, n := range b.Events {
			if role := h.role(kind); role != "noise" || noise {
				counts[i][role] += n
				sum += n
			}
		}
		most = max(most, sum)
	}
	for i, b := range tl.Buckets {
		at, err := parseStamp(b.Start)
		if err != nil {
			continue
		}
		left, y := x(at), p.Base
		width := max(round1(x(at.Add(step))-left)-0.6, 1)
		for _, role := range layers {
			if n := counts[i][role]; n > 0 {
				height := max(round1(pictureBars*float64(n)/float64(most)), 1)
				y -= height
				p.Bars = append(p.Bars, box{left, round1(y), round1(width), height, role})
			}
		}
	}
	p.Most = plural(most, "event", "events")
	p.Step = strings.TrimSpace(strings.NewReplacer("h", " h ", "m", " min ", "s", " s ").Replace(strings.NewReplacer("h0m0s", "h", "m0s", "m").Replace(step.String())))
	const ticks = 5
	for i := range ticks + 1 {
		at := first.Add(last.Sub(first) * time.Duration(i) / ticks)
		layout := "15:04:05"
		switch span := last.Sub(first); {
		case span > 60*24*time.Hour:
			layout = "2006-01-02"
		case span > 36*time.Hour:
			layout = "Jan 2 15:04"
		case span > time.Hour:
			layout = "15:04"
		}
		p.Ticks = append(p.Ticks, tick{x(at), at.Format(layout)})
	}
	return p, true
}

// role of a kind; a report of an older version says it of none.
func (h *htmlPage) role(kind string) string {
	switch role := h.r.Roles[kind]; role {
	case "deed", "harm", "noise":
		return role
	}
	return "state"
}

// onlyNoise tells whether there is nothing else to draw: beside trouble, everyday
// noise only hides it.
func (h *htmlPage) onlyNoise(tl analyze.TimelineReport) bool {
	for _, b := range tl.Buckets {
		for kind := range b.Events {
			if h.role(kind) != "noise" {
				return false
			}
		}
	}
	return true
}
