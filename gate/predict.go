package gate

import (
	"cmp"
	"math"
	"math/rand/v2"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
)

// Forecast is what a gate will probably say and cost, before it costs
// anything.
type Forecast struct {
	Mode   Mode
	Trials int // of the candidate, if none is saved

	// Counterparts is how many attempts a task the stored baseline has, where
	// the plan has more and something is told from pairs: what comes beyond them
	// tells about the pass rate only, and in the strict mode nothing. Zero
	// otherwise.
	Counterparts int

	// Unchanged and AtMargin are the odds when the candidate is like the
	// baseline, and when its pass rate is lower by the margin.
	Unchanged, AtMargin Odds

	// SmallestDrop is the smallest drop of the pass rate, 0 to 1, that the
	// planned attempts find four times in five; WithOneMore is that with one
	// more attempt per task.
	SmallestDrop, WithOneMore float64

	// WorstUSD is the candidate's bill if no trial is saved, at the
	// baseline's costs; nil when they are unknown. WorstSeconds adds up its
	// trials' durations; nil without a baseline.
	WorstUSD, WorstSeconds *float64

	// LiveTrials is how many trials, of both variants together, a regression of
	// costs asks for before it stands, and LiveUSD what they cost at the
	// baseline's costs; nil when those are unknown. They come on top of Trials
	// and WorstUSD. Zero where nothing is to be confirmed.
	LiveTrials int
	LiveUSD    *float64
}

// Odds are the shares of simulated gates that end in each way, and what they
// take on average.
type Odds struct {
	Pass, Regression, Inconclusive float64

	// Confirm is the share that asks for live pairs. They are played, too: what
	// they refute is inconclusive.
	Confirm float64

	Trials float64  // of the candidate, without live pairs
	USD    *float64 // of the candidate and of live pairs; nil when costs are unknown
}

// Predict plays the gate against candidates drawn from what the baseline's
// trials say about each task, on the planned order. baseline is nil when it
// will be measured live: then tasks are drawn from what is known of suites in
// general, costs are unknown, and only the pass rate is played.
//
// The candidate's header must have its suite and limits. The same arguments
// give the same forecast; a thousand simulations take about a second.
func Predict(p Policy, baseline *baselines.Run, candidate baselines.Header, order []baselines.Key, simulations int, seed uint64) Forecast {
	tasks, attempts := len(candidate.Suite.Tasks), planned(p, candidate)
	f := Forecast{
		Trials:       tasks * attempts,
		SmallestDrop: compare.SmallestDropSeen(tasks, attempts),
		WithOneMore:  compare.SmallestDropSeen(tasks, attempts+1),
	}
	if tasks == 0 || simulations < 1 || p.Validate() != nil {
		return f
	}
	c := newSimulator(p, baseline, candidate, order, seed)
	f.WorstUSD, f.WorstSeconds = c.worst()
	f.LiveTrials, f.LiveUSD = c.livePairs()
	f.Unchanged = c.odds(0, simulations)
	f.AtMargin = c.odds(p.PassRateMaxDrop, simulations)
	f.Mode = c.mode
	inPairs := f.Mode == Strict || len(p.gated()) > 1
	if stored := c.tally.leastAttempts(); c.baseline != nil && inPairs && stored < attempts {
		f.Counterparts = stored
	}
	return f
}

// simulator draws simulated candidates, and baselines where none is stored, and
// plays whole gates with them (a Monte Carlo estimate: with 1,000 gates a share
// has a standard error of 0.016 at most).
type simulator struct {
	policy    Policy
	baseline  *baselines.Run // nil: simulated too
	candidate baselines.Header
	order     []baselines.Key
	random    *rand.Rand
	nights    *rand.Rand // of live pairs: gates that ask for none draw what they would without them
	shared    *tables
	mode      Mode

	tally *tally
	post  *posterior
	bills *bills // nil when costs are unknown
}

// truth is what one simulated gate is played with: each task's pass rate, and
// what an attempt costs that solves it, in US dollars; nil when unknown.
type truth struct{ rates, usd []float64 }

func newSimulator(p Policy, baseline *baselines.Run, candidate baselines.Header, order []baselines.Key, seed uint64) *simulator {
	if baseline != nil && len(baseline.Trials) == 0 {
		baseline = nil
	}
	c := &simulator{
		policy: p, baseline: baseline, candidate: candidate, order: order,
		random: rand.New(rand.NewPCG(seed, 1)), nights: rand.New(rand.NewPCG(seed, 2)), shared: &tables{prior: newPrior()}, tally: newTally(candidate.Suite),
	}
	if baseline == nil {
		// Costs are not played, and the pass rate keeps its share of alpha.
		c.policy.Alpha = p.alphaOf(compare.PassRate)
		c.policy.TypicalCostMaxRatio, c.policy.CostPerSolvedMaxRatio = 0, 0
	} else {
		for _, t := range baseline.Counted() {
			c.tally.baseline(&t)
		}
		c.bills = newBills(c.tally)
	}
	c.post = newPosterior(c.shared.prior, c.tally.counts())
	return c
}

// worst is the bill, and the seconds, of every planned trial.
func (c *simulator) worst() (usd, seconds *float64) {
	attempts := float64(planned(c.policy, c.candidate))
	if c.bills != nil {
		usd = finite(attempts * c.bills.plan)
	}
	if c.baseline != nil {
		var all []float64
		for _, t := range c.baseline.Counted() {
			if t.Ended.Counts() {
				all = append(all, t.Seconds.Total)
			}
		}
		if len(all) > 0 {
			seconds = finite(average(all) * attempts * float64(len(c.tally.tasks)))
		}
	}
	return usd, seconds
}

// odds plays that many gates whose candidate has a suite pass rate lower by drop
// (0 to 1; 0: unchanged), and counts how they end.
func (c *simulator) odds(drop float64, simulations int) Odds {
	var o Odds
	usd := 0.0
	for range simulations {
		g := c.play(drop)
		outcome, findings := g.ending()
		if g.asksToConfirm(outcome, findings) {
			o.Confirm++
			if !confirms(needed(toConfirm(g.policy, findings)), c.livePairsMean()) {
				outcome = Inconclusive
			}
		}
		switch outcome {
		case Pass:
			o.Pass++
		case Regression:
			o.Regression++
		default:
			o.Inconclusive++
		}
		o.Trials += float64(g.Used())
		for _, t := range g.candidate.Trials {
			cost, _ := t.Cost()
			usd += cost
		}
		c.mode = g.Mode()
	}
	n := float64(simulations)
	o.Pass, o.Regression, o.Inconclusive, o.Trials = o.Pass/n, o.Regression/n, o.Inconclusive/n, o.Trials/n
	o.Confirm /= n
	if c.bills != nil {
		o.USD = finite(usd / n)
		if _, each := c.livePairs(); each != nil {
			*o.USD += o.Confirm * *each
		}
	}
	return o
}

// ending is the outcome of a simulated gate whose plan is through or that is done,
// and the findings it rests on. Anything but a pass and a regression is
// inconclusive.
func (g *Gate) ending() (Outcome, []finding) {
	if g.policy.Mode != Fixed {
		return g.outcome, g.decided
	}
	tests := compare.NewTests(g.baseline, g.candidate)
	findings := readOnce(g.policy, tests)
	outcome := conclude(g.policy, findings, basisOf(tests))
	if outcome == Pass && billWorse(g.policy, tests) {
		outcome = Inconclusive
	}
	return outcome, findings
}

// livePairs are the trials of one live pair a task, and what they cost.
func (c *simulator) livePairs() (trials int, usd *float64) {
	if c.baseline == nil || !c.policy.Confirm || len(c.policy.gated()) == 1 {
		return 0, nil
	}
	if c.bills != nil {
		usd = finite(2 * c.bills.plan)
	}
	return 2 * len(c.tally.tasks), usd
}

// livePairsMean draws the mean log ratio of one live pair a task, where costs did
// not change: each half has the attempts' own noise.
func (c *simulator) livePairsMean() float64 {
	return c.bills.noise * math.Sqrt(2/float64(len(c.tally.tasks))) * c.nights.NormFloat64()
}

// play runs one gate to its end. A drop lowers every task's pass probability in
// proportion, as thinned does: the candidate keeps the share 1 - drop/mean, and
// the 1e-9 is there for a suite whose drawn rates are all 0.
func (c *simulator) play(drop float64) *Gate {
	before := truth{rates: c.drawRates()}
	if c.bills != nil {
		before.usd = c.bills.means(c.random)
	}
	keep := max(0, 1-drop/max(average(before.rates), 1e-9))
	header, baseline := c.candidate, c.baseline
	if baseline == nil {
		// Planned as one: the gate must take the mode of a live baseline.
		header.Plan = cmp.Or(header.Plan, "simulated")
		baseline = &baselines.Run{Header: header}
		for _, k := range c.order {
			baseline.Trials = append(baseline.Trials, c.trial(k, before, 1))
		}
	}
	g := open(c.policy, baseline, header, c.shared)
	for _, k := range c.order {
		if g.Done() {
			break
		}
		g.consume(c.trial(k, before, keep))
	}
	return g
}

// drawRates draws every task's pass rate from what the baseline leaves possible:
// first the shape that all tasks share, then each task's support point given the
// shape. Drawing the rates anew for each gate brings the uncertainty about the
// baseline into the forecast.
func (c *simulator) drawRates() []float64 {
	shape := c.post.shapes[pick(c.random, len(c.post.shapes), func(h int) float64 { return c.post.shapes[h].weight })]
	rates := make([]float64, len(shape.tasks))
	for t := range rates {
		rates[t] = c.post.support[point(c.random, &shape.tasks[t])]
	}
	return rates
}

// pick draws an index with the given weights, which sum to 1.
func pick(random *rand.Rand, n int, weight func(int) float64) int {
	u := random.Float64()
	for i := range n {
		if u -= weight(i); u < 0 {
			return i
		}
	}
	return n - 1
}

// trial is one attempt whose task passes with probability rates[task]·keep.
func (c *simulator) trial(k baselines.Key, is truth, keep float64) baselines.Trial {
	i := c.tally.index[k.Task]
	solved := c.random.Float64() < is.rates[i]*keep
	t := baselines.Trial{Task: k.Task, Attempt: k.Attempt, Try: 1, Ended: baselines.Finished, Solved: &solved}
	if is.usd != nil {
		t.CostUSD = &baselines.CostUSD{Main: c.bills.draw(c.random, is.usd[i], solved)}
	}
	return t
}
