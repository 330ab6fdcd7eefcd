package mask

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write words.txt anew")

// TestWords compares the words that stay with those in the texts of the rooms
// whose sentences are read: without them a new sentence would be hidden.
func TestWords(t *testing.T) {
	found := make(map[string]bool)
	for _, room := range []string{"analyze", "cmd", "parser"} {
		files, err := filepath.Glob("../" + room + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("no files in the room %s: %v", room, err)
		}
		for _, name := range files {
			if !strings.HasSuffix(name, "_test.go") && filepath.Base(name) != "man.go" { // its texts stand in no report
				wordsOf(t, name, found)
			}
		}
	}
	want := strings.Join(slices.Sorted(maps.Keys(found)), "\n") + "\n"
	if *update {
		if err := os.WriteFile("words.txt", []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want != wordList {
		t.Error("words.txt is stale; read what changes: go test ./mask -run TestWords -update && git diff mask/words.txt")
	}
}

var (
	verb = regexp.MustCompile(`%[-+# 0-9.\[\]*]*[a-zA-Z]`)
	// group is a part of an IPv6 address, with which one would be taken for words.
	group    = regexp.MustCompile(`^[0-9a-f]{1,4}$`)
	wordForm = regexp.MustCompile(`[\pL\pM\pN_.-]+`)
)

// wordsOf finds the words in a file's texts. Samples of lines have names in them.
func wordsOf(t *testing.T, name string, found map[string]bool) {
	file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.ValueSpec: // the beginnings of samples
			return !strings.HasSuffix(n.Names[0].Name, "Line")
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && slices.Contains([]string{"Samples", "Misses", "Example"}, key.Name) {
				return false
			}
		case *ast.BasicLit:
			if n.Kind != token.STRING {
				break
			}
			text, err := strconv.Unquote(n.Value)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range wordForm.FindAllString(verb.ReplaceAllString(text, " "), -1) {
				w = strings.ToLower(strings.Trim(w, ".-"))
				if group.MatchString(w) && strings.ContainsAny(w, "0123456789") {
					continue
				}
				if len(w) > 1 && strings.ContainsFunc(w, func(c rune) bool { return c >= 'a' && c <= 'z' }) {
					found[w] = true
				}
			}
		}
		return true
	})
}

// TestWordsHaveNoNames looks among the words that stay for names that only
// samples and tests may have.
func TestWordsHaveNoNames(t *testing.T) {
	for _, w := range []string{"anna", "vps512", "example.org", "www.example.org", "192.0.2.4", "bees", "gardenandbees.example"} {
		if words[w] || publicWords[w] || publicPaths[w] {
			t.Errorf("%q would stay in every report", w)
		}
	}
}
