package compare

import (
	"hash/fnv"

	"github.com/benchgate/benchgate/baselines"
)

// Difference is a test of the mean difference of pass rates, candidate minus
// baseline: [Pairs] or [Strata].
type Difference interface {
	Delta() float64
	Score(d float64) float64
	Interval(level float64) Interval
	PWorse() float64
	PBetter() float64
}

// Tests are what a decision needs of two runs: the tests behind three of the
// estimates, at whatever level they will be read, and what casts doubt on them.
type Tests struct {
	PassRateTest      Difference // nil when no task has attempts on both sides
	TypicalCostTest   *Shift     // of the log ratio
	CostPerSolvedTest *SwapTest

	// UndefinedCostPairs counts matched attempts that cost nothing on one
	// side only, which have no ratio.
	UndefinedCostPairs int

	Baseline, Candidate Side

	// MissingTasks are the tasks without an attempt that counts on one side
	// or both, by id.
	MissingTasks []string
}

// NewTests makes the tests alone: what [Compare] does first, and a tenth of
// its work.
func NewTests(baseline, candidate *baselines.Run) *Tests {
	t := testsOf(match(baseline, candidate), SeedOf(candidate.Header.Suite))
	return &t
}

func testsOf(tasks []matchedTask, seed uint64) Tests {
	t := Tests{
		Baseline:          sideOf(tasks, func(t matchedTask) attempts { return t.baseline }),
		Candidate:         sideOf(tasks, func(t matchedTask) attempts { return t.candidate }),
		PassRateTest:      passRateTest(tasks),
		CostPerSolvedTest: NewSwapTest(swapPairs(tasks, CostOf, solvedOf), seed),
	}
	t.TypicalCostTest, t.UndefinedCostPairs = logRatios(tasks, CostOf)
	for _, task := range tasks {
		if len(task.candidate.valid) == 0 || len(task.baseline.valid) == 0 {
			t.MissingTasks = append(t.MissingTasks, task.id)
		}
	}
	return t
}

// SeedOf is the seed of [NewSwapTest]: it makes the random swaps the same for
// every comparison on one suite.
func SeedOf(s baselines.Suite) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s.Digest)) // a hash never fails
	return h.Sum64()
}
