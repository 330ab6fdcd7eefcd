// Bench measures logsleuth beside programs that everybody has, on logs of its own
// making, and prints what docs/performance.md holds: make bench.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	var b bench
	flag.StringVar(&b.program, "program", "./logsleuth", "what is measured")
	flag.StringVar(&b.cases, "cases", "testdata/cases", "the logs whose shapes are used")
	flag.IntVar(&b.size, "size", 700, "of the log, in MB")
	flag.IntVar(&b.huge, "huge", 7000, "of the largest log, in MB; 0: none")
	flag.IntVar(&b.runs, "runs", 5, "how often each is measured; the median counts")
	flag.IntVar(&b.files, "files", 10_000, "small files of 100 kB each, against one of the same text")
	flag.IntVar(&b.hostile, "hostile", 10_000_000, "lines of the hostile log; 0: none")
	flag.BoolVar(&b.sites, "sites", false, "measure only small files against a large one")
	only := flag.String("write", "", "only write the log to this file")
	flag.Parse()
	if err := b.run(*only); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

const mega = 1_000_000

type bench struct {
	program, cases   string
	size, huge, runs int
	files, hostile   int
	sites            bool

	dir  string
	days []day
}

func (b *bench) run(only string) (err error) {
	if b.days, err = readDays(b.cases); err != nil {
		return err
	}
	if only != "" {
		return b.write(only, b.size)
	}
	if b.program, err = exec.LookPath(b.program); err != nil {
		return err
	}
	if b.program, err = filepath.Abs(b.program); err != nil {
		return err
	}
	if b.dir, err = os.MkdirTemp("", "bench"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	fmt.Println(machine())
	tables := []func() error{b.beside, b.few, b.ways, b.growth, b.many, b.enemy, b.start}
	if b.sites {
		tables = []func() error{b.many}
	}
	for _, table := range tables {
		if err := table(); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) file(name string) string { return filepath.Join(b.dir, name) }

// write makes a log of so many MB and of some weeks, unless it is there.
func (b *bench) write(name string, size int) error {
	return b.writeOf(sitesOf(int64(size)*mega), name, size)
}

// writeOf makes a log of so many sites: of one, it is of years, with few visitors.
func (b *bench) writeOf(sites int64, name string, size int) error {
	if info, err := os.Stat(name); err == nil && info.Size() >= int64(size)*mega {
		return nil
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(writeLog(f, b.days, int64(size)*mega, sites, 1), f.Close())
}

// onOneCore is a command with one core only, where Debian's taskset is.
func onOneCore(command string) string {
	if _, err := exec.LookPath("taskset"); err != nil {
		return "GOMAXPROCS=1 " + command
	}
	return "taskset -c 0 " + command
}

// A contest is a command to be measured; in a shell where it begins with "sh:".
type contest struct {
	name, command string
	scale         float64 // its part of the log, else 1
}

// A score is what a run cost.
type score struct {
	wall, cpu time.Duration
	memory    int64 // resident at most, in kB, of the largest process
}

func measure(command string) (s score, err error) {
	c := exec.Command("sh", "-c", command)
	c.Env = append(os.Environ(), "LOGSLEUTH_CONFIG=/dev/null") // what the user sets for good is not measured
	var errs strings.Builder
	c.Stderr = &errs
	start := time.Now()
	err = c.Run()
	s.wall = time.Since(start)
	if state := c.ProcessState; state != nil {
		s.cpu = state.UserTime() + state.SystemTime()
		if u, ok := state.SysUsage().(*syscall.Rusage); ok {
			s.memory = u.Maxrss
		}
	}
	if err != nil {
		err = fmt.Errorf("%s: %w: %s", command, err, errs.String())
	}
	return s, err
}

// race measures commands in turns, so that what disturbs the machine disturbs all.
func (b *bench) race(list []contest) ([]score, error) { return race(list, b.runs+1, 1) }

// race runs each command so often; the first few runs fill the caches and do not count.
func race(list []contest, runs, idle int) ([]score, error) {
	all := make([][]score, len(list))
	for run := range runs {
		for i, c := range list {
			s, err := measure(c.command)
			if err != nil {
				return nil, err
			}
			if run >= idle {
				all[i] = append(all[i], s)
			}
		}
	}
	medians := make([]score, len(list))
	for i := range list {
		scale := list[i].scale
		if scale == 0 {
			scale = 1
		}
		medians[i] = score{
			wall:   time.Duration(float64(median(all[i], func(s score) int64 { return int64(s.wall) })) / scale),
			cpu:    time.Duration(float64(median(all[i], func(s score) int64 { return int64(s.cpu) })) / scale),
			memory: median(all[i], func(s score) int64 { return s.memory }),
		}
	}
	return medians, nil
}

func median(list []score, of func(score) int64) int64 {
	var values []int64
	for _, s := range list {
		values = append(values, of(s))
	}
	slices.Sort(values)
	return values[len(values)/2]
}

func (b *bench) analyze(args string) string {
	return b.program + " analyze --nice 0 --format json -o /dev/null " + args
}

// beside compares with what else reads the same log.
func (b *bench) beside() error {
	log, part := b.file("error.log"), b.file("part.log")
	if err := b.write(log, b.size); err != nil {
		return err
	}
	const of = 70 // those that are slow read a part
	small := max(b.size/of, 1)
	if err := b.write(part, small); err != nil {
		return err
	}
	scale := float64(small) / float64(b.size)
	list := []contest{
		{"`wc -l`", "wc -l " + log, 0},
		{"`logsleuth analyze --format json`", b.analyze(log), 0},
		{"the same, on one core", onOneCore(b.analyze(log)), 0},
		{"`sha256sum`", "sha256sum " + log, 0},
		{"`grep -c client`", "grep -c client " + log + " | cat", 0},
		{"`grep -o … \\| sort \\| uniq -c` counts addresses", "grep -oE 'client [0-9.]+' " + log + " | sort | uniq -c | sort -rn | head", 0},
	}
	for _, awk := range []string{"mawk", "gawk"} {
		if _, err := exec.LookPath(awk); err == nil {
			list = append(list, contest{awk + " counts addresses", awk + ` 'match($0, /client [0-9.]+/) { n[substr($0, RSTART+7, RLENGTH-7)]++ } END { for (a in n) print n[a], a }' ` + log, 0})
		}
	}
	if _, err := exec.LookPath("fail2ban-regex"); err == nil {
		list = append(list, contest{"`fail2ban-regex … apache-auth`", "fail2ban-regex " + part + " apache-auth", scale})
	}
	if _, err := exec.LookPath("lnav"); err == nil {
		list = append(list, contest{"`lnav -n`", "TERM=xterm lnav -n " + part + " > /dev/null", scale})
	}
	for i := range list {
		list[i].command += " > /dev/null"
	}
	scores, err := b.race(list)
	if err != nil {
		return err
	}
	fmt.Printf("\n%d MB, in the page cache, medians of %d:\n\n| | time | × wc -l | logsleuth is faster by | processor | memory |\n| --- | --- | --- | --- | --- | --- |\n", b.size, b.runs)
	for i, s := range scores {
		note := ""
		if list[i].scale != 0 {
			note = fmt.Sprintf(" (of %d MB, scaled)", small)
		}
		fmt.Printf("| %s%s | %s | %.1f | %.1f | %s | %d MB |\n", list[i].name, note, seconds(s.wall), ratio(s.wall, scores[0].wall), ratio(s.wall, scores[1].wall), seconds(s.cpu), s.memory/1000)
	}
	return nil
}

// few compares on a log of few clients.
func (b *bench) few() error {
	log := b.file("few.log")
	if err := b.writeOf(1, log, b.size); err != nil {
		return err
	}
	defer os.Remove(log)
	scores, err := b.race([]contest{{"", "wc -l " + log + " > /dev/null", 0}, {"", b.analyze(log), 0}, {"", onOneCore(b.analyze(log)), 0}})
	if err != nil {
		return err
	}
	fmt.Printf("\n%d MB of one site with few visitors: %s, %.1f × `wc -l`, %s of processor, %d MB of memory; on one core %s.\n",
		b.size, seconds(scores[1].wall), ratio(scores[1].wall, scores[0].wall), seconds(scores[1].cpu), scores[1].memory/1000, seconds(scores[2].wall))
	return nil
}

// ways compares a file with a pipe and with packed files.
func (b *bench) ways() error {
	log := b.file("error.log")
	var pack []string
	list := []contest{{"the file", b.analyze(log), 0}, {"`cat … \\| logsleuth analyze -`", "cat " + log + " | " + b.analyze("-"), 0}}
	against := []int{0, 0}
	for _, p := range []struct{ program, ending, unpack string }{{"gzip", ".gz", "gzip -dc"}, {"zstd", ".zst", "zstd -dcq"}} {
		if _, err := exec.LookPath(p.program); err != nil {
			continue
		}
		pack = append(pack, fmt.Sprintf("%s -c %s > %s", p.program, log, log+p.ending))
		against = append(against, 0, len(list))
		list = append(list, contest{"`" + p.unpack + "` alone", p.unpack + " " + log + p.ending + " > /dev/null", 0},
			contest{"the " + p.ending + " file", b.analyze(log + p.ending), 0})
	}
	for _, command := range pack {
		if _, err := measure(command); err != nil {
			return err
		}
	}
	scores, err := b.race(list)
	if err != nil {
		return err
	}
	fmt.Printf("\n| %d MB from | time | against | ratio |\n| --- | --- | --- | --- |\n", b.size)
	for i, s := range scores {
		fmt.Printf("| %s | %s | %s | %.2f |\n", list[i].name, seconds(s.wall), list[against[i]].name, ratio(s.wall, scores[against[i]].wall))
	}
	return nil
}

// growth shows that ten times the log takes ten times the time.
func (b *bench) growth() error {
	fmt.Printf("\n| log | one core | two | second core | MB/s | memory |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, size := range []int{b.size / 100, b.size / 10, b.size, b.huge} {
		if size == 0 {
			continue
		}
		if free := freeDisk(b.dir); int64(size)*mega > free-free/10 {
			fmt.Printf("| %d MB | the disk has no room | | | | |\n", size)
			continue
		}
		log := b.file(fmt.Sprintf("%d.log", size))
		if size == b.size {
			log = b.file("error.log")
		}
		if err := b.write(log, size); err != nil {
			return err
		}
		runs, idle := b.runs+1, 1
		if size == b.huge {
			runs, idle = min(b.runs, 3), 0
		}
		scores, err := race([]contest{{"", onOneCore(b.analyze(log)), 0}, {"", b.analyze(log), 0}}, runs, idle)
		if err != nil {
			return err
		}
		fmt.Printf("| %d MB | %s | %s | × %.2f | %.0f | %d MB |\n", size, seconds(scores[0].wall), seconds(scores[1].wall),
			ratio(scores[0].wall, scores[1].wall), float64(size)/scores[1].wall.Seconds(), scores[1].memory/1000)
		if log != b.file("error.log") {
			os.Remove(log)
		}
	}
	return nil
}

// many compares thousands of small files with one of the same size.
func (b *bench) many() error {
	folder := b.file("vhosts")
	if err := os.Mkdir(folder, 0o755); err != nil {
		return err
	}
	one := b.file("sites.log")
	const each = 100_000
	files, err := b.writeSites(folder, one, each)
	if err != nil {
		return err
	}
	scores, err := b.race([]contest{{"", b.analyze(one), 0}, {"", "ulimit -n 64; " + b.analyze(folder), 0}})
	if err != nil {
		return err
	}
	fmt.Printf("\n%d files of %d kB, with 64 descriptors: %s, %d MB of memory; %.0f%% of the throughput of one file (%s).\n",
		files, each/1000, seconds(scores[1].wall), scores[1].memory/1000, 100*ratio(scores[0].wall, scores[1].wall), seconds(scores[0].wall))
	return errors.Join(os.RemoveAll(folder), os.Remove(one))
}

// errEnough ends the writing of a log of which no more is needed.
var errEnough = errors.New("enough")

// writeSites cuts a log into files of a virtual host each, and writes the same text
// into one.
func (b *bench) writeSites(folder, one string, each int) (files int, err error) {
	all, err := os.Create(one)
	if err != nil {
		return 0, err
	}
	from, to := io.Pipe()
	go func() {
		size := int64(b.files) * int64(each) * 4
		to.CloseWithError(writeLog(to, b.days, size, sitesOf(size), 2))
	}()
	defer from.CloseWithError(errEnough)
	var site []byte // no more than one: what this process holds counts as its children's memory
	lines := bufio.NewScanner(from)
	for lines.Scan() && files < b.files {
		if !bytes.HasPrefix(lines.Bytes(), []byte("[")) { // syslog is not a virtual host's
			continue
		}
		if site = append(append(site, lines.Bytes()...), '\n'); len(site) < each {
			continue
		}
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("site%05d.log", files)), site, 0o644); err != nil {
			return files, err
		}
		if _, err := all.Write(site); err != nil {
			return files, err
		}
		site = site[:0]
		files++
	}
	return files, errors.Join(lines.Err(), all.Close())
}

// enemy reads logs that were made to use up time and memory.
func (b *bench) enemy() error {
	if b.hostile == 0 {
		return nil
	}
	crowd, long := b.file("hostile.log"), b.file("long.log")
	for name, write := range map[string]func(io.Writer) error{crowd: b.writeHostile, long: writeLong} {
		f, err := os.Create(name)
		if err != nil {
			return err
		}
		if err := errors.Join(write(f), f.Close()); err != nil {
			return err
		}
		defer os.Remove(name)
	}
	list := []contest{
		{fmt.Sprintf("%d lines, each of a new client, process, path and chain", b.hostile), b.analyze("--workers 2 " + crowd), 0},
		{"the same, one worker", b.analyze("--workers 1 " + crowd), 0},
		{"the same, `--max-memory 128M`", b.analyze("--workers 2 --max-memory 128M " + crowd), 0},
		{"three lines of 100 MB", b.analyze("--workers 2 " + long), 0},
	}
	scores, err := race(list, 1, 0)
	if err != nil {
		return err
	}
	fmt.Printf("\n| hostile log | time | processor | memory |\n| --- | --- | --- | --- |\n")
	for i, s := range scores {
		fmt.Printf("| %s | %s | %s | %d MB |\n", list[i].name, seconds(s.wall), seconds(s.cpu), s.memory/1000)
	}
	return nil
}

// start measures what a run costs that has nothing to do.
func (b *bench) start() error {
	tiny := b.file("tiny.log")
	f, err := os.Create(tiny)
	if err != nil {
		return err
	}
	if err := errors.Join(writeLog(f, b.days, 2000, 1, 1), f.Close()); err != nil {
		return err
	}
	scores, err := race([]contest{{"", b.program + " --version > /dev/null", 0}, {"", b.analyze(tiny), 0}}, 4*b.runs+1, 1)
	if err != nil {
		return err
	}
	fmt.Printf("\nA version is told in %d ms; a report on 2 kB takes %d ms, %d ms of processor and %d MB.\n",
		scores[0].wall.Milliseconds(), scores[1].wall.Milliseconds(), scores[1].cpu.Milliseconds(), scores[1].memory/1000)
	return nil
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(max(b, 1)) }

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 2, 64) + " s" }

func freeDisk(dir string) int64 {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0
	}
	return int64(s.Bavail) * s.Bsize
}

// machine names the machine by its cores and what they can do.
func machine() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	var known []string
	for line := range strings.Lines(string(text)) {
		if _, flags, ok := strings.Cut(line, "flags\t\t:"); ok {
			for _, f := range []string{"sse4_2", "avx2", "avx512bw", "sha_ni"} {
				if slices.Contains(strings.Fields(flags), f) {
					known = append(known, f)
				}
			}
			break
		}
	}
	return fmt.Sprintf("%s, %d cores, %s", runtime.GOARCH, runtime.NumCPU(), strings.Join(known, " "))
}
