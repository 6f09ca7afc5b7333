package main

import (
	"fmt"
	"strings"

	"github.com/benchgate/benchgate/internal/config"
)

// limitFindings are what bounds a run that asks a model: dollars, tokens, requests and
// minutes, as the configuration and flags have them.
func limitFindings(c *config.Config) []finding {
	if c == nil || len(askingAgents(c)) == 0 {
		return nil
	}
	var given []string
	add := func(is bool, format string, amount any) {
		if is {
			given = append(given, fmt.Sprintf(format, amount))
		}
	}
	l := c.Limits
	if l.USD != nil {
		add(true, "$%g the whole run", *l.USD)
	}
	if l.USDPerTrial != nil {
		add(true, "$%g a trial", *l.USDPerTrial)
	}
	add(l.TokensPerTrial > 0, "%d tokens a trial", l.TokensPerTrial)
	add(l.Requests > 0, "%d requests", l.Requests)
	add(l.Minutes > 0, "%g minutes", l.Minutes)
	if len(given) == 0 {
		return []finding{{what: "limits", says: "none", do: "limits.usd and limits.usd_per_trial, or --usd and --usd-per-trial, bound what a run costs"}}
	}
	return []finding{{what: "limits", says: strings.Join(given, ", ")}}
}
