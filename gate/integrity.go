package gate

import (
	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
)

// Integrity counts the candidate's attempts whose result may say something else
// than what it can do. An attempt can be counted under several names.
type Integrity struct {
	// PassRateWithout is the candidate's pass rate without the attempts that are
	// counted under the next four names, 0 to 1; absent when none is left.
	PassRateWithout *float64 `json:"pass_rate_without,omitempty"`

	// Tampered is how many changed what their tests run through, or were solved
	// only where the agent worked; absent when nothing looked for it, as in the
	// sandbox process and in older files.
	Tampered *int `json:"tampered,omitempty"`

	// AnswersFetched is how many went to where the task's answer is; absent when
	// nothing looked for it, as with an agent without a transcript and in older
	// files.
	AnswersFetched *int `json:"answers_fetched,omitempty"`

	Refused  int `json:"refused"`  // the model refused the task
	Fallback int `json:"fallback"` // another model than the variant's did work

	// Canaries is how many attempts each of [baselines.Canaries] failed in; absent
	// when none did. They are in every number.
	Canaries map[baselines.Flag]int `json:"canaries,omitempty"`
}

// Any reports whether an attempt was counted that is left out of PassRateWithout.
func (i *Integrity) Any() bool {
	return i != nil && (i.Refused > 0 || i.Fallback > 0 || i.Tampered != nil && *i.Tampered > 0 || i.AnswersFetched != nil && *i.AnswersFetched > 0)
}

func (d *document) integrity(c *compare.Comparison) {
	found := c.Candidate.Integrity
	d.Integrity = &Integrity{PassRateWithout: found.PassRateWithout, Refused: found.Refused, Fallback: found.Fallback, Canaries: found.Canaries}
	if d.Candidate.Limits.Tamper != "" {
		d.Integrity.Tampered = &found.Tampered
	}
	if found.LookedForAnswers > 0 {
		d.Integrity.AnswersFetched = &found.AnswersFetched
	}
}
