package config

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/leak"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
)

// Config is a configuration with its defaults filled in. Paths are absolute
// unless said otherwise.
type Config struct {
	File string // empty when the configuration comes from flags alone
	Dir  string // the file's directory; what relative paths start from

	// Lock is the file that pins the tasks; empty when the configuration comes
	// from flags alone. It need not be there yet.
	Lock string

	Suite   Suite
	Compare baselines.Compare // the one thing in which the arms differ

	// The variants; one of them is nil when the other is measured alone, see
	// [Config.Alone].
	Baseline  *Variant
	Candidate *Variant

	From From          // where the baseline's trials come from
	Arm  baselines.Arm // of --arm; empty: not given

	// API is where the model API is; zero: as the environment says.
	API API

	Sandbox   sandbox.Kind
	Verifier  baselines.Verifier // where the tests run
	Tamper    baselines.Tamper   // what becomes of a solved trial whose agent changed system files
	Limits    Limits
	Gate      Gate
	Baselines Baselines

	// Forward is where telemetry is sent on to; empty: nowhere.
	Forward []Forward

	PullRequests PullRequests

	// Unchanged tells of a pull request that proposes the base branch's own candidate,
	// word for word and file for file; see [Propose].
	Unchanged bool

	// Prices is a price table that is used beside the embedded one and before
	// it; empty: none.
	Prices string
}

// Suite says which tasks are run.
type Suite struct {
	Name string

	// Trusted is the suite's own declaration that its tasks may run without
	// isolation.
	Trusted bool

	// Tasks are the tasks as the file lists them; local paths are relative to
	// Config.Dir. Empty when Dataset is set.
	Tasks []suite.Source

	// Exclude are tasks that are left out, by id (patterns allowed).
	Exclude []string

	// SolvedAt is from which number of a task's reward it counts as solved; nil: 1.
	SolvedAt *baselines.SolvedAt

	// AnswersAt are places on the network that have the tasks' answers, beside those
	// that are known of public benchmarks and the tasks' own repositories.
	AnswersAt []leak.Place

	// Dataset is a directory of tasks, and TaskIDs are those wanted of it
	// (patterns allowed; none: all). TaskIDs without Dataset select from
	// Tasks. Only flags set these two.
	Dataset string
	TaskIDs []string
}

// From says where the baseline's trials come from.
type From string

// Auto takes stored runs when there are enough of the same suite, variant and
// limits, and else measures the baseline beside the candidate. With Stored it is
// an error when there are none; Live always measures.
const (
	Auto   From = "auto"
	Stored From = "stored"
	Live   From = "live"
)

// Variant is what one arm measures.
type Variant struct {
	Name     string // default: the model's name, or the agent's
	Agent    Agent
	Model    string // empty for agents without one
	Settings Settings
}

// Agent names a coding agent. An empty Version is the version benchgate
// pins itself.
type Agent struct {
	Name    string
	Version string
}

// String is the agent as the file writes it: "claude-code@2.1.330".
func (a Agent) String() string {
	if a.Version == "" {
		return a.Name
	}
	return a.Name + "@" + a.Version
}

// Settings is how the agent is set up; zero values are the agent's own
// defaults.
type Settings struct {
	Effort    string
	MaxTurns  int
	Arguments []string

	// Files are placed at these paths in the task's working directory.
	Files map[string]File

	Command    []string // argument vector of the agent "command"
	Recordings string   // directory of the agent "replay"
}

// Limits bound a run.
type Limits struct {
	Attempts          int      // per task; zero: by the number of tasks, see [Config.Policy]
	USD               *float64 // of the whole command; nil: no limit
	USDPerTrial       *float64 // nil: no limit
	TokensPerTrial    int      // of all kinds; zero: no limit
	Requests          int      // model requests of the whole command; zero: no limit
	Minutes           float64  // from the start of the command to its end; zero: no limit
	Workers           int      // trials at the same time; zero: as many as the engine has CPUs and memory for
	TimeoutMultiplier float64  // on each task's own timeouts
	TimeoutGrace      int      // seconds that an agent may work on after its time
	CPUs              float64  // of a trial of a task that sets none; zero, only without Docker: no limit
	MemoryMB          int      // MiB, of a trial of a task that sets none; zero, only without Docker: no limit
}

// Gate holds what the file says about the decision; nil is the default for
// the number of tasks. [Config.Policy] puts both together.
type Gate struct {
	Mode                  gate.Mode
	PassRateMaxDrop       *float64
	TypicalCostMaxRatio   *float64 // zero: reported, not gated
	CostPerSolvedMaxRatio *float64
	Confirm               Confirm
	Alpha, Beta           *float64
	OnInconclusive        OnInconclusive
}

// Confirm says whether a regression that costs alone make against a stored
// baseline is confirmed by live pairs before it stands; see [gate.Confirm].
type Confirm string

// The choices. Auto means: wherever it can be done.
const (
	ConfirmAuto Confirm = "auto"
	ConfirmOff  Confirm = "off"
)

// OnInconclusive is what an inconclusive verdict does to the check on GitHub.
// The exit code of the command line is 3 in each case.
type OnInconclusive string

// The choices.
const (
	ConcludePass    OnInconclusive = "pass"
	ConcludeNeutral OnInconclusive = "neutral"
	ConcludeFail    OnInconclusive = "fail"
)

// Baselines is where accepted runs are kept: exactly one is set.
type Baselines struct {
	Dir    string
	Branch string // of the user's repository
}

// Policy is the gate's policy for a suite of that many tasks: the defaults
// for its size, and over them what the configuration says.
func (c *Config) Policy(tasks int) gate.Policy {
	p := gate.DefaultPolicy(tasks)
	p.Mode = c.Gate.Mode
	p.Compare = c.Compare
	p.Confirm = c.Gate.Confirm != ConfirmOff
	for _, over := range []struct {
		to   *float64
		from *float64
	}{
		{&p.PassRateMaxDrop, c.Gate.PassRateMaxDrop},
		{&p.TypicalCostMaxRatio, c.Gate.TypicalCostMaxRatio},
		{&p.CostPerSolvedMaxRatio, c.Gate.CostPerSolvedMaxRatio},
		{&p.Alpha, c.Gate.Alpha},
		{&p.Beta, c.Gate.Beta},
	} {
		if over.from != nil {
			*over.to = *over.from
		}
	}
	if c.Limits.Attempts > 0 {
		p.Attempts = c.Limits.Attempts
	}
	return p
}

// Shown is a path of the configuration as people are told of it: relative to the
// file's directory and then as the file itself was named, where it stands below it.
func (c *Config) Shown(path string) string {
	below, err := filepath.Rel(c.Dir, path)
	if path == "" || err != nil || !filepath.IsLocal(below) {
		return path
	}
	return filepath.ToSlash(filepath.Join(filepath.Dir(c.File), below))
}

// Alone is the arm that is measured by itself, with nothing to compare it with:
// the one that --arm names, or the only one that the configuration has. Empty: both
// are there, and the gate compares them.
func (c *Config) Alone() baselines.Arm {
	switch {
	case c.Arm != "":
		return c.Arm
	case c.Baseline == nil:
		return baselines.Candidate
	case c.Candidate == nil:
		return baselines.Baseline
	}
	return ""
}

// Measured are the variants that a run has to do with: the baseline and the
// candidate, or the one that is measured alone.
func (c *Config) Measured() []*Variant {
	if alone := c.Alone(); alone != "" {
		return []*Variant{c.Variant(alone)}
	}
	return []*Variant{c.Baseline, c.Candidate}
}

// Variant is what the arm measures; nil when the configuration does not have it.
func (c *Config) Variant(arm baselines.Arm) *Variant {
	if arm == baselines.Baseline {
		return c.Baseline
	}
	return c.Candidate
}

// Load reads the configuration file at path; flags that were given win over
// it. What is wrong with its content or with the flags comes back as a
// [problem.List]. Files that it names are not read.
func Load(path string, f Flags) (*Config, error) {
	text, dir, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(text, path, dir, f)
}

// readFile reads a configuration file and gives the directory it is in.
func readFile(path string) (text []byte, dir string, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, "", fmt.Errorf("reading configuration: %w", err)
	}
	defer file.Close()
	text, err = io.ReadAll(io.LimitReader(file, MaxFile+1))
	if err != nil {
		return nil, "", fmt.Errorf("reading configuration: %w", err)
	}
	if len(text) > MaxFile {
		return nil, "", fmt.Errorf("reading configuration: %s is larger than %d MiB; is it a configuration?", path, MaxFile>>20)
	}
	if dir, err = filepath.Abs(filepath.Dir(path)); err != nil {
		return nil, "", fmt.Errorf("reading configuration: %w", err)
	}
	return text, dir, nil
}

// Parse reads a configuration from its text. File names it in problems;
// relative paths start from dir, which is absolute. The error is a
// [problem.List] or nil.
func Parse(text []byte, file, dir string, f Flags) (*Config, error) {
	return newSource(file, text).read(text, dir, f)
}

func (s *source) read(text []byte, dir string, f Flags) (*Config, error) {
	s.findSecrets()
	c := &Config{File: s.file, Dir: dir}
	if s.written(text, c) {
		s.finish(c, f)
	}
	if err := s.err(); err != nil {
		return nil, err
	}
	return c, nil
}

// written reads what the text says, without flags and defaults. false: it is no
// YAML.
func (s *source) written(text []byte, c *Config) bool {
	root := s.parse(text)
	if root != nil {
		s.config(c)(root, "")
	}
	return root != nil
}

// finish adds flags and defaults, and looks for what single values cannot show.
func (s *source) finish(c *Config, f Flags) {
	s.override(c, f)
	c.setDefaults()
	c.check(s)
}
