package parser

import (
	"bytes"
	"time"
)

// A Glance is what a part of a log tells before the whole is read.
type Glance struct {
	Format *Format // of most of its lines; nil where nothing fits

	// The earliest and the latest date that is written with its year: in a stamp, or in
	// the words of a database server inside syslog. Zero without any.
	Earliest, Latest time.Time

	LeapDay bool // a stamp without a year is of 29 February, which not every year has

	yearless time.Time // the last stamp without a year, put into a leap year
}

// GlanceAt looks through a part of a log.
func GlanceAt(text []byte) (g Glance) {
	leap := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	s := NewScanner(Options{Years: Years{Start: leap}})
	s.Reset(text, 1, 0)
	counts := make(map[*Format]int)
	var first, last, yearless int64
	for s.Next() {
		e := s.Event()
		if f := e.Format; f != nil {
			if counts[f]++; g.Format == nil || counts[f] > counts[g.Format] {
				g.Format = f
			}
		}
		if e.Stamp.Has(StampTime | StampNoYear) {
			yearless = e.Time
			if _, month, day := time.UnixMicro(yearless).UTC().Date(); month == time.February && day == 29 && !e.Stamp.Has(StampInherited) {
				g.LeapDay = true
			}
		}
		t, dated := e.Time, e.Stamp.Has(StampTime) && !e.Stamp.Has(StampNoYear)
		if !dated && e.Kind.Family == Database {
			if i := bytes.IndexByte(e.Raw, ']'); i >= 0 {
				t, _, _, _, dated = iso(padHour(bytes.TrimLeft(e.Raw[i+1:], ": ")))
			}
		} else if !dated && e.Stamp.Has(StampTime|StampNoYear) && !e.Stamp.Has(StampInherited) {
			t, dated = dateInside(e)
		}
		if dated {
			if first == 0 || t < first {
				first = t
			}
			last = max(last, t)
		}
	}
	for _, x := range []struct {
		to   *time.Time
		time int64
	}{{&g.Earliest, first}, {&g.Latest, last}, {&g.yearless, yearless}} {
		if x.time != 0 {
			*x.to = time.UnixMicro(x.time).UTC()
		}
	}
	return g
}

// dateInside reads the date in the frame of programs that write their own behind
// syslog's stamp, as those of containers do: time="2026-03-14T07:39:24Z" level=….
// It is believed where it is the same moment but for the year and the zone.
func dateInside(e *Event) (t int64, ok bool) {
	b, ok := bytes.CutPrefix(e.Message, []byte(`time="`))
	if !ok || e.PID == 0 {
		return 0, false
	}
	if t, _, _, _, ok = iso(b); !ok {
		return 0, false
	}
	const quarter, late = 900 * second, 2 * second // zones differ by quarters of an hour; the logger stamps a moment later
	stamp := time.UnixMicro(e.Time).UTC()
	year := time.UnixMicro(t).UTC().Year()
	for _, y := range []int{year - 1, year, year + 1} { // around New Year
		apart := wall(y, int(stamp.Month()), stamp.Day(), stamp.Hour(), stamp.Minute(), stamp.Second()) - t
		if -day < apart && apart < day && ((apart+late)%quarter+quarter)%quarter <= 2*late {
			return t, true
		}
	}
	return 0, false
}

// LastYearless is the wall clock of the last stamp without a year, put into the year
// that y gives it.
func (g *Glance) LastYearless(y Years) (t time.Time, ok bool) {
	l := g.yearless
	if l.IsZero() {
		return t, false
	}
	w := newWindow(y)
	return time.UnixMicro(w.place(int(l.Month()), l.Day(), l.Hour(), l.Minute(), l.Second())).UTC(), true
}

// Leap gives the last twelve months up to those of y that have a 29 February.
func (y Years) Leap() Years {
	for {
		t := newWindow(y).place(2, 29, 0, 0, 0)
		if time.UnixMicro(t).UTC().Day() == 29 {
			return y
		}
		y.Start = y.Start.AddDate(-1, 0, 0)
	}
}

// padHour makes MariaDB's "2026-03-14  6:05:00" the standard "2026-03-14 06:05:00".
func padHour(b []byte) []byte {
	if len(b) < 19 || b[11] != ' ' {
		return b
	}
	padded := bytes.Clone(b[:19])
	padded[11] = '0'
	return padded
}

// YearsNear puts stamps without a year into the twelve months around a date that
// another line of the same logs gives.
func YearsNear(t time.Time) Years { return Years{Start: t.AddDate(0, -6, 0)} }

// YearsUntil puts them into the twelve months that end a day after t, the time
// at which a log was last written.
func YearsUntil(t time.Time) Years { return Years{Start: t.AddDate(-1, 0, 1)} }
