package meter

import "github.com/benchgate/benchgate/baselines"

// Part is one sampling of an answer that was made of several: turns of a loop over
// the server's tools, a compaction of the context, another model's advice. Each is
// billed by its own model and its own size of prompt.
type Part struct {
	Kind   string           `json:"kind"`            // as the API's usage.iterations[].type: "message", "compaction", "advisor_message", "fallback_message"
	Model  string           `json:"model,omitempty"` // empty: the model that answered
	Tokens baselines.Tokens `json:"tokens"`
	USD    *float64         `json:"usd,omitempty"` // price of Tokens; absent when the model has none
}

// answerParts are an answer's parts and the sum of their tokens; nil and the top
// level's tokens when it has one part only, of the model that answered. ok is false
// when the parts have less than the top level, which then contradict each other.
//
// The top level counts the parts of kind "message" and "fallback_message", their
// input sometimes of the first only; other parts are not in it. So the bill is the
// sum of all parts ("Compaction" and "Advisor tool" in the API's documentation).
func (r usageReport) answerParts() (parts []Part, sum baselines.Tokens, ok bool) {
	top := r.tokens()
	unassigned := top.CacheWrite1h // one-hour writes that no part's split names
	for _, p := range r.parts {
		unassigned -= p.tokens().CacheWrite1h
	}
	var inTop baselines.Tokens
	counted, otherModel := false, false
	for _, p := range r.parts {
		part := Part{Kind: p.terms["type"], Model: p.terms["model"], Tokens: p.tokens()}
		if !p.hasSplit() {
			moved := max(0, min(unassigned, part.Tokens.CacheWrite5m))
			part.Tokens.CacheWrite5m -= moved
			part.Tokens.CacheWrite1h += moved
			unassigned -= moved
		}
		if partKinds[part.Kind] {
			inTop, counted = inTop.Add(part.Tokens), true
		}
		otherModel = otherModel || part.Kind == "fallback_message"
		parts = append(parts, part)
		sum = sum.Add(part.Tokens)
	}
	switch {
	case len(parts) == 0:
		return nil, top, true
	case !counted: // only what the top level leaves out is listed
		return append([]Part{{Kind: "message", Tokens: top}}, parts...), sum.Add(top), true
	case less(inTop, top):
		return nil, top, false
	case len(parts) == 1 && !otherModel && inTop == top:
		return nil, top, true
	}
	return parts, sum, true
}

// less reports whether a has fewer tokens of any kind than b.
func less(a, b baselines.Tokens) bool {
	return a.Input < b.Input || a.Output < b.Output || a.CacheRead < b.CacheRead ||
		a.CacheWrite5m+a.CacheWrite1h < b.CacheWrite5m+b.CacheWrite1h
}
