package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/run"
	"github.com/benchgate/benchgate/internal/suite"
)

const checkHelp = `
Usage: benchgate check [-c benchgate.yaml] [flags]

Runs each task twice without any model: with its own reference solution, which
must pass, and with nothing done, which must fail. A task of which either is
not true measures nothing. What was found is kept in benchgate.lock when there
is one and it is news. Exits with 2 when a task is not sound.
`

func checkVerb(ctx context.Context, p *program, args []string) error {
	var s settings
	fs := p.flags("check", checkHelp)
	s.registerTasks(fs)
	if rest, err := parse(fs, args); err != nil || len(rest) > 0 {
		return firstError(err, rest)
	}
	c, err := s.loadTasks()
	if err != nil {
		return err
	}
	tasks, lock, err := run.LoadSuite(ctx, c, p.suiteOptions(s))
	if err != nil {
		return err
	}
	var checked, unsound int
	err = run.Check(ctx, run.Options{
		Config: c, Version: version(), LookupEnv: p.LookupEnv, Log: p.logger(s.verbose), Now: time.Now,
		RunsDir: filepath.Join(".benchgate", "checks"), CacheDir: p.cacheDir(),
		Notice:   func(text string) { fmt.Fprintln(p.Stderr, "note: "+text) },
		Progress: func(run.Progress) {},
	}, tasks, func(t run.TaskCheck) {
		p.printCheck(t)
		checked++
		if t.Problem != "" {
			unsound++
		}
		if locked := lock.Task(t.Task.ID); locked != nil && !sameFindings(locked.Check, t.Found) {
			t.Found.Commit = commitOf(ctx, c.Dir)
			locked.Check = &t.Found
		}
	})
	if ctx.Err() != nil {
		return notMeasured(fmt.Errorf("interrupted: %d of %d tasks were checked", checked, len(tasks.Tasks)))
	}
	if err != nil {
		return err
	}
	if err := keepChecks(c, lock); err != nil {
		return err
	}
	if unsound > 0 {
		return silent{usagef("%d of %d tasks are not sound", unsound, len(tasks.Tasks))}
	}
	return nil
}

func (p *program) printCheck(t run.TaskCheck) {
	mark, reference := "ok  ", "no reference solution"
	if t.Oracle != nil {
		reference = "reference " + answer(*t.Oracle)
	}
	if t.Found.LeavesProcesses {
		reference += " (leaves a service running)"
	}
	if t.Problem != "" {
		mark = "BAD "
	}
	fmt.Fprintf(p.Stdout, "%s %-36s %s, doing nothing %s\n", mark, visible(t.Task.ID), reference, answer(*t.Nop))
	if t.Problem != "" {
		fmt.Fprintf(p.Stdout, "     %s; see %s\n", visible(t.Problem), t.Dir)
	}
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

// answer is what a trial's tests said, in a word.
func answer(t baselines.Trial) string {
	switch {
	case t.Solved == nil:
		return "gave no answer"
	case *t.Solved:
		return "passes"
	default:
		return "fails"
	}
}

func keepChecks(c *config.Config, lock *suite.Lock) error {
	if lock == nil {
		return nil
	}
	if _, err := writeLock(c, lock); err != nil {
		return err
	}
	return nil
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
