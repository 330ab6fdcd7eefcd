package parser

import "bytes"

// PHP-FPM's own log and slow log (sapi/fpm/fpm/fpm_process_ctl.c, fpm_children.c,
// fpm_request.c, fpm_php_trace.c).

const fpmLine = "[20-Jun-2026 10:23:51] "

var (
	fpmExhausted = &Kind{
		Name: "fpm.exhausted", Role: State, Severity: 3, Family: FPM,
		Title:    "all of PHP-FPM's children were busy (max_children)",
		Doc:      "All children of a pool were busy; further requests waited. Written once an episode. The number is the limit.",
		Contains: []string{"] server reached pm.max_children setting (", "] server reached max_children setting ("},
		Prefix:   []string{"The maximum number of processes has been reached."},
		Samples: []string{
			fpmLine + "WARNING: [pool www] server reached pm.max_children setting (5), consider raising it",
			fpmLine + "WARNING: [pool shop] server reached max_children setting (20), consider raising it",
			fpmLine + "WARNING: The maximum number of processes has been reached. Please review your configuration and consider raising 'process.max'",
			"Mar 14 07:39:24 vps512 php-fpm8.2[411]: [WARNING] [pool www] server reached pm.max_children setting (5), consider raising it",
		},
		Misses:  []string{fpmLine + `WARNING: [pool www] child 4242 said into stderr: "[pool www] server reached pm.max_children setting (5), consider raising it"`},
		match:   func(e *Event) bool { _, _, ok := fpmSaid(e.text); return !ok },
		subject: poolOf, detail: detailPool,
	}
	fpmBusy = &Kind{
		Name: "fpm.busy", Role: State, Severity: 1, Family: FPM, Contains: []string{"] seems busy (you may need to increase "},
		Title:   "PHP-FPM started many children at once",
		Doc:     "A pool started many children at once: a rush of visitors, or slow scripts.",
		Samples: []string{fpmLine + "WARNING: [pool www] seems busy (you may need to increase pm.start_servers, or pm.min/max_spare_servers), spawning 8 children, there are 0 idle, and 13 total children"},
		match:   isPool, subject: poolOf, detail: detailPool,
	}
	fpmTimeout = &Kind{
		Name: "fpm.timeout", Role: Harm, Severity: 2, Family: FPM, Contains: []string{" execution timed out ("},
		Title:   "PHP-FPM ended a script that ran too long",
		Doc:     "A script ran longer than request_terminate_timeout and was ended with its child. The line names script and request.",
		Samples: []string{fpmLine + `WARNING: [pool www] child 4242, script '/srv/www/index.php' (request: "GET /index.php?s=a") execution timed out (31.250000 sec), terminating`},
		match:   isPool, subject: slowScript, pid: fpmChild, origin: slowScript, detail: detailSlow,
	}
	fpmSlow = &Kind{
		Name: "fpm.slow", Role: Harm, Severity: 2, Family: FPM, Contains: []string{" executing too slow ("},
		Title: "a script ran longer than PHP-FPM likes",
		Doc:   "A script ran longer than request_slowlog_timeout and held its child that long. The line names script and request.",
		Samples: []string{
			fpmLine + `WARNING: [pool www] child 4242, script '/srv/www/index.php' (request: "GET /index.php?s=a") executing too slow (5.250000 sec), logging`,
			fpmLine + `WARNING: [pool www] child 4242, script '/srv/www/index.php' executing too slow (5.250000 sec), logging`,
		},
		match: isPool, subject: slowScript, pid: fpmChild, origin: slowScript, detail: detailSlow,
	}
	fpmTrace = &Kind{
		Name: "fpm.trace", Role: Noise, Family: FPM, Prefix: []string{"[pool "},
		Title:   "where a slow script was",
		Doc:     "A block of PHP-FPM's slow log: where a slow script was at that moment, innermost call first.",
		Samples: []string{fpmLine + " [pool www] pid 4242\nscript_filename = /srv/www/index.php\n[0x00007f2c1a2b3c40] curl_exec() /srv/www/wp-includes/Requests/Curl.php:185\n[0x00007f2c1a2b3b90] request() /srv/www/wp-content/plugins/feed/feed.php:12"},
		match:   func(e *Event) bool { return e.Format == phpFPM && e.Level == LevelNone },
		subject: traceScript, pid: func(e *Event) int64 { return numberAfter(e.text, "] pid ") }, origin: traceScript, detail: detailTrace,
	}
	fpmCrash = &Kind{
		Name: "fpm.crash", Role: State, Severity: 2, Family: FPM, Contains: []string{" exited on signal "},
		Title: "a child of PHP-FPM was ended by a signal",
		Doc:   "A child crashed (SIGSEGV, SIGBUS) or was killed (SIGKILL: look for the kernel's out-of-memory kill).",
		Samples: []string{
			fpmLine + "WARNING: [pool www] child 4243 exited on signal 11 (SIGSEGV) after 60.125000 seconds from start",
			fpmLine + "WARNING: [pool www] child 4243 exited on signal 9 (SIGKILL) after 60.125000 seconds from start",
			"[20-Jun-2026 10:23:51.250000] WARNING: pid 1234, fpm_children_bury(), line 256: [pool www] child 4243 exited on signal 11 (SIGSEGV) after 60.125000 seconds from start",
		},
		match: isPool, subject: poolOf, pid: fpmChild, detail: detailFPMExit,
	}
	fpmExit = &Kind{
		Name: "fpm.exit", Role: State, Severity: 0, Family: FPM, Contains: []string{" exited with code "},
		Title:   "a child of PHP-FPM ended",
		Doc:     "A child ended by itself: after its number of requests, or because a script ended it (code 255).",
		Samples: []string{fpmLine + "NOTICE: [pool www] child 4244 exited with code 0 after 125.125000 seconds from start"},
		match:   isPool, subject: poolOf, pid: fpmChild, detail: detailFPMExit,
	}
	fpmStarted = &Kind{
		Name: "fpm.child", Role: Noise, Family: FPM, Contains: []string{"] child "},
		Title:   "PHP-FPM started a child",
		Doc:     "A pool started a child.",
		Samples: []string{fpmLine + "NOTICE: [pool www] child 4245 started"},
		match:   func(e *Event) bool { return isPool(e) && bytes.HasSuffix(e.text, []byte(" started")) },
		subject: poolOf, pid: fpmChild,
	}
	fpmStart = &Kind{
		Name: "fpm.start", Role: State, Family: FPM, Prefix: []string{"fpm is running, pid ", "ready to handle connections", "using inherited socket "},
		Title:   "PHP-FPM was up",
		Doc:     "PHP-FPM is up, after a start or a reload.",
		Samples: []string{fpmLine + "NOTICE: fpm is running, pid 1234", fpmLine + "NOTICE: ready to handle connections"},
	}
	fpmStop = &Kind{
		Name: "fpm.stop", Role: State, Severity: 1, Family: FPM, Prefix: []string{"Terminating ...", "exiting, bye-bye!", "Finishing ..."},
		Title:   "PHP-FPM was told to stop",
		Doc:     "PHP-FPM was told to stop.",
		Samples: []string{fpmLine + "NOTICE: Terminating ...", fpmLine + "NOTICE: exiting, bye-bye!"},
	}
	fpmReload = &Kind{
		Name: "fpm.reload", Role: State, Family: FPM, Prefix: []string{"Reloading in progress ...", "reloading: execvp("},
		Title:   "PHP-FPM reloaded",
		Doc:     "PHP-FPM reads its configuration anew; its children end.",
		Samples: []string{fpmLine + "NOTICE: Reloading in progress ..."},
	}
	fpmFailed = &Kind{
		Name: "fpm.failed", Role: State, Severity: 4, Family: FPM,
		Title:    "PHP-FPM could not work",
		Doc:      "PHP-FPM could not open its socket or start children, or its children crashed one after the other.",
		Prefix:   []string{"unable to bind listening socket", "failed processes threshold (", "oops, unknown child ", "FPM initialization failed", "fork() failed", "Another FPM instance seems to already listen"},
		Contains: []string{"] unable to malloc new child", "] fork() failed", "] failed to fork"},
		Samples: []string{
			fpmLine + "ERROR: unable to bind listening socket for address '/run/php/php8.2-fpm.sock': No such file or directory (2)",
			fpmLine + "WARNING: failed processes threshold (10 in 60 sec) is reached, initiating reload",
		},
		match: func(e *Event) bool { _, _, ok := fpmSaid(e.text); return !ok },
	}
	fpmStderr = &Kind{
		Name: "fpm.stderr", Role: Noise, Family: FPM, Contains: []string{" said into stderr: ", " said into stdout: "}, Prefix: []string{phpMessage},
		Title:   "a script wrote to its standard error",
		Doc:     "A script or a program that it ran wrote to its standard error. What PHP says there has its own kinds.",
		Samples: []string{fpmLine + `WARNING: [pool www] child 4242 said into stderr: "sh: 1: convert: not found", pipe is closed`},
	}
	fpmOther = &Kind{
		Name: "fpm.other", Role: Noise,
		Title:   "another line of PHP-FPM",
		Doc:     "A line of PHP-FPM that has no kind of its own yet.",
		Samples: []string{fpmLine + "ERROR: failed to ptrace(PEEKDATA) pid 4242: Input/output error (5)"},
	}
)

// A Pool is one of PHP-FPM's groups of children.
type Pool struct {
	Pool  string `json:"pool,omitempty"`
	Limit int64  `json:"limit,omitempty"` // of children
}

func detailPool(e *Event) any {
	return Pool{Pool: Text(poolOf(e)), Limit: numberAfter(e.text, "max_children setting (")}
}

// isPool tells whether a pool says it itself, and none of its children.
func isPool(e *Event) bool {
	if !bytes.HasPrefix(e.text, []byte("[pool ")) {
		return false
	}
	_, _, said := fpmSaid(e.text)
	return !said
}

func poolOf(e *Event) []byte {
	group, _, ok := bracket(e.text)
	if !ok {
		return nil
	}
	pool, ok := bytes.CutPrefix(group, []byte("pool "))
	if !ok {
		return nil
	}
	return pool
}

func fpmChild(e *Event) int64 { return numberAfter(e.text, "] child ") }

func numberAfter(b []byte, words string) int64 {
	_, rest, _ := bytes.Cut(b, []byte(words))
	n, _, _ := digits(rest)
	return n
}

// A SlowScript is what a child of PHP-FPM was busy with.
type SlowScript struct {
	Pool    string  `json:"pool"`
	Script  string  `json:"script"`
	Request string  `json:"request,omitempty"` // method and URI, as the visitor sent them
	Seconds float64 `json:"seconds"`
	Owner
}

// slowScript reads "script 'PATH'"; the request behind it is the visitor's.
func slowScript(e *Event) []byte {
	_, rest, ok := bytes.Cut(e.text, []byte(", script '"))
	if !ok {
		return nil
	}
	for _, end := range []string{`' (request: "`, "' executing too slow (", "' execution timed out ("} {
		if i := bytes.Index(rest, []byte(end)); i >= 0 {
			return rest[:i]
		}
	}
	return nil
}

func detailSlow(e *Event) any {
	d := SlowScript{Pool: Text(poolOf(e)), Script: Text(slowScript(e))}
	_, rest, ok := bytes.Cut(e.text, []byte(`' (request: "`))
	i := lastIndex(e.text, " executing too slow (")
	if i < 0 {
		i = lastIndex(e.text, " execution timed out (")
	}
	if i >= 0 {
		_, number, _ := bytes.Cut(e.text[i:], []byte("("))
		n, after, _ := digits(number)
		micro := int64(0)
		if len(after) > 0 && after[0] == '.' {
			micro, _ = fraction(after[1:])
		}
		d.Seconds = float64(n) + float64(micro)/1e6
	}
	if ok {
		if i := lastIndex(rest, `") `); i >= 0 {
			d.Request = Text(rest[:i])
		}
	}
	d.Owner = OwnerOf(d.Script)
	return d
}

// A SlowTrace is a block of the slow log.
type SlowTrace struct {
	Pool   string   `json:"pool"`
	Script string   `json:"script,omitempty"`
	Calls  []string `json:"calls,omitempty"` // innermost first
	Owner
}

func traceScript(e *Event) []byte {
	_, rest, ok := bytes.Cut(e.text, []byte("script_filename = "))
	if !ok {
		return nil
	}
	script, _, _ := bytes.Cut(rest, []byte("\n"))
	return script
}

func detailTrace(e *Event) any {
	const most = 32
	d := SlowTrace{Pool: Text(poolOf(e)), Script: Text(traceScript(e))}
	for line := range bytes.Lines(e.text) {
		line = bytes.TrimRight(line, "\n")
		if _, call, ok := bytes.Cut(line, []byte("] ")); ok && bytes.HasPrefix(line, []byte("[0x")) && len(d.Calls) < most {
			d.Calls = append(d.Calls, Text(call))
			if o := OwnerOf(lastWord(Text(call))); d.Plugin == "" && o.Plugin != "" && o.Type != "core" {
				d.Owner = o
			}
		}
	}
	return d
}

// lastWord is the file in "curl_exec() /srv/a.php:185".
func lastWord(s string) string {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == ' ' {
			return s[i+1:]
		}
	}
	return s
}

func detailFPMExit(e *Event) any {
	d := Child{PID: fpmChild(e)}
	if _, rest, ok := bytes.Cut(e.text, []byte("exited on signal ")); ok {
		signal, _, _ := bytes.Cut(rest, []byte(" after "))
		d.Signal = Text(signal)
	}
	return d
}
