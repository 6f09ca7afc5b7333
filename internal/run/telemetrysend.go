package run

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/forward"
	"github.com/benchgate/benchgate/internal/meter"
	"github.com/benchgate/benchgate/internal/site"
	"github.com/benchgate/benchgate/internal/trial"
)

// SendTelemetry sends what the configuration's targets have not acknowledged of the
// run in a directory, and gives a summary of each. What the user should know goes to
// say. A directory that holds no run is an error, as is a target whose header has no
// secret.
func SendTelemetry(ctx context.Context, c *config.Config, dir string, lookup func(string) (string, bool), say func(string)) ([]forward.Summary, error) {
	targets, err := forwardTargets(c, lookup)
	if err != nil {
		return nil, err
	}
	run, err := readTelemetry(dir)
	if err != nil {
		return nil, err
	}
	summaries, err := forward.Send(ctx, run, targets, say)
	for _, s := range summaries {
		for _, note := range s.Notes(resend(c, dir)) {
			say(note)
		}
	}
	return summaries, err
}

// readTelemetry reads what can be sent of the run in a directory: the tries that were
// made there, in the order of their ends. What was carried over from an earlier run is
// that run's.
func readTelemetry(dir string) (forward.Run, error) {
	out := forward.Run{Dir: dir}
	ledger, err := ledgerByTrial(filepath.Join(dir, site.LedgerFile))
	if err != nil {
		return out, err
	}
	for _, arm := range []baselines.Arm{baselines.Baseline, baselines.Candidate} {
		r, err := baselines.ReadFile(JournalIn(dir, arm))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return out, err
		}
		out.Trials = append(out.Trials, triesIn(dir, r, ledger, false)...)
		if arm == baselines.Candidate {
			if out.Verdict, err = readVerdict(dir, r); err != nil {
				return out, err
			}
		}
	}
	pairs, err := readPairs(dir)
	if err != nil {
		return out, err
	}
	for _, arm := range []baselines.Arm{baselines.Baseline, baselines.Candidate} {
		if pairs[arm] != nil {
			out.Trials = append(out.Trials, triesIn(dir, pairs[arm], ledger, true)...)
		}
	}
	return out, nil
}

// triesIn are the tries of one journal whose files are in the run's directory.
func triesIn(dir string, r *baselines.Run, ledger map[string][]meter.Entry, confirm bool) []forward.Trial {
	name := trial.ID
	if confirm {
		name = trial.LiveID
	}
	var tries []forward.Trial
	for _, t := range r.Trials {
		id := name(r.Header.Arm, t.Task, t.Attempt, t.Try)
		if _, err := os.Stat(filepath.Join(trial.FilesDir(dir), filepath.FromSlash(id))); err != nil {
			continue // carried over
		}
		tries = append(tries, forward.Trial{
			ID: id, Dir: trial.TelemetryDir(dir, id), Header: r.Header, Confirm: confirm, Record: t, Ledger: ledger[id],
		})
	}
	return tries
}

// readVerdict is that of the run; nil: it gave none.
func readVerdict(dir string, candidate *baselines.Run) (*forward.Verdict, error) {
	var v gate.Verdict
	err := readJSON(VerdictIn(dir), &v)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the verdict: %w", err)
	}
	told := telemetryOf(v, candidate)
	return &told, nil
}

// ledgerByTrial reads the lines of a ledger; none where there is no file.
func ledgerByTrial(file string) (map[string][]meter.Entry, error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading ledger: %w", err)
	}
	defer f.Close()
	entries, err := meter.ReadLedger(f, file)
	if err != nil {
		return nil, err
	}
	of := make(map[string][]meter.Entry)
	for _, e := range entries {
		of[e.Trial] = append(of[e.Trial], e)
	}
	return of, nil
}
