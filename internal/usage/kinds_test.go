package usage_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/usage"
)

// Each kind has what it was billed, at the price of its request: twice the list's in
// fast mode, half of it in a batch. What was estimated of a request that was cut is
// of no kind of token.
func TestDollarsByKind(t *testing.T) {
	tokens := baselines.Tokens{Input: 1e5, Output: 1e4, CacheRead: 1e6, CacheWrite5m: 1e4, CacheWrite1h: 1e4} // .5 .25 .5 .0625 .1
	lines := []meter.Entry{
		priced(meter.Entry{Request: 1, Model: opus, Tokens: &tokens}),
		priced(meter.Entry{Request: 2, Model: opus, Tokens: &tokens, Speed: "fast", AgentID: "a"}),
		priced(meter.Entry{Request: 3, Model: opus, Tokens: &tokens, Tier: "batch", WebSearch: 3}),
		priced(meter.Entry{Request: 4, Model: opus, Tokens: &baselines.Tokens{Input: 1000, Output: 1}, Cut: true, Streamed: &meter.Streamed{Text: 4000}}),
		priced(meter.Entry{Request: 5, Model: "claude-haiku-4-5", Tokens: &baselines.Tokens{Input: 1e6}}),
	}
	trial := fill(usage.Input{Model: opus, SmallModels: []string{"claude-haiku-4-5"}, Ledger: lines, Prices: prices.Default()})
	want := &baselines.USDByKind{
		Compared: baselines.KindUSD{
			Input: 3.5*0.5 + 0.005, Output: 3.5*0.25 + 0.000025, CacheRead: 3.5 * 0.5, CacheWrite5m: 3.5 * 0.0625, CacheWrite1h: 3.5 * 0.1,
			WebSearch: 0.03, Estimated: trial.CostUSD.Unfinished - 0.005025,
		},
		Auxiliary: &baselines.KindUSD{Input: 1},
	}
	if diff := cmp.Diff(want, trial.USDByKind, approx); diff != "" {
		t.Errorf("dollars by kind (-want +got):\n%s", diff)
	}
	addUp(t, trial)

	again, ok := usage.Reprice(trial, lines, usage.Input{Model: opus, SmallModels: []string{"claude-haiku-4-5"}}, prices.Default())
	if diff := cmp.Diff(want, again.USDByKind, approx); !ok || diff != "" {
		t.Errorf("priced again: %v (-want +got):\n%s", ok, diff)
	}
	if gone, ok := usage.Reprice(trial, lines, usage.Input{Model: opus, SmallModels: []string{"claude-haiku-4-5"}}, listPrices); !ok || gone.USDByKind != nil {
		t.Errorf("with a table that lacks a model: %v, %+v", ok, gone.USDByKind)
	}
}

// addUp fails where the kinds are not the trial's dollars.
func addUp(t *testing.T, trial baselines.Trial) {
	t.Helper()
	kinds, auxiliary := trial.USDByKind, 0.0
	if kinds == nil || trial.CostUSD == nil {
		t.Fatalf("kinds %v, cost %v", kinds, trial.CostUSD)
	}
	if kinds.Auxiliary != nil {
		auxiliary = kinds.Auxiliary.Total()
	}
	if math.Abs(kinds.Compared.Total()-trial.CostUSD.Compared()) > 1e-9 || math.Abs(auxiliary-trial.CostUSD.Auxiliary) > 1e-9 {
		t.Errorf("kinds are %v and %v, dollars %+v", kinds.Compared.Total(), auxiliary, *trial.CostUSD)
	}
}

// A trial whose dollars are not known has none by kind, nor has one whose lines were
// priced by another table.
func TestDollarsThatAreNotKnownByKind(t *testing.T) {
	tokens := baselines.Tokens{Input: 1000}
	unknown := priced(meter.Entry{Request: 1, Model: "gpt-9", Tokens: &tokens})
	other := priced(meter.Entry{Request: 1, Model: opus, Tokens: &tokens})
	other.USD = new(1.0)
	for name, line := range map[string]meter.Entry{"no price": unknown, "another table": other} {
		if trial := fill(usage.Input{Model: opus, Ledger: []meter.Entry{line}, Prices: prices.Default()}); trial.USDByKind != nil {
			t.Errorf("%s: %+v", name, trial.USDByKind)
		}
	}
}

// Without a ledger telemetry's tokens have kinds, too, and so have whole sessions.
func TestSessionsByKind(t *testing.T) {
	for _, name := range []string{"a-default-intervals", "d-subagent-foreground", "j-ctx-overflow", "f-reset-mid-stream"} {
		in := readCapture(t, name).input
		addUp(t, fill(in))
		in.Ledger = nil
		addUp(t, fill(in))
	}
}
