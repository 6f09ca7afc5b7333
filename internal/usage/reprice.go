package usage

import (
	"math"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/prices"
)

// Reprice computes a recorded trial's dollars again from its ledger lines and
// another price table; tokens, requests and everything else stay. In needs
// Model and SmallModels as [Fill] had them; its other fields are not used.
//
// It returns false, and the trial unchanged, when the recorded dollars do not
// follow from the lines' own: then lines are missing, or [Fill] corrected a
// request's role by telemetry, which is not at hand here.
func Reprice(t baselines.Trial, ledger []meter.Entry, in Input, table *prices.Table) (baselines.Trial, bool) {
	if t.CostUSD == nil && t.Tokens == nil {
		return t, true // nothing was billed, so nothing is priced
	}
	in.Ledger = ledger
	if t.CostUSD != nil && !sameMoney(*t.CostUSD, in) {
		return t, false
	}
	in.Ledger, in.Prices = repriced(ledger, table), table
	again := billOf(t, in)
	t.CostUSD, t.Models, t.Unpriced, t.Unfinished = again.CostUSD, again.Models, again.Unpriced, again.Unfinished
	t.USDByKind = again.USDByKind
	for _, f := range []baselines.Flag{baselines.CostUnknown, baselines.UsageUnknown} {
		t.Flags = without(t.Flags, f)
		if again.Flagged(f) {
			flag(&t, f)
		}
	}
	t.Agreement = nil // its dollars are at the old prices
	return t, true
}

// billOf is a trial with only the money and models of the lines.
func billOf(t baselines.Trial, in Input) baselines.Trial {
	bill := baselines.Trial{Started: t.Started}
	if len(in.Ledger) == 0 {
		bill.CostUSD = new(baselines.CostUSD)
		return bill
	}
	fillFromMeter(&bill, in, readLedger(in, telemetry{}))
	return bill
}

// repriced returns the lines with dollars by the table.
func repriced(ledger []meter.Entry, table *prices.Table) []meter.Entry {
	out := make([]meter.Entry, len(ledger))
	for i, e := range ledger {
		out[i] = e.Repriced(table)
	}
	return out
}

// sameMoney reports whether the recorded dollars are the sum of the lines', by
// role, to a millionth of a dollar. Requests that were cut are left out: their
// estimates were made with a price table that is not at hand.
func sameMoney(recorded baselines.CostUSD, in Input) bool {
	var whole []request
	cutRoles := make(map[baselines.Role]bool)
	for _, r := range readLedger(in, telemetry{}) {
		if r.cut() {
			cutRoles[r.role] = true
			continue
		}
		whole = append(whole, r)
	}
	var lines baselines.Trial
	fillFromMeter(&lines, in, whole)
	near := func(x, y float64) bool { return math.Abs(x-y) < 1e-6 }
	return lines.CostUSD != nil &&
		near(recorded.Main, lines.CostUSD.Main) && near(recorded.Subagent, lines.CostUSD.Subagent) &&
		(cutRoles[baselines.RoleAuxiliary] || near(recorded.Auxiliary, lines.CostUSD.Auxiliary))
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
