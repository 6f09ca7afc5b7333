package compare

import (
	"cmp"
	"maps"
	"slices"

	"github.com/benchgate/benchgate/baselines"
)

// matchedTask is one task with the attempts of both runs.
type matchedTask struct {
	id, tier            string
	candidate, baseline attempts
	pairs               []pair
}

// attempts are one side's attempts at one task.
type attempts struct {
	valid []*baselines.Trial // those that count, by attempt number
	infra int                // those lost to infrastructure errors
	ended map[baselines.Ended]int
}

// pair is one attempt number that counts on both sides.
type pair struct {
	candidate, baseline *baselines.Trial
}

// match sorts both runs by task and attempt number, so that neither the order
// of tasks in the suite nor of lines in the file reaches a statistic.
func match(baseline, candidate *baselines.Run) []matchedTask {
	byID := make(map[string]*matchedTask)
	of := func(id string) *matchedTask {
		if byID[id] == nil {
			byID[id] = &matchedTask{id: id, candidate: newAttempts(), baseline: newAttempts()}
		}
		return byID[id]
	}
	for _, suite := range []baselines.Suite{baseline.Header.Suite, candidate.Header.Suite} {
		for _, t := range suite.Tasks {
			of(t.ID).tier = t.Tier
		}
	}
	b, c := baseline.Counted(), candidate.Counted()
	for i := range b {
		of(b[i].Task).baseline.add(&b[i])
	}
	for i := range c {
		of(c[i].Task).candidate.add(&c[i])
	}
	tasks := make([]matchedTask, 0, len(byID))
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		t := byID[id]
		t.candidate.sort()
		t.baseline.sort()
		t.pairs = pairUp(t.candidate.valid, t.baseline.valid)
		tasks = append(tasks, *t)
	}
	return tasks
}

func newAttempts() attempts { return attempts{ended: make(map[baselines.Ended]int)} }

func (a *attempts) add(t *baselines.Trial) {
	a.ended[t.Ended]++
	switch {
	case t.Ended.Counts():
		a.valid = append(a.valid, t)
	case t.Ended == baselines.InfraError:
		a.infra++
	}
}

func (a *attempts) sort() {
	slices.SortFunc(a.valid, func(x, y *baselines.Trial) int { return cmp.Compare(x.Attempt, y.Attempt) })
}

// pairUp joins two lists in order of attempt numbers.
func pairUp(candidate, baseline []*baselines.Trial) []pair {
	var pairs []pair
	for len(candidate) > 0 && len(baseline) > 0 {
		switch c, b := candidate[0], baseline[0]; {
		case c.Attempt < b.Attempt:
			candidate = candidate[1:]
		case c.Attempt > b.Attempt:
			baseline = baseline[1:]
		default:
			pairs = append(pairs, pair{c, b})
			candidate, baseline = candidate[1:], baseline[1:]
		}
	}
	return pairs
}

// count is how many attempts solved the task, of those that count.
func (a attempts) count() Count {
	c := Count{Attempts: len(a.valid)}
	for _, t := range a.valid {
		if t.IsSolved() {
			c.Solved++
		}
	}
	return c
}

// quantity reads one number of a trial; known is false when the trial does not
// have it.
type quantity func(*baselines.Trial) (value float64, known bool)

// usable reports whether x can be a trial's dollars, seconds, tokens or count: not
// negative, not NaN, and at most 1e12. Run files are read from outside, and one
// absurd number would decide every sum.
func usable(x float64) bool { return x >= 0 && x <= 1e12 }

// CostOf is what a trial cost, in the US dollars that are compared; known is
// false when that is unknown or no amount that a trial can cost.
func CostOf(t *baselines.Trial) (usd float64, known bool) {
	usd, known = t.Cost()
	return usd, known && usable(usd)
}

// MeterMissed reports whether the trial made requests that the meter did not
// see, for no known reason.
func MeterMissed(t *baselines.Trial) bool {
	return t.Flagged(baselines.MeterMissed) && (t.Agreement == nil || t.Agreement.Explained == "")
}

func solvedOf(t *baselines.Trial) (float64, bool) {
	if t.IsSolved() {
		return 1, true
	}
	return 0, true
}

func activeTimeOf(t *baselines.Trial) (float64, bool) {
	if t.Seconds.Active == nil {
		return 0, false
	}
	return *t.Seconds.Active, usable(*t.Seconds.Active)
}

func tokensOf(t *baselines.Trial) (float64, bool) {
	if t.Tokens == nil {
		return 0, false
	}
	total := float64(t.Tokens.Total())
	return total, usable(total)
}

func requestsOf(t *baselines.Trial) (float64, bool)   { return number(t.Requests) }
func toolCallsOf(t *baselines.Trial) (float64, bool)  { return number(t.ToolCalls) }
func toolErrorsOf(t *baselines.Trial) (float64, bool) { return number(t.ToolErrors) }

func number(n *int) (float64, bool) {
	if n == nil {
		return 0, false
	}
	return float64(*n), usable(float64(*n))
}

// linesOf counts the lines that the agent wrote and that are in the files at
// the end.
func linesOf(t *baselines.Trial) (float64, bool) {
	if t.Lines == nil || t.Lines.Kept == nil {
		return 0, false
	}
	return float64(*t.Lines.Kept), usable(float64(*t.Lines.Kept))
}

// linesAddedOf counts what the agent added on its way, as it counts itself:
// what it wrote twice is there twice.
func linesAddedOf(t *baselines.Trial) (float64, bool) {
	if t.Lines == nil {
		return 0, false
	}
	return float64(t.Lines.Added), usable(float64(t.Lines.Added))
}

func linesRemovedOf(t *baselines.Trial) (float64, bool) {
	if t.Lines == nil {
		return 0, false
	}
	return float64(t.Lines.Removed), usable(float64(t.Lines.Removed))
}

func cacheUtilizationOf(t *baselines.Trial) (float64, bool) {
	if t.Tokens == nil {
		return 0, false
	}
	share, ok := t.Tokens.CacheUtilization()
	return share, ok && share >= 0 && share <= 1
}
