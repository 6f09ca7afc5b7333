// Package storetest tests an implementation of [baselines.Store] for what its
// documentation promises. A store's own test calls [Run].
package storetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/google/go-cmp/cmp"
)

// Run tests a store. Open returns a new handle on one place that is empty at
// the first call of each t; further calls with the same t open the same place
// again, as another process would.
func Run(t *testing.T, open func(t *testing.T) baselines.Store) {
	for name, test := range map[string]func(*testing.T, func(*testing.T) baselines.Store){
		"an empty store has nothing":            empty,
		"a saved run comes back as it was":      roundTrip,
		"saving again":                          saveAgain,
		"bad ids are refused":                   badIDs,
		"list filters and sorts":                list,
		"promoting accepts a run":               promote,
		"a removed run is gone":                 remove,
		"a loaded run is the caller's":          owned,
		"an ended context does nothing":         ended,
		"concurrent saves of one run keep it":   concurrent,
		"find pools what was accepted":          find,
		"a broken ledger leaves nothing behind": brokenLedger,
		"an invalid run is refused":             invalid,
		"the ledger is kept apart from the run": ledgers,
		"two handles see each other's writes":   shared,
		"a trial's unknown values stay unknown": unknown,
	} {
		t.Run(name, func(t *testing.T) { test(t, open) })
	}
}

// day is a fixed point in time; stores read no clock.
var day = time.Date(2026, 11, 1, 3, 0, 0, 0, time.UTC)

// sample is a run of two tasks and the given attempts, created some days
// after day.
func sample(id string, days, attempts int) *baselines.Run {
	r := &baselines.Run{Header: baselines.Header{
		Schema:  baselines.SchemaV1,
		ID:      id,
		Created: day.AddDate(0, 0, days),
		Arm:     baselines.Candidate,
		Variant: baselines.Variant{Name: "m", Agent: baselines.Agent{Name: "claude-code", Version: "2.1.330"}, Model: "m"},
		Suite:   baselines.Suite{Name: "s", Digest: "sha256:5", Tasks: []baselines.Task{{ID: "a"}, {ID: "b"}}},
		Limits:  baselines.Limits{Attempts: attempts, TimeoutMultiplier: 1},
	}}
	for attempt := 1; attempt <= attempts; attempt++ {
		for _, task := range r.Header.Suite.Tasks {
			r.Trials = append(r.Trials, baselines.Trial{
				Seq: len(r.Trials) + 1, Task: task.ID, Attempt: attempt, Try: 1,
				Ended: baselines.Finished, Solved: new(task.ID == "a"), SessionID: id,
			})
		}
	}
	return r
}

func save(t *testing.T, s baselines.Store, runs ...*baselines.Run) {
	t.Helper()
	for _, r := range runs {
		if err := s.Save(t.Context(), r, nil); err != nil {
			t.Fatal(err)
		}
	}
}

func ids(t *testing.T, s baselines.Store, q baselines.Query) []string {
	t.Helper()
	entries, err := s.List(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Header.ID)
	}
	return out
}

func empty(t *testing.T, open func(*testing.T) baselines.Store) {
	s := open(t)
	if got := ids(t, s, baselines.Query{}); got != nil {
		t.Errorf("list has %v", got)
	}
	_, err := s.Load(t.Context(), "r1")
	wantErr(t, "load", err, baselines.ErrNotFound)
	_, err = s.Ledger(t.Context(), "r1")
	wantErr(t, "ledger", err, baselines.ErrNotFound)
	wantErr(t, "promote", s.Promote(t.Context(), "r1"), baselines.ErrNotFound)
	wantErr(t, "remove", s.Remove(t.Context(), "r1"), baselines.ErrNotFound)
	_, err = baselines.Find(t.Context(), s, sample("r1", 0, 1).Header, time.Time{}, nil)
	wantErr(t, "find", err, baselines.ErrNotFound)
}

func wantErr(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: error is %v, want %v", what, err, want)
	}
}

func roundTrip(t *testing.T, open func(*testing.T) baselines.Store) {
	r := sample("r1", 0, 3)
	save(t, open(t), r)
	got, err := open(t).Load(t.Context(), "r1")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r, got); diff != "" {
		t.Errorf("run (-saved +loaded):\n%s", diff)
	}
}

func unknown(t *testing.T, open func(*testing.T) baselines.Store) {
	r := sample("r1", 0, 1)
	r.Trials[0].Solved = nil
	r.Trials[1].ToolErrors = new(0)
	save(t, open(t), r)
	got, err := open(t).Load(t.Context(), "r1")
	if err != nil {
		t.Fatal(err)
	}
	if got.Trials[0].Solved != nil || got.Trials[0].ToolErrors != nil {
		t.Error("what was unknown became known")
	}
	if got.Trials[1].ToolErrors == nil {
		t.Error("a known zero became unknown")
	}
}

func saveAgain(t *testing.T, open func(*testing.T) baselines.Store) {
	s := open(t)
	save(t, s, sample("r1", 0, 1), sample("r1", 0, 1))
	if err := s.Promote(t.Context(), "r1"); err != nil {
		t.Fatal(err)
	}
	save(t, s, sample("r1", 0, 1)) // as a repeated CI job does
	if got, err := s.Load(t.Context(), "r1"); err != nil || got.Header.Arm != baselines.Baseline {
		t.Errorf("saving a promoted run again: arm %v, error %v; want it still promoted", got.Header.Arm, err)
	}
	wantErr(t, "another run under the same id", s.Save(t.Context(), sample("r1", 0, 2), nil), baselines.ErrExists)
	wantErr(t, "the same run with another ledger",
		s.Save(t.Context(), sample("r1", 0, 1), strings.NewReader("{}\n")), baselines.ErrExists)
}

func badIDs(t *testing.T, open func(*testing.T) baselines.Store) {
	s := open(t)
	for _, id := range []string{"..", ".", "../x", "a/b", `a\b`, ".hidden", "-f", "a b", "a\n", strings.Repeat("a", 129)} {
		wantErr(t, fmt.Sprintf("save %q", id), s.Save(t.Context(), sample(id, 0, 1), nil), baselines.ErrBadID)
		_, err := s.Load(t.Context(), id)
		wantErr(t, fmt.Sprintf("load %q", id), err, baselines.ErrNotFound)
		wantErr(t, fmt.Sprintf("remove %q", id), s.Remove(t.Context(), id), baselines.ErrNotFound)
	}
	if got := ids(t, s, baselines.Query{}); got != nil {
		t.Errorf("list has %v", got)
	}
}

func list(t *testing.T, open func(*testing.T) baselines.Store) {
	s := open(t)
	other := sample("other", 4, 1)
	other.Header.Variant.Model = "another"
	save(t, s, sample("r2", 2, 2), sample("r1", 1, 1), sample("r3", 3, 1), sample("r3b", 3, 1), other)
	fingerprint := sample("", 0, 1).Header.Fingerprint()
	for _, tt := range []struct {
		query baselines.Query
		want  []string
	}{
		{baselines.Query{}, []string{"other", "r3", "r3b", "r2", "r1"}},
		{baselines.Query{Fingerprint: fingerprint}, []string{"r3", "r3b", "r2", "r1"}},
		{baselines.Query{Fingerprint: fingerprint, Since: day.AddDate(0, 0, 2)}, []string{"r3", "r3b", "r2"}},
		{baselines.Query{Arm: baselines.Baseline}, nil},
	} {
		if diff := cmp.Diff(tt.want, ids(t, s, tt.query)); diff != "" {
			t.Errorf("list %+v (-want +got):\n%s", tt.query, diff)
		}
	}
	entries, err := s.List(t.Context(), baselines.Query{Since: day.AddDate(0, 0, 4)})
	if err != nil {
		t.Fatal(err)
	}
	want := []baselines.Entry{{Header: other.Header, Attempts: 1, Solved: 1, Valid: 2}}
	if diff := cmp.Diff(want, entries); diff != "" {
		t.Errorf("entry (-want +got):\n%s", diff)
	}
}

func promote(t *testing.T, open func(*testing.T) baselines.Store) {
	s := open(t)
	save(t, s, sample("r1", 1, 1), sample("r2", 2, 1))
	for range 2 { // twice is no error
		if err := s.Promote(t.Context(), "r1"); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"r1"}, ids(t, s, baselines.Query{Arm: baselines.Baseline})); diff != "" {
		t.Errorf("accepted (-want +got):\n%s", diff)
	}
	want := sample("r1", 1, 1)
	want.Header.Arm = baselines.Baseline
	got, err := s.Load(t.Context(), "r1")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("promoting changed more than the arm (-want +got):\n%s", diff)
	}
}

func remove(t *testing.T, open func(*testing.T) baselines.Store) {
	s := open(t)
	save(t, s, sample("r1", 1, 1), sample("r2", 2, 1))
	if err := s.Remove(t.Context(), "r1"); err != nil {
		t.Fatal(err)
	}
	wantErr(t, "remove again", s.Remove(t.Context(), "r1"), baselines.ErrNotFound)
	if diff := cmp.Diff([]string{"r2"}, ids(t, s, baselines.Query{})); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
	save(t, s, sample("r1", 1, 3)) // the id is free again
}

func owned(t *testing.T, open func(*testing.T) baselines.Store) {
	s := open(t)
	r := sample("r1", 0, 1)
	save(t, s, r)
	r.Trials[0].Task = "changed after saving"
	first, err := s.Load(t.Context(), "r1")
	if err != nil {
		t.Fatal(err)
	}
	first.Trials[0].Task = "changed after loading"
	second, err := s.Load(t.Context(), "r1")
	if err != nil {
		t.Fatal(err)
	}
	if second.Trials[0].Task != "a" {
		t.Errorf("the stored run now says %q", second.Trials[0].Task)
	}
}

func ledgers(t *testing.T, open func(*testing.T) baselines.Store) {
	s := open(t)
	const ledger = `{"schema":"benchgate.ledger/v1"}` + "\n"
	if err := s.Save(t.Context(), sample("with", 0, 1), strings.NewReader(ledger)); err != nil {
		t.Fatal(err)
	}
	save(t, s, sample("without", 0, 1))
	if err := s.Promote(t.Context(), "with"); err != nil {
		t.Fatal(err)
	}
	f, err := s.Ledger(t.Context(), "with")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := io.ReadAll(f); err != nil || string(got) != ledger {
		t.Errorf("ledger is %q, error %v; want %q", got, err, ledger)
	}
	_, err = s.Ledger(t.Context(), "without")
	wantErr(t, "ledger of a run without", err, baselines.ErrNotFound)
}

func brokenLedger(t *testing.T, open func(*testing.T) baselines.Store) {
	s := open(t)
	broken := errors.New("broken pipe")
	err := s.Save(t.Context(), sample("r1", 0, 1), io.MultiReader(strings.NewReader("{"), failing{broken}))
	wantErr(t, "save", err, broken)
	if got := ids(t, s, baselines.Query{}); got != nil {
		t.Errorf("list has %v", got)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func invalid(t *testing.T, open func(*testing.T) baselines.Store) {
	s := open(t)
	r := sample("r1", 0, 1)
	r.Trials[0].Task = "of another suite"
	if err := s.Save(t.Context(), r, nil); err == nil {
		t.Error("saved")
	}
	if got := ids(t, s, baselines.Query{}); got != nil {
		t.Errorf("list has %v", got)
	}
}

func ended(t *testing.T, open func(*testing.T) baselines.Store) {
	s := open(t)
	save(t, s, sample("r1", 0, 1))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for what, err := range map[string]error{
		"save":    s.Save(ctx, sample("r2", 0, 1), nil),
		"promote": s.Promote(ctx, "r1"),
		"remove":  s.Remove(ctx, "r1"),
	} {
		wantErr(t, what, err, ctx.Err())
	}
	if diff := cmp.Diff([]string{"r1"}, ids(t, s, baselines.Query{Arm: baselines.Candidate})); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
}

func concurrent(t *testing.T, open func(*testing.T) baselines.Store) {
	s := open(t)
	var savers sync.WaitGroup
	for range 4 {
		savers.Go(func() {
			if err := s.Save(t.Context(), sample("r1", 0, 2), nil); err != nil {
				t.Error(err)
			}
		})
	}
	savers.Wait()
	if diff := cmp.Diff([]string{"r1"}, ids(t, s, baselines.Query{})); diff != "" {
		t.Errorf("list (-want +got):\n%s", diff)
	}
}

func shared(t *testing.T, open func(*testing.T) baselines.Store) {
	a, b := open(t), open(t)
	save(t, a, sample("r1", 1, 1))
	save(t, b, sample("r2", 2, 1))
	for _, s := range []baselines.Store{a, b} {
		if diff := cmp.Diff([]string{"r2", "r1"}, ids(t, s, baselines.Query{})); diff != "" {
			t.Errorf("list (-want +got):\n%s", diff)
		}
	}
}

func find(t *testing.T, open func(*testing.T) baselines.Store) {
	s := open(t)
	save(t, s, sample("old", 0, 2), sample("r1", 10, 2), sample("r2", 11, 1), sample("not-accepted", 12, 5))
	for _, id := range []string{"old", "r1", "r2"} {
		if err := s.Promote(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	var prepared []string
	got, err := baselines.Find(t.Context(), s, sample("", 0, 0).Header, day.AddDate(0, 0, 5), func(r *baselines.Run) error {
		prepared = append(prepared, r.Header.ID)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(got.Header.ID, "r2+1-") || len(got.Trials) != 6 {
		t.Errorf("found %s with %d trials, want a pool of r2 and 1 more with 6", got.Header.ID, len(got.Trials))
	}
	if !slices.Equal(prepared, []string{"r2", "r1"}) {
		t.Errorf("prepared %v before pooling, want r2 and r1", prepared)
	}
}
