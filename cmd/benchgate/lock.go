package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"

	"github.com/google/renameio/v2"

	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/run"
	"github.com/benchgate/benchgate/internal/suite"
)

const lockHelp = `
Usage: benchgate lock [-c benchgate.yaml]

Pins the suite in benchgate.lock beside the configuration: every task's source,
commit and digest, file by file. "benchgate run" then refuses a task that
differs and names the file. Commit the lock.

Locking again takes the tasks as they are now; of git sources, what the ref is
now.
`

func lockVerb(ctx context.Context, p *program, args []string) error {
	var s settings
	fs := p.flags("lock", lockHelp)
	s.registerFile(fs)
	if rest, err := parse(fs, args); err != nil || len(rest) > 0 {
		return firstError(err, rest)
	}
	c, err := s.load()
	if err != nil {
		return err
	}
	tasks, err := run.ReadSuite(ctx, c, nil, p.suiteOptions(s))
	if err != nil {
		return err
	}
	previous, err := run.ReadLock(c)
	if err != nil {
		return err
	}
	lock, err := suite.NewLock(tasks, previous)
	if err != nil {
		return err
	}
	file, err := writeLock(c, lock)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.Stdout, "%s pins %d tasks, suite digest %s\n", file, len(lock.Tasks), lock.Digest)
	return nil
}

// writeLock replaces the lock beside the configuration whole or not at all.
func writeLock(c *config.Config, lock *suite.Lock) (string, error) {
	file := filepath.Join(filepath.Dir(c.File), run.LockFile)
	var text bytes.Buffer
	if err := lock.Encode(&text); err != nil {
		return "", err
	}
	if err := renameio.WriteFile(file, text.Bytes(), 0o644, renameio.WithTempDir(filepath.Dir(file))); err != nil {
		return "", fmt.Errorf("writing lock: %w", err)
	}
	return file, nil
}
