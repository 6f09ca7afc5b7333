package run

import (
	"context"
	"log/slog"
	"path/filepath"

	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/suite"
)

// SuiteOptions are what loading a suite needs from outside.
type SuiteOptions struct {
	Lookup   func(string) (string, bool)
	CacheDir string
	Notice   func(string) // of what LockSuite has to say beside; nil: nobody listens

	// SkipRefused has LockSuite leave out tasks that cannot run, and note them in the lock.
	SkipRefused bool

	Log *slog.Logger
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
	for _, warning := range []string{tasks.WarnOfServices(lock), tasks.WarnOfBuilds()} {
		if warning != "" && o.Notice != nil {
			o.Notice(warning)
		}
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
	opts := suite.LoadOptions{SolvedAt: c.Suite.SolvedAt, Exclude: c.Suite.Exclude, SkipRefused: o.SkipRefused, Lookup: o.Lookup, CacheDir: filepath.Join(o.CacheDir, "git"), Log: o.Log}
	if c.Suite.Dataset != "" {
		return suite.LoadDataset(ctx, c.Suite.Dataset, c.Suite.TaskIDs, opts)
	}
	sources := c.Suite.Tasks
	if lock != nil {
		sources = lock.Pin(sources)
		opts.Skipped, opts.SkipRefused = lock.Skipped, false
	}
	s, err := suite.Load(ctx, c.Dir, c.Suite.Name, sources, opts)
	if err != nil || len(c.Suite.TaskIDs) == 0 {
		return s, err
	}
	return s.Select(c.Suite.TaskIDs)
}
