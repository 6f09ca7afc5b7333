package gate_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/gate"
	"github.com/benchgate/benchgate/internal/golden"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// The verdict document as it is written, one file per kind of verdict: the
// format is a contract, and the sentences are what people read.
func TestVerdictDocuments(t *testing.T) {
	suite := all(6, "sssss").but("sfssf", 4).but("fffff", 5)
	baseline := run(baselines.Baseline, "old", suite, costing(1, 1))
	other := run(baselines.Candidate, "new", suite, costing(1, 2))
	other.Header.Limits.CPUs, other.Header.Suite.Digest, other.Header.Suite.Tasks[2].Digest = 8, "sha256:changed", "sha256:changed"

	informed := gate.DefaultPolicy(6)
	informed.Mode = gate.Informed
	stopped := func(candidate *baselines.Run, inFlight int) *baselines.Run {
		return left(informed, baseline, candidate, inFlight)
	}
	documents := map[string]struct {
		mode      gate.Mode
		candidate *baselines.Run
	}{
		"informed-pass":        {gate.Informed, stopped(run(baselines.Candidate, "new", suite, costing(1, 2)), 0)},
		"informed-regression":  {gate.Informed, stopped(run(baselines.Candidate, "new", suite.but("fffff", 0, 1), costing(1.1, 2)), 2)},
		"strict-inconclusive":  {gate.Strict, run(baselines.Candidate, "new", suite.but("sffss", 0, 1), costing(0.9, 2))},
		"strict-per-solved":    {gate.Strict, run(baselines.Candidate, "new", suite.but("sfsss", 0, 1), costing(1.2, 2))},
		"fixed-costs-unknown":  {gate.Fixed, run(baselines.Candidate, "new", suite, nil)},
		"fixed-zero-solved":    {gate.Fixed, run(baselines.Candidate, "new", all(6, "ffffT"), costing(1, 2))},
		"incomparable":         {gate.Auto, other},
		"not-measured":         {gate.Auto, run(baselines.Candidate, "new", all(6, "iii"), nil)},
		"informed-one-missing": {gate.Informed, run(baselines.Candidate, "new", suite.but(".....", 3), costing(1, 2))},
	}
	for name, d := range documents {
		t.Run(name, func(t *testing.T) {
			p := gate.DefaultPolicy(6)
			p.Mode = d.mode
			before, after := watched(p, baseline, d.candidate)
			p.Mode = gate.Auto
			got := written(t, gate.Foretold(p, before, after)) + "\n"
			path := filepath.Join("testdata", name+".json")
			if *golden.Update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			// Processors differ in the last digits of a float.
			near := cmpopts.EquateApprox(1e-6, 0)
			if diff := cmp.Diff(decoded(t, want), decoded(t, []byte(got)), near); diff != "" {
				t.Errorf("the document changed (-want +got); run with -update if it should:\n%s", diff)
			}
		})
	}
}

func decoded(t *testing.T, document []byte) any {
	t.Helper()
	var out any
	if err := json.Unmarshal(document, &out); err != nil {
		t.Fatal(err)
	}
	return out
}
