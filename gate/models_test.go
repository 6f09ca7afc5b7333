package gate

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/realparts"
)

// Two different agents that solve equally much are no regression of each other,
// although they solve different tasks. The agents are real: pairs of
// Terminal-Bench submissions, with five runs of each task, whose pass rates on
// the drawn tasks are at most two points apart. Every attempt costs the same.
func TestCalibrationDifferentModels(t *testing.T) {
	runs, allowance := calibrationRuns(t, 2000)
	for _, test := range []struct{ tasks, stored int }{{80, 3}, {80, 5}, {60, 5}, {40, 5}, {10, 5}} {
		t.Run(strconv.Itoa(test.tasks)+" tasks, "+strconv.Itoa(test.stored)+" stored", func(t *testing.T) {
			d := design{policy: DefaultPolicy(test.tasks), baseline: test.stored, ordered: true}
			limits{mostFail: 0.05}.check(t, playPairs(d, test.tasks, runs), allowance)
		})
	}
}

// A loss of 10 points, which is the margin, on the first tasks says nothing
// about the others: the verdict waits for them. A loss of 25 points does not.
func TestEarlyRegressionsNeedTwiceTheMargin(t *testing.T) {
	const tasks = 80
	for _, test := range []struct{ every, least, most int }{{10, tasks, tasks}, {4, 30, 60}} {
		d := design{policy: DefaultPolicy(tasks)}
		stored := &baselines.Run{Header: simulatedHeader(tasks, d.policy.Attempts)}
		trial := func(task, attempt int, solved bool) baselines.Trial {
			return baselines.Trial{
				Task: simulatedTask(task), Attempt: attempt, Try: 1, Ended: baselines.Finished,
				Solved: &solved, CostUSD: &baselines.CostUSD{Main: 1},
			}
		}
		for task := range tasks {
			for attempt := range 5 {
				stored.Trials = append(stored.Trials, trial(task, attempt+1, true))
			}
		}
		g := open(d.policy, stored, stored.Header, new(tables))
		for task := range tasks {
			if !g.Stands() {
				g.consume(trial(task, 1, task%test.every != 0))
			}
		}
		if g.outcome != Regression || g.consumed < test.least || g.consumed > test.most {
			t.Errorf("one task of %d lost: %q after %d trials, want a regression after %d to %d", test.every, g.outcome, g.consumed, test.least, test.most)
		}
	}
}

// playPairs plays gates between two different agents.
func playPairs(d design, tasks, runs int) result {
	random := rand.New(rand.NewPCG(20251126, uint64(tasks)))
	shared := new(tables)
	var sum result
	for range runs {
		before, after := drawPair(random, tasks)
		stored := &baselines.Run{Header: simulatedHeader(tasks, d.policy.Attempts)}
		for task := range tasks {
			stored.Trials = append(stored.Trials, attempts(random, task, before[task], d.baseline)...)
		}
		candidate := make([][]baselines.Trial, tasks)
		for task := range candidate {
			candidate[task] = attempts(random, task, after[task], min(d.policy.Attempts, 5))
		}
		sum.add(judge(random, d, shared, stored, func(k baselines.Key) baselines.Trial {
			return candidate[taskNumber(k.Task)][k.Attempt-1]
		}, nil))
	}
	return sum.mean(runs)
}

// drawPair draws two different agents and tasks on which their pass rates
// differ by two points at most: how many of five runs solved each task.
func drawPair(random *rand.Rand, tasks int) (before, after []float64) {
	agents := realparts.AllSolvedOfFive()
	for {
		pair, deck := random.Perm(len(agents))[:2], random.Perm(len(agents[0]))[:tasks]
		before, after = nil, nil
		for _, task := range deck {
			before, after = append(before, agents[pair[0]][task]), append(after, agents[pair[1]][task])
		}
		if math.Abs(mean(before)-mean(after))/5 <= 0.02+rounding {
			return before, after
		}
	}
}

// attempts are some of the five runs of a task, in any order.
func attempts(random *rand.Rand, task int, solved float64, n int) []baselines.Trial {
	var out []baselines.Trial
	for i, run := range random.Perm(5)[:n] {
		answer := float64(run) < solved
		out = append(out, baselines.Trial{
			Task: simulatedTask(task), Attempt: i + 1, Try: 1, Ended: baselines.Finished,
			Solved: &answer, CostUSD: &baselines.CostUSD{Main: 1},
		})
	}
	return slices.Clip(out)
}
