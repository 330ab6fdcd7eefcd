package analyze

import (
	"cmp"
	"slices"

	"github.com/logsleuth/logsleuth/parser"
)

// Coverage is what of the logs was read and understood.
type Coverage struct {
	Inputs []InputFacts // by number of the log
	First  int          // the number of the first; 0 after a merge
}

// InputFacts are the coverage of one log.
type InputFacts struct {
	Events      int64 // lines that are not blank
	Unparsed    int64 // of those, in no known format
	Cut         int64 // lines that httpd may have cut at their end
	Undated     int64 // lines that took the time of the line before, or have none
	First, Last int64 // times
	Stamp       parser.Stamp
	UTCOffset   int32
	Samples     Places           // of unparsed lines
	Texts       map[Place]string // of Samples
	Formats     []int64          // lines by format, by its place in parser.Formats
	Levels      [int(parser.LevelTrace8) + 1]int64
	Kinds       Tallies
	Beats       Beats
}

// longSample is what is kept of a line that was not understood.
const longSample = 200

// input finds or makes the facts of a log. Those of one chunk begin with its own
// log, for there may be ten thousand.
func (c *Coverage) input(i int) *InputFacts {
	if len(c.Inputs) == 0 {
		c.First = i
	}
	if i < c.First {
		c.Inputs = slices.Insert(c.Inputs, 0, make([]InputFacts, c.First-i)...)
		c.First = i
	}
	for len(c.Inputs) <= i-c.First {
		if n := len(c.Inputs); n < cap(c.Inputs) { // with the room that it had
			c.Inputs = c.Inputs[:n+1]
		} else {
			c.Inputs = append(c.Inputs, InputFacts{})
		}
	}
	return &c.Inputs[i-c.First]
}

func (c *Coverage) observe(p Place, e *parser.Event) {
	in := c.input(int(p.Input))
	if len(e.Raw) == 0 {
		return
	}
	in.Events++
	if i := slices.Index(parser.Formats, e.Format); i >= 0 {
		in.format(i, 1)
	}
	in.Levels[e.Level]++
	in.Kinds.add(e.Kind.ID(), 1, e.Time, timed(e), p)
	if e.Kind == parser.Unknown {
		in.Unparsed++
		in.sample(p, e.Raw)
	}
	if e.Cut() && e.Module != nil {
		in.Cut++
	}
	if !timed(e) {
		in.Undated++
		return
	}
	in.span(e.Time, e.Time, e.Stamp, e.UTCOffset)
	in.Beats.add(e.Time, e.Time)
}

func (in *InputFacts) format(i int, n int64) {
	for len(in.Formats) <= i {
		in.Formats = append(in.Formats, 0)
	}
	in.Formats[i] += n
}

func (in *InputFacts) sample(p Place, text []byte) {
	in.Samples.add(p)
	if !slices.Contains(in.Samples, p) {
		return
	}
	if in.Texts == nil {
		in.Texts = make(map[Place]string)
	}
	in.Texts[p] = parser.Text(text[:min(len(text), longSample)])
	in.forget()
}

// forget drops the texts of samples that earlier ones replaced.
func (in *InputFacts) forget() {
	for p := range in.Texts {
		if !slices.Contains(in.Samples, p) {
			delete(in.Texts, p)
		}
	}
}

func (in *InputFacts) span(first, last int64, s parser.Stamp, offset int32) {
	if in.Stamp == 0 || cmp.Or(cmp.Compare(first, in.First), cmp.Compare(offset, in.UTCOffset), cmp.Compare(s, in.Stamp)) < 0 {
		in.First, in.Stamp, in.UTCOffset = first, s, offset
	}
	in.Last = max(in.Last, last)
}

func (c *Coverage) merge(d *Coverage) {
	c.input(0)
	for i := range d.Inputs {
		in, from := c.input(d.First+i), &d.Inputs[i]
		in.Events += from.Events
		in.Unparsed += from.Unparsed
		in.Cut += from.Cut
		in.Undated += from.Undated
		if from.Stamp != 0 {
			in.span(from.First, from.Last, from.Stamp, from.UTCOffset)
		}
		in.Samples.merge(from.Samples)
		for p, text := range from.Texts {
			if in.Texts == nil {
				in.Texts = make(map[Place]string)
			}
			in.Texts[p] = text
		}
		in.forget()
		for i, n := range from.Formats {
			in.format(i, n)
		}
		for l, n := range from.Levels {
			in.Levels[l] += n
		}
		in.Kinds.merge(from.Kinds)
		in.Beats.merge(&from.Beats)
	}
}

func (c *Coverage) reset() {
	for i := range c.Inputs {
		in := &c.Inputs[i]
		clear(in.Texts)
		*in = InputFacts{Samples: in.Samples[:0], Texts: in.Texts, Formats: in.Formats[:0], Kinds: in.Kinds[:0], Beats: Beats{List: in.Beats.List[:0]}}
	}
	c.Inputs, c.First = c.Inputs[:0], 0
}

// Format is what most of the log's lines are.
func (in *InputFacts) Format() string {
	best, most := "", int64(0)
	for i, n := range in.Formats {
		if n > most {
			best, most = parser.Formats[i].Name, n
		}
	}
	return best
}

// of gives the facts of a log by its number.
func (c *Coverage) of(i int) *InputFacts {
	if i -= c.First; i < 0 || i >= len(c.Inputs) {
		return new(InputFacts)
	}
	return &c.Inputs[i]
}

// Kinds counts all events by kind, over all logs.
func (c *Coverage) Kinds() Tallies {
	var all Tallies
	for i := range c.Inputs {
		all.merge(c.Inputs[i].Kinds)
	}
	return all.sorted()
}
