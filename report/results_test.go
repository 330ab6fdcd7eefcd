package report

import "github.com/logsleuth/logsleuth/analyze"

// results are what the tests write: real shapes, invented addresses.
var results = []struct {
	name   string
	result *analyze.Result
}{
	{"flood", flood()},
	{"database", database()},
	{"quiet", quiet()},
	{"hostile", hostile()},
	{"why", why()},
}

var tool = analyze.Tool{Name: "logsleuth", Version: "0.1.0", Geo: []string{"DB-IP Country Lite 2026-11", "DB-IP ASN Lite 2026-11"}}

const sum = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

// flood is one address that holds the workers, two that may help it, and a site full of people who suffer it.
func flood() *analyze.Result {
	return &analyze.Result{
		Schema: analyze.ReportSchema,
		Tool:   tool,
		Inputs: []analyze.Input{
			{Path: "/var/log/apache2/error.log", Format: "apache-2.4", SHA256: sum, Bytes: 184201, Lines: 1312, Events: 1310, Unparsed: 2,
				Samples: []analyze.Sample{{Line: "/var/log/apache2/error.log:77", Text: "sh: 1: convert: not found"}},
				First:   "2016-11-08T00:00:12", Last: "2016-11-09T00:04:31"},
			{Path: "/var/log/syslog", Format: "syslog-bsd", SHA256: sum, Bytes: 50210, Lines: 402, Events: 38, First: "2016-11-08T06:25:01", Last: "2016-11-09T00:10:00"},
		},
		Verdict: analyze.Verdict{Cause: analyze.CauseFlood, Attack: true, Confidence: 0.86,
			Summary: "From 23:49 to 00:02, 203.0.113.205 held up to 31 of 50 workers; the machine ran out of memory, the database was killed, and everybody else got errors.",
			Doubts: []string{
				"The same errors also come from a database that fails by itself; that the flood began 14 seconds earlier speaks against it.",
				"error.log shows only requests that failed. access.log would show all of them.",
			}},
		Incidents: []analyze.Incident{{
			ID: 1, Start: "2016-11-08T23:49:20", End: "2016-11-09T00:02:41", Cause: analyze.CauseFlood, Confidence: 0.86,
			Summary: "One address held most of the workers until the machine had no memory left.",
			Phases: []analyze.Phase{
				{Name: "onset", Start: "2016-11-08T23:49:20", End: "2016-11-08T23:49:34", Events: map[string]int64{"request.timeout": 19}, Lines: []string{"/var/log/apache2/error.log:902"}, Text: "203.0.113.205 opens connections and sends nothing."},
				{Name: "saturation", Start: "2016-11-08T23:49:34", End: "2016-11-08T23:50:12", Events: map[string]int64{"workers.exhausted": 1, "db.gone": 44}, Lines: []string{"/var/log/apache2/error.log:921", "/var/log/apache2/error.log:930"}},
				{Name: "collapse", Start: "2016-11-08T23:50:12", End: "2016-11-08T23:55:40", Events: map[string]int64{"oom.kill": 2, "db.gone": 160}, Lines: []string{"/var/log/syslog:388"}, Text: "The kernel kills mysqld; every page fails."},
				{Name: "recovery", Start: "2016-11-08T23:58:03", End: "2016-11-09T00:02:41", Events: map[string]int64{"server.start": 1}, Lines: []string{"/var/log/apache2/error.log:1290"}, Text: "Apache is started again; the last error is at 00:02:41."},
			},
			Evidence: []analyze.Evidence{
				{Rule: "dominant-client", Weight: 2.9, Text: "One address held 31 of 50 workers; the next busiest held 3.", Lines: []string{"/var/log/apache2/error.log:902", "/var/log/apache2/error.log:903", "/var/log/apache2/error.log:905", "/var/log/apache2/error.log:911", "/var/log/apache2/error.log:912", "/var/log/apache2/error.log:913"}},
				{Rule: "before-database", Weight: 1.1, Text: "It began before the first database error.", Lines: []string{"/var/log/apache2/error.log:902", "/var/log/apache2/error.log:921"}},
				{Rule: "small-machine", Weight: -0.5, Text: "With 512 MB, 50 workers never fitted: a busy evening could have done it too.", Lines: []string{"/var/log/syslog:388"}},
			},
			Clients: []string{"203.0.113.205", "198.51.100.17", "2001:db8:4f2:1::c0de:99"},
		}},
		Clients: []analyze.Client{
			{IP: "203.0.113.205", Standing: analyze.Attacker, Confidence: 0.88, Country: "US", ASN: 64496, Org: "Example Hosting Inc.",
				First: "2016-11-08T23:49:20", Last: "2016-11-08T23:56:02",
				Events:      map[string]int64{"request.timeout": 19, "db.gone": 31, "worker.killed": 29},
				Connections: 31, Workers: 29, Techniques: []string{"T1499.002"},
				Evidence: []analyze.Evidence{
					{Rule: "killed-workers", Weight: 2.5, Text: "29 of the 31 workers that had to be killed were last serving this address.", Lines: []string{"/var/log/apache2/error.log:1201", "/var/log/apache2/error.log:1202", "/var/log/apache2/error.log:1203"}},
					{Rule: "concurrency", Weight: 1.4, Text: "Held at least 31 connections at once; nobody else held more than 3.", Lines: []string{"/var/log/apache2/error.log:902"}},
					{Rule: "rhythm", Weight: 0.4, Text: "Its requests came at even gaps of 2.0 seconds."},
					{Rule: "only-harm", Weight: -0.8, Text: "31 of its lines are errors that any visitor would have met.", Lines: []string{"/var/log/apache2/error.log:921"}},
				},
				Settle:  "Read access.log of 23:49 to 23:57 as well: it shows what this address asked for.",
				Plugins: []string{"advanced-ads", "jetpack"}, Lines: []string{"/var/log/apache2/error.log:902"}},
			{IP: "198.51.100.17", Standing: analyze.Suspect, Confidence: 0.61, Country: "NL", ASN: 64500, Org: "Cheap Servers and Colocation B.V.",
				First: "2016-11-08T23:49:41", Last: "2016-11-08T23:51:10", Events: map[string]int64{"db.gone": 9}, Connections: 3, Workers: 3,
				Evidence: []analyze.Evidence{{Rule: "rhythm", Weight: 0.6, Text: "The same rhythm as 203.0.113.205.", Lines: []string{"/var/log/apache2/error.log:940"}}}},
			{IP: "2001:db8:4f2:1::c0de:99", Standing: analyze.Suspect, Confidence: 0.55, First: "2016-11-08T23:50:01", Last: "2016-11-08T23:50:01",
				Events: map[string]int64{"request.timeout": 4}, Connections: 4, Workers: 4,
				Evidence: []analyze.Evidence{{Rule: "slow", Weight: 0.9, Text: "Opened 4 connections and sent nothing.", Lines: []string{"/var/log/apache2/error.log:955"}}}},
			{IP: "192.0.2.80", Standing: analyze.Crawler, Confidence: 0.97, Country: "US", ASN: 64510, Org: "Example Search", First: "2016-11-08T02:00:00", Last: "2016-11-08T23:51:00", Events: map[string]int64{"db.gone": 6}, Connections: 1, Workers: 1},
			{IP: "192.0.2.9", Standing: analyze.Victim, Confidence: 0.8, Country: "KR", ASN: 64511, Org: "Example Telecom", First: "2016-11-08T23:50:00", Last: "2016-11-08T23:52:00", Events: map[string]int64{"db.gone": 12}, Connections: 2, Workers: 2},
		},
		Roles: map[string]string{"request.timeout": "deed", "db.gone": "harm", "oom.kill": "state", "workers.exhausted": "state"},
		Timeline: analyze.TimelineReport{BucketSeconds: 60, Buckets: []analyze.Bucket{
			{Start: "2016-11-08T23:30:00", Events: map[string]int64{"db.gone": 1}},
			{Start: "2016-11-08T23:49:00", Events: map[string]int64{"request.timeout": 19, "workers.exhausted": 1, "db.gone": 40}},
			{Start: "2016-11-08T23:50:00", Events: map[string]int64{"request.timeout": 4, "db.gone": 160, "oom.kill": 2}},
			{Start: "2016-11-08T23:52:00", Events: map[string]int64{"db.gone": 9}},
			{Start: "2016-11-09T00:04:00", Events: map[string]int64{"db.gone": 1}},
		}},
		Totals: analyze.Totals{Events: 1348, Clients: 54, Standings: map[string]int64{"attacker": 1, "suspect": 2, "crawler": 1, "victim": 38, "bystander": 12}},
		Plugins: []analyze.Plugin{
			{Name: "advanced-ads", Type: "plugin", Strength: "include", Events: map[string]int64{"db.gone": 120}, Clients: 31,
				Chains: []analyze.Chain{{Chain: []string{"require('wp-blog-header.php')", "wp", "do_action('wp')", "Advanced_Ads->load_placements", "get_option"}, Events: 88, Entry: "front end"}},
				Lines:  []string{"/var/log/apache2/error.log:921", "/var/log/apache2/error.log:930"}},
			{Name: "wp-statistics", Type: "plugin", Strength: "table", Events: map[string]int64{"db.gone": 64}, Clients: 28, Lines: []string{"/var/log/apache2/error.log:925"}},
		},
		Events: map[string]int64{"db.gone": 204, "request.timeout": 23, "workers.exhausted": 1, "oom.kill": 2},
		Moments: []analyze.Moment{
			{Time: "2016-11-08T23:49:20.114201", Until: "2016-11-08T23:49:58.2", Kind: "request.timeout", Role: "deed", Count: 23, Text: "Connections were opened and nothing was sent on them", Line: "/var/log/apache2/error.log:902"},
			{Time: "2016-11-08T23:49:34.5", Until: "2016-11-08T23:55:40", Kind: "db.gone", Role: "harm", Count: 204, Text: "The database closed the connection while a page was being made", Line: "/var/log/apache2/error.log:921"},
			{Time: "2016-11-08T23:49:50", Kind: "workers.exhausted", Role: "state", Count: 1, Text: "All 50 workers are busy (MaxRequestWorkers)", Line: "/var/log/apache2/error.log:944"},
			{Time: "2016-11-08T23:50:12", Until: "2016-11-08T23:51:30", Kind: "oom.kill", Role: "state", Count: 2, Text: "Out of memory: the kernel ended mysqld, then apache2", Line: "/var/log/syslog:388"},
			{Time: "2016-11-08T23:55:58", Kind: "server.stop", Role: "state", Count: 1, Text: "Apache was told to stop; 31 workers did not", Line: "/var/log/apache2/error.log:1201"},
			{Time: "2016-11-08T23:58:03", Kind: "server.start", Role: "state", Count: 1, Text: "Apache started", Line: "/var/log/apache2/error.log:1290"},
			{Time: "2016-11-09T00:02:41", Kind: "db.gone", Role: "harm", Count: 1, Text: "The last error", Line: "/var/log/apache2/error.log:1311"},
		},
		Memory: &analyze.MemoryReport{TotalBytes: 512 << 20, LimitedBy: "machine", WorkerRSSBytes: 24 << 20, WorkersSeen: 31, OtherBytes: 190 << 20, SuggestedWorkers: 12,
			Kills: []analyze.OOMKill{
				{Time: "2016-11-08T23:50:12", Victim: "mysqld", PID: 812, RSSBytes: 118 << 20, Triggered: "apache2", Line: "/var/log/syslog:388"},
				{Time: "2016-11-08T23:51:30", Victim: "apache2", PID: 4021, RSSBytes: 31 << 20, Triggered: "apache2", Line: "/var/log/syslog:395"}},
			Programs: []analyze.Program{{Name: "apache2", Processes: 31, RSSBytes: 744 << 20}, {Name: "mysqld", Processes: 1, RSSBytes: 118 << 20}, {Name: "fail2ban-server", Processes: 1, RSSBytes: 12 << 20}},
			Text:     "512 MB in all, 190 MB of it for everything but Apache, leave room for 12 workers of 24 MB each and a little spare; 31 were running."},
		Advice: []analyze.Advice{
			{ID: "block", Urgency: 1, Text: "Block 203.0.113.205 for a day.",
				Commands: map[string]string{
					"nftables": "sudo nft add table inet logsleuth\nsudo nft 'add set inet logsleuth block4 { type ipv4_addr; flags timeout; }'\nsudo nft 'add chain inet logsleuth input { type filter hook input priority -10; policy accept; }'\nsudo nft 'add element inet logsleuth block4 { 203.0.113.205 timeout 1d }'\n",
					"iptables": "sudo iptables -C INPUT -s 203.0.113.205 -j DROP 2>/dev/null || sudo iptables -I INPUT -s 203.0.113.205 -j DROP"},
				Undo: map[string]string{
					"nftables": "sudo nft delete table inet logsleuth",
					"iptables": "sudo iptables -D INPUT -s 203.0.113.205 -j DROP"},
				SideEffects: "Whoever else sits behind that address is locked out as well; the log shows nobody else there."},
			{ID: "restart", Urgency: 2, Text: "Then restart Apache, not before: its workers would fill again at once.",
				Commands: map[string]string{"systemd": "sudo systemctl restart apache2"}},
			{ID: "workers", Urgency: 3, Text: "Lower MaxRequestWorkers from 50 to 12, what this machine's memory carries.",
				Commands:    map[string]string{"apache": "sudo tee /etc/apache2/conf-available/logsleuth.conf >/dev/null <<'EOF'\n<IfModule mpm_prefork_module>\n\tMaxRequestWorkers 12\n</IfModule>\nEOF\nsudo a2enconf logsleuth && sudo systemctl reload apache2"},
				Undo:        map[string]string{"apache": "sudo a2disconf logsleuth && sudo systemctl reload apache2"},
				SideEffects: "In a real crowd the thirteenth visitor waits. More memory would be the better repair."},
		},
		Blind: []string{
			"Requests that were answered without an error: they stand in access.log only.",
			"Slow connections before 23:49: with LogLevel warn Apache does not report them.",
		},
		Notes: []string{"syslog names no year: 2016 was taken from error.log.", "No log names a zone: times are the server's own."},
	}
}

// database is a database that crashed under sixty honest visitors: nobody may be named.
func database() *analyze.Result {
	return &analyze.Result{
		Schema: analyze.ReportSchema,
		Tool:   analyze.Tool{Name: "logsleuth", Version: "0.1.0"},
		Inputs: []analyze.Input{{Path: "error.log", Format: "apache-2.4", SHA256: sum, Bytes: 40100, Lines: 340, Events: 340, First: "2026-11-02T09:00:00+01:00", Last: "2026-11-02T10:31:07+01:00"}},
		Verdict: analyze.Verdict{Cause: analyze.CauseDatabase, Confidence: 0.93,
			Summary: "The database crashed at 10:14:07 and was back at 10:21:30; in between, every page that needed it failed, for everybody alike.",
			Doubts:  []string{"Why the database crashed does not stand in these logs; its own log would show it."}},
		Incidents: []analyze.Incident{{ID: 1, Start: "2026-11-02T10:14:07+01:00", End: "2026-11-02T10:21:30+01:00", Cause: analyze.CauseDatabase, Confidence: 0.93,
			Summary:  "The database crashed.",
			Evidence: []analyze.Evidence{{Rule: "in-proportion", Weight: 2.4, Text: "60 clients met errors in proportion to their visits; the busiest met 9 of 312.", Lines: []string{"error.log:14"}}}}},
		Clients: []analyze.Client{
			{IP: "192.0.2.14", Standing: analyze.Victim, Confidence: 0.9, Events: map[string]int64{"db.refused": 9}, First: "2026-11-02T10:14:07+01:00", Last: "2026-11-02T10:20:11+01:00", Connections: 2, Workers: 2}},
		Totals: analyze.Totals{Events: 340, Clients: 63, Standings: map[string]int64{"victim": 60, "bystander": 3}},
		Events: map[string]int64{"db.refused": 312},
		Moments: []analyze.Moment{
			{Time: "2026-11-02T10:14:07+01:00", Until: "2026-11-02T10:21:29+01:00", Kind: "db.refused", Role: "harm", Count: 312, Text: "The database refused connections", Line: "error.log:14"}},
		Timeline: analyze.TimelineReport{BucketSeconds: 10},
		Advice: []analyze.Advice{{ID: "database-log", Urgency: 1, Text: "Read the database's own log around 10:14.",
			Commands: map[string]string{"systemd": "sudo journalctl -u mysql -u mariadb --since '2026-11-02 10:10' --until '2026-11-02 10:25'"}}},
		Blind: []string{"Why the database stopped."},
	}
}

// quiet is a day on which nothing happened.
func quiet() *analyze.Result {
	return &analyze.Result{
		Schema:   analyze.ReportSchema,
		Tool:     analyze.Tool{Name: "logsleuth", Version: "0.1.0"},
		Inputs:   []analyze.Input{{Path: "error.log", Format: "apache-2.4", SHA256: sum, Bytes: 900, Lines: 7, Events: 7, First: "2026-11-01T00:00:03", Last: "2026-11-01T23:10:44"}},
		Verdict:  analyze.Verdict{Cause: analyze.CauseQuiet, Confidence: 0.95, Summary: "7 lines in 23 hours, all of them everyday noise."},
		Totals:   analyze.Totals{Events: 7, Clients: 2, Standings: map[string]int64{"bystander": 2}},
		Events:   map[string]int64{"php.notice": 7},
		Timeline: analyze.TimelineReport{BucketSeconds: 3600},
		Blind:    []string{"Attacks that leave no error: a single login attempt, for example, stands in access.log only."},
	}
}

// nasty is what an attacker would like a terminal to obey, hide, reorder or smear.
const nasty = "\x1b[2J\x1b]0;owned\x07\u202egnp.exe\u2066\u200b\u009b31m\r\n\tfake line\xff\x00 cafe\u0301 日本語 z\u0301\u0301\u0301\u0301\u0301\u0301\u0301algo \U0001F1F0\U0001F1F7\u3164\ufe0f\U000E0041 end"

// hostile has it in every string.
func hostile() *analyze.Result {
	r := eachText(flood(), func(s string) string {
		if _, err := parseStamp(s); err == nil || s == "" {
			return s
		}
		return s + nasty
	})
	r.Schema = analyze.ReportSchema
	r.Verdict.Cause = analyze.CauseScan
	for i := range r.Incidents {
		r.Incidents[i].Cause = analyze.CauseScan
	}
	for i := range r.Clients {
		r.Clients[i].Standing = analyze.Attacker
	}
	for i, m := range flood().Moments {
		r.Moments[i].Role = m.Role
	}
	r.Clients = r.Clients[:2]
	return r
}

// why is a flood with the reasoning on its attacker, from files, and on a visitor, from a pipe.
func why() *analyze.Result {
	r := flood()
	quotes := []analyze.Quote{{Line: "/var/log/apache2/error.log:902", Text: "[Tue Nov 08 23:49:20.114201 2016] [reqtimeout:info] [pid 411] [client 203.0.113.205:4711] AH01382: Request header read timeout \x1b[2J"}, {Line: "/var/log/syslog:388"}}
	r.Titles = map[string]string{"request.timeout": "a request was too slow"}
	r.Why = []analyze.Why{
		{
			Client: r.Clients[0],
			Measured: []analyze.Measure{
				{What: "lines", Text: "50 lines of error logs in 7 minutes; at most 19 within 4 seconds", Lines: []string{"/var/log/apache2/error.log:902"}},
				{What: "at once", Text: "at least 31 connections and 29 workers within 10 seconds (at 23:49:34); 40 different ones in all"},
			},
			Kinds: []analyze.WhyKind{{Kind: "request.timeout", Role: "deed", Count: 19, First: "2016-11-08T23:49:20", Last: "2016-11-08T23:49:58", Lines: []string{"/var/log/apache2/error.log:902", "/var/log/apache2/error.log:903"}}},
			Prior: -3, Sum: 5, Score: 3.48, Odds: 0.97, Because: "a rule accuses it, and the sum is at least 80%",
			Silent: []analyze.Silence{{Rule: "guessing", Title: "A client tries many passwords", Text: "failed to log in 0 times, 15 are needed"}},
			Settle: r.Clients[0].Settle, Quotes: quotes,
		},
		{
			Client: r.Clients[len(r.Clients)-1], Prior: -3, Sum: -3, Score: -3, Odds: 0.05, Because: "no rule accuses it of anything that it did; it was served errors",
			Silent: []analyze.Silence{{Rule: "load", Title: "A client holds more connections than the others", Text: "held 2 connections at once in the trouble of 23:49:20, 12 are needed before it says anything"}},
			Quotes: quotes[1:],
		},
	}
	return r
}
