package trial

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/redact"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/suite"
	"github.com/benchgate/benchgate/internal/testlog"
)

// Where tests are placed, and where those in Harbor form write their answer.
const (
	testsDir    = "/tests"
	verifierDir = "/logs/verifier"
)

// verify places the task's tests, runs them, and reads their answer. When they
// give none, Solved stays nil; an error means that the infrastructure failed.
func (a *attempt) verify(ctx context.Context) error {
	tests := a.job.Task.Tests
	if cleared, err := a.clearAnswers(ctx); !cleared || err != nil {
		return err
	}
	if err := a.enter(ctx, phasesOf(a.job.Task).Tests); err != nil {
		return err
	}
	if err := a.placeUntil(ctx, tests.Files, placeTime); err != nil {
		return fmt.Errorf("placing tests: %w", err)
	}
	cmd := sandbox.Command{
		Argv: append(append([]string{}, tests.Shell...), a.box.Path(tests.Script)),
		Env:  tests.Env, User: cmp.Or(tests.User, a.image.User, "root"),
		Stdout: a.testsLog, Stderr: a.testsLog,
	}
	exit, err := a.execUntil(ctx, cmd, a.Limits.timeout(tests.Timeout))
	if errors.Is(err, errDeadline) {
		a.flag(baselines.TestsTimeout)
		a.ending.Reason = joinReason(a.ending.Reason, fmt.Sprintf("the tests were still running after %s", a.Limits.timeout(tests.Timeout)))
		return nil
	}
	if err != nil {
		return fmt.Errorf("running tests: %w", err)
	}
	if err := a.checkSandbox(ctx, exit); err != nil {
		return fmt.Errorf("running tests: %w", err)
	}
	if exit.OutOfMemory {
		a.flag(baselines.OutOfMemory)
	}
	if err := a.readAnswer(ctx); err != nil {
		return err
	}
	a.examineTests(ctx)
	return nil
}

// clearTime is how long removing may take: an agent can have left any number of
// files there.
const clearTime = 2 * time.Minute

// clearAnswers removes what the agent may have left where tests and their
// answer go. When something there cannot be removed the tests' answer could not
// be trusted: cleared is false and the tests do not run.
func (a *attempt) clearAnswers(ctx context.Context) (cleared bool, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, clearTime, errDeadline)
	defer cancel()
	err = a.box.Empty(ctx, sandbox.Dir{Path: testsDir, Mode: 0o755}, sandbox.Dir{Path: verifierDir, Mode: 0o777})
	switch {
	case err == nil:
		return true, nil
	case !errors.Is(err, sandbox.ErrStays) && !errors.Is(orDeadline(ctx, err), errDeadline):
		return false, fmt.Errorf("clearing %s: %w", verifierDir, err)
	}
	a.log.Warn("the tests do not run", "error", err)
	a.flag(baselines.TestsNotRun)
	a.ending.Reason = joinReason(a.ending.Reason, "what the agent left in place of the tests or their answer could not be removed")
	return false, nil
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
		files, err = a.verifierFiles(ctx)
		switch {
		case errors.Is(err, errDeadline):
			err = fmt.Errorf("it could not be read within %s", copyTime)
		case err != nil:
			return fmt.Errorf("reading the tests' answer: %w", err)
		default:
			answer, err = suite.ReadReward(files, a.job.Task.Tests.SolvedAt)
		}
	}
	if err != nil {
		a.flag(baselines.NoReward)
		a.ending.Reason = joinReason(a.ending.Reason, "the tests gave no answer: "+err.Error())
		return nil //nolint:nilerr // tests without an answer are a result of the trial
	}
	a.trial.Solved = &answer.Solved
	if !answer.Solved {
		a.ending.Reason = joinReason(a.ending.Reason, a.whyUnsolved(ctx, answer))
		a.ending.Reason = joinReason(a.ending.Reason, a.missedService())
	}
	return nil
}

// ctrfFile is the report that tests in Harbor form may write beside their answer.
const ctrfFile = "ctrf.json"

// whyUnsolved says which test failed first, where the tests' report or log names
// one, and beside it what of the answer is not said by that. A report that cannot
// be read is none: the trial is judged already.
func (a *attempt) whyUnsolved(ctx context.Context, answer suite.Answer) string {
	report, _ := a.copyFile(ctx, path.Join(verifierDir, ctrfFile), maxAnswer)
	first, named := testlog.FirstCTRF(report)
	if !named {
		first, named = testlog.First(a.testsLog.bytes())
	}
	// Shortened, a secret would not be found any more.
	first.Test, first.Says = redact.String(first.Test, a.secrets()), redact.String(first.Says, a.secrets())
	switch {
	case !named:
		return answer.Reason
	case answer.HasNothing():
		return "failed first: " + first.String()
	default:
		return joinReason(answer.Reason, "failed first: "+first.String())
	}
}

// maxAnswer bounds what is read of one answer file, in bytes: the tests run the
// agent's code, which can write there too.
const maxAnswer = 1<<20 + 1

// answerFiles are the files in which tests in Harbor form may answer.
var answerFiles = []string{"reward.json", "reward.txt"}

// verifierFiles returns the answer files in the verifier's directory, by name. Each
// is copied by itself: code of the agent's, run by the tests, can have put a file
// beside them that takes hours to read.
func (a *attempt) verifierFiles(ctx context.Context) (map[string][]byte, error) {
	files := make(map[string][]byte)
	for _, name := range answerFiles {
		text, err := a.copyFile(ctx, path.Join(verifierDir, name), maxAnswer)
		switch {
		case err == nil:
			files[name] = text
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	return files, nil
}

func joinReason(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
}
