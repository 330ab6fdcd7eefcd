package main_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/logsleuth/logsleuth"

// mayImport says which rooms of the house each room may import. Data flows one
// way, so that a reader of one room need not know those above it.
var mayImport = map[string][]string{
	"main":    {"cmd"},
	"bench":   {},
	"cmd":     {"mask", "source", "parser", "analyze", "report", "geo", "check"},
	"check":   {"analyze", "parser", "report"},
	"report":  {"analyze", "parser"},
	"mask":    {"analyze", "parser"},
	"analyze": {"parser"},
	"parser":  {},
	"source":  {},
	"geo":     {},

	"release":  {"cmd", "geo"},
	"simulate": {}, // for development; nothing of the program may import it
}

// testsMayImport is what tests may import besides: to know their own room from
// real lines, they may go the way that the data goes. No test looks upwards.
var testsMayImport = map[string][]string{
	"report":  {"parser", "source"},
	"analyze": {"source", "simulate"},
}

// onlyIn are modules that one room, or two, hide from the others.
var onlyIn = map[string]string{
	"github.com/spf13/cobra":            "cmd",
	"github.com/charmbracelet/lipgloss": "report",
	"github.com/olekukonko/tablewriter": "report",
	"github.com/parquet-go/parquet-go":  "report",
	"github.com/oschwald/geoip2-golang": "geo",
	"go.yaml.in/yaml":                   "check cmd",
}

func TestImports(t *testing.T) {
	for _, p := range packages(t) {
		room := p.room()
		allowed, known := mayImport[room]
		if !known {
			t.Errorf("the folder %s is a new room: say in mayImport, in imports_test.go, what it may import", room)
			continue
		}
		p.check(t, p.Imports, "it", allowed)
		tests := slices.Concat(p.TestImports, p.XTestImports)
		p.check(t, tests, "its tests", slices.Concat(allowed, testsMayImport[room], []string{room}))
	}
}

// A goPackage is what go list says of a package.
type goPackage struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

func packages(t *testing.T) []goPackage {
	out, err := exec.Command("go", "list", "-buildvcs=false", "-json=ImportPath,Imports,TestImports,XTestImports", "./...").Output()
	if err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			t.Fatalf("go list: %v\n%s", err, exit.Stderr)
		}
		t.Fatal(err)
	}
	var list []goPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		switch err := dec.Decode(&p); err {
		case nil:
			list = append(list, p)
		case io.EOF:
			if len(list) < len(mayImport) {
				t.Fatalf("go list names %d packages, fewer than there are rooms", len(list))
			}
			return list
		default:
			t.Fatal(err)
		}
	}
}

// room is the folder right below the top; packages below it belong to it.
func (p goPackage) room() string { return roomOf(p.ImportPath) }

func roomOf(path string) string {
	below, ok := strings.CutPrefix(path, module+"/")
	if !ok {
		return "main"
	}
	room, _, _ := strings.Cut(below, "/")
	return room
}

func (p goPackage) check(t *testing.T, imports []string, who string, allowed []string) {
	room := p.room()
	for _, path := range imports {
		if path == module || strings.HasPrefix(path, module+"/") {
			if other := roomOf(path); other != room && !slices.Contains(allowed, other) {
				t.Errorf("%s: %s may not import %s, only %s. Move what it needs to where both may reach it, "+
					"or hand it in from cmd; if the house has changed, say so in imports_test.go",
					room, who, other, orNothing(allowed))
			}
			continue
		}
		for hidden, owner := range onlyIn {
			if (path == hidden || strings.HasPrefix(path, hidden+"/")) && !slices.Contains(strings.Fields(owner), room) {
				t.Errorf("%s: %s may not import %s, only %s may. Ask %s for what you need in its own words",
					room, who, path, owner, owner)
			}
		}
	}
}

func orNothing(rooms []string) string {
	if len(rooms) == 0 {
		return "nothing of ours"
	}
	return strings.Join(rooms, ", ")
}
