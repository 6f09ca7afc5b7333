package trial

import (
	"testing"
	"time"

	"github.com/benchgate/benchgate/baselines"
)

// Causes is how a trial with each symptom ends.
func Causes() map[string]baselines.Ended {
	ends := make(map[string]baselines.Ended)
	for seen, row := range causes {
		ends[string(seen)] = row.ended
	}
	return ends
}

// SetCopyTime sets how long a copy out of a sandbox may take, until the test's end.
func SetCopyTime(t *testing.T, d time.Duration) {
	old := copyTime
	copyTime = d
	t.Cleanup(func() { copyTime = old })
}

// Sift is what carrying a working directory leaves of a tar.
var Sift = sift
