package run

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/site"
	"github.com/benchgate/benchgate/internal/trial"
	"github.com/benchgate/benchgate/internal/usage"
)

// reprice gives a run the dollars of another table, from its ledger, so that
// two runs are compared at one table's prices whenever each was measured. The
// run is changed in place. A run of that table stays as it is; where the
// ledger does not give the dollars that were recorded, the warning says so and
// those stay.
func reprice(r *baselines.Run, ledger []meter.Entry, table *prices.Table) (warning string) {
	if r.Header.Prices.Digest == table.Ref().Digest {
		return ""
	}
	lines := make(map[string][]meter.Entry)
	for _, e := range ledger {
		lines[e.Trial] = append(lines[e.Trial], e)
	}
	in := usage.Input{Model: r.Header.Variant.Model}
	if row, err := agent.Lookup(r.Header.Variant.Agent.Name); err == nil {
		in.SmallModels = row.SmallModels
	}
	trials := make([]baselines.Trial, len(r.Trials))
	for i, t := range r.Trials {
		var ok bool
		trials[i], ok = usage.Reprice(t, lines[trial.ID(measuredAs(r.Header), t.Task, t.Attempt, t.Try)], in, table)
		if !ok {
			return fmt.Sprintf("run %s keeps the prices it was measured with (%s): its ledger does not give the dollars of %s #%d", r.Header.ID, r.Header.Prices.Source, t.Task, t.Attempt)
		}
	}
	r.Trials, r.Header.Prices = trials, pricesOf(table, r.Header.Variant, r.Header.Created)
	return ""
}

// pricesOf are the prices that a run's header has: the table's name, and the rates
// of the variant's model and of those that its agent asks beside it.
func pricesOf(table *prices.Table, v baselines.Variant, at time.Time) baselines.Prices {
	models := []string{v.Model}
	if row, err := agent.Lookup(v.Agent.Name); err == nil {
		models = append(models, row.SmallModels...)
	}
	return table.RefFor(at, models...)
}

// measuredAs is the arm a run was measured as: accepting it as a baseline
// changes its header, not the names in its ledger.
func measuredAs(h baselines.Header) baselines.Arm {
	if strings.HasSuffix(h.ID, "-"+string(baselines.Candidate)) {
		return baselines.Candidate
	}
	return baselines.Baseline
}

// repriceStored reprices a stored run with the ledger that was stored with it.
func repriceStored(ctx context.Context, store baselines.Store, r *baselines.Run, table *prices.Table) (warning string, err error) {
	if r.Header.Prices.Digest == table.Ref().Digest {
		return "", nil
	}
	file, err := store.Ledger(ctx, r.Header.ID)
	if errors.Is(err, baselines.ErrNotFound) {
		return fmt.Sprintf("baseline %s was saved without its ledger and keeps the prices it was measured with (%s)", r.Header.ID, r.Header.Prices.Source), nil
	}
	if err != nil {
		return "", err
	}
	defer file.Close()
	ledger, err := meter.ReadLedger(file, "ledger of baseline "+r.Header.ID)
	if err != nil {
		return "", err
	}
	return reprice(r, ledger, table), nil
}

// AtOnePrice gives runs that were read from these files the dollars of one
// table, when they were measured with different ones: the embedded table, with
// the user's own file over it. It says what could not be priced anew.
func AtOnePrice(ownPrices string, runs map[string]*baselines.Run) (warnings []string, err error) {
	digests := make(map[string]bool)
	for _, r := range runs {
		digests[r.Header.Prices.Digest] = true
	}
	if len(digests) < 2 {
		return nil, nil
	}
	table, err := prices.Load(ownPrices)
	if err != nil {
		return nil, err
	}
	for _, file := range slices.Sorted(maps.Keys(runs)) {
		warning, err := repriceFile(file, runs[file], table)
		if err != nil {
			return nil, err
		}
		if warning != "" {
			warnings = append(warnings, warning)
		}
	}
	return warnings, nil
}

// repriceFile reprices a run that was read from a file with the ledger beside
// it.
func repriceFile(file string, r *baselines.Run, table *prices.Table) (warning string, err error) {
	if r.Header.Prices.Digest == table.Ref().Digest {
		return "", nil
	}
	ledger, err := os.Open(filepath.Join(filepath.Dir(file), site.LedgerFile))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Sprintf("%s has no %s beside it and keeps the prices it was measured with (%s)", file, site.LedgerFile, r.Header.Prices.Source), nil
	}
	if err != nil {
		return "", err
	}
	defer ledger.Close()
	lines, err := meter.ReadLedger(ledger, ledger.Name())
	if err != nil {
		return "", err
	}
	return reprice(r, lines, table), nil
}
