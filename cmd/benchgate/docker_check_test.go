//go:build unix

package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// What a solution leaves running may be what its task asks for: check tries it once more
// with all that left running. A loop that rewrites the tests or their answer is no such
// thing, in neither try; nor where the configuration says that processes are kept.
func TestCheckTellsAServiceFromACheatOnDocker(t *testing.T) {
	needDocker(t, "debian:bookworm-slim")
	dir, config := t.TempDir(), "suite: {name: kept, tasks: [{path: tasks/service}, {path: tasks/testsh}"
	archives := map[string]string{"service": "background-service", "testsh": "tamper-testsh"}
	says := []string{
		`^ok   service +reference passes \(leaves a service running\), doing nothing fails$`,
		`^BAD  testsh +reference fails, doing nothing fails$`,
	}
	if os.Getenv("BENCHGATE_FULL") != "" {
		config += ", {path: tasks/daemon}, {path: tasks/rewritten, keep_processes: true}"
		archives["daemon"], archives["rewritten"] = "full/tamper-daemon", "tests-rewritten-kept"
		says = append(says, `^BAD  daemon +reference fails, doing nothing fails$`, `^BAD  rewritten +reference passes, doing nothing fails
     the reference solution leaves a process running that meddles with the tests: /tests/say\.sh: was changed while`)
	}
	config += "]}\ncandidate: {agent: oracle}\nsandbox: docker\n"
	for task, archive := range archives {
		a, err := txtar.ParseFile("../../internal/trial/testdata/tasks/" + archive + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			file := filepath.Join(dir, "tasks", task, filepath.FromSlash(f.Name))
			if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, f.Data, 0o644)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.WriteFile(filepath.Join(dir, defaultConfig), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	c := exec.Command("benchgate", "check")
	c.Dir = dir
	c.Env = append(os.Environ(), "BENCHGATE_CACHE="+filepath.Join(dir, "cache"))
	var stderr strings.Builder
	c.Stderr = &stderr
	out, err := c.Output()
	if err == nil || c.ProcessState.ExitCode() != 2 {
		t.Errorf("check: %v, want exit code 2\n%s", err, &stderr)
	}
	for _, want := range says {
		if !regexp.MustCompile(`(?m)` + want).Match(out) {
			t.Errorf("check does not say %q:\n%s%s", want, out, &stderr)
		}
	}
}
