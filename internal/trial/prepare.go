package trial

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/plain"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/step"
	"github.com/benchgate/benchgate/internal/suite"
	"golang.org/x/sync/errgroup"
)

// atOnce is how many environments are prepared, and agents tried, at the same time:
// builds and pulls mostly wait for the network.
const atOnce = 4

// Prepare builds or finds every task's image, several at once and each once, and
// checks, before any paid request, that each subject's agent starts in it. It fills
// r.Images. The error names all tasks that cannot be prepared, in their order.
func (r *Runner) Prepare(ctx context.Context, tasks []*suite.Task, subjects []Subject) error {
	info, err := r.Engine.Info(ctx)
	if err != nil {
		return err
	}
	r.isolated = info.Isolated
	images := make([]sandbox.Image, len(tasks))
	waiting := step.Begin(ctx, "preparing", "the tasks' environments")
	defer waiting.End(nil)
	err = each(waiting, "tasks", len(tasks), func(i int) (err error) {
		waiting.Now(tasks[i].ID)
		images[i], err = r.environment(ctx, tasks[i])
		return err
	})
	if err != nil {
		return err
	}
	r.Images = make(map[string]sandbox.Image, len(tasks))
	for i, task := range tasks {
		r.Images[task.ID] = images[i]
	}
	return r.preflight(ctx, tasks, subjects)
}

// each does n things, some of them at once, and returns all their errors in their
// order.
func each(waiting *step.Step, unit step.Unit, n int, do func(int) error) error {
	errs := make([]error, n)
	var done atomic.Int64
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i := range n {
		group.Go(func() error {
			errs[i] = do(i)
			waiting.Of(done.Add(1), int64(n), unit)
			return nil
		})
	}
	return errors.Join(append(errs, group.Wait())...)
}

// environment builds or finds the task's image.
func (r *Runner) environment(ctx context.Context, task *suite.Task) (sandbox.Image, error) {
	var log bytes.Buffer
	image, err := r.Engine.Prepare(ctx, task.Environment, &log)
	if err != nil {
		return image, fmt.Errorf("task %s: preparing environment: %w%s", task.ID, err, tail(log.String()))
	}
	var errs []error
	if r.Record != "" && workdirOf(task, image) == "/" {
		errs = append(errs, fmt.Errorf("task %s: its working directory is /, which cannot be recorded: give it one of its own", task.ID))
	}
	if r.Limits.Verifier == baselines.VerifierFresh && workdirOf(task, image) == "/" {
		errs = append(errs, fmt.Errorf("task %s: its working directory is /, which `verifier: fresh` cannot carry to a new container: use `verifier: shared`, or leave the task out", task.ID))
	}
	return image, errors.Join(errs...)
}

// preflight makes one sandbox per image and agent version, several at once, and runs
// the agent's checks in it.
func (r *Runner) preflight(ctx context.Context, tasks []*suite.Task, subjects []Subject) error {
	type try struct {
		task    *suite.Task
		subject Subject
	}
	var tries []try
	listed := make(map[string]bool)
	for _, task := range tasks {
		for _, s := range subjects {
			key := r.Images[task.ID].ID + " " + s.Variant.Agent.Name + "@" + s.Variant.Agent.Version
			if s.Agent.Preflight != nil && !listed[key] {
				listed[key] = true
				tries = append(tries, try{task, s})
			}
		}
	}
	waiting := step.Begin(ctx, "trying", "whether the agents start")
	defer waiting.End(nil)
	return each(waiting, "images", len(tries), func(i int) error {
		if err := r.check(ctx, tries[i].task, tries[i].subject); err != nil {
			return fmt.Errorf("task %s: %w", tries[i].task.ID, err)
		}
		return nil
	})
}

func (r *Runner) check(ctx context.Context, task *suite.Task, s Subject) (err error) {
	a := &attempt{Runner: r, job: Job{Arm: "preflight", Task: task, Subject: s, Attempt: 1, Try: 1}}
	if err := a.create(ctx); err != nil {
		return fmt.Errorf("creating sandbox: %w", err)
	}
	defer func() {
		clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
		defer cancel()
		err = errors.Join(err, a.remove(clean))
	}()
	for _, c := range s.Agent.Preflight(agent.Start{Task: task, Variant: s.Variant, Path: a.box.Path}) {
		var said bytes.Buffer
		exit, err := a.box.Exec(ctx, sandbox.Command{Argv: c.Argv, Stdout: io.Discard, Stderr: &said})
		if err != nil || exit.Code != 0 {
			return fmt.Errorf("%s%s", c.Hint, tail(said.String()))
		}
	}
	return nil
}

// tail quotes the end of a log for an error message.
func tail(log string) string {
	lines := strings.Split(strings.TrimSpace(log), "\n")
	lines = lines[max(0, len(lines)-8):]
	for i, line := range lines {
		lines[i] = plain.Line(line, 300)
	}
	lines = slices.DeleteFunc(lines, func(l string) bool { return strings.TrimSpace(l) == "" })
	if len(lines) == 0 {
		return ""
	}
	return "\n    " + strings.Join(lines, "\n    ")
}
