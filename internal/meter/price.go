package meter

import (
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/prices"
)

// Price is what a finished request cost in US dollars: its tokens at the rate
// of the model that answered, in the tier it answered in, at the time of the
// line, and its web searches. ok is false when there are no tokens or the
// table lacks a price. Of a request that was cut it is a lower bound.
func (e Entry) Price(t *prices.Table) (usd float64, ok bool) {
	if e.Tokens == nil {
		return 0, false
	}
	rate, ok := t.TierRate(e.billedModel(), e.Tier, e.Time)
	if !ok {
		return 0, false
	}
	usd = rate.USD(*e.Tokens)
	if e.WebSearch > 0 {
		search, ok := t.WebSearchUSD()
		if !ok {
			return 0, false
		}
		usd += float64(e.WebSearch) * search
	}
	return usd, true
}

// EstimatedPrice is the price in US dollars of the request's estimated input at
// the rate for uncached input. It stands in for the cost of a request of which
// no usage was reported; its output, which is not known, is left out. ok is
// false when the model asked for has no price.
func (e Entry) EstimatedPrice(t *prices.Table) (usd float64, ok bool) {
	rate, ok := t.Rate(e.Model, e.Time)
	if !ok {
		return 0, false
	}
	return rate.USD(baselines.Tokens{Input: e.EstimatedInput}), true
}

// billedModel is the model that answered, else the one that was asked: the
// API bills what it ran.
func (e Entry) billedModel() string {
	if e.Answered != "" {
		return e.Answered
	}
	return e.Model
}

// bytesPerToken is for estimating a request body's tokens: JSON with English text
// and code has about four bytes a token.
const bytesPerToken = 4

func estimateInput(body []byte) int64 {
	return (int64(len(body)) + bytesPerToken - 1) / bytesPerToken
}

// reprice sets the line's dollars from its tokens.
func (e *Entry) reprice(t *prices.Table) {
	e.USD = nil
	if usd, ok := e.Price(t); ok {
		e.USD = &usd
	}
}

// at returns the line's time in UTC without a monotonic clock reading, as it
// will be read back.
func at(now time.Time) time.Time { return now.UTC().Round(0) }
