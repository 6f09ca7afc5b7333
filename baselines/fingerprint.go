package baselines

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

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
//
// [Field] has the list of what it covers.
func (h Header) Fingerprint() string { return fingerprint(h, fields) }

func fingerprint(h Header, fields []Field) string {
	sum := sha256.New()
	fmt.Fprintln(sum, "benchgate.fingerprint/v1")
	for _, f := range fields {
		if !f.Fingerprint {
			continue
		}
		if value := canonical(f.value(h)); value != unset || !f.addedLater {
			fmt.Fprintln(sum, f.Key, value)
		}
	}
	return "sha256:" + hex.EncodeToString(sum.Sum(nil))
}

// unset is the canonical value of what is not set.
const unset = "null"

// canonical is the value as JSON with sorted keys; what is not set, empty or
// zero is [unset], because the run file leaves it out.
func canonical(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		// Only a float that no JSON can hold gets here; Validate of the
		// run file's reader never lets one in.
		return fmt.Sprint(v)
	}
	switch text := string(b); text {
	case `""`, "0", "[]", "{}":
		return unset
	default:
		return text
	}
}
