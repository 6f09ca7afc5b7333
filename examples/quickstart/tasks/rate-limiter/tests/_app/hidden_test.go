package limit

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

func TestAnIdleBucketHoldsNoMoreThanItsBurst(t *testing.T) {
	for _, idle := range []time.Duration{time.Minute, 12 * time.Hour, 200 * 365 * 24 * time.Hour} {
		b := &Bucket{Rate: 1_000_000, Burst: 5}
		b.Allow(start)
		allowed := 0
		for range 50 {
			if b.Allow(start.Add(idle)) {
				allowed++
			}
		}
		if allowed != 5 {
			t.Errorf("after %v idle %d events at once, want 5", idle, allowed)
		}
	}
}

func TestNoTokenIsGainedOrLostOverALongTime(t *testing.T) {
	for _, rate := range []int{1, 3, 7, 100, 300, 1000} {
		b := &Bucket{Rate: rate, Burst: 1000}
		for range 1000 {
			b.Allow(start)
		}
		allowed := 0
		for ms := 1; ms <= 30_000; ms++ {
			if b.Allow(start.Add(time.Duration(ms) * time.Millisecond)) {
				allowed++
			}
		}
		if want := 30 * rate; allowed != want {
			t.Errorf("at %d a second, asked every millisecond for 30 s: %d events, want %d", rate, allowed, want)
		}
	}
}

func TestReservationsQueue(t *testing.T) {
	b := &Bucket{Rate: 10, Burst: 1}
	for i := range 5 {
		if got, want := b.Reserve(start), time.Duration(i)*100*time.Millisecond; got != want {
			t.Errorf("reservation %d waits %v, want %v", i+1, got, want)
		}
	}
	if b.Allow(start.Add(350 * time.Millisecond)) {
		t.Error("Allow took a token that was reserved")
	}
	if !b.Allow(start.Add(500 * time.Millisecond)) {
		t.Error("the first token after the reservations was refused")
	}
}

func TestAReservationWaitsForTheRestOfItsToken(t *testing.T) {
	b := &Bucket{Rate: 10, Burst: 1}
	b.Allow(start)
	if got, want := b.Reserve(start.Add(60*time.Millisecond)), 40*time.Millisecond; got != want {
		t.Errorf("waits %v, want %v", got, want)
	}
}

func TestAClockThatStepsBackTakesNothing(t *testing.T) {
	b := &Bucket{Rate: 1, Burst: 2}
	b.Allow(start)
	if !b.Allow(start.Add(-time.Hour)) {
		t.Error("the second token was lost when the clock stepped back")
	}
	if b.Allow(start.Add(-time.Minute)) {
		t.Error("time below the latest one seen earned a token")
	}
	if !b.Allow(start.Add(time.Second)) {
		t.Error("a second after the latest time there is no token")
	}
}

func TestOnlyFullBucketsAreForgotten(t *testing.T) {
	k := NewKeyed(1, 10)
	for range 10 {
		k.Allow("busy", start)
	}
	k.Allow("calm", start)
	if left := k.Forget(start.Add(2 * time.Second)); left != 1 {
		t.Errorf("%d keys left after two seconds, want only the busy one", left)
	}
	if allowed := k.Allow("busy", start.Add(2*time.Second)) && k.Allow("busy", start.Add(2*time.Second)); !allowed {
		t.Error("the busy client must have the two tokens it earned")
	}
	if k.Allow("busy", start.Add(2*time.Second)) {
		t.Error("the busy client gained by being forgotten")
	}
	if left := k.Forget(start.Add(20 * time.Second)); left != 0 {
		t.Errorf("%d keys left when all are full, want none", left)
	}
}

func TestConcurrentClientsGetExactlyTheBurst(t *testing.T) {
	for round := range 20 {
		k := NewKeyed(1, 1000)
		var (
			wait    sync.WaitGroup
			mu      sync.Mutex
			allowed int
		)
		for worker := range 8 {
			wait.Go(func() {
				mine := 0
				for i := range 500 {
					if k.Allow("shared", start) {
						mine++
					}
					k.Allow(fmt.Sprint(worker, i%7), start)
				}
				k.Forget(start)
				mu.Lock()
				defer mu.Unlock()
				allowed += mine
			})
		}
		wait.Wait()
		if allowed != 1000 {
			t.Fatalf("round %d: %d events of one key, want 1000", round, allowed)
		}
	}
}
