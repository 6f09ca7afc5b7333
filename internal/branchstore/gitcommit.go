package branchstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/internal/gitprogram"
	"github.com/benchgate/benchgate/internal/plain"
)

// Commit implements [Branch].
func (g *Git) Commit(ctx context.Context, on Tip, c Change) error {
	if err := g.commit(ctx, on, c); err != nil {
		return fmt.Errorf("writing %s: %w", g, err)
	}
	return nil
}

func (g *Git) commit(ctx context.Context, on Tip, c Change) error {
	remote, err := g.findRemote(ctx)
	if err != nil {
		return err
	}
	if remote == "" {
		if err := g.notCheckedOut(ctx); err != nil {
			return err
		}
	}
	tree, err := g.tree(ctx, on, c)
	if err != nil {
		return err
	}
	commit, err := g.commitTree(ctx, on, tree, c.Message)
	if err != nil {
		return err
	}
	if remote == "" {
		return g.move(ctx, on, commit)
	}
	return g.push(ctx, remote, on, commit)
}

// notCheckedOut refuses to move a branch under a working tree, where the commit
// would look as if the user had undone it.
func (g *Git) notCheckedOut(ctx context.Context) error {
	out, err := g.git(ctx, nil, "worktree", "list", "--porcelain")
	if err != nil {
		return err
	}
	if slices.Contains(strings.Split(out, "\n"), "branch "+g.ref()) {
		return fmt.Errorf("it is checked out in a working tree: switch that to another branch")
	}
	return nil
}

// tree writes the changed files and their tree, by an index of its own.
func (g *Git) tree(ctx context.Context, on Tip, c Change) (string, error) {
	scratch, err := os.MkdirTemp("", "benchgate-index-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(scratch)
	env := []string{"GIT_INDEX_FILE=" + filepath.Join(scratch, "index")}
	from := "--empty"
	if on.Commit != "" {
		from = on.Commit
	}
	if _, err := g.gitWith(ctx, nil, env, "read-tree", from); err != nil {
		return "", err
	}
	var lines bytes.Buffer
	for _, path := range c.Delete {
		fmt.Fprintf(&lines, "0 %s\t%s\x00", strings.Repeat("0", len(on.Commit)), path)
	}
	for _, path := range slices.Sorted(maps.Keys(c.Put)) {
		id, err := g.blob(ctx, c.Put[path])
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&lines, "100644 %s\t%s\x00", id, path)
	}
	if _, err := g.gitWith(ctx, nonNil(lines.Bytes()), env, "update-index", "-z", "--index-info"); err != nil {
		return "", err
	}
	tree, err := g.gitWith(ctx, nil, env, "write-tree")
	return strings.TrimSpace(tree), err
}

// blob writes a content, once.
func (g *Git) blob(ctx context.Context, content []byte) (string, error) {
	key := BlobID(content, 40)
	g.mu.Lock()
	id := g.blobs[key]
	g.mu.Unlock()
	if id != "" {
		return id, nil
	}
	out, err := g.git(ctx, nonNil(content), "hash-object", "-w", "--stdin")
	if err != nil {
		return "", err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.blobs[key] = strings.TrimSpace(out)
	return g.blobs[key], nil
}

func nonNil(content []byte) []byte { return append([]byte{}, content...) }

// commitTree makes the commit, in the user's name where git knows it.
func (g *Git) commitTree(ctx context.Context, on Tip, tree, message string) (string, error) {
	args := []string{"commit-tree", tree, "-F", "-"}
	if on.Commit != "" {
		args = append(args, "-p", on.Commit)
	}
	var env []string
	if !g.knowsCommitter(ctx) {
		env = []string{
			"GIT_AUTHOR_NAME=benchgate", "GIT_AUTHOR_EMAIL=benchgate@localhost",
			"GIT_COMMITTER_NAME=benchgate", "GIT_COMMITTER_EMAIL=benchgate@localhost",
		}
	}
	commit, err := g.gitWith(ctx, []byte(message), env, args...)
	return strings.TrimSpace(commit), err
}

func (g *Git) knowsCommitter(ctx context.Context) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.ident == nil {
		_, err := g.git(ctx, nil, "var", "GIT_COMMITTER_IDENT")
		known := err == nil
		g.ident = &known
	}
	return *g.ident
}

// move sets the branch of this repository, if it still is where it was.
func (g *Git) move(ctx context.Context, on Tip, commit string) error {
	was := on.Commit
	if was == "" {
		was = strings.Repeat("0", len(commit)) // it must not exist
	}
	_, err := g.git(ctx, nil, "update-ref", "-m", "benchgate", g.ref(), commit, was)
	var failure *gitprogram.Failure
	if errors.As(err, &failure) && strings.Contains(failure.Said, "cannot lock ref") {
		return ErrMoved
	}
	return err
}

// push sets the branch of the remote, if it still is where it was. When that
// fails in a way that tells nothing, the remote is asked what became of it.
func (g *Git) push(ctx context.Context, remote string, on Tip, commit string) error {
	_, err := g.git(ctx, nil, "-c", "push.gpgSign=false", "push", "--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no",
		"--force-with-lease="+g.ref()+":"+on.Commit, remote, commit+":"+g.ref())
	if err == nil {
		g.remember(ctx, commit)
		return nil
	}
	now, lost := g.onRemote(ctx, remote)
	switch {
	case lost != nil:
		return err
	case now == commit:
		g.remember(ctx, commit)
		return nil
	case now != on.Commit:
		return ErrMoved
	}
	return refusedPush(err)
}

// pushRefused is what "git push --porcelain" prints of a branch that was not
// moved.
var pushRefused = regexp.MustCompile(`(?m)^!\t\S*\t(\[(?:remote )?rejected\]) \((.*)\)$`)

// protected are words with which servers refuse to move a branch because of a
// rule: GitHub's GH006 and GH013, and what hooks of others say.
var protected = regexp.MustCompile(`(?i)protected branch|rule violations|hook declined|not allowed to push`)

// racing are reasons that pass when another writer is through.
var racing = regexp.MustCompile(`(?i)stale info|fetch first|non-fast-forward|cannot lock ref|failed to update ref|failed to lock|reference already exists|incorrect old value`)

// refusedPush is the error of a push after which the branch is where it was.
func refusedPush(err error) error {
	var failure *gitprogram.Failure
	if !errors.As(err, &failure) {
		return err
	}
	reason := pushRefused.FindStringSubmatch(failure.Stdout)
	said := failure.Said
	if reason != nil {
		said = reason[2] + "; " + said
	}
	said = plain.Line(said, 600)
	switch {
	case protected.MatchString(said):
		return fmt.Errorf("%w: %s", ErrProtected, said)
	case reason != nil && racing.MatchString(reason[2]):
		return ErrMoved
	}
	return fmt.Errorf("git push: %s: you need the right to push to it", said)
}
