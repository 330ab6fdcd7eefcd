package cmd

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/logsleuth/logsleuth/report"
)

func printed(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if status := Main(args, strings.NewReader(""), &out, &errs); status != exitDone {
		t.Fatalf("logsleuth %s: exit %d: %s", strings.Join(args, " "), status, &errs)
	}
	return out.String()
}

// An office of thirty behind one address meets an outage with all its browsers at
// once: no tool names it, and the text says why.
func TestRespondSparesAnOffice(t *testing.T) {
	const office = "198.51.100.200"
	var b strings.Builder
	start := time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC)
	line := func(at float64, text string) {
		fmt.Fprintf(&b, "[%s] %s\n", start.Add(time.Duration(at*float64(time.Second))).Format("Mon Jan 02 15:04:05.000000 2006"), text)
	}
	gone := func(at float64, client string, port, pid int, referer string) {
		line(at, fmt.Sprintf("[:error] [pid %d] [client %s:%d] WordPress database error MySQL server has gone away for query SELECT 1 made by require('wp-blog-header.php'), get_option%s", pid, client, port, referer))
	}
	for i := range 100 {
		gone(float64(i)*18, fmt.Sprintf("203.0.113.%d", 50+i%20), 20000+i, 100+i%50, "")
	}
	for i := range 60 {
		gone(1800+float64(i)*0.3, office, 40000+i, 200+i, ", referer: http://www.example.org/page"+fmt.Sprint(i%9))
	}
	line(1820, "[mpm_prefork:error] [pid 1] AH00161: server reached MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting")
	name := filepath.Join(t.TempDir(), "error.log")
	if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	saved := filepath.Join(t.TempDir(), "report.json")
	printed(t, "analyze", "--format", "json", "-o", saved, name)
	for _, as := range report.ToolNames() {
		for line := range strings.Lines(printed(t, "respond", "--as", as, saved)) {
			if strings.Contains(line, office) && !strings.HasPrefix(line, "#") && (as != "text" || !strings.HasPrefix(line, "  "+office+" is not named: ") && !strings.Contains(line, "grep -h -F")) {
				t.Errorf("%s names an office: %s", as, line)
			}
		}
	}
	if text := printed(t, "respond", name); !strings.Contains(text, office) {
		t.Errorf("nothing says why %s is not blocked:\n%s", office, text)
	}
}

// The jails leave out whom the user vouches for, in the script and in the replay,
// though nothing asks for a limit of connections.
func TestJailsLeaveOutTheAllowed(t *testing.T) {
	log := "../testdata/cases/bruteforce/error.log"
	script := printed(t, "respond", "--as", "fail2ban", "--allow", "198.51.100.0/24", "--trusted-proxy", "203.0.113.10", "--never-block", "192.0.2.7", log)
	for _, want := range []string{"198.51.100.0/24", "203.0.113.10", "192.0.2.7"} {
		if !strings.Contains(script, "ignoreip = ") || strings.Count(script, " "+want) != strings.Count(script, "ignoreip = ") {
			t.Errorf("the jails do not leave out %s:\n%s", want, script)
		}
	}
	for _, flag := range []string{"--allow", "--never-block"} {
		text := strings.Join(strings.Fields(printed(t, "respond", "--what-if", flag, "91.240.118.172", log)), " ")
		if want := "is left out (ignoreip), though it has 600 such lines"; !strings.Contains(text, want) || strings.Contains(text, "more would not have come") {
			t.Errorf("%s: the replay does not say %q: %s", flag, want, text)
		}
	}
}

// Under sudo, which clears the environment, the SSH client is found in that of
// the processes above.
func TestSSHClient(t *testing.T) {
	env := func(pairs ...string) func(string) string {
		return func(name string) string {
			for i := 0; i < len(pairs); i += 2 {
				if pairs[i] == name {
					return pairs[i+1]
				}
			}
			return ""
		}
	}
	for _, test := range []struct {
		env  func(string) string
		want string
	}{
		{env("SSH_CONNECTION", "198.51.100.3 50000 192.0.2.1 22"), "198.51.100.3"},
		{env("SSH_CLIENT", "::ffff:198.51.100.3 50000 22"), "198.51.100.3"},
		{env("SSH_CONNECTION", "fe80::1%eth0 50000 192.0.2.1 22"), "fe80::1"},
		{env("SSH_CONNECTION", "UNKNOWN 50000", "SSH_CLIENT", "2001:db8::3 50000 22"), "2001:db8::3"},
		{env(), ""},
	} {
		if got, ok := sshClient(test.env); ok != (test.want != "") || ok && got.String() != test.want {
			t.Errorf("%v, want %q", got, test.want)
		}
	}
	if os.Getenv("LOGSLEUTH_TEST_SUDO") != "" { // the child of this test's own child
		a, _ := sshClient(env("SUDO_UID", "1000"))
		fmt.Println("found", a)
		return
	}
	if _, err := os.Stat("/proc/self/environ"); err != nil {
		t.Skip("this system shows no environment of other processes")
	}
	c := exec.Command("sh", "-c", `env -u SSH_CONNECTION "$0" -test.run '^TestSSHClient$' -test.v; :`, os.Args[0])
	c.Env = append(os.Environ(), "SSH_CONNECTION=198.51.100.77 50000 192.0.2.1 22", "LOGSLEUTH_TEST_SUDO=1")
	if out, err := c.CombinedOutput(); err != nil || !strings.Contains(string(out), "found 198.51.100.77\n") {
		t.Errorf("%v: %s", err, out)
	}
}
