package branchstore

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/benchgate/benchgate/internal/gitprogram"
	"github.com/benchgate/benchgate/internal/plain"
)

// Git is a branch through the git program: that of the remote "origin" of a
// repository on this machine or, where there is none, that of the repository
// itself. Nothing is checked out, and the user's index and working tree are left
// alone. What is fetched of a remote stays in the repository, with its history.
type Git struct {
	dir, name string

	mu     sync.Mutex        // guards what follows
	remote *string           // "origin", empty for none; nil: not looked for yet
	tip    Tip               // the last one that was listed
	blobs  map[string]string // ids of contents that were written, by their SHA-1 ids
	ident  *bool             // git knows in whose name to commit; nil: not asked yet
}

var _ Branch = (*Git)(nil)

// origin is the remote whose branch is used.
const origin = "origin"

// NewGit returns the branch of the repository that the directory is in, which is
// looked for when the branch is used first.
func NewGit(dir, name string) *Git { return &Git{dir: dir, name: name, blobs: make(map[string]string)} }

// String implements [Branch].
func (g *Git) String() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.remote == nil || *g.remote == "" {
		return "branch " + g.name
	}
	return "branch " + g.name + " of " + *g.remote
}

func (g *Git) ref() string      { return "refs/heads/" + g.name }
func (g *Git) tracking() string { return "refs/remotes/" + origin + "/" + g.name }

// Tip implements [Branch].
func (g *Git) Tip(ctx context.Context) (Tip, error) {
	tip, err := g.readTip(ctx)
	if err != nil {
		return Tip{}, fmt.Errorf("reading %s: %w", g, err)
	}
	return tip, nil
}

func (g *Git) readTip(ctx context.Context) (Tip, error) {
	remote, err := g.findRemote(ctx)
	if err != nil {
		return Tip{}, err
	}
	var commit string
	if remote == "" {
		commit, err = g.local(ctx)
	} else {
		commit, err = g.fetch(ctx, remote)
	}
	if err != nil || commit == "" {
		return Tip{}, err
	}
	return g.list(ctx, commit)
}

// findRemote is "origin" where the repository has it, else empty.
func (g *Git) findRemote(ctx context.Context) (string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.remote != nil {
		return *g.remote, nil
	}
	names, err := g.git(ctx, nil, "remote")
	var failure *gitprogram.Failure
	switch {
	case errors.As(err, &failure) && strings.Contains(failure.Said, "not a git repository"):
		return "", fmt.Errorf("%s is in no git repository: keep baselines in one (git init), or in a directory (baselines: {dir: ...})", g.dir)
	case err != nil:
		return "", err
	}
	remote := ""
	for name := range strings.Lines(names) {
		if strings.TrimSpace(name) == origin {
			remote = origin
		}
	}
	g.remote = &remote
	return remote, nil
}

// local is the tip's commit in this repository; empty when there is no such
// branch.
func (g *Git) local(ctx context.Context) (string, error) {
	out, err := g.git(ctx, nil, "for-each-ref", "--format=%(objectname) %(refname)", g.ref())
	for line := range strings.Lines(out) {
		if commit, ref, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " "); ref == g.ref() {
			return commit, nil
		}
	}
	return "", err
}

// fetch is the tip's commit on the remote, which is here then.
func (g *Git) fetch(ctx context.Context, remote string) (string, error) {
	commit, err := g.onRemote(ctx, remote)
	if err != nil || commit == "" || g.has(ctx, commit) {
		return commit, err
	}
	_, err = g.git(ctx, nil, "-c", "gc.auto=0", "-c", "maintenance.auto=false",
		"fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--refmap=", "--no-recurse-submodules", remote, commit)
	if err != nil && ctx.Err() == nil && !g.has(ctx, commit) {
		// Some servers give out branches by their names only. The branch may have
		// moved on since; what it was is in its history then.
		_, err = g.git(ctx, nil, "-c", "gc.auto=0", "-c", "maintenance.auto=false",
			"fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--refmap=", "--no-recurse-submodules", remote, g.ref())
	}
	if err != nil {
		return "", err
	}
	g.remember(ctx, commit)
	return commit, nil
}

// onRemote asks for the tip's commit; empty when there is no such branch.
func (g *Git) onRemote(ctx context.Context, remote string) (string, error) {
	out, err := g.git(ctx, nil, "ls-remote", "--quiet", remote, g.ref())
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(out) {
		if commit, ref, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t"); ref == g.ref() {
			return commit, nil
		}
	}
	return "", nil
}

func (g *Git) has(ctx context.Context, commit string) bool {
	_, err := g.git(ctx, nil, "cat-file", "-e", commit+"^{commit}")
	return err == nil
}

// remember keeps what was fetched from being fetched again, and from being
// collected as garbage. Another process may be doing the same: either will do.
func (g *Git) remember(ctx context.Context, commit string) {
	_, _ = g.git(ctx, nil, "update-ref", g.tracking(), commit)
}

// list reads which files a commit has.
func (g *Git) list(ctx context.Context, commit string) (Tip, error) {
	g.mu.Lock()
	tip := g.tip
	g.mu.Unlock()
	if tip.Commit == commit {
		return tip, nil
	}
	out, err := g.git(ctx, nil, "ls-tree", "-r", "-l", "-z", "--full-tree", commit)
	if err != nil {
		return Tip{}, err
	}
	tip = Tip{Commit: commit, Files: listed(out)}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tip = tip
	return tip, nil
}

// listed reads what "git ls-tree -r -l -z" prints: "MODE TYPE ID SIZE<tab>PATH",
// each ended by a zero byte.
func listed(out string) []File {
	var files []File
	for record := range strings.SplitSeq(out, "\x00") {
		about, path, _ := strings.Cut(record, "\t")
		fields := strings.Fields(about)
		if len(fields) != 4 {
			continue
		}
		size, err := strconv.ParseInt(fields[3], 10, 64)
		files = append(files, File{
			Path: path, ID: fields[2], Size: size,
			Regular: err == nil && fields[1] == "blob" && strings.HasPrefix(fields[0], "100"),
		})
	}
	return files
}

// Blob implements [Branch].
func (g *Git) Blob(ctx context.Context, f File) ([]byte, error) {
	out, err := g.git(ctx, nil, "cat-file", "blob", f.ID)
	if err != nil {
		return nil, fmt.Errorf("reading %s of %s: %w", f.Path, g, err)
	}
	return []byte(out), nil
}

// git runs one command in the repository. What it says may be a server's words.
func (g *Git) git(ctx context.Context, stdin []byte, args ...string) (string, error) {
	return g.gitWith(ctx, stdin, nil, args...)
}

func (g *Git) gitWith(ctx context.Context, stdin []byte, env []string, args ...string) (string, error) {
	out, err := gitprogram.Run(ctx, gitprogram.Command{Args: args, Dir: g.dir, Stdin: stdin, Env: env})
	if errors.Is(err, gitprogram.ErrNotInstalled) {
		return "", fmt.Errorf("%w: install it, or keep baselines in a directory (baselines: {dir: ...})", err)
	}
	return out, shown(err)
}

// shown makes git's words fit for a place in a message.
func shown(err error) error {
	var failure *gitprogram.Failure
	if errors.As(err, &failure) {
		failure.Said = plain.Line(failure.Said, 600)
	}
	return err
}
