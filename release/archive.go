package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"slices"
	"strings"
	"time"
)

// tarball packs files, and the folders that they are in, in the order of their
// names, as if root had made them all at one time.
func tarball(files []file, date time.Time) ([]byte, error) {
	var b bytes.Buffer
	t := tar.NewWriter(&b)
	for _, f := range withFolders(files) {
		h := &tar.Header{
			Name: f.name, Mode: 0o644, Size: int64(len(f.data)), ModTime: date, Uname: "root", Gname: "root", Format: tar.FormatGNU,
			Typeflag: tar.TypeReg,
		}
		switch {
		case strings.HasSuffix(f.name, "/"):
			h.Typeflag, h.Mode = tar.TypeDir, 0o755
		case f.program:
			h.Mode = 0o755
		}
		if err := t.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := t.Write(f.data); err != nil {
			return nil, err
		}
	}
	if err := t.Close(); err != nil {
		return nil, err
	}
	return gzipped(b.Bytes())
}

// withFolders adds the folders of files, each before what is in it.
func withFolders(files []file) (all []file) {
	seen := map[string]bool{}
	for _, f := range files {
		for i := range f.name {
			if folder := f.name[:i+1]; f.name[i] == '/' && !seen[folder] {
				seen[folder] = true
				all = append(all, file{name: folder})
			}
		}
		all = append(all, f)
	}
	slices.SortStableFunc(all, func(a, b file) int { return strings.Compare(a.name, b.name) })
	return all
}

// gzipped is as gzip -9n packs: without a name or a time.
func gzipped(data []byte) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(data); err != nil {
		return nil, err
	}
	err = z.Close()
	return b.Bytes(), err
}

// zipped is tarball for those who have no tar.
func zipped(files []file, date time.Time) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range withFolders(files) {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: date}
		switch {
		case strings.HasSuffix(f.name, "/"):
			h.SetMode(0o755)
		case f.program:
			h.SetMode(0o755)
		default:
			h.SetMode(0o644)
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := io.Copy(w, bytes.NewReader(f.data)); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return b.Bytes(), err
}
