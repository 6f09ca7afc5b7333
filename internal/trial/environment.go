package trial

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/plain"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
)

// environment is one task's, while it is prepared and after. Its fields are guarded
// by the Preparation's mu.
type environment struct {
	task  *suite.Task
	tries int           // to prepare it, the one that goes on now included
	done  chan struct{} // closed when the last of them has ended
	ended bool          // it has
	image sandbox.Image // when it ended well
	err   error
}

func (e *environment) failed() bool { return e.ended && e.err != nil }

// environment builds or finds the task's image.
func (r *Runner) environment(ctx context.Context, task *suite.Task) (sandbox.Image, error) {
	var log bytes.Buffer
	image, err := r.Engine.Prepare(ctx, task.Environment, &log)
	if err != nil {
		return image, fmt.Errorf("preparing environment: %w%s", err, tail(log.String()))
	}
	if workdirOf(task, image) != "/" {
		return image, nil
	}
	if r.Record != "" {
		err = errors.New("its working directory is /, which cannot be recorded: give it one of its own")
	}
	if r.Limits.Verifier == baselines.VerifierFresh {
		err = errors.Join(err, errors.New("its working directory is /, which `verifier: fresh` cannot carry to a new container: use `verifier: shared`, or leave the task out"))
	}
	return image, err
}

// start is whether an agent starts in an image: it is tried once.
type start struct {
	tried sync.Once
	err   error
}

// notStarted is the error of a task in whose image an agent does not start.
type notStarted struct {
	error
	key   string
	start *start
}

func (e *notStarted) Unwrap() error { return e.error }

// tryAgents runs the checks of each subject's agent in the task's image, once per
// image and agent version.
func (p *Preparation) tryAgents(task *suite.Task, image sandbox.Image) error {
	for _, subject := range p.subjects {
		if subject.Agent.Preflight == nil {
			continue
		}
		key := image.ID + " " + subject.Variant.Agent.Name + "@" + subject.Variant.Agent.Version
		s := p.startOf(key)
		s.tried.Do(func() { s.err = p.runner.check(p.ctx, task, image, subject) })
		if s.err != nil {
			return &notStarted{s.err, key, s}
		}
	}
	return nil
}

func (p *Preparation) startOf(key string) *start {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.starts[key] == nil {
		p.starts[key] = new(start)
	}
	return p.starts[key]
}

// check makes a sandbox of the image and runs the agent's checks in it.
func (r *Runner) check(ctx context.Context, task *suite.Task, image sandbox.Image, s Subject) (err error) {
	a := &attempt{Runner: r, image: image, job: Job{Arm: "preflight", Task: task, Subject: s, Attempt: 1, Try: 1}}
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
