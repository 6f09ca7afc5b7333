package config

import (
	"path/filepath"
	"strconv"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"go.yaml.in/yaml/v4"
)

// Flags are settings given on the command line, as they were typed; empty
// means not given. Each wins over the file's key, and is read and judged as
// the file's value would be.
type Flags struct {
	// Dir is what relative paths in flags start from: the absolute working
	// directory.
	Dir string

	// Named is how a mistake in a flag, as "--usd", calls it. Nil: as the command
	// line does.
	Named func(flag string) string

	DatasetPath string   // --dataset-path: a directory of tasks; replaces suite.tasks
	TaskIDs     []string // --task-id: of those tasks, only these; patterns allowed

	Agent         string // --agent: of both arms
	BaselineAgent string // --baseline-agent: of the baseline, when it differs
	Model         string // --model: of the candidate
	BaselineModel string // --baseline-model
	Compare       string // --compare
	From          string // --from
	Arm           string // --arm: the one variant to measure, without a comparison

	Sandbox           string // --sandbox
	Trusted           bool   // --trusted
	Attempts          string // --attempts
	USD               string // --usd
	USDPerTrial       string // --usd-per-trial
	TokensPerTrial    string // --tokens-per-trial
	Requests          string // --requests
	Minutes           string // --minutes
	Workers           string // --workers
	TimeoutMultiplier string // --timeout-multiplier
	CPUs              string // --cpus
	MemoryMB          string // --memory-mb
	Mode              string // --mode
	Baselines         string // --baselines: a directory
	Prices            string // --prices: a price table
}

// FromFlags makes a configuration without a file, as people know it from
// Terminal-Bench: tasks by --dataset-path and --task-id, --agent, --model.
// The agent is claude-code unless a flag says otherwise. The error is
// a [problem.List] or nil.
func FromFlags(f Flags) (*Config, error) {
	s := newSource("", nil)
	c := &Config{Dir: f.Dir}
	if alone := f.Model == "" && f.BaselineModel != ""; alone {
		c.Baseline = &Variant{Agent: Agent{Name: agent.ClaudeCode}}
	} else {
		c.Candidate = &Variant{Agent: Agent{Name: agent.ClaudeCode}}
	}
	s.override(c, f)
	if f.DatasetPath != "" {
		c.Suite.Name = filepath.Base(c.Suite.Dataset)
	}
	c.setDefaults()
	c.check(s)
	if err := s.err(); err != nil {
		return nil, err
	}
	return c, nil
}

// override sets in c what the flags say.
func (s *source) override(c *Config, f Flags) {
	s.named = f.Named
	s.overrideCandidate(c, f)
	s.overrideBaseline(c, f)
	s.take([]flag{
		{"--arm", f.Arm, "arm", choice(s, &c.Arm, baselines.Baseline, baselines.Candidate)},
		{"--compare", f.Compare, "compare", choice(s, &c.Compare, baselines.Comparisons()...)},
		{"--sandbox", f.Sandbox, "sandbox", choice(s, &c.Sandbox, sandboxes...)},
		{"--attempts", f.Attempts, "limits.attempts", s.attempts(&c.Limits)},
		{"--usd", f.USD, "limits.usd", s.known(&c.Limits.USD, dollars)},
		{"--usd-per-trial", f.USDPerTrial, "limits.usd_per_trial", s.known(&c.Limits.USDPerTrial, dollars)},
		{"--tokens-per-trial", f.TokensPerTrial, "limits.tokens_per_trial", s.tokens(&c.Limits)},
		{"--requests", f.Requests, "limits.requests", s.requests(&c.Limits)},
		{"--minutes", f.Minutes, "limits.minutes", s.amount(&c.Limits.Minutes, minutes)},
		{"--workers", f.Workers, "limits.workers", s.workers(&c.Limits)},
		{"--timeout-multiplier", f.TimeoutMultiplier, "limits.timeout_multiplier", s.amount(&c.Limits.TimeoutMultiplier, multiplier)},
		{"--cpus", f.CPUs, "limits.cpus", s.amount(&c.Limits.CPUs, cpus)},
		{"--memory-mb", f.MemoryMB, "limits.memory_mb", s.memory(&c.Limits)},
		{"--mode", f.Mode, "gate.mode", choice(s, &c.Gate.Mode, modes...)},
	})
	if f.Trusted {
		c.Suite.Trusted = true
	}
	if f.Baselines != "" {
		c.Baselines = Baselines{Dir: f.abs(f.Baselines)}
	}
	if f.Prices != "" {
		c.Prices = f.abs(f.Prices)
	}
	c.Suite.TaskIDs = f.TaskIDs
	if f.DatasetPath != "" {
		c.Suite.Dataset, c.Suite.Tasks = f.abs(f.DatasetPath), nil
	}
}

// overrideCandidate sets the candidate's part. Where the file has only a baseline
// and --model names another one, it is a copy of the baseline with that model.
func (s *source) overrideCandidate(c *Config, f Flags) {
	if c.Candidate == nil {
		if f.Model == "" || c.Baseline == nil {
			return
		}
		c.Candidate = c.Baseline.unnamed()
	}
	s.take([]flag{
		{"--agent", f.Agent, "candidate.agent", s.agent(&c.Candidate.Agent)},
		{"--model", f.Model, "candidate.model", s.text(&c.Candidate.Model, "the name of a model")},
	})
}

// overrideBaseline sets the baseline's part. Where the file has no baseline and a
// flag names one, it is a copy of the candidate with what the flags change.
func (s *source) overrideBaseline(c *Config, f Flags) {
	if c.Baseline == nil {
		if f.BaselineModel+f.BaselineAgent+f.From == "" || c.Candidate == nil {
			return
		}
		c.Baseline = c.Candidate.unnamed()
	}
	switch {
	case f.Agent == "":
	case c.Candidate != nil:
		c.Baseline.Agent = c.Candidate.Agent
	default:
		s.take([]flag{{"--agent", f.Agent, "baseline.agent", s.agent(&c.Baseline.Agent)}})
	}
	s.take([]flag{
		{"--baseline-agent", f.BaselineAgent, "baseline.agent", s.agent(&c.Baseline.Agent)},
		{"--baseline-model", f.BaselineModel, "baseline.model", s.text(&c.Baseline.Model, "the name of a model")},
		{"--from", f.From, "baseline.from", choice(s, &c.From, froms...)},
	})
}

// unnamed is a copy of the variant, which gets a name of its own.
func (v *Variant) unnamed() *Variant {
	return &Variant{Agent: v.Agent, Model: v.Model, Settings: v.Settings}
}

// flag is one flag and the key that it sets.
type flag struct {
	name, value, path string
	read              read
}

// take reads the flags that were given.
func (s *source) take(flags []flag) {
	for _, f := range flags {
		if f.value != "" {
			s.flags[f.path] = s.called(f.name)
			f.read(&yaml.Node{Kind: yaml.ScalarNode, Tag: tag(f.value), Value: f.value}, f.path)
		}
	}
}

// called is what the user knows a flag by.
func (s *source) called(flag string) string {
	if s.named == nil {
		return flag
	}
	return s.named(flag)
}

// tag is the YAML type of a flag's value, as if it had been written in the file.
func tag(value string) string {
	if _, err := strconv.Atoi(value); err == nil {
		return "!!int"
	}
	if _, err := strconv.ParseFloat(value, 64); err == nil {
		return "!!float"
	}
	return "!!str"
}

func (f Flags) abs(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(f.Dir, path)
}
