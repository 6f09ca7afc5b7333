package gate

import (
	"cmp"
	"strings"

	"github.com/benchgate/benchgate/baselines"
)

// Difference is one thing besides the compared one in which two runs differ,
// so that no difference of results could be laid to the candidate.
type Difference struct {
	Key string `json:"key"` // as in the run file's header: "limits.cpus"

	// The values as the run files write them; "none" where a header does not
	// set the key, "missing" where it does not have the task.
	Baseline  string `json:"baseline"`
	Candidate string `json:"candidate"`
}

// Differences lists what makes two runs incomparable: everything besides the
// compared thing in which they differ and that could explain a difference of
// results. None means they may be compared. [baselines.Field] says which
// fields these are.
func Differences(p Policy, baseline, candidate baselines.Header) []Difference {
	compared := cmp.Or(p.Compare, candidate.Compare, baselines.CompareModel)
	var out []Difference
	for _, d := range baselines.Differences(baseline, candidate, compared.Forbids) {
		out = append(out, Difference{Key: d.Name(), Baseline: d.A, Candidate: d.B})
	}
	return out
}

// keysOf names what differs.
func keysOf(differences []Difference) string {
	var keys []string
	for _, d := range differences {
		keys = append(keys, d.Key)
	}
	return strings.Join(keys, ", ")
}
