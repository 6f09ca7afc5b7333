package otlp

import (
	"fmt"
	"maps"
	"slices"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
)

// Rewriting says how one trial's telemetry is changed before it goes on to others.
type Rewriting struct {
	// Resource is set on every resource, in the place of what the agent said there.
	Resource Attributes

	// Own begins the names that only benchgate may use ("benchgate."). Attributes so
	// named are taken out; metrics and spans, and a service so named, get "agent." in
	// front: an agent must not pass its numbers off as ours.
	Own string

	// Content lets texts through that may be what was asked, answered, read or
	// written. Without it they are replaced by [Withheld].
	Content bool

	Temporality Temporality // of sums and histograms

	// TraceID takes the place of the agent's own trace ids, and ParentID is the parent
	// of its spans that have none. A span keeps the agent's id in the attribute
	// Own + "agent.trace_id".
	TraceID  [16]byte
	ParentID [8]byte

	// RecordID begins the ids of log records (attribute log.record.uid), so that a
	// record which is sent twice has one id. It should be the trial's own.
	RecordID string

	MaxBytes int // of a batch, uncompressed; a single larger record is a batch by itself
}

// Batch is one export request that is ready to be sent.
type Batch struct {
	Signal  Signal
	Records int    // log records, spans or points
	Body    []byte // protobuf
}

// Rewriter rewrites the payloads of one trial. They must come in their order, since
// temporality is converted from one to the next. The same payloads give the same
// batches.
type Rewriter struct {
	rewriting Rewriting
	series    series
	payloads  int
}

// NewRewriter begins a trial's telemetry.
func NewRewriter(r Rewriting) *Rewriter {
	return &Rewriter{rewriting: r, series: make(series)}
}

// Rewrite gives the batches that a payload becomes: none, when nothing is in it. A
// payload that cannot be decoded is an error.
func (r *Rewriter) Rewrite(p Payload) ([]Batch, error) {
	r.payloads++
	batches, err := r.rewrite(p)
	if err != nil {
		return nil, fmt.Errorf("rewriting %s (%s): %w", p.Signal, p.Encoding, err)
	}
	return batches, nil
}

func (r *Rewriter) rewrite(p Payload) ([]Batch, error) {
	switch p.Signal {
	case Metrics:
		request := pmetricotlp.NewExportRequest()
		if err := unmarshal(p, request); err != nil {
			return nil, err
		}
		r.metrics(request.Metrics())
		return split(request.Metrics(), r.rewriting.MaxBytes, metricsForm)
	case Logs:
		request := plogotlp.NewExportRequest()
		if err := unmarshal(p, request); err != nil {
			return nil, err
		}
		r.logs(request.Logs())
		return split(request.Logs(), r.rewriting.MaxBytes, logsForm)
	case Traces:
		request := ptraceotlp.NewExportRequest()
		if err := unmarshal(p, request); err != nil {
			return nil, err
		}
		r.traces(request.Traces())
		return split(request.Traces(), r.rewriting.MaxBytes, tracesForm)
	default:
		return nil, fmt.Errorf("unknown signal %q", p.Signal)
	}
}

// serviceName is OpenTelemetry's attribute of a resource.
const serviceName = "service.name"

func (r *Rewriter) resource(resource pcommon.Resource) {
	r.clean(resource.Attributes())
	if name, ok := resource.Attributes().Get(serviceName); ok && r.isOurs(name.Str()+".") {
		name.SetStr(agents + name.Str())
	}
	put(resource.Attributes(), r.rewriting.Resource)
}

// put sets attributes; their values are those of [Attributes].
func put(to pcommon.Map, attributes Attributes) {
	for _, key := range slices.Sorted(maps.Keys(attributes)) {
		_ = to.PutEmpty(key).FromRaw(attributes[key]) // it has errors for types that are none of OTLP's
	}
}
