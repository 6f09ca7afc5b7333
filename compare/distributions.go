package compare

import "math"

// NormalCDF is the standard normal distribution function.
func NormalCDF(x float64) float64 { return 0.5 * math.Erfc(-x/math.Sqrt2) }

// NormalQuantile is the inverse of [NormalCDF]; p in (0, 1).
func NormalQuantile(p float64) float64 { return -math.Sqrt2 * math.Erfcinv(2*p) }

// BetaCDF is the regularised incomplete beta function I_x(a, b), for a and b
// above 0 and x in [0, 1].
//
// It evaluates the continued fraction DLMF 8.17.22 by Lentz's method, on the
// side of the symmetry I_x(a, b) = 1 - I_{1-x}(b, a) where it converges fast.
func BetaCDF(x, a, b float64) float64 {
	switch {
	case x <= 0:
		return 0
	case x >= 1:
		return 1
	}
	if x > (a+1)/(a+b+2) {
		return 1 - BetaCDF(1-x, b, a)
	}
	la, _ := math.Lgamma(a)
	lb, _ := math.Lgamma(b)
	lab, _ := math.Lgamma(a + b)
	front := math.Exp(lab-la-lb+a*math.Log(x)+b*math.Log1p(-x)) / a
	return front / betaFraction(x, a, b)
}

// betaFraction is the denominator 1 + d_1/(1 + d_2/(1 + ...)) of DLMF 8.17.22.
func betaFraction(x, a, b float64) float64 {
	const (
		tiny      = 1e-300 // Lentz: stands for zero, so that no division fails
		precision = 1e-15
		maxSteps  = 500
	)
	f, c, d := 1.0, 1.0, 0.0
	for step := 1; step <= maxSteps; step++ {
		m := float64(step / 2)
		var coefficient float64
		if step%2 == 0 {
			coefficient = m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		} else {
			coefficient = -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		}
		d = 1 + coefficient*d
		if math.Abs(d) < tiny {
			d = tiny
		}
		d = 1 / d
		c = 1 + coefficient/c
		if math.Abs(c) < tiny {
			c = tiny
		}
		f *= c * d
		if math.Abs(1-c*d) < precision {
			break
		}
	}
	return f
}

// studentQuantile returns t with P(T > t) = level for Student's distribution,
// level in (0, 0.5), by bisection on its tail I_{v/(v+t²)}(v/2, 1/2)/2. Infinitely
// many degrees of freedom make it the normal one.
func studentQuantile(level, freedom float64) float64 {
	if math.IsInf(freedom, 1) {
		return NormalQuantile(1 - level)
	}
	low, high := 0.0, 1e6
	for high-low > 1e-13*high {
		t := (low + high) / 2
		if BetaCDF(freedom/(freedom+t*t), freedom/2, 0.5)/2 > level {
			low = t
		} else {
			high = t
		}
	}
	return (low + high) / 2
}

// logChoose is the logarithm of the binomial coefficient, by the log gamma
// function: the coefficient itself overflows a float64 from n = 1030 on.
func logChoose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}
