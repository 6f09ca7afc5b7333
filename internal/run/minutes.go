package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/benchgate/benchgate/internal/report"
)

// errMinutes is the cause of a context that ended because the run's time was over.
var errMinutes = errors.New("the run's minutes were over")

// inTime refuses minutes in which no trial of some task could be begun.
func (d *Design) inTime(o Options) error {
	limit := o.minutes()
	for _, task := range d.Suite.Tasks {
		if agent := o.trialLimits().AgentTime(task); limit > 0 && agent > limit-cleanUp(limit) {
			return errors.New(report.TooLittleTime(o.Config.Limits.Minutes, task.ID, agent))
		}
	}
	return nil
}

// minutes is the limit of the whole command; zero: none.
func (o Options) minutes() time.Duration {
	return time.Duration(o.Config.Limits.Minutes * float64(time.Minute))
}

// cleanUp is the part of the run's time that is kept for removing sandboxes, the
// verdict and its reports: a tenth, and a minute at most.
func cleanUp(limit time.Duration) time.Duration { return min(limit/10, time.Minute) }

// left is how much of the run's time trials may still use. ok is false when there
// is no limit.
func (p *plan) left() (d time.Duration, ok bool) {
	limit := p.o.minutes()
	if limit == 0 {
		return 0, false
	}
	return p.design.Began.Add(limit - cleanUp(limit)).Sub(p.o.Now()), true
}

// withinMinutes is a context that ends, with errMinutes as its cause, when the
// trials' part of the run's time is over.
func (p *plan) withinMinutes(ctx context.Context) (context.Context, context.CancelFunc) {
	left, limited := p.left()
	if !limited {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, left, errMinutes)
}

// noTimeFor tells whether not even one of these trials could be begun.
func (p *plan) noTimeFor(steps []Step) bool {
	left, limited := p.left()
	return limited && len(steps) > 0 && !slices.ContainsFunc(steps, func(s Step) bool { return p.o.trialLimits().AgentTime(s.Task) <= left })
}

// tooLate is the error of a run whose time was over before its first trial.
func (p *plan) tooLate(err error) error {
	return fmt.Errorf("not measured: %w before the first trial (limits.minutes: %g): %w", errMinutes, p.o.Config.Limits.Minutes, err)
}
