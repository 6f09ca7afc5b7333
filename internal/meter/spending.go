package meter

import "github.com/benchgate/benchgate/internal/prices"

// spending is money in US dollars. What is reported, what must be guessed and
// what is still open are kept apart: only the first is ever told as spent, all
// three count against a budget.
type spending struct {
	reported float64
	guessed  float64 // estimated input of requests whose usage never came
	open     float64 // estimated input of requests in flight

	requests int // in flight
	gaps     int // finished requests that cost an unknown amount more
}

func (s *spending) begin(estimate float64) {
	s.requests++
	s.open += estimate
}

// settle takes back what begin has reserved.
func (s *spending) settle(estimate float64) {
	s.open -= estimate
	if s.requests--; s.requests == 0 {
		s.open = 0 // not the rounding error of many sums
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
	usd, _ := line.EstimatedPrice(t) // no price: a gap, but no dollars
	s.guessed += usd
}

func (s *spending) known() (usd float64, complete bool) {
	return s.reported, s.gaps == 0 && s.requests == 0
}

// exceeds reports whether one more request with this estimate would break the
// limit; 0 is none.
func (s *spending) exceeds(limit, estimate float64) bool {
	if limit == 0 {
		return false
	}
	spent := s.reported + s.guessed + s.open
	return spent >= limit || spent+estimate > limit
}
