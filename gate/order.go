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
// 1. Every task comes once before any comes twice, and each as often as planned,
// so that none is left out: tasks that always passed are where regressions
// appear. The same arguments give the same order.
//
// Against a stored baseline those trials come first that tell most per dollar,
// see worth, by what the baseline says of the tasks: an order that followed the
// candidate's outcomes would bend its estimates. In the informed mode all
// attempts after the first are put in order together, so that a cheap task that
// tells much comes a third time before others come twice. The other modes look
// at whole rounds and go in rounds, each task once.
//
// Without a stored baseline the order inside each round is random; so is the
// first round of a suite of more than 30 tasks, since there a verdict may come
// before its end, from what must be a fair sample.
//
// begun is the order of an earlier plan that this one goes on from, nil for
// none. It is kept, without attempts that are not planned any more, and the rest
// follows: what was looked at in one order is not looked at in another.
func Order(p Policy, baseline *baselines.Run, suite baselines.Suite, attempts int, seed uint64, begun []baselines.Key) []baselines.Key {
	anew := newOrder(p, baseline, suite, attempts, seed)
	planned := make(map[baselines.Key]bool, len(anew))
	for _, k := range anew {
		planned[k] = true
	}
	order := make([]baselines.Key, 0, len(anew))
	for _, k := range slices.Concat(begun, anew) {
		if planned[k] {
			delete(planned, k)
			order = append(order, k)
		}
	}
	return order
}

func newOrder(p Policy, baseline *baselines.Run, suite baselines.Suite, attempts int, seed uint64) []baselines.Key {
	random := rand.New(rand.NewPCG(seed, 0))
	worth, stored := worthOf(p, baseline, suite)
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
	if attempts > 1 && modeOf(p.Mode, stored, false) == Informed {
		another := func(k baselines.Key) float64 { return worth[k.Task] / float64(k.Attempt-1) }
		slices.SortStableFunc(order[len(ids):], func(a, b baselines.Key) int { return cmp.Compare(another(b), another(a)) })
	}
	return order
}

// worthOf is, by task, the root of how much one trial tells per US dollar, and
// the fewest attempts that the baseline has of a task. An empty map means that
// nothing is known of the tasks.
//
// The next attempt goes to the task with the largest worth over its attempts so
// far: that keeps the numbers of attempts in proportion to the worths, as money
// is best spent on strata whose trials differ in what they tell (the square of
// the worth) and in price. Source: Neyman's allocation, with costs; Cochran,
// Sampling Techniques (1977), 5.5.
//
// What a trial tells is how well it tells "as before" from "the suite lost a
// margin": with a the task's expected pass probability and b the lowered one,
// (a-b)·(logit a - logit b). That is what one trial adds to the expected log
// likelihood ratio when nothing changed, plus what it adds when the suite lost a
// margin (the Kullback-Leibler divergence, in both directions). It is the mean
// over the two ways of losing a margin that a pass must rule out: in proportion,
// where tasks that nearly always pass tell most, and in log odds, where the
// uncertain ones do. It is near 0 at tasks that never pass.
func worthOf(p Policy, baseline *baselines.Run, suite baselines.Suite) (worth map[string]float64, attempts int) {
	worth = make(map[string]float64)
	if baseline == nil || len(baseline.Trials) == 0 || len(suite.Tasks) == 0 {
		return worth, 0
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
	before := post.expected(post.support)
	thin, logit := post.expected(thinned(post, p.PassRateMaxDrop)), post.expected(shifted(post, p.PassRateMaxDrop))
	for i, id := range t.ids {
		usd := typical
		if known := costs[id]; len(known) > 0 {
			usd = average(known)
		}
		tells := (information(before[i], thin[i]) + information(before[i], logit[i])) / 2
		// The floor keeps the quotient finite for tasks that cost nothing.
		worth[id] = math.Sqrt(tells / max(usd, typical/1000, 1e-9))
	}
	return worth, t.leastAttempts()
}

// information is how well one trial tells two pass probabilities apart, both in
// (0, 1): the Kullback-Leibler divergence in both directions.
func information(a, b float64) float64 { return (a - b) * (logit(a) - logit(b)) }

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
