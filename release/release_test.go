package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// trial is a build whose program is a few bytes: what is packed does not matter to
// how. make dist-check tries the real packages.
func trial(t *testing.T) (b build, program []byte, p pages) {
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	b = build{root: root, version: "1.2.3-rc.1", date: time.Date(2026, 3, 14, 7, 0, 0, 0, time.UTC)}
	if p, err = b.pages(); err != nil {
		t.Fatal(err)
	}
	return b, []byte("#!/bin/sh\necho logsleuth\n"), p
}

func TestFromGit(t *testing.T) {
	for described, want := range map[string]string{
		"v1.2.3":                         "1.2.3",
		"v1.2.3.changed":                 "1.2.3+changed",
		"v1.2.3-rc.1":                    "1.2.3-rc.1",
		"v1.2.3-4-g0123456789ab":         "1.2.3+4.g0123456789ab",
		"v1.2.3-rc.1-4-g0123456789ab":    "1.2.3-rc.1+4.g0123456789ab",
		"v1.2.3-4-g0123456789ab.changed": "1.2.3+4.g0123456789ab.changed",
		"0123456789ab":                   "0.1.0-dev.7+g0123456789ab",
		"0123456789ab.changed":           "0.1.0-dev.7+g0123456789ab.changed",
	} {
		got := fromGit(described, "7")
		if got != want || !versionForm.MatchString(got) {
			t.Errorf("git describe: %s: the version is %s, want %s", described, got, want)
		}
	}
}

// What comes before a release is older than it, to Debian too.
func TestDebianVersion(t *testing.T) {
	if _, err := exec.LookPath("dpkg"); err != nil {
		t.Skip(err)
	}
	order := []string{"0.1.0-dev.7+gab", "0.1.0-rc.1", "0.1.0", "0.1.0+4.gab", "0.1.1-dev.9+gcd", "0.1.1"}
	for i := range order[1:] {
		older, newer := (&build{version: order[i]}).debianVersion(), (&build{version: order[i+1]}).debianVersion()
		if err := exec.Command("dpkg", "--compare-versions", older, "lt", newer).Run(); err != nil {
			t.Errorf("%s is not older than %s", older, newer)
		}
	}
}

func TestArchives(t *testing.T) {
	b, program, p := trial(t)
	const folder = "logsleuth-1.2.3-rc.1-linux-amd64"
	files := b.archived(targets[0], folder, program, p, []byte("licences"))
	packed, err := tarball(files, b.date)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int64{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Uid != 0 || h.Gid != 0 || !h.ModTime.Equal(b.date) {
			t.Errorf("%s is of %d:%d at %s", h.Name, h.Uid, h.Gid, h.ModTime)
		}
		found[h.Name] = h.Mode
	}
	for name, mode := range map[string]int64{
		"/": 0o755, "/logsleuth": 0o755, "/LICENSE": 0o644, "/NOTICE": 0o644, "/THIRD-PARTY-LICENSES": 0o644, "/README.md": 0o644,
		"/man/man1/logsleuth.1": 0o644, "/man/man1/logsleuth-analyze.1": 0o644, "/completions/logsleuth.bash": 0o644, "/docs/rules.md": 0o644,
	} {
		if found[folder+name] != mode {
			t.Errorf("%s%s has mode %o, want %o", folder, name, found[folder+name], mode)
		}
	}

	packed, err = zipped(b.archived(target{"windows", "amd64"}, folder, program, p, nil), b.date)
	if err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Open(folder + "/logsleuth.exe"); err != nil {
		t.Error(err)
	}
}

// The package goes into an empty root with dpkg, and out of it without a trace.
func TestDebianPackage(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("dpkg installs only for root")
	}
	for _, tool := range []string{"dpkg", "dpkg-deb", "md5sum"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	b, program, p := trial(t)
	arch, err := exec.Command("dpkg", "--print-architecture").Output()
	if err != nil {
		t.Fatal(err)
	}
	deb, err := b.debian(strings.TrimSpace(string(arch)), program, p, []byte("licences"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := b.debian(strings.TrimSpace(string(arch)), program, p, []byte("licences"))
	if err != nil || !bytes.Equal(deb, again) {
		t.Errorf("made twice, the package differs: %v", err)
	}
	work := t.TempDir()
	name, root := filepath.Join(work, "logsleuth.deb"), filepath.Join(work, "root")
	if err := os.WriteFile(name, deb, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"var/lib/dpkg/updates", "var/lib/dpkg/info"} {
		if err := os.MkdirAll(filepath.Join(root, folder), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"var/lib/dpkg/status", "var/lib/dpkg/available"} {
		if err := os.WriteFile(filepath.Join(root, file), nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	sh := func(command string) string {
		c := exec.Command("sh", "-c", command)
		c.Env = append(os.Environ(), "DEB="+name, "ROOT="+root, "PATH="+os.Getenv("PATH")+":/usr/sbin:/sbin")
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", command, err, out)
		}
		return string(out)
	}
	if out := sh(`dpkg-deb -f "$DEB" Package Version Depends; dpkg-deb --ctrl-tarfile "$DEB" | tar -t`); out != "Package: logsleuth\nVersion: 1.2.3~rc.1-1\n./\n./control\n./md5sums\n" {
		t.Errorf("the package says, and has: %s", out) // scripts of its own would run as root
	}
	sh(`dpkg --root="$ROOT" --log=/dev/null -i "$DEB"`)
	if out := sh(`dpkg --root="$ROOT" -s logsleuth`); !strings.Contains(out, "Status: install ok installed") {
		t.Error(out)
	}
	if out := sh(`"$ROOT/usr/bin/logsleuth"; cd "$ROOT" && md5sum --quiet -c var/lib/dpkg/info/logsleuth.md5sums && gunzip -c usr/share/doc/logsleuth/changelog.gz | head -n 1`); out != "logsleuth\n# Changelog\n" {
		t.Error(out)
	}
	sh(`dpkg --root="$ROOT" --log=/dev/null -P logsleuth`)
	if out := sh(`cd "$ROOT" && find . -name '*logsleuth*'; ls`); out != "var\n" && out != "usr\nvar\n" {
		t.Errorf("what stays behind: %s", out)
	}
}

// The licence of every module that this test is made of has a name.
func TestLicences(t *testing.T) {
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	modules, err := linked("..", binary)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, m := range modules {
		names[m.path] = m.licence
	}
	for path, want := range map[string]string{"std": "BSD-3-Clause", "github.com/spf13/cobra": "Apache-2.0", "github.com/ulikunitz/xz": "BSD-3-Clause", "github.com/oschwald/geoip2-golang/v2": "ISC"} {
		if names[path] != want {
			t.Errorf("the licence of %s is %q, want %s", path, names[path], want)
		}
	}
	if text := string(thirdParty(modules)); !strings.Contains(text, "github.com/oschwald/geoip2-golang/v2") || !strings.Contains(text, "The Go Authors") {
		t.Error("the licences lack some")
	}
}

// The list of parts is what CycloneDX says it should be. Its schema is asked of the
// module proxy; with -short, or without a network, it is not.
func TestSBOM(t *testing.T) {
	b, program, _ := trial(t)
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	modules, err := linked("..", binary)
	if err != nil {
		t.Fatal(err)
	}
	text, err := b.sbom(targets[0], program, modules)
	if err != nil {
		t.Fatal(err)
	}
	again, err := b.sbom(targets[0], program, modules)
	if err != nil || !bytes.Equal(text, again) {
		t.Errorf("made twice, the list differs: %v", err)
	}
	for _, want := range []string{`"pkg:golang/github.com/spf13/cobra@v`, `"pkg:golang/std@1.`, `"pkg:npm/uplot@1.`, `"CC-BY-4.0"`} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("%s is not in the list", want)
		}
	}
	if testing.Short() {
		t.Skip("the schema is not fetched")
	}
	fetch := exec.Command("go", "mod", "download", "-json", cycloneDX)
	fetch.Dir = t.TempDir() // outside of our module, which does not need it
	out, err := fetch.Output()
	if err != nil {
		t.Skipf("fetching the schema: %v", err)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		t.Fatal(err)
	}
	schemas := jsonschema.NewCompiler()
	for _, name := range []string{"bom-1.6.schema.json", "spdx.schema.json", "jsf-0.82.schema.json"} {
		text, err := os.ReadFile(filepath.Join(module.Dir, "schema", name))
		if err != nil && name == "jsf-0.82.schema.json" { // for signatures; misnamed in some versions
			text, err = os.ReadFile(filepath.Join(module.Dir, "schema", "jsf-0.82.schemax.json"))
		}
		if err != nil {
			t.Fatal(err)
		}
		schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schemas.AddResource("http://cyclonedx.org/schema/"+name, schema); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := schemas.Compile("http://cyclonedx.org/schema/bom-1.6.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	list, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(list); err != nil {
		t.Error(err)
	}
}

// cycloneDX has the schemas of that format.
const cycloneDX = "github.com/CycloneDX/cyclonedx-go@v0.12.0"
