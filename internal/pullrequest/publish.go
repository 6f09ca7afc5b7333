package pullrequest

import (
	"context"
	"errors"

	"github.com/benchgate/benchgate/gate"
)

// Options say what is posted where.
type Options struct {
	Server  Server
	Number  int // of the pull request
	Verdict gate.Verdict

	// Head is the commit that was measured, in full. Empty: the pull request's
	// head is taken for it.
	Head string

	Key         Key
	Build       Build
	BuildURL    string // page of the CI run; empty: none
	ArtifactURL string // page of the run's files; empty: none

	Comment        When
	NoCheck        bool       // write no check run
	IfInconclusive Conclusion // the check's, of an inconclusive verdict

	Notice func(string) // told why it takes long
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
type Result struct{ Comment, Check Posted }

// Publish posts the verdict. It may be repeated: what is there is brought up to
// date, and a CI run that is older than the one which wrote it changes nothing.
// An error of the comment does not keep the check run from being written; it is
// in the words of [refusal] then, with what to do.
func Publish(ctx context.Context, o Options) (Result, error) {
	return newClient(o.Server, o.Notice).publish(ctx, o)
}

func (c *client) publish(ctx context.Context, o Options) (Result, error) {
	result := Result{Comment: Posted{How: NotWanted}, Check: Posted{How: NotWanted}}
	facts, err := c.facts(ctx, o)
	if err != nil {
		return Result{}, err
	}
	var commentErr, checkErr error
	if o.Comment != Never {
		result.Comment, commentErr = c.publishComment(ctx, o, facts)
	}
	if !o.NoCheck {
		result.Check, checkErr = c.publishCheck(ctx, o, facts)
	}
	return result, errors.Join(commentErr, checkErr)
}

func (c *client) publishComment(ctx context.Context, o Options, f Facts) (Posted, error) {
	body, err := Body(o.Verdict, f)
	if err != nil {
		return Posted{}, err
	}
	login, err := c.login(ctx)
	if err != nil {
		return Posted{}, err
	}
	s := sticky{client: c, number: o.Number, login: login, mark: f.marker(o.Verdict), body: body}
	return s.put(ctx, o.Comment.begins(o.Verdict))
}

func (c *client) publishCheck(ctx context.Context, o Options, f Facts) (Posted, error) {
	want, err := checkRunOf(o.Verdict, f, o.IfInconclusive)
	if err != nil {
		return Posted{}, err
	}
	return c.putCheck(ctx, f.Head, want)
}
