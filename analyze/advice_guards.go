package analyze

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// remoteIP advises to let the log name the visitors, where it names proxies in
// place of nearly all of them: before that nobody can be blocked.
func (c *Case) remoteIP() (a Advice, ok bool) {
	who, _, ok := c.proxied()
	if !ok {
		return a, false
	}
	header, trusted, inside := "X-Forwarded-For", []string{}, []string{}
	var sources []string
	lead := who[0].guard.service // the busiest decides on the header: there can be one only
	if lead != nil {
		header = lead.Header
	}
	const most = 40
	for _, cc := range who {
		s := cc.guard.service
		switch {
		case s != nil && (lead == nil || s.Operator != lead.Operator):
			continue
		case s != nil && len(s.Ranges) > 0:
			for _, p := range s.Ranges {
				trusted = append(trusted, p.String())
			}
		case s == nil && notOfInternet(cc.Addr) != "":
			inside = append(inside, cc.Addr.String())
			continue
		default:
			trusted = append(trusted, cc.Addr.String())
		}
		if s != nil && !slices.Contains(sources, s.Source) {
			sources = append(sources, s.Source)
		}
	}
	slices.Sort(trusted)
	trusted = slices.Compact(trusted)
	var b strings.Builder
	b.WriteString("sudo tee /etc/apache2/conf-available/logsleuth-remoteip.conf >/dev/null <<'EOF'\n")
	fmt.Fprintf(&b, "RemoteIPHeader %s\n", header)
	for _, t := range trusted[:min(len(trusted), most)] {
		fmt.Fprintf(&b, "RemoteIPTrustedProxy %s\n", t)
	}
	for _, t := range inside {
		fmt.Fprintf(&b, "RemoteIPInternalProxy %s\n", t)
	}
	b.WriteString("EOF\nsudo a2enmod remoteip && sudo a2enconf logsleuth-remoteip && sudo apachectl configtest && sudo systemctl reload apache2")
	a = Advice{
		ID: "remoteip",
		Text: fmt.Sprintf("Let the logs name the visitors: set up mod_remoteip for %s, and %%a in place of %%h in the LogFormat. Until then nobody behind it can be told apart, and blocking its addresses would shut everybody out.",
			operators(who)),
		SideEffects: "Rules that go by the address then see the visitor in place of the proxy. Name nobody else as a proxy: whoever is trusted can forge the address.",
		Commands:    map[string]string{"apache": b.String()},
		Undo:        map[string]string{"apache": "sudo a2disconf logsleuth-remoteip && sudo systemctl reload apache2"},
	}
	if who[0].guard.standing == "" {
		a.Text = fmt.Sprintf("If %s is your proxy or balancer, set up mod_remoteip for it, and %%a in place of %%h in the LogFormat, so that the logs name the visitors. If it is an office, do not: blocking it or trusting it would both be wrong.", who[0].Addr)
	}
	if len(sources) > 0 {
		a.SideEffects += " Its ranges change: " + strings.Join(sources, ", ") + " has the present ones."
	}
	return a, true
}

// crawlRate advises on crawlers whose load stands out: to be slowed, not shut out.
func (c *Case) crawlRate() (a Advice, ok bool) {
	var names []string
	for _, cc := range c.spared() {
		if s := cc.guard.service; s != nil && s.Purpose != purposeCDN && cc.deed == CauseFlood && !slices.Contains(names, s.Operator) {
			names = append(names, s.Operator)
		}
	}
	if len(names) == 0 {
		return a, false
	}
	return Advice{
		ID: "crawl-rate",
		Text: fmt.Sprintf("Slow %s down in place of blocking it: keep it in robots.txt from pages that are dear to make (searches, calendars, filters), set its rate in its operator's tools for webmasters where it has any, and answer 429 or 503 for a few hours when the server is full: crawlers then come back later.",
			listed(names)),
		SideEffects: "Pages kept from a search engine are no longer found there.",
	}, true
}

// exempt are the ranges that no limit may meet: those that the user vouches for,
// proxies, crawlers. None lies within another, as packet filters ask.
func (c *Case) exempt() (list []netip.Prefix) {
	all := slices.Concat(c.Allow, c.TrustedProxies)
	for _, cc := range c.Everybody {
		if s := cc.guard.service; s != nil {
			if s.Published {
				all = append(all, s.Ranges...)
				continue
			}
		}
		if cc.guard.service != nil || cc.guard.standing == Proxy {
			all = append(all, netip.PrefixFrom(cc.Addr.WithZone(""), cc.Addr.BitLen()))
		}
	}
	slices.SortFunc(all, func(a, b netip.Prefix) int {
		return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
	})
	var last netip.Prefix
	for _, p := range all {
		if last.IsValid() && last.Overlaps(p) {
			continue
		}
		last = p
		list = append(list, p)
	}
	return list
}
