package action

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/benchgate/benchgate/internal/pullrequest"
)

func TestFilesThatJudgeAreNamed(t *testing.T) {
	changed := []string{
		"README.md", "gate/tasks/sum/tests/test.sh", "gate/tasks/sum/task.toml", "gate/tasks/double", "gate/prices.json", "gate/prices.json.bak",
		"gate/benchgate.lock", ".github/workflows/gate.yml", ".github/workflows/other.yml", "tasks/sum/task.toml", "gate/tasks.txt",
	}
	deciding := []string{"gate/benchgate.lock", "gate/prices.json", "gate/tasks/*"}
	want := []pullrequest.Change{
		{File: "gate/tasks/sum"}, {File: "gate/tasks/double"}, {File: "gate/prices.json"}, {File: "gate/benchgate.lock"}, {File: ".github/workflows/gate.yml"},
	}
	if diff := cmp.Diff(want, changesAmong(changed, ".github/workflows/gate.yml", deciding)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := changesAmong([]string{"x"}, "", nil); len(got) > 0 {
		t.Errorf("without anything that decides: %v", got)
	}
}
