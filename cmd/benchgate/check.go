package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/check"
	"github.com/benchgate/benchgate/internal/run"
)

const checkHelp = `
Usage: benchgate check [-c benchgate.yaml] [flags]

Runs each task twice without any model: with its own reference solution, which
must pass, and with nothing done, which must fail. A task of which either is
not true measures nothing. A task whose image cannot be built is not sound either;
the others are tried. It also says where a git repository in a task's image holds
what the solution writes. What was found is kept in the lock when there is one and
it is news. Where a baseline of these tasks is stored, it says so if that solves too
little for the margin. Exits with 2 when a task is not sound.
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
	store, err := p.openStore(c.Baselines, c.Dir)
	if err != nil {
		return err
	}
	found, err := check.Suite(ctx, run.Options{
		Config: c, Store: store, LookupEnv: p.LookupEnv, Log: p.logger(s.verbose), Now: time.Now,
		RunsDir: filesDir(c, "checks"), CacheDir: p.cacheDir(),
		Notice: p.note,
	}, p.printFinding)
	if ctx.Err() != nil {
		return notMeasured(fmt.Errorf("interrupted: %d of %d tasks were checked", found.Checked, found.Tasks))
	}
	if err != nil {
		return err
	}
	if found.Unsound > 0 {
		return silent{usagef("%d of %d tasks are not sound", found.Unsound, found.Tasks)}
	}
	return nil
}

func (p *program) printFinding(f check.Finding) {
	if f.Nop == nil {
		fmt.Fprintf(p.Stdout, "BAD  %-36s not tried\n", visible(f.Task.ID))
		for line := range strings.SplitSeq(f.Problem, "\n") {
			fmt.Fprintf(p.Stdout, "     %s\n", visible(line))
		}
		return
	}
	mark, reference := "ok  ", "no reference solution"
	if f.Oracle != nil {
		reference = "reference " + answer(*f.Oracle)
	}
	if f.Check.LeavesProcesses {
		reference += " (leaves a service running)"
	}
	if f.Problem != "" {
		mark = "BAD "
	}
	fmt.Fprintf(p.Stdout, "%s %-36s %s, doing nothing %s\n", mark, visible(f.Task.ID), reference, answer(*f.Nop))
	if files := f.Check.AnswerInHistory; len(files) > 0 {
		fmt.Fprintf(p.Stdout, "     the git history in its image has what the solution writes: %s\n", visible(strings.Join(files, ", ")))
	}
	if f.Problem != "" {
		fmt.Fprintf(p.Stdout, "     %s; see %s\n", visible(f.Problem), f.Dir)
	}
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
