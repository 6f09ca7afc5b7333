package report_test

import (
	"slices"
	"testing"

	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
)

// What is said of a bill above the margin names the trials that made it.
func TestWordsOfADearBill(t *testing.T) {
	ratio, margin := 5.6, 1.5
	fact := compare.Fact{
		Code: gate.BillHigh, Value: &ratio, Margin: &margin, Count: 1,
		Trials: []compare.TrialCost{{Task: "fix-git", Attempt: 2, USD: 210, UsualUSD: 0.21}},
	}
	passed := gate.Verdict{Outcome: gate.Pass, Caveats: []compare.Fact{fact}}
	report.Explain(&passed)
	want := "Every task once: ×5.60, above the typical cost's margin of +50.0%, though chance may explain it; it would not be without fix-git attempt 2 ($210, baseline $0.21)"
	if !slices.Equal(passed.Warnings, []string{want}) {
		t.Errorf("a pass warns %q, want %q", passed.Warnings, want)
	}

	fact.Code, fact.Count = gate.BillWorse, 8
	for attempt := 3; attempt < 9; attempt++ {
		fact.Trials = append(fact.Trials, compare.TrialCost{Task: "sum", Attempt: attempt, USD: 2, UsualUSD: 1})
	}
	withheld := gate.Verdict{Outcome: gate.Inconclusive, Held: []compare.Fact{fact}}
	report.Explain(&withheld)
	want = "Every task once: ×5.60, beyond what chance explains and above the typical cost's margin of +50.0%: no pass; it would not be without fix-git attempt 2 ($210, baseline $0.21), " +
		"sum attempt 3 ($2.00, baseline $1.00), sum attempt 4 ($2.00, baseline $1.00), sum attempt 5 ($2.00, baseline $1.00), sum attempt 6 ($2.00, baseline $1.00) and 3 more"
	if !slices.Contains(withheld.Reasons, want) {
		t.Errorf("a withheld pass says %q, want %q", withheld.Reasons, want)
	}
}
