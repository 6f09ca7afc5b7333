package baselines_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/google/go-cmp/cmp"
)

// ran is a run of tasks a and b with the given attempts; each trial's session
// says where it comes from.
func ran(id string, day, attempts int) *baselines.Run {
	h := journalHeader()
	h.ID, h.Created = id, time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC)
	r := &baselines.Run{Header: h}
	for attempt := 1; attempt <= attempts; attempt++ {
		for _, task := range []string{"a", "b"} {
			t := trial(len(r.Trials)+1, task, attempt)
			t.SessionID = fmt.Sprintf("%s/%s%d", id, task, attempt)
			r.Trials = append(r.Trials, t)
		}
	}
	return r
}

func sessions(trials []baselines.Trial) []string {
	var out []string
	for _, t := range trials {
		out = append(out, fmt.Sprintf("%d %s.%d=%s", t.Seq, t.Task, t.Attempt, t.SessionID))
	}
	return out
}

func TestPoolNumbersAttemptsAnewInTheOrderOfTheirRuns(t *testing.T) {
	old, young := ran("old", 1, 2), ran("young", 2, 1)
	young.Header.Plan, young.Header.Stopping, young.Header.Against = "sha256:1", baselines.ByInformedGate, "older"
	old.Trials[1].Ended = baselines.InfraError // b's first attempt says nothing
	got := must(baselines.Pool([]*baselines.Run{young, old}))(t)
	want := []string{
		"1 a.1=old/a1", "2 b.1=old/b2",
		"3 a.2=old/a2", "4 b.2=young/b1",
		"5 a.3=young/a1",
	}
	if diff := cmp.Diff(want, sessions(got.Trials)); diff != "" {
		t.Errorf("pooled trials (-want +got):\n%s", diff)
	}
	h := got.Header
	if h.ID != "young+1-b5f1215a" || h.Limits.Attempts != 3 || h.Plan != "" || h.Stopping != baselines.ByNothing || h.Against != "" {
		t.Errorf("header is %s with %d attempts, plan %q, watched by %q against %q; want young+1-b5f1215a, 3, no plan, watched by none", h.ID, h.Limits.Attempts, h.Plan, h.Stopping, h.Against)
	}
	if err := got.Validate(); err != nil {
		t.Error(err)
	}
	if old.Trials[0].Seq != 1 || young.Trials[0].Attempt != 1 {
		t.Error("pooling changed the runs it was given")
	}
}

// The name of a pool says which runs it is of, in whatever order they come.
func TestEveryPoolHasItsOwnID(t *testing.T) {
	a, b, c, young := ran("a", 1, 1), ran("b", 2, 1), ran("c", 2, 1), ran("young", 3, 1)
	id := func(runs ...*baselines.Run) string { return must(baselines.Pool(runs))(t).Header.ID }
	if one, same := id(a, b, young), id(young, b, a); one != same {
		t.Errorf("the same runs are %s and %s", one, same)
	}
	if one, other := id(a, b, young), id(a, c, young); one == other {
		t.Errorf("pools of different runs are both %s", one)
	}
}

func TestPoolKeepsTheLastTwentyAttempts(t *testing.T) {
	var runs []*baselines.Run
	for day := 1; day <= 5; day++ {
		runs = append(runs, ran(fmt.Sprintf("d%d", day), day, 5))
	}
	got := must(baselines.Pool(runs))(t)
	if len(got.Trials) != 2*baselines.MaxPooled {
		t.Fatalf("%d trials, want %d", len(got.Trials), 2*baselines.MaxPooled)
	}
	if first := got.Trials[0].SessionID; first != "d2/a1" {
		t.Errorf("the oldest kept attempt is %s, want d2/a1", first)
	}
}

func TestPoolRefusesOtherExperiments(t *testing.T) {
	a, b := ran("a", 1, 1), ran("b", 2, 1)
	a.Header.Variant.Model = "another"
	_, err := baselines.Pool([]*baselines.Run{a, b})
	want := `pooling runs: variant.model is another in a and claude-opus-4-8 in b`
	if err == nil || err.Error() != want {
		t.Errorf("error is %v, want %s", err, want)
	}
	if _, err := baselines.Pool(nil); !errors.Is(err, baselines.ErrNotFound) {
		t.Errorf("error is %v, want ErrNotFound", err)
	}
}

func TestPrunableKeepsTheNewestOfEachKind(t *testing.T) {
	var entries []baselines.Entry // newest first, as lists are
	for day := 9; day >= 1; day-- {
		r := ran(fmt.Sprintf("d%d", day), day, 1)
		if day == 1 {
			r.Header.Variant.Model = "another" // the only one of its kind
		}
		entries = append(entries, baselines.NewEntry(r))
	}
	got := baselines.Prunable(entries, 3, time.Date(2026, 11, 5, 0, 0, 0, 0, time.UTC))
	if want := "d4 d3 d2"; strings.Join(got, " ") != want {
		t.Errorf("prunable are %v, want %s", got, want)
	}
}
