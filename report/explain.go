package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/logsleuth/logsleuth/analyze"
)

// WriteExplanation writes what a line, a kind or a code means, for a person.
func WriteExplanation(w io.Writer, x analyze.Explanation, o Options) error {
	p := newPage(o)
	if len(x.Fields) > 0 {
		p.line(paint(p.style.heading, "HOW THE LINE IS READ"))
		p.line("")
		for _, f := range x.Fields {
			p.flow(fmt.Sprintf("  %-9s ", f.Name), 12, span{p.style.text, plain(f.Value)})
		}
		p.line("")
	}
	for _, m := range x.Kinds {
		title := strings.ToUpper(m.Kind)
		if x.Code != "" && len(x.Fields) == 0 {
			title = x.Code + ": " + title
		}
		p.line(paint(p.style.heading, title))
		p.line("")
		role := map[string]string{
			"deed": "a deed: the client's own act", "harm": "a harm: done to the client, not by it",
			"state": "a state of the server", "noise": "noise",
		}[m.Role]
		p.para(2, span{p.style.text, m.Means})
		p.line("")
		p.para(2, span{p.style.dim, "It is " + role + "; severity: " + m.Severity + "."})
		p.line("")
		p.para(2, span{p.style.strong, "Not proven: "}, span{p.style.text, m.Not})
		p.line("")
		p.para(2, span{p.style.strong, "Look at next: "}, span{p.style.text, m.Next})
		p.line("")
		if len(x.Fields) == 0 {
			p.para(2, span{p.style.dim, "Such as: " + plain(m.Sample)})
			p.line("")
		}
	}
	if x.Note != "" {
		p.para(2, span{p.style.text, x.Note})
		p.line("")
	}
	if len(x.Rules) > 0 {
		p.line(paint(p.style.heading, "RULES THAT USE IT"))
		p.line("")
		for _, r := range x.Rules {
			p.flow("  - ", 4, span{p.style.strong, r.Rule}, span{p.style.text, ": " + r.Finds})
		}
		p.line("")
	}
	_, err := w.Write(p.Bytes())
	return err
}

// WriteExplanationJSON writes it as one object on a line.
func WriteExplanationJSON(w io.Writer, x analyze.Explanation) error {
	b, err := json.Marshal(x)
	if err != nil {
		return err
	}
	_, err = w.Write(append(harmlessJSON(b), '\n'))
	return err
}
