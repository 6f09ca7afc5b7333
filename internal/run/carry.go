package run

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/trial"
)

// carried are the candidate's tries that an earlier run of the same process
// made and this one goes on from.
type carried struct {
	trials []baselines.Trial
	done   map[baselines.Key]bool
}

// carry picks every try of those attempts that came to their end. An attempt
// that was cancelled or broke is made again from its first try.
func carry(e *earlier, steps []Step) carried {
	c := carried{done: make(map[baselines.Key]bool)}
	if e == nil {
		return c
	}
	seq := make(map[baselines.Key]int)
	for _, s := range steps {
		seq[baselines.Key{Task: s.Task.ID, Attempt: s.Attempt}] = s.Seq
	}
	for _, t := range e.candidate.Counted() {
		k := baselines.Key{Task: t.Task, Attempt: t.Attempt}
		if t.Ended.Counts() && seq[k] == t.Seq {
			c.done[k] = true
		}
	}
	for _, t := range e.candidate.Trials {
		if c.done[baselines.Key{Task: t.Task, Attempt: t.Attempt}] && t.Ended != baselines.Cancelled {
			c.trials = append(c.trials, t)
		}
	}
	return c
}

// writeLedger begins this run's ledger with the carried tries' lines: their
// money counts against the limit, and a baseline saved from this run has them.
func (c carried) writeLedger(e *earlier, dir string) error {
	if len(c.trials) == 0 {
		return nil
	}
	ids := make(map[string]bool)
	for _, t := range c.trials {
		ids[trial.ID(baselines.Candidate, t.Task, t.Attempt, t.Try)] = true
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("carrying over ledger: %w", err)
	}
	f, err := os.Create(filepath.Join(dir, ledgerFile))
	if err != nil {
		return fmt.Errorf("carrying over ledger: %w", err)
	}
	defer f.Close()
	lines := json.NewEncoder(f)
	for _, line := range e.ledger {
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
	arm := p.arms[baselines.Candidate]
	stand := make(map[baselines.Key]int)
	for _, t := range c.trials {
		k := baselines.Key{Task: t.Task, Attempt: t.Attempt}
		stand[k] = max(stand[k], t.Try)
	}
	for _, t := range c.trials {
		if err := arm.record(t); err != nil {
			return err
		}
		if t.Try == stand[baselines.Key{Task: t.Task, Attempt: t.Attempt}] {
			p.gate.Add(t)
		} else {
			p.gate.Overhead(t)
		}
	}
	return nil
}
