package trial_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/trial"
)

// events keeps what a pool tells, in order.
type events struct {
	mu  sync.Mutex
	all []trial.Event
}

func (e *events) observe(event trial.Event) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all = append(e.all, event)
	return nil
}

// starts are the sequence numbers in the order in which trials started; ends
// counts how they ended.
func (e *events) starts() (seqs []int) {
	for _, event := range e.all {
		if event.Trial == nil {
			seqs = append(seqs, event.Job.Seq)
		}
	}
	return seqs
}

func (e *events) ends() map[baselines.Ended]int {
	counts := make(map[baselines.Ended]int)
	for _, event := range e.all {
		if event.Trial != nil {
			counts[event.Trial.Ended]++
		}
	}
	return counts
}

// jobs hands out n attempts.
func jobs(task *suite.Task, s trial.Subject, n int) func() (trial.Job, bool) {
	next := 0
	return func() (trial.Job, bool) {
		if next == n {
			return trial.Job{}, false
		}
		next++
		return trial.Job{Arm: baselines.Candidate, Seq: next, Attempt: next, Task: task, Subject: s}, true
	}
}

func TestPoolStartsInOrder(t *testing.T) {
	r := newRig(t, "")
	var seen events
	pool := trial.Pool{Runner: r.Runner, Limiter: &trial.Limiter{Most: 4}, Observe: seen.observe}
	r.must(pool.Run(t.Context(), jobs(r.task(nil), r.plain("oracle"), 12)))
	var want []int
	for seq := range 12 {
		want = append(want, seq+1)
	}
	if diff := cmp.Diff(want, seen.starts()); diff != "" {
		t.Errorf("order of starts (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[baselines.Ended]int{baselines.Finished: 12}, seen.ends()); diff != "" {
		t.Errorf("ends (-want +got):\n%s", diff)
	}
	r.nothingLeft()
}

// As many trials run at once as there are workers: each of the two waits in
// its model request for the other to have come.
func TestPoolRunsWorkersAtOnce(t *testing.T) {
	r := newRig(t, "")
	both := make(chan struct{})
	var mu sync.Mutex
	asked := 0
	r.onRequest = func() {
		mu.Lock()
		if asked++; asked == 2 {
			close(both)
		}
		mu.Unlock()
		<-both
	}
	var seen events
	pool := trial.Pool{Runner: r.Runner, Limiter: &trial.Limiter{Most: 2}, Observe: seen.observe}
	r.must(pool.Run(t.Context(), jobs(r.task(nil), r.script(`"$0" ask; echo 42 > answer.txt`), 2)))
	if diff := cmp.Diff(map[baselines.Ended]int{baselines.Finished: 2}, seen.ends()); diff != "" {
		t.Errorf("ends (-want +got):\n%s", diff)
	}
}

// What the infrastructure broke is tried again up to twice, after a pause.
// Every try is told.
func TestPoolTriesAgain(t *testing.T) {
	for _, tt := range []struct {
		name   string
		broken string // how often the model API fails
		ends   []baselines.Ended
	}{
		{"it recovers", "2", []baselines.Ended{baselines.InfraError, baselines.InfraError, baselines.Finished}},
		{"it stays down", "99", []baselines.Ended{baselines.InfraError, baselines.InfraError, baselines.InfraError}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, "fallback: {text: ok, errors: [{status: 503, times: "+tt.broken+"}]}")
			var seen events
			var paused []int
			pool := trial.Pool{Runner: r.Runner, Limiter: &trial.Limiter{Most: 1}, Observe: seen.observe, Pause: func(try int) time.Duration {
				paused = append(paused, try)
				return 0
			}}
			r.must(pool.Run(t.Context(), jobs(r.task(nil), r.script(`"$0" ask || exit 1; echo 42 > answer.txt`), 1)))
			var ends []baselines.Ended
			var tries []int
			for _, e := range seen.all {
				if e.Trial == nil {
					continue
				}
				ends, tries = append(ends, e.Trial.Ended), append(tries, e.Trial.Try)
				if e.Trial.Seq != 1 || e.Trial.Attempt != 1 {
					t.Errorf("a try is of seq %d, attempt %d; want 1, 1", e.Trial.Seq, e.Trial.Attempt)
				}
				if e.Final != (e.Trial.Try == 3) {
					t.Errorf("try %d: final is %v; only the last of three is", e.Trial.Try, e.Final)
				}
			}
			if diff := cmp.Diff(tt.ends, ends); diff != "" {
				t.Errorf("ends (-want +got):\n%s", diff)
			}
			if !slices.Equal(tries, []int{1, 2, 3}) || !slices.Equal(paused, []int{2, 3}) {
				t.Errorf("tries %v after pauses before %v; want 1, 2, 3 after 2, 3", tries, paused)
			}
		})
	}
}

// A failure of the agent's is its result: it is not tried again.
func TestPoolTakesFailuresOfTheAgent(t *testing.T) {
	r := newRig(t, "")
	var seen events
	pool := trial.Pool{Runner: r.Runner, Limiter: &trial.Limiter{Most: 1}, Observe: seen.observe}
	r.must(pool.Run(t.Context(), jobs(r.task(nil), r.script("exit 1"), 1)))
	if diff := cmp.Diff(map[baselines.Ended]int{baselines.AgentError: 1}, seen.ends()); diff != "" {
		t.Errorf("ends (-want +got):\n%s", diff)
	}
}

// When nothing can be recorded any more, what runs is stopped and waited for,
// and nothing else starts.
func TestPoolEndsWhenItCannotRecord(t *testing.T) {
	full := errors.New("the disk is full")
	for _, when := range []string{"start", "end"} {
		t.Run(when, func(t *testing.T) {
			r := newRig(t, "")
			running := make(chan struct{})
			r.onRequest = sync.OnceFunc(func() { close(running) })
			var seen events
			observe := func(e trial.Event) error {
				if err := seen.observe(e); err != nil {
					return err
				}
				if e.Job.Seq == 2 && (e.Trial == nil) == (when == "start") {
					<-running // the first trial is in the midst of it
					return full
				}
				return nil
			}
			slow, quick := r.script(`"$0" ask; sleep 300`), r.plain("nop")
			task := r.task(nil)
			handed := 0
			pool := trial.Pool{Runner: r.Runner, Limiter: &trial.Limiter{Most: 2}, Observe: observe}
			err := pool.Run(t.Context(), func() (trial.Job, bool) {
				handed++
				s := quick
				if handed == 1 {
					s = slow
				}
				return trial.Job{Arm: baselines.Candidate, Seq: handed, Attempt: handed, Task: task, Subject: s}, true
			})
			if !errors.Is(err, full) {
				t.Errorf("%v, want the observer's error", err)
			}
			if starts := seen.starts(); !slices.Equal(starts, []int{1, 2}) {
				t.Errorf("%v were started, want 1 and 2", starts)
			}
			if n := seen.ends()[baselines.Cancelled]; n != 1 {
				t.Errorf("ends %v; want the first trial recorded as cancelled", seen.ends())
			}
			r.nothingLeft()
		})
	}
}

// A verdict cancels what runs and what waits for another try.
func TestPoolStopsWhenTheVerdictStands(t *testing.T) {
	r := newRig(t, down)
	ctx, cancel := context.WithCancelCause(t.Context())
	var seen events
	pool := trial.Pool{Runner: r.Runner, Limiter: &trial.Limiter{Most: 1}, Observe: seen.observe, Pause: func(int) time.Duration {
		cancel(errors.New("the verdict stood"))
		return time.Hour
	}}
	r.must(pool.Run(ctx, jobs(r.task(nil), r.script(`"$0" ask || exit 1`), 5)))
	if diff := cmp.Diff([]int{1}, seen.starts()); diff != "" {
		t.Errorf("starts (-want +got):\n%s", diff)
	}
}
