package trial

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/plain"
	"github.com/benchgate/benchgate/internal/suite"
)

// baitTime is how long an answer that no test wrote is watched. A process that keeps
// an answer as it wants it looks more often than once a second, or it would come too
// late for the tests' own.
const baitTime = time.Second

// bait is an answer of our own, of no use to anybody: that of tests that failed.
const bait = "0\n"

// examineTests looks for what a process that was kept did to tests that passed: the
// placed files must be as they were placed, and an answer that we write must stay as it
// is. It is called when the tests have ended. Where no process was kept, nothing was
// there to do it.
func (a *attempt) examineTests(ctx context.Context) {
	if !a.job.KeepProcesses || !a.isolated || !a.trial.IsSolved() {
		return
	}
	found, err := a.changedTests(ctx)
	if err == nil && a.job.Task.Tests.Reward != suite.PytestOutput { // which is what the tests print
		var answers []string
		answers, err = a.changedBait(ctx)
		found = append(found, answers...)
	}
	switch {
	case ctx.Err() != nil:
		return
	case err != nil:
		a.log.Warn("what kept processes did to the tests is not known", "error", err)
		found = append(found, testsDir+": what a process that was kept did to it could not be looked at")
	}
	if len(found) == 0 {
		return
	}
	a.doubtful = true
	a.flag(baselines.Tampered)
	for _, f := range found[:min(len(found), max(0, maxTampered-len(a.trial.Tampered)))] {
		a.trial.Tampered = append(a.trial.Tampered, plain.Line(f, maxTamperedText))
	}
}

// changedTests names the placed files that are not as they were placed.
func (a *attempt) changedTests(ctx context.Context) (found []string, err error) {
	byDir := make(map[string][]suite.Placed)
	for _, p := range a.job.Task.Tests.Files {
		byDir[p.Dir] = append(byDir[p.Dir], p)
	}
	for _, dir := range slices.Sorted(maps.Keys(byDir)) {
		placed, err := digestsOfPlaced(byDir[dir])
		if err != nil {
			return found, fmt.Errorf("reading the tests again: %w", err)
		}
		there, err := a.digestsIn(ctx, dir)
		if err != nil {
			return found, fmt.Errorf("reading the tests in the sandbox: %w", err)
		}
		for _, name := range slices.Sorted(maps.Keys(placed)) {
			if placed[name] != there[name] {
				found = append(found, path.Join(dir, name)+": was changed while the tests ran, and processes were kept")
			}
		}
	}
	return found, nil
}

// changedBait writes an answer of our own into the place of the tests' and names what
// did not stay so.
func (a *attempt) changedBait(ctx context.Context) (found []string, err error) {
	var packed bytes.Buffer
	out := tar.NewWriter(&packed)
	for _, name := range answerFiles {
		err := out.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(bait)), Mode: 0o666, ModTime: a.Now()})
		if err == nil {
			_, err = io.WriteString(out, bait)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := out.Close(); err != nil {
		return nil, err
	}
	placing, cancel := context.WithTimeoutCause(ctx, copyTime, errDeadline)
	defer cancel()
	if err := a.box.CopyIn(placing, verifierDir, &packed); err != nil {
		return nil, fmt.Errorf("writing an answer of our own: %w", orDeadline(placing, err))
	}
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(baitTime):
	}
	for _, name := range answerFiles {
		text, err := a.copyFile(ctx, path.Join(verifierDir, name), maxAnswer)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("reading an answer of our own: %w", err)
		}
		if string(text) != bait {
			found = append(found, path.Join(verifierDir, name)+": was written when the tests had ended, and processes were kept")
		}
	}
	return found, nil
}

// digestsOfPlaced are those of the files as they are placed, by their names there.
func digestsOfPlaced(placed []suite.Placed) (map[string]string, error) {
	pr, pw := io.Pipe()
	var packing sync.WaitGroup
	packing.Go(func() { pw.CloseWithError(packPlaced(pw, placed)) })
	digests, err := digestsOf(pr)
	pr.CloseWithError(io.ErrClosedPipe) // ends the packer when digestsOf gave up early
	packing.Wait()
	return digests, err
}

// digestsIn are those of a directory's files in the sandbox, by their names in it.
func (a *attempt) digestsIn(ctx context.Context, dir string) (map[string]string, error) {
	out, err := a.copyOut(ctx, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer out.Close()
	all, err := digestsOf(out)
	below := make(map[string]string, len(all))
	for name, digest := range all {
		if name, is := strings.CutPrefix(name, path.Base(dir)+"/"); is {
			below[name] = digest
		}
	}
	return below, err
}

// digestsOf are those of a tar's files and links, by kind, target and content. What is
// more than a fresh sandbox would be given is [errTooMuch].
func digestsOf(in io.Reader) (map[string]string, error) {
	digests, size := make(map[string]string), int64(0)
	for r := tar.NewReader(in); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return digests, nil
		}
		if err != nil {
			return nil, err
		}
		if size += h.Size; size > maxCarriedBytes || len(digests) > maxCarriedFiles {
			return nil, errTooMuch
		}
		if h.Typeflag == tar.TypeDir {
			continue
		}
		sum := sha256.New()
		if _, err := io.Copy(sum, r); err != nil {
			return nil, err
		}
		digests[path.Clean(h.Name)] = fmt.Sprintf("%c %s %x", h.Typeflag, h.Linkname, sum.Sum(nil))
	}
}
