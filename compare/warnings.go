package compare

import (
	"fmt"
	"math"
	"strings"

	"github.com/benchgate/benchgate/baselines"
)

// Warning is something a reader of a comparison must know. Code is stable,
// Text is one plain sentence.
type Warning struct {
	Code WarningCode
	Text string
}

// WarningCode is a kind of warning.
type WarningCode string

// The warnings.
const (
	WarnNothing      WarningCode = "nothing_to_compare"
	WarnFewAttempts  WarningCode = "few_attempts"
	WarnUnmatched    WarningCode = "unmatched"
	WarnMissingTasks WarningCode = "missing_tasks"
	WarnInfra        WarningCode = "infra"
	WarnNoAnswer     WarningCode = "no_answer"
	WarnUnknownCost  WarningCode = "unknown_cost"
	WarnMeterMissed  WarningCode = "meter_missed"
	WarnHostsDiffer  WarningCode = "hosts_differ"
	WarnNoOtherTasks WarningCode = "no_other_tasks"
)

func (w Warning) String() string { return w.Text }

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

func warnings(c *Comparison, tasks []matchedTask, baseline, candidate baselines.Header) []Warning {
	var out []Warning
	warn := func(code WarningCode, format string, args ...any) {
		out = append(out, Warning{Code: code, Text: fmt.Sprintf(format, args...)})
	}
	few(c, tasks, warn)
	if len(c.MissingTasks) > 0 {
		warn(WarnMissingTasks, "%s no attempt that counts on one side or both: %s", counted(len(c.MissingTasks), "task has", "tasks have"), listed(c.MissingTasks))
	}
	eachSide(c, warn)
	if baseline.Host.Arch != candidate.Host.Arch || baseline.Host.OS != candidate.Host.OS {
		warn(WarnHostsDiffer, "the baseline ran on %s/%s, the candidate on %s/%s: times are not comparable",
			baseline.Host.OS, baseline.Host.Arch, candidate.Host.OS, candidate.Host.Arch)
	}
	if n := len(c.Tasks); n > 0 && n < populationFrom {
		warn(WarnNoOtherTasks, "%s: this says nothing about other tasks", counted(n, "task", "tasks"))
	}
	return out
}

type warner func(code WarningCode, format string, args ...any)

// few warns when the attempts cannot show what a gate usually asks for.
func few(c *Comparison, tasks []matchedTask, warn warner) {
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
		warn(WarnNothing, "no task has attempts that count on both sides")
		return
	}
	drop := 0.20
	if compared >= 80 {
		drop = 0.10
	}
	if need := AttemptsToSee(compared, drop); least < need {
		warn(WarnFewAttempts, "%s per task: needs %d attempts per task to see a %.0f-point drop with %s",
			counted(least, "attempt", "attempts"), need, 100*drop, counted(compared, "task", "tasks"))
	}
	if unmatched := c.Candidate.Attempts + c.Baseline.Attempts - 2*pairs; unmatched > 0 {
		warn(WarnUnmatched, "%s no counterpart on the other side and enter the pass rate only", counted(unmatched, "attempt has", "attempts have"))
	}
}

func eachSide(c *Comparison, warn warner) {
	for _, side := range []struct {
		name string
		Side
	}{{"baseline", c.Baseline}, {"candidate", c.Candidate}} {
		if side.Infra > 0 && side.Attempts > 0 {
			warn(WarnInfra, "%s: %s lost to infrastructure errors; its pass rate is %.0f%%, between %.0f%% and %.0f%% had they counted",
				side.name, counted(side.Infra, "attempt was", "attempts were"),
				100*side.PassRate.Excluded, 100*side.PassRate.Worst, 100*side.PassRate.Best)
		}
		if side.NoAnswer > 0 {
			warn(WarnNoAnswer, "%s: the tests of %s gave no answer, which counts as not solved", side.name, counted(side.NoAnswer, "attempt", "attempts"))
		}
		if side.UnknownCost > 0 {
			warn(WarnUnknownCost, "%s: the cost of %s is unknown and enters no cost metric", side.name, counted(side.UnknownCost, "attempt", "attempts"))
		}
		if side.MeterMissed > 0 {
			warn(WarnMeterMissed, "%s: %s requests that the meter did not see, for no known reason", side.name, counted(side.MeterMissed, "attempt made", "attempts made"))
		}
	}
}

// counted writes 1 task, 2 tasks.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// listed names up to five.
func listed(names []string) string {
	const shown = 5
	if len(names) <= shown {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
}
