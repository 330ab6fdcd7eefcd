package simulate

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// A site is WordPress with its settings, and what its code does with a request.
type site struct {
	s       *sim
	host    string // of the machine
	name    string // of the site
	root    string
	zone    *time.Location
	banner  string
	ip      string
	info    bool // LogLevel info for the core and mod_reqtimeout
	fpm     bool // PHP runs in its own daemon, behind the event MPM
	fpmDown bool
	pretty  bool // every path that is no file goes to WordPress
	debug   bool // WP_DEBUG: connections that failed are logged
	vhost   bool // the site has an error log of its own
	iso     bool // syslog's stamps are RFC 3339's
	plugins []plugin
	notices float64 // chance that a plugin's code grumbles in a page
	posts   int

	atOnce  float64 // chance that a query that the database's end cut off is logged
	mysqli  bool    // a plugin has a connection of its own
	fatal   string  // a plugin that fails, and how often
	fatalP  float64
	crashP  float64 // chance that an extension crashes a worker
	library string

	proxy    *client // in front, or nil
	remoteIP bool    // the proxy says for whom it asks, and Apache listens
	cronAt   time.Duration
	own      *client
}

func (s *sim) settle(o Options, c Scenario) {
	s.used = map[string]bool{}
	zone := time.UTC
	if s.chance(0.3) {
		hours := s.from(-5, 3)
		zone = time.FixedZone("", hours*3600)
	}
	s.began = time.Date(s.from(2024, 2026), time.Month(s.from(1, 12)), s.from(1, 28), s.from(6, 18), s.from(0, 59), s.from(0, 59), s.from(0, 999999)*1e3, zone)
	if s.limit > 0 {
		s.began = s.began.Truncate(day)
	}
	t := &s.site
	*t = site{s: s, zone: zone, root: "/var/www/html", host: pick(s, []string{"web1", "vps317", "srv02", "blog", "shop01", "vps77"}),
		name: "www." + pick(s, []string{"meadowlane", "bakery-corner", "riverclub", "oldtimer-parts", "chessfriends", "northgarden"}) + ".example",
		info: s.chance(0.25), fpm: s.chance(0.25), pretty: s.chance(0.4), debug: s.chance(0.2), vhost: s.chance(0.2), iso: s.chance(0.5),
		notices: 0.15 * s.rng.Float64(), posts: s.from(20, 300), atOnce: s.rng.Float64(), mysqli: s.chance(0.4)}
	if s.chance(0.3) {
		t.notices = 0.2 + 0.8*s.rng.Float64()
	}
	t.banner = "Apache/2.4." + pick(s, []string{"57", "58", "61", "62"}) + " (Debian)"
	for _, i := range s.rng.Perm(len(plugins))[:s.from(2, 6)] {
		t.plugins = append(t.plugins, plugins[i])
	}
	s.db = newDatabase(s)
	s.machine = newMachine(s)
	s.machine.used += s.db.rss
	s.web = newServer(s)
	t.ip = s.hosted()
	t.own = s.clientAt(t.ip, "own", innocent)
	rate := float64(o.Visitors)
	if rate <= 0 {
		rate = math.Exp(math.Log(8) + s.rng.Float64()*math.Log(30)) // 8 to about 240
	}
	s.people = &people{s: s, rate: rate, crowd: 1}
	if s.chance(0.12) && !c.direct {
		t.putProxy(s.chance(0.5))
	}
	if c.prepare != nil {
		c.prepare(s)
	}
}

func (t *site) putProxy(remoteIP bool) {
	t.proxy = t.s.clientAt(t.s.hosted(), "proxy", innocent)
	t.proxy.step = 0
	t.remoteIP = remoteIP
	if remoteIP {
		t.proxy.kind = "" // nobody sees it
	}
}

// face is whom the logs name for a connection.
func (t *site) face(s *sim, n *conn) {
	n.face = n.c
	if t.proxy == nil || n.c == t.own {
		return
	}
	if t.remoteIP {
		n.port = 0
		return
	}
	n.face = t.proxy
	n.port = t.proxy.nextPort(s)
}

// load is how much longer code takes than on an idle machine.
func (t *site) load() float64 {
	s := t.s
	swap := s.machine.swapping()
	return max(1, float64(s.web.php)/s.machine.cores) * (0.6 + 0.4*s.db.delay()) * (1 + 8*swap*swap)
}

// shared is the time of code that uses only the processor, which others use too.
func (t *site) shared(alone time.Duration) time.Duration {
	return time.Duration(float64(t.s.human(alone, 0.5)) * max(1, float64(t.s.web.php)/t.s.machine.cores))
}

func (t *site) handle(w *server, r *request) {
	s := t.s
	soon := func(status, size int) {
		s.after(s.between(400*time.Microsecond, 6*time.Millisecond), func() { w.answer(r, status, size) })
	}
	k := r.conn.worker
	if w.broken {
		s.trouble()
		s.out.client(r.conn, k, "core:alert", t.root+"/.htaccess: Invalid command 'Heade', perhaps misspelled or defined by a module not included in the server configuration", r.referer)
		soon(500, 612)
		return
	}
	switch r.kind {
	case static:
		if strings.Contains(r.path, "!") { // marks a file that is not there
			t.missing(w, r, soon)
			return
		}
		soon(200, 900+len(r.path)*len(r.path)*11)
	case denied:
		s.out.deed(r.conn, k, "authz_core:error", "AH01630: client denied by server configuration: "+t.root+strings.SplitN(r.path, "?", 2)[0], r.referer)
		soon(403, 199)
	case traversal:
		s.out.deed(r.conn, k, "core:error", "AH10244: invalid URI path ("+r.path+")", r.referer)
		soon(400, 226)
	case private:
		switch {
		case r.user == "":
			soon(401, 380)
		case strings.HasPrefix(r.user, "+"):
			soon(200, 4211)
		case strings.HasPrefix(r.user, "?"):
			s.out.deed(r.conn, k, "auth_basic:error", "AH01618: user "+r.user[1:]+" not found: "+r.path, r.referer)
			soon(401, 380)
		default:
			s.out.deed(r.conn, k, "auth_basic:error", "AH01617: user "+r.user+`: authentication failure for "`+r.path+`": Password Mismatch`, r.referer)
			soon(401, 380)
		}
	case scriptFile:
		if t.pretty {
			t.run(w, r, 404)
			return
		}
		t.noScript(w, r)
		soon(404, 273)
	case planted:
		s.after(s.between(20*time.Millisecond, 900*time.Millisecond), func() { w.answer(r, 200, s.from(200, 9000)) })
	default:
		t.run(w, r, 200)
	}
}

func (t *site) missing(w *server, r *request, soon func(status, size int)) {
	r.path = strings.ReplaceAll(r.path, "!", "")
	if t.pretty {
		t.run(w, r, 404)
		return
	}
	if t.info {
		t.s.out.deed(r.conn, r.conn.worker, "core:info", "AH00128: File does not exist: "+t.root+strings.SplitN(r.path, "?", 2)[0], r.referer)
	}
	soon(404, 273)
}

func (t *site) noScript(w *server, r *request) {
	if t.fpm {
		t.s.out.deed(r.conn, r.conn.worker, "proxy_fcgi:error", "AH01071: Got error 'Primary script unknown'", r.referer)
		return
	}
	t.s.out.deed(r.conn, r.conn.worker, "php:error", "script '"+t.root+strings.SplitN(r.path, "?", 2)[0]+"' not found or unable to stat", r.referer)
}

// says is a message of PHP, as it reaches Apache's log.
func (t *site) says(r *request, level, text string) {
	if r.conn.worker == nil {
		return
	}
	module := "php:" + level
	if t.fpm {
		module, text = "proxy_fcgi:error", "AH01071: Got error 'PHP message: "+text+"'"
	}
	t.s.out.client(r.conn, r.conn.worker, module, text, r.referer)
}

// run is a request that WordPress answers.
func (t *site) run(w *server, r *request, status int) {
	s := t.s
	k := r.conn.worker
	if t.fpm && t.fpmDown {
		s.trouble()
		s.out.server2("proxy:error", k, "(111)Connection refused: AH02454: FCGI: attempt to connect to Unix domain socket /run/php/php8.2-fpm.sock (localhost:8000) failed")
		s.out.client(r.conn, k, "proxy_fcgi:error", "AH01079: failed to make connection to backend: httpd-UDS", r.referer)
		s.after(s.between(time.Millisecond, 9*time.Millisecond), func() { w.answer(r, 503, 299) })
		return
	}
	r.running = true
	w.php++
	if grown := min(k.fat, max(k.rss, k.fat*6/10)+s.from(0, 300)); grown > k.rss {
		s.machine.add(grown - k.rss)
		k.rss = grown
	}
	if t.crashP > 0 && s.chance(t.crashP) && !t.fpm {
		s.after(s.between(10*time.Millisecond, 300*time.Millisecond), func() {
			if !r.ended {
				w.crash(k, t.library)
			}
		})
		return
	}
	if !s.db.up {
		t.noDatabase(r)
		s.after(t.shared(25*time.Millisecond), func() { w.answer(r, 500, 2600) })
		return
	}
	if t.fatal != "" && s.chance(t.fatalP) {
		s.trouble()
		t.says(r, "error", fmt.Sprintf(`PHP Fatal error:  Uncaught Error: Call to undefined method %[2]s::boot_blocks() in %[1]s/wp-content/plugins/%[3]s/includes/class-loader.php:118\nStack trace:\n#0 %[1]s/wp-includes/class-wp-hook.php(324): %[2]s->init('')\n#1 %[1]s/wp-includes/plugin.php(517): WP_Hook->do_action(Array)\n#2 {main}\n  thrown in %[1]s/wp-content/plugins/%[3]s/includes/class-loader.php on line 118`,
			t.root, "Loader", t.fatal))
		s.after(t.shared(50*time.Millisecond), func() { w.answer(r, 500, 2500) })
		return
	}
	if s.chance(t.notices) {
		if p := pick(s, t.plugins); p.notice != "" {
			t.says(r, "warn", fmt.Sprintf("PHP Warning:  %s in %s/wp-content/plugins/%s/%s.php on line %d", p.notice, t.root, p.slug, p.slug, p.line))
		}
	}
	if s.db.full {
		t.diskFull(r)
	}
	base := s.human(130*time.Millisecond, 0.5)
	if r.kind == cron {
		base = s.human(900*time.Millisecond, 0.7)
	}
	d := time.Duration(float64(base) * t.load())
	if s.db.delay() > 20 && d > 50*time.Second {
		d = 50*time.Second + s.between(0, time.Second)
		s.after(d-time.Millisecond, func() {
			if !r.ended && !r.inRetry {
				s.trouble()
				t.queryFailed(r, "Lock wait timeout exceeded; try restarting transaction")
			}
		})
	}
	t.finish(w, r, d, status)
	if s.now > t.cronAt && r.kind != cron {
		t.cronAt = s.now + time.Minute
		s.after(30*time.Millisecond, t.callCron)
	}
}

func (t *site) finish(w *server, r *request, d time.Duration, status int) {
	r.turn++
	turn := r.turn
	r.until = t.s.now + d
	t.s.after(d, func() {
		if r.turn == turn && !r.ended {
			size := 12000 + (len(r.path)*7919+t.posts*131)%29000
			if r.kind == login {
				size = 5100
			}
			if status == 404 {
				size = 9100 + t.posts
			}
			w.answer(r, status, size)
		}
	})
}

// callCron is WordPress asking itself for its planned work.
func (t *site) callCron() {
	w := t.s.web
	n := w.open(t.own)
	stamp := float64(t.s.time().UnixMicro()) / 1e6
	r := &request{method: "POST", path: fmt.Sprintf("/wp-cron.php?doing_wp_cron=%.6f", stamp), kind: cron,
		agent: "WordPress/6.5.2; https://" + t.name, referer: ""}
	r.done = func(int) { w.hangUp(n) }
	w.send(n, r)
}

// databaseLost is the end of the database for all code that runs. What waited
// for an answer learns it now, the rest with its next query; each then tries
// five times, a second apart, to reach it again.
func (t *site) databaseLost() {
	s := t.s
	for _, k := range s.web.workers {
		r := k.request
		if r == nil || !r.running || r.ended {
			continue
		}
		// The busier the machine, the more of a page's time is spent waiting for the database.
		waits := s.chance(min(0.25*s.db.delay()+0.5*s.machine.swapping()+0.02*float64(s.web.php), 0.95))
		if !waits && !r.inRetry {
			r.turn++
			turn := r.turn
			s.after(s.between(5*time.Millisecond, 300*time.Millisecond), func() {
				if r.turn == turn && !r.ended {
					t.reconnect(r)
				}
			})
			continue
		}
		switch {
		case r.inRetry:
			continue
		case r.retried || s.chance(t.atOnce*0.3):
			s.trouble()
			t.queryFailed(r, "MySQL server has gone away")
		case s.chance(t.atOnce * 0.4):
			s.trouble()
			t.queryFailed(r, "Lost connection to MySQL server during query")
		}
		if t.mysqli && s.chance(0.1) {
			t.says(r, "warn", "PHP Warning:  mysqli_query(): (HY000/2013): Lost connection to MySQL server during query in "+t.root+"/wp-content/plugins/visitor-counter/visitor-counter.php on line 57")
		}
		t.reconnect(r)
	}
}

func (t *site) reconnect(r *request) {
	s := t.s
	r.inRetry = true
	r.tries = 0
	left := max(r.until-s.now, 50*time.Millisecond)
	r.turn++
	turn := r.turn
	var again func()
	again = func() {
		if r.turn != turn || r.ended {
			return
		}
		r.tries++
		switch {
		case s.db.up:
			r.inRetry = false
			r.retried = true
			if s.chance(t.atOnce * 0.15) {
				s.trouble()
				t.queryFailed(r, "MySQL server has gone away")
			}
			t.finish(s.web, r, max(left, time.Duration(float64(60*time.Millisecond)*t.load())), 200)
		case r.tries >= 5:
			t.noDatabase(r)
			r.inRetry = false
			s.web.answer(r, 500, 2600)
		default:
			t.noDatabase(r)
			s.after(time.Second, again)
		}
	}
	s.after(20*time.Millisecond, again)
}

// noDatabase is a connection that failed; WordPress keeps that to itself unless it debugs.
func (t *site) noDatabase(r *request) {
	if t.debug {
		t.s.trouble()
		t.says(r, "warn", "PHP Warning:  mysqli_real_connect(): (HY000/2002): Connection refused in "+t.root+"/wp-includes/class-wpdb.php on line 1987")
	}
}

func (t *site) queryFailed(r *request, why string) {
	s := t.s
	p := pick(s, core)
	if own := pick(s, t.plugins); own.chain != "" && s.chance(0.5) {
		p = own
	}
	query := p.query
	switch {
	case strings.Contains(query, "%d"):
		query = fmt.Sprintf(query, s.from(1, t.posts))
	case strings.Contains(query, "%x"):
		query = fmt.Sprintf(query, s.rng.Uint32())
	case strings.Contains(query, "%s"):
		query = fmt.Sprintf(query, pick(s, searched))
	}
	t.says(r, "notice", "WordPress database error "+why+" for query "+query+" made by "+p.chain)
}

func (t *site) diskFull(r *request) {
	s := t.s
	if s.chance(0.5) {
		s.trouble()
		t.says(r, "notice", "WordPress database error The table 'wp_options' is full for query INSERT INTO `wp_options` (`option_name`, `option_value`, `autoload`) VALUES ('_transient_doing_cron', '"+
			fmt.Sprint(s.time().Unix())+"', 'yes') ON DUPLICATE KEY UPDATE `option_value` = VALUES(`option_value`) made by "+settings+"wp_cron, _wp_cron, spawn_cron, set_transient, add_option")
	}
	if s.chance(0.4) {
		s.trouble()
		t.says(r, "warn", "PHP Warning:  file_put_contents(): Write of "+fmt.Sprint(s.from(2000, 40000))+" bytes failed with errno=28 No space left on device in "+t.root+"/wp-content/plugins/"+pick(s, t.plugins).slug+"/cache.php on line 61")
	}
}
