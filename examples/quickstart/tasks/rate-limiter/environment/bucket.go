// Package limit bounds how often something may happen.
package limit

import "time"

// Bucket is a token bucket. It holds at most Burst tokens, gains Rate tokens a
// second, and starts full. It never reads a clock: callers say what time it
// is, and a time before the latest one seen counts as that latest one. A
// Bucket is not safe for concurrent use.
type Bucket struct {
	Rate  int // tokens a second, above zero
	Burst int // above zero

	tokens  int
	updated time.Time
	started bool
}

// refill adds the tokens earned since the last call.
func (b *Bucket) refill(now time.Time) {
	if !b.started {
		b.tokens, b.updated, b.started = b.Burst, now, true
		return
	}
	elapsed := now.Sub(b.updated)
	b.tokens += int(elapsed.Seconds()) * b.Rate
	b.updated = now
}

// Allow takes a token if there is one.
func (b *Bucket) Allow(now time.Time) bool {
	b.refill(now)
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}

// Reserve takes a token that may not exist yet and returns how long to wait
// until it does: zero when there is one now. Reservations queue: each one
// waits for its own token, and Allow gives none away meanwhile.
func (b *Bucket) Reserve(now time.Time) time.Duration {
	b.refill(now)
	if b.tokens >= 1 {
		b.tokens--
		return 0
	}
	return time.Second / time.Duration(b.Rate)
}
