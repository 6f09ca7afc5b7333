package compare

import "math"

// Interval is a confidence interval. Its level is said by who makes it: as the
// error of each single limit, so 0.05 makes a two-sided 90 % interval.
type Interval struct {
	Low, High float64
}

// invert turns a test into an interval: the hypotheses that it does not reject.
// The test is a score statistic z(d) that falls as the hypothesised d grows and
// is 0 at the estimate. The limits are the largest d at or below the estimate
// with z(d) >= critical, and the smallest at or above it with z(d) <= -critical,
// found by bisection inside [least, most].
func invert(z func(float64) float64, least, estimate, most, critical float64) Interval {
	const bisections = 50
	rejected, kept := least, estimate
	for range bisections {
		d := (rejected + kept) / 2
		if z(d) >= critical {
			rejected = d
		} else {
			kept = d
		}
	}
	low := rejected

	kept, rejected = estimate, most
	for range bisections {
		d := (rejected + kept) / 2
		if z(d) <= -critical {
			rejected = d
		} else {
			kept = d
		}
	}
	return Interval{Low: low, High: rejected}
}

// exponentials takes an interval of a logarithm to that of the number.
func exponentials(logs Interval, ok bool) (Interval, bool) {
	return Interval{Low: math.Exp(logs.Low), High: math.Exp(logs.High)}, ok
}
