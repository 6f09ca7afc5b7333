package action

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/pullrequest"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/run"
	"github.com/benchgate/benchgate/internal/workflow"
)

// Options are what the action needs of its surroundings. The workspace is the
// working directory.
type Options struct {
	Job       workflow.Job
	Environ   []string // as os.Environ has it: the inputs are in it
	LookupEnv func(string) (string, bool)
	Log       *workflow.Log
	Logger    *slog.Logger
	Version   string // of benchgate
	CacheDir  string
	Now       func() time.Time

	// Notice is told, a sentence at a time, what people should know. Show begins to
	// show a run's trials.
	Notice func(string)
	Show   func(*config.Config) Shown

	// OpenStore opens the store of accepted runs that a configuration names.
	OpenStore func(*config.Config) (baselines.Store, error)

	// Accept saves a run with its ledger, which may be nil, as a baseline.
	Accept func(context.Context, baselines.Store, *baselines.Run, io.Reader) error
}

// Shown is what shows a run.
type Shown struct {
	Notice   func(string)
	Progress func(run.Progress)
	Close    func()
}

// action is one job.
type action struct {
	Options
	values workflow.Values
	ask    ask
	server pullrequest.Server
	github *pullrequest.Repository
}

// Run does what the event asks for. It gives the exit code of the step, and the
// error of it, which the job's page has already and the log has not.
func Run(ctx context.Context, o Options) (code int, err error) {
	a := &action{Options: o}
	if a.values, err = workflow.ReadInputs(o.Environ, o.Job); err != nil {
		return a.refuse(err)
	}
	if err := a.mask(); err != nil {
		return a.refuse(err)
	}
	if a.ask, err = asked(o.Job, a.values); err != nil {
		return a.refuse(err)
	}
	if err := a.openGitHub(); err != nil {
		return a.refuse(err)
	}
	if a.ask.do == measure {
		return a.judge(ctx)
	}
	ctx, done := context.WithTimeout(ctx, askingTime)
	defer done()
	switch a.ask.do {
	case accept:
		return a.accept(ctx)
	case relay:
		return a.relay(ctx)
	}
	return 0, a.sayNothing(a.ask.why)
}

// refuse tells why there is no outcome, and nothing was measured.
func (a *action) refuse(err error) (int, error) {
	o := outcome{err: err}
	a.noteIf(a.Log.Annotate(workflow.Annotation{Level: workflow.Error, Title: "benchgate", Message: err.Error()}))
	a.noteIf(setOutputs(a.Log, o.outputs()))
	return o.exitCode(), err
}

// judge measures and tells the outcome. What cannot be told on GitHub is said in
// the log; summary, outputs and exit code do not suffer from it.
func (a *action) judge(ctx context.Context) (int, error) {
	asking, done := context.WithTimeout(ctx, askingTime)
	defer done()
	s, err := a.subject(asking)
	if err != nil {
		return a.unjudged(ctx, s, err)
	}
	if a.changesNothing(s) {
		return a.leaveUnchanged(ctx, s)
	}
	a.restore(asking, s)
	t := a.tell(ctx, s)
	return a.finish(ctx, s, t, a.measure(ctx, s, t))
}

// unjudged tells why nothing can be judged. A mistake in a configuration has its
// place in the log.
func (a *action) unjudged(ctx context.Context, s *subject, err error) (int, error) {
	a.noteIf(a.Log.Summarize(report.Stopped{How: report.Failed, Why: err.Error()}.Markdown()))
	if ctx.Err() == nil {
		a.notPosted(a.postUnjudged(ctx, s))
	}
	return a.refuse(err)
}

// postUnjudged fails the check run, where its name is known: one that is required
// would else be waited for for ever. What is wrong may be a stranger's text, and is
// in the log.
func (a *action) postUnjudged(ctx context.Context, s *subject) error {
	l := a.leftBy(s)
	if s.config == nil || s.head == "" || !l.Comment && !l.Check {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, messageTime)
	defer cancel()
	post := a.post(a.key(l.Suite), l, pullrequest.Circumstances{})
	_, err := pullrequest.NewPoster(post).Stop(ctx, report.Stopped{How: report.Failed, Why: "there is nothing that could be judged; the job's page says what is wrong"})
	return err
}

// sayNothing tells why there is nothing to do.
func (a *action) sayNothing(why string) error {
	return errors.Join(
		a.Log.Annotate(workflow.Annotation{Level: workflow.Notice, Title: "benchgate", Message: "Nothing to do: " + why + "."}),
		a.Log.Summarize("Nothing to do: "+why+".\n"),
	)
}
