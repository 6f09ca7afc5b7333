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
	counted := r.counted()
	out := make([]Trial, len(counted))
	for n, i := range counted {
		out[n] = r.Trials[i]
	}
	return out
}

// counted are the places of those tries in Trials, in the order of Seq.
func (r *Run) counted() []int {
	chosen, stopped := make(map[Key]int, len(r.Trials)), make(map[Key]int)
	for i := range r.Trials {
		t := &r.Trials[i]
		if t.Ended == Cancelled {
			stopped[t.Key()] = max(stopped[t.Key()], t.Try)
			continue
		}
		if have, ok := chosen[t.Key()]; !ok || preferred(t, &r.Trials[have]) {
			chosen[t.Key()] = i
		}
	}
	out := make([]int, 0, len(chosen))
	for key, i := range chosen {
		if t := &r.Trials[i]; t.Ended != InfraError || stopped[key] < t.Try {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(i, j int) int {
		a, b := &r.Trials[i], &r.Trials[j]
		return cmp.Or(cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.Task, b.Task), cmp.Compare(a.Attempt, b.Attempt))
	})
	return out
}

func preferred(t, have *Trial) bool {
	if (t.Ended == InfraError) != (have.Ended == InfraError) {
		return have.Ended == InfraError
	}
	return t.Try > have.Try
}

// Overhead returns the tries that [Run.Counted] does not: those that broke and
// were tried again, and cancelled ones. Their money was spent all the same.
func (r *Run) Overhead() []Trial {
	counted := make(map[tryKey]bool, len(r.Trials))
	for _, i := range r.counted() {
		counted[r.Trials[i].tryKey()] = true
	}
	var out []Trial
	for i := range r.Trials {
		if !counted[r.Trials[i].tryKey()] {
			out = append(out, r.Trials[i])
		}
	}
	return out
}

// Key names the attempt that the trial is a try of.
func (t Trial) Key() Key { return Key{t.Task, t.Attempt} }

func (t *Trial) tryKey() tryKey { return tryKey{t.Key(), t.Try} }

// tryKey names one try of an attempt.
type tryKey struct {
	Key
	try int
}
