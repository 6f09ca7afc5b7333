package action

import (
	"context"
	"errors"
	"strconv"

	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/pullrequest"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/workflow"
)

// changesNothing tells that a pull request, or a merge queue's group, proposes the base's
// own candidate, and that such ones are not measured. Who dispatches wants a verdict.
func (a *action) changesNothing(s *subject) bool {
	return a.values.Unchanged == "skip" && a.ask.proposed && a.ask.dispatcher == "" && s.config.Unchanged
}

var nothingMeasured = []output{{"verdict", string(gate.NotMeasured)}, {"exit-code", strconv.Itoa(codeNotMeasured)}}

// leaveUnchanged tells that there is nothing to measure. The check run is neutral, so
// that one which is required does not keep the pull request waiting; a comment is not
// begun for it.
func (a *action) leaveUnchanged(ctx context.Context, s *subject) (int, error) {
	stopped := report.Stopped{How: report.Unchanged}
	if l := a.leftBy(s); l.Comment || l.Check {
		ctx, cancel := context.WithTimeout(ctx, verdictTime)
		defer cancel()
		post := a.post(a.key(l.Suite), l, pullrequest.Circumstances{Changes: s.changes})
		_, err := pullrequest.NewPoster(post).Stop(ctx, stopped)
		a.notPosted(err)
	}
	return 0, errors.Join(
		a.Log.Summarize(stopped.Markdown()), setOutputs(a.Log, nothingMeasured),
		a.Log.Annotate(workflow.Annotation{Level: workflow.Notice, Title: "benchgate: not measured", Message: stopped.Line() + " (unchanged: skip)."}),
	)
}
