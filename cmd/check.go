package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/logsleuth/logsleuth/analyze"
	"github.com/logsleuth/logsleuth/check"
	"github.com/logsleuth/logsleuth/geo"
	"github.com/logsleuth/logsleuth/parser"
	"github.com/logsleuth/logsleuth/report"
	"github.com/logsleuth/logsleuth/source"
)

// caseOptions are the flags of analyze that a case.yaml may set: those that say
// how logs are read, and that judge and open obey.
var caseOptions = []string{
	"tz",
	"since",
	"until",
	"error-log-format",
	"allow",
	"trusted-proxy",
	"top",
}

type checkFlags struct {
	update, times bool
	junit, run    string
	workers       int
}

func checkCommand(std streams) *cobra.Command {
	var f checkFlags
	c := &cobra.Command{
		Use:   "check DIR…",
		Short: "Say whether what is known of logs still holds, for regression tests",
		Long: `Read the logs of cases and say whether what is known of them still holds. A case
is a folder with logs and a case.yaml that states it: the cause, who is named and
who must not be, how many events there are, the whole report.

A DIR is a case or a folder with cases below it. What a case.yaml may state
stands in docs/check.md.

Exit status: 0 all holds, 1 something does not, 2 a case could not be run.`,
		Example: `  logsleuth check testdata/cases
  logsleuth check --run 'db-*' testdata/cases
  logsleuth check --update testdata/cases && git diff
  logsleuth check --junit report.xml testdata/cases`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 || slices.Contains(args, "") {
				return errors.New("name a folder with a case.yaml, or a folder of such folders; for example: testdata/cases")
			}
			return nil
		},
		ValidArgsFunction: completeFolders,
		RunE:              func(c *cobra.Command, args []string) error { return f.checkAll(c.Context(), args, std) },
	}
	fs := c.Flags()
	fs.BoolVar(&f.update, "update", false, "write the goldens of the cases anew where they differ, and say which")
	fs.StringVar(&f.junit, "junit", "", "write the outcome as JUnit's XML to this `file`, for a CI system")
	fs.StringVar(&f.run, "run", "", "only the cases whose name or path matches this `pattern`, such as 'db-*'")
	fs.BoolVar(&f.times, "times", false, "say how long each case took")
	fs.IntVar(&f.workers, "workers", 0, "how many cores to use (default all)")
	return c
}

// A target is a folder that may be a case.
type target struct {
	name string // as the user would type it
	bare bool   // it has logs and no case.yaml
	err  error  // it was asked for and is no case
}

// An outcome is how one ended.
type outcome struct {
	check.Outcome
	tag     string
	note    string
	written []string
}

func (f *checkFlags) checkAll(ctx context.Context, args []string, std streams) error {
	if err := checkWorkers(f.workers); err != nil {
		return err
	}
	if _, err := path.Match(f.run, ""); err != nil {
		return fmt.Errorf("--run: %q is no pattern; check its brackets", f.run)
	}
	targets, err := f.targets(args)
	if err != nil {
		return err
	}
	db, err := geo.Open(geo.Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	var junit *os.File
	if f.junit != "" { // before the cases are run, lest they be run in vain
		if junit, err = os.Create(f.junit); err != nil {
			return fmt.Errorf("writing JUnit's XML: %w", err)
		}
		defer junit.Close()
	}

	var all []check.Outcome
	count := map[string]int{}
	var printed error
	for o := range f.each(ctx, targets, db) {
		count[o.tag]++
		all = append(all, o.Outcome)
		if printed == nil && ctx.Err() == nil {
			printed = f.print(std.out, o)
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if printed == nil {
		_, printed = fmt.Fprintln(std.out, "\n"+counted(count))
	}
	if junit != nil {
		err := check.WriteJUnit(junit, all)
		if closed := junit.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return fmt.Errorf("writing JUnit's XML: %w", err)
		}
	}
	problems := failures{}
	for _, err := range []error{printed, db.Err()} {
		if err != nil {
			problems = append(problems, err)
		}
	}
	if count[tagFailed] > 0 {
		problems = append(problems, errFailOn)
	}
	if n := count[tagNotRun]; n > 0 {
		problems = append(problems, fmt.Errorf("%s could not be run", cases(n)))
	}
	return problems.orNil()
}

// The first word of a line says how a case ended.
const (
	tagOK     = "ok"
	tagFailed = "FAIL"
	tagNotRun = "ERROR"
	tagNone   = "none"
)

func cases(n int) string {
	if n == 1 {
		return "1 case"
	}
	return fmt.Sprintf("%d cases", n)
}

func counted(count map[string]int) string {
	parts := []string{fmt.Sprintf("%d ok", count[tagOK])}
	for _, p := range []struct{ tag, words string }{{tagFailed, "failed"}, {tagNotRun, "not run"}} {
		if n := count[p.tag]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, p.words))
		}
	}
	s := cases(count[tagOK]+count[tagFailed]+count[tagNotRun]) + ": " + strings.Join(parts, ", ")
	if n := count[tagNone]; n > 0 {
		s += fmt.Sprintf("; %d without a %s", n, check.FileName)
	}
	return s
}

// print writes an outcome: one line, and below it what does not hold.
func (f *checkFlags) print(w io.Writer, o outcome) error {
	line := fmt.Sprintf("%-5s %s", o.tag, report.Plain(filepath.Join(o.Suite, o.Name)))
	if o.note != "" {
		line += ": " + o.note
	}
	if f.times && o.tag != tagNone {
		line += fmt.Sprintf(" (%.2fs)", o.Took.Seconds())
	}
	lines := []string{line}
	width := widthOf(w)
	for _, text := range o.Failures {
		lines = append(lines, report.Wrap(text, margin, width)...)
	}
	if o.Err != "" {
		lines = append(lines, report.Wrap(o.Err, margin, width)...)
	}
	for _, name := range o.written {
		lines = append(lines, report.Wrap("wrote "+report.Plain(name), margin, width)...)
	}
	_, err := fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
}

// widthOf is how wide a terminal is; 0 for a file, where whole lines are easier to search.
func widthOf(w io.Writer) int {
	if file, ok := w.(*os.File); ok && term.IsTerminal(file.Fd()) {
		if width, _, err := term.GetSize(file.Fd()); err == nil {
			return width
		}
	}
	return 0
}

// margin is where the name of a case begins, and what is told of it.
const margin = 6

// targets finds the cases that args stand for.
func (f *checkFlags) targets(args []string) ([]target, error) {
	var all []target
	for _, arg := range args {
		if filepath.Base(arg) == check.FileName {
			arg = filepath.Dir(arg)
		}
		found, err := below(arg)
		if err != nil {
			found = []target{{name: filepath.Clean(arg), err: err}}
		}
		for _, t := range found {
			if !slices.ContainsFunc(all, func(other target) bool { return other.name == t.name }) {
				all = append(all, t)
			}
		}
	}
	if f.run != "" {
		all = slices.DeleteFunc(all, func(t target) bool {
			base, _ := path.Match(f.run, filepath.Base(t.name))
			whole, _ := path.Match(f.run, filepath.ToSlash(t.name))
			return !base && !whole
		})
		if len(all) == 0 {
			return nil, fmt.Errorf("--run: no case matches %q; a star does not stand for a slash", f.run)
		}
	}
	return all, nil
}

// below finds the cases in a folder and below it, and folders of logs that
// could be cases.
func below(root string) (found []target, err error) {
	switch info, err := os.Stat(root); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errors.New("there is no such folder; check the name")
	case err == nil && !info.IsDir():
		return nil, fmt.Errorf("it is no folder; name the one that has it and a %s", check.FileName)
	}
	inCase := map[string]bool{} // by path below root
	err = fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("looking for cases: %w", err)
		case !d.IsDir():
			return nil
		case name != "." && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		}
		t := target{name: filepath.Join(root, filepath.FromSlash(name))}
		_, err = os.Stat(filepath.Join(t.name, check.FileName))
		t.bare = err != nil
		inCase[name] = !t.bare || inCase[path.Dir(name)]
		if !t.bare || !inCase[name] && hasLogs(t.name) {
			found = append(found, t)
		}
		return nil
	})
	if err == nil && !slices.ContainsFunc(found, func(t target) bool { return !t.bare }) {
		err = fmt.Errorf("no %s is in it or below; docs/check.md says how to write one", check.FileName)
	}
	return found, err
}

// hasLogs tells whether a folder has a log: a file most of whose lines are in a
// format that we know, not a page that quotes some.
func hasLogs(folder string) bool {
	inputs, _ := source.Find([]string{folder}, source.Options{})
	return slices.ContainsFunc(inputs, func(in *source.Input) bool {
		if !check.MayBeLog(filepath.Base(in.Name)) {
			return false
		}
		head, _ := in.Head()
		lines := parser.NewScanner(parser.Options{})
		lines.Reset(head, 1, 0)
		known, all := 0, 0
		for lines.Next() {
			if all++; lines.Event().Format != nil {
				known++
			}
		}
		return 2*known > all
	})
}

// each runs cases, many at a time, and gives their outcomes in order.
func (f *checkFlags) each(ctx context.Context, targets []target, db *geo.DB) func(yield func(outcome) bool) {
	workers := f.workers
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	atOnce := min(workers, len(targets))
	done := make([]chan outcome, len(targets))
	for i := range done {
		done[i] = make(chan outcome, 1)
	}
	next := make(chan int, len(targets))
	for i := range targets {
		next <- i
	}
	close(next)
	var wg sync.WaitGroup
	for range atOnce {
		wg.Go(func() {
			for i := range next {
				done[i] <- f.runCase(ctx, targets[i], workers/atOnce, db)
			}
		})
	}
	return func(yield func(outcome) bool) {
		defer wg.Wait()
		for _, c := range done {
			if !yield(<-c) {
				return
			}
		}
	}
}

// runCase judges the logs of a case and compares that with what it states.
func (f *checkFlags) runCase(ctx context.Context, t target, workers int, db *geo.DB) (o outcome) {
	o.Suite, o.Name = filepath.Dir(t.name), filepath.Base(t.name)
	start := time.Now()
	defer func() { o.Took = time.Since(start) }()
	fail := func(err error) outcome {
		o.tag, o.Err = tagNotRun, report.Plain(strings.ReplaceAll(err.Error(), "\n", "; "))
		return o
	}
	switch {
	case t.err != nil:
		return fail(t.err)
	case t.bare:
		o.tag, o.note, o.Skipped = tagNone, "no "+check.FileName, "no "+check.FileName
		return o
	}
	c, err := check.Read(t.name, caseOptions)
	if err != nil {
		return fail(err)
	}
	result, err := judgeCase(ctx, c, workers, db)
	if err != nil {
		return fail(err)
	}
	if f.update {
		if o.written, err = c.Update(result); err != nil {
			return fail(err)
		}
	}
	differences := c.Judge(result)
	golden, err := c.Compare(result)
	if err != nil {
		return fail(err)
	}
	for _, d := range append(differences, golden...) {
		o.Failures = append(o.Failures, report.Plain(d.Key+": "+d.Text))
		for _, line := range d.Diff {
			o.Failures = append(o.Failures, "  "+report.Plain(line))
		}
	}
	o.tag = tagOK
	if len(o.Failures) > 0 {
		o.tag = tagFailed
	} else if !c.States() {
		o.note = "nothing is stated"
	}
	return o
}

// judgeCase goes from a case to the Result that analyze would have, without the
// places that a report names.
func judgeCase(ctx context.Context, c *check.Case, workers int, db *geo.DB) (*analyze.Result, error) {
	names, err := logsOf(c)
	if err != nil {
		return nil, err
	}
	var f analyzeFlags
	flags := f.command(streams{}).Flags()
	if err := setOptions(flags, c.Options); err != nil {
		return nil, err
	}
	f.workers, f.folder, f.written = workers, c.Folder, c.Written
	zone, err := f.zone()
	if err != nil {
		return nil, fmt.Errorf("%s: options: %w", check.FileName, err)
	}
	window, err := f.window(zone)
	if err != nil {
		return nil, fmt.Errorf("%s: options: %w", check.FileName, err)
	}
	o, err := f.ranges()
	if err != nil {
		return nil, fmt.Errorf("%s: options: %w", check.FileName, err)
	}
	r, err := f.open(ctx, names, streams{})
	if err != nil {
		return nil, err
	}
	if r.guessed && c.Written.IsZero() && len(c.Goldens) > 0 {
		return nil, fmt.Errorf("no log of it names the year, so a golden would change with the dates of the files; add to %s when they were last written to, such as written: 2026-03-14", check.FileName)
	}
	facts, err := gather(ctx, r, window)
	if err != nil {
		return nil, err
	}
	o.Geo, o.Services = check.Places{Locator: locator{db}}, locator{db}.Service
	return f.judge(facts, r, flags, o, nil), r.unread().orNil()
}

func setOptions(flags *pflag.FlagSet, options []check.Option) error {
	for _, o := range options {
		wrong := func(text string, args ...any) error {
			return fmt.Errorf("%s:%d: %s "+text, append([]any{check.FileName, o.Line, o.Name}, args...)...)
		}
		flag := flags.Lookup(o.Name)
		if _, err := time.ParseDuration(o.Value); err == nil && (o.Name == "since" || o.Name == "until") {
			return wrong("takes a time such as 2026-03-14 07:00: %s ago is another time each day", o.Value)
		}
		if flag.Changed && !strings.HasSuffix(flag.Value.Type(), "Array") && !strings.HasSuffix(flag.Value.Type(), "Slice") {
			return wrong("takes one value")
		}
		if err := flags.Set(o.Name, o.Value); err != nil {
			return wrong("does not take %q", o.Value)
		}
	}
	return nil
}

// logsOf are the names of a case's logs.
func logsOf(c *check.Case) (names []string, err error) {
	if len(c.Logs) == 0 {
		inputs, problems := source.Find([]string{c.Folder}, source.Options{})
		for _, in := range inputs {
			if c.IsLog(filepath.Base(in.Name)) {
				names = append(names, in.Name)
			}
		}
		if len(names) == 0 && len(inputs) == 0 && len(problems) > 0 {
			return nil, failures(problems)
		}
		if len(names) == 0 {
			return nil, errors.New("no log is in the folder; put one there, or name it under logs")
		}
		return names, nil
	}
	for _, name := range c.Logs {
		whole := filepath.Join(c.Folder, filepath.FromSlash(name))
		if filepath.IsAbs(name) {
			whole = name
		}
		if _, err := os.Stat(whole); err == nil || !strings.ContainsAny(name, "*?[") || !filepath.IsLocal(name) {
			names = append(names, whole)
			continue
		}
		// The folder's own name may have brackets too, so the pattern is looked up from inside.
		found, err := fs.Glob(os.DirFS(c.Folder), path.Clean(filepath.ToSlash(name)))
		if err != nil {
			return nil, fmt.Errorf("%s: logs: %s is no pattern; check its brackets", check.FileName, name)
		}
		n := len(names)
		for _, log := range found {
			if base := path.Base(log); c.IsLog(log) && c.IsLog(base) && !strings.HasPrefix(base, ".") {
				names = append(names, filepath.Join(c.Folder, filepath.FromSlash(log)))
			}
		}
		if len(names) == n {
			return nil, fmt.Errorf("%s: logs: no file matches %s", check.FileName, name)
		}
	}
	return names, nil
}
