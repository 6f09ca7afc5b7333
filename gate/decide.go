package gate

import (
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
	if p.Attempts == 0 {
		p.Attempts = mostAttempted(candidate)
	}
	d := newDocument(p, baseline.Header, candidate.Header)
	if err := p.Validate(); err != nil {
		d.Held = append(d.Held, compare.Fact{Code: PolicyInvalid, Detail: err.Error()})
		return d.refuse(NotMeasured)
	}
	if differences := Differences(p, baseline.Header, candidate.Header); len(differences) > 0 {
		d.Differences = differences
		return d.refuse(Incomparable)
	}
	g := open(p, baseline, candidate.Header, new(tables))
	g.take(candidate)
	return g.Verdict()
}

// take hands a whole run to the gate. Where the gate looks in the planned order,
// an attempt that is missing ends the look, as it did when the run was live:
// later ones enter the bill only.
func (g *Gate) take(candidate *baselines.Run) {
	for _, t := range candidate.Overhead() {
		g.Overhead(t)
	}
	for _, t := range candidate.Counted() {
		if g.policy.Mode == Fixed {
			g.consume(t)
		} else {
			g.Add(t)
		}
	}
}

// mostAttempted is the plan where neither the policy nor the header tells it: as
// many attempts at every task as were begun at one.
func mostAttempted(r *baselines.Run) int {
	most := 0
	begun := make(map[baselines.Key]bool)
	perTask := make(map[string]int)
	for _, t := range r.Trials {
		if k := (baselines.Key{Task: t.Task, Attempt: t.Attempt}); !begun[k] {
			begun[k] = true
			perTask[t.Task]++
			most = max(most, perTask[t.Task])
		}
	}
	return most
}
