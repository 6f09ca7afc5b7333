package config

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/sandbox"
)

// setDefaults fills in what was not said and makes paths absolute.
func (c *Config) setDefaults() {
	orElse(&c.Suite.Name, filepath.Base(c.Dir))
	orElse(&c.From, Auto)
	orElse(&c.Sandbox, sandbox.Docker)
	orElse(&c.Verifier, baselines.VerifierShared)
	orElse(&c.Tamper, baselines.TamperFlag)
	orElse(&c.Limits.TimeoutMultiplier, 1)
	if c.Sandbox == sandbox.Docker {
		// Not a share of the machine: runs on two machines must have the same. Where
		// nothing can hold a trial to a limit, none is claimed.
		orElse(&c.Limits.CPUs, 2)
		orElse(&c.Limits.MemoryMB, 4096)
	}
	orElse(&c.Gate.Mode, gate.Auto)
	orElse(&c.Gate.Confirm, ConfirmAuto)
	orElse(&c.Gate.OnInconclusive, ConcludeNeutral)
	if c.Baselines.Branch == "" {
		orElse(&c.Baselines.Dir, filepath.FromSlash(".benchgate/baselines"))
	}
	if c.File != "" {
		orElse(&c.Lock, lockOf(c.File))
	}
	c.nameVariants()
	orElse(&c.Compare, c.onlyDifference())

	c.resolve(&c.Baselines.Dir)
	c.resolve(&c.Lock)
	c.resolve(&c.Prices)
	c.resolve(&c.API.CAFile)
	for i := range c.Forward {
		c.resolve(&c.Forward[i].CAFile)
	}
	c.resolve(&c.Suite.Dataset)
	for _, v := range c.variants() {
		c.resolve(&v.Settings.Recordings)
	}
}

// lockOf is the name of a configuration's own lock: benchgate.lock beside
// benchgate.yaml.
func lockOf(file string) string {
	name := filepath.Base(file)
	if bare := strings.TrimSuffix(name, filepath.Ext(name)); bare != "" {
		name = bare
	}
	return name + ".lock"
}

func orElse[T comparable](to *T, fallback T) {
	var zero T
	if *to == zero {
		*to = fallback
	}
}

// nameVariants gives an arm without a name that of its model, or of its agent
// where it has no model. Two equal names are replaced by agent and version, or
// told apart by the part in the gate when those are equal too.
func (c *Config) nameVariants() {
	variants := c.variants()
	for _, v := range variants {
		orElse(&v.Name, v.shortName())
	}
	if len(variants) < 2 || c.Baseline.Name != c.Candidate.Name {
		return
	}
	if b, a := c.Baseline.Agent.String(), c.Candidate.Agent.String(); b != a {
		c.Baseline.Name, c.Candidate.Name = b, a
		return
	}
	c.Baseline.Name += " (baseline)"
	c.Candidate.Name += " (candidate)"
}

// variants are those that the configuration has.
func (c *Config) variants() []*Variant {
	return slices.DeleteFunc([]*Variant{c.Baseline, c.Candidate}, func(v *Variant) bool { return v == nil })
}

func (v *Variant) shortName() string {
	if v.Model != "" {
		return v.Model
	}
	return v.Agent.Name
}

// onlyDifference is the comparison when the file names none: what the arms
// differ in, or the model when they differ in nothing or too much.
func (c *Config) onlyDifference() baselines.Compare {
	if diffs := c.differences(); len(diffs) == 1 {
		return cmp.Or(diffs[0].Part.AllowedBy(), baselines.CompareModel)
	}
	return baselines.CompareModel
}

// resolve makes a path absolute, from the file's directory.
func (c *Config) resolve(path *string) {
	if *path != "" && !filepath.IsAbs(*path) {
		*path = filepath.Join(c.Dir, filepath.FromSlash(*path))
	}
}
