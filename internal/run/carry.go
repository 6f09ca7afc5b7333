package run

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/site"
	"github.com/benchgate/benchgate/internal/trial"
)

// carried are the tries of an arm, and the live pairs, that an earlier run of the
// same process made and this one goes on from.
type carried struct {
	arm      baselines.Arm // the candidate, or the arm that is measured alone
	done     map[baselines.Key]bool
	counted  []baselines.Trial // of each attempt done, the try that counts
	overhead []baselines.Trial // the tries before it, which broke

	// pairs are the tries of live pairs, by arm. A pair whose halves were not both
	// answered is measured anew: halves of different days are no pair.
	pairs map[baselines.Arm][]baselines.Trial

	from   string        // directory of that run
	ledger []meter.Entry // of that run
}

// tries are all that is carried over.
func (c carried) tries() []baselines.Trial { return slices.Concat(c.overhead, c.counted) }

// writeLedger begins this run's ledger with the carried tries' lines: their
// money counts against the limit, and a baseline saved from this run has them.
func (c carried) writeLedger(dir string) error {
	if len(c.counted) == 0 {
		return nil
	}
	ids := make(map[string]bool)
	for _, t := range c.tries() {
		ids[trial.ID(c.arm, t.Task, t.Attempt, t.Try)] = true
	}
	for arm, tries := range c.pairs {
		for _, t := range tries {
			ids[trial.LiveID(arm, t.Task, t.Attempt, t.Try)] = true
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("carrying over ledger: %w", err)
	}
	f, err := os.Create(filepath.Join(dir, site.LedgerFile))
	if err != nil {
		return fmt.Errorf("carrying over ledger: %w", err)
	}
	defer f.Close()
	lines := json.NewEncoder(f)
	for _, line := range c.ledger {
		if !ids[line.Trial] {
			continue
		}
		if err := lines.Encode(line); err != nil {
			return fmt.Errorf("carrying over ledger: %w", err)
		}
	}
	return f.Sync()
}

// resume records the carried tries in this run and hands them to the gate, as
// if they had just ended.
func (p *plan) resume(c carried) error {
	arm := p.arms[p.design.goesOn()]
	for _, t := range c.tries() {
		if err := arm.record(t); err != nil {
			return err
		}
	}
	if p.gate == nil {
		return nil
	}
	for _, t := range c.overhead {
		p.gate.Overhead(t)
	}
	for _, t := range c.counted {
		p.gate.Add(t)
	}
	return nil
}
