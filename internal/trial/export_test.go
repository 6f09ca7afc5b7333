package trial

import (
	"context"
	"errors"
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

// LookAtDisk is one look at the disk: what was free at the trial's start, is free
// now, and what the trial has written. It returns the symptom, or nothing.
func LookAtDisk(start, free, written int64) string {
	w := &diskWatch{
		start: start, asked: start, free: func() int64 { return free },
		written: func(context.Context) (int64, error) { return written, nil },
	}
	var found *diskError
	if errors.As(w.look(context.Background()), &found) {
		return string(found.seen)
	}
	return ""
}
