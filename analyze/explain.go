package analyze

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/logsleuth/logsleuth/parser"
)

// An Explanation says what a line, a kind of event or a code of httpd means.
type Explanation struct {
	Asked  string    `json:"asked"`
	Fields []Field   `json:"fields,omitempty"` // of a line: how it was read
	Code   string    `json:"code,omitempty"`
	Kinds  []Meaning `json:"kinds"`
	Rules  []Use     `json:"rules"`
	Note   string    `json:"note,omitempty"`
}

// A Field is one part of a line as it was read.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// A Meaning is what a kind of event means.
type Meaning struct {
	Kind     string   `json:"kind"`
	Role     string   `json:"role"`
	Severity string   `json:"severity"`
	Means    string   `json:"means"`
	Not      string   `json:"does_not_prove"`
	Next     string   `json:"look_at_next"`
	Codes    []string `json:"codes,omitempty"`
	Sample   string   `json:"sample"`
}

// A Use is a rule that looks at events of a kind.
type Use struct {
	Rule  string `json:"rule"`
	Finds string `json:"finds"`
	Blind string `json:"blind"`
}

// Severities are the words for a kind's severity.
var Severities = [...]string{"information", "low", "medium", "high", "the service is down"}

// Explain says what is asked for: an AH code, the name of a kind, or a whole line.
func Explain(asked string, o parser.Options) (Explanation, error) {
	asked = strings.TrimSpace(asked)
	if asked == "" {
		return Explanation{}, errors.New("give a line of a log, a kind such as db.gone, or a code such as AH00161")
	}
	if x, ok := explainName(asked); ok {
		return x, nil
	}
	if !strings.ContainsAny(asked, " \t") {
		return Explanation{}, fmt.Errorf("%q is neither a kind of event, nor a code of Apache, nor a line; the kinds are listed in docs/events.md%s", asked, similar(asked))
	}
	return ExplainLine(asked, o), nil
}

// ExplainLine is Explain for what comes out of a log, where one word may be a
// line too.
func ExplainLine(asked string, o parser.Options) Explanation {
	asked = strings.TrimSpace(asked)
	if x, ok := explainName(asked); ok {
		return x
	}
	s := parser.NewScanner(o)
	s.Reset([]byte(asked+"\n"), 1, 0)
	s.Next()
	e := s.Event()
	x := explainKinds(Explanation{Asked: asked, Fields: fields(e)}, e.Kind)
	if e.Code != 0 {
		x.Code = parser.CodeName(e.Code)
	}
	return x
}

// IsName tells whether a text is a code of Apache or a kind, which Explain knows
// by their names.
func IsName(text string) bool {
	_, ok := explainName(text)
	return ok
}

func explainName(asked string) (Explanation, bool) {
	if n, ok := ahCode(asked); ok {
		return explainCode(asked, n), true
	}
	if k := parser.KindByName(asked); k != nil {
		return explainKinds(Explanation{Asked: asked}, k), true
	}
	return Explanation{}, false
}

// similar offers kinds of the same group.
func similar(asked string) string {
	group, _, _ := strings.Cut(asked, ".")
	var names []string
	for _, k := range parser.Kinds {
		if g, _, _ := strings.Cut(k.Name, "."); g == group {
			names = append(names, k.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "; of " + group + " there are " + strings.Join(names, ", ")
}

// ahCode reads "AH00161", "AH161" or "00161".
func ahCode(s string) (uint16, bool) {
	digits, named := strings.CutPrefix(strings.ToUpper(s), "AH")
	if !named && len(digits) != 5 {
		return 0, false
	}
	n, err := strconv.ParseUint(strings.TrimSuffix(digits, ":"), 10, 16)
	return uint16(n), err == nil && n > 0
}

func explainCode(asked string, n uint16) Explanation {
	x := Explanation{Asked: asked, Code: parser.CodeName(n)}
	var kinds []*parser.Kind
	for _, k := range parser.Kinds {
		for _, c := range k.Codes {
			if c == n {
				kinds = append(kinds, k)
			}
		}
	}
	info, known := parser.CodeInfo(n)
	if len(kinds) == 0 {
		kinds = []*parser.Kind{parser.ApacheOther}
		x.Note = "No kind of event is known for this code."
		if !known {
			x.Note += " Nor is it among the codes of the modules of a web server with PHP, proxies and TLS."
		}
	}
	if len(kinds) > 1 {
		x.Note = "The text behind the code decides which of these it is."
	}
	if known {
		scope := map[parser.Scope]string{
			parser.ScopeRequest: "a request, so it names a client", parser.ScopeConnection: "a connection, so it names a client",
			parser.ScopeServer: "the server as a whole, so it names nobody",
		}[info.Scope]
		x.Note = strings.TrimSpace(x.Note + fmt.Sprintf(" Apache's module %s writes it, %sabout %s.", info.Module, levelWords(info.Level), cmp.Or(scope, "something that its source does not tell")))
	}
	return explainKinds(x, kinds...)
}

func levelWords(l parser.Level) string {
	if l == parser.LevelNone {
		return ""
	}
	return "at level " + l.String() + ", "
}

func explainKinds(x Explanation, kinds ...*parser.Kind) Explanation {
	x.Kinds, x.Rules = []Meaning{}, []Use{}
	used := make(map[string]bool)
	for _, k := range kinds {
		m := Meaning{
			Kind: k.Name, Role: k.Role.String(), Severity: Severities[k.Severity],
			Means: k.Doc, Not: k.NotProven(), Next: k.Next(), Sample: k.Samples[0],
		}
		for _, sample := range k.Samples {
			if x.Code != "" && strings.Contains(sample, x.Code) {
				m.Sample = sample
				break
			}
		}
		for _, c := range k.Codes {
			m.Codes = append(m.Codes, parser.CodeName(c))
		}
		x.Kinds = append(x.Kinds, m)
		for _, r := range Rules {
			for _, prefix := range r.Uses {
				if strings.HasPrefix(k.Name, prefix) && !used[r.ID] {
					used[r.ID] = true
					x.Rules = append(x.Rules, Use{Rule: r.ID, Finds: r.Finds, Blind: r.Blind})
				}
			}
		}
	}
	return x
}

// fields tell how a line was read, part by part, without what is not in it.
func fields(e *parser.Event) []Field {
	var list []Field
	add := func(name, value string) {
		if value != "" {
			list = append(list, Field{name, value})
		}
	}
	format := "none that is known"
	if e.Format != nil {
		format = e.Format.Name
	}
	add("format", format)
	when := parser.FormatTime(e.Time, e.Stamp, e.UTCOffset)
	if e.Stamp.Has(parser.StampNoYear) {
		when += " (the year is inferred)"
	}
	add("time", when)
	add("host", parser.Text(e.Host))
	add("program", parser.Text(e.Program))
	add("module", parser.Text(e.Module))
	add("level", e.Level.String())
	if e.PID != 0 {
		add("pid", strconv.FormatInt(e.PID, 10))
	}
	if e.TID != 0 {
		add("tid", strconv.FormatInt(e.TID, 10))
	}
	if e.Errno != 0 {
		add("errno", strconv.Itoa(int(e.Errno)))
	}
	if e.Client.IsValid() {
		client := e.Client.String()
		switch {
		case e.Remote && e.Module == nil && (string(e.Program) == "nginx" || e.Format.Name == "nginx"):
			client += " (named by nginx, which escapes nothing that visitors send: too weak to accuse on alone)"
		case e.Remote && e.Format.Name == "litespeed":
			client += " (named by LiteSpeed, whose log may hold whole lines that visitors sent: too weak to accuse on alone)"
		case e.Remote:
			client += " (as [remote]: an HTTP/2 visitor, too weak to accuse on alone)"
		case e.ClientPort == 0:
			client += ", port 0: the address comes from a header, so a proxy stands in front"
		case e.ClientPort > 0:
			client += fmt.Sprintf(", port %d", e.ClientPort)
		}
		add("client", client)
	}
	if e.Backend.IsValid() {
		add("backend", e.Backend.String()+" (the server that Apache asked, not a visitor)")
	}
	if e.Code != 0 {
		add("code", parser.CodeName(e.Code))
	}
	add("message", parser.Text(e.Message))
	if len(e.Referer) > 0 {
		add("referer", parser.Text(e.Referer)+" (as the visitor sent it)")
	}
	if s := e.Subject(); len(s) > 0 {
		add("about", parser.Text(s))
	}
	if o := e.Origin(); len(o) > 0 {
		owner := parser.OwnerOf(parser.Text(o))
		if owner.Plugin != "" {
			add("code of", fmt.Sprintf("%s %s (known by its %s)", owner.Type, owner.Plugin, owner.Strength))
		}
	}
	if e.Cut() {
		add("cut", "the line is as long as Apache lets lines be; its end may be missing")
	}
	return list
}
