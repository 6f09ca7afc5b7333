package usage

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
)

// portion is a request, or several of one model in one role together, as telemetry
// or the agent's result report them.
type portion struct {
	model  string         // that was asked
	role   baselines.Role // empty: not reported
	at     time.Time
	tokens baselines.Tokens

	single    bool    // it is one request, with one prompt
	requestID string  // of a single request; may be empty
	speed     string  // as the agent names it; empty: usual, or not told
	usd       float64 // what the agent says it cost, with searches; 0: it does not say
	searches  bool    // web searches may be among it, in which case only usd tells
	counted   int64   // web searches that the agent counted
}

// roleIn is the portion's role in the trial, by the same rule as the ledger's.
func (p portion) roleIn(in Input) baselines.Role {
	e := meter.Entry{Model: p.model}
	if p.role == baselines.RoleSubagent {
		e.AgentID = string(p.role) // any agent id makes a request a subagent's
	}
	role := e.Role(in.Model, in.SmallModels)
	if role == baselines.RoleAuxiliary && p.role == baselines.RoleMain {
		return baselines.RoleMain
	}
	return role
}

// fillFromPortions sets money, tokens and models from another view than the
// meter's, at our prices, when the ledger is empty.
func fillFromPortions(t *baselines.Trial, in Input, portions []portion, from string) {
	var cost baselines.CostUSD
	var tokens baselines.Tokens
	models := make(models)
	var split byKind
	known := true
	our := newPricer(in.table(), nil)
	for _, p := range portions {
		role := p.roleIn(in)
		usd, kinds, why := our.dollars(p)
		split.add(role, kinds)
		if why != "" {
			known = false
			explainUnpriced(t, []string{why})
			models.add(p.model, role, 0, p.tokens, nil)
		} else {
			models.add(p.model, role, 0, p.tokens, &usd)
		}
		tokens = tokens.Add(p.tokens)
		switch role {
		case baselines.RoleAuxiliary:
			cost.Auxiliary += usd
		case baselines.RoleSubagent:
			cost.Subagent += usd
		default:
			cost.Main += usd
		}
	}
	if known {
		t.CostUSD, t.USDByKind = &cost, split.all()
		source(t, "cost_usd", from)
	} else {
		t.CostUSD, t.USDByKind = nil, nil
		flag(t, baselines.CostUnknown)
	}
	t.Tokens, t.Models = &tokens, models
	source(t, "tokens", from)
	source(t, "models", from)
}

// agentPortions are the agent's own counts, to be priced at the given time.
func agentPortions(in Input, at time.Time) []portion {
	if in.Agent == nil {
		return nil
	}
	var out []portion
	if in.Agent.Tokens != nil {
		out = append(out, portion{model: cmp.Or(in.AskedModel, in.Model), at: at, tokens: *in.Agent.Tokens})
	}
	for _, name := range slices.Sorted(maps.Keys(in.Agent.Models)) {
		m := in.Agent.Models[name]
		p := portion{model: name, at: at, tokens: m.Tokens, counted: m.WebSearches}
		if m.CostBasis != pricedAsAnother {
			p.usd = m.USD
		}
		out = append(out, p)
	}
	return out
}
