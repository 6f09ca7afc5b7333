package meter

import (
	"cmp"
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
	used     spending // tokens in place of dollars

	results map[[2]string]bool // results of batches that are booked, by batch and custom id

	failed map[RetryClass]int // requests without a result, since somebody waited for the trial

	open    int // requests that were sent and have not ended
	waiting int // requests that have no room yet

	inFlight int           // requests that are open, or whose last line is not on disk
	idle     chan struct{} // closed when inFlight has gone back to 0
}

// exchange is one request from its admission to its finished line.
type exchange struct {
	admission *admission
	asked     Entry // the request's side of both lines
	api       *api
	cancel    context.CancelCauseFunc
	begun     time.Time
	recorded  bool    // it gets ledger lines; false for what is free, as count_tokens
	unbounded bool    // what it may cost has no bound
	unpriced  bool    // the table has no price for what it asks
	reserved  float64 // US dollars that it may cost, set aside until it is finished
	mayUse    float64 // tokens, set aside in the same way

	turn    chan struct{} // closed when it has waited long enough; nil: it did not wait
	refusal *apiError     // what it then is refused for; nil: it is in flight

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

func (m *Meter) newExchange(a *admission, in inbound, cancel context.CancelCauseFunc) *exchange {
	now := m.now()
	x := &exchange{
		admission: a, api: in.api, cancel: cancel, begun: now, recorded: in.billed, unbounded: in.place == batches, credential: in.credential,
		asked: Entry{
			Schema: SchemaV1, Trial: a.trial.ID, Time: at(now),
			Model: in.asked.model, EstimatedInput: estimateInput(in.body), AgentID: in.agentID, SessionID: in.sessionID,
		},
	}
	if in.billed {
		usd, priced := x.asked.mayCost(in.asked, m.prices)
		x.reserved, x.unpriced = usd, !priced
		x.mayUse = float64(x.asked.EstimatedInput + cmp.Or(in.asked.maxOutput, usualOutput))
	}
	return x
}

// enter puts the request in flight. The caller holds m.mu.
func (m *Meter) enter(x *exchange) {
	a := x.admission
	a.inFlight[x] = x.cancel
	a.account.open++
	if a.account.inFlight++; a.account.inFlight == 1 {
		a.account.idle = make(chan struct{})
	}
	if x.recorded {
		a.account.number(x)
		m.requests++
		a.account.spent.begin(x.reserved)
		a.account.used.begin(x.mayUse)
		m.spent.begin(x.reserved)
	}
}

// turnAway notes that the request is refused. The caller holds m.mu.
func (m *Meter) turnAway(x *exchange) {
	a := x.admission
	if a.refusals++; a.refusals > maxRefusals {
		x.recorded = false
	}
	if x.recorded {
		a.account.number(x)
	}
}

// number gives the request the trial's next number.
func (a *account) number(x *exchange) {
	a.requests++
	x.asked.Request = a.requests
}

// settle books the request's finished line in place of what was reserved for it.
func (m *Meter) settle(x *exchange, line Entry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if x.recorded {
		x.admission.account.spent.settle(x.reserved)
		x.admission.account.used.settle(x.mayUse)
		m.spent.settle(x.reserved)
		m.book(line)
	}
	delete(x.admission.inFlight, x)
	x.admission.account.open--
	m.pump()
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
	if line.CustomID != "" {
		a.addResult(line.Batch, line.CustomID)
	}
	if line.Kind == Finished && line.made() && a.replace(line) {
		return // it had no dollars, and has none
	}
	a.entries = append(a.entries, line)
	a.requests = max(a.requests, line.Request)
	if line.Kind == Finished {
		a.spent.add(line, m.prices)
		a.used.reported += float64(line.mayHaveUsed())
		m.spent.add(line, m.prices)
	}
}

// refusedLine is the line of a request that the meter did not send.
func (x *exchange) refusedLine(why apiError) Entry {
	line := x.asked
	line.Kind, line.Status, line.Retry = Finished, why.as(x.api).status, why.class
	if line.Retry == NoPrice {
		line.Error = why.message
	}
	return line
}
