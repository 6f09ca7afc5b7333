package usage

import (
	"math"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/prices"
)

// pricer says what portions of another view than the meter's cost at our prices.
// Such a view does not tell all that decides a price: the place where the model ran
// is in none of them, and sums do not tell how large their prompts were. What the
// ledger has of the same requests is taken for that.
type pricer struct {
	table   *prices.Table
	byID    map[string]prices.Terms   // of the ledger's requests, by the id of their answer
	byModel map[string][]prices.Terms // the same by the model asked and the one that answered
}

// newPricer makes one. The ledger may be empty.
func newPricer(table *prices.Table, ledger []request) pricer {
	in := pricer{table: table, byID: make(map[string]prices.Terms), byModel: make(map[string][]prices.Terms)}
	for _, r := range ledger {
		if r.Tokens == nil {
			continue
		}
		terms := prices.Terms{Prompt: inputSide(*r.Tokens), Tier: r.Tier, Speed: r.Speed, Geo: r.Geo}
		if r.RequestID != "" {
			in.byID[r.RequestID] = terms
		}
		asked, answered := modelName(r.Model), modelName(r.model())
		in.byModel[asked] = append(in.byModel[asked], terms)
		if answered != asked {
			in.byModel[answered] = append(in.byModel[answered], terms)
		}
	}
	return in
}

// bill is what the portions cost at our prices; nil when there are none, or when that
// of one is not known.
func (in pricer) bill(ps []portion) *float64 {
	if len(ps) == 0 {
		return nil
	}
	var sum float64
	for _, p := range ps {
		usd, _, why := in.dollars(p)
		if why != "" {
			return nil
		}
		sum += usd
	}
	return &sum
}

// dollars is what the portion cost, or why that is not known, in the words of
// Trial.Unpriced: its model has no price, or its requests can have cost different
// prices and nothing tells which. Kinds are the dollars by what was billed; nil where
// that is not known.
func (in pricer) dollars(p portion) (usd float64, kinds *baselines.KindUSD, why string) {
	kinds = new(baselines.KindUSD)
	if p.tokens == (baselines.Tokens{}) {
		return 0, kinds, ""
	}
	low, high := math.Inf(1), 0.0
	for _, terms := range in.terms(p) {
		rate, missing := in.table.RateOn(p.model, terms)
		switch {
		case missing != nil && missing.Term != "":
			return 0, nil, missing.Term
		case missing != nil:
			return 0, nil, "model " + missing.Model
		}
		usd, *kinds = rate.USD(p.tokens), rate.ByKind(p.tokens)
		low, high = min(low, usd), max(high, usd)
	}
	searches := in.searches(p, low)
	said := p.usd - searches
	switch {
	case sameUSD(low, high):
		kinds.WebSearch = searches
		return low + searches, kinds, ""
	case said > low && said < high || sameUSD(said, low) || sameUSD(said, high):
		return p.usd, nil, "" // only the agent knows which prompts were large or fast
	}
	return 0, nil, "prompt sizes"
}

// terms are those that requests of the portion can have had: of a single request
// its own, of several those of the model's requests in the ledger, and without one
// those of a small prompt and of one that is as large as all together.
func (in pricer) terms(p portion) (all []prices.Terms) {
	if own, ok := in.byID[p.requestID]; ok && p.single {
		all = append(all, own)
	} else {
		for _, terms := range in.byModel[modelName(p.model)] {
			if p.speed == "" || sameSpeed(p.speed, terms.Speed) {
				all = append(all, terms)
			}
		}
	}
	together := inputSide(p.tokens)
	if len(all) == 0 {
		all = []prices.Terms{{Speed: p.speed}, {Speed: p.speed, Prompt: together}}
	}
	for i := range all {
		all[i].At = p.at
		if p.single {
			all[i].Prompt = together
		}
	}
	return all
}

// sameSpeed compares the values of two sources, one of which may not name the usual
// speed.
func sameSpeed(a, b string) bool {
	return a == b || prices.IsBase(prices.Speed, a) && prices.IsBase(prices.Speed, b)
}

// searches are the dollars of the web searches in a portion: of as many as the agent
// counted. Telemetry counts none; there the agent's own dollars tell, of requests that
// can have searched, when they are a whole number of searches above the tokens'.
func (in pricer) searches(p portion, tokensUSD float64) float64 {
	each, _ := in.table.ToolUSD(prices.WebSearch, p.model, p.at)
	if p.counted > 0 {
		return float64(p.counted) * each
	}
	more := p.usd - tokensUSD
	if !p.searches || each == 0 || more < each/2 {
		return 0
	}
	if whole := math.Round(more/each) * each; sameUSD(whole, more) {
		return whole
	}
	return 0
}

// sameUSD reports whether two amounts are the same but for rounding: to a millionth of
// a dollar, in which the agent's events count.
func sameUSD(a, b float64) bool { return math.Abs(a-b) < 2e-6 }
