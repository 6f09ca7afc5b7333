package meter

import "github.com/benchgate/benchgate/internal/prices"

// spending is money in US dollars, or a number of tokens. All three amounts count
// against a limit.
type spending struct {
	reported float64 // price of the usage that answers reported
	guessed  float64 // what requests of which not all is known may have cost above what they reported
	open     float64 // what the requests in flight may cost

	requests int // in flight
}

func (s *spending) begin(reserve float64) {
	s.requests++
	s.open += reserve
}

// settle takes back what begin has set aside.
func (s *spending) settle(reserve float64) {
	s.open -= reserve
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
		rate, known := t.Rate(line.billedModel(), line.Time)
		if !known {
			rate, _ = t.Rate(line.Model, line.Time) // 0 when neither has a price
		}
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

// reached reports whether a limit is used up; a limit of 0 is none.
func (s *spending) reached(limit float64) bool {
	return limit > 0 && s.reported+s.guessed >= limit
}

// hasRoom reports whether a request that may cost so much can be sent beside those
// in flight.
func (s *spending) hasRoom(limit, reserve float64) bool {
	return limit == 0 || s.requests == 0 || s.reported+s.guessed+s.open+reserve <= limit
}

// mayHaveUsed is how many tokens of all kinds the line's request used, as far as it
// was reported, and what an answer that was cut may have had above that, estimated
// as [spending.lose] does.
func (e Entry) mayHaveUsed() int64 {
	switch {
	case e.Cut || e.Kind == Started:
		output := outputOf(joinedRequest{Entry: e}, nil).tokens
		if e.Tokens == nil {
			return e.EstimatedInput + output
		}
		return inputSide(*e.Tokens) + output
	case e.Tokens != nil:
		return e.Tokens.Total()
	case len(e.Unknown) > 0:
		return e.EstimatedInput
	}
	return 0
}
