package run

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/trial"
)

// now is when the tests' runs begin.
var now = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)

// designOptions are those of the quickstart with flags over it.
func designOptions(t *testing.T, dir string, f config.Flags) (Options, *[]string) {
	t.Helper()
	f.Baselines = filepath.Join(dir, "baselines")
	c, err := config.Load("../../examples/quickstart/benchgate.yaml", f)
	if err != nil {
		t.Fatal(err)
	}
	notices := new([]string)
	return Options{
		Config: c, Store: baselines.NewDirectory(c.Baselines.Dir), Version: "test", LookupEnv: os.LookupEnv, Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return now }, RunsDir: filepath.Join(dir, "runs"), CacheDir: dir,
		Notice: func(s string) { *notices = append(*notices, s) },
	}, notices
}

// storeBaseline saves a run that the design's baseline would be: every attempt
// solved for the same dollars.
func storeBaseline(t *testing.T, o Options, attempts int, usd float64, change func(*baselines.Header)) {
	t.Helper()
	d, err := NewDesign(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	r := &baselines.Run{Header: d.Headers[baselines.Baseline]}
	r.Header.ID = "stored"
	change(&r.Header)
	for attempt := 1; attempt <= attempts; attempt++ {
		for _, task := range r.Header.Suite.Tasks {
			solved := true
			r.Trials = append(r.Trials, baselines.Trial{
				Seq: len(r.Trials) + 1, Task: task.ID, Attempt: attempt, Try: 1, Ended: baselines.Finished,
				Solved: &solved, Started: now, CostUSD: &baselines.CostUSD{Main: usd},
				Seconds: baselines.Seconds{Agent: 60, Total: 70},
			})
		}
	}
	if err := o.Store.Save(context.Background(), r, nil); err != nil {
		t.Fatal(err)
	}
	if err := o.Store.Promote(context.Background(), r.Header.ID); err != nil {
		t.Fatal(err)
	}
}

func TestWhereTheBaselineComesFrom(t *testing.T) {
	unchanged := func(*baselines.Header) {}
	for _, test := range []struct {
		name     string
		attempts int
		change   func(*baselines.Header)
		from     string
		stored   bool
		says     string // the notice, or the error when it is insisted on
	}{
		{"one that fits is used", 5, unchanged, "auto", true, "5 attempts of each task"},
		{"fourteen days old is not too old", 5, func(h *baselines.Header) { h.Created = now.Add(-14 * 24 * time.Hour) }, "auto", true, "5 attempts"},
		{"an older one is not used: models drift", 5, func(h *baselines.Header) { h.Created = now.Add(-15 * 24 * time.Hour) }, "auto", false, "measured live"},
		{"nor one with two attempts", 2, unchanged, "auto", false, "fewer than 3 attempts"},
		{"nor one with other limits", 5, func(h *baselines.Header) { h.Limits.TimeoutMultiplier = 2 }, "auto", false, "measured live"},
		{"nor one of another model", 5, func(h *baselines.Header) { h.Variant.Model = "model-c" }, "auto", false, "measured live"},
		{"live insists", 5, unchanged, "live", false, ""},
		{"stored insists", 2, unchanged, "stored", false, "fewer than 3 attempts"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			o, _ := designOptions(t, dir, config.Flags{From: "live"})
			storeBaseline(t, o, test.attempts, 0.1, test.change)

			o, notices := designOptions(t, dir, config.Flags{From: test.from})
			d, err := NewDesign(t.Context(), o)
			said := strings.Join(*notices, "\n")
			if err != nil {
				said = err.Error()
			} else if (d.Stored != nil) != test.stored {
				t.Errorf("a stored baseline is used: %v, want %v (%s)", d.Stored != nil, test.stored, said)
			}
			if wantErr := test.from == "stored" && !test.stored; (err != nil) != wantErr {
				t.Errorf("error is %v, want one: %v", err, wantErr)
			}
			if !strings.Contains(said, test.says) {
				t.Errorf("it says %q, want it to say %q", said, test.says)
			}
		})
	}
}

// unreachable is a store behind a network that fails.
type unreachable struct{ baselines.Store }

var errNetwork = errors.New("connection reset by peer")

func (unreachable) List(context.Context, baselines.Query) ([]baselines.Entry, error) {
	return nil, errNetwork
}

// Whether there is a baseline is not known then: another one costs money that
// nobody said should be spent.
func TestNothingIsMeasuredWhereStoredBaselinesCannotBeRead(t *testing.T) {
	for from, refused := range map[string]bool{"auto": true, "stored": true, "live": false} {
		o, _ := designOptions(t, t.TempDir(), config.Flags{From: from})
		o.Store = unreachable{o.Store}
		_, err := NewDesign(t.Context(), o)
		if !refused {
			if err != nil {
				t.Errorf("from: %s asks a store: %v", from, err)
			}
			continue
		}
		if !errors.Is(err, ErrUnreadable) || errors.Is(err, ErrNoBaseline) || !NotMeasured(err) || !errors.Is(err, errNetwork) {
			t.Errorf("from: %s = %v, want that it cannot be read, and no word of that there is none", from, err)
		}
	}
	o, _ := designOptions(t, t.TempDir(), config.Flags{Arm: "baseline"})
	o.Store = unreachable{o.Store}
	if _, err := NewDesign(t.Context(), o); !errors.Is(err, ErrUnreadable) {
		t.Errorf("an arm alone = %v", err)
	}
}

func TestAPlanThatMoneyCannotCoverIsRefused(t *testing.T) {
	dir := t.TempDir()
	o, _ := designOptions(t, dir, config.Flags{From: "live"})
	storeBaseline(t, o, 5, 0.5, func(*baselines.Header) {})

	// 6 tasks x 5 attempts at $0.50, and a little for how costs scatter.
	o, _ = designOptions(t, dir, config.Flags{From: "stored", USD: "14.99"})
	_, err := NewDesign(t.Context(), o)
	for _, part := range []string{"30 trials at the baseline's costs come to $15.", "limits.usd is $14.99: raise it, or plan fewer than 5 attempts"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("error is %v, want it to say %s", err, part)
		}
	}
	o, _ = designOptions(t, dir, config.Flags{From: "stored", USD: "16"})
	if _, err := NewDesign(t.Context(), o); err != nil {
		t.Errorf("a plan below the limit is refused: %v", err)
	}
}

// Before any money is spent the plan says which attempts hardly help.
func TestAPlanSaysWhatTheBaselineHasNoCounterpartFor(t *testing.T) {
	dir := t.TempDir()
	o, _ := designOptions(t, dir, config.Flags{From: "live"})
	storeBaseline(t, o, 3, 0.5, func(*baselines.Header) {})
	for _, test := range []struct{ mode, attempts, want string }{
		{"informed", "5", "pairs    the baseline has 3 attempts a task: those beyond tell about the pass rate only, and none is made once it cannot change the verdict\n"},
		{"strict", "5", "pairs    the baseline has 3 attempts a task: those beyond are no evidence, and none is made once it cannot change the verdict\n"},
		{"fixed", "5", "pairs    the baseline has 3 attempts a task: those beyond tell about the pass rate only\n"},
		{"informed", "3", ""},
	} {
		o, _ := designOptions(t, dir, config.Flags{From: "stored", Mode: test.mode, Attempts: test.attempts})
		d, err := NewDesign(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		var text bytes.Buffer
		if err := report.Plan(&text, d.Planned(o, false), report.FormatText); err != nil {
			t.Fatal(err)
		}
		if got := text.String(); !strings.Contains(got, test.want) || test.want == "" && strings.Contains(got, "pairs ") {
			t.Errorf("%s, %s attempts: the plan is\n%s\nwant %q", test.mode, test.attempts, got, test.want)
		}
	}
}

func TestAPlanBeyondTheRecordingsIsRefused(t *testing.T) {
	o, _ := designOptions(t, t.TempDir(), config.Flags{From: "live", Attempts: "6", TaskIDs: []string{"merge-bookings"}})
	_, err := NewDesign(t.Context(), o)
	for _, arm := range []string{"baseline model-a", "candidate model-b"} {
		want := arm + ": there is no recording of task merge-bookings, attempt 6 (recorded are 1, 2, 3, 4, 5)"
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want it to say %s", err, want)
		}
	}
}

func TestThePlanHasEverythingThatIsDecidedBefore(t *testing.T) {
	plan := func(f config.Flags) string {
		o, _ := designOptions(t, t.TempDir(), f)
		d, err := NewDesign(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		return d.Headers[baselines.Candidate].Plan
	}
	same := plan(config.Flags{})
	if again := plan(config.Flags{}); again != same {
		t.Errorf("the same configuration has plans %s and %s", same, again)
	}
	for name, f := range map[string]config.Flags{
		"mode":     {Mode: "fixed"},
		"attempts": {Attempts: "4"},
		"model":    {Model: "model-c"},
		"dollars":  {USDPerTrial: "2"},
		"tokens":   {TokensPerTrial: "1000000"},
		"clock":    {TimeoutMultiplier: "2"},
		"machine":  {CPUs: "1"},
		"memory":   {MemoryMB: "2048"},
		"suite":    {TaskIDs: []string{"lru-cache", "rate-limiter"}},
	} {
		if plan(f) == same {
			t.Errorf("another %s leaves the plan as it is", name)
		}
	}
}

// Configured limits of the machine are part of what was measured: a stored
// baseline with others is not used.
func TestMachineLimitsAreInTheHeader(t *testing.T) {
	dir := t.TempDir()
	o, _ := designOptions(t, dir, config.Flags{From: "live"})
	storeBaseline(t, o, 5, 0.1, func(*baselines.Header) {})

	o, _ = designOptions(t, dir, config.Flags{From: "auto", CPUs: "1.5", MemoryMB: "4096"})
	d, err := NewDesign(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if d.Stored != nil {
		t.Error("a baseline that was measured without limits is used")
	}
	for arm, h := range d.Headers {
		if h.Limits.CPUs != 1.5 || h.Limits.MemoryMB != 4096 {
			t.Errorf("%s: limits are %+v", arm, h.Limits)
		}
	}
}

func TestLimitsThatNothingHoldsATrialToAreSaid(t *testing.T) {
	said := ""
	p := &plan{o: Options{Config: new(config.Config), Notice: func(s string) { said = s }}, design: &Design{Suite: new(suite.Suite)}}
	process := sandbox.Info{Engine: "process", CPUs: 4}
	if err := p.limitsFit(process); err != nil || said != "" {
		t.Errorf("no limits: %v, %q", err, said)
	}
	p.o.Config.Limits.CPUs = 8
	if err := p.limitsFit(process); err != nil || !strings.Contains(said, "nothing holds a trial to them") {
		t.Errorf("without isolation: %v, %q", err, said)
	}
}

// Where something holds a trial to them, they have defaults; a header without them
// says that there was no limit.
func TestOnlyContainersHaveLimitsByDefault(t *testing.T) {
	for kind, want := range map[sandbox.Kind]baselines.Limits{
		sandbox.Docker:  {CPUs: 2, MemoryMB: 4096},
		sandbox.Process: {},
	} {
		o, _ := designOptions(t, t.TempDir(), config.Flags{From: "live", Sandbox: string(kind)})
		d, err := NewDesign(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		for arm, h := range d.Headers {
			if h.Limits.CPUs != want.CPUs || h.Limits.MemoryMB != want.MemoryMB {
				t.Errorf("%s, %s: %g CPUs and %d MiB, want %g and %d", kind, arm, h.Limits.CPUs, h.Limits.MemoryMB, want.CPUs, want.MemoryMB)
			}
		}
	}
}

// An agent that asks no model needs no price for one: a replay spends nothing.
func TestAReplayNeedsNoPrice(t *testing.T) {
	o, _ := designOptions(t, t.TempDir(), config.Flags{Model: "model-without-price", From: "live", Attempts: "1", TaskIDs: []string{"merge-bookings"}})
	if _, err := NewDesign(t.Context(), o); err != nil {
		t.Error(err)
	}
}

// Which runs need a price, for which of their models, and what is done without one.
func TestWhatIsMeasuredNeedsAPrice(t *testing.T) {
	asks := func(model string) trial.Subject {
		row, err := agent.Lookup(agent.ClaudeCode)
		if err != nil {
			t.Fatal(err)
		}
		return trial.Subject{Agent: row, Variant: baselines.Variant{Model: model}}
	}
	off := new(float64)
	for name, test := range map[string]struct {
		baseline, candidate string
		stored              bool
		gate                config.Gate
		requests            int
		lacks               []string
	}{
		"both have one":                 {baseline: "claude-opus-4-7", candidate: "claude-opus-4-8"},
		"another spelling":              {baseline: "claude-opus-4-7[1m]", candidate: "anthropic/claude-opus-4-8-20261120"},
		"a new model":                   {baseline: "claude-opus-4-7", candidate: "new-1", lacks: []string{"new-1"}},
		"an old one":                    {baseline: "old-1", candidate: "claude-opus-4-8", lacks: []string{"old-1"}},
		"an old one, stored":            {baseline: "old-1", candidate: "claude-opus-4-8", stored: true},
		"two":                           {baseline: "old-1", candidate: "new-1", lacks: []string{"old-1", "new-1"}},
		"one for both":                  {baseline: "new-1", candidate: "new-1", lacks: []string{"new-1"}},
		"an alias":                      {baseline: "claude-opus-4-7", candidate: "opus"},
		"no cost is gated":              {baseline: "claude-opus-4-7", candidate: "new-1", gate: config.Gate{TypicalCostMaxRatio: off, CostPerSolvedMaxRatio: off}, lacks: []string{"new-1"}},
		"bounded requests":              {baseline: "claude-opus-4-7", candidate: "new-1", requests: 9, lacks: []string{"new-1"}},
		"one cost, bounded requests":    {baseline: "claude-opus-4-7", candidate: "new-1", gate: config.Gate{TypicalCostMaxRatio: off}, requests: 9, lacks: []string{"new-1"}},
		"no cost, and bounded requests": {baseline: "claude-opus-4-7", candidate: "new-1", gate: config.Gate{TypicalCostMaxRatio: off, CostPerSolvedMaxRatio: off}, requests: 9},
	} {
		t.Run(name, func(t *testing.T) {
			d := &Design{Prices: prices.Default(), subjects: map[baselines.Arm]trial.Subject{baselines.Baseline: asks(test.baseline), baselines.Candidate: asks(test.candidate)}}
			if test.stored {
				d.Stored = new(baselines.Run)
			}
			c := &config.Config{Gate: test.gate, Limits: config.Limits{Requests: test.requests}}
			err := d.priced(Options{Config: c, Now: func() time.Time { return now }, Notice: func(string) {}})
			if (err != nil) != (len(test.lacks) > 0) {
				t.Fatalf("the error is %v, want one about %q", err, test.lacks)
			}
			for _, model := range test.lacks {
				if n := strings.Count(err.Error(), `"`+model+`": [{`); n != 1 {
					t.Errorf("%d rows to add for %s:\n%v", n, model, err)
				}
			}
		})
	}
}
