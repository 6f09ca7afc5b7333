package run

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/suite"
)

// lockFile is the name of the lock, beside the configuration.
const lockFile = "benchgate.lock"

// SuiteOptions are what loading a suite needs from outside.
type SuiteOptions struct {
	Lookup   func(string) (string, bool)
	CacheDir string
	Log      *slog.Logger
}

// LockSuite pins the configured tasks as they are now and writes the lock, whose
// path it returns. What an earlier lock says of checks stays where the task is
// the same.
func LockSuite(ctx context.Context, c *config.Config, o SuiteOptions) (lock *suite.Lock, file string, err error) {
	tasks, err := readSuite(ctx, c, nil, o)
	if err != nil {
		return nil, "", err
	}
	previous, err := readLock(c)
	if err != nil {
		return nil, "", err
	}
	if lock, err = suite.NewLock(tasks, previous); err != nil {
		return nil, "", err
	}
	file, err = WriteLock(c, lock)
	return lock, file, err
}

// LoadSuite loads the configured tasks and, when there is a lock, refuses
// those that differ from it. A nil lock means that there is none.
func LoadSuite(ctx context.Context, c *config.Config, o SuiteOptions) (*suite.Suite, *suite.Lock, error) {
	lock, err := readLock(c)
	if err != nil {
		return nil, nil, err
	}
	s, err := readSuite(ctx, c, lock, o)
	if err != nil {
		return nil, nil, err
	}
	if lock != nil {
		if err := lock.Verify(s); err != nil {
			return nil, nil, err
		}
	}
	return s, lock, nil
}

// readSuite loads the configured tasks as they are now; git sources at the
// commits of the lock, unless that is nil.
func readSuite(ctx context.Context, c *config.Config, lock *suite.Lock, o SuiteOptions) (*suite.Suite, error) {
	opts := suite.LoadOptions{Lookup: o.Lookup, CacheDir: filepath.Join(o.CacheDir, "git"), Log: o.Log}
	if c.Suite.Dataset != "" {
		return suite.LoadDataset(ctx, c.Suite.Dataset, c.Suite.TaskIDs, opts)
	}
	sources := c.Suite.Tasks
	if lock != nil {
		sources = lock.Pin(sources)
	}
	s, err := suite.Load(ctx, c.Dir, c.Suite.Name, sources, opts)
	if err != nil || len(c.Suite.TaskIDs) == 0 {
		return s, err
	}
	return s.Select(c.Suite.TaskIDs)
}

// readLock reads the lock beside the configuration; nil when there is none,
// or when the run takes its tasks from flags.
func readLock(c *config.Config) (*suite.Lock, error) {
	if c.File == "" || c.Suite.Dataset != "" || len(c.Suite.TaskIDs) > 0 {
		return nil, nil
	}
	file := filepath.Join(filepath.Dir(c.File), lockFile)
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading lock: %w", err)
	}
	return suite.DecodeLock(file, data)
}

// WriteLock replaces the lock beside the configuration whole or not at all, and
// returns its name.
func WriteLock(c *config.Config, lock *suite.Lock) (string, error) {
	file := filepath.Join(filepath.Dir(c.File), lockFile)
	var text bytes.Buffer
	if err := lock.Encode(&text); err != nil {
		return "", err
	}
	if err := writeFile(file, text.Bytes()); err != nil {
		return "", fmt.Errorf("writing lock: %w", err)
	}
	return file, nil
}
