package site

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/report"
)

// What a model's requests cost is known only when each of them has a price.
// What has no usage is counted and in no sum.
func TestABillSumsWhatIsKnown(t *testing.T) {
	answer := func(asked, answered string, output int64, usd *float64) meter.Entry {
		return meter.Entry{Kind: meter.Finished, Model: asked, Answered: answered, Tokens: &baselines.Tokens{Output: output}, USD: usd}
	}
	cut := answer("a", "a", 5, new(0.5))
	cut.Cut = true
	got := billOf([]meter.Entry{
		{Kind: meter.Started, Model: "a"},
		answer("a", "", 10, new(1.0)), answer("a", "b", 20, new(2.0)), answer("b", "b", 30, nil), answer("b", "b", 40, new(4.0)),
		cut,
		{Kind: meter.Finished, Model: "a", Cut: true},
		{Kind: meter.Finished, Model: "a", Retry: meter.Overloaded},
		{Kind: meter.Finished, Model: "c", Unknown: []string{"usage.input_tokens"}},
	}, prices.Default())
	why := map[string]int{"model b": 1, "usage.input_tokens": 1}
	want := report.Bill{BrokenOff: 2, Failed: map[string]int{"overloaded": 1}, Unpriced: why, Lines: []report.BillLine{
		{Model: "a", Requests: 2, Tokens: baselines.Tokens{Output: 15}, USD: new(1.5)},
		{Model: "b", Requests: 3, Tokens: baselines.Tokens{Output: 90}},
		{Model: "c", Requests: 1},
	}}
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		t.Errorf("the bill (-want +got):\n%s", diff)
	}
}
