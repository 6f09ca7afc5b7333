package run

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/site"
)

// doubled is the quickstart's table with every price of model-a and model-b
// twice as high.
const doubled = `{
  "schema": "benchgate.prices/v1", "source": "twice as dear", "date": "2026-11-24",
  "models": {
    "model-a": [{"input": 6, "output": 30, "cache_write_5m": 7.5, "cache_write_1h": 12, "cache_read": 0.6}],
    "model-b": [{"input": 10, "output": 50, "cache_write_5m": 12.5, "cache_write_1h": 20, "cache_read": 1}]
  }
}`

// Prices change between a baseline and its candidate. Both are compared at one
// table's, so that a dearer table makes no dearer candidate.
func TestAStoredBaselineIsPricedWithTheCandidatesTable(t *testing.T) {
	if testing.Short() {
		t.Skip("replays 12 trials")
	}
	dir := t.TempDir()
	live, _ := measure(t, dir, config.Flags{Attempts: "3", Mode: "fixed"})
	ledger, err := os.Open(filepath.Join(live.Dir, site.LedgerFile))
	if err != nil {
		t.Fatal(err)
	}
	defer ledger.Close()
	store := baselines.NewDirectory(filepath.Join(dir, "baselines"))
	if err := store.Save(context.Background(), live.Baseline, ledger); err != nil {
		t.Fatal(err)
	}
	if err := store.Promote(context.Background(), live.Baseline.Header.ID); err != nil {
		t.Fatal(err)
	}
	table := filepath.Join(dir, "doubled.json")
	if err := os.WriteFile(table, []byte(doubled), 0o644); err != nil {
		t.Fatal(err)
	}

	o, notices := designOptions(t, dir, config.Flags{From: "stored", Prices: table, Attempts: "1", TaskIDs: []string{"merge-bookings", "count-call-stacks"}})
	o.Now = func() time.Time { return live.Baseline.Header.Created }
	d, err := NewDesign(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	before, _ := live.Baseline.SpentUSD()
	after, known := d.Stored.SpentUSD()
	if !known || math.Abs(after-2*before) > 1e-9 {
		t.Errorf("the baseline cost $%v and costs $%v at twice the prices (known: %v); %v", before, after, known, *notices)
	}
	// The table is one; of it each header has the rates of its own model.
	if b, c := d.Stored.Header.Prices, d.Headers[baselines.Candidate].Prices; b.Source != c.Source || b.Digest != c.Digest {
		t.Errorf("the arms are priced with %+v and %+v", b, c)
	}
}

func TestALedgerThatDoesNotAddUpReplacesNothing(t *testing.T) {
	usd := 0.5
	r := &baselines.Run{
		Header: baselines.Header{ID: "r-baseline", Variant: baselines.Variant{Model: "claude-opus-4-8"}, Prices: baselines.Prices{Source: "old", Digest: "sha256:old"}},
		Trials: []baselines.Trial{{Task: "a", Attempt: 1, Try: 1, CostUSD: &baselines.CostUSD{Main: usd}, Tokens: &baselines.Tokens{Input: 1}}},
	}
	warning := reprice(r, nil, prices.Default())
	if !strings.Contains(warning, "keeps the prices it was measured with (old)") || r.Trials[0].CostUSD.Main != usd || r.Header.Prices.Source != "old" {
		t.Errorf("warning %q, cost %v, prices %v", warning, *r.Trials[0].CostUSD, r.Header.Prices)
	}
}
