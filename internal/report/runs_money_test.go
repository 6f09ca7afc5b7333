package report_test

import (
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/report"
)

// A report says which dollars are estimates, and why others are not known.
func TestRunsSayWhatTheirMoneyLeavesOpen(t *testing.T) {
	runs := attempts()
	cut := &runs[0].Trials[1]
	cut.CostUSD.Unfinished = 0.5
	cut.Unfinished = &baselines.UnfinishedRequests{Requests: 2, LowUSD: 0.25, HighUSD: 1, OutputTokens: 20_000}
	for i := range runs[1].Trials {
		trial := &runs[1].Trials[i]
		trial.CostUSD = nil
		trial.Unpriced = map[string]int{"usage.audio_tokens": 1, "speed=fast": 2} // an API chose the names
	}
	var b strings.Builder
	if err := report.Runs(&b, runs, report.FormatText, report.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"2 model requests cut off before the usage was told: $0.50 of the cost, which may have been $0.25 to $1.00.",
		"the cost of 1 of 1 trial is not known: speed=fast (2 requests), usage.audio_tokens (1 request).",
	} {
		if !strings.Contains(strings.Join(strings.Fields(b.String()), " "), want) {
			t.Errorf("nothing says %q:\n%s", want, b.String())
		}
	}
}
