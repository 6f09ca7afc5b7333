package compare

// populationFrom is the number of tasks below which nothing is said about
// other tasks: at 10 tasks every known interval misses two to three times as
// often as it says.
const populationFrom = 30

// populationInterval takes the suite's tasks for a random sample and is the
// interval of the mean difference over all tasks that they were drawn from:
// mean ± t·s/√T, with s the standard deviation of the differences per task, T the
// number of tasks, and t Student's quantile at T-1 degrees of freedom. The spread
// between tasks holds the chance of the attempts too. Each limit errs with
// probability level (0 to 0.5); ok is false below two tasks, and where all agree.
func (s Strata) populationInterval(level float64) (Interval, bool) {
	if len(s) < 2 {
		return Interval{}, false
	}
	differences := make([]float64, len(s))
	for i, t := range s {
		differences[i] = t.Candidate.Rate() - t.Baseline.Rate()
	}
	n := float64(len(s))
	return Student{mean(differences), variance(differences) / n, n - 1}.Interval(level)
}
