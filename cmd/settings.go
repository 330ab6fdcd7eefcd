package cmd

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"github.com/logsleuth/logsleuth/geo"
	"github.com/logsleuth/logsleuth/parser"
)

// A setting is a flag that may also be set for good: in a file, or by a variable.
// Those that are about one run have no place there.
type setting struct {
	flag   string
	shared bool // it means the same to every command that has it

	// check tells what is wrong with a value that has the right type. Without it a
	// flag that takes a text takes just those that it can be completed to.
	check func(value string) error

	// file is where a value names a file: what stands before its name.
	file *string
}

var plainFile, atFile = "", "@"

// settings are all of them, in the order of the alphabet.
var settings = []setting{
	{"allow", true, func(s string) error { _, err := readRanges("allow", "", []string{s}); return err }, &atFile},
	{"anonymize", true, nil, nil},
	{"anonymize-key", true, func(s string) error { _, err := (&anonymizeFlags{anonymize: true, key: s}).mask(); return err }, &plainFile},
	{"as", false, nil, nil},
	{"asn-db", true, func(s string) error { return opens(geo.Options{ASN: s}) }, &plainFile},
	{"color", true, nil, nil},
	{"error-log-format", true, func(s string) error { _, err := parser.CompileErrorLogFormat(s); return err }, nil},
	{"fail-on", false, nil, nil},
	{"format", false, nil, nil},
	{"geoip-db", true, func(s string) error { return opens(geo.Options{Country: s}) }, &plainFile},
	{"max-memory", true, checkMemory, nil},
	{"min-parsed", true, nil, nil},
	{"never-block", true, func(s string) error { _, err := neverBlock([]string{s}, func(string) string { return "" }); return err }, nil},
	{"nice", true, whole(checkNice), nil},
	{"no-pager", true, nil, nil},
	{"top", false, whole(checkTop), nil},
	{"trusted-proxy", true, func(s string) error { _, err := readRanges("trusted-proxy", "", []string{s}); return err }, &atFile},
	{"tz", true, func(s string) error { _, err := (&logFlags{tz: s}).zone(); return err }, nil},
	{"workers", true, whole(checkWorkers), nil},
}

func opens(o geo.Options) error {
	db, err := geo.Open(o)
	if err != nil {
		return err
	}
	return db.Close()
}

// whole checks a number; that it is one the flag has found.
func whole(check func(int) error) func(string) error {
	return func(s string) error {
		n, err := strconv.Atoi(s)
		if err != nil {
			return err
		}
		return check(n)
	}
}

// settingsOf are those that a command has.
func settingsOf(c *cobra.Command) (list []setting) {
	if c.Name() == configName { // its format is about its own list
		return nil
	}
	for _, s := range settings {
		if c.Flags().Lookup(s.flag) != nil {
			list = append(list, s)
		}
	}
	return list
}

// configured are the commands that have settings.
func configured(root *cobra.Command) (list []*cobra.Command) {
	for _, c := range root.Commands() {
		if len(settingsOf(c)) > 0 {
			list = append(list, c)
		}
	}
	return list
}

// A wish is a value that a file or a variable gives a setting.
type wish struct {
	command string // "": every one that has the flag
	flag    string
	value   string
	from    string // fromFile, fromVariable
	place   string // FILE:LINE, or the variable
}

// Where a value may come from.
const (
	fromFlag     = "flag"
	fromVariable = "variable"
	fromFile     = "file"
	fromDefault  = "default"
)

// wrong says of a wish what is the matter with it.
func (w wish) wrong(err error) error {
	return fmt.Errorf("%s: %s", w.place, strings.TrimPrefix(err.Error(), "--"))
}

// A configFile is a file of settings that was looked for.
type configFile struct {
	Path string `json:"path"`
	Read bool   `json:"read"` // else there is none
}

const configFlag, configVariable = "config", "LOGSLEUTH_CONFIG"

// configFiles are the files that are read: the one that the user names, else the
// system's and the user's own, the weaker first.
func configFiles(named string) []configFile {
	if named = cmp.Or(named, os.Getenv(configVariable)); named != "" {
		return []configFile{{Path: named}}
	}
	system := "/etc"
	if runtime.GOOS == "windows" {
		system = os.Getenv("ProgramData")
	}
	var list []configFile
	for _, folder := range []string{system, userFolder()} {
		if folder != "" {
			list = append(list, configFile{Path: filepath.Join(folder, "logsleuth", "config.yaml")})
		}
	}
	return list
}

// userFolder is where the user's settings are kept, "" where there is no such place.
func userFolder() string {
	folder, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return folder
}

// wishes reads what files and variables say, the weaker first, and sets Read of
// the files that are there. Only a file that the user named has to be.
func wishes(root *cobra.Command, files []configFile, named bool, environ []string) ([]wish, error) {
	var all []wish
	for i, f := range files {
		text, err := os.ReadFile(f.Path)
		if errors.Is(err, fs.ErrNotExist) && !named {
			continue
		}
		if err != nil {
			if path, ok := errors.AsType[*fs.PathError](err); ok {
				err = path.Err
			}
			return nil, fmt.Errorf("reading the settings in %s: %w; mend that, or give --config another file, /dev/null for none", f.Path, err)
		}
		list, err := parseConfig(root, f.Path, text)
		if err != nil {
			return nil, err
		}
		files[i].Read = true
		all = append(all, list...)
	}
	variables, _, err := fromEnvironment(root, environ)
	return append(all, variables...), err
}

// yamlPlace is how an error about YAML begins: yaml: line 3: did not find …
var yamlPlace = regexp.MustCompile(`^yaml:(?: line (\d+:))?`)

// parseConfig reads the text of a file of settings: keys for all commands first,
// then those in the sections of single commands, which are stronger.
func parseConfig(root *cobra.Command, name string, text []byte) (shared []wish, err error) {
	wrong := func(line int, format string, args ...any) error {
		return fmt.Errorf("%s:%d: %s", name, line, fmt.Sprintf(format, args...))
	}
	var sections []wish
	keys, err := mapping(text)
	if err != nil {
		return nil, fmt.Errorf("%s:%s", name, yamlPlace.ReplaceAllString(err.Error(), "$1"))
	}
	commands := configured(root)
	for _, key := range keys {
		at := slices.IndexFunc(commands, func(c *cobra.Command) bool { return c.Name() == key.name })
		if at < 0 {
			i := slices.IndexFunc(settings, func(s setting) bool { return s.flag == key.name })
			switch {
			case i < 0:
				return nil, wrong(key.line, "no setting is called %q; there are %s, and the sections %s", key.name, strings.Join(sharedNames(), ", "), strings.Join(commandNames(commands), ", "))
			case !settings[i].shared:
				return nil, wrong(key.line, "%s is not the same for all commands; put it below %s", key.name, strings.Join(commandNames(having(root, key.name)), " or "))
			}
			list, err := settings[i].wishes(having(root, key.name)[0], name, "", key)
			if err != nil {
				return nil, err
			}
			shared = append(shared, list...)
			continue
		}
		c := commands[at]
		if key.value.Kind == yaml.ScalarNode && key.value.Tag == "!!null" {
			continue // all in it is a remark
		}
		if key.value.Kind != yaml.MappingNode {
			return nil, wrong(key.line, "%s is a command; what is set for it stands below it, such as %s", key.name, settingsOf(c)[0].flag)
		}
		inside, err := entries(key.value)
		if err != nil {
			return nil, fmt.Errorf("%s:%w", name, err)
		}
		for _, key := range inside {
			list := settingsOf(c)
			i := slices.IndexFunc(list, func(s setting) bool { return s.flag == key.name })
			if i < 0 {
				return nil, wrong(key.line, "%s has no setting %q; there are %s", c.Name(), key.name, strings.Join(names(list), ", "))
			}
			more, err := list[i].wishes(c, name, c.Name(), key)
			if err != nil {
				return nil, err
			}
			sections = append(sections, more...)
		}
	}
	return append(shared, sections...), nil
}

func names(list []setting) (names []string) {
	for _, s := range list {
		names = append(names, s.flag)
	}
	return names
}

func sharedNames() []string {
	return names(slices.DeleteFunc(slices.Clone(settings), func(s setting) bool { return !s.shared }))
}

// having are the commands that have a setting.
func having(root *cobra.Command, flag string) []*cobra.Command {
	return slices.DeleteFunc(configured(root), func(c *cobra.Command) bool { return c.Flags().Lookup(flag) == nil })
}

func commandNames(list []*cobra.Command) (names []string) {
	for _, c := range list {
		names = append(names, c.Name())
	}
	return names
}

// An entry is a key of a YAML mapping.
type entry struct {
	name  string
	line  int
	value *yaml.Node
}

// mapping reads a YAML document of keys; an empty one has none.
func mapping(text []byte) ([]entry, error) {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	var doc yaml.Node
	if err := dec.Decode(&doc); err == io.EOF {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	if err := dec.Decode(new(yaml.Node)); err != io.EOF {
		return nil, errors.New(" it holds more than one document; settings are one")
	}
	root := doc.Content[0]
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return nil, nil
	}
	if root.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("%d: there are no keys; write a line such as tz: Europe/Paris", root.Line)
	}
	return entries(root)
}

func entries(n *yaml.Node) (list []entry, err error) {
	seen := map[string]int{}
	for i := 0; i < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if first := seen[k.Value]; first > 0 {
			return nil, fmt.Errorf("%d: %s stands here twice; first in line %d", k.Line, k.Value, first)
		}
		seen[k.Value] = k.Line
		if v.Kind == yaml.AliasNode {
			v = v.Alias
		}
		list = append(list, entry{k.Value, k.Line, v})
	}
	return list, nil
}

// wishes are the values that stand behind a key of a file. c is a command that has
// it; names of files are as seen from the folder of file.
func (s setting) wishes(c *cobra.Command, file, section string, key entry) (list []wish, err error) {
	items := []*yaml.Node{key.value}
	if key.value.Kind == yaml.SequenceNode {
		if _, takes := c.Flags().Lookup(s.flag).Value.(pflag.SliceValue); !takes {
			return nil, fmt.Errorf("%s:%d: %s takes one value, not a list", file, key.line, s.flag)
		}
		items = slices.Clone(key.value.Content)
		slices.Reverse(items) // the later is the stronger, so that the first of a list comes first
	}
	for _, n := range items {
		w := wish{section, s.flag, n.Value, fromFile, fmt.Sprintf("%s:%d", file, n.Line)}
		switch {
		case n.Kind == yaml.AliasNode:
			w.value = n.Alias.Value
		case n.Kind != yaml.ScalarNode:
			return nil, w.wrong(fmt.Errorf("%s takes a value, not keys of its own", s.flag))
		case n.Value == "" || n.Tag == "!!null":
			return nil, w.wrong(fmt.Errorf("%s has no value; put one behind it, or take the line away", s.flag))
		}
		if s.file != nil {
			name, isFile := strings.CutPrefix(w.value, *s.file)
			if isFile && !filepath.IsAbs(name) && !strings.HasPrefix(name, "env:") {
				w.value = *s.file + filepath.Join(filepath.Dir(file), name)
			}
		}
		list = append(list, w)
	}
	return list, nil
}

// variable is the environment variable of a setting.
func (s setting) variable(command string) string {
	name := s.flag
	if command != "" {
		name = command + "_" + name
	}
	return "LOGSLEUTH_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// variables are the names of all variables, with an empty wish for each.
func variables(root *cobra.Command) map[string]wish {
	known := map[string]wish{}
	for _, c := range configured(root) {
		for _, s := range settingsOf(c) {
			known[s.variable(c.Name())] = wish{command: c.Name(), flag: s.flag}
			if s.shared {
				known[s.variable("")] = wish{flag: s.flag}
			}
		}
	}
	return known
}

// fromEnvironment reads what variables say: those for all commands first. An empty
// one says nothing. A variable of an unknown name may be another program's (Kubernetes
// makes some of the names of services), so only a slip of the pen is an error.
func fromEnvironment(root *cobra.Command, environ []string) (shared []wish, unknown []string, err error) {
	known := variables(root)
	spelling := &cobra.Command{SuggestionsMinimumDistance: 2}
	for _, name := range slices.Sorted(maps.Keys(known)) {
		spelling.AddCommand(&cobra.Command{Use: name, Run: func(*cobra.Command, []string) {}})
	}
	var single []wish
	for _, line := range slices.Sorted(slices.Values(environ)) {
		name, value, _ := strings.Cut(line, "=")
		if !strings.HasPrefix(name, "LOGSLEUTH_") || name == configVariable || value == "" {
			continue
		}
		w, ok := known[name]
		if !ok {
			if like := spelling.SuggestionsFor(name); len(like) > 0 {
				return nil, nil, fmt.Errorf("%s: there is no such setting; did you mean %s?", name, strings.Join(like, " or "))
			}
			unknown = append(unknown, name)
			continue
		}
		w.value, w.from, w.place = value, fromVariable, name
		if w.command == "" {
			shared = append(shared, w)
		} else {
			single = append(single, w)
		}
	}
	return append(shared, single...), unknown, nil
}

// places is the annotation of a flag that says where its values come from, in
// their order: FROM, a tab, the place.
const places = "logsleuth.places"

// obey sets a command's flags to what is wished for them. What the user typed is
// stronger than any wish; of the wishes the last is. Lists add up.
func obey(c *cobra.Command, list []wish) error {
	fs := c.Flags()
	for _, s := range settingsOf(c) {
		flag := fs.Lookup(s.flag)
		slice, isList := flag.Value.(pflag.SliceValue)
		var mine []wish
		for _, w := range slices.Backward(list) { // the strongest first
			if w.flag == s.flag && (w.command == "" || w.command == c.Name()) {
				mine = append(mine, w)
			}
		}
		var from []string
		switch {
		case isList && flag.Changed:
			from = slices.Repeat([]string{fromFlag + "\t--" + s.flag}, len(slice.GetSlice()))
		case flag.Changed:
			from, mine = []string{fromFlag + "\t--" + s.flag}, nil
		case !isList:
			mine = mine[:min(len(mine), 1)]
		}
		for _, w := range mine {
			if err := s.set(c, w.value); err != nil {
				return w.wrong(err)
			}
			from = append(from, w.from+"\t"+w.place)
		}
		if len(from) == 0 {
			continue
		}
		if err := fs.SetAnnotation(s.flag, places, from); err != nil {
			return err
		}
	}
	return nil
}

// set gives a command's flag a value that the user did not type.
func (s setting) set(c *cobra.Command, value string) error {
	flag := c.Flags().Lookup(s.flag)
	if s.check == nil && flag.Value.Type() == "string" {
		choices := choicesOf(c, s.flag)
		if !slices.Contains(choices, value) {
			return fmt.Errorf("%s takes %s, not %q", s.flag, strings.Join(choices, ", "), value)
		}
	}
	if err := c.Flags().Set(s.flag, value); err != nil {
		return flagError(c, err)
	}
	if s.check != nil {
		return s.check(value)
	}
	return nil
}

// choicesOf are the values that a flag can be completed to.
func choicesOf(c *cobra.Command, flag string) (list []string) {
	complete, ok := c.GetFlagCompletionFunc(flag)
	if !ok {
		return nil
	}
	found, _ := complete(c, nil, "")
	for _, choice := range found {
		name, _, _ := strings.Cut(choice, "\t")
		list = append(list, name)
	}
	return list
}

// typed tells whether the user gave a flag on the command line, and not for good.
func typed(fs *pflag.FlagSet, flag string) bool {
	f := fs.Lookup(flag)
	from := f.Annotations[places]
	return f.Changed && (len(from) == 0 || strings.HasPrefix(from[0], fromFlag+"\t"))
}

// configure is run before each command: it reads the settings and obeys them.
func configure(c *cobra.Command, _ []string) error {
	if len(settingsOf(c)) == 0 {
		return nil // a broken file must not keep anybody from --help
	}
	named, err := c.Flags().GetString(configFlag)
	if err != nil {
		return err
	}
	list, err := wishes(c.Root(), configFiles(named), named != "" || os.Getenv(configVariable) != "", os.Environ())
	if err != nil {
		return err
	}
	return obey(c, list)
}
