package action

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/benchgate/benchgate/internal/pullrequest"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/workflow"
)

// finish tells an outcome everywhere and gives the exit code of the step, and the
// error of the outcome for the log.
func (a *action) finish(ctx context.Context, s *subject, t *telling, o outcome) (int, error) {
	ctx = context.WithoutCancel(ctx)
	t.end()
	defer func() { a.noteIf(giveBack(a.Job.Workspace, filesDir(a.values), a.CacheDir)) }()
	if a.skips(o) {
		return 0, a.skip(ctx, s, o)
	}
	if err := a.saveBaseline(ctx, s, o); err != nil {
		o = outcome{err: err}
	}
	accepted := a.publish(ctx, s, t, o)
	nights := a.watchNights(ctx, s, o)
	a.noteIf(a.writeReport(s, o))
	a.noteIf(a.rememberPosted(s, o))
	a.noteIf(t.stage())
	a.noteIf(a.Log.Summarize(a.summary(s, o) + nights.markdown()))
	a.noteIf(setOutputs(a.Log, append(o.outputs(), nights.outputs()...)))
	code, err := o.jobCode(s.config, accepted), o.err
	if a.ask.silent && o.exitCode() != codeUsage {
		code, err = 0, nil
	}
	code, err = a.raise(ctx, s, o, nights, code, err)
	a.noteIf(a.annotate(o, accepted, code))
	a.noteIf(a.Log.SaveState(stateFinished, "true"))
	return code, err
}

// skips tells that a missing key is no failure here.
func (a *action) skips(o outcome) bool {
	if !noKey(o.err) {
		return false
	}
	return a.values.OnMissingKey == "skip" || a.values.OnMissingKey != "fail" && a.ask.silent
}

// skip says who can measure instead, and for how much. Nothing can be posted from such
// a job.
func (a *action) skip(ctx context.Context, s *subject, o outcome) error {
	why, how := "there is no key for the model API, and on-missing-key is skip", ""
	if a.ask.silent {
		why = "pull requests of forks and of Dependabot get no model key"
		how = strings.TrimSpace(fmt.Sprintf("A maintainer can start a workflow that measures by number (as examples/workflows/dispatch.yml) from the Actions tab, with this pull request's: %d. %s", a.ask.pull, a.mostUSD(ctx, s)))
	}
	text, message := "### ◽ Not measured here: "+why+"\n", "Not measured here: "+why+"."
	if how != "" {
		text, message = text+"\n"+report.Prose(how)+"\n", message+" "+how
	}
	return errors.Join(
		a.Log.Summarize(text), setOutputs(a.Log, o.outputs()), a.Log.ClearOutput("upload-path"), a.Log.ClearOutput("artifact-name"),
		a.Log.Annotate(workflow.Annotation{Level: workflow.Notice, Title: "benchgate: not measured", Message: message}),
		a.Log.SaveState(stateFinished, "true"),
	)
}

// publish tells GitHub, and says whether the regression is accepted there. An
// error is said in the log: the verdict stands without it.
func (a *action) publish(ctx context.Context, s *subject, t *telling, o outcome) (accepted bool) {
	if t.poster == nil || o.cancelled() && (!t.begun || t.stopTold) {
		return false
	}
	limit := verdictTime
	if o.cancelled() {
		limit = lastTime
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	posted, err := a.postOutcome(ctx, s, t, o)
	a.notPosted(err)
	for _, what := range []struct {
		name string
		pullrequest.Posted
	}{{"comment", posted.Comment}, {"check run", posted.Check}} {
		if what.URL != "" {
			a.Notice(fmt.Sprintf("%s %s: %s", what.name, what.How, what.URL))
		}
	}
	return posted.Accepted != nil
}

// notPosted tells what GitHub did not take.
func (a *action) notPosted(err error) {
	if err != nil {
		a.noteIf(a.Log.Annotate(workflow.Annotation{Level: workflow.Warning, Title: "benchgate: not all is posted", Message: err.Error()}))
	}
}

func (a *action) postOutcome(ctx context.Context, s *subject, t *telling, o outcome) (pullrequest.Result, error) {
	post := a.post(a.key(s.config.Suite.Name), t.left, a.circumstances(s, o))
	post.IfInconclusive = IfInconclusive(s.config)
	poster := pullrequest.NewPoster(post)
	switch {
	case o.result != nil:
		return poster.Finish(ctx, o.result.Verdict, a.places(ctx, s))
	case o.first != nil:
		return poster.FinishFirst(ctx, a.firstOf(s, o))
	case o.cancelled():
		return poster.Stop(ctx, t.stopped(report.Cancelled, ""))
	}
	return poster.Stop(ctx, t.stopped(report.Failed, o.cause()))
}

// facts are those of the report that are not the verdict's.
func (a *action) facts(s *subject, o outcome) pullrequest.Facts {
	build, _ := pullrequest.ParseBuild(a.Job.Build) // of no use in a summary
	c := a.circumstances(s, o)
	c.Dispatcher = a.ask.dispatcher
	return pullrequest.Facts{Head: s.head, BuildURL: a.Job.BuildURL, Key: a.key(s.config.Suite.Name), Build: build, Circumstances: c}
}

// mostSummary leaves room below the 1 MiB of a step's summary.
const mostSummary = 1_000_000

// summary is the outcome for the job's page: nothing of it is left out for want of
// room, but for what GitHub does not show.
func (a *action) summary(s *subject, o outcome) string {
	var text string
	var err error
	switch {
	case o.result != nil:
		text, err = pullrequest.Summary(o.result.Verdict, a.facts(s, o), mostSummary)
	case o.first != nil:
		text = a.firstOf(s, o).Comment(mostSummary)
	case o.cancelled():
		text = report.Stopped{How: report.Cancelled}.Markdown()
	default:
		text = report.Stopped{How: report.Failed, Why: o.err.Error()}.Markdown()
	}
	a.noteIf(err)
	return text + particulars(o).Markdown(mostSummary-len(text))
}

// writeReport keeps the summary with the run's files.
func (a *action) writeReport(s *subject, o outcome) error {
	if o.dir() == "" {
		return nil
	}
	if err := os.WriteFile(filepath.Join(o.dir(), reportFile), []byte(a.summary(s, o)), 0o644); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// annotate makes the one line of the job's page, and the report in the log. What
// fails the step is an error there.
func (a *action) annotate(o outcome, accepted bool, code int) error {
	n := workflow.Annotation{Level: workflow.Notice, Title: "benchgate: " + string(o.verdict())}
	if code != 0 {
		n.Level = workflow.Error
	}
	switch {
	case o.result != nil:
		var b bytes.Buffer
		if err := report.Text(&b, o.result.Verdict, report.TextOptions{Full: true}); err != nil {
			return err
		}
		if _, err := a.Log.Write(b.Bytes()); err != nil {
			return err
		}
		if n.Message = o.result.Verdict.Headline; accepted {
			n.Title += ", accepted"
		}
	case o.first != nil:
		n.Title, n.Message = "benchgate: first measurement", o.first.First().Headline()
	default:
		n.Message = o.err.Error()
	}
	return a.Log.Annotate(n)
}
