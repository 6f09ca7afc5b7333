package pullrequest

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/google/go-github/v62/github"
)

// File is a regular file of a commit.
type File struct {
	Text       []byte
	Executable bool
}

// ErrTooLarge is the error of something that is larger than was asked for.
var ErrTooLarge = errors.New("it is too large")

// File reads one regular file of a commit, as data, without a working tree. The
// path is slash-separated from the repository's root. It is an error that wraps
// [fs.ErrNotExist] where there is none, [fs.ErrInvalid] where the path leads to or
// through something else, such as a link or a submodule, and [ErrTooLarge] above
// most bytes.
func (r *Repository) File(ctx context.Context, commit, name string, most int) (File, error) {
	entry, err := r.lookUp(ctx, newTrees(r.client, commit), name)
	if err != nil {
		return File{}, err
	}
	switch {
	case entry.GetType() != "blob" || entry.GetMode() != "100644" && entry.GetMode() != "100755":
		return File{}, fmt.Errorf("reading %q of commit %s: it is no regular file: %w", name, short(commit), fs.ErrInvalid)
	case entry.GetSize() > most:
		return File{}, fmt.Errorf("reading %q of commit %s: it has %d bytes, of at most %d: %w", name, short(commit), entry.GetSize(), most, ErrTooLarge)
	}
	text, err := r.blob(ctx, entry.GetSHA(), most)
	if err != nil {
		return File{}, err
	}
	return File{Text: text, Executable: entry.GetMode() == "100755"}, nil
}

func (c *client) lookUp(ctx context.Context, t *trees, name string) (*github.TreeEntry, error) {
	if !fs.ValidPath(name) || name == "." {
		return nil, fmt.Errorf("reading %q of commit %s: it is no path below the repository's root: %w", name, short(t.commit), fs.ErrInvalid)
	}
	entry, err := t.find(ctx, name)
	if err == nil && entry == nil {
		err = fmt.Errorf("reading %q of commit %s: %w", name, short(t.commit), fs.ErrNotExist)
	}
	return entry, err
}

func (c *client) blob(ctx context.Context, sha string, most int) ([]byte, error) {
	blob, _, err := c.api.Git.GetBlob(ctx, c.owner, c.repo, sha)
	if err != nil {
		return nil, c.refused(err, readingContents)
	}
	if blob.GetEncoding() != "base64" {
		return nil, fmt.Errorf("reading a file: GitHub sends it as %q, want base64", blob.GetEncoding())
	}
	text, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(blob.GetContent(), "\n", ""))
	if err != nil {
		return nil, fmt.Errorf("reading a file: %w", err)
	}
	if len(text) > most {
		return nil, fmt.Errorf("reading a file: %w", ErrTooLarge)
	}
	return text, nil
}

var readingContents = action{"reading files of a commit", "contents: read"}

// existing says which of the paths are regular files of a commit.
func (c *client) existing(ctx context.Context, commit string, paths []string) (map[string]bool, error) {
	t := newTrees(c, commit)
	there := make(map[string]bool)
	for _, name := range paths {
		if _, known := there[name]; known || !fs.ValidPath(name) || name == "." {
			continue
		}
		entry, err := t.find(ctx, name)
		switch {
		case errors.Is(err, fs.ErrInvalid):
		case err != nil:
			return nil, err
		default:
			there[name] = entry.GetType() == "blob" && entry.GetMode() != "120000"
		}
	}
	return there, nil
}

// Existing says which of the paths are regular files of a commit. Paths are as for
// [Repository.File]; one that could not be one is not there.
func (r *Repository) Existing(ctx context.Context, commit string, paths []string) (map[string]bool, error) {
	return r.client.existing(ctx, commit, paths)
}

// trees are directories of one commit, each read once.
type trees struct {
	*client
	commit string
	read   map[string]map[string]*github.TreeEntry // by path; "." is the root
}

func newTrees(c *client, commit string) *trees {
	return &trees{c, commit, make(map[string]map[string]*github.TreeEntry)}
}

// find is the entry of a path; nil when there is none. It walks the directories
// itself, so that no link is followed.
func (t *trees) find(ctx context.Context, name string) (*github.TreeEntry, error) {
	dir, err := t.entries(ctx, path.Dir(name))
	if err != nil || dir == nil {
		return nil, err
	}
	return dir[path.Base(name)], nil
}

// entries are those of a directory by name; nil when there is none.
func (t *trees) entries(ctx context.Context, dir string) (map[string]*github.TreeEntry, error) {
	if read, known := t.read[dir]; known {
		return read, nil
	}
	sha, err := t.tree(ctx, dir)
	if err != nil || sha == "" {
		return nil, err
	}
	tree, _, err := t.api.Git.GetTree(ctx, t.owner, t.repo, sha, false)
	switch {
	case err != nil:
		return nil, t.refused(err, readingContents)
	case tree.GetSHA() == "":
		return nil, fmt.Errorf("reading files of commit %s: the answer is no directory", short(t.commit))
	case tree.GetTruncated():
		return nil, fmt.Errorf("reading files of commit %s: %q has more entries than GitHub lists", short(t.commit), dir)
	}
	read := make(map[string]*github.TreeEntry)
	for _, entry := range tree.Entries {
		read[entry.GetPath()] = entry
	}
	t.read[dir] = read
	return read, nil
}

// tree is the id of a directory; empty when there is none.
func (t *trees) tree(ctx context.Context, dir string) (string, error) {
	if dir == "." {
		commit, _, err := t.api.Git.GetCommit(ctx, t.owner, t.repo, t.commit)
		if err != nil {
			return "", t.refused(err, readingContents)
		}
		root := commit.GetTree().GetSHA()
		if root == "" { // as from something on the way that answers for GitHub
			return "", fmt.Errorf("reading files of commit %s: the answer is no commit", short(t.commit))
		}
		return root, nil
	}
	entry, err := t.find(ctx, dir)
	switch {
	case err != nil || entry == nil:
		return "", err
	case entry.GetType() != "tree":
		return "", fmt.Errorf("reading files of commit %s: %q is no directory but %s: %w", short(t.commit), dir, kindOf(entry), fs.ErrInvalid)
	}
	return entry.GetSHA(), nil
}

func kindOf(e *github.TreeEntry) string {
	switch {
	case e.GetMode() == "120000":
		return "a link"
	case e.GetType() == "commit":
		return "a submodule"
	}
	return "a file"
}
