package trial

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
)

// verifierDir is where Harbor tests leave their answer.
const verifierDir = "/logs/verifier"

// verify places the task's tests, runs them, and reads what they say. Tests
// that give no answer leave Solved absent; an error means that the
// infrastructure failed.
func (a *attempt) verify(ctx context.Context) error {
	tests := a.job.Task.Tests
	if err := a.clearAnswers(ctx); err != nil {
		return err
	}
	if err := a.place(ctx, tests.Files); err != nil {
		return fmt.Errorf("placing tests: %w", err)
	}
	cmd := sandbox.Command{
		Argv: append(append([]string{}, tests.Shell...), a.box.Path(tests.Script)),
		Env:  tests.Env, User: tests.User,
		Stdout: a.testsLog, Stderr: a.testsLog,
	}
	if cmd.User == "" {
		cmd.User = "root"
	}
	exit, err := a.execUntil(ctx, cmd, a.Limits.timeout(tests.Timeout))
	if errors.Is(err, errDeadline) {
		a.flag(baselines.TestsTimeout)
		return nil
	}
	if err != nil {
		return fmt.Errorf("running tests: %w", err)
	}
	if exit.OutOfMemory {
		a.flag(baselines.OutOfMemory)
	}
	return a.readAnswer(ctx)
}

// clearAnswers removes what the agent may have left where tests and their
// answer go.
func (a *attempt) clearAnswers(ctx context.Context) error {
	dir, tests := a.box.Path(verifierDir), a.box.Path("/tests")
	script := `rm -rf "$0" "$1" && mkdir -p "$0" && chmod 777 "$0"`
	exit, err := a.box.Exec(ctx, sandbox.Command{Argv: []string{"sh", "-c", script, dir, tests}, User: "root", Stderr: a.testsLog})
	if err != nil {
		return fmt.Errorf("clearing %s: %w", verifierDir, err)
	}
	if exit.Code != 0 {
		return fmt.Errorf("clearing %s: rm ended with %d", verifierDir, exit.Code)
	}
	return nil
}

// readAnswer takes the tests' answer out of the sandbox.
func (a *attempt) readAnswer(ctx context.Context) error {
	var answer suite.Answer
	var err error
	switch a.job.Task.Tests.Reward {
	case suite.PytestOutput:
		answer, err = suite.ReadPytest(a.testsLog.text())
	default:
		var files map[string][]byte
		if files, err = a.verifierFiles(ctx); err != nil {
			return fmt.Errorf("reading the tests' answer: %w", err)
		}
		answer, err = suite.ReadReward(files)
	}
	if err != nil {
		a.flag(baselines.NoReward)
		a.ending.Reason = joinReason(a.ending.Reason, "the tests gave no answer: "+err.Error())
		return nil
	}
	a.trial.Solved = &answer.Solved
	if !answer.Solved {
		a.ending.Reason = joinReason(a.ending.Reason, answer.Reason)
	}
	return nil
}

// maxAnswer bounds what is read of one answer file: an agent may have left a
// link to something large.
const maxAnswer = 1 << 20

// verifierFiles returns the regular files of the verifier's directory.
func (a *attempt) verifierFiles(ctx context.Context) (map[string][]byte, error) {
	out, err := a.box.CopyOut(ctx, verifierDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer out.Close()
	files := make(map[string][]byte)
	for r := tar.NewReader(out); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		if files[path.Base(h.Name)], err = io.ReadAll(io.LimitReader(r, maxAnswer)); err != nil {
			return nil, err
		}
	}
}

// place copies host files into the sandbox.
func (a *attempt) place(ctx context.Context, placed []suite.Placed) error {
	for _, p := range placed {
		pr, pw := io.Pipe()
		go func() { pw.CloseWithError(packPlaced(pw, p)) }()
		err := a.box.CopyIn(ctx, p.Dir, pr)
		pr.CloseWithError(io.ErrClosedPipe) // ends the packer when CopyIn gave up early
		if err != nil {
			return fmt.Errorf("placing %s in %s: %w", filepath.Base(p.Host), p.Dir, err)
		}
	}
	return nil
}

// packPlaced writes a tar of one file, or of a directory's content.
func packPlaced(w io.Writer, p suite.Placed) error {
	out := tar.NewWriter(w)
	err := filepath.WalkDir(p.Host, func(file string, d fs.DirEntry, err error) error {
		if err != nil || (file == p.Host && d.IsDir()) {
			return err
		}
		name, err := filepath.Rel(p.Host, file)
		if err != nil {
			return err
		}
		if file == p.Host {
			name = p.Name
		}
		return packFile(out, file, filepath.ToSlash(name), d, p.Exec)
	})
	return errors.Join(err, out.Close())
}

func packFile(out *tar.Writer, file, name string, d fs.DirEntry, exec bool) error {
	info, err := d.Info()
	if err != nil {
		return err
	}
	link := ""
	if info.Mode()&fs.ModeSymlink != 0 {
		if link, err = os.Readlink(file); err != nil {
			return err
		}
	}
	h, err := tar.FileInfoHeader(info, link)
	if err != nil {
		return err
	}
	// The host's owners mean nothing in the sandbox.
	h.Uid, h.Gid, h.Uname, h.Gname = 0, 0, "", ""
	h.Name, h.AccessTime, h.ChangeTime = name, time.Time{}, time.Time{}
	if exec && info.Mode().IsRegular() {
		h.Mode |= 0o111
	}
	if err := out.WriteHeader(h); err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return nil
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(out, f)
	return err
}

func joinReason(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}
