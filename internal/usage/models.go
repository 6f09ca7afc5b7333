package usage

import (
	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/prices"
)

// models are sums over requests, by the model that answered.
type models map[string]baselines.Model

// addRequest adds a request by the models that gave its parts. Its server tools are
// the answering model's.
func (m models) addRequest(r request) {
	if len(r.Parts) == 0 {
		m.add(r.model(), r.role, boolInt(r.answered()), *r.Tokens, r.USD)
		return
	}
	rest := r.USD
	for _, p := range r.Parts {
		if p.Model == "" || sameModel(p.Model, r.model()) {
			continue
		}
		m.add(p.Model, r.role, 0, p.Tokens, p.USD)
		rest = minus(rest, p.USD)
	}
	m.add(r.model(), r.role, boolInt(r.answered()), ownTokens(r), rest)
}

// ownTokens are those of the parts that the answering model gave.
func ownTokens(r request) (own baselines.Tokens) {
	for _, p := range r.Parts {
		if p.Model == "" || sameModel(p.Model, r.model()) {
			own = own.Add(p.Tokens)
		}
	}
	return own
}

// minus is nil when one of the amounts is not known.
func minus(a, b *float64) *float64 {
	if a == nil || b == nil {
		return nil
	}
	d := *a - *b
	return &d
}

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
