package gate

import (
	"math"
	"slices"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
)

// tally counts both runs as the trials come in, so that each look (see look)
// costs the same however many trials came before: solved and failed attempts per
// task, the baseline's half of each pair (same task, same attempt number), and
// the numbers from which costDoubt, modelDoubt and infraDoubt decide whether the data can be
// trusted.
type tally struct {
	ids   []string
	index map[string]int
	tasks []taskTally

	base, cand             compare.Side
	pairs, losses, wins    int
	pricedPairs, undefined int // undefined: those that cost nothing on one side only
}

type taskTally struct {
	base, cand compare.Attempts
	attempts   map[int]half // the baseline's, by attempt number

	baseLogs, candLogs compare.LogMean // of the costs that are known
}

// half is the baseline's part of a pair.
type half struct {
	solved bool
	usd    float64
	priced bool
}

// observation is one candidate attempt that counts.
type observation struct {
	task   int
	solved bool

	paired         bool // the baseline has the same attempt
	baselineSolved bool

	priced   bool    // both costs are known and have a ratio
	logRatio float64 // log(candidate's dollars / baseline's); 0 when both are zero

	costs *compare.SwapPair // dollars and solved on both sides; nil unless both costs are known
}

func newTally(s baselines.Suite) *tally {
	t := &tally{index: make(map[string]int)}
	for _, task := range s.Tasks {
		t.ids = append(t.ids, task.ID)
	}
	// Sorted, so that the order of tasks in a suite changes no last digit.
	slices.Sort(t.ids)
	for i, id := range t.ids {
		t.index[id] = i
		t.tasks = append(t.tasks, taskTally{attempts: make(map[int]half)})
	}
	return t
}

// baseline takes the try of a baseline attempt that counts.
func (t *tally) baseline(trial *baselines.Trial) {
	i, known := t.index[trial.Task]
	if !known {
		return
	}
	task := &t.tasks[i]
	if !count(trial, &task.base, &t.base) {
		return
	}
	usd, priced := compare.CostOf(trial)
	if priced {
		task.baseLogs.Add(usd)
	}
	task.attempts[trial.Attempt] = half{solved: trial.IsSolved(), usd: usd, priced: priced}
}

// candidate takes the try of a candidate attempt that counts; ok is
// false when it does not count.
func (t *tally) candidate(trial *baselines.Trial) (o observation, ok bool) {
	i, known := t.index[trial.Task]
	if !known {
		return o, false
	}
	task := &t.tasks[i]
	if !count(trial, &task.cand, &t.cand) {
		return o, false
	}
	o = observation{task: i, solved: trial.IsSolved()}
	usd, priced := compare.CostOf(trial)
	if priced {
		task.candLogs.Add(usd)
	}
	pair, paired := task.attempts[trial.Attempt]
	if !paired {
		return o, true
	}
	o.paired, o.baselineSolved = true, pair.solved
	t.pairs++
	switch {
	case o.solved && !pair.solved:
		t.wins++
	case pair.solved && !o.solved:
		t.losses++
	}
	if priced && pair.priced {
		t.pricedPairs++
		o.costs = &compare.SwapPair{C1: usd, S1: oneIf(o.solved), C0: pair.usd, S0: oneIf(pair.solved)}
		switch {
		case usd == 0 && pair.usd == 0:
			o.priced = true
		case usd == 0 || pair.usd == 0:
			t.undefined++
		default:
			o.priced, o.logRatio = true, math.Log(usd/pair.usd)
		}
	}
	return o, true
}

// pairOf is the baseline's part of the pair that the trial belongs to; the zero
// half where it has none.
func (t *tally) pairOf(trial *baselines.Trial) half {
	i, known := t.index[trial.Task]
	if !known {
		return half{}
	}
	return t.tasks[i].attempts[trial.Attempt]
}

func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// count adds a trial to its task and side; it reports whether the trial
// counts.
func count(trial *baselines.Trial, task *compare.Attempts, side *compare.Side) bool {
	if trial.Ended == baselines.InfraError {
		task.Infra++
		side.Infra++
	}
	if !trial.Ended.Counts() {
		return false
	}
	side.Attempts++
	if trial.IsSolved() {
		task.Solved++
		side.Solved++
	} else {
		task.Wrong++
	}
	if _, priced := compare.CostOf(trial); !priced {
		side.UnknownCost++
	}
	if compare.MeterMissed(trial) {
		side.MeterMissed++
	}
	if compare.ByOtherModel(trial) {
		side.OtherModel++
	}
	return true
}

// counts are the baseline's, by task.
func (t *tally) counts() []compare.Count {
	out := make([]compare.Count, len(t.tasks))
	for i, task := range t.tasks {
		out[i] = compare.Count{Solved: task.base.Solved, Attempts: task.base.Solved + task.base.Wrong}
	}
	return out
}

// delta is the mean difference of the tasks' pass rates, candidate minus
// baseline, -1 to 1, over the tasks attempted on both sides. Each task has the
// same weight whatever its number of attempts. everyTask is whether all tasks
// were attempted on both sides; delta is 0 when none was.
func (t *tally) delta() (delta float64, everyTask bool) {
	compared := 0
	for _, task := range t.tasks {
		n1, n0 := task.cand.Solved+task.cand.Wrong, task.base.Solved+task.base.Wrong
		if n1 == 0 || n0 == 0 {
			continue
		}
		compared++
		delta += float64(task.cand.Solved)/float64(n1) - float64(task.base.Solved)/float64(n0)
	}
	return delta / float64(max(compared, 1)), compared == len(t.tasks)
}

// baselineRate is the baseline's pass rate, 0 to 1: the mean over the tasks that
// it has judged attempts of.
func (t *tally) baselineRate() float64 {
	sum, tasks := 0.0, 0
	for _, c := range t.counts() {
		if c.Attempts > 0 {
			sum += float64(c.Solved) / float64(c.Attempts)
			tasks++
		}
	}
	return sum / float64(max(tasks, 1))
}

// rates are the counts of the tasks attempted on both sides, by id.
func (t *tally) rates() compare.Strata {
	var out compare.Strata
	for _, task := range t.tasks {
		s := compare.Stratum{
			Candidate: compare.Count{Solved: task.cand.Solved, Attempts: task.cand.Solved + task.cand.Wrong},
			Baseline:  compare.Count{Solved: task.base.Solved, Attempts: task.base.Solved + task.base.Wrong},
		}
		if s.Candidate.Attempts > 0 && s.Baseline.Attempts > 0 {
			out = append(out, s)
		}
	}
	return out
}

// typicalCost is the logarithm of the ratio of typical costs so far, as
// [compare.Typical] has it and reports print it: the mean of the tasks' changes. ok
// is false when no task has one.
func (t *tally) typicalCost() (log float64, ok bool) {
	tasks := 0
	for _, task := range t.tasks {
		if change, exists := compare.LogChange(task.candLogs, task.baseLogs); exists {
			log += change
			tasks++
		}
	}
	return log / float64(max(tasks, 1)), tasks > 0
}

// basis is what the findings rest on so far.
func (t *tally) basis() basis {
	b := basis{baseline: t.base, candidate: t.cand, pairs: t.pricedPairs, undefined: t.undefined}
	for _, task := range t.tasks {
		if task.cand.Solved+task.cand.Wrong > 0 && task.base.Solved+task.base.Wrong > 0 {
			b.measured = true
		}
	}
	_, b.everyTask = t.delta()
	return b
}

// leastAttempts is the smallest number of baseline attempts that any task has.
func (t *tally) leastAttempts() int {
	least := math.MaxInt
	for _, c := range t.counts() {
		least = min(least, c.Attempts)
	}
	return least
}

// mostAttempts is the largest.
func (t *tally) mostAttempts() int {
	most := 0
	for _, c := range t.counts() {
		most = max(most, c.Attempts)
	}
	return most
}
