package analyze

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write docs/rules.md anew")

// pageHead speaks in the numbers that the rules use.
var pageHead = fmt.Sprintf(`# Rules

This page is made from the list in package analyze (`+"`analyze.Rules`"+`).
Write it anew with `+"`go test ./analyze -run TestRulesPage -update`"+`.

Ledgers gather what the log says and judge nothing. A rule looks at all of it and gives evidence: one sentence, the lines that it
rests on, and a weight. Adding up weights is adding up log-odds: +0.7 doubles the odds, -0.7 halves them, and 2.3 is a factor of ten.

Each client begins at %.0f, a chance of about %.0f in 100 that it does harm on purpose. Rules on clients add to that and take from it; the
sum, as a chance, is the confidence. From %.2f on a client is called an attacker, from %.2f on a suspect, but only if a rule
accuses it of a deed or of a load that stands out: errors that it was served accuse nobody, however many. No confidence is above
%.2f, for an error log shows a part only. Where a rule tests a count against chance, the weight grows with the odds against chance,
after correction for how many clients were looked at, and ends where an odd but honest reason becomes the likelier one.

Rules on causes say what a trouble came from. The cause with the highest sum is named, and its confidence is its share among all causes that
have evidence and the unknown one, which stands for what the log does not show.
`, prior, 100*sigmoid(prior), attackerFrom, suspectFrom, most)

// rulesPage is docs/rules.md.
func rulesPage() []byte {
	var b bytes.Buffer
	b.WriteString(pageHead)
	for _, about := range []struct {
		About
		title string
	}{{AboutClients, "On clients"}, {AboutCauses, "On causes"}} {
		fmt.Fprintf(&b, "\n## %s\n", about.title)
		for _, r := range Rules {
			if r.About == about.About {
				fmt.Fprintf(&b, "\n### %s\n\n%s.\n\nFinds: %s\n\nCannot tell: %s\n", r.ID, r.Title, r.Finds, r.Blind)
			}
		}
	}
	return b.Bytes()
}

func TestRulesPage(t *testing.T) {
	const name = "../docs/rules.md"
	if *update {
		if err := os.WriteFile(name, rulesPage(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if page, err := os.ReadFile(name); err != nil || !bytes.Equal(page, rulesPage()) {
		t.Errorf("%s is stale (%v): run go test ./analyze -run TestRulesPage -update", name, err)
	}
}

// Whoever writes a rule says what it is.
func TestRulesAreDescribed(t *testing.T) {
	seen := make(map[string]bool)
	for _, r := range Rules {
		if r.ID == "" || r.Title == "" || r.Finds == "" || r.Blind == "" || r.Judge == nil || seen[r.ID] {
			t.Errorf("rule %q lacks something, or its name is taken", r.ID)
		}
		seen[r.ID] = true
	}
}
