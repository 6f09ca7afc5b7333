package trial_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/benchgate/benchgate/internal/trial"
)

// ratedAPI stands so many requests at a time and answers 429 to those above.
type ratedAPI struct {
	limiter *trial.Limiter
	told    bool // the limiter is told of refusals
	stands  int

	mu       sync.Mutex
	inFlight int
	refused  int
}

// send has a request answered, after a while, or refused at once.
func (a *ratedAPI) send() (answered bool) {
	a.mu.Lock()
	a.inFlight++
	answered = a.inFlight <= a.stands
	if !answered {
		a.refused++
	}
	a.mu.Unlock()
	if answered {
		time.Sleep(20 * time.Second)
	} else if a.told {
		a.limiter.RateLimited(0)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.inFlight--
	return answered
}

// work is a trial of 20 requests, one after the other with a second of tools between
// them. What is refused is sent again after ten seconds.
func (a *ratedAPI) work() {
	for range 20 {
		for !a.send() {
			time.Sleep(10 * time.Second)
		}
		time.Sleep(time.Second)
	}
}

// many runs so many trials and tells how long all took.
func (a *ratedAPI) many(t *testing.T, trials int) time.Duration {
	t.Helper()
	begun := time.Now()
	var running sync.WaitGroup
	for range trials {
		release, _, err := a.limiter.Acquire(t.Context(), trial.Usage{})
		if err != nil {
			t.Fatal(err)
		}
		running.Go(func() {
			defer release()
			a.work()
		})
	}
	running.Wait()
	return time.Since(begun)
}

// An API that stands three requests at a time is asked by up to twelve trials: the
// number that runs comes to what it stands, few requests are refused, and the API
// has always something to do.
func TestTrialsAtOnceComeToWhatTheAPIStands(t *testing.T) {
	const stands, trials, requests = 3, 120, 120 * 20
	synctest.Test(t, func(t *testing.T) {
		blind := &ratedAPI{limiter: &trial.Limiter{Most: 12}, stands: stands}
		blind.many(t, trials)
		api := &ratedAPI{limiter: &trial.Limiter{Most: 12}, stands: stands, told: true}
		took, seen := api.many(t, trials), api.limiter.Seen()
		least := requests * 20 * time.Second / stands
		t.Logf("%d refusals in %d requests (%d without a limiter), %d cuts, %d to %d at once, %s where %s is the least",
			api.refused, requests, blind.refused, seen.Cuts, seen.Least, seen.Most, took, least)
		if api.refused > requests/3 || api.refused > blind.refused/10 {
			t.Errorf("%d of %d requests were refused, and %d without a limiter", api.refused, requests, blind.refused)
		}
		if took > least*5/4 {
			t.Errorf("all took %s, want at most a quarter more than %s", took, least)
		}
		if seen.Most > stands+2 || seen.Cuts == 0 || seen.Least == 0 || seen.RateLimited != api.refused || seen.WaitSeconds == 0 {
			t.Errorf("seen is %+v", seen)
		}
	})
}

// Until the time that an answer names nothing starts.
func TestNothingStartsBeforeTheAPISaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &trial.Limiter{Most: 4}
		l.RateLimited(40 * time.Second)
		l.RateLimited(5 * time.Second) // does not take anything back
		_, waited, err := l.Acquire(t.Context(), trial.Usage{})
		if err != nil || waited != 40*time.Second {
			t.Errorf("the first trial waited %s, %v; want 40 s", waited, err)
		}
		l.RateLimited(24 * time.Hour)
		if _, waited, err = l.Acquire(t.Context(), trial.Usage{}); err != nil || waited != 15*time.Minute {
			t.Errorf("after an absurd time it waited %s, %v; want 15 min", waited, err)
		}
	})
}

// One overload is one cut, however many requests meet it; after a minute without
// another one, one more trial may run.
func TestOneOverloadHalvesOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &trial.Limiter{Most: 8}
		var release []func()
		start := func() time.Duration {
			r, waited, err := l.Acquire(t.Context(), trial.Usage{})
			if err != nil {
				t.Fatal(err)
			}
			release = append(release, r)
			return waited
		}
		for range 8 {
			start()
		}
		for range 30 {
			l.RateLimited(0)
		}
		if seen := l.Seen(); seen.Cuts != 1 || seen.Least != 4 || seen.RateLimited != 30 {
			t.Errorf("seen is %+v, want one cut to 4", seen)
		}
		for _, r := range release[:4] {
			r()
		}
		if waited := start(); waited != time.Minute {
			t.Errorf("a fifth trial started after %s, want a minute", waited)
		}
		if waited := start(); waited != time.Minute {
			t.Errorf("a sixth trial started after %s more, want a minute", waited)
		}
	})
}

// As many run as have CPUs and memory; one that alone is above runs by itself.
func TestTrialsStartWhereThereIsRoom(t *testing.T) {
	l := &trial.Limiter{Room: trial.Usage{CPUs: 4, MemoryMB: 16000}}
	full, cancel := context.WithCancel(t.Context())
	cancel()
	start := func(cpus float64, memory int64) func() {
		t.Helper()
		release, _, err := l.Acquire(t.Context(), trial.Usage{CPUs: cpus, MemoryMB: memory})
		if err != nil {
			t.Fatal(err)
		}
		return release
	}
	mustWait := func(cpus float64, memory int64) {
		t.Helper()
		if _, _, err := l.Acquire(full, trial.Usage{CPUs: cpus, MemoryMB: memory}); !errors.Is(err, context.Canceled) {
			t.Errorf("%g CPUs and %d MiB had room", cpus, memory)
		}
	}
	first, second := start(2, 4096), start(2, 4096)
	mustWait(0.5, 100)
	first()
	mustWait(1, 12000)
	third := start(1.5, 8000)
	second()
	third()
	huge := start(1, 64000)
	mustWait(0.5, 1)
	huge()
	start(4, 1)
}
