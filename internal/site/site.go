package site

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/benchgate/benchgate/internal/leak"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/sandbox/docker"
	"github.com/benchgate/benchgate/internal/step"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/trial"
)

// LedgerFile is the name of the ledger in a run's directory.
const LedgerFile = "ledger.jsonl"

// Options say what is opened and for what.
type Options struct {
	// RunID names the run on the engine and in paths; see [NewID].
	RunID string

	// Dir is the directory of the run's files. Open makes it, and appends to a
	// ledger that is in it already.
	Dir string

	// Tasks are those that will run: the meter and the receiver listen on each
	// network that one of them is on.
	Tasks []*suite.Task

	// Subjects are the variants that will run. When one of them asks a model,
	// Open wants a key.
	Subjects []trial.Subject

	Sandbox sandbox.Kind
	Prices  *prices.Table // nil: the embedded table
	USD     float64       // what all requests together may cost, carried ones included; zero: no limit

	// Requests is how many model requests there may be, carried ones included;
	// zero: no limit.
	Requests int

	Limits    trial.Limits // of one trial
	AnswersAt []leak.Place // beside those that are known: see [trial.Runner]

	API      API    // of the model; zero: as the environment says
	CacheDir string // downloaded agents are kept below it, and images as the environment says
	Record   string // where trials are recorded for the replay agent; empty: nowhere

	LookupEnv func(string) (string, bool)
	Log       *slog.Logger
	Now       func() time.Time
	Notice    func(string) // is told what the user should know, one sentence at a time
}

// Site is where trials of one run can run.
type Site struct {
	Dir    string // of the run's files
	Engine sandbox.Engine
	Runner *trial.Runner

	// Admission asks the model API whether it answers, in the run's ledger.
	Admission *Admission

	runID   string
	ledger  *meter.Ledger
	servers *servers
}

// Open opens everything that trials need, and removes from the engine what
// crashed runs left there. What it opened is closed again when it fails.
func Open(ctx context.Context, o Options) (_ *Site, err error) {
	s := &Site{Dir: o.Dir, runID: o.RunID}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Discard(context.WithoutCancel(ctx)))
		}
	}()
	ways, err := findWays(o.API, o.LookupEnv)
	if err != nil {
		return nil, err
	}
	if err := ways.enoughFor(askers(o.Subjects)); err != nil {
		return nil, err
	}
	kept, err := keptImages(o.CacheDir, o.LookupEnv, o.Notice)
	if err != nil {
		return nil, err
	}
	if s.Engine, err = openEngine(ctx, o.Sandbox, docker.Options{Run: o.RunID, Log: o.Log, Kept: kept}); err != nil {
		return nil, err
	}
	if err := sweepLeftovers(ctx, s.Engine, o.Notice); err != nil {
		return nil, err
	}
	if err := pruneImages(ctx, s.Engine, time.Now(), o.Notice); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(s.Dir, 0o755); err != nil {
		return nil, fmt.Errorf("making the run's directory: %w", err)
	}
	if s.ledger, err = meter.OpenLedger(filepath.Join(s.Dir, LedgerFile)); err != nil {
		return nil, err
	}
	return s, s.openRunner(ctx, o, ways)
}

// openRunner serves meter and receiver and makes the runner that uses them.
func (s *Site) openRunner(ctx context.Context, o Options, ways ways) error {
	table := o.Prices
	if table == nil {
		table = prices.Default()
	}
	m, err := meter.New(ways.lead(meter.Options{
		Prices: table, Ledger: s.ledger, BudgetUSD: o.USD, MaxRequests: o.Requests, Log: o.Log, Now: o.Now,
	}))
	if err != nil {
		return err
	}
	s.Admission = &Admission{ways: ways, apis: ways.apisOf(o.Subjects), meter: m}
	receiver := otlp.NewReceiver(otlp.Options{Log: o.Log, Now: o.Now})
	if s.servers, err = serve(ctx, s.Engine, o.RunID, networksOf(o.Tasks), m, receiver, o.Log); err != nil {
		return err
	}
	s.Runner = &trial.Runner{
		RunID: o.RunID, Engine: s.Engine, Meter: m, Telemetry: receiver, Gateways: s.servers.gateways,
		Prices: table, Cache: agentCache(o.CacheDir, o.LookupEnv), Dir: s.Dir, Record: o.Record, Secrets: ways.secrets(),
		Log: o.Log, Now: o.Now, Limits: o.Limits, AnswersAt: o.AnswersAt,
	}
	return nil
}

// CheckModels asks about the models of the subjects before anything else is done
// for them, so that a wrong key costs seconds. See [Admission.Check].
func (s *Site) CheckModels(ctx context.Context, subjects []trial.Subject, notice func(string)) error {
	for _, model := range modelsOf(subjects) {
		waiting := step.Begin(ctx, "asking", "the model API about "+model)
		doubt, err := s.Admission.Check(ctx, model)
		waiting.End(err)
		if err != nil {
			return err
		}
		if doubt != "" {
			notice(doubt)
		}
	}
	return nil
}

// Close ends whatever was opened, in reverse, and removes what carries the
// run's label from the engine. The run's files stay.
func (s *Site) Close(ctx context.Context) error {
	waiting := step.Begin(ctx, "removing", "what the run made")
	defer waiting.End(nil)
	var errs []error
	if s.servers != nil {
		errs = append(errs, s.servers.close())
	}
	if s.Engine != nil {
		_, err := s.Engine.Sweep(ctx, s.runID)
		errs = append(errs, err, s.Engine.Close(ctx))
	}
	if s.ledger != nil {
		errs = append(errs, s.ledger.Close())
	}
	return errors.Join(errs...)
}

// Discard closes a site on which no trial ran, and removes its files.
func (s *Site) Discard(ctx context.Context) error {
	return errors.Join(s.Close(ctx), os.RemoveAll(s.Dir))
}
