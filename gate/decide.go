package gate

import (
	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
)

// Decide gives the verdict on two runs. The candidate's header says how it is
// read. A run that a gate watched in the informed or strict mode is replayed by
// [baselines.Trial.Seq] to where the gate stopped it, if this is the baseline
// that its header names; trials after that enter the bill only. Every other pair
// is read whole, in the fixed mode. A [Policy.Mode] that is not [Auto] overrides
// what the header says.
//
// It always answers: an invalid policy or a run without trials that count is
// [NotMeasured], with the reason.
func Decide(p Policy, baseline, candidate *baselines.Run) Verdict {
	v, _ := decide(p, baseline, candidate)
	return v
}

// Foretold is [Decide] with [Settle.Odds], which take up to a few seconds.
func Foretold(p Policy, baseline, candidate *baselines.Run) Verdict {
	v, g := decide(p, baseline, candidate)
	if g != nil {
		g.Foretell(&v)
	}
	return v
}

// decide gives the gate, too, that read the runs; nil where none could.
func decide(p Policy, baseline, candidate *baselines.Run) (Verdict, *Gate) {
	if p.Attempts == 0 {
		p.Attempts = mostAttempted(candidate)
	}
	d := newDocument(p, baseline.Header, candidate.Header)
	if err := p.Validate(); err != nil {
		d.Held = append(d.Held, compare.Fact{Code: PolicyInvalid, Detail: err.Error()})
		return d.refuse(NotMeasured), nil
	}
	if differences := Differences(p, baseline.Header, candidate.Header); len(differences) > 0 {
		d.Differences = differences
		return d.refuse(Incomparable), nil
	}
	asked := p.Mode
	p.Mode = readingMode(asked, baseline.Header, candidate.Header)
	g := open(p, baseline, candidate.Header, new(tables))
	g.take(candidate)
	g.caveats = append(g.caveats, misread(asked, g.policy.Mode, baseline, candidate, len(g.remaining))...)
	return g.Verdict(), g
}

// readingMode is how the candidate is read: as asked, else as the gate looked
// that watched it, else whole.
func readingMode(asked Mode, baseline, candidate baselines.Header) Mode {
	switch {
	case asked != Auto && asked != "":
		return asked
	case asWatched(Mode(candidate.Stopping), baseline, candidate):
		return Mode(candidate.Stopping)
	}
	return Fixed
}

// asWatched reports whether reading the candidate in this mode is what the gate
// did that watched it and could stop it.
func asWatched(m Mode, baseline, candidate baselines.Header) bool {
	return candidate.Stopping.OnResults() && m == Mode(candidate.Stopping) &&
		candidate.Against != "" && candidate.Against == baseline.ID
}

// misread warns of a candidate that is not all there and is not read as it was
// stopped, or of which nobody knows whether it was.
func misread(asked, read Mode, baseline, candidate *baselines.Run, attempts int) []compare.Fact {
	h := candidate.Header
	in, of := candidate.CameToAnEnd(attempts), attempts*len(h.Suite.Tasks)
	switch {
	case in >= of || asWatched(read, baseline.Header, h):
		return nil
	case h.Stopping.OnResults():
		f := compare.Fact{Code: StoppedByGate, Arm: baselines.Candidate, Count: in, Of: of}
		if h.Against != baseline.Header.ID {
			f.Detail = h.Against
		}
		return []compare.Fact{f}
	case h.Stopping == "" && (asked == Auto || asked == ""):
		return []compare.Fact{{Code: StoppingUnknown, Arm: baselines.Candidate, Count: in, Of: of}}
	}
	return nil
}

// stoppedBaseline warns of a stored baseline that a gate had stopped, where it is
// compared as if its attempts were all that were planned.
func (g *Gate) stoppedBaseline() []compare.Fact {
	h := g.baseline.Header
	if g.policy.Mode != Fixed || !h.Stopping.OnResults() {
		return nil
	}
	baseline, _ := g.allIn()
	in, of := baseline.CameToAnEnd(h.Limits.Attempts), h.Limits.Attempts*len(h.Suite.Tasks)
	if in >= of {
		return nil
	}
	return []compare.Fact{{Code: StoppedByGate, Arm: baselines.Baseline, Count: in, Of: of}}
}

// take hands a whole run to the gate. Where the gate looks in the planned order,
// an attempt that is missing ends the look, as it did when the run was live:
// later ones enter the bill only.
func (g *Gate) take(candidate *baselines.Run) {
	for _, t := range candidate.Overhead() {
		g.Overhead(t)
	}
	counted := candidate.Counted()
	g.candidate.Trials = counted[:0:len(counted)] // which takes no second copy: a trial's new place is never behind its old one
	for _, t := range counted {
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
