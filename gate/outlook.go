package gate

import (
	"cmp"
	"math"
	"math/rand/v2"

	"github.com/benchgate/benchgate/baselines"
)

// outlook plays one plan on from the trials that there are.
type outlook struct {
	policy   Policy
	header   baselines.Header // of the candidate, with the plan's attempts
	order    []baselines.Key
	baseline *baselines.Run // what there is of it; nil when it will be measured anew
	together bool           // its missing attempts are drawn, too

	known, knownOfBaseline map[baselines.Key]baselines.Trial

	tally   *tally
	beliefs *beliefs
	bills   *bills // nil when no cost is gated
	shift   *shift
	shared  *tables
	random  *rand.Rand
}

// newOutlook is that of a plan of so many attempts a task; anew: on both sides. It is
// nil where costs would have to be drawn and nobody knows them.
func newOutlook(p Policy, baseline, candidate *baselines.Run, attempts int, anew bool) *outlook {
	o := &outlook{
		policy: p, header: candidate.Header, baseline: baseline, tally: newTally(candidate.Header.Suite),
		known: make(map[baselines.Key]baselines.Trial), knownOfBaseline: make(map[baselines.Key]baselines.Trial),
		shared: &tables{prior: newPrior()},
		random: rand.New(rand.NewPCG(foretoldTrials, uint64(attempts))),
	}
	o.header.Limits.Attempts = attempts
	o.together = len(baseline.Trials) == 0 || baseline.Header.Plan != "" && baseline.Header.Plan == candidate.Header.Plan
	for _, t := range baseline.Counted() {
		o.tally.baseline(&t)
		if t.Ended.Counts() {
			o.knownOfBaseline[t.Key()] = t
		}
	}
	o.shift = newShift(o.tally)
	var begun []baselines.Key
	for _, t := range candidate.Counted() {
		if _, counts := o.tally.candidate(&t); counts {
			o.shift.observe(o.tally, &t)
		}
		if !anew && t.Ended.Counts() { // the others are made again
			o.known[t.Key()] = t
			begun = append(begun, t.Key())
		}
	}
	if len(p.gated()) > 1 {
		if o.bills = newBills(o.tally); o.bills == nil {
			return nil
		}
		o.shift.read(o.bills)
	}
	o.beliefs = newBeliefs(o.policy, o.shared.prior, o.tally)
	var stored *baselines.Run
	if !o.together {
		stored = baseline
	}
	o.order = Order(o.policy, stored, candidate.Header.Suite, attempts, foretoldTrials, begun)
	switch {
	case anew:
		o.baseline, o.together = nil, false
	case o.together:
		o.header.Plan = cmp.Or(o.header.Plan, "foretold")
	}
	return o
}

// odds plays that many gates, and gives the share that ends in a verdict.
func (o *outlook) odds(gates int) float64 {
	settled := 0
	for range gates {
		if o.play().stands() {
			settled++
		}
	}
	return float64(settled) / float64(gates)
}

// play runs one gate to its end.
func (o *outlook) play() Outcome {
	is := o.draw()
	g := open(o.policy, o.against(is.baseline), o.header, o.shared)
	for _, k := range o.order {
		if g.Done() {
			break
		}
		t, known := o.known[k]
		if !known {
			t = o.trial(k, is.candidate)
		}
		g.consume(t)
	}
	outcome, findings := g.ending()
	if g.asksToConfirm(outcome, findings) && !confirms(needed(toConfirm(g.policy, findings)), o.livePairsMean(is)) {
		return Inconclusive
	}
	return outcome
}

// both is what one gate is played with.
type both struct{ baseline, candidate truth }

func (o *outlook) draw() both {
	var is both
	is.baseline.rates, is.candidate.rates = o.beliefs.draw(o.random)
	if o.bills != nil {
		is.baseline.usd = o.bills.means(o.random)
		is.candidate.usd = o.shift.means(o.random, o.bills)
	}
	return is
}

// against is the baseline of one gate: the stored one, or one whose attempts that
// are not in yet are drawn.
func (o *outlook) against(is truth) *baselines.Run {
	if o.baseline != nil && !o.together {
		return o.baseline
	}
	r := &baselines.Run{}
	if o.baseline != nil {
		r.Header = o.baseline.Header
	}
	if o.together {
		r.Header.Plan = o.header.Plan
	}
	for _, k := range o.order {
		t, known := o.knownOfBaseline[k]
		if o.baseline == nil || !known {
			t = o.trial(k, is)
		}
		r.Trials = append(r.Trials, t)
	}
	return r
}

// trial is one attempt that ended by itself.
func (o *outlook) trial(k baselines.Key, is truth) baselines.Trial {
	i := o.tally.index[k.Task]
	solved := o.random.Float64() < is.rates[i]
	t := baselines.Trial{Task: k.Task, Attempt: k.Attempt, Try: 1, Ended: baselines.Finished, Solved: &solved}
	if is.usd != nil {
		t.CostUSD = &baselines.CostUSD{Main: o.bills.draw(o.random, is.usd[i], solved)}
	}
	return t
}

// livePairsMean draws the mean log ratio of one live pair a task.
func (o *outlook) livePairsMean(is both) float64 {
	tasks, mean := float64(len(o.tally.tasks)), 0.0
	for i, usd := range is.candidate.usd {
		mean += math.Log(usd/is.baseline.usd[i]) / tasks
	}
	return mean + o.bills.noise*math.Sqrt(2/tasks)*o.random.NormFloat64()
}
