package runnertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Runner is one job's runner. Its directories are on this machine, where the
// Docker engine must be, too.
type Runner struct {
	Workspace string // mounted at /github/workspace
	Socket    string // of the engine; empty: /var/run/docker.sock

	dir   string
	steps int
	name  string // of the container
}

// New makes a runner that keeps its files below dir, which is emptied by whoever
// made it.
func New(dir, workspace string) (*Runner, error) {
	r := &Runner{Workspace: workspace, dir: dir}
	for _, name := range []string{"_temp", "_github_home", "_github_workflow", "_runner_file_commands"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o755); err != nil {
			return nil, fmt.Errorf("making the runner's directories: %w", err)
		}
	}
	return r, nil
}

// Event writes the event that started the job, where the action will find it.
func (r *Runner) Event(payload string) error {
	return os.WriteFile(filepath.Join(r.dir, "_github_workflow", "event.json"), []byte(payload), 0o644)
}

// Step is one step that uses a container action.
type Step struct {
	Image      string
	Entrypoint string            // empty: the image's own; a post step has one
	Args       []string          // of action.yml
	Inputs     map[string]string // by their names in action.yml
	Env        map[string]string // of the job and the runner
	State      map[string]string // what the main step saved, for the post step
}

// mount is one of the directories that the runner hands to a container.
type mount struct{ host, container string }

func (r *Runner) mounts() []mount {
	socket := r.Socket
	if socket == "" {
		socket = "/var/run/docker.sock"
	}
	return []mount{
		{socket, "/var/run/docker.sock"},
		{filepath.Join(r.dir, "_temp"), "/github/runner_temp"},
		{filepath.Join(r.dir, "_github_home"), "/github/home"},
		{filepath.Join(r.dir, "_github_workflow"), "/github/workflow"},
		{filepath.Join(r.dir, "_runner_file_commands"), "/github/file_commands"},
		{r.Workspace, "/github/workspace"},
	}
}

// Times of a job that is cancelled: between its signals.
const (
	untilTerm = 7500 * time.Millisecond
	untilKill = 2500 * time.Millisecond
)

// Run runs the step. Ending the context cancels the job as GitHub does: SIGINT,
// SIGTERM after 7.5 s, and SIGKILL after 2.5 s more. Containers that the action
// started itself are nobody's business here, as on GitHub.
func (r *Runner) Run(ctx context.Context, s Step) (*Result, error) {
	r.steps++
	env := r.environment(s)
	files, err := Files(filepath.Join(r.dir, "_runner_file_commands"), r.steps)
	if err != nil {
		return nil, err
	}
	maps.Copy(env, files)
	r.name = fmt.Sprintf("runnertest_%d_%d_%d", os.Getpid(), time.Now().UnixNano(), r.steps)
	command := exec.CommandContext(context.WithoutCancel(ctx), "docker", r.arguments(r.name, s, env)...)
	command.Env = os.Environ()
	for key, value := range env {
		command.Env = append(command.Env, key+"="+r.translated(value))
	}
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // the signals are the runner's, not the terminal's
	var log bytes.Buffer
	command.Stdout, command.Stderr = &log, &log
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("starting docker: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	err = end(ctx, command.Process, ended)
	remove := exec.CommandContext(context.WithoutCancel(ctx), "docker", "rm", "-f", r.name) // killing the client leaves the container: GitHub removes it so
	_ = remove.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return nil, fmt.Errorf("running docker: %w", err)
	}
	result, err := Read(log.String(), files)
	if err != nil {
		return nil, err
	}
	if exit != nil {
		result.ExitCode = exit.ExitCode()
	}
	return result, nil
}

// Kill ends the container of the step that runs with SIGKILL, as when the machine
// has no memory left.
func (r *Runner) Kill(ctx context.Context) error {
	return exec.CommandContext(ctx, "docker", "kill", r.name).Run()
}

// end waits for the end of the process, and brings it about when the context
// ends.
func end(ctx context.Context, process *os.Process, ended <-chan error) error {
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	for _, next := range []struct {
		signal os.Signal
		wait   time.Duration
	}{{os.Interrupt, untilTerm}, {syscall.SIGTERM, untilKill}} {
		_ = process.Signal(next.signal)
		select {
		case err := <-ended:
			return err
		case <-time.After(next.wait):
		}
	}
	_ = process.Kill()
	return <-ended
}

// environment is what the runner puts into a container's environment.
func (r *Runner) environment(s Step) map[string]string {
	env := map[string]string{
		"HOME": "/github/home", "CI": "true", "GITHUB_ACTIONS": "true",
		"GITHUB_WORKSPACE":  r.Workspace,
		"GITHUB_EVENT_PATH": filepath.Join(r.dir, "_github_workflow", "event.json"),
		"RUNNER_TEMP":       filepath.Join(r.dir, "_temp"), "RUNNER_OS": "Linux", "RUNNER_ENVIRONMENT": "github-hosted",
	}
	maps.Copy(env, s.Env)
	for name, value := range s.Inputs {
		env["INPUT_"+strings.ToUpper(strings.ReplaceAll(name, " ", "_"))] = value // hyphens stay
	}
	for name, value := range s.State {
		env["STATE_"+name] = value
	}
	return env
}

// Files makes the empty files that a step writes, by the variables that name
// them. step tells the steps of one job apart.
func Files(dir string, step int) (map[string]string, error) {
	files := make(map[string]string)
	for variable, name := range map[string]string{
		"GITHUB_OUTPUT": "set_output", "GITHUB_STATE": "save_state", "GITHUB_ENV": "set_env", "GITHUB_PATH": "add_path", "GITHUB_STEP_SUMMARY": "step_summary",
	} {
		file := filepath.Join(dir, fmt.Sprintf("%s_%d", name, step))
		if err := os.WriteFile(file, nil, 0o644); err != nil {
			return nil, fmt.Errorf("making the files of commands: %w", err)
		}
		files[variable] = file
	}
	return files, nil
}

// arguments are those of docker. Values of the environment are the client's own,
// so that they may have any characters.
func (r *Runner) arguments(name string, s Step, env map[string]string) []string {
	args := []string{"run", "--name", name, "--label", "runnertest", "--workdir", "/github/workspace", "--rm"}
	for _, variable := range slices.Sorted(maps.Keys(env)) {
		args = append(args, "-e", variable)
	}
	if s.Entrypoint != "" {
		args = append(args, "--entrypoint", s.Entrypoint)
	}
	for _, m := range r.mounts() {
		args = append(args, "-v", m.host+":"+m.container)
	}
	return append(append(args, s.Image), s.Args...)
}

// translated is a value as a container sees it: one that is a mounted path, or
// begins with one and a slash, has the container's path instead.
func (r *Runner) translated(value string) string {
	for _, m := range r.mounts() {
		if rest, found := strings.CutPrefix(value, m.host); found && (rest == "" || rest[0] == '/') {
			return m.container + rest
		}
	}
	return value
}
