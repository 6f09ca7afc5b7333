package process

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"syscall"
	"time"
)

// rootVariable is in every command's environment, where it tells the task's
// scripts the sandbox's root, and us whose process it is.
const rootVariable = "BENCHGATE_ROOT"

// between is the pause between two looks at the process table.
const between = 20 * time.Millisecond

// StopProcesses implements sandbox.Sandbox. On Linux it finds processes by
// their environment too, so that leaving the process group does not help;
// dropping the environment as well would. On macOS it knows process groups
// only.
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

// killAll kills until nothing lives: what forks while it is looked for is
// found at the next look.
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

// signal has no error: a group that is gone is what it is for.
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
