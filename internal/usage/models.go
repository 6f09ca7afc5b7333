package usage

import (
	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/prices"
)

// models are sums over requests, by the model that answered.
type models map[string]baselines.Model

func (m models) add(name string, role baselines.Role, requests int, tokens baselines.Tokens, usd *float64) {
	have, ok := m[name]
	switch {
	case !ok:
		have = baselines.Model{Role: role, CostUSD: new(float64)}
	case have.Role != role:
		have.Role = baselines.RoleMain
	}
	have.Requests += requests
	have.Tokens = have.Tokens.Add(tokens)
	if usd == nil || have.CostUSD == nil {
		have.CostUSD = nil // one unpriced request makes the sum unknown
	} else {
		sum := *have.CostUSD + *usd
		have.CostUSD = &sum
	}
	m[name] = have
}

// sameModel compares names without provider, context size and date.
func sameModel(a, b string) bool { return prices.BaseName(a) == prices.BaseName(b) }

// flagModels flags answers by another model than was asked, and a main thread
// that goes on with another model after one failed.
func flagModels(t *baselines.Trial, ledger []request) {
	var last *request // of the main thread
	for i, r := range ledger {
		if r.Answered != "" && !sameModel(r.Answered, r.Model) {
			flag(t, baselines.OtherModel)
		}
		if r.role != baselines.RoleMain {
			continue
		}
		if last != nil && last.Retry.Retried() && !sameModel(last.Model, r.Model) {
			flag(t, baselines.FallbackModel)
		}
		last = &ledger[i]
	}
}
