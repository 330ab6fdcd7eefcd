package parser

import (
	"bytes"
	"time"
)

// Dates looks in a part of a log for the earliest and the latest date that is
// written with its year: in a stamp, or in the words of a database server inside syslog.
func Dates(text []byte) (earliest, latest time.Time, ok bool) {
	s := NewScanner(Options{})
	s.Reset(text, 1, 0)
	var first, last int64
	for s.Next() {
		e := s.Event()
		t, dated := e.Time, e.Stamp.Has(StampTime) && !e.Stamp.Has(StampNoYear)
		if !dated && e.Kind.Family == Database {
			if i := bytes.IndexByte(e.Raw, ']'); i >= 0 {
				t, _, _, _, dated = iso(padHour(bytes.TrimLeft(e.Raw[i+1:], ": ")))
			}
		}
		if !dated {
			continue
		}
		if !ok || t < first {
			first = t
		}
		if !ok || t > last {
			last = t
		}
		ok = true
	}
	return time.UnixMicro(first).UTC(), time.UnixMicro(last).UTC(), ok
}

// LastYearless is the wall clock of the last stamp without a year in the end of a
// log, put into the year that y gives it.
func LastYearless(tail []byte, y Years) (t time.Time, ok bool) {
	s := NewScanner(Options{Years: y})
	s.Reset(tail, 1, 0)
	for s.Next() {
		if e := s.Event(); e.Stamp.Has(StampTime | StampNoYear) {
			t, ok = time.UnixMicro(e.Time).UTC(), true
		}
	}
	return t, ok
}

// HasLeapDay tells whether a stamp without a year in a part of a log is of 29
// February, which not every year has.
func HasLeapDay(text []byte) bool {
	leap := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	s := NewScanner(Options{Years: Years{Start: leap}})
	s.Reset(text, 1, 0)
	for s.Next() {
		if e := s.Event(); e.Stamp.Has(StampTime|StampNoYear) && !e.Stamp.Has(StampInherited) {
			if t := time.UnixMicro(e.Time).UTC(); t.Month() == time.February && t.Day() == 29 {
				return true
			}
		}
	}
	return false
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
