//go:build unix

package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
)

// Sixty trials of two agents that ask the model one thing and write down an answer.
const killedConfig = `
suite: {name: killed, tasks: [{path: tasks/double}, {path: tasks/again}, {path: tasks/more}]}
baseline: {agent: command, model: claude-opus-4-7, from: live, settings: {command: &ask [sh, -c, 'wget -q -O /dev/null
  --header "x-api-key: $ANTHROPIC_API_KEY" --header "content-type: application/json"
  --post-data "{\"model\": \"$BENCHGATE_MODEL\", \"max_tokens\": 9, \"messages\": [{\"role\": \"user\", \"content\": \"hello\"}]}"
  "$ANTHROPIC_BASE_URL/v1/messages" && echo 42 >answer.txt']}}
candidate: {agent: command, model: claude-opus-4-8, settings: {command: *ask}}
sandbox: docker
limits: {attempts: 10, workers: 3}
gate: {mode: fixed}
`

// A run that is ended by SIGKILL at any instant and started again loses no trial
// that had finished, pays none twice, has each request on its bill, and leaves
// nothing on the engine.
func TestKilledRunsOnDocker(t *testing.T) {
	if testing.Short() {
		t.Skip("killing is left out of short tests")
	}
	rounds := 1
	if os.Getenv("BENCHGATE_FULL") != "" {
		rounds = 10
	}
	for round := range rounds {
		t.Run(fmt.Sprintf("run %d", round+1), func(t *testing.T) {
			seed := uint64(time.Now().UnixNano())
			t.Logf("seed %d", seed)
			newKilled(t).killed(rand.New(rand.NewPCG(seed, 1)), 20)
		})
	}
}

// killed is a run that is started again and again, and what was seen of it.
type killed struct {
	*testing.T
	dir      string
	env      []string
	model    *countingModel
	finished map[string]baselines.Trial // by arm, task and attempt: on the disk after a kill
}

func newKilled(t *testing.T) *killed {
	k := &killed{T: t, dir: dockerTask(t), model: newCountingModel(t), finished: make(map[string]baselines.Trial)}
	for _, name := range []string{"again", "more"} {
		if err := os.CopyFS(filepath.Join(k.dir, "tasks", name), os.DirFS(filepath.Join(k.dir, "tasks", "double"))); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(k.dir, defaultConfig), []byte(killedConfig), 0o644); err != nil {
		t.Fatal(err)
	}
	k.env = append(os.Environ(), "ANTHROPIC_BASE_URL="+k.model.URL, "ANTHROPIC_API_KEY="+storyKey, "BENCHGATE_CACHE="+filepath.Join(k.dir, ".cache"))
	t.Cleanup(func() { _ = k.command("clean", "--sandbox", "docker").Run() })
	return k
}

func (k *killed) command(args ...string) *exec.Cmd {
	c := exec.CommandContext(k.Context(), "benchgate", args...)
	c.Dir, c.Env = k.dir, k.env
	return c
}

// killed starts the run, ends it at a random instant that many times, and lets it
// come to its end.
func (k *killed) killed(random *rand.Rand, times int) {
	for n := range times {
		c := k.command("run")
		if err := c.Start(); err != nil {
			k.Fatal(err)
		}
		k.instant(random)
		_ = c.Process.Kill()
		if c.Wait() == nil {
			k.Fatalf("the run came to its end before kill %d", n+1)
		}
		k.onDisk(k.noteFinished)
	}
	before := len(k.finished)
	out, err := k.command("run").CombinedOutput()
	if err != nil && !strings.Contains(err.Error(), "exit status 3") { // the two agents are the same
		k.Fatalf("%v\n%s", err, out)
	}
	k.Logf("%d trials had finished before the last start", before)
	k.nothingLost()
	k.nothingPaidTwice()
	for _, run := range k.runs() {
		wantNothingOn(k.T, "benchgate.run="+filepath.Base(run))
	}
}

// instant waits for one while the run starts, or after some more answers.
func (k *killed) instant(random *rand.Rand) {
	want, until := len(k.model.answered())+random.IntN(7), time.Now().Add(time.Minute)
	for len(k.model.answered()) < want {
		if time.Sleep(20 * time.Millisecond); time.Now().After(until) {
			k.Fatal("the trials asked the model nothing for a minute")
		}
	}
	time.Sleep(time.Duration(random.Float64() * float64(time.Second)))
}

func (k *killed) runs() []string {
	k.Helper()
	runs, err := filepath.Glob(filepath.Join(k.dir, ".benchgate/runs/2*"))
	if err != nil {
		k.Fatal(err)
	}
	return runs
}

// onDisk tells of each final trial that is on the disk.
func (k *killed) onDisk(tell func(run, name string, t baselines.Trial)) {
	k.Helper()
	for _, dir := range k.runs() {
		for _, arm := range []baselines.Arm{baselines.Baseline, baselines.Candidate} {
			r, err := baselines.ReadFile(filepath.Join(dir, string(arm)+".jsonl"))
			if errors.Is(err, fs.ErrNotExist) {
				continue // killed before it was begun
			}
			if err != nil {
				k.Fatal(err)
			}
			for _, trial := range r.Counted() {
				tell(dir, fmt.Sprintf("%s/%s/%d", arm, trial.Task, trial.Attempt), trial)
			}
		}
	}
}

func (k *killed) noteFinished(_, name string, t baselines.Trial) {
	if before, again := k.finished[name]; again && !before.Started.Equal(t.Started) {
		k.Errorf("%s had finished, and was run again: begun %v and %v", name, before.Started, t.Started)
	}
	k.finished[name] = t
}

// nothingLost: the last run has every trial once, those from before its start, too.
func (k *killed) nothingLost() {
	k.Helper()
	last := slices.Max(k.runs())
	in := make(map[string]baselines.Trial)
	k.onDisk(func(run, name string, t baselines.Trial) {
		if run == last {
			in[name] = t
		}
	})
	if len(in) != 60 {
		k.Errorf("the last run has %d trials, want 60", len(in))
	}
	for name, before := range k.finished {
		if now := in[name]; !now.Started.Equal(before.Started) || !now.IsSolved() || now.CostUSD == nil || *now.CostUSD != *before.CostUSD {
			k.Errorf("%s had finished as\n%+v, and is in the last run\n%+v", name, before, now)
		}
	}
}

// nothingPaidTwice: no request was made for a trial after it had finished, and each
// one that the model answered is in the ledger of the run that made it.
func (k *killed) nothingPaidTwice() {
	k.Helper()
	billed, open := make(map[string]bool), make(map[string]bool)
	k.ledgers(func(run string, e meter.Entry) {
		name, _, _ := strings.Cut(e.Trial, ".")
		if t, finished := k.finished[name]; finished && e.Time.After(t.Started.Add(time.Duration(t.Seconds.Total*float64(time.Second)))) {
			k.Errorf("%s had finished, and %s asked at %v", name, e.Trial, e.Time)
		}
		request := fmt.Sprint(run, e.Trial, e.Request) // the next run calls a killed try's successor the same
		switch e.Kind {
		case meter.Started:
			open[request] = true
		case meter.Finished:
			delete(open, request)
			billed[e.RequestID] = true
		}
	})
	missing := slices.DeleteFunc(k.model.answered(), func(id string) bool { return billed[id] })
	k.Logf("%d requests answered, %d of them broken off by a kill; %d are begun and not ended in the ledgers", len(k.model.answered()), len(missing), len(open))
	if len(missing) > len(open) {
		k.Errorf("%d answered requests are in no ledger, but %d are begun and not ended: %v", len(missing), len(open), missing)
	}
}

// ledgers tells of the lines of all runs.
func (k *killed) ledgers(tell func(run string, e meter.Entry)) {
	k.Helper()
	for _, run := range k.runs() {
		f, err := os.Open(filepath.Join(run, "ledger.jsonl"))
		if errors.Is(err, fs.ErrNotExist) {
			continue // killed before it was begun
		}
		if err != nil {
			k.Fatal(err)
		}
		entries, err := meter.ReadLedger(f, f.Name())
		if err := errors.Join(err, f.Close()); err != nil {
			k.Fatal(err)
		}
		for _, e := range entries {
			tell(run, e)
		}
	}
}

// countingModel answers and remembers which requests it answered.
type countingModel struct {
	*httptest.Server
	mu  sync.Mutex
	ids []string
}

func newCountingModel(t *testing.T) *countingModel {
	m := &countingModel{}
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		if strings.HasSuffix(r.URL.Path, "/count_tokens") {
			_, _ = io.WriteString(w, `{"input_tokens":8}`)
			return
		}
		time.Sleep(100 * time.Millisecond) // a request is under way at many instants
		m.mu.Lock()
		id := fmt.Sprintf("req_%d", len(m.ids)+1)
		m.ids = append(m.ids, id)
		m.mu.Unlock()
		w.Header().Set("Request-Id", id)
		_, _ = io.WriteString(w, `{"type":"message","role":"assistant","model":"claude-opus-4-7","stop_reason":"end_turn",
			"content":[{"type":"text","text":"42"}],"usage":{"input_tokens":100,"output_tokens":4}}`)
	}))
	t.Cleanup(m.Close)
	return m
}

func (m *countingModel) answered() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.ids)
}
