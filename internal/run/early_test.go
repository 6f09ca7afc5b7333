package run

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/scriptedmodel"
)

// askModel makes this test program a coding agent that asks its model once.
const askModel = "ask-model"

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == askModel {
		os.Exit(ask(os.Args[2]))
	}
	os.Exit(m.Run())
}

func ask(prompt string) int {
	body := fmt.Sprintf(`{"model":%q,"max_tokens":8000,"messages":[{"role":"user","content":%q}]}`, os.Getenv("BENCHGATE_MODEL"), prompt)
	resp, err := http.Post(os.Getenv("ANTHROPIC_BASE_URL")+"/v1/messages", "application/json", strings.NewReader(body))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return 1
	}
	return 0
}

// tenCents answers everything, for 4000 tokens of output at $25 per million.
func tenCents(t *testing.T) (url string) {
	t.Helper()
	server := scriptedmodel.New(scriptedmodel.Script{
		Fallback: scriptedmodel.Turn{Text: "done", Usage: &scriptedmodel.Usage{Output: 4000}},
	}, scriptedmodel.Options{})
	url, stop, err := server.Listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return url
}

// cheap is a run of one task, solved by whatever is done, by an agent whose
// only request costs ten cents.
func cheap(t *testing.T, url, limits string) Options {
	t.Helper()
	return cheapSuite(t, url, limits, "task")
}

// cheapSuite is such a run of several tasks.
func cheapSuite(t *testing.T, url, limits string, tasks ...string) Options {
	t.Helper()
	dir := t.TempDir()
	listed := ""
	for _, task := range tasks {
		listed += "{path: " + task + ", tier: easy},"
		for name, text := range map[string]string{
			"task.toml":              "schema_version = \"1.4\"\n[task]\nname = \"test/" + task + "\"\n",
			"instruction.md":         "Say done.\n",
			"environment/Dockerfile": "FROM scratch\nWORKDIR /app\n",
			"tests/test.sh":          "#!/bin/sh\necho 1 >\"$BENCHGATE_ROOT/logs/verifier/reward.txt\"\n",
		} {
			file := filepath.Join(dir, task, name)
			if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o755)); err != nil {
				t.Fatal(err)
			}
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	arm := func(model string) string {
		return fmt.Sprintf("{agent: command, model: %s, settings: {command: [%q, %s, done]}}", model, self, askModel)
	}
	text := "suite: {name: one, trusted: true, tasks: [" + listed + "]}\nsandbox: process\ncompare: model\n" +
		"baseline: " + arm("claude-opus-4-7") + "\ncandidate: " + arm("claude-opus-4-8") + "\nlimits: " + limits + "\n"
	c, err := config.Parse([]byte(text), "benchgate.yaml", dir, config.Flags{})
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": "a-key-made-up-for-this-test"}
	return Options{
		Config: c, Store: baselines.NewDirectory(c.Baselines.Dir), Version: "test", Now: time.Now, Log: slog.New(slog.DiscardHandler),
		LookupEnv: func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		RunsDir:   filepath.Join(dir, "runs"), CacheDir: filepath.Join(dir, "cache"),
		Notice: func(string) {}, Progress: func(Progress) {},
	}
}

// Five trials and a half can be paid. The sixth is refused its request; had it
// been taken for a failure of its variant, so would all behind it.
func TestWhenTheMoneyIsGoneTheRunEnds(t *testing.T) {
	o := cheap(t, tenCents(t), "{attempts: 10, usd: 0.45, workers: 1}")
	result, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	all := slices.Concat(result.Baseline.Trials, result.Candidate.Trials)
	ends := make(map[baselines.Ended]int)
	for _, tr := range all {
		ends[tr.Ended]++
		if tr.Ended == baselines.Cancelled && (tr.Solved != nil || tr.Reason != errMoney.Error()) {
			t.Errorf("the trial that could not be paid is %+v", tr)
		}
	}
	if ends[baselines.Finished] != 5 || ends[baselines.Cancelled] != 1 || len(all) != 6 {
		t.Errorf("trials ended %v, want 5 finished and 1 cancelled", ends)
	}
	if o := result.Verdict.Outcome; o != gate.Inconclusive {
		t.Errorf("the verdict is %s, want inconclusive", o)
	}
	if w := result.Verdict.Warnings; len(w) == 0 || !strings.Contains(w[0], "its $0.45 (limits.usd) cannot pay for the next request") {
		t.Errorf("the warnings are %q, want them to begin with the money", w)
	}
}

// A trial's own limit is another thing: it says something about the variant,
// and the run goes on.
func TestATrialsOwnLimitEndsTheTrialOnly(t *testing.T) {
	o := cheap(t, tenCents(t), "{attempts: 2, usd: 10, usd_per_trial: 0.05, workers: 1}")
	for _, v := range []*config.Variant{o.Config.Candidate, o.Config.Baseline} {
		self := v.Settings.Command[0]
		v.Settings.Command = []string{"sh", "-c", fmt.Sprintf("%[1]q %[2]s done; %[1]q %[2]s done; true", self, askModel)}
	}
	result, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, tr := range slices.Concat(result.Baseline.Trials, result.Candidate.Trials) {
		if tr.Ended != baselines.Budget {
			t.Errorf("trial %d ended %s, want budget", tr.Seq, tr.Ended)
		}
		// The first request is let in, and costs ten cents.
		if over := tr.OverLimitUSD; over == nil || *over < 0.0499 || *over > 0.0501 {
			t.Errorf("trial %d is over its limit by %v, want five cents", tr.Seq, over)
		}
	}
	if got := len(result.Candidate.Trials); got != 2 {
		t.Errorf("%d trials were run, want 2", got)
	}
}

// A verdict whose file cannot be written, as on a full disk, was paid for all the
// same.
func TestAVerdictThatCannotBeKeptIsGiven(t *testing.T) {
	o := cheap(t, tenCents(t), "{attempts: 1, usd: 10, workers: 1}")
	var said []string
	o.Notice = func(text string) { said = append(said, text) }
	o.Progress = func(Progress) {
		dirs, err := filepath.Glob(filepath.Join(o.RunsDir, "*"))
		if err != nil || len(dirs) != 1 {
			t.Fatalf("the run's directory is one of %q, %v", dirs, err)
		}
		if err := os.MkdirAll(filepath.Join(dirs[0], verdictFile, "in the way"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	result, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if result.Verdict.Outcome != gate.Inconclusive || result.Verdict.TrialsUsed != 1 {
		t.Errorf("the verdict is %s on %d trials", result.Verdict.Outcome, result.Verdict.TrialsUsed)
	}
	if !strings.Contains(strings.Join(said, "\n"), "the verdict is not kept: ") {
		t.Errorf("nothing says that the verdict is not kept: %q", said)
	}
}

// The disk is full when the verdict is there: room was kept for it.
func TestAFullDiskKeepsTheVerdict(t *testing.T) {
	o := cheap(t, tenCents(t), "{attempts: 1, usd: 10, workers: 1}")
	o.RunsDir = smallDisk(t, 8<<20)
	o.Notice = func(text string) {
		if strings.Contains(text, "not kept") {
			t.Error(text)
		}
	}
	full := false
	o.Progress = func(p Progress) {
		if p.Done == p.Planned && !full {
			full = true
			fill(t, filepath.Join(o.RunsDir, "other"))
		}
	}
	result, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if !full {
		t.Fatal("the disk never was full")
	}
	if text, err := os.ReadFile(VerdictIn(result.Dir)); err != nil || !bytes.Contains(text, []byte(`"verdict"`)) {
		t.Errorf("the verdict is not on the full disk: %v", err)
	}
	if _, err := os.Stat(filepath.Join(result.Dir, reserveFile)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what was reserved is still there: %v", err)
	}
}

// A disk without room for a verdict is said before money is spent.
func TestAFullDiskIsSaidBeforeMoneyIsSpent(t *testing.T) {
	o := cheap(t, tenCents(t), "{attempts: 1, usd: 10, workers: 1}")
	o.RunsDir = smallDisk(t, 1<<20)
	o.Progress = func(Progress) { t.Error("a trial was begun") }
	if _, err := Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), "reserving 4 MiB for the verdict: ") {
		t.Errorf("the error is %v", err)
	}
}

// smallDisk is a disk of so many bytes. To make one takes Linux and root.
func smallDisk(t *testing.T, size int) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%d", size), "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("making a small disk takes Linux and root: %v, %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("%v, %s", err, out)
		}
	})
	return dir
}

// fill writes into a file until the disk is full.
func fill(t *testing.T, file string) {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}

// gone is an engine that stops working after some sandboxes, and answers again
// when it was asked a number of times.
type gone struct {
	sandbox.Engine
	mu    sync.Mutex
	left  int
	back  int // questions until it is there again; 0: never
	asked int
}

func (g *gone) use() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.left--; g.left < 0 {
		return fmt.Errorf("%w: nobody answers", sandbox.ErrEngine)
	}
	return nil
}

func (g *gone) Create(ctx context.Context, spec sandbox.Spec) (sandbox.Sandbox, error) {
	if err := g.use(); err != nil {
		return nil, err
	}
	return g.Engine.Create(ctx, spec)
}

func (g *gone) Info(ctx context.Context) (sandbox.Info, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.left >= 0 {
		return g.Engine.Info(ctx)
	}
	if g.asked++; g.asked == g.back {
		g.left = 1000
	}
	return sandbox.Info{}, fmt.Errorf("%w: nobody answers", sandbox.ErrEngine)
}

// An engine that is restarted is waited for; the trial that it broke is tried again.
func TestAnEngineThatComesBackIsWaitedFor(t *testing.T) {
	o := cheap(t, tenCents(t), "{attempts: 1, usd: 10, workers: 1}")
	p := prepared(t, o)
	engine := &gone{Engine: p.site.Engine, left: 1, back: 2}
	p.site.Engine, p.site.Runner.Engine = engine, engine
	result, err := p.measure(t.Context())
	if err := p.end(context.Background(), err); err != nil {
		t.Fatal(err)
	}
	if got := result.Verdict.TrialsUsed; got != 1 {
		t.Errorf("the verdict is on %d trials of the candidate, want 1", got)
	}
	broke := 0
	for _, r := range []*baselines.Run{result.Baseline, result.Candidate} {
		for _, trial := range r.Trials {
			if trial.Ended == baselines.InfraError {
				broke++
			}
		}
	}
	if broke != 1 || engine.asked != 2 {
		t.Errorf("%d tries broke and the engine was asked %d times in vain, want 1 and 2", broke, engine.asked)
	}
}

func prepared(t *testing.T, o Options) *plan {
	t.Helper()
	d, err := NewDesign(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	id, err := identify(d)
	if err != nil {
		t.Fatal(err)
	}
	p, err := prepare(t.Context(), o, d, id, carried{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestWhenTheEngineIsGoneTheRunEnds(t *testing.T) {
	o := cheap(t, tenCents(t), "{attempts: 10, usd: 10, workers: 1}")
	o.EngineWait = time.Millisecond
	p := prepared(t, o)
	engine := &gone{Engine: p.site.Engine, left: 3}
	p.site.Engine, p.site.Runner.Engine = engine, engine
	_, err := p.measure(t.Context())
	if !errors.Is(err, sandbox.ErrEngine) || !strings.Contains(err.Error(), p.site.Dir) {
		t.Errorf("the error is %v, want the engine's, with the place of what finished", err)
	}
	if err := p.close(context.Background()); err != nil {
		t.Error(err)
	}
	tries := 0
	for _, arm := range []baselines.Arm{baselines.Baseline, baselines.Candidate} {
		r, err := baselines.ReadFile(filepath.Join(p.site.Dir, string(arm)+".jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		tries += len(r.Trials)
	}
	if tries != 4 { // three, and the one that broke, which is not tried again
		t.Errorf("%d tries are recorded, want 4", tries)
	}
}

// Images are recorded for readers, in the run file as in the verdict.
func TestTheRunFileNamesItsImages(t *testing.T) {
	result, err := Run(t.Context(), cheap(t, tenCents(t), "{attempts: 1, usd: 10}"))
	if err != nil {
		t.Fatal(err)
	}
	onDisk, err := baselines.ReadFile(filepath.Join(result.Dir, "candidate.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	image := onDisk.Header.Suite.Tasks[0].Image
	if !strings.HasPrefix(image, "sha256:") || result.Verdict.Candidate.Suite.Tasks[0].Image != image {
		t.Errorf("the image is %q in the run file and %q in the verdict", image, result.Verdict.Candidate.Suite.Tasks[0].Image)
	}
}

// Each trial costs a dime, and so did the baseline's three: too few to judge the
// costs by. The pass rate is settled by the 15th attempt, and the five that are
// left of the plan could change nothing.
func TestARunEndsWhenNoTrialCanChangeItsVerdict(t *testing.T) {
	if testing.Short() {
		t.Skip("runs 21 trials")
	}
	o := cheap(t, tenCents(t), "{attempts: 3, usd: 10, workers: 1}")
	live, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(o.Store.Save(t.Context(), live.Baseline, nil), o.Store.Promote(t.Context(), live.Baseline.Header.ID)); err != nil {
		t.Fatal(err)
	}
	o.Config.Limits.Attempts, o.Config.From = 20, config.Stored
	first, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	v := first.Verdict
	if v.Outcome != gate.Inconclusive || v.TrialsUsed != 15 || len(first.Candidate.Trials) != 15 || !v.StoppedEarly {
		t.Errorf("%s after %d trials, %d in the file, stopped early: %v; want inconclusive after 15", v.Outcome, v.TrialsUsed, len(first.Candidate.Trials), v.StoppedEarly)
	}
	why := "The 5 planned trials not run would change nothing: costs are compared attempt by attempt, and the baseline has no counterpart for them"
	if !slices.Contains(v.Reasons, why) {
		t.Errorf("the reasons are %q, want %q among them", v.Reasons, why)
	}

	o.Config.Limits.Attempts = 25
	more, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(more.Candidate.Trials); got != 15 || more.Verdict.TrialsUsed != 15 {
		t.Errorf("with more attempts planned %d trials are in the file, want the 15 that were carried over", got)
	}
}
