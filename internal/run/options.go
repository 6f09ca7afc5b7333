package run

import (
	"cmp"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/site"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/trial"
)

// Options are what a run needs besides its configuration.
type Options struct {
	Config    *config.Config
	Version   string // of benchgate, for the header
	LookupEnv func(string) (string, bool)
	Log       *slog.Logger
	Now       func() time.Time

	// Store has the runs that were accepted as baselines. Nil: the store that
	// is configured cannot be read here, so that every baseline is measured
	// live.
	Store baselines.Store

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

	// AgainBy is how the user says Again: empty is "--again".
	AgainBy string

	// EngineWait is how long an engine that stopped answering is waited for, as one
	// that is restarted. Zero is 30 seconds.
	EngineWait time.Duration

	// LiveAge is how old an earlier run with a live baseline may be for its verdict
	// to stand and its trials to count here, too. Zero is 12 hours: a nightly job asks
	// its question anew each time.
	LiveAge time.Duration

	// Begun is called once where trials will run, before the first: everything is
	// ready, and the run's directory is there. Nil: nobody wants to know.
	Begun func(Begun)

	// Notice is told what the user should know, most of it before money is spent, one
	// sentence at a time. Progress is told of every trial. Both are called
	// from one goroutine at a time.
	Notice   func(string)
	Progress func(Progress)
}

// Begun tells of a run whose first trial is about to start.
type Begun struct {
	Dir    string // of the run's files
	Trials int    // planned, of the candidate or of the one variant that is measured alone

	// Candidate and Baseline are the variants' names. One that is measured alone is
	// the candidate here, and then Baseline is empty.
	Candidate, Baseline string

	Stored *baselines.Run // nil: the baseline is measured live, or there is none

	// Odds are those of a verdict by the end, where nothing has changed: 0 to 1.
	// Zero is not known.
	Odds float64
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

// Site is where these tasks can run as the configuration says, with the
// embedded prices and without a model.
func (o Options) Site(id string, tasks []*suite.Task) site.Options {
	limits := o.Config.Limits
	return site.Options{
		RunID: id, Dir: filepath.Join(o.RunsDir, id), Tasks: tasks,
		Sandbox: o.Config.Sandbox, USD: dollars(limits.USD), Requests: limits.Requests,
		Limits: o.trialLimits(), AnswersAt: o.Config.Suite.AnswersAt,
		CacheDir: o.CacheDir, Record: o.Record,
		LookupEnv: o.LookupEnv, Log: o.Log, Now: o.Now, Notice: o.Notice,
	}
}

func (o Options) trialLimits() trial.Limits {
	limits := o.Config.Limits
	return trial.Limits{
		TimeoutMultiplier: limits.TimeoutMultiplier, TimeoutGrace: time.Duration(limits.TimeoutGrace) * time.Second, USD: dollars(limits.USDPerTrial),
		Tokens: int64(limits.TokensPerTrial), CPUs: limits.CPUs, MemoryMB: int64(limits.MemoryMB),
		Verifier: o.Config.Verifier, Tamper: o.Config.Tamper,
	}
}

// ModelAPI is what the configuration says of the model API, with its secrets from
// the environment.
func (o Options) ModelAPI() (site.API, error) {
	api := o.Config.API
	headers, secrets, err := api.Headers.Resolve(o.LookupEnv)
	return site.API{BaseURL: api.BaseURL, Headers: headers, CAFile: api.CAFile, Secrets: secrets}, err
}

// sameSitting is [Options.LiveAge] where it is not set, and how old half a pair of
// the two arms may be whose other half is measured now.
const sameSitting = 12 * time.Hour

// again is how the user asks anew.
func (o Options) again() string { return cmp.Or(o.AgainBy, "--again") }

func (o Options) engineWait() time.Duration { return cmp.Or(o.EngineWait, 30*time.Second) }

func (o Options) liveAge() time.Duration { return cmp.Or(o.LiveAge, sameSitting) }

// inTurn are the options with a Notice and a Progress that are called one at a time,
// also where images are still built beside the trials.
func (o Options) inTurn() Options {
	var mu sync.Mutex
	notice, progress := o.Notice, o.Progress
	o.Notice = func(said string) {
		mu.Lock()
		defer mu.Unlock()
		notice(said)
	}
	o.Progress = func(p Progress) {
		mu.Lock()
		defer mu.Unlock()
		progress(p)
	}
	return o
}

// dollars are those of a limit; zero: no limit.
func dollars(limit *float64) float64 {
	if limit == nil {
		return 0
	}
	return *limit
}
