package parser

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/events.md anew")

const pageHead = `# Events

This page is made from the catalogue in package parser (` + "`parser.Kinds`" + `).
Write it anew with ` + "`go test ./parser -run TestEventsPage -update`" + `.

Each line of a log becomes one event, and each event is of one kind. Its role says what the line tells about the client in it:

| role | meaning |
| --- | --- |
| deed | the client's own act: without it the line would not exist |
| harm | the server failed while it served this client; that proves nothing about the client |
| state | about the server, not about a client |
| noise | says nothing about an incident |

The severity is that of one such line. How many there were, and when, is for the rules to judge.
A line is of the first kind that takes it, in the order of this page.
`

// eventsPage is docs/events.md.
func eventsPage() []byte {
	var b bytes.Buffer
	b.WriteString(pageHead)
	group := ""
	for _, k := range Kinds {
		if g, _, _ := strings.Cut(k.Name, "."); g != group {
			group = g
			fmt.Fprintf(&b, "\n## %s\n", group)
		}
		severity := [...]string{"information", "low", "medium", "high", "the service is down"}[k.Severity]
		fmt.Fprintf(&b, "\n### %s\n\n%s\n\nRole: %s. Severity: %s.\n\n", k.Name, k.Doc, k.Role, severity)
		if k.Codes != nil {
			var codes []string
			for _, c := range k.Codes {
				codes = append(codes, CodeName(c))
			}
			fmt.Fprintf(&b, "Codes: %s.\n\n", strings.Join(codes, ", "))
		}
		fmt.Fprintf(&b, "Not proven: %s\n\nLook at next: %s\n\n", k.NotProven(), k.Next())
		fmt.Fprintf(&b, "```text\n%s\n```\n", k.Samples[0])
	}
	return b.Bytes()
}

func TestEventsPage(t *testing.T) {
	const name = "../docs/events.md"
	if *update {
		if err := os.WriteFile(name, eventsPage(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if page, err := os.ReadFile(name); err != nil || !bytes.Equal(page, eventsPage()) {
		t.Errorf("%s is stale (%v): run go test ./parser -run TestEventsPage -update", name, err)
	}
}
