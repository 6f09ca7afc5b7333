package suite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/gitprogram"
)

// LoadOptions are what loading needs from outside.
type LoadOptions struct {
	// Lookup gives host variables that tasks take into their environment, and the
	// token for private git sources.
	// With nil, templates stay as they are and none is missed: enough to lock
	// or list a suite, not to run it.
	Lookup func(name string) (value string, ok bool)

	// CacheDir keeps what git sources brought, by URL and commit. It is
	// needed only when there are git sources.
	CacheDir string

	// SolvedAt is from when a task is solved; nil: when its reward is 1 or more.
	SolvedAt *baselines.SolvedAt

	// Exclude are tasks that are not read, by id (patterns of [path.Match]). One that
	// matches nothing is an error.
	Exclude []string

	// SkipRefused leaves out tasks that are refused and says so in [Suite.Skipped];
	// else they are errors.
	SkipRefused bool

	// Skipped are tasks that are not read because a lock says that they were refused.
	Skipped []SkippedTask

	Log *slog.Logger // nil: silent
}

// Load reads every task of the sources. Relative paths start at base, the
// configuration's directory. The error holds everything that is wrong with
// any of them.
func Load(ctx context.Context, base, name string, sources []Source, opts LoadOptions) (*Suite, error) {
	base, err := filepath.Abs(base)
	if err != nil {
		return nil, fmt.Errorf("resolving %s: %w", base, err)
	}
	log := opts.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	l := &loading{unused: slices.Clone(opts.Exclude), base: base, opts: opts, cache: gitCache{dir: opts.CacheDir, log: log, access: gitprogram.FindAccess(opts.Lookup)}, first: make(map[string]string)}
	s := &Suite{Name: name, SolvedAt: withoutDefault(opts.SolvedAt)}
	if len(sources) == 0 {
		l.errs = append(l.errs, errors.New("the suite has no tasks: list some under suite.tasks"))
	}
	for _, src := range sources {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s.Tasks = append(s.Tasks, l.source(ctx, src)...)
	}
	for _, pattern := range l.unused {
		l.errs = append(l.errs, fmt.Errorf("suite.exclude: no task has the id %q", pattern))
	}
	if len(s.Tasks) == 0 && len(l.errs) == 0 {
		l.errs = append(l.errs, errors.New("the suite has no tasks left: all are excluded or refused"))
	}
	if err := errors.Join(l.errs...); err != nil {
		return nil, err
	}
	s.Skipped = l.skipped
	for _, t := range s.Tasks {
		t.Tests.SolvedAt = s.SolvedAt
	}
	return s, nil
}

// withoutDefault is nil for what is the default: so the digest of a suite that says it
// is that of one that says nothing.
func withoutDefault(s *baselines.SolvedAt) *baselines.SolvedAt {
	if s == nil || *s == (baselines.SolvedAt{Key: baselines.SolvedKey, Min: baselines.SolvedMin}) {
		return nil
	}
	return s
}

// loading collects what is wrong over all sources.
type loading struct {
	base  string
	opts  LoadOptions
	cache gitCache
	first map[string]string // where an id was met first
	errs  []error

	unused  []string // of the patterns in Exclude
	skipped []SkippedTask
}

func (l *loading) source(ctx context.Context, src Source) []*Task {
	if err := src.validate(); err != nil {
		l.errs = append(l.errs, err)
		return nil
	}
	root := l.base
	if src.Git != "" {
		var err error
		if root, src.Commit, err = l.cache.checkout(ctx, l.base, src); err != nil {
			l.errs = append(l.errs, err)
			return nil
		}
	}
	dirs, err := expand(root, src)
	if err != nil {
		l.errs = append(l.errs, err)
		return nil
	}
	var tasks []*Task
	for _, dir := range dirs {
		if t := l.task(root, dir, src); t != nil {
			tasks = append(tasks, t)
		}
	}
	return tasks
}

func (l *loading) task(root, dir string, src Source) *Task {
	src.Path = relativeTo(root, dir)
	if l.leaves(filepath.Base(dir)) {
		return nil
	}
	t, err := readTask(dir, src.String(), src, l.opts.Lookup)
	if err != nil && l.opts.SkipRefused {
		l.skipped = append(l.skipped, SkippedTask{ID: filepath.Base(dir), Why: err.Error()})
		return nil
	}
	if err != nil {
		l.errs = append(l.errs, err)
		return nil
	}
	if where, twice := l.first[t.ID]; twice {
		l.errs = append(l.errs, fmt.Errorf("%s: another task has the id %q: %s; rename one directory", src, t.ID, where))
		return nil
	}
	l.first[t.ID] = src.String()
	return t
}

// leaves reports whether a task is excluded, or was refused when the lock was written.
func (l *loading) leaves(id string) bool {
	left := slices.ContainsFunc(l.opts.Skipped, func(s SkippedTask) bool { return s.ID == id })
	for _, pattern := range l.opts.Exclude {
		if matched, err := path.Match(pattern, id); err != nil || !matched {
			continue // a pattern that is none matches nothing, which is told
		}
		left = true
		l.unused = slices.DeleteFunc(l.unused, func(unused string) bool { return unused == pattern })
	}
	return left
}

// expand returns the directories a source names, absolute and sorted.
func expand(root string, src Source) ([]string, error) {
	at := filepath.FromSlash(src.Path)
	if !filepath.IsAbs(at) {
		at = filepath.Join(root, at)
	}
	if !hasWildcard(src.Path) {
		if _, err := os.Stat(at); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s: there is no such directory", src)
		}
		return []string{filepath.Clean(at)}, nil
	}
	matches, err := filepath.Glob(at)
	if err != nil {
		return nil, fmt.Errorf("expanding %s: %w", src, err)
	}
	var dirs []string
	for _, m := range matches {
		if formOf(m) != "" {
			dirs = append(dirs, m)
		}
	}
	if len(dirs) == 0 {
		return nil, fmt.Errorf("%s: no directory with a task.toml or task.yaml matches", src)
	}
	return dirs, nil
}

// relativeTo names a directory as a source does: by its path below root where
// it lies there.
func relativeTo(root, dir string) string {
	rel, err := filepath.Rel(root, dir)
	if err != nil {
		return filepath.ToSlash(dir)
	}
	return filepath.ToSlash(rel)
}
