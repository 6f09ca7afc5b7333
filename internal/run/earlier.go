package run

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/problem"
	"github.com/benchgate/benchgate/internal/site"
)

// planFile is written before the first trial, so that a later run knows
// whether it would look at the same question again.
const (
	planFile   = "plan.json"
	planSchema = "benchgate.plan/v1"
)

// identity says which question a run asks. Runs that ask the same one share a
// process: a second one goes on with the first one's trials, because starting
// over until the answer pleases is no test.
type identity struct {
	Schema string `json:"schema"`

	// Process covers what makes the question: policy, suite, variants and
	// limits of a trial, but neither the number of attempts nor the dollars.
	Process string `json:"process"`
	Plan    string `json:"plan"`

	// Prices is the digest of the price table: trials at other prices are not
	// gone on from, their dollars would stand beside ours.
	Prices string `json:"prices"`

	// Baseline is the stored baseline's id; empty when it was measured live.
	Baseline string `json:"baseline,omitempty"`
}

func (d *Design) identity() (identity, error) {
	policy, candidate := d.Policy, d.Headers[baselines.Candidate]
	policy.Attempts = 0
	candidate.Limits.Attempts, candidate.Limits.USD = 0, nil
	process, err := planDigest(policy, nil, d.Stored, d.Headers[baselines.Baseline], candidate)
	id := identity{Schema: planSchema, Process: process, Plan: candidate.Plan, Prices: candidate.Prices.Digest}
	if d.Stored != nil {
		id.Baseline = d.Stored.Header.ID
	}
	return id, err
}

// writePlan keeps the run's identity in its directory.
func writePlan(dir string, id identity) error {
	text, err := json.MarshalIndent(id, "", "  ")
	if err != nil {
		return fmt.Errorf("writing plan: %w", err)
	}
	if err := writeFile(filepath.Join(dir, planFile), append(text, '\n')); err != nil {
		return fmt.Errorf("writing plan: %w", err)
	}
	return nil
}

// earlier is a run that asked the same question of the same stored baseline.
type earlier struct {
	dir       string
	identity  identity
	candidate *baselines.Run
	ledger    []meter.Entry
	verdict   *gate.Verdict // nil when it was interrupted
}

// findEarlier looks for the newest such run. Runs with a live baseline are
// measurements of two things at one time and never go on from another.
func findEarlier(runsDir string, want identity) (*earlier, error) {
	if want.Baseline == "" {
		return nil, nil
	}
	files, err := filepath.Glob(filepath.Join(runsDir, "*", planFile))
	if err != nil {
		return nil, err
	}
	slices.Sort(files) // names begin with the time
	for _, file := range slices.Backward(files) {
		var id identity
		if err := readJSON(file, &id); err != nil {
			return nil, err
		}
		if id.Process == want.Process && id.Prices == want.Prices && id.Baseline == want.Baseline {
			return readEarlier(filepath.Dir(file), id)
		}
	}
	return nil, nil
}

func readEarlier(dir string, id identity) (*earlier, error) {
	e := &earlier{dir: dir, identity: id}
	var err error
	if e.candidate, err = baselines.ReadFile(filepath.Join(dir, string(baselines.Candidate)+".jsonl")); err != nil {
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
	switch err := readJSON(filepath.Join(dir, verdictFile), &v); {
	case err == nil:
		e.verdict = &v
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	return e, nil
}

// stands tells whether the earlier run has given the verdict of this plan.
func (e *earlier) stands(want identity) bool {
	if e == nil || e.verdict == nil {
		return false
	}
	switch e.verdict.Outcome {
	case gate.Pass, gate.Regression:
		return true
	default:
		return e.identity.Plan == want.Plan // inconclusive at its planned end
	}
}

// result is the earlier run's, to be given again.
func (e *earlier) result(stored *baselines.Run) *Result {
	return &Result{
		Verdict: *e.verdict, Dir: e.dir, Reused: true,
		Baseline: stored, Candidate: e.candidate, Stored: stored.Header.ID,
	}
}

func readJSON(file string, into any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var problems problem.List
	problem.NewSource(file, text).DecodeJSON(into, false, &problems)
	return problems.Err()
}
