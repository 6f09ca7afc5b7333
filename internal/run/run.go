package run

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/renameio/v2"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/trial"
)

// Options are what a run needs besides its configuration.
type Options struct {
	Config    *config.Config
	Version   string // of benchgate, for the header
	LookupEnv func(string) (string, bool)
	Log       *slog.Logger
	Now       func() time.Time

	// RunsDir is where the run's directory is made.
	RunsDir string

	// CacheDir keeps downloaded agents and git sources.
	CacheDir string

	// Record is where trials are recorded for the replay agent; empty:
	// nowhere. A recording run measures the arms that the configuration has
	// and gives no verdict different from any other run's.
	Record string

	// Again asks the same question anew, although an earlier run has trials or
	// a verdict on it.
	Again bool

	// Notice is told, before money is spent, what the user should know, one
	// sentence at a time. Progress is told of every trial. Both are called
	// from one goroutine at a time.
	Notice   func(string)
	Progress func(Progress)
}

// Progress tells of one trial's start or end.
type Progress struct {
	Arm           baselines.Arm
	Variant       string
	Task          string
	Attempt       int
	Try           int
	Trial         *baselines.Trial // nil when it has just started
	Final         bool             // it has ended and no other try of its attempt follows
	Done, Planned int              // attempts, of all arms
	Dir           string           // the trial's files, once it has ended
}

// Result is what a run leaves.
type Result struct {
	Verdict gate.Verdict
	Dir     string // the run's files; empty when nothing was run

	Baseline  *baselines.Run
	Candidate *baselines.Run

	// Stored is the id of the stored baseline; empty when it was measured
	// live.
	Stored string

	// Reused tells that an earlier run had given this verdict already, and
	// nothing was run.
	Reused bool
}

// Names of the files in a run's directory, beside the journals.
const (
	verdictFile = "verdict.json"
)

// interrupted is the error of a run that was stopped from outside.
type interrupted struct{ dir string }

func (e interrupted) Error() string {
	return "interrupted: no verdict; the trials that finished are kept in " + e.dir
}

func (interrupted) Is(target error) bool { return target == context.Canceled }

// Run measures, compares and decides. An interrupted run gives an error that
// matches context.Canceled and leaves what finished in its directory.
func Run(ctx context.Context, o Options) (*Result, error) {
	design, err := NewDesign(ctx, o)
	if err != nil {
		return nil, err
	}
	if why := design.Incomparable(o); why != "" {
		o.Notice(why)
		return design.incomparable(), nil
	}
	id, err := design.identity()
	if err != nil {
		return nil, err
	}
	var before *earlier
	if !o.Again {
		if before, err = findEarlier(o.RunsDir, id); err != nil {
			return nil, fmt.Errorf("%w; --again measures anew without it", err)
		}
	}
	if before.stands(id) {
		o.Notice(fmt.Sprintf("this verdict was given already, by the run in %s; --again measures anew", before.dir))
		return before.result(design.Stored), nil
	}
	p, err := prepare(ctx, o, design, id, before)
	if err != nil {
		return nil, err
	}
	result, err := p.measure(ctx)
	clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	closeErr := p.close(clean)
	if err != nil {
		return nil, errors.Join(err, closeErr)
	}
	if closeErr != nil { // the verdict stands, and was paid for
		o.Notice(fmt.Sprintf("something of this run is left behind; \"benchgate clean\" removes it: %v", closeErr))
	}
	return result, nil
}

// measure runs the trials and asks the gate.
func (p *plan) measure(ctx context.Context) (*Result, error) {
	early, err := p.runTrials(ctx)
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, interrupted{p.site.Dir}
	}
	result := &Result{Dir: p.site.Dir, Candidate: p.arms[baselines.Candidate].soFar()}
	if live, measured := p.arms[baselines.Baseline]; measured {
		result.Baseline = live.soFar()
	} else {
		result.Baseline, result.Stored = p.design.Stored, p.design.Stored.Header.ID
	}
	result.Verdict = p.gate.Verdict()
	report.Explain(&result.Verdict)
	result.Verdict.Warnings = slices.Concat(early, recordingNotes(p.design.subjects), result.Verdict.Warnings)
	if err := p.writeVerdict(result.Verdict); err != nil {
		return nil, err
	}
	return result, nil
}

// runTrials hands the jobs to the workers and records what comes back. It says
// why, when it ended before the plan did and not by a verdict.
func (p *plan) runTrials(ctx context.Context) (early []string, err error) {
	if p.gate.Stands() { // on what was carried over
		return nil, nil
	}
	jobs := p.arms.jobs(p.design.Steps, keptProcesses(p.design.Lock), p.carried.done)
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	watch := &watch{plan: p, planned: len(jobs), end: end}
	pool := &trial.Pool{
		Runner: p.site.Runner, Workers: p.o.Config.Limits.Workers,
		Observe: func(e trial.Event) error { return watch.observe(ctx, e) },
	}
	next := 0
	err = pool.Run(ctx, func() (trial.Job, bool) {
		if next == len(jobs) {
			return trial.Job{}, false
		}
		next++
		return jobs[next-1], true
	})
	if why := watch.outOfMoney(); why != "" {
		early = append(early, why)
	}
	return early, err
}

// writeVerdict keeps the verdict beside the journals.
func (p *plan) writeVerdict(v gate.Verdict) error {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false) // as the report writes it: both are one document
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("writing verdict: %w", err)
	}
	if err := writeFile(filepath.Join(p.site.Dir, verdictFile), text.Bytes()); err != nil {
		return fmt.Errorf("writing verdict: %w", err)
	}
	return nil
}

// writeFile puts a file in its place whole or not at all: a later run reads
// it, and half of one would stop that.
func writeFile(path string, content []byte) error {
	return renameio.WriteFile(path, content, 0o644, renameio.WithTempDir(filepath.Dir(path)))
}
