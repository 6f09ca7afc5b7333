package run_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/sandbox/sandboxtest"
)

// An agent that looks everywhere finds neither the key nor the engine, no service of
// the machine, and no opening that another trial has.
func TestASearchFindsNothing(t *testing.T) {
	r := newRig(t)
	r.scripted(filepath.Join(e2eDir, "script.yaml"))
	port := sandboxtest.Listen(t, "0.0.0.0", "secret\n")
	w := watch(t, nil)
	config := strings.NewReplacer("SECRET_PORT", port, "timeout_multiplier: 0.1", "timeout_multiplier: 1").Replace(duel(t, "solve.sh", "searches.sh", 1))
	result := r.mustRun(strings.ReplaceAll(config, "agent: command,", "agent: command, model: claude-opus-4-8,"))
	w.end(t)
	if got := only(t, result.Candidate); !got.IsSolved() {
		t.Errorf("it ended as %s: %s", got.Ended, got.Reason)
	}
	r.foundNothing("the search has ended and is not blind")
	for id, text := range w.inspected {
		if strings.Contains(text, secretPart) {
			t.Errorf("the engine knows the key of container %s", id)
		}
	}
}

// What an agent leaves to be copied out harms nobody, and its trial is judged.
func TestWhatIsCopiedOutHarmsNobody(t *testing.T) {
	r := newRig(t)
	result := r.mustRun(duel(t, "solve.sh", "hoards.sh", 1))
	if got := only(t, result.Candidate); !got.IsSolved() || got.Seconds.Verify+got.Seconds.Stop > 30 {
		t.Errorf("it ended as %s after %+v: %s", got.Ended, got.Seconds, got.Reason)
	}
	r.foundNothing("everything is in place")
	err := filepath.WalkDir(r.onlyRun(), func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if !d.IsDir() && !d.Type().IsRegular() || info.Size() > 10<<20 || strings.ContainsAny(path, "\x1b\a") {
			t.Errorf("%q was kept: %s, %d bytes", path, d.Type(), info.Size())
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// Who fills the machine's disk ends, and it is told as the agent's doing.
func TestWhoFillsTheMachinesDiskEnds(t *testing.T) {
	r := newRig(t)
	result := r.mustRun(duel(t, "solve.sh", "fills.sh", 1))
	got := only(t, result.Candidate)
	if got.Ended != baselines.AgentError || !strings.Contains(got.Reason, "disk") || got.Seconds.Agent > 20 {
		t.Errorf("it ended as %s after %.1f s: %s", got.Ended, got.Seconds.Agent, got.Reason)
	}
	if honest := only(t, result.Baseline); !honest.IsSolved() {
		t.Errorf("the honest agent ended as %s: %s", honest.Ended, honest.Reason)
	}
}

// foundNothing: the candidate's one trial came to its end and printed no find.
func (r *rig) foundNothing(end string) {
	r.t.Helper()
	said := r.read("trials/candidate/leave-answer/1.1/transcript.jsonl")
	if !strings.Contains(said, end) || strings.Contains(said, "FOUND") {
		r.t.Errorf("the agent says\n%s\nwant %q, and nothing FOUND", said, end)
	}
}
