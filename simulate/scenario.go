package simulate

import (
	"fmt"
	"slices"
	"time"
)

// A Scenario is something that happens to a server. What it is called in Truth
// are words of this package: others map them to their own.
type Scenario struct {
	Name     string
	Doc      string
	Cause    string // the root cause; one of those below
	Sentence string
	Attack   bool

	direct  bool       // no proxy stands in front, or the scenario places its own
	prepare func(*sim) // what the machine and the site must be like
	play    func(*sim) // called when the trouble begins
}

// The root causes.
const (
	None           = "none"
	Flood          = "flood"
	SlowRequests   = "slow-requests"
	Scan           = "scan"
	Guessing       = "password-guessing"
	DatabaseCrash  = "database-crash"
	DatabaseSlow   = "database-slow"
	MemoryJob      = "memory-taken-by-a-job"
	Crowd          = "more-visitors-than-it-can-serve"
	PluginFault    = "plugin-fault"
	BackendDown    = "backend-down"
	DiskFull       = "disk-full"
	Misconfigured  = "misconfiguration"
	Maintenance    = "maintenance"
	Reboot         = "reboot"
	ExtensionCrash = "extension-crashes"
	Compromise     = "compromise"
	FloodUnseen    = "flood-behind-a-proxy"
)

// crashRecurrence is how long after a death of the database its consequences are put down to it.
const crashRecurrence = 4 * time.Minute

// Scenarios are what can be played, in the order of their documentation.
var Scenarios = []Scenario{
	{Name: "quiet", Doc: "an ordinary time with its usual noise", Cause: None, Sentence: "nothing but ordinary traffic and the usual noise",
		play: func(s *sim) {}},
	{Name: "maintenance", Doc: "packages are upgraded: Apache and the database are restarted on purpose", Cause: Maintenance,
		Sentence: "packages were upgraded, with restarts on purpose", play: (*sim).upgrade},
	{Name: "reboot", Doc: "the administrator restarts the machine", Cause: Reboot, Sentence: "the machine was restarted on purpose", play: (*sim).reboot},

	{Name: "flood-one", Doc: "one client keeps many connections busy", Cause: Flood, Attack: true, Sentence: "one client flooded the server", direct: true,
		play: func(s *sim) { s.floods(1) }},
	{Name: "flood-few", Doc: "a few clients do so together", Cause: Flood, Attack: true, Sentence: "a few clients flooded the server", direct: true,
		play: func(s *sim) { s.floods(s.from(2, 6)) }},
	{Name: "flood-distributed", Doc: "many clients, with a few connections each", Cause: Flood, Attack: true, Sentence: "many hijacked clients flooded the server together", direct: true,
		play: func(s *sim) { s.floods(s.from(20, 150)) }},
	{Name: "slow-requests", Doc: "connections are held open and nothing is asked", Cause: SlowRequests, Attack: true, Sentence: "a client held workers with connections on which it asked nothing", direct: true,
		prepare: func(s *sim) { s.site.fpm, s.web.event = false, false }, play: (*sim).trickles},
	{Name: "scan", Doc: "a client asks for what servers have by mistake", Cause: Scan, Attack: true, Sentence: "a client probed for scripts and files", direct: true,
		play: func(s *sim) {
			tries := int(s.scaled(12, 600))
			s.episode(Scan, time.Duration(tries)*time.Second)
			s.probe(s.aggressor("scanner", "scanner"), tries)
		}},
	{Name: "guess-basic", Doc: "a client tries passwords of HTTP basic authentication", Cause: Guessing, Attack: true, Sentence: "a client guessed passwords of a protected folder", direct: true,
		play: func(s *sim) { s.guesses("basic", 1) }},
	{Name: "guess-login", Doc: "a client tries passwords at wp-login.php", Cause: Guessing, Attack: true, Sentence: "a client guessed passwords at wp-login.php", direct: true,
		play: func(s *sim) { s.guesses("login", 1) }},
	{Name: "guess-xmlrpc", Doc: "a client tries passwords at xmlrpc.php", Cause: Guessing, Attack: true, Sentence: "a client guessed passwords at xmlrpc.php", direct: true,
		play: func(s *sim) { s.guesses("xmlrpc", 1) }},
	{Name: "guess-distributed", Doc: "many clients try a few passwords each", Cause: Guessing, Attack: true, Sentence: "many clients guessed passwords together", direct: true,
		play: func(s *sim) { s.guesses(pick(s, []string{"basic", "login", "xmlrpc"}), s.from(10, 80)) }},
	{Name: "compromise", Doc: "a planted script is used", Cause: Compromise, Attack: true, Sentence: "a script that was planted among the uploads was used to run commands", direct: true,
		play: func(s *sim) {
			s.episode(Compromise, time.Hour)
			s.compromise(s.aggressor("intruder", "web shell"))
		}},

	{Name: "database-crash", Doc: "the database dies by itself, once or several times", Cause: DatabaseCrash, Sentence: "the database crashed by itself; every client with errors is an ordinary visitor",
		play: (*sim).crashes},
	{Name: "database-slow", Doc: "the database answers slowly: a lock, a slow disk", Cause: DatabaseSlow, Sentence: "the database was slow, so requests piled up",
		play: func(s *sim) {
			s.slowDatabase(s.scaled(8, 800), s.between(5*time.Minute, 25*time.Minute))
		}},
	{Name: "memory-job", Doc: "a backup or an import takes the memory, and the database is killed", Cause: MemoryJob, Sentence: "a job of the administrator took the memory; the kernel killed the database",
		play: (*sim).hungryJob},
	{Name: "crowd", Doc: "more visitors than the machine can serve: a newsletter, a link on a news site", Cause: Crowd, Sentence: "many people came at once, after a link",
		play: (*sim).crowds},
	{Name: "office", Doc: "many people of one house behind one address", Cause: None, Sentence: "a house full of people used the site", direct: true,
		play: func(s *sim) { s.offices(int(s.scaled(10, 200))) }},
	{Name: "plugin-fault", Doc: "a plugin fails for everybody after its update", Cause: PluginFault, Sentence: "a plugin failed for everybody after an update",
		play: func(s *sim) {
			lasts := s.between(10*time.Minute, time.Hour)
			s.episode(PluginFault, lasts)
			s.site.fatal, s.site.fatalP = pick(s, s.site.plugins).slug, min(1, s.scaled(0.03, 1.2))
			s.after(lasts, func() { s.site.fatal = "" })
		}},
	{Name: "backend-down", Doc: "PHP-FPM is down", Cause: BackendDown, Sentence: "PHP's own daemon was down", prepare: func(s *sim) { s.site.fpm, s.web.event = true, true },
		play: func(s *sim) {
			lasts := time.Duration(s.scaled(float64(20*time.Second), float64(time.Hour)))
			s.episode(BackendDown, lasts)
			s.site.fpmDown = true
			s.out.unit("php8.2-fpm.service: Main process exited, code=killed, status=9/KILL")
			s.out.unit("php8.2-fpm.service: Failed with result 'signal'.")
			s.after(lasts, func() {
				s.site.fpmDown = false
				s.out.unit("Starting php8.2-fpm.service - The PHP 8.2 FastCGI Process Manager...")
				s.out.unit("Started php8.2-fpm.service - The PHP 8.2 FastCGI Process Manager.")
			})
		}},
	{Name: "disk-full", Doc: "the disk of the database is full", Cause: DiskFull, Sentence: "the disk was full",
		play: func(s *sim) {
			lasts := time.Duration(s.scaled(float64(2*time.Minute), float64(90*time.Minute)))
			s.episode(DiskFull, lasts)
			s.db.full = true
			s.out.mariadb(s.db.pid, "ERROR", `mariadbd: Disk is full writing './wp/wp_options.ibd' (Errcode: 28 "No space left on device"). Waiting for someone to free space... (Expect up to 60 secs delay for server to continue after freeing disk space)`)
			s.after(lasts, func() { s.db.full = false })
		}},
	{Name: "misconfiguration", Doc: "a change of the configuration breaks the site, or leaves it too few workers", Cause: Misconfigured, Sentence: "the site was broken by a change of its configuration",
		play: (*sim).misconfigure},
	{Name: "extension-crash", Doc: "an extension of PHP crashes workers", Cause: ExtensionCrash, Sentence: "an extension of PHP crashed workers",
		prepare: func(s *sim) { s.site.fpm, s.web.event = false, false },
		play: func(s *sim) {
			lasts := s.between(10*time.Minute, time.Hour)
			s.episode(ExtensionCrash, lasts)
			s.site.library = pick(s, []string{"imagick.so", "opcache.so", "libphp8.2.so", "ioncube_loader_lin_8.2.so"})
			s.site.crashP = s.scaled(0.02, 0.8)
			s.after(lasts, func() { s.site.crashP = 0 })
		}},

	{Name: "proxy", Doc: "all visitors stand behind a proxy that Apache does not know of, and the database dies", Cause: DatabaseCrash, direct: true,
		Sentence: "the database crashed; the log shows the proxy instead of the visitors", prepare: func(s *sim) { s.site.putProxy(false) },
		play: (*sim).crashes},
	{Name: "proxy-flood", Doc: "a flood through such a proxy", Cause: FloodUnseen, Attack: true, direct: true,
		Sentence: "somebody flooded the server through a proxy that hides who", prepare: func(s *sim) { s.site.putProxy(false) },
		play: func(s *sim) { s.floods(1) }},
	{Name: "lone-visitor", Doc: "the only visitor of a small site meets a dying database", Cause: DatabaseCrash, direct: true,
		Sentence: "the database crashed while one person used the site", prepare: func(s *sim) { s.people.rate = 0.3 },
		play: (*sim).lone},
	{Name: "crawler", Doc: "a search engine is at work while the database is dying", Cause: DatabaseCrash, direct: true,
		Sentence: "the database crashed while a search engine read the site",
		play: func(s *sim) {
			s.crawler(s.human(1500*time.Millisecond, 0.4))
			s.after(10*time.Minute, s.crashes)
		}},
	{Name: "wp-cron", Doc: "most errors hit WordPress's requests to itself", Cause: DatabaseCrash, direct: true,
		Sentence: "the database crashed; the address with most errors is the server itself", prepare: func(s *sim) { s.people.rate = 2 },
		play: func(s *sim) {
			s.every(func() time.Duration { return s.gap(4 * time.Second) }, func() { s.site.callCron() })
			s.crashes()
		}},
	{Name: "outage-and-scanner", Doc: "the database dies, and a stranger probes a little", Cause: DatabaseCrash, Sentence: "the database crashed by itself; a stranger who probed a little has nothing to do with it",
		direct: true,
		play: func(s *sim) {
			s.crashes()
			c := s.newClient("small scanner", neutral)
			s.after(s.gap(4*time.Minute), func() { s.probe(c, s.from(4, 9)) })
		}},
	{Name: "flood-and-office", Doc: "a flood while a house full of people uses the site", Cause: Flood, Attack: true, Sentence: "one client flooded the server; the house full of people suffered with the others", direct: true,
		play: func(s *sim) {
			s.office(s.from(10, 60), time.Hour)
			s.after(5*time.Minute, func() { s.floods(1) })
		}},
	{Name: "dying-database", Doc: "the database dies again and again under many visitors", Cause: DatabaseCrash, Sentence: "the database died again and again; every client with errors is an ordinary visitor", direct: true,
		prepare: func(s *sim) { s.people.rate = max(s.people.rate, 1500); s.site.atOnce = 1 },
		play: func(s *sim) {
			s.strength = max(s.strength, 0.8)
			s.crashesOf(float64(s.from(20, 60)), true)
		}},
}

// episode notes when something happened, and why.
func (s *sim) episode(cause string, lasts time.Duration) {
	s.episodes = append(s.episodes, Episode{Cause: cause, From: s.time(), To: s.time().Add(lasts)})
}

// trouble counts a line that says that something is wrong.
func (s *sim) trouble() { s.harm++ }

// plain counts a line that says so all by itself: the workers ran out, the kernel killed.
func (s *sim) plain() { s.harm += fewTraces }

// troubleInSyslog counts one that only syslog shows.
func (s *sim) troubleInSyslog() {
	if s.out.syslog {
		s.harm++
	}
}

// tooSmall notes that the server was at its limits while nothing but its
// ordinary visitors were there.
func (s *sim) tooSmall() {
	for _, e := range s.episodes {
		if !s.time().Before(e.From) && !s.time().After(e.To) {
			return
		}
	}
	s.episode(Crowd, 2*time.Minute)
}

func (s *sim) floods(clients int) {
	lasts := s.between(2*time.Minute, 20*time.Minute)
	s.episode(Flood, lasts+time.Minute)
	held := int(s.scaled(8, 400))
	for range clients {
		s.flood(s.aggressor("flooder", "connection flood"), max(held/clients, 1), lasts)
	}
	s.rescue(lasts)
}

func (s *sim) trickles() {
	lasts := s.between(3*time.Minute, 25*time.Minute)
	s.episode(SlowRequests, lasts+time.Minute)
	clients := pick(s, []int{1, 1, 1, 2, 4})
	for range clients {
		s.trickle(s.aggressor("slow client", "slow requests"), int(s.scaled(8, 400))/clients+1, lasts)
	}
	s.rescue(lasts)
}

func (s *sim) guesses(door string, clients int) {
	tries := int(s.scaled(20, 1200))
	gap := s.human(2*time.Second, 0.8)
	if clients > 1 {
		gap *= 20
	}
	each := max(tries/clients, 3)
	s.episode(Guessing, time.Duration(each)*gap*3/2)
	for range clients {
		c := s.aggressor("guesser", door+" password guessing")
		s.after(s.gap(gap), func() { s.guess(c, door, each, gap) })
	}
}

// rescue is the administrator who restarts Apache, if he is awake.
func (s *sim) rescue(within time.Duration) {
	if !s.chance(0.5) {
		return
	}
	s.after(s.between(within/4, within), func() {
		if s.web.running && (s.web.told || s.machine.killed > 0) {
			s.web.restart("the administrator restarted Apache", time.Second)
		}
	})
}

func (s *sim) crashes() { s.crashesOf(0, s.chance(0.5)) }

// crashesOf are deaths of a database that was so slow before, 0 for by the strength;
// at once says that it falls over soon after each start.
func (s *sim) crashesOf(slow float64, atOnce bool) {
	times := int(s.scaled(1, 9))
	s.episode(DatabaseCrash, crashRecurrence)
	from := len(s.episodes) - 1
	if s.db.slow = slow; slow == 0 {
		s.db.slow = s.scaled(1, 10) // what makes it fail makes it slow first
	}
	left := times
	again := func() time.Duration { return s.between(8*time.Second, 3*time.Minute) }
	if atOnce { // it starts and falls over at once
		again = func() time.Duration { return s.between(time.Second, 9*time.Second) }
	}
	var die func()
	die = func() {
		if s.db.up {
			if s.chance(0.5) {
				s.out.mariadb(s.db.pid, "ERROR", "mysqld got signal 11 ;")
				s.db.die("code=dumped, status=11/SEGV", "core-dump")
			} else {
				s.out.mariadb(s.db.pid, "ERROR", "InnoDB: Assertion failure in file ./storage/innobase/buf/buf0buf.cc line 3114")
				s.out.mariadb(s.db.pid, "ERROR", "mysqld got signal 6 ;")
				s.db.die("code=dumped, status=6/ABRT", "core-dump")
			}
			left--
		}
		s.episodes[from].To = s.time().Add(crashRecurrence)
		if left > 0 {
			s.after(again(), die)
		} else {
			s.after(time.Minute, func() { s.db.slow = 1 })
		}
	}
	s.after(s.between(0, 2*time.Minute), die)
}

func (s *sim) slowDatabase(times float64, lasts time.Duration) {
	s.episode(DatabaseSlow, lasts+2*time.Minute)
	s.db.slow = times
	s.after(lasts, func() { s.db.slow = 1 })
	s.rescue(lasts)
}

func (s *sim) hungryJob() {
	lasts := s.between(2*time.Minute, 10*time.Minute)
	s.episode(MemoryJob, lasts+3*time.Minute)
	name := pick(s, []string{"borg", "mysqldump", "php", "restic", "tar", "duplicity"})
	// Too much for the memory, but less than the database holds: the kernel takes the larger.
	free := s.machine.ram + s.machine.swap - s.machine.used
	s.db.rss, s.machine.used = s.db.rss+free/2, s.machine.used+free/2
	need := int(float64(free/2) * (0.9 + 0.5*s.strength))
	s.out.sys(fmt.Sprintf("CRON[%d]", s.web.newPID()), "(root) CMD (/usr/local/bin/nightly-"+name+")")
	s.machine.grow(name, need, lasts/2, lasts/2)
}

func (s *sim) crowds() {
	lasts := s.between(10*time.Minute, 40*time.Minute)
	s.episode(Crowd, lasts+5*time.Minute)
	link := pick(s, []string{"https://news.example/", "", "https://www.reddit.com/", "https://news.ycombinator.com/", "https://mail.example/"})
	// From a visit every few seconds to many in one.
	s.people.draw(max(3, s.scaled(0.15, 12)*3600/s.people.rate), link, fmt.Sprintf("/?p=%d", s.from(1, s.site.posts)), lasts)
	s.rescue(lasts)
}

func (s *sim) offices(size int) {
	lasts := s.between(30*time.Minute, 90*time.Minute)
	s.office(size, lasts)
	if s.chance(0.6) {
		// The house meets a slow database, so that its people wait and press reload.
		s.after(s.between(5*time.Minute, 20*time.Minute), func() {
			s.slowDatabase(s.scaled(8, 300), s.between(4*time.Minute, 15*time.Minute))
		})
	}
}

func (s *sim) lone() {
	v := &visitor{c: s.newClient("visitor", innocent), agent: pick(s, browsers)}
	s.site.atOnce = 1
	s.strength = max(s.strength, 0.6)
	s.crashesOf(float64(s.from(20, 60)), true)
	for i := range 12 {
		s.after(time.Duration(i)*20*time.Second, func() { v.browse(s, s.site.somePage(), "", 8) })
	}
}

func (s *sim) upgrade() {
	s.episode(Maintenance, 10*time.Minute)
	s.out.sys("systemd[1]", "Starting apt-daily-upgrade.service - Daily apt upgrade and clean activities...")
	s.web.restart("packages were upgraded", s.between(200*time.Millisecond, 5*time.Second))
	if s.chance(0.6) {
		s.after(s.between(10*time.Second, 90*time.Second), func() { s.db.stop(func() { s.db.start(false) }) })
	}
	for range int(s.scaled(1, 4)) - 1 {
		s.after(s.between(2*time.Minute, 8*time.Minute), func() { s.web.restart("packages were upgraded", time.Second) })
	}
	s.after(9*time.Minute, func() { s.out.unit("Finished apt-daily-upgrade.service - Daily apt upgrade and clean activities.") })
}

func (s *sim) reboot() {
	s.episode(Reboot, 5*time.Minute)
	s.out.sys("systemd-logind[611]", "The system will reboot now!")
	s.restarts = append(s.restarts, Restart{s.time(), "the machine was restarted"})
	s.out.unit("Stopping apache2.service - The Apache HTTP Server...")
	s.web.stop(func() {
		s.out.unit("Stopped apache2.service - The Apache HTTP Server.")
		s.db.stop(func() {
			s.after(s.between(15*time.Second, time.Minute), func() {
				s.machine.uptime = -s.now.Seconds()
				s.out.kernel("Linux version 6.1.0-25-amd64 (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40) #1 SMP PREEMPT_DYNAMIC Debian 6.1.106-3 (2024-08-26)")
				s.web.lastPID = s.from(500, 900)
				s.db.start(false)
				s.after(s.between(2*time.Second, 6*time.Second), func() {
					s.web.start()
					s.out.unit("Started apache2.service - The Apache HTTP Server.")
				})
			})
		})
	})
}

func (s *sim) misconfigure() {
	lasts := time.Duration(s.scaled(float64(2*time.Minute), float64(time.Hour)))
	s.episode(Misconfigured, lasts+time.Minute)
	switch s.rng.IntN(3) {
	case 0: // every request fails
		s.web.broken = true
		s.after(lasts, func() { s.web.broken = false })
	case 1: // too few workers
		was := s.web.limit
		s.web.limit = max(2, int(6-4*s.strength))
		s.web.restart("the administrator changed the configuration", time.Second)
		s.after(lasts, func() {
			s.web.limit = was
			s.web.restart("the administrator changed it back", time.Second)
		})
	default: // Apache does not start
		s.out.unit("Stopping apache2.service - The Apache HTTP Server...")
		s.restarts = append(s.restarts, Restart{s.time(), "the administrator restarted Apache, which did not start"})
		s.web.stop(func() {
			if s.out.syslog {
				s.plain() // that names the line of the configuration
			}
			s.out.unit("Stopped apache2.service - The Apache HTTP Server.")
			s.out.unit("Starting apache2.service - The Apache HTTP Server...")
			s.out.sys(fmt.Sprintf("apachectl[%d]", s.web.newPID()), "AH00526: Syntax error on line 17 of /etc/apache2/sites-enabled/site.conf:")
			s.out.sys(fmt.Sprintf("apachectl[%d]", s.web.lastPID), "Invalid command 'ProxyPas', perhaps misspelled or defined by a module not included in the server configuration")
			s.out.unit("apache2.service: Control process exited, code=exited, status=1/FAILURE")
			s.out.unit("apache2.service: Failed with result 'exit-code'.")
			s.out.unit("Failed to start apache2.service - The Apache HTTP Server.")
			s.after(lasts, func() {
				s.out.unit("Starting apache2.service - The Apache HTTP Server...")
				s.web.start()
				s.out.unit("Started apache2.service - The Apache HTTP Server.")
			})
		})
	}
}

// Names are the scenarios' names, in their order.
func Names() []string {
	var names []string
	for _, c := range Scenarios {
		names = append(names, c.Name)
	}
	return slices.Clip(names)
}
