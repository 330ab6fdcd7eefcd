package parser

import "bytes"

// Messages of PHP (main/main.c, php_error_cb) and of WordPress's database class
// (wp-includes/class-wpdb.php, print_error).

const (
	wpPrefix = "WordPress database error "
	story    = "[Thu May 04 23:55:46.108241 2017] [:error] [pid 8114] [client 192.0.2.5:32969] "
)

// dbPrefixes are the ways in which a database error reaches the log through PHP.
var dbPrefixes = []string{wordPress, "PHP Warning:", "PHP Fatal error:", "mysqli_", "Warning: mysqli_"}

var (
	dbGone = &Kind{
		Name: "db.gone", Role: Harm, Severity: 3, Family: PHP, Prefix: dbPrefixes,
		Title: "a query found the database connection dead",
		Doc:   "A request found its database connection dead (error 2006). WordPress tries five times, a second apart, and holds its worker meanwhile.",
		Samples: []string{
			story + "WordPress database error MySQL server has gone away for query SELECT 1 made by require('wp-blog-header.php'), get_option",
			story + "PHP Warning:  mysqli_query(): (HY000/2006): MySQL server has gone away in /var/www/html/wp-includes/class-wpdb.php on line 2349",
			story + "PHP Warning:  mysqli_query(): MySQL server has gone away in /srv/wp-db.php on line 1",
		},
		Misses: []string{
			story + "WordPress database error Table 'wp.x' doesn't exist for query SELECT 'MySQL server has gone away' made by x",
			story + "PHP Warning:  Undefined array key \"MySQL server has gone away\" in /srv/a.php on line 1",
		},
		match: isDB(classGone), detail: detailDB, origin: originPHP,
	}
	dbLost = &Kind{
		Name: "db.lost", Role: Harm, Severity: 3, Family: PHP, Prefix: dbPrefixes,
		Title: "the database went away in the middle of a query",
		Doc:   "The database server went away in the middle of a query (error 2013): a crash, a kill, a restart.",
		Samples: []string{
			story + "PHP Warning: mysqli_query(): (HY000/2013): Lost connection to MySQL server during query in /var/www/html/wp/wp-includes/wp-db.php on line 1877",
			story + "WordPress database error Lost connection to server during query for query SELECT 1 made by x",
		},
		match: isDB(classLost), detail: detailDB, origin: originPHP,
	}
	dbRefused = &Kind{
		Name: "db.refused", Role: Harm, Severity: 3, Family: PHP, Prefix: dbPrefixes,
		Title: "a request could not connect to the database",
		Doc:   "A request could not connect to the database server (errors 2002 and 2003): it is down or starting, or its name cannot be resolved.",
		Samples: []string{
			story + "PHP Warning:  mysqli_real_connect(): php_network_getaddresses: getaddrinfo for db.example.org failed: Temporary failure in name resolution in /srv/wp-includes/class-wpdb.php on line 1982",
			story + "PHP Warning:  mysqli_real_connect(): (HY000/2002): No such file or directory in /srv/wp-includes/class-wpdb.php on line 1982",
			story + "PHP Warning:  mysqli_real_connect(): (HY000/2002): Connection refused in /srv/wp-includes/class-wpdb.php on line 1982",
			story + `PHP Fatal error:  Uncaught mysqli_sql_exception: Connection refused in /srv/wp-includes/class-wpdb.php:1987\nStack trace:\n#0 {main}`,
			story + `PHP Fatal error:  Uncaught TypeError: mysqli_query(): Argument #1 ($mysql) must be of type mysqli, bool given in /srv/a.php:3`,
			story + `PHP Fatal error:  Uncaught PDOException: SQLSTATE[HY000] [2002] No such file or directory in /srv/a.php:3`,
		},
		Misses: []string{
			story + "PHP Fatal error:  Uncaught TypeError: mysqli_query(): Argument #1 ($mysql) must be of type mysqli, null given in /srv/a.php:3",
			story + "PHP Warning:  fsockopen(): Unable to connect to smtp.example.org:25 (Connection refused) in /srv/a.php on line 1",
			story + "PHP Fatal error:  Uncaught RedisException: Connection refused in /srv/a.php:3",
		},
		match: isDB(classRefused), detail: detailDB, origin: originPHP,
	}
	dbLimit = &Kind{
		Name: "db.limit", Role: Harm, Severity: 3, Family: PHP, Prefix: dbPrefixes,
		Title: "the database had no connection left for a request",
		Doc:   "The database server had no connection left for this request (errors 1040 and 1203).",
		Samples: []string{
			story + "PHP Warning:  mysqli_real_connect(): (HY000/1040): Too many connections in /srv/wp-includes/class-wpdb.php on line 1982",
			story + "WordPress database error User wp already has more than 'max_user_connections' active connections for query SELECT 1 made by x",
		},
		match: isDB(classLimit), detail: detailDB, origin: originPHP,
	}
	dbTooBig = &Kind{
		Name: "db.toobig", Role: Harm, Severity: 1, Family: PHP, Prefix: dbPrefixes,
		Title:   "a query was longer than the database allows",
		Doc:     "One query was longer than the server's max_allowed_packet. The server closes that connection; nothing else is wrong.",
		Samples: []string{story + "WordPress database error Got a packet bigger than 'max_allowed_packet' bytes for query INSERT INTO `wp_feed_cache` VALUES ('a') made by x"},
		match:   isDB(classTooBig), detail: detailDB, origin: originPHP,
	}
	dbInjection = &Kind{
		Name: "db.injection", Role: Deed, Severity: 3, Family: PHP, Prefix: []string{wordPress},
		Title: "a query failed that holds injected SQL",
		Doc:   "A query failed in the way that SQL injection makes queries fail, and holds the words of one. It reached the database.",
		Samples: []string{
			story + "WordPress database error You have an error in your SQL syntax; check the manual for query SELECT * FROM wp_posts WHERE id=1' UNION SELECT user_pass FROM wp_users-- made by x",
		},
		Misses: []string{
			story + "WordPress database error You have an error in your SQL syntax; check the manual for query SELECT * FROM wp_posts WHERE ID IN () made by x",
		},
		match: isDB(classInjection), detail: detailDB, origin: originPHP,
	}
	dbFull = &Kind{
		Name: "db.full", Role: Harm, Severity: 4, Family: PHP, Prefix: dbPrefixes,
		Title:   "the database could not write, the disk or table is full",
		Doc:     "The database could not write: the disk or the table is full.",
		Samples: []string{story + "WordPress database error Got error 28 from storage engine for query SELECT 1 made by x"},
		match:   isDB(classFull), detail: detailDB, origin: originPHP,
	}
	dbLocked = &Kind{
		Name: "db.locked", Role: Harm, Severity: 2, Family: PHP, Prefix: dbPrefixes,
		Title:   "a query waited too long for others",
		Doc:     "A query waited too long for others: lock wait, deadlock, statement time limit.",
		Samples: []string{story + "WordPress database error Deadlock found when trying to get lock; try restarting transaction for query UPDATE wp_options SET a=1 made by x"},
		match:   isDB(classLocked), detail: detailDB, origin: originPHP,
	}
	dbTable = &Kind{
		Name: "db.table", Role: Harm, Severity: 3, Family: PHP, Prefix: []string{wordPress},
		Title: "a query met a damaged table",
		Doc:   "The table of a query is damaged (errors 126, 127, 144, 145, 1034, 1194), mostly since the database ended uncleanly. It fails until it is repaired.",
		Samples: []string{
			story + "WordPress database error Table './wp/wp_options' is marked as crashed and should be repaired for query SELECT 1 made by x",
			story + "WordPress database error Table 'wp_posts' is marked as crashed and last (automatic?) repair failed for query SELECT 1 made by x",
			story + "WordPress database error Incorrect key file for table './wp/wp_posts.MYI'; try to repair it for query SELECT 1 made by x",
			story + "WordPress database error Got error 145 from storage engine for query SELECT 1 made by x",
		},
		Misses: []string{
			story + "WordPress database error Table 'wp.x' doesn't exist for query SELECT 'is marked as crashed' made by x",
			story + "WordPress database error Duplicate entry 'Incorrect key file for table ' for key 'a' for query SELECT 1 made by x",
		},
		match: isDB(classTable), detail: detailDB, origin: originPHP,
	}
	dbError = &Kind{
		Name: "db.error", Role: Harm, Severity: 1, Family: PHP, Prefix: []string{wordPress},
		Title: "a query failed",
		Doc:   "A query failed for a reason of its own, mostly a plugin's fault: a missing table, a wrong column.",
		Samples: []string{
			story + "WordPress database error Table 'wp.nope' doesn't exist for query SELECT * FROM nope made by require('wp-blog-header.php')",
		},
		match: isDB(classOther), detail: detailDB, origin: originPHP,
	}

	phpMemory = &Kind{
		Name: "php.memory", Role: Harm, Severity: 2, Family: PHP, Prefix: []string{"PHP Fatal error:"},
		Title:   "a script used up PHP's memory limit",
		Doc:     "A script wanted more than PHP's memory_limit, or the machine had none left. The file is where the limit was met, not always who used it up.",
		Samples: []string{story + "PHP Fatal error:  Allowed memory size of 67108864 bytes exhausted (tried to allocate 20480 bytes) in /srv/wp-content/plugins/gallery/g.php on line 44"},
		Misses:  []string{story + "PHP Fatal error:  Uncaught Exception: Allowed memory size in /srv/a.php:1"},
		match: func(e *Event) bool {
			t := afterLabel(e.text)
			return bytes.HasPrefix(t, []byte("Allowed memory size of ")) || bytes.HasPrefix(t, []byte("Out of memory"))
		},
		detail: detailPHP, origin: originPHP,
	}
	phpTimeout = &Kind{
		Name: "php.timeout", Role: Harm, Severity: 2, Family: PHP, Prefix: []string{"PHP Fatal error:"},
		Title:   "a script ran longer than PHP allows",
		Doc:     "A script ran longer than max_execution_time and held its worker that long.",
		Samples: []string{story + "PHP Fatal error:  Maximum execution time of 30 seconds exceeded in /srv/wp-includes/class-http.php on line 44"},
		match:   func(e *Event) bool { return bytes.HasPrefix(afterLabel(e.text), []byte("Maximum execution time of ")) },
		detail:  detailPHP, origin: originPHP,
	}
	phpFatal = &Kind{
		Name: "php.fatal", Role: Harm, Severity: 2, Family: PHP,
		Title:   "a script ended in a fatal error",
		Prefix:  []string{"PHP Fatal error:", "PHP Parse error:", "PHP Recoverable fatal error:", "PHP Catchable fatal error:", "PHP Compile error:", "PHP Core error:", "Uncaught "},
		Doc:     "A script ended in the middle: a bug, a missing function, a half-finished update.",
		Samples: []string{story + `PHP Fatal error:  Uncaught Error: Call to a member function f() on null in /var/www/a.php:36\nStack trace:\n#0 {main}\n  thrown in /var/www/a.php on line 36, referer: http://example.org/`},
		detail:  detailPHP, origin: originPHP,
	}
	phpWarning = &Kind{
		Name: "php.warning", Role: Noise, Family: PHP, Prefix: []string{"PHP Warning:", "PHP Core warning:", "PHP Compile warning:"},
		Title:   "PHP warned and went on",
		Doc:     "PHP warns and goes on: mostly a plugin's small bug, the same for every visitor.",
		Samples: []string{story + "PHP Warning:  Undefined array key \"subject\" in /var/www/html/wp-content/plugins/contact/form.php on line 14"},
		detail:  detailPHP, origin: originPHP,
	}
	phpNotice = &Kind{
		Name: "php.notice", Role: Noise, Family: PHP, Prefix: []string{"PHP Notice:", "PHP Deprecated:", "PHP Strict Standards:", "PHP User "},
		Title:   "PHP remarked on its code",
		Doc:     "PHP remarks on its code. Harmless, except for the disk.",
		Samples: []string{story + "PHP Notice:  A non well formed numeric value encountered in /path/to/file.php on line 123"},
		detail:  detailPHP, origin: originPHP,
	}
	phpOther = &Kind{
		Name: "php.log", Role: Noise, Family: PHP,
		Title:   "a plugin or theme wrote to the log",
		Doc:     "A plugin or theme wrote to the log with error_log().",
		Samples: []string{`[Sun Nov 08 10:00:00.000001 2026] [php:notice] [pid 7:tid 7] [client 192.0.2.5:4] contact-form: could not send mail`},
		Misses:  []string{"[Sun Nov 08 10:00:00.000001 2026] [core:notice] [pid 7:tid 7] AH00094: Command line: '/usr/sbin/apache2'"},
		match: func(e *Event) bool {
			return e.Code == 0 && bytes.HasPrefix(e.Module, []byte("php")) && !bytes.HasPrefix(e.text, []byte("script '")) && !bytes.HasPrefix(e.text, []byte("attempt to invoke directory '"))
		},
	}
)

// A dbClass is what an error text of the database says.
type dbClass uint8

const (
	classUnread dbClass = iota
	classNone
	classGone
	classLost
	classRefused
	classLimit
	classTooBig
	classInjection
	classFull
	classLocked
	classTable
	classOther
)

func isDB(c dbClass) func(*Event) bool {
	return func(e *Event) bool {
		if e.db == classUnread {
			e.db = readDBClass(e.text)
		}
		return e.db == c
	}
}

// dbWords are looked for in the error text only, never in the query, which
// holds what visitors typed.
var dbWords = []struct {
	words []byte
	class dbClass
}{
	{[]byte("erver has gone away"), classGone},
	{[]byte("Error while sending "), classGone},
	{[]byte("Lost connection to "), classLost},
	{[]byte("Packets out of order"), classLost},
	{[]byte("/2002): "), classRefused},
	{[]byte("/2003): "), classRefused},
	{[]byte("SQLSTATE[HY000] [2002]"), classRefused},
	{[]byte("SQLSTATE[HY000] [2003]"), classRefused},
	{[]byte("Uncaught mysqli_sql_exception: Connection refused"), classRefused}, // since PHP 8.1
	{[]byte("Uncaught mysqli_sql_exception: No such file or directory"), classRefused},
	{[]byte("Uncaught mysqli_sql_exception: Connection timed out"), classRefused},
	{[]byte("Uncaught mysqli_sql_exception: php_network_getaddresses: "), classRefused}, // its name is not known
	{[]byte("mysqli_real_connect(): php_network_getaddresses: "), classRefused},
	{[]byte("mysqli_connect(): php_network_getaddresses: "), classRefused},
	{[]byte("mysqli::__construct(): php_network_getaddresses: "), classRefused},
	{[]byte("mysqli::real_connect(): php_network_getaddresses: "), classRefused},
	{[]byte("must be of type mysqli, bool given"), classRefused}, // false, from a mysqli_connect that failed
	{[]byte("Can't connect to "), classRefused},
	{[]byte("Too many connections"), classLimit},
	{[]byte("max_user_connections"), classLimit},
	{[]byte("max_allowed_packet"), classTooBig},
	{[]byte("Got error 28 "), classFull},
	{[]byte("Disk full"), classFull},
	{[]byte("' is full"), classFull},
	{[]byte("Incorrect key file for table "), classTable},
	{[]byte("Got error 126 "), classTable},
	{[]byte("Got error 127 "), classTable},
	{[]byte("Got error 144 "), classTable},
	{[]byte("Got error 145 "), classTable},
	{[]byte("is marked as crashed"), classTable},
	{[]byte("Lock wait timeout"), classLocked},
	{[]byte("Deadlock found"), classLocked},
	{[]byte("maximum statement execution time"), classLocked},
	{[]byte("max_statement_time"), classLocked},
}

func readDBClass(text []byte) dbClass {
	said, wp := cutWordPress(text)
	if wp {
		if bytes.HasPrefix(said, []byte("MySQL server has gone away ")) {
			return classGone
		}
		if i := bytes.Index(said, []byte(forQuery)); i >= 0 {
			said = said[:i]
		}
		said = unquoted(said)
	} else if err, _, _, ok := splitReversed(text); ok {
		said, wp = unquoted(err), true
	} else {
		said = afterLabel(text)
		if !bytes.HasPrefix(said, []byte("mysql")) && !bytes.HasPrefix(said, []byte("PDO")) &&
			!bytes.HasPrefix(said, []byte("Packets out of order")) && !bytes.HasPrefix(said, []byte("Error while sending ")) &&
			!(bytes.HasPrefix(said, []byte("Uncaught ")) && (bytes.Contains(said, []byte("SQLSTATE[")) || bytes.Contains(said, []byte("mysqli_")))) {
			return classNone
		}
		said = said[:min(len(said), 200)]
	}
	for _, w := range dbWords {
		if bytes.Contains(said, w.words) {
			return w.class
		}
	}
	switch {
	case !wp:
		return classNone
	case injected(said, text):
		return classInjection
	}
	return classOther
}

// unquoted ends an error text where it begins to quote: a duplicate entry, an
// unknown column and a syntax error repeat what visitors typed. The few texts
// that quote only names of the server's own are kept.
func unquoted(said []byte) []byte {
	if name, ok := bytes.CutPrefix(said, []byte("Table '")); ok {
		if i := bytes.IndexByte(name, '\''); i >= 0 && bytes.HasPrefix(name[i+1:], []byte(" is marked as crashed")) {
			return name[i+1:]
		}
	}
	for _, own := range []string{"Can't ", "User ", "The table ", "Got a packet "} {
		if bytes.HasPrefix(said, []byte(own)) {
			return said
		}
	}
	if i := bytes.IndexByte(said, '\''); i >= 0 {
		return said[:i]
	}
	return said
}

// injected tells whether a query failed as injected ones do and holds the words of one.
func injected(said, text []byte) bool {
	for _, w := range []string{"error in your SQL syntax", "XPATH syntax error", "different number of columns", "Operand should contain", "Unknown column", "Subquery returns more than"} {
		if !bytes.Contains(said, []byte(w)) {
			continue
		}
		upper := bytes.ToUpper(text[:min(len(text), 4096)])
		for _, w := range []string{"UNION SELECT", "UNION ALL SELECT", "UNION/**/", "SLEEP(", "BENCHMARK(", "EXTRACTVALUE(", "UPDATEXML(", "INFORMATION_SCHEMA", "WAITFOR DELAY", "LOAD_FILE("} {
			if bytes.Contains(upper, []byte(w)) {
				return true
			}
		}
	}
	return false
}

// afterLabel is the text behind "PHP Warning:  ".
func afterLabel(text []byte) []byte {
	const longest = 32
	if i := bytes.IndexByte(text[:min(len(text), longest)], ':'); i >= 0 && bytes.HasPrefix(text, []byte("PHP ")) {
		return trimBlanks(text[i+1:])
	}
	return text
}

// A PHPError is what PHP said, where.
type PHPError struct {
	Type string `json:"type"` // "Warning"
	Text string `json:"text"`
	File string `json:"file,omitempty"`
	Line int64  `json:"line,omitempty"`
	Owner
}

func detailPHP(e *Event) any {
	label, _, _ := bytes.Cut(e.text, []byte(":"))
	d := PHPError{Type: Text(bytes.TrimPrefix(label, []byte("PHP "))), Text: Text(afterLabel(e.text))}
	file, line := phpPlace(e.text)
	if file != nil {
		d.File, d.Line = Text(file), line
		d.Owner = OwnerOf(d.File)
	}
	return d
}

// phpPlace reads " in FILE on line N" at the end of what PHP says.
func phpPlace(text []byte) (file []byte, line int64) {
	text = beforeTrace(text)
	place, ok := beforeLine(text) // at the very end, as in most
	if !ok {
		on := lastIndex(text, onLine)
		if on < 0 {
			return uncaughtPlace(text)
		}
		place = text[:on]
	}
	line, _, _ = digits(text[len(place)+len(onLine):])
	return lastIn(place), line
}

const onLine = " on line "

// lastIn is the path behind the last " in " of a text, nil where there is none.
func lastIn(text []byte) []byte {
	const longest = 512 // of a path
	text = text[max(0, len(text)-longest):]
	for i := len(text); ; {
		i = bytes.LastIndexByte(text[:i], ' ')
		if i < 3 {
			return nil
		}
		if string(text[i-3:i]) == " in" {
			return text[i+1:]
		}
	}
}

// originPHP is the code that an event came from: WordPress's chain of calls, or
// the file that PHP names.
func originPHP(e *Event) []byte {
	if _, _, chain, ok := failedQuery(e); ok {
		return chain
	}
	file, _ := phpPlace(e.text)
	return file
}

// lastIndex is bytes.LastIndex by way of Index, which is many times faster.
func lastIndex(b []byte, sep string) int {
	last := -1
	for from := 0; ; {
		i := bytes.Index(b[from:], []byte(sep))
		if i < 0 {
			return last
		}
		last = from + i
		from = last + len(sep)
	}
}
