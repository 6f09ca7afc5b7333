package limit

import (
	"testing"
	"time"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestABurstIsAllowedAndThenTheRate(t *testing.T) {
	b := &Bucket{Rate: 2, Burst: 3}
	for i := range 3 {
		if !b.Allow(start) {
			t.Fatalf("event %d of the burst was refused", i+1)
		}
	}
	if b.Allow(start) {
		t.Error("a fourth event was allowed at once")
	}
	if !b.Allow(start.Add(time.Second)) {
		t.Error("after a second nothing was allowed")
	}
}

func TestFrequentCallersAreServedToo(t *testing.T) {
	b := &Bucket{Rate: 2, Burst: 1}
	allowed := 0
	for i := range 101 { // ten seconds, a call every 100 ms
		if b.Allow(start.Add(time.Duration(i) * 100 * time.Millisecond)) {
			allowed++
		}
	}
	if allowed != 21 {
		t.Errorf("%d events in ten seconds, want 21: one at the start and two a second", allowed)
	}
}

func TestKeysDoNotShareABucket(t *testing.T) {
	k := NewKeyed(1, 1)
	if !k.Allow("a", start) || !k.Allow("b", start) || k.Allow("a", start) {
		t.Error("each key must have one event, and one only")
	}
}
