package gate

import (
	"github.com/benchgate/benchgate/compare"
)

// Integrity counts the candidate's attempts whose result may say something else
// than what it can do. An attempt can be counted under several names.
type Integrity struct {
	// PassRateWithout is the candidate's pass rate without these attempts, 0 to
	// 1; absent when none is left.
	PassRateWithout *float64 `json:"pass_rate_without,omitempty"`

	// Tampered is how many changed what their tests run through, or were solved
	// only where the agent worked; absent when nothing looked for it, as in the
	// sandbox process and in older files.
	Tampered *int `json:"tampered,omitempty"`

	Refused  int `json:"refused"`  // the model refused the task
	Fallback int `json:"fallback"` // another model than the variant's answered
}

// Any reports whether an attempt was counted.
func (i *Integrity) Any() bool {
	return i != nil && (i.Refused > 0 || i.Fallback > 0 || i.Tampered != nil && *i.Tampered > 0)
}

func (d *document) integrity(c *compare.Comparison) {
	found := c.Candidate.Integrity
	d.Integrity = &Integrity{PassRateWithout: found.PassRateWithout, Refused: found.Refused, Fallback: found.Fallback}
	if d.Candidate.Limits.Tamper != "" {
		d.Integrity.Tampered = &found.Tampered
	}
}
