package baselines

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Difference is one key in which two headers are not the same thing. A and B
// are the key's values as JSON, "null" where a header does not set it.
type Difference struct {
	Key  string // as in the run file, for example "variant.model"
	A, B string
}

// Fingerprint names what a run measured, so that runs with the same
// fingerprint are repetitions of one experiment and may be pooled. It is a
// sha256 digest over, in this order:
//
//   - the variant: agent name and version, model, and every setting (effort,
//     turn limit, arguments, placed files by digest, command, recording);
//   - the suite's digest, which covers task ids, task digests and tiers;
//   - the limits of a single trial: timeout multiplier (absent is 1), dollars,
//     CPUs, memory.
//
// It leaves out what changes how much was measured but not what: attempts,
// the run's dollars, order and plan; names of variant and suite; prices (both
// arms are priced with one table when they are compared); image IDs, host
// and engine, which are recorded for readers.
func (h Header) Fingerprint() string {
	sum := sha256.New()
	fmt.Fprintln(sum, "benchgate.fingerprint/v1")
	for _, p := range h.identity() {
		fmt.Fprintln(sum, p.key, p.value)
	}
	return "sha256:" + hex.EncodeToString(sum.Sum(nil))
}

// Differences returns the keys of the fingerprint in which a and b differ, in
// the fingerprint's order; none when the fingerprints are equal.
func Differences(a, b Header) []Difference {
	var out []Difference
	theirs := b.identity()
	for i, p := range a.identity() {
		if p.value != theirs[i].value {
			out = append(out, Difference{p.key, p.value, theirs[i].value})
		}
	}
	return out
}

type pair struct{ key, value string }

// identity is everything the fingerprint covers. Its order and its keys are
// part of stored baselines: only ever append.
func (h Header) identity() []pair {
	v, s, l := h.Variant, h.Variant.Settings, h.Limits
	return []pair{
		{"variant.agent.name", canonical(v.Agent.Name)},
		{"variant.agent.version", canonical(v.Agent.Version)},
		{"variant.model", canonical(v.Model)},
		{"variant.settings.effort", canonical(s.Effort)},
		{"variant.settings.max_turns", canonical(s.MaxTurns)},
		{"variant.settings.arguments", canonical(s.Arguments)},
		{"variant.settings.files", canonical(s.Files)},
		{"variant.settings.command", canonical(s.Command)},
		{"variant.settings.recording", canonical(s.Recording)},
		{"suite.digest", canonical(h.Suite.Digest)},
		{"limits.timeout_multiplier", canonical(cmp.Or(l.TimeoutMultiplier, 1))},
		{"limits.usd_per_trial", canonical(l.USDPerTrial)},
		{"limits.cpus", canonical(l.CPUs)},
		{"limits.memory_mb", canonical(l.MemoryMB)},
	}
}

// canonical is the value as JSON with sorted keys; what is not set, empty or
// zero is "null", because the run file leaves it out.
func canonical(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		// Only a float that no JSON can hold gets here; Validate of the
		// run file's reader never lets one in.
		return fmt.Sprint(v)
	}
	switch text := string(b); text {
	case `""`, "0", "[]", "{}":
		return "null"
	default:
		return text
	}
}
