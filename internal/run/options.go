package run

import (
	"path/filepath"

	"github.com/benchgate/benchgate/internal/site"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/trial"
)

// Site is where these tasks can run as the configuration says, with the
// embedded prices and without a model.
func (o Options) Site(id string, tasks []*suite.Task) site.Options {
	limits := o.Config.Limits
	return site.Options{
		RunID: id, Dir: filepath.Join(o.RunsDir, id), Tasks: tasks,
		Sandbox: o.Config.Sandbox, USD: dollars(limits.USD),
		Limits: trial.Limits{
			TimeoutMultiplier: limits.TimeoutMultiplier, USD: dollars(limits.USDPerTrial),
			CPUs: limits.CPUs, MemoryMB: int64(limits.MemoryMB),
		},
		CacheDir: o.CacheDir, Record: o.Record,
		LookupEnv: o.LookupEnv, Log: o.Log, Now: o.Now, Notice: o.Notice,
	}
}

// dollars are those of a limit; zero: no limit.
func dollars(limit *float64) float64 {
	if limit == nil {
		return 0
	}
	return *limit
}
