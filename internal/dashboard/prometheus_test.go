package dashboard

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"testing"

	"github.com/benchgate/benchgate/internal/realparts"
)

// Each expression of Grafana's dashboard is asked of a real Prometheus, which was told
// what the page says, and was sent two variants' trials the way benchgate forwards
// them: one point a series.
func TestPrometheusAnswersEachPanel(t *testing.T) {
	prometheus := realparts.StartPrometheus(t, "../../docs/telemetry.md")
	send(t, prometheus, trialsOfTwo()...)
	answers := prometheus.Dashboard(Grafana())

	for name, want := range map[string]float64{
		"Cost per solved task/F1":           (0.30 + 0.20 + 0.50 + 0.10) / 2, // two of four are solved
		"Pass rate/F1":                      2.0 / 4,
		"Spent on unsolved trials/A":        0.20 + 0.50,
		"Share spent on unsolved trials/F1": 0.70 / 1.10,
		"Cache utilization/F1":              8000.0 / (1000 + 8000 + 3000),
		"Tool error rate/F1":                1.0 / (10 + 5 + 5 + 5),
		"Tool calls/A":                      25,
		"Model requests/A":                  4 * 6,
		"Cost by the agent/A":               4 * 0.11,
		"Active time/A":                     4 * 30,
		"Lines of code/A":                   4 * 40,
	} {
		if got := answers[name]; len(got) != 1 || math.Abs(got[0].Number-want) > 1e-9 {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	for _, row := range answers["Variants/F1"] {
		want := map[string]float64{"opus": 0.50, "sonnet": 0.60}[row.Labels["benchgate_variant"]]
		if math.Abs(row.Number-want) > 1e-9 {
			t.Errorf("a solved task of %s costs %v, want %v", row.Labels["benchgate_variant"], row.Number, want)
		}
	}
	for _, row := range answers["Disagreement of the three sources/F2"] {
		if math.Abs(row.Number+0.01) > 1e-9 {
			t.Errorf("the agent's own bill of %s is %v beyond the meter's, want -0.01", row.Labels["benchgate_task"], row.Number)
		}
	}
	if got := answers["verdicts"]; len(got) != 1 || got[0].Labels["benchgate_verdict"] != "pass" {
		t.Errorf("the verdict's annotation finds %v", got)
	}
	checkGroups(t, answers)
	for _, v := range variables {
		if got := prometheus.Values(promLabel(v.attribute), everyMetric); len(got) == 0 {
			t.Errorf("variable %s has no values", v.name)
		}
	}
}

// checkGroups finds data of each number on the dashboard, in groups of the labels
// that it names.
func checkGroups(t *testing.T, answers map[string][]realparts.Sample) {
	t.Helper()
	for _, r := range rows() {
		for _, p := range onGrafana(r) {
			for _, e := range promQL(p.panel) {
				got := answers[p.title+"/"+e.name]
				if len(got) == 0 {
					t.Errorf("%s has no data: %s", p.title, e.text)
					continue
				}
				for _, attribute := range p.by {
					if got[0].Labels[promLabel(attribute)] == "" {
						t.Errorf("%s has no label %s: %v", p.title, promLabel(attribute), got[0].Labels)
					}
				}
			}
		}
	}
}

// send gives resources with metrics to a Prometheus as OTLP, in JSON.
func send(t *testing.T, to *realparts.Prometheus3, resources ...any) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"resourceMetrics": resources})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.Post(to.URL+"/api/v1/otlp/v1/metrics", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	said, _ := io.ReadAll(answer.Body)
	if answer.StatusCode/100 != 2 {
		t.Fatalf("Prometheus answered %s: %s", answer.Status, said)
	}
}
