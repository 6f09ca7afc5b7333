package otlp_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/collector/pdata/plog"

	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/otlp/otlptest"
)

// A request that a receiver would not take is sent in parts: all records, in their
// order, each part small enough.
func TestLargeRequestsAreSplit(t *testing.T) {
	payloads := otlptest.ReadDir(t, "testdata/captures/n-codex")
	whole := rewriting()
	small := whole
	small.MaxBytes = 4000
	parts := rewriteAll(t, small, payloads)
	if one := rewriteAll(t, whole, payloads); len(parts) <= len(one) {
		t.Fatalf("%d parts of %d requests", len(parts), len(one))
	}
	for _, b := range parts {
		if len(b.Body) > small.MaxBytes && b.Records > 1 {
			t.Errorf("a part of %d %s has %d bytes", b.Records, b.Signal, len(b.Body))
		}
	}
	if diff := cmp.Diff(allOf(t, rewriteAll(t, whole, payloads)), allOf(t, parts)); diff != "" {
		t.Errorf("records (-whole +parts):\n%s", diff)
	}
}

func allOf(t *testing.T, batches []otlp.Batch) otlp.Records {
	t.Helper()
	var payloads []otlp.Payload
	for _, b := range batches {
		payloads = append(payloads, otlp.Payload{Signal: b.Signal, Encoding: otlp.Protobuf, Body: b.Body})
	}
	all, errs := otlp.DecodeAll(payloads)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return all
}

// A resource of megabytes is not sent with each of many small records.
func TestALargeResourceIsNotMultiplied(t *testing.T) {
	logs := plog.NewLogs()
	resource := logs.ResourceLogs().AppendEmpty()
	resource.Resource().Attributes().PutStr("large", strings.Repeat("x", 5000))
	records := resource.ScopeLogs().AppendEmpty().LogRecords()
	for range 100 {
		records.AppendEmpty().SetEventName("small")
	}
	how := rewriting()
	how.MaxBytes, how.Content = 2000, true
	if batches := rewriteAll(t, how, []otlp.Payload{logsPayload(t, logs)}); len(batches) != 1 || batches[0].Records != 100 {
		t.Errorf("%d batches, want one", len(batches))
	}
}

func TestARecordThatIsTooLargeGoesByItself(t *testing.T) {
	logs := plog.NewLogs()
	records := logs.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	for i := range 5 {
		size := 10
		if i == 4 {
			size = 5000
		}
		records.AppendEmpty().Body().SetStr(fmt.Sprintf("%0*d", size, i))
	}
	how := rewriting()
	how.MaxBytes, how.Content = 2000, true
	large, all := 0, 0
	for _, b := range rewriteAll(t, how, []otlp.Payload{logsPayload(t, logs)}) {
		all += b.Records
		if len(b.Body) > how.MaxBytes {
			large++
			if b.Records != 1 {
				t.Errorf("a batch of %d records has %d bytes", b.Records, len(b.Body))
			}
		}
	}
	if large != 1 || all != 5 {
		t.Errorf("%d batches are too large, want that of the one record; %d records in all", large, all)
	}
}
