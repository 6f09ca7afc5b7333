package trial

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strings"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/sandbox"
)

// judge runs the tests: where the agent worked, or in a fresh sandbox. A trial
// that is solved where the agent worked, and in which it changed what may have
// made the tests say so, is verified again in a fresh one.
func (a *attempt) judge(ctx context.Context) error {
	var err error
	if a.Limits.Verifier == baselines.VerifierFresh && a.started {
		err = a.judgeFresh(ctx)
	} else if err = a.verify(ctx); err == nil && a.trial.IsSolved() && a.doubtful {
		a.verifyAgain(ctx)
	}
	a.trial.Tampered = a.namedIfFlagged()
	if err != nil {
		return err
	}
	changed := a.trial.Flagged(baselines.Tampered) || a.trial.Flagged(baselines.FreshDisagrees)
	if a.Limits.Tamper == baselines.TamperFail && a.trial.IsSolved() && changed {
		notSolved := false
		a.trial.Solved = &notSolved
		a.ending.Reason = joinReason(a.ending.Reason, "the tests passed, and the agent changed what they run through: not solved, as `tamper: fail` says")
	}
	return nil
}

// namedIfFlagged leaves out changes that turned out not to matter.
func (a *attempt) namedIfFlagged() []string {
	for _, f := range []baselines.Flag{baselines.Tampered, baselines.FreshDisagrees, baselines.FreshUnknown} {
		if a.trial.Flagged(f) {
			return a.trial.Tampered
		}
	}
	return nil
}

// verifyAgain runs the tests in a fresh sandbox and flags what they say there.
// What goes wrong with it is no matter of the trial, which has its answer.
func (a *attempt) verifyAgain(ctx context.Context) {
	fresh, err := a.freshSandbox(ctx)
	if err == nil {
		defer a.discard(ctx, fresh)
		err = fresh.verify(ctx)
		a.againLog = fresh.testsLog
	}
	switch {
	case ctx.Err() != nil:
	case err != nil:
		a.log.Warn("the tests could not be run again in a fresh sandbox", "error", err)
		a.flag(baselines.FreshUnknown)
	case !fresh.trial.IsSolved():
		a.flag(baselines.FreshDisagrees)
	}
}

// judgeFresh gives up the sandbox in which the agent worked for a fresh one.
func (a *attempt) judgeFresh(ctx context.Context) error {
	fresh, err := a.freshSandbox(ctx)
	if err != nil {
		return fmt.Errorf("making a fresh sandbox for the tests: %w", err)
	}
	if err := a.noteRefused(ctx); err != nil {
		a.log.Warn("what the agent's sandbox was refused is not known", "error", err)
	}
	given := &attempt{Runner: a.Runner, box: a.box, entrypoint: a.entrypoint}
	a.box, a.access, a.entrypoint = fresh.box, fresh.access, fresh.entrypoint
	a.discard(ctx, given)
	return a.verify(ctx)
}

func (a *attempt) discard(ctx context.Context, fresh *attempt) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTimeout)
	defer cancel()
	if err := fresh.remove(ctx); err != nil {
		a.log.Warn("a sandbox stays until the end of the run", "error", err)
	}
}

// freshSandbox makes a sandbox of the same image and carries the working
// directory to it. Its attempt has a record of its own.
func (a *attempt) freshSandbox(ctx context.Context) (*attempt, error) {
	if a.workdir == "/" {
		return nil, errors.New("the working directory is /, which cannot be carried")
	}
	fresh := &attempt{Runner: a.Runner, job: a.job, image: a.image, log: a.log, started: true, worked: true}
	fresh.trial.Started = a.trial.Started
	fresh.openFiles()
	spec := a.spec()
	spec.Trial += "/fresh"
	if err := fresh.createAs(ctx, spec); err != nil {
		return nil, fmt.Errorf("creating it: %w", err)
	}
	err := fresh.makeLogDirs(ctx)
	if err == nil {
		err = fresh.beginEntrypoint(ctx)
	}
	if err == nil {
		err = fresh.awaitHealthy(ctx)
	}
	if err == nil && fresh.entrypoint != nil { // as where the agent worked, and so that it undoes nothing that is carried
		err = fresh.stopProcesses(ctx)
	}
	if err == nil {
		err = a.carry(ctx, fresh)
	}
	if err != nil {
		a.discard(ctx, fresh)
		return nil, err
	}
	return fresh, nil
}

// What is carried is bounded: an agent may have filled the disk.
const (
	maxCarriedBytes = 2 << 30
	maxCarriedFiles = 500_000
)

// carry copies the working directory from one sandbox to the other, in place of
// what the image has there.
func (a *attempt) carry(ctx context.Context, to *attempt) error {
	if err := to.box.Empty(ctx, sandbox.Dir{Path: a.workdir, Mode: 0o755}); err != nil {
		return fmt.Errorf("carrying %s: %w", a.workdir, err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, placeTime, errDeadline)
	defer cancel()
	out, err := a.box.CopyOut(ctx, a.workdir)
	if err != nil {
		return fmt.Errorf("carrying %s: %w", a.workdir, err)
	}
	defer out.Close()
	pr, pw := io.Pipe()
	sifted := make(chan error, 1)
	go func() {
		err := sift(out, pw)
		pw.CloseWithError(err)
		sifted <- err
	}()
	err = to.box.CopyIn(ctx, path.Dir(a.workdir), pr)
	pr.CloseWithError(io.ErrClosedPipe) // ends sift when CopyIn gave up early
	out.Close()
	if siftErr := <-sifted; siftErr != nil && !errors.Is(siftErr, io.ErrClosedPipe) {
		err = siftErr
	}
	if err != nil {
		return fmt.Errorf("carrying %s: %w", a.workdir, err)
	}
	return nil
}

var errTooMuch = errors.New("it has more than is carried")

// sift copies a tar with what a task can have made: files, directories and links.
// Devices, pipes, set-user-ID bits and file capabilities stay behind.
func sift(in io.Reader, to io.Writer) error {
	out := tar.NewWriter(to)
	size, files := int64(0), 0
	for r := tar.NewReader(in); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out.Close()
		}
		if err != nil {
			return err
		}
		size, files = size+h.Size, files+1
		if size > maxCarriedBytes || files > maxCarriedFiles {
			return errTooMuch
		}
		if !carried(h) {
			continue
		}
		copied := &tar.Header{
			Typeflag: h.Typeflag, Name: h.Name, Linkname: h.Linkname, Size: h.Size,
			Mode: h.Mode & 0o1777, Uid: h.Uid, Gid: h.Gid, ModTime: h.ModTime,
		}
		if err := out.WriteHeader(copied); err != nil {
			return err
		}
		if _, err := io.Copy(out, r); err != nil {
			return err
		}
	}
}

func carried(h *tar.Header) bool {
	if !filepath.IsLocal(strings.TrimSuffix(h.Name, "/")) {
		return false
	}
	switch h.Typeflag {
	case tar.TypeReg, tar.TypeDir, tar.TypeSymlink:
		return true
	case tar.TypeLink:
		return filepath.IsLocal(h.Linkname)
	}
	return false
}
