package baselines

import (
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
)

// Rates are what one model's tokens cost, in US dollars per million of each
// kind.
type Rates struct {
	Input        float64 `json:"input"` // neither read from nor written to the cache
	Output       float64 `json:"output"`
	CacheWrite5m float64 `json:"cache_write_5m"`
	CacheWrite1h float64 `json:"cache_write_1h"`
	CacheRead    float64 `json:"cache_read"`
}

const million = 1e6

// USD is the price of the tokens in US dollars. It is not rounded: the API bills
// fractions of a cent too, and rounding errors would add up. Summing the same
// requests in another order can change the last bits of a float64, which is less
// than a millionth of a cent for any real bill.
func (r Rates) USD(tok Tokens) float64 {
	return (float64(tok.Input)*r.Input +
		float64(tok.Output)*r.Output +
		float64(tok.CacheWrite5m)*r.CacheWrite5m +
		float64(tok.CacheWrite1h)*r.CacheWrite1h +
		float64(tok.CacheRead)*r.CacheRead) / million
}

func (r Rates) validate(w *mistakes, path string) {
	for _, part := range []struct {
		key string
		usd float64
	}{{"input", r.Input}, {"output", r.Output}, {"cache_write_5m", r.CacheWrite5m}, {"cache_write_1h", r.CacheWrite1h}, {"cache_read", r.CacheRead}} {
		if !(part.usd >= 0) || math.IsInf(part.usd, 0) {
			w.add(path+"."+part.key, "%s.%s is %v, want US dollars per million tokens, 0 or more", path, part.key, part.usd)
		}
	}
}

// RatesOf returns the rates of a model that answered; its name may have a
// provider, a context size or a date more than the one it was asked by. ok is
// false when the header does not have them.
func (p Prices) RatesOf(model string) (rates Rates, ok bool) {
	answered := ModelNames(model)
	for _, name := range answered {
		if rates, ok = p.Rates[name]; ok {
			return rates, true
		}
	}
	base := answered[len(answered)-1]
	for _, name := range slices.Sorted(maps.Keys(p.Rates)) {
		if asked := ModelNames(name); asked[len(asked)-1] == base {
			return p.Rates[name], true
		}
	}
	return Rates{}, false
}

var (
	dated     = regexp.MustCompile(`-20\d{2}(?:-\d{2}-\d{2}|\d{4})$`)
	onVertex  = regexp.MustCompile(`@(?:default|20\d{6})$`)                                           // "claude-opus-4-5@20251101"
	onBedrock = regexp.MustCompile(`^(?:[a-z]{2,6}(?:-gov)?\.)?anthropic\.(.+?)(?:-v\d+(?::\d+)?)?$`) // "us.anthropic.claude-opus-4-5-20251101-v1:0"
)

// ModelNames are the names that a price table may know a model by, the most exact
// first: as it is written, without "[1m]", then also without "provider/", then also
// without a date ("-20251101", "-2025-11-01") and what Bedrock and Vertex write around a name. Two names of
// one model share the last.
func ModelNames(model string) []string {
	short := strings.TrimSuffix(model, "[1m]")
	local := short[strings.LastIndexByte(short, '/')+1:]
	plain := local
	if strings.Contains(plain, "@") {
		plain = onVertex.ReplaceAllString(plain, "")
	}
	if strings.Contains(plain, "anthropic.") {
		plain = onBedrock.ReplaceAllString(plain, "$1")
	}
	if strings.Contains(plain, "-20") {
		plain = dated.ReplaceAllString(plain, "")
	}
	return []string{model, short, local, plain}
}
