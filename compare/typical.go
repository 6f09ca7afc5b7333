package compare

import "math"

// Typical is what happens to a typical task: the mean over tasks of each task's
// change, candidate minus baseline. Of logarithms it is the logarithm of the ratio
// of geometric means, so that twice and half are equally far from no change, and
// one extreme attempt moves it little.
type Typical struct {
	Student            // Mean is the change
	Method      string // "within-task" or "task-t"
	*SignedRank        // of the tasks' changes
	changes     []float64
}

// TaskValues are the values of one task's attempts on both sides, one or more each.
type TaskValues struct{ Candidate, Baseline []float64 }

func (t TaskValues) change() float64 { return mean(t.Candidate) - mean(t.Baseline) }

// NewTypical takes the variance of the mean change from the spread of the attempts
// inside each task, V = Σ (s1²/n1 + s0²/n0) / T², where every task has two attempts
// or more on both sides, and otherwise from the spread of the changes between
// tasks, V = s²/T. The second is the wider one: it also holds that tasks really
// differ in what happened to them. No attempt is paired with another.
func NewTypical(tasks []TaskValues) *Typical {
	t := &Typical{}
	var inside spread
	within := len(tasks) > 0
	for _, task := range tasks {
		t.changes = append(t.changes, task.change())
		if within = within && len(task.Candidate) >= 2 && len(task.Baseline) >= 2; within {
			inside.add(task.Candidate)
			inside.add(task.Baseline)
		}
	}
	t.SignedRank = NewSignedRank(t.changes)
	n := float64(len(tasks))
	switch {
	case len(tasks) == 0:
		return t
	case within:
		t.Method, t.Student = "within-task", Student{Variance: inside.variance / (n * n), Freedom: inside.freedom()}
	case len(tasks) == 1: // nothing shows how much a task's change varies
		t.Method = "task-t"
	default:
		t.Method, t.Student = "task-t", Student{Variance: variance(t.changes) / n, Freedom: n - 1}
	}
	t.Mean = mean(t.changes)
	return t
}

// Tasks is the number of tasks.
func (t *Typical) Tasks() int { return len(t.changes) }

// typicalTask compares what happens to a typical task.
func (c *Comparison) typicalTask(tasks []matchedTask) {
	cost := typicalRatio("usd", tasks, CostOf)
	cost.Baseline, cost.Candidate = geometricMeans(logsOf(tasks, CostOf))
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
		e := typicalRatio(m.unit, tasks, m.of)
		values := valuesOf(tasks, m.of)
		n := float64(len(values))
		if e.Baseline, e.Candidate = meanValues(values); len(values) > 0 {
			e.Baseline, e.Candidate = finite(n**e.Baseline), finite(n**e.Candidate)
		}
		if e.Ratio != nil {
			e.Notes = append(e.Notes, Fact{Code: TotalsBesideRatio})
		}
		c.Estimates[m.metric] = e
	}
	c.Estimates[CacheUtilization] = typicalDifference(tasks, cacheUtilizationOf)
}

func typicalRatio(unit string, tasks []matchedTask, of quantity) Estimate {
	logs := logsOf(tasks, of)
	t := NewTypical(logs.values)
	e := t.estimate(unit)
	e.Delta = nil
	if t.Tasks() > 0 {
		e.Ratio = finite(math.Exp(t.Mean))
		e.limits(exponentials(t.Interval(oneSided)))
	}
	if logs.left > 0 {
		e.Notes = []Fact{{Code: ZeroOnOneSide, Count: logs.left}}
	}
	return e
}

func typicalDifference(tasks []matchedTask, of quantity) Estimate {
	values := valuesOf(tasks, of)
	e := NewTypical(values).estimate("fraction")
	// More is better here.
	e.PWorse, e.PBetter = e.PBetter, e.PWorse
	e.Baseline, e.Candidate = meanValues(values)
	return e
}

func (t *Typical) estimate(unit string) Estimate {
	e := Estimate{Unit: unit, Method: t.Method, Basis: t.Tasks()}
	if t.Tasks() == 0 {
		return e
	}
	e.Delta = finite(t.Mean)
	e.PWorse, e.PBetter = finite(t.PAbove(0)), finite(t.PBelow(0))
	e.limits(t.Interval(oneSided))
	return e
}

// valuesOf lists a quantity's values by task, over the tasks in which both sides
// have it.
func valuesOf(tasks []matchedTask, of quantity) []TaskValues {
	var out []TaskValues
	for _, t := range tasks {
		values := TaskValues{Candidate: t.candidate.values(of), Baseline: t.baseline.values(of)}
		if len(values.Candidate) > 0 && len(values.Baseline) > 0 {
			out = append(out, values)
		}
	}
	return out
}

func (a attempts) values(of quantity) []float64 {
	var out []float64
	for _, t := range a.valid {
		if x, known := of(t); known {
			out = append(out, x)
		}
	}
	return out
}

// meanValues are the means over tasks of each side's mean; nil without tasks.
func meanValues(tasks []TaskValues) (baseline, candidate *float64) {
	sum1, sum0, n := 0.0, 0.0, float64(len(tasks))
	for _, t := range tasks {
		sum1 += mean(t.Candidate)
		sum0 += mean(t.Baseline)
	}
	return finite(sum0 / n), finite(sum1 / n)
}
