package run

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/site"
	"github.com/benchgate/benchgate/internal/trial"
)

// onlyPairs keeps the attempts that both arms have.
func (c carried) onlyPairs() {
	lonely := func(t baselines.Trial) bool {
		return !c.has(baselines.Baseline, t.Key()) || !c.has(baselines.Candidate, t.Key())
	}
	pairs := make(map[baselines.Arm]carriedArm)
	for name, arm := range c.arms {
		kept := carriedArm{
			counted: slices.DeleteFunc(slices.Clone(arm.counted), lonely), overhead: slices.DeleteFunc(slices.Clone(arm.overhead), lonely),
			done: make(map[baselines.Key]bool),
		}
		for _, t := range kept.counted {
			kept.done[t.Key()] = true
		}
		pairs[name] = kept
	}
	maps.Copy(c.arms, pairs)
}

// writeLedger begins this run's ledger with the carried tries' lines: their
// money counts against the limit, and a baseline saved from this run has them.
func (c carried) writeLedger(dir string) error {
	if c.trials() == 0 {
		return nil
	}
	ids := make(map[string]bool)
	for name, arm := range c.arms {
		for _, t := range arm.tries() {
			ids[trial.ID(name, t.Task, t.Attempt, t.Try)] = true
		}
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
func (p *plan) resume() error {
	for name, c := range p.carried.arms {
		for _, t := range c.tries() {
			if err := p.arms[name].record(t); err != nil {
				return err
			}
		}
		if p.gate == nil {
			continue
		}
		if name == baselines.Baseline {
			for _, t := range c.counted {
				p.gate.AddBaseline(t)
			}
			continue
		}
		for _, t := range c.overhead {
			p.gate.Overhead(t)
		}
		for _, t := range c.counted {
			p.gate.Add(t)
		}
	}
	return nil
}
