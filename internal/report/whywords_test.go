package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
)

func at(x float64) *float64 { return &x }

func between(w compare.Why) gate.Verdict {
	v := gate.Verdict{Why: &w}
	v.Baseline.Variant.Name, v.Candidate.Variant.Name = "old", "new"
	v.Baseline.Variant.Model, v.Candidate.Variant.Model = "old", "new"
	return v
}

func TestWhatAFailureMayCostInWords(t *testing.T) {
	limits := func(low, high *float64) compare.BreakEven {
		return compare.BreakEven{USD: at(0.0831), Low: low, High: high, Level: 0.9, Cheaper: compare.CheaperBelow}
	}
	for _, tt := range []struct {
		b    compare.BreakEven
		want string
	}{
		{limits(at(0.0389), at(0.177)), "new is the cheaper one only if an unsolved task costs you less than $0.083 (90% interval $0.039 to $0.18)"},
		{limits(nil, at(12.345)), "new is the cheaper one only if an unsolved task costs you less than $0.083 (90% interval up to $12.35)"},
		{limits(at(0.0389), nil), "new is the cheaper one only if an unsolved task costs you less than $0.083 (90% interval from $0.039 on, without an upper end)"},
		{limits(nil, nil), "new is the cheaper one only if an unsolved task costs you less than $0.083 (90% interval open at both ends: so few trials rule out no price)"},
		{compare.BreakEven{USD: at(0.0831), Cheaper: compare.CheaperBelow}, "new is the cheaper one only if an unsolved task costs you less than $0.083"},
		{compare.BreakEven{USD: at(1.5), Low: at(1), High: at(2), Level: 0.9, Cheaper: compare.CheaperAbove}, "new is worth it from $1.50 an unsolved task on (90% interval $1.00 to $2.00)"},
		{compare.BreakEven{Cheaper: compare.CheaperCandidate}, "new was the cheaper one in these trials, whatever an unsolved task costs you"},
		{compare.BreakEven{Cheaper: compare.CheaperBaseline}, "old was the cheaper one in these trials, whatever an unsolved task costs you"},
		{compare.BreakEven{Cheaper: compare.CheaperNeither}, ""},
	} {
		if got := breakEven(between(compare.Why{BreakEven: tt.b}), limitsOf); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.b.Cheaper, got, tt.want)
		}
	}
}

func TestTheFactorsInWords(t *testing.T) {
	for _, tt := range []struct {
		f                   compare.Factors
		baseline, candidate int // solved
		want                string
	}{
		{compare.Factors{CostPerTrial: at(0.8465), Solved: at(0.5882)}, 17, 10, "×0.85 cost of a trial ÷ ×0.59 solved = ×1.44 per solved task (what a correct result costs once the failed tries are paid for)"},
		{compare.Factors{CostPerTrial: at(0.8465), Solved: at(0)}, 17, 0, "×0.85 cost of a trial; the candidate solved no task"},
		{compare.Factors{CostPerTrial: at(0.8465)}, 0, 10, "×0.85 cost of a trial; the baseline solved no task"},
		{compare.Factors{CostPerTrial: at(0.8465)}, 0, 0, "×0.85 cost of a trial; neither side solved a task"},
		{compare.Factors{Solved: at(0.5882)}, 17, 10, "the baseline cost nothing"},
	} {
		v := between(compare.Why{Factors: tt.f})
		v.Tasks = []gate.TaskRow{{Baseline: gate.TaskSide{Solved: tt.baseline, Attempts: 18}, Candidate: gate.TaskSide{Solved: tt.candidate, Attempts: 18}}}
		if got := factors(v); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

// The parts are rounded one by one: what is left out or does not add up is said.
func TestThePartsInWords(t *testing.T) {
	whole := compare.Why{
		TrialUSD: compare.Arms{Baseline: 0.2105, Candidate: 0.1782}, RequestsPerTrial: &compare.Arms{Baseline: 8, Candidate: 3.89}, PriceRatio: at(1.667),
		PerTrial: &compare.PerTrial{Price: at(0.1064), Requests: -0.1477, CacheWrite: at(0.0160), CacheRead: at(-0.00554), Output: at(-0.0014), Input: at(-0.0003), Other: 0.0001},
	}
	byRequest := compare.Why{TrialUSD: compare.Arms{Baseline: 2, Candidate: 3}, PerTrial: &compare.PerTrial{Requests: 1.5, PerRequest: at(-0.75), Other: 0.25}}
	large := compare.Why{TrialUSD: compare.Arms{Baseline: 5278, Candidate: 3960}, PerTrial: &compare.PerTrial{PerRequest: at(-1318.19)}}
	for _, tt := range []struct {
		w    compare.Why
		want []string
	}{
		{large, []string{"what a request costs −$1,318.19", "together −$1,318.19"}},
		{whole, []string{
			"prices of the model (×1.67) +$0.106", "requests (8.0 → 3.9 a trial) −$0.148", "cache written a request +$0.016",
			"cache read a request −$0.006", "output and input a request −$0.002", "together, before rounding −$0.032",
		}},
		{byRequest, []string{"requests +$1.50", "what a request costs −$0.75", "unfinished requests and other +$0.25", "together +$1.00"}},
	} {
		var got []string
		for _, part := range viewWhy(between(tt.w)).parts {
			got = append(got, part.label+" "+part.usd)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("parts (-want +got):\n%s", diff)
		}
	}
}

func TestWhyInOneLine(t *testing.T) {
	w := compare.Why{
		Factors:   compare.Factors{CostPerTrial: at(0.8465), Solved: at(0.5882)},
		BreakEven: compare.BreakEven{USD: at(0.0831), Low: at(0.04), Level: 0.9, Cheaper: compare.CheaperBelow},
	}
	want := "a trial costs ×0.85, solved ×0.59; cheaper only if an unsolved task costs you less than $0.083"
	if got := whyLine(between(w)); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	w.Factors.Solved = nil // the baseline solved nothing
	want = "a trial costs ×0.85; cheaper only if an unsolved task costs you less than $0.083"
	if got := whyLine(between(w)); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := whyLine(gate.Verdict{}); got != "" {
		t.Errorf("of nothing it says %q", got)
	}
}

// What a document brings is shown as text, whatever it is.
func TestNamesInTheWhyAreNoMarkdown(t *testing.T) {
	v := between(compare.Why{PriceRatio: at(2), RatioAtEqualPrices: at(0.5), BreakEven: compare.BreakEven{Cheaper: compare.CheaperCandidate}})
	v.Baseline.Variant.Name, v.Candidate.Variant.Name = "<img src=x>", "@octocat ::error::"
	m := &markdown{}
	m.why(v)
	if out := m.String(); strings.Contains(out, "<img") || strings.Contains(out, "@octocat") {
		t.Errorf("a name is Markdown:\n%s", out)
	}
}
