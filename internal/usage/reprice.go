package usage

import (
	"math"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/prices"
)

// Reprice gives a recorded trial the dollars that another price table says,
// from its ledger lines; tokens, requests and all else stay. In holds the
// variant's model and the agent's small models, as [Fill] had them.
//
// It returns false, and the trial as it was, when the lines do not give the
// dollars that were recorded: then they are not all there, or telemetry knew
// better what a request was for.
func Reprice(t baselines.Trial, ledger []meter.Entry, in Input, table *prices.Table) (baselines.Trial, bool) {
	if t.CostUSD == nil && t.Tokens == nil {
		return t, true // nothing was billed, so nothing is priced
	}
	in.Ledger = ledger
	if t.CostUSD != nil && !sameMoney(*t.CostUSD, in) {
		return t, false
	}
	in.Ledger, in.Price = repriced(ledger, table), nil
	again := billOf(t, in)
	t.CostUSD, t.Models = again.CostUSD, again.Models
	t.Flags = without(t.Flags, baselines.CostUnknown)
	if again.CostUSD == nil {
		flag(&t, baselines.CostUnknown)
	}
	// The views were compared at the old prices.
	t.Agreement = nil
	return t, true
}

// billOf books the lines on a trial of their own.
func billOf(t baselines.Trial, in Input) baselines.Trial {
	bill := baselines.Trial{Started: t.Started}
	if len(in.Ledger) == 0 {
		bill.CostUSD = new(baselines.CostUSD)
		return bill
	}
	fillFromMeter(&bill, in, readLedger(in, telemetry{}))
	return bill
}

// repriced sets each line's dollars anew; those of a request that never came
// back are its estimated input's.
func repriced(ledger []meter.Entry, table *prices.Table) []meter.Entry {
	out := make([]meter.Entry, len(ledger))
	for i, e := range ledger {
		e.USD = nil
		if usd, ok := e.Price(table); ok {
			e.USD = &usd
		} else if e.Tokens == nil && (e.Kind == meter.Started || e.Cut) {
			if usd, ok := e.EstimatedPrice(table); ok {
				e.USD = &usd
			}
		}
		out[i] = e
	}
	return out
}

// sameMoney holds the recorded dollars against the lines' own, by role, to a
// millionth of a dollar. Estimates are left out: the table that made them is
// not at hand.
func sameMoney(recorded baselines.CostUSD, in Input) bool {
	in.Price = func(string, time.Time, baselines.Tokens) (float64, bool) { return 0, true }
	lines := billOf(baselines.Trial{}, in).CostUSD
	near := func(x, y float64) bool { return math.Abs(x-y) < 1e-6 }
	return lines != nil && near(recorded.Main, lines.Main) && near(recorded.Subagent, lines.Subagent) && near(recorded.Auxiliary, lines.Auxiliary)
}

func without(flags []baselines.Flag, gone baselines.Flag) []baselines.Flag {
	var kept []baselines.Flag
	for _, f := range flags {
		if f != gone {
			kept = append(kept, f)
		}
	}
	return kept
}
