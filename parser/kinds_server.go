package parser

import "bytes"

// The life of the web server: its workers, its starts and stops (httpd's
// server/mpm_unix.c and the three Unix MPMs).

const exhaustedDoc = "All workers were busy; further visitors waited. It is written once in a parent's life, so one line is not one occurrence, and it never tells why: look at the minutes before."

var (
	workersExhausted = &Kind{
		Name: "workers.exhausted", Role: State, Severity: 3, Family: HTTPD, Codes: []uint16{161, 286, 326, 484}, Prefix: []string{"server reached MaxClients", "server reached MaxRequestWorkers", "Server ran out of threads to serve requests."},
		Title: "all workers were busy (MaxRequestWorkers)",
		Doc:   exhaustedDoc,
		Samples: []string{
			"[Fri May 05 00:00:00.072306 2017] [mpm_prefork:error] [pid 2142] AH00161: server reached MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting",
			"[Mon Dec 26 16:22:08 2016] [error] server reached MaxClients setting, consider raising the MaxClients setting",
			"[Fri May 05 00:00:00.072306 2017] [mpm_winnt:error] [pid 4712:tid 1234] AH00326: Server ran out of threads to serve requests. Consider raising the ThreadsPerChild setting",
		},
		Misses: []string{
			apacheLine + "[mpm_worker:error] [pid 7:tid 7] AH00287: server is within MinSpareThreads of MaxRequestWorkers, consider raising the MaxRequestWorkers setting",
		},
	}
	workersNear = &Kind{
		Name: "workers.near", Role: State, Severity: 2, Family: HTTPD, Codes: []uint16{287, 10159},
		Title:   "nearly all workers were busy",
		Doc:     "Nearly all workers were busy. Written once in a parent's life.",
		Samples: []string{apacheLine + "[mpm_event:error] [pid 7:tid 7] AH10159: server is within MinSpareThreads of MaxRequestWorkers, consider raising the MaxRequestWorkers setting"},
	}
	workersBusy = &Kind{
		Name: "workers.busy", Role: State, Severity: 1, Family: HTTPD, Codes: []uint16{162, 289, 486}, Prefix: []string{"server seems busy, "},
		Title:   "Apache started many workers at once",
		Doc:     "The server started many workers at once: a rush of visitors. Hidden at the default LogLevel.",
		Samples: []string{apacheLine + "[mpm_prefork:info] [pid 7:tid 7] AH00162: server seems busy, (you may need to increase StartServers, or Min/MaxSpareServers), spawning 8 children, there are 0 idle, and 13 total children"},
	}
	scoreboardFull = &Kind{
		Name: "scoreboard.full", Role: State, Severity: 3, Family: HTTPD, Codes: []uint16{288, 485, 3490},
		Title:   "old workers left no room for new ones",
		Doc:     "Old workers that had not finished left no room for new ones after a reload.",
		Samples: []string{apacheLine + "[mpm_event:error] [pid 7:tid 7] AH03490: scoreboard is full, not at MaxRequestWorkers.Increase ServerLimit."},
	}
	forkFailed = &Kind{
		Name: "fork.failed", Role: State, Severity: 4, Family: HTTPD, Codes: []uint16{159, 283, 481, 480, 474, 3104, 282, 3142, 2324, 2325}, Prefix: []string{"fork: Unable to fork new process"},
		Title:   "the system refused Apache a new process",
		Doc:     "The system refused a new process or thread: no memory, or a limit on processes.",
		Samples: []string{apacheLine + "[mpm_prefork:error] [pid 7:tid 7] (12)Cannot allocate memory: AH00159: fork: Unable to fork new process"},
	}
	childSIGTERM = &Kind{
		Name: "child.sigterm", Role: State, Severity: 2, Family: HTTPD, Codes: []uint16{45}, Prefix: []string{"child process "},
		Title:   "a worker did not end and was sent SIGTERM",
		Doc:     "A worker did not end when the server stopped: its request was stuck. Repeated every two seconds for the same worker.",
		Samples: []string{"[Fri May 05 00:01:10.048041 2017] [core:warn] [pid 2142] AH00045: child process 18776 still did not exit, sending a SIGTERM"},
		Misses:  []string{"[Fri May 05 00:01:10.048041 2017] [core:error] [pid 2142] AH00046: child process 18776 still did not exit, sending a SIGKILL"},
		match:   endsWith("SIGTERM"), pid: firstPID, detail: detailChild,
	}
	childSIGKILL = &Kind{
		Name: "child.sigkill", Role: State, Severity: 3, Family: HTTPD, Codes: []uint16{46}, Prefix: []string{"child process "},
		Title:   "a worker did not end and was killed",
		Doc:     "A worker did not end when told to and was killed.",
		Samples: []string{"[Fri May 05 00:01:10.048041 2017] [core:error] [pid 2142] AH00046: child process 18776 still did not exit, sending a SIGKILL"},
		match:   endsWith("SIGKILL"), pid: firstPID, detail: detailChild,
	}
	childStuck = &Kind{
		Name: "child.stuck", Role: State, Severity: 3, Family: HTTPD, Codes: []uint16{47},
		Title:   "a worker could not even be killed",
		Doc:     "A worker could not even be killed: it hangs in the kernel, on a disk or on the network.",
		Samples: []string{"[Fri May 05 00:01:10.048041 2017] [core:error] [pid 2142] AH00047: could not make child process 18776 exit, attempting to continue anyway"},
		pid:     firstPID, detail: detailChild,
	}
	childSegfault = &Kind{
		Name: "child.segfault", Role: State, Severity: 2, Family: HTTPD, Codes: []uint16{51, 52}, Prefix: []string{"child pid "},
		Title: "a worker crashed (segmentation fault)",
		Doc:   "A worker crashed. Now and then: a bug in PHP or an extension. Many after an update: the update. Many on one address: perhaps an exploit.",
		Samples: []string{
			"[Fri May 05 00:01:10.048165 2017] [core:notice] [pid 2142] AH00051: child pid 12025 exit signal Segmentation fault (11), possible coredump in /etc/apache2",
			"[Mon Dec 26 16:22:08 2016] [notice] child pid 3809 exit signal Segmentation fault (11)",
		},
		Misses: []string{"[Fri May 05 00:01:10.048165 2017] [core:notice] [pid 2142] AH00052: child pid 12025 exit signal Aborted (6)"},
		match:  func(e *Event) bool { return bytes.Contains(e.text, []byte("Segmentation fault")) }, pid: firstPID, detail: detailChild,
	}
	childExit = &Kind{
		Name: "child.exit", Role: State, Severity: 2, Family: HTTPD, Codes: []uint16{51, 52, 428}, Prefix: []string{"child pid "},
		Title:   "a worker was ended by a signal",
		Doc:     "A worker ended by a signal other than a segmentation fault.",
		Samples: []string{"[Fri May 05 00:01:10.048165 2017] [core:notice] [pid 2142] AH00052: child pid 12025 exit signal Aborted (6)"},
		pid:     firstPID, detail: detailChild,
	}
	serverStart = &Kind{
		Name: "server.start", Role: State, Severity: 0, Family: HTTPD, Codes: []uint16{163, 292, 455, 489}, Prefix: []string{"Apache", "LiteSpeed/"},
		Title: "Apache was up",
		Doc:   "The web server is up, after a start or a reload. The line names the versions.",
		Samples: []string{
			"[Sat Mar 14 06:10:44.717774 2026] [mpm_prefork:notice] [pid 3240:tid 3240] AH00163: Apache/2.4.62 (Debian) configured -- resuming normal operations",
			"[Mon Dec 26 16:22:08 2016] [notice] Apache/2.2.22 (Unix) configured -- resuming normal operations",
		},
		match: func(e *Event) bool {
			return bytes.Contains(e.text, []byte(" configured -- resuming normal operations")) || e.Format.Name == "litespeed" && bytes.Contains(e.text, []byte(" starts successfully"))
		},
	}
	serverCommand = &Kind{
		Name: "server.command", Role: Noise, Family: HTTPD, Codes: []uint16{94, 164, 293, 456, 490}, Prefix: []string{"Server built: ", "Accept mutex: "},
		Title:   "how Apache was started",
		Doc:     "How the server was started or built.",
		Samples: []string{"[Sat Mar 14 06:10:44.717856 2026] [core:notice] [pid 3240:tid 3240] AH00094: Command line: '/usr/sbin/apache2'"},
	}
	serverStop = &Kind{
		Name: "server.stop", Role: State, Severity: 1, Family: HTTPD, Codes: []uint16{169, 170, 295, 296, 422, 491, 492}, Prefix: []string{"caught SIG"},
		Title:   "Apache was told to stop",
		Doc:     "The server was told to stop.",
		Samples: []string{"[Sat Mar 14 07:39:59.968166 2026] [mpm_prefork:notice] [pid 3240:tid 3240] AH00169: caught SIGTERM, shutting down"},
	}
	serverGraceful = &Kind{
		Name: "server.graceful", Role: State, Severity: 0, Family: HTTPD, Codes: []uint16{171, 297, 493}, Prefix: []string{"Graceful restart requested", "SIGUSR1 received"},
		Title:   "Apache reloaded, dropping nobody",
		Doc:     "The server reloads without dropping anybody: every day when logs are rotated.",
		Samples: []string{"[Mon Nov 09 00:00:02.968166 2026] [mpm_prefork:notice] [pid 3240:tid 3240] AH00171: Graceful restart requested, doing restart"},
	}
	serverRestart = &Kind{
		Name: "server.restart", Role: State, Severity: 1, Family: HTTPD, Codes: []uint16{173, 298, 494}, Prefix: []string{"SIGHUP received"},
		Title:   "Apache restarted at once",
		Doc:     "The server restarts at once: requests under way are cut off.",
		Samples: []string{"[Mon Nov 09 00:00:02.968166 2026] [mpm_prefork:notice] [pid 3240:tid 3240] AH00173: SIGHUP received.  Attempting to restart"},
	}
	serverUnclean = &Kind{
		Name: "server.unclean", Role: State, Severity: 3, Family: HTTPD, Codes: []uint16{98}, Prefix: []string{"pid file "},
		Title:   "the Apache before had ended without cleaning up",
		Doc:     "The server before this one ended without cleaning up: power, a kill, no memory.",
		Samples: []string{"[Mon Nov 09 00:00:02.968166 2026] [core:warn] [pid 3240:tid 3240] AH00098: pid file /run/apache2/apache2.pid overwritten -- Unclean shutdown of previous Apache run?"},
		match:   func(e *Event) bool { return bytes.Contains(e.text, []byte("Unclean shutdown")) },
	}
	serverProxied = &Kind{
		Name: "server.proxied", Role: Noise, Family: HTTPD, Codes: []uint16{3492},
		Title:   "Apache takes addresses from a PROXY header",
		Doc:     "The visitors' addresses come from a PROXY protocol header: a load balancer stands in front.",
		Samples: []string{"[Sat Mar 14 06:10:44.600000 2026] [remoteip:notice] [pid 3240:tid 3240] AH03492: RemoteIPProxyProtocol: enabled on 0.0.0.0:0"},
	}
)

// A Child is a worker that ended, or did not.
type Child struct {
	PID    int64  `json:"child_pid"`
	Signal string `json:"signal,omitempty"`
}

func detailChild(e *Event) any {
	d := Child{PID: firstPID(e)}
	if _, rest, ok := bytes.Cut(e.text, []byte("exit signal ")); ok {
		signal, _, _ := bytes.Cut(rest, []byte(","))
		d.Signal = Text(signal)
	} else if i := lastIndex(e.text, "sending a "); i >= 0 {
		d.Signal = Text(e.text[i+len("sending a "):])
	}
	return d
}

// firstPID is the first number in the text.
func firstPID(e *Event) int64 {
	i := bytes.IndexAny(e.text, "0123456789")
	if i < 0 {
		return 0
	}
	n, _, _ := digits(e.text[i:])
	return n
}

func endsWith(word string) func(*Event) bool {
	return func(e *Event) bool { return bytes.HasSuffix(e.text, []byte(word)) }
}
