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
