package simulate

import (
	"fmt"
	"time"
)

// A database is MariaDB on the same machine.
type database struct {
	s     *sim
	up    bool
	pid   int
	rss   int
	slow  float64       // times its usual time
	warm  time.Duration // when its memory holds again what is asked for most
	full  bool          // its disk
	fails int           // systemd's restart counter
	since time.Time
	pause time.Duration // before systemd starts it again
}

func newDatabase(s *sim) *database {
	return &database{s: s, up: true, pid: s.from(400, 3000), rss: s.from(70, 260) * pagesPerMB, slow: 1,
		pause: pick(s, []time.Duration{100 * time.Millisecond, time.Second, 5 * time.Second, 5 * time.Second})}
}

// coldTime is how long after its start it reads from the disk what it will later remember.
const coldTime = 20 * time.Second

// delay is how many times its usual time an answer takes now.
func (d *database) delay() float64 {
	if left := d.warm - d.s.now; left > 0 {
		return d.slow * (1 + 15*left.Seconds()/coldTime.Seconds())
	}
	return d.slow
}

// die is a death that systemd mends some seconds later.
func (d *database) die(status, result string) {
	s := d.s
	if !d.up {
		return
	}
	s.troubleInSyslog()
	d.up = false
	d.since = s.time()
	s.restarts = append(s.restarts, Restart{s.time(), "mariadbd died (" + status + ")"})
	s.machine.add(-d.rss)
	s.out.unit("mariadb.service: Main process exited, " + status)
	s.out.unit("mariadb.service: Failed with result '" + result + "'.")
	s.site.databaseLost()
	d.fails++
	s.after(d.pause+s.between(0, 300*time.Millisecond), func() {
		s.out.unit(fmt.Sprintf("mariadb.service: Scheduled restart job, restart counter is at %d.", d.fails))
		s.out.unit("Stopped mariadb.service - MariaDB 10.11.6 database server.")
		d.start(true)
	})
}

// stop is a planned one.
func (d *database) stop(then func()) {
	s := d.s
	s.out.unit("Stopping mariadb.service - MariaDB 10.11.6 database server...")
	s.out.mariadb(d.pid, "Note", "/usr/sbin/mariadbd (initiated by: unknown): Normal shutdown")
	d.up = false
	d.since = s.time()
	s.machine.add(-d.rss)
	s.site.databaseLost()
	s.after(s.between(time.Second, 4*time.Second), func() {
		s.out.mariadb(d.pid, "Note", "/usr/sbin/mariadbd: Shutdown complete")
		s.out.unit("mariadb.service: Deactivated successfully.")
		s.out.unit("Stopped mariadb.service - MariaDB 10.11.6 database server.")
		then()
	})
}

func (d *database) start(crashed bool) {
	s := d.s
	s.out.unit("Starting mariadb.service - MariaDB 10.11.6 database server...")
	d.pid = s.web.newPID()
	say := func(level, text string) { s.out.mariadb(d.pid, level, text) }
	say("Note", fmt.Sprintf("Starting MariaDB 10.11.6-MariaDB-0+deb12u1 source revision  as process %d", d.pid))
	say("Note", "InnoDB: Using io_uring")
	if s.machine.ram+s.machine.swap-s.machine.used < d.rss/3 {
		say("ERROR", "InnoDB: Cannot allocate memory for the buffer pool")
		say("ERROR", "InnoDB: Plugin initialization aborted with error Generic error")
		say("ERROR", "Plugin 'InnoDB' init function returned error.")
		say("ERROR", "Aborting")
		s.out.unit("mariadb.service: Main process exited, code=exited, status=1/FAILURE")
		s.out.unit("mariadb.service: Failed with result 'exit-code'.")
		s.out.unit("Failed to start mariadb.service - MariaDB 10.11.6 database server.")
		s.after(max(d.pause, time.Second), func() { d.start(crashed) })
		return
	}
	recovery := s.between(300*time.Millisecond, 2*time.Second)
	if crashed {
		say("Note", fmt.Sprintf("InnoDB: Starting crash recovery from checkpoint LSN=%d", s.from(1e6, 9e8)))
		say("Note", fmt.Sprintf("InnoDB: To recover: %d pages", s.from(20, 900)))
		recovery = s.between(time.Second, 8*time.Second)
	}
	s.after(recovery, func() {
		d.up = true
		d.warm = s.now + coldTime
		s.machine.add(d.rss)
		s.outages = append(s.outages, Span{d.since, s.time()})
		say("Note", "/usr/sbin/mariadbd: ready for connections.")
		s.out.unit("Started mariadb.service - MariaDB 10.11.6 database server.")
	})
}
