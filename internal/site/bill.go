package site

import (
	"cmp"
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
	bill := report.Bill{Unpriced: make(map[string]int)}
	models := make(map[string]*report.BillLine)
	for _, e := range entries {
		switch {
		case e.Kind != meter.Finished:
			continue
		case e.Cut:
			bill.BrokenOff++
		case e.Tokens == nil && len(e.Unknown) == 0:
			bill.Unanswered++
		}
		if e.USD == nil {
			for _, what := range e.Unpriced(table) {
				bill.Unpriced[what]++
			}
		}
		if e.Tokens == nil {
			continue
		}
		name := cmp.Or(e.Answered, e.Model)
		line := models[name]
		if line == nil {
			line = &report.BillLine{Model: name, USD: new(float64)}
			models[name] = line
		}
		add(line, *e.Tokens, e.USD)
	}
	for _, name := range slices.Sorted(maps.Keys(models)) {
		bill.Lines = append(bill.Lines, *models[name])
	}
	return bill
}

// add adds one request to a model's line. A request without a price leaves the
// whole line without one.
func add(line *report.BillLine, tokens baselines.Tokens, usd *float64) {
	line.Requests++
	line.Tokens = line.Tokens.Add(tokens)
	if usd == nil || line.USD == nil {
		line.USD = nil
		return
	}
	*line.USD += *usd
}
