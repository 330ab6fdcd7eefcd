package parser

import (
	"encoding/json"
	"testing"
)

// What the parts of a text are, as JSON shows them.
func TestDetails(t *testing.T) {
	const apache = at + "[core:notice] [pid 7] "
	for _, tt := range []struct{ name, line, kind, subject, detail string }{
		{"kill", kernelLine + "Out of memory: Killed process 3225 (mariadbd) total-vm:2147847042kB, anon-rss:100kB, file-rss:20kB, shmem-rss:3kB, UID:102 pgtables:588kB oom_score_adj:100",
			"oom.kill", "mariadbd", `{"victim":"mariadbd","victim_pid":3225,"rss_bytes":125952}`},
		{"kill before 4.20", kernelLine + "Killed process 3225 (Plex Media Server) total-vm:1147847kB, anon-rss:100kB, file-rss:20kB",
			"oom.kill", "Plex Media Server", `{"victim":"Plex Media Server","victim_pid":3225,"rss_bytes":122880}`},
		{"kill on RHEL 6", kernelLine + "Killed process 4110, UID 27, (mysqld) total-vm:1147847kB, anon-rss:100kB, file-rss:20kB",
			"oom.kill", "mysqld", `{"victim":"mysqld","victim_pid":4110,"rss_bytes":122880}`},
		{"kill in a container", kernelLine + "Memory cgroup out of memory: Killed process 411 (apache2) total-vm:1kB, anon-rss:100kB, file-rss:0kB, shmem-rss:0kB, UID:33 pgtables:588kB oom_score_adj:0",
			"oom.kill", "apache2", `{"victim":"apache2","victim_pid":411,"rss_bytes":102400,"cgroup":true}`},
		{"kill of the one who asked", kernelLine + "Out of memory (oom_kill_allocating_task): Killed process 411 (apache2) total-vm:1kB, anon-rss:100kB, file-rss:0kB, shmem-rss:0kB",
			"oom.kill", "apache2", `{"victim":"apache2","victim_pid":411,"rss_bytes":102400}`},
		{"a name with brackets", kernelLine + "Killed process 9 (a (b) c) total-vm:1kB, anon-rss:100kB, file-rss:0kB",
			"oom.kill", "a (b) c", `{"victim":"a (b) c","victim_pid":9,"rss_bytes":102400}`},
		{"chosen, not killed", kernelLine + "Memory cgroup out of memory: Kill process 1012 (heapster) score 1035 or sacrifice child", "oom.select", "", "null"},
		{"chosen by 2.6", kernelLine + "Out of memory: kill process 3412 (apache2) score 261929 or a child", "oom.select", "", "null"},
		{"reaped", kernelLine + "oom_reaper: reaped process 12345 (java), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB", "oom.select", "", "null"},
		{"trigger", kernelLine + "Web Content invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0", "oom.invoked", "Web Content", `{"trigger":"Web Content"}`},
		{"row of 2.6", kernelLine + "[ 3240]    33  3240    41795     8139   0       0             0 apache2", "oom.task", "", `{"task_pid":3240,"uid":33,"rss_bytes":33337344,"task":"apache2"}`},
		{"row of 4.x", kernelLine + "[ 3240]    33  3240    41795     8139      66       3        0             0 apache2", "oom.task", "", `{"task_pid":3240,"uid":33,"rss_bytes":33337344,"task":"apache2"}`},
		{"row of 5.x", kernelLine + "[   3240]    33  3240    41795     8139   225280        0         -1000 apache2", "oom.task", "", `{"task_pid":3240,"uid":33,"rss_bytes":33337344,"task":"apache2"}`},
		{"row of 6.8", kernelLine + "[   3240]     0  3240    41795     8139     1831     5956       352   225280        0             0 apache2", "oom.task", "",
			`{"task_pid":3240,"uid":0,"rss_bytes":33337344,"anon_bytes":7499776,"task":"apache2"}`},
		{"a row whose program begins with a digit", kernelLine + "[   3240]    33  3240    41795     8139   225280        0             0 7za", "oom.task", "", `{"task_pid":3240,"uid":33,"rss_bytes":33337344,"task":"7za"}`},
		{"the head of the rows", kernelLine + "[ pid ]   uid  tgid total_vm      rss cpu oom_adj oom_score_adj name", "oom.report", "", "null"},
		{"the machine's memory", kernelLine + "131050 pages RAM", "oom.total", "", `{"bytes":536780800,"cgroup":false}`},
		{"a container's memory", kernelLine + "memory: usage 2250808kB, limit 2250808kB, failcnt 217", "oom.total", "", `{"bytes":2304827392,"cgroup":true}`},

		{"an address before 2.4.43", at + "[core:error] [pid 7] [client 192.0.2.5:4] AH00126: Invalid URI in request GET /a/../../b c HTTP/1.1", "path.invalid", "/a/../../b c", `{"path":"/a/../../b c"}`},
		{"an address since 2.4.43", at + "[core:error] [pid 7] [client 192.0.2.5:4] AH00126: Invalid URI in request '/a/../../b' 'GET /a/../../b HTTP/1.1'", "path.invalid", "/a/../../b", `{"path":"/a/../../b"}`},
		{"an address that is none", at + "[core:error] [pid 7] [client 192.0.2.5:4] AH00126: Invalid URI in request \\x16\\x03", "path.invalid", `\x16\x03`, `{"path":"\\x16\\x03"}`},
		{"a name that is too long", at + "[core:error] [pid 7] (36)File name too long: [client 192.0.2.5:4] AH00036: access to /a failed (filesystem path '/srv/a')", "path.invalid", "/a", `{"path":"/a"}`},
		{"an encoded slash", at + "[core:info] [pid 7] [client 192.0.2.5:4] AH00026: found %2f (encoded '/') in URI path (/a%2fb), returning 404", "path.invalid", "/a%2fb", `{"path":"/a%2fb"}`},
		{"no file for it", at + "[core:error] [pid 7] (36)File name too long: [client 192.0.2.5:4] AH00127: Cannot map GET /aaaa HTTP/1.1 to file", "path.invalid", "/aaaa", `{"path":"/aaaa"}`},

		{"segfault", kernelLine + "apache2[3666]: segfault at 10 ip 00007fa23dad1b46 sp 00007fff024094b0 error 4 in libphp8.2.so[7fa23d800000+400000] likely on CPU 0 (core 0, socket 0)",
			"kernel.segfault", "apache2", `{"crashed":"apache2","crashed_pid":3666,"library":"libphp8.2.so"}`},
		{"protection fault", kernelLine + "traps: php-fpm[3666] general protection fault ip:7fa2 sp:7fff error:0 in opcache.so[7fa2+4000]",
			"kernel.segfault", "php-fpm", `{"crashed":"php-fpm","crashed_pid":3666,"library":"opcache.so"}`},
		{"a name with a bracket", kernelLine + "[worker][12]: segfault at 10 ip 00007fa2 sp 00007fff error 4", "kernel.segfault", "[worker]", `{"crashed":"[worker]","crashed_pid":12}`},

		{"a child's crash", apache + "AH00051: child pid 12025 exit signal Segmentation fault (11), possible coredump in /etc/apache2", "child.segfault", "", `{"child_pid":12025,"signal":"Segmentation fault (11)"}`},
		{"a child's end", apache + "AH00052: child pid 12025 exit signal Aborted (6)", "child.exit", "", `{"child_pid":12025,"signal":"Aborted (6)"}`},
		{"a child told to end", at + "[core:warn] [pid 7] AH00045: child process 18776 still did not exit, sending a SIGTERM", "child.sigterm", "", `{"child_pid":18776,"signal":"SIGTERM"}`},
		{"a child killed", at + "[core:error] [pid 7] AH00046: child process 18776 still did not exit, sending a SIGKILL", "child.sigkill", "", `{"child_pid":18776,"signal":"SIGKILL"}`},

		{"unit", systemdLine + "mariadb.service: Failed with result 'oom-kill'.", "unit.failed", "mariadb.service", `{"unit":"mariadb.service","result":"oom-kill"}`},
		{"unit, older", systemdLine + "Unit mariadb.service entered failed state.", "unit.failed", "mariadb.service", `{"unit":"mariadb.service"}`},
		{"unit's end", systemdLine + "mariadb.service: Main process exited, code=killed, status=9/KILL", "unit.exit", "mariadb.service", `{"unit":"mariadb.service","result":"code=killed, status=9/KILL"}`},
		{"unit's start", systemdLine + "Started mariadb.service - MariaDB 10.11.19 database server.", "unit.start", "mariadb.service", `{"unit":"mariadb.service"}`},
		{"unit's start, older", systemdLine + "Started MariaDB 10.3 database server.", "unit.start", "MariaDB 10.3 database server", `{"unit":"MariaDB 10.3 database server"}`},

		{"password", at + `[auth_basic:error] [pid 7] [client 192.0.2.5:4] AH01617: user anna: authentication failure for "/intern/": Password Mismatch`, "auth.failed", "anna", `{"user":"anna","path":"/intern/"}`},
		{"a hostile user", at + `[auth_basic:error] [pid 7] [client 192.0.2.5:4] AH01617: user x: authentication failure for "/a": Password Mismatch: authentication failure for "/b": Password Mismatch`, "auth.failed",
			`x: authentication failure for "/a": Password Mismatch`, `{"user":"x: authentication failure for \"/a\": Password Mismatch","path":"/b"}`},
		{"PHP", story + "PHP Warning:  Undefined array key \"x in /srv/wp-content/plugins/innocent/i.php on line 3\" in /srv/wp-content/plugins/contact/form.php on line 14", "php.warning", "",
			`{"type":"Warning","text":"Undefined array key \"x in /srv/wp-content/plugins/innocent/i.php on line 3\" in /srv/wp-content/plugins/contact/form.php on line 14","file":"/srv/wp-content/plugins/contact/form.php","line":14,"plugin":"contact","plugin_type":"plugin","attribution_strength":"path"}`},
	} {
		e := read(tt.line)
		got, err := json.Marshal(e.Detail())
		if err != nil || e.Kind.Name != tt.kind || string(e.Subject()) != tt.subject || string(got) != tt.detail {
			t.Errorf("%s: %s\n got %s, subject %q, %s\nwant %s, subject %q, %s", tt.name, tt.line, e.Kind.Name, e.Subject(), got, tt.kind, tt.subject, tt.detail)
		}
	}
	if e := read(kernelLine + "apache2[3666]: segfault at 10 ip 0 sp 0 error 4"); e.SubjectPID() != 3666 {
		t.Errorf("the crash was of process %d", e.SubjectPID())
	}
}
