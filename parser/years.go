package parser

import (
	"bytes"
	"time"
)

// LatestDate looks in a log's beginning for the latest date that is written with
// its year: in a stamp, or in the words of a database server inside syslog.
func LatestDate(head []byte) (latest time.Time, ok bool) {
	s := NewScanner(Options{})
	s.Reset(head, 1, 0)
	var last int64
	for s.Next() {
		e := s.Event()
		t, dated := e.Time, e.Stamp.Has(StampTime) && !e.Stamp.Has(StampNoYear)
		if !dated && e.Kind.Family == Database {
			if i := bytes.IndexByte(e.Raw, ']'); i >= 0 {
				t, _, _, _, dated = iso(padHour(bytes.TrimLeft(e.Raw[i+1:], ": ")))
			}
		}
		if dated && (!ok || t > last) {
			last, ok = t, true
		}
	}
	return time.UnixMicro(last).UTC(), ok
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
