package sandbox_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/benchgate/benchgate/internal/sandbox"
)

func TestKeyedMutexLetsOneInPerKey(t *testing.T) {
	var m sandbox.KeyedMutex
	var inside, total int // guarded by the key "a" itself
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			unlock, err := m.Lock(t.Context(), "a")
			if err != nil {
				t.Error(err)
				return
			}
			defer unlock()
			if inside++; inside != 1 {
				t.Errorf("%d goroutines hold one key", inside)
			}
			total++
			inside--
		})
	}
	wg.Wait()
	if total != 20 {
		t.Errorf("%d of 20 goroutines got the key", total)
	}
}

func TestKeyedMutexWaitingEndsWithTheContext(t *testing.T) {
	var m sandbox.KeyedMutex
	unlock, err := m.Lock(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Lock(ctx, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("Lock of a held key with a cancelled context = %v, want context.Canceled", err)
	}
	other, err := m.Lock(t.Context(), "b")
	if err != nil {
		t.Errorf("another key is held up: %v", err)
	} else {
		other()
	}
	unlock()
	again, err := m.Lock(t.Context(), "a")
	if err != nil {
		t.Fatalf("after unlock: %v", err)
	}
	again()
}
