package compare

import "math"

// typicalTask compares what happens to a typical task: one value a task, by
// Hodges and Lehmann ([Shift]). Ratios are compared by their logarithms, where
// twice and half are equally far from no change.
func (c *Comparison) typicalTask(tasks []matchedTask) {
	cost := typicalRatio("usd", c.TypicalCostTest, c.UndefinedCostPairs)
	cost.Baseline, cost.Candidate = geometricMeans(tasks, CostOf)
	c.Estimates[TypicalCost] = cost

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
		{LinesAdded, "lines", linesAddedOf},
		{LinesRemoved, "lines", linesRemovedOf},
	} {
		shift, undefined := logRatios(tasks, m.of)
		e := typicalRatio(m.unit, shift, undefined)
		e.Baseline, e.Candidate = totals(tasks, m.of)
		if e.Ratio != nil {
			e.Notes = append(e.Notes, Fact{Code: TotalsBesideRatio})
		}
		c.Estimates[m.metric] = e
	}
	c.Estimates[CacheUtilization] = typicalDifference(tasks, cacheUtilizationOf)
}

// logRatios takes the mean log ratio over each task's pairs. Two zeros are
// equal; a zero on one side only has no ratio, and the pair is left out.
func logRatios(tasks []matchedTask, of quantity) (shift *Shift, undefined int) {
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
	return shift, undefined
}

func typicalRatio(unit string, shift *Shift, undefined int) Estimate {
	e := shiftEstimate(unit, shift)
	e.Ratio, e.Delta = exponential(e.Delta), nil
	e.Low, e.High = exponential(e.Low), exponential(e.High)
	if undefined > 0 {
		e.Notes = []Fact{{Code: ZeroOnOneSide, Count: undefined}}
	}
	return e
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
	e.PWorse, e.PBetter = finite(s.PAbove(0)), finite(s.PBelow(0))
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

// geometricMeans is what a typical attempt costs on each side: zero when every
// attempt cost nothing, nil when only some did.
func geometricMeans(tasks []matchedTask, of quantity) (baseline, candidate *float64) {
	mean := func(log func(candidate, baseline float64) float64) *float64 {
		logs := perTask(tasks, of, func(candidate, baseline float64) (float64, bool) {
			return log(candidate, baseline), true
		})
		if len(logs) == 0 {
			return nil
		}
		sum, nothing := 0.0, 0
		for _, l := range logs {
			sum += l
			if math.IsInf(l, -1) {
				nothing++
			}
		}
		if nothing > 0 && nothing < len(logs) {
			return nil
		}
		return finite(math.Exp(sum / float64(len(logs))))
	}
	baseline = mean(func(_, b float64) float64 { return math.Log(b) })
	candidate = mean(func(c, _ float64) float64 { return math.Log(c) })
	return baseline, candidate
}
