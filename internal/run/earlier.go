package run

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/site"
	"github.com/benchgate/benchgate/internal/trial"
)

// earlier is a run that asked the same question.
type earlier struct {
	dir      string
	identity identity
	runs     map[baselines.Arm]*baselines.Run // of identity.arms()
	pairs    map[baselines.Arm]*baselines.Run // live pairs; nil: none were measured
	ledger   []meter.Entry
	verdict  *gate.Verdict // nil when it was interrupted, and of one arm alone
}

// findEarlier looks for the newest such run.
func findEarlier(runsDir string, want identity, liveAge time.Duration) (*earlier, error) {
	dir, id, err := findPlan(runsDir, want, liveAge)
	if err != nil || dir == "" {
		return nil, err
	}
	return readEarlier(dir, id)
}

// findPlan looks for its directory, empty where there is none, and its plan. One
// with a live baseline is the measurement of a day: when it is older than liveAge it
// is passed over.
func findPlan(runsDir string, want identity, liveAge time.Duration) (dir string, id identity, err error) {
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
		if want.live() && want.Created.Sub(id.Created) > liveAge {
			continue
		}
		if id.Process == want.Process && id.Prices == want.Prices && id.Baseline == want.Baseline {
			return filepath.Dir(file), id, nil
		}
	}
	return "", identity{}, nil
}

func readEarlier(dir string, id identity) (*earlier, error) {
	e := &earlier{dir: dir, identity: id, runs: make(map[baselines.Arm]*baselines.Run)}
	var err error
	for _, arm := range id.arms() {
		if e.runs[arm], err = baselines.ReadFile(JournalIn(dir, arm)); err != nil {
			return nil, fmt.Errorf("reading earlier run: %w", err)
		}
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
func (e *earlier) stands(want identity, subjects map[baselines.Arm]trial.Subject) bool {
	if e == nil || e.verdict == nil {
		return false
	}
	var unanswered []baselines.Trial
	for _, arm := range e.identity.arms() {
		unanswered = append(unanswered, e.unanswered(arm, subjects[arm])...)
	}
	switch e.verdict.Outcome {
	case gate.Pass, gate.Regression:
		return !slices.ContainsFunc(unanswered, func(t baselines.Trial) bool { return t.Ended.Counts() })
	default: // inconclusive at its planned end
		return e.identity.Plan == want.Plan && len(unanswered) == 0 && !e.outOfTime() && !e.withoutImages()
	}
}

// withoutImages tells whether attempts of the earlier run broke because their task's
// image could not be had, in a file that names the images of the others.
func (e *earlier) withoutImages() bool {
	broke, named := false, false
	for _, r := range e.runs {
		for _, t := range r.Counted() {
			broke = broke || t.Ended == baselines.InfraError && t.Image == ""
			named = named || t.Image != ""
		}
	}
	return broke && named
}

// outOfTime tells whether the earlier run ended because its minutes were over: this
// one has its own.
func (e *earlier) outOfTime() bool {
	return slices.ContainsFunc(e.verdict.Held, func(f compare.Fact) bool { return f.Code == gate.TimeOver })
}

// unanswered are the arm's attempts that the model API, and not what was measured,
// made what they are.
func (e *earlier) unanswered(arm baselines.Arm, measured trial.Subject) []baselines.Trial {
	lines := make(map[string][]meter.Entry)
	for _, line := range e.ledger {
		lines[line.Trial] = append(lines[line.Trial], line)
	}
	return slices.DeleteFunc(e.runs[arm].Counted(), func(t baselines.Trial) bool {
		return !measured.APIFailed(t, lines[trial.ID(arm, t.Task, t.Attempt, t.Try)])
	})
}

// carry picks what counts in this run, too; a nil earlier run has none. Of a live
// baseline and its candidate from another day only whole pairs do: what tells the
// variants apart must not be the day.
func (e *earlier) carry(d *Design, now time.Time) carried {
	if e == nil {
		return carried{}
	}
	c := carried{arms: make(map[baselines.Arm]carriedArm), pairs: answeredPairs(e.pairs), from: e.dir, ledger: e.ledger}
	arms := e.identity.arms()
	for _, arm := range arms {
		c.arms[arm] = e.carryArm(arm, d.Steps, d.subjects[arm])
	}
	if len(arms) == 2 && now.Sub(e.identity.Created) > sameSitting {
		c.onlyPairs()
	}
	return c
}

// carryArm picks every try of the arm's attempts that came to their end and are still
// planned. Their place in this plan is the one they had, unless fewer attempts
// are planned than before. An attempt that was cancelled or broke, or to which the
// model API gave no answer, is made again from its first try.
func (e *earlier) carryArm(arm baselines.Arm, steps []Step, measured trial.Subject) carriedArm {
	c := carriedArm{done: make(map[baselines.Key]bool)}
	seq := make(map[baselines.Key]int)
	for _, s := range steps {
		seq[s.key()] = s.Seq
	}
	again := make(map[baselines.Key]bool)
	for _, t := range e.unanswered(arm, measured) {
		again[t.Key()] = true
	}
	for _, t := range e.runs[arm].Counted() {
		if t.Ended.Counts() && !again[t.Key()] && seq[t.Key()] > 0 {
			t.Seq = seq[t.Key()]
			c.done[t.Key()] = true
			c.counted = append(c.counted, t)
		}
	}
	for _, t := range e.runs[arm].Overhead() {
		if c.done[t.Key()] && t.Ended != baselines.Cancelled {
			t.Seq = seq[t.Key()]
			c.overhead = append(c.overhead, t)
		}
	}
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
	case gate.NoLivePairs, gate.PairsMissing, gate.PairsNotStarted, gate.NoTimeLeft:
		return true
	}
	return false
}
