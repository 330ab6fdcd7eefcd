package cmd

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/logsleuth/logsleuth/report"
)

// TestAnonymize: of all logs that there are, nothing of what tells whose they are
// stands in what is written with --anonymize.
func TestAnonymize(t *testing.T) {
	logs := make(map[string][]string)
	add := func(folder string) {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && !slices.Contains([]string{".json", ".md", ".tsv", ".gitattributes"}, filepath.Ext(path)) {
				logs[filepath.Dir(path)] = append(logs[filepath.Dir(path)], path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	add("../testdata/cases")
	for _, variable := range []string{"LOGSLEUTH_LAB", "LOGSLEUTH_CORPORA"} {
		if folder := os.Getenv(variable); folder != "" {
			add(folder)
		}
	}
	if len(logs) < 6 {
		t.Fatalf("there are logs in %d folders, want 6 at least", len(logs))
	}
	key := keyFile(t, "the first key of the tests")
	for _, folder := range slices.Sorted(maps.Keys(logs)) {
		t.Run(filepath.Base(folder), func(t *testing.T) { nothingShows(t, key, logs[folder]) })
	}
}

func keyFile(t *testing.T, key string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(name, []byte(key), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// nothingShows compares what is written of logs with and without pseudonyms.
func nothingShows(t *testing.T, key string, logs []string) {
	run := func(args ...string) []byte {
		var out, errs bytes.Buffer
		if status := Main(append(args, logs...), strings.NewReader(""), &out, &errs); status != exitDone {
			t.Fatalf("logsleuth %s: exit %d\n%s", strings.Join(args, " "), status, errs.String())
		}
		return out.Bytes()
	}
	plain := run("events")
	hidden := secretsOf(t, plain)
	written := map[string][]byte{}
	for name, args := range map[string][]string{
		"events": {"events"}, "text": {"analyze", "--top", "1000"}, "json": {"analyze", "--format", "json", "--top", "1000"},
	} {
		args = append(args, "--anonymize", "--anonymize-key", key)
		written[name] = run(args...)
		for line := range bytes.Lines(written[name]) {
			if found := hidden.shownIn(string(line)); found != "" {
				t.Errorf("%s shows %q in %.500s", name, found, line)
				break
			}
		}
	}
	sameFields(t, plain, written["events"])
	valid(t, written["json"])
	if again := run("analyze", "--format", "json", "--top", "1000", "--workers", "3", "--anonymize", "--anonymize-key", key); !bytes.Equal(again, written["json"]) {
		t.Error("the same key gives other bytes")
	}
	known := make(map[string]bool) // every client of the report is one of the events
	for event := range bytes.Lines(written["events"]) {
		var e struct{ Client string }
		if err := json.Unmarshal(event, &e); err != nil {
			t.Fatalf("an event is no JSON: %v", err)
		}
		known[e.Client] = true
	}
	var r struct{ Clients []struct{ IP string } }
	if err := json.Unmarshal(written["json"], &r); err != nil {
		t.Fatal(err)
	}
	for _, c := range r.Clients {
		if !known[c.IP] && !strings.HasPrefix(c.IP, "ip") {
			t.Errorf("%s is a client of the report and not of the events", c.IP)
		}
	}
}

func valid(t *testing.T, text []byte) {
	t.Helper()
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(report.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", schema); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(doc); err != nil {
		t.Errorf("an anonymized report does not keep to the schema: %v", err)
	}
}

var (
	plainWord = regexp.MustCompile(`[\pL\pN_.~%-]+`)
	dotted    = regexp.MustCompile(`(?:[0-9]{1,3}\.){3}[0-9]{1,3}`)
	colons    = regexp.MustCompile(`[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}`)
	pages     = regexp.MustCompile(`(?i)https?://([^/\s"'<>:?\\]+)(/[^\s"'<>?\\]*)?`)
	mails     = regexp.MustCompile(`([\w.+-]+)@([\w-]+(?:\.[\w-]+)+)`)
	homes     = regexp.MustCompile(`/home/([\w.-]+)`)
)

// ordinary are names that say nothing about an owner: of every system, of every
// WordPress, of what every scanner asks for. They were looked up by hand, not
// taken from the lists that --anonymize has.
var ordinary = regexp.MustCompile(`(?i)^(|-|\.+|` +
	`sh|bash|php5|util|var|www|html|srv|usr|etc|home|opt|tmp|run|lib|bin|sbin|share|local|log|logs|htdocs|public_html|cgi-bin|site|sites|web|httpd|apache2?|nginx|php|php-fpm|` +
	`passwd|shadow|hosts|proc|self|environ|null|spool|cache|backups?|conf|dev|pool|modules|include|includes|inc|vendor|src|images?|img|css|js|fonts|media|` +
	`root|boot|sys|mysql|mysqld|mariadb|mariadbd|docker|kubernetes|systemd|cron|ssh|sshd|sudo|git|node|python|perl|ruby|java|nobody|admin|user|users|test|guest|` +
	`index|pages?|posts?|feed|rss2?|atom|embed|v[0-9]|wp|\.?wp-[\w.-]+\.php\S{0,5}|wp-emoji-release\.min\.js|wp-(admin|content|includes|json)|plugins|themes|mu-plugins|uploads|upgrade|languages|` +
	`xmlrpc\.php|admin-(ajax|post)\.php|(index|readme|license|robots|favicon|ads|sitemap|wp-sitemap|security|functions|plugin|theme|post|user|query|option|load|cache|install|upgrade)\.(php|txt|html|ico|xml)|` +
	`template(-loader)?\.php|(general|link)-template\.php|class-wp[\w-]*\.php|pluggable\.php|setup-config\.php|jquery(\.min)?\.js|style\.css|apple-touch-icon(-precomposed)?\.png|` +
	`\.(env|git|ht|svn|hg|aws|ssh|well-known|ds_store|vscode|npmrc|dockerenv|travis|gitlab-ci|bash_history|gitignore)[\w.]*|head|config|credentials|id_rsa|sftp\.json|` +
	`[\w-]{1,8}\.php|web\.config|config(uration)?\.(php|json|yml|bak)|(settings|phpinfo|webshell|uploader|adminer)\.php|database\.(yml|sql)|secrets\.yml|docker-compose\.yml|dockerfile|composer\.(json|lock)|package\.json|` +
	`(backup|dump|db|www|site)\.(sql|zip|tar\.gz)|phpmyadmin|pma|phpunit|eval-stdin\.php|actuator|health|solr|console|manager|server-(status|info)|owa|hnap1|boaform|autodiscover(\.xml)?|telescope|_ignition|` +
	`localhost|127\.0\.0\.1|0\.0\.0\.0|::1|::|none|null|unknown|default|stdin|stdout|stderr|error|access|syslog|[\w]*\.log(\.[0-9]+)?|` +
	`[0-9]{1,7}|[0-9]+(\.[0-9]+)+|\S|hostname|uucp|nagios)$`)

// secrets are what must not show.
type secrets struct {
	words    map[string]bool // addresses and names
	segments map[string]bool // of paths, where they stand behind a slash
	common   map[string]bool // words of this project's own pages
}

var segment = regexp.MustCompile(`/([\pL\pN_.~%-]+)`)

func (s *secrets) shownIn(line string) string {
	for a := range addresses(line) {
		if s.words[a] {
			return a
		}
	}
	for _, w := range plainWord.FindAllString(line, -1) {
		if w = strings.ToLower(strings.TrimRight(w, ".-~%")); s.words[w] {
			return w
		}
	}
	for _, m := range segment.FindAllStringSubmatch(line, -1) {
		if part := strings.ToLower(m[1]); s.segments[part] {
			return "/" + part
		}
	}
	return ""
}

// secretsOf are the addresses and names in the events of logs.
func secretsOf(t *testing.T, events []byte) *secrets {
	found := &secrets{make(map[string]bool), make(map[string]bool), make(map[string]bool)}
	for _, name := range []string{"../README.md", "../docs/rules.md", "../report/schema.json"} {
		page, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range regexp.MustCompile(`[a-z]+`).FindAllString(strings.ToLower(string(page)), -1) {
			found.common[w] = true
		}
	}
	add := func(s string) {
		s = strings.ToLower(strings.TrimRight(s, ".-~%"))
		if !ordinary.MatchString(s) && !found.common[s] {
			found.words[s] = true
		}
	}
	addPath := func(s string) {
		s, _, _ = strings.Cut(s, "?")
		plugin := false
		for part := range strings.SplitSeq(strings.ToLower(s), "/") {
			if !plugin && plainWord.FindString(part) == part && !ordinary.MatchString(part) && !strings.Contains(part, "%") {
				found.segments[part] = true
			}
			plugin = part == "plugins" || part == "themes" || part == "mu-plugins" || plugin && !strings.Contains(part, ".") // their names are public
		}
	}
	visit := func(at, v string) {
		switch at {
		case "source":
			return
		case "client", "backend", "address", "src", "dst", "host", "vhost", "user":
			if plainWord.FindString(v) == v {
				add(v)
			}
		case "path", "target", "file":
			if strings.HasPrefix(v, "/") {
				addPath(v)
			}
		}
		for a := range addresses(v) {
			found.words[a] = true
		}
		for _, m := range pages.FindAllStringSubmatch(v, -1) {
			if plainWord.FindString(m[1]) == m[1] {
				add(m[1])
			}
			addPath(m[2])
		}
		for _, m := range mails.FindAllStringSubmatch(v, -1) {
			add(m[2])
		}
		for _, m := range homes.FindAllStringSubmatch(v, -1) {
			add(m[1])
		}
	}
	for event := range bytes.Lines(events) {
		eachString(parsed(t, event), "", visit)
	}
	return found
}

func parsed(t *testing.T, event []byte) map[string]any {
	t.Helper()
	var e map[string]any
	if err := json.Unmarshal(event, &e); err != nil {
		t.Fatalf("an event is no JSON: %v", err)
	}
	return e
}

// eachString visits all text in an event with the name of its field.
func eachString(v any, at string, visit func(at, text string)) {
	switch v := v.(type) {
	case map[string]any:
		for k, v := range v {
			eachString(v, k, visit)
		}
	case []any:
		for _, v := range v {
			eachString(v, at, visit)
		}
	case string:
		visit(at, v)
	}
}

// sameFields: in fields of their own even common words are hidden, and one thing
// has one pseudonym.
func sameFields(t *testing.T, plain, masked []byte) {
	t.Helper()
	before, after := bytes.Split(plain, []byte("\n")), bytes.Split(masked, []byte("\n"))
	if len(before) != len(after) {
		t.Fatalf("%d events are %d with pseudonyms", len(before), len(after))
	}
	pseudonym := make(map[string]string)
	for i := range before[:len(before)-1] {
		var texts [2][]string
		for n, event := range [][]byte{before[i], after[i]} {
			eachString(parsed(t, event), "", func(at, v string) {
				if slices.Contains([]string{"client", "backend", "address", "src", "dst", "host", "vhost", "user"}, at) {
					texts[n] = append(texts[n], at+" "+v)
				}
			})
			slices.SortStableFunc(texts[n], func(a, b string) int {
				a, _, _ = strings.Cut(a, " ")
				b, _, _ = strings.Cut(b, " ")
				return strings.Compare(a, b)
			})
		}
		if len(texts[0]) != len(texts[1]) {
			t.Fatalf("other fields in\n%s\n%s", before[i], after[i])
		}
		for n, text := range texts[0] {
			_, name, _ := strings.Cut(text, " ")
			if texts[1][n] == text && !slices.Contains([]string{"", "-", "localhost", "127.0.0.1", "::1", "0.0.0.0", "::"}, name) {
				t.Errorf("%q stays in %s", text, after[i])
				return
			}
			if p := pseudonym[text]; p != "" && p != texts[1][n] {
				t.Errorf("%q is %s and %s", text, p, texts[1][n])
				return
			}
			pseudonym[text] = texts[1][n]
		}
	}
}

// addresses are those that stand in a text, in one spelling.
func addresses(s string) map[string]bool {
	found := make(map[string]bool)
	for _, form := range []*regexp.Regexp{dotted, colons} {
		for _, at := range form.FindAllStringIndex(s, -1) {
			around := s[max(0, at[0]-1):at[0]] + s[at[1]:min(len(s), at[1]+1)]
			if a, err := netip.ParseAddr(s[at[0]:at[1]]); err == nil && !a.IsLoopback() && !a.IsUnspecified() && !strings.ContainsAny(around, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:.") &&
				!(strings.HasSuffix(a.String(), ".0.0.0") && strings.HasPrefix(around, "/")) { // Chrome/126.0.0.0
				found[a.Unmap().String()] = true
			}
		}
	}
	return found
}
