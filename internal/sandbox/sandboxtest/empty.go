package sandboxtest

import (
	"errors"
	"testing"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/google/go-cmp/cmp"
)

func testEmpty(t *testing.T, l *lab) {
	sb := l.create(t, l.spec("empty"))
	for name, script := range map[string]string{
		"nothing":                 "",
		"a full directory":        "mkdir -p logs/verifier/a/b; echo x > logs/verifier/a/b/c; chmod 500 logs/verifier/a/b logs/verifier/a",
		"a file":                  "mkdir logs; echo x > logs/verifier",
		"a link":                  "mkdir logs other; echo x > other/kept; ln -s ../other logs/verifier",
		"a link above it":         "mkdir -p other/verifier; echo x > other/verifier/kept; ln -s other logs",
		"a link out of it inside": "mkdir -p logs/verifier other; echo x > other/kept; ln -s ../../other logs/verifier/a",
		"a file above it":         "echo x > logs",
		"a pipe":                  "mkdir -p logs/verifier; mkfifo logs/verifier/pipe",
	} {
		t.Run(name, func(t *testing.T) {
			output(t, sb, "umask 022; chmod -R u+w . ; rm -rf logs other; "+script)
			dirs := []sandbox.Dir{{Path: "/app/logs/verifier", Mode: 0o777}, {Path: "/app/logs/other", Mode: 0o750}}
			if err := sb.Empty(t.Context(), dirs...); err != nil {
				t.Fatal(err)
			}
			want := map[string]entry{"logs/": {Mode: 0o755, Dir: true}, "logs/verifier/": {Mode: 0o777, Dir: true}, "logs/other/": {Mode: 0o750, Dir: true}}
			if diff := cmp.Diff(want, unpack(t, sb, "/app/logs")); diff != "" {
				t.Error(diff)
			}
			if got := output(t, sb, "cat other/kept other/verifier/kept 2>/dev/null || [ ! -e other ] || [ -s other/kept ] || [ -s other/verifier/kept ]"); got != "" && got != "x\n" {
				t.Errorf("what a link led to holds %q", got)
			}
		})
	}
	t.Run("the root stays", func(t *testing.T) {
		if err := sb.Empty(t.Context(), sandbox.Dir{Path: "/", Mode: 0o755}); !errors.Is(err, sandbox.ErrStays) {
			t.Errorf("emptying / = %v, want ErrStays", err)
		}
	})
}
