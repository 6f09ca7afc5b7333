package compare

// passRateTest takes Tango's method when every task has the same number of
// attempts on both sides, all matched, and the stratified one otherwise. It is
// nil without a task that has attempts on both sides.
func passRateTest(tasks []matchedTask) Difference {
	var pairs Pairs
	strata, equal := strataOf(tasks), true
	for _, t := range tasks {
		c, b := len(t.candidate.valid), len(t.baseline.valid)
		if c == 0 || b == 0 {
			continue
		}
		first := strata[0].Candidate.Attempts
		equal = equal && c == first && b == first && len(t.pairs) == first
		pairs.add(t.pairs)
	}
	switch {
	case len(strata) == 0:
		return nil
	case equal:
		return pairs
	}
	return strata
}

func strataOf(tasks []matchedTask) Strata {
	var strata Strata
	for _, t := range tasks {
		s := Stratum{Candidate: t.candidate.count(), Baseline: t.baseline.count()}
		if s.Candidate.Attempts > 0 && s.Baseline.Attempts > 0 {
			strata = append(strata, s)
		}
	}
	return strata
}

func (c *Comparison) passRate(tasks []matchedTask) {
	e := Estimate{Unit: "fraction"}
	for _, t := range tasks {
		e.Basis += len(t.pairs)
	}
	strata := strataOf(tasks)
	switch c.PassRateTest.(type) {
	case nil:
		c.Estimates[PassRate] = e
		return
	case Pairs:
		e.Method = "tango"
	case Strata:
		e.Method = "stratified-mn"
		e.Notes = []Fact{{Code: UnequalAttempts}}
	}
	e.describe(c.PassRateTest)
	e.Baseline, e.Candidate = finite(strata.baselineRate()), finite(strata.mirrored().baselineRate())
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
		switch won, lost := m.candidate.IsSolved(), m.baseline.IsSolved(); {
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
