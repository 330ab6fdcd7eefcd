package analyze

import (
	"fmt"
	"math"
	"slices"
)

const (
	// campaignClients is how many clients that behave like programs make a campaign,
	// and campaignTries how many tries they make together at least.
	campaignClients = 5
	campaignTries   = 50
	// fewTries is the least that one of them makes: whoever mistypes once or twice
	// is no part of it.
	fewTries = 5
	// leastTries is enough where manyPrograms do so, and none of them shows the page
	// that a browser would have sent its form from.
	leastTries = 2
	// manyOnce is how many clients that send one password and ask for nothing but the
	// form make a campaign.
	manyOnce = 2 * manyPrograms
	// manyNames is how many user names a person does not try.
	manyNames      = 4
	campaignWeight = 4.0 // with the prior: suspect, not attacker, for each did little
)

var ruleCampaign = Rule{
	ID:    "campaign",
	Title: "Many clients try passwords in the same way, each of them a little",
	Finds: "Guessing that is spread over many addresses, by clients that try several user names, or that do nothing on the site but log in.",
	Blind: "Guessing of names that exist only, or from as many names as addresses. Addresses that try once, unless they are many and an access log shows that they ask for nothing else. What stood in a call of xmlrpc.php. Without an access log, those that try one name a few times. A class or a company that logs in together for the first time, from many addresses, with wrong passwords.",
	Uses:  []string{"auth.", "wp.", "access.request"},
	About: AboutClients,
	Judge: func(c *Case) (found []Finding) {
		var part, small, once []*ClientCase
		tries, bySmall, byOnce := int64(0), int64(0), int64(0)
		shows := c.namesReferers() && c.servesAssets() && c.namesForm() || !c.Coverage.access()
		own, people := c.ownNames(), c.mistypers()
		for _, cc := range c.Everybody {
			if own && cc.count(guesses...) > 0 && cc.Users.Len() < manyNames {
				continue
			}
			if n := cc.programTries(); n >= fewTries && !(people && cc.showsBrowser()) {
				part = append(part, cc)
				tries += n
			} else if n = cc.bareTries(); n >= leastTries && shows {
				small = append(small, cc)
				bySmall += n
			} else if n > 0 && shows && cc.Web != nil && cc.Web.Requests <= 2*n {
				once = append(once, cc)
				byOnce += n
			}
		}
		if len(small) >= manyPrograms {
			part, tries = append(part, small...), tries+bySmall
		} else if len(part) >= campaignClients && tries >= campaignTries {
			var first, last int64
			for _, cc := range part {
				from, to := cc.deeds()
				if first == 0 || from < first {
					first = from
				}
				last = max(last, to)
			}
			for _, cc := range c.Everybody { // of these any forged page that it came from speaks for nobody
				from, to := cc.deeds()
				if n := cc.blindTries(); n >= leastTries && from >= first-quiet && to <= last+quiet && !slices.Contains(part, cc) {
					part, tries = append(part, cc), tries+n
				}
			}
		}
		if len(once) >= manyOnce {
			part, tries = append(part, once...), tries+byOnce
		}
		for _, cc := range c.asked {
			if stands(cc) {
				found = append(found, c.passed(cc, "another rule accuses it already")...)
				continue
			}
			found = append(found, c.passed(cc, "tried %s as a program does, %d are needed, or %d where %d clients do so and none shows the page that it came from (%d do); %s did enough, %d times in all, and %d clients and %d times are needed",
				plural(cc.tries(), "password"), fewTries, leastTries, manyPrograms, len(small), plural(len(part), "client"), tries, campaignClients, campaignTries)...)
		}
		if len(part) < campaignClients || tries < campaignTries {
			return found
		}
		for _, cc := range part {
			if stands(cc) {
				continue
			}
			lines := c.lines(cc.Kinds, guesses...)
			if cc.Web != nil && len(lines) == 0 {
				lines = c.places(cc.Web.Logins.Places)
				if len(lines) == 0 {
					lines = c.places(cc.Web.XMLRPC.Places)
				}
			}
			found = append(found, Finding{Client: cc.Addr, Deed: CauseGuessing, Evidence: Evidence{
				Weight: campaignWeight - math.Max(cc.Score, 0), Lines: lines,
				Text: fmt.Sprintf("tried %s as a program does, one of %s that did so, %d times in all", plural(max(cc.tries(), cc.bareTries()), "password"), plural(len(part), "client"), tries),
			}})
		}
		return found
	},
}

// stands tells whether other rules accuse a client by as much as a campaign would.
func stands(cc *ClientCase) bool { return accused(cc) && cc.Score >= campaignWeight }

// blindTries counts the passwords of a client that sends the form of wp-login.php and
// never asks for it, as a browser does before its person can fill it in; or the calls of
// xmlrpc.php, which no browser makes, by one that calls itself so and does nothing else.
func (cf *ClientFacts) blindTries() int64 {
	w := cf.Web
	switch {
	case w == nil || !w.calls(unnamed): // an app sends them so, too
	case w.Requests == w.Logins.Count && (w.Referred == 0 || w.Logins.Count > leastTries): // a form that stood open since before the log
		return w.Logins.Count
	case w.Requests == w.XMLRPC.Count && w.calls(browser):
		return w.XMLRPC.Count
	}
	return 0
}

// bareTries counts passwords by a client that shows nothing of a browser: it came
// from no page and fetched nothing that pages embed. Who has been there before may
// have that at hand, but names the form.
func (cf *ClientFacts) bareTries() int64 {
	w := cf.Web
	if w == nil { // people mistype their passwords, and not their names again and again
		if cf.deedLines() < cf.Events {
			return 0
		}
		return cf.count(authUnknownUser, wpUnknownUser)
	}
	if w.Referred > 0 || w.Embedded > 0 || cf.onlyXMLRPC() > 0 && !w.calls(unnamed) { // WordPress's own app calls xmlrpc.php
		return 0
	}
	if w.Status[5] == w.Requests { // nobody looked at its passwords
		return 0
	}
	n := cf.tries()
	if w.Served == 0 { // HTTP authentication that never let it in
		n = max(n, cf.count(guesses...))
	}
	return n
}

// servesAssets tells whether the access logs show what pages embed, for a good part
// of the clients: where another server has it, lacking it says nothing.
func (c *Case) servesAssets() bool {
	const part = 10
	n, all := 0, 0
	for _, cc := range c.onWeb() {
		if cc.Web.Referred == 0 { // a flood's programs are no part of the site
			continue
		}
		all++
		if cc.Web.Embedded > 0 {
			n++
		}
	}
	return n > 0 && part*n >= all
}

// ownNames tells whether those who failed to log in have names of their own, as
// people have whom a directory or a server refuses: guessers share a short list,
// and most of it does not exist.
func (c *Case) ownNames() bool {
	var names Distinct
	clients, unknown := 0, int64(0)
	for _, cc := range c.Everybody {
		if cc.Users.Len() > 0 {
			clients++
			unknown += cc.count(authUnknownUser, wpUnknownUser)
			names.merge(cc.Users)
		}
	}
	return clients > 0 && (unknown == 0 || 2*names.Len() >= clients)
}

// mistypers tells whether those who show a browser and were not let in are people, by
// those of them that were let in after all: a class or a company whose passwords are new.
func (c *Case) mistypers() bool {
	in, out := 0, 0
	for _, cc := range c.onWeb() {
		switch w := cc.Web; {
		case w.Logins.Count == 0 || !cc.showsBrowser():
		case w.Accepted.Count > 0:
			in++
		case cc.programTries() >= fewTries:
			out++
		}
	}
	return in >= comparable && letInShare*in >= out
}

// showsBrowser tells whether a client came from a page and fetched what pages embed.
func (cf *ClientFacts) showsBrowser() bool {
	return cf.Web != nil && cf.Web.Referred > 0 && cf.Web.Embedded > 0
}

// namesForm tells whether those who were let in name the page they came from: where
// the site tells browsers not to, lacking it says nothing.
func (c *Case) namesForm() bool {
	in, named := 0, 0
	for _, cc := range c.onWeb() {
		if cc.Web.Accepted.Count > 0 {
			in++
			if cc.Web.Referred > 0 {
				named++
			}
		}
	}
	return in < comparable || 2*named >= in
}

// tries counts passwords that a client tried as a program does, with each call of
// xmlrpc.php by one that asks for nothing else.
func (cf *ClientFacts) tries() int64 { return max(cf.programTries(), cf.onlyXMLRPC()) }

// onlyXMLRPC counts the calls of xmlrpc.php by a client that asks for nothing
// else. A few such clients are apps, or a service that looks after the site.
func (cf *ClientFacts) onlyXMLRPC() int64 {
	if w := cf.Web; w != nil && w.Requests <= w.XMLRPC.Count+2 {
		return w.XMLRPC.Count
	}
	return 0
}

// programTries counts the failed logins of a client that behaves as no person
// does: it tries several names, or it fetches nothing but the login.
func (cf *ClientFacts) programTries() int64 {
	if n := cf.count(guesses...); n >= fewTries && cf.Users.Len() >= manyNames {
		return n
	}
	if w := cf.Web; w != nil && w.Requests <= 2*w.Logins.Count+2 && w.Accepted.Count == 0 {
		return w.Logins.Count
	}
	return 0
}
