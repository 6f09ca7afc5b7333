package compare

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
