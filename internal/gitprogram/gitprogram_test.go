package gitprogram_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/gitprogram"
)

// Git runs helpers of the user's and of the machine's choosing.
func TestGitDoesNotHearTheModelsKey(t *testing.T) {
	env := gitprogram.Environment([]string{
		"HOME=/home/x", "ANTHROPIC_API_KEY=sk-secret", "ANTHROPIC_AUTH_TOKEN=sk-secret", "CLAUDE_CODE_OAUTH_TOKEN=sk-secret", "DOCKER_AUTH_CONFIG=sk-secret", "BENCHGATE_GIT_TOKEN=sk-secret",
		"GIT_DIR=/elsewhere", "GIT_SSH_COMMAND=ssh -i key",
	})
	if text := strings.Join(env, "\n"); strings.Contains(text, "sk-secret") || strings.Contains(text, "/elsewhere") {
		t.Errorf("git's environment is %q", env)
	}
	for _, want := range []string{"HOME=/home/x", "GIT_TERMINAL_PROMPT=0", "GIT_SSH_COMMAND=ssh -i key"} {
		if !slices.Contains(env, want) {
			t.Errorf("git's environment %q lacks %s", env, want)
		}
	}
}

func TestWhatGitSaysAndHowItFails(t *testing.T) {
	dir := t.TempDir()
	run := func(ctx context.Context, stdin string, args ...string) (string, error) {
		return gitprogram.Run(ctx, gitprogram.Command{Args: args, Dir: dir, Stdin: []byte(stdin), Env: []string{"GIT_CONFIG_GLOBAL=" + os.DevNull}})
	}
	if _, err := run(t.Context(), "", "init", "--quiet"); err != nil {
		t.Fatal(err)
	}
	id, err := run(t.Context(), "what is here\n", "hash-object", "-w", "--stdin")
	if err != nil {
		t.Fatal(err)
	}
	if text, err := run(t.Context(), "", "cat-file", "blob", strings.TrimSpace(id)); err != nil || text != "what is here\n" {
		t.Errorf("it has %q, %v", text, err)
	}
	_, err = run(t.Context(), "", "cat-file", "blob", "nothing")
	var failure *gitprogram.Failure
	if !errors.As(err, &failure) || failure.Code != 128 || !strings.Contains(err.Error(), "Not a valid object name nothing") {
		t.Errorf("the error is %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := run(ended, "", "status"); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v, want the context's", err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := run(t.Context(), "", "status"); !errors.Is(err, gitprogram.ErrNotInstalled) {
		t.Errorf("the error is %v", err)
	}
}
