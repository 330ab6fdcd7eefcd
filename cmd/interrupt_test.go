package cmd

import (
	"bytes"
	"io"
	"os"
	"os/signal"
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
