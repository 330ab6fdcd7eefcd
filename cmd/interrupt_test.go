package cmd

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestInterrupt presses Ctrl-C while the program waits for standard input, whose
// writer says nothing: before the first byte, and in the middle.
func TestInterrupt(t *testing.T) {
	caught := make(chan os.Signal, 100)
	signal.Notify(caught, os.Interrupt) // lest one that comes early end the test
	defer signal.Stop(caught)
	for _, verb := range []string{"analyze", "events"} {
		for _, said := range []string{"", string(bytes.Repeat([]byte("a line\n"), 1<<18))} {
			in, w := io.Pipe()
			go io.WriteString(w, said)
			var out, errs bytes.Buffer
			status := make(chan int, 1)
			go func() { status <- Main([]string{verb, "-"}, in, &out, &errs) }()
			time.Sleep(50 * time.Millisecond)

			limit := time.After(20 * time.Second)
			for ended := false; !ended; {
				if err := syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil {
					t.Fatal(err)
				}
				select {
				case got := <-status:
					ended = true
					if got != exitFailed {
						t.Errorf("logsleuth %s - after %d bytes, interrupted: exit %d, want %d", verb, len(said), got, exitFailed)
					}
				case <-time.After(100 * time.Millisecond): // not listening yet
				case <-limit:
					t.Fatalf("logsleuth %s - after %d bytes does not end when interrupted", verb, len(said))
				}
			}
			if want := "logsleuth: interrupted before all was read\n"; errs.String() != want {
				t.Errorf("logsleuth %s -, interrupted, says %q, want %q", verb, errs.String(), want)
			}
			w.Close()
		}
	}
}

// TestInterruptReports presses Ctrl-C once while a log is read: what was read is
// reported, and said to be a part.
func TestInterruptReports(t *testing.T) {
	caught := make(chan os.Signal, 100)
	signal.Notify(caught, os.Interrupt)
	defer signal.Stop(caught)
	line := "[Sat Mar 14 07:00:00.000000 2026] [core:error] [pid 7:tid 7] [client 198.51.100.9:4000] AH00128: File does not exist: /srv/www/.env\n"
	in, w := io.Pipe()
	defer w.Close()
	var out, errs bytes.Buffer
	status := make(chan int, 1)
	go func() { status <- Main([]string{"analyze", "--format", "json", "-"}, in, &out, &errs) }()
	if _, err := io.WriteString(w, strings.Repeat(line, 8<<20/len(line))); err != nil { // the reader has the first chunks now
		t.Fatal(err)
	}
	time.Sleep(500 * time.Millisecond)
	if err := syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	select {
	case got := <-status:
		if got != exitFailed {
			t.Errorf("exit %d, want %d", got, exitFailed)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("it does not end")
	}
	var r struct {
		Incomplete bool
		Totals     struct{ Events int }
		Inputs     []struct{ Error string }
		Verdict    struct{ Doubts []string }
	}
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	if !r.Incomplete || r.Totals.Events == 0 || r.Inputs[0].Error != "not read to its end" || !strings.Contains(r.Verdict.Doubts[0], "interrupted") {
		t.Errorf("interrupted, it reports %+v", r)
	}
	if want := "logsleuth: interrupted before all was read\n"; errs.String() != want {
		t.Errorf("it says %q, want %q", errs.String(), want)
	}
}
