package gate

import (
	"errors"
	"fmt"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
)

// Gate takes the candidate's trials as they finish and says when the verdict
// stands, or when no further trial can change it. Trials enter the statistics in
// the planned order, whatever finishes first: solved trials finish early and
// timeouts late, so looking in the order of finishing would favour the candidate.
//
// A Gate is not safe for concurrent use.
type Gate struct {
	policy    Policy // with the mode that was chosen
	baseline  *baselines.Run
	candidate *baselines.Run // what was consumed
	overhead  []baselines.Trial
	together  bool // both runs were planned as one, arms side by side

	tally     *tally
	processes []process
	perSolved *solvedCost // nil when cost per solved is not gated, and in the fixed mode
	gain      *gain
	caveats   []compare.Fact // on the mode that was chosen

	next      int                               // the Seq that is consumed next
	waiting   map[int]baselines.Trial           // of the candidate, before their turn
	partners  map[baselines.Key]baselines.Trial // of a baseline measured beside it, before the candidate's turn
	consumed  int
	planned   int   // trials of the candidate
	remaining []int // by round, the trials not consumed yet
	rounds    int   // that ended

	leftTrials, leftPairs int // of the plan: see left

	outcome Outcome   // Pass or Regression once it stands, else empty
	decided []finding // the findings of the look that decided
	verdict *Verdict  // its document, once it was asked for

	billHeld  bool           // the bill kept the last look from a pass
	pointless bool           // no trial that is left can change the outcome
	stuckBy   []compare.Fact // why not
}

// tables are what all gates of one design share.
type tables struct {
	prior  *prior
	bounds []float64 // critical values of the strict mode's passes, by round
}

// ErrIncomparable is the error of [Open] when no verdict can come of the two
// runs; [Decide] gives the [Incomparable] verdict that says why.
var ErrIncomparable = errors.New("the runs are not comparable")

// Open starts a gate before the first candidate trial. A baseline without
// trials is measured live: its trials come through [Gate.AddBaseline].
//
// It fails for an invalid policy and with [ErrIncomparable].
func Open(p Policy, baseline *baselines.Run, candidate baselines.Header) (*Gate, error) {
	if err := p.Validate(); err != nil {
		return nil, fmt.Errorf("reading the policy: %w", err)
	}
	if differences := Differences(p, baseline.Header, candidate); len(differences) > 0 {
		return nil, fmt.Errorf("%w: they differ in %s", ErrIncomparable, keysOf(differences))
	}
	g := open(p, baseline, candidate, new(tables))
	g.watch()
	return g, nil
}

// watch writes into the headers that this gate watches the runs.
func (g *Gate) watch() {
	by := baselines.Stopping(g.policy.Mode)
	g.candidate.Header.Stopping, g.candidate.Header.Against = by, g.baseline.Header.ID
	if g.together {
		g.baseline.Header.Stopping, g.baseline.Header.Against = by, ""
	}
}

// Headers are those of both runs as their files have to say them, with the gate
// that watches them: [Decide] reads from the candidate's how to read it.
func (g *Gate) Headers() (baseline, candidate baselines.Header) {
	return g.baseline.Header, g.candidate.Header
}

func open(p Policy, baseline *baselines.Run, candidate baselines.Header, shared *tables) *Gate {
	g := &Gate{
		policy:    p,
		baseline:  &baselines.Run{Header: baseline.Header},
		candidate: &baselines.Run{Header: candidate},
		together:  len(baseline.Trials) == 0 || baseline.Header.Plan != "" && baseline.Header.Plan == candidate.Plan,
		tally:     newTally(candidate.Suite),
		next:      1,
		waiting:   make(map[int]baselines.Trial),
		partners:  make(map[baselines.Key]baselines.Trial),
		planned:   planned(p, candidate) * len(candidate.Suite.Tasks),
	}
	counted := baseline.Counted()
	if !g.together {
		g.baseline.Trials = counted
	}
	for i := range counted {
		if t := &counted[i]; g.together {
			g.partners[t.Key()] = *t
		} else {
			g.tally.baseline(t)
		}
	}
	for range planned(p, candidate) {
		g.remaining = append(g.remaining, len(candidate.Suite.Tasks))
	}
	g.expect()
	g.policy.Mode = g.choose()
	g.processes, g.gain = g.start(shared), newGain(g.policy, g.strictRounds())
	return g
}

// start makes the sequential tests; the fixed mode has none.
func (g *Gate) start(shared *tables) []process {
	var out []process
	switch g.policy.Mode {
	case Informed:
		if shared.prior == nil {
			shared.prior = newPrior()
		}
		out = append(out, newInformedPassRate(g.policy, newPosterior(shared.prior, g.tally.counts())))
	case Strict:
		if rounds := g.strictRounds(); len(shared.bounds) != rounds {
			shared.bounds = criticalValues(pocockSpending, g.policy.Beta, equalLooks(rounds))
		}
		out = append(out, newStrictPassRate(g.policy, shared.bounds))
	default:
		return nil
	}
	if g.policy.TypicalCostMaxRatio > 0 {
		out = append(out, newSymmetricCost(g.policy))
	}
	if g.policy.CostPerSolvedMaxRatio > 0 {
		g.perSolved = newSolvedCost(g.policy, g.candidate.Header.Suite, g.strictRounds())
	}
	return out
}

// strictRounds is how many rounds of pairs there can be: those planned, where
// the baseline was planned along (it may have been stopped with the candidate),
// else those that it has.
func (g *Gate) strictRounds() int {
	rounds := len(g.remaining)
	if !g.together {
		rounds = min(rounds, g.tally.mostAttempts())
	}
	return max(rounds, 1)
}

// Add takes one candidate attempt, once, with the try that counts: the
// last that is not an infrastructure error, or the last. Cancelled trials, and
// those that finish after the gate is done, enter the bill only.
func (g *Gate) Add(t baselines.Trial) {
	if t.Ended == baselines.Cancelled || g.Done() {
		g.Overhead(t)
		return
	}
	if other, taken := g.waiting[t.Seq]; taken { // two attempts with one place: no plan made them
		g.Overhead(other)
	}
	g.waiting[t.Seq] = t
	g.advance()
}

// AddBaseline takes one attempt of a baseline that is measured live, as
// [Gate.Add] does. It enters the statistics with the candidate's attempt of the
// same task and number, which has the same Seq.
func (g *Gate) AddBaseline(t baselines.Trial) {
	if t.Ended == baselines.Cancelled || g.Done() {
		return
	}
	g.partners[t.Key()] = t
	g.advance()
}

// Overhead takes a candidate try that does not count. It enters the bill
// and no statistic.
func (g *Gate) Overhead(t baselines.Trial) {
	g.overhead = append(g.overhead, t)
}

// advance consumes trials from the next in the planned order up to the first that
// has not finished, or whose live baseline attempt has not.
func (g *Gate) advance() {
	for !g.Done() {
		t, finished := g.waiting[g.next]
		if _, paired := g.partners[t.Key()]; !finished || g.together && !paired {
			return
		}
		delete(g.waiting, g.next)
		g.next++
		g.consume(t)
	}
}

// consume takes the next trial of the planned order and looks.
func (g *Gate) consume(t baselines.Trial) {
	if partner, beside := g.partners[t.Key()]; beside {
		delete(g.partners, t.Key())
		g.baseline.Trials = append(g.baseline.Trials, partner)
		g.tally.baseline(&partner)
	}
	g.candidate.Trials = append(g.candidate.Trials, t)
	g.consumed++
	g.took(&t)
	if o, counts := g.tally.candidate(&t); counts {
		g.gain.observe(o)
		for _, p := range g.processes {
			p.observe(o)
		}
		if g.perSolved != nil {
			g.perSolved.observe(o)
		}
	}
	if t.Attempt >= 1 && t.Attempt <= len(g.remaining) {
		g.remaining[t.Attempt-1]--
	}
	g.lookNow(0)
	for g.rounds < len(g.remaining) && g.remaining[g.rounds] <= 0 {
		g.rounds++
		g.lookNow(g.rounds)
	}
	g.assess()
}

// Stands reports whether the verdict is given: a pass or a regression.
func (g *Gate) Stands() bool { return g.outcome != "" }

// Done reports that the gate needs no trial beyond those consumed: the verdict
// stands, or no trial that is left of the plan can change it. Trials that run
// beyond it can be cancelled. At the end of the plan it may be false.
func (g *Gate) Done() bool { return g.Stands() || g.pointless }

// Mode is how this gate looks: never [Auto].
func (g *Gate) Mode() Mode { return g.policy.Mode }

// Used is the number of candidate trials consumed so far, in the planned order.
func (g *Gate) Used() int { return g.consumed }

// Verdict is the verdict that stands, or what there is to say without one:
// [Inconclusive] or [NotMeasured]. At the planned end it includes what is read
// only then.
func (g *Gate) Verdict() Verdict {
	switch {
	case g.policy.Mode == Fixed:
		return g.billed(g.readOnce())
	case g.Stands():
		if g.verdict == nil {
			v := g.write(g.outcome, g.decided)
			g.verdict = &v
		}
		return g.billed(*g.verdict)
	}
	return g.billed(g.write(g.conclude(), g.findings()))
}
