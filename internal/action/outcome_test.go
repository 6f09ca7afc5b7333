package action

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/pullrequest"
	"github.com/benchgate/benchgate/internal/run"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/site"
)

func TestWhatFailsTheJob(t *testing.T) {
	of := func(o gate.Outcome) outcome { return outcome{result: &run.Result{Verdict: gate.Verdict{Outcome: o}}} }
	failing := &config.Config{Gate: config.Gate{OnInconclusive: config.ConcludeFail}}
	neutral := &config.Config{Gate: config.Gate{OnInconclusive: config.ConcludeNeutral}}
	for _, test := range []struct {
		name     string
		outcome  outcome
		config   *config.Config
		accepted bool
		exit     int // the output
		job      int // the step's
	}{
		{"pass", of(gate.Pass), neutral, false, 0, 0},
		{"regression", of(gate.Regression), neutral, false, 1, 1},
		{"regression that is accepted", of(gate.Regression), neutral, true, 1, 0},
		{"inconclusive", of(gate.Inconclusive), neutral, false, 3, 0},
		{"inconclusive, which fails", of(gate.Inconclusive), failing, false, 3, 3},
		{"incomparable", of(gate.Incomparable), neutral, false, 4, 4},
		{"incomparable is nothing to accept", of(gate.Incomparable), neutral, true, 4, 4},
		{"not measured", of(gate.NotMeasured), neutral, false, 5, 5},
		{"no word", of(""), neutral, false, 5, 5},
		{"first measurement", outcome{first: &run.Measured{}}, neutral, false, 5, 0},
		{"first measurement with gaps", outcome{first: &run.Measured{Missing: []baselines.Key{{Task: "a", Attempt: 1}}}}, neutral, false, 5, 5},
		{"no key", outcome{err: fmt.Errorf("opening: %w", &site.MissingKey{Agent: "claude-code", Variables: []string{"A", "B"}})}, neutral, false, 5, 5},
		{"no baseline", outcome{err: run.ErrNoBaseline}, neutral, false, 5, 5},
		{"cancelled", outcome{err: context.Canceled}, neutral, false, 5, 5},
		{"what GitHub refused", outcome{err: fmt.Errorf("reading: %w", pullrequest.ErrRefused)}, nil, false, 5, 5},
		{"a mistake in the configuration", outcome{err: errors.New("line 3")}, nil, false, 2, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.outcome.exitCode(); got != test.exit {
				t.Errorf("the output says %d, want %d", got, test.exit)
			}
			if got := test.outcome.jobCode(test.config, test.accepted); got != test.job {
				t.Errorf("the step exits with %d, want %d", got, test.job)
			}
		})
	}
}

// A comment says why in words of ours: what an image prints while it is built is in
// the engine's error.
func TestACommentHasNoStrangersWords(t *testing.T) {
	const foreign = "owned by an image"
	for _, test := range []struct {
		err  error
		want string
	}{
		{fmt.Errorf(foreign+": %w", sandbox.ErrEngine), "the engine for sandboxes cannot be used"},
		{fmt.Errorf(foreign+": %w", site.ErrNoAdmission), "the model API lets nobody in"},
		{fmt.Errorf(foreign+": %w", run.ErrNoBaseline), "there is no stored baseline"},
		{fmt.Errorf(foreign+": %w", errNotSaved), "the baseline is not saved"},
		{fmt.Errorf(foreign+": %w", pullrequest.ErrRefused), "the run failed"},
		{fmt.Errorf(foreign+": %w", &site.MissingKey{Agent: "claude-code", Variables: []string{"A"}}), "claude-code needs a key"},
		{errors.New(foreign), "configuration or suite cannot be used"},
	} {
		if got := (outcome{err: test.err}).cause(); !strings.Contains(got, test.want) || strings.Contains(got, foreign) {
			t.Errorf("%v: %q, want %q", test.err, got, test.want)
		}
	}
}
