package trial

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/plain"
	"github.com/benchgate/benchgate/internal/redact"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/tamper"
)

// entrypointTime is how long the agent's start waits for the image's ENTRYPOINT to run
// what it is given, or to end. One that goes on for longer does its work beside the
// agent: it is a service, or prepares much. Neither harness waits at all.
const entrypointTime = 5 * time.Second

// entrypoint is the image's ENTRYPOINT, which runs once in a sandbox, before the agent.
// It ends with the agent's processes, unless those are kept.
type entrypoint struct {
	output *output
	stop   context.CancelFunc
	ended  chan endOf

	failed  string          // why it was no use, for people; empty: nothing is known against it
	changes map[string]bool // paths that it had changed before the agent started
}

// beginEntrypoint runs the image's ENTRYPOINT and waits a moment for it. That it fails
// is the task's matter, and noted: an image can have one that fits only the command
// that it came with. An error means that the infrastructure failed.
func (a *attempt) beginEntrypoint(ctx context.Context) error {
	if len(a.image.Entrypoint) == 0 {
		return nil
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	e := &entrypoint{output: newOutput(), stop: stop, ended: make(chan endOf, 1)}
	waits := make(chan struct{})
	spec := a.entrypointSpec()
	spec.Output, spec.Waits = e.output, func() { close(waits) }
	go func() {
		exit, err := a.box.RunEntrypoint(running, spec)
		e.ended <- endOf{exit, err}
	}()
	a.entrypoint = e
	timer := time.NewTimer(entrypointTime)
	defer timer.Stop()
	select {
	case <-waits:
	case <-timer.C:
	case <-ctx.Done():
		return ctx.Err()
	case how := <-e.ended:
		e.ended <- how // for end
		return a.entrypointEnded(how)
	}
	return nil
}

// entrypointSpec is as the harnesses have it: the main process of the container, for
// which only a compose file can name another user than the image's.
func (a *attempt) entrypointSpec() sandbox.Entrypoint {
	task := a.job.Task
	if task.Form == suite.TerminalBench1 {
		return sandbox.Entrypoint{User: cmp.Or(task.AgentUser, a.image.User, "root"), Workdir: a.workdir}
	}
	return sandbox.Entrypoint{User: cmp.Or(a.image.User, "root"), Workdir: a.image.Workdir}
}

// maxEntrypointText is how much a record has of what an ENTRYPOINT printed, in bytes.
const maxEntrypointText = 200

// entrypointEnded is for one that ended before it ran what it was given.
func (a *attempt) entrypointEnded(how endOf) error {
	switch e := a.entrypoint; {
	case errors.Is(how.err, sandbox.ErrUnsupported):
		e.failed = "the image's ENTRYPOINT was not run: this sandbox has no image"
	case how.err != nil:
		return fmt.Errorf("running the image's ENTRYPOINT: %w", how.err)
	default:
		e.failed = fmt.Sprintf("the image's ENTRYPOINT ended with exit code %d and did not run the command that it was given", how.exit.Code)
		said := strings.TrimSpace(redact.String(e.output.text(), a.secrets()))
		if last := said[strings.LastIndexByte(said, '\n')+1:]; last != "" {
			e.failed += ": " + plain.Line(last, maxEntrypointText)
		}
	}
	a.flag(baselines.EntrypointFailed)
	a.log.Warn("the task's environment may not be whole", "why", a.entrypoint.failed)
	return nil
}

// end is for when the sandbox is no more, or not to be used any more; nil has none.
func (e *entrypoint) end() {
	if e == nil {
		return
	}
	e.stop()
	e.ended <- <-e.ended
}

// noteEntrypointChanges notes what the ENTRYPOINT has changed, so that it is not taken
// for the agent's doing.
func (a *attempt) noteEntrypointChanges(ctx context.Context) error {
	if a.entrypoint == nil || !a.isolated {
		return nil
	}
	a.entrypoint.changes = make(map[string]bool)
	err := a.box.Changes(ctx, func(c tamper.Change) { a.entrypoint.changes[c.Path] = true })
	if err != nil && !errors.Is(err, sandbox.ErrUnsupported) {
		return fmt.Errorf("noting what the image's ENTRYPOINT changed: %w", err)
	}
	return nil
}

// withEntrypoint grades a change down that the ENTRYPOINT had made: whether the agent
// changed the same once more is not known, so it is only a reason to verify again.
func (a *attempt) withEntrypoint(found []tamper.Finding) []tamper.Finding {
	if a.entrypoint == nil {
		return found
	}
	var graver, others []tamper.Finding
	for _, f := range found {
		if a.entrypoint.changes[f.Path] {
			f.Grade = min(f.Grade, tamper.Suspect)
		}
		if f.Grade == tamper.Tampered {
			graver = append(graver, f)
		} else {
			others = append(others, f)
		}
	}
	return append(graver, others...)
}
