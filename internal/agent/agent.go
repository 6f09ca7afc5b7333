// Package agent says how each coding agent is put into a sandbox, started, and
// how its output is read. It is a table: an agent is a row of values and
// functions, and package trial uses them in their order.
package agent

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/usage"
)

// Agent is one row of the table.
type Agent struct {
	Name string

	// DefaultVersion is what a configuration without a version gets; empty
	// for agents that have none.
	DefaultVersion string

	// Configure is what a configuration may and must say about the agent.
	Configure Configure

	// API is the model API that the agent speaks: its trials spend money, get a
	// token of the meter and need the API's key. Nil: it asks no model.
	API *API

	// AnyAPI says that it may speak any API that the meter serves, not only that one: a
	// key for one of them is enough.
	AnyAPI bool

	// Telemetry says that the agent sends OpenTelemetry when it is told where to: a
	// trial without any is then flagged.
	Telemetry bool

	// Lead is the environment that leads a program's requests to a meter, with a
	// placeholder for the key, and its telemetry to a receiver, under the name of a
	// trial. Nil: it has no such variables.
	Lead func(meterURL, otlpURL, id string) map[string]string

	// LeadArguments are put behind the program's name where its environment is not
	// enough, if Program is that name. Nil: nothing is put there.
	LeadArguments func(l Led) []string
	Program       string

	// Replays says that a recorded trial is played back: no program is
	// started and no model is asked, but the recording has requests, made by
	// the agent and model it was recorded from.
	Replays bool

	// ModelAsked is the name under which the agent asks the API for a configured
	// model; empty when only the agent knows it, as of an alias. Nil: the
	// configured name.
	ModelAsked func(configured string) string

	// SmallModels are the models that the agent uses for its own housekeeping
	// (titles, summaries); package meter finds such requests by this list.
	SmallModels []string

	// Tools is the software to mount; nil when nothing is put in.
	Tools func(version string, on Platform, cache Cache) (Tools, error)

	// Preflight is run once per image before any paid request; a failure
	// means the image cannot run this agent. Nil: nothing to check.
	Preflight func(s Start) []Check

	// Place lists files the agent itself brings (the oracle its solution).
	Place func(s Start) []suite.Placed

	// Owns are directories of the agent's configuration that are emptied before
	// it starts, so that nothing of the task's image configures it; absolute.
	Owns []string

	// Settings are files of the agent's configuration that benchgate writes for
	// each trial, root's and not writable for others. Nil: none.
	Settings func(s Start) ([]File, error)

	// Locate says where one of the variant's own files goes, given its
	// configured path; absolute. Nil, or an empty answer: into the task's
	// working directory.
	Locate func(file string) string

	// Command starts the agent; nil when there is nothing to start.
	Command func(s Start) (Program, error)

	// Read says how an agent ended that came to its own end, from its exit and
	// its standard output. For one that was stopped only Ending.Result is used.
	Read func(exit Exit, stdout io.Reader) Ending
}

// AsksModel reports whether the agent spends money.
func (a Agent) AsksModel() bool { return a.API != nil }

// AskedModel is the name under which the agent asks the API for a configured model;
// empty when only the agent knows it, or no model is configured.
func (a Agent) AskedModel(configured string) string {
	if a.ModelAsked == nil {
		return configured
	}
	return a.ModelAsked(configured)
}

// Start is what a row's functions are given.
type Start struct {
	Task     *suite.Task
	Variant  baselines.Variant
	Path     func(string) string // translates an absolute path as the task has it
	MeterURL string              // base URL of the model API, with the trial's token
	OTLPURL  string              // OTLP/HTTP endpoint, with the trial's token
	TrialID  string

	// Deadline is when the agent is stopped; zero while it is not started yet.
	Deadline time.Time
}

// deadlineVariable tells an agent when it is stopped, in RFC 3339. Nothing else
// does: the instruction is the task's, word for word.
const deadlineVariable = "BENCHGATE_DEADLINE"

// Platform is what a task's image is made for.
type Platform struct {
	OS, Arch string // as Go names them
	Libc     string // "glibc", "musl" or "" when not known
}

// Tools is software that is put into a sandbox without changing its image: a
// directory that is mounted read-only.
type Tools struct {
	Name string                                       // names software, version and platform: equal names, equal content
	Path string                                       // absolute, as the task has it
	Fill func(ctx context.Context, w io.Writer) error // writes the directory as a tar
}

// Program is what is started in the sandbox.
type Program struct {
	Argv  []string
	Env   map[string]string
	Stdin io.Reader // nil: empty
}

// File is a file's absolute path, as the task has it, and its content.
type File struct {
	Path    string
	Content []byte
}

// Exit is how a program ended.
type Exit struct {
	Code        int // 128+n after signal n
	OutOfMemory bool
}

// Check is one command that must succeed in the image before money is spent.
type Check struct {
	Argv []string
	Hint string // what to tell the user when it fails
}

// Ending is how an agent's run ended, as far as the agent itself can tell.
type Ending struct {
	Ended  baselines.Ended
	Reason string // one sentence, empty for [baselines.Finished]

	// Result is the usage that the agent reports itself; nil when it reports
	// none.
	Result *usage.AgentResult
}

// Cache keeps downloaded agents.
type Cache struct {
	Dir string // absolute

	// Download streams an agent's npm package; [NPM] is the real one.
	Download func(ctx context.Context, pkg, version string) (io.ReadCloser, error)
}

// Table lists every agent.
func Table() []Agent {
	return []Agent{claudeCode(), codex(), oracle(), nop(), command(), replay()}
}

// Lookup finds an agent by name. The error lists the known ones.
func Lookup(name string) (Agent, error) {
	table := Table()
	i := slices.IndexFunc(table, func(a Agent) bool { return a.Name == name })
	if i < 0 {
		return Agent{}, fmt.Errorf("no agent is called %q; known are %s", name, strings.Join(Names(), ", "))
	}
	return table[i], nil
}

// Names lists the known agents.
func Names() []string {
	var names []string
	for _, a := range Table() {
		names = append(names, a.Name)
	}
	return names
}
