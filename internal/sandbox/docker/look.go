package docker

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/docker/docker/api/types/container"
)

// noteStart notes that benchgate has just started the container. The time is the
// engine's, whose clock its events have too.
func (b *box) noteStart(ctx context.Context) error {
	found, err := b.engine.api.ContainerInspect(ctx, b.id)
	if err != nil {
		return failed("asking when the sandbox was started", err)
	}
	started, err := startOf(found)
	if err != nil {
		return failed("reading when the sandbox was started", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.started = started
	return nil
}

func startOf(found container.InspectResponse) (time.Time, error) {
	return time.Parse(time.RFC3339Nano, found.State.StartedAt)
}

// begun is when benchgate started the container last.
func (b *box) begun() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.started
}

// runsSince reports whether the engine says that the container runs and was not
// started anew since life began.
func (b *box) runsSince(ctx context.Context, life time.Time) bool {
	found, err := b.engine.api.ContainerInspect(ctx, b.id)
	if err != nil || !found.State.Running {
		return false
	}
	started, err := startOf(found)
	return err == nil && started.Equal(life)
}

// sight is what a look at a container shows.
type sight int

const (
	gone      sight = iota // it does not run, or it is another life of it
	unseeable              // the engine says that it runs and cannot list its processes
	seen                   // its main process was seen
)

// look looks at a container's main process. The kernel takes a process that
// begins to end out of the list before it ends the others of its PID namespace,
// so a main process in the list means that no command has ended because of it.
func (b *box) look(ctx context.Context, life time.Time) sight {
	found, err := b.engine.api.ContainerInspect(ctx, b.id)
	if err != nil || !found.State.Running {
		return gone
	}
	if started, err := startOf(found); err != nil || !started.Equal(life) {
		return gone
	}
	top, err := b.engine.api.ContainerTop(ctx, b.id, []string{"-eo", "pid,ppid"})
	if err != nil {
		return unseeable
	}
	main := strconv.Itoa(found.State.Pid)
	if slices.ContainsFunc(top.Processes, func(row []string) bool { return len(row) > 0 && row[0] == main }) {
		return seen
	}
	return gone
}
