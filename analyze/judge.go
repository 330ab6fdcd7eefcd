package analyze

import (
	"cmp"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strings"

	"github.com/logsleuth/logsleuth/parser"
)

const (
	// prior is the log-odds that any one client does harm on purpose before its
	// evidence is weighed: about one in twenty.
	prior = -3.0
	// attackerFrom and suspectFrom are the confidences from which a client is called so.
	attackerFrom = 0.8
	suspectFrom  = 0.5
	// most is the confidence that an error log can give: it shows a part only.
	most = 0.97
)

// Judge concludes.
func Judge(f *Facts, o Options) *Result {
	c := newCase(f, o)
	c.judgeClients()
	incidents := c.incidents()
	r := &Result{
		Schema:    ReportSchema,
		Cut:       o.Cut,
		Tool:      o.Tool,
		Inputs:    c.inputs(),
		Incidents: make([]Incident, 0, len(incidents)),
		Events:    counts(c.Kinds),
		Titles:    titles(c.Kinds),
		Roles:     roles(c.Kinds),
		Timeline:  c.timeline(),
		Notes:     c.notes(),
	}
	for _, p := range c.plugins() {
		r.Plugins = append(r.Plugins, p.Plugin)
	}
	for i, in := range incidents {
		in.ID = i + 1
		r.Incidents = append(r.Incidents, in.Incident)
	}
	r.Clients, r.Totals = c.clients()
	r.Memory = c.memory()
	r.Moments = c.moments(incidents)
	r.Blind = c.blind()
	r.Verdict = c.verdict(incidents)
	c.caution(&r.Verdict, incidents)
	r.Allowed = c.allowedMet()
	if o.Cut {
		r.Verdict.Doubts = append([]string{"Reading was interrupted: what stands later in these logs was not seen, and may change all of this."}, r.Verdict.Doubts...)
	}
	r.Advice = c.advise(incidents, r)
	r.Why = c.why()
	return r
}

// judgeClients gathers the evidence on each client and weighs it.
func (c *Case) judgeClients() {
	c.weighClients(Rules)
	for _, cc := range c.Everybody {
		cc.Score = math.Min(cc.Score+prior, logit(most))
		said, because := c.standing(cc)
		cc.Standing, cc.because = c.spare(cc, said, because)
	}
	fronts, _, _ := c.proxied()
	for _, cc := range c.Everybody {
		cc.hides = c.hides(cc, fronts)
		if !cc.named() && !cc.hides {
			continue
		}
		for _, t := range c.Troubles {
			if cc.loadIn[t] && cc.hides {
				if t.Through == nil || cc.unguarded() > t.Through.unguarded() {
					t.Through = cc
				}
			} else if cc.loadIn[t] {
				t.Named = append(t.Named, cc)
			}
		}
	}
	for _, t := range c.Troubles {
		slices.SortStableFunc(t.Named, func(a, b *ClientCase) int { return cmp.Compare(b.Score, a.Score) })
	}
}

// named tells whether a client is accused by its name.
func (cc *ClientCase) named() bool { return cc.Standing == Attacker || cc.Standing == Suspect }

// hides tells whether a client stands for others, one of whom would have been
// called an attacker: for load only where no crowd makes such. An address of a
// private network is a machine of the owner's own, unless visitors come through it.
func (c *Case) hides(cc *ClientCase, fronts []*ClientCase) bool {
	if _, trusted := within(c.TrustedProxies, cc.Addr); !trusted && notOfInternet(cc.Addr) != "" && !cc.Addr.IsLoopback() && !slices.Contains(fronts, cc) {
		return false
	}
	return cc.Standing == Proxy && (cc.through || cc.would == Attacker && cc.deed != CauseFlood && cc.deed != CauseDistributed && cc.hurried())
}

// stray is the time between two deeds from which they may be those of the bots that
// every server meets.
const stray = minute

// hurried tells whether what a client is accused of came close upon each other: behind
// an address that stands for many, the bots that every server meets add up to as much,
// and so do the readers of a large site who follow old links: of a scan only what they
// do not ask for counts.
func (cc *ClientCase) hurried() bool {
	hasty := func(t WebTally) bool { return t.Count > 1 && t.pace() < stray }
	w := cc.Web
	if w == nil {
		w = newWeb()
	}
	switch cc.deed {
	case CauseScan:
		return cc.Hidden > 1 && pace(cc)*(cc.deedLines()-1)/(cc.Hidden-1) < stray || hasty(w.Crafts) ||
			hasty(WebTally{Count: w.Hidden, First: w.Misses.First, Last: w.Misses.Last})
	case CauseGuessing:
		return cc.deedLines() > 1 && pace(cc) < stray || hasty(w.Logins) || hasty(w.XMLRPC)
	}
	return true
}

// unguarded is a client's score without what a guard took. What somebody behind a
// proxy did in seconds is not outweighed by how all others behind it behave.
func (cc *ClientCase) unguarded() float64 {
	score := cc.Score - cc.guarded()
	if cc.through {
		score = prior + cc.accusation().Weight
	}
	return math.Min(score, logit(most))
}

// weighClients gathers the evidence of some rules, in their order: those that
// clear see who is accused.
func (c *Case) weighClients(rules []Rule) {
	for i, rule := range rules {
		if rule.About != AboutClients {
			continue
		}
		c.before = rules[:i]
		for _, f := range rule.Judge(c) {
			cc := c.byAddr[f.Client]
			if f.Passed {
				cc.pass(rule, f.Text)
				continue
			}
			if f.Evidence.Text != "" {
				f.Evidence.Rule = rule.ID
				f.Evidence.Weight = round2(f.Evidence.Weight)
				cc.Evidence = append(cc.Evidence, f.Evidence)
				cc.Score += f.Evidence.Weight
				if best, ok := cc.acts[f.Deed]; f.Deed != "" && (!ok || f.Evidence.Weight > best.Weight) {
					if cc.acts == nil {
						cc.acts = make(map[Cause]Evidence)
					}
					cc.acts[f.Deed] = f.Evidence
				}
			}
			cc.standIn = cc.standIn || f.StandIn
			cc.crowd = cc.crowd || f.Crowd
			if f.Through && (!cc.through || f.Evidence.Weight > cc.proof.Weight) {
				cc.through, cc.proof = true, f.Evidence
			}
			if f.Deed == "" {
				continue
			}
			if slices.Index(deedOrder, f.Deed) < slices.Index(deedOrder, cc.deed) || cc.deed == "" {
				cc.deed = f.Deed
			}
			cc.settle = cmp.Or(cc.settle, f.Settle)
			if f.Trouble != nil {
				if cc.loadIn == nil {
					cc.loadIn = make(map[*Trouble]bool)
				}
				cc.loadIn[f.Trouble] = true
			}
		}
	}
}

// deedOrder is which of several deeds a client is named for.
var deedOrder = []Cause{CauseSlow, CauseFlood, CauseDistributed, CauseCompromise, CauseGuessing, CauseScan}

// standing is what a client is taken for, and why, as the end of "it is called
// so because". Only a deed, or a load that stands out, can make an attacker.
func (c *Case) standing(cc *ClientCase) (Standing, string) {
	p := sigmoid(cc.Score)
	why := ""
	switch {
	case cc.manyPeople():
		if accused(cc) && p >= attackerFrom {
			cc.would = Attacker
		} else if accused(cc) && p >= suspectFrom {
			cc.would = Suspect
		}
		return Proxy, "it has nearly all lines, for hours, and behaves like many people, so it is taken for a proxy or an office until something else is shown"
	case cc.onlyRemote():
		why = "the log names it only as [remote], which may be a server that Apache asked, and such is never accused"
	case accused(cc) && p >= attackerFrom && !cc.standIn:
		return Attacker, fmt.Sprintf("a rule accuses it, and the sum is at least %.0f%%", 100*attackerFrom)
	case accused(cc) && p >= attackerFrom:
		return Suspect, "a rule accuses it, but it may stand for many people, and such an address is never called attacker, whatever the sum"
	case accused(cc) && p >= suspectFrom:
		return Suspect, fmt.Sprintf("a rule accuses it, and the sum is at least %.0f%% and less than %.0f%%", 100*suspectFrom, 100*attackerFrom)
	case accused(cc):
		why = fmt.Sprintf("a rule accuses it, but the sum is less than %.0f%%", 100*suspectFrom)
	default:
		why = "no rule accuses it of anything that it did, nor of a load that stands out, and without that no sum makes a suspect"
	}
	for _, t := range cc.Kinds {
		if parser.Kinds[t.Kind].Role == parser.Harm {
			return Victim, why + "; it was served errors"
		}
	}
	if cc.Web != nil && cc.Web.Failed.Count > 0 {
		return Victim, why + "; it was served errors"
	}
	return Bystander, why + "; it was served no errors"
}

// manyPeople tells whether an address owns nearly all lines, for hours, and what
// it does is what many people do: of whom some mistype, and some probe.
func (cc *ClientCase) manyPeople() bool {
	first, last := cc.seen()
	return cc.crowd && last-first >= mixedFor && float64(cc.lines()-cc.deedLines()) >= someOfEach*float64(cc.lines())
}

// An incident in the making, with the trouble that it came from.
type incident struct {
	Incident
	trouble    *Trouble // nil: deeds without distress
	start, end int64
	who        []*ClientCase // named
	through    bool          // the one in who stands for others, one of whom did it
}

// incidents makes one of each trouble, and of each campaign of deeds.
func (c *Case) incidents() []*incident {
	var list []*incident
	for _, t := range c.Troubles {
		in := &incident{trouble: t, start: t.Start, end: t.End, who: t.Named}
		if t.Through != nil && len(t.Named) == 0 {
			in.who, in.through = []*ClientCase{t.Through}, true
		}
		list = append(list, in)
	}
	scores := make(map[*Trouble]map[Cause]float64)
	evidence := make(map[*Trouble]map[Cause][]Evidence)
	for _, rule := range Rules {
		if rule.About != AboutCauses {
			continue
		}
		for _, f := range rule.Judge(c) {
			if scores[f.Trouble] == nil {
				scores[f.Trouble] = make(map[Cause]float64)
				evidence[f.Trouble] = make(map[Cause][]Evidence)
			}
			f.Evidence.Rule = rule.ID
			f.Evidence.Weight = round2(f.Evidence.Weight)
			scores[f.Trouble][f.Cause] += f.Evidence.Weight
			evidence[f.Trouble][f.Cause] = append(evidence[f.Trouble][f.Cause], f.Evidence)
		}
	}
	for _, in := range list {
		in.Cause, in.Confidence = weigh(scores[in.trouble])
		in.Evidence = append(in.Evidence, evidence[in.trouble][in.Cause]...)
		for _, cause := range causeOrder { // what else it could have been speaks against
			if cause == in.Cause {
				continue
			}
			if s := scores[in.trouble][cause]; s >= 1 {
				for _, e := range evidence[in.trouble][cause] {
					if e.Weight > 0 {
						in.Evidence = append(in.Evidence, Evidence{Rule: e.Rule, Weight: -e.Weight, Text: "for " + string(cause) + " speaks: " + e.Text, Lines: e.Lines})
					}
				}
			}
		}
		if in.through && !in.Cause.load() { // who is behind the proxy is told of in besides
			in.who, in.through = nil, false
		}
		if in.Cause.load() {
			in.Confidence = math.Min(in.Confidence, sigmoid(in.who[0].unguarded()))
			for _, cc := range in.who { // its first line may stand before the first distress
				if in.through {
					continue
				}
				if first, last := lastIn(cc, in.trouble.Start-lead, in.trouble.Until); first != 0 {
					in.start, in.end = min(in.start, first), max(in.end, last)
				}
				if w := cc.Web; w != nil && w.First >= in.trouble.Start-lead && w.Last <= in.trouble.Until+quiet { // it came only then
					in.start, in.end = min(in.start, w.First), max(in.end, w.Last)
				}
			}
		}
	}
	list = append(list, c.campaigns()...)
	slices.SortStableFunc(list, func(a, b *incident) int { return cmp.Compare(a.start, b.start) })
	for _, in := range list {
		in.Confidence = round2(in.Confidence)
		in.Start, in.End = c.time(in.start), c.time(in.end)
		slices.SortStableFunc(in.Evidence, func(a, b Evidence) int { return cmp.Compare(b.Weight, a.Weight) })
		in.Phases = c.phases(in)
		in.Timeline = c.closeUp(in)
		in.Clients = make([]string, 0, len(in.who))
		for _, cc := range in.who {
			if !in.through {
				in.Clients = append(in.Clients, cc.Addr.String())
			}
		}
		in.Summary = c.summary(in) + c.brokenBefore(in) + c.besides(in)
	}
	return list
}

// causeOrder is the order in which causes are named when their evidence is equal.
var causeOrder = []Cause{CauseSlow, CauseFlood, CauseDistributed, CauseDisk, CauseConfig, CauseDatabase, CauseMemory, CausePlugin, CauseBackend, CauseCrash, CauseReboot, CauseMaintenance, CauseCapacity}

// undecided is the log-odds that a cause has to beat.
const undecided = 1.0

// knowsLittle is the confidence of not knowing: that no log here shows the cause
// can itself be doubted.
const knowsLittle = 0.5

// weigh finds the likeliest cause and how likely it is among the causes that
// have evidence and the unknown one.
func weigh(scores map[Cause]float64) (best Cause, confidence float64) {
	best, top := CauseUndetermined, undecided
	sum := math.Exp(undecided)
	for _, cause := range causeOrder {
		s, ok := scores[cause]
		if !ok {
			continue
		}
		sum += math.Exp(s)
		if s > top {
			best, top = cause, s
		}
	}
	if best == CauseUndetermined {
		return best, math.Min(math.Exp(top)/sum, knowsLittle)
	}
	return best, math.Min(math.Exp(top)/sum, most)
}

// campaigns are deeds of named clients: scans and guessing, an incident for each
// cause and stretch of time.
func (c *Case) campaigns() []*incident {
	var list []*incident
	for _, cause := range deedOrder {
		var of []*incident
		for _, cc := range c.Everybody {
			if cc.deed != cause || !cc.named() && !cc.hides || cause.load() && len(cc.loadIn) > 0 {
				continue
			}
			in := &incident{who: []*ClientCase{cc}, through: cc.hides}
			in.start, in.end = cc.deeds()
			if in.start == 0 { // its deed is that something ran
				in.start, in.end = cc.seen()
			}
			if cc.Web != nil && (cause == CauseFlood || cause == CauseDistributed) {
				in.start, in.end = cc.Web.First, cc.Web.Last
				if cc.accusation().Rule == "web-flood" {
					best := busiest(cc.Web)
					in.start, in.end = best.First, best.Last
				}
			}
			in.Cause, in.Confidence, in.Evidence = cause, sigmoid(cc.unguarded()), cc.Evidence
			of = append(of, in)
		}
		slices.SortStableFunc(of, func(a, b *incident) int { return cmp.Compare(a.start, b.start) })
		for _, in := range of {
			if n := len(list); n > 0 && list[n-1].Cause == cause && in.start <= list[n-1].end+quiet && !in.through && !list[n-1].through {
				last := list[n-1]
				last.end = max(last.end, in.end)
				last.Confidence = math.Max(last.Confidence, in.Confidence)
				last.who = append(last.who, in.who...)
				continue
			}
			list = append(list, in)
		}
	}
	return list
}

// deeds is when a client's own acts began and ended.
func (cf *ClientFacts) deeds() (first, last int64) {
	add := func(from, to int64) {
		if first == 0 || from < first {
			first = from
		}
		last = max(last, to)
	}
	for i := range cf.Slots {
		if s := &cf.Slots[i]; s.Deeds > 0 {
			add(s.First, s.Last)
		}
	}
	if w := cf.Web; w != nil {
		for _, t := range []*WebTally{&w.Misses, &w.Crafts, &w.Logins, &w.XMLRPC, &w.Unsent, &w.Planted} {
			if t.Count > 0 {
				add(t.First, t.Last)
			}
		}
	}
	return first, last
}

// whose names those whose doing an incident was.
func (c *Case) whose(in *incident) string {
	if in.through {
		return "somebody behind " + in.who[0].Addr.String() + ", which stands for others,"
	}
	return c.names(in.who)
}

// names lists a few of the named clients for a sentence.
func (c *Case) names(who []*ClientCase) string {
	var list []string
	for i, cc := range who {
		if i == 3 {
			list = append(list, plural(len(who)-3, "other"))
			break
		}
		name := cc.Addr.String()
		if c.Geo != nil && i == 0 {
			country, _, org := c.Geo.Locate(cc.Addr)
			if from := strings.Trim(org+", "+country, ", "); from != "" {
				name += " (" + from + ")"
			}
		}
		list = append(list, name)
	}
	return listed(list)
}

// summary says an incident in one sentence.
func (c *Case) summary(in *incident) string {
	span := "At " + c.when(in.start)
	if clock(in.end) != clock(in.start) {
		span = fmt.Sprintf("From %s to %s", c.when(in.start), c.until(in.start, in.end))
	}
	if t := in.trouble; t != nil {
		after := c.sequel(t, in.Cause)
		if in.through && in.Cause.load() {
			return fmt.Sprintf("%s %s %s%s. Who it was, only the proxy's own log can tell.", span, c.whose(in), in.who[0].accusation().Text, after)
		}
		switch in.Cause {
		case CauseFlood, CauseSlow:
			first, last := lastIn(in.who[0], t.Start-lead, t.Until)
			if first == 0 {
				first, last = in.who[0].seen()
			}
			if e := strongest(in.who[0].Evidence); e.Rule == "network" {
				together := strings.Replace(strings.TrimPrefix(e.Text, "is one of "), ", which together are judged as one: it ", ", judged as one, ", 1)
				return fmt.Sprintf("%s %s%s.", span, together, after)
			}
			verb := "%s %s (%s; it was there from %s to %s)%s."
			if len(in.who) > 1 {
				verb = "%s did alike; the first of them %s (%s; it was there from %s to %s)%s."
			}
			load, when := c.loadText(in.who[0], t)
			text := fmt.Sprintf(verb, c.names(in.who), load, when, c.when(first), c.until(first, last), after)
			if act, ok := in.who[0].acts[CauseGuessing]; ok {
				text += " It tried passwords, too: " + act.Text + "."
			}
			if in.who[0].Standing == Suspect && t.of(databaseHarm...) > 0 {
				text += " It may be the cause, or a visitor whom a broken database met."
			}
			return text
		case CauseDistributed:
			return fmt.Sprintf("%s, %s%s asked for pages as programs do, together, and were not there before or after%s. The first of them: %s.",
				span, plural(len(in.who), "client"), neighbours(c, in.who), after, c.names(in.who[:1]))
		case CauseDatabase:
			why, _ := c.databaseDied(t)
			text := span + " the database failed"
			if why != "" {
				text += ": " + why
			} else if t.of(dbLimit) >= enoughTelling {
				text = span + " the database took no more connections, for as many as it may have were open"
			}
			return text + c.nobody(t)
		case CauseMemory:
			text := span + " the machine ran out of memory"
			if programs, _ := c.Memory.largest(t.Start-lead, t.End); len(programs) > 0 {
				text += fmt.Sprintf("; the biggest program was %s (%s)", programs[0].Name, megabytes(programs[0].RSSBytes))
			}
			if why, _ := c.databaseDied(t); why != "" {
				text += ", and the database was the victim"
			}
			return text + c.nobody(t) + c.crowded(t)
		case CauseCapacity:
			if !c.Coverage.access() {
				return span + " all workers were busy. Whose requests took them, an error log does not show."
			}
			text := span + " all workers were busy, and nobody's requests stand out."
			if c.besides(in) != "" {
				text = span + " all workers were busy."
			}
			return text + c.crowded(t) + c.ownCalls(t)
		case CausePlugin:
			whom := " for everybody"
			if p, _ := c.worstPlugin(t); p.Clients < crowd && !c.hidesPeople(t) {
				whom = ""
			}
			return fmt.Sprintf("%s one plugin or theme failed%s%s: %s.", span, whom, after, strongest(in.Evidence).Text)
		case CauseBackend:
			return span + " the program behind Apache did not take or answer requests" + after + "."
		case CauseDisk:
			if t.of(diskTrouble...) == 0 {
				return span + " programs waited for the disk or for a server of files" + after + "."
			}
			return span + " the disk was full or failing" + after + "."
		case CauseConfig:
			return span + " " + configText(t) + after + "."
		case CauseCrash:
			return fmt.Sprintf("%s workers crashed by themselves: %s.", span, in.Evidence[0].Text)
		case CauseReboot:
			return span + " the machine started anew: " + in.Evidence[0].Text + "."
		case CauseMaintenance:
			return span + " somebody stopped the database or the server on purpose" + c.updating(t.Start) + ", and requests under way failed."
		}
		return fmt.Sprintf("%s the server was in trouble%s, and these logs do not show why.", span, after)
	}
	did := map[Cause]string{
		CauseFlood: "%s %s%s %s.", CauseSlow: "%s %s%s %s.", CauseDistributed: "%s %s%s did alike; the first of them %s.",
		CauseScan:       "%s %s%s looked for weak spots: %s.",
		CauseGuessing:   "%s %s%s tried passwords: %s.",
		CauseCompromise: "%s %s%s seems to have got in: it %s.",
	}[in.Cause]
	if in.Cause == CauseFlood && len(in.who) > 1 {
		did = "%s %s%s did alike; the first of them %s."
	}
	return fmt.Sprintf(did, span, c.whose(in), neighbours(c, in.who), in.who[0].accusation().Text) + letIn(in)
}

// configText says what of the configuration failed in a trouble.
func configText(t *Trouble) string {
	switch {
	case t.of(configTrouble...) == t.of(siteBroken) && t.of(siteBroken) > 0:
		return "a .htaccess file held what the server does not know or allow"
	case t.of(configTrouble...) > 0 || t.of(unitNoStart) > 0:
	case t.of(fileDenied) > 0:
		return "Apache could not read the site's files: their owner or mode is wrong, mostly after a move or an update"
	case t.of(redirectLoop) > 0:
		return "a rewrite rule led back to itself, mostly one in .htaccess"
	}
	return "the server's configuration kept it from starting or serving"
}

// brokenBefore tells of a plugin or theme that failed before a load came, and so not
// because of it; "" where none did.
func (c *Case) brokenBefore(in *incident) string {
	p, from, ok := c.failedBefore(in)
	if !ok {
		return ""
	}
	return fmt.Sprintf(" Apart from that, the %s %s had been failing since %s, before the load came.", p.Type, printable(p.Name), clock(from))
}

func (c *Case) failedBefore(in *incident) (p Plugin, from int64, ok bool) {
	if in.trouble == nil || !in.Cause.load() || in.through || in.trouble.of(databaseHarm...) > 0 {
		return Plugin{}, 0, false
	}
	first := in.end
	for _, cc := range in.who {
		at, _ := lastIn(cc, in.trouble.Start-lead, in.trouble.Until)
		if at == 0 || cc.Web != nil && cc.Web.First < at {
			at, _ = cc.seen()
		}
		first = min(first, at)
	}
	if first <= in.trouble.Start {
		return Plugin{}, 0, false
	}
	before := &Trouble{Start: in.trouble.Start, End: first - 1}
	p, failed := c.worstPlugin(before)
	return p, before.Start, failed >= enoughHarm && p.Clients >= crowd
}

// crowded tells that visitors asked for far more in a trouble than at other times, by
// access logs.
func (c *Case) crowded(t *Trouble) string {
	if c.visits == nil {
		c.visits = c.countVisits()
	}
	minutes := c.visits.minutes
	if minutes == nil {
		return ""
	}
	most, n := int64(0), int64(0)
	in := slotsWithin(minutes, t.Start-lead, t.Until)
	for i, s := range in {
		if i == 0 || s.At != in[i-1].At {
			n = 0
		}
		n += s.Count
		most = max(most, n)
	}
	first, last := c.webSpan()
	usual := float64(c.visits.outside) * float64(minute) / math.Max(float64(last-first-(t.Until-t.Start+lead+quiet)), float64(minute))
	if most < rushPages || float64(most) < rushTimes*usual {
		return ""
	}
	return fmt.Sprintf(" All visitors together asked for up to %d pages a minute then, where about %.0f are usual.", most, math.Ceil(usual))
}

// visits are the pages that visitors asked for, counted once for all troubles.
type visits struct {
	minutes []Slot // in order of time, each with its minute; nil where they are too coarse to tell
	outside int64  // of these, those where the server was well
}

func (c *Case) countVisits() *visits {
	v := new(visits)
	for _, cc := range c.onWeb() {
		if cc.Web.Pages.Width > minute {
			return new(visits)
		}
		if cc.named() || cc.guard.standing == Crawler || cc.guard.standing == Own {
			continue
		}
		for _, s := range cc.Web.Pages.Slots {
			s.At = s.First / minute
			v.minutes = append(v.minutes, s)
			if !c.nearTrouble(s.First) {
				v.outside += s.Count
			}
		}
	}
	slices.SortFunc(v.minutes, func(a, b Slot) int { return cmp.Compare(a.First, b.First) })
	return v
}

// rushed tells of the minute of a quiet log in which far more was asked for than usual,
// and of the programs that did so where they are known.
func (c *Case) rushed() string {
	minutes, all, at := make(map[int64]int64), int64(0), int64(0)
	for _, cc := range c.onWeb() {
		if cc.Web.Pages.Width > minute {
			return ""
		}
		for _, s := range cc.Web.Pages.Slots {
			m := s.First / minute
			minutes[m] += s.Count
			all += s.Count
			if minutes[m] > minutes[at] || minutes[m] == minutes[at] && m < at {
				at = m
			}
		}
	}
	first, last := c.webSpan()
	most := minutes[at]
	usual := float64(all-most) / math.Max(float64(last-first)/float64(minute)-1, 1)
	if most < 2*rushPages || float64(most) < 2*rushTimes*usual {
		return ""
	}
	text := fmt.Sprintf("From %s on %d pages were asked for within a minute, where about %.0f are usual. The server held", c.when(at*minute), most, math.Ceil(usual))
	p := c.programsIn(at*minute-2*minute, at*minute+3*minute)
	p = p.posing()
	if n := len(p.part); n > 0 && float64(p.asked) >= theirShare*float64(p.all) {
		text += fmt.Sprintf("; %d of %d requests of those who came only then are of %s that behave as programs do, %s for one", p.asked, p.all, plural(n, "client"), p.part[0].Addr)
	}
	return text + "."
}

// ownCalls tells of the site's own scheduled work, where the server called it far more
// often in a trouble than at other times.
func (c *Case) ownCalls(t *Trouble) string {
	inside, outside := int64(0), int64(0)
	for _, cc := range c.onWeb() {
		if w := cc.Web; w.Itself < w.Requests || !w.calls(wordPress) { // the others are Apache's own connections
			continue
		}
		for _, s := range cc.Web.Pages.Slots {
			if s.First >= t.Start-lead && s.First <= t.Until {
				inside += s.Count
			} else {
				outside += s.Count
			}
		}
	}
	share := float64(t.Until-t.Start+lead) / math.Max(float64(c.Last-c.First-(t.Until-t.Start+lead)), 1)
	if poissonTail(int(inside), 1+float64(outside)*share) > oddsOfChance {
		return ""
	}
	return fmt.Sprintf(" The site called its own scheduled work (wp-cron.php) %s then, far more often than at other times: what that does holds workers too.", times(int(inside)))
}

// letIn says when those who tried passwords were let in, "" where none was.
func letIn(in *incident) string {
	for _, cc := range in.who {
		if in.Cause == CauseGuessing && cc.letIn() {
			return fmt.Sprintf(" %s was let in at %s: find out whether that was the owner.", cc.Addr, clock(cc.Web.Accepted.Last))
		}
	}
	return ""
}

// letIn tells whether WordPress let in a client after it had refused it.
func (cf *ClientFacts) letIn() bool {
	return cf.Web != nil && cf.Web.Accepted.Count > 0 && cf.Web.Accepted.Last > cf.Web.Logins.First && cf.Web.Logins.Count > 0
}

// accusation is the strongest evidence of what a client is accused of.
func (cc *ClientCase) accusation() Evidence {
	if cc.hides && cc.through {
		return cc.proof
	}
	return cc.acts[cc.deed]
}

// sequel lists what happened to the server in a trouble, in order of time, for
// the end of a sentence.
func (c *Case) sequel(t *Trouble, cause Cause) string {
	type part struct {
		at   int64
		text string
	}
	var parts []part
	add := func(text string, kinds ...*parser.Kind) {
		at := int64(0)
		for _, k := range kinds {
			if s, ok := t.Firsts[k]; ok && (at == 0 || s.First < at) {
				at = s.First
			}
		}
		if at != 0 {
			parts = append(parts, part{at, text})
		}
	}
	add("all workers were busy", workersExhausted, scoreboardFull)
	add("memory ran out", oomKill, forkFailed)
	if cause != CauseDatabase && cause != CauseMemory {
		if why, _ := c.databaseDied(t); why != "" {
			add("the database went down", oomKill, dbCrash, unitFailed, dbRecover, dbGone, dbLost)
		} else if 2*t.of(dbLimit) > t.of(databaseHarm...) {
			add("requests found all connections of the database taken", dbLimit)
		} else {
			add("requests found the database gone", databaseHarm...)
		}
	}
	add("workers would not end at a restart", childSIGTERM, childSIGKILL, childStuck)
	if len(parts) == 0 && t.Count[accessFailed] > 0 && cause != CausePlugin { // which says itself what failed
		return fmt.Sprintf(": %s got errors instead of pages", plural(c.failedFor(t), "client"))
	}
	if len(parts) == 0 {
		return ""
	}
	slices.SortStableFunc(parts, func(a, b part) int { return cmp.Compare(a.at, b.at) })
	var steps []string
	for _, p := range parts {
		steps = append(steps, p.text)
	}
	return ": " + listed(steps)
}

// loadText says how a named client loaded the server in a trouble.
func (c *Case) loadText(cc *ClientCase, t *Trouble) (load, when string) {
	if best := strongest(cc.Evidence); best.Rule == "network" { // alone it held next to nothing
		first, _ := cc.seen()
		return best.Text, "itself from " + clock(first) + " on"
	}
	l := loadOf(cc.ClientFacts, t.Start-lead, t.Until)
	best := int64(0)
	if cc.Web != nil {
		best = busiest(cc.Web).Count
	}
	switch {
	case best >= manyPages && best > int64(l.held()):
		return fmt.Sprintf("asked for %d pages within %d seconds", best, loadWindow/second), "from " + clock(busiest(cc.Web).First) + " on"
	case cc.deed == CauseSlow && (cc.Web == nil || cc.Web.Unsent.Count == 0):
		return fmt.Sprintf("did not finish %s in time", plural(cc.count(requestTimeout), "request")), "from " + clock(cc.Kinds.Of(requestTimeout.Name).First) + " on"
	case cc.deed == CauseSlow:
		return fmt.Sprintf("began %s that it never finished", plural(cc.Web.Unsent.Count, "request")), "from " + clock(cc.Web.Unsent.First) + " on"
	}
	if l.held() < crowdConnections && cc.Web != nil && cc.Web.pages() >= hogPages {
		return fmt.Sprintf("asked for %d pages", cc.Web.pages()), "from " + clock(cc.Web.First) + " on"
	}
	return fmt.Sprintf("opened at least %s within %d seconds", plural(l.held(), "connection"), loadWindow/second), "by " + clock(l.At+loadWindow)
}

// strongest is the evidence that says most.
func strongest(list []Evidence) Evidence {
	return slices.MaxFunc(list, func(a, b Evidence) int { return cmp.Compare(a.Weight, b.Weight) })
}

// neighbours says that named clients are of one network, "" where they are not.
func neighbours(c *Case, who []*ClientCase) string {
	if len(who) < 2 {
		return ""
	}
	bits, asns := 128, make(map[uint32]int)
	org := ""
	for _, cc := range who {
		for bits > 0 && !netip.PrefixFrom(who[0].Addr, bits).Contains(cc.Addr) {
			bits--
		}
		if c.Geo != nil {
			_, asn, name := c.Geo.Locate(cc.Addr)
			asns[asn]++
			org = name
		}
	}
	switch {
	case who[0].Addr.Is4() && bits >= neighbourhood && bits < 128, who[0].Addr.Is6() && bits >= subscriber && bits < 128:
		p, _ := who[0].Addr.Prefix(bits)
		return fmt.Sprintf(" (all of %s)", p)
	case len(asns) == 1 && org != "":
		return fmt.Sprintf(" (all in the network of %s)", org)
	}
	return ""
}

// nobody ends a sentence with those who met the errors of a trouble that nobody is named for.
func (c *Case) nobody(t *Trouble) string {
	if n := c.metHarm(t); n > 0 && len(c.cleared(t)) > 0 {
		return fmt.Sprintf(". %s met errors, and the evidence accuses none of them.", plural(n, "client"))
	} else if n > 0 {
		return fmt.Sprintf(". %s met errors, and none of them stands out.", plural(n, "client"))
	}
	return ". No client stands out."
}

// metHarm counts the clients that met errors in a trouble.
func (c *Case) metHarm(t *Trouble) (n int) {
	for _, cc := range t.Who {
		if _, h, _ := cc.within(t.Start, t.End); h > 0 && !cc.gotErrors(t) {
			n++
		}
	}
	return n + c.failedFor(t)
}

// listed joins the steps of a story.
func listed(steps []string) string {
	if n := len(steps); n > 1 {
		return strings.Join(steps[:n-1], ", ") + " and " + steps[n-1]
	}
	return strings.Join(steps, "")
}

// rank tells which of several incidents is the one that the owner asks about.
func (in *incident) rank() int {
	switch t := in.trouble; {
	case t != nil && in.Cause.Attack():
		return 5
	case t != nil && (in.Cause == CauseCapacity || in.Cause == CauseUndetermined) && t.Harm == 0 && t.Saturated != 0: // one line, and nobody met anything
		return 2
	case t != nil && in.Cause != CauseMaintenance && in.Cause != CauseReboot:
		return 4
	case in.Cause.load():
		return 3
	case in.Cause.Attack():
		return 1
	}
	return 0
}

// verdict is the answer on the log as a whole.
func (c *Case) verdict(incidents []*incident) Verdict {
	if len(incidents) == 0 {
		return c.quiet()
	}
	main := slices.MaxFunc(incidents, func(a, b *incident) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.weight(), b.weight()), cmp.Compare(b.start, a.start))
	})
	v := Verdict{Cause: main.Cause, Confidence: main.Confidence, Summary: main.Summary, Doubts: c.doubts(main)}
	for _, in := range incidents {
		v.Attack = v.Attack || in.Cause.Attack()
	}
	told := []*incident{main}
	if !main.Cause.Attack() {
		for _, in := range incidents {
			if in.Cause.Attack() {
				v.Summary += " Apart from that: " + in.Summary
				told = append(told, in)
				break
			}
		}
	}
	v.Summary += c.others(incidents, told)
	return v
}

// others ends a summary with the incidents that it has not told, those that name
// somebody first.
func (c *Case) others(incidents, told []*incident) string {
	const few = 4
	var rest []*incident
	for _, in := range incidents {
		if !slices.Contains(told, in) {
			rest = append(rest, in)
		}
	}
	if len(rest) == 0 {
		return ""
	}
	slices.SortStableFunc(rest, func(a, b *incident) int { return cmp.Compare(b.rank(), a.rank()) })
	var list []string
	for _, in := range rest[:min(len(rest), few)] {
		text := string(in.Cause)
		if len(in.who) > 0 && in.Cause.Attack() {
			by := " by "
			if in.through {
				by = " from behind "
			}
			text += by + in.who[0].Addr.String()
			if n := len(in.who) - 1; n > 0 {
				text += " and " + plural(n, "other")
			}
		}
		list = append(list, text+" at "+c.when(in.start))
	}
	if n := len(rest) - few; n > 0 {
		list = append(list, fmt.Sprintf("%d more", n))
	}
	return fmt.Sprintf(" There %s besides: %s.", were(len(rest), "other incident"), listed(list))
}

func were(n int, noun string) string {
	if n == 1 {
		return "was 1 " + noun
	}
	return "were " + plural(n, noun)
}

// weight is how much happened in an incident.
func (in *incident) weight() int64 {
	if in.trouble != nil {
		return in.trouble.Harm + in.trouble.of(oomKill, workersExhausted)
	}
	n := int64(0)
	for _, cc := range in.who {
		n += cc.Events
	}
	return n
}

// quiet is the verdict on a log without incidents: that is a result too.
func (c *Case) quiet() Verdict {
	events, lines := int64(0), int64(0)
	for _, in := range c.Coverage.Inputs {
		events += in.Events - in.Unparsed
		lines += in.Events
	}
	if events == 0 && c.Window {
		return Verdict{Cause: CauseUndetermined, Summary: "No line of these logs lies between --since and --until.", Doubts: []string{}}
	}
	if events == 0 {
		text := "There is no line in these logs: give those of the time in question, perhaps rotated ones (error.log.1)."
		if lines > 0 {
			text = fmt.Sprintf("None of the %s here is in a format that logsleuth knows: give the web server's error.log and the system's syslog. --error-log-format reads a format of your own.", plural(lines, "line"))
		}
		return Verdict{Cause: CauseUndetermined, Summary: text, Doubts: []string{}}
	}
	v := Verdict{Cause: CauseQuiet, Confidence: 0.9, Doubts: []string{}}
	v.Summary = fmt.Sprintf("Nothing in the %s that these logs cover stands out: no outage, and nobody who can be accused.", lasting(c.Last-c.First))
	var small []string
	for _, t := range c.Kinds {
		if k := parser.Kinds[t.Kind]; k.Role != parser.Noise && k.Severity >= 2 {
			small = append(small, fmt.Sprintf("%s%s (%d, first at %s)", k.Title, c.mostlyIn(k), t.Count, c.place(t.Places[0])))
		}
	}
	if restarts := c.restarts(); restarts != "" {
		v.Summary += " " + restarts
	}
	if stops := c.databaseStops(); stops != "" {
		v.Summary += " " + stops
	}
	if n, most, by := c.unaccused(); n >= manyDeeds {
		v.Confidence = 0.6
		const deeds = "There were %d refused passwords, forbidden or missing programs and the like"
		if 2*most > n {
			v.Doubts = append(v.Doubts, fmt.Sprintf(deeds+", %d of them by %s: too slow, or for too few different things, to accuse it here, but look at what it asked for.", n, most, by.Addr))
		} else {
			v.Doubts = append(v.Doubts, fmt.Sprintf(deeds+", at most %d of them by one client: too slow or too scattered to accuse anybody here, but it may be guessing or a scan spread over time or over many addresses.", n, most))
		}
	}
	for _, cc := range c.Everybody {
		if n := cc.count(tlsFailed); n >= manyHandshakes && cc.Load().held() >= manyConnections && cc.guard.standing == "" {
			v.Confidence = min(v.Confidence, 0.6)
			v.Doubts = append(v.Doubts, fmt.Sprintf("%s opened at least %s within %d seconds and failed in %d TLS handshakes: a broken program does so, and somebody who wants to keep the server busy. These logs show no harm of it.", cc.Addr, plural(cc.Load().held(), "connection"), loadWindow/second, n))
			break
		}
	}
	if text := c.rushed(); text != "" {
		v.Confidence = min(v.Confidence, 0.8)
		v.Doubts = append(v.Doubts, text)
	}
	if len(small) > 0 {
		v.Summary += " Small faults: " + strings.Join(small, "; ") + "."
	}
	if covered := c.Last - c.First; covered < quiet {
		v.Confidence = min(v.Confidence, 0.5)
		v.Doubts = append(v.Doubts, fmt.Sprintf("These logs cover %s only, too little to call it quiet: give those of the hours around.", lasting(covered)))
	}
	if c.Kinds.Count(workersExhausted)+c.Kinds.Count(oomKill) == 0 && !c.kernel() {
		v.Confidence = min(v.Confidence, 0.8)
		v.Doubts = append(v.Doubts, "No log of the kernel is among these, so a lack of memory would not show.")
	}
	return v
}

// mostlyIn names the plugin or theme that most fatal errors of a log lie in, for the
// kind that most of them are of.
func (c *Case) mostlyIn(k *parser.Kind) string {
	if k != phpFatal && k != phpMemory && k != phpTimeout {
		return ""
	}
	worst, failed := c.worstPlugin(&Trouble{Start: c.First, End: c.Last})
	if all := mostOf * float64(c.Kinds.Count(phpFatal)+c.Kinds.Count(phpMemory)+c.Kinds.Count(phpTimeout)); float64(failed) < all || float64(c.Kinds.Count(k)) < all {
		return ""
	}
	return fmt.Sprintf(", mostly in the %s %s", worst.Type, worst.Name)
}

// missing names the logs that would show why a server was in trouble and are not here.
func (c *Case) missing() (list []string) {
	if !c.kernel() {
		list = append(list, "syslog or the journal with the kernel's lines (memory, crashes, restarts)")
	}
	if !c.Coverage.access() {
		list = append(list, "access.log (who asked for what)")
	}
	families := make(map[parser.Family]bool)
	for _, t := range c.Kinds {
		families[parser.Kinds[t.Kind].Family] = true
	}
	if !families[parser.Database] {
		list = append(list, "the database's own error log")
	}
	if c.Kinds.Count(backendDown)+c.Kinds.Count(backendTimeout)+c.Kinds.Count(fpmExhausted) > 0 && c.Kinds.Count(fpmExhausted) == 0 {
		list = append(list, "PHP-FPM's log")
	}
	if !families[parser.HTTPD] {
		list = append(list, "Apache's error.log")
	}
	return list
}

// restarts tells of the web server's restarts, "" where there were none: on a
// quiet day they were planned.
func (c *Case) restarts() string {
	reloads := c.Kinds.Count(serverGraceful)
	stops := c.Kinds.Count(serverStop) + c.Kinds.Count(serverRestart)
	switch {
	case stops > 0 && reloads > 0:
		return fmt.Sprintf("The web server was restarted %s and told to read its configuration again %s, on purpose.", times(int(stops)), times(int(reloads)))
	case stops > 0:
		return fmt.Sprintf("The web server was stopped or restarted %s, on purpose.", times(int(stops)))
	case reloads > 0:
		return fmt.Sprintf("The web server was told to read its configuration again %s, as log rotation does.", times(int(reloads)))
	}
	return ""
}

// databaseStops tells of the database's stops on purpose that a start followed, "" where
// there were none: pages failed meanwhile, which error.log need not show.
func (c *Case) databaseStops() string {
	n := 0
	var first, up int64
	starts := c.Journal.Of(dbStart)
	for _, e := range c.Journal.Of(dbStop) {
		i := slices.IndexFunc(starts, func(s Entry) bool { return s.Time >= e.Time })
		if i < 0 {
			continue
		}
		if n++; n == 1 {
			first, up = e.Time, starts[i].Time
		}
	}
	switch n {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("The database was stopped on purpose at %s and was up again at %s%s.", clock(first), clock(up), c.updating(first))
	}
	return fmt.Sprintf("The database was stopped on purpose and started again %s, first at %s%s.", times(n), clock(first), c.updating(first))
}

// updating says that the system was updating its packages at a time, as far as its log
// shows the start of that; "" where it does not.
func (c *Case) updating(at int64) string {
	for _, e := range c.Journal.Of(unitStart) {
		if e.Time >= at-lead && e.Time <= at && slices.ContainsFunc(updaters, func(name string) bool { return strings.HasPrefix(e.Subject, name) }) {
			return fmt.Sprintf(", while the system was updating its packages (%s)", printable(e.Subject))
		}
	}
	return ""
}

// updaters begin the names of systemd's units that update packages by themselves.
var updaters = []string{"apt-daily-upgrade.", "unattended-upgrades.", "dnf-automatic", "yum-cron.", "packagekit."}

// manyDeeds is how many deeds that nobody is accused of are told of all the same.
const manyDeeds = 50

// manyHandshakes and manyConnections are how many failed TLS handshakes by one client,
// and how many connections at once, are told of on a quiet day.
const (
	manyHandshakes  = 200
	manyConnections = manyPages
)

// unaccused counts the deeds of some weight by clients that nobody accuses, and
// the most of them by one client.
func (c *Case) unaccused() (all, most int64, by *ClientCase) {
	for _, cc := range c.Everybody {
		n := int64(0)
		for _, t := range cc.Kinds {
			if k := parser.Kinds[t.Kind]; k.Role == parser.Deed && k.Severity >= 1 {
				n += t.Count
			}
		}
		if cc.Web != nil {
			n += cc.Web.Logins.Count + cc.Web.Secrets + cc.onlyXMLRPC()
		}
		if !cc.named() {
			all += n
			if n > most {
				most, by = n, cc
			}
		}
	}
	return all, most, by
}

// kernel tells whether the kernel's log was among those that were read.
func (c *Case) kernel() bool {
	for _, t := range c.Kinds {
		if parser.Kinds[t.Kind].Family == parser.Kernel {
			return true
		}
	}
	return c.Coverage.syslog()
}

// syslog tells whether a log of the whole system was among those that were read.
func (cv *Coverage) syslog() bool {
	for i := range cv.Inputs {
		if sortOf(cv.Inputs[i].Format()) == systemLog {
			return true
		}
	}
	return false
}

// access tells whether an access log was among those that were read.
func (cv *Coverage) access() bool {
	for i := range cv.Inputs {
		if cv.Inputs[i].Format() == "access" {
			return true
		}
	}
	return false
}

// doubts are what speaks against an incident's verdict, in plain words.
func (c *Case) doubts(in *incident) []string {
	doubts := []string{}
	for _, e := range in.Evidence {
		if e.Weight <= -0.5 && !(in.through && e.Rule == ruleStandIn.ID) {
			doubts = append(doubts, upperFirst(e.Text)+".")
		}
	}
	if in.trouble != nil {
		for _, cc := range c.cleared(in.trouble) {
			doubts = append(doubts, fmt.Sprintf("%s %s. What speaks for it outweighs that: --why %[1]s tells.", cc.Addr, strongest(cc.Evidence).Text))
		}
	}
	if in.Cause.load() && in.trouble != nil {
		doubts = append(doubts, c.diedBefore(in)...)
	}
	if in.Cause == CauseCompromise {
		doubts = append(doubts, "Some plugins put programs of their own among the uploads: read the program before you believe it.")
	}
	if in.through {
		doubts = append(doubts, "The log names a proxy in place of its visitors, so it cannot be told who did it, nor whether it was one or many.")
		if in.Cause == CauseFlood || in.Cause == CauseDistributed {
			doubts = append(doubts, "A crowd whose programs load nothing but data, such as an app's, or whose pictures and scripts the proxy keeps by then, looks much the same.")
		}
	} else if in.Cause.load() {
		for _, e := range in.who[0].Evidence {
			if e.Weight < 0 {
				doubts = append(doubts, in.who[0].Addr.String()+": "+e.Text+".")
			}
		}
		if len(c.Everybody) < comparable {
			doubts = append(doubts, "There is nobody in this log to compare it with. The same errors also come from a database that fails by itself, and then the address is a visitor's.")
		} else if in.who[0].Web != nil {
			doubts = append(doubts, "An address can stand for many people.")
		} else {
			doubts = append(doubts, "An address can stand for many people. An error log shows only connections that met an error, so it cannot tell how many met none.")
		}
	}
	if in.Cause == CauseMemory { // of the workers that ran out, the cause tells itself
		if text := c.thinly(in.trouble); text != "" {
			doubts = append(doubts, upperFirst(text)+".")
		}
	}
	if in.Cause == CauseCapacity && !c.Coverage.access() {
		doubts = append(doubts, "A crowd, a flood that is spread over many addresses, slow code and connections held open by requests that never end all look alike in an error log: access.log would tell them apart.")
	}
	if in.Cause == CauseUndetermined {
		if missing := c.missing(); len(missing) > 0 {
			doubts = append(doubts, "To decide it, add "+listed(missing)+", of the same time.")
		}
	}
	if in.Cause == CauseDistributed {
		doubts = append(doubts, "A program of yours or of a service that you use, which came from many addresses at that time, looks the same: read what they asked for.")
	}
	if programs, _ := c.Memory.largest(in.start-lead, in.end); in.Cause == CauseMemory && len(programs) > 0 {
		text := "The kernel's table shows who held memory at that moment, not who had taken it before"
		if !c.Coverage.access() {
			text += ", nor whether visitors came in larger numbers than usual: access.log would tell"
		}
		doubts = append(doubts, text+".")
	}
	if in.Cause == CauseScan || in.Cause == CauseGuessing {
		doubts = append(doubts, in.succeeded()+" It may also be a test that the owner ordered.")
	}
	if in.trouble != nil && c.Zone == nil && c.clocksDiffer() {
		doubts = append(doubts, "Some of these logs name a time zone other than UTC and some name none. If the server's clock is of another zone than that, the order of events between them is wrong: --tz sets it.")
	}
	if slices.Contains([]Cause{CauseDatabase, CauseCapacity, CauseBackend, CausePlugin, CauseCrash}, in.Cause) && !c.kernel() {
		doubts = append(doubts, "Without syslog it cannot be told whether memory ran out or who stopped the database.")
	}
	return doubts
}

// succeeded says what is known of whether deeds had success.
func (in *incident) succeeded() string {
	asked, served, letIn, tries := int64(0), int64(0), int64(0), int64(0)
	for _, cc := range in.who {
		if in.through {
			return "Whether any of it succeeded does not show here: the proxy's own log tells what the same visitor got with status 200."
		}
		if cc.Web == nil {
			return "Whether any of it succeeded does not show here: look in access.log for what the same client got with status 200."
		}
		asked, served, letIn = asked+cc.Web.Requests, served+cc.Web.Served, letIn+cc.Web.Accepted.Count
		if n := cc.Web.Logins.Count; in.Cause == CauseGuessing && cc.Web.Requests <= 2*n+2 && tries >= 0 {
			tries += n
		} else {
			tries = -1
		}
	}
	if tries > 0 && letIn == 0 {
		return fmt.Sprintf("wp-login.php let none of these %s in: it answers a wrong one with the form again and sends on whom it lets in.", plural(tries, "password"))
	}
	if served+letIn == 0 {
		return fmt.Sprintf("None of the %s in access.log was answered with a page (status 2xx), which speaks against a success.", plural(asked, "request"))
	}
	text := fmt.Sprintf("Whether any of it succeeded is for you to see: %d of the %s in access.log were answered with a page (status 2xx), which a login form that comes again is too.", served, plural(asked, "request"))
	if letIn > 0 {
		text += " WordPress accepted " + plural(letIn, "password") + "."
	}
	return text
}

// cleared are those whose load stands out in a trouble and who are not accused of
// it all the same, by what speaks for them.
func (c *Case) cleared(t *Trouble) (list []*ClientCase) {
	const few = 3
	for _, cc := range t.Who {
		if len(list) < few && cc.loadIn[t] && cc.would == "" && cc.guard.standing == "" && !cc.named() {
			list = append(list, cc)
		}
	}
	return list
}

// diedBefore is the doubt that the database went down before the first of the
// named clients was seen.
func (c *Case) diedBefore(in *incident) []string {
	first := int64(0)
	for _, cc := range in.who {
		at, _ := lastIn(cc, in.trouble.Start-lead, in.trouble.Until)
		if w := cc.Web; w != nil && (at == 0 || w.First < at) {
			at = w.First
		}
		if first == 0 || at != 0 && at < first {
			first = at
		}
		if in.Cause != CauseDistributed { // the others did not do it together
			break
		}
	}
	kill, ok := Entry{}, false
	for _, k := range []*parser.Kind{oomKill, dbCrash} {
		for _, e := range c.Journal.Of(k) {
			if e.Time >= in.trouble.Start-lead && e.Time < first && (k == dbCrash || isDatabase(e.Subject)) && (!ok || e.Time < kill.Time) {
				kill, ok = e, true
			}
		}
	}
	if !ok {
		return nil
	}
	whose := in.who[0].Addr.String()
	if in.Cause == CauseDistributed {
		whose = "these clients"
	}
	text := fmt.Sprintf("The database went down at %s, before the first line of %s at %s", clock(kill.Time), whose, clock(first))
	if in.who[0].Web != nil {
		return []string{text + ": these requests may have come on top of a failure that had another cause."}
	}
	return []string{text + ". An error log names a client only when it meets an error, so it may have been there before, or have come on top of a failure that had another cause: access.log would tell."}
}

// clocksDiffer tells whether some logs name a zone that is not UTC while others name none.
func (c *Case) clocksDiffer() bool {
	zoned, local := false, false
	for i := range c.Coverage.Inputs {
		switch in := &c.Coverage.Inputs[i]; {
		case in.Stamp.Has(parser.StampZone):
			zoned = zoned || in.UTCOffset != 0
		case in.Stamp != 0:
			local = true
		}
	}
	return zoned && local && !c.clocksAgree()
}

// clocksAgree tells whether the clients that error logs and access logs name were
// seen in both at the same time, which logs of one clock show. Who is there all day
// is in both whatever the clocks are: visits count that are shorter than the quarter of
// an hour by which zones differ at least.
func (c *Case) clocksAgree() bool {
	const slack, visit = 10 * second, 10 * minute
	together, apart := 0, 0
	for _, cc := range c.onWeb() {
		if cc.Web.Last-cc.Web.First > visit {
			continue
		}
		for i := range cc.Slots {
			if s := &cc.Slots[i]; s.First >= cc.Web.First-slack && s.First <= cc.Web.Last+slack {
				together++
			} else {
				apart++
			}
		}
	}
	return together >= comparable && together > 9*apart
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func titles(ts Tallies) map[string]string {
	m := make(map[string]string, len(ts))
	for _, t := range ts {
		m[parser.Kinds[t.Kind].Name] = parser.Kinds[t.Kind].Title
	}
	return m
}

func roles(ts Tallies) map[string]string {
	m := make(map[string]string, len(ts))
	for _, t := range ts {
		m[parser.Kinds[t.Kind].Name] = parser.Kinds[t.Kind].Role.String()
	}
	return m
}
