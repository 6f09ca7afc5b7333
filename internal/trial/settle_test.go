package trial

import (
	"slices"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/meter"
)

// What the ledger of a test has: a request by its class. All ask the variant's
// model, or say otherwise.
type asked struct {
	class  meter.RetryClass
	status int           // of HTTP; 0: 200 for an answer
	model  string        // empty: the variant's
	after  time.Duration // since the line before; 0: a second
	cut    bool          // it reached the API
	said   string
}

const (
	variantModel = "claude-opus-4-8"
	smallModel   = "claude-haiku-4-5"
)

var (
	ok       = asked{}
	title    = asked{model: smallModel}
	tokens   = asked{class: meter.OverTokens, status: 402}
	over     = asked{class: meter.OverBudget, status: 402}
	down500  = asked{class: meter.ServerError, status: 500}
	limited  = asked{class: meter.RateLimited, status: 429}
	cut      = asked{class: meter.Network, status: 200}
	wrong    = asked{class: meter.Rejected, status: 400}
	aborted  = asked{class: meter.Aborted, cut: true}
	revoked  = asked{class: meter.Revoked, cut: true}
	speaking = asked{class: meter.Revoked, status: 200}
	key401   = asked{class: meter.KeyRefused, status: 401, said: "invalid x-api-key"}
	key403   = asked{class: meter.KeyRefused, status: 403}
	broke    = asked{class: meter.NoCredit, status: 400, said: "Your credit balance is too low"}
	broke402 = asked{class: meter.NoCredit, status: 402}
	unknown  = asked{class: meter.NoModel, status: 404}
	other404 = asked{class: meter.NoModel, status: 404, model: "claude-invented-1"}
	title404 = asked{class: meter.NoModel, status: 404, model: smallModel}
	title403 = asked{class: meter.KeyRefused, status: 403, model: smallModel}
	old401   = asked{class: meter.Rejected, status: 401} // as ledgers had it before it was a class
)

func ledgerOf(requests []asked) []meter.Entry {
	now := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	var lines []meter.Entry
	for i, r := range requests {
		e := meter.Entry{Kind: meter.Started, Request: i + 1, Time: now, Model: variantModel}
		if r.model != "" {
			e.Model = r.model
		}
		lines = append(lines, e)
		now = now.Add(max(r.after, time.Second))
		e.Seconds, e.Cut = max(r.after, time.Second).Seconds(), r.cut
		e.Kind, e.Time, e.Retry, e.Status, e.Error = meter.Finished, now, r.class, r.status, r.said
		if r.class == "" {
			e.Status = 200
		}
		lines = append(lines, e)
	}
	return lines
}

const (
	finished  = baselines.Finished
	timeout   = baselines.Timeout
	budget    = baselines.Budget
	turns     = baselines.Turns
	declined  = baselines.Refused
	agentErr  = baselines.AgentError
	infraErr  = baselines.InfraError
	cancelled = baselines.Ended("") // not said: the trial was cancelled
)

// Each symptom of the table, and what is none: what the agent said, what its
// requests came to, how the trial ended.
var settled = []struct {
	name     string
	said     baselines.Ended
	requests []asked
	own      bool // the failure is known to be the agent's
	want     baselines.Ended
	reason   string // empty: as the agent said
}{
	{"all is well", finished, []asked{ok, ok}, false, finished, ""},
	{"nothing was asked", finished, nil, false, finished, ""},
	{"nothing was asked in all the time", timeout, nil, false, timeout, ""},
	{"a crash before the first request", agentErr, nil, false, agentErr, ""},
	{"nothing could be asked", infraErr, nil, false, infraErr, ""},
	{"errors on the way", finished, []asked{down500, ok}, false, finished, ""},
	{"the last question failed, the work was done", finished, []asked{ok, down500}, false, finished, ""},

	{"a wrong key, to the deadline", timeout, []asked{key401, key401, revoked}, false, infraErr, "the model API refuses the key (401): invalid x-api-key"},
	{"a wrong key, and the agent says so", infraErr, []asked{key401}, false, infraErr, "the model API refuses the key (401): invalid x-api-key"},
	{"a wrong key, and the agent fails", agentErr, []asked{key401}, false, infraErr, "the model API refuses the key (401): invalid x-api-key"},
	{"a wrong key, and the agent dies of memory", agentErr, []asked{key401}, true, infraErr, "the model API refuses the key (401): invalid x-api-key"},
	{"a wrong key, and no complaint", finished, []asked{key401}, false, infraErr, "the model API refuses the key (401): invalid x-api-key"},
	{"a wrong key, until the turns are used up", turns, []asked{key401}, false, infraErr, "the model API refuses the key (401): invalid x-api-key"},
	{"a key without permission", timeout, []asked{key403}, false, infraErr, "the model API refuses the key (403)"},
	{"a wrong key in an old ledger", timeout, []asked{old401}, false, infraErr, "the model API refuses the key (401)"},
	{"no credit", agentErr, []asked{broke}, false, infraErr, "the model API refuses to work without credit (400): Your credit balance is too low"},
	{"no credit, taken for the trial's own limit", budget, []asked{broke402}, false, infraErr, "the model API refuses to work without credit (402)"},
	{"an unknown model", infraErr, []asked{unknown, unknown}, false, infraErr, "the model API refuses the model claude-opus-4-8 (404)"},
	{"an outage, then a key that is revoked", timeout, []asked{down500, key401}, false, infraErr, "the model API refuses the key (401): invalid x-api-key"},
	{"only housekeeping was answered", timeout, []asked{title, key401}, false, infraErr, "the model API refuses the key (401): invalid x-api-key"},

	{"a key revoked in the middle, to the deadline", timeout, []asked{ok, ok, key401, key401, revoked}, false, infraErr, "the model API refuses the key (401): invalid x-api-key"},
	{"a key revoked in the middle, and no complaint", finished, []asked{ok, key401}, false, infraErr, "the model API refuses the key (401): invalid x-api-key"},
	{"credit that ends in the middle", agentErr, []asked{ok, broke}, false, infraErr, "the model API refuses to work without credit (400): Your credit balance is too low"},
	{"a key that was refused once", finished, []asked{ok, key401, ok}, false, finished, ""},
	{"killed for memory, then refused", agentErr, []asked{ok, key401}, true, agentErr, ""},
	{"the turns were used up before the key was revoked", turns, []asked{ok, key401}, false, turns, ""},

	{"a model that the agent made up", timeout, []asked{other404}, false, timeout, ""},
	{"a made-up model, and the agent blames the API", infraErr, []asked{ok, other404}, false, agentErr, "the agent blames the model API, which answered 404 to its request"},
	{"no model for housekeeping", finished, []asked{title404, ok, title404}, false, finished, ""},
	{"no permission for housekeeping", timeout, []asked{ok, title403}, false, timeout, ""},

	{"no answer at all, and no complaint", finished, []asked{down500, limited}, false, infraErr, "the model API answered 429"},
	{"an outage to the deadline", timeout, []asked{down500, down500, revoked}, false, infraErr, "the model API answered 500"},
	{"nobody at the address", timeout, []asked{{class: meter.Network}}, false, infraErr, "the model API could not be reached, or broke off its answer"},
	{"only housekeeping was answered in an outage", timeout, []asked{title, down500}, false, infraErr, "the model API answered 500"},
	{"an outage that was over at the deadline", timeout, []asked{down500, speaking}, false, timeout, ""},
	{"an outage after some answers", timeout, []asked{ok, ok, ok, down500, revoked}, false, timeout, ""},
	{"an outage for most of the time", timeout, []asked{ok, {class: meter.Overloaded, status: 529, after: time.Minute}, revoked}, false, infraErr, "the model API answered 529"},
	{"no answer in time to a late question", timeout, []asked{revoked}, false, timeout, ""},
	{"silence for most of the time", timeout, []asked{{class: meter.Aborted, cut: true, after: 20 * time.Second}, {class: meter.Revoked, cut: true, after: 20 * time.Second}}, false, infraErr, "the model API did not answer"},
	{"a long way to an answer after others", timeout, []asked{ok, {class: meter.Revoked, cut: true, after: 50 * time.Second}}, false, timeout, ""},
	{"an address that leads nowhere", timeout, []asked{{class: meter.Revoked, after: 5 * time.Second}}, false, infraErr, "the model API did not answer"},
	{"only wrong questions", timeout, []asked{wrong}, false, timeout, ""},
	{"only wrong questions, and the agent fails", agentErr, []asked{wrong, wrong}, false, agentErr, ""},
	{"wrong questions, and the agent blames the API", infraErr, []asked{wrong}, false, agentErr, "the agent blames the model API, which answered 400 to its request"},

	{"the agent's failure", agentErr, []asked{ok}, false, agentErr, ""},
	{"the agent's failure after an outage", agentErr, []asked{down500, ok}, false, agentErr, ""},
	{"an outage taken for a failure", agentErr, []asked{ok, down500}, false, infraErr, "the model API answered 500"},
	{"a broken answer taken for a failure", agentErr, []asked{ok, cut, aborted}, false, infraErr, "the model API could not be reached, or broke off its answer"},
	{"a wrong question", agentErr, []asked{ok, wrong}, false, agentErr, ""},
	{"killed for memory while waiting", agentErr, []asked{ok, limited}, true, agentErr, ""},

	{"an outage that was none", infraErr, []asked{ok, ok}, false, agentErr, "the agent blames the model API, which answered every request well"},
	{"an outage", infraErr, []asked{ok, down500}, false, infraErr, "the model API answered 500"},

	{"no money", infraErr, []asked{ok, over}, false, budget, "the trial's dollar limit was reached"},
	{"no tokens left", infraErr, []asked{ok, tokens}, false, budget, "the trial's limit of tokens was reached"},
	{"no money, not mentioned", finished, []asked{over, ok}, false, budget, "the trial's dollar limit was reached"},
	{"no money and no time", timeout, []asked{ok, over}, false, timeout, ""},
	{"turns", turns, []asked{ok}, false, turns, ""},
	{"the model declined", declined, []asked{ok}, false, declined, ""},
	{"cancelled", cancelled, []asked{over}, false, cancelled, ""},
	{"cancelled while the key was refused", cancelled, []asked{key401}, false, cancelled, ""},
}

func TestSettle(t *testing.T) {
	row, err := agent.Lookup(agent.ClaudeCode)
	if err != nil {
		t.Fatal(err)
	}
	met := make(map[string]bool) // symptoms of the table
	for _, tt := range settled {
		t.Run(tt.name, func(t *testing.T) {
			seen := readAnswers(ledgerOf(tt.requests), row, variantModel, time.Minute.Seconds())
			got := settle(agent.Ending{Ended: tt.said, Reason: "as said"}, seen, tt.own)
			want := tt.reason
			if want == "" {
				want = "as said"
			}
			if got.Ended != tt.want || got.Reason != want {
				t.Errorf("%s is %s (%s), want %s (%s)", tt.said, got.Ended, got.Reason, tt.want, want)
			}
			if again := settle(got, seen, tt.own); again.Ended != got.Ended {
				t.Errorf("settled twice it is %s", again.Ended) // an earlier run's records are
			}
			for _, c := range corrections {
				if slices.Contains(c.cameTo, seen.cameTo) && slices.Contains(c.said, tt.said) && got.Ended == causes[c.symptom].ended {
					met[c.is] = true
				}
			}
		})
	}
	for _, c := range corrections {
		if !met[c.is] {
			t.Errorf("no test has the symptom %q", c.is)
		}
	}
}

// Whose model a 404, or a missing price, is about: the agent may write the configured name in another
// way, or turn an alias into a model.
func TestWhoseModelIsUnknown(t *testing.T) {
	for _, tt := range []struct {
		agent, configured, asked string
		want                     bool
	}{
		{agent.ClaudeCode, "claude-opus-4-8", "claude-opus-4-8", true},
		{agent.ClaudeCode, "claude-opus-4-8[1m]", "claude-opus-4-8", true},
		{agent.ClaudeCode, "claude-opus-4-8", "claude-opus-4-7", false},
		{agent.ClaudeCode, "opus", "claude-opus-5-5", true},
		{agent.ClaudeCode, "opus", smallModel, false},
		{"command", "claude-opus-4-8", "anthropic/claude-opus-4-8-20261120", true},
		{"command", "", "claude-opus-4-8", false}, // the command's own choice
	} {
		row, err := agent.Lookup(tt.agent)
		if err != nil {
			t.Fatal(err)
		}
		s := Subject{Agent: row, Variant: baselines.Variant{Model: tt.configured}}
		for _, class := range []meter.RetryClass{meter.NoModel, meter.NoPrice} {
			e := meter.Entry{Kind: meter.Finished, Model: tt.asked, Status: 404, Retry: class}
			if got := s.Refused(e); got != tt.want {
				t.Errorf("%s with model %q asks for %s: refused for %s is %v, want %v", tt.agent, tt.configured, tt.asked, class, got, tt.want)
			}
		}
	}
}

// An earlier run is read again: what it judged in spite of refusals, and what the
// API broke, is worth another measurement. The rest stands.
func TestWhichRecordedTrialsTheAPIMadeWhatTheyAre(t *testing.T) {
	row, err := agent.Lookup(agent.ClaudeCode)
	if err != nil {
		t.Fatal(err)
	}
	s := Subject{Agent: row, Variant: baselines.Variant{Model: variantModel}}
	for _, tt := range []struct {
		ended    baselines.Ended
		requests []asked
		want     bool
	}{
		{timeout, []asked{old401, revoked}, true},
		{agentErr, []asked{ok, old401}, true},
		{infraErr, []asked{key401}, true},
		{infraErr, []asked{down500}, true},
		{infraErr, nil, false}, // the engine's fault
		{timeout, []asked{ok}, false},
		{timeout, nil, false},
		{baselines.Cancelled, []asked{key401}, false},
	} {
		if got := s.APIFailed(baselines.Trial{Ended: tt.ended}, ledgerOf(tt.requests)); got != tt.want {
			t.Errorf("%s after %v: %v, want %v", tt.ended, tt.requests, got, tt.want)
		}
	}
}
