package parser

import "bytes"

// What WordPress itself writes to PHP's log (wp-includes/functions.php,
// wp-cron.php, wp-admin/includes/class-wp-automatic-updater.php).

var (
	dbInvalid = &Kind{
		Name: "db.invalid", Role: Deed, Severity: 1, Family: PHP, Prefix: []string{wpPrefix + "Could not perform query because it contains invalid data"},
		Title:   "WordPress refused a query with strange bytes",
		Doc:     "WordPress refused a query because it holds bytes that its tables cannot: mostly somebody who tries things out.",
		Samples: []string{story + "WordPress database error Could not perform query because it contains invalid data. for query SELECT 1 made by x"},
		detail:  detailDB, origin: originPHP,
	}
	wpCron = &Kind{
		Name: "wp.cron", Role: Harm, Severity: 1, Family: PHP, Prefix: []string{"Cron reschedule event error for hook: ", "Cron unschedule event error for hook: "},
		Title: "WordPress could not plan a task",
		Doc:   "WordPress could not write down when a task is to run again: mostly a sign of trouble with the database.",
		Samples: []string{
			story + `Cron reschedule event error for hook: wp_version_check, Error code: could_not_set, Error message: The cron event list could not be saved., Data: {"schedule":"twicedaily"}`,
		},
		subject: func(e *Event) []byte {
			_, rest, _ := bytes.Cut(e.text, []byte(": "))
			hook, _, _ := bytes.Cut(rest, []byte(", "))
			return hook
		},
	}
	wpMisuse = &Kind{
		Name: "wp.misuse", Role: Noise, Family: PHP, Prefix: []string{"PHP Notice:", "PHP Deprecated:", "PHP User "},
		Title: "a plugin or theme uses WordPress wrongly",
		Doc:   "A plugin or theme calls a function of WordPress too early, wrongly, or one that is going away. Harmless, except for the disk.",
		Samples: []string{
			story + "PHP Notice:  Function is_page was called <strong>incorrectly</strong>. Conditional query tags do not work before the query is run. (This message was added in version 3.1.0.) in /srv/wp-includes/functions.php on line 6121",
			story + "PHP Deprecated:  Function get_page is <strong>deprecated</strong> since version 3.5.0! Use get_post() instead. in /srv/wp-includes/functions.php on line 6031",
		},
		match: func(e *Event) bool {
			return bytes.Contains(e.text, []byte(" was called <strong>")) || bytes.Contains(e.text, []byte(" is <strong>deprecated</strong> since "))
		},
		detail: detailPHP, origin: originPHP,
	}
	wpUpdate = &Kind{
		Name: "wp.update", Role: State, Severity: 0, Family: PHP, Prefix: []string{"Automatic updates starting...", "Automatic updates complete.", "Automatic plugin updates ", "Automatic theme updates "},
		Title:   "WordPress updated itself",
		Doc:     "WordPress began or ended an update of itself, a plugin or a theme: faults after it may come from it.",
		Samples: []string{story + "Automatic updates starting...", story + "Automatic updates complete."},
	}
)

// sqlErrors are the beginnings of MySQL's error texts (sql/share/errmsg-utf8.txt)
// that follow WordPress' own words, which are in the language of the site in
// versions before 6.
var sqlErrors = [][]byte{
	[]byte("Table '"), []byte("Unknown "), []byte("Duplicate "), []byte("You have an error in your SQL syntax"), []byte("MySQL server has gone away"), []byte("Server has gone away"),
	[]byte("Lost connection to "), []byte("Deadlock found "), []byte("Lock wait timeout "), []byte("Got error "), []byte("Got a packet "), []byte("Disk full "),
	[]byte("The table '"), []byte("Too many connections"), []byte("User "), []byte("Can't "), []byte("Query execution was interrupted"), []byte("Commands out of sync"),
	[]byte("Data too long "), []byte("Data truncated "), []byte("Incorrect "), []byte("Column "), []byte("Field "), []byte("Illegal mix "), []byte("Operand should "), []byte("Subquery returns "),
	[]byte("XPATH syntax error"), []byte("FUNCTION "), []byte("Access denied "), []byte("Specified key "), []byte("Multiple primary "), []byte("Invalid "), []byte("Row size too large"),
	[]byte("SELECT command denied"), []byte("INSERT command denied"), []byte("UPDATE command denied"), []byte("The used SELECT"), []byte("The MySQL server is running"), []byte("Expression #"),
	[]byte("Out of range value "), []byte("Key column "), []byte("No database selected"), []byte("Cannot "), []byte("Index column "), []byte("Query was empty"), []byte("BLOB/TEXT column "),
}

var sqlVerbs = []string{" SELECT", " INSERT", " UPDATE", " DELETE", " REPLACE", " SHOW", " CREATE", " ALTER", " DROP", " DESCRIBE", " SET ", " TRUNCATE", " START TRANSACTION", " COMMIT", " OPTIMIZE", " REPAIR", " LOCK", ` \n`, " \n"}

// cutWordPress drops the words with which WordPress begins its record of a failed
// query. In another language they are known by their shape: "WordPress", some
// words, an error text of MySQL and a query.
func cutWordPress(text []byte) (said []byte, ok bool) {
	if said, ok = bytes.CutPrefix(text, []byte(wpPrefix)); ok {
		return said, true
	}
	if !bytes.HasPrefix(text, []byte("WordPress")) || bytes.HasPrefix(text, []byte("WordPress database error: [")) {
		return text, false
	}
	const longest = 240 // of the words, each letter escaped in four bytes
	head := text[:min(len(text), longest)]
	for i := len("WordPress"); i < len(head); i++ {
		if c := head[i-1] | 0x20; 'a' <= c && c <= 'z' && !(i > 4 && head[i-4] == '\\') { // inside a word, unless that is an escape
			continue
		}
		for _, e := range sqlErrors {
			if !bytes.HasPrefix(text[i:], e) {
				continue
			}
			if verb := sqlBegins(text[i:]); verb < 0 {
				return text, false
			}
			return text[i:], true
		}
	}
	return text, false
}

// failedQuery reads WordPress's record of a failed query; ok is false where the words are others.
func failedQuery(e *Event) (err, query, chain []byte, ok bool) {
	said, ok := cutWordPress(e.text)
	if !ok {
		return nil, nil, nil, false
	}
	if !bytes.HasPrefix(e.text, []byte(wpPrefix)) && indexWords(said, forQuery) < 0 {
		err, query, chain = splitTranslated(said, e.Cut())
	} else {
		err, query, chain = splitDB(said, e.Cut(), e.chains)
	}
	return err, query, chain, true
}

// sqlBegins finds the blank before the first verb of SQL.
func sqlBegins(b []byte) int {
	const longest = 1024 // of an error text and the words behind it
	b = b[:min(len(b), longest)]
	first := -1
	for _, verb := range sqlVerbs {
		if i := bytes.Index(b, []byte(verb)); i >= 0 && (first < 0 || i < first) {
			first, b = i, b[:i+len(verb)]
		}
	}
	return first
}

// splitTranslated splits "ERROR words SQL words CHAIN" where the words between
// are in another language. The chain is the longest at the end that is one.
func splitTranslated(said []byte, cut bool) (err, query, chain []byte) {
	i := sqlBegins(said)
	if i < 0 {
		return said, nil, nil
	}
	err, query = said[:i], said[i+1:]
	if cut {
		return err, query, nil
	}
	// A chain has no blank but behind a comma.
	for j := len(query) - 1; j > 0; j-- {
		if query[j] != ' ' || query[j-1] == ',' {
			continue
		}
		if tail := query[j+1:]; isChain(tail) && (bytes.Contains(tail, []byte("->")) || bytes.Contains(tail, []byte("::")) || bytes.Contains(tail, []byte("('"))) {
			return err, query[:j], tail
		}
		break
	}
	return err, query, nil
}
