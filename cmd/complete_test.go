package cmd

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A shell asks in shells' own ways what a line that was begun could become. The
// script of the completion is $1, the line is $2.
var shells = []struct {
	name, needs string // needs is a file besides the shell
	ask         string
}{
	{"bash", "/usr/share/bash-completion/bash_completion", `
source /usr/share/bash-completion/bash_completion
source "$1"
read -ra COMP_WORDS <<<"$2"
[[ $2 == *' ' ]] && COMP_WORDS+=('')
COMP_LINE=$2 COMP_POINT=${#2} COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_TYPE=9
compopt() { :; } # which works only while the user types
eval "$(complete -p logsleuth | sed -E 's/.*-F ([^ ]+).*/\1/')" logsleuth "${COMP_WORDS[COMP_CWORD]}"
printf '%s\n' "${COMPREPLY[@]}"`},
	{"fish", "", `source $argv[1]; complete --do-complete "$argv[2]"`},
	// zsh completes only at a terminal: here one of its own, in which Tab is typed.
	{"zsh", "", `
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "RPROMPT= zle_bracketed_paste=(); cd ${(q)PWD}; autoload -Uz compinit; compinit -u -D; source ${(q)1}; compdef _logsleuth logsleuth; zstyle ':completion:*' insert-tab false; COLUMNS=200; setopt no_beep; PROMPT=$'\\x72eady>'"
zpty -r shell line '*ready>*'
zpty -w shell "$2"$'\t\x15print do""ne'
zpty -r shell line '*done*'
print -r -- "$line"
zpty -d shell`},
}

// What shells make of lines that were begun.
func TestCompletion(t *testing.T) {
	program := filepath.Join(t.TempDir(), "logsleuth")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", program, "..").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	folder := t.TempDir()
	for _, name := range []string{"report.json", "other.txt", "own.mmdb"} {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(folder, "cases"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, sh := range shells {
		t.Run(sh.name, func(t *testing.T) {
			t.Parallel()
			if _, err := exec.LookPath(sh.name); err != nil {
				t.Skip(err)
			}
			if _, err := os.Stat(sh.needs); err != nil && sh.needs != "" {
				t.Skip(err)
			}
			script := filepath.Join(t.TempDir(), "_logsleuth")
			if err := os.WriteFile(script, mustRun(t, "completion", sh.name), 0o666); err != nil {
				t.Fatal(err)
			}
			for _, test := range []struct{ line, offers, not string }{ // fish filters no files
				{"logsleuth an", `analyze`, `events`},
				{"logsleuth analyze --format csv", `csv-timeline`, `json`},
				{"logsleuth respond --as f", `fail2ban`, `nftables`},
				{"logsleuth explain AH0016", `AH00161`, `AH00051`},
				{"logsleuth analyze --color=n", `never`, `always`},
				{"logsleuth render r", `report\.json`, `other`},
				{"logsleuth analyze --geoip-db o", `own\.mmdb`, `other`},
				{"logsleuth analyze o", `other\.txt|^\n$`, ``}, // bash leaves that to its readline
				{"logsleuth check c", `cases`, `other`},
				{"logsleuth analyze --allow @o", `@other\.txt`, `report`},
			} {
				ask := exec.Command(sh.name, "-c", sh.ask, sh.name, script, test.line)
				if sh.name == "fish" {
					ask = exec.Command(sh.name, "--no-config", "-c", sh.ask, script, test.line)
				}
				ask.Dir = folder
				ask.Env = append(os.Environ(), "PATH="+filepath.Dir(program)+":"+os.Getenv("PATH"), "TERM=dumb", "HOME="+folder)
				if sh.name == "fish" {
					test.not = strings.TrimPrefix(test.not, "other")
				}
				out, err := ask.CombinedOutput()
				got := strings.ReplaceAll(string(out), "\r", "")
				if err != nil || !regexp.MustCompile(test.offers).MatchString(got) || test.not != "" && regexp.MustCompile(test.not).MatchString(got) {
					t.Errorf("%s: %q offers %q (%v), want %s and not %s", sh.name, test.line, got, err, test.offers, test.not)
				}
			}
		})
	}
}

// Every flag says what it takes, or that no shell can know.
func TestFlagsComplete(t *testing.T) {
	files := map[string]bool{"output": true, "anonymize-key": true} // of any name
	root := rootCommand(streams{})
	for _, c := range append(root.Commands(), root) {
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			complete, ok := c.GetFlagCompletionFunc(f.Name)
			if !ok && f.Value.Type() != "bool" && !files[f.Name] {
				t.Errorf("%s --%s has no completion: say in completeFlags what it takes", c.CommandPath(), f.Name)
			}
			if !ok {
				return
			}
			if _, directive := complete(c, nil, ""); directive == cobra.ShellCompDirectiveError {
				t.Errorf("%s --%s: the completion fails", c.CommandPath(), f.Name)
			}
		})
		if c.ValidArgsFunction == nil && c.Use != "analyze FILE…" && c.Use != "events FILE…" && c.Use != "respond FILE…" && c != root {
			t.Errorf("%s completes names of files", c.CommandPath())
		}
	}
}
