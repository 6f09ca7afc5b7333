package trial_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/sandbox/process"
	"github.com/benchgate/benchgate/internal/scriptedmodel"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/trial"
)

const (
	opus      = "claude-opus-4-8" // 5 / 25 / 6.25 / 10 / 0.5 dollars a million tokens
	secretKey = "sk-the-real-key"
)

// TestMain makes this program an agent too, when a trial starts it as one. Else four
// tests on an engine wait for it at a time, where -parallel does not say another number.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "ask":
			os.Exit(ask())
		case "tell":
			os.Exit(tell())
		}
	}
	if err := flag.Set("test.parallel", "4"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// ask sends one request to the model and prints the answer. Its exit code is 0
// when the model answered well.
func ask() int {
	body := fmt.Sprintf(`{"model":%q,"messages":[{"role":"user","content":"task"}]}`, opus)
	resp, err := http.Post(os.Getenv("ANTHROPIC_BASE_URL")+"/v1/messages", "application/json", strings.NewReader(body))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer resp.Body.Close()
	if _, err := io.Copy(os.Stdout, resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		fmt.Fprintln(os.Stderr, resp.Status, err)
		return 1
	}
	return 0
}

// Telemetry as Claude Code sends it: a tool that failed, and lines.
var telemetry = map[string]string{
	"logs": `{"resourceLogs":[{"scopeLogs":[{"scope":{"name":"com.anthropic.claude_code.events"},"logRecords":[
		{"timeUnixNano":"1700000000000000000","body":{"stringValue":"claude_code.tool_result"},"attributes":[{"key":"event.name","value":{"stringValue":"tool_result"}},
		{"key":"tool_name","value":{"stringValue":"Bash"}},{"key":"tool_use_id","value":{"stringValue":"t1"}},
		{"key":"success","value":{"stringValue":"false"}}]}]}]}]}`,
	"metrics": `{"resourceMetrics":[{"scopeMetrics":[{"scope":{"name":"com.anthropic.claude_code"},"metrics":[
		{"name":"claude_code.lines_of_code.count","sum":{"aggregationTemporality":1,"isMonotonic":true,"dataPoints":[
		{"asDouble":3,"timeUnixNano":"1700000000000000000","attributes":[{"key":"type","value":{"stringValue":"added"}}]}]}}]}]}]}`,
}

func tell() int {
	for signal, body := range telemetry {
		if len(os.Args) > 2 { // how many lines were added
			body = strings.Replace(body, `"asDouble":3`, `"asDouble":`+os.Args[2], 1)
		}
		resp, err := http.Post(os.Getenv("OTLP")+"/v1/"+signal, "application/json", strings.NewReader(body))
		if err != nil || resp.StatusCode != http.StatusOK {
			fmt.Fprintln(os.Stderr, "telemetry:", resp, err)
			return 1
		}
		resp.Body.Close()
	}
	return 0
}

// rig is everything a trial needs, all of it real but the model.
type rig struct {
	*trial.Runner
	t      *testing.T
	model  *scriptedmodel.Server
	ledger string // the file
	boxes  string // where the engine's sandboxes lie

	// keepProcesses is for the jobs of run.
	keepProcesses bool

	// onRequest is called before each request that the model gets.
	onRequest func()
}

// newRig takes the model's script; "" always answers "ok" for 20 input and 5
// output tokens.
func newRig(t *testing.T, script string) *rig {
	t.Helper()
	r := &rig{t: t, boxes: t.TempDir(), onRequest: func() {}}
	if script == "" {
		script = "fallback: {text: ok}"
	}
	decoded, err := scriptedmodel.Decode(strings.NewReader(script), "test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r.model = scriptedmodel.New(decoded, scriptedmodel.Options{Key: secretKey})
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.onRequest()
		r.model.ServeHTTP(w, req)
	}))
	t.Cleanup(api.Close)
	r.connect(api.URL)
	return r
}

// connect makes the runner, with its meter before the model API.
func (r *rig) connect(api string) {
	r.t.Helper()
	upstream, err := url.Parse(api)
	r.must(err)
	dir := r.t.TempDir()
	r.ledger = filepath.Join(dir, "ledger.jsonl")
	ledger, err := meter.OpenLedger(r.ledger)
	r.must(err)
	r.t.Cleanup(func() { ledger.Close() })
	m, err := meter.New(meter.Options{
		Upstream: upstream, Credential: meter.APIKey(secretKey), Prices: prices.Default(), Ledger: ledger,
	})
	r.must(err)
	front := httptest.NewServer(m)
	r.t.Cleanup(front.Close)
	receiver := otlp.NewReceiver(otlp.Options{})
	engine, err := process.New(process.Options{Dir: r.boxes})
	r.must(err)
	r.Runner = &trial.Runner{
		RunID: "run-1", Engine: engine, Meter: m, Telemetry: receiver,
		Gateways: trial.Gateways{suite.Public: {API: front.URL, OTLP: r.receive(receiver)}},
		Prices:   prices.Default(), Dir: dir, Secrets: []string{secretKey},
		Log: slog.New(slog.DiscardHandler), Now: time.Now, DiskTick: time.Millisecond,
	}
}

func (r *rig) receive(receiver *otlp.Receiver) (address string) {
	r.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	r.must(err)
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- receiver.Serve(ctx, l) }()
	r.t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			r.t.Error(err)
		}
	})
	return "http://" + l.Addr().String()
}

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// answerTask is solved when answer.txt holds 42.
var answerTask = map[string]string{
	"instruction.md":         "Write the answer into answer.txt.\n",
	"task.toml":              "schema_version = \"1.0\"\n[agent]\ntimeout_sec = 60.0\n[verifier]\ntimeout_sec = 30.0\n",
	"environment/Dockerfile": "FROM debian:bookworm-slim\nWORKDIR /app\nCOPY notes.txt /app/\n",
	"environment/notes.txt":  "one\ntwo\n",
	"solution/solve.sh":      "#!/bin/sh\necho 42 > answer.txt\n",
	"tests/test.sh": `#!/bin/sh
verdict=0
[ "$(cat answer.txt)" = 42 ] && verdict=1
echo $verdict > "${BENCHGATE_ROOT:-}/logs/verifier/reward.txt"
`,
}

// task writes answerTask with some files changed, loads and prepares it.
func (r *rig) task(changes map[string]string) *suite.Task {
	r.t.Helper()
	base := r.t.TempDir()
	for _, files := range []map[string]string{answerTask, changes} {
		for name, content := range files {
			file := filepath.Join(base, "answer", filepath.FromSlash(name))
			r.must(os.MkdirAll(filepath.Dir(file), 0o755))
			r.must(os.WriteFile(file, []byte(content), 0o644))
		}
	}
	lookup := func(name string) (string, bool) { return "value-of-" + name, true }
	s, err := suite.Load(r.t.Context(), base, "test", []suite.Source{{Path: "answer"}}, suite.LoadOptions{Lookup: lookup})
	r.must(err)
	r.must(r.Prepare(r.t.Context(), s.Tasks, nil))
	return s.Tasks[0]
}

// plain is a subject of an agent by name.
func (r *rig) plain(name string) trial.Subject {
	r.t.Helper()
	row, err := agent.Lookup(name)
	r.must(err)
	return trial.Subject{Agent: row, Variant: baselines.Variant{Name: name, Agent: baselines.Agent{Name: name}, Model: opus}}
}

// script is a subject that runs a shell script as its agent; "$0" is this
// program, with its verbs ask and tell.
func (r *rig) script(lines string) trial.Subject {
	s := r.plain("command")
	s.Variant.Settings.Command = shell(r.t, lines)
	return s
}

// standIn is a script that is read as Claude Code is: by what it prints.
func (r *rig) standIn(lines string) trial.Subject {
	s := r.plain("claude-code")
	s.Agent.Tools, s.Agent.Preflight = nil, nil
	s.Agent.Command = func(st agent.Start) (agent.Program, error) {
		return agent.Program{
			Argv: shell(r.t, lines),
			Env:  map[string]string{"ANTHROPIC_BASE_URL": st.MeterURL, "OTLP": st.OTLPURL},
		}, nil
	}
	return s
}

func shell(t *testing.T, lines string) []string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return []string{"sh", "-c", lines, self}
}

func job(task *suite.Task, s trial.Subject) trial.Job {
	return trial.Job{Arm: baselines.Candidate, Seq: 1, Attempt: 1, Try: 1, Task: task, Subject: s}
}

// run runs one trial, whose record must be one that a run file takes, and
// which must leave no sandbox.
func (r *rig) run(task *suite.Task, s trial.Subject) baselines.Trial {
	r.t.Helper()
	j := job(task, s)
	j.KeepProcesses = r.keepProcesses
	got := r.Run(r.t.Context(), j)
	if err := got.Validate(); err != nil {
		r.t.Errorf("the record: %v", err)
	}
	if s := got.Seconds; s.Stop <= 0 || s.Stop > s.Total {
		r.t.Errorf("ending the agent and removing its sandbox took %g s of %g", s.Stop, s.Total)
	}
	r.nothingLeft()
	return got
}

func (r *rig) nothingLeft() {
	r.t.Helper()
	left, err := filepath.Glob(filepath.Join(r.boxes, "run-*", "trials", "*"))
	if err != nil || len(left) > 0 {
		r.t.Errorf("sandboxes left: %v %v", left, err)
	}
}

// file is one of the trial's kept files; "" when there is none.
func (r *rig) file(name string) string {
	r.t.Helper()
	b, err := os.ReadFile(filepath.Join(r.Dir, "trials/candidate/answer/1.1", name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		r.t.Fatal(err)
	}
	return string(b)
}

// want checks how a trial ended and what its tests said: "solved", "not
// solved" or "no answer".
func (r *rig) want(got baselines.Trial, ended baselines.Ended, tests string) {
	r.t.Helper()
	said := "no answer"
	if got.Solved != nil {
		said = map[bool]string{true: "solved", false: "not solved"}[*got.Solved]
	}
	if got.Ended != ended || said != tests {
		r.t.Errorf("ended %s, %s (reason %q, flags %v); want %s, %s\nagent.log: %stests.log: %s",
			got.Ended, said, got.Reason, got.Flags, ended, tests, r.file("agent.log"), r.file("tests.log"))
	}
}

func (r *rig) wantReason(got baselines.Trial, part string) {
	r.t.Helper()
	if !strings.Contains(got.Reason, part) {
		r.t.Errorf("reason %q, want one with %q", got.Reason, part)
	}
}
