package parser

import "bytes"

// The kernel's text outside of syslog: what dmesg prints, with and without wall
// clocks, collectors' epoch seconds before it, and the bare text.

var kernelName = []byte("kernel")

var dmesg = &Format{
	Name: "dmesg", begins: "[<k",
	Doc: "the kernel's log with seconds since the start: [12345.678901] text. It has no wall clock",
	Samples: []string{
		"[12345.678901] apache2 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0",
		"<6>[    0.000000] Linux version 6.1.0-21-amd64",
		"[    0.000000][    T0] Linux version 6.1.0-21-amd64",
		"kern  :warn  : [12345.678901] nf_conntrack: table full, dropping packet",
		"[12345.678901] vps512 systemd[1]: Started cron.service.",
		"[12345.678901] systemd-oomd[659]: Killed /system.slice/apache2.service due to memory pressure for /system.slice being 85.03% > 80.00% for > 20s with reclaim activity",
	},
	frame: func(s *Scanner, e *Event, line []byte) bool {
		level, b := cutPriority(line)
		if bytes.HasPrefix(b, []byte("kern  :")) { // dmesg -x
			if i := bytes.Index(b[:min(len(b), 24)], []byte(": [")); i > 7 {
				level, b = levelOf(bytes.TrimSpace(b[7:i])), b[i+2:]
			}
		}
		text := cutUptime(b)
		if len(text) == len(b) {
			return false
		}
		text = cutCaller(text)
		e.Level = level
		text = bytes.TrimPrefix(text, []byte("kernel: ")) // of journalctl without the host
		if bytes.HasPrefix(text, []byte("systemd")) {     // it writes into the kernel's log too
			if program, pid, rest := tag(text); pid != 0 && !bytes.HasPrefix(rest, []byte("segfault at ")) { // that is the kernel's
				e.Program, e.PID = program, pid
				s.programSaid(e, rest)
				return true
			}
		}
		if i := bytes.IndexByte(text, ' '); i > 0 && text[i-1] != ':' { // journalctl -o short-monotonic
			if program, pid, _ := tag(text[i+1:]); pid != 0 && bytes.IndexByte(program, ' ') < 0 || string(program) == "kernel" {
				s.syslogHost(e, text)
				return true
			}
		}
		e.Program, e.Message = kernelName, text
		return true
	},
}

// cutCaller drops "[  T411] ", which the kernel writes with CONFIG_PRINTK_CALLER.
func cutCaller(b []byte) []byte {
	i := bytes.IndexByte(b[:min(len(b), 12)], ']')
	if i < 3 || b[0] != '[' {
		return b
	}
	id := trimBlanks(b[1:i])
	if len(id) < 2 || id[0] != 'T' && id[0] != 'C' {
		return b
	}
	if _, rest, ok := digits(id[1:]); !ok || len(rest) > 0 {
		return b
	}
	return bytes.TrimPrefix(b[i+1:], []byte(" "))
}

var dmesgClock = &Format{
	Name: "dmesg-T", begins: "[",
	Doc: "the kernel's log as dmesg -T prints it: [Thu Nov 19 03:12:44 2026] text, also in other languages. Its clock is wrong after a suspend",
	Samples: []string{
		"[Thu Nov 19 03:12:44 2026] php-fpm8.2 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0",
		"[Di Aug 12 03:54:03 2025] [   3240]    33  3240    41795     8139   225280        0             0 apache2",
		"[Ср мар 10 03:54:03 2027] Mem-Info:",
	},
	frame: func(s *Scanner, e *Event, line []byte) bool {
		i := bytes.IndexByte(line[:min(len(line), 64)], ']')
		if i < 20 || i+2 >= len(line) || line[i+1] != ' ' {
			return false
		}
		_, b, ok := bytes.Cut(line[1:i], []byte(" "))
		if !ok {
			return false
		}
		month, b := monthName(trimBlanks(b))
		if month == 0 || len(b) == 0 {
			return false
		}
		mday, b, ok := digits(trimBlanks(b))
		if !ok || mday < 1 || mday > 31 || len(b) == 0 || b[0] != ' ' {
			return false
		}
		hour, min, sec, ok := clock(b[1:])
		if !ok {
			return false
		}
		year, b, ok := digits(trimBlanks(b[9:]))
		if !ok || len(b) > 0 || year < 1970 || year > 9999 || !kernelMayWrite(line[i+2:]) {
			return false
		}
		e.Time, e.Stamp = wall(int(year), month, int(mday), hour, min, sec), StampTime
		e.Program, e.Message = kernelName, line[i+2:]
		return true
	},
}

// kernelMayWrite tells whether the kernel can be the author of a text behind
// such a stamp: Perl's CGI::Carp writes the same, with the script's name behind
// it, and so do old modules of httpd.
func kernelMayWrite(text []byte) bool {
	head := text[:min(len(text), 64)]
	for _, other := range []string{"[client ", "[remote ", "[pid ", "PHP "} {
		if bytes.Contains(head, []byte(other)) {
			return false
		}
	}
	for _, end := range scriptEnds {
		if bytes.Contains(head, []byte(end)) {
			return false
		}
	}
	if group, _, ok := bracket(text); ok { // [error], [core:error]
		level := group
		if i := bytes.LastIndexByte(group, ':'); i >= 0 {
			level = group[i+1:]
		}
		return levelOf(level) == LevelNone
	}
	return true
}

var epochLine = &Format{
	Name: "epoch", begins: "0123456789",
	Doc: "a collector's epoch seconds before syslog's or the kernel's text: 1800000000 host [12345.678901] text",
	Samples: []string{
		"1800000000 vps512 [30533610.306528] apache2 invoked oom-killer: gfp_mask=0x24000c0, order=0, oom_score_adj=0",
		"1800000000.250 vps512 sshd[811]: Server listening on 0.0.0.0 port 22.",
	},
	frame: func(s *Scanner, e *Event, line []byte) bool {
		t, b, ok := digits(line)
		if !ok || len(line)-len(b) != 10 {
			return false
		}
		var micro int64
		if len(b) > 1 && b[0] == '.' && b[1]-'0' <= 9 {
			micro, b = fraction(b[1:])
		}
		if len(b) < 3 || b[0] != ' ' || b[1] == ' ' {
			return false
		}
		b = b[1:]
		i := bytes.IndexByte(b, ' ')
		if i < 1 {
			return false
		}
		text := cutUptime(b[i+1:])
		if len(text) == len(b)-i-1 {
			if program, pid, _ := tag(b[i+1:]); pid == 0 && string(program) != "kernel" {
				return false
			}
			s.syslogHost(e, b)
		} else {
			e.Host, e.Program, e.Message = b[:i:i], kernelName, text
		}
		e.Time, e.Stamp, e.UTCOffset = t*second+micro, StampTime|StampZone, 0
		return true
	},
}

var kernelBare = &Format{
	Name: "kernel-bare",
	Doc:  "lines of the kernel's report of an out-of-memory kill without any frame, as people copy them",
	Samples: []string{
		"sed invoked oom-killer: gfp_mask=0x201da, order=0, oom_score_adj=0",
		"Killed process 1012 (heap ster) total-vm:327128kB, anon-rss:306328kB, file-rss:11132kB, shmem-rss:12345kB",
		"[13536] 27585 13536  8389663      343   16267  8324326             0 mysqld",
		"shop01 kernel: Out of memory: Killed process 1012 (mysqld).", // syslog's, whose stamp was cut off
	},
	frame: func(s *Scanner, e *Event, line []byte) bool {
		if host, rest := kernelHost(line); rest != nil {
			e.Host, line = host, rest
		}
		if !kernelWords(line) {
			e.Host = nil
			return false
		}
		e.Program, e.Message = kernelName, line
		return true
	},
}

// What the lines of the kernel's reports begin with (mm/oom_kill.c,
// mm/show_mem.c, mm/memcontrol.c and the registers of x86).
var kernelHeads = []string{
	"Out of memory: Kill", "Out of Memory: Kill", "Out of memory: kill process ", "Out of memory (oom_kill_allocating_task): Kill", "Out of memory and no killable process",
	"Memory cgroup out of memory: Kill", "Memory cgroup stats for ", "oom-kill:constraint=CONSTRAINT_", "oom_reaper: reaped process ",
	"Tasks state (memory values in pages):", "[ pid ]   uid", "[  pid  ]   uid", "Mem-Info:", "Mem-info:", "active_anon:", "Active:",
	"lowmem_reserve[]:", "Swap cache stats: add ", "Free swap  = ", "Total swap = ", "Free swap:  ",
	"memory: usage ", "memory+swap: usage ", "swap: usage ", "kmem: usage ", "Hardware name: ", "Call Trace:", "Call trace:",
	"<TASK>", "</TASK>", "<IRQ>", "</IRQ>", "RIP: 00", "RSP: 00", "RAX: ", "RBX: ", "RCX: ", "RDX: ", "RSI: ", "RDI: ", "RBP: ", "R08: ", "R09: ",
	"R10: ", "R11: ", "R12: ", "R13: ", "R14: ", "R15: ", "ORIG_RAX: ", "Code: Unable to access opcode bytes at ", "Code: Bad RIP value.",
	"WARNING: CPU: ", "---[ end trace ", "---[ end Kernel panic ", "------------[ cut here ]------------",
}

// kernelWords tells whether a line without a frame is one of the kernel's report
// of an out-of-memory kill: whole shapes, since anybody may have written it.
func kernelWords(line []byte) bool {
	b := trimBlanks(line)
	if len(b) < 6 {
		return false
	}
	for _, head := range kernelHeads {
		if b[0] == head[0] && bytes.HasPrefix(b, []byte(head)) {
			return true
		}
	}
	switch {
	case bytes.HasPrefix(b, []byte("Killed process ")):
		return bytes.Contains(b, []byte("total-vm:")) || bytes.HasSuffix(b, []byte(")"))
	case bytes.HasPrefix(b, []byte("Pid: ")): // before Linux 3.9
		return bytes.Contains(b, []byte(", comm: "))
	case bytes.HasPrefix(b, []byte("CPU: ")):
		return bytes.Contains(b, []byte(" Comm: "))
	case bytes.HasPrefix(b, []byte("Node ")):
		return b[5]-'0' <= 9
	case bytes.HasPrefix(b, []byte("Task in /")):
		return bytes.Contains(b, []byte(" killed as a result of limit of "))
	case bytes.HasPrefix(b, []byte("Tasks in /")):
		return bytes.HasSuffix(b, []byte(" are going to be killed due to memory.oom.group set"))
	case b[0] == '[':
		return kernelRow(b) || bytes.HasPrefix(b, []byte("[<")) && bytes.Contains(b, []byte(">] ")) ||
			line[0] == ' ' && bytes.Contains(b, []byte("+0x")) && bytes.Contains(b, []byte("/0x")) // a function's name in brackets, before Linux 2.6.25
	case b[0]-'0' <= 9:
		if _, rest, ok := digits(b); ok && bytes.HasPrefix(rest, []byte(" ")) && (bytes.Contains(rest[:min(len(rest), 24)], []byte(" pages")) || string(rest) == " total pagecache pages") {
			return true
		}
	case bytes.Contains(b, []byte(" invoked oom-killer: gfp_mask=0x")):
		return true
	case segfaultLine(b):
		return true
	case bytes.HasSuffix(b, []byte(" mems_allowed=0")) || bytes.Contains(b, []byte(" cpuset=")) && bytes.Contains(b, []byte(" mems_allowed=")):
		return true
	}
	if line[0] != ' ' {
		return false
	}
	// A function of the trace, a row of addresses, a row of counters: all with a blank before them.
	if i := bytes.Index(b, []byte("+0x")); i > 0 {
		return bytes.Contains(b[i:], []byte("/0x"))
	}
	for len(b) > 0 {
		word := b
		if i := bytes.IndexByte(b, ' '); i >= 0 {
			word, b = b[:i], trimBlanks(b[i:])
		} else {
			b = nil
		}
		if !hexWord(word) && !counter(word) {
			return false
		}
	}
	return true
}

// kernelRow tells whether a line is a row of the table of processes.
func kernelRow(b []byte) bool {
	if b[0] != '[' {
		return false
	}
	_, ok := readTask(b)
	return ok
}

func hexWord(b []byte) bool {
	if len(b) != 16 {
		return false
	}
	for _, c := range b {
		if c-'0' > 9 && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// counter reads "slab_reclaimable:27412".
func counter(b []byte) bool {
	i := bytes.IndexByte(b, ':')
	if i < 3 {
		return false
	}
	for _, c := range b[:i] {
		if (c < 'a' || c > 'z') && c != '_' {
			return false
		}
	}
	_, rest, ok := digits(b[i+1:])
	return ok && (len(rest) == 0 || string(rest) == "kB")
}
