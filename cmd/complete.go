package cmd

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/logsleuth/logsleuth/parser"
	"github.com/logsleuth/logsleuth/report"
	"github.com/logsleuth/logsleuth/report/events"
)

// choose says what a flag takes: each choice may have a tab and a description.
func choose(c *cobra.Command, flag string, choices ...string) {
	c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(choices, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveKeepOrder))
}

// reportFormats are the choices of --format where a report is written.
func reportFormats() (list []string) {
	for _, f := range report.Formats {
		list = append(list, f.Name+"\t"+f.Doc)
	}
	return list
}

func eventFormats() (list []string) {
	for _, f := range events.Formats {
		list = append(list, f.Name+"\t"+f.Doc)
	}
	return list
}

// completeFlags says what the flags take whose choices their commands do not say:
// files with a certain ending, zones, or nothing that a shell could know. Without
// it shells offer the names of files everywhere.
func completeFlags(root *cobra.Command) {
	endings := func(list ...string) cobra.CompletionFunc {
		return cobra.FixedCompletions(list, cobra.ShellCompDirectiveFilterFileExt)
	}
	byName := map[string]cobra.CompletionFunc{
		"allow":         completeAtFile,
		"trusted-proxy": completeAtFile,
		"anonymize-key": nil,
		"asn-db":        endings("mmdb"),
		"geoip-db":      endings("mmdb"),
		"junit":         endings("xml"),
		"output":        nil,
		"tz":            completeZone,
		configFlag:      endings("yaml", "yml"),
	}
	for _, c := range append(root.Commands(), root) {
		set := func(f *pflag.Flag) {
			complete, known := byName[f.Name]
			if known && complete == nil || f.Value.Type() == "bool" {
				return
			}
			if _, done := c.GetFlagCompletionFunc(f.Name); done {
				return
			}
			if !known {
				complete = cobra.NoFileCompletions
			}
			c.RegisterFlagCompletionFunc(f.Name, complete)
		}
		c.LocalFlags().VisitAll(set)
	}
}

// completeAtFile completes the name behind @, and nothing else: nobody knows ranges.
func completeAtFile(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
	name, ok := strings.CutPrefix(begun, "@")
	if !ok {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	folder, begun := filepath.Split(name)
	entries, _ := os.ReadDir(filepath.Join(".", folder))
	if filepath.IsAbs(folder) {
		entries, _ = os.ReadDir(folder)
	}
	var list []string
	directive := cobra.ShellCompDirectiveNoFileComp
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), begun) {
			continue
		}
		whole := "@" + folder + e.Name()
		if e.IsDir() {
			whole += "/"
			directive |= cobra.ShellCompDirectiveNoSpace
		}
		list = append(list, whole)
	}
	return list, directive
}

// completeZone completes the names of zones from the system's list, where it has one.
func completeZone(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
	zones := map[string]bool{"UTC": true, "Local": true}
	for _, name := range []string{"tzdata.zi", "zone1970.tab", "zone.tab"} {
		text, err := os.ReadFile(filepath.Join("/usr/share/zoneinfo", name))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			fields := strings.Fields(line)
			switch {
			case len(fields) < 3 || strings.HasPrefix(line, "#"):
			case name == "tzdata.zi":
				if fields[0] == "L" { // L TARGET NAME is another name
					zones[fields[2]] = true
				} else if fields[0] == "Z" { // Z NAME OFFSET …
					zones[fields[1]] = true
				}
			default: // COUNTRY PLACE NAME
				zones[fields[2]] = true
			}
		}
		break
	}
	maps.DeleteFunc(zones, func(name string, _ bool) bool { return !strings.HasPrefix(name, begun) })
	return slices.Sorted(maps.Keys(zones)), cobra.ShellCompDirectiveNoFileComp
}

// completeMeaning completes what explain takes: kinds of events, and codes of Apache.
func completeMeaning(_ *cobra.Command, args []string, begun string) (list []string, _ cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	for _, k := range parser.Kinds {
		list = append(list, k.Name+"\t"+k.Title)
		for _, code := range k.Codes {
			if begun != "" { // there are too many to be offered before a letter is typed
				list = append(list, parser.CodeName(code)+"\t"+k.Title)
			}
		}
	}
	list = slices.DeleteFunc(list, func(s string) bool { return !strings.HasPrefix(s, begun) })
	return list, cobra.ShellCompDirectiveNoFileComp
}

// completeReports completes the names of saved reports, of which a command takes n.
func completeReports(n int) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) >= n {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return []string{"json"}, cobra.ShellCompDirectiveFilterFileExt
	}
}

// completeFolders completes the names of folders.
func completeFolders(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}
