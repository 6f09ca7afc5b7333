package compare

import "math"

// Metric names a compared number.
type Metric string

// The metrics, in the order of reports.
const (
	CostPerSolved    Metric = "cost_per_solved"
	PassRate         Metric = "pass_rate"
	TypicalCost      Metric = "typical_cost"
	TotalCost        Metric = "total_cost"
	ToolErrorRate    Metric = "tool_error_rate"
	ActiveTime       Metric = "active_time"
	Tokens           Metric = "tokens"
	Requests         Metric = "requests"
	ToolCalls        Metric = "tool_calls"
	Lines            Metric = "lines" // kept in the files at the end
	LinesAdded       Metric = "lines_added"
	LinesRemoved     Metric = "lines_removed"
	CacheUtilization Metric = "cache_utilization"
)

// Metrics lists every metric, in the order of reports.
var Metrics = []Metric{
	CostPerSolved, PassRate, TypicalCost, TotalCost, ToolErrorRate, ActiveTime,
	Tokens, Requests, ToolCalls, Lines, LinesAdded, LinesRemoved, CacheUtilization,
}

// Neutral reports whether more of the metric is neither better nor worse: so it
// is with lines of code.
func (m Metric) Neutral() bool { return m == Lines || m == LinesAdded || m == LinesRemoved }

// Level is the two-sided confidence level of every interval in a [Comparison]:
// each limit errs with probability at most 0.05.
const Level = 0.90

const oneSided = (1 - Level) / 2

// Estimate is one metric of two runs. What does not exist is nil, never NaN.
type Estimate struct {
	Unit string // usd, fraction, seconds, tokens, count or lines

	// The two sides' values, over the attempts of the tasks that both sides
	// attempted. Each task has the same weight: sums are those of one attempt
	// at every task, so they do not depend on which tasks were tried again.
	Baseline, Candidate *float64

	// Delta is candidate minus baseline, Ratio candidate over baseline: one
	// of them, and Low to High is the interval of that one at [Level].
	Delta, Ratio, Low, High *float64

	// Method is "tango", "stratified-mn", "within-task", "task-t" or "swap".
	Method string

	// PWorse and PBetter are one-sided p values of "the candidate is higher"
	// and "lower"; for the pass rate, where more is better, of "lower" and
	// "higher".
	PWorse, PBetter *float64

	// Basis counts what the estimate rests on: pairs of attempts for ratios of
	// sums, tasks otherwise.
	Basis int

	// Notes are what a reader of the numbers must know.
	Notes []Fact
}

// finite is the only way a number gets into an [Estimate].
func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

// limits sets the interval, if there is one. One that has no width is none: it
// says that attempts happened to agree, not that the truth is known.
func (e *Estimate) limits(i Interval, ok bool) {
	const nothing = 1e-9
	e.Low, e.High = nil, nil
	if ok && i.High-i.Low > nothing*math.Abs(i.High) {
		e.Low, e.High = finite(i.Low), finite(i.High)
	}
}
