package check

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/logsleuth/logsleuth/analyze"
	"github.com/logsleuth/logsleuth/parser"
	"github.com/logsleuth/logsleuth/report"
)

// A Key is one that a case.yaml may have.
type Key struct {
	Name   string
	Takes  string // what stands behind it, for docs/check.md and for messages
	Doc    string
	Sample string // lines of a case.yaml

	read func(*Case, value) error
}

const takesBound = "a number, a bound such as \">= 3\" or \"3 to 5\", or min and max"

// Keys are all keys, in the order in which docs/check.md tells of them: what the
// case is, whom it accuses, what else it shows, the whole report.
var Keys = []Key{
	{"description", "a sentence", "What the case is about, for those who read it.",
		"description: MySQL dies while one client holds all workers", readDescription},
	{"logs", "names or patterns of files or folders, from the case's folder",
		"The logs to read. Without it: every file directly in the folder that looks like a log, except `case.yaml`, the goldens, `truth.json` and names that begin with README.",
		"logs: [error.log*, syslog]", readLogs},
	{"options", "options of analyze, without dashes, each with its value",
		"How to read the logs, as the flags of `logsleuth analyze` that are listed below. A list gives an option several times.",
		"options:\n  tz: Europe/Paris\n  since: 2026-03-14 07:00", readOptions},
	{"written", "a day such as 2026-03-14",
		"When the logs were last written to. syslog's stamps have no year; where no other line has one, it is inferred from the date of the file, which git does not keep.",
		"written: 2026-03-14", readWritten},
	{"cause", "one cause, or a list of causes of which one must be named",
		"The cause that the verdict names.",
		"cause: [database, memory]", readCause},
	{"attack", "true or false", "Whether the verdict calls it an attack.", "attack: false", readAttack},
	{"confidence", takesBound, "How sure the verdict is, from 0 to 1.", "confidence: {min: 0.5, max: 0.75}", readConfidence},
	{"attackers", "addresses", "Who is called an attacker: exactly these.",
		"attackers: [192.0.2.7, 2001:db8::7]", standings(analyze.Attacker)},
	{"suspects", "addresses", "Who is called a suspect: exactly these.",
		"suspects: 198.51.100.9", standings(analyze.Suspect)},
	{"named", "addresses", "Who is called an attacker or a suspect: exactly these.",
		"named: [192.0.2.7, others]", standings(analyze.Attacker, analyze.Suspect)},
	{"nobody", "true or false", "That nobody is called an attacker or a suspect; with false, that somebody is.",
		"nobody: true", readNobody},
	{"not_named", "addresses or networks", "Who must not be called an attacker or a suspect.",
		"not_named: [203.0.113.40, 10.0.0.0/8]", readNotNamed},
	{"incidents", takesBound, "How many incidents there are.", "incidents: 1", readIncidents},
	{"events", "kinds of docs/events.md, each with " + takesBound, "How many events there are of a kind; 0 for none.",
		"events:\n  db.gone: \">= 3\"\n  workers.exhausted: 1\n  oom.kill: 0", readEvents},
	{"plugins", "names of plugins and themes", "Which code the report names: exactly this.",
		"plugins: [jetpack, others]", readPlugins},
	{"advice", "ids of advice", "Which advice is given: exactly this, in any order.", "advice: [block, others]", readAdvice},
	{"no_advice", "ids of advice", "Which advice must not be given.", "no_advice: [block, limit]", readNoAdvice},
	{"min_parsed", "a number from 0 to 100", "Of each log at least this share of its events must be understood, in percent.",
		"min_parsed: 99", readMinParsed},
	{"golden", "names of files in the case's folder that end in .json or .txt",
		"The whole report must be the one in this file. `--update` writes it.", "golden: report.json", readGolden},
}

func readDescription(c *Case, v value) (err error) {
	c.Description, err = v.text()
	return err
}

func readLogs(c *Case, v value) (err error) {
	c.Logs, err = v.texts()
	if err == nil && len(c.Logs) == 0 {
		err = v.wrong("logs names none; leave the key out to read every log in the folder")
	}
	if slices.Contains(c.Logs, "") || slices.Contains(c.Logs, "-") {
		err = v.wrong("logs takes %s", v.takes)
	}
	return err
}

func readOptions(c *Case, v value) error {
	return v.each("an option", func(name string, at int, o value) error {
		if !slices.Contains(o.options, name) {
			return wrong(at, "no option is called %q; there are %s", name, strings.Join(o.options, ", "))
		}
		o.takes = "a value, or a list of values"
		values, err := o.texts()
		for _, s := range values {
			c.Options = append(c.Options, Option{name, s, at})
		}
		return err
	})
}

func readWritten(c *Case, v value) error {
	s, err := v.text()
	if err != nil {
		return err
	}
	if c.Written, err = time.Parse(time.DateOnly, s); err != nil {
		return v.mistaken()
	}
	return nil
}

// claim keeps what a key states.
func (c *Case) claim(v value, judge func(*analyze.Result) []string) {
	c.claims = append(c.claims, claim{v.key, judge})
}

// wants is the usual difference.
func wants(ok bool, want, got any) []string {
	if ok {
		return nil
	}
	return []string{fmt.Sprintf("want %v, got %v", want, got)}
}

func readCause(c *Case, v value) error {
	all := causes()
	l, err := v.list(func(s string) (string, error) {
		if !slices.Contains(all, s) {
			return "", fmt.Errorf("no cause is called %q; there are %s", s, strings.Join(all, ", "))
		}
		return s, nil
	})
	if err == nil && (len(l.items) == 0 || l.more) {
		err = v.wrong("cause takes %s: %s", v.takes, strings.Join(all, ", "))
	}
	c.claim(v, func(r *analyze.Result) []string {
		return wants(slices.Contains(l.items, string(r.Verdict.Cause)), strings.Join(l.items, " or "), r.Verdict.Cause)
	})
	return err
}

// causes are all that a verdict may name, from the schema, which is tested to know them.
func causes() []string {
	var schema struct {
		Defs struct {
			Cause struct{ Enum []string }
		} `json:"$defs"`
	}
	if err := json.Unmarshal(report.Schema(), &schema); err != nil {
		panic(err) // it is a part of the program
	}
	return schema.Defs.Cause.Enum
}

func readAttack(c *Case, v value) error {
	want, err := v.boolean()
	c.claim(v, func(r *analyze.Result) []string { return wants(r.Verdict.Attack == want, want, r.Verdict.Attack) })
	return err
}

func readConfidence(c *Case, v value) error {
	b, err := v.bound()
	c.claim(v, func(r *analyze.Result) []string {
		return wants(b.holds(r.Verdict.Confidence), b.text, r.Verdict.Confidence)
	})
	return err
}

// standings makes the reader of a key that lists all clients of some standings.
func standings(of ...analyze.Standing) func(*Case, value) error {
	return func(c *Case, v value) error {
		l, err := v.list(address)
		c.claim(v, func(r *analyze.Result) []string {
			var got []string
			for _, client := range r.Clients {
				if slices.Contains(of, client.Standing) {
					got = append(got, client.IP)
				}
			}
			return l.differences(got, func(ip string) string {
				for _, client := range r.Clients {
					if client.IP == ip {
						return fmt.Sprintf("%s %s, confidence %v", article(client.Standing), client.Standing, client.Confidence)
					}
				}
				return ""
			})
		})
		return err
	}
}

func article(s analyze.Standing) string {
	switch s {
	case analyze.Attacker:
		return "an"
	case analyze.Own: // the server's own address
		return "the server's"
	}
	return "a"
}

// differences compares a list with what there is. about says what is known of an item.
func (l list) differences(got []string, about func(string) string) (out []string) {
	aside := func(s string) string {
		if text := about(s); text != "" {
			return ", which is " + text
		}
		return ""
	}
	for _, want := range l.items {
		if !slices.Contains(got, want) {
			what := aside(want)
			if what == "" {
				what = ", which is not in the report"
			}
			out = append(out, "want "+want+what)
		}
	}
	if l.more {
		return out
	}
	want := "none but " + strings.Join(l.items[:min(len(l.items), 5)], ", ")
	if len(l.items) > 5 {
		want += fmt.Sprintf(" and %d more", len(l.items)-5)
	}
	if len(l.items) == 0 {
		want = "none"
	}
	for _, g := range got {
		if !slices.Contains(l.items, g) {
			out = append(out, "want "+want+", got "+g+aside(g))
		}
	}
	return out
}

func readNobody(c *Case, v value) error {
	nobody, err := v.boolean()
	c.claim(v, func(r *analyze.Result) (out []string) {
		named := accused(r)
		if !nobody {
			return wants(len(named) > 0, "somebody named", "nobody")
		}
		for _, client := range named {
			out = append(out, fmt.Sprintf("want nobody named, got %s, %s %s, confidence %v", client.IP, article(client.Standing), client.Standing, client.Confidence))
		}
		return out
	})
	return err
}

func accused(r *analyze.Result) (list []analyze.Client) {
	for _, c := range r.Clients {
		if c.Standing == analyze.Attacker || c.Standing == analyze.Suspect {
			list = append(list, c)
		}
	}
	return list
}

func readNotNamed(c *Case, v value) error {
	var nets []netip.Prefix
	for _, item := range v.values() {
		s, err := item.text()
		if err != nil {
			return err
		}
		net, err := netip.ParsePrefix(s)
		if err != nil {
			a, err := netip.ParseAddr(s)
			if err != nil {
				return item.wrong("%s: %q is no address and no network", v.key, s)
			}
			a = a.Unmap().WithZone("")
			net = netip.PrefixFrom(a, a.BitLen())
		}
		nets = append(nets, net.Masked())
	}
	if len(nets) == 0 {
		return v.wrong("not_named names nobody, so it states nothing")
	}
	c.claim(v, func(r *analyze.Result) (out []string) {
		for _, client := range accused(r) {
			a, err := netip.ParseAddr(client.IP)
			if err == nil && slices.ContainsFunc(nets, func(n netip.Prefix) bool { return n.Contains(a) }) {
				out = append(out, fmt.Sprintf("want %s not named, got %s, confidence %v", client.IP, client.Standing, client.Confidence))
			}
		}
		return out
	})
	return nil
}

func readIncidents(c *Case, v value) error {
	b, err := v.bound()
	c.claim(v, func(r *analyze.Result) []string {
		return wants(b.holds(float64(len(r.Incidents))), b.text, len(r.Incidents))
	})
	return err
}

func readEvents(c *Case, v value) error {
	return v.each("a kind of event", func(kind string, at int, n value) error {
		if parser.KindByName(kind) == nil {
			return wrong(at, "no kind of event is called %q; docs/events.md has them, and logsleuth explain", kind)
		}
		n.takes = takesBound
		b, err := n.bound()
		n.key = v.key + " " + kind
		c.claim(n, func(r *analyze.Result) []string {
			return wants(b.holds(float64(r.Events[kind])), b.text, r.Events[kind])
		})
		return err
	})
}

func readPlugins(c *Case, v value) error {
	l, err := v.list(func(s string) (string, error) { return s, nil })
	c.claim(v, func(r *analyze.Result) []string {
		var got []string
		for _, p := range r.Plugins {
			got = append(got, p.Name)
		}
		return l.differences(got, func(string) string { return "" })
	})
	return err
}

func knownAdvice(s string) (string, error) {
	if !slices.Contains(analyze.AdviceIDs, s) {
		return "", fmt.Errorf("no advice is called %q; there are %s", s, strings.Join(analyze.AdviceIDs, ", "))
	}
	return s, nil
}

func given(r *analyze.Result) (ids []string) {
	for _, a := range r.Advice {
		ids = append(ids, a.ID)
	}
	return ids
}

func readAdvice(c *Case, v value) error {
	l, err := v.list(knownAdvice)
	c.claim(v, func(r *analyze.Result) []string { return l.differences(given(r), func(string) string { return "" }) })
	return err
}

func readNoAdvice(c *Case, v value) error {
	l, err := v.list(knownAdvice)
	if err == nil && (l.more || len(l.items) == 0) {
		err = v.wrong("no_advice takes %s: %s; for no advice at all write advice: []", v.takes, strings.Join(analyze.AdviceIDs, ", "))
	}
	c.claim(v, func(r *analyze.Result) (out []string) {
		for _, id := range given(r) {
			if slices.Contains(l.items, id) {
				out = append(out, "want no "+id+", got it")
			}
		}
		return out
	})
	return err
}

func readMinParsed(c *Case, v value) error {
	s, err := v.text()
	if err != nil {
		return err
	}
	least, err := number(s)
	if err != nil || least < 0 || least > 100 {
		return v.mistaken()
	}
	c.claim(v, func(r *analyze.Result) (out []string) {
		for _, in := range r.Inputs {
			if in.Events == 0 {
				continue
			}
			if share := 100 * float64(in.Events-in.Unparsed) / float64(in.Events); share < least {
				out = append(out, fmt.Sprintf("want >= %s, got %.1f of %s, %d of whose %d events were not understood", s, share, in.Path, in.Unparsed, in.Events))
			}
		}
		return out
	})
	return nil
}

func readGolden(c *Case, v value) error {
	names, err := v.texts()
	if err != nil {
		return err
	}
	for _, name := range names {
		clean := path.Clean(filepath.ToSlash(name))
		if !filepath.IsLocal(clean) || goldenFormat(clean) == "" || slices.Contains(c.Goldens, clean) {
			return v.wrong("golden takes %s, each once, not %q", v.takes, name)
		}
		c.Goldens = append(c.Goldens, clean)
	}
	if len(names) == 0 {
		return v.wrong("golden takes %s", v.takes)
	}
	return nil
}
