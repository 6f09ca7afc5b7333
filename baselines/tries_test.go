package baselines_test

import (
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/google/go-cmp/cmp"
)

// An attempt is tried again while the infrastructure breaks it. Whatever a run
// made of it, the try after which it went no further is the one that counts.
func TestTheFinalTryIsTheOneThatCounts(t *testing.T) {
	for _, tt := range []struct {
		name string
		ends []baselines.Ended
		last int // the final try
	}{
		{"the first try is good", []baselines.Ended{baselines.Finished}, 1},
		{"what the agent did is its own", []baselines.Ended{baselines.AgentError}, 1},
		{"it recovers", []baselines.Ended{baselines.InfraError, baselines.Timeout}, 2},
		{"it recovers late", []baselines.Ended{baselines.InfraError, baselines.InfraError, baselines.Finished}, 3},
		{"it stays broken", []baselines.Ended{baselines.InfraError, baselines.InfraError, baselines.InfraError}, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := &baselines.Run{Header: journalHeader()}
			for i, ended := range tt.ends {
				try := trial(1, "a", 1)
				try.Try, try.Ended = i+1, ended
				if got, want := try.Final(), try.Try == tt.last; got != want {
					t.Errorf("try %d, %s: final is %v, want %v", try.Try, ended, got, want)
				}
				r.Trials = append(r.Trials, try)
			}
			counted, overhead := r.Counted(), r.Overhead()
			if len(counted) != 1 || counted[0].Try != tt.last {
				t.Errorf("counted is %+v, want try %d alone", counted, tt.last)
			}
			if len(overhead) != len(tt.ends)-1 {
				t.Errorf("%d tries are overhead, want %d", len(overhead), len(tt.ends)-1)
			}
		})
	}
}

// Its second try was cancelled: the first, which broke, is not its end.
func TestAnAttemptThatWasStoppedHasNoEnd(t *testing.T) {
	broken, stopped := trial(1, "a", 1), trial(1, "a", 1)
	broken.Ended = baselines.InfraError
	stopped.Ended, stopped.Try = baselines.Cancelled, 2
	r := &baselines.Run{Header: journalHeader(), Trials: []baselines.Trial{broken, stopped}}
	if counted := r.Counted(); len(counted) != 0 {
		t.Errorf("counted is %+v, want nothing", counted)
	}
	if overhead := r.Overhead(); len(overhead) != 2 {
		t.Errorf("%d tries are overhead, want both", len(overhead))
	}
}

// Files are gathered from several places: their lines are in any order, and a
// try may be there twice.
func TestCountedTakesOneTryOfEachAttempt(t *testing.T) {
	broken, good, stopped, other := trial(2, "a", 1), trial(2, "a", 1), trial(2, "a", 1), trial(1, "b", 1)
	broken.Ended, good.Try = baselines.InfraError, 2
	stopped.Ended, stopped.Try = baselines.Cancelled, 3
	r := &baselines.Run{Header: journalHeader(), Trials: []baselines.Trial{stopped, good, broken, good, other}}
	if diff := cmp.Diff([]baselines.Trial{other, good}, r.Counted()); diff != "" {
		t.Errorf("counted (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]baselines.Trial{stopped, broken}, r.Overhead()); diff != "" {
		t.Errorf("overhead (-want +got):\n%s", diff)
	}
}
