package quickstart_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/internal/config"
)

func TestTheSampleConfigurationsAreRead(t *testing.T) {
	for file, wantTasks := range map[string]int{
		"benchgate.yaml":                   6,
		"record.yaml":                      6,
		"../terminal-bench/benchgate.yaml": 10,
	} {
		t.Run(file, func(t *testing.T) {
			c, err := config.Load(filepath.FromSlash(file), config.Flags{})
			if err != nil {
				t.Fatal(err)
			}
			if len(c.Suite.Tasks) != wantTasks || c.Compare != config.Model || c.Baseline == nil {
				t.Errorf("%d tasks compared by %q, baseline %v", len(c.Suite.Tasks), c.Compare, c.Baseline)
			}
		})
	}
}

// The recordings belong to the suite that is replayed.
func TestTheRecordingsWereMadeOfTheSameSuite(t *testing.T) {
	replayed, err := config.Load("benchgate.yaml", config.Flags{})
	if err != nil {
		t.Fatal(err)
	}
	recorded, err := config.Load("record.yaml", config.Flags{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(recorded.Suite, replayed.Suite); diff != "" {
		t.Errorf("record.yaml and benchgate.yaml list other tasks (-recorded +replayed):\n%s", diff)
	}
	if recorded.Limits.Attempts != replayed.Limits.Attempts {
		t.Errorf("%d attempts recorded, %d replayed", recorded.Limits.Attempts, replayed.Limits.Attempts)
	}
}
