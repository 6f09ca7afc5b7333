package pullrequest

import (
	"context"

	"github.com/benchgate/benchgate/gate"
)

// Options say what is posted where.
type Options struct {
	Post
	Verdict gate.Verdict
}

// When says for which verdicts a comment is begun. One that is there is brought
// up to date whatever the verdict is, except with [Never].
type When string

// The values of --comment.
const (
	Always       When = "always"
	OnChanges    When = "changes"    // all but a pass in which no task was lost or won
	OnRegression When = "regression" // regressions only
	Never        When = "never"
)

// begins reports whether a verdict is worth a comment where there is none.
func (w When) begins(v gate.Verdict) bool {
	switch w {
	case Always:
		return true
	case OnChanges:
		return v.Outcome != gate.Pass || flipped(v)
	}
	return w == OnRegression && v.Outcome == gate.Regression
}

func flipped(v gate.Verdict) bool {
	for _, task := range v.Tasks {
		if task.Flip != "" {
			return true
		}
	}
	return false
}

// Posted is what became of a comment or a check run.
type Posted struct {
	How How    // empty: not posted, because of an error
	URL string // its page; empty when nothing is there

	// OfThisBuild tells of a comment that the same CI run had written before: with
	// [Poster.Begin] that was another job of it, under the same key.
	OfThisBuild bool
}

// How says what was done.
type How string

// What can be done.
const (
	NotWanted How = "not wanted"
	Created   How = "created"
	Updated   How = "updated"
	Unchanged How = "unchanged"
	Kept      How = "kept" // it is of a newer CI run
)

// Result is what was posted.
type Result struct {
	Comment, Check Posted
	Accepted       *Acceptance // of the regression; nil: nobody has accepted it
}

// Publish posts the verdict. It may be repeated: what is there is brought up to
// date, and a CI run that is older than the one which wrote it changes nothing.
// An error of the comment does not keep the check run from being written; it is
// in the words of [refusal] then, with what to do.
func Publish(ctx context.Context, o Options) (Result, error) {
	return NewPoster(o.Post).Finish(ctx, o.Verdict, Places{})
}
