package analyze

import (
	"fmt"
	"math"
	"strings"
)

const (
	// deadLinks is how many files that are not there a person meets in a visit to a
	// badly kept site.
	deadLinks = 5
	// strayProbes is how many programs or hidden files that are not there a person
	// asks for: an old bookmark.
	strayProbes = 1
	// manyMissing and manyProbes are the least that anybody is accused of. Twice as
	// many probes are asked for where nobody looked for secrets: a theme that calls
	// programs which are gone makes an honest visitor ask for a dozen.
	manyMissing = 25
	manyProbes  = 8
	// mistypes is how often a person gets a password wrong before asking for help.
	mistypes = 4
	// manyFailures is the least number of failures that anybody is accused of.
	manyFailures = 15
	// unhurried is the gap between deeds on average from which a program of an honest
	// owner looks the same: a crawler with old links, a client with an old password.
	unhurried       = 20 * second
	unhurriedWeight = -3.6
	// patient is the gap from which a program with an old password, such as a
	// calendar that asks again and again, may be meant by tries for one name; the
	// weight leaves a suspect. The same for an unhurried one at wp-login.php, which
	// hardly any honest program asks.
	patient       = 2 * second
	patientWeight = -2.0
	// mostlyThere is how many pages that are there a crawler reads for each dead link.
	mostlyThere       = 5
	mostlyThereWeight = -3.0
	// rounds is how often a program that was never told what is gone asks for each such
	// thing: who looks for weak spots asks for others instead.
	rounds = 5
	// fewSecrets is how often a crawler asks for hidden files and backups that
	// somebody once linked to by mistake.
	fewSecrets = 5
	// manyHidden is how many requests for a few hidden files, copies or planted programs,
	// in a hurry, are no slip, and fewestProbes how many different things that takes.
	manyHidden   = 25
	fewestProbes = 3
	// enoughInjected is how many failed queries with the words of SQL injection it
	// takes: a title that quotes SQL breaks a badly written plugin too.
	enoughInjected = 3
	// rareDeed is the natural logarithm of one in a thousand, corrected for the
	// number of clients looked at.
	rareDeed = -6.9
)

var ruleScan = Rule{
	ID:    "scan",
	Title: "A client asks for many things that are not there",
	Finds: "Scans for weak scripts, backups, dumps and hidden files: many different targets that no page links to.",
	Blind: "At the default LogLevel Apache 2.4 does not log ordinary missing files, so most of a scan may not show.",
	Uses:  []string{"file.missing", "script.missing", "path.invalid", "access.denied", "index.denied"},
	About: AboutClients,
	Judge: func(c *Case) (found []Finding) {
		n := math.Log(float64(len(c.Everybody)))
		for _, cc := range c.Everybody {
			missing, probes := cc.Targets.Len(), cc.Probes.Len()
			tail := math.Min(poissonTail(missing, deadLinks), poissonTail(probes, strayProbes)) + n
			again := againAndAgain(probes, cc.Hidden, pace(cc))
			if again {
				tail = math.Min(tail, poissonTail(int(cc.Hidden), fewSecrets)+n)
			}
			if missing < manyMissing && !enoughProbes(probes, cc.Secrets) && !again || tail > rareDeed {
				found = append(found, c.passed(cc, "%s", tooFewTargets(missing, probes, cc.Secrets, tail))...)
				continue
			}
			lines := c.lines(cc.Kinds, scriptMissing, pathInvalid, accessDenied, fileMissing, indexDenied)
			found = append(found, scanned(cc, tail, missing, probes, cc.Examples, lines)...)
			if cc.Secrets < fewSecrets {
				found = append(found, tookItsTime(cc, pace(cc), "a crawler that follows old links")...)
				found = append(found, readsWhatIsThere(cc, missing)...)
				found = append(found, c.saysItReads(cc)...)
				found = append(found, cameFromPages(cc)...)
				found = append(found, asksAgain(cc, cc.deedLines(), missing)...)
			}
			if n := cc.count(pathInvalid); n > 0 {
				found = append(found, Finding{Client: cc.Addr, Evidence: Evidence{
					Weight: 1, Text: "sent " + plural(n, "request") + " for paths that lead out of the site or that no browser writes",
					Lines: c.lines(cc.Kinds, pathInvalid),
				}})
			}
		}
		return found
	},
}

var ruleGuessing = Rule{
	ID:    "guessing",
	Title: "A client tries many passwords",
	Finds: "Guessing of HTTP passwords (basic and digest authentication).",
	Blind: "WordPress writes no failed login to error.log: guessing at wp-login.php and xmlrpc.php shows only in access.log or through a plugin that logs it.",
	Uses:  []string{"auth."},
	About: AboutClients,
	Judge: func(c *Case) (found []Finding) {
		n := math.Log(float64(len(c.Everybody)))
		for _, cc := range c.Everybody {
			failures := cc.count(guesses...)
			tail := poissonTail(int(failures), mistypes) + n
			if failures < manyFailures || tail > rareDeed {
				found = append(found, c.passed(cc, "failed to log in %s", tooFew(failures, manyFailures, tail))...)
				continue
			}
			found = append(found, Finding{Client: cc.Addr, Deed: CauseGuessing, Evidence: Evidence{
				Weight: deedWeight(tail),
				Text:   fmt.Sprintf("failed to log in %s, with %s", plural(failures, "time"), userNames(cc.Users.Len())),
				Lines:  c.lines(cc.Kinds, guesses...),
			}})
			if cc.Users.Len() == 1 {
				found = append(found, oldPassword(cc, pace(cc))...)
			}
		}
		return found
	},
}

var ruleInjection = Rule{
	ID:    "injection",
	Title: "A client's requests put SQL into the database's queries",
	Finds: "SQL injection that reached the database and failed there.",
	Blind: "Injection that succeeds leaves no error.",
	Uses:  []string{"db.injection"},
	About: AboutClients,
	Judge: func(c *Case) (found []Finding) {
		together := 0 // clients who meet the same: then it is a plugin's broken query
		for _, cc := range c.Everybody {
			if cc.Kinds.Count(dbInjection) > 0 {
				together++
			}
		}
		for _, cc := range c.Everybody {
			n := cc.Kinds.Count(dbInjection)
			if n < enoughInjected || together >= crowd && n < 2*enoughInjected {
				found = append(found, c.passed(cc, "%d of its queries failed with the words of SQL injection, %d are needed, and %d where %d clients or more meet the same (here %d do)",
					n, enoughInjected, 2*enoughInjected, crowd, together)...)
				continue
			}
			found = append(found, Finding{Client: cc.Addr, Deed: CauseScan, Evidence: Evidence{
				Weight: math.Min(5, 2+float64(n)), // a developer may test once; a program goes on
				Text:   fmt.Sprintf("%d", n) + " of its queries failed as injected SQL does and held the words of it",
				Lines:  c.lines(cc.Kinds, dbInjection),
			}})
		}
		return found
	},
}

// enoughProbes tells whether so many things that no page links to accuse anybody.
func enoughProbes(probes int, secrets int64) bool {
	return probes >= 2*manyProbes || probes >= manyProbes && secrets >= fewSecrets
}

// againAndAgain tells whether a client asks for the same few hidden files over and over,
// in a hurry: an owner's own check that they are not there takes its time, and what a
// device or a backup fetches again and again is not hidden.
func againAndAgain(probes int, hidden, gap int64) bool {
	return hidden >= manyHidden && probes >= fewestProbes && gap < unhurried
}

// tooFew says why so many failures accuse nobody.
func tooFew(failures, needed int64, tail float64) string {
	if failures < needed {
		return fmt.Sprintf("%s, %d are needed", times(int(failures)), needed)
	}
	return fmt.Sprintf("%s: %s", times(int(failures)), tooLikely(tail, rareDeed))
}

// tooFewTargets says so where they do not.
func tooFewTargets(missing, probes int, secrets int64, tail float64) string {
	if missing >= manyMissing || enoughProbes(probes, secrets) {
		return fmt.Sprintf("asked in vain for %s, %d of a kind that no page links to: %s", atLeast(missing, "different thing"), probes, tooLikely(tail, rareDeed))
	}
	return fmt.Sprintf("asked in vain for %s, %d are needed; %d of them of a kind that no page links to, %d are needed, or %d with %d requests for hidden files and backups (there were %d)",
		atLeast(missing, "different thing"), manyMissing, probes, 2*manyProbes, manyProbes, fewSecrets, secrets)
}

// scanned accuses a client of a scan, with the first of its targets.
func scanned(cc *ClientCase, tail float64, missing, probes int, examples []Example, lines []string) []Finding {
	var names []string
	for _, x := range examples[:min(len(examples), 3)] {
		names = append(names, x.Text)
	}
	return []Finding{{Client: cc.Addr, Deed: CauseScan, Evidence: Evidence{
		Weight: deedWeight(tail), Lines: lines,
		Text: fmt.Sprintf("asked for %s that are not there or not allowed, %d of them of a kind that no page links to, such as %s",
			atLeast(missing, "different thing"), probes, strings.Join(names, ", ")),
	}}}
}

// tookItsTime speaks for a client whose deeds are far apart, as those of an honest
// program are.
func tookItsTime(cc *ClientCase, gap int64, honest string) []Finding {
	if gap < unhurried {
		return nil
	}
	return []Finding{{Client: cc.Addr, Evidence: Evidence{Weight: unhurriedWeight,
		Text: fmt.Sprintf("took its time, one in %s on average: %s does the same", lasting(gap), honest)}}}
}

// oldPassword speaks for a client that tries one name, not as fast as it could.
func oldPassword(cc *ClientCase, gap int64) []Finding {
	if gap < patient || gap >= unhurried {
		return tookItsTime(cc, gap, "a program with an old password")
	}
	return []Finding{{Client: cc.Addr, Evidence: Evidence{Weight: patientWeight,
		Text: fmt.Sprintf("tried one name only, once in %s on average, as a program with an old password does", lasting(gap))}}}
}

// readsWhatIsThere speaks for a client that got far more pages than it missed: a
// scan meets hardly anything that is there.
func readsWhatIsThere(cc *ClientCase, missing int) []Finding {
	if cc.Web == nil || cc.Web.Served < int64(mostlyThere*missing) {
		return nil
	}
	return []Finding{{Client: cc.Addr, Evidence: Evidence{Weight: mostlyThereWeight,
		Text: fmt.Sprintf("got %d pages that are there, as a crawler does that meets dead links among them", cc.Web.Served)}}}
}

// cameFromPages speaks for a client whose requests name the pages that they came from:
// they link to what is gone. One that looked for a secret must have loaded them as
// browsers do, where an access log shows it.
func cameFromPages(cc *ClientCase) []Finding {
	named, all := cc.Referred, cc.Events
	if w := cc.Web; w != nil {
		if w.Embedded == 0 && w.Secrets > 0 {
			return nil
		}
		named, all = w.Referred, w.Requests
	}
	if float64(named) <= mostReferred*float64(all) {
		return nil
	}
	return []Finding{{Client: cc.Addr, Evidence: Evidence{Weight: linkedWeight,
		Text: fmt.Sprintf("%d of its %d lines name a page that the request came from, and it looked for hardly anything secret: pages may link to what is gone", named, all)}}}
}

// asksAgain speaks for a client that asks for the same things over and over, none of
// them hidden: the program of a partner or a device does, whose server was changed.
func asksAgain(cc *ClientCase, asked int64, missing int) []Finding {
	if missing == 0 || missing >= maxDistinct || asked < rounds*int64(missing) || cc.searched() {
		return nil
	}
	return []Finding{{Client: cc.Addr, Evidence: Evidence{Weight: unhurriedWeight,
		Text: fmt.Sprintf("asked for these %d things %d times, none of them hidden, as a program does that was not told of a change", missing, asked)}}}
}

// pace is the time between a client's deeds on average.
func pace(cc *ClientCase) int64 {
	first, last, n := int64(0), int64(0), int64(0)
	for i := range cc.Slots {
		if s := &cc.Slots[i]; s.Deeds > 0 {
			if first == 0 || s.First < first {
				first = s.First
			}
			last = max(last, s.Last)
			n += s.Deeds
		}
	}
	return (last - first) / max(n-1, 1)
}

// deedWeight grows with the odds against chance and ends where an unknown
// reason for odd behaviour (a test by the owner, a broken program) takes over.
func deedWeight(tail float64) float64 { return math.Min(6, 2.5+0.1*-tail) }

// userNames counts the names that were tried.
func userNames(n int) string {
	if n == 1 {
		return "one user name"
	}
	return atLeast(n, "different user name")
}

// atLeast writes a number of different things that was counted up to a bound.
func atLeast(n int, noun string) string {
	if n >= maxDistinct {
		return "at least " + plural(n, noun)
	}
	return plural(n, noun)
}
