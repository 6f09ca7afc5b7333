package sandboxtest

import (
	"testing"

	"github.com/benchgate/benchgate/internal/sandbox"
)

func testFate(t *testing.T, l *lab) {
	t.Run("a sandbox lives, whatever its commands do to themselves", func(t *testing.T) {
		sb := l.create(t, l.spec("fate-lives"))
		fate(t, sb, sandbox.Lives)
		for _, script := range []string{"exit 1", "kill -9 $$", "exit 126", "exit 137"} {
			run(t, sb, shell(script))
			fate(t, sb, sandbox.Lives)
		}
		stop(t, sb, 0)
		fate(t, sb, sandbox.Lives)
	})
	t.Run("one that was swept ended from outside", func(t *testing.T) {
		other := &lab{engine: l.engine, env: l.env, image: l.image, run: l.run + "-swept"}
		sb := other.create(t, other.spec("fate-swept"))
		if _, err := l.engine.Sweep(t.Context(), other.run); err != nil {
			t.Fatal(err)
		}
		fate(t, sb, sandbox.EndedOutside)
	})
}

func fate(t *testing.T, sb sandbox.Sandbox, want sandbox.FateKind) {
	t.Helper()
	got, err := sb.Fate(t.Context())
	if err != nil || got.Kind != want {
		t.Errorf("the sandbox's fate is %+v, %v, want %q", got, err, want)
	}
}
