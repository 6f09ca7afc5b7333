package action_test

import (
	"context"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/internal/action/runnertest"
	"github.com/benchgate/benchgate/internal/pullrequest/githubtest"
)

const (
	owner  = 1001 // user and group of the runner
	commit = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"
	apiKey = "sk-ant-not-a-real-key-0123456789"
)

// siblingsConfig is a gate between an agent that works and one that does not, both
// in containers beside the action's own.
const siblingsConfig = `
suite: {name: SUITE, tasks: [{path: tasks/one, tier: easy}, {path: tasks/two, tier: hard}]}
compare: settings
baseline: {agent: command, name: works, settings: {command: [sh, -c, "env; SLEEP; echo 42 >answer.txt"]}, from: live}
candidate: {agent: command, name: idle, settings: {command: [sh, -c, "env; SLEEP; echo '::error::owned'"]}}
limits: {attempts: 3, workers: 2}
gate: {mode: fixed}
`

// workspace is a checkout that belongs to the runner's user.
func workspace(t *testing.T, suite, sleep string) string {
	t.Helper()
	dir := t.TempDir()
	files := taskFiles("one", "two")
	files[".git/HEAD"] = commit + "\n"
	files["benchgate.yaml"] = strings.NewReplacer("SUITE", suite, "SLEEP", sleep).Replace(siblingsConfig)
	writeFiles(t, dir, files)
	if err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chown(path, owner, owner)
	}); err != nil {
		t.Fatal(err)
	}
	return dir
}

// taskFiles are those of tasks, which want 42 in answer.txt.
func taskFiles(tasks ...string) map[string]string {
	files := make(map[string]string)
	for _, task := range tasks {
		at := "tasks/" + task + "/"
		files[at+"task.toml"] = "version = \"1.0\"\n[environment]\ndocker_image = \"debian:bookworm-slim\"\n"
		files[at+"instruction.md"] = "Task " + task + "\n"
		files[at+"solution/solve.sh"] = "#!/bin/bash\necho 42 >answer.txt\n"
		files[at+"tests/test.sh"] = "#!/bin/bash\nmkdir -p /logs/verifier\nif grep -qx 42 answer.txt; then echo 1; else echo 0; fi >/logs/verifier/reward.txt\n"
		files[at+"environment/README"] = "nothing\n"
	}
	return files
}

// aRunner is GitHub's runner with a job that was started by a push.
func aRunner(t *testing.T, workspace string) *runnertest.Runner {
	t.Helper()
	r, err := runnertest.New(t.TempDir(), workspace)
	if err != nil {
		t.Fatal(err)
	}
	if host := os.Getenv("DOCKER_HOST"); host != "" {
		socket, local := strings.CutPrefix(host, "unix://")
		if !local {
			t.Fatalf("the engine at %s has no socket to mount", host)
		}
		r.Socket = socket
	}
	if err := r.Event(`{"repository": {"default_branch": "main"}}`); err != nil {
		t.Fatal(err)
	}
	return r
}

// aStep has the inputs as the runner gives them: with the defaults of action.yml.
func aStep(image string, inputs map[string]string) runnertest.Step {
	s := runnertest.Step{Image: image, Entrypoint: "/benchgate-action", Inputs: map[string]string{"github-token": "ghs_nobody", "check": "false"}, Env: map[string]string{
		"GITHUB_EVENT_NAME": "push", "GITHUB_SHA": commit, "GITHUB_REF": "refs/heads/main", "GITHUB_REPOSITORY": "octocat/Hello-World", "GITHUB_RUN_ID": "1", "GITHUB_RUN_ATTEMPT": "1",
		"GITHUB_JOB": "gate", "GITHUB_WORKFLOW_REF": "octocat/Hello-World/.github/workflows/gate.yml@refs/heads/main", "GITHUB_ACTOR": "octocat",
		"ACTIONS_RUNTIME_TOKEN": "eyJ.runtime", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "eyJ.oidc", "ANTHROPIC_API_KEY": apiKey, "GITHUB_TOKEN": "ghs_nobody",
	}}
	for name, value := range inputs {
		s.Inputs[name] = value
	}
	return s
}

// The image is started as GitHub starts it; sandboxes are its siblings on the same
// engine, and other gates are there at the same time: those of the parallel tests.
func TestInsideItsImage(t *testing.T) {
	image := actionImage(t)
	t.Parallel()
	dir := workspace(t, "siblings", "true")
	result, err := aRunner(t, dir).Run(t.Context(), aStep(image, map[string]string{"upload": "verdict"}))
	if err != nil {
		t.Fatal(err)
	}
	if result.ExitCode != 1 {
		t.Fatalf("the step exits with %d, want 1; its log:\n%s", result.ExitCode, result.Log)
	}
	for name, want := range map[string]string{
		"verdict": "regression", "exit-code": "1", "pass-rate-baseline": "1", "pass-rate-candidate": "0", "trials-planned": "6",
	} {
		if got := result.Outputs[name]; got != want {
			t.Errorf("output %s is %q, want %q", name, got, want)
		}
	}
	if !strings.Contains(result.Summary, "### ❌ Regression: ") {
		t.Errorf("the summary is\n%s", result.Summary)
	}
	if got := len(result.Named("error")); got != 1 {
		t.Errorf("%d lines of error, want 1: %v", got, result.Commands)
	}
	for _, c := range result.Commands {
		if strings.Contains(c.Value, "owned") {
			t.Errorf("the runner obeyed the agent: %v", c)
		}
	}
	for _, secret := range []string{apiKey, "ghs_nobody", "eyJ"} {
		if strings.Contains(result.Log+result.Summary, secret) {
			t.Errorf("%s is in the log or the summary", secret)
		}
	}
	belongsToTheRunner(t, dir)
	seesNothingOfOurs(t, filepath.Join(dir, result.Outputs["run-path"]))
	wantsFiles(t, filepath.Join(dir, result.Outputs["upload-path"]), filepath.Base(result.Outputs["run-path"]))
	gone(t, dir)
}

// belongsToTheRunner wants everything in the workspace to be its owner's.
func belongsToTheRunner(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if of := info.Sys().(*syscall.Stat_t); of.Uid != owner || of.Gid != owner {
			t.Errorf("%s belongs to %d:%d, want %d", path, of.Uid, of.Gid, owner)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// seesNothingOfOurs lists what is in a sandbox's environment, all of it.
func seesNothingOfOurs(t *testing.T, run string) {
	t.Helper()
	want := []string{"ANTHROPIC_API_KEY=benchgate-holds-the-key", "ANTHROPIC_BASE_URL", "BENCHGATE_DEADLINE", "BENCHGATE_MODEL", "HOME", "HOSTNAME", "NO_PROXY", "OPENAI_API_KEY=benchgate-holds-the-key", "OPENAI_BASE_URL", "PATH", "PWD", "no_proxy"}
	files, err := filepath.Glob(filepath.Join(run, "trials", "*", "*", "*", "transcript.jsonl"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts below %s: %v", run, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			if name, _, is := strings.Cut(line, "="); is {
				if strings.HasSuffix(name, "_API_KEY") {
					name = line
				}
				names = append(names, name)
			}
		}
		slices.Sort(names)
		if diff := cmp.Diff(want, slices.DeleteFunc(names, func(n string) bool { return n == "SHLVL" || n == "_" })); diff != "" {
			t.Errorf("what a sandbox sees of the environment (-want +got):\n%s", diff)
		}
	}
}

// wantsFiles wants the run's files in what is uploaded, and nothing of agents.
func wantsFiles(t *testing.T, dir, run string) {
	t.Helper()
	want := []string{"baseline.jsonl", "candidate.jsonl", "judged.json", "ledger.jsonl", "plan.json", "report.md", "verdict.json"}
	entries, err := os.ReadDir(filepath.Join(dir, run))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what is uploaded (-want +got):\n%s", diff)
	}
}

// gone wants nothing of the workspace's runs on the engine.
func gone(t *testing.T, dir string) {
	t.Helper()
	runs := runsIn(dir)
	if len(runs) == 0 {
		t.Fatal("there are no runs")
	}
	for _, run := range runs {
		if left := docker(t, "ps", "-aq", "--filter", "label=benchgate.run="+run); left != "" {
			t.Errorf("containers of %s are left: %s", run, left)
		}
	}
}

func docker(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(context.WithoutCancel(t.Context()), "docker", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("docker %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// onGitHub serves a GitHub that containers of the engine reach, and adds to a step
// what leads there.
func onGitHub(t *testing.T, s *runnertest.Step) *githubtest.GitHub {
	t.Helper()
	g, err := githubtest.New()
	if err != nil {
		t.Fatal(err)
	}
	g.SetToken("ghs_nobody", githubtest.Actions)
	server := httptest.NewUnstartedServer(g)
	if server.Listener, err = net.Listen("tcp", net.JoinHostPort(bridge(t), "0")); err != nil {
		t.Fatal(err)
	}
	server.Start()
	t.Cleanup(func() {
		server.Close()
		if wrong := g.Violations(); len(wrong) > 0 {
			t.Errorf("GitHub's description says otherwise: %v", wrong)
		}
	})
	s.Env["GITHUB_API_URL"] = githubtest.API(server.URL)
	s.Inputs["check"] = "true"
	return g
}

// bridge is this machine's address on the engine's default network.
func bridge(t *testing.T) string {
	t.Helper()
	docker0, err := net.InterfaceByName("docker0")
	if err != nil {
		t.Fatal(err)
	}
	addresses, err := docker0.Addrs()
	if err != nil || len(addresses) == 0 {
		t.Fatalf("docker0 has no address: %v", err)
	}
	ip, _, err := net.ParseCIDR(addresses[0].String())
	if err != nil {
		t.Fatal(err)
	}
	return ip.String()
}

// onlyCheck is the conclusion of the one check run that there is.
func onlyCheck(t *testing.T, g *githubtest.GitHub) string {
	t.Helper()
	checks := g.Checks()
	if len(checks) != 1 || checks[0].Head != commit {
		t.Fatalf("the check runs are %+v, want one on %s", checks, commit)
	}
	return checks[0].Conclusion + ": " + checks[0].Title
}

// A job that is cancelled ends before the runner kills it, and nothing goes on.
func TestACancelledJobEndsInTime(t *testing.T) {
	image := actionImage(t)
	t.Parallel()
	dir := workspace(t, "cancelled", "sleep 600")
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		whenRunning(t, dir)
	}()
	r := aRunner(t, dir)
	step := aStep(image, nil)
	g := onGitHub(t, &step)
	result, err := r.Run(ctx, step)
	if err != nil {
		t.Fatal(err)
	}
	if result.ExitCode != 5 || result.Outputs["verdict"] != "not_measured" {
		t.Errorf("the step exits with %d and says %q, want 5 and not_measured; its log:\n%s", result.ExitCode, result.Outputs["verdict"], result.Log)
	}
	if got := onlyCheck(t, g); got != "cancelled: cancelled after 0 of 6 trials, $0 spent: not measured" {
		t.Errorf("the check run says %q", got)
	}
	gone(t, dir)
	belongsToTheRunner(t, dir)
}

// What a step that was killed left behind is removed by the post step.
func TestThePostStepFinishesWhatDied(t *testing.T) {
	image := actionImage(t)
	t.Parallel()
	dir := workspace(t, "killed", "sleep 600")
	r := aRunner(t, dir)
	killed := make(chan struct{})
	go func() {
		defer close(killed)
		whenRunning(t, dir)
		_ = r.Kill(t.Context()) // the exit code tells
	}()
	step := aStep(image, nil)
	g := onGitHub(t, &step)
	result, err := r.Run(t.Context(), step)
	<-killed
	if err != nil {
		t.Fatal(err)
	}
	if result.ExitCode != 137 {
		t.Fatalf("the step exits with %d, want 137; its log:\n%s", result.ExitCode, result.Log)
	}
	if got := onlyCheck(t, g); !strings.HasPrefix(got, ": ") {
		t.Errorf("while it runs, the check run says %q", got)
	}
	step.Entrypoint, step.State = "/benchgate-action-post", result.State
	after, err := r.Run(t.Context(), step)
	if err != nil || after.ExitCode != 0 {
		t.Errorf("the post step: exit %d, %v\n%s", after.ExitCode, err, after.Log)
	}
	if got := onlyCheck(t, g); got != "cancelled: not measured: the job ended without a verdict" {
		t.Errorf("after the post step, the check run says %q", got)
	}
	gone(t, dir)
	belongsToTheRunner(t, dir)
}

// whenRunning waits for the first sandbox with an agent in it.
func whenRunning(t *testing.T, dir string) {
	for t.Context().Err() == nil {
		for _, run := range runsIn(dir) {
			if docker(t, "ps", "--quiet", "--filter", "label=benchgate.run="+run, "--filter", "label=benchgate.trial", "--filter", "status=running") != "" {
				return
			}
		}
		time.Sleep(200 * time.Millisecond) // it is another process's doing
	}
}

func runsIn(dir string) []string {
	var names []string
	runs, _ := os.ReadDir(filepath.Join(dir, ".benchgate", "runs")) // there may be none yet
	for _, run := range runs {
		names = append(names, run.Name())
	}
	return names
}
