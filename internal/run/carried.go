package run

import (
	"slices"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
)

// carried are the tries of arms, and the live pairs, that an earlier run of the
// same process made and this one goes on from.
type carried struct {
	arms map[baselines.Arm]carriedArm

	// pairs are the tries of live pairs, by arm. A pair whose halves were not both
	// answered is measured anew: halves of different days are no pair.
	pairs map[baselines.Arm][]baselines.Trial

	from   string        // directory of that run
	ledger []meter.Entry // of that run
}

// carriedArm is what is carried over of one arm.
type carriedArm struct {
	done     map[baselines.Key]bool
	counted  []baselines.Trial // of each attempt done, the try that counts
	overhead []baselines.Trial // the tries before it, which broke
}

// tries are all that is carried over.
func (c carriedArm) tries() []baselines.Trial { return slices.Concat(c.overhead, c.counted) }

// trials is how many attempts are carried over.
func (c carried) trials() int {
	n := 0
	for _, arm := range c.arms {
		n += len(arm.counted)
	}
	return n
}

// has reports whether the attempt was carried over.
func (c carried) has(arm baselines.Arm, k baselines.Key) bool { return c.arms[arm].done[k] }
