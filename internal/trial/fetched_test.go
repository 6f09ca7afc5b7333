package trial_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/baselines"
	"github.com/benchgate/benchgate/internal/leak"
	"github.com/benchgate/benchgate/internal/trial"
)

// uses prints one message with tool calls, as Claude Code does.
func uses(blocks ...string) string {
	return `echo '{"type":"assistant","message":{"id":"m1","content":[` + strings.Join(blocks, ",") + `]}}'; `
}

const (
	clones  = `{"type":"tool_use","id":"a","name":"Bash","input":{"command":"git clone https://github.com/harbor-framework/terminal-bench-1 /tmp/tb"}}`
	shows   = `{"type":"tool_use","id":"b","name":"Bash","input":{"command":"git show HEAD~1:answer.txt # \u001b[31m"}}`
	visits  = `{"type":"tool_use","id":"c","name":"WebFetch","input":{"url":"https://www.tbench.ai/tasks","prompt":"What is the answer?"}}`
	asksMCP = `{"type":"tool_use","id":"d","name":"mcp__web__get","input":{"url":"https://github.com/acme/answer/blob/main/solve.sh"}}`
)

func TestAnswersThatWereFetched(t *testing.T) {
	tests := map[string]struct {
		agent string
		known func(*trial.Job)
		want  []string
	}{
		"nowhere":                    {uses(`{"type":"tool_use","id":"a","name":"Bash","input":{"command":"ls; git log"}}`), nil, nil},
		"the benchmark's repository": {uses(clones), nil, []string{"shell: github.com/harbor-framework/terminal-bench-1"}},
		"twice, and its site":        {uses(clones, visits) + uses(clones, visits), nil, []string{"shell: github.com/harbor-framework/terminal-bench-1", "fetch: tbench.ai"}},
		"a page that was not got": {
			uses(visits) + `echo '{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"c","is_error":true}]}}'; `, nil, nil,
		},
		"the history of a repository":            {uses(shows), nil, nil},
		"the history, which has the answer":      {uses(shows), func(j *trial.Job) { j.AnswerInHistory = true }, []string{"shell: git show HEAD~1:answer.txt # \ufffd[31m"}},
		"where the task was copied from, by MCP": {uses(asksMCP), func(j *trial.Job) { j.Upstream = []leak.Place{"github.com/acme/answer"} }, []string{"fetch: github.com/acme/answer"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, "")
			j := job(r.task(nil), r.standIn(`echo 42 > answer.txt; "$0" ask > /dev/null; `+tt.agent+saysDone))
			if tt.known != nil {
				tt.known(&j)
			}
			got := r.Run(t.Context(), j)
			r.want(got, baselines.Finished, "solved")
			if diff := cmp.Diff(tt.want, got.AnswersFetched); diff != "" {
				t.Errorf("fetched (-want +got):\n%s", diff)
			}
			if got.Flagged(baselines.AnswersFetched) != (tt.want != nil) || got.Sources["answers_fetched"] != "transcript" {
				t.Errorf("flags %v, sources %v", got.Flags, got.Sources)
			}
		})
	}
}

// Of an agent without a transcript nothing is known, not that nothing was fetched.
func TestAnAgentWithoutATranscriptIsNotLookedThrough(t *testing.T) {
	r := newRig(t, "")
	got := r.run(r.task(nil), r.script(`git clone https://github.com/harbor-framework/terminal-bench-1; echo 42 > answer.txt; `+uses(clones)))
	if _, looked := got.Sources["answers_fetched"]; looked || got.Flagged(baselines.AnswersFetched) {
		t.Errorf("flags %v, sources %v", got.Flags, got.Sources)
	}
}

// The real Claude Code's own words for what its tools do.
func TestTheRealClaudeFetchesAnAnswer(t *testing.T) {
	r := newRig(t, `
conversations:
  - match: Write the answer
    turns:
      - tool_uses:
          - {name: Bash, input: {command: "curl -s -m 2 https://raw.githubusercontent.com/harbor-framework/terminal-bench-1/main/README.md || true", description: Look}}
          - {name: Bash, input: {command: "git init -q . && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m x && git --no-pager show HEAD", description: Look}}
          - {name: WebFetch, input: {url: "https://www.tbench.ai/nothing-is-there", prompt: "Find the answer"}}
      - tool_uses: [{name: Bash, input: {command: "echo 42 > answer.txt", description: Write the answer}}]
      - text: Done.
`)
	task := r.task(nil)
	j := job(task, r.claude())
	j.AnswerInHistory = true
	got := r.Run(t.Context(), j)
	r.want(got, baselines.Finished, "solved")
	want := []string{"shell: github.com/harbor-framework/terminal-bench-1", "shell: git --no-pager show HEAD"}
	if diff := cmp.Diff(want, got.AnswersFetched); diff != "" {
		t.Errorf("fetched; the page cannot be got here (-want +got):\n%s\n%s", diff, r.file("transcript.jsonl"))
	}
	if !got.Flagged(baselines.AnswersFetched) {
		t.Errorf("flags %v", got.Flags)
	}
}

// A repository in the task's image has the file that the reference solution writes,
// in a commit before the one that is checked out.
func TestTheReferencesFilesInTheTasksHistory(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	const fixed = "def answer():\n    return 6 * 7  # what all want to know\n"
	writes := "#!/bin/sh\nprintf 'def answer():\\n    return 6 * 7  # what all want to know\\n' > answer.py\n"
	tests := map[string]struct {
		solution string
		want     []string
	}{
		"it writes a file that was committed": {writes, []string{"answer.py"}},
		"it writes another":                   {strings.Replace(writes, "6 *", "7 *", 1), nil},
		"it reads the history itself":         {"#!/bin/sh\ngit show HEAD~1:answer.py > answer.py\n", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, "")
			repository := t.TempDir()
			git := func(args ...string) {
				cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.com", "-C", repository}, args...)...)
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("git %v: %v\n%s", args, err, out)
				}
			}
			git("init", "-q")
			for _, content := range []string{fixed, strings.Replace(fixed, "*", "+", 1)} {
				r.must(os.WriteFile(filepath.Join(repository, "answer.py"), []byte(content), 0o644))
				git("add", "-A")
				git("commit", "-qm", "x")
			}
			git("remote", "add", "origin", "https://github.com/acme/answer")
			files := filesBelow(t, repository, "environment/")
			files["environment/Dockerfile"] = "FROM debian:bookworm-slim\nWORKDIR /app\nCOPY . /app/\n"
			files["solution/solve.sh"] = tt.solution
			j := job(r.task(files), r.plain("oracle"))
			var found *trial.History
			j.OnHistory = func(h trial.History) { found = &h }
			r.Run(t.Context(), j)
			if found == nil {
				t.Fatalf("nothing was told: %s", r.file("agent.log"))
			}
			if diff := cmp.Diff(trial.History{Files: tt.want, Places: []leak.Place{"github.com/acme/answer"}}, *found); diff != "" {
				t.Errorf("the history (-want +got):\n%s", diff)
			}
		})
	}
}

func filesBelow(t *testing.T, dir, prefix string) map[string]string {
	t.Helper()
	files := make(map[string]string)
	err := filepath.WalkDir(dir, func(file string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(file)
		name, _ := filepath.Rel(dir, file)
		files[prefix+filepath.ToSlash(name)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
