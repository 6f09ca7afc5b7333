package trial

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// snapshot is a directory's files by relative path.
type snapshot map[string]change

// snapshotBefore remembers the working directory when the trial is recorded.
func (a *attempt) snapshotBefore(ctx context.Context) (err error) {
	if a.Record == "" {
		return nil
	}
	a.before, err = a.takeSnapshot(ctx)
	return err
}

// record stores what the agent did, once its processes are gone and before
// the tests are placed.
func (a *attempt) record(ctx context.Context) error {
	if a.Record == "" {
		return nil
	}
	after, err := a.takeSnapshot(ctx)
	if err != nil {
		return err
	}
	rec := &Recording{
		Schema: recordingSchema, Variant: a.job.Subject.Variant, Task: a.job.Task.ID, Attempt: a.job.Attempt,
		Ended: a.ending.Ended, Reason: a.ending.Reason, Seconds: a.trial.Seconds.Agent,
		transcript: redact(a.transcript.bytes(), a.secrets()),
		ledger:     a.Meter.Entries(a.job.ID()),
		telemetry:  a.Telemetry.Payloads(a.job.ID()),
	}
	rec.changes, rec.Deleted = after.since(a.before)
	if err := rec.write(a.Record); err != nil {
		return fmt.Errorf("recording trial: %w", err)
	}
	return nil
}

// since lists what was written and what was deleted, sorted by path.
func (s snapshot) since(before snapshot) (changes []change, deleted []string) {
	for name, c := range s {
		old, had := before[name]
		if !had || c.digest() != old.digest() {
			changes = append(changes, c)
		}
	}
	for name := range before {
		if _, still := s[name]; !still {
			deleted = append(deleted, name)
		}
	}
	slices.SortFunc(changes, func(x, y change) int { return strings.Compare(x.header.Name, y.header.Name) })
	slices.Sort(deleted)
	return changes, deleted
}

func (c change) digest() string {
	return fmt.Sprintf("%c %o %s %x", c.header.Typeflag, c.header.Mode&0o777, c.header.Linkname, sha256.Sum256(c.content))
}

// takeSnapshot reads the working directory's regular files and links.
func (a *attempt) takeSnapshot(ctx context.Context) (snapshot, error) {
	if a.workdir == "/" {
		return nil, errors.New("recording trial: the task's working directory is /, which cannot be recorded")
	}
	out, err := a.box.CopyOut(ctx, a.workdir)
	if err != nil {
		return nil, fmt.Errorf("recording trial: reading %s: %w", a.workdir, err)
	}
	defer out.Close()
	files := make(snapshot)
	for r := tar.NewReader(out); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, fmt.Errorf("recording trial: reading %s: %w", a.workdir, err)
		}
		_, name, below := strings.Cut(h.Name, "/")
		if !below || (h.Typeflag != tar.TypeReg && h.Typeflag != tar.TypeSymlink) {
			continue
		}
		content, err := io.ReadAll(r)
		if err != nil {
			return nil, fmt.Errorf("recording trial: reading %s: %w", h.Name, err)
		}
		files[name] = change{&tar.Header{
			Typeflag: h.Typeflag, Name: name, Linkname: h.Linkname, Mode: h.Mode & 0o777, ModTime: time.Unix(0, 0),
		}, content}
	}
}
