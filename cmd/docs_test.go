package cmd

import (
	"bytes"
	"context"
	"fmt"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestDocsRun runs the commands of each page as somebody types them who follows it,
// one after the other in a copy of testdata, and compares what they print. With
// -update it writes what they print into the page.
func TestDocsRun(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil || runtime.GOOS == "windows" {
		t.Skip("there is no Unix shell")
	}
	for _, p := range docPages(t) {
		if p.made {
			continue
		}
		var commands []*docCommand
		files := make(map[*docCommand][]*docBlock) // written before it
		var written []*docBlock
		for _, b := range p.blocks {
			switch b.mark {
			case "not run":
				continue
			case "needs":
				if _, err := exec.LookPath(b.arg); err != nil {
					t.Logf("%s:%d: not run, for there is no %s", p.name, b.line+1, b.arg)
					continue
				}
			case "file":
				written = append(written, b)
				continue
			}
			for _, c := range b.commands() {
				files[c], written = written, nil
				commands = append(commands, c)
			}
		}
		if len(commands) == 0 {
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			if !*update {
				t.Parallel()
			}
			p.run(t, commands, files)
			if *update && !t.Failed() {
				p.rewrite(t, commands)
			}
		})
	}
}

// docPrelude makes of a folder with testdata what a clone is to the commands of the
// pages: Go's part in them is to build programs. logsleuth is the test's own.
const docPrelude = `
git() {
	[ "$1" = clone ] && mkdir "${2##*/}" && cp -R testdata "${2##*/}"
}
go() {
	case "$1 $2" in
	"run .") shift 2; logsleuth "$@" ;;
	"build -o") ln -s "$(command -v logsleuth)" "$3" ;;
	"run ./simulate/generate") shift 2
		[ -x "$BUILT/generate" ] || (cd "$PROJECT" && command go build -buildvcs=false -o "$BUILT/generate" ./simulate/generate) || return
		"$BUILT/generate" "$@" ;;
	*) echo "go $*: not in the tests: mark it" >&2; return 127 ;;
	esac
}
`

// run runs a page's commands in one shell and compares what they print. What they
// show is then what they printed, where the tests are to be updated.
func (p *docPage) run(t *testing.T, commands []*docCommand, files map[*docCommand][]*docBlock) {
	dir, out := t.TempDir(), t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "testdata"), os.DirFS("../testdata")); err != nil {
		t.Fatal(err)
	}
	project, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	script.WriteString(docPrelude)
	for i, c := range commands {
		for n, b := range files[c] {
			from := filepath.Join(out, fmt.Sprintf("file%d.%d", i, n))
			if err := os.WriteFile(from, []byte(strings.Join(b.lines, "\n")+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&script, "mkdir -p \"$(dirname '%s')\" && cp '%s' '%[1]s'\n", b.arg, from)
		}
		// In the shell itself, so that cd and variables stay; its status stays too.
		fmt.Fprintf(&script, "(exit ${status-0})\n{ %s\n} >'%s/%d' 2>&1\nstatus=$?; echo $status >'%[2]s/%[3]d.status'\n", c.text, out, i)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	sh := exec.CommandContext(ctx, "sh", "-c", script.String())
	sh.Dir = dir
	sh.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + dir, "LANG=C.UTF-8", "TZ=UTC", "GORACE=atexit_sleep_ms=0",
		"PROJECT=" + project, "BUILT=" + out}
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOFLAGS", "GOTOOLCHAIN"} {
		value, err := exec.Command("go", "env", name).Output()
		if err != nil {
			t.Fatalf("go env %s: %v", name, err)
		}
		sh.Env = append(sh.Env, name+"="+strings.TrimSpace(string(value)))
	}
	if text, err := sh.CombinedOutput(); ctx.Err() != nil {
		t.Fatalf("%s: %v\n%s", p.name, err, text)
	}
	for i, c := range commands {
		what := fmt.Sprintf("%s:%d: %s", p.name, c.line+1, c.text)
		text, err := os.ReadFile(filepath.Join(out, strconv.Itoa(i)))
		if err != nil {
			t.Fatalf("%s: did not run: %v", what, err)
		}
		status, err := os.ReadFile(filepath.Join(out, strconv.Itoa(i)+".status"))
		if err != nil {
			t.Fatalf("%s: did not end: %v\n%s", what, err, text)
		}
		told := i+1 < len(commands) && commands[i+1].text == "echo $?"
		if got := strings.TrimSpace(string(status)); got != "0" && !told {
			t.Errorf("%s: exit %s, and the page does not go on with \"$ echo $?\":\n%s", what, got, text)
		}
		if !c.showsWhole {
			continue
		}
		got := withoutEmptyEnd(strings.Split(string(text), "\n"))
		if matchLines(c.shown, got) {
			continue
		}
		if *update {
			if c.shown, err = renew(c.shown, got); err != nil {
				t.Errorf("%s: %v", what, err)
			}
			continue
		}
		t.Errorf("%s\nprints\n%s\nbut the page shows\n%s\n%sif the page is to follow: go test ./cmd -run TestDocsRun -update && git diff",
			what, strings.Join(got, "\n"), strings.Join(c.shown, "\n"), notPrinted(c.shown, got))
	}
}

// notPrinted names the first line that a page shows and that is nowhere printed.
func notPrinted(shown, got []string) string {
	for _, line := range shown {
		if strings.TrimSpace(line) != anyLines && !slices.ContainsFunc(got, func(g string) bool { return matchLine(line, g) }) {
			return fmt.Sprintf("where this line is not printed:\n%s\n", line)
		}
	}
	return ""
}

// rewrite writes the page anew with what its commands show now.
func (p *docPage) rewrite(t *testing.T, commands []*docCommand) {
	show := make(map[int]*docCommand)
	for _, c := range commands {
		show[c.line] = c
	}
	var out []string
	next := 0
	for _, b := range p.blocks {
		for _, c := range b.commands() {
			now := show[c.line]
			if now == nil || !c.showsWhole || slices.Equal(now.shown, c.shown) {
				continue
			}
			out = append(out, p.lines[next:c.line+1]...)
			for _, line := range now.shown {
				out = append(out, strings.TrimRight(b.indent+line, " "))
			}
			next = c.line + 1 + len(c.shown)
		}
	}
	text := strings.Join(append(out, p.lines[next:]...), "\n") + "\n"
	if err := os.WriteFile("../"+p.name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestDocsFlags looks at every call of logsleuth in the pages, run or not: its
// command, its flags and their values are those that there are.
func TestDocsFlags(t *testing.T) {
	for _, p := range docPages(t) {
		for _, b := range p.blocks {
			if b.mark == "file" && !strings.HasSuffix(b.arg, ".sh") && !strings.HasSuffix(b.arg, ".yml") {
				continue
			}
			text := strings.Join(b.lines, "\n")
			if commands := b.commands(); commands != nil {
				text = ""
				for _, c := range commands {
					text += c.text + "\n"
				}
			} else if b.mark == "" && !p.made && bareCommand.MatchString(text) {
				t.Errorf("%s:%d: a command without a \"$ \" before it, and no mark such as <!-- not run: why -->", p.name, b.line+1)
			}
			if (b.mark == "not run" || b.mark == "needs") && b.arg == "" {
				t.Errorf("%s:%d: say why it is not run, or what it needs", p.name, b.line+1)
			}
			for _, args := range invocations(text) {
				if err := checkArgs(args); err != nil {
					t.Errorf("%s: in the block at line %d: logsleuth %s: %v", p.name, b.line+1, strings.Join(args, " "), err)
				}
			}
		}
		for _, s := range p.spans {
			if args, ok := strings.CutPrefix(s.text, "logsleuth "); ok {
				for _, args := range invocations("logsleuth " + args) {
					if err := checkArgs(args); err != nil {
						t.Errorf("%s:%d: `%s`: %v", p.name, s.line+1, s.text, err)
					}
				}
			} else if strings.HasPrefix(s.text, "--") {
				name, _, _ := strings.Cut(strings.Fields(s.text)[0], "=")
				if !anyFlag(wholeCommand(), strings.TrimPrefix(name, "--")) {
					t.Errorf("%s:%d: `%s`: no command has this flag; if it is another program's, write its name before it", p.name, s.line+1, s.text)
				}
			}
		}
	}
}

// bareCommand is a line that calls the program.
var bareCommand = regexp.MustCompile(`(?m)^\$? ?(sudo )?(\./)?logsleuth [a-z]`)

// wholeCommand is the root command with what cobra adds to it.
func wholeCommand() *cobra.Command {
	root := rootCommand(streams{})
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd("completion")
	root.InitDefaultVersionFlag()
	return root
}

// checkArgs tells what is wrong with arguments of logsleuth.
func checkArgs(args []string) error {
	root := wholeCommand()
	c, rest, err := root.Find(args)
	if err != nil {
		return err
	}
	c.InitDefaultHelpFlag()
	if err := c.ParseFlags(rest); err != nil && err != pflag.ErrHelp {
		return err
	}
	if c == root {
		return noSuchCommand(root, c.Flags().Args())
	}
	c.Flags().Visit(func(f *pflag.Flag) {
		complete, ok := c.GetFlagCompletionFunc(f.Name)
		if !ok || f.Value.String() == "…" {
			return
		}
		values, _ := complete(c, nil, "")
		for i, value := range values {
			values[i], _, _ = strings.Cut(value, "\t")
			if !strings.Contains(f.Usage, values[i]) { // it may be something else too
				return
			}
		}
		if len(values) > 0 && !slices.Contains(values, f.Value.String()) {
			err = fmt.Errorf("--%s may be %s, not %q", f.Name, strings.Join(values, ", "), f.Value)
		}
	})
	return err
}

// anyFlag tells whether any command has a flag.
func anyFlag(c *cobra.Command, name string) bool {
	c.InitDefaultHelpFlag()
	if c.Flags().Lookup(name) != nil || c.PersistentFlags().Lookup(name) != nil {
		return true
	}
	return slices.ContainsFunc(c.Commands(), func(c *cobra.Command) bool { return anyFlag(c, name) })
}

// A page that went stale is found, whatever it is that did.
func TestDocsAreHeldToWhatIsPrinted(t *testing.T) {
	lines := func(s string) []string { return strings.Split(s, "\n") }
	got := lines("one\ntwo 2 lines\nthree\nfour")
	for shown, want := range map[string]bool{
		"one\ntwo 2 lines\nthree\nfour":       true,
		"one\n…\nfour":                        true,
		"…\nthree\n…":                         true,
		"…":                                   true,
		"one\ntwo […] lines\n…":               true,
		"one\ntwo 3 lines\nthree\nfour":       false,
		"one\n…\nfive":                        false,
		"one\ntwo […] rows\n…":                false,
		"one\ntwo 2 lines\nthree":             false,
		"one\ntwo 2 lines\nthree\nfour\nfive": false,
	} {
		if matchLines(lines(shown), got) != want {
			t.Errorf("%q for %q: want %t", shown, got, want)
		}
	}
	for shown, want := range map[string]string{
		"one\ntwo 3 lines\n…":       "one\ntwo 2 lines\n…",
		"…\ntwo 3 lines\n…\nfour":   "…\ntwo 2 lines\n…\nfour",
		"…\ntwo […] lines\nfore\n…": "…\ntwo […] lines\nthree\n…",
		"a\nb":                      "one\ntwo 2 lines\nthree\nfour",
	} {
		if now, err := renew(lines(shown), got); err != nil || strings.Join(now, "\n") != want {
			t.Errorf("%q becomes %q (%v), want %q", shown, now, err, want)
		}
	}
	if now, err := renew(lines("…\nfourteen\n…"), got); err == nil {
		t.Errorf("what is not there became %q", now)
	}

	p, err := readPage("page.md", "Text `--top`.\n\n    $ echo a\n    a\n\n    $ cat <<EOF\n    > b\n    > EOF\n    b\n\n<!-- not run: needs a host -->\n```sh\nssh host logsleuth events -\n```\n")
	if err != nil || len(p.blocks) != 2 || p.blocks[1].mark != "not run" || p.blocks[1].arg != "needs a host" || len(p.spans) != 1 {
		t.Fatalf("%+v, %v", p, err)
	}
	if c := p.blocks[0].commands(); len(c) != 2 || c[1].text != "cat <<EOF\nb\nEOF" || c[1].line != 7 || !slices.Equal(c[0].shown, []string{"a"}) {
		t.Errorf("%+v", c)
	}

	for text, want := range map[string]string{
		`logsleuth analyze 'a b' | sort >out`:                       `[[analyze a b]]`,
		`ssh host logsleuth events - && ./logsleuth schema >x # no`: `[[events -] [schema]]`,
		`ssh host 'sudo logsleuth analyze --top 3 a' 2>/dev/null`:   `[[analyze --top 3 a]]`,
		`go run . check x; go install github.com/a/logsleuth@v1`:    `[[check x]]`,
		"logsleuth analyze a >b\nlogsleuth schema 2>&1 >c":          `[[analyze a] [schema]]`,
		"go build -o logsleuth .; curl host:9200/logsleuth -X PUT":  `[]`,
	} {
		if got := fmt.Sprint(invocations(text)); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	for args, want := range map[string]bool{
		"analyze --format html FILE…": true, "analyze --format htm x": false, "analyze --whom x": false,
		"analyse x": false, "events --help": true, "--version": true, "respond --as nftables --undo x": true,
		"check --workers many x": false, "completion bash": true, "help events": true,
	} {
		if err := checkArgs(strings.Fields(args)); (err == nil) != want {
			t.Errorf("logsleuth %s: %v", args, err)
		}
	}
}

// What the pages show of Go is Go as it is written here.
func TestDocsGo(t *testing.T) {
	for _, p := range docPages(t) {
		for _, b := range p.blocks {
			if b.lang != "go" {
				continue
			}
			text := strings.Join(b.lines, "\n") + "\n"
			if got, err := format.Source([]byte(text)); err != nil || string(got) != text {
				t.Errorf("%s:%d: gofmt would change it (%v) into\n%s", p.name, b.line+1, err, got)
			}
		}
	}
}

// TestDocsNames looks for the tests and the files that pages name.
func TestDocsNames(t *testing.T) {
	tests := make(map[string]bool)
	files, err := filepath.Glob("../*/*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	below, _ := filepath.Glob("../*/*/*_test.go")
	top, _ := filepath.Glob("../*_test.go")
	for _, name := range slices.Concat(files, below, top) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllSubmatch(text, -1) {
			tests[string(m[1])] = true
		}
	}
	file := regexp.MustCompile(`^[a-z]+/[a-z_/]+\.(go|txt|json|md)$`)
	for _, p := range docPages(t) {
		for _, s := range p.spans {
			if strings.HasPrefix(s.text, "Test") && !tests[s.text] {
				t.Errorf("%s:%d: no test is called %s", p.name, s.line+1, s.text)
			}
			if !file.MatchString(s.text) {
				continue
			}
			folder, _, _ := strings.Cut(s.text, "/")
			if _, err := os.Stat("../" + folder); err != nil { // the reader's
				continue
			}
			if _, err := os.Stat("../" + s.text); err != nil {
				t.Errorf("%s:%d: there is no file %s", p.name, s.line+1, s.text)
			}
		}
	}
}

// TestDocsLinks follows the links from page to page.
func TestDocsLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)(?:#([^)]*))?\)`)
	heading := regexp.MustCompile(`(?m)^#+ (.+)$`)
	unlettered := regexp.MustCompile(`[^\p{L}\p{N} _-]`)
	for _, p := range docPages(t) {
		text := strings.Join(p.lines, "\n")
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			name := filepath.Join("..", filepath.Dir(p.name), m[1])
			if _, err := os.Stat(name); err != nil {
				t.Errorf("%s: the link to %s leads nowhere", p.name, m[1])
				continue
			}
			if m[2] == "" {
				continue
			}
			to, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, h := range heading.FindAllSubmatch(to, -1) {
				slug := strings.ReplaceAll(strings.ToLower(string(unlettered.ReplaceAll(h[1], nil))), " ", "-")
				found = found || slug == m[2]
			}
			if !found {
				t.Errorf("%s: %s has no heading #%s", p.name, m[1], m[2])
			}
		}
	}
}

// referenceHead is what a page of the reference begins with.
const referenceHead = `# logsleuth %s

This page is made from the command itself. Write it anew with ` + "`go test ./cmd -run TestReferencePages -update`" + `.

%s
`

// referencePages are the pages of docs/reference by their names.
func referencePages() map[string][]byte {
	pages := make(map[string][]byte)
	var index bytes.Buffer
	fmt.Fprintf(&index, "# Commands\n\nThis page is made from the commands themselves. Write it anew with `go test ./cmd -run TestReferencePages -update`.\n\n| command | |\n| --- | --- |\n")
	var add func(c *cobra.Command)
	add = func(c *cobra.Command) {
		for _, c := range c.Commands() {
			if !c.IsAvailableCommand() {
				continue
			}
			path := strings.TrimPrefix(c.CommandPath(), "logsleuth ")
			name := strings.ReplaceAll(path, " ", "-") + ".md"
			fmt.Fprintf(&index, "| [%s](%s) | %s |\n", path, name, c.Short)
			pages[name] = referencePage(path, c)
			add(c)
		}
	}
	add(wholeCommand())
	pages["README.md"] = index.Bytes()
	return pages
}

func referencePage(path string, c *cobra.Command) []byte {
	var b bytes.Buffer
	c.InitDefaultHelpFlag()
	text, status, _ := strings.Cut(c.Long, "\n\nExit status: ")
	if status == "" {
		status = "0 all was done, 2 not all could be done."
	}
	if path, _, _ := strings.Cut(path, " "); path == "completion" { // cobra's own words have indented commands in them
		text = c.Short + "."
		if c.HasParent() && c.Parent().Name() == path {
			text += " `" + c.CommandPath() + " --help` says how to load it."
		}
	}
	fmt.Fprintf(&b, referenceHead, path, text)
	fmt.Fprintf(&b, "\n    %s\n", c.UseLine())
	if c.Example != "" {
		b.WriteString("\n## Examples\n\n")
		for line := range strings.Lines(c.Example) {
			b.WriteString("  " + line)
		}
		b.WriteByte('\n')
	}
	b.WriteString("\n## Flags\n\n| flag | takes | unless given | |\n| --- | --- | --- | --- |\n")
	row := func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		takes, usage := pflag.UnquoteUsage(f)
		switch takes {
		case "string", "stringArray":
			takes = "text"
		case "int", "float":
			takes = "number"
		}
		flag := "`--" + f.Name + "`"
		if f.Shorthand != "" {
			flag = "`-" + f.Shorthand + "`, " + flag
		}
		unless := ""
		switch f.DefValue {
		case "", "false", "[]", "0":
		default:
			unless = "`" + f.DefValue + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", flag, takes, unless, strings.ReplaceAll(usage, "|", `\|`))
	}
	c.LocalFlags().VisitAll(row)
	c.InheritedFlags().VisitAll(row)
	fmt.Fprintf(&b, "\n## Exit status\n\n%s\n", status)
	return b.Bytes()
}

func TestReferencePages(t *testing.T) {
	const folder = "../docs/reference"
	pages := referencePages()
	if *update {
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, page := range pages {
			if err := os.WriteFile(filepath.Join(folder, name), page, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	const stale = "%s/%s is stale (%v): run go test ./cmd -run TestReferencePages -update"
	for name, page := range pages {
		if got, err := os.ReadFile(filepath.Join(folder, name)); err != nil || !bytes.Equal(got, page) {
			t.Errorf(stale, folder, name, err)
		}
	}
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if pages[file.Name()] == nil {
			t.Errorf(stale, folder, file.Name(), "no command is called so")
		}
	}
}
