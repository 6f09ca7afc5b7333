package compare

import "github.com/benchgate/benchgate/baselines"

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
