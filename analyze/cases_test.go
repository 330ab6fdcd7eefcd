package analyze

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/logsleuth/logsleuth/parser"
)

// checkResult checks what holds for every result: places exist, times can be
// read and are in order, confidences are chances, and no command names anybody
// who is not accused.
func checkResult(t *testing.T, r *Result, logs []logFile) {
	t.Helper()
	lines := make(map[string][][]byte)
	for _, l := range logs {
		lines[l.name] = bytes.Split(l.text, []byte("\n"))
	}
	line := func(place string) string {
		t.Helper()
		name, number, _ := strings.Cut(place, ":")
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 || n > len(lines[name]) || len(lines[name][n-1]) == 0 {
			t.Errorf("there is no line %q", place)
			return ""
		}
		return string(lines[name][n-1])
	}
	clock := func(what, s string) time.Time {
		t.Helper()
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999"} {
			if at, err := time.Parse(layout, s); err == nil {
				return at
			}
		}
		t.Errorf("%s: %q is no time of RFC 3339", what, s)
		return time.Time{}
	}
	chance := func(what string, p float64) {
		t.Helper()
		if !(p >= 0 && p <= 1) {
			t.Errorf("%s: confidence %v", what, p)
		}
	}

	chance("verdict", r.Verdict.Confidence)
	if r.Verdict.Summary == "" {
		t.Error("the verdict says nothing")
	}
	for _, c := range r.Clients {
		chance(c.IP, c.Confidence)
		if clock(c.IP, c.First).After(clock(c.IP, c.Last)) {
			t.Errorf("%s was seen last before it was seen first: %s, %s", c.IP, c.First, c.Last)
		}
		named := func(place string) {
			t.Helper()
			if l := line(place); !strings.Contains(l, c.IP) {
				t.Errorf("%s is not in %s: %s", c.IP, place, l)
			}
		}
		for _, place := range c.Lines {
			named(place)
		}
		for _, e := range c.Evidence {
			for _, place := range e.Lines {
				switch {
				case e.Rule == "load", e.Rule == "alone": // also where the workers ran out
					if l := line(place); !strings.Contains(l, c.IP) && !strings.Contains(l, "AH00161") && e.Weight > 0 {
						t.Errorf("%s: %s is neither in %s nor the saturation: %s", e.Rule, c.IP, place, l)
					}
				case e.Rule == "stuck":
					if l := line(place); !strings.Contains(l, "child") && !strings.Contains(l, "segfault") && !strings.Contains(l, "Killed process") {
						t.Errorf("%s shows no end of a worker: %s", place, l)
					}
				default:
					named(place)
				}
			}
		}
	}
	for _, in := range r.Incidents {
		chance("incident", in.Confidence)
		if clock("incident", in.Start).After(clock("incident", in.End)) {
			t.Errorf("incident %d ends before it starts: %s, %s", in.ID, in.Start, in.End)
		}
		for _, e := range in.Evidence {
			for _, place := range e.Lines {
				line(place)
			}
		}
		last := time.Time{}
		for _, p := range in.Phases {
			from, to := clock(p.Name, p.Start), clock(p.Name, p.End)
			if from.After(to) || from.Before(last) {
				t.Errorf("phase %s is from %s to %s, the one before it from %s", p.Name, p.Start, p.End, last)
			}
			last = from
			for _, place := range p.Lines {
				line(place)
			}
		}
	}
	last := time.Time{}
	for _, m := range r.Moments {
		at := clock(m.Kind, m.Time)
		if at.Before(last) {
			t.Errorf("moment %s at %s stands after one of %s", m.Kind, m.Time, last)
		}
		last = at
		line(m.Line)
	}
	for _, p := range r.Plugins {
		for _, place := range p.Lines {
			line(place)
		}
	}

	counted := make(map[string]int64)
	timeline := func(tl TimelineReport) {
		last := time.Time{}
		for _, b := range tl.Buckets {
			if at := clock("bucket", b.Start); !at.After(last) {
				t.Errorf("the bucket of %s stands after that of %s", b.Start, last)
			} else {
				last = at
			}
			for kind := range b.Events {
				line(b.Lines[kind])
				if r.Titles[kind] == "" || r.Roles[kind] == "" {
					t.Errorf("the timeline counts %s, of which the report says not what it is", kind)
				}
			}
		}
	}
	timeline(r.Timeline)
	for _, b := range r.Timeline.Buckets {
		for kind, n := range b.Events {
			counted[kind] += n
		}
	}
	want := maps.Clone(r.Events)
	delete(want, parser.AccessRequest.Name) // which the timeline leaves out
	if !maps.Equal(counted, want) {
		t.Errorf("the timeline counts %v, the logs have %v", counted, want)
	}
	for _, in := range r.Incidents {
		timeline(in.Timeline)
		if n := len(in.Timeline.Buckets); n > 0 && in.Timeline.BucketSeconds >= r.Timeline.BucketSeconds {
			t.Errorf("incident %d is drawn in steps of %d s, no finer than all logs", in.ID, in.Timeline.BucketSeconds)
		}
	}

	accused := accusedIn(r)
	for i, a := range r.Advice {
		if a.Urgency != i+1 {
			t.Errorf("advice %s has urgency %d in place %d", a.ID, a.Urgency, i+1)
		}
		if len(a.Commands) > 0 && a.ID != "remoteip" { // whose lines come from the operators of proxies
			t.Errorf("advice %s has commands, which are report's to make", a.ID)
		}
		for _, target := range a.Targets {
			network, err := netip.ParsePrefix(target.Network)
			if err != nil {
				t.Errorf("%s names %q: %v", a.ID, target.Network, err)
			}
			for _, addr := range target.Clients {
				if accused[addr] == "" {
					t.Errorf("%s names %s, who is not accused", a.ID, addr)
				} else if a.ID == "block" && accused[addr] != Attacker {
					t.Errorf("%s is blocked and only a suspect", addr)
				}
				if !network.Contains(netip.MustParseAddr(addr)) {
					t.Errorf("%s names %s for %s", a.ID, network, addr)
				}
			}
			for _, c := range r.Clients {
				if network.Contains(netip.MustParseAddr(c.IP)) && accused[c.IP] == "" {
					t.Errorf("%s names %s, in which %s is not accused", a.ID, network, c.IP)
				}
			}
			for _, place := range target.Lines {
				line(place)
			}
		}
	}
	if len(accused) == 0 && slices.ContainsFunc(r.Advice, func(a Advice) bool { return a.ID == "block" || a.ID == "limit" }) {
		t.Error("somebody is to be blocked and nobody stands accused")
	}
	if r.Verdict.Attack && len(accused) == 0 || !r.Verdict.Attack && slices.Contains(slices.Collect(maps.Values(accused)), Attacker) {
		t.Errorf("attack is %t and these stand accused: %v", r.Verdict.Attack, accused)
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
}

func TestCases(t *testing.T) {
	for _, test := range []struct {
		name    string
		accused map[string]Standing
		cause   Cause
		events  map[string]int64
	}{
		{"story", map[string]Standing{"64.79.85.205": Suspect}, CauseFlood,
			map[string]int64{"db.gone": 4, "db.lost": 1, "workers.exhausted": 1, "child.sigterm": 5, "child.segfault": 1}},
		{"flood", map[string]Standing{"64.79.85.205": Attacker}, CauseFlood, nil},
		{"db-crash-no-attack", nil, CauseMemory, nil},
		{"quiet-day", nil, CauseQuiet, nil},
		{"scanner", map[string]Standing{"185.191.204.77": Attacker}, CauseScan, nil},
		{"bruteforce", map[string]Standing{"91.240.118.172": Attacker}, CauseGuessing, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			logs := caseLogs(t, test.name)
			r := judge(logs)
			if got := accusedIn(r); !maps.Equal(got, test.accused) {
				t.Errorf("accused: %v, want %v", got, test.accused)
			}
			if r.Verdict.Cause != test.cause {
				t.Errorf("cause %s (%s), want %s", r.Verdict.Cause, r.Verdict.Summary, test.cause)
			}
			if test.events != nil && !maps.Equal(r.Events, test.events) {
				t.Errorf("events %v, want %v", r.Events, test.events)
			}
			checkResult(t, r, logs)
			for _, in := range r.Incidents {
				if test.name != "story" && len(in.Timeline.Buckets) < 5 {
					t.Errorf("incident %d of %s to %s has no picture of its own: %v", in.ID, in.Start, in.End, in.Timeline)
				}
			}

			want := conclusion(t, whole(logs), judgeOptions(logs))
			for range 5 {
				same(t, "judged again", conclusion(t, whole(logs), judgeOptions(logs)), want)
			}
		})
	}
}

// With the other logs' verdicts unchanged, one log alone accuses nobody else.
func TestEachLogAlone(t *testing.T) {
	for name, attacker := range map[string]string{
		"story": "64.79.85.205", "flood": "64.79.85.205", "scanner": "185.191.204.77", "bruteforce": "91.240.118.172", "db-crash-no-attack": "", "quiet-day": "",
	} {
		for _, l := range caseLogs(t, name) {
			r := judge([]logFile{l})
			for addr := range accusedIn(r) {
				if addr != attacker {
					t.Errorf("%s/%s accuses %s", name, l.name, addr)
				}
			}
			checkResult(t, r, []logFile{l})
		}
	}
}

// However a log is torn off, nobody else is accused.
func TestTornLogs(t *testing.T) {
	for name, attacker := range map[string]string{
		"story": "64.79.85.205", "flood": "64.79.85.205", "scanner": "185.191.204.77", "bruteforce": "91.240.118.172", "db-crash-no-attack": "", "quiet-day": "",
	} {
		logs := caseLogs(t, name)
		pieces := 2 + fewer(10)
		for i := range pieces {
			for j := i + 1; j <= pieces; j++ {
				torn := make([]logFile, len(logs))
				for k, l := range logs {
					lines := bytes.SplitAfter(l.text, []byte("\n"))
					torn[k] = logFile{l.name, bytes.Join(lines[len(lines)*i/pieces:len(lines)*j/pieces], nil)}
				}
				f, o := new(Facts), options(logs)
				for k, l := range torn {
					part{k, l.text, 1, 0}.observe(f, o)
				}
				r := Judge(f, judgeOptions(torn))
				for addr, standing := range accusedIn(r) {
					if addr != attacker {
						t.Errorf("%s, lines %d/%d to %d/%d: %s is called %s: %v", name, i, pieces, j, pieces, addr, standing, evidenceOn(r, addr))
					}
				}
			}
		}
	}
}

func TestNothing(t *testing.T) {
	for _, text := range []string{"", "\n\n", "what nobody knows\n", "\x00\xff\n"} {
		logs := []logFile{{"error.log", []byte(text)}}
		r := judge(logs)
		if r.Verdict.Cause != CauseUndetermined || r.Verdict.Attack || len(r.Incidents) > 0 {
			t.Errorf("%q: %+v", text, r.Verdict)
		}
	}
	if r := Judge(new(Facts), Options{}); r.Verdict.Attack || r.Verdict.Cause != CauseUndetermined {
		t.Errorf("of nothing: %+v", r.Verdict)
	}
}

// Quiet is only said as surely as what was seen allows.
func TestQuietIsNoSurerThanItsDoubts(t *testing.T) {
	for _, test := range []struct {
		name  string
		write func(s *script)
		most  float64
	}{
		{"a day of errors", func(s *script) { s.hum(0, 3600); s.syslog(9, "kernel", "random: crng init done") }, 0.9},
		{"without the kernel", func(s *script) { s.hum(0, 3600) }, 0.8},
		{"passwords that nobody is accused of, without the kernel", func(s *script) {
			s.hum(0, 36000)
			for i := range 300 {
				s.badPassword(float64(100*i), who, 40000+i, "anna")
			}
		}, 0.6},
		{"a single line", func(s *script) { s.gone(1, who, 40000, 200, "") }, 0.5},
	} {
		s := new(script)
		test.write(s)
		v := judge(s.logs()).Verdict
		if v.Cause != CauseQuiet || v.Confidence != test.most {
			t.Errorf("%s: %s %.2f, want quiet %.2f", test.name, v.Cause, v.Confidence, test.most)
		}
		if (v.Confidence < 0.9) != (len(v.Doubts) > 0) {
			t.Errorf("%s: %.2f with the doubts %q", test.name, v.Confidence, v.Doubts)
		}
	}
}

// A component that fails is named, with the measure that fits it.
func TestABrokenComponent(t *testing.T) {
	for _, test := range []struct {
		folder  string
		clients int
		says    string
		advice  string
		subject string
	}{
		{"plugins/gallery", 30, "for everybody", "plugin", "gallery"},
		{"themes/mine", 30, "for everybody", "theme", "mine"},
		{"mu-plugins/own", 30, "for everybody", "component", ""},
		{"themes/mine", 1, "met by 1 client only", "theme", "mine"},
	} {
		s := new(script)
		s.hum(0, 3600)
		for i := range 60 {
			s.client(1800+float64(i), "php:error", 200, fmt.Sprintf("203.0.113.%d", 1+i%test.clients), 40000+i,
				"PHP Fatal error:  Uncaught Error: Call to undefined function f() in /var/www/html/wp-content/%s/f.php on line 9", test.folder)
		}
		r := judge(s.logs())
		if r.Verdict.Cause != CausePlugin || !strings.Contains(r.Verdict.Summary, test.says) || test.clients == 1 && strings.Contains(r.Verdict.Summary, "everybody") {
			t.Errorf("%+v: %s: %s", test, r.Verdict.Cause, r.Verdict.Summary)
		}
		i := slices.IndexFunc(r.Advice, func(a Advice) bool { return a.ID == test.advice })
		if i < 0 || r.Advice[i].Subject != test.subject {
			t.Errorf("%+v: %+v", test, r.Advice)
		}
	}
}

// What weakens a verdict is said beside it.
func TestDoubtsAreSaid(t *testing.T) {
	for _, test := range []struct {
		name  string
		write func(s *script)
		says  string // "": nothing of a database that went down before, nor of somebody cleared
	}{
		{"a flood after the database was killed", func(s *script) {
			s.oomKill(1700, 411, "mariadbd")
			s.outage(1705, 20)
			attack(s, 1800, who, 60)
		}, "The database went down at 10:28:20, before the first line of " + who + " at 10:30:00. An error log"},
		{"the same with an access log", func(s *script) {
			s.oomKill(1700, 411, "mariadbd")
			s.outage(1705, 20)
			attack(s, 1800, who, 60)
			s.request(1800, who, "GET", "/", 200, "Mozilla/5.0")
		}, "these requests may have come on top"},
		{"a flood that killed the database", func(s *script) {
			s.outage(1705, 20)
			attack(s, 1700, who, 60)
			s.oomKill(1720, 411, "mariadbd")
		}, ""},
		{"a school that is cleared", func(s *script) {
			s.outage(1800, 20)
			for i := range 40 {
				s.gone(1800+float64(i)*0.2, who, 40000+i, 200+i, ownPage)
			}
		}, who + " opened at least 40 connections"},
		{"a program among the uploads", func(s *script) {
			for i := range 9 {
				s.request(1800+float64(i), who, "POST", "/wp-content/uploads/x.php", 200, "x/1")
			}
		}, "read the program before you believe it"},
	} {
		s := new(script)
		s.hum(0, 3600)
		test.write(s)
		v := judge(s.logs()).Verdict
		all := strings.Join(v.Doubts, "\n")
		if test.says != "" && !strings.Contains(all, test.says) || test.says == "" && strings.Contains(all, "went down at") {
			t.Errorf("%s (%s: %s): doubts\n%s", test.name, v.Cause, v.Summary, all)
		}
		if strings.Contains(all, "--why") && strings.Contains(v.Summary, "none of them stands out") {
			t.Errorf("%s: %s, and\n%s", test.name, v.Summary, all)
		}
	}
}

// Whoever else is named stands in the verdict too, not only in an incident of its own.
func TestTheVerdictTellsOfOtherIncidents(t *testing.T) {
	const other = "198.51.100.77"
	s := new(script)
	s.hum(0, 36000)
	for i := range 60 {
		s.badPassword(1800+float64(i), who, 40000+i, fmt.Sprintf("user%d", i))
		s.badPassword(18000+float64(i), other, 40000+i, fmt.Sprintf("user%d", i))
	}
	v := judge(s.logs()).Verdict
	if want := "There was 1 other incident besides: guessing by " + other + " at 15:00:00."; !strings.HasSuffix(v.Summary, want) {
		t.Errorf("%q, want it to end with %q", v.Summary, want)
	}
}

// Whether a scan had success is told as far as an access log shows it.
func TestWhetherItSucceeded(t *testing.T) {
	for _, test := range []struct {
		name   string
		status int // of the last request; 0: there is no access log
		says   string
	}{
		{"without an access log", 0, "look in access.log"},
		{"nothing found", 404, "None of the 61 requests"},
		{"something found", 200, "1 of the 61 requests"},
	} {
		s := new(script)
		s.hum(0, 3600)
		for i := range 60 {
			s.missing(1800+float64(i), who, 40000+i, fmt.Sprintf("/old%s.sql", lettered(i)), "")
			if test.status != 0 {
				s.request(1800+float64(i), who, "GET", fmt.Sprintf("/old%s.sql", lettered(i)), 404, "curl/8.0")
			}
		}
		if test.status != 0 {
			s.request(1900, who, "GET", "/dump.sql", test.status, "curl/8.0")
		}
		if all := strings.Join(judge(s.logs()).Verdict.Doubts, "\n"); !strings.Contains(all, test.says) {
			t.Errorf("%s: doubts %s", test.name, all)
		}
	}
}
