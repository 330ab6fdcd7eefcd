package analyze

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/logsleuth/logsleuth/parser"
)

// fewChains is how many ways through its code a report shows of one plugin.
const fewChains = 5

// A plugin in the making: its report, and what the report counts.
type component struct {
	Plugin
	kinds   Tallies
	origins []*Origin
	clients map[netip.Addr]bool
}

// plugins groups the origins of events by the plugin or theme that they belong to.
func (c *Case) plugins() []*component {
	if c.parts == nil {
		c.parts = c.findPlugins()
	}
	return c.parts
}

func (c *Case) findPlugins() []*component {
	byName := make(map[string]*component)
	origins := c.Components.Sorted()
	var slugs []string
	for _, o := range origins {
		if owner := parser.OwnerOf(o.Code); owner.Plugin != "" && owner.Type != "core" {
			slugs = append(slugs, owner.Plugin)
		}
	}
	slices.Sort(slugs)
	slugs = slices.Compact(slugs)
	for _, o := range origins {
		owner := c.owner(o.Code, slugs)
		if owner.Plugin == "" {
			continue
		}
		p := byName[owner.Type+"/"+owner.Plugin]
		if p == nil {
			p = &component{Plugin: Plugin{Name: owner.Plugin, Type: owner.Type, Strength: owner.Strength}, clients: make(map[netip.Addr]bool)}
			byName[owner.Type+"/"+owner.Plugin] = p
		}
		if strengths[owner.Strength] > strengths[p.Strength] {
			p.Strength = owner.Strength
		}
		p.kinds.merge(o.Kinds)
		p.origins = append(p.origins, o)
		for _, met := range o.Clients {
			p.clients[met.Client.Addr()] = true
		}
		chain := parser.SplitChain(o.Code)
		if len(chain) > 1 && len(p.Chains) < fewChains {
			p.Chains = append(p.Chains, Chain{Chain: chain, Events: o.events(), Entry: parser.EntryOf(chain)})
		}
	}
	var list []*component
	for _, p := range byName {
		p.Events = counts(p.kinds)
		p.Clients = len(p.clients)
		var ps Places
		for _, t := range p.kinds {
			ps.merge(t.Places)
		}
		p.Lines = c.places(ps)
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b *component) int {
		return cmp.Or(cmp.Compare(total(b.Events), total(a.Events)), strings.Compare(a.Name, b.Name), strings.Compare(a.Type, b.Type))
	})
	return list
}

// fatalIn counts the plugin's fatal errors between two times.
func (p *component) fatalIn(from, to int64) (n int64) {
	for _, o := range p.origins {
		n += o.fatalIn(from, to)
	}
	return n
}

// strengths order how a plugin may be known, the weakest first.
var strengths = map[string]int{"class": 1, "include": 2, "path": 3}

// owner finds whose code an origin is. Where only themes or nobody's files stand
// in a chain, a call into a class named like a plugin that these logs know tells
// more: WordPress runs plugins through hooks, which leave no path.
func (c *Case) owner(code string, slugs []string) parser.Owner {
	owner := parser.OwnerOf(code)
	if owner.Type == "plugin" || owner.Type == "core" {
		return owner
	}
	chain := parser.SplitChain(code)
	for _, call := range slices.Backward(chain) {
		class, _, ok := strings.Cut(call, "->")
		if !ok {
			class, _, ok = strings.Cut(call, "::")
		}
		if !ok {
			continue
		}
		name := strings.ToLower(strings.ReplaceAll(class, "_", "-"))
		for _, slug := range slugs {
			if name == slug || strings.HasPrefix(name, slug+"-") {
				return parser.Owner{Plugin: slug, Type: "plugin", Strength: "class"}
			}
		}
	}
	return owner
}

// pluginsOf names the plugins whose code ran for a client.
func (c *Case) pluginsOf(a netip.Addr) []string {
	names := make(map[string]bool)
	for _, o := range c.Components.List {
		if o.hit(a) {
			if owner := parser.OwnerOf(o.Code); owner.Type == "plugin" || owner.Type == "mu-plugin" {
				names[owner.Plugin] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// counts are tallies by the names of their kinds.
func counts(ts Tallies) map[string]int64 {
	m := make(map[string]int64, len(ts))
	for _, t := range ts {
		m[parser.Kinds[t.Kind].Name] += t.Count
	}
	return m
}

func total(m map[string]int64) (n int64) {
	for _, v := range m {
		n += v
	}
	return n
}
