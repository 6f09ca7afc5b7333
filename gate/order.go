package gate

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
)

// Order is the planned order of a suite's trials: Seq is the place in it, from
// 1. It goes in rounds, each task once a round, so that no task is ever left
// out: tasks that always passed are where regressions appear.
//
// Inside a round, tasks come first that tell most per dollar about a drop by
// the policy's margin, given a stored baseline. Without one the order is
// random; so is the first round of a suite of more than 30 tasks, since there
// a verdict may come before the round's end, from what must be a fair sample.
//
// The same arguments give the same order.
func Order(p Policy, baseline *baselines.Run, suite baselines.Suite, attempts int, seed uint64) []baselines.Key {
	random := rand.New(rand.NewPCG(seed, 0))
	worth := informationPerDollar(p, baseline, suite)
	var ids []string
	for _, t := range suite.Tasks {
		ids = append(ids, t.ID)
	}
	slices.Sort(ids)

	order := make([]baselines.Key, 0, attempts*len(ids))
	for attempt := 1; attempt <= attempts; attempt++ {
		random.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
		if attempt > 1 || len(ids) <= leastTrials {
			slices.SortStableFunc(ids, func(a, b string) int { return cmp.Compare(worth[b], worth[a]) })
		}
		for _, id := range ids {
			order = append(order, baselines.Key{Task: id, Attempt: attempt})
		}
	}
	return order
}

// informationPerDollar is, by task, how well one trial tells "as before" from
// "the suite lost a margin", divided by what the trial is expected to cost in US
// dollars. Only the order of the values matters. An empty map means that
// nothing is known of the tasks.
//
// With a the task's expected pass probability and b the lowered one, the
// information is (a-b)·(logit a - logit b): what one trial adds to the expected
// log likelihood ratio when nothing changed, plus what it adds when the suite
// lost a margin (the Kullback-Leibler divergence, in both directions). It is
// largest at tasks that nearly always pass, and near 0 at tasks that never do.
func informationPerDollar(p Policy, baseline *baselines.Run, suite baselines.Suite) map[string]float64 {
	worth := make(map[string]float64)
	if baseline == nil || len(baseline.Trials) == 0 || len(suite.Tasks) == 0 {
		return worth
	}
	t := newTally(suite)
	costs := make(map[string][]float64)
	for _, trial := range baseline.Counted() {
		t.baseline(&trial)
		if usd, known := compare.CostOf(&trial); known && trial.Ended.Counts() {
			costs[trial.Task] = append(costs[trial.Task], usd)
		}
	}
	typical := 0.0 // the mean over tasks: for tasks without a known cost
	for _, usd := range costs {
		typical += average(usd) / float64(len(costs))
	}
	post := newPosterior(newPrior(), t.counts())
	keep := max(0, 1-p.PassRateMaxDrop/post.mean)
	for i, a := range post.taskMeans() {
		b := bounded(a * keep)
		information := (a - b) * (logit(a) - logit(b))
		usd := typical
		if known := costs[t.ids[i]]; len(known) > 0 {
			usd = average(known)
		}
		// The floor keeps the quotient finite for tasks that cost nothing.
		worth[t.ids[i]] = information / max(usd, typical/1000, 1e-9)
	}
	return worth
}

// logit is the logarithm of the odds p/(1-p), for p in (0, 1).
func logit(p float64) float64 { return math.Log(p / (1 - p)) }

// average is the arithmetic mean; NaN of nothing.
func average(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}
