package meter

import "github.com/benchgate/benchgate/internal/prices"

// spending is money in US dollars. All three amounts count against a budget.
type spending struct {
	reported float64 // price of the usage that answers reported
	guessed  float64 // what requests of which not all is known may have cost above what they reported
	open     float64 // estimated input of requests in flight

	requests int // in flight
}

func (s *spending) begin(estimate float64) {
	s.requests++
	s.open += estimate
}

// settle takes back the estimate that begin has added.
func (s *spending) settle(estimate float64) {
	s.open -= estimate
	if s.requests--; s.requests == 0 {
		s.open = 0 // without the rounding errors of many sums
	}
}

// add counts a finished line.
func (s *spending) add(line Entry, t *prices.Table) {
	if line.USD != nil {
		s.reported += *line.USD
	}
	switch {
	case line.Cut || line.Tokens == nil && len(line.Unknown) > 0:
		s.lose(line, t)
	case line.Tokens != nil && line.USD == nil: // at the usual price, so that a limit still holds
		rate, _ := t.Rate(line.billedModel(), line.Time) // 0 when the model has no price
		s.guessed += rate.USD(*line.Tokens)
	}
}

// lose counts a request whose usage never came, or not all of it. It is estimated
// without its trial's other requests, so that nothing of it was in the cache: a
// limit is to hold.
func (s *spending) lose(line Entry, t *prices.Table) {
	line.Cut = true
	usd := Estimates([]Entry{line}, t)[line.Request].USD // 0 when the model has no price
	if line.USD != nil {
		usd = max(0, usd-*line.USD)
	}
	s.guessed += usd
}

// exceeds reports whether one more request with this estimate would exceed the
// limit; a limit of 0 is none.
func (s *spending) exceeds(limit, estimate float64) bool {
	if limit == 0 {
		return false
	}
	spent := s.reported + s.guessed + s.open
	return spent >= limit || spent+estimate > limit
}
