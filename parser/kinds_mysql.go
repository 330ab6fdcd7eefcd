package parser

import "bytes"

// More of what MySQL and MariaDB write to their own log (sql/share/errmsg-utf8.txt,
// sql/hostname.cc, sql/mysqld.cc).

const mysqlLine = "2026-03-14  7:39:24 47 "

var (
	dbDenied = &Kind{
		Name: "db.denied", Role: State, Severity: 1, Family: Database, Prefix: []string{"Access denied for user '"},
		Title: "the database refused a password",
		Doc:   "The database refused a user or a password. From another machine: the database can be reached from the internet, or a site's settings are wrong.",
		Samples: []string{
			mysqlLine + "[Warning] Access denied for user 'root'@'192.0.2.4' (using password: YES)",
			"Mar 14 07:39:24 vps512 mysqld: 130916 21:30:32 [Warning] Access denied for user 'root'@'192.0.2.4' (using password: NO)",
			"2026-03-14T06:05:00.634875Z 113 [Note] [MY-010926] [Server] Access denied for user 'root'@'192.0.2.4' (using password: NO)",
		},
		match: func(e *Event) bool { // the host is the server's own word
			_, host := deniedParts(e)
			e.setClient(host, -1)
			return true
		},
		subject: deniedUser, detail: func(e *Event) any {
			user, host := deniedParts(e)
			return DeniedUser{User: Text(user), Host: Text(host)}
		},
	}
	dbConnections = &Kind{
		Name: "db.connections", Role: State, Severity: 3, Family: Database, Prefix: []string{"Too many connections", "mysqld: Too many connections", "mariadbd: Too many connections"},
		Title:   "the database had no connection left",
		Doc:     "The database server had no connection left: more workers ask than max_connections allows.",
		Samples: []string{mysqlLine + "[Warning] Too many connections"},
	}
	dbThreads = &Kind{
		Name: "db.threads", Role: State, Severity: 4, Family: Database, Prefix: []string{"Can't create a new thread", "Can't create thread to ", "mysqld: Can't create a new thread", "mariadbd: Can't create a new thread", "InnoDB: pthread_create returned "},
		Title:   "the system refused the database a thread",
		Doc:     "The system refused the database server a thread: no memory, or a limit on processes.",
		Samples: []string{mysqlLine + "[ERROR] Can't create a new thread (errno 11 \"Resource temporarily unavailable\"); if you are not out of available memory, you can consult the manual for a possible OS-dependent bug"},
	}
	dbDisk = &Kind{
		Name: "db.disk", Role: State, Severity: 4, Family: Database,
		Title:  "the database could not write",
		Doc:    "The database server could not write: the disk is full or broken.",
		Prefix: []string{"mysqld: ", "mariadbd: ", "/usr/sbin/", "Disk is full writing '", "InnoDB: ", "The table '", "Error writing file "},
		Samples: []string{
			mysqlLine + "[ERROR] mysqld: Disk is full writing './wp/wp_posts.MYD' (Errcode: 28 - No space left on device). Waiting for someone to free space...",
			mysqlLine + "[ERROR] mysqld: The table 'wp_options' is full",
			mysqlLine + "[Warning] mysqld: Disk is full writing './binlog.000001' (Errcode: 28 \"No space left on device\"). Waiting for someone to free space...",
		},
		match: func(e *Event) bool {
			// Only what is graver than a note is looked at more closely: the database says a lot.
			return (e.Level == LevelError || e.Level == LevelWarn) && (bytes.Contains(e.text, []byte("Disk is full writing '")) || bytes.Contains(e.text, []byte("No space left on device")) || bytes.Contains(e.text, []byte("' is full")) || bytes.HasSuffix(e.text, []byte(" failed with error 28")))
		},
	}
	dbDamaged = &Kind{
		Name: "db.damaged", Role: State, Severity: 3, Family: Database,
		Title:  "a table is damaged",
		Doc:    "A table is damaged, mostly after an unclean end, and has to be repaired.",
		Prefix: []string{"mysqld: Table '", "mariadbd: Table '", "mysqld: Incorrect key file for table '", "mariadbd: Incorrect key file for table '", "/usr/", "Table '", "Incorrect key file for table '", "InnoDB: Database page corruption", "Database page corruption on disk", "InnoDB: Malformed log record", "Checking table: "},
		Samples: []string{
			mysqlLine + "[ERROR] mysqld: Table './wp/wp_options' is marked as crashed and should be repaired",
			mysqlLine + "[ERROR] /usr/sbin/mysqld: Incorrect key file for table './wp/wp_options.MYI'; try to repair it",
			"2026-03-14T06:05:00.634875Z 1 [ERROR] [MY-012153] [InnoDB] Database page corruption on disk or a failed file read of page [page id: space=4, page number=3]. You may have to recover from a backup.",
		},
		match: func(e *Event) bool {
			return e.text[0] == 'I' || e.text[0] == 'C' || e.text[0] == 'D' || bytes.Contains(e.text, []byte("is marked as crashed")) || bytes.Contains(e.text[:min(len(e.text), 64)], []byte("d: Incorrect key file for table '"))
		},
	}
	dbFailed = &Kind{
		Name: "db.failed", Role: State, Severity: 4, Family: Database,
		Title:   "the database could not start",
		Doc:     "The database server gave up its start.",
		Prefix:  []string{"Aborting", "Can't start server", "Fatal error: ", "Unknown/unsupported storage engine", "Plugin 'InnoDB' init function returned error", "Do you already have another ", "Plugin 'InnoDB' registration as a STORAGE ENGINE failed", "InnoDB: Plugin initialization aborted", "Plugin initialization aborted"},
		Samples: []string{mysqlLine + "[ERROR] Aborting", mysqlLine + "[ERROR] Plugin 'InnoDB' init function returned error."},
		Misses:  []string{mysqlLine + "[Warning] Aborted connection 47 to db: 'wp' user: 'wp' host: 'localhost' (Got an error reading communication packets)"},
	}
	dbAssertion = &Kind{
		Name: "db.assertion", Role: State, Severity: 3, Family: Database,
		Title:  "the database found a fault in itself",
		Doc:    "InnoDB met what must not be, or waited ten minutes for a lock of its own, and ends the server on purpose: the crash that follows is this one.",
		Prefix: []string{"InnoDB: Assertion failure ", "InnoDB: Failing assertion: ", "Assertion failure: ", "InnoDB: innodb_fatal_semaphore_wait_threshold was exceeded", "InnoDB: Semaphore wait has lasted > ", "Semaphore wait has lasted > ", "[FATAL] Semaphore wait has lasted > "},
		Samples: []string{
			"2026-03-14 07:39:24 0x7fcb2eb43740  InnoDB: Assertion failure in thread 140510638651200 in file ut0ut.cc line 921",
			"2026-03-14T06:39:24.685267Z 0 [ERROR] [MY-013183] [InnoDB] Assertion failure: ddl0buffer.cc:204:ptr < bounds.second thread 140540279490304",
			mysqlLine + "[ERROR] [FATAL] InnoDB: innodb_fatal_semaphore_wait_threshold was exceeded for dict_sys.latch. Please refer to https://mariadb.com/kb/en/how-to-produce-a-full-stack-trace-for-mysqld/",
		},
	}
	dbHost = &Kind{
		Name: "db.host", Role: Noise, Family: Database, Prefix: []string{"IP address '", "Host name '", "Hostname '"},
		Title:   "the database asked for a host's name in vain",
		Doc:     "The database server asked for the name of a host that connected, in vain. It costs time; skip_name_resolve helps. A strange address: the database can be reached from the internet.",
		Samples: []string{mysqlLine + "[Warning] IP address '192.0.2.4' could not be resolved: Name or service not known"},
	}
	dbEnded = &Kind{
		Name: "db.ended", Role: State, Severity: 1, Family: Database, Prefix: []string{"mysqld from pid file ", "mariadbd from pid file ", "mysqld ended", "/usr/", "mysqld: Shutdown complete", "mariadbd: Shutdown complete"},
		Title:   "the database had stopped",
		Doc:     "The database server stopped as it was told to.",
		Samples: []string{mysqlLine + "[Note] /usr/sbin/mariadbd: Shutdown complete", "130324 00:04:01 mysqld_safe mysqld from pid file /run/mysqld/mysqld.pid ended", "080324 00:04:01  mysqld ended"},
		Misses:  []string{mysqlLine + "[Note] InnoDB: Rollback of trx ended"},
		match: func(e *Event) bool {
			return bytes.Contains(e.text, []byte(": Shutdown complete")) || bytes.Contains(e.text, []byte(" from pid file ")) || string(e.text) == "mysqld ended"
		},
	}
)

// A DeniedUser is whom the database refused, and where from.
type DeniedUser struct {
	User string `json:"user"`
	Host string `json:"host"` // a name or an address
}

// deniedParts reads "'NAME'@'HOST'". The name is what somebody typed: the last of
// the server's own marks ends it.
func deniedParts(e *Event) (user, host []byte) {
	b := bytes.TrimPrefix(e.text, []byte("Access denied for user '"))
	i := lastIndex(b, "'@'")
	if i < 0 {
		return b, nil
	}
	host, _, _ = bytes.Cut(b[i+3:], []byte("'"))
	return b[:i], host
}

func deniedUser(e *Event) []byte { user, _ := deniedParts(e); return user }
