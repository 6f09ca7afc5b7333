package compare

import (
	"math"
	"math/rand/v2"
	"testing"
)

// What is left out at the ends of the convolution changes no p value that
// matters, and makes none smaller.
func TestNegligibleEndsChangeNoPValue(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for range 20 {
		strata := make(Strata, 60)
		drop := 0.6 * random.Float64()
		for i := range strata {
			strata[i].Candidate.Attempts, strata[i].Baseline.Attempts = 10, 10
			for range 10 {
				if random.Float64() < 0.7-drop {
					strata[i].Candidate.Solved++
				}
				if random.Float64() < 0.7 {
					strata[i].Baseline.Solved++
				}
			}
		}
		lattice, observed := strata.lattice(), 0
		whole := []float64{1}
		first := 0
		for _, s := range strata {
			observed += lattice.at(s, s.Candidate.Solved)
			one := s.shuffled(lattice)
			sum := make([]float64, len(whole)+len(one.p)-1)
			for i, p := range whole {
				for j, q := range one.p {
					sum[i+j] += p * q
				}
			}
			whole, first = sum, first+one.first
		}
		want := distribution{first: first, p: whole}.atMost(observed)
		got := strata.PWorse()
		if got < want*(1-1e-9) || math.Abs(got-want) > 1e-20+1e-9*want {
			t.Errorf("p is %v, by the whole convolution %v", got, want)
		}
	}
}
