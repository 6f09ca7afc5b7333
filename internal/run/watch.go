package run

import (
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

	mu   sync.Mutex
	done int
}

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
		if stands(*e.Trial, e.Job.Try) {
			w.done++
		}
		progress.Trial = e.Trial
		progress.Dir = filepath.Join(w.plan.dir, "trials", string(e.Job.Arm), e.Job.Task.ID, fmt.Sprintf("%d.%d", e.Job.Attempt, e.Job.Try))
	}
	progress.Done = w.done
	w.plan.o.Progress(progress)
	return nil
}

// stands tells whether no further try of the attempt will follow.
func stands(t baselines.Trial, try int) bool {
	return t.Ended != baselines.InfraError || try == trial.MaxTries
}
