package parser

import "bytes"

// What the kernel, systemd and the database server write to syslog
// (Linux mm/oom_kill.c and arch/x86/mm/fault.c, systemd core/service.c,
// MariaDB sql/mysqld.cc and storage/innobase).

const (
	kernelLine   = "Mar 14 07:39:24 vps512 kernel: [ 2781.797343] "
	systemdLine  = "Mar 14 07:39:24 vps512 systemd[1]: "
	databaseLine = "Mar 14 07:39:24 vps512 mariadbd[4711]: 2026-03-14  7:39:24 0 "
)

var (
	oomKill = &Kind{
		Name: "oom.kill", Role: State, Severity: 4, Family: Kernel,
		Title:  "memory ran out and the kernel killed a process",
		Prefix: []string{"Out of memory: Killed process ", "Out of Memory: Killed process ", "Out of memory (oom_kill_allocating_task): Killed process ", "Killed process ", "Memory cgroup out of memory: Killed process "},
		Doc:    "Memory ran out and the kernel killed this process to get some back. It is the victim, not the cause.",
		Samples: []string{
			kernelLine + "Out of memory: Killed process 3225 (mariadbd) total-vm:2147847042kB, anon-rss:107232kB, file-rss:24428kB, shmem-rss:0kB, UID:102 pgtables:588kB oom_score_adj:100",
			kernelLine + "Killed process 3225 (mysqld) total-vm:1147847kB, anon-rss:107232kB, file-rss:24428kB",
			kernelLine + "Memory cgroup out of memory: Killed process 411 (apache2) total-vm:247847kB, anon-rss:107232kB, file-rss:24428kB, shmem-rss:0kB, UID:33 pgtables:588kB oom_score_adj:0",
		},
		Misses:  []string{kernelLine + "Out of memory: Kill process 3225 (mysqld) score 211 or sacrifice child"},
		subject: inBrackets, pid: firstPID, detail: detailOOMKill,
	}
	oomSelect = &Kind{
		Name: "oom.select", Role: Noise, Family: Kernel,
		Title:   "the kernel chose whom to kill",
		Prefix:  []string{"Out of memory: Kill process ", "Out of memory: kill process ", "Out of Memory: Kill process ", "Out of memory (oom_kill_allocating_task): Kill process ", "Memory cgroup out of memory: Kill process ", "oom-kill:constraint=", "oom_reaper: reaped process ", "Out of memory and no killable", "Memory cgroup out of memory: OOM victim ", "Out of memory: OOM victim "},
		Doc:     "The kernel chose whom to kill, or cleaned up after it. The kill itself is an event of its own.",
		Samples: []string{kernelLine + "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/system.slice/mariadb.service,task=mariadbd,pid=3225,uid=102"},
		detail:  detailOOMChoice,
	}
	oomInvoked = &Kind{
		Name: "oom.invoked", Role: State, Severity: 4, Family: Kernel, Contains: []string{" invoked oom-killer: "},
		Title:   "a program asked for memory when there was none",
		Doc:     "This program asked for memory when there was none: the trigger, neither the cause nor the victim.",
		Samples: []string{kernelLine + "apache2 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0"},
		subject: func(e *Event) []byte { name, _, _ := bytes.Cut(e.text, []byte(" invoked oom-killer: ")); return name },
		detail:  func(e *Event) any { return OOMTrigger{Trigger: Text(e.Subject())} },
	}
	oomTask = &Kind{
		Name: "oom.task", Role: Noise, Family: Kernel, Prefix: []string{"["},
		Title:   "a row of the kernel's process table",
		Doc:     "A row of the kernel's table of processes at an out-of-memory kill. Its sizes are in pages.",
		Samples: []string{kernelLine + "[   3240]     0  3240    41795     8139     1831     5956       352   225280        0             0 apache2"},
		Misses:  []string{kernelLine + "[UFW BLOCK] IN=eth0 OUT= SRC=192.0.2.1"},
		match:   func(e *Event) (ok bool) { e.task, ok = readTask(e.text); return ok },
		detail: func(e *Event) any {
			t := e.Task()
			t.Program = Text(t.Name)
			return t
		},
	}
	oomTotal = &Kind{
		Name: "oom.total", Role: Noise, Family: Kernel, Prefix: []string{"memory: usage ", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
		Title: "how much memory there is",
		Doc:   "How much memory the machine or the container has, in the report of an out-of-memory kill.",
		Samples: []string{
			kernelLine + "memory: usage 2250808kB, limit 2250808kB, failcnt 217",
			kernelLine + "131050 pages RAM",
		},
		Misses: []string{kernelLine + "131050 pages reserved"},
		match:  func(e *Event) bool { _, _, ok := ReadMemoryTotal(e); return ok },
		detail: func(e *Event) any {
			n, cgroup, _ := ReadMemoryTotal(e)
			return MemoryTotal{Bytes: n, Cgroup: cgroup}
		},
	}
	oomReport = &Kind{
		Name: "oom.report", Role: Noise, Family: Kernel,
		Title:   "the kernel's report on memory",
		Prefix:  []string{"Mem-Info:", "Tasks state", "[  pid  ]", "[ pid ]", "active_anon:", "Memory cgroup stats for ", "Node ", "Free swap", "Total swap"},
		Doc:     "Other lines of the kernel's report of an out-of-memory kill.",
		Samples: []string{kernelLine + "Tasks state (memory values in pages):"},
	}
	kernelSegfault = &Kind{
		Name: "kernel.segfault", Role: State, Severity: 2, Family: Kernel, Contains: []string{": segfault at ", " general protection fault ", " trap invalid opcode "},
		Title:   "a program crashed, says the kernel",
		Doc:     "A program crashed; the line names it, its pid and the library it was in.",
		Samples: []string{kernelLine + "apache2[3666]: segfault at 10 ip 00007fa23dad1b46 sp 00007fff024094b0 error 4 in libphp8.2.so[7fa23d800000+400000]"},
		subject: func(e *Event) []byte { name, _ := crashed(e.text); return name },
		pid:     func(e *Event) int64 { _, pid := crashed(e.text); return pid },
		detail: func(e *Event) any {
			d := Segfault{Program: Text(e.Subject()), PID: e.SubjectPID()}
			if i := lastIndex(e.text, " in "); i >= 0 {
				lib, _, _ := bytes.Cut(e.text[i+4:], []byte("["))
				d.Library = Text(lib)
			}
			return d
		},
	}
	kernelSYNFlood = &Kind{
		Name: "kernel.synflood", Role: State, Severity: 2, Family: Kernel, Contains: []string{"ossible SYN flooding on port "},
		Title:   "the queue of new connections overflowed",
		Doc:     "The queue of new connections overflowed. Pure saturation does that too: never proof of an attack alone.",
		Samples: []string{kernelLine + "TCP: request_sock_TCP: Possible SYN flooding on port 80. Sending cookies.  Check SNMP counters."},
	}
	kernelConntrack = &Kind{
		Name: "kernel.conntrack", Role: State, Severity: 3, Family: Kernel, Contains: []string{"conntrack: table full"},
		Title:   "the firewall's table of connections was full",
		Doc:     "The firewall's table of connections is full: new visitors are dropped, and the web server sees nothing of it.",
		Samples: []string{kernelLine + "nf_conntrack: nf_conntrack: table full, dropping packet"},
	}
	kernelHung = &Kind{
		Name: "kernel.hung", Role: State, Severity: 3, Family: Kernel, Prefix: []string{"INFO: task ", "nfs: server "},
		Title: "a process waited long for disk or network",
		Doc:   "A process waited minutes for the disk or the network, or a server of files (NFS) did not answer.",
		Samples: []string{
			kernelLine + "INFO: task mariadbd:411 blocked for more than 120 seconds.",
			kernelLine + "nfs: server 10.0.0.9 not responding, still trying",
		},
		Misses: []string{kernelLine + "nfs: server 10.0.0.9 OK"},
		match: func(e *Event) bool {
			return bytes.Contains(e.text, []byte(" blocked for more than ")) || bytes.Contains(e.text, []byte(" not responding"))
		},
	}
	kernelDisk = &Kind{
		Name: "kernel.disk", Role: State, Severity: 4, Family: Kernel, Prefix: []string{"EXT4-fs error ", "Buffer I/O error on ", "XFS (", "blk_update_request: I/O error"},
		Title:    "the disk or its file system failed",
		Contains: []string{"Remounting filesystem read-only"},
		Doc:      "The disk or its file system is failing.",
		Samples:  []string{kernelLine + "EXT4-fs error (device vda1): ext4_find_entry:1455: inode #2: comm apache2: reading directory lblock 0"},
		Misses:   []string{kernelLine + "XFS (vda1): Mounting V5 Filesystem"},
		match: func(e *Event) bool {
			return !bytes.HasPrefix(e.text, []byte("XFS (")) || bytes.Contains(e.text, []byte("rror"))
		},
	}
	kernelBoot = &Kind{
		Name: "kernel.boot", Role: State, Severity: 2, Family: Kernel, Prefix: []string{"Linux version "},
		Title:   "the machine started",
		Doc:     "The machine started.",
		Samples: []string{kernelLine + "Linux version 6.1.0-21-amd64 (debian-kernel@lists.debian.org)"},
	}
	firewallBlock = &Kind{
		Name: "firewall.block", Role: Noise, Family: Kernel, Prefix: []string{"[UFW BLOCK] ", "[UFW LIMIT BLOCK] "},
		Title:   "the firewall dropped a packet",
		Doc:     "The firewall dropped a packet: the noise of the internet, which never reached the web server.",
		Samples: []string{kernelLine + "[UFW BLOCK] IN=eth0 OUT= MAC=52:54:00:aa:bb:cc SRC=192.0.2.14 DST=203.0.113.40 LEN=40 PROTO=TCP SPT=32800 DPT=23"},
		detail:  detailPacket,
	}

	unitFailed = &Kind{
		Name: "unit.failed", Role: State, Severity: 3, Family: Systemd, Contains: []string{": Failed with result ", "entered failed state"},
		Title:   "a service failed",
		Doc:     "A service ended in a way it should not: killed, crashed, timed out.",
		Samples: []string{systemdLine + "mariadb.service: Failed with result 'oom-kill'."},
		subject: unitOf, detail: detailUnit,
	}
	unitOOM = &Kind{
		Name: "unit.oom", Role: State, Severity: 3, Family: Systemd, Contains: []string{": A process of this unit has been killed by the OOM killer"},
		Title:   "a service lost a process to lack of memory",
		Doc:     "The kernel killed a process of this service for its memory.",
		Samples: []string{systemdLine + "mariadb.service: A process of this unit has been killed by the OOM killer."},
		subject: unitOf, detail: detailUnit,
	}
	unitExit = &Kind{
		Name: "unit.exit", Role: State, Severity: 2, Family: Systemd, Contains: []string{": Main process exited, ", ": main process exited, "},
		Title: "a service's main process ended",
		Doc:   "A service's main process ended; the line says how.",
		Samples: []string{
			systemdLine + "mariadb.service: Main process exited, code=killed, status=9/KILL",
			systemdLine + "mariadb.service: main process exited, code=killed, status=9/KILL", // before 236
		},
		subject: unitOf, detail: detailUnit,
	}
	unitGaveUp = &Kind{
		Name: "unit.gaveup", Role: State, Severity: 4, Family: Systemd, Contains: []string{": Start request repeated too quickly", "start request repeated too quickly for "},
		Title: "systemd gave up on a service",
		Doc:   "A service failed so often that systemd no longer starts it.",
		Samples: []string{
			systemdLine + "mariadb.service: Start request repeated too quickly.",
			systemdLine + "start request repeated too quickly for mariadb.service",
		},
		subject: unitOf, detail: detailUnit,
	}
	unitRestart = &Kind{
		Name: "unit.restart", Role: State, Severity: 1, Family: Systemd, Contains: []string{": Scheduled restart job, ", " holdoff time over, scheduling restart"},
		Title: "systemd starts a failed service again",
		Doc:   "systemd starts a failed service again; the counter tells how often it did.",
		Samples: []string{
			systemdLine + "mariadb.service: Scheduled restart job, restart counter is at 3.",
			systemdLine + "mariadb.service holdoff time over, scheduling restart.",
		},
		subject: unitOf, detail: detailUnit,
	}
	unitStart = &Kind{
		Name: "unit.start", Role: State, Severity: 0, Family: Systemd, Prefix: []string{"Started ", "Starting "},
		Title:   "systemd started a service",
		Doc:     "systemd starts a service.",
		Samples: []string{systemdLine + "Started mariadb.service - MariaDB 10.11.19 database server."},
		subject: unitAfterVerb, detail: detailUnit,
	}
	unitStop = &Kind{
		Name: "unit.stop", Role: State, Severity: 0, Family: Systemd, Prefix: []string{"Stopped ", "Stopping "},
		Title:   "systemd stopped a service",
		Doc:     "systemd stops a service. Before a stop of the server it means that somebody asked for it.",
		Samples: []string{systemdLine + "Stopping apache2.service - The Apache HTTP Server..."},
		subject: unitAfterVerb, detail: detailUnit,
	}
	unitReload = &Kind{
		Name: "unit.reload", Role: State, Severity: 0, Family: Systemd, Prefix: []string{"Reloaded ", "Reloading "},
		Title:   "systemd reloaded a service",
		Doc:     "systemd reloads a service, as logrotate asks for every night.",
		Samples: []string{systemdLine + "Reloading apache2.service - The Apache HTTP Server..."},
		subject: unitAfterVerb, detail: detailUnit,
	}

	dbStart = &Kind{
		Name: "db.start", Role: State, Severity: 0, Family: Database, Contains: []string{": ready for connections."},
		Title:   "the database was up",
		Doc:     "The database server is up: the end of an outage.",
		Samples: []string{databaseLine + "[Note] /usr/sbin/mariadbd: ready for connections."},
	}
	dbStop = &Kind{
		Name: "db.stop", Role: State, Severity: 1, Family: Database, Contains: []string{": Normal shutdown", "Received SHUTDOWN from user"},
		Title:   "the database was told to stop",
		Doc:     "The database server was told to stop. Its absence before a restart means that it was killed or crashed.",
		Samples: []string{databaseLine + "[Note] /usr/sbin/mariadbd (initiated by: unknown): Normal shutdown"},
	}
	dbCrash = &Kind{
		Name: "db.crash", Role: State, Severity: 4, Family: Database, Contains: []string{" got signal "},
		Title:   "the database crashed",
		Doc:     "The database server crashed: signal 6 is often the disk or damaged data, 11 a bug or memory.",
		Samples: []string{"Mar 14 07:39:24 vps512 mariadbd[4711]: 260314  7:39:24 [ERROR] mysqld got signal 11 ;"},
	}
	dbRecovery = &Kind{
		Name: "db.recovery", Role: State, Severity: 3, Family: Database, Prefix: []string{"InnoDB: Starting crash recovery", "InnoDB: Database was not shutdown normally", "InnoDB: Database was not shut down normally", "Starting crash recovery", "Database was not shutdown normally"},
		Title:   "the database repaired itself after an unclean end",
		Doc:     "The database server repairs itself after a stop that was not clean: a kill, a crash, the power.",
		Samples: []string{databaseLine + "[Note] InnoDB: Starting crash recovery from checkpoint LSN=46846", "2026-03-14T06:39:24.123456Z 0 [System] [MY-012552] [InnoDB] Starting crash recovery."},
	}
	dbMemory = &Kind{
		Name: "db.memory", Role: State, Severity: 4, Family: Database, Prefix: []string{"InnoDB: mmap(", "mmap(", "InnoDB: Error: cannot allocate ", "InnoDB: Initializing buffer pool", "InnoDB: Cannot map innodb_buffer_pool_size"}, Contains: []string{"annot allocate memory for the buffer pool", "d: Out of memory"},
		Title:   "the database could not get its memory",
		Doc:     "The database server could not get the memory that it needs to start.",
		Samples: []string{databaseLine + "[ERROR] InnoDB: Cannot allocate memory for the buffer pool", databaseLine + "[ERROR] mariadbd: Out of memory (Needed 2635356248 bytes)", "2026-03-14T06:39:24.123456Z 0 [ERROR] [MY-012681] [InnoDB] mmap(137363456 bytes) failed; errno 12", "140126 22:31:29 InnoDB: Initializing buffer pool, size = 128.0M\nInnoDB: mmap(137363456 bytes) failed; errno 12"},
		Misses:  []string{databaseLine + "[Note] InnoDB: Initializing buffer pool, total size = 128M, chunk size = 2M"},
		match: func(e *Event) bool {
			return !bytes.HasPrefix(e.text, []byte("InnoDB: Initializing ")) || bytes.Contains(e.text, []byte("\nInnoDB: mmap("))
		},
	}
	dbAborted = &Kind{
		Name: "db.aborted", Role: Noise, Family: Database, Prefix: []string{"Aborted connection "},
		Title:   "a program left the database without a good-bye",
		Doc:     "A program left the database without a good-bye. A burst of them is a burst of killed workers.",
		Samples: []string{databaseLine + "[Warning] Aborted connection 47 to db: 'wp' user: 'wp' host: 'localhost' (Got an error reading communication packets)"},
	}
	dbNote = &Kind{
		Name: "db.note", Role: Noise, Family: Database,
		Title:   "other words of the database",
		Doc:     "Other words of the database server.",
		Samples: []string{databaseLine + "[Note] InnoDB: Using io_uring"},
		match:   func(e *Event) bool { return true },
	}
)

// An OOMVictim is a process that the kernel killed for its memory.
type OOMVictim struct {
	Victim   string `json:"victim"` // the kernel keeps 15 bytes of the name
	PID      int64  `json:"victim_pid"`
	RSSBytes int64  `json:"rss_bytes,omitempty"`
	Cgroup   bool   `json:"cgroup,omitempty"` // a container's limit, not the machine's
}

func detailOOMKill(e *Event) any {
	return OOMVictim{
		Victim: Text(inBrackets(e)), PID: firstPID(e), RSSBytes: KilledRSS(e),
		Cgroup: bytes.HasPrefix(e.text, []byte("Memory cgroup ")),
	}
}

// KilledRSS is the resident memory in bytes of the process that an oom.kill
// names: total-vm, which stands before it, is not memory in use.
func KilledRSS(e *Event) int64 {
	var sum int64
	for _, field := range []string{"anon-rss:", "file-rss:", "shmem-rss:"} {
		if _, rest, ok := bytes.Cut(e.text, []byte(field)); ok {
			if n, _, _ := digits(rest); n < mostPages {
				sum += n * 1024
			}
		}
	}
	return sum
}

// An OOMTrigger is the program that asked for memory when there was none.
type OOMTrigger struct {
	Trigger string `json:"trigger"`
}

// A Task is a row of the kernel's table of processes.
type Task struct {
	PID       int64  `json:"task_pid"`
	UID       int64  `json:"uid"`
	RSSBytes  int64  `json:"rss_bytes"`
	AnonBytes int64  `json:"anon_bytes,omitempty"` // of RSSBytes what is this process's own; 0: not said
	Name      []byte `json:"-"`                    // borrowed
	Program   string `json:"task"`                 // Name to keep, in an event's detail only
}

const (
	pageSize = 4096
	// mostPages is 16 PiB: a number above it is no size of memory.
	mostPages = 1 << 42
)

// Task is the row of the kernel's table that an event of kind oom.task is.
func (e *Event) Task() Task { return e.task }

// readTask reads "[  3240]     0  3240    41795     8139 … apache2": pid, uid,
// tgid, total_vm, rss and further columns by the kernel's version, sizes in
// pages of 4096 bytes, the name last.
func readTask(b []byte) (t Task, ok bool) {
	if len(b) < 20 || b[0] != '[' {
		return t, false
	}
	var col [5]int64
	b = trimBlanks(b[1:])
	for i := range col {
		n, rest, ok := digits(b)
		if !ok || len(rest) == 0 {
			return t, false
		}
		if i == 0 {
			if rest[0] != ']' {
				return t, false
			}
			rest = rest[1:]
		}
		col[i], b = n, trimBlanks(rest)
	}
	// The columns that differ: since 6.8 rss is also split into anonymous, file
	// and shared pages, which makes six numbers before the name instead of three.
	var anon, columns int64
	for {
		n, rest, ok := digits(bytes.TrimPrefix(b, []byte("-")))
		if !ok || len(rest) == 0 || rest[0] != ' ' { // a name may begin with a digit
			break
		}
		if columns == 0 {
			anon = n
		}
		columns++
		b = trimBlanks(rest)
	}
	if col[4] > mostPages || anon > mostPages {
		return t, false
	}
	t = Task{PID: col[0], UID: col[1], RSSBytes: col[4] * pageSize, Name: b}
	if columns >= 6 {
		t.AnonBytes = anon * pageSize
	}
	return t, len(b) > 0
}

// A MemoryTotal is how much there is.
type MemoryTotal struct {
	Bytes  int64 `json:"bytes"`
	Cgroup bool  `json:"cgroup"`
}

// ReadMemoryTotal reads "memory: usage …kB, limit …kB" (a container's limit) or
// "… pages RAM" (the machine's memory), in bytes.
func ReadMemoryTotal(e *Event) (n int64, cgroup, ok bool) {
	if _, rest, found := bytes.Cut(e.text, []byte(", limit ")); found && bytes.HasPrefix(e.text, []byte("memory: usage ")) {
		n, _, ok = digits(rest)
		return n * 1024, true, ok && n < mostPages
	}
	n, rest, ok := digits(e.text)
	return n * pageSize, false, ok && n < mostPages && string(rest) == " pages RAM"
}

// A Segfault is a crash as the kernel saw it.
type Segfault struct {
	Program string `json:"crashed"`
	PID     int64  `json:"crashed_pid"`
	Library string `json:"library,omitempty"`
}

// crashed reads "name[pid]: segfault at …" and "traps: name[pid] trap …". The
// name is the program's own choice and may hold brackets.
func crashed(text []byte) (name []byte, pid int64) {
	head := bytes.TrimPrefix(text, []byte("traps: "))
	for _, said := range []string{": segfault at ", " general protection fault ", " trap invalid opcode "} {
		if i := bytes.Index(head, []byte(said)); i >= 0 {
			head = head[:i]
			break
		}
	}
	open := bytes.LastIndexByte(head, '[')
	if open < 0 {
		return nil, 0
	}
	pid, _, _ = digits(head[open+1:])
	return head[:open], pid
}

// A Unit is a service of systemd.
type Unit struct {
	Unit   string `json:"unit"`
	Result string `json:"result,omitempty"`
}

func detailUnit(e *Event) any {
	d := Unit{Unit: Text(e.Subject())}
	if _, rest, ok := bytes.Cut(e.text, []byte("Failed with result '")); ok {
		result, _, _ := bytes.Cut(rest, []byte("'"))
		d.Result = Text(result)
	} else if _, rest, ok := bytes.Cut(e.text, []byte(" process exited, ")); ok {
		d.Result = Text(rest)
	}
	return d
}

// unitOf reads "mariadb.service: …".
func unitOf(e *Event) []byte {
	if unit, ok := bytes.CutPrefix(e.text, []byte("start request repeated too quickly for ")); ok {
		return unit
	}
	unit, _, _ := bytes.Cut(e.text, []byte(": "))
	unit = bytes.TrimPrefix(unit, []byte("Unit "))
	unit, _, _ = bytes.Cut(unit, []byte(" "))
	return unit
}

// unitAfterVerb reads "Started mariadb.service - MariaDB…" and the older
// "Started MariaDB 10.3 database server."
func unitAfterVerb(e *Event) []byte {
	_, rest, _ := bytes.Cut(e.text, []byte(" "))
	if unit, _, ok := bytes.Cut(rest, []byte(" - ")); ok {
		return unit
	}
	return bytes.TrimRight(rest, ".")
}

// inBrackets is the name in "process 3225 (mariadbd) total-vm:": a name may hold brackets itself.
func inBrackets(e *Event) []byte {
	_, rest, _ := bytes.Cut(e.text, []byte("Killed process "))
	_, rest, ok := bytes.Cut(rest, []byte(" ("))
	if !ok {
		return nil
	}
	for _, end := range []string{") total-vm:", "), ", ") "} {
		if i := bytes.Index(rest, []byte(end)); i >= 0 {
			return rest[:i]
		}
	}
	return bytes.TrimSuffix(bytes.TrimSuffix(rest, []byte(".")), []byte(")")) // before 2.6.24 with a full stop
}
