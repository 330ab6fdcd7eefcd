package analyze

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// whyOn judges logs and gives the reasoning on the clients of some networks.
func whyOn(logs []logFile, of ...string) *Result {
	o := judgeOptions(logs)
	for _, text := range of {
		if a, err := netip.ParseAddr(text); err == nil {
			o.Why = append(o.Why, netip.PrefixFrom(a, a.BitLen()))
		} else {
			o.Why = append(o.Why, netip.MustParsePrefix(text))
		}
	}
	return Judge(whole(logs), o)
}

// Whatever the log and whoever is asked about, the sum adds up, and each rule
// about clients either speaks or says why it does not.
func TestWhyIsWhole(t *testing.T) {
	for _, test := range ruleTests {
		t.Run(test.name, func(t *testing.T) {
			s := new(script)
			test.write(s)
			logs := s.logs()
			plain, asked := judge(logs), whyOn(logs, "0.0.0.0/0", "::/0")
			if len(plain.Why) > 0 {
				t.Error("nobody asked, and there is an answer")
			}
			if got, want := accusedIn(asked), accusedIn(plain); !mapsEqual(got, want) || asked.Verdict.Summary != plain.Verdict.Summary {
				t.Errorf("asking changes the verdict: %v, not %v", got, want)
			}
			for _, w := range asked.Why {
				sum := w.Prior
				for _, e := range w.Client.Evidence {
					sum += e.Weight
				}
				if math.Abs(sum-w.Sum) > 0.02 || w.Score > w.Sum+0.02 || w.Because == "" || w.Settle == "" || len(w.Measured) == 0 {
					t.Errorf("%s: the evidence adds up to %.2f, the sum is %.2f, counted %.2f, because %q, settle %q", w.Client.IP, sum, w.Sum, w.Score, w.Because, w.Settle)
				}
				for _, rule := range Rules {
					if rule.About != AboutClients {
						continue
					}
					speaks := slices.ContainsFunc(w.Client.Evidence, func(e Evidence) bool { return e.Rule == rule.ID })
					silent := slices.ContainsFunc(w.Silent, func(s Silence) bool { return s.Rule == rule.ID })
					if speaks == silent {
						t.Errorf("%s: rule %s speaks: %t, says why it does not: %t; add c.passed where it lets a client pass", w.Client.IP, rule.ID, speaks, silent)
					}
				}
				for _, s := range w.Silent {
					if strings.Contains(s.Text, "%!") || s.Text == "" {
						t.Errorf("%s: %s: %q", w.Client.IP, s.Rule, s.Text)
					}
				}
				for _, m := range w.Measured {
					if strings.Contains(m.Text, "%!") || m.Text == "" {
						t.Errorf("%s: %s: %q", w.Client.IP, m.What, m.Text)
					}
				}
			}
		})
	}
}

// The reasoning does not depend on how the log was cut.
func TestWhyIsLawful(t *testing.T) {
	for name, logs := range lawfulLogs(t) {
		o := judgeOptions(logs)
		o.Why = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}
		rnd := rand.New(rand.NewPCG(4, 4))
		var facts []*Facts
		for _, p := range cut(logs, 8, rnd) {
			f := new(Facts)
			p.observe(f, options(logs))
			facts = append(facts, f)
		}
		same(t, name, conclusion(t, grouped(facts, rnd), o), conclusion(t, whole(logs), o))
	}
}

func mapsEqual(a, b map[string]Standing) bool { return fmt.Sprint(a) == fmt.Sprint(b) }

// silenceOf is why a rule is silent on the first client that was asked about.
func silenceOf(r *Result, rule string) (all string) {
	for _, s := range r.Why[0].Silent {
		if s.Rule == rule {
			all += s.Text + "\n"
		}
	}
	return all
}

// A silent rule names what it measured and what it needs.
func TestWhyNamesThresholds(t *testing.T) {
	s := new(script)
	s.hum(0, 3600)
	s.outage(1800, 20)
	holds(s, 1800, who, 11, 8, "")
	for i := range 3 {
		s.noScript(3000+float64(i), who, 40000+i, fmt.Sprintf("/x%s.php", lettered(i)))
		s.badPassword(3010+float64(i), who, 40000+i, "anna")
	}
	r := whyOn(s.logs(), who)
	for rule, want := range map[string][]string{
		"load":     {"held 11 connections", fmt.Sprintf("%d are needed", crowdConnections)},
		"alone":    {"clients stand in these logs", fmt.Sprintf("fewer than %d", comparable)},
		"scan":     {"3 different things", fmt.Sprintf("%d are needed", manyMissing)},
		"guessing": {"3 times", fmt.Sprintf("%d are needed", manyFailures)},
		"web-scan": {"no access log names it"},
		"campaign": {"0 passwords", fmt.Sprintf("%d clients", campaignClients)},
		"people":   {fmt.Sprintf("at least %d lines", enoughReferred)},
	} {
		for _, part := range want {
			if got := silenceOf(r, rule); !strings.Contains(got, part) {
				t.Errorf("%s: %q does not say %q", rule, got, part)
			}
		}
	}
}

func measureOf(r *Result, what string) (all string) {
	for _, m := range r.Why[0].Measured {
		if m.What == what {
			all += m.Text + "\n"
		}
	}
	return all
}

func TestWhyMeasures(t *testing.T) {
	s := new(script)
	s.hum(0, 3600)
	s.outage(1800, 20)
	attack(s, 1800, who, 60)
	s.gone(3000, who, 41000, 150, "")
	s.noUser(3001, who, 41000, "root")
	s.request(1801, who, "GET", "/?s=a", 200, "curl/8")
	s.gone(1801, "198.51.100.77", 30000, 150, "")
	r := whyOn(s.logs(), who)
	for what, want := range map[string][]string{
		"lines":    {"62 lines of error logs and 1 line of access logs"},
		"at once":  {"at least 60 connections and 60 workers within 10 seconds", "(at 10:30:0"},
		"trouble":  {"0 deeds, 60 errors served", "1, 1 and 0 before and after", "59% of all 101 errors", "last client of 8 of 8 workers"},
		"tried":    {"1 different user name"},
		"such as":  {"root"},
		"requests": {"1 request: 1 with 2xx"},
		"says it":  nil,
		"near it":  {"1 other client of 198.51.100.0/24: 198.51.100.77 (victim)"},
		"code":     {"61 times", "get_option"},
	} {
		for _, part := range want {
			if got := measureOf(r, what); !strings.Contains(got, part) {
				t.Errorf("%s: %q does not say %q", what, got, part)
			}
		}
	}
	if w := r.Why[0]; len(w.Quotes) == 0 || len(w.Quotes) > maxQuotes || w.Quotes[0].Line == "" || w.Quotes[0].Text != "" {
		t.Errorf("quotes: %+v", w.Quotes)
	}
}

// What keeps a verdict below what the sum says is told.
func TestWhyNamesLimits(t *testing.T) {
	flood := func(addr string) []logFile {
		s := new(script)
		standIn(addr)(s)
		return s.logs()
	}
	for _, test := range []struct{ addr, standing, because string }{
		{who, "attacker", "at least 80%; more than 97% is never said"},
		{"127.0.0.1", "own", "never accused"},
		{"10.1.2.3", "proxy", "never accused"},
	} {
		w := whyOn(flood(test.addr), test.addr).Why[0]
		if string(w.Client.Standing) != test.standing || !strings.Contains(w.Because, test.because) {
			t.Errorf("%s is called %s because %s", test.addr, w.Client.Standing, w.Because)
		}
	}
	s := new(script)
	s.hum(0, 3600)
	w := whyOn(s.logs(), "203.0.113.1").Why[0]
	if w.Client.Standing != Bystander || !strings.Contains(w.Because, "no rule accuses it") || w.Odds > 0.05 {
		t.Errorf("a visitor: %s, %.2f, because %s", w.Client.Standing, w.Odds, w.Because)
	}
}

func TestWhyOfNetworksIsBounded(t *testing.T) {
	s := new(script)
	s.hum(0, 3600)
	attack(s, 1800, "203.0.113.200", 60)
	r := whyOn(s.logs(), "203.0.113.0/24", "203.0.113.200")
	if len(r.Why) != maxWhy || r.Why[0].Client.IP != "203.0.113.200" {
		t.Errorf("%d are explained, the first is %s", len(r.Why), r.Why[0].Client.IP)
	}
	if !slices.ContainsFunc(r.Notes, func(n string) bool { return strings.HasPrefix(n, "Of the 61 clients in 203.0.113.0/24") }) {
		t.Errorf("notes: %q", r.Notes)
	}
}

func TestFind(t *testing.T) {
	s := new(script)
	for _, addr := range []string{"192.0.2.7", "192.0.2.200", "[2001:db8::5]", "[2001:db8:0:1::1]"} {
		s.gone(0, addr, 4000, 7, "")
	}
	f := whole(s.logs())
	for _, test := range []struct {
		of   string
		n    int
		near string
	}{
		{"192.0.2.7/32", 1, "192.0.2.200"},
		{"192.0.2.0/24", 2, ""},
		{"192.0.2.9/32", 0, "192.0.2.7"},
		{"192.0.2.150/32", 0, "192.0.2.200"},
		{"192.0.3.1/32", 0, ""},
		{"2001:db8::9/128", 0, "2001:db8::5"},
		{"2001:db8:0:2::1/128", 0, ""},
	} {
		n, near := f.Find(netip.MustParsePrefix(test.of))
		if n != test.n || near.IsValid() != (test.near != "") || near.IsValid() && near.String() != test.near {
			t.Errorf("%s: %d clients, near %v; want %d, %q", test.of, n, near, test.n, test.near)
		}
	}
}
