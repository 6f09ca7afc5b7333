package otlp

import (
	"slices"

	"go.opentelemetry.io/collector/pdata/pmetric"
)

var numberForm = pointForm[pmetric.NumberDataPoint]{
	empty: pmetric.NewNumberDataPoint,
	add: func(to, delta pmetric.NumberDataPoint) bool {
		combine(to, delta, 1)
		return true
	},
	subtract: func(from, earlier pmetric.NumberDataPoint) bool {
		if number(from) < number(earlier) {
			return false
		}
		combine(from, earlier, -1)
		return true
	},
}

// combine adds a value as often as it is said to. Whole numbers stay whole.
func combine(to, value pmetric.NumberDataPoint, times int64) {
	whole := pmetric.NumberDataPointValueTypeInt
	if to.ValueType() == whole && value.ValueType() == whole {
		to.SetIntValue(to.IntValue() + times*value.IntValue())
		return
	}
	to.SetDoubleValue(number(to) + float64(times)*number(value))
}

func number(p pmetric.NumberDataPoint) float64 {
	if p.ValueType() == pmetric.NumberDataPointValueTypeInt {
		return float64(p.IntValue())
	}
	return p.DoubleValue()
}

var histogramForm = pointForm[pmetric.HistogramDataPoint]{
	empty: pmetric.NewHistogramDataPoint,
	add: func(to, delta pmetric.HistogramDataPoint) bool {
		if !sameBuckets(to, delta) {
			return false
		}
		to.SetCount(to.Count() + delta.Count())
		for i := range to.BucketCounts().Len() {
			to.BucketCounts().SetAt(i, to.BucketCounts().At(i)+delta.BucketCounts().At(i))
		}
		addSummary(to, delta)
		return true
	},
	subtract: func(from, earlier pmetric.HistogramDataPoint) bool {
		if !sameBuckets(from, earlier) || from.Count() < earlier.Count() {
			return false
		}
		for i := range from.BucketCounts().Len() {
			if from.BucketCounts().At(i) < earlier.BucketCounts().At(i) {
				return false
			}
		}
		from.SetCount(from.Count() - earlier.Count())
		for i := range from.BucketCounts().Len() {
			from.BucketCounts().SetAt(i, from.BucketCounts().At(i)-earlier.BucketCounts().At(i))
		}
		subtractSummary(from, earlier)
		return true
	},
}

func sameBuckets(a, b pmetric.HistogramDataPoint) bool {
	return slices.Equal(a.ExplicitBounds().AsRaw(), b.ExplicitBounds().AsRaw()) && a.BucketCounts().Len() == b.BucketCounts().Len()
}

// summary is what both kinds of histograms say besides their buckets.
type summary interface {
	HasSum() bool
	Sum() float64
	SetSum(float64)
	RemoveSum()
	HasMin() bool
	Min() float64
	SetMin(float64)
	RemoveMin()
	HasMax() bool
	Max() float64
	SetMax(float64)
	RemoveMax()
}

// addSummary adds sums and widens the range. What one side does not know, the total
// does not know.
func addSummary(to, delta summary) {
	if to.HasSum() && delta.HasSum() {
		to.SetSum(to.Sum() + delta.Sum())
	} else {
		to.RemoveSum()
	}
	if to.HasMin() && delta.HasMin() {
		to.SetMin(min(to.Min(), delta.Min()))
	} else {
		to.RemoveMin()
	}
	if to.HasMax() && delta.HasMax() {
		to.SetMax(max(to.Max(), delta.Max()))
	} else {
		to.RemoveMax()
	}
}

// subtractSummary has no range: that of the whole series says nothing of its last part.
func subtractSummary(from, earlier summary) {
	if from.HasSum() && earlier.HasSum() {
		from.SetSum(from.Sum() - earlier.Sum())
	} else {
		from.RemoveSum()
	}
	from.RemoveMin()
	from.RemoveMax()
}
