package compare

// Difference is an estimate of the mean difference of pass rates, candidate minus
// baseline: [Within], [Pairs] or [Strata].
type Difference interface {
	// Method names it as [Estimate.Method] does.
	Method() string

	// Delta is the estimate, -1 to 1.
	Delta() float64

	// Score is how far the data are from the hypothesis that the difference is
	// d, in standard deviations: positive when they say more.
	Score(d float64) float64

	// IntervalAt holds the differences whose score is below z either way.
	IntervalAt(z float64) Interval
}

// Difference takes the method that fits the design: the spread inside tasks where
// every task has two attempts or more on both sides, Tango's where every task has
// one, Miettinen and Nurminen's otherwise. All three depend on the counts alone,
// never on which attempt has which number.
func (s Strata) Difference() Difference {
	every := func(fits func(attempts int) bool) bool {
		for _, t := range s {
			if !fits(t.Candidate.Attempts) || !fits(t.Baseline.Attempts) {
				return false
			}
		}
		return len(s) > 0
	}
	switch {
	case every(func(n int) bool { return n >= 2 }):
		return Within(s)
	case every(func(n int) bool { return n == 1 }):
		return s.pairs()
	}
	return s
}

// pairs takes each task for a pair, where every task has one attempt a side.
func (s Strata) pairs() Pairs {
	p := Pairs{N: len(s)}
	for _, t := range s {
		switch {
		case t.Candidate.Solved < t.Baseline.Solved:
			p.Losses++
		case t.Candidate.Solved > t.Baseline.Solved:
			p.Wins++
		}
	}
	return p
}

// CandidateAttempts is how many attempts of the candidate count, over all tasks.
func (s Strata) CandidateAttempts() int {
	n := 0
	for _, t := range s {
		n += t.Candidate.Attempts
	}
	return n
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

func (c *Comparison) passRate() {
	e := Estimate{Unit: "fraction", Basis: len(c.PassRates)}
	if e.Basis == 0 {
		c.Estimates[PassRate] = e
		return
	}
	d := c.PassRates.Difference()
	limits := d.IntervalAt(NormalQuantile(1 - oneSided))
	e.Method = d.Method()
	e.Delta, e.Low, e.High = finite(d.Delta()), finite(limits.Low), finite(limits.High)
	e.PWorse, e.PBetter = finite(c.PassRates.PWorse()), finite(c.PassRates.PBetter())
	e.Baseline, e.Candidate = finite(c.PassRates.baselineRate()), finite(c.PassRates.mirrored().baselineRate())
	if c.PassRates.unequal() {
		e.Notes = []Fact{{Code: UnequalAttempts}}
	}
	c.Estimates[PassRate] = e
	if len(c.PassRates) >= populationFrom {
		if interval, ok := c.PassRates.populationInterval(oneSided); ok {
			c.OtherTasks = &interval
		}
	}
}

// unequal reports whether the sides differ in their numbers of attempts.
func (s Strata) unequal() bool {
	for _, t := range s {
		if t.Candidate.Attempts != t.Baseline.Attempts {
			return true
		}
	}
	return false
}

func (s Strata) baselineRate() float64 {
	sum := 0.0
	for _, t := range s {
		sum += t.Baseline.Rate()
	}
	return sum / float64(len(s))
}
