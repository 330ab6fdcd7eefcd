package cmd

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
)

const (
	// startQuickly collects no garbage before there are 16 MB of it, which most runs
	// never have: Go's least heap is 4 MB, and of that the start itself makes three.
	startQuickly = 400
	// whileReading collects twice as often as Go does by itself: what is kept is small
	// and what is read is not garbage, so it costs little, and the machine that is
	// looked at is often short of memory.
	whileReading = 50
	// whileJudging is done by one core, so the other may as well keep the heap small.
	whileJudging = 25
)

// collectAt sets how much garbage there may be before it is collected, in percent of
// what is in use, unless the user has his own idea.
func collectAt(percent int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}

// plenty is more than any log makes the program use: where the machine has twice as
// much to spare, no bound is lowered for it.
const plenty = 256 << 20

// leastMemory is what the program and its data about addresses take by themselves.
const leastMemory = 64 << 20

// limitMemory finds how much memory the user, the environment, the cgroup or a small
// machine gives, and has Go collect harder when that comes near. 0 is no limit.
func (f *logFlags) limitMemory() (int64, error) {
	limit := int64(0)
	switch {
	case f.memory != "":
		if err := checkMemory(f.memory); err != nil {
			return 0, err
		}
		n, _ := parseBytes(f.memory)
		limit = max(n, leastMemory)
	case os.Getenv("GOMEMLIMIT") != "":
		limit = debug.SetMemoryLimit(-1)
		if limit == math.MaxInt64 {
			return 0, nil
		}
		return limit, nil // Go keeps to it already
	default:
		limit = cgroupLimit("/proc/self/cgroup", "/sys/fs/cgroup")
		if half := spareMemory("/proc/meminfo") / 2; half > 0 && half < min(plenty, cmp.Or(limit, plenty)) { // the server that is on fire needs the rest
			limit = max(half, leastMemory)
		}
	}
	if limit > 0 {
		debug.SetMemoryLimit(limit / 10 * 8) // the rest is the program, stacks and what Go frees late
	}
	return limit, nil
}

func checkMemory(text string) error {
	if _, ok := parseBytes(text); !ok {
		return fmt.Errorf("--max-memory takes a size such as 128M or 1G, not %q", text)
	}
	return nil
}

// parseBytes reads a size such as 128M, 1GiB or 1000000.
func parseBytes(text string) (int64, bool) {
	number := strings.TrimRight(text, "KMGTiBkmgtb")
	n, err := strconv.ParseFloat(number, 64)
	unit := strings.TrimSuffix(strings.TrimSuffix(strings.ToUpper(text[len(number):]), "B"), "I")
	shift, ok := map[string]int{"": 0, "K": 10, "M": 20, "G": 30, "T": 40}[unit]
	n *= math.Pow(2, float64(shift))
	return int64(n), err == nil && ok && n >= 1 && n < math.MaxInt64
}

// spareMemory is what a machine can give without swapping, in bytes; 0 where the
// system does not tell (/proc/meminfo, proc_meminfo(5)).
func spareMemory(file string) int64 {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "MemAvailable:"); ok {
			n, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			return n << 10
		}
	}
	return 0
}

// cgroupLimit is the least memory that this process's cgroup, or one above it, may
// use: as a service, in a container, under systemd-run. 0: none.
func cgroupLimit(self, root string) int64 {
	text, err := os.ReadFile(self)
	if err != nil {
		return 0
	}
	least := int64(0)
	for line := range strings.Lines(string(text)) {
		root, file := root, "memory.max"
		_, path, ok := strings.Cut(strings.TrimSpace(line), "::")
		if !ok { // the older kind of cgroups, one for each resource
			if _, path, ok = strings.Cut(strings.TrimSpace(line), ":memory:"); !ok {
				continue
			}
			root, file = filepath.Join(root, "memory"), "memory.limit_in_bytes"
		}
		for dir := filepath.Join(root, path); len(dir) >= len(root); dir = filepath.Dir(dir) {
			value, _ := os.ReadFile(filepath.Join(dir, file))
			if n, err := strconv.ParseInt(strings.TrimSpace(string(value)), 10, 64); err == nil && n > 0 && n < 1<<50 { // beyond is how it says none
				least = min(cmp.Or(least, n), n)
			}
		}
	}
	return least
}

// chunkSize is smaller where memory is short.
func (r *run) chunkSize() int {
	if r.memory != 0 && r.memory <= 128<<20 {
		return chunkSize / 4
	}
	return chunkSize
}
