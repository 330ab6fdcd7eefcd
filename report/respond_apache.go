package report

import (
	"fmt"
	"strings"
)

// apache gets configuration of its own, beside what is there. It knows the
// visitors where mod_remoteip does, so it can work behind a proxy too.
var apache = Tool{
	Name: "apache", Doc: "configuration for Apache 2.4",
	use: "To use: keep it as /etc/apache2/conf-available/logsleuth.conf, then a2enconf logsleuth && apachectl configtest && systemctl reload apache2 (restart where MaxRequestWorkers is set). It lasts over a reboot, and knows no expiry: a2disconf logsleuth after a day or so. Block first, then restart: else the workers fill up again at once.",
	back: `#!/bin/sh
# logsleuth: takes all of its configuration out of Apache's. To use: sh FILE, as root.
for conf in /etc/apache2/conf-enabled/logsleuth*.conf; do
  [ ! -e "$conf" ] || a2disconf "$(basename "$conf" .conf)"
done
rm -f /etc/apache2/conf-available/logsleuth*.conf
apachectl configtest && systemctl restart apache2
`,
	pieces: map[string]func(*plan) (do, undo piece){
		"block": func(p *plan) (piece, piece) {
			if len(p.block) == 0 {
				return "", undoConf("block")
			}
			// Without AuthMerging this section would replace what the configuration asks
			// for already, and open what is protected.
			return piece("# A section with a Require of its own that stands for a path below / wins over this one there.\n<Location \"/\">\n  AuthMerging And\n  <RequireAll>\n    Require all granted\n" + p.requireNot("    ") + "  </RequireAll>\n</Location>\n"), undoConf("block")
		},
		"limit": func(p *plan) (piece, piece) {
			if p.limit == 0 || p.proxied {
				return "", undoConf("limit")
			}
			var qos, evasive strings.Builder
			for _, n := range p.exempt {
				if n.IsSingleIP() && n.Addr().Is4() {
					fmt.Fprintf(&qos, "  QS_SrvMaxConnExcludeIP %s\n", n.Addr())
					fmt.Fprintf(&evasive, "  DOSWhitelist %s\n", n.Addr())
				}
			}
			return piece(fmt.Sprintf(`# Only where these modules are loaded: a2enmod qos (libapache2-mod-qos), a2enmod evasive (libapache2-mod-evasive). A packet filter costs less.
<IfModule mod_qos.c>
  QS_SrvMaxConnPerIP %d
%s</IfModule>
<IfModule mod_evasive20.c>
  DOSPageCount 10
  DOSPageInterval 1
  DOSSiteCount 100
  DOSSiteInterval 1
  DOSBlockingPeriod 60
%s</IfModule>
`, p.limit, qos.String(), evasive.String())), undoConf("limit")
		},
		"reqtimeout": func(*plan) (piece, piece) {
			return "# Who sends nothing loses the connection: a2enmod reqtimeout\n<IfModule mod_reqtimeout.c>\n    RequestReadTimeout header=10-20,MinRate=500 body=10,MinRate=500\n</IfModule>\n", undoConf("reqtimeout")
		},
		"xmlrpc": func(*plan) (piece, piece) { return closeXMLRPC, undoConf("xmlrpc") },
		"workers": func(p *plan) (piece, piece) {
			if p.workers == 0 {
				return "", undoConf("workers")
			}
			return piece(fmt.Sprintf("# What this memory carries, by the kernel's own count.\n<IfModule mpm_prefork_module>\n    MaxRequestWorkers %d\n</IfModule>\n", p.workers)), undoConf("workers")
		},
	},
}

// edge is an nginx in front of this host, the proxy that most have. Its limit of
// connections counts the requests of one HTTP/2 connection each, so it gets none.
var edge = Tool{
	Name: "nginx in front",
	pieces: map[string]func(*plan) (do, undo piece){
		"block": func(p *plan) (piece, piece) {
			if !p.proxied || len(p.block) == 0 {
				return "", ""
			}
			var b strings.Builder
			b.WriteString("# On the proxy's host. An allow or deny of a server or location of its own wins over these.\n")
			for _, t := range p.block {
				fmt.Fprintf(&b, "# %s\ndeny %s;\n", t.brief(200), t)
			}
			return piece(b.String()), "sudo rm -f /etc/nginx/conf.d/logsleuth-block.conf && sudo nginx -t && sudo systemctl reload nginx"
		},
	},
}

const closeXMLRPC = "<Files \"xmlrpc.php\">\n    Require all denied\n</Files>\n"

// undoConf takes out what the commands of one measure put in.
func undoConf(id string) piece {
	how := "reload"
	if id == "workers" {
		how = "restart"
	}
	return piece(fmt.Sprintf("a2disconf logsleuth-%[1]s\nrm -f /etc/apache2/conf-available/logsleuth-%[1]s.conf\napachectl configtest && systemctl %[2]s apache2\n", id, how))
}

// requireNot refuses the named, each below its evidence.
func (p *plan) requireNot(indent string) string {
	var b strings.Builder
	for _, t := range p.block {
		fmt.Fprintf(&b, "%[1]s# %[2]s\n%[1]sRequire not ip %[3]s\n", indent, t.brief(200), t)
	}
	return b.String()
}

// htaccess is for those who may not change the server's configuration.
var htaccess = Tool{
	Name: "htaccess", Doc: "lines for a site's .htaccess",
	whole: func(p *plan) string {
		block, xmlrpc := len(p.block) > 0, false
		for _, id := range p.order {
			xmlrpc = xmlrpc || id == "xmlrpc"
		}
		var b strings.Builder
		if !block && !xmlrpc {
			b.WriteString(commented("Nothing here is for htaccess: " + p.whyNothing()))
			for _, text := range p.notes("htaccess") {
				b.WriteString(commented(text))
			}
			return b.String()
		}
		b.WriteString("# BEGIN logsleuth\n")
		b.WriteString(commented("Put these lines, with both marks, at the top of the site's .htaccess, in place of those that stand there. It takes AllowOverride AuthConfig. To undo: take them out (logsleuth respond --as htaccess --undo says how). It knows no expiry: addresses change hands, so take them out after a day or so."))
		for _, text := range p.notes("htaccess") {
			b.WriteString(commented(text))
		}
		if block {
			b.WriteString("AuthMerging And\n<RequireAll>\n  Require all granted\n" + p.requireNot("  ") + "</RequireAll>\n")
		}
		if xmlrpc {
			b.WriteString(closeXMLRPC)
		}
		b.WriteString("# END logsleuth\n")
		return b.String()
	},
	back: "#!/bin/sh\n# logsleuth: takes its lines out of .htaccess. To use: sh FILE, in the site's folder.\nsed -i '/^# BEGIN logsleuth$/,/^# END logsleuth$/d' .htaccess\n",
}
