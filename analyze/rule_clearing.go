package analyze

import (
	"fmt"
	"net/netip"
)

const (
	// Errors alone say that a client was there, no more; a load that stands out
	// outweighs that, a referer speaks for a browser, but can be forged.
	onlyHarmedWeight = -2.0
	harmOnlyDoubt    = -0.5
	peopleWeight     = -1.5
	standInWeight    = -8.0 // such an address is never accused: it stands for others
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
			weight, text := onlyHarmedWeight, fmt.Sprintf("was served %s and did nothing else that shows", plural(harms, "error"))
			if accused(cc) {
				weight, text = harmOnlyDoubt, "every line that names it is an error that honest visitors get too; only its number of connections stands out"
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
	// oneForAllWeight is a doubt, no more: a referer is easily forged, so it clears
	// nobody, it only keeps the address from being called an attacker.
	oneForAllWeight = -0.5
	// enoughLines is how many lines it takes to say so.
	enoughLines = 50
)

var ruleStandIn = Rule{
	ID:    "stand-in",
	Title: "An address that stands for others, or is not known well enough",
	Finds: "Private, loopback, link-local and carrier-grade NAT addresses, networks of content delivery services, addresses that the log names only as [remote], and an address that owns nearly all lines and behaves like many people.",
	Blind: "Proxies and offices with public addresses among other clients. A program that forges referers is then called suspect instead of attacker.",
	About: AboutClients,
	Judge: func(c *Case) (found []Finding) {
		all := int64(0)
		for _, cc := range c.Everybody {
			all += cc.Events
		}
		for _, cc := range c.Everybody {
			text, proxy, weight := "", false, standInWeight
			switch {
			case standsIn(cc.Addr):
				text = "is not an address of the Internet: it is this server, or a proxy or gateway that stands for its visitors"
			case c.frontOf(cc.Addr) != "":
				text = "belongs to " + c.frontOf(cc.Addr) + ", whose servers stand in front of other people's web sites: behind it are visitors whom the log does not name (mod_remoteip would)"
			case cc.Events >= enoughLines && float64(cc.Events) >= nearlyAll*float64(all) && float64(cc.Referred) >= somePeople*float64(cc.Events):
				proxy, weight = true, oneForAllWeight
				text = fmt.Sprintf("%d%% of all clients' lines name it, many of them with the pages that the requests came from: it may be a proxy or an office that stands for many people", 100*cc.Events/all)
			case cc.onlyRemote():
				text = "is named only as [remote], which may be a server that Apache asked"
			default:
				found = append(found, c.passed(cc, "it is a public address, in no known network of a content delivery service; %d of all clients' %d lines name it, %.0f%% and at least %d lines are needed, and %.0f%% of them with a page that they came from (it has %d)",
					cc.Events, all, 100*nearlyAll, enoughLines, 100*somePeople, cc.Referred)...)
				continue
			}
			found = append(found, Finding{Client: cc.Addr, StandIn: proxy, Evidence: Evidence{Weight: weight, Text: text}})
		}
		return found
	},
}

// fronts are the networks of content delivery and protection services, by the
// number under which each announces its own addresses (the services' own
// documentation and the regional registries).
var fronts = map[uint32]string{
	13335: "Cloudflare", 209242: "Cloudflare",
	54113: "Fastly",
	20940: "Akamai", 16625: "Akamai", 32787: "Akamai",
	19551: "Imperva",
	30148: "Sucuri",
}

// frontOf names the service whose network an address is in; "" where it is in none.
func (c *Case) frontOf(a netip.Addr) string {
	if c.Geo == nil {
		return ""
	}
	_, asn, _ := c.Geo.Locate(a)
	return fronts[asn]
}

// onlyRemote tells whether a client stands in the logs as [remote] and not otherwise.
func (cf *ClientFacts) onlyRemote() bool {
	return cf.Remote > 0 && cf.Remote == cf.Events && cf.Web == nil
}

// carrierNAT is RFC 6598's range, behind which a provider puts many customers.
var carrierNAT = netip.MustParsePrefix("100.64.0.0/10")

func standsIn(a netip.Addr) bool {
	return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsUnspecified() || a.IsMulticast() || carrierNAT.Contains(a)
}
