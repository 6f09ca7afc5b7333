package site_test

import (
	"slices"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/site"
)

// Runs of one second keep their order by name: the newest is the one to go on
// from.
func TestIDsSortByTime(t *testing.T) {
	at := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	var ids []string
	for range 200 {
		ids = append(ids, site.NewID(at))
		at = at.Add(7 * time.Millisecond)
	}
	if !slices.IsSorted(ids) {
		t.Errorf("not in the order of their times: %q", ids)
	}
}
