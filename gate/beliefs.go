package gate

import (
	"math"
	"math/rand/v2"

	"github.com/benchgate/benchgate/compare"
)

// beliefs are what both runs leave possible of the pass rates: the ways in which
// the candidate may have changed, each as likely as the runs' outcomes make it,
// and in each the tasks' pass probabilities on both sides.
type beliefs struct {
	post    *posterior
	ways    []way
	weights []float64 // of way and shape, the shapes of a way side by side; they sum to 1
}

// way is one way in which the candidate may have changed.
type way interface {
	observe(task int, solved bool)

	// likelihoods are the logarithms of P(the candidate's outcomes), by shape.
	likelihoods() []float64

	// rates draws a task's pass probabilities given the shape and everything that
	// was observed of it.
	rates(random *rand.Rand, shape, task int) (baseline, candidate float64)
}

// What is believed of a candidate before its first trial. Most are nearly as good
// as the baseline; the seven ways in which it may be worse are those of the
// Bayes factors (see logFail), with their proportions; and one that is a different
// agent solves different tasks.
const (
	believedSame      = 0.4
	believedALittle   = 0.1 // half a margin lost, in proportion
	believedWorse     = 0.3
	believedDifferent = 0.2
)

func newBeliefs(p Policy, known *prior, t *tally) *beliefs {
	post := newPosterior(known, t.counts())
	b := &beliefs{post: post}
	factors := newBayesFactors(post, p.PassRateMaxDrop)
	var before []float64
	add := func(w way, weight float64) {
		b.ways, before = append(b.ways, w), append(before, math.Log(weight))
	}
	add(factors.same, believedSame) // first: broken and redrawn read what it learns
	add(newChanged(post, thinned(post, p.PassRateMaxDrop/2)), believedALittle)
	for _, w := range factors.thin {
		add(w, believedWorse*eachThin)
	}
	for _, w := range factors.logit {
		add(w, believedWorse*eachLogit)
	}
	for _, w := range factors.broken {
		add(w, believedWorse*eachBroken)
	}
	add(newRedrawn(post, factors.same), believedDifferent)

	for task, c := range t.candidateCounts() {
		for i := range c.Attempts {
			for _, w := range b.ways {
				w.observe(task, i < c.Solved)
			}
		}
	}
	var logs []float64
	for i, w := range b.ways {
		for h, l := range w.likelihoods() {
			logs = append(logs, before[i]+math.Log(post.shapes[h].weight)+l)
		}
	}
	b.weights = shares(logs)
	return b
}

// candidateCounts are the candidate's, by task.
func (t *tally) candidateCounts() []compare.Count {
	out := make([]compare.Count, len(t.tasks))
	for i, task := range t.tasks {
		out[i] = compare.Count{Solved: task.cand.Solved, Attempts: task.cand.Solved + task.cand.Wrong}
	}
	return out
}

// draw draws both sides' pass rates by task: first the way and the shape that all
// tasks share, then each task's.
func (b *beliefs) draw(random *rand.Rand) (baseline, candidate []float64) {
	drawn := pick(random, len(b.weights), func(i int) float64 { return b.weights[i] })
	w, shape := b.ways[drawn/len(b.post.shapes)], drawn%len(b.post.shapes)
	for task := range b.post.shapes[shape].tasks {
		before, after := w.rates(random, shape, task)
		baseline, candidate = append(baseline, before), append(candidate, after)
	}
	return baseline, candidate
}

func (c *changed) likelihoods() []float64 { return c.log }

func (c *changed) rates(random *rand.Rand, shape, task int) (baseline, candidate float64) {
	i := point(random, &c.weights[shape][task])
	return c.before[i], c.pass[i]
}

func (b *broken) likelihoods() []float64 { return b.log }

func (b *broken) rates(random *rand.Rand, shape, task int) (baseline, candidate float64) {
	if random.Float64() < math.Exp(math.Log(b.breaks)+b.dead[task]-b.tasks[shape][task]) {
		return b.same.before[point(random, &b.stored[shape].tasks[task])], flipped
	}
	return b.same.rates(random, shape, task)
}

// redrawn follows the likelihood when each task, by itself, has with probability
// one half a pass probability that the baseline's says nothing of, and else the
// baseline's. So it is with two different agents: their rates at one task differ
// by much, and what they have in common is the suite.
type redrawn struct {
	same   *changed                   // observes first
	stored []shapePosterior           // of the baseline
	own    [][][supportPoints]float64 // by shape and task: where it has its own
	alone  [][]float64                // log likelihood of each task's outcomes if it has its own, by shape and task
	tasks  [][]float64                // log marginal likelihood by shape and task
	log    []float64                  // its sum over tasks, by shape
}

const redrawnShare = 0.5

func newRedrawn(p *posterior, same *changed) *redrawn {
	r := &redrawn{same: same, stored: p.shapes, log: make([]float64, len(p.shapes))}
	for _, s := range p.shapes {
		own := make([][supportPoints]float64, len(s.tasks))
		for t := range own {
			own[t] = s.prior
		}
		r.own = append(r.own, own)
		r.alone, r.tasks = append(r.alone, make([]float64, len(own))), append(r.tasks, make([]float64, len(own)))
	}
	return r
}

func (r *redrawn) observe(task int, solved bool) {
	for h := range r.own {
		r.alone[h][task] += learn(&r.own[h][task], &r.same.before, solved)
		log := logSum([]float64{
			math.Log(1-redrawnShare) + r.same.tasks[h][task],
			math.Log(redrawnShare) + r.alone[h][task],
		})
		r.log[h] += log - r.tasks[h][task]
		r.tasks[h][task] = log
	}
}

func (r *redrawn) likelihoods() []float64 { return r.log }

func (r *redrawn) rates(random *rand.Rand, shape, task int) (baseline, candidate float64) {
	if random.Float64() < math.Exp(math.Log(redrawnShare)+r.alone[shape][task]-r.tasks[shape][task]) {
		return r.same.before[point(random, &r.stored[shape].tasks[task])], r.same.before[point(random, &r.own[shape][task])]
	}
	return r.same.rates(random, shape, task)
}

// point draws a support point with these weights.
func point(random *rand.Rand, mass *[supportPoints]float64) int {
	return pick(random, len(mass), func(i int) float64 { return mass[i] })
}
