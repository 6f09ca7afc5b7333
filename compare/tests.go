package compare

import (
	"hash/fnv"

	"github.com/benchgate/benchgate/baselines"
)

// Tests are what a decision needs of two runs: the tests behind three of the
// estimates, at whatever level they will be read, and what casts doubt on them.
type Tests struct {
	PassRates         Strata   // the tasks that have attempts on both sides
	TypicalCostTest   *Typical // of the logarithm of the costs
	CostPerSolvedTest *SwapTest

	// PerSolved is what is reported of the two costs per solved task.
	PerSolved PerSolved

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
		PassRates:         strataOf(tasks),
		TypicalCostTest:   NewTypical(logsOf(tasks, CostOf).values),
		CostPerSolvedTest: NewSwapTest(swapPairs(tasks, CostOf, solvedOf), seed),

		UndefinedCostPairs: undefinedPairs(tasks),
	}
	t.PerSolved = perSolvedOf(billsOf(tasks, CostOf, solvedOf), t.CostPerSolvedTest.total)
	for _, task := range tasks {
		if len(task.candidate.valid) == 0 || len(task.baseline.valid) == 0 {
			t.MissingTasks = append(t.MissingTasks, task.id)
		}
	}
	return t
}

func undefinedPairs(tasks []matchedTask) int {
	n := 0
	for _, t := range tasks {
		for _, p := range t.pairs {
			c1, known1 := CostOf(p.candidate)
			c0, known0 := CostOf(p.baseline)
			if known1 && known0 && (c1 == 0) != (c0 == 0) {
				n++
			}
		}
	}
	return n
}

// SeedOf is the seed of [NewSwapTest]: it makes the random swaps the same for
// every comparison on one suite.
func SeedOf(s baselines.Suite) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s.Digest)) // a hash never fails
	return h.Sum64()
}
