package run

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/trial"
)

// bench is a place where trials can run: an engine, and meter and telemetry
// receiver where its sandboxes reach them.
type bench struct {
	id  string
	dir string // of the run's files

	suite   *suite.Suite
	table   *prices.Table
	engine  sandbox.Engine
	ledger  *meter.Ledger
	servers *servers
	runner  *trial.Runner
}

// openBench opens everything for the subjects. What it opened is closed again
// when it fails.
func openBench(ctx context.Context, o Options, id string, s *suite.Suite, subjects map[baselines.Arm]trial.Subject) (_ *bench, err error) {
	b := &bench{id: id, suite: s}
	b.dir = filepath.Join(o.RunsDir, b.id)
	defer func() {
		if err != nil {
			err = errors.Join(err, b.discard(context.WithoutCancel(ctx)))
		}
	}()
	if b.table, err = Prices(o.Config.Prices); err != nil {
		return nil, err
	}
	api, err := Access(o.LookupEnv)
	if err == nil {
		err = needKey(api, subjects)
	}
	if err != nil {
		return nil, err
	}
	if b.engine, err = OpenEngine(ctx, o.Config.Sandbox, b.id, o.Log); err != nil {
		return nil, err
	}
	if err := b.sweepOld(ctx, o); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(b.dir, 0o755); err != nil {
		return nil, fmt.Errorf("making the run's directory: %w", err)
	}
	if b.ledger, err = meter.OpenLedger(filepath.Join(b.dir, ledgerFile)); err != nil {
		return nil, err
	}
	if err := b.openRunner(ctx, o, api); err != nil {
		return nil, err
	}
	return b, nil
}

// sweepOld removes what crashed runs left on the engine.
func (b *bench) sweepOld(ctx context.Context, o Options) error {
	removed, err := b.engine.Sweep(ctx, "")
	if len(removed) > 0 {
		o.Notice(fmt.Sprintf("removed %d sandboxes and networks that an earlier run left behind", len(removed)))
	}
	return err
}

func (b *bench) openRunner(ctx context.Context, o Options, api ModelAPI) error {
	limits := o.Config.Limits
	m, err := meter.New(meter.Options{
		Upstream: api.Upstream, Credential: api.Credential, Prices: b.table, Ledger: b.ledger,
		BudgetUSD: value(limits.USD), Log: o.Log, Now: o.Now,
	})
	if err != nil {
		return err
	}
	receiver := otlp.NewReceiver(otlp.Options{Log: o.Log, Now: o.Now})
	if b.servers, err = serve(ctx, b.engine, b.id, networks(b.suite.Tasks), m, receiver, o.Log); err != nil {
		return err
	}
	b.runner = &trial.Runner{
		RunID: b.id, Engine: b.engine, Meter: m, Telemetry: receiver, Gateways: b.servers.gateways,
		Prices: b.table, Cache: agentCache(o), Dir: b.dir, Record: o.Record, Secrets: api.Secrets,
		Log: o.Log, Now: o.Now,
		Limits: trial.Limits{
			TimeoutMultiplier: limits.TimeoutMultiplier, USD: value(limits.USDPerTrial),
			CPUs: limits.CPUs, MemoryMB: int64(limits.MemoryMB),
		},
	}
	return nil
}

// close ends whatever was opened, in reverse.
func (b *bench) close(ctx context.Context) error {
	var errs []error
	if b.servers != nil {
		errs = append(errs, b.servers.close())
	}
	if b.engine != nil {
		_, err := b.engine.Sweep(ctx, b.id)
		errs = append(errs, err, b.engine.Close(ctx))
	}
	if b.ledger != nil {
		errs = append(errs, b.ledger.Close())
	}
	return errors.Join(errs...)
}

// discard closes a bench on which nothing was run, and removes its files.
func (b *bench) discard(ctx context.Context) error {
	return errors.Join(b.close(ctx), os.RemoveAll(b.dir))
}

func networks(tasks []*suite.Task) []suite.Network {
	var all []suite.Network
	for _, t := range tasks {
		if !slices.Contains(all, t.Network) {
			all = append(all, t.Network)
		}
	}
	return all
}

// agentCache keeps agents' packages; npm_config_registry names another
// registry, as it does for npm itself.
func agentCache(o Options) agent.Cache {
	registry, ok := o.LookupEnv("npm_config_registry")
	if !ok || registry == "" {
		registry = "https://registry.npmjs.org"
	}
	npm := agent.NPM{Registry: strings.TrimSuffix(registry, "/"), Client: http.DefaultClient}
	return agent.Cache{Dir: filepath.Join(o.CacheDir, "agents"), Download: npm.Download}
}

// Prices is the embedded table, with a user's own over it when file is not
// empty.
func Prices(file string) (*prices.Table, error) {
	if file == "" {
		return prices.Default(), nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("reading prices: %w", err)
	}
	defer f.Close()
	own, err := prices.Decode(f, file)
	if err != nil {
		return nil, err
	}
	return prices.Default().With(own), nil
}

func value(f *float64) float64 {
	if f == nil {
		return 0
	}
	return *f
}
