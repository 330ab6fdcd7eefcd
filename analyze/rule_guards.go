package analyze

import (
	"bytes"
	"fmt"
)

var ruleOwn = Rule{
	ID:    "own",
	Title: "The server itself",
	Finds: "Loopback addresses, addresses that the web server's own lines or the system's name as this machine's (AH00558, AH00072, DHCP, ntpd, avahi), and clients that send nothing but WordPress's call of its own cron or Apache's internal dummy connections, as slowly as a server does.",
	Blind: "Anybody can send such requests, a few at a time. A server that also asks itself for pages, from an address that no log names as its own.",
	Uses:  []string{"server.name", "server.bind", "host.address", "access.request"},
	About: AboutClients,
	Judge: func(c *Case) (found []Finding) {
		for _, cc := range c.Everybody {
			if cc.guard.standing == Own {
				found = append(found, Finding{Client: cc.Addr, Evidence: Evidence{Weight: guardWeight, Text: cc.guard.text}})
				continue
			}
			found = append(found, c.passed(cc, "no log names it as an address of this server, and its requests are not those that a server sends to itself")...)
		}
		return found
	},
}

// saysCrawlerWeight is for a client that says it is a crawler. Anybody can say so,
// and an attacker in a hurry gains by it: a doubt, and no clearance.
const saysCrawlerWeight = -0.25

// greedyWeight is the same for a load: a crawler that asks for too much at once is a
// nuisance to be slowed down, and no attack.
const greedyWeight = -1.25

var ruleCrawler = Rule{
	ID:    "crawler",
	Title: "A crawler, or a client that says it is one",
	Finds: "Addresses in the published ranges, or in the networks, of search engines, archives, makers of models and watchers of uptime. They are never accused; what they do is told.",
	Blind: "Crawlers whose lists this version does not carry. A crawler that somebody misleads into asking for what harms the site.",
	Uses:  []string{"access.request"},
	About: AboutClients,
	Judge: func(c *Case) (found []Finding) {
		for _, cc := range c.Everybody {
			if cc.guard.standing == Crawler {
				found = append(found, Finding{Client: cc.Addr, Evidence: Evidence{Weight: guardWeight, Text: cc.guard.text}})
				continue
			}
			if cc.guard.standing != "" || !accused(cc) || cc.Web == nil || cc.deed == CauseScan { // web-scan weighs the claim itself
				found = append(found, c.passed(cc, "it is in no range known of a crawler; what it says of itself matters only where a rule accuses it")...)
				continue
			}
			claims := false
			for _, a := range cc.Web.Agents {
				if saysCrawler([]byte(a.Text)) {
					weight := saysCrawlerWeight
					if cc.deed.load() {
						weight = greedyWeight
					}
					found = append(found, Finding{Client: cc.Addr, Evidence: Evidence{Weight: weight, Lines: []string{c.place(a.Place)},
						Text: fmt.Sprintf("says that it is a crawler, which anybody can say, and its address is in no range known of one: %s", a.Text)}})
					claims = true
					break
				}
			}
			if !claims {
				found = append(found, c.passed(cc, "it is in no range known of a crawler, and does not say that it is one")...)
			}
		}
		return found
	},
}

// saysCrawler tells whether a user agent claims to be a crawler's.
func saysCrawler(agent []byte) bool {
	agent = bytes.ToLower(agent)
	for _, word := range []string{"bot", "crawler", "spider", "facebookexternalhit"} {
		if bytes.Contains(agent, []byte(word)) {
			return true
		}
	}
	return false
}

var ruleAllowed = Rule{
	ID:    "allowed",
	Title: "An address that the user vouches for",
	Finds: "Addresses in the ranges of --allow. They are neither accused nor put into a command; the report says what would have been said of them.",
	Blind: "Somebody else who uses such an address.",
	About: AboutClients,
	Judge: func(c *Case) (found []Finding) {
		for _, cc := range c.Everybody {
			if cc.allowed.IsValid() {
				found = append(found, Finding{Client: cc.Addr, Evidence: Evidence{Text: fmt.Sprintf("is in %s, which --allow names: it is not accused", cc.allowed)}})
				continue
			}
			found = append(found, c.passed(cc, "--allow does not name it")...)
		}
		return found
	},
}

const (
	// mostEmbedded is the share of requests for pictures, styles and scripts from
	// which a client looks like browsers: a page brings a dozen of them, a program
	// that loads a server asks for pages.
	mostEmbedded = 0.3
	// browsersWeight clears a crowd of its load alone. Where the server also ran out
	// of workers and these hung on the client, it remains a suspect: whoever forges
	// all of it is no less dangerous than a crowd.
	browsersWeight = -3.0
)

var ruleBrowsers = Rule{
	ID:    "browsers",
	Title: "By access.log, a client is several browsers behind one address",
	Finds: "Offices, schools and mobile networks: many requests under several user agents that fetch what pages embed, as only browsers trouble to.",
	Blind: "A program that imitates several browsers in all this is called suspect, if anything. Without access.log such a crowd cannot be told from a flood.",
	Uses:  []string{"access.request"},
	About: AboutClients,
	Judge: func(c *Case) (found []Finding) {
		for _, cc := range c.Everybody {
			w := cc.Web
			if w == nil {
				found = append(found, c.passed(cc, "no access log names it")...)
				continue
			}
			if !cc.browsers() {
				found = append(found, c.passed(cc, "sent %s under %s, %d of them for what pages embed; %d, %d and %.0f%% are needed",
					plural(w.Requests, "request"), plural(len(w.Agents), "user agent"), w.Embedded, enoughLines, someBrowsers, 100*mostEmbedded)...)
				continue
			}
			found = append(found, Finding{Client: cc.Addr, StandIn: true, Evidence: Evidence{Weight: browsersWeight, Lines: []string{c.place(w.Agents[0].Place)},
				Text: fmt.Sprintf("fetched what pages embed in %d of its %d requests, under at least %d user agents: it looks like several people behind one address", w.Embedded, w.Requests, len(w.Agents))}})
		}
		return found
	},
}
