package usage_test

import (
	"math"
	"os"
	"slices"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/prices"
)

// Every recorded session gives what the server served: its tokens, its dollars where
// every model has a price, also from telemetry alone, where it tells of all requests.
func TestEverySession(t *testing.T) {
	dirs, err := os.ReadDir("testdata/captures")
	if err != nil || len(dirs) < 37 {
		t.Fatalf("%d sessions, %v", len(dirs), err)
	}
	// What their telemetry tells is less than was served, or their models have no price.
	less := []string{"g-kill-midrequest-default", "x-user-settings-env", "x-nested-claude", "f-529-give-up"}
	for _, dir := range dirs {
		t.Run(dir.Name(), func(t *testing.T) {
			c := readCapture(t, dir.Name())
			c.input.Prices = prices.Default()
			for i, line := range c.input.Ledger {
				c.input.Ledger[i] = line.Repriced(prices.Default())
			}
			trial := fill(c.input)
			if *trial.Tokens != c.tokens || trial.Sources["tokens"] != "meter" {
				t.Errorf("tokens %+v from %s, want %+v", *trial.Tokens, trial.Sources["tokens"], c.tokens)
			}
			switch cost := trial.CostUSD; {
			case dir.Name() == "e-price-claude-opus-9-9-20261120":
				if cost != nil || trial.Unpriced["model claude-opus-9-9-20261120"] == 0 {
					t.Errorf("cost %v, unpriced %v", cost, trial.Unpriced)
				}
			case math.Abs(cost.Total()-cost.Unfinished-c.truth.CostListUSD) > 1e-9:
				t.Errorf("whole answers cost %v, want %v", cost.Total()-cost.Unfinished, c.truth.CostListUSD)
			}
			if trial.Flagged(baselines.MeterMissed) || trial.Flagged(baselines.BillDiffers) {
				t.Errorf("flags %v", trial.Flags)
			}

			c.input.Ledger, c.input.Agent = nil, nil
			told := fill(c.input)
			if slices.Contains(less, dir.Name()) || trial.Flagged(baselines.Unfinished) || trial.Flagged(baselines.TelemetryLossy) {
				return
			}
			if told.Tokens == nil || *told.Tokens != c.tokens {
				t.Errorf("telemetry alone tells of %+v, want %+v", told.Tokens, c.tokens)
			}
			if all := c.summed; all != nil && all["input"]+all["output"]+all["cacheRead"]+all["cacheCreation"] != told.Tokens.Total() {
				t.Errorf("telemetry alone tells of %+v, its metrics of %v", told.Tokens, all)
			}
		})
	}
}
