package compare

import "github.com/benchgate/benchgate/baselines"

// Integrity counts attempts whose result may say something else than what the
// variant can do, and what the pass rate is without them. One attempt can be
// counted under several names.
type Integrity struct {
	Tampered int // the agent changed what the tests run through, or they disagree in a fresh sandbox
	Refused  int // the model refused the task
	Fallback int // another model than the variant's answered

	// PassRateWithout is the mean over tasks of the attempts that are left, 0 to 1;
	// nil when none is.
	PassRateWithout *float64
}

func integrityOf(tasks []matchedTask, of func(matchedTask) attempts) Integrity {
	var found Integrity
	sum, n := 0.0, 0
	for _, task := range tasks {
		solved, left := 0, 0
		for _, t := range of(task).valid {
			if found.count(t) {
				continue
			}
			left++
			if t.IsSolved() {
				solved++
			}
		}
		if left > 0 {
			sum, n = sum+float64(solved)/float64(left), n+1
		}
	}
	if n > 0 {
		found.PassRateWithout = finite(sum / float64(n))
	}
	return found
}

// count counts one attempt, and reports whether there was a reason to.
func (i *Integrity) count(t *baselines.Trial) bool {
	tampered := t.Flagged(baselines.Tampered) || t.Flagged(baselines.FreshDisagrees)
	refused := t.Ended == baselines.Refused
	fallback := t.Flagged(baselines.FallbackModel)
	for _, c := range []struct {
		is bool
		n  *int
	}{{tampered, &i.Tampered}, {refused, &i.Refused}, {fallback, &i.Fallback}} {
		if c.is {
			*c.n++
		}
	}
	return tampered || refused || fallback
}
