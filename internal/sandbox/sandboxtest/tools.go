package sandboxtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/benchgate/benchgate/internal/sandbox"
)

func testTools(t *testing.T, l *lab) {
	t.Run("filled once for sandboxes made at once", func(t *testing.T) {
		var fills atomic.Int32
		tools := sandbox.Tools{
			Name: "contract " + rand.Text(),
			Path: "/opt/tools",
			Fill: func(_ context.Context, w io.Writer) error {
				fills.Add(1)
				_, err := pack(t, []string{"bin/", "bin/hello"}, map[string]entry{
					"bin/":      {Mode: 0o755, Dir: true},
					"bin/hello": {Mode: 0o755, Content: "#!/bin/sh\necho hello\n"},
				}).WriteTo(w)
				return err
			},
		}
		removeTools(t, l.engine)
		var wg sync.WaitGroup
		for i := range 3 {
			wg.Go(func() {
				spec := l.spec(fmt.Sprintf("tools-%d", i))
				spec.Tools = []sandbox.Tools{tools}
				sb, err := l.engine.Create(t.Context(), spec)
				if err != nil {
					t.Errorf("creating: %v", err)
					return
				}
				t.Cleanup(func() { remove(t, sb) })
				if got := output(t, sb, sb.Path("/opt/tools/bin/hello")); got != "hello\n" {
					t.Errorf("the tool printed %q", got)
				}
			})
		}
		wg.Wait()
		if n := fills.Load(); n != 1 {
			t.Errorf("filled %d times, want once", n)
		}
	})

	t.Run("a fill that failed is tried again", func(t *testing.T) {
		broken := errors.New("the registry is down")
		fills := 0
		spec := l.spec("tools-retry")
		spec.Tools = []sandbox.Tools{{
			Name: "contract " + rand.Text(),
			Path: "/opt/tools",
			Fill: func(_ context.Context, w io.Writer) error {
				if fills++; fills == 1 {
					// Half a tar, so that something incomplete is left.
					_, err := w.Write(pack(t, []string{"version"}, map[string]entry{"version": {Mode: 0o644, Content: "half"}}).Bytes()[:600])
					return errors.Join(broken, err)
				}
				_, err := pack(t, []string{"version"}, map[string]entry{"version": {Mode: 0o644, Content: "whole"}}).WriteTo(w)
				return err
			},
		}}
		removeTools(t, l.engine)
		if sb, err := l.engine.Create(t.Context(), spec); !errors.Is(err, broken) {
			if err == nil {
				remove(t, sb)
			}
			t.Fatalf("creating with a broken fill = %v, want one matching %q", err, broken)
		}
		sb := l.create(t, spec)
		if got := output(t, sb, "cat "+sb.Path("/opt/tools/version")); got != "whole" {
			t.Errorf("the tool's file holds %q", got)
		}
	})
}

// removeTools removes the test's tools when the test ends.
func removeTools(t *testing.T, engine sandbox.Engine) {
	t.Cleanup(func() {
		ctx, cancel := afterTest()
		defer cancel()
		if _, err := engine.RemoveTools(ctx, notOfThisTest); err != nil {
			t.Errorf("removing the test's tools: %v", err)
		}
	})
}

func notOfThisTest(name string) bool { return !strings.HasPrefix(name, "contract ") }

func remove(t *testing.T, sb sandbox.Sandbox) {
	t.Helper()
	ctx, cancel := afterTest()
	defer cancel()
	if err := sb.Remove(ctx); err != nil {
		t.Errorf("removing: %v", err)
	}
}
