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

	tokens  int           // below zero: reserved and not yet earned
	earned  time.Duration // of the next token, times Rate: below a second
	updated time.Time
	started bool
}

// refill adds the tokens earned since the last call. A second earns Rate
// tokens, so elapsed time multiplied by Rate counts them in whole seconds and
// keeps the rest exactly.
func (b *Bucket) refill(now time.Time) {
	if !b.started {
		b.tokens, b.updated, b.started = b.Burst, now, true
		return
	}
	elapsed := now.Sub(b.updated)
	if elapsed <= 0 {
		return
	}
	b.updated = now
	// Whole seconds apart: at 1,000,000 a second the product of hours would
	// overflow, and more than enough to be full is as good as full.
	missing := b.Burst - b.tokens
	if seconds := int(elapsed / time.Second); seconds > missing/b.Rate {
		b.tokens, b.earned = b.Burst, 0
		return
	}
	b.tokens += int(elapsed/time.Second) * b.Rate
	b.earned += elapsed % time.Second * time.Duration(b.Rate)
	b.tokens += int(b.earned / time.Second)
	b.earned %= time.Second
	if b.tokens >= b.Burst {
		b.tokens, b.earned = b.Burst, 0
	}
}

// full reports whether the bucket would be full at the given time.
func (b *Bucket) full(now time.Time) bool {
	b.refill(now)
	return b.tokens >= b.Burst
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
	b.tokens--
	if b.tokens >= 0 {
		return 0
	}
	missing := time.Duration(-b.tokens)*time.Second - b.earned
	rate := time.Duration(b.Rate)
	return (missing + rate - 1) / rate
}
