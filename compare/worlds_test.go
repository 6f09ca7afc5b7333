package compare

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/benchgate/benchgate/internal/realparts"
)

// simulated is a suite whose truth is known: each task's pass rates and typical
// costs on both sides.
type simulated struct {
	before, after []float64 // pass rates of the baseline and the candidate
	price, factor []float64 // dollars of the baseline, and times that of the candidate
	runaways      float64   // share of attempts that cost ten times as much, on both sides
}

// worlds are the ways in which a candidate can relate to its baseline.
var worlds = []struct {
	name string
	draw func(*rand.Rand, int) simulated
}{
	{"unchanged", func(r *rand.Rand, tasks int) simulated { return unchanged(r, suiteOf(r, tasks)) }},
	{"20 points lost, half as dear again", func(r *rand.Rand, tasks int) simulated {
		s := unchanged(r, suiteOf(r, tasks))
		s.after = thinned(s.before, 0.2)
		for t := range s.factor {
			s.factor[t] = 1.5
		}
		return s
	}},
	{"different models", func(r *rand.Rand, tasks int) simulated {
		before, after := twoAgents(r, tasks, realparts.DrawPassRate)
		return otherModel(r, unchanged(r, before), after)
	}},
	{"real pairs", func(r *rand.Rand, tasks int) simulated {
		before, after := twoAgents(r, tasks, func(_ *rand.Rand, solved float64) float64 { return solved / 5 })
		return otherModel(r, unchanged(r, before), after)
	}},
	{"all at 0.5", func(r *rand.Rand, tasks int) simulated { return unchanged(r, slices.Repeat([]float64{0.5}, tasks)) }},
	{"all at 0.9", func(r *rand.Rand, tasks int) simulated { return unchanged(r, slices.Repeat([]float64{0.9}, tasks)) }},
	{"one task died", func(r *rand.Rand, tasks int) simulated {
		s := unchanged(r, suiteOf(r, tasks))
		s.after[best(s.before)] = 0
		return s
	}},
	{"low rates", func(r *rand.Rand, tasks int) simulated {
		before := suiteOf(r, tasks)
		for t := range before {
			before[t] *= 0.3
		}
		return unchanged(r, before)
	}},
	{"runaways", func(r *rand.Rand, tasks int) simulated {
		s := unchanged(r, suiteOf(r, tasks))
		s.runaways = 0.05
		return s
	}},
	{"two tasks exchanged", func(r *rand.Rand, tasks int) simulated {
		s := unchanged(r, suiteOf(r, tasks))
		high, low := best(s.before), worst(s.before)
		s.after[high], s.after[low] = s.before[low], s.before[high]
		return s
	}},
}

// unchanged is a candidate like its baseline.
func unchanged(random *rand.Rand, rates []float64) simulated {
	s := simulated{before: rates, after: slices.Clone(rates)}
	for range rates {
		s.price, s.factor = append(s.price, realparts.DrawTaskUSD(random)), append(s.factor, 1)
	}
	return s
}

// otherModel has its own rates, and its own taste of what is dear.
func otherModel(random *rand.Rand, s simulated, after []float64) simulated {
	s.after = after
	for t := range s.factor {
		s.factor[t] = 1.2 * math.Exp(0.5*random.NormFloat64())
	}
	return s
}

// suiteOf draws tasks like those of real agents on Terminal-Bench, whose mean pass
// rate lies between 0.3 and 0.9.
func suiteOf(random *rand.Rand, tasks int) []float64 {
	agents := realparts.SolvedOfFive()
	for {
		rates := fromDeck(random, agents[random.IntN(len(agents))], tasks, realparts.DrawPassRate)
		if m := mean(rates); m >= 0.3 && m <= 0.9 {
			return rates
		}
	}
}

// twoAgents draws two different ones, and their rates at the same tasks.
func twoAgents(random *rand.Rand, tasks int, rate func(*rand.Rand, float64) float64) (before, after []float64) {
	agents := realparts.AllSolvedOfFive()
	for {
		pair, seed := random.Perm(len(agents))[:2], random.Uint64()
		deck := func() *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }
		before = fromDeck(deck(), agents[pair[0]], tasks, func(_ *rand.Rand, solved float64) float64 { return rate(random, solved) })
		after = fromDeck(deck(), agents[pair[1]], tasks, func(_ *rand.Rand, solved float64) float64 { return rate(random, solved) })
		if mean(before) >= 0.2 && mean(after) >= 0.2 {
			return before, after
		}
	}
}

func fromDeck(random *rand.Rand, solved []float64, tasks int, rate func(*rand.Rand, float64) float64) []float64 {
	deck := append(random.Perm(len(solved)), random.Perm(len(solved))...)
	rates := make([]float64, tasks)
	for t := range rates {
		rates[t] = rate(random, solved[deck[t]])
	}
	return rates
}

func best(rates []float64) int  { return slices.Index(rates, slices.Max(rates)) }
func worst(rates []float64) int { return slices.Index(rates, slices.Min(rates)) }

// truth is what a suite's estimates estimate: the difference of pass rates, and the
// logarithms of the two ratios. Each failure makes an attempt dearer.
func (s simulated) truth() (delta, perSolved, typical float64) {
	var cost1, cost0 float64
	for t := range s.before {
		cost1 += s.factor[t] * s.price[t] * (s.after[t] + realparts.FailedFactor*(1-s.after[t]))
		cost0 += s.price[t] * (s.before[t] + realparts.FailedFactor*(1-s.before[t]))
		typical += math.Log(s.factor[t]) / float64(len(s.before))
	}
	delta = mean(s.after) - mean(s.before)
	return delta, math.Log(cost1 / cost0 * mean(s.before) / mean(s.after)), typical - delta*math.Log(realparts.FailedFactor)
}

// attempts draws so many a task: their counts, bills, and logarithms of costs.
func (s simulated) attempts(random *rand.Rand, candidate, baseline func(task int) int) (Strata, bills, []TaskValues) {
	one := func(rate, usd float64, n int) (c Count, b []bill, logs []float64) {
		c.Attempts = n
		for range n {
			cost, bought := realparts.DrawAttemptUSD(random, usd), 0.0
			if random.Float64() < s.runaways {
				cost *= 10
			}
			if random.Float64() < rate {
				c.Solved++
				bought = 1
			} else {
				cost *= realparts.FailedFactor
			}
			b, logs = append(b, bill{cost, bought}), append(logs, math.Log(cost))
		}
		return c, b, logs
	}
	var strata Strata
	var all bills
	var values []TaskValues
	for t := range s.before {
		c1, b1, l1 := one(s.after[t], s.factor[t]*s.price[t], candidate(t))
		c0, b0, l0 := one(s.before[t], s.price[t], baseline(t))
		strata = append(strata, Stratum{c1, c0})
		all = append(all, taskBills{b1, b0})
		values = append(values, TaskValues{l1, l0})
	}
	return strata, all, values
}
