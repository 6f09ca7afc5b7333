package compare

import "math"

// populationFrom is the number of tasks below which nothing is said about
// other tasks: at 10 tasks every known interval misses two to three times as
// often as it says.
const populationFrom = 30

// populationInterval takes the suite's tasks for a random sample and is the
// interval of the mean difference over all tasks that they were drawn from:
// mean ± t·s/√T, with s the standard deviation of the differences per task, T the
// number of tasks, and t Student's quantile at T-1 degrees of freedom. The spread
// between tasks holds the chance of the attempts too. Each limit errs with
// probability level (0 to 0.5); ok is false below two tasks.
func (s Strata) populationInterval(level float64) (Interval, bool) {
	if len(s) < 2 {
		return Interval{}, false
	}
	n, mean, squares := float64(len(s)), s.Delta(), 0.0
	for _, t := range s {
		difference := t.Candidate.Rate() - t.Baseline.Rate() - mean
		squares += difference * difference
	}
	half := studentQuantile(level, n-1) * math.Sqrt(squares/(n-1)/n)
	return Interval{Low: mean - half, High: mean + half}, true
}
