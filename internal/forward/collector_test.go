package forward_test

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/forward"
	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/otlp/otlptest"
	"github.com/benchgate/benchgate/internal/realparts"
)

// A real collector that is restarted twice in the middle gets every record, over both
// protocols and in both temporalities; of answers that are lost on the way, what comes
// twice is recognised.
func TestARealCollectorThatIsRestarted(t *testing.T) {
	program := realparts.CollectorProgram(t)
	for _, protocol := range []otlp.Protocol{otlp.HTTP, otlp.GRPC} {
		t.Run(string(protocol), func(t *testing.T) {
			c := newCollector(t, program)
			target := forward.Target{
				Destination: otlp.Destination{Endpoint: "http://" + c.grpc, Protocol: protocol, Gzip: true, Timeout: 10 * time.Second},
				Temporality: otlp.Cumulative,
			}
			if protocol == otlp.HTTP {
				target.Endpoint, target.Temporality = losing(t, "http://"+c.http), otlp.Delta
			}
			r := aRun(t, 30)
			c.start()
			var heard said
			opened, err := forward.Open(t.Context(), r.Dir, []forward.Target{target}, heard.say)
			if err != nil {
				t.Fatal(err)
			}
			for i, trial := range r.Trials {
				opened.Trial(trial)
				if i == 9 || i == 19 {
					untilSome(t, r.Dir, i) // in the middle: some are sent, some are not
					c.restart()
				}
			}
			opened.Verdict(*r.Verdict)
			summaries, err := opened.Close(2 * time.Minute)
			if err != nil || summaries[0].Left != 0 || summaries[0].Rejected != 0 {
				t.Fatalf("summary %+v, error %v, said %q", summaries, err, heard.all)
			}
			c.stop()
			c.holds(r, target.Temporality, protocol == otlp.HTTP)
		})
	}
}

// untilSome waits until some batches after those of the first trials are acknowledged.
func untilSome(t *testing.T, dir string, trials int) {
	t.Helper()
	for range 2000 {
		list, _ := os.ReadFile(filepath.Join(dir, forward.SentFile))
		if bytes.Count(list, []byte("\n")) > 5*(trials-5) {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("nothing is sent")
}

// losing is a proxy that loses every ninth answer.
func losing(t *testing.T, to string) string {
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	var n atomic.Int32
	proxy := httputil.NewSingleHostReverseProxy(u)
	proxy.ModifyResponse = func(response *http.Response) error {
		if response.StatusCode == http.StatusOK && n.Add(1)%9 == 0 {
			return fmt.Errorf("lost")
		}
		return nil
	}
	proxy.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return server.URL
}

// collector is OpenTelemetry's own, which writes what it gets into files.
type collector struct {
	t          *testing.T
	program    string
	dir        string
	http, grpc string // its addresses
	starts     int
	running    *exec.Cmd
	up         chan struct{} // closed once it was started again; nil: it was not stopped
}

func newCollector(t *testing.T, program string) *collector {
	c := &collector{t: t, program: program, dir: t.TempDir(), http: freeAddress(t), grpc: freeAddress(t)}
	config := fmt.Sprintf(`
receivers: {otlp: {protocols: {grpc: {endpoint: %q}, http: {endpoint: %q}}}}
exporters: {file: {path: "${env:OUT}"}}
service:
  telemetry: {metrics: {level: none}}
  pipelines:
    traces: {receivers: [otlp], exporters: [file]}
    metrics: {receivers: [otlp], exporters: [file]}
    logs: {receivers: [otlp], exporters: [file]}
`, c.grpc, c.http)
	if err := os.WriteFile(filepath.Join(c.dir, "config.yaml"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if c.running != nil {
			c.stop()
		}
	})
	return c
}

func freeAddress(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (c *collector) start() {
	c.starts++
	cmd := exec.Command(c.program, "--config", filepath.Join(c.dir, "config.yaml"))
	cmd.Env = append(os.Environ(), "OUT="+filepath.Join(c.dir, fmt.Sprintf("out-%d.jsonl", c.starts)))
	log, err := os.Create(filepath.Join(c.dir, fmt.Sprintf("log-%d.txt", c.starts)))
	if err != nil {
		c.t.Error(err)
		return
	}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		c.t.Error(err)
		return
	}
	c.running = cmd
}

// restart stops it and, a while later, starts it again.
func (c *collector) restart() {
	c.t.Helper()
	c.stop()
	c.up = make(chan struct{})
	go func() {
		defer close(c.up)
		time.Sleep(700 * time.Millisecond)
		c.start()
	}()
}

// stop ends it as an operator does: it writes what it has acknowledged.
func (c *collector) stop() {
	c.t.Helper()
	if c.up != nil {
		<-c.up
	}
	if err := c.running.Process.Signal(syscall.SIGTERM); err != nil {
		c.t.Fatal(err)
	}
	if err := c.running.Wait(); err != nil {
		log, _ := os.ReadFile(filepath.Join(c.dir, fmt.Sprintf("log-%d.txt", c.starts)))
		c.t.Fatalf("the collector: %v\n%s", err, log)
	}
	c.running = nil
}

// holds wants every record of the run in the collector's files, and twice only what
// was sent twice.
func (c *collector) holds(r forward.Run, temporality otlp.Temporality, lossy bool) {
	c.t.Helper()
	counts := make(map[string]int)
	for n := range c.starts {
		name := filepath.Join(c.dir, fmt.Sprintf("out-%d.jsonl", n+1))
		file, err := os.Open(name)
		if err != nil {
			c.t.Fatal(err)
		}
		defer file.Close()
		before := len(counts)
		lines := bufio.NewScanner(file)
		lines.Buffer(nil, 64<<20)
		for lines.Scan() {
			var request map[string]any
			if err := json.Unmarshal(lines.Bytes(), &request); err != nil {
				c.t.Fatalf("%s: %v", name, err)
			}
			c.count(request, temporality, counts)
		}
		if len(counts) == before {
			c.t.Errorf("after start %d nothing new arrived", n+1)
		}
	}
	payloads, errs := otlp.DecodeAll(otlptest.ReadDir(c.t, r.Trials[0].Dir))
	if len(errs) > 0 {
		c.t.Fatal(errs)
	}
	wantLogs, wantSpans := len(r.Trials)*len(payloads.Events), len(r.Trials)*(len(payloads.Spans)+1)
	wantPoints := len(r.Trials)*(len(payloads.Points)+19) + 1 // our own: trial.golden.json
	got, duplicates := make(map[string]int), 0
	for id, n := range counts {
		kind, _, _ := strings.Cut(id, " ")
		got[kind]++
		duplicates += n - 1
	}
	if got["log"] != wantLogs || got["span"] != wantSpans || got["point"] != wantPoints {
		c.t.Errorf("%d log records, %d spans, %d points, want %d, %d, %d", got["log"], got["span"], got["point"], wantLogs, wantSpans, wantPoints)
	}
	if lossy && duplicates == 0 {
		c.t.Error("answers were lost, and nothing came twice")
	}
	c.t.Logf("%d records over %d starts, %d of them twice", len(counts), c.starts, duplicates)
}

// count counts the records of a request by what tells duplicates, and looks at what
// each resource has.
func (c *collector) count(request map[string]any, temporality otlp.Temporality, counts map[string]int) {
	for _, resource := range list(request, "resourceSpans", "resourceLogs", "resourceMetrics") {
		about := attributesOf(resource["resource"].(map[string]any))
		instance := about[forward.AttrInstance]
		if about[forward.AttrRun] != "20261123T063900.000Z-abcdef" || about[forward.AttrSuite] != "coding-10" || instance == "" {
			c.t.Errorf("a resource is %v", about)
		}
		for _, scope := range list(resource, "scopeSpans", "scopeLogs", "scopeMetrics") {
			for _, span := range list(scope, "spans") {
				counts[fmt.Sprint("span ", span["traceId"], span["spanId"])]++
			}
			for _, record := range list(scope, "logRecords") {
				counts["log "+attributesOf(record)["log.record.uid"]]++
			}
			for _, metric := range list(scope, "metrics") {
				for _, kind := range []string{"sum", "gauge", "histogram"} {
					data, ok := metric[kind].(map[string]any)
					if !ok {
						continue
					}
					if want := map[otlp.Temporality]float64{otlp.Delta: 1, otlp.Cumulative: 2}[temporality]; kind != "gauge" && data["aggregationTemporality"] != want {
						c.t.Errorf("%s has temporality %v, want %v", metric["name"], data["aggregationTemporality"], want)
					}
					for _, p := range list(data, "dataPoints") {
						counts[fmt.Sprint("point ", instance, metric["name"], attributesOf(p), p["startTimeUnixNano"], p["timeUnixNano"], p["asDouble"], p["asInt"])]++
					}
				}
			}
		}
	}
}

// list is what stands at one of the keys.
func list(of map[string]any, keys ...string) []map[string]any {
	var all []map[string]any
	for _, key := range keys {
		values, _ := of[key].([]any)
		for _, v := range values {
			all = append(all, v.(map[string]any))
		}
	}
	return all
}

func attributesOf(of map[string]any) sorted {
	all := make(sorted)
	for _, a := range list(of, "attributes") {
		for _, value := range a["value"].(map[string]any) {
			all[a["key"].(string)] = fmt.Sprint(value)
		}
	}
	return all
}

type sorted map[string]string

func (s sorted) String() string {
	var b strings.Builder
	for _, key := range slices.SortedFunc(maps.Keys(s), cmp.Compare) {
		fmt.Fprintf(&b, "%s=%s;", key, s[key])
	}
	return b.String()
}
