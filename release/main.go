// Release builds what people install: archives with static binaries, Debian
// packages, lists of what is in them (SBOM), and their checksums. The same commit
// gives the same bytes, in whatever folder and on whatever machine, with the same Go.
package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/logsleuth/logsleuth/cmd"
)

// A target is a machine that a binary is for.
type target struct{ os, arch string }

func (t target) String() string { return t.os + "-" + t.arch }

var targets = []target{{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "arm64"}, {"windows", "amd64"}}

// A file is one of a package: its path in there, with slashes.
type file struct {
	name    string
	data    []byte
	program bool // it can be run
}

// A build is what all packages of a release have in common.
type build struct {
	root    string // of the checkout
	version string // 1.2.3, 1.2.3-rc.1, or with + and where it stands behind a tag
	date    time.Time
}

func main() {
	var b build
	out := flag.String("o", "dist", "the `folder` to write to; what else is in it stays")
	only := flag.String("only", "", "build for this `machine` alone, such as linux-amd64")
	flag.StringVar(&b.version, "version", os.Getenv("VERSION"), "the version, where git does not tell it")
	flag.Parse()
	if err := run(&b, *out, *only); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(b *build, out, only string) (err error) {
	if b.root, err = output("go", "list", "-m", "-f", "{{.Dir}}"); err != nil {
		return err
	}
	if b.version == "" {
		if b.version, err = version(b.root); err != nil {
			return err
		}
	}
	if !versionForm.MatchString(b.version) {
		return fmt.Errorf("%q is no version; give one such as 1.2.3 or 1.2.3-rc.1", b.version)
	}
	if b.date, err = date(b.root); err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o777); err != nil {
		return err
	}
	var sums bytes.Buffer
	built := 0
	for _, t := range targets {
		if only != "" && only != t.String() {
			continue
		}
		packages, err := b.packages(t)
		if err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
		for _, p := range packages {
			if err := os.WriteFile(filepath.Join(out, p.name), p.data, 0o666); err != nil {
				return err
			}
			fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(p.data), p.name)
			fmt.Printf("%s: %d kB\n", filepath.Join(out, p.name), len(p.data)/1000)
		}
		built++
	}
	if built == 0 {
		return fmt.Errorf("nothing is built for %q; there are %v", only, targets)
	}
	return os.WriteFile(filepath.Join(out, "SHA256SUMS"), sums.Bytes(), 0o666)
}

var versionForm = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?(\+[0-9A-Za-z.]+)?$`)

// version is that of the checkout: 1.2.3 at the tag v1.2.3, 1.2.3+4.gabcdef four
// commits later, and before the first tag what is worked on with its commit. What
// is not committed is told.
func version(root string) (string, error) {
	described, err := output("git", "-C", root, "describe", "--tags", "--match", "v[0-9]*", "--dirty=.changed", "--always", "--abbrev=12")
	if err != nil {
		return "", fmt.Errorf("%w; outside a checkout give the version with VERSION=1.2.3, and SOURCE_DATE_EPOCH", err)
	}
	count, err := output("git", "-C", root, "rev-list", "--count", "HEAD")
	return fromGit(described, count), err
}

var describedForm = regexp.MustCompile(`^v([0-9][0-9A-Za-z.-]*?)(?:-([0-9]+)-(g[0-9a-f]+))?(\.changed)?$`)

// fromGit makes a version of what git says. count is how many commits there are.
func fromGit(described, count string) string {
	m := describedForm.FindStringSubmatch(described)
	if m == nil { // no tag: the commit alone
		return cmd.NextVersion + "." + count + "+g" + described
	}
	version, commits, commit, changed := m[1], m[2], m[3], m[4]
	if commits != "" {
		return version + "+" + commits + "." + commit + changed
	}
	if changed != "" {
		return version + "+" + changed[1:]
	}
	return version
}

// date is SOURCE_DATE_EPOCH, else the time of the commit.
func date(root string) (time.Time, error) {
	text := os.Getenv("SOURCE_DATE_EPOCH")
	if text == "" {
		var err error
		if text, err = output("git", "-C", root, "log", "-1", "--format=%ct"); err != nil {
			return time.Time{}, err
		}
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil || seconds < 0 {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH takes seconds since 1970, not %q", text)
	}
	return time.Unix(seconds, 0).UTC(), nil
}

func output(name string, args ...string) (string, error) {
	text, err := exec.Command(name, args...).Output()
	if err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			err = fmt.Errorf("%w: %s", err, bytes.TrimSpace(exit.Stderr))
		}
		return "", fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(text)), nil
}

// packages builds all that is for one machine.
func (b *build) packages(t target) ([]file, error) {
	work, err := os.MkdirTemp("", "logsleuth-release-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	binary := filepath.Join(work, "logsleuth")
	if err := b.compile(t, binary); err != nil {
		return nil, err
	}
	program, err := os.ReadFile(binary)
	if err != nil {
		return nil, err
	}
	modules, err := linked(b.root, binary)
	if err != nil {
		return nil, err
	}
	pages, err := b.pages()
	if err != nil {
		return nil, err
	}
	name := "logsleuth-" + b.version + "-" + t.String()
	list := []file{}
	archive, ending := tarball, ".tar.gz"
	if t.os == "windows" {
		archive, ending = zipped, ".zip"
	}
	packed, err := archive(b.archived(t, name, program, pages, thirdParty(modules)), b.date)
	if err != nil {
		return nil, err
	}
	list = append(list, file{name: name + ending, data: packed})
	if t.os == "linux" {
		deb, err := b.debian(t.arch, program, pages, thirdParty(modules))
		if err != nil {
			return nil, err
		}
		list = append(list, file{name: fmt.Sprintf("logsleuth_%s_%s.deb", b.debianVersion(), t.arch), data: deb})
	}
	bom, err := b.sbom(t, program, modules)
	if err != nil {
		return nil, err
	}
	return append(list, file{name: name + ".cdx.json", data: bom}), nil
}

// compile builds the program without what differs between machines: paths, the C
// library, the settings of whoever builds. Zones are built in, for Windows has none.
func (b *build) compile(t target, to string) error {
	c := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-tags", "timetzdata",
		"-ldflags", "-s -w -X github.com/logsleuth/logsleuth/cmd.release="+b.version, "-o", to, ".")
	c.Dir = b.root
	c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+t.os, "GOARCH="+t.arch, "GOAMD64=v1", "GOARM64=v8.0", "GOFLAGS=-mod=readonly", "GOWORK=off", "GOEXPERIMENT=")
	c.Stderr = os.Stderr
	if err := c.Run(); err != nil {
		return fmt.Errorf("go build: %w", err)
	}
	return nil
}

// pages are the texts that come with the program.
type pages struct {
	man         []file // not packed
	completions []file // bash, zsh, fish
	docs        []file // by their paths in the checkout
}

func (b *build) pages() (p pages, err error) {
	for name, text := range cmd.ManPages(b.date, b.version) {
		p.man = append(p.man, file{name: name, data: text})
	}
	slices.SortFunc(p.man, func(x, y file) int { return strings.Compare(x.name, y.name) })
	for _, shell := range []string{"bash", "zsh", "fish"} {
		script, err := cmd.Completion(shell)
		if err != nil {
			return p, err
		}
		p.completions = append(p.completions, file{name: shell, data: script})
	}
	names, err := filepath.Glob(filepath.Join(b.root, "docs", "*.*"))
	for _, name := range append([]string{"README.md", "CHANGELOG.md", "LICENSE", "NOTICE"}, names...) {
		if !filepath.IsAbs(name) {
			name = filepath.Join(b.root, name)
		}
		if strings.HasSuffix(name, ".sh") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return p, err
		}
		below, err := filepath.Rel(b.root, name)
		if err != nil {
			return p, err
		}
		p.docs = append(p.docs, file{name: filepath.ToSlash(below), data: text})
	}
	return p, err
}

// archived are the files of an archive, all in one folder.
func (b *build) archived(t target, folder string, program []byte, p pages, thirdParty []byte) []file {
	name := "logsleuth"
	if t.os == "windows" {
		name += ".exe"
	}
	list := []file{{name, program, true}, {"THIRD-PARTY-LICENSES", thirdParty, false}}
	list = append(list, p.docs...)
	for _, m := range p.man {
		list = append(list, file{name: "man/man1/" + m.name, data: m.data})
	}
	for _, c := range p.completions {
		list = append(list, file{name: "completions/" + completionNames[c.name], data: c.data})
	}
	for i := range list {
		list[i].name = folder + "/" + list[i].name
	}
	return list
}

// completionNames are what the scripts of the shells are usually called.
var completionNames = map[string]string{"bash": "logsleuth.bash", "zsh": "_logsleuth", "fish": "logsleuth.fish"}
