package process

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"syscall"
	"time"
)

// StopTree implements sandbox.Sandbox.
func (d *directory) StopTree(ctx context.Context, pid int, grace time.Duration) error {
	members := map[int]bool{pid: true}
	if err := grow(ctx, members); err != nil {
		return err
	}
	if grace > 0 {
		signalEach(members, syscall.SIGTERM)
	}
	waiting, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	for syscall.Kill(pid, 0) == nil && pause(waiting) == nil {
	}
	if err := grow(ctx, members); err != nil {
		return err
	}
	signalEach(members, syscall.SIGKILL)
	return nil
}

// grow adds the descendants of the members.
func grow(ctx context.Context, members map[int]bool) error {
	parents, err := parents(ctx)
	if err != nil {
		return fmt.Errorf("reading the process table: %w", err)
	}
	for more := true; more; {
		more = false
		for pid, parent := range parents {
			if members[parent] && !members[pid] {
				members[pid], more = true, true
			}
		}
	}
	return nil
}

func signalEach(members map[int]bool, sig syscall.Signal) {
	for _, pid := range slices.Collect(maps.Keys(members)) {
		_ = syscall.Kill(pid, sig) // one that has just ended is no mistake
	}
}
