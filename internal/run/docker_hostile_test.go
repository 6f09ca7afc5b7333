package run_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/run"
)

// duel is the configuration of two agents, each a script, on the one task of
// leaving an answer.
func duel(t *testing.T, baseline, candidate string, attempts int) string {
	t.Helper()
	command := func(name string) string {
		script, err := os.ReadFile(filepath.Join(e2eDir, "agents", name))
		if err != nil {
			t.Fatal(err)
		}
		argv, err := json.Marshal([]string{"bash", "-c", string(script)})
		if err != nil {
			t.Fatal(err)
		}
		return string(argv) // which is YAML too
	}
	return fmt.Sprintf(`
suite: {name: duel, tasks: [{path: tasks/leave-answer}]}
compare: settings
baseline: {agent: command, from: live, settings: {command: %s}}
candidate: {agent: command, settings: {command: %s}}
sandbox: docker
limits: {attempts: %d, workers: 2, timeout_multiplier: 0.1}
gate: {mode: fixed}
`, command(baseline), command(candidate), attempts)
}

func TestAtTheDeadlineNothingOfTheAgentSurvives(t *testing.T) {
	r := newRig(t)
	w := watch(t, nil)
	result := r.mustRun(duel(t, "solve.sh", "never-ends.sh", 1))
	w.end(t)
	honest, late := only(t, result.Baseline), only(t, result.Candidate)
	if honest.Ended != baselines.Finished || !honest.IsSolved() {
		t.Errorf("the baseline ended as %s, solved %v: %s", honest.Ended, deref(honest.Solved), honest.Reason)
	}
	if late.Ended != baselines.Timeout || late.Solved == nil || *late.Solved || !late.Flagged(baselines.Killed) {
		t.Errorf("the candidate ended as %s, solved %v, flags %v: %s", late.Ended, deref(late.Solved), late.Flags, late.Reason)
	}
	log := r.read("trials/candidate/leave-answer/1.1/tests.log")
	if !strings.Contains(log, "daemon-was-here") {
		t.Errorf("there was no daemon to stop:\n%s", log)
	}
	if !strings.Contains(log, "bash /tests/test.sh") || strings.Contains(log, "echo solved") {
		t.Errorf("the tests ran beside something of the agent:\n%s", log)
	}
	v := result.Verdict
	if v.Outcome == gate.Pass || len(v.Tasks) != 1 || v.Tasks[0].Candidate.Ended[baselines.Timeout] != 1 || v.Tasks[0].Candidate.Solved != 0 {
		t.Errorf("the verdict is %s, its row %+v", v.Outcome, v.Tasks)
	}
	nothingLeft(t, filepath.Base(result.Dir), w.volumes)
}

// What an agent does and says while it is told to end is kept, from a container too.
func TestWhatAnAgentSaysAtItsDeadlineIsKept(t *testing.T) {
	r := newRig(t)
	result := r.mustRun(duel(t, "solve.sh", "says-goodbye.sh", 1))
	late := only(t, result.Candidate)
	if late.Ended != baselines.Timeout || !late.IsSolved() {
		t.Errorf("the candidate ended as %s, solved %v: %s", late.Ended, deref(late.Solved), late.Reason)
	}
	if said := r.read("trials/candidate/leave-answer/1.1/transcript.jsonl"); said != "goodbye\n" {
		t.Errorf("its last words are %q", said)
	}
	if s := late.Seconds; s.Create == 0 || s.Stop == 0 || s.Remove == 0 || s.Stop > 3 {
		t.Errorf("the seconds are %+v", s)
	}
}

// The candidate's first attempt loses its container while the agent works, the
// second one while the tests run; every other try is told to go on.
func TestAKilledContainerIsTriedAgain(t *testing.T) {
	r := newRig(t)
	var killed []string
	w := watch(t, func(e event) {
		agent, tests := e.execs("until [ -e /tmp/go ]"), e.execs("/tests/test.sh")
		var act []string
		switch id := e.Actor.ID; {
		case agent && e.trial() == "candidate/leave-answer/1.1", tests && e.trial() == "candidate/leave-answer/2.1":
			act = []string{"kill", id}
			killed = append(killed, e.trial())
		case agent && e.trial() == "candidate/leave-answer/2.1":
			act = []string{"exec", id, "touch", "/app/hold", "/tmp/go"} // its tests will wait
		case agent:
			act = []string{"exec", id, "touch", "/tmp/go"}
		default:
			return
		}
		if _, err := docker(t.Context(), act...); err != nil {
			t.Error(err)
		}
	})
	result := r.mustRun(duel(t, "solve.sh", "waits.sh", 2))
	w.end(t)
	if len(killed) != 2 {
		t.Fatalf("containers of %v were killed, want the first try of both attempts", killed)
	}
	// Read from the disk: each try has its line.
	journal, err := baselines.ReadFile(filepath.Join(result.Dir, "candidate.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(map[string]baselines.Trial)
	for _, trial := range journal.Trials {
		ended[fmt.Sprintf("%d.%d", trial.Attempt, trial.Try)] = trial
	}
	for _, try := range []string{"1.1", "2.1"} {
		if first := ended[try]; first.Ended != baselines.InfraError || first.Solved != nil || first.Reason == "" {
			t.Errorf("%s was killed and ended as %s, solved %v: %q", try, first.Ended, deref(first.Solved), first.Reason)
		}
	}
	for _, try := range []string{"1.2", "2.2"} {
		if again := ended[try]; again.Ended != baselines.Finished || !again.IsSolved() {
			t.Errorf("%s ended as %s, solved %v: %s", try, again.Ended, deref(again.Solved), again.Reason)
		}
	}
	if len(ended) != 4 {
		t.Errorf("%d tries are in the journal, want two of each attempt", len(ended))
	}
	if row := result.Verdict.Tasks[0]; row.Candidate.Solved != 2 || row.Candidate.Attempts != 2 || row.Candidate.Ended[baselines.InfraError] != 0 {
		t.Errorf("the verdict counts %+v; the broken try stands for nothing", row.Candidate)
	}
	nothingLeft(t, filepath.Base(result.Dir), w.volumes)
}

// What an agent does to its own container ends no trial of another kind than its
// own: it is judged at its first try, by programs that it cannot have changed where
// there are such, and the record says where there are not.
func TestAnAgentThatBreaksItsContainerIsJudged(t *testing.T) {
	for script, want := range map[string]struct {
		ended  baselines.Ended
		flag   baselines.Flag
		solved bool
	}{
		"takes-the-shell.sh":     {baselines.Finished, "", true},
		"ends-its-container.sh":  {baselines.Timeout, baselines.Killed, true},
		"sleeps-as-the-shell.sh": {baselines.Finished, baselines.Tampered, true},
		"replaces-bash.sh":       {baselines.Finished, baselines.FreshDisagrees, true},
	} {
		t.Run(script, func(t *testing.T) {
			r := newRig(t)
			w := watch(t, nil)
			result := r.mustRun(duel(t, "solve.sh", script, 1))
			w.end(t)
			broken := only(t, result.Candidate)
			if broken.Ended != want.ended || broken.Try != 1 || broken.IsSolved() != want.solved || want.flag != "" && !broken.Flagged(want.flag) {
				t.Errorf("try %d ended as %s, solved %v, flags %v: %s", broken.Try, broken.Ended, deref(broken.Solved), broken.Flags, broken.Reason)
			}
			if row := result.Verdict.Tasks[0]; row.Candidate.Attempts != 1 {
				t.Errorf("the verdict counts %+v, want one attempt", row.Candidate)
			}
			tampered := broken.Flagged(baselines.Tampered) || broken.Flagged(baselines.FreshDisagrees)
			if i := result.Verdict.Integrity; i == nil || i.Tampered == nil || (*i.Tampered == 1) != tampered || (i.PassRateWithout == nil) != tampered {
				t.Errorf("of %v the verdict says %+v", broken.Flags, i)
			}
			nothingLeft(t, filepath.Base(result.Dir), w.volumes)
		})
	}
}

func TestCtrlCKeepsWhatIsFinished(t *testing.T) {
	r := newRig(t)
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	// Interrupted once the baseline's first trial is done and the candidate's
	// is at work; the candidate's never ends by itself.
	var finished, working atomic.Bool
	once := func() {
		if finished.Load() && working.Load() {
			interrupt()
		}
	}
	r.onProgress = func(p run.Progress) {
		if p.Arm == baselines.Baseline && p.Trial != nil {
			finished.Store(true)
			once()
		}
	}
	w := watch(t, func(e event) {
		if e.execs("until [ -e /tmp/go ]") {
			working.Store(true)
			once()
		}
	})
	result, err := r.run(ctx, duel(t, "solve.sh", "waits.sh", 3))
	w.end(t)
	if result != nil || !errors.Is(err, context.Canceled) {
		t.Fatalf("an interrupted run gives %+v, %v", result, err)
	}
	dir := r.onlyRun()
	if !strings.Contains(err.Error(), dir) {
		t.Errorf("the error does not say where the finished trials are: %v", err)
	}
	for _, arm := range []baselines.Arm{baselines.Baseline, baselines.Candidate} {
		journal, err := baselines.ReadFile(filepath.Join(dir, string(arm)+".jsonl"))
		if err != nil {
			t.Errorf("the journal of the %s cannot be read: %v", arm, err)
			continue
		}
		for _, trial := range journal.Trials {
			switch {
			case trial.Ended == baselines.Cancelled && trial.Solved == nil:
			case trial.Ended == baselines.Finished && trial.IsSolved() && arm == baselines.Baseline:
			default:
				t.Errorf("%s, attempt %d: ended as %s, solved %v: %s", arm, trial.Attempt, trial.Ended, deref(trial.Solved), trial.Reason)
			}
		}
		if arm == baselines.Baseline && (len(journal.Trials) == 0 || journal.Trials[0].Ended != baselines.Finished) {
			t.Errorf("the finished trial is not kept: %+v", journal.Trials)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "verdict.json")); err == nil {
		t.Error("an interrupted run has written a verdict")
	}
	nothingLeft(t, filepath.Base(dir), w.volumes)
}

// GitHub's runner kills 7.5 seconds after its first signal, so four busy trials have
// to be gone before that, with time left to say what was found.
func TestFourBusyTrialsAreGoneSoonAfterCtrlC(t *testing.T) {
	r := newRig(t)
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	var working atomic.Int32
	var interrupted atomic.Int64 // nanoseconds since 1970
	w := watch(t, func(e event) {
		if e.execs("trap '' TERM") && working.Add(1) == 4 {
			time.Sleep(300 * time.Millisecond) // until each has its children
			interrupted.Store(time.Now().UnixNano())
			interrupt()
		}
	})
	config := strings.Replace(duel(t, "deaf.sh", "deaf.sh", 2), "workers: 2", "workers: 4", 1)
	_, err := r.run(ctx, config)
	took := time.Since(time.Unix(0, interrupted.Load()))
	w.end(t)
	if !errors.Is(err, context.Canceled) || working.Load() != 4 {
		t.Fatalf("%d trials worked, and the run gives %v", working.Load(), err)
	}
	t.Logf("gone after %s", took.Round(time.Millisecond))
	if took > 5*time.Second {
		t.Errorf("everything was gone after %s, want 5 seconds at most", took)
	}
	nothingLeft(t, filepath.Base(r.onlyRun()), w.volumes)
}

func TestAnswersWrittenByTheAgentDoNotCount(t *testing.T) {
	for _, script := range []string{"cheats.sh", "cheats-by-links.sh"} {
		t.Run(script, func(t *testing.T) {
			r := newRig(t)
			result := r.mustRun(duel(t, "solve.sh", script, 1))
			cheat := only(t, result.Candidate)
			if cheat.Ended != baselines.Finished || cheat.Solved == nil || *cheat.Solved {
				t.Errorf("the cheat ended as %s, solved %v: %s", cheat.Ended, deref(cheat.Solved), cheat.Reason)
			}
			if honest := only(t, result.Baseline); !honest.IsSolved() {
				t.Errorf("the honest agent ended as %s, solved %v: %s", honest.Ended, deref(honest.Solved), honest.Reason)
			}
			if said := r.read("trials/candidate/leave-answer/1.1/transcript.jsonl"); !strings.Contains(said, "cheats are in place") {
				t.Errorf("the agent did not get to cheat: %s", said)
			}
			if log := r.read("trials/candidate/leave-answer/1.1/tests.log"); strings.Contains(log, "helpers were read") {
				t.Errorf("the tests read what the agent had left beside them:\n%s", log)
			}
		})
	}
}

// read returns a file of the one run that was made.
func (r *rig) read(name string) string {
	r.t.Helper()
	text, err := os.ReadFile(filepath.Join(r.onlyRun(), filepath.FromSlash(name)))
	if err != nil {
		r.t.Error(err)
	}
	return string(text)
}

func only(t *testing.T, r *baselines.Run) baselines.Trial {
	t.Helper()
	if len(r.Trials) != 1 {
		t.Fatalf("%d trials of the %s, want one", len(r.Trials), r.Header.Arm)
	}
	return r.Trials[0]
}
