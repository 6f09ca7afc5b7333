package gate

// look is a moment at which a verdict may be given.
type look struct {
	tally     *tally
	delta     float64 // of the pass rates, over the tasks attempted
	everyTask bool    // each task has an attempt that counts on both sides
	enough    bool    // the minimum of trials is reached
	round     int     // the round that just ended, from 1; 0 inside a round
}

// leastTrials is the number of trials before which nothing is decided in a suite
// that has more tasks; smaller suites wait for a full round.
const leastTrials = 30

// lookNow looks after a trial, or with a round after the last trial of it, and ends
// the gate when its findings come to a verdict.
func (g *Gate) lookNow(round int) {
	if g.Stands() || g.policy.Mode == Strict && round == 0 || len(g.processes) == 0 {
		return
	}
	if round > 0 {
		g.gain.look()
	}
	delta, everyTask := g.tally.delta()
	l := look{
		tally: g.tally, delta: delta, everyTask: everyTask, round: round,
		enough: g.tally.cand.Attempts >= min(leastTrials, len(g.tally.tasks)),
	}
	for _, p := range g.processes {
		p.look(l)
	}
	if round == 1 || g.consumed >= g.planned || g.conclude().stands() {
		g.askPerSolved()
	}
	g.stop()
}

// stop ends the gate when its findings come to a verdict.
func (g *Gate) stop() {
	outcome := g.conclude()
	if g.billHeld = outcome == Pass && g.withholds(); g.billHeld {
		return
	}
	if outcome.stands() {
		g.outcome, g.decided = outcome, g.findings()
	}
}

func (g *Gate) conclude() Outcome { return conclude(g.policy, g.findings(), g.tally.basis()) }

// stands reports whether the outcome ends a gate.
func (o Outcome) stands() bool { return o == Pass || o == Regression }

func (g *Gate) findings() []finding {
	var out []finding
	for _, p := range g.processes {
		out = append(out, g.gain.read(p.finding()))
	}
	if g.perSolved != nil {
		out = append(out, g.perSolved.finding())
	}
	return out
}
