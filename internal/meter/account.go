package meter

import (
	"context"
	"time"
)

// maxRefusals is how many refused requests of one admission are recorded. An
// agent that goes on asking must not fill the disk.
const maxRefusals = 100

// account holds one trial's requests and spending, over all its admissions.
type account struct {
	requests int
	entries  []Entry
	spent    spending

	inFlight int
	idle     chan struct{} // closed when inFlight has gone back to 0
}

// exchange is one request from its admission to its finished line.
type exchange struct {
	admission *admission
	asked     Entry // the request's side of both lines
	begun     time.Time
	recorded  bool    // it gets ledger lines; false for what is free, as count_tokens
	unbounded bool    // what it may cost has no bound
	pending   float64 // US dollars: its estimated input, until it is finished

	credential Credential // what it is sent with
}

// account returns the trial's account. The caller holds m.mu.
func (m *Meter) account(trialID string) *account {
	a := m.accounts[trialID]
	if a == nil {
		a = new(account)
		m.accounts[trialID] = a
	}
	return a
}

// begin admits a request, which then is in flight until [Meter.end], or returns
// the refusal to answer it with. cancel is called when its trial is revoked.
func (m *Meter) begin(a *admission, in inbound, cancel context.CancelCauseFunc) (*exchange, *apiError) {
	now := m.now()
	x := &exchange{admission: a, begun: now, recorded: in.billed, unbounded: in.place == batches, credential: in.credential, asked: Entry{
		Schema: SchemaV1, Trial: a.trial.ID, Time: at(now),
		Model: in.asked.model, EstimatedInput: estimateInput(in.body), AgentID: in.agentID, SessionID: in.sessionID,
	}}
	if in.billed {
		x.pending, _ = x.asked.EstimatedPrice(m.prices) // no price: nothing to reserve
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	refusal := m.refusal(a, x)
	if refusal != nil {
		if a.refusals++; a.refusals > maxRefusals {
			x.recorded = false
		}
	}
	if x.recorded {
		a.account.requests++
		x.asked.Request = a.account.requests
	}
	if refusal != nil {
		return x, refusal
	}
	a.inFlight[x] = cancel
	if a.account.inFlight++; a.account.inFlight == 1 {
		a.account.idle = make(chan struct{})
	}
	if x.recorded {
		m.requests++
		a.account.spent.begin(x.pending)
		m.spent.begin(x.pending)
	}
	return x, nil
}

func (m *Meter) refusal(a *admission, x *exchange) *apiError {
	switch {
	case a.revoked:
		return &errTrialOver
	case !x.recorded: // free of charge
		return nil
	case x.unbounded && (a.trial.BudgetUSD > 0 || m.budgetUSD > 0):
		return &errUnbounded
	case a.account.spent.exceeds(a.trial.BudgetUSD, x.pending):
		return &errOverBudget
	case m.spent.exceeds(m.budgetUSD, x.pending):
		return &errOutOfMoney
	case m.maxRequests > 0 && m.requests >= m.maxRequests:
		return &errNoRequests
	}
	return nil
}

// settle books the request's finished line in place of what was reserved for it.
func (m *Meter) settle(x *exchange, line Entry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if x.recorded {
		x.admission.account.spent.settle(x.pending)
		m.spent.settle(x.pending)
		m.book(line)
	}
	delete(x.admission.inFlight, x)
}

// end takes the request out of flight, once its finished line is on disk.
func (m *Meter) end(x *exchange) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := x.admission.account
	if a.inFlight--; a.inFlight == 0 {
		close(a.idle)
	}
}

// book adds a line that is in the file to the trial's account. The caller
// holds m.mu.
func (m *Meter) book(line Entry) {
	a := m.account(line.Trial)
	a.entries = append(a.entries, line)
	a.requests = max(a.requests, line.Request)
	if line.Kind == Finished {
		a.spent.add(line, m.prices)
		m.spent.add(line, m.prices)
	}
}

// refusedLine is the line of a request that the meter did not send.
func (x *exchange) refusedLine(why apiError) Entry {
	line := x.asked
	line.Kind, line.Status, line.Retry = Finished, why.status, Revoked
	switch why {
	case errOverBudget, errUnbounded:
		line.Retry = OverBudget
	case errOutOfMoney:
		line.Retry = OutOfMoney
	case errNoRequests:
		line.Retry = NoRequests
	}
	return line
}
