package action

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/benchgate/benchgate/internal/config"
	"github.com/benchgate/benchgate/internal/workflow"
)

// A mistake in an input is told of the input, also where the configuration judges
// it: nobody has typed a flag.
func TestMistakesNameInputs(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "benchgate.yaml")
	if err := os.WriteFile(file, []byte("suite: {name: s, tasks: [a]}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := config.Load(file, flagsOf(workflow.Values{WorkingDirectory: ".", Attempts: "0", USD: "1", Arm: "both", CandidateModel: "a b"}, dir))
	for _, input := range []string{"input attempts", "input arm"} {
		if err == nil || !strings.Contains(err.Error(), input) {
			t.Errorf("it says %v, want it of %s", err, input)
		}
	}
	if err != nil && (strings.Contains(err.Error(), "--attempts") || strings.Contains(err.Error(), "--arm")) {
		t.Errorf("it names flags: %v", err)
	}
	if got := inputOf("--model"); got != "input candidate-model" {
		t.Errorf("the candidate's model is %s", got)
	}
	a := &action{Options: Options{LookupEnv: os.LookupEnv, Job: workflow.Job{Repository: "octocat/Hello-World"}}, values: workflow.Values{GitHubToken: "ghs_1"}}
	if err := a.openGitHub(); err != nil || a.server.TokenFrom != "input github-token" || a.server.Named("--check") != "input check" {
		t.Errorf("%+v, %v", a.server, err)
	}
}
