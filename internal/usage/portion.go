package usage

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/otlp"
)

// portion is the sum of the tokens of one model in one role, as telemetry or the
// agent's result report it: neither lists single requests.
type portion struct {
	model  string         // that was asked
	role   baselines.Role // empty: not reported
	at     time.Time
	tokens baselines.Tokens
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
	known := true
	for _, p := range portions {
		role := p.roleIn(in)
		usd, ok := in.price(p.model, p.at, p.tokens)
		if !ok {
			known = false
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
		t.CostUSD = &cost
		source(t, "cost_usd", from)
	} else {
		t.CostUSD = nil
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
	for _, name := range slices.Sorted(maps.Keys(in.Agent.Models)) {
		out = append(out, portion{model: name, at: at, tokens: in.Agent.Models[name].Tokens})
	}
	return out
}

// tokensOf takes the tokens from the one signal that reports the most. All three
// report the same requests, and each can lose a batch; metrics lose least. For
// cache writes metrics and spans have only the sum of both kinds: as many as the
// events report are taken as one-hour writes and the rest as five-minute writes,
// which the agent asks for by default.
func tokensOf(series []series, events []otlp.Event, spans []otlp.Span) []portion {
	fromEvents := eventTokens(events)
	best := fromEvents
	for _, other := range [][]portion{metricTokens(series), spanTokens(spans)} {
		if total(other) > total(best) || total(other) == total(best) && len(other) > 0 && len(best) == 0 {
			best = withOneHourWrites(other, fromEvents)
		}
	}
	return best
}

func metricTokens(series []series) []portion {
	var b portions
	for _, s := range series {
		if s.name != "claude_code.token.usage" {
			continue
		}
		// Metrics name the roles as we do; roleIn passes over any other name.
		p := b.portion(text(s.attributes, "model"), baselines.Role(text(s.attributes, "query_source")), s.last)
		switch n := count(s.total); text(s.attributes, "type") {
		case "input":
			p.tokens.Input += n
		case "output":
			p.tokens.Output += n
		case "cacheRead":
			p.tokens.CacheRead += n
		case "cacheCreation":
			p.tokens.CacheWrite5m += n
		}
	}
	return b.sorted()
}

func eventTokens(events []otlp.Event) []portion {
	var b portions
	for _, e := range events {
		if e.Name != "api_request" {
			continue
		}
		role := baselines.RoleAuxiliary
		switch {
		case text(e.Attributes, "agent_id") != "":
			role = baselines.RoleSubagent
		case isMainSource(text(e.Attributes, "query_source")):
			role = baselines.RoleMain
		}
		p := b.portion(text(e.Attributes, "model"), role, e.Time)
		oneHour := integer(e.Attributes, "cache_creation_1h_tokens")
		p.tokens = p.tokens.Add(baselines.Tokens{
			Input:        integer(e.Attributes, "input_tokens"),
			Output:       integer(e.Attributes, "output_tokens"),
			CacheRead:    integer(e.Attributes, "cache_read_tokens"),
			CacheWrite5m: max(integer(e.Attributes, "cache_creation_tokens")-oneHour, 0),
			CacheWrite1h: oneHour,
		})
	}
	return b.sorted()
}

func spanTokens(spans []otlp.Span) []portion {
	var b portions
	for _, s := range spans {
		if s.Name != "claude_code.llm_request" || s.Error {
			continue
		}
		var role baselines.Role
		if text(s.Attributes, "agent_id") != "" {
			role = baselines.RoleSubagent
		}
		p := b.portion(text(s.Attributes, "model"), role, s.End)
		p.tokens = p.tokens.Add(baselines.Tokens{
			Input:        integer(s.Attributes, "input_tokens"),
			Output:       integer(s.Attributes, "output_tokens"),
			CacheRead:    integer(s.Attributes, "cache_read_tokens"),
			CacheWrite5m: integer(s.Attributes, "cache_creation_tokens"),
		})
	}
	return b.sorted()
}

// portions collects by model and role.
type portions map[portionKey]*portion

type portionKey struct {
	model string
	role  baselines.Role
}

func (b *portions) portion(model string, role baselines.Role, at time.Time) *portion {
	if *b == nil {
		*b = make(portions)
	}
	key := portionKey{model, role}
	p := (*b)[key]
	if p == nil {
		p = &portion{model: model, role: role}
		(*b)[key] = p
	}
	if at.After(p.at) {
		p.at = at
	}
	return p
}

func (b portions) sorted() []portion {
	var out []portion
	for _, p := range b {
		out = append(out, *p)
	}
	slices.SortFunc(out, func(a, b portion) int {
		return cmp.Or(cmp.Compare(a.model, b.model), cmp.Compare(a.role, b.role))
	})
	return out
}

func total(ps []portion) (n int64) {
	for _, p := range ps {
		n += p.tokens.Total()
	}
	return n
}

// withOneHourWrites moves as many cache writes as the events report for one hour
// from the five-minute to the one-hour count, per model and role.
func withOneHourWrites(ps, fromEvents []portion) []portion {
	for i := range ps {
		for _, e := range fromEvents {
			if e.role == ps[i].role && sameModel(e.model, ps[i].model) {
				moved := min(e.tokens.CacheWrite1h, ps[i].tokens.CacheWrite5m)
				ps[i].tokens.CacheWrite5m -= moved
				ps[i].tokens.CacheWrite1h += moved
			}
		}
	}
	return ps
}
