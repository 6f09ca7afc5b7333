package gate

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/benchgate/benchgate/compare"
)

// obrienFlemingSpending is the other usual spending function: it keeps nearly
// everything for the end. The gate does not use it; it checks criticalValues.
func obrienFlemingSpending(alpha, t float64) float64 {
	return 2 - 2*compare.NormalCDF(compare.NormalQuantile(1-alpha/2)/math.Sqrt(t))
}

// Random walks cross the critical values as often as the spending function
// says: an answer that shares nothing with the numerical recursion.
func TestCriticalValuesSpend(t *testing.T) {
	const walks, looks, alpha = 1_000_000, 5, 0.05
	for name, spending := range map[string]func(alpha, t float64) float64{
		"Pocock": pocockSpending, "O'Brien-Fleming": obrienFlemingSpending,
	} {
		random := rand.New(rand.NewPCG(1, 2))
		bounds := criticalValues(spending, alpha, equalLooks(looks))
		var crossed [looks]int
		for range walks {
			sum := 0.0
			for k, bound := range bounds {
				if sum += random.NormFloat64(); sum/math.Sqrt(float64(k+1)) >= bound {
					for later := k; later < looks; later++ {
						crossed[later]++
					}
					break
				}
			}
		}
		for k, n := range crossed {
			want := spending(alpha, float64(k+1)/looks)
			error := math.Sqrt(want * (1 - want) / walks)
			within(t, name+" spent", float64(n)/walks, want, 4*error)
		}
	}
}
