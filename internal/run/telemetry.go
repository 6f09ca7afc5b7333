package run

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/forward"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/otlp"
	"github.com/benchgate/benchgate/internal/site"
	"github.com/benchgate/benchgate/internal/trial"
)

// flushTelemetry is how long the end of a run waits for telemetry to be taken.
const flushTelemetry = 10 * time.Second

// tee sends a run's telemetry on while the run goes on; nil: it goes nowhere.
type tee struct {
	*forward.Tee
	o   Options
	dir string // of the run's files
}

// openTee begins to send telemetry on. What keeps it from that is said, and keeps the
// run from nothing.
func openTee(ctx context.Context, o Options, dir string) *tee {
	if len(o.Config.Forward) == 0 {
		return nil
	}
	targets, err := forwardTargets(o.Config, o.LookupEnv)
	if err != nil {
		o.Notice(fmt.Sprintf("telemetry is not sent on: %v; the run keeps it, and \"%s\" sends it later", err, resend(o.Config, dir)))
	}
	if len(targets) == 0 {
		return nil
	}
	opened, err := forward.Open(ctx, dir, targets, o.Notice)
	if err != nil {
		o.Notice(fmt.Sprintf("telemetry is not sent on: %v", err))
		return nil
	}
	return &tee{Tee: opened, o: o, dir: dir}
}

// close sends what still waits, for a short time, and says what is left.
func (t *tee) close() {
	if t == nil {
		return
	}
	summaries, err := t.Close(flushTelemetry)
	for _, s := range summaries {
		for _, note := range s.Notes(resend(t.o.Config, t.dir)) {
			t.o.Notice(note)
		}
	}
	if err != nil {
		t.o.Notice(err.Error())
	}
}

// trial sends a try that was just recorded.
func (t *tee) trial(job trial.Job, h baselines.Header, record baselines.Trial, m *meter.Meter) {
	if t == nil {
		return
	}
	t.Trial(forward.Trial{
		ID: job.ID(), Dir: trial.TelemetryDir(t.dir, job.ID()), Header: h, Confirm: job.Confirm, Record: record,
		Ledger: m.Entries(job.ID()),
	})
}

// verdict sends the verdict that the run came to.
func (t *tee) verdict(v gate.Verdict, candidate *baselines.Run) {
	if t != nil {
		t.Verdict(telemetryOf(v, candidate))
	}
}

// telemetryOf is a verdict as it goes out.
func telemetryOf(v gate.Verdict, candidate *baselines.Run) forward.Verdict {
	return forward.Verdict{Outcome: string(v.Outcome), Baseline: v.Baseline, Candidate: candidate.Header, Trials: candidate.Trials}
}

// resend is the command that sends what is left.
func resend(c *config.Config, dir string) string {
	return "benchgate telemetry send -c " + c.File + " " + dir
}

// forwardTargets are the endpoints that telemetry goes to, with the secrets of their
// headers. The error names those that cannot be used; the others are returned.
func forwardTargets(c *config.Config, lookup func(string) (string, bool)) ([]forward.Target, error) {
	var targets []forward.Target
	var errs []error
	for _, f := range c.Forward {
		t, err := forwardTarget(f, lookup)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		targets = append(targets, t)
	}
	return targets, errors.Join(errs...)
}

func forwardTarget(f config.Forward, lookup func(string) (string, bool)) (t forward.Target, err error) {
	t = forward.Target{
		Destination: otlp.Destination{Endpoint: f.Endpoint, Protocol: otlp.Protocol(f.Protocol), Gzip: f.Compression == config.Gzip},
		Temporality: otlp.Temporality(f.Temporality), Content: f.Content,
	}
	for _, s := range f.Signals {
		t.Signals = append(t.Signals, otlp.Signal(s))
	}
	if t.Headers, t.Secrets, err = f.Headers.Resolve(lookup); err != nil {
		return t, err
	}
	if f.CAFile != "" {
		if t.Trusted, err = site.Trusting(f.CAFile); err != nil {
			return t, fmt.Errorf("reading certificates for %s: %w", f.Endpoint, err)
		}
	}
	return t, nil
}
