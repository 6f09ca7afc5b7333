package baselines_test

import (
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
	"github.com/google/go-cmp/cmp"
)

func TestFingerprintChangesWithWhatIsMeasured(t *testing.T) {
	for _, tt := range []struct {
		change func(*baselines.Header)
		key    string
	}{
		{func(h *baselines.Header) { h.Variant.Agent.Name = "oracle" }, "variant.agent.name"},
		{func(h *baselines.Header) { h.Variant.Agent.Version = "2.2.0" }, "variant.agent.version"},
		{func(h *baselines.Header) { h.Variant.Model = "claude-opus-4-9" }, "variant.model"},
		{func(h *baselines.Header) { h.Variant.Settings.Effort = "high" }, "variant.settings.effort"},
		{func(h *baselines.Header) { h.Variant.Settings.MaxTurns = 9 }, "variant.settings.max_turns"},
		{func(h *baselines.Header) { h.Variant.Settings.Arguments = []string{"-v"} }, "variant.settings.arguments"},
		{func(h *baselines.Header) { h.Variant.Settings.Files = map[string]string{"CLAUDE.md": "sha256:1"} }, "variant.settings.files"},
		{func(h *baselines.Header) { h.Variant.Settings.Command = []string{"sh"} }, "variant.settings.command"},
		{func(h *baselines.Header) { h.Variant.Settings.Recording = "sha256:2" }, "variant.settings.recording"},
		{func(h *baselines.Header) { h.Suite.Digest = "sha256:3" }, "suite.digest"},
		{func(h *baselines.Header) { h.Limits.TimeoutMultiplier = 2 }, "limits.timeout_multiplier"},
		{func(h *baselines.Header) { h.Limits.USDPerTrial = nil }, "limits.usd_per_trial"},
		{func(h *baselines.Header) { h.Limits.CPUs = 1 }, "limits.cpus"},
		{func(h *baselines.Header) { h.Limits.MemoryMB = 1 }, "limits.memory_mb"},
	} {
		t.Run(tt.key, func(t *testing.T) {
			a, b := example().Header, example().Header
			tt.change(&b)
			if a.Fingerprint() == b.Fingerprint() {
				t.Error("the fingerprint is the same")
			}
			diffs := baselines.Differences(a, b)
			if len(diffs) != 1 || diffs[0].Key != tt.key {
				t.Errorf("differences are %v, want one in %s", diffs, tt.key)
			}
		})
	}
}

func TestFingerprintStaysWithTheRest(t *testing.T) {
	h := example().Header
	h.ID, h.Created, h.Benchgate = "other", time.Now(), "v9"
	h.Arm, h.Plan, h.Compare, h.OrderSeed = baselines.Baseline, "", "settings", 77
	h.Variant.Name, h.Suite.Name = "other", "other"
	h.Variant.Settings = baselines.Settings{Arguments: []string{}, Files: map[string]string{}}
	h.Suite.Tasks[0].Image = "sha256:other"
	h.Prices = baselines.Prices{}
	h.Limits.Attempts, h.Limits.USD = 1, nil
	h.Host = baselines.Host{Engine: "podman"}
	if diff := cmp.Diff([]baselines.Difference(nil), baselines.Differences(example().Header, h)); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}
	if h.Fingerprint() != example().Header.Fingerprint() {
		t.Error("the fingerprint changed")
	}
}

// Stores hold fingerprints of earlier versions' runs: the digest of one known
// header may never change.
func TestFingerprintIsStableAcrossVersions(t *testing.T) {
	const want = "sha256:8306304e435930f77053dcce96eb1f9907c03b418385d56e061ba2ec4a7baa25"
	if got := example().Header.Fingerprint(); got != want {
		t.Errorf("fingerprint is %s, want %s", got, want)
	}
}
