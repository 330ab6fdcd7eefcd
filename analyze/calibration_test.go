package analyze

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/logsleuth/logsleuth/simulate"
)

var calibrate = flag.Int("calibrate", 8, "simulated runs of each scenario for TestCalibration")

// fairCauses are the answers that a reader would call right for what simulate
// let happen. An outage has more than one fair name where the log shows the
// consequence and not what began it.
var fairCauses = map[string][]Cause{
	simulate.None:           {CauseQuiet, CauseMaintenance}, // the rotation of logs
	simulate.Flood:          {CauseFlood, CauseDistributed}, // by one, a few, or many
	simulate.SlowRequests:   {CauseSlow, CauseFlood},
	simulate.Scan:           {CauseScan},
	simulate.Guessing:       {CauseGuessing},
	simulate.DatabaseCrash:  {CauseDatabase},
	simulate.DatabaseSlow:   {CauseDatabase, CauseCapacity},
	simulate.MemoryJob:      {CauseMemory, CauseDatabase},
	simulate.Crowd:          {CauseCapacity, CauseMemory},
	simulate.PluginFault:    {CausePlugin},
	simulate.BackendDown:    {CauseBackend},
	simulate.DiskFull:       {CauseDisk},
	simulate.Misconfigured:  {CauseConfig, CauseCapacity},
	simulate.Maintenance:    {CauseMaintenance, CauseQuiet}, // nothing happened that anybody need mind
	simulate.Reboot:         {CauseReboot, CauseMaintenance, CauseQuiet},
	simulate.ExtensionCrash: {CauseCrash},
	simulate.Compromise:     {CauseCompromise},
	simulate.FloodUnseen:    {CauseFlood, CauseDistributed, CauseCapacity, CauseMemory},
}

// A claim is something that a report said with a confidence, and whether it was so.
type claim struct {
	about      string // clients, causes or verdict.attack
	confidence float64
	right      bool
	attacker   bool // somebody is called attacker, not only suspect
	text       string
	run        string // the command that repeats it
}

// A score is what the reports of one scenario were worth.
type score struct {
	runs, faint              int
	hit, false, missed       int // clients
	right, wrong, unknown    int // verdict's causes
	attackRight, attackWrong int
}

// TestCalibration measures the stated confidences on simulated servers: of what
// is said with 80 % about 80 % should be so. It fails where a bin is grossly too
// sure: where even the upper end of the interval of what was right lies more
// than grossly below what was stated. With -v it prints the tables.
//
//	go test ./analyze -run TestCalibration -v -calibrate 100
func TestCalibration(t *testing.T) {
	if testing.Short() {
		t.Skip("plays hundreds of servers")
	}
	type outcome struct {
		claims []claim
		score  score
	}
	names := simulate.Names()
	each := fewer(*calibrate)
	outcomes := make([]outcome, len(names)*each)
	var wait sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := range next {
				name, seed := names[i%len(names)], uint64(1+i/len(names))
				logs, truth := simulated(t, simulate.Options{Scenario: name, Seed: seed})
				outcomes[i].claims, outcomes[i].score = compare(judge(logs), truth)
				for j := range outcomes[i].claims {
					outcomes[i].claims[j].run = fmt.Sprintf("go run ./simulate/generate -scenario %s -seed %d -o DIR", name, seed)
				}
			}
		})
	}
	for i := range outcomes {
		next <- i
	}
	close(next)
	wait.Wait()

	var claims []claim
	scores := make([]score, len(names))
	for i, o := range outcomes {
		claims = append(claims, o.claims...)
		scores[i%len(names)].add(o.score)
	}
	t.Log("\n" + scoreTable(names, scores))
	for _, about := range []string{"clients", "causes", "verdict.attack"} {
		table, gross := reliability(claims, about)
		t.Logf("%s\n%s", about, table)
		for _, g := range gross {
			t.Errorf("too sure of %s: %s", about, g)
		}
	}
	t.Log("\n" + worst(claims, 40))
	// Nobody innocent is called attacker in the runs that everybody makes, whatever the
	// average says. In thousands of them one in a hundred may be: that is what 0.97 means.
	for _, c := range claims {
		if c.attacker && !c.right && *calibrate <= 16 {
			t.Errorf("innocent, and called attacker: %s\n     %s", c.text, c.run)
		}
	}
	// Whatever the confidences are, the rest of the machinery must have worked.
	if len(claims) < len(outcomes) {
		t.Errorf("%d claims in %d runs", len(claims), len(outcomes))
	}
}

// simulated plays a server and returns its logs as files of a case are read.
func simulated(t *testing.T, o simulate.Options) ([]logFile, *simulate.Truth) {
	t.Helper()
	texts := map[string]*bytes.Buffer{}
	truth, err := simulate.Run(o, func(name string) (io.Writer, error) {
		texts[name] = new(bytes.Buffer)
		return texts[name], nil
	})
	if err != nil {
		t.Error(err)
		return nil, &simulate.Truth{}
	}
	var logs []logFile
	for _, name := range truth.Logs {
		logs = append(logs, logFile{name, texts[name].Bytes()})
	}
	slices.SortFunc(logs, func(a, b logFile) int { return cmp.Compare(a.name, b.name) })
	return logs, truth
}

// compare holds a report against the truth.
func compare(r *Result, truth *simulate.Truth) (claims []claim, s score) {
	s.runs = 1
	guilty := map[string]bool{}
	for _, a := range truth.Attackers {
		guilty[a.IP] = true
	}
	s.missed = len(guilty)
	kinds := map[string]string{}
	for _, p := range truth.Innocent {
		kinds[p.IP] = p.Kind
	}
	for _, c := range r.Clients {
		if c.Standing != Attacker && c.Standing != Suspect || slices.Contains(truth.Neutral, c.IP) {
			continue
		}
		if guilty[c.IP] {
			s.hit++
			s.missed--
		} else {
			s.false++
		}
		var rules []string
		for _, e := range c.Evidence {
			rules = append(rules, fmt.Sprintf("%s %+.1f", e.Rule, e.Weight))
		}
		claims = append(claims, claim{about: "clients", confidence: c.Confidence, right: guilty[c.IP], attacker: c.Standing == Attacker,
			text: fmt.Sprintf("%s is called %s (%s); it is %s", c.IP, c.Standing, strings.Join(rules, ", "), cmp.Or(kinds[c.IP], "guilty"))})
	}

	const slack = 3 * time.Minute
	for _, i := range r.Incidents {
		if i.Cause == CauseUndetermined {
			continue
		}
		from, to := clockTime(i.Start, truth).Add(-slack), clockTime(i.End, truth).Add(slack)
		var met []string
		right := false
		for _, e := range truth.Episodes {
			if e.From.Before(to) && e.To.After(from) {
				met = append(met, e.Cause)
				right = right || slices.Contains(fairCauses[e.Cause], i.Cause)
			}
		}
		for _, restart := range truth.Restarts {
			if i.Cause == CauseMaintenance && restart.Time.After(from) && restart.Time.Before(to) {
				right = true
			}
		}
		if len(met) == 0 && (i.Cause == CauseScan || i.Cause == CauseGuessing) {
			continue // the usual noise: neither right nor wrong
		}
		claims = append(claims, claim{about: "causes", confidence: i.Confidence, right: right,
			text: fmt.Sprintf("the incident %s to %s is put down to %s; there was %s", i.Start, i.End, i.Cause, cmp.Or(strings.Join(met, ", "), "nothing"))})
	}

	v := r.Verdict
	fair := slices.Contains(fairCauses[truth.Cause], v.Cause) || truth.Faint && v.Cause == CauseQuiet
	switch {
	case fair:
		s.right++
	case v.Cause == CauseUndetermined:
		s.unknown++
	default:
		s.wrong++
	}
	if v.Cause != CauseUndetermined {
		claims = append(claims, claim{about: "causes", confidence: v.Confidence, right: fair,
			text: fmt.Sprintf("the verdict is %s; it was %s", v.Cause, truth.Cause)})
	}
	// Where the logs show no attacker, or hardly anything, whether there was an attack cannot be asked of them.
	if truth.Faint || truth.Attack && len(truth.Attackers) == 0 || v.Cause == CauseUndetermined && !v.Attack {
		s.faint++
		return claims, s
	}
	if v.Attack == truth.Attack {
		s.attackRight++
	} else {
		s.attackWrong++
	}
	claims = append(claims, claim{about: "verdict.attack", confidence: v.Confidence, right: v.Attack == truth.Attack,
		text: fmt.Sprintf("attack %t (%s); it was %t (%s)", v.Attack, v.Cause, truth.Attack, truth.Cause)})
	return claims, s
}

// clockTime reads a time of a report, which may lack the zone, in the server's.
func clockTime(s string, truth *simulate.Truth) time.Time {
	if at, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return at
	}
	at, err := time.Parse("2006-01-02T15:04:05.999999-07:00", s+truth.Zone)
	if err != nil {
		panic(err)
	}
	return at
}

func (s *score) add(o score) {
	s.runs += o.runs
	s.faint += o.faint
	s.hit += o.hit
	s.false += o.false
	s.missed += o.missed
	s.right += o.right
	s.wrong += o.wrong
	s.unknown += o.unknown
	s.attackRight += o.attackRight
	s.attackWrong += o.attackWrong
}

func scoreTable(names []string, scores []score) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-20s %5s %6s %6s %6s %9s %7s   %6s %6s %12s   %s\n", "scenario", "runs", "hit", "false", "missed", "precision", "recall", "cause", "wrong", "undetermined", "attack right/wrong/not asked")
	var all score
	row := func(name string, s score) {
		share := func(a, b int) string {
			if b == 0 {
				return "-"
			}
			return fmt.Sprintf("%.2f", float64(a)/float64(b))
		}
		fmt.Fprintf(&b, "%-20s %5d %6d %6d %6d %9s %7s   %6s %6d %12d   %d/%d/%d\n", name, s.runs, s.hit, s.false, s.missed,
			share(s.hit, s.hit+s.false), share(s.hit, s.hit+s.missed), share(s.right, s.runs), s.wrong, s.unknown, s.attackRight, s.attackWrong, s.faint)
	}
	for i, name := range names {
		row(name, scores[i])
		all.add(scores[i])
	}
	row("all", all)
	return b.String()
}

// confidenceBins are the upper ends of the bins of stated confidence.
var confidenceBins = []float64{0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.01}

// grossly is how far what was right may lie below what was stated, after the
// doubt of few cases is taken off: a reader who is told 90 % and finds fewer
// than 80 % right has been misled.
const grossly = 0.1

// reliability compares in bins what was stated with what was right. Claims of one run
// that are alike count once: eighty clients of one flood are found or missed together.
func reliability(claims []claim, about string) (table string, gross []string) {
	var b strings.Builder
	fmt.Fprintf(&b, "%-13s %6s %7s %7s   %s\n", "stated", "claims", "mean", "right", "interval of right (95 %)")
	low := 0.0
	for _, high := range confidenceBins {
		type alike struct {
			run   string
			right bool
		}
		seen := map[alike]bool{}
		n, right, stated := 0, 0, 0.0
		for _, c := range claims {
			if c.about != about || c.confidence < low || c.confidence >= high || seen[alike{c.run, c.right}] {
				continue
			}
			seen[alike{c.run, c.right}] = true
			n++
			stated += c.confidence
			if c.right {
				right++
			}
		}
		if n > 0 {
			from, to := wilson(right, n)
			stated /= float64(n)
			row := fmt.Sprintf("%.2f to %.2f  %6d %7.2f %7.2f   %.2f to %.2f", low, min(high, 1), n, stated, float64(right)/float64(n), from, to)
			fmt.Fprintln(&b, row)
			if to < stated-grossly {
				gross = append(gross, row)
			}
		}
		low = high
	}
	return b.String(), gross
}

// wilson is the interval in which a share lies with 95 %, where so many of n were right.
func wilson(right, n int) (from, to float64) {
	const z = 1.96
	p, m := float64(right)/float64(n), float64(n)
	middle := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return middle - half, middle + half
}

func TestWilson(t *testing.T) {
	for _, test := range []struct {
		right, n int
		from, to float64
	}{{0, 10, 0, 0.278}, {10, 10, 0.722, 1}, {50, 100, 0.404, 0.596}} {
		from, to := wilson(test.right, test.n)
		if math.Abs(from-test.from) > 0.001 || math.Abs(to-test.to) > 0.001 {
			t.Errorf("%d of %d: %.3f to %.3f, want %.3f to %.3f", test.right, test.n, from, to, test.from, test.to)
		}
	}
}

// worst are the surest claims that were wrong, one of each kind and scenario.
func worst(claims []claim, most int) string {
	var b strings.Builder
	wrong := slices.DeleteFunc(slices.Clone(claims), func(c claim) bool { return c.right })
	slices.SortStableFunc(wrong, func(a, b claim) int { return cmp.Compare(b.confidence, a.confidence) })
	seen := map[string]bool{}
	for _, c := range wrong {
		scenario, _, _ := strings.Cut(c.run, " -seed")
		if key := c.about + scenario; !seen[key] && most > 0 {
			seen[key] = true
			most--
			fmt.Fprintf(&b, "%.2f %s\n     %s\n", c.confidence, c.text, c.run)
		}
	}
	return b.String()
}
