package trial_test

import (
	"context"
	"io"
	"path"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/trial"
)

// Code of the agent's runs with the tests and can write beside their answer, or in
// its place, a file that takes a day to read and no room.
func TestATerabyteOfNothingDoesNotKeepTheVerifier(t *testing.T) {
	for name, c := range map[string]struct{ script, want string }{
		"beside the answer":      {`truncate -s 1T "$V/big"; echo 1 > "$V/reward.txt"`, "solved"},
		"in place of the answer": {`truncate -s 1T "$V/reward.txt"`, "no answer"},
		"a pipe for the answer":  {`mkfifo "$V/reward.json"; echo 1 > "$V/reward.txt"`, "solved"},
		"a link for the answer":  {`echo 1 > "$V/other"; ln -s other "$V/reward.txt"`, "no answer"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, "")
			task := r.task(map[string]string{"tests/test.sh": "#!/bin/sh\nV=\"${BENCHGATE_ROOT:-}/logs/verifier\"\n" + c.script + "\n"})
			r.want(r.run(task, r.script("true")), baselines.Finished, c.want)
		})
	}
}

// slowCopies is an engine that opens a copy of some path and gives nothing.
type slowCopies struct {
	sandbox.Engine
	of string // the path's last element
}

func (e slowCopies) Create(ctx context.Context, spec sandbox.Spec) (sandbox.Sandbox, error) {
	box, err := e.Engine.Create(ctx, spec)
	return slowBox{box, e.of}, err
}

type slowBox struct {
	sandbox.Sandbox
	of string
}

func (b slowBox) CopyOut(ctx context.Context, name string) (io.ReadCloser, error) {
	if path.Base(name) != b.of {
		return b.Sandbox.CopyOut(ctx, name)
	}
	in, _ := io.Pipe()
	return in, nil
}

func TestACopyThatGivesNothingEnds(t *testing.T) {
	trial.SetCopyTime(t, 50*time.Millisecond)
	r := newRig(t, "")
	r.Engine = slowCopies{r.Engine, "reward.json"}
	got := r.run(r.task(nil), r.script("echo 42 > answer.txt"))
	r.want(got, baselines.Finished, "no answer")
	r.wantReason(got, "could not be read within")
	if !got.Flagged(baselines.NoReward) {
		t.Errorf("flags %v, want no_reward", got.Flags)
	}
}
