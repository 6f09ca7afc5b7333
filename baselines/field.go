package baselines

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Field is one thing that a run's header says. The list below has all of them,
// and is the only place that says which of them make two runs different things:
// [Header.Fingerprint], the gate's question whether two runs may be compared
// and the configuration's check of its arms all go through it.
//
// Every field of [Header] needs a row in the list; a test fails for one that has
// none.
type Field struct {
	Key  string // as in the run file: "variant.model", "suite.tasks.tier"
	Part Part

	// Fingerprint: runs that differ in the field are not repetitions of one
	// experiment, so they are never pooled.
	Fingerprint bool

	// Compared: runs that differ in the field cannot be compared, unless the
	// field is what is compared, see [Part.AllowedBy].
	Compared bool

	// addedLater marks a field that the fingerprint covers and did not cover in
	// its first version. It adds to the fingerprint only where it is set, so that
	// the fingerprints of runs stored before stay what they were.
	addedLater bool

	// value reads the field. Nil for a field that is only recorded.
	value func(Header) any

	// items is set for a field of many values.
	items *items
}

// items are the values of a field by name: each placed file, each task. Where
// two headers differ in some of them, these are the differences, and the field
// as a whole is one only where no item explains it.
type items struct {
	of     func(Header) map[string]string
	absent string // what a difference shows for a header that does not have the item
}

// IsCompared and InFingerprint select fields for [Differences].
func (f Field) IsCompared() bool    { return f.Compared }
func (f Field) InFingerprint() bool { return f.Fingerprint }

// Part is what a field belongs to.
type Part string

// The parts of a header.
const (
	PartAgent        Part = "agent" // which one; nothing compares two agents
	PartAgentVersion Part = "agent_version"
	PartModel        Part = "model"
	PartSettings     Part = "settings"
	PartSuite        Part = "suite"
	PartLimits       Part = "limits"   // of a single trial
	PartRecorded     Part = "recorded" // for readers, or how much was measured and in which order
)

// AllowedBy returns what must be compared so that the arms may differ in the
// part. Empty: no comparison allows it.
func (p Part) AllowedBy() Compare {
	switch p {
	case PartAgentVersion:
		return CompareAgentVersion
	case PartModel:
		return CompareModel
	case PartSettings:
		return CompareSettings
	default:
		return ""
	}
}

// fields lists everything a header says, in the order of the run file. The
// order of the fields that the fingerprint covers is part of every stored
// fingerprint: a new one is placed after limits.memory_mb and marked addedLater.
var fields = slices.Concat(
	recorded("schema", "id", "created", "benchgate", "arm", "plan", "compare", "stopping", "against", "variant.name"),
	[]Field{
		identifies("variant.agent.name", PartAgent, func(h Header) any { return h.Variant.Agent.Name }),
		identifies("variant.agent.version", PartAgentVersion, func(h Header) any { return h.Variant.Agent.Version }),
		identifies("variant.model", PartModel, func(h Header) any { return h.Variant.Model }),
		identifies("variant.settings.effort", PartSettings, func(h Header) any { return h.Variant.Settings.Effort }),
		identifies("variant.settings.max_turns", PartSettings, func(h Header) any { return h.Variant.Settings.MaxTurns }),
		identifies("variant.settings.arguments", PartSettings, func(h Header) any { return h.Variant.Settings.Arguments }),
		{
			Key: "variant.settings.files", Part: PartSettings, Fingerprint: true, Compared: true,
			value: func(h Header) any { return h.Variant.Settings.Files },
			items: &items{
				of:     func(h Header) map[string]string { return h.Variant.Settings.Files },
				absent: "none",
			},
		},
		identifies("variant.settings.command", PartSettings, func(h Header) any { return h.Variant.Settings.Command }),
		{
			// Recordings of two models differ as the models do: they are what
			// a variant answered, not how it was set up.
			Key: "variant.settings.recording", Part: PartSettings, Fingerprint: true,
			value: func(h Header) any { return h.Variant.Settings.Recording },
		},
	},
	recorded("suite.name"),
	[]Field{{
		Key: "suite.digest", Part: PartSuite, Fingerprint: true, Compared: true,
		value: func(h Header) any { return h.Suite.Digest },
		items: &items{of: taskContents, absent: "missing"},
	}},
	[]Field{
		later("suite.solved_at", PartSuite, func(h Header) any {
			if s := h.Suite.SolvedAt.String(); s != (*SolvedAt)(nil).String() {
				return s
			}
			return ""
		}),
		{
			Key: "suite.tasks.keep_processes", Part: PartSuite, Fingerprint: true, Compared: true, addedLater: true,
			value: func(h Header) any { return slices.Sorted(maps.Keys(keepers(h))) },
			items: &items{of: keepers, absent: "no"},
		},
	},
	// The suite's digest covers a task's id, digest and tier. Its image depends
	// on the engine that built it.
	recorded("suite.tasks.id", "suite.tasks.digest", "suite.tasks.tier", "suite.tasks.image"),
	// A comparison gives both runs the prices of one table.
	recorded("prices.source", "prices.digest", "prices.rates", "limits.attempts"),
	[]Field{
		identifies("limits.timeout_multiplier", PartLimits, func(h Header) any { return cmp.Or(h.Limits.TimeoutMultiplier, 1) }),
		identifies("limits.usd_per_trial", PartLimits, func(h Header) any { return h.Limits.USDPerTrial }),
		identifies("limits.cpus", PartLimits, func(h Header) any { return h.Limits.CPUs }),
		identifies("limits.memory_mb", PartLimits, func(h Header) any { return h.Limits.MemoryMB }),
		later("limits.verifier", PartLimits, func(h Header) any { return otherThan(h.Limits.Verifier, VerifierShared) }),
		later("limits.tamper", PartLimits, func(h Header) any { return otherThan(h.Limits.Tamper, TamperFlag) }),
		later("limits.tokens_per_trial", PartLimits, func(h Header) any { return h.Limits.TokensPerTrial }),
		later("limits.timeout_grace", PartLimits, func(h Header) any { return h.Limits.TimeoutGrace }),
	},
	recorded("limits.usd", "limits.requests", "order_seed", "host.os", "host.arch", "host.cpus", "host.memory_bytes", "host.engine"),
)

// identifies is a field that tells what was measured, for fingerprint and
// comparison alike.
func identifies(key string, part Part, value func(Header) any) Field {
	return Field{Key: key, Part: part, Fingerprint: true, Compared: true, value: value}
}

// later is identifies for a field that older files do not have: absent is as
// before, which is its zero value.
func later(key string, part Part, value func(Header) any) Field {
	f := identifies(key, part, value)
	f.addedLater = true
	return f
}

// otherThan is a value, and its zero where it is the usual one, which older files
// do not name.
func otherThan[T comparable](v, usual T) T {
	if v == usual {
		var zero T
		return zero
	}
	return v
}

func recorded(keys ...string) []Field {
	out := make([]Field, len(keys))
	for i, key := range keys {
		out[i] = Field{Key: key, Part: PartRecorded}
	}
	return out
}

// keepers are the tasks whose processes are kept.
func keepers(h Header) map[string]string {
	out := make(map[string]string)
	for _, t := range h.Suite.Tasks {
		if t.KeepProcesses {
			out[t.ID] = "yes"
		}
	}
	return out
}

// taskContents is what the suite's digest covers of each task.
func taskContents(h Header) map[string]string {
	out := make(map[string]string)
	for _, t := range h.Suite.Tasks {
		out[t.ID] = strings.TrimSpace(cmp.Or(t.Digest, "no digest") + " " + t.Tier)
	}
	return out
}
