package baselines_test

import (
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/google/go-cmp/cmp"
)

func TestFingerprintStaysWithTheRest(t *testing.T) {
	h := example().Header
	h.ID, h.Created, h.Benchgate = "other", time.Now(), "v9"
	h.Arm, h.Plan, h.Compare, h.OrderSeed = baselines.Baseline, "", "settings", 77
	h.Stopping, h.Against = baselines.ByNothing, "another"
	h.Variant.Name, h.Suite.Name = "other", "other"
	h.Variant.Settings = baselines.Settings{Arguments: []string{}, Files: map[string]string{}}
	h.Suite.Tasks[0].Image = "sha256:other"
	h.Prices = baselines.Prices{}
	h.Limits.Attempts, h.Limits.USD = 1, nil
	h.Host = baselines.Host{Engine: "podman"}
	if diff := cmp.Diff([]baselines.Difference(nil), baselines.Differences(example().Header, h, baselines.Field.InFingerprint)); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}
	if h.Fingerprint() != example().Header.Fingerprint() {
		t.Error("the fingerprint changed")
	}
}

// Stores hold fingerprints of earlier versions' runs: the digests of these
// headers, as version 0.1.0 made them, may never change.
func TestFingerprintIsStableAcrossVersions(t *testing.T) {
	everything := example().Header
	everything.Variant.Settings = baselines.Settings{
		Effort: "high", MaxTurns: 100, Arguments: []string{"--flag", "a <b>"},
		Files:   map[string]string{"CLAUDE.md": "sha256:1", ".claude/agents/a.md": "sha256:2"},
		Command: []string{"sh", "-c", "true"}, Recording: "sha256:3",
	}
	everything.Limits.TimeoutMultiplier, everything.Limits.CPUs = 1.5, 0.5
	for _, test := range []struct {
		name   string
		header baselines.Header
		want   string
	}{
		{"the example of the format", example().Header, "sha256:8306304e435930f77053dcce96eb1f9907c03b418385d56e061ba2ec4a7baa25"},
		{"everything is set", everything, "sha256:caeb0bf855009577d232a29a3bd4e7a2b766ad34a60e3fee64c4d2910f35d842"},
		{"nothing is set", baselines.Header{}, "sha256:ed89b6640179d9318b4d654f4c18782aa84bb95ea838f1e5ad67f47b3a00f0a7"},
	} {
		if got := test.header.Fingerprint(); got != test.want {
			t.Errorf("%s: fingerprint is %s, want %s", test.name, got, test.want)
		}
	}
}
