package parser

import (
	"time"
)

// Years tells which year a stamp without one belongs to: the one that puts it
// into the twelve months from Start. The zero Years begin in 1970.
type Years struct {
	Start time.Time // its wall clock counts
}

const (
	second = int64(1e6)
	day    = 86400 * second
)

// wall counts the microseconds from 1970 to a moment on the same wall clock.
func wall(year, month, mday, hour, min, sec int) int64 {
	// Days from the civil calendar, with years that begin in March so that the leap day comes last.
	y := year
	if month <= 2 {
		y--
	}
	era := y / 400
	yoe := y - era*400
	doy := (153*((month+9)%12)+2)/5 + mday - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	days := int64(era)*146097 + int64(doe) - 719468
	return days*day + int64(hour*3600+min*60+sec)*second
}

// Wall gives the microseconds since 1970 that t's own clock shows.
func Wall(t time.Time) int64 {
	_, off := t.Zone()
	return t.UnixMicro() + int64(off)*second
}

// window is Years, ready for use on every line.
type window struct {
	start int64 // wall microseconds
	year  int
}

func newWindow(y Years) window {
	if y.Start.IsZero() {
		return window{year: 1970}
	}
	return window{start: Wall(y.Start), year: y.Start.Year()}
}

// place gives the stamp its year.
func (w window) place(month, mday, hour, min, sec int) int64 {
	t := wall(w.year, month, mday, hour, min, sec)
	if t < w.start {
		t = wall(w.year+1, month, mday, hour, min, sec)
	}
	return t
}

// monthOf reads an English month's short name; 0 where it is none.
func monthOf(b []byte) int {
	if len(b) < 3 {
		return 0
	}
	switch string(b[:3]) {
	case "Jan":
		return 1
	case "Feb":
		return 2
	case "Mar":
		return 3
	case "Apr":
		return 4
	case "May":
		return 5
	case "Jun":
		return 6
	case "Jul":
		return 7
	case "Aug":
		return 8
	case "Sep":
		return 9
	case "Oct":
		return 10
	case "Nov":
		return 11
	case "Dec":
		return 12
	}
	return 0
}

// digits reads a number that begins b and returns what follows it. ok is false
// where there is none or it has more than 18 digits.
func digits(b []byte) (n int64, rest []byte, ok bool) {
	i := 0
	for i < len(b) && i < 19 && b[i]-'0' <= 9 {
		n = n*10 + int64(b[i]-'0')
		i++
	}
	return n, b[i:], i > 0 && i < 19
}

// trimBlanks is bytes.TrimLeft(b, " "), which looks at its cutset first.
func trimBlanks(b []byte) []byte {
	for len(b) > 0 && b[0] == ' ' {
		b = b[1:]
	}
	return b
}

// two reads two digits, the first of which may be a blank; -1 where they are none.
func two(b []byte) int {
	if len(b) < 2 || b[1]-'0' > 9 {
		return -1
	}
	switch {
	case b[0] == ' ':
		return int(b[1] - '0')
	case b[0]-'0' <= 9:
		return int(b[0]-'0')*10 + int(b[1]-'0')
	}
	return -1
}

// clock reads HH:MM:SS, a leap second included.
func clock(b []byte) (hour, min, sec int, ok bool) {
	if len(b) < 8 || b[2] != ':' || b[5] != ':' {
		return 0, 0, 0, false
	}
	hour, min, sec = two(b), two(b[3:]), two(b[6:])
	return hour, min, sec, hour >= 0 && hour < 24 && min >= 0 && min < 60 && sec >= 0 && sec <= 60
}

// fraction reads the digits behind a decimal point as microseconds and returns what follows.
func fraction(b []byte) (micro int64, rest []byte) {
	scale := int64(100000)
	for len(b) > 0 && b[0]-'0' <= 9 {
		micro += int64(b[0]-'0') * scale
		scale /= 10
		b = b[1:]
	}
	return micro, b
}

// ctime reads "Thu May 04 23:55:46.108241 2017", with or without the fraction,
// the day of the month padded or not.
func ctime(b []byte) (t int64, ok bool) {
	if len(b) < 20 || b[3] != ' ' || b[7] != ' ' {
		return 0, false
	}
	month := monthOf(b[4:])
	b = trimBlanks(b[8:])
	mday, b, ok := digits(b)
	if !ok || month == 0 || mday < 1 || mday > 31 || len(b) < 9 || b[0] != ' ' {
		return 0, false
	}
	h, m, s, ok := clock(b[1:])
	if !ok {
		return 0, false
	}
	b = b[9:]
	var micro int64
	if len(b) > 0 && b[0] == '.' {
		micro, b = fraction(b[1:])
	}
	if len(b) < 5 || b[0] != ' ' {
		return 0, false
	}
	year, b, ok := digits(b[1:])
	if !ok || year < 1970 || year > 9999 || len(b) > 0 {
		return 0, false
	}
	return wall(int(year), month, int(mday), h, m, s) + micro, true
}

// iso reads "2026-04-02T13:10:00.510448+00:00" at the start of b: a blank for
// the T, a comma for the point, a missing fraction or zone and a zone without
// its colon are as good. It returns what follows.
func iso(b []byte) (t int64, offset int32, zoned bool, rest []byte, ok bool) {
	if t, ok = isoSecond(b); !ok {
		return 0, 0, false, b, false
	}
	micro, offset, zoned, rest := isoTail(b[19:])
	return t + micro, offset, zoned, rest, true
}

// isoSecond reads the 19 bytes up to the second.
func isoSecond(b []byte) (t int64, ok bool) {
	if len(b) < 19 || b[4] != b[7] || b[4] != '-' && b[4] != '/' || b[10] != 'T' && b[10] != ' ' {
		return 0, false
	}
	year, _, okYear := digits(b[:4])
	month, mday := two(b[5:]), two(b[8:])
	h, m, s, okClock := clock(b[11:])
	if !okYear || year < 1970 || month < 1 || month > 12 || mday < 1 || mday > 31 || !okClock {
		return 0, false
	}
	return wall(int(year), month, mday, h, m, s), true
}

// isoTail reads the fraction and the zone behind them.
func isoTail(b []byte) (micro int64, offset int32, zoned bool, rest []byte) {
	if len(b) > 1 && (b[0] == '.' || b[0] == ',') && b[1]-'0' <= 9 {
		micro, b = fraction(b[1:])
	}
	offset, zoned, b = zone(b)
	return micro, offset, zoned, b
}

// zone reads Z, +hh:mm, +hhmm or +hh at the start of b.
func zone(b []byte) (offset int32, ok bool, rest []byte) {
	if len(b) == 0 {
		return 0, false, b
	}
	if b[0] == 'Z' {
		return 0, true, b[1:]
	}
	if b[0] != '+' && b[0] != '-' || len(b) < 3 {
		return 0, false, b
	}
	h, m, n := two(b[1:]), 0, 3
	if len(b) >= 6 && b[3] == ':' && two(b[4:]) >= 0 {
		m, n = two(b[4:]), 6
	} else if len(b) >= 5 && b[3]-'0' <= 9 && two(b[3:]) >= 0 {
		m, n = two(b[3:]), 5
	}
	if h < 0 || h > 23 || m > 59 {
		return 0, false, b
	}
	offset = int32(h*3600 + m*60)
	if b[0] == '-' {
		offset = -offset
	}
	return offset, true, b[n:]
}

// FormatTime writes a time as RFC 3339, with a fraction where it has one and
// without an offset where the log named no zone; "" where there is no time.
func FormatTime(t int64, s Stamp, offset int32) string {
	if !s.Has(StampTime) {
		return ""
	}
	layout := "2006-01-02T15:04:05"
	if t%second != 0 {
		layout += ".000000"
	}
	if !s.Has(StampZone) {
		return time.UnixMicro(t).UTC().Format(layout)
	}
	at := time.UnixMicro(t - int64(offset)*second).In(time.FixedZone("", int(offset)))
	return at.Format(layout + "Z07:00")
}
