package trial

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/benchgate/benchgate/internal/agent"
	"github.com/benchgate/benchgate/internal/sandbox"
)

// replay plays a recorded trial: the agent's changes to files, its telemetry and
// the meter's ledger take the place of a running agent. Everything after it,
// tests and statistics, is done as for any other trial.
func (a *attempt) replay(ctx context.Context) error {
	rec, err := readRecording(a.job.Subject.Recordings, a.job.Task.ID, a.job.Attempt)
	if err != nil {
		return err
	}
	a.recorded, a.started = rec, true
	if err := a.applyChanges(ctx, rec); err != nil {
		return err
	}
	a.Telemetry.Deliver(a.job.ID(), rec.telemetry)
	if err := a.Meter.Import(a.job.ID(), rec.ledger); err != nil {
		return fmt.Errorf("importing recorded ledger: %w", err)
	}
	_, _ = a.transcript.Write(rec.transcript) // an output never fails
	// The exit code is not recorded; only the result is taken from the transcript.
	read := rec.row.Read(agent.Exit{}, bytes.NewReader(rec.transcript))
	a.ending = agent.Ending{Ended: rec.Ended, Reason: rec.Reason, Result: read.Result}
	a.trial.Seconds.Agent = rec.Seconds
	for _, f := range rec.Flags {
		a.flag(f)
	}
	return nil
}

// maxDeleted is how many files one command deletes: the kernel limits the size
// of an argument list.
const maxDeleted = 500

// applyChanges brings the working directory to its recorded state. It deletes
// first, because a new file may have the name of a directory that is gone, or a
// new directory that of a file.
func (a *attempt) applyChanges(ctx context.Context, rec *Recording) error {
	for names := range slices.Chunk(rec.Deleted, maxDeleted) {
		argv := append([]string{"rm", "-f", "--"}, names...)
		exit, err := a.box.Exec(ctx, sandbox.Command{Argv: argv, Workdir: a.workdir, User: "root", Stderr: a.agentLog})
		if err != nil {
			return fmt.Errorf("deleting what was recorded as deleted: %w", err)
		}
		if exit.Code != 0 {
			return fmt.Errorf("deleting what was recorded as deleted: rm ended with %d: %s", exit.Code, a.agentLog.text())
		}
	}
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
	return nil
}
