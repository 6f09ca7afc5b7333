package report_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/report"
)

// Below the models' rows stands what each kind of token cost, housekeeping included,
// and what tools of the model's server cost. Dollars that are not known have no row.
func TestABillHasDollarsByKind(t *testing.T) {
	usd := 0.0445 + 0.01
	bill := report.Bill{
		Lines: []report.BillLine{{Model: "claude-opus-4-8", Requests: 2, Tokens: baselines.Tokens{Input: 1000, Output: 400, CacheRead: 20000, CacheWrite5m: 2000, CacheWrite1h: 700}, USD: &usd}},
		Trial: baselines.Trial{USDByKind: &baselines.USDByKind{
			Compared:  baselines.KindUSD{Input: 0.004, Output: 0.01, CacheRead: 0.01, CacheWrite5m: 0.0125, CacheWrite1h: 0.007, Estimated: 0.3},
			Auxiliary: &baselines.KindUSD{Input: 0.001, WebSearch: 0.01},
		}},
	}
	var text bytes.Buffer
	if err := report.WriteBill(&text, bill); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\nin dollars                 0.0050  0.0100  0.0100      0.0195       0.0445\n", "\nserver  web search $0.0100\n"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the bill lacks %q:\n%s", want, &text)
		}
	}
	bill.Trial.USDByKind = nil
	text.Reset()
	if err := report.WriteBill(&text, bill); err != nil || strings.Contains(text.String(), "in dollars") || strings.Contains(text.String(), "server") {
		t.Errorf("%v; dollars by kind, which are not known:\n%s", err, &text)
	}
}
