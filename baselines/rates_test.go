package baselines_test

import (
	"testing"

	"github.com/benchgate/benchgate/baselines"
)

// A service answers under longer names than it is asked by.
func TestRatesAreFoundUnderTheNameThatAnswered(t *testing.T) {
	p := baselines.Prices{Rates: map[string]baselines.Rates{"claude-opus-4-8": {Input: 5}, "anthropic/claude-haiku-5-5[1m]": {Input: 1}}}
	for answered, want := range map[string]float64{
		"claude-opus-4-8":               5,
		"claude-opus-4-8-20261120":      5,
		"gw/claude-opus-4-8[1m]":        5,
		"claude-haiku-5-5":              1,
		"claude-haiku-5-5-20261101":     1,
		"anthropic/claude-haiku-5-5":    1,
		"claude-opus-4-8-fast":          0,
		"claude-opus-4":                 0,
		"anthropic/claude-sonnet-5[1m]": 0,
	} {
		rates, ok := p.RatesOf(answered)
		if rates.Input != want || ok != (want > 0) {
			t.Errorf("RatesOf(%q) = %v, %v; want %v", answered, rates, ok, want)
		}
	}
}
