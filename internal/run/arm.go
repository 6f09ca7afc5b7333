package run

import (
	"errors"
	"fmt"
	"sync"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/trial"
)

// arm is one side of the gate while it is measured.
type arm struct {
	subject trial.Subject
	journal *baselines.Journal

	mu  sync.Mutex // guards run.Trials
	run baselines.Run
}

// openArm begins the arm's journal in a directory.
func openArm(dir string, h baselines.Header, subject trial.Subject) (*arm, error) {
	j, err := baselines.Create(JournalIn(dir, h.Arm), h)
	if err != nil {
		return nil, err
	}
	return &arm{subject: subject, journal: j, run: baselines.Run{Header: h}}, nil
}

// record writes a trial to the journal and, only once it is on disk, adds it to
// the run.
func (a *arm) record(t baselines.Trial) error {
	if err := a.journal.Append(t); err != nil {
		return fmt.Errorf("recording trial: %w", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.run.Trials = append(a.run.Trials, t)
	return nil
}

// soFar returns the run as recorded until now.
func (a *arm) soFar() *baselines.Run {
	a.mu.Lock()
	defer a.mu.Unlock()
	return &baselines.Run{Header: a.run.Header, Trials: append([]baselines.Trial(nil), a.run.Trials...)}
}

// arms are the sides that are measured now: the candidate always, the baseline
// when none is stored.
type arms map[baselines.Arm]*arm

func (as arms) close() error {
	var errs []error
	for _, a := range as {
		errs = append(errs, a.journal.Close())
	}
	return errors.Join(errs...)
}
