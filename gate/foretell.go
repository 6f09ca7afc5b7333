package gate

import "github.com/benchgate/benchgate/baselines"

// Foretelling plays gates of that many trials together, and at most so many: a
// share of 200 gates has a standard error of 0.035 at most, and they take a
// fraction of a second at ten tasks. Of a plan so large that fewer than the least
// would be played nothing is foretold.
const (
	foretoldTrials = 100_000
	mostForetold   = 200
	leastForetold  = 50
)

// Foretell fills in [Settle.Odds] of an inconclusive verdict that more trials
// would settle: it plays the gate on from the trials that there are, many times,
// with candidates drawn from what both runs leave possible (see beliefs and
// shift), and counts the passes and regressions. The policy and the runs are
// those that the verdict was given on. Other verdicts stay as they are.
//
// The odds stay unknown where a gated cost is not known at some task of the
// baseline, and for plans of more than 2,000 trials. The same arguments give the
// same odds.
func Foretell(v *Verdict, p Policy, baseline, candidate *baselines.Run) {
	if v.Outcome != Inconclusive || v.Settle == nil || p.Validate() != nil {
		return
	}
	attempts := v.plannedBy(len(candidate.Header.Suite.Tasks))
	trials := attempts * len(candidate.Header.Suite.Tasks)
	if trials == 0 {
		return
	}
	gates := min(mostForetold, foretoldTrials/trials)
	if gates < leastForetold {
		return
	}
	o := newOutlook(v, p, baseline, candidate, attempts)
	if o == nil {
		return
	}
	s := *v.Settle
	s.Odds = finite(o.odds(gates))
	v.Settle = &s
}

// plannedBy is how many attempts a task the plan has that would settle the
// verdict; 0 where it is no such plan.
func (v *Verdict) plannedBy(tasks int) int {
	switch v.Settle.By {
	case ByPlannedTrials:
		return v.TrialsPlanned / max(tasks, 1)
	case ByMoreAttempts:
		return v.Settle.Plan
	case ByDeeperBaseline:
		return v.Settle.Attempts
	}
	return 0
}
