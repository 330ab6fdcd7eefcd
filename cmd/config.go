package cmd

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

const configName = "config"

func configCommand(std streams) *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   configName + " [COMMAND [FLAG…]]",
		Short: "Say which settings are in force, and from where",
		Long: `Say which settings are in force and where each comes from. With a command, those
of that command alone, with the flags that stand behind it.

A flag is stronger than a variable, which is stronger than your own file, which
is stronger than the system's. Only lists (allow, trusted-proxy, never-block,
error-log-format) add up. The files are /etc/logsleuth/config.yaml and
logsleuth/config.yaml in your folder for settings (~/.config). --config FILE, or
LOGSLEUTH_CONFIG, names one that is read instead of both.

A file has a line for each setting, such as tz: Europe/Paris. What is not the same
for all commands stands below the name of the command. The variable of tz is
LOGSLEUTH_TZ, that of format below analyze is LOGSLEUTH_ANALYZE_FORMAT.
logsleuth check heeds none of them but workers: a case says itself how it is read.

Exit status: 0 all was done, 2 a setting is wrong.`,
		Example: `  logsleuth config
  logsleuth config analyze --tz UTC
  logsleuth config --format json`,
		RunE: func(c *cobra.Command, args []string) error {
			if format != "text" && format != "json" {
				return fmt.Errorf("no format of settings is called %q; try text or json", format)
			}
			s, err := settingsInForce(c, args)
			if err != nil {
				return err
			}
			if format == "json" {
				enc := json.NewEncoder(std.out)
				enc.SetEscapeHTML(false)
				enc.SetIndent("", "  ")
				return enc.Encode(s)
			}
			return s.write(std.out)
		},
		ValidArgsFunction: func(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var list []string
			for _, c := range configured(c.Root()) {
				if len(args) == 0 {
					list = append(list, c.Name()+"\t"+c.Short)
				}
			}
			return list, cobra.ShellCompDirectiveNoFileComp
		},
	}
	c.Flags().SetInterspersed(false) // what stands behind the command is the command's
	c.Flags().StringVar(&format, "format", "text", "how to write it: text, json")
	choose(c, "format", "text", "json")
	return c
}

// inForce is what settings are worth.
type inForce struct {
	Files    []configFile `json:"files"`             // the weaker first
	Unknown  []string     `json:"unknown_variables"` // LOGSLEUTH_… that are no settings
	Settings []settled    `json:"settings"`
}

// A settled setting has its values, the strongest first; none for an empty list.
type settled struct {
	Command  string  `json:"command,omitempty"` // "": all
	Name     string  `json:"name"`
	Variable string  `json:"variable"`
	Values   []worth `json:"values"`
}

// A worth is one value and where it comes from.
type worth struct {
	Value string `json:"value"`
	From  string `json:"from"`            // flag, variable, file or default
	Place string `json:"place,omitempty"` // --FLAG, the variable, or FILE:LINE
}

// settingsInForce finds what is in force for one command with its flags, or for all.
func settingsInForce(c *cobra.Command, args []string) (s inForce, err error) {
	root := c.Root()
	named, err := c.Flags().GetString(configFlag)
	if err != nil {
		return s, err
	}
	commands := configured(root)
	if len(args) > 0 {
		one, _, err := root.Find(args[:1])
		if err != nil || len(settingsOf(one)) == 0 {
			return s, fmt.Errorf("no command with settings is called %q; there are %s", args[0], strings.Join(commandNames(commands), ", "))
		}
		switch err := one.ParseFlags(args[1:]); {
		case errors.Is(err, pflag.ErrHelp):
			return s, one.Help()
		case err != nil:
			return s, flagError(one, err)
		}
		if one.Flags().Changed(configFlag) {
			if named, err = one.Flags().GetString(configFlag); err != nil {
				return s, err
			}
		}
		commands = []*cobra.Command{one}
	}
	s.Files = configFiles(named)
	list, err := wishes(root, s.Files, named != "" || os.Getenv(configVariable) != "", os.Environ())
	if err != nil {
		return s, err
	}
	s.Unknown = []string{}
	if _, unknown, err := fromEnvironment(root, os.Environ()); err == nil {
		s.Unknown = append(s.Unknown, unknown...)
	}
	for _, c := range commands {
		if err := obey(c, list); err != nil {
			return s, err
		}
	}
	if len(args) > 0 {
		for _, set := range settingsOf(commands[0]) {
			s.Settings = append(s.Settings, set.settle(commands[0]))
		}
		return s, nil
	}
	// What is set for single commands alone is told of these alone.
	forAll := rootCommand(streams{})
	shared := slices.DeleteFunc(slices.Clone(list), func(w wish) bool { return w.command != "" })
	for _, c := range configured(forAll) {
		if err := obey(c, shared); err != nil {
			return s, err
		}
	}
	for _, set := range settings {
		var all settled
		if set.shared {
			all = set.settle(having(forAll, set.flag)[0])
			all.Command, all.Variable = "", set.variable("")
			s.Settings = append(s.Settings, all)
		}
		for _, c := range having(root, set.flag) {
			if one := set.settle(c); !set.shared || !slices.Equal(one.Values, all.Values) {
				s.Settings = append(s.Settings, one)
			}
		}
	}
	return s, nil
}

// settle tells what a command's flag is worth, after it was made to obey.
func (s setting) settle(c *cobra.Command) settled {
	flag := c.Flags().Lookup(s.flag)
	found := settled{Command: c.Name(), Name: s.flag, Variable: s.variable(c.Name()), Values: []worth{}}
	values := []string{flag.Value.String()}
	if slice, isList := flag.Value.(pflag.SliceValue); isList {
		values = slice.GetSlice()
	}
	from := flag.Annotations[places]
	for i, v := range values {
		w := worth{Value: v, From: fromDefault}
		if i < len(from) {
			w.From, w.Place, _ = strings.Cut(from[i], "\t")
		}
		found.Values = append(found.Values, w)
	}
	return found
}

// write prints the settings for a person.
func (s inForce) write(out io.Writer) error {
	var b bytes.Buffer
	for _, f := range s.Files {
		is := "read"
		if !f.Read {
			is = "not there"
		}
		fmt.Fprintf(&b, "%s: %s\n", oneLine(f.Path), is)
	}
	for _, name := range s.Unknown {
		fmt.Fprintf(&b, "%s: no setting, and not heeded\n", oneLine(name))
	}
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\nSETTING\tVALUE\tFROM")
	for _, set := range s.Settings {
		name := set.Name
		if set.Command != "" {
			name = set.Command + ": " + name
		}
		if len(set.Values) == 0 {
			set.Values = []worth{{Value: "", From: fromDefault}}
		}
		for _, v := range set.Values {
			fmt.Fprintf(t, "%s\t%s\t%s\n", name, oneLine(cmp.Or(v.Value, "-")), oneLine(cmp.Or(v.Place, v.From)))
			name = ""
		}
	}
	t.Flush()
	_, err := out.Write(b.Bytes())
	return err
}
