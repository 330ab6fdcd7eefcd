package cmd

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A docPage is a page of the documentation, as a file of lines.
type docPage struct {
	name   string // from the top of the project
	lines  []string
	blocks []*docBlock
	spans  []docSpan
	made   bool // from the code: another test holds it to that
}

// A docBlock is a block of code in a page. The mark is a remark in HTML before it:
//
//	<!-- run -->              each of its lines is a command, of which nothing is shown
//	<!-- not run: why -->     its commands need what is not there; their flags are checked
//	<!-- needs: program -->   they are run where there is such a program
//	<!-- file: name -->       what the reader writes into a file
//
// Without one, a line behind a "$ " is a command, those behind "> " belong to it,
// and what follows is what it prints. A line with nothing but … stands for any
// number of lines, and […] within a line for any text.
type docBlock struct {
	line      int    // of its first line, from 0
	indent    string // before each line
	lang      string // of a fenced block, "" where it names none
	mark, arg string
	lines     []string // without the indent
}

// A docSpan is code within a sentence.
type docSpan struct {
	line int
	text string
}

// A docCommand is a command of a block and what the page says that it prints.
type docCommand struct {
	line       int // of its last line, from 0
	text       string
	shown      []string
	showsWhole bool // what it prints has to be as shown
}

const anyLines, anyText = "…", "[…]"

var (
	docMark = regexp.MustCompile(`^<!-- (run|not run|needs|file)(?:: (.+))? -->$`)
	docCode = regexp.MustCompile("`([^`]+)`")
)

// docPages reads the pages of the documentation.
func docPages(t *testing.T) (pages []*docPage) {
	t.Helper()
	names := []string{"README.md", "CONTRIBUTING.md"}
	for _, pattern := range []string{"docs/*.md", "docs/*/*.md", "docs/*/*/*.md"} {
		found, err := filepath.Glob("../" + pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range found {
			names = append(names, strings.TrimPrefix(filepath.ToSlash(name), "../"))
		}
	}
	for _, name := range names {
		text, err := os.ReadFile("../" + name)
		if err != nil {
			t.Fatal(err)
		}
		p, err := readPage(name, string(text))
		if err != nil {
			t.Fatal(err)
		}
		pages = append(pages, p)
	}
	return pages
}

// readPage finds the blocks and spans of code in a page.
func readPage(name, text string) (*docPage, error) {
	p := &docPage{name: name, lines: strings.Split(strings.TrimSuffix(text, "\n"), "\n")}
	before := "" // the last line that is not empty
	for i := 0; i < len(p.lines); i++ {
		line := p.lines[i]
		trimmed := strings.TrimLeft(line, " ")
		indent := line[:len(line)-len(trimmed)]
		b := &docBlock{line: i}
		switch {
		case strings.HasPrefix(trimmed, "```"):
			b.indent, b.lang, b.line = indent, strings.TrimLeft(trimmed, "`"), i+1
			for i++; i < len(p.lines) && strings.TrimSpace(p.lines[i]) != "```"; i++ {
				b.lines = append(b.lines, strings.TrimPrefix(p.lines[i], indent))
			}
			if i == len(p.lines) {
				return nil, fmt.Errorf("%s:%d: a block has no end", name, b.line)
			}
		case len(indent) >= 4 && (i == 0 || p.lines[i-1] == "" || docMark.MatchString(p.lines[i-1])):
			b.indent = "    "
			for ; i < len(p.lines) && (p.lines[i] == "" || strings.HasPrefix(p.lines[i], "    ")); i++ {
				b.lines = append(b.lines, strings.TrimPrefix(p.lines[i], "    "))
			}
			for i--; p.lines[i] == ""; i-- {
				b.lines = b.lines[:len(b.lines)-1]
			}
		default:
			p.made = p.made || strings.HasPrefix(line, "This page is made from ") || strings.Contains(line, "This page is made by `go test")
			for _, m := range docCode.FindAllStringSubmatch(line, -1) {
				p.spans = append(p.spans, docSpan{i, m[1]})
			}
			if line != "" {
				before = line
			}
			continue
		}
		if m := docMark.FindStringSubmatch(before); m != nil {
			b.mark, b.arg = m[1], m[2]
		}
		before = ""
		p.blocks = append(p.blocks, b)
	}
	return p, nil
}

// commands are those of a block that are to be run, and what they print.
func (b *docBlock) commands() (list []*docCommand) {
	for i, line := range b.lines {
		text, prompt := strings.CutPrefix(line, "$ ")
		switch more, ok := strings.CutPrefix(line, "> "); {
		case b.mark == "run":
			list = append(list, &docCommand{line: b.line + i, text: line})
		case prompt:
			list = append(list, &docCommand{line: b.line + i, text: text, showsWhole: true})
		case len(list) == 0: // no commands
			return nil
		case ok && len(list[len(list)-1].shown) == 0:
			c := list[len(list)-1]
			c.line, c.text = b.line+i, c.text+"\n"+more
		default:
			c := list[len(list)-1]
			c.shown = append(c.shown, line)
		}
	}
	for _, c := range list {
		c.shown = withoutEmptyEnd(c.shown)
	}
	return list
}

func withoutEmptyEnd(lines []string) []string {
	for len(lines) > 0 && strings.TrimSpace(lines[len(lines)-1]) == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// matchLines tells whether what is shown stands for what was printed.
func matchLines(shown, got []string) bool {
	if len(shown) == 0 {
		return len(got) == 0
	}
	if strings.TrimSpace(shown[0]) == anyLines {
		for skip := range len(got) + 1 {
			if matchLines(shown[1:], got[skip:]) {
				return true
			}
		}
		return false
	}
	return len(got) > 0 && matchLine(shown[0], got[0]) && matchLines(shown[1:], got[1:])
}

func matchLine(shown, got string) bool {
	parts := strings.Split(strings.TrimRight(shown, " "), anyText)
	got, ok := strings.CutPrefix(strings.TrimRight(got, " "), parts[0])
	if len(parts) == 1 {
		return ok && got == ""
	}
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(got, part)
		if i < 0 {
			return false
		}
		got = got[i+len(part):]
	}
	return ok && strings.HasSuffix(got, parts[len(parts)-1])
}

// renew is what is to be shown of what was printed, with the same lines left out as
// before: each stretch of lines goes where it is most like what was printed.
func renew(shown, got []string) ([]string, error) {
	if !slices.ContainsFunc(shown, func(line string) bool { return strings.TrimSpace(line) == anyLines }) && !strings.Contains(strings.Join(shown, ""), anyText) {
		return got, nil // nothing is left out
	}
	var out []string
	for i := 0; i < len(shown); {
		if strings.TrimSpace(shown[i]) == anyLines {
			out = append(out, shown[i])
			i++
			continue
		}
		end := i
		for end < len(shown) && strings.TrimSpace(shown[end]) != anyLines {
			end++
		}
		part := shown[i:end]
		first, last := 0, len(got)-len(part)
		if i == 0 {
			last = min(last, 0)
		}
		if end == len(shown) {
			first = last
		}
		if i == 0 && end == len(shown) && len(part) != len(got) {
			return got, nil
		}
		best, at := -1, 0
		for n := first; n <= last && n >= 0; n++ {
			if like := likeness(part, got[n:n+len(part)]); like > best {
				best, at = like, n
			}
		}
		if best < 1 {
			return nil, fmt.Errorf("nothing that is printed is like %q; mend it by hand:\n%s", part[0], strings.Join(got, "\n"))
		}
		for n, line := range part {
			if strings.Contains(line, anyText) && matchLine(line, got[at+n]) {
				out = append(out, line)
			} else {
				out = append(out, got[at+n])
			}
		}
		got, i = got[at+len(part):], end
	}
	return out, nil
}

// likeness counts the words that lines have in common.
func likeness(a, b []string) (n int) {
	for i := range a {
		has := strings.Fields(b[i])
		for _, word := range strings.Fields(a[i]) {
			if slices.Contains(has, word) {
				n++
			}
		}
		if a[i] == b[i] {
			n++
		}
	}
	return n
}

// invocations finds in a shell's text what is given to logsleuth, once for each time.
func invocations(text string) (list [][]string) {
	var command []string
	end := func() {
		for i, word := range command {
			rest := command[i+1:]
			if word == "logsleuth" || strings.HasSuffix(word, "/logsleuth") && !strings.Contains(word, ":") {
				list = append(list, rest)
				break
			}
			if word == "go" {
				if len(rest) > 1 && rest[0] == "run" && rest[1] == "." {
					list = append(list, rest[2:])
				}
				break
			}
			if strings.Contains(word, "logsleuth ") { // a command within quotes, as ssh takes it
				list = append(list, invocations(word)...)
			}
		}
		command = nil
	}
	var word strings.Builder
	started := false
	redirect := false // the word is a file's name
	endWord := func() {
		if started && !redirect {
			command = append(command, word.String())
		}
		word.Reset()
		started, redirect = false, false
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && i+1 < len(text):
			if i++; text[i] != '\n' {
				word.WriteByte(text[i])
				started = true
			}
		case c == '\'' || c == '"':
			n := strings.IndexByte(text[i+1:], c)
			if n < 0 {
				n = len(text) - i - 1
			}
			word.WriteString(text[i+1 : i+1+n])
			started = true
			i += n + 1
		case c == '#' && !started:
			for i+1 < len(text) && text[i+1] != '\n' {
				i++
			}
		case strings.IndexByte("|&;()\n", c) >= 0:
			endWord()
			end()
		case c == '>' || c == '<':
			if b := word.String(); b == "1" || b == "2" { // 2>file
				word.Reset()
				started = false
			}
			endWord()
			redirect = true
			for i+1 < len(text) && strings.IndexByte(">& ", text[i+1]) >= 0 {
				i++
			}
		case c == ' ' || c == '\t':
			endWord()
		default:
			word.WriteByte(c)
			started = true
		}
	}
	endWord()
	end()
	return list
}
