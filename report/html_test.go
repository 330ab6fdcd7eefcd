package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/logsleuth/logsleuth/analyze"
	"github.com/logsleuth/logsleuth/parser"
)

// evil is what an attacker would like a browser to run.
const evil = `"'><img src=x onerror="window.owned=1"></script><script>window.owned=1</script><!--<script>` + "`${window.owned=1}` \u2028 javascript:window.owned=1"

// hostileHTML has it in every string but those that choose words and times.
func hostileHTML() *analyze.Result {
	r := eachText(hostile(), func(s string) string {
		if _, err := parseStamp(s); err == nil || s == "" {
			return s
		}
		return s + evil
	})
	r.Verdict.Cause, r.Timeline = analyze.CauseScan, flood().Timeline
	for i := range r.Clients {
		r.Clients[i].Standing = analyze.Attacker
	}
	r.Why = eachText(why(), func(s string) string {
		if _, err := parseStamp(s); err == nil || s == "" {
			return s
		}
		return s + evil
	}).Why
	for i := range r.Timeline.Buckets {
		r.Timeline.Buckets[i].Events = map[string]int64{"request.timeout": 9, evil: 30, "__proto__": 1}
		r.Timeline.Buckets[i].Lines = map[string]string{"request.timeout": evil + ":7", evil: evil}
	}
	r.Clients[0].Requests = &analyze.Requests{Count: 9, Status: map[string]int64{evil: 9}, Agents: []string{evil}, Missing: 2, Paths: []string{"/" + evil}}
	return r
}

func TestHTMLIsOneFileAndHoldsWhatItSays(t *testing.T) {
	outside := regexp.MustCompile(`(?i)(?:src|srcset|action|data|poster)=|@import|url\(`)
	scripts := regexp.MustCompile(`(?s)<(script|style)[^>]*>.*?</(script|style)>`)
	for _, r := range results {
		page := written(t, "html", r.result, Options{})
		if page != written(t, "html", r.result, Options{}) {
			t.Errorf("%s: the same result gives two pages", r.name)
		}
		if strings.Contains(page, "ZgotmplZ") {
			t.Errorf("%s: the template refuses a value", r.name)
		}
		if found := outside.FindString(scripts.ReplaceAllString(page, "")); found != "" && r.name != "hostile" {
			t.Errorf("%s: the page asks for something: %s", r.name, found)
		}
		if strings.Contains(page, "unsafe-") || !strings.Contains(page, "default-src &#39;none&#39;") {
			t.Errorf("%s: the policy is not strict", r.name)
		}
		if strings.Contains(page, "style=") || strings.Contains(page, " onclick=") {
			t.Errorf("%s: the policy forbids what the page uses", r.name)
		}
	}
}

func TestHTMLSaysWhatTextSays(t *testing.T) {
	page := written(t, "html", flood(), Options{})
	for _, want := range []string{
		"FLOOD", "likely (86%)", "It looks like an attack.", "that the flood began 14 seconds earlier", // verdict and doubt
		"203.0.113.205", "29 of the 31 workers", "error.log:1201, 1202, 1203", "31 of its lines are errors", // evidence for and against
		"Advanced_Ads-&gt;load_placements", "Lower MaxRequestWorkers", "nft delete table inet logsleuth", // code, advice, undo
		"Workers that fit (MaxRequestWorkers)", "they stand in access.log only", "sh: 1: convert: not found", sum, "2016 was taken from error.log",
		"logsleuth analyze --format=html /var/log/apache2/error.log /var/log/syslog", "https://db-ip.com",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %s", want)
		}
	}
	if page := written(t, "html", why(), Options{}); !strings.Contains(page, "AH01382: Request header read timeout") || !strings.Contains(page, "15 are needed") {
		t.Error("the page does not tell the reasoning that was asked for, with its lines")
	}
}

func TestHTMLMakesTextHarmless(t *testing.T) {
	page := written(t, "html", hostileHTML(), Options{})
	if n := strings.Count(page, "<script"); n != 4 {
		t.Errorf("the page has %d scripts, want 2 of its own and 2 of data", n)
	}
	for _, bad := range []string{"<img", "<!--", "\u202e", "\u2028", "\x1b", "href=\"javascript"} {
		if strings.Contains(strings.ToLower(page), bad) {
			t.Errorf("the page has %q", bad)
		}
	}
	for _, data := range regexp.MustCompile(`(?s)<script type="application/json"[^>]*>(.*?)</script>`).FindAllStringSubmatch(page, -1) {
		if strings.ContainsAny(data[1], "<>&") || !json.Valid([]byte(data[1])) {
			t.Errorf("data that could end its element: %.200s", data[1])
		}
	}
}

func TestHTMLRepeatsFilesThatAShellWouldObey(t *testing.T) {
	h, err := newHTMLPage(&analyze.Result{Inputs: []analyze.Input{{Path: "a b.log"}, {Path: "$(reboot).log"}, {Path: "it's"}}, Tool: analyze.Tool{Options: []string{"--since=2026-03-14 07:00"}}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := h.Repeat(), `logsleuth analyze --format=html '--since=2026-03-14 07:00' 'a b.log' '$(reboot).log' 'it'\''s'`; got != want {
		t.Errorf("to repeat: %s, want %s", got, want)
	}
}

func TestHTMLLooksAsBefore(t *testing.T) {
	page := written(t, "html", quiet(), Options{}) // without what changes by its own hand
	page = regexp.MustCompile(`(?s)<(script|style)>.*?</(script|style)>`).ReplaceAllString(page, "<$1>…</$1>")
	page = regexp.MustCompile(`sha256-.*?&#39;`).ReplaceAllString(page, "sha256-…&#39;")
	file := filepath.Join("testdata", "quiet.html")
	if *update {
		if err := os.WriteFile(file, []byte(page), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if page != string(want) {
		t.Errorf("the page differs from %s; go test ./report -update writes it anew\n%s", file, page)
	}
}

// room is what a page may take beside its data.
const room = 1 << 20

func TestHTMLIsSmall(t *testing.T) {
	r := crowd(50_000)
	h, err := newHTMLPage(r)
	if err != nil {
		t.Fatal(err)
	}
	page := written(t, "html", r, Options{})
	if n := len(page) - len(h.Everyone) - len(h.Drawing); n > room {
		t.Errorf("beside its data the page has %d bytes, more than %d", n, room)
	}
	t.Logf("%d clients: %d bytes, %d of them data", len(r.Clients), len(page), len(h.Everyone)+len(h.Drawing))
}

// crowd is a flood with many clients, each with what a client in a report has.
func crowd(n int) *analyze.Result {
	r := flood()
	for i := range n - len(r.Clients) {
		c := r.Clients[4]
		c.IP = fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255)
		c.Country = []string{"US", "KR", "DE", "NL", ""}[i%5]
		c.Org = fmt.Sprintf("Example Network %d", i%997)
		c.Events = map[string]int64{"db.gone": int64(i % 313), "request.timeout": int64(i % 7)}
		c.Evidence = []analyze.Evidence{{Rule: "only-harmed", Weight: -0.5, Text: "every line that names it is an error that honest visitors get too", Lines: []string{fmt.Sprintf("/var/log/apache2/error.log:%d", i)}}}
		c.Lines = c.Evidence[0].Lines
		r.Clients = append(r.Clients, c)
	}
	r.Totals.Clients = int64(n)
	return r
}

// drawn is r with a timeline that has something to draw.
func drawn(r *analyze.Result) *analyze.Result {
	kinds := r.Timeline.Buckets[0]
	r.Timeline.Buckets = nil
	for i := range 12 {
		b := kinds
		b.Start = time.Date(2016, 11, 8, 23, 49, 20+10*i, 0, time.UTC).Format("2006-01-02T15:04:05")
		r.Timeline.Buckets = append(r.Timeline.Buckets, b)
	}
	return r
}

// sample is the Result on a log of testdata/cases.
func sample(t *testing.T, name string, files ...string) *analyze.Result {
	t.Helper()
	facts := new(analyze.Facts)
	o := analyze.Options{Top: 10, Tool: tool}
	for i, file := range files {
		text, err := os.ReadFile(filepath.Join("../testdata/cases", name, file))
		if err != nil {
			t.Fatal(err)
		}
		s := parser.NewScanner(parser.Options{Years: parser.YearsNear(time.Date(2026, 3, 14, 0, 0, 0, 0, time.UTC))})
		s.Reset(text, 1, 0)
		for s.Next() {
			facts.Observe(i, s.Event())
		}
		o.Inputs = append(o.Inputs, analyze.Input{Path: file, SHA256: sum, Lines: int64(bytes.Count(text, []byte("\n")))})
	}
	return analyze.Judge(facts, o)
}

// TestHTMLInABrowser opens reports in Chromium: testdata/browser/check.mjs says what is tried.
func TestHTMLInABrowser(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("the HTML report is not tried in a browser: there is no node here")
	}
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("the HTML report is not tried in a browser: there is no chromium here")
	}
	if _, err := os.Stat("testdata/browser/node_modules/playwright-core"); err != nil {
		t.Skip("the HTML report is not tried in a browser: run npm ci in report/testdata/browser first")
	}
	folder := t.TempDir()
	for name, r := range map[string]*analyze.Result{"flood": sample(t, "flood", "error.log", "syslog"), "crowd": drawn(crowd(50_000)), "hostile": drawn(hostileHTML()), "why": drawn(why())} {
		if err := os.WriteFile(filepath.Join(folder, name+".html"), []byte(written(t, "html", r, Options{})), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	var out, faults bytes.Buffer
	c := exec.Command(node, "testdata/browser/check.mjs", chromium, folder)
	c.Stdout, c.Stderr = &out, &faults
	if err := c.Run(); err != nil || faults.Len() > 0 {
		t.Errorf("%v\n%s", err, faults.Bytes())
	}
	t.Logf("%s", out.Bytes())
}
