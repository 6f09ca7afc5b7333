package run

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/suite"
)

// A run that goes on from an earlier one takes each attempt that was answered,
// with the tries that broke before the answer: they are on the bill. An attempt
// without an answer is made again, and so is one that has another place in the
// order now.
func TestCarryTakesWhatWasAnswered(t *testing.T) {
	try := func(task string, seq, number int, ended baselines.Ended) baselines.Trial {
		return baselines.Trial{Task: task, Attempt: 1, Seq: seq, Try: number, Ended: ended}
	}
	before := &earlier{candidate: &baselines.Run{Trials: []baselines.Trial{
		try("flaky", 1, 1, baselines.InfraError), try("flaky", 1, 2, baselines.Finished),
		try("broken", 2, 1, baselines.InfraError), try("broken", 2, 2, baselines.InfraError), try("broken", 2, 3, baselines.InfraError),
		try("stopped", 3, 1, baselines.Cancelled),
		try("moved", 4, 1, baselines.Finished),
	}}}
	var steps []Step
	for i, id := range []string{"flaky", "broken", "stopped", "new", "moved"} {
		steps = append(steps, Step{Seq: i + 1, Attempt: 1, Task: &suite.Task{ID: id}})
	}
	c := carry(before, steps)
	if diff := cmp.Diff([]baselines.Trial{try("flaky", 1, 2, baselines.Finished)}, c.counted); diff != "" {
		t.Errorf("counted (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]baselines.Trial{try("flaky", 1, 1, baselines.InfraError)}, c.overhead); diff != "" {
		t.Errorf("overhead (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[baselines.Key]bool{{Task: "flaky", Attempt: 1}: true}, c.done); diff != "" {
		t.Errorf("attempts done (-want +got):\n%s", diff)
	}
}
