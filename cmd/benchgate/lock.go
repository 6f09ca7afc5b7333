package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/benchgate/benchgate/internal/run"
)

const lockHelp = `
Usage: benchgate lock [-c benchgate.yaml] [--skip-refused]

Pins the suite in a lock beside the configuration, which has its name:
benchgate.lock, nightly.lock for nightly.yaml, or what its key "lock" says. It
has every task's source, commit and digest, file by file. "benchgate run" then
refuses a task that differs and names the file. Commit the lock.

A task that cannot run here is an error; with --skip-refused it is left out,
listed, and noted in the lock with the reason.

Locking again takes the tasks as they are now; of git sources, what the ref is
now.
`

func lockVerb(ctx context.Context, p *program, args []string) error {
	var s settings
	fs := p.flags("lock", lockHelp)
	s.registerFile(fs)
	skip := fs.Bool("skip-refused", false, "leave out tasks that cannot run here, and note them in the lock")
	if rest, err := parse(fs, args); err != nil || len(rest) > 0 {
		return firstError(err, rest)
	}
	c, err := s.load()
	if err != nil {
		return err
	}
	options := p.suiteOptions(s)
	options.Notice, options.SkipRefused = p.note, *skip
	lock, file, err := run.LockSuite(ctx, c, options)
	if err != nil {
		return err
	}
	for _, left := range lock.Skipped {
		p.note(fmt.Sprintf("task %s is left out: %s", left.ID, strings.ReplaceAll(left.Why, "\n", "; ")))
	}
	fmt.Fprintf(p.Stdout, "%s pins %d tasks, suite digest %s\n", file, len(lock.Tasks), lock.Digest)
	return nil
}
