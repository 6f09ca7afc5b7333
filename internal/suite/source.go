package suite

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"path/filepath"
	"strings"
)

// Source says where tasks come from.
type Source struct {
	// Path is a task's directory, or a pattern of [path.Match] for several
	// ("tasks/*"; directories that are no tasks are passed over). It is
	// slash-separated, relative to the configuration's directory or, with
	// Git, to the repository's root.
	Path string

	Git    string // a URL that git understands; empty: the directory is local
	Ref    string // branch, tag or commit; empty: the repository's default branch
	Commit string // 40 hex digits; set: Ref is not asked for again

	Tier Tier // empty: the task's own difficulty, else medium

	// KeepProcesses tells that what the agent left running is part of its answer: it
	// is not ended before the tests.
	KeepProcesses bool
}

// String names the source for messages, without secrets.
func (s Source) String() string {
	if s.Git == "" {
		return s.Path
	}
	at := s.Ref
	if s.Commit != "" {
		at = s.Commit[:min(12, len(s.Commit))]
	}
	if at != "" {
		at = "@" + at
	}
	return redactURL(s.Git) + at + ":" + s.Path
}

// validate refuses values that git would take for an option, paths that lead out
// of the repository, and URLs with a password, which would be written into the
// lock.
func (s Source) validate() error {
	var errs []error
	switch s.Tier {
	case "", Easy, Medium, Hard:
	default:
		errs = append(errs, fmt.Errorf("%s: tier is %q, want easy, medium or hard", s, s.Tier))
	}
	if s.Path == "" {
		errs = append(errs, errors.New("a source has no path"))
	}
	if _, err := path.Match(s.Path, ""); err != nil {
		errs = append(errs, fmt.Errorf("%s: path is no pattern: %w", s, err))
	}
	if s.Git == "" {
		if s.Ref != "" || s.Commit != "" {
			errs = append(errs, fmt.Errorf("%s: ref and commit need git", s))
		}
		return errors.Join(errs...)
	}
	if strings.HasPrefix(s.Git, "-") || strings.HasPrefix(s.Ref, "-") || strings.ContainsAny(s.Ref, " \t\n:^~?*[\\") {
		errs = append(errs, fmt.Errorf("%s: git and ref must name a repository and a branch, tag or commit", s))
	}
	if u, err := url.Parse(s.Git); err == nil && u.User != nil {
		if _, has := u.User.Password(); has || u.Scheme == "https" || u.Scheme == "http" {
			errs = append(errs, fmt.Errorf("%s: the URL carries a secret, which would go into the lock: remove it and let git's credential helper answer", s))
		}
	}
	if s.Commit != "" && !isCommit(s.Commit) {
		errs = append(errs, fmt.Errorf("%s: commit is %q, want 40 hex digits", s, s.Commit))
	}
	if !filepath.IsLocal(filepath.FromSlash(s.Path)) || path.Clean(s.Path) == "." {
		errs = append(errs, fmt.Errorf("%s: path must name a directory inside the repository", s))
	}
	return errors.Join(errs...)
}

func isCommit(s string) bool {
	return len(s) == 40 && strings.Trim(s, "0123456789abcdef") == ""
}

func redactURL(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.User == nil || u.Scheme == "ssh" {
		return s
	}
	u.User = url.User("xxxxx")
	return u.String()
}

// hasWildcard reports whether a path is a pattern.
func hasWildcard(p string) bool { return strings.ContainsAny(p, `*?[\`) }

// fixedPart is the part of a path before the first segment with a wildcard; "."
// when that is the first segment.
func fixedPart(p string) string {
	var fixed []string
	for _, segment := range strings.Split(path.Clean(p), "/") {
		if hasWildcard(segment) {
			break
		}
		fixed = append(fixed, segment)
	}
	return path.Join(append([]string{"."}, fixed...)...)
}
