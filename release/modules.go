package main

import (
	"bytes"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// A module is a part of the program that others made.
type module struct {
	path, version, sum string
	licence            string // by SPDX
	texts              []file // its licences and notices, by their names in it
}

// linked are the modules that a binary says it is made of, Go's library first,
// with their licences, which ask to be passed on.
func linked(root, binary string) ([]module, error) {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return nil, err
	}
	list, err := output("go", "-C", root, "list", "-m", "-json", "all")
	if err != nil {
		return nil, err
	}
	folders := map[string]string{}
	for dec := json.NewDecoder(strings.NewReader(list)); ; {
		var m struct{ Path, Version, Dir string }
		if err := dec.Decode(&m); err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
		folders[m.Path+"@"+m.Version] = m.Dir
	}
	goroot, err := output("go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	std := module{path: "std", version: strings.TrimPrefix(info.GoVersion, "go")}
	licence, err := os.ReadFile(filepath.Join(goroot, "LICENSE"))
	if err != nil {
		return nil, fmt.Errorf("the licence of Go: %w", err)
	}
	std.texts = []file{{name: "LICENSE", data: licence}}
	all := []module{std}
	for _, d := range info.Deps {
		if d.Replace != nil {
			return nil, fmt.Errorf("%s is replaced by %s: a release is made of what others can fetch", d.Path, d.Replace.Path)
		}
		folder := folders[d.Path+"@"+d.Version]
		if folder == "" {
			return nil, fmt.Errorf("%s %s is not in the module cache: run go mod download", d.Path, d.Version)
		}
		texts, err := licences(folder)
		if err != nil {
			return nil, err
		}
		all = append(all, module{path: d.Path, version: d.Version, sum: d.Sum, texts: texts})
	}
	for i, m := range all {
		for _, text := range m.texts {
			if licence := nameLicence(text.data); licence != "" && (all[i].licence == "" || !strings.Contains(text.name, "/")) {
				all[i].licence = licence
				if !strings.Contains(text.name, "/") {
					break
				}
			}
		}
		if all[i].licence == "" {
			return nil, fmt.Errorf("the licence of %s is not known: look at it, then say in nameLicence how it begins", m.path)
		}
	}
	return all, nil
}

var licenceName = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice)([._-].*)?$`)

// licences finds the licences in a module, also those of what it took over.
func licences(folder string) (list []file, err error) {
	err = filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && name != folder):
			return fs.SkipDir
		case d.IsDir() || !licenceName.MatchString(d.Name()) || filepath.Ext(name) == ".go":
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		below, err := filepath.Rel(folder, name)
		list = append(list, file{name: filepath.ToSlash(below), data: text})
		return err
	})
	if err == nil && len(list) == 0 {
		err = errors.New("there is no licence in " + folder)
	}
	return list, err
}

// nameLicence knows licences by their sentences; "" where it does not.
func nameLicence(text []byte) string {
	has := func(words string) bool {
		return bytes.Contains(bytes.Join(bytes.Fields(text), []byte(" ")), []byte(words))
	}
	switch {
	case has("Apache License Version 2.0"), has("Apache License, Version 2.0"):
		return "Apache-2.0"
	case has("Permission is hereby granted, free of charge"):
		return "MIT"
	case has("Permission to use, copy, modify, and/or distribute"), has("Permission to use, copy, modify, and distribute this software"):
		return "ISC"
	case has("Redistribution and use in source and binary forms"):
		if has("Neither the name") || has("used to endorse or promote") {
			return "BSD-3-Clause"
		}
		return "BSD-2-Clause"
	}
	return ""
}

// thirdParty is one text of all licences.
func thirdParty(modules []module) []byte {
	var b bytes.Buffer
	b.WriteString("logsleuth has the following linked in. Each is under the licence below its name.\n")
	for _, m := range modules {
		name := m.path
		if name == "std" {
			name = "Go's standard library"
		}
		for _, t := range m.texts {
			fmt.Fprintf(&b, "\n%s\n%s %s: %s\n\n%s\n", strings.Repeat("=", 80), name, m.version, t.name, bytes.TrimSpace(t.data))
		}
	}
	return b.Bytes()
}
