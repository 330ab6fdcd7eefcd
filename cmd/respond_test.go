package cmd

import (
	"bytes"
	"fmt"
	"os"
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
