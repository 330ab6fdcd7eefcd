package main

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/logsleuth/logsleuth/geo"
)

// A bom lists what a binary is made of, in CycloneDX 1.6.
type bom struct {
	Schema       string       `json:"$schema"`
	Format       string       `json:"bomFormat"`
	Spec         string       `json:"specVersion"`
	Serial       string       `json:"serialNumber"`
	Version      int          `json:"version"`
	Metadata     metadata     `json:"metadata"`
	Components   []component  `json:"components"`
	Dependencies []dependency `json:"dependencies"`
}

type metadata struct {
	Timestamp  string              `json:"timestamp"`
	Lifecycles []map[string]string `json:"lifecycles"`
	Component  component           `json:"component"`
}

type component struct {
	Type       string              `json:"type"`
	Ref        string              `json:"bom-ref"`
	Name       string              `json:"name"`
	Version    string              `json:"version,omitempty"`
	Hashes     []hash              `json:"hashes,omitempty"`
	Licences   []map[string]any    `json:"licenses"`
	PURL       string              `json:"purl,omitempty"`
	Properties []map[string]string `json:"properties,omitempty"`
}

type hash struct {
	Algorithm string `json:"alg"`
	Content   string `json:"content"`
}

type dependency struct {
	Ref       string   `json:"ref"`
	DependsOn []string `json:"dependsOn"`
}

func licensed(id string) []map[string]any {
	return []map[string]any{{"license": map[string]string{"id": id}}}
}

// sbom lists the modules that are linked in, and what is embedded.
func (b *build) sbom(t target, program []byte, modules []module) ([]byte, error) {
	const self = "pkg:golang/github.com/logsleuth/logsleuth@"
	sum := sha256.Sum256(program)
	list := bom{
		Schema: "http://cyclonedx.org/schema/bom-1.6.schema.json", Format: "CycloneDX", Spec: "1.6", Version: 1,
		// The number of a program that has the same bytes is the same.
		Serial: fmt.Sprintf("urn:uuid:%x-%x-5%03x-8%03x-%x", sum[0:4], sum[4:6], (int(sum[6])<<8|int(sum[7]))&0xfff, (int(sum[8])<<8|int(sum[9]))&0xfff, sum[10:16]),
		Metadata: metadata{
			Timestamp:  b.date.Format(time.RFC3339),
			Lifecycles: []map[string]string{{"phase": "build"}},
			Component: component{
				Type: "application", Ref: self + b.version, Name: "logsleuth", Version: b.version, PURL: self + strings.ReplaceAll(b.version, "+", "%2B"),
				Hashes: []hash{{"SHA-256", fmt.Sprintf("%x", sum)}}, Licences: licensed("Apache-2.0"),
				Properties: []map[string]string{{"name": "logsleuth:machine", "value": t.String()}},
			},
		},
	}
	for _, m := range modules {
		purl := "pkg:golang/" + strings.ToLower(m.path) + "@" + strings.ReplaceAll(m.version, "+", "%2B")
		c := component{Type: "library", Ref: purl, Name: m.path, Version: m.version, Licences: licensed(m.licence), PURL: purl}
		if m.sum != "" {
			c.Properties = []map[string]string{{"name": "logsleuth:go.sum", "value": m.sum}}
		}
		list.Components = append(list.Components, c)
	}
	embedded, err := b.embedded()
	if err != nil {
		return nil, err
	}
	list.Components = append(list.Components, embedded...)
	all := dependency{Ref: self + b.version}
	for _, c := range list.Components {
		all.DependsOn = append(all.DependsOn, c.Ref)
	}
	list.Dependencies = []dependency{all}
	text, err := json.MarshalIndent(list, "", "  ")
	return append(text, '\n'), err
}

var uPlotInNotice = regexp.MustCompile(`uPlot ([0-9.]+[0-9]) `)

// embedded are the data and the script that the binary holds.
func (b *build) embedded() (list []component, err error) {
	notice, err := os.ReadFile(filepath.Join(b.root, "NOTICE"))
	if err != nil {
		return nil, err
	}
	uPlot := uPlotInNotice.FindSubmatch(notice)
	if uPlot == nil {
		return nil, errors.New("NOTICE does not name the version of uPlot")
	}
	purl := "pkg:npm/uplot@" + string(uPlot[1])
	list = append(list, component{Type: "library", Ref: purl, Name: "uplot", Version: string(uPlot[1]), Licences: licensed("MIT"), PURL: purl})
	db, err := geo.Open(geo.Options{})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	for _, s := range db.Sources() {
		licence := map[string]string{"country": "PDDL-1.0", "network": "CC-BY-4.0"}[s.Gives]
		if licence == "" {
			return nil, fmt.Errorf("the licence of the data %q is not known here", s.Gives)
		}
		list = append(list, component{Type: "data", Ref: "data:" + s.Gives, Name: s.Name, Version: fmt.Sprint(s.Built), Licences: licensed(licence)})
	}
	return list, nil
}
