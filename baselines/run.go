package baselines

import (
	"errors"
	"fmt"
)

// Run is a run file in memory. Trials are in file order, which means nothing;
// use [Run.Counted] for statistics.
type Run struct {
	Header Header
	Trials []Trial
}

// SpentUSD is every dollar of every try, housekeeping and overhead included;
// known is false when some trial's money is not known.
func (r *Run) SpentUSD() (usd float64, known bool) {
	known = true
	for _, t := range r.Trials {
		if t.CostUSD == nil {
			known = false
			continue
		}
		usd += t.CostUSD.Total()
	}
	return usd, known
}

// CameToAnEnd is the number of the run's attempts that ended by themselves, of
// those that a plan of so many attempts a task has. Attempts that infrastructure
// errors took are among them: they were tried to the end. The run is complete
// when they are all of the plan's.
func (r *Run) CameToAnEnd(attempts int) int {
	tasks := make(map[string]bool)
	for _, t := range r.Header.Suite.Tasks {
		tasks[t.ID] = true
	}
	n := 0
	for _, i := range r.counted() {
		if t := &r.Trials[i]; tasks[t.Task] && t.Attempt >= 1 && t.Attempt <= attempts {
			n++
		}
	}
	return n
}

// Validate says everything that is wrong with the header and with each trial
// by itself, and which trials are of no task of the suite.
func (r *Run) Validate() error {
	errs := []error{r.Header.Validate()}
	for i, t := range r.Trials {
		if _, ok := r.Header.Suite.TaskByID(t.Task); !ok {
			errs = append(errs, fmt.Errorf("trial %d: task %q is not in the suite", i+1, t.Task))
		}
		if err := t.Validate(); err != nil {
			errs = append(errs, fmt.Errorf("trial %d: %w", i+1, err))
		}
	}
	return errors.Join(errs...)
}
