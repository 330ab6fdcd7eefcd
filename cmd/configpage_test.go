package cmd

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"
)

const configHead = `# Settings

This page is made from the flags and the list in package cmd (` + "`settings`" + `).
Write it anew with ` + "`go test ./cmd -run TestConfigPages -update`" + `.

What is true of a server each time need not be typed each time. The strongest first, a setting comes from

1. the flag, such as ` + "`--tz Europe/Paris`" + `;
2. a variable of the environment, such as ` + "`LOGSLEUTH_TZ=Europe/Paris`" + `; an empty one says nothing;
3. your own file, ` + "`~/.config/logsleuth/config.yaml`" + ` (` + "`$XDG_CONFIG_HOME`" + `; on macOS in ` + "`~/Library/Application Support`" + `, on Windows in ` + "`%AppData%`" + `);
4. the system's file, ` + "`/etc/logsleuth/config.yaml`" + ` (on Windows in ` + "`%ProgramData%`" + `);
5. what the program does by itself.

` + "`--config FILE`, or `LOGSLEUTH_CONFIG=FILE`" + `, has one file read in place of both; ` + "`--config /dev/null`" + ` none (on Windows ` + "`NUL`" + `). No file has to be there,
none is written, and none is looked for in the folder that you are in.

    tz: Europe/Paris
    trusted-proxy: 203.0.113.10
    allow:
      - 198.51.100.0/24        # the office
      - "@monitoring.txt"      # ranges in a file beside this one
    never-block: [192.0.2.1, 2001:db8::/64]
    analyze:
      format: html
      top: 20
    events:
      tz: UTC

` + "`logsleuth config`" + ` says what is in force and from where, ` + "`logsleuth config analyze --tz UTC`" + ` what would be in that command, and with ` + "`--format json`" + `
programs can read it. [config.yaml](config.yaml) has every setting, to copy from.

- **For all commands or for one.** What stands at the left margin holds for every command that has the flag. Below the name of a command it
  holds for that one alone and is stronger than the same file's line for all; so is ` + "`LOGSLEUTH_EVENTS_TZ`" + ` than ` + "`LOGSLEUTH_TZ`" + `.
- **Lists add up.** What the files, the variables and the flags say is taken together, so that ` + "`--allow`" + ` or ` + "`--never-block`" + ` on the command line drops nobody whom a
  file protects. To leave the files out, give ` + "`--config /dev/null`" + `. A variable holds one value; ranges may have commas between.
- **Names of files** in a file of settings are as seen from its folder, in variables from where you are.
- **Mistakes** end the command with status 2 and one line that names the file and line, or the variable. A key that is not known is a mistake; a variable
  that is not known is one only where its name is nearly a setting's, for other programs may use the prefix. ` + "`logsleuth config`" + ` lists the others.
- **A report** names the settings that shaped it, as if they had been flags.
- **` + "`logsleuth check`" + `** heeds only ` + "`workers`" + `: how a case is read stands in its case.yaml, or the outcome would depend on who runs it.

| setting | takes | stands | variable | is |
| --- | --- | --- | --- | --- |
`

// flagOf is the flag of a setting, as the first command has it that has one.
func flagOf(s setting) *pflag.Flag {
	return having(rootCommand(streams{}), s.flag)[0].Flags().Lookup(s.flag)
}

func takesOf(s setting) string {
	f := flagOf(s)
	takes, _ := pflag.UnquoteUsage(f)
	switch _, isList := f.Value.(pflag.SliceValue); {
	case isList:
		return "a list"
	case f.Value.Type() == "bool":
		return "true, false"
	case f.Value.Type() == "int" || f.Value.Type() == "float64":
		return "a number"
	case takes == "file" || s.file != nil:
		return "a file"
	case s.check == nil:
		return "a word"
	}
	return "a text"
}

// configPage is docs/configuration.md.
func configPage() []byte {
	var b bytes.Buffer
	b.WriteString(configHead)
	root := rootCommand(streams{})
	for _, s := range settings {
		c := having(root, s.flag)
		stands, variable := "for all", s.variable("")
		if !s.shared {
			stands, variable = "below "+strings.Join(commandNames(c), ", "), s.variable(c[0].Name())
			if len(c) > 1 {
				variable += "`, …`"
			}
		}
		_, usage := pflag.UnquoteUsage(flagOf(s))
		if len(c) > 1 && !s.shared {
			usage = "see `--help` of each"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | `%s` | %s |\n", s.flag, takesOf(s), stands, strings.TrimSuffix(variable, "`"), usage)
	}
	return []byte(strings.ReplaceAll(b.String(), "`, …` |", "`, … |"))
}

// configSample is docs/config.yaml: every setting, none of them set.
func configSample() []byte {
	var b bytes.Buffer
	b.WriteString("# Settings of logsleuth, for /etc/logsleuth/config.yaml or ~/.config/logsleuth/config.yaml.\n" +
		"# Take the # before a line away to set it; what stands there is the default, or an example.\n" +
		"# logsleuth config says what is in force. docs/configuration.md has the rest.\n")
	root := rootCommand(streams{})
	one := func(indent string, f *pflag.Flag) {
		_, usage := pflag.UnquoteUsage(f)
		value := cmp.Or(map[string]string{
			"allow": "[198.51.100.0/24]", "trusted-proxy": "[203.0.113.10]", "never-block": "[192.0.2.1]", "error-log-format": "'[%t] [%l] %M'", "tz": "Europe/Paris",
			"anonymize-key": "anonymize.key", "asn-db": "GeoLite2-ASN.mmdb", "geoip-db": "GeoLite2-Country.mmdb", "max-memory": "128M",
		}[f.Name], f.DefValue)
		fmt.Fprintf(&b, "\n%s# %s\n%s#%s: %s\n", indent, usage, indent, f.Name, value)
	}
	for _, s := range settings {
		if s.shared {
			one("", flagOf(s))
		}
	}
	for _, c := range configured(root) {
		begun := false
		for _, s := range settingsOf(c) {
			if s.shared {
				continue
			}
			if !begun {
				fmt.Fprintf(&b, "\n%s:\n", c.Name())
				begun = true
			}
			one("  ", c.Flags().Lookup(s.flag))
		}
	}
	return b.Bytes()
}

func TestConfigPages(t *testing.T) {
	for name, want := range map[string][]byte{"../docs/configuration.md": configPage(), "../docs/config.yaml": configSample()} {
		if *update {
			if err := os.WriteFile(name, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is stale (%v): run go test ./cmd -run TestConfigPages -update", name, err)
		}
	}
}

// Every setting of the sample can be set so, and as it stands it sets none.
func TestConfigSample(t *testing.T) {
	root := rootCommand(streams{})
	sample := string(configSample())
	list, err := parseConfig(root, "config.yaml", []byte(sample))
	if err != nil || len(list) != 0 {
		t.Errorf("as it stands the sample says %v (%v)", list, err)
	}
	var bare []string
	for line := range strings.Lines(sample) {
		if key := strings.TrimLeft(line, " "); strings.HasPrefix(key, "#") && !strings.HasPrefix(key, "# ") {
			line = strings.Replace(line, "#", "", 1)
		}
		bare = append(bare, line)
	}
	list, err = parseConfig(root, "config.yaml", []byte(strings.Join(bare, "")))
	if err != nil {
		t.Fatal(err)
	}
	set := map[string]bool{}
	for _, w := range list {
		set[w.flag] = true
		if w.value == "GeoLite2-ASN.mmdb" || w.value == "GeoLite2-Country.mmdb" || w.flag == "anonymize-key" || strings.HasSuffix(w.value, ".mmdb") {
			continue // these are not there
		}
		for _, c := range configured(root) {
			if c.Flags().Lookup(w.flag) == nil || w.command != "" && w.command != c.Name() {
				continue
			}
			if err := obey(c, []wish{w}); err != nil {
				t.Error(err)
			}
		}
	}
	for _, s := range settings {
		if !set[s.flag] {
			t.Errorf("%s is not in the sample", s.flag)
		}
	}
}

// What the page shows can be read, but for the file that it names.
func TestConfigPageSample(t *testing.T) {
	_, sample, _ := strings.Cut(configHead, "    tz: ")
	sample, _, _ = strings.Cut("    tz: "+sample, "\n\n")
	list, err := parseConfig(rootCommand(streams{}), "config.yaml", []byte(strings.ReplaceAll(sample, "\n    ", "\n")[4:]))
	if err != nil || len(list) != 9 {
		t.Errorf("the sample says %v (%v)", list, err)
	}
}

// Every flag is a setting, or is about one run: a new one has to say which.
func TestFlagsAreSettings(t *testing.T) {
	once := map[string]bool{"since": true, "until": true, "why": true, "output": true, "stdin-name": true, "unparsed": true, "undo": true,
		"what-if": true, "update": true, "junit": true, "run": true, "times": true, "help": true}
	for _, c := range configured(rootCommand(streams{})) {
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			known := false
			for _, s := range settings {
				known = known || s.flag == f.Name
			}
			if known == once[f.Name] {
				t.Errorf("%s: put it on the list of settings, in settings.go, or on that of flags about one run, here", f.Name)
			}
		})
	}
}

// The user's file is stronger than the system's; their lists add up.
func TestConfigFilesAdd(t *testing.T) {
	folder := t.TempDir()
	var files []configFile
	for name, text := range map[string]string{"1.yaml": "tz: UTC\nnice: 1\nallow: 192.0.2.1\n", "2.yaml": "tz: Asia/Tokyo\nallow: [192.0.2.2, 192.0.2.3]\n"} {
		if err := os.WriteFile(folder+"/"+name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"1.yaml", "none.yaml", "2.yaml"} {
		files = append(files, configFile{Path: folder + "/" + name})
	}
	root := rootCommand(streams{})
	list, err := wishes(root, files, false, nil)
	if err != nil || !files[0].Read || files[1].Read || !files[2].Read {
		t.Fatalf("read %v: %v", files, err)
	}
	c := having(root, "allow")[0]
	if err := obey(c, list); err != nil {
		t.Fatal(err)
	}
	for flag, want := range map[string]string{"tz": "Asia/Tokyo", "nice": "1", "allow": "[192.0.2.2,192.0.2.3,192.0.2.1]"} {
		if got := c.Flags().Lookup(flag).Value.String(); got != want {
			t.Errorf("%s is %s, want %s", flag, got, want)
		}
	}
}

// Whatever a file holds, it is read or refused, and a place is named.
func FuzzConfig(f *testing.F) {
	f.Add(string(configSample()))
	f.Add("tz: &a UTC\nevents: {tz: *a}\n")
	f.Add("allow: [*a]\n")
	f.Add("? {a: b}\n: c\n")
	f.Add("a: &a [*a]\n")
	f.Add("!!binary aGk=: !!set {a}\n")
	root := rootCommand(streams{})
	f.Fuzz(func(t *testing.T, text string) {
		list, err := parseConfig(root, "config.yaml", []byte(text))
		if err != nil && !strings.HasPrefix(err.Error(), "config.yaml:") {
			t.Errorf("%q: %v", text, err)
		}
		for _, w := range list {
			if w.value == "" || !strings.HasPrefix(w.place, "config.yaml:") {
				t.Errorf("%q: %v", text, w)
			}
		}
		if err == nil && yaml.Unmarshal([]byte(text), new(yaml.Node)) != nil {
			t.Errorf("%q is no YAML, and was read", text)
		}
	})
}
