// Package check reads from a case.yaml what must hold of a case's logs, and
// tells what of it does not hold of a Result.
package check

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/logsleuth/logsleuth/analyze"
)

// FileName is what the file is called that makes a folder a case.
const FileName = "case.yaml"

// A Case is what a case.yaml says.
type Case struct {
	Folder      string
	Description string
	Logs        []string // names below the folder; none: every log in it
	Options     []Option // of analyze
	Written     time.Time
	Goldens     []string // names below the folder

	claims []claim
}

// An Option is a flag of analyze, without its dashes.
type Option struct {
	Name, Value string
	Line        int // of case.yaml
}

// A claim is what one line of a case.yaml states.
type claim struct {
	key   string
	judge func(*analyze.Result) []string
}

// A Difference is one thing that does not hold.
type Difference struct {
	Key  string   // of case.yaml
	Text string   // what was expected and what came instead
	Diff []string // of a golden: its lines that differ
}

// Read reads a folder's case.yaml. options are those of analyze that a case may set.
func Read(folder string, options []string) (*Case, error) {
	text, err := os.ReadFile(filepath.Join(folder, FileName))
	if err != nil {
		if path, ok := errors.AsType[*os.PathError](err); ok {
			err = path.Err
		}
		return nil, fmt.Errorf("%s: %w", FileName, err)
	}
	c := &Case{Folder: folder}
	if err := c.read(text, options); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Case) read(text []byte, options []string) error {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	var doc yaml.Node
	if err := dec.Decode(&doc); err == io.EOF {
		return nil // all is optional
	} else if err != nil {
		return fmt.Errorf("%s: %s", FileName, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if err := dec.Decode(new(yaml.Node)); err != io.EOF {
		return fmt.Errorf("%s: it holds more than one document; a case is one", FileName)
	}
	v := value{key: "it", node: doc.Content[0], options: options}
	if v.empty() {
		return nil
	}
	return v.each("a key", func(k string, at int, v value) error {
		i := slices.IndexFunc(Keys, func(key Key) bool { return key.Name == k })
		if i < 0 {
			return wrong(at, "no key is called %q; there are %s", k, strings.Join(keyNames(), ", "))
		}
		if v.empty() {
			return wrong(at, "%s has no value; it takes %s", k, Keys[i].Takes)
		}
		v.takes = Keys[i].Takes
		return Keys[i].read(c, v)
	})
}

func keyNames() []string {
	var list []string
	for _, k := range Keys {
		list = append(list, k.Name)
	}
	return list
}

// States tells whether anything is stated, so that something can fail.
func (c *Case) States() bool { return len(c.claims)+len(c.Goldens) > 0 }

// Judge tells what does not hold of a Result, the goldens aside.
func (c *Case) Judge(r *analyze.Result) (list []Difference) {
	for _, cl := range c.claims {
		for _, text := range cl.judge(r) {
			list = append(list, Difference{Key: cl.key, Text: text})
		}
	}
	return list
}

// IsLog tells by a file's name whether it may be a log of the case, and not
// something that lies beside them.
func (c *Case) IsLog(name string) bool {
	return MayBeLog(name) && !slices.Contains(c.Goldens, name)
}

// MayBeLog is IsLog for a folder without a case.
func MayBeLog(name string) bool {
	return name != FileName && name != "truth.json" && !strings.HasPrefix(strings.ToUpper(name), "README")
}

func wrong(line int, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", FileName, line, fmt.Sprintf(format, args...))
}
