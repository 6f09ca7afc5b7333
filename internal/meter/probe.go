package meter

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// ProbeTrial names the probes in the ledger, as a trial's requests are named. What
// they cost counts against the run's dollars and is no trial's cost.
const ProbeTrial = "benchgate/probe/1.1"

// Probe asks the model for one output token, which shows whether the API accepts
// key and model and has credit to bill. The returned line is also in the ledger.
// Its Retry is [Aborted] when ctx ended first. The error is what kept an answer
// from coming; nil when one came, whatever it says.
func (m *Meter) Probe(ctx context.Context, model string) (Entry, error) {
	return m.askOwn(ctx, messages, model, withMessage(map[string]any{"max_tokens": 1}))
}

// ProbeResponse is Probe of the Responses API, for the fewest tokens that it lets one
// ask for.
func (m *Meter) ProbeResponse(ctx context.Context, model string) (Entry, error) {
	return m.askOwn(ctx, responses, model, map[string]any{"max_output_tokens": 16, "input": "Hello", "store": false})
}

// CountResponse is CountTokens of the Responses API.
func (m *Meter) CountResponse(ctx context.Context, model string) (Entry, error) {
	return m.askOwn(ctx, countResponse, model, map[string]any{"input": "Hello"})
}

// CountTokens asks the API to count the tokens of a short message, which costs
// nothing and shows whether the API accepts key and model. The returned line is
// not in the ledger. A gateway may lack the endpoint: any other answer than
// success (an empty Retry) says nothing for sure. The error is that of [Meter.Probe].
func (m *Meter) CountTokens(ctx context.Context, model string) (Entry, error) {
	return m.askOwn(ctx, countTokens, model, withMessage(map[string]any{}))
}

// withMessage adds a short message to what Messages is asked.
func withMessage(asked map[string]any) map[string]any {
	asked["messages"] = []map[string]string{{"role": "user", "content": "Hello"}}
	return asked
}

// askOwn sends a request of benchgate's own, on the way that the trials' take.
func (m *Meter) askOwn(ctx context.Context, place, model string, asked map[string]any) (Entry, error) {
	asked["model"] = model
	body, err := json.Marshal(asked)
	if err != nil {
		panic(fmt.Sprintf("meter: encoding a probe: %v", err)) // strings and a number
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, place, bytes.NewReader(body))
	if err != nil {
		panic(fmt.Sprintf("meter: making a probe: %v", err)) // the place is a constant
	}
	r.Header.Set("Content-Type", "application/json")
	if in := apiOf(place, r.Header); !in.openAI {
		r.Header.Set("Anthropic-Version", "2023-06-01")
	}
	r.Header.Set("User-Agent", "benchgate")

	nobody := make(discard)
	token := m.Admit(Trial{ID: ProbeTrial, Model: model})
	defer m.forget(token)
	a := m.admission(token)
	in, refusal := m.readInbound(nobody, r, a, place)
	if refusal != nil {
		return Entry{Kind: Finished, Status: refusal.status, Retry: Rejected, Error: refusal.message}, nil
	}
	defer in.release()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	x, refusal := m.begin(ctx, a, in, cancel)
	if refusal != nil {
		m.refuse(nobody, x, *refusal)
		return x.refusedLine(*refusal), nil
	}
	if err := m.start(x); err != nil {
		return m.finish(x, outcome{err: err}), err
	}
	o := m.forward(ctx, nobody, r, in)
	if o.status/100 == 2 && !in.billed && o.err == nil {
		o.usage.complete = true // an answer without usage, and free
	}
	return m.finish(x, o), o.err
}

// forget takes back an admission.
func (m *Meter) forget(token string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.admissions, token)
}

// discard is a client that keeps nothing of an answer but its header.
type discard http.Header

func (d discard) Header() http.Header         { return http.Header(d) }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}
