package realparts

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Prometheus3 is a Prometheus that runs for one test and takes OTLP.
type Prometheus3 struct {
	URL string // "http://127.0.0.1:PORT"; OTLP goes to /api/v1/otlp below it

	tb testing.TB
}

var configBlock = regexp.MustCompile("(?s)```yaml\n(# prometheus.yml\n.*?)```")

// Sample is a number with its labels.
type Sample struct {
	Labels map[string]string
	Number float64
}

// StartPrometheus starts one on loopback, for which BENCHGATE_REQUIRE has to ask. It
// ends with the test. Its configuration is the one that a page of the documentation
// tells to write, the block that begins with "# prometheus.yml".
func StartPrometheus(tb testing.TB, page string) *Prometheus3 {
	tb.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		tb.Fatal(err)
	}
	config := configBlock.FindSubmatch(text)
	if config == nil {
		tb.Fatalf("%s has no configuration of Prometheus", page)
	}
	program, dir := program(tb, Prometheus, "prometheus", "BENCHGATE_PROMETHEUS"), tb.TempDir()
	file := filepath.Join(dir, "prometheus.yml")
	if err := os.WriteFile(file, config[1], 0o600); err != nil {
		tb.Fatal(err)
	}
	listener, err := new(net.ListenConfig).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	log := new(bytes.Buffer)
	c := exec.CommandContext(tb.Context(), program, "--config.file="+file, "--storage.tsdb.path="+filepath.Join(dir, "data"),
		"--web.listen-address="+address, "--web.enable-otlp-receiver", "--log.level=warn")
	c.Stdout, c.Stderr = log, log
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	if err := c.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = c.Wait()
		if tb.Failed() {
			tb.Logf("Prometheus said:\n%s", log)
		}
	})
	p := &Prometheus3{URL: "http://" + address, tb: tb}
	p.await()
	return p
}

func (p *Prometheus3) await() {
	p.tb.Helper()
	for range 300 {
		if answer, err := p.ask("/-/ready"); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	p.tb.Fatal("Prometheus is not ready after 30 s")
}

// Dashboard asks every expression of a Grafana dashboard, as Grafana does when All is
// chosen everywhere and six hours are shown. The answers are by the panel's title and
// the query's letter, "Pass rate/A"; those of annotations by their names.
func (p *Prometheus3) Dashboard(text []byte) map[string][]Sample {
	p.tb.Helper()
	var d struct {
		Annotations struct{ List []struct{ Name, Expr string } }
		Templating  struct {
			List []struct{ Name, AllValue string }
		}
		Panels []struct {
			Title   string
			Targets []struct{ RefID, Expr string }
		}
	}
	if err := json.Unmarshal(text, &d); err != nil {
		p.tb.Fatal(err)
	}
	filled := func(expression string) string {
		for _, v := range d.Templating.List {
			expression = strings.ReplaceAll(expression, `"$`+v.Name+`"`, strconv.Quote(v.AllValue))
		}
		return strings.ReplaceAll(expression, "$__range", "6h")
	}
	answers := make(map[string][]Sample)
	for _, a := range d.Annotations.List {
		answers[a.Name] = p.Ask(filled(a.Expr))
	}
	for _, panel := range d.Panels {
		for _, t := range panel.Targets {
			answers[panel.Title+"/"+t.RefID] = p.Ask(filled(t.Expr))
		}
	}
	return answers
}

// Ask has what a PromQL expression comes to now.
func (p *Prometheus3) Ask(expression string) []Sample {
	p.tb.Helper()
	var answer struct {
		Data struct {
			Result []struct {
				Metric map[string]string
				Value  [2]any
			}
		}
	}
	p.get("/api/v1/query?query="+url.QueryEscape(expression), &answer)
	var all []Sample
	for _, r := range answer.Data.Result {
		number, err := strconv.ParseFloat(fmt.Sprint(r.Value[1]), 64)
		if err != nil {
			p.tb.Fatal(err)
		}
		all = append(all, Sample{r.Metric, number})
	}
	return all
}

// Values are those that a label has in the series that a selector chooses.
func (p *Prometheus3) Values(label, selector string) []string {
	p.tb.Helper()
	var answer struct{ Data []string }
	p.get("/api/v1/label/"+label+"/values?match[]="+url.QueryEscape(selector), &answer)
	return answer.Data
}

func (p *Prometheus3) ask(path string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(p.tb.Context(), http.MethodGet, p.URL+path, http.NoBody)
	if err != nil {
		return nil, err
	}
	return http.DefaultClient.Do(request)
}

func (p *Prometheus3) get(path string, into any) {
	p.tb.Helper()
	answer, err := p.ask(path)
	if err != nil {
		p.tb.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		p.tb.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK {
		p.tb.Fatalf("Prometheus answered %s to %s: %s", answer.Status, path, text)
	}
	if err := json.Unmarshal(text, into); err != nil {
		p.tb.Fatal(err)
	}
}
