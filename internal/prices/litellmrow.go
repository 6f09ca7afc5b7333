package prices

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/benchgate/benchgate/baselines"
)

// Rates are what the file says that a model costs, as rates of a [Table]: first for
// all prompts, then for large ones, and those of service tiers that cost other than
// by one factor.
//
// A row without a price for input, output or reading from the cache is half-filled,
// as is one of Anthropic's models without both prices for writing to it. Other
// providers have no price by how long the cache keeps what is written: 5 minutes and
// an hour cost the same there, and as much as input where they bill no writes at all.
func (l *LiteLLM) Rates(model string) ([]Rate, *NotPriced) {
	m, there := l.models[model]
	switch {
	case !there:
		return nil, &NotPriced{Model: model, Kind: Absent}
	case m.alias != "" || strings.HasSuffix(model, "-latest"):
		return nil, &NotPriced{Model: model, Kind: Alias}
	case len(m.prices) > 0 && m.free():
		return nil, &NotPriced{Model: model, Kind: Zeros}
	}
	var all []Rate
	for _, above := range append([]int64{0}, m.sizes()...) {
		usual, lacks := m.rates(model, above, "")
		if lacks != "" {
			return nil, &NotPriced{Model: model, Kind: Half, Lacks: lacks}
		}
		r := Rate{Tier: Standard, Above: above, Rates: usual, Factors: m.usageFactors()}
		for suffix, tier := range liteLLMTiers {
			if factor, ok := m.tierFactor(model, above, suffix, usual); ok {
				r.factor(ServiceTier, tier, factor)
			} else if own, lacks := m.rates(model, above, suffix); lacks == "" {
				all = append(all, Rate{Tier: tier, Above: above, Rates: own, Factors: m.usageFactors()})
			}
		}
		all = append(all, r)
	}
	return withoutLone(sortedRates(all)), nil
}

// liteLLMTiers are service tiers by how LiteLLM's keys end.
var liteLLMTiers = map[string]string{"_batches": "batch", "_flex": "flex", "_priority": "priority"}

// free reports whether the row prices nothing above zero.
func (m listed) free() bool {
	for _, usd := range m.prices {
		if usd != 0 {
			return false
		}
	}
	return true
}

var sizeKey = regexp.MustCompile(`^input_cost_per_token_above_(\d+)k_tokens$`)

// sizes are the numbers of prompt tokens above which the model costs other.
func (m listed) sizes() []int64 {
	var all []int64
	for key := range m.prices {
		if match := sizeKey.FindStringSubmatch(key); match != nil {
			if n, err := strconv.ParseInt(match[1], 10, 32); err == nil && n > 0 {
				all = append(all, n*1000)
			}
		}
	}
	slices.Sort(all)
	return all
}

// rates are the five prices for a size of prompt in a tier, by how its keys end.
// lacks is the key that is missing.
func (m listed) rates(model string, above int64, tier string) (r baselines.Rates, lacks string) {
	size := ""
	if above > 0 {
		size = "_above_" + strconv.FormatInt(above/1000, 10) + "k_tokens"
	}
	get := func(key string) float64 {
		usd, ok := m.prices[key+size+tier]
		if !ok && lacks == "" {
			lacks = key + size + tier
		}
		return perMillion(usd)
	}
	r.Input = get("input_cost_per_token")
	r.Output = get("output_cost_per_token")
	r.CacheRead = get("cache_read_input_token_cost")
	_, billsWrites := m.prices["cache_creation_input_token_cost"]
	switch {
	case m.isAnthropic(model):
		r.CacheWrite5m = get("cache_creation_input_token_cost")
		r.CacheWrite1h = get("cache_creation_input_token_cost_above_1hr")
	case billsWrites:
		r.CacheWrite5m = get("cache_creation_input_token_cost")
		r.CacheWrite1h = r.CacheWrite5m
	default:
		r.CacheWrite5m, r.CacheWrite1h = r.Input, r.Input
	}
	return r, lacks
}

// isAnthropic reports whether the model is one of Anthropic's, whoever serves it.
func (m listed) isAnthropic(model string) bool {
	return m.provider == "anthropic" || strings.Contains(model, "claude")
}

// tierFactor is what all prices of a tier are multiplied with, for a size of prompt.
// ok is false when the row does not price the tier, or not by one factor.
func (m listed) tierFactor(model string, above int64, tier string, usual baselines.Rates) (factor float64, ok bool) {
	own, _ := m.rates(model, above, tier)
	if own.Input == 0 || own.Output == 0 || usual.Input == 0 {
		return 0, false
	}
	factor = rounded(own.Input / usual.Input)
	same := func(own, usual float64) bool { return own == 0 || math.Abs(own-factor*usual) <= 1e-9*usual }
	ok = same(own.Output, usual.Output) && same(own.CacheRead, usual.CacheRead) &&
		same(own.CacheWrite5m, usual.CacheWrite5m) && same(own.CacheWrite1h, usual.CacheWrite1h)
	return factor, ok
}

// usageFactors are those of Anthropic's speeds and places.
func (m listed) usageFactors() Factors {
	if m.provider != "anthropic" {
		return nil
	}
	var r Rate
	for value, field := range map[string]string{"us": InferenceGeo, "fast": Speed} {
		if factor := m.factors[value]; factor > 0 && factor <= maxFactor {
			r.factor(field, value, factor)
		}
	}
	return r.Factors
}

// factor adds one to the rate.
func (r *Rate) factor(field, value string, factor float64) {
	if r.Factors == nil {
		r.Factors = make(Factors)
	}
	if r.Factors[field] == nil {
		r.Factors[field] = make(map[string]float64)
	}
	r.Factors[field][value] = factor
}

// withoutLone leaves out the rates of tiers for large prompts only, which a table may
// not have, and of those for small prompts only, where the usual price has a size: a
// table would give them to large prompts too.
func withoutLone(rates []Rate) []Rate {
	count := make(map[string]int)
	for _, r := range rates {
		count[r.Tier]++
	}
	return slices.DeleteFunc(rates, func(r Rate) bool { return count[r.Tier] != count[Standard] })
}
