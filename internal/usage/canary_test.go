package usage_test

import (
	"slices"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/usage"
)

// What each canary says of a trial whose agent asked for one model and may have
// used others.
func TestCanariesOfModels(t *testing.T) {
	const opus = "claude-opus-4-8"
	some := baselines.Tokens{Input: 1}
	tests := map[string]struct {
		asked    string
		requests func(*ledger)
		want     []baselines.Flag
	}{
		"the model that was asked": {opus, func(l *ledger) { l.answered(opus, some, answeredBy(opus)) }, nil},
		"its dated name":           {opus, func(l *ledger) { l.answered(opus, some, answeredBy(opus+"-20261120")) }, nil},
		"its large context":        {opus, func(l *ledger) { l.answered(opus+"[1m]", some, answeredBy(opus)) }, nil},
		"a gateway's name of it": {opus, func(l *ledger) {
			l.answered("anthropic/"+opus, some, answeredBy("us.anthropic.claude-opus-4-8-20261120-v1:0"))
			l.answered(opus, some, answeredBy("claude-opus-4-8@20261120"))
			l.answered("anthropic/claude-opus-4.8", some, answeredBy(opus))
		}, nil},
		"the newest of a name": {"claude-3-7-sonnet-latest", func(l *ledger) {
			l.answered("claude-3-7-sonnet-latest", some, answeredBy("claude-3-7-sonnet-20250219"))
		}, nil},
		"the first of its number":   {"claude-opus-4-0", func(l *ledger) { l.answered("claude-opus-4-0", some, answeredBy("claude-opus-4-20250514")) }, nil},
		"a gateway's own word":      {"prod-coder", func(l *ledger) { l.answered("prod-coder", some, answeredBy(opus)) }, nil},
		"another model answers":     {opus, func(l *ledger) { l.answered(opus, some, answeredBy(sonnet)) }, []baselines.Flag{baselines.OtherModel}},
		"a newer one that is asked": {"claude-opus-6", func(l *ledger) { l.answered("claude-opus-6", some, answeredBy(opus)) }, []baselines.Flag{baselines.OtherModel}},
		"one of its date only":      {opus, func(l *ledger) { l.answered(opus, some, answeredBy("claude-opus-4-20261120")) }, []baselines.Flag{baselines.OtherModel}},
		"housekeeping by another":   {opus, func(l *ledger) { l.answered(haiku, some, answeredBy("claude-haiku-5-5")) }, nil},
		"a small model":             {opus, func(l *ledger) { l.answered(haiku+"-20251001", some) }, nil},
		"a small model's subagent":  {opus, func(l *ledger) { l.answered(haiku, some, agentID("a")) }, nil},
		"another model is asked":    {opus, func(l *ledger) { l.answered("claude-fable-5", some) }, []baselines.Flag{baselines.OtherModelAsked}},
		"another, and refused":      {opus, func(l *ledger) { l.failed("claude-fable-5", 404, meter.NoModel) }, []baselines.Flag{baselines.OtherModelAsked}},
		"a subagent of another":     {opus, func(l *ledger) { l.answered(sonnet, some, agentID("a")) }, []baselines.Flag{baselines.OtherModelAsked}},
		"what an alias stands for":  {"", func(l *ledger) { l.answered(opus, some); l.answered(sonnet, some) }, nil},
		"a fallback, and on with it": {opus, func(l *ledger) {
			l.failed(opus, 529, meter.Overloaded)
			l.answered(sonnet, some)
			l.answered(sonnet, some)
		}, []baselines.Flag{baselines.FallbackModel}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var l ledger
			tt.requests(&l)
			trial := fill(usage.Input{Model: opus, AskedModel: tt.asked, SmallModels: []string{haiku, "claude-haiku-5-5"}, Ledger: l.lines, NoTelemetry: true})
			got := slices.DeleteFunc(trial.Flags, func(f baselines.Flag) bool { return f == baselines.CostUnknown })
			if !slices.Equal(got, tt.want) {
				t.Errorf("flags %v, want %v", got, tt.want)
			}
		})
	}
}

// An agent that got answers and called no tool is flagged, unless it or its
// telemetry says why.
func TestCanaryOfToolCalls(t *testing.T) {
	zero, two := 0, 2
	transcript := func(calls *int) *usage.AgentResult { return &usage.AgentResult{ToolCalls: calls, ToolErrors: &zero} }
	tests := map[string]struct {
		agent    *usage.AgentResult
		finished bool
		answered bool
		want     bool
	}{
		"no call":                       {transcript(&zero), true, true, true},
		"calls":                         {transcript(&two), true, true, false},
		"ended for a reason":            {transcript(&zero), false, true, false},
		"never answered":                {transcript(&zero), true, false, false},
		"an agent that has no such":     {nil, true, true, false},
		"a transcript without messages": {&usage.AgentResult{}, true, true, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var l ledger
			if tt.answered {
				l.answered(sonnet, baselines.Tokens{Input: 1})
			} else {
				l.failed(sonnet, 500, meter.ServerError)
			}
			trial := fill(usage.Input{Model: sonnet, Ledger: l.lines, Agent: tt.agent, Finished: tt.finished})
			if got := trial.Flagged(baselines.NoToolCall); got != tt.want {
				t.Errorf("flagged %v, want %v", got, tt.want)
			}
		})
	}
}

// Calls that failed validation are in the transcript only: nine calls were tried,
// and telemetry has none of them.
func TestCallsThatFailedValidationAreCalls(t *testing.T) {
	c := readCapture(t, "b-tool-failures")
	c.input.Finished = true
	if trial := fill(c.input); trial.Flagged(baselines.NoToolCall) {
		t.Errorf("flags %v of a session with calls", trial.Flags)
	}
	c.input.Records.Events, c.input.Records.Spans = c.input.Records.Events[:1], nil
	if trial := fill(c.input); trial.Flagged(baselines.NoToolCall) || *trial.ToolCalls != 0 {
		t.Errorf("flags %v, %d calls in telemetry, where the transcript has some", trial.Flags, *trial.ToolCalls)
	}
	c.input.Agent.ToolCalls = new(int)
	if trial := fill(c.input); !trial.Flagged(baselines.NoToolCall) {
		t.Errorf("flags %v, where neither telemetry nor the transcript has a call", trial.Flags)
	}
}

func TestAnAgentWithoutTelemetryIsNotMissedForIt(t *testing.T) {
	for none, want := range map[bool]bool{true: false, false: true} {
		if trial := fill(usage.Input{Model: sonnet, NoTelemetry: none}); trial.Flagged(baselines.TelemetryMissing) != want {
			t.Errorf("sends none by nature %v: flags %v", none, trial.Flags)
		}
	}
}
