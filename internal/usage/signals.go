package usage

import (
	"cmp"
	"slices"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/otlp"
)

// tokensOf takes the tokens from the one signal that reports the most. All three
// report the same requests, and each can lose a batch; metrics lose least. Where they
// tell of more than [maxModels] models, they tell nothing.
//
// Metrics are sums, and for cache writes they and spans have only both kinds
// together. What the events tell of the same requests is taken from them, and the
// rest is of five-minute writes, which the agent asks for by default.
func tokensOf(series []series, events []otlp.Event, spans []otlp.Span) []portion {
	fromEvents := eventTokens(events)
	best := fromEvents
	if metrics := metricTokens(series); total(metrics) > total(best) {
		best = withEvents(metrics, fromEvents)
	}
	if traced := spanTokens(spans); total(traced) > total(best) {
		best = withOneHourWrites(traced, fromEvents)
	}
	if tooManyModels(best) {
		return nil
	}
	return best
}

// maxModels is how many models an agent's telemetry may tell of. A forged one could
// fill a trial's line with their names.
const maxModels = 100

func tooManyModels(ps []portion) bool {
	models := make(map[string]bool)
	for _, p := range ps {
		if models[p.model] = true; len(models) > maxModels {
			return true
		}
	}
	return false
}

// searchSource is what the agent says of a request by which it searched the web.
const searchSource = "web_search_tool"

func eventTokens(events []otlp.Event) []portion {
	var all []portion
	for _, e := range events {
		if e.Name != "api_request" {
			continue
		}
		source := text(e.Attributes, "query_source")
		role := baselines.RoleAuxiliary
		switch {
		case text(e.Attributes, "agent_id") != "":
			role = baselines.RoleSubagent
		case isMainSource(source):
			role = baselines.RoleMain
		}
		oneHour := integer(e.Attributes, "cache_creation_1h_tokens")
		all = append(all, portion{
			model: text(e.Attributes, "model"), role: role, at: e.Time,
			single: true, requestID: text(e.Attributes, "request_id"), speed: speedOf(e.Attributes),
			usd: dollarsOf(e.Attributes), searches: source == searchSource,
			tokens: baselines.Tokens{
				Input:        integer(e.Attributes, "input_tokens"),
				Output:       integer(e.Attributes, "output_tokens"),
				CacheRead:    integer(e.Attributes, "cache_read_tokens"),
				CacheWrite5m: max(integer(e.Attributes, "cache_creation_tokens")-oneHour, 0),
				CacheWrite1h: oneHour,
			},
		})
	}
	return all
}

func spanTokens(spans []otlp.Span) []portion {
	var all []portion
	for _, s := range spans {
		if s.Name != "claude_code.llm_request" || s.Error {
			continue
		}
		var role baselines.Role
		if text(s.Attributes, "agent_id") != "" {
			role = baselines.RoleSubagent
		}
		all = append(all, portion{
			model: text(s.Attributes, "model"), role: role, at: s.End,
			single: true, requestID: text(s.Attributes, "request_id"), speed: speedOf(s.Attributes),
			tokens: baselines.Tokens{
				Input:        integer(s.Attributes, "input_tokens"),
				Output:       integer(s.Attributes, "output_tokens"),
				CacheRead:    integer(s.Attributes, "cache_read_tokens"),
				CacheWrite5m: integer(s.Attributes, "cache_creation_tokens"),
			},
		})
	}
	return all
}

// sumKey tells sums of metrics apart.
type sumKey struct {
	model string
	role  baselines.Role
	speed string
}

// metricTokens are sums by model, role and speed.
func metricTokens(series []series) []portion {
	sums := make(map[sumKey]portion)
	for _, s := range series {
		if s.name != "claude_code.token.usage" && s.name != "claude_code.cost.usage" {
			continue
		}
		// Metrics name the roles as we do; roleIn passes over any other name.
		key := sumKey{text(s.attributes, "model"), baselines.Role(text(s.attributes, "query_source")), speedOf(s.attributes)}
		p := sums[key]
		p.model, p.role, p.speed = key.model, key.role, key.speed
		p.searches = key.role == baselines.RoleAuxiliary
		if s.last.After(p.at) {
			p.at = s.last
		}
		if s.name == "claude_code.cost.usage" {
			p.usd += s.total
			sums[key] = p
			continue
		}
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
		sums[key] = p
	}
	var all []portion
	for _, p := range sums {
		if p.tokens != (baselines.Tokens{}) {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b portion) int {
		return cmp.Or(cmp.Compare(a.model, b.model), cmp.Compare(a.role, b.role), cmp.Compare(a.speed, b.speed))
	})
	return all
}

func total(ps []portion) (n int64) {
	for _, p := range ps {
		n += p.tokens.Total()
	}
	return n
}

// withEvents takes the single requests that the events tell of out of the sums that
// have them, and keeps of each sum what no event tells of. A sum that has less than
// its events stays whole, as then they do not tell of the same requests.
func withEvents(sums, events []portion) []portion {
	byKey := make(map[sumKey][]portion)
	for _, e := range events {
		key := sumKey{modelName(e.model), e.role, e.speed}
		byKey[key] = append(byKey[key], e)
	}
	var all []portion
	for _, sum := range sums {
		rest, own := sum, []portion(nil)
		for _, e := range byKey[sumKey{modelName(sum.model), sum.role, sum.speed}] {
			rest.tokens = less(rest.tokens, e.tokens)
			rest.usd -= e.usd
			e.model = sum.model
			own = append(own, e)
		}
		switch {
		case isNegative(rest.tokens):
			all = append(all, withOneHourWrites([]portion{sum}, own)...)
		case rest.tokens == (baselines.Tokens{}):
			all = append(all, own...)
		default:
			rest.usd = max(rest.usd, 0)
			all = append(append(all, own...), rest)
		}
	}
	return all
}

// less is what a sum has beside a request, whose cache writes of both kinds it counts
// as those of five minutes.
func less(sum, one baselines.Tokens) baselines.Tokens {
	sum.Input -= one.Input
	sum.Output -= one.Output
	sum.CacheRead -= one.CacheRead
	sum.CacheWrite5m -= one.CacheWrite5m + one.CacheWrite1h
	return sum
}

func isNegative(t baselines.Tokens) bool {
	return min(t.Input, t.Output, t.CacheRead, t.CacheWrite5m) < 0
}

// withOneHourWrites moves as many cache writes as the events report for one hour
// from the five-minute to the one-hour count, per model.
func withOneHourWrites(ps, fromEvents []portion) []portion {
	left := make(map[string]int64)
	for _, e := range fromEvents {
		left[modelName(e.model)] += e.tokens.CacheWrite1h
	}
	for i := range ps {
		model := modelName(ps[i].model)
		moved := min(left[model], ps[i].tokens.CacheWrite5m)
		left[model] -= moved
		ps[i].tokens.CacheWrite5m -= moved
		ps[i].tokens.CacheWrite1h += moved
	}
	return ps
}
