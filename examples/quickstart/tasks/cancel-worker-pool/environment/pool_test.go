package pool

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestAllJobsRunAndAreCleanedUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var log []string
		note := func(what string) func(context.Context) error {
			return func(context.Context) error {
				mu.Lock()
				defer mu.Unlock()
				log = append(log, what)
				return nil
			}
		}
		err := Run(t.Context(), 1, []Job{
			{Name: "a", Do: note("a"), Cleanup: note("clean a")},
			{Name: "b", Do: note("b")},
		})
		if err != nil {
			t.Fatal(err)
		}
		if want := []string{"a", "clean a", "b"}; !slices.Equal(log, want) {
			t.Errorf("what happened: %q, want %q", log, want)
		}
	})
}

func TestAFailedJobIsCleanedUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken, cleaned := errors.New("broken"), false
		err := Run(t.Context(), 1, []Job{{
			Name:    "a",
			Do:      func(context.Context) error { return broken },
			Cleanup: func(context.Context) error { cleaned = true; return nil },
		}})
		if !errors.Is(err, broken) || !cleaned {
			t.Errorf("error %v, cleaned up: %t", err, cleaned)
		}
	})
}

func TestCancellingStopsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		wait := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		err := Run(ctx, 2, []Job{{Name: "a", Do: wait}, {Name: "b", Do: wait}, {Name: "c", Do: wait}})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want the deadline", err)
		}
	})
}
