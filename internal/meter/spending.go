package meter

import "github.com/benchgate/benchgate/internal/prices"

// spending is money in US dollars. All three amounts count against a budget;
// only the reported one is given out as spent.
type spending struct {
	reported float64 // price of the usage that answers reported
	guessed  float64 // estimated input of requests whose usage never came
	open     float64 // estimated input of requests in flight

	requests int // in flight
	gaps     int // finished requests whose cost is not known, or not all of it
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
	case line.Cut && line.Tokens == nil:
		s.lose(line, t)
	case line.Cut || (line.Tokens != nil && line.USD == nil):
		s.gaps++
	}
}

// lose counts a request whose usage never came.
func (s *spending) lose(line Entry, t *prices.Table) {
	s.gaps++
	usd, _ := line.EstimatedPrice(t) // 0 when the model has no price
	s.guessed += usd
}

// known is the reported amount; complete reports whether that is all.
func (s *spending) known() (usd float64, complete bool) {
	return s.reported, s.gaps == 0 && s.requests == 0
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
