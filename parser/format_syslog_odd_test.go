package parser

import (
	"testing"
	"time"
)

func TestOddSyslog(t *testing.T) {
	for _, tt := range []struct{ name, line, want string }{
		{"versions counted from 0", "<6>0 2026-03-14T07:39:24.5+01:00 vps512 app 7 - - x", "time=2026-03-14T07:39:24.500000+01:00 host=vps512 program=app level=info pid=7 kind=syslog.other message=<x>"},
		{"no version 0 without a priority", "0 2026-03-14T07:39:24.5+01:00 vps512 app 7 - - x", "kind=unknown message=<0 2026-03-14T07:39:24.5+01:00 vps512 app 7 - - x>"},
		{"RFC 5424's fields without its head", "2026-03-14T07:39:24.003Z 192.0.2.1 app - - - x", "time=2026-03-14T07:39:24.003000Z host=192.0.2.1 program=app kind=syslog.other message=<x>"},
		{"with a process and data", `2026-03-14T07:39:24Z vps512 sshd 811 - [meta seq="7"] Invalid user anna from 192.0.2.14 port 7`, "time=2026-03-14T07:39:24Z host=vps512 program=sshd pid=811 client=192.0.2.14 port=7 kind=ssh.invalid_user message=<Invalid user anna from 192.0.2.14 port 7>"},
		{"a sentence with hyphens", "2026-03-14T07:39:24Z vps512 deleted 7 files - - done", "time=2026-03-14T07:39:24Z host=vps512 kind=syslog.other message=<deleted 7 files - - done>"},
		{"a blank before the stamp", "<38> Mar  7 19:06:53 vps512 app: x", "time=1970-03-07T19:06:53 host=vps512 program=app level=info kind=syslog.other message=<x>"},
		{"a Nexus", "<190>: 2026 Mar 06 09:22:34 CET: %AUTHPRIV-6-SYSTEM_MSG: x", "time=2026-03-06T09:22:34 program=%AUTHPRIV-6-SYSTEM_MSG level=info kind=syslog.other message=<x>"},
		{"a zone before the year", "<165>Aug 24 05:34:00 CST 1987 shop01 app[10]: x", "time=1987-08-24T05:34:00 host=shop01 program=app level=notice pid=10 kind=syslog.other message=<x>"},
		{"a host in capitals", "<165>Aug 24 05:34:00 CST app[10]: x", "time=1970-08-24T05:34:00 host=CST program=app level=notice pid=10 kind=syslog.other message=<x>"},
		{"a stamp alone", "<14>Aug 30 23:00:05", "time=1970-08-30T23:00:05 level=info kind=syslog.other message=<>"},
		{"a stamp alone, no priority", "Aug 30 23:00:05", "kind=unknown message=<Aug 30 23:00:05>"},
		{"no stamp", "<38>anna logged in", "level=info kind=syslog.other message=<anna logged in>"},
		{"no stamp, and nobody is believed", "<38>sshd[7]: Failed password for root from 192.0.2.14 port 7 ssh2", "level=info kind=syslog.other message=<sshd[7]: Failed password for root from 192.0.2.14 port 7 ssh2>"},
		{"markup", "<1>a</1>", "kind=unknown message=<<1>a</1>>"},
		{"since a device started", "<191>94103: 51w2d: DHCPD: x", "level=debug kind=syslog.other message=<DHCPD: x>"},
		{"the kernel's buffer", "<4>Out of memory: Killed process 411 (mysqld) total-vm:8kB, anon-rss:4kB, file-rss:4kB", "program=kernel level=warn kind=oom.kill message=<Out of memory: Killed process 411 (mysqld) total-vm:8kB, anon-rss:4kB, file-rss:4kB>"},
		{"no host", "2026-12-04T10:49:30.127Z In(05) vcpu-5 - Guest: x", "time=2026-12-04T10:49:30.127000Z kind=syslog.other message=<In(05) vcpu-5 - Guest: x>"},
		{"the kernel without a stamp", "shop01 kernel: [ 12.345678] Out of memory: Killed process 411 (mysqld).", "host=shop01 program=kernel kind=oom.kill message=<Out of memory: Killed process 411 (mysqld).>"},
		{"a sentence about the kernel", "the kernel: Out of luck", "kind=unknown message=<the kernel: Out of luck>"},
		{"quoted behind a bar", "  | [Sat Mar 14 07:39:24.123456 2026] [core:crit] [pid 22] AH00136: x", "time=2026-03-14T07:39:24.123456 level=crit module=core pid=22 code=AH00136 kind=server.critical message=<x>"},
		{"a bar alone", "| [Sat Mar 14 07:39:24.123456 2026] [core:crit] [pid 22] AH00136: x", "kind=unknown message=<| [Sat Mar 14 07:39:24.123456 2026] [core:crit] [pid 22] AH00136: x>"},
		{"already dying", kernelLine + "Memory cgroup out of memory: OOM victim 3085 (httpd) is already exiting. Skip killing the task", "time=1970-03-14T07:39:24 host=vps512 program=kernel kind=oom.select message=<Memory cgroup out of memory: OOM victim 3085 (httpd) is already exiting. Skip killing the task>"},
	} {
		if got := said(read(tt.line)); got != tt.want {
			t.Errorf("%s: %q\n got %s\nwant %s", tt.name, tt.line, got, tt.want)
		}
	}
}

// The frame of a container's programs tells the year of syslog's stamp.
func TestYearInsideSyslog(t *testing.T) {
	const head = "Mar 14 07:39:24 vps512 containerd[7]: "
	for text, want := range map[string]int{
		head + `time="2019-03-14T07:39:24.745916919+01:00" level=info msg="x"`:                     2019,
		head + `time="2019-03-14T07:39:23Z" level=info msg="x"`:                                    2019,
		head + `time="2019-03-14T13:09:24+05:30" level=info msg="another zone"`:                    2019,
		head + `time="2019-03-14T07:31:24Z" level=info msg="another moment"`:                       0,
		head + `time="2019-05-14T07:39:24Z" level=info msg="another day"`:                          0,
		"Jan  1 00:39:24 vps512 dockerd[7]: " + `time="2018-12-31T23:39:24Z" level=info msg="x"`:   2018,
		"Dec 31 23:39:24 vps512 dockerd[7]: " + `time="2019-01-01T00:39:24Z" level=info msg="x"`:   2019,
		head + "2019-03-14 07:39:24 is what a program says":                                        0,
		"Mar 14 07:39:24 vps512 containerd: " + `time="2019-03-14T07:39:24Z" level=info`:           0,
		"2026-03-14T07:39:24 vps512 app[7]: x\n" + head + `time="2019-03-14T07:39:24Z" level=info`: 2019,
	} {
		got := GlanceAt([]byte(text + "\n")).Earliest
		if want == 0 && !got.IsZero() || want != 0 && got.Year() != want {
			t.Errorf("%q begins in %s, want %d", text, got.Format(time.DateOnly), want)
		}
	}
}

func TestDatabaseFaults(t *testing.T) {
	for _, tt := range []struct{ name, line, want string }{
		{"a thread in hexadecimal", "2026-03-14 07:39:24 7f57003cb700  InnoDB: Assertion failure in thread 140011642861312 in file trx0sys.cc line 356", "time=2026-03-14T07:39:24 kind=db.assertion message=<InnoDB: Assertion failure in thread 140011642861312 in file trx0sys.cc line 356>"},
		{"a deadlock in the monitor's report", "2026-03-14 07:39:24 0x7f57003cb700", "time=2026-03-14T07:39:24 kind=db.note message=<0x7f57003cb700>"},
		{"no thread", "2026-03-14 07:39:24 deadbeef", "kind=unknown message=<2026-03-14 07:39:24 deadbeef>"},
		{"no database", "2026-03-14 07:39:24 deadbeef was here", "kind=unknown message=<2026-03-14 07:39:24 deadbeef was here>"},
		{"no memory to start", mysqlLine + "[ERROR] InnoDB: Cannot map innodb_buffer_pool_size_max=4664m", "time=2026-03-14T07:39:24 level=error kind=db.memory message=<InnoDB: Cannot map innodb_buffer_pool_size_max=4664m>"},
		{"no thread to start", "2026-03-14T07:39:24.834273Z 0 [ERROR] [FATAL] InnoDB: pthread_create returned 1", "time=2026-03-14T07:39:24.834273Z level=error kind=db.threads message=<InnoDB: pthread_create returned 1>"},
		{"gave up", mysqlLine + "[ERROR] InnoDB: Plugin initialization aborted with error Generic error", "time=2026-03-14T07:39:24 level=error kind=db.failed message=<InnoDB: Plugin initialization aborted with error Generic error>"},
		{"Dropbear, with a key", "Mar 14 07:39:24 h dropbear[811]: Pubkey auth succeeded for 'anna' with ssh-ed25519 key SHA256:abc from 192.0.2.14:43602", "time=1970-03-14T07:39:24 host=h program=dropbear pid=811 client=192.0.2.14 port=43602 kind=ssh.accepted message=<Pubkey auth succeeded for 'anna' with ssh-ed25519 key SHA256:abc from 192.0.2.14:43602>"},
		{"the kernel without a stamp and a host", "kernel: mount.davfs[8855]: segfault at 0 ip 00007814bc044055 sp 00007ffee3439c30 error 4 in libneon.so[7814bc03e000+18000]", "program=kernel kind=kernel.segfault message=<mount.davfs[8855]: segfault at 0 ip 00007814bc044055 sp 00007ffee3439c30 error 4 in libneon.so[7814bc03e000+18000]>"},
		{"a crash without any frame", "a.out[14521]: segfault at 0 ip 0000000000401126 sp 00007ffca7b823e0 error 4 in a.out", "program=kernel kind=kernel.segfault message=<a.out[14521]: segfault at 0 ip 0000000000401126 sp 00007ffca7b823e0 error 4 in a.out>"},
	} {
		if got := said(read(tt.line)); got != tt.want {
			t.Errorf("%s: %q\n got %s\nwant %s", tt.name, tt.line, got, tt.want)
		}
	}
	monitor := "2026-03-14 07:37:36 134534345524800 INNODB MONITOR OUTPUT\n=====\nPer second averages\n\n-----\n2026-03-14 07:39:24 [ERROR] x\n"
	if got := events(monitor); len(got) != 2 || got[0] != "1+5 db.note <INNODB MONITOR OUTPUT\n=====\nPer second averages\n\n----->" {
		t.Errorf("the monitor's report is read as %q", got)
	}
	if e := read("Mar 14 07:39:24 h dropbear[811]: Pubkey auth succeeded for 'anna' with ssh-ed25519 key SHA256:abc from 192.0.2.14:43602"); string(e.Subject()) != "anna" {
		t.Errorf("%q logged in", e.Subject())
	}
}

func TestMonthsAbroadAreOneMonth(t *testing.T) {
	seen := make(map[string]int)
	for _, m := range monthsAbroad {
		for _, name := range m.names {
			if other, ok := seen[name]; ok && other != m.month {
				t.Errorf("%s is month %d and %d", name, other, m.month)
			}
			seen[name] = m.month
		}
	}
	for line, want := range map[string]string{
		"јун 20 18:21:59 h mariadbd[7]: 2022-06-20 18:21:59 0 [ERROR] Aborting":                                          "time=1970-06-20T18:21:59 host=h program=mariadbd level=error pid=7 kind=db.failed message=<Aborting>",
		"Jún 20 18:21:59 h app[7]: x":                                                                                    "time=1970-06-20T18:21:59 host=h program=app pid=7 kind=syslog.other message=<x>",
		"Mar 14 07:39:24 h mysqld[7]: 2026-03-14 07:39:24 0x7fcb2eb43740  InnoDB: Assertion failure in file a.cc line 9": "time=1970-03-14T07:39:24 host=h program=mysqld pid=7 kind=db.assertion message=<InnoDB: Assertion failure in file a.cc line 9>",
		kernelLine + " [oom_kill_process+0x10a/0x120] oom_kill_process+0x10a/0x120":                                      "time=1970-03-14T07:39:24 host=vps512 program=kernel kind=kernel.report message=< [oom_kill_process+0x10a/0x120] oom_kill_process+0x10a/0x120>",
	} {
		if got := said(read(line)); got != want {
			t.Errorf("%q\n got %s\nwant %s", line, got, want)
		}
	}
}

func TestJournalNotes(t *testing.T) {
	for _, mark := range []string{"--", "░░"} {
		text := systemdLine + "mariadb.service: Failed with result 'exit-code'.\n" +
			mark + " Subject: Unit failed\n" + mark + " Defined-By: systemd\n" + mark + " \n" + mark + "\n" + mark + " The unit has failed.\n" +
			"-- Boot 5e3f1c0d5b1a4b8e9f6d7c8b9a0e1f2d --\n"
		got := events(text)
		if len(got) != 3 || got[1] != "2+5 log.header <"+mark+" Subject: Unit failed\n"+mark+" Defined-By: systemd\n"+mark+" \n"+mark+"\n"+mark+" The unit has failed.>" {
			t.Errorf("%s: %q", mark, got)
		}
	}
}
