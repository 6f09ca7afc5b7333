package baselines

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// Run is a run file in memory. Trials are in file order, which means nothing;
// use [Run.Counted] for statistics.
type Run struct {
	Header Header
	Trials []Trial
}

// Key names one attempt at one task.
type Key struct {
	Task    string
	Attempt int
}

// Counted returns, in the order of Seq, the one try of each attempt that
// stands for it: the last try that is not an infrastructure error, or, when
// every try was one, the last of those. Cancelled tries stand for nothing.
// Identical duplicates (the same task, attempt and try) count once.
func (r *Run) Counted() []Trial {
	stands := make(map[Key]Trial)
	for _, t := range r.Trials {
		if t.Ended == Cancelled {
			continue
		}
		k := Key{t.Task, t.Attempt}
		have, ok := stands[k]
		if !ok || better(t, have) {
			stands[k] = t
		}
	}
	out := make([]Trial, 0, len(stands))
	for _, t := range stands {
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b Trial) int {
		return cmp.Or(cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.Task, b.Task), cmp.Compare(a.Attempt, b.Attempt))
	})
	return out
}

func better(t, have Trial) bool {
	if (t.Ended == InfraError) != (have.Ended == InfraError) {
		return have.Ended == InfraError
	}
	return t.Try > have.Try
}

// Overhead returns the tries that stand for nothing: broken tries whose
// attempt was tried again, and cancelled ones. Their money was spent all the
// same.
func (r *Run) Overhead() []Trial {
	type try struct {
		Key
		try int
	}
	counted := make(map[try]bool)
	for _, t := range r.Counted() {
		counted[try{Key{t.Task, t.Attempt}, t.Try}] = true
	}
	var out []Trial
	for _, t := range r.Trials {
		if !counted[try{Key{t.Task, t.Attempt}, t.Try}] {
			out = append(out, t)
		}
	}
	return out
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
