package baselines

import (
	"cmp"
	"slices"
)

// Key names one attempt at one task.
type Key struct {
	Task    string
	Attempt int
}

// MaxTries is how often one attempt is started at most: after an
// infrastructure error it is tried again, up to twice.
const MaxTries = 3

// Final reports whether no further try of the attempt follows this one, unless
// the whole run is stopped. Of tries made by this rule the final one is the one
// that [Run.Counted] returns.
func (t Trial) Final() bool { return t.Ended != InfraError || t.Try >= MaxTries }

// Counted returns, in the order of Seq, one try of each attempt: the last that
// is not an infrastructure error, or, when every try was one, the last of
// those. Cancelled tries are left out, and so is an attempt that was cancelled
// while it was tried again: it did not come to an end. Identical duplicates (the
// same task, attempt and try) count once.
func (r *Run) Counted() []Trial {
	chosen, stopped := make(map[Key]int, len(r.Trials)), make(map[Key]int)
	for i, t := range r.Trials {
		key := t.Key()
		if t.Ended == Cancelled {
			stopped[key] = max(stopped[key], t.Try)
			continue
		}
		have, ok := chosen[key]
		if !ok || preferred(t, r.Trials[have]) {
			chosen[key] = i
		}
	}
	out := make([]Trial, 0, len(chosen))
	for i, t := range r.Trials { // in the file's order, which most often is that of Seq
		key := t.Key()
		if have, ok := chosen[key]; ok && have == i && (t.Ended != InfraError || stopped[key] < t.Try) {
			out = append(out, t)
		}
	}
	bySeq := func(a, b Trial) int {
		return cmp.Or(cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.Task, b.Task), cmp.Compare(a.Attempt, b.Attempt))
	}
	if !slices.IsSortedFunc(out, bySeq) {
		slices.SortFunc(out, bySeq)
	}
	return out
}

func preferred(t, have Trial) bool {
	if (t.Ended == InfraError) != (have.Ended == InfraError) {
		return have.Ended == InfraError
	}
	return t.Try > have.Try
}

// Overhead returns the tries that [Run.Counted] does not: those that broke and
// were tried again, and cancelled ones. Their money was spent all the same.
func (r *Run) Overhead() []Trial {
	counted := make(map[tryKey]bool)
	for _, t := range r.Counted() {
		counted[tryKey{t.Key(), t.Try}] = true
	}
	var out []Trial
	for _, t := range r.Trials {
		if !counted[tryKey{t.Key(), t.Try}] {
			out = append(out, t)
		}
	}
	return out
}

// Key names the attempt that the trial is a try of.
func (t Trial) Key() Key { return Key{t.Task, t.Attempt} }

// tryKey names one try of an attempt.
type tryKey struct {
	Key
	try int
}
