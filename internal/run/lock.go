package run

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/google/renameio/v2"

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
	file, err = writeLock(c, lock)
	return lock, file, err
}

// writeLock replaces the lock beside the configuration whole or not at all.
func writeLock(c *config.Config, lock *suite.Lock) (file string, err error) {
	file = filepath.Join(filepath.Dir(c.File), LockFile)
	var text bytes.Buffer
	if err := lock.Encode(&text); err != nil {
		return "", err
	}
	if err := renameio.WriteFile(file, text.Bytes(), 0o644, renameio.WithTempDir(filepath.Dir(file))); err != nil {
		return "", fmt.Errorf("writing lock: %w", err)
	}
	return file, nil
}

// Checked counts what [CheckSuite] found.
type Checked struct {
	Tasks   int // of the suite
	Checked int // fewer when it was interrupted
	Unsound int // of those checked
}

// CheckSuite checks every configured task, see [Check], and keeps what is new in
// the lock when there is one. Told is called as each task is done. The numbers
// are right also when there is an error.
func CheckSuite(ctx context.Context, o Options, told func(TaskCheck)) (n Checked, err error) {
	s, lock, err := LoadSuite(ctx, o.Config, SuiteOptions{Lookup: o.LookupEnv, CacheDir: o.CacheDir, Log: o.Log})
	if err != nil {
		return n, err
	}
	n.Tasks = len(s.Tasks)
	err = Check(ctx, o, s, func(t TaskCheck) {
		told(t)
		n.Checked++
		if t.Problem != "" {
			n.Unsound++
		}
		if locked := lock.Task(t.Task.ID); locked != nil && !sameFindings(locked.Check, t.Found) {
			t.Found.Commit = commitOf(ctx, o.Config.Dir)
			locked.Check = &t.Found
		}
	})
	if err != nil || ctx.Err() != nil || lock == nil {
		return n, err
	}
	_, err = writeLock(o.Config, lock)
	return n, err
}

// sameFindings tells whether a check found what is in the lock already. Then the
// lock stays as it is: checking a suite that is sound changes no file.
func sameFindings(had *suite.Check, found suite.Check) bool {
	if had == nil {
		return false
	}
	found.At, found.Commit = had.At, had.Commit
	return reflect.DeepEqual(*had, found)
}

// commitOf is the commit of the user's repository, empty outside one.
func commitOf(ctx context.Context, dir string) string {
	cmd := exec.CommandContext(ctx, "git", "rev-parse", "HEAD")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
