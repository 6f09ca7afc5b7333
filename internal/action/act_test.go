package action_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/pullrequest/githubtest"
	"github.com/benchgate/benchgate/internal/realparts"
)

// actJob is a workflow's run by act, which is another runner than ours: it reads
// workflows and action.yml itself.
type actJob struct {
	workflow  string // the file
	event     string
	payload   githubtest.Payload
	workspace string
	env       map[string]string // of the job: what GitHub says of it in variables, too
	secrets   map[string]string
	actor     string            // empty: octocat
	actions   map[string]string // directories in place of repositories, as OWNER/NAME@REF
	images    map[string]string // what a label of runs-on stands for
}

// actResult is what act says of a run.
type actResult struct {
	jobs map[string]string // by id: success, failure or skipped
	log  string            // what people see of all jobs
}

// run runs the workflow to its end, in a home of its own. Of the environment act gets
// what it needs for the engine: on a self-hosted runner all of it is the job's.
func (j actJob) run(t *testing.T) actResult {
	t.Helper()
	program := realparts.ActProgram(t)
	dir := t.TempDir()
	event, secrets := filepath.Join(dir, "event.json"), filepath.Join(dir, "secrets")
	text, err := json.Marshal(j.payload)
	if err != nil {
		t.Fatal(err)
	}
	writeFiles(t, dir, map[string]string{"event.json": string(text), "secrets": strings.Join(settings(j.secrets), "\n")})
	args := []string{
		j.event, "--workflows", j.workflow, "--eventpath", event, "--secret-file", secrets, "--actor", cmp.Or(j.actor, "octocat"),
		"--pull=false", "--bind", "--rm", "--no-skip-checkout", "--no-cache-server", "--action-cache-path", filepath.Join(dir, "cache"), "--json", "--verbose",
	}
	for flag, values := range map[string]map[string]string{"--env": j.env, "--local-repository": j.actions, "--platform": j.images} {
		for _, value := range settings(values) {
			args = append(args, flag, value)
		}
	}
	act := exec.CommandContext(t.Context(), program, args...)
	act.Dir, act.Env = j.workspace, []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH")}
	if host := os.Getenv("DOCKER_HOST"); host != "" {
		act.Env = append(act.Env, "DOCKER_HOST="+host)
	}
	out, err := act.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatalf("starting act: %v", err)
	}
	result := readActLog(out)
	if len(result.jobs) == 0 {
		t.Fatalf("act ran no job (%v):\n%s", err, result.log)
	}
	return result
}

// settings are NAME=VALUE in the order of names.
func settings(of map[string]string) []string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(of)) {
		all = append(all, name+"="+of[name])
	}
	return all
}

// readActLog reads act's log: a line of JSON for each line of the job's.
func readActLog(out []byte) actResult {
	result := actResult{jobs: make(map[string]string)}
	var log strings.Builder
	for line := range bytes.Lines(out) {
		var said struct{ Level, Msg, JobID, JobResult string }
		if json.Unmarshal(line, &said) != nil {
			said.Msg = string(line) // what ends act before it logs
		}
		if said.JobResult != "" {
			result.jobs[said.JobID] = said.JobResult
		}
		if said.Level != "debug" {
			fmt.Fprintln(&log, strings.TrimRight(said.Msg, "\n"))
		}
	}
	result.log = log.String()
	return result
}

// writeFiles writes files by their paths from a directory on.
func writeFiles(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
