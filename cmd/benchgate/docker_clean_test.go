//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/benchgate/benchgate/internal/realparts"
	"github.com/benchgate/benchgate/internal/sandbox"
)

// docker runs the engine's own client and returns what it prints.
func docker(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("docker", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("docker %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// needDocker ends the test where no engine answers that has the image.
func needDocker(t *testing.T, image string) {
	t.Helper()
	realparts.Need(t, realparts.Docker)
	if out, err := exec.Command("docker", "image", "inspect", image).CombinedOutput(); err != nil {
		realparts.Lacking(t, realparts.Docker, string(out))
	}
}

// crash leaves on the engine what a run leaves whose process is no more.
func crash(t *testing.T) (label string) {
	t.Helper()
	owner, err := sandbox.Self()
	if err != nil {
		t.Fatal(err)
	}
	owner.PID, owner.Start = 1<<22+1, "1" // beyond the kernel's largest PID
	run := "benchgate.run=crashed-" + filepath.Base(t.TempDir()) + strings.ToLower(t.Name())
	labels := []string{"--label", run, "--label", "benchgate.owner=" + owner.String()}
	for range 10 {
		net := docker(t, append([]string{"network", "create"}, append(labels, "benchgate-crashed-"+filepath.Base(t.Name()))...)...)
		left := 0
		for range 2 {
			if exec.Command("docker", append([]string{"run", "-d", "--network", net}, append(labels, "busybox", "sleep", "1000")...)...).Run() == nil {
				left++
			}
		}
		if left == 2 {
			return run
		}
		// Another test's benchgate started in between and removed the network.
		_ = exec.Command("docker", "network", "rm", net).Run()
	}
	t.Fatal("whatever a crash leaves is removed at once")
	return ""
}

// dockerTask makes a directory with a task that runs in busybox.
func dockerTask(t *testing.T) (dir string) {
	t.Helper()
	needDocker(t, "busybox")
	dir = t.TempDir()
	if err := harborTask(filepath.Join(dir, "tasks", "double"), "42", "easy", "42"); err != nil {
		t.Fatal(err)
	}
	dockerfile := filepath.Join(dir, "tasks", "double", "environment", "Dockerfile")
	if err := os.WriteFile(dockerfile, []byte("FROM busybox\nWORKDIR /app\nCOPY . .\nRUN printf '#!/bin/sh\\nexec /bin/sh \"$@\"\\n' >/bin/bash && chmod +x /bin/bash\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Two that clean, and two that start, at the same time: each does what it is
// there for, and none fails.
func TestTwoAtOnceOnDocker(t *testing.T) {
	dir, rounds := dockerTask(t), 5
	if os.Getenv("BENCHGATE_FULL") != "" {
		rounds = 20
	}
	for _, test := range []struct {
		rounds int
		args   []string
	}{
		{rounds, []string{"clean", "--sandbox", "docker"}},
		{rounds, []string{"check", "--dataset-path", "tasks", "--sandbox", "docker"}},
	} {
		t.Run(test.args[0], func(t *testing.T) {
			for range test.rounds {
				label := crash(t)
				var both sync.WaitGroup
				for range 2 {
					both.Go(func() {
						c := exec.Command("benchgate", test.args...)
						c.Dir = dir
						c.Env = append(os.Environ(), "BENCHGATE_CACHE="+filepath.Join(dir, "cache"))
						if out, err := c.CombinedOutput(); err != nil {
							t.Errorf("%v beside another: %v\n%s", c, err, out)
						}
					})
				}
				both.Wait()
				wantNothingOn(t, label)
			}
		})
	}
}

func wantNothingOn(t *testing.T, label string) {
	t.Helper()
	for _, list := range [][]string{{"ps", "-aq"}, {"network", "ls", "-q"}, {"volume", "ls", "-q"}} {
		if left := docker(t, append(list, "--filter", "label="+label)...); left != "" {
			t.Fatalf("docker %v with label %s: %s", list, label, left)
		}
	}
}

// "run 2>&1 | head -3" on an engine: no sandbox and no network stays, and what
// finished is kept.
func TestARunThatNobodyReadsLeavesNothingOnDocker(t *testing.T) {
	dir := dockerTask(t)
	config := strings.ReplaceAll(strings.ReplaceAll(interruptedConfig, "ask >answer.txt", "sleep 1; echo 42 >answer.txt"), "sandbox: process", "sandbox: docker")
	if err := os.WriteFile(filepath.Join(dir, defaultConfig), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	model := interruptingModel(t, 0, func() {})
	c := exec.Command("sh", "-c", "{ benchgate run --attempts 9 2>&1; echo $? >code; } | head -3 >first")
	c.Dir = dir
	c.Env = append(os.Environ(), "ANTHROPIC_BASE_URL="+model.URL, "ANTHROPIC_API_KEY="+storyKey, "BENCHGATE_CACHE="+t.TempDir())
	if err := c.Run(); err != nil {
		t.Fatal(err)
	}
	if code, err := os.ReadFile(filepath.Join(dir, "code")); err != nil || strings.TrimSpace(string(code)) != "5" {
		first, _ := os.ReadFile(filepath.Join(dir, "first"))
		t.Errorf("exit code %q, %v, want 5; it said\n%s", code, err, first)
	}
	runs, err := filepath.Glob(filepath.Join(dir, ".benchgate/runs/2*"))
	if err != nil || len(runs) > 1 {
		t.Fatalf("runs are %q, %v", runs, err)
	}
	for _, run := range runs {
		wantNothingOn(t, "benchgate.run="+filepath.Base(run))
	}
}

// A build may print what a terminal and a runner obey, and does so before it fails.
func TestAHostileBuildSteersNobodyOnDocker(t *testing.T) {
	dir := dockerTask(t)
	const hostile = "FROM busybox\nRUN printf '\\033[2J::error::a ##[group]b\\n::stop-commands::c\\r::add-mask::d\\n'; exit 3\n"
	if err := os.WriteFile(filepath.Join(dir, "tasks", "double", "environment", "Dockerfile"), []byte(hostile), 0o644); err != nil {
		t.Fatal(err)
	}
	c := exec.Command("benchgate", "check", "-v", "--dataset-path", "tasks", "--sandbox", "docker")
	c.Dir = dir
	c.Env = append(os.Environ(), "BENCHGATE_CACHE="+t.TempDir())
	out, err := c.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "    : :stop-commands::c") {
		t.Errorf("%v, %v:\n%s", c, err, out)
	}
	if strings.ContainsAny(string(out), "\x1b\r") || strings.Contains(string(out), "##[") {
		t.Errorf("somebody would obey\n%q", out)
	}
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(strings.TrimSpace(line), "::") {
			t.Errorf("a runner would obey %q", line)
		}
	}
}
