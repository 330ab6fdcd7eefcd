package analyze

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/logsleuth/logsleuth/parser"
)

// A Comparison is what differs between two Results, the gravest first.
type Comparison struct {
	Schema  string   `json:"schema"`
	Old     Compared `json:"old"`
	New     Compared `json:"new"`
	Changes []Change `json:"changes"`
	Events  []Rate   `json:"events"` // the kinds whose count or rate changed
}

// ComparisonSchema names the version of the JSON of a Comparison.
const ComparisonSchema = "logsleuth.diff/v1"

// A Compared is one of the two Results.
type Compared struct {
	Path    string `json:"path"`
	Version string `json:"version"` // of the program that wrote it
	Lines   int64  `json:"lines"`   // read, of all its logs
	Cause   Cause  `json:"cause"`
}

// A Change is one thing that differs.
type Change struct {
	Sense Sense  `json:"sense"`
	Area  string `json:"area"` // verdict, client, incident, plugin, events, memory, advice, input
	Name  string `json:"name"` // which of them; empty where there is one
	What  string `json:"what"` // new, gone or changed
	Text  string `json:"text"` // how, in a few words
}

// A Sense says whether a change is for the better.
type Sense string

// The senses. What is neither is told without a judgement.
const (
	Worse   Sense = "worse"
	Better  Sense = "better"
	Neither Sense = "neither"
)

// A Rate is how often a kind of event occurs.
type Rate struct {
	Kind     string  `json:"kind"`
	Title    string  `json:"title"`
	Old      int64   `json:"old"`
	New      int64   `json:"new"`
	OldRate  float64 `json:"old_per_1000_lines"`
	NewRate  float64 `json:"new_per_1000_lines"`
	Sense    Sense   `json:"sense"`
	Standout bool    `json:"stands_out"` // the rates differ by more than chance
}

const (
	// toldConfidence is a change of confidence that means something: a tenth moves
	// a client from doubt to likely; less comes from a line more or less.
	toldConfidence = 0.1
	// toldParsed is a change of what was understood of a log, in percent of its events.
	toldParsed = 1.0
	// toldFactor and toldChance: a rate changed when it is half as much again, and
	// when chance gives such a difference once in 800 times or less, which with some
	// 60 kinds is seldom. Where there are many events, that is three sigmas.
	toldFactor = 1.5
	toldChance = 1.0 / 800
	toldSigmas = 3.0
	// exactUpTo is how many events are worth the exact sum.
	exactUpTo = 1000
)

// Compare tells what differs between two Results. Paths are the caller's to fill in.
func Compare(old, new *Result) *Comparison {
	c := &Comparison{Schema: ComparisonSchema, Old: compared(old), New: compared(new), Changes: []Change{}, Events: []Rate{}}
	c.verdicts(old.Verdict, new.Verdict)
	c.clients(old, new)
	c.incidents(old.Incidents, new.Incidents)
	c.plugins(old, new)
	c.events(old, new)
	c.memory(old.Memory, new.Memory)
	c.advice(old.Advice, new.Advice)
	c.inputs(old.Inputs, new.Inputs)
	order := []Sense{Worse, Better, Neither}
	slices.SortStableFunc(c.Changes, func(a, b Change) int {
		return cmp.Compare(slices.Index(order, a.Sense), slices.Index(order, b.Sense))
	})
	return c
}

// Worse tells whether anything is.
func (c *Comparison) Worse() bool {
	return slices.ContainsFunc(c.Changes, func(ch Change) bool { return ch.Sense == Worse })
}

// Any tells whether anything differs.
func (c *Comparison) Any() bool { return len(c.Changes)+len(c.Events) > 0 }

func compared(r *Result) Compared {
	c := Compared{Version: r.Tool.Version, Cause: r.Verdict.Cause}
	for _, in := range r.Inputs {
		c.Lines += in.Lines
	}
	return c
}

func (c *Comparison) add(sense Sense, area, name, what, text string) {
	c.Changes = append(c.Changes, Change{sense, area, name, what, text})
}

// rising is worse where more is worse.
func rising[N cmp.Ordered](old, new N) Sense {
	switch {
	case new > old:
		return Worse
	case new < old:
		return Better
	}
	return Neither
}

func percent(p float64) string { return fmt.Sprintf("%.0f%%", 100*p) }

// moved tells whether a confidence changed enough to be told. Both have two digits.
func moved(old, new float64) bool { return math.Abs(new-old) > toldConfidence-1e-9 }

// calm are the causes that need nobody.
func (c Cause) calm() bool { return c == CauseQuiet || c == CauseMaintenance }

func (c *Comparison) verdicts(old, new Verdict) {
	rank := func(v Verdict) int {
		switch {
		case v.Attack:
			return 2
		case v.Cause.calm():
			return 0
		}
		return 1
	}
	said := func(v Verdict) string {
		s := fmt.Sprintf("%s, %s", v.Cause, percent(v.Confidence))
		if v.Attack {
			s += ", an attack"
		}
		return s
	}
	switch {
	case old.Cause != new.Cause || old.Attack != new.Attack:
		c.add(rising(rank(old), rank(new)), "verdict", "", "changed", said(old)+" → "+said(new))
	case moved(old.Confidence, new.Confidence):
		sense := Neither
		if new.Attack {
			sense = rising(old.Confidence, new.Confidence)
		}
		c.add(sense, "verdict", "", "changed", said(old)+" → "+said(new))
	}
}

// accusation ranks standings.
func accusation(s Standing) int {
	switch s {
	case Attacker:
		return 2
	case Suspect:
		return 1
	}
	return 0
}

// clients compares those who are accused in either. The others are listed only
// as far as the reader asked for.
func (c *Comparison) clients(old, new *Result) {
	before, after := byIP(old), byIP(new)
	said := func(x Client, listed bool) string {
		if !listed {
			return "not named"
		}
		return fmt.Sprintf("%s, %s", x.Standing, percent(x.Confidence))
	}
	names := slices.Concat(new.Clients, old.Clients)
	seen := map[string]bool{}
	for _, x := range names {
		if seen[x.IP] {
			continue
		}
		seen[x.IP] = true
		a, inOld := before[x.IP]
		b, inNew := after[x.IP]
		was, is := accusation(a.Standing), accusation(b.Standing)
		if was == 0 && is == 0 {
			continue
		}
		text := said(a, inOld) + " → " + said(b, inNew)
		switch {
		case was == 0:
			if !inOld {
				text = said(b, true)
			}
			c.add(Worse, "client", x.IP, "new", text)
		case is == 0:
			c.add(Better, "client", x.IP, "gone", text)
		case was != is:
			c.add(rising(was, is), "client", x.IP, "changed", text)
		case moved(a.Confidence, b.Confidence):
			c.add(rising(a.Confidence, b.Confidence), "client", x.IP, "changed", text)
		}
	}
}

func byIP(r *Result) map[string]Client {
	m := make(map[string]Client)
	for _, c := range r.Clients {
		m[c.IP] = c
	}
	return m
}

// incidents compares those that overlap in time; the others are new or gone.
func (c *Comparison) incidents(old, new []Incident) {
	taken := make([]bool, len(old))
	for _, b := range new {
		best := -1
		for i, a := range old {
			if taken[i] || !overlap(a, b) {
				continue
			}
			if best < 0 || a.Cause == b.Cause && old[best].Cause != b.Cause {
				best = i
			}
		}
		if best < 0 {
			c.add(Worse, "incident", b.Start, "new", fmt.Sprintf("%s, %s", b.Cause, percent(b.Confidence)))
			continue
		}
		taken[best] = true
		a := old[best]
		text := fmt.Sprintf("%s, %s → %s, %s", a.Cause, percent(a.Confidence), b.Cause, percent(b.Confidence))
		switch {
		case a.Cause != b.Cause:
			sense := Neither
			if a.Cause.Attack() != b.Cause.Attack() {
				sense = Better
				if b.Cause.Attack() {
					sense = Worse
				}
			}
			c.add(sense, "incident", b.Start, "changed", text)
		case moved(a.Confidence, b.Confidence):
			c.add(Neither, "incident", b.Start, "changed", text)
		}
	}
	for i, a := range old {
		if !taken[i] {
			c.add(Better, "incident", a.Start, "gone", fmt.Sprintf("%s, %s", a.Cause, percent(a.Confidence)))
		}
	}
}

// overlap compares times as instants where both name a zone, else as the clocks show them.
func overlap(a, b Incident) bool {
	times := []string{a.Start, a.End, b.Start, b.End}
	var at [4]time.Time
	for i, s := range times {
		var err error
		if at[i], err = time.Parse(time.RFC3339, s); err != nil {
			for i, s := range times {
				if at[i], err = time.Parse("2006-01-02T15:04:05", s[:min(len(s), 19)]); err != nil {
					return a.Start == b.Start
				}
			}
			break
		}
	}
	return !at[0].After(at[3]) && !at[2].After(at[1])
}

func sum(m map[string]int64) (n int64) {
	for _, v := range m {
		n += v
	}
	return n
}

func (c *Comparison) plugins(old, new *Result) {
	before, after := map[string]int64{}, map[string]int64{}
	for _, p := range old.Plugins {
		before[p.Name] += sum(p.Events)
	}
	for _, p := range new.Plugins {
		after[p.Name] += sum(p.Events)
	}
	for _, name := range union(before, after) {
		a, inOld := before[name]
		b, inNew := after[name]
		switch {
		case !inOld:
			c.add(Worse, "plugin", name, "new", fmt.Sprintf("failures: %d", b))
		case !inNew:
			c.add(Better, "plugin", name, "gone", fmt.Sprintf("it had failures: %d", a))
		case a != b:
			c.add(judged(a, c.Old.Lines, b, c.New.Lines), "plugin", name, "changed", fmt.Sprintf("failures: %d → %d", a, b))
		}
	}
}

func union[V any](a, b map[string]V) []string {
	all := maps.Clone(a)
	if all == nil {
		all = make(map[string]V)
	}
	maps.Copy(all, b)
	return slices.Sorted(maps.Keys(all))
}

// events compares how often each kind occurs in a thousand lines, since a longer
// log has more of everything.
func (c *Comparison) events(old, new *Result) {
	for _, name := range union(old.Events, new.Events) {
		a, b := old.Events[name], new.Events[name]
		r := Rate{Kind: name, Title: cmp.Or(new.Titles[name], old.Titles[name]), Old: a, New: b, Sense: Neither,
			OldRate: per1000(a, c.Old.Lines), NewRate: per1000(b, c.New.Lines)}
		if a == b && r.OldRate == r.NewRate {
			continue
		}
		r.Standout = standsOut(a, c.Old.Lines, b, c.New.Lines)
		if harmful(name) {
			r.Sense = judged(a, c.Old.Lines, b, c.New.Lines)
		}
		if r.Sense != Neither {
			what := "changed"
			switch {
			case a == 0:
				what = "new"
			case b == 0:
				what = "gone"
			}
			c.add(r.Sense, "events", name, what, fmt.Sprintf("%d → %d; per 1000 lines %s → %s", a, b, digits(r.OldRate), digits(r.NewRate)))
		}
		c.Events = append(c.Events, r)
	}
	slices.SortStableFunc(c.Events, func(a, b Rate) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(math.Abs(b.NewRate-b.OldRate), math.Abs(a.NewRate-a.OldRate)), strings.Compare(a.Kind, b.Kind))
	})
}

// place orders rates: what is worse, what is better, what stands out, the rest.
func place(r Rate) int {
	switch {
	case r.Sense == Worse:
		return 0
	case r.Sense == Better:
		return 1
	case r.Standout:
		return 2
	}
	return 3
}

// harmful tells whether more of a kind is worse: an attempt, an error that a
// visitor met, or trouble of the server's.
func harmful(name string) bool {
	k := parser.KindByName(name)
	return k != nil && k.Role != parser.Noise && (k.Role != parser.State || k.Severity >= 2)
}

// per1000 keeps two digits.
func per1000(n, lines int64) float64 {
	if lines == 0 {
		return 0
	}
	return round2(1000 * float64(n) / float64(lines))
}

func digits(rate float64) string {
	if rate >= 10 {
		return fmt.Sprintf("%.0f", rate)
	}
	return fmt.Sprintf("%.3g", rate)
}

// standsOut tells whether two rates differ by more than chance would.
func standsOut(a, aLines, b, bLines int64) bool {
	if aLines <= 0 || bLines <= 0 || a < 0 || b < 0 || a+b == 0 {
		return false
	}
	if b*aLines > a*bLines { // the side with the higher rate first
		a, aLines, b, bLines = b, bLines, a, aLines
	}
	x, y := float64(a)/float64(aLines), float64(b)/float64(bLines)
	if x < toldFactor*y {
		return false
	}
	// If the rates were the same, each event would be on this side with this chance.
	share := float64(aLines) / (float64(aLines) + float64(bLines))
	if a+b <= exactUpTo {
		return binomialTail(int(a), int(a+b), share) <= math.Log(toldChance)
	}
	all := float64(a) + float64(b)
	return float64(a)-all*share >= toldSigmas*math.Sqrt(all*share*(1-share))
}

// judged is the sense of a rate that stands out: worse where more is worse. Where
// there is more of it in a log that grew even more, neither figure alone is true.
func judged(a, aLines, b, bLines int64) Sense {
	byCount, byRate := rising(a, b), rising(per1000(a, aLines), per1000(b, bLines))
	if !standsOut(a, aLines, b, bLines) || byCount != byRate {
		return Neither
	}
	return byRate
}

func (c *Comparison) memory(old, new *MemoryReport) {
	switch {
	case old == nil && new == nil:
		return
	case old == nil:
		c.add(Worse, "memory", "", "new", fmt.Sprintf("it ran out; processes ended by the kernel: %d", len(new.Kills)))
		return
	case new == nil:
		c.add(Better, "memory", "", "gone", "it no longer runs out")
		return
	}
	if a, b := len(old.Kills), len(new.Kills); a != b {
		c.add(rising(a, b), "memory", "kills", "changed", fmt.Sprintf("processes ended by the kernel: %d → %d", a, b))
	}
	if a, b := old.SuggestedWorkers, new.SuggestedWorkers; a != b {
		c.add(Neither, "memory", "workers", "changed", fmt.Sprintf("advised MaxRequestWorkers: %d → %d", a, b))
	}
}

func (c *Comparison) advice(old, new []Advice) {
	has := func(list []Advice, id string) bool {
		return slices.ContainsFunc(list, func(a Advice) bool { return a.ID == id })
	}
	for _, a := range new {
		if !has(old, a.ID) {
			c.add(Neither, "advice", a.ID, "new", firstSentence(a.Text))
		}
	}
	for _, a := range old {
		if !has(new, a.ID) {
			c.add(Neither, "advice", a.ID, "gone", firstSentence(a.Text))
		}
	}
}

func firstSentence(s string) string {
	s, _, _ = strings.Cut(s, ". ")
	return strings.TrimSuffix(s, ".")
}

// inputs compares logs of the same path, or else of the same name where only
// one in each has it: yesterday's logs often lie in another folder.
func (c *Comparison) inputs(old, new []Input) {
	base := func(in Input) string { return path.Base(in.Path) }
	only := func(list []Input, name string) int {
		found := -1
		for i, in := range list {
			if base(in) == name {
				if found >= 0 {
					return -1
				}
				found = i
			}
		}
		return found
	}
	taken := make([]bool, len(old))
	for _, b := range new {
		i := -1
		for n, a := range old {
			if i < 0 && !taken[n] && a.Path == b.Path {
				i = n
			}
		}
		if i < 0 && only(new, base(b)) >= 0 {
			if i = only(old, base(b)); i >= 0 && slices.ContainsFunc(new, func(x Input) bool { return x.Path == old[i].Path }) {
				i = -1
			}
		}
		if i < 0 || taken[i] {
			sense, text := Neither, plural(b.Lines, "line")
			if b.Error != "" {
				sense, text = Worse, "not read, or not to its end: "+b.Error
			}
			c.add(sense, "input", b.Path, "new", text)
			continue
		}
		taken[i] = true
		a := old[i]
		switch {
		case a.Error == "" && b.Error != "":
			c.add(Worse, "input", b.Path, "changed", "not read, or not to its end: "+b.Error)
		case a.Error != "" && b.Error == "":
			c.add(Better, "input", b.Path, "changed", "read to its end; before it was not: "+a.Error)
		}
		if x, y := understood(a), understood(b); a.Events > 0 && b.Events > 0 && math.Abs(x-y) > toldParsed-1e-9 {
			c.add(rising(y, x), "input", b.Path, "changed", fmt.Sprintf("understood: %.1f%% → %.1f%%", x, y))
		}
	}
	for i, a := range old {
		if !taken[i] {
			c.add(Neither, "input", a.Path, "gone", "not among the logs")
		}
	}
}

func understood(in Input) float64 {
	return 100 * float64(in.Events-in.Unparsed) / float64(max(in.Events, 1))
}
