package simulate

import (
	"fmt"
	"time"
)

// flood keeps so many connections busy from one client for a time.
func (s *sim) flood(c *client, held int, lasts time.Duration) {
	w := s.web
	until := s.now + lasts
	agent := pick(s, tools)
	if s.chance(0.5) {
		agent = pick(s, browsers)
	}
	keep := s.chance(0.4) // uses a connection again
	aim := s.site.somePage()
	varies := s.chance(0.5)
	patience := s.between(8*time.Second, 40*time.Second)
	for range held {
		var strike func()
		strike = func() {
			if s.now > until {
				return
			}
			n := w.open(c)
			if n.closed {
				s.after(s.between(200*time.Millisecond, 2*time.Second), strike)
				return
			}
			var once bool
			anew := func(in time.Duration) {
				if !once {
					once = true
					s.after(in, strike)
				}
			}
			n.lost = func() { anew(s.between(50*time.Millisecond, time.Second)) }
			var ask func()
			ask = func() {
				path := aim
				if varies {
					path = s.site.somePage()
				}
				r := &request{method: "GET", path: path, agent: agent, kind: page}
				r.done = func(int) {
					if once {
						return
					}
					if keep && s.now < until && s.chance(0.9) {
						s.after(s.between(10*time.Millisecond, 400*time.Millisecond), func() {
							if n.closed {
								anew(0)
							} else {
								ask()
							}
						})
						return
					}
					w.hangUp(n)
					anew(s.between(10*time.Millisecond, 500*time.Millisecond))
				}
				w.send(n, r)
			}
			ask()
			s.after(patience, func() {
				if !once && n.busy || n.worker == nil && !once {
					n.closed = true
					anew(0)
				}
			})
		}
		s.after(s.between(0, 20*time.Second), strike)
	}
}

// trickle opens so many connections and says nothing on them.
func (s *sim) trickle(c *client, held int, lasts time.Duration) {
	w := s.web
	until := s.now + lasts
	for range held {
		var hold func()
		hold = func() {
			if s.now > until {
				return
			}
			n := w.open(c)
			var watch func()
			watch = func() {
				if n.closed {
					s.after(s.between(0, time.Second), hold)
				} else {
					s.after(time.Second, watch)
				}
			}
			watch()
		}
		s.after(s.between(0, 30*time.Second), hold)
	}
}

// probe works through a list of things that a server may have by mistake.
func (s *sim) probe(c *client, tries int) {
	agent := pick(s, tools)
	scripts := s.rng.Float64() // how many of what it asks for are scripts
	gap := s.human(700*time.Millisecond, 0.8)
	c.ask(s, agent, tries, gap, func(i int) *request {
		switch {
		case s.chance(0.04):
			return &request{method: "GET", path: "/cgi-bin/.%2e/.%2e/.%2e/.%2e/bin/sh", kind: traversal}
		case s.chance(0.05):
			return &request{method: "GET", path: "/.ht" + pick(s, []string{"access", "passwd", "group"}), kind: denied}
		case s.chance(scripts):
			name := pick(s, hunted)
			if s.chance(0.5) {
				name = pick(s, []string{"", "wp-content/", "wp-admin/", "wp-includes/", "images/", "cgi-bin/", "css/", ".well-known/"}) + fmt.Sprintf("%c%c%d.php", 'a'+rune(s.rng.IntN(26)), 'a'+rune(s.rng.IntN(26)), s.rng.IntN(90))
			}
			return &request{method: "GET", path: "/" + name, kind: scriptFile}
		default:
			return &request{method: "GET", path: "/" + pick(s, leaked) + "!", kind: static}
		}
	})
}

// guess tries passwords at one of the doors.
func (s *sim) guess(c *client, door string, tries int, gap time.Duration) {
	agent := pick(s, tools)
	c.ask(s, agent, tries, gap, func(int) *request {
		switch door {
		case "login":
			return &request{method: "POST", path: "/wp-login.php", kind: login, referer: "https://" + s.site.name + "/wp-login.php"}
		case "xmlrpc":
			return &request{method: "POST", path: "/xmlrpc.php", kind: login}
		}
		u := pick(s, users)
		if u != "admin" {
			u = "?" + u
		}
		return &request{method: "GET", path: "/private/", kind: private, user: u}
	})
}

// compromise is what follows on a hole: a planted script is called, and what it runs fails aloud.
func (s *sim) compromise(c *client) {
	name := fmt.Sprintf("/wp-content/uploads/%d/%02d/%c%c%c.php", s.time().Year(), int(s.time().Month()), 'a'+rune(s.rng.IntN(26)), 'a'+rune(s.rng.IntN(26)), 'a'+rune(s.rng.IntN(26)))
	agent := pick(s, tools)
	times := int(s.scaled(4, 80))
	ran := s.chance(0.8)
	c.ask(s, agent, times, s.human(8*time.Second, 0.6), func(i int) *request {
		r := &request{method: "POST", path: name, kind: planted}
		if ran && s.chance(0.3) {
			s.after(50*time.Millisecond, func() {
				if r.conn == nil || r.conn.worker == nil {
					return
				}
				s.harm++
				c.deeds++
				switch s.rng.IntN(4) {
				case 0:
					s.out.bare("sh: 1: wget: not found")
				case 1:
					s.out.bare("sh: 1: curl: not found")
				case 2:
					s.out.bare("chmod: cannot access '/tmp/." + fmt.Sprintf("%x", s.rng.Uint32()) + "': No such file or directory")
				default:
					s.site.says(r, "warn", "PHP Warning:  Undefined array key \"c\" in "+s.site.root+name+"(1) : eval()'d code on line 1")
				}
			})
		}
		return r
	})
}
