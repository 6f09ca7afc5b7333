package main

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/run"
)

// defaultConfig is read when no file is named and no task directory is given.
const defaultConfig = "benchgate.yaml"

// settings are the flags that every command with a configuration has.
type settings struct {
	file    string
	verbose bool
	flags   config.Flags
}

// repeated collects a flag that may be given several times.
type repeated []string

func (r *repeated) String() string     { return strings.Join(*r, ",") }
func (r *repeated) Set(v string) error { *r = append(*r, v); return nil }

// given is a flag that is not empty: --usd "$LIMIT" without a LIMIT is a mistake, and
// not the limit of the file.
type given string

func (g *given) String() string { return string(*g) }

func (g *given) Set(v string) error {
	if v == "" {
		return errors.New("it is empty; give a value, or leave the flag out")
	}
	*g = given(v)
	return nil
}

// registerFile adds the flags of every command that reads a configuration.
func (s *settings) registerFile(set *flag.FlagSet) {
	set.StringVar(&s.file, "c", "", "configuration `file` (default "+defaultConfig+")")
	set.BoolVar(&s.verbose, "v", false, "say more on standard error")
}

// registerTasks adds the flags of commands that run tasks, with a model or
// without.
func (s *settings) registerTasks(set *flag.FlagSet) {
	s.registerFile(set)
	f := &s.flags
	set.Var((*given)(&f.DatasetPath), "dataset-path", "`directory` of tasks, instead of those in the file")
	set.Var((*repeated)(&f.TaskIDs), "task-id", "only this `task`; may be repeated, and may be a pattern")
	set.Var((*given)(&f.Sandbox), "sandbox", "`kind` of sandbox: docker, process")
	set.BoolVar(&f.Trusted, "trusted", false, "the tasks may run without isolation")
	set.Var((*given)(&f.TimeoutMultiplier), "timeout-multiplier", "`factor` on the tasks' own timeouts")
	set.Var((*given)(&f.CPUs), "cpus", "`number` of CPUs of a trial whose task sets none")
	set.Var((*given)(&f.MemoryMB), "memory-mb", "`MiB` of memory of a trial whose task sets none")
}

// register adds every flag that overrides a key of the file.
func (s *settings) register(set *flag.FlagSet) {
	s.registerTasks(set)
	f := &s.flags
	set.Var((*given)(&f.Agent), "agent", "coding `agent` of both arms, NAME or NAME@VERSION: "+strings.Join(agent.Names(), ", "))
	set.Var((*given)(&f.BaselineAgent), "baseline-agent", "`agent` of the baseline, when it differs")
	set.Var((*given)(&f.Model), "model", "the candidate's `model`")
	set.Var((*given)(&f.BaselineModel), "baseline-model", "the baseline's `model`")
	set.Var((*given)(&f.Compare), "compare", "the one `thing` in which the arms differ: model, agent_version, settings")
	set.Var((*given)(&f.Arm), "arm", "measure this `arm` alone, baseline or candidate, and compare nothing")
	set.Var((*given)(&f.From), "from", "`source` of the baseline: auto, stored, live")
	set.Var((*given)(&f.Attempts), "attempts", "`number` of attempts of each task and arm")
	set.Var((*given)(&f.USD), "usd", "`dollars` the whole command may cost")
	set.Var((*given)(&f.USDPerTrial), "usd-per-trial", "`dollars` one trial may cost")
	set.Var((*given)(&f.TokensPerTrial), "tokens-per-trial", "`number` of tokens, of all kinds, that one trial may use")
	set.Var((*given)(&f.Requests), "requests", "`number` of model requests the whole command may make")
	set.Var((*given)(&f.Minutes), "minutes", "`minutes` after which the whole command has ended, with what it has")
	set.Var((*given)(&f.Workers), "workers", "`number` of trials at the same time, instead of as many as the machine has room for")
	set.Var((*given)(&f.Mode), "mode", "gate `mode`: auto, informed, strict, fixed")
	set.Var((*given)(&f.Baselines), "baselines", "`directory` of stored baselines")
	set.Var((*given)(&f.Prices), "prices", "`file` with prices of your own")
}

// load reads the configuration: the file named, else flags alone when they
// name tasks, else benchgate.yaml here. Flags win over the file.
func (s *settings) load() (*config.Config, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	s.flags.Dir = dir
	if s.file == "" {
		if s.flags.DatasetPath != "" {
			return config.FromFlags(s.flags)
		}
		s.file = defaultConfig
		if _, err := os.Stat(s.file); errors.Is(err, fs.ErrNotExist) {
			return nil, usagef("there is no %s here: write one with \"benchgate init\", name one with -c, or name tasks with --dataset-path", defaultConfig)
		}
	}
	if _, err := os.Stat(s.file); errors.Is(err, fs.ErrNotExist) {
		return nil, usagef("there is no %s: \"benchgate init DIR\" writes a benchgate.yaml for the tasks below DIR", s.file)
	}
	return config.Load(s.file, s.flags)
}

// loadTasks is load for commands that measure no model: flags alone need then
// name no agent.
func (s *settings) loadTasks() (*config.Config, error) {
	if s.file == "" && s.flags.Agent == "" && s.flags.DatasetPath != "" {
		s.flags.Agent = "nop"
	}
	return s.load()
}

// filesDir is where files of this kind are kept: beside the configuration, or here
// when it comes from flags alone.
func filesDir(c *config.Config, kind string) string {
	return filepath.Join(filepath.Dir(c.File), ".benchgate", kind)
}

// cacheDir keeps downloaded agents and git sources between runs.
func (p *program) cacheDir() string {
	if dir, ok := p.LookupEnv("BENCHGATE_CACHE"); ok && dir != "" {
		return dir
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	return filepath.Join(dir, "benchgate")
}

// suiteOptions are what loading tasks needs of the surroundings.
func (p *program) suiteOptions(s settings) run.SuiteOptions {
	return run.SuiteOptions{Lookup: p.LookupEnv, CacheDir: p.cacheDir(), Log: p.logger(s.verbose)}
}
