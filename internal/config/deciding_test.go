package config_test

import (
	"testing"

	"github.com/benchgate/benchgate/internal/config"
	"github.com/google/go-cmp/cmp"
)

func TestWhichChangedFilesDecide(t *testing.T) {
	const text = `
suite: {tasks: [{path: tasks/a}, {path: tasks/b/}, {path: "more/*"}, {path: ../shared/c}, {git: "https://git.example/x", path: far/d}]}
baseline: {agent: claude-code, model: m1, settings: {files: {CLAUDE.md: prompts/CLAUDE.md}}}
candidate: {agent: claude-code, model: m2, settings: {files: {CLAUDE.md: prompts/new.md}}}
api: {ca_file: ca.pem}
telemetry: {forward: [{endpoint: "https://a.example"}, {endpoint: "https://b.example", ca_file: certs/b.pem}]}
prices: prices.json
lock: ../shared.lock
`
	c, err := config.Parse([]byte(text), "ci/benchgate.yaml", "/work-dir/ci", config.Flags{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name          string
		changed, want []string
	}{
		{"nothing of it", []string{"main.go", "tasks/a/x", "benchgate.yaml", "ci/tasks/ab/x", "ci/tasks/a", "ci/more/x", "ci/far/d/x", "ci/prompts/new.md", ".github/workflows/other.yml", ""}, nil},
		{
			"each file",
			[]string{"x", "ci/benchgate.yaml", "shared.lock", "ci/prices.json", "ci/ca.pem", "ci/certs/b.pem", "ci/prompts/CLAUDE.md"},
			[]string{"ci/benchgate.yaml", "shared.lock", "ci/prices.json", "ci/ca.pem", "ci/certs/b.pem", "ci/prompts/CLAUDE.md"},
		},
		{
			"tasks, each once",
			[]string{"ci/tasks/a/task.toml", "ci/tasks/a/tests/test.sh", "ci/tasks/b/x", "ci/more/new/task.toml", "shared/c/x"},
			[]string{"ci/tasks/a", "ci/tasks/b", "ci/more/new", "shared/c"},
		},
		{"an accepted baseline", []string{"ci/.benchgate/baselines/x/run.jsonl"}, []string{"ci/.benchgate/baselines/x/run.jsonl"}},
		{
			"the workflow, and actions that it may use",
			[]string{".github/workflows/gate.yml", ".github/actions/x/action.yml"},
			[]string{".github/workflows/gate.yml", ".github/actions/x/action.yml"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, c.Deciding("ci", ".github/workflows/gate.yml", tt.changed)); diff != "" {
				t.Errorf("deciding (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatDecidesBesideAConfigurationAtTheTop(t *testing.T) {
	const replayed = "{agent: replay, model: m, settings: {recordings: recordings}}"
	c, err := config.Parse([]byte("suite: {tasks: [{path: a}]}\ncandidate: "+replayed+"\n"), "benchgate.yaml", "/work-dir", config.Flags{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"benchgate.yaml", "benchgate.lock", "recordings/a/1/x", "a"}
	for _, dir := range []string{"", "."} {
		if diff := cmp.Diff(want, c.Deciding(dir, "", []string{"benchgate.yaml", "benchgate.lock", "recordings/a/1/x", "a/x", "b/x"})); diff != "" {
			t.Errorf("deciding (-want +got):\n%s", diff)
		}
	}
}
