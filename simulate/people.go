package simulate

import (
	"fmt"
	"math"
	"time"
)

// People are the visitors of the site.
type people struct {
	s     *sim
	rate  float64 // visits in an hour at noon
	crowd float64 // times as many, while something draws them
	link  string  // from where the crowd comes
	aim   string  // and where to
	known []*visitor
}

// A visitor is a person at a browser.
type visitor struct {
	c     *client
	agent string
	seen  bool // has the site's pictures already
}

// rhythm is how many come at this hour, against noon.
func (s *sim) rhythm() float64 {
	h := s.time()
	return 0.55 + 0.45*math.Sin(float64(h.Hour()*60+h.Minute()-8*60)/(24*60)*2*math.Pi)
}

func (p *people) arrive() {
	s := p.s
	s.after(s.gap(time.Duration(float64(time.Hour)/max(p.rate*p.crowd*s.rhythm(), 0.05))), func() {
		p.arrive()
		if s.people == p {
			p.visit()
		}
	})
}

// draw makes the crowd come at once: whoever comes next was planned for later.
func (p *people) draw(times float64, link, aim string, lasts time.Duration) {
	s := p.s
	next := &people{s: s, rate: p.rate, crowd: times, link: link, aim: aim, known: p.known}
	s.people = next
	next.arrive()
	s.after(lasts, func() {
		if s.people == next {
			after := &people{s: s, rate: next.rate, crowd: 1, known: next.known}
			s.people = after
			after.arrive()
		}
	})
}

// rememberedVisitors is how many may come back; the others are new.
const rememberedVisitors = 300

func (p *people) visit() {
	s := p.s
	var v *visitor
	if len(p.known) > 0 && s.chance(0.3) {
		v = pick(s, p.known)
	} else if s.limit > 0 && len(s.clients) > 50000 {
		v = pick(s, p.known)
	} else {
		v = &visitor{c: s.newClient("visitor", innocent), agent: pick(s, browsers)}
		if s.chance(0.15) {
			v.c.step = 0 // behind a provider's address translation
			v.c.kind = "carrier"
		}
		if len(p.known) < rememberedVisitors {
			p.known = append(p.known, v)
		} else {
			p.known[s.rng.IntN(len(p.known))] = v
		}
	}
	referer := ""
	if s.chance(0.6) {
		referer = pick(s, elsewhere)
	}
	path := s.site.somePage()
	if p.crowd > 1 && s.chance(0.9) {
		referer, path = p.link, p.aim
	}
	pages := 1
	for pages < 12 && s.chance(0.6) {
		pages++
	}
	v.browse(s, path, referer, pages)
	if s.chance(0.01) {
		v.mistype(s)
	}
}

func (t *site) somePage() string {
	s := t.s
	switch s.rng.IntN(10) {
	case 0, 1, 2:
		return "/"
	case 3:
		return "/?s=" + pick(s, searched)
	case 4:
		return fmt.Sprintf("/?cat=%d&paged=%d", s.from(1, 5), s.from(1, 6))
	default:
		return fmt.Sprintf("/?p=%d", s.from(1, t.posts))
	}
}

var assets = []string{
	"/wp-content/themes/meadow/style.css?ver=2.1", "/wp-includes/css/dist/block-library/style.min.css?ver=6.5.2",
	"/wp-content/themes/meadow/assets/js/navigation.js?ver=2.1", "/wp-includes/js/wp-emoji-release.min.js?ver=6.5.2",
	"/wp-content/uploads/2023/05/header.jpg", "/wp-content/themes/meadow/assets/fonts/sans.woff2",
}

// browse looks at a page, reads it, and goes on.
func (v *visitor) browse(s *sim, path, referer string, pages int) {
	v.load(s, path, referer, 0, func() {
		if pages <= 1 {
			return
		}
		s.after(s.human(25*time.Second, 0.9), func() {
			v.browse(s, s.site.somePage(), "https://"+s.site.name+path, pages-1)
		})
	})
}

// load fetches a page with what belongs to it. Who gets an error, or nothing,
// leaves or presses reload.
func (v *visitor) load(s *sim, path, referer string, attempt int, read func()) {
	w := s.web
	over := false
	again := func() {
		if over {
			return
		}
		over = true
		if attempt < 4 && s.chance(0.55) {
			s.after(s.human(6*time.Second, 0.7), func() { v.load(s, path, referer, attempt+1, read) })
		}
	}
	n := w.open(v.c)
	if n.closed {
		again()
		return
	}
	n.lost = again
	r := &request{method: "GET", path: path, referer: referer, agent: v.agent, kind: page}
	r.done = func(status int) {
		if over {
			return
		}
		if status >= 500 {
			again()
			return
		}
		over = true
		own := "https://" + s.site.name + path
		if !v.seen {
			v.seen = true
			v.fetch(s, n, own)
		}
		s.after(s.between(time.Second, 20*time.Second), func() { w.hangUp(n) })
		read()
	}
	w.send(n, r)
	s.after(s.human(22*time.Second, 0.5), func() {
		if !over {
			n.closed = true // the server finds out when it answers
			again()
		}
	})
}

// fetch gets what a page needs, over a few connections at once.
func (v *visitor) fetch(s *sim, first *conn, referer string) {
	w := s.web
	conns := []*conn{first}
	for range s.from(1, 4) {
		n := w.open(v.c)
		conns = append(conns, n)
	}
	wanted := assets
	switch s.rng.IntN(8) {
	case 0:
		wanted = append(wanted[:len(wanted):len(wanted)], "/favicon.ico!")
	case 1:
		wanted = append(wanted[:len(wanted):len(wanted)], "/wp-content/uploads/2019/old-picture.jpg!")
	case 2:
		wanted = append(wanted[:len(wanted):len(wanted)], "/apple-touch-icon.png!")
	}
	for i, a := range wanted {
		w.send(conns[i%len(conns)], &request{method: "GET", path: a, referer: referer, agent: v.agent, kind: static})
	}
	for _, n := range conns[1:] {
		s.after(s.between(time.Second, 20*time.Second), func() { w.hangUp(n) })
	}
}

// mistype is somebody of the house who gets a password wrong once or twice.
func (v *visitor) mistype(s *sim) {
	v.c.mistyped = true
	kind, path := private, "/private/"
	if s.chance(0.5) {
		kind, path = login, "/wp-login.php"
	}
	v.c.ask(s, v.agent, s.from(1, 2), s.human(9*time.Second, 0.4), func(int) *request {
		r := &request{method: "GET", path: path, kind: kind, user: "anna", referer: "https://" + s.site.name + "/"}
		if kind == login {
			r.method, r.user = "POST", ""
		}
		return r
	})
}

// ask sends requests one after the other, each on its own connection.
func (c *client) ask(s *sim, agent string, times int, gap time.Duration, next func(i int) *request) {
	w := s.web
	var step func(i int)
	step = func(i int) {
		if i >= times {
			return
		}
		n := w.open(c)
		if !n.closed {
			r := next(i)
			r.agent = agent
			r.done = func(int) { w.hangUp(n) }
			w.send(n, r)
		}
		s.after(s.gap(gap)+gap/4, func() { step(i + 1) })
	}
	step(0)
}

// office are many people behind one address.
func (s *sim) office(size int, lasts time.Duration) *client {
	c := s.newClient("office", innocent)
	c.step = 0
	until := s.now + lasts
	together := s.chance(0.5) // a lesson begins, a meeting looks something up
	for range size {
		v := &visitor{c: c, agent: pick(s, browsers)}
		var come func()
		come = func() {
			if s.now > until {
				return
			}
			v.browse(s, s.site.somePage(), "", s.from(2, 9))
			s.after(s.human(6*time.Minute, 0.8), come)
		}
		if together {
			s.after(s.between(10*time.Second, 50*time.Second), come)
		} else {
			s.after(s.gap(lasts/10), come)
		}
	}
	return c
}

// background is what every server meets: crawlers, feed readers, monitors, its
// own planned work, scanners that try three paths.
func (s *sim) background() {
	for range s.from(1, 3) {
		s.crawler(s.human(40*time.Second, 0.6))
	}
	for range s.from(0, 4) {
		c := s.newClient("feed reader", innocent)
		agent := pick(s, []string{"Feedly/1.0 (+http://www.feedly.com/fetcher.html; like FeedFetcher-Google)", "Tiny Tiny RSS/23.08 (https://tt-rss.org/)", "FreshRSS/1.24.1 (Linux; https://freshrss.org)"})
		s.every(func() time.Duration { return 30*time.Minute + s.gap(time.Minute) }, func() {
			c.ask(s, agent, 1, 0, func(int) *request { return &request{method: "GET", path: "/feed/", kind: page} })
		})
	}
	if s.chance(0.5) {
		c := s.clientAt(s.hosted(), "monitor", innocent)
		period := pick(s, []time.Duration{time.Minute, 5 * time.Minute})
		s.every(func() time.Duration { return period + s.between(0, time.Second) }, func() {
			c.ask(s, "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)", 1, 0, func(int) *request {
				return &request{method: "HEAD", path: "/", kind: page}
			})
		})
	}
	s.every(func() time.Duration { return s.gap(25 * time.Minute) }, s.noise)
	s.every(func() time.Duration { return s.gap(12 * time.Minute) }, func() {
		s.out.kernel(fmt.Sprintf("[UFW BLOCK] IN=eth0 OUT= MAC=52:54:00:aa:bb:cc:52:54:00:11:22:33:08:00 SRC=%s DST=%s LEN=40 TOS=0x00 PREC=0x00 TTL=238 ID=54321 PROTO=TCP SPT=%d DPT=%d WINDOW=1024 RES=0x00 SYN URGP=0",
			s.hosted(), s.site.ip, s.from(32768, 60999), pick(s, []int{22, 23, 3389, 8080, 5900, 6379})))
	})
	s.every(func() time.Duration {
		// At nine and thirty-nine minutes past, and a second.
		into := time.Duration(s.time().Minute()%30)*time.Minute + time.Duration(s.time().Second())*time.Second
		wait := 9*time.Minute + time.Second - into
		if wait <= 0 {
			wait += 30 * time.Minute
		}
		return wait
	}, func() {
		s.out.sys(fmt.Sprintf("CRON[%d]", s.web.newPID()), "(root) CMD (  [ -x /usr/lib/php/sessionclean ] && if [ ! -d /run/systemd/system ]; then /usr/lib/php/sessionclean; fi)")
	})
	midnight := s.time().Truncate(day).Add(day).Sub(s.began)
	_, offset := s.began.Zone()
	midnight -= time.Duration(offset) * time.Second
	if midnight < s.now {
		midnight += day
	}
	var rotate func()
	rotate = func() {
		s.out.unit("Starting logrotate.service - Rotate log files...")
		s.web.graceful("apache graceful")
		s.out.unit("logrotate.service: Deactivated successfully.")
		s.after(day, rotate)
	}
	s.at(midnight+2*time.Second, rotate)
}

// noise is a stranger who tries a few things and goes.
func (s *sim) noise() {
	c := s.clientAt(s.hosted(), "noise", neutral)
	agent := pick(s, tools)
	tries := s.from(1, 3)
	c.ask(s, agent, tries, time.Second, func(int) *request {
		switch s.rng.IntN(5) {
		case 0:
			return &request{method: "GET", path: "/" + pick(s, leaked) + "!", kind: static}
		case 1:
			return &request{method: "POST", path: "/xmlrpc.php", kind: login}
		case 2:
			return &request{method: "POST", path: "/wp-login.php", kind: login}
		default:
			return &request{method: "GET", path: "/" + pick(s, hunted), kind: scriptFile}
		}
	})
}

// crawler is a search engine, by its published addresses; it also knows pages that are long gone.
func (s *sim) crawler(gap time.Duration) *client {
	ip, agent := "", ""
	for ip == "" || s.used[ip] {
		switch s.rng.IntN(3) {
		case 0:
			ip = fmt.Sprintf("66.249.%d.%d", s.from(64, 79), s.from(1, 254))
			agent = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
		case 1:
			ip = fmt.Sprintf("40.77.167.%d", s.from(1, 254))
			agent = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36"
		default:
			ip = s.hosted()
			agent = "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)"
		}
	}
	c := s.clientAt(ip, "crawler", innocent)
	s.after(s.gap(10*time.Minute), func() {
		c.ask(s, agent, 1<<30, gap, func(i int) *request {
			switch s.rng.IntN(12) {
			case 0:
				return &request{method: "GET", path: "/robots.txt", kind: static}
			case 1:
				return &request{method: "GET", path: fmt.Sprintf("/old/article%d.php", s.from(1, 60)), kind: scriptFile}
			case 2:
				return &request{method: "GET", path: fmt.Sprintf("/wp-content/uploads/201%d/picture%d.jpg!", s.from(4, 9), s.from(1, 90)), kind: static}
			default:
				return &request{method: "GET", path: s.site.somePage(), kind: page}
			}
		})
	})
	return c
}
