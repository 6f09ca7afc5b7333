package report

import (
	"strings"

	"github.com/benchgate/benchgate/gate"
)

// integrity is one sentence about the candidate's attempts whose result may say
// something else than what it can do; empty when there are none.
func integrity(v gate.Verdict) string {
	i := v.Integrity
	if !i.Any() {
		return ""
	}
	var parts []string
	if i.Tampered != nil && *i.Tampered > 0 {
		parts = append(parts, plural(*i.Tampered, "trial")+" changed what the tests run through")
	}
	if i.Refused > 0 {
		parts = append(parts, plural(i.Refused, "trial")+" refused by the model")
	}
	if i.Fallback > 0 {
		parts = append(parts, plural(i.Fallback, "trial")+" answered by another model")
	}
	without := "nothing is left without them"
	if i.PassRateWithout != nil {
		without = "pass rate without them " + percent(*i.PassRateWithout)
	}
	return "Integrity of the candidate: " + strings.Join(parts, ", ") + "; " + without + "."
}
