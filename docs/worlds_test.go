package docs_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/realparts"
)

// suite draws the pass rates of ten tasks like those of real agents.
func suite(random *rand.Rand, agents [][]float64) []float64 {
	return realparts.DrawSuite(random, agents, 10, 0.5, 0.9)
}

// attempt draws what one attempt costs at a task of that price.
func attempt(random *rand.Rand, price float64, solved bool) float64 {
	usd := realparts.DrawAttemptUSD(random, price)
	if !solved {
		usd *= realparts.FailedFactor
	}
	return usd
}

// run makes a run file's content: solved and dollars by task and attempt.
func run(arm baselines.Arm, model string, tasks, attempts int, solved func(task, attempt int) bool, usd func(task, attempt int) float64) *baselines.Run {
	r := &baselines.Run{Header: baselines.Header{
		Schema: baselines.SchemaV1, ID: string(arm), Arm: arm, Compare: "model",
		Variant: baselines.Variant{Name: model, Agent: baselines.Agent{Name: "claude-code"}, Model: model},
		Suite:   baselines.Suite{Name: "ten", Digest: fmt.Sprintf("sha256:%d", tasks)},
		Limits:  baselines.Limits{Attempts: attempts},
	}}
	for task := range tasks {
		r.Header.Suite.Tasks = append(r.Header.Suite.Tasks, baselines.Task{ID: fmt.Sprintf("task-%02d", task), Digest: "sha256:t"})
	}
	for attempt := range attempts {
		for task := range tasks {
			s := solved(task, attempt)
			r.Trials = append(r.Trials, baselines.Trial{
				Seq: len(r.Trials) + 1, Task: r.Header.Suite.Tasks[task].ID, Attempt: attempt + 1, Try: 1,
				Ended: baselines.Finished, Solved: &s, CostUSD: &baselines.CostUSD{Main: usd(task, attempt)},
			})
		}
	}
	return r
}
