package meter

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/prices"
)

// Price is what a finished request cost in US dollars: the tokens of each of its
// parts at the rate of the model that gave it, for its size of prompt, at the time
// of the line and in the tier, speed and place that the answer told; and its server
// tools. ok is false when there are no tokens, the answer had something in its
// usage that the meter does not know, or the table lacks a price. Of a request that
// was cut it is a lower bound.
func (e Entry) Price(t *prices.Table) (usd float64, ok bool) {
	usd, _, missing := e.bill(t)
	return usd, e.Tokens != nil && len(missing) == 0
}

// ByKind is the same by kind of token and server tool: of what has a price.
func (e Entry) ByKind(t *prices.Table) baselines.KindUSD {
	_, kinds, _ := e.bill(t)
	return kinds
}

// Unpriced says why the cost of a request that was billed is not known: what of its
// usage the meter does not know ("usage.some_field"), or the table does not price
// ("speed=fast", "code_execution", "model our-model"). It is empty when the cost
// is known, and of requests that were not billed.
func (e Entry) Unpriced(t *prices.Table) []string {
	if e.Tokens == nil && len(e.Unknown) == 0 {
		return nil
	}
	_, _, missing := e.bill(t)
	return missing
}

// bill is the price of what can be priced, and what cannot.
func (e Entry) bill(t *prices.Table) (usd float64, kinds baselines.KindUSD, missing []string) {
	missing = slices.Clone(e.Unknown)
	lack := func(what string) {
		if !slices.Contains(missing, what) {
			missing = append(missing, what)
		}
	}
	for _, p := range e.billedParts() {
		rate, none := t.RateOn(p.Model, e.terms(p.Tokens))
		switch {
		case none == nil:
			usd += rate.USD(p.Tokens)
			kinds = kinds.Add(rate.ByKind(p.Tokens))
		case none.Term != "":
			lack(none.Term)
		default:
			lack("model " + none.Model)
		}
	}
	tools := []*float64{&kinds.WebSearch, &kinds.WebFetch, &kinds.CodeExecution}
	for i, n := range []int64{e.WebSearch, e.WebFetch, e.CodeExecution} {
		if n == 0 {
			continue
		}
		each, ok := t.ToolUSD(prices.ServerTools[i], e.pricedModel(), e.Time)
		if !ok {
			lack(prices.ServerTools[i])
		}
		*tools[i] = float64(n) * each
		usd += *tools[i]
	}
	return usd, kinds, missing
}

// billedParts are the request's parts, each with its model; one when the answer
// told of no others, none without tokens.
func (e Entry) billedParts() []Part {
	if e.Tokens == nil {
		return nil
	}
	if len(e.Parts) == 0 {
		return []Part{{Model: e.pricedModel(), Tokens: *e.Tokens}}
	}
	parts := slices.Clone(e.Parts)
	for i := range parts {
		if parts[i].Model == "" {
			parts[i].Model = e.pricedModel()
		}
	}
	return parts
}

// Shares are the request's tokens and dollars by the model that gave them, without
// their kinds: first those of the model that answered, which has the server tools,
// too. A request that was not billed has none, and one whose tokens are not known has
// one without tokens and dollars.
func (e Entry) Shares() []Part {
	switch {
	case e.Tokens == nil && len(e.Unknown) == 0:
		return nil
	case e.Tokens == nil:
		return []Part{{Model: e.billedModel()}}
	}
	own := Part{Model: e.billedModel(), Tokens: *e.Tokens, USD: e.USD}
	if len(e.Parts) == 0 {
		return []Part{own}
	}
	own.Tokens = baselines.Tokens{}
	var others []Part
	for _, p := range e.billedParts() {
		if sameBase(p.Model, own.Model) {
			own.Tokens = own.Tokens.Add(p.Tokens)
			continue
		}
		others = append(others, Part{Model: p.Model, Tokens: p.Tokens, USD: p.USD})
		if own.USD != nil && p.USD != nil {
			rest := *own.USD - *p.USD
			own.USD = &rest
		} else {
			own.USD = nil
		}
	}
	return append([]Part{own}, others...)
}

// terms are those of a prompt of these tokens.
func (e Entry) terms(tokens baselines.Tokens) prices.Terms {
	return prices.Terms{At: e.Time, Prompt: inputSide(tokens), Tier: e.Tier, Speed: e.Speed, Geo: e.Geo}
}

// inputSide is the size of a prompt.
func inputSide(t baselines.Tokens) int64 {
	return t.Input + t.CacheRead + t.CacheWrite5m + t.CacheWrite1h
}

// billedModel is the model that answered, else the one that was asked: the
// API bills what it ran.
func (e Entry) billedModel() string {
	if e.Answered != "" {
		return e.Answered
	}
	return e.Model
}

// pricedModel is the name that the answering model is priced by: the one asked for
// when it is a Bedrock id, which names the place, and answers leave that out.
func (e Entry) pricedModel() string {
	if strings.Contains(e.Model, "anthropic.") && sameBase(e.Model, e.billedModel()) {
		return e.Model
	}
	return e.billedModel()
}

// usualOutput is how many tokens of output are set aside for a request that names no
// most: what Claude Code asks for.
const usualOutput = 32_000

// mayCost is what a request may cost in US dollars: its estimated input, none of it
// in a cache, and all the output that it allows. ok is false when the model asked
// for has no price.
func (e Entry) mayCost(a asked, t *prices.Table) (usd float64, ok bool) {
	tokens := baselines.Tokens{Input: e.EstimatedInput, Output: cmp.Or(a.maxOutput, usualOutput)}
	terms := e.terms(tokens)
	terms.Speed, terms.Tier = a.speed, a.tier
	rate, missing := t.RateOn(e.Model, terms)
	if missing != nil && missing.Term != "" { // a speed or tier that only the API knows
		terms.Speed, terms.Tier = "", ""
		rate, missing = t.RateOn(e.Model, terms)
	}
	return rate.USD(tokens), missing == nil
}

// bytesPerToken is for estimating a request body's tokens: JSON with English text
// and code has about four bytes a token.
const bytesPerToken = 4

func estimateInput(body []byte) int64 {
	return (int64(len(body)) + bytesPerToken - 1) / bytesPerToken
}

// Repriced is the line with its dollars and those of its parts from the table.
func (e Entry) Repriced(t *prices.Table) Entry {
	e.USD = nil
	if usd, ok := e.Price(t); ok {
		e.USD = &usd
	}
	parts := e.billedParts()
	e.Parts = slices.Clone(e.Parts)
	for i := range e.Parts {
		e.Parts[i].USD = nil
		if rate, missing := t.RateOn(parts[i].Model, e.terms(parts[i].Tokens)); missing == nil {
			usd := rate.USD(parts[i].Tokens)
			e.Parts[i].USD = &usd
		}
	}
	return e
}

// at returns the line's time in UTC without a monotonic clock reading, as it
// will be read back.
func at(now time.Time) time.Time { return now.UTC().Round(0) }
