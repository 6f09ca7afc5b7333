package gate

import (
	"math"
	"slices"
)

// bayesFactors compares ways in which the candidate may have changed with
// "each task keeps its pass probability", given everything that the stored
// baseline says about each task. A failure at a task that always passed then
// counts for much, and one at a task that passed two times in five for little.
//
// A Bayes factor is P(outcomes | changed) / P(outcomes | unchanged). Where the
// hypothesis in the denominator is true, its expected value stays 1 however many
// trials come (it is a martingale), so by Ville's inequality it ever reaches
// 1/alpha with probability alpha at most. That is why it may be looked at after
// each trial.
//
// "True" here means on average over the pass probabilities that the baseline
// leaves possible. That is an assumption: for a suite far from the prior's the
// rate of false alarms differs, and the calibration tests measure by how much.
//
// All numbers are natural logarithms: the likelihood of a few hundred outcomes
// is too small for a float64.
//
// Source: Ville, Étude critique de la notion de collectif (1939). The formulas
// are D10 of docs/statistics.md.
type bayesFactors struct {
	shapes []float64 // log weight of each beta distribution of the prior
	same   *changed  // nothing changed: the denominator

	// What a regression may look like. Which of them comes is not known
	// before, so logFail averages over all. One margin is the least that
	// matters; a larger regression is told sooner by the larger drops.
	thin   []*changed // every task's probability falls in proportion, the suite by 1, 1.5 and 2 margins
	logit  []*changed // every task's log odds fall by the same amount: uncertain tasks lose most; 1 and 2 margins
	broken []*broken  // some tasks are not solved any more, the others stay as they were; 1 and 2 margins
}

func newBayesFactors(p *posterior, margin float64) *bayesFactors {
	b := new(bayesFactors)
	for _, s := range p.shapes {
		b.shapes = append(b.shapes, math.Log(s.weight))
	}
	b.same = newChanged(p, p.support)
	for _, times := range []float64{1, 1.5, 2} {
		b.thin = append(b.thin, newChanged(p, thinned(p, times*margin)))
	}
	for _, times := range []float64{1, 2} {
		b.logit = append(b.logit, newChanged(p, shifted(p, times*margin)))
		b.broken = append(b.broken, newBroken(p, b.same, min(1, times*margin/p.mean)))
	}
	return b
}

// observe takes one candidate attempt at a task.
func (b *bayesFactors) observe(task int, solved bool) {
	b.same.observe(task, solved) // first: broken reads what it learns
	for _, c := range b.thin {
		c.observe(task, solved)
	}
	for _, c := range b.logit {
		c.observe(task, solved)
	}
	for _, c := range b.broken {
		c.observe(task, solved)
	}
}

// The weights of the seven ways in which it may have got worse sum to 1. Half
// goes to the three proportional falls, the plainest regression; a quarter each
// to the two falls of the log odds and to the two numbers of broken tasks.
const (
	eachThin   = 1.0 / 6
	eachLogit  = 1.0 / 8
	eachBroken = 1.0 / 8
)

// logFail is the logarithm of the Bayes factor of "it got worse" against
// "nothing changed". At log(1/alpha) the latter is rejected.
func (b *bayesFactors) logFail() float64 {
	var worse []float64
	for _, c := range b.thin {
		worse = append(worse, math.Log(eachThin)+b.likelihood(c.log))
	}
	for _, c := range b.logit {
		worse = append(worse, math.Log(eachLogit)+b.likelihood(c.log))
	}
	for _, c := range b.broken {
		worse = append(worse, math.Log(eachBroken)+b.likelihood(c.log))
	}
	return logSum(worse) - b.likelihood(b.same.log)
}

// logPass is the logarithm of the Bayes factor of "nothing changed" against "it
// got worse by the margin". At log(1/beta) the latter is rejected. "Worse" is
// the average of two ways of losing one margin, half each: in proportion, and in
// log odds.
func (b *bayesFactors) logPass() float64 {
	const each = 1.0 / 2
	worse := logSum([]float64{
		math.Log(each) + b.likelihood(b.thin[0].log),
		math.Log(each) + b.likelihood(b.logit[0].log),
	})
	return b.likelihood(b.same.log) - worse
}

// likelihood averages over the prior's shapes: log Σ_h weight_h Π_t marginal_ht.
// Which shape the suite has is common to all tasks, hence the sum outside the
// product.
func (b *bayesFactors) likelihood(byShape []float64) float64 {
	logs := make([]float64, len(byShape))
	for h, l := range byShape {
		logs[h] = b.shapes[h] + l
	}
	return logSum(logs)
}

// changed follows the marginal likelihood of the candidate's outcomes when each
// pass probability p became pass(p): for every task the average, over the pass
// probabilities that the baseline leaves possible, of the probability of that
// task's outcomes.
//
// It keeps, for each shape and task, the running weights of the support points.
// After each trial they are scaled to sum to 1 again, and the logarithm of what
// they summed to is the trial's own contribution: P(outcome | earlier ones). So
// a trial costs one pass over 40 points however many came before.
type changed struct {
	before  [supportPoints]float64     // the support points
	pass    [supportPoints]float64     // what each became
	weights [][][supportPoints]float64 // by shape and task
	tasks   [][]float64                // log marginal likelihood by shape and task
	log     []float64                  // its sum over tasks, by shape
}

func newChanged(p *posterior, pass [supportPoints]float64) *changed {
	c := &changed{before: p.support, pass: pass, log: make([]float64, len(p.shapes))}
	for _, s := range p.shapes {
		c.weights = append(c.weights, slices.Clone(s.tasks))
		c.tasks = append(c.tasks, make([]float64, len(s.tasks)))
	}
	return c
}

func (c *changed) observe(task int, solved bool) {
	for h := range c.weights {
		log := learn(&c.weights[h][task], &c.pass, solved)
		c.tasks[h][task] += log
		c.log[h] += log
	}
}

// learn updates the weights of a task's support points by one outcome, whose
// probability at each of them is pass, and gives the logarithm of P(outcome).
func learn(weights, pass *[supportPoints]float64, solved bool) float64 {
	for i, q := range pass {
		if solved {
			weights[i] *= q
		} else {
			weights[i] *= 1 - q
		}
	}
	return math.Log(normalise(weights))
}

// thinned lowers every pass probability in proportion, so that the suite's mean
// falls by drop (0 to 1).
func thinned(p *posterior, drop float64) (pass [supportPoints]float64) {
	for i, x := range p.support {
		pass[i] = bounded(x * max(0, 1-drop/p.mean))
	}
	return pass
}

// shifted lowers the log odds of every pass probability by the same amount,
// found by bisection so that the suite's mean falls by drop (0 to 1). A shift
// of 30 takes every probability to zero.
func shifted(p *posterior, drop float64) (pass [supportPoints]float64) {
	average := p.average()
	low, high := 0.0, 30.0
	for range 60 { // halves the range to below a float64's last digit
		shift := (low + high) / 2
		fell := 0.0
		for i, x := range p.support {
			fell += average[i] * (x - lessLikely(x, shift))
		}
		if fell < drop {
			low = shift
		} else {
			high = shift
		}
	}
	for i, x := range p.support {
		pass[i] = lessLikely(x, (low+high)/2)
	}
	return pass
}

// lessLikely takes shift from the log odds: the logistic function of
// log(p/(1-p)) - shift.
func lessLikely(p, shift float64) float64 {
	return bounded(1 / (1 + math.Exp(shift-math.Log(p/(1-p)))))
}

// broken follows the likelihood when each task, by itself, broke with the given
// probability and else stayed as it was. A broken task still passes one time in
// fifty (see flipped), so that one lucky pass is no proof that it works.
type broken struct {
	stored []shapePosterior // of the baseline
	same   *changed         // the outcomes of a task that stayed; it observes first
	breaks float64          // probability that a task broke, 0 to 1
	dead   []float64        // log likelihood of each task's outcomes if it broke
	tasks  [][]float64      // log marginal likelihood by shape and task
	log    []float64        // its sum over tasks, by shape
}

func newBroken(p *posterior, same *changed, breaks float64) *broken {
	b := &broken{stored: p.shapes, same: same, breaks: breaks, dead: make([]float64, len(same.tasks[0])), log: make([]float64, len(same.log))}
	for range same.tasks {
		b.tasks = append(b.tasks, make([]float64, len(b.dead)))
	}
	return b
}

// observe mixes the two possibilities anew for the task's outcomes so far, and
// replaces the task's part of the sum.
func (b *broken) observe(task int, solved bool) {
	if solved {
		b.dead[task] += math.Log(flipped)
	} else {
		b.dead[task] += math.Log(1 - flipped)
	}
	for h := range b.tasks {
		log := logSum([]float64{
			math.Log(1-b.breaks) + b.same.tasks[h][task],
			math.Log(b.breaks) + b.dead[task],
		})
		b.log[h] += log - b.tasks[h][task]
		b.tasks[h][task] = log
	}
}
