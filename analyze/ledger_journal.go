package analyze

import (
	"cmp"
	"slices"

	"github.com/logsleuth/logsleuth/parser"
)

// keepEntries is how many of the earliest and how many of the latest events of
// one kind the journal holds; between them only the timeline counts.
const keepEntries = 256

// An Entry is one event about the server itself.
type Entry struct {
	Time    int64
	Place   Place
	PID     int64  // of the process that it is about, else of the writer
	Subject string // a unit, a program
	Value   int64  // bytes, for an out-of-memory kill; lines, for those that a logger left out
}

func (a Entry) compare(b Entry) int {
	return cmp.Or(cmp.Compare(a.Time, b.Time), a.Place.compare(b.Place))
}

// Journal holds state events one by one.
type Journal struct {
	Kinds [][]Entry // by the kind's number in the catalogue

	sorted []int // how many there were of a kind when they were sorted; between two trims they are only added
}

func (j *Journal) kind(k int) *[]Entry {
	for len(j.Kinds) <= k {
		j.Kinds = append(j.Kinds, nil)
	}
	return &j.Kinds[k]
}

func (j *Journal) observe(p Place, e *parser.Event) {
	n := Entry{Time: e.Time, Place: p, PID: e.SubjectPID(), Subject: shared(e.Subject())}
	if n.PID == 0 {
		n.PID = e.PID
	}
	if !timed(e) {
		n.Time = 0
	}
	switch e.Kind {
	case oomKill:
		n.Value = parser.KilledRSS(e)
	case logLost:
		n.Value = parser.LostLines(e)
	}
	list := j.kind(e.Kind.ID())
	*list = append(*list, n)
	if len(*list) >= 4*keepEntries {
		*list = trim(*list)
	}
}

// shared makes a string of a subject. The usual ones cost nothing.
func shared(b []byte) string {
	switch string(b) {
	case "":
		return ""
	case "apache2":
		return "apache2"
	case "mariadbd":
		return "mariadbd"
	case "mysqld":
		return "mysqld"
	case "mariadb.service":
		return "mariadb.service"
	case "mysql.service":
		return "mysql.service"
	case "apache2.service":
		return "apache2.service"
	}
	const longest = 200
	return parser.Text(b[:min(len(b), longest)])
}

// trim sorts entries and keeps the earliest and the latest.
func trim(list []Entry) []Entry {
	slices.SortFunc(list, Entry.compare)
	if n := len(list); n > 2*keepEntries {
		list = append(list[:keepEntries], list[n-keepEntries:]...)
	}
	return list
}

func (j *Journal) merge(other *Journal) {
	for k, from := range other.Kinds {
		if len(from) == 0 {
			continue
		}
		list := j.kind(k)
		*list = append(*list, from...)
		if len(*list) >= 4*keepEntries {
			*list = trim(*list)
		}
	}
}

func (j *Journal) reset() {
	for k := range j.Kinds {
		j.Kinds[k] = j.Kinds[k][:0]
	}
	clear(j.sorted)
}

// Of gives the entries of a kind in order of time, to be read only.
func (j *Journal) Of(kind *parser.Kind) []Entry {
	if kind.ID() >= len(j.Kinds) {
		return nil
	}
	list := &j.Kinds[kind.ID()]
	for len(j.sorted) < len(j.Kinds) {
		j.sorted = append(j.sorted, 0)
	}
	if j.sorted[kind.ID()] != len(*list) { // rules ask often
		*list = trim(*list)
		j.sorted[kind.ID()] = len(*list)
	}
	return slices.Clip(*list)
}

// within gives those entries of a kind that are from between two times.
func (j *Journal) within(kind *parser.Kind, from, to int64) []Entry {
	list := j.Of(kind)
	at := func(e Entry, t int64) int { return cmp.Compare(e.Time, t) }
	i, _ := slices.BinarySearchFunc(list, from, at)
	n, _ := slices.BinarySearchFunc(list[i:], to+1, at)
	return list[i : i+n]
}
