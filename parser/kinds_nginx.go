package parser

import "bytes"

// What nginx says in its error log where it stands before Apache or PHP
// (src/event/, src/http/ngx_http_upstream.c, ngx_http_request.c and the modules
// limit_req, limit_conn, access, auth_basic, autoindex and static).

const (
	nginxLine     = "2026/03/14 07:39:28 "
	nginxRestLine = `, client: 192.0.2.4, server: www.example.org, request: "GET /a HTTP/1.1", upstream: "http://127.0.0.1:8080/a", host: "www.example.org"`
)

var (
	nginxFull = &Kind{
		Name: "proxy.full", Role: State, Severity: 3, Family: Nginx, Contains: []string{" worker_connections are not enough"},
		Title:   "nginx had no connection left",
		Doc:     "All connections of a worker of nginx were in use; further visitors were turned away. It never tells why: a flood, a slow backend and a limit set too low look alike.",
		Samples: []string{nginxLine + "[alert] 123#123: 1024 worker_connections are not enough", nginxLine + "[alert] 123#123: *45 1024 worker_connections are not enough while connecting to upstream" + nginxRestLine},
		Misses:  []string{nginxLine + `[error] 123#123: *45 open() "/srv/1 worker_connections are not enough" failed (2: No such file or directory)` + nginxRestLine},
		match: func(e *Event) bool {
			_, rest, ok := digits(e.text)
			return ok && bytes.HasPrefix(rest, []byte(" worker_connections are not enough"))
		},
	}
	nginxFailed = &Kind{
		Name: "proxy.failed", Role: State, Severity: 4, Family: Nginx, Prefix: []string{"accept4() failed (", "accept() failed (", "bind() to ", "socket() failed (", "fork() failed", "still could not bind()", "unexpected end of file, expecting ", "unknown directive "},
		Title: "nginx could not work",
		Doc:   "nginx got no port, no connection, no process, or could not read its configuration; errno 24 is its limit on open files.",
		Samples: []string{
			nginxLine + "[crit] 123#123: accept4() failed (24: Too many open files)",
			nginxLine + "[emerg] 123#123: bind() to 0.0.0.0:80 failed (98: Address already in use)",
		},
		Misses: []string{nginxLine + "[info] 123#123: accept4() failed (103: Software caused connection abort)"},
		match:  func(e *Event) bool { return LevelNone < e.Level && e.Level <= LevelCrit },
	}
	nginxDied = &Kind{
		Name: "proxy.died", Role: State, Severity: 2, Family: Nginx, Prefix: []string{"worker process "},
		Title:   "a worker of nginx died",
		Doc:     "A worker of nginx was ended by a signal: a crash (11), or the kernel's out-of-memory kill (9).",
		Samples: []string{nginxLine + "[alert] 123#123: worker process 4242 exited on signal 9", nginxLine + "[alert] 123#123: worker process 4242 exited on signal 11 (core dumped)"},
		Misses:  []string{nginxLine + "[notice] 123#123: worker process 4242 exited with code 0"},
		match:   func(e *Event) bool { return bytes.Contains(e.text, []byte(" exited on signal ")) },
		pid:     func(e *Event) int64 { return numberAfter(e.text, "worker process ") },
	}
	nginxNoBackend = &Kind{
		Name: "proxy.backend_down", Role: Harm, Severity: 2, Family: Nginx, Prefix: []string{"connect() failed (", "connect() to unix:", "no live upstreams while connecting to upstream"},
		Title: "nginx could not reach the server behind it",
		Doc:   "The server behind nginx (Apache, PHP-FPM) took no connection: errno 111 and 2 mean that it was down, 11 that its queue was full, 13 permissions.",
		Samples: []string{
			nginxLine + "[error] 123#123: *45 connect() failed (111: Connection refused) while connecting to upstream" + nginxRestLine,
			nginxLine + "[crit] 123#123: *45 connect() to unix:/run/php/php8.2-fpm.sock failed (2: No such file or directory) while connecting to upstream" + nginxRestLine,
			nginxLine + "[error] 123#123: *45 no live upstreams while connecting to upstream" + nginxRestLine,
			"Mar 14 07:39:28 vps512 nginx: " + nginxLine + "[error] 123#123: *45 connect() failed (111: Connection refused) while connecting to upstream" + nginxRestLine,
		},
	}
	nginxTimeout = &Kind{
		Name: "proxy.timeout", Role: Harm, Severity: 2, Family: Nginx, Prefix: []string{"upstream timed out ("},
		Title:   "the server behind nginx did not answer in time",
		Doc:     "The server behind nginx did not answer within the timeout, which held the visitor that long: slow code, a slow database, or no worker free.",
		Samples: []string{nginxLine + "[error] 123#123: *45 upstream timed out (110: Connection timed out) while reading response header from upstream" + nginxRestLine},
	}
	nginxBroken = &Kind{
		Name: "proxy.broken", Role: Harm, Severity: 2, Family: Nginx, Prefix: []string{"upstream prematurely closed connection", "recv() failed (104: Connection reset by peer) while reading response", "upstream sent ", "writev() failed (104: Connection reset by peer) while sending request to upstream"},
		Title:   "the server behind nginx broke off",
		Doc:     "The server behind nginx ended the connection before its answer was whole, or answered what nginx could not read: it crashed, was killed, or was stopped.",
		Samples: []string{nginxLine + "[error] 123#123: *45 upstream prematurely closed connection while reading response header from upstream" + nginxRestLine},
	}
	nginxLimited = &Kind{
		Name: "proxy.limited", Role: Deed, Severity: 1, Family: Nginx, Prefix: []string{"limiting requests, excess: ", "delaying request, excess: ", "limiting connections by zone "},
		Title: "a client was over nginx's limit on requests",
		Doc:   "A client asked for more than limit_req or limit_conn allow and was refused or made to wait: already dealt with. A page with many pictures can do it too.",
		Samples: []string{
			nginxLine + `[error] 123#123: *45 limiting requests, excess: 5.120 by zone "one"` + nginxRestLine,
			nginxLine + `[error] 123#123: *45 limiting connections by zone "addr"` + nginxRestLine,
		},
		subject: nginxZone,
	}
	nginxDenied = &Kind{
		Name: "proxy.denied", Role: Deed, Severity: 1, Family: Nginx, Prefix: []string{"access forbidden by rule"},
		Title:   "nginx refused a path that is forbidden",
		Doc:     "The configuration of nginx forbids this path to this client: already blocked.",
		Samples: []string{nginxLine + "[error] 123#123: *45 access forbidden by rule" + nginxRestLine},
	}
	nginxAuth = &Kind{
		Name: "proxy.auth_failed", Role: Deed, Severity: 1, Family: Nginx, Prefix: []string{`user "`},
		Title:   "a wrong name or password was tried on nginx",
		Doc:     "A wrong password, or a user that nginx does not know. A person mistypes it a few times; a program goes on.",
		Samples: []string{nginxLine + `[error] 123#123: *45 user "anna": password mismatch` + nginxRestLine, nginxLine + `[error] 123#123: *45 user "anna" was not found in "/etc/nginx/htpasswd"` + nginxRestLine},
		match: func(e *Event) bool {
			return bytes.Contains(e.text, []byte(`": password mismatch`)) || bytes.Contains(e.text, []byte(`" was not found in "`))
		},
	}
	nginxMissing = &Kind{
		Name: "proxy.missing", Role: Deed, Severity: 0, Family: Nginx, Prefix: []string{`open() "`, `"`, "FastCGI sent in stderr: \"Primary script unknown", "Primary script unknown", "Unable to open primary script"},
		Title: "nginx was asked for a file that is not there",
		Doc:   "A client asked nginx for a file or a script that is not there. One is a dead link; many different ones are a search.",
		Samples: []string{
			nginxLine + `[error] 123#123: *45 open() "/srv/www/favicon.ico" failed (2: No such file or directory)` + nginxRestLine,
			nginxLine + `[error] 123#123: *45 "/srv/www/a/index.php" is not found (2: No such file or directory)` + nginxRestLine,
			nginxLine + `[error] 123#123: *45 FastCGI sent in stderr: "Primary script unknown" while reading response header from upstream` + nginxRestLine,
		},
		Misses: []string{nginxLine + `[error] 123#123: *45 open() "/srv/www/a" failed (13: Permission denied)` + nginxRestLine},
		match: func(e *Event) bool {
			return e.text[0] != 'o' && e.text[0] != '"' || bytes.Contains(e.text, []byte(`" failed (2: `)) || bytes.Contains(e.text, []byte(`" is not found (2: `))
		},
		subject: nginxPath,
	}
	nginxIndex = &Kind{
		Name: "proxy.index_denied", Role: Deed, Severity: 0, Family: Nginx, Prefix: []string{`directory index of "`},
		Title:   "nginx was asked for a folder that has no index",
		Doc:     "A client asked for a folder without an index page. Common among scanners, and among people who shorten an address.",
		Samples: []string{nginxLine + `[error] 123#123: *45 directory index of "/srv/www/a/" is forbidden` + nginxRestLine},
		subject: nginxPath,
	}
	nginxLarge = &Kind{
		Name: "proxy.large", Role: Deed, Severity: 0, Family: Nginx, Prefix: []string{"client intended to send too large body: ", "client sent too long ", "client sent too large request"},
		Title:   "nginx refused a request that was too large",
		Doc:     "A body or a header over nginx's limit: mostly an upload of a size that client_max_body_size does not allow.",
		Samples: []string{nginxLine + "[error] 123#123: *45 client intended to send too large body: 10485761 bytes" + nginxRestLine},
	}
	nginxUnreadable = &Kind{
		Name: "proxy.unreadable", Role: Harm, Severity: 1, Family: Nginx, Prefix: []string{`open() "`, `stat() "`, `mkdir() "`, `rename() "`, `pwrite() "`, `pwritev() "`},
		Title: "nginx could not use a file",
		Doc:   "nginx may not read a file (13), has too many open (24), or the disk is full (28).",
		Samples: []string{
			nginxLine + `[error] 123#123: *45 open() "/srv/www/a" failed (13: Permission denied)` + nginxRestLine,
			nginxLine + `[crit] 123#123: *45 pwrite() "/var/lib/nginx/body/0000000001" failed (28: No space left on device)` + nginxRestLine,
		},
		match:   func(e *Event) bool { return bytes.Contains(e.text, []byte(`" failed (`)) },
		subject: nginxPath,
	}
)

// nginxZone is the zone whose limit a client was over.
func nginxZone(e *Event) []byte {
	_, zone, _ := bytes.Cut(e.text, []byte(` by zone "`))
	zone, _, _ = bytes.Cut(zone, []byte(`"`))
	return zone
}

// nginxPath is the file that nginx names before the errno; a visitor may have
// chosen it, quotes and all.
func nginxPath(e *Event) []byte {
	_, path, _ := bytes.Cut(e.text, []byte(`"`))
	for _, end := range []string{`" failed (`, `" is not found (`, `" is forbidden`} {
		if i := lastIndex(path, end); i >= 0 {
			return path[:i]
		}
	}
	return nil
}
