package otlp

import (
	"fmt"

	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
)

// form is what splitting needs to know of one signal's requests.
type form[T any] struct {
	signal Signal
	count  func(T) int
	encode func(T) ([]byte, error)

	// part is a copy with the records whose number, from 0, is wanted.
	part func(from T, wanted func(n int) bool) T
}

// split encodes a request, in halves of its records when it is larger than that many
// bytes: receivers over gRPC take 4 MiB. Records stay in their order.
func split[T any](all T, maxBytes int, f form[T]) ([]Batch, error) {
	if f.count(all) == 0 {
		return nil, nil
	}
	body, err := f.encode(all)
	if err != nil {
		return nil, fmt.Errorf("encoding: %w", err)
	}
	return splitEncoded(all, body, maxBytes, f)
}

func splitEncoded[T any](all T, body []byte, maxBytes int, f form[T]) ([]Batch, error) {
	records := f.count(all)
	whole := []Batch{{Signal: f.signal, Records: records, Body: body}}
	if len(body) <= maxBytes || records == 1 {
		return whole, nil
	}
	half := records / 2
	first, second := f.part(all, func(n int) bool { return n < half }), f.part(all, func(n int) bool { return n >= half })
	firstBody, err := f.encode(first)
	if err != nil {
		return nil, fmt.Errorf("encoding: %w", err)
	}
	secondBody, err := f.encode(second)
	if err != nil {
		return nil, fmt.Errorf("encoding: %w", err)
	}
	// Both halves have the resource. An agent that made up one of megabytes must not
	// have it sent with every record.
	if len(firstBody)+len(secondBody)-len(body) > maxBytes/2 {
		return whole, nil
	}
	batches, err := splitEncoded(first, firstBody, maxBytes, f)
	if err != nil {
		return nil, err
	}
	rest, err := splitEncoded(second, secondBody, maxBytes, f)
	return append(batches, rest...), err
}

// unwanted numbers records as they are asked for, and tells which are not wanted.
func unwanted(wanted func(n int) bool) func() bool {
	n := -1
	return func() bool {
		n++
		return !wanted(n)
	}
}

var logsForm = form[plog.Logs]{
	signal: Logs, count: plog.Logs.LogRecordCount,
	encode: func(ld plog.Logs) ([]byte, error) { return plogotlp.NewExportRequestFromLogs(ld).MarshalProto() },
	part: func(from plog.Logs, wanted func(int) bool) plog.Logs {
		out, drop := plog.NewLogs(), unwanted(wanted)
		from.CopyTo(out)
		out.ResourceLogs().RemoveIf(func(resource plog.ResourceLogs) bool {
			resource.ScopeLogs().RemoveIf(func(scope plog.ScopeLogs) bool {
				scope.LogRecords().RemoveIf(func(plog.LogRecord) bool { return drop() })
				return scope.LogRecords().Len() == 0
			})
			return resource.ScopeLogs().Len() == 0
		})
		return out
	},
}

var tracesForm = form[ptrace.Traces]{
	signal: Traces, count: ptrace.Traces.SpanCount,
	encode: func(td ptrace.Traces) ([]byte, error) {
		return ptraceotlp.NewExportRequestFromTraces(td).MarshalProto()
	},
	part: func(from ptrace.Traces, wanted func(int) bool) ptrace.Traces {
		out, drop := ptrace.NewTraces(), unwanted(wanted)
		from.CopyTo(out)
		out.ResourceSpans().RemoveIf(func(resource ptrace.ResourceSpans) bool {
			resource.ScopeSpans().RemoveIf(func(scope ptrace.ScopeSpans) bool {
				scope.Spans().RemoveIf(func(ptrace.Span) bool { return drop() })
				return scope.Spans().Len() == 0
			})
			return resource.ScopeSpans().Len() == 0
		})
		return out
	},
}

var metricsForm = form[pmetric.Metrics]{
	signal: Metrics, count: pmetric.Metrics.DataPointCount,
	encode: func(md pmetric.Metrics) ([]byte, error) {
		return pmetricotlp.NewExportRequestFromMetrics(md).MarshalProto()
	},
	part: func(from pmetric.Metrics, wanted func(int) bool) pmetric.Metrics {
		out, drop := pmetric.NewMetrics(), unwanted(wanted)
		from.CopyTo(out)
		out.ResourceMetrics().RemoveIf(func(resource pmetric.ResourceMetrics) bool {
			resource.ScopeMetrics().RemoveIf(func(scope pmetric.ScopeMetrics) bool {
				scope.Metrics().RemoveIf(func(m pmetric.Metric) bool { return removePoints(m, drop) == 0 })
				return scope.Metrics().Len() == 0
			})
			return resource.ScopeMetrics().Len() == 0
		})
		return out
	},
}

// removePoints removes the points for which drop is true, and says how many are left.
func removePoints(m pmetric.Metric, drop func() bool) (left int) {
	number := func(points pmetric.NumberDataPointSlice) int {
		points.RemoveIf(func(pmetric.NumberDataPoint) bool { return drop() })
		return points.Len()
	}
	switch m.Type() {
	case pmetric.MetricTypeSum:
		return number(m.Sum().DataPoints())
	case pmetric.MetricTypeGauge:
		return number(m.Gauge().DataPoints())
	case pmetric.MetricTypeHistogram:
		points := m.Histogram().DataPoints()
		points.RemoveIf(func(pmetric.HistogramDataPoint) bool { return drop() })
		return points.Len()
	case pmetric.MetricTypeExponentialHistogram:
		points := m.ExponentialHistogram().DataPoints()
		points.RemoveIf(func(pmetric.ExponentialHistogramDataPoint) bool { return drop() })
		return points.Len()
	case pmetric.MetricTypeSummary:
		points := m.Summary().DataPoints()
		points.RemoveIf(func(pmetric.SummaryDataPoint) bool { return drop() })
		return points.Len()
	default:
		return 0
	}
}
