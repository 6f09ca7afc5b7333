package dashboard

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/realparts"
)

// Each expression of Grafana's dashboard is asked of a real Prometheus, which was told
// what the page says, and was sent two variants' trials the way benchgate forwards
// them: one point a series.
func TestPrometheusAnswersEachPanel(t *testing.T) {
	prom := startPrometheus(t)
	prom.send(t, trialsOfTwo()...)

	want := map[string]float64{
		"cost-per-solved/F1":   (0.30 + 0.20 + 0.50 + 0.10) / 2, // a: solved 0.30, unsolved 0.20; b: unsolved 0.50, solved 0.10
		"pass-rate/F1":         2.0 / 4,
		"unsolved-cost/A":      0.20 + 0.50,
		"unsolved-share/F1":    0.70 / 1.10,
		"cache-utilization/F1": 4 * 8000.0 / (4 * (1000 + 8000 + 3000)),
		"error-rate/F1":        (1.0 + 0 + 0 + 0) / (10 + 5 + 5 + 5),
		"tool-calls/A":         25,
		"requests/A":           4 * 6,
		"cost/A":               4 * 0.11,
		"active-time/A":        4 * 30,
		"lines/A":              4 * 40,
	}
	for _, r := range rows() {
		for _, p := range onGrafana(r) {
			for _, e := range promQL(p.panel) {
				name := p.key + "/" + e.name
				got := prom.ask(t, e.text)
				if len(got) == 0 {
					t.Errorf("%s has no data: %s", name, e.text)
					continue
				}
				if value, known := want[name]; known && math.Abs(got[0].number-value) > 1e-9 {
					t.Errorf("%s is %v, want %v", name, got[0].number, value)
				}
				delete(want, name)
				for _, attribute := range p.by {
					if _, there := got[0].labels[promLabel(attribute)]; !there {
						t.Errorf("%s has no label %s: %v", name, promLabel(attribute), got[0].labels)
					}
				}
			}
		}
	}
	for _, row := range prom.ask(t, numberOf(t, "disagreement", "F2")) {
		if math.Abs(row.number+0.01) > 1e-9 {
			t.Errorf("the agent's own bill of %s is %v beyond the meter's, want -0.01", row.labels["benchgate_task"], row.number)
		}
	}
	for name := range want {
		t.Errorf("there is no number %s", name)
	}
	if got := prom.ask(t, verdicts().Expr); len(got) != 1 || got[0].labels["benchgate_verdict"] != "pass" {
		t.Errorf("the verdict's annotation finds %v", got)
	}
	byVariant := prom.ask(t, numberOf(t, "by-variant", "F1"))
	for _, row := range byVariant {
		want := map[string]float64{"opus": 0.50, "sonnet": 0.60}[row.labels["benchgate_variant"]]
		if math.Abs(row.number-want) > 1e-9 {
			t.Errorf("a solved task of %s costs %v, want %v", row.labels["benchgate_variant"], row.number, want)
		}
	}
	if len(byVariant) != 2 {
		t.Errorf("variants: %v", byVariant)
	}
	for _, v := range variables {
		if got := prom.values(t, promLabel(v.attribute)); len(got) == 0 {
			t.Errorf("variable %s has no values", v.name)
		}
	}
}

// numberOf is one number of a panel, in PromQL.
func numberOf(t *testing.T, key, name string) string {
	t.Helper()
	for _, p := range allPanels() {
		if p.key != key {
			continue
		}
		for _, e := range promQL(p) {
			if e.name == name {
				return e.text
			}
		}
	}
	t.Fatalf("%s has no number %s", key, name)
	return ""
}

// prom is a running Prometheus.
type prom struct{ base string }

func startPrometheus(t *testing.T) prom {
	t.Helper()
	program := realparts.PrometheusProgram(t)
	dir := t.TempDir()
	config := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(config, []byte(prometheusConfig()), 0o600); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	var log bytes.Buffer
	c := exec.CommandContext(t.Context(), program, "--config.file="+config, "--storage.tsdb.path="+filepath.Join(dir, "data"),
		"--web.listen-address="+address, "--web.enable-otlp-receiver", "--log.level=warn")
	c.Stdout, c.Stderr = &log, &log
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Wait()
		if t.Failed() {
			t.Logf("Prometheus said:\n%s", log.String())
		}
	})
	p := prom{"http://" + address}
	for range 300 {
		if answer, err := http.Get(p.base + "/-/ready"); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return p
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("Prometheus is not ready after 30 s")
	return p
}

// send sends resources with metrics as OTLP, in JSON.
func (p prom) send(t *testing.T, resources ...any) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"resourceMetrics": resources})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.Post(p.base+"/api/v1/otlp/v1/metrics", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	said, _ := io.ReadAll(answer.Body)
	if answer.StatusCode/100 != 2 {
		t.Fatalf("Prometheus answered %s: %s", answer.Status, said)
	}
}

// sample is a number with its labels.
type sample struct {
	labels map[string]string
	number float64
}

// ask gives an expression to Prometheus as Grafana does when All is chosen
// everywhere and the dashboard shows six hours.
func (p prom) ask(t *testing.T, expression string) []sample {
	t.Helper()
	for _, v := range variables {
		expression = strings.ReplaceAll(expression, `"$`+v.name+`"`, strconv.Quote(everything))
	}
	expression = strings.ReplaceAll(expression, "$__range", "6h")
	var answer struct {
		Data struct {
			Result []struct {
				Metric map[string]string
				Value  [2]any
			}
		}
	}
	p.get(t, "/api/v1/query?query="+url.QueryEscape(expression), &answer)
	var all []sample
	for _, r := range answer.Data.Result {
		number, err := strconv.ParseFloat(fmt.Sprint(r.Value[1]), 64)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, sample{r.Metric, number})
	}
	return all
}

func (p prom) values(t *testing.T, label string) []string {
	t.Helper()
	var answer struct{ Data []string }
	p.get(t, "/api/v1/label/"+label+"/values?match[]="+url.QueryEscape(`{__name__=~"(claude_code|benchgate)_.+"}`), &answer)
	return answer.Data
}

func (p prom) get(t *testing.T, path string, into any) {
	t.Helper()
	answer, err := http.Get(p.base + path)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("Prometheus answered %s to %s: %s", answer.Status, path, text)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}
