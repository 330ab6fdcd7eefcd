package cmd

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// createOutput opens the file that what is written goes to, nil for standard
// output: before anything is read, lest hours be lost on it. What stands in it
// stays until there is something to write. It may be none of those that are read.
func createOutput(name, what string, read []string) (*os.File, error) {
	if name == "" || name == "-" {
		return nil, nil
	}
	if out, err := os.Stat(name); err == nil {
		for _, in := range read {
			if info, err := os.Stat(in); err == nil && os.SameFile(out, info) {
				return nil, fmt.Errorf("the %s would overwrite %s, which is to be read; give --output another name", what, in)
			}
		}
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE, 0o666)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("writing the %s: %w; make its folder first", what, err)
	case err != nil:
		return nil, fmt.Errorf("writing the %s: %w; give --output another name", what, err)
	}
	return file, nil
}

// truncate removes what stood in a file before; a device has nothing to remove.
func truncate(file *os.File) error {
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
		return file.Truncate(0)
	}
	return nil
}
