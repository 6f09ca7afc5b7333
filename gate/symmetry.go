package gate

import "math"

// symmetry is an e-process against "each value is symmetric about zero": it
// grows when values lie above zero. No mean or variance is assumed, so one
// outlier does no harm.
//
// For a value z that is as likely to be z as -z, and any λ, the mean of
// exp(λz)/cosh(λz) over both signs is (e^λz + e^-λz)/(2·cosh(λz)) = 1. So each
// product over the values keeps the expected value 1 (it is a martingale), and so
// does the mean of the products for several λ. By Ville's inequality it ever
// reaches 1/alpha with probability alpha at most, however often it is looked at.
// λ is a stake: the larger, the sooner a large shift is found and the more a
// value on the other side costs.
//
// Source: de la Peña, Annals of Probability 27 (1999) 537-564; Ramdas et al.,
// arXiv 2210.01948.
type symmetry struct {
	logs [len(symmetryBets)]float64
}

// symmetryBets suit shifts from a few per cent to a doubling, in log units.
var symmetryBets = [...]float64{0.5, 1, 2, 4}

func (s *symmetry) observe(z float64) {
	for i, bet := range symmetryBets {
		s.logs[i] += bet*z - logCosh(bet*z)
	}
}

// logE is the logarithm of the e-value.
func (s *symmetry) logE() float64 {
	return logSum(s.logs[:]) - math.Log(float64(len(s.logs)))
}

// logCosh is log(cosh(x)) without an overflow for large x.
func logCosh(x float64) float64 {
	x = math.Abs(x)
	return x + math.Log1p(math.Exp(-2*x)) - math.Ln2
}
