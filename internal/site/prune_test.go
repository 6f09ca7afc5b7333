package site

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/sandbox"
)

// imageShelf is an engine that has nothing but images, the one used last first.
type imageShelf struct {
	sandbox.Engine
	images  []sandbox.TaskImage
	stuck   error
	removed []string
}

func (s *imageShelf) RemoveTaskImages(_ context.Context, keep func(sandbox.TaskImage) bool) ([]string, error) {
	for _, i := range s.images {
		if !keep(i) {
			s.removed = append(s.removed, i.Digest)
		}
	}
	return s.removed, s.stuck
}

func TestImagesThatNobodyUsesGo(t *testing.T) {
	now := time.Now()
	used := func(n int, age time.Duration) (images []sandbox.TaskImage) {
		for i := range n {
			images = append(images, sandbox.TaskImage{Digest: fmt.Sprintf("%s-%d", age, i), Used: now.Add(-age)})
		}
		return images
	}
	day := 24 * time.Hour
	for name, test := range map[string]struct {
		images  []sandbox.TaskImage
		stuck   error
		removed string
		said    string
	}{
		"all in use":               {images: used(200, 13*day)},
		"one is old":               {images: append(used(2, day), used(1, 15*day)...), removed: "360h0m0s-0", said: "images of tasks removed: 1"},
		"more than are kept":       {images: append(used(199, day), used(3, 2*day)...), removed: "48h0m0s-1 48h0m0s-2", said: "images of tasks removed: 2"},
		"one cannot be removed":    {images: used(1, 15*day), stuck: errors.New("in use"), removed: "360h0m0s-0", said: "could not be removed"},
		"an engine without images": {},
	} {
		t.Run(name, func(t *testing.T) {
			shelf := &imageShelf{images: test.images, stuck: test.stuck}
			var said []string
			if err := pruneImages(t.Context(), shelf, now, func(s string) { said = append(said, s) }); err != nil {
				t.Error(err)
			}
			if got := strings.Join(shelf.removed, " "); got != test.removed {
				t.Errorf("%q went, want %q", got, test.removed)
			}
			if all := strings.Join(said, "\n"); !strings.Contains(all, test.said) || test.said == "" && all != "" {
				t.Errorf("it says %q, want %q", all, test.said)
			}
		})
	}
}
