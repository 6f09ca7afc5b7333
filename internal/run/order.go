package run

import (
	"hash/fnv"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/suite"
)

// planSteps plans every attempt of every task as the gate wants them: those first
// that tell most per dollar, by what the stored baseline says of the tasks, or
// drawn from the seed where nothing is known yet. begun is the order of the
// earlier run that this one goes on from, or nil. A fixed order keeps the
// statistics from depending on which trials happen to finish first.
func planSteps(p gate.Policy, stored *baselines.Run, s *suite.Suite, seed uint64, begun []baselines.Key) []Step {
	keys := gate.Order(p, stored, s.Ref(), p.Attempts, seed, begun)
	steps := make([]Step, len(keys))
	for i, k := range keys {
		steps[i] = Step{Seq: i + 1, Attempt: k.Attempt, Task: s.ByID(k.Task)}
	}
	return steps
}

// orderSeed is derived from the suite, so that all runs of one suite have one
// order and nobody can choose one after having seen results.
func orderSeed(suiteDigest string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(suiteDigest))
	return h.Sum64() >> 11 // fits a JSON number exactly
}
