package parser

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

const (
	front  = "require('wp-blog-header.php'), require_once('wp-load.php')"
	beacon = front + ", include_once('/plugins/stats-beacon/stats-beacon.php'), Stats_Beacon::init"
	others = "include_once('/plugins/innocent/innocent.php'), Innocent->run"
)

func TestDatabaseErrors(t *testing.T) {
	for _, tt := range []struct{ name, said, err, query, chain string }{
		{"plain", "MySQL server has gone away for query SELECT 1 made by " + beacon, "MySQL server has gone away", "SELECT 1", beacon},
		{"no caller", "MySQL server has gone away for query SELECT 1", "MySQL server has gone away", "SELECT 1", ""},
		{"no query", "Error establishing a database connection", "Error establishing a database connection", "", ""},
		{"a query over several lines", `Deadlock found for query \n\t\tSELECT *\n\t\tFROM wp_posts\n made by ` + front, "Deadlock found", `\n\t\tSELECT *\n\t\tFROM wp_posts\n`, front},
		{"' for query ' in the query", "x for query SELECT ' for query ' made by " + front, "x", "SELECT ' for query '", front},
		{"' made by ' in the query", "x for query SELECT 'a made by b' made by " + front, "x", "SELECT 'a made by b'", front},
		{"a chain in the query", "x for query SELECT '" + others + " made by " + others + "' made by " + beacon, "x", "SELECT '" + others + " made by " + others + "'", beacon},
		{"a chain in a query without caller", "x for query SELECT 'made by " + others + "' LIMIT 1", "x", "SELECT 'made by " + others + "' LIMIT 1", ""},
		{"a bare chain in a query without caller", "x for query SELECT '% made by f%' LIMIT 1", "x", "SELECT '% made by f%' LIMIT 1", ""},
		{"a chain in a referer", "x for query SELECT 1 made by " + beacon + ", referer: http://www.example.org/ made by " + others, "x",
			"SELECT 1 made by " + beacon + ", referer: http://www.example.org/ made by " + others, ""},
		{"hooks, closures, namespaces", `x for query SELECT 1 made by do_action('wp_ajax_nopriv_a, b'), {closure}, {closure:Foo\Bar::baz():12}, \Foo\Bar->f`, "x", "SELECT 1", `do_action('wp_ajax_nopriv_a, b'), {closure}, {closure:Foo\Bar::baz():12}, \Foo\Bar->f`},
		{"a bracket in a hook", "x for query SELECT 1 made by do_action('a(b'), f, g", "x", "SELECT 1", "do_action('a(b'), f, g"},
		{"a folder with a blank", "x for query SELECT 1 made by include('/plugins/my plugin/a.php'), f", "x", "SELECT 1", "include('/plugins/my plugin/a.php'), f"},
		{"curly quotes, as a blog prints them", "x for query SELECT ‘1’ made by require(‘wp-blog-header.php’), f", "x", "SELECT ‘1’", "require(‘wp-blog-header.php’), f"},
	} {
		err, query, chain := splitDB([]byte(tt.said), false, nil)
		if string(err) != tt.err || string(query) != tt.query || string(chain) != tt.chain {
			t.Errorf("%s: %s\n got error <%s> query <%s> chain <%s>\nwant error <%s> query <%s> chain <%s>", tt.name, tt.said, err, query, chain, tt.err, tt.query, tt.chain)
		}
	}
}

// httpd ends a line after 8191 bytes: the chain is gone, and what looks like one
// was typed by a visitor.
func TestCutLine(t *testing.T) {
	for _, frame := range []string{story, "[Mon Dec 26 16:22:08 2016] [error] [client 192.0.2.5] ",
		"Mar 14 07:39:24 vps512 httpd[22034]: [error] [client 192.0.2.5] "} {
		line := frame + wpPrefix + "MySQL server has gone away for query SELECT '" + strings.Repeat("x", 9000)
		fake := " made by " + others
		e := read(line[:8190-len(fake)] + fake)
		d, ok := e.Detail().(DBError)
		if e.Kind != dbGone || !ok || !d.Truncated || d.Chain != nil || d.Plugin != "" || e.Origin() != nil {
			t.Errorf("a cut line is of kind %s, truncated %t, by %q of %q", e.Kind.Name, d.Truncated, d.Chain, d.Plugin)
		}
	}
	e := read(story + wpPrefix + "MySQL server has gone away for query SELECT 1 made by " + beacon + ", referer: http://www.example.org/ made by " + others + ", referer: x")
	if e.Origin() != nil {
		t.Errorf("a referer blamed %q", e.Origin())
	}
}

// PHP-FPM's, CGI's and mod_fcgid's words come in an envelope of a module.
func TestWrappedWords(t *testing.T) {
	const client = "[pid 7:tid 7] [client 192.0.2.5:4000] "
	said := wpPrefix + "MySQL server has gone away for query SELECT 'a' made by " + beacon
	for _, line := range []string{
		at + "[proxy_fcgi:error] " + client + "AH01071: Got error 'PHP message: " + said + "', referer: http://www.example.org/",
		at + "[proxy_fcgi:error] " + client + "AH01071: Got error 'PHP message: " + said + `\n'`,
		at + "[cgid:error] " + client + "AH01215: " + said,
		at + "[cgid:error] " + client + "AH01215: stderr from /usr/lib/cgi-bin/php: " + said,
		at + "[fcgid:warn] " + client + "mod_fcgid: stderr: PHP message: " + said,
		at + "[fcgid:warn] " + client + "mod_fcgid: stderr: " + said,
	} {
		e := read(line)
		if e.Kind != dbGone || string(e.Words()) != said || string(e.Origin()) != beacon {
			t.Errorf("%s\nis %s of %q by %q", line, e.Kind.Name, e.Words(), e.Origin())
		}
	}
}

func TestDatabaseDetail(t *testing.T) {
	e := read(story + wpPrefix + `Table 'wp.nope' doesn't exist for query \n\tSELECT *\n\tFROM wp_posts\n\tWHERE a = 'b' made by ` + beacon + ", referer: http://www.example.org/")
	got, err := json.Marshal(e.Detail())
	const want = `{"error":"Table 'wp.nope' doesn't exist","query_class":"SELECT","table":"wp_posts","query":"\\n\\tSELECT *\\n\\tFROM wp_posts\\n\\tWHERE a = 'b'",`
	if err != nil || !strings.HasPrefix(string(got), want) || !strings.Contains(string(got), `"stats-beacon"`) {
		t.Errorf("got %s, %v\nwant %s…", got, err, want)
	}
}

// An error text repeats what visitors typed; only the server's own words tell its class.
func TestDatabaseClasses(t *testing.T) {
	for said, want := range map[string]*Kind{
		"Server has gone away":                             dbGone,
		"MySQL server has gone away":                       dbGone,
		"Lost connection to MySQL server during query":     dbLost,
		"Can't connect to local server through socket 'x'": dbRefused,
		"Too many connections":                             dbLimit,
		"User 'wp' has exceeded the 'max_user_connections' resource (current value: 10)": dbLimit,
		"The table 'wp_options' is full":                                                 dbFull,
		"Disk full (/tmp/a); waiting for someone to free some space...":                  dbFull,
		"Lock wait timeout exceeded; try restarting transaction":                         dbLocked,
		"Query execution was interrupted (max_statement_time exceeded)":                  dbLocked,
		"Duplicate entry 'MySQL server has gone away' for key 'user'":                    dbError,
		"Unknown column 'Too many connections' in 'where clause'":                        dbError,
		"You have an error in your SQL syntax near 'Lost connection to x'":               dbError,
		"Duplicate entry 'a for query Deadlock found' for key 'user'":                    dbError,
		"Unknown column 'x' in 'where clause' for query a UNION SELECT 1":                dbInjection,
	} {
		if e := read(story + wpPrefix + said + " for query SELECT 1 made by f"); e.Kind != want {
			t.Errorf("%s is %s, want %s", said, e.Kind.Name, want.Name)
		}
	}
	for said, want := range map[string]*Kind{
		`PHP Fatal error:  Uncaught mysqli_sql_exception: MySQL server has gone away in /srv/a.php:1`:                   dbGone,
		`PHP Fatal error:  Uncaught PDOException: SQLSTATE[HY000] [2002] Can't connect to x in /srv/a.php:1`:            dbRefused,
		`PHP Fatal error:  Uncaught exception 'PDOException' with message 'SQLSTATE[HY000]: server has gone away' in x`: dbGone,
		`PHP Warning:  Packets out of order. Expected 0 received 1. Packet size=145 in /srv/a.php on line 1`:            dbLost,
		`PHP Warning:  Error while sending QUERY packet. PID=4242 in /srv/a.php on line 1`:                              dbGone,
		`PHP Warning:  PDO::query(): MySQL server has gone away in /srv/a.php on line 1`:                                dbGone,
		`PHP Warning:  Undefined array key "SQLSTATE[ server has gone away" in /srv/a.php on line 1`:                    phpWarning,
		`PHP Warning:  Undefined array key "mysqli_sql_exception Lost connection to " in /srv/a.php on line 1`:          phpWarning,
	} {
		if e := read(story + said); e.Kind != want {
			t.Errorf("%s is %s, want %s", said, e.Kind.Name, want.Name)
		}
	}
}

func TestSplitChain(t *testing.T) {
	for chain, want := range map[string][]string{
		"f": {"f"},
		"require('wp-blog-header.php'), A->b, C::d":              {"require('wp-blog-header.php')", "A->b", "C::d"},
		"do_action('a, b'), c":                                   {"do_action('a, b')", "c"},
		"do_action('a(b'), c, d":                                 {"do_action('a(b')", "c", "d"},
		"do_action(‘a, (b’), c":                                  {"do_action(‘a, (b’)", "c"},
		"{closure}, {closure:A::b():12}, c":                      {"{closure}", "{closure:A::b():12}", "c"},
		"do_action('never ends, c":                               {"do_action('never ends", "c"},
		"do_action_ref_array('x'), apply_filters('y'), WP->main": {"do_action_ref_array('x')", "apply_filters('y')", "WP->main"},
	} {
		if got := SplitChain(chain); !slices.Equal(got, want) {
			t.Errorf("%s is %q, want %q", chain, got, want)
		}
	}
}

func TestEntryOf(t *testing.T) {
	for chain, want := range map[string]string{
		front + ", WP->main": "front end",
		"wp_xmlrpc_server->serve_request, wp_xmlrpc_server->wp_getUsersBlogs, wp_authenticate":        "xml-rpc",
		"wp_signon, wp_authenticate, apply_filters('authenticate')":                                   "login",
		"require_once('wp-load.php'), do_action('wp_ajax_nopriv_search'), WP_Hook->do_action":         "ajax",
		"require('wp-cron.php'), do_action_ref_array('x')":                                            "cron",
		"do_action_ref_array('wp_loaded'), _wp_cron, spawn_cron":                                      "cron",
		"require_once('wp-admin/admin.php'), f":                                                       "admin",
		"require('wp-blog-header.php'), wp, WP->main, rest_api_loaded, WP_REST_Server->serve_request": "rest",
		"A->b, c": "",
	} {
		if got := EntryOf(SplitChain(chain)); got != want {
			t.Errorf("%s came by %q, want %q", chain, got, want)
		}
	}
}

func TestOwnerOf(t *testing.T) {
	for _, tt := range []struct{ name, code, want string }{
		{"a chain", beacon, "stats-beacon plugin include"},
		{"a file", "/srv/wp-content/plugins/gallery/inc/g.php", "gallery plugin path"},
		{"a plugin of one file", "/srv/wp-content/plugins/hello.php", "hello plugin path"},
		{"a plugin of one file in a chain", front + ", include_once('/plugins/hello.php'), hello", "hello plugin include"},
		{"a must-use plugin", "/srv/wp-content/mu-plugins/loader.php", "loader mu-plugin path"},
		{"a theme", front + ", require_once('/themes/spring/functions.php')", "spring theme include"},
		{"a theme at work, loaded by a plugin", "include('/plugins/a/a.php'), include('/themes/b/b.php'), f", "b theme include"},
		{"a plugin with a folder of plugins", "/srv/wp-content/plugins/forms/plugins/captcha/c.php", "forms plugin path"},
		{"a plugin with themes", "include('/plugins/shop/themes/dark/t.php'), f", "shop plugin include"},
		{"curly quotes", "require(‘wp-blog-header.php’), include_once(‘/plugins/hello.php’), f", "hello plugin include"},
		{"Windows", "E:/www/wp-content/plugins/gallery/g.php", "gallery plugin path"},
		{"WordPress itself", "/srv/wp-includes/class-wpdb.php", "wordpress core path"},
		{"nothing shows", front + ", WP->main", "  "},
		{"not WordPress", "/srv/a.php", "  "},
		{"no name", "/srv/plugins/", "  "},
	} {
		o := OwnerOf(tt.code)
		if got := fmt.Sprint(o.Plugin, " ", o.Type, " ", o.Strength); got != tt.want {
			t.Errorf("%s: %s belongs to %q, want %q", tt.name, tt.code, got, tt.want)
		}
	}
}
