// Package gitprogram runs the git program on this machine so that it can never
// stop to ask: no terminal, no password program, ssh in batch mode. Credential
// helpers still answer.
//
// It is the program and not a library because the program knows the user's
// credential helpers, ssh keys, proxies and configuration.
package gitprogram

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/benchgate/benchgate/internal/step"
)

// ErrNotInstalled is the error of every command on a machine without git.
var ErrNotInstalled = errors.New("git is not installed")

// Command is one call of git.
type Command struct {
	Args  []string
	Dir   string     // in which it runs; empty: the process's own
	Env   []string   // besides what [Environment] leaves of the process's own
	Stdin []byte     // nil: none
	Step  *step.Step // is told of git's progress; nil: nobody

	// Remote is the URL of the repository that the command may ask for something,
	// and Access is what may open it.
	Remote string
	Access Access
}

// Failure is the error of a git that ended with another code than 0.
type Failure struct {
	Code   int    // its exit code; -1: a signal ended it
	Said   string // the last lines of its standard error, in one line; a server may have written them
	Stdout string // what it had printed
	err    error
}

// Error implements error.
func (f *Failure) Error() string { return fmt.Sprintf("git: %v: %s", f.err, f.Said) }

// Unwrap returns the error of the process.
func (f *Failure) Unwrap() error { return f.err }

// Run runs git and returns its standard output. When it fails the error is a
// [*Failure]; when ctx ends, ctx's: then git is asked to end, so that it removes
// its temporary files, and killed when it is still there 2 s later.
func Run(ctx context.Context, c Command) (string, error) {
	cmd := exec.CommandContext(ctx, "git", c.Args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 2 * time.Second
	cmd.Dir = c.Dir
	cmd.Env = append(Environment(os.Environ()), c.Env...)
	cmd.Env = append(cmd.Env, c.Access.environ(c.Remote, cmd.Env)...)
	if c.Stdin != nil {
		cmd.Stdin = bytes.NewReader(c.Stdin)
	}
	var stdout bytes.Buffer
	stderr := output{step: c.Step}
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if errors.Is(err, exec.ErrWaitDelay) { // git ended well; something that it started still holds its output
		err = nil
	}
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case errors.Is(err, exec.ErrNotFound):
		return "", ErrNotInstalled
	case err != nil:
		return "", &Failure{Code: cmd.ProcessState.ExitCode(), Said: c.Access.mask(stderr.message()), Stdout: stdout.String(), err: err}
	}
	return stdout.String(), nil
}

// Environment is the one for git, made from a process's. It leaves out the
// variables with which a git command that started us (a hook, say) would lead
// ours to its repository, programs that would ask for a password in a window,
// and keys of a model API and of registries, which neither git nor what it starts
// needs. The token for repositories git gets as a setting, where it is for one.
func Environment(environ []string) []string {
	env := make([]string, 0, len(environ)+3)
	ssh := "GIT_SSH_COMMAND=ssh -oBatchMode=yes"
	for _, kv := range environ {
		name, _, _ := strings.Cut(kv, "=")
		switch name {
		case "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_PREFIX", "GIT_NAMESPACE", "GIT_ASKPASS", "SSH_ASKPASS":
			continue
		case "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN", "DOCKER_AUTH_CONFIG", TokenVariable:
			continue
		case "GIT_SSH_COMMAND":
			ssh = kv
		}
		env = append(env, kv)
	}
	return append(env, "GIT_TERMINAL_PROMPT=0", "LC_ALL=C", ssh)
}
