package analyze

import (
	"bytes"
	"fmt"
	"math"
	"strings"
)

const (
	// manyXMLRPC is the least number of calls of xmlrpc.php that anybody is accused
	// of: an app or a plugin that uses it calls now and then.
	manyXMLRPC = 40
	// claimsWeight is for a client that says it is a search engine. Anybody can say so.
	claimsWeight = -1.5
)

var ruleWebScan = Rule{
	ID:    "web-scan",
	Title: "By access.log, a client asks for many things that are not there",
	Finds: "Scans that error.log hides: many different addresses answered with 403 or 404, of a kind that no page links to.",
	Blind: "A slow scan for ordinary names looks like a crawler with old links.",
	Uses:  []string{"access.request"},
	About: AboutClients,
	Judge: func(c *Case) (found []Finding) {
		n := math.Log(float64(len(c.Everybody)))
		for _, cc := range c.Everybody {
			w := cc.Web
			if w == nil {
				continue
			}
			missing, probes := w.Missing.Len(), w.Probes.Len()
			tail := math.Min(poissonTail(missing, deadLinks), poissonTail(probes, strayProbes)) + n
			if missing < manyMissing && probes < manyProbes || tail > rareDeed || accused(cc) {
				continue // accused by error.log already, for the same requests
			}
			var names []string
			for _, x := range w.Paths {
				names = append(names, x.Text)
			}
			found = append(found, Finding{Client: cc.Addr, Deed: CauseScan, Evidence: Evidence{
				Weight: deedWeight(tail),
				Text: fmt.Sprintf("asked for %s that are not there or not allowed, %d of them of a kind that no page links to, such as %s",
					atLeast(missing, "different thing"), probes, strings.Join(names[:min(len(names), 3)], ", ")),
				Lines: c.places(w.Misses.Places),
			}})
			if gap := w.Misses.pace(); gap >= unhurried && w.Secrets < fewSecrets {
				found = append(found, Finding{Client: cc.Addr, Evidence: Evidence{Weight: unhurriedWeight,
					Text: fmt.Sprintf("took its time, one in %s on average: a crawler that follows old links does the same", lasting(gap))}})
			}
			for _, a := range w.Agents {
				if lower := bytes.ToLower([]byte(a.Text)); bytes.Contains(lower, []byte("bot")) && w.Secrets < fewSecrets {
					found = append(found, Finding{Client: cc.Addr, Evidence: Evidence{Weight: claimsWeight,
						Text: "says that it is a search engine, which anybody can say: " + a.Text, Lines: []string{c.place(a.Place)}}})
					break
				}
			}
		}
		return found
	},
}

var ruleWebGuessing = Rule{
	ID:    "web-guessing",
	Title: "By access.log, a client tries many passwords on WordPress",
	Finds: "Guessing at wp-login.php, which WordPress answers with 200 when it fails and sends on when it succeeds, and at xmlrpc.php.",
	Blind: "What stood in a call of xmlrpc.php: one call can try hundreds of passwords, or none. Logins through other pages.",
	Uses:  []string{"access.request"},
	About: AboutClients,
	Judge: func(c *Case) (found []Finding) {
		n := math.Log(float64(len(c.Everybody)))
		for _, cc := range c.Everybody {
			w := cc.Web
			if w == nil {
				continue
			}
			if failures := int(w.Logins.Count); failures >= manyFailures {
				if tail := poissonTail(failures, mistypes) + n; tail <= rareDeed {
					found = append(found, Finding{Client: cc.Addr, Deed: CauseGuessing, Evidence: Evidence{
						Weight: deedWeight(tail), Lines: c.places(w.Logins.Places),
						Text: fmt.Sprintf("sent wp-login.php %s that it did not let in, one in %s on average", plural(failures, "password"), lasting(w.Logins.pace())),
					}})
					if gap := w.Logins.pace(); gap >= unhurried {
						found = append(found, Finding{Client: cc.Addr, Evidence: Evidence{Weight: unhurriedWeight,
							Text: "took its time: a program with an old password does the same"}})
					}
					if ok := w.Accepted; ok.Count > 0 && ok.Last > w.Logins.First {
						found = append(found, Finding{Client: cc.Addr, Evidence: Evidence{Weight: 1, Lines: c.places(ok.Places),
							Text: fmt.Sprintf("was let in by wp-login.php %s among them: that password is known to somebody, or it was the owner after all", times(int(ok.Count)))}})
					}
				}
			}
			if calls := w.XMLRPC.Count; calls >= manyXMLRPC && w.XMLRPC.pace() < unhurried {
				found = append(found, Finding{Client: cc.Addr, Deed: CauseGuessing, Evidence: Evidence{
					Weight: deedWeight(poissonTail(int(calls), manyXMLRPC/4) + n), Lines: c.places(w.XMLRPC.Places),
					Text: fmt.Sprintf("called xmlrpc.php %s, once in %s on average, which is how passwords are tried in bulk", times(int(calls)), lasting(w.XMLRPC.pace())),
				}})
			}
		}
		return found
	},
}
