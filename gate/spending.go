package gate

import (
	"math"

	"github.com/benchgate/benchgate/compare"
)

// pocockSpending is a spending function: how much of its error rate a test that
// looks several times may have spent when a share t of the data is in. This one
// gives each look about the same chance.
//
// Source: Lan and DeMets, Biometrika 70 (1983) 659-663.
func pocockSpending(alpha, t float64) float64 { return alpha * math.Log(1+(math.E-1)*t) }

// criticalValues returns, for looks at the shares t of the data (rising, the
// last 1), the standard normal values whose crossing spends exactly what
// spending allows up to each look.
//
// A score statistic times the root of the data's share moves like a Brownian
// motion. The function carries the density of the motion that has not crossed
// yet from look to look, on 200 cells, and finds each bound by bisection. Source: Armitage, McPherson and Rowe, Journal of the Royal
// Statistical Society A 132 (1969) 235-244.
func criticalValues(spending func(alpha, t float64) float64, alpha float64, t []float64) []float64 {
	const cells = 200
	out := make([]float64, len(t))
	// The motion starts at 0: one cell with all mass.
	at, mass := []float64{0}, []float64{1}
	before, spent := 0.0, 0.0
	for k, now := range t {
		sd := math.Sqrt(now - before)
		allowed := spending(alpha, now) - spent
		bound := solve(0, 10*math.Sqrt(now), func(b float64) bool {
			crossed := 0.0
			for i, x := range at {
				crossed += mass[i] * compare.NormalCDF((x-b)/sd)
			}
			return crossed > allowed
		})
		out[k] = bound / math.Sqrt(now)

		low := -8 * math.Sqrt(now)
		width := (bound - low) / cells
		nextAt, nextMass := make([]float64, cells), make([]float64, cells)
		for j := range nextAt {
			nextAt[j] = low + (float64(j)+0.5)*width
			for i, x := range at {
				z := (nextAt[j] - x) / sd
				nextMass[j] += mass[i] * math.Exp(-z*z/2)
			}
			nextMass[j] *= width / (sd * math.Sqrt(2*math.Pi))
		}
		at, mass = nextAt, nextMass
		before, spent = now, spending(alpha, now)
	}
	return out
}

// solve bisects for where above turns false.
func solve(low, high float64, above func(float64) bool) float64 {
	for range 60 {
		middle := (low + high) / 2
		if above(middle) {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2
}

// equalLooks are the shares of the data at the end of each of n equal rounds.
func equalLooks(n int) []float64 {
	t := make([]float64, n)
	for i := range t {
		t[i] = float64(i+1) / float64(n)
	}
	return t
}
