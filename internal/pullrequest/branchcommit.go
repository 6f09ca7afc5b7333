package pullrequest

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"

	"github.com/google/go-github/v62/github"

	"github.com/benchgate/benchgate/internal/branchstore"
)

// Commit implements [branchstore.Branch]: blobs, their tree, a commit on the tip,
// and only then the branch is moved, without force. What a writer leaves behind
// that dies before is in no branch, and GitHub throws it away in time. The commit
// has no author of ours: then it is in the token's name, and GitHub signs what an
// app commits.
func (b *apiBranch) Commit(ctx context.Context, on branchstore.Tip, c branchstore.Change) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	limited, cancel := within(ctx)
	defer cancel()
	commit, err := b.commit(limited, on, c)
	if err != nil {
		return b.refusedBranch(ctx, err, writingBranch)
	}
	return b.move(ctx, limited, on, commit)
}

// commit makes the commit, which is on no branch yet.
func (b *apiBranch) commit(ctx context.Context, on branchstore.Tip, c branchstore.Change) (string, error) {
	var entries []*github.TreeEntry
	for _, path := range c.Delete {
		entries = append(entries, &github.TreeEntry{Path: github.String(path), Mode: github.String("100644"), Type: github.String("blob")})
	}
	for _, path := range slices.Sorted(maps.Keys(c.Put)) {
		id, err := b.blob(ctx, c.Put[path])
		if err != nil {
			return "", err
		}
		entries = append(entries, &github.TreeEntry{Path: github.String(path), Mode: github.String("100644"), Type: github.String("blob"), SHA: &id})
	}
	tree, _, err := b.api.Git.CreateTree(ctx, b.owner, b.repo, b.treeOf(on.Commit), entries)
	if err != nil {
		return "", err
	}
	made, _, err := b.api.Git.CreateCommit(ctx, b.owner, b.repo, &github.Commit{
		Message: &c.Message, Tree: &github.Tree{SHA: tree.SHA}, Parents: commitsOf(on.Commit),
	}, nil)
	return made.GetSHA(), err
}

// blob creates a content, once.
func (b *apiBranch) blob(ctx context.Context, content []byte) (string, error) {
	id := branchstore.BlobID(content, 40)
	b.mu.Lock()
	written := b.written[id]
	b.mu.Unlock()
	if written {
		return id, nil
	}
	made, _, err := b.api.Git.CreateBlob(ctx, b.owner, b.repo, &github.Blob{
		Content: github.String(base64.StdEncoding.EncodeToString(content)), Encoding: github.String("base64"),
	})
	if err != nil {
		return "", err
	}
	if made.GetSHA() != id {
		return "", fmt.Errorf("GitHub names a content %s that is %s", made.GetSHA(), id)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.written[id] = true
	return id, nil
}

// move sets the branch to a commit on its tip, or begins it.
func (b *apiBranch) move(ctx, limited context.Context, on branchstore.Tip, commit string) error {
	ref := &github.Reference{Ref: github.String("refs/heads/" + b.name), Object: &github.GitObject{SHA: &commit}}
	var err error
	if on.Commit == "" || b.begins != nil {
		_, _, err = b.api.Git.CreateRef(limited, b.owner, b.repo, ref)
	}
	if on.Commit != "" && (b.begins == nil || err != nil && reason(err) == exists) {
		_, _, err = b.api.Git.UpdateRef(limited, b.owner, b.repo, ref, false)
	}
	if err == nil {
		return nil
	}
	switch refused := b.refusedBranch(ctx, err, writingBranch); reason(err) {
	case exists, moved:
		return fmt.Errorf("%w: %w", branchstore.ErrMoved, refused)
	case byRule:
		return fmt.Errorf("%w: %w", branchstore.ErrProtected, refused)
	default:
		return refused
	}
}

// why is what keeps GitHub from moving a branch.
type why int

const (
	another why = iota // a permission, an outage, ...
	exists             // a branch that was to begin
	moved              // the commit is not on the tip any more
	byRule             // of branch protection, or a ruleset
)

var (
	alreadyExists = regexp.MustCompile(`(?i)reference already exists`)

	// GitHub's messages where another writer was first: the second and the third
	// were seen when two requests came at the same moment, the last when a branch
	// was removed. Source: github/docs, "REST API endpoints for Git references", and
	// octokit/octokit.net#2277.
	movedMessage = regexp.MustCompile(`(?i)fast.?forward|reference cannot be updated|reference update failed|reference does not exist|object does not exist`)

	// What GitHub says for a rule. Source: dependabot/dependabot-core#9454.
	ruleMessage = regexp.MustCompile(`(?i)protected branch|rule violations|must be made through a pull request|required status check|approving review|not authorized to push|must have verified signatures|merge queue`)
)

// reason reads it from GitHub's answer. A rule's message goes before others: it
// may come with them.
func reason(err error) why {
	var answer *github.ErrorResponse
	if !errors.As(err, &answer) || answer.Response == nil {
		return another
	}
	said := answer.Message
	for _, detail := range answer.Errors {
		said += "; " + detail.Message
	}
	status := answer.Response.StatusCode
	switch {
	case status != http.StatusUnprocessableEntity && status != http.StatusConflict && status != http.StatusForbidden:
		return another
	case ruleMessage.MatchString(said):
		return byRule
	case status == http.StatusForbidden:
		return another
	case alreadyExists.MatchString(said):
		return exists
	case status == http.StatusConflict || movedMessage.MatchString(said):
		return moved
	}
	return another
}
