package gate

import (
	"maps"
	"math"
	"slices"

	"github.com/benchgate/benchgate/baselines"
)

// Drift watches one variant night after night for a slow change. It sums the
// log-likelihood ratio of each night's outcomes, "the suite lost 15 points"
// against "as in the baseline", and never lets the sum fall below zero: Page's
// CUSUM.
//
// An alarm is no verdict, only a reason to look: docs/statistics.md says how often
// one comes where nothing changes, soonest with a baseline that happened to be far
// from the true rates.
//
// Source: Page, Biometrika 41 (1954) 100-115.
type Drift struct {
	Sum float64 // 0 or more; alarm at [DriftAlarm]

	same, worse map[string]float64 // pass probability by task
}

// DriftAlarm is the sum at which Drift gives alarm, chosen for ten tasks and one
// attempt a night. docs/statistics.md has what TestCalibrationDrift and
// TestCalibrationYearOfNights reach with it, and with a higher one.
const DriftAlarm = 2.06

// driftDesign is the drop of the suite's pass rate, 0 to 1, that Drift is built
// to find: 15 points. Larger ones are found sooner, much smaller ones hardly.
const driftDesign = 0.15

// NewDrift learns the tasks' pass probabilities from the nights that stand for
// "as it was": of the first one's tasks, from all of their attempts. There must be
// one night.
func NewDrift(nights ...*baselines.Run) *Drift {
	suite := newTally(nights[0].Header.Suite)
	for _, night := range nights {
		for _, t := range night.Counted() {
			suite.baseline(&t)
		}
	}
	means := make(map[string]float64)
	if len(suite.ids) > 0 {
		for t, mean := range newPosterior(newPrior(), suite.counts()).taskMeans() {
			means[suite.ids[t]] = mean
		}
	}
	return newDrift(means)
}

// newDrift lowers every task's pass probability in proportion, so that the
// suite's mean falls by driftDesign. None falls to 0, where one solved attempt
// would be infinitely unlikely.
func newDrift(means map[string]float64) *Drift {
	d := &Drift{same: make(map[string]float64), worse: make(map[string]float64)}
	average := 0.0
	for _, id := range slices.Sorted(maps.Keys(means)) {
		average += bounded(means[id]) / float64(len(means))
	}
	for id, p := range means {
		d.same[id] = bounded(p)
		d.worse[id] = max(0.005, bounded(p)*(1-driftDesign/average))
	}
	return d
}

// Night adds the outcomes of one night, one attempt or more per task, and
// reports whether the sum reached the alarm. Attempts that do not count and
// unknown tasks are left out.
func (d *Drift) Night(trials []baselines.Trial) (alarm bool) {
	change := 0.0
	for _, t := range trials {
		p, known := d.same[t.Task]
		if !known || !t.Ended.Counts() {
			continue
		}
		q := d.worse[t.Task]
		if t.IsSolved() {
			change += math.Log(q / p)
		} else {
			change += math.Log((1 - q) / (1 - p))
		}
	}
	d.Sum = max(0, d.Sum+change)
	return d.Sum >= DriftAlarm
}
