package otlp

import "go.opentelemetry.io/collector/pdata/ptrace"

func spans(td ptrace.Traces) []Span {
	var out []Span
	for _, resource := range td.ResourceSpans().All() {
		for _, scope := range resource.ScopeSpans().All() {
			for _, s := range scope.Spans().All() {
				out = append(out, span(s))
			}
		}
	}
	return out
}

func span(s ptrace.Span) Span {
	out := Span{
		Name:       s.Name(),
		TraceID:    s.TraceID().String(),
		SpanID:     s.SpanID().String(),
		ParentID:   s.ParentSpanID().String(),
		Start:      instant(s.StartTimestamp()),
		End:        instant(s.EndTimestamp()),
		Error:      s.Status().Code() == ptrace.StatusCodeError,
		Attributes: attributes(s.Attributes()),
	}
	for _, e := range s.Events().All() {
		out.Events = append(out.Events, SpanEvent{
			Name:       e.Name(),
			Time:       instant(e.Timestamp()),
			Attributes: attributes(e.Attributes()),
		})
	}
	return out
}
