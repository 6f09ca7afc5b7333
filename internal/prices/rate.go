package prices

import (
	"fmt"
	"time"

	"github.com/benchgate/benchgate/baselines"
)

// Rate is what one model costs in one tier, for one size of prompt, from one day
// on.
type Rate struct {
	From  time.Time `json:"from,omitzero"` // zero: as long as the model exists
	Tier  string    `json:"tier"`
	Above int64     `json:"above,omitzero"` // it holds for prompts of more tokens than this; 0: for all

	baselines.Rates

	// Factors multiply the five prices of a request whose usage says so.
	Factors Factors `json:"factors,omitempty"`

	// WebSearch is what one web search of the model costs, in US dollars; nil: what the
	// table says for all.
	WebSearch *float64 `json:"web_search,omitempty"`

	origin string // where it is from, as the table says of it; decides no price
	at     place  // where it was read
}

// Factors are multipliers by a field of the API's usage object (one of
// [FactorFields]) and its value: {"speed": {"fast": 2}}.
type Factors map[string]map[string]float64

// The usage fields whose values change a price.
const (
	ServiceTier  = "service_tier"
	Speed        = "speed"
	InferenceGeo = "inference_geo"
)

// FactorFields are the keys that [Factors] may have.
var FactorFields = []string{ServiceTier, Speed, InferenceGeo}

// base are the values of those fields at which a rate holds as it is. The API says
// "not_available" for models that came before it told the place.
var base = map[string][]string{
	ServiceTier:  {"", Standard},
	Speed:        {"", "standard"},
	InferenceGeo: {"", "global", "not_available"},
}

// Terms are what besides model and tokens decides a request's price, as its usage
// says them; empty values are the usual ones.
type Terms struct {
	At     time.Time
	Prompt int64 // tokens of the prompt: uncached, read from and written to the cache
	Tier   string
	Speed  string
	Geo    string
}

// values are the terms by the usage field that says them.
func (t Terms) values() map[string]string {
	return map[string]string{ServiceTier: t.Tier, Speed: t.Speed, InferenceGeo: t.Geo}
}

// IsBase reports whether the value of a usage field is one at which a rate holds
// without a factor.
func IsBase(field, value string) bool {
	for _, b := range base[field] {
		if value == b {
			return true
		}
	}
	return false
}

// NoRate says why a table does not price a request.
type NoRate struct {
	Model string
	Term  string // the usage field and value that have no price, "speed=fast"; empty: the model has none at all
}

// Error implements error.
func (e *NoRate) Error() string {
	if e.Term == "" {
		return fmt.Sprintf("%q has no price", e.Model)
	}
	return fmt.Sprintf("%q has no price for %s", e.Model, e.Term)
}

// times is the rate with each of its prices multiplied.
func (r Rate) times(factor float64) Rate {
	r.Input *= factor
	r.Output *= factor
	r.CacheWrite5m *= factor
	r.CacheWrite1h *= factor
	r.CacheRead *= factor
	return r
}
