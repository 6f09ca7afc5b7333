package run

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/fnv"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/suite"
)

// Step is one attempt at one task in the order of a run. Both arms of a gate
// share a step's seq.
type Step struct {
	Seq     int
	Attempt int
	Task    *suite.Task
}

// order plans every attempt of every task as the gate wants them: round by
// round, within a round by what a trial tells per dollar, or drawn from the
// seed where nothing is known yet. A fixed order keeps the statistics from
// depending on which trials happen to finish first.
func order(p gate.Policy, stored *baselines.Run, s *suite.Suite, seed uint64) []Step {
	keys := gate.Order(p, stored, s.Ref(), p.Attempts, seed)
	steps := make([]Step, len(keys))
	for i, k := range keys {
		steps[i] = Step{Seq: i + 1, Attempt: k.Attempt, Task: s.ByID(k.Task)}
	}
	return steps
}

// orderSeed is the suite's own: two runs of one suite have one order, and
// nobody picks it after seeing results.
func orderSeed(suiteDigest string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(suiteDigest))
	return h.Sum64() >> 11 // fits a JSON number exactly
}

// planDigest covers everything that must be decided before the first
// candidate trial: policy, order, variants, limits, and the stored baseline, if
// one is used. Without that, runs before and after one was stored would look as
// if they had been measured side by side.
func planDigest(p gate.Policy, steps []Step, stored *baselines.Run, baseline, candidate baselines.Header) (string, error) {
	type step struct {
		Seq     int    `json:"seq"`
		Task    string `json:"task"`
		Attempt int    `json:"attempt"`
	}
	order := make([]step, len(steps))
	for i, s := range steps {
		order[i] = step{s.Seq, s.Task.ID, s.Attempt}
	}
	storedID := ""
	if stored != nil {
		storedID = stored.Header.ID
	}
	text, err := json.Marshal(struct {
		Policy    gate.Policy       `json:"policy"`
		Suite     string            `json:"suite"`
		Order     []step            `json:"order"`
		Baseline  baselines.Variant `json:"baseline"`
		Candidate baselines.Variant `json:"candidate"`
		Limits    baselines.Limits  `json:"limits"`
		Stored    string            `json:"stored"`
	}{p, candidate.Suite.Digest, order, baseline.Variant, candidate.Variant, candidate.Limits, storedID})
	if err != nil {
		return "", fmt.Errorf("hashing plan: %w", err)
	}
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}
