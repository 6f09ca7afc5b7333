package gate

// Foretelling plays gates of that many trials together, and at most so many: a
// share of 200 gates has a standard error of 0.035 at most, and they take a
// fraction of a second at ten tasks. Of a plan so large that fewer than the least
// would be played nothing is foretold.
const (
	foretoldTrials = 100_000
	mostForetold   = 200
	leastForetold  = 50
)

// Foretell fills in [Settle.Odds] of this gate's own verdict where it is inconclusive
// and more trials would settle it: it plays the gate on from the trials that there
// are, many times, with candidates drawn from what both runs leave possible (see
// beliefs and shift), and counts the passes and regressions. Other verdicts stay as
// they are.
//
// The odds stay unknown where a gated cost is not known at some task of the
// baseline, and for plans of more than 2,000 trials. The same trials give the same
// odds.
func (g *Gate) Foretell(v *Verdict) {
	if v.Outcome != Inconclusive || v.Settle == nil {
		return
	}
	tasks := len(g.candidate.Header.Suite.Tasks)
	attempts := v.plannedBy(tasks)
	if attempts*tasks == 0 {
		return
	}
	gates := min(mostForetold, foretoldTrials/(attempts*tasks))
	if gates < leastForetold {
		return
	}
	baseline, candidate := g.allIn()
	o := newOutlook(g.policy, baseline, candidate, attempts, v.Settle.By == ByDeeperBaseline)
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
