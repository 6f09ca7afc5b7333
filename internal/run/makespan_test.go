package run

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/realparts"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/trial"
)

// The seconds of real trials, 89 tasks with five each as in Terminal-Bench 2, in the
// order of a plan: keeping that order costs at most a tenth over the least time that
// any order could take, which is the sum over all workers, or the longest trial. The
// seconds are those of 80 tasks; the nine others are drawn from these.
func TestKeepingTheOrderCostsLittleTime(t *testing.T) {
	const tasks, attempts = 89, 5
	random := rand.New(rand.NewPCG(12, 11))
	seconds := realparts.SecondsOfFive()
	for measured := len(seconds); len(seconds) < tasks; {
		seconds = append(seconds, seconds[random.IntN(measured)])
	}
	s := &suite.Suite{Name: "terminal-bench"}
	took := make(map[baselines.Key]time.Duration)
	var sum, longest time.Duration
	for i, row := range seconds {
		task := &suite.Task{ID: fmt.Sprintf("task-%02d", i)}
		s.Tasks = append(s.Tasks, task)
		for a, sec := range row {
			d := time.Duration(sec * float64(time.Second))
			took[baselines.Key{Task: task.ID, Attempt: a + 1}] = d
			sum, longest = sum+d, max(longest, d)
		}
	}
	for _, workers := range []int{4, 8} {
		least, worst := max(sum/time.Duration(workers), longest), time.Duration(0)
		for seed := range uint64(20) {
			steps := planSteps(gate.Policy{Attempts: attempts}, nil, s, seed, nil)
			if len(steps) != tasks*attempts {
				t.Fatalf("%d trials are planned, want %d", len(steps), tasks*attempts)
			}
			worst = max(worst, makespan(t, steps, workers, took))
		}
		ratio := worst.Seconds() / least.Seconds()
		t.Logf("%d workers: at most %v, %.3f of the least time %v", workers, worst.Round(time.Second), ratio, least.Round(time.Second))
		if ratio < 1 || ratio > 1.10 {
			t.Errorf("%d workers took %v, %.3f times the least time %v; want at most 1.10", workers, worst, ratio, least)
		}
	}
}

// makespan is how long the trials of these steps take together.
func makespan(t *testing.T, steps []Step, workers int, took map[baselines.Key]time.Duration) (whole time.Duration) {
	synctest.Test(t, func(t *testing.T) {
		began, next := time.Now(), 0
		pool := trial.Pool{
			Runner: new(trial.Runner), Limiter: &trial.Limiter{Most: workers},
			Observe: func(trial.Event) error { return nil },
			Try: func(_ context.Context, job trial.Job) baselines.Trial {
				time.Sleep(took[baselines.Key{Task: job.Task.ID, Attempt: job.Attempt}])
				return baselines.Trial{Ended: baselines.Finished}
			},
		}
		err := pool.Run(t.Context(), func() (trial.Job, bool) {
			if next == len(steps) {
				return trial.Job{}, false
			}
			next++
			step := steps[next-1]
			return trial.Job{Seq: step.Seq, Attempt: step.Attempt, Task: step.Task}, true
		})
		if err != nil {
			t.Fatal(err)
		}
		whole = time.Since(began)
	})
	return whole
}
