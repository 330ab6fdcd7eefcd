package cmd

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/pflag"

	"github.com/logsleuth/logsleuth/analyze"
	"github.com/logsleuth/logsleuth/parser"
	"github.com/logsleuth/logsleuth/source"
)

// chunkSize is the text that a worker takes at a time: large against what
// merging its tallies costs, small against the memory of a small server.
const chunkSize = 1 << 20

// longestLine is what is kept of one line. Apache cuts its own at 8 kB; what is a
// thousand times as long was made to use up memory.
const longestLine = 4 << 20

// logFlags are those of every verb that reads logs.
type logFlags struct {
	tz        string
	stdinName string
	errorLog  []string
	workers   int
	memory    string
	nice      int

	// No flags, but what a case may say of its logs.
	folder  string    // names in the report begin below it
	written time.Time // when the logs were last written to, where their files do not tell
}

func (f *logFlags) add(fs *pflag.FlagSet) {
	fs.StringVar(&f.tz, "tz", "", "zone of stamps that name none, and of the report (for example Europe/Paris, Local, UTC)")
	fs.StringVar(&f.stdinName, "stdin-name", "-", "what reports call standard input")
	fs.StringArrayVar(&f.errorLog, "error-log-format", nil, "the argument of ErrorLogFormat in your Apache's configuration, where it has one; give it once for each")
	fs.IntVar(&f.workers, "workers", 0, "how many cores to use (default all)")
	fs.StringVar(&f.memory, "max-memory", "", "about how much memory to use, such as 128M (default GOMEMLIMIT, the limit of the cgroup, or half of what is free where that is little)")
	fs.IntVar(&f.nice, "nice", 10, "how far to stand back behind the server's work, 0 to 19")
}

// A run is logs about to be read, with what is known of them beforehand.
type run struct {
	inputs   []*source.Input
	problems []error // names that cannot be read
	formats  []*parser.Format
	shifts   []time.Duration // to be added to the times of each log
	notes    []string        // how the logs are read, for the report
	guessed  bool            // the year of stamps stands in no log

	options source.Options
	parse   parser.Options
	workers int
	memory  int64 // bytes to stay within; 0: not said
	reader  *source.Reader
	screen  io.Writer // where progress shows; nil: nowhere
}

func checkWorkers(n int) error {
	if n < 0 {
		return fmt.Errorf("--workers takes a number of cores, or 0 for all, not %d", n)
	}
	return nil
}

func checkNice(n int) error {
	if n < 0 || n > 19 {
		return fmt.Errorf("--nice takes a number from 0 to 19, not %d", n)
	}
	return nil
}

// allCores are those that the system gives the program.
var allCores = runtime.GOMAXPROCS(0)

// useCores keeps everything that the program does, hashing and collecting garbage too,
// to n cores, 0 for all, and tells how many workers that makes.
func useCores(n int) (workers int) {
	n = cmp.Or(n, allCores)
	if cores := min(n, allCores); cores != runtime.GOMAXPROCS(0) {
		runtime.GOMAXPROCS(cores)
	}
	return n
}

// zone is that of stamps that name none, nil where the user gave none.
func (f *logFlags) zone() (*time.Location, error) {
	if f.tz == "" {
		return nil, nil
	}
	zone, err := time.LoadLocation(f.tz)
	if err != nil {
		return nil, fmt.Errorf("--tz: no zone is called %q; try a name such as Europe/Paris, or UTC", f.tz)
	}
	return zone, nil
}

// open finds the logs that names stand for and looks at their beginnings.
func (f *logFlags) open(ctx context.Context, names []string, std streams) (*run, error) {
	if err := checkWorkers(f.workers); err != nil {
		return nil, err
	}
	r := &run{workers: useCores(f.workers), screen: progressScreen(std.err)}
	var err error
	if r.memory, err = f.limitMemory(); err != nil {
		return nil, err
	}
	if err := checkNice(f.nice); err != nil {
		return nil, err
	}
	standBack(f.nice)
	if r.parse.Zone, err = f.zone(); err != nil {
		return nil, err
	}
	if file, ok := std.in.(*os.File); ok && slices.Contains(names, "-") && term.IsTerminal(file.Fd()) {
		fmt.Fprintln(std.err, "logsleuth: reading what you type or paste here; Ctrl-D on an empty line ends it")
	}
	r.options = source.Options{
		Stdin: std.in, StdinName: f.stdinName, ChunkSize: r.chunkSize(), MaxLine: longestLine, Buffers: 2*r.workers + 2, Starts: parser.Starts,
	}
	for _, text := range f.errorLog {
		format, err := parser.CompileErrorLogFormat(text)
		if err != nil {
			return nil, fmt.Errorf("--error-log-format: %w", err)
		}
		r.parse.ErrorLog = append(r.parse.ErrorLog, format)
	}
	if own := r.parse.ErrorLog; own != nil {
		r.options.Starts = func(line []byte) bool {
			return parser.Starts(line) || slices.ContainsFunc(own, func(f *parser.Format) bool { return f.Starts(line) })
		}
	}
	r.inputs, r.problems = source.Find(names, r.options)
	if len(r.inputs) == 0 {
		return nil, failures(r.problems)
	}
	for _, in := range r.inputs {
		if name, err := filepath.Rel(f.folder, in.Name); err == nil && f.folder != "" {
			in.Name = filepath.ToSlash(name)
		}
		if !f.written.IsZero() {
			in.ModTime = f.written
		}
	}
	looked := make(chan struct{})
	go func() {
		defer close(looked)
		r.look()
	}()
	select {
	case <-looked:
		return r, nil
	case <-ctx.Done(): // a pipe may keep its beginning back for ever
		return nil, ctx.Err()
	}
}

// look reads the beginnings of the logs: their formats, and the year of stamps
// that have none.
func (r *run) look() {
	heads := r.glances(func(in *source.Input) []byte {
		head, _ := in.Head() // why it cannot be read is told when it is read
		return head
	})
	var written time.Time
	var dated dateRange
	yearless := false
	for i, in := range r.inputs {
		f := heads[i].Format
		r.formats = append(r.formats, f)
		r.shifts = append(r.shifts, 0)
		yearless = yearless || f != nil && f.Yearless
		dated.add(&heads[i])
		if in.ModTime.After(written) {
			written = in.ModTime
		}
	}
	why := ""
	r.guessed = yearless && dated.latest.IsZero()
	var ended time.Time
	leapDay := false
	if yearless {
		tails := r.glances((*source.Input).Tail)
		if !r.guessed { // a log may go on for years behind its beginning
			ended = r.ended(tails, &dated)
		}
		for i, f := range r.formats {
			leapDay = leapDay || f != nil && f.Yearless && (heads[i].LeapDay || tails[i].LeapDay)
		}
	}
	switch {
	case dated.years() && !ended.IsZero():
		r.parse.Years = parser.YearsUntil(ended)
		why = fmt.Sprintf("the file was last written to in %s, as its last line", ended.Format("January 2006"))
	case !dated.latest.IsZero():
		r.parse.Years = parser.YearsNear(dated.latest)
		why = fmt.Sprintf("other lines of these logs are of %s", dated.latest.Format("January 2006"))
	case !written.IsZero():
		r.parse.Years = parser.YearsUntil(written)
		why = fmt.Sprintf("the file was last written to in %s", written.Format("January 2006"))
	default:
		r.parse.Years = parser.YearsUntil(time.Now())
		why = "nothing in the logs tells, so they were taken to be of the last twelve months"
	}
	if leapDay {
		if y := r.parse.Years.Leap(); y != r.parse.Years {
			r.parse.Years = y
			why += ", and a line is of 29 February"
		}
	}
	if yearless {
		r.notes = append(r.notes, "syslog's stamps have no year: it was inferred, since "+why+".")
	}
}

// glances looks at a part of each log, with all workers: there may be thousands.
func (r *run) glances(part func(*source.Input) []byte) []parser.Glance {
	all := make([]parser.Glance, len(r.inputs))
	var wg sync.WaitGroup
	for first := range min(r.workers, len(all)) {
		wg.Go(func() {
			for i := first; i < len(all); i += r.workers {
				all[i] = parser.GlanceAt(part(r.inputs[i]))
			}
		})
	}
	wg.Wait()
	return all
}

// ended adds the dates in the ends of the logs, and tells when the last of those
// without years was written to, if its last stamp says the same but for the year.
func (r *run) ended(tails []parser.Glance, dated *dateRange) (last time.Time) {
	const near = 26 * time.Hour // any two zones are closer
	for i, in := range r.inputs {
		dated.add(&tails[i])
		if f := r.formats[i]; f == nil || !f.Yearless || !in.ModTime.After(last) {
			continue
		}
		if t, ok := tails[i].LastYearless(parser.YearsUntil(in.ModTime)); ok && in.ModTime.Sub(t).Abs() < near {
			last = in.ModTime
		}
	}
	return last
}

// A dateRange is when the dated lines were written that were looked at.
type dateRange struct{ earliest, latest time.Time }

func (d *dateRange) add(g *parser.Glance) {
	if g.Latest.IsZero() {
		return
	}
	if d.earliest.IsZero() || g.Earliest.Before(d.earliest) {
		d.earliest = g.Earliest
	}
	if g.Latest.After(d.latest) {
		d.latest = g.Latest
	}
}

// years tells whether they are so far apart that a day and a month between them
// may be of several years.
func (d *dateRange) years() bool { return d.latest.Sub(d.earliest) > 180*24*time.Hour }

// align sets the clocks of logs that are a constant distance apart by each other,
// and tells whether they have to be read again for it. A pipe cannot be.
func (r *run) align(shifts []analyze.ClockShift) (again bool) {
	for _, s := range shifts {
		d := time.Duration(s.Shift) * time.Microsecond
		behind := "behind"
		if d < 0 {
			behind = "ahead of"
		}
		note := fmt.Sprintf("The clock of %s is %s %s the other logs', as %d events that stand in both show: ", r.inputs[s.Input].Name, strings.TrimSuffix(strings.TrimSuffix(d.Abs().String(), "0s"), "0m"), behind, s.Events)
		if slices.ContainsFunc(r.inputs, func(in *source.Input) bool { return in.ModTime.IsZero() }) {
			r.notes = append(r.notes, note+"their order is wrong by that. Give the logs as files, and logsleuth sets it right.")
			continue
		}
		r.shifts[s.Input] = d
		r.notes = append(r.notes, note+"its times were moved by that.")
		again = true
	}
	return again
}

// A reading is what a scanner is made for, besides what is the same for all logs.
type reading struct {
	first *parser.Format
	shift time.Duration
}

// each reads the logs with all workers. start makes an empty result for every chunk
// of lines, many at a time, and work fills it from the parts of the chunk; collect is
// then given the results, in log order and one at a time.
func each[T any](ctx context.Context, r *run, start func() T, work func(T, *source.Part, *parser.Scanner) T, collect func(T) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if !r.small() {
		collectAt(whileReading)
	}
	r.reader = source.NewReader(ctx, r.inputs, r.options)
	defer r.reader.Close()
	defer r.showProgress()()

	type done struct {
		chunk  *source.Chunk
		result T
	}
	results := make(chan done) // without room: what waits in it takes memory, and collecting is quick
	var readErr error
	var once sync.Once
	var wg sync.WaitGroup
	for range r.workers {
		wg.Go(func() {
			scanners := make(map[reading]*parser.Scanner) // few, however many logs there are
			for {
				c, err := r.reader.Next()
				if err != nil {
					if err != io.EOF {
						once.Do(func() { readErr = err })
					}
					return
				}
				result := start()
				for i := range c.Parts {
					p := &c.Parts[i]
					how := reading{r.formats[p.Input], r.shifts[p.Input]}
					scanner := scanners[how]
					if scanner == nil {
						o := r.parse
						o.First, o.Shift = how.first, how.shift
						scanner = parser.NewScanner(o)
						scanners[how] = scanner
					}
					scanner.Reset(p.Data, p.Line, p.Offset)
					result = work(result, p, scanner)
				}
				results <- done{c, result}
			}
		})
	}
	go func() {
		wg.Wait()
		close(results)
	}()

	var failed error
	waiting := make(map[int]done)
	next := 0
	for d := range results {
		waiting[d.chunk.Seq] = d
		for {
			d, ok := waiting[next]
			if !ok {
				break
			}
			delete(waiting, next)
			next++
			if failed == nil {
				if failed = collect(d.result); failed != nil {
					cancel()
				}
			}
			d.chunk.Release()
		}
	}
	if failed != nil {
		return failed
	}
	return readErr
}

// small tells whether there is too little to read for memory to matter.
func (r *run) small() bool {
	size := int64(0)
	for _, in := range r.inputs {
		if size += in.Bytes; in.ModTime.IsZero() || size > chunkSize {
			return false
		}
	}
	return true
}

// abandon is closed when the user does not want to wait for the judging. Where the
// reading was interrupted, he wants just that.
func (r *run) abandon(ctx context.Context, interrupted bool) <-chan struct{} {
	if interrupted {
		return nil
	}
	return ctx.Done()
}

// unread tells which logs were not read, or not to their ends.
func (r *run) unread() failures {
	all := failures(slices.Clone(r.problems))
	for _, s := range r.reader.Summaries() {
		if s.Err != nil {
			all = append(all, s.Err)
		}
	}
	return all
}
