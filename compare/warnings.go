package compare

import (
	"math"

	"github.com/benchgate/benchgate/baselines"
)

// AttemptsToSee is the number of attempts per task with which a fixed design
// finds a drop of the mean pass rate (0 to 1) four times in five, at a
// one-sided level of 0.05. At least 1.
//
// It is n = (z_0.95 + z_0.80)²·σ²/drop² pairs, where σ² = 0.12 + drop: 0.12 is
// twice the within-task variance of real agents on Terminal-Bench (0.29 of
// p(1-p) at p = 0.7), the rest the disagreement that the drop itself makes.
func AttemptsToSee(tasks int, drop float64) int {
	if tasks < 1 || !(drop > 0) {
		return 1
	}
	z := NormalQuantile(0.95) + NormalQuantile(0.80)
	return max(1, int(math.Round(z*z*(noise+drop)/(drop*drop)/float64(tasks))))
}

const noise = 0.12

// SmallestDropSeen is the inverse of [AttemptsToSee]: the smallest drop that so
// many attempts per task find four times in five; at most 1.
func SmallestDropSeen(tasks, attempts int) float64 {
	n := float64(tasks * attempts)
	if n < 1 {
		return 1
	}
	z := NormalQuantile(0.95) + NormalQuantile(0.80)
	// n·d² - z²·d - z²·noise = 0
	return min(1, (z*z+math.Sqrt(z*z*z*z+4*n*z*z*noise))/(2*n))
}

func warnings(c *Comparison, tasks []matchedTask, baseline, candidate baselines.Header) []Fact {
	out := few(c, tasks)
	if len(c.MissingTasks) > 0 {
		out = append(out, Fact{Code: MissingTasks, Names: c.MissingTasks})
	}
	out = append(out, eachSide(c)...)
	if baseline.Host.Arch != candidate.Host.Arch || baseline.Host.OS != candidate.Host.OS {
		out = append(out, Fact{Code: HostsDiffer})
	}
	if n := len(c.Tasks); n > 0 && n < populationFrom {
		out = append(out, Fact{Code: NoOtherTasks, Tasks: n})
	}
	return out
}

// few warns when the attempts cannot show what a gate usually asks for.
func few(c *Comparison, tasks []matchedTask) []Fact {
	compared, pairs, least := 0, 0, math.MaxInt
	for _, t := range tasks {
		attempts := min(len(t.candidate.valid), len(t.baseline.valid))
		if attempts == 0 {
			continue
		}
		compared++
		pairs += len(t.pairs)
		least = min(least, attempts)
	}
	if compared == 0 {
		return []Fact{{Code: NothingToCompare}}
	}
	drop := 0.20
	if compared >= 80 {
		drop = 0.10
	}
	var out []Fact
	if need := AttemptsToSee(compared, drop); least < need {
		out = append(out, Fact{Code: FewAttempts, Count: least, Need: need, Tasks: compared, Margin: &drop})
	}
	if unmatched := c.Candidate.Attempts + c.Baseline.Attempts - 2*pairs; unmatched > 0 {
		out = append(out, Fact{Code: Unmatched, Count: unmatched})
	}
	return out
}

func eachSide(c *Comparison) []Fact {
	var out []Fact
	for _, side := range []struct {
		arm baselines.Arm
		Side
	}{{baselines.Baseline, c.Baseline}, {baselines.Candidate, c.Candidate}} {
		if side.Infra > 0 && side.Attempts > 0 {
			rate := side.PassRate
			out = append(out, Fact{Code: InfraLost, Arm: side.arm, Count: side.Infra, Value: finite(rate.Excluded), Low: finite(rate.Worst), High: finite(rate.Best)})
		}
		if side.NoAnswer > 0 {
			out = append(out, Fact{Code: NoAnswer, Arm: side.arm, Count: side.NoAnswer})
		}
		if side.UnknownCost > 0 {
			out = append(out, Fact{Code: UnknownCost, Arm: side.arm, Count: side.UnknownCost, Of: side.Attempts})
		}
		if side.MeterMissed > 0 {
			out = append(out, Fact{Code: MissedRequests, Arm: side.arm, Count: side.MeterMissed, Of: side.Attempts})
		}
	}
	return out
}
