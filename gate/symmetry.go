package gate

import "math"

// symmetry is an e-process against "each value is symmetric about zero": it
// grows when values are above. No moments are assumed. Under the hypothesis
// E[exp(λz)/cosh(λz)] = 1 for every λ, so each product is a martingale, and so
// is their mean over a few λ; it reaches 1/alpha with probability alpha at most,
// however often it is looked at.
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

func logCosh(x float64) float64 {
	x = math.Abs(x)
	return x + math.Log1p(math.Exp(-2*x)) - math.Ln2
}
