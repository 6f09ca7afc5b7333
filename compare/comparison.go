package compare

import "github.com/benchgate/benchgate/baselines"

// Comparison is what two runs say about each other.
type Comparison struct {
	Tests
	Estimates map[Metric]Estimate
	Tasks     []Task // by id

	// OtherTasks is the interval of the difference of pass rates over tasks
	// like these, by Student's t at [Level]; nil below 30 tasks, where no
	// statement about other tasks holds.
	OtherTasks *Interval

	// Why is what moved the cost per solved task; nil where no task has an
	// attempt of known cost on both sides.
	Why *Why

	Warnings []Fact
}

// Compare estimates every metric from two runs of one suite. It does not ask
// whether they are comparable; package gate does.
func Compare(baseline, candidate *baselines.Run) *Comparison {
	tasks := match(baseline, candidate)
	seed := SeedOf(candidate.Header.Suite)
	c := &Comparison{Tests: testsOf(tasks, seed), Estimates: make(map[Metric]Estimate), Tasks: taskRows(tasks)}
	c.passRate()
	c.ratiosOfSums(tasks, seed)
	c.typicalTask(tasks)
	c.Why = c.whyOf(tasks, baseline.Header, candidate.Header)
	c.withoutEach(tasks)
	c.Warnings = warnings(c, tasks, baseline.Header, candidate.Header)
	return c
}
