package prices

import (
	"time"

	"github.com/benchgate/benchgate/baselines"
)

// Rate is what one model costs in one tier from one day on. All prices are US
// dollars per million tokens.
type Rate struct {
	From time.Time `json:"from,omitzero"` // zero: as long as the model exists
	Tier string    `json:"tier"`

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
func (r Rate) USD(tok baselines.Tokens) float64 {
	return (float64(tok.Input)*r.Input +
		float64(tok.Output)*r.Output +
		float64(tok.CacheWrite5m)*r.CacheWrite5m +
		float64(tok.CacheWrite1h)*r.CacheWrite1h +
		float64(tok.CacheRead)*r.CacheRead) / million
}
