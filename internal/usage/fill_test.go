package usage_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/otlp/otlptest"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/usage"
)

const sonnet, haiku = "claude-sonnet-4-6", "claude-haiku-4-5"

// Money goes to roles; what is cut goes to Unfinished, except housekeeping.
func TestFillMoneyByRole(t *testing.T) {
	var l ledger
	l.answered(sonnet, baselines.Tokens{Input: 1e6})                                  // $3
	l.answered(sonnet, baselines.Tokens{Output: 1e6}, agentID("a"))                   // $15
	l.answered(haiku, baselines.Tokens{Input: 1e6})                                   // $1
	l.answered(haiku, baselines.Tokens{CacheWrite1h: 1e6}, agentID("a"))              // $2
	l.cutOff(sonnet, &baselines.Tokens{CacheRead: 1e6, Output: 1})                    // $0.300015
	l.cutOff(haiku, nil, estimate(1e6))                                               // $1
	l.unanswered(sonnet, estimate(2e6))                                               // $6
	l.failed(sonnet, 529, meter.Overloaded)                                           // nothing
	l.failed(sonnet, 402, meter.OverBudget)                                           // nothing
	l.answered("anthropic/"+sonnet+"[1m]", baselines.Tokens{}, answeredBy(sonnet+"")) // nothing

	trial := fill(usage.Input{Model: sonnet, SmallModels: []string{haiku}, Ledger: l.lines})
	want := &baselines.CostUSD{Main: 3, Subagent: 17, Auxiliary: 2, Unfinished: 6.300015}
	if diff := cmp.Diff(want, trial.CostUSD, approx); diff != "" {
		t.Errorf("cost (-want +got):\n%s", diff)
	}
	wantTokens := &baselines.Tokens{Input: 2e6, Output: 1e6 + 1, CacheRead: 1e6, CacheWrite1h: 1e6}
	if diff := cmp.Diff(wantTokens, trial.Tokens); diff != "" {
		t.Errorf("tokens (-want +got):\n%s", diff)
	}
	wantModels := map[string]baselines.Model{
		sonnet: {Role: "main", Requests: 3, CostUSD: new(18.300015), Tokens: baselines.Tokens{Input: 1e6, Output: 1e6 + 1, CacheRead: 1e6}},
		haiku:  {Role: "main", Requests: 2, CostUSD: new(3.0), Tokens: baselines.Tokens{Input: 1e6, CacheWrite1h: 1e6}},
	}
	if diff := cmp.Diff(wantModels, trial.Models, approx); diff != "" {
		t.Errorf("models (-want +got):\n%s", diff)
	}
	if *trial.Requests != 5 {
		t.Errorf("%d requests, want 5", *trial.Requests)
	}
	wantFlags(t, trial, baselines.Unfinished, baselines.TelemetryMissing)
}

// An alias is what answers: "haiku" costs what claude-haiku-5-5 costs, as main work.
func TestFillAnAlias(t *testing.T) {
	line := priced(meter.Entry{Request: 1, Model: "claude-haiku-5-5", Answered: "claude-haiku-5-5-20261007", Tokens: &baselines.Tokens{Input: 1e5}})
	trial := fill(usage.Input{Model: "haiku", SmallModels: []string{haiku, "claude-haiku-5-5"}, Ledger: []meter.Entry{line}, Prices: prices.Default()})
	if diff := cmp.Diff(&baselines.CostUSD{Main: 0.01}, trial.CostUSD, approx); diff != "" {
		t.Errorf("cost (-want +got):\n%s", diff)
	}
	if m := trial.Models["claude-haiku-5-5-20261007"]; m.Role != baselines.RoleMain || m.CostUSD == nil {
		t.Errorf("models %v, want the one that answered, as main", trial.Models)
	}
	if _, ok := prices.Default().Rate("haiku", begin); ok {
		t.Error("the alias itself has a price")
	}
}

// One unpriced model makes the trial's dollars unknown, not its tokens.
func TestFillUnpricedModel(t *testing.T) {
	var priced, unpriced, estimated ledger
	priced.answered(sonnet, baselines.Tokens{Input: 5})
	unpriced.answered(sonnet, baselines.Tokens{Input: 5})
	unpriced.answered("gpt-9", baselines.Tokens{Input: 7})
	estimated.unanswered("gpt-9", estimate(7))

	if trial := fill(usage.Input{Model: sonnet, Ledger: priced.lines}); trial.CostUSD == nil {
		t.Error("no cost though all models have prices")
	}
	trial := fill(usage.Input{Model: sonnet, Ledger: unpriced.lines})
	if trial.CostUSD != nil || !trial.Flagged(baselines.CostUnknown) || trial.Tokens.Input != 12 {
		t.Errorf("cost %v, flags %v, tokens %v; want none, cost_unknown, 12", trial.CostUSD, trial.Flags, trial.Tokens)
	}
	if m := trial.Models["gpt-9"]; m.CostUSD != nil || m.Tokens.Input != 7 {
		t.Errorf("the model's cost is %v, tokens %v; want none and 7", m.CostUSD, m.Tokens)
	}
	if _, ok := trial.Sources["cost_usd"]; ok {
		t.Error("an unknown cost has a source")
	}
	if trial := fill(usage.Input{Model: sonnet, Ledger: estimated.lines}); trial.CostUSD != nil {
		t.Errorf("cost %v of a request without price, want none", trial.CostUSD)
	}
}

// An agent whose settings were changed while it worked asks elsewhere and tells its
// telemetry elsewhere; its transcript has what it was answered.
func TestAnswersThatNoRequestBrought(t *testing.T) {
	var l ledger
	l.answered(sonnet, baselines.Tokens{Input: 5})
	l.answered(sonnet, baselines.Tokens{Input: 5})
	l.unanswered(sonnet, estimate(7))
	for answers, elsewhere := range map[int]bool{0: false, 2: false, 3: false, 4: true} {
		trial := fill(usage.Input{Model: sonnet, Ledger: l.lines, Agent: &usage.AgentResult{Answers: &answers}, Killed: true})
		if got := trial.Flagged(baselines.RequestsElsewhere); got != elsewhere || trial.Flagged(baselines.MeterMissed) != elsewhere {
			t.Errorf("%d answers to 3 requests: flags %v", answers, trial.Flags)
		}
	}
}

// Nobody said anything: nothing is known, and nothing is zero.
func TestFillNothing(t *testing.T) {
	trial := fill(usage.Input{Model: sonnet})
	want := baselines.Trial{Flags: []baselines.Flag{baselines.TelemetryMissing}}
	if diff := cmp.Diff(want, trial); diff != "" {
		t.Errorf("trial (-want +got):\n%s", diff)
	}
}

// The oracle asks no model: that is known.
func TestFillNoModel(t *testing.T) {
	trial := fill(usage.Input{NoModel: true})
	want := baselines.Trial{CostUSD: &baselines.CostUSD{}, Tokens: &baselines.Tokens{}, Requests: new(0), Retries: new(0)}
	if diff := cmp.Diff(want, trial); diff != "" {
		t.Errorf("trial (-want +got):\n%s", diff)
	}
	var l ledger
	l.answered(sonnet, baselines.Tokens{Input: 1e6})
	if trial := fill(usage.Input{NoModel: true, Ledger: l.lines}); trial.CostUSD.Main != 3 {
		t.Errorf("a command that did ask costs %v, want what it cost", trial.CostUSD)
	}
}

// Without a ledger the next best view gives the numbers and is named as their
// source; that the meter saw nothing of it is a flag.
func TestFillFallsBack(t *testing.T) {
	c := readCapture(t, "d-subagent-foreground")
	c.input.Ledger = nil

	trial := fill(c.input)
	want := &baselines.CostUSD{Main: 0.06348, Subagent: 0.032313}
	if diff := cmp.Diff(want, trial.CostUSD, approx); diff != "" {
		t.Errorf("cost from telemetry (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(&c.tokens, trial.Tokens); diff != "" {
		t.Errorf("tokens from telemetry (-want +got):\n%s", diff)
	}
	if trial.Sources["cost_usd"] != "telemetry" || *trial.Requests != 5 || *trial.Retries != 0 {
		t.Errorf("sources %v, %d requests, %d retries; want telemetry, 5, 0", trial.Sources, *trial.Requests, *trial.Retries)
	}
	wantFlags(t, trial, baselines.MeterMissed)

	c.input.Records = otlp.Records{}
	trial = fill(c.input)
	if diff := cmp.Diff(&baselines.CostUSD{Main: 0.095793}, trial.CostUSD, approx); diff != "" {
		t.Errorf("cost from the agent (-want +got):\n%s", diff)
	}
	if trial.Sources["cost_usd"] != "agent" || trial.Requests != nil {
		t.Errorf("sources %v, requests %v; want agent, and none known", trial.Sources, trial.Requests)
	}
	wantFlags(t, trial, baselines.TranscriptOnly, baselines.MeterMissed, baselines.TelemetryMissing)
}

// One-hour cache writes cost 60 % more than five-minute ones; metrics do not
// tell them apart, events do.
func TestFillOneHourWritesFromTelemetry(t *testing.T) {
	c := readCapture(t, "e-price-claude-opus-9-9-20261120")
	c.input.Ledger = nil
	trial := fill(c.input)
	if diff := cmp.Diff(&c.tokens, trial.Tokens); diff != "" {
		t.Errorf("tokens (-want +got):\n%s", diff)
	}
}

// Where metrics tell of more than events, the events' share of one-hour writes
// is still known.
func TestFillOneHourWritesOfEventsThatAreLost(t *testing.T) {
	written := func(source string, tokens float64) otlp.Point {
		return otlp.Point{
			Name: "claude_code.token.usage", Kind: otlp.Sum, Delta: true, Time: begin, Value: tokens,
			Attributes: otlp.Attributes{"type": "cacheCreation", "model": sonnet + "[1m]", "query_source": source},
		}
	}
	records := otlp.Records{
		Points: []otlp.Point{written("main", 900), written("subagent", 50)},
		Events: []otlp.Event{event("api_request", "model", sonnet, "query_source", "sdk",
			"cache_creation_tokens", int64(500), "cache_creation_5m_tokens", int64(100), "cache_creation_1h_tokens", int64(400))},
	}
	trial := fill(usage.Input{Model: sonnet, Records: records})
	want := &baselines.Tokens{CacheWrite5m: 550, CacheWrite1h: 400}
	if diff := cmp.Diff(want, trial.Tokens); diff != "" {
		t.Errorf("tokens (-want +got):\n%s", diff)
	}
}

// A fallback to a model on the small-model list is the main thread's, with a
// ledger or without.
func TestFillFallbackWithoutLedger(t *testing.T) {
	c := readCapture(t, "f-529-fallback-model")
	metered := fill(c.input)
	c.input.Ledger = nil
	unmetered := fill(c.input)
	want := &baselines.CostUSD{Main: 0.02061}
	for name, trial := range map[string]baselines.Trial{"metered": metered, "unmetered": unmetered} {
		if diff := cmp.Diff(want, trial.CostUSD, approx); diff != "" {
			t.Errorf("%s: cost (-want +got):\n%s", name, diff)
		}
	}
}

func TestFillKeepsWhatItDoesNotKnow(t *testing.T) {
	trial := baselines.Trial{
		Lines: &baselines.Lines{Kept: new(int64(9))},
		Flags: []baselines.Flag{baselines.Killed, baselines.NoReward},
	}
	c := readCapture(t, "a-default-intervals")
	c.input.Killed = true
	usage.Fill(&trial, c.input)
	if diff := cmp.Diff(&baselines.Lines{Added: 7, Removed: 1, Kept: new(int64(9))}, trial.Lines); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	wantFlags(t, trial, baselines.Killed, baselines.NoReward)
}

func TestFillOtherModelAnswered(t *testing.T) {
	var l ledger
	l.answered(sonnet, baselines.Tokens{Input: 1e6}, answeredBy(haiku+"-20251001"))
	agent := &usage.AgentResult{Models: map[string]usage.AgentModel{sonnet: {Tokens: baselines.Tokens{Input: 1e6}}}}
	trial := fill(usage.Input{Model: sonnet, Ledger: l.lines, Agent: agent})
	wantFlags(t, trial, baselines.OtherModel, baselines.TelemetryMissing)
	if _, ok := trial.Models[haiku+"-20251001"]; !ok {
		t.Errorf("models are %v, want the one that answered", trial.Models)
	}
	want := &baselines.Agreement{MeterUSD: new(1.0), AgentUSD: new(3.0), Explained: "other_model"}
	if diff := cmp.Diff(want, trial.Agreement, approx); diff != "" {
		t.Errorf("agreement (-want +got):\n%s", diff)
	}

	var same ledger
	same.answered(haiku, baselines.Tokens{Input: 1}, answeredBy(haiku+"-20251001"))
	wantFlags(t, fill(usage.Input{Model: haiku, Ledger: same.lines}), baselines.TelemetryMissing)
}

// The order of ledger lines means nothing; request numbers do.
func TestFillLedgerInAnyOrder(t *testing.T) {
	c := readCapture(t, "f-529-fallback-model")
	want := fill(c.input)
	for i, j := 0, len(c.input.Ledger)-1; i < j; i, j = i+1, j-1 {
		c.input.Ledger[i], c.input.Ledger[j] = c.input.Ledger[j], c.input.Ledger[i]
	}
	if diff := cmp.Diff(want, fill(c.input)); diff != "" {
		t.Errorf("trial with the lines reversed (-want +got):\n%s", diff)
	}
}

// FuzzFill feeds telemetry that a hostile task could send: no number may come
// out that a record cannot hold.
func FuzzFill(f *testing.F) {
	c := readCapture(f, "f-500-give-up-2")
	for _, p := range otlptest.ReadDir(f, "testdata/captures/f-500-give-up-2") {
		f.Add(string(p.Signal), p.Body, true)
	}
	f.Fuzz(func(t *testing.T, signal string, body []byte, metered bool) {
		records, err := otlp.Decode(otlp.Payload{Signal: otlp.Signal(signal), Encoding: otlp.Protobuf, Body: body})
		if err != nil {
			return
		}
		in := c.input
		in.Records = records
		if !metered {
			in.Ledger = nil
		}
		trial := fill(in)
		if tok := trial.Tokens; tok != nil && (tok.Input < 0 || tok.Output < 0 || tok.CacheRead < 0 || tok.CacheWrite5m < 0 || tok.CacheWrite1h < 0) {
			t.Errorf("tokens %v", *tok)
		}
		if a := trial.Seconds.Active; a != nil && (*a < 0 || math.IsNaN(*a)) {
			t.Errorf("active %v", *a)
		}
		if metered && math.Abs(trial.CostUSD.Main-c.truth.CostListUSD) > 1e-9 {
			t.Errorf("telemetry changed the metered cost to %v", *trial.CostUSD)
		}
	})
}

func fill(in usage.Input) baselines.Trial {
	if in.Prices == nil {
		in.Prices = listPrices
	}
	var trial baselines.Trial
	usage.Fill(&trial, in)
	return trial
}

var approx = cmpopts.EquateApprox(0, 1e-9)

func wantFlags(t *testing.T, trial baselines.Trial, want ...baselines.Flag) {
	t.Helper()
	if diff := cmp.Diff(want, trial.Flags, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("flags (-want +got):\n%s", diff)
	}
}

// ledger writes a trial's lines: each request a second after the last one's
// end, and answered within a second, unless told otherwise.
type ledger struct {
	lines []meter.Entry
	now   time.Time
}

type option func(started, finished *meter.Entry)

func agentID(id string) option {
	return func(s, f *meter.Entry) { s.AgentID, f.AgentID = id, id }
}

func estimate(tokens int64) option {
	return func(s, f *meter.Entry) { s.EstimatedInput, f.EstimatedInput = tokens, tokens }
}

func answeredBy(model string) option {
	return func(_, f *meter.Entry) { f.Answered = model }
}

func requestID(id string) option {
	return func(_, f *meter.Entry) { f.RequestID = id }
}

// between sets start and end, in seconds since the trial's begin.
func between(start, end float64) option {
	return func(s, f *meter.Entry) {
		s.Time, f.Time = begin.Add(seconds(start)), begin.Add(seconds(end))
		f.Seconds = end - start
	}
}

var begin = time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func (l *ledger) add(model string, finish func(*meter.Entry), options ...option) {
	if l.now.IsZero() {
		l.now = begin
	}
	started := meter.Entry{Kind: meter.Started, Time: l.now, Request: len(l.lines) + 1, Model: model}
	finished := started
	finished.Kind, finished.Time, finished.Seconds = meter.Finished, l.now.Add(time.Second), 1
	if finish != nil {
		finish(&finished)
	}
	for _, o := range options {
		o(&started, &finished)
	}
	if finished.Tokens != nil {
		if finished.Answered == "" {
			finished.Answered = model
		}
		finished = finished.Repriced(listPrices)
	}
	l.lines = append(l.lines, started)
	if finish != nil {
		l.lines = append(l.lines, finished)
	}
	l.now = l.now.Add(2 * time.Second)
}

func (l *ledger) answered(model string, tokens baselines.Tokens, options ...option) {
	l.add(model, func(e *meter.Entry) { e.Status, e.Tokens = 200, &tokens }, options...)
}

func (l *ledger) cutOff(model string, tokens *baselines.Tokens, options ...option) {
	l.add(model, func(e *meter.Entry) { e.Status, e.Tokens, e.Cut, e.Retry = 200, tokens, true, meter.Network }, options...)
}

func (l *ledger) failed(model string, status int, why meter.RetryClass, options ...option) {
	l.add(model, func(e *meter.Entry) { e.Status, e.Retry = status, why }, options...)
}

// unanswered is a request of which only the started line was written.
func (l *ledger) unanswered(model string, options ...option) { l.add(model, nil, options...) }
