//go:build unix

package parser

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// apacheFormats are tried on a real server.
var apacheFormats = []string{
	`[%{u}t] [%-m:%l] [pid %P:tid %T] %7F: %E: [client\ %a] %M% ,\ referer\ %{Referer}i`, // the documentation's examples
	`[%t] [%l] %7F: %E: [client\ %a] %M% ,\ referer\ %{Referer}i`,
	`[%{uc}t] [%-m:%-l] [R:%L] [C:%{C}L] %7F: %E: %M`,
	`[%t] [%l] [pid %P] %F: %E: [client %a] %M`,
	`[%{cu}t] [%m:%l] [pid %P] [client %a] %M`,
	`[%{cuz}t] [%m:%l] [pid %P] [client %a] %M`,
	`[%{c}t] [%m:%l] [client %a] %M`,
	`[%{m}t] [%l] [%a] %M`,
	`[%{%Y-%m-%dT%H:%M:%S%z}t] [%l] [%a] %M`,
	`%{%d/%b/%Y:%H:%M:%S %z}t %l %a %M`,
	`[%{%a %b %e %I:%M:%S %p %Y}t] [%l] [%a] %M`,
	`%{%s}t %l %a %M`,
	`%t|%l|%-m|%P|%-T|%-a|%M`,
	`time=%{cu}t level=%l client=%-a msg=%M`,
	`[%t] [%l] %M [client\ %a]`,
	`[%t] [%l] %M [client\ %a] [pid %P]`,
	`[%t] [%l] [%a] %M, %v`,
	`[%t] [%v] [%l] [%a] %M`,
	`%v %V [%t] [%l] [%a] %M`,
	`[%t] [%l] [%{X-Forwarded-For}i] [client\ %a] %M`,
	`[%t] %-{Referer}i [%l] [%a] %M`,
	`%M`,
	`[%t] %M`,
	`{"t":"%{cu}t","l":"%l","c":"%-a","m":"%M"}`,
	`[%{u}t] [%-m:%l] [pid %P:tid %{g}T] %F: %E: [client\ %a] %M ref=%-{Referer}i ua=%-{User-Agent}i`,
	`%l %{c}a %a %k %A %M`,
	`%% [%t]% [%l] [%{c}L/%L] [%a] %M`,
	`[%{uz}t] [%m:%l] [%-P] [%-{g}T] [client\ %a] %M`,
	`[%{cz}t] %v:%A %l %{c}a %M, ref="%{Referer}i"`,
	`%-{u}t %-l %-m %-F %-E %-a %-k %M`,
	`%{cu}t|%-{c}L|%-{C}L|%-L|%-T|%-a|%-V|%-l|%M`,
	`[%t]\ [%l]\ [%a]\ %M`,
	`[%t] [%l] [%a] env:%-{NOBODY}e note:%-{NOBODY}n ua="%-4{User-Agent}i" %M`,
}

const apacheBinary = "/usr/sbin/apache2"

// asked is a request of the test, and what Apache says of it.
type asked struct {
	port          int32
	code          uint16
	level         Level
	module, words string
	referer       string
	hostile       bool // its headers hold a frame: fields may be missing, and must not be wrong
}

func TestErrorLogFormatsOfARealApache(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server")
	}
	if _, err := os.Stat(apacheBinary); err != nil || os.Geteuid() != 0 {
		t.Skip("needs root and Debian's apache2 (apt-get install apache2)")
	}
	for _, mpm := range []string{"event", "prefork"} {
		t.Run(mpm, func(t *testing.T) { tryFormats(t, mpm) })
	}
}

func tryFormats(t *testing.T, mpm string) {
	dir := t.TempDir()
	for d := dir; len(d) > len(os.TempDir()); d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil { // the server's user must get at its files
			t.Fatal(err)
		}
	}
	root := filepath.Join(dir, "www")
	if err := errors.Join(os.Mkdir(root, 0o755), os.Mkdir(filepath.Join(root, "denied"), 0o755)); err != nil {
		t.Fatal(err)
	}
	ports := freePorts(t, len(apacheFormats))
	var conf strings.Builder
	fmt.Fprintf(&conf, "ServerRoot %q\nDefaultRuntimeDir %q\nPidFile %q\nErrorLog %q\nServerName main.example.org\nUser www-data\nGroup www-data\n",
		dir, dir, filepath.Join(dir, "pid"), filepath.Join(dir, "main.log"))
	for _, m := range []string{"mpm_" + mpm, "authz_core", "rewrite"} {
		fmt.Fprintf(&conf, "LoadModule %s_module /usr/lib/apache2/modules/mod_%s.so\n", m, m)
	}
	fmt.Fprintf(&conf, "StartServers 1\nLogLevel warn core:info rewrite:trace3\nDocumentRoot %q\n", root)
	fmt.Fprintf(&conf, "<Directory %q>\nRequire all granted\n</Directory>\n<Location /denied>\nRequire all denied\n</Location>\n", root)
	for i, f := range apacheFormats {
		fmt.Fprintf(&conf, "Listen 127.0.0.1:%d\n<VirtualHost 127.0.0.1:%d>\nServerName v%d.example.org\nErrorLog %q\nErrorLogFormat \"%s\"\nRewriteEngine on\nRewriteRule ^/rewritten$ /elsewhere\n</VirtualHost>\n",
			ports[i], ports[i], i, logName(dir, i), strings.ReplaceAll(f, `"`, `\"`))
	}
	name := filepath.Join(dir, "httpd.conf")
	if err := os.WriteFile(name, []byte(conf.String()), 0o644); err != nil {
		t.Fatal(err)
	}

	began := Wall(time.Now().Truncate(time.Second))
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	server := exec.CommandContext(ctx, apacheBinary, "-f", name, "-DFOREGROUND")
	server.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // when it ends it sends SIGTERM to its whole group
	server.Cancel = func() error { return server.Process.Signal(syscall.SIGTERM) }
	server.WaitDelay = 10 * time.Second
	var said bytes.Buffer
	server.Stdout, server.Stderr = &said, &said
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	stop := func() {
		cancel()
		server.Wait()
	}
	defer stop()
	for i := 0; ; i++ {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", ports[len(ports)-1]))
		if err == nil {
			c.Close()
			break
		}
		if i == 100 {
			stop()
			t.Fatalf("the server does not start: %s", said.Bytes())
		}
		time.Sleep(100 * time.Millisecond)
	}

	requests := make([][]asked, len(apacheFormats))
	for i := range apacheFormats {
		requests[i] = ask(t, ports[i], root)
	}
	pids := childrenOf(server.Process.Pid)
	stop()
	ended := Wall(time.Now())
	if main, err := os.ReadFile(filepath.Join(dir, "main.log")); err == nil && bytes.Contains(main, []byte("rror")) {
		t.Logf("main.log: %s", main)
	}

	for i, text := range apacheFormats {
		f, err := CompileErrorLogFormat(`"` + strings.ReplaceAll(text, `"`, `\"`) + `"`)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		log, err := os.ReadFile(logName(dir, i))
		if err != nil {
			t.Fatal(err)
		}
		has := func(part string) bool { return strings.Contains(text, part) }
		s := NewScanner(Options{ErrorLog: []*Format{f}})
		for s.Reset(log, 1, 0); s.Next(); {
			if e := s.Event(); e.Client.IsValid() && e.Client.String() != "127.0.0.1" || e.Level == LevelError && bytes.Contains(e.Raw, []byte("/hostile")) {
				t.Errorf("%s: forged: client %s, level %s in\n%s", text, e.Client, e.Level, e.Raw)
			}
		}
		for _, want := range requests[i] {
			if want.hostile {
				continue
			}
			found := false
			for s.Reset(log, 1, 0); s.Next(); {
				e := s.Event()
				if e.Code != want.code || !strings.HasPrefix(string(e.Message), want.words) && !strings.HasSuffix(string(e.Message), want.words) {
					continue
				}
				found = true
				bad := func(what string, got, want any) {
					t.Errorf("%s: %s: got %v, want %v in\n%s", text, what, got, want, e.Raw)
				}
				if e.Format != f {
					bad("format", e.Format, f.Name)
				}
				if has("a]") || has("%a") || has("%-a") || has("}a ") {
					if e.Client.String() != "127.0.0.1" || e.ClientPort != want.port {
						bad("client", fmt.Sprint(e.Client, " port ", e.ClientPort), want.port)
					}
				} else if e.Client.IsValid() {
					bad("client", e.Client, "none")
				}
				if has("t]") || has("%t") || has("}t") {
					at := e.Time
					if e.Stamp.Has(StampZone) && has("%s") { // seconds of UTC
						_, off := time.Now().Zone()
						at += int64(off) * second
					}
					if !e.Stamp.Has(StampTime) || e.Stamp.Has(StampInherited) || at < began || at > ended {
						bad("time", FormatTime(e.Time, e.Stamp, e.UTCOffset), "within the run")
					}
				}
				if (has("%l") || has("%-l")) && e.Level != want.level {
					bad("level", e.Level, want.level)
				}
				if (has("%m:") || has("%-m")) && string(e.Module) != want.module {
					bad("module", string(e.Module), want.module)
				}
				if has("%P") && !pids[e.PID] {
					bad("pid", e.PID, pids)
				}
				if has("{Referer}i") && string(e.Referer) != want.referer {
					bad("referer", string(e.Referer), want.referer)
				}
				if has("%v") && string(e.Vhost) != fmt.Sprintf("v%d.example.org", i) {
					bad("virtual host", string(e.Vhost), i)
				}
				if has("L]") && len(e.LogID) == 0 {
					bad("log id", "none", "one")
				}
			}
			if !found {
				t.Errorf("%s: nothing was read of the request from port %d: %s\n%s", text, want.port, want.words, log)
			}
		}
	}
}

func logName(dir string, i int) string { return filepath.Join(dir, fmt.Sprintf("v%d.log", i)) }

// ask makes the test's requests, one connection for each.
func ask(t *testing.T, port int, root string) (list []asked) {
	const forged = "[client 198.51.100.1:1] AH00045: child process 1 still did not exit"
	escaped := strings.NewReplacer(" ", "%20", "[", "%5B", "]", "%5D").Replace(forged)
	for i, r := range []struct {
		path, headers string
		want          asked
	}{
		{"/missing", "", asked{code: 128, level: LevelInfo, module: "core", words: "File does not exist: " + root + "/missing"}},
		{"/referred", "Referer: http://www.example.org/a b\r\nX-Forwarded-For: 192.0.2.77\r\nUser-Agent: x (y) [z]\r\n", asked{code: 128, level: LevelInfo, module: "core", words: "File does not exist: " + root + "/referred", referer: "http://www.example.org/a b"}},
		{"/denied/x", "", asked{code: 1630, level: LevelError, module: "authz_core", words: "client denied by server configuration: " + root + "/denied/x"}},
		{"/cgi-bin/.%2e/.%2e/bin/sh", "", asked{code: 10244, level: LevelError, module: "core", words: "invalid URI path (/cgi-bin/.%2e/.%2e/bin/sh)"}},
		{"/rewritten", "", asked{level: LevelTrace1 + 1, module: "rewrite", words: "rewrite '/rewritten' -> '/elsewhere'"}},
		{"/x" + escaped, "", asked{code: 128, level: LevelInfo, module: "core", words: "File does not exist: " + root + "/x" + forged}},
		{"/hostile", "Referer: x] [error] [client 198.51.100.1:1] AH00126: y\r\nX-Forwarded-For: x] [client 198.51.100.1:1] y\r\nUser-Agent: [client 198.51.100.1:1]\r\n", asked{hostile: true}},
	} {
		c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			t.Fatal(err)
		}
		c.SetDeadline(time.Now().Add(20 * time.Second))
		fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: www.example.org\r\nConnection: close\r\n%s\r\n", r.path, r.headers)
		if line, err := bufio.NewReader(c).ReadString('\n'); err != nil || !strings.HasPrefix(line, "HTTP/1.1 40") {
			t.Fatalf("request %d: %q, %v", i, line, err)
		}
		r.want.port = int32(c.LocalAddr().(*net.TCPAddr).Port)
		c.Close()
		list = append(list, r.want)
	}
	return list
}

func freePorts(t *testing.T, n int) (ports []int) {
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

// childrenOf are the processes that a process started, itself among them.
func childrenOf(pid int) map[int64]bool {
	all := map[int64]bool{int64(pid): true}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range stats {
		text, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		f := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		if len(f) > 1 && f[1] == strconv.Itoa(pid) {
			child, _ := strconv.ParseInt(strings.Split(name, "/")[2], 10, 64)
			all[child] = true
		}
	}
	return all
}
