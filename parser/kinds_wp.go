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

const wordPress = "WordPress"

// longestIntro is how much may stand before the error text of a translated
// record, each letter escaped in four bytes.
const longestIntro = 240

// cutWordPress drops the words with which WordPress begins its record of a failed
// query. In another language they are known by their shape: some words with
// "WordPress" among them, an error text of MySQL and a query. Words before
// "WordPress" may be anybody's, so a chain of calls must end such a record.
func cutWordPress(text []byte) (said []byte, ok bool) {
	if said, ok = bytes.CutPrefix(text, []byte(wpPrefix)); ok {
		return said, true
	}
	at := namesWordPress(text)
	if at < 0 || bytes.HasPrefix(text, []byte("WordPress database error: [")) {
		return text, false
	}
	head := text[:min(len(text), longestIntro)]
	for i := at + len(wordPress); i < len(head); i++ {
		if !wordBegins(head, i) {
			continue
		}
		if !sqlError(text[i:]) {
			if queryBegins(head, i) { // see splitReversed
				return text, false
			}
			continue
		}
		if sqlBegins(text[i:]) < 0 {
			return text, false
		}
		if at > 0 {
			if _, _, chain := splitTranslated(text[i:], false); chain == nil {
				return text, false
			}
		}
		return text[i:], true
	}
	return text, false
}

// namesWordPress finds the word in the beginning of what may be WordPress's
// record of a failed query; -1 where it is not there.
func namesWordPress(text []byte) int {
	if bytes.HasPrefix(text, []byte("PHP ")) {
		return -1
	}
	return bytes.Index(text[:min(len(text), longestIntro)], []byte(wordPress))
}

func sqlError(b []byte) bool {
	for _, e := range sqlErrors {
		if b[0] == e[0] && bytes.HasPrefix(b, e) {
			return true
		}
	}
	return false
}

// wordBegins tells whether a word of ASCII can begin at b[i]: not inside
// another one, but behind an alphabet that has no blanks, raw or escaped by httpd.
func wordBegins(b []byte, i int) bool {
	c := b[i-1] | 0x20
	return c < 'a' || c > 'z' || escapeEnds(b, i)
}

// escapeEnds tells whether a \xHH ends before b[i].
func escapeEnds(b []byte, i int) bool { return i >= 4 && b[i-4] == '\\' && b[i-3] == 'x' }

// foreignEnds tells whether a letter of another alphabet ends before b[i].
func foreignEnds(b []byte, i int) bool { return i > 0 && b[i-1] >= 0x80 || escapeEnds(b, i) }

// foreignBefore is foreignEnds, with a blank between or not.
func foreignBefore(b []byte, i int) bool {
	return foreignEnds(b, i) || b[i-1] == ' ' && foreignEnds(b, i-1)
}

// queryBegins tells whether a query begins at b[i], behind a letter of another alphabet.
func queryBegins(b []byte, i int) bool {
	if c := b[i]; c < 'A' || c > 'Z' || !foreignBefore(b, i) {
		return false
	}
	for _, verb := range sqlVerbs {
		if bytes.HasPrefix(b[i:], []byte(verb[1:])) {
			return true
		}
	}
	return false
}

// trimForeign drops the letters of another alphabet at the end of b, and the blanks among them.
func trimForeign(b []byte) []byte {
	for i := len(b); i > 0; i = len(b) {
		switch {
		case escapeEnds(b, i):
			b = b[:i-4]
		case b[i-1] >= 0x80 || b[i-1] == ' ':
			b = b[:i-1]
		default:
			return b
		}
	}
	return b
}

// splitReversed reads the record of a language that names the query first, as
// Chinese does: "WordPress words SQL words ERROR words CHAIN words". The error is
// the last one before the chain, since the query holds what visitors typed.
func splitReversed(text []byte) (err, query, chain []byte, ok bool) {
	if !bytes.HasPrefix(text, []byte(wordPress)) {
		return nil, nil, nil, false
	}
	head := text[len(wordPress):min(len(text), longestIntro)]
	begin := -1
	for i := 1; i < len(head) && begin < 0; i++ {
		if queryBegins(head, i) {
			begin = i + len(wordPress)
		}
	}
	if begin < 0 {
		return nil, nil, nil, false
	}
	rest := trimForeign(text[begin:])
	if rest, chain = cutChain(rest); chain != nil {
		rest = trimForeign(rest)
	}
	for i := len(rest) - 1; i > 0; i-- {
		if foreignBefore(rest, i) && sqlError(rest[i:]) {
			return rest[i:], trimForeign(rest[:i]), chain, true
		}
	}
	return nil, nil, nil, false
}

// failedQuery reads WordPress's record of a failed query; ok is false where the words are others.
func failedQuery(e *Event) (err, query, chain []byte, ok bool) {
	said, ok := cutWordPress(e.text)
	if !ok {
		return splitReversed(e.text)
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
	if rest, chain := cutChain(trimForeign(query)); chain != nil {
		return err, rest, chain
	}
	return err, query, nil
}

// cutChain takes the chain of calls from the end of b, nil where none stands
// there. A chain has no blank but behind a comma.
func cutChain(b []byte) (rest, chain []byte) {
	for j := len(b) - 1; j > 0; j-- {
		blank := b[j] == ' ' && b[j-1] != ','
		if !blank && !foreignEnds(b, j) {
			continue
		}
		at := j
		if blank {
			at++
		}
		if tail := b[at:]; isChain(tail) && (bytes.Contains(tail, []byte("->")) || bytes.Contains(tail, []byte("::")) || bytes.Contains(tail, []byte("('"))) {
			return b[:j], tail
		}
		break
	}
	return b, nil
}
