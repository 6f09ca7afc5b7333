package pullrequest

import (
	"context"
	"errors"
	"time"

	"github.com/google/go-github/v62/github"

	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
)

// Post is where something is posted, and in the name of which CI run.
type Post struct {
	Server Server
	Number int // of the pull request; 0: there is none, and the check run is all that is written

	// Head is the commit that is measured, in full. Empty: the pull request's head
	// is taken for it.
	Head string

	// Queued tells that Head is a merge queue's commit of the pull request: what was
	// accepted on the pull request's own head is accepted there, too.
	Queued bool

	Key         Key
	Build       Build
	BuildURL    string // page of the CI run; empty: none
	ArtifactURL string // page of the run's files; empty: none
	Circumstances

	Comment        When
	NoCheck        bool       // write no check run
	IfInconclusive Conclusion // the check's, of an inconclusive verdict
	Accept         string     // the label by which a regression is accepted, such as [AcceptLabel]; empty: none does

	Notice func(string) // told why it takes long
}

// Poster posts what one CI run has to say, from its beginning to its end. Each of
// its methods may be repeated, also by another process of the same CI run: what
// is there is found again by its marks. One that was called later must not begin
// before an earlier one has returned.
type Poster struct {
	*client
	post Post

	login string // of the token, once it is known
	facts *Facts // of the last thing posted
	begun time.Time
	told  time.Time
	now   func() time.Time
}

// NewPoster asks nothing of GitHub yet.
func NewPoster(post Post) *Poster {
	return &Poster{client: newClient(post.Server, post.Notice), post: post, now: time.Now}
}

// Begin says that a measurement is under way, before its first trial: the check
// run is in progress then, and what an older CI run left so is ended. A comment is
// begun only if [Always] is asked for. Where one shows an earlier report, a line
// above it tells of the new run.
func (p *Poster) Begin(ctx context.Context, r report.Running) (Result, error) {
	p.begun = p.now()
	p.told = p.begun
	f, _, err := p.factsOf(ctx)
	if err != nil {
		return Result{}, err
	}
	return p.say(ctx, saidRunning(r, p.post.Comment), f)
}

// leastBetween is how often a comment changes while trials run: each change makes
// the pull request look active, to people and to bots. It takes four requests of
// the thousand that a repository's jobs have in an hour, so that a run which takes
// longer tells so more rarely: a twentieth of the time it has taken.
const leastBetween = time.Minute

// Progress says how far it has come, at most once a minute: before that it does
// nothing. It is to be called after [Poster.Begin].
func (p *Poster) Progress(ctx context.Context, r report.Running) (Result, error) {
	now := p.now()
	if now.Sub(p.told) < max(leastBetween, now.Sub(p.begun)/20) {
		return Result{Comment: Posted{How: NotWanted}, Check: Posted{How: NotWanted}}, nil
	}
	if p.facts == nil {
		return p.Begin(ctx, r)
	}
	p.told = now
	return p.say(ctx, saidRunning(r, p.post.Comment), *p.facts)
}

// Finish says what the verdict is. Whether somebody accepted it is asked first;
// where that cannot be told, nobody did, and it is in the error.
func (p *Poster) Finish(ctx context.Context, v gate.Verdict, at Places) (Result, error) {
	f, pull, err := p.factsOf(ctx)
	if err != nil {
		return Result{}, err
	}
	var acceptErr, placeErr error
	f.Accepted, acceptErr = p.acceptance(ctx, v, pull, f)
	s, err := saidVerdict(v, f, p.post.IfInconclusive, p.post.Comment)
	if err != nil {
		return Result{}, err
	}
	s.notes, placeErr = p.notes(ctx, v, f, at)
	result, err := p.say(ctx, s, f)
	result.Accepted = f.Accepted
	return result, errors.Join(acceptErr, placeErr, err)
}

func (p *Poster) acceptance(ctx context.Context, v gate.Verdict, pull *github.PullRequest, f Facts) (*Acceptance, error) {
	if v.Outcome != gate.Regression || p.post.Accept == "" || p.post.NoCheck || f.Unverified || pull == nil {
		return nil, nil
	}
	name, err := digest(v)
	if err != nil {
		return nil, err
	}
	return p.accepted(ctx, pull, f, name)
}

// FinishFirst says what was measured where there is nothing to compare it with.
func (p *Poster) FinishFirst(ctx context.Context, first report.First) (Result, error) {
	f, _, err := p.factsOf(ctx)
	if err != nil {
		return Result{}, err
	}
	return p.say(ctx, saidFirst(first, p.post.Comment), f)
}

// Stop says that the CI run ends without a verdict, and why. An earlier report
// stays below a line that says so.
func (p *Poster) Stop(ctx context.Context, s report.Stopped) (Result, error) {
	f, _, err := p.factsOf(ctx)
	if err != nil {
		return Result{}, err
	}
	return p.say(ctx, saidStopped(s, p.post.Comment), f)
}

// EndIfRunning says that the CI run died, if what it posted last says that it
// runs; else it does nothing. It is for a step that comes after everything.
func (p *Poster) EndIfRunning(ctx context.Context) (Result, error) {
	f, _, err := p.factsOf(ctx)
	if err != nil {
		return Result{}, err
	}
	s := saidStopped(report.Stopped{}, Never) // begins nothing
	s.onlyRunning = true
	return p.say(ctx, s, f)
}

// say writes comment and check run. An error of one does not keep the other from
// being written.
func (p *Poster) say(ctx context.Context, s said, f Facts) (Result, error) {
	p.facts = &f
	result := Result{Comment: Posted{How: NotWanted}, Check: Posted{How: NotWanted}}
	var commentErr, checkErr error
	if p.post.Comment != Never && p.post.Number > 0 {
		result.Comment, commentErr = p.sayInComment(ctx, s, f)
	}
	if !p.post.NoCheck {
		result.Check, checkErr = p.sayInCheck(ctx, s, f)
	}
	return result, errors.Join(commentErr, checkErr)
}

func (p *Poster) sayInComment(ctx context.Context, s said, f Facts) (Posted, error) {
	body, err := s.body(f)
	if err != nil {
		return Posted{}, err
	}
	login, err := p.whose(ctx)
	if err != nil {
		return Posted{}, err
	}
	c := sticky{client: p.client, number: p.post.Number, login: login, mark: s.marker(f), body: body, said: s, facts: f, alsoEnd: p.endChecksOn}
	return c.put(ctx)
}

func (p *Poster) whose(ctx context.Context) (string, error) {
	if p.login == "" {
		login, err := p.client.login(ctx)
		if err != nil {
			return "", err
		}
		p.login = login
	}
	return p.login, nil
}

func (p *Poster) sayInCheck(ctx context.Context, s said, f Facts) (Posted, error) {
	want, err := s.checkRun(f)
	if err != nil {
		return Posted{}, err
	}
	return p.putCheck(ctx, f.Head, want, s.onlyRunning)
}
