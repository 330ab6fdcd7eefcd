package parser

// The log of the printing service CUPS, whose file is called error_log too
// (scheduler/log.c): whoever names all of /var/log gives it as well.

var cupsLog = &Format{
	Name: "cups", begins: "XACEWNIDd", other: cupsOther,
	Doc:     "CUPS' error_log: a letter for the level, [day/month/year:time zone] message",
	Samples: []string{"E [08/Jun/2013:11:28:58 -0700] Unknown directive BrowseOrder on line 22 of /etc/cups/cupsd.conf."},
	frame: func(_ *Scanner, e *Event, line []byte) bool {
		if !cupsHead(line) {
			return false
		}
		t, offset, zoned, rest, ok := bracketStamp(line[3:])
		if !ok || !zoned {
			return false
		}
		switch line[0] {
		case 'X':
			e.Level = LevelEmerg
		case 'A':
			e.Level = LevelAlert
		case 'C':
			e.Level = LevelCrit
		case 'E':
			e.Level = LevelError
		case 'W':
			e.Level = LevelWarn
		case 'N':
			e.Level = LevelNotice
		case 'I':
			e.Level = LevelInfo
		default:
			e.Level = LevelDebug
		}
		e.Time, e.Stamp, e.UTCOffset, e.Message = t, StampTime|StampZone, offset, rest
		return true
	},
}

func cupsHead(line []byte) bool {
	return len(line) > 24 && line[1] == ' ' && line[2] == '[' && line[5] == '/'
}

var cupsOther = &Kind{
	Name: "cups.other", Role: Noise,
	Title:   "a line of the printing service",
	Doc:     "A line of CUPS, the printing service, whose log is called error_log as well: nothing of it concerns the web server.",
	Samples: []string{"E [08/Jun/2013:11:28:58 -0700] Unknown directive BrowseOrder on line 22 of /etc/cups/cupsd.conf."},
}
