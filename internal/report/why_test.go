package report_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/report"
)

// quickstart is the verdict on the two runs of examples/quickstart, in full.
func quickstart(t testing.TB) gate.Verdict {
	t.Helper()
	read := func(arm string) *baselines.Run {
		r, err := baselines.ReadFile(filepath.Join("..", "..", "docs", "testdata", "quickstart-"+arm+".jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	v := gate.Decide(gate.DefaultPolicy(6), read("baseline"), read("candidate"))
	report.Explain(&v)
	return v
}

// Other programs read these keys.
func TestTheDocumentSaysWhyTheBillMoved(t *testing.T) {
	document := encode(t, quickstart(t))
	stored, err := report.Decode(strings.NewReader(document), "verdict.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(quickstart(t).Why, stored.Why); diff != "" {
		t.Errorf("why (-verdict +stored):\n%s", diff)
	}
	var got struct{ Why map[string]any }
	if err := json.Unmarshal([]byte(document), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"factors":               map[string]any{"cost_per_trial": 0.8465, "solved": 0.5882},
		"trial_usd":             map[string]any{"baseline": 0.2105, "candidate": 0.1782},
		"requests_per_trial":    map[string]any{"baseline": 8.0, "candidate": 3.8889},
		"per_trial_usd":         map[string]any{"price": 0.1064, "requests": -0.1477, "cache_write": 0.0160, "cache_read": -0.0055, "output": -0.0015, "input": 0.0, "other": 0.0},
		"price_ratio":           1.6667,
		"ratio_at_equal_prices": 0.8634,
		"unsolved_share":        map[string]any{"baseline": 0.1238, "candidate": 0.6522},
		"break_even":            map[string]any{"usd_per_unsolved": 0.0831, "low": 0.0389, "high": 0.1770, "level": 0.9, "cheaper": "candidate_below"},
	}
	if diff := cmp.Diff(want, got.Why, cmpopts.EquateApprox(0, 6e-5)); diff != "" {
		t.Errorf("why in the document (-want +got):\n%s", diff)
	}
}
