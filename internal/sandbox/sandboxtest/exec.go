package sandboxtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/benchgate/benchgate/internal/sandbox"
	"github.com/google/go-cmp/cmp"
)

func testExec(t *testing.T, l *lab) {
	spec := l.spec("exec")
	spec.Env = map[string]string{"COLOUR": "red", "SHAPE": "round"}
	sb := l.create(t, spec)

	tests := []struct {
		name string
		cmd  sandbox.Command
		want result
	}{
		{
			"streams are apart and the code is the command's", shell("echo out; echo err >&2; exit 7"),
			result{sandbox.Exit{Code: 7}, "out\n", "err\n"},
		},
		{"a signal is 128 and its number", shell("kill -9 $$"), result{Exit: sandbox.Exit{Code: 137}}},
		{
			"arguments arrive as they are",
			sandbox.Command{Argv: []string{"sh", "-c", `printf '<%s>' "$@"`, "sh", "a b", "", "$HOME", "é\n"}},
			result{Stdout: "<a b><><$HOME><é\n>"},
		},
		{
			"stdin arrives and ends",
			sandbox.Command{Argv: []string{"cat"}, Stdin: strings.NewReader("line 1\nline 2")},
			result{Stdout: "line 1\nline 2"},
		},
		{"no stdin is an empty one", sandbox.Command{Argv: []string{"cat"}}, result{}},
		{
			"the command's variables come over the sandbox's",
			sandbox.Command{Argv: []string{"sh", "-c", "echo $COLOUR $SHAPE"}, Env: map[string]string{"COLOUR": "blue"}},
			result{Stdout: "blue round\n"},
		},
		{"commands start in the image's workdir", shell(`echo "${PWD#"${BENCHGATE_ROOT:-}"}"`), result{Stdout: "/app\n"}},
		{
			"or in their own",
			sandbox.Command{Argv: []string{"sh", "-c", `echo "${PWD#"${BENCHGATE_ROOT:-}"}"`}, Workdir: "/srv/other"},
			result{Stdout: "/srv/other\n"},
		},
		{
			"a command does not wait for stdin it does not read",
			sandbox.Command{Argv: []string{"true"}, Stdin: strings.NewReader(strings.Repeat("x", 1<<20))},
			result{},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, run(t, sb, tt.cmd)); diff != "" {
				t.Errorf("result (-want +got):\n%s", diff)
			}
		})
	}

	t.Run("a program that is not there is an exit code", func(t *testing.T) {
		got := run(t, sb, sandbox.Command{Argv: []string{"no-such-program"}})
		if got.Exit.Code != 126 && got.Exit.Code != 127 {
			t.Errorf("exit %d, want 126 or 127", got.Exit.Code)
		}
		if !strings.Contains(got.Stdout+got.Stderr, "no-such-program") {
			t.Errorf("nothing names the program: stdout %q, stderr %q", got.Stdout, got.Stderr)
		}
	})
	t.Run("much output is complete", func(t *testing.T) {
		const line, lines = "a line of many, each of which must arrive", 20000
		got := run(t, sb, shell(fmt.Sprintf("i=0; while [ $i -lt %d ]; do echo '%s'; i=$((i+1)); done", lines, line)))
		if want := lines * (len(line) + 1); len(got.Stdout) != want {
			t.Errorf("%d bytes arrived, want %d", len(got.Stdout), want)
		}
	})
	t.Run("nobody needs to listen", func(t *testing.T) {
		exit, err := sb.Exec(t.Context(), shell("echo out; echo err >&2; exit 3"))
		if err != nil || exit.Code != 3 {
			t.Errorf("Exec = %+v, %v, want code 3", exit, err)
		}
	})
	t.Run("the context's end ends the waiting", func(t *testing.T) { testExecContext(t, sb) })
	t.Run("a daemon that holds the output does not", func(t *testing.T) {
		began := time.Now()
		if got := output(t, sb, "sleep 60 & echo started"); got != "started\n" {
			t.Errorf("stdout %q", got)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("Exec took %v after its command had ended", took)
		}
	})
}

func testExecContext(t *testing.T, sb sandbox.Sandbox) {
	ctx, cancel := context.WithCancelCause(t.Context())
	stdout, w := io.Pipe()
	go func() {
		// The first line is there, so the command runs.
		_, err := stdout.Read(make([]byte, 16))
		cancel(errors.Join(errors.New("deadline of the trial"), err))
	}()
	cmd := shell("echo running; sleep 60")
	cmd.Stdout = w
	began := time.Now()
	_, err := sb.Exec(ctx, cmd)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Exec = %v, want one matching context.Canceled", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("Exec came back after %v, want at once", took)
	}
	if got := output(t, sb, "echo next"); got != "next\n" {
		t.Errorf("the next command printed %q", got)
	}
}
