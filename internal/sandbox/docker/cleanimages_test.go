package docker_test

import (
	"crypto/rand"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/sandbox/sandboxtest"
)

// Images of tasks stay from run to run, until somebody wants the space.
func TestTaskImagesGoWhenAsked(t *testing.T) {
	e := engine(t)
	env := sandboxtest.Environment(t, map[string]string{"Dockerfile": "FROM busybox:latest\nLABEL once=" + rand.Text() + "\n"})
	env.Digest = "sha256:" + rand.Text()
	made, err := e.Prepare(t.Context(), env, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { removeImage(t, made.ID) })

	others := func(digest string) bool { return digest != env.Digest }
	removed, err := e.RemoveTaskImages(t.Context(), others)
	if err != nil || len(removed) != 1 || !strings.HasPrefix(removed[0], "image benchgate/task:") {
		t.Errorf("removed %v, %v; want the one image", removed, err)
	}
	if again, err := e.RemoveTaskImages(t.Context(), others); err != nil || !slices.Equal(again, nil) {
		t.Errorf("removed %v, %v again", again, err)
	}
}
