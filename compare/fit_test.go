package compare

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/benchgate/benchgate/baselines"
)

var list = perToken(baselines.Rates{Input: 3, Output: 15, CacheRead: 0.3, CacheWrite5m: 3.75, CacheWrite1h: 6})

// billsAt are bills of one list: long conversations, whose kinds of token rise
// together.
func billsAt(prices byKind, n int, seed uint64) []priced {
	random := rand.New(rand.NewPCG(seed, 3))
	out := make([]priced, n)
	for i := range out {
		turns := 2 + random.Float64()*10
		tokens := byKind{math.Round(5 * turns), math.Round(800 * turns * (0.8 + random.Float64())), math.Round(3000 * turns * turns * (0.9 + 0.1*random.Float64())), math.Round(1500 * turns * (0.8 + random.Float64())), 0}
		out[i] = priced{tokens: tokens, usd: prices.times(tokens).sum()}
	}
	return out
}

func TestPricesAreFoundFromBills(t *testing.T) {
	got, ok := fitPrices(billsAt(list, 18, 1))
	if !ok {
		t.Fatal("a plain price list was not found")
	}
	for kind := range 4 {
		if math.Abs(got[kind]-list[kind]) > 1e-6*list[kind] {
			t.Errorf("kind %d costs %v, want %v", kind, got[kind], list[kind])
		}
	}
	if got[4] != 0 {
		t.Errorf("a kind that was not used costs %v", got[4])
	}
}

func TestPricesThatBillsDoNotTellAreNotMadeUp(t *testing.T) {
	scattered := billsAt(list, 18, 2)
	for i := range scattered {
		scattered[i].usd *= 1 + 0.1*float64(i%3)
	}
	alike := billsAt(list, 18, 3)
	for i := range alike {
		alike[i].tokens = alike[0].tokens.scaled(float64(i + 1))
		alike[i].usd = list.times(alike[i].tokens).sum()
	}
	negative := list
	negative[1] = -negative[1]
	for name, bills := range map[string][]priced{
		"none":                              nil,
		"as many as there are kinds":        billsAt(list, 4, 4),
		"several lists":                     scattered,
		"one trial, some shorter or longer": alike,
		"a kind that earns money":           billsAt(negative, 18, 5),
		"no tokens":                         {{usd: 1}, {usd: 2}, {usd: 3}},
	} {
		if got, ok := fitPrices(bills); ok {
			t.Errorf("%s: prices %v", name, got)
		}
	}
}
