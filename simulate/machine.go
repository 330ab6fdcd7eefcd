package simulate

import (
	"fmt"
	"time"
)

// A machine has memory, in pages of four kilobytes, and programs besides the web server.
type machine struct {
	s      *sim
	ram    int
	swap   int
	used   int
	cores  float64
	job    job     // a backup, an import
	uptime float64 // of the kernel at the clock's zero, in seconds
	killed time.Duration
	busy   bool // the kernel is killing; it looks again when that is done
}

// A job is a program that the administrator started.
type job struct {
	name string
	pid  int
	rss  int
}

const pagesPerMB = 256

func newMachine(s *sim) machine {
	ram := pick(s, []int{512, 1024, 1024, 2048, 2048, 4096}) * pagesPerMB
	// A machine that ordinary visitors bring down would have been replaced: it
	// holds the database and some workers.
	for ram < s.db.rss+(90+12*55)*pagesPerMB {
		ram += 512 * pagesPerMB
	}
	return machine{s: s, ram: ram, swap: pick(s, []int{0, 512, 1024}) * pagesPerMB, used: 90 * pagesPerMB,
		cores: float64(pick(s, []int{1, 2, 2, 4})), uptime: float64(s.from(40000, 9000000))}
}

func (m *machine) add(pages int) {
	m.used += pages
	if pages > 0 && m.used > m.ram+m.swap && !m.busy {
		m.busy = true
		m.s.after(m.s.between(10*time.Millisecond, 200*time.Millisecond), m.outOfMemory)
	}
}

// swapping is the share of the swap in use; what runs from it is slow.
func (m *machine) swapping() float64 {
	if m.used <= m.ram || m.swap == 0 {
		return 0
	}
	return float64(m.used-m.ram) / float64(m.swap)
}

// outOfMemory is the kernel's: it kills what holds most.
func (m *machine) outOfMemory() {
	s := m.s
	m.busy = false
	if m.used <= m.ram+m.swap {
		return
	}
	var fat *worker
	for _, k := range s.web.workers {
		if fat == nil || k.rss > fat.rss {
			fat = k
		}
	}
	by := "apache2"
	byPID := s.web.parent
	if m.job.rss > 0 && s.chance(0.7) {
		by, byPID = m.job.name, m.job.pid
	} else if fat != nil {
		byPID = fat.pid
	}
	name, pid, uid, rss := "apache2", byPID, 33, 0
	if fat != nil {
		pid, rss = fat.pid, fat.rss
	}
	if s.db.up && s.db.rss > rss {
		name, pid, uid, rss = "mariadbd", s.db.pid, 106, s.db.rss
	}
	if m.job.rss > rss {
		name, pid, uid, rss = m.job.name, m.job.pid, 0, m.job.rss
	}
	if rss == 0 {
		return
	}
	s.tooSmall()
	if s.out.syslog {
		s.plain()
	}
	unit := "/system.slice/" + map[string]string{"apache2": "apache2", "mariadbd": "mariadb"}[name] + ".service"
	if name == m.job.name {
		unit = "/system.slice/cron.service"
	}
	k := s.out.kernel
	k(by + " invoked oom-killer: gfp_mask=0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_ZERO), order=0, oom_score_adj=0")
	k(fmt.Sprintf("CPU: 0 PID: %d Comm: %s Not tainted 6.1.0-25-amd64 #1  Debian 6.1.106-3", byPID, by))
	k("Call Trace:")
	k(" <TASK>")
	k(" dump_stack_lvl+0x44/0x5c")
	k(" out_of_memory+0x1fd/0x4c0")
	k(" </TASK>")
	k("Mem-Info:")
	k(fmt.Sprintf("active_anon:%d inactive_anon:%d isolated_anon:0#012 active_file:%d inactive_file:%d isolated_file:0", s.from(200, 900), m.ram*8/10, s.from(20, 90), s.from(20, 90)))
	k("Free swap  = 0kB")
	k(fmt.Sprintf("Total swap = %dkB", m.swap*4))
	k(fmt.Sprintf("%d pages RAM", m.ram))
	k("Tasks state (memory values in pages):")
	k("[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name")
	row := func(pid, uid, rss int, name string, adj int) {
		k(fmt.Sprintf("[%7d] %5d %5d %8d %8d %8d %8d         %5d %s", pid, uid, pid, rss*4+20000, rss, 300000+rss*4, s.from(0, 900), adj, name))
	}
	row(412, 0, 410, "sshd", -1000)
	row(388, 0, 1900, "systemd-journal", -250)
	if s.db.up {
		row(s.db.pid, 106, s.db.rss, "mariadbd", 0)
	}
	row(s.web.parent, 0, 4100, "apache2", 0)
	for i, w := range s.web.workers {
		if !s.web.event || i%25 == 0 {
			row(w.pid, 33, w.rss, "apache2", 0)
		}
	}
	if m.job.rss > 0 {
		row(m.job.pid, 0, m.job.rss, m.job.name, 0)
	}
	k(fmt.Sprintf("oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=%s,task=%s,pid=%d,uid=%d", unit, name, pid, uid))
	k(fmt.Sprintf("Out of memory: Killed process %d (%s) total-vm:%dkB, anon-rss:%dkB, file-rss:0kB, shmem-rss:0kB, UID:%d pgtables:%dkB oom_score_adj:0", pid, name, rss*16+80000, rss*4, uid, rss/8))
	k(fmt.Sprintf("oom_reaper: reaped process %d (%s), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB", pid, name))
	m.killed = s.now
	switch name {
	case "mariadbd":
		s.out.unit("mariadb.service: A process of this unit has been killed by the OOM killer.")
		s.db.die("code=killed, status=9/KILL", "oom-kill")
	case "apache2":
		s.out.unit("apache2.service: A process of this unit has been killed by the OOM killer.")
		s.web.end(fat) // Apache says nothing of children that were killed
	default:
		m.used -= m.job.rss
		m.job = job{}
	}
	// A machine without memory is slow at everything, at this too.
	m.busy = true
	s.after(s.between(time.Second, 8*time.Second), m.outOfMemory)
}

// grow is a job that takes more and more memory, over a time, and ends.
func (m *machine) grow(name string, pages int, over, stays time.Duration) {
	s := m.s
	m.job = job{name: name, pid: s.web.newPID(), rss: 1}
	pid := m.job.pid
	const steps = 20
	for i := range steps {
		s.after(over*time.Duration(i)/steps, func() {
			if m.job.pid == pid {
				m.job.rss += pages / steps
				m.add(pages / steps)
			}
		})
	}
	s.after(over+stays, func() {
		if m.job.pid == pid {
			m.used -= m.job.rss
			m.job = job{}
		}
	})
}
