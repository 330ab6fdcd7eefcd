package analyze

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

const (
	// manyXMLRPC is the least number of calls of xmlrpc.php that anybody is accused
	// of: an app or a plugin that uses it calls now and then.
	manyXMLRPC = 40
	// onlyXMLRPC is the same for a client that asks for nothing else.
	onlyXMLRPC = 20
	// letInShare is for how many refused passwords one that is let in speaks for people.
	letInShare = 3
	// sameAnswers is the share of different sizes among xmlrpc.php's answers up to
	// which they are refusals: what an app asks for is answered with something else
	// each time.
	sameAnswers = 0.2
	// officePages is how many pages an office or a crawler asks for in ten seconds
	// when it is busy: the mean of the null hypothesis at least.
	officePages = 20
	// manyPages is the least that anybody is accused of.
	manyPages = 80
	// moreInAccess is how many times as much an access log shows of a scan before it says
	// more than error.log did, and moreWeight what that is worth.
	moreInAccess = 2
	moreWeight   = 1.5
	// claimsWeight is for a client that says it is a search engine. Anybody can say so.
	claimsWeight = -1.5
)

var ruleWebScan = Rule{
	ID:    "web-scan",
	Title: "By access.log, a client asks for many things that are not there",
	Finds: "Scans that error.log hides: many different addresses answered with 403 or 404, of a kind that no page links to.",
	Blind: "A slow scan for ordinary names looks like a crawler with old links.",
	Uses:  []string{"access.request"},
	About: AboutClients,
	Judge: func(c *Case) (found []Finding) {
		n := math.Log(float64(len(c.Everybody)))
		found = c.passedOffWeb()
		for _, cc := range c.onWeb() {
			w := cc.Web
			missing, probes := w.Missing.Len(), w.Probes.Len()
			tail := math.Min(poissonTail(missing, deadLinks), poissonTail(probes, strayProbes)) + n
			again := againAndAgain(probes, w.Hidden, w.Misses.pace())
			if again {
				tail = math.Min(tail, poissonTail(int(w.Hidden), fewSecrets)+n)
			}
			if missing < manyMissing && !enoughProbes(probes, w.Secrets) && !again || tail > rareDeed || accused(cc) {
				text := tooFewTargets(missing, probes, w.Secrets, tail)
				if accused(cc) {
					text = "another rule accuses it already, perhaps for the same requests"
				}
				if cc.deed == CauseScan && tail <= rareDeed && missing >= manyMissing+moreInAccess*cc.Targets.Len() {
					found = append(found, Finding{Client: cc.Addr, Deed: CauseScan, Evidence: Evidence{Weight: moreWeight, Lines: c.places(w.Misses.Places),
						Text: fmt.Sprintf("asked, by access.log, for %s that are not there or not allowed, far more than error.log shows", atLeast(missing, "different thing"))}})
					continue
				}
				found = append(found, c.passed(cc, "%s", text)...)
				continue // accused by error.log already, for the same requests
			}
			found = append(found, scanned(cc, tail, missing, probes, w.Paths, c.places(w.Misses.Places))...)
			if w.Secrets < fewSecrets {
				found = append(found, tookItsTime(cc, w.Misses.pace(), "a crawler that follows old links")...)
				found = append(found, readsWhatIsThere(cc, missing)...)
			}
			if w.Secrets < fewSecrets {
				found = append(found, c.saysItReads(cc)...)
				found = append(found, cameFromPages(cc)...)
				found = append(found, asksAgain(cc, w.Misses.Count, missing)...)
			}
		}
		return found
	},
}

// saysItReads speaks a little for a client that says it is a crawler.
func (c *Case) saysItReads(cc *ClientCase) []Finding {
	if cc.Web == nil {
		return nil
	}
	for _, a := range cc.Web.Agents {
		if saysCrawler([]byte(a.Text)) {
			return []Finding{{Client: cc.Addr, Evidence: Evidence{Weight: claimsWeight,
				Text: "says that it is a search engine, which anybody can say: " + a.Text, Lines: []string{c.place(a.Place)}}}}
		}
	}
	return nil
}

const (
	// manyCrafted is the least that anybody is accused of: a link in a forum about
	// SQL, or an old address of an author's page, is followed now and then.
	manyCrafted = 8
	// strayCrafted is the mean of such requests by an honest client.
	strayCrafted = 0.5
	// linkedWeight clears whom the site's own pages lead to such queries: a search by
	// programmers, a theme that scales its pictures.
	linkedWeight = -3.6
)

var ruleCrafted = Rule{
	ID:    "crafted",
	Title: "By access.log, a client sends queries that only tools for attacks write",
	Finds: "SQL injection, paths out of the site and scripts in the part of the address after the question mark, whatever the answer was, and WordPress's users asked for by number (?author=1, ?author=2 and so on).",
	Blind: "What is sent in the body of a request. Whether any of it did harm.",
	Uses:  []string{"access.request"},
	About: AboutClients,
	Judge: func(c *Case) (found []Finding) {
		n := math.Log(float64(len(c.Everybody)))
		found = c.passedOffWeb()
		for _, cc := range c.onWeb() {
			w := cc.Web
			different := w.Crafted.Len()
			tail := poissonTail(different, strayCrafted) + n
			if different < manyCrafted || tail > rareDeed {
				found = append(found, c.passed(cc, "sent %s with queries that only tools for attacks write, %d are needed", atLeast(different, "different request"), manyCrafted)...)
				continue
			}
			found = append(found, Finding{Client: cc.Addr, Deed: CauseScan, Evidence: Evidence{
				Weight: deedWeight(tail), Lines: c.places(w.Crafts.Places),
				Text: fmt.Sprintf("sent %s with queries that only tools for attacks write, or that ask for the names of users", atLeast(different, "different request")),
			}})
			if w.Embedded > 0 && 2*w.Linked >= w.Crafts.Count {
				found = append(found, Finding{Client: cc.Addr, Evidence: Evidence{Weight: linkedWeight,
					Text: fmt.Sprintf("came to %d of these %d from a page and fetches what pages embed, as browsers do: the site itself may write such queries", w.Linked, w.Crafts.Count)}})
			}
			found = append(found, readsWhatIsThere(cc, different)...)
			found = append(found, c.saysItReads(cc)...)
		}
		return found
	},
}

var ruleWebGuessing = Rule{
	ID:    "web-guessing",
	Title: "By access.log, a client tries many passwords on WordPress",
	Finds: "Guessing at wp-login.php, which WordPress answers with 200 when it fails and sends on when it succeeds, and at xmlrpc.php.",
	Blind: "What stood in a call of xmlrpc.php: one call can try hundreds of passwords, or none. Logins through other pages.",
	Uses:  []string{"access.request"},
	About: AboutClients,
	Judge: func(c *Case) (found []Finding) {
		n := math.Log(float64(len(c.Everybody)))
		found = c.passedOffWeb()
		assets := c.servesAssets()
		for _, cc := range c.onWeb() {
			w, before := cc.Web, len(found)
			if failures := int(w.Logins.Count); failures >= manyFailures {
				if tail := poissonTail(failures, mistypes) + n; tail <= rareDeed {
					found = append(found, Finding{Client: cc.Addr, Deed: CauseGuessing, Evidence: Evidence{
						Weight: deedWeight(tail), Lines: c.places(w.Logins.Places),
						Text: fmt.Sprintf("sent wp-login.php %s that it did not let in, %s", plural(failures, "password"), onAverage(w.Logins.pace())),
					}})
					switch gap := w.Logins.pace(); {
					case letInShare*w.Accepted.Count >= w.Logins.Count:
						found = append(found, Finding{Client: cc.Addr, Evidence: Evidence{Weight: unhurriedWeight, Lines: c.places(w.Accepted.Places),
							Text: fmt.Sprintf("was let in %s, as an office or a school is whose people mistype now and then", times(int(w.Accepted.Count)))}})
					case gap < unhurried:
					case cc.programTries() == 0 && (w.Embedded > 0 || !assets): // it does other things too, as people behind one address do
						found = append(found, tookItsTime(cc, gap, "an office whose people mistype")...)
					default:
						found = append(found, Finding{Client: cc.Addr, Evidence: Evidence{Weight: patientWeight,
							Text: fmt.Sprintf("took its time, one in %s on average: a program of the owner's with an old password might do the same", lasting(gap))}})
					}
					if ok := w.Accepted; cc.letIn() && letInShare*ok.Count < w.Logins.Count {
						found = append(found, Finding{Client: cc.Addr, Evidence: Evidence{Weight: 1, Lines: c.places(ok.Places),
							Text: fmt.Sprintf("was let in by wp-login.php %s among them: that password is known to somebody, or it was the owner after all", times(int(ok.Count)))}})
					}
				}
			}
			least := int64(manyXMLRPC)
			if w.Requests <= w.XMLRPC.Count+2 {
				least = onlyXMLRPC
			}
			gap, calls := w.XMLRPC.pace(), w.XMLRPC.Count
			alike := sameAnswers * float64(calls)
			if gap < unhurried {
				alike = math.Max(comparable, alike)
			} else if cc.onlyXMLRPC() == 0 || !w.calls(browser) || !w.calls(unnamed) {
				alike = -1 // an app, a service: that is how they come
			}
			if calls >= least && float64(w.Answers.Len()) <= alike {
				found = append(found, Finding{Client: cc.Addr, Deed: CauseGuessing, Evidence: Evidence{
					Weight: deedWeight(poissonTail(int(calls), float64(least)/4) + n), Lines: c.places(w.XMLRPC.Places),
					Text: fmt.Sprintf("called xmlrpc.php %s, %s, which is how passwords are tried in bulk", times(int(calls)), onAverage(gap)),
				}})
				if gap >= unhurried {
					found = append(found, Finding{Client: cc.Addr, Evidence: Evidence{Weight: patientWeight,
						Text: fmt.Sprintf("took its time, one in %s on average: a program of the owner's does so too, though hardly one that calls itself a browser and says no more", lasting(gap))}})
				}
			}
			if len(found) == before {
				found = append(found, c.passed(cc, "was not let in by wp-login.php %s; called xmlrpc.php %s, %d are needed, less than %s apart unless it calls itself a browser, no app beside it, and asks for nothing else",
					tooFew(w.Logins.Count, manyFailures, poissonTail(int(w.Logins.Count), mistypes)+n), times(int(w.XMLRPC.Count)), least, lasting(unhurried))...)
			}
		}
		return found
	},
}

var ruleWebFlood = Rule{
	ID:    "web-flood",
	Title: "By access.log, a client asks for pages faster than the others by far",
	Finds: "Floods of requests, also those that met no error.",
	Blind: "A large office or a crawler in a hurry looks the same, so without trouble on the server it says suspect at most.",
	Uses:  []string{"access.request", "workers.exhausted"},
	About: AboutClients,
	Judge: func(c *Case) (found []Finding) {
		if len(c.Everybody) < comparable {
			return c.passedByAll("there %s, and %d clients are needed to tell what is ordinary", were(len(c.Everybody), "client"), comparable)
		}
		found = c.passedOffWeb()
		n := math.Log(float64(len(c.Everybody)))
		clients := c.onWeb()
		var pages int64 // of all, so that nobody is compared with everybody
		for _, cc := range clients {
			pages += busiest(cc.Web).Count
		}
		for _, cc := range clients {
			others := len(clients) - 1
			best, before := busiest(cc.Web), len(found)
			average := float64(pages-best.Count) / math.Max(float64(others), 1)
			if f, ok := c.webFlood(cc, best, others, average, n); ok {
				found = append(found, f)
			}
			if len(found) == before {
				found = append(found, c.passed(cc, "asked for %s in its busiest ten seconds, %d are needed, and far more than the others (%.1f on average)",
					plural(best.Count, "page"), manyPages, average)...)
			}
		}
		return found
	},
}

// onWeb are the clients that access logs name.
func (c *Case) onWeb() []*ClientCase {
	if c.web == nil {
		for _, cc := range c.Everybody {
			if cc.Web != nil {
				c.web = append(c.web, cc)
			}
		}
	}
	return c.web
}

// webFlood looks at a client's busiest ten seconds, beside those of the others,
// which had so many pages on average.
func (c *Case) webFlood(cc *ClientCase, best Slot, others int, average, n float64) (Finding, bool) {
	pages := int(best.Count)
	tail := poissonTail(pages, math.Max(average, officePages)) + n
	if pages < manyPages || others+1 < comparable || tail > rareLoad {
		return Finding{}, false
	}
	f := Finding{Client: cc.Addr, Deed: CauseFlood, Evidence: Evidence{
		Weight: math.Min(3.5, 1.5+0.05*-tail), Lines: []string{c.place(best.FirstPlace)},
		Text: fmt.Sprintf("asked for %d pages within ten seconds (from %s on), where the busiest ten seconds of the other %s had %.1f on average", pages, clock(best.First), plural(others, "client"), average),
	}}
	f.Trouble = c.troubleAt(best.First)
	if f.Trouble != nil {
		f.Weight += 1.5
		f.Text += ", while the server was in trouble"
	}
	return f, true
}

// busiest is the stretch with the most pages, where stretches are still ten
// seconds long; for a client that stayed for very long they are not.
func busiest(w *WebFacts) (best Slot) {
	if w.Pages.Width != loadWindow {
		return best
	}
	for _, s := range w.Pages.Slots {
		if s.Count > best.Count || s.Count == best.Count && s.First < best.First {
			best = s
		}
	}
	return best
}

const (
	// behindWeight makes a cause of what somebody behind a proxy did, with the trouble.
	behindWeight = 4.5
	// widestBehind is how long a stretch may be in which a flood still stands out from
	// the proxy's other requests. A busy proxy's are so long in logs of about two days.
	widestBehind = 3 * minute
	// fetchedBehind is how much of what pages embed the proxy asks for at other times, a
	// page: where it is less, the proxy keeps such files itself, and lacking them says nothing.
	fetchedBehind = 1.0
)

var ruleBehind = Rule{
	ID:    "behind",
	Title: "From behind a proxy somebody asks for pages as programs do, while the server is in trouble",
	Finds: "Floods in logs that name a proxy in place of its visitors: within ten seconds (up to three minutes in logs of many hours) far more pages than the same proxy asks for at other times, without the pictures, styles and scripts that browsers fetch with them. Nobody is accused by name.",
	Blind: "Who it was and how many: the proxy's own log tells. Short floods in logs of more than two days or so, and those that come through several proxies of one's own, a little through each. A crowd of an app, which loads data only, looks the same, and one whose pictures and scripts the proxy has by then.",
	Uses:  []string{"access.request", "workers.exhausted"},
	About: AboutClients,
	Judge: func(c *Case) (found []Finding) {
		found = c.passedOffWeb()
		for _, group := range c.fronts() {
			cc, w := group[0], asOne(group)
			for _, other := range group[1:] {
				found = append(found, c.passed(other, "it is judged together with the other %d addresses of %s, at %s", len(group)-1, other.guard.service.name(), cc.Addr)...)
			}
			width := max(w.Pages.Width, w.Excused.Width)
			if cc.guard.standing != Proxy || width > widestBehind {
				found = append(found, c.passed(cc, "it is no proxy that is known as one, or was there for too long to count its requests by less than %s", lasting(widestBehind))...)
				continue
			}
			pages, assets, most := c.outsideTroubles(w, width)
			if float64(assets) < fetchedBehind*float64(pages) {
				found = append(found, c.passed(cc, "at other times too it asked for little of what pages embed (%s for %s), so that lacking it says nothing", times(int(assets)), plural(pages, "page"))...)
				continue
			}
			best, bare := w.bare(width)
			usual := float64(most)
			tail := poissonTail(int(bare), math.Max(usual, officePages*float64(width/loadWindow)))
			t := c.troubleAt(best.First)
			if tail > oddsOfChance || t == nil {
				found = append(found, c.passed(cc, "within %s it asked for at most %s without what pages embed (up to %.0f pages are usual), %s; %s",
					lasting(width), plural(bare, "page"), usual, map[bool]string{true: "while the server was in trouble", false: "while the server was well"}[t != nil], tooLikely(tail, oddsOfChance))...)
				continue
			}
			found = append(found, Finding{Client: cc.Addr, Deed: CauseFlood, Trouble: t, Through: true, Evidence: Evidence{
				Weight: behindWeight, Lines: []string{c.place(best.FirstPlace)},
				Text: fmt.Sprintf("asked for %d pages within %s (from %s on) and only %s for what pages embed, where up to %.0f pages were usual%s", best.Count, lasting(width), clock(best.First), times(int(best.Count-bare)), usual, byAll(group)),
			}})
		}
		return found
	},
}

// fronts are the clients of access logs, with the addresses of one delivery service
// together, the busiest first: what comes through one may come through all.
func (c *Case) fronts() (groups [][]*ClientCase) {
	at := make(map[string]int)
	for _, cc := range c.onWeb() {
		s := cc.guard.service
		if cc.guard.standing != Proxy || s == nil {
			groups = append(groups, []*ClientCase{cc})
			continue
		}
		i, ok := at[s.Operator]
		if !ok {
			i = len(groups)
			at[s.Operator] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], cc)
	}
	for _, g := range groups {
		slices.SortStableFunc(g, func(a, b *ClientCase) int { return cmp.Compare(b.Web.Requests, a.Web.Requests) })
	}
	return groups
}

// asOne is what access logs say of several clients as if they were one.
func asOne(group []*ClientCase) *WebFacts {
	if len(group) == 1 {
		return group[0].Web
	}
	whole := new(ClientFacts)
	for _, cc := range group {
		whole.mergeWeb(cc.Web)
	}
	return whole.Web
}

// byAll says that what was counted is of several addresses.
func byAll(group []*ClientCase) string {
	if len(group) == 1 {
		return ""
	}
	return fmt.Sprintf(", all %d addresses of %s together", len(group), group[0].guard.service.Operator)
}

// outsideTroubles counts a client's pages and what excuses them where the server was
// well, and the most pages of these within the width.
func (c *Case) outsideTroubles(w *WebFacts, width int64) (pages, assets, most int64) {
	asked := Series{Width: width}
	asked.merge(&w.Pages)
	for _, s := range asked.Slots {
		if !c.nearTrouble(s.First) {
			pages += s.Count
			most = max(most, s.Count)
		}
	}
	for _, s := range w.Excused.Slots {
		if !c.nearTrouble(s.First) {
			assets += s.Count
		}
	}
	return pages, assets, most
}

// nearTrouble tells whether a time lies in a trouble, shortly before or after it.
func (c *Case) nearTrouble(at int64) bool {
	i, _ := slices.BinarySearchFunc(c.Troubles, at+1, func(t *Trouble, at int64) int { return cmp.Compare(t.Start-lead, at) })
	return i > 0 && at <= c.Troubles[i-1].reach
}

// bare is the stretch with the most pages that nothing of what pages embed was
// fetched with, and how many these were: one such request excuses one page, though
// a browser's page brings several, and a page that failed brings none. The width is
// the larger of the two series'.
func (w *WebFacts) bare(width int64) (best Slot, pages int64) {
	asked, excused := Series{Width: width}, make(map[int64]int64, len(w.Excused.Slots))
	asked.merge(&w.Pages)
	for _, s := range w.Excused.Slots {
		excused[s.First/width] += s.Count
	}
	for _, s := range asked.Slots {
		if n := s.Count - excused[s.At]; n > pages {
			best, pages = s, n
		}
	}
	return best, pages
}

// troubleAt is the trouble that a time lies in or shortly before; nil: none.
func (c *Case) troubleAt(t int64) *Trouble {
	for _, trouble := range c.Troubles {
		if t >= trouble.Start-lead && t <= trouble.Until {
			return trouble
		}
	}
	return nil
}
