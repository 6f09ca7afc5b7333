package trial

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/plain"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/step"
	"github.com/benchgate/benchgate/internal/suite"
)

// Prepare builds or finds every task's image and checks, before any paid
// request, that each subject's agent starts in it. It fills r.Images. The error
// names all tasks that cannot be prepared.
func (r *Runner) Prepare(ctx context.Context, tasks []*suite.Task, subjects []Subject) error {
	info, err := r.Engine.Info(ctx)
	if err != nil {
		return err
	}
	r.isolated = info.Isolated
	r.Images = make(map[string]sandbox.Image, len(tasks))
	var errs []error
	waiting := step.Begin(ctx, "preparing", "the tasks' environments")
	defer waiting.End(nil)
	for i, task := range tasks {
		waiting.Of(int64(i), int64(len(tasks)), "tasks")
		waiting.Now(task.ID)
		var log bytes.Buffer
		image, err := r.Engine.Prepare(ctx, task.Environment, &log)
		if err != nil {
			errs = append(errs, fmt.Errorf("task %s: preparing environment: %w%s", task.ID, err, tail(log.String())))
			continue
		}
		r.Images[task.ID] = image
		if r.Record != "" && workdirOf(task, image) == "/" {
			errs = append(errs, fmt.Errorf("task %s: its working directory is /, which cannot be recorded: give it one of its own", task.ID))
		}
		if r.Limits.Verifier == baselines.VerifierFresh && workdirOf(task, image) == "/" {
			errs = append(errs, fmt.Errorf("task %s: its working directory is /, which `verifier: fresh` cannot carry to a new container: use `verifier: shared`, or leave the task out", task.ID))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return r.preflight(ctx, tasks, subjects)
}

// preflight makes one sandbox per image and agent version and runs the agent's
// checks in it.
func (r *Runner) preflight(ctx context.Context, tasks []*suite.Task, subjects []Subject) error {
	done := make(map[string]bool)
	var errs []error
	waiting := step.Begin(ctx, "trying", "whether the agents start")
	defer waiting.End(nil)
	for i, task := range tasks {
		waiting.Of(int64(i), int64(len(tasks)), "tasks")
		for _, s := range subjects {
			key := r.Images[task.ID].ID + " " + s.Variant.Agent.Name + "@" + s.Variant.Agent.Version
			if s.Agent.Preflight == nil || done[key] {
				continue
			}
			done[key] = true
			if err := r.check(ctx, task, s); err != nil {
				errs = append(errs, fmt.Errorf("task %s: %w", task.ID, err))
			}
		}
	}
	return errors.Join(errs...)
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
