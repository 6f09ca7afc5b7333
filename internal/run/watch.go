package run

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/trial"
)

// watch records every trial as it ends and tells whoever looks on.
type watch struct {
	plan    *plan
	planned int

	// decided ends what still runs when the verdict stands.
	decided context.CancelCauseFunc

	mu   sync.Mutex
	done int
}

// errDecided is why trials beyond the verdict are cancelled.
var errDecided = errors.New("the verdict stood")

// observe is called by the workers. A trial is on disk before anyone hears of
// it.
func (w *watch) observe(e trial.Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	progress := Progress{
		Arm: e.Job.Arm, Variant: e.Job.Subject.Variant.Name, Task: e.Job.Task.ID,
		Attempt: e.Job.Attempt, Try: e.Job.Try, Planned: w.planned,
	}
	if e.Trial != nil {
		if err := w.plan.arms[e.Job.Arm].record(*e.Trial); err != nil {
			return err
		}
		w.weigh(e.Job.Arm, *e.Trial, e.Job.Try)
		progress.Trial = e.Trial
		progress.Dir = filepath.Join(w.plan.dir, "trials", string(e.Job.Arm), e.Job.Task.ID, fmt.Sprintf("%d.%d", e.Job.Attempt, e.Job.Try))
	}
	progress.Done = w.done
	w.plan.o.Progress(progress)
	return nil
}

// weigh hands the gate what it waits for. Trials enter it in the order of seq,
// whatever finishes first; the gate sees to that.
func (w *watch) weigh(arm baselines.Arm, t baselines.Trial, try int) {
	g := w.plan.gate
	switch {
	case !stands(t, try):
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
	if g.Stands() {
		w.decided(errDecided)
	}
}

// stands tells whether no further try of the attempt will follow.
func stands(t baselines.Trial, try int) bool {
	return t.Ended != baselines.InfraError || try == trial.MaxTries
}
