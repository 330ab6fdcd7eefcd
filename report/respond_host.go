package report

import (
	"fmt"
	"strings"
)

// host is what is done by hand in a shell, with the commands of text reports only.
var host = Tool{
	Name: "shell",
	pieces: map[string]func(*plan) (do, undo piece){
		"look": func(p *plan) (piece, piece) {
			var words []string
			for _, t := range p.look {
				for _, c := range t.who {
					if a, ok := address(c.IP); ok {
						words = append(words, fmt.Sprintf("-e '%s '", a))
					}
				}
			}
			if len(words) == 0 {
				return "", ""
			}
			return piece("sudo grep -h -F " + strings.Join(words, " ") + " /var/log/apache2/access.log* | tail -n 200"), ""
		},
		"inspect": func(*plan) (piece, piece) {
			return `sudo find /var/www -path '*/wp-content/uploads/*' -name '*.ph*' ! -name index.php -exec ls -l --time-style=full-iso {} +`, ""
		},
		"passwords": func(*plan) (piece, piece) {
			return inSite + "wp user list --role=administrator\nwp config shuffle-salts", ""
		},
		"restart": func(*plan) (piece, piece) { return "sudo systemctl restart apache2", "" },
		"protect-database": func(p *plan) (piece, piece) {
			unit := p.unit["protect-database"]
			if unit == "" {
				return "", ""
			}
			return piece(fmt.Sprintf("sudo mkdir -p /etc/systemd/system/%[1]s.service.d && sudo tee /etc/systemd/system/%[1]s.service.d/logsleuth.conf >/dev/null <<'LOGSLEUTH'\n[Service]\nOOMScoreAdjust=-600\nLOGSLEUTH\nsudo systemctl daemon-reload && sudo systemctl restart %[1]s", unit)),
				piece(fmt.Sprintf("sudo rm -f /etc/systemd/system/%[1]s.service.d/logsleuth.conf && sudo systemctl daemon-reload && sudo systemctl restart %[1]s", unit))
		},
		"packets": func(p *plan) (piece, piece) {
			return databaseSettings(p.unit["packets"], "packets", "max_allowed_packet = 64M")
		},
		"connections": func(p *plan) (piece, piece) {
			workers := p.workers
			if m := p.result.Memory; workers == 0 && m != nil {
				workers = between1(m.WorkersSeen, most)
			}
			if workers == 0 {
				workers = 150 // Apache's own default
			}
			return databaseSettings(p.unit["connections"], "connections", fmt.Sprintf("max_connections = %d\nwait_timeout = 300", workers+10))
		},
		"swap": func(*plan) (piece, piece) {
			return "swapon --show --noheadings | grep . || {\n  sudo fallocate -l 1G /swap-logsleuth && sudo chmod 600 /swap-logsleuth &&\n  sudo mkswap /swap-logsleuth && sudo swapon /swap-logsleuth &&\n  echo '/swap-logsleuth none swap sw 0 0' | sudo tee -a /etc/fstab\n}",
				"sudo swapoff /swap-logsleuth; sudo sed -i '\\,^/swap-logsleuth ,d' /etc/fstab && sudo rm -f /swap-logsleuth"
		},
		"database": func(p *plan) (piece, piece) {
			if p.unit["database"] == "" {
				return "", ""
			}
			return piece("sudo journalctl -u " + p.unit["database"] + " -n 100 --no-pager; sudo tail -n 100 /var/log/mysql/error.log"), ""
		},
		"backend": func(*plan) (piece, piece) {
			return "systemctl list-units --all 'php*fpm*'; sudo sh -c 'tail -n 100 /var/log/php*fpm*.log'", ""
		},
		"disk": func(*plan) (piece, piece) {
			return "df -h; df -i; sudo du -xh --max-depth=3 /var | sort -h | tail -n 20", ""
		},
		"config": func(*plan) (piece, piece) {
			return "sudo apachectl configtest; sudo find /var/www -name .htaccess -mtime -7 -exec ls -l {} +\nsudo -u www-data find /var/www -maxdepth 4 ! -readable -prune -exec ls -ld {} + 2>&1 | head", ""
		},
		"crash": func(*plan) (piece, piece) {
			return "sudo journalctl -k --no-pager | grep -i -e segfault -e 'general protection' | tail -n 20", ""
		},
		"capacity": func(*plan) (piece, piece) {
			return "ps -C apache2,httpd -o rss= | awk '{ n++; s += $1 } END { if (n) printf \"%d processes of Apache, %.0f MB each at most\\n\", n, s/n/1024 }'; free -m", ""
		},
		"wp-cron": func(*plan) (piece, piece) {
			return "cd /var/www/html && wp config set DISABLE_WP_CRON true --raw &&\necho '*/5 * * * * www-data cd /var/www/html && wp cron event run --due-now --quiet' | sudo tee /etc/cron.d/logsleuth-wp-cron >/dev/null",
				"sudo rm -f /etc/cron.d/logsleuth-wp-cron; cd /var/www/html && wp config delete DISABLE_WP_CRON"
		},
		"plugin": func(p *plan) (piece, piece) {
			do, undo := wpUpdate("plugin", p.slug["plugin"])
			if do != "" {
				do += piece(fmt.Sprintf("# Where that does not help, switch it off until its author has mended it:\n#   wp --skip-plugins=%[1]s plugin deactivate %[1]s\n", p.slug["plugin"]))
				undo += piece(fmt.Sprintf("# Where it was switched off:\n#   wp plugin activate %s\n", p.slug["plugin"]))
			}
			return do, undo
		},
		"theme": func(p *plan) (piece, piece) { return wpUpdate("theme", p.slug["theme"]) },
	},
}

// inSite says where wp-cli is used: it finds the site by the folder, and refuses root.
const inSite = "# In the site's folder, as the user that its files belong to.\n"

// wpUpdate brings a plugin or theme to its newest version. It is not loaded
// meanwhile, for code that fails would end wp-cli too.
func wpUpdate(what, slug string) (do, undo piece) {
	if slug == "" {
		return "", ""
	}
	wp := fmt.Sprintf("wp --skip-%[1]ss=%[2]s %[1]s", what, slug)
	return piece(fmt.Sprintf("%[1]s%[2]s get %[3]s --field=version\n%[2]s update %[3]s\n", inSite, wp, slug)),
		piece(fmt.Sprintf("%[1]s# With the version that stood there before, which the first command printed:\n#   wp %[2]s install %[3]s --force --version=VERSION\n", inSite, what, slug))
}

// databaseSettings changes settings of MySQL or MariaDB in a file of its own.
func databaseSettings(unit, name, settings string) (do, undo piece) {
	if unit == "" {
		return "", ""
	}
	file := "/etc/mysql/conf.d/logsleuth-" + name + ".cnf"
	return piece(fmt.Sprintf("sudo tee %s >/dev/null <<'LOGSLEUTH'\n[mysqld]\n%s\nLOGSLEUTH\nsudo systemctl restart %s", file, settings, unit)),
		piece(fmt.Sprintf("sudo rm -f %s && sudo systemctl restart %s", file, unit))
}

// abuseMail is a letter to whoever the address belongs to: facts, places, no
// lines of the log. One for each target; who gets it is for the owner to find.
var abuseMail = Tool{
	Name: "abuse-mail", Doc: "a letter for each named address to its network's abuse desk",
	back: "Nothing to undo: a letter that was sent cannot be taken back.\n",
	whole: func(p *plan) string {
		var b strings.Builder
		for i, t := range p.block {
			if i > 0 {
				b.WriteString("\n--------------------------------------------------------------------\n\n")
			}
			org, asn, first, last := "", "", "", ""
			var events int64
			for _, c := range t.who {
				if org == "" {
					org, asn = oneWord(c.Org), fmt.Sprintf("AS%d", c.ASN)
				}
				if first == "" || c.First < first {
					first = c.First
				}
				last = max(last, c.Last)
				for _, n := range c.Events {
					events += max(n, 0)
				}
			}
			fmt.Fprintf(&b, "To: (the abuse contact that whois %s names)\nSubject: Attack from %s on our web server\n\n", t.net.Addr(), t)
			b.WriteString("Dear abuse team,\n\n")
			fmt.Fprintf(&b, "%s", letter(fmt.Sprintf("%s, an address of your network%s, attacked our web server between %s and %s. Our logs show %s of it.",
				t, of(org, asn), clockOf(first), clockOf(last), plural(events, "line", "lines"))))
			b.WriteString("\nWhat our logs show:\n")
			for _, c := range t.who {
				for _, e := range c.Evidence {
					if e.Weight > 0 {
						b.WriteString(letter("- " + plain(e.Text)))
					}
				}
			}
			if len(t.lines) > 0 {
				b.WriteString(letter("\nThe first lines are " + strings.Join(t.lines, ", ") + " (add them here: they are not copied by logsleuth)."))
			}
			zone := "Times are our server's own; its zone is ______ (please fill in)."
			if s := readStamp(first); s.zone != "" {
				zone = "Times are with their offset from UTC."
			}
			b.WriteString("\n" + letter(zone+" The logs can be had on request. Please find out what runs there and have it stopped."))
			b.WriteString("\nKind regards\n")
		}
		if len(p.block) == 0 {
			b.WriteString(letter("No letter to write: " + p.whyNothing()))
		}
		for _, text := range p.leftOut {
			b.WriteString(letter(text))
		}
		return b.String()
	},
}

// clockOf is a time of a report, nothing where it is none.
func clockOf(s string) string {
	if _, err := parseStamp(s); err != nil {
		return "(no time)"
	}
	at := readStamp(s)
	return strings.TrimSpace(at.date + " " + at.clock + " " + at.zone)
}

func of(org, asn string) string {
	switch {
	case org != "" && asn != "AS0":
		return " (" + org + ", " + asn + ")"
	case org != "":
		return " (" + org + ")"
	}
	return ""
}

// oneWord keeps of an owner's name what a letter can hold.
func oneWord(s string) string {
	const longest = 80
	s = plain(s)
	return strings.ToValidUTF8(s[:min(len(s), longest)], "")
}

// letter breaks a paragraph as letters are.
func letter(s string) string {
	lead := strings.HasPrefix(s, "\n")
	var b strings.Builder
	if lead {
		b.WriteByte('\n')
	}
	line := ""
	for word := range strings.FieldsSeq(s) {
		if line != "" && len(line)+1+len(word) > 72 {
			b.WriteString(line + "\n")
			line = ""
			if strings.HasPrefix(strings.TrimSpace(s), "- ") {
				line = " "
			}
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	b.WriteString(line + "\n")
	return b.String()
}
