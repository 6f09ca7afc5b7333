package site

import (
	"maps"
	"slices"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/report"
)

// billOf sums ledger lines by the model that answered. It counts what has no
// sum: requests whose answer was broken off, and those that got none.
func billOf(entries []meter.Entry, table *prices.Table) report.Bill {
	bill := report.Bill{Unpriced: make(map[string]int), Failed: make(map[string]int)}
	models := make(map[string]*report.BillLine)
	for _, e := range entries {
		switch {
		case e.Kind != meter.Finished:
			continue
		case e.Cut:
			bill.BrokenOff++
		case e.Tokens == nil && len(e.Unknown) == 0:
			bill.Failed[string(e.Retry)]++
		}
		if e.USD == nil {
			for _, what := range e.Unpriced(table) {
				bill.Unpriced[what]++
			}
		}
		for i, share := range e.Shares() {
			line := models[share.Model]
			if line == nil {
				line = &report.BillLine{Model: share.Model, USD: new(float64)}
				models[share.Model] = line
			}
			if i == 0 {
				line.Requests++
			}
			add(line, share.Tokens, share.USD)
		}
	}
	rest, unpriced := restOf(entries, table)
	bill.Rest = rest
	for _, what := range unpriced {
		bill.Unpriced[what]++
	}
	for _, name := range slices.Sorted(maps.Keys(models)) {
		bill.Lines = append(bill.Lines, *models[name])
	}
	return bill
}

// restOf is what requests that were cut may have cost above what they reported, and
// why that is not known of some.
func restOf(entries []meter.Entry, table *prices.Table) (rest report.Rest, unpriced []string) {
	estimates := meter.Estimates(entries, table)
	for _, e := range entries {
		estimate, cut := estimates[e.Request]
		if e.Kind != meter.Finished || !cut {
			continue
		}
		if e.Tokens == nil {
			unpriced = append(unpriced, estimate.Missing...)
		}
		reported := 0.0
		if e.USD != nil {
			reported = *e.USD
		}
		rest.USD += max(0, estimate.USD-reported)
		rest.Low += max(0, estimate.Low-reported)
		rest.High += max(0, estimate.High-reported)
	}
	return rest, unpriced
}

// add adds one request's share to a model's line. A share without a price leaves the
// whole line without one.
func add(line *report.BillLine, tokens baselines.Tokens, usd *float64) {
	line.Tokens = line.Tokens.Add(tokens)
	if usd == nil || line.USD == nil {
		line.USD = nil
		return
	}
	*line.USD += *usd
}
