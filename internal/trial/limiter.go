package trial

import (
	"context"
	"sync"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/step"
)

// Limiter says how many trials may run at once. Three things bound them: a number,
// what the running ones may use of the engine's CPUs and memory together, and what
// the model API stands, which is found as TCP finds what a network stands (additive
// increase, multiplicative decrease, RFC 5681):
//
//   - Four start at once, and one more every five seconds, in which an API that they
//     are too many for says so.
//   - An answer 429 or 529 halves the number that runs: nothing is stopped, but
//     nothing starts until fewer run. As long as more run than may, and within a
//     round, further such answers are of the same overload and change nothing.
//   - After each round without such an answer one more may run. As many as were
//     refused before are tried again only after ten rounds, as TCP CUBIC does
//     (RFC 9438): a trial that was one too many meets refusals to its end.
//   - Until the time that the answer names (Retry-After) nothing starts.
//
// One that alone is above the engine's CPUs or memory runs when nothing else does.
// The fields are set before the first use; the methods may be called from several
// goroutines.
type Limiter struct {
	Most int   // trials at once; zero: as many as Room has room for
	Room Usage // of all running trials together; what is zero is not bounded

	Round time.Duration // zero: a minute, the time in which APIs count requests and tokens

	mu      sync.Mutex
	changed chan struct{} // closed when a trial has ended or the API has answered; nil: nobody waits
	running int
	used    Usage
	allowed int       // by the API; zero: any number
	refused int       // that ran at the last decrease; zero: so many ran since without a refusal
	since   time.Time // of the last refusal or the last increase
	cut     time.Time // of the last decrease
	pause   time.Time // nothing starts before it
	seen    baselines.Workers
}

// Usage is what one trial, or several together, may use. Zero: nothing, or not
// known.
type Usage struct {
	CPUs     float64
	MemoryMB int64
}

const (
	startAtOnce = 4
	startPause  = 12 // one more in the 12th part of a round, as long as the API has refused none
	tryAgain    = 10 // rounds until as many run as were refused before
)

// longestPause bounds how long one answer of the API keeps trials from starting,
// in case it names a time that is no rate limit's. Then it is asked again.
const longestPause = 15 * time.Minute

// Acquire waits until a trial that may use this much may start. Trials start in the
// order in which a caller asks for them one by one. release says that it has ended;
// waited is how long it had to wait. The error is that of the context.
func (l *Limiter) Acquire(ctx context.Context, u Usage) (release func(), waited time.Duration, err error) {
	begun := time.Now()
	var waiting *step.Step // is told while the API is the reason
	for {
		l.mu.Lock()
		now := time.Now()
		if l.since.IsZero() && (l.Most == 0 || l.Most > startAtOnce) {
			l.allowed, l.since = startAtOnce, now
		}
		l.grow(now)
		until, why := l.blocked(now, u)
		if why == free {
			l.take(u)
			l.mu.Unlock()
			endStep(waiting)
			return sync.OnceFunc(func() { l.release(u) }), time.Since(begun), nil
		}
		changed := l.awaitChange()
		l.mu.Unlock()
		if why == apiLimit && waiting == nil {
			waiting = step.Begin(ctx, "waiting", "for the model API, which limits the rate")
		}
		err := l.await(ctx, changed, until, why)
		if err != nil {
			endStep(waiting)
			return nil, time.Since(begun), err
		}
	}
}

func endStep(s *step.Step) {
	if s != nil {
		s.End(nil)
	}
}

// AwaitPause waits until the API's pause is over, for a trial that is tried again in
// its place.
func (l *Limiter) AwaitPause(ctx context.Context) error {
	for {
		l.mu.Lock()
		until, changed := l.pause, l.awaitChange()
		l.mu.Unlock()
		if !time.Now().Before(until) {
			return nil
		}
		if err := l.await(ctx, changed, until, apiLimit); err != nil {
			return err
		}
	}
}

// RateLimited takes an answer 429 or 529 of the model API. retryAfter is the time
// that it names; zero: none.
func (l *Limiter) RateLimited(retryAfter time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	l.grow(now)
	l.seen.RateLimited++
	l.since = now
	if until := now.Add(min(retryAfter, longestPause)); retryAfter > 0 && until.After(l.pause) {
		l.pause = until
	}
	above := l.allowed > 0 && l.running > l.allowed
	if !above && (l.cut.IsZero() || now.Sub(l.cut) >= l.round()) {
		l.allowed, l.refused, l.cut = max(1, l.running/2), l.running, now
		l.seen.Cuts++
		if l.seen.Least == 0 || l.allowed < l.seen.Least {
			l.seen.Least = l.allowed
		}
	}
	l.wake()
}

// Seen is what became of the limits so far.
func (l *Limiter) Seen() baselines.Workers {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seen
}

// reason is what keeps a trial from starting.
type reason int

const (
	free reason = iota
	placeTaken
	apiLimit
)

// blocked says why a trial cannot start now, and from when on that may be otherwise
// even if no trial ends; the zero time: only then.
func (l *Limiter) blocked(now time.Time, u Usage) (until time.Time, why reason) {
	switch {
	case now.Before(l.pause):
		return l.pause, apiLimit
	case l.Most > 0 && l.running >= l.Most || l.running > 0 && !l.hasRoom(u):
		return time.Time{}, placeTaken
	case l.allowed > 0 && l.running >= l.allowed && l.seen.Cuts == 0:
		return l.since.Add(l.untilMore()), placeTaken
	case l.allowed > 0 && l.running >= l.allowed:
		return l.since.Add(l.untilMore()), apiLimit
	}
	return time.Time{}, free
}

func (l *Limiter) hasRoom(u Usage) bool {
	cpus := l.Room.CPUs == 0 || l.used.CPUs+u.CPUs <= l.Room.CPUs+1e-9 // sums of fractions
	memory := l.Room.MemoryMB == 0 || l.used.MemoryMB+u.MemoryMB <= l.Room.MemoryMB
	return cpus && memory
}

// grow lets one more run for each round that went by without a refusal.
func (l *Limiter) grow(now time.Time) {
	for l.allowed > 0 && now.Sub(l.since) >= l.untilMore() {
		l.since = l.since.Add(l.untilMore())
		if l.allowed++; l.allowed >= l.refused {
			l.refused = 0
		}
		if l.Most > 0 && l.allowed >= l.Most || l.allowed > 2*max(l.seen.Most, startAtOnce) {
			l.allowed = 0
		}
	}
}

// untilMore is how long the API must not have refused any until one more may run.
func (l *Limiter) untilMore() time.Duration {
	switch {
	case l.seen.Cuts == 0:
		return l.round() / startPause
	case l.allowed+1 == l.refused:
		return l.round() * tryAgain
	}
	return l.round()
}

func (l *Limiter) take(u Usage) {
	l.running++
	l.used.CPUs += u.CPUs
	l.used.MemoryMB += u.MemoryMB
	l.seen.Most = max(l.seen.Most, l.running)
}

func (l *Limiter) release(u Usage) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running--
	l.used.CPUs -= u.CPUs
	l.used.MemoryMB -= u.MemoryMB
	l.wake()
}

// await waits for a change, or for a time that is not zero.
func (l *Limiter) await(ctx context.Context, changed <-chan struct{}, until time.Time, why reason) error {
	begun := time.Now()
	var due <-chan time.Time
	if !until.IsZero() {
		timer := time.NewTimer(time.Until(until))
		defer timer.Stop()
		due = timer.C
	}
	var err error
	select {
	case <-ctx.Done():
		err = ctx.Err()
	case <-changed:
	case <-due:
	}
	if why == apiLimit {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.seen.WaitSeconds += time.Since(begun).Seconds()
	}
	return err
}

func (l *Limiter) awaitChange() <-chan struct{} {
	if l.changed == nil {
		l.changed = make(chan struct{})
	}
	return l.changed
}

func (l *Limiter) wake() {
	if l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
}

func (l *Limiter) round() time.Duration {
	if l.Round > 0 {
		return l.Round
	}
	return time.Minute
}
