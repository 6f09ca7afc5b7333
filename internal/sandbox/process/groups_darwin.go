package process

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"syscall"
)

// livingGroups returns the groups among those followed that have members. It
// does not look for dir in the environment of processes, as on Linux: macOS shows
// that only to programs with special rights.
func livingGroups(followed []int, _ string) []int {
	var groups []int
	for _, group := range followed {
		if syscall.Kill(-group, 0) != syscall.ESRCH {
			groups = append(groups, group)
		}
	}
	return groups
}

// parents returns the parent of each process of this machine.
func parents(ctx context.Context) (map[int]int, error) {
	out, err := exec.CommandContext(ctx, "/bin/ps", "-axo", "pid=,ppid=").Output()
	if err != nil {
		return nil, fmt.Errorf("running ps: %w", err)
	}
	found := make(map[int]int)
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		var pid, parent int
		if _, err := fmt.Sscan(lines.Text(), &pid, &parent); err == nil {
			found[pid] = parent
		}
	}
	return found, nil
}
