package run

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"

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

// Order plans every attempt of every task: round by round, so that each task
// has had its n-th attempt before one has its next, and within a round in an
// order drawn from the seed. A fixed order keeps the statistics from depending
// on which trials happen to finish first.
func Order(tasks []*suite.Task, attempts int, seed uint64) []Step {
	random := rand.New(rand.NewPCG(seed, 0))
	steps := make([]Step, 0, len(tasks)*attempts)
	for attempt := 1; attempt <= attempts; attempt++ {
		for _, i := range random.Perm(len(tasks)) {
			steps = append(steps, Step{Seq: len(steps) + 1, Attempt: attempt, Task: tasks[i]})
		}
	}
	return steps
}

// planDigest covers everything that must be decided before the first
// candidate trial: policy, order, variants, limits.
func planDigest(p gate.Policy, steps []Step, baseline, candidate baselines.Header) (string, error) {
	type step struct {
		Seq     int    `json:"seq"`
		Task    string `json:"task"`
		Attempt int    `json:"attempt"`
	}
	order := make([]step, len(steps))
	for i, s := range steps {
		order[i] = step{s.Seq, s.Task.ID, s.Attempt}
	}
	text, err := json.Marshal(struct {
		Policy    gate.Policy       `json:"policy"`
		Suite     string            `json:"suite"`
		Order     []step            `json:"order"`
		Baseline  baselines.Variant `json:"baseline"`
		Candidate baselines.Variant `json:"candidate"`
		Limits    baselines.Limits  `json:"limits"`
	}{p, candidate.Suite.Digest, order, baseline.Variant, candidate.Variant, candidate.Limits})
	if err != nil {
		return "", fmt.Errorf("hashing plan: %w", err)
	}
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}
