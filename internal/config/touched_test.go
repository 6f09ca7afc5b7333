package config_test

import (
	"testing"

	"github.com/benchgate/benchgate/internal/config"
	"github.com/google/go-cmp/cmp"
)

func TestAPullRequestTouchesWhatDecides(t *testing.T) {
	const text = `
suite: {tasks: [{path: tasks/a}, {path: tasks/b/}, {path: "more/*"}, {path: ../shared/c}, {git: "https://git.example/x", path: far/d}]}
baseline: {agent: claude-code, model: m1, settings: {files: {CLAUDE.md: prompts/CLAUDE.md}}}
candidate: {agent: claude-code, model: m2, settings: {files: {CLAUDE.md: prompts/new.md}}}
api: {ca_file: ca.pem}
prices: prices.json
lock: ../shared.lock
`
	c, err := config.Parse([]byte(text), "ci/benchgate.yaml", "/work-dir/ci", config.Flags{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		changed []string
		want    config.Touched
	}{
		{"nothing of it", []string{"main.go", "tasks/a/x", "benchgate.yaml", "ci/tasks/ab/x", "ci/tasks/a", "ci/more/x", "ci/far/d/x", "ci/prompts/new.md", "ci/.github/workflows/x.yml"}, config.Touched{}},
		{"each file", []string{"ci/benchgate.yaml", "shared.lock", "ci/prices.json", "ci/ca.pem", "ci/prompts/CLAUDE.md"}, config.Touched{
			Configuration: true, Lock: true, Prices: true, Certificates: true, Files: 1,
		}},
		{"tasks, each once", []string{"ci/tasks/a/task.toml", "ci/tasks/a/tests/test.sh", "ci/tasks/b/x", "ci/more/new/task.toml", "shared/c/x"}, config.Touched{Tasks: 4}},
		{"an accepted baseline", []string{"ci/.benchgate/baselines/x/run.jsonl"}, config.Touched{Baselines: true}},
		{"workflows and the actions they use", []string{".github/workflows/gate.yml", ".github/actions/x/action.yml", ".github/dependabot.yml"}, config.Touched{Workflows: 2}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := c.Touched("ci", tt.changed)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("touched (-want +got):\n%s", diff)
			}
			if got.Any() != (tt.want != config.Touched{}) {
				t.Errorf("something to tell: %v", got.Any())
			}
		})
	}
}

func TestATouchedFileOfAConfigurationAtTheTop(t *testing.T) {
	const replayed = "{agent: replay, model: m, settings: {recordings: recordings}}"
	c, err := config.Parse([]byte("suite: {tasks: [{path: a}]}\ncandidate: "+replayed+"\n"), "benchgate.yaml", "/work-dir", config.Flags{})
	if err != nil {
		t.Fatal(err)
	}
	want := config.Touched{Configuration: true, Lock: true, Recordings: true, Tasks: 1}
	for _, dir := range []string{"", "."} {
		got := c.Touched(dir, []string{"benchgate.yaml", "benchgate.lock", "recordings/a/1/x", "a/x"})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("touched (-want +got):\n%s", diff)
		}
	}
}
