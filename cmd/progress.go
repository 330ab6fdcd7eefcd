package cmd

import (
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/cheggaaa/pb/v3"
)

// patience is how long nothing is shown: most work is over by then.
const patience = time.Second

// progressScreen is the terminal to show progress on; nil where nobody looks.
func progressScreen(errs io.Writer) io.Writer {
	file, ok := errs.(*os.File)
	if !ok || !term.IsTerminal(file.Fd()) || os.Getenv("CI") != "" || os.Getenv("TERM") == "dumb" {
		return nil
	}
	return file
}

// showProgress shows how far the reading is until the function that it gives is
// called, which clears the line.
func (r *run) showProgress() (end func()) {
	if r.screen == nil {
		return func() {}
	}
	total := int64(0)
	for _, in := range r.inputs {
		if in.Bytes == 0 && in.ModTime.IsZero() { // a pipe has no end yet
			total = 0
			break
		}
		total += in.Bytes
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		select {
		case <-stop:
			return
		case <-time.After(patience):
		}
		bar := pb.Full.New(0).SetTotal(total).SetWriter(r.screen).Set(pb.Bytes, true).Set(pb.SIBytesPrefix, true).Set(pb.CleanOnFinish, true).Start()
		defer bar.Finish()
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			input, bytes := r.reader.Progress()
			bar.Set("prefix", oneLine(filepath.Base(r.inputs[input].Name))+" ")
			bar.SetCurrent(bytes)
			select {
			case <-stop:
				return
			case <-tick.C:
			}
		}
	}()
	return func() {
		close(stop)
		<-stopped
	}
}
