package otlp

import "time"

// Signal is one of OTLP's three.
type Signal string

// The signals, as they appear in paths (/v1/traces) and file names.
const (
	Traces  Signal = "traces"
	Metrics Signal = "metrics"
	Logs    Signal = "logs"
)

// Attributes are the own attributes of a point, event or span. Resource
// attributes are never mixed in: a task can set any resource attribute.
type Attributes map[string]any // string, bool, int64, float64, or nested []any, map[string]any

// Point is one data point of a sum metric.
type Point struct {
	Name       string
	Unit       string
	Value      float64
	Delta      bool // temporality: delta, else cumulative
	Monotonic  bool
	Start      time.Time
	Time       time.Time
	Attributes Attributes
}

// Event is one log record.
type Event struct {
	Name       string // attribute event.name, else the record's eventName
	Body       string
	Time       time.Time
	TraceID    string // hex, empty when there is none
	SpanID     string
	Attributes Attributes
}

// Span is one span.
type Span struct {
	Name       string
	TraceID    string
	SpanID     string
	ParentID   string
	Start, End time.Time
	Error      bool // status code is Error
	Attributes Attributes
	Events     []SpanEvent
}

// SpanEvent is one event inside a span.
type SpanEvent struct {
	Name       string
	Time       time.Time
	Attributes Attributes
}

// Records are everything decoded from one or more payloads.
type Records struct {
	Points []Point
	Events []Event
	Spans  []Span
}

// Payload is one request body as it came in, and how to read it.
type Payload struct {
	Signal   Signal
	Encoding string // "pb" or "json"
	Received time.Time
	Body     []byte // decompressed
}
