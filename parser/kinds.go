package parser

import "bytes"

// Kinds is the catalogue. Order means something: a line is of the first kind
// that takes it, so the special stands before the general.
var Kinds = []*Kind{
	// Modules that refuse requests and programs that watch over passwords.
	wafSlow, wafBroken, wafStart, wafRefused, qosLimit, qosFull, qosNote, suhosinAlert,
	wpAuthFailed, wpUnknownUser, wpXMLRPC, wpBlocked, wpEnumeration, wpPingback, wpSpam, wpReset, wpLogin, pmaAuthFailed, drupalAuthFailed,
	banFound, banBan, banRestored, banUnban, banAlready, banFailed, banNote,

	// WordPress' own words.
	wpCron, wpUpdate,

	// Database trouble as PHP and WordPress see it.
	dbGone, dbLost, dbRefused, dbLimit, dbTooBig, dbInjection, dbFull, dbLocked, dbTable, dbInvalid, dbError,

	// PHP.
	scriptRefused, phpUploads, phpEval, phpInput, phpStartup, phpDisk,
	phpMemory, phpTimeout, phpFatal, phpRemote, phpWarning, wpMisuse, phpNotice, phpOther,

	// PHP-FPM.
	fpmExhausted, fpmBusy, fpmTimeout, fpmSlow, fpmTrace, fpmCrash, fpmExit, fpmStarted, fpmStart, fpmStop, fpmReload, fpmFailed, fpmStderr, fpmOther,

	// Requests.
	fileMissing, scriptMissing, pathInvalid, rewriteRefused, accessDenied, authFailed, authUnknownUser,
	indexDenied, methodInvalid, requestLimit, requestTimeout, wafBlocked, wafWarning, doorClosed,

	authInvalid, authDenied, fileDenied, linkDenied, redirectLoop, siteBroken, handlerMissing, requestMalformed, requestNegotiation,
	requestHost, requestAborted, responseInvalid, frontendMismatch, proxyProbe,

	// Backends of httpd.
	scriptFailed, scriptForbidden, cgiDown, fcgidStderr, fcgidFull, fcgidTimeout, fcgidBroken, fcgidLimit, fcgidNote,
	backendDown, backendTimeout, backendBroken, backendStderr,

	// nginx before them.
	nginxFull, nginxFailed, nginxDied, nginxNoBackend, nginxTimeout, nginxBroken, nginxLimited, nginxDenied, nginxAuth, nginxMissing, nginxIndex, nginxLarge, nginxUnreadable,

	// TLS, HTTP/2, certificates.
	tlsName, tlsRenegotiation, tlsFailed, tlsConfig, tlsCertificate, tlsStapling, acmeFailed, http2Off, http2Broken,

	// The life of the web server.
	serverFatal, serverCritical, serverConfig, serverConfigText, serverChecked, serverBind, serverBindText, serverName, serverNote, serverLimit, serverMutex,
	acceptFailed, logFailed, childChurn, childLost, childNote, jkNote, stderrScript, stderrShell, stderrAbort,
	workersExhausted, workersNear, workersBusy, scoreboardFull, forkFailed,
	childSIGTERM, childSIGKILL, childStuck, childSegfault, childExit,
	serverStart, serverCommand, serverStop, serverGraceful, serverRestart, serverUnclean, serverProxied,

	// The kernel.
	oomKill, oomSelect, oomInvoked, oomTask, oomTotal, oomReport,
	oomReason, oomSpace, oomNear,
	kernelSegfault, kernelSYNFlood, kernelConntrack, kernelHung, kernelDisk, kernelBoot, firewallBlock,
	kernelSockets, kernelAlloc, kernelLockup, kernelIO, firewallPacket, kernelReport,

	// systemd.
	unitFailed, unitOOM, unitExit, unitGaveUp, unitRestart, unitStart, unitStop, unitReload,

	unitKilled, unitProcess, unitNoStart, unitGuarded, unitDone,

	supervisorExit, supervisorGaveUp,

	// The machine and those who look after it.
	sshFailed, sshInvalidUser, sshAccepted, sshClosed,
	hostShutdown, hostBoot, logHeader, hostMaintained, containerOther,

	// The database server itself.
	dbStart, dbStop, dbCrash, dbRecovery, dbMemory, dbAborted,
	dbDenied, dbConnections, dbThreads, dbDisk, dbDamaged, dbFailed, dbAssertion, dbHost, dbEnded, dbNote,

	// Everything else.
	hostAddress,
	logRepeated, logLost, cronRun, cupsOther, AccessFailed, AccessRequest, LogContext, ApacheOther, SyslogOther, NginxOther, Unknown,
}

// Lines that were framed but are of no kind in the list, and those that were not.
var (
	ApacheOther = &Kind{
		Name: "apache.other", Role: Noise,
		Title:   "another line of Apache",
		Doc:     "A line of the web server that has no kind of its own yet; its code, level and module are read.",
		Samples: []string{"[Mon Aug 31 06:29:47.406518 2026] [core:warn] [pid 24968:tid 24968] AH00111: Config variable ${X} is not defined"},
	}
	SyslogOther = &Kind{
		Name: "syslog.other", Role: Noise,
		Title:   "another line of syslog",
		Doc:     "A line of syslog that has no kind of its own yet; its host and program are read.",
		Samples: []string{"Mar 14 07:39:24 vps512 dbus-daemon[400]: [system] Reloaded configuration"},
	}
	Unknown = &Kind{
		Name: "unknown", Role: Noise,
		Title:   "a line in no known format",
		Doc:     "A line in no format that is known. It is kept, counted and shown as a sample.",
		Samples: []string{"Usage: mysqldump [OPTIONS] database [tables]"},
	}

	logRepeated = &Kind{
		Name: "log.repeated", Role: Noise,
		Title:  "syslog left out repetitions",
		Doc:    "syslog left out repetitions of the line before.",
		Prefix: []string{"last message repeated ", "--- last message repeated ", "Last message '", "message repeated ", " message repeated "},
		Samples: []string{
			"Mar 14 07:39:24 vps512 last message repeated 4 times",
			"Mar 14 07:39:24 vps512 rsyslogd:  message repeated 76 times: [-- MARK",
		},
	}
	logLost = &Kind{
		Name: "log.lost", Role: State, Severity: 1,
		Title:    "the logger threw lines away",
		Doc:      "The logger threw lines away because too many came: what follows is a lower bound.",
		Contains: []string{"messages lost due to rate-limiting", "begin to drop messages due to rate-limiting", "begins to drop messages from pid ", "imuxsock lost ", "callbacks suppressed"},
		Prefix:   []string{"Suppressed "},
		Samples:  []string{"Mar 14 07:39:24 vps512 systemd-journald[200]: Suppressed 411 messages from apache2.service"},
	}
	cronRun = &Kind{
		Name: "cron.run", Role: Noise,
		Title:  "cron started a job",
		Doc:    "cron started a job; it may explain a restart or a full memory.",
		Prefix: []string{"("},
		match: func(e *Event) bool {
			return string(e.Program) == "CRON" || string(e.Program) == "cron" || string(e.Program) == "CROND"
		},
		Samples: []string{
			"Mar 14 07:39:01 vps512 CRON[411]: (root) CMD (   cd / && run-parts --report /etc/cron.hourly)",
		},
		Misses: []string{"Mar 14 07:39:01 vps512 sudo: (root) CMD (x)"},
	}
)

// LostLines is how many lines a log.lost says that it left out, 0 where it does not say.
func LostLines(e *Event) int64 {
	for _, before := range []string{"Suppressed ", "imuxsock lost "} {
		if _, rest, ok := bytes.Cut(e.text, []byte(before)); ok {
			n, _, _ := digits(rest)
			return clampLost(n)
		}
	}
	for _, after := range []string{" callbacks suppressed", " messages lost due to rate-limiting"} {
		if text, _, ok := bytes.Cut(e.text, []byte(after)); ok {
			n, _, _ := digits(text[bytes.LastIndexByte(text, ' ')+1:])
			return clampLost(n)
		}
	}
	return 0
}

// clampLost does not believe numbers that no logger counts to.
func clampLost(n int64) int64 {
	const most = 1 << 40
	if n < 0 || n > most {
		return 0
	}
	return n
}
