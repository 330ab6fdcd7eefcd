package simulate

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

// play runs and returns the logs by name, with the truth.
func play(t *testing.T, o Options) (map[string]string, *Truth) {
	t.Helper()
	logs := map[string]*bytes.Buffer{}
	truth, err := Run(o, func(name string) (io.Writer, error) {
		logs[name] = new(bytes.Buffer)
		return logs[name], nil
	})
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for name, b := range logs {
		texts[name] = b.String()
	}
	return texts, truth
}

// Whoever measures with a run must be able to repeat it.
func TestSameSeedSameBytes(t *testing.T) {
	for _, c := range Scenarios {
		o := Options{Scenario: c.Name, Seed: 11, Strength: 0.4, Duration: time.Hour, Visitors: 40, Logs: Access | Syslog}
		first, truth := play(t, o)
		again, truthAgain := play(t, o)
		for name := range first {
			if first[name] != again[name] {
				t.Errorf("%s: %s differs from run to run", c.Name, name)
			}
		}
		a, err := json.Marshal(truth)
		if err != nil {
			t.Fatal(err)
		}
		if b, _ := json.Marshal(truthAgain); !bytes.Equal(a, b) {
			t.Errorf("%s: the truth differs from run to run", c.Name)
		}
		o.Seed++
		if other, _ := play(t, o); other["error.log"] == first["error.log"] {
			t.Errorf("%s: two seeds give the same log", c.Name)
		}
	}
}

// Lines of error.log stand in the order of time, and its clients are those of the truth.
func TestLogsAgreeWithTruth(t *testing.T) {
	for _, c := range Scenarios {
		for seed := range uint64(2) {
			logs, truth := play(t, Options{Scenario: c.Name, Seed: seed, Duration: 90 * time.Minute, Logs: Access | Syslog})
			known := map[string]bool{}
			for _, p := range slices.Concat(truth.Attackers, truth.Innocent) {
				if known[p.IP] {
					t.Errorf("%s %d: %s is two parties", c.Name, seed, p.IP)
				}
				known[p.IP] = true
			}
			for _, ip := range truth.Neutral {
				known[ip] = true
			}
			for _, name := range []string{"error.log", "error-site.log"} {
				var last time.Time
				for line := range strings.Lines(logs[name]) {
					if line[0] != '[' {
						continue // a program's own words
					}
					at, err := time.Parse("Mon Jan 02 15:04:05.000000 2006", line[1:strings.IndexByte(line, ']')])
					if err != nil {
						t.Fatalf("%s %d: %v in %s", c.Name, seed, err, line)
					}
					if at.Before(last) {
						t.Errorf("%s %d: %s goes back in time: %s", c.Name, seed, name, line)
					}
					last = at
					if _, rest, ok := strings.Cut(line, "[client "); ok {
						who, _, _ := strings.Cut(rest, "]")
						if ip := who[:strings.LastIndexByte(who, ':')]; !known[ip] {
							t.Errorf("%s %d: the truth does not know %s: %s", c.Name, seed, ip, line)
						}
					}
				}
			}
			for ip, shown := range truth.VisibleIn {
				for _, name := range shown {
					if name == "error.log" {
						name = strings.Join(slices.DeleteFunc(slices.Clone(truth.Logs), func(n string) bool { return !strings.HasPrefix(n, "error") }), " ")
					}
					found := false
					for _, n := range strings.Fields(name) {
						found = found || strings.Contains(logs[n], ip)
					}
					if !found {
						t.Errorf("%s %d: %s should be visible in %s", c.Name, seed, ip, name)
					}
				}
			}
			if !truth.Attack && len(truth.Attackers) > 0 {
				t.Errorf("%s %d: attackers without an attack", c.Name, seed)
			}
		}
	}
}

// What is massive shows, in the words that Apache and the kernel have for it.
func TestMassiveShows(t *testing.T) {
	for scenario, signs := range map[string][]string{
		"flood-one":       {"server reached MaxRequestWorkers"},
		"slow-requests":   {"server reached MaxRequestWorkers", `"-" 408 -`},
		"scan":            {"client denied by server configuration", "AH10244: invalid URI path"},
		"guess-basic":     {"AH01617: user admin", "AH01618: user "},
		"guess-login":     {`"POST /wp-login.php HTTP/1.1" 200`},
		"dying-database":  {"MySQL server has gone away", "Main process exited"},
		"memory-job":      {"Killed process", "mariadb.service: Failed with result 'oom-kill'"},
		"crowd":           {"server reached MaxRequestWorkers"},
		"plugin-fault":    {"PHP Fatal error:  Uncaught Error"},
		"backend-down":    {"AH01079: failed to make connection to backend"},
		"disk-full":       {"The table 'wp_options' is full"},
		"extension-crash": {"AH00051: child pid", "segfault at"},
		"reboot":          {"Linux version", "caught SIGTERM"},
		"compromise":      {"/wp-content/uploads/"},
	} {
		seen := map[string]int{}
		const runs = 4
		for seed := range uint64(runs) {
			logs, _ := play(t, Options{Scenario: scenario, Seed: seed, Strength: 1, Visitors: 40, Duration: time.Hour, Logs: Access | Syslog})
			all := ""
			for _, text := range logs {
				all += text
			}
			for _, sign := range signs {
				if strings.Contains(all, sign) {
					seen[sign]++
				}
			}
		}
		for _, sign := range signs {
			if seen[sign] < runs/2 {
				t.Errorf("%s: %q in %d of %d runs", scenario, sign, seen[sign], runs)
			}
		}
	}
}

func TestSize(t *testing.T) {
	const size = 3e6
	written := 0
	_, err := Run(Options{Scenario: "database-crash", Seed: 1, Bytes: size, Logs: Access}, func(string) (io.Writer, error) {
		return writerFunc(func(p []byte) (int, error) { written += len(p); return len(p), nil }), nil
	})
	if err != nil || written < size || written > size*11/10 {
		t.Errorf("wrote %d bytes of %d: %v", written, int(size), err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestMistakes(t *testing.T) {
	if _, err := Run(Options{Scenario: "earthquake"}, nil); err == nil || err.Error() != `no scenario is called "earthquake"` {
		t.Errorf("an unknown scenario: %v", err)
	}
	full := errors.New("no room")
	if _, err := Run(Options{Scenario: "quiet"}, func(string) (io.Writer, error) { return nil, full }); !errors.Is(err, full) {
		t.Errorf("a log that cannot be opened: %v", err)
	}
	_, err := Run(Options{Scenario: "quiet"}, func(string) (io.Writer, error) {
		return writerFunc(func([]byte) (int, error) { return 0, full }), nil
	})
	if !errors.Is(err, full) {
		t.Errorf("a log that cannot be written: %v", err)
	}
}
