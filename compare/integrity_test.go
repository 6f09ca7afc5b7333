package compare_test

import (
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/compare"
	"github.com/google/go-cmp/cmp"
)

// What may say something else is counted by its names, and the pass rate without
// it is the mean over the tasks that keep an attempt.
func TestIntegrity(t *testing.T) {
	yes, no := true, false
	trial := func(task string, attempt int, solved *bool, ended baselines.Ended, flags ...baselines.Flag) baselines.Trial {
		return baselines.Trial{Seq: attempt, Task: task, Attempt: attempt, Try: 1, Ended: ended, Solved: solved, Flags: flags}
	}
	run := func(trials ...baselines.Trial) *baselines.Run {
		r := &baselines.Run{Trials: trials}
		for _, id := range []string{"a", "b", "c"} {
			r.Header.Suite.Tasks = append(r.Header.Suite.Tasks, baselines.Task{ID: id})
		}
		return r
	}
	candidate := run(
		trial("a", 1, &yes, baselines.Finished, baselines.Tampered),
		trial("a", 2, &no, baselines.Finished),
		trial("a", 3, &yes, baselines.Finished),
		trial("b", 1, &yes, baselines.Finished, baselines.FreshDisagrees, baselines.FallbackModel),
		trial("b", 2, nil, baselines.InfraError, baselines.Tampered), // does not count at all
		trial("c", 1, &no, baselines.Refused),
		trial("c", 2, &yes, baselines.Finished, baselines.FreshUnknown, baselines.NoToolCall, baselines.TelemetryMissing),
		trial("c", 3, &no, baselines.Finished, baselines.OtherModel),
		trial("c", 4, &yes, baselines.Finished, baselines.AnswersFetched),
		trial("c", 5, nil, baselines.AgentError, baselines.TestsNotRun, baselines.AnswersFetched, baselines.Tampered),
	)
	candidate.Trials[1].Sources = map[string]string{"answers_fetched": "transcript"}
	got := compare.Compare(run(), candidate).Candidate.Integrity
	want := compare.Integrity{
		Tampered: 3, AnswersFetched: 2, Refused: 1, Fallback: 2, PassRateWithout: new(0.75), // a 1/2, c 1/1
		LookedForAnswers: 1,
		Canaries:         map[baselines.Flag]int{baselines.NoToolCall: 1, baselines.TelemetryMissing: 1, baselines.TestsNotRun: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := compare.Compare(run(), run(trial("a", 1, &yes, baselines.Finished, baselines.Tampered))).Candidate.Integrity; got.PassRateWithout != nil {
		t.Errorf("without the only attempt the pass rate is %v", *got.PassRateWithout)
	}
}
