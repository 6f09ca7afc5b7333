package forward

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/otlp"
)

// Trial is one try whose telemetry goes out.
type Trial struct {
	ID      string // within its run: "<arm>/<task>/<attempt>.<try>"
	Dir     string // with the files that its agent's telemetry is kept in
	Header  baselines.Header
	Confirm bool // one half of a live pair
	Record  baselines.Trial
	Ledger  []meter.Entry
}

// Run is the id of the trial's run: the header's, without the arm.
func (t Trial) Run() string { return runID(t.Header) }

func runID(h baselines.Header) string {
	return strings.TrimSuffix(strings.TrimSuffix(h.ID, "-"+string(h.Arm)), "-confirm")
}

// resource is on everything that the trial sends.
func (t Trial) resource() otlp.Attributes {
	v := t.Header.Variant
	all := otlp.Attributes{
		AttrInstance: t.Run() + "/" + t.ID,
		AttrRun:      t.Run(), AttrSuite: t.Header.Suite.Name, AttrTask: t.Record.Task,
		AttrAttempt: int64(t.Record.Attempt), AttrTry: int64(t.Record.Try),
		AttrArm: string(t.Header.Arm), AttrVariant: v.Name, AttrAgent: v.Agent.Name,
	}
	if v.Agent.Version != "" {
		all[AttrAgent] = v.Agent.Name + "@" + v.Agent.Version
	}
	if v.Model != "" {
		all[AttrModel] = v.Model
	}
	if t.Confirm {
		all[AttrConfirm] = true
	}
	return all
}

// ids are those of the trial's trace and of the span over it: the same whenever it is
// sent.
func (t Trial) ids() (trace [16]byte, span [8]byte) {
	sum := sha256.Sum256([]byte(t.Run() + "/" + t.ID))
	copy(trace[:], sum[:16])
	copy(span[:], sum[16:24])
	return trace, span
}

func (t Trial) end() time.Time {
	return t.Record.Started.Add(time.Duration(t.Record.Seconds.Total * float64(time.Second)))
}

// own is what benchgate itself says of the trial.
func (t Trial) own(temporality otlp.Temporality) otlp.Telemetry {
	resource := t.resource()
	resource[AttrService] = service
	return otlp.Telemetry{
		Resource: resource, Scope: service, Points: t.points(), Temporality: temporality,
		Spans: []otlp.Span{t.span()},
	}
}

// span is the one over the trial.
func (t Trial) span() otlp.Span {
	trace, id := t.ids()
	r := t.Record
	s := otlp.Span{
		Name: SpanTrial, TraceID: hex.EncodeToString(trace[:]), SpanID: hex.EncodeToString(id[:]),
		Start: r.Started, End: t.end(),
		Error:      r.Ended == baselines.AgentError || r.Ended == baselines.InfraError,
		Attributes: t.outcome(),
	}
	s.Attributes[AttrSeconds], s.Attributes[AttrSeq] = r.Seconds.Total, int64(r.Seq)
	if usd, known := r.Cost(); known {
		s.Attributes[AttrCost] = usd
	}
	for name, count := range map[string]*int{AttrRequests: r.Requests, AttrToolCalls: r.ToolCalls, AttrToolErrors: r.ToolErrors} {
		if count != nil {
			s.Attributes[name] = int64(*count)
		}
	}
	if len(r.Flags) > 0 {
		var flags []any
		for _, f := range r.Flags {
			flags = append(flags, string(f))
		}
		s.Attributes[AttrFlags] = flags
	}
	return s
}

// outcome is how the trial ended, on its span and its points.
func (t Trial) outcome() otlp.Attributes {
	all := otlp.Attributes{AttrEnded: string(t.Record.Ended), AttrSolved: "unknown"}
	switch {
	case t.Record.Solved == nil:
	case *t.Record.Solved:
		all[AttrSolved] = "true"
	default:
		all[AttrSolved] = "false"
	}
	if t.Record.SessionID != "" {
		all[AttrSession] = t.Record.SessionID
	}
	return all
}
