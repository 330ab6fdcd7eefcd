package analyze

import (
	"fmt"
	"slices"
	"strings"

	"github.com/logsleuth/logsleuth/parser"
)

// blindSpots are what logs may be unable to show, the most important first. Each
// gives sentences that end with what would help, none where it does not apply.
var blindSpots = []func(*Case) []string{
	(*Case).blindTimes,
	(*Case).blindEnd,
	(*Case).blindGaps,
	(*Case).blindSorts,
	(*Case).blindDatabase,
	(*Case).blindFront,
	(*Case).blindVhosts,
	(*Case).blindLost,
	(*Case).blindLatch,
	(*Case).blindRetries,
	(*Case).blindLevel,
	(*Case).blindLogins,
	(*Case).blindCut,
	(*Case).blindNameless,
	(*Case).blindFolded,
	(*Case).blindUnread,
	(*Case).blindYear,
}

// blind is what these logs could not have shown.
func (c *Case) blind() []string {
	list := []string{}
	for _, spot := range blindSpots {
		list = append(list, spot(c)...)
	}
	return list
}

// A logSort is what kind of program writes a log.
type logSort uint8

const (
	otherLog logSort = iota
	errorLog         // of a web server
	accessLog
	systemLog // the kernel's and the services'
	databaseLog
	phpLog
)

// sortOf tells it by the format that most of a log's lines have.
func sortOf(format string) logSort {
	switch {
	case strings.HasPrefix(format, "apache"), format == "nginx", format == "lighttpd":
		return errorLog
	case format == "access":
		return accessLog
	case strings.HasPrefix(format, "syslog"), strings.HasPrefix(format, "journal"), strings.HasPrefix(format, "dmesg"), format == "kernel-bare", format == "epoch":
		return systemLog
	case strings.HasPrefix(format, "mysql"):
		return databaseLog
	case strings.HasPrefix(format, "php"):
		return phpLog
	}
	return otherLog
}

// sorts are those that explain each other: what each is called, what only it
// shows, and what would help.
var sorts = []struct {
	sort             logSort
	name, shows, ask string
}{
	{errorLog, "error.log", "which visitor met which error, and whether the workers ran out", "give the error.log of that time (after a rotation error.log.1)"},
	{systemLog, "syslog", "whether memory ran out, who was killed for it, and who stopped a service", "give the syslog of that time, or journalctl's"},
	{accessLog, "access.log", "how many requests there were in all, and whose", "give the access.log of that time"},
	{databaseLog, "mysql's log", "why the database failed", "give its log of that time"},
}

// of are the logs of one sort that have lines with a time.
func (c *Case) of(sort logSort) (logs []*InputFacts) {
	for i := range c.Coverage.Inputs {
		if in := &c.Coverage.Inputs[i]; in.Stamp != 0 && sortOf(in.Format()) == sort {
			logs = append(logs, in)
		}
	}
	return logs
}

// covered is the time from the first line of some logs to the last, and how much
// longer they may have gone on without a line, by their own rhythm.
func covered(logs []*InputFacts) (s span, slack int64) {
	slack = quiet
	for i, in := range logs {
		if i == 0 || in.First < s.first {
			s.first = in.First
		}
		if i == 0 || in.Last > s.last {
			s.last = in.Last
		}
		_, longest := in.Beats.gaps()
		slack = max(slack, longest)
	}
	return s, slack
}

// blindTimes tells of logs that do not reach over a trouble, and of those that
// have no time in common.
func (c *Case) blindTimes() (list []string) {
	for _, sort := range sorts {
		logs := c.of(sort.sort)
		if len(logs) == 0 {
			continue
		}
		s, slack := covered(logs)
		for _, t := range c.Troubles {
			if s.first-slack <= t.Start && s.last+slack >= t.End {
				continue
			}
			missed := "ends in the middle of"
			switch {
			case s.last < t.Start || s.first > t.End:
				missed = "does not reach"
			case s.first-slack > t.Start:
				missed = "begins in the middle of"
			}
			list = append(list, fmt.Sprintf("%s goes from %s and %s the trouble of %s, so it cannot show %s then: %s.",
				sort.name, c.fromTo(s), missed, c.fromTo(span{t.Start, t.End}), sort.shows, sort.ask))
			break // the others miss it alike
		}
	}
	if len(c.Troubles) > 0 {
		return list
	}
	for i, a := range sorts {
		for _, b := range sorts[i+1:] {
			x, y := c.of(a.sort), c.of(b.sort)
			if len(x) == 0 || len(y) == 0 {
				continue
			}
			s, slack := covered(x)
			u, more := covered(y)
			if slack = max(slack, more); s.last+slack < u.first || u.last+slack < s.first {
				list = append(list, fmt.Sprintf("%s (%s) and %s (%s) have no time in common, so neither explains the other: give logs of the same time.", a.name, c.fromTo(s), b.name, c.fromTo(u)))
			}
		}
	}
	return list
}

// fromTo writes a stretch of time, with its days where the log has several.
func (c *Case) fromTo(s span) string {
	if c.First/(24*hour) == c.Last/(24*hour) {
		return clock(s.first) + " to " + clock(s.last)
	}
	day := func(t int64) string { return strings.Replace(c.time(t)[:len("2006-01-02T15:04:05")], "T", " ", 1) }
	return day(s.first) + " to " + day(s.last)
}

// blindEnd tells that all logs end while the trouble may have gone on.
func (c *Case) blindEnd() []string {
	if len(c.Troubles) == 0 || c.Window {
		return nil
	}
	t := c.Troubles[len(c.Troubles)-1]
	if c.Last-t.End >= quiet {
		return nil
	}
	for _, k := range []*parser.Kind{serverStart, dbStart, unitStart} {
		for _, e := range c.Journal.Of(k) {
			if e.Time >= t.lastHarm() && (k != unitStart || servesWeb(e.Subject)) {
				return nil
			}
		}
	}
	after := "with"
	if c.Last-t.End >= second {
		after = lasting(c.Last-t.End) + " after"
	}
	return []string{fmt.Sprintf("These logs end %s the last sign of trouble, so whether it was over does not show: what was logged after %s would tell.", after, clock(c.Last))}
}

// lastHarm is when a visitor last met an error in the trouble, its start where none did.
func (t *Trouble) lastHarm() int64 {
	last := t.Start
	for k, s := range t.Firsts {
		if k.Role == parser.Harm {
			last = max(last, s.Last)
		}
	}
	return last
}

// blindGaps tells of logs that fell silent, those silences first that lie in a
// trouble. A log of errors alone is silent when all is well, so there only these count.
func (c *Case) blindGaps() (list []string) {
	type silence struct {
		text   string
		during bool
	}
	var all []silence
	for i := range c.Coverage.Inputs {
		in := &c.Coverage.Inputs[i]
		odd, longest := in.Beats.gaps()
		for _, s := range odd {
			g := silence{text: fmt.Sprintf("%s is silent from %s, and never else for more than %s", c.inputName(i), c.fromTo(s), lasting(max(longest, in.Beats.Width)))}
			for _, t := range c.Troubles {
				g.during = g.during || s.first <= t.End && s.last >= t.Start
			}
			if sort := sortOf(in.Format()); !g.during && sort != systemLog && sort != accessLog {
				continue
			}
			if g.during {
				g.text += ", while the server was in trouble"
			}
			g.text += ": either there was nothing to write, or it could not be written; another log of that time, such as journalctl's, would tell."
			all = append(all, g)
		}
	}
	slices.SortStableFunc(all, func(a, b silence) int {
		switch {
		case a.during == b.during:
			return 0
		case a.during:
			return -1
		}
		return 1
	})
	for _, g := range all[:min(len(all), fewGaps)] {
		list = append(list, g.text)
	}
	return list
}

func (c *Case) inputName(i int) string {
	if i < len(c.Inputs) {
		return c.Inputs[i].Path
	}
	return fmt.Sprintf("log %d", i)
}

// blindSorts tells which sorts of logs are missing altogether.
func (c *Case) blindSorts() (list []string) {
	if !c.kernel() {
		list = append(list, "No log of the system or the kernel is among these, so they cannot show whether memory ran out, who was killed for it, and who stopped a service: give syslog, or journalctl's.")
	}
	httpd := c.has(errorLog)
	if httpd && !c.Coverage.access() {
		list = append(list, "No access.log is among these, and an error log shows no request that went well: give it, for how many requests and connections there were in all, and whose.")
	}
	if !httpd {
		list = append(list, "No error.log of the web server is among these, so they cannot show which visitor met which error: give it.")
	}
	return list
}

// has tells whether a log of a sort is among these, dated or not.
func (c *Case) has(sort logSort) bool {
	return slices.ContainsFunc(c.Coverage.Inputs, func(in InputFacts) bool { return sortOf(in.Format()) == sort })
}

// blindDatabase tells that the database has not spoken for itself.
func (c *Case) blindDatabase() []string {
	if c.dbSilence() == 0 || c.has(databaseLog) {
		return nil
	}
	for _, t := range c.Kinds {
		if parser.Kinds[t.Kind].Family == parser.Database {
			return nil
		}
	}
	return []string{"The database's own words are not among these, so why it failed or closed connections does not show: give its log (often /var/log/mysql/error.log, or journalctl -u mariadb)."}
}

// blindFront tells that addresses are those of what stands in front of the site.
func (c *Case) blindFront() []string {
	if front, n, all := c.mostlyBehind(); all > 0 && 2*n > all {
		return []string{fmt.Sprintf("%d of %d lines that name a client name an address of %s, which stands in front of the site, so who asked is not in these logs: with mod_remoteip Apache logs the visitors.", n, all, front)}
	}
	return nil
}

// mostlyBehind counts the lines that name an address of a delivery service or of
// a proxy in the own network, and names what most of them name.
func (c *Case) mostlyBehind() (front string, n, all int64) {
	private := int64(0)
	for _, cc := range c.Everybody {
		all += cc.lines()
		switch s := cc.guard.service; {
		case s != nil && s.Purpose == purposeCDN:
			front, n = s.Operator, n+cc.lines()
		case cc.guard.standing == Proxy:
			private += cc.lines()
		}
	}
	if private > n {
		front = "a proxy or a private network"
	}
	return front, n + private, all
}

// blindVhosts tells of logs of virtual hosts without the main one, and the reverse.
func (c *Case) blindVhosts() []string {
	if len(c.of(errorLog)) == 0 {
		return nil
	}
	own, clients := int64(0), int64(0) // lines of the server itself, and of its visitors
	for _, in := range c.of(errorLog) {
		for _, t := range in.Kinds {
			if k := parser.Kinds[t.Kind]; k.Role == parser.State && k.Family == parser.HTTPD {
				own += t.Count
			}
		}
	}
	for _, cc := range c.Everybody {
		clients += cc.Events
	}
	switch {
	case own == 0 && clients > 0:
		return []string{"No line of the web server itself is among these, such as a start or full workers: where each virtual host has an error log of its own, these stand in the main one, so give that too."}
	case clients == 0 && c.Kinds.Count(workersExhausted)+c.Kinds.Count(scoreboardFull) > 0:
		return []string{"The workers ran out, and no line names a client, so whose requests held them does not show: where each virtual host has logs of its own, give those too."}
	}
	return nil
}

// blindLost tells how many lines a logger left out.
func (c *Case) blindLost() []string {
	entries := c.Journal.Of(logLost)
	if len(entries) == 0 {
		return nil
	}
	n := int64(0)
	for _, e := range entries {
		n += e.Value
	}
	lines := "an unknown number of lines"
	if n > 0 {
		lines = "at least " + plural(n, "line")
	}
	return []string{fmt.Sprintf("The system's logger left out %s because too many came (%s, first at %s), so counts are lower bounds: a higher rate limit (RateLimitBurst of journald, of rsyslog's imuxsock or imjournal) keeps them next time.", lines, times(int(c.Kinds.Count(logLost))), c.place(entries[0].Place))}
}

// blindLatch tells what Apache says only once in the life of its parent process.
func (c *Case) blindLatch() []string {
	said := slices.Concat(c.Journal.Of(workersExhausted), c.Journal.Of(workersNear))
	if len(said) == 0 {
		return nil
	}
	slices.SortFunc(said, Entry.compare)
	last, until := said[len(said)-1], "the end of these logs"
	for _, e := range c.Journal.Of(serverStart) {
		if e.Time > last.Time {
			until = "the start at " + clock(e.Time)
			break
		}
	}
	return []string{fmt.Sprintf("Apache says only once after each start that its workers ran out, the last time here at %s, so whether they did again until %s does not show: mod_status, or the times in access.log (%%D), would tell.", clock(last.Time), until)}
}

// blindRetries tells how WordPress falls silent.
func (c *Case) blindRetries() []string {
	if c.dbSilence() == 0 {
		return nil
	}
	return []string{"WordPress tries a lost database again in silence and logs nothing when it cannot connect at all, so no errors are no recovery: the database's log, or status 500 in access.log, would tell."}
}

// dbSilence counts the errors after which WordPress falls silent.
func (c *Case) dbSilence() (n int64) {
	for _, k := range databaseHarm {
		n += c.Kinds.Count(k)
	}
	return n
}

// blindLevel tells what LogLevel hides, as far as none of it is there.
func (c *Case) blindLevel() []string {
	apache24 := false
	for i := range c.Coverage.Inputs {
		in := &c.Coverage.Inputs[i]
		if !strings.HasPrefix(in.Format(), "apache") || in.Format() == "apache-2.2" { // 2.2 logs missing files as errors
			continue
		}
		apache24 = true
		for l := parser.LevelInfo; l <= parser.LevelTrace8; l++ {
			if in.Levels[l] > 0 {
				return nil
			}
		}
	}
	var hidden []string
	for _, h := range []struct {
		kind *parser.Kind
		what string
	}{
		{fileMissing, "ordinary missing files"},
		{requestTimeout, "requests that were too slow (mod_reqtimeout)"},
		{tlsFailed, "failed TLS handshakes"},
	} {
		if c.Kinds.Count(h.kind) == 0 {
			hidden = append(hidden, h.what)
		}
	}
	if !apache24 || len(hidden) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("No line of level info is among these, so LogLevel hides %s: access.log has the first, and LogLevel info all of them from now on.", listed(hidden))}
}

// blindLogins tells that WordPress logs no refused password.
func (c *Case) blindLogins() []string {
	if !c.has(errorLog) || c.Coverage.access() || c.Kinds.Count(wpAuthFailed)+c.Kinds.Count(wpUnknownUser)+c.Kinds.Count(wpXMLRPC) > 0 {
		return nil
	}
	return []string{"WordPress writes no failed login to error.log, so guessing at wp-login.php and xmlrpc.php would not show: access.log has it, or a plugin that logs it (WP fail2ban)."}
}

// blindCut tells how many lines lost their ends.
func (c *Case) blindCut() []string {
	cut := int64(0)
	for _, in := range c.Coverage.Inputs {
		cut += in.Cut
	}
	if cut == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%s cut off after about 8,190 bytes, so the code that asked is missing there: a log of PHP's own (error_log in php.ini) is not cut.", wereNoun(cut, "line"))}
}

// blindNameless tells of PHP's own logs, which name no client.
func (c *Case) blindNameless() []string {
	if !c.has(phpLog) {
		return nil
	}
	return []string{"PHP's own log and WordPress's debug.log name no client, so who met their errors is not in them: access.log of the same times would tell."}
}

// blindFolded tells of clients that were not kept apart.
func (c *Case) blindFolded() []string {
	var list []string
	f := &c.Facts.Clients
	if n := f.Folded; n > 0 {
		list = append(list, fmt.Sprintf("%s with few lines were counted together for lack of room (none had more than %s by then), so none of them can be named: --since and --until take a shorter time.", plural(n, "client"), plural(f.Most, "line")))
	}
	if f.Thin > 0 {
		list = append(list, fmt.Sprintf("Of %s with few lines only the busiest times were kept, for lack of room: --since and --until take a shorter time.", plural(f.Thin, "client")))
	}
	if n := c.Components.Folded; n > 0 {
		list = append(list, fmt.Sprintf("%s came from code that is not listed, for lack of room: --since and --until take a shorter time.", plural(n, "event")))
	}
	return list
}

// blindUnread tells how many lines were not understood.
func (c *Case) blindUnread() []string {
	lines, unread, most := int64(0), int64(0), 0
	for i, in := range c.Coverage.Inputs {
		lines += in.Events
		unread += in.Unparsed
		if in.Unparsed > c.Coverage.Inputs[most].Unparsed {
			most = i
		}
	}
	if unread == 0 {
		return nil
	}
	return []string{fmt.Sprintf("%d of %d lines are in no known format, so what they say is not in this report: logsleuth events --unparsed %s shows them.", unread, lines, c.inputName(most))}
}

// blindYear tells that a year was inferred.
func (c *Case) blindYear() []string {
	for i := range c.Coverage.Inputs {
		if c.Coverage.Inputs[i].Stamp.Has(parser.StampNoYear) {
			return []string{fmt.Sprintf("The stamps of %s name no year, so it was inferred and may be wrong where logs of several years were put together: stamps of RFC 3339 (rsyslog's default since Debian 12) name it.", c.inputName(i))}
		}
	}
	return nil
}

func wereNoun(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun + " was"
	}
	return plural(n, noun) + " were"
}
