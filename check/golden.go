package check

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/logsleuth/logsleuth/analyze"
	"github.com/logsleuth/logsleuth/report"
)

// goldenFormat is the format of reports that a golden's name asks for.
func goldenFormat(name string) string {
	return map[string]string{".json": "json", ".txt": "text"}[path.Ext(name)]
}

// LeftOut says what of a report a golden does not have, for docs/check.md.
const LeftOut = "the version of logsleuth, and all that comes from the data about addresses: its date, the country and the network of each client"

// Masked is a copy of a Result without what changes from release to release
// while the logs and the verdict stay.
func Masked(r *analyze.Result) *analyze.Result {
	masked := *r
	masked.Tool.Version, masked.Tool.Geo = "", nil
	masked.Clients = slices.Clone(r.Clients)
	for i := range masked.Clients {
		c := &masked.Clients[i]
		c.Country, c.ASN, c.Org = "", 0, ""
	}
	return &masked
}

// Places hides from a Result where an address is, but not the number of its
// network, which rules judge by. Places stand in sentences too, where nobody
// could mask them afterwards.
type Places struct{ analyze.Locator }

// Locate gives the number of an address's network alone.
func (p Places) Locate(a netip.Addr) (country string, asn uint32, org string) {
	_, asn, _ = p.Locator.Locate(a)
	return "", asn, ""
}

// Compare compares a Result with the case's goldens.
func (c *Case) Compare(r *analyze.Result) ([]Difference, error) {
	list, _, err := c.goldens(r, false)
	return list, err
}

// Update writes the goldens that differ, and says which.
func (c *Case) Update(r *analyze.Result) (written []string, err error) {
	_, written, err = c.goldens(r, true)
	return written, err
}

func (c *Case) goldens(r *analyze.Result, update bool) (list []Difference, written []string, err error) {
	if len(c.Goldens) == 0 {
		return nil, nil, nil
	}
	folder, err := os.OpenRoot(c.Folder) // a golden that leads elsewhere is not followed
	if err != nil {
		return nil, nil, err
	}
	defer folder.Close()
	masked := Masked(r)
	for _, name := range c.Goldens {
		format, err := report.Lookup(goldenFormat(name))
		if err != nil {
			return list, written, err
		}
		var got bytes.Buffer
		if err := format.Write(&got, masked, report.Options{}); err != nil {
			return list, written, err
		}
		want, err := folder.ReadFile(name)
		missing := errors.Is(err, fs.ErrNotExist)
		switch {
		case err != nil && !missing:
			return list, written, fmt.Errorf("reading the golden %s: %w", name, err)
		case !missing && bytes.Equal(want, got.Bytes()):
		case update:
			if err := folder.WriteFile(name, got.Bytes(), 0o666); err != nil {
				return list, written, fmt.Errorf("writing the golden %s: %w", name, err)
			}
			written = append(written, name)
		case missing:
			list = append(list, Difference{Key: "golden", Text: name + " is not there; --update writes it"})
		default:
			list = append(list, Difference{Key: "golden", Text: "the report is not " + name, Diff: difference(name, want, got.Bytes())})
		}
	}
	return list, written, nil
}

// maxDiff is how many lines of a diff are shown: more are read better with the two files side by side.
const maxDiff = 40

// difference are the lines that differ, with those around them.
func difference(name string, want, got []byte) []string {
	text := string(diff.Diff(name, want, "this report", got))
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(lines) > 0 {
		lines = lines[1:] // the command that would print it
	}
	if more := len(lines) - maxDiff; more > 1 {
		lines = append(lines[:maxDiff:maxDiff], fmt.Sprintf("and %d more lines", more))
	}
	return lines
}
