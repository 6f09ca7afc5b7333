// Package check finds out whether tasks can be measured with: it runs each one
// without any model, once with the task's own reference solution, which must
// pass, and once with nothing done, which must fail.
package check

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/run"
	"github.com/benchgate/benchgate/internal/site"
	"github.com/benchgate/benchgate/internal/step"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/trial"
)

// Finding is what was found of one task.
type Finding struct {
	Task    *suite.Task
	Check   suite.Check      // as the lock keeps it; Commit is not filled here
	Oracle  *baselines.Trial // with the reference solution; nil when the task has none, or was not tried
	Nop     *baselines.Trial // with nothing done; nil: the task could not be tried
	Problem string           // why the task cannot be used, one sentence; empty when it can
	Dir     string           // where its trials' files are
}

// Counts say how far a check came.
type Counts struct {
	Tasks   int // of the suite
	Checked int // fewer when it was interrupted
	Unsound int // of those checked
}

// Suite checks the configured tasks, in order, and keeps what is new in the lock
// when there is one. Told is called as each task is done. The counts are right
// also when there is an error, which ends the check where it is.
func Suite(ctx context.Context, o run.Options, told func(Finding)) (n Counts, err error) {
	s, lock, err := run.LoadSuite(ctx, o.Config, run.SuiteOptions{Lookup: o.LookupEnv, CacheDir: o.CacheDir, Log: o.Log})
	if err != nil {
		return n, err
	}
	n.Tasks = len(s.Tasks)
	err = tasks(ctx, o.Site(site.NewID(o.Now()), s.Tasks), func(f Finding) {
		told(f)
		n.Checked++
		if f.Problem != "" {
			n.Unsound++
		}
		if f.Nop != nil {
			note(ctx, lock, f, o.Config.Dir)
		}
	})
	if warning := s.WarnOfServices(lock); warning != "" {
		o.Notice(warning)
	}
	for _, warning := range run.Headroom(ctx, o, s) {
		o.Notice(warning)
	}
	if err != nil || ctx.Err() != nil || lock == nil {
		return n, err
	}
	_, err = run.WriteLock(o.Config, lock)
	return n, err
}

// tasks checks tasks one after another, in a site of their own, each when its image is
// ready. One that cannot be tried keeps no other from being; where that is the
// infrastructure's doing, it is an error when all are done.
func tasks(ctx context.Context, o site.Options, told func(Finding)) (err error) {
	at, err := site.Open(ctx, o)
	if err != nil {
		return err
	}
	defer func() {
		clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		err = errors.Join(err, at.Close(clean))
	}()
	info, err := at.Engine.Info(ctx)
	if err != nil {
		return err
	}
	if err := o.Limits.Fit(info, o.Tasks); err != nil {
		return err
	}
	environments, err := at.Runner.PrepareAhead(ctx, o.Tasks, o.Tasks, nil)
	if err != nil {
		return err
	}
	defer environments.Stop()
	c := checker{runner: at.Runner, environments: environments, now: o.Now, dir: trial.FilesDir(at.Dir)}
	c.waiting = step.Begin(ctx, "checking", "tasks")
	defer func() { c.waiting.End(err) }()
	var failed error
	for i, task := range o.Tasks {
		c.waiting.Of(int64(i), int64(len(o.Tasks)), "tasks")
		found, err := c.check(ctx, task)
		if broken := new(infraError); errors.As(err, &broken) {
			if _, gone := at.Engine.Info(ctx); gone != nil {
				return errors.Join(failed, gone)
			}
			found, failed = c.untried(task, broken.reason), errors.Join(failed, err)
		} else if err != nil {
			return errors.Join(failed, err)
		}
		told(found)
	}
	return failed
}

// infraError is a trial's that says nothing of its task.
type infraError struct{ reason string }

func (e *infraError) Error() string { return e.reason }

type checker struct {
	runner       *trial.Runner
	environments *trial.Preparation
	now          func() time.Time
	dir          string // of the trials' files

	waiting *step.Step
}

// untried is a task that could not be tried.
func (c checker) untried(task *suite.Task, why string) Finding {
	return Finding{Task: task, Problem: why, Dir: c.dir}
}

func (c checker) check(ctx context.Context, task *suite.Task) (Finding, error) {
	switch problem, err := c.environments.Await(ctx, task); {
	case err != nil:
		return Finding{}, err
	case problem != nil:
		return c.untried(task, problem.Error()), nil
	}
	f := Finding{Task: task, Check: suite.Check{At: c.now().UTC().Truncate(time.Second)}, Dir: c.dir}
	nop, err := c.try(ctx, task, "nop", 1, task.Source.KeepProcesses, nil)
	if err != nil {
		return f, err
	}
	f.Nop = &nop
	f.Check.NothingFails = nop.Solved != nil && !*nop.Solved
	if task.Solution.Script != "" {
		oracle, err := c.reference(ctx, task, &f.Check)
		if err != nil {
			return f, err
		}
		f.Oracle = &oracle
		passes := passed(oracle)
		f.Check.ReferencePasses = &passes
	}
	f.Problem = problemOf(f)
	return f, nil
}

// reference runs the solution. When it fails with every process stopped but
// passes with its services left running, the task's deliverable is a service.
func (c checker) reference(ctx context.Context, task *suite.Task, found *suite.Check) (baselines.Trial, error) {
	note := func(h trial.History) {
		found.AnswerInHistory, found.Upstream = h.Files, nil
		for _, p := range h.Places {
			found.Upstream = append(found.Upstream, string(p))
		}
	}
	stopped, err := c.try(ctx, task, "oracle", 1, task.Source.KeepProcesses, note)
	if err != nil || stopped.IsSolved() || task.Source.KeepProcesses {
		return stopped, err
	}
	kept, err := c.try(ctx, task, "oracle", 2, true, note)
	if err != nil || !passed(kept) {
		return stopped, err
	}
	found.LeavesProcesses = true
	return kept, nil
}

// passed tells whether the tests passed, and no process that was kept changed them or
// wrote their answer.
func passed(t baselines.Trial) bool { return t.IsSolved() && !t.Flagged(baselines.Tampered) }

// doing is what each of the two agents does, for those who wait.
var doing = map[string]string{"nop": "nothing done", "oracle": "its reference solution"}

// try runs one trial of an agent that asks no model.
func (c checker) try(ctx context.Context, task *suite.Task, name string, attempt int, keepProcesses bool, onHistory func(trial.History)) (baselines.Trial, error) {
	row, err := agent.Lookup(name)
	if err != nil {
		return baselines.Trial{}, err
	}
	c.waiting.Now(task.ID + " with " + doing[name])
	t := c.runner.Run(ctx, trial.Job{
		OnHistory: onHistory,
		Arm:       baselines.Arm(name), Seq: 1, Attempt: attempt, Try: 1, Task: task,
		Subject:       trial.Subject{Agent: row, Variant: baselines.Variant{Name: name, Agent: baselines.Agent{Name: name}}},
		KeepProcesses: keepProcesses,
	})
	switch t.Ended {
	case baselines.Cancelled:
		return t, fmt.Errorf("checking %s: %w", task.ID, context.Cause(ctx))
	case baselines.InfraError:
		return t, fmt.Errorf("checking %s: %w", task.ID, &infraError{t.Reason})
	}
	return t, nil
}

// problemOf says why a task cannot be used; empty when it can.
func problemOf(f Finding) string {
	switch {
	case f.Nop.Solved == nil:
		return "on the untouched task " + f.Nop.Reason
	case *f.Nop.Solved:
		return "doing nothing passes: the tests do not decide anything"
	case f.Oracle == nil:
		return ""
	case f.Oracle.Solved == nil:
		return "with the reference solution " + f.Oracle.Reason
	case !*f.Oracle.Solved:
		return "the reference solution fails"
	case !passed(*f.Oracle):
		return "the reference solution leaves a process running that meddles with the tests: " + strings.Join(f.Oracle.Tampered, "; ")
	default:
		return ""
	}
}
