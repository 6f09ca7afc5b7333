package run

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/site"
	"github.com/benchgate/benchgate/internal/trial"
)

// earlier is a run that asked the same question: of the same stored baseline, or of
// one arm alone.
type earlier struct {
	dir      string
	identity identity
	run      *baselines.Run                   // of identity.arm()
	pairs    map[baselines.Arm]*baselines.Run // live pairs; nil: none were measured
	ledger   []meter.Entry
	verdict  *gate.Verdict // nil when it was interrupted, and of one arm alone
}

// findEarlier looks for the newest such run.
func findEarlier(runsDir string, want identity) (*earlier, error) {
	dir, id, err := findPlan(runsDir, want)
	if err != nil || dir == "" {
		return nil, err
	}
	return readEarlier(dir, id)
}

// findPlan looks for its directory, empty where there is none, and its plan.
// Runs with a live baseline are measurements of two things at one time and never
// go on from another.
func findPlan(runsDir string, want identity) (dir string, id identity, err error) {
	if want.Baseline == "" && want.Alone == "" {
		return "", identity{}, nil
	}
	files, err := filepath.Glob(filepath.Join(runsDir, "*", planFile))
	if err != nil {
		return "", identity{}, err
	}
	slices.Sort(files) // names begin with the time
	for _, file := range slices.Backward(files) {
		var id identity
		if err := readJSON(file, &id); err != nil {
			return "", identity{}, err
		}
		if id.Process == want.Process && id.Prices == want.Prices && id.Baseline == want.Baseline {
			return filepath.Dir(file), id, nil
		}
	}
	return "", identity{}, nil
}

func readEarlier(dir string, id identity) (*earlier, error) {
	e := &earlier{dir: dir, identity: id}
	var err error
	if e.run, err = baselines.ReadFile(JournalIn(dir, id.arm())); err != nil {
		return nil, fmt.Errorf("reading earlier run: %w", err)
	}
	if e.pairs, err = readPairs(dir); err != nil {
		return nil, fmt.Errorf("reading earlier run: %w", err)
	}
	ledger, err := os.Open(filepath.Join(dir, site.LedgerFile))
	if err != nil {
		return nil, fmt.Errorf("reading earlier run: %w", err)
	}
	defer ledger.Close()
	if e.ledger, err = meter.ReadLedger(ledger, ledger.Name()); err != nil {
		return nil, fmt.Errorf("reading earlier run: %w", err)
	}
	var v gate.Verdict
	switch err := readJSON(VerdictIn(dir), &v); {
	case err == nil:
		e.verdict = &v
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	return e, nil
}

// stands tells whether the earlier run has given the verdict of this plan. One that
// rests on trials to which the model API gave no answer (a refused key, an outage)
// does not stand: they are measured again.
func (e *earlier) stands(want identity, candidate trial.Subject) bool {
	if e == nil || e.verdict == nil {
		return false
	}
	judged := func(t baselines.Trial) bool { return t.Ended.Counts() }
	switch e.verdict.Outcome {
	case gate.Pass, gate.Regression:
		return !slices.ContainsFunc(e.unanswered(candidate), judged)
	default:
		return e.identity.Plan == want.Plan && len(e.unanswered(candidate)) == 0 // inconclusive at its planned end
	}
}

// unanswered are the attempts that the model API, and not what was measured, made
// what they are.
func (e *earlier) unanswered(measured trial.Subject) []baselines.Trial {
	lines := make(map[string][]meter.Entry)
	for _, line := range e.ledger {
		lines[line.Trial] = append(lines[line.Trial], line)
	}
	return slices.DeleteFunc(e.run.Counted(), func(t baselines.Trial) bool {
		return !measured.APIFailed(t, lines[trial.ID(e.identity.arm(), t.Task, t.Attempt, t.Try)])
	})
}

// carry picks every try of those attempts that came to their end and are still
// planned. Their place in this plan is the one they had, unless fewer attempts
// are planned than before. An attempt that was cancelled or broke, or to which the
// model API gave no answer, is made again from its first try. A nil earlier run has
// none.
func (e *earlier) carry(steps []Step, measured trial.Subject) carried {
	c := carried{done: make(map[baselines.Key]bool)}
	if e == nil {
		return c
	}
	c.arm, c.from, c.ledger = e.identity.arm(), e.dir, e.ledger
	seq := make(map[baselines.Key]int)
	for _, s := range steps {
		seq[s.key()] = s.Seq
	}
	again := make(map[baselines.Key]bool)
	for _, t := range e.unanswered(measured) {
		again[t.Key()] = true
	}
	for _, t := range e.run.Counted() {
		if t.Ended.Counts() && !again[t.Key()] && seq[t.Key()] > 0 {
			t.Seq = seq[t.Key()]
			c.done[t.Key()] = true
			c.counted = append(c.counted, t)
		}
	}
	for _, t := range e.run.Overhead() {
		if c.done[t.Key()] && t.Ended != baselines.Cancelled {
			t.Seq = seq[t.Key()]
			c.overhead = append(c.overhead, t)
		}
	}
	c.pairs = answeredPairs(e.pairs)
	return c
}

// goesOn tells whether this run can do what kept the earlier one from confirming
// or refuting a regression: its dollars or requests were too few, and now there are more, or
// something broke.
func (e *earlier) goesOn(limits config.Limits) bool {
	c := e.verdict.Confirm
	if c == nil || c.State != gate.Unconfirmed || c.Why == nil {
		return false
	}
	switch c.Why.Code {
	case gate.NoMoneyLeft:
		return limits.USD == nil || c.Why.Margin == nil || *limits.USD > *c.Why.Margin
	case gate.NoRequestsLeft:
		return limits.Requests == 0 || limits.Requests > c.Why.Of
	case gate.NoLivePairs, gate.PairsMissing, gate.PairsNotStarted:
		return true
	}
	return false
}
