package otlp

import "go.opentelemetry.io/collector/pdata/plog"

func events(ld plog.Logs) []Event {
	out := make([]Event, 0, ld.LogRecordCount())
	for _, resource := range ld.ResourceLogs().All() {
		for _, scope := range resource.ScopeLogs().All() {
			for _, record := range scope.LogRecords().All() {
				out = append(out, event(record))
			}
		}
	}
	return out
}

func event(record plog.LogRecord) Event {
	e := Event{
		Name:       record.EventName(),
		Body:       record.Body().AsString(),
		Time:       instant(record.Timestamp()),
		TraceID:    record.TraceID().String(),
		SpanID:     record.SpanID().String(),
		Attributes: attributes(record.Attributes()),
	}
	if name, ok := e.Attributes["event.name"].(string); ok && name != "" {
		e.Name = name
	}
	if e.Time.IsZero() { // optional in OTLP; the observed time is not
		e.Time = instant(record.ObservedTimestamp())
	}
	return e
}
