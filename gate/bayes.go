package gate

import (
	"math"
	"slices"
)

// bayesFactors compares ways in which the candidate may have changed with
// "each task keeps its pass probability", given everything that the stored
// baseline says about each task. It knows that a failure at a task that always
// passed is news, and that one at a task that passed two times in five is not.
//
// A Bayes factor is a martingale when the hypothesis in its denominator holds on
// average over the baseline's posterior, so it may be looked at after each
// trial: it reaches 1/alpha with probability alpha at most. That average is an
// assumption; the calibration tests measure what happens where it is wrong.
type bayesFactors struct {
	shapes []float64 // log weight of each shape
	same   *changed
	thin   []*changed // by 1, 1.5 and 2 margins: every task loses in proportion
	logit  []*changed // by 1 and 2 margins: uncertain tasks lose most
	broken []*broken  // by 1 and 2 margins: some tasks die, the others stay
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
		b.broken = append(b.broken, newBroken(b.same, min(1, times*margin/p.mean)))
	}
	return b
}

// observe takes one candidate attempt at a task.
func (b *bayesFactors) observe(task int, solved bool) {
	b.same.observe(task, solved)
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

// logFail is the logarithm of the Bayes factor of "it got worse" against
// "nothing changed".
func (b *bayesFactors) logFail() float64 {
	third, quarter := math.Log(1.0/6), math.Log(1.0/8)
	var logs []float64
	for _, c := range b.thin {
		logs = append(logs, third+b.likelihood(c.log))
	}
	for i := range b.logit {
		logs = append(logs, quarter+b.likelihood(b.logit[i].log), quarter+b.likelihood(b.broken[i].log))
	}
	return logSum(logs) - b.likelihood(b.same.log)
}

// logPass is the logarithm of the Bayes factor of "nothing changed" against "it
// got worse by the margin".
func (b *bayesFactors) logPass() float64 {
	half := math.Log(0.5)
	worse := logSum([]float64{half + b.likelihood(b.thin[0].log), half + b.likelihood(b.logit[0].log)})
	return b.likelihood(b.same.log) - worse
}

// likelihood averages over shapes: log Σ_h weight_h Π_t marginal_ht.
func (b *bayesFactors) likelihood(byShape []float64) float64 {
	logs := make([]float64, len(byShape))
	for h, l := range byShape {
		logs[h] = b.shapes[h] + l
	}
	return logSum(logs)
}

// changed follows the marginal likelihood of the candidate's outcomes when each
// pass probability p became pass(p). It keeps, for each shape and task, the
// running weights of the support points, so that a trial costs one pass over
// them however many came before.
type changed struct {
	pass    [supportPoints]float64
	weights [][][supportPoints]float64 // shape, task
	tasks   [][]float64                // log marginal likelihood by shape, task
	log     []float64                  // its sum over tasks, by shape
}

func newChanged(p *posterior, pass [supportPoints]float64) *changed {
	c := &changed{pass: pass, log: make([]float64, len(p.shapes))}
	for _, s := range p.shapes {
		c.weights = append(c.weights, slices.Clone(s.tasks))
		c.tasks = append(c.tasks, make([]float64, len(s.tasks)))
	}
	return c
}

func (c *changed) observe(task int, solved bool) {
	for h := range c.weights {
		w := &c.weights[h][task]
		for i, q := range c.pass {
			if solved {
				w[i] *= q
			} else {
				w[i] *= 1 - q
			}
		}
		log := math.Log(normalise(w))
		c.tasks[h][task] += log
		c.log[h] += log
	}
}

// thinned lowers every pass probability in proportion, the suite by drop.
func thinned(p *posterior, drop float64) (pass [supportPoints]float64) {
	for i, x := range p.support {
		pass[i] = bounded(x * max(0, 1-drop/p.mean))
	}
	return pass
}

// shifted lowers the log odds of every pass probability by the same amount,
// found by bisection so that the suite's rate falls by drop.
func shifted(p *posterior, drop float64) (pass [supportPoints]float64) {
	average := p.average()
	low, high := 0.0, 30.0
	for range 60 {
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

func lessLikely(p, shift float64) float64 {
	return bounded(1 / (1 + math.Exp(shift-math.Log(p/(1-p)))))
}

// broken follows the likelihood when each task, by itself, died with the given
// probability and else stayed as it was. A dead task still passes one time in
// fifty.
type broken struct {
	same  *changed // observes first
	dies  float64
	dead  []float64   // log likelihood of each task's outcomes when dead
	tasks [][]float64 // log marginal by shape, task
	log   []float64
}

func newBroken(same *changed, dies float64) *broken {
	b := &broken{same: same, dies: dies, dead: make([]float64, len(same.tasks[0])), log: make([]float64, len(same.log))}
	for range same.tasks {
		b.tasks = append(b.tasks, make([]float64, len(b.dead)))
	}
	return b
}

func (b *broken) observe(task int, solved bool) {
	if solved {
		b.dead[task] += math.Log(flipped)
	} else {
		b.dead[task] += math.Log(1 - flipped)
	}
	for h := range b.tasks {
		log := logSum([]float64{
			math.Log(1-b.dies) + b.same.tasks[h][task],
			math.Log(b.dies) + b.dead[task],
		})
		b.log[h] += log - b.tasks[h][task]
		b.tasks[h][task] = log
	}
}
