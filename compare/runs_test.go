package compare_test

import (
	"fmt"
	"math"

	"github.com/benchgate/benchgate/baselines"
)

// runsFrom makes two runs of any shape out of bytes: the first two give tasks
// and attempts, then a byte per attempt and side says how it ended and another
// what it cost. wild lets costs be what no file can hold.
func runsFrom(data []byte, wild bool) (baseline, candidate *baselines.Run) {
	next := func() byte {
		if len(data) == 0 {
			return 0
		}
		b := data[0]
		data = data[1:]
		return b
	}
	tasks, attempts := int(next())%14, 1+int(next())%6
	baseline, candidate = emptyRun(baselines.Baseline, tasks), emptyRun(baselines.Candidate, tasks)
	for attempt := 1; attempt <= attempts; attempt++ {
		for task := range tasks {
			for _, r := range []*baselines.Run{baseline, candidate} {
				if t, ok := trialFrom(next(), next(), task, attempt, wild); ok {
					t.Seq = (attempt-1)*tasks + task + 1
					r.Trials = append(r.Trials, t)
				}
			}
		}
	}
	return baseline, candidate
}

func emptyRun(arm baselines.Arm, tasks int) *baselines.Run {
	h := baselines.Header{Schema: baselines.SchemaV1, ID: string(arm), Arm: arm}
	h.Variant.Agent.Name = "claude-code"
	h.Suite.Digest = "sha256:any"
	for task := range tasks {
		h.Suite.Tasks = append(h.Suite.Tasks, baselines.Task{ID: fmt.Sprintf("task-%02d", task), Tier: "easy"})
	}
	return &baselines.Run{Header: h}
}

func trialFrom(how, cost byte, task, attempt int, wild bool) (baselines.Trial, bool) {
	t := baselines.Trial{Task: fmt.Sprintf("task-%02d", task), Attempt: attempt, Try: 1, Ended: baselines.Finished}
	yes, no := true, false
	switch how % 16 {
	case 0, 1, 2, 3, 4, 5, 6, 7:
		t.Solved = &yes
	case 8, 9, 10, 11:
		t.Solved = &no
	case 12:
		t.Ended, t.Solved = baselines.Timeout, &no
	case 13:
		t.Ended = baselines.InfraError
	case 14:
		t.Solved = nil
	case 15:
		return t, false
	}
	usd := 0.01 * float64(1+cost)
	switch {
	case cost == 255:
		return t, true // unknown
	case cost == 254:
		usd = 0
	case wild && cost >= 248:
		usd = []float64{math.NaN(), math.Inf(1), math.Inf(-1), -1, math.MaxFloat64, math.SmallestNonzeroFloat64}[cost-248]
	}
	t.CostUSD = &baselines.CostUSD{Main: usd}
	calls, errors := int(how), int(how)%3
	t.ToolCalls, t.ToolErrors, t.Requests = &calls, &errors, &calls
	active := float64(cost)
	t.Seconds.Active = &active
	t.Tokens = &baselines.Tokens{Input: int64(cost), Output: int64(how), CacheRead: 10 * int64(how)}
	kept := int64(how % 5)
	t.Lines = &baselines.Lines{Added: int64(how % 7), Removed: int64(how % 3), Kept: &kept}
	return t, true
}
