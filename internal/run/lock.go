package run

import (
	"context"

	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/suite"
)

// LockSuite pins the configured tasks as they are now and writes the lock, whose
// path it returns. What an earlier lock says of checks stays where the task is
// the same.
func LockSuite(ctx context.Context, c *config.Config, o SuiteOptions) (lock *suite.Lock, file string, err error) {
	tasks, err := ReadSuite(ctx, c, nil, o)
	if err != nil {
		return nil, "", err
	}
	previous, err := ReadLock(c)
	if err != nil {
		return nil, "", err
	}
	if lock, err = suite.NewLock(tasks, previous); err != nil {
		return nil, "", err
	}
	file, err = WriteLock(c, lock)
	return lock, file, err
}
