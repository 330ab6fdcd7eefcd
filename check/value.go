package check

import (
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A value is what stands behind a key.
type value struct {
	key, takes string
	node       *yaml.Node
	options    []string
}

// resolved follows an alias to what it stands for.
func (v value) resolved() *yaml.Node {
	if v.node.Kind == yaml.AliasNode {
		return v.node.Alias
	}
	return v.node
}

func (v value) empty() bool {
	n := v.resolved()
	return n.Kind == yaml.ScalarNode && n.Tag == "!!null"
}

func (v value) wrong(format string, args ...any) error {
	return wrong(v.node.Line, format, args...)
}

// mistaken says what the key takes instead of this.
func (v value) mistaken() error {
	switch n := v.resolved(); n.Kind {
	case yaml.MappingNode:
		return v.wrong("%s takes %s, not keys of its own", v.key, v.takes)
	case yaml.SequenceNode:
		return v.wrong("%s takes %s, not a list", v.key, v.takes)
	default:
		return v.wrong("%s takes %s, not %q", v.key, v.takes, n.Value)
	}
}

// each visits the keys of a mapping.
func (v value) each(takes string, visit func(key string, line int, v value) error) error {
	n := v.resolved()
	if n.Kind != yaml.MappingNode {
		if v.takes == "" {
			return v.wrong("there are no keys; write a line such as cause: quiet")
		}
		return v.mistaken()
	}
	seen := map[string]int{}
	for i := 0; i < len(n.Content); i += 2 {
		k := n.Content[i]
		if k.Kind != yaml.ScalarNode {
			return wrong(k.Line, "%s is a word; put a text with a colon in quotes", takes)
		}
		if first := seen[k.Value]; first > 0 {
			return wrong(k.Line, "%s stands here twice; first in line %d", k.Value, first)
		}
		seen[k.Value] = k.Line
		if err := visit(k.Value, k.Line, value{key: k.Value, node: n.Content[i+1], options: v.options}); err != nil {
			return err
		}
	}
	return nil
}

// text is one word or sentence.
func (v value) text() (string, error) {
	if n := v.resolved(); n.Kind == yaml.ScalarNode && !v.empty() {
		return n.Value, nil
	}
	return "", v.mistaken()
}

// values are the items of a list; a single item needs no brackets.
func (v value) values() []value {
	n := v.resolved()
	if n.Kind != yaml.SequenceNode {
		return []value{v}
	}
	list := []value{}
	for _, item := range n.Content {
		list = append(list, value{v.key, v.takes, item, v.options})
	}
	return list
}

func (v value) texts() ([]string, error) {
	list := []string{}
	for _, item := range v.values() {
		s, err := item.text()
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

func (v value) boolean() (bool, error) {
	switch s, err := v.text(); {
	case err != nil:
		return false, err
	case s == "true" || s == "false":
		return s == "true", nil
	}
	return false, v.mistaken()
}

// others ends a list that is not all: there may be more.
const others = "others"

// A list is what must be there: exactly this, unless there may be others.
type list struct {
	items []string
	more  bool
}

// list reads items; known makes each what it is compared with.
func (v value) list(known func(string) (string, error)) (l list, err error) {
	for _, item := range v.values() {
		s, err := item.text()
		if err != nil {
			return l, err
		}
		if s == others {
			l.more = true
			continue
		}
		if s, err = known(s); err != nil {
			return l, item.wrong("%s: %v", v.key, err)
		}
		l.items = append(l.items, s)
	}
	if l.more && len(l.items) == 0 {
		return l, v.wrong("%s states nothing: others may always be there besides those named", v.key)
	}
	return l, nil
}

// address writes an address as reports do.
func address(s string) (string, error) {
	a, err := netip.ParseAddr(s)
	if err != nil {
		return "", fmt.Errorf("%q is no address", s)
	}
	return a.Unmap().String(), nil
}

// A bound is a number, or from where to where it may be.
type bound struct {
	min, max float64
	text     string
}

func (b bound) holds(x float64) bool {
	const same = 1e-9 // 0.57 of a report and 0.57 of a case are the same
	return x >= b.min-same && x <= b.max+same
}

// bound reads 3, ">= 3", "< 3", "3 to 5", or min and max.
func (v value) bound() (b bound, err error) {
	b = bound{math.Inf(-1), math.Inf(1), ""}
	if v.resolved().Kind == yaml.MappingNode {
		err := v.each("min or max", func(k string, at int, n value) error {
			to, sign := &b.min, ">="
			switch k {
			case "min":
			case "max":
				to, sign = &b.max, "<="
			default:
				return wrong(at, "%s has no key %q; there are min, max", v.key, k)
			}
			n.takes = "a number"
			s, err := n.text()
			if err != nil {
				return err
			}
			if *to, err = number(s); err != nil {
				return n.mistaken()
			}
			b.text = strings.TrimPrefix(b.text+" and "+sign+" "+s, " and ")
			return nil
		})
		if err == nil && b.text == "" {
			err = v.wrong("%s has neither min nor max", v.key)
		}
		if err == nil && b.min > b.max {
			err = v.wrong("%s: min is above max, so nothing would hold", v.key)
		}
		return b, err
	}
	s, err := v.text()
	if err != nil {
		return b, err
	}
	b.text = s
	for _, op := range []string{">=", "<=", ">", "<"} {
		rest, ok := strings.CutPrefix(s, op)
		if !ok {
			continue
		}
		n, err := number(rest)
		if err != nil {
			return b, v.mistaken()
		}
		switch op {
		case ">=":
			b.min = n
		case "<=":
			b.max = n
		case ">":
			b.min = n + 2e-9 // above what counts as the same
		case "<":
			b.max = n - 2e-9
		}
		return b, nil
	}
	from, to, two := strings.Cut(s, " to ")
	if !two {
		to = from
	}
	if b.min, err = number(from); err == nil {
		b.max, err = number(to)
	}
	if err != nil {
		return b, v.mistaken()
	}
	if b.min > b.max {
		return b, v.wrong("%s: %s is above %s, so nothing would hold", v.key, from, to)
	}
	return b, nil
}

func number(s string) (float64, error) {
	n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err == nil && (math.IsNaN(n) || math.IsInf(n, 0)) {
		err = fmt.Errorf("%q is no number", s)
	}
	return n, err
}
