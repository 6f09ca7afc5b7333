package run

import (
	"errors"
	"fmt"
	"path/filepath"
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

// openArm begins the arm's journal.
func openArm(dir string, h baselines.Header, subject trial.Subject) (*arm, error) {
	j, err := baselines.Create(filepath.Join(dir, string(h.Arm)+".jsonl"), h)
	if err != nil {
		return nil, err
	}
	return &arm{subject: subject, journal: j, run: baselines.Run{Header: h}}, nil
}

// record appends a trial: on disk before it counts.
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

// jobs lists the trials of all arms: in the order of the plan, the arms of one
// step adjacent, and which of them goes first alternating. The candidate's
// attempts that are done already are left out. Kept names the tasks whose
// processes are left running for the tests.
func (as arms) jobs(steps []Step, kept map[string]bool, done map[baselines.Key]bool) []trial.Job {
	var jobs []trial.Job
	for _, s := range steps {
		order := []baselines.Arm{baselines.Baseline, baselines.Candidate}
		if s.Seq%2 == 0 {
			order[0], order[1] = order[1], order[0]
		}
		for _, name := range order {
			a, measured := as[name]
			if measured && !(name == baselines.Candidate && done[baselines.Key{Task: s.Task.ID, Attempt: s.Attempt}]) {
				jobs = append(jobs, trial.Job{
					Arm: name, Seq: s.Seq, Attempt: s.Attempt, Task: s.Task, Subject: a.subject,
					KeepProcesses: kept[s.Task.ID],
				})
			}
		}
	}
	return jobs
}
