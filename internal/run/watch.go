package run

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/trial"
)

// watch records every trial as it ends, reports progress, and ends the run when
// the gate needs no more, the money is spent or the engine does not answer.
type watch struct {
	plan    *plan
	arms    arms       // whose journals take the trials
	gate    *gate.Gate // nil: no gate hears of the trials, as of live pairs and of one arm alone
	planned int

	// end stops what still runs, for this reason.
	end context.CancelCauseFunc

	mu     sync.Mutex
	done   int
	ended  int   // of those done, which were not cancelled
	ranOut error // errMoney, errRequests or errMinutes once that limit of the run was reached
}

// Why trials are cancelled, besides Ctrl-C.
var (
	errDecided   = errors.New("the verdict stood")
	errPointless = errors.New("no further trial could change the verdict")
	errMoney     = errors.New("the run's dollar limit was reached")
	errRequests  = errors.New("the run's limit of model requests was reached")
)

// mayStart tells whether a trial whose agent works to its deadline ends within the
// run's time. One that might not would be paid for and lost.
func (w *watch) mayStart(job trial.Job) bool {
	left, limited := w.plan.left()
	if !limited || w.plan.o.trialLimits().AgentTime(job.Task) <= left {
		return true
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ranOut = errMinutes
	return false
}

// observe is called by the workers. A trial is on disk before anyone hears of
// it. An error ends the run without a verdict.
func (w *watch) observe(ctx context.Context, e trial.Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	progress := Progress{
		Arm: e.Job.Arm, Variant: e.Job.Subject.Variant.Name, Task: e.Job.Task.ID,
		Attempt: e.Job.Attempt, Try: e.Job.Try, Final: e.Final, Planned: w.planned,
	}
	if e.Trial != nil {
		t := w.cancelUnpaid(e.Job, *e.Trial)
		if err := w.arms[e.Job.Arm].record(t); err != nil {
			return err
		}
		// A cancelled try is final even where the worker that ran it, which saw
		// an infrastructure error, would try again.
		progress.Final = e.Final || t.Final()
		w.addToGate(e.Job.Arm, t, progress.Final)
		if progress.Final && t.Ended != baselines.Cancelled {
			w.ended++
		}
		w.plan.tee.trial(e.Job, w.arms[e.Job.Arm].run.Header, t, w.plan.site.Runner.Meter)
		progress.Trial = &t
		progress.Dir = e.Job.Dir(w.plan.site.Dir)
	}
	progress.Done = w.done
	w.plan.o.Progress(progress)
	return w.checkEngine(ctx, e.Trial)
}

// cancelUnpaid makes a trial "cancelled" when the meter refused one of its
// requests because a limit of the whole run was reached, its dollars or its
// requests. Such a trial did not fail, so it must not enter the statistics; the run
// ends with it.
func (w *watch) cancelUnpaid(job trial.Job, t baselines.Trial) baselines.Trial {
	why := exhausted(w.plan.site.Runner.Meter.Entries(job.ID()))
	if why == nil {
		return t
	}
	w.ranOut = why
	w.end(why)
	t.Ended, t.Reason, t.Solved = baselines.Cancelled, why.Error(), nil
	return t
}

// cutShort notes that what still ran was stopped, when its cause is the run's time.
func (w *watch) cutShort(cause error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if errors.Is(cause, errMinutes) {
		w.ranOut = errMinutes
	}
}

// exhausted is the limit of the whole run for which the meter refused one of these
// requests; nil: it refused none.
func exhausted(ledger []meter.Entry) error {
	for _, e := range ledger {
		switch e.Retry {
		case meter.OutOfMoney:
			return errMoney
		case meter.NoRequests:
			return errRequests
		}
	}
	return nil
}

// engineAgain is the time between two questions to an engine that does not answer.
const engineAgain = 500 * time.Millisecond

// checkEngine asks the engine after an infrastructure error whether it still
// answers, and waits for it. Its error ends the run: without an engine every
// further trial would break as well.
func (w *watch) checkEngine(ctx context.Context, t *baselines.Trial) error {
	if t == nil || t.Ended != baselines.InfraError {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), w.plan.o.engineWait())
	defer cancel()
	told := false
	for {
		_, err := w.plan.site.Engine.Info(ctx)
		if err == nil {
			return nil
		}
		if !told {
			w.plan.o.Notice(fmt.Sprintf("the engine does not answer: waiting for it, at most %s", w.plan.o.engineWait()))
			told = true
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("no verdict; the trials that finished are kept in %s: %w", w.plan.site.Dir, err)
		case <-time.After(engineAgain):
		}
	}
}

// addToGate gives the gate a trial, or a try that does not count, and ends the
// run when the gate needs no more. The gate itself brings trials into the order of
// seq, whichever finishes first.
func (w *watch) addToGate(arm baselines.Arm, t baselines.Trial, final bool) {
	g := w.gate
	switch {
	case g == nil:
		if final {
			w.done++
		}
		return
	case !final:
		if arm == baselines.Candidate {
			g.Overhead(t)
		}
		return
	case arm == baselines.Candidate:
		g.Add(t)
	default:
		g.AddBaseline(t)
	}
	w.done++
	switch {
	case g.Stands():
		w.end(errDecided)
	case g.Done():
		w.end(errPointless)
	}
}

// ranOutOf says which limit of the run's money or requests ended it before its plan
// did; empty when none did.
func (w *watch) ranOutOf() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	limits := w.plan.o.Config.Limits
	switch {
	case w.ranOut == nil || errors.Is(w.ranOut, errMinutes) || w.gate != nil && w.gate.Done():
		return ""
	case errors.Is(w.ranOut, errRequests):
		return report.OutOfRequests(limits.Requests)
	}
	return report.OutOfMoney(dollars(limits.USD))
}

// outOfTime says with how many trials the run's time was over; nil: it was not, or
// the gate needed no more.
func (w *watch) outOfTime() *compare.Fact {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !errors.Is(w.ranOut, errMinutes) || w.gate != nil && w.gate.Done() {
		return nil
	}
	if w.ended == w.planned { // the last trial ended with the time
		return nil
	}
	minutes, carried := w.plan.o.Config.Limits.Minutes, w.plan.carried.trials()
	return &compare.Fact{Code: gate.TimeOver, Value: &minutes, Count: carried + w.ended, Of: carried + w.planned}
}
