package otlp

import (
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// Temporality is what a sum or a histogram counts from.
type Temporality string

// Delta counts from the point before, Cumulative from the beginning of the series.
// Each target wants one of them: SigNoz the first, Prometheus the second.
const (
	Delta      Temporality = "delta"
	Cumulative Temporality = "cumulative"
)

// series is the last point of every series of one trial, by all that makes a series.
// A number's point is a pmetric.NumberDataPoint, and so on.
type series map[string]any

func (r *Rewriter) convertSum(sum pmetric.Sum, key string) {
	delta := isDelta(sum.AggregationTemporality())
	switch {
	case delta && r.rewriting.Temporality == Cumulative:
		sum.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
		for _, p := range sum.DataPoints().All() {
			cumulate(r.series, key, p, numberForm)
		}
	case isCumulative(sum.AggregationTemporality()) && r.rewriting.Temporality == Delta && sum.IsMonotonic():
		// A sum that may fall is a level, which exporters never give as a delta.
		sum.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
		sum.DataPoints().RemoveIf(func(p pmetric.NumberDataPoint) bool { return !decumulate(r.series, key, p, numberForm) })
	}
}

func (r *Rewriter) convertHistogram(h pmetric.Histogram, key string) {
	switch temporality := h.AggregationTemporality(); {
	case isDelta(temporality) && r.rewriting.Temporality == Cumulative:
		h.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
		for _, p := range h.DataPoints().All() {
			cumulate(r.series, key, p, histogramForm)
		}
	case isCumulative(temporality) && r.rewriting.Temporality == Delta:
		h.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
		h.DataPoints().RemoveIf(func(p pmetric.HistogramDataPoint) bool { return !decumulate(r.series, key, p, histogramForm) })
	}
}

func (r *Rewriter) convertExponential(h pmetric.ExponentialHistogram, key string) {
	switch temporality := h.AggregationTemporality(); {
	case isDelta(temporality) && r.rewriting.Temporality == Cumulative:
		h.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
		for _, p := range h.DataPoints().All() {
			cumulate(r.series, key, p, exponentialForm)
		}
	case isCumulative(temporality) && r.rewriting.Temporality == Delta:
		h.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
		h.DataPoints().RemoveIf(func(p pmetric.ExponentialHistogramDataPoint) bool {
			return !decumulate(r.series, key, p, exponentialForm)
		})
	}
}

func isCumulative(t pmetric.AggregationTemporality) bool {
	return t == pmetric.AggregationTemporalityCumulative
}

// addable is a point that has a temporality.
type addable[P any] interface {
	dataPoint
	SetStartTimestamp(pcommon.Timestamp)
	SetTimestamp(pcommon.Timestamp)
	Flags() pmetric.DataPointFlags
	Exemplars() pmetric.ExemplarSlice
	CopyTo(P)
}

// pointForm is the arithmetic of one kind of points. Both say false, and change
// nothing, when the points do not fit together: other buckets, a total that fell.
type pointForm[P addable[P]] struct {
	empty    func() P
	add      func(to, delta P) bool
	subtract func(from, earlier P) bool
}

// cumulate replaces a delta by the total of its series until then, which begins when
// its first delta began.
func cumulate[P addable[P]](all series, key string, p P, form pointForm[P]) {
	if p.Flags().NoRecordedValue() {
		return
	}
	key += canonical(p.Attributes())
	total, known := all[key].(P)
	if known && form.add(total, p) {
		// Deltas may come late or with equal times; two points of a series must not.
		total.SetTimestamp(max(p.Timestamp(), total.Timestamp()+pcommon.Timestamp(time.Millisecond)))
	} else {
		total = copied(p, form)
		if total.StartTimestamp() == 0 {
			total.SetStartTimestamp(total.Timestamp())
		}
		all[key] = total
	}
	exemplars := pmetric.NewExemplarSlice()
	p.Exemplars().MoveAndAppendTo(exemplars)
	total.CopyTo(p)
	exemplars.MoveAndAppendTo(p.Exemplars())
}

// decumulate replaces a total by what came since the last point of its series. false:
// it is no newer than that one, and says nothing.
func decumulate[P addable[P]](all series, key string, p P, form pointForm[P]) bool {
	if p.Flags().NoRecordedValue() {
		return true
	}
	// A process that started anew counts from another start.
	key += canonical(p.Attributes()) + p.StartTimestamp().String()
	earlier, known := all[key].(P)
	if known && p.Timestamp() <= earlier.Timestamp() {
		return false
	}
	all[key] = copied(p, form)
	if known {
		p.SetStartTimestamp(earlier.Timestamp())
		form.subtract(p, earlier) // a total that fell began anew: all of it is new
	}
	return true
}

func copied[P addable[P]](p P, form pointForm[P]) P {
	c := form.empty()
	p.CopyTo(c)
	c.Exemplars().RemoveIf(func(pmetric.Exemplar) bool { return true })
	return c
}
