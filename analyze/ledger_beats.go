package analyze

import (
	"cmp"
	"slices"
)

// maxBeats bounds the stretches of time in which a log was written to; past it
// they become twice as long.
const maxBeats = 512

// Beats are when a log was written to: its rhythm, and where it fell silent.
type Beats struct {
	Width int64
	List  []Beat // in order of time

	last int // the stretch of the line before
}

// A Beat is the first and the last line of one stretch of time.
type Beat struct {
	At          int64 // number of the stretch, from 1970
	First, Last int64
}

// add enters a stretch, or a line: first and last are less than Width apart.
func (b *Beats) add(first, last int64) {
	if b.last < len(b.List) { // neighbours share it; a division costs more than all this
		x := &b.List[b.last]
		if into := first - x.At*b.Width; into >= 0 && into < b.Width {
			x.First, x.Last = min(x.First, first), max(x.Last, last)
			return
		}
	}
	b.Width = max(b.Width, second)
	at := first / b.Width
	i, found := slices.BinarySearchFunc(b.List, at, func(x Beat, at int64) int { return cmp.Compare(x.At, at) })
	b.last = i
	if found {
		x := &b.List[i]
		x.First, x.Last = min(x.First, first), max(x.Last, last)
		return
	}
	b.List = slices.Insert(b.List, i, Beat{at, first, last})
	for len(b.List) > maxBeats {
		b.widen(2 * b.Width)
	}
}

func (b *Beats) widen(width int64) {
	b.Width, b.last = width, 0
	kept := b.List[:0]
	for _, x := range b.List {
		x.At = x.First / width
		if n := len(kept); n > 0 && kept[n-1].At == x.At {
			kept[n-1].Last = max(kept[n-1].Last, x.Last)
			continue
		}
		kept = append(kept, x)
	}
	b.List = kept
}

func (b *Beats) merge(from *Beats) {
	if from.Width > b.Width {
		b.widen(from.Width)
	}
	for _, x := range from.List {
		b.add(x.First, x.Last)
	}
}

const (
	// enoughBeats is how many stretches a log needs to have a rhythm.
	enoughBeats = 30
	// fewGaps is how many silences may be out of it: more of them are its rhythm.
	fewGaps = 3
	// mostlySilent is how many times as long as its usual silences one has to be.
	mostlySilent = 6
	// usual is the share of a log's time, without those silences, whose own ones are usual.
	usual = 0.9
)

// gaps are silences much longer than the log's rhythm, and the longest one that
// is not, in order of time. A log that is mostly silent has no rhythm: the error
// log of a healthy server is silent for days.
func (b *Beats) gaps() (odd []span, longest int64) {
	n := len(b.List)
	if n < 2 {
		return nil, 0
	}
	var all []span
	busy := int64(0)
	for i, x := range b.List {
		busy += x.Last - x.First
		if i > 0 {
			all = append(all, span{b.List[i-1].Last, x.First})
		}
	}
	length := func(s span) int64 { return s.last - s.first }
	slices.SortStableFunc(all, func(x, y span) int { return cmp.Compare(length(x), length(y)) })
	rest, few := all[:max(len(all)-fewGaps, 0)], all[max(len(all)-fewGaps, 0):]
	time, whole := busy, busy
	for _, s := range rest {
		whole += length(s)
	}
	ordinary := b.Width
	for _, s := range rest {
		if float64(time) >= usual*float64(whole) {
			break
		}
		time += length(s)
		ordinary = max(ordinary, length(s))
	}
	if n >= enoughBeats && 2*whole >= b.List[n-1].Last-b.List[0].First {
		for _, s := range few {
			if length(s) >= quiet && length(s) >= mostlySilent*ordinary {
				odd = append(odd, s)
			}
		}
	}
	for _, s := range all[:len(all)-len(odd)] {
		longest = max(longest, length(s))
	}
	slices.SortFunc(odd, func(x, y span) int { return cmp.Compare(x.first, y.first) })
	return odd, longest
}
