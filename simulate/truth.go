package simulate

import (
	"strconv"
	"time"
)

// Truth is what really happened, in the shape of the laboratory's truth.json with some more.
type Truth struct {
	Scenario    string              `json:"scenario"`
	Seed        uint64              `json:"seed"`
	Strength    float64             `json:"strength"`
	Zone        string              `json:"time_zone"`
	Hostname    string              `json:"hostname"`
	Docroot     string              `json:"docroot"`
	Attackers   []Party             `json:"attackers"`
	Innocent    []Party             `json:"innocent"`
	Neutral     []string            `json:"neutral"`
	NeutralNote string              `json:"neutral_note"`
	Proxy       string              `json:"proxy_address,omitempty"`
	Shared      string              `json:"shared_address,omitempty"`
	VisibleIn   map[string][]string `json:"visible_in"` // logs that show an attacker's deeds or load
	Failures    []string            `json:"innocent_failures"`
	Cause       string              `json:"cause"`
	RootCause   string              `json:"root_cause"`
	Attack      bool                `json:"attack"`
	Faint       bool                `json:"faint"` // the logs that were written hardly show it: both the cause and a quiet time are fair answers
	Episodes    []Episode           `json:"episodes"`
	Outages     []Span              `json:"db_outages"`
	Restarts    []Restart           `json:"restarts"`
	Logs        []string            `json:"logs"`
}

// A Party is a client and what came from it.
type Party struct {
	IP          string         `json:"ip"`
	Kind        string         `json:"kind"`
	Technique   string         `json:"technique,omitempty"`
	First       time.Time      `json:"first"`
	Last        time.Time      `json:"last"`
	Requests    int            `json:"requests"`
	Connections int            `json:"connections"`
	Status      map[string]int `json:"status"`
}

// An Episode is a time in which something went on, by its cause.
type Episode struct {
	Cause string    `json:"cause"`
	From  time.Time `json:"from"`
	To    time.Time `json:"to"`
}

// A Span is a time without the database.
type Span struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// A Restart is an end and a new beginning of Apache or the database.
type Restart struct {
	Time time.Time `json:"time"`
	What string    `json:"what"`
}

// fewTraces is what nobody can be told by: whoever left less in all logs that
// were written counts as noise.
const fewTraces = 5

// busyTraces is from where a client's load can be seen, if it did any harm: its lines alone are no deeds.
const busyTraces = 20

func (s *sim) truth(c Scenario) *Truth {
	t := &Truth{Scenario: c.Name, Strength: s.strength, Hostname: s.site.host, Docroot: s.site.root, Zone: s.began.Format("-07:00"),
		Attackers: []Party{}, Innocent: []Party{}, Neutral: []string{}, Failures: []string{}, VisibleIn: map[string][]string{},
		NeutralNote: "strangers who tried a few things, too few to tell by; attackers who left hardly a trace in these logs",
		Cause:       c.Cause, RootCause: c.Sentence, Episodes: s.episodes, Outages: s.outages, Restarts: s.restarts, Logs: s.out.names}
	for _, a := range s.clients {
		if a.requests == 0 && a.traces["error.log"] == 0 || a.kind == "" {
			continue
		}
		p := Party{a.ip, a.kind, a.technique, a.first.Truncate(time.Second), a.last.Truncate(time.Second), a.requests, a.connections, map[string]int{}}
		for code, n := range a.status {
			p.Status[strconv.Itoa(code)] = n
		}
		switch {
		case a.role == attacker && s.site.proxy != nil && !s.site.remoteIP:
			// The logs name the proxy; this address stands in none of them.
		case a.role == attacker:
			var shown []string
			load := c.Cause == Flood || c.Cause == SlowRequests
			if a.deeds >= fewTraces || load && a.traces["error.log"] >= busyTraces && s.harm >= fewTraces {
				shown = append(shown, "error.log")
			}
			if a.traces["access.log"] >= fewTraces && !load || load && a.traces["access.log"] >= busyTraces && s.harm >= fewTraces {
				shown = append(shown, "access.log")
			}
			if len(shown) == 0 {
				t.Neutral = append(t.Neutral, a.ip)
				continue
			}
			t.Attackers = append(t.Attackers, p)
			t.VisibleIn[a.ip] = shown
		case a.role == neutral:
			t.Neutral = append(t.Neutral, a.ip)
		default:
			t.Innocent = append(t.Innocent, p)
			switch a.kind {
			case "proxy":
				t.Proxy = a.ip
			case "office":
				t.Shared = a.ip
			}
			if a.mistyped {
				t.Failures = append(t.Failures, a.ip)
			}
		}
	}
	for i := range t.Episodes {
		t.Episodes[i].From, t.Episodes[i].To = t.Episodes[i].From.Truncate(time.Second), t.Episodes[i].To.Truncate(time.Second)
	}
	for i := range t.Outages {
		t.Outages[i].From, t.Outages[i].To = t.Outages[i].From.Truncate(time.Second), t.Outages[i].To.Truncate(time.Second)
	}
	for i := range t.Restarts {
		t.Restarts[i].Time = t.Restarts[i].Time.Truncate(time.Second)
	}
	t.Attack = c.Attack
	told := false
	for _, r := range s.restarts {
		told = told || r.What != "apache graceful"
	}
	t.Faint = c.Cause != None && s.harm < fewTraces && len(t.Attackers) == 0 && !(told && (c.Cause == Maintenance || c.Cause == Reboot))
	if c.Cause == None && s.harm > 0 && len(s.episodes) > 0 {
		// A time that was too much for the machine was not quiet.
		t.Cause = s.episodes[0].Cause
	}
	return t
}
