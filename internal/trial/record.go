package trial

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/redact"
)

// snapshotBefore reads the working directory before the agent works, for
// compareFiles. Without recording it is not read when the agent asks no model,
// because no kept lines are reported for it, or when it is the root directory,
// which is too large.
func (a *attempt) snapshotBefore(ctx context.Context) {
	limit := forLines
	switch {
	case a.Record != "" || a.job.OnHistory != nil && a.workdir != "/":
		limit = forRecording
	case a.workdir == "/" || a.job.Subject.NoModel():
		return
	}
	var err error
	if a.before, err = a.takeSnapshot(ctx, limit); err != nil {
		a.cannotCompare(ctx, err)
	}
}

// compareFiles compares the working directory with snapshotBefore's, after the
// agent's processes have ended and before the tests are placed. It counts the
// lines that the agent's work left and, if asked to, records the trial. When
// either fails the trial itself is still good, so that is only logged.
func (a *attempt) compareFiles(ctx context.Context) {
	if a.before == nil {
		return
	}
	limit := forLines
	if a.Record != "" {
		limit = forRecording
	}
	after, err := a.takeSnapshot(ctx, limit)
	if err != nil {
		a.cannotCompare(ctx, err)
		return
	}
	if a.trial.Lines != nil && a.before.fits(forLines) && after.fits(forLines) {
		kept := after.keptSince(a.before)
		a.trial.Lines.Kept = &kept
		a.noteContradicted()
	}
	if a.Record == "" || a.job.Confirm {
		return
	}
	if err := a.recording(after).write(filepath.Join(a.Record, fileName(a.job.Subject.Variant.Name))); err != nil {
		a.cannotCompare(ctx, err)
	}
}

func (a *attempt) cannotCompare(ctx context.Context, err error) {
	switch {
	case ctx.Err() != nil: // the trial is cancelled
	case a.Record != "":
		a.log.Error("the trial is not recorded", "error", err)
	case !errors.Is(err, errTooLarge):
		a.log.Warn("the lines that the agent's work kept are not counted", "error", err)
	}
}

// recording is what the agent did, without secrets: recordings are shared.
func (a *attempt) recording(after *snapshot) *Recording {
	rec := &Recording{
		Schema: recordingSchema, Variant: a.job.Subject.Variant, Task: a.job.Task.ID, Attempt: a.job.Attempt,
		Ended: a.ending.Ended, Seconds: a.trial.Seconds.Agent,
		Reason:     redact.String(a.ending.Reason, a.secrets()),
		transcript: redact.Bytes(a.transcript.bytes(), a.secrets()),
		ledger:     a.Meter.Entries(a.job.ID()),
		telemetry:  a.payloads(),
	}
	if a.recorded != nil {
		rec.Variant = a.recorded.Variant // the one that did the work, not "replay"
	}
	for _, f := range a.trial.Flags {
		if slices.Contains(recordedFlags, f) {
			rec.Flags = append(rec.Flags, f)
		}
	}
	rec.changes, rec.Deleted = after.since(a.before)
	for i := range rec.changes {
		rec.changes[i].content = redact.Bytes(rec.changes[i].content, a.secrets())
	}
	return rec
}

// recordedFlags are the flags that a recording keeps, because a replay cannot
// find them again. All others follow from the recorded ledger and telemetry or
// from the tests, or are about the run in which the recording was made.
var recordedFlags = []baselines.Flag{
	baselines.Killed, baselines.OutOfMemory, baselines.KeptProcesses, baselines.TelemetryLossy,
}

// fileName makes a variant's name fit for a directory.
func fileName(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>| `, r) || r < ' ' {
			return '-'
		}
		return r
	}, name)
}
