package parser

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
)

// A legalLine is one that httpd's sources allow, and what readers of logs make of
// it: lnav, Logstash (new and legacy pattern), Elastic's module, Vector, fail2ban,
// Wazuh and logwatch, each with its published pattern, unchanged, in November 2026.
var legalLines = []struct {
	name, line string
	client     string // "": rightly none
	peers      string // ok, no (not matched), client (matched, its client lost), wrong (another client), - (not meant for it), by tool
}{
	{"default 2.4, no tid", "[Sun Nov 01 10:00:00.250000 2026] [authz_core:error] [pid 7] [client 192.0.2.5:40000] AH01630: client denied by server configuration: /srv/www/x", "192.0.2.5:40000", "ok ok ok ok ok ok ok counted"},
	{"default 2.4, tid", "[Sun Nov 01 10:00:00.250000 2026] [authz_core:error] [pid 7:tid 140169861986176] [client 192.0.2.5:40000] AH01630: client denied by server configuration: /srv/www/x", "192.0.2.5:40000", "ok ok ok ok ok ok ok counted"},
	{"errno text before the client", "[Sun Nov 01 10:00:00.250000 2026] [proxy_fcgi:error] [pid 7:tid 8] (70007)The timeout specified has expired: [client 192.0.2.5:40000] AH01075: Error dispatching request to : (polling)", "192.0.2.5:40000", "client ok ok client ok no ok counted"},
	{"errno, no client", "[Sun Nov 01 10:00:00.250000 2026] [proxy:error] [pid 7] (111)Connection refused: AH00957: HTTP: attempt to connect to 192.0.2.80:9000 (backend) failed", "", "ok ok ok ok ok - ok counted"},
	{"[remote] from a proxy module: the backend", "[Sun Nov 01 10:00:00.250000 2026] [proxy_http:error] [pid 7:tid 8] [remote 192.0.2.80:9000] AH01102: error reading status line from remote server backend:9000", "", "client client client client client no client counted"},
	{"IPv6 client, port of five digits", "[Sun Nov 01 10:00:00.250000 2026] [authz_core:error] [pid 7] [client 2001:db8::5:51234] AH01630: client denied by server configuration: /srv/www/x", "[2001:db8::5]:51234", "ok ok ok ok ok ok ok counted"},
	{"IPv6 client, port of four digits", "[Sun Nov 01 10:00:00.250000 2026] [authz_core:error] [pid 7] [client 2001:db8::5:8080] AH01630: client denied by server configuration: /srv/www/x", "[2001:db8::5]:8080", "ok wrong ok wrong ok wrong ok counted"},
	{"mod_remoteip, port 0", "[Sun Nov 01 10:00:00.250000 2026] [authz_core:error] [pid 7] [client 192.0.2.5:0] AH01630: client denied by server configuration: /srv/www/x", "192.0.2.5:0", "ok client client client ok ok ok counted"},
	{"empty module", "[Sun Nov 01 10:00:00.250000 2026] [:error] [pid 7] [client 192.0.2.5:40000] PHP Notice:  x in /srv/a.php on line 1", "192.0.2.5:40000", "no ok ok ok ok ok ok dropped"},
	{"mod_php notice, WordPress database error", "[Sun Nov 01 10:00:00.250000 2026] [php:notice] [pid 7] [client 192.0.2.5:40000] WordPress database error MySQL server has gone away for query SELECT 1 made by require('wp-blog-header.php'), get_option", "192.0.2.5:40000", "ok ok ok ok ok ok ok dropped"},
	{"2.2, client without port", "[Sun Nov 01 10:00:00 2026] [error] [client 192.0.2.5] File does not exist: /srv/www/favicon.ico", "192.0.2.5", "client ok ok ok no ok ok dropped"},
	{"start-up line without a frame", "AH00558: apache2: Could not reliably determine the server's fully qualified domain name, using 127.0.1.1. Set the 'ServerName' directive globally to suppress this message", "", "no no no ok no no no dropped"},
	{"compact stamp %{cu}t", "[2026-11-01 10:00:00.250000] [core:error] [pid 7] [client 192.0.2.5:40000] AH00126: Invalid URI in request 'GET' '/../'", "192.0.2.5:40000", "ok no no ok ok ok no counted"},
	{"trace level", "[Sun Nov 01 10:00:00.250000 2026] [rewrite:trace3] [pid 7:tid 8] mod_rewrite.c(470): [client 192.0.2.5:40000] applying pattern", "192.0.2.5:40000", "ok no no ok ok - no dropped"},
	{"debug level with file(line)", "[Sun Nov 01 10:00:00.250000 2026] [core:debug] [pid 7:tid 8] core.c(123): [client 192.0.2.5:40000] AH00566: request failed: malformed request line", "192.0.2.5:40000", "client client client client ok no no counted"},
	{"ErrorLog syslog through rsyslog", "Nov  1 10:00:00 web1 apache2[7]: [authz_core:error] [pid 7:tid 8] [client 192.0.2.5:40000] AH01630: client denied by server configuration: /srv/www/x", "192.0.2.5:40000", "no no no client no no ok counted"},
	{"extra vhost field before the client", "[Sun Nov 01 10:00:00.250000 2026] [authz_core:error] [pid 7] [www.example.org] [client 192.0.2.5:40000] AH01630: client denied by server configuration: /srv/www/x", "192.0.2.5:40000", "client client client client client no ok counted"},
	{"ModSecurity, two clients", `[Sun Nov 01 10:00:00.250000 2026] [:error] [pid 7] [client 192.0.2.5:40000] [client 192.0.2.5] ModSecurity: Access denied with code 403 (phase 2). [uri "/a"]`, "192.0.2.5:40000", "ok ok ok ok ok ok ok dropped"},
	{"raw standard error", "sh: 1: /usr/sbin/sendmail: not found", "", "no no no ok no no no dropped"},
	{"crit, alert, emerg", "[Sun Nov 01 10:00:00.250000 2026] [core:alert] [pid 7] [client 192.0.2.5:40000] /srv/www/.htaccess: Invalid command 'Foo', perhaps misspelled or defined by a module not included in the server configuration", "192.0.2.5:40000", "ok ok ok ok ok - no counted"},
	{"a second [client] in the path", "[Sun Nov 01 10:00:00.250000 2026] [core:error] [pid 7] [client 192.0.2.5:40000] AH00126: Invalid URI in request 'GET' '/[client 198.51.100.9:1] AH01630: x'", "192.0.2.5:40000", "ok ok ok ok wrong ok ok counted"},
}

func TestTheTwentyOneLegalLines(t *testing.T) {
	if len(legalLines) != 21 {
		t.Errorf("%d legal lines, want 21", len(legalLines))
	}
	before := "[Sun Nov 01 09:59:59.000000 2026] [core:notice] [pid 7] AH00094: Command line: '/usr/sbin/apache2'\n"
	for _, l := range legalLines {
		s := NewScanner(Options{})
		s.Reset([]byte(before+l.line+"\n"), 1, 0)
		s.Next()
		s.Next()
		e := s.Event()
		client := ""
		if e.Client.IsValid() {
			client = e.Client.String()
			if e.ClientPort >= 0 {
				client = fmt.Sprintf("%s:%d", client, e.ClientPort)
				if e.Client.Is6() {
					client = fmt.Sprintf("[%s]:%d", e.Client, e.ClientPort)
				}
			}
		}
		if client != l.client {
			t.Errorf("%s: client %q, want %q\n%s", l.name, client, l.client, l.line)
		}
		if e.Kind == Unknown && l.name != "raw standard error" || !e.Stamp.Has(StampTime) {
			t.Errorf("%s: kind %s, stamp %v", l.name, e.Kind.Name, e.Stamp)
		}
	}
}

const linesHead = `# Lines that Apache may write, and who reads them

These 21 lines follow from httpd's own sources (server/log.c). The table says what the published patterns of other readers make of
each: *ok*, *no* (not matched), *client* (matched, but its client is lost), *wrong* (another client is taken for it), *counted* or *dropped*
(logwatch, which keeps no client), *-* (not meant for such lines). logsleuth reads all of them; ` + "`TestTheTwentyOneLegalLines`" + ` holds it to that.
Patterns as published in November 2026, run unchanged. This page is made by ` + "`go test ./parser -run TestLinesPage -update`" + `.

| line | logsleuth | lnav | Logstash | Logstash, legacy | Elastic | Vector | fail2ban | Wazuh | logwatch |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
`

func TestLinesPage(t *testing.T) {
	const name = "../docs/lines.md"
	var b bytes.Buffer
	b.WriteString(linesHead)
	for _, l := range legalLines {
		fmt.Fprintf(&b, "| %s | ok | %s |\n", strings.ReplaceAll(l.name, "|", "\\|"), strings.Join(strings.Fields(l.peers), " | "))
	}
	if *update {
		if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if page, err := os.ReadFile(name); err != nil || !bytes.Equal(page, b.Bytes()) {
		t.Errorf("%s is stale (%v): run go test ./parser -run TestLinesPage -update", name, err)
	}
}
