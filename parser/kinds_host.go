package parser

import "bytes"

// What the kernel, systemd, killers in user space, loggers and the tools that
// look after a machine write, beside what kinds_system.go has.

const oomdLine = "Mar 14 07:39:24 vps512 systemd-oomd[411]: "

var (
	oomReason = &Kind{
		Name: "oom.reason", Role: Noise, Family: Kernel, Prefix: []string{"Task in /", "Tasks in /", "memory+swap: usage ", "swap: usage ", "kmem: usage "},
		Title: "whose memory limit was reached",
		Doc:   "The control group whose memory limit was reached, and the one of the process that is killed for it.",
		Samples: []string{
			kernelLine + "Task in /docker/0123456789abcdef killed as a result of limit of /docker",
			kernelLine + "Tasks in /system.slice/php8.2-fpm.service are going to be killed due to memory.oom.group set",
		},
		detail: func(e *Event) any {
			task, limit, _ := bytes.Cut(e.text, []byte(" killed as a result of limit of "))
			_, task, _ = bytes.Cut(task, []byte(" in "))
			task, _, _ = bytes.Cut(task, []byte(" are going to be killed "))
			return OOMReason{Group: Text(task), Limit: Text(limit)}
		},
	}
	oomSpace = &Kind{
		Name: "oom.userspace", Role: State, Severity: 4,
		Title:  "memory ran short and a guard killed a process",
		Doc:    "earlyoom or systemd-oomd killed this before memory ran out. The kernel writes nothing of it.",
		Prefix: []string{"Killed /", "Marked /", "sending SIG"},
		Samples: []string{
			oomdLine + "Killed /system.slice/mariadb.service due to memory pressure for /system.slice being 61.30% > 60.00% for > 20s with reclaim activity",
			oomdLine + "Marked /system.slice/apache2.service for killing due to memory used (1020 MB) / total (1024 MB) and swap used (900 MB) / total (1000 MB) being more than 90.00%",
			`Mar 14 07:39:24 vps512 earlyoom[300]: sending SIGTERM to process 3225 uid 102 "mariadbd": badness 868, VmRSS 412 MiB`,
		},
		Misses: []string{
			"Mar 14 07:39:24 vps512 app[300]: sending SIGTERM to process 3225",
			`Mar 14 07:39:24 vps512 earlyoom[300]: sending SIGTERM when mem <= 10.00% and swap <= 10.00%,`,
		},
		match: func(e *Event) bool {
			switch string(e.Program) {
			case "systemd-oomd":
				return e.text[0] != 's' && bytes.Contains(e.text, []byte(" due to "))
			case "earlyoom":
				return bytes.Contains(e.text, []byte(" to process "))
			}
			return false
		},
		subject: func(e *Event) []byte { return guardVictim(e).name },
		pid:     func(e *Event) int64 { return guardVictim(e).pid },
		detail: func(e *Event) any {
			v := guardVictim(e)
			return OOMVictim{Victim: Text(v.name), PID: v.pid, RSSBytes: v.rss, Cgroup: v.pid == 0}
		},
	}
	oomNear = &Kind{
		Name: "oom.near", Role: State, Severity: 3,
		Title:   "memory was low, says earlyoom",
		Doc:     "earlyoom found memory and swap below its limits; what it did about it is the next line.",
		Prefix:  []string{"low memory! at or below SIGTERM limits", "low memory! at or below SIGKILL limits"},
		Samples: []string{"Mar 14 07:39:24 vps512 earlyoom[300]: low memory! at or below SIGTERM limits: mem 10.00%, swap 10.00%"},
		match:   byPrograms("earlyoom"),
	}

	hostAddress = &Kind{
		Name: "host.address", Role: Noise,
		Title:    "the machine has an address",
		Doc:      "An address that this machine was given or uses itself. Requests from it are the server's own.",
		Prefix:   []string{"bound to ", "Registering new address record for ", "Listen normally on "},
		Contains: []string{": DHCPv4 address "},
		Samples: []string{
			"Mar 14 07:39:24 vps512 dhclient[300]: bound to 192.0.2.5 -- renewal in 1800 seconds.",
			"Mar 14 07:39:24 vps512 systemd-networkd[300]: eth0: DHCPv4 address 192.0.2.5/24 via 192.0.2.1",
			"Mar 14 07:39:24 vps512 avahi-daemon[300]: Registering new address record for 192.0.2.5 on eth0.IPv4.",
			"Mar 14 07:39:24 vps512 ntpd[300]: Listen normally on 3 eth0 192.0.2.5:123",
		},
		Misses: []string{
			"Mar 14 07:39:24 vps512 app[300]: bound to 192.0.2.5 -- renewal in 1800 seconds.",
			"Mar 14 07:39:24 vps512 app[300]: visitor: DHCPv4 address 192.0.2.5/24 via 192.0.2.1",
		},
		match:   byPrograms("dhclient", "systemd-networkd", "avahi-daemon", "ntpd"),
		subject: ownAddress,
	}

	kernelSockets = &Kind{
		Name: "kernel.sockets", Role: State, Severity: 3, Family: Kernel, Prefix: []string{"TCP: out of memory -- consider tuning tcp_mem", "TCP: too many orphaned sockets", "TCP: too many of orphaned sockets", "Out of socket memory"},
		Title:   "the network ran out of memory",
		Doc:     "The kernel's memory for connections ran out: far too many of them, or too small a limit.",
		Samples: []string{kernelLine + "TCP: too many orphaned sockets"},
	}
	kernelAlloc = &Kind{
		Name: "kernel.alloc", Role: State, Severity: 3, Family: Kernel, Contains: []string{": page allocation "},
		Title:   "the kernel found no memory for a program",
		Doc:     "A program's request for memory failed in the kernel, or took seconds. An out-of-memory kill may follow.",
		Samples: []string{kernelLine + "apache2: page allocation failure: order:4, mode:0x40cc0(GFP_KERNEL|__GFP_COMP), nodemask=(null)"},
		match: func(e *Event) bool {
			return bytes.Contains(e.text, []byte(" allocation failure")) || bytes.Contains(e.text, []byte(" allocation stalls for "))
		},
		subject: func(e *Event) []byte { name, _, _ := bytes.Cut(e.text, []byte(": page ")); return name },
	}
	kernelLockup = &Kind{
		Name: "kernel.lockup", Role: State, Severity: 3, Family: Kernel, Prefix: []string{"watchdog: ", "NMI watchdog: ", "BUG: soft lockup", "Watchdog detected ", "rcu: INFO: rcu_", "INFO: rcu_"},
		Title:   "a processor was stuck",
		Doc:     "A processor did nothing else for seconds: a bug, or a virtual machine whose host is overloaded.",
		Samples: []string{kernelLine + "watchdog: BUG: soft lockup - CPU#1 stuck for 23s! [apache2:3225]"},
		Misses:  []string{kernelLine + "NMI watchdog: Enabled. Permanently consumes one hw-PMU counter."},
		match: func(e *Event) bool {
			return bytes.Contains(e.text, []byte("soft lockup")) || bytes.Contains(e.text, []byte("hard LOCKUP")) || bytes.Contains(e.text, []byte("stall"))
		},
	}
	kernelIO = &Kind{
		Name: "kernel.io", Role: State, Severity: 4, Family: Kernel, Prefix: []string{"I/O error, dev ", "end_request: I/O error", "critical medium error, dev ", "blk_update_request: critical ", "BTRFS error (", "BTRFS critical (", "EXT4-fs warning (", "Aborting journal on device "},
		Title:   "the disk failed to read or write",
		Doc:     "The disk failed to read or write a block, or the file system found damage.",
		Samples: []string{kernelLine + "I/O error, dev vda, sector 411 op 0x0:(READ) flags 0x80700 phys_seg 1 prio class 2"},
	}
	kernelReport = &Kind{
		Name: "kernel.report", Role: Noise, Family: Kernel,
		Title:    "a line of a report of the kernel",
		Doc:      "Registers, calls and tables of memory in a report of the kernel.",
		Samples:  []string{kernelLine + " oom_kill_process.cold+0xb/0x10", "Hardware name: QEMU Standard PC (i440FX + PIIX, 1996), BIOS 1.16 04/01/2014"},
		Misses:   []string{kernelLine + "Mem-Info:"},
		Prefix:   append([]string{" ", "CPU: ", "Pid: ", "[<", "Node ", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}, kernelHeads...),
		Contains: []string{" mems_allowed="},
		match:    func(e *Event) bool { return kernelWords(e.text) },
	}
	firewallPacket = &Kind{
		Name: "firewall.packet", Role: Noise, Family: Kernel, Contains: []string{" OUT="},
		Title: "the firewall wrote of a packet",
		Doc: "A LOG rule of the firewall matched a packet. Its source may be forged and never reached the web server, " +
			"so it is not the event's client.",
		Samples: []string{
			kernelLine + "DROP-INPUT: IN=eth0 OUT= MAC=52:54:00:aa:bb:cc SRC=192.0.2.14 DST=203.0.113.40 LEN=40 TOS=0x00 PREC=0x00 TTL=244 ID=1 PROTO=TCP SPT=32800 DPT=23",
			kernelLine + "[UFW ALLOW] IN= OUT=eth0 SRC=203.0.113.40 DST=192.0.2.53 LEN=60 PROTO=UDP SPT=32800 DPT=53",
		},
		Misses: []string{kernelLine + "usb 1-1: OUT=7"},
		match: func(e *Event) bool {
			return bytes.Contains(e.text, []byte("IN=")) && bytes.Contains(e.text, []byte(" SRC=")) && bytes.Contains(e.text, []byte(" PROTO="))
		},
		detail: detailPacket,
	}

	unitKilled = &Kind{
		Name: "unit.killed", Role: State, Severity: 3, Family: Systemd, Contains: []string{" timed out. Killing", " with signal SIGKILL", ": Watchdog timeout", ": Sent signal SIGKILL to ", " with SIGKILL on client request"},
		Title:   "systemd ended a service by force",
		Doc:     "A service did not stop in time, or did not answer, and systemd killed it, or somebody told systemd to (on client request).",
		Samples: []string{systemdLine + "mariadb.service: State 'stop-sigterm' timed out. Killing.", systemdLine + "mariadb.service: Killing process 811 (mariadbd) with signal SIGKILL.", systemdLine + "mariadb.service: Sent signal SIGKILL to main process 2836 (mariadbd) on client request."},
		subject: unitOf, detail: detailUnit,
	}
	unitProcess = &Kind{
		Name: "unit.process", Role: State, Severity: 2, Family: Systemd, Contains: []string{": Control process exited, ", ": control process exited, "},
		Title:   "a process of a service ended",
		Doc:     "A process of a service ended as it should not; the line says how.",
		Samples: []string{systemdLine + "mariadb.service: control process exited, code=exited status=1"},
		subject: unitOf, detail: detailUnit,
	}
	unitNoStart = &Kind{
		Name: "unit.nostart", Role: State, Severity: 3, Family: Systemd, Prefix: []string{"Failed to start ", "Dependency failed for "},
		Title:   "systemd could not start a service",
		Doc:     "systemd could not start a service, or did not try since another one that it needs is down.",
		Samples: []string{systemdLine + "Failed to start mariadb.service - MariaDB 10.11.19 database server."},
		subject: func(e *Event) []byte {
			rest := bytes.TrimPrefix(bytes.TrimPrefix(e.text, []byte("Failed to start ")), []byte("Dependency failed for "))
			if unit, _, ok := bytes.Cut(rest, []byte(" - ")); ok {
				return unit
			}
			return bytes.TrimRight(rest, ".")
		},
		detail: detailUnit,
	}
	unitGuarded = &Kind{
		Name: "unit.oomd", Role: State, Severity: 3, Family: Systemd, Contains: []string{": systemd-oomd killed "},
		Title:   "a service lost processes to systemd-oomd",
		Doc:     "systemd-oomd killed processes of this service since memory ran short.",
		Samples: []string{systemdLine + "mariadb.service: systemd-oomd killed 1 process(es) in this unit."},
		subject: unitOf, detail: detailUnit,
	}
	unitDone = &Kind{
		Name: "unit.done", Role: Noise, Family: Systemd, Contains: []string{": Deactivated successfully", ": Succeeded.", ": Consumed "},
		Title:   "a service ended as it should",
		Doc:     "A service ended as it should; the line may tell what it used.",
		Samples: []string{systemdLine + "mariadb.service: Consumed 1min 2.345s CPU time, 411.0M memory peak."},
		subject: unitOf, detail: detailUnit,
	}

	hostShutdown = &Kind{
		Name: "host.shutdown", Role: State, Severity: 2,
		Title:  "the machine was told to stop or to restart",
		Doc:    "The machine was told to stop or to restart: what ends after it, ends for that reason.",
		Prefix: []string{"System is rebooting", "System is powering down", "System is halting", "The system will reboot ", "The system will power off ", "The system is going down for ", "shutting down for system ", "reboot by ", "halt by ", "power-down by ", "shutdown by "},
		Samples: []string{
			"Mar 14 07:39:24 vps512 systemd-logind[300]: System is rebooting.",
			"Mar 14 07:39:24 vps512 shutdown[2649]: shutting down for system reboot",
			"Mar 14 07:39:24 vps512 shutdown[2649]: reboot by root: kernel update", // BSD's
		},
		Misses: []string{"Mar 14 07:39:24 vps512 app[300]: System is rebooting."},
		match:  byPrograms("systemd-logind", "shutdown", "systemd-shutdown", "systemd"),
	}
	hostMaintained = &Kind{
		Name: "host.maintained", Role: Noise,
		Title: "a program that looks after the machine was at work",
		Doc:   "Updates, restarts after updates, certificates, rotated logs: they explain a restart or a reload.",
		Samples: []string{
			"Mar 14 06:39:24 vps512 unattended-upgrade[1411]: Packages that will be upgraded: libssl3 openssl",
			"Mar 14 06:39:24 vps512 certbot[1411]: Congratulations, all renewals succeeded",
		},
		Misses: []string{"Mar 14 06:39:24 vps512 app[1411]: Packages that will be upgraded: libssl3 openssl"},
		match: func(e *Event) bool {
			switch string(e.Program) {
			case "unattended-upgrade", "unattended-upgrades", "apt", "apt-get", "apt.systemd.daily", "aptitude", "dpkg", "yum", "dnf", "dnf-automatic",
				"zypper", "needrestart", "certbot", "letsencrypt", "acme.sh", "logrotate", "snapd", "fwupdmgr", "puppet-agent":
				return true
			}
			return false
		},
		subject: func(e *Event) []byte { return e.Program },
	}
	logHeader = &Kind{
		Name: "log.header", Role: Noise,
		Title: "a mark of the tool that printed the log",
		Doc:   "A mark of the tool that printed the log, no line of a program: where a file begins, where the journal begins.",
		Samples: []string{
			"==> /var/log/apache2/error.log <==",
			"-- Logs begin at Thu 2026-03-12 00:00:01 CET, end at Sat 2026-03-14 07:39:24 CET. --",
			"-- Subject: Unit process exited", // journalctl -x
		},
		match: func(e *Event) bool { return e.Format == toolMark || e.Format == journalNote },
	}
	hostBoot = &Kind{
		Name: "host.boot", Role: State, Severity: 2,
		Title:   "the machine started",
		Doc:     "The journal's mark between two runs of the machine.",
		Prefix:  []string{"-- Boot ", "-- Reboot --"},
		Samples: []string{"-- Boot 5e3f1c0d5b1a4b8e9f6d7c8b9a0e1f2d --", "-- Reboot --"},
		Misses:  []string{"-- Logs begin at Thu 2026-03-12 00:00:01 CET, end at Sat 2026-03-14 07:39:24 CET. --", "Mar 14 07:39:24 vps512 app[300]: -- Reboot --"},
		match:   func(e *Event) bool { return e.Format == toolMark },
	}
	containerOther = &Kind{
		Name: "container.other", Role: Noise,
		Title:   "another line of a container",
		Doc:     "A line that came out of a container and is in no format that is known.",
		Samples: []string{"2026-06-19T20:53:21.550957282Z stdout F ready"},
		match:   func(e *Event) bool { return e.Format == containerText },
	}
)

// byPrograms is a kind's match: the line is of one of these programs.
func byPrograms(names ...string) func(*Event) bool {
	return func(e *Event) bool {
		for _, name := range names {
			if string(e.Program) == name {
				return true
			}
		}
		return false
	}
}

// An OOMReason is what a kill was for.
type OOMReason struct {
	Group string `json:"group"` // the killed process's control group
	Limit string `json:"limit,omitempty"`
}

// An OOMChoice is whom the kernel chose, and why: the group names the service.
type OOMChoice struct {
	Constraint string `json:"constraint"` // NONE: the machine's memory, MEMCG: a group's limit
	Group      string `json:"group,omitempty"`
	Task       string `json:"task"`
	PID        int64  `json:"task_pid"`
}

// detailOOMChoice reads "oom-kill:constraint=CONSTRAINT_NONE,…,task_memcg=/a,task=b,pid=1,uid=2".
func detailOOMChoice(e *Event) any {
	rest, ok := bytes.CutPrefix(e.text, []byte("oom-kill:constraint=CONSTRAINT_"))
	if !ok {
		return nil
	}
	var d OOMChoice
	constraint, rest, _ := bytes.Cut(rest, []byte(","))
	d.Constraint = Text(constraint)
	if i := lastIndex(rest, ",pid="); i >= 0 {
		d.PID, _, _ = digits(rest[i+len(",pid="):])
		rest = rest[:i]
	}
	if i := lastIndex(rest, ",task="); i >= 0 {
		d.Task = Text(rest[i+len(",task="):])
		rest = rest[:i]
	}
	if _, group, ok := bytes.Cut(rest, []byte("task_memcg=")); ok {
		d.Group = Text(group)
	}
	return d
}

type victim struct {
	name     []byte
	pid, rss int64
}

// guardVictim reads `sending SIGTERM to process 3225 uid 102 "mariadbd": badness
// 868, VmRSS 412 MiB` of earlyoom, and systemd-oomd's control group. A name may
// hold quotes, so its end is that of the text which follows.
func guardVictim(e *Event) (v victim) {
	if e.text[0] != 's' {
		_, rest, _ := bytes.Cut(e.text, []byte(" "))
		v.name, _, _ = bytes.Cut(rest, []byte(" "))
		return v
	}
	_, rest, _ := bytes.Cut(e.text, []byte(" to process "))
	v.pid, rest, _ = digits(rest)
	open, end := bytes.IndexByte(rest, '"'), lastIndex(rest, `": `)
	if open < 0 || end <= open {
		return v
	}
	v.name = rest[open+1 : end]
	if i := lastIndex(rest[end:], " VmRSS "); i >= 0 {
		n, _, _ := digits(rest[end+i+len(" VmRSS "):])
		v.rss = n << 20
	}
	return v
}

// A Packet is what the firewall wrote of one.
type Packet struct {
	Rule     string `json:"rule,omitempty"`
	Source   string `json:"src"`
	Target   string `json:"dst"`
	Protocol string `json:"proto,omitempty"`
	Port     int64  `json:"dpt,omitempty"`
}

func detailPacket(e *Event) any {
	rule, _, _ := bytes.Cut(e.text, []byte("IN="))
	field := func(name string) []byte {
		_, rest, _ := bytes.Cut(e.text[len(rule):], []byte(name))
		value, _, _ := bytes.Cut(rest, []byte(" "))
		return value
	}
	port, _, _ := digits(field(" DPT="))
	return Packet{
		Rule: Text(bytes.Trim(rule, " :[]")), Source: Text(field(" SRC=")), Target: Text(field(" DST=")),
		Protocol: Text(field(" PROTO=")), Port: port,
	}
}

// guessedName is the address that Apache took for its name.
func guessedName(e *Event) []byte {
	_, name, _ := bytes.Cut(e.Words(), []byte("domain name, using "))
	name, _, _ = bytes.Cut(name, []byte(". Set "))
	return name
}

// ownAddress is the address that a line says the machine has.
func ownAddress(e *Event) []byte {
	text := e.text
	switch string(e.Program) {
	case "ntpd": // number, interface, address with its port
		_, text, _ = bytes.Cut(text, []byte("Listen normally on "))
		_, text, _ = bytes.Cut(text, []byte(" "))
		_, text, _ = bytes.Cut(text, []byte(" "))
		return text
	case "systemd-networkd":
		_, text, _ = bytes.Cut(text, []byte(": DHCPv4 address "))
	default:
		for _, before := range []string{"bound to ", "Registering new address record for "} {
			text = bytes.TrimPrefix(text, []byte(before))
		}
	}
	text, _, _ = bytes.Cut(text, []byte(" "))
	text, _, _ = bytes.Cut(text, []byte("/"))
	return text
}
