package analyze

import "net/netip"

// A Rule looks at all facts and says what speaks for or against something: that
// a client does harm on purpose, or that a trouble has a certain cause. It is
// pure; its thresholds are constants beside it, each with its reason.
type Rule struct {
	ID    string
	Title string
	Finds string   // what it can tell
	Blind string   // what it cannot
	Uses  []string // kinds of events by the first words of their names
	About About
	Judge func(*Case) []Finding
}

// About is what a rule gives evidence on.
type About uint8

// Rules on clients run first; those on causes know who stands accused.
const (
	AboutClients About = iota
	AboutCauses
)

// A Finding is evidence on a client, or on the cause of a trouble.
type Finding struct {
	Client  netip.Addr // of a rule about clients
	Deed    Cause      // what the client is then accused of, "" for evidence that accuses nobody
	Trouble *Trouble   // where it happened; nil: in the log as a whole
	Cause   Cause      // of a rule about causes
	Crowd   bool       // by its behaviour the client is many people
	Through bool       // somebody behind a client that stands for others did it, and no crowd
	StandIn bool       // the client stands for others
	Passed  bool       // no evidence, but why the rule has none, for who asks: see Case.passed
	Settle  string     // what would settle the doubt
	Evidence
}

// Rules is all that logsleuth judges by.
var Rules = []Rule{
	// On clients.
	ruleLoad,
	ruleAlone,
	ruleStuck,
	ruleScan,
	ruleGuessing,
	ruleInjection,
	ruleWebScan,
	ruleCrafted,
	ruleWebGuessing,
	ruleWebFlood,
	ruleSlow,
	ruleBehind,
	ruleCompromise,
	ruleScanners,
	ruleDistributed,
	ruleCampaign,
	ruleNetwork,
	ruleDeedLoad,
	ruleRegular,
	ruleOnlyHarmed,
	rulePeople,
	ruleBrowsers,
	ruleStandIn,
	ruleOwn,
	ruleCrawler,
	ruleAllowed,

	// On causes.
	ruleCauseFlood,
	ruleCauseDatabase,
	ruleCauseMemory,
	ruleCausePlugin,
	ruleCauseBackend,
	ruleCauseDisk,
	ruleCauseConfig,
	ruleCauseCrash,
	ruleCauseReboot,
	ruleCauseMaintenance,
	ruleCauseCapacity,
	ruleCauseRemote,
}
