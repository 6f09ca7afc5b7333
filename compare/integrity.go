package compare

import "github.com/benchgate/benchgate/baselines"

// Integrity counts attempts whose result may say something else than what the
// variant can do, and what the pass rate is without them. One attempt can be
// counted under several names.
type Integrity struct {
	Tampered       int // the agent changed what the tests run through, or they disagree in a fresh sandbox
	AnswersFetched int // the agent went to where the task's answer is
	Refused        int // the model refused the task
	Fallback       int // another model than the variant's did work: [ByOtherModel]

	// PassRateWithout is the mean over tasks of the attempts that are left, 0 to 1;
	// nil when none is.
	PassRateWithout *float64

	// LookedForAnswers is how many attempts were looked through for fetched
	// answers: it takes an agent whose transcript says what its tools did.
	LookedForAnswers int

	// Canaries are the attempts by each of [baselines.Canaries] that failed; those
	// of which there are none have no key. They stay in the pass rate.
	Canaries map[baselines.Flag]int
}

func integrityOf(tasks []matchedTask, of func(matchedTask) attempts) Integrity {
	var found Integrity
	sum, n := 0.0, 0
	for _, task := range tasks {
		solved, left := 0, 0
		for _, t := range of(task).valid {
			found.countCanaries(t)
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
	any := false
	for _, c := range []struct {
		is bool
		n  *int
	}{
		{t.Flagged(baselines.Tampered) || t.Flagged(baselines.FreshDisagrees), &i.Tampered},
		{t.Flagged(baselines.AnswersFetched), &i.AnswersFetched},
		{t.Ended == baselines.Refused, &i.Refused},
		{ByOtherModel(t), &i.Fallback},
	} {
		if c.is {
			*c.n++
			any = true
		}
	}
	return any
}

func (i *Integrity) countCanaries(t *baselines.Trial) {
	if t.Sources["answers_fetched"] != "" {
		i.LookedForAnswers++
	}
	for _, f := range baselines.Canaries {
		if !t.Flagged(f) {
			continue
		}
		if i.Canaries == nil {
			i.Canaries = make(map[baselines.Flag]int)
		}
		i.Canaries[f]++
	}
}

// ByOtherModel reports whether another model than the variant's did work in the
// trial: the agent fell back to one, or the API answered with one.
func ByOtherModel(t *baselines.Trial) bool {
	return t.Flagged(baselines.FallbackModel) || t.Flagged(baselines.OtherModel)
}
