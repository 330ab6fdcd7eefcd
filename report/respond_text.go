package report

import (
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/logsleuth/logsleuth/analyze"
)

// respondText writes the measures for a person: why, with what price, how, how to
// undo it, how to make it last.
func respondText(w io.Writer, r *analyze.Result, o Response, look Options) error {
	p := newPlan(r, o)
	t := text{page: newPage(look), r: eachText(r, plain)}
	t.names = shortNames(t.r.Inputs)
	t.measures(p, r, o.Fresh)
	v := t.r.Verdict
	known, style := inWords(r), t.style.strong
	if known == "" {
		known = "the report says something that this logsleuth does not know"
	}
	if v.Attack {
		style = t.style.bad
	}
	t.para(0, span{style, "WHAT TO DO: " + known})
	t.para(2, span{t.style.text, "How sure: " + sure(v.Confidence) + "."})
	for _, s := range p.leftOut {
		t.para(2, span{t.style.doubt, s})
	}
	for _, c := range p.spared {
		why := whySpared(c) + "."
		for _, e := range c.Evidence {
			if e.Weight < 0 && c.Standing != analyze.Own {
				why = "the report says of it: " + plain(e.Text) + "."
			}
		}
		t.para(2, span{t.style.text, plain(c.IP) + " is not named: " + why})
	}
	if p.unsure && len(p.block) > 0 {
		t.para(2, span{t.style.text, lockedOut})
	}
	if p.crowded && len(p.block) == 0 {
		t.line("")
		t.para(2, span{t.style.doubt, "Nobody is blocked here: " + p.whyNothing()})
		t.para(2, span{t.style.text, "For Apache: a2enmod remoteip, RemoteIPHeader X-Forwarded-For (or the header that your proxy or delivery service names), RemoteIPTrustedProxy with its published ranges and no others, %a in place of %h in the LogFormat. Until then block at the edge."})
	}
	if p.proxied {
		t.line("")
		t.para(2, span{t.style.doubt, behindProxy})
	}
	if len(p.look) > 0 && len(p.block) == 0 {
		t.line("")
		t.para(2, span{t.style.text, "Suspects are not blocked: look first, then decide."})
	}
	if o.Undo {
		t.undone()
	} else {
		t.advice()
		if len(t.r.Advice) == 0 {
			t.line("")
			t.para(2, span{t.style.text, "The report asks for no measure."})
		} else {
			t.lasting(p)
		}
	}
	if o.WhatIf != nil {
		t.whatIf(p, o.WhatIf)
	}
	if t.err != nil {
		return fmt.Errorf("writing text: %w", t.err)
	}
	_, err := w.Write(t.Bytes())
	return err
}

// measures gives each advice the commands of this plan, and takes back what a
// report claims that the plan does not hold with.
func (t *text) measures(p *plan, r *analyze.Result, fresh bool) {
	for i := range t.r.Advice {
		a := &t.r.Advice[i]
		a.Commands, a.Undo = p.commands(a.ID)
		if fresh && a.ID == "remoteip" { // its lines are the operators' own ranges
			a.Commands, a.Undo = r.Advice[i].Commands, r.Advice[i].Undo
		}
		if a.ID == "block" {
			a.Text = "Block nobody: " + p.whyNothing()
			if len(p.block) > 0 {
				a.Text = "Block " + names(p.block) + "."
				if p.proxied {
					a.Text += " Do it at the edge, or in Apache."
				}
			}
		}
	}
}

// names lists targets for a sentence.
func names(list []target) string {
	var all []string
	for _, t := range list {
		if len(all) == maxDetails {
			all = append(all, fmt.Sprintf("%d more", len(list)-maxDetails))
			break
		}
		all = append(all, t.String())
	}
	return strings.Join(all, ", ")
}

func (t *text) undone() {
	t.heading("TO UNDO IT")
	t.para(2, span{t.style.dim, "The last first. logsleuth changes nothing: read a command before you copy it."})
	none := true
	for _, a := range slices.Backward(t.r.Advice) {
		if len(a.Undo) == 0 {
			continue
		}
		none = false
		t.line("")
		t.para(2, span{t.style.strong, a.Text})
		for _, tool := range inOrder(a.Undo) {
			t.commands("with "+tool+":", a.Undo[tool])
		}
	}
	if none {
		t.para(2, span{t.style.text, "None of the measures can be undone, or there are none."})
	}
}

func (t *text) lasting(p *plan) {
	t.heading("TO MAKE IT LAST")
	var items []string
	if len(p.block) > 0 || p.limit > 0 {
		items = append(items, "Order matters: block and limit first, then restart. As long as the connections come, new workers fill up at once.")
	}
	if !p.proxied && (len(p.block) > 0 || p.limit > 0) {
		items = append(items,
			"nftables: rules are gone after a reboot. logsleuth respond --as nftables says how to load them at each start; the blocks' day then begins anew.",
			"iptables: a block ends by itself after a day, by the clock (-m time), also after a reboot. With iptables-persistent and fail2ban together, save without fail2ban's chains (iptables-save | grep -v f2b- > /etc/iptables/rules.v4, and ip6tables-save likewise): fail2ban makes them anew at each start, and they would stand twice.",
			"ufw and Apache keep what they are told, and know no expiry: undo a block after a day or so, for addresses change hands.")
	}
	if len(p.jails) > 0 {
		items = append(items, "fail2ban: filters and jails are files, and it remembers its bans over a reboot. One line such as a mistyped password is found too, and does nothing until there are as many as the jail asks for.")
	}
	items = append(items, "For other tools: logsleuth respond --as "+strings.Join(ToolNames()[1:], "|")+"; --undo prints the way back.")
	t.list(t.style.text, items)
}

// whatIf says what the measures would have done to these logs.
func (t *text) whatIf(p *plan, w *analyze.WhatIf) {
	t.heading("WHAT A LIMIT OF CONNECTIONS WOULD HAVE DONE")
	if !w.Error {
		t.para(2, span{t.style.text, "These logs name no connections: an error log does, by the client's port."})
	} else {
		t.para(2, span{t.style.text, fmt.Sprintf("The logs show %s of the accused (%s) and %s of everybody else (%s).",
			plural(int64(w.Named.Connections), "connection", "connections"), plural(int64(w.Named.Clients), "client", "clients"),
			plural(int64(w.Others.Connections), "connection", "connections"), plural(int64(w.Others.Clients), "client", "clients"))})
		t.line("")
		columns := []column{{title: "Limit", right: true}, {title: "Acts at", min: 8}, {title: "Accused", right: true}, {title: "Others", right: true}}
		if w.Access {
			columns = append(columns, column{title: "At most", right: true})
		}
		columns = append(columns, column{title: "People", right: true})
		var rows [][]string
		for _, l := range w.Limits {
			first := "never"
			if l.First != "" {
				first = readStamp(plain(l.First)).clock
			}
			row := []string{number(int64(l.Limit)), first, refusals(l.Named), refusals(l.Others)}
			if w.Access {
				row = append(row, plural(int64(l.AtMost), "client", "clients"))
			}
			people := number(int64(l.MostPeople))
			if l.FewestPeople != l.MostPeople {
				people = number(int64(l.FewestPeople)) + " to " + people
			}
			rows = append(rows, append(row, people))
		}
		t.table(columns, rows, func(row, _ int) lipgloss.Style {
			if int64(w.Limits[row].Limit) == w.Advised {
				return t.style.strong
			}
			return t.style.text
		})
		t.line("")
		notes := []string{
			"Accused and others: the connections that it would have refused. An error log shows a lower bound, for it names a connection only when it meets an error: both may have had more. One counts as open until ten seconds after its last line, though it may have been closed sooner.",
			"People: how many fit behind one address, at five to four connections a visit. Below eight a single browser, which opens up to six, may meet the limit.",
		}
		if w.Access {
			notes = append(notes, "At most: how many of the others can have met it, by access.log, if each page that they asked for within ten seconds was another person's, with five connections where files were fetched with it. The truth lies between.")
			if w.Coarse > 0 {
				notes = append(notes, fmt.Sprintf("The logs are long, so pages were counted over up to %d seconds: the true number is smaller.", 2*w.Coarse))
			}
		} else {
			notes = append(notes, "With access.log it could be said how many others it can have hit at most.")
		}
		if w.Advised > 0 {
			notes = append(notes, fmt.Sprintf("Advised here: %d.", w.Advised))
		}
		if w.Proxied {
			notes = append(notes, "This holds for a limit where the visitors' connections end, at the proxy: on this host a packet filter would count the proxy as one address.")
		}
		t.list(t.style.dim, notes)
	}

	t.heading("WHAT FAIL2BAN WOULD HAVE DONE")
	if len(w.Jails) == 0 {
		nothing := "Nothing: no line here is what its jails look for."
		if w.Advised > 0 {
			nothing += " A flood of ordinary requests is none; limit the connections."
		}
		t.para(2, span{t.style.text, nothing})
	}
	for i, j := range w.Jails {
		if i > 0 {
			t.line("")
		}
		t.para(2, span{t.style.strong, j.Name}, span{t.style.text, fmt.Sprintf(" (%d within %d minutes):", j.MaxRetry, j.FindSeconds/60)})
		if len(j.Bans) == 0 {
			t.para(4, span{t.style.text, "nobody"})
		}
		for n, b := range j.Bans {
			if n == maxDetails {
				t.para(4, span{t.style.text, fmt.Sprintf("and %d more", len(j.Bans)-n)})
				break
			}
			at := readStamp(plain(b.Time))
			style := t.style.doubt
			if b.Standing == analyze.Attacker || b.Standing == analyze.Suspect {
				style = t.style.text
			}
			said := fmt.Sprintf("%s (%s) at %s %s, after %s; %d more would not have come.", plain(b.Client), b.Standing, at.date, at.clock, plural(int64(b.Before), "line", "lines"), b.After)
			if a, ok := address(b.Client); b.Exempt || ok && slices.ContainsFunc(p.exempt, func(n netip.Prefix) bool { return n.Contains(a) }) {
				style = t.style.dim
				said = fmt.Sprintf("%s (%s) is left out (ignoreip), though it has %s such lines.", plain(b.Client), b.Standing, number(int64(b.Before+b.After)))
			}
			t.para(4, span{style, said})
		}
		if j.Spared > 0 {
			t.para(4, span{t.style.dim, fmt.Sprintf("%s such lines too, and too few to be shut out.", had(j.Spared))})
		}
	}
	if w.Lost > 0 {
		t.para(2, span{t.style.doubt, number(w.Lost) + " more lines were not tried, for lack of room."})
	}
}

func had(n int) string {
	if n == 1 {
		return "1 client has"
	}
	return number(int64(n)) + " clients have"
}

func refusals(c analyze.Crowd) string {
	if c.Connections == 0 {
		return "none"
	}
	return fmt.Sprintf("%s (%s)", number(int64(c.Connections)), plural(int64(c.Clients), "client", "clients"))
}
