package check

import (
	"context"
	"os/exec"
	"reflect"
	"strings"

	"github.com/benchgate/benchgate/internal/suite"
)

// note writes a finding into the lock when it is news: checking a suite that is
// as it was changes no file. Dir is in the user's repository, whose commit is
// noted with the finding. A nil lock, or one without the task, stays as it is.
func note(ctx context.Context, lock *suite.Lock, f Finding, dir string) {
	locked := lock.Task(f.Task.ID)
	if locked == nil || same(locked.Check, f.Check) {
		return
	}
	found := f.Check
	found.Commit = commitOf(ctx, dir)
	locked.Check = &found
}

// same tells whether two checks found the same, whenever that was.
func same(had *suite.Check, found suite.Check) bool {
	if had == nil {
		return false
	}
	found.At, found.Commit = had.At, had.Commit
	return reflect.DeepEqual(*had, found)
}

// commitOf is the commit that a directory is at; empty outside a repository.
func commitOf(ctx context.Context, dir string) string {
	cmd := exec.CommandContext(ctx, "git", "rev-parse", "HEAD")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}
