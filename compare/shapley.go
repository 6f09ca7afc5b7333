package compare

import "math/bits"

// Shapley splits the difference of a function that n factors were changed in,
// value(all) - value(none), into a part for each factor: what it adds when its turn
// comes, averaged over all n! orders in which the factors can be changed one after
// the other. So the parts add up to the difference, a factor that changes nothing
// has the part 0, and no order is preferred.
//
// Value gets the factors that are changed, factor i as bit i; it is called once for
// each of the 2ⁿ sets, so n is at most 16. A sum of terms that no factor shares may
// be split term by term.
//
// Source: Shapley, A value for n-person games, Contributions to the Theory of Games
// II (1953) 307-317.
func Shapley(n int, value func(changed uint) float64) []float64 {
	values := make([]float64, 1<<n)
	for set := range values {
		values[set] = value(uint(set))
	}
	weights := shapleyWeights(n)
	parts := make([]float64, n)
	for i := range parts {
		bit := 1 << i
		for before := range values {
			if before&bit == 0 {
				parts[i] += weights[bits.OnesCount(uint(before))] * (values[before|bit] - values[before])
			}
		}
	}
	return parts
}

// shapleyWeights are, by the size k of the set that was changed before, the share
// of all orders in which exactly that set comes before the factor: k!(n-1-k)!/n!.
func shapleyWeights(n int) []float64 {
	weights := make([]float64, n)
	for k := range weights {
		weights[k] = 1 / float64(n)
		for j := 1; j <= k; j++ {
			weights[k] *= float64(j) / float64(n-j)
		}
	}
	return weights
}
