package sandboxtest

import (
	"context"
	"crypto/rand"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/sandbox"
)

// testKept asks that what an engine keeps from run to run goes when it is no
// longer wanted, and comes again when it is.
func testKept(t *testing.T, l *lab) {
	t.Run("tools that were removed are filled again", func(t *testing.T) {
		fills := 0
		spec := l.spec("kept-tools")
		spec.Tools = []sandbox.Tools{{
			Name: "contract " + rand.Text(),
			Path: "/opt/tools",
			Fill: func(_ context.Context, w io.Writer) error {
				fills++
				_, err := pack(t, []string{"version"}, map[string]entry{"version": {Mode: 0o644, Content: "whole"}}).WriteTo(w)
				return err
			},
		}}
		removeTools(t, l.engine)
		this := func(name string) bool { return name != spec.Tools[0].Name }
		for range 2 {
			sb := l.create(t, spec)
			if got := output(t, sb, "cat "+sb.Path("/opt/tools/version")); got != "whole" {
				t.Errorf("the tool's file holds %q", got)
			}
			remove(t, sb)
			removed, err := l.engine.RemoveTools(t.Context(), this)
			if err != nil || len(removed) != 1 || !strings.Contains(removed[0], " ") {
				t.Errorf("RemoveTools = %q, %v, want what the tools are kept in, and its kind", removed, err)
			}
		}
		if again, err := l.engine.RemoveTools(t.Context(), this); err != nil || len(again) > 0 {
			t.Errorf("RemoveTools = %q, %v, want nothing a second time", again, err)
		}
		if fills != 2 {
			t.Errorf("filled %d times, want once after each removal", fills)
		}
	})

	t.Run("an image that was removed is prepared again", func(t *testing.T) {
		env := Environment(t, map[string]string{"Dockerfile": "FROM busybox:latest\nWORKDIR /app\nCOPY once.txt ./\n", "once.txt": rand.Text()})
		env.Digest = "sha256:" + rand.Text()
		this := func(i sandbox.TaskImage) bool { return i.Digest != env.Digest }
		t.Cleanup(func() {
			ctx, cancel := afterTest()
			defer cancel()
			if _, err := l.engine.RemoveTaskImages(ctx, this); err != nil {
				t.Errorf("removing the test's image: %v", err)
			}
		})
		var all []string
		for range 2 {
			image, err := l.engine.Prepare(t.Context(), env, io.Discard)
			if err != nil || image.ID == "" {
				t.Fatalf("Prepare = %+v, %v, want an image", image, err)
			}
			removed, err := l.engine.RemoveTaskImages(t.Context(), this)
			if err != nil || len(removed) > 1 {
				t.Errorf("RemoveTaskImages = %q, %v, want the one image, or nothing", removed, err)
			}
			all = append(all, removed...)
		}
		if len(all) != 0 && len(all) != 2 {
			t.Errorf("%q was removed; want an image each time, or never one", all)
		}
		if again, err := l.engine.RemoveTaskImages(t.Context(), this); err != nil || !slices.Equal(again, nil) {
			t.Errorf("RemoveTaskImages = %q, %v, want nothing a second time", again, err)
		}
	})
}
