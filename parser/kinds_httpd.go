package parser

import "bytes"

// What httpd says of its life, its requests and its neighbours beyond the kinds of
// kinds_server.go and kinds_request.go: by code where there is one (2.4), by text
// where there is none (2.2, mod_fcgid, mod_cgi). Sources: httpd's server/ and
// modules/, mod_fcgid's fcgid_*.c.

var (
	// The life of the web server.
	serverFatal = &Kind{
		Name: "server.fatal", Role: State, Severity: 4, Family: HTTPD, Codes: []uint16{50, 60, 141, 2818, 2311, 2312, 1872, 1874}, Prefix: []string{"seg fault or similar nasty error detected in the parent process"},
		Title: "Apache gave up",
		Doc:   "The parent process met an error that it could not survive: the web server is down.",
		Samples: []string{
			apacheLine + "[core:alert] [pid 7:tid 7] AH00050: Child 12 returned a Fatal error... Apache is exiting!",
			"[Mon Dec 26 16:22:08 2016] [notice] seg fault or similar nasty error detected in the parent process",
		},
		Misses: []string{apacheLine + "[core:notice] [pid 7:tid 7] AH00052: child pid 12 exit signal Aborted (6)"},
	}
	serverConfig = &Kind{
		Name: "server.config", Role: State, Severity: 4, Family: HTTPD, Codes: []uint16{13, 14, 15, 16, 17, 18, 19, 20, 526, 532, 534, 2291},
		Title: "Apache could not read its configuration",
		Doc:   "The configuration has an error, or names a file that cannot be opened: a start fails, a reload is not made. The line after a syntax error tells the reason.",
		Samples: []string{
			"AH00526: Syntax error on line 63 of /etc/apache2/sites-enabled/shop.conf:",
			"AH00015: Unable to open logs",
			apacheLine + "[core:emerg] [pid 7:tid 7] AH00020: Configuration Failed, exiting",
		},
		subject: placeOfSyntax,
	}
	serverConfigText = &Kind{
		Name: "server.config_text", Role: State, Severity: 4, Prefix: []string{"Syntax error on line ", "apache2: Syntax error on line ", "httpd: Syntax error on line ", "Configuration Failed", "Unable to open logs", "Action 'configtest' failed.", "Action 'start' failed.", "Action '-", "The Apache error log may have more information."},
		Title:   "Apache or its start script refused the configuration",
		Doc:     "As server.config, in the words of 2.2 or of the start script, which have neither frame nor code.",
		Samples: []string{"Syntax error on line 12 of /etc/apache2/httpd.conf:", "Action 'start' failed.", "Action '-D FOREGROUND' failed.", "Mar 14 07:39:24 vps512 apachectl[811]: Action 'start' failed."},
		Misses:  []string{"Syntax OK", "Mar 14 07:39:24 vps512 app[811]: Action 'start' failed."},
		match:   func(e *Event) bool { return unframed(e) || e.Module == nil && !e.asked && isApache(e.Program) }, subject: placeOfSyntax,
	}
	serverChecked = &Kind{
		Name: "server.checked", Role: Noise, Prefix: []string{"Syntax OK"},
		Title:   "the configuration was checked",
		Doc:     "Somebody had the configuration checked (apachectl configtest), and it was right.",
		Samples: []string{"Syntax OK"},
		match:   unframed,
	}
	serverBind = &Kind{
		Name: "server.bind", Role: State, Severity: 4, Family: HTTPD, Codes: []uint16{67, 68, 69, 72, 73, 74, 77, 78, 451, 2638}, Prefix: []string{"make_sock: could not bind to address ", "no listening sockets available, shutting down"},
		Title: "Apache could not take its port",
		Doc:   "The server could not listen: another program has the port (errno 98), or it may not (13).",
		Samples: []string{
			"(98)Address already in use: AH00072: make_sock: could not bind to address [::]:80",
			"[Mon Dec 26 16:22:08 2016] [crit] (98)Address already in use: make_sock: could not bind to address 192.0.2.1:80",
			"[Mon Dec 26 16:22:08 2016] [alert] no listening sockets available, shutting down",
		},
		Misses: []string{apacheLine + "[core:warn] [pid 7:tid 7] AH00075: Failed to enable the 'httpready' Accept Filter"},
		subject: func(e *Event) []byte {
			_, address, _ := bytes.Cut(e.Words(), []byte("could not bind to address "))
			return address
		},
	}
	serverBindText = &Kind{
		Name: "server.bind_text", Role: State, Severity: 4, Prefix: []string{"no listening sockets available, shutting down", "(98)Address already in use: make_sock: "},
		Title:   "Apache had no port to listen on",
		Doc:     "As server.bind, written before the error log was open.",
		Samples: []string{"no listening sockets available, shutting down"},
		match:   unframed,
	}
	serverName = &Kind{
		Name: "server.name", Role: Noise, Family: HTTPD, Codes: []uint16{547, 549, 556, 557, 558},
		Title: "Apache does not know its own name",
		Doc:   "The configuration has no ServerName, or it cannot be looked up: harmless, but each such line marks a start or a reload.",
		Samples: []string{
			"AH00558: apache2: Could not reliably determine the server's fully qualified domain name, using 192.0.2.1. Set the 'ServerName' directive globally to suppress this message",
			"Mar 14 07:39:24 vps512 apachectl[300]: AH00558: apache2: Could not reliably determine the server's fully qualified domain name, using 192.0.2.5. Set the 'ServerName' directive globally to suppress this message",
		},
		subject: guessedName,
	}
	serverNote = &Kind{
		Name: "server.note", Role: Noise, Family: HTTPD, Codes: []uint16{112, 113, 114, 115, 116, 117, 119, 120, 188, 545, 548, 555, 1873, 3491, 3494}, Prefix: []string{"Digest: generating secret", "Digest: done"},
		Title: "Apache remarked on its configuration",
		Doc:   "A directive that is out of date, without effect or names a folder that is not there. It shows at each start.",
		Samples: []string{
			"AH00112: Warning: DocumentRoot [/srv/www/old] does not exist",
			"AH00548: NameVirtualHost has no effect and will be removed in the next release /etc/apache2/ports.conf:8",
		},
	}
	serverLimit = &Kind{
		Name: "server.limit", Role: State, Severity: 2, Family: HTTPD,
		Codes:   []uint16{175, 176, 180, 181, 300, 301, 305, 306, 310, 311, 316, 317, 318, 319, 497, 498, 502, 503, 507, 508, 513, 514, 515, 516},
		Title:   "a limit on workers was lower than the configuration asks",
		Doc:     "MaxRequestWorkers is above ServerLimit or no multiple of the threads of a process: the server works with the lower number that the line tells, whatever the configuration says.",
		Samples: []string{apacheLine + "[mpm_prefork:warn] [pid 7:tid 7] AH00180: WARNING: MaxRequestWorkers of 600 exceeds ServerLimit value of 256 servers, decreasing MaxRequestWorkers to 256. To increase, please see the ServerLimit directive."},
	}
	serverMutex = &Kind{
		Name: "server.mutex", Role: State, Severity: 4, Family: HTTPD, Codes: []uint16{1, 2, 3, 4, 5, 21, 22, 23, 24, 155, 156, 157, 2024},
		Title:   "Apache got no lock or shared memory",
		Doc:     "The system gave the server no lock or shared memory: (28) on a mutex says that semaphores of killed servers were left over (ipcs -s).",
		Samples: []string{apacheLine + "[core:emerg] [pid 7:tid 7] (28)No space left on device: AH00023: Couldn't create the rewrite-map mutex"},
	}
	acceptFailed = &Kind{
		Name: "accept.failed", Role: State, Severity: 4, Family: HTTPD, Codes: []uint16{158, 2177, 2179}, Prefix: []string{"apr_socket_accept: "},
		Title:   "Apache could not take a connection",
		Doc:     "The server could not take a connection that the system had ready; with errno 23 or 24 its limit on open files is used up.",
		Samples: []string{apacheLine + "[core:error] [pid 7:tid 7] (24)Too many open files: AH02179: apr_socket_accept: (client socket)"},
	}
	logFailed = &Kind{
		Name: "log.failed", Role: State, Severity: 2, Family: HTTPD, Codes: []uint16{85, 86, 87, 89, 90, 91, 92, 93, 103, 104, 105, 106, 107, 108, 646, 10036}, Prefix: []string{"piped log program '"},
		Title:   "Apache could not write a log",
		Doc:     "A log could not be opened or written, or the program that takes it ended: evidence may be missing.",
		Samples: []string{"AH00106: piped log program '/usr/bin/rotatelogs /var/log/apache2/access.log 86400' failed unexpectedly"},
	}
	childChurn = &Kind{
		Name: "child.churn", Role: State, Severity: 3, Family: HTTPD, Codes: []uint16{10392, 10393},
		Title:   "Apache ended workers one after the other",
		Doc:     "Many processes were ended one after the other: limits that do not fit each other, or requests that never end.",
		Samples: []string{apacheLine + "[mpm_event:warn] [pid 7:tid 7] AH10392: children are killed successively!"},
	}
	childLost = &Kind{
		Name: "child.lost", Role: State, Severity: 1, Family: HTTPD, Codes: []uint16{48, 49, 166, 167, 290, 291, 487, 488, 546}, Prefix: []string{"long lost child came home!"},
		Title:   "Apache met a worker that it did not expect",
		Doc:     "A process of an earlier generation ended, or one that the server had lost sight of.",
		Samples: []string{apacheLine + "[core:error] [pid 7:tid 7] AH00546: no record of generation 0 of exiting child 20380", apacheLine + "[mpm_prefork:warn] [pid 7:tid 7] AH00167: long lost child came home! (pid 4110)"},
		pid:     lastNumber,
	}

	childNote = &Kind{
		Name: "child.note", Role: Noise, Family: HTTPD, Codes: []uint16{354, 362, 364, 418, 419, 430, 453, 1756, 1757}, Prefix: []string{"Parent: ", "Child "},
		Title: "a worker process of Apache for Windows began or ended",
		Doc:   "Apache for Windows tells of its single worker process.",
		Samples: []string{
			apacheLine + "[mpm_winnt:notice] [pid 7:tid 9] AH00418: Parent: Created child process 5936",
			"[Mon Dec 26 16:22:08 2016] [notice] Child 4110: Acquired the start mutex.",
		},
		match: func(e *Event) bool { return e.Code != 0 || !e.asked && bytes.IndexByte(e.text, ':') > 0 },
		pid:   lastNumber,
	}
	jkNote = &Kind{
		Name: "backend.jk", Role: Noise, Family: HTTPD, Prefix: []string{"workerEnv.init() ", "jk2_init() ", "mod_jk child "},
		Title:   "mod_jk told of its connections",
		Doc:     "mod_jk, which connects old servers to Tomcat, tells of its workers at each start of a process; an error state is a Tomcat that is not there.",
		Samples: []string{"[Mon Dec 26 16:22:08 2016] [error] mod_jk child workerEnv in error state 6"},
	}

	// What programs that httpd started write to its standard error, which is the error log.
	stderrShell = &Kind{
		Name: "stderr.shell", Role: Noise, Prefix: []string{"sh: ", "/bin/sh: ", "bash: ", "/bin/bash: ", "dash: "},
		Title:   "a shell that a script started complained",
		Doc:     "A script on the server started a command, and the shell complained on the server's standard error. Often mail that cannot be sent; after a break-in, the intruder's commands.",
		Samples: []string{"sh: 1: /usr/sbin/sendmail: not found", "sh: line 1: curl: command not found"},
		match:   unframed,
		subject: func(e *Event) []byte {
			text, ok := bytes.CutSuffix(e.text, []byte(": not found"))
			if !ok {
				if text, ok = bytes.CutSuffix(e.text, []byte(": command not found")); !ok {
					return nil
				}
			}
			return text[lastIndex(text, ": ")+len(": "):]
		},
	}
	stderrScript = &Kind{
		Name: "stderr.script", Role: Noise,
		Title:   "a script wrote to its standard error",
		Doc:     "A program of the site's own wrote to its standard error with a stamp of its own (Perl's CGI::Carp). What it says may be a visitor's words.",
		Samples: []string{"[Sat Mar 14 07:39:28 2026] form.cgi: Use of uninitialized value $x in print at /srv/cgi-bin/form.cgi line 3."},
		Misses:  []string{"[Sat Mar 14 07:39:28 2026] usb 1-1: USB disconnect, device number 2"},
	}
	stderrAbort = &Kind{
		Name: "stderr.abort", Role: State, Severity: 2,
		Prefix:  []string{"*** Error in `", "*** stack smashing detected ***", "*** buffer overflow detected ***", "double free or corruption", "corrupted size vs. prev_size", "corrupted double-linked list", "free(): ", "malloc(): ", "malloc_consolidate(): ", "munmap_chunk(): ", "realloc(): ", "terminate called after throwing ", "terminate called without ", "zend_mm_heap corrupted", "libgcc_s.so.1 must be installed for pthread_cancel to work"},
		Title:   "a program found its memory broken and ended itself",
		Doc:     "The C library or PHP found the memory of a process corrupted and ended it: a bug in an extension, now and then an exploit. The worker's end follows.",
		Samples: []string{"free(): invalid pointer", "*** Error in `/usr/sbin/apache2': double free or corruption (!prev): 0x000055d0a8 ***", "zend_mm_heap corrupted"},
		Misses:  []string{"Feb 15 16:54:53 srv php[99]: free(): invalid pointer"},
		match:   unframed,
	}
	phpStartup = &Kind{
		Name: "php.startup", Role: Noise, Family: PHP, Prefix: []string{"PHP Warning:", "PHP Deprecated:", "PHP Notice:", "PHP Core warning:"},
		Title: "PHP remarked on its own configuration",
		Doc:   "PHP remarks on php.ini or on an extension while it starts: there is no script and no visitor. It marks a start or a reload.",
		Samples: []string{
			`PHP Warning:  Module "imagick" is already loaded in Unknown on line 0`,
			"PHP Deprecated:  Comments starting with '#' are deprecated in /etc/php/php.ini on line 890 in Unknown on line 0",
		},
		Misses: []string{story + "PHP Warning:  Undefined variable $x in /srv/a.php on line 3"},
		match:  func(e *Event) bool { return bytes.HasSuffix(e.text, []byte(" in Unknown on line 0")) },
	}

	serverCritical = &Kind{
		Name: "server.critical", Role: State, Severity: 3, Family: HTTPD,
		Title:   "Apache met an error that it calls critical",
		Doc:     "A message of Apache of level crit, alert or emerg that has no kind of its own: the server, or a part of it, does not work. Its text says which.",
		Samples: []string{apacheLine + "[mpm_worker:alert] [pid 7:tid 7] AH00275: ap_thread_create: unable to create listener thread"},
		Misses: []string{
			apacheLine + "[core:crit] [pid 7:tid 7] [client 192.0.2.5:4000] AH00099: could not create /srv/a",
			apacheLine + "[php:crit] [pid 7:tid 7] out of cheese",
		},
		match: func(e *Event) bool {
			return e.Code != 0 && e.Module != nil && !e.asked && LevelNone < e.Level && e.Level <= LevelCrit
		},
	}

	// Requests.
	authInvalid = &Kind{
		Name: "auth.invalid", Role: Deed, Severity: 1, Family: HTTPD, Codes: []uint16{573, 1614, 1772, 1773, 1774, 1775, 1776, 1777, 1781, 1782, 1783, 1785, 1786, 1787, 1788, 1789, 1793, 2533}, Prefix: []string{"client used wrong authentication scheme", "Digest: invalid nonce ", "Digest: realm mismatch ", "realm mismatch ", "invalid nonce ", "invalid qop ", "user attempted time travel"},
		Title:   "a login was in a form that no browser sends",
		Doc:     "A login with the wrong scheme, a replayed or an invented nonce: a program, or a browser over a restart of the server.",
		Samples: []string{apacheLine + "[auth_digest:error] [pid 7:tid 7] [client 192.0.2.5:4000] AH01774: Warning, possible replay attack: nonce-count check failed: 1 != 2"},
	}
	authDenied = &Kind{
		Name: "auth.denied", Role: Deed, Severity: 1, Family: HTTPD, Codes: []uint16{1629, 1631, 1632, 1633, 1634, 1635, 1636, 1637, 1638, 1639, 1640, 1641}, Prefix: []string{"Authorization of user ", "authorization failure (no authenticated user)"},
		Title:   "a user asked for what others may see",
		Doc:     "A user who is known, or nobody at all, asked for something that the configuration keeps for others.",
		Samples: []string{apacheLine + `[authz_core:error] [pid 7:tid 7] [client 192.0.2.5:4000] AH01631: user anna: authorization failure for "/admin/": `},
		subject: func(e *Event) []byte {
			_, path, _ := bytes.Cut(e.text, []byte(` for "`))
			path, _, _ = bytes.Cut(path, []byte(`"`))
			return path
		},
	}
	fileDenied = &Kind{
		Name: "file.denied", Role: Harm, Severity: 1, Family: HTTPD, Codes: []uint16{25, 27, 28, 31, 35, 36, 38, 132, 529, 554, 1234, 1267, 1275, 1620, 1622, 3194},
		Prefix:  []string{"file permissions deny server ", "Can't open directory for index: "},
		Title:   "Apache may not read a file",
		Doc:     "The server itself may not read a file or a folder above it: owner or mode is wrong, mostly after a move or an update.",
		Samples: []string{apacheLine + "[core:error] [pid 7:tid 7] (13)Permission denied: [client 192.0.2.5:4000] AH00035: access to /shop denied (filesystem path '/srv/www/shop') because search permissions are missing on a component of the path"},
	}
	linkDenied = &Kind{
		Name: "link.denied", Role: Harm, Severity: 1, Family: HTTPD, Codes: []uint16{32, 37, 670}, Prefix: []string{"Symbolic link not allowed"},
		Title:   "Apache did not follow a symbolic link",
		Doc:     "The configuration forbids to follow a symbolic link, or its target is not accessible. Between the accounts of a shared server it may be an attempt to read a neighbour's files.",
		Samples: []string{apacheLine + "[core:error] [pid 7:tid 7] [client 192.0.2.5:4000] AH00037: Symbolic link not allowed or link target not accessible: /srv/www/a"},
		subject: afterColon,
	}
	redirectLoop = &Kind{
		Name: "redirect.loop", Role: Harm, Severity: 2, Family: HTTPD, Codes: []uint16{124, 125, 2596}, Prefix: []string{"Request exceeded the limit of "},
		Title:   "a rewrite rule led back to itself",
		Doc:     "A rewrite rule leads back to itself, mostly in .htaccess: the request fails after a round of work.",
		Samples: []string{apacheLine + "[core:error] [pid 7:tid 7] [client 192.0.2.5:4000] AH00124: Request exceeded the limit of 10 internal redirects due to probable configuration error. Use 'LimitInternalRecursion' to increase the limit if necessary."},
	}
	siteBroken = &Kind{
		Name: "site.broken", Role: Harm, Severity: 3, Family: HTTPD,
		Title: "a .htaccess file broke its site",
		Doc:   "A .htaccess file holds a directive that the server does not know or allow: each request to its folder ends with status 500.",
		Samples: []string{
			apacheLine + "[core:alert] [pid 7:tid 7] [client 192.0.2.5:4000] /srv/www/.htaccess: Invalid command 'ExpiresActive', perhaps misspelled or defined by a module not included in the server configuration",
		},
		Misses: []string{apacheLine + "[core:info] [pid 7:tid 7] [client 192.0.2.5:4000] AH00128: File does not exist: /srv/www/.htaccess: x"},
		match: func(e *Event) bool {
			return e.Level == LevelAlert && e.Code == 0 && len(e.text) > 0 && e.text[0] == '/' && bytes.Contains(e.text, []byte("/.htaccess: "))
		},
		subject: func(e *Event) []byte {
			path, _, _ := bytes.Cut(e.text, []byte(": "))
			return path
		},
	}
	handlerMissing = &Kind{
		Name: "handler.missing", Role: Harm, Severity: 2, Family: HTTPD, Codes: []uint16{523, 524, 1144, 2295, 2296, 2304, 3154},
		Title:   "Apache has no module for a kind of file",
		Doc:     "A handler or directive is not there, for example PHP's after an update: files may be sent out as text.",
		Samples: []string{apacheLine + `[core:warn] [pid 7:tid 7] [client 192.0.2.5:4000] AH00523: handler "application/x-httpd-php" not found for: /srv/www/index.php`},
	}
	requestMalformed = &Kind{
		Name: "request.malformed", Role: Deed, Severity: 0, Family: HTTPD, Codes: []uint16{539, 540, 541, 570, 1592, 1593, 1595, 2555, 2656}, Prefix: []string{"client sent HTTP/1.1 request without hostname", "client sent invalid HTTP", "chunked Transfer-Encoding forbidden: ", "Invalid Content-Length"},
		Title:   "a request broke the rules of HTTP",
		Doc:     "A body or a header that HTTP or the server does not allow: a clumsy program.",
		Samples: []string{apacheLine + "[http:info] [pid 7:tid 7] [client 192.0.2.5:4000] AH01593: chunked Transfer-Encoding forbidden: /"},
	}
	requestNegotiation = &Kind{
		Name: "request.negotiation", Role: Noise, Family: HTTPD, Codes: []uint16{687, 690}, Prefix: []string{"Negotiation: discovered file(s) matching request: ", "no acceptable variant: "},
		Title:   "a file was there, but not as asked for",
		Doc:     "A file of that name is there with another ending, and content negotiation found none that fits.",
		Samples: []string{apacheLine + "[negotiation:error] [pid 7:tid 7] [client 192.0.2.5:4000] AH00687: Negotiation: discovered file(s) matching request: /srv/www/backup (None could be negotiated)."},
		subject: afterColon,
	}
	requestHost = &Kind{
		Name: "request.host", Role: Noise, Family: HTTPD, Codes: []uint16{10156, 10157},
		Title:   "a request named a host that is not served",
		Doc:     "A request named a host that no virtual host serves: a search by address, or a name that was moved away.",
		Samples: []string{apacheLine + "[core:warn] [pid 7:tid 7] [client 192.0.2.5:4000] AH10157: Requested hostname 'a.example.org' did not match any ServerName/ServerAlias in the matching virtual host (default vhost for a:443)"},
	}
	requestAborted = &Kind{
		Name: "request.aborted", Role: Noise, Family: HTTPD, Codes: []uint16{574, 1084, 1086, 1095, 1225, 1270},
		Prefix:  []string{"client stopped connection before ", "mod_fcgid: can't get data from http client", "mod_fcgid: ap_pass_brigade failed in handle_request"},
		Title:   "a visitor went away in the middle of a request",
		Doc:     "The visitor's connection ended before the request or its answer was complete.",
		Samples: []string{"[Sun Dec  7 16:02:00 2016] [info] [client 192.0.2.10] (104)Connection reset by peer: client stopped connection before send body completed", apacheLine + "[proxy_http:error] [pid 7:tid 7] (70008)Partial results are valid but processing is incomplete: [client 192.0.2.5:4000] AH01095: prefetch request body failed to 192.0.2.9:80 (app.example.org) from 192.0.2.5 ()"},
	}
	responseInvalid = &Kind{
		Name: "response.invalid", Role: Harm, Severity: 1, Family: HTTPD, Codes: []uint16{2428, 2429, 2430},
		Title:   "a program sent a header that is none",
		Doc:     "A script or backend answered with a header that HTTP does not allow: the visitor got status 500.",
		Samples: []string{apacheLine + "[http:error] [pid 7:tid 7] [client 192.0.2.5:4000] AH02429: Response header name 'X Shop' contains invalid characters, aborting request"},
	}
	frontendMismatch = &Kind{
		Name: "frontend.mismatch", Role: Harm, Severity: 3, Family: HTTPD, Codes: []uint16{3496, 3498, 3499, 3500, 3501, 3502, 3504, 3505, 3506, 3507, 3508, 3509, 3513, 10183, 10184, 10185, 10186},
		Title:   "the PROXY header in front of a request was missing or wrong",
		Doc:     "The server wants a PROXY protocol header from the load balancer and did not get a right one: such requests fail.",
		Samples: []string{apacheLine + "[remoteip:warn] [pid 7:tid 7] [client 192.0.2.5:4000] AH03496: RemoteIPProxyProtocol data is missing, but required! Aborting request."},
	}
	proxyProbe = &Kind{
		Name: "proxy.probe", Role: Deed, Severity: 1, Family: HTTPD, Codes: []uint16{916, 917, 10187, 10292},
		Title:   "somebody tried to use the server as a proxy",
		Doc:     "A request for another server, or for the settings of the balancer. Refused.",
		Samples: []string{apacheLine + "[proxy:warn] [pid 7:tid 7] [client 192.0.2.5:4000] AH00917: connect to remote machine 198.51.100.7 blocked: IP 198.51.100.0 matched"},
	}

	// Programs behind httpd.
	scriptFailed = &Kind{
		Name: "script.failed", Role: Harm, Severity: 2, Family: HTTPD, Codes: []uint16{1220, 1223, 1227, 1259, 1260},
		Prefix:  []string{"End of script output before headers: ", "Premature end of script headers: ", "malformed header from script", "Script timed out before returning headers: "},
		Title:   "a program ended without an answer",
		Doc:     "A CGI program ended, failed or hung before it had sent its headers: the visitor got status 500 or 504.",
		Samples: []string{apacheLine + "[cgi:error] [pid 7:tid 7] [client 192.0.2.5:4000] End of script output before headers: form.cgi", "[Mon Dec 26 16:22:08 2016] [error] [client 192.0.2.1] Premature end of script headers: form.cgi"},
		subject: afterColon,
	}
	scriptForbidden = &Kind{
		Name: "script.forbidden", Role: Deed, Severity: 0, Family: HTTPD, Codes: []uint16{1262, 1263, 1265, 1266, 2809, 2810, 2812, 2813}, Prefix: []string{"Options ExecCGI is off in this directory", "attempt to include NPH CGI script", "attempt to invoke directory as script: "},
		Title:   "a program was asked for that may not run",
		Doc:     "A client asked for a program in a folder where none may run.",
		Samples: []string{apacheLine + "[cgi:error] [pid 7:tid 7] [client 192.0.2.5:4000] AH02809: Options ExecCGI is off in this directory: /srv/www/a.pl"},
		subject: afterColon,
	}
	cgiDown = &Kind{
		Name: "cgi.down", Role: Harm, Severity: 3, Family: HTTPD, Codes: []uint16{1222, 1238, 1239, 1243, 1245, 1247, 1252, 1253, 1255, 1257, 1258, 10245, 10246}, Prefix: []string{"cgid daemon process died", "unable to connect to cgi daemon"},
		Title:   "the process that starts CGI programs was gone",
		Doc:     "mod_cgid's own process died, could not be reached or could not start a program: CGI programs do not run until that is mended.",
		Samples: []string{apacheLine + "[cgid:error] [pid 7:tid 7] AH01239: cgid daemon process died, restarting"},
	}
	fcgidFull = &Kind{
		Name: "fcgid.full", Role: Harm, Severity: 3, Family: HTTPD, Prefix: []string{"mod_fcgid: can't apply process slot for ", "mod_fcgid: too much processes", "mod_fcgid: can't lock process table"},
		Title:   "mod_fcgid had no free process",
		Doc:     "All of mod_fcgid's processes were busy (FcgidMaxProcesses): this visitor waited in vain.",
		Samples: []string{"[Mon Dec 26 16:22:08 2016] [warn] [client 192.0.2.1] mod_fcgid: can't apply process slot for /usr/bin/php-cgi"},
	}
	fcgidTimeout = &Kind{
		Name: "fcgid.timeout", Role: Harm, Severity: 2, Family: HTTPD, Prefix: []string{"mod_fcgid: read data timeout in ", "mod_fcgid: write data timeout", "mod_fcgid: process busy timeout"},
		Title:   "a program behind mod_fcgid did not answer in time",
		Doc:     "A program behind mod_fcgid did not answer in time; a worker was held as long.",
		Samples: []string{at2 + "[warn] [pid 1237] mod_fcgid: read data timeout in 45 seconds", apacheLine + "[fcgid:warn] [pid 7:tid 7] [client 192.0.2.5:4000] mod_fcgid: read data timeout in 45 seconds"},
	}
	fcgidBroken = &Kind{
		Name: "fcgid.broken", Role: Harm, Severity: 1, Family: HTTPD, Prefix: []string{"mod_fcgid: error reading data, FastCGI server closed connection", "mod_fcgid: error reading data from FastCGI server", "mod_fcgid: error writing data, FastCGI server closed connection", "mod_fcgid: ap_pass_brigade failed", "mod_fcgid: get overflow", "mod_fcgid: process "},
		Title:   "a program behind mod_fcgid broke off",
		Doc:     "A program behind mod_fcgid closed its connection in the middle of a request: it crashed, was killed or reached its number of requests.",
		Samples: []string{apacheLine + "[fcgid:warn] [pid 7:tid 7] (104)Connection reset by peer: [client 192.0.2.5:4000] mod_fcgid: error reading data, FastCGI server closed connection", apacheLine + "[fcgid:error] [pid 7:tid 7] mod_fcgid: process /srv/www/php.fcgi(4110) exit(communication error), get unexpected signal 11"},
		match: func(e *Event) bool {
			return !bytes.HasPrefix(e.text, []byte("mod_fcgid: process ")) || bytes.Contains(e.text, []byte("), get unexpected signal "))
		},
	}
	fcgidLimit = &Kind{
		Name: "fcgid.limit", Role: Harm, Severity: 1, Family: HTTPD, Prefix: []string{"mod_fcgid: HTTP request length "},
		Title:   "an upload was larger than mod_fcgid allows",
		Doc:     "A body over FcgidMaxRequestLen: an upload fails with status 500.",
		Samples: []string{apacheLine + "[fcgid:warn] [pid 7:tid 7] [client 192.0.2.5:4000] mod_fcgid: HTTP request length 131665 (so far) exceeds MaxRequestLen (131072)"},
	}
	fcgidNote = &Kind{
		Name: "fcgid.note", Role: Noise, Family: HTTPD, Prefix: []string{"mod_fcgid: "},
		Title:   "mod_fcgid started, ended or watched a process",
		Doc:     "mod_fcgid tells of the processes that it keeps.",
		Samples: []string{apacheLine + "[fcgid:info] [pid 7:tid 7] mod_fcgid: process /srv/www/php.fcgi(4110) exit(idle timeout), terminated by calling exit(), return code: 0"},
	}
	fcgidStderr = &Kind{
		Name: "fcgid.stderr", Role: Noise, Family: HTTPD,
		Title:   "a program behind mod_fcgid wrote to its standard error",
		Doc:     "A program behind mod_fcgid wrote to its standard error, in words that are not PHP's own.",
		Samples: []string{apacheLine + "[fcgid:warn] [pid 7:tid 7] [client 192.0.2.5:4000] mod_fcgid: stderr: mail could not be sent"},
		match:   func(e *Event) bool { return e.Code == 0 && bytes.HasPrefix(e.Message, []byte("mod_fcgid: stderr: ")) },
	}

	// TLS, HTTP/2, certificates.
	tlsName = &Kind{
		Name: "tls.name", Role: Noise, Family: HTTPD, Codes: []uint16{2031, 2032, 2033}, Prefix: []string{"Hostname "},
		Title:   "a request's name was not that of its TLS handshake",
		Doc:     "The name in the request is not that of the TLS handshake: a search by address, a misrouted proxy. Common; says little alone.",
		Samples: []string{apacheLine + "[ssl:error] [pid 7:tid 7] [client 192.0.2.5:4000] AH02032: Hostname a.example.org provided via SNI and hostname b.example.org provided via HTTP have no compatible SSL setup"},
		match:   func(e *Event) bool { return e.Code != 0 || bytes.Contains(e.text, []byte(" provided via SNI")) },
	}
	tlsRenegotiation = &Kind{
		Name: "tls.renegotiation", Role: Deed, Severity: 2, Family: HTTPD, Codes: []uint16{2042}, Prefix: []string{"rejecting client initiated renegotiation"},
		Title:   "a client wanted to renegotiate TLS",
		Doc:     "A client asked for a new TLS handshake on its connection, which no browser does: many are an attack on the processor. Refused.",
		Samples: []string{apacheLine + "[ssl:error] [pid 7:tid 7] [client 192.0.2.5:4000] AH02042: rejecting client initiated renegotiation"},
	}
	tlsFailed = &Kind{
		Name: "tls.failed", Role: Noise, Family: HTTPD,
		Codes:   []uint16{1962, 1991, 1992, 1993, 1994, 1995, 1996, 1998, 2003, 2004, 2005, 2006, 2008, 2009, 2010, 2015, 2018, 2030, 2039, 2040, 2222, 2224, 2225, 2257, 2259, 2261, 2262, 2263, 2264, 2265, 2266, 2276},
		Prefix:  []string{"SSL Library Error: ", "SSL handshake failed", "SSL handshake interrupted", "SSL library error "},
		Title:   "a TLS connection failed",
		Doc:     "A TLS handshake or connection failed: an old or a clumsy client, HTTP on the TLS port, a connection that ended.",
		Samples: []string{apacheLine + "[ssl:info] [pid 7:tid 7] [client 192.0.2.5:4000] AH02008: SSL library error 1 in handshake (server www.example.org:443)", apacheLine + "[ssl:info] [pid 7] SSL Library Error: error:1407609B:SSL routines:SSL23_GET_CLIENT_HELLO:https proxy request -- speaking HTTP to HTTPS port!?"},
	}
	tlsConfig = &Kind{
		Name: "tls.config", Role: State, Severity: 4, Family: HTTPD, Codes: []uint16{2561, 2564, 2565, 2572},
		Title:   "Apache could not use its certificate",
		Doc:     "A certificate or key is missing, broken, or they do not belong together: the server does not start again.",
		Samples: []string{apacheLine + "[ssl:emerg] [pid 7:tid 7] AH02572: Failed to configure at least one certificate and key for www.example.org:443"},
	}
	tlsCertificate = &Kind{
		Name: "tls.certificate", Role: State, Severity: 1, Family: HTTPD, Codes: []uint16{1909},
		Title:   "a certificate is not for its server's name",
		Doc:     "A certificate does not name the server that it is used for: browsers warn.",
		Samples: []string{apacheLine + "[ssl:warn] [pid 7:tid 7] AH01909: www.example.org:443:0 server certificate does NOT include an ID which matches the server name"},
	}
	tlsStapling = &Kind{
		Name: "tls.stapling", Role: Noise, Family: HTTPD, Codes: []uint16{1921, 1922, 1923, 1924, 1925, 1941, 1972, 1974, 1976, 1977, 1978, 1979, 1980, 1982, 1983, 1985, 1986, 1988, 1989, 2272, 2273, 2321},
		Title:   "the certificate authority was not asked in time",
		Doc:     "The server could not ask the certificate authority for the state of a certificate (OCSP): an outage there, or connections out are blocked.",
		Samples: []string{apacheLine + "[ssl:error] [pid 7:tid 7] (110)Connection timed out: [client 192.0.2.5:4000] AH01974: could not connect to OCSP responder 'ocsp.example.org'"},
	}
	acmeFailed = &Kind{
		Name: "acme.failed", Role: State, Severity: 2, Family: HTTPD, Codes: []uint16{10038, 10040, 10042, 10045, 10046, 10047, 10056, 10057, 10105, 10110, 10170, 10171, 10172, 10173, 10174, 10238, 10398},
		Title:   "a certificate could not be renewed",
		Doc:     "mod_md could not get or use a certificate: it will run out.",
		Samples: []string{apacheLine + "[md:error] [pid 7:tid 7] AH10056: processing www.example.org: acme problem urn:ietf:params:acme:error:rateLimited"},
	}
	http2Off = &Kind{
		Name: "protocol.off", Role: Noise, Family: HTTPD, Codes: []uint16{10034},
		Title:   "HTTP/2 does not work with this kind of worker",
		Doc:     "mod_http2 does not work with mpm_prefork: visitors get HTTP/1.1.",
		Samples: []string{apacheLine + "[http2:warn] [pid 7:tid 7] AH10034: The mpm module (prefork.c) is not supported by mod_http2. The mpm determines how things are processed in your server."},
	}
	http2Broken = &Kind{
		Name: "protocol.broken", Role: Noise, Family: HTTPD, Codes: []uint16{2925, 3063},
		Title:   "an HTTP/2 connection failed",
		Doc:     "A frame was invalid or could not be sent. Seen at debug levels only; a flood of resets shows as busy workers.",
		Samples: []string{apacheLine + "[http2:debug] [pid 7:tid 7] h2_session.c(300): [client 192.0.2.5:4000] AH03063: h2_session(1): recv invalid frame"},
	}
)

// What mod_proxy wrote before its lines had codes (2.2).
var (
	proxyDown = []string{
		"proxy: HTTP: attempt to connect to ", "proxy: AJP: attempt to connect to ", "proxy: HTTP: failed to make connection to backend: ", "proxy: AJP: failed to make connection to backend: ",
		"proxy: HTTP: disabled connection for ", "ap_proxy_connect_backend disabling worker for ", "proxy: BALANCER: ",
	}
	proxyBroken = []string{
		"proxy: error reading status line from remote server ", "proxy: Error reading from remote server returned by ", "proxy: error reading response",
		"proxy: prefetch request body failed to ", "proxy: pass request body failed to ",
	}
)

const at2 = "[Mon Jun 16 03:42:01.456789 2026] "

// unframed tells whether an event is a line without any frame: what a child or a
// start script wrote to the standard error that is the error log.
func unframed(e *Event) bool { return e.Format == nil && e.Program == nil }

// placeOfSyntax is the file in "Syntax error on line N of FILE:".
func placeOfSyntax(e *Event) []byte {
	line, _, _ := bytes.Cut(e.text, []byte("\n"))
	i := bytes.Index(line, []byte(" on line "))
	if i < 0 {
		return nil
	}
	_, file, _ := bytes.Cut(line[i+len(" on line "):], []byte(" of "))
	return bytes.TrimRight(file, ":\r")
}

// lastNumber is the last number in the text.
func lastNumber(e *Event) int64 {
	end := len(e.text)
	for end > 0 && e.text[end-1]-'0' > 9 {
		end--
	}
	start := end
	for start > 0 && e.text[start-1]-'0' <= 9 {
		start--
	}
	n, _, _ := digits(e.text[start:end])
	return n
}
