package run

import (
	"cmp"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/prices"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/trial"
)

// Design is everything that is decided before anything runs: no engine is
// asked and no money spent to make one.
type Design struct {
	ID     string // the run's
	Began  time.Time
	Suite  *suite.Suite
	Lock   *suite.Lock // nil when there is none
	Prices *prices.Table
	Policy gate.Policy
	Steps  []Step
	Stored *baselines.Run // nil when the baseline is measured live

	// Alone is the arm that is measured by itself; empty: both, and the gate
	// compares them. Then Before is the stored baseline that measured the same,
	// whatever its age; nil: there is none.
	Alone  baselines.Arm
	Before *baselines.Run

	// Headers of the arms, with the plan's digest; the host is not known yet.
	Headers map[baselines.Arm]baselines.Header

	// Forecast is what the gate will probably say and cost; of one arm alone only
	// Trials and WorstUSD.
	Forecast gate.Forecast

	subjects map[baselines.Arm]trial.Subject
}

// Step is one attempt at one task in the order of a run. Both arms of a gate
// share a step's seq.
type Step struct {
	Seq     int
	Attempt int
	Task    *suite.Task
}

func (s Step) key() baselines.Key { return baselines.Key{Task: s.Task.ID, Attempt: s.Attempt} }

// Incomparable says why no verdict can come of the two arms; empty: it can.
func (d *Design) Incomparable(o Options) string {
	differences := gate.Differences(d.Policy, d.Headers[baselines.Baseline], d.Headers[baselines.Candidate])
	if len(differences) == 0 {
		return ""
	}
	return cmp.Or(o.Config.Incomparable(), "baseline and candidate cannot be compared: "+report.Difference(differences))
}

// told is the design for who waits for its first trial.
func (d *Design) told(dir string) Begun {
	b := Begun{Dir: dir, Trials: len(d.Steps), Stored: d.Stored, Odds: d.Forecast.Unchanged.Pass + d.Forecast.Unchanged.Regression}
	if d.Alone != "" {
		b.Candidate = d.Headers[d.Alone].Variant.Name
		return b
	}
	b.Candidate, b.Baseline = d.Headers[baselines.Candidate].Variant.Name, d.Headers[baselines.Baseline].Variant.Name
	return b
}

// Planned is the design as a report shows it, with every trial in its order on
// request.
func (d *Design) Planned(o Options, order bool) report.Planned {
	p := report.Planned{
		Suite: d.Suite.Name, Tasks: len(d.Suite.Tasks), Policy: d.Policy, Forecast: d.Forecast,
		Workers: o.Config.Limits.Workers, LimitUSD: o.Config.Limits.USD, LimitRequests: o.Config.Limits.Requests, LimitTokens: o.Config.Limits.TokensPerTrial, LimitMinutes: o.Config.Limits.Minutes,
		Prices: modelPrices(d.Prices, o), Cache: cacheOf(o.CacheDir, d.Suite.Digest(), d.Headers),
	}
	switch {
	case d.Alone != "":
		p.Alone, p.Variant = d.Alone, d.Headers[d.Alone].Variant
		if d.Before != nil {
			p.Stored = d.Before.Header.ID
		}
	case d.Stored != nil:
		p.Stored = d.Stored.Header.ID
		p.Warnings, _ = report.Headroom(d.Policy, d.Stored)
	}
	if d.Alone == "" {
		p.Incomparable = d.Incomparable(o)
	}
	if order {
		p.Order = keys(d.Steps)
	}
	return p
}

func keys(steps []Step) []baselines.Key {
	out := make([]baselines.Key, len(steps))
	for i, s := range steps {
		out[i] = s.key()
	}
	return out
}
