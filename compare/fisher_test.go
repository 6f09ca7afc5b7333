package compare

import "testing"

// Worked by hand, with whole binomial coefficients.
func TestFisherMidP(t *testing.T) {
	for _, test := range []struct {
		first, second Share
		want          float64
	}{
		{Share{1, 10}, Share{0, 50}, 0.5 * 10 / 60},
		{Share{2, 12}, Share{0, 50}, 0.5 * 12 * 11 / (62 * 61)},
		{Share{10, 50}, Share{2, 50}, 0.007883369208},
		{Share{5, 25}, Share{1, 50}, 0.007475930493},
		{Share{0, 10}, Share{3, 10}, 1 - 0.5*10*9*8/(20*19*18)},
		{Share{0, 10}, Share{0, 10}, 0.5},
		{Share{0, 0}, Share{2, 10}, 0.5},
	} {
		within(t, "mid-p", FisherMidP(test.first, test.second), test.want, 1e-9)
	}
}
