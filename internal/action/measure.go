package action

import (
	"context"
	"errors"
	"fmt"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/report"
	"github.com/benchgate/benchgate/internal/run"
)

// measure runs what the configuration says. A gate that insists on a stored
// baseline and has none measures the candidate alone: the first measurement.
func (a *action) measure(ctx context.Context, s *subject, t *telling) outcome {
	show := a.Show(s.config)
	defer show.Close()
	o := a.runOptions(s)
	o.Notice = show.Notice
	o.Begun = func(b run.Begun) { t.begin(ctx, b) }
	o.Progress = func(e run.Progress) { show.Progress(e); t.progress(e) }
	if s.config.Alone() != "" {
		return alone(ctx, o)
	}
	result, err := run.Run(ctx, o)
	if err != nil && noKey(o.NeedKey()) { // headers without their variables say it otherwise
		return outcome{err: o.NeedKey()}
	}
	if !errors.Is(err, run.ErrNoBaseline) || s.config.From != config.Stored {
		return outcome{result: result, err: err}
	}
	show.Notice(fmt.Sprintf("%v; the candidate is measured alone, as the first measurement", err))
	first := *s.config
	first.Arm = baselines.Candidate
	o.Config = &first
	return alone(ctx, o)
}

func alone(ctx context.Context, o run.Options) outcome {
	first, err := run.Alone(ctx, o)
	return outcome{first: first, err: err}
}

// runOptions are those of a run that tells nothing while it goes on.
func (a *action) runOptions(s *subject) run.Options {
	return run.Options{
		Config: s.config, Store: s.store, Version: a.Version, LookupEnv: a.LookupEnv, Log: a.Logger, Now: a.Now,
		RunsDir: a.runsDir(), CacheDir: a.CacheDir, Again: a.values.Again, AgainBy: "the input again: true", Notice: func(string) {},
	}
}

// mostUSD is a sentence on what the measurement may cost; empty: that is not known.
// Nothing is begun for it.
func (a *action) mostUSD(ctx context.Context, s *subject) string {
	ctx, cancel := context.WithTimeout(ctx, messageTime)
	defer cancel()
	design, err := run.NewDesign(ctx, a.runOptions(s))
	if err != nil {
		return "" // the measurement itself will say why
	}
	return report.MostUSD(design.Forecast, s.config.Limits.USD)
}
