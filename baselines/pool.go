package baselines

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
)

// MaxPooled is how many attempts per task a pooled baseline keeps, the newest
// ones. A hosted model changes without a new name: what it did months ago says
// little about what the candidate would be compared with today.
const MaxPooled = 20

// Pool makes one baseline of several runs of one fingerprint. The runs may be
// in any order.
//
// One run alone is returned as it is. Of several, the attempts that count
// (see [Run.Counted] and [Ended.Counts]) are taken in the order of the runs'
// Created and of Seq, the last [MaxPooled] of each task kept and numbered
// from 1 again; Seq is numbered anew by attempt, then by the suite's order of
// tasks. The header is the newest run's with the id "<its id>+<number of the
// others>-<digest of their ids>", which no other set of runs has, and
// Limits.Attempts of the task that has most; plan and order seed are gone,
// because the pool has none, and no gate watched it.
//
// No runs are an error matching [ErrNotFound]; runs of different fingerprints
// are an error that names the first key in which they differ.
func Pool(runs []*Run) (*Run, error) {
	switch len(runs) {
	case 0:
		return nil, fmt.Errorf("pooling runs: %w", ErrNotFound)
	case 1:
		return runs[0], nil
	}
	runs = slices.Clone(runs)
	slices.SortFunc(runs, func(a, b *Run) int {
		return cmp.Or(a.Header.Created.Compare(b.Header.Created), cmp.Compare(a.Header.ID, b.Header.ID))
	})
	newest := runs[len(runs)-1].Header
	var errs []error
	for _, r := range runs[:len(runs)-1] {
		if diffs := Differences(r.Header, newest, Field.InFingerprint); len(diffs) > 0 {
			d := diffs[0]
			errs = append(errs, fmt.Errorf("pooling runs: %s is %s in %s and %s in %s", d.Name(), d.A, r.Header.ID, d.B, newest.ID))
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return renumbered(runs, newest), nil
}

// renumbered is the newest valid attempts of all runs as one run.
func renumbered(runs []*Run, h Header) *Run {
	perTask := make(map[string][]Trial)
	for _, r := range runs {
		for _, t := range r.Counted() {
			if t.Ended.Counts() {
				perTask[t.Task] = append(perTask[t.Task], t)
			}
		}
	}
	h.ID = pooledID(runs)
	h.Plan, h.OrderSeed, h.Limits.Attempts = "", 0, 0
	h.Stopping, h.Against = ByNothing, ""
	out := &Run{Header: h}
	for _, task := range h.Suite.Tasks {
		trials := perTask[task.ID]
		trials = trials[max(0, len(trials)-MaxPooled):]
		perTask[task.ID] = trials
		out.Header.Limits.Attempts = max(out.Header.Limits.Attempts, len(trials))
	}
	for attempt := 1; attempt <= out.Header.Limits.Attempts; attempt++ {
		for _, task := range h.Suite.Tasks {
			if trials := perTask[task.ID]; attempt <= len(trials) {
				t := trials[attempt-1]
				t.Seq, t.Attempt, t.Try = len(out.Trials)+1, attempt, 1
				out.Trials = append(out.Trials, t)
			}
		}
	}
	return out
}

// pooledID names the runs, the newest of which is the last. A candidate's
// header and plan name a pool by it, so another pool must have another.
func pooledID(runs []*Run) string {
	others := runs[:len(runs)-1]
	sum := sha256.New()
	for _, r := range others {
		fmt.Fprintf(sum, "%q\n", r.Header.ID)
	}
	return fmt.Sprintf("%s+%d-%x", runs[len(runs)-1].Header.ID, len(others), sum.Sum(nil)[:4])
}
