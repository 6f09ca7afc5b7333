package otlp

import (
	"encoding/hex"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// Telemetry is something of our own to tell, in one resource and scope.
type Telemetry struct {
	Resource Attributes
	Scope    string

	// Points are sums and gauges; those of one name have one unit and kind. Sums are
	// the only points of their series, so that their temporality can be chosen.
	Points      []Point
	Temporality Temporality

	Spans []Span // trace and span ids in hex
}

// Encode makes telemetry ready to be sent: a batch of points and one of spans, of
// those it has.
func Encode(t Telemetry, maxBytes int) ([]Batch, error) {
	batches, err := split(t.metrics(), maxBytes, metricsForm)
	if err != nil {
		return nil, fmt.Errorf("encoding points: %w", err)
	}
	traces, err := t.traces()
	if err != nil {
		return nil, fmt.Errorf("encoding spans: %w", err)
	}
	spans, err := split(traces, maxBytes, tracesForm)
	if err != nil {
		return nil, fmt.Errorf("encoding spans: %w", err)
	}
	return append(batches, spans...), nil
}

func (t Telemetry) metrics() pmetric.Metrics {
	all := pmetric.NewMetrics()
	resource := all.ResourceMetrics().AppendEmpty()
	put(resource.Resource().Attributes(), t.Resource)
	scope := resource.ScopeMetrics().AppendEmpty()
	scope.Scope().SetName(t.Scope)
	byName := make(map[string]pmetric.Metric)
	for _, p := range t.Points {
		m, begun := byName[p.Name]
		if !begun {
			m = scope.Metrics().AppendEmpty()
			m.SetName(p.Name)
			m.SetUnit(p.Unit)
			byName[p.Name] = m
		}
		write(p, t.pointOf(p, m))
	}
	return all
}

// pointOf adds an empty point to the metric.
func (t Telemetry) pointOf(p Point, m pmetric.Metric) pmetric.NumberDataPoint {
	switch {
	case p.Kind == Sum && m.Type() == pmetric.MetricTypeEmpty:
		sum := m.SetEmptySum()
		sum.SetIsMonotonic(p.Monotonic)
		sum.SetAggregationTemporality(pmetric.AggregationTemporalityCumulative)
		if t.Temporality == Delta {
			sum.SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
		}
		return sum.DataPoints().AppendEmpty()
	case p.Kind == Sum:
		return m.Sum().DataPoints().AppendEmpty()
	case m.Type() == pmetric.MetricTypeEmpty:
		return m.SetEmptyGauge().DataPoints().AppendEmpty()
	default:
		return m.Gauge().DataPoints().AppendEmpty()
	}
}

func write(p Point, to pmetric.NumberDataPoint) {
	to.SetDoubleValue(p.Value)
	to.SetStartTimestamp(stamp(p.Start))
	to.SetTimestamp(stamp(p.Time))
	put(to.Attributes(), p.Attributes)
}

func (t Telemetry) traces() (ptrace.Traces, error) {
	all := ptrace.NewTraces()
	resource := all.ResourceSpans().AppendEmpty()
	put(resource.Resource().Attributes(), t.Resource)
	scope := resource.ScopeSpans().AppendEmpty()
	scope.Scope().SetName(t.Scope)
	for _, s := range t.Spans {
		to := scope.Spans().AppendEmpty()
		var traceID [16]byte
		var spanID [8]byte
		if err := decodeID(traceID[:], s.TraceID); err != nil {
			return all, err
		}
		if err := decodeID(spanID[:], s.SpanID); err != nil {
			return all, err
		}
		to.SetTraceID(traceID)
		to.SetSpanID(spanID)
		to.SetName(s.Name)
		to.SetKind(ptrace.SpanKindInternal)
		to.SetStartTimestamp(stamp(s.Start))
		to.SetEndTimestamp(stamp(s.End))
		if s.Error {
			to.Status().SetCode(ptrace.StatusCodeError)
		}
		put(to.Attributes(), s.Attributes)
	}
	return all, nil
}

func decodeID(to []byte, id string) error {
	if hex.DecodedLen(len(id)) != len(to) {
		return fmt.Errorf("%q is no id of %d bytes in hex", id, len(to))
	}
	_, err := hex.Decode(to, []byte(id))
	return err
}

// stamp is 0, which means not known, for the zero time.
func stamp(t time.Time) pcommon.Timestamp {
	if t.IsZero() {
		return 0
	}
	return pcommon.NewTimestampFromTime(t)
}
