package run

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/trial"
)

// TaskCheck is what was found of one task: its reference solution should pass
// and doing nothing should fail.
type TaskCheck struct {
	Task    *suite.Task
	Found   suite.Check
	Oracle  *baselines.Trial // nil when the task has no solution
	Nop     *baselines.Trial
	Problem string // one sentence; empty when the task is sound
	Dir     string // where its trials' files are
}

// Check runs the reference solution and nothing at all on every task, without
// any model. Told is called as each task is done.
func Check(ctx context.Context, o Options, s *suite.Suite, told func(TaskCheck)) (err error) {
	b, err := openBench(ctx, o, newID(o.Now()), s, nil)
	if err != nil {
		return err
	}
	defer func() {
		clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		err = errors.Join(err, b.close(clean))
	}()
	if err := b.runner.Prepare(ctx, s.Tasks, nil); err != nil {
		return err
	}
	for _, task := range s.Tasks {
		c, err := b.check(ctx, o, task)
		if err != nil {
			return err
		}
		told(c)
	}
	return nil
}

func (b *bench) check(ctx context.Context, o Options, task *suite.Task) (TaskCheck, error) {
	c := TaskCheck{Task: task, Found: suite.Check{At: o.Now().UTC().Truncate(time.Second)}, Dir: trial.FilesDir(b.dir)}
	nop, err := b.probe(ctx, task, "nop", 1, false)
	if err != nil {
		return c, err
	}
	c.Nop = &nop
	c.Found.NothingFails = nop.Solved != nil && !*nop.Solved
	if task.Solution.Script != "" {
		oracle, err := b.reference(ctx, task, &c.Found)
		if err != nil {
			return c, err
		}
		c.Oracle = &oracle
		passes := oracle.IsSolved()
		c.Found.ReferencePasses = &passes
	}
	c.Problem = unsound(c)
	return c, nil
}

// reference runs the solution. When it fails with every process stopped but
// passes with its services left running, the task's deliverable is a service.
func (b *bench) reference(ctx context.Context, task *suite.Task, found *suite.Check) (baselines.Trial, error) {
	stopped, err := b.probe(ctx, task, "oracle", 1, false)
	if err != nil || stopped.IsSolved() {
		return stopped, err
	}
	kept, err := b.probe(ctx, task, "oracle", 2, true)
	if err != nil || !kept.IsSolved() {
		return stopped, err
	}
	found.LeavesProcesses = true
	return kept, nil
}

// probe runs one trial of an agent that asks no model.
func (b *bench) probe(ctx context.Context, task *suite.Task, name string, attempt int, keepProcesses bool) (baselines.Trial, error) {
	row, err := agent.Lookup(name)
	if err != nil {
		return baselines.Trial{}, err
	}
	t := b.runner.Run(ctx, trial.Job{
		Arm: baselines.Arm(name), Seq: 1, Attempt: attempt, Try: 1, Task: task,
		Subject:       trial.Subject{Agent: row, Variant: baselines.Variant{Name: name, Agent: baselines.Agent{Name: name}}},
		KeepProcesses: keepProcesses,
	})
	switch t.Ended {
	case baselines.Cancelled:
		return t, fmt.Errorf("checking %s: %w", task.ID, context.Cause(ctx))
	case baselines.InfraError:
		return t, fmt.Errorf("checking %s: %s", task.ID, t.Reason)
	}
	return t, nil
}

// unsound says why a task cannot be used; empty when it can.
func unsound(c TaskCheck) string {
	switch {
	case c.Nop.Solved == nil:
		return "on the untouched task " + c.Nop.Reason
	case *c.Nop.Solved:
		return "doing nothing passes: the tests do not decide anything"
	case c.Oracle == nil:
		return ""
	case c.Oracle.Solved == nil:
		return "with the reference solution " + c.Oracle.Reason
	case !*c.Oracle.Solved:
		return "the reference solution fails"
	default:
		return ""
	}
}
