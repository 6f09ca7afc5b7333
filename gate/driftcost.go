package gate

import (
	"maps"
	"math"
	"slices"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
)

// CostDrift watches what the tasks of one variant cost, night after night, as
// [Drift] watches whether they are solved: Page's CUSUM of the log-likelihood
// ratio of "everything costs 1.3 times as much" against "as in the baseline". A
// night's observation is the mean over tasks of the logarithm of an attempt's
// dollars over the task's usual ones, taken as normal. An attempt counts as at
// most twice or half the usual, so that a single runaway gives no alarm.
type CostDrift struct {
	Sum float64 // 0 or more; alarm at [CostDriftAlarm]

	usual map[string]float64 // mean logarithm of dollars, by task
	sd    float64            // of the night's observation; 0: not known, and there is no alarm
}

// CostDriftAlarm is the sum at which CostDrift gives alarm. docs/statistics.md has
// how often it does where nothing changes, by TestCalibrationYearOfNights.
const CostDriftAlarm = 6

const (
	costDriftDesign = 1.3      // the factor that CostDrift is built to find
	mostCostLog     = math.Ln2 // see CostDrift
	leastNightSD    = 0.03     // nights that are more alike than this are so by chance
)

// NewCostDrift learns what tasks usually cost, and how much nights differ, from
// the nights that stand for "as it was". It takes two with known costs.
func NewCostDrift(nights ...*baselines.Run) *CostDrift {
	var all []costLog
	for _, night := range nights {
		all = append(all, costLogs(night.Counted())...)
	}
	d := &CostDrift{usual: make(map[string]float64)}
	count := make(map[string]float64)
	for _, c := range all {
		d.usual[c.task] += c.log
		count[c.task]++
	}
	for task, n := range count {
		d.usual[task] /= n
	}
	n, between := d.betweenNights(nights)
	if n < 2 {
		return d
	}
	// The usual costs are themselves known from n nights only.
	d.sd = math.Sqrt(max(between, d.withinTasks(all, count), leastNightSD*leastNightSD) * (1 + 1/float64(n)))
	return d
}

// costLog is the logarithm of what one attempt cost.
type costLog struct {
	task string
	log  float64
}

// costLogs leaves out attempts that do not count, and those whose cost is not
// known or nothing.
func costLogs(trials []baselines.Trial) []costLog {
	var out []costLog
	for _, t := range trials {
		if usd, known := compare.CostOf(&t); known && usd > 0 && t.Ended.Counts() {
			out = append(out, costLog{t.Task, math.Log(usd)})
		}
	}
	return out
}

// betweenNights is the variance of the observation from night to night.
func (d *CostDrift) betweenNights(nights []*baselines.Run) (n int, variance float64) {
	var squares float64
	for _, night := range nights {
		if x, known := d.observe(night.Counted()); known {
			squares += x * x // their mean is 0, but for what was cut
			n++
		}
	}
	return n, squares / math.Max(float64(n-1), 1)
}

// withinTasks is what that variance would be if nights differed by the noise of
// their attempts alone, one a task.
func (d *CostDrift) withinTasks(all []costLog, count map[string]float64) float64 {
	squares := make(map[string]float64)
	for _, c := range all {
		x := cutCost(c.log - d.usual[c.task])
		squares[c.task] += x * x
	}
	sum, tasks := 0.0, 0.0
	for _, task := range slices.Sorted(maps.Keys(count)) {
		if n := count[task]; n >= 2 {
			sum += squares[task] / (n - 1)
			tasks++
		}
	}
	return sum / math.Max(tasks*tasks, 1)
}

func cutCost(log float64) float64 { return math.Min(math.Max(log, -mostCostLog), mostCostLog) }

// observe is the night's mean over tasks; not known when fewer than half of the
// tasks have a known cost.
func (d *CostDrift) observe(trials []baselines.Trial) (mean float64, known bool) {
	sum, n := make(map[string]float64), make(map[string]float64)
	for _, c := range costLogs(trials) {
		if usual, is := d.usual[c.task]; is {
			sum[c.task] += cutCost(c.log - usual)
			n[c.task]++
		}
	}
	for _, task := range slices.Sorted(maps.Keys(sum)) {
		mean += sum[task] / n[task] / float64(len(sum))
	}
	return mean, len(sum) > 0 && 2*len(sum) >= len(d.usual)
}

// typical is the geometric mean over tasks of what they usually cost, in dollars.
func (d *CostDrift) typical() float64 {
	sum := 0.0
	for _, task := range slices.Sorted(maps.Keys(d.usual)) {
		sum += d.usual[task] / float64(len(d.usual))
	}
	return math.Exp(sum)
}

// Night adds one night, one attempt or more per task, and reports whether the sum
// reached the alarm. A night in which fewer than half of the tasks have a known
// cost changes nothing.
func (d *CostDrift) Night(trials []baselines.Trial) (alarm bool) {
	if x, known := d.observe(trials); known && d.sd > 0 {
		shift := math.Log(costDriftDesign)
		d.Sum = max(0, d.Sum+shift/(d.sd*d.sd)*(x-shift/2))
	}
	return d.Sum >= CostDriftAlarm
}
