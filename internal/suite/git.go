package suite

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/benchgate/benchgate/internal/gitprogram"
	"github.com/benchgate/benchgate/internal/step"
)

// gitCache keeps repositories and checkouts below dir:
//
//	<hash of the URL>/repo.git                     bare; git fetches file contents when they are checked out
//	<hash of the URL>/<commit>/<hash of the path>/ that path at that commit
//
// The hashes are the first 16 hex digits of a SHA-256. A checkout is made in a
// temporary directory and renamed, so that a directory of that name is complete.
//
// It runs the git program and is not written with go-git also because a checkout
// of go-git does not fetch the contents that a partial clone left on the server
// (go-git/go-git#1381): it would fetch the whole data set for one task.
type gitCache struct {
	dir    string
	log    *slog.Logger
	access gitprogram.Access
}

// checkout returns the repository's root at the source's commit, of which only
// the part the source names is there, and that commit. When the source has a
// commit that is in the cache already nothing is asked over the network.
func (c gitCache) checkout(ctx context.Context, base string, src Source) (root, commit string, err error) {
	if c.dir == "" {
		return "", "", fmt.Errorf("%s: a git source needs a cache directory", src)
	}
	remote := remoteURL(base, src.Git)
	home := filepath.Join(c.dir, hashName(remote))
	part := fixedPart(src.Path)
	commit = src.Commit
	if commit == "" && isCommit(src.Ref) {
		commit = src.Ref
	}
	if commit != "" {
		if root := checkoutDir(home, commit, part); isDir(root) {
			return root, commit, nil
		}
	}

	waiting := step.Begin(ctx, "fetching", "tasks of "+src.String())
	defer func() { waiting.End(err) }()
	repo := gitRepo{dir: filepath.Join(home, "repo.git"), step: waiting, remote: remote, access: c.access}
	if err := repo.init(ctx, remote); err != nil {
		return "", "", fmt.Errorf("%s: preparing the cache: %w", src, err)
	}
	if commit == "" {
		commit, err = repo.fetchRef(ctx, src.Ref)
	} else {
		err = repo.fetchCommit(ctx, commit)
	}
	if err != nil {
		return "", "", fmt.Errorf("%s: fetching: %w", src, c.access.Advised(remote, err))
	}
	root = checkoutDir(home, commit, part)
	if isDir(root) {
		return root, commit, nil
	}
	c.log.Debug("checking out tasks", "source", src.String(), "commit", commit)
	if err := repo.export(ctx, commit, part, root); err != nil {
		return "", "", fmt.Errorf("%s: checking out: %w", src, err)
	}
	return root, commit, nil
}

func checkoutDir(home, commit, part string) string {
	return filepath.Join(home, commit, hashName(part))
}

func hashName(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}

// remoteURL makes a relative path absolute, since git runs elsewhere.
func remoteURL(base, git string) string {
	if strings.HasPrefix(git, "./") || strings.HasPrefix(git, "../") {
		return filepath.Join(base, filepath.FromSlash(git))
	}
	return git
}

// gitRepo is a bare repository with the remote "origin".
type gitRepo struct {
	dir    string
	step   *step.Step // is told of git's progress; nil: nobody
	remote string
	access gitprogram.Access
}

func (g gitRepo) init(ctx context.Context, remote string) error {
	if isDir(g.dir) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(g.dir), 0o755); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(filepath.Dir(g.dir), "new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	made := gitRepo{dir: dir}
	if _, err := run(ctx, gitprogram.Command{Args: []string{"init", "--quiet", "--bare", made.dir}}); err != nil {
		return err
	}
	if _, err := made.git(ctx, nil, "remote", "add", "origin", remote); err != nil {
		return err
	}
	return moveIntoPlace(made.dir, g.dir)
}

// fetchRef fetches a branch, a tag or the default branch and returns its
// commit.
func (g gitRepo) fetchRef(ctx context.Context, ref string) (commit string, err error) {
	if ref == "" {
		ref = "HEAD"
	}
	// The commit is kept under a ref of its own, because FETCH_HEAD is
	// overwritten by every other process that fetches into this repository.
	local := "refs/benchgate/" + hashName(ref)
	if err := g.fetch(ctx, "+"+ref+":"+local); err != nil {
		return "", err
	}
	out, err := g.git(ctx, nil, "rev-parse", "--verify", local+"^{commit}")
	return strings.TrimSpace(out), err
}

// fetchCommit fetches one commit, or every branch and tag when the server
// refuses to serve a commit by its id.
func (g gitRepo) fetchCommit(ctx context.Context, commit string) error {
	if g.has(ctx, commit) {
		return nil
	}
	direct := g.fetch(ctx, commit)
	if direct == nil {
		return nil
	}
	if _, err := g.git(ctx, nil, "fetch", "--quiet", "--progress", "origin", "+refs/*:refs/remotes/origin/*"); err != nil {
		return err
	}
	if !g.has(ctx, commit) {
		return direct
	}
	return nil
}

func (g gitRepo) fetch(ctx context.Context, what string) error {
	_, err := g.git(ctx, nil, "fetch", "--quiet", "--progress", "--depth=1", "--filter=blob:none", "origin", what)
	return err
}

func (g gitRepo) has(ctx context.Context, commit string) bool {
	_, err := g.git(ctx, nil, "cat-file", "-e", commit+"^{commit}")
	return err == nil
}

// export writes one path of a commit, as it is stored, to a new directory.
func (g gitRepo) export(ctx context.Context, commit, part, dst string) error {
	if err := os.MkdirAll(filepath.Dir(dst), 0o755); err != nil {
		return err
	}
	made, err := os.MkdirTemp(filepath.Dir(dst), "new-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(made)
	index, err := os.MkdirTemp("", "benchgate-index-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(index)
	env := []string{"GIT_INDEX_FILE=" + filepath.Join(index, "index")}
	_, err = g.git(ctx, env, "-c", "core.autocrlf=false", "-c", "core.symlinks=true", "--work-tree="+made,
		"checkout", "--quiet", "--force", commit, "--", ":(literal)"+part)
	if err != nil {
		return err
	}
	return moveIntoPlace(made, dst)
}

// moveIntoPlace renames a finished directory to dst. When another process has
// made dst meanwhile, its content is the same, and ours is removed.
func moveIntoPlace(made, dst string) error {
	err := os.Rename(made, dst)
	if err != nil && isDir(dst) {
		return os.RemoveAll(made)
	}
	return err
}

func (g gitRepo) git(ctx context.Context, env []string, args ...string) (string, error) {
	return run(ctx, gitprogram.Command{Args: append([]string{"--git-dir=" + g.dir}, args...), Env: env, Step: g.step, Remote: g.remote, Access: g.access})
}

func run(ctx context.Context, c gitprogram.Command) (string, error) {
	out, err := gitprogram.Run(ctx, c)
	if errors.Is(err, gitprogram.ErrNotInstalled) {
		return "", fmt.Errorf("%w: install it (the Action's image has no programs; its variant action-binary runs where git is), or copy the tasks and name them by path", err)
	}
	return out, err
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode()&fs.ModeDir != 0
}
