package pool

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// record notes what happens to jobs, in order.
type record struct {
	mu    sync.Mutex
	lines []string
}

func (r *record) add(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, fmt.Sprintf(format, args...))
}

func (r *record) count(prefix string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, line := range r.lines {
		if strings.HasPrefix(line, prefix) {
			n++
		}
	}
	return n
}

// job takes the given time, or less when it is cancelled.
func (r *record) job(name string, takes time.Duration, fails error) Job {
	return Job{
		Name: name,
		Do: func(ctx context.Context) error {
			r.add("begin %s", name)
			defer r.add("end %s", name)
			select {
			case <-time.After(takes):
				return fails
			case <-ctx.Done():
				return ctx.Err()
			}
		},
		Cleanup: func(ctx context.Context) error {
			r.add("clean %s", name)
			return ctx.Err()
		},
	}
}

func TestTheLimitHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var running, most int
		var jobs []Job
		for i := range 10 {
			jobs = append(jobs, Job{Name: fmt.Sprint(i), Do: func(context.Context) error {
				mu.Lock()
				running++
				most = max(most, running)
				mu.Unlock()
				time.Sleep(time.Second)
				mu.Lock()
				running--
				mu.Unlock()
				return nil
			}})
		}
		began := time.Now()
		if err := Run(t.Context(), 3, jobs); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); most != 3 || took != 4*time.Second {
			t.Errorf("at most %d at a time, %v in all; want 3 and 4s", most, took)
		}
	})
}

func TestACancelledRunCleansUpWhatBeganAndBeginsNothingMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		stopped := errors.New("operator pressed stop")
		time.AfterFunc(1500*time.Millisecond, func() { cancel(stopped) })
		r := new(record)
		var jobs []Job
		for i := range 6 {
			jobs = append(jobs, r.job(fmt.Sprint(i), time.Second, nil))
		}
		err := Run(ctx, 2, jobs)
		if !errors.Is(err, stopped) {
			t.Errorf("error %v, want the cause %v", err, stopped)
		}
		if began, ended, cleaned := r.count("begin"), r.count("end"), r.count("clean"); began != 4 || ended != 4 || cleaned != 4 {
			t.Errorf("%d jobs began, %d ended, %d were cleaned up; want 4 each\n%s", began, ended, cleaned, strings.Join(r.lines, "\n"))
		}
		if err != nil && strings.Contains(err.Error(), "cleaning up") {
			t.Errorf("a clean-up saw a cancelled context: %v", err)
		}
	})
}

func TestCleanUpHasItsOwnTimeAndTheRunsValues(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type key struct{}
		ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "trace 7"))
		var value any
		var lasted time.Duration
		err := Run(ctx, 1, []Job{{
			Name: "a",
			Do:   func(context.Context) error { cancel(); return nil },
			Cleanup: func(ctx context.Context) error {
				value = ctx.Value(key{})
				began := time.Now()
				<-ctx.Done()
				lasted = time.Since(began)
				return ctx.Err()
			},
		}})
		if value != "trace 7" || lasted != CleanupTime {
			t.Errorf("clean-up saw value %v for %v; want trace 7 for %v", value, lasted, CleanupTime)
		}
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want the clean-up's deadline in it", err)
		}
	})
}

func TestTheFirstFailureCancelsTheOthersAndRunWaitsForThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("disk full")
		r := new(record)
		err := Run(t.Context(), 2, []Job{
			r.job("a", time.Second, broken),
			r.job("b", time.Hour, nil),
			r.job("c", time.Second, nil),
		})
		if !errors.Is(err, broken) || errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want only a's", err)
		}
		if r.count("begin c") != 0 {
			t.Error("c began after a had failed")
		}
		if r.count("end b") != 1 || r.count("clean b") != 1 || r.count("clean a") != 1 {
			t.Errorf("when Run returned: %q", r.lines)
		}
	})
}

func TestAllErrorsAreReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, two, three := errors.New("one"), errors.New("two"), errors.New("three")
		meet := make(chan struct{})
		err := Run(t.Context(), 2, []Job{
			{Name: "a", Do: func(context.Context) error { <-meet; return one }, Cleanup: func(context.Context) error { return three }},
			{Name: "b", Do: func(context.Context) error { close(meet); return two }},
		})
		for _, want := range []error{one, two, three} {
			if !errors.Is(err, want) {
				t.Errorf("%v is not in %q", want, fmt.Sprint(err))
			}
		}
	})
}

func TestAPanicIsAnErrorAndIsCleanedUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cleaned := 0
		err := Run(t.Context(), 1, []Job{{
			Name:    "a",
			Do:      func(context.Context) error { panic("index out of cheese") },
			Cleanup: func(context.Context) error { cleaned++; panic("mop broken") },
		}})
		if cleaned != 1 {
			t.Errorf("cleaned up %d times, want once", cleaned)
		}
		for _, want := range []string{"a", "index out of cheese", "mop broken"} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%q is not in %q", want, fmt.Sprint(err))
			}
		}
	})
}

func TestARunThatIsOverBeforeItBeginsDoesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for range 20 {
			r := new(record)
			if err := Run(ctx, 4, []Job{r.job("a", 0, nil), r.job("b", 0, nil)}); !errors.Is(err, context.Canceled) {
				t.Fatalf("error %v, want Canceled", err)
			}
			if len(r.lines) != 0 {
				t.Fatalf("jobs began: %q", r.lines)
			}
		}
	})
}

func TestACancellationAfterTheLastJobChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if err := Run(t.Context(), 4, nil); err != nil {
			t.Errorf("no jobs: %v", err)
		}
		r := new(record)
		if err := Run(t.Context(), 4, []Job{r.job("a", time.Second, nil)}); err != nil {
			t.Errorf("one job: %v", err)
		}
		if want := []string{"begin a", "end a", "clean a"}; !slices.Equal(r.lines, want) {
			t.Errorf("what happened: %q, want %q", r.lines, want)
		}
	})
}
