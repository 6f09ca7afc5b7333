package compare

import (
	"fmt"
	"math"
)

// passRate takes Tango's method when every task has the same number of
// attempts on both sides, all matched, and the stratified one otherwise.
func (c *Comparison) passRate(tasks []matchedTask) {
	var strata Strata
	var pairs Pairs
	first, equal := 0, true
	for _, t := range tasks {
		s := Stratum{Candidate: t.candidate.count(), Baseline: t.baseline.count()}
		if s.Candidate.Attempts == 0 || s.Baseline.Attempts == 0 {
			continue
		}
		if len(strata) == 0 {
			first = s.Candidate.Attempts
		}
		strata = append(strata, s)
		equal = equal && s.Candidate.Attempts == first && s.Baseline.Attempts == first && len(t.pairs) == first
		pairs.add(t.pairs)
	}
	e := Estimate{Unit: "fraction", Basis: pairs.N}
	if len(strata) > 0 {
		if equal {
			c.PassRateTest, e.Method = pairs, "tango"
		} else {
			c.PassRateTest, e.Method = strata, "stratified-mn"
			e.Note = "the tasks' numbers of attempts differ between the sides; each task has the same weight"
		}
		e.describe(c.PassRateTest)
		e.Baseline, e.Candidate = finite(strata.baselineRate()), finite(strata.Mirrored().baselineRate())
	}
	c.Estimates[PassRate] = e
	if len(strata) >= populationFrom {
		if interval, ok := strata.populationInterval(oneSided); ok {
			c.OtherTasks = &interval
		}
	}
}

func (p *Pairs) add(pairs []pair) {
	for _, m := range pairs {
		p.N++
		switch won, lost := solved(m.candidate), solved(m.baseline); {
		case won && !lost:
			p.Wins++
		case lost && !won:
			p.Losses++
		}
	}
}

func (s Strata) baselineRate() float64 {
	sum := 0.0
	for _, t := range s {
		sum += t.Baseline.Rate()
	}
	return sum / float64(len(s))
}

func (e *Estimate) describe(d Difference) {
	limits := d.Interval(oneSided)
	e.Delta, e.Low, e.High = finite(d.Delta()), finite(limits.Low), finite(limits.High)
	e.PWorse, e.PBetter = finite(d.PWorse()), finite(d.PBetter())
}

// ratiosOfSums compares what is one sum over another: dollars per solved task,
// dollars, failed tool calls per call.
func (c *Comparison) ratiosOfSums(tasks []matchedTask, seed uint64) {
	costs := swapPairs(tasks, CostOf, solvedOf)
	c.CostPerSolvedTest = NewSwapTest(costs, seed)
	perSolved := swapEstimate("usd", c.CostPerSolvedTest)
	perSolved.Note = zeroSolvedNote(c.CostPerSolvedTest)
	c.Estimates[CostPerSolved] = perSolved
	c.Estimates[TotalCost] = swapEstimate("usd", c.CostPerSolvedTest.Totals())
	c.Estimates[ToolErrorRate] = swapEstimate("fraction", NewSwapTest(swapPairs(tasks, toolErrorsOf, toolCallsOf), seed))
}

func zeroSolvedNote(t *SwapTest) string {
	switch {
	case t.Pairs() == 0:
		return ""
	case t.total.S1 == 0 && t.total.S0 == 0:
		return "neither side solved a task"
	case t.total.S1 == 0:
		return "the candidate solved no task"
	case t.total.S0 == 0:
		return "the baseline solved no task"
	}
	return ""
}

func swapPairs(tasks []matchedTask, cost, bought quantity) []SwapPair {
	var out []SwapPair
	for _, t := range tasks {
		for _, p := range t.pairs {
			c1, known1 := cost(p.candidate)
			c0, known0 := cost(p.baseline)
			s1, counted1 := bought(p.candidate)
			s0, counted0 := bought(p.baseline)
			if known1 && known0 && counted1 && counted0 {
				out = append(out, SwapPair{c1, s1, c0, s0})
			}
		}
	}
	return out
}

func swapEstimate(unit string, t *SwapTest) Estimate {
	e := Estimate{Unit: unit, Method: "swap", Basis: t.Pairs()}
	if t.Pairs() == 0 {
		return e
	}
	if t.totals {
		e.Baseline, e.Candidate = finite(t.total.C0), finite(t.total.C1)
	} else {
		e.Baseline, e.Candidate = finite(t.total.C0/t.total.S0), finite(t.total.C1/t.total.S1)
	}
	e.PWorse, e.PBetter = finite(t.PUpper(1)), finite(t.PLower(1))
	if ratio, ok := t.Ratio(); ok {
		e.Ratio = finite(ratio)
	}
	if limits, ok := t.Interval(oneSided); ok {
		e.Low, e.High = finite(limits.Low), finite(limits.High)
	}
	return e
}

// typicalTask compares what happens to a typical task.
func (c *Comparison) typicalTask(tasks []matchedTask) {
	cost, shift, undefined := typicalRatio("usd", tasks, CostOf)
	cost.Baseline, cost.Candidate = geometricMeans(tasks, CostOf)
	c.Estimates[TypicalCost], c.TypicalCostTest, c.UndefinedCostPairs = cost, shift, undefined

	for _, m := range []struct {
		metric Metric
		unit   string
		of     quantity
	}{
		{ActiveTime, "seconds", activeTimeOf},
		{Tokens, "tokens", tokensOf},
		{Requests, "count", requestsOf},
		{ToolCalls, "count", toolCallsOf},
		{Lines, "lines", linesOf},
	} {
		e, _, _ := typicalRatio(m.unit, tasks, m.of)
		e.Baseline, e.Candidate = totals(tasks, m.of)
		if e.Ratio != nil {
			e.Note = join(e.Note, "the values are totals, the ratio is a typical task's")
		}
		c.Estimates[m.metric] = e
	}
	c.Estimates[CacheUtilization] = typicalDifference(tasks, cacheUtilizationOf)
}

// typicalRatio takes the mean log ratio over each task's pairs. Two zeros are
// equal; a zero on one side only has no ratio, and the pair is left out.
func typicalRatio(unit string, tasks []matchedTask, of quantity) (e Estimate, shift *Shift, undefined int) {
	shift = NewShift(perTask(tasks, of, func(candidate, baseline float64) (float64, bool) {
		switch {
		case candidate == 0 && baseline == 0:
			return 0, true
		case candidate == 0 || baseline == 0:
			undefined++
			return 0, false
		}
		return math.Log(candidate / baseline), true
	}))
	e = shiftEstimate(unit, shift)
	e.Ratio, e.Delta = exponential(e.Delta), nil
	e.Low, e.High = exponential(e.Low), exponential(e.High)
	if undefined > 0 {
		e.Note = fmt.Sprintf("%s zero on one side only left out", counted(undefined, "pair that is", "pairs that are"))
	}
	return e, shift, undefined
}

func exponential(log *float64) *float64 {
	if log == nil {
		return nil
	}
	return finite(math.Exp(*log))
}

// typicalDifference takes the mean difference over each task's pairs.
func typicalDifference(tasks []matchedTask, of quantity) Estimate {
	shift := NewShift(perTask(tasks, of, func(candidate, baseline float64) (float64, bool) {
		return candidate - baseline, true
	}))
	e := shiftEstimate("fraction", shift)
	// More is better here.
	e.PWorse, e.PBetter = e.PBetter, e.PWorse
	e.Baseline, e.Candidate = means(tasks, of)
	return e
}

func shiftEstimate(unit string, s *Shift) Estimate {
	e := Estimate{Unit: unit, Method: "hodges-lehmann", Basis: len(s.values)}
	estimate, ok := s.Estimate()
	if !ok {
		return e
	}
	e.Delta = finite(estimate)
	e.PWorse, e.PBetter = finite(s.PAboveValue(0)), finite(s.PBelowValue(0))
	if limits, ok := s.Interval(oneSided); ok {
		e.Low, e.High = finite(limits.Low), finite(limits.High)
	}
	return e
}

// perTask is the mean over each task's pairs of a function of both values;
// tasks without a pair that has it are left out.
func perTask(tasks []matchedTask, of quantity, f func(candidate, baseline float64) (float64, bool)) []float64 {
	var out []float64
	for _, t := range tasks {
		sum, n := 0.0, 0
		for _, p := range t.pairs {
			x1, known1 := of(p.candidate)
			x0, known0 := of(p.baseline)
			if !known1 || !known0 {
				continue
			}
			if value, ok := f(x1, x0); ok {
				sum += value
				n++
			}
		}
		if n > 0 {
			out = append(out, sum/float64(n))
		}
	}
	return out
}

// totals sums both sides over the pairs that have the quantity on both.
func totals(tasks []matchedTask, of quantity) (baseline, candidate *float64) {
	return sums(tasks, of, func(sum float64, n int) float64 { return sum })
}

func means(tasks []matchedTask, of quantity) (baseline, candidate *float64) {
	return sums(tasks, of, func(sum float64, n int) float64 { return sum / float64(n) })
}

func sums(tasks []matchedTask, of quantity, result func(sum float64, n int) float64) (baseline, candidate *float64) {
	sum1, sum0, n := 0.0, 0.0, 0
	for _, t := range tasks {
		for _, p := range t.pairs {
			x1, known1 := of(p.candidate)
			x0, known0 := of(p.baseline)
			if known1 && known0 {
				sum1, sum0, n = sum1+x1, sum0+x0, n+1
			}
		}
	}
	if n == 0 {
		return nil, nil
	}
	return finite(result(sum0, n)), finite(result(sum1, n))
}

// geometricMeans is what a typical attempt costs on each side; nil when some
// attempt cost nothing.
func geometricMeans(tasks []matchedTask, of quantity) (baseline, candidate *float64) {
	mean := func(log func(candidate, baseline float64) float64) *float64 {
		logs := perTask(tasks, of, func(candidate, baseline float64) (float64, bool) {
			return log(candidate, baseline), true
		})
		if len(logs) == 0 {
			return nil
		}
		sum := 0.0
		for _, l := range logs {
			sum += l
		}
		value := math.Exp(sum / float64(len(logs)))
		if value == 0 {
			return nil
		}
		return finite(value)
	}
	baseline = mean(func(_, b float64) float64 { return math.Log(b) })
	candidate = mean(func(c, _ float64) float64 { return math.Log(c) })
	return baseline, candidate
}

// finite is the only way a number gets into an [Estimate].
func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

func join(first, second string) string {
	if first == "" {
		return second
	}
	return first + "; " + second
}
