package run

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/suite"
)

// readLock reads the configuration's lock; nil when there is none, or when the run
// takes its tasks from flags.
func readLock(c *config.Config) (*suite.Lock, error) {
	if c.Lock == "" || c.Suite.Dataset != "" || len(c.Suite.TaskIDs) > 0 {
		return nil, nil
	}
	data, err := os.ReadFile(c.Lock)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading lock: %w", err)
	}
	return suite.DecodeLock(c.Shown(c.Lock), data)
}

// formerLock pinned every configuration of its directory before each had a lock of
// its own.
const formerLock = "benchgate.lock"

// Unpinned says that there is no lock, and how to make one.
func Unpinned(c *config.Config) string {
	switch {
	case c.Lock == "" || c.Suite.Dataset != "":
		return "the tasks are taken as they are now: only a configuration's own list has a lock"
	case len(c.Suite.TaskIDs) > 0:
		return "the tasks are taken as they are now: with --task-id no lock is looked at"
	}
	name, command := c.Shown(c.Lock), "benchgate lock"
	if c.File != "benchgate.yaml" {
		command += " -c " + c.File
	}
	text := fmt.Sprintf("there is no %s: tasks are taken as they are now; run %q to pin them", name, command)
	former := filepath.Join(filepath.Dir(c.Lock), formerLock)
	if _, err := os.Stat(former); err == nil && former != c.Lock {
		text += fmt.Sprintf(". The %s there does not pin them any more: to share it, write \"lock: %s\" into %s", formerLock, formerLock, c.File)
	}
	return text
}

// WriteLock replaces the configuration's lock whole or not at all, and returns its
// name.
func WriteLock(c *config.Config, lock *suite.Lock) (string, error) {
	var text bytes.Buffer
	if err := lock.Encode(&text); err != nil {
		return "", err
	}
	if err := writeFile(c.Lock, text.Bytes()); err != nil {
		return "", fmt.Errorf("writing lock: %w", err)
	}
	return c.Shown(c.Lock), nil
}
