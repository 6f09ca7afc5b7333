package gate

import (
	"fmt"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
)

// Decide gives the verdict on two runs. In the informed and strict modes it
// replays the candidate by [baselines.Trial.Seq] and stops where a live run
// would have stopped; trials after that are not looked at.
//
// It always answers: an invalid policy or a run without trials that count is
// [NotMeasured], with the reason.
func Decide(p Policy, baseline, candidate *baselines.Run) Verdict {
	d := newDocument(p, baseline.Header, candidate.Header)
	if err := p.Validate(); err != nil {
		return d.refuse(NotMeasured, "the policy is not valid: "+err.Error())
	}
	if differences := Differences(p, baseline.Header, candidate.Header); len(differences) > 0 {
		return d.incomparable(differences)
	}
	return decideOnce(p, d, baseline, candidate)
}

// decideOnce is the fixed mode: everything is read once, at the planned end.
func decideOnce(p Policy, d *document, baseline, candidate *baselines.Run) Verdict {
	c := compare.Compare(baseline, candidate)
	d.Mode = string(Fixed)
	findings := readOnce(p, c)
	outcome := conclude(p, findings, c)
	if lost := cancelled(candidate); lost > 0 && (outcome == Pass || outcome == Regression) {
		d.hold(fmt.Sprintf("%d planned trials were cancelled: the fixed mode decides at the planned end only", lost))
		outcome = Inconclusive
	}
	return d.complete(outcome, findings, c, candidate)
}

// cancelled counts the attempts of which nothing is left but a cancelled try.
func cancelled(r *baselines.Run) int {
	stands := make(map[baselines.Key]bool)
	for _, t := range r.Counted() {
		stands[baselines.Key{Task: t.Task, Attempt: t.Attempt}] = true
	}
	n := 0
	for _, t := range r.Trials {
		k := baselines.Key{Task: t.Task, Attempt: t.Attempt}
		if t.Ended == baselines.Cancelled && !stands[k] {
			stands[k] = true
			n++
		}
	}
	return n
}
