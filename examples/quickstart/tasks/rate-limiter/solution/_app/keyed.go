package limit

import (
	"sync"
	"time"
)

// Keyed gives every key, a client's address for instance, a bucket of its own.
// It is safe for concurrent use and forgets a key only when its bucket is full
// again, so that no client gains by being forgotten.
type Keyed struct {
	rate, burst int

	mu      sync.Mutex
	buckets map[string]*Bucket
}

// NewKeyed returns a limiter that allows each key rate events a second, and
// burst at once.
func NewKeyed(rate, burst int) *Keyed {
	return &Keyed{rate: rate, burst: burst, buckets: make(map[string]*Bucket)}
}

// Allow reports whether an event of key may happen now.
func (k *Keyed) Allow(key string, now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	b, ok := k.buckets[key]
	if !ok {
		b = &Bucket{Rate: k.rate, Burst: k.burst}
		k.buckets[key] = b
	}
	return b.Allow(now)
}

// Forget drops the keys whose buckets are full at the given time and returns
// how many keys are left.
func (k *Keyed) Forget(now time.Time) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	for key, b := range k.buckets {
		if b.full(now) {
			delete(k.buckets, key)
		}
	}
	return len(k.buckets)
}
