package mask

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/logsleuth/logsleuth/analyze"
	"github.com/logsleuth/logsleuth/parser"
)

func testMask() *Mask { return New([]byte("a key of the tests, known to all")) }

// TestHostile hides what does not look like what it is.
func TestHostile(t *testing.T) {
	for _, c := range []struct {
		text   string
		hidden []string // must not be in what is written, in any case of letters
	}{
		{"a referer http://192.0.2.77/admin?x=1", []string{"192.0.2.77"}},
		{"http://bees.example:8080/private/index.php?user=anna&mail=anna@bees.example", []string{"bees", "private", "anna"}},
		{"https://anna:geheim@bees.example/", []string{"bees", "geheim", "anna"}},
		{"http://anna@bees.example/x", []string{"bees", "anna"}},
		{"//bees.example/private", []string{"bees", "private"}},
		{"GET /%70rivate/%61nna.php HTTP/1.1", []string{"private", "anna", "%70rivate", "%61nna"}},
		{"GET /?ip=192%2e0%2e2%2e77 HTTP/1.1", []string{"192%2e0", "192.0.2.77"}},
		{"GET /?ip=2001%3Adb8%3A%3A77 HTTP/1.1", []string{"2001%3a", "db8"}},
		{"GET /%2Fhome%2Fanna/x", []string{"anna"}},
		{"from 2001:DB8:0:0:0:0:0:77, and 2001:db8::77.", []string{"2001:db8"}},
		{"[client 2001:db8::77]: no", []string{"2001:db8"}},
		{"from 2001:db8::77%eth5: no", []string{"2001:db8", "eth5"}},
		{"from ::ffff:192.0.2.77 and ::FFFF:C000:024D", []string{"192.0.2.77", "c000:024d"}},
		{"from 192.000.002.077:4000, 192.0.2.77/24", []string{"192.0"}},
		{"host-192-0-2-77.isp.example, 77.2.0.192.in-addr.arpa, ip_192_0_2_77", []string{"192", "isp"}},
		{"the address 3221226061 or 0xC000024D", []string{"3221226061", "c000024d"}},
		{"1.192.0.2.77.5", []string{"192.0.2.77"}},
		{"MAC=52:54:00:aa:bb:cc:52:54:00:11:22:33:08:00 SRC=192.0.2.77", []string{"52:54", "aa:bb", "192"}},
		{"owner@bees.example, Anna.Beekeeper@BEES.example", []string{"bees", "owner@", "anna"}},
		{"/home/anna/public_html/index.php /srv/www/bees/x.php ~anna/x", []string{"anna", "bees"}},
		{`\n\tto: bees\x00anna`, []string{"bees", "anna"}},
		{"user admin not found, user 'mark'@'localhost', user=support", []string{"admin", "mark", "support"}},
		{"пчёлы.example, bücher, 蜂蜜", []string{"пчёлы", "bücher", "蜂蜜"}},
		{"bees\u200banna", []string{"bees", "anna"}},
		{"wp-content/plugins/192-0-2-77/x.php /wp-content/themes/c000024d/y", []string{"192", "c000024d"}},
		{"/wp-content/plugins/../private/bees", []string{"private", "bees"}},
		{"Europe/Bees", []string{"bees"}},
	} {
		for _, how := range []manner{sentence, quoted, path} {
			got := testMask().text(c.text, how, nil, nil)
			for _, h := range c.hidden {
				if how == sentence && (h == "3221226061" || h == "admin" || h == "mark" || h == "support") { // words and counts of our own
					continue
				}
				if how == path && (h == "admin" || h == "support") {
					continue
				}
				if strings.Contains(strings.ToLower(got), h) {
					t.Errorf("%q is written as %q, and %q shows", c.text, got, h)
				}
			}
		}
	}
}

// TestPublic leaves alone what says nothing about the owner.
func TestPublic(t *testing.T) {
	for _, text := range []string{
		"Apache/2.4.71 (Debian) configured -- resuming normal operations",
		"mariadb 10.11.6, PHP/8.2.7, OpenSSL/3.0.11",
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
		"GET /wp-login.php HTTP/1.1", "POST /xmlrpc.php HTTP/1.1", "GET /.env HTTP/1.1", "/cgi-bin/.%2e/.%2e/etc/passwd",
		"/var/www/html/wp-content/plugins/contact-form-mini/contact-form-mini.php on line 11",
		"from 127.0.0.1 and ::1, at 07:39:24 on 2026-03-14",
		"AH00161: server reached MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting",
		"mariadb.service: Failed with result 'oom-kill'.",
		"Europe/Berlin",
	} {
		if got := testMask().text(text, quoted, nil, nil); got != text {
			t.Errorf("%q is written as %q", text, got)
		}
	}
}

// TestSameEverywhere: one thing has one pseudonym, in all spellings and places.
func TestSameEverywhere(t *testing.T) {
	m := testMask()
	v4, v6 := m.addr(netip.MustParseAddr("192.0.2.77")), m.addr(netip.MustParseAddr("2001:db8::77"))
	for text, want := range map[string]string{
		"::ffff:192.0.2.77": v4, "::FFFF:C000:024D": v4, "192.000.002.077": v4, "192%2e0%2e2%2e77": v4, "[192.0.2.77]": "[" + v4 + "]",
		"2001:DB8:0:0::77": v6, "2001%3Adb8%3A%3A77": v6, "http://192.0.2.77/": "http://" + v4 + "/", "2001:db8::77%eth5": v6,
	} {
		for _, how := range []manner{sentence, quoted, path} {
			if got := m.text(text, how, nil, nil); got != want {
				t.Errorf("%q is written as %q, want %q", text, got, want)
			}
		}
	}
	host := m.text1("bees.example", hosts)
	for _, text := range []string{"bees.example", "BEES.example", "http://bees.example", "x@bees.example"} {
		if got := m.text(text, quoted, nil, nil); !strings.HasSuffix(got, host) {
			t.Errorf("%q is written as %q, want %q in it", text, got, host)
		}
	}
	if other := New([]byte("another key of the tests")); other.text1("bees.example", hosts) == host || other.addr(netip.MustParseAddr("192.0.2.77")) == v4 {
		t.Error("another key gives the same pseudonyms")
	}
}

// TestNeighbours: no two addresses have the same pseudonym, and those of one
// network have its part in common.
func TestNeighbours(t *testing.T) {
	m := testMask()
	seen := make(map[string]bool)
	for i := range 256 {
		got := m.addr(netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}))
		if seen[got] {
			t.Fatalf("two addresses are %s", got)
		}
		seen[got] = true
		if got[:len("ip4-000000")] != m.addr(netip.MustParseAddr("192.0.2.1"))[:len("ip4-000000")] {
			t.Fatalf("%s is not of the network of the others", got)
		}
	}
	nets := make([]bool, 1<<16)
	for n := range uint32(1 << 16) {
		s := m.shuffle("test", n, 8)
		if nets[s] {
			t.Fatalf("two numbers become %d", s)
		}
		nets[s] = true
	}
	a, b := m.addr(netip.MustParseAddr("2001:db8::1")), m.addr(netip.MustParseAddr("2001:db8::2"))
	if a == b || a[:strings.LastIndexByte(a, '-')] != b[:strings.LastIndexByte(b, '-')] {
		t.Errorf("%s and %s should be of one /64", a, b)
	}
}

// TestEveryFieldIsListed: who adds a field with text says what is to be done with it.
func TestEveryFieldIsListed(t *testing.T) {
	met := make(map[string]bool)
	var visit func(typ reflect.Type, at string)
	visit = func(typ reflect.Type, at string) {
		switch typ.Kind() {
		case reflect.String:
			if met[at] = true; treatments[at] == unlisted {
				t.Errorf("%s is in no list: say in treatments what of it may be shared", at)
			}
		case reflect.Struct:
			for i := range typ.NumField() {
				visit(typ.Field(i).Type, typ.Name()+"."+typ.Field(i).Name)
			}
		case reflect.Pointer, reflect.Slice:
			visit(typ.Elem(), at)
		case reflect.Map:
			visit(typ.Key(), at)
			visit(typ.Elem(), at)
		}
	}
	visit(reflect.TypeFor[analyze.Result](), "")
	visit(reflect.TypeFor[analyze.Explanation](), "")
	for _, k := range parser.Kinds {
		for _, line := range k.Samples {
			s := parser.NewScanner(parser.Options{})
			s.Reset([]byte(line+"\n"), 1, 0)
			for s.Next() {
				visit(reflect.TypeOf(s.Event().Record("log")), "")
				if d := s.Event().Detail(); d != nil {
					visit(reflect.TypeOf(d), "")
				}
			}
		}
	}
	for at := range treatments {
		if !met[at] {
			t.Errorf("treatments names %s, and there is no such field with text", at)
		}
	}
}

// TestNewFields: text in a field that nobody thought of is hidden.
func TestNewFields(t *testing.T) {
	type later struct {
		Why  []string
		More map[string]*string
	}
	text := "seen from 192.0.2.77 at bees.example"
	got := testMask().Event(later{Why: []string{text}, More: map[string]*string{text: &text}}).(later)
	for k, v := range got.More {
		for _, s := range []string{k, *v, got.Why[0]} {
			if strings.Contains(s, "192.0.2.77") || strings.Contains(s, "bees") || !strings.HasPrefix(s, "seen from ") {
				t.Errorf("a new field is written as %q", s)
			}
		}
	}
}

// FuzzText: whatever stands around it, an address or a name does not show.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "user ", "http://", "/home/", `"GET /`, "a:", "[", `\`, "%2", "::ffff:", "x/", "'", "=", "@"} {
		f.Add(s, s)
	}
	m := testMask()
	f.Fuzz(func(t *testing.T, before, after string) {
		if strings.IndexAny(after, "0123456789") == 0 || strings.LastIndexAny(before, "0123456789") == len(before)-1 && before != "" {
			return // another number
		}
		for _, secret := range []string{"192.0.2.77", "2001:db8::77", "bees.example", "anna77"} {
			if strings.Contains(before+after, secret) {
				continue
			}
			for _, how := range []manner{sentence, quoted, path} {
				for _, text := range []string{before + " " + secret + " " + after, before + secret + after} {
					if got := m.text(text, how, nil, nil); strings.Contains(got, secret) {
						t.Errorf("%q is written as %q", text, got)
					}
				}
			}
		}
	})
}

// TestLongTexts: a visitor cannot make the work endless.
func TestLongTexts(t *testing.T) {
	const n = 1 << 18
	start := time.Now()
	for _, part := range []string{"a ", "a:", "1:", "http://a:", "%25", "a/", "/", "\\", "::", "a@", "1.", "'", "user "} {
		text := strings.Repeat(part, n/len(part)) + "z"
		testMask().text(text, quoted, []pair{{"a", "b"}, {"nowhere", "b"}, {"z", "b"}}, nil)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("long texts took %s", took)
	}
}
