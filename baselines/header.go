package baselines

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"
)

// SchemaV1 names the run file's format in its header.
const SchemaV1 = "benchgate.run/v1"

// Arm is a variant's part in a gate.
type Arm string

// The two arms.
const (
	Candidate Arm = "candidate"
	Baseline  Arm = "baseline"
)

// Stopping is what watched a run while it was made. A run that was stopped
// because of its results holds those that made it stop: numbers taken from it
// are biased, unless they are read by the rule that stopped it.
type Stopping string

// What can watch a run: a gate in one of its modes, of which the fixed one reads
// at the planned end only, or nothing.
const (
	ByInformedGate Stopping = "informed"
	ByStrictGate   Stopping = "strict"
	ByFixedGate    Stopping = "fixed"
	ByNothing      Stopping = "none"
)

// OnResults reports whether what watched the run could end it because of its
// results.
func (s Stopping) OnResults() bool { return s == ByInformedGate || s == ByStrictGate }

// Header is the first line of a run file: what was measured, on what, under
// which limits.
type Header struct {
	Schema    string    `json:"schema"`
	ID        string    `json:"id"`
	Created   time.Time `json:"created"`
	Benchgate string    `json:"benchgate"`
	Arm       Arm       `json:"arm"`

	// Plan is the digest of everything that was decided before the first
	// candidate trial: order, margins, error rates, limits. Empty when the
	// run was not made by a gate.
	Plan string `json:"plan,omitempty"`

	// Compare is the one thing in which the arms may differ.
	Compare Compare `json:"compare,omitempty"`

	// Stopping is what watched the run and could end it before its plan was
	// through. Empty: the file does not say.
	Stopping Stopping `json:"stopping,omitempty"`

	// Against is the ID of the baseline with which the gate that watched the
	// run compared it. Empty for a baseline's own run, and without a gate.
	Against string `json:"against,omitempty"`

	Variant   Variant `json:"variant"`
	Suite     Suite   `json:"suite"`
	Prices    Prices  `json:"prices"`
	Limits    Limits  `json:"limits"`
	OrderSeed uint64  `json:"order_seed"`
	Host      Host    `json:"host"`
}

// Variant is what is measured.
type Variant struct {
	Name     string   `json:"name"`
	Agent    Agent    `json:"agent"`
	Model    string   `json:"model"`
	Settings Settings `json:"settings"`
}

// Agent is a coding agent at one version. Version is empty for agents that
// have none (oracle, nop, command).
type Agent struct {
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
}

// Settings is how an agent was configured. Zero values mean "the agent's own
// default".
type Settings struct {
	Effort    string   `json:"effort,omitempty"`
	MaxTurns  int      `json:"max_turns,omitempty"`
	Arguments []string `json:"arguments,omitempty"`

	// Files maps a path in the task's working directory (CLAUDE.md, say) to
	// the sha256 digest of the file that was placed there.
	Files map[string]string `json:"files,omitempty"`

	// Command is the argument vector of the "command" agent.
	Command []string `json:"command,omitempty"`

	// Recording is the digest of the recordings the "replay" agent played.
	Recording string `json:"recording,omitempty"`
}

// Suite is a pinned list of tasks.
type Suite struct {
	Name string `json:"name"`

	// Digest covers task ids, task digests and tiers, and SolvedAt where it is set:
	// nothing that a check or a date changes.
	Digest string `json:"digest"`

	// SolvedAt is from when a task counts as solved; nil: when its reward is 1 or more.
	SolvedAt *SolvedAt `json:"solved_at,omitempty"`

	Tasks []Task `json:"tasks"`
}

// SolvedAt is from which number on a task's tests solve it. It is for tests that give
// rewards; those that print which tests passed solve it when all do.
type SolvedAt struct {
	Key string  `json:"key"` // of the reward file; "reward" also means its only number
	Min float64 `json:"min"` // finite
}

// The default: a task is solved when its reward is 1 or more.
const (
	SolvedKey = "reward"
	SolvedMin = 1.0
)

// String is the condition, as in "correct >= 0.5"; that of nil is the default's.
func (s *SolvedAt) String() string {
	if s == nil {
		s = &SolvedAt{SolvedKey, SolvedMin}
	}
	return s.Key + " >= " + strconv.FormatFloat(s.Min, 'g', -1, 64)
}

// Task is one pinned task.
type Task struct {
	ID     string `json:"id"`
	Digest string `json:"digest"`
	Tier   string `json:"tier"`

	// KeepProcesses tells that processes which the agent left were not ended before
	// the tests. Absent in older files.
	KeepProcesses bool `json:"keep_processes,omitempty"`

	// Image is the engine's image ID or digest. It is recorded, not compared:
	// it depends on the engine that built it. Empty of a task whose image was not
	// ready when the run began: its trials have it ([Trial.Image]).
	Image string `json:"image,omitempty"`
}

// Prices names the table that priced the run.
type Prices struct {
	Source string `json:"source"`
	Digest string `json:"digest"`

	// Rates are those of the models that the run was expected to ask, by name,
	// in the standard tier on the day it began: what a token cost, for whoever
	// asks why a bill moved. A trial's dollars are not made from them but from
	// its requests, each with its own tier and day. Absent in older files.
	Rates map[string]Rates `json:"rates,omitempty"`
}

// Limits are what a trial and a run may use. USD limits are absent when there
// is none.
type Limits struct {
	Attempts          int      `json:"attempts"`
	TimeoutMultiplier float64  `json:"timeout_multiplier"`
	USD               *float64 `json:"usd,omitempty"`
	USDPerTrial       *float64 `json:"usd_per_trial,omitempty"`
	CPUs              float64  `json:"cpus,omitempty"`
	MemoryMB          int64    `json:"memory_mb,omitempty"`

	// Verifier is where the tests run, and Tamper what it does to a solved trial
	// that it is flagged [Tampered] or [FreshDisagrees]. Absent in older files:
	// shared, and nothing was looked for.
	Verifier Verifier `json:"verifier,omitempty"`
	Tamper   Tamper   `json:"tamper,omitempty"`

	// TimeoutGrace is how long after its time an agent could still work, in seconds.
	TimeoutGrace float64 `json:"timeout_grace,omitempty"`

	// TokensPerTrial is how many tokens of all kinds one trial may use; absent when
	// there is no such limit, and in older files.
	TokensPerTrial int64 `json:"tokens_per_trial,omitempty"`

	// Requests is how many model requests the whole run may make; absent when
	// there is no such limit. Like USD it says how much could be measured, not what.
	Requests int `json:"requests,omitempty"`
}

// Verifier is where the tests of a trial run.
type Verifier string

// The places. Empty means VerifierShared.
const (
	VerifierShared Verifier = "shared" // where the agent worked, as the benchmarks do
	VerifierFresh  Verifier = "fresh"  // in a new sandbox, to which only the working directory is carried
)

// Tamper is what becomes of a solved trial whose agent changed what the tests run
// through.
type Tamper string

// The choices. Empty means TamperFlag.
const (
	TamperFlag Tamper = "flag" // it counts as solved, and says so
	TamperFail Tamper = "fail" // it counts as not solved
)

// Host is the machine the trials ran on.
type Host struct {
	OS          string `json:"os"`
	Arch        string `json:"arch"`
	CPUs        int    `json:"cpus"`
	MemoryBytes int64  `json:"memory_bytes"`
	Engine      string `json:"engine"`
}

// TaskByID returns the suite's task, and whether the suite has it.
func (s Suite) TaskByID(id string) (Task, bool) {
	for _, t := range s.Tasks {
		if t.ID == id {
			return t, true
		}
	}
	return Task{}, false
}

// maxAttempts is far above any real plan. Run files come from others, and the
// gate makes room for every round that was planned.
const maxAttempts = 10_000

// Validate says everything that is wrong with the header at once.
func (h Header) Validate() error {
	var w mistakes
	if h.Schema != SchemaV1 {
		w.add("schema", "schema is %q, want %q", h.Schema, SchemaV1)
	}
	if h.ID == "" {
		w.add("id", "id is missing")
	}
	if h.Arm != Candidate && h.Arm != Baseline {
		w.add("arm", "arm is %q, want candidate or baseline", h.Arm)
	}
	switch h.Stopping {
	case "", ByInformedGate, ByStrictGate, ByFixedGate, ByNothing:
	default:
		w.add("stopping", "stopping is %q, want informed, strict, fixed or none", h.Stopping)
	}
	if h.Variant.Agent.Name == "" {
		w.add("variant.agent.name", "variant.agent.name is missing")
	}
	if len(h.Suite.Tasks) == 0 {
		w.add("suite.tasks", "suite.tasks is empty")
	}
	if a := h.Limits.Attempts; a < 0 || a > maxAttempts {
		w.add("limits.attempts", "limits.attempts is %d, want 0 to %d", a, maxAttempts)
	}
	switch h.Limits.Verifier {
	case "", VerifierShared, VerifierFresh:
	default:
		w.add("limits.verifier", "limits.verifier is %q, want shared or fresh", h.Limits.Verifier)
	}
	switch h.Limits.Tamper {
	case "", TamperFlag, TamperFail:
	default:
		w.add("limits.tamper", "limits.tamper is %q, want flag or fail", h.Limits.Tamper)
	}
	if g := h.Limits.TimeoutGrace; !(g >= 0) || math.IsInf(g, 1) {
		w.add("limits.timeout_grace", "limits.timeout_grace is %v, want seconds, 0 or more", g)
	}
	for _, model := range slices.Sorted(maps.Keys(h.Prices.Rates)) {
		h.Prices.Rates[model].validate(&w, "prices.rates."+model)
	}
	seen := make(map[string]bool)
	for i, t := range h.Suite.Tasks {
		if seen[t.ID] {
			w.add(fmt.Sprintf("suite.tasks[%d].id", i), "suite.tasks names %q twice", t.ID)
		}
		seen[t.ID] = true
	}
	return errors.Join(w...)
}
