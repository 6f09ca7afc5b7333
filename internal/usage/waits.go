package usage

import (
	"cmp"
	"slices"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
)

// thread is one line of work inside the agent, which asks one thing at a time.
type thread struct {
	session, agentID string
	role             baselines.Role
}

// waits returns how many requests were sent again after a failure, and how long
// the agent waited after answers of 429 or 529 (rate limit, overload).
//
// A request counts as sent again when the one before it on its thread failed in
// a way that clients repeat, or broke off. A wait is the time from the end of a
// 429 or 529 answer to the start of that thread's next request. Time in which
// several threads wait counts once. Two waits are not counted: those of
// housekeeping, which hold up nothing else, and those after a thread's last
// request, when the client had given up.
func waits(ledger []request) (again int, waited time.Duration) {
	threads := make(map[thread][]request)
	for _, r := range ledger {
		t := thread{r.SessionID, r.AgentID, r.role}
		threads[t] = append(threads[t], r)
	}
	var spans []interval
	for t, requests := range threads {
		slices.SortStableFunc(requests, func(a, b request) int { return a.start.Compare(b.start) })
		for i, failed := range requests[:len(requests)-1] {
			next := requests[i+1]
			if failed.Retry.Retried() || failed.Kind == meter.Started || failed.Cut && failed.Retry != "" {
				again++
			}
			limited := failed.Retry == meter.RateLimited || failed.Retry == meter.Overloaded
			if limited && t.role != baselines.RoleAuxiliary && next.start.After(failed.Time) {
				spans = append(spans, interval{failed.Time, next.start})
			}
		}
	}
	return again, union(spans)
}

type interval struct{ from, to time.Time }

// union is the time that at least one interval covers.
func union(spans []interval) (total time.Duration) {
	slices.SortFunc(spans, func(a, b interval) int {
		return cmp.Or(a.from.Compare(b.from), a.to.Compare(b.to))
	})
	var end time.Time
	for _, s := range spans {
		if s.from.Before(end) {
			s.from = end
		}
		if s.to.After(s.from) {
			total += s.to.Sub(s.from)
			end = s.to
		}
	}
	return total
}
