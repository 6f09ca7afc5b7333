package gate

import (
	"cmp"
	"strings"

	"github.com/benchgate/benchgate/baselines"
)

// Differences lists what makes two runs incomparable: everything besides the
// compared thing in which they differ and that could explain a difference of
// results. None means they may be compared. [baselines.Field] says which
// fields these are.
func Differences(p Policy, baseline, candidate baselines.Header) []baselines.Difference {
	compared := cmp.Or(p.Compare, candidate.Compare, baselines.CompareModel)
	return baselines.Differences(baseline, candidate, compared.Forbids)
}

// keysOf names what differs.
func keysOf(differences []baselines.Difference) string {
	var keys []string
	for _, d := range differences {
		keys = append(keys, d.Name())
	}
	return strings.Join(keys, ", ")
}
