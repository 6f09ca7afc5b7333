package suite

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// Verify compares a loaded suite with its lock. Its error names every task that
// is not as it was locked, and each of its files that changed, was added or was
// removed; nil when nothing differs.
func (l *Lock) Verify(s *Suite) error {
	var errs []error
	if was, is := l.SolvedAt.String(), s.SolvedAt.String(); was != is {
		errs = append(errs, fmt.Errorf("a task is solved at %s (suite.solved_at), was %s", is, was))
	}
	for _, t := range s.Tasks {
		locked := l.Task(t.ID)
		if locked == nil {
			errs = append(errs, fmt.Errorf("task %s is not in the lock", t.ID))
			continue
		}
		if differs := locked.compare(t); len(differs) > 0 {
			errs = append(errs, fmt.Errorf("task %s differs from the lock: %s", t.ID, strings.Join(differs, ", ")))
		}
	}
	for _, locked := range l.Tasks {
		if s.ByID(locked.ID) == nil {
			errs = append(errs, fmt.Errorf("task %s is in the lock and not in the suite", locked.ID))
		}
	}
	if len(errs) == 0 {
		return nil
	}
	return errors.Join(append(errs, errors.New("if this is meant, run benchgate lock; results before and after are not comparable"))...)
}

func (locked *LockedTask) compare(t *Task) []string {
	var differs []string
	if locked.Form != t.Form {
		differs = append(differs, fmt.Sprintf("its form is %s, was %s", t.Form, locked.Form))
	}
	if locked.Tier != t.Tier {
		differs = append(differs, fmt.Sprintf("its tier is %s, was %s", t.Tier, locked.Tier))
	}
	if locked.Commit != t.Source.Commit {
		differs = append(differs, fmt.Sprintf("its commit is %.12s, was %.12s", orNone(t.Source.Commit), orNone(locked.Commit)))
	}
	if locked.Digest == t.Digest {
		return differs
	}
	differs = append(differs, changedFiles(locked.Files, t.Files)...)
	if locked.coversIgnoreFiles() {
		differs = append(differs, "and "+harborIgnoreFile+" counts since then, as in Harbor: a baseline that was stored before must be measured anew")
	}
	return differs
}

// coversIgnoreFiles tells that the lock was written when .harborignore meant nothing.
func (locked *LockedTask) coversIgnoreFiles() bool {
	for name := range locked.Files {
		if locked.Form == Harbor && path.Base(name) == harborIgnoreFile {
			return true
		}
	}
	return false
}

func orNone(commit string) string {
	if commit == "" {
		return "none"
	}
	return commit
}

// changedFiles names every file in which two lists differ, in the order of
// paths.
func changedFiles(was map[string]string, is []pinnedFile) []string {
	now := make(map[string]string, len(is))
	for _, f := range is {
		now[f.Path] = f.SHA256
	}
	both := maps.Clone(was)
	maps.Copy(both, now)
	var out []string
	for _, name := range slices.Sorted(maps.Keys(both)) {
		switch _, had := was[name]; {
		case !had:
			out = append(out, name+" was added")
		case now[name] == "":
			out = append(out, name+" was removed")
		case now[name] != was[name]:
			out = append(out, name+" changed")
		}
	}
	return out
}

// underPattern reports whether a task's path is one that a source's path
// names.
func underPattern(pattern, p string) bool {
	if path.Clean(pattern) == p {
		return true
	}
	ok, err := path.Match(pattern, p)
	return err == nil && ok
}
