package run

import (
	"path/filepath"
	"time"

	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/report"
)

// Uncosted reports whether the configuration measures without dollars: it gates no
// cost, and bounds the run by its requests.
func Uncosted(c *config.Config) bool {
	p := c.Policy(1)
	return p.TypicalCostMaxRatio == 0 && p.CostPerSolvedMaxRatio == 0 && c.Limits.Requests > 0
}

// ModelPrices are the prices of the models that the configuration names, the
// baseline's first; an agent that has no model, or a name for it that only it can
// resolve, has none.
func ModelPrices(o Options) ([]report.ModelPrice, error) {
	table, err := prices.Load(o.Config.Prices)
	if err != nil {
		return nil, err
	}
	return modelPrices(table, o), nil
}

func modelPrices(table *prices.Table, o Options) []report.ModelPrice {
	var all []report.ModelPrice
	for _, v := range o.Config.Measured() {
		row, err := agent.Lookup(v.Agent.Name)
		if err == nil && row.AskedModel(v.Model) != "" && (row.AsksModel() || row.Replays) && !named(all, v.Model) {
			all = append(all, priceOf(v.Model, table, o))
		}
	}
	return all
}

func named(all []report.ModelPrice, model string) bool {
	for _, p := range all {
		if p.Model == model {
			return true
		}
	}
	return false
}

// priceOf is the model's row in the table at this time.
func priceOf(model string, table *prices.Table, o Options) report.ModelPrice {
	p := report.ModelPrice{Model: model}
	row, ok := table.Row(model, o.Now())
	if !ok {
		if from, later := table.NotYet(model, o.Now()); later {
			p.From = from.Format(time.DateOnly)
		}
		return p
	}
	p.PerMillion = &row.Rates
	if p.Date = row.Date.Format(time.DateOnly); !row.From.IsZero() {
		p.Date = row.From.Format(time.DateOnly)
	}
	row.File = o.Config.Shown(row.File)
	p.Source = row.Source()
	return p
}

// PriceHelp says which lines to add for models without a price; see [ModelPrices].
func PriceHelp(without []report.ModelPrice, o Options) string {
	return unpriced(without, o.Config, 0, o.Now())
}

func unpriced(without []report.ModelPrice, c *config.Config, trials int, at time.Time) string {
	return report.Unpriced{
		Models: without, Date: at.UTC().Format(time.DateOnly), Prices: c.Shown(c.Prices), Config: filepath.ToSlash(c.File), Trials: trials,
	}.Text()
}
