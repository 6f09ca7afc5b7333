package compare

import (
	"math"

	"github.com/benchgate/benchgate/baselines"
)

// bill is one attempt: what it cost and what it bought, such as dollars and 1
// for a solved task, or failed tool calls and calls.
type bill struct{ cost, bought float64 }

// taskBills are the attempts at one task for which both numbers are known, at
// least one on each side.
type taskBills struct{ candidate, baseline []bill }

// bills are those of the tasks that both sides attempted.
type bills []taskBills

func billOf(t *baselines.Trial, cost, bought quantity) (b bill, known bool) {
	c, knownCost := cost(t)
	s, counted := bought(t)
	return bill{c, s}, knownCost && counted
}

func billsOf(tasks []matchedTask, cost, bought quantity) bills {
	list := func(trials []*baselines.Trial) []bill {
		var out []bill
		for _, t := range trials {
			if b, known := billOf(t, cost, bought); known {
				out = append(out, b)
			}
		}
		return out
	}
	var out bills
	for _, t := range tasks {
		both := taskBills{candidate: list(t.candidate.valid), baseline: list(t.baseline.valid)}
		if len(both.candidate) > 0 && len(both.baseline) > 0 {
			out = append(out, both)
		}
	}
	return out
}

// sums are what one attempt at every task costs and buys on each side: the sums
// over tasks of the mean attempt. Each task has the same weight. With sums over
// attempts, a run that was stopped early would look too cheap: its cheap tasks
// have an attempt more.
func (b bills) sums() (candidate, baseline bill) {
	for _, t := range b {
		candidate = candidate.plus(meanBill(t.candidate))
		baseline = baseline.plus(meanBill(t.baseline))
	}
	return candidate, baseline
}

func meanBill(attempts []bill) bill {
	var sum bill
	for _, a := range attempts {
		sum = sum.plus(a)
	}
	n := float64(len(attempts))
	return bill{sum.cost / n, sum.bought / n}
}

func (b bill) plus(c bill) bill { return bill{b.cost + c.cost, b.bought + c.bought} }

// within is the logarithm of the ratio of both sides' cost/bought, with the
// spread of the attempts inside each task, where every task has two or more on
// both sides; bought is 1 or 0. ok is false otherwise, and where the ratio does
// not exist.
//
// The derivative of log(c/s) at an attempt is u = cost/c - bought/s, where c and s
// are its side's sums over tasks of mean cost and mean bought. So the variance of
// the logarithm is the sum of s²(u)/n over tasks and sides, plus that of a task
// whose every attempt is a coin toss, as in [Within]: a side on which every
// attempt was solved could have failed some.
func (b bills) within() (s Student, ok bool) {
	candidate, baseline := b.sums()
	up, down := candidate.cost*baseline.bought, baseline.cost*candidate.bought
	if !(up > 0) || !(down > 0) || !b.each(2) {
		return Student{}, false
	}
	var inside spread
	coins, tasks := 0.0, float64(len(b))
	for _, t := range b {
		inside.add(influences(t.candidate, candidate))
		inside.add(influences(t.baseline, baseline))
		coins += coinToss(float64(len(t.candidate))) / tasks / (candidate.bought * candidate.bought)
		coins += coinToss(float64(len(t.baseline))) / tasks / (baseline.bought * baseline.bought)
	}
	freedom := inside.freedom()
	if freedom == 0 { // nothing varied, and what the coins vary is known
		freedom = math.Inf(1)
	}
	return Student{Mean: math.Log(up / down), Variance: inside.variance + coins, Freedom: freedom}, true
}

func influences(attempts []bill, sums bill) []float64 {
	out := make([]float64, len(attempts))
	for i, a := range attempts {
		out[i] = a.cost/sums.cost - a.bought/sums.bought
	}
	return out
}

// each reports whether every task has so many attempts on both sides.
func (b bills) each(n int) bool {
	for _, t := range b {
		if len(t.candidate) < n || len(t.baseline) < n {
			return false
		}
	}
	return len(b) > 0
}
