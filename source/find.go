package source

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Find turns names into the logs to read, in log order: of a rotated log the oldest file first, the log still written
// to last. Logs which are not rotations of each other stay in the order in which they were named. A name is a file,
// "-" for standard input, a pattern that the shell left alone, or a folder, which stands for the log files directly in
// it. A file reached by several names is read once. Each problem names what could not be found or opened; the rest is
// returned all the same.
func Find(names []string, o Options) (inputs []*Input, problems []error) {
	var s search
	for _, name := range names {
		if name == "-" {
			s.addStdin(o)
			continue
		}
		s.add(name)
	}
	return s.inLogOrder(), s.problems
}

// A search gathers the files that names stand for.
type search struct {
	found    []*Input
	problems []error
}

func (s *search) addStdin(o Options) {
	if slices.ContainsFunc(s.found, func(in *Input) bool { return in.path == "" }) {
		return
	}
	if o.Stdin == nil {
		s.problem("-", errors.New("there is no standard input; name a file instead"))
		return
	}
	s.found = append(s.found, &Input{Name: cmp.Or(o.StdinName, "-"), stream: o.Stdin})
}

func (s *search) add(name string) {
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
		s.addFolder(name)
	case err == nil:
		s.addFile(name, info)
	case strings.ContainsAny(name, "*?["):
		s.addPattern(name)
	case errors.Is(err, fs.ErrNotExist):
		s.problem(name, fmt.Errorf("%w; %s", bare(err), whatIsThere(name)))
	default:
		s.problem(name, advise(err))
	}
}

// addPattern does what the shell would have done: a star does not stand for the dot of a hidden file.
func (s *search) addPattern(pattern string) {
	names, err := filepath.Glob(pattern)
	if err != nil {
		s.problem(pattern, fmt.Errorf("%w; check its brackets", err))
		return
	}
	hidden := strings.HasPrefix(filepath.Base(pattern), ".")
	names = slices.DeleteFunc(names, func(name string) bool {
		return !hidden && strings.HasPrefix(filepath.Base(name), ".")
	})
	if len(names) == 0 {
		s.problem(pattern, fmt.Errorf("%w; no file matches this pattern", fs.ErrNotExist))
	}
	for _, name := range names {
		s.add(name)
	}
}

func (s *search) addFolder(folder string) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		s.problem(folder, advise(err))
		return
	}
	before := len(s.found) + len(s.problems)
	seen := false
	var below []string
	for _, entry := range entries {
		name := filepath.Join(folder, entry.Name())
		info, err := os.Stat(name)
		switch {
		case strings.HasPrefix(entry.Name(), "."), errors.Is(err, fs.ErrNotExist): // hidden; gone, or a link to nowhere
		case err != nil:
			s.problem(name, advise(err))
		case info.IsDir():
			below = append(below, name)
		case info.Mode().IsRegular():
			seen = seen || s.has(info)
			text, err := looksLikeLog(name)
			if err != nil {
				s.problem(name, advise(err))
			} else if text {
				s.addFile(name, info)
			}
		}
	}
	switch {
	case seen || len(s.found)+len(s.problems) > before:
	case len(below) > 0:
		s.problem(folder, fmt.Errorf("no log files directly in this folder; name a folder below it, such as %s", below[0]))
	default:
		s.problem(folder, errors.New("no log files in this folder; name the file or the folder where they are"))
	}
}

func (s *search) addFile(name string, info fs.FileInfo) {
	if s.has(info) {
		return
	}
	in := &Input{Name: name, path: name, info: info}
	if info.Mode().IsRegular() {
		f, err := os.Open(name)
		if err != nil {
			s.problem(name, advise(err))
			return
		}
		f.Close()
		in.Bytes, in.ModTime = info.Size(), info.ModTime()
	}
	s.found = append(s.found, in)
}

// has says whether a file was found already, under whatever name.
func (s *search) has(info fs.FileInfo) bool {
	return slices.ContainsFunc(s.found, func(in *Input) bool { return in.info != nil && os.SameFile(in.info, info) })
}

func (s *search) problem(name string, err error) {
	s.problems = append(s.problems, fmt.Errorf("reading %s: %w", name, err))
}

// whatIsThere helps with a name that is not there: often the log was rotated or compressed since.
func whatIsThere(name string) string {
	if _, err := os.Lstat(name); err == nil {
		return "it is a link to nowhere; check where it should lead"
	}
	folder, base := filepath.Split(name)
	entries, err := os.ReadDir(cmp.Or(folder, "."))
	if err != nil {
		return "nor is its folder; check the name"
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), base) {
			return "there is " + folder + entry.Name()
		}
	}
	return "check the name"
}

// advise says what to do about a file that cannot be opened.
func advise(err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%w; run this with sudo, or as a member of the group that may read it", bare(err))
	}
	return bare(err)
}

// bare is an error without the operation and the path, which our own messages name.
func bare(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// looksLikeLog says whether a file in a folder is text, perhaps compressed. An empty one is, and one that cannot be
// unpacked: reading them will say so.
func looksLikeLog(name string) (bool, error) {
	f, err := os.Open(name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	head, err := readHead(f, 4<<10)
	if err != nil || len(head) == 0 {
		return !errors.As(err, new(foreign)), nil
	}
	return isText(head, name), nil
}

// isText tolerates what real logs have: old encodings, colours, a hole of NULs where a crash or a truncation left one.
func isText(head []byte, name string) bool {
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return true // UTF-16
	}
	head = bytes.Trim(head, "\x00")
	if len(head) == 0 {
		return strings.Contains(filepath.Base(name), ".log")
	}
	nul, control := 0, 0
	for _, c := range head {
		switch {
		case c == 0:
			nul++
		case c < ' ' && (c < '\b' || c > '\r') && c != '\x1b', c == 0x7f:
			control++
		}
	}
	// A third and a twentieth: wtmp is two thirds NULs, and of random bytes every tenth is a control character.
	return nul*3 < len(head) && control*20 < len(head)
}

// inLogOrder brings the files of each rotated log together where its first was named, oldest first.
func (s *search) inLogOrder() []*Input {
	var families []string
	members := map[string][]*Input{}
	places := map[*Input]rotation{}
	for _, in := range s.found {
		place := rotationOf(in.path)
		places[in] = place
		if members[place.family] == nil {
			families = append(families, place.family)
		}
		members[place.family] = append(members[place.family], in)
	}
	var inputs []*Input
	for _, family := range families {
		slices.SortStableFunc(members[family], func(a, b *Input) int {
			return cmp.Or(places[a].compare(places[b]), strings.Compare(a.path, b.path))
		})
		inputs = append(inputs, members[family]...)
	}
	return inputs
}

// A rotation is the place of a file among the rotations of its log.
type rotation struct {
	family string // the log's path, the same for all its rotations
	kind   int    // numbered, dated or current
	number int    // of error.log.3: the higher the older
	date   string // of error.log-20260131: its digits
}

// The kinds of rotation in log order. Where a log has both, numbers are taken for the older habit.
const (
	numbered = iota
	dated
	current
)

var (
	compressedName = regexp.MustCompile(`\.(gz|bz2|xz|zst|zstd)$`)
	// error.log.3, and with logrotate's "extension" error.3.log.
	numberedName = regexp.MustCompile(`^(.+)\.(\d{1,4})(\.log|\.err)?$`)
	// error.log-20260131, error.log-2026013123, error.log.2026-01-31, error.log-2026-01-31_10:00, error-20260131.log,
	// and rotatelogs' error_log.1769817600, in seconds since 1970.
	datedName = regexp.MustCompile(`^(.+?)[-._]((?:19|20)\d\d-?[01]\d-?[0-3]\d(?:[-_.T]?\d\d(?:[-_.:]?\d\d){0,2})?|1\d{9})(\.log|\.err)?$`)
)

func rotationOf(path string) rotation {
	if path == "" {
		return rotation{kind: current}
	}
	folder, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		folder = filepath.Dir(path)
	}
	name := compressedName.ReplaceAllString(filepath.Base(path), "")
	family := func(parts ...string) string { return filepath.Join(folder, strings.Join(parts, "")) }
	if m := numberedName.FindStringSubmatch(name); m != nil {
		n, _ := strconv.Atoi(m[2])
		return rotation{family: family(m[1], m[3]), kind: numbered, number: n}
	}
	if older, ok := strings.CutSuffix(name, ".old"); ok {
		return rotation{family: family(older), kind: numbered, number: 1}
	}
	if m := datedName.FindStringSubmatch(name); m != nil {
		return rotation{family: family(m[1], m[3]), kind: dated, date: digits(m[2])}
	}
	return rotation{family: family(name), kind: current}
}

func (r rotation) compare(other rotation) int {
	return cmp.Or(
		cmp.Compare(r.kind, other.kind),
		cmp.Compare(other.number, r.number),
		strings.Compare(r.date, other.date))
}

// digits makes dates comparable: their digits alone, and seconds since 1970 as a date.
func digits(date string) string {
	date = strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, date)
	if len(date) == 10 && date[0] == '1' && date[1] != '9' {
		seconds, _ := strconv.ParseInt(date, 10, 64)
		return time.Unix(seconds, 0).UTC().Format("20060102150405")
	}
	return date
}
