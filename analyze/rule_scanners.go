package analyze

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

const (
	// fewProbes is how many different things that no page links to one of many asks for
	// at least, and nothing else: a stray bot asks for one or two.
	fewProbes = 4
	// scanners is how many such clients, one close upon the other, share a scan.
	scanners = 5
	// sharedProbes is how many different things they ask for together at least, as many as
	// accuse one alone: a theme whose programs are gone makes every visitor ask for the
	// same few.
	sharedProbes = manyMissing
)

var ruleScanners = Rule{
	ID:    "scanners",
	Title: "Many clients look for weak spots at the same time, each of them a little",
	Finds: "Scans that are spread over many addresses: clients that ask for nothing but what no page links to, one close upon the other, and together for many different things.",
	Blind: "Addresses that ask for fewer than four such things each: the bots that every server meets do so too. Scans for nothing but programs and archives, for readers and crawlers that follow old links from many addresses look the same. Programs that say what they are. By an error log alone, whether they also got pages.",
	Uses:  []string{"file.missing", "script.missing", "path.invalid", "access.denied", "access.request"},
	About: AboutClients,
	Judge: func(c *Case) (found []Finding) {
		var part []*ClientCase
		for _, cc := range c.Everybody {
			if cc.onlyProbes() >= fewProbes && cc.guard.standing == "" && !cc.allowed.IsValid() && (cc.Web == nil || cc.Web.calls(unnamed)) {
				part = append(part, cc)
			}
		}
		slices.SortStableFunc(part, func(a, b *ClientCase) int {
			from, _ := a.deeds()
			to, _ := b.deeds()
			return cmp.Compare(from, to)
		})
		for len(part) > 0 {
			n, end := 0, int64(0)
			for n < len(part) {
				first, last := part[n].deeds()
				if n > 0 && first > end+quiet {
					break
				}
				end = max(end, last)
				n++
			}
			found = append(found, c.scannedTogether(part[:n])...)
			part = part[n:]
		}
		for _, cc := range c.asked {
			if !slices.ContainsFunc(found, func(f Finding) bool { return f.Client == cc.Addr }) {
				found = append(found, c.passed(cc, "asked for %s that no page links to and for nothing else, %d are needed, and %d clients that do so at the same time, look for hidden files, copies or planted programs too and share %d such things; or another rule accuses it already",
					atLeast(cc.onlyProbes(), "different thing"), fewProbes, scanners, sharedProbes)...)
			}
		}
		return found
	},
}

// scannedTogether accuses clients that came one close upon the other, where many of them
// look for hidden files, copies or planted programs, as nobody does who follows an old
// link, and what they asked for together is as long as the list of a scan. Of those that
// looked for nothing secret at all the ones count that asked for many programs, where
// they are few.
func (c *Case) scannedTogether(all []*ClientCase) (found []Finding) {
	var part, others []*ClientCase
	hidden := 0
	for _, cc := range all {
		secret := cc.Secrets > 0 || cc.Web != nil && cc.Web.Secrets > 0
		searched := cc.searched()
		if searched {
			hidden++
		}
		switch {
		case secret || searched:
			part = append(part, cc)
		case cc.onlyProbes() >= manyProbes:
			others = append(others, cc)
		}
	}
	if hidden < scanners {
		return nil
	}
	if few := scanners - 1; few*len(others) <= len(part) { // else they are the readers or crawlers of a site that moved
		part = append(part, others...)
	}
	var list Distinct
	for _, cc := range part {
		list.merge(cc.probes())
	}
	if list.Len() < sharedProbes {
		return nil
	}
	for _, cc := range part {
		if stands(cc) {
			continue
		}
		lines := c.lines(cc.Kinds, scriptMissing, pathInvalid, accessDenied, fileMissing)
		if len(lines) == 0 {
			lines = c.places(cc.Web.Misses.Places)
		}
		found = append(found, Finding{Client: cc.Addr, Deed: CauseScan, Evidence: Evidence{Weight: campaignWeight - math.Max(cc.Score, 0), Lines: lines,
			Text: fmt.Sprintf("asked for %s that no page links to and for nothing else, one of %s that came close upon each other and asked together for %s",
				atLeast(cc.onlyProbes(), "different thing"), plural(len(part), "client"), atLeast(list.Len(), "different one"))}})
		if w := cc.Web; w != nil && w.Secrets < fewProbes {
			found = append(found, c.saysItReads(cc)...)
		}
	}
	return found
}

// searched tells whether a client asked for what neither an old link nor a program of
// the owner's asks for.
func (cf *ClientFacts) searched() bool {
	return cf.Hidden > 0 || cf.Web != nil && cf.Web.Hidden > 0
}

// probes are what a client asked for that no page links to, by the log that shows
// more of it.
func (cf *ClientFacts) probes() Distinct {
	if cf.Web != nil && cf.Web.Probes.Len() >= cf.Probes.Len() {
		return cf.Web.Probes
	}
	return cf.Probes
}

// onlyProbes counts them for a client that shows hardly anything else: it was given two
// pages at most, mostly came from none and fetched nothing that pages embed.
func (cf *ClientFacts) onlyProbes() int {
	const of = 2 // of which at most every other forges the page it came from
	w := cf.Web
	if w == nil && (of*cf.Referred > cf.Events || of*cf.deedLines() < cf.Events) { // the page that says 404 may warn itself
		return 0
	}
	const strayPages = 2 // what a probe met by chance, or the front page before it began
	if w != nil && (of*w.Referred > w.Requests || w.Embedded > 0 || w.Served > strayPages) {
		return 0
	}
	set := cf.probes()
	return set.Len()
}
