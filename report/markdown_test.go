package report

import (
	"fmt"
	"html"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// lures are what a forge or a chat makes something of.
var lures = []string{
	"<img src=x onerror=alert(1)>", "<!-- hidden", "&lt;b&gt;", "[click](http://evil.example)", "![x](http://evil.example/x.png)", "http://evil.example/",
	"www.evil.example", "evil.example", "root@evil.example", "@admin", "#12", "owner/name#12", "GH-12", "deadbeefcafe", "**bold**", "_it_", "~~gone~~", "`code", "``", "```",
	"a|b", "|", "| x | y |", "# heading", "- item", "+ item", "* item", "1. item", "1) item", "> quote", "---", "===", "    indented", "$x$", ":smile:", `\`, `\[x](y)`, "javascript:alert(1)",
	"<http://evil.example>", "[x]: http://evil.example", "&#64;admin", "`@admin`", "`a`|`@b`", "(@x)", "``@x", "http:`//x`",
}

func Example_inert() {
	fmt.Println(inert("GET /<b>?q=*x* by @root, see www.evil.example!"))
	// Output:
	// GET /&lt;b&gt;?q=\*x\* by `@root`, see `www.evil.example`!
}

// cmark renders as GitHub does, with its own program.
func cmark(t *testing.T, text string) string {
	t.Helper()
	path, err := exec.LookPath("cmark-gfm")
	if err != nil {
		t.Skip("cmark-gfm is not installed: check.sh does that")
	}
	c := exec.Command(path, "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough", "-e", "footnotes")
	c.Stdin = strings.NewReader(text)
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

var tag = regexp.MustCompile(`<[^>]*>`)

func TestMarkdownShowsHostileTextAsItIs(t *testing.T) {
	for _, lure := range append(lures, nasty) {
		for _, s := range []string{lure, "x " + lure, lure + " " + lure} {
			paragraph := cmark(t, inert(s)+"\n")
			cell := cmark(t, "| a | b |\n| --- | --- |\n| "+inert(s)+" | end |\n")
			item := cmark(t, "- "+inert(s)+"\n")
			for where, got := range map[string]string{"a paragraph": paragraph, "a cell": cell, "an item": item} {
				for _, made := range tag.FindAllString(got, -1) {
					if !regexp.MustCompile(`^</?(p|code|table|thead|tbody|tr|td|th|ul|li)>$`).MatchString(made) {
						t.Errorf("%q in %s makes %s: %s", s, where, made, got)
					}
				}
				shown := strings.Join(strings.Fields(html.UnescapeString(tag.ReplaceAllString(got, ""))), " ")
				if want := strings.Join(strings.Fields(plain(s)), " "); !strings.Contains(shown, want) {
					t.Errorf("%q in %s is shown as %q", s, where, shown)
				}
				outside := regexp.MustCompile(`(?s)<code>.*?</code>`).ReplaceAllString(got, "")
				if found := regexp.MustCompile(`@[a-z]|#\d|GH-\d|://|www\.|deadbeef|:smile:`).FindString(html.UnescapeString(outside)); found != "" {
					t.Errorf("%q in %s: %s stands outside of code: %s", s, where, found, got)
				}
			}
		}
	}
}

// A hostile report has as many headings, rows and blocks of code as a harmless one.
func TestMarkdownKeepsItsShape(t *testing.T) {
	count := func(rendered string) map[string]int {
		n := map[string]int{}
		for _, made := range tag.FindAllString(rendered, -1) {
			if made != "<code>" && made != "</code>" {
				n[made]++
			}
		}
		return n
	}
	want := count(cmark(t, written(t, "markdown", flood(), Options{Top: 5})))
	if want["<td>"]+want[`<td align="right">`] < 20 || want["<h3>"] < 4 {
		t.Fatalf("the report has no tables or headings: %v", want)
	}
	for _, lure := range lures {
		r := eachText(flood(), func(s string) string {
			if _, err := parseStamp(s); err == nil || s == "" {
				return s
			}
			return s + " " + lure
		})
		for i, c := range flood().Clients {
			r.Clients[i].Standing = c.Standing
		}
		r.Verdict.Cause, r.Totals, r.Titles = flood().Verdict.Cause, flood().Totals, flood().Titles
		got := count(cmark(t, written(t, "markdown", r, Options{Top: 5})))
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q changes the report from\n%v to\n%v", lure, want, got)
		}
	}
}

func TestFencesHold(t *testing.T) {
	got := cmark(t, fenced("   ", "sh", "a\n```\n<b>\n````\nend")+"\n@x\n")
	if !strings.Contains(got, "a\n```\n&lt;b&gt;\n````\nend\n</code></pre>") {
		t.Errorf("a fence is broken: %s", got)
	}
}
