package main

import (
	"strings"
	"time"

	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/run"
)

// priceFindings are the prices of the configured models that would be asked. One
// without a price keeps a run from starting, as the run itself says.
func priceFindings(c *config.Config) []finding {
	if c == nil || len(askingAgents(c)) == 0 {
		return nil
	}
	o := run.Options{Config: c, Now: time.Now}
	prices, err := run.ModelPrices(o)
	if err != nil {
		return []finding{{what: "prices", says: firstLine(err), bad: true}}
	}
	var findings []finding
	for _, price := range prices {
		f := finding{what: "price", says: price.Model + ": " + report.PriceLine(price)}
		switch {
		case price.PerMillion != nil:
		case run.Uncosted(c):
			f.do = "none needed: no cost is gated, and limits.requests bounds the run"
		case c.Alone() == "" && c.From != config.Live && price.Model == c.Baseline.Model && price.Model != c.Candidate.Model:
			f.do = "a stored baseline keeps its costs; one that is measured live needs a price"
		default:
			f.bad = true
			_, f.lines, _ = strings.Cut(run.PriceHelp([]report.ModelPrice{price}, o), "\n\n")
		}
		findings = append(findings, f)
	}
	return findings
}
