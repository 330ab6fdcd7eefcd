package cmd

import (
	"os"
	"path/filepath"
	"testing"
)

func TestParseBytes(t *testing.T) {
	for text, want := range map[string]int64{
		"128M": 128 << 20, "1G": 1 << 30, "1GiB": 1 << 30, "64mb": 64 << 20, "1.5g": 3 << 29, "2000000": 2000000, "512K": 512 << 10,
		"": 0, "M": 0, "-1M": 0, "128X": 0, "lots": 0, "0": 0, "1MM": 0, "9e30G": 0,
	} {
		if got, ok := parseBytes(text); ok != (want != 0) || ok && got != want {
			t.Errorf("%q is %d bytes, %t, want %d", text, got, ok, want)
		}
	}
}

func TestCgroupLimit(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return name
	}
	write("system.slice/memory.max", "134217728\n")
	write("system.slice/web/memory.max", "max\n")
	write("memory/docker/x/memory.limit_in_bytes", "268435456\n")
	write("memory/memory.limit_in_bytes", "9223372036854771712\n")
	for self, want := range map[string]int64{
		"0::/system.slice/web\n": 128 << 20,
		"0::/\n":                 0,
		"4:cpu:/docker/x\n3:memory:/docker/x\n0::/\n": 256 << 20,
		"3:memory:/\n": 0,
		"nonsense\n":   0,
	} {
		if got := cgroupLimit(write("self", self), dir); got != want {
			t.Errorf("cgroup %q allows %d bytes, want %d", self, got, want)
		}
	}
	if got := cgroupLimit(filepath.Join(dir, "none"), dir); got != 0 {
		t.Errorf("without cgroups %d bytes are allowed", got)
	}
}

// What a small machine can spare is read as Linux writes it.
func TestSpareMemory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "meminfo")
	for text, want := range map[string]int64{
		"MemTotal:         498128 kB\nMemFree:           20000 kB\nMemAvailable:     150000 kB\nBuffers: 1 kB\n": 150000 << 10,
		"MemTotal:         498128 kB\n": 0, // before Linux 3.14
		"":                              0,
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := spareMemory(file); got != want {
			t.Errorf("%q: %d bytes to spare, want %d", text, got, want)
		}
	}
	if got := spareMemory(file + ".none"); got != 0 {
		t.Errorf("without the file there are %d bytes to spare", got)
	}
}
