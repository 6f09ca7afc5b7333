package gate

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/internal/realparts"
)

// world is where simulated runs come from: what the tasks' pass rates are, what
// changed with the candidate, what trials cost.
type world struct {
	tasks      int
	suite      func(*rand.Rand, int) []float64
	change     func(*rand.Rand, []float64) []float64
	costFactor float64                   // of the candidate
	infra      float64                   // share of attempts lost, on both sides
	lost       func(solved bool) float64 // and of the candidate's, beyond that; nil: none

	// runEffect is the standard deviation of a factor's logarithm, by which all
	// costs of one run differ from another's. The two halves of a live pair share
	// it.
	runEffect float64

	// runaways is the share of the candidate's trials that cost ten times as much.
	runaways float64
}

// design is how the world is looked at.
type design struct {
	policy   Policy
	baseline int  // attempts per task; 0: measured live
	ordered  bool // by information per dollar, else in rounds at random
	rounds   bool // in rounds, by information per dollar inside them
}

// result sums up many simulated gates.
type result struct {
	fail, pass float64 // shares
	asked      float64 // share that asks for live pairs
	confirmed  float64 // share whose regression they confirm: of costs alone
	perSolved  float64 // share that fails by cost per solved task, whatever else fails
	withheld   float64 // share whose pass the bill keeps back at the end
	trials     float64 // mean, of the planned number
	dollars    float64 // mean, of the whole plan's
}

func (r result) String() string {
	return fmt.Sprintf("FAIL %.3f  PASS %.3f  asked %.3f  confirmed %.3f  withheld %.3f  n/plan %.3f  $/plan %.3f", r.fail, r.pass, r.asked, r.confirmed, r.withheld, r.trials, r.dollars)
}

// add adds up gates, for mean.
func (r *result) add(one result) {
	r.fail += one.fail
	r.pass += one.pass
	r.asked += one.asked
	r.confirmed += one.confirmed
	r.perSolved += one.perSolved
	r.withheld += one.withheld
	r.trials += one.trials
	r.dollars += one.dollars
}

func (r result) mean(runs int) result {
	n := float64(runs)
	return result{r.fail / n, r.pass / n, r.asked / n, r.confirmed / n, r.perSolved / n, r.withheld / n, r.trials / n, r.dollars / n}
}

// chance is where simulated runs draw from. What belongs to live pairs and
// to effects of whole runs has a source of its own, so that gates without them
// draw what they always drew.
type chance struct{ trials, nights *rand.Rand }

// simulate plays gates on fresh suites, baselines and candidates each.
func simulate(t testing.TB, w world, d design, runs int) result {
	t.Helper()
	c := chance{rand.New(rand.NewPCG(20251123, uint64(w.tasks))), rand.New(rand.NewPCG(20251124, uint64(w.tasks)))}
	shared := new(tables)
	var sum result
	for range runs {
		sum.add(play(c, w, d, shared))
	}
	return sum.mean(runs)
}

func play(c chance, w world, d design, shared *tables) result {
	before := w.suite(c.trials, w.tasks)
	after := before
	if w.change != nil {
		after = w.change(c.trials, before)
	}
	price := make([]float64, w.tasks)
	for t := range price {
		price[t] = realparts.DrawTaskUSD(c.trials)
	}
	h := simulatedHeader(w.tasks, d.policy.Attempts)
	trial := func(random *rand.Rand, task, attempt int, p, factor float64) baselines.Trial {
		solved := random.Float64() < p
		usd := realparts.DrawAttemptUSD(random, factor*price[task])
		if !solved {
			usd *= realparts.FailedFactor
		}
		out := baselines.Trial{
			Task: h.Suite.Tasks[task].ID, Attempt: attempt, Try: 1, Ended: baselines.Finished,
			Solved: &solved, CostUSD: &baselines.CostUSD{Main: usd},
		}
		if random.Float64() < w.infra {
			out.Ended, out.Solved = baselines.InfraError, nil
		}
		return out
	}
	dearer := cmp.Or(w.costFactor, 1)
	ofStored, ofCandidate := math.Exp(w.runEffect*c.nights.NormFloat64()), math.Exp(w.runEffect*c.nights.NormFloat64())
	stored := &baselines.Run{Header: h}
	for attempt := 1; attempt <= cmp.Or(d.baseline, d.policy.Attempts); attempt++ {
		for task := range w.tasks {
			stored.Trials = append(stored.Trials, trial(c.trials, task, attempt, before[task], ofStored))
		}
	}
	candidate := func(k baselines.Key) baselines.Trial {
		task := taskNumber(k.Task)
		out := trial(c.trials, task, k.Attempt, after[task], dearer*ofCandidate)
		if w.runaways > 0 && c.nights.Float64() < w.runaways {
			out.CostUSD.Main *= 10
		}
		if w.lost != nil && out.Solved != nil && c.trials.Float64() < w.lost(*out.Solved) {
			out.Ended, out.Solved = baselines.InfraError, nil
		}
		return out
	}
	live := func() (baseline, candidate *baselines.Run) {
		baseline, candidate = &baselines.Run{Header: h}, &baselines.Run{Header: h}
		for task := range w.tasks {
			baseline.Trials = append(baseline.Trials, trial(c.nights, task, 1, before[task], 1))
			candidate.Trials = append(candidate.Trials, trial(c.nights, task, 1, after[task], dearer))
		}
		return baseline, candidate
	}
	return judge(c.trials, d, shared, stored, candidate, live)
}

// judge opens a gate on the stored baseline and gives it the candidate's trials,
// which candidate draws, until the verdict stands. A regression that asks for
// live pairs gets them, unless live is nil.
func judge(random *rand.Rand, d design, shared *tables, stored *baselines.Run, candidate func(baselines.Key) baselines.Trial, live func() (baseline, candidate *baselines.Run)) result {
	h := stored.Header
	g := open(d.policy, stored, h, shared)
	order := simulatedOrder(random, d, stored, h)
	var r result
	for _, k := range order {
		c := candidate(k)
		r.dollars += c.CostUSD.Main
		if g.Done() {
			continue
		}
		g.consume(c)
		r.trials++
	}
	spent, _ := g.candidate.SpentUSD()
	r.dollars = spent / r.dollars
	r.trials /= float64(len(order))
	outcome := g.outcome
	findings := g.decided
	if d.policy.Mode == Fixed {
		tests := compare.NewTests(g.baseline, g.candidate)
		findings = readOnce(g.policy, tests)
		outcome = conclude(g.policy, findings, basisOf(tests))
		g.billHeld = outcome == Pass && billWorse(g.policy, tests)
	}
	for _, f := range findings {
		if f.metric == compare.CostPerSolved && f.status == Worse {
			r.perSolved = 1
		}
	}
	if g.billHeld {
		outcome, r.withheld = Inconclusive, 1
	}
	if live != nil && g.asksToConfirm(outcome, findings) {
		r.asked = 1
		if mean, _ := livePairs(live()); confirms(needed(toConfirm(g.policy, findings)), mean) {
			r.confirmed = 1
		} else {
			outcome = Inconclusive
		}
	}
	switch outcome {
	case Regression:
		r.fail = 1
	case Pass:
		r.pass = 1
	}
	return r
}

func simulatedOrder(random *rand.Rand, d design, stored *baselines.Run, h baselines.Header) []baselines.Key {
	if d.rounds {
		d.policy.Mode = Strict // goes in rounds
	}
	if d.ordered || d.rounds {
		return Order(d.policy, stored, h.Suite, d.policy.Attempts, random.Uint64(), nil)
	}
	return Order(d.policy, nil, h.Suite, d.policy.Attempts, random.Uint64(), nil)
}

func simulatedHeader(tasks, attempts int) baselines.Header {
	h := baselines.Header{Suite: baselines.Suite{Digest: "sha256:simulated"}, Limits: baselines.Limits{Attempts: attempts}}
	for t := range tasks {
		h.Suite.Tasks = append(h.Suite.Tasks, baselines.Task{ID: simulatedTask(t)})
	}
	return h
}

func simulatedTask(number int) string { return fmt.Sprintf("%03d", number) }

func taskNumber(id string) int {
	var n int
	fmt.Sscanf(id, "%d", &n)
	return n
}

// realistic draws suites whose tasks are like real ones: from how often each of
// 80 Terminal-Bench tasks was solved by one of six real agents in five runs,
// with the posterior's uncertainty. Suites with an extreme mean are drawn again.
func realistic(t testing.TB, least, most float64) func(*rand.Rand, int) []float64 {
	t.Helper()
	agents := realparts.SolvedOfFive()
	return func(random *rand.Rand, tasks int) []float64 {
		for {
			solved := agents[random.IntN(len(agents))]
			deck := append(random.Perm(len(solved)), random.Perm(len(solved))...)
			p := make([]float64, tasks)
			for i := range p {
				p[i] = realparts.DrawPassRate(random, solved[deck[i]])
			}
			if m := mean(p); m >= least && m <= most {
				return p
			}
		}
	}
}

// Stress suites.
func flaky(random *rand.Rand, tasks int) []float64 {
	p := make([]float64, tasks)
	for i := range p {
		p[i] = realparts.DrawBeta(random, 1.4, 0.6)
	}
	return p
}

func constant(rate float64) func(*rand.Rand, int) []float64 {
	return func(_ *rand.Rand, tasks int) []float64 {
		return slices.Repeat([]float64{rate}, tasks)
	}
}

// Changes: the suite's mean falls by drop.
func thin(drop float64) func(*rand.Rand, []float64) []float64 {
	return func(_ *rand.Rand, p []float64) []float64 {
		keep := max(0, 1-drop/mean(p))
		out := make([]float64, len(p))
		for i := range p {
			out[i] = p[i] * keep
		}
		return out
	}
}

func breaking(drop float64) func(*rand.Rand, []float64) []float64 {
	return func(random *rand.Rand, p []float64) []float64 {
		out := slices.Clone(p)
		left := drop * float64(len(p))
		for _, i := range random.Perm(len(p)) {
			lost := min(left, out[i])
			out[i] -= lost
			left -= lost
		}
		return out
	}
}

func wobbling(drop float64) func(*rand.Rand, []float64) []float64 {
	return func(_ *rand.Rand, p []float64) []float64 {
		lowered := func(shift float64) []float64 {
			out := make([]float64, len(p))
			for i, x := range p {
				x = math.Min(math.Max(x, 1e-6), 1-1e-6)
				out[i] = 1 / (1 + math.Exp(shift-math.Log(x/(1-x))))
			}
			return out
		}
		target := mean(p) - drop
		return lowered(solve(0, 40, func(shift float64) bool { return mean(lowered(shift)) > target }))
	}
}

// exchange lets the best task die and repairs the worst: the mean stays.
func exchange(_ *rand.Rand, p []float64) []float64 {
	out := slices.Clone(p)
	best, worst := 0, 0
	for i := range p {
		if p[i] > p[best] {
			best = i
		}
		if p[i] < p[worst] {
			worst = i
		}
	}
	out[best], out[worst] = p[worst], p[best]
	return out
}

func mean(p []float64) float64 {
	sum := 0.0
	for _, x := range p {
		sum += x
	}
	return sum / float64(len(p))
}
