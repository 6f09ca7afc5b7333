package pullrequest

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/google/go-github/v62/github"

	"github.com/benchgate/benchgate/internal/branchstore"
)

// Baselines is the store of accepted runs on a branch of a repository on GitHub,
// through its API: no git program and no checkout is needed.
type Baselines struct {
	*branchstore.Store
	branch *apiBranch
	from   branchstore.Provenance
}

// NewBaselines returns the store on the branch, which the first run begins. From
// is where the runs that it saves were measured; notice is told why something
// takes long. Reading takes "contents: read", writing "contents: write".
func NewBaselines(s Server, name string, from branchstore.Provenance, notice func(string)) *Baselines {
	return newBaselines(newClient(s, notice), name, from)
}

func newBaselines(c *client, name string, from branchstore.Provenance) *Baselines {
	b := newAPIBranch(c, name)
	return &Baselines{branchstore.New(b, from), b, from}
}

var (
	readingBranch = action{"reading the baselines", "contents: read"}
	writingBranch = action{"writing the baselines", "contents: write"}
)

// branchTime is how long one reading or writing of the branch may take, waiting
// for GitHub's limits included.
const branchTime = 5 * time.Minute

// apiBranch is a [branchstore.Branch] by GitHub's git data API.
type apiBranch struct {
	*client
	name string

	// begins is the branch from which this one begins; nil: it begins without
	// history.
	begins *apiBranch

	mu      sync.Mutex // guards what follows
	tip     branchstore.Tip
	trees   map[string]string // ids of trees by their commits
	written map[string]bool   // ids of blobs that were created
}

var _ branchstore.Branch = (*apiBranch)(nil)

func newAPIBranch(c *client, name string) *apiBranch {
	return &apiBranch{client: c, name: name, trees: make(map[string]string), written: make(map[string]bool)}
}

// String implements [branchstore.Branch].
func (b *apiBranch) String() string {
	return fmt.Sprintf("branch %s of %s/%s", b.name, b.owner, b.repo)
}

// within limits how long GitHub may take.
func within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, branchTime)
}

// refusedBranch puts an error of the API into words.
func (b *apiBranch) refusedBranch(ctx context.Context, err error, a action) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		return refusal{a.doing, fmt.Sprintf("GitHub did not do it within %s", branchTime), "run it again later"}
	}
	return b.refused(err, a)
}

// Tip implements [branchstore.Branch].
func (b *apiBranch) Tip(ctx context.Context) (branchstore.Tip, error) {
	if err := ctx.Err(); err != nil {
		return branchstore.Tip{}, err
	}
	limited, cancel := within(ctx)
	defer cancel()
	commit, exists, err := b.head(limited)
	switch {
	case err != nil:
		return branchstore.Tip{}, b.refusedBranch(ctx, err, readingBranch)
	case !exists && b.begins != nil:
		return b.begins.Tip(ctx)
	case !exists:
		return branchstore.Tip{}, nil
	}
	tip, err := b.list(limited, commit)
	if err != nil {
		return branchstore.Tip{}, b.refusedBranch(ctx, err, readingBranch)
	}
	return tip, nil
}

// head is the branch's commit. GitHub answers 404 for a branch that does not
// exist and for a repository that the token may not see; only the first is an
// empty store.
func (b *apiBranch) head(ctx context.Context) (commit string, exists bool, err error) {
	ref, response, err := b.api.Git.GetRef(ctx, b.owner, b.repo, "heads/"+b.name)
	if err == nil {
		return ref.GetObject().GetSHA(), true, nil
	}
	if response == nil || response.StatusCode != http.StatusNotFound {
		return "", false, err
	}
	_, _, err = b.api.Repositories.Get(ctx, b.owner, b.repo)
	return "", false, err
}

// list reads which files a commit has.
func (b *apiBranch) list(ctx context.Context, commit string) (branchstore.Tip, error) {
	b.mu.Lock()
	tip := b.tip
	b.mu.Unlock()
	if tip.Commit == commit {
		return tip, nil
	}
	made, _, err := b.api.Git.GetCommit(ctx, b.owner, b.repo, commit)
	if err != nil {
		return branchstore.Tip{}, err
	}
	tree, _, err := b.api.Git.GetTree(ctx, b.owner, b.repo, made.GetTree().GetSHA(), true)
	if err != nil {
		return branchstore.Tip{}, err
	}
	if tree.GetTruncated() {
		return branchstore.Tip{}, fmt.Errorf("%s has more files than GitHub lists at once: remove runs (benchgate baseline prune)", b)
	}
	tip = branchstore.Tip{Commit: commit}
	for _, e := range tree.Entries {
		if e.GetType() == "tree" {
			continue
		}
		tip.Files = append(tip.Files, branchstore.File{
			Path: e.GetPath(), ID: e.GetSHA(), Size: int64(e.GetSize()),
			Regular: e.GetType() == "blob" && strings.HasPrefix(e.GetMode(), "100"),
		})
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tip, b.trees[commit] = tip, made.GetTree().GetSHA()
	return tip, nil
}

// Blob implements [branchstore.Branch].
func (b *apiBranch) Blob(ctx context.Context, f branchstore.File) ([]byte, error) {
	limited, cancel := within(ctx)
	defer cancel()
	blob, _, err := b.api.Git.GetBlob(limited, b.owner, b.repo, f.ID)
	if err != nil {
		return nil, b.refusedBranch(ctx, err, readingBranch)
	}
	if blob.GetEncoding() != "base64" {
		return []byte(blob.GetContent()), nil
	}
	content, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(blob.GetContent(), "\n", ""))
	if err != nil {
		return nil, fmt.Errorf("%s: %s: %w", readingBranch.doing, f.Path, err)
	}
	return content, nil
}

// treeOf is the id of a commit's tree.
func (b *apiBranch) treeOf(commit string) string {
	b.mu.Lock()
	tree := b.trees[commit]
	b.mu.Unlock()
	if tree == "" && b.begins != nil {
		return b.begins.treeOf(commit)
	}
	return tree
}

// commitsOf are the commits of these ids; empty ones are left out.
func commitsOf(ids ...string) []*github.Commit {
	var out []*github.Commit
	for _, id := range ids {
		if id != "" {
			out = append(out, &github.Commit{SHA: github.String(id)})
		}
	}
	return out
}
