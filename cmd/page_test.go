package cmd

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/logsleuth/logsleuth/check"
)

const checkHead = `# case.yaml

This page is made from the list in package check (` + "`check.Keys`" + `).
Write it anew with ` + "`go test ./cmd -run TestCheckPage -update`" + `.

A case is a folder with logs and a ` + "`case.yaml`" + ` that states what must hold of them. ` + "`logsleuth check DIR`" + ` reads every case in DIR
and below, judges its logs as ` + "`logsleuth analyze`" + ` does, and prints a line for each: ` + "`ok`, `FAIL`" + ` with what differs below it, or ` + "`ERROR`" + `
where it could not be run. Exit status: 0 all holds, 1 something does not, 2 a case could not be run; 1 where both are true.

A folder with logs and without a ` + "`case.yaml`" + ` is listed as ` + "`none`" + ` and fails nothing, so that logs can be put there before it is
known what is true of them. Where such a folder is itself the DIR, and no case is below it, that is an error: somebody asked for it.
Folders whose names begin with a dot are passed over. A folder below a case belongs to it, unless it has a ` + "`case.yaml`" + ` of its own.
` + "`logsleuth analyze`" + ` knows nothing of cases: name the logs to it, for given the folder it takes all text in it for logs.

    cause: flood
    attackers: 192.0.2.7
    not_named: 198.51.100.0/24
    events:
      db.gone: ">= 3"
    min_parsed: 99
    golden: report.txt

Every key is optional, and a key that is not listed here is an error, as is one without a value. Addresses and other lists stand in
brackets or one a line after a dash; a single one needs neither. A list is *exactly* what must be there, in any order; ` + "`[]`" + ` is
nobody, or nothing. With ` + "`others`" + ` as an item there may be more than those listed. A number may be a bound: ` + "`\">= 3\"`, `\"< 3\"`,\n`3 to 5` or `{min: 3, max: 5}`" + `; in quotes where it begins with ` + "`>`" + `.
`

// checkPage is docs/check.md.
func checkPage() []byte {
	var b bytes.Buffer
	b.WriteString(checkHead)
	for _, k := range check.Keys {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\nTakes %s.\n\n", k.Name, k.Doc, k.Takes)
		for line := range strings.Lines(k.Sample + "\n") {
			b.WriteString("    " + line)
		}
		switch k.Name {
		case "options":
			b.WriteString("\n")
			flags := new(analyzeFlags).command(streams{}).Flags()
			for _, name := range caseOptions {
				fmt.Fprintf(&b, "- `%s`: %s\n", name, flags.Lookup(name).Usage)
			}
			b.WriteString("\n`since` and `until` take a time here, not how long ago.\n")
		case "golden":
			fmt.Fprintf(&b, "\nA golden does not change with every release. It leaves out %s.\n"+
				"Rules judge by the network all the same. Names of logs stand in it as seen from the case's folder.\n", check.LeftOut)
		}
	}
	return b.Bytes()
}

func TestCheckPage(t *testing.T) {
	const name = "../docs/check.md"
	if *update {
		if err := os.WriteFile(name, checkPage(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if page, err := os.ReadFile(name); err != nil || !bytes.Equal(page, checkPage()) {
		t.Errorf("%s is stale (%v): run go test ./cmd -run TestCheckPage -update", name, err)
	}
}

// What the page shows can be read.
func TestCheckPageSamples(t *testing.T) {
	_, sample, _ := strings.Cut(checkHead, "    cause")
	sample, _, _ = strings.Cut("    cause"+sample, "\n\n")
	samples := []string{strings.ReplaceAll(sample, "\n    ", "\n")[4:]}
	for _, k := range check.Keys {
		samples = append(samples, k.Sample)
	}
	for _, s := range samples {
		folder := t.TempDir()
		if err := os.WriteFile(folder+"/case.yaml", []byte(s), 0o644); err != nil {
			t.Fatal(err)
		}
		c, err := check.Read(folder, caseOptions)
		if err != nil {
			t.Errorf("%s\n%v", s, err)
			continue
		}
		if err := setOptions(new(analyzeFlags).command(streams{}).Flags(), c.Options); err != nil {
			t.Errorf("%s\n%v", s, err)
		}
	}
}
