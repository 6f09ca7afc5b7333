package docker_test

import (
	"crypto/rand"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/benchgate/benchgate/internal/sandbox/sandboxtest"
	"github.com/benchgate/benchgate/internal/suite"
)

// Images of tasks stay from run to run, until somebody wants the space.
func TestTaskImagesGoWhenAsked(t *testing.T) {
	t.Parallel()
	e := engine(t)
	env := sandboxtest.Environment(t, map[string]string{"Dockerfile": "FROM busybox:latest\nLABEL once=" + rand.Text() + "\n"})
	env.Digest = "sha256:" + rand.Text()
	made, err := e.Prepare(t.Context(), env, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { removeImage(t, made.ID) })

	others := func(i sandbox.TaskImage) bool { return i.Digest != env.Digest }
	removed, err := e.RemoveTaskImages(t.Context(), others)
	if err != nil || len(removed) != 1 || !strings.HasPrefix(removed[0], "image benchgate/task:") {
		t.Errorf("removed %v, %v; want the one image", removed, err)
	}
	if again, err := e.RemoveTaskImages(t.Context(), others); err != nil || !slices.Equal(again, nil) {
		t.Errorf("removed %v, %v again", again, err)
	}
}

// Who asks for an image again uses it, so that it is the last to go.
func TestAnImageIsUsedWhenItIsPrepared(t *testing.T) {
	t.Parallel()
	e := engine(t)
	environment := func() suite.Environment {
		env := sandboxtest.Environment(t, map[string]string{"Dockerfile": "FROM busybox:latest\nLABEL once=" + rand.Text() + "\n"})
		env.Digest = "sha256:" + rand.Text()
		return env
	}
	first, second := environment(), environment()
	for _, env := range []suite.Environment{first, second, first} {
		made, err := e.Prepare(t.Context(), env, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { removeImage(t, made.ID) })
	}
	var asked []string
	_, err := e.RemoveTaskImages(t.Context(), func(i sandbox.TaskImage) bool {
		if i.Digest == first.Digest || i.Digest == second.Digest {
			asked = append(asked, i.Digest)
			if age := time.Since(i.Used); age < 0 || age > time.Minute {
				t.Errorf("it was used %s ago", age)
			}
		}
		return true
	})
	last := []string{first.Digest, second.Digest}
	if info, err := raw(t).Info(t.Context()); err != nil {
		t.Fatal(err)
	} else if slices.Contains(info.DriverStatus, [2]string{"driver-type", "io.containerd.snapshotter.v1"}) {
		last = []string{second.Digest, first.Digest} // by when they were made
	}
	if err != nil || !slices.Equal(asked, last) {
		t.Errorf("asked about %v, %v; want %v, the one that was used last first", asked, err, last)
	}
}
