package otlp

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

func points(md pmetric.Metrics) []Point {
	var out []Point
	for _, resource := range md.ResourceMetrics().All() {
		from, first := resourceDigest(resource.Resource().Attributes()), len(out)
		for _, scope := range resource.ScopeMetrics().All() {
			for _, metric := range scope.Metrics().All() {
				out = append(out, pointsOf(metric)...)
			}
		}
		for i := range out[first:] {
			out[first+i].Resource = from
		}
	}
	return out
}

// resourceDigest is equal for equal resources; empty for one without attributes.
func resourceDigest(m pcommon.Map) string {
	if m.Len() == 0 {
		return ""
	}
	sum := sha256.New()
	all := attributes(m)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(sum, "%q=%#v;", key, all[key])
	}
	return hex.EncodeToString(sum.Sum(nil)[:16])
}

func pointsOf(m pmetric.Metric) []Point {
	switch m.Type() {
	case pmetric.MetricTypeSum:
		out := numbers(m, Sum, m.Sum().DataPoints())
		for i := range out {
			out[i].Delta = isDelta(m.Sum().AggregationTemporality())
			out[i].Monotonic = m.Sum().IsMonotonic()
		}
		return out
	case pmetric.MetricTypeGauge:
		return numbers(m, Gauge, m.Gauge().DataPoints())
	case pmetric.MetricTypeHistogram:
		var out []Point
		delta := isDelta(m.Histogram().AggregationTemporality())
		for _, dp := range m.Histogram().DataPoints().All() {
			p := point(m, Histogram, dp)
			p.Value, p.Count, p.Delta = dp.Sum(), dp.Count(), delta
			out = append(out, p)
		}
		return out
	case pmetric.MetricTypeExponentialHistogram:
		var out []Point
		delta := isDelta(m.ExponentialHistogram().AggregationTemporality())
		for _, dp := range m.ExponentialHistogram().DataPoints().All() {
			p := point(m, ExponentialHistogram, dp)
			p.Value, p.Count, p.Delta = dp.Sum(), dp.Count(), delta
			out = append(out, p)
		}
		return out
	case pmetric.MetricTypeSummary:
		var out []Point
		for _, dp := range m.Summary().DataPoints().All() {
			p := point(m, Summary, dp)
			p.Value, p.Count = dp.Sum(), dp.Count()
			out = append(out, p)
		}
		return out
	default: // a metric without data
		return nil
	}
}

func numbers(m pmetric.Metric, kind Kind, dps pmetric.NumberDataPointSlice) []Point {
	var out []Point
	for _, dp := range dps.All() {
		p := point(m, kind, dp)
		if dp.ValueType() == pmetric.NumberDataPointValueTypeInt {
			p.Value = float64(dp.IntValue())
		} else {
			p.Value = dp.DoubleValue()
		}
		out = append(out, p)
	}
	return out
}

// dataPoint is what the data points of all kinds have in common.
type dataPoint interface {
	StartTimestamp() pcommon.Timestamp
	Timestamp() pcommon.Timestamp
	Attributes() pcommon.Map
}

func point(m pmetric.Metric, kind Kind, dp dataPoint) Point {
	return Point{
		Name:       m.Name(),
		Unit:       m.Unit(),
		Kind:       kind,
		Start:      instant(dp.StartTimestamp()),
		Time:       instant(dp.Timestamp()),
		Attributes: attributes(dp.Attributes()),
	}
}

func isDelta(t pmetric.AggregationTemporality) bool {
	return t == pmetric.AggregationTemporalityDelta
}
