package suite

import (
	"time"

	"github.com/benchgate/benchgate/baselines"
)

// Form is the form of a task's directory.
type Form string

// The forms.
const (
	Harbor         Form = "harbor"           // task.toml, instruction.md, environment/, tests/, solution/
	TerminalBench1 Form = "terminal-bench-1" // task.yaml, docker-compose.yaml, run-tests.sh, tests/
)

// Tier is how hard a task is said to be.
type Tier string

// The tiers.
const (
	Easy   Tier = "easy"
	Medium Tier = "medium"
	Hard   Tier = "hard"
)

// Task is one task in the terms of benchgate, whichever form its directory has:
// who runs it need not know Harbor's or Terminal-Bench 1's files.
type Task struct {
	ID     string // the directory's name
	Dir    string // absolute
	Form   Form
	Tier   Tier
	Digest string       // see digestOf
	Files  []pinnedFile // what the digest covers, see listFiles
	Source Source       // of this one task: a path without wildcards; a git source with its commit

	Instruction string

	// Notes are sentences on what the task asks and benchgate leaves out
	// because no verdict depends on it (a disk limit, say).
	// They are for people to read.
	Notes []string

	AgentTimeout time.Duration // zero: the task sets none
	AgentUser    string        // empty: the image's user
	Environment  Environment
	Env          map[string]string // of the sandbox; host variables are resolved when [LoadOptions] has a Lookup
	Workdir      string            // empty: the image's
	Network      Network           // Public or NoNetwork: which of a run's networks its sandbox is on
	Phases       *Phases           // nil: all that Network gives, in the whole trial
	CPUs         float64           // zero: not set
	MemoryMB     int64             // zero: not set
	Healthcheck  *Healthcheck

	// Inputs go into the working directory before the agent starts; their Dir is empty.
	// An image that is built has them already.
	Inputs []Placed

	Tests    Tests
	Solution Solution

	// HostValues are the values that came from the host's environment into
	// Env, Tests.Env or Solution.Env: to be redacted wherever the trial's
	// output is kept.
	HostValues []string
}

// Healthcheck must succeed before the agent starts.
//
// It runs every StartInterval while StartPeriod lasts, when failures do not
// count; then every Interval until it succeeds or has failed Retries times in a
// row.
type Healthcheck struct {
	Command       string // for sh -c, in the sandbox
	Interval      time.Duration
	Timeout       time.Duration // of one run of the command
	StartPeriod   time.Duration
	StartInterval time.Duration
	Retries       int
}

// Tests decide whether a task is solved. They are copied into the sandbox only
// after the agent's processes were stopped, so that it can neither read nor
// change them.
type Tests struct {
	Files   []Placed // what to place, and where
	Script  string   // the command: a placed file, absolute in the sandbox
	Shell   []string // what runs it ("bash"); empty: it is executed itself
	Env     map[string]string
	User    string        // empty: the image's
	Timeout time.Duration // of the whole command
	Reward  RewardForm

	SolvedAt *baselines.SolvedAt // of a reward file; nil: the default
}

// Placed is a host file or directory and the sandbox directory it goes to.
// The content of a directory is placed, not the directory itself.
type Placed struct {
	Host string // absolute
	Dir  string // absolute in the sandbox
	Name string // for a single file: its name there; empty for directories
	Exec bool   // make the file executable

	// Without are files and directories below Host that are not placed, by their
	// slash-separated paths; nil: everything is.
	Without []string
}

// RewardForm is how the tests' answer is read.
type RewardForm string

// The forms.
const (
	RewardFile   RewardForm = "reward-file"   // /logs/verifier/reward.json, else reward.txt
	PytestOutput RewardForm = "pytest-output" // the short test summary in the command's output
)

// Solution is the task's own reference solution, run by the oracle agent.
type Solution struct {
	Files  []Placed
	Script string // a placed file, absolute in the sandbox; empty: the task has no solution
	Shell  []string
	Env    map[string]string
}
