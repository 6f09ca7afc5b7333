package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
)

const interruptedConfig = `
suite: {name: answers, trusted: true, tasks: [{path: tasks/double}]}
baseline: {agent: command, model: claude-opus-4-7, settings: {command: [sh, -c, ask >answer.txt]}, from: live}
candidate: {agent: command, model: claude-opus-4-8, settings: {command: [sh, -c, ask >answer.txt]}}
sandbox: process
limits: {attempts: 2, workers: 1}
`

// Ctrl-C while an agent waits for its model: the run ends without a verdict,
// keeps what finished, and leaves no process and no directory.
func TestAnInterruptedRunKeepsWhatFinished(t *testing.T) {
	for _, test := range []struct {
		args  []string
		files int // of runs
		says  string
	}{
		{[]string{"run"}, 2, "interrupted: no verdict; the trials that finished are kept in .benchgate/runs/"},
		{[]string{"run", "--arm", "baseline"}, 1, "interrupted; the trials that finished are kept in .benchgate/runs/"},
	} {
		t.Run(strings.Join(test.args, " "), func(t *testing.T) { interruptedRun(t, test.args, test.files, test.says) })
	}
}

func interruptedRun(t *testing.T, args []string, files int, says string) {
	t.Chdir(t.TempDir())
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	if err := os.WriteFile(defaultConfig, []byte(interruptedConfig), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := harborTask(filepath.Join("tasks", "double"), "42", "easy", "42"); err != nil {
		t.Fatal(err)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	model := interruptingModel(t, 1, interrupt)
	env := map[string]string{
		"ANTHROPIC_BASE_URL": model.URL, "ANTHROPIC_API_KEY": storyKey, "BENCHGATE_CACHE": t.TempDir(),
	}
	var stdout, stderr bytes.Buffer
	p := &program{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr, LookupEnv: func(name string) (string, bool) {
		value, ok := env[name]
		return value, ok
	}}

	if code := p.run(ctx, args); code != exitNotMeasured {
		t.Errorf("run exits with %d, want %d", code, exitNotMeasured)
	}
	if stdout.Len() > 0 {
		t.Errorf("an interrupted run printed a result:\n%s", &stdout)
	}
	if want := "\nbenchgate: " + says; !strings.Contains(stderr.String(), want) {
		t.Errorf("standard error does not hold %q:\n%s", want, &stderr)
	}
	want := map[baselines.Ended]int{baselines.Finished: 1, baselines.Cancelled: 1}
	if diff := cmp.Diff(want, endsOfTheOnlyRun(t, files)); diff != "" {
		t.Errorf("how the recorded trials ended (-want +got):\n%s", diff)
	}
	if left, _ := filepath.Glob(filepath.Join(temp, "benchgate", "run-*")); len(left) > 0 {
		t.Errorf("the sandboxes left %q", left)
	}
}

// interruptingModel counts tokens, answers the first requests, and interrupts the run in the
// middle of the next, which it never answers.
func interruptingModel(t *testing.T, answered int32, interrupt func()) *httptest.Server {
	var requests atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // the server notices a client that left only after that
		if strings.HasSuffix(r.URL.Path, "/count_tokens") {
			_, _ = io.WriteString(w, `{"input_tokens":8}`)
			return
		}
		if requests.Add(1) > answered {
			interrupt()
			<-r.Context().Done()
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"type":"message","role":"assistant","model":"claude-opus-4-7","stop_reason":"end_turn",
			"content":[{"type":"text","text":"42"}],"usage":{"input_tokens":100,"output_tokens":4}}`)
	}))
	t.Cleanup(server.Close)
	return server
}

func endsOfTheOnlyRun(t *testing.T, want int) map[baselines.Ended]int {
	t.Helper()
	files, err := filepath.Glob(".benchgate/runs/*/*e.jsonl") // candidate and baseline, not the ledger
	if err != nil || len(files) != want {
		t.Fatalf("run files are %q, %v, want %d", files, err, want)
	}
	if verdicts, _ := filepath.Glob(".benchgate/runs/*/verdict.json"); len(verdicts) > 0 {
		t.Errorf("an interrupted run left the verdict %s", verdicts)
	}
	ends := make(map[baselines.Ended]int)
	for _, f := range files {
		r, err := baselines.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, trial := range r.Trials {
			ends[trial.Ended]++
		}
	}
	return ends
}

// stubborn is a command that has much to clean up.
func stubborn() {
	ctx, _ := stopOnSignal(context.Background(), func(s os.Signal) { fmt.Fprintln(os.Stderr, "told:", s) })
	fmt.Fprintln(os.Stderr, "begun")
	<-ctx.Done()
	time.Sleep(time.Minute)
}
