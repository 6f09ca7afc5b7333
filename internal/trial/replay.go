package trial

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"

	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/sandbox"
)

// replay plays a recorded trial: the agent's files, its telemetry, and what
// the meter saw. Tests, statistics and verdict are as real as in any trial.
func (a *attempt) replay(ctx context.Context) error {
	rec, err := ReadRecording(a.job.Subject.Recordings, a.job.Task.ID, a.job.Attempt)
	if err != nil {
		return err
	}
	a.recorded = rec
	if err := a.applyChanges(ctx, rec); err != nil {
		return err
	}
	a.Telemetry.Deliver(a.job.ID(), rec.telemetry)
	if err := a.Meter.Import(a.job.ID(), rec.ledger); err != nil {
		return fmt.Errorf("importing recorded ledger: %w", err)
	}
	a.transcript.Write(rec.transcript)
	told := rec.row.Read(agent.Exit{}, bytes.NewReader(rec.transcript))
	a.ending = agent.Ending{Ended: rec.Ended, Reason: rec.Reason, Result: told.Result}
	a.trial.Seconds.Agent = rec.Seconds
	return nil
}

func (a *attempt) applyChanges(ctx context.Context, rec *Recording) error {
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for _, c := range rec.changes {
		if err := addFile(w, c.header, c.content); err != nil {
			return fmt.Errorf("packing recorded changes: %w", err)
		}
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("packing recorded changes: %w", err)
	}
	if err := a.box.CopyIn(ctx, a.workdir, &buf); err != nil {
		return fmt.Errorf("applying recorded changes: %w", err)
	}
	if len(rec.Deleted) == 0 {
		return nil
	}
	argv := append([]string{"rm", "-f", "--"}, rec.Deleted...)
	if _, err := a.box.Exec(ctx, sandbox.Command{Argv: argv, Workdir: a.workdir}); err != nil {
		return fmt.Errorf("deleting what was recorded as deleted: %w", err)
	}
	return nil
}
