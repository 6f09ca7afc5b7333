package process

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"syscall"
	"time"
)

// rootVariable is in every command's environment. It tells the task's scripts
// the sandbox's root, and livingGroups which sandbox a process belongs to.
const rootVariable = "BENCHGATE_ROOT"

// between is the pause before the process table is read again.
const between = 20 * time.Millisecond

// StopProcesses implements sandbox.Sandbox. On Linux it finds processes by their
// environment, too, so it misses only one that has left its process group and has
// cleared its environment. On macOS it misses all that have left their group.
func (d *directory) StopProcesses(ctx context.Context, grace time.Duration) error {
	if grace > 0 {
		d.terminate(ctx, grace)
	}
	return killAll(ctx, d.living)
}

// terminate asks all processes to end, once, and waits until they have, at
// most grace.
func (d *directory) terminate(ctx context.Context, grace time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	signal(d.living(), syscall.SIGTERM)
	for len(d.living()) > 0 && pause(ctx) == nil {
	}
}

// living returns the process groups of this sandbox that have members.
func (d *directory) living() []int {
	d.mu.Lock()
	followed := slices.Collect(maps.Keys(d.groups))
	d.mu.Unlock()
	return livingGroups(followed, d.root)
}

// killAll kills groups until none is left. It repeats because a process can fork
// while the process table is read.
func killAll(ctx context.Context, living func() []int) error {
	for {
		groups := living()
		if len(groups) == 0 {
			return nil
		}
		signal(groups, syscall.SIGKILL)
		if err := pause(ctx); err != nil {
			return fmt.Errorf("killing process groups %v: %w", groups, err)
		}
	}
}

// killMarked kills what commands of any sandbox below dir have started.
func killMarked(ctx context.Context, dir string) error {
	return killAll(ctx, func() []int { return livingGroups(nil, dir) })
}

// signal ignores errors: a group that has just ended is no mistake.
func signal(groups []int, sig syscall.Signal) {
	for _, group := range groups {
		_ = syscall.Kill(-group, sig)
	}
}

func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(between):
		return nil
	}
}
