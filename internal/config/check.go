package config

import (
	"cmp"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/sandbox"
)

// blamer takes problems that several keys together make.
type blamer interface {
	// blame reports a problem with the keys at these paths, at the first of
	// them that was given.
	blame(paths []string, format string, args ...any)
}

// check reports what single values cannot show.
func (c *Config) check(b blamer) {
	c.checkSuite(b)
	c.checkArms(b)
	if c.File != "" && c.Lock == filepath.Join(c.Dir, filepath.Base(c.File)) {
		b.blame([]string{"lock"}, "lock is this file itself; name another one")
	}
	c.checkLimits(b)
	c.checkGate(b)
	if c.Baselines.Dir != "" && c.Baselines.Branch != "" {
		b.blame([]string{"baselines.branch", "baselines.dir"}, "baselines has a dir and a branch; keep one")
	}
	c.checkForward(b)
}

func (c *Config) checkSuite(b blamer) {
	if len(c.Suite.Tasks) == 0 && c.Suite.Dataset == "" {
		b.blame([]string{"suite.tasks"}, "there is no task to run; list at least one under suite.tasks, or name a directory of tasks with --dataset-path")
	}
	first := make(map[[2]string]int)
	for i, t := range c.Suite.Tasks {
		key := fmt.Sprintf("suite.tasks[%d]", i+1)
		if t.Path == "" {
			b.blame([]string{key, key + ".path"}, "%s has no path; a task is {path: DIRECTORY}, with git and ref when it comes from a repository", key)
			continue
		}
		if t.Ref != "" && t.Git == "" {
			b.blame([]string{key + ".ref"}, "%s.ref belongs to a git repository; add git: URL or remove ref", key)
		}
		if t.Git != "" && leaves(t.Path) {
			b.blame([]string{key + ".path"}, "%s.path is %s, which leads out of the repository", key, quote(t.Path))
		}
		id := [2]string{t.Git, path.Clean(t.Path)}
		if n, twice := first[id]; twice {
			b.blame([]string{key + ".path"}, "%s is the same task as suite.tasks[%d]; for more trials of it raise limits.attempts", key, n)
			continue
		}
		first[id] = i + 1
	}
	if c.Sandbox == sandbox.Process && !c.Suite.Trusted {
		b.blame([]string{"sandbox", "suite.trusted"}, "sandbox is process, which isolates nothing: the agent acts with your rights; use docker, or declare `trusted: true` under suite if you trust every task and the agent")
	}
	if c.Sandbox == sandbox.Process && c.Verifier == baselines.VerifierFresh {
		b.blame([]string{"verifier", "sandbox"}, "verifier is fresh, and sandbox process has no image to make a new sandbox of: use docker, or leave verifier out")
	}
	if c.Sandbox == sandbox.Process && c.Tamper == baselines.TamperFail {
		b.blame([]string{"tamper", "sandbox"}, "tamper is fail, and sandbox process has no image that changes could be compared with: use docker, or leave tamper out")
	}
}

// leaves reports whether a relative path climbs above where it starts.
func leaves(p string) bool {
	clean := path.Clean(p)
	return clean == ".." || strings.HasPrefix(clean, "../")
}

// checkArms reports what is wrong with the variants, and where the one that is to
// be measured is not there.
func (c *Config) checkArms(b blamer) {
	for _, arm := range []baselines.Arm{baselines.Candidate, baselines.Baseline} {
		if v := c.Variant(arm); v != nil {
			c.checkVariant(b, string(arm), v)
		}
	}
	switch {
	case c.Baseline == nil && c.Candidate == nil:
		b.blame([]string{"candidate"}, "there is nothing to measure; name a candidate, a baseline or both, each {agent: NAME, model: NAME}")
	case c.Arm != "" && c.Variant(c.Arm) == nil:
		b.blame([]string{"arm"}, "the configuration has no %s; add it, or leave this out: the one variant that there is, is then measured alone", c.Arm)
	}
}

func (c *Config) checkVariant(b blamer, arm string, v *Variant) {
	row, err := agent.Lookup(v.Agent.Name)
	if err != nil {
		b.blame([]string{arm + ".agent"}, "%s has no agent, want %s", arm, orList(agent.Names()))
		return
	}
	if row.Configure.Model && v.Model == "" {
		b.blame([]string{arm + ".model", arm + ".agent"}, "%s has no model, which %s needs", arm, row.Name)
	}
	given := v.Settings.given()
	if needs := row.Configure.Needs; needs != "" && !slices.Contains(given, needs) {
		key := arm + ".settings." + string(needs)
		b.blame([]string{key, arm + ".agent"}, "%s is missing, which the agent %s needs", key, row.Name)
	}
	for _, setting := range given {
		if !row.Configure.Accepts(setting) {
			key := arm + ".settings." + string(setting)
			b.blame([]string{key}, "%s means nothing to the agent %s; remove it", key, row.Name)
		}
	}
}

// given lists the settings that were made.
func (s Settings) given() []agent.Setting {
	var out []agent.Setting
	for _, setting := range []struct {
		key   agent.Setting
		given bool
	}{
		{agent.Effort, s.Effort != ""},
		{agent.MaxTurns, s.MaxTurns != 0},
		{agent.Arguments, len(s.Arguments) > 0},
		{agent.Files, len(s.Files) > 0},
		{agent.CommandLine, len(s.Command) > 0},
		{agent.Recordings, s.Recordings != ""},
	} {
		if setting.given {
			out = append(out, setting.key)
		}
	}
	return out
}

// differences lists in which fields the arms differ that could explain a
// difference of results. [baselines.Field] says which fields these are.
func (c *Config) differences() []baselines.Difference {
	if c.Baseline == nil || c.Candidate == nil {
		return nil
	}
	b, a := baselines.Header{Variant: c.Baseline.Measured()}, baselines.Header{Variant: c.Candidate.Measured()}
	diffs := baselines.Differences(b, a, baselines.Field.IsCompared)
	otherAgent := b.Variant.Agent.Name != a.Variant.Agent.Name
	diffs = slices.DeleteFunc(diffs, func(d baselines.Difference) bool {
		return otherAgent && d.Part == baselines.PartAgentVersion // of two agents: says nothing more
	})
	return slices.CompactFunc(diffs, func(a, b baselines.Difference) bool { return a.Key == b.Key })
}

// Measured is the variant as the header of its run will have it, with the
// version that benchgate pins where none was given. Settings.Recording, and
// Settings.Files until they are read, name places instead of digests.
func (v *Variant) Measured() baselines.Variant {
	s := v.Settings
	var files map[string]string
	if len(s.Files) > 0 {
		files = make(map[string]string)
	}
	for name, f := range s.Files {
		files[name] = f.identity()
	}
	row, _ := agent.Lookup(v.Agent.Name) // an unknown one was reported and has no version
	return baselines.Variant{
		Name:  v.Name,
		Agent: baselines.Agent{Name: v.Agent.Name, Version: cmp.Or(v.Agent.Version, row.DefaultVersion)},
		Model: v.Model,
		Settings: baselines.Settings{
			Effort: s.Effort, MaxTurns: s.MaxTurns, Arguments: s.Arguments,
			Files: files, Command: s.Command, Recording: s.Recordings,
		},
	}
}

// Incomparable says in one sentence why the arms as configured cannot be
// compared: they differ in something else than Compare names. Empty: they can.
func (c *Config) Incomparable() string {
	diffs := c.differences()
	var words []string
	for _, d := range diffs {
		words = append(words, differenceWords(d))
	}
	other := slices.IndexFunc(diffs, func(d baselines.Difference) bool { return d.Part.AllowedBy() != c.Compare })
	switch {
	case other < 0:
		return ""
	case len(diffs) > 1:
		return fmt.Sprintf("baseline and candidate differ in %s, so nobody could say what made the difference; compare is %s: let nothing else differ", strings.Join(words, " and "), c.Compare)
	case diffs[0].Part.AllowedBy() == "":
		return fmt.Sprintf("baseline and candidate differ in their %s; benchgate compares models, agent versions and settings of one agent", words[0])
	default:
		return fmt.Sprintf("compare is %s, but baseline and candidate differ in %s; write compare: %s", c.Compare, words[0], diffs[0].Part.AllowedBy())
	}
}

// differenceWords names a difference by the configuration's key.
func differenceWords(d baselines.Difference) string {
	switch d.Part {
	case baselines.PartAgent:
		return fmt.Sprintf("agent (%s, %s)", d.A, d.B)
	case baselines.PartAgentVersion:
		return fmt.Sprintf("agent version (%s, %s)", d.A, d.B)
	case baselines.PartModel:
		return fmt.Sprintf("model (%s, %s)", d.A, d.B)
	default:
		return strings.TrimPrefix(d.Key, "variant.")
	}
}

func (c *Config) checkLimits(b blamer) {
	l := c.Limits
	if l.USD != nil && l.USDPerTrial != nil && *l.USDPerTrial > *l.USD {
		b.blame([]string{"limits.usd_per_trial", "limits.usd"}, "one trial may cost $%g, more than the $%g of the whole command", *l.USDPerTrial, *l.USD)
	}
}

func (c *Config) checkGate(b blamer) {
	if p := c.Policy(max(1, len(c.Suite.Tasks))); p.Alpha+p.Beta >= 1 {
		b.blame([]string{"gate.alpha", "gate.beta"}, "alpha and beta are %g together, want less than 1: at 1 a coin decides as well", p.Alpha+p.Beta)
	}
	if c.Baseline == nil && c.From != Auto {
		b.blame([]string{"baseline.from"}, "there is no baseline to take from %s", c.From)
	}
}
