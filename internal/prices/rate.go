package prices

import (
	"time"

	"github.com/benchgate/benchgate/baselines"
)

// Rate is what one model costs in one tier from one day on.
type Rate struct {
	From time.Time `json:"from,omitzero"` // zero: as long as the model exists
	Tier string    `json:"tier"`

	baselines.Rates

	at place // where it was read
}
