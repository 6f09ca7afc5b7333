package meter

import (
	"context"
	"slices"
)

const (
	// maxInFlight is how many requests of one trial may be in flight. Claude Code
	// runs ten subagents at a time.
	maxInFlight = 64

	// maxWaiting is how many more of them may wait.
	maxWaiting = 256
)

// begin admits a request, which then is in flight until [Meter.end], or returns
// the refusal to answer it with. It waits until the request has room, and no longer
// than ctx. cancel is called when its trial is revoked.
func (m *Meter) begin(ctx context.Context, a *admission, in inbound, cancel context.CancelCauseFunc) (*exchange, *apiError) {
	x := m.newExchange(a, in, cancel)
	m.mu.Lock()
	refusal, now := m.room(x)
	switch waiting := a.account.waiting; {
	case refusal != nil:
		m.turnAway(x)
	case now && waiting == 0:
		m.enter(x)
	case waiting >= maxWaiting:
		refusal = &errCrowded
		m.turnAway(x)
	default:
		x.turn = make(chan struct{})
		m.queue = append(m.queue, x)
		a.account.waiting++
	}
	m.mu.Unlock()
	if x.turn != nil {
		return x, m.await(ctx, x)
	}
	return x, refusal
}

// room decides about a request: a refusal, or whether it may be sent now. One whose
// limit is not reached is always sent when no other is in flight; beside others only
// when all that they and it may cost is within the limit. So the cost exceeds the
// limit by one request at most, as far as their inputs are estimated well. The caller
// holds m.mu.
func (m *Meter) room(x *exchange) (refusal *apiError, now bool) {
	trial, account := x.admission.trial, x.admission.account
	switch {
	case x.admission.revoked:
		return &errTrialOver, false
	case !x.recorded: // free of charge
		return nil, account.open < maxInFlight
	case (m.hasDollarLimit(trial) || trial.MaxTokens > 0) && x.unbounded:
		return &errUnbounded, false
	case m.hasDollarLimit(trial) && x.unpriced && m.maxRequests == 0:
		return errNoPrice(x.asked.Model), false
	case account.spent.reached(trial.BudgetUSD):
		return &errOverBudget, false
	case account.used.reached(float64(trial.MaxTokens)):
		return &errOverTokens, false
	case m.spent.reached(m.budgetUSD):
		return &errOutOfMoney, false
	case m.maxRequests > 0 && m.requests >= m.maxRequests:
		return &errNoRequests, false
	}
	return nil, account.open < maxInFlight &&
		account.spent.hasRoom(trial.BudgetUSD, x.reserved) && account.used.hasRoom(float64(trial.MaxTokens), x.mayUse) &&
		m.spent.hasRoom(m.budgetUSD, x.reserved)
}

func (m *Meter) hasDollarLimit(t Trial) bool { return t.BudgetUSD > 0 || m.budgetUSD > 0 }

// await returns when the request is in flight or refused.
func (m *Meter) await(ctx context.Context, x *exchange) *apiError {
	select {
	case <-x.turn:
	case <-ctx.Done():
		m.mu.Lock()
		defer m.mu.Unlock()
		if i := slices.Index(m.queue, x); i >= 0 {
			m.queue = slices.Delete(m.queue, i, i+1)
			x.admission.account.waiting--
			x.recorded = false // nothing was sent, and nobody is there to be refused
			m.pump()
			return &errClientLeft
		}
	}
	if x.refusal == nil {
		now := m.now()
		x.asked.Waited = max(0, now.Sub(x.begun).Seconds())
		x.begun, x.asked.Time = now, at(now)
	}
	return x.refusal
}

// pump lets requests in that have waited long enough, or refuses them. Those of one
// trial go in the order in which they came. The caller holds m.mu.
func (m *Meter) pump() {
	stuck := make(map[*account]bool)
	m.queue = slices.DeleteFunc(m.queue, func(x *exchange) bool {
		account := x.admission.account
		if stuck[account] {
			return false
		}
		refusal, now := m.room(x)
		switch {
		case refusal != nil:
			x.refusal = refusal
			m.turnAway(x)
		case now:
			m.enter(x)
		default:
			stuck[account] = true
			return false
		}
		account.waiting--
		close(x.turn)
		return true
	})
}
