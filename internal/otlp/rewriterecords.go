package otlp

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// agents stands before a name of ours that an agent used.
const agents = "agent."

// recordUID is OpenTelemetry's attribute for the id of a log record: of two records
// with the same one, either can be dropped.
const recordUID = "log.record.uid"

func (r *Rewriter) isOurs(name string) bool { return strings.HasPrefix(name, r.rewriting.Own) }

func (r *Rewriter) logs(ld plog.Logs) {
	n := 0
	for _, resource := range ld.ResourceLogs().All() {
		r.resource(resource.Resource())
		for _, scope := range resource.ScopeLogs().All() {
			r.clean(scope.Scope().Attributes())
			for _, record := range scope.LogRecords().All() {
				n++
				r.clean(record.Attributes())
				r.cleanValue("", record.Body())
				record.Attributes().PutStr(recordUID, r.recordID(n))
				if !record.TraceID().IsEmpty() {
					record.SetTraceID(r.rewriting.TraceID)
				}
			}
		}
	}
}

// recordID is the same whenever the same payloads are rewritten.
func (r *Rewriter) recordID(n int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%d\n%d", r.rewriting.RecordID, r.payloads, n))
	return hex.EncodeToString(sum[:16])
}

func (r *Rewriter) traces(td ptrace.Traces) {
	for _, resource := range td.ResourceSpans().All() {
		r.resource(resource.Resource())
		for _, scope := range resource.ScopeSpans().All() {
			r.clean(scope.Scope().Attributes())
			for _, s := range scope.Spans().All() {
				r.span(s)
			}
		}
	}
}

func (r *Rewriter) span(s ptrace.Span) {
	r.clean(s.Attributes())
	if r.isOurs(s.Name()) {
		s.SetName(agents + s.Name())
	}
	s.Attributes().PutStr(r.rewriting.Own+agents+"trace_id", s.TraceID().String())
	s.SetTraceID(r.rewriting.TraceID)
	if s.ParentSpanID().IsEmpty() {
		s.SetParentSpanID(r.rewriting.ParentID)
	}
	if r.isContent("", s.Status().Message()) {
		s.Status().SetMessage(Withheld)
	}
	for _, e := range s.Events().All() {
		r.clean(e.Attributes())
	}
	for _, link := range s.Links().All() {
		r.clean(link.Attributes())
		link.SetTraceID(pcommon.TraceID(r.rewriting.TraceID))
	}
}
