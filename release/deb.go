package main

import (
	"bytes"
	"crypto/md5"
	"fmt"
	"path"
	"strings"
	"time"
)

// maintainer is who answers for the package.
const maintainer = "The logsleuth authors <logsleuth@users.noreply.github.com>"

// overrides say to lintian what is meant so: Go's programs are static, and this
// package is not Debian's own.
const overrides = "logsleuth: statically-linked-binary\nlogsleuth: initial-upload-closes-no-bugs\n"

// debianVersion sorts a version that comes before a release before it.
func (b *build) debianVersion() string { return strings.Replace(b.version, "-", "~", 1) + "-1" }

// debian makes a package of Debian's: an ar archive of a version, of what dpkg has
// to know, and of the files. No file of it is run when it is installed, and it
// starts nothing. It is made here and not by dpkg-deb, whose bytes differ with its
// version and that of xz.
func (b *build) debian(arch string, program []byte, p pages, thirdParty []byte) ([]byte, error) {
	files, err := b.installed(program, p, thirdParty)
	if err != nil {
		return nil, err
	}
	var sums bytes.Buffer
	size := 0
	folders := map[string]bool{}
	for _, f := range files {
		fmt.Fprintf(&sums, "%x  %s\n", md5.Sum(f.data), strings.TrimPrefix(f.name, "./"))
		size += (len(f.data) + 1023) / 1024
		folders[path.Dir(f.name)] = true
	}
	control := fmt.Sprintf(`Package: logsleuth
Version: %s
Architecture: %s
Maintainer: %s
Installed-Size: %d
Suggests: bash-completion, less
Section: admin
Priority: optional
Homepage: https://github.com/logsleuth/logsleuth
Description: says what happened to a fallen web server, from its logs
 logsleuth reads the error.log and syslog of an Apache or WordPress server that
 fell over, access logs and those of PHP and MySQL, and says what happened, in
 what order, who did it and who merely suffered it, how sure one can be, which
 plugin's code was running, what to do now, and whom that would hit.
 .
 It runs only when it is called, sends nothing anywhere and changes nothing.
`, b.debianVersion(), arch, maintainer, size+len(folders))
	controls, err := tarball([]file{{name: "./control", data: []byte(control)}, {name: "./md5sums", data: sums.Bytes()}}, b.date)
	if err != nil {
		return nil, err
	}
	contents, err := tarball(files, b.date)
	if err != nil {
		return nil, err
	}
	return ar([]file{{name: "debian-binary", data: []byte("2.0\n")}, {name: "control.tar.gz", data: controls}, {name: "data.tar.gz", data: contents}}, b.date), nil
}

// installed are the files of the package, where Debian's policy wants them.
func (b *build) installed(program []byte, p pages, thirdParty []byte) ([]file, error) {
	const doc = "./usr/share/doc/logsleuth/"
	changelog := fmt.Sprintf("logsleuth (%s) unstable; urgency=medium\n\n  * What is new stands in changelog.gz.\n\n -- %s  %s\n",
		b.debianVersion(), maintainer, b.date.Format(time.RFC1123Z))
	list := []file{
		{"./usr/bin/logsleuth", program, true},
		{name: "./usr/share/bash-completion/completions/logsleuth"},
		{name: "./usr/share/zsh/vendor-completions/_logsleuth"},
		{name: "./usr/share/fish/vendor_completions.d/logsleuth.fish"},
		{name: "./usr/share/lintian/overrides/logsleuth", data: []byte(overrides)},
	}
	for i, c := range p.completions {
		list[i+1].data = c.data
	}
	packed := []file{
		{name: doc + "changelog.Debian", data: []byte(changelog)},
		{name: doc + "third-party-licenses", data: thirdParty},
	}
	for _, m := range p.man {
		packed = append(packed, file{name: "./usr/share/man/man1/" + m.name, data: m.data})
	}
	for _, d := range p.docs {
		switch {
		case d.name == "LICENSE", path.Ext(d.name) == ".png":
		case d.name == "CHANGELOG.md":
			packed = append(packed, file{name: doc + "changelog", data: d.data})
		case d.name == "NOTICE":
			list = append(list, file{name: doc + "copyright", data: copyright(string(d.data))})
		case path.Ext(d.name) == ".yaml":
			list = append(list, file{name: doc + "examples/" + path.Base(d.name), data: d.data})
		default:
			list = append(list, file{name: doc + d.name, data: d.data})
		}
	}
	for _, f := range packed {
		data, err := gzipped(f.data)
		if err != nil {
			return nil, err
		}
		list = append(list, file{name: f.name + ".gz", data: data})
	}
	return list, nil
}

// copyright is the file of that name in Debian's form, with the notice as a remark.
func copyright(notice string) []byte {
	var b bytes.Buffer
	b.WriteString(`Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: logsleuth
Source: https://github.com/logsleuth/logsleuth
Comment:
`)
	for line := range strings.Lines(strings.TrimSpace(notice) + "\n\nThe program has parts of other projects linked in. Their licences stand in\nthird-party-licenses.gz, beside this file.\n") {
		if strings.TrimSpace(line) == "" {
			line = ".\n"
		}
		b.WriteString(" " + line)
	}
	b.WriteString(`
Files: *
Copyright: The logsleuth authors
License: Apache-2.0
 On Debian systems the whole text of the Apache License, Version 2.0, stands in
 /usr/share/common-licenses/Apache-2.0.
`)
	return b.Bytes()
}

// ar packs files as dpkg reads them.
func ar(files []file, date time.Time) []byte {
	var b bytes.Buffer
	b.WriteString("!<arch>\n")
	for _, f := range files {
		fmt.Fprintf(&b, "%-16s%-12d%-6d%-6d%-8s%-10d`\n", f.name, date.Unix(), 0, 0, "100644", len(f.data))
		b.Write(f.data)
		if len(f.data)%2 == 1 {
			b.WriteByte('\n')
		}
	}
	return b.Bytes()
}
