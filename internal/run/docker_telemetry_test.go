package run_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/forward"
	"github.com/benchgate/benchgate/internal/otlp"
)

// What the real client sends goes on to an endpoint of the user's: each trial is one
// trace with its span above the client's, the client's dollars are the record's, and
// the endpoint's key is in none of the run's files.
func TestTheRealClientsTelemetryGoesOn(t *testing.T) {
	const key = "ingest-0123456789abcdef"
	r := newRig(t)
	if os.Getenv("BENCHGATE_FULL") == "" {
		t.Skip("BENCHGATE_FULL is not set: it takes half a minute of two processors")
	}
	r.npm(claude(t))
	r.scripted(filepath.Join(e2eDir, "settings.yaml"))
	r.env["INGEST_KEY"] = key
	receiver := otlp.NewReceiver(otlp.Options{})
	token, handler := receiver.Admit("all"), receiver.Handler()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Header.Get("x-ingest-key") != key {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		handler.ServeHTTP(w, req)
	}))
	defer server.Close()

	result := r.mustRun(bringSettings(1) + fmt.Sprintf("telemetry: {forward: {endpoint: %q, headers: {x-ingest-key: \"${INGEST_KEY}\"}}}\n", server.URL+"/"+token))
	wantAllThroughTheMeter(t, result)
	if said := r.said.String(); strings.Contains(said, "notice: telemetry") || strings.Contains(said, key) {
		t.Errorf("something is said of telemetry:\n%s", said)
	}
	got, errs := otlp.DecodeAll(receiver.Payloads("all"))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	trials := slices.Concat(result.Baseline.Trials, result.Candidate.Trials)
	wantOneTraceATrial(t, got, len(trials))
	wantSameDollars(t, got, trials)
	err := filepath.WalkDir(result.Dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(file)
		if bytes.Contains(content, []byte(key)) {
			t.Errorf("%s has the endpoint's key", file)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// wantOneTraceATrial wants one span over each trial, and in its trace the client's.
func wantOneTraceATrial(t *testing.T, got otlp.Records, trials int) {
	t.Helper()
	over := make(map[string]string) // by trace
	for _, s := range got.Spans {
		if s.Name == forward.SpanTrial {
			over[s.TraceID] = s.SpanID
		}
	}
	below := make(map[string]bool)
	for _, s := range got.Spans {
		if over[s.TraceID] == "" {
			t.Errorf("span %s is in no trial's trace", s.Name)
		}
		if s.Name == "claude_code.interaction" && s.ParentID == over[s.TraceID] {
			below[s.TraceID] = true
		}
	}
	if len(over) != trials || len(below) != trials {
		t.Errorf("%d spans over trials, %d with the client's below, want %d", len(over), len(below), trials)
	}
}

// wantSameDollars wants the client's own metric to come to the dollars of the records.
func wantSameDollars(t *testing.T, got otlp.Records, trials []baselines.Trial) {
	t.Helper()
	client, ours, recorded := 0.0, 0.0, 0.0
	for _, p := range got.Points {
		switch p.Name {
		case "claude_code.cost.usage":
			client += p.Value
		case forward.MetricTrialCost:
			ours += p.Value
		}
	}
	for _, trial := range trials {
		recorded += trial.CostUSD.Total()
	}
	if math.Abs(client-recorded) > 1e-9 || math.Abs(ours-recorded) > 1e-9 {
		t.Errorf("the client's metric comes to $%v, ours to $%v, the records to $%v", client, ours, recorded)
	}
}
