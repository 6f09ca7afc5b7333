package docker

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/filters"
)

const (
	// toldWithin is how long the engine may take to report the end of a
	// container whose processes are gone: on a busy machine, some seconds.
	toldWithin = 10 * time.Second

	// lookAgain is the pause between two looks at a container that does not
	// show its main process.
	lookAgain = 100 * time.Millisecond

	// unseenWithin is how long a container that the engine calls running counts
	// as ending when its processes cannot be listed, as on a machine without ps.
	unseenWithin = 2 * time.Second

	// lateReport is how long the report of a memory kill may come after that of
	// the main process's end.
	lateReport = 300 * time.Millisecond
)

// Fate implements sandbox.Sandbox. The engine's state of a container comes too
// late: a command of a killed container can end, and further ones be started and
// fail, while the engine still calls the container running. So a container lives
// when its main process is seen to, and otherwise Fate waits for the engine's
// events to say how it ended.
func (b *box) Fate(ctx context.Context) (sandbox.Fate, error) {
	b.mu.Lock()
	started, broken, failure := b.started, b.broken, b.failure
	b.mu.Unlock()
	switch {
	case failure != nil:
		return sandbox.Fate{}, failure
	case broken != "":
		return sandbox.Fate{Kind: sandbox.Broken, Detail: broken}, nil
	}
	if b.look(ctx, started) == seen {
		return sandbox.Fate{Kind: sandbox.Lives}, nil
	}
	limited, cancel := context.WithTimeout(ctx, toldWithin)
	defer cancel()
	reports, errs := b.engine.api.Events(limited, events.ListOptions{
		Since: fmt.Sprintf("%d.%09d", started.Unix(), started.Nanosecond()),
		Filters: filters.NewArgs(
			filters.Arg("container", b.id),
			filters.Arg("event", string(events.ActionKill)),
			filters.Arg("event", string(events.ActionOOM)),
			filters.Arg("event", string(events.ActionDie)),
			filters.Arg("event", string(events.ActionDestroy)),
		),
	})
	var told story
	unseen := time.Now().Add(unseenWithin)
	for over := (<-chan time.Time)(nil); ; {
		select {
		case report := <-reports:
			if told.add(report) && over == nil {
				over = time.After(lateReport)
			}
		case <-over:
			return told.fate(), nil
		case err := <-errs:
			return b.untold(ctx, limited, told, err)
		case <-time.After(lookAgain):
			looks := b.look(ctx, started)
			if looks == seen || looks == unseeable && time.Now().After(unseen) {
				return sandbox.Fate{Kind: sandbox.Lives}, nil
			}
		}
	}
}

// untold is the fate of a container whose end no event told of in time.
func (b *box) untold(ctx, limited context.Context, told story, err error) (sandbox.Fate, error) {
	switch {
	case ctx.Err() != nil:
		return sandbox.Fate{}, ctx.Err()
	case limited.Err() == nil:
		return sandbox.Fate{}, failed("asking what became of the sandbox", err)
	}
	if _, err := b.engine.api.ContainerInspect(ctx, b.id); err != nil && !errdefs.IsNotFound(err) {
		return sandbox.Fate{}, failed("asking what became of the sandbox", err)
	}
	return told.fate(), nil
}

// story is what the engine's events tell of a container since it was started.
type story struct {
	signal                    string // of the last kill that somebody asked the engine for; empty: none
	overMemory, died, removed bool
	exitCode                  string // of the main process
}

// add reports whether the container has ended.
func (s *story) add(r events.Message) bool {
	switch r.Action {
	case events.ActionKill:
		s.signal = r.Actor.Attributes["signal"]
	case events.ActionOOM:
		s.overMemory = true
	case events.ActionDie:
		s.died, s.exitCode = true, r.Actor.Attributes["exitCode"]
	case events.ActionDestroy:
		s.removed = true
	}
	return s.died || s.removed
}

// fate judges the story of a container that does not live. The engine reports
// every signal that it was asked to send, before the end that comes of it. No
// signal of benchgate's own is among them: it sends signals only to restart a
// container, which begins a new story, and to remove it, which ends the last.
func (s *story) fate() sandbox.Fate {
	switch {
	case s.signal != "":
		return sandbox.Fate{Kind: sandbox.EndedOutside, Detail: "signal " + s.signal}
	case s.removed:
		return sandbox.Fate{Kind: sandbox.EndedOutside, Detail: "removed"}
	case s.died && s.overMemory && s.exitCode == strconv.Itoa(killed):
		return sandbox.Fate{Kind: sandbox.OverMemory}
	case s.died:
		return sandbox.Fate{Kind: sandbox.EndedItself, Detail: "exit code " + s.exitCode}
	default:
		return sandbox.Fate{Kind: sandbox.EngineLost}
	}
}
