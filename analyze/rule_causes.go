package analyze

import (
	"fmt"
	"slices"
	"strings"

	"github.com/logsleuth/logsleuth/parser"
)

const (
	// crowd is how many clients met the same harm before it is nobody's own doing.
	crowd = 3
	// mostOf is the share of something that makes it the main thing.
	mostOf = 0.6
	// fewMetWeight is for a component that fails for one or two clients: what fails
	// is plain, whose doing it is not.
	fewMetWeight = 1.5
	// consequence lowers a cause where somebody's load explains it.
	consequence = -4
	// consequenceThrough does so where the load came from behind a proxy, and a crowd may
	// be behind it as well.
	consequenceThrough = -2
)

func causeEvidence(t *Trouble, cause Cause, weight float64, text string, lines []string) Finding {
	return Finding{Trouble: t, Cause: cause, Evidence: Evidence{Weight: weight, Text: text, Lines: lines}}
}

var ruleCauseFlood = Rule{
	ID:    "cause-flood",
	Title: "The load of named clients explains the trouble",
	Finds: "Floods by one, by few or by many clients, and slow requests.",
	Blind: "Floods by many clients, where no access log shows them.",
	Uses:  []string{"workers.exhausted"},
	About: AboutCauses,
	Judge: func(c *Case) (found []Finding) {
		for _, t := range c.Troubles {
			if len(t.Named) == 0 && t.loadThrough() {
				found = append(found, causeEvidence(t, t.Through.deed, t.Through.unguarded()+1,
					fmt.Sprintf("somebody behind %s %s", t.Through.Addr, t.Through.accusation().Text), t.Through.accusation().Lines))
				continue
			}
			if len(t.Named) == 0 {
				continue
			}
			best := t.Named[0]
			if !best.deed.load() {
				continue
			}
			load, when := c.loadText(best, t)
			if best.deed == CauseDistributed {
				load, when = strongest(best.Evidence).Text, "and the others likewise"
			}
			text := fmt.Sprintf("%s %s (%s)", best.Addr, load, when)
			if len(t.Named) > 1 {
				text += fmt.Sprintf(", and %s did likewise", plural(len(t.Named)-1, "other client"))
			}
			found = append(found, causeEvidence(t, best.deed, best.Score+1, text, c.firstLines(best, t)))
			if t.Saturated != 0 {
				found = append(found, causeEvidence(t, best.deed, 0.5, "the server ran out of workers", []string{c.place(t.saturatedAt())}))
			}
		}
		return found
	},
}

var ruleCauseDatabase = Rule{
	ID:    "cause-database",
	Title: "The database failed for everybody",
	Finds: "Outages of the database server, and why it went down where the log of its machine tells.",
	Blind: "Without syslog or the database's own log the reason is not known.",
	Uses:  []string{"db.", "unit.failed"},
	About: AboutCauses,
	Judge: func(c *Case) (found []Finding) {
		for _, t := range c.Troubles {
			n := t.of(databaseHarm...)
			why, lines := c.databaseDied(t)
			_, crashed := c.firstOf(t.Start-lead, t.End, dbCrash)
			_, failed := c.databaseFailed(t)
			if n == 0 && !crashed && !failed {
				continue
			}
			met := c.metHarm(t)
			if n == 0 {
				// Nobody asked for a page in the meantime, or WordPress tried again in silence.
			} else if met >= crowd && len(t.Named) == 0 {
				found = append(found, causeEvidence(t, CauseDatabase, 1.5,
					fmt.Sprintf("%s met database errors, and none of them stands out", plural(met, "client")), c.linesIn(t, databaseHarm...)))
			} else {
				found = append(found, causeEvidence(t, CauseDatabase, 0.5, plural(n, "line")+" of database errors", c.linesIn(t, databaseHarm...)))
			}
			if n := t.of(dbLimit); n >= enoughTelling && why == "" {
				found = append(found, causeEvidence(t, CauseDatabase, 1, plural(n, "request")+" found all its connections taken", c.linesIn(t, dbLimit)))
			}
			if crash, ok := c.crashedFirst(t); ok {
				found = append(found, causeEvidence(t, CauseDatabase, 2.5, "it crashed at "+clock(crash.Time)+", before memory ran out", []string{c.place(crash.Place)}))
				found = append(found, causeEvidence(t, CauseMemory, consequence, "the database crashed before", nil))
			} else if why != "" && t.of(oomKill, unitOOM) == 0 {
				found = append(found, causeEvidence(t, CauseDatabase, 2, why, lines))
			} else if why != "" {
				found = append(found, causeEvidence(t, CauseDatabase, consequence, "the lack of memory explains why it failed", nil))
			}
			if len(t.Named) > 0 {
				found = append(found, causeEvidence(t, CauseDatabase, consequence, "the load of a named client explains why it failed", nil))
			} else if t.loadThrough() {
				found = append(found, causeEvidence(t, CauseDatabase, consequenceThrough, "the load of somebody behind a proxy explains why it failed", nil))
			}
		}
		return found
	},
}

// loadThrough tells whether somebody behind a proxy loaded the server in the trouble.
func (t *Trouble) loadThrough() bool { return t.Through != nil && t.Through.deed.load() }

// databaseFailed finds the first time that the database's service failed.
func (c *Case) databaseFailed(t *Trouble) (first Entry, ok bool) {
	for _, e := range c.Journal.Of(unitFailed) {
		if e.Time >= t.Start-lead && e.Time <= t.End && isDatabase(e.Subject) && (!ok || e.Time < first.Time) {
			first, ok = e, true
		}
	}
	return first, ok
}

// crashedFirst finds a crash of the database that came before the memory ran out.
func (c *Case) crashedFirst(t *Trouble) (crash Entry, ok bool) {
	kill, killed := c.firstOf(t.Start-lead, t.End, oomKill)
	crash, ok = c.firstOf(t.Start-lead, t.End, dbCrash)
	return crash, ok && killed && crash.Time < kill.Time-minute
}

// databaseDied says how the database server went down in a trouble; "" where no
// log tells.
func (c *Case) databaseDied(t *Trouble) (why string, lines []string) {
	entries := func(k *parser.Kind, of func(Entry) bool) (n int, ps Places) {
		for _, e := range c.Journal.Of(k) {
			if e.Time >= t.Start-lead && e.Time <= t.End && of(e) {
				n++
				ps.add(e.Place)
			}
		}
		return n, ps
	}
	all := func(Entry) bool { return true }
	database := func(e Entry) bool { return isDatabase(e.Subject) }
	if n, ps := entries(oomKill, database); n > 0 {
		return "the kernel killed it " + times(n) + " because memory ran out", c.places(ps)
	}
	if n, ps := entries(unitOOM, database); n > 0 {
		return "the kernel killed it " + times(n) + " because memory ran out, says systemd", c.places(ps)
	}
	if n, ps := entries(dbCrash, all); n > 0 {
		return "it crashed " + times(n), c.places(ps)
	}
	if n, ps := entries(unitFailed, database); n > 0 {
		return "its service failed " + times(n), c.places(ps)
	}
	if n, ps := entries(dbRecover, all); n > 0 {
		return "it had to repair itself after an unclean end " + times(n), c.places(ps)
	}
	if n, ps := entries(dbStop, all); n > 0 {
		return "it was told to stop " + times(n), c.places(ps)
	}
	return "", nil
}

// times writes "once", "twice", "3 times".
func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

var ruleCauseMemory = Rule{
	ID:    "cause-memory",
	Title: "The machine ran out of memory",
	Finds: "Out-of-memory kills, or where their lines are missing the kernel's request for memory or systemd's word of it, and who held the memory by the kernel's own table.",
	Blind: "Without the kernel's log an out-of-memory kill leaves nothing in error.log.",
	Uses:  []string{"oom.", "unit.oom", "fork.failed", "db.memory"},
	About: AboutCauses,
	Judge: func(c *Case) (found []Finding) {
		for _, t := range c.Troubles {
			signs := []*parser.Kind{oomKill, oomUserspace, forkFailed, dbMemory}
			if t.of(signs...) == 0 { // grep -i oom, a full ring buffer and a cut log leave out the kills
				signs = []*parser.Kind{oomInvoked}
			}
			if t.of(signs...) == 0 {
				signs = []*parser.Kind{unitOOM}
			}
			n := t.of(signs...)
			if n == 0 {
				continue
			}
			found = append(found, causeEvidence(t, CauseMemory, 1.5, "memory ran out "+times(int(n)), c.linesIn(t, signs...)))
			if why, lines := c.databaseDied(t); why != "" && t.of(oomKill, unitOOM) > 0 {
				found = append(found, causeEvidence(t, CauseMemory, 1, "the database went down with it: "+why, lines))
			}
			if met := c.metHarm(t); met >= crowd && len(t.Named) == 0 {
				found = append(found, causeEvidence(t, CauseMemory, 0.5, plural(met, "client")+" met errors, and none of them stands out", nil))
			}
			if programs, total := c.Memory.largest(t.Start-lead, t.End); total > 0 {
				web := int64(0)
				for _, p := range programs {
					if isWebServer(p.Name) {
						web += p.RSSBytes
					}
				}
				held := fmt.Sprintf("the web server's workers held %d%% of what all programs held", 100*web/total)
				if top := programs[0]; float64(web) >= mostOf*float64(total) && c.Coverage.access() {
					found = append(found, causeEvidence(t, CauseMemory, 0.5, held, nil))
				} else if float64(web) >= mostOf*float64(total) {
					found = append(found, causeEvidence(t, CauseMemory, -0.5, held+": who asked for so many, only access.log would show", nil))
				} else if !isWebServer(top.Name) && !isDatabase(top.Name) {
					found = append(found, causeEvidence(t, CauseMemory, 2.5, fmt.Sprintf("the program that held most was %s with %s, not the web server", top.Name, megabytes(top.RSSBytes)), nil))
				}
			}
			if len(t.Named) > 0 {
				found = append(found, causeEvidence(t, CauseMemory, consequence, "the load of a named client explains it", nil))
			} else if t.loadThrough() {
				found = append(found, causeEvidence(t, CauseMemory, consequenceThrough, "the load of somebody behind a proxy explains it", nil))
			}
		}
		return found
	},
}

var ruleCausePlugin = Rule{
	ID:    "cause-plugin",
	Title: "One plugin or theme fails for everybody",
	Finds: "Fatal errors, exhausted memory and time limits that lie in one component, over several clients.",
	Blind: "The component that met a limit is not always the one that used it up.",
	Uses:  []string{"php."},
	About: AboutCauses,
	Judge: func(c *Case) (found []Finding) {
		for _, t := range c.Troubles {
			n := t.of(phpFatal, phpMemory, phpTimeout)
			if n < enoughHarm {
				continue
			}
			p, failed := c.worstPlugin(t)
			if float64(failed) < mostOf*float64(n) {
				continue
			}
			weight, met := 2.5, ""
			if p.Clients < crowd && !c.hidesPeople(t) {
				weight, met = fewMetWeight, ", met by "+plural(p.Clients, "client")+" only: somebody who was changing it, or who asks for what breaks it"
			}
			found = append(found, causeEvidence(t, CausePlugin, weight, fmt.Sprintf("%d of %s lie in the %s %s%s", min(failed, n), plural(n, "fatal error"), p.Type, p.Name, met), c.linesIn(t, phpFatal, phpMemory, phpTimeout)))
		}
		return found
	},
}

// hidesPeople tells whether a trouble's lines name no clients, or one that stands
// for many.
func (c *Case) hidesPeople(t *Trouble) bool {
	for _, cc := range t.Who {
		if _, harm, _ := cc.within(t.Start, t.End); harm > 0 && cc.Standing != Proxy && !cc.standIn {
			return false
		}
	}
	return true
}

// worstPlugin is the plugin or theme with the most fatal errors in a trouble.
func (c *Case) worstPlugin(t *Trouble) (worst Plugin, failed int64) {
	for _, p := range c.plugins() {
		if n := p.fatalIn(t.Start, t.End); p.Type != "core" && n > failed {
			worst, failed = p.Plugin, n
		}
	}
	return worst, failed
}

var ruleCauseBackend = Rule{
	ID:    "cause-backend",
	Title: "The program behind the web server is down or full",
	Finds: "PHP-FPM or another backend that does not take connections or does not answer.",
	Blind: "Why it does not: its own log tells.",
	Uses:  []string{"backend."},
	About: AboutCauses,
	Judge: func(c *Case) (found []Finding) {
		for _, t := range c.Troubles {
			n := t.of(backendTrouble...)
			if e, ok := c.backendFailed(t); ok {
				found = append(found, causeEvidence(t, CauseBackend, 2.5, "its service failed at "+clock(e.Time), []string{c.place(e.Place)}))
			}
			if n >= enoughTelling {
				found = append(found, causeEvidence(t, CauseBackend, 2, plural(n, "request")+" could not be handed on or got no answer", c.linesIn(t, backendTrouble...)))
			}
			if n := t.of(fpmExhausted, fpmFailed); n > 0 {
				found = append(found, causeEvidence(t, CauseBackend, 1, "PHP-FPM had no child free, or could not work", c.linesIn(t, fpmExhausted, fpmFailed)))
			}
		}
		return found
	},
}

// backendFailed finds the first time that PHP-FPM's service failed or did not start.
func (c *Case) backendFailed(t *Trouble) (first Entry, ok bool) {
	for _, k := range []*parser.Kind{unitFailed, unitNoStart} {
		for _, e := range c.Journal.Of(k) {
			if e.Time >= t.Start-lead && e.Time <= t.End && strings.Contains(strings.ToLower(e.Subject), "php") && (!ok || e.Time < first.Time) {
				first, ok = e, true
			}
		}
	}
	return first, ok
}

var ruleCauseDisk = Rule{
	ID:    "cause-disk",
	Title: "The disk is full or failing",
	Finds: "Databases and logs that cannot be written, errors of the disk in the kernel's log, and processes that wait for it or for a server of files.",
	Blind: "A full disk often leaves a gap in the logs instead of a line.",
	Uses:  []string{"db.full", "db.disk", "kernel.disk", "kernel.io", "kernel.hung"},
	About: AboutCauses,
	Judge: func(c *Case) (found []Finding) {
		for _, t := range c.Troubles {
			if n := t.of(diskTrouble...); n > 0 {
				found = append(found, causeEvidence(t, CauseDisk, 4, plural(n, "line")+" of the database or the kernel that nothing can be written or read", c.linesIn(t, diskTrouble...)))
			} else if n := t.of(kernelHung); n > 0 {
				found = append(found, causeEvidence(t, CauseDisk, 2.5, "by the kernel's log, "+plural(n, "time")+" something waited long for the disk or for a server of files", c.linesIn(t, kernelHung)))
			}
		}
		return found
	},
}

var ruleCauseConfig = Rule{
	ID:    "cause-config",
	Title: "The configuration keeps the server from starting or serving",
	Finds: "Refused configurations, certificates and ports, .htaccess files that break their site, and files that Apache may not read and rewrite rules that lead back to themselves, where nearly everybody meets them.",
	Blind: "What the configuration was before.",
	Uses:  []string{"server.config", "server.bind", "server.fatal", "tls.config", "site.broken", "handler.missing", "frontend.mismatch", "file.denied", "redirect.loop"},
	About: AboutCauses,
	Judge: func(c *Case) (found []Finding) {
		for _, t := range c.Troubles {
			for _, e := range c.Journal.Of(unitNoStart) {
				if e.Time >= t.Start-lead && e.Time <= t.End && (strings.Contains(strings.ToLower(e.Subject), "apache") || strings.Contains(e.Subject, "httpd")) {
					found = append(found, causeEvidence(t, CauseConfig, 2, "Apache could not be started at "+clock(e.Time), []string{c.place(e.Place)}))
					break
				}
			}
			if n := t.of(configTrouble...); n > 0 {
				found = append(found, causeEvidence(t, CauseConfig, 3, plural(n, "line")+" of the server about its configuration", c.linesIn(t, configTrouble...)))
			}
			for _, x := range []struct {
				kind *parser.Kind
				text string
			}{{fileDenied, "could not be served, for Apache may not read the site's files"}, {redirectLoop, "ended in a rewrite rule that leads back to itself"}} {
				if n := t.of(x.kind); n >= enoughHarm && c.metByMost(t, x.kind) {
					found = append(found, causeEvidence(t, CauseConfig, 3, plural(n, "request")+" of nearly everybody who was there "+x.text, c.linesIn(t, x.kind)))
				}
			}
		}
		return found
	},
}

var ruleCauseCrash = Rule{
	ID:    "cause-crash",
	Title: "Workers crash by themselves",
	Finds: "Bursts of segmentation faults without saturation or lack of memory.",
	Blind: "Which extension is at fault, unless the kernel's log names the library.",
	Uses:  []string{"child.segfault", "child.exit"},
	About: AboutCauses,
	Judge: func(c *Case) (found []Finding) {
		for _, t := range c.Troubles {
			if n := t.of(childSegfault, childExit); n >= enoughCrashes && t.Saturated == 0 && t.of(oomKill) == 0 {
				found = append(found, causeEvidence(t, CauseCrash, 2.5, plural(n, "worker")+" crashed", c.linesIn(t, childSegfault, childExit)))
			}
		}
		return found
	},
}

var ruleCauseReboot = Rule{
	ID:    "cause-reboot",
	Title: "The machine started anew",
	Finds: "Restarts of the machine, and whether it was told to stop before.",
	Blind: "Why the power went or who pressed the button: the provider's panel tells.",
	Uses:  []string{"kernel.boot", "host.boot", "host.shutdown", "server.stop", "db.stop"},
	About: AboutCauses,
	Judge: func(c *Case) (found []Finding) {
		for _, t := range c.Troubles {
			boot, ok := c.firstOf(t.Start, t.End, kernelBoot, hostBoot)
			if !ok {
				continue
			}
			if boot.Time > t.Start+2*minute { // somebody's answer to what had begun before
				found = append(found, causeEvidence(t, CauseReboot, 0.5, "it was restarted at "+clock(boot.Time)+", after the trouble had begun", []string{c.place(boot.Place)}))
				continue
			}
			text, lines := fmt.Sprintf("at %s, and no log shows that it was told to stop: power, the provider's host, or a crash of the kernel", clock(boot.Time)), []string{c.place(boot.Place)}
			if stop, ok := c.firstOf(boot.Time-lead, boot.Time, hostShutdown, serverStop, dbStop); ok {
				text, lines = fmt.Sprintf("at %s, after it had been told to stop at %s", clock(boot.Time), clock(stop.Time)), []string{c.place(stop.Place), c.place(boot.Place)}
			}
			found = append(found, causeEvidence(t, CauseReboot, 3.5, text, lines))
			if t.of(databaseHarm...) > 0 {
				found = append(found, causeEvidence(t, CauseDatabase, consequence, "the machine was just starting", lines))
			}
		}
		return found
	},
}

// firstOf is the first of some kinds' entries in a stretch of time.
func (c *Case) firstOf(from, to int64, kinds ...*parser.Kind) (first Entry, ok bool) {
	for _, k := range kinds {
		for _, e := range c.Journal.Of(k) {
			if e.Time >= from && e.Time <= to && (!ok || e.Time < first.Time) {
				first, ok = e, true
			}
		}
	}
	return first, ok
}

var ruleCauseMaintenance = Rule{
	ID:    "cause-maintenance",
	Title: "Somebody stopped the service on purpose",
	Finds: "Errors around a planned stop of the database or of the web server.",
	Blind: "Why somebody did: often because of the trouble itself.",
	Uses:  []string{"db.stop"},
	About: AboutCauses,
	Judge: func(c *Case) (found []Finding) {
		for _, t := range c.Troubles {
			if t.of(oomKill, dbCrash, workersExhausted) > 0 {
				continue
			}
			for _, e := range c.Journal.Of(dbStop) {
				if e.Time >= t.Start-minute && e.Time <= t.Start+minute {
					found = append(found, causeEvidence(t, CauseMaintenance, 4.5, "the database server was told to stop at "+clock(e.Time), []string{c.place(e.Place)}))
					break
				}
			}
		}
		return found
	},
}

const (
	// capacityWeight is for workers that ran out while nobody stands out in an access
	// log. Without one, who took them was not seen.
	capacityWeight = 2.0
	unseenWeight   = 1.1
)

var ruleCauseCapacity = Rule{
	ID:    "cause-capacity",
	Title: "The workers ran out and nobody stands out",
	Finds: "Saturation by ordinary traffic, by slow code or by a limit set too low.",
	Blind: "Which of them: an access log with times would tell. Without one it is less sure, for who took the workers was not seen.",
	Uses:  []string{"workers.exhausted", "scoreboard.full"},
	About: AboutCauses,
	Judge: func(c *Case) (found []Finding) {
		present := c.present()
		for i, t := range c.Troubles {
			if t.Saturated == 0 || len(t.Named) > 0 || t.Through != nil {
				continue
			}
			weight, text := 0.5, "the workers ran out, and the log shows too few clients to say whose doing it was"
			busy := capacityWeight
			if !c.Coverage.access() {
				busy = unseenWeight
			}
			if n := present[i]; n >= crowd && t.of(databaseHarm...) == 0 {
				weight, text = busy, fmt.Sprintf("the workers ran out while %s were there, none of whom stands out", plural(n, "client"))
			}
			found = append(found, causeEvidence(t, CauseCapacity, weight, text, []string{c.place(t.saturatedAt())}))
			if text := c.thinly(t); text != "" {
				found = append(found, causeEvidence(t, CauseCapacity, unseenWeight-capacityWeight, text, nil))
			}
		}
		return found
	},
}

// largest is the table with the most memory in a stretch of time: its programs,
// the biggest first, and what they held together.
func (m *Memory) largest(from, to int64) (programs []Program, total int64) {
	for at, table := range m.Tables {
		if at*second < from-second || at*second > to {
			continue
		}
		ps, sum := table.programs()
		if sum > total || sum == total && len(ps) > 0 && len(programs) > 0 && ps[0].Name < programs[0].Name {
			programs, total = ps, sum
		}
	}
	return programs, total
}

func (t *TaskTable) programs() (ps []Program, total int64) {
	for name, pids := range t.Programs {
		p := Program{Name: name, Processes: int64(len(pids))}
		for _, h := range pids {
			p.RSSBytes += h.own()
		}
		total += p.RSSBytes
		ps = append(ps, p)
	}
	slices.SortFunc(ps, func(a, b Program) int {
		if a.RSSBytes != b.RSSBytes {
			return int(min(max(b.RSSBytes-a.RSSBytes, -1), 1))
		}
		return strings.Compare(a.Name, b.Name)
	})
	return ps, total
}

// own is what a process holds by itself: rss counts pages that many workers
// share once for each of them, so the anonymous part is better where it is known.
func (h Held) own() int64 {
	if h.Anon > 0 {
		return h.Anon
	}
	return h.RSS
}

func megabytes(n int64) string {
	switch {
	case n >= 10<<30:
		return fmt.Sprintf("%d GB", n>>30)
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
	}
	return fmt.Sprintf("%d MB", n>>20)
}
