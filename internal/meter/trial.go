package meter

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"golang.org/x/sync/semaphore"
)

// Trial is what the meter needs to know of a trial whose requests it admits.
type Trial struct {
	// ID names the trial in the ledger: "<arm>/<task>/<attempt>.<try>".
	ID string

	// Model and SmallModels tell the roles of its requests apart ([Entry.Role]);
	// they restrict nothing.
	Model       string
	SmallModels []string

	// BudgetUSD is what the trial may cost, in US dollars; 0 is no limit. What was
	// spent counts, and what requests of unknown cost may have cost. When it is
	// reached, requests are refused. Until then one request may always be in flight;
	// others beside it wait until all that they may cost (their estimated input, and
	// the output that they allow) is within the limit. So the cost exceeds the limit
	// by one request at most, as far as inputs are estimated well. Requests to a
	// model without a price are refused, unless [Options.MaxRequests] bounds them.
	BudgetUSD float64

	// MaxTokens is how many tokens of all kinds the trial may use: uncached, read from
	// and written to the cache, and output; 0 is no limit. It is held as BudgetUSD is.
	MaxTokens int64

	// AllPlaces admits the trial to models, files and batches of messages, too. A
	// batch costs what its results say, and is refused where dollars or tokens are limited.
	// Files and models are free.
	AllPlaces bool
}

// admission is a trial's permission to ask the model, from Admit to Revoke.
type admission struct {
	trial    Trial
	account  *account
	revoked  bool
	refusals int
	arrived  int                 // requests that are there, whatever they wait for
	bodyRoom *semaphore.Weighted // bytes of their bodies
	inFlight map[*exchange]context.CancelCauseFunc
}

var errRevoked = errors.New("the trial is over")

// Admit lets the trial ask the model. The token is random, hard to guess, and
// of characters that need no escaping in a URL: the agent's base URL is the
// meter's with "/<token>" after it. It panics when the trial has no ID.
func (m *Meter) Admit(t Trial) (token string) {
	if t.ID == "" {
		panic("meter: admitting a trial without an id")
	}
	token = rand.Text()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.admissions[token] = &admission{
		trial: t, account: m.account(t.ID), bodyRoom: semaphore.NewWeighted(m.bodyLimits.trial),
		inFlight: make(map[*exchange]context.CancelCauseFunc),
	}
	return token
}

// Revoke ends the admission at once: requests in flight are broken off
// upstream and at the client, later ones are answered 403. It does not wait for
// their lines; [Meter.Wait] does. Revoking twice, or an unknown token, does
// nothing.
func (m *Meter) Revoke(token string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.admissions[token]
	if a == nil {
		return
	}
	a.revoked = true
	for _, cancel := range a.inFlight {
		cancel(errRevoked)
	}
	m.pump()
}

// Wait returns when every request of the trial that has begun has its finished
// line, or when the context is done.
func (m *Meter) Wait(ctx context.Context, trialID string) error {
	for {
		m.mu.Lock()
		a := m.accounts[trialID]
		if a == nil || a.inFlight == 0 {
			if a != nil {
				m.logFailures(trialID, a)
			}
			m.mu.Unlock()
			return nil
		}
		open, idle := a.inFlight, a.idle
		m.mu.Unlock()
		select {
		case <-idle:
		case <-ctx.Done():
			return fmt.Errorf("waiting for %d model requests of trial %s to end: %w", open, trialID, context.Cause(ctx))
		}
	}
}
