package action

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/pullrequest"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/run"
	"github.com/benchgate/benchgate/internal/workflow"
)

// Times for GitHub: of all that is asked of it before trials, where a limit of GitHub's
// may want an hour's wait; of one message while trials run, of the last one of a job that
// is cancelled (the runner kills 7.5 s after its first signal), and of a verdict.
const (
	askingTime  = 10 * time.Minute
	messageTime = 30 * time.Second
	lastTime    = 5 * time.Second
	verdictTime = 5 * time.Minute
)

// telling is what GitHub is told while a run goes on. Nothing that goes wrong
// there disturbs the run.
type telling struct {
	*action
	subject *subject
	left    left

	mu     sync.Mutex          // guards what follows: one message at a time
	poster *pullrequest.Poster // nil: GitHub is told nothing
	begun  bool                // it was told that the run is under way
	failed bool                // GitHub did not take a message, which was told; no more are tried
	live   *live               // nil: no trial has begun

	stopTold bool // GitHub was told that the job was cancelled

	unhook    func() bool
	cancelled chan struct{} // closed when GitHub has been told that the job was cancelled
}

// left is what the post step needs to finish what this step left.
type left struct {
	Head    string `json:"head"`
	Pull    int    `json:"pull,omitempty"`
	Suite   string `json:"suite"`
	Comment bool   `json:"comment"`
	Check   bool   `json:"check"`
}

func (a *action) leftBy(s *subject) left {
	l := left{Head: s.head, Pull: s.pull, Comment: a.ask.comments && a.values.Comment != "never", Check: a.ask.checks}
	if s.config != nil {
		l.Suite = s.config.Suite.Name
	}
	return l
}

// Names of the state that steps of one job hand on.
const (
	stateLeft     = "left"
	stateFinished = "finished"
)

// tell begins to tell. What the post step needs, and what the next step uploads
// even if this one dies, is handed on before anything can go wrong.
func (a *action) tell(ctx context.Context, s *subject) *telling {
	l := a.leftBy(s)
	t := &telling{action: a, subject: s, left: l, cancelled: make(chan struct{})}
	if l.Comment || l.Check {
		t.poster = pullrequest.NewPoster(a.post(a.key(l.Suite), l, pullrequest.Circumstances{}))
	}
	text, err := json.Marshal(l)
	if err == nil {
		err = a.Log.SaveState(stateLeft, string(text))
	}
	a.noteIf(err)
	if a.values.Upload != "none" {
		a.noteIf(setOutputs(a.Log, []output{{"artifact-name", a.artifactName(s)}, {"upload-path", slashed(a.uploadDir())}}))
	}
	t.unhook = context.AfterFunc(ctx, func() {
		defer close(t.cancelled)
		t.stop(ctx)
	})
	return t
}

// post is where and in whose name something is posted.
func (a *action) post(key pullrequest.Key, l left, c pullrequest.Circumstances) pullrequest.Post {
	build, err := pullrequest.ParseBuild(a.Job.Build)
	if err != nil {
		a.Notice(fmt.Sprintf("the CI run's number %v", err))
	}
	c.Dispatcher = cmp.Or(c.Dispatcher, a.ask.dispatcher)
	p := pullrequest.Post{
		Server: a.server, Number: l.Pull, Head: l.Head, Key: key, Build: build, BuildURL: a.Job.BuildURL, Circumstances: c,
		Queued:  a.Job.MergeGroup != nil,
		Comment: pullrequest.When(a.values.Comment), NoCheck: !l.Check, IfInconclusive: pullrequest.Neutral, Accept: a.values.AcceptLabel, Notice: a.Notice,
	}
	if !l.Comment {
		p.Comment = pullrequest.Never
	}
	return p
}

// begin is called when a run is ready and before its first trial.
func (t *telling) begin(ctx context.Context, b run.Begun) {
	t.noteIf(t.remember(t.subject, b.Dir))
	t.noteIf(t.stage()) // journals grow under both of their names
	r := running(b, t.subject)
	r.Started = t.Now()
	t.message(ctx, func(ctx context.Context) error {
		posted, err := t.poster.Begin(ctx, r)
		t.begun = true
		if posted.Comment.OfThisBuild {
			t.noteIf(t.Log.Annotate(sharedKey))
		}
		return err
	})
	t.mu.Lock()
	defer t.mu.Unlock()
	t.live = newLive(r, func(r report.Running) {
		r.SecondsLeft = secondsLeft(r, t.Now())
		t.message(ctx, func(ctx context.Context) error {
			_, err := t.poster.Progress(ctx, r)
			return err
		})
	})
}

// secondsLeft is what the trials that are left will take if they go on as those that
// have ended; nil while too few have to say so. A verdict may stand before.
func secondsLeft(r report.Running, now time.Time) *float64 {
	const fewest = 3
	taken := now.Sub(r.Started).Seconds()
	if r.Done < fewest || r.Done >= r.Most || taken <= 0 {
		return nil
	}
	left := taken / float64(r.Done) * float64(r.Most-r.Done)
	return &left
}

// sharedKey is said where another job of the same run has written the comment.
var sharedKey = workflow.Annotation{
	Level: workflow.Warning, Title: "benchgate: two jobs have one comment",
	Message: "Another job of this run has written the pull request's comment, and this one writes over it, and over its check run and artifact. In a matrix give each job a key of its own: comment-key: ${{ strategy.job-index }}.",
}

// running is what is known before the first trial.
func running(b run.Begun, s *subject) report.Running {
	r := report.Running{Candidate: report.RunningArm{Name: b.Candidate}, Most: b.Trials, LimitUSD: s.config.Limits.USD}
	if b.Baseline != "" {
		r.Baseline = &report.RunningArm{Name: b.Baseline}
	}
	if b.Stored != nil {
		e := baselines.NewEntry(b.Stored)
		r.Baseline.Stored, r.Baseline.Solved, r.Baseline.Trials = true, e.Solved, e.Valid
		r.Baseline.CostPerSolvedUSD = report.Summarize(b.Stored).CostPerSolvedUSD
	}
	if b.Odds > 0 {
		r.Odds = &b.Odds
	}
	return r
}

// message says one thing, if GitHub is told anything and took what came before.
func (t *telling) message(ctx context.Context, say func(context.Context) error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.poster == nil || t.failed || ctx.Err() != nil {
		return
	}
	limited, cancel := context.WithTimeout(ctx, messageTime)
	defer cancel()
	if err := say(limited); err != nil && ctx.Err() == nil {
		t.failed = true
		t.Notice(fmt.Sprintf("GitHub is not told how far the run is: %v", err))
	}
}

// progress takes one event of the run.
func (t *telling) progress(e run.Progress) {
	if t.live != nil {
		t.live.progress(e)
	}
}

// stop tells that the job was cancelled, while the run is still being stopped.
func (t *telling) stop(ctx context.Context) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.poster == nil || !t.begun {
		return
	}
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastTime)
	defer cancel()
	_, err := t.poster.Stop(limited, t.stopped(report.Cancelled, ""))
	t.stopTold = err == nil
	t.noteIf(err)
}

// stopped is how far the run came.
func (t *telling) stopped(how report.StoppedHow, why string) report.Stopped {
	s := report.Stopped{How: how, Why: why}
	if t.live != nil {
		r := t.live.soFar()
		s.Done, s.Most, s.USD = r.Done, r.Most, r.USD
	}
	return s
}

// end waits for everything that is still being told.
func (t *telling) end() {
	if t.live != nil {
		t.live.end()
	}
	if !t.unhook() {
		<-t.cancelled
	}
}

// noteIf tells of something that went wrong and stops nothing.
func (a *action) noteIf(err error) {
	if err != nil {
		a.Notice(err.Error())
	}
}
