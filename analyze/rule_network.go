package analyze

import (
	"fmt"
	"net/netip"
	"slices"
)

const (
	// subscriber is the part of an IPv6 address that one customer has: within it
	// an address costs nothing, so a client may use a new one for each request.
	subscriber = 64
	// neighbourhood is the part of an IPv4 address within which somebody rents a
	// row of addresses. Others live there too, so each has to show deeds of its own.
	neighbourhood = 24
	// neighbourDeeds is how many probes it takes: a stray one is nobody's campaign.
	// Passwords have to be tried as programs do.
	neighbourDeeds = 3
	// neighbourDoubt is taken off for a neighbourhood, which has many customers.
	neighbourDoubt = 1.0
	// fairShare is the least part of what its network did, against an equal one,
	// that makes an address take part in it.
	fairShare = 0.25
)

var ruleNetwork = Rule{
	ID:    "network",
	Title: "Addresses of one network together do what accuses one",
	Finds: "Attackers that change their address within an IPv6 /64, and scans and guessing that are spread over an IPv4 /24.",
	Blind: "Networks that are rented in several pieces. Scans by an IPv4 /24 for nothing but programs and archives, for which a university's readers ask too when old links are gone. A /64 that a provider shares out among customers, against the standards.",
	About: AboutClients,
	Judge: judgeNetworks,
}

// judgeNetworks judges each network as if it were one client, by the rules that
// stand before this one, and hands the result on to those that took part.
func judgeNetworks(c *Case) (found []Finding) {
	networks := c.networks()
	for _, cc := range c.asked {
		if net := nearby(cc.Addr); !slices.Contains(networks[net], cc) {
			found = append(found, c.passed(cc, "is judged alone: %s has no second address to judge it with (one of IPv4 needs %d probes or %d passwords tried as programs do), or stands for others", net, neighbourDeeds, fewTries)...)
		}
	}
	if len(networks) == 0 {
		return found
	}
	together := c.together(networks)
	for _, t := range together.Troubles { // from the same timeline, but some are troubles by the number of clients only
		if i := slices.IndexFunc(c.Troubles, func(o *Trouble) bool { return o.Start == t.Start }); i >= 0 {
			t.alone = c.Troubles[i]
		}
	}
	together.weighClients(c.before)
	for prefix, members := range networks {
		whole := together.byAddr[prefix.Addr()]
		if !accused(whole) || prefix.Addr().Is4() && whole.deed != CauseScan && whole.deed != CauseGuessing {
			for _, cc := range members {
				found = append(found, c.passed(cc, "%d addresses of %s, judged as if they were one, are accused of nothing that it counts", len(members), prefix)...)
			}
			continue
		}
		if prefix.Addr().Is4() && whole.deed == CauseScan && !whole.searched() && whole.count(pathInvalid, dbInjection) == 0 {
			for _, cc := range members {
				found = append(found, c.passed(cc, "%d addresses of %s ask in vain for the same kind of things as one, but for nothing that readers and crawlers with old links do not ask for: a university's or a company's do so, too", len(members), prefix)...)
			}
			continue
		}
		weight := whole.Score
		if prefix.Addr().Is4() {
			weight -= neighbourDoubt
		}
		best := slices.MaxFunc(whole.Evidence, func(a, b Evidence) int { return int(100 * (a.Weight - b.Weight)) })
		for _, cc := range members {
			if cc.Score >= weight || !cc.tookPart(whole, len(members)) {
				found = append(found, c.passed(cc, "%d addresses of %s are accused as if they were one, by %+.2f; it stands accused by %+.2f alone, or did less than %.0f%% of an equal part", len(members), prefix, weight, cc.Score, 100*fairShare)...)
				continue
			}
			f := Finding{Client: cc.Addr, Deed: whole.deed, Settle: whole.settle, Evidence: Evidence{
				Weight: weight - cc.Score, Lines: c.places(cc.firstPlaces()),
				Text: fmt.Sprintf("is one of %d addresses of %s, which together are judged as one: it %s", len(members), prefix, best.Text),
			}}
			found = append(found, f)
			for _, t := range together.Troubles {
				if whole.loadIn[t] && t.alone != nil {
					found = append(found, Finding{Client: cc.Addr, Deed: whole.deed, Trouble: t.alone})
				}
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Finding) int { return a.Client.Compare(b.Client) })
	return found
}

// networks finds those of which several addresses are in the log, by prefix.
func (c *Case) networks() map[netip.Prefix][]*ClientCase {
	all := make(map[netip.Prefix][]*ClientCase)
	for _, cc := range c.Everybody {
		bits := subscriber
		if cc.Addr.Is4() {
			bits = neighbourhood
			if cc.Probes.Len() < neighbourDeeds && (cc.Web == nil || cc.Web.Probes.Len() < neighbourDeeds) && cc.programTries() < fewTries {
				continue
			}
		}
		if cc.guard.standing != "" || cc.allowed.IsValid() || cc.onlyRemote() {
			continue
		}
		prefix, err := cc.Addr.WithZone("").Prefix(bits)
		if err == nil {
			all[prefix] = append(all[prefix], cc)
		}
	}
	for prefix, members := range all {
		if len(members) < 2 {
			delete(all, prefix)
		}
	}
	return all
}

// together is the same case with each network in place of its addresses.
func (c *Case) together(networks map[netip.Prefix][]*ClientCase) *Case {
	facts := *c.Facts
	facts.Clients = Clients{}
	in := make(map[*ClientCase]bool)
	for prefix, members := range networks {
		whole := &ClientFacts{Addr: prefix.Addr(), Width: slotWidth}
		for _, cc := range members {
			whole.merge(cc.ClientFacts)
			in[cc] = true
		}
		facts.Clients.List = append(facts.Clients.List, whole)
	}
	for _, cc := range c.Everybody {
		// Nobody is named by a network's own address; who has it of IPv4 and took
		// no part would be taken for the network.
		net := nearby(cc.Addr)
		if _, taken := networks[net]; !in[cc] && !(taken && net.Addr() == cc.Addr) {
			facts.Clients.List = append(facts.Clients.List, cc.ClientFacts)
		}
	}
	o := c.Options
	o.Why = nil
	return newCase(&facts, o)
}

// tookPart tells whether a client has a fair share in what its network of n
// addresses is accused of.
func (cc *ClientCase) tookPart(whole *ClientCase, n int) bool {
	share := func(own, all int) bool { return own > 0 && float64(own*n) >= fairShare*float64(all) }
	web, of := cc.Web, whole.Web
	if web == nil {
		web = newWeb()
	}
	if of == nil {
		of = newWeb()
	}
	switch whole.deed {
	case CauseScan:
		return share(cc.Targets.Len(), whole.Targets.Len()) || share(web.Missing.Len(), of.Missing.Len()) || share(int(cc.count(dbInjection)), int(whole.count(dbInjection)))
	case CauseGuessing:
		return share(int(cc.count(guesses...)), int(whole.count(guesses...))) || share(int(web.Logins.Count), int(of.Logins.Count)) || share(int(web.XMLRPC.Count), int(of.XMLRPC.Count))
	}
	return share(cc.Load().Touches, whole.Load().Touches) || share(int(web.Requests), int(of.Requests))
}
