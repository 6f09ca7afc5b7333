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

// Attributes are the attributes of one point, event or span, without those of
// its resource: a task can set any resource attribute through its environment.
//
// A value is a string, bool, int64, float64, []byte, nil (sent without a
// value), or nested []any and map[string]any of those.
type Attributes map[string]any

// Kind is the kind of metric a point belongs to.
type Kind string

// The kinds of OTLP.
const (
	Sum                  Kind = "sum"
	Gauge                Kind = "gauge"
	Histogram            Kind = "histogram"
	ExponentialHistogram Kind = "exponential_histogram"
	Summary              Kind = "summary"
)

// Point is one data point of a metric.
type Point struct {
	Name string
	Unit string
	Kind Kind

	// Value is the point's number; for histograms and summaries the sum of
	// the observations, of which Count tells how many there were. Buckets and
	// quantiles are not kept.
	Value float64
	Count uint64

	Delta      bool // temporality: delta, else cumulative; sums and histograms only
	Monotonic  bool // sums only
	Start      time.Time
	Time       time.Time
	Attributes Attributes

	// Resource tells what the point is of from others: points have equal ones when
	// the attributes of their resources are equal. Empty: the resource has none.
	Resource string
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

// The encodings of a payload, as they appear in file names.
const (
	Protobuf = "pb"
	JSON     = "json"
)

// Payload is one request body as it came in, and how to read it.
type Payload struct {
	Signal   Signal
	Encoding string // Protobuf or JSON
	Received time.Time
	Body     []byte // decompressed
}
