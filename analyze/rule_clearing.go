package analyze

import (
	"fmt"

	"github.com/logsleuth/logsleuth/parser"
)

const (
	// Errors alone say that a client was there, no more; a load that stands out
	// outweighs that, a referer speaks for a browser, but can be forged.
	onlyHarmedWeight = -2.0
	harmOnlyDoubt    = -0.5
	peopleWeight     = -1.5
	// mostReferred is the share of requests with a referer that speaks for people.
	mostReferred = 0.5
	// enoughReferred is how many events it takes to say so.
	enoughReferred = 3
)

var ruleOnlyHarmed = Rule{
	ID:    "only-harmed",
	Title: "All that the log says of a client is that it was served errors",
	Finds: "Visitors caught by an outage, however many errors they met.",
	Blind: "Somebody who caused the outage without standing out looks the same.",
	Uses:  []string{"db.", "php.", "backend."},
	About: AboutClients,
	Judge: func(c *Case) (found []Finding) {
		for _, cc := range c.Everybody {
			deeds, harms, _ := cc.within(c.First, c.Last)
			if deeds > 0 || harms == 0 {
				found = append(found, c.passed(cc, "%d of its lines are its own deeds and %d are errors that it was served; it speaks where there are errors and no deeds", deeds, harms)...)
				continue
			}
			if accused(cc) && !cc.deed.load() {
				found = append(found, c.passed(cc, "it is accused of something else than a load, which errors do not speak for or against")...)
				continue
			}
			weight, text := onlyHarmedWeight, fmt.Sprintf("was served %s and did nothing else that shows", plural(harms, "error"))
			if accused(cc) {
				weight, text = harmOnlyDoubt, "every line that names it is an error that honest visitors get too; only its number of connections stands out"
				if rule := cc.accusation().Rule; rule == ruleWebFlood.ID || rule == ruleDistributed.ID {
					text = "every line of error logs that names it is an error that honest visitors get too; what stands out is what it asked for, by access.log"
				}
			}
			found = append(found, Finding{Client: cc.Addr, Evidence: Evidence{Weight: weight, Text: text, Lines: c.places(cc.firstPlaces())}})
		}
		return found
	},
}

// accused tells whether a rule before this one accuses the client.
func accused(cc *ClientCase) bool { return cc.deed != "" }

var rulePeople = Rule{
	ID:    "people",
	Title: "Most of a client's requests came from a page",
	Finds: "Browsers: their requests name the page that they came from.",
	Blind: "A program can forge that.",
	About: AboutClients,
	Judge: func(c *Case) (found []Finding) {
		for _, cc := range c.Everybody {
			if w := cc.Web; w != nil && cc.Events == 0 && cc.deed == CauseFlood && w.Embedded > 0 && w.Requests >= enoughReferred && float64(w.Referred) >= mostReferred*float64(w.Requests) {
				found = append(found, Finding{Client: cc.Addr, Evidence: Evidence{Weight: peopleWeight,
					Text: fmt.Sprintf("%d of its %d requests name a page that they came from, as browsers do", w.Referred, w.Requests)}})
				continue
			}
			if cc.Events < enoughReferred || float64(cc.Referred) < mostReferred*float64(cc.Events) {
				found = append(found, c.passed(cc, "%d of its %s of error logs name a page that the request came from; %.0f%% and at least %d lines are needed", cc.Referred, plural(cc.Events, "line"), 100*mostReferred, enoughReferred)...)
				continue
			}
			found = append(found, Finding{Client: cc.Addr, Evidence: Evidence{
				Weight: peopleWeight,
				Text:   fmt.Sprintf("%d of its %d lines name a page that the request came from, as browsers do", cc.Referred, cc.Events),
			}})
		}
		return found
	},
}

const (
	// nearlyAll is the share of all clients' lines from which an address may be a
	// proxy that the log takes for its visitors.
	nearlyAll = 0.9
	// somePeople is the share of its lines with a referer that shows people behind it.
	somePeople = 0.1
	// someBrowsers is how many user agents show several people behind it. Their
	// first few are kept, so more cannot be asked for.
	someBrowsers = fewExamples
	// oneForAllWeight is a doubt, no more: a referer and a user agent are easily
	// forged, so they clear nobody, they only keep the address from being called an
	// attacker.
	oneForAllWeight = -0.5
	// enoughLines is how many lines it takes to say so.
	enoughLines = 50
	// someOfEach is the share of lines that are no deeds, from which an address that
	// also has deeds is mixed; mixedFor is how long it takes to show.
	someOfEach = 0.2
	mixedFor   = hour
	// headerWeight is for an address that came from a header where others did not.
	headerWeight = -0.5
)

var ruleStandIn = Rule{
	ID:    "stand-in",
	Title: "An address that stands for others, or is not known well enough",
	Finds: "Private, link-local and carrier-grade NAT addresses and others that are not of the Internet, ranges and networks of content delivery services, proxies named by --trusted-proxy, addresses that the log names only as [remote] or that came from a header that hardly anybody else's did, and an address that owns nearly all lines and behaves like many people.",
	Blind: "Proxies and offices with public addresses among other clients. A program that forges referers or user agents is then called suspect instead of attacker.",
	About: AboutClients,
	Judge: func(c *Case) (found []Finding) {
		all := int64(0)
		for _, cc := range c.Everybody {
			if cc.guard.standing == "" {
				all += cc.lines()
			}
		}
		fromHeader := c.behindProxy()
		for _, cc := range c.Everybody {
			f := Finding{Client: cc.Addr, Evidence: Evidence{Weight: guardWeight}}
			switch {
			case cc.guard.standing == Proxy:
				f.Text = cc.guard.text
			case cc.guard.standing != "":
				found = append(found, c.passed(cc, "another rule knows who it is")...)
				continue
			case cc.lines() >= enoughLines && float64(cc.lines()) >= nearlyAll*float64(all) && cc.looksLikeMany():
				f.StandIn, f.Crowd, f.Weight = true, true, oneForAllWeight
				f.Text = fmt.Sprintf("%d%% of all clients' lines name it, with pages that its requests came from, with the user agents of several browsers or with acts of very different kinds over hours: it may be a proxy or an office that stands for many people", 100*cc.lines()/all)
			case cc.onlyRemote():
				f.Text = "is named only as [remote], which may be a server that Apache asked"
			case cc.PortZero > 0 && cc.PortZero == cc.Events && !fromHeader:
				f.StandIn, f.Weight = true, headerWeight
				f.Text = "has no port in the log, so its address comes from a header (mod_remoteip), which hardly anybody else's does: whoever may send that header can forge it"
			default:
				found = append(found, c.passed(cc, "it is a public address, in no known range of a content delivery service or a proxy; %d of all clients' %d lines name it, %.0f%% and at least %d lines are needed, and %.0f%% of them with a page that they came from (it has %d)",
					cc.lines(), all, 100*nearlyAll, enoughLines, 100*somePeople, cc.Referred)...)
				continue
			}
			found = append(found, f)
		}
		return found
	},
}

// looksLikeMany tells whether a client's requests look like those of several people.
func (cf *ClientFacts) looksLikeMany() bool {
	return cf.mixed() || cf.Events > 0 && float64(cf.Referred) >= somePeople*float64(cf.Events) || cf.Web != nil && len(cf.Web.Agents) >= someBrowsers
}

// deedLines counts the lines of error logs about what a client did itself.
func (cf *ClientFacts) deedLines() (n int64) {
	for _, t := range cf.Kinds {
		if parser.Kinds[t.Kind].Role == parser.Deed {
			n += t.Count
		}
	}
	return n
}

// mixed tells whether a client both did something and met something, over hours.
func (cf *ClientFacts) mixed() bool {
	deeds := cf.deedLines()
	first, last := cf.seen()
	return deeds > 0 && float64(cf.Events-deeds) >= someOfEach*float64(cf.Events) && last-first >= mixedFor
}

// onlyRemote tells whether a client stands in the logs as [remote] and not otherwise.
func (cf *ClientFacts) onlyRemote() bool {
	return cf.Remote > 0 && cf.Remote == cf.Events && cf.Web == nil
}
