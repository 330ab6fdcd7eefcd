package cmd

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/logsleuth/logsleuth/mask"
)

// anonymizeFlags are those of every verb that prints what stands in logs.
type anonymizeFlags struct {
	anonymize bool
	key       string
	flags     *pflag.FlagSet // theirs
}

func (f *anonymizeFlags) add(fs *pflag.FlagSet) {
	f.flags = fs
	fs.BoolVar(&f.anonymize, "anonymize", false, "write pseudonyms for addresses, names of hosts and users, and paths of the site, to share what is printed")
	fs.StringVar(&f.key, "anonymize-key", "", "make the pseudonyms with the key in this `file`, or env:NAME for a variable (default: a key of your own, made at first use)")
}

// shortestKey keeps away keys that can be tried out.
const shortestKey = 16

// mask makes pseudonyms; nil where nothing is to be hidden.
func (f *anonymizeFlags) mask() (*mask.Mask, error) {
	if !f.anonymize && (f.key == "" || f.flags != nil && !typed(f.flags, "anonymize-key")) { // a key that is set for good asks for nothing
		return nil, nil
	}
	var key []byte
	var err error
	if variable, ok := strings.CutPrefix(f.key, "env:"); ok {
		key = []byte(os.Getenv(variable))
	} else if f.key != "" {
		key, err = os.ReadFile(f.key)
	} else {
		key, err = ownKey()
	}
	if err != nil {
		return nil, fmt.Errorf("--anonymize: %w", err)
	}
	if key = bytes.TrimSpace(key); len(key) < shortestKey {
		return nil, fmt.Errorf("--anonymize: the key has %d bytes, and who can guess it can undo the pseudonyms; give at least %d, for example from: openssl rand -hex 32", len(key), shortestKey)
	}
	return mask.New(key), nil
}

// ownKey is the user's key, made at first use. One made of the logs would be safe
// only for logs that nobody can guess; one for each run would give the same logs
// other pseudonyms each time.
func ownKey() ([]byte, error) {
	folder, err := os.UserConfigDir()
	if err == nil {
		name := filepath.Join(folder, "logsleuth", "anonymize.key")
		if err = makeKey(name); err == nil {
			return os.ReadFile(name)
		}
	}
	return nil, fmt.Errorf("there is no place for a key of your own (%w); name one with --anonymize-key", err)
}

// makeKey writes a new key where there is none yet.
func makeKey(name string) error {
	if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	made, err := os.CreateTemp(filepath.Dir(name), "anonymize.key.*") // only its owner may read it
	if err != nil {
		return err
	}
	defer os.Remove(made.Name())
	_, err = fmt.Fprintln(made, rand.Text()+rand.Text())
	if closed := made.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	if err = os.Link(made.Name(), name); errors.Is(err, fs.ErrExist) {
		return nil // another run made one meanwhile: that one counts
	}
	return err
}
