package action

import (
	"context"
	"errors"

	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/pullrequest"
	"github.com/benchgate/benchgate/internal/run"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/site"
)

// outcome is what a measurement came to: exactly one of its parts is there.
type outcome struct {
	result *run.Result   // a verdict
	first  *run.Measured // one variant, compared with nothing
	err    error         // neither
}

// dir is the run's directory; empty: there is none.
func (o outcome) dir() string {
	switch {
	case o.result != nil:
		return o.result.Dir
	case o.first != nil:
		return o.first.Dir
	}
	return ""
}

// Exit codes that are no verdict's, as the command line has them.
const (
	codeUsage       = 2
	codeNotMeasured = 5
)

// exitCode is that of the command line for the same outcome, but for a
// measurement that was compared with nothing: it is no verdict, hence not
// measured.
func (o outcome) exitCode() int {
	switch {
	case o.result != nil:
		return o.result.Verdict.Outcome.ExitCode()
	case o.first != nil || run.NotMeasured(o.err) || noKey(o.err) || errors.Is(o.err, errNotSaved) ||
		errors.Is(o.err, errGitHub) || errors.Is(o.err, pullrequest.ErrRefused):
		return codeNotMeasured
	}
	return codeUsage
}

// noKey tells that a model would be asked, and nothing was given that opens its API.
func noKey(err error) bool {
	_, missing := errors.AsType[*site.MissingKey](err)
	return missing
}

// errGitHub is the error of a job that GitHub did not let do its work.
var errGitHub = errors.New("GitHub did not do what it was asked")

// errNotSaved is the error of a measurement that is no baseline, as it should be.
var errNotSaved = errors.New("the baseline is not saved")

// verdict is the word of the output "verdict".
func (o outcome) verdict() gate.Outcome {
	if o.result != nil && o.result.Verdict.Outcome != "" {
		return o.result.Verdict.Outcome
	}
	return gate.NotMeasured
}

// cause is why nothing was measured, in words of our own: an error may hold what an
// image, a task or a branch says, which belongs in the log and in no comment.
func (o outcome) cause() string {
	const more = "; the job's page says more"
	if missing, is := errors.AsType[*site.MissingKey](o.err); is {
		return missing.Error()
	}
	switch {
	case errors.Is(o.err, errNotSaved):
		return errNotSaved.Error() + more
	case errors.Is(o.err, run.ErrUnreadable):
		return run.ErrUnreadable.Error() + more
	case errors.Is(o.err, run.ErrNoBaseline):
		return "there is no stored baseline" + more
	case errors.Is(o.err, site.ErrNoAdmission):
		return "the model API lets nobody in" + more
	case errors.Is(o.err, sandbox.ErrEngine):
		return "the engine for sandboxes cannot be used" + more
	case o.exitCode() == codeUsage:
		return "configuration or suite cannot be used" + more
	}
	return "the run failed" + more
}

// whole tells that a measurement of one variant has every planned attempt.
func (o outcome) whole() bool { return o.first != nil && len(o.first.Missing) == 0 }

// cancelled tells that somebody ended the job.
func (o outcome) cancelled() bool { return errors.Is(o.err, context.Canceled) }

// jobCode is the exit code of the step: not zero makes the job fail. An accepted
// regression, a whole measurement of one variant, and an inconclusive verdict
// that may pass do not.
func (o outcome) jobCode(c *config.Config, accepted bool) int {
	code := o.exitCode()
	switch {
	case o.whole(), accepted && o.verdict() == gate.Regression:
		return 0
	case o.verdict() == gate.Inconclusive && c != nil && c.Gate.OnInconclusive != config.ConcludeFail:
		return 0
	}
	return code
}
