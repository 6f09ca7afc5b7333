package action

import (
	"context"
	"errors"
	"fmt"

	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/pullrequest"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/run"
	"github.com/benchgate/benchgate/internal/workflow"
)

// nights are what the stored nights of the measured variant say. Both parts are nil
// where nobody asked, or nothing was added to them.
type nights struct {
	drift *run.Drifted
	err   error
}

// watchNights judges the series to which this run was added.
func (a *action) watchNights(ctx context.Context, s *subject, o outcome) nights {
	if a.values.OnAlarm == "" || !a.values.SaveBaseline || !o.whole() {
		return nights{}
	}
	d, err := run.Drift(ctx, s.store, run.Series{Like: &o.first.Run.Header, Since: a.values.DriftSince})
	if err != nil {
		return nights{err: fmt.Errorf("looking for drift: %w", err)}
	}
	return nights{drift: &d}
}

// mostNights is the room in the job's summary for what the nights say, in bytes.
const mostNights = 20_000

func (n nights) markdown() string {
	if n.drift == nil {
		return ""
	}
	return "\n" + report.DriftMarkdown(n.drift.DriftReport, mostNights)
}

func (n nights) outputs() []output {
	if n.drift == nil {
		return nil
	}
	return []output{{"drift", string(n.drift.State)}}
}

// raise tells of alarms where no pull request is: as issues, for which the step does
// not fail, or by failing. An alarm that could not be told fails the step all the
// same, so that nobody takes silence for a good night.
func (a *action) raise(ctx context.Context, s *subject, o outcome, n nights, code int, failed error) (int, error) {
	if a.values.OnAlarm == "" || o.cancelled() {
		return code, failed
	}
	if n.err != nil {
		return codeNotMeasured, errors.Join(failed, n.err)
	}
	drifts := n.drift != nil && n.drift.State == gate.DriftFound
	told := false
	if a.ask.alarms {
		told = a.tellIssues(ctx, s, o, n)
	}
	level := workflow.Notice
	switch {
	case drifts && !told:
		level, code = workflow.Error, max(code, gate.DriftFound.ExitCode())
	case drifts:
		level = workflow.Warning
	}
	if n.drift != nil {
		a.noteIf(a.Log.Annotate(workflow.Annotation{Level: level, Title: "benchgate: nights", Message: n.drift.Headline}))
	}
	if told && o.verdict() == gate.Regression {
		code = 0
	}
	return code, failed
}

// tellIssues brings the issues of both kinds up to date, and says whether GitHub took
// all of it.
func (a *action) tellIssues(ctx context.Context, s *subject, o outcome, n nights) bool {
	ctx, cancel := context.WithTimeout(ctx, verdictTime)
	defer cancel()
	build, err := pullrequest.ParseBuild(a.Job.Build)
	a.noteIf(err)
	issues := pullrequest.NewIssues(pullrequest.IssuePost{
		Server: a.server, Suite: s.config.Suite.Name, Name: a.values.CommentKey, Build: build, BuildURL: a.Job.BuildURL, Notice: a.Notice,
	})
	var errs []error
	tell := func(posted pullrequest.Posted, err error) {
		errs = append(errs, err)
		if posted.URL != "" {
			a.Notice(fmt.Sprintf("issue %s: %s", posted.How, posted.URL))
		}
	}
	if o.result != nil {
		tell(issues.Gate(ctx, o.result.Verdict, a.facts(s, o)))
	}
	if n.drift != nil {
		tell(issues.Drift(ctx, n.drift.DriftReport))
	}
	err = errors.Join(errs...)
	a.notPosted(err)
	return err == nil
}
