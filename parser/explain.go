package parser

import "strings"

// NotProven says what one event of the kind does not prove.
func (k *Kind) NotProven() string {
	switch {
	case k == workersExhausted:
		return "It is never proof of an attack alone: a dead database, slow code or a limit set too low fill the workers just as well. Nor does a missing line prove that it did not happen again: it is written once after each start."
	case k == oomInvoked:
		return "The program that it names only happened to ask when nothing was left. It need not be the one that took the memory."
	case k == oomKill:
		return "The process that was killed is the victim. The kernel takes the biggest, which is often the database while the web server's many workers took the memory."
	case k == kernelSYNFlood:
		return "It is no proof of an attack: a server that is too slow to accept connections looks the same."
	case k.Role == Deed:
		return "One such line proves no intent: people follow dead links and mistype passwords, and crawlers keep old addresses. How many, how different and how fast is what counts."
	case k.Role == Harm:
		return "It proves nothing about the client that it names: that client was being served when the server failed. In an outage a busy honest visitor collects hundreds."
	case k.Role == State:
		return "It names no culprit. What came before it, and who held the workers then, has to be shown by other lines."
	}
	return "It says nothing about an incident by itself."
}

// nextSteps say what to look at after an event, by the first words of its kind's
// name. The longest that fits counts.
var nextSteps = []struct{ prefix, text string }{
	{"", "Look at the lines around it, in this log and in the others of the same minute."},
	{"db.", "Look for what happened to the database server just before: an oom.kill or unit.failed in syslog, a db.crash or db.stop in its own log, a full disk."},
	{"db.toobig", "Compare max_allowed_packet with what the plugin sends; the query and the plugin stand in the line."},
	{"db.injection", "Look in access.log for what the same client asked, and what it got with status 200; update the plugin whose query it is."},
	{"php.", "Look at the file that it names: the plugin or theme is in its path. Did it begin after an update?"},
	{"php.memory", "The file is where the limit was met, not always where the memory went. Compare memory_limit with what the page needs."},
	{"file.", "Count the different targets of the same client, and look whether they come from a page of yours (the referer)."},
	{"script.", "Count the different targets of the same client. Did it find one that exists? access.log tells."},
	{"path.", "Look in access.log at what status the same client's other requests got."},
	{"access.", "Was it meant to be forbidden? If so it is already blocked; look at the same client's other requests."},
	{"auth.", "Count the failures and the different names of the same client, and look for a success after them in access.log."},
	{"waf.", "Look up the rule's id, and whether the same client was blocked elsewhere."},
	{"request.", "Count the connections of the same client at that time."},
	{"backend.", "Look into the log of the program behind the web server (PHP-FPM) at that minute, and at the errno: 2 and 111 mean that it is down, 11 that its queue is full, 13 permissions."},
	{"proxy.", "Look at the server behind nginx at that minute, and at what nginx's access log says of the same client."},
	{"workers.", "Look at the five minutes before: who held connections, did the database answer, did memory run out? Give error.log, syslog and access.log together to logsleuth analyze."},
	{"scoreboard.", "Look for workers that did not end after a reload: long downloads, stuck requests."},
	{"fork.", "Look at memory and at the limits on processes (ulimit, TasksMax)."},
	{"child.", "Look whom these workers served last: logsleuth analyze joins their pids with the clients."},
	{"server.", "Did somebody or something ask for it? systemd, logrotate, apt and certbot say so in syslog."},
	{"oom.", "Look at the kernel's table of processes in the same report: who held how much. logsleuth analyze adds it up by program."},
	{"kernel.", "Look at what the same process did just before, and whether it comes again."},
	{"unit.", "Look at the unit's own log at that time: journalctl -u NAME."},
	{"ssh.", "Look for an accepted login from the same address after the failures."},
	{"log.", "Counts from here on are lower bounds; look at other logs of the same time."},
}

// Next says what to look at after an event of the kind.
func (k *Kind) Next() string {
	if k.next != "" {
		return k.next
	}
	best := nextSteps[0]
	for _, n := range nextSteps {
		if strings.HasPrefix(k.Name, n.prefix) && len(n.prefix) > len(best.prefix) {
			best = n
		}
	}
	return best.text
}
