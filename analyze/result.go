package analyze

// ReportSchema names the version of the JSON report; within a version changes only add.
const ReportSchema = "logsleuth.report/v1"

// A Result is what was concluded from the logs: computed, sorted, ready to be
// written in any format. Times are RFC 3339, without an offset where the log
// names no zone and the user gave none. "lines" are places as NAME:NUMBER.
type Result struct {
	Schema    string            `json:"schema"`
	Cut       bool              `json:"incomplete,omitempty"` // reading was interrupted: later lines are missing
	Tool      Tool              `json:"tool"`
	Inputs    []Input           `json:"inputs"`
	Verdict   Verdict           `json:"verdict"`
	Incidents []Incident        `json:"incidents"`
	Clients   []Client          `json:"clients"`
	Totals    Totals            `json:"totals"`
	Plugins   []Plugin          `json:"plugins"`
	Events    map[string]int64  `json:"events"`
	Titles    map[string]string `json:"kinds"` // what each kind of event is, in plain words
	Roles     map[string]string `json:"roles"` // what each kind says about the client in it: deed, harm, state or noise
	Moments   []Moment          `json:"moments"`
	Timeline  TimelineReport    `json:"timeline"`
	Memory    *MemoryReport     `json:"memory"`
	Advice    []Advice          `json:"advice"`
	Blind     []string          `json:"blind_spots"` // what this log could not show
	Notes     []string          `json:"notes"`       // how the logs were read: years inferred, zones assumed
	Why       []Why             `json:"why"`         // the whole reasoning on the clients that were asked about
	Allowed   []Allowed         `json:"allowed"`     // by --allow, with who was met
}

// A Tool names the program, its options and its data, so that a reader can repeat the run.
type Tool struct {
	Name    string   `json:"name"`
	Version string   `json:"version"`
	Options []string `json:"options"`
	Geo     []string `json:"geo"` // each geo database with its date
}

// An Input is one log as it was found.
type Input struct {
	Path     string   `json:"path"`
	Format   string   `json:"format"`
	SHA256   string   `json:"sha256"`
	Bytes    int64    `json:"bytes"` // of the file as found, so of the packed one where it is packed
	Lines    int64    `json:"lines"`
	Events   int64    `json:"events"`
	Unparsed int64    `json:"unparsed"`
	Samples  []Sample `json:"unparsed_samples"`
	First    string   `json:"first"`
	Last     string   `json:"last"`
	Error    string   `json:"error,omitempty"` // why it was not read, or not to its end
}

// A Sample is a line that was not understood.
type Sample struct {
	Line string `json:"line"` // place
	Text string `json:"text"`
}

// A Verdict is the answer in one sentence, with its doubts.
type Verdict struct {
	Cause      Cause    `json:"cause"`
	Attack     bool     `json:"attack"`
	Confidence float64  `json:"confidence"` // 0 to 1
	Summary    string   `json:"summary"`
	Doubts     []string `json:"doubts"`
}

// A Cause is the root of an incident.
type Cause string

// The causes that rules tell apart.
const (
	CauseFlood        Cause = "flood"        // one or few clients hold the workers
	CauseSlow         Cause = "slow"         // a client holds connections open with requests that it does not finish
	CauseDistributed  Cause = "distributed"  // many clients flood together, each of them a little
	CauseCompromise   Cause = "compromise"   // somebody seems to run programs on the server
	CauseScan         Cause = "scan"         // a client looks for what is not there
	CauseGuessing     Cause = "guessing"     // a client tries passwords
	CauseDatabase     Cause = "database"     // the database failed by itself
	CauseMemory       Cause = "memory"       // the machine ran out of memory
	CauseCapacity     Cause = "capacity"     // all workers busy, nobody stands out
	CausePlugin       Cause = "plugin"       // one component fails for everybody
	CauseBackend      Cause = "backend"      // PHP-FPM or another program behind the web server is down or full
	CauseDisk         Cause = "disk"         // the disk is full or failing
	CauseConfig       Cause = "config"       // the server does not start or does not serve because of its configuration
	CauseCrash        Cause = "crash"        // workers die by themselves
	CauseReboot       Cause = "reboot"       // the machine started anew
	CauseMaintenance  Cause = "maintenance"  // a planned restart
	CauseQuiet        Cause = "quiet"        // nothing of the above
	CauseUndetermined Cause = "undetermined" // something happened; the log does not show why
)

// Attack tells whether somebody does this on purpose.
func (c Cause) Attack() bool {
	return c.load() || c == CauseScan || c == CauseGuessing || c == CauseCompromise
}

// load tells whether somebody takes the server's room away from the others.
func (c Cause) load() bool { return c == CauseFlood || c == CauseSlow || c == CauseDistributed }

// An Incident is a stretch of time in which state and harm stand far above the log's own baseline.
type Incident struct {
	ID         int        `json:"id"`
	Start      string     `json:"start"`
	End        string     `json:"end"`
	Cause      Cause      `json:"cause"`
	Confidence float64    `json:"confidence"`
	Summary    string     `json:"summary"`
	Phases     []Phase    `json:"phases"`
	Evidence   []Evidence `json:"evidence"` // for and against the cause
	Clients    []string   `json:"clients"`  // addresses named in it

	Timeline TimelineReport `json:"timeline"` // of the incident and a little around it; empty where it would be no finer than that of the whole
}

// A Phase is a part of an incident: onset, saturation, collapse, intervention, recovery.
type Phase struct {
	Name   string           `json:"name"`
	Start  string           `json:"start"`
	End    string           `json:"end"`
	Events map[string]int64 `json:"events"`
	Lines  []string         `json:"lines"`
	Text   string           `json:"text"` // what happened in it, in one sentence
}

// An Evidence is one reason for or against. Its weight is in natural log-odds:
// above zero it speaks for the verdict, below zero against it.
type Evidence struct {
	Rule   string   `json:"rule"`
	Weight float64  `json:"weight"`
	Text   string   `json:"text"`
	Lines  []string `json:"lines"`
}

// A Standing is what a client is taken for.
type Standing string

// The standings of clients.
const (
	Attacker  Standing = "attacker"
	Suspect   Standing = "suspect"
	Victim    Standing = "victim"    // served errors in an incident, did nothing
	Bystander Standing = "bystander" // there, neither harmed nor harming
	Proxy     Standing = "proxy"     // an address that stands for others
	Crawler   Standing = "crawler"   // a search engine
	Own       Standing = "own"       // the server itself
)

// A Client is one address and what it is taken for.
type Client struct {
	IP          string           `json:"ip"`
	Standing    Standing         `json:"verdict"`
	Confidence  float64          `json:"confidence"` // that the standing is right, 0 to 1
	Country     string           `json:"country"`    // ISO 3166-1, empty: not known
	ASN         uint32           `json:"asn"`
	Org         string           `json:"org"`
	First       string           `json:"first"`
	Last        string           `json:"last"`
	Events      map[string]int64 `json:"events"`
	Connections int              `json:"peak_connections"`   // most distinct source ports within ten seconds: a lower bound
	Workers     int              `json:"peak_workers"`       // most distinct worker pids within ten seconds
	Requests    *Requests        `json:"requests,omitempty"` // from access logs, where there are any
	Techniques  []string         `json:"techniques"`         // MITRE ATT&CK
	Evidence    []Evidence       `json:"evidence"`
	Settle      string           `json:"settle,omitempty"` // what would settle the doubt
	Plugins     []string         `json:"plugins"`
	Lines       []string         `json:"lines"` // first lines that name it
}

// Requests are what access logs say of a client.
type Requests struct {
	Count   int64            `json:"count"`
	Status  map[string]int64 `json:"status"`  // by class: 2xx, 3xx, …
	Agents  []string         `json:"agents"`  // the first few user agents, as the client sent them
	Missing int              `json:"missing"` // different addresses answered with 4xx
	Paths   []string         `json:"paths"`   // the first few of these
	Logins  int64            `json:"failed_logins"`
	XMLRPC  int64            `json:"xmlrpc_calls"`
}

// Totals count all clients, also those not listed.
type Totals struct {
	Events    int64            `json:"events"`
	Clients   int64            `json:"clients"`
	Standings map[string]int64 `json:"verdicts"`
	Folded    int64            `json:"folded_clients"` // clients not kept apart for lack of room
}

// A Plugin is a plugin or theme whose code ran when something failed.
type Plugin struct {
	Name     string           `json:"name"`
	Type     string           `json:"type"`     // plugin, mu-plugin, theme or core
	Strength string           `json:"strength"` // how the name is known: include, class, hook, table or path
	Events   map[string]int64 `json:"events"`
	Clients  int              `json:"clients"`
	Chains   []Chain          `json:"chains"`
	Lines    []string         `json:"lines"`
}

// A Chain is one way through the code to a failing call.
type Chain struct {
	Chain  []string `json:"chain"`
	Events int64    `json:"events"`
	Entry  string   `json:"entry"` // front end, login, xml-rpc, cron, ajax, rest, admin
}

// A Moment is one step of the causal order.
type Moment struct {
	Time  string `json:"time"`
	Until string `json:"until,omitempty"` // when it stands for more than one event
	Kind  string `json:"kind"`
	Role  string `json:"role"`
	Count int64  `json:"count"`
	Text  string `json:"text"`
	Line  string `json:"line"` // place of the first
}

// A TimelineReport counts events by kind over time; empty buckets are left out.
type TimelineReport struct {
	BucketSeconds int64    `json:"bucket_seconds"`
	Buckets       []Bucket `json:"buckets"`
}

// A Bucket is one stretch of the timeline.
type Bucket struct {
	Start  string            `json:"start"`
	Events map[string]int64  `json:"events"`
	Lines  map[string]string `json:"first_lines"` // place of the first of each kind
}

// A MemoryReport is the memory arithmetic from the kernel's out-of-memory reports.
type MemoryReport struct {
	TotalBytes       int64     `json:"total_bytes"`
	LimitedBy        string    `json:"limited_by"` // machine, or cgroup where a container's limit was met
	WorkerRSSBytes   int64     `json:"worker_rss_bytes"`
	WorkersSeen      int64     `json:"workers_seen"` // web server processes in the largest table
	OtherBytes       int64     `json:"other_bytes"`  // rss of everything else
	SuggestedWorkers int64     `json:"suggested_max_request_workers"`
	Kills            []OOMKill `json:"kills"`
	Programs         []Program `json:"programs"` // of the largest table, biggest first
	Text             string    `json:"text"`     // the arithmetic as a sentence
}

// An OOMKill is one process that the kernel shot.
type OOMKill struct {
	Time      string `json:"time"`
	Victim    string `json:"victim"`
	PID       int64  `json:"pid"`
	RSSBytes  int64  `json:"rss_bytes"`
	Triggered string `json:"trigger"`
	Line      string `json:"line"`
}

// A Program is what all processes of one name held.
type Program struct {
	Name      string `json:"name"`
	Processes int64  `json:"processes"`
	RSSBytes  int64  `json:"rss_bytes"`
}

// An Advice is one measure. It is printed, never carried out. What it asks for is
// in numbers and addresses; the commands are made from these for each tool.
type Advice struct {
	ID          string            `json:"id"`
	Urgency     int               `json:"urgency"` // 1 is first
	Text        string            `json:"text"`
	Commands    map[string]string `json:"commands"`
	Undo        map[string]string `json:"undo"`
	SideEffects string            `json:"side_effects"`
	Targets     []Target          `json:"targets"`           // whom it is about
	Number      int64             `json:"number,omitempty"`  // the limit that it sets: connections at once, workers
	Rate        int64             `json:"rate,omitempty"`    // the limit of new connections a minute
	Subject     string            `json:"subject,omitempty"` // the plugin or the service that it is about
	Exempt      []string          `json:"exempt"`            // networks that a limit must not meet
	Jails       []Jail            `json:"jails"`             // what fail2ban should watch for
	Proxied     bool              `json:"proxied,omitempty"` // a packet filter on this host sees the proxy in front, not these clients
}

// A Target is whom a measure is about: one address, or the IPv6 /64 that several
// named addresses lie in.
type Target struct {
	Network string   `json:"network"`
	Clients []string `json:"clients"`
	Lines   []string `json:"lines"` // the evidence
}
