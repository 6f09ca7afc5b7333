package pullrequest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/benchgate/benchgate/gate"
)

// digest names what a verdict says, in 16 hexadecimal digits: what was found of
// whom, on which tasks. A run that repeats it, with another id at another time on
// another machine, has the same. It is what a person accepts.
func digest(v gate.Verdict) (string, error) {
	type arm struct{ Variant, Suite any }
	text, err := json.Marshal([]any{
		state(v), v.Mode, v.Findings, v.Held, v.Differences, v.Confirm, v.Metrics, v.Tasks,
		arm{v.Baseline.Variant, v.Baseline.Suite.Digest},
		arm{v.Candidate.Variant, v.Candidate.Suite.Digest},
	})
	if err != nil {
		return "", fmt.Errorf("naming the verdict: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8]), nil
}
